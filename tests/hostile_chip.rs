//! Forgers, copies, broken cards and people on the line: each gets its own error, and none a verified
//! document.

mod common;

use std::ops::Range;

use cccd::{
    Error,
    access::AccessKey,
    chip::{ActiveAuthenticationTranscript, Challenge},
    document::{Evidence, VerifiedDocument},
    error::NotAuthentic,
    findings::{Check, Deviation, Outcome},
    inspection::InspectionOptions,
    lds::DataGroup,
    policy::Policy,
    transport::Limits,
    vietnam::{CitizenRecord, IdNumber, QrText},
};
use cccd_simulator::{
    ActiveKind, Behaviour, CardOptions, Chip, CurveName, DigestName, Issuer, IssuerOptions, Person,
    Personalisation, WrongPassword, personalisation::file, random::Random, tlv,
};
use common::{Desk, Run, bac_card, can, card, date, issuer, mrz, options, personalise, seeded};

/// Reads at the tests' desk and demands this error code and no document.
#[track_caller]
fn refused(card: Personalisation, key: AccessKey, code: &str) -> Run {
    let run = Desk::new().read(card, key);
    assert_eq!(run.error().code(), code, "{:?}", run.error());
    run
}

/// Without proofs of the chip a run is short, and tampering with the data shows all the same.
fn plain_card() -> Personalisation {
    personalise(&CardOptions {
        pace: None,
        chip_authentication: None,
        active_authentication: ActiveKind::None,
        ..options()
    })
}

const GROUPS: [(u8, u16); 5] =
    [(1, file::DG1), (2, file::DG2), (13, file::DG13), (14, file::DG14), (15, file::DG15)];

// ---- the files ----------------------------------------------------------------------------------

#[test]
fn a_flipped_bit_in_every_group() {
    for (group, file) in GROUPS {
        let length = card().files[&file].len();
        // Behind the header, whose bits change how much is read; those have a test of their own.
        for byte in [4, 5, length / 3, length / 2, length - 2, length - 1] {
            let mut card = card();
            card.flip_bit(file, 8 * byte + byte % 8);
            let run = refused(card, can(), "not_authentic.digest_mismatch");
            let expected = Error::NotAuthentic(NotAuthentic::DigestMismatch { group });
            assert_eq!(run.error(), &expected);
            assert_eq!(run.ended(Check::Digests), "not_authentic.digest_mismatch");
            assert_eq!(run.ended(Check::SodSignature), "passed");
        }
    }
}

#[test]
fn every_bit_of_the_mrz_is_signed() {
    let bits = 8 * bac_card().files[&file::DG1].len();
    for bit in (8 * 4..bits).step_by(5) {
        let mut card = plain_card();
        card.flip_bit(file::DG1, bit);
        refused(card, mrz(), "not_authentic.digest_mismatch");
    }
}

#[test]
fn a_flipped_bit_in_the_header_of_a_file() {
    for (file, name) in [(file::SOD, "EF.SOD"), (file::DG1, "DG1"), (file::DG2, "DG2")] {
        for bit in 0..32 {
            let mut card = plain_card();
            card.flip_bit(file, bit);
            let run = Desk::new().read(card, mrz());
            let code = run.error().code();
            let expected =
                ["malformed.structure", "not_authentic.digest_mismatch", "card_refused.status"];
            assert!(expected.contains(&code), "{name} bit {bit}: {:?}", run.error());
        }
    }
}

/// In a CMS some bytes are signed by nobody: its version numbers, the list of digest algorithms, the
/// signer's identifier. Outside of them no bit may change; inside, a tolerant reader may go on, but
/// the signer is the same and so is every byte that is handed on.
#[test]
fn a_flipped_bit_in_every_byte_of_the_sod() {
    let good = plain_card();
    let unsigned = unsigned_parts(&good.files[&file::SOD]);
    let reference = Desk::new().read(good.clone(), mrz());
    let length = good.files[&file::SOD].len();
    let mut tolerated = 0;
    for byte in 0..length {
        let mut card = good.clone();
        card.flip_bit(file::SOD, 8 * byte + byte % 8);
        let run = Desk::new().read(card.clone(), mrz());
        match &run.outcome {
            Ok(document) => {
                assert!(unsigned.iter().any(|part| part.contains(&byte)), "byte {byte}");
                common::assert_same_groups(document, &good);
                assert_eq!(document.report().signer(), reference.report.signer());
                tolerated += 1;
            }
            Err(error) => {
                let expected = ["malformed", "not_authentic", "unsupported", "card_refused"];
                assert!(expected.contains(&error.kind()), "byte {byte}: {error:?}");
            }
        }
    }
    assert!(tolerated < length / 10, "{tolerated} of {length}");
}

/// Where CMSVersion, digestAlgorithms, and the SignerInfo's version and identifier lie.
fn unsigned_parts(sod: &[u8]) -> Vec<Range<usize>> {
    let child = |parent: &Range<usize>, index: usize| {
        let mut at = parent.start;
        for step in 0.. {
            let (object, rest) = tlv::parse(&sod[at..parent.end]).unwrap();
            let end = parent.end - rest.len();
            let value = end - object.value.len()..end;
            if step == index {
                return (at..end, value);
            }
            at = end;
        }
        unreachable!()
    };
    let file = child(&(0..sod.len()), 0).1;
    let content_info = child(&file, 0).1;
    let signed_data = child(&child(&content_info, 1).1, 0).1;
    let signer_info = child(&child(&signed_data, 4).1, 0).1;
    let parents = [(&signed_data, 0), (&signed_data, 1), (&signer_info, 0), (&signer_info, 1)];
    parents.map(|(parent, index)| child(parent, index).0).to_vec()
}

#[test]
fn truncated_files() {
    for (file, name) in
        [(file::SOD, "EF.SOD"), (file::DG1, "DG1"), (file::DG2, "DG2"), (file::DG13, "DG13")]
    {
        let length = plain_card().files[&file].len();
        for keep in [0, 1, 2, 3, length / 2, length - 1] {
            let mut card = plain_card();
            card.files.get_mut(&file).unwrap().truncate(keep);
            let run = Desk::new().read(card, mrz());
            let error = run.error();
            let expected = ["malformed", "card_refused", "policy_refused"];
            assert!(expected.contains(&error.kind()), "{name} of {keep}: {error:?}");
        }
    }
}

