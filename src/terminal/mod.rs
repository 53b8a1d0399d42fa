//! Terminal Authentication version 1: the chip lets an authorised terminal read fingerprints (DG3) and
//! irises (DG4) `[9303-11 §7.1, TR-03110-1 §3.5, TR-03110-3 §A.7, §B.3, §C, §D]`.
//!
//! ```text
//!   EF.CVCA: the authorities whom the chip trusts
//!      │
//!   CVCA ──► CVCA (link) ──► document verifier ──► terminal        card-verifiable certificates
//!                                                     │
//!                                                     └ its key signs the chip's challenge
//! ```
//!
//! [`CvCertificates`] are what the operator's document verifier delivered, [`Terminal`] is the one thing
//! that the operator writes: the key, usually in a security module. [`CvCertificates::chain`] checks
//! everything that the chip would check, before the chip is asked.
//!
//! **Proves** to the chip that this terminal holds the key of its certificate, and binds what the chip
//! grants to the channel of Chip Authentication. **Does not prove** anything about the chip.
//!
//! Not implemented: version 2 of the protocol, certificate requests, authorization extensions.

mod authentication;
mod authorization;
mod certificate;
mod chain;
#[cfg(test)]
mod foreign;
mod key;
#[cfg(test)]
mod protocol_tests;
mod signer;
#[cfg(test)]
mod test_issuer;
#[cfg(test)]
mod tests;

pub use authentication::TerminalAuthenticated;
pub(crate) use authentication::{TerminalContext, terminal_authentication};
pub use authorization::{AccessRights, Authorization, Role, TerminalType};
pub use certificate::CvCertificate;
pub use chain::{CvCertificates, TerminalChain};
pub use key::TerminalAlgorithm;
pub use signer::Terminal;
