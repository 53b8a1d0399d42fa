//! Keys of an authority that are trusted by its link certificates alone.
//!
//! ```text
//! list ──signed by──► new key ◄──link── old key: an anchor, or an authority of the path
//! ```
//!
//! RFC 5280 §6.3.3 (f) has a list count if the path of its signer ends at the anchor of the certificate's path.
//! During a rollover the new key signs the lists, and often nothing but a link leads to it.

use crate::pki::certificate::{Certificate, Permission};
use crate::pki::path::{Budget, Path, may_be_issued_by};
use crate::pki::revocation::VerifiedList;
use crate::pki::trust::{Anchor, TrustStore};

/// The links to keys that signed lists about the authorities of a path.
///
/// Links may be added to a store after lists, so they are looked at here and not when a list is kept. It costs
/// nothing where an anchor or the path has the key of every list, and never more signatures than the search
/// for a path may check.
pub(super) fn holders<'a>(path: &Path<'a>, trust: &'a TrustStore) -> Vec<&'a Certificate> {
    let Budget { signatures, intermediates } = Budget::default();
    let mut search = Search { path, trust, signatures_left: signatures, most_links: intermediates };
    let mut found = Vec::new();
    for verified in trust.verified_lists() {
        if !search.asks_for(verified) {
            continue;
        }
        for link in trust.intermediates() {
            if link.key_fingerprint() == verified.key()
                && link.subject().same_authority(verified.list().issuer())
                && link.may_revoke().is_ok()
                && search.is_vouched_for(link, &mut Vec::new())
                && !found.contains(&link)
            {
                found.push(link);
            }
        }
    }
    found
}

struct Search<'p, 'a> {
    path: &'p Path<'a>,
    trust: &'a TrustStore,
    signatures_left: usize,
    most_links: usize,
}

impl<'a> Search<'_, 'a> {
    /// Whether a list may be about a certificate of the path, and nobody that is trusted has its key.
    fn asks_for(&self, verified: &VerifiedList) -> bool {
        let issuer = verified.list().issuer();
        let mut path = self.path.certificates().iter();
        let mut trusted = self.trust.anchors().map(Anchor::certificate).chain(self.authorities());
        path.any(|certificate| certificate.issuer().same_authority(issuer))
            && !trusted.any(|holder| holder.key_fingerprint() == verified.key())
    }

    fn authorities(&self) -> impl Iterator<Item = &'a Certificate> {
        self.path.certificates().iter().skip(1).copied()
    }

    /// Whether one that is trusted signed a link, or another link did for which one did.
    fn is_vouched_for(&mut self, link: &'a Certificate, below: &mut Vec<&'a Certificate>) -> bool {
        if !link.is_self_issued() || !may_issue(link, false) {
            return false;
        }
        let anchors = self.trust.issuers_of(link).into_iter().map(Anchor::certificate);
        let trusted: Vec<_> = anchors.chain(self.authorities()).collect();
        if trusted.into_iter().any(|above| may_issue(above, true) && self.vouches(above, link)) {
            return true;
        }
        if below.len() + 1 >= self.most_links {
            return false;
        }
        below.push(link);
        let trust = self.trust;
        let found = trust.intermediates().any(|above| {
            below.iter().all(|used| used.key_fingerprint() != above.key_fingerprint())
                && self.vouches(above, link)
                && self.is_vouched_for(above, below)
        });
        below.pop();
        found
    }

    /// Whether `above` signed a link, for its own state, and has not taken it back since.
    fn vouches(&mut self, above: &Certificate, link: &Certificate) -> bool {
        if !may_be_issued_by(link, above) || link.country() != above.country() {
            return false;
        }
        let Some(left) = self.signatures_left.checked_sub(1) else { return false };
        self.signatures_left = left;
        let mut lists = self.trust.verified_lists().iter();
        link.verify_signed_by(above).is_ok()
            && !lists.any(|verified| {
                verified.key() == above.key_fingerprint()
                    && verified.list().revoked_on(link.serial()).is_some()
            })
    }
}

fn may_issue(certificate: &Certificate, is_anchor: bool) -> bool {
    let permission = certificate.may_issue_on_path(is_anchor);
    matches!(permission, Ok(Permission::Given | Permission::NotStated))
}
