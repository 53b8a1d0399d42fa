//! PACE, the chip's side `[9303-11 §4.4]`: on curves and modulo a prime, with each of the three mappings and each cipher.
//!
//! ```text
//! IFD                                                IC
//!      MSE:Set AT (protocol, password)         ─►
//!      7C 00                                   ─►
//!                                              ◄─    7C { 80: z = E(K_pi, s) }
//!   generic and chip authentication mapping
//!      7C { 81: PK_map_IFD }                   ─►
//!                                              ◄─    7C { 82: PK_map_IC }
//!      G' = s·G + H,  H = SK_map · PK_map
//!   integrated mapping
//!      7C { 81: t }                            ─►
//!                                              ◄─    7C { 82: nothing }
//!      G' = the element that belongs to R_p(s, t)
//!
//!      7C { 83: PK_dh_IFD }                    ─►
//!                                              ◄─    7C { 84: PK_dh_IC }
//!      7C { 85: T_IFD = MAC(KS_mac, PK_dh_IC) } ─►
//!                                              ◄─    7C { 86: T_IC = MAC(KS_mac, PK_dh_IFD) [, 8A: A_IC] }
//! ```
//!
//! It proves that the reader knows the password. Only with chip authentication mapping, where A_IC is the encrypted
//! SK_map_IC / SK_IC, does it prove that the chip is genuine, and that only if an issuer signed PK_IC.
//!
//! Skipped: certification authority references in DO 87 and 88, which belong to Terminal Authentication version 2.

use num_bigint::BigUint;

use super::behaviour::PaceForgery;
use super::command::{Answer, Command};
use super::dispatch::{Outcome, Refusal};
use super::pace_mapping::{
    chip_authentication_data, encrypt_chip_authentication_data, integrated_generator,
};
use super::password::Password;
use super::secure_messaging::Session;
use super::terminal_authentication::{Terminal, compressed};
use super::{Chip, status};
use crate::arithmetic::group::{Element, Group};
use crate::der;
use crate::personalisation::{Mapping, PaceOption};
use crate::symmetric::{BlockCipher, CipherName, KeyUse, authentication_code, derive_key};
use crate::tlv;

/// What MSE:Set AT selected.
#[derive(Clone, Copy)]
pub(super) struct Run {
    option: PaceOption,
    password: Password,
}

/// How far a run has come.
#[derive(Default)]
pub(super) enum Pace {
    #[default]
    Idle,
    /// After MSE:Set AT.
    Selected { run: Run, k_pi: Vec<u8> },
    /// The nonce is sent.
    Nonce { run: Run, nonce: Vec<u8> },
    /// Both sides can compute the new generator.
    Mapped { run: Run, generator: Element, keys: Option<MappingKeys> },
    /// The keys are agreed; both sides still have to show it.
    Agreed {
        run: Run,
        secret: Vec<u8>,
        /// PK_dh_IC and PK_dh_IFD, encoded.
        own: Vec<u8>,
        other: Vec<u8>,
        mapping_private: Option<BigUint>,
    },
}

/// The keys of generic mapping.
pub(super) struct MappingKeys {
    private: BigUint,
    /// The reader's key: it must not be used again for the agreement.
    other: Element,
}

impl Pace {
    pub(super) fn is_running(&self) -> bool {
        !matches!(self, Pace::Idle)
    }
}

