//! Opening the chip `[9303-11 §4]`: Basic Access Control and PACE.
//!
//! **Proves** that both sides knew the same printed key and that nobody else reads along.
//! **Does not prove** that chip or data are genuine: a copy knows its printed key as well.
//!
//! Implemented: BAC; PACE-ECDH with generic mapping, 3DES and AES, on every standardised curve, with
//! MRZ or CAN. Not yet: integrated and chip-authentication mapping, DH, PIN and PUK.
//!
//! A wrong key is reported as such and never tried again by itself.

mod bac;
mod integrated_mapping;
mod key;
mod pace;
#[cfg(test)]
mod worked_examples;

pub(crate) use bac::basic_access_control;
pub use key::AccessKey;
pub(crate) use pace::{PaceParameters, pace};

use key::PasswordReference;

use crate::{
    apdu::{Response, StatusWord},
    error::Error,
};

/// Which door was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessUsed {
    name: &'static str,
    details: String,
    after_pace_failure: bool,
}

impl AccessUsed {
    pub(crate) fn bac(after_pace_failure: bool) -> Self {
        Self { name: "bac", details: "3DES, SHA-1".to_owned(), after_pace_failure }
    }

    pub(crate) fn pace(parameters: PaceParameters, key: &AccessKey) -> Self {
        let name = match key.reference() {
            PasswordReference::Mrz => "pace-mrz",
            PasswordReference::Can => "pace-can",
        };
        let details =
            format!("ECDH-GM, {}, {}", parameters.cipher.name(), parameters.domain.name());
        Self { name, details, after_pace_failure: false }
    }

    /// Stable name: `pace-can`, `pace-mrz` or `bac`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Mapping, cipher and curve in words.
    #[must_use]
    pub fn details(&self) -> &str {
        &self.details
    }

    /// Whether PACE had been announced and failed before BAC was used.
    #[must_use]
    pub const fn after_pace_failure(&self) -> bool {
        self.after_pace_failure
    }

    pub(crate) fn is_bac(&self) -> bool {
        self.name == "bac"
    }
}

/// What a refused authentication command means: a wrong key, or something else.
fn refusal(response: &Response, command: &'static str) -> Error {
    let status = response.status();
    match status {
        StatusWord::BLOCKED => Error::AccessDenied { attempts_left: Some(0) },
        // Cards in the field answer a wrong key with any of these.
        StatusWord::VERIFICATION_FAILED
        | StatusWord::SECURITY_STATUS
        | StatusWord(0x6985)
        | StatusWord::SM_OBJECTS_INCORRECT => Error::AccessDenied { attempts_left: None },
        _ => match status.attempts_left() {
            Some(left) => Error::AccessDenied { attempts_left: Some(left) },
            None => Error::CardRefused { command, status: status.0 },
        },
    }
}
