//! The only door to crypto crates: digests, block ciphers, MACs, Diffie-Hellman over curves and primes,
//! RSA, randomness.
//!
//! Nothing here knows of ICAO 9303; protocols above compose these primitives.

mod agreement;
mod arriving;
mod asn1;
mod cipher;
mod dh;
mod digest;
mod ec;
mod random;
mod rsa;
mod sealing;
mod signature;

pub(crate) use agreement::{AgreementKey, DomainParameters, Group};
pub(crate) use arriving::{Arrived, Arriving};
pub(crate) use asn1::{Algorithm, algorithm, dotted, oid};
pub(crate) use cipher::BlockCipher;
pub use digest::DigestAlgorithm;
use digest::Hasher;
pub use ec::Curve;
pub use random::Random;
pub(crate) use rsa::RsaPublicKey;
pub(crate) use sealing::{Es256SigningKey, Es256VerifyingKey};
pub(crate) use signature::PublicKey;
pub use signature::SignatureScheme;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod wycheproof;