impl Chip {
    /// MSE:Set AT for PACE `[9303-11 §4.4.4.1]`.
    pub(super) fn set_pace(&mut self, command: &Command) -> Outcome {
        if self.personalisation.access.pace.is_empty() {
            return Err(status::WRONG_PARAMETERS.into());
        }
        self.discourage_le(command, "MSE:Set AT has no answer data, so no Le [9303-11 §4.4.4.1]")?;
        let objects = tlv::parse_all(&command.data).ok_or(Refusal::Fault(
            status::WRONG_DATA,
            "MSE:Set AT carries data objects [9303-11 §4.4.4.1]",
        ))?;
        let mut protocol = None;
        let mut password = None;
        let mut parameters = None;
        for object in objects {
            let place = match object.tag {
                0x80 => &mut protocol,
                0x83 => &mut password,
                0x84 => &mut parameters,
                // Asks for certification authority references, which a chip without Terminal Authentication leaves out.
                0x7F4C => continue,
                _ => {
                    self.note("MSE:Set AT for PACE carries an unknown data object [9303-11 §4.4.4.1 note 2]");
                    continue;
                }
            };
            if place.replace(object.value).is_some() {
                return Err(Refusal::Fault(
                    status::WRONG_DATA,
                    "MSE:Set AT carries a data object twice",
                ));
            }
        }
        let option = self.pace_option(protocol, parameters)?;
        let reference = password.ok_or(Refusal::Fault(
            status::WRONG_DATA,
            "MSE:Set AT for PACE names the password in DO 83 [9303-11 §4.4.4.1]",
        ))?;
        let (password, secret) =
            self.password(reference).ok_or(Refusal::Refused(status::REFERENCE_NOT_FOUND))?;
        self.require_place_for_pace(password)?;
        if matches!(password, Password::Mrz | Password::Can) && self.password_blocked() {
            return Err(status::BLOCKED.into());
        }
        let k_pi = derive_key(option.cipher, &secret, KeyUse::Password);
        self.volatile.pace = Pace::Selected { run: Run { option, password }, k_pi };
        Ok(Answer::status(self.selected(password)))
    }

