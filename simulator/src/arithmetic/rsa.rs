//! RSA: the private operation, and the two signature encodings that certificates use `[RFC 8017]`.
//!
//! The private operation is one modular power, without the Chinese remainder theorem: slow and obvious.

use num_bigint::BigUint;

use super::curve::fixed_length;
use crate::digest::DigestName;

/// An RSA key pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    /// The modulus n.
    pub modulus: BigUint,
    /// The public exponent e.
    pub public_exponent: BigUint,
    /// The private exponent d.
    pub private_exponent: BigUint,
}

impl RsaKey {
    /// A key from n and d in hexadecimal; e is 65537. The texts are constants of this crate.
    pub(super) fn from_hexadecimal(modulus: &str, private_exponent: &str) -> RsaKey {
        let number = |text: &str| {
            BigUint::parse_bytes(text.as_bytes(), 16).expect("the constant is hexadecimal")
        };
        RsaKey {
            modulus: number(modulus),
            public_exponent: BigUint::from(65_537u32),
            private_exponent: number(private_exponent),
        }
    }

    /// The public half.
    pub fn public(&self) -> RsaPublicKey {
        RsaPublicKey { modulus: self.modulus.clone(), exponent: self.public_exponent.clone() }
    }

    /// Bytes of the modulus, and of every signature.
    pub fn modulus_length(&self) -> usize {
        self.modulus.bits().div_ceil(8) as usize
    }

    /// RSASP1: the signature representative m^d mod n `[RFC 8017 §5.2.1]`, in bytes as long as the modulus.
    pub fn private_operation(&self, representative: &[u8]) -> Vec<u8> {
        let message = BigUint::from_bytes_be(representative);
        let power = message.modpow(&self.private_exponent, &self.modulus);
        fixed_length(&power, self.modulus_length())
    }

    /// RSAVP1: s^e mod n `[RFC 8017 §5.2.2]`, in bytes as long as the modulus.
    pub fn public_operation(&self, signature: &[u8]) -> Vec<u8> {
        let signature = BigUint::from_bytes_be(signature);
        let power = signature.modpow(&self.public_exponent, &self.modulus);
        fixed_length(&power, self.modulus_length())
    }

    /// RSASSA-PKCS1-v1_5 `[RFC 8017 §8.2.1]`.
    pub fn sign_pkcs1(&self, digest: DigestName, message: &[u8]) -> Vec<u8> {
        self.private_operation(&emsa_pkcs1(digest, message, self.modulus_length()))
    }

    /// RSASSA-PSS with MGF1 over the same digest `[RFC 8017 §8.1.1]`.
    pub fn sign_pss(&self, digest: DigestName, message: &[u8], salt: &[u8]) -> Vec<u8> {
        let encoded_bits = self.modulus.bits() as usize - 1;
        self.private_operation(&emsa_pss(digest, message, salt, encoded_bits))
    }
}

/// The public half of a key pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPublicKey {
    /// The modulus n, not zero.
    pub modulus: BigUint,
    /// The public exponent e.
    pub exponent: BigUint,
}

impl RsaPublicKey {
    /// Bytes of the modulus, and of every signature.
    pub fn modulus_length(&self) -> usize {
        self.modulus.bits().div_ceil(8) as usize
    }

    /// Whether the modulus is long enough for RSASSA-PKCS1-v1_5 with this digest: 19 bytes of DigestInfo at most, 11 of
    /// padding at least.
    pub fn holds_pkcs1(&self, digest: DigestName) -> bool {
        self.modulus_length() >= digest.length() + 19 + 11
    }

    /// Whether the modulus is long enough for RSASSA-PSS with a salt as long as the digest.
    pub fn holds_pss(&self, digest: DigestName) -> bool {
        self.modulus.bits().saturating_sub(1).div_ceil(8) as usize >= 2 * digest.length() + 2
    }

