//! What the chip remembers: trust points, EF.CVCA, the date.

use super::super::terminal::SELECT_APPLICATION;
use super::*;
use crate::cv_certificate::CvcaFile;

#[test]
fn the_chip_believes_the_dates_of_its_country_only() {
    let verifier = TerminalOptions {
        verifier_effective: Date::new(2021, 8, 1),
        effective: Date::new(2021, 9, 1),
        ..TerminalOptions::default()
    };
    let early = authority().issue(&TerminalOptions {
        expiration: Date::new(2021, 8, 31),
        ..TerminalOptions::default()
    });
    for (foreign, expected) in [(false, Date::new(2021, 9, 1)), (true, Date::new(2021, 8, 1))] {
        let issued = authority().issue(&TerminalOptions { foreign, ..verifier.clone() });
        let mut reader = Reader::with_pace(trusting(authority().trust()));
        assert_eq!(reader.date(), Date::new(2021, 6, 28));
        assert_eq!(reader.present(&issued.certificates[0]), SUCCESS);
        assert_eq!(reader.date(), Date::new(2021, 8, 1));
        assert_eq!(reader.present(&issued.certificates[1]), SUCCESS);
        assert_eq!(reader.date(), expected);
        assert_eq!(reader.prove(&issued), SUCCESS);
        reader.assert_open();

        // The date survives a loss of power, and does not go back.
        reader.terminal.chip.reset();
        reader.pace();
        reader.authenticate_chip();
        let outcome = reader.authenticate(&early);
        assert_eq!(outcome, if foreign { SUCCESS } else { 0x6985 });
        assert_eq!(reader.date(), expected);
        reader.terminal.assert_no_violations();
    }
}

fn next(seed: u64, algorithm: TerminalAlgorithm, effective: Date) -> CvAuthority {
    CvAuthority::new(CvAuthorityOptions {
        seed,
        reference: format!("VNCVCASIM{seed:05}"),
        algorithm,
        effective,
        expiration: Date::new(effective.year + 3, 1, 1),
        ..CvAuthorityOptions::default()
    })
}

#[test]
fn link_certificates_bring_new_trust_points() {
    let first = next(1, TerminalAlgorithm::EcdsaSha256, Date::new(2021, 1, 1));
    let second = next(2, TerminalAlgorithm::RsaPssSha256, Date::new(2023, 6, 1));
    let third = next(3, TerminalAlgorithm::EcdsaSha512, Date::new(2024, 6, 1));
    let issue = |authority: &CvAuthority, year: u16| {
        authority.issue(&TerminalOptions {
            verifier_effective: Date::new(year, 7, 1),
            effective: Date::new(year, 7, 1),
            ..TerminalOptions::default()
        })
    };
    let mut reader = Reader::with_pace(trusting(first.trust()));
    let cvca = |reader: &mut Reader| {
        let (contents, status) = reader.terminal.secure([0, 0xB0, 0x9C, 0], &[], &[36]);
        assert_eq!((contents.len(), status), (36, SUCCESS));
        contents
    };
    assert_eq!(cvca(&mut reader)[16..], [0; 20]);
    assert_eq!(reader.present(&first.link_certificate(&second)), SUCCESS);
    assert_eq!(reader.date(), Date::new(2023, 6, 1));
    assert_eq!(cvca(&mut reader)[..32], *b"\x42\x0EVNCVCASIM00002\x42\x0EVNCVCASIM00001");

    // Both work, across a loss of power.
    for (authority, year) in [(&second, 2023), (&first, 2023)] {
        reader.terminal.chip.reset();
        reader.bac();
        reader.authenticate_chip();
        assert_eq!(reader.authenticate(&issue(authority, year)), SUCCESS);
        reader.assert_open();
    }
    // The same link again names a key that the chip has [TR-03110-3 §A.7.2].
    reader.authenticate_chip();
    assert_eq!(reader.present(&first.link_certificate(&second)), 0x6985);
    // The third one takes the place of the first.
    assert_eq!(reader.present(&second.link_certificate(&third)), SUCCESS);
    assert_eq!(cvca(&mut reader)[..32], *b"\x42\x0EVNCVCASIM00003\x42\x0EVNCVCASIM00002");
    assert_eq!(reader.authenticate(&issue(&first, 2024)), 0x6A88, "two trust points are enough");
    assert_eq!(reader.authenticate(&issue(&third, 2024)), SUCCESS);
    reader.assert_open();
    reader.terminal.assert_no_violations();
}

