//! Whether a certificate of a path was revoked [9303-12 §7.1.4], RFC 5280 §6.3.
//!
//! ```text
//! list ──signature, once──► key of an authority ──► same authority as the certificate's issuer?
//!                                                   the key of an anchor, or of the path?
//! ```
//!
//! An authority of travel documents has one name and, over the years, several keys. It signs its lists
//! with the newest key, and they name certificates of the older ones too. Serial numbers are unique below
//! one name (RFC 5280 §4.1.2.2), which no one can check who sees a name used with two keys. Therefore:
//!
//! * A list *applies* to a certificate if the very key that signed the certificate signed the list, or
//!   another key of the same authority (by name, see `Name::same_authority`) which is trusted: an anchor
//!   of the store has it, or a certificate of the path, or one for which these vouch by link certificates of
//!   the store (see `linked`). A twin of the name with a key of its own never counts.
//! * *Revoked* is what the newest list of any key that applies says, however long ago it ran out. Should two
//!   keys have given out one serial number, this refuses one certificate too many. An older list of the same
//!   key counts too, if the store has it, where the newer one need not name the certificate any more: issuers
//!   drop what has expired (RFC 5280 §3.3). What the newer one would name and does not was taken back, as
//!   when a suspension ends.
//! * *Not revoked* needs more: a list by the very key or by one that is not older, since an older key's
//!   list does not know what the newer one issued. A link does not say which of its two keys is newer, so the
//!   silence of a key that it alone vouches for counts only about what was issued before the link. And the
//!   list must be one that would still name the certificate: made before it expired, or stating that it keeps
//!   expired ones (`expiredCertsOnCRL`).
//!
//! What this proves: that the authority had not said otherwise when it made the newest list. A suspended
//! certificate (`certificateHold`) counts as revoked.

mod linked;
mod list;

#[cfg(test)]
mod tests;

pub use list::RevocationList;
pub(crate) use list::VerifiedList;

use super::certificate::Certificate;
use super::path::Path;
use super::trust::{Anchor, TrustStore};
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
    /// There is no list of the issuer, or none that would still name a certificate which expired.
    Unknown,
}

/// What the lists of the store say about a path at a day.
///
/// Every certificate below the anchor is looked up, and the worst answer is given: revoked, unknown, stale,
/// not revoked. The anchor is trusted by itself, so that nothing is asked about it; a list that applies and
/// names it counts.
///
/// A list that was made after `at` answers for `at` as well: what it does not name was not revoked before,
/// and what it names is revoked, because the day of a theft is known later than the theft. Documents that
/// are verified again years later need no list from then.
///
/// The lists' signatures are not checked here: [`TrustStore::add_revocation_list`] did. Those of link
/// certificates are where no anchor has the key of a list, at most 32.
#[must_use]
pub fn revocation(path: &Path<'_>, trust: &TrustStore, at: Date) -> Revocation {
    let question = Question { path, trust, at, linked: linked::holders(path, trust) };
    let mut below = path.certificates().windows(2).filter_map(|step| match step {
        [certificate, issuer] => Some(question.ask(certificate, issuer)),
        _ => None,
    });
    let anchor = path.anchor().certificate();
    let anchor = question.revoked(anchor, None).map(|on| Revocation::Revoked { on });
    let first = below.next().unwrap_or(Revocation::Unknown);
    below.chain(anchor).fold(first, worse)
}

struct Question<'a> {
    path: &'a Path<'a>,
    trust: &'a TrustStore,
    at: Date,
    /// Certificates of keys that are trusted by link certificates alone.
    linked: Vec<&'a Certificate>,
}

