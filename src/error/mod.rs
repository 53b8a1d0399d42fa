//! What can go wrong, split by whose fault it is and what happens next.
//!
//! Every error has a stable [`code`](Error::code) for programs, an [`Advice`] for the person at the
//! desk and a sentence in English (`Display`) and Vietnamese ([`Error::message_vi`]).
//! No error carries a byte of personal data or of a key.

mod advice;
mod reasons;
mod vietnamese;

pub use advice::Advice;
pub use reasons::{
    ChannelFault, FileFault, InvalidKey, NotAuthentic, NotAuthorised, NotGenuine, PolicyRefusal,
    ReaderFault, Unsupported,
};

/// Shorthand used throughout the library.
pub type Result<T> = core::result::Result<T, Error>;

/// Everything the library refuses, by whose fault it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The data given as access key cannot be right, which shows before the chip is touched; or this card
    /// takes no such key.
    #[error("the data given are not usable: {0}")]
    InvalidKey(InvalidKey),

    /// The chip refused the access key.
    #[error("the chip refused the access key{}", attempts(*attempts_left))]
    AccessDenied {
        /// Tries left before the chip blocks the key, if it said so (`63Cx`).
        attempts_left: Option<u8>,
    },

    /// The card left the field, the reader vanished or a time limit passed.
    #[error("the link to the card was lost")]
    LinkLost,

    /// After a loss another card was presented: nothing of it was joined to what had been read.
    #[error("this is not the card that was being read")]
    CardChanged,

    /// There is no working reader or no card on it.
    #[error("{0}")]
    Reader(ReaderFault),

    /// A secure-messaging check failed; the session keys are destroyed.
    #[error("secure messaging broke: {0}")]
    ChannelBroken(ChannelFault),

    /// A legal command got an unexpected status word.
    #[error("the card answered {status:04X} to {command}")]
    CardRefused {
        /// The command's name in ISO/IEC 7816-4.
        command: &'static str,
        /// SW1-SW2.
        status: u16,
    },

    /// Bytes break the standard.
    #[error("{file} is malformed at byte {offset}: {what}")]
    Malformed {
        /// The file or structure, by its standard name.
        file: &'static str,
        /// Byte position in that file.
        offset: usize,
        /// What was expected there.
        what: &'static str,
    },

    /// The data were not signed by an issuer that is trusted.
    #[error("the document is not authentic: {0}")]
    NotAuthentic(NotAuthentic),

    /// The data are genuine but this chip did not prove that it is theirs.
    #[error("the chip is not proven genuine: {0}")]
    NotGenuine(NotGenuine),

    /// Our own terminal may not read what it asked for; the document is not to blame.
    #[error("the terminal is not authorised: {0}")]
    NotAuthorised(NotAuthorised),

    /// Valid by the standard, not implemented here.
    #[error("not supported: {0}")]
    Unsupported(Unsupported),

    /// Our own rule says no.
    #[error("the policy refuses: {0}")]
    PolicyRefused(PolicyRefusal),

    /// A file or folder that the caller named cannot be used.
    #[error("{}: {fault}", path.display())]
    File {
        /// Why.
        fault: FileFault,
        /// The path as the caller gave it, or below it.
        path: std::path::PathBuf,
    },

    /// The caller cancelled the read.
    #[error("the read was cancelled")]
    Cancelled,

    /// The time that the caller gave the whole read is over.
    #[error("the read took longer than it was allowed to")]
    DeadlinePassed,

    /// The caller broke the contract of an interface.
    #[error("the library was used wrongly: {0}")]
    Misuse(&'static str),
}

fn attempts(left: Option<u8>) -> String {
    match left {
        None => String::new(),
        Some(0) => "; it is blocked now".to_owned(),
        Some(1) => "; 1 attempt is left".to_owned(),
        Some(n) => format!("; {n} attempts are left"),
    }
}

impl Error {
    /// A malformed structure at `offset`, the file still to be named by [`Error::in_file`].
    pub(crate) const fn malformed(offset: usize, what: &'static str) -> Self {
        Self::Malformed { file: "data", offset, what }
    }

