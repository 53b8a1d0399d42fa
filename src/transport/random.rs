use ring::rand::SecureRandom as _;

use crate::{
    crypto::Random,
    error::{Error, Result},
};

/// The operating system's random numbers.
#[derive(Debug, Clone, Default)]
pub struct SystemRandom(());

impl SystemRandom {
    /// The source; opening it cannot fail.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        ring::rand::SystemRandom::new()
            .fill(bytes)
            .map_err(|_| Error::Misuse("the operating system delivers no random numbers"))
    }
}
