//! The protected channel, the chip's side `[9303-11 §9.8]`.
//!
//! ```text
//! command:   CLA|0C INS P1 P2  Lc  [DO 87 or 85]  [DO 97]  DO 8E  00
//! answer:    [DO 87 or 85]  DO 99  DO 8E  SW1 SW2
//! DO 8E  =   MAC(KS_mac, SSC || header padded || objects padded)
//! ```
//!
//! It proves that both sides hold the session keys and that nothing was changed, dropped or repeated. It does not prove
//! who the other side is.

use super::command::{Answer, Command, SECURE};
use super::status;
use super::terminal_authentication::Terminal;
use crate::symmetric::{
    BlockCipher, CipherName, KeyUse, cmac, derive_key, pad, retail_mac_blocks, unpad,
};
use crate::tlv;

/// Session keys and the send sequence counter.
#[derive(Clone)]
pub(super) struct Session {
    cipher_name: CipherName,
    cipher: BlockCipher,
    ks_enc: Vec<u8>,
    ks_mac: Vec<u8>,
    /// As wide as a block; kept here in the widest form.
    counter: u128,
    /// What is known of the terminal: it is forgotten with the keys.
    pub(super) terminal: Terminal,
}

/// Why a protected command was refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) status: u16,
    pub(super) why: &'static str,
}

fn incorrect(why: &'static str) -> Broken {
    Broken { status: status::SECURE_MESSAGING_INCORRECT, why }
}

fn missing(why: &'static str) -> Broken {
    Broken { status: status::SECURE_MESSAGING_MISSING, why }
}

/// A command taken out of its protection, and what was odd without being an error.
pub(super) struct Opened {
    pub(super) command: Command,
    pub(super) remarks: Vec<&'static str>,
}

impl Session {
    /// Derive KS_enc and KS_mac from a shared secret. `counter` is the start value: zero after PACE and Chip
    /// Authentication, from both nonces after BAC.
    pub(super) fn new(cipher_name: CipherName, shared_secret: &[u8], counter: u128) -> Session {
        let ks_enc = derive_key(cipher_name, shared_secret, KeyUse::Encryption);
        Session {
            cipher_name,
            cipher: BlockCipher::new(cipher_name, &ks_enc),
            ks_enc,
            ks_mac: derive_key(cipher_name, shared_secret, KeyUse::Authentication),
            counter,
            terminal: Terminal::default(),
        }
    }

    pub(super) fn cipher(&self) -> CipherName {
        self.cipher_name
    }

    /// KS_enc and KS_mac.
    pub(super) fn keys(&self) -> [&[u8]; 2] {
        [&self.ks_enc, &self.ks_mac]
    }

    /// Advance the counter without a message: the chip answered in plain but counted.
    pub(super) fn skip_answer(&mut self) {
        self.advance();
    }

    /// Advance the counter for a command and its answer that never reached this layer.
    pub(super) fn skip_exchange(&mut self) {
        self.advance();
        self.advance();
    }

    /// Take the counter back to before the command: the chip answered in plain and did not count.
    pub(super) fn uncount_command(&mut self) {
        self.counter = self.counter.wrapping_sub(1);
    }

    fn advance(&mut self) {
        self.counter = self.counter.wrapping_add(1);
    }

    fn block_length(&self) -> usize {
        self.cipher_name.block_length()
    }

    /// The counter in a block's width.
    fn counter_block(&self) -> Vec<u8> {
        let bytes = self.counter.to_be_bytes();
        bytes[bytes.len() - self.block_length()..].to_vec()
    }

    /// Zero for 3DES, the encrypted counter for AES `[9303-11 §9.8.6.1, §9.8.7.1]`.
    fn initialisation_vector(&self) -> Vec<u8> {
        let mut block = self.counter_block();
        match self.cipher_name {
            CipherName::TripleDes => block.fill(0),
            CipherName::Aes128 | CipherName::Aes192 | CipherName::Aes256 => {
                self.cipher.encrypt_block(&mut block);
            }
        }
        block
    }

    /// The authentication code over the counter and whole blocks.
    fn code(&self, blocks: &[u8]) -> [u8; 8] {
        let mut input = self.counter_block();
        input.extend_from_slice(blocks);
        match self.cipher_name {
            CipherName::TripleDes => retail_mac_blocks(&self.ks_mac, &input),
            CipherName::Aes128 | CipherName::Aes192 | CipherName::Aes256 => {
                let whole = cmac(&BlockCipher::new(self.cipher_name, &self.ks_mac), &input);
                let mut code = [0; 8];
                code.copy_from_slice(&whole[..8]);
                code
            }
        }
    }

    /// Data bytes that fit into an answer of `expected` bytes once it is protected: DO 87 around the padded
    /// cryptogram, four bytes of DO 99 and ten of DO 8E.
    pub(super) fn room(&self, expected: usize) -> usize {
        let block = self.block_length();
        let Some(available) = expected.checked_sub(14) else {
            return 0;
        };
        let mut cryptogram = available / block * block;
        while cryptogram > 0 && tlv::node(0x87, &vec![0; cryptogram + 1]).len() > available {
            cryptogram -= block;
        }
        cryptogram.saturating_sub(1)
    }

