//! What the errors of PC/SC mean to somebody who reads a card.

use crate::error::{Error, ReaderFault};

/// An error of the service, the reader, or of opening a card.
pub(super) const fn fault(error: pcsc::Error) -> Error {
    Error::Reader(match error {
        pcsc::Error::NoService => ReaderFault::ServiceNotRunning,
        pcsc::Error::ServiceStopped | pcsc::Error::Shutdown | pcsc::Error::SystemCancelled => {
            ReaderFault::ServiceStopped
        }
        // pcscd asks polkit about each program, for the service and again for each card.
        pcsc::Error::SecurityViolation | pcsc::Error::NoAccess => ReaderFault::NoAccess,
        pcsc::Error::NoReadersAvailable => ReaderFault::NoReader,
        pcsc::Error::UnknownReader => ReaderFault::NoSuchReader,
        pcsc::Error::ReaderUnavailable => ReaderFault::Unplugged,
        pcsc::Error::NoSmartcard => ReaderFault::NoCard,
        pcsc::Error::SharingViolation => ReaderFault::InUse,
        pcsc::Error::UnresponsiveCard
        | pcsc::Error::UnpoweredCard
        | pcsc::Error::UnsupportedCard => ReaderFault::MuteCard,
        pcsc::Error::InsufficientBuffer => ReaderFault::TooLong,
        pcsc::Error::RemovedCard
        | pcsc::Error::ResetCard
        | pcsc::Error::NotTransacted
        | pcsc::Error::CommError
        | pcsc::Error::Timeout
        | pcsc::Error::InvalidHandle => return Error::LinkLost,
        other => ReaderFault::Other(other as u32),
    })
}

/// An error in the middle of a read, with a card that had answered before.
pub(super) const fn interruption(error: pcsc::Error) -> Error {
    match error {
        pcsc::Error::NoService => Error::Reader(ReaderFault::ServiceStopped),
        // pcscd reports a card pulled out in the middle of an exchange in all of these ways, beside others.
        pcsc::Error::NoSmartcard | pcsc::Error::UnresponsiveCard | pcsc::Error::UnpoweredCard => {
            Error::LinkLost
        }
        other => fault(other),
    }
}

/// Why a card did not come back, when the time is over: what was wrong at the last try.
pub(super) fn stayed_away(last: Error) -> Error {
    match last {
        // It was there when the read began.
        Error::Reader(ReaderFault::NoSuchReader | ReaderFault::NoReader) => {
            Error::Reader(ReaderFault::Unplugged)
        }
        Error::Reader(ReaderFault::ServiceNotRunning) => Error::Reader(ReaderFault::ServiceStopped),
        Error::Reader(ReaderFault::NoCard | ReaderFault::MuteCard) => Error::LinkLost,
        other => other,
    }
}

/// Whether a card may come back to a reader that fails so: only what nobody can mend in front of the reader
/// is final.
pub(super) const fn may_pass(error: &Error) -> bool {
    !matches!(error, Error::Cancelled | Error::Misuse(_) | Error::Reader(ReaderFault::NoAccess))
}

/// Whether the service does not run.
pub(super) const fn service_is_gone(error: &Error) -> bool {
    matches!(error, Error::Reader(ReaderFault::ServiceNotRunning | ReaderFault::ServiceStopped))
}

/// Whether a context has ended with its service, so that a new one may work.
pub(super) const fn ends_the_context(error: pcsc::Error) -> bool {
    matches!(
        error,
        pcsc::Error::NoService
            | pcsc::Error::ServiceStopped
            | pcsc::Error::Shutdown
            | pcsc::Error::SystemCancelled
            | pcsc::Error::InvalidHandle
            | pcsc::Error::CommError
            | pcsc::Error::InternalError
            | pcsc::Error::UnknownError
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_before_a_read_and_in_the_middle_of_it_is_told_apart() {
        for (error, before, during) in [
            (pcsc::Error::NoService, "reader.service_not_running", "reader.service_stopped"),
            (pcsc::Error::ServiceStopped, "reader.service_stopped", "reader.service_stopped"),
            (pcsc::Error::SecurityViolation, "reader.no_access", "reader.no_access"),
            (pcsc::Error::ReaderUnavailable, "reader.unplugged", "reader.unplugged"),
            (pcsc::Error::NoSmartcard, "reader.no_card", "link_lost.card_gone"),
            (pcsc::Error::UnpoweredCard, "reader.mute_card", "link_lost.card_gone"),
            (pcsc::Error::RemovedCard, "link_lost.card_gone", "link_lost.card_gone"),
            (pcsc::Error::SharingViolation, "reader.in_use", "reader.in_use"),
            (pcsc::Error::InsufficientBuffer, "reader.too_long", "reader.too_long"),
            (pcsc::Error::NoMemory, "reader.other", "reader.other"),
        ] {
            assert_eq!((fault(error).code(), interruption(error).code()), (before, during));
        }
    }

    #[test]
    fn a_card_that_stayed_away_is_blamed_on_what_keeps_it_away() {
        for (last, code) in [
            (pcsc::Error::NoService, "reader.service_stopped"),
            (pcsc::Error::NoReadersAvailable, "reader.unplugged"),
            (pcsc::Error::UnknownReader, "reader.unplugged"),
            (pcsc::Error::NoSmartcard, "link_lost.card_gone"),
            (pcsc::Error::UnresponsiveCard, "link_lost.card_gone"),
            (pcsc::Error::SharingViolation, "reader.in_use"),
        ] {
            assert!(may_pass(&fault(last)));
            assert_eq!(stayed_away(fault(last)).code(), code);
        }
        assert!(!may_pass(&fault(pcsc::Error::NoAccess)));
    }
}
