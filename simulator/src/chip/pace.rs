//! PACE with elliptic curves, generic mapping and AES-128, the chip's side `[9303-11 §4.4]`.
//!
//! ```text
//! IFD                                                IC
//!      MSE:Set AT (protocol, password)         ─►
//!      7C 00                                   ─►
//!                                              ◄─    7C { 80: z = E(K_pi, s) }
//!      7C { 81: PK_map_IFD }                   ─►
//!                                              ◄─    7C { 82: PK_map_IC }
//!      G' = s·G + H,  H = SK_map · PK_map
//!      7C { 83: PK_dh_IFD }                    ─►
//!                                              ◄─    7C { 84: PK_dh_IC }
//!      7C { 85: T_IFD = MAC(KS_mac, PK_dh_IC) } ─►
//!                                              ◄─    7C { 86: T_IC = MAC(KS_mac, PK_dh_IFD) }
//! ```
//!
//! It proves that the reader knows the password. Without chip authentication mapping, which is skipped here, it does not
//! prove that the chip is genuine.

use num_bigint::BigUint;

use super::command::{Answer, Command};
use super::dispatch::{Outcome, Refusal};
use super::secure_messaging::Session;
use super::terminal_authentication::{Terminal, compressed};
use super::{Chip, status};
use crate::arithmetic::curve::{Curve, CurveName, Point};
use crate::symmetric::{BlockCipher, CipherName, KeyUse, authentication_code, derive_key};
use crate::tlv;

const CIPHER: CipherName = CipherName::Aes128;
/// id-PACE-ECDH-GM-AES-CBC-CMAC-128, 0.4.0.127.0.7.2.2.4.2.2.
const PROTOCOL: [u8; 10] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02];

/// How far a run has come.
#[derive(Default)]
pub(super) enum Pace {
    #[default]
    Idle,
    /// After MSE:Set AT.
    Selected { curve: CurveName, k_pi: Vec<u8> },
    /// The nonce is sent.
    Nonce { curve: CurveName, nonce: BigUint },
    /// Both sides can compute the new generator.
    Mapped {
        curve: CurveName,
        generator: Point,
        /// The reader's mapping key: it must not be used again for the agreement.
        other_mapping: Point,
    },
    /// The keys are agreed; both sides still have to show it.
    Agreed {
        secret: Vec<u8>,
        /// PK_dh_IC and PK_dh_IFD, encoded.
        own: Vec<u8>,
        other: Vec<u8>,
    },
}

impl Pace {
    pub(super) fn is_running(&self) -> bool {
        !matches!(self, Pace::Idle)
    }
}

