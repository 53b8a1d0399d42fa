//! The certificates that an operator trusts, and where each came from.
//!
//! ```text
//! .cer .pem .p7b ──────────────► anchors that were given ──┐ vouch for
//! master list ──cms, path ◄────────────────────────────────┤
//!      └──► anchors that a list names (they vouch for no list)
//! deviation list ──cms, path ◄─────────────────────────────┘
//! .crl ──signature of an authority above──► lists of revoked certificates
//! LDIF of the ICAO PKD ──► all of these; its document signers are kept and never trusted
//! store file ──► what was imported before, each entry parsed and checked again
//! ```
//!
//! What this proves: nothing about a document. It keeps apart what the operator chose, what somebody whom
//! the operator chose vouches for, and what merely lay beside it.

mod anchor;
mod assembly;
mod bag;
mod base64;
mod container;
mod current;
mod deviation_list;
mod diff;
mod ldif;
mod loaded;
mod master_list;
mod pem;
mod revocation_lists;
mod signed_list;
mod store;
mod store_file;

pub use anchor::{Anchor, AnchorInfo, KnownSigner};
pub use assembly::{Assembled, assemble};
pub use container::{SourceKind, certificates};
pub use current::CurrentTrust;
pub use deviation_list::{CertificateDigest, Defect, DeviationList, ListedDefect, ListedSigner};
pub use diff::{ListChange, TrustDiff};
pub use loaded::{EntryKind, Loaded, Refused};
pub use revocation_lists::KeptList;
pub use store::TrustStore;

/// A content as that of a master list, and as that of a deviation list.
#[cfg(fuzzing)]
pub(crate) fn list_contents(
    content: &[u8],
) -> (crate::Result<Vec<&[u8]>>, crate::Result<Vec<ListedDefect>>) {
    (master_list::listed(content), deviation_list::entries(content, &mut Loaded::default()))
}

#[cfg(test)]
mod test_files;
#[cfg(test)]
mod tests;
