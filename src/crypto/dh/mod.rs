//! Diffie-Hellman modulo a prime: the three groups of RFC 5114 that Doc 9303 names, and the groups that
//! chips write out in numbers for Chip Authentication.
//!
//! Clauses: `[9303-11 §4.4.3.3, §9.4.3, §9.5, §9.6]`, PKCS #3, RFC 2631 §2.1.5 (validation).
//! Exponentiations are constant time but for the lengths of p and of private keys.

mod group;
mod key;
mod numbers;
mod parameters;

pub(crate) use group::DhGroup;
pub(crate) use key::{DhKeyPair, DhPublicKey};
pub(crate) use parameters::Modp;
pub(super) use parameters::{DhParameters, KEY_AGREEMENT, PUBLIC_NUMBER};

#[cfg(test)]
mod tests;
