//! RSA public keys and the two signature schemes of RFC 8017, verification only.

use core::fmt;

use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, hazmat};

use crate::error::{Error, Result, Unsupported};

use super::DigestAlgorithm;
use super::asn1;

/// An RSA public key (RFC 8017 §3.1): 1024 to 8192 bits, an odd exponent from 3 to 2³³ - 1.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RsaPublicKey {
    key: rsa::RsaPublicKey,
    /// Modulus and exponent as ring wants them: big-endian without leading zeros.
    #[cfg(feature = "ring")]
    numbers: (Vec<u8>, Vec<u8>),
}

const MIN_BITS: usize = 1024;
const MAX_BITS: usize = 8192;

/// rsaEncryption (RFC 8017 §A.1) and id-RSASSA-PSS (RFC 4055 §1.2), both used to mark keys.
pub(super) const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
pub(super) const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";

impl RsaPublicKey {
    /// Reads `RSAPublicKey ::= SEQUENCE { n INTEGER, e INTEGER }` (RFC 8017 §A.1.1).
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for a size outside the bounds.
    pub(crate) fn from_pkcs1(der: &[u8]) -> Result<Self> {
        let mut sequence = asn1::only(der, asn1::SEQUENCE, "an RSA public key")?;
        let n = asn1::positive_integer(&mut sequence, "a modulus")?;
        let e = asn1::positive_integer(&mut sequence, "a public exponent")?;
        sequence.finish()?;
        Self::from_numbers(n, e)
    }

    /// A key of modulus and exponent, big-endian.
    ///
    /// # Errors
    /// As [`RsaPublicKey::from_pkcs1`].
    pub(crate) fn from_numbers(n: &[u8], e: &[u8]) -> Result<Self> {
        const UNFIT: Error =
            Error::Unsupported(Unsupported::Algorithm("RSA outside 1024 to 8192 bits"));
        let (n, e) = (asn1::without_leading_zeros(n), asn1::without_leading_zeros(e));
        if e == [1] {
            // Every message would be its own signature.
            return Err(Error::malformed(0, "a public exponent above 1"));
        }
        // Before any arithmetic: a modulus may be as long as a file.
        if n.len() > MAX_BITS / 8 || e.len() > MAX_BITS / 8 {
            return Err(UNFIT);
        }
        let (n, e) = (BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
        if n.bits() < MIN_BITS {
            return Err(UNFIT);
        }
        let key = rsa::RsaPublicKey::new_with_max_size(n, e, MAX_BITS)
            .map_err(|_| Error::malformed(0, "an odd modulus and an odd exponent below 2^33"))?;
        Ok(Self {
            #[cfg(feature = "ring")]
            numbers: (key.n().to_bytes_be(), key.e().to_bytes_be()),
            key,
        })
    }

    pub(crate) fn modulus_bits(&self) -> usize {
        self.key.n().bits()
    }

    /// Bytes of the modulus and of each signature.
    pub(crate) fn modulus_length(&self) -> usize {
        self.key.size()
    }

    /// The message representative s^e mod n, as long as the modulus (RFC 8017 §5.2.2).
    ///
    /// # Errors
    /// `Malformed` if the signature is longer than the modulus or not smaller than it.
    pub(crate) fn recover(&self, signature: &[u8]) -> Result<Vec<u8>> {
        const UNFIT: Error = Error::malformed(0, "a signature below the modulus");
        let s = BigUint::from_bytes_be(signature);
        if signature.len() > self.modulus_length() || s >= *self.key.n() {
            return Err(UNFIT);
        }
        let m = hazmat::rsa_encrypt(&self.key, &s).map_err(|_| UNFIT)?.to_bytes_be();
        let zeros = self.modulus_length().saturating_sub(m.len());
        Ok([&vec![0; zeros], m.as_slice()].concat())
    }

    /// n − m, as long as the modulus: what a signature of the kind of ISO/IEC 9796-2 that keeps the
    /// smaller of s and n − s recovers in place of m.
    pub(crate) fn complement(&self, representative: &[u8]) -> Vec<u8> {
        let m = BigUint::from_bytes_be(representative);
        let rest = if m < *self.key.n() { self.key.n() - m } else { BigUint::default() };
        let bytes = rest.to_bytes_be();
        let zeros = self.modulus_length().saturating_sub(bytes.len());
        [&vec![0; zeros], bytes.as_slice()].concat()
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): builds the one legal encoding and compares it.
    ///
    /// Parsing the padding instead is what Bleichenbacher's forgery for e = 3 lives on.
    pub(super) fn verify_pkcs1(
        &self,
        algorithm: DigestAlgorithm,
        digest: &[u8],
        signature: &[u8],
    ) -> bool {
        if signature.len() != self.modulus_length() || digest.len() != algorithm.output_length() {
            return false;
        }
        let info = digest_info_prefix(algorithm);
        let Some(padding) = self.modulus_length().checked_sub(info.len() + digest.len() + 3) else {
            return false;
        };
        let expected = [&[0x00, 0x01], &vec![0xFF; padding][..], &[0x00], info, digest].concat();
        self.recover(signature).is_ok_and(|encoded| encoded == expected)
    }

    /// RSASSA-PSS (RFC 8017 §8.1.2 and §9.1.2) with a digest, mask digest and salt length of any kind.
    pub(super) fn verify_pss(
        &self,
        algorithm: DigestAlgorithm,
        mask_algorithm: DigestAlgorithm,
        salt_length: usize,
        digest: &[u8],
        signature: &[u8],
    ) -> bool {
        signature.len() == self.modulus_length()
            && digest.len() == algorithm.output_length()
            && self.recover(signature).is_ok_and(|encoded| {
                let bits = self.modulus_bits() - 1;
                pss_fits(&encoded, bits, algorithm, mask_algorithm, salt_length, digest)
                    .unwrap_or(false)
            })
    }

    /// Verification by ring, or `None` where ring does not do this scheme and size.
    #[cfg(feature = "ring")]
    pub(super) fn verify_by_ring(
        &self,
        parameters: &'static ring::signature::RsaParameters,
        message: &[u8],
        signature: &[u8],
    ) -> Option<bool> {
        // ring refuses a smaller modulus, which is no verdict on the signature.
        let (n, e) = &self.numbers;
        let key = ring::signature::RsaPublicKeyComponents { n, e };
        (self.modulus_bits() >= 2048).then(|| key.verify(parameters, message, signature).is_ok())
    }
}

impl fmt::Debug for RsaPublicKey {
    /// The size only: a card's own key identifies its holder.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPublicKey({} bits)", self.modulus_bits())
    }
}

