//! Is the chip the one that was issued? `[9303-11 §6]`: Chip Authentication, Active Authentication, and
//! the mapping of PACE that proves the same.
//!
//! The files of a chip can be copied, its private key cannot. Each protocol shows that the chip holds
//! the private key whose public half is in a signed file. So a proof needs a group to be
//! [`Authenticated`](crate::passive::Authenticated), or EF.CardSecurity to be
//! [signed](crate::passive::SignedSecurityInfos): a key that nobody signed proves nothing.

mod active;
mod authentication;
mod mapping;

pub use active::{ActiveAuthenticationTranscript, ActivelyAuthenticated, Challenge};
pub(crate) use active::{active_authentication, verify_active_authentication};
pub use authentication::{ChipAuthenticated, ChipAuthenticationTranscript};
pub(crate) use authentication::{
    ChipAuthenticationOffer, PendingChipAuthentication, chip_authentication,
};
pub use mapping::ChipMapped;
pub(crate) use mapping::PendingMapping;
