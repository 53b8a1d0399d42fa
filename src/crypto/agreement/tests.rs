use serde_json::Value;

use super::*;
use crate::crypto::testing::{Numbers, hex, vectors};

const APPENDICES: &str = include_str!("../../../test-vectors/icao9303/appendix-g-h-i-pace.json");

const RSA: &str = include_str!("../../../test-vectors/crypto/rsa.txt");

/// A worked example of PACE `[9303-11 App. G to I]`.
struct Example(Value);

impl Example {
    fn of(clause: &str) -> Self {
        let mut appendices: Value = serde_json::from_str(APPENDICES).unwrap();
        Self(appendices["examples"][clause].take())
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        hex(self.0[name].as_str().unwrap_or_else(|| panic!("no {name}")))
    }

    fn group(&self) -> Group {
        let id = u8::try_from(self.0["parameter_id"].as_u64().unwrap()).unwrap();
        DomainParameters::from_parameter_id(id).unwrap().group()
    }

    /// The public keys of terminal and chip that the nth exchange carries.
    fn public_keys(&self, exchange: usize) -> (Vec<u8>, Vec<u8>) {
        let exchange = &self.0["exchanges"][exchange];
        let command = hex(exchange["command"].as_str().unwrap());
        let response = hex(exchange["response"].as_str().unwrap());
        (
            inner_object(&command[5..command.len() - 1]),
            inner_object(&response[..response.len() - 2]),
        )
    }
}

/// The value inside `7C { tag value }`.
fn inner_object(bytes: &[u8]) -> Vec<u8> {
    let mut objects = Reader::new(bytes).expect(0x7C, "7C").unwrap().children().unwrap();
    objects.next_object().unwrap().unwrap().value.to_vec()
}

/// Hands out one number whole.
fn source(number: &[u8]) -> impl FnMut(&mut [u8]) -> Result<()> + Send {
    move |bytes: &mut [u8]| {
        bytes.copy_from_slice(number);
        Ok(())
    }
}

/// The key agreement of an example over the mapped group, from both sides.
fn agree(example: &Example, mapped: &Group, exchange: usize, ifd: &str, ic: &str) {
    let (ifd_public, ic_public) = example.public_keys(exchange);
    let terminal = mapped.generate(&mut source(&example.bytes(ifd))).unwrap();
    let chip = mapped.key_pair(&example.bytes(ic)).unwrap();
    assert_eq!(terminal.public().encode(), ifd_public);
    assert_eq!(chip.public().encode(), ic_public);
    let from_chip = mapped.public_key(&ic_public).unwrap();
    assert_eq!(from_chip, chip.public());
    let shared = terminal.agree(&from_chip).unwrap();
    assert_eq!(shared.expose(), example.bytes("shared_secret"));
    assert_eq!(chip.agree(&terminal.public()).unwrap(), shared);

    // The key derivation of [9303-11 §9.7.1] gives the session keys that the example states.
    for (counter, key) in [(1, "ks_enc"), (2, "ks_mac")] {
        let digest = DigestAlgorithm::Sha1.digest(&[shared.expose(), &[0, 0, 0, counter]].concat());
        assert_eq!(digest[..16], example.bytes(key));
    }
}

/// The generator in force, seen through the private key 1.
fn generator(group: &Group) -> Vec<u8> {
    group.key_pair(&[1]).unwrap().public().encode()
}

#[test]
fn generic_mapping_of_the_worked_examples() {
    for (clause, suffix) in [("G.1", ""), ("G.2", ""), ("I.1", "_mod_n")] {
        let example = Example::of(clause);
        let group = example.group();
        let (ifd_public, ic_public) = example.public_keys(2);
        let mapping =
            group.generate(&mut source(&example.bytes("mapping_private_key_ifd"))).unwrap();
        assert_eq!(mapping.public().encode(), ifd_public);
        let h = mapping.agree_element(&group.public_key(&ic_public).unwrap()).unwrap();
        assert_eq!(h.encode(), example.bytes("mapping_shared_secret"));
        let mapped = group.map_generic(&Secret::new(example.bytes("nonce")), &h).unwrap();
        assert_eq!(generator(&mapped), example.bytes("mapped_generator"), "{clause}");
        let ic = format!("agreement_private_key_ic{suffix}");
        agree(&example, &mapped, 3, "agreement_private_key_ifd", &ic);
    }
}