    /// The one way of PACE that DO 80 and DO 84 mean.
    fn pace_option(
        &self,
        protocol: Option<&[u8]>,
        parameters: Option<&[u8]>,
    ) -> Result<PaceOption, Refusal> {
        let offered: Vec<PaceOption> = self
            .personalisation
            .access
            .pace
            .iter()
            .copied()
            .filter(|option| identifier_of(*option).as_deref() == protocol)
            .collect();
        let [first, others @ ..] = offered.as_slice() else {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "MSE:Set AT names a protocol that EF.CardAccess does not offer",
            ));
        };
        let Some(reference) = parameters else {
            if self.personalisation.behaviour.parameter_reference_required {
                return Err(status::WRONG_DATA.into());
            }
            if !others.is_empty() {
                return Err(Refusal::Fault(
                    status::WRONG_DATA,
                    "several domain parameters share the protocol, so DO 84 must choose [9303-11 §4.4.4.1]",
                ));
            }
            return Ok(*first);
        };
        offered
            .into_iter()
            .find(|option| option.parameter_id().is_some_and(|id| reference == [id]))
            .ok_or(Refusal::Fault(
                status::REFERENCE_NOT_FOUND,
                "MSE:Set AT names domain parameters that EF.CardAccess does not offer",
            ))
    }

    /// PACE opens a session; inside one of PACE it only goes on to the PIN or PUK `[TR-03110-3 §B.1]`.
    fn require_place_for_pace(&self, password: Password) -> Result<(), Refusal> {
        let second = matches!(password, Password::Pin | Password::Puk)
            && self.volatile.opened_with.is_some();
        if self.volatile.session.is_some() && !second {
            return Err(Refusal::Fault(status::CONDITIONS_OF_USE, "PACE inside a session"));
        }
        Ok(())
    }

    /// One of the four GENERAL AUTHENTICATE commands `[9303-11 §4.4.4.2]`. Any error ends the run.
    pub(super) fn pace_step(&mut self, command: &Command) -> Outcome {
        let state = std::mem::take(&mut self.volatile.pace);
        let last = matches!(state, Pace::Agreed { .. });
        if last && command.chained() {
            return Err(Refusal::Fault(
                status::LAST_OF_CHAIN_EXPECTED,
                "the last step of PACE must not be chained [TR-03110-3 §B.13]",
            ));
        }
        if !last && !command.chained() {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "the first three steps of PACE are chained: class 10 [9303-11 §4.4.4.3]",
            ));
        }
        let data = tlv::parse_only(&command.data, 0x7C).ok_or(Refusal::Fault(
            status::WRONG_DATA,
            "GENERAL AUTHENTICATE carries one dynamic authentication data object 7C",
        ))?;
        let answer = match state {
            Pace::Idle => return Err(status::CONDITIONS_OF_USE.into()),
            Pace::Selected { run, k_pi } => self.send_nonce(data, run, &k_pi)?,
            Pace::Nonce { run, nonce } if run.option.mapping == Mapping::Integrated => {
                self.map_integrated(data, run, &nonce)?;
                return Ok(Answer::data(
                    self.personalisation.behaviour.integrated_mapping_answer.clone(),
                ));
            }
            Pace::Nonce { run, nonce } => self.map(data, run, &nonce)?,
            Pace::Mapped { run, generator, keys } => self.agree(data, run, &generator, keys)?,
            Pace::Agreed { run, secret, own, other, mapping_private } => {
                self.confirm(data, run, &secret, &own, &other, mapping_private.as_ref())?
            }
        };
        Ok(Answer::data(tlv::node(0x7C, &answer)))
    }

    fn send_nonce(&mut self, data: &[u8], run: Run, k_pi: &[u8]) -> Result<Vec<u8>, Refusal> {
        if !data.is_empty() {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "the first step of PACE sends an empty 7C [9303-11 §4.4.5]",
            ));
        }
        self.require_usable(run.password)?;
        let cipher = run.option.cipher;
        let nonce = self.entropy.bytes(nonce_length(cipher));
        let iv = vec![0; cipher.block_length()];
        let encrypted = BlockCipher::new(cipher, k_pi).cbc_encrypt(&iv, &nonce);
        self.volatile.pace = Pace::Nonce { run, nonce };
        Ok(tlv::node(0x80, &encrypted))
    }

    fn map(&mut self, data: &[u8], run: Run, nonce: &[u8]) -> Result<Vec<u8>, Refusal> {
        let group = run.option.group;
        let other = self.public_key_of_reader(data, 0x81, group)?;
        let private = self.entropy.scalar(&group.order());
        let own = group.public_key(&private);
        self.work.generate_key(group);
        self.work.agree(group);
        self.observe_public_key(group, &own);
        let shared = group.multiply(&private, &other);
        let nonce = BigUint::from_bytes_be(nonce);
        let generator = group.combine(&group.public_key(&nonce), &shared);
        if own == other || !group.contains(&generator) {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "the reader's mapping key is the chip's, or the mapping ends in the neutral element",
            ));
        }
        let encoded = match self.personalisation.behaviour.pace_forgery {
            Some(PaceForgery::MappingKeyOutsideGroup) => outside(group, &own),
            Some(PaceForgery::MappingKeyEchoed) => self.encoded(group, &other),
            _ => self.encoded(group, &own),
        };
        let keys = Some(MappingKeys { private, other });
        self.volatile.pace = Pace::Mapped { run, generator, keys };
        Ok(tlv::node(0x82, &encoded))
    }

    /// The reader sends its nonce t, as long as a key of the cipher; the chip sends nothing `[9303-11 §4.4.3.3.2]`.
    fn map_integrated(&mut self, data: &[u8], run: Run, nonce: &[u8]) -> Result<(), Refusal> {
        let PaceOption { group, cipher, .. } = run.option;
        let other = tlv::parse_only(data, 0x81)
            .filter(|other| other.len() == cipher.key_length())
            .ok_or(Refusal::Fault(
                status::WRONG_DATA,
                "integrated mapping takes a nonce as long as the cipher's key in DO 81 [9303-11 §4.4.3.3.2]",
            ))?;
        self.work.map_integrated(group);
        let generator = integrated_generator(group, cipher, nonce, other)
            .filter(|generator| group.contains(generator))
            .ok_or(Refusal::Refused(status::AUTHENTICATION_FAILED))?;
        self.note_if_stale("the nonce of integrated mapping", other);
        self.volatile.pace = Pace::Mapped { run, generator, keys: None };
        Ok(())
    }

    fn agree(
        &mut self,
        data: &[u8],
        run: Run,
        generator: &Element,
        keys: Option<MappingKeys>,
    ) -> Result<Vec<u8>, Refusal> {
        let group = run.option.group;
        let other = self.public_key_of_reader(data, 0x83, group)?;
        let private = self.entropy.scalar(&group.order());
        let own = group.multiply(&private, generator);
        self.work.generate_key(group);
        self.observe_public_key(group, &own);
        if own == other || keys.as_ref().is_some_and(|keys| keys.other == other) {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "the public keys of PACE must differ [9303-11 §4.4.1]",
            ));
        }
        self.work.agree(group);
        // The reader's key is of prime order, so its product with a private key is never neutral.
        let secret = group
            .secret(&group.multiply(&private, &other))
            .ok_or(Refusal::Refused(status::AUTHENTICATION_FAILED))?;
        self.observe_pace_secret(&secret);
        let other = self.encoded(group, &other);
        let answer = match self.personalisation.behaviour.pace_forgery {
            Some(PaceForgery::AgreementKeyOutsideGroup) => outside(group, &own),
            Some(PaceForgery::AgreementKeyEchoed) => other.clone(),
            _ => self.encoded(group, &own),
        };
        let own = self.encoded(group, &own);
        let mapping_private = keys.map(|keys| keys.private);
        self.volatile.pace = Pace::Agreed { run, secret, own, other, mapping_private };
        Ok(tlv::node(0x84, &answer))
    }

    fn confirm(
        &mut self,
        data: &[u8],
        run: Run,
        secret: &[u8],
        own: &[u8],
        other: &[u8],
        mapping_private: Option<&BigUint>,
    ) -> Result<Vec<u8>, Refusal> {
        let token =
            tlv::parse_only(data, 0x85).filter(|token| token.len() == 8).ok_or(Refusal::Fault(
                status::WRONG_DATA,
                "the fourth step of PACE sends the token in DO 85, eight bytes [9303-11 §4.4.5]",
            ))?;
        let Run { option, password } = run;
        let ks_mac = derive_key(option.cipher, secret, KeyUse::Authentication);
        if token != authentication_token(option, &ks_mac, own) {
            return Err(self.wrong_password(password).into());
        }
        let mut token = authentication_token(option, &ks_mac, other);
        if self.personalisation.behaviour.pace_forgery == Some(PaceForgery::WrongToken) {
            token[0] ^= 1;
        }
        let mut answer = tlv::node(0x86, &token);
        if let (Mapping::ChipAuthentication, Some(private)) = (option.mapping, mapping_private) {
            answer.extend(self.prove_by_mapping(option, secret, private)?);
        }
        self.right_password(password);
        self.proofs.pace += 1;
        self.volatile.opened_with = Some(password);
        // The answer itself goes as the command came: the session begins after it.
        let mut session = Session::new(option.cipher, secret, 0);
        let is_point = matches!(option.group, Group::Curve(_));
        // The keys of the agreement, not those of the mapping [9303-11 §7.1.2].
        let reader_key =
            (option.mapping == Mapping::ChipAuthentication).then(|| compressed(other, is_point));
        session.terminal = Terminal::after_pace(compressed(own, is_point), reader_key);
        self.volatile.next_session = Some(session);
        Ok(answer)
    }

    /// DO 8A: the quotient of the mapping key and the chip's own key, encrypted `[9303-11 §4.4.3.5]`.
    fn prove_by_mapping(
        &mut self,
        option: PaceOption,
        secret: &[u8],
        private: &BigUint,
    ) -> Result<Vec<u8>, Refusal> {
        let order = option.group.order();
        let forgery = self.personalisation.behaviour.pace_forgery;
        let key = self.mapping_key(option).ok_or(Refusal::Refused(status::CONDITIONS_OF_USE))?;
        let data = match forgery {
            Some(PaceForgery::NoChipAuthenticationData) => return Ok(Vec::new()),
            Some(PaceForgery::RandomChipAuthenticationData) => {
                let random = self.entropy.scalar(&order);
                chip_authentication_data(&order, &BigUint::from(1u8), &random)
            }
            Some(PaceForgery::ChipAuthenticationDataOfAnotherKey) => {
                chip_authentication_data(&order, &((key + 1u8) % &order), private)
            }
            _ => chip_authentication_data(&order, &key, private),
        };
        self.proofs.chip_authentication_mappings += 1;
        let ks_enc = derive_key(option.cipher, secret, KeyUse::Encryption);
        let encrypted = encrypt_chip_authentication_data(option.cipher, &ks_enc, &data);
        Ok(tlv::node(0x8A, &encrypted))
    }

    /// SK_IC of chip authentication mapping: the key with the number of the domain parameters, or else any of that group.
    fn mapping_key(&self, option: PaceOption) -> Option<BigUint> {
        let number = option.parameter_id().map(u32::from);
        let keys = &self.personalisation.chip_authentication;
        let mut fitting = keys.iter().filter(|key| key.group == option.group);
        let key = fitting.clone().find(|key| key.key_id == number).or_else(|| fitting.next())?;
        Some(key.private.clone())
    }

    /// The reader's ephemeral public key: in the group, and never seen before.
    fn public_key_of_reader(
        &mut self,
        data: &[u8],
        tag: u32,
        group: Group,
    ) -> Result<Element, Refusal> {
        let encoded = tlv::parse_only(data, tag).ok_or(Refusal::Fault(
            status::WRONG_DATA,
            "a step of PACE carries its one data object: 81, then 83 [9303-11 §4.4.5]",
        ))?;
        let element = group.decode(encoded).ok_or(Refusal::Fault(
            status::WRONG_DATA,
            "an ephemeral public key is an uncompressed point of the curve, or of the subgroup's order [9303-11 §4.4.3.2]",
        ))?;
        self.note_leading_zeros(encoded);
        self.note_if_stale("an ephemeral public key of PACE", encoded);
        self.observe_public_key(group, &element);
        Ok(element)
    }

    /// A public key as this chip sends it and as it stands in the tokens.
    fn encoded(&self, group: Group, element: &Element) -> Vec<u8> {
        if self.personalisation.behaviour.full_length_integers {
            group.encode_full(element)
        } else {
            group.encode(element)
        }
    }

    /// A point begins with 04, so a leading zero is one of an integer.
    pub(super) fn note_leading_zeros(&mut self, encoded: &[u8]) {
        if encoded.first() == Some(&0) && !self.personalisation.behaviour.full_length_integers {
            self.note("an unsigned integer has no leading zeros [TR-03110-3 §D.2.1.1]");
        }
    }
}

