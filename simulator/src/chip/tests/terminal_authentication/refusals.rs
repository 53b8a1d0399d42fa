//! What a terminal does wrong, and the status word that it gets; DG3 and DG4 stay closed.

use super::*;

#[test]
fn nothing_before_chip_authentication() {
    let issued = authority().issue(&TerminalOptions::default());
    for open in [Reader::bac, Reader::pace] {
        let mut reader = Reader::new(trusting(authority().trust()));
        open(&mut reader);
        let parts = tlv::parse_only(&issued.certificates[0], 0x7F21).unwrap().to_vec();
        assert_eq!(reader.set_verification_key(b"VNCVCASIM00001"), 0x6982);
        assert_eq!(reader.secure([0, 0x2A, 0, 0xBE], &parts), 0x6982);
        assert_eq!(reader.set_terminal_key(&issued.reference), 0x6982);
        assert_eq!(reader.terminal.secure([0, 0x84, 0, 0], &[], &[8]).1, 0x6982);
        assert_eq!(reader.secure([0, 0x82, 0, 0], &[1; 64]), 0x6982);
        assert_eq!(reader.terminal.chip.violations().len(), 5);
        reader.assert_closed();
    }
    // In plain they end the session; without one GET CHALLENGE is that of BAC.
    let mut reader = Reader::with_pace(trusting(authority().trust()));
    assert_eq!(reader.terminal.plain("002281B60483020102").1, 0x6982);
    assert!(!reader.terminal.chip.session_established());
    assert_eq!(reader.terminal.plain("0084000008").1, SUCCESS);
}

/// The agreement came to nothing because the answer had no room: the old session goes on, without Chip Authentication.
#[test]
fn a_chip_authentication_that_failed_does_not_count() {
    let mut reader = Reader::new(trusting(authority().trust()));
    reader.pace();
    let protocol = tlv::node(0x80, &bytes("04007F00070202030202"));
    assert_eq!(reader.secure([0, 0x22, 0x41, 0xA4], &protocol), SUCCESS);
    let curve = CurveName::BrainpoolP256r1.curve();
    let point = curve.encode(&curve.generator);
    let data = tlv::node(0x7C, &tlv::node(0x80, &point));
    assert_eq!(reader.terminal.secure([0, 0x86, 0, 0], &data, &[1]).1, 0x6700);
    assert_eq!(reader.set_verification_key(b"VNCVCASIM00001"), 0x6982);
}

#[test]
fn signatures_that_prove_nothing() {
    let issued = authority().issue(&TerminalOptions::default());
    let other = authority().issue(&TerminalOptions {
        reference: "VNISSIM00002".to_owned(),
        ..TerminalOptions::default()
    });
    let mut reader = Reader::with_pace(trusting(authority().trust()));
    for certificate in &issued.certificates {
        assert_eq!(reader.present(certificate), SUCCESS);
    }
    assert_eq!(reader.set_terminal_key(&issued.reference), SUCCESS);

    // Another key; another chip; another channel; another challenge; nothing.
    let challenge = reader.challenge();
    assert_eq!(reader.external_authenticate(&other.key, &challenge), 0x6300);
    let right = (reader.id_picc.clone(), reader.compressed.clone());
    let challenge = reader.challenge();
    reader.id_picc = b"1950012347".to_vec();
    assert_eq!(reader.external_authenticate(&issued.key, &challenge), 0x6300);
    let challenge = reader.challenge();
    (reader.id_picc, reader.compressed) = (right.0.clone(), vec![7; 32]);
    assert_eq!(reader.external_authenticate(&issued.key, &challenge), 0x6300);
    reader.compressed = right.1;
    let old = challenge;
    let _ = reader.challenge();
    assert_eq!(reader.external_authenticate(&issued.key, &old), 0x6300);
    let _ = reader.challenge();
    assert_eq!(reader.secure([0, 0x82, 0, 0], &[]), 0x6300);
    reader.terminal.assert_no_violations();
    reader.assert_closed();

    // The key remains usable until it succeeds [TR-03110-3 §A.7.2.2].
    let challenge = reader.challenge();
    assert_eq!(reader.external_authenticate(&issued.key, &challenge), SUCCESS);
    reader.assert_open();
}

