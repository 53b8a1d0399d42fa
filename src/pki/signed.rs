//! What certificates and lists of revoked certificates have in common: a part that is signed, how, and the
//! signature (RFC 5280 §4.1.1, §5.1.1).

use super::name::AlgorithmIdentifier;
use crate::error::Result;
use crate::tlv::{Reader, Tlv};

/// A signed structure, taken apart. Nothing about it is verified.
pub(super) struct Signed<'a> {
    /// The part that is signed.
    pub(super) tbs: Tlv<'a>,
    pub(super) algorithm: AlgorithmIdentifier,
    algorithm_at: Tlv<'a>,
    pub(super) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Takes the one structure apart that the bytes are.
    pub(super) fn parse(der: &'a [u8], what: &'static str) -> Result<Self> {
        let mut reader = Reader::new(der);
        let outer = reader.expect(0x30, what)?;
        reader.finish()?;
        let mut parts = outer.children()?;
        let tbs = parts.expect(0x30, "the part that is signed")?;
        let algorithm_at = parts.expect(0x30, "a signature algorithm")?;
        let algorithm = AlgorithmIdentifier::parse(&algorithm_at)?;
        let signature = parts.expect(0x03, "a signature")?;
        parts.finish()?;
        let Some((0, signature)) = signature.value.split_first() else {
            return Err(signature.error("a signature of whole bytes"));
        };
        Ok(Self { tbs, algorithm, algorithm_at, signature })
    }

    /// Both places name the same algorithm, and only one of them is signed (RFC 5280 §4.1.1.2, §5.1.1.2).
    pub(super) fn compare_algorithm(&self, in_tbs: &Tlv<'_>) -> Result<()> {
        if AlgorithmIdentifier::parse(in_tbs)? == self.algorithm {
            Ok(())
        } else {
            Err(self.algorithm_at.error("the algorithm that the signed part names"))
        }
    }
}
