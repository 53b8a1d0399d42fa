//! What the caller receives: the verified document, the report of every check, and evidence.
//!
//! A [`VerifiedDocument`] has no public constructor. It comes out of
//! [`Inspection`](crate::inspection::Inspection) or of verifying [`Evidence`], and in both cases
//! through the same `Verification`, after every check that the policy demands has passed.

mod evidence;
mod proof;
mod report;
mod verification;
mod verified;

pub(crate) use evidence::is_rfc3339;
pub use evidence::{
    AccessClaim, Claims, Evidence, MAX_EVIDENCE, PaceClaim, PolicyClaim, Redacted, Shown,
    TerminalClaim,
};
pub use proof::{ChipProof, ProofStrength};
pub use report::Report;
pub(crate) use verification::{
    ActiveAuthenticationResult, ChipAuthenticationResult, ChipResults, MappingResult, Verification,
};
pub use verified::{PrintedData, Verdict, VerifiedDocument, VerifiedIdentity};
