//! The only door to crypto crates: digests, block ciphers, MACs, elliptic curves, RSA, randomness.
//!
//! Nothing here knows of ICAO 9303; protocols above compose these primitives.

mod cipher;
mod digest;
mod random;

pub(crate) use cipher::BlockCipher;
pub use digest::DigestAlgorithm;
pub(crate) use digest::Hasher;
pub use random::Random;
