//! Both ends of the channel: ours, and a chip's that is made of the simulator's ciphers.

use cccd_simulator::symmetric::{self, CipherName, KeyUse};

use super::{Channel, KeyPurpose, Session, derive_key, unpad};
use crate::{
    apdu::{Command, Limits, Line, Mailbox, Response, StatusWord, testing::drive},
    crypto::BlockCipher,
    error::{ChannelFault, Error, ReaderFault, Result},
    sensitive::Secret,
    tlv::{Reader, write},
};

const SECRET: [u8; 32] = [0x5A; 32];
const CIPHERS: [(BlockCipher, CipherName); 4] = [
    (BlockCipher::TripleDes, CipherName::TripleDes),
    (BlockCipher::Aes128, CipherName::Aes128),
    (BlockCipher::Aes192, CipherName::Aes192),
    (BlockCipher::Aes256, CipherName::Aes256),
];
const AES: (BlockCipher, CipherName) = CIPHERS[1];

/// A command as the chip understood it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Understood {
    pub(crate) header: [u8; 4],
    pub(crate) data: Vec<u8>,
    pub(crate) le: Option<Vec<u8>>,
}

/// The chip's end.
pub(crate) struct Chip {
    name: CipherName,
    pub(crate) secret: Vec<u8>,
    counter: u128,
}

impl Chip {
    pub(crate) fn new(name: CipherName) -> Self {
        Self { name, secret: SECRET.to_vec(), counter: 0 }
    }

    fn block(&self) -> usize {
        self.name.block_length()
    }

    /// The counter as wide as a block; on overflow it starts again.
    fn ssc(&self) -> Vec<u8> {
        self.counter.to_be_bytes()[16 - self.block()..].to_vec()
    }

    fn cipher(&self) -> (symmetric::BlockCipher, Vec<u8>) {
        let key = symmetric::derive_key(self.name, &self.secret, KeyUse::Encryption);
        let cipher = symmetric::BlockCipher::new(self.name, &key);
        let mut iv = self.ssc();
        if self.name == CipherName::TripleDes {
            iv.fill(0);
        } else {
            cipher.encrypt_block(&mut iv);
        }
        (cipher, iv)
    }

    fn code(&self, message: &[u8]) -> [u8; 8] {
        let key = symmetric::derive_key(self.name, &self.secret, KeyUse::Authentication);
        let mut message = [&self.ssc()[..], message].concat();
        // The retail MAC pads by itself.
        if self.name != CipherName::TripleDes {
            message = symmetric::pad(&message, 16);
        }
        symmetric::authentication_code(self.name, &key, &message)
    }

    pub(crate) fn understand(&mut self, command: &Command) -> Understood {
        self.counter = self.counter.wrapping_add(1);
        let header = command.header();
        let mut objects = Reader::new(command.data());
        let tag = if header[1] & 1 == 0 { 0x87 } else { 0x85 };
        let cryptogram = objects.optional(tag).unwrap().map(|object| object.value);
        let le = objects.optional(0x97).unwrap().map(|object| object.value.to_vec());
        let guarded = &command.data()[..objects.offset()];
        let code = objects.expect(0x8E, "DO 8E").unwrap().value;
        objects.finish().unwrap();
        let mut message = header.to_vec();
        if !guarded.is_empty() {
            message = [symmetric::pad(&header, self.block()), guarded.to_vec()].concat();
        }
        assert_eq!(code, self.code(&message));
        let (cipher, iv) = self.cipher();
        let data = cryptogram.map_or_else(Vec::new, |cryptogram| {
            let cryptogram = if tag == 0x87 {
                assert_eq!(cryptogram[0], 1);
                &cryptogram[1..]
            } else {
                cryptogram
            };
            symmetric::unpad(&cipher.cbc_decrypt(&iv, cryptogram), self.block()).unwrap()
        });
        Understood { header, data, le }
    }

    /// Objects under a MAC; the status word outside is `status` too.
    fn guard(&mut self, objects: &[u8], status: u16) -> Vec<u8> {
        self.counter = self.counter.wrapping_add(1);
        [objects, &write(0x8E, &self.code(objects)), &status.to_be_bytes()].concat()
    }

    fn encrypt(&self, padded: &[u8]) -> Vec<u8> {
        // As `guard` will count it.
        let next =
            Self { counter: self.counter.wrapping_add(1), secret: self.secret.clone(), ..*self };
        let (cipher, iv) = next.cipher();
        cipher.cbc_encrypt(&iv, padded)
    }

    pub(crate) fn answer(&mut self, tag: u32, data: &[u8], status: u16) -> Vec<u8> {
        let mut objects = Vec::new();
        if !data.is_empty() {
            let cryptogram = self.encrypt(&symmetric::pad(data, self.block()));
            let indicator: &[u8] = if tag == 0x87 { &[1] } else { &[] };
            objects = write(tag, &[indicator, &cryptogram].concat());
        }
        objects.extend(write(0x99, &status.to_be_bytes()));
        self.guard(&objects, status)
    }
}

