//! What a status word means that refuses access, and whether another run may follow.

use super::Password;
use crate::{
    apdu::{Response, StatusWord},
    error::{Error, InvalidKey},
};

/// Why a run left nothing.
#[derive(Debug)]
pub(super) enum Setback {
    /// MSE:Set AT was refused: the chip does not know the protocol, the parameters or the password, or
    /// wants the parameters named.
    NotSelected(Error),
    /// A step before our token was refused: the password was not tried.
    NotTried(Error),
    /// Another run must not follow: the password was tried, or the other side is none to bargain with.
    Final(Error),
}

impl From<Error> for Setback {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

/// `6984`: for a password, that it is deactivated.
const NOT_USABLE: StatusWord = StatusWord(0x6984);
/// `6985`: for a password, that it is suspended; of some chips, that it is wrong.
const CONDITIONS: StatusWord = StatusWord(0x6985);
/// `6283`: a warning that the password is deactivated.
const DEACTIVATED: StatusWord = StatusWord(0x6283);

/// A refused EXTERNAL AUTHENTICATE of BAC: a wrong key, or something else.
pub(super) fn refusal(response: &Response, command: &'static str) -> Error {
    let status = response.status();
    match status {
        StatusWord::BLOCKED => Error::AccessDenied { attempts_left: Some(0) },
        // Cards in the field answer a wrong key with any of these.
        StatusWord::VERIFICATION_FAILED
        | StatusWord::SECURITY_STATUS
        | CONDITIONS
        | StatusWord::SM_OBJECTS_INCORRECT => Error::AccessDenied { attempts_left: None },
        _ => match status.attempts_left() {
            Some(left) => Error::AccessDenied { attempts_left: Some(left) },
            None => Error::CardRefused { command, status: status.0 },
        },
    }
}

/// A refused token of PACE. Whatever the chip says, a password was tried, and it was not right.
pub(super) const fn denied(response: &Response, command: &'static str) -> Error {
    let attempts_left = match response.status() {
        StatusWord::BLOCKED => Some(0),
        // No status word begins with anything but 6 and 9 [ISO 7816-3 §12.2.1]: a torn answer.
        StatusWord(other) if other >> 12 != 6 => {
            return Error::CardRefused { command, status: other };
        }
        status => status.attempts_left(),
    };
    Error::AccessDenied { attempts_left }
}

/// A refusal before the token: about the password's state, which is final, or about this variant of
/// PACE `[TR-03110-3 §B.14.1, §B.14.2]`.
pub(super) fn refused(
    response: &Response,
    command: &'static str,
    password: Password,
    otherwise: fn(Error) -> Setback,
) -> Setback {
    let status = response.status();
    match status {
        StatusWord::BLOCKED => Error::AccessDenied { attempts_left: Some(0) }.into(),
        CONDITIONS if password.can_be_suspended() => {
            Error::InvalidKey(InvalidKey::Suspended).into()
        }
        NOT_USABLE | DEACTIVATED if password.can_be_suspended() => {
            Error::InvalidKey(InvalidKey::Deactivated).into()
        }
        _ => match status.attempts_left() {
            Some(left) => Error::AccessDenied { attempts_left: Some(left) }.into(),
            None => otherwise(Error::CardRefused { command, status: status.0 }),
        },
    }
}
