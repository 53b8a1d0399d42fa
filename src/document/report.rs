use std::collections::{BTreeMap, BTreeSet};

use crate::{
    access::AccessUsed,
    error::Error,
    findings::{Check, Deviation, Outcome},
    passive::Signer,
};

/// How every check ended, and what was tolerated. Carries no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    outcomes: BTreeMap<Check, Outcome>,
    deviations: BTreeSet<Deviation>,
    access: Option<AccessUsed>,
    signer: Option<Signer>,
}

impl Report {
    pub(crate) fn new() -> Self {
        let not_reached = Outcome::NotPerformed {
            code: "not_reached",
            reason: "the inspection ended before this check",
        };
        Self {
            outcomes: Check::ALL.into_iter().map(|check| (check, not_reached.clone())).collect(),
            deviations: BTreeSet::new(),
            access: None,
            signer: None,
        }
    }

    /// How a check ended.
    #[must_use]
    pub fn outcome(&self, check: Check) -> &Outcome {
        // `new` enters every check, and nothing removes one; the fallback only avoids a panic path.
        const MISSING: &Outcome =
            &Outcome::NotPerformed { code: "not_reached", reason: "the check is not known" };
        self.outcomes.get(&check).unwrap_or(MISSING)
    }

    /// All checks in a fixed order.
    pub fn checks(&self) -> impl Iterator<Item = (Check, &Outcome)> {
        Check::ALL.into_iter().map(|check| (check, self.outcome(check)))
    }

    /// The tolerances that were used.
    pub fn deviations(&self) -> impl Iterator<Item = Deviation> {
        self.deviations.iter().copied()
    }

    /// Which door was used; `None` if the chip was not opened or files came without it.
    #[must_use]
    pub const fn access(&self) -> Option<&AccessUsed> {
        self.access.as_ref()
    }

    /// Who signed, once the SOD was parsed.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    pub(super) fn passed(&mut self, check: Check, words: impl Into<String>) {
        self.outcomes.insert(check, Outcome::Passed(words.into()));
    }

    pub(super) fn not_performed(&mut self, check: Check, code: &'static str, reason: &'static str) {
        self.outcomes.insert(check, Outcome::NotPerformed { code, reason });
    }

    /// Records a failure and hands the error on.
    pub(super) fn failed(&mut self, check: Check, error: Error) -> Error {
        self.outcomes.insert(check, Outcome::Failed(error.clone()));
        error
    }

    pub(super) fn deviate(&mut self, deviations: impl IntoIterator<Item = Deviation>) {
        self.deviations.extend(deviations);
    }

    pub(super) fn opened_by(&mut self, access: AccessUsed) {
        self.access = Some(access);
    }

    pub(super) fn signed_by(&mut self, signer: Signer) {
        self.signer = Some(signer);
    }
}
