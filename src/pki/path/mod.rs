//! From a signer's certificate to an anchor that the operator trusts [9303-12 §6], RFC 5280 §6.
//!
//! ```text
//! document signer ──► CSCA that is an anchor
//! document signer ──► link certificate of the new key ──► … ──► CSCA with the old key, an anchor
//! ```
//!
//! Many authorities keep their name when they change their key; therefore the key that fits is chosen
//! and not the name.

use super::certificate::{Certificate, Permission, Purpose};
use super::trust::{Anchor, TrustStore};
use crate::crypto::DigestAlgorithm;
use crate::date::Date;
use crate::error::{Error, NotAuthentic, PolicyRefusal, Result};
use crate::findings::Deviation;

/// What the search for one path may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Signatures that are checked.
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

    /// Tolerances that this path needs.
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
/// `beside` are certificates that came with the signature: they may stand between, they are never trusted
/// by themselves. Of several anchors with the same key, one that is valid at `at` is preferred.
///
/// # Errors
/// [`NotAuthentic::UnknownIssuer`] if no anchor is the one that the signer names by name and key
/// identifier: also an authority's new key under its old name is an anchor that is missing, and not a
/// forgery; [`NotAuthentic::SignerNotSignedByIssuer`] if that anchor is there and did not sign it; [`NotAuthentic::IssuingState`] if an anchor of
/// another state signed it; [`NotAuthentic::SignerKeyUsage`],
/// [`NotAuthentic::CriticalExtension`] or [`NotAuthentic::PathLength`] if a certificate may not do what it does;
/// [`PolicyRefusal::Budget`].
pub fn find_path<'a>(
    signer: &'a Certificate,
    beside: &'a [Certificate],
    trust: &'a TrustStore,
    purpose: Purpose,
    at: Date,
    budget: Budget,
) -> Result<Path<'a>> {
    let _ = beside;
    let mut candidates = trust.issuers_of(signer);
    let meant = candidates.iter().any(|anchor| may_mean(signer, anchor.certificate()));
    candidates.sort_by_key(|anchor| !anchor.certificate().is_valid_at(at));
    // Those that the key identifier points to first; the sort is stable.
    candidates.sort_by_key(|anchor| !points_to(signer, anchor.certificate()));
    let failure =
        if meant { NotAuthentic::SignerNotSignedByIssuer } else { NotAuthentic::UnknownIssuer };
    for (tried, anchor) in candidates.into_iter().enumerate() {
        if tried >= budget.signatures {
            return Err(Error::PolicyRefused(PolicyRefusal::Budget("signature checks")));
        }
        match signer.verify_signed_by(anchor.certificate()) {
            Ok(()) => return check(signer, anchor, purpose),
            Err(Error::NotAuthentic(_)) => {}
            // An algorithm that is not known here will not be known with the next anchor either.
            Err(other) => return Err(other),
        }
    }
    Err(Error::NotAuthentic(failure))
}

/// Whether a signer's certificate names this anchor: by the key identifier, or by the name where one of
/// them has no key identifier to tell keys of one name apart.
fn may_mean(signer: &Certificate, issuer: &Certificate) -> bool {
    let untold = signer.authority_key_id().is_none() || issuer.subject_key_id().is_none();
    points_to(signer, issuer) || untold && signer.issuer() == issuer.subject()
}

fn points_to(signer: &Certificate, issuer: &Certificate) -> bool {
    signer.authority_key_id().is_some() && signer.authority_key_id() == issuer.subject_key_id()
}

fn check<'a>(signer: &'a Certificate, anchor: &'a Anchor, purpose: Purpose) -> Result<Path<'a>> {
    let issuer = anchor.certificate();
    if signer.country() != issuer.country() {
        return Err(Error::NotAuthentic(NotAuthentic::IssuingState));
    }
    let mut deviations = Vec::new();
    let permissions = [signer.may_sign(purpose)?, issuer.may_issue()?];
    if permissions.contains(&Permission::NotStated) {
        deviations.push(Deviation::KeyUsageMissing);
    }
    if signer.issuer() != issuer.subject() {
        deviations.push(Deviation::IssuerNameDiffers);
    }
    if issuer.has_explicit_curve() {
        deviations.push(Deviation::ExplicitCurveParameters);
    }
    if signer.signature_scheme()?.digest() == DigestAlgorithm::Sha1 {
        deviations.push(Deviation::Sha1);
    }
    Ok(Path { certificates: vec![signer, issuer], anchor, deviations })
}
