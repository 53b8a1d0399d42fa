//! Modes, paddings and message authentication codes over the bare block ciphers.
//!
//! CBC (SP 800-38A), padding method 2 and the retail MAC, MAC algorithm 3 (ISO/IEC 9797-1), CMAC (SP 800-38B),
//! key derivation `[9303-11 §9.7]`.

use aes::{Aes128, Aes192, Aes256};
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use des::Des;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The block ciphers of secure messaging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CipherName {
    /// Two-key triple DES: 16-byte keys, 8-byte blocks.
    TripleDes,
    /// AES with 16-byte keys.
    Aes128,
    /// AES with 24-byte keys.
    Aes192,
    /// AES with 32-byte keys.
    Aes256,
}

impl CipherName {
    /// Every cipher, in the order of the object identifiers.
    pub const ALL: [CipherName; 4] =
        [CipherName::TripleDes, CipherName::Aes128, CipherName::Aes192, CipherName::Aes256];

    /// The last number of a protocol's object identifier, 1 to 4 `[9303-11 §9.2]`.
    pub fn protocol_number(self) -> u8 {
        match self {
            CipherName::TripleDes => 1,
            CipherName::Aes128 => 2,
            CipherName::Aes192 => 3,
            CipherName::Aes256 => 4,
        }
    }

    /// The common name in lower case, such as `aes-128`.
    pub fn name(self) -> &'static str {
        match self {
            CipherName::TripleDes => "3des",
            CipherName::Aes128 => "aes-128",
            CipherName::Aes192 => "aes-192",
            CipherName::Aes256 => "aes-256",
        }
    }

    /// Bytes of a block.
    pub fn block_length(self) -> usize {
        match self {
            CipherName::TripleDes => 8,
            CipherName::Aes128 | CipherName::Aes192 | CipherName::Aes256 => 16,
        }
    }

    /// Bytes of a key.
    pub fn key_length(self) -> usize {
        match self {
            CipherName::TripleDes | CipherName::Aes128 => 16,
            CipherName::Aes192 => 24,
            CipherName::Aes256 => 32,
        }
    }
}

/// A block cipher with its key.
#[derive(Clone)]
pub struct BlockCipher {
    name: CipherName,
    inner: Inner,
}

#[derive(Clone)]
enum Inner {
    /// The key's two halves.
    TripleDes(Box<(Des, Des)>),
    Aes128(Box<Aes128>),
    Aes192(Box<Aes192>),
    Aes256(Box<Aes256>),
}

const WHOLE_KEY: &str = "callers pass keys of CipherName::key_length bytes";
const WHOLE_BLOCK: &str = "callers pass whole blocks";

fn des(key: &[u8]) -> Des {
    Des::new_from_slice(key).expect(WHOLE_KEY)
}

impl BlockCipher {
    /// A cipher with a key of exactly [`CipherName::key_length`] bytes. Parity bits of DES keys are ignored.
    pub fn new(name: CipherName, key: &[u8]) -> BlockCipher {
        let inner = match name {
            CipherName::TripleDes => Inner::TripleDes(Box::new((des(&key[..8]), des(&key[8..])))),
            CipherName::Aes128 => {
                Inner::Aes128(Box::new(Aes128::new_from_slice(key).expect(WHOLE_KEY)))
            }
            CipherName::Aes192 => {
                Inner::Aes192(Box::new(Aes192::new_from_slice(key).expect(WHOLE_KEY)))
            }
            CipherName::Aes256 => {
                Inner::Aes256(Box::new(Aes256::new_from_slice(key).expect(WHOLE_KEY)))
            }
        };
        BlockCipher { name, inner }
    }

    /// Bytes of a block.
    pub fn block_length(&self) -> usize {
        self.name.block_length()
    }

    /// Encrypt one block in place.
    pub fn encrypt_block(&self, block: &mut [u8]) {
        match &self.inner {
            Inner::TripleDes(halves) => {
                des_encrypt(&halves.0, block);
                des_decrypt(&halves.1, block);
                des_encrypt(&halves.0, block);
            }
            Inner::Aes128(aes) => aes.encrypt_block(block.try_into().expect(WHOLE_BLOCK)),
            Inner::Aes192(aes) => aes.encrypt_block(block.try_into().expect(WHOLE_BLOCK)),
            Inner::Aes256(aes) => aes.encrypt_block(block.try_into().expect(WHOLE_BLOCK)),
        }
    }

