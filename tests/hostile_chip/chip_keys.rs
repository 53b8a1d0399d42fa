//! The keys of Chip Authentication: copies without them, and keys that are none.

use cccd_simulator::{
    der::{bit_string, integer, object_identifier, small_integer},
    personalisation::{CurveParameters, ModpParameters},
};

use super::*;

const FAILED: &str = "not_genuine.chip_authentication";
const CURVE: Group = Group::Curve(CurveName::BrainpoolP256r1);
const MODP: Group = Group::Modp(ModpName::Modp1024_160);

/// A card whose one proof is Chip Authentication.
fn card_with(keys: &[ChipAuthenticationOption], pace: bool) -> CardOptions {
    CardOptions {
        chip_authentication: keys.to_vec(),
        active_authentication: ActiveKind::None,
        pace: pace.then(|| CurveName::BrainpoolP256r1.into()).into_iter().collect(),
        ..options()
    }
}

#[test]
fn copies_in_both_kinds_of_groups_with_every_cipher() {
    for group in [CURVE, MODP, Group::Modp(ModpName::Modp2048Safe)] {
        for cipher in CipherName::ALL {
            for (pace, key) in [(true, can()), (false, mrz())] {
                let option = ChipAuthenticationOption::new(group, cipher);
                let genuine = personalise(&card_with(&[option], pace));
                let copy = genuine.clone_without_private_keys();
                let run = refused(copy, key.clone(), FAILED);
                assert_eq!(run.ended(Check::ChipAuthentication), FAILED, "{option:?}");
                assert_eq!(run.ended(Check::SignerPath), "passed");
                assert_eq!(run.error().advice().as_str(), "refuse_document");
                let run = Desk::new().read(genuine, key);
                assert_eq!(run.verified().chip_proofs().len(), 1);
            }
        }
    }
}

/// A copy that answers the first command under the new keys without protection, or under the old keys.
#[test]
fn copies_that_go_on_without_new_keys() {
    let option = ChipAuthenticationOption::new(CURVE, CipherName::Aes128);
    let card = personalise(&card_with(&[option], true));
    for (answer, code) in [
        (&[0x90, 0][..], FAILED),
        (&[0x69, 0x88], FAILED),
        (&[0x69, 0x82], "card_refused.status"),
        (&[0x63, 0], "card_refused.status"),
        // Files that were signed and are not there: a refusal of the document as well.
        (&[0x6A, 0x82], "not_authentic.group_withheld"),
        (&[0x61, 2, 1, 2, 0x90, 0], FAILED),
    ] {
        let mut authenticated = false;
        let run = through(card.clone(), can(), |_, command, good| {
            if authenticated {
                return answer.to_vec();
            }
            // The agreement, which sends a point of 65 bytes under the old keys.
            authenticated = command.starts_with(&[0, 0x86, 0, 0, 0x45, 0x7C, 0x43, 0x80]);
            good
        });
        assert_eq!(run.error().code(), code, "{answer:02X?}: {:?}", run.error());
        assert_ne!(run.ended(Check::ChipAuthentication), "passed");
    }
}

/// DG14 with these SecurityInfos, signed, on a chip that has a key.
fn signed(infos: &[Vec<u8>]) -> Personalisation {
    let option = ChipAuthenticationOption::new(CURVE, CipherName::Aes128);
    let mut card = personalise(&card_with(&[option], false));
    card.files.insert(file::DG14, tlv::node(0x6E, &tlv::node(0x31, &infos.concat())));
    issuer().sign_again(&mut card);
    card
}

/// A key and its protocol: `kind` is 1 for DH and 2 for ECDH.
fn key_infos(kind: u8, algorithm: &[u8], key: &[u8]) -> [Vec<u8>; 2] {
    let spki = tlv::sequence(&[algorithm.to_vec(), bit_string(key)]);
    let public = object_identifier(&format!("0.4.0.127.0.7.2.2.1.{kind}"));
    let protocol = object_identifier(&format!("0.4.0.127.0.7.2.2.3.{kind}.2"));
    [tlv::sequence(&[public, spki]), tlv::sequence(&[protocol, small_integer(1)])]
}

fn standardised(id: u32) -> Vec<u8> {
    tlv::sequence(&[object_identifier("0.4.0.127.0.7.1.2"), small_integer(id)])
}

/// Signed by mistake, or on purpose: no key with which anything could be proven.
#[track_caller]
fn assert_unusable(card: Personalisation, name: &str) {
    let run = Desk::new().read(card, mrz());
    let error = run.error();
    assert_eq!(error.code(), "malformed.structure", "{name}: {error:?}");
    assert!(error.to_string().starts_with("DG14"), "{name}: {error}");
    assert_eq!(run.ended(Check::ChipAuthentication), "malformed.structure", "{name}");
}

