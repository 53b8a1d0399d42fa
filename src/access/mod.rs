//! Opening the chip `[9303-11 §4]`: Basic Access Control and PACE.
//!
//! **Proves** that both sides knew the same printed key and that nobody else reads along.
//! **Does not prove** that chip or data are genuine: a copy knows its printed key as well.
//!
//! Implemented: BAC; PACE version 2 with generic, integrated and chip-authentication mapping, ECDH and DH,
//! 3DES and AES, in every standardised group, with MRZ, CAN, PIN or PUK. Not: resuming and unblocking a
//! PIN, groups of a chip's own.
//!
//! A wrong key is reported as such and never tried again by itself.

mod attempts;
mod bac;
mod integrated_mapping;
mod key;
mod offer;
mod pace;
mod refusal;
#[cfg(test)]
mod tests;
mod used;
#[cfg(test)]
mod worked_examples;

pub(crate) use attempts::PaceOpened;
pub(crate) use attempts::{PaceRules, pace};
pub(crate) use bac::basic_access_control;
pub use key::{AccessKey, Password};
use offer::PaceOffer;
pub(crate) use pace::MappingTranscript;
pub use used::AccessUsed;
