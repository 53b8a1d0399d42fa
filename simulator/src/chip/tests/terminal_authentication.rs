//! Terminal Authentication: who may read DG3 and DG4, and who may not.

use super::super::Chip;
use super::terminal::{Channel, Terminal};
use super::{bytes, personalisation};
use crate::arithmetic::curve::CurveName;
use crate::cv_certificate::{
    AccessRights, Authorization, CvAuthority, CvAuthorityOptions, CvBody, CvCertificate, Date,
    IssuedTerminal, Role, TerminalAlgorithm, TerminalKey, TerminalOptions, TerminalTrust,
    TerminalType, TrustPoint,
};
use crate::foreign;
use crate::personalisation::{Personalisation, dg4, file};
use crate::pkcs8::PrivateKey;
use crate::random::Random;
use crate::symmetric::CipherName;
use crate::tlv;

const MRZ: &str = "195001234795061583506156";
const SUCCESS: u16 = 0x9000;

fn authority() -> CvAuthority {
    CvAuthority::new(CvAuthorityOptions::default())
}

/// A chip with DG3 and DG4 that trusts somebody.
fn trusting(trust: TerminalTrust) -> Personalisation {
    let mut contents = personalisation();
    contents.files.insert(file::DG4, dg4());
    contents.protected.insert(file::DG4);
    contents.terminal_trust = Some(trust);
    contents
}

/// A reader in the middle of a session.
struct Reader {
    terminal: Terminal,
    /// ID_PICC.
    id_picc: Vec<u8>,
    /// Comp(PK_DH,IFD).
    compressed: Vec<u8>,
}

impl Reader {
    fn new(contents: Personalisation) -> Reader {
        let terminal = Terminal::new(Chip::new(contents, 5));
        Reader { terminal, id_picc: Vec::new(), compressed: Vec::new() }
    }

    /// After BAC and Chip Authentication.
    fn with_bac(contents: Personalisation) -> Reader {
        let mut reader = Reader::new(contents);
        reader.bac();
        reader.authenticate_chip();
        reader
    }

    /// After PACE and Chip Authentication.
    fn with_pace(contents: Personalisation) -> Reader {
        let mut reader = Reader::new(contents);
        reader.pace();
        reader.authenticate_chip();
        reader
    }

    fn bac(&mut self) {
        assert_eq!(self.terminal.bac(MRZ), SUCCESS);
        self.id_picc = b"1950012347".to_vec();
    }

    fn pace(&mut self) {
        let curve = self.terminal.chip.personalisation().access.pace.unwrap();
        assert_eq!(self.terminal.pace(curve, b"001234", 2), SUCCESS);
        // The answer to the third step: 7C { 84: PK_dh_IC }.
        let keys = self.terminal.chip.trace().iter().filter_map(|exchange| {
            let data = exchange.response.strip_suffix(&[0x90, 0])?;
            let point = tlv::parse_only(tlv::parse_only(data, 0x7C)?, 0x84)?;
            Some(point[1..=curve.field_length()].to_vec())
        });
        self.id_picc = keys.last().unwrap();
        self.terminal.select_application();
    }

    /// Chip Authentication with AES-128, and its channel.
    fn authenticate_chip(&mut self) {
        let key = self.terminal.chip.personalisation().chip_authentication.clone().unwrap();
        let curve = key.curve.curve();
        let private = self.terminal.random.below(&curve.n);
        let public = curve.public_key(&private);
        let protocol = tlv::node(0x80, &bytes("04007F00070202030202"));
        assert_eq!(self.secure([0, 0x22, 0x41, 0xA4], &protocol), SUCCESS);
        let data = tlv::node(0x7C, &tlv::node(0x80, &curve.encode(&public)));
        assert_eq!(self.terminal.secure([0, 0x86, 0, 0], &data, &[0]).1, SUCCESS);
        let secret = curve.encode_x(&curve.multiply(&private, &key.public())).unwrap();
        self.terminal.channel = Some(Channel::new(CipherName::Aes128, &secret, 0));
        self.compressed = curve.encode_x(&public).unwrap();
    }

    /// A protected command without an answer.
    fn secure(&mut self, header: [u8; 4], data: &[u8]) -> u16 {
        let (answer, status) = self.terminal.secure(header, data, &[]);
        assert!(answer.is_empty());
        status
    }