    /// Check and open a protected command. The counter advances whatever comes out.
    pub(super) fn open(&mut self, outer: &Command) -> Result<Opened, Broken> {
        self.advance();
        let mut remarks = Vec::new();
        let objects = tlv::parse_all(&outer.data)
            .ok_or(incorrect("the data field is not a sequence of data objects"))?;

        // The order is fixed: [87 or 85] [97] 8E.
        let odd = outer.instruction & 1 == 1;
        let mut rest = objects.as_slice();
        let mut protected_data = None;
        if let [first, after @ ..] = rest
            && (first.tag == 0x87 || first.tag == 0x85)
        {
            if (first.tag == 0x85) != odd {
                return Err(incorrect("DO 85 is for odd instructions, DO 87 for even ones"));
            }
            protected_data = Some(first.value);
            rest = after;
        }
        let mut protected_le = None;
        if let [first, after @ ..] = rest
            && first.tag == 0x97
        {
            protected_le = Some(first.value);
            rest = after;
        }
        let code = match rest {
            [only] if only.tag == 0x8E => only.value,
            [] => return Err(missing("DO 8E is missing")),
            _ if objects.iter().any(|object| object.tag == 0x8E) => {
                return Err(incorrect("unknown data objects, or a wrong order"));
            }
            _ => return Err(missing("DO 8E is missing")),
        };

        let header = [outer.class, outer.instruction, outer.p1, outer.p2];
        let mut authenticated = pad(&header, self.block_length());
        // DO 8E is the last object: ten bytes if its length is right.
        let before_code = outer.data.len().checked_sub(10);
        let right_code = code.len() == 8
            && before_code.is_some_and(|end| {
                if end == 0 {
                    // Nothing follows the header. Readers differ in whether an empty set of objects is padded.
                    let mut padded = authenticated.clone();
                    padded.extend(pad(&[], self.block_length()));
                    return code == self.code(&authenticated) || code == self.code(&padded);
                }
                authenticated.extend(pad(&outer.data[..end], self.block_length()));
                code == self.code(&authenticated)
            });
        if !right_code {
            return Err(incorrect("wrong cryptographic checksum"));
        }

        let data = match protected_data {
            None => Vec::new(),
            Some(value) => {
                let data = self.decrypt(value, odd)?;
                if data.is_empty() {
                    remarks.push("DO 87 protects no data: it must be left out [9303-11 §9.8.4]");
                }
                data
            }
        };
        let expected = match protected_le {
            None => None,
            Some([0]) => Some(256),
            Some([le]) => Some(usize::from(*le)),
            Some([0, 0]) => Some(65_536),
            Some([high, low]) => Some(usize::from(u16::from_be_bytes([*high, *low]))),
            Some(_) => return Err(incorrect("DO 97 must have one or two bytes")),
        };
        let remark = match outer.expected {
            Some(256) if !outer.extended => None,
            Some(65_536) => None,
            Some(_) => Some("the outer Le of a protected command must be zero [9303-11 §9.8.4]"),
            None => Some("a protected command needs an outer Le [9303-11 §9.8.4]"),
        };
        remarks.extend(remark);
        let outer_expected = if outer.extended { 65_536 } else { 256 };
        let room = self.room(outer.expected.unwrap_or(outer_expected).min(outer.room));
        Ok(Opened {
            command: Command {
                class: outer.class & !SECURE,
                data,
                expected,
                room,
                ..outer.clone()
            },
            remarks,
        })
    }

    /// The content of DO 87 (padding indicator 01, then the cryptogram) or DO 85 (the cryptogram alone).
    fn decrypt(&self, value: &[u8], odd: bool) -> Result<Vec<u8>, Broken> {
        let cryptogram = if odd {
            value
        } else {
            match value {
                [1, cryptogram @ ..] => cryptogram,
                _ => return Err(incorrect("the padding indicator is not 01")),
            }
        };
        if cryptogram.is_empty() || !cryptogram.len().is_multiple_of(self.block_length()) {
            return Err(incorrect("the cryptogram is not whole blocks"));
        }
        let padded = self.cipher.cbc_decrypt(&self.initialisation_vector(), cryptogram);
        unpad(&padded, self.block_length()).ok_or(incorrect("wrong padding of the data"))
    }

    /// Protect an answer. `odd`: the command's instruction was odd, so the data are data objects.
    pub(super) fn seal(&mut self, answer: &Answer, odd: bool) -> Vec<u8> {
        self.advance();
        let mut objects = Vec::new();
        if !answer.data.is_empty() {
            let padded = pad(&answer.data, self.block_length());
            let cryptogram = self.cipher.cbc_encrypt(&self.initialisation_vector(), &padded);
            if odd {
                objects.extend(tlv::node(0x85, &cryptogram));
            } else {
                objects.extend(tlv::node(0x87, &[&[1], cryptogram.as_slice()].concat()));
            }
        }
        objects.extend(tlv::node(0x99, &answer.status.to_be_bytes()));
        let code = self.code(&pad(&objects, self.block_length()));
        objects.extend(tlv::node(0x8E, &code));
        objects
    }
}
