//! The seal over a file of ours: who wrote it, and that nobody changed it since (COSE_Sign1, RFC 9052 §4.2).
//!
//! A kiosk seals evidence, an operator seals a trust store. What this proves: the holder of a key that the
//! reader of the file chose wrote these bytes. Nothing about the document in it.
//!
//! Implemented: one signature, ES256 (RFC 9053 §2.1), payload inside. Key files are PKCS#8 and SPKI, in PEM or DER.

use crate::error::{Error, Result, Unsupported};

/// What a sealed file holds; part of what is signed, so that one kind cannot be passed off as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// An evidence file.
    Evidence,
    /// A trust store.
    TrustStore,
}

/// Makes seals. A kiosk whose key lives in a security module implements it; [`SealingKey`] holds one in memory.
pub trait Sealer: Send + Sync {
    /// The public key as `SubjectPublicKeyInfo` in DER.
    fn public_key(&self) -> Vec<u8>;
    /// Signs with ECDSA on P-256 and SHA-256: r ‖ s, 64 bytes.
    ///
    /// # Errors
    /// Whatever keeps the key from signing.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64]>;
}

/// A private key in memory that makes seals.
pub struct SealingKey {}

/// A public key whose seals are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealKey {}

impl SealingKey {
    /// Reads a PKCS#8 private key on P-256, PEM or DER.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for other keys.
    pub fn from_pkcs8(_bytes: &[u8]) -> Result<Self> {
        Err(Error::Unsupported(Unsupported::Structure("a sealing key")))
    }
}

impl SealKey {
    /// Reads a `SubjectPublicKeyInfo` on P-256, PEM or DER.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for other keys.
    pub fn from_spki(_bytes: &[u8]) -> Result<Self> {
        Err(Error::Unsupported(Unsupported::Structure("a key of a seal")))
    }
}

/// Seals a payload.
///
/// # Errors
/// What the sealer reports.
pub fn seal(_payload: &[u8], _what: Sealed, _sealer: &dyn Sealer) -> Result<Vec<u8>> {
    Err(Error::Unsupported(Unsupported::Structure("a seal")))
}

/// Whether bytes begin like a sealed file (CBOR tag 18).
#[must_use]
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0xD2)
}

/// Opens a seal that one of `keys` made, and gives the payload and the key.
///
/// # Errors
/// `Malformed`; [`NotAuthentic::Seal`](crate::error::NotAuthentic::Seal).
pub fn open<'k>(
    _sealed: &[u8],
    _what: Sealed,
    _keys: &'k [SealKey],
) -> Result<(Vec<u8>, &'k SealKey)> {
    Err(Error::Unsupported(Unsupported::Structure("a seal")))
}
