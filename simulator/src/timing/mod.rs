//! The virtual clock: what an exchange would have cost over the radio, in the host and in the chip. Nothing ever
//! sleeps, and every number is an integer, so that a read takes the same time on every machine.
//!
//! ```text
//! exchange = host + air + chip
//! host     = per exchange, and per further CCID message
//! air      = blocks (FSC, FSD) + acknowledgements between them + pauses + S(WTX)
//! chip     = dispatch + secure messaging per byte + each key operation that the chip counted (`Work`)
//! retry    = all of it, where the answer never came or came garbled by a planned fault;
//!            the time until the reader gives up; powering up anew
//! ```
//!
//! The clock starts when the card is powered up for the first time. Chips encipher a long answer while its blocks go out,
//! so S(WTX) is asked for by dispatch and key operations only.
//!
//! ```
//! use cccd_simulator::Timing;
//!
//! let timing = Timing::named("phone-424-fast").unwrap();
//! assert_eq!(timing.limits(), (65_279, 65_279));
//! ```

mod air;
mod profile;
#[cfg(test)]
mod tests;

use std::ops::{AddAssign, Sub};

use crate::chip::Work;
use air::cycles_to_ns;
use profile::{Computation, Host, Profile, Radio};

/// Header of a CCID message.
const CCID_HEADER: usize = 10;

/// How fast radio, host and chip are, from the files of `simulator/timings/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    name: String,
    host: Host,
    radio: Radio,
    chip: Computation,
}

impl Timing {
    /// The timing of a name: `HOST-RATE-CHIP`, as `phone-424-fast`.
    pub fn named(name: &str) -> Option<Timing> {
        timings().find(|timing| timing.name == name)
    }

    fn new(host: Host, radio: Radio, chip: Computation) -> Timing {
        let name = format!("{}-{}-{}", host.name, radio.name, chip.name);
        Timing { name, host, radio, chip }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Phone or desk.
    pub fn host(&self) -> &str {
        &self.host.name
    }

    /// The bit rate, in kbit/s.
    pub fn rate(&self) -> &str {
        &self.radio.name
    }

    /// The chip's speed, in a word.
    pub fn chip(&self) -> &str {
        &self.chip.name
    }

    /// The longest command and the longest answer that the host carries, in bytes of whole APDUs.
    pub fn limits(&self) -> (usize, usize) {
        (self.host.max_command, self.host.max_response)
    }

    /// What one exchange costs: bytes of command and answer, and what the chip computed for it.
    pub fn exchange(&self, sent: usize, received: usize, work: Work) -> Elapsed {
        let keys = self.chip.dispatch_ns + self.chip.keys(work);
        let extensions = self.extensions(keys);
        let wtx = self.radio.waiting_time_extension();
        let air = self.radio.exchange(sent, received);
        Elapsed {
            exchanges: 1,
            bytes_sent: sent as u64,
            bytes_received: received as u64,
            frames: air.frames + extensions * wtx.frames,
            wtx: extensions,
            air: air.ns() + extensions * wtx.ns(),
            host: self.host.carry(sent, received),
            chip: keys + self.chip.secure_messaging(work),
            retry: 0,
        }
    }

    /// The same in vain: what came is not what was sent.
    pub fn garbled(&self, sent: usize, received: usize, work: Work) -> Elapsed {
        let cost = self.exchange(sent, received, work);
        Elapsed { air: 0, host: 0, chip: 0, retry: cost.total(), ..cost }
    }

    /// A command whose answer never comes: the chip runs it, or does not get it, and the reader waits until it gives up.
    pub fn unanswered(&self, sent: usize, work: Option<Work>) -> Elapsed {
        let air = self.radio.unanswered(sent);
        let chip = work.map_or(0, |work| {
            self.chip.dispatch_ns + self.chip.keys(work) + self.chip.secure_messaging(work)
        });
        Elapsed {
            exchanges: 1,
            bytes_sent: sent as u64,
            frames: air.frames,
            retry: self.host.carry(sent, 0) + air.ns() + chip,
            ..Elapsed::default()
        }
    }

    /// The card is back in the field and powers up anew.
    pub fn power_up(&self) -> Elapsed {
        let guard = cycles_to_ns(self.radio.start_up_guard_time());
        Elapsed { retry: self.radio.activation_ns + guard, ..Elapsed::default() }
    }

    /// How often the chip asks for more time: whenever the reader's patience is over and it has nothing to say.
    fn extensions(&self, silence: u64) -> u64 {
        silence / cycles_to_ns(self.radio.frame_waiting_time())
    }
}

impl Host {
    fn carry(&self, sent: usize, received: usize) -> u64 {
        let further = |length: usize| {
            let room = self.ccid_message.map(|message| message - CCID_HEADER);
            room.map_or(0, |room| length.div_ceil(room).saturating_sub(1) as u64)
        };
        self.exchange_ns + (further(sent) + further(received)) * self.message_ns
    }
}

impl Computation {
    fn secure_messaging(&self, work: Work) -> u64 {
        (work.aes_bytes * self.aes_256_bytes_ns
            + work.triple_des_bytes * self.triple_des_256_bytes_ns)
            / 256
    }