/// `DigestInfo` without the digest at its end (RFC 8017 §9.2 note 1).
const fn digest_info_prefix(algorithm: DigestAlgorithm) -> &'static [u8] {
    macro_rules! sha2 {
        ($arc:literal, $length:literal) => {
            &[
                0x30,
                0x11 + $length,
                0x30,
                0x0D,
                0x06,
                0x09,
                0x60,
                0x86,
                0x48,
                0x01,
                0x65,
                0x03,
                0x04,
                0x02,
                $arc,
                0x05,
                0x00,
                0x04,
                $length,
            ]
        };
    }
    match algorithm {
        DigestAlgorithm::Sha1 => &[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04,
            0x14,
        ],
        DigestAlgorithm::Sha224 => sha2!(4, 28),
        DigestAlgorithm::Sha256 => sha2!(1, 32),
        DigestAlgorithm::Sha384 => sha2!(2, 48),
        DigestAlgorithm::Sha512 => sha2!(3, 64),
    }
}

/// EMSA-PSS-VERIFY (RFC 8017 §9.1.2); `None` where the parts do not fit into the encoding.
fn pss_fits(
    encoded: &[u8],
    bits: usize,
    algorithm: DigestAlgorithm,
    mask_algorithm: DigestAlgorithm,
    salt_length: usize,
    digest: &[u8],
) -> Option<bool> {
    // A modulus of 8k + 1 bits has one byte more than its encoding.
    let (excess, encoded) = encoded.split_at_checked(encoded.len() - bits.div_ceil(8))?;
    let (encoded, trailer) = encoded.split_at_checked(encoded.len().checked_sub(1)?)?;
    let block_length = encoded.len().checked_sub(algorithm.output_length())?;
    let (masked_block, hash) = encoded.split_at_checked(block_length)?;
    let padding_length = block_length.checked_sub(salt_length)?.checked_sub(1)?;

    let unused_bits = 8 * bits.div_ceil(8) - bits;
    let used = 0xFF_u8 >> unused_bits;
    let unused_are_zero = masked_block.first()? & !used == 0;

    let mask = mgf1(mask_algorithm, hash, block_length);
    let mut block: Vec<u8> =
        masked_block.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    *block.first_mut()? &= used;
    let (padding, rest) = block.split_at_checked(padding_length)?;
    let (separator, salt) = rest.split_first()?;

    let expected = algorithm.digest(&[&[0; 8], digest, salt].concat());
    Some(
        excess.iter().all(|byte| *byte == 0)
            && trailer == [0xBC]
            && unused_are_zero
            && padding.iter().all(|byte| *byte == 0)
            && *separator == 0x01
            && hash == expected,
    )
}

/// MGF1 (RFC 8017 §B.2.1).
fn mgf1(algorithm: DigestAlgorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + algorithm.output_length());
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        mask.extend(algorithm.digest(&[seed, &counter.to_be_bytes()].concat()));
    }
    mask.truncate(length);
    mask
}

#[cfg(test)]
mod tests;