#[test]
fn a_challenge_is_good_for_the_next_command_only() {
    let issued = authority().issue(&TerminalOptions::default());
    let mut reader = Reader::with_bac(trusting(authority().trust()));
    for certificate in &issued.certificates {
        assert_eq!(reader.present(certificate), SUCCESS);
    }
    // No challenge before the key is selected.
    assert_eq!(reader.terminal.secure([0, 0x84, 0, 0], &[], &[8]).1, 0x6985);
    assert_eq!(reader.set_terminal_key(&issued.reference), SUCCESS);
    let challenge = reader.challenge();
    assert_eq!(reader.terminal.read(file::DG1).len(), 95);
    assert_eq!(reader.external_authenticate(&issued.key, &challenge), 0x6985);
    let challenge = reader.challenge();
    assert_eq!(reader.external_authenticate(&authority().key().clone(), &challenge), 0x6300);
    assert_eq!(reader.external_authenticate(&issued.key, &challenge), 0x6985);
    reader.assert_closed();
    let challenge = reader.challenge();
    assert_eq!(reader.external_authenticate(&issued.key, &challenge), SUCCESS);
    // Once is enough; the rights stay.
    assert_eq!(reader.external_authenticate(&issued.key, &challenge), 0x6982);
    reader.assert_open();
    assert_eq!(reader.terminal.chip.violations().len(), 4);
    // Wrong lengths.
    assert_eq!(reader.terminal.secure([0, 0x84, 0, 0], &[], &[4]).1, 0x6700);
    assert_eq!(reader.terminal.secure([0, 0x84, 0, 1], &[], &[8]).1, 0x6A86);
}

#[test]
fn keys_that_the_chip_does_not_have() {
    let issued = authority().issue(&TerminalOptions::default());
    let mut reader = Reader::with_pace(trusting(authority().trust()));
    assert_eq!(reader.set_verification_key(b"VNCVCASIM00002"), 0x6A88);
    assert_eq!(reader.set_terminal_key(&issued.reference), 0x6A88);
    // The Document Verifier's key is no terminal's, and no trust point's.
    assert_eq!(reader.present(&issued.certificates[0]), SUCCESS);
    assert_eq!(reader.set_terminal_key(b"VNDVSIM00001"), 0x6A88);
    assert_eq!(reader.set_terminal_key(b"VNCVCASIM00001"), 0x6A88);
    // The terminal's key verifies no certificate, and it takes the place of the Document Verifier's.
    assert_eq!(reader.present(&issued.certificates[1]), SUCCESS);
    assert_eq!(reader.set_verification_key(b"VNISSIM00001"), 0x6A88);
    assert_eq!(reader.set_verification_key(b"VNDVSIM00001"), 0x6A88);
    reader.terminal.assert_no_violations();
    assert_eq!(reader.prove(&issued), SUCCESS);
    assert_eq!(reader.set_terminal_key(&issued.reference), 0x6A88, "it was used");
    reader.assert_open();
}

