//! Chip Authentication version 1 with elliptic curves, the chip's side `[9303-11 §6.2]`.
//!
//! ```text
//! IFD                                                        IC
//!      AES:   MSE:Set AT 41A4 (protocol, key)        ─►
//!             GENERAL AUTHENTICATE 7C { 80: PK_IFD } ─►   ◄─ 7C 00
//!      3DES:  MSE:Set KAT 41A6 { 91: PK_IFD, 84: key } ─►  ◄─ 9000
//!      K = SK_IC · PK_IFD; new session keys from K, counter 0, after the answer
//! ```
//!
//! The first protected answer under the new keys proves that the chip holds the private key to the public key in DG14.
//! It proves nothing until passive authentication has shown that an issuer signed that DG14.

use super::command::{Answer, Command};
use super::dispatch::{Outcome, Refusal};
use super::secure_messaging::Session;
use super::terminal_authentication::compressed;
use super::{Chip, status};
use crate::personalisation::file;
use crate::symmetric::CipherName;
use crate::tlv;

/// id-CA-ECDH, 0.4.0.127.0.7.2.2.3.2; one more byte says the cipher.
const PROTOCOLS: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02];

fn cipher_of(protocol: &[u8]) -> Option<CipherName> {
    match protocol.strip_prefix(&PROTOCOLS)? {
        [1] => Some(CipherName::TripleDes),
        [2] => Some(CipherName::Aes128),
        [3] => Some(CipherName::Aes192),
        [4] => Some(CipherName::Aes256),
        _ => None,
    }
}

impl Chip {
    /// Whether DG14 offers Chip Authentication with this cipher. Chips whose DG14 holds a key but names no protocol are
    /// met in the field; they speak 3DES.
    fn offers(&self, cipher: CipherName) -> bool {
        let Some(security_options) = self.personalisation.files.get(&file::DG14) else {
            return false;
        };
        let mut offered: Vec<CipherName> = security_options
            .windows(2 + PROTOCOLS.len() + 1)
            .filter(|window| window.starts_with(&[0x06, 0x0A]))
            .filter_map(|window| cipher_of(&window[2..]))
            .collect();
        if offered.is_empty() {
            offered.push(CipherName::TripleDes);
        }
        offered.contains(&cipher)
    }

    /// MSE:Set AT 41A4.
    pub(super) fn set_chip_authentication(&mut self, command: &Command) -> Outcome {
        self.require_chip_authentication()?;
        self.discourage_le(command, "MSE:Set AT has no answer data, so no Le")?;
        let (protocol, key) = two_objects(&command.data, 0x80)?;
        let cipher =
            cipher_of(protocol).filter(|cipher| self.offers(*cipher)).ok_or(Refusal::Fault(
                status::WRONG_DATA,
                "MSE:Set AT names a protocol that DG14 does not offer",
            ))?;
        self.require_key(key)?;
        self.volatile.chip_authentication = Some(cipher);
        Ok(Answer::success())
    }

    /// GENERAL AUTHENTICATE after MSE:Set AT.
    pub(super) fn authenticate_chip(&mut self, command: &Command, cipher: CipherName) -> Outcome {
        if command.chained() {
            return Err(Refusal::Fault(
                status::LAST_OF_CHAIN_EXPECTED,
                "Chip Authentication is one GENERAL AUTHENTICATE, not chained [TR-03110-3 §B.10]",
            ));
        }
        let public_key = tlv::parse_only(&command.data, 0x7C)
            .and_then(|data| tlv::parse_only(data, 0x80))
            .ok_or(Refusal::Fault(
                status::WRONG_DATA,
                "Chip Authentication sends the ephemeral key as 7C { 80 } [9303-11 §6.2.4.2]",
            ))?;
        self.agree_new_keys(public_key, cipher)?;
        // No nonce and no token, as those belong to version 2: an empty dynamic authentication data object
        // [TR-03110-3 §B.2].
        Ok(Answer::data(tlv::node(0x7C, &[])))
    }

