//! The commands as they reach the chip, through secure messaging that a chip of the tests undoes with the
//! simulator's ciphers.

use cccd_simulator::{
    DigestName,
    arithmetic::rsa::RsaKey,
    symmetric::{self, CipherName, KeyUse},
};

use super::{
    test_issuer::*,
    tests::{day, pool, trusting},
    *,
};
use crate::{
    apdu::{Form, Limits, Line, Mailbox, testing::drive},
    crypto::BlockCipher,
    error::{Error, NotAuthorised, ReaderFault, Result},
    secure_messaging::{Channel, Session},
    sensitive::Secret,
    tlv::{Reader, write},
};

const SECRET: [u8; 32] = [0x5A; 32];
const ID_PICC: &[u8] = b"0000123456";
const EPHEMERAL: [u8; 32] = [0xE7; 32];
const R_PICC: [u8; 8] = [1, 2, 3, 5, 8, 13, 21, 34];

// ---- both ends ----------------------------------------------------------------------------------

/// The chip's end of the channel: unwraps commands, answers what the script says.
struct Chip {
    counter: u128,
    /// Header and data of each command, unprotected, chains joined.
    commands: Vec<Vec<u8>>,
    /// Lengths of the commands on the line.
    lengths: Vec<usize>,
    /// Data of the links before the last.
    pending: Vec<u8>,
    /// Status word for the command with this index.
    refuse: Option<(usize, u16)>,
    /// Whether commands with extended length, and links, are taken.
    extended: bool,
    chaining: bool,
}

impl Chip {
    const CIPHER: CipherName = CipherName::Aes128;

    const fn new() -> Self {
        Self {
            counter: 0,
            commands: Vec::new(),
            lengths: Vec::new(),
            pending: Vec::new(),
            refuse: None,
            extended: true,
            chaining: true,
        }
    }

    fn key(key_use: KeyUse) -> Vec<u8> {
        symmetric::derive_key(Self::CIPHER, &SECRET, key_use)
    }

    fn code(&mut self, message: &[u8]) -> [u8; 8] {
        let message = [&self.counter.to_be_bytes()[..], &symmetric::pad(message, 16)].concat();
        symmetric::authentication_code(Self::CIPHER, &Self::key(KeyUse::Authentication), &message)
    }

    fn cipher(&self) -> (symmetric::BlockCipher, [u8; 16]) {
        let cipher = symmetric::BlockCipher::new(Self::CIPHER, &Self::key(KeyUse::Encryption));
        let mut iv = self.counter.to_be_bytes();
        cipher.encrypt_block(&mut iv);
        (cipher, iv)
    }

    fn process(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.lengths.push(bytes.len());
        self.counter += 1;
        let extended = bytes[4] == 0 && bytes.len() > 7;
        let body = if extended {
            &bytes[7..7 + usize::from(u16::from_be_bytes([bytes[5], bytes[6]]))]
        } else {
            &bytes[5..5 + usize::from(bytes[4])]
        };
        let mut objects = Reader::new(body);
        let cryptogram = objects.optional(0x87).unwrap();
        let le = objects.optional(0x97).unwrap();
        let authenticated = &body[..objects.offset()];
        let code = objects.expect(0x8E, "DO 8E").unwrap();
        objects.finish().unwrap();
        let header = symmetric::pad(&bytes[..4], 16);
        assert_eq!(self.code(&[&header[..], authenticated].concat()), code.value);
        assert_eq!(bytes[0] & 0x0C, 0x0C);
        let data = cryptogram.map_or_else(Vec::new, |object| {
            assert_eq!(object.value[0], 1);
            let (cipher, iv) = self.cipher();
            symmetric::unpad(&cipher.cbc_decrypt(&iv, &object.value[1..]), 16).unwrap()
        });
        let last = bytes[0] & 0x10 == 0;
        let answer = self.answer(&bytes[1..4], &data, le.map(|le| le.value), extended, last);
        self.protect(&answer.0, answer.1)
    }