    /// Names the file in which a malformed structure lies.
    #[must_use]
    pub(crate) fn in_file(self, file: &'static str) -> Self {
        match self {
            Self::Malformed { file: "data", offset, what } => {
                Self::Malformed { file, offset, what }
            }
            other => other,
        }
    }

    /// The kind of error, a stable name: `access_denied`, `link_lost`, …
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InvalidKey(_) => "invalid_key",
            Self::AccessDenied { .. } => "access_denied",
            Self::LinkLost | Self::CardChanged => "link_lost",
            Self::Reader(_) => "reader",
            Self::ChannelBroken(_) => "channel_broken",
            Self::CardRefused { .. } => "card_refused",
            Self::Malformed { .. } => "malformed",
            Self::NotAuthentic(_) => "not_authentic",
            Self::NotGenuine(_) => "not_genuine",
            Self::NotAuthorised(_) => "not_authorised",
            Self::Unsupported(_) => "unsupported",
            Self::PolicyRefused(_) => "policy_refused",
            Self::File { .. } => "file",
            Self::Cancelled | Self::DeadlinePassed => "cancelled",
            Self::Misuse(_) => "misuse",
        }
    }

    /// A stable code within the kind: `not_authentic.digest_mismatch`, …
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidKey(why) => why.code(),
            Self::AccessDenied { attempts_left: Some(0) } => "access_denied.blocked",
            Self::AccessDenied { .. } => "access_denied.wrong_key",
            Self::LinkLost => "link_lost.card_gone",
            Self::CardChanged => "link_lost.other_card",
            Self::Reader(why) => why.code(),
            Self::ChannelBroken(why) => why.code(),
            Self::CardRefused { .. } => "card_refused.status",
            Self::Malformed { .. } => "malformed.structure",
            Self::NotAuthentic(why) => why.code(),
            Self::NotGenuine(why) => why.code(),
            Self::NotAuthorised(why) => why.code(),
            Self::Unsupported(why) => why.code(),
            Self::PolicyRefused(why) => why.code(),
            Self::File { fault, .. } => fault.code(),
            Self::Cancelled => "cancelled.by_caller",
            Self::DeadlinePassed => "cancelled.deadline",
            Self::Misuse(_) => "misuse.contract",
        }
    }

    /// What the person at the desk should do next.
    #[must_use]
    pub const fn advice(&self) -> Advice {
        match self {
            // Another try with the same PIN, right or wrong, helps nobody.
            Self::InvalidKey(InvalidKey::Suspended | InvalidKey::Deactivated) => {
                Advice::AskOperator
            }
            Self::InvalidKey(_) | Self::AccessDenied { .. } => Advice::CheckKey,
            Self::LinkLost
            | Self::CardChanged
            | Self::ChannelBroken(_)
            | Self::CardRefused { .. }
            | Self::Cancelled
            | Self::DeadlinePassed => Advice::PresentAgain,
            Self::Reader(why) => why.advice(),
            Self::NotAuthentic(NotAuthentic::UnknownIssuer)
            | Self::PolicyRefused(
                PolicyRefusal::RevocationUnknown | PolicyRefusal::RevocationStale,
            ) => Advice::UpdateTrust,
            Self::Malformed { .. } | Self::NotAuthentic(_) | Self::NotGenuine(_) => {
                Advice::RefuseDocument
            }
            Self::NotAuthorised(_) => Advice::CheckTerminal,
            Self::Unsupported(Unsupported::NotAnIcaoChip | Unsupported::NotACccd) => {
                Advice::OtherDocument
            }
            Self::Unsupported(Unsupported::NoResidence) | Self::PolicyRefused(_) => {
                Advice::AskOperator
            }
            Self::Unsupported(_) => Advice::Report,
            Self::File { .. } => Advice::CheckFile,
            Self::Misuse(_) => Advice::FixCode,
        }
    }

    /// The sentence for a person who reads Vietnamese.
    #[must_use]
    pub fn message_vi(&self) -> String {
        vietnamese::message(self)
    }
}

#[cfg(test)]
mod tests;
