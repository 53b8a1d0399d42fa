use sha2::Digest as _;

/// A hash function of FIPS 180-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DigestAlgorithm {
    /// SHA-1, 20 bytes. Required by BAC and found on old documents.
    Sha1,
    /// SHA-224, 28 bytes.
    Sha224,
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
    /// SHA-512, 64 bytes.
    Sha512,
}

impl DigestAlgorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Object identifier in dotted form (RFC 3279, RFC 5754).
    #[must_use]
    pub const fn oid(self) -> &'static str {
        match self {
            Self::Sha1 => "1.3.14.3.2.26",
            Self::Sha224 => "2.16.840.1.101.3.4.2.4",
            Self::Sha256 => "2.16.840.1.101.3.4.2.1",
            Self::Sha384 => "2.16.840.1.101.3.4.2.2",
            Self::Sha512 => "2.16.840.1.101.3.4.2.3",
        }
    }

    /// The algorithm with this object identifier.
    #[must_use]
    pub fn from_oid(oid: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.oid() == oid)
    }

    /// Bytes of the digest.
    #[must_use]
    pub const fn output_length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of a message.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => sha1::Sha1::digest(message).to_vec(),
            Self::Sha224 => sha2::Sha224::digest(message).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(message).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(message).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(message).to_vec(),
        }
    }
}

/// A digest in the making.
#[derive(Clone)]
pub(crate) enum Hasher {
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    pub(crate) fn new(algorithm: DigestAlgorithm) -> Self {
        match algorithm {
            DigestAlgorithm::Sha1 => Self::Sha1(sha1::Sha1::new()),
            DigestAlgorithm::Sha224 => Self::Sha224(sha2::Sha224::new()),
            DigestAlgorithm::Sha256 => Self::Sha256(sha2::Sha256::new()),
            DigestAlgorithm::Sha384 => Self::Sha384(sha2::Sha384::new()),
            DigestAlgorithm::Sha512 => Self::Sha512(sha2::Sha512::new()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hasher) => hasher.update(bytes),
            Self::Sha224(hasher) => hasher.update(bytes),
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha384(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// The algorithm, and the digest.
    pub(crate) fn finish(self) -> (DigestAlgorithm, Vec<u8>) {
        match self {
            Self::Sha1(hasher) => (DigestAlgorithm::Sha1, hasher.finalize().to_vec()),
            Self::Sha224(hasher) => (DigestAlgorithm::Sha224, hasher.finalize().to_vec()),
            Self::Sha256(hasher) => (DigestAlgorithm::Sha256, hasher.finalize().to_vec()),
            Self::Sha384(hasher) => (DigestAlgorithm::Sha384, hasher.finalize().to_vec()),
            Self::Sha512(hasher) => (DigestAlgorithm::Sha512, hasher.finalize().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_abc() {
        // FIPS 180-4 example "abc", first four bytes.
        for (algorithm, start) in [
            (DigestAlgorithm::Sha1, [0xA9, 0x99, 0x3E, 0x36]),
            (DigestAlgorithm::Sha224, [0x23, 0x09, 0x7D, 0x22]),
            (DigestAlgorithm::Sha256, [0xBA, 0x78, 0x16, 0xBF]),
            (DigestAlgorithm::Sha384, [0xCB, 0x00, 0x75, 0x3F]),
            (DigestAlgorithm::Sha512, [0xDD, 0xAF, 0x35, 0xA1]),
        ] {
            let digest = algorithm.digest(b"abc");
            assert_eq!(digest.len(), algorithm.output_length());
            assert_eq!(digest[..4], start);
            let mut hasher = Hasher::new(algorithm);
            hasher.update(b"a");
            hasher.update(b"bc");
            assert_eq!(hasher.finish(), (algorithm, digest));
            assert_eq!(DigestAlgorithm::from_oid(algorithm.oid()), Some(algorithm));
        }
    }
}
