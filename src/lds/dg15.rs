use core::fmt;

use super::{asn1::SEQUENCE, outermost};
use crate::{error::Result, findings::Deviation};

/// DG15: the public key of Active Authentication `[9303-10 §4.7.15]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Dg15 {
    spki: Vec<u8>,
    deviations: Vec<Deviation>,
}

impl Dg15 {
    /// Reads the group: `6F { SubjectPublicKeyInfo }`.
    ///
    /// # Errors
    /// `Malformed` if it holds no SEQUENCE. The key itself is read by who uses it.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|error| error.in_file("DG15"))
    }

    /// The `SubjectPublicKeyInfo`, DER with its header.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Tolerances that were used.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

impl fmt::Debug for Dg15 {
    /// The key identifies the chip, so only its length is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dg15(a key of {} bytes)", self.spki.len())
    }
}

fn read(bytes: &[u8]) -> Result<Dg15> {
    let mut deviations = Vec::new();
    let outer = outermost(bytes, 0x6F, "the tag 6F of DG15", &mut deviations)?;
    let spki = outer.children()?.expect(SEQUENCE, "a SubjectPublicKeyInfo")?.raw.to_vec();
    Ok(Dg15 { spki, deviations })
}
