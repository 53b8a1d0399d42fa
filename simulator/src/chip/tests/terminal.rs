//! A reader in as few lines as possible, to speak with the chip.

use num_bigint::BigUint;

use super::super::Chip;
use super::super::pace_mapping::integrated_generator;
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::group::{Element, Group};
use crate::personalisation::{Mapping, PaceOption};
use crate::random::Random;
use crate::symmetric::{
    BlockCipher, CipherName, KeyUse, cmac, derive_key, pad, retail_mac, retail_mac_blocks, unpad,
};
use crate::tlv;

pub(super) const SELECT_APPLICATION: &str = "00A4040C07A0000002471001";

/// The reader's end of the channel.
pub(super) struct Channel {
    pub(super) cipher: CipherName,
    pub(super) ks_enc: Vec<u8>,
    pub(super) ks_mac: Vec<u8>,
    pub(super) counter: u128,
}

impl Channel {
    pub(super) fn new(cipher: CipherName, secret: &[u8], counter: u128) -> Channel {
        Channel {
            cipher,
            ks_enc: derive_key(cipher, secret, KeyUse::Encryption),
            ks_mac: derive_key(cipher, secret, KeyUse::Authentication),
            counter,
        }
    }

    fn block(&self) -> Vec<u8> {
        self.counter.to_be_bytes()[16 - self.cipher.block_length()..].to_vec()
    }

    fn iv(&self) -> Vec<u8> {
        let mut block = self.block();
        if self.cipher == CipherName::TripleDes {
            return vec![0; 8];
        }
        BlockCipher::new(self.cipher, &self.ks_enc).encrypt_block(&mut block);
        block
    }

    fn code(&self, blocks: &[u8]) -> Vec<u8> {
        let input = [self.block(), blocks.to_vec()].concat();
        if self.cipher == CipherName::TripleDes {
            return retail_mac_blocks(&self.ks_mac, &input).to_vec();
        }
        cmac(&BlockCipher::new(self.cipher, &self.ks_mac), &input)[..8].to_vec()
    }

    /// Protect a command given as header, data and the bytes of Le.
    pub(super) fn protect(&mut self, header: [u8; 4], data: &[u8], le: &[u8]) -> Vec<u8> {
        self.counter += 1;
        let length = self.cipher.block_length();
        let header = [header[0] | 0x0C, header[1], header[2], header[3]];
        let mut objects = Vec::new();
        if !data.is_empty() {
            let cryptogram = BlockCipher::new(self.cipher, &self.ks_enc)
                .cbc_encrypt(&self.iv(), &pad(data, length));
            if header[1] & 1 == 1 {
                objects.extend(tlv::node(0x85, &cryptogram));
            } else {
                objects.extend(tlv::node(0x87, &[vec![1], cryptogram].concat()));
            }
        }
        if !le.is_empty() {
            objects.extend(tlv::node(0x97, le));
        }
        let mut authenticated = pad(&header, length);
        if !objects.is_empty() {
            authenticated.extend(pad(&objects, length));
        }
        objects.extend(tlv::node(0x8E, &self.code(&authenticated)));
        let extended = le.len() == 2 || objects.len() > 255;
        let mut command = header.to_vec();
        if extended {
            command.push(0);
            command.extend((objects.len() as u16).to_be_bytes());
        } else {
            command.push(objects.len() as u8);
        }
        command.extend(objects);
        command.extend(if extended { vec![0, 0] } else { vec![0] });
        command
    }