    fn keys(&self, work: Work) -> u64 {
        work.application_selections * self.application_selection_ns
            + work.challenges * self.challenge_ns
            + work.bac_authentications * self.bac_ns
            + work.chip_authentications * self.chip_authentication_ns
            + work.ec_key_generations * self.ec_key_generation_ns
            + work.ec_agreements * self.ec_agreement_ns
            + work.ecdsa_signatures * self.ecdsa_signature_ns
            + work.ecdsa_verifications * self.ecdsa_verification_ns
            + work.rsa_signatures * self.rsa_signature_ns
            + work.rsa_verifications * self.rsa_verification_ns
            + work.modp_exponentiations * self.modp_exponentiation_ns
    }
}

/// Every timing, each name once.
pub fn timings() -> impl Iterator<Item = Timing> {
    let (mut hosts, mut radios, mut chips) = (Vec::new(), Vec::new(), Vec::new());
    for profile in profile::all() {
        match profile {
            Profile::Host(host) => hosts.push(host),
            Profile::Radio(radio) => radios.push(radio),
            Profile::Chip(chip) => chips.push(chip),
        }
    }
    let mut timings = Vec::new();
    for host in &hosts {
        for radio in &radios {
            for chip in &chips {
                timings.push(Timing::new(host.clone(), radio.clone(), chip.clone()));
            }
        }
    }
    timings.into_iter()
}

/// What a link has cost so far. Times are virtual nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elapsed {
    /// Command-answer pairs that reached the field.
    pub exchanges: u64,
    /// Bytes of all commands.
    pub bytes_sent: u64,
    /// Bytes of all answers, as they arrived.
    pub bytes_received: u64,
    /// Frames on the air, both ways, acknowledgements included.
    pub frames: u64,
    /// How often the chip asked for more time.
    pub wtx: u64,
    /// Bits and pauses on the air.
    pub air: u64,
    /// The host and its reader.
    pub host: u64,
    /// The chip: dispatch, secure messaging, keys.
    pub chip: u64,
    /// What was in vain: exchanges whose answer never came or came garbled, and powering up anew.
    pub retry: u64,
}

impl Elapsed {
    /// All causes together, in nanoseconds.
    pub fn total(&self) -> u64 {
        self.air + self.host + self.chip + self.retry
    }
}

impl AddAssign for Elapsed {
    fn add_assign(&mut self, more: Elapsed) {
        self.exchanges += more.exchanges;
        self.bytes_sent += more.bytes_sent;
        self.bytes_received += more.bytes_received;
        self.frames += more.frames;
        self.wtx += more.wtx;
        self.air += more.air;
        self.host += more.host;
        self.chip += more.chip;
        self.retry += more.retry;
    }
}

impl Sub for Elapsed {
    type Output = Elapsed;

    fn sub(self, earlier: Elapsed) -> Elapsed {
        Elapsed {
            exchanges: self.exchanges - earlier.exchanges,
            bytes_sent: self.bytes_sent - earlier.bytes_sent,
            bytes_received: self.bytes_received - earlier.bytes_received,
            frames: self.frames - earlier.frames,
            wtx: self.wtx - earlier.wtx,
            air: self.air - earlier.air,
            host: self.host - earlier.host,
            chip: self.chip - earlier.chip,
            retry: self.retry - earlier.retry,
        }
    }
}
