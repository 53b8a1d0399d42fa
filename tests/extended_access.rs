//! Fingers and irises for those who may: Terminal Authentication, library and simulator together. Every
//! way to it opens DG3 and DG4; everything that is wrong with a terminal has its own error, and then no
//! protected group is even asked for.

#[path = "extended_access/border.rs"]
mod border;
mod common;
#[path = "extended_access/foreign.rs"]
mod foreign;
#[path = "extended_access/refusals.rs"]
mod refusals;
#[path = "extended_access/sessions.rs"]
mod sessions;

use border::{Border, Visit, authority, card, protected, terminal, visit, visit_at};
use cccd::{access::AccessKey, findings::Check, inspection::InspectionOptions, transport::Limits};
use cccd_simulator::{
    ActiveKind, CardOptions, Chip, ChipAuthenticationOption, CipherName, CurveName, CvAuthority,
    CvAuthorityOptions, Mapping, ModpName, PaceOption, TerminalOptions,
    cv_certificate::{AccessRights, CvcaFile, Date, TerminalAlgorithm},
};
use common::{Desk, can, ended, mrz, options, seeded};

const FINGERS: AccessRights = AccessRights { fingerprints: true, iris: false };
const IRISES: AccessRights = AccessRights { fingerprints: false, iris: true };

/// A card without Active Authentication, whose runs are short.
fn plain() -> CardOptions {
    CardOptions { active_authentication: ActiveKind::None, ..options() }
}

fn chip_authentication(option: impl Into<ChipAuthenticationOption>) -> CardOptions {
    CardOptions { chip_authentication: vec![option.into()], ..plain() }
}

fn pace(option: PaceOption) -> CardOptions {
    CardOptions { pace: vec![option], ..plain() }
}

#[test]
fn fingers_and_irises_are_read_and_the_report_says_who_may() {
    let card = card();
    let visit = visit(&card, &Border::new(&authority(), &terminal()));
    visit.assert_opened(&[3, 4]);
    assert_eq!(
        visit.words(),
        "VNISSIM00001, id-TA-ECDSA-SHA-256, EC brainpoolP256r1; opens DG3, DG4"
    );
    assert_eq!(visit.run.ended(Check::ChipAuthentication), "passed");
    assert_eq!(visit.run.ended(Check::ActiveAuthentication), "passed");
    assert_eq!(visit.proofs().terminal_authentications, 1);

    // The stored document is verified with what was read; who read it cannot be known from files.
    let document = visit.run.verified();
    let verdict = Desk::new().system.verify(document.evidence(), None, None);
    let again = verdict.document.unwrap();
    assert!(again.authenticated().groups().eq(document.authenticated().groups()));
    assert_eq!(ended(&verdict.report, Check::TerminalAuthentication), "offline");
}

#[test]
fn after_every_kind_of_access_and_chip_authentication() {
    let curve = CurveName::BrainpoolP384r1;
    let by_pace = |mapping, group: cccd_simulator::Group| {
        pace(PaceOption::new(mapping, group, CipherName::Aes256))
    };
    let no_pace = || CardOptions { pace: Vec::new(), ..plain() };
    let modp = ModpName::Modp2048_256;
    let cases: Vec<(CardOptions, AccessKey)> = vec![
        (no_pace(), mrz()),
        (CardOptions { pace: Vec::new(), ..chip_authentication(modp_key(modp)) }, mrz()),
        (plain(), mrz()),
        (by_pace(Mapping::Generic, curve.into()), can()),
        (by_pace(Mapping::Integrated, curve.into()), can()),
        (by_pace(Mapping::ChipAuthentication, curve.into()), can()),
        (by_pace(Mapping::Generic, modp.into()), can()),
        (by_pace(Mapping::Integrated, ModpName::Modp1024_160.into()), can()),
        (chip_authentication(modp_key(modp)), can()),
        (chip_authentication(modp_key(ModpName::Modp1024_160)), can()),
        (chip_authentication(ChipAuthenticationOption::new(curve, CipherName::TripleDes)), can()),
        (chip_authentication(CurveName::Secp521r1), can()),
        (
            CardOptions {
                pace: vec![PaceOption::new(Mapping::Generic, modp, CipherName::TripleDes)],
                ..chip_authentication(modp_key(modp))
            },
            can(),
        ),
    ];
    let border = Border::new(&authority(), &terminal());
    for (options, key) in cases {
        let visit = visit_at(&Desk::new(), &protected(&authority(), options), key, &border);
        visit.assert_opened(&[3, 4]);
        assert_eq!(visit.proofs().chip_authentications, 1);
        assert_eq!(visit.proofs().terminal_authentications, 1);
    }
    assert_eq!(border.signatures().len(), 13);
}

