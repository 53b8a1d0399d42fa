//! A chip of a CCCD in software.

pub mod arithmetic;
pub mod digest;
pub mod random;
