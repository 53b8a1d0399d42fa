//! What is behind crate-private doors: see `cccd::fuzzing`, which exists under the fuzzer's cfg only.

use cccd::{
    Error,
    apdu::{Limits, Response},
    error::ChannelFault,
    fuzzing::{ProtectedSession, list_contents as contents, transmit},
};
use cccd_simulator::{
    CipherName,
    symmetric::{BlockCipher, KeyUse, authentication_code, derive_key, pad, retail_mac_blocks},
    tlv as simulated,
};

use super::super::check;

const SECRET: [u8; 32] = [0x5A; 32];

/// First byte: cipher, and whether the bytes are an answer as they are, data objects to which the right code is
/// added, or text that is encrypted first. So the fuzzer gets behind the code, which it cannot find.
pub fn secure_messaging(data: &[u8]) {
    let Some((&[first, sw1, sw2], rest)) = data.split_first_chunk::<3>() else { return };
    let cipher =
        [CipherName::TripleDes, CipherName::Aes128, CipherName::Aes192, CipherName::Aes256]
            [usize::from(first % 4)];
    let mut session = ProtectedSession::new(first, &SECRET);
    let status = [sw1, sw2];
    let sealed = Sealed::new(cipher);
    let objects = match first / 4 % 3 {
        0 => {
            let response = Response::parse(&[rest, &status].concat()).unwrap();
            check::read(session.unprotect(&response));
            return;
        }
        1 => rest.to_vec(),
        _ => {
            let cryptogram = sealed.encrypted(rest);
            let data = simulated::node(0x87, &[&[1], &cryptogram[..]].concat());
            [data, simulated::node(0x99, &status)].concat()
        }
    };
    let answer = [&objects[..], &sealed.code(&objects), &status].concat();
    let outcome = check::read(session.unprotect(&Response::parse(&answer).unwrap()));
    if first / 4 % 3 == 2 {
        let plain = outcome.expect("an answer that a chip protects so");
        assert_eq!((plain.data(), plain.status().bytes()), (rest, status));
    } else if let Some(plain) = outcome {
        // The simulator, which shares no code with the library, reads the same.
        let parts = simulated::parse_all(&objects).expect("objects that were accepted");
        let cryptogram = parts.iter().find(|part| matches!(part.tag, 0x85 | 0x87));
        let expected = cryptogram.map_or(Vec::new(), |part| {
            let skipped = usize::from(part.tag == 0x87);
            sealed.decrypted(&part.value[skipped..]).expect("padding that was accepted")
        });
        assert_eq!(plain.data(), expected);
    }
    // The same answer again is no answer to the next command.
    let again = session.unprotect(&Response::parse(&answer).unwrap());
    assert!(matches!(
        again,
        Err(Error::ChannelBroken(ChannelFault::Mac | ChannelFault::Structure))
    ));
}

/// The chip's end of the first exchange under these keys.
struct Sealed {
    cipher: CipherName,
    counter: Vec<u8>,
}

impl Sealed {
    fn new(cipher: CipherName) -> Self {
        let mut counter = vec![0; cipher.block_length()];
        *counter.last_mut().unwrap() = 1;
        Self { cipher, counter }
    }

    fn blocks(&self) -> (BlockCipher, Vec<u8>) {
        let cipher =
            BlockCipher::new(self.cipher, &derive_key(self.cipher, &SECRET, KeyUse::Encryption));
        let mut iv = self.counter.clone();
        match self.cipher {
            CipherName::TripleDes => iv.fill(0),
            _ => cipher.encrypt_block(&mut iv),
        }
        (cipher, iv)
    }

    fn encrypted(&self, plain: &[u8]) -> Vec<u8> {
        let (cipher, iv) = self.blocks();
        cipher.cbc_encrypt(&iv, &pad(plain, self.cipher.block_length()))
    }

    fn decrypted(&self, cryptogram: &[u8]) -> Option<Vec<u8>> {
        let (cipher, iv) = self.blocks();
        let plain = cipher.cbc_decrypt(&iv, cryptogram);
        // As the library, and unlike the simulator's own chip, this takes padding of more than a block.
        let end = plain.iter().rposition(|byte| *byte != 0)?;
        (plain[end] == 0x80).then(|| plain[..end].to_vec())
    }

    /// DO 8E over these objects.
    fn code(&self, objects: &[u8]) -> Vec<u8> {
        let message = [&self.counter[..], &pad(objects, self.cipher.block_length())].concat();
        let key = derive_key(self.cipher, &SECRET, KeyUse::Authentication);
        let code = match self.cipher {
            CipherName::TripleDes => retail_mac_blocks(&key, &message),
            cipher => authentication_code(cipher, &key, &message),
        };
        simulated::node(0x8E, &code)
    }
}

/// First bytes: the command; then answers, each with its length in one byte, over and over.
pub fn line(data: &[u8]) {
    let Some((&[form, length, le_high, le_low], script)) = data.split_first_chunk::<4>() else {
        return;
    };
    let command = vec![0x55; usize::from(length) << (form & 3)];
    let le = usize::from(u16::from_be_bytes([le_high, le_low]));
    let le = (form & 4 != 0).then_some(le + 1);
    let limits = if form & 8 == 0 { Limits::SHORT } else { Limits::EXTENDED };
    let class = if form & 16 == 0 { 0x00 } else { 0x0C };
    let (mut rest, mut exchanges, mut fetched) = (script, 0, 0);
    let outcome = transmit(limits, ([class, 0xB0, 0, 0], &command, le), |sent| {
        exchanges += 1;
        // Links, the answer, once more with another Le, and what 61xx may cost.
        assert!(exchanges <= 2 * (command.len() / 255 + 1) + 513, "the command does not end");
        assert!(sent.len() <= limits.max_command);
        if rest.is_empty() {
            rest = script;
        }
        let Some((length, others)) = rest.split_first() else { return vec![0x90, 0] };
        let (answer, others) = others.split_at(usize::from(*length).min(others.len()));
        rest = others;
        fetched += answer.len();
        answer.to_vec()
    });
    if let Some(response) = check::read(outcome) {
        assert!(response.data().len() <= fetched);
        assert_eq!(response.status().more_data(), None);
    }
}

pub fn list_contents(data: &[u8]) {
    let (certificates, defects) = contents(data);
    for part in check::read(certificates).unwrap_or_default() {
        assert!(data.as_ptr_range().contains(&part.as_ptr()));
    }
    for entry in check::read(defects).unwrap_or_default() {
        entry.defects.iter().for_each(|defect| check::shown(&defect.name()));
        check::shown(&entry.is_about_every_document());
    }
}