impl<'a> Question<'a> {
    fn ask(&self, certificate: &Certificate, issuer: &Certificate) -> Revocation {
        if let Some(on) = self.revoked(certificate, Some(issuer)) {
            return Revocation::Revoked { on };
        }
        let issuer_since = self.key_since(issuer.key_fingerprint()).unwrap_or(issuer.not_before());
        let silent: Vec<_> = self
            .lists_about(certificate, Some(issuer))
            .filter(|verified| verified.list().still_names(certificate.not_after()))
            .filter(|verified| {
                let since = self.key_since(verified.key()).unwrap_or(verified.key_since());
                let is_linked =
                    self.linked.iter().any(|link| link.key_fingerprint() == verified.key());
                verified.key() == issuer.key_fingerprint()
                    || since >= issuer_since && (!is_linked || certificate.not_before() <= since)
            })
            .collect();
        // A newer list of one key replaces an older one; between keys, the one in force answers.
        let is_newest = |verified: &&&VerifiedList| {
            let same_key = silent.iter().filter(|other| other.key() == verified.key());
            same_key.map(|other| age(other)).max() == Some(age(verified))
        };
        silent
            .iter()
            .filter(is_newest)
            .map(|verified| match verified.list().next_update() {
                Some(since) if since < self.at => Revocation::Stale { since },
                until => Revocation::NotRevoked { until },
            })
            .fold(Revocation::Unknown, better)
    }

    fn revoked(&self, certificate: &Certificate, issuer: Option<&Certificate>) -> Option<Date> {
        let lists: Vec<_> = self.lists_about(certificate, issuer).collect();
        day_of_revocation(&lists, certificate)
    }

    fn lists_about(
        &self,
        certificate: &Certificate,
        issuer: Option<&Certificate>,
    ) -> impl Iterator<Item = &'a VerifiedList> {
        self.trust.verified_lists().iter().filter(move |verified| {
            let list = verified.list();
            let very_key = issuer.is_some_and(|issuer| issuer.key_fingerprint() == verified.key());
            (very_key
                || list.issuer().same_authority(certificate.issuer())
                    && self
                        .holders(verified.key())
                        .any(|holder| holder.subject().same_authority(list.issuer())))
                && list.issuer().country() == certificate.country()
        })
    }

    /// The trusted certificates of a key: anchors, and what an anchor vouches for.
    fn holders(&self, key: &[u8; 32]) -> impl Iterator<Item = &'a Certificate> {
        let anchors = self.trust.anchors().map(Anchor::certificate);
        let authorities = self.path.certificates().iter().skip(1).copied();
        let linked = self.linked.iter().copied();
        anchors
            .chain(authorities)
            .chain(linked)
            .filter(move |holder| holder.key_fingerprint() == key)
    }

    /// Since when there is a trusted certificate for a key.
    fn key_since(&self, key: &[u8; 32]) -> Option<Date> {
        self.holders(key).map(Certificate::not_before).min()
    }
}

/// The first day that lists about a certificate give, but for those that a newer list of the same key replaces.
fn day_of_revocation(lists: &[&VerifiedList], certificate: &Certificate) -> Option<Date> {
    let is_replaced = |older: &VerifiedList| {
        lists.iter().any(|newer| {
            newer.key() == older.key()
                && age(newer) > age(older)
                && newer.list().still_names(certificate.not_after())
        })
    };
    let counting = lists.iter().filter(|verified| !is_replaced(verified));
    counting.filter_map(|verified| verified.list().revoked_on(certificate.serial())).min()
}

/// The order of one key's lists: by day, then by number.
fn age(verified: &VerifiedList) -> (Date, usize, &[u8]) {
    let list = verified.list();
    let number = list.number().unwrap_or_default();
    (list.this_update(), number.len(), number)
}

/// Of the answers of two lists about one certificate the one that says more, and for longer.
fn better(one: Revocation, other: Revocation) -> Revocation {
    if rank(one) < rank(other) { one } else { other }
}

/// Of the answers about two certificates the one that counts for their path.
fn worse(one: Revocation, other: Revocation) -> Revocation {
    if rank(one) < rank(other) { other } else { one }
}

/// The higher, the worse. What ends earlier is worse; the day of a revocation decides nothing.
fn rank(answer: Revocation) -> (u8, core::cmp::Reverse<Option<Date>>) {
    let (kind, day) = match answer {
        // No last day is later than any.
        Revocation::NotRevoked { until: None } => (0, None),
        Revocation::NotRevoked { until } => (1, until),
        Revocation::Stale { since } => (2, Some(since)),
        Revocation::Unknown => (3, None),
        Revocation::Revoked { on } => (4, Some(on)),
    };
    (kind, core::cmp::Reverse(day))
}