#[test]
fn integrated_mapping_of_the_worked_examples() {
    for (clause, suffix) in [("H.1", ""), ("H.2", "_mod_q")] {
        let example = Example::of(clause);
        let group = example.group();
        let mapped = group.map_integrated(&Secret::new(example.bytes("pseudo_random"))).unwrap();
        assert_eq!(generator(&mapped), example.bytes("mapped_generator"), "{clause}");
        // Already reduced modulo p, and with zeros in front, it is the same number.
        let reduced = example.bytes("pseudo_random_mod_p");
        for zeros in [0, 7] {
            let number = Secret::new([&vec![0; zeros], &reduced[..]].concat());
            assert_eq!(group.map_integrated(&number).unwrap(), mapped);
        }
        let [ifd, ic] = ["ifd", "ic"].map(|who| format!("agreement_private_key_{who}{suffix}"));
        agree(&example, &mapped, 3, &ifd, &ic);
    }
}

/// All standardised parameters, in the order of their numbers.
fn all() -> impl Iterator<Item = DomainParameters> {
    (0..=255).filter_map(DomainParameters::from_parameter_id)
}

fn noise(seed: u64) -> impl FnMut(&mut [u8]) -> Result<()> + Send {
    let mut numbers = Numbers(seed);
    move |bytes: &mut [u8]| {
        numbers.fill(bytes);
        Ok(())
    }
}

fn other_parameters() -> Error {
    Error::Unsupported(Unsupported::Algorithm("domain parameters that are not standardised"))
}

#[test]
fn both_sides_reach_the_same_secret_over_a_mapped_group() {
    let mut random = noise(3);
    // A nonce longer than the order of the smallest groups.
    let nonce = Secret::new(vec![0xE5; 32]);
    let mut count = 0;
    for parameters in all() {
        let standard = parameters.group();
        let mut pair = |group: &Group| group.generate(&mut random).unwrap();
        let (a, b) = (pair(&standard), pair(&standard));
        let generic = [(&a, &b), (&b, &a)].map(|(own, other)| {
            let other = standard.public_key(&other.public().encode()).unwrap();
            standard.map_generic(&nonce, &own.agree_element(&other).unwrap()).unwrap()
        });
        assert_eq!(generic[0], generic[1]);
        let integrated = standard.map_integrated(&Secret::new(vec![0xE5; 300]));
        assert_eq!(integrated.is_ok(), parameters != DomainParameters::Curve(Curve::Secp224r1));
        for mapped in generic.into_iter().take(1).chain(integrated) {
            assert_ne!(mapped, standard);
            let (a, b) = (pair(&mapped), pair(&mapped));
            let shared = a.agree(&b.public()).unwrap();
            assert_eq!(b.agree(&a.public()).unwrap(), shared);
            assert_eq!(shared.expose().len(), standard.modulus_bits().div_ceil(8));
            assert_ne!(a.public(), b.public());
            // The generator of the standard leads elsewhere.
            assert_ne!(a.public().group(), mapped);
        }
        count += 1;
    }
    assert_eq!(count, 14);
}

#[test]
fn shared_secrets_have_constant_length() {
    for parameters in all() {
        let group = parameters.group();
        let length = group.modulus_bits().div_ceil(8);
        let one = group.key_pair(&[1]).unwrap();
        // The first byte of secp521r1 has one bit, so its second counts.
        let at = usize::from(group.modulus_bits() % 8 == 1);
        let (private, shared) = (2_u16..)
            .map(|k| {
                let pair = group.key_pair(&k.to_be_bytes()).unwrap();
                (pair.clone(), one.agree(&pair.public()).unwrap())
            })
            .inspect(|(_, shared)| assert_eq!(shared.expose().len(), length))
            .find(|(_, shared)| shared.expose()[..=at].iter().all(|byte| *byte == 0))
            .unwrap();
        assert_eq!(private.agree(&one.public()).unwrap(), shared, "{}", parameters.name());
    }
}

#[test]
fn numbers_of_parameters() {
    let names: Vec<_> = all().map(DomainParameters::name).collect();
    assert_eq!(names[..4], ["MODP 1024/160", "MODP 2048/224", "MODP 2048/256", "secp192r1"]);
    assert_eq!(all().filter(|parameters| parameters.is_elliptic()).count(), 11);
    let strengths: Vec<_> = all().map(DomainParameters::strength).collect();
    assert_eq!(strengths, [80, 112, 112, 96, 96, 112, 112, 128, 128, 160, 192, 192, 256, 260]);
    for id in (3..8).chain(19..=255) {
        assert_eq!(DomainParameters::from_parameter_id(id), None);
        let der = [&hex("300C060704007F0007010202")[..], &[1, id]].concat();
        assert_eq!(DomainParameters::from_algorithm_identifier(&der), Err(other_parameters()));
    }
    for id in (0..3).chain(8..19) {
        let der = [&hex("300C060704007F0007010202")[..], &[1, id]].concat();
        let expected = DomainParameters::from_parameter_id(id);
        assert_eq!(DomainParameters::from_algorithm_identifier(&der).ok(), expected);
        assert!(DomainParameters::from_algorithm_identifier(&der[..13]).is_err());
        assert!(DomainParameters::from_algorithm_identifier(&[&der[..], &[0]].concat()).is_err());
    }
    let long = hex("300D060704007F000701020202000D");
    assert_eq!(DomainParameters::from_algorithm_identifier(&long), Err(other_parameters()));
}

