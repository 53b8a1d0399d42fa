//! Library and simulator meet: every kind of signer, every device and every habit of chips is read to a
//! verified document, and the chip finds nothing wrong with the reader. Ways in and proofs of the chip are
//! in `every_door.rs`.

mod common;

use cccd::{
    Error,
    chip::Challenge,
    document::{ChipProof, Evidence},
    error::NotAuthentic,
    findings::{Check, Deviation},
    inspection::InspectionOptions,
    policy::{ChipProofDemand, Policy},
    transport::Limits,
};
use cccd_simulator::{
    ActiveKind, Behaviour, CardOptions, Chip, CurveName, DigestName, EndOfFile, ErrorProtection,
    Issuer, IssuerOptions, KeyKind, Person, Personalisation, TooLong,
    personalisation::{LdsVersion, file},
    portrait::PortraitOptions,
};
use common::{Desk, bac_card, can, card, ended, issuer, mrz, options, personalise, seeded};

#[test]
fn the_default_card_is_read_and_everything_reported() {
    let run = Desk::new().read(card(), can());
    let document = run.verified();
    run.assert_standard_checks();
    run.assert_same_groups(&card());
    assert_eq!(run.ended(Check::ChipAuthentication), "passed");
    assert_eq!(run.ended(Check::ActiveAuthentication), "passed");
    assert_eq!(run.ended(Check::Downgrade), "passed");
    assert_eq!(run.deviations(), [""; 0]);
    assert_eq!(run.access_name(), "pace-can");
    let access = run.report.access().unwrap();
    assert!(access.details().contains("brainpoolP256r1"), "{}", access.details());
    assert!(!access.after_pace_failure());
    assert!(matches!(
        document.chip_proofs(),
        [ChipProof::ChipAuthentication(_), ChipProof::ActiveAuthentication { fresh: true, .. }]
    ));
    assert_eq!(document.report(), &run.report);
    assert_eq!(document.dg1().unwrap().mrz().issuing_state(), "VNM");
    assert_eq!(document.dg2().unwrap().faces().len(), 1);
    let signer = run.report.signer().unwrap();
    assert_eq!(signer.country.as_deref(), Some("VN"));
    assert_eq!(signer.certificate, issuer().signer_certificate());
    // The portrait comes last, when the holder is known already.
    let last = run.progress.iter().rev().find(|progress| !progress.file.is_empty()).unwrap();
    assert_eq!((last.file, last.bytes_read), ("DG2", last.bytes_total));
}

#[test]
fn a_card_without_any_proof_is_verified_and_the_report_says_so() {
    let none = CardOptions {
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    };
    for (pace, downgrade) in
        [(Some(CurveName::BrainpoolP256r1), "passed"), (None, "no_card_access")]
    {
        let pace = pace.into_iter().map(Into::into).collect();
        let card = personalise(&CardOptions { pace, ..none.clone() });
        let run = Desk::new().read(card, mrz());
        assert!(run.verified().chip_proofs().is_empty());
        run.assert_standard_checks();
        assert_eq!(run.ended(Check::ChipAuthentication), "not_offered");
        assert_eq!(run.ended(Check::ActiveAuthentication), "not_offered");
        assert_eq!(run.ended(Check::Downgrade), downgrade);
    }
    let bare = CardOptions { pace: Vec::new(), terminal_authentication: false, ..none };
    let run = Desk::new().read(personalise(&bare), mrz());
    run.verified();
    assert_eq!(run.ended(Check::Downgrade), "no_dg14");
}

