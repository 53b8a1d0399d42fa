//! The keys that sign certificates and the SOD, and how public keys and algorithms are written down.
//!
//! SubjectPublicKeyInfo: `[RFC 3279 §2.3]`, `[RFC 5480 §2]`; explicit curve parameters as X9.62 has them
//! `[RFC 3279 §2.3.5]`. Algorithm identifiers: `[RFC 4055]`, `[RFC 5754]`, `[RFC 5758]`.

use num_bigint::BigUint;

use super::{ChipKey, EcKey};
use crate::arithmetic::curve::{CurveName, Point, fixed_length};
use crate::arithmetic::ecdsa;
use crate::arithmetic::group::{Element, Group};
use crate::arithmetic::modp::ModpName;
use crate::arithmetic::rsa::RsaKey;
use crate::der;
use crate::digest::DigestName;
use crate::random::Random;
use crate::tlv::sequence;

const ID_EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const STANDARDISED_DOMAIN_PARAMETERS: &str = "0.4.0.127.0.7.1.2";
const PRIME_FIELD: &str = "1.2.840.10045.1.1";
const DH_KEY_AGREEMENT: &str = "1.2.840.113549.1.3.1";
const DH_PUBLIC_NUMBER: &str = "1.2.840.10046.2.1";
const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const ID_RSASSA_PSS: &str = "1.2.840.113549.1.1.10";
const ID_MGF1: &str = "1.2.840.113549.1.1.8";

/// A signature scheme with its key size: what an authority signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA on a curve, over a digest.
    Ec(CurveName, DigestName),
    /// RSASSA-PKCS1-v1_5 with 2048 bits.
    RsaPkcs1(DigestName),
    /// RSASSA-PSS with 2048 bits, MGF1 over the same digest.
    RsaPss {
        /// The digest of the message and of MGF1.
        digest: DigestName,
        /// Bytes of salt: at most 256 less the digest's length less 2.
        salt_length: u8,
    },
}

impl KeyKind {
    /// The digest that is signed.
    pub fn digest(self) -> DigestName {
        match self {
            KeyKind::Ec(_, digest) | KeyKind::RsaPkcs1(digest) | KeyKind::RsaPss { digest, .. } => {
                digest
            }
        }
    }
}

/// A private key and how it signs.
#[derive(Clone, Debug)]
pub(super) struct SigningKey {
    kind: KeyKind,
    secret: Secret,
    curve_parameters: CurveParameters,
    seed: u64,
}

#[derive(Clone, Debug)]
enum Secret {
    Ec(EcKey),
    Rsa(RsaKey),
}

impl SigningKey {
    /// An elliptic curve key comes from the seed; the RSA key is `rsa`.
    pub(super) fn new(
        kind: KeyKind,
        curve_parameters: CurveParameters,
        seed: u64,
        label: &str,
        rsa: RsaKey,
    ) -> SigningKey {
        let secret = match kind {
            KeyKind::Ec(curve, _) => {
                Secret::Ec(EcKey::generate(curve, &mut Random::from_label(seed, label)))
            }
            KeyKind::RsaPkcs1(_) | KeyKind::RsaPss { .. } => Secret::Rsa(rsa),
        };
        SigningKey { kind, secret, curve_parameters, seed }
    }

    pub(super) fn digest(&self) -> DigestName {
        self.kind.digest()
    }

    pub(super) fn subject_public_key_info(&self) -> Vec<u8> {
        match &self.secret {
            Secret::Ec(key) => ec_public_key_info(key, self.curve_parameters),
            Secret::Rsa(key) => rsa_public_key_info(key),
        }
    }

    /// The contents of the public key's BIT STRING, whose SHA-1 is the key identifier `[RFC 5280 §4.2.1.2]`.
    pub(super) fn public_key_bits(&self) -> Vec<u8> {
        match &self.secret {
            Secret::Ec(key) => key.curve.curve().encode(&key.public()),
            Secret::Rsa(key) => rsa_public_key(key),
        }
    }

