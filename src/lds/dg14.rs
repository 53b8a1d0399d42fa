use super::{SecurityInfos, outermost, security_infos};
use crate::{error::Result, findings::Deviation};

/// DG14: the signed `SecurityInfos` `[9303-10 §4.7.14]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg14(SecurityInfos);

impl Dg14 {
    /// Reads the group: `6E { SET OF SecurityInfo }`.
    ///
    /// # Errors
    /// `Malformed` as [`SecurityInfos::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|error| error.in_file("DG14"))
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

fn read(bytes: &[u8]) -> Result<Dg14> {
    let mut deviations = Vec::new();
    let outer = outermost(bytes, 0x6E, "the tag 6E of DG14", &mut deviations)?;
    security_infos::read(outer.children()?, deviations).map(Dg14)
}
