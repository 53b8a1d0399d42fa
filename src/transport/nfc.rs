//! NFC devices without PC/SC, by libnfc and the crate `nfc1`: a PN532 on a serial line, and what else libnfc drives.
//!
//! ```no_run
//! use std::time::Duration;
//! use cccd::transport::{Cancellation, Until, nfc::Device};
//!
//! let mut device = Device::open(Some("pn532_uart:/dev/ttyUSB0"))?;
//! device.wait_for_card(&Until::within(Duration::from_secs(10), &Cancellation::new()))?;
//! # Ok::<(), cccd::Error>(())
//! ```
//!
//! The adapter is strict because what lies below is not:
//!
//! * A command of more than 262 bytes overflows an array of libnfc, which ends the process. It is refused here.
//! * A search in an empty field succeeds, with a target that is all zero. Only what says that it is a card of
//!   ISO/IEC 14443-4 counts as one.
//! * The default time limit is 350 ms, too short for PACE, and one below a millisecond means for ever. Every
//!   exchange gets a limit of its own.
//! * A device whose first answers are garbled opens all the same, and ends the process when it is asked for a card.
//! * `nfc1::Device` may outlive its context. There is one context here, and it is never closed.
//! * Descriptors of 1024 and more end the process in `select`. The device is not opened then.
//! * After an error the device may still send the answer to the old command. Nothing more is sent to the card until
//!   it was powered up anew.
//!
//! What cannot be kept away: libnfc ends the process on a well-formed frame that breaks the PN532's own manual (a
//! status with bit 8, a card's answer to RATS of length 0). Who does not trust the device reads in a process of its own.
//!
//! libnfc writes its errors to standard error unless `LIBNFC_LOG_LEVEL=0` is in the environment of the process, or
//! `log_level = 0` in its configuration file. The first [`Device::open`] sets that variable from C: open before other
//! threads change the environment.

use std::{
    path::Path,
    sync::{LazyLock, Mutex, PoisonError},
    thread,
    time::Duration,
};

use nfc1::{
    BaudRate, Context, Error as NfcError, Modulation, ModulationType, Property, Timeout,
    target_info::TargetInfo,
};

use super::{Transport, Until};
use crate::{
    apdu::Limits,
    error::{Error, ReaderFault, Result},
};

/// The longest APDU either way: libnfc's frames hold 264 bytes, two of which are its own.
const LONGEST: usize = 262;
/// How long an exchange may take where nobody says: as long as PACE may.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest that libnfc is told to wait; it counts milliseconds in 31 bits.
const FOR_EVER: Duration = Duration::from_secs(60 * 60);
/// How long nothing happens between two searches, at most.
const PAUSE: Duration = Duration::from_millis(50);
/// How long before a device that is gone is looked for again.
const AWAY: Duration = Duration::from_millis(250);
/// A card has lost its keys after 5.1 ms without a field (ISO/IEC 14443-3).
const FIELD_OFF: Duration = Duration::from_millis(10);

/// The one context of the process. `None` if libnfc had no memory for it.
static LIBNFC: LazyLock<Mutex<Option<Context>>> = LazyLock::new(|| Mutex::new(Context::new().ok()));

/// What a card said when it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardKind {
    /// ISO/IEC 14443 type A, with the card's answer to select (ATS), length byte left out.
    TypeA {
        /// Speeds, frame length and historical bytes.
        answer_to_select: Vec<u8>,
    },
    /// ISO/IEC 14443 type B, with the protocol info of its ATQB.
    TypeB {
        /// Speeds, frame length and options.
        protocol_info: [u8; 3],
    },
}

/// An NFC device. Dropping it switches its field off.
pub struct Device {
    connection: Option<String>,
    /// `None` while it is unplugged.
    nfc: Option<nfc1::Device>,
    /// The card that was powered up and not lost since.
    card: Option<CardKind>,
}

impl Device {
    /// Opens the device with this connection string, as `nfc-list` and libnfc's configuration write it
    /// (`pn532_uart:/dev/ttyUSB0`), or the first that libnfc finds. Serial lines are searched only if libnfc's
    /// configuration allows it.
    ///
    /// # Errors
    /// `Reader`: no such device, no device at all, or none that answers.
    pub fn open(connection: Option<&str>) -> Result<Self> {
        let connection = connection.map(str::to_owned);
        let mut device = Self { connection, nfc: None, card: None };
        let missing = match device.connection {
            Some(_) => ReaderFault::NoSuchReader,
            None => ReaderFault::NoReader,
        };
        device.plug_in().map_err(|error| match error {
            Error::Reader(ReaderFault::NoReader) => Error::Reader(missing),
            other => other,
        })?;
        Ok(device)
    }