    pub(super) fn algorithm_identifier(&self) -> Vec<u8> {
        match self.kind {
            // The parameters are absent, not NULL `[RFC 5758 §3.2]`.
            KeyKind::Ec(_, digest) => sequence(&[der::object_identifier(match digest {
                DigestName::Sha1 => "1.2.840.10045.4.1",
                DigestName::Sha224 => "1.2.840.10045.4.3.1",
                DigestName::Sha256 => "1.2.840.10045.4.3.2",
                DigestName::Sha384 => "1.2.840.10045.4.3.3",
                DigestName::Sha512 => "1.2.840.10045.4.3.4",
            })]),
            // The parameters are NULL `[RFC 4055 §5]`.
            KeyKind::RsaPkcs1(digest) => sequence(&[
                der::object_identifier(match digest {
                    DigestName::Sha1 => "1.2.840.113549.1.1.5",
                    DigestName::Sha224 => "1.2.840.113549.1.1.14",
                    DigestName::Sha256 => "1.2.840.113549.1.1.11",
                    DigestName::Sha384 => "1.2.840.113549.1.1.12",
                    DigestName::Sha512 => "1.2.840.113549.1.1.13",
                }),
                der::null(),
            ]),
            KeyKind::RsaPss { digest, salt_length } => sequence(&[
                der::object_identifier(ID_RSASSA_PSS),
                pss_parameters(digest, salt_length),
            ]),
        }
    }

    /// The signature of a message, as it stands in the BIT STRING of a certificate or the OCTET STRING of a SignerInfo.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let digest = self.digest().hash(message);
        // One stream per message: no two messages share an ephemeral key, and the same message gets the same signature.
        let label = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let mut random = Random::from_label(self.seed, &label);
        match (&self.secret, self.kind) {
            (Secret::Ec(key), _) => {
                let signature = ecdsa::sign(&key.curve.curve(), &key.private, &digest, &mut random);
                // Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } [RFC 3279 §2.2.3]
                sequence(&[der::integer(&signature.r), der::integer(&signature.s)])
            }
            (Secret::Rsa(key), KeyKind::RsaPss { salt_length, .. }) => {
                let salt = random.bytes(usize::from(salt_length));
                key.sign_pss(self.digest(), message, &salt)
            }
            (Secret::Rsa(key), _) => key.sign_pkcs1(self.digest(), message),
        }
    }
}

/// RSASSA-PSS-params; values that are the default (SHA-1, MGF1 with SHA-1, 20) are left out `[RFC 4055 §3.1]`.
fn pss_parameters(digest: DigestName, salt_length: u8) -> Vec<u8> {
    let hash = sequence(&[der::object_identifier(digest.object_identifier()), der::null()]);
    let mut parameters = Vec::new();
    if digest != DigestName::Sha1 {
        let mask = sequence(&[der::object_identifier(ID_MGF1), hash.clone()]);
        parameters.push(der::explicit(0, &hash));
        parameters.push(der::explicit(1, &mask));
    }
    if salt_length != 20 {
        let salt = der::small_integer(u32::from(salt_length));
        parameters.push(der::explicit(2, &salt));
    }
    sequence(&parameters)
}

/// How a public key says on which curve it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveParameters {
    /// The curve's object identifier `[RFC 5480 §2.1.1]`.
    Named,
    /// All the numbers, as Doc 9303 demands `[9303-11 §9.5.2]`.
    Explicit,
    /// The number of the standardised domain parameters `[9303-11 §9.5.1]`.
    Standardised,
}

/// How a public key modulo a prime says in which group it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModpParameters {
    /// p and g, as Chip Authentication version 1 has them `[TR-03110-3 §A.4.1.2]`, `[PKCS #3 §9]`.
    Pkcs3,
    /// p, g and q `[RFC 3279 §2.3.3]`.
    X942,
    /// The number of the standardised domain parameters, for a group that has one; else as in PKCS #3.
    Standardised,
}

/// SubjectPublicKeyInfo of a key on a curve.
pub(super) fn ec_public_key_info(key: &EcKey, parameters: CurveParameters) -> Vec<u8> {
    curve_key_info(key.curve, &key.public(), parameters)
}

