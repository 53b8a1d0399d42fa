//! The virtual clock: what an exchange would have cost over the radio, in the host and in the chip. Nothing ever
//! sleeps, and every number is an integer, so that a read takes the same time on every machine.

use std::ops::Sub;

/// How fast radio, host and chip are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    name: String,
}

impl Timing {
    /// The timing of a name: `HOST-RATE-CHIP`, as `phone-424-fast`.
    pub fn named(name: &str) -> Option<Timing> {
        timings().find(|timing| timing.name == name)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Every timing, each name once.
pub fn timings() -> impl Iterator<Item = Timing> {
    let names = ["phone", "desk"].into_iter().flat_map(|host| {
        ["106", "424", "848"].into_iter().flat_map(move |rate| {
            ["fast", "mid", "old"].into_iter().map(move |chip| format!("{host}-{rate}-{chip}"))
        })
    });
    names.map(|name| Timing { name })
}

/// What a link has cost so far. Times are virtual nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elapsed {
    /// Command-answer pairs that reached the field.
    pub exchanges: u64,
    /// Bytes of all commands.
    pub bytes_sent: u64,
    /// Bytes of all answers.
    pub bytes_received: u64,
    /// Frames on the air, both ways, acknowledgements included.
    pub frames: u64,
    /// Bits and pauses on the air.
    pub air: u64,
    /// The host and its reader.
    pub host: u64,
    /// The chip: dispatch, secure messaging, keys.
    pub chip: u64,
    /// What was in vain: exchanges whose answer never came, and powering up anew.
    pub retry: u64,
}

impl Elapsed {
    /// All causes together, in nanoseconds.
    pub fn total(&self) -> u64 {
        self.air + self.host + self.chip + self.retry
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
            air: self.air - earlier.air,
            host: self.host - earlier.host,
            chip: self.chip - earlier.chip,
            retry: self.retry - earlier.retry,
        }
    }
}