    fn set_verification_key(&mut self, reference: &[u8]) -> u16 {
        self.secure([0, 0x22, 0x81, 0xB6], &tlv::node(0x83, reference))
    }

    fn verify(&mut self, certificate: &[u8]) -> u16 {
        let parts = tlv::parse_only(certificate, 0x7F21).unwrap();
        self.secure([0, 0x2A, 0, 0xBE], parts)
    }

    /// MSE:Set DST and PSO:VERIFY CERTIFICATE; the first status word that is not 9000.
    fn present(&mut self, certificate: &[u8]) -> u16 {
        let authority = CvCertificate::parse(certificate).unwrap().body.authority_reference;
        match self.set_verification_key(&authority) {
            SUCCESS => self.verify(certificate),
            status => status,
        }
    }

    fn set_terminal_key(&mut self, reference: &[u8]) -> u16 {
        self.secure([0, 0x22, 0x81, 0xA4], &tlv::node(0x83, reference))
    }

    fn challenge(&mut self) -> Vec<u8> {
        let (challenge, status) = self.terminal.secure([0, 0x84, 0, 0], &[], &[8]);
        assert_eq!((challenge.len(), status), (8, SUCCESS));
        challenge
    }

    fn external_authenticate(&mut self, key: &TerminalKey, challenge: &[u8]) -> u16 {
        let message = [self.id_picc.as_slice(), challenge, &self.compressed].concat();
        self.secure([0, 0x82, 0, 0], &key.sign(&message))
    }

    /// The proof after the certificates.
    fn prove(&mut self, issued: &IssuedTerminal) -> u16 {
        match self.set_terminal_key(&issued.reference) {
            SUCCESS => {
                let challenge = self.challenge();
                self.external_authenticate(&issued.key, &challenge)
            }
            status => status,
        }
    }

    /// The whole protocol; the first status word that is not 9000.
    fn authenticate(&mut self, issued: &IssuedTerminal) -> u16 {
        for certificate in &issued.certificates {
            let status = self.present(certificate);
            if status != SUCCESS {
                return status;
            }
        }
        self.prove(issued)
    }

    /// The status words of selecting DG3 and DG4.
    fn doors(&mut self) -> [u16; 2] {
        [file::DG3, file::DG4].map(|group| self.secure([0, 0xA4, 2, 0x0C], &group.to_be_bytes()))
    }

    fn assert_open(&mut self) {
        for group in [file::DG3, file::DG4] {
            let expected = self.terminal.chip.personalisation().files[&group].clone();
            assert_eq!(self.terminal.read(group), expected);
        }
    }

    fn assert_closed(&mut self) {
        assert_eq!(self.doors(), [0x6982; 2]);
        assert_eq!(self.terminal.chip.chip_proofs().terminal_authentications, 0);
    }

    fn date(&self) -> Date {
        self.terminal.chip.personalisation().terminal_trust.as_ref().unwrap().current_date
    }
}

#[test]
fn every_algorithm_and_every_curve_after_pace_and_after_bac() {
    let rsa =
        TerminalAlgorithm::ALL.into_iter().map(|algorithm| (algorithm, CurveName::BrainpoolP256r1));
    let curves = CurveName::ALL.into_iter().map(|curve| (TerminalAlgorithm::EcdsaSha256, curve));
    for (algorithm, curve) in rsa.chain(curves) {
        let options = CvAuthorityOptions { algorithm, curve, ..CvAuthorityOptions::default() };
        let authority = CvAuthority::new(options);
        let issued = authority.issue(&TerminalOptions::default());
        for open in [Reader::with_bac, Reader::with_pace] {
            let mut reader = open(trusting(authority.trust()));
            assert_eq!(reader.doors(), [0x6982; 2]);
            assert_eq!(reader.authenticate(&issued), SUCCESS, "{algorithm:?} {curve:?}");
            reader.assert_open();
            assert_eq!(reader.terminal.read(file::DG1).len(), 95);
            reader.terminal.assert_no_violations();
            assert_eq!(reader.terminal.chip.chip_proofs().terminal_authentications, 1);
        }
    }
}

