use crypto_bigint::BoxedUint;

use super::numbers::Numbers;
use super::*;
use crate::crypto::agreement::{AgreementKey, DomainParameters, Group};
use crate::crypto::asn1;
use crate::crypto::testing::{Numbers as Noise, foreign, hex, mutations, vectors};
use crate::error::{Error, Result, Unsupported};
use crate::sensitive::Secret;
use crate::tlv;

const DH: &str = include_str!("../../../test-vectors/crypto/dh.txt");

/// RFC 3526 §3: a group that Doc 9303 does not name. p = 2q + 1, and 2 is of order q.
const MODP_2048: &str = concat!(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74",
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05",
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB",
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718",
    "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF",
);

fn by_name(name: &str) -> Modp {
    Modp::ALL.into_iter().find(|group| group.name() == format!("MODP {name}")).unwrap()
}

fn bytes(number: &BoxedUint) -> Vec<u8> {
    number.to_be_bytes_trimmed_vartime().to_vec()
}

fn changed(number: &BoxedUint, change: i8) -> Vec<u8> {
    let one = BoxedUint::from(u64::from(change.unsigned_abs()));
    bytes(&if change < 0 { number.wrapping_sub(&one) } else { number.wrapping_add(&one) })
}

fn padded(number: &[u8], length: usize) -> Vec<u8> {
    [&vec![0; length - number.len()], number].concat()
}

fn is_malformed<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Malformed { .. }))
}

#[test]
fn identifiers_lead_to_the_groups() {
    for (id, group) in (0..).zip(Modp::ALL) {
        assert_eq!(Modp::from_parameter_id(id), Some(group));
        let Numbers { p, g, q } = Numbers::of(group);
        let size = format!("MODP {}/{}", p.bits_vartime(), q.bits_vartime());
        assert_eq!(group.name(), size);
        let standard = DhGroup::standard(group);
        assert!(standard.parameters.contains(&g), "g has order q");
        assert_eq!(standard.modulus_bits(), p.bits_vartime() as usize);
    }
    for id in [3, 7, 8, 255] {
        assert_eq!(Modp::from_parameter_id(id), None);
    }
}

