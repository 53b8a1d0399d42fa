//! The protected channel to the chip `[9303-11 §9.8]`: 3DES with retail MAC, AES with CMAC.
//!
//! ```text
//!  IFD                                                    IC
//!   SSC+1  CLA|0C INS P1 P2  [87|85 E(data)] [97 Le] 8E MAC ──►
//!   ◄── [87|85 E(data)] 99 SW 8E MAC                     SSC+1
//! ```
//!
//! **Proves** that each answer comes from whoever holds the session keys, in order and unaltered.
//! **Does not prove** who that is: access control proves knowledge of a printed key, Chip
//! Authentication that of the signed private key.
//!
//! The MAC check cannot be switched off. The first failure destroys the keys.

mod channel;
mod keys;
mod session;

pub(crate) use channel::Channel;
pub(crate) use keys::{KeyPurpose, derive_key};
pub(crate) use session::{Session, pad, unpad};

#[cfg(test)]
pub(crate) mod tests;