    /// Open an answer: its data and the status word of DO 99. Panics on a wrong one: this is a test.
    pub(super) fn open(&mut self, response: &[u8], odd: bool) -> (Vec<u8>, u16) {
        self.counter += 1;
        let length = self.cipher.block_length();
        let (objects, status) = response.split_at(response.len() - 2);
        let parsed = tlv::parse_all(objects).unwrap();
        let code = parsed.last().unwrap();
        assert_eq!(code.tag, 0x8E, "no checksum in {response:02X?}");
        let end = objects.len() - 10;
        assert_eq!(code.value, self.code(&pad(&objects[..end], length)));
        let inner = parsed[parsed.len() - 2];
        assert_eq!((inner.tag, inner.value), (0x99, status));
        let data = if parsed.len() == 3 {
            let value = match (parsed[0].tag, odd) {
                (0x87, false) => &parsed[0].value[1..],
                (0x85, true) => parsed[0].value,
                other => panic!("{other:?}"),
            };
            let plain = BlockCipher::new(self.cipher, &self.ks_enc).cbc_decrypt(&self.iv(), value);
            unpad(&plain, length).unwrap()
        } else {
            Vec::new()
        };
        (data, u16::from_be_bytes([status[0], status[1]]))
    }
}

/// A chip and the reader's end of the channel to it.
pub(super) struct Terminal {
    pub(super) chip: Chip,
    pub(super) channel: Option<Channel>,
    pub(super) random: Random,
    /// CA_IC and PK_map_IC, after chip authentication mapping.
    pub(super) mapping_proof: Option<(BigUint, Element)>,
}

/// Why a run of PACE ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Status(u16),
    Forged(&'static str),
}

/// The protocol's object identifier without tag and length, put together from the standard's table.
pub(super) fn protocol(option: PaceOption) -> Vec<u8> {
    let mapping = match (option.mapping, option.group) {
        (Mapping::Generic, Group::Modp(_)) => 1,
        (Mapping::Generic, Group::Curve(_)) => 2,
        (Mapping::Integrated, Group::Modp(_)) => 3,
        (Mapping::Integrated, Group::Curve(_)) => 4,
        (Mapping::ChipAuthentication, _) => 6,
    };
    let cipher = match option.cipher {
        CipherName::TripleDes => 1,
        CipherName::Aes128 => 2,
        CipherName::Aes192 => 3,
        CipherName::Aes256 => 4,
    };
    [&[4, 0, 0x7F, 0, 7, 2, 2, 4], &[mapping, cipher][..]].concat()
}

/// The token over a public key as it was sent.
fn token(option: PaceOption, ks_mac: &[u8], public_key: &[u8]) -> Vec<u8> {
    let tag = if matches!(option.group, Group::Modp(_)) { 0x84 } else { 0x86 };
    let object = [tlv::node(0x06, &protocol(option)), tlv::node(tag, public_key)].concat();
    let input = tlv::node(0x7F49, &object);
    if option.cipher == CipherName::TripleDes {
        return retail_mac(ks_mac, &input).to_vec();
    }
    cmac(&BlockCipher::new(option.cipher, ks_mac), &input)[..8].to_vec()
}

impl Terminal {
    pub(super) fn new(chip: Chip) -> Terminal {
        Terminal {
            chip,
            channel: None,
            random: Random::from_label(99, "terminal"),
            mapping_proof: None,
        }
    }

    /// A plain command in hexadecimal.
    pub(super) fn plain(&mut self, command: &str) -> (Vec<u8>, u16) {
        split(self.chip.process(&super::bytes(command)))
    }

    /// A command through the channel.
    pub(super) fn secure(&mut self, header: [u8; 4], data: &[u8], le: &[u8]) -> (Vec<u8>, u16) {
        let channel = self.channel.as_mut().unwrap();
        let command = channel.protect(header, data, le);
        let response = self.chip.process(&command);
        channel.open(&response, header[1] & 1 == 1)
    }

