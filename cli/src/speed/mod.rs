//! What a read costs: exchanges, bytes and time, step by step.
//!
//! A [`Metered`] card notes every exchange in a [`Ledger`], under the step that the inspection announced last.

mod chart;
mod counted;
mod ledger;
mod metered;
mod range;
mod timing;

pub(crate) use chart::Chart;
pub(crate) use counted::Counted;
pub(crate) use ledger::{Ledger, Spent, Step};
pub(crate) use metered::Metered;
pub(crate) use range::{Range, Spread};
pub(crate) use timing::TimingArguments;

/// What a read has cost, and by which clock.
pub(crate) struct Cost {
    pub(crate) ledger: Ledger,
    /// The name of the virtual clock; `None` where time was measured.
    pub(crate) timing: Option<String>,
}