#[test]
fn bytes_behind_a_file_are_not_read() {
    let mut card = card();
    card.files.get_mut(&file::DG13).unwrap().extend([0; 300]);
    let run = Desk::new().read(card, can());
    // They lie behind the length that the file states, so they are no part of it.
    run.assert_same_groups(&common::card());
}

#[test]
fn withheld_groups() {
    for (group, file) in GROUPS {
        let mut card = card();
        card.withhold(file);
        let run = refused(card, can(), "not_authentic.group_withheld");
        let expected = Error::NotAuthentic(NotAuthentic::GroupWithheld { group });
        assert_eq!(run.error(), &expected);
        assert_eq!(run.ended(Check::Digests), "not_authentic.group_withheld");
    }
}

#[test]
fn a_group_that_access_rules_hide() {
    for (_, file) in GROUPS {
        let mut card = card();
        card.protected.insert(file);
        let run = refused(card, can(), "card_refused.status");
        assert_eq!(run.error(), &Error::CardRefused { command: "READ BINARY", status: 0x6982 });
    }
}

#[test]
fn a_chip_without_security_object() {
    let mut card = card();
    card.withhold(file::SOD);
    let run = refused(card, can(), "not_authentic.no_security_object");
    assert_eq!(run.ended(Check::SodSignature), "not_authentic.no_security_object");
}

#[test]
fn groups_of_another_holder() {
    let other = issuer().personalise(&Person::sample_indefinite(), &options());
    for (group, file) in [(1, file::DG1), (13, file::DG13)] {
        let mut card = card();
        card.files.insert(file, other.files[&file].clone());
        let run = refused(card, can(), "not_authentic.digest_mismatch");
        let expected = Error::NotAuthentic(NotAuthentic::DigestMismatch { group });
        assert_eq!(run.error(), &expected);
    }
    // A whole document of somebody else, well signed, on a chip with this key: no forgery that passive
    // authentication could see, but the chip lacks the private key that goes with it.
    let mut card = card();
    card.files = other.files;
    refused(card, can(), "not_genuine.chip_authentication");
}

// ---- the signer ---------------------------------------------------------------------------------

#[test]
fn a_stranger_signs() {
    let stranger = |options: IssuerOptions| Issuer::new(options);
    let cases = [
        (
            IssuerOptions {
                seed: 9,
                csca_name: "CSCA Stranger".into(),
                ..IssuerOptions::default()
            },
            "not_authentic.unknown_issuer",
        ),
        // The name of the trusted authority with another key: so does an authority's next key look.
        (IssuerOptions { seed: 9, ..IssuerOptions::default() }, "not_authentic.unknown_issuer"),
        (
            IssuerOptions { seed: 9, country: "XX".into(), ..IssuerOptions::default() },
            "not_authentic.unknown_issuer",
        ),
    ];
    for (options, code) in cases {
        let issuer = stranger(options);
        let mut card = card();
        issuer.sign_again(&mut card);
        let run = refused(card.clone(), can(), code);
        assert_eq!(run.ended(Check::SignerPath), code);
        // Three results, apart: the signature itself is right.
        assert_eq!(run.ended(Check::SodSignature), "passed");
        // Whoever trusts nobody learns that the issuer is unknown, never that the card is forged.
        let run = Desk::without_trust().read(card, can());
        assert_eq!(run.error().code(), "not_authentic.unknown_issuer");
        assert_eq!(run.error().advice().as_str(), "update_trust");
    }
}

#[test]
fn a_trusted_authority_of_another_state_cannot_issue_this_document() {
    let foreign = Issuer::new(IssuerOptions {
        seed: 9,
        country: "DE".into(),
        csca_name: "CSCA Elsewhere".into(),
        ..IssuerOptions::default()
    });
    let mut card = card();
    foreign.sign_again(&mut card);
    let run = Desk::of(&foreign).read(card, can());
    assert_eq!(run.error().code(), "not_authentic.issuing_state");
    assert_eq!(run.ended(Check::SignerPath), "passed");
    assert_eq!(run.ended(Check::IssuingState), "not_authentic.issuing_state");
}

#[test]
fn a_stranger_who_leaves_out_the_proofs_of_the_chip() {
    let stranger = Issuer::new(IssuerOptions {
        seed: 9,
        csca_name: "CSCA Stranger".into(),
        ..IssuerOptions::default()
    });
    let mut card = card().clone_without_private_keys();
    card.withhold(file::DG14);
    card.withhold(file::DG15);
    stranger.sign_again(&mut card);
    refused(card.clone(), can(), "not_authentic.unknown_issuer");
    // The operator's own loosening lets it through as what it is: unproven in every respect.
    let run =
        Desk::new().policy(Policy::standard().allow_unknown_issuer()).read(card.clone(), can());
    run.verified();
    assert_eq!(run.ended(Check::SignerPath), "unknown_issuer_allowed");
    assert_eq!(run.ended(Check::ChipAuthentication), "not_offered");
    let run = Desk::new().policy(Policy::bank().allow_unknown_issuer()).read(card, can());
    assert_eq!(run.error().code(), "not_genuine.no_proof");
}

#[test]
fn a_signed_list_that_is_not_one() {
    let garbage: [&[u8]; 5] = [&[], &[0x30, 0], &[0x30, 3, 2, 1, 0], &[0x04, 1, 0], &[0xFF; 40]];
    for content in garbage {
        let mut card = plain_card();
        card.files.insert(file::SOD, issuer().sign_content(content));
        let run = Desk::new().read(card, mrz());
        assert!(matches!(run.error().kind(), "malformed" | "unsupported"), "{:?}", run.error());
    }
}

#[test]
fn a_signed_list_without_the_mrz() {
    let mut card = plain_card();
    let dg1 = card.files.remove(&file::DG1).unwrap();
    issuer().sign_again(&mut card);
    card.files.insert(file::DG1, dg1);
    let run = refused(card, mrz(), "not_authentic.group_not_signed");
    assert_eq!(run.error(), &Error::NotAuthentic(NotAuthentic::GroupNotSigned { group: 1 }));
}

