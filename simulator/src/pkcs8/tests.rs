use super::*;
use crate::random::Random;
use crate::tlv::{constructed, sequence};

fn file(algorithm: Vec<u8>, key: &[u8]) -> Vec<u8> {
    sequence(&[der::small_integer(0), algorithm, der::octet_string(key)])
}

fn ec_algorithm(parameters: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[&[der::object_identifier(ID_EC_PUBLIC_KEY)], parameters].concat())
}

/// ECPrivateKey with what may follow the private key.
fn ec_private_key(private: &[u8], optional: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[&[der::small_integer(1), der::octet_string(private)], optional].concat())
}

fn explicit_parameters(name: CurveName, wrong_order: bool) -> Vec<u8> {
    let curve = name.curve();
    let order = if wrong_order { &curve.n - 2u8 } else { curve.n.clone() };
    sequence(&[
        der::small_integer(1),
        sequence(&[der::object_identifier(PRIME_FIELD), der::integer(&curve.p)]),
        sequence(&[
            der::octet_string(&curve.a.to_bytes_be()),
            der::octet_string(&curve.b.to_bytes_be()),
        ]),
        der::octet_string(&curve.encode(&curve.generator)),
        der::integer(&order),
        der::small_integer(1),
    ])
}

#[test]
fn keys_on_every_curve_named_and_explicit() {
    let mut random = Random::from_seed(1);
    for name in CurveName::ALL {
        let key = EcKey::generate(name, &mut random);
        let private = crate::arithmetic::curve::fixed_length(&key.private, 66);
        let point = name.curve().encode(&key.public());
        let public = constructed(0xA1, &[der::bit_string(&point)]);
        let named = der::object_identifier(name.object_identifier());
        let inside = constructed(0xA0, std::slice::from_ref(&named));
        for bytes in [
            file(ec_algorithm(std::slice::from_ref(&named)), &ec_private_key(&private, &[])),
            file(ec_algorithm(&[]), &ec_private_key(&private, &[inside, public.clone()])),
            file(
                ec_algorithm(&[explicit_parameters(name, false)]),
                &ec_private_key(&private, std::slice::from_ref(&public)),
            ),
        ] {
            assert_eq!(PrivateKey::from_pkcs8(&bytes), Ok(PrivateKey::Ec(key.clone())), "{name:?}");
        }
        let almost = ec_algorithm(&[explicit_parameters(name, true)]);
        assert_eq!(
            PrivateKey::from_pkcs8(&file(almost, &ec_private_key(&private, &[]))),
            Err(Pkcs8Error::UnknownCurve)
        );
        let mut other = point.clone();
        other[5] ^= 1;
        let other = constructed(0xA1, &[der::bit_string(&other)]);
        assert_eq!(
            PrivateKey::from_pkcs8(&file(
                ec_algorithm(std::slice::from_ref(&named)),
                &ec_private_key(&private, &[other])
            )),
            Err(Pkcs8Error::Inconsistent)
        );
        for wrong in [vec![0; 32], name.curve().n.to_bytes_be()] {
            assert_eq!(
                PrivateKey::from_pkcs8(&file(
                    ec_algorithm(std::slice::from_ref(&named)),
                    &ec_private_key(&wrong, &[])
                )),
                Err(Pkcs8Error::Inconsistent)
            );
        }
    }
}

#[test]
fn rsa_keys() {
    let key = RsaKey::test_terminal();
    let algorithm = || sequence(&[der::object_identifier(RSA_ENCRYPTION), der::null()]);
    let numbers = |private: &BigUint| {
        sequence(&[
            der::small_integer(0),
            der::integer(&key.modulus),
            der::integer(&key.public_exponent),
            der::integer(private),
        ])
    };
    let bytes = file(algorithm(), &numbers(&key.private_exponent));
    assert_eq!(PrivateKey::from_pkcs8(&bytes), Ok(PrivateKey::Rsa(key.clone())));
    let wrong = file(algorithm(), &numbers(&(&key.private_exponent + 2u8)));
    assert_eq!(PrivateKey::from_pkcs8(&wrong), Err(Pkcs8Error::Inconsistent));
    let zero = sequence(&vec![der::small_integer(0); 4]);
    assert_eq!(PrivateKey::from_pkcs8(&file(algorithm(), &zero)), Err(Pkcs8Error::Inconsistent));
    let dsa = sequence(&[der::object_identifier("1.2.840.10040.4.1")]);
    assert_eq!(PrivateKey::from_pkcs8(&file(dsa, &[])), Err(Pkcs8Error::UnknownAlgorithm));
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let key = ec_private_key(&[5; 32], &[]);
    let good = file(ec_algorithm(&[explicit_parameters(CurveName::Secp256r1, false)]), &key);
    assert!(PrivateKey::from_pkcs8(&good).is_ok());
    for end in 0..good.len() {
        assert_eq!(PrivateKey::from_pkcs8(&good[..end]), Err(Pkcs8Error::Malformed));
    }
    for place in 0..good.len() {
        for bit in [0x01, 0x02, 0x20, 0x80] {
            let mut changed = good.clone();
            changed[place] ^= bit;
            let _ = PrivateKey::from_pkcs8(&changed);
        }
    }
}