#[test]
fn points_in_dg14_that_are_no_keys() {
    let good = CURVE.encode(&CURVE.generator());
    let mut off = good.clone();
    *off.last_mut().unwrap() ^= 1;
    let other = Group::Curve(CurveName::Secp256r1);
    let named = tlv::sequence(&[
        object_identifier("1.2.840.10045.2.1"),
        object_identifier(CurveName::BrainpoolP256r1.object_identifier()),
    ]);
    for algorithm in [standardised(13), named] {
        for (name, point) in [
            ("beside the curve", off.clone()),
            ("of another curve", other.encode(&other.generator())),
            ("infinity", vec![0]),
            ("the origin", [&[4], &[0; 64][..]].concat()),
            ("beyond p", [&[4], &[0xFF; 64][..]].concat()),
            ("short", good[..64].to_vec()),
            ("long", [&good[..], &[0]].concat()),
            ("nothing", vec![]),
        ] {
            assert_unusable(signed(&key_infos(2, &algorithm, &point)), name);
        }
    }
}

#[test]
fn numbers_in_dg14_that_are_no_keys() {
    let p = MODP.prime();
    let zero = p.clone() - &p;
    for (name, number) in [
        ("zero", zero.clone()),
        ("one", zero.clone() + 1u8),
        ("outside of the subgroup", zero + 2u8),
        ("p - 1, of order 2", p.clone() - 1u8),
        ("p", p.clone()),
        ("p + 1", p + 1u8),
    ] {
        assert_unusable(signed(&key_infos(1, &standardised(0), &integer(&number))), name);
    }
    // A key of the other kind than its protocol says.
    let point = CURVE.encode(&CURVE.generator());
    assert_unusable(signed(&key_infos(1, &standardised(13), &point)), "a point for DH");
    let number = integer(&4u8.into());
    assert_unusable(signed(&key_infos(2, &standardised(0), &number)), "a number for ECDH");
}

/// Each number of written-out domain parameters, altered by one bit.
#[test]
fn explicit_parameters_with_one_number_changed() {
    let curve = CurveName::BrainpoolP256r1.curve();
    let bytes = |number: Vec<u8>| number[number.len() - 24..].to_vec();
    let generator = CURVE.encode(&CURVE.generator());
    let option = ChipAuthenticationOption::new(CURVE, CipherName::Aes128);
    let explicit = CurveParameters::Explicit;
    let card = CardOptions { curve_parameters: explicit, ..card_with(&[option], false) };
    let card = personalise(&card);
    Desk::new().read(card.clone(), mrz()).verified();
    for (name, number) in [
        ("p", bytes(curve.p.to_bytes_be())),
        ("a", bytes(curve.a.to_bytes_be())),
        ("b", bytes(curve.b.to_bytes_be())),
        ("G", bytes(generator)),
        ("n", bytes(curve.n.to_bytes_be())),
    ] {
        let mut card = card.clone();
        alter(&mut card, &number);
        let run = refused(card, mrz(), "unsupported.algorithm");
        assert_eq!(run.ended(Check::ChipAuthentication), "unsupported.algorithm", "{name}");
    }

    let option = ChipAuthenticationOption::new(MODP, CipherName::Aes128);
    let group = ModpName::Modp1024_160.group();
    let numbers = [group.p.to_bytes_be(), group.g.to_bytes_be(), group.q.to_bytes_be()];
    for (parameters, codes) in [
        // Where q is not written, a generator is as good as another, but not the one of the chip's key.
        (ModpParameters::Pkcs3, &[FAILED, FAILED][..]),
        (ModpParameters::X942, &["malformed.structure"; 3]),
    ] {
        let card = CardOptions { modp_parameters: parameters, ..card_with(&[option], false) };
        let card = personalise(&card);
        Desk::new().read(card.clone(), mrz()).verified();
        for (number, code) in numbers.iter().zip(codes) {
            let mut card = card.clone();
            alter(&mut card, number);
            let run = refused(card, mrz(), code);
            assert_eq!(run.ended(Check::ChipAuthentication), *code);
        }
    }
}

/// Flips a bit in the number that ends with these bytes, in DG14, and signs.
fn alter(card: &mut Personalisation, number: &[u8]) {
    let dg14 = card.files.get_mut(&file::DG14).unwrap();
    let at = dg14.windows(number.len()).position(|window| window == number).unwrap();
    dg14[at + number.len() - 1] ^= 2;
    issuer().sign_again(card);
}

/// Two keys under one number: the reader means the stronger one. A chip that means the other has not proven
/// anything, and a copy has neither.
#[test]
fn two_keys_of_one_number() {
    let option = |curve: CurveName| ChipAuthenticationOption {
        key_id: Some(1),
        ..ChipAuthenticationOption::new(curve, CipherName::Aes128)
    };
    let (strong, weak) = (option(CurveName::Secp384r1), option(CurveName::Secp256r1));
    let card = personalise(&card_with(&[strong, weak], true));
    Desk::new().read(card.clone(), can()).verified();
    refused(card.clone_without_private_keys(), can(), FAILED);
    refused(personalise(&card_with(&[weak, strong], true)), can(), FAILED);
    // With numbers of their own each is found, in whatever order.
    let strong = ChipAuthenticationOption { key_id: Some(2), ..strong };
    Desk::new().read(personalise(&card_with(&[weak, strong], true)), can()).verified();
}
