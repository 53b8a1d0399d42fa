//! Big-integer arithmetic: elliptic curves, ECDSA and RSA, written out.

pub mod curve;
mod domain;
pub mod ecdsa;
pub mod rsa;
mod rsa_test_keys;
