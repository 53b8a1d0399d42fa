use super::{DataGroup, RawObject, asn1, outermost};
use crate::{
    error::{Error, Result},
    findings::Deviation,
};

/// DG6, which is reserved, and DG8, DG9, DG10, whose features each issuer defines for itself `[9303-10 §4.7.6, §4.7.8 to
/// §4.7.10]`: divided into objects, as far as they are any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerDefined {
    group: DataGroup,
    count: Option<u64>,
    objects: Vec<RawObject>,
    deviations: Vec<Deviation>,
}

impl IssuerDefined {
    /// Reads one of these groups. Contents that are no data objects give none.
    ///
    /// # Errors
    /// `Malformed` if the file has another tag than the group, `Misuse` for any other group.
    pub fn parse(group: DataGroup, bytes: &[u8]) -> Result<Self> {
        if !matches!(group.number(), 6 | 8..=10) {
            return Err(Error::Misuse("only DG6 and DG8 to DG10 are the issuer's own"));
        }
        let mut deviations = Vec::new();
        let outer = outermost(bytes, group.tag(), "the group's tag", &mut deviations)
            .map_err(|error| error.in_file(group.name()))?;
        let (mut count, mut objects) = (None, Vec::new());
        let Ok(mut inside) = outer.children() else {
            return Ok(Self { group, count, objects, deviations });
        };
        while let Ok(Some(object)) = inside.next_object() {
            match object.tag {
                asn1::INTEGER if count.is_none() => count = asn1::unsigned(&object).ok(),
                _ => objects.push(RawObject::of(&object)),
            }
        }
        Ok(Self { group, count, objects, deviations })
    }

    /// Which group it is.
    #[must_use]
    pub const fn group(&self) -> DataGroup {
        self.group
    }

    /// How many features the group announces.
    #[must_use]
    pub const fn count(&self) -> Option<u64> {
        self.count
    }

    /// The objects after that number, in the file's order.
    #[must_use]
    pub fn objects(&self) -> &[RawObject] {
        &self.objects
    }

    /// Tolerances that were used.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}