    /// Waits for a card and powers it up anew, also one that lies there already.
    ///
    /// # Errors
    /// `Reader`: no card when the time is over, or the device is gone; `Cancelled`.
    pub fn wait_for_card(&mut self, until: &Until) -> Result<()> {
        self.reconnect(until).map_err(|error| match error {
            Error::LinkLost => Error::Reader(ReaderFault::NoCard),
            other => other,
        })
    }

    /// The card that was powered up, unless it is lost.
    #[must_use]
    pub const fn card(&self) -> Option<&CardKind> {
        self.card.as_ref()
    }

    /// Opens the device, anew if it was open, and prepares it for single searches.
    fn plug_in(&mut self) -> Result<()> {
        const GONE: Error = Error::Reader(ReaderFault::NoReader);
        // The line is free for the next only when the last is closed.
        self.nfc = None;
        self.card = None;
        if !self.connection.as_deref().is_none_or(is_there) || !room_for_select() {
            return Err(GONE);
        }
        let mut context = LIBNFC.lock().unwrap_or_else(PoisonError::into_inner);
        let context = context.as_mut().ok_or(GONE)?;
        let opened = match &self.connection {
            Some(name) => context.open_with_connstring(name),
            None => context.open(),
        };
        let mut nfc = opened.map_err(|_| GONE)?;
        // Before the parity is set up, this call answers InvalidArgument without touching the line; after it,
        // NotImplemented or DeviceNotSupported. Setting up ends at the first garbled answer, and nobody tells.
        if nfc.initiator_transceive_bytes_timed(&[], 0) == Err(NfcError::InvalidArgument) {
            return Err(GONE);
        }
        nfc.initiator_init().map_err(|_| GONE)?;
        // A search ends by itself, so that it can be cancelled.
        nfc.set_property_bool(Property::InfiniteSelect, false).map_err(|_| GONE)?;
        self.nfc = Some(nfc);
        Ok(())
    }

