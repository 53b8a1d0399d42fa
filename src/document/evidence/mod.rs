//! What was read, in one file that can be verified again later by somebody who trusts nothing in it.
//!
//! ```text
//!   kiosk: inspection ─► Evidence ─► to_bytes, or seal(kiosk's key)
//!   bank:  from_bytes, or open(known keys) ─► InspectionSystem::verify(own challenge, own day)
//! ```
//!
//! A file has two halves. The first is what a chip gave: raw files and the answer to a challenge. Whoever
//! verifies looks at nothing else. The second, [`Claims`], is what the kiosk says of itself and of the read:
//! nobody can check it from the file, no verdict depends on it, and only a [seal](crate::seal) says who said it.
//! The format is in `docs/evidence.md`.

mod cbor;
mod claims;
mod decode;
mod encode;
mod redacted;
mod timestamp;

use std::collections::BTreeMap;

pub use claims::{AccessClaim, Claims, PaceClaim, PolicyClaim, TerminalClaim};
pub use redacted::{Redacted, Shown};
pub(crate) use timestamp::is_rfc3339;
use zeroize::Zeroizing;

use crate::{
    chip::ActiveAuthenticationTranscript,
    error::{Error, Result, Unsupported},
    seal::{self, SealKey, Sealed, Sealer},
    sensitive::Personal,
};

/// The longest evidence file that is read, in bytes.
pub const MAX_EVIDENCE: usize = 16 << 20;

/// Raw files and transcripts of one read. All of it is personal.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub(crate) sod: Personal<Vec<u8>>,
    pub(crate) groups: BTreeMap<u8, Personal<Vec<u8>>>,
    pub(crate) card_access: Option<Vec<u8>>,
    pub(crate) com: Option<Vec<u8>>,
    pub(crate) card_security: Option<Personal<Vec<u8>>>,
    pub(crate) active: Option<ActiveAuthenticationTranscript>,
    pub(crate) claims: Claims,
}

impl Evidence {
    /// Evidence from files that somebody else read: EF.SOD and groups by number.
    #[must_use]
    pub fn from_files(sod: Vec<u8>, groups: BTreeMap<u8, Personal<Vec<u8>>>) -> Self {
        Self {
            sod: Personal::new(sod),
            groups,
            card_access: None,
            com: None,
            card_security: None,
            active: None,
            claims: Claims::default(),
        }
    }

    /// Adds EF.CardAccess and EF.COM, where they are at hand, to be compared with the signed files.
    #[must_use]
    pub fn with_unsigned_files(
        mut self,
        card_access: Option<Vec<u8>>,
        com: Option<Vec<u8>>,
    ) -> Self {
        self.card_access = card_access;
        self.com = com;
        self
    }

    /// Adds EF.CardSecurity. It is verified by the same rules as EF.SOD, but nothing in it says to which
    /// card it belongs.
    #[must_use]
    pub fn with_card_security(mut self, card_security: Option<Vec<u8>>) -> Self {
        self.card_security = card_security.map(Personal::new);
        self
    }

    /// EF.SOD as it was read.
    #[must_use]
    pub const fn sod(&self) -> &Personal<Vec<u8>> {
        &self.sod
    }

    /// The groups as they were read, by number.
    #[must_use]
    pub const fn groups(&self) -> &BTreeMap<u8, Personal<Vec<u8>>> {
        &self.groups
    }

    /// EF.CardAccess as it was read, before anything was protected.
    #[must_use]
    pub fn card_access(&self) -> Option<&[u8]> {
        self.card_access.as_deref()
    }

    /// EF.COM as it was read.
    #[must_use]
    pub fn com(&self) -> Option<&[u8]> {
        self.com.as_deref()
    }

    /// EF.CardSecurity, if PACE ran with chip-authentication mapping.
    #[must_use]
    pub const fn card_security(&self) -> Option<&Personal<Vec<u8>>> {
        self.card_security.as_ref()
    }

    /// The challenge and the chip's signature, if Active Authentication ran.
    #[must_use]
    pub const fn active_authentication(&self) -> Option<&ActiveAuthenticationTranscript> {
        self.active.as_ref()
    }

    /// What whoever read the card says about the read. Nothing of it can be checked from the file.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The file as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        encode::evidence(self)
    }

    /// Reads a file that [`Evidence::to_bytes`] wrote. One content has one encoding: every other is refused.
    ///
    /// # Errors
    /// `Malformed` with the byte position; `Unsupported` for a version that this library does not know, and
    /// for a sealed file, which [`Evidence::open`] reads.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if seal::is_sealed(bytes) {
            return Err(Error::Unsupported(Unsupported::Structure(
                "a sealed evidence file, where one without a seal is expected",
            )));
        }
        decode::evidence(bytes)
    }

    /// The file under a seal: whoever knows the key knows who wrote it, claims included.
    ///
    /// # Errors
    /// What the sealer reports.
    pub fn seal(&self, sealer: &dyn Sealer) -> Result<Vec<u8>> {
        seal::seal(&Zeroizing::new(self.to_bytes()), Sealed::Evidence, sealer)
    }

    /// Opens a file that the holder of one of `keys` sealed, and says whose seal it was.
    ///
    /// A file without a seal is refused: else taking the seal off would be the way around it.
    ///
    /// # Errors
    /// [`NotAuthentic::Seal`](crate::error::NotAuthentic::Seal); as [`Evidence::from_bytes`].
    pub fn open<'k>(bytes: &[u8], keys: &'k [SealKey]) -> Result<(Self, &'k SealKey)> {
        if !seal::is_sealed(bytes) {
            return Err(Error::NotAuthentic(crate::error::NotAuthentic::Seal));
        }
        let (payload, key) = seal::open(bytes, Sealed::Evidence, keys)?;
        Ok((decode::evidence(&Zeroizing::new(payload))?, key))
    }

    /// Opens a sealed file **without checking the seal**, and gives the SHA-256 of the key that it names.
    ///
    /// Enough where nothing but a verdict is wanted, since no verdict depends on a seal; the claims are
    /// anybody's then.
    ///
    /// # Errors
    /// `Malformed` for a file without a seal; as [`Evidence::from_bytes`].
    pub fn open_unchecked(bytes: &[u8]) -> Result<(Self, [u8; 32])> {
        let (payload, key) = seal::unsealed(bytes, Sealed::Evidence)?;
        Ok((decode::evidence(&Zeroizing::new(payload))?, key))
    }

    /// What can be shown to whoever helps with a card that does not read well, without a personal byte:
    /// structure, lengths, object identifiers, status words and who signed.
    #[must_use]
    pub fn redacted(&self) -> Redacted {
        redacted::of(self)
    }
}

#[cfg(test)]
mod tests;
