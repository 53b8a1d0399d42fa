//! The printed passwords, and what happens when they are wrong.

use sha1::{Digest, Sha1};

use super::{Chip, WrongPassword, status};

impl Chip {
    /// SHA-1 of the MRZ information: the basis of both the BAC keys and the PACE password `[9303-11 §4.3.2, §9.7.3]`.
    pub(super) fn mrz_digest(&self) -> Vec<u8> {
        Sha1::digest(self.personalisation.mrz_information.as_bytes()).to_vec()
    }

    /// Whether too many wrong passwords closed the chip.
    pub(super) fn password_blocked(&self) -> bool {
        match self.personalisation.behaviour.answer_to_wrong_password {
            WrongPassword::Counter { tries } => self.failed_passwords >= tries,
            WrongPassword::Plain | WrongPassword::SecurityStatus | WrongPassword::Conditions => {
                false
            }
        }
    }

    /// Count a wrong password and say its status word.
    pub(super) fn wrong_password(&mut self) -> u16 {
        self.failed_passwords = self.failed_passwords.saturating_add(1);
        match self.personalisation.behaviour.answer_to_wrong_password {
            WrongPassword::Plain => status::AUTHENTICATION_FAILED,
            WrongPassword::Counter { tries } => {
                let left = tries.saturating_sub(self.failed_passwords).min(15);
                status::AUTHENTICATION_FAILED | 0xC0 | u16::from(left)
            }
            WrongPassword::SecurityStatus => status::SECURITY_STATUS,
            WrongPassword::Conditions => status::CONDITIONS_OF_USE,
        }
    }

    pub(super) fn right_password(&mut self) {
        self.failed_passwords = 0;
    }
}
