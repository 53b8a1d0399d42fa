use std::collections::BTreeMap;

use crate::{
    error::Result,
    findings::Deviation,
    lds,
    sensitive::Personal,
    tlv::{Reader, Tlv},
};

const INTEGER: u32 = 0x02;
const SEQUENCE: u32 = 0x30;
const SET: u32 = 0x31;

/// DG13 of the CCCD: the text fields that the MRZ has no room for.
///
/// ```text
/// 6D { SEQUENCE { INTEGER 1, OID 1.0.10646.1.0.8, SET { SEQUENCE { INTEGER number, value } … } } }
/// ```
///
/// The OID declares the text as UTF-8. The SET is in the order of the numbers, so it is no DER, and
/// it is read as whatever BER it is: entries that are unknown, repeated or broken are kept as they
/// came, and every field may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg13 {
    fields: BTreeMap<u8, Vec<Option<Text>>>,
    extras: Vec<Entry>,
    deviations: Vec<Deviation>,
}

/// A field with a known meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 1, số định danh: twelve digits.
    IdNumber,
    /// 2, họ và tên.
    FullName,
    /// 3, ngày sinh: `dd/MM/yyyy`.
    DateOfBirth,
    /// 4, giới tính: `Nam` or `Nữ`.
    Sex,
    /// 5, quốc tịch.
    Nationality,
    /// 6, dân tộc.
    Ethnicity,
    /// 7, tôn giáo.
    Religion,
    /// 8, quê quán.
    PlaceOfOrigin,
    /// 9, nơi thường trú.
    Residence,
    /// 10, đặc điểm nhận dạng.
    IdentifyingMarks,
    /// 11, ngày cấp: `dd/MM/yyyy`.
    IssueDate,
    /// 12, ngày hết hạn: `dd/MM/yyyy` or `Không thời hạn`.
    ExpiryDate,
    /// 13, first name in it: họ tên cha.
    FatherName,
    /// 13, second name in it: họ tên mẹ.
    MotherName,
    /// 14, họ tên vợ hoặc chồng.
    SpouseName,
    /// 15, số CMND cũ: nine digits.
    OldIdNumber,
    /// 16, sixteen hexadecimal characters, most likely a number of the chip.
    ChipNumber,
}

impl Field {
    /// The entry's number and the place of the text inside it.
    const fn place(self) -> (u8, usize) {
        match self {
            Self::IdNumber => (1, 0),
            Self::FullName => (2, 0),
            Self::DateOfBirth => (3, 0),
            Self::Sex => (4, 0),
            Self::Nationality => (5, 0),
            Self::Ethnicity => (6, 0),
            Self::Religion => (7, 0),
            Self::PlaceOfOrigin => (8, 0),
            Self::Residence => (9, 0),
            Self::IdentifyingMarks => (10, 0),
            Self::IssueDate => (11, 0),
            Self::ExpiryDate => (12, 0),
            Self::FatherName => (13, 0),
            Self::MotherName => (13, 1),
            Self::SpouseName => (14, 0),
            Self::OldIdNumber => (15, 0),
            Self::ChipNumber => (16, 0),
        }
    }
}

/// A text of the group, with the bytes that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    text: Personal<String>,
    raw: Personal<Vec<u8>>,
    damaged: bool,
}

impl Text {
    /// The text. Where the bytes are not of their encoding, U+FFFD stands for what cannot be read.
    #[must_use]
    pub const fn text(&self) -> &Personal<String> {
        &self.text
    }

    /// The bytes, as they came.
    #[must_use]
    pub const fn raw(&self) -> &Personal<Vec<u8>> {
        &self.raw
    }

    /// Whether some bytes were not of their encoding, so that the text is not all there is.
    #[must_use]
    pub const fn is_damaged(&self) -> bool {
        self.damaged
    }

    fn utf8(raw: &[u8]) -> Self {
        let text = String::from_utf8_lossy(raw);
        let damaged = matches!(text, std::borrow::Cow::Owned(_));
        Self::new(text.into_owned(), raw, damaged)
    }

    /// BMPString: UTF-16, big-endian.
    fn utf16(raw: &[u8]) -> Self {
        let pairs = raw.chunks_exact(2);
        let odd = !pairs.remainder().is_empty();
        let units = pairs.filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)));
        let mut damaged = odd;
        let mut text: String = char::decode_utf16(units)
            .map(|unit| {
                unit.unwrap_or_else(|_| {
                    damaged = true;
                    char::REPLACEMENT_CHARACTER
                })
            })
            .collect();
        if odd {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        Self::new(text, raw, damaged)
    }

    fn new(text: String, raw: &[u8], damaged: bool) -> Self {
        Self { text: Personal::new(text), raw: Personal::new(raw.to_vec()), damaged }
    }
}

/// An entry without a known meaning, or one that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, if that could be read.
    pub number: Option<u32>,
    /// The whole entry, as it came.
    pub raw: Personal<Vec<u8>>,
}

