use crate::{
    findings::Deviation,
    lds::{Moment, RawObject, note},
    tlv::Tlv,
};

/// The header of a biometric template, tag A1 `[9303-10 §4.7.2.1; ISO/IEC 7816-11 Table 2]`. Everything may be missing but
/// owner and type of the format, which some cards leave out all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BiometricHeader {
    /// 80, version of the header: `0x0101`.
    pub version: Option<u64>,
    /// 81, the biometric type: 2 face, 8 finger, 0x10 iris.
    pub biometric_type: Option<u64>,
    /// 82, the subtype: which finger, which eye, see [`BiometricHeader::side`].
    pub subtype: Option<u64>,
    /// 83, when the record was made.
    pub created: Option<Moment>,
    /// 85, from when to when it is valid.
    pub validity: Option<(Moment, Moment)>,
    /// 86, the product that made it.
    pub creator: Option<u64>,
    /// 87, owner of the record's format: `0x0101` ISO/IEC JTC 1/SC 37.
    pub format_owner: Option<u64>,
    /// 88, the record's format: 7 fingers, 8 faces, 9 and 11 irises of ISO/IEC 19794; `0x28` fingers, `0x2A` faces,
    /// `0x2C` irises of 39794.
    pub format_type: Option<u64>,
    /// What else there is, and what cannot be read.
    pub others: Vec<RawObject>,
}

impl BiometricHeader {
    pub(super) fn read(object: &Tlv<'_>, deviations: &mut Vec<Deviation>) -> Self {
        let mut header = Self::default();
        let Ok(mut objects) = object.children() else {
            note(deviations, Deviation::UnreadableEntry);
            return header;
        };
        loop {
            match objects.next_object() {
                Ok(Some(object)) => {
                    if header.take(&object).is_none() {
                        header.others.push(RawObject::of(&object));
                    }
                }
                Ok(None) => break,
                Err(_) => {
                    note(deviations, Deviation::UnreadableEntry);
                    break;
                }
            }
        }
        header
    }

    fn take(&mut self, object: &Tlv<'_>) -> Option<()> {
        let value = object.value;
        let number = || {
            let fits = (1..=8).contains(&value.len());
            fits.then(|| value.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)))
        };
        match object.tag {
            0x80 => self.version = Some(number()?),
            0x81 => self.biometric_type = Some(number()?),
            0x82 => self.subtype = Some(number()?),
            0x83 => self.created = Some(Moment::from_packed(value)?),
            0x85 => {
                let (from, until) = value.split_at_checked(4)?;
                self.validity = Some((Moment::from_packed(from)?, Moment::from_packed(until)?));
            }
            0x86 => self.creator = Some(number()?),
            0x87 => self.format_owner = Some(number()?),
            0x88 => self.format_type = Some(number()?),
            _ => return None,
        }
        Some(())
    }

    /// Which side of the body the subtype names: `right`, `left`, or `None` where it names none.
    #[must_use]
    pub const fn side(&self) -> Option<&'static str> {
        match self.subtype {
            Some(subtype) if subtype & 3 == 1 => Some("right"),
            Some(subtype) if subtype & 3 == 2 => Some("left"),
            _ => None,
        }
    }
}
