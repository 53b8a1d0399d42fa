use super::domain::Domain;
use super::*;
use crate::crypto::testing::{Numbers, hex, mutations, vectors};
use crate::error::{Error, Result, Unsupported};
use crate::sensitive::Secret;
use crate::tlv;

const ECDH: &str = include_str!("../../../test-vectors/crypto/ecdh.txt");
const POINT_ENCODING: &str = include_str!("../../../test-vectors/crypto/point_encoding.txt");

fn by_name(name: &str) -> Curve {
    Curve::ALL.into_iter().find(|curve| curve.name() == name).unwrap()
}

fn generator(curve: Curve) -> EcPublicKey {
    let mut one = vec![0; curve.field_length()];
    *one.last_mut().unwrap() = 1;
    EcKeyPair::from_private(&EcGroup::standard(curve), &one).unwrap().public().clone()
}

/// n - 1, n and n + 1: no order ends in 00 or FF.
fn near_order(curve: Curve, change: i8) -> Vec<u8> {
    let mut n = hex(Domain::of(curve).n);
    let last = n.last_mut().unwrap();
    *last = last.checked_add_signed(change).unwrap();
    n
}

#[test]
fn identifiers_lead_to_the_curve_and_back() {
    for (id, curve) in (8_u8..).zip(Curve::ALL) {
        assert_eq!(curve.parameter_id(), id);
        assert_eq!(Curve::from_parameter_id(id), Some(curve));
        assert_eq!(Curve::from_oid(curve.oid()), Some(curve));
        let domain = Domain::of(curve);
        for number in [domain.p, domain.a, domain.b, domain.x, domain.y, domain.n] {
            assert_eq!(number.len(), 2 * curve.field_length());
        }
        for modulus in [domain.p, domain.n] {
            let first = u8::from_str_radix(&modulus[..2], 16).unwrap();
            assert_eq!(8 - first.leading_zeros() as usize, (curve.bits() - 1) % 8 + 1);
        }
    }
    for id in [0, 1, 2, 3, 7, 19, 255] {
        assert_eq!(Curve::from_parameter_id(id), None);
    }
    // secp256k1 is not of Doc 9303.
    assert_eq!(Curve::from_oid("1.3.132.0.10"), None);
}

#[test]
fn the_generator_is_the_standard_s_and_has_order_n() {
    for curve in Curve::ALL {
        let g = generator(curve);
        let domain = Domain::of(curve);
        assert_eq!(g.to_sec1(), hex(&format!("04{}{}", domain.x, domain.y)), "{}", curve.name());
        assert_eq!(EcPublicKey::from_sec1(curve, &g.to_sec1()).unwrap(), g);

        // (n - 1) G = -G, and adding G gives infinity, which mapping refuses.
        let last = near_order(curve, -1);
        let minus_g = EcKeyPair::from_private(&EcGroup::standard(curve), &last).unwrap();
        assert_eq!(minus_g.public().x(), g.x());
        assert_ne!(minus_g.public(), &g);
        let group = EcGroup::standard(curve);
        assert!(group.map_generic(&Secret::new(last), &g).is_err());
        // n G + H = H, also when n is written longer than the field.
        for zeros in [0, 3] {
            let n = [vec![0; zeros], near_order(curve, 0)].concat();
            let mapped = group.map_generic(&Secret::new(n), minus_g.public()).unwrap();
            let one = EcKeyPair::from_private(&mapped, &[1]).unwrap();
            assert_eq!(one.public(), minus_g.public());
        }
        for refused in [vec![0; curve.field_length()], near_order(curve, 0), near_order(curve, 1)] {
            assert!(EcKeyPair::from_private(&group, &refused).is_err());
        }
        let too_long = vec![1; curve.field_length() + 1];
        assert!(EcKeyPair::from_private(&group, &too_long).is_err());
    }
}

#[test]
fn openssl_agrees_on_shared_secrets_with_leading_zeros() {
    let mut leading_zeros = 0;
    for vector in vectors(ECDH) {
        let curve = by_name(vector[0]);
        let key = EcKeyPair::from_private(&EcGroup::standard(curve), &hex(vector[1])).unwrap();
        assert_eq!(key.public().to_sec1(), hex(vector[2]));
        let other = EcPublicKey::from_sec1(curve, &hex(vector[3])).unwrap();
        let shared = key.agree(&other).unwrap();
        assert_eq!(shared.expose(), hex(vector[4]), "{}", curve.name());
        assert_eq!(shared.expose().len(), curve.field_length());
        assert_eq!(key.agree_point(&other).unwrap().x(), shared.expose());
        leading_zeros += usize::from(shared.expose()[0] == 0);
    }
    assert!(leading_zeros >= Curve::ALL.len());
}