#[test]
fn malformed_commands() {
    let issued = authority().issue(&TerminalOptions::default());
    let verifier = tlv::parse_only(&issued.certificates[0], 0x7F21).unwrap().to_vec();
    let reference = tlv::node(0x83, b"VNCVCASIM00001");
    let dst = [0, 0x22, 0x81, 0xB6];
    let pso = [0, 0x2A, 0, 0xBE];
    for (header, data, status) in [
        (dst, vec![], 0x6A80),
        (dst, tlv::node(0x83, &[]), 0x6A80),
        (dst, tlv::node(0x84, b"VNCVCASIM00001"), 0x6A80),
        (dst, [reference.clone(), reference.clone()].concat(), 0x6A80),
        ([0, 0x22, 0x81, 0xA4], tlv::node(0x80, b"VNCVCASIM00001"), 0x6A80),
        ([0, 0x22, 0x81, 0xB7], reference.clone(), 0x6A86),
        ([0, 0x2A, 0, 0xAE], verifier.clone(), 0x6A86),
        (pso, vec![], 0x6A80),
        (pso, issued.certificates[0].clone(), 0x6A80),
        (pso, verifier[..verifier.len() - 1].to_vec(), 0x6A80),
        (pso, [verifier.clone(), vec![0]].concat(), 0x6A80),
        ([0x10, 0x2A, 0, 0xBE], verifier.clone(), 0x6884),
        ([0, 0x82, 0, 1], vec![1; 64], 0x6A86),
    ] {
        let mut reader = Reader::with_pace(trusting(authority().trust()));
        assert_eq!(reader.set_verification_key(b"VNCVCASIM00001"), SUCCESS);
        assert_eq!(reader.secure(header, &data), status, "{header:02X?} {data:02X?}");
        assert_eq!(reader.terminal.chip.violations().len(), 1);
    }
    // No DST before PSO, and DST again before the next PSO.
    let mut reader = Reader::with_pace(trusting(authority().trust()));
    assert_eq!(reader.verify(&issued.certificates[0]), 0x6985);
    assert_eq!(reader.present(&issued.certificates[0]), SUCCESS);
    assert_eq!(reader.verify(&issued.certificates[1]), 0x6985);
    assert_eq!(reader.present(&issued.certificates[1]), SUCCESS);
    assert_eq!(reader.prove(&issued), SUCCESS);
    // A Le field where nothing comes back.
    assert_eq!(reader.terminal.chip.violations().len(), 2);
    assert_eq!(reader.terminal.secure(dst, &reference, &[0]).1, SUCCESS);
    assert_eq!(reader.terminal.chip.violations().len(), 3);
}

/// A body of the default chain, changed.
fn changed(place: usize, change: impl FnOnce(&mut CvBody)) -> Vec<u8> {
    let issued = authority().issue(&TerminalOptions::default());
    let mut body = CvCertificate::parse(&issued.certificates[place]).unwrap().body;
    change(&mut body);
    match place {
        0 => body.sign(authority().key()),
        _ => body.sign(&authority().verifier_key(&TerminalOptions::default())),
    }
}

