//! Key derivation `[9303-11 §9.7.1]`.

use crate::{
    crypto::{BlockCipher, DigestAlgorithm},
    sensitive::Secret,
};

/// What a derived key is for; the value is the counter of the derivation function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum KeyPurpose {
    /// `KS_enc`
    Encryption = 1,
    /// `KS_mac`
    Authentication = 2,
    /// `K_pi`, which encrypts the nonce of PACE.
    Password = 3,
}

/// KDF(K, c): the leading bytes of the digest of `secret ‖ counter`.
pub(crate) fn derive_key(cipher: BlockCipher, secret: &[u8], purpose: KeyPurpose) -> Secret {
    let digest = match cipher {
        BlockCipher::TripleDes | BlockCipher::Aes128 => DigestAlgorithm::Sha1,
        BlockCipher::Aes192 | BlockCipher::Aes256 => DigestAlgorithm::Sha256,
    };
    let message = Secret::new([secret, &[0, 0, 0, purpose as u8]].concat());
    let mut key = digest.digest(message.expose());
    key.truncate(cipher.key_length());
    if cipher == BlockCipher::TripleDes {
        for byte in &mut key {
            // DES keys carry odd parity in the lowest bit [9303-11 §9.7.1.1].
            *byte = (*byte & 0xFE) | u8::from((*byte >> 1).count_ones() % 2 == 0);
        }
    }
    Secret::new(key)
}
