//! Elliptic curves: the eleven standardized domain parameters of `[9303-11 §9.5.1]`, points, key
//! agreement and generic mapping.
//!
//! Clauses: BSI TR-03111 §4 (key agreement, point encoding), FIPS 186 and RFC 5639 (curves).
//! All multiplications by a secret are constant time; those by public numbers (ECDSA) are not.

mod arithmetic;
mod curve;
mod definition;
mod domain;
mod point;

pub use curve::Curve;
pub(crate) use point::{EcGroup, EcKeyPair, EcPublicKey};

#[cfg(test)]
mod tests;