    pub(super) fn bac(&mut self, mrz_information: &str) -> u16 {
        use sha1::Digest;
        assert_eq!(self.plain(SELECT_APPLICATION).1, 0x9000);
        let (rnd_ic, status) = self.plain("0084000008");
        assert_eq!(status, 0x9000);
        let seed = sha1::Sha1::digest(mrz_information.as_bytes());
        let k_enc = derive_key(CipherName::TripleDes, &seed[..16], KeyUse::Encryption);
        let k_mac = derive_key(CipherName::TripleDes, &seed[..16], KeyUse::Authentication);
        let k_enc = BlockCipher::new(CipherName::TripleDes, &k_enc);
        let (rnd_ifd, k_ifd) = (self.random.bytes(8), self.random.bytes(16));
        let s = [rnd_ifd.clone(), rnd_ic.clone(), k_ifd.clone()].concat();
        let e = k_enc.cbc_encrypt(&[0; 8], &s);
        let m = retail_mac(&k_mac, &e);
        let command = [&[0, 0x82, 0, 0, 40], e.as_slice(), &m, &[0x28]].concat();
        let (answer, status) = split(self.chip.process(&command));
        if status != 0x9000 {
            return status;
        }
        assert_eq!(answer[32..], retail_mac(&k_mac, &answer[..32]));
        let r = k_enc.cbc_decrypt(&[0; 8], &answer[..32]);
        assert_eq!(r[..16], [rnd_ic.clone(), rnd_ifd.clone()].concat());
        let secret: Vec<u8> = k_ifd.iter().zip(&r[16..]).map(|(a, b)| a ^ b).collect();
        let counter = [&rnd_ic[4..], &rnd_ifd[4..]]
            .concat()
            .iter()
            .fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
        self.channel = Some(Channel::new(CipherName::TripleDes, &secret, counter));
        status
    }

    /// PACE; `secret` is the encoded password, `reference` its number. The status word that ended it; panics if the chip
    /// forged anything.
    pub(super) fn pace(
        &mut self,
        option: impl Into<PaceOption>,
        secret: &[u8],
        reference: u8,
    ) -> u16 {
        match self.try_pace(option.into(), secret, reference) {
            Ok(()) => 0x9000,
            Err(Stop::Status(status)) => status,
            Err(Stop::Forged(what)) => panic!("{what}"),
        }
    }

    pub(super) fn try_pace(
        &mut self,
        option: PaceOption,
        secret: &[u8],
        reference: u8,
    ) -> Result<(), Stop> {
        let PaceOption { group, cipher, .. } = option;
        let set = [
            tlv::node(0x80, &protocol(option)),
            tlv::node(0x83, &[reference]),
            option.parameter_id().map(|id| tlv::node(0x84, &[id])).unwrap_or_default(),
        ];
        let (_, status) = self.transmit([0, 0x22, 0xC1, 0xA4], &set.concat(), &[]);
        // 63Cx tells how many tries are left and goes on.
        if status != 0x9000 && status >> 4 != 0x63C {
            return Err(Stop::Status(status));
        }
        let k_pi = derive_key(cipher, secret, KeyUse::Password);
        let encrypted = self.step(&[], 0x80)?;
        let iv = vec![0; cipher.block_length()];
        let nonce = BlockCipher::new(cipher, &k_pi).cbc_decrypt(&iv, &encrypted);

        let mut mapping_key = None;
        let generator = if option.mapping == Mapping::Integrated {
            let other = self.random.bytes(cipher.key_length());
            assert!(self.step(&tlv::node(0x81, &other), 0x82)?.is_empty());
            integrated_generator(group, cipher, &nonce, &other).unwrap()
        } else {
            let private = group.private_key(&mut self.random);
            let own = group.encode(&group.public_key(&private));
            let other = self.step(&tlv::node(0x81, &own), 0x82)?;
            if other == own {
                return Err(Stop::Forged("mapping key echoed"));
            }
            let other = group.decode(&other).ok_or(Stop::Forged("mapping key"))?;
            let shared = group.multiply(&private, &other);
            mapping_key = Some(other);
            group.combine(&group.public_key(&BigUint::from_bytes_be(&nonce)), &shared)
        };

        let private = group.private_key(&mut self.random);
        let own = group.encode(&group.multiply(&private, &generator));
        let other = self.step(&tlv::node(0x83, &own), 0x84)?;
        if other == own {
            return Err(Stop::Forged("agreement key echoed"));
        }
        let element = group.decode(&other).ok_or(Stop::Forged("agreement key"))?;
        let secret = group.secret(&group.multiply(&private, &element)).unwrap();
        let channel = Channel::new(cipher, &secret, 0);

        let data = tlv::node(0x7C, &tlv::node(0x85, &token(option, &channel.ks_mac, &other)));
        let (answer, status) = self.transmit([0, 0x86, 0, 0], &data, &[0]);
        if status != 0x9000 {
            return Err(Stop::Status(status));
        }
        let objects = tlv::parse_all(tlv::parse_only(&answer, 0x7C).unwrap()).unwrap();
        if (objects[0].tag, objects[0].value) != (0x86, &token(option, &channel.ks_mac, &own)) {
            return Err(Stop::Forged("token"));
        }
        self.mapping_proof = None;
        if option.mapping == Mapping::ChipAuthentication {
            let [_, proof] = objects[..] else {
                return Err(Stop::Forged("no chip authentication data"));
            };
            assert_eq!(proof.tag, 0x8A);
            let key = BlockCipher::new(cipher, &channel.ks_enc);
            let mut iv = [0xFF; 16];
            key.encrypt_block(&mut iv);
            let data = unpad(&key.cbc_decrypt(&iv, proof.value), 16).unwrap();
            self.mapping_proof = Some((BigUint::from_bytes_be(&data), mapping_key.unwrap()));
        } else {
            assert_eq!(objects.len(), 1);
        }
        self.channel = Some(channel);
        Ok(())
    }

