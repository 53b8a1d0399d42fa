//! Certificates, signed data and trust (RFC 5280, RFC 5652, [9303-12]).
//!
//! ```text
//! EF.SOD ──cms──► signer's certificate ──path──► anchor in the TrustStore
//!                                                 ▲
//! .cer .pem ─────────────────────────────────────►│
//! master list ──cms──► its signer ──path──► a root that the operator pinned
//! ```
//!
//! What this proves: that a key signed bytes, and that an authority which the operator trusts
//! vouches for that key. Whether a certificate was revoked is answered by the lists that the operator
//! loaded; nobody else is asked.

mod ber;
mod certificate;
mod cms;
mod name;
mod path;
mod revocation;
mod signed;
mod trust;

pub use certificate::{Certificate, Purpose};
pub(crate) use cms::SignedData;
pub use name::Name;
pub use path::{Budget, Path, find_path};
pub use revocation::{Revocation, RevocationList, revocation};
#[cfg(fuzzing)]
pub(crate) use trust::list_contents;
pub use trust::{
    Anchor, AnchorInfo, Assembled, CertificateDigest, CurrentTrust, Defect, DeviationList,
    EntryKind, KeptList, KnownSigner, ListChange, ListedDefect, ListedSigner, Loaded, Refused,
    SourceKind, TrustDiff, TrustStore, assemble, certificates,
};

#[cfg(test)]
pub(crate) mod test_issuer;
#[cfg(test)]
mod tests;
