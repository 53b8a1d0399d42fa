//! PACE with every mapping, in both kinds of groups and with every cipher, against chips that cheat.

use super::*;

const MAPPINGS: [Mapping; 3] = [Mapping::Generic, Mapping::Integrated, Mapping::ChipAuthentication];
const CURVE: Group = Group::Curve(CurveName::BrainpoolP256r1);
const MODP: Group = Group::Modp(ModpName::Modp1024_160);

fn doors() -> impl Iterator<Item = PaceOption> {
    let combined = MAPPINGS.into_iter().flat_map(|mapping| {
        [CURVE, MODP].into_iter().flat_map(move |group| {
            CipherName::ALL.map(|cipher| PaceOption::new(mapping, group, cipher))
        })
    });
    combined.filter(|option| option.protocol().is_some())
}

/// The card with this door, BAC and a way of PACE that is weaker than every other.
fn card_with(option: PaceOption) -> Personalisation {
    let weakest = PaceOption::new(Mapping::Integrated, MODP, CipherName::TripleDes);
    let mut pace = vec![option, weakest];
    pace.dedup();
    let mut card = personalise(&CardOptions { pace, ..options() });
    card.behaviour.answer_to_wrong_password = WrongPassword::Counter { tries: 5 };
    card
}

/// By the policy that lets most pass: BAC may follow a failure of PACE.
fn loose() -> Desk {
    Desk::new().policy(Policy::standard().allow_bac_after_pace_failure())
}

/// The error, its check, and how often the password is tried; `None` where the forgery does not apply.
fn judgement(forgery: PaceForgery, mapping: Mapping) -> Option<(&'static str, Check, usize)> {
    const MALFORMED: &str = "malformed.structure";
    const COPY: &str = "not_genuine.chip_authentication_mapping";
    match forgery {
        PaceForgery::MappingKeyOutsideGroup | PaceForgery::MappingKeyEchoed => {
            (mapping != Mapping::Integrated).then_some((MALFORMED, Check::Access, 0))
        }
        PaceForgery::AgreementKeyOutsideGroup | PaceForgery::AgreementKeyEchoed => {
            Some((MALFORMED, Check::Access, 0))
        }
        PaceForgery::WrongToken => Some(("access_denied.wrong_key", Check::Access, 1)),
        _ if mapping != Mapping::ChipAuthentication => None,
        PaceForgery::NoChipAuthenticationData => Some((MALFORMED, Check::Access, 1)),
        PaceForgery::RandomChipAuthenticationData
        | PaceForgery::ChipAuthenticationDataOfAnotherKey => {
            Some((COPY, Check::ChipAuthenticationMapping, 1))
        }
    }
}

#[test]
fn every_forgery_at_every_door() {
    for option in doors() {
        for forgery in [
            PaceForgery::MappingKeyOutsideGroup,
            PaceForgery::MappingKeyEchoed,
            PaceForgery::AgreementKeyOutsideGroup,
            PaceForgery::AgreementKeyEchoed,
            PaceForgery::WrongToken,
            PaceForgery::NoChipAuthenticationData,
            PaceForgery::RandomChipAuthenticationData,
            PaceForgery::ChipAuthenticationDataOfAnotherKey,
        ] {
            let Some((code, check, tried)) = judgement(forgery, option.mapping) else { continue };
            let mut card = card_with(option);
            card.behaviour.pace_forgery = Some(forgery);
            let mut chip = Chip::new(card, 7);
            let options = InspectionOptions::new(mrz(), seeded(1));
            let run = loose().read_chip(&mut chip, options);
            let error = run.error();
            assert_eq!(error.code(), code, "{forgery:?} of {option:?}: {error:?}");
            assert_eq!(run.ended(check), code);
            assert_eq!(run.violations, [""; 0], "{forgery:?} of {option:?}");
            // One run, at most one token, and nothing weaker after it: no other PACE, no BAC.
            assert_eq!((runs_of_pace(&run), tries(&run)), (1, tried), "{forgery:?} of {option:?}");
            assert_not_entered(&run);
            assert_eq!(chip.attempts_left(cccd_simulator::Password::Mrz), Some(5));
        }
    }
}