#[test]
fn every_kind_of_document_signer() {
    use CurveName::{
        BrainpoolP256r1, BrainpoolP384r1, BrainpoolP512r1, Secp256r1, Secp384r1, Secp521r1,
    };
    use DigestName::{Sha224, Sha256, Sha384, Sha512};
    let kinds = [
        KeyKind::Ec(Secp256r1, Sha256),
        KeyKind::Ec(Secp256r1, Sha512),
        KeyKind::Ec(Secp384r1, Sha384),
        KeyKind::Ec(Secp384r1, Sha256),
        KeyKind::Ec(Secp521r1, Sha512),
        KeyKind::Ec(BrainpoolP256r1, Sha256),
        KeyKind::Ec(BrainpoolP256r1, Sha224),
        KeyKind::Ec(BrainpoolP384r1, Sha384),
        KeyKind::Ec(BrainpoolP512r1, Sha512),
        KeyKind::RsaPkcs1(Sha256),
        KeyKind::RsaPkcs1(Sha512),
        KeyKind::RsaPss { digest: Sha256, salt_length: 32 },
        KeyKind::RsaPss { digest: Sha384, salt_length: 48 },
        KeyKind::RsaPss { digest: Sha256, salt_length: 20 },
    ];
    let quick = CardOptions {
        pace: Vec::new(),
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    };
    for (index, signer) in kinds.into_iter().enumerate() {
        for explicit_parameters in [false, true] {
            // The authority's key is of the next kind: every kind signs a SOD and a certificate.
            let csca = kinds[(index + 1) % kinds.len()];
            let issuer = Issuer::new(IssuerOptions {
                signer,
                csca,
                explicit_parameters,
                ..IssuerOptions::default()
            });
            let card = issuer.personalise(&Person::sample(), &quick);
            let run = Desk::of(&issuer).read(card, mrz());
            run.verified();
            run.assert_standard_checks();
            let explicit = explicit_parameters
                && [signer, csca].iter().any(|kind| matches!(kind, KeyKind::Ec(..)));
            let expected: &[&str] = if explicit { &["explicit_curve_parameters"] } else { &[] };
            assert_eq!(run.deviations(), expected, "{signer:?} under {csca:?}");
        }
    }
}

#[test]
fn every_digest_and_version_of_the_signed_list() {
    for sod_digest in DigestName::ALL {
        for lds_version in [LdsVersion::V1_7, LdsVersion::V1_8] {
            let issuer = Issuer::new(IssuerOptions {
                sod_digest,
                lds_version,
                signing_time: None,
                document_type: false,
                ..IssuerOptions::default()
            });
            let card = issuer.personalise(
                &Person::sample_indefinite(),
                &CardOptions { pace: Vec::new(), ..options() },
            );
            let key = Person::sample_indefinite().mrz().join("\n");
            let run =
                Desk::of(&issuer).read(card, cccd::access::AccessKey::from_mrz(&key).unwrap());
            run.verified();
            let expected: &[&str] = if sod_digest == DigestName::Sha1 { &["sha1"] } else { &[] };
            assert_eq!(run.deviations(), expected);
        }
    }
}

/// Limits of devices: short APDUs, phones with odd buffers, everything.
const TRANSPORTS: [Limits; 5] = [
    Limits::SHORT,
    Limits { max_command: 261, max_response: 300 },
    Limits { max_command: 300, max_response: 1000 },
    Limits { max_command: 2048, max_response: 2048 },
    Limits::EXTENDED,
];

/// A card without RSA: its answers fit into short APDUs.
fn ecdsa_card() -> Personalisation {
    let active_authentication = ActiveKind::Ecdsa(CurveName::BrainpoolP256r1);
    personalise(&CardOptions { active_authentication, ..options() })
}

#[track_caller]
fn reads(behaviour: Behaviour, limits: Limits) -> common::Run {
    let mut card = ecdsa_card();
    card.behaviour = behaviour;
    let run = Desk::new().limits(limits).read(card.clone(), can());
    run.assert_standard_checks();
    run.assert_same_groups(&card);
    run
}

#[test]
fn every_transport_reads_every_buffer() {
    for limits in TRANSPORTS {
        for max_response_data in [223, 256, 1000, 2048, 65_536] {
            let behaviour = Behaviour { max_response_data, ..Behaviour::default() };
            let run = reads(behaviour, limits);
            run.verified();
            let longest = run.trace.iter().map(|exchange| exchange.response.len()).max().unwrap();
            assert!(longest <= limits.max_response, "{longest} bytes over {limits:?}");
        }
    }
}

