//! What goes wrong between device and host, planned ahead. Faults of the card belong to its [`Link`](crate::Link).

use super::frame;
use crate::random::Random;

/// A fault to come.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// The code of the command that it befalls.
    pub command: u8,
    /// How many of these pass unharmed.
    pub skip: usize,
    /// How many of these it befalls after that.
    pub times: usize,
    /// What happens.
    pub kind: Misbehaviour,
}

impl Trouble {
    /// It happens once, after `skip` commands of this code.
    pub fn once(command: u8, skip: usize, kind: Misbehaviour) -> Trouble {
        Trouble { command, skip, times: 1, kind }
    }

    /// It happens every time.
    pub fn always(command: u8, kind: Misbehaviour) -> Trouble {
        Trouble { command, skip: 0, times: usize::MAX, kind }
    }
}

/// What a device does that is out of order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misbehaviour {
    /// The command is not heard: no acknowledgement, no effect.
    Deaf,
    /// The command is acknowledged and run; its answer never comes.
    Silent,
    /// Random bytes come in place of the answer.
    Garbage {
        /// The bytes derive from it.
        seed: u64,
    },
    /// The answer's last checksum is wrong.
    WrongChecksum,
    /// The second half of the answer does not come.
    CutOff,
    /// The device says that it does not understand.
    ErrorFrame,
    /// The answer to another command comes.
    WrongCode,
    /// A frame that is longer than any device sends.
    TooLong,
    /// The answer has these data.
    Data(Vec<u8>),
}

impl Misbehaviour {
    /// What is sent in place of this answer.
    pub(super) fn spoil(&self, mut payload: Vec<u8>) -> Vec<u8> {
        match self {
            Misbehaviour::Deaf | Misbehaviour::Silent => Vec::new(),
            Misbehaviour::Garbage { seed } => {
                let mut random = Random::from_label(*seed, "serial line");
                let length = random.array::<1>()[0];
                random.bytes(usize::from(length))
            }
            Misbehaviour::WrongChecksum => {
                let mut bytes = frame::answer(&payload);
                let checksum = bytes.len() - 2;
                bytes[checksum] ^= 0x01;
                bytes
            }
            Misbehaviour::CutOff => {
                let mut bytes = frame::answer(&payload);
                bytes.truncate(bytes.len() / 2);
                bytes
            }
            Misbehaviour::ErrorFrame => frame::ERROR.to_vec(),
            Misbehaviour::WrongCode => {
                payload[0] ^= 0x10;
                frame::answer(&payload)
            }
            Misbehaviour::TooLong => {
                payload.resize(300, 0x00);
                frame::answer(&payload)
            }
            Misbehaviour::Data(data) => {
                payload.truncate(1);
                payload.extend(data);
                frame::answer(&payload)
            }
        }
    }
}
