use core::fmt;

use super::{Kind, note};
use crate::{
    findings::Deviation,
    lds::{Image, Moment},
    sensitive::Personal,
    tlv::{Tag, Tlv},
};

/// One field of DG11 or DG12 whose meaning is known.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// The tag as it is written: `0x5F0E`.
    pub tag: Tag,
    /// A stable name: `full_name`, `date_of_issue`, …
    pub name: &'static str,
    /// What it says.
    pub value: FieldValue,
    /// The bytes as they came.
    pub raw: Personal<Vec<u8>>,
}

/// What a field says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldValue {
    /// Nothing: the field is there and empty.
    Empty,
    /// Text.
    Text(FieldText),
    /// A date, with a time where the field has one.
    Moment(Personal<Moment>),
    /// A picture.
    Image(Box<Image>),
    /// It is not what it should be.
    Unreadable,
}

/// Text of a field, as it is written; `<` stands for spaces and parts it as in the MRZ `[9303-10 §4.7.11]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldText(Personal<String>);

impl FieldText {
    /// The text as it is written.
    #[must_use]
    pub const fn as_written(&self) -> &Personal<String> {
        &self.0
    }

    /// What `<` parts: the lines of an address, the numbers of several documents.
    #[must_use]
    pub fn parts(&self) -> Vec<Personal<String>> {
        let parts = self.0.reveal().split('<').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| Personal::new(part.to_owned())).collect()
    }

    /// A name's primary and secondary identifier, which `<<` parts, with spaces in them for `<`.
    #[must_use]
    pub fn name(&self) -> (Personal<String>, Personal<String>) {
        let (primary, secondary) =
            self.0.reveal().split_once("<<").unwrap_or((self.0.reveal(), ""));
        let words = |text: &str| {
            let words = text.split('<').map(str::trim).filter(|word| !word.is_empty());
            Personal::new(words.collect::<Vec<_>>().join(" "))
        };
        (words(primary), words(secondary))
    }

    /// UTF-8; where it is none, ISO/IEC 8859-1, whose characters are the first 256 of Unicode.
    pub(super) fn read(value: &[u8], deviations: &mut Vec<Deviation>) -> Self {
        let text = match core::str::from_utf8(value) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                note(deviations, Deviation::FieldEncoding);
                value.iter().copied().map(char::from).collect()
            }
        };
        // Some fill their fields up.
        Self(Personal::new(text.trim_end_matches('\0').to_owned()))
    }
}

impl Field {
    pub(super) fn read(
        object: &Tlv<'_>,
        name: &'static str,
        kind: Kind,
        deviations: &mut Vec<Deviation>,
    ) -> Self {
        let value = match kind {
            _ if object.value.is_empty() => FieldValue::Empty,
            Kind::Text => FieldValue::Text(FieldText::read(object.value, deviations)),
            Kind::Moment => moment(object.value, deviations),
            Kind::Image(shows) => FieldValue::Image(Box::new(Image::new(object.value, shows))),
        };
        if matches!(value, FieldValue::Unreadable) {
            note(deviations, Deviation::UnreadableEntry);
        }
        Self { tag: object.tag, name, value, raw: Personal::new(object.value.to_vec()) }
    }
}

/// Characters, as the standard has it now, or digits packed two to a byte, as it had it once.
pub(super) fn moment(value: &[u8], deviations: &mut Vec<Deviation>) -> FieldValue {
    if let Some(moment) = Moment::from_text(value) {
        return FieldValue::Moment(Personal::new(moment));
    }
    match Moment::from_packed(value) {
        Some(moment) => {
            note(deviations, Deviation::FieldEncoding);
            FieldValue::Moment(Personal::new(moment))
        }
        None => FieldValue::Unreadable,
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({:02X} {}, ", self.tag, self.name)?;
        match &self.value {
            FieldValue::Unreadable => f.write_str("unreadable, ")?,
            FieldValue::Empty => f.write_str("empty, ")?,
            _ => {}
        }
        write!(f, "{} bytes)", self.raw.reveal().len())
    }
}