/// The same doors without forgery: what the table above refuses, it refuses for the forgery.
#[test]
fn the_same_doors_open_where_nobody_cheats() {
    for option in doors() {
        let run = Desk::new().read(card_with(option), mrz());
        run.verified();
        assert_eq!((runs_of_pace(&run), tries(&run)), (1, 1), "{option:?}");
        let access = run.report.access().unwrap();
        assert_eq!(access.name(), "pace-mrz");
        assert_eq!(access.offers_refused(), 0);
        let proven = option.mapping == Mapping::ChipAuthentication;
        let expected = if proven { "passed" } else { "not_offered" };
        assert_eq!(run.ended(Check::ChipAuthenticationMapping), expected, "{option:?}");
    }
}

/// Reads through somebody who exchanges the chip's key in the answer to `step`.
fn with_key(option: PaceOption, step: u8, change: &dyn Fn(&[u8]) -> Vec<u8>) -> Run {
    through(opened_by(option), can(), |_, command, answer| match pace_object(command) {
        Some((tag, key)) if tag == step => dynamic_data(u32::from(step) + 1, &change(&key)),
        _ => answer,
    })
}

#[track_caller]
fn assert_no_key_of_pace(run: &Run, name: &str) {
    let error = run.error();
    assert_eq!(error.code(), "malformed.structure", "{name}: {error:?}");
    assert!(error.to_string().starts_with("PACE"), "{error}");
    assert_eq!(run.ended(Check::Access), "malformed.structure");
    assert_eq!(error.advice().as_str(), "refuse_document");
}

#[test]
fn numbers_modulo_a_prime_that_are_no_keys() {
    for name in [ModpName::Modp1024_160, ModpName::Modp2048_256] {
        let group = Group::Modp(name);
        let (p, q) = (group.prime(), group.order());
        let (zero, last) = (p.clone() - &p, p.clone() - 1u8);
        // The smallest order beside 1 and 2, and a number outside of the subgroup.
        let (small, order) = (3u32..)
            .filter(|order| last.clone() % *order == 0u32.into())
            .find_map(|order| {
                let element = (2u32..9)
                    .map(|base| (zero.clone() + base).modpow(&(last.clone() / order), &p))
                    .find(|element| *element != 1u32.into() && *element != last);
                Some((element?, order))
            })
            .unwrap();
        assert_eq!(small.modpow(&order.into(), &p), 1u32.into());
        let outside = (2u32..)
            .map(|base| zero.clone() + base)
            .find(|base| base.modpow(&q, &p) != 1u32.into())
            .unwrap();
        let numbers = [
            ("zero", vec![0]),
            ("one", vec![1]),
            ("p - 1", last.to_bytes_be()),
            ("p", p.to_bytes_be()),
            ("p + 1", (p.clone() + 1u8).to_bytes_be()),
            ("a small order", small.to_bytes_be()),
            ("no member of the subgroup", outside.to_bytes_be()),
            ("longer than p", [&[1], &last.to_bytes_be()[..]].concat()),
            ("the longest", vec![0xFF; p.to_bytes_be().len()]),
            ("nothing", vec![]),
        ];
        for (number, bytes) in numbers {
            for (mapping, step) in
                [(Mapping::Generic, 0x81), (Mapping::Generic, 0x83), (Mapping::Integrated, 0x83)]
            {
                let option = PaceOption::new(mapping, group, CipherName::Aes128);
                let run = with_key(option, step, &|_| bytes.clone());
                assert_no_key_of_pace(&run, number);
            }
        }
        // Our own, also in another notation.
        let option = PaceOption::new(Mapping::Generic, group, CipherName::Aes128);
        for step in [0x81, 0x83] {
            assert_no_key_of_pace(&with_key(option, step, &<[u8]>::to_vec), "our own");
        }
    }
}