fn session(cipher: BlockCipher) -> Session {
    Session::from_shared_secret(cipher, &Secret::new(SECRET.to_vec()))
}

/// Our end over a device with these limits.
pub(crate) fn ends(limits: Limits) -> (Channel, Mailbox, Chip) {
    let (line, mailbox) = Line::new();
    mailbox.set_limits(limits);
    (Channel::new(line, session(AES.0)), mailbox, Chip::new(AES.1))
}

/// Header, data and outer Le of a protected command in short or extended form.
pub(crate) fn parsed(bytes: &[u8]) -> Command {
    let data = if bytes[4] == 0 && bytes.len() > 7 {
        &bytes[7..7 + usize::from(u16::from_be_bytes([bytes[5], bytes[6]]))]
    } else {
        &bytes[5..5 + usize::from(bytes[4])]
    };
    Command::new("TEST", *bytes.first_chunk().unwrap(), data, None)
}

/// A command of this instruction.
fn command(ins: u8, data: &[u8], le: Option<usize>) -> Command {
    Command::new("TEST", [0, ins, 0x12, 0x34], data, le)
}

fn unprotect(session: &mut Session, answer: &[u8]) -> Result<Response> {
    let answer = Response::parse(answer).unwrap();
    let mut data = zeroize::Zeroizing::default();
    let status = session.unprotect(answer.data(), answer.status(), &mut data)?;
    Ok(Response::from_parts(data, status))
}

pub(super) fn protect(session: &mut Session, command: &Command, extended: bool) -> Result<Command> {
    let mut protected = Command::empty();
    session.protect(command, extended, &mut protected)?;
    Ok(protected)
}

#[test]
fn both_ends_derive_the_same_keys() {
    for (cipher, name) in CIPHERS {
        for (purpose, key_use) in [
            (KeyPurpose::Encryption, KeyUse::Encryption),
            (KeyPurpose::Authentication, KeyUse::Authentication),
            (KeyPurpose::Password, KeyUse::Password),
        ] {
            let mut ours = derive_key(cipher, &SECRET, purpose).expose().to_vec();
            let mut theirs = symmetric::derive_key(name, &SECRET, key_use);
            if cipher == BlockCipher::TripleDes {
                assert!(ours.iter().all(|byte| byte.count_ones() % 2 == 1), "odd parity");
                // The rest of the key is what was derived.
                for byte in ours.iter_mut().chain(&mut theirs) {
                    *byte &= 0xFE;
                }
            }
            assert_eq!(ours, theirs, "{}", cipher.name());
        }
    }
}

#[test]
fn the_chip_understands_every_form_of_command_and_is_understood() {
    for (cipher, name) in CIPHERS {
        let (mut session, mut chip) = (session(cipher), Chip::new(name));
        for ins in [0xA4, 0xB0, 0xB1] {
            for length in [0, 1, 7, 8, 15, 16, 17, 100, 239, 300] {
                for (le, object) in [
                    (None, None),
                    (Some(1), Some(vec![1])),
                    (Some(255), Some(vec![255])),
                    (Some(256), Some(vec![0])),
                    (Some(257), Some(vec![1, 1])),
                    (Some(65_535), Some(vec![255, 255])),
                    (Some(65_536), Some(vec![0, 0])),
                ] {
                    let data: Vec<u8> = (0..length).map(|i| i as u8 | 1).collect();
                    let sent = protect(&mut session, &command(ins, &data, le), true).unwrap();
                    let header = [0x0C, ins, 0x12, 0x34];
                    let expected = Understood { header, data: data.clone(), le: object };
                    assert_eq!(chip.understand(&sent), expected);
                    for tag in [0x87, 0x85] {
                        let answer = chip.answer(tag, &data, 0x6282);
                        let understood = unprotect(&mut session, &answer).unwrap();
                        assert_eq!(understood.data(), data);
                        assert_eq!(understood.status(), StatusWord(0x6282));
                    }
                }
            }
        }
    }
}

#[test]
fn an_le_beyond_the_longest_answer_is_misuse() {
    for le in [65_537, 65_536 + 256, 1 << 32] {
        let error = protect(&mut session(AES.0), &command(0xB0, &[], Some(le)), true).unwrap_err();
        assert!(matches!(error, Error::Misuse(_)), "{le}");
    }
}

/// The outer Le: 256 or, for what does not fit into a short answer or a short command, 65,536.
#[test]
fn the_outer_le_is_long_only_where_it_has_to_be() {
    let outer = |extended, data: usize, le| {
        let command = command(0xB0, &vec![1; data], le);
        protect(&mut session(AES.0), &command, extended).unwrap().le()
    };
    let (short, long) = (Some(256), Some(65_536));
    let capacity = session(AES.0).answer_capacity(256);
    for (data, le, extended) in [
        (0, Some(capacity), short),
        (0, Some(capacity + 1), long),
        (239, None, short),
        (240, None, long),
        (240, Some(1), long),
        (0, None, short),
    ] {
        assert_eq!(outer(true, data, le), extended, "{data} {le:?}");
        assert_eq!(outer(false, data, le), short, "{data} {le:?}");
    }
}

