//! The card operating system: bytes in, bytes out.
//!
//! Implemented: files of the master file and of the application LDS1 `[9303-10 §3.6, §3.11, §4]`, Basic Access Control
//! `[9303-11 §4.3]`, PACE `[9303-11 §4.4]`, secure messaging `[9303-11 §9.8]`, Chip Authentication version 1
//! `[9303-11 §6.2]`, Active Authentication `[9303-11 §6.1]`, Terminal Authentication version 1 `[TR-03110-3 §B.3]` if the
//! chip trusts somebody.
//! Skipped: logical channels, writing.
//!
//! The chip is strict and it observes: what a reader does wrong gets the right status word and a line in
//! [`Chip::violations`].

mod active_authentication;
mod bac;
mod behaviour;
mod chip_authentication;
mod command;
mod dispatch;
mod entropy;
mod files;
mod leading_zero;
mod pace;
mod pace_mapping;
mod password;
mod secure_messaging;
mod status;
mod terminal_authentication;
#[cfg(test)]
mod tests;
mod work;

use std::collections::BTreeSet;

pub use behaviour::{Behaviour, EndOfFile, ErrorProtection, PaceForgery, TooLong, WrongPassword};
pub use password::Password;
pub use work::Work;

use crate::personalisation::Personalisation;
use entropy::Entropy;
use files::FileReference;
use pace::Pace;
use password::Attempts;
use secure_messaging::Session;

use chip_authentication::ChipAuthentication;

/// One command and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The command as it came.
    pub command: Vec<u8>,
    /// The answer as it went.
    pub response: Vec<u8>,
    /// The command inside secure messaging, if it could be opened.
    pub plain_command: Option<Vec<u8>>,
    /// The answer inside secure messaging.
    pub plain_response: Option<Vec<u8>>,
}

/// What this chip has proved and granted, since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChipProofs {
    /// Sessions opened by Basic Access Control.
    pub bac: usize,
    /// Sessions opened by PACE.
    pub pace: usize,
    /// Chip authentication data sent by PACE.
    pub chip_authentication_mappings: usize,
    /// Chip Authentications that ended with new keys.
    pub chip_authentications: usize,
    /// Signatures of Active Authentication.
    pub active_authentications: usize,
    /// Terminal Authentications granted.
    pub terminal_authentications: usize,
    /// Secrets agreed by PACE that begin with a zero byte. It belongs to the secret `[TR-03111 §4.3]`, `[PKCS #3 §8]`;
    /// careless readers drop it, and fail once in some hundred runs.
    pub pace_secrets_with_leading_zero: usize,
    /// The same of Chip Authentication.
    pub chip_authentication_secrets_with_leading_zero: usize,
    /// Ephemeral public keys of reader and chip with a coordinate that begins with a zero byte, or, modulo a prime, with
    /// fewer bytes than the prime has.
    pub public_keys_with_leading_zero: usize,
}

impl ChipProofs {
    /// Sessions opened by either access protocol.
    pub fn access_established(&self) -> usize {
        self.bac + self.pace
    }
}

/// A chip in software.
pub struct Chip {
    personalisation: Personalisation,
    entropy: Entropy,
    volatile: Volatile,
    /// Survives a reset, as in a card's permanent memory.
    attempts: Attempts,
    proofs: ChipProofs,
    work: Work,
    /// Nonces and public keys that readers have sent: none may come twice.
    seen: BTreeSet<Vec<u8>>,
    violations: Vec<String>,
    trace: Vec<Exchange>,
}

/// What a loss of power wipes.
#[derive(Default)]
struct Volatile {
    application_selected: bool,
    current_file: Option<FileReference>,
    session: Option<Session>,
    /// In force after the present answer: Chip Authentication is answered under the old keys.
    next_session: Option<Session>,
    /// The password that opened the session; none for Basic Access Control.
    opened_with: Option<Password>,
    /// RND.IC of Basic Access Control, good for one command.
    challenge: Option<Vec<u8>>,
    pace: Pace,
    /// Chip Authentication was selected by MSE:Set AT; good for one command.
    chip_authentication: Option<ChipAuthentication>,
    /// The rest of an answer, for GET RESPONSE.
    rest_of_answer: Vec<u8>,
    /// The chip answered an error in plain, in its own way: that the two sides disagree now is not the reader's fault.
    to_blame: bool,
    /// The one session that this chip spoils is over.
    first_session_over: bool,
    /// The one file that this chip spoils was read.
    spoiled: bool,
}

