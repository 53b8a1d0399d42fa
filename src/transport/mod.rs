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

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod blocking;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod clock;
#[cfg(feature = "nfc")]
pub mod nfc;
#[cfg(feature = "pcsc")]
pub mod pcsc;
#[cfg(feature = "ring")]
mod random;
mod until;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use blocking::RunOptions;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use clock::today;
#[cfg(feature = "ring")]
pub use random::SystemRandom;
pub use until::{Cancellation, Until};

pub use crate::apdu::Limits;
use crate::error::{Error, Result};

/// A way to a chip: one command, one answer.
pub trait Transport {
    /// Carries a C-APDU to the chip and returns its R-APDU, status word included.
    ///
    /// # Errors
    /// [`LinkLost`](crate::Error::LinkLost) when card or reader are gone or a time limit passed;
    /// [`Reader`](crate::Error::Reader) for other failures of the device.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>>;

    /// As [`Transport::transmit`], within a time. Devices that can neither end a call nor take a time limit
    /// wait as long as they like, which is what happens unless a transport does better.
    ///
    /// # Errors
    /// As [`Transport::transmit`]: `LinkLost` when the time is over; `Cancelled`.
    fn transmit_until(&mut self, command: &[u8], until: &Until) -> Result<Vec<u8>> {
        until.left()?;
        self.transmit(command)
    }

    /// As [`Transport::transmit_until`], and does `work` while the chip answers, if the device leaves the time.
    /// A transport that can only stand still does it afterwards, which is what happens unless it does better.
    ///
    /// # Errors
    /// As [`Transport::transmit_until`].
    fn transmit_while(
        &mut self,
        command: &[u8],
        until: &Until,
        work: &mut dyn FnMut(),
    ) -> Result<Vec<u8>> {
        let answer = self.transmit_until(command, until);
        work();
        answer
    }

    /// Brings a lost card back: waits until one lies there, and powers it up anew. The limits may be others
    /// afterwards. Transports that cannot do this leave it as it is: the loss is final.
    ///
    /// # Errors
    /// `LinkLost` when the time is over or the card cannot come back; `Cancelled`; `Reader`.
    fn reconnect(&mut self, _until: &Until) -> Result<()> {
        Err(Error::LinkLost)
    }

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

    fn transmit_until(&mut self, command: &[u8], until: &Until) -> Result<Vec<u8>> {
        self.transport.transmit_until(command, until)
    }

    fn transmit_while(
        &mut self,
        command: &[u8],
        until: &Until,
        work: &mut dyn FnMut(),
    ) -> Result<Vec<u8>> {
        self.transport.transmit_while(command, until, work)
    }

    fn reconnect(&mut self, until: &Until) -> Result<()> {
        self.transport.reconnect(until)
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}