#[test]
fn the_point_encoding_of_integrated_mapping() {
    let mut count = 0;
    for vector in vectors(POINT_ENCODING) {
        let curve = by_name(vector[0]);
        let standard = EcGroup::standard(curve);
        let number = Secret::new(hex(vector[1]));
        let mapped = standard.map_integrated(&number).unwrap();
        let one = EcKeyPair::from_private(&mapped, &[1]).unwrap();
        let expected = hex(&format!("04{}{}", vector[2], vector[3]));
        assert_eq!(one.public().to_sec1(), expected, "{}", curve.name());
        // On top of a generator that was mapped before, and with p added to the number, it is the same.
        let once_more = mapped.map_integrated(&number).unwrap();
        assert_eq!(once_more, mapped);
        let sum = Secret::new(add(&hex(vector[1]), &hex(Domain::of(curve).p)));
        assert_eq!(standard.map_integrated(&sum).unwrap(), mapped);
        count += 1;
    }
    assert_eq!(count, 40);
    for curve in Curve::ALL.into_iter().filter(|curve| *curve != Curve::Secp224r1) {
        let p = hex(Domain::of(curve).p);
        let mut last = p.clone();
        *last.last_mut().unwrap() -= 1;
        for number in [vec![], vec![0; 80], vec![1], last, p.clone(), add(&p, &[1])] {
            let mapped = EcGroup::standard(curve).map_integrated(&Secret::new(number));
            assert!(matches!(mapped, Err(Error::Malformed { .. })));
        }
    }
    let refused = EcGroup::standard(Curve::Secp224r1).map_integrated(&Secret::new(vec![2]));
    assert!(matches!(refused, Err(Error::Unsupported(_))));
}

/// The sum of two numbers, one byte longer than the first.
fn add(one: &[u8], other: &[u8]) -> Vec<u8> {
    let mut sum = vec![0; one.len() + 1];
    let mut carry = 0;
    for (place, byte) in sum.iter_mut().rev().enumerate() {
        let digit = |number: &[u8]| number.iter().rev().nth(place).copied().map_or(0, u16::from);
        let total = digit(one) + digit(other) + carry;
        *byte = total as u8;
        carry = total >> 8;
    }
    sum
}

/// A chip that follows App. B.3 may hold the negative generator: both sides still get the same x.
#[test]
fn the_sign_of_the_mapped_generator_does_not_matter() {
    for curve in Curve::ALL.into_iter().filter(|curve| *curve != Curve::Secp224r1) {
        let mapped = EcGroup::standard(curve).map_integrated(&Secret::new(vec![3])).unwrap();
        let minus = EcKeyPair::from_private(&mapped, &near_order(curve, -1)).unwrap();
        let negative = EcGroup::with_generator(minus.public().clone());
        let terminal = EcKeyPair::from_private(&mapped, &[0xA7, 5]).unwrap();
        let chip = EcKeyPair::from_private(&negative, &[0x10, 7]).unwrap();
        let shared = terminal.agree(chip.public()).unwrap();
        assert_eq!(chip.agree(terminal.public()).unwrap(), shared);
        // (n - 1) G~ is the negative of G~ indeed.
        assert_eq!(
            minus.public().x(),
            EcKeyPair::from_private(&mapped, &[1]).unwrap().public().x()
        );
        assert_ne!(negative, mapped);
    }
}

#[test]
fn points_that_are_none_are_refused() {
    for curve in Curve::ALL {
        let length = curve.field_length();
        let good = generator(curve).to_sec1();
        let (x, y) = (&good[1..=length], &good[1 + length..]);
        let mut off_curve = good.clone();
        *off_curve.last_mut().unwrap() ^= 1;
        let p = hex(Domain::of(curve).p);
        for bad in [
            vec![],
            vec![0x00],
            vec![0x04],
            good[1..].to_vec(),
            good[..good.len() - 1].to_vec(),
            [&good[..], &[0]].concat(),
            off_curve,
            vec![0; 1 + 2 * length],
            [&[0x04][..], &vec![0; 2 * length]].concat(),
            [&[0x04][..], y, x].concat(),
            // Hybrid and compact forms.
            [&[0x06][..], x, y].concat(),
            [&[0x07][..], x, y].concat(),
            [&[0x05][..], x].concat(),
            // A coordinate that is not below p.
            [&[0x04][..], &p, y].concat(),
            [&[0x04][..], &vec![0xFF; 2 * length]].concat(),
            [&[0x02][..], &p].concat(),
            [&[0x02][..], &x[1..]].concat(),
        ] {
            let result = EcPublicKey::from_sec1(curve, &bad);
            assert!(matches!(result, Err(Error::Malformed { .. })), "{} {bad:02X?}", curve.name());
        }
    }
}

