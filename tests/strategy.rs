//! What is read, in which order, and what is left out: the strategy that makes a read short.

#[path = "strategy/bac_only.rs"]
mod bac_only;
mod common;
#[cfg(feature = "ring")]
#[path = "strategy/encrypted_folder.rs"]
mod encrypted_folder;
#[path = "strategy/identity.rs"]
mod identity;
#[path = "strategy/in_the_air.rs"]
mod in_the_air;
#[path = "strategy/known_document.rs"]
mod known_document;
#[path = "strategy/lengths.rs"]
mod lengths;
#[path = "strategy/one_chip_proof.rs"]
mod one_chip_proof;
