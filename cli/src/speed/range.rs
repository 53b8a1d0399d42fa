//! The same thing in several reads.

use crate::{
    bench_card::{Report, Run},
    speed::{Spent, Step},
};

/// The smallest, the middle and the largest of several numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) min: u64,
    pub(crate) median: u64,
    pub(crate) max: u64,
}

impl Range {
    /// `None` of nothing. Of an even number of values the middle is halfway between two.
    pub(crate) fn of(values: impl Iterator<Item = u64>) -> Option<Self> {
        let mut values: Vec<u64> = values.collect();
        values.sort_unstable();
        let (min, max) = (*values.first()?, *values.last()?);
        let (below, above) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self { min, median: below.midpoint(above), max })
    }
}

/// What one step, or all, has cost in every read.
pub(crate) struct Spread(Vec<Spent>);

impl Spread {
    pub(crate) fn of(runs: &[Run], spent: impl Fn(&Run) -> Spent) -> Self {
        Self(runs.iter().map(spent).collect())
    }

    /// The range of one number.
    pub(crate) fn range(&self, number: impl Fn(&Spent) -> u64) -> Option<Range> {
        Range::of(self.0.iter().map(number))
    }

    /// Whether every read took the same exchanges for it, and as many bytes.
    pub(crate) fn same(&self) -> bool {
        let counts = |spent: &Spent| (spent.apdus, spent.bytes_sent, spent.bytes_received);
        self.0.windows(2).all(|two| counts(&two[0]) == counts(&two[1]))
    }
}

impl Report {
    /// Every step of any read, with what it cost in each of them.
    pub(crate) fn steps(&self) -> Vec<(Step, Spread)> {
        let mut steps: Vec<Step> = Vec::new();
        for (step, _) in self.runs.iter().flat_map(|run| run.cost.ledger.steps()) {
            if !steps.contains(step) {
                steps.push(*step);
            }
        }
        let spread = |step| (step, Spread::of(&self.runs, |run| run.cost.ledger.of(step)));
        steps.into_iter().map(spread).collect()
    }

    /// All steps together.
    pub(crate) fn total(&self) -> Spread {
        Spread::of(&self.runs, |run| run.cost.ledger.total())
    }

    /// Up to the moment when the holder was known; `None` if some read never came there.
    pub(crate) fn identity(&self) -> Option<Spread> {
        let known = self.runs.iter().map(|run| run.cost.ledger.identity());
        known.collect::<Option<Vec<_>>>().map(Spread)
    }

    /// Whether all reads took the same exchanges; `None` if there are not two to be compared.
    pub(crate) fn same_exchanges(&self) -> Option<bool> {
        let several = self.runs.len() > 1;
        several.then(|| self.steps().iter().all(|(_, spread)| spread.same()))
    }

    /// The read that is neither among the fast nor among the slow ones.
    pub(crate) fn median_run(&self) -> Option<&Run> {
        let mut runs: Vec<&Run> = self.runs.iter().collect();
        runs.sort_by_key(|run| run.cost.ledger.total().time());
        runs.get(runs.len().saturating_sub(1) / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        for (values, expected) in [
            (&[7][..], (7, 7, 7)),
            (&[9, 1], (1, 5, 9)),
            (&[5, 1, 9], (1, 5, 9)),
            (&[4, 1, 100, 2], (1, 3, 100)),
        ] {
            let range = Range::of(values.iter().copied()).unwrap();
            assert_eq!((range.min, range.median, range.max), expected);
        }
        assert_eq!(Range::of(std::iter::empty()), None);
    }
}