#[test]
fn an_rsa_signature_over_short_apdus_comes_by_get_response() {
    let mut card = card();
    card.behaviour.get_response = true;
    let run = Desk::new().limits(Limits::SHORT).read(card.clone(), can());
    run.verified();
    assert_eq!(run.ended(Check::ActiveAuthentication), "passed");
    run.assert_same_groups(&card);
}

#[test]
fn what_chips_do_with_a_le_that_is_too_long() {
    for limits in TRANSPORTS {
        for too_long in [TooLong::Short, TooLong::WrongLength, TooLong::ExactLe, TooLong::Nothing] {
            for max_response_data in [100, 231, 2048] {
                let behaviour = Behaviour { too_long, max_response_data, ..Behaviour::default() };
                reads(behaviour, limits).verified();
            }
        }
    }
}

#[test]
fn what_chips_do_at_the_end_of_a_file() {
    for limits in TRANSPORTS {
        for end_of_file in [EndOfFile::Data, EndOfFile::Warning, EndOfFile::Refuse] {
            for too_long in [TooLong::Short, TooLong::WrongLength, TooLong::ExactLe] {
                let behaviour = Behaviour { end_of_file, too_long, ..Behaviour::default() };
                reads(behaviour, limits).verified();
            }
        }
    }
}

/// What a read costs on a chip that refuses in plain: APDUs, times that PACE and Chip Authentication ran.
fn cost_of(behaviour: Behaviour) -> (usize, usize, usize) {
    let mut card = ecdsa_card();
    card.behaviour = behaviour;
    let mut chip = Chip::new(card.clone(), 7);
    let run = Desk::new().read_chip(&mut chip, InspectionOptions::new(can(), seeded(1)));
    run.assert_same_groups(&card);
    assert_eq!(run.deviations(), ["unprotected_error"]);
    let proofs = chip.chip_proofs();
    assert_eq!(run.violations, [""; 0]);
    (run.metrics.apdus, proofs.pace, proofs.chip_authentications)
}

/// Chips that answer an error without protection count it, do not count it, or forget the session.
#[test]
fn the_three_kinds_of_chips_with_unprotected_errors() {
    let kinds = [
        (ErrorProtection::PlainUncounted, [(30, 1, 1), (92, 1, 1), (99, 1, 1)]),
        (ErrorProtection::PlainCounted, [(37, 2, 1), (99, 2, 1), (106, 2, 1)]),
        (ErrorProtection::PlainEndsSession, [(37, 2, 1), (99, 2, 1), (113, 3, 1)]),
    ];
    for (error_protection, costs) in kinds {
        let behaviour = |sfi_reads, extended_length| Behaviour {
            sfi_reads,
            extended_length,
            error_protection,
            ..Behaviour::default()
        };
        let found = [behaviour(false, true), behaviour(true, false), behaviour(false, false)];
        assert_eq!(found.map(cost_of), costs, "{error_protection:?}");
    }
}

#[test]
fn a_policy_against_unprotected_errors_does_not_hide_a_forgery() {
    let error_protection = ErrorProtection::PlainUncounted;
    let mut card = ecdsa_card();
    card.behaviour = Behaviour { sfi_reads: false, error_protection, ..Behaviour::default() };
    let strict = Policy::standard().refuse_deviation(Deviation::UnprotectedError);
    let desk = Desk::new().policy(strict);
    let run = desk.read(card.clone(), can());
    assert_eq!(run.error().code(), "policy_refused.deviation");
    card.flip_bit(file::DG1, 100);
    let run = desk.read(card, can());
    assert_eq!(run.error().code(), "not_authentic.digest_mismatch");
    assert_eq!(run.deviations(), ["unprotected_error"]);
}

