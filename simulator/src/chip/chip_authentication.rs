//! Chip Authentication version 1, the chip's side `[9303-11 §6.2]`: on curves and modulo a prime, with several keys.
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
use crate::arithmetic::group::Group;
use crate::personalisation::ChipKey;
use crate::symmetric::CipherName;
use crate::tlv;

/// id-CA, 0.4.0.127.0.7.2.2.3; one more byte says DH (1) or ECDH (2), another one the cipher.
const PROTOCOLS: [u8; 8] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03];

/// What MSE:Set AT selected; good for one command.
pub(super) struct ChipAuthentication {
    key: ChipKey,
    cipher: CipherName,
}

/// Whether a protocol belongs to the key.
fn is_of(protocol: &[u8], key: &ChipKey, cipher: CipherName) -> bool {
    let kind = match key.group {
        Group::Modp(_) => 1,
        Group::Curve(_) => 2,
    };
    protocol.strip_prefix(&PROTOCOLS) == Some(&[kind, cipher.protocol_number()])
}

impl Chip {
    /// MSE:Set AT 41A4.
    pub(super) fn set_chip_authentication(&mut self, command: &Command) -> Outcome {
        self.require_chip_authentication()?;
        self.discourage_le(command, "MSE:Set AT has no answer data, so no Le")?;
        let (protocol, reference) = two_objects(&command.data, 0x80)?;
        let offered = self
            .chip_keys()
            .any(|key| key.ciphers.iter().any(|cipher| is_of(protocol, key, *cipher)));
        if !offered {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "MSE:Set AT names a protocol that the chip does not offer",
            ));
        }
        let key = self.chosen_key(reference)?;
        let cipher = key.ciphers.iter().copied().find(|cipher| is_of(protocol, key, *cipher));
        let cipher = cipher.ok_or(Refusal::Fault(
            status::WRONG_DATA,
            "MSE:Set AT names a protocol of another key",
        ))?;
        self.volatile.chip_authentication = Some(ChipAuthentication { key: key.clone(), cipher });
        Ok(Answer::success())
    }

    /// GENERAL AUTHENTICATE after MSE:Set AT.
    pub(super) fn authenticate_chip(
        &mut self,
        command: &Command,
        selected: &ChipAuthentication,
    ) -> Outcome {
        if command.chained() {
            return Err(Refusal::Fault(
                status::LAST_OF_CHAIN_EXPECTED,
                "Chip Authentication is one GENERAL AUTHENTICATE, not chained [TR-03110-3 §B.13]",
            ));
        }
        let public_key = tlv::parse_only(&command.data, 0x7C)
            .and_then(|data| tlv::parse_only(data, 0x80))
            .ok_or(Refusal::Fault(
                status::WRONG_DATA,
                "Chip Authentication sends the ephemeral key as 7C { 80 } [9303-11 §6.2.4.2]",
            ))?;
        self.agree_new_keys(public_key, &selected.key, selected.cipher)?;
        // No nonce and no token, as those belong to version 2: an empty dynamic authentication data object
        // [TR-03110-3 §B.2].
        Ok(Answer::data(tlv::node(0x7C, &[])))
    }

    /// MSE:Set KAT 41A6: everything in one command, 3DES only `[9303-11 §6.2.4.1]`.
    pub(super) fn agree_chip_authentication(&mut self, command: &Command) -> Outcome {
        self.require_chip_authentication()?;
        self.discourage_le(command, "MSE:Set KAT has no answer data, so no Le")?;
        let (public_key, reference) = two_objects(&command.data, 0x91)?;
        let key = self.chosen_key(reference)?.clone();
        if !key.ciphers.contains(&CipherName::TripleDes) {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "MSE:Set KAT is for 3DES only, which this key does not have [9303-11 §6.2.4.1]",
            ));
        }
        self.agree_new_keys(public_key, &key, CipherName::TripleDes)?;
        Ok(Answer::success())
    }

    /// The keys of Chip Authentication; those that only PACE uses are not among them.
    fn chip_keys(&self) -> impl Iterator<Item = &ChipKey> {
        self.personalisation.chip_authentication.iter().filter(|key| !key.ciphers.is_empty())
    }

    /// A protected command, to a chip with a key.
    fn require_chip_authentication(&self) -> Result<(), Refusal> {
        if self.chip_keys().next().is_none() {
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

    /// The key that DO 84 names; without DO 84 the only one.
    fn chosen_key(&self, reference: Option<&[u8]>) -> Result<&ChipKey, Refusal> {
        let Some(reference) = reference else {
            let mut keys = self.chip_keys();
            return match (keys.next(), keys.next()) {
                (Some(only), None) => Ok(only),
                _ => Err(Refusal::Fault(
                    status::WRONG_DATA,
                    "the chip has several keys, so DO 84 must choose [TR-03110-3 §B.14.1]",
                )),
            };
        };
        let named = (reference.len() <= 4)
            .then(|| reference.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte)))
            .ok_or(Refusal::Refused(status::REFERENCE_NOT_FOUND))?;
        self.chip_keys().find(|key| key.key_id == Some(named)).ok_or(Refusal::Fault(
            status::REFERENCE_NOT_FOUND,
            "Chip Authentication with a key identifier that DG14 does not have",
        ))
    }

    /// The agreement itself. On an error the old keys stay in force `[9303-11 §6.2.2]`.
    fn agree_new_keys(
        &mut self,
        public_key: &[u8],
        key: &ChipKey,
        cipher: CipherName,
    ) -> Result<(), Refusal> {
        let group = key.group;
        self.work.agree(group);
        let (other, secret) = group
            .decode(public_key)
            .and_then(|other| {
                let secret = group.secret(&group.multiply(&key.private, &other))?;
                Some((other, secret))
            })
            .ok_or(Refusal::Fault(
                status::WRONG_DATA,
                "the ephemeral key of Chip Authentication is not of the group in DG14",
            ))?;
        self.observe_public_key(group, &other);
        self.observe_chip_authentication_secret(&secret);
        self.note_leading_zeros(public_key);
        self.note_if_stale("an ephemeral public key of Chip Authentication", public_key);
        self.proofs.chip_authentications += 1;
        self.work.chip_authentications += 1;
        let mut session = Session::new(cipher, &secret, 0);
        if let Some(old) = &self.volatile.session {
            let is_point = matches!(group, Group::Curve(_));
            let reader_key = compressed(public_key, is_point);
            session.terminal = old.terminal.after_chip_authentication(reader_key);
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
