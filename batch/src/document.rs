//! What the files of one document show, apart from what is known of their signer; and the verdict from both.

use std::collections::BTreeSet;
use std::sync::Arc;

use cccd::date::Date;
use cccd::error::{Error, NotAuthentic, PolicyRefusal};
use cccd::findings::Deviation;
use cccd::lds::{Dg1, Dg14};
use cccd::mrz;
use cccd::passive::{Examination, SignerFindings};
use cccd::pki::Revocation;
use cccd::policy::Policy;

use crate::column::{NOT_REACHED, PASSED, VERIFIED};

/// A code of [`column`](mod@crate::column): `passed`, an error's code, or why a check was not performed.
pub(crate) type Code<'a> = &'a str;

/// Nothing is known of revocation.
const NO_LIST: Code<'static> = "no_revocation_list";
/// Codes do not depend on it.
const GROUP: u8 = 1;
const MISMATCH: Error = Error::NotAuthentic(NotAuthentic::DigestMismatch { group: GROUP });
const WITHHELD: Error = Error::NotAuthentic(NotAuthentic::GroupWithheld { group: GROUP });
const DG1_NOT_SIGNED: Error = Error::NotAuthentic(NotAuthentic::GroupNotSigned { group: GROUP });
const WRONG_STATE: Error = Error::NotAuthentic(NotAuthentic::IssuingState);
const EXPIRED: Error = Error::NotAuthentic(NotAuthentic::DocumentExpired);
const NO_SECURITY_OBJECT: Error = Error::NotAuthentic(NotAuthentic::NoSecurityObject);
const REFUSED_DEVIATION: Error = Error::PolicyRefused(PolicyRefusal::Deviation(""));

/// What the bytes of one document show, whoever is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts<'a> {
    /// The signature over the list; where the list cannot be read, why.
    pub(crate) sod_signature: Code<'a>,
    pub(crate) digests: Code<'a>,
    pub(crate) issuing_state: Code<'a>,
    pub(crate) downgrade: Code<'a>,
    /// Tolerances that the document needs, whoever its signer is.
    pub(crate) deviations: BTreeSet<Deviation>,
    pub(crate) expired: Option<bool>,
    pub(crate) signing_time: Option<Date>,
}

/// What follows from facts, signer and policy together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict<'a> {
    pub(crate) outcome: Code<'a>,
    pub(crate) signer_path: Code<'a>,
    pub(crate) revocation: Code<'a>,
    pub(crate) validity: Code<'a>,
    pub(crate) deviations: BTreeSet<Deviation>,
}

impl<'a> Facts<'a> {
    /// A document of which nothing can be known, and why.
    pub(crate) const fn unreadable(why: Code<'a>) -> Self {
        Self {
            sod_signature: why,
            digests: NOT_REACHED,
            issuing_state: NOT_REACHED,
            downgrade: NOT_REACHED,
            deviations: BTreeSet::new(),
            expired: None,
            signing_time: None,
        }
    }

    /// There is no EF.SOD.
    pub(crate) const fn unsigned() -> Self {
        Self::unreadable(NO_SECURITY_OBJECT.code())
    }

    /// Looks at the groups of a document whose EF.SOD was examined. `groups` are those that were stored,
    /// ascending; `excused` those that may be missing; `at` is the day of the verdict.
    pub(crate) fn of(
        examination: &Examination,
        groups: &[(u8, &[u8])],
        excused: &BTreeSet<u8>,
        at: Date,
    ) -> Self {
        let list = examination.security_object();
        let mut deviations: BTreeSet<Deviation> = examination.document_deviations().collect();
        let mut digests = PASSED;
        for (group, raw) in groups {
            if list.digest(*group).is_none() {
                deviations.insert(Deviation::UnsignedGroup);
            } else if digests == PASSED
                && let Err(error) = examination.check(*group, raw)
            {
                digests = error.code();
            }
        }
        let stored = |number: u8| groups.iter().find(|(group, _)| *group == number);
        let withheld = |group: &u8| stored(*group).is_none() && !excused.contains(group);
        if digests == PASSED && list.groups().any(|group| withheld(&group)) {
            digests = WITHHELD.code();
        }
        // A group that nobody signed was left out.
        let listed = |number: u8| stored(number).filter(|_| list.digest(number).is_some());
        let (issuing_state, expired) = match listed(1).map(|(_, raw)| Dg1::parse(raw)) {
            None => (DG1_NOT_SIGNED.code(), None),
            Some(Err(error)) => (error.code(), None),
            Some(Ok(dg1)) => {
                let expired = dg1.mrz().date_of_expiry().is_some_and(|expiry| expiry < at);
                (state(&dg1, examination.issuing_state()), Some(expired))
            }
        };
        // The digests were compared with EF.CardAccess in hand or not at all; here it is not at hand.
        let downgrade = match listed(14).map(|(_, raw)| Dg14::parse(raw)) {
            None => "no_dg14",
            Some(Ok(_)) => "no_card_access",
            Some(Err(error)) => error.code(),
        };
        Self {
            sod_signature: examination.signature().map_or_else(|error| error.code(), |()| PASSED),
            digests,
            issuing_state,
            downgrade,
            deviations,
            expired,
            signing_time: examination.signing_time(),
        }
    }

