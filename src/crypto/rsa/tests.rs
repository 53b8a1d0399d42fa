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
fn keys_are_read_from_both_structures() {
    let vector = vectors(RSA).next().unwrap();
    let spki = hex(vector[4]);
    let whole = RsaPublicKey::from_spki(&spki).unwrap();
    let (_, inner) = asn1::subject_public_key(&spki).unwrap();
    assert_eq!(RsaPublicKey::from_pkcs1(inner), Ok(whole.clone()));
    for bytes in mutations(&spki) {
        if let Ok(other) = RsaPublicKey::from_spki(&bytes) {
            // The numbers or the parameters were hit, within the bounds.
            assert!((1024..=8192).contains(&other.modulus_bits()));
        }
    }
}

#[test]
fn an_elliptic_key_is_no_rsa_key() {
    let ec = hex("301306072A8648CE3D020106082A8648CE3D030107");
    let spki = tlv::write(0x30, &[ec, vec![0x03, 0x02, 0x00, 0x04]].concat());
    assert!(matches!(RsaPublicKey::from_spki(&spki), Err(Error::Unsupported(_))));
}
