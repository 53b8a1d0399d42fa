use super::{Details, Field, FieldText, Kind, Known};
use crate::{
    error::Result,
    findings::Deviation,
    lds::{Image, Moment, RawObject, Shows},
    tlv::Tag,
};

const FIELDS: [Known; 13] = [
    (0x5F0E, "full_name", Kind::Text),
    (0x5F0F, "other_name", Kind::Text),
    (0x5F10, "personal_number", Kind::Text),
    (0x5F2B, "date_of_birth", Kind::Moment),
    (0x5F11, "place_of_birth", Kind::Text),
    (0x5F42, "permanent_address", Kind::Text),
    (0x5F12, "telephone", Kind::Text),
    (0x5F13, "profession", Kind::Text),
    (0x5F14, "title", Kind::Text),
    (0x5F15, "personal_summary", Kind::Text),
    (0x5F16, "proof_of_citizenship", Kind::Image(Shows::ProofOfCitizenship)),
    (0x5F17, "other_document_numbers", Kind::Text),
    (0x5F18, "custody_information", Kind::Text),
];

/// DG11: additional details of the holder `[9303-10 §4.7.11]`. Every field may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg11(Details);

impl Dg11 {
    /// Reads the group: `6B { 5C tags, field … }`.
    ///
    /// # Errors
    /// `Malformed` only if it is no such group: fields that cannot be read are kept and reported.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Details::read(bytes, (0x6B, "the tag 6B of DG11"), &FIELDS, 0x5F0F)
            .map(Self)
            .map_err(|error| error.in_file("DG11"))
    }

    /// 5F0E, the full name in the state's own characters.
    #[must_use]
    pub fn full_name(&self) -> Option<&FieldText> {
        self.0.text(0x5F0E)
    }

    /// 5F0F, other names.
    pub fn other_names(&self) -> impl Iterator<Item = &FieldText> {
        self.0.texts(0x5F0F)
    }

    /// 5F10, the personal number.
    #[must_use]
    pub fn personal_number(&self) -> Option<&FieldText> {
        self.0.text(0x5F10)
    }

    /// 5F2B, the full date of birth.
    #[must_use]
    pub fn date_of_birth(&self) -> Option<Moment> {
        self.0.moment(0x5F2B)
    }

    /// 5F11, the place of birth.
    #[must_use]
    pub fn place_of_birth(&self) -> Option<&FieldText> {
        self.0.text(0x5F11)
    }

    /// 5F42, the permanent address.
    #[must_use]
    pub fn permanent_address(&self) -> Option<&FieldText> {
        self.0.text(0x5F42)
    }

    /// 5F12, the telephone number.
    #[must_use]
    pub fn telephone(&self) -> Option<&FieldText> {
        self.0.text(0x5F12)
    }

    /// 5F13, the profession.
    #[must_use]
    pub fn profession(&self) -> Option<&FieldText> {
        self.0.text(0x5F13)
    }

    /// 5F14, the title.
    #[must_use]
    pub fn title(&self) -> Option<&FieldText> {
        self.0.text(0x5F14)
    }

    /// 5F15, a summary.
    #[must_use]
    pub fn personal_summary(&self) -> Option<&FieldText> {
        self.0.text(0x5F15)
    }

    /// 5F16, a picture of a proof of citizenship.
    #[must_use]
    pub fn proof_of_citizenship(&self) -> Option<&Image> {
        self.0.image(0x5F16)
    }

    /// 5F17, numbers of other valid travel documents; [`FieldText::parts`] parts them.
    #[must_use]
    pub fn other_document_numbers(&self) -> Option<&FieldText> {
        self.0.text(0x5F17)
    }

    /// 5F18, custody information.
    #[must_use]
    pub fn custody_information(&self) -> Option<&FieldText> {
        self.0.text(0x5F18)
    }

    /// Every field with a known tag, in the file's order, empty and unreadable ones included.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.0.fields
    }

    /// Objects with unknown tags.
    #[must_use]
    pub fn unknown(&self) -> &[RawObject] {
        &self.0.unknown
    }

    /// The tags that the group says it holds.
    #[must_use]
    pub fn listed(&self) -> &[Tag] {
        &self.0.listed
    }

    /// Tolerances that were used.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.0.deviations
    }
}