impl Chip {
    /// MSE:Set AT for PACE `[9303-11 §4.4.4.1]`.
    pub(super) fn set_pace(&mut self, command: &Command) -> Outcome {
        let Some(curve) = self.personalisation.access.pace else {
            return Err(status::WRONG_PARAMETERS.into());
        };
        if self.volatile.session.is_some() {
            return Err(Refusal::Fault(status::CONDITIONS_OF_USE, "PACE inside a session"));
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
        if protocol != Some(&PROTOCOL) {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "MSE:Set AT names a protocol that EF.CardAccess does not offer",
            ));
        }
        match parameters {
            Some(reference) if reference != [curve.parameter_id()] => {
                return Err(Refusal::Fault(
                    status::REFERENCE_NOT_FOUND,
                    "MSE:Set AT names domain parameters that EF.CardAccess does not offer",
                ));
            }
            None if self.personalisation.behaviour.parameter_reference_required => {
                return Err(status::WRONG_DATA.into());
            }
            Some(_) | None => {}
        }
        let password = password.ok_or(Refusal::Fault(
            status::WRONG_DATA,
            "MSE:Set AT for PACE names the password in DO 83 [9303-11 §4.4.4.1]",
        ))?;
        let behaviour = &self.personalisation.behaviour;
        let secret = match password {
            [1] if behaviour.pace_mrz => self.mrz_digest(),
            [2] if behaviour.pace_can => self.personalisation.can.as_bytes().to_vec(),
            _ => return Err(status::REFERENCE_NOT_FOUND.into()),
        };
        if self.password_blocked() {
            return Err(status::BLOCKED.into());
        }
        self.volatile.pace =
            Pace::Selected { curve, k_pi: derive_key(CIPHER, &secret, KeyUse::Password) };
        Ok(Answer::success())
    }

    /// One of the four GENERAL AUTHENTICATE commands `[9303-11 §4.4.4.2]`. Any error ends the run.
    pub(super) fn pace_step(&mut self, command: &Command) -> Outcome {
        let state = std::mem::take(&mut self.volatile.pace);
        let last = matches!(state, Pace::Agreed { .. });
        if last && command.chained() {
            return Err(Refusal::Fault(
                status::LAST_OF_CHAIN_EXPECTED,
                "the last step of PACE must not be chained [TR-03110-3 §B.10]",
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
            Pace::Selected { curve, k_pi } => self.send_nonce(data, curve, &k_pi)?,
            Pace::Nonce { curve, nonce } => self.map(data, curve, &nonce)?,
            Pace::Mapped { curve, generator, other_mapping } => {
                self.agree(data, curve, &generator, &other_mapping)?
            }
            Pace::Agreed { secret, own, other } => self.confirm(data, &secret, &own, &other)?,
        };
        Ok(Answer::data(tlv::node(0x7C, &answer)))
    }

    fn send_nonce(
        &mut self,
        data: &[u8],
        curve: CurveName,
        k_pi: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        if !data.is_empty() {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "the first step of PACE sends an empty 7C [9303-11 §4.4.5]",
            ));
        }
        let nonce = self.entropy.bytes(16);
        let encrypted = BlockCipher::new(CIPHER, k_pi).cbc_encrypt(&[0; 16], &nonce);
        self.volatile.pace = Pace::Nonce { curve, nonce: BigUint::from_bytes_be(&nonce) };
        Ok(tlv::node(0x80, &encrypted))
    }

    fn map(
        &mut self,
        data: &[u8],
        curve_name: CurveName,
        nonce: &BigUint,
    ) -> Result<Vec<u8>, Refusal> {
        let curve = curve_name.curve();
        let other = self.public_key_of_reader(data, 0x81, &curve)?;
        let private = self.entropy.scalar(&curve.n);
        let own = curve.public_key(&private);
        let shared = curve.multiply(&private, &other);
        let generator = curve.add(&curve.multiply(nonce, &curve.generator), &shared);
        if own == other || !curve.contains(&generator) {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "the reader's mapping key is the chip's, or the mapping ends in the point at infinity",
            ));
        }
        let encoded = curve.encode(&own);
        self.volatile.pace = Pace::Mapped { curve: curve_name, generator, other_mapping: other };
        Ok(tlv::node(0x82, &encoded))
    }

    fn agree(
        &mut self,
        data: &[u8],
        curve_name: CurveName,
        generator: &Point,
        other_mapping: &Point,
    ) -> Result<Vec<u8>, Refusal> {
        let curve = curve_name.curve();
        let other = self.public_key_of_reader(data, 0x83, &curve)?;
        let private = self.entropy.scalar(&curve.n);
        let own = curve.multiply(&private, generator);
        if own == other || other == *other_mapping {
            return Err(Refusal::Fault(
                status::WRONG_DATA,
                "the public keys of PACE must differ [9303-11 §4.4.1]",
            ));
        }
        // The curves have cofactor 1, so a product of a point and a private key is never infinity.
        let secret = curve
            .encode_x(&curve.multiply(&private, &other))
            .ok_or(Refusal::Refused(status::AUTHENTICATION_FAILED))?;
        let own = curve.encode(&own);
        self.volatile.pace = Pace::Agreed { secret, own: own.clone(), other: curve.encode(&other) };
        Ok(tlv::node(0x84, &own))
    }

    fn confirm(
        &mut self,
        data: &[u8],
        secret: &[u8],
        own: &[u8],
        other: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        let token =
            tlv::parse_only(data, 0x85).filter(|token| token.len() == 8).ok_or(Refusal::Fault(
                status::WRONG_DATA,
                "the fourth step of PACE sends the token in DO 85, eight bytes [9303-11 §4.4.5]",
            ))?;
        let ks_mac = derive_key(CIPHER, secret, KeyUse::Authentication);
        if token != authentication_token(&ks_mac, own) {
            return Err(self.wrong_password().into());
        }
        self.right_password();
        self.proofs.pace += 1;
        // The answer itself goes in plain: the session begins after it.
        let mut session = Session::new(CIPHER, secret, 0);
        session.terminal = Terminal::after_pace(compressed(own, true));
        self.volatile.next_session = Some(session);
        Ok(tlv::node(0x86, &authentication_token(&ks_mac, other)))
    }

    /// The reader's ephemeral public key: on the curve, and never seen before.
    fn public_key_of_reader(
        &mut self,
        data: &[u8],
        tag: u32,
        curve: &Curve,
    ) -> Result<Point, Refusal> {
        let encoded = tlv::parse_only(data, tag).ok_or(Refusal::Fault(
            status::WRONG_DATA,
            "a step of PACE carries its one data object: 81, then 83 [9303-11 §4.4.5]",
        ))?;
        let point = curve.decode(encoded).ok_or(Refusal::Fault(
            status::WRONG_DATA,
            "an ephemeral public key is an uncompressed point of the curve [9303-11 §4.4.3.2]",
        ))?;
        self.note_if_stale("an ephemeral public key of PACE", encoded);
        Ok(point)
    }
}

/// MAC over the other side's public key: 7F49 { 06 protocol, 86 point } `[9303-11 §4.4.3.4]`.
pub(super) fn authentication_token(ks_mac: &[u8], public_key: &[u8]) -> [u8; 8] {
    let input =
        tlv::constructed(0x7F49, &[tlv::node(0x06, &PROTOCOL), tlv::node(0x86, public_key)]);
    authentication_code(CIPHER, ks_mac, &input)
}
