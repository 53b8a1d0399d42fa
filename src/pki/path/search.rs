//! The search: depth first over keys, bounded. What a path has to obey besides is in [`rules`](super::rules).

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow::{self, Break, Continue};

use super::rules::{Score, check, own_deviations};
use super::{Budget, Path};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, PolicyRefusal, Result};
use crate::pki::certificate::{Certificate, Purpose};
use crate::pki::trust::{Anchor, TrustStore};

/// How far a path got before it failed; a later one is reported rather than an earlier one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    /// No anchor is the one that the last certificate names.
    NoAnchor,
    /// The anchor that the last certificate names did not sign it.
    NotSigned,
    /// An anchor was reached, and a rule is broken.
    Reached,
}

pub(super) struct Search<'a> {
    beside: &'a [Certificate],
    trust: &'a TrustStore,
    purpose: Purpose,
    at: Date,
    budget: Budget,
    signatures_left: usize,
    followed_left: usize,
    /// Whether a key signed a certificate, by the fingerprints of both: authorities have several
    /// certificates for one key.
    checked: HashMap<([u8; 32], [u8; 32]), bool>,
    too_long: bool,
    best: Option<(Score, Path<'a>)>,
    failure: (Progress, Error),
}

/// Why the search ends before every way was tried.
enum End {
    /// No better path can come, or none at all.
    Decided,
    OutOfBudget(&'static str),
}

impl<'a> Search<'a> {
    pub(super) fn new(
        beside: &'a [Certificate],
        trust: &'a TrustStore,
        purpose: Purpose,
        at: Date,
        budget: Budget,
    ) -> Self {
        Self {
            beside,
            trust,
            purpose,
            at,
            budget,
            signatures_left: budget.signatures,
            followed_left: budget.signatures,
            checked: HashMap::new(),
            too_long: false,
            best: None,
            failure: (Progress::NoAnchor, Error::NotAuthentic(NotAuthentic::UnknownIssuer)),
        }
    }

