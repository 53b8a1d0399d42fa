use std::collections::BTreeMap;

use arrow_array::{Array as _, RecordBatch};

use crate::Result;
use crate::column::{self, VERIFIED};

/// Different issuers that are counted apart; anybody can make up names, and memory is bounded.
const MAX_ISSUERS: usize = 1_000;
const OTHERS: &str = "(others)";

/// How many of a kind, and how many of these are verified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All.
    pub documents: u64,
    /// With the outcome `verified`.
    pub verified: u64,
}

/// Results counted by outcome, issuer and deviation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// All documents.
    pub total: Count,
    /// By outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// By the issuer that the signer's certificate names; documents without a signer are not among them.
    pub issuers: BTreeMap<String, Count>,
    /// By deviation.
    pub deviations: BTreeMap<String, u64>,
}

impl Summary {
    /// Counts a batch of results.
    ///
    /// # Errors
    /// [`BatchError::MissingColumn`](crate::BatchError::MissingColumn),
    /// [`BatchError::ColumnType`](crate::BatchError::ColumnType) if these are no results.
    pub fn add(&mut self, results: &RecordBatch) -> Result<()> {
        let (outcomes, issuers) =
            (column::text(results, "outcome")?, column::text(results, "issuer")?);
        let deviations = column::find(results, "deviations")?;
        for row in 0..results.num_rows() {
            let outcome = outcomes.get(row).unwrap_or_default();
            let verified = outcome == VERIFIED;
            self.total.count(verified);
            increase(&mut self.outcomes, outcome, |count| *count += 1);
            if let Some(issuer) = issuers.get(row) {
                let full = self.issuers.len() >= MAX_ISSUERS && !self.issuers.contains_key(issuer);
                let name = if full { OTHERS } else { issuer };
                increase(&mut self.issuers, name, |count| count.count(verified));
            }
            if deviations.is_valid(row) {
                for name in column::list(results, "deviations", row)? {
                    increase(&mut self.deviations, &name, |count| *count += 1);
                }
            }
        }
        Ok(())
    }

    /// Whether every document is verified.
    #[must_use]
    pub const fn all_verified(&self) -> bool {
        self.total.documents == self.total.verified
    }
}

impl Count {
    fn count(&mut self, verified: bool) {
        self.documents += 1;
        self.verified += u64::from(verified);
    }
}

fn increase<T: Default>(counts: &mut BTreeMap<String, T>, name: &str, by: impl FnOnce(&mut T)) {
    match counts.get_mut(name) {
        Some(count) => by(count),
        None => by(counts.entry(name.to_owned()).or_default()),
    }
}