    /// Whether the signature is one of RSASSA-PKCS1-v1_5 `[RFC 8017 §8.2.2]`.
    pub fn verify_pkcs1(&self, digest: DigestName, message: &[u8], signature: &[u8]) -> bool {
        self.holds_pkcs1(digest)
            && self.open(signature).is_some_and(|encoded| {
                encoded == emsa_pkcs1(digest, message, self.modulus_length())
            })
    }

    /// Whether the signature is one of RSASSA-PSS with MGF1 over the same digest and a salt as long as the digest
    /// `[RFC 8017 §8.1.2]`.
    pub fn verify_pss(&self, digest: DigestName, message: &[u8], signature: &[u8]) -> bool {
        if !self.holds_pss(digest) {
            return false;
        }
        let encoded_bits = self.modulus.bits() as usize - 1;
        let Some(opened) = self.open(signature) else {
            return false;
        };
        // One byte shorter than the modulus if its length is a whole number of bytes and one bit.
        let (above, encoded) = opened.split_at(opened.len() - encoded_bits.div_ceil(8));
        if above.iter().any(|byte| *byte != 0) {
            return false;
        }
        let hash_start = encoded.len() - digest.length() - 1;
        let (masked, rest) = encoded.split_at(hash_start);
        let mask = mask_generation(digest, &rest[..digest.length()], masked.len());
        let data_block: Vec<u8> = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        let salt = &data_block[data_block.len() - digest.length()..];
        // Encoding is deterministic once the salt is known, so everything else is compared in one piece.
        *encoded == emsa_pss(digest, message, salt, encoded_bits)
    }

    /// s^e mod n of a signature of the right length below n.
    fn open(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let number = BigUint::from_bytes_be(signature);
        if signature.len() != self.modulus_length() || number >= self.modulus {
            return None;
        }
        Some(fixed_length(&number.modpow(&self.exponent, &self.modulus), signature.len()))
    }
}

/// `00 01 FF … FF 00 DigestInfo` `[RFC 8017 §9.2]`.
fn emsa_pkcs1(digest: DigestName, message: &[u8], length: usize) -> Vec<u8> {
    // DigestInfo ::= SEQUENCE { AlgorithmIdentifier, OCTET STRING }, the prefixes of note 1 of the clause.
    let prefix: &[u8] = match digest {
        DigestName::Sha1 => &[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04,
            0x14,
        ],
        DigestName::Sha224 => &[
            0x30, 0x2D, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x04, 0x05, 0x00, 0x04, 0x1C,
        ],
        DigestName::Sha256 => &[
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ],
        DigestName::Sha384 => &[
            0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x02, 0x05, 0x00, 0x04, 0x30,
        ],
        DigestName::Sha512 => &[
            0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x03, 0x05, 0x00, 0x04, 0x40,
        ],
    };
    let mut info = prefix.to_vec();
    info.extend(digest.hash(message));
    let mut encoded = vec![0x00, 0x01];
    encoded.resize(length - info.len() - 1, 0xFF);
    encoded.push(0x00);
    encoded.extend(info);
    encoded
}

/// `maskedDB || H || BC` `[RFC 8017 §9.1.1]`.
fn emsa_pss(digest: DigestName, message: &[u8], salt: &[u8], encoded_bits: usize) -> Vec<u8> {
    let encoded_length = encoded_bits.div_ceil(8);
    let mut salted = vec![0; 8];
    salted.extend(digest.hash(message));
    salted.extend_from_slice(salt);
    let h = digest.hash(&salted);

    let mut data_block = vec![0; encoded_length - salt.len() - h.len() - 2];
    data_block.push(0x01);
    data_block.extend_from_slice(salt);
    let mask = mask_generation(digest, &h, data_block.len());
    for (byte, mask) in data_block.iter_mut().zip(mask) {
        *byte ^= mask;
    }
    data_block[0] &= 0xFF >> (8 * encoded_length - encoded_bits);

    data_block.extend(h);
    data_block.push(0xBC);
    data_block
}