    /// One of the first three steps of PACE.
    pub(super) fn step(&mut self, data: &[u8], tag: u32) -> Result<Vec<u8>, Stop> {
        let data = tlv::node(0x7C, data);
        let le: &[u8] = if data.len() > 200 { &[0, 0] } else { &[0] };
        let (answer, status) = self.transmit([0x10, 0x86, 0, 0], &data, le);
        if status != 0x9000 {
            return Err(Stop::Status(status));
        }
        Ok(tlv::parse_only(tlv::parse_only(&answer, 0x7C).unwrap(), tag).unwrap().to_vec())
    }

    /// Through the channel if the chip has one; Le of two bytes makes the command an extended one.
    pub(super) fn transmit(&mut self, header: [u8; 4], data: &[u8], le: &[u8]) -> (Vec<u8>, u16) {
        if self.chip.session_established() {
            return self.secure(header, data, le);
        }
        let mut command = header.to_vec();
        if le.len() == 2 {
            command.push(0);
            command.extend((data.len() as u16).to_be_bytes());
        } else {
            command.push(data.len() as u8);
        }
        command.extend_from_slice(data);
        command.extend_from_slice(le);
        split(self.chip.process(&command))
    }

    /// PACE with the CAN, then the application.
    pub(super) fn open(&mut self) {
        assert_eq!(self.pace(CurveName::BrainpoolP256r1, b"001234", 2), 0x9000);
        self.select_application();
    }

    pub(super) fn select_application(&mut self) {
        let name = super::bytes("A0000002471001");
        assert_eq!(self.secure([0, 0xA4, 4, 0x0C], &name, &[]).1, 0x9000);
    }

    /// A whole file by its short identifier, then by offset, with extended length.
    pub(super) fn read(&mut self, file: u16) -> Vec<u8> {
        let (mut contents, status) =
            self.secure([0, 0xB0, 0x80 | file as u8 & 0x1F, 0], &[], &[0, 0]);
        assert_eq!(status, 0x9000);
        let length = {
            // The whole length from the outer data object's header.
            let mut head = contents.clone();
            head.resize(100_000, 0);
            let (node, _) = tlv::parse(&head).unwrap();
            tlv::node(node.tag, node.value).len()
        };
        while contents.len() < length {
            let offset = (contents.len() as u16).to_be_bytes();
            let (part, status) = self.secure([0, 0xB0, offset[0], offset[1]], &[], &[0, 0]);
            assert_eq!(status, 0x9000);
            assert!(!part.is_empty());
            contents.extend(part);
        }
        contents
    }

    pub(super) fn assert_no_violations(&self) {
        assert_eq!(self.chip.violations(), [] as [String; 0]);
    }
}

pub(super) fn split(mut response: Vec<u8>) -> (Vec<u8>, u16) {
    let status = response.split_off(response.len() - 2);
    (response, u16::from_be_bytes([status[0], status[1]]))
}
