//! Signature schemes and the public keys that verify them.
//!
//! RFC 8017 (RSA), FIPS 186-5 (ECDSA); identifiers of RFC 3279, 4055, 5480 and 5758.
//! With feature `ring` the common combinations run there; the verdict is the same without it.

use der::asn1::UintRef;
use der::{Decode as _, Sequence};

use crate::error::{Error, Result, Unsupported};
use crate::tlv::Reader;

use super::DigestAlgorithm;
use super::agreement::{self, DomainParameters};
use super::asn1::{self, UNKNOWN_DIGEST};
use super::ec::{Curve, EcPublicKey};
use super::rsa::{RSA_ENCRYPTION, RSASSA_PSS, RsaPublicKey};

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

/// id-ecPublicKey (RFC 5480 §2.1.1), id-ecDH (RFC 5480 §2.1.2) and id-mgf1 (RFC 4055 §2.2).
pub(super) const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const EC_DH: &str = "1.3.132.1.12";
const MGF1: &str = "1.2.840.113549.1.1.8";

impl SignatureScheme {
    /// The name for reports: `RSA PKCS#1 v1.5 with SHA-256`, `ECDSA with SHA-384`, ….
    ///
    /// ```
    /// use cccd::crypto::{DigestAlgorithm, SignatureScheme};
    /// assert_eq!(SignatureScheme::Ecdsa(DigestAlgorithm::Sha384).name(), "ECDSA with SHA-384");
    /// ```
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::RsaPkcs1(digest) => format!("RSA PKCS#1 v1.5 with {}", digest.name()),
            Self::RsaPss { digest, mgf_digest, salt_length } => format!(
                "RSA-PSS with {}, MGF1 with {} and {salt_length} bytes of salt",
                digest.name(),
                mgf_digest.name()
            ),
            Self::Ecdsa(digest) => format!("ECDSA with {}", digest.name()),
        }
    }

    /// The digest of the message.
    #[must_use]
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss { digest, .. } | Self::Ecdsa(digest) => digest,
        }
    }

    /// The scheme of an `AlgorithmIdentifier`, by its identifier and its parameters with tag and length.
    ///
    /// Bare `rsaEncryption` or `id-ecPublicKey`, which some signers write in place of a signature algorithm,
    /// takes the `fallback`: the digest named beside it. Parameters are read for PSS only;
    /// elsewhere they carry no meaning, and issuers write NULL, nothing or a curve.
    ///
    /// # Errors
    /// `Malformed` for PSS parameters; `Unsupported` for every other algorithm.
    pub(crate) fn from_algorithm(
        oid: &str,
        parameters: Option<&[u8]>,
        fallback: Option<DigestAlgorithm>,
    ) -> Result<Self> {
        use DigestAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};
        let named = || fallback.ok_or(UNKNOWN_DIGEST);
        Ok(match oid {
            RSASSA_PSS => return Self::from_pss_parameters(parameters),
            RSA_ENCRYPTION => Self::RsaPkcs1(named()?),
            "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => Self::RsaPkcs1(Sha1),
            "1.2.840.113549.1.1.14" => Self::RsaPkcs1(Sha224),
            "1.2.840.113549.1.1.11" => Self::RsaPkcs1(Sha256),
            "1.2.840.113549.1.1.12" => Self::RsaPkcs1(Sha384),
            "1.2.840.113549.1.1.13" => Self::RsaPkcs1(Sha512),
            EC_PUBLIC_KEY => Self::Ecdsa(named()?),
            "1.2.840.10045.4.1" => Self::Ecdsa(Sha1),
            "1.2.840.10045.4.3.1" => Self::Ecdsa(Sha224),
            "1.2.840.10045.4.3.2" => Self::Ecdsa(Sha256),
            "1.2.840.10045.4.3.3" => Self::Ecdsa(Sha384),
            "1.2.840.10045.4.3.4" => Self::Ecdsa(Sha512),
            _ => return Err(Error::Unsupported(Unsupported::Algorithm("an unknown signature"))),
        })
    }

    /// `RSASSA-PSS-params` (RFC 4055 §3.1), each field with its default:
    ///
    /// ```text
    /// SEQUENCE { [0] hash AlgorithmIdentifier  DEFAULT sha1,
    ///            [1] mask AlgorithmIdentifier  DEFAULT mgf1 with sha1,
    ///            [2] salt length INTEGER       DEFAULT 20,
    ///            [3] trailer INTEGER           DEFAULT 1 }
    /// ```
    fn from_pss_parameters(parameters: Option<&[u8]>) -> Result<Self> {
        let mut digest = DigestAlgorithm::Sha1;
        let mut mgf_digest = DigestAlgorithm::Sha1;
        let mut salt_length = 20;
        if let Some(parameters) = parameters {
            let mut fields = asn1::only(parameters, asn1::SEQUENCE, "the parameters of PSS")?;
            if let Some(field) = fields.optional(0xA0)? {
                digest = digest_algorithm(&mut field.children()?)?;
            }
            if let Some(field) = fields.optional(0xA1)? {
                let mut inside = field.children()?;
                let mask = asn1::algorithm(&inside.expect(asn1::SEQUENCE, "a mask generator")?)?;
                inside.finish()?;
                let parameters = mask.parameters.ok_or(field.error("a mask generator's digest"))?;
                if mask.oid != MGF1 {
                    return Err(Error::Unsupported(Unsupported::Algorithm("a mask but MGF1")));
                }
                mgf_digest = digest_algorithm(&mut Reader::new(parameters))?;
            }
            if let Some(field) = fields.optional(0xA2)? {
                salt_length = small_integer(&mut field.children()?)?;
            }
            if let Some(field) = fields.optional(0xA3)?
                && small_integer(&mut field.children()?)? != 1
            {
                return Err(field.error("the trailer 1"));
            }
            fields.finish()?;
        }
        Ok(Self::RsaPss { digest, mgf_digest, salt_length })
    }
}

