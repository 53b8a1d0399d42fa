use crate::error::{Error, Result};

use super::DigestAlgorithm;
use super::ec::EcPublicKey;
use super::rsa::RsaPublicKey;

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS (RFC 8017 §8.1).
    RsaPss {
        /// Digest of the message.
        digest: DigestAlgorithm,
        /// Digest inside the mask generation function MGF1.
        mgf_digest: DigestAlgorithm,
        /// Bytes of salt.
        salt_length: usize,
    },
    /// ECDSA (FIPS 186-5 §6).
    Ecdsa(DigestAlgorithm),
}

impl SignatureScheme {
    /// The name for reports.
    #[must_use]
    pub fn name(self) -> String {
        String::new()
    }
    /// The digest of the message.
    #[must_use]
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss { digest, .. } | Self::Ecdsa(digest) => digest,
        }
    }
    pub(crate) fn from_algorithm(
        _oid: &str,
        _parameters: Option<&[u8]>,
        _fallback: Option<DigestAlgorithm>,
    ) -> Result<Self> {
        Err(Error::Misuse("not written yet"))
    }
}

/// A public key that verifies signatures or agrees on keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa(RsaPublicKey),
    Ec { key: EcPublicKey, explicit: bool },
}

impl PublicKey {
    pub(crate) fn from_spki(_der: &[u8]) -> Result<Self> {
        Err(Error::Misuse("not written yet"))
    }
    pub(crate) fn describe(&self) -> String {
        String::new()
    }
    pub(crate) fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        self.verify_digest(scheme, &scheme.digest().digest(message), signature)
    }
    pub(crate) fn verify_digest(
        &self,
        _scheme: SignatureScheme,
        _digest: &[u8],
        _signature: &[u8],
    ) -> bool {
        false
    }
    pub(crate) fn verify_ecdsa_plain(&self, _digest: &[u8], _r_s: &[u8]) -> bool {
        false
    }
}