    fn answer(
        &mut self,
        header: &[u8],
        data: &[u8],
        le: Option<&[u8]>,
        extended: bool,
        last: bool,
    ) -> (Vec<u8>, u16) {
        if extended && !self.extended {
            return (Vec::new(), 0x6700);
        }
        if !last && !self.chaining {
            return (Vec::new(), 0x6884);
        }
        self.pending.extend_from_slice(data);
        if !last {
            return (Vec::new(), 0x9000);
        }
        let data = std::mem::take(&mut self.pending);
        self.commands.push([header, &data].concat());
        if let Some((index, status)) = self.refuse
            && index + 1 == self.commands.len()
        {
            return (Vec::new(), status);
        }
        // Only GET CHALLENGE wants an answer.
        if header[0] == 0x84 {
            assert_eq!(le, Some(&[8][..]));
            return (R_PICC.to_vec(), 0x9000);
        }
        assert_eq!(le, None);
        (Vec::new(), 0x9000)
    }

    fn protect(&mut self, data: &[u8], status: u16) -> Vec<u8> {
        self.counter += 1;
        let mut objects = Vec::new();
        if !data.is_empty() {
            let (cipher, iv) = self.cipher();
            let cryptogram = cipher.cbc_encrypt(&iv, &symmetric::pad(data, 16));
            objects = write(0x87, &[&[1], &cryptogram[..]].concat());
        }
        objects.extend(write(0x99, &status.to_be_bytes()));
        let code = self.code(&objects);
        [&objects[..], &write(0x8E, &code), &status.to_be_bytes()].concat()
    }
}

/// A terminal whose key is `key`, whatever its certificate says.
struct Desk {
    certificates: CvCertificates,
    key: Key,
    asked: Vec<(String, Vec<u8>)>,
    fails: bool,
}

impl Terminal for Desk {
    fn certificates(&self) -> &CvCertificates {
        &self.certificates
    }

    fn sign(&mut self, certificate: &CvCertificate, message: &[u8]) -> Result<Vec<u8>> {
        self.asked.push((certificate.holder().to_string(), message.to_vec()));
        if self.fails {
            return Err(Error::NotAuthorised(NotAuthorised::KeyUnavailable));
        }
        Ok(self.key.sign(message))
    }
}

/// Authority, link, document verifier, terminal, and the terminal's key.
fn desk(keys: [Key; 4]) -> Desk {
    let [root, next, verifier, terminal] = keys;
    let certificates = [
        Template::cvca("VNCVCA00001", "VNCVCA00001", root).sign(root),
        Template::cvca("VNCVCA00001", "VNCVCA00002", next).sign(root),
        Template::verifier("VNCVCA00002", "VNDVPOLVN001", verifier).sign(next),
        Template::terminal("VNDVPOLVN001", "VNISDESK00007", terminal).bits(1).sign(verifier),
    ];
    Desk { certificates: pool(&certificates), key: terminal, asked: Vec::new(), fails: false }
}

const EC: [Key; 4] = [ec(1), ec(2), ec(3), ec(4)];
const RSA: [Key; 4] = [
    Key::Pss(DigestName::Sha256, RsaKey::test_csca),
    Key::Pss(DigestName::Sha256, RsaKey::test_signer),
    Key::Pss(DigestName::Sha256, RsaKey::test_active_authentication),
    Key::Pss(DigestName::Sha256, RsaKey::test_clone),
];

fn open(limits: Limits) -> (Channel, Mailbox) {
    let (line, mailbox) = Line::new();
    mailbox.set_limits(limits);
    let session = Session::from_shared_secret(BlockCipher::Aes128, &Secret::new(SECRET.to_vec()));
    (Channel::new(line, session), mailbox)
}

fn run(chip: &mut Chip, desk: &mut Desk, limits: Limits) -> Result<TerminalAuthenticated> {
    let (mut channel, mailbox) = open(limits);
    let context = TerminalContext {
        id_picc: ID_PICC.to_vec(),
        ephemeral: EPHEMERAL.to_vec(),
        at: day("2026-11-21"),
    };
    let trusted = trusting(&["VNCVCA00001"]);
    let procedure = terminal_authentication(&mut channel, &trusted, desk, &context);
    movable(&procedure);
    drive(&mailbox, procedure, |bytes| chip.process(bytes))
}

/// An inspection may wander between threads.
fn movable(_: &impl Send) {}