/// The signature of Active Authentication does not fit, the chip says so in plain and forgets its keys:
/// those of Chip Authentication are made once more.
#[test]
fn a_session_lost_after_chip_authentication() {
    let mut card = card();
    card.behaviour = Behaviour {
        error_protection: ErrorProtection::PlainEndsSession,
        max_response_data: 223,
        too_long: TooLong::WrongLength,
        ..Behaviour::default()
    };
    let mut chip = Chip::new(card.clone(), 7);
    let desk = Desk::new().limits(Limits::SHORT);
    let run = desk.read_chip(&mut chip, InspectionOptions::new(can(), seeded(1)));
    run.assert_same_groups(&card);
    assert_eq!(run.ended(Check::ChipAuthentication), "passed");
    assert_eq!(run.ended(Check::ActiveAuthentication), "device_too_short");
    let proofs = chip.chip_proofs();
    assert_eq!((proofs.pace, proofs.chip_authentications), (2, 2));
}

#[test]
fn chips_without_short_identifiers_or_extended_length() {
    for sfi_reads in [true, false] {
        for extended_length in [true, false] {
            let behaviour = Behaviour { sfi_reads, extended_length, ..Behaviour::default() };
            let run = reads(behaviour.clone(), Limits::EXTENDED);
            run.verified();
            // Extended length is refused by the layer below secure messaging.
            let expected: &[&str] = if extended_length { &[] } else { &["unprotected_error"] };
            assert_eq!(run.deviations(), expected, "{behaviour:?}");
        }
    }
}

#[test]
fn other_habits_of_chips_that_still_read() {
    let default = Behaviour::default;
    for behaviour in [
        Behaviour { select_mf: 0x9000, ..default() },
        Behaviour { card_access_by_sfi: false, ..default() },
        Behaviour { card_access_by_select: false, ..default() },
        Behaviour { superfluous_le_refused: true, ..default() },
        Behaviour { get_response: true, ..default() },
        Behaviour { pace_mrz: false, ..default() },
        Behaviour { error_protection: ErrorProtection::PlainEndsSession, ..default() },
        Behaviour { error_protection: ErrorProtection::PlainCounted, ..default() },
        Behaviour { card_access_in_application: 0x6982, ..default() },
    ] {
        let run = reads(behaviour.clone(), Limits::EXTENDED);
        run.verified();
        assert_eq!(run.deviations(), [""; 0], "{behaviour:?}");
        assert_eq!(run.ended(Check::Downgrade), "passed");
    }
}

#[test]
fn a_chip_that_does_not_deliver_card_access_is_taken_for_a_cccd() {
    for application_preselected in [false, true] {
        let behaviour = Behaviour {
            application_preselected,
            card_access_by_sfi: application_preselected,
            card_access_by_select: application_preselected,
            ..Behaviour::default()
        };
        let run = reads(behaviour.clone(), Limits::EXTENDED);
        run.verified();
        assert_eq!(run.access_name(), "pace-can");
        assert_eq!(run.deviations(), ["card_access_assumed"]);
        assert_eq!(run.ended(Check::Downgrade), "no_card_access");

        // A caller who knows the file says so, and nothing was assumed.
        let mut card = ecdsa_card();
        let known = card.card_access.clone().unwrap();
        card.behaviour = behaviour;
        let options = InspectionOptions::new(can(), seeded(1)).card_access(known);
        let run = Desk::new().read_chip(&mut Chip::new(card, 7), options);
        run.verified();
        assert_eq!(run.deviations(), [""; 0]);

        // A policy may refuse the assumption.
        let mut card = ecdsa_card();
        card.behaviour.application_preselected = true;
        let refuse = Policy::standard().refuse_deviation(Deviation::CardAccessAssumed);
        let run = Desk::new().policy(refuse).read(card, can());
        assert_eq!(run.error().code(), "policy_refused.deviation");
    }
}

#[test]
fn a_preselected_application_that_lets_card_access_be_seen() {
    let behaviour = Behaviour {
        application_preselected: true,
        card_access_in_application: 0x9000,
        ..Behaviour::default()
    };
    let run = reads(behaviour, Limits::EXTENDED);
    run.verified();
    assert_eq!(run.deviations(), [""; 0]);
    assert_eq!(run.ended(Check::Downgrade), "passed");
}