#[test]
fn dates() {
    for (day, code) in [
        ("2021-01-18", "not_authentic.signer_validity"),
        ("2021-05-31", "not_authentic.signer_validity"),
        ("2021-07-02", ""),
        ("2035-06-15", ""),
        ("2035-06-16", "not_authentic.document_expired"),
        ("2036-06-02", "not_authentic.signer_validity"),
        ("2047-01-01", "not_authentic.signer_validity"),
    ] {
        let run = Desk::at(issuer(), day).read(plain_card(), mrz());
        let found = run.outcome.as_ref().err().map_or("", Error::code);
        assert_eq!(found, code, "on {day}");
        let validity = if code.is_empty() { "passed" } else { code };
        assert_eq!(run.ended(Check::Validity), validity, "on {day}");
    }
    // A card without an end does not end with the century's two digits.
    let person = Person::sample_indefinite();
    let card = issuer().personalise(&person, &CardOptions { pace: None, ..options() });
    let key = AccessKey::from_mrz(&person.mrz().join("\n")).unwrap();
    Desk::at(issuer(), "2035-06-16").read(card, key).verified();
}

// ---- the chip -----------------------------------------------------------------------------------

fn offering(ca: Option<CurveName>, aa: ActiveKind) -> Personalisation {
    personalise(&CardOptions { chip_authentication: ca, active_authentication: aa, ..options() })
}

#[test]
fn copies_with_the_right_files_and_no_private_key() {
    let brainpool = Some(CurveName::BrainpoolP256r1);
    let rsa = ActiveKind::Rsa2048(DigestName::Sha256);
    let ecdsa = ActiveKind::Ecdsa(CurveName::Secp256r1);
    for (ca, aa, code, check) in [
        (brainpool, rsa, "not_genuine.chip_authentication", Check::ChipAuthentication),
        (brainpool, ActiveKind::None, "not_genuine.chip_authentication", Check::ChipAuthentication),
        (None, rsa, "not_genuine.active_authentication", Check::ActiveAuthentication),
        (None, ecdsa, "not_genuine.active_authentication", Check::ActiveAuthentication),
    ] {
        for key in [can(), mrz()] {
            let copy = offering(ca, aa).clone_without_private_keys();
            let run = refused(copy, key, code);
            assert_eq!(run.ended(check), code);
            // Passive authentication alone would have taken it.
            assert_eq!(run.ended(Check::SodSignature), "passed");
            assert_eq!(run.ended(Check::SignerPath), "passed");
        }
    }
}

#[test]
fn copies_that_refuse_the_proof() {
    for (ca, aa, code) in [
        (Some(CurveName::BrainpoolP256r1), ActiveKind::None, "not_genuine.chip_authentication"),
        (None, ActiveKind::Rsa2048(DigestName::Sha256), "not_genuine.active_authentication"),
    ] {
        let mut copy = offering(ca, aa);
        copy.chip_authentication = None;
        copy.active_authentication = None;
        refused(copy, can(), code);
    }
}

#[test]
fn copies_that_withhold_what_would_expose_them() {
    let mut copy = card().clone_without_private_keys();
    copy.withhold(file::DG14);
    copy.withhold(file::DG15);
    refused(copy, can(), "not_authentic.group_withheld");
    // The caller cannot be talked out of it either: DG14 and DG15 are read whatever is wanted.
    let mut copy = card().clone_without_private_keys();
    copy.withhold(file::DG14);
    copy.withhold(file::DG15);
    let mut desk = Desk::new();
    desk.system = desk.system.with_groups([1]);
    let run = desk.read(copy, can());
    assert_eq!(run.error().code(), "not_authentic.group_withheld");
}

#[test]
fn a_copy_that_brings_its_own_keys() {
    let other = issuer().personalise(&Person::sample_indefinite(), &options());
    for group in [file::DG14, file::DG15] {
        let mut copy = card();
        copy.files.insert(group, other.files[&group].clone());
        if other.files[&group] == card().files[&group] {
            // Every simulated RSA key is the same one: a bit makes it another.
            copy.flip_bit(group, 800);
        }
        if group == file::DG14 {
            copy.chip_authentication = other.chip_authentication.clone();
        }
        refused(copy, can(), "not_authentic.digest_mismatch");
    }
}

#[test]
fn an_old_proof_does_not_answer_a_new_challenge() {
    let bank = Desk::new().policy(Policy::bank());
    let old = Challenge::from_bytes(*b"monday 9").unwrap();
    let new = Challenge::from_bytes(*b"friday 5").unwrap();
    let options = InspectionOptions::new(can(), seeded(1)).challenge(old);
    let run = bank.read_chip(&mut Chip::new(card(), 7), options);
    let evidence = run.verified().evidence().clone();
    assert!(bank.system.verify(&evidence, Some(old), None).document.is_ok());

    let verdict = bank.system.verify(&evidence, Some(new), None);
    assert_eq!(verdict.document.unwrap_err().code(), "not_genuine.challenge");
    assert_eq!(
        common::ended(&verdict.report, Check::ActiveAuthentication),
        "not_genuine.challenge"
    );
    // The old signature under the new challenge's name.
    let forged = relabelled(&evidence, new);
    let verdict = bank.system.verify(&forged, Some(new), None);
    assert_eq!(verdict.document.unwrap_err().code(), "not_genuine.active_authentication");
    // Without any transcript.
    let bare = Evidence::from_files(evidence.sod().reveal().clone(), evidence.groups().clone());
    let verdict = bank.system.verify(&bare, Some(new), None);
    assert_eq!(verdict.document.unwrap_err().code(), "not_genuine.no_proof");
}

/// The same evidence file with another challenge in it.
fn relabelled(evidence: &Evidence, challenge: Challenge) -> Evidence {
    let ActiveAuthenticationTranscript { challenge: old, .. } =
        evidence.active_authentication().unwrap();
    let mut bytes = evidence.to_bytes();
    let at = bytes.windows(8).position(|window| window == old.as_bytes()).unwrap();
    bytes[at..at + 8].copy_from_slice(challenge.as_bytes());
    Evidence::from_bytes(&bytes).unwrap()
}