    pub(super) fn run(mut self, signer: &'a Certificate) -> Result<Path<'a>> {
        let end = self.climb(&mut vec![signer]);
        if let Some((_, path)) = self.best {
            return Ok(path);
        }
        let spent = match end {
            Break(End::OutOfBudget(what)) => Some(what),
            Continue(()) if self.too_long => Some("certificates on a path"),
            _ => None,
        };
        Err(spent.map_or(self.failure.1, |what| Error::PolicyRefused(PolicyRefusal::Budget(what))))
    }

    /// Looks for issuers of the last certificate of `below`, which begins with the signer.
    fn climb(&mut self, below: &mut Vec<&'a Certificate>) -> ControlFlow<End> {
        let Some(last) = below.last().copied() else { return Continue(()) };
        let anchors = self.anchors_for(last, below.len() == 1);
        if let Err(error) = last.signature_scheme()
            && !anchors.is_empty()
        {
            // A signature that cannot be checked under one anchor cannot be under another.
            self.fail(Progress::NotSigned, error);
            return Continue(());
        }
        let mut reached = false;
        for anchor in &anchors {
            if self.has_signed(anchor.certificate(), last)? {
                reached = true;
                self.arrive(below, anchor)?;
            }
        }
        if !reached && !anchors.is_empty() {
            let not_signed = Error::NotAuthentic(NotAuthentic::SignerNotSignedByIssuer);
            self.fail(Progress::NotSigned, not_signed);
        }
        let between = self.between_for(last, below);
        if below.len() > self.budget.intermediates {
            self.too_long |= !between.is_empty();
            return Continue(());
        }
        for issuer in between {
            if !self.has_signed(issuer, last)? {
                continue;
            }
            let Some(left) = self.followed_left.checked_sub(1) else {
                return Break(End::OutOfBudget("certificates between"));
            };
            self.followed_left = left;
            below.push(issuer);
            let end = self.climb(below);
            below.pop();
            end?;
        }
        Continue(())
    }

    /// A way to an anchor by keys: do the rules hold, and is it better than what was found before?
    fn arrive(&mut self, below: &[&'a Certificate], anchor: &'a Anchor) -> ControlFlow<End> {
        let mut certificates = below.to_vec();
        certificates.push(anchor.certificate());
        let Some(signer) = below.first() else { return Continue(()) };
        let deviations = match check(&certificates, self.purpose) {
            Ok(deviations) => deviations,
            Err(error) => {
                self.fail(Progress::Reached, error);
                let signer_is_at_fault = signer.may_sign(self.purpose).is_err();
                return if signer_is_at_fault { Break(End::Decided) } else { Continue(()) };
            }
        };
        let score = Score::new(&certificates, &deviations, self.at);
        let best_possible = Score::new(&[signer], &own_deviations(signer, self.purpose), self.at);
        let decided = score <= best_possible;
        if self.best.as_ref().is_none_or(|(best, _)| score < *best) {
            self.best = Some((score, Path { certificates, anchor, deviations }));
        }
        if decided { Break(End::Decided) } else { Continue(()) }
    }

    fn fail(&mut self, progress: Progress, error: Error) {
        if progress > self.failure.0 {
            self.failure = (progress, error);
        }
    }

    /// Whether the key of `issuer` signed `certificate`. Each pair is checked once.
    fn has_signed(
        &mut self,
        issuer: &Certificate,
        certificate: &Certificate,
    ) -> ControlFlow<End, bool> {
        let pair = (*certificate.fingerprint(), *issuer.key_fingerprint());
        if let Some(known) = self.checked.get(&pair) {
            return Continue(*known);
        }
        let Some(left) = self.signatures_left.checked_sub(1) else {
            return Break(End::OutOfBudget("signature checks"));
        };
        self.signatures_left = left;
        let has_signed = certificate.verify_signed_by(issuer).is_ok();
        self.checked.insert(pair, has_signed);
        Continue(has_signed)
    }

    /// Anchors that may have signed `certificate`, the likeliest first.
    fn anchors_for(&self, certificate: &Certificate, is_signer: bool) -> Vec<&'a Anchor> {
        let trust: &'a TrustStore = self.trust;
        let mut anchors = trust.issuers_of(certificate);
        anchors.retain(|anchor| {
            let anchor = anchor.certificate();
            may_be_issued_by(certificate, anchor) || is_signer && may_mean(certificate, anchor)
        });
        anchors.sort_by_key(|anchor| {
            let anchor = anchor.certificate();
            (!points_to(certificate, anchor), !anchor.is_valid_at(self.at))
        });
        anchors
    }

    /// Certificates that may stand between `certificate` and an anchor, the likeliest first. A key that the
    /// path went through already leads nowhere new, so there are no loops.
    fn between_for(
        &self,
        certificate: &Certificate,
        below: &[&'a Certificate],
    ) -> Vec<&'a Certificate> {
        let (trust, beside): (&'a TrustStore, &'a [Certificate]) = (self.trust, self.beside);
        let is_signer = below.len() == 1;
        let mut seen = HashSet::new();
        let mut candidates: Vec<&Certificate> = trust
            .intermediates()
            .chain(beside)
            .filter(|candidate| {
                let fits = names_chain(certificate, candidate)
                    || is_signer && points_to(certificate, candidate);
                fits && may_mean(certificate, candidate)
                    && !points_to(candidate, candidate)
                    && below
                        .iter()
                        .all(|used| used.key_fingerprint() != candidate.key_fingerprint())
                    && seen.insert(candidate.fingerprint())
            })
            .collect();
        candidates.sort_by_cached_key(|candidate| {
            let above = trust.issuers_of(candidate);
            let leads_on = above.iter().any(|anchor| may_mean(candidate, anchor.certificate()));
            (!points_to(certificate, candidate), !leads_on, !candidate.is_valid_at(self.at))
        });
        candidates
    }
}

/// Whether names and key identifiers of an authority and what it issued fit.
pub(in crate::pki) fn may_be_issued_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    may_mean(certificate, issuer) && names_chain(certificate, issuer)
}

/// Whether a certificate may mean this issuer: not if both have a key identifier, and different ones. Such a
/// namesake is not worth a signature: of the 589 authorities of two real lists, none was signed by one.
pub(super) fn may_mean(certificate: &Certificate, issuer: &Certificate) -> bool {
    match (certificate.authority_key_id(), issuer.subject_key_id()) {
        (Some(named), Some(its)) => named == its,
        _ => true,
    }
}

fn points_to(certificate: &Certificate, issuer: &Certificate) -> bool {
    certificate.authority_key_id().is_some()
        && certificate.authority_key_id() == issuer.subject_key_id()
}

fn names_chain(certificate: &Certificate, issuer: &Certificate) -> bool {
    certificate.issuer() == issuer.subject()
        || certificate.issuer().same_authority(issuer.subject()) && points_to(certificate, issuer)
}
