//! How the chip showed that it is no copy, and to whom.

use crate::chip::{ActivelyAuthenticated, ChipAuthenticated, ChipMapped};

/// How the chip showed that it is no copy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChipProof {
    /// Chip Authentication ran in this session.
    ChipAuthentication(ChipAuthenticated),
    /// PACE ran with chip-authentication mapping, and its numbers fit the signed EF.CardSecurity.
    ChipAuthenticationMapping(ChipMapped),
    /// The chip signed a challenge.
    ActiveAuthentication {
        /// Key, digest and challenge.
        signed: ActivelyAuthenticated,
        /// Whether the verifier chose the challenge: only then the chip was there just now.
        fresh: bool,
    },
}

/// Whom a proof convinces, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProofStrength {
    /// A signature over a challenge that the verifier did not choose: the chip existed once.
    OldSignature,
    /// Whoever ran the protocol with the chip, and nobody else: the transcript could be made without it.
    Session,
    /// Whoever chose the challenge: the chip was there after that.
    FreshSignature,
}

impl ProofStrength {
    /// Stable name: `old_signature`, `session`, `fresh_signature`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OldSignature => "old_signature",
            Self::Session => "session",
            Self::FreshSignature => "fresh_signature",
        }
    }
}

impl ChipProof {
    /// Stable name: that of the check.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ChipAuthentication(_) => "chip_authentication",
            Self::ChipAuthenticationMapping(_) => "chip_authentication_mapping",
            Self::ActiveAuthentication { .. } => "active_authentication",
        }
    }

    /// Algorithms and groups that were used.
    #[must_use]
    pub fn description(&self) -> &str {
        match self {
            Self::ChipAuthentication(proof) => proof.description(),
            Self::ChipAuthenticationMapping(proof) => proof.description(),
            Self::ActiveAuthentication { signed, .. } => signed.description(),
        }
    }

    /// Whom it convinces.
    #[must_use]
    pub const fn strength(&self) -> ProofStrength {
        match self {
            Self::ChipAuthentication(_) | Self::ChipAuthenticationMapping(_) => {
                ProofStrength::Session
            }
            Self::ActiveAuthentication { fresh: true, .. } => ProofStrength::FreshSignature,
            Self::ActiveAuthentication { fresh: false, .. } => ProofStrength::OldSignature,
        }
    }

    /// What it does not prove, in words.
    #[must_use]
    pub const fn does_not_prove(&self) -> &'static str {
        match self.strength() {
            ProofStrength::Session => {
                "anything to anybody else: a transcript of it could be made without the chip"
            }
            ProofStrength::FreshSignature => {
                "that the chip lies on this reader and not at the other end of a relay"
            }
            ProofStrength::OldSignature => {
                "that the chip was there now: the signature may be of any day"
            }
        }
    }
}
