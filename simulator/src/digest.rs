//! The digests of Doc 9303, chosen by name at run time.

use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// A hash function. Certificates and EF.SOD take SHA-2 only `[9303-12 §4.1.6.4]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DigestName {
    /// SHA-1: only Active Authentication and BAC still use it.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256: the data group digests of the CCCD.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestName {
    /// Every digest, shortest first.
    pub const ALL: [DigestName; 5] = [
        DigestName::Sha1,
        DigestName::Sha224,
        DigestName::Sha256,
        DigestName::Sha384,
        DigestName::Sha512,
    ];

    /// The digest of `data`.
    pub fn hash(self, data: &[u8]) -> Vec<u8> {
        match self {
            DigestName::Sha1 => Sha1::digest(data).to_vec(),
            DigestName::Sha224 => Sha224::digest(data).to_vec(),
            DigestName::Sha256 => Sha256::digest(data).to_vec(),
            DigestName::Sha384 => Sha384::digest(data).to_vec(),
            DigestName::Sha512 => Sha512::digest(data).to_vec(),
        }
    }

    /// Bytes of a digest.
    pub fn length(self) -> usize {
        match self {
            DigestName::Sha1 => 20,
            DigestName::Sha224 => 28,
            DigestName::Sha256 => 32,
            DigestName::Sha384 => 48,
            DigestName::Sha512 => 64,
        }
    }

    /// The object identifier in dotted form `[RFC 5754 §2]`.
    pub fn object_identifier(self) -> &'static str {
        match self {
            DigestName::Sha1 => "1.3.14.3.2.26",
            DigestName::Sha224 => "2.16.840.1.101.3.4.2.4",
            DigestName::Sha256 => "2.16.840.1.101.3.4.2.1",
            DigestName::Sha384 => "2.16.840.1.101.3.4.2.2",
            DigestName::Sha512 => "2.16.840.1.101.3.4.2.3",
        }
    }

    /// The common name in lower case, such as `sha256`.
    pub fn name(self) -> &'static str {
        match self {
            DigestName::Sha1 => "sha1",
            DigestName::Sha224 => "sha224",
            DigestName::Sha256 => "sha256",
            DigestName::Sha384 => "sha384",
            DigestName::Sha512 => "sha512",
        }
    }

    /// The digest of a common name.
    pub fn from_name(name: &str) -> Option<DigestName> {
        DigestName::ALL.into_iter().find(|digest| digest.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_digests() {
        for digest in DigestName::ALL {
            assert_eq!(digest.hash(b"abc").len(), digest.length());
            assert_eq!(DigestName::from_name(digest.name()), Some(digest));
        }
    }
}
