//! Card verifiable certificates: by them a chip decides which terminals may read fingers and irises.
//!
//! Implemented: the certificate profile `[TR-03110-3 §C.1]`, authorizations of inspection systems `[TR-03110-4 §2.1.3.2]`
//! and, to be refused, of authentication and signature terminals; ECDSA and RSA `[TR-03110-3 §A.7.3, §A.7.4]`.
//! Skipped: certificate requests, certificate extensions (kept as they are), all that belongs to version 2.
//!
//! ```text
//! CVCA ─── self-signed: the chip's trust point      CvAuthority::certificate
//!  ├── link certificate: the next CVCA              CvAuthority::link_certificate
//!  └── DV ─── domestic or foreign                   CvAuthority::issue
//!       └── terminal: an inspection system
//! ```
//!
//! ```
//! use cccd_simulator::cv_certificate::{CvAuthority, CvAuthorityOptions, CvCertificate, Role, TerminalOptions};
//!
//! let authority = CvAuthority::new(CvAuthorityOptions::default());
//! let terminal = authority.issue(&TerminalOptions::default());
//! let [document_verifier, inspection_system] = terminal.certificates.as_slice() else { panic!() };
//! let verifier = CvCertificate::parse(document_verifier)?;
//! assert_eq!(verifier.body.authorization.role(), Role::DomesticVerifier);
//! assert!(verifier.is_signed_by(&authority.trust_point().public_key));
//! assert!(!CvCertificate::parse(inspection_system)?.is_signed_by(&authority.trust_point().public_key));
//! # Ok::<(), cccd_simulator::cv_certificate::CvError>(())
//! ```

mod algorithm;
mod authority;
mod authorization;
mod certificate;
mod date;
mod key;
mod trust;

pub use algorithm::TerminalAlgorithm;
pub use authority::{CvAuthority, CvAuthorityOptions, IssuedTerminal, TerminalOptions};
pub use authorization::{AccessRights, Authorization, Role, TerminalType};
pub use certificate::{CvBody, CvCertificate};
pub use date::Date;
pub use key::{CvPublicKey, PublicValue, TerminalKey};
pub use trust::{CvcaFile, TerminalTrust, TrustPoint};

/// Why bytes are no certificate, or a key no key, that this crate can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CvError {
    /// Not as the certificate profile has it.
    #[error("malformed CV certificate: {0}")]
    Malformed(&'static str),
    /// Well-formed, but of a kind that this crate does not know.
    #[error("unsupported in a CV certificate: {0}")]
    Unsupported(&'static str),
    /// The signature of a self-signed certificate is wrong.
    #[error("the CV certificate is not signed by its own key")]
    NotSelfSigned,
}

#[cfg(test)]
mod tests;