    /// Switches the field off and on and searches once.
    fn search(&mut self) -> nfc1::Result<Option<CardKind>> {
        let nfc = self.nfc.as_mut().ok_or(NfcError::NoDeviceFound)?;
        nfc.set_property_bool(Property::ActivateField, false)?;
        thread::sleep(FIELD_OFF);
        nfc.set_property_bool(Property::ActivateField, true)?;
        for modulation_type in [ModulationType::Iso14443a, ModulationType::Iso14443b] {
            let modulation = Modulation { modulation_type, baud_rate: BaudRate::Baud106 };
            let found = match nfc.initiator_select_passive_target(&modulation) {
                Ok(target) => card_kind(&target.target_info),
                // Some devices know one type only; an old card may fail halfway.
                Err(
                    NfcError::DeviceNotSupported
                    | NfcError::InvalidArgument
                    | NfcError::RfTransmissionError
                    | NfcError::Chip,
                ) => None,
                Err(error) => return Err(error),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn exchange(&mut self, command: &[u8], time: Duration) -> Result<Vec<u8>> {
        if command.len() > LONGEST {
            return Err(Error::Reader(ReaderFault::TooLong));
        }
        let (Some(nfc), Some(_)) = (&mut self.nfc, &self.card) else { return Err(Error::LinkLost) };
        let time = Timeout::Duration(time.clamp(Duration::from_millis(1), FOR_EVER));
        let answer = nfc.initiator_transceive_bytes(command, LONGEST, time);
        if answer.is_err() {
            // Whether the chip got the command is not known, and its answer may still come.
            self.card = None;
        }
        // libnfc's reasons (gone, mute, garbled, a chip that ran hot) all end the same way for the reader.
        answer.map_err(|_| Error::LinkLost)
    }
}

impl Transport for Device {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        self.exchange(command, PATIENCE)
    }

    fn transmit_until(&mut self, command: &[u8], until: &Until) -> Result<Vec<u8>> {
        let left = until.left()?;
        self.exchange(command, left)
    }

    /// A device that was unplugged is opened again, if it comes back in time.
    fn reconnect(&mut self, until: &Until) -> Result<()> {
        self.card = None;
        let mut gone = None;
        loop {
            match until.left() {
                // A device that is away is the graver news.
                Err(Error::LinkLost) => return Err(gone.unwrap_or(Error::LinkLost)),
                left => drop(left?),
            }
            gone = match self.search() {
                Ok(Some(card)) => {
                    self.card = Some(card);
                    return Ok(());
                }
                Ok(None) => None,
                Err(_) => self.plug_in().err(),
            };
            let pause = if gone.is_some() { AWAY } else { PAUSE };
            thread::sleep(until.left().map_or(Duration::ZERO, |left| left.min(pause)));
        }
    }

    /// Short APDUs, the most that always fits into 262 bytes. Extended length would gain four bytes, and let a card
    /// give an answer that libnfc cannot take.
    fn limits(&self) -> Limits {
        Limits::SHORT
    }
}

impl core::fmt::Debug for Device {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Device")
            .field("connection", &self.connection)
            .field("plugged_in", &self.nfc.is_some())
            .field("card", &self.card)
            .finish()
    }
}

/// The card in a search's result; `None` for the zeros of an empty field and for cards without part 4.
fn card_kind(target: &TargetInfo) -> Option<CardKind> {
    /// In the answer to select, and in the protocol type of an ATQB: ISO/IEC 14443-4.
    const SELECT_PART_4: u8 = 0x20;
    const PROTOCOL_PART_4: u8 = 0x01;
    match target {
        TargetInfo::Iso14443a(found)
            if matches!(found.uid_len, 4 | 7 | 10) && found.sak & SELECT_PART_4 != 0 =>
        {
            let answer_to_select = found.ats.get(..found.ats_len)?.to_vec();
            Some(CardKind::TypeA { answer_to_select })
        }
        TargetInfo::Iso14443b(found) => {
            let [_, protocol, _] = found.protocol_info;
            (protocol & PROTOCOL_PART_4 != 0)
                .then_some(CardKind::TypeB { protocol_info: found.protocol_info })
        }
        _ => None,
    }
}

/// Whether the line that a connection string names is there; every attempt to open a device by its name costs a
/// kilobyte that `nfc1` never frees.
fn is_there(connection: &str) -> bool {
    let line = connection.split(':').nth(1).filter(|line| line.starts_with('/'));
    !connection.contains('\0') && line.is_none_or(|line| Path::new(line).exists())
}

/// Whether the descriptors that libnfc is going to get (line and two ends of a pipe) can be waited for.
#[cfg(unix)]
fn room_for_select() -> bool {
    use std::os::fd::AsRawFd as _;
    const FD_SETSIZE: i32 = 1024;
    let next: Vec<_> = (0..3).filter_map(|_| std::fs::File::open("/dev/null").ok()).collect();
    next.len() == 3 && next.iter().all(|file| file.as_raw_fd() < FD_SETSIZE)
}

#[cfg(not(unix))]
const fn room_for_select() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use nfc1::target_info::{Iso14443a, Iso14443b};

    use super::*;

    const CARD_A: Iso14443a = Iso14443a {
        atqa: [0; 2],
        sak: 0x20,
        uid: [8; 10],
        uid_len: 4,
        ats: [0x78; 254],
        ats_len: 5,
    };
    const CARD_B: Iso14443b = Iso14443b {
        pupi: [0; 4],
        application_data: [0; 4],
        protocol_info: [0x00, 0x81, 0x71],
        card_identifier: 0,
    };

    #[test]
    fn only_cards_of_part_4_are_cards() {
        let kind = |found| card_kind(&TargetInfo::Iso14443a(found));
        assert_eq!(kind(CARD_A), Some(CardKind::TypeA { answer_to_select: vec![0x78; 5] }));
        assert_eq!(card_kind(&TargetInfo::new_iso14443a()), None);
        assert_eq!(kind(Iso14443a { sak: 0x08, ..CARD_A }), None);
        assert_eq!(kind(Iso14443a { uid_len: 0, ..CARD_A }), None);
        assert_eq!(kind(Iso14443a { ats_len: 255, ..CARD_A }), None);
        let kind = |found| card_kind(&TargetInfo::Iso14443b(found));
        let protocol_info = CARD_B.protocol_info;
        assert_eq!(kind(CARD_B), Some(CardKind::TypeB { protocol_info }));
        assert_eq!(card_kind(&TargetInfo::new_iso14443b()), None);
        assert_eq!(card_kind(&TargetInfo::new_jewel()), None);
    }
}