/// MGF1 `[RFC 8017 §B.2.1]`.
fn mask_generation(digest: DigestName, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::new();
    for counter in 0u32.. {
        if mask.len() >= length {
            break;
        }
        let mut input = seed.to_vec();
        input.extend(counter.to_be_bytes());
        mask.extend(digest.hash(&input));
    }
    mask.truncate(length);
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_private_operation_reverses_the_public_one() {
        for key in [
            RsaKey::test_csca(),
            RsaKey::test_signer(),
            RsaKey::test_active_authentication(),
            RsaKey::test_clone(),
            RsaKey::test_cvca(),
            RsaKey::test_next_cvca(),
            RsaKey::test_document_verifier(),
            RsaKey::test_terminal(),
            RsaKey::test_reference(),
        ] {
            let expected = if key == RsaKey::test_reference() { 2096 } else { 2048 };
            assert_eq!(key.modulus.bits(), expected);
            let mut message = vec![0; key.modulus_length()];
            message[100] = 0x5A;
            let signature = key.private_operation(&message);
            assert_eq!(key.public_operation(&signature), message);
        }
    }

    #[test]
    fn a_pkcs1_signature_opens_to_padding_and_digest() {
        let key = RsaKey::test_signer();
        for digest in DigestName::ALL {
            let opened = key.public_operation(&key.sign_pkcs1(digest, b"message"));
            assert_eq!(opened.len(), 256);
            assert_eq!(opened[..3], [0x00, 0x01, 0xFF]);
            assert!(opened.ends_with(&digest.hash(b"message")));
        }
    }

    #[test]
    fn signatures_verify_and_changed_ones_do_not() {
        let key = RsaKey::test_terminal();
        let public = key.public();
        for digest in DigestName::ALL {
            let pkcs1 = key.sign_pkcs1(digest, b"message");
            let pss = key.sign_pss(digest, b"message", &vec![0x77; digest.length()]);
            assert!(public.verify_pkcs1(digest, b"message", &pkcs1));
            assert!(public.verify_pss(digest, b"message", &pss));
            assert!(!public.verify_pkcs1(digest, b"massage", &pkcs1));
            assert!(!public.verify_pss(digest, b"massage", &pss));
            assert!(!public.verify_pkcs1(digest, b"message", &pss));
            assert!(!public.verify_pss(digest, b"message", &pkcs1));
            for place in [0, 100, 255] {
                let mut changed = pss.clone();
                changed[place] ^= 1;
                assert!(!public.verify_pss(digest, b"message", &changed));
            }
            assert!(!public.verify_pss(digest, b"message", &pss[1..]));
            let other = RsaKey::test_cvca().public();
            assert!(!other.verify_pkcs1(digest, b"message", &pkcs1));
        }
        // A salt of another length is another scheme.
        let short = key.sign_pss(DigestName::Sha256, b"message", &[0x77; 20]);
        assert!(!public.verify_pss(DigestName::Sha256, b"message", &short));
        // Moduli that hold no such signature.
        for bytes in [1usize, 20, 127] {
            let tiny = RsaPublicKey {
                modulus: BigUint::from(1u8) << (8 * bytes - 1),
                exponent: BigUint::from(3u8),
            };
            assert!(!tiny.verify_pss(DigestName::Sha512, b"message", &vec![0; bytes]));
            assert!(!tiny.verify_pkcs1(DigestName::Sha512, b"message", &vec![0; bytes]));
        }
    }

    #[test]
    fn a_pss_signature_opens_to_the_salted_digest() {
        let key = RsaKey::test_signer();
        let salt = [0x77; 32];
        let opened = key.public_operation(&key.sign_pss(DigestName::Sha256, b"message", &salt));
        assert_eq!(opened[255], 0xBC);
        let h = &opened[223..255];
        let mut data_block = opened[..223].to_vec();
        for (byte, mask) in data_block.iter_mut().zip(mask_generation(DigestName::Sha256, h, 223)) {
            *byte ^= mask;
        }
        assert!(data_block.ends_with(&salt));
        assert_eq!(data_block[223 - 33], 0x01);
        let mut salted = vec![0; 8];
        salted.extend(DigestName::Sha256.hash(b"message"));
        salted.extend(salt);
        assert_eq!(h, DigestName::Sha256.hash(&salted));
    }
}