/// The commands that the chip ought to see.
fn expected(desk: &Desk) -> Vec<Vec<u8>> {
    let reference = |name: &str| write(0x83, name.as_bytes());
    let mut commands = Vec::new();
    for certificate in desk.certificates.iter().skip(1) {
        let authority = certificate.authority().to_string();
        commands.push([&[0x22, 0x81, 0xB6][..], &reference(&authority)].concat());
        let bytes = certificate.to_bytes();
        let outer = Reader::new(&bytes).next_object().unwrap().unwrap();
        commands.push([&[0x2A, 0x00, 0xBE][..], outer.value].concat());
    }
    commands.push([&[0x22, 0x81, 0xA4][..], &reference("VNISDESK00007")].concat());
    commands.push(vec![0x84, 0, 0]);
    commands
}

// ---- the protocol -------------------------------------------------------------------------------

#[test]
fn the_commands_come_in_order_and_the_signature_covers_the_right_message() {
    for keys in [EC, RSA] {
        let (mut chip, mut desk) = (Chip::new(), desk(keys));
        let authenticated = run(&mut chip, &mut desk, Limits::EXTENDED).unwrap();

        let message = [ID_PICC, &R_PICC, &EPHEMERAL].concat();
        assert_eq!(desk.asked, [("VNISDESK00007".to_owned(), message.clone())]);
        let (last, before) = chip.commands.split_last().unwrap();
        assert_eq!(before, expected(&desk));
        assert_eq!(last[..3], [0x82, 0, 0]);
        let terminal = desk.certificates.iter().last().unwrap();
        let key = terminal.key().complete(Some(crate::crypto::Curve::BrainpoolP256r1)).unwrap();
        assert!(key.verify(&message, &last[3..]));

        assert_eq!(authenticated.authority().to_string(), "VNCVCA00001");
        assert_eq!(authenticated.holder().to_string(), "VNISDESK00007");
        assert_eq!(authenticated.rights().to_string(), "DG3");
        assert!(authenticated.description().starts_with("VNISDESK00007, id-TA-"));
    }
}

#[test]
fn a_wrong_key_is_found_before_the_chip_hears_of_it() {
    let (mut chip, mut desk) = (Chip::new(), desk(EC));
    desk.key = ec(5);
    let error = run(&mut chip, &mut desk, Limits::EXTENDED).unwrap_err();
    assert_eq!(error, Error::NotAuthorised(NotAuthorised::TerminalKey));
    assert_eq!(chip.commands, expected(&desk));

    desk.fails = true;
    let error = run(&mut Chip::new(), &mut desk, Limits::EXTENDED).unwrap_err();
    assert_eq!(error, Error::NotAuthorised(NotAuthorised::KeyUnavailable));
}

#[test]
fn without_a_chain_the_chip_is_not_bothered() {
    let (mut chip, mut desk) = (Chip::new(), desk(EC));
    desk.certificates = CvCertificates::new();
    let error = run(&mut chip, &mut desk, Limits::EXTENDED).unwrap_err();
    assert_eq!(error, Error::NotAuthorised(NotAuthorised::NoChain));
    assert!(chip.commands.is_empty() && desk.asked.is_empty());
}

#[test]
fn every_refusal_names_the_command_and_ends_the_protocol() {
    let names = [
        "MSE:Set DST",
        "PSO:VERIFY CERTIFICATE",
        "MSE:Set DST",
        "PSO:VERIFY CERTIFICATE",
        "MSE:Set DST",
        "PSO:VERIFY CERTIFICATE",
        "MSE:Set AT",
        "GET CHALLENGE",
        "EXTERNAL AUTHENTICATE",
    ];
    for (index, command) in names.into_iter().enumerate() {
        for status in [0x6300, 0x6982, 0x6983, 0x6985, 0x6A80, 0x6A88, 0x6D00] {
            let (mut chip, mut desk) = (Chip::new(), desk(EC));
            chip.refuse = Some((index, status));
            let error = run(&mut chip, &mut desk, Limits::EXTENDED).unwrap_err();
            assert_eq!(
                error,
                Error::NotAuthorised(NotAuthorised::Refused { command, status }),
                "{index}"
            );
            assert_eq!(chip.commands.len(), index + 1, "nothing more is sent");
        }
    }
}

