//! The targets, what they share, and their first inputs. `tests/fuzz_findings.rs` uses the same code, without a fuzzer.

pub mod check;
pub mod seeds;
pub mod targets;
pub mod world;
