//! Big-integer arithmetic: elliptic curves, ECDSA and RSA, written out.

pub mod curve;
mod domain;
pub mod ecdsa;