    /// The verdict, given whether signature, signer and tolerances satisfy the policy. The order is that of
    /// [`InspectionSystem::verify`](cccd::inspection::InspectionSystem::verify).
    fn outcome(&self, satisfied: Result<(), Code<'a>>, policy: &Policy) -> Code<'a> {
        let unsigned = self.deviations.contains(&Deviation::UnsignedGroup);
        let downgrade_failed = self.downgrade.contains('.');
        if let Err(code) = satisfied {
            code
        } else if self.digests == MISMATCH.code() {
            self.digests
        } else if unsigned && !policy.accepts(Deviation::UnsignedGroup) {
            REFUSED_DEVIATION.code()
        } else if self.digests != PASSED {
            self.digests
        } else if downgrade_failed {
            self.downgrade
        } else if self.issuing_state != PASSED {
            self.issuing_state
        } else if self.expired == Some(true) && !policy.accepts_expired_document() {
            EXPIRED.code()
        } else {
            VERIFIED
        }
    }

    /// The verdict over a document whose signer is known; `None`: its certificate is missing.
    pub(crate) fn verdict(
        &self,
        signer: Option<&Arc<SignerFindings>>,
        policy: &Policy,
    ) -> Verdict<'a> {
        let Some(signer) = signer else {
            // Without a signer the signature cannot be right: it is that, or nothing could be read at all.
            let (why, revocation) = match self.digests {
                NOT_REACHED => (NOT_REACHED, NOT_REACHED),
                _ => (self.sod_signature, NO_LIST),
            };
            return Verdict {
                outcome: self.outcome(Err(self.sod_signature), policy),
                signer_path: why,
                revocation,
                validity: why,
                deviations: self.deviations.clone(),
            };
        };
        let accepted = signer.accept(policy, self.signing_time);
        let validity = match signer.validity() {
            // The day of signing counts, or expired certificates do.
            Err(error) if accepted.is_err() => error.code(),
            _ if self.expired == Some(true) && !policy.accepts_expired_document() => EXPIRED.code(),
            _ => PASSED,
        };
        let satisfied = self.satisfied(accepted, policy);
        Verdict {
            outcome: self.outcome(satisfied, policy),
            signer_path: signer_path(signer, policy),
            revocation: revocation(signer, policy),
            validity,
            deviations: self.deviations.iter().copied().chain(signer.deviations()).collect(),
        }
    }

    /// What [`Examination::satisfies`] says, from what was kept of the examination.
    fn satisfied(&self, accepted: cccd::Result<()>, policy: &Policy) -> Result<(), Code<'a>> {
        if self.sod_signature != PASSED {
            return Err(self.sod_signature);
        }
        accepted.map_err(|error| error.code())?;
        let mut of_the_list = self.deviations.iter().filter(|it| **it != Deviation::UnsignedGroup);
        if of_the_list.all(|deviation| policy.accepts(*deviation)) {
            Ok(())
        } else {
            Err(REFUSED_DEVIATION.code())
        }
    }
}

/// Whether DG1 and the signer's certificate name the same state, in three letters and in two.
fn state(dg1: &Dg1, signer: Option<&str>) -> Code<'static> {
    let state = mrz::alpha2(dg1.mrz().issuing_state());
    match (state, signer) {
        (Some(state), Some(signer)) if state.eq_ignore_ascii_case(signer) => PASSED,
        _ => WRONG_STATE.code(),
    }
}

/// How the search for an anchor ended.
pub(crate) fn signer_path(signer: &SignerFindings, policy: &Policy) -> Code<'static> {
    match signer.path() {
        Ok(_) => PASSED,
        Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer))
            if policy.accepts_unknown_issuer() =>
        {
            "unknown_issuer_allowed"
        }
        Err(error) => error.code(),
    }
}

/// What is known of revocation, and whether it is enough.
pub(crate) fn revocation(signer: &SignerFindings, policy: &Policy) -> Code<'static> {
    use cccd::policy::RevocationDemand::{Fresh, IfKnown};
    const REVOKED: Error = Error::NotAuthentic(NotAuthentic::SignerRevoked);
    const STALE: Error = Error::PolicyRefused(PolicyRefusal::RevocationStale);
    const UNKNOWN: Error = Error::PolicyRefused(PolicyRefusal::RevocationUnknown);
    match (signer.revocation(), policy.revocation()) {
        (Revocation::NotRevoked { .. }, _) => PASSED,
        (Revocation::Revoked { .. }, _) => REVOKED.code(),
        (Revocation::Stale { .. }, Fresh) => STALE.code(),
        (Revocation::Stale { .. }, _) => "stale_revocation_list",
        (Revocation::Unknown, IfKnown) => NO_LIST,
        (Revocation::Unknown, _) => UNKNOWN.code(),
    }
}