#[test]
fn a_flipped_bit_in_every_part_of_the_evidence() {
    let desk = Desk::new();
    let run = desk.read(card(), can());
    let evidence = run.verified().evidence();
    for (group, _) in GROUPS {
        let mut groups = evidence.groups().clone();
        let mut raw = groups[&group].reveal().clone();
        let middle = raw.len() / 2;
        raw[middle] ^= 4;
        groups.insert(group, raw.into());
        let forged = Evidence::from_files(evidence.sod().reveal().clone(), groups);
        let error = desk.system.verify(&forged, None, None).document.unwrap_err();
        assert_eq!(error, Error::NotAuthentic(NotAuthentic::DigestMismatch { group }));

        let mut groups = evidence.groups().clone();
        groups.remove(&group);
        let forged = Evidence::from_files(evidence.sod().reveal().clone(), groups);
        let error = desk.system.verify(&forged, None, None).document.unwrap_err();
        assert_eq!(error, Error::NotAuthentic(NotAuthentic::GroupWithheld { group }));
    }
    let mut groups = evidence.groups().clone();
    groups.insert(11, vec![0x6B, 0].into());
    let forged = Evidence::from_files(evidence.sod().reveal().clone(), groups);
    // A group that nobody signed is left out, and said to be.
    let document = desk.system.verify(&forged, None, None).document.unwrap();
    assert!(document.authenticated().group(11).is_none());
    assert!(!document.evidence().groups().contains_key(&11));
    assert!(document.report().deviations().any(|found| found == Deviation::UnsignedGroup));
    let strict = Policy::standard().refuse_deviation(Deviation::UnsignedGroup);
    let error = desk.policy(strict).system.verify(&forged, None, None).document.unwrap_err();
    assert_eq!(error.code(), "policy_refused.deviation");
}

#[test]
fn a_challenge_that_is_not_random_is_refused() {
    for byte in [0x00, 0xFF, 0x55] {
        let error = Challenge::from_bytes([byte; 8]).unwrap_err();
        assert_eq!(error.code(), "misuse.contract");
    }
    // Nor does a broken generator of random numbers get one to the chip.
    let broken = |bytes: &mut [u8]| {
        bytes.fill(0);
        Ok(())
    };
    for (card, key) in [(card(), can()), (bac_card(), mrz())] {
        let mut chip = Chip::new(card, 7);
        let run = Desk::new().read_chip(&mut chip, InspectionOptions::new(key, broken));
        assert_eq!(run.error().kind(), "misuse");
    }
    let failing = |_: &mut [u8]| Err(Error::Misuse("no random numbers"));
    let run =
        Desk::new().read_chip(&mut Chip::new(card(), 7), InspectionOptions::new(can(), failing));
    assert_eq!(run.error(), &Error::Misuse("no random numbers"));
}

// ---- the key ------------------------------------------------------------------------------------

#[test]
fn a_wrong_key_is_said_to_be_wrong_and_tried_once() {
    let other = Person::sample_indefinite();
    let wrong_can = AccessKey::from_can(&other.can()).unwrap();
    let wrong_mrz = AccessKey::from_mrz(&other.mrz().join("\n")).unwrap();
    for (card, key) in
        [(card(), wrong_can.clone()), (card(), wrong_mrz.clone()), (bac_card(), wrong_mrz.clone())]
    {
        for (habit, attempts_left) in [
            (WrongPassword::Plain, None),
            (WrongPassword::SecurityStatus, None),
            (WrongPassword::Conditions, None),
            (WrongPassword::Counter { tries: 5 }, Some(4)),
            (WrongPassword::Counter { tries: 1 }, Some(0)),
        ] {
            let mut card = card.clone();
            card.behaviour.answer_to_wrong_password = habit;
            let mut chip = Chip::new(card, 7);
            let options = InspectionOptions::new(key.clone(), seeded(1));
            let run = Desk::new().read_chip(&mut chip, options);
            assert_eq!(run.error(), &Error::AccessDenied { attempts_left });
            assert_eq!(run.ended(Check::Access), run.error().code());
            assert_eq!(run.error().advice().as_str(), "check_key");
            assert_eq!(run.violations, [""; 0]);
            let tries = run.trace.iter().filter(|exchange| is_try(&exchange.command)).count();
            assert_eq!(tries, 1, "a wrong key was tried again");
        }
    }
}

/// The command in which a key shows whether it is right.
fn is_try(command: &[u8]) -> bool {
    command[..2] == [0x00, 0x82] || command[..2] == [0x00, 0x86]
}

#[test]
fn a_blocked_chip_is_said_to_be_blocked() {
    let wrong_can = AccessKey::from_can("999999").unwrap();
    let wrong_mrz = AccessKey::from_mrz(&Person::sample_indefinite().mrz().join("\n")).unwrap();
    for (card, wrong, right) in [
        (card(), wrong_can, can()),
        (card(), wrong_mrz.clone(), mrz()),
        (bac_card(), wrong_mrz, mrz()),
    ] {
        let mut card = card;
        card.behaviour.answer_to_wrong_password = WrongPassword::Counter { tries: 2 };
        let mut chip = Chip::new(card, 7);
        for (key, left, code) in [
            (&wrong, 1, "access_denied.wrong_key"),
            (&wrong, 0, "access_denied.blocked"),
            (&right, 0, "access_denied.blocked"),
        ] {
            chip.reset();
            let options = InspectionOptions::new(key.clone(), seeded(left.into()));
            let run = Desk::new().read_chip(&mut chip, options);
            assert_eq!(run.error(), &Error::AccessDenied { attempts_left: Some(left) });
            assert_eq!(run.error().code(), code);
        }
    }
}

#[test]
fn printed_data_that_cannot_be_right_never_reach_the_chip() {
    for (key, code) in [
        (AccessKey::from_can(""), "invalid_key.empty"),
        (AccessKey::from_can("12345"), "invalid_key.can_layout"),
        (AccessKey::from_can("12345x"), "invalid_key.can_layout"),
        (AccessKey::from_mrz("IDVNM"), "invalid_key.mrz_layout"),
        (AccessKey::from_mrz(""), "invalid_key.empty"),
    ] {
        assert_eq!(key.unwrap_err().code(), code);
    }
    // One digit of the number, of the birth date, of the expiry, and the composite digit.
    let lines = Person::sample().mrz();
    for (line, column) in [(0, 5), (0, 13), (0, 14), (1, 0), (1, 6), (1, 8), (1, 14), (1, 29)] {
        let mut wrong = lines.clone();
        let digit = wrong[line].remove(column);
        wrong[line].insert(column, if digit == '7' { '1' } else { '7' });
        let error = AccessKey::from_mrz(&wrong.join("\n")).unwrap_err();
        assert_eq!(error.code(), "invalid_key.mrz_check_digit", "line {line} column {column}");
    }
    for (text, code) in [
        ("", "invalid_key.empty"),
        ("https://example.com/", "invalid_key.not_a_cccd_qr"),
        ("a|b|c|d|e|f|g", "invalid_key.not_a_cccd_qr"),
    ] {
        assert_eq!(QrText::parse(text).unwrap_err().code(), code);
    }
    for text in ["00019500123", "0001950012345", "00019500123x"] {
        assert_eq!(text.parse::<IdNumber>().unwrap_err().code(), "invalid_key.id_number_layout");
    }
}

