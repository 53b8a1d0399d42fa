//! A reader in as few lines as possible, to speak with the chip.

use num_bigint::BigUint;

use super::super::Chip;
use super::super::pace::authentication_token;
use crate::arithmetic::curve::CurveName;
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
}

impl Terminal {
    pub(super) fn new(chip: Chip) -> Terminal {
        Terminal { chip, channel: None, random: Random::from_label(99, "terminal") }
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

    /// PACE with AES-128; `secret` is the encoded password, `reference` its number.
    pub(super) fn pace(&mut self, curve: CurveName, secret: &[u8], reference: u8) -> u16 {
        let set =
            [super::bytes("0022C1A40F800A04007F00070202040202").as_slice(), &[0x83, 1, reference]]
                .concat();
        let (_, status) = split(self.chip.process(&set));
        if status != 0x9000 {
            return status;
        }
        let k_pi = derive_key(CipherName::Aes128, secret, KeyUse::Password);
        let encrypted = self.step(true, &[], 0x80);
        let nonce = BlockCipher::new(CipherName::Aes128, &k_pi).cbc_decrypt(&[0; 16], &encrypted);

        let curve = curve.curve();
        let private = self.random.below(&curve.n);
        let public = curve.encode(&curve.public_key(&private));
        let other = self.step(true, &tlv::node(0x81, &public), 0x82);
        let shared = curve.multiply(&private, &curve.decode(&other).unwrap());
        let mapped = curve.multiply(&BigUint::from_bytes_be(&nonce), &curve.generator);
        let generator = curve.add(&mapped, &shared);

        let private = self.random.below(&curve.n);
        let public = curve.encode(&curve.multiply(&private, &generator));
        let other = self.step(true, &tlv::node(0x83, &public), 0x84);
        let point = curve.multiply(&private, &curve.decode(&other).unwrap());
        let secret = curve.encode_x(&point).unwrap();
        let channel = Channel::new(CipherName::Aes128, &secret, 0);

        let token = authentication_token(&channel.ks_mac, &other);
        let data = tlv::node(0x7C, &tlv::node(0x85, &token));
        let command = [&[0, 0x86, 0, 0, data.len() as u8], data.as_slice(), &[0]].concat();
        let (answer, status) = split(self.chip.process(&command));
        if status == 0x9000 {
            let expected = authentication_token(&channel.ks_mac, &public);
            assert_eq!(answer, tlv::node(0x7C, &tlv::node(0x86, &expected)));
            self.channel = Some(channel);
        }
        status
    }

    fn step(&mut self, chained: bool, data: &[u8], tag: u32) -> Vec<u8> {
        let data = tlv::node(0x7C, data);
        let class = if chained { 0x10 } else { 0 };
        let mut command = vec![class, 0x86, 0, 0, data.len() as u8];
        command.extend(data);
        command.push(0);
        let (answer, status) = split(self.chip.process(&command));
        assert_eq!(status, 0x9000);
        tlv::parse_only(tlv::parse_only(&answer, 0x7C).unwrap(), tag).unwrap().to_vec()
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
