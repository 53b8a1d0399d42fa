use super::*;
use crate::crypto::testing::{hex, mutations, vectors};
use crate::tlv;

const RSA: &str = include_str!("../../../test-vectors/crypto/rsa.txt");

fn key(n: &[u8], e: &[u8]) -> Result<RsaPublicKey> {
    RsaPublicKey::from_pkcs1(&tlv::write(
        0x30,
        &[tlv::write(0x02, n), tlv::write(0x02, e)].concat(),
    ))
}

/// A modulus of so many bits, all of them one.
fn modulus(bits: usize) -> Vec<u8> {
    let mut n = vec![0xFF; bits.div_ceil(8)];
    n[0] >>= 8 * n.len() - bits;
    [&[0], &n[..]].concat()
}

#[test]
fn sizes_and_exponents_are_bounded() {
    for bits in [1024, 1025, 2047, 2048, 4096, 6144, 8192] {
        let key = key(&modulus(bits), &[3]).unwrap();
        assert_eq!(key.modulus_bits(), bits);
        assert_eq!(key.modulus_length(), bits.div_ceil(8));
        assert_eq!(format!("{key:?}"), format!("RsaPublicKey({bits} bits)"));
    }
    for bits in [8, 512, 1023, 8193, 65536] {
        assert!(matches!(key(&modulus(bits), &[3]), Err(Error::Unsupported(_))), "{bits}");
    }
    let n = modulus(1024);
    for e in [&[3][..], &[1, 0, 1], &[1, 0xFF, 0xFF, 0xFF, 0xFF]] {
        assert!(key(&n, e).is_ok());
    }
    for e in [&[][..], &[0], &[1], &[2], &[4], &[0xFF], &[2, 0, 0, 0, 1], &[1; 9], &[1; 128]] {
        assert!(matches!(key(&n, e), Err(Error::Malformed { .. })), "{e:?}");
    }
    // As long as the modulus allows, and longer.
    assert!(key(&n, &[1; 1025]).is_err());
    let mut even = n.clone();
    *even.last_mut().unwrap() = 0xFE;
    assert!(key(&even, &[3]).is_err());
    // Without its leading zero the modulus is negative.
    assert!(key(&n[1..], &[3]).is_err());
    assert!(key(&[0], &[3]).is_err());
}

#[test]
fn recovery_keeps_the_length_of_the_modulus() {
    let n = modulus(1024);
    let key = key(&n, &[3]).unwrap();
    let mut expected = vec![0; 128];
    expected[127] = 8;
    assert_eq!(key.recover(&[2]), Ok(expected.clone()));
    let mut padded = vec![0; 128];
    padded[127] = 2;
    assert_eq!(key.recover(&padded), Ok(expected));
    assert_eq!(key.recover(&[]), Ok(vec![0; 128]));
    // n itself, beyond n, and longer than n.
    assert!(key.recover(&n[1..]).is_err());
    assert!(key.recover(&n).is_err());
    assert!(key.recover(&[&[0][..], &padded].concat()).is_err());
}

#[test]
fn altered_keys_stay_within_the_bounds_or_are_refused() {
    let vector = vectors(RSA).next().unwrap();
    let spki = hex(vector[4]);
    let (_, key) = asn1::subject_public_key(&spki).unwrap();
    assert!(RsaPublicKey::from_pkcs1(key).is_ok());
    for bytes in mutations(key) {
        if let Ok(other) = RsaPublicKey::from_pkcs1(&bytes) {
            assert!((1024..=8192).contains(&other.modulus_bits()));
        }
    }
}
