//! From a signer's certificate to an anchor that the operator trusts [9303-12 §6], RFC 5280 §6.1.
//!
//! ```text
//! document signer ──► CSCA that is an anchor
//! document signer ──► link certificate of the new key ──► … ──► CSCA with the old key, an anchor
//! ```
//!
//! Many authorities keep their name when they change their key; therefore the key that fits is chosen
//! and not the name. Each anchor is trusted by itself: nothing above it is asked for.
//!
//! Of RFC 5280 §6.1 the profile uses names, signatures, basic constraints, key usage and path lengths; a
//! critical extension of any other kind refuses the path, and so do policies and name constraints.
//! Dates are a finding of their own, [`Path::check_validity`]; revocation is [`revocation()`](super::revocation()).

mod rules;
mod search;

#[cfg(test)]
mod tests;

use super::certificate::{Certificate, Purpose};
use super::trust::{Anchor, TrustStore};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result};
use crate::findings::Deviation;
use search::Search;
pub(super) use search::may_be_issued_by;

/// What the search for one path may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Signatures that are checked. As many certificates between are followed at most.
    pub signatures: usize,
    /// Certificates between the signer and the anchor.
    pub intermediates: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { signatures: 32, intermediates: 6 }
    }
}

/// A way from a signer's certificate to an anchor: each certificate was signed by the key of the next.
#[derive(Debug, Clone)]
pub struct Path<'a> {
    certificates: Vec<&'a Certificate>,
    anchor: &'a Anchor,
    deviations: Vec<Deviation>,
}

impl<'a> Path<'a> {
    /// The certificates: the signer first, the anchor last.
    #[must_use]
    pub fn certificates(&self) -> &[&'a Certificate] {
        &self.certificates
    }

    /// The anchor.
    #[must_use]
    pub const fn anchor(&self) -> &'a Anchor {
        self.anchor
    }

    /// Tolerances that this path needs. Whoever uses the path decides on them: a
    /// [`Policy`](crate::policy::Policy) refuses some by default.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Whether all certificates are valid at a day.
    ///
    /// # Errors
    /// [`NotAuthentic::SignerNotValidAt`].
    pub fn check_validity(&self, at: Date) -> Result<()> {
        if self.certificates.iter().all(|certificate| certificate.is_valid_at(at)) {
            Ok(())
        } else {
            Err(Error::NotAuthentic(NotAuthentic::SignerNotValidAt))
        }
    }
}

/// Finds the way from a signer's certificate to an anchor.
///
/// `beside` are certificates that came with the signature: they may stand between, as those of
/// [`TrustStore::intermediates`] may, and are never trusted by themselves. Anchors are tried before
/// certificates between, those that the key identifier points to before those of the right name; a namesake
/// with another key identifier is not tried at all.
///
/// Of several paths, one whose certificates are all valid at `at` is taken before others, then one without
/// a deviation that every preset of a policy refuses, then the one with the fewest deviations.
///
/// # What has to hold
/// * The key of each certificate verifies the signature of the one before; a name alone never suffices.
/// * All certificates name one state, the signer allows `purpose`, and every certificate above it is an
///   authority (`cA`). A certificate between has to say so, an anchor must not deny it.
/// * No authority has more authorities below it than its `pathLenConstraint` allows. Link certificates are
///   not counted (RFC 5280 §4.2.1.9), also not where they change the attribute `serialNumber` of the name,
///   as some issuers do, or say by the extension nameChange [9303-12 §7.1] that they change the name
///   ([`Deviation::LinkName`]). One that renames the authority and does not say so looks like an authority
///   below it, and counts.
/// * No certificate has a critical extension that is not understood.
/// * Names chain. The signer alone may name its issuer differently if the key identifier points to it
///   ([`Deviation::IssuerNameDiffers`]): issuers certify a key anew under a name that is written otherwise,
///   and nothing follows from what the signer calls its issuer. Higher up the names decide which
///   certificates count for the path length, so there they must fit. Anywhere the order of a name's
///   attributes may differ, which is the same deviation.
///
/// # Errors
/// Where no path holds, the reason of the one that got furthest:
/// * one that reached an anchor: [`NotAuthentic::IssuingState`], [`NotAuthentic::SignerKeyUsage`],
///   [`NotAuthentic::NotACsca`], [`NotAuthentic::PathLength`], [`NotAuthentic::CriticalExtension`];
/// * one that ended below the very anchor that its last certificate names:
///   [`NotAuthentic::SignerNotSignedByIssuer`], somebody else signed it;
/// * otherwise [`NotAuthentic::UnknownIssuer`]: no anchor is the one that is named by name and key
///   identifier. Also an authority's new key under its old name is an anchor that is missing, and not a
///   forgery.
///
/// `Unsupported` if the signer's own signature algorithm is not known. [`PolicyRefusal::Budget`] if the budget
/// ended the search before any path was found.
///
/// [`PolicyRefusal::Budget`]: crate::error::PolicyRefusal::Budget
pub fn find_path<'a>(
    signer: &'a Certificate,
    beside: &'a [Certificate],
    trust: &'a TrustStore,
    purpose: Purpose,
    at: Date,
    budget: Budget,
) -> Result<Path<'a>> {
    Search::new(beside, trust, purpose, at, budget).run(signer)
}
