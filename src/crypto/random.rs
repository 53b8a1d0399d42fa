use crate::error::Result;

/// A source of random bytes for challenges, nonces and ephemeral keys.
///
/// The library takes it as an argument: worked examples need fixed bytes, a phone its own generator.
/// Any `FnMut(&mut [u8]) -> Result<()> + Send` is one.
pub trait Random: Send {
    /// Fills the buffer with unpredictable bytes.
    ///
    /// # Errors
    /// Whatever keeps the source from working; the read then ends.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()>;
}

impl<F: FnMut(&mut [u8]) -> Result<()> + Send> Random for F {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self(bytes)
    }
}