#[test]
fn compressed_points_are_read() {
    for vector in vectors(ECDH) {
        let curve = by_name(vector[0]);
        let full = hex(vector[2]);
        let form = 2 + (full.last().unwrap() & 1);
        let point = EcPublicKey::from_sec1(curve, &full).unwrap();
        let compressed = [&[form], point.x()].concat();
        assert_eq!(EcPublicKey::from_sec1(curve, &compressed).unwrap(), point, "{}", curve.name());
        let other = [&[form ^ 1], point.x()].concat();
        assert_ne!(EcPublicKey::from_sec1(curve, &other).unwrap(), point);
    }
    // Half of all x are on no point; none may panic or be accepted off the curve.
    let mut numbers = Numbers(11);
    for curve in Curve::ALL {
        let mut encoded = vec![0; 1 + curve.field_length()];
        let on_curve = (0..20)
            .filter(|_| {
                numbers.fill(&mut encoded);
                encoded[0] = 2;
                encoded[1] &= 0x01;
                EcPublicKey::from_sec1(curve, &encoded).is_ok()
            })
            .count();
        assert!((1..20).contains(&on_curve), "{} {on_curve}", curve.name());
    }
}

#[test]
fn a_point_of_another_curve_is_refused() {
    for (one, two) in [
        (Curve::Secp256r1, Curve::BrainpoolP256r1),
        (Curve::BrainpoolP192r1, Curve::Secp192r1),
        (Curve::Secp384r1, Curve::Secp521r1),
    ] {
        let stranger = generator(two);
        assert!(EcPublicKey::from_sec1(one, &stranger.to_sec1()).is_err());
        let key = EcKeyPair::from_private(&EcGroup::standard(one), &[5]).unwrap();
        assert!(key.agree(&stranger).is_err());
        assert!(key.agree_point(&stranger).is_err());
        assert!(EcGroup::standard(one).map_generic(&Secret::new(vec![1]), &stranger).is_err());
    }
}

#[test]
fn private_keys_are_drawn_below_the_order() {
    // A source that starts with unusable numbers: the third candidate is taken.
    for curve in Curve::ALL {
        let mut calls = 0;
        let mut random = |bytes: &mut [u8]| -> Result<()> {
            assert_eq!(bytes.len(), curve.field_length());
            let value = match calls {
                0 => vec![0xFF; bytes.len()],
                1 => vec![0; bytes.len()],
                _ => near_order(curve, -1),
            };
            bytes.copy_from_slice(&value);
            calls += 1;
            Ok(())
        };
        let group = EcGroup::standard(curve);
        let key = EcKeyPair::generate(&group, &mut random).unwrap();
        assert_eq!(calls, 3);
        assert_eq!(key.public().x(), generator(curve).x());
        assert!(format!("{key:?}").contains("Secret(redacted)"));
    }
    let mut stuck = |bytes: &mut [u8]| -> Result<()> {
        bytes.fill(0);
        Ok(())
    };
    let group = EcGroup::standard(Curve::Secp256r1);
    assert!(matches!(EcKeyPair::generate(&group, &mut stuck), Err(Error::Misuse(_))));
    let mut broken = |_: &mut [u8]| Err(Error::Cancelled);
    assert_eq!(EcKeyPair::generate(&group, &mut broken).unwrap_err(), Error::Cancelled);
}

/// The parts of explicit parameters, to be written whole or wrong.
#[derive(Clone)]
struct Parts {
    p: Vec<u8>,
    a: Vec<u8>,
    b: Vec<u8>,
    seed: Option<Vec<u8>>,
    generator: Vec<u8>,
    n: Vec<u8>,
    cofactor: Option<Vec<u8>>,
}

