//! Reads and verifies chip-based citizen ID cards (ICAO Doc 9303), first of all Vietnam's CCCD.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )
)]

pub mod apdu;
pub mod crypto;
pub mod date;
pub mod error;
pub mod findings;
pub mod lds;
pub mod mrz;
pub mod policy;
pub mod sensitive;
pub mod tlv;
pub mod vietnam;

pub use error::{Error, Result};
