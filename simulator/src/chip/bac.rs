//! Basic Access Control, the chip's side `[9303-11 §4.3]`.
//!
//! ```text
//! IFD                                               IC
//!      GET CHALLENGE                          ─►
//!                                             ◄─   RND.IC
//!      E_IFD = E(K_enc, RND.IFD || RND.IC || K.IFD)
//!      M_IFD = MAC(K_mac, E_IFD)              ─►   EXTERNAL AUTHENTICATE
//!                                             ◄─   E_IC = E(K_enc, RND.IC || RND.IFD || K.IC), M_IC
//!      K_seed = K.IFD xor K.IC
//! ```
//!
//! It proves that the reader knows the printed MRZ. It does not prove that the chip is genuine: a clone knows the same keys.

use super::command::{Answer, Command};
use super::dispatch::{Outcome, Refusal};
use super::password::Password;
use super::secure_messaging::Session;
use super::{Chip, status};
use crate::symmetric::{BlockCipher, CipherName, KeyUse, derive_key, retail_mac};

const CIPHER: CipherName = CipherName::TripleDes;

impl Chip {
    pub(super) fn get_challenge(&mut self, command: &Command) -> Outcome {
        command.require_parameters(0)?;
        if !command.data.is_empty() || !matches!(command.expected, Some(8 | 256)) {
            return Err(Refusal::Fault(
                status::WRONG_LENGTH,
                "GET CHALLENGE has no data and Le = 08 [9303-11 §4.3.4.1]",
            ));
        }
        self.require_bac()?;
        let challenge = self.entropy.bytes(8);
        self.work.challenges += 1;
        self.volatile.challenge = Some(challenge.clone());
        Ok(Answer::data(challenge))
    }

    pub(super) fn external_authenticate(&mut self, command: &Command) -> Outcome {
        command.require_parameters(0)?;
        self.require_bac()?;
        let challenge = self.volatile.challenge.take().ok_or(Refusal::Fault(
            status::CONDITIONS_OF_USE,
            "EXTERNAL AUTHENTICATE without GET CHALLENGE just before it [9303-11 §4.3.1]",
        ))?;
        if command.data.len() != 40 || !matches!(command.expected, Some(40 | 256 | 65_536)) {
            return Err(Refusal::Fault(
                status::WRONG_LENGTH,
                "EXTERNAL AUTHENTICATE has 40 bytes of data and Le = 28 [9303-11 §4.3.4.2]",
            ));
        }
        if self.password_blocked() {
            return Err(status::BLOCKED.into());
        }

        self.work.bac_authentications += 1;
        let digest = self.mrz_digest();
        let k_seed = &digest[..16];
        let k_enc = BlockCipher::new(CIPHER, &derive_key(CIPHER, k_seed, KeyUse::Encryption));
        let k_mac = derive_key(CIPHER, k_seed, KeyUse::Authentication);

        let (e_ifd, m_ifd) = command.data.split_at(32);
        if m_ifd != retail_mac(&k_mac, e_ifd) {
            return Err(self.wrong_password(Password::Mrz).into());
        }
        let s = k_enc.cbc_decrypt(&[0; 8], e_ifd);
        let (rnd_ifd, rnd_ic, k_ifd) = (&s[..8], &s[8..16], &s[16..]);
        if rnd_ic != challenge {
            self.note("EXTERNAL AUTHENTICATE answers another challenge [9303-11 §4.3.1]");
            return Err(status::AUTHENTICATION_FAILED.into());
        }
        self.note_if_stale("RND.IFD", rnd_ifd);
        self.note_if_stale("K.IFD", k_ifd);

        let k_ic = self.entropy.bytes(16);
        let mut answer =
            k_enc.cbc_encrypt(&[0; 8], &[challenge.as_slice(), rnd_ifd, k_ic.as_slice()].concat());
        let m_ic = retail_mac(&k_mac, &answer);
        answer.extend(m_ic);

        let secret: Vec<u8> = k_ifd.iter().zip(&k_ic).map(|(a, b)| a ^ b).collect();
        // The counter starts as the low halves of both nonces [9303-11 §9.8.6.3].
        let counter = challenge[4..]
            .iter()
            .chain(&rnd_ifd[4..])
            .fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
        self.right_password(Password::Mrz);
        self.volatile.opened_with = None;
        self.proofs.bac += 1;
        self.volatile.next_session = Some(Session::new(CIPHER, &secret, counter));
        Ok(Answer::data(answer))
    }

    /// BAC belongs to the application, in plain, on chips that have it.
    fn require_bac(&self) -> Result<(), Refusal> {
        if self.volatile.session.is_some() {
            return Err(Refusal::Fault(
                status::CONDITIONS_OF_USE,
                "Basic Access Control inside a session",
            ));
        }
        if !self.personalisation.access.bac {
            // As chips with PACE only were seen to answer.
            return Err(status::REFERENCE_NOT_FOUND.into());
        }
        if !self.volatile.application_selected {
            return Err(Refusal::Fault(
                status::CONDITIONS_OF_USE,
                "Basic Access Control before the application is selected [9303-11 §4.2]",
            ));
        }
        Ok(())
    }
}
