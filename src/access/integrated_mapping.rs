//! The pseudo-random number of integrated mapping `[9303-11 §4.4.3.3.2]`.
//!
//! ```text
//!   k_0 = E(t, s)        x_i = E(k_(i-1), c_1)        k_i = E(k_(i-1), c_0)
//!   R(s, t) = x_1 ‖ … ‖ x_n        E: CBC with zero IV; each k cut to the length of a key
//! ```

use crate::{
    crypto::BlockCipher,
    error::{Error, Result},
    sensitive::Secret,
};

/// R(s, t) before it is reduced modulo p: the fewest blocks that are at least 64 bits longer than p.
///
/// s is the chip's nonce, as many bytes as a key has, filled up to whole blocks of the cipher; t is ours, as
/// long as a key.
///
/// # Errors
/// `Malformed` for an s of another length; `Misuse` for such a t.
pub(super) fn pseudo_random(
    cipher: BlockCipher,
    s: &[u8],
    t: &[u8],
    modulus_bits: usize,
) -> Result<Secret> {
    let (c0, c1) = constants(cipher);
    if s.len() != c0.len() {
        return Err(Error::malformed(0, "a nonce of the length for integrated mapping"));
    }
    if t.len() != cipher.key_length() {
        return Err(Error::Misuse("a nonce for integrated mapping that is not as long as a key"));
    }
    let mut key = encrypt(cipher, t, s)?;
    let mut output = Vec::new();
    let bytes = (modulus_bits + 64).div_ceil(8);
    while output.len() < bytes {
        output.extend_from_slice(encrypt(cipher, key.expose(), c1)?.expose());
        key = encrypt(cipher, key.expose(), c0)?;
    }
    Ok(Secret::new(output))
}

fn encrypt(cipher: BlockCipher, key: &[u8], message: &[u8]) -> Result<Secret> {
    // Only the keys of AES-192 are shorter than what the step before yields.
    let key = key.get(..cipher.key_length()).unwrap_or(key);
    cipher.encrypt_cbc(key, &vec![0; cipher.block_length()], message).map(Secret::new)
}

/// c_0 and c_1, as long as the chip's nonce.
const fn constants(cipher: BlockCipher) -> (&'static [u8], &'static [u8]) {
    match cipher {
        BlockCipher::TripleDes | BlockCipher::Aes128 => (&C0_128, &C1_128),
        BlockCipher::Aes192 | BlockCipher::Aes256 => (C0_256.as_flattened(), C1_256.as_flattened()),
    }
}

const C0_128: [u8; 16] = 0xA668_892A_7C41_E3CA_739F_40B0_57D8_5904_u128.to_be_bytes();
const C1_128: [u8; 16] = 0xA4E1_36AC_725F_738B_01C1_F602_17C1_88AD_u128.to_be_bytes();
const C0_256: [[u8; 16]; 2] = [
    0xD463_D652_3412_4EF7_8970_5498_6DCA_0A17_u128.to_be_bytes(),
    0x4E28_DF75_8CBA_A03F_2406_1641_4D5A_1676_u128.to_be_bytes(),
];
const C1_256: [[u8; 16]; 2] = [
    0x54BD_7255_F0AA_F831_BEC3_423F_CF39_D69B_u128.to_be_bytes(),
    0x6CBF_0666_77D0_FAAE_5AAD_D99D_F8E5_3517_u128.to_be_bytes(),
];

#[cfg(test)]
mod tests {
    use super::*;

    const APPENDICES: &str = include_str!("../../test-vectors/icao9303/appendix-g-h-i-pace.json");

    fn hex(value: &serde_json::Value) -> Vec<u8> {
        let text = value.as_str().unwrap();
        let digits = |i| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digits).collect()
    }

    #[test]
    fn the_numbers_of_appendix_h() {
        let appendices: serde_json::Value = serde_json::from_str(APPENDICES).unwrap();
        for (clause, bits) in [("H.1", 256), ("H.2", 1024)] {
            let example = &appendices["examples"][clause];
            let (s, t) = (hex(&example["nonce"]), hex(&example["nonce_ifd"]));
            let number = pseudo_random(BlockCipher::Aes128, &s, &t, bits).unwrap();
            assert_eq!(number.expose(), hex(&example["pseudo_random"]), "{clause}");
        }
    }

    /// The lengths of the other ciphers, which no worked example covers; bytes by another implementation
    /// (Python's `cryptography`) of the same clause.
    #[test]
    fn lengths_and_last_bytes_for_every_cipher() {
        for (cipher, nonce, key, bits, length, end) in [
            (BlockCipher::TripleDes, 16, 16, 256, 48, 0x74FA_75E7_8E63_1DFD_70D8_04A3_141A_574B),
            (BlockCipher::TripleDes, 16, 16, 192, 32, 0x540F_0B3C_6D7D_5F61_02C1_37B9_0760_E156),
            (BlockCipher::Aes128, 16, 16, 521, 80, 0xA3FC_B03E_C7B7_669A_D334_0609_9644_660A),
            (BlockCipher::Aes192, 32, 24, 384, 64, 0xF2A0_B4CB_0DA9_CC7B_B15F_7D4F_4B66_8333),
            (BlockCipher::Aes192, 32, 24, 2048, 288, 0x30E9_F858_0E1B_1083_BD14_4E28_62A9_03BF),
            (BlockCipher::Aes256, 32, 32, 192, 32, 0x1597_0119_D712_9C6C_553F_0A0D_47FF_21D2),
            (BlockCipher::Aes256, 32, 32, 521, 96, 0xCEC0_E7A3_44F0_8D22_D100_FC76_C809_E89B),
        ] {
            let s: Vec<u8> = (0x10..).take(nonce).collect();
            let t: Vec<u8> = (0x80..).take(key).collect();
            let number = pseudo_random(cipher, &s, &t, bits).unwrap();
            assert_eq!(number.expose().len(), length, "{}", cipher.name());
            assert_eq!(number.expose()[length - 16..], u128::to_be_bytes(end));
            for bad in [&s[1..], &[&s[..], &[0; 8]].concat(), &[]] {
                let error = pseudo_random(cipher, bad, &t, bits).unwrap_err();
                assert!(matches!(error, Error::Malformed { .. }));
            }
            for bad in [&t[1..], &[&t[..], &[0]].concat()] {
                let error = pseudo_random(cipher, &s, bad, bits).unwrap_err();
                assert!(matches!(error, Error::Misuse(_)));
            }
        }
    }
}