// ---- other cards --------------------------------------------------------------------------------

/// Reads from something that says what the closure says.
fn against(key: AccessKey, answer: impl FnMut(&[u8]) -> Vec<u8>) -> Run {
    let options = InspectionOptions::new(key, seeded(1));
    let run = Desk::new().read_over(options, common::scripted(answer));
    assert!(run.outcome.is_err());
    run
}

#[test]
fn cards_that_are_no_icao_chips() {
    for status in [0x6A82_u16, 0x6D00, 0x6E00, 0x6A86, 0x6700, 0x6999, 0x911C] {
        for key in [can(), mrz()] {
            let run = against(key, |_| status.to_be_bytes().to_vec());
            assert_eq!(run.error().code(), "unsupported.not_an_icao_chip", "{status:04X}");
            assert_eq!(run.error().advice().as_str(), "other_document");
            assert!(run.metrics.apdus <= 6);
        }
    }
}

#[test]
fn chips_that_babble() {
    for (answer, kind) in [
        (&[][..], "link_lost"),
        (&[0x90], "link_lost"),
        (&[0x90, 0x00], "malformed"),
        (&[0x31, 0x00, 0x90, 0x00], "invalid_key"),
    ] {
        let run = against(can(), |_| answer.to_vec());
        assert_eq!(run.error().kind(), kind, "{answer:02X?}: {:?}", run.error());
    }
    for seed in 0..300 {
        let mut random = Random::from_label(seed, "babble");
        let key = if seed % 2 == 0 { can() } else { mrz() };
        let run = against(key, |_| {
            let [length, good] = random.array();
            let mut answer = random.bytes(usize::from(length));
            if good < 200 {
                answer.extend([0x90, 0x00]);
            }
            answer
        });
        assert!(run.metrics.apdus < 2_000, "{} exchanges", run.metrics.apdus);
    }
}

#[test]
fn endless_answers_end() {
    // 61xx for ever, with and without data.
    for answer in [&[0x61, 0x00][..], &[0x00, 0x61, 0x01], &[0x61, 0xFF]] {
        for key in [can(), mrz()] {
            let run = against(key, |_| answer.to_vec());
            assert_eq!(run.error().code(), "policy_refused.budget", "{answer:02X?}");
        }
    }
    // 6Cxx for ever.
    let run = against(can(), |_| vec![0x6C, 0x10]);
    assert!(run.metrics.apdus < 20);
    // EF.CardAccess that is announced as huge and comes byte by byte.
    for header in [&[0x31, 0x83, 0xFF, 0xFF, 0xFF][..], &[0x31, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]] {
        let run = against(can(), |command| {
            let mut answer = if command[1] == 0xB0 && command[2] & 0x80 != 0 {
                header.to_vec()
            } else {
                vec![0]
            };
            answer.extend([0x90, 0]);
            answer
        });
        assert_eq!(run.error().kind(), "malformed");
        assert!(run.metrics.apdus <= 4_100, "{} exchanges", run.metrics.apdus);
    }
}

#[test]
fn absurd_lengths_of_files() {
    let headers: [&[u8]; 7] = [
        &[0x82, 0xFF, 0xFF],
        &[0x83, 0x0F, 0xFF, 0xFF],
        &[0x83, 0xFF, 0xFF, 0xFF],
        &[0x84, 0x01, 0x00, 0x00, 0x00],
        &[0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x85, 0x01, 0, 0, 0, 0],
        &[0x80],
    ];
    for length in headers {
        for (file, tag) in [(file::SOD, 0x77), (file::DG1, 0x61)] {
            let mut card = plain_card();
            card.files.insert(file, [&[tag], length, &[0; 100]].concat());
            let run = Desk::new().read(card, mrz());
            assert_eq!(run.error().kind(), "malformed", "{length:02X?}: {:?}", run.error());
            assert!(run.metrics.apdus < 30);
        }
    }
}

/// A chip that knows its key and gives one byte at a time: a read of a portrait would take hours.
#[test]
fn a_chip_that_drips() {
    for max_response_data in [1, 2, 7] {
        let mut card = plain_card();
        card.behaviour.max_response_data = max_response_data;
        let run = Desk::new().read(card, mrz());
        assert_eq!(run.error().code(), "policy_refused.budget");
        assert!(run.metrics.apdus < 100, "{} exchanges", run.metrics.apdus);
    }
}

#[test]
fn a_document_of_another_state_is_no_cccd() {
    // A passport of the same issuer: TD3, and another code.
    let mut card = plain_card();
    let mrz_text =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let dg1 = tlv::node(0x61, &tlv::node(0x5F1F, mrz_text.as_bytes()));
    card.files.insert(file::DG1, dg1);
    let utopia = Issuer::new(IssuerOptions {
        seed: 9,
        country: "UT".into(),
        csca_name: "CSCA Utopia".into(),
        ..IssuerOptions::default()
    });
    utopia.sign_again(&mut card);
    let policy = Policy::standard().allow_expired_document();
    let run = Desk::of(&utopia).policy(policy.clone()).read(card.clone(), mrz());
    // Nobody assigned UTO, so no certificate can have its code.
    assert_eq!(run.error().code(), "not_authentic.issuing_state");

    // A state that exists.
    let mrz_text = "IDD<<T220001293<<<<<<<<<<<<<<<6408125<2010315D<<<<<<<<<<<<<4MUSTERMANN<<ERIKA<<<<<<<<<<<<<";
    let dg1 = tlv::node(0x61, &tlv::node(0x5F1F, mrz_text.as_bytes()));
    card.files.insert(file::DG1, dg1);
    let germany = Issuer::new(IssuerOptions {
        seed: 9,
        country: "DE".into(),
        csca_name: "CSCA Elsewhere".into(),
        ..IssuerOptions::default()
    });
    germany.sign_again(&mut card);
    let run = Desk::of(&germany).policy(policy).read(card, mrz());
    let document = run.verified();
    let error = CitizenRecord::from_document(document).unwrap_err();
    assert_eq!(error.code(), "unsupported.not_a_cccd");
    assert_eq!(error.advice().as_str(), "other_document");
}

