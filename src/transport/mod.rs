//! The edge: devices that carry APDUs, the blocking driver, the clock and the random numbers.
//!
//! A transport is anything that takes a command and returns an answer. A closure is one:
//!
//! ```
//! use cccd::{Error, transport::Transport};
//! let mut dead = |_command: &[u8]| Err::<Vec<u8>, _>(Error::LinkLost);
//! assert_eq!(dead.transmit(&[0x00, 0x84, 0x00, 0x00, 0x08]), Err(Error::LinkLost));
//! ```
//!
//! A phone's `transceive` is such a closure; give it [`WithLimits`] if it carries more than the 261
//! bytes that every device can.

mod blocking;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod clock;
#[cfg(feature = "pcsc")]
pub mod pcsc;
#[cfg(feature = "ring")]
mod random;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use clock::today;
#[cfg(feature = "ring")]
pub use random::SystemRandom;

pub use crate::apdu::Limits;
use crate::error::Result;

/// A way to a chip: one command, one answer.
pub trait Transport {
    /// Carries a C-APDU to the chip and returns its R-APDU, status word included.
    ///
    /// # Errors
    /// [`LinkLost`](crate::Error::LinkLost) when card or reader are gone or a time limit passed;
    /// [`Reader`](crate::Error::Reader) for other failures of the device.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>>;

    /// What the device can carry. Short APDUs unless it says more.
    fn limits(&self) -> Limits {
        Limits::SHORT
    }
}

impl<F: FnMut(&[u8]) -> Result<Vec<u8>>> Transport for F {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        self(command)
    }
}

/// A transport with limits of its own, for closures.
#[derive(Debug, Clone)]
pub struct WithLimits<T> {
    transport: T,
    limits: Limits,
}

impl<T: Transport> WithLimits<T> {
    /// Says what the transport can carry, in bytes of whole APDUs.
    pub const fn new(transport: T, limits: Limits) -> Self {
        Self { transport, limits }
    }
}

impl<T: Transport> Transport for WithLimits<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        self.transport.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}