#[test]
fn an_answer_of_the_capacity_fits_and_no_longer_one() {
    for (cipher, name) in CIPHERS {
        let (session, mut chip) = (session(cipher), Chip::new(name));
        let mut length = |data: usize| chip.answer(0x87, &vec![1; data], 0x9000).len() - 2;
        for room in (33..600).chain(65_000..65_040) {
            let capacity = session.answer_capacity(room);
            assert!(length(capacity) <= room, "{} {room}", cipher.name());
            // What DO 87 with four bytes of header leaves unused between 257 and 273 is not asked for.
            let generous = if room > 256 { room - 1 } else { room };
            assert!(length(capacity + 1) > generous, "{} {room}", cipher.name());
        }
        for room in 0..=17 {
            assert_eq!(session.answer_capacity(room), 0);
        }
    }
}

#[test]
fn the_counter_carries_into_every_byte_and_steps_back() {
    for before in [0_u64, 0xFE, 0xFF, 0xFFFF, 0x00FF_FFFF, u64::MAX - 1, u64::MAX] {
        let mut session = session(BlockCipher::TripleDes).with_counter(&before.to_be_bytes());
        let mut chip = Chip::new(CipherName::TripleDes);
        chip.counter = before.into();
        for counted in [false, true] {
            chip.understand(&protect(&mut session, &command(0xB0, &[1], None), false).unwrap());
            session.after_unprotected_error(counted);
            chip.counter = if counted { chip.counter + 1 } else { chip.counter - 1 };
        }
        chip.understand(&protect(&mut session, &command(0xB0, &[1], None), false).unwrap());
        let answer = chip.answer(0x87, &[7], 0x9000);
        assert_eq!(unprotect(&mut session, &answer).unwrap().data(), [7]);
    }
}

/// What a chip with the right keys may still do wrong, and its exact name.
#[test]
fn each_fault_of_an_answer_has_its_name() {
    for (cipher, name) in CIPHERS {
        let block = name.block_length();
        let fault = |make: &dyn Fn(&mut Chip) -> Vec<u8>| {
            let (mut session, mut chip) = (session(cipher), Chip::new(name));
            chip.understand(&protect(&mut session, &command(0xB0, &[], Some(8)), false).unwrap());
            match unprotect(&mut session, &make(&mut chip)) {
                Err(Error::ChannelBroken(fault)) => fault,
                other => panic!("{other:?}"),
            }
        };
        let status = [0x99, 2, 0x90, 0];
        let with = |tag: u32, value: &[u8]| [&write(tag, value)[..], &status].concat();
        // Padding that is none.
        for plain in [vec![0; block], [vec![0x81], vec![0; block - 1]].concat(), vec![1; block]] {
            let found = fault(&|chip| {
                let objects = with(0x85, &chip.encrypt(&plain));
                chip.guard(&objects, 0x9000)
            });
            assert_eq!(found, ChannelFault::Padding);
        }
        let structure = [
            // Another padding indicator, none, half a block, nothing.
            with(0x87, &[&[2], &vec![0; block][..]].concat()),
            with(0x87, &[]),
            with(0x87, &[1, 2, 3]),
            with(0x85, &[1, 2, 3]),
            // A status of one byte, of three, none.
            vec![0x99, 1, 0x90],
            vec![0x99, 3, 0x90, 0, 0],
            Vec::new(),
        ];
        for objects in structure {
            let found = fault(&|chip| chip.guard(&objects, 0x9000));
            assert_eq!(found, ChannelFault::Structure, "{objects:02X?}");
        }
        // Something behind the MAC.
        let found = fault(&|chip| {
            let mut answer = chip.guard(&status, 0x9000);
            answer.splice(answer.len() - 2..answer.len() - 2, [0x99, 0]);
            answer
        });
        assert_eq!(found, ChannelFault::Structure);
        assert_eq!(fault(&|chip| chip.guard(&status, 0x6282)), ChannelFault::StatusWord);
        // A MAC of another counter, and one cut short.
        let found = fault(&|chip| {
            chip.counter += 1;
            chip.guard(&status, 0x9000)
        });
        assert_eq!(found, ChannelFault::Mac);
        let found = fault(&|_| [&status[..], &[0x8E, 0, 0x90, 0]].concat());
        assert_eq!(found, ChannelFault::Mac);
    }
}

#[test]
fn padding_is_one_80_and_zeros() {
    assert_eq!(unpad(&[1, 2, 0x80, 0, 0]), Some(&[1, 2][..]));
    assert_eq!(unpad(&[0x80]), Some(&[][..]));
    assert_eq!(unpad(&[0x80, 0x80]), Some(&[0x80][..]));
    for none in [&[][..], &[0], &[0, 0], &[1], &[0x80, 1, 0], &[0x81, 0]] {
        assert_eq!(unpad(none), None, "{none:?}");
    }
}

mod channel;
