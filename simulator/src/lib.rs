//! A chip of a CCCD in software.

pub mod arithmetic;
pub mod chip;
pub mod der;
pub mod digest;
pub mod link;
pub mod person;
pub mod personalisation;
pub mod portrait;
pub mod random;
pub mod symmetric;
pub mod tlv;
pub mod vpcd;

mod mrz;

pub use arithmetic::curve::CurveName;
pub use chip::{
    Behaviour, Chip, ChipProofs, EndOfFile, ErrorProtection, Exchange, TooLong, WrongPassword,
};
pub use digest::DigestName;
pub use link::{Fault, Link, TagLost};
pub use person::Person;
pub use personalisation::{
    AccessControl, ActiveKey, ActiveKind, CardOptions, EcKey, Issuer, IssuerOptions, KeyKind,
    Personalisation,
};
