//! Passive authentication: are these the data that an issuer signed [9303-11 §5.1]?
//!
//! ```text
//! EF.SOD ─► examine ─► Examination ──accept(policy)──► SignedDigests ──authenticate(groups)──► Authenticated
//!                      signature
//!                      path            three separate results:
//!                      validity        "no anchor" is not "forged"
//!
//! EF.CardSecurity ─► examine_card_security ─► Examination ──accept(policy)──► SignedSecurityInfos
//! ```
//!
//! What this proves: the issuer that the anchor stands for signed the digests of exactly these
//! bytes. What it does not prove: that the chip is the one they were written to (a copy passes),
//! or that the signer was not revoked.

mod card_security;
mod examination;
mod list;
mod signed;
mod signer_findings;

pub use card_security::{SignedSecurityInfos, examine_card_security};
pub(crate) use examination::announced;
pub use examination::{Examination, examine};
pub use list::DigestList;
pub use signed::{Authenticated, SignedDigests};
pub use signer_findings::{Examiner, Signer, SignerFindings};

#[cfg(test)]
mod gate_tests;
#[cfg(test)]
mod signer_tests;
#[cfg(test)]
mod tests;