/// SubjectPublicKeyInfo of a key for Chip Authentication.
pub(super) fn chip_key_info(
    key: &ChipKey,
    curve_parameters: CurveParameters,
    modp_parameters: ModpParameters,
) -> Vec<u8> {
    match (key.group, key.public()) {
        (Group::Curve(curve), Element::Point(point)) => {
            curve_key_info(curve, &point, curve_parameters)
        }
        (Group::Modp(group), Element::Number(number)) => sequence(&[
            modp_algorithm(group, modp_parameters),
            der::bit_string(&der::integer(&number)),
        ]),
        // A group's public keys are its elements.
        (_, Element::Point(_) | Element::Number(_)) => Vec::new(),
    }
}

fn curve_key_info(curve: CurveName, public: &Point, parameters: CurveParameters) -> Vec<u8> {
    sequence(&[curve_algorithm(curve, parameters), der::bit_string(&curve.curve().encode(public))])
}

fn curve_algorithm(curve: CurveName, parameters: CurveParameters) -> Vec<u8> {
    let (algorithm, parameters) = match parameters {
        CurveParameters::Named => {
            (ID_EC_PUBLIC_KEY, der::object_identifier(curve.object_identifier()))
        }
        CurveParameters::Explicit => (ID_EC_PUBLIC_KEY, ec_parameters(curve)),
        CurveParameters::Standardised => {
            (STANDARDISED_DOMAIN_PARAMETERS, der::small_integer(u32::from(curve.parameter_id())))
        }
    };
    sequence(&[der::object_identifier(algorithm), parameters])
}

fn modp_algorithm(name: ModpName, parameters: ModpParameters) -> Vec<u8> {
    let group = name.group();
    let [p, g, q] = [&group.p, &group.g, &group.q].map(der::integer);
    let (algorithm, parameters) = match (parameters, name.parameter_id()) {
        (ModpParameters::Standardised, Some(id)) => {
            (STANDARDISED_DOMAIN_PARAMETERS, der::small_integer(u32::from(id)))
        }
        (ModpParameters::X942, _) => (DH_PUBLIC_NUMBER, sequence(&[p, g, q])),
        (ModpParameters::Pkcs3 | ModpParameters::Standardised, _) => {
            (DH_KEY_AGREEMENT, sequence(&[p, g]))
        }
    };
    sequence(&[der::object_identifier(algorithm), parameters])
}

/// AlgorithmIdentifier with all the numbers of a group, as PACEDomainParameterInfo has it `[TR-03110-3 §A.2.1.2]`.
pub(super) fn explicit_domain_parameters(group: Group) -> Vec<u8> {
    match group {
        Group::Curve(curve) => curve_algorithm(curve, CurveParameters::Explicit),
        Group::Modp(group) => modp_algorithm(group, ModpParameters::X942),
    }
}

/// ECParameters, version ecpVer1, with the cofactor and without a seed `[RFC 3279 §2.3.5]`.
fn ec_parameters(name: CurveName) -> Vec<u8> {
    let curve = name.curve();
    let element = |number: &BigUint| der::octet_string(&fixed_length(number, curve.field_length));
    let generator: &Point = &curve.generator;
    sequence(&[
        der::small_integer(1),
        sequence(&[der::object_identifier(PRIME_FIELD), der::integer(&curve.p)]),
        sequence(&[element(&curve.a), element(&curve.b)]),
        der::octet_string(&curve.encode(generator)),
        der::integer(&curve.n),
        der::small_integer(1),
    ])
}

/// SubjectPublicKeyInfo of an RSA key, with the NULL that RFC 3279 §2.3.1 asks for.
pub(super) fn rsa_public_key_info(key: &RsaKey) -> Vec<u8> {
    sequence(&[
        sequence(&[der::object_identifier(RSA_ENCRYPTION), der::null()]),
        der::bit_string(&rsa_public_key(key)),
    ])
}

/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
fn rsa_public_key(key: &RsaKey) -> Vec<u8> {
    sequence(&[der::integer(&key.modulus), der::integer(&key.public_exponent)])
}
