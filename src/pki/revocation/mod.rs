//! Lists of revoked certificates [9303-12 §7.1.4], RFC 5280 §5 and §6.3.

mod list;

pub use list::RevocationList;
pub(crate) use list::VerifiedList;

use super::path::Path;
use super::trust::TrustStore;
use crate::date::Date;

/// What the lists of revoked certificates say about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// A list of the issuer is in force and names no certificate of the path.
    NotRevoked {
        /// Last day on which the list is in force; `None` if the list does not say.
        until: Option<Date>,
    },
    /// A list names a certificate of the path. An out-of-date list counts for this, too.
    Revoked {
        /// The day that the list gives.
        on: Date,
    },
    /// The newest list of the issuer names none, and it is out of date.
    Stale {
        /// The last day on which it was in force.
        since: Date,
    },
    /// There is no list of the issuer.
    Unknown,
}

/// What the lists of the store say about a path at a day.
#[must_use]
pub fn revocation(_path: &Path<'_>, _trust: &TrustStore, _at: Date) -> Revocation {
    Revocation::Unknown
}
