//! What a reader tells of a card, held against what was written to it and what the chip itself noticed.

use std::{collections::BTreeMap, fmt};

use cccd_simulator::{Elapsed, Link};

use crate::{
    card::Made,
    selection::{OURS, THEIRS, limit},
};

/// The word for a check that holds.
pub(crate) const PASSED: &str = "passed";

/// What a reader tells of a card.
#[derive(Default)]
pub(crate) struct Told {
    /// What ended the read early.
    pub(crate) error: Option<String>,
    /// `BAC`, or agreement, mapping and cipher of PACE: `PACE ECDH-GM AES-128`.
    pub(crate) access: String,
    /// The files that were read, by name.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The checks that were made: [`PASSED`], or why not.
    pub(crate) checks: BTreeMap<String, String>,
}

/// How many of the chip's proofs a reader takes.
#[derive(Clone, Copy)]
pub(crate) enum Proofs {
    /// Every one that is offered.
    All,
    /// Whichever it chooses.
    One,
}

/// One reader's read of one card.
pub(crate) struct Seen {
    pub(crate) access: String,
    pub(crate) cost: Elapsed,
    /// What the reader did that the chip did not expect.
    pub(crate) violations: Vec<String>,
    /// What is wrong with the read; empty if all is well.
    pub(crate) faults: Vec<String>,
}

impl Seen {
    /// Holds what was told against the card.
    pub(crate) fn new(told: Told, proofs: Proofs, made: &Made, link: &Link, cost: Elapsed) -> Self {
        let mut faults: Vec<String> = told.error.iter().cloned().collect();
        if faults.is_empty() {
            if !made.doors().contains(&told.access) {
                faults.push(format!("opened by {}", told.access));
            }
            let written = made.files();
            let required = made.required_files();
            let missing = required.iter().filter(|name| !told.files.contains_key(*name));
            faults.extend(missing.map(|name| format!("{name} was not read")));
            for (name, bytes) in &told.files {
                if written.get(name).is_none_or(|written| written != bytes) {
                    faults.push(format!("{name} is not what was written"));
                }
            }
            faults.extend(unproven(&told, proofs, made, link));
        }
        Self { access: told.access, cost, violations: link.chip.violations().to_vec(), faults }
    }
}

/// Checks that did not pass, or of which the chip knows nothing.
fn unproven(told: &Told, proofs: Proofs, made: &Made, link: &Link) -> Vec<String> {
    let checks = told.checks.iter();
    let mut faults: Vec<String> = checks
        .filter(|(_, words)| *words != PASSED)
        .map(|(name, words)| format!("{name}: {words}"))
        .collect();
    let absent = ["sod", "digests"].into_iter().filter(|name| !told.checks.contains_key(*name));
    faults.extend(absent.map(|name| format!("{name}: not checked")));
    let seen = link.chip.chip_proofs();
    let counts = [
        ("chip_authentication", seen.chip_authentications),
        ("chip_authentication_mapping", seen.chip_authentication_mappings),
        ("active_authentication", seen.active_authentications),
    ];
    let shown = counts.map(|(name, count)| (name, told.checks.contains_key(name), count > 0));
    for (name, claimed, run) in shown {
        if claimed && !run {
            faults.push(format!("{name}: the chip knows nothing of it"));
        }
    }
    let offered = made.proofs();
    let taken = |name: &&str| told.checks.contains_key(*name);
    let enough = match proofs {
        Proofs::All => offered.iter().all(taken),
        Proofs::One => offered.is_empty() || offered.iter().any(taken),
    };
    if !enough {
        faults.push(format!("of the proofs that the chip offers, {offered:?}, too few were taken"));
    }
    faults
}

/// How a read ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Read,
    /// Not read, for a reason that is known.
    Refused,
    Failed,
}

/// A card and both reads of it.
pub(crate) struct Row {
    pub(crate) profile: String,
    /// What is odd about it, if it is a card of the field.
    pub(crate) oddity: Option<&'static str>,
    pub(crate) theirs: Seen,
    pub(crate) ours: Seen,
    /// The code of our refusal, if the card has to be refused.
    pub(crate) refusal: Option<&'static str>,
}

impl Row {
    pub(crate) fn new(made: &Made, theirs: Seen, ours: Seen) -> Self {
        let (profile, oddity, refusal) = (made.name().to_owned(), made.oddity(), made.refusal());
        Self { profile, oddity, theirs, ours, refusal }
    }

    pub(crate) fn their_verdict(&self) -> Verdict {
        let limit = limit(&THEIRS, &self.profile);
        verdict(&self.theirs, limit.map(|limit| limit.shows))
    }

    pub(crate) fn our_verdict(&self) -> Verdict {
        let limit = limit(&OURS, &self.profile);
        verdict(&self.ours, self.refusal.or(limit.map(|limit| limit.shows)))
    }

    /// Both found what was written, except where it is known that one does not read the card; our side also surprised the
    /// chip by nothing. Of cards of the field only our read is judged.
    pub(crate) fn is_good(&self) -> bool {
        let ours = self.our_verdict() != Verdict::Failed;
        let theirs = self.their_verdict() != Verdict::Failed;
        ours && (self.oddity.is_some() || theirs && self.ours.violations.is_empty())
    }
}

/// A reason that is known has to show: else the list is out of date.
fn verdict(seen: &Seen, known: Option<&str>) -> Verdict {
    match known {
        None if seen.faults.is_empty() => Verdict::Read,
        Some(shows) if seen.faults.iter().any(|fault| fault.contains(shows)) => Verdict::Refused,
        _ => Verdict::Failed,
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let good = if self.is_good() { "ok    " } else { "FAILED" };
        let exchanges = [self.theirs.cost.exchanges, self.ours.cost.exchanges];
        write!(f, "{good} {:<44} {:>4} {:>4}", self.profile, exchanges[0], exchanges[1])?;
        for (who, seen) in [("the peer", &self.theirs), ("we", &self.ours)] {
            for fault in &seen.faults {
                write!(f, "\n       {who}: {fault}")?;
            }
            for violation in &seen.violations {
                write!(f, "\n       {who} surprised the chip: {violation}")?;
            }
        }
        Ok(())
    }
}
