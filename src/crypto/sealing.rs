//! ES256 (RFC 9053 §2.1): ECDSA on P-256 with SHA-256, and the key files it is used with.
//!
//! The one place where this library signs. The nonce is derived from key and message (RFC 6979), so no
//! weak random source can give the key away.

use p256::{
    SecretKey,
    ecdsa::{
        Signature, SigningKey, VerifyingKey,
        signature::{Signer as _, Verifier as _},
    },
    pkcs8::{self, DecodePrivateKey as _, DecodePublicKey as _, spki},
};

use super::DigestAlgorithm;
use crate::error::{Error, Result, Unsupported};

const PRIVATE_KEY: &str = "private key";
const PUBLIC_KEY: &str = "public key";
const OTHER_KIND: Error = Error::Unsupported(Unsupported::Structure("a key of a seal off P-256"));
/// No key file is longer; what is read before it is known to be one stays small.
const LONGEST: usize = 16 * 1024;

/// A private key on P-256; wiped when dropped.
pub(crate) struct Es256SigningKey(SigningKey);

/// A public key on P-256, and its one encoding: named curve, uncompressed point.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Es256VerifyingKey {
    key: VerifyingKey,
    spki: Vec<u8>,
}

impl Es256SigningKey {
    /// Reads PKCS#8 (RFC 5958), PEM or DER, not encrypted.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for other curves and kinds, and for encrypted files.
    pub(crate) fn from_pkcs8(file: &[u8]) -> Result<Self> {
        const WHAT: &str = "a PKCS#8 private key on P-256, PEM or DER";
        let malformed = Error::Malformed { file: PRIVATE_KEY, offset: 0, what: WHAT };
        let key = match pem(file).map_err(|()| malformed.clone())? {
            Some(text) if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") => {
                return Err(Error::Unsupported(Unsupported::Structure("an encrypted private key")));
            }
            Some(text) if text.contains("-----BEGIN EC PRIVATE KEY-----") => {
                return Err(Error::Unsupported(Unsupported::Structure(
                    "a private key that is not PKCS#8",
                )));
            }
            Some(text) => SecretKey::from_pkcs8_pem(text),
            None => SecretKey::from_pkcs8_der(file),
        };
        match key {
            Ok(key) => Ok(Self(SigningKey::from(key))),
            Err(pkcs8::Error::PublicKey(spki::Error::OidUnknown { .. })) => Err(OTHER_KIND),
            Err(_) => Err(malformed),
        }
    }

    /// The public half.
    pub(crate) fn public(&self) -> Es256VerifyingKey {
        Es256VerifyingKey::new(*self.0.verifying_key())
    }

    /// r ‖ s.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        // Fails only if r or s is zero, which no known message makes it.
        let signature: core::result::Result<Signature, _> = self.0.try_sign(message);
        signature
            .map(|signature| signature.to_bytes().into())
            .map_err(|_| Error::Misuse("a message that this key cannot sign"))
    }
}

impl Es256VerifyingKey {
    fn new(key: VerifyingKey) -> Self {
        // SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING } (RFC 5480 §2); written out,
        // since a fixed prefix cannot fail.
        const PREFIX: [u8; 26] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
            0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        let spki = [&PREFIX[..], key.to_sec1_point(false).as_bytes()].concat();
        Self { key, spki }
    }

    /// Reads a `SubjectPublicKeyInfo` (RFC 5280 §4.1), PEM or DER.
    ///
    /// # Errors
    /// `Malformed`, also for a point off the curve; `Unsupported` for other curves and kinds.
    pub(crate) fn from_spki(file: &[u8]) -> Result<Self> {
        const WHAT: &str = "a SubjectPublicKeyInfo on P-256, PEM or DER";
        let malformed = Error::Malformed { file: PUBLIC_KEY, offset: 0, what: WHAT };
        let key = match pem(file).map_err(|()| malformed.clone())? {
            Some(text) if text.contains("-----BEGIN CERTIFICATE-----") => {
                // Whoever gives one may believe that its dates and issuer are checked. They are not.
                return Err(Error::Unsupported(Unsupported::Structure(
                    "a certificate in place of the key of a seal",
                )));
            }
            Some(text) => p256::PublicKey::from_public_key_pem(text),
            None => p256::PublicKey::from_public_key_der(file),
        };
        match key {
            Ok(key) => Ok(Self::new(VerifyingKey::from(key))),
            Err(spki::Error::OidUnknown { .. }) => Err(OTHER_KIND),
            Err(_) => Err(malformed),
        }
    }

    /// The key as `SubjectPublicKeyInfo` in DER.
    pub(crate) fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// SHA-256 of the `SubjectPublicKeyInfo`.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let digest = DigestAlgorithm::Sha256.digest(&self.spki);
        let mut fingerprint = [0; 32];
        for (to, from) in fingerprint.iter_mut().zip(digest) {
            *to = from;
        }
        fingerprint
    }

    /// Whether r ‖ s is this key's signature.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify(message, &signature).is_ok())
    }
}

/// The text of a PEM file (RFC 7468); `None` for DER.
fn pem(file: &[u8]) -> core::result::Result<Option<&str>, ()> {
    if file.len() > LONGEST {
        return Err(());
    }
    Ok(match core::str::from_utf8(file) {
        Ok(text) if text.contains("-----BEGIN ") => Some(text),
        _ => None,
    })
}
