//! Comparing what an organisation has on file with what a chip proved: "đúng, đủ, sạch, sống", right, complete, clean
//! and up to date.
//!
//! The comparison tells of each field how the two sides relate ([`Relation`]) and never rewrites either. A card is a
//! snapshot of its day of issue, so for what may change afterwards the later of the two sides is right; for the rest,
//! what the chip signed is.

mod compare;
mod record;
#[cfg(test)]
mod tests;

pub use compare::{Comparison, Relation};
pub use record::{Record, RecordField};
