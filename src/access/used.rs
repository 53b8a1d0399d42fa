use super::{AccessKey, PaceOffer, Password};
use crate::lds::{KeyAgreement, Mapping, SessionCipher};

/// Which door was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessUsed {
    password: Password,
    /// `None` for BAC.
    pace: Option<PaceUsed>,
    details: String,
    offers_refused: usize,
    after_pace_failure: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct PaceUsed {
    agreement: KeyAgreement,
    mapping: Mapping,
    cipher: SessionCipher,
    group: &'static str,
}

impl AccessUsed {
    pub(crate) fn bac(after_pace_failure: bool) -> Self {
        Self {
            password: Password::Mrz,
            pace: None,
            details: "3DES, SHA-1".to_owned(),
            offers_refused: 0,
            after_pace_failure,
        }
    }

    pub(super) fn pace(offer: &PaceOffer, key: &AccessKey, offers_refused: usize) -> Self {
        let protocol = offer.protocol();
        let used = PaceUsed {
            agreement: protocol.agreement,
            mapping: protocol.mapping,
            cipher: protocol.cipher,
            group: offer.domain().name(),
        };
        Self {
            password: key.password(),
            pace: Some(used),
            details: offer.describe(),
            offers_refused,
            after_pace_failure: false,
        }
    }

    /// Stable name: `pace-mrz`, `pace-can`, `pace-pin`, `pace-puk` or `bac`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match (&self.pace, self.password) {
            (None, _) => "bac",
            (Some(_), Password::Mrz) => "pace-mrz",
            (Some(_), Password::Can) => "pace-can",
            (Some(_), Password::Pin) => "pace-pin",
            (Some(_), Password::Puk) => "pace-puk",
        }
    }

    /// What ran, in words: `ECDH-CAM, AES-128, brainpoolP256r1`.
    #[must_use]
    pub fn details(&self) -> &str {
        &self.details
    }

    /// Which kind of password opened the chip.
    #[must_use]
    pub const fn password(&self) -> Password {
        self.password
    }

    /// How PACE mapped its nonce; `None` for BAC.
    #[must_use]
    pub fn mapping(&self) -> Option<Mapping> {
        self.pace.as_ref().map(|pace| pace.mapping)
    }

    /// In which kind of group PACE agreed on keys; `None` for BAC.
    #[must_use]
    pub fn agreement(&self) -> Option<KeyAgreement> {
        self.pace.as_ref().map(|pace| pace.agreement)
    }

    /// The name of the standardised group, a curve or a prime; `None` for BAC.
    #[must_use]
    pub fn group(&self) -> Option<&'static str> {
        self.pace.as_ref().map(|pace| pace.group)
    }

    /// The cipher of the channel that it opened.
    #[must_use]
    pub fn cipher(&self) -> SessionCipher {
        self.pace.as_ref().map_or(SessionCipher::TripleDes, |pace| pace.cipher)
    }

    /// How many stronger variants of PACE the chip announced and then refused.
    #[must_use]
    pub const fn offers_refused(&self) -> usize {
        self.offers_refused
    }

    /// Whether PACE had been announced and failed before BAC was used.
    #[must_use]
    pub const fn after_pace_failure(&self) -> bool {
        self.after_pace_failure
    }

    pub(crate) const fn is_bac(&self) -> bool {
        self.pace.is_none()
    }
}
