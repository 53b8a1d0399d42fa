//! A chip of a CCCD in software.

pub mod arithmetic;
pub mod chip;
pub mod der;
pub mod digest;
pub mod person;
pub mod personalisation;
pub mod portrait;
pub mod random;
pub mod symmetric;
pub mod tlv;
pub mod vpcd;

mod mrz;