    /// Decrypt one block in place.
    pub fn decrypt_block(&self, block: &mut [u8]) {
        match &self.inner {
            Inner::TripleDes(halves) => {
                des_decrypt(&halves.0, block);
                des_encrypt(&halves.1, block);
                des_decrypt(&halves.0, block);
            }
            Inner::Aes128(aes) => aes.decrypt_block(block.try_into().expect(WHOLE_BLOCK)),
            Inner::Aes192(aes) => aes.decrypt_block(block.try_into().expect(WHOLE_BLOCK)),
            Inner::Aes256(aes) => aes.decrypt_block(block.try_into().expect(WHOLE_BLOCK)),
        }
    }

    /// CBC encryption of whole blocks.
    pub fn cbc_encrypt(&self, iv: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut previous = iv.to_vec();
        let mut encrypted = Vec::with_capacity(plain.len());
        for block in plain.chunks(self.block_length()) {
            exclusive_or(&mut previous, block);
            self.encrypt_block(&mut previous);
            encrypted.extend_from_slice(&previous);
        }
        encrypted
    }

    /// CBC decryption of whole blocks.
    pub fn cbc_decrypt(&self, iv: &[u8], encrypted: &[u8]) -> Vec<u8> {
        let mut previous = iv;
        let mut plain = Vec::with_capacity(encrypted.len());
        for block in encrypted.chunks(self.block_length()) {
            let mut decrypted = block.to_vec();
            self.decrypt_block(&mut decrypted);
            exclusive_or(&mut decrypted, previous);
            plain.extend_from_slice(&decrypted);
            previous = block;
        }
        plain
    }
}

fn des_encrypt(des: &Des, block: &mut [u8]) {
    des.encrypt_block(block.try_into().expect(WHOLE_BLOCK));
}

fn des_decrypt(des: &Des, block: &mut [u8]) {
    des.decrypt_block(block.try_into().expect(WHOLE_BLOCK));
}

fn exclusive_or(target: &mut [u8], other: &[u8]) {
    for (left, right) in target.iter_mut().zip(other) {
        *left ^= right;
    }
}

/// Padding method 2: a byte 80, then as few zeros as fill the block `[ISO/IEC 9797-1]`.
pub fn pad(data: &[u8], block_length: usize) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.push(0x80);
    while !padded.len().is_multiple_of(block_length) {
        padded.push(0);
    }
    padded
}

/// Undo padding method 2. `None` unless the bytes are whole blocks that end with 80 and zeros inside the last block.
pub fn unpad(padded: &[u8], block_length: usize) -> Option<Vec<u8>> {
    if padded.is_empty() || !padded.len().is_multiple_of(block_length) {
        return None;
    }
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    let in_last_block = end >= padded.len() - block_length;
    (in_last_block && padded[end] == 0x80).then(|| padded[..end].to_vec())
}

/// MAC algorithm 3 of ISO/IEC 9797-1 with DES: CBC-MAC with the key's first half, the last block decrypted with the
/// second half and encrypted with the first. Pads by itself. Eight bytes.
pub fn retail_mac(key: &[u8], data: &[u8]) -> [u8; 8] {
    retail_mac_blocks(key, &pad(data, 8))
}

/// [`retail_mac`] over bytes that are whole blocks already.
pub fn retail_mac_blocks(key: &[u8], blocks: &[u8]) -> [u8; 8] {
    let first = des(&key[..8]);
    let second = des(&key[8..16]);
    let mut block = [0u8; 8];
    for chunk in blocks.chunks(8) {
        exclusive_or(&mut block, chunk);
        des_encrypt(&first, &mut block);
    }
    des_decrypt(&second, &mut block);
    des_encrypt(&first, &mut block);
    block
}

/// CMAC with AES, the whole 16 bytes `[SP 800-38B §6.2]`.
pub fn cmac(cipher: &BlockCipher, data: &[u8]) -> [u8; 16] {
    let mut zero = [0u8; 16];
    cipher.encrypt_block(&mut zero);
    let key_1 = times_x(zero);
    let key_2 = times_x(key_1);

    let whole = !data.is_empty() && data.len().is_multiple_of(16);
    let (mut padded, subkey) = if whole { (data.to_vec(), key_1) } else { (pad(data, 16), key_2) };
    let last = padded.len() - 16;
    exclusive_or(&mut padded[last..], &subkey);

    let mut block = [0u8; 16];
    for chunk in padded.chunks(16) {
        exclusive_or(&mut block, chunk);
        cipher.encrypt_block(&mut block);
    }
    block
}

/// Multiplication by x in GF(2^128), modulo x^128 + x^7 + x^2 + x + 1.
fn times_x(value: [u8; 16]) -> [u8; 16] {
    let number = u128::from_be_bytes(value);
    let carry = if number >> 127 == 1 { 0x87 } else { 0 };
    (number << 1 ^ carry).to_be_bytes()
}

