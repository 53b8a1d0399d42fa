//! The seal over a file of ours: who wrote it, and that nobody changed it since (COSE_Sign1, RFC 9052 §4.2).
//!
//! A kiosk seals evidence, an operator seals a trust store. What this proves: the holder of a key that the
//! reader of the file chose wrote these bytes. Nothing about the document in it, and nothing about when.
//!
//! ```text
//! 18([ protected,      bstr: { 1: -7 (ES256), 3: content type, 4: SHA-256 of the key's SPKI }
//!      {},             nothing stands outside the signature
//!      payload,        bstr: the file
//!      signature ])    bstr: r ‖ s over ["Signature1", protected, h'', payload]
//! ```
//!
//! Implemented: one signature, ES256 (RFC 9053 §2.1), payload inside, no external data: the content type is
//! signed, which keeps the kinds of files apart, and other tools can check the seal without knowing more.
//! Key files are PKCS#8 and SPKI, in PEM or DER. Skipped: `COSE_Sign` with several signatures,
//! countersignatures, certificates in the header, keys with a date.
//!
//! ```
//! use cccd::seal::{Sealed, SealKey, SealingKey, Sealer as _};
//! # let pem = include_bytes!("../../test-vectors/seal/kiosk.key.pem");
//! let kiosk = SealingKey::from_pkcs8(pem)?;
//! let sealed = cccd::seal::seal(b"a file", Sealed::Evidence, &kiosk)?;
//! let known = [SealKey::from_spki(&kiosk.public_key())?];
//! let (payload, key) = cccd::seal::open(&sealed, Sealed::Evidence, &known)?;
//! assert_eq!((payload.as_slice(), key), (&b"a file"[..], &known[0]));
//! # Ok::<(), cccd::Error>(())
//! ```

mod envelope;

use core::fmt;

pub(crate) use envelope::unsealed;
pub use envelope::{is_sealed, open, seal};

use crate::{
    crypto::{Es256SigningKey, Es256VerifyingKey},
    error::Result,
};

/// The longest sealed file that is opened, in bytes: a trust store of ten thousand certificates fits
/// several times.
pub const MAX_SEALED: usize = 64 << 20;

/// What a sealed file holds; part of what is signed, so that one kind cannot be passed off as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// An evidence file.
    Evidence,
    /// A trust store.
    TrustStore,
}

impl Sealed {
    /// The content type in the protected header.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Evidence => "application/vnd.cccd.evidence+cbor",
            Self::TrustStore => "application/vnd.cccd.trust-store+cbor",
        }
    }
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

/// A private key in memory that makes seals. Wiped when dropped; `Debug` shows the public half only.
pub struct SealingKey(Es256SigningKey);

/// A public key whose seals are accepted.
#[derive(Clone, PartialEq, Eq)]
pub struct SealKey(Es256VerifyingKey);

impl SealingKey {
    /// Reads a PKCS#8 private key on P-256, PEM or DER, not encrypted: what
    /// `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` writes.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for other keys.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self> {
        Es256SigningKey::from_pkcs8(bytes).map(Self)
    }

    /// The key with which these seals are opened.
    #[must_use]
    pub fn seal_key(&self) -> SealKey {
        SealKey(self.0.public())
    }
}

impl Sealer for SealingKey {
    fn public_key(&self) -> Vec<u8> {
        self.0.public().spki().to_vec()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        self.0.sign(message)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SealingKey").field(&self.seal_key()).finish()
    }
}

impl SealKey {
    /// Reads a `SubjectPublicKeyInfo` on P-256, PEM or DER: what `openssl pkey -pubout` writes.
    ///
    /// A certificate is refused: nobody would check its dates and issuer here.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for other keys.
    pub fn from_spki(bytes: &[u8]) -> Result<Self> {
        Es256VerifyingKey::from_spki(bytes).map(Self)
    }

    /// SHA-256 of the `SubjectPublicKeyInfo` in DER: the key's name in a seal (`kid`).
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.0.fingerprint()
    }

    /// The key as `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        self.0.spki()
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(")?;
        self.fingerprint().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests;