impl Parts {
    fn of(curve: Curve) -> Self {
        let domain = Domain::of(curve);
        Self {
            p: hex(domain.p),
            a: hex(domain.a),
            b: hex(domain.b),
            seed: None,
            generator: generator(curve).to_sec1(),
            n: hex(domain.n),
            cofactor: Some(vec![1]),
        }
    }

    fn write(&self) -> Vec<u8> {
        let integer = |bytes: &[u8]| tlv::write(0x02, &[&[0], bytes].concat());
        let prime_field = hex("06072A8648CE3D0101");
        let field = tlv::write(0x30, &[prime_field, integer(&self.p)].concat());
        let seed = self.seed.as_ref().map(|seed| tlv::write(0x03, &[&[0], &seed[..]].concat()));
        let equation = tlv::write(
            0x30,
            &[tlv::write(0x04, &self.a), tlv::write(0x04, &self.b), seed.unwrap_or_default()]
                .concat(),
        );
        let cofactor = self.cofactor.as_ref().map(|bytes| tlv::write(0x02, bytes));
        tlv::write(
            0x30,
            &[
                integer(&[1]),
                field,
                equation,
                tlv::write(0x04, &self.generator),
                integer(&self.n),
                cofactor.unwrap_or_default(),
            ]
            .concat(),
        )
    }
}

#[test]
fn explicit_parameters_of_standard_curves_are_recognized() {
    for curve in Curve::ALL {
        let good = Parts::of(curve);
        let length = curve.field_length();
        let compressed =
            [&[2 + (good.generator.last().unwrap() & 1)], &good.generator[1..=length]].concat();
        let without_zeros =
            |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        for parts in [
            good.clone(),
            Parts { seed: Some(vec![0x5E; 20]), ..good.clone() },
            Parts { cofactor: None, ..good.clone() },
            Parts { generator: compressed, ..good.clone() },
            Parts { a: [&[0], &good.a[..]].concat(), ..good.clone() },
            Parts { b: without_zeros(&good.b), ..good.clone() },
        ] {
            assert_eq!(Curve::from_ec_parameters(&parts.write()), Ok((curve, true)));
        }
    }
}

#[test]
fn explicit_parameters_that_differ_anywhere_are_refused() {
    let other = Err(Error::Unsupported(Unsupported::Algorithm(
        "an elliptic curve that Doc 9303 does not name",
    )));
    for curve in Curve::ALL {
        let good = Parts::of(curve);
        let flipped = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            bytes[10] ^= 0x10;
            bytes
        };
        let length = curve.field_length();
        let parity = 2 + (good.generator.last().unwrap() & 1);
        for parts in [
            Parts { p: flipped(&good.p), ..good.clone() },
            Parts { a: flipped(&good.a), ..good.clone() },
            Parts { b: flipped(&good.b), ..good.clone() },
            Parts { n: flipped(&good.n), ..good.clone() },
            Parts { cofactor: Some(vec![2]), ..good.clone() },
            Parts { cofactor: Some(vec![0]), ..good.clone() },
            Parts { a: vec![], ..good.clone() },
            // CVE-2020-0601: everything standard but the generator.
            Parts { generator: flipped(&good.generator), ..good.clone() },
            Parts {
                generator: [&[parity ^ 1], &good.generator[1..=length]].concat(),
                ..good.clone()
            },
            Parts { generator: vec![0], ..good.clone() },
            Parts { generator: vec![], ..good.clone() },
        ] {
            assert_eq!(Curve::from_ec_parameters(&parts.write()), other, "{}", curve.name());
        }
    }
    // implicitlyCA, a field of characteristic two, and no parameters at all.
    assert_eq!(Curve::from_ec_parameters(&[0x05, 0x00]), other);
    let mut binary = Parts::of(Curve::Secp256r1).write();
    let at = binary.windows(2).position(|pair| pair == [0x01, 0x01]).unwrap();
    binary[at + 1] = 0x02;
    assert!(Curve::from_ec_parameters(&binary).is_err());
    assert!(Curve::from_ec_parameters(&[]).is_err());
}

#[test]
fn mutated_parameters_never_panic_nor_change_the_curve() {
    for curve in [Curve::BrainpoolP512r1, Curve::Secp521r1] {
        for bytes in mutations(&Parts::of(curve).write()) {
            if let Ok(read) = Curve::from_ec_parameters(&bytes) {
                // A change of the version, say.
                assert_eq!(read, (curve, true));
            }
        }
    }
}
