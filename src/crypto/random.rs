use zeroize::Zeroizing;

use crate::error::{Error, Result};

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

/// Candidates drawn before a random source is called broken: a good one passes each with p > 1/4.
const MAX_CANDIDATES: usize = 256;

/// Draws integers of so many bits until one is accepted (FIPS 186-5 §A.2.2).
///
/// # Errors
/// The source's own; `Misuse` if it yields no candidate that is accepted.
pub(super) fn draw<T>(
    random: &mut dyn Random,
    bits: usize,
    accept: impl Fn(&[u8]) -> Option<T>,
) -> Result<T> {
    let mut candidate = Zeroizing::new(vec![0; bits.div_ceil(8)]);
    let excess_bits = 8 * candidate.len() - bits;
    for _ in 0..MAX_CANDIDATES {
        random.fill(&mut candidate)?;
        if let Some(first) = candidate.first_mut() {
            *first &= 0xFF >> excess_bits;
        }
        if let Some(accepted) = accept(&candidate) {
            return Ok(accepted);
        }
    }
    Err(Error::Misuse("a random source that yields no private key"))
}