/// The encoding of brainpoolP256r1 that App. G.1 prints for convenience.
const EXPLICIT_CURVE: &str = concat!(
    "3081EC06072A8648CE3D02013081E0020101302C06072A8648CE3D0101022100",
    "A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377",
    "304404207D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44",
    "F330B5D9042026DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCC",
    "DC18FF8C07B60441048BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23",
    "C23A4453BD9ACE3262547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E",
    "545C1D54C72F046997022100A9FB57DBA1EEA9BC3E660A909D838D718C397AA3",
    "B561A6F7901E0E82974856A7020101",
);

#[test]
fn explicit_parameters_count_only_where_every_number_is_standard() {
    let expected = DomainParameters::Curve(Curve::BrainpoolP256r1);
    let curve = hex(EXPLICIT_CURVE);
    assert_eq!(DomainParameters::from_algorithm_identifier(&curve), Ok(expected));
    let named = hex("301406072A8648CE3D020106092B2403030208010107");
    assert_eq!(DomainParameters::from_algorithm_identifier(&named), Ok(expected));
    // Each bit of each number, but not the framing and the version.
    let mut refused = 0;
    for at in [32..64, 69..101, 103..135, 138..202, 206..237] {
        for at in at {
            let mut changed = curve.clone();
            changed[at] ^= 0x10;
            assert!(DomainParameters::from_algorithm_identifier(&changed).is_err(), "byte {at}");
            refused += 1;
        }
    }
    assert_eq!(refused, 191);
}

#[test]
fn the_chip_key_of_the_worked_example() {
    let example = Example::of("I.1");
    let info = example.bytes("chip_authentication_public_key_info");
    // SEQUENCE { id-PK-ECDH, SubjectPublicKeyInfo, key identifier }
    let mut inside = Reader::new(&info).expect(0x30, "info").unwrap().children().unwrap();
    inside.expect(0x06, "protocol").unwrap();
    let key = AgreementKey::from_spki(inside.expect(0x30, "key").unwrap().raw).unwrap();
    let pair = example.group().key_pair(&example.bytes("chip_authentication_private_key")).unwrap();
    assert_eq!(key, pair.public());
    // PK_Map,IC = KA(CA_IC, PK_IC) [9303-11 §4.4.3.5.2].
    let data = key.group().key_pair(&example.bytes("chip_authentication_data")).unwrap();
    let (_, mapping) = example.public_keys(2);
    assert_eq!(data.agree_element(&key).unwrap().encode(), mapping);
}

#[test]
fn compressed_keys() {
    let ec = Example::of("G.1");
    let (public, _) = ec.public_keys(3);
    assert_eq!(ec.group().public_key(&public).unwrap().compressed(), public[1..33]);
    let dh = Example::of("G.2");
    let (public, _) = dh.public_keys(3);
    let digest = hex("74214433D3862BCDDE02801C64F14BE6147AF370");
    assert_eq!(dh.group().public_key(&public).unwrap().compressed(), digest);
}

#[test]
fn keys_of_different_kinds_do_not_meet() {
    let [ec, dh] = [12, 2].map(|id| DomainParameters::from_parameter_id(id).unwrap().group());
    let [ec_pair, dh_pair] = [&ec, &dh].map(|group| group.key_pair(&[5]).unwrap());
    let nonce = Secret::new(vec![1]);
    for (group, pair, other) in
        [(&ec, &ec_pair, dh_pair.public()), (&dh, &dh_pair, ec_pair.public())]
    {
        assert_eq!(pair.agree(&other), Err(MIXED));
        assert_eq!(pair.agree_element(&other), Err(MIXED));
        assert_eq!(group.map_generic(&nonce, &other), Err(MIXED));
        assert!(group.public_key(&other.encode()).is_err());
        assert!(matches!(group.key_pair(&[0]), Err(Error::Misuse(_))));
        assert!(matches!(group.key_pair(&[0xFF; 300]), Err(Error::Misuse(_))));
    }
    let rsa = vectors(RSA).next().unwrap();
    assert!(PublicKey::from_spki(&hex(rsa[4])).is_ok());
    let expected = Error::Unsupported(Unsupported::Algorithm("an RSA key for key agreement"));
    assert_eq!(AgreementKey::from_spki(&hex(rsa[4])), Err(expected));
}
