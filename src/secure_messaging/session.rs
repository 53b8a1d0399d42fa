use subtle::ConstantTimeEq as _;

use super::{KeyPurpose, derive_key};
use crate::{
    apdu::{Command, StatusWord},
    crypto::BlockCipher,
    error::{ChannelFault, Error, Result},
    sensitive::Secret,
    tlv::{self, Reader},
};

/// Session keys and the send sequence counter of one protected session.
pub(crate) struct Session {
    cipher: BlockCipher,
    ks_enc: Secret,
    ks_mac: Secret,
    /// One cipher block, big-endian; starts at zero except after BAC.
    counter: Vec<u8>,
}

impl Session {
    /// Session keys from a shared secret, counter zero: PACE and Chip Authentication.
    pub(crate) fn from_shared_secret(cipher: BlockCipher, secret: &Secret) -> Self {
        Self {
            cipher,
            ks_enc: derive_key(cipher, secret.expose(), KeyPurpose::Encryption),
            ks_mac: derive_key(cipher, secret.expose(), KeyPurpose::Authentication),
            counter: vec![0; cipher.block_length()],
        }
    }

    /// The same with a counter that BAC composes from both challenges.
    pub(crate) fn with_counter(mut self, counter: &[u8; 8]) -> Self {
        self.counter = counter.to_vec();
        self
    }

    pub(crate) const fn cipher(&self) -> BlockCipher {
        self.cipher
    }

    /// A MAC under `KS_mac`, as PACE's tokens need it before the channel is up.
    pub(crate) fn mac(&self, message: &[u8]) -> Result<[u8; 8]> {
        self.cipher.mac(self.ks_mac.expose(), message)
    }

    #[cfg(test)]
    pub(super) const fn keys(&self) -> (&Secret, &Secret) {
        (&self.ks_enc, &self.ks_mac)
    }

    /// Data bytes that fit into a protected answer whose data field has `length` bytes: what DO 99
    /// (4 bytes), DO 8E (10 bytes), tag, length and indicator of DO 87 and the padding leave.
    pub(crate) const fn answer_capacity(&self, length: usize) -> usize {
        let header = match length {
            0..=144 => 2,
            145..=256 => 3,
            _ => 4,
        };
        let block = self.cipher.block_length();
        (length.saturating_sub(14 + header + 1) / block * block).saturating_sub(1)
    }

    /// Data bytes that fit into a protected command with short length fields: what DO 8E (10 bytes), DO 97
    /// (3 bytes) if there is an `le`, tag, length and indicator of DO 87 and the padding leave of 255.
    pub(crate) const fn command_capacity(&self, le: bool) -> usize {
        let block = self.cipher.block_length();
        let others = 10 + 4 + if le { 3 } else { 0 };
        ((255 - others) / block * block).saturating_sub(1)
    }

    /// Wraps a command `[9303-11 §9.8.4]` into `protected`, whose memory is used again. `extended` tells whether
    /// the device carries long lengths.
    pub(crate) fn protect(
        &mut self,
        command: &Command,
        extended: bool,
        protected: &mut Command,
    ) -> Result<()> {
        self.step(true);
        let [cla, ins, p1, p2] = command.header();
        let header = [cla | 0x0C, ins, p1, p2];
        let objects = protected.rewrite(command.name(), header);
        if !command.data().is_empty() {
            let cryptogram = self.encrypt(command.data())?;
            objects.extend(if ins & 1 == 0 {
                tlv::write(0x87, &[&[0x01], &cryptogram[..]].concat())
            } else {
                tlv::write(0x85, &cryptogram)
            });
        }
        match command.le() {
            None => {}
            Some(le @ 0..=256) => {
                let [.., low] = le.to_be_bytes();
                objects.extend([0x97, 1, low]);
            }
            Some(le @ ..=65_536) => {
                let [.., high, low] = le.to_be_bytes();
                objects.extend([0x97, 2, high, low]);
            }
            Some(_) => return Err(Error::Misuse("an Le above 65,536")),
        }
        let block = self.cipher.block_length();
        let mac = match objects.len() {
            0 => self.authenticate(&[&header, padding(header.len(), block)]),
            length => self.authenticate(&[
                &header,
                padding(header.len(), block),
                objects,
                padding(length, block),
            ]),
        }?;
        objects.extend([0x8E, 8]);
        objects.extend(mac);
        let long = command.le().is_some_and(|le| le > self.answer_capacity(256));
        let long = extended && (long || objects.len() > 255);
        protected.set_le(if long { 65_536 } else { 256 });
        Ok(())
    }