#[test]
fn certificates_that_are_refused() {
    let issued = authority().issue(&TerminalOptions::default());
    let [verifier, terminal] = issued.certificates.as_slice() else { panic!() };
    let role = |role| Authorization::inspection_system(role, AccessRights::ALL);
    let stranger =
        CvAuthority::new(CvAuthorityOptions { seed: 9, ..CvAuthorityOptions::default() });
    let strange = stranger.issue(&TerminalOptions::default());
    let other_curve = CvAuthority::new(CvAuthorityOptions {
        curve: CurveName::Secp256r1,
        ..CvAuthorityOptions::default()
    });
    let other_curve = other_curve.issue(&TerminalOptions::default());

    // Document Verifiers.
    for (certificate, status, why) in [
        (strange.certificates[0].clone(), 0x6300, "signed by another CVCA of the same name"),
        (changed(0, |body| body.authorization = role(Role::Terminal)), 0x6985, "a terminal"),
        (
            changed(0, |body| {
                let kind = TerminalType::AuthenticationTerminal;
                body.authorization = Authorization::of_type(kind, Role::DomesticVerifier);
            }),
            0x6985,
            "for authentication terminals",
        ),
        (
            changed(0, |body| {
                let kind = TerminalType::SignatureTerminal;
                body.authorization = Authorization::of_type(kind, Role::DomesticVerifier);
            }),
            0x6985,
            "for signature terminals",
        ),
        (changed(0, |body| body.expiration = Date::new(2021, 6, 27)), 0x6985, "expired"),
        (
            changed(0, |body| body.holder_reference = b"VNCVCASIM00001".to_vec()),
            0x6985,
            "with the name of a trust point",
        ),
        (
            changed(0, |body| body.public_key = issued.key.public()),
            0x6A80,
            "with domain parameters",
        ),
        (
            changed(0, |body| body.public_key.algorithm = TerminalAlgorithm::EcdsaSha512),
            0x6A80,
            "with another algorithm",
        ),
        (
            changed(0, |body| {
                body.public_key = other_curve.key.public_without_parameters();
            }),
            0x6A80,
            "with a point of another curve",
        ),
        (authority().certificate().to_vec(), 0x6985, "the CVCA itself"),
    ] {
        let mut reader = Reader::with_pace(trusting(authority().trust()));
        assert_eq!(reader.present(&certificate), status, "{why}");
        assert_eq!(reader.set_verification_key(b"VNDVSIM00001"), 0x6A88);
        assert_eq!(reader.date(), Date::new(2021, 6, 28), "{why}");
        reader.assert_closed();
    }
    // On the last day it holds.
    let mut reader = Reader::with_pace(trusting(authority().trust()));
    let last_day = changed(0, |body| body.expiration = Date::new(2021, 6, 28));
    assert_eq!(reader.present(&last_day), SUCCESS);

    // Terminals.
    for (certificate, status, why) in [
        (strange.certificates[1].clone(), 0x6300, "signed by another verifier of the same name"),
        (changed(1, |body| body.authorization = role(Role::ForeignVerifier)), 0x6985, "a verifier"),
        (changed(1, |body| body.authorization = role(Role::Cvca)), 0x6985, "a CVCA"),
        (
            changed(1, |body| {
                let kind = TerminalType::AuthenticationTerminal;
                body.authorization = Authorization::of_type(kind, Role::Terminal);
            }),
            0x6985,
            "an authentication terminal",
        ),
        // The Document Verifier's certificate is of 1 July.
        (changed(1, |body| body.expiration = Date::new(2021, 6, 30)), 0x6985, "expired"),
        (
            changed(1, |body| body.authority_reference = b"VNDVSIM00002".to_vec()),
            0x6A88,
            "from a verifier that the chip does not know",
        ),
    ] {
        let mut reader = Reader::with_pace(trusting(authority().trust()));
        assert_eq!(reader.present(verifier), SUCCESS);
        assert_eq!(reader.present(&certificate), status, "{why}");
        assert_eq!(reader.set_terminal_key(&issued.reference), 0x6A88);
        reader.assert_closed();
        // The Document Verifier's key remains usable.
        assert_eq!(reader.present(terminal), SUCCESS, "{why}");
        assert_eq!(reader.prove(&issued), SUCCESS);
    }

    // A terminal straight below the CVCA, and a link in the chain that is left out.
    let mut reader = Reader::with_pace(trusting(authority().trust()));
    let body = CvCertificate::parse(terminal).unwrap().body;
    let straight = CvBody { authority_reference: b"VNCVCASIM00001".to_vec(), ..body };
    assert_eq!(reader.present(&straight.sign(authority().key())), 0x6985);
    assert_eq!(reader.present(terminal), 0x6A88);
    // Another authority selected than the certificate names.
    assert_eq!(reader.present(verifier), SUCCESS);
    assert_eq!(reader.set_verification_key(b"VNCVCASIM00001"), SUCCESS);
    assert_eq!(reader.verify(terminal), 0x6A88);
    reader.assert_closed();
}

/// Whatever a terminal sends where certificates are judged, nothing panics and nothing opens.
#[test]
fn no_bytes_from_a_terminal_make_the_chip_panic() {
    let issued = authority().issue(&TerminalOptions::default());
    let mut random = Random::from_seed(11);
    let mut reader = Reader::with_pace(trusting(authority().trust()));
    for _ in 0..3_000 {
        let choice = random.bytes(6);
        let certificate = &issued.certificates[usize::from(choice[0] % 2)];
        let mut data = match choice[1] % 4 {
            0 => tlv::node(0x83, b"VNDVSIM00001"),
            1 => tlv::node(0x83, b"VNCVCASIM00001"),
            _ => tlv::parse_only(certificate, 0x7F21).unwrap().to_vec(),
        };
        let place = usize::from(choice[2]) % data.len();
        data[place] ^= choice[3];
        if choice[4] < 40 {
            data.truncate(place);
        }
        let header = [
            [0, 0x22, 0x81, 0xB6],
            [0, 0x22, 0x81, 0xA4],
            [0, 0x2A, 0, 0xBE],
            [0, 0x2A, 0, 0xBE],
            [0, 0x82, 0, 0],
        ][usize::from(choice[5]) % 5];
        reader.secure(header, &data);
    }
    reader.assert_closed();
}
