//! What a chain of signatures has to obey besides (RFC 5280 §6.1.3 to §6.1.5, [9303-12 §7.1]).

use crate::crypto::DigestAlgorithm;
use crate::date::Date;
use crate::error::{Error, NotAuthentic, PolicyRefusal, Result};
use crate::findings::Deviation;
use crate::pki::certificate::{Certificate, Permission, Purpose};
use crate::policy::Policy;

/// How good a path is; less is better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    is_not_valid: bool,
    /// Deviations that a policy refuses unless it was told otherwise.
    grave: usize,
    deviations: usize,
}

impl Score {
    pub(super) fn new(path: &[&Certificate], deviations: &[Deviation], at: Date) -> Self {
        Self {
            is_not_valid: !path.iter().all(|certificate| certificate.is_valid_at(at)),
            grave: deviations.iter().filter(|deviation| is_grave(**deviation)).count(),
            deviations: deviations.len(),
        }
    }
}

fn is_grave(deviation: Deviation) -> bool {
    !Policy::standard().accepts(deviation)
}

/// The deviations of a path from the signer to an anchor, each signed by the key of the next.
///
/// # Errors
/// The first rule that is broken.
pub(super) fn check(path: &[&Certificate], purpose: Purpose) -> Result<Vec<Deviation>> {
    let Some((signer, authorities)) = path.split_first() else { return Ok(Vec::new()) };
    if authorities.iter().any(|authority| authority.country() != signer.country()) {
        return Err(Error::NotAuthentic(NotAuthentic::IssuingState));
    }
    let mut found = Found(own_deviations(signer, purpose));
    signer.may_sign(purpose)?;
    for (index, authority) in authorities.iter().enumerate() {
        let is_anchor = index + 1 == authorities.len();
        found.add_permission(authority.may_issue_on_path(is_anchor)?);
        found.add_if(authority.has_explicit_curve(), Deviation::ExplicitCurveParameters);
        found.add_if(!is_anchor && is_sha1(authority)?, Deviation::Sha1);
        found.add_own(authority);
    }
    check_path_length(path)?;
    for (certificate, issuer) in path.iter().zip(authorities) {
        found.add_if(!issuer.may_sign_on(certificate.not_before()), Deviation::KeyUsagePeriod);
    }
    let mut steps = path.iter().zip(authorities);
    if let Some((signer, issuer)) = steps.next() {
        let differs = !signer.issuer().same_order(issuer.subject());
        found.add_if(differs, Deviation::IssuerNameDiffers);
    }
    for (between, issuer) in steps {
        let renamed = between.is_self_issued() && between.subject() != between.issuer();
        let (named, name) = (between.issuer(), issuer.subject());
        found.add_if(renamed || named != name, Deviation::LinkName);
        found.add_if(named == name && !named.same_order(name), Deviation::IssuerNameDiffers);
    }
    // Lists are read under no policy that could refuse these.
    if purpose != Purpose::Document
        && let Some(grave) = found.0.iter().find(|deviation| is_grave(**deviation))
    {
        return Err(Error::PolicyRefused(PolicyRefusal::Deviation(grave.name())));
    }
    Ok(found.0)
}

/// What the signer brings to every path.
pub(super) fn own_deviations(signer: &Certificate, purpose: Purpose) -> Vec<Deviation> {
    let mut found = Found(Vec::new());
    if let Ok(permission) = signer.may_sign(purpose) {
        found.add_permission(permission);
    }
    found.add_if(is_sha1(signer).unwrap_or(false), Deviation::Sha1);
    found.add_own(signer);
    found.0
}

struct Found(Vec<Deviation>);

impl Found {
    fn add_if(&mut self, found: bool, deviation: Deviation) {
        if found && !self.0.contains(&deviation) {
            self.0.push(deviation);
        }
    }

    fn add_permission(&mut self, permission: Permission) {
        self.add_if(permission == Permission::NotStated, Deviation::KeyUsageMissing);
        self.add_if(permission == Permission::Withheld, Deviation::WrongKeyUsage);
    }

    fn add_own(&mut self, certificate: &Certificate) {
        self.add_if(!certificate.serial_is_positive(), Deviation::SerialNumber);
        self.add_if(certificate.has_weak_key(), Deviation::WeakKey);
    }
}

fn is_sha1(certificate: &Certificate) -> Result<bool> {
    Ok(certificate.signature_scheme()?.digest() == DigestAlgorithm::Sha1)
}

/// RFC 5280 §4.2.1.9: the certificates between an authority and the signer, without self-issued ones. That the
/// issuer of each is the one above is certain: names chain there.
fn check_path_length(path: &[&Certificate]) -> Result<()> {
    let mut below = 0_usize;
    for authority in path.iter().skip(1) {
        let allowed = authority.path_length().map(usize::try_from);
        if allowed.is_some_and(|allowed| allowed.is_ok_and(|allowed| below > allowed)) {
            return Err(Error::NotAuthentic(NotAuthentic::PathLength));
        }
        if !authority.is_self_issued() {
            below += 1;
        }
    }
    Ok(())
}
