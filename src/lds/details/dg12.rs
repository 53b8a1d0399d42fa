use super::{Details, Field, FieldText, Kind, Known};
use crate::{
    error::Result,
    findings::Deviation,
    lds::{Image, Moment, RawObject, Shows},
    tlv::Tag,
};

const FIELDS: [Known; 9] = [
    (0x5F19, "issuing_authority", Kind::Text),
    (0x5F26, "date_of_issue", Kind::Moment),
    (0x5F1A, "other_person", Kind::Text),
    (0x5F1B, "endorsements", Kind::Text),
    (0x5F1C, "tax_or_exit_requirements", Kind::Text),
    (0x5F1D, "image_of_front", Kind::Image(Shows::Front)),
    (0x5F1E, "image_of_rear", Kind::Image(Shows::Rear)),
    (0x5F55, "personalised", Kind::Moment),
    (0x5F56, "personalisation_system", Kind::Text),
];

/// DG12: additional details of the document `[9303-10 §4.7.12]`. Every field may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg12(Details);

impl Dg12 {
    /// Reads the group: `6C { 5C tags, field … }`.
    ///
    /// # Errors
    /// `Malformed` only if it is no such group: fields that cannot be read are kept and reported.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Details::read(bytes, (0x6C, "the tag 6C of DG12"), &FIELDS, 0x5F1A)
            .map(Self)
            .map_err(|error| error.in_file("DG12"))
    }

    /// 5F19, the issuing authority.
    #[must_use]
    pub fn issuing_authority(&self) -> Option<&FieldText> {
        self.0.text(0x5F19)
    }

    /// 5F26, the date of issue.
    #[must_use]
    pub fn date_of_issue(&self) -> Option<Moment> {
        self.0.moment(0x5F26)
    }

    /// 5F1A, other people in the document.
    pub fn other_people(&self) -> impl Iterator<Item = &FieldText> {
        self.0.texts(0x5F1A)
    }

    /// 5F1B, endorsements and observations.
    #[must_use]
    pub fn endorsements(&self) -> Option<&FieldText> {
        self.0.text(0x5F1B)
    }

    /// 5F1C, tax or exit requirements.
    #[must_use]
    pub fn tax_or_exit_requirements(&self) -> Option<&FieldText> {
        self.0.text(0x5F1C)
    }

    /// 5F1D, a picture of the document's front.
    #[must_use]
    pub fn image_of_front(&self) -> Option<&Image> {
        self.0.image(0x5F1D)
    }

    /// 5F1E, a picture of the document's rear.
    #[must_use]
    pub fn image_of_rear(&self) -> Option<&Image> {
        self.0.image(0x5F1E)
    }

    /// 5F55, when the document was personalised.
    #[must_use]
    pub fn personalised(&self) -> Option<Moment> {
        self.0.moment(0x5F55)
    }

    /// 5F56, the serial number of the personalisation system.
    #[must_use]
    pub fn personalisation_system(&self) -> Option<&FieldText> {
        self.0.text(0x5F56)
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