impl Chip {
    /// A chip with these contents. All its random numbers derive from the seed.
    pub fn new(personalisation: Personalisation, seed: u64) -> Chip {
        let mut chip = Chip {
            personalisation,
            entropy: Entropy::new(seed),
            volatile: Volatile::default(),
            attempts: Attempts::default(),
            proofs: ChipProofs::default(),
            work: Work::default(),
            seen: BTreeSet::new(),
            violations: Vec::new(),
            trace: Vec::new(),
        };
        chip.reset();
        chip
    }

    /// Take a whole command APDU, give a whole response APDU. Never panics, whatever the bytes.
    pub fn process(&mut self, command: &[u8]) -> Vec<u8> {
        self.trace.push(Exchange {
            command: command.to_vec(),
            response: Vec::new(),
            plain_command: None,
            plain_response: None,
        });
        let response = self.answer(command);
        if let Some(exchange) = self.trace.last_mut() {
            exchange.response.clone_from(&response);
        }
        response
    }

    /// Power off and on: the tag left the field and came back. Keys, selection and access are lost; the counter of
    /// wrong passwords and the observations stay.
    pub fn reset(&mut self) {
        self.volatile = Volatile {
            application_selected: self.personalisation.behaviour.application_preselected,
            ..Volatile::default()
        };
    }

    /// What readers did wrong, in words, each line with the number of the exchange (the first is 0). Empty after a good run.
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// How many commands came.
    pub fn exchanges(&self) -> usize {
        self.trace.len()
    }

    /// Every command and answer.
    pub fn trace(&self) -> &[Exchange] {
        &self.trace
    }

    /// The answer to reset.
    pub fn atr(&self) -> &[u8] {
        &self.personalisation.behaviour.atr
    }

    /// What the chip holds.
    pub fn personalisation(&self) -> &Personalisation {
        &self.personalisation
    }

    /// What the chip holds, to tamper with between commands.
    pub fn personalisation_mut(&mut self) -> &mut Personalisation {
        &mut self.personalisation
    }

    /// What the chip has proved and granted.
    pub fn chip_proofs(&self) -> ChipProofs {
        self.proofs
    }

    /// What the chip has computed.
    pub fn work(&self) -> Work {
        self.work
    }

    /// Whether a secure messaging session is in force.
    pub fn session_established(&self) -> bool {
        self.volatile.session.is_some()
    }

    /// KS_enc and KS_mac of the session in force, to search for where they must not be.
    pub fn session_keys(&self) -> Option<[&[u8]; 2]> {
        self.volatile.session.as_ref().map(Session::keys)
    }

    /// Give the chip its next random value, in the order of use: BAC takes RND.IC (8 bytes), then K.IC (16); PACE the
    /// nonce s (16 or 32), the private key of the mapping unless it is integrated, the private key of the agreement;
    /// Active Authentication with RSA takes M1. For replaying worked examples.
    pub fn give_random(&mut self, value: &[u8]) {
        self.entropy.give(value.to_vec());
    }

    /// Write down what the reader did wrong.
    fn note(&mut self, text: &str) {
        let exchange = self.trace.len().saturating_sub(1);
        self.violations.push(format!("exchange {exchange}: {text}"));
    }

    /// Write down a random value of the reader that is all zero or was sent before.
    fn note_if_stale(&mut self, what: &str, value: &[u8]) {
        if value.iter().all(|byte| *byte == 0) {
            self.note(&format!("{what} is all zero, it must be random"));
        } else if !self.seen.insert(value.to_vec()) {
            self.note(&format!("{what} was sent before, it must be fresh"));
        }
    }

    /// Whether the application's files may be read: after BAC or PACE, or if the chip asks for neither.
    fn access_granted(&self) -> bool {
        let access = &self.personalisation.access;
        self.volatile.session.is_some() || (!access.bac && access.pace.is_empty())
    }
}
