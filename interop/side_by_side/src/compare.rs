//! What a reader tells of a card, held against what was written to it and what the chip itself noticed.

use std::{collections::BTreeMap, fmt};

use cccd_simulator::{Elapsed, Link};

use crate::{
    card::Made,
    selection::{self, Limit},
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
    /// Holds what was told against the card. Of several proofs of the chip one is enough: a reader may choose.
    pub(crate) fn new(told: Told, made: &Made, link: &Link, cost: Elapsed) -> Self {
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
            faults.extend(unproven(&told, made, link));
        }
        Self {
            access: told.access,
            cost,
            violations: link.chip.violations().to_vec(),
            faults,
        }
    }
}

/// Checks that did not pass, or of which the chip knows nothing.
fn unproven(told: &Told, made: &Made, link: &Link) -> Vec<String> {
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
    for (name, told, run) in shown {
        if told && !run {
            faults.push(format!("{name}: the chip knows nothing of it"));
        }
    }
    let offered = made.proofs();
    if !offered.is_empty() && !shown.iter().any(|(name, told, _)| *told && offered.contains(name)) {
        faults.push("the chip offers proofs, and none was taken".to_owned());
    }
    faults
}

/// How a read ended.
pub(crate) enum Verdict {
    Read,
    /// Not read, as is known of this reader.
    Limit(&'static Limit),
    Failed,
}

/// A card and both reads of it.
pub(crate) struct Row {
    pub(crate) profile: String,
    pub(crate) field: bool,
    pub(crate) theirs: Seen,
    pub(crate) ours: Seen,
}

impl Row {
    pub(crate) fn their_verdict(&self) -> Verdict {
        verdict(&self.theirs, selection::their_limit(&self.profile))
    }

    pub(crate) fn our_verdict(&self) -> Verdict {
        verdict(&self.ours, selection::our_limit(&self.profile))
    }

    /// Both read the card and found the same, or one has a known limit.
    pub(crate) fn is_good(&self) -> bool {
        let fails = |verdict| matches!(verdict, Verdict::Failed);
        let agree = self.theirs.access == self.ours.access
            || !matches!((self.their_verdict(), self.our_verdict()), (Verdict::Read, Verdict::Read));
        // Our own side has to keep to the book as well.
        agree
            && !fails(self.their_verdict())
            && !fails(self.our_verdict())
            && self.ours.violations.is_empty()
    }
}

fn verdict(seen: &Seen, limit: Option<&'static Limit>) -> Verdict {
    match limit {
        None if seen.faults.is_empty() => Verdict::Read,
        Some(limit) if seen.faults.iter().any(|fault| fault.contains(limit.shows)) => {
            Verdict::Limit(limit)
        }
        // A known limit that does not show any more is a fault of the list.
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
                write!(f, "\n       {who} surprised the chip at {violation}")?;
            }
        }
        Ok(())
    }
}