fn modp_key(group: ModpName) -> ChipAuthenticationOption {
    ChipAuthenticationOption::new(group, CipherName::Aes128)
}

/// The chip has proven itself in PACE already `[9303-11 §7.1.2]`.
#[test]
fn after_chip_authentication_mapping_without_chip_authentication() {
    let border = Border::new(&authority(), &terminal());
    for (curve, cipher) in [
        (CurveName::Secp256r1, CipherName::Aes128),
        (CurveName::BrainpoolP320r1, CipherName::Aes192),
        (CurveName::BrainpoolP512r1, CipherName::Aes256),
    ] {
        let options = CardOptions {
            chip_authentication: Vec::new(),
            ..pace(PaceOption::new(Mapping::ChipAuthentication, curve, cipher))
        };
        let visit = visit(&protected(&authority(), options), &border);
        visit.assert_opened(&[3, 4]);
        assert_eq!(visit.run.ended(Check::ChipAuthenticationMapping), "passed");
        assert_eq!(visit.run.ended(Check::ChipAuthentication), "not_offered");
        assert_eq!(visit.proofs().chip_authentications, 0);
    }
}

#[test]
fn every_algorithm_and_every_curve() {
    let algorithms =
        TerminalAlgorithm::ALL.into_iter().map(|algorithm| (algorithm, CurveName::BrainpoolP256r1));
    let curves = CurveName::ALL.into_iter().map(|curve| (TerminalAlgorithm::EcdsaSha384, curve));
    for (algorithm, curve) in algorithms.chain(curves) {
        let authority = CvAuthority::new(CvAuthorityOptions {
            algorithm,
            curve,
            ..CvAuthorityOptions::default()
        });
        let border = Border::new(&authority, &authority.issue(&TerminalOptions::default()));
        let visit = visit(&protected(&authority, plain()), &border);
        visit.assert_opened(&[3, 4]);
        let key = if algorithm.is_rsa() { "RSA 2048" } else { curve.name() };
        assert!(visit.words().contains(key), "{} of {algorithm:?} {curve:?}", visit.words());
    }
}

/// The rights of all certificates together, and what they do not open stays excused and unread.
#[test]
fn a_right_to_one_group_opens_that_group() {
    let all = AccessRights::ALL;
    for (above, verifier, terminal, open, words) in [
        (all, all, FINGERS, 3, "DG3"),
        (all, FINGERS, all, 3, "DG3"),
        (FINGERS, all, all, 3, "DG3"),
        (all, IRISES, all, 4, "DG4"),
    ] {
        let authority =
            CvAuthority::new(CvAuthorityOptions { rights: above, ..CvAuthorityOptions::default() });
        let issued = authority.issue(&TerminalOptions {
            verifier_rights: verifier,
            rights: terminal,
            ..TerminalOptions::default()
        });
        let visit = visit(&protected(&authority, plain()), &Border::new(&authority, &issued));
        visit.assert_opened(&[open]);
        assert!(visit.words().ends_with(&format!("; opens {words}")), "{}", visit.words());
    }
}

/// Allowed is not wanted.
#[test]
fn groups_that_nobody_wants_stay_closed() {
    let border = Border::new(&authority(), &terminal());
    for (wanted, expected, protected) in [
        (&[1, 2][..], &[1, 2, 14, 15][..], &[][..]),
        (&[3], &[1, 3, 14, 15], &[3]),
        (&[2, 4], &[1, 2, 4, 14, 15], &[4]),
    ] {
        let mut desk = Desk::new();
        desk.system = desk.system.with_groups(wanted.iter().copied());
        let visit = visit_at(&desk, &card(), can(), &border);
        let document = visit.run.verified();
        assert_eq!(document.authenticated().groups().collect::<Vec<_>>(), expected);
        visit.assert_touched(protected);
        // Nobody is bothered for what nobody wants.
        let expected = if protected.is_empty() { "not_asked" } else { "passed" };
        assert_eq!(visit.run.ended(Check::TerminalAuthentication), expected);
    }
}

/// An authority that renewed its key twice since the card was made.
fn generations() -> [CvAuthority; 3] {
    [
        (1, 2021, CurveName::BrainpoolP256r1),
        (3, 2023, CurveName::Secp384r1),
        (5, 2025, CurveName::BrainpoolP512r1),
    ]
    .map(|(seed, year, curve)| {
        CvAuthority::new(CvAuthorityOptions {
            seed,
            reference: format!("VNCVCASIM{seed:05}"),
            curve,
            effective: Date::new(year, 2, 1),
            expiration: Date::new(year + 3, 2, 1),
            ..CvAuthorityOptions::default()
        })
    })
}