#[test]
fn an_expired_trust_point_signs_link_certificates_only() {
    let first = next(1, TerminalAlgorithm::EcdsaSha256, Date::new(2021, 1, 1));
    let second = next(2, TerminalAlgorithm::EcdsaSha256, Date::new(2023, 6, 1));
    let mut trust = first.trust();
    trust.current_date = Date::new(2030, 1, 1);
    let mut reader = Reader::with_pace(trusting(trust));
    let issued = first.issue(&TerminalOptions::default());
    assert_eq!(reader.authenticate(&issued), 0x6985);
    // The link certificate itself expired as well, and is accepted.
    assert_eq!(reader.present(&first.link_certificate(&second)), SUCCESS);
    assert_eq!(reader.date(), Date::new(2030, 1, 1));
    assert_eq!(reader.authenticate(&second.issue(&TerminalOptions::default())), 0x6985);
    reader.terminal.assert_no_violations();
    reader.assert_closed();
}

#[test]
fn a_link_certificate_without_domain_parameters_keeps_those_of_its_authority() {
    let second = next(2, TerminalAlgorithm::EcdsaSha256, Date::new(2023, 6, 1));
    let link = CvCertificate::parse(&authority().link_certificate(&second)).unwrap().body;
    let bare = CvBody { public_key: second.key().public_without_parameters(), ..link };
    let mut reader = Reader::with_pace(trusting(authority().trust()));
    assert_eq!(reader.present(&bare.sign(authority().key())), SUCCESS);
    let issued = second.issue(&TerminalOptions {
        verifier_effective: Date::new(2023, 7, 1),
        ..TerminalOptions::default()
    });
    assert_eq!(reader.authenticate(&issued), SUCCESS);
    // A link by a stranger.
    let stranger = next(5, TerminalAlgorithm::EcdsaSha256, Date::new(2023, 6, 1));
    let forged = CvBody { authority_reference: b"VNCVCASIM00001".to_vec(), ..bare };
    let forged = CvBody { holder_reference: b"VNCVCASIM00005".to_vec(), ..forged };
    assert_eq!(reader.present(&forged.sign(stranger.key())), 0x6300);
}

#[test]
fn ef_cvca_is_in_the_application_and_needs_access() {
    let mut reader = Reader::new(trusting(authority().trust()));
    // In the master file the same identifier is EF.CardAccess.
    let card_access = reader.terminal.chip.personalisation().card_access.clone().unwrap();
    assert_eq!(reader.terminal.plain("00B09C0000").0, card_access);
    assert_eq!(reader.terminal.plain(SELECT_APPLICATION).1, SUCCESS);
    assert_eq!(reader.terminal.plain("00B09C0000").1, 0x6982);
    assert_eq!(reader.terminal.plain("00A4020C02011C").1, 0x6982);
    reader.bac();
    let expected = authority().trust().ef_cvca();
    assert_eq!(reader.terminal.secure([0, 0xB0, 0x9C, 0], &[], &[0]), (expected.clone(), SUCCESS));
    assert_eq!(reader.secure([0, 0xA4, 2, 0x0C], &[1, 0x1C]), SUCCESS);
    assert_eq!(reader.terminal.secure([0, 0xB0, 0, 2], &[], &[14]).0, expected[2..16]);
    reader.terminal.assert_no_violations();
}

#[test]
fn ef_cvca_in_another_place() {
    for short_identifier in [Some(0x19), None] {
        let mut trust = authority().trust();
        let expected = trust.ef_cvca();
        trust.announced_file = Some(CvcaFile { identifier: 0x0A19, short_identifier });
        let mut reader = Reader::new(trusting(trust));
        reader.pace();
        let by_short = reader.terminal.secure([0, 0xB0, 0x99, 0], &[], &[36]).1;
        assert_eq!(by_short, if short_identifier.is_some() { SUCCESS } else { 0x6A82 });
        assert_eq!(reader.secure([0, 0xA4, 2, 0x0C], &[0x0A, 0x19]), SUCCESS);
        assert_eq!(reader.terminal.secure([0, 0xB0, 0, 0], &[], &[36]).0, expected);
        // The default place is empty.
        assert_eq!(reader.secure([0, 0xA4, 2, 0x0C], &[1, 0x1C]), 0x6A82);
        assert_eq!(reader.terminal.secure([0, 0xB0, 0x9C, 0], &[], &[36]).1, 0x6A82);
    }
}

#[test]
fn a_chip_that_trusts_nobody() {
    let issued = authority().issue(&TerminalOptions::default());
    let mut reader = Reader::with_pace(personalisation());
    assert_eq!(reader.secure([0, 0xA4, 2, 0x0C], &[1, 0x1C]), 0x6A82);
    assert_eq!(reader.set_verification_key(b"VNCVCASIM00001"), 0x6A86);
    assert_eq!(reader.set_terminal_key(&issued.reference), 0x6A86);
    reader.terminal.assert_no_violations();
    assert_eq!(reader.verify(&issued.certificates[0]), 0x6D00);
    assert_eq!(reader.doors()[0], 0x6982);
}
