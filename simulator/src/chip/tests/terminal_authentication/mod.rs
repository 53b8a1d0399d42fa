//! Terminal Authentication: who may read DG3 and DG4, and who may not.

mod others;
mod refusals;
mod trust;

use super::super::Chip;
use super::super::command::Command;
use super::terminal::{Channel, Terminal};
use super::{bytes, personalisation};
use crate::arithmetic::curve::{CurveName, Point};
use crate::arithmetic::group::Group;
use crate::arithmetic::modp::ModpName;
use crate::cv_certificate::{
    AccessRights, Authorization, CvAuthority, CvAuthorityOptions, CvBody, CvCertificate, Date,
    IssuedTerminal, Role, TerminalAlgorithm, TerminalKey, TerminalOptions, TerminalTrust,
    TerminalType, TrustPoint,
};
use crate::digest::DigestName;
use crate::personalisation::{
    ChipKey, Mapping, PaceOption, Personalisation, RecordEdition, dg4, file,
};
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
    contents.files.insert(file::DG4, dg4(RecordEdition::First));
    contents.protected.insert(file::DG4);
    contents.terminal_trust = Some(trust);
    contents
}

/// Comp of a public key as it was sent.
fn comp(group: Group, public_key: &[u8]) -> Vec<u8> {
    match group {
        Group::Curve(curve) => public_key[1..=curve.field_length()].to_vec(),
        Group::Modp(_) => DigestName::Sha1.hash(public_key),
    }
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
        let option = self.terminal.chip.personalisation().access.pace[0];
        assert_eq!(self.terminal.pace(option, b"001234", 2), SUCCESS);
        // The third step: 7C { 83: PK_dh_IFD }, answered by 7C { 84: PK_dh_IC }.
        let last = |keys: Vec<Vec<u8>>| comp(option.group, keys.last().unwrap());
        let trace = self.terminal.chip.trace();
        let answers = trace.iter().filter_map(|exchange| {
            let data = exchange.response.strip_suffix(&[0x90, 0])?;
            tlv::parse_only(tlv::parse_only(data, 0x7C)?, 0x84).map(<[u8]>::to_vec)
        });
        let commands = trace.iter().filter_map(|exchange| {
            let data = Command::parse(&exchange.command)?.data;
            tlv::parse_only(tlv::parse_only(&data, 0x7C)?, 0x83).map(<[u8]>::to_vec)
        });
        self.id_picc = last(answers.collect());
        self.compressed = last(commands.collect());
        self.terminal.select_application();
    }

    /// Chip Authentication with AES-128, and its channel.
    fn authenticate_chip(&mut self) {
        let key = self.terminal.chip.personalisation().chip_authentication[0].clone();
        let group = key.group;
        let private = group.private_key(&mut self.terminal.random);
        let public = group.encode(&group.public_key(&private));
        let mut protocol = bytes("04007F00070202030202");
        protocol[8] = if matches!(group, Group::Modp(_)) { 1 } else { 2 };
        let protocol = tlv::node(0x80, &protocol);
        assert_eq!(self.secure([0, 0x22, 0x41, 0xA4], &protocol), SUCCESS);
        let data = tlv::node(0x7C, &tlv::node(0x80, &public));
        assert_eq!(self.terminal.secure([0, 0x86, 0, 0], &data, &[0]).1, SUCCESS);
        let secret = group.secret(&group.multiply(&private, &key.public())).unwrap();
        self.terminal.channel = Some(Channel::new(CipherName::Aes128, &secret, 0));
        self.compressed = comp(group, &public);
    }

    /// Chip Authentication with 3DES in one command, and its channel.
    fn authenticate_chip_with_3des(&mut self, public_of_chip: &Point, curve: CurveName) {
        let curve = curve.curve();
        let private = self.terminal.random.below(&curve.n);
        let public = curve.public_key(&private);
        let data = tlv::node(0x91, &curve.encode(&public));
        assert_eq!(self.secure([0, 0x22, 0x41, 0xA6], &data), SUCCESS);
        let secret = curve.encode_x(&curve.multiply(&private, public_of_chip)).unwrap();
        self.terminal.channel = Some(Channel::new(CipherName::TripleDes, &secret, 0));
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

/// ID_PICC and Comp(PK_DH,IFD) are hashes modulo a prime; the mapping changes nothing.
#[test]
fn after_every_mapping_in_either_kind_of_group() {
    let authority = authority();
    let issued = authority.issue(&TerminalOptions::default());
    let curve = Group::Curve(CurveName::Secp384r1);
    let modp = Group::Modp(ModpName::Modp1024_160);
    for (mapping, group, key_group) in [
        (Mapping::Generic, modp, curve),
        (Mapping::Integrated, modp, modp),
        (Mapping::Integrated, curve, modp),
        (Mapping::ChipAuthentication, curve, curve),
    ] {
        let mut contents = trusting(authority.trust());
        contents.access.pace = vec![PaceOption::new(mapping, group, CipherName::Aes192)];
        contents.chip_authentication = vec![ChipKey {
            group: key_group,
            private: key_group.private_key(&mut Random::from_seed(4)),
            key_id: None,
            ciphers: vec![CipherName::Aes128],
        }];
        let mut reader = Reader::with_pace(contents);
        assert_eq!(reader.authenticate(&issued), SUCCESS, "{mapping:?} {group:?} {key_group:?}");
        reader.assert_open();
        reader.terminal.assert_no_violations();
    }
}

/// The chip proved itself in PACE, so the key of that agreement is signed, until there is a newer one.
#[test]
fn after_chip_authentication_mapping_without_chip_authentication() {
    let issued = authority().issue(&TerminalOptions::default());
    for (curve, cipher) in [
        (CurveName::BrainpoolP256r1, CipherName::Aes128),
        (CurveName::Secp192r1, CipherName::Aes192),
        (CurveName::Secp521r1, CipherName::Aes256),
    ] {
        let group = Group::Curve(curve);
        let mut contents = trusting(authority().trust());
        contents.access.pace = vec![PaceOption::new(Mapping::ChipAuthentication, group, cipher)];
        contents.chip_authentication[0].group = group;
        let open = || {
            let mut reader = Reader::new(contents.clone());
            reader.pace();
            reader
        };
        let mut reader = open();
        assert_eq!(reader.doors(), [0x6982; 2]);
        assert_eq!(reader.authenticate(&issued), SUCCESS, "{curve:?}");
        reader.assert_open();
        // Once a session.
        assert_eq!(reader.authenticate(&issued), 0x6982);

        // The key of PACE is no longer the newest after Chip Authentication.
        let mut reader = open();
        let old = reader.compressed.clone();
        reader.authenticate_chip();
        let newest = std::mem::replace(&mut reader.compressed, old);
        assert_eq!(reader.authenticate(&issued), 0x6300);
        assert_eq!(reader.doors(), [0x6982; 2]);
        reader.compressed = newest;
        assert_eq!(reader.authenticate(&issued), SUCCESS);
        reader.assert_open();
        reader.terminal.assert_no_violations();

        // The mapping's own key is another one.
        let mut reader = open();
        reader.compressed = reader.id_picc.clone();
        assert_eq!(reader.authenticate(&issued), 0x6300);
        reader.assert_closed();
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
    reader.terminal.assert_no_violations();
    // A signature in a chain, first with a command in between: then it lacks its beginning, and the challenge.
    for (interrupted, expected) in [(true, 0x6985), (false, SUCCESS)] {
        assert_eq!(reader.set_terminal_key(&issued.reference), SUCCESS);
        let challenge = reader.challenge();
        let message = [reader.id_picc.as_slice(), &challenge, &reader.compressed].concat();
        let signature = issued.key.sign(&message);
        assert_eq!(reader.secure([0x10, 0x82, 0, 0], &signature[..200]), SUCCESS);
        if interrupted {
            assert_eq!(reader.set_terminal_key(&issued.reference), SUCCESS);
        }
        assert_eq!(reader.secure([0, 0x82, 0, 0], &signature[200..]), expected);
        assert_eq!(reader.doors(), [if interrupted { 0x6982 } else { SUCCESS }; 2]);
    }
    // The interruption was the only mistake.
    assert_eq!(reader.terminal.chip.violations().len(), 1);
    // What came before another command is not part of the chain.
    assert_eq!(reader.set_verification_key(b"VNCVCASIM00001"), SUCCESS);
    let parts = tlv::parse_only(&issued.certificates[0], 0x7F21).unwrap();
    assert_eq!(reader.secure([0x10, 0x2A, 0, 0xBE], &parts[..100]), SUCCESS);
    assert_eq!(reader.set_verification_key(b"VNCVCASIM00001"), SUCCESS);
    assert_eq!(reader.secure([0, 0x2A, 0, 0xBE], &parts[100..200]), 0x6A80);
}

#[test]
fn the_work_of_terminal_authentication() {
    let authority = authority();
    let issued = authority.issue(&TerminalOptions::default());
    let mut reader = Reader::with_bac(trusting(authority.trust()));
    let before = reader.terminal.chip.work();
    assert_eq!(reader.authenticate(&issued), SUCCESS);
    let work = reader.terminal.chip.work() - before;
    // Each certificate's signature, and the terminal's.
    assert_eq!(work.ecdsa_verifications, issued.certificates.len() as u64 + 1);
    assert_eq!((work.challenges, work.rsa_verifications), (1, 0));
}
