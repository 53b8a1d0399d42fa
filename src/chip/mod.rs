//! Is the chip the one that was issued? `[9303-11 §6]`: Chip Authentication and Active Authentication.
//!
//! The files of a chip can be copied, its private key cannot. Both protocols show that the chip holds
//! the private key whose public half is in a signed group. So a proof needs the group to be
//! [`Authenticated`](crate::passive::Authenticated): a key that nobody signed proves nothing.

mod active;
mod authentication;

pub use active::{ActiveAuthenticationTranscript, ActivelyAuthenticated, Challenge};
pub(crate) use active::{active_authentication, verify_active_authentication};
pub use authentication::ChipAuthenticated;
pub(crate) use authentication::{
    ChipAuthenticationOffer, PendingChipAuthentication, chip_authentication,
};