#[test]
fn large_files_go_beyond_the_offsets_of_the_even_instruction() {
    for target in [40_000, 70_000] {
        let portrait = PortraitOptions::of_size(target);
        let card = personalise(&CardOptions {
            portrait,
            active_authentication: ActiveKind::None,
            ..options()
        });
        assert!(card.files[&file::DG2].len() > 0x8000);
        for limits in [Limits::SHORT, Limits::EXTENDED] {
            for max_response_data in [2048, 65_536] {
                let mut card = card.clone();
                card.behaviour.max_response_data = max_response_data;
                let run = Desk::new().limits(limits).read(card.clone(), can());
                run.verified();
                run.assert_same_groups(&card);
            }
        }
    }
}

#[test]
fn groups_that_nobody_wants_are_not_read() {
    let mut desk = Desk::new();
    let all = desk.system.clone();
    desk.system = desk.system.with_groups([13]);
    let run = desk.read(card(), can());
    let document = run.verified();
    assert_eq!(document.authenticated().groups().collect::<Vec<_>>(), [1, 13, 14, 15]);
    assert_eq!(document.chip_proofs().len(), 2);
    assert!(document.dg2().is_err());
    // Whoever wants no more verifies the stored document; whoever wants all misses something.
    let stored = document.evidence();
    assert!(desk.system.verify(stored, None, None).document.is_ok());
    let error = all.verify(stored, None, None).document.unwrap_err();
    assert_eq!(error, Error::NotAuthentic(NotAuthentic::GroupWithheld { group: 2 }));
}

/// Digests, signature and issuer are three results, also where one of them refuses the document.
#[test]
fn stored_files_show_the_three_results_apart() {
    let run = Desk::new().read(card(), can());
    let stored = run.verified().evidence();
    let verdict = Desk::without_trust().system.verify(stored, None, None);
    assert_eq!(verdict.document.unwrap_err().code(), "not_authentic.unknown_issuer");
    assert_eq!(ended(&verdict.report, Check::Digests), "passed");
    assert_eq!(ended(&verdict.report, Check::SodSignature), "passed");
    assert_eq!(ended(&verdict.report, Check::SignerPath), "not_authentic.unknown_issuer");
    for check in [Check::Access, Check::SecureMessaging] {
        assert_eq!(ended(&verdict.report, check), "offline");
    }

    let mut groups = stored.groups().clone();
    groups.insert(13, vec![0x6D, 0].into());
    let altered = Evidence::from_files(stored.sod().reveal().clone(), groups);
    let verdict = Desk::without_trust().system.verify(&altered, None, None);
    assert_eq!(ended(&verdict.report, Check::Digests), "not_authentic.digest_mismatch");
    assert_eq!(ended(&verdict.report, Check::SodSignature), "passed");
    assert_eq!(verdict.document.unwrap_err().code(), "not_authentic.unknown_issuer");
}

#[test]
fn a_bank_gets_its_own_challenge_signed() {
    let challenge = Challenge::from_bytes(*b"fresh!42").unwrap();
    let bank = Desk::new().policy(Policy::bank());
    let options = InspectionOptions::new(can(), seeded(1)).challenge(challenge);
    let run = bank.read_chip(&mut Chip::new(card(), 7), options);
    let document = run.verified();
    let Some(ChipProof::ActiveAuthentication { signed, fresh: true }) =
        document.chip_proofs().last()
    else {
        panic!("{:?}", document.chip_proofs());
    };
    assert_eq!(signed.challenge(), challenge);

    // Later, from the stored file alone.
    let bytes = document.evidence().to_bytes();
    let stored = Evidence::from_bytes(&bytes).unwrap();
    let verdict = bank.system.verify(&stored, Some(challenge), None);
    assert!(verdict.document.is_ok(), "{:?}", verdict.document);
    let verdict = bank.system.verify(&stored, None, None);
    assert_eq!(verdict.document.unwrap_err().code(), "not_genuine.no_proof");
    let verdict = Desk::new().system.verify(&stored, None, None);
    let document = verdict.document.unwrap();
    assert!(matches!(
        document.chip_proofs(),
        [ChipProof::ActiveAuthentication { fresh: false, .. }]
    ));
    common::assert_same_groups(&document, &card());
}