/// The eight-byte authentication code of secure messaging and of authentication tokens, by cipher:
/// retail MAC for 3DES, the first half of CMAC for AES `[9303-11 §9.8.6, §9.8.7]`.
pub fn authentication_code(cipher: CipherName, key: &[u8], data: &[u8]) -> [u8; 8] {
    match cipher {
        CipherName::TripleDes => retail_mac(key, data),
        CipherName::Aes128 | CipherName::Aes192 | CipherName::Aes256 => {
            let whole = cmac(&BlockCipher::new(cipher, key), data);
            let mut code = [0; 8];
            code.copy_from_slice(&whole[..8]);
            code
        }
    }
}

/// What a derived key is for: the counter of the key derivation function `[9303-11 §9.7.1]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// Counter 1.
    Encryption,
    /// Counter 2.
    Authentication,
    /// Counter 3: K_pi, from a PACE password.
    Password,
}

/// The key derivation function: hash of `secret || counter`, cut to the cipher's key length. SHA-1 for 3DES and AES-128,
/// SHA-256 for the longer keys. DES parity bits are left as they come: the cipher ignores them.
pub fn derive_key(cipher: CipherName, secret: &[u8], key_use: KeyUse) -> Vec<u8> {
    let counter: u32 = match key_use {
        KeyUse::Encryption => 1,
        KeyUse::Authentication => 2,
        KeyUse::Password => 3,
    };
    let mut input = secret.to_vec();
    input.extend(counter.to_be_bytes());
    let mut key = match cipher {
        CipherName::TripleDes | CipherName::Aes128 => Sha1::digest(&input).to_vec(),
        CipherName::Aes192 | CipherName::Aes256 => Sha256::digest(&input).to_vec(),
    };
    key.truncate(cipher.key_length());
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        (0..hexadecimal.len() / 2)
            .map(|i| u8::from_str_radix(&hexadecimal[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn padding_is_undone_and_nothing_else_is_accepted() {
        for length in 0..40 {
            let data = vec![0u8; length];
            assert_eq!(unpad(&pad(&data, 8), 8), Some(data.clone()));
            assert_eq!(unpad(&pad(&data, 16), 16), Some(data));
        }
        assert_eq!(unpad(&[], 8), None);
        assert_eq!(unpad(&[0; 8], 8), None);
        assert_eq!(unpad(&[0x81, 0, 0, 0, 0, 0, 0, 0], 8), None);
        assert_eq!(unpad(&[0x80, 0, 0, 0, 0, 0, 0], 8), None);
        // A whole block of zeros after the mark: more padding than the rule adds.
        let mut long = vec![0x80];
        long.extend([0; 15]);
        assert_eq!(unpad(&long, 8), None);
        assert_eq!(unpad(&long, 16), Some(vec![]));
    }

    #[test]
    fn cbc_decrypts_what_it_encrypted() {
        let mut random = Random::from_seed(11);
        for name in
            [CipherName::TripleDes, CipherName::Aes128, CipherName::Aes192, CipherName::Aes256]
        {
            let cipher = BlockCipher::new(name, &random.bytes(name.key_length()));
            let iv = random.bytes(name.block_length());
            let plain = random.bytes(5 * name.block_length());
            let encrypted = cipher.cbc_encrypt(&iv, &plain);
            assert_eq!(cipher.cbc_decrypt(&iv, &encrypted), plain);
        }
    }

    /// The AES-128, AES-192 and AES-256 examples of SP 800-38B appendix D.
    #[test]
    fn cmac_of_the_standards_examples() {
        let message = bytes(concat!(
            "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51",
            "30C81C46A35CE411E5FBC1191A0A52EFF69F2445DF4F9B17AD2B417BE66C3710"
        ));
        let key_128 =
            BlockCipher::new(CipherName::Aes128, &bytes("2B7E151628AED2A6ABF7158809CF4F3C"));
        let key_192 = BlockCipher::new(
            CipherName::Aes192,
            &bytes("8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B"),
        );
        let key_256 = BlockCipher::new(
            CipherName::Aes256,
            &bytes("603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4"),
        );
        for (key, length, expected) in [
            (&key_128, 0, "BB1D6929E95937287FA37D129B756746"),
            (&key_128, 16, "070A16B46B4D4144F79BDD9DD04A287C"),
            (&key_128, 40, "DFA66747DE9AE63030CA32611497C827"),
            (&key_128, 64, "51F0BEBF7E3B9D92FC49741779363CFE"),
            (&key_192, 40, "8A1DE5BE2EB31AAD089A82E6EE908B0E"),
            (&key_256, 64, "E1992190549F6ED5696A2C056C315410"),
        ] {
            assert_eq!(cmac(key, &message[..length]).to_vec(), bytes(expected));
        }
    }
}