impl Dg13 {
    /// Reads the group.
    ///
    /// # Errors
    /// `Malformed` if there is no set of entries, or if the set cannot be divided into entries.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|error| error.in_file("DG13"))
    }

    /// A field's text; `None` if the field is missing or empty.
    #[must_use]
    pub fn field(&self, field: Field) -> Option<&Text> {
        let (number, place) = field.place();
        let text = self.fields.get(&number)?.get(place)?.as_ref()?;
        (!text.text.reveal().trim().is_empty()).then_some(text)
    }

    /// All texts of the entry with this number (1–16), `None` where one is left out.
    #[must_use]
    pub fn texts(&self, number: u8) -> &[Option<Text>] {
        self.fields.get(&number).map_or(&[], Vec::as_slice)
    }

    /// Entries without a known meaning, repeated ones, and those that cannot be read.
    #[must_use]
    pub fn extras(&self) -> &[Entry] {
        &self.extras
    }

    /// Tolerances that were used.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

fn read(bytes: &[u8]) -> Result<Dg13> {
    let mut deviations = Vec::new();
    let outer = lds::outermost(bytes, 0x6D, "the tag 6D of DG13", &mut deviations)?;
    let body = outer.children()?.expect(SEQUENCE, "the SEQUENCE of DG13")?;
    let mut parts = body.children()?;
    let set = loop {
        match parts.next_object()? {
            Some(part) if part.tag == SET => break part,
            // Version and encoding; the texts name their encodings themselves.
            Some(_) => {}
            None => return Err(body.error("no SET of entries")),
        }
    };
    let mut fields = BTreeMap::new();
    let mut extras = Vec::new();
    let mut entries = set.children()?;
    while let Some(entry) = entries.next_object()? {
        let (number, texts) = divide(&entry);
        let known = number.and_then(|number| u8::try_from(number).ok());
        match (known, texts) {
            (Some(known @ 1..=16), Some(texts)) if !fields.contains_key(&known) => {
                fields.insert(known, texts);
            }
            (_, texts) => {
                if texts.is_none() {
                    lds::note(&mut deviations, Deviation::UnreadableEntry);
                }
                extras.push(Entry { number, raw: Personal::new(entry.raw.to_vec()) });
            }
        }
    }
    Ok(Dg13 { fields, extras, deviations })
}

type Texts = Vec<Option<Text>>;

/// The entry's number and its texts, as far as they can be read.
fn divide(entry: &Tlv<'_>) -> (Option<u32>, Option<Texts>) {
    if entry.tag != SEQUENCE {
        return (None, None);
    }
    let Ok(mut parts) = entry.children() else { return (None, None) };
    let number = match parts.next_object() {
        Ok(Some(part)) if part.tag == INTEGER => small_number(part.value),
        _ => None,
    };
    (number, number.and_then(|_| objects(parts)).and_then(texts))
}

fn small_number(value: &[u8]) -> Option<u32> {
    match value {
        [] => None,
        [first, ..] if first & 0x80 != 0 => None,
        value if value.len() <= 4 => {
            Some(value.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
        }
        _ => None,
    }
}

fn objects(mut reader: Reader<'_>) -> Option<Vec<Tlv<'_>>> {
    let mut objects = Vec::new();
    while let Some(object) = reader.next_object().ok()? {
        objects.push(object);
    }
    Some(objects)
}

/// One text for each object of the value, or `None` for an empty one.
///
/// A value that is wrapped as a whole is unwrapped first. So the parents are two texts in both
/// shapes in which cards hold them, `{ { father, mother } }` and `{ father } { mother }`, and stay
/// in their places if one of them is empty.
fn texts(mut value: Vec<Tlv<'_>>) -> Option<Texts> {
    while let [only] = value.as_slice() {
        if !is_constructed(only) {
            break;
        }
        value = objects(only.children().ok()?)?;
    }
    value.iter().map(first_text).collect()
}

/// The first text at or below an object; the outer `None` means that it cannot be read.
fn first_text(object: &Tlv<'_>) -> Option<Option<Text>> {
    if !is_constructed(object) {
        return Some(text(object));
    }
    let mut inside = object.children().ok()?;
    let mut found = None;
    while let Some(object) = inside.next_object().ok()? {
        if found.is_none() {
            found = first_text(&object)?;
        }
    }
    Some(found)
}

fn is_constructed(object: &Tlv<'_>) -> bool {
    object.raw.first().is_some_and(|byte| byte & 0x20 != 0)
}

fn text(object: &Tlv<'_>) -> Option<Text> {
    match object.tag {
        // UTF8String, NumericString, PrintableString, TeletexString, IA5String, VisibleString and
        // OCTET STRING: the group declares UTF-8 for all its text.
        0x0C | 0x12 | 0x13 | 0x14 | 0x16 | 0x1A | 0x04 => Some(Text::utf8(object.value)),
        0x1E => Some(Text::utf16(object.value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) mod vectors;
