//! The passwords, and what happens when they are wrong.
//!
//! MRZ and CAN share what [`WrongPassword`] says. PIN and PUK have counters of their own `[TR-03110-3 §B.14.1, §B.14.2]`:
//!
//! ```text
//! PIN  3 tries    63C2 at MSE:Set AT: a warning
//!                 63C1: suspended; 6985 at GENERAL AUTHENTICATE, unless inside a session that PACE with the CAN opened
//!                 63C0: blocked; 6983 at GENERAL AUTHENTICATE, until RESET RETRY COUNTER after PACE with the PUK
//! PUK  10 tries   63Cx, in the end 63C0 and 6983
//! ```

use sha1::{Digest, Sha1};

use super::command::{Answer, Command};
use super::dispatch::{Outcome, Refusal};
use super::{Chip, WrongPassword, status};

/// A password of PACE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Password {
    /// Document number, birth and expiry from the machine-readable zone.
    Mrz,
    /// The card access number printed on the card.
    Can,
    /// The holder's secret number.
    Pin,
    /// What unblocks the PIN.
    Puk,
}

impl Password {
    /// Every password, in the order of the references.
    pub const ALL: [Password; 4] = [Password::Mrz, Password::Can, Password::Pin, Password::Puk];

    /// The value of DO 83 in MSE:Set AT `[9303-11 §4.4.4.1]`, `[TR-03110-3 §B.14.1]`.
    pub fn reference(self) -> u8 {
        match self {
            Password::Mrz => 1,
            Password::Can => 2,
            Password::Pin => 3,
            Password::Puk => 4,
        }
    }
}

const PIN_TRIES: u8 = 3;
const PUK_TRIES: u8 = 10;

/// What permanent memory knows about wrong passwords.
pub(super) struct Attempts {
    /// Wrong MRZs and CANs in a row.
    failed: u8,
    /// Tries left of the PIN.
    pin: u8,
    /// Tries left of the PUK.
    puk: u8,
}

impl Default for Attempts {
    fn default() -> Attempts {
        Attempts { failed: 0, pin: PIN_TRIES, puk: PUK_TRIES }
    }
}

impl Chip {
    /// How often a password may still be wrong; `None` for one that the chip does not have or does not count.
    pub fn attempts_left(&self, password: Password) -> Option<u8> {
        self.counted(password).map(|(left, _)| left)
    }

    /// Tries left, and tries at the beginning.
    fn counted(&self, password: Password) -> Option<(u8, u8)> {
        match password {
            Password::Mrz | Password::Can => {
                match self.personalisation.behaviour.answer_to_wrong_password {
                    WrongPassword::Counter { tries } => {
                        Some((tries.saturating_sub(self.attempts.failed), tries))
                    }
                    WrongPassword::Plain
                    | WrongPassword::SecurityStatus
                    | WrongPassword::Conditions => None,
                }
            }
            Password::Pin => {
                self.personalisation.pin.as_ref().map(|_| (self.attempts.pin, PIN_TRIES))
            }
            Password::Puk => {
                self.personalisation.puk.as_ref().map(|_| (self.attempts.puk, PUK_TRIES))
            }
        }
    }

    /// SHA-1 of the MRZ information: the basis of both the BAC keys and the PACE password `[9303-11 §4.3.2, §9.7.3]`.
    pub(super) fn mrz_digest(&self) -> Vec<u8> {
        Sha1::digest(self.personalisation.mrz_information.as_bytes()).to_vec()
    }

    /// The password of a reference and its encoding `[9303-11 §9.7.3]`; `None` for one that this chip does not have.
    pub(super) fn password(&self, reference: &[u8]) -> Option<(Password, Vec<u8>)> {
        let contents = &self.personalisation;
        let password =
            Password::ALL.into_iter().find(|password| [password.reference()] == *reference)?;
        let characters = |text: &String| text.as_bytes().to_vec();
        let secret = match password {
            Password::Mrz => contents.behaviour.pace_mrz.then(|| self.mrz_digest()),
            Password::Can => contents.behaviour.pace_can.then(|| characters(&contents.can)),
            Password::Pin => contents.pin.as_ref().map(characters),
            Password::Puk => contents.puk.as_ref().map(characters),
        };
        Some((password, secret?))
    }

    /// The answer to selecting a password in MSE:Set AT: 9000, or how many tries are left if not all.
    pub(super) fn selected(&self, password: Password) -> u16 {
        match self.counted(password) {
            Some((left, tries)) if left < tries => tries_left(left),
            _ => status::SUCCESS,
        }
    }

    /// Whether too many wrong MRZs or CANs closed the chip.
    pub(super) fn password_blocked(&self) -> bool {
        self.attempts_left(Password::Can) == Some(0)
    }

    /// What the first GENERAL AUTHENTICATE says to a PIN that is suspended or blocked, or a PUK that is blocked.
    pub(super) fn require_usable(&self, password: Password) -> Result<(), Refusal> {
        let resumed =
            self.volatile.session.is_some() && self.volatile.opened_with == Some(Password::Can);
        match (password, self.attempts_left(password)) {
            (Password::Pin | Password::Puk, Some(0)) => Err(status::BLOCKED.into()),
            (Password::Pin, Some(1)) if !resumed => Err(status::CONDITIONS_OF_USE.into()),
            _ => Ok(()),
        }
    }

    /// Count a wrong password and say its status word.
    pub(super) fn wrong_password(&mut self, password: Password) -> u16 {
        let counter = match password {
            Password::Pin => &mut self.attempts.pin,
            Password::Puk => &mut self.attempts.puk,
            Password::Mrz | Password::Can => return self.wrong_printed_password(),
        };
        *counter = counter.saturating_sub(1);
        tries_left(*counter)
    }

    fn wrong_printed_password(&mut self) -> u16 {
        self.attempts.failed = self.attempts.failed.saturating_add(1);
        match self.personalisation.behaviour.answer_to_wrong_password {
            WrongPassword::Plain => status::AUTHENTICATION_FAILED,
            WrongPassword::Counter { tries } => {
                tries_left(tries.saturating_sub(self.attempts.failed))
            }
            WrongPassword::SecurityStatus => status::SECURITY_STATUS,
            WrongPassword::Conditions => status::CONDITIONS_OF_USE,
        }
    }

    pub(super) fn right_password(&mut self, password: Password) {
        match password {
            Password::Mrz | Password::Can => self.attempts.failed = 0,
            Password::Pin => self.attempts.pin = PIN_TRIES,
            Password::Puk => self.attempts.puk = PUK_TRIES,
        }
    }

    /// RESET RETRY COUNTER without a new PIN, after PACE with PIN or PUK `[TR-03110-3 §B.7.1, §B.14.11]`.
    pub(super) fn reset_retry_counter(&mut self, command: &Command) -> Outcome {
        command.require_parameters(0x0303)?;
        if !command.data.is_empty() {
            return Err(Refusal::Fault(
                status::WRONG_LENGTH,
                "RESET RETRY COUNTER with P1 = 03 has no data [TR-03110-3 §B.14.11]",
            ));
        }
        let entitled = matches!(self.volatile.opened_with, Some(Password::Pin | Password::Puk));
        if self.volatile.session.is_none() || !entitled {
            return Err(status::SECURITY_STATUS.into());
        }
        self.right_password(Password::Pin);
        Ok(Answer::success())
    }
}

/// 63Cx.
fn tries_left(left: u8) -> u16 {
    status::AUTHENTICATION_FAILED | 0xC0 | u16::from(left.min(15))
}