#[test]
fn printed_data_of_somebody_else() {
    let qr = QrText::parse(&Person::sample().qr_2021()).unwrap();
    let options = InspectionOptions::new(qr.access_key(), seeded(1)).printed(qr);
    let run = Desk::new().read_chip(&mut Chip::new(card(), 7), options);
    run.verified();
    assert_eq!(run.ended(Check::PrintedData), "passed");

    let mut person = Person::sample();
    person.full_name = "Nguyễn Thị Thu Hồng".into();
    let qr = QrText::parse(&person.qr_2021()).unwrap();
    let options = InspectionOptions::new(qr.access_key(), seeded(1)).printed(qr);
    let run = Desk::new().read_chip(&mut Chip::new(card(), 7), options);
    assert_eq!(run.error().code(), "policy_refused.printed_data");
    assert_eq!(run.ended(Check::PrintedData), "policy_refused.printed_data");
}

#[test]
fn groups_of_one_document_that_contradict_each_other() {
    let other = issuer().personalise(&Person::sample_indefinite(), &options());
    let mut card = plain_card();
    card.files.insert(file::DG13, other.files[&file::DG13].clone());
    issuer().sign_again(&mut card);
    let run = Desk::new().read(card, mrz());
    let error = CitizenRecord::from_document(run.verified()).unwrap_err();
    assert_eq!(error.code(), "not_authentic.groups_disagree");
}

// ---- somebody on the line -----------------------------------------------------------------------

/// Reads a card through somebody who may change each answer. The closure gets the exchange's number, the
/// command as the chip understood it and the answer.
fn through(
    card: Personalisation,
    key: AccessKey,
    mut change: impl FnMut(usize, &[u8], Vec<u8>) -> Vec<u8>,
) -> Run {
    let mut chip = Chip::new(card, 7);
    let mut exchange = 0;
    let options = InspectionOptions::new(key, seeded(1));
    Desk::new().read_over(options, |command| {
        let answer = chip.process(command);
        let last = chip.trace().last().unwrap();
        let plain = last.plain_command.clone().unwrap_or_else(|| command.to_vec());
        exchange += 1;
        Ok(change(exchange - 1, &plain, answer))
    })
}

/// The object that a GENERAL AUTHENTICATE of PACE sends: `81`, `83` or `85`.
fn pace_object(command: &[u8]) -> Option<(u8, Vec<u8>)> {
    if command[1] != 0x86 || command.len() < 8 || command[5] != 0x7C {
        return None;
    }
    let inside = tlv::parse_only(&command[5..command.len() - 1], 0x7C)?;
    let (object, _) = tlv::parse(inside)?;
    Some((object.tag as u8, object.value.to_vec()))
}

fn dynamic_data(tag: u32, value: &[u8]) -> Vec<u8> {
    [tlv::node(0x7C, &tlv::node(tag, value)), vec![0x90, 0x00]].concat()
}

#[test]
fn keys_of_pace_that_are_none() {
    type Change = fn(&[u8]) -> Vec<u8>;
    let changes: [(&str, Change); 8] = [
        ("our own key back", <[u8]>::to_vec),
        ("the point at infinity", |_| vec![0]),
        ("no point at all", |_| vec![]),
        ("a point beside the curve", |key| {
            let mut key = key.to_vec();
            *key.last_mut().unwrap() ^= 1;
            key
        }),
        ("a coordinate short", |key| key[..33].to_vec()),
        ("a byte too many", |key| [key, &[0]].concat()),
        ("the origin", |key| [&[4], &vec![0; key.len() - 1][..]].concat()),
        ("coordinates of the field's size", |key| [&[4], &vec![0xFF; key.len() - 1][..]].concat()),
    ];
    for (name, change) in changes {
        for step in [0x81, 0x83] {
            let run = through(card(), can(), |_, command, answer| match pace_object(command) {
                Some((tag, key)) if tag == step => dynamic_data(u32::from(step) + 1, &change(&key)),
                _ => answer,
            });
            let error = run.error();
            assert_eq!(error.code(), "malformed.structure", "{name} at {step:02X}: {error:?}");
            assert!(error.to_string().starts_with("PACE"), "{error}");
            assert_eq!(run.ended(Check::Access), "malformed.structure");
        }
    }
}

#[test]
fn a_chip_that_does_not_know_the_password_cannot_confirm() {
    type Change = fn(Vec<u8>) -> Vec<u8>;
    let changes: [(Change, &str); 5] = [
        (|_| dynamic_data(0x86, &[0; 8]), "access_denied.wrong_key"),
        (|_| dynamic_data(0x86, &[0; 16]), "access_denied.wrong_key"),
        (|_| dynamic_data(0x86, &[]), "access_denied.wrong_key"),
        (|_| vec![0x90, 0x00], "malformed.structure"),
        (|_| dynamic_data(0x85, &[0; 8]), "malformed.structure"),
    ];
    for (change, code) in changes {
        let run = through(card(), can(), |_, command, answer| match pace_object(command) {
            Some((0x85, _)) => change(answer),
            _ => answer,
        });
        assert_eq!(run.error().code(), code);
    }
    // Our own token back.
    let run = through(card(), can(), |_, command, answer| match pace_object(command) {
        Some((0x85, token)) => dynamic_data(0x86, &token),
        _ => answer,
    });
    assert_eq!(run.error().code(), "access_denied.wrong_key");
}

#[test]
fn nonces_of_pace_that_are_none() {
    for (nonce, code) in [
        (&[][..], "malformed.structure"),
        (&[1; 15], "malformed.structure"),
        (&[1; 17], "malformed.structure"),
        (&[1; 16], "access_denied.wrong_key"),
        (&[1; 32], "access_denied.wrong_key"),
    ] {
        let run = through(card(), can(), |_, command, answer| {
            if command[..2] == [0x10, 0x86] && pace_object(command).is_none() {
                dynamic_data(0x80, nonce)
            } else {
                answer
            }
        });
        let kind = run.error().code();
        assert!(kind == code || kind == "card_refused.status", "{nonce:?}: {:?}", run.error());
    }
}

