use super::{in_chip, outermost};
use crate::{error::Result, findings::Deviation, mrz::Mrz};

/// DG1: the MRZ `[9303-10 §4.7.1]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg1 {
    mrz: Mrz,
    deviations: Vec<Deviation>,
}

impl Dg1 {
    /// Reads the group: `61 { 5F1F MRZ }`.
    ///
    /// # Errors
    /// `Malformed`, also where a check digit of the MRZ is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|error| error.in_file("DG1"))
    }

    /// The zone.
    #[must_use]
    pub const fn mrz(&self) -> &Mrz {
        &self.mrz
    }

    /// Tolerances that were used.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

fn read(bytes: &[u8]) -> Result<Dg1> {
    let mut deviations = Vec::new();
    let outer = outermost(bytes, 0x61, "the tag 61 of DG1", &mut deviations)?;
    let field = outer.children()?.expect(0x5F1F, "the MRZ (tag 5F1F)")?;
    let mrz = Mrz::from_field(field.value).map_err(|error| in_chip(error, field.offset))?;
    Ok(Dg1 { mrz, deviations })
}
