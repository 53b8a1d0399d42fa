use super::{SecurityInfos, security_infos};
use crate::{error::Result, findings::Deviation, tlv::Reader};

/// What is signed in EF.CardSecurity: `SecurityInfos`, among them the key that chip-authentication
/// mapping proves `[9303-11 §9.2.11; TR-03110-3 §A.1.2.2]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSecurity(SecurityInfos);

impl CardSecurity {
    /// Reads the signed content, a bare SET; the signed data around it belong to
    /// [`passive`](crate::passive).
    ///
    /// # Errors
    /// `Malformed` as [`SecurityInfos::parse`].
    pub fn parse(content: &[u8]) -> Result<Self> {
        security_infos::read(Reader::new(content), Vec::new())
            .map(Self)
            .map_err(|error| error.in_file("EF.CardSecurity"))
    }

    /// What the chip can do, and its public keys.
    #[must_use]
    pub const fn security_infos(&self) -> &SecurityInfos {
        &self.0
    }

    /// Tolerances that were used.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        self.0.deviations()
    }
}