#[test]
fn a_challenge_of_another_length_is_malformed() {
    let (mut chip, mut desk) = (Chip::new(), desk(EC));
    let (mut channel, mailbox) = open(Limits::EXTENDED);
    let context = TerminalContext { id_picc: vec![], ephemeral: vec![], at: day("2026-11-21") };
    let trusted = trusting(&["VNCVCA00001"]);
    let procedure = terminal_authentication(&mut channel, &trusted, &mut desk, &context);
    let error = drive(&mailbox, procedure, |bytes| {
        let answer = chip.process(bytes);
        if bytes[1] != 0x84 {
            return answer;
        }
        chip.counter -= 1;
        chip.protect(&R_PICC[1..], 0x9000)
    })
    .unwrap_err();
    assert_eq!(error.code(), "malformed.structure");
    assert!(desk.asked.is_empty());
}

// ---- long commands ------------------------------------------------------------------------------

#[test]
fn certificates_of_curves_need_no_long_commands_unless_they_name_their_curve() {
    let (mut chip, mut desk) = (Chip::new(), desk(EC));
    run(&mut chip, &mut desk, Limits::EXTENDED).unwrap();
    let long: Vec<bool> = chip.lengths.iter().map(|length| *length > 261).collect();
    // The link is the second command.
    assert_eq!(long, [false, true, false, false, false, false, false, false, false]);
}

#[test]
fn a_short_reader_sends_links_each_protected_by_itself() {
    for keys in [EC, RSA] {
        let (mut chip, mut desk) = (Chip::new(), desk(keys));
        chip.extended = false;
        run(&mut chip, &mut desk, Limits::SHORT).unwrap();
        assert_eq!(chip.commands[..8], expected(&desk));
        assert!(chip.lengths.iter().all(|length| *length <= 261));
        assert!(chip.lengths.len() > chip.commands.len());
    }
}

#[test]
fn a_chip_without_extended_length_gets_links() {
    let (mut chip, mut desk) = (Chip::new(), desk(RSA));
    chip.extended = false;
    run(&mut chip, &mut desk, Limits::EXTENDED).unwrap();
    assert_eq!(chip.commands[..8], expected(&desk));
}

#[test]
fn what_cannot_be_carried_is_the_readers_fault_or_the_chips() {
    let (mut chip, mut desk) = (Chip::new(), desk(RSA));
    chip.chaining = false;
    let error = run(&mut chip, &mut desk, Limits::SHORT).unwrap_err();
    assert_eq!(error, Error::Reader(ReaderFault::TooLong));

    // The reader would have carried it.
    let mut chip = Chip::new();
    (chip.chaining, chip.extended) = (false, false);
    let error = run(&mut chip, &mut desk, Limits::EXTENDED).unwrap_err();
    let refused = NotAuthorised::Refused { command: "PSO:VERIFY CERTIFICATE", status: 0x6884 };
    assert_eq!(error, Error::NotAuthorised(refused));
}

#[test]
fn commands_have_the_case_that_chips_expect() {
    let command = crate::apdu::Command::verify_certificate(&[1, 2]);
    assert_eq!(command.encode(Form::Short).unwrap(), [0x00, 0x2A, 0x00, 0xBE, 2, 1, 2]);
    let command = crate::apdu::Command::set_verification_key(b"X");
    assert_eq!(command.encode(Form::Short).unwrap(), [0x00, 0x22, 0x81, 0xB6, 3, 0x83, 1, b'X']);
    let command = crate::apdu::Command::set_terminal_key(b"X");
    assert_eq!(command.encode(Form::Short).unwrap(), [0x00, 0x22, 0x81, 0xA4, 3, 0x83, 1, b'X']);
    let command = crate::apdu::Command::authenticate_terminal(&[9]);
    assert_eq!(command.encode(Form::Short).unwrap(), [0x00, 0x82, 0, 0, 1, 9]);
}

// ---- what is printed ----------------------------------------------------------------------------

#[test]
fn a_terminal_prints_no_key() {
    let mut desk = desk(EC);
    let terminal: &mut dyn Terminal = &mut desk;
    assert_eq!(format!("{terminal:?}"), "Terminal(4 certificates)");
    let boxed: Box<dyn Terminal> = Box::new(desk);
    assert_eq!(format!("{boxed:?}"), "Terminal(4 certificates)");
}