#[test]
fn answers_of_bac_that_are_none() {
    type Change = fn(Vec<u8>) -> Vec<u8>;
    let changes: [(Change, &str); 6] = [
        (
            |mut answer| {
                answer[0] ^= 1;
                answer
            },
            "access_denied.wrong_key",
        ),
        (
            |mut answer| {
                answer[39] ^= 1;
                answer
            },
            "access_denied.wrong_key",
        ),
        (|answer| [&answer[8..40], &[0x90, 0][..]].concat(), "access_denied.wrong_key"),
        (|_| vec![0x90, 0x00], "malformed.structure"),
        (|_| [vec![0; 40], vec![0x90, 0]].concat(), "access_denied.wrong_key"),
        (|answer| [&answer[..40], &[0; 8], &[0x90, 0]].concat(), "access_denied.wrong_key"),
    ];
    for (change, code) in changes {
        let run =
            through(
                bac_card(),
                mrz(),
                |_, command, answer| {
                    if command[1] == 0x82 { change(answer) } else { answer }
                },
            );
        assert_eq!(run.error().code(), code);
    }
    // Our own cryptogram back.
    let run = through(bac_card(), mrz(), |_, command, answer| {
        if command[1] == 0x82 { [&command[5..45], &[0x90, 0]].concat() } else { answer }
    });
    assert_eq!(run.error().code(), "access_denied.wrong_key");
}

/// Changes the `nth` protected answer of a read; the error must be that of a broken channel.
#[track_caller]
fn broken(nth: usize, code: &str, mut change: impl FnMut(&[Vec<u8>], Vec<u8>) -> Vec<u8>) {
    for (card, key) in [(plain_card(), mrz()), (offering(None, ActiveKind::None), can())] {
        let mut protected = Vec::new();
        let mut chip = Chip::new(card, 7);
        let options = InspectionOptions::new(key, seeded(1));
        let run = Desk::new().read_over(options, |command| {
            let answer = chip.process(command);
            if command[0] & 0x0C != 0x0C {
                return Ok(answer);
            }
            let changed = if protected.len() == nth {
                change(&protected, answer.clone())
            } else {
                answer.clone()
            };
            protected.push(answer);
            Ok(changed)
        });
        assert_eq!(run.error().code(), code, "{:?}", run.error());
        assert_eq!(run.ended(Check::SecureMessaging), code);
        // The keys are gone: nothing more was sent.
        assert_eq!(protected.len(), nth + 1);
    }
}

#[test]
fn answers_inside_the_channel_that_nobody_protected() {
    for nth in [0, 1, 3] {
        broken(nth, "channel_broken.unprotected", |_, _| vec![0x90, 0x00]);
        // Data in the clear.
        broken(nth, "channel_broken.structure", |_, _| {
            [tlv::node(0x61, &[0; 20]), vec![0x90, 0x00]].concat()
        });
        broken(nth, "channel_broken.structure", |_, _| vec![0; 300]);
        // The chip gives up.
        broken(nth, "channel_broken.session_lost", |_, _| vec![0x69, 0x87]);
        broken(nth, "channel_broken.session_lost", |_, _| vec![0x69, 0x88]);
    }
}

#[test]
fn answers_inside_the_channel_that_were_altered() {
    for nth in [1, 2, 4] {
        // The answer of before, and the one of before that.
        broken(nth, "channel_broken.mac", |before, _| before[nth - 1].clone());
        broken(nth, "channel_broken.mac", |_, mut answer| {
            let at = answer.len() - 3;
            answer[at] ^= 0x80;
            answer
        });
        broken(nth, "channel_broken.mac", |_, mut answer| {
            answer[8] ^= 1;
            answer
        });
        // The protected status word says one thing, the outer one another.
        broken(nth, "channel_broken.status_word", |_, mut answer| {
            let at = answer.len() - 2;
            answer[at..].copy_from_slice(&[0x62, 0x82]);
            answer
        });
        // Without DO 8E, without DO 99, with an object more, in another order.
        broken(nth, "channel_broken.structure", |_, answer| {
            [&answer[..answer.len() - 12], &[0x90, 0]].concat()
        });
        broken(nth, "channel_broken.structure", |_, answer| {
            let end = answer.len() - 2;
            [&answer[..end - 14], &answer[end - 10..]].concat()
        });
        broken(nth, "channel_broken.structure", |_, answer| {
            let end = answer.len() - 2;
            [&answer[..end], &[0x99, 2, 0x90, 0], &answer[end..]].concat()
        });
        broken(nth, "channel_broken.structure", |_, answer| {
            let end = answer.len() - 2;
            let (before, codes) = answer[..end].split_at(end - 14);
            [&codes[4..], before, &codes[..4], &answer[end..]].concat()
        });
        // A MAC of another length.
        broken(nth, "channel_broken.mac", |_, answer| {
            let end = answer.len() - 2;
            [&answer[..end - 10], &[0x8E, 4], &answer[end - 8..end - 4], &answer[end..]].concat()
        });
        broken(nth, "channel_broken.mac", |_, answer| {
            let end = answer.len() - 2;
            [&answer[..end - 10], &[0x8E, 0], &answer[end..]].concat()
        });
    }
}

#[test]
fn swapped_answers() {
    // The third and the fourth answer change places: the third is kept back and the fourth comes first.
    let run = through(offering(None, ActiveKind::None), can(), {
        let mut kept = Vec::new();
        move |exchange, _, answer| match exchange {
            8 => std::mem::replace(&mut kept, answer),
            7 => {
                kept.clone_from(&answer);
                answer
            }
            _ => answer,
        }
    });
    assert_eq!(run.error().code(), "channel_broken.mac");
}

/// An unprotected error status can be forged by anybody; all that it may do is to end the read.
#[test]
fn forged_status_words_inside_the_channel_never_help() {
    let card = offering(Some(CurveName::BrainpoolP256r1), ActiveKind::None);
    let exchanges = Desk::new().read(card.clone(), can()).metrics.apdus;
    for status in [0x6282_u16, 0x6300, 0x6700, 0x6982, 0x6A82, 0x6A86, 0x6B00, 0x6C10, 0x6D00] {
        for at in 6..exchanges {
            let run = through(card.clone(), can(), |exchange, _, answer| {
                if exchange == at { status.to_be_bytes().to_vec() } else { answer }
            });
            assert!(run.outcome.is_err(), "{status:04X} at {at}");
        }
    }
}