/// The protocol's object identifier as DO 80 carries it: without tag and length.
fn identifier_of(option: PaceOption) -> Option<Vec<u8>> {
    let encoded = der::object_identifier(&option.protocol()?);
    tlv::parse_only(&encoded, 0x06).map(<[u8]>::to_vec)
}

/// The smallest multiple of the block that is not shorter than the key `[9303-11 §4.4.3.3]`.
fn nonce_length(cipher: CipherName) -> usize {
    cipher.key_length().next_multiple_of(cipher.block_length())
}

/// A public key that no reader may accept: a point beside the curve; p − 1, which is of order two.
fn outside(group: Group, own: &Element) -> Vec<u8> {
    match group {
        Group::Curve(_) => {
            let mut encoded = group.encode(own);
            if let Some(last) = encoded.last_mut() {
                *last ^= 1;
            }
            encoded
        }
        Group::Modp(_) => (group.prime() - 1u8).to_bytes_be(),
    }
}

/// MAC over the other side's public key: 7F49 { 06 protocol, 86 point or 84 integer } `[9303-11 §4.4.3.4]`.
pub(super) fn authentication_token(
    option: PaceOption,
    ks_mac: &[u8],
    public_key: &[u8],
) -> [u8; 8] {
    let tag = match option.group {
        Group::Curve(_) => 0x86,
        Group::Modp(_) => 0x84,
    };
    let protocol = identifier_of(option).unwrap_or_default();
    let input = tlv::constructed(0x7F49, &[tlv::node(0x06, &protocol), tlv::node(tag, public_key)]);
    authentication_code(option.cipher, ks_mac, &input)
}