/// A border of the newest authority that has the links to it.
fn border_with_links(generations: &[CvAuthority; 3]) -> Border {
    let [first, second, third] = generations;
    let issued = third.issue(&TerminalOptions {
        verifier_effective: Date::new(2025, 3, 1),
        effective: Date::new(2025, 3, 1),
        ..TerminalOptions::default()
    });
    let mut border = Border::new(third, &issued);
    for certificate in [
        first.certificate().to_vec(),
        first.link_certificate(second),
        second.link_certificate(third),
    ] {
        border.add(&certificate);
    }
    border
}

#[test]
fn link_certificates_lead_to_a_newer_authority_and_the_chip_remembers() {
    let generations = generations();
    let border = border_with_links(&generations);
    let card = protected(&generations[0], plain());
    let mut first = visit(&card, &border);
    first.assert_opened(&[3, 4]);
    const VERIFY_CERTIFICATE: [u8; 4] = [0x00, 0x2A, 0x00, 0xBE];
    assert_eq!(first.sent(&VERIFY_CERTIFICATE), 4);

    // The same chip a day later needs the two lowest certificates only, from whoever has them.
    first.chip.reset();
    let before = first.chip.exchanges();
    let options = InspectionOptions::new(can(), seeded(2)).terminal(border);
    let again = Desk::new().read_chip(&mut first.chip, options);
    again.verified();
    let sent = first.chip.trace()[before..].iter().filter(|exchange| {
        exchange
            .plain_command
            .as_ref()
            .is_some_and(|command| command.starts_with(&VERIFY_CERTIFICATE))
    });
    assert_eq!(sent.count(), 2);
    assert_eq!(first.proofs().terminal_authentications, 2);
}

#[test]
fn ef_cvca_wherever_the_document_says_that_it_is() {
    let border = Border::new(&authority(), &terminal());
    for (announced_file, sfi_reads) in [
        (None, true),
        (None, false),
        (Some(CvcaFile { identifier: 0x0120, short_identifier: Some(0x1B) }), true),
        (Some(CvcaFile { identifier: 0x0120, short_identifier: Some(0x1B) }), false),
        (Some(CvcaFile { identifier: 0x2F01, short_identifier: None }), true),
    ] {
        let mut trust = authority().trust();
        trust.announced_file = announced_file;
        let mut card = common::personalise(&CardOptions {
            terminal_trust: Some(trust),
            iris: true,
            ..plain()
        });
        card.behaviour.sfi_reads = sfi_reads;
        visit(&card, &border).assert_opened(&[3, 4]);
    }
}

/// RSA certificates do not fit into short APDUs; only some chips take them in links.
#[test]
fn readers_and_chips_without_extended_length() {
    let rsa = CvAuthorityOptions {
        algorithm: TerminalAlgorithm::RsaPssSha256,
        ..CvAuthorityOptions::default()
    };
    for (authority, long) in [(CvAuthority::new(rsa), true), (authority(), false)] {
        let border = Border::new(&authority, &authority.issue(&TerminalOptions::default()));
        for (limits, extended_length) in
            [(Limits::SHORT, true), (Limits::SHORT, false), (Limits::EXTENDED, false)]
        {
            for certificate_chaining in [true, false] {
                let mut card = protected(&authority, plain());
                card.behaviour.extended_length = extended_length;
                card.behaviour.certificate_chaining = certificate_chaining;
                let visit = visit_at(&Desk::new().limits(limits), &card, can(), &border);
                if certificate_chaining || !long {
                    visit.assert_opened(&[3, 4]);
                } else {
                    assert_eq!(visit.run.error().code(), "reader.too_long");
                    visit.assert_touched(&[]);
                }
            }
        }
    }
}

#[test]
fn without_terminal_or_offer_or_proof_of_the_chip_the_rest_is_read() {
    let border = Border::new(&authority(), &terminal());
    let read = |card: &_, terminal: Option<&Border>| {
        let mut chip = Chip::new(Clone::clone(card), 7);
        let options = InspectionOptions::new(can(), seeded(1));
        let options = match terminal {
            Some(border) => options.terminal(border.clone()),
            None => options,
        };
        let run = Desk::new().read_chip(&mut chip, options);
        run.assert_same_groups(card);
        assert_eq!(run.violations, [""; 0]);
        assert_eq!(chip.chip_proofs().terminal_authentications, 0);
        run.ended(Check::TerminalAuthentication)
    };
    assert_eq!(read(&card(), None), "not_asked");
    let silent = CardOptions { terminal_authentication: false, ..options() };
    assert_eq!(read(&common::personalise(&silent), Some(&border)), "not_offered");
    // Active Authentication makes no key that could be signed.
    let unproven = CardOptions { chip_authentication: Vec::new(), ..options() };
    assert_eq!(read(&protected(&authority(), unproven), Some(&border)), "not_possible");
    assert_eq!(border.signatures().len(), 0);
}