#[test]
fn a_fence_that_hides_pace() {
    // Somebody hides EF.CardAccess and refuses PACE, so that the weaker BAC is used.
    let hide = |_: usize, command: &[u8], answer: Vec<u8>| {
        let card_access = command[..3] == [0, 0xB0, 0x9C] || command[1..4] == [0xA4, 0x02, 0x0C];
        match command[1] {
            _ if card_access => vec![0x6A, 0x82],
            0x22 if command[2] == 0xC1 => vec![0x6A, 0x80],
            _ => answer,
        }
    };
    let run = through(card(), mrz(), hide);
    assert_eq!(run.error().code(), "policy_refused.downgrade");
    assert_eq!(run.report.access().unwrap().name(), "bac");
    assert_eq!(run.ended(Check::Downgrade), "policy_refused.downgrade");
    // The same by the chip itself.
    let mut fenced = card();
    fenced.card_access = None;
    fenced.access.pace = None;
    refused(fenced, mrz(), "policy_refused.downgrade");
    // With a CAN there is nothing weaker to fall to.
    let run = through(card(), can(), hide);
    assert_eq!(run.error().code(), "invalid_key.wrong_kind");
}

#[test]
fn card_access_that_tells_another_story_than_dg14() {
    // A weaker protocol is added in front; the chip would even run what was announced before.
    let mut card = card();
    let mut access = card.card_access.clone().unwrap();
    let weaker = [0x30, 0x12, 6, 10, 4, 0, 0x7F, 0, 7, 2, 2, 4, 2, 1, 2, 1, 2, 2, 1, 13];
    access[1] += 20;
    access.splice(2..2, weaker);
    card.card_access = Some(access);
    let run = refused(card, can(), "not_authentic.card_access_differs");
    assert_eq!(run.ended(Check::Downgrade), "not_authentic.card_access_differs");

    // What DG14 says beyond EF.CardAccess is no contradiction: the chip's keys stand only there.
    let mut card = common::card();
    let access = card.card_access.as_mut().unwrap();
    let ta = 2 + 2 + usize::from(access[3]);
    access.drain(2..ta);
    access[1] -= u8::try_from(ta - 2).unwrap();
    Desk::new().read(card, can()).verified();
}

#[test]
fn card_access_that_is_none() {
    for (bytes, kind) in [
        (&[0x31, 0x02, 0x30, 0x00][..], "malformed"),
        // Protocols that nobody here knows, or none: no door for a CAN.
        (&[0x31, 0x05, 0x30, 0x03, 6, 1, 0], "invalid_key"),
        (&[0x30, 0x00], "malformed"),
        (&[0x31, 0x00], "invalid_key"),
    ] {
        let mut card = card();
        card.card_access = Some(bytes.to_vec());
        let run = Desk::new().read(card, can());
        assert_eq!(run.error().kind(), kind, "{bytes:02X?}: {:?}", run.error());
    }
}

/// A chip that asks for protocols which nobody here speaks.
#[test]
fn announced_protocols_that_are_not_implemented_are_named() {
    for (oid, parameter, words) in [
        // DH with generic mapping, ECDH with integrated mapping, chip-authentication mapping
        ([4, 0, 0x7F, 0, 7, 2, 2, 4, 1, 2], 13, "PACE-DH"),
        ([4, 0, 0x7F, 0, 7, 2, 2, 4, 4, 2], 13, "PACE-IM"),
        ([4, 0, 0x7F, 0, 7, 2, 2, 4, 6, 2], 13, "PACE-CAM"),
        ([4, 0, 0x7F, 0, 7, 2, 2, 4, 2, 2], 99, "PACE without standardised curve"),
    ] {
        let mut card = card();
        let info = [&[0x30, 0x12, 6, 10][..], &oid, &[2, 1, 2, 2, 1, parameter]].concat();
        card.card_access = Some(tlv::node(0x31, &info));
        let run = refused(card, can(), "unsupported.protocol");
        assert!(run.error().to_string().contains(words), "{}", run.error());
    }
}

#[test]
fn a_device_that_cannot_carry_the_proof_is_not_taken_for_a_copy() {
    // An RSA signature does not fit into a short answer, and this chip knows no GET RESPONSE.
    let desk = Desk::new().limits(Limits::SHORT);
    let only_active = personalise(&CardOptions { chip_authentication: None, ..options() });
    let run = desk.read(only_active, can());
    assert_eq!(run.error().code(), "reader.too_long");
    // Where Chip Authentication has proven the chip, the read goes on and says what is missing …
    // (the chip still notes that there was no room for its signature) …
    let run = desk.read(card(), can());
    assert!(run.outcome.is_ok(), "{:?}", run.outcome);
    assert_eq!(run.violations.len(), 1);
    let outcome = run.report.outcome(Check::ActiveAuthentication);
    assert!(matches!(outcome, Outcome::NotPerformed { code: "device_too_short", .. }));
    // … unless the policy wants just that.
    let run = desk.policy(Policy::bank()).read(card(), can());
    assert_eq!(run.error().code(), "not_genuine.no_proof");
}

#[test]
fn a_verified_document_has_no_other_maker() {
    fn assert_not_default<T>() {}
    assert_not_default::<VerifiedDocument>();
    // Groups that exist in no document.
    assert!(DataGroup::new(0).is_none() && DataGroup::new(17).is_none());
    assert!(date("2026-11-21") < date("2026-11-22"));
}

#[test]
fn behaviours_that_end_the_session_on_an_error() {
    // The chip has no short identifiers, answers so in plain, and forgets the session or counts on:
    // the reader is told that the session is lost, not that the card is forged.
    for error_protection in [
        cccd_simulator::ErrorProtection::PlainEndsSession,
        cccd_simulator::ErrorProtection::PlainCounted,
    ] {
        let mut card = card();
        card.behaviour = Behaviour { sfi_reads: false, error_protection, ..Behaviour::default() };
        refused(card, can(), "channel_broken.session_lost");
    }
}
