//! The signature algorithms of Terminal Authentication `[TR-03110-3 §A.7.3, §A.7.4]`.

use crate::der;
use crate::digest::DigestName;

/// A signature algorithm with its digest, as the object identifier in a public key names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TerminalAlgorithm {
    /// id-TA-RSA-v1-5-SHA-1: RSASSA-PKCS1-v1_5.
    RsaPkcs1Sha1,
    /// id-TA-RSA-v1-5-SHA-256.
    RsaPkcs1Sha256,
    /// id-TA-RSA-v1-5-SHA-512.
    RsaPkcs1Sha512,
    /// id-TA-RSA-PSS-SHA-1: RSASSA-PSS, MGF1 over the same digest, salt as long as the digest.
    RsaPssSha1,
    /// id-TA-RSA-PSS-SHA-256.
    RsaPssSha256,
    /// id-TA-RSA-PSS-SHA-512.
    RsaPssSha512,
    /// id-TA-ECDSA-SHA-1: ECDSA in plain format, r || s.
    EcdsaSha1,
    /// id-TA-ECDSA-SHA-224.
    EcdsaSha224,
    /// id-TA-ECDSA-SHA-256.
    EcdsaSha256,
    /// id-TA-ECDSA-SHA-384.
    EcdsaSha384,
    /// id-TA-ECDSA-SHA-512.
    EcdsaSha512,
}

/// How an algorithm signs, its digest apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    RsaPkcs1,
    RsaPss,
    Ecdsa,
}

impl TerminalAlgorithm {
    /// Every algorithm.
    pub const ALL: [TerminalAlgorithm; 11] = [
        TerminalAlgorithm::RsaPkcs1Sha1,
        TerminalAlgorithm::RsaPkcs1Sha256,
        TerminalAlgorithm::RsaPkcs1Sha512,
        TerminalAlgorithm::RsaPssSha1,
        TerminalAlgorithm::RsaPssSha256,
        TerminalAlgorithm::RsaPssSha512,
        TerminalAlgorithm::EcdsaSha1,
        TerminalAlgorithm::EcdsaSha224,
        TerminalAlgorithm::EcdsaSha256,
        TerminalAlgorithm::EcdsaSha384,
        TerminalAlgorithm::EcdsaSha512,
    ];

    /// The object identifier in dotted form: id-TA-RSA is 0.4.0.127.0.7.2.2.2.1, id-TA-ECDSA 0.4.0.127.0.7.2.2.2.2.
    pub fn object_identifier(self) -> &'static str {
        match self {
            TerminalAlgorithm::RsaPkcs1Sha1 => "0.4.0.127.0.7.2.2.2.1.1",
            TerminalAlgorithm::RsaPkcs1Sha256 => "0.4.0.127.0.7.2.2.2.1.2",
            TerminalAlgorithm::RsaPssSha1 => "0.4.0.127.0.7.2.2.2.1.3",
            TerminalAlgorithm::RsaPssSha256 => "0.4.0.127.0.7.2.2.2.1.4",
            TerminalAlgorithm::RsaPkcs1Sha512 => "0.4.0.127.0.7.2.2.2.1.5",
            TerminalAlgorithm::RsaPssSha512 => "0.4.0.127.0.7.2.2.2.1.6",
            TerminalAlgorithm::EcdsaSha1 => "0.4.0.127.0.7.2.2.2.2.1",
            TerminalAlgorithm::EcdsaSha224 => "0.4.0.127.0.7.2.2.2.2.2",
            TerminalAlgorithm::EcdsaSha256 => "0.4.0.127.0.7.2.2.2.2.3",
            TerminalAlgorithm::EcdsaSha384 => "0.4.0.127.0.7.2.2.2.2.4",
            TerminalAlgorithm::EcdsaSha512 => "0.4.0.127.0.7.2.2.2.2.5",
        }
    }

    /// The algorithm of an object identifier's value, without tag and length.
    pub(super) fn from_encoded(value: &[u8]) -> Option<TerminalAlgorithm> {
        TerminalAlgorithm::ALL
            .into_iter()
            .find(|algorithm| der::object_identifier(algorithm.object_identifier())[2..] == *value)
    }

    /// The digest that is signed.
    pub fn digest(self) -> DigestName {
        match self {
            TerminalAlgorithm::RsaPkcs1Sha1
            | TerminalAlgorithm::RsaPssSha1
            | TerminalAlgorithm::EcdsaSha1 => DigestName::Sha1,
            TerminalAlgorithm::EcdsaSha224 => DigestName::Sha224,
            TerminalAlgorithm::RsaPkcs1Sha256
            | TerminalAlgorithm::RsaPssSha256
            | TerminalAlgorithm::EcdsaSha256 => DigestName::Sha256,
            TerminalAlgorithm::EcdsaSha384 => DigestName::Sha384,
            TerminalAlgorithm::RsaPkcs1Sha512
            | TerminalAlgorithm::RsaPssSha512
            | TerminalAlgorithm::EcdsaSha512 => DigestName::Sha512,
        }
    }

    /// Whether the keys are RSA keys; otherwise they are points of a curve.
    pub fn is_rsa(self) -> bool {
        self.scheme() != Scheme::Ecdsa
    }

    pub(super) fn scheme(self) -> Scheme {
        match self {
            TerminalAlgorithm::RsaPkcs1Sha1
            | TerminalAlgorithm::RsaPkcs1Sha256
            | TerminalAlgorithm::RsaPkcs1Sha512 => Scheme::RsaPkcs1,
            TerminalAlgorithm::RsaPssSha1
            | TerminalAlgorithm::RsaPssSha256
            | TerminalAlgorithm::RsaPssSha512 => Scheme::RsaPss,
            TerminalAlgorithm::EcdsaSha1
            | TerminalAlgorithm::EcdsaSha224
            | TerminalAlgorithm::EcdsaSha256
            | TerminalAlgorithm::EcdsaSha384
            | TerminalAlgorithm::EcdsaSha512 => Scheme::Ecdsa,
        }
    }
}