#[test]
fn rights_are_those_that_all_certificates_grant() {
    let rights =
        [0, 1, 2, 3].map(|bits| AccessRights { fingerprints: bits & 1 != 0, iris: bits & 2 != 0 });
    for above in rights {
        for (verifier, terminal) in
            [(AccessRights::ALL, AccessRights::ALL), (rights[1], rights[3]), (rights[3], rights[2])]
        {
            let options = CvAuthorityOptions { rights: above, ..CvAuthorityOptions::default() };
            let authority = CvAuthority::new(options);
            let issued = authority.issue(&TerminalOptions {
                verifier_rights: verifier,
                rights: terminal,
                ..TerminalOptions::default()
            });
            let mut reader = Reader::with_pace(trusting(authority.trust()));
            assert_eq!(reader.authenticate(&issued), SUCCESS);
            let granted = above.bits() & verifier.bits() & terminal.bits();
            let door = |bit: u8| if granted & bit != 0 { SUCCESS } else { 0x6982 };
            assert_eq!(reader.doors(), [door(1), door(2)], "{granted:b}");
            reader.terminal.assert_no_violations();
        }
    }
}

#[test]
fn other_protected_files_stay_closed() {
    let mut contents = trusting(authority().trust());
    contents.protected.insert(file::DG2);
    let mut reader = Reader::with_pace(contents);
    assert_eq!(reader.authenticate(&authority().issue(&TerminalOptions::default())), SUCCESS);
    reader.assert_open();
    assert_eq!(reader.secure([0, 0xA4, 2, 0x0C], &[1, 2]), 0x6982);
    // A right to a file that is not there.
    reader.terminal.chip.personalisation_mut().withhold(file::DG4);
    assert_eq!(reader.doors(), [SUCCESS, 0x6A82]);
}