    /// Checks an answer `[9303-11 §9.8.5]` and writes its data behind `plain`.
    ///
    /// # Errors
    /// `ChannelBroken`; the caller must then drop the session.
    pub(crate) fn unprotect(
        &mut self,
        answer: &[u8],
        plain_status: StatusWord,
        plain: &mut Vec<u8>,
    ) -> Result<StatusWord> {
        let structure = |_| Error::ChannelBroken(ChannelFault::Structure);
        let mut objects = Reader::new(answer);
        let data = match objects.optional(0x87).map_err(structure)? {
            Some(object) => Some((object, true)),
            None => objects.optional(0x85).map_err(structure)?.map(|object| (object, false)),
        };
        let status = objects.expect(0x99, "DO 99").map_err(structure)?;
        let authenticated = answer.get(..objects.offset()).unwrap_or_default();
        let mac = objects.expect(0x8E, "DO 8E").map_err(structure)?;
        objects.finish().map_err(structure)?;

        self.step(true);
        let pad = padding(authenticated.len(), self.cipher.block_length());
        let expected = self.authenticate(&[authenticated, pad])?;
        if !bool::from(expected.ct_eq(mac.value)) {
            return Err(Error::ChannelBroken(ChannelFault::Mac));
        }
        let [sw1, sw2] = *status.value else {
            return Err(Error::ChannelBroken(ChannelFault::Structure));
        };
        let status = StatusWord::from_bytes(sw1, sw2);
        if status != plain_status {
            return Err(Error::ChannelBroken(ChannelFault::StatusWord));
        }
        match data {
            None => {}
            Some((object, true)) => match object.value {
                [0x01, cryptogram @ ..] => self.decrypt(cryptogram, plain)?,
                _ => return Err(Error::ChannelBroken(ChannelFault::Structure)),
            },
            Some((object, false)) => self.decrypt(object.value, plain)?,
        }
        Ok(status)
    }

    /// Sets the counter after an error that came without protection: where it stood before the command,
    /// or, on a chip that counts such an error, where a protected answer would have put it.
    pub(crate) fn after_unprotected_error(&mut self, counted: bool) {
        self.step(counted);
    }

    fn step(&mut self, forward: bool) {
        for byte in self.counter.iter_mut().rev() {
            let carry;
            (*byte, carry) =
                if forward { byte.overflowing_add(1) } else { byte.overflowing_sub(1) };
            if !carry {
                return;
            }
        }
    }

    /// The MAC over the counter and these parts, padded by the caller.
    fn authenticate(&self, parts: &[&[u8]]) -> Result<[u8; 8]> {
        let mut message: [&[u8]; 5] = [&self.counter, &[], &[], &[], &[]];
        message.iter_mut().skip(1).zip(parts).for_each(|(place, part)| *place = part);
        self.cipher.mac_of_parts(self.ks_mac.expose(), &message)
    }

    /// Zero for 3DES; the encrypted counter for AES `[9303-11 §9.8.6.1]`.
    fn iv(&self) -> Result<[u8; 16]> {
        let mut iv = [0; 16];
        if self.cipher != BlockCipher::TripleDes {
            iv.iter_mut().zip(&self.counter).for_each(|(byte, of_counter)| *byte = *of_counter);
            self.cipher.encrypt_block(self.ks_enc.expose(), &mut iv)?;
        }
        Ok(iv)
    }

    fn encrypt(&self, message: &[u8]) -> Result<Vec<u8>> {
        let padded = Secret::new(pad(message, self.cipher.block_length()));
        self.cipher.encrypt_cbc(
            self.ks_enc.expose(),
            self.iv_of_block(&self.iv()?),
            padded.expose(),
        )
    }

    fn decrypt(&self, cryptogram: &[u8], plain: &mut Vec<u8>) -> Result<()> {
        let start = plain.len();
        let iv = self.iv()?;
        self.cipher
            .decrypt_cbc_onto(self.ks_enc.expose(), self.iv_of_block(&iv), cryptogram, plain)
            .map_err(|_| Error::ChannelBroken(ChannelFault::Structure))?;
        let length = plain.get(start..).and_then(unpad).map(<[u8]>::len);
        // Without its padding the text is none, and nobody sees it.
        plain.truncate(start + length.unwrap_or(0));
        length.map(drop).ok_or(Error::ChannelBroken(ChannelFault::Padding))
    }

    fn iv_of_block<'a>(&self, iv: &'a [u8; 16]) -> &'a [u8] {
        iv.get(..self.cipher.block_length()).unwrap_or_default()
    }
}

/// What padding method 2 of ISO/IEC 9797-1 adds to so many bytes: `80`, then zeros to the block's end.
fn padding(length: usize, block: usize) -> &'static [u8] {
    const PADDING: [u8; 16] = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    PADDING.get(..block - length % block).unwrap_or_default()
}

/// A message with padding method 2 of ISO/IEC 9797-1.
pub(crate) fn pad(message: &[u8], block: usize) -> Vec<u8> {
    [message, padding(message.len(), block)].concat()
}

/// The message before padding method 2; `None` if there is no such padding.
pub(crate) fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    match padded.split_at_checked(end)? {
        (message, [0x80, ..]) => Some(message),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_short_command_has_the_length_that_was_computed() {
        for cipher in [BlockCipher::TripleDes, BlockCipher::Aes128, BlockCipher::Aes256] {
            let mut session = Session::from_shared_secret(cipher, &Secret::new(vec![1; 32]));
            for le in [None, Some(256)] {
                let capacity = session.command_capacity(le.is_some());
                let mut length = |data: usize| {
                    let command = Command::new("TEST", [0, 0x2A, 0, 0xBE], &vec![7; data], le);
                    let mut protected = Command::empty();
                    session.protect(&command, false, &mut protected).unwrap();
                    protected.data().len()
                };
                assert!(length(capacity) <= 255, "{} {le:?}", cipher.name());
                assert!(length(capacity + 1) > 255, "{} {le:?}", cipher.name());
            }
        }
    }
}
