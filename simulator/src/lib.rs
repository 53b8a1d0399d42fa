//! A chip of a CCCD in software.

pub mod arithmetic;
pub mod chip;
pub mod digest;
pub mod random;
pub mod symmetric;
pub mod tlv;