fn digest_algorithm(reader: &mut Reader<'_>) -> Result<DigestAlgorithm> {
    let algorithm = asn1::algorithm(&reader.expect(asn1::SEQUENCE, "a digest algorithm")?)?;
    reader.finish()?;
    DigestAlgorithm::from_oid(&algorithm.oid).ok_or(UNKNOWN_DIGEST)
}

/// An integer from 0 to 65535, more than any salt that fits into a key.
fn small_integer(reader: &mut Reader<'_>) -> Result<usize> {
    let object = reader.expect(asn1::INTEGER, "an integer")?;
    reader.finish()?;
    match object.value {
        [low @ 0..=0x7F] => Ok(usize::from(*low)),
        [high @ 0..=0x7F, low] | [0, high, low] => Ok(usize::from(*high) << 8 | usize::from(*low)),
        _ => Err(object.error("a small integer")),
    }
}

/// A public key that verifies signatures or agrees on keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa(RsaPublicKey),
    Ec {
        key: EcPublicKey,
        /// The curve was written out in numbers instead of named.
        explicit: bool,
    },
}

/// `ECDSA-Sig-Value` (RFC 3279 §2.2.3).
#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` (RFC 5280 §4.1) with an RSA or elliptic-curve key.
    ///
    /// # Errors
    /// `Malformed`, also for a point that is not on its curve; `Unsupported` for other kinds, curves and sizes.
    pub(crate) fn from_spki(der: &[u8]) -> Result<Self> {
        let (algorithm, key) = asn1::subject_public_key(der)?;
        match algorithm.oid.as_str() {
            RSA_ENCRYPTION | RSASSA_PSS => RsaPublicKey::from_pkcs1(key).map(Self::Rsa),
            EC_PUBLIC_KEY | EC_DH => {
                let parameters =
                    algorithm.parameters.ok_or(Error::malformed(0, "parameters of a curve"))?;
                let (curve, explicit) = Curve::from_ec_parameters(parameters)?;
                Ok(Self::Ec { key: EcPublicKey::from_sec1(curve, key)?, explicit })
            }
            // Chips may name the curve of their own key by its number [9303-11 §9.5.1].
            agreement::STANDARDIZED => match DomainParameters::from_algorithm(&algorithm)? {
                DomainParameters::Curve(curve) => {
                    Ok(Self::Ec { key: EcPublicKey::from_sec1(curve, key)?, explicit: false })
                }
                DomainParameters::Modp(_) => Err(Error::Unsupported(Unsupported::Algorithm(
                    "a Diffie-Hellman key to verify with",
                ))),
            },
            _ => Err(Error::Unsupported(Unsupported::Algorithm("a key other than RSA or EC"))),
        }
    }

    /// A point of a known curve.
    ///
    /// # Errors
    /// `Malformed` for a point that is not on the curve.
    pub(crate) fn on_curve(curve: Curve, point: &[u8]) -> Result<Self> {
        Ok(Self::Ec { key: EcPublicKey::from_sec1(curve, point)?, explicit: false })
    }

    /// Kind and size for reports: `RSA 2048`, `EC brainpoolP256r1`.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Rsa(key) => format!("RSA {}", key.modulus_bits()),
            Self::Ec { key, .. } => format!("EC {}", key.curve().name()),
        }
    }

    /// Verifies the signature over a message; a scheme for another kind of key is `false`.
    ///
    /// ECDSA signatures are strict DER: two positive integers in their shortest form and nothing else.
    /// Both halves of the range of s are accepted (no "low s" rule, which documents do not follow).
    pub(crate) fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        #[cfg(feature = "ring")]
        if let Some(verdict) = self.verify_by_ring(scheme, message, signature) {
            return verdict;
        }
        self.verify_digest(scheme, &scheme.digest().digest(message), signature)
    }

    /// Verifies the signature over a message of which only the digest is at hand.
    pub(crate) fn verify_digest(
        &self,
        scheme: SignatureScheme,
        digest: &[u8],
        signature: &[u8],
    ) -> bool {
        match (self, scheme) {
            (Self::Rsa(key), SignatureScheme::RsaPkcs1(algorithm)) => {
                key.verify_pkcs1(algorithm, digest, signature)
            }
            (
                Self::Rsa(key),
                SignatureScheme::RsaPss { digest: algorithm, mgf_digest, salt_length },
            ) => key.verify_pss(algorithm, mgf_digest, salt_length, digest, signature),
            (Self::Ec { key, .. }, SignatureScheme::Ecdsa(algorithm)) => {
                let length = key.curve().field_length();
                digest.len() == algorithm.output_length()
                    && EcdsaSignature::from_der(signature).is_ok_and(|EcdsaSignature { r, s }| {
                        match (left_padded(r.as_bytes(), length), left_padded(s.as_bytes(), length))
                        {
                            (Some(r), Some(s)) => key.verify(digest, &r, &s),
                            _ => false,
                        }
                    })
            }
            _ => false,
        }
    }

    /// Verifies r ‖ s, each of the field's length (BSI TR-03111 §5.2.1), as Active Authentication sends it.
    pub(crate) fn verify_ecdsa_plain(&self, digest: &[u8], r_s: &[u8]) -> bool {
        let Self::Ec { key, .. } = self else { return false };
        let length = key.curve().field_length();
        match r_s.split_at_checked(length) {
            Some((r, s)) if s.len() == length => key.verify(digest, r, s),
            _ => false,
        }
    }

    /// The verdict of ring, or `None` for what it does not do.
    #[cfg(feature = "ring")]
    fn verify_by_ring(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        signature: &[u8],
    ) -> Option<bool> {
        use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
        use ring::signature as ring;
        match self {
            Self::Rsa(key) => {
                let parameters = match scheme {
                    SignatureScheme::RsaPkcs1(Sha1) => {
                        &ring::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
                    }
                    SignatureScheme::RsaPkcs1(Sha256) => &ring::RSA_PKCS1_2048_8192_SHA256,
                    SignatureScheme::RsaPkcs1(Sha384) => &ring::RSA_PKCS1_2048_8192_SHA384,
                    SignatureScheme::RsaPkcs1(Sha512) => &ring::RSA_PKCS1_2048_8192_SHA512,
                    SignatureScheme::RsaPss { digest, mgf_digest, salt_length }
                        if mgf_digest == digest && salt_length == digest.output_length() =>
                    {
                        match digest {
                            Sha256 => &ring::RSA_PSS_2048_8192_SHA256,
                            Sha384 => &ring::RSA_PSS_2048_8192_SHA384,
                            Sha512 => &ring::RSA_PSS_2048_8192_SHA512,
                            _ => return None,
                        }
                    }
                    _ => return None,
                };
                key.verify_by_ring(parameters, message, signature)
            }
            Self::Ec { key, .. } => {
                let parameters: &dyn ring::VerificationAlgorithm = match (key.curve(), scheme) {
                    (Curve::Secp256r1, SignatureScheme::Ecdsa(Sha256)) => {
                        &ring::ECDSA_P256_SHA256_ASN1
                    }
                    (Curve::Secp256r1, SignatureScheme::Ecdsa(Sha384)) => {
                        &ring::ECDSA_P256_SHA384_ASN1
                    }
                    (Curve::Secp384r1, SignatureScheme::Ecdsa(Sha256)) => {
                        &ring::ECDSA_P384_SHA256_ASN1
                    }
                    (Curve::Secp384r1, SignatureScheme::Ecdsa(Sha384)) => {
                        &ring::ECDSA_P384_SHA384_ASN1
                    }
                    _ => return None,
                };
                let point = key.to_sec1();
                Some(
                    parameters
                        .verify(point.as_slice().into(), message.into(), signature.into())
                        .is_ok(),
                )
            }
        }
    }
}

fn left_padded(integer: &[u8], length: usize) -> Option<Vec<u8>> {
    let zeros = length.checked_sub(integer.len())?;
    Some([&vec![0; zeros], integer].concat())
}

#[cfg(test)]
mod foreign;
#[cfg(test)]
mod tests;