#[test]
fn policies_that_demand_more_than_the_card_offers() {
    let without_active = CardOptions { active_authentication: ActiveKind::None, ..options() };
    let without_any = CardOptions { chip_authentication: Vec::new(), ..without_active.clone() };
    let required = Policy::standard().require_chip_proof(ChipProofDemand::Required);
    for (card_options, policy, expected) in [
        (&without_active, Policy::bank(), Some("not_genuine.no_proof")),
        (&without_any, Policy::bank(), Some("not_genuine.no_proof")),
        (&without_active, required.clone(), None),
        (&without_any, required, Some("not_genuine.no_proof")),
        (&without_any, Policy::standard(), None),
    ] {
        let run = Desk::new().policy(policy).read(personalise(card_options), can());
        assert_eq!(run.outcome.as_ref().err().map(Error::code), expected);
    }
}

#[test]
fn a_policy_that_demands_pace_refuses_a_chip_with_basic_access_control_only() {
    let run = Desk::new().policy(Policy::standard().require_pace()).read(bac_card(), mrz());
    assert_eq!(run.error().code(), "policy_refused.downgrade");
    assert_eq!(run.ended(Check::Access), "policy_refused.downgrade");
    // Refused before the key was used: nothing was tried on the chip.
    assert!(run.trace.iter().all(|exchange| exchange.command[1] != 0x82));
    let run = Desk::new().policy(Policy::standard().require_pace()).read(card(), can());
    run.verified();
}

#[test]
fn loosened_policies_accept_and_the_report_says_what() {
    let stranger = Issuer::new(IssuerOptions { seed: 99, ..IssuerOptions::default() });
    let foreign = stranger.personalise(&Person::sample(), &options());
    let loose = Policy::standard().allow_unknown_issuer();
    let run = Desk::without_trust().policy(loose.clone()).read(foreign.clone(), can());
    run.verified();
    assert_eq!(run.ended(Check::SignerPath), "unknown_issuer_allowed");
    assert_eq!(run.ended(Check::SodSignature), "passed");
    // A known name with another key is an unknown issuer too: authorities keep their name.
    let run = Desk::new().read(foreign.clone(), can());
    assert_eq!(run.error().code(), "not_authentic.unknown_issuer");
    let run = Desk::new().policy(loose).read(foreign, can());
    run.verified();

    let expired = Desk::at(issuer(), "2035-07-01");
    let run = expired.read(card(), can());
    assert_eq!(run.error().code(), "not_authentic.document_expired");
    let run = expired.policy(Policy::standard().allow_expired_document()).read(card(), can());
    run.verified();
    assert_eq!(run.ended(Check::Validity), "passed");
}

#[test]
fn bac_after_a_failed_pace_only_where_the_policy_allows_it() {
    // The chip announces PACE and refuses it whatever the password.
    let mut card = card();
    card.access.pace.clear();
    let run = Desk::new().read(card.clone(), mrz());
    assert_eq!(run.error().code(), "policy_refused.pace_failed");
    assert!(run.trace.iter().all(|exchange| exchange.command[1] != 0x84), "BAC was tried");

    let loose = Policy::standard().allow_bac_after_pace_failure();
    let run = Desk::new().policy(loose.clone()).read(card.clone(), mrz());
    run.verified();
    assert_eq!(run.access_name(), "bac");
    assert!(run.report.access().unwrap().after_pace_failure());
    // With a CAN there is no BAC to fall back to.
    let run = Desk::new().policy(loose.clone()).read(card, can());
    assert_eq!(run.error().kind(), "card_refused");
    // A wrong key is not a failure that BAC could mend.
    let wrong = cccd::access::AccessKey::from_mrz(&Person::sample_indefinite().mrz().join("\n"));
    let run = Desk::new().policy(loose).read(common::card(), wrong.unwrap());
    assert_eq!(run.error().code(), "access_denied.wrong_key");
    assert_eq!(run.trace.len(), run.metrics.apdus);
    assert!(run.trace.iter().all(|exchange| exchange.command[1] != 0x84), "BAC was tried");
}
