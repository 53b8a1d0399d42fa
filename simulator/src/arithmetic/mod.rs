//! Big-integer arithmetic: elliptic curves, groups modulo a prime, ECDSA and RSA, written out.

pub mod curve;
mod domain;
pub mod ecdsa;
mod field;
pub mod group;
mod mapping;
pub mod modp;
pub mod rsa;
mod rsa_test_keys;
mod scalar;