#[test]
fn rights_end_with_the_keys() {
    let issued = authority().issue(&TerminalOptions::default());
    let open = || {
        let mut reader = Reader::with_pace(trusting(authority().trust()));
        assert_eq!(reader.authenticate(&issued), SUCCESS);
        reader.assert_open();
        reader
    };
    // A new Chip Authentication: other keys, and the terminal is a stranger again.
    let mut reader = open();
    reader.authenticate_chip();
    assert_eq!(reader.doors(), [0x6982; 2]);
    assert_eq!(reader.set_terminal_key(&issued.reference), 0x6A88);
    assert_eq!(reader.authenticate(&issued), SUCCESS);
    reader.assert_open();
    reader.terminal.assert_no_violations();
    assert_eq!(reader.terminal.chip.chip_proofs().terminal_authentications, 2);
    // The end of the session, and the loss of power.
    let mut reader = open();
    assert_eq!(reader.terminal.plain("00B0830000").1, 0x6982);
    reader.bac();
    assert_eq!(reader.doors(), [0x6982; 2]);
    let mut reader = open();
    reader.terminal.chip.reset();
    reader.pace();
    assert_eq!(reader.doors(), [0x6982; 2]);
}

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
    // The same link again names a key that the chip has; another one under a known name is signed as it should be, but
    // may not take the place of a trust point.
    reader.authenticate_chip();
    assert_eq!(reader.present(&first.link_certificate(&second)), 0x6985);
    // The second one expires in 2026, the first in 2024: a year later it signs links only.
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
fn certificates_in_a_chain_of_commands() {
    let options = CvAuthorityOptions {
        algorithm: TerminalAlgorithm::RsaPkcs1Sha256,
        ..CvAuthorityOptions::default()
    };
    let authority = CvAuthority::new(options);
    let issued = authority.issue(&TerminalOptions::default());
    let mut contents = trusting(authority.trust());
    contents.behaviour.certificate_chaining = true;
    contents.behaviour.extended_length = false;
    let mut reader = Reader::with_pace(contents);
    for certificate in &issued.certificates {
        let reference = CvCertificate::parse(certificate).unwrap().body.authority_reference;
        assert_eq!(reader.set_verification_key(&reference), SUCCESS);
        let parts = tlv::parse_only(certificate, 0x7F21).unwrap();
        let mut chunks = parts.chunks(200).peekable();
        while let Some(chunk) = chunks.next() {
            let class = if chunks.peek().is_some() { 0x10 } else { 0 };
            assert_eq!(reader.secure([class, 0x2A, 0, 0xBE], chunk), SUCCESS);
        }
    }
    assert_eq!(reader.set_terminal_key(&issued.reference), SUCCESS);
    reader.terminal.assert_no_violations();
    // What came before another command is not part of the chain.
    assert_eq!(reader.set_verification_key(b"VNCVCASIM00001"), SUCCESS);
    let parts = tlv::parse_only(&issued.certificates[0], 0x7F21).unwrap();
    assert_eq!(reader.secure([0x10, 0x2A, 0, 0xBE], &parts[..100]), SUCCESS);
    assert_eq!(reader.set_verification_key(b"VNCVCASIM00001"), SUCCESS);
    assert_eq!(reader.secure([0, 0x2A, 0, 0xBE], &parts[100..200]), 0x6A80);
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

fn foreign_terminal(
    folder: &str,
    names: [&str; 2],
    key: &str,
) -> Option<(TrustPoint, IssuedTerminal)> {
    let path = |name: &str| format!("eac/CFG.DFLT.EAC.{folder}/{name}");
    let root = foreign::read(&path("CVCA_Cert_01.cvcert"))?;
    let certificates: Vec<Vec<u8>> =
        names.iter().map(|name| foreign::read(&path(&format!("{name}.cvcert"))).unwrap()).collect();
    let key = PrivateKey::from_pkcs8(&foreign::read(&path(key)).unwrap()).unwrap();
    let key = TerminalKey::new(TerminalAlgorithm::EcdsaSha256, key).unwrap();
    let issued = IssuedTerminal::new(certificates, key).unwrap();
    Some((TrustPoint::from_certificate(&root).unwrap(), issued))
}

/// A chip that trusts the authority of another simulator, and that simulator's terminals.
#[test]
fn the_terminals_of_another_simulator() {
    let names = ["dv_is_cert_1", "is_cert_1"];
    let Some((trust_point, issued)) = foreign_terminal("IS", names, "IS_Key_01_default.pkcs8")
    else {
        return;
    };
    let at = |date| trusting(TerminalTrust::new(trust_point.clone(), date));
    let today = Date::new(2016, 11, 22);
    for open in [Reader::with_bac, Reader::with_pace] {
        let mut reader = open(at(today));
        let (contents, _) = reader.terminal.secure([0, 0xB0, 0x9C, 0], &[], &[36]);
        assert_eq!(contents[..15], *b"\x42\x0DDEISCVCA00001");
        assert_eq!(reader.authenticate(&issued), SUCCESS);
        reader.assert_open();
        reader.terminal.assert_no_violations();
    }
    let refused = |contents: Personalisation, issued: &IssuedTerminal, status: u16| {
        let mut reader = Reader::with_pace(contents);
        assert_eq!(reader.authenticate(issued), status);
        reader.assert_closed();
    };
    // The Document Verifier's certificate ended on 22 December 2016.
    refused(at(Date::new(2016, 12, 23)), &issued, 0x6985);
    // Without the Document Verifier, with a stranger's key, and from below another authority of the same name.
    let broken =
        IssuedTerminal { certificates: issued.certificates[1..].to_vec(), ..issued.clone() };
    refused(at(today), &broken, 0x6A88);
    let stranger = authority().issue(&TerminalOptions::default()).key;
    refused(at(today), &IssuedTerminal { key: stranger, ..issued.clone() }, 0x6300);
    let mut other = trust_point.clone();
    other.public_key = authority().key().public();
    refused(trusting(TerminalTrust::new(other, today)), &issued, 0x6300);
    // A trust point that grants less.
    let mut less = trust_point.clone();
    less.authorization = Authorization::inspection_system(Role::Cvca, AccessRights::NONE);
    let mut reader = Reader::with_pace(trusting(TerminalTrust::new(less, today)));
    assert_eq!(reader.authenticate(&issued), SUCCESS);
    assert_eq!(reader.doors(), [0x6982; 2]);

    // Terminals for other applications, even if the chip trusts their authorities.
    for (folder, names, key) in [
        ("AT", ["dv_at_cert_1", "at_cert_1"], "AT_Key_01_default.pkcs8"),
        ("ST", ["dv_st_cert_1", "st_cert_1"], "ST_Key_01_default.pkcs8"),
    ] {
        let (trust_point, issued) = foreign_terminal(folder, names, key).unwrap();
        refused(trusting(TerminalTrust::new(trust_point, today)), &issued, 0x6985);
    }
}