    /// MSE:Set KAT 41A6: everything in one command, 3DES only `[9303-11 §6.2.4.1]`.
    pub(super) fn agree_chip_authentication(&mut self, command: &Command) -> Outcome {
        self.require_chip_authentication()?;
        self.discourage_le(command, "MSE:Set KAT has no answer data, so no Le")?;
        if !self.offers(CipherName::TripleDes) {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "MSE:Set KAT is for 3DES only, which DG14 does not offer [9303-11 §6.2.4.1]",
            ));
        }
        let (public_key, key) = two_objects(&command.data, 0x91)?;
        self.require_key(key)?;
        self.agree_new_keys(public_key, CipherName::TripleDes)?;
        Ok(Answer::success())
    }

    /// A protected command, to a chip with a key.
    fn require_chip_authentication(&self) -> Result<(), Refusal> {
        if self.personalisation.chip_authentication.is_none() {
            return Err(status::WRONG_DATA.into());
        }
        if self.volatile.session.is_none() {
            return Err(Refusal::Fault(
                status::SECURITY_STATUS,
                "Chip Authentication without secure messaging [9303-11 §6.2.2]",
            ));
        }
        if !self.volatile.application_selected {
            return Err(Refusal::Fault(
                status::REFERENCE_NOT_FOUND,
                "Chip Authentication before the application is selected",
            ));
        }
        Ok(())
    }

    /// DO 84 must name the one key, if it is there.
    fn require_key(&self, reference: Option<&[u8]>) -> Result<(), Refusal> {
        let key_id = self.personalisation.chip_authentication.as_ref().and_then(|key| key.key_id);
        let named = match reference {
            None => return Ok(()),
            Some(bytes) if bytes.len() <= 4 => {
                bytes.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte))
            }
            Some(_) => return Err(status::REFERENCE_NOT_FOUND.into()),
        };
        if key_id == Some(named) {
            Ok(())
        } else {
            Err(Refusal::Fault(
                status::REFERENCE_NOT_FOUND,
                "Chip Authentication with a key identifier that DG14 does not have",
            ))
        }
    }

    /// The agreement itself. On an error the old keys stay in force `[9303-11 §6.2.2]`.
    fn agree_new_keys(&mut self, public_key: &[u8], cipher: CipherName) -> Result<(), Refusal> {
        let Some(key) = &self.personalisation.chip_authentication else {
            return Err(status::WRONG_DATA.into());
        };
        let curve = key.curve.curve();
        let secret = curve
            .decode(public_key)
            .and_then(|point| curve.encode_x(&curve.multiply(&key.private, &point)))
            .ok_or(Refusal::Fault(
                status::WRONG_DATA,
                "the ephemeral key of Chip Authentication is no point of DG14's curve",
            ))?;
        self.note_if_stale("an ephemeral public key of Chip Authentication", public_key);
        self.proofs.chip_authentications += 1;
        let mut session = Session::new(cipher, &secret, 0);
        if let Some(old) = &self.volatile.session {
            session.terminal = old.terminal.after_chip_authentication(compressed(public_key, true));
        }
        self.volatile.next_session = Some(session);
        Ok(())
    }
}

/// The data objects of MSE: the wanted one, and perhaps DO 84 after it.
fn two_objects(data: &[u8], wanted: u32) -> Result<(&[u8], Option<&[u8]>), Refusal> {
    let objects = tlv::parse_all(data).unwrap_or_default();
    match objects.as_slice() {
        [first] if first.tag == wanted => Ok((first.value, None)),
        [first, second] if first.tag == wanted && second.tag == 0x84 => {
            Ok((first.value, Some(second.value)))
        }
        _ => Err(Refusal::Fault(
            status::WRONG_DATA,
            "wrong data objects in MSE for Chip Authentication [9303-11 §6.2.4]",
        )),
    }
}
