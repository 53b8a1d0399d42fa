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

pub mod access;
pub mod apdu;
pub mod chip;
pub mod crypto;
pub mod date;
pub mod document;
pub mod error;
pub mod files;
pub mod findings;
pub mod inspection;
pub mod lds;
pub mod mrz;
pub mod passive;
pub mod pki;
pub mod policy;
mod secure_messaging;
pub mod sensitive;
pub mod tlv;
pub mod transport;
pub mod vietnam;

pub use error::{Error, Result};
