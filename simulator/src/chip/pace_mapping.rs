//! The mathematics of integrated mapping and of chip authentication mapping `[9303-11 §4.4.3.3.2, §4.4.3.5, §B]`.

use num_bigint::BigUint;

use crate::arithmetic::curve::fixed_length;
use crate::arithmetic::group::{Element, Group};
use crate::symmetric::{BlockCipher, CipherName, pad};

/// c0 and c1 for nonces of 128 bits.
const SHORT: [[u8; 16]; 2] = [
    0xA668_892A_7C41_E3CA_739F_40B0_57D8_5904_u128.to_be_bytes(),
    0xA4E1_36AC_725F_738B_01C1_F602_17C1_88AD_u128.to_be_bytes(),
];

/// c0 and c1 for nonces of 256 bits, in halves.
const LONG: [[[u8; 16]; 2]; 2] = [
    [
        0xD463_D652_3412_4EF7_8970_5498_6DCA_0A17_u128.to_be_bytes(),
        0x4E28_DF75_8CBA_A03F_2406_1641_4D5A_1676_u128.to_be_bytes(),
    ],
    [
        0x54BD_7255_F0AA_F831_BEC3_423F_CF39_D69B_u128.to_be_bytes(),
        0x6CBF_0666_77D0_FAAE_5AAD_D99D_F8E5_3517_u128.to_be_bytes(),
    ],
];

/// R(s, t): t is the first key, s the first text; then each key encrypts c1 for the output and c0 for the next key, until
/// there are 64 bits more than p has.
pub(super) fn pseudo_random(cipher: CipherName, s: &[u8], t: &[u8], prime: &BigUint) -> Vec<u8> {
    let (c0, c1) = if s.len() == 16 {
        (SHORT[0].to_vec(), SHORT[1].to_vec())
    } else {
        (LONG[0].concat(), LONG[1].concat())
    };
    let iv = vec![0; cipher.block_length()];
    let encrypt = |key: &[u8], text: &[u8]| {
        BlockCipher::new(cipher, &key[..cipher.key_length()]).cbc_encrypt(&iv, text)
    };
    let enough = (prime.bits() as usize + 64).div_ceil(8);
    let mut key = encrypt(t, s);
    let mut output = Vec::new();
    while output.len() < enough {
        output.extend(encrypt(&key, &c1));
        key = encrypt(&key, &c0);
    }
    output
}

/// The generator that belongs to R_p(s, t): a point by its encoding, or a power that lies in the subgroup. `None` where
/// there is none.
pub(super) fn integrated_generator(
    group: Group,
    cipher: CipherName,
    s: &[u8],
    t: &[u8],
) -> Option<Element> {
    let prime = group.prime();
    let number = BigUint::from_bytes_be(&pseudo_random(cipher, s, t, &prime)) % &prime;
    match group {
        Group::Curve(curve) => curve.curve().encode_to_point(&number).map(Element::Point),
        Group::Modp(_) => {
            let cofactor = (&prime - 1u8) / group.order();
            Some(Element::Number(number.modpow(&cofactor, &prime)))
        }
    }
}

/// CA_IC = SK_map_IC / SK_IC modulo the order, in bytes as long as the order.
pub(super) fn chip_authentication_data(
    order: &BigUint,
    key: &BigUint,
    mapping_key: &BigUint,
) -> Vec<u8> {
    // The order is prime, so the inverse of a number is its power n − 2.
    let quotient = key.modpow(&(order - 2u8), order) * mapping_key % order;
    fixed_length(&quotient, order.bits().div_ceil(8) as usize)
}

/// A_IC: padded, in CBC mode, the initialisation vector being the encryption of −1.
pub(super) fn encrypt_chip_authentication_data(
    cipher: CipherName,
    ks_enc: &[u8],
    data: &[u8],
) -> Vec<u8> {
    let block_length = cipher.block_length();
    let cipher = BlockCipher::new(cipher, ks_enc);
    let mut iv = vec![0xFF; block_length];
    cipher.encrypt_block(&mut iv);
    cipher.cbc_encrypt(&iv, &pad(data, block_length))
}