#[test]
fn the_test_data_of_rfc_5114() {
    let mut count = 0;
    for vector in vectors(DH) {
        let group = DhGroup::standard(by_name(&vector[0].replace('-', "/")));
        let [a, b] = [1, 3].map(|at| DhKeyPair::from_private(&group, &hex(vector[at])).unwrap());
        for (pair, at) in [(&a, 2), (&b, 4)] {
            assert_eq!(pair.public().to_bytes(), hex(vector[at]));
            assert_eq!(pair.public(), &DhPublicKey::from_bytes(&group, &hex(vector[at])).unwrap());
        }
        let shared = a.agree(b.public()).unwrap();
        assert_eq!(shared.expose(), hex(vector[5]));
        assert_eq!(b.agree(a.public()).unwrap(), shared);
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn values_outside_the_group_are_refused() {
    for group in Modp::ALL {
        let Numbers { p, g, .. } = Numbers::of(group);
        let standard = DhGroup::standard(group);
        let length = p.bits_vartime() as usize / 8;
        let too_long = [&[0], &padded(&bytes(&g), length)[..]].concat();
        // -g is of order 2q.
        let minus_g = bytes(&p.as_ref().wrapping_sub(&g));
        for bad in [
            vec![],
            vec![0],
            vec![0; length],
            vec![1],
            padded(&[1], length),
            changed(&p, -1),
            bytes(&p),
            changed(&p, 1),
            vec![0xFF; length],
            vec![0xFF; length + 1],
            too_long,
            minus_g,
            // No square, or at least not of order q.
            vec![2],
            changed(&p, -2),
        ] {
            assert!(is_malformed(&DhPublicKey::from_bytes(&standard, &bad)), "{bad:02X?}");
        }
    }
}

/// All elements whose order is a small prime: the subgroups in which a private key would leak modulo it.
#[test]
fn elements_of_small_order_are_refused() {
    for (group, expected) in
        Modp::ALL.into_iter().zip([&[2, 7, 223][..], &[2, 3, 5, 43, 73, 157], &[2, 7, 13]])
    {
        let standard = DhGroup::standard(group);
        let parameters = &standard.parameters;
        let last = parameters.last();
        let mut orders = Vec::new();
        for r in (2_u64..2000).filter(|r| (2..*r).all(|d| r % d != 0)) {
            let divisor = BoxedUint::from(r).into_nz().unwrap();
            let (exponent, rest) = last.div_rem_vartime(&divisor);
            if !bool::from(rest.is_zero()) {
                continue;
            }
            let element = (2_u64..20)
                .map(|base| {
                    let base = parameters.element(&base.to_be_bytes()).unwrap();
                    parameters.power(&base, &exponent, exponent.bits_vartime())
                })
                .find(|element| **element != BoxedUint::one())
                .unwrap();
            assert!(is_malformed(&DhPublicKey::from_bytes(&standard, &bytes(&element))), "{r}");
            orders.push(r);
        }
        assert_eq!(orders, expected);
    }
}

#[test]
fn leading_zeros_make_no_other_key() {
    for group in Modp::ALL {
        let standard = DhGroup::standard(group);
        let length = standard.modulus_bits() / 8;
        let with_zero = (2_u16..2000)
            .map(|k| DhKeyPair::from_private(&standard, &k.to_be_bytes()).unwrap())
            .find(|pair| pair.public().value()[0] == 0)
            .unwrap();
        let short = with_zero.public().to_bytes();
        assert!(short.len() < length && short[0] != 0);
        let long = padded(&short, length);
        let [from_short, from_long] =
            [&short, &long].map(|bytes| DhPublicKey::from_bytes(&standard, bytes).unwrap());
        assert_eq!(from_short, from_long);
        assert_eq!(from_short, *with_zero.public());
        // Each as its owner wrote it.
        assert_eq!(from_short.to_bytes(), short);
        assert_eq!(from_long.to_bytes(), long);
        let one = DhKeyPair::from_private(&standard, &[1]).unwrap();
        assert_eq!(one.agree_element(&from_long).unwrap().to_bytes(), short);
        let two = DhKeyPair::from_private(&standard, &[2]).unwrap();
        let shared = two.agree(&from_short).unwrap();
        assert_ne!(shared.expose()[0], 0);
        assert_eq!(two.agree_element(&from_short).unwrap().to_bytes(), shared.expose());
        assert_eq!(one.agree(&from_short).unwrap().expose(), long);
        assert_eq!(one.agree(&from_long).unwrap().expose(), long);
    }
}

#[test]
fn generated_keys_are_in_range_and_have_no_leading_zero() {
    for group in Modp::ALL {
        let standard = DhGroup::standard(group);
        let Numbers { q, .. } = Numbers::of(group);
        let length = bytes(&q).len();
        let with_zero = (2_u16..2000)
            .map(u16::to_be_bytes)
            .find(|k| DhKeyPair::from_private(&standard, k).unwrap().public().value()[0] == 0)
            .unwrap();
        let mut candidates = [
            vec![0; length],
            bytes(&q),
            vec![0xFF; length],
            padded(&with_zero, length),
            changed(&q, -1),
        ]
        .into_iter();
        let mut random = |bytes: &mut [u8]| -> Result<()> {
            bytes.copy_from_slice(&candidates.next().unwrap());
            Ok(())
        };
        let pair = DhKeyPair::generate(&standard, &mut random).unwrap();
        assert_eq!(candidates.len(), 0);
        // The inverse of g.
        let product = standard.parameters.product(
            &standard.parameters.element(pair.public().value()).unwrap(),
            standard.generator(),
        );
        assert_eq!(*product, BoxedUint::one());
        assert!(format!("{pair:?}").contains("Secret(redacted)"));

        for refused in [vec![], vec![0; length], bytes(&q), changed(&q, 1), vec![1; length + 1]] {
            let result = DhKeyPair::from_private(&standard, &refused);
            assert!(matches!(result, Err(Error::Misuse(_))));
        }
    }
    let mut stuck = |_: &mut [u8]| Ok(());
    let group = DhGroup::standard(Modp::Order160);
    assert!(matches!(DhKeyPair::generate(&group, &mut stuck), Err(Error::Misuse(_))));
    let mut broken = |_: &mut [u8]| Err(Error::Cancelled);
    assert_eq!(DhKeyPair::generate(&group, &mut broken).unwrap_err(), Error::Cancelled);
}

#[test]
fn a_mapped_generator_is_never_one() {
    for group in Modp::ALL {
        let standard = DhGroup::standard(group);
        let Numbers { p, q, .. } = Numbers::of(group);
        // g^s · g^(q - s) = 1.
        let nonce = Secret::new(vec![0, 0, 7]);
        let h = DhKeyPair::from_private(&standard, &changed(&q, -7)).unwrap();
        assert!(is_malformed(&standard.map_generic(&nonce, h.public())));
        // A nonce longer than q is no other than its rest: q + 7.
        let long = Secret::new(padded(&changed(&q, 7), 40));
        assert!(is_malformed(&standard.map_generic(&long, h.public())));
        let h = DhKeyPair::from_private(&standard, &[5]).unwrap();
        assert_eq!(
            standard.map_generic(&nonce, h.public()).unwrap(),
            standard.map_generic(&long, h.public()).unwrap(),
        );
        // Numbers whose order divides (p - 1) / q, once as they are and once above p.
        let multiple_of_p = [&bytes(&p)[..], &[0]].concat();
        for number in
            [vec![], vec![0], vec![1], changed(&p, -1), bytes(&p), changed(&p, 1), multiple_of_p]
        {
            assert!(is_malformed(&standard.map_integrated(&Secret::new(number))));
        }
        assert!(standard.map_integrated(&Secret::new(vec![2])).is_ok());
    }
}

#[test]
fn keys_of_different_groups_do_not_meet() {
    let [a, b] = [Modp::Order224, Modp::Order256].map(DhGroup::standard);
    let pair = DhKeyPair::from_private(&a, &[5]).unwrap();
    let other = DhKeyPair::from_private(&b, &[5]).unwrap();
    assert!(is_malformed(&pair.agree(other.public())));
    assert!(is_malformed(&pair.agree_element(other.public())));
    assert!(is_malformed(&a.map_generic(&Secret::new(vec![1]), other.public())));
    assert_ne!(pair.public(), other.public());
    assert_eq!(format!("{a:?} {:?}", pair.public()), "DhGroup(2048 bits) DhPublicKey(2048 bits)");
}

/// Explicit parameters and the key that stands beside them.
#[derive(Clone)]
struct Parts {
    oid: &'static str,
    p: Vec<u8>,
    g: Vec<u8>,
    rest: Vec<Vec<u8>>,
}

const PKCS3: &str = "06092A864886F70D010301";
const X942: &str = "06072A8648CE3E0201";

impl Parts {
    /// p, g, q as X9.42 writes them.
    fn of(group: Modp) -> Self {
        let Numbers { p, g, q } = Numbers::of(group);
        Self { oid: X942, p: bytes(&p), g: bytes(&g), rest: vec![integer(&bytes(&q))] }
    }

    fn other() -> Self {
        Self { oid: PKCS3, p: hex(MODP_2048), g: vec![2], rest: vec![] }
    }

    fn algorithm(&self) -> Vec<u8> {
        let numbers = [integer(&self.p), integer(&self.g), self.rest.concat()].concat();
        tlv::write(0x30, &[hex(self.oid), tlv::write(0x30, &numbers)].concat())
    }

    fn read(&self) -> Result<DhGroup> {
        read(&self.algorithm())
    }
}

fn integer(number: &[u8]) -> Vec<u8> {
    tlv::write(0x02, &[&[0], number].concat())
}

fn read(algorithm: &[u8]) -> Result<DhGroup> {
    let object = tlv::Reader::new(algorithm).expect(asn1::SEQUENCE, "an algorithm")?;
    DhParameters::from_algorithm(&asn1::algorithm(&object)?).map(DhGroup::new)
}

#[test]
fn explicit_parameters_of_standard_groups_are_recognized() {
    for group in Modp::ALL {
        let good = Parts::of(group);
        let validation = tlv::write(0x30, &hex("0302000A020105"));
        let without_q = Parts { oid: PKCS3, rest: vec![], ..good.clone() };
        for parts in [
            good.clone(),
            Parts { rest: vec![good.rest[0].clone(), integer(&[9])], ..good.clone() },
            Parts { rest: vec![good.rest[0].clone(), validation], ..good.clone() },
            without_q.clone(),
            Parts { rest: vec![integer(&[0x03, 0xF9])], ..without_q },
        ] {
            let read = parts.read().unwrap();
            assert_eq!(read.parameters.standard, Some(group));
            assert_eq!(read, DhGroup::standard(group));
        }
    }
}

#[test]
fn other_groups_agree_on_secrets_as_long_as_p() {
    // With q, without, and with a private-value length, each leaves its trace in the private key's length.
    let mut q = hex(MODP_2048);
    let mut carry = 0;
    for byte in &mut q {
        (*byte, carry) = (*byte >> 1 | carry << 7, *byte & 1);
    }
    let parts = Parts::other();
    for (parts, bits) in [
        (parts.clone(), 2047),
        (Parts { rest: vec![integer(&[225])], ..parts.clone() }, 225),
        // Too short to be safe, or longer than p.
        (Parts { rest: vec![integer(&[32])], ..parts.clone() }, 2047),
        (Parts { rest: vec![integer(&[0x08, 0x00])], ..parts.clone() }, 2047),
        (Parts { oid: X942, rest: vec![integer(&q)], ..parts }, 2047),
    ] {
        let group = parts.read().unwrap();
        assert_eq!(group.parameters.standard, None);
        assert_eq!(group.parameters.private_bits, bits);
        let mut noise = Noise(5);
        let mut random = |bytes: &mut [u8]| -> Result<()> {
            assert_eq!(bytes.len(), bits.div_ceil(8) as usize);
            noise.fill(bytes);
            Ok(())
        };
        let [a, b] = [(); 2].map(|()| DhKeyPair::generate(&group, &mut random).unwrap());
        let shared = a.agree(b.public()).unwrap();
        assert_eq!(b.agree(a.public()).unwrap(), shared);
        assert_eq!(shared.expose().len(), 256);
        // 2^3 with 255 zeros in front.
        let small = DhKeyPair::from_private(&group, &[3]).unwrap();
        let one = DhKeyPair::from_private(&group, &[1]).unwrap();
        assert_eq!(one.agree(small.public()).unwrap().expose(), padded(&[8], 256));
        for bad in [vec![0], vec![1], bytes(&group.parameters.last()), hex(MODP_2048)] {
            assert!(is_malformed(&DhPublicKey::from_bytes(&group, &bad)));
        }
        let mapped = group.map_integrated(&Secret::new(vec![5]));
        assert_eq!(mapped.is_ok(), group.parameters.order.is_some());
    }
}

/// Where q is unknown, an element of small order may pass as a public value, but its powers 1 and p - 1 do not.
#[test]
fn a_shared_element_of_tiny_order_is_refused() {
    // 4 and 223 divide p - 1; another generator makes this a group of unknown order.
    let p = Parts::of(Modp::Order160).p;
    let group = Parts { oid: PKCS3, p, g: vec![2], rest: vec![] }.read().unwrap();
    let parameters = &group.parameters;
    assert_eq!(parameters.order, None);
    for (order, private_keys) in [(4_u64, [2, 4]), (223, [223, 223])] {
        let divisor = BoxedUint::from(order).into_nz().unwrap();
        let (exponent, _) = parameters.last().div_rem_vartime(&divisor);
        let base = parameters.element(&[3]).unwrap();
        let element = parameters.power(&base, &exponent, exponent.bits_vartime());
        let tiny = DhPublicKey::from_bytes(&group, &bytes(&element)).unwrap();
        for private in private_keys {
            let pair = DhKeyPair::from_private(&group, &[private]).unwrap();
            assert!(is_malformed(&pair.agree(&tiny)), "{order}");
        }
        let pair = DhKeyPair::from_private(&group, &[5]).unwrap();
        assert!(pair.agree(&tiny).is_ok());
    }
}

#[test]
fn parameters_out_of_bounds_are_refused() {
    let size =
        Error::Unsupported(Unsupported::Algorithm("Diffie-Hellman outside 1024 to 4096 bits"));
    let good = Parts::other();
    let with_p = |bits: usize| {
        let mut p = vec![0xFF; bits.div_ceil(8)];
        p[0] = 0xFF >> (8 * p.len() - bits);
        Parts { p, ..good.clone() }.read()
    };
    for bits in [8, 512, 1016, 1023, 4097, 4104, 200_000] {
        assert_eq!(with_p(bits), Err(size.clone()), "{bits}");
    }
    for bits in [1024, 1025, 4095, 4096] {
        let group = with_p(bits).unwrap();
        assert_eq!(group.modulus_bits(), bits);
        // Zeros in front up to the length of p, and no further.
        let length = bits.div_ceil(8);
        assert!(DhPublicKey::from_bytes(&group, &padded(&[5], length)).is_ok());
        assert!(is_malformed(&DhPublicKey::from_bytes(&group, &padded(&[5], length + 1))));
    }
    let mut even = hex(MODP_2048);
    *even.last_mut().unwrap() = 0xFE;
    let last = even.clone();
    let q = hex(MODP_2048);
    let x942 = |rest: Vec<Vec<u8>>| Parts { oid: X942, rest, ..good.clone() };
    for parts in [
        Parts { p: even, ..good.clone() },
        Parts { p: vec![], ..good.clone() },
        Parts { g: vec![], ..good.clone() },
        Parts { g: vec![1], ..good.clone() },
        Parts { g: last, ..good.clone() },
        Parts { g: hex(MODP_2048), ..good.clone() },
        Parts { g: vec![2; 257], ..good.clone() },
        // A length of a private value that is none.
        Parts { rest: vec![integer(&[1, 0, 0])], ..good.clone() },
        Parts { rest: vec![integer(&[1]), integer(&[1])], ..good.clone() },
        // No order, an even one, a small one, p itself, one that is too long, one that is not the generator's.
        x942(vec![]),
        x942(vec![integer(&[0])]),
        x942(vec![integer(&[2])]),
        x942(vec![integer(&[3])]),
        x942(vec![integer(&q)]),
        x942(vec![integer(&[1; 257])]),
        x942(vec![integer(&[0x81; 20])]),
        x942(vec![integer(&[0x81; 19])]),
    ] {
        assert!(is_malformed(&parts.read()), "{:02X?}", parts.rest);
    }
    // The standard numbers with another order are no standard group, and the order is wrong.
    let standard = Parts::of(Modp::Order160);
    let order = Parts::of(Modp::Order224).rest;
    assert!(is_malformed(&Parts { rest: order, ..standard }.read()));
}

#[test]
fn mutated_parameters_never_panic() {
    let good = Parts::of(Modp::Order160);
    let pkcs3 = Parts { oid: PKCS3, rest: vec![integer(&[200])], ..good.clone() };
    for parts in [good, pkcs3] {
        for bytes in mutations(&parts.algorithm()) {
            if let Ok(group) = read(&bytes) {
                assert!((1024..=4096).contains(&group.modulus_bits()));
            }
        }
    }
}

fn other_parameters() -> Error {
    Error::Unsupported(Unsupported::Algorithm("domain parameters that are not standardised"))
}

#[test]
fn domain_parameters_count_only_where_every_number_is_standard() {
    for group in Modp::ALL {
        let read = |parts: Parts| DomainParameters::from_algorithm_identifier(&parts.algorithm());
        let good = Parts::of(group);
        let expected = Ok(DomainParameters::Modp(group));
        assert_eq!(read(good.clone()), expected);
        assert_eq!(read(Parts { oid: PKCS3, rest: vec![], ..good.clone() }), expected);
        // Another generator of the same order is another group.
        let square = DhKeyPair::from_private(&DhGroup::standard(group), &[2]).unwrap();
        let other = Parts { g: square.public().to_bytes(), ..good.clone() };
        assert_eq!(read(other.clone()), Err(other_parameters()));
        assert_eq!(read(Parts { oid: PKCS3, rest: vec![], ..other }), Err(other_parameters()));
        let ecdsa = Parts { oid: "06082A8648CE3D040302", ..good };
        assert_eq!(read(ecdsa), Err(other_parameters()));
    }
    assert_eq!(
        DomainParameters::from_algorithm_identifier(&Parts::other().algorithm()),
        Err(other_parameters())
    );
}

#[test]
fn keys_of_chips_count_in_their_own_group() {
    let spki = |algorithm: &[u8], y: &[u8]| {
        let key = tlv::write(0x03, &[&[0], &integer(y)[..]].concat());
        AgreementKey::from_spki(&tlv::write(0x30, &[algorithm, &key[..]].concat()))
    };
    let by_number = |id| [&hex("300C060704007F0007010202")[..], &[1, id]].concat();
    for (id, group) in (0..).zip(Modp::ALL) {
        let good = Parts::of(group);
        let standard = DhGroup::standard(group);
        let square = DhKeyPair::from_private(&standard, &[2]).unwrap().public().to_bytes();
        let without_q = Parts { oid: PKCS3, rest: vec![], ..good.clone() };
        for algorithm in [good.algorithm(), without_q.algorithm(), by_number(id)] {
            let key = spki(&algorithm, &square).unwrap();
            assert_eq!(key.encode(), square);
            assert_eq!(key.describe(), format!("DH {}", standard.modulus_bits()));
            assert_eq!(key.group(), Group::Dh(standard.clone()));
            for bad in [&[1][..], &[2], &good.p, &[]] {
                assert!(spki(&algorithm, bad).is_err());
            }
        }
        let own_generator = Parts { g: square, ..without_q };
        let key = spki(&own_generator.algorithm(), &good.g).unwrap();
        assert_ne!(key.group(), Group::Dh(standard));
        // The same value in another group is another key.
        assert_ne!(key, spki(&good.algorithm(), &good.g).unwrap());
    }
    assert!(spki(&by_number(3), &[4]).is_err());
    assert!(spki(&by_number(13), &[4]).is_err());
}

/// JMRTD's DG14 with a PKCS #3 key of 1024 bits and a private-value length of 1017.
#[test]
fn a_foreign_key_in_its_own_group() {
    let Some(folder) = foreign("files/DG14") else { return };
    let dg14 = std::fs::read(folder.join("JMRTD__e92ac4e1791d.bin")).unwrap();
    let at = dg14.windows(11).position(|window| window == hex(PKCS3)).unwrap();
    // The SubjectPublicKeyInfo begins two headers of four bytes before.
    let spki = tlv::Reader::new(&dg14[at - 8..]).next_object().unwrap().unwrap();
    let (algorithm, key) = asn1::subject_public_key(spki.raw).unwrap();
    let chip = DhPublicKey::from_algorithm(&algorithm, key).unwrap();
    let group = chip.group();
    assert_eq!(group.parameters.standard, None);
    assert_eq!((group.modulus_bits(), group.parameters.private_bits), (1024, 1017));
    let pair = DhKeyPair::from_private(&group, &[7; 127]).unwrap();
    assert_eq!(pair.agree(&chip).unwrap().expose().len(), 128);
}