#[test]
fn points_that_are_no_keys() {
    for (mapping, step) in [
        (Mapping::Integrated, 0x83),
        (Mapping::ChipAuthentication, 0x81),
        (Mapping::ChipAuthentication, 0x83),
    ] {
        for group in [CURVE, Group::Curve(CurveName::Secp521r1)] {
            let option = PaceOption::new(mapping, group, CipherName::Aes256);
            let off = |key: &[u8]| {
                let mut key = key.to_vec();
                *key.last_mut().unwrap() ^= 1;
                key
            };
            assert_no_key_of_pace(&with_key(option, step, &<[u8]>::to_vec), "our own");
            assert_no_key_of_pace(&with_key(option, step, &off), "beside the curve");
            assert_no_key_of_pace(&with_key(option, step, &|_| vec![0]), "infinity");
            let compressed = |key: &[u8]| [&[2], &key[1..=(key.len() / 2)]].concat();
            assert_no_key_of_pace(&with_key(option, step, &compressed), "compressed");
            let other = Group::Curve(CurveName::Secp256r1);
            let other = other.encode(&other.generator());
            assert_no_key_of_pace(&with_key(option, step, &|_| other.clone()), "another curve");
        }
    }
}

/// The key of the mapping as the key of the agreement: whichever side's.
#[test]
fn a_key_of_the_mapping_is_no_key_of_the_agreement() {
    for option in [
        PaceOption::new(Mapping::Generic, MODP, CipherName::Aes128),
        PaceOption::new(Mapping::ChipAuthentication, CURVE, CipherName::Aes128),
    ] {
        for chips in [false, true] {
            let mut kept = Vec::new();
            let run = through(opened_by(option), can(), |_, command, answer| {
                match pace_object(command) {
                    Some((0x81, key)) => {
                        let inside = tlv::parse_only(&answer[..answer.len() - 2], 0x7C).unwrap();
                        let own = tlv::parse_only(inside, 0x82).unwrap();
                        kept = if chips { own.to_vec() } else { key };
                        answer
                    }
                    Some((0x83, _)) => dynamic_data(0x84, &kept),
                    _ => answer,
                }
            });
            assert_no_key_of_pace(&run, "a key of the mapping");
        }
    }
}

#[test]
fn integrated_mapping_has_nothing_to_answer() {
    let point = [vec![0x7C, 0x43, 0x82, 0x41, 4], vec![1; 64]].concat();
    for group in [CURVE, MODP] {
        let card = opened_by(PaceOption::new(Mapping::Integrated, group, CipherName::Aes128));
        for (answer, good) in [
            (&[][..], true),
            (&[0x7C, 0], true),
            (&[0x7C, 2, 0x82, 0], true),
            (&[0x7C, 3, 0x82, 1, 0], false),
            (&[0x7C, 2, 0x84, 0], false),
            (&[0x7C, 2, 0x82, 1], false),
            (&[0x82, 0], false),
            (&[0], false),
            (&point, false),
        ] {
            let mut card = card.clone();
            card.behaviour.integrated_mapping_answer = answer.to_vec();
            let run = loose().read(card, mrz());
            if good {
                run.verified();
            } else {
                assert_no_key_of_pace(&run, "mapping data");
                assert_eq!((runs_of_pace(&run), tries(&run)), (1, 0));
                assert_not_entered(&run);
            }
        }
    }
}

/// The nonce has whole blocks; that of integrated mapping has the length that the cipher's key demands.
#[test]
fn nonces_of_wrong_lengths() {
    use CipherName::{Aes128, Aes192, Aes256, TripleDes};
    use Mapping::{ChipAuthentication, Generic, Integrated};
    for (mapping, cipher, wrong) in [
        (Integrated, TripleDes, &[0, 8, 15, 24, 32][..]),
        (Integrated, Aes128, &[0, 8, 15, 17, 32, 48]),
        (Integrated, Aes192, &[0, 16, 24, 31, 33, 48]),
        (Integrated, Aes256, &[0, 16, 24, 31, 33, 48, 64]),
        (Generic, TripleDes, &[0, 7, 9, 17]),
        (Generic, Aes256, &[0, 15, 17, 31, 33]),
        (ChipAuthentication, Aes128, &[0, 8, 15, 17]),
    ] {
        let option = PaceOption::new(mapping, CURVE, cipher);
        for length in wrong {
            let run = through(opened_by(option), can(), |_, command, answer| {
                let first = command[..2] == [0x10, 0x86] && pace_object(command).is_none();
                if first { dynamic_data(0x80, &vec![1; *length]) } else { answer }
            });
            assert_no_key_of_pace(&run, &format!("{length} bytes for {cipher:?}"));
        }
    }
}
