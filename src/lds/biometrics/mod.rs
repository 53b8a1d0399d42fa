//! Biometric groups: templates of CBEFF around records of ISO/IEC 19794 and 39794 `[9303-10 §4.7.2 to §4.7.4; ISO/IEC 7816-11]`.
//!
//! ```text
//! 75 │ 63 │ 76 { 7F61 { 02 count, 7F60 { A1 header, 5F2E or 7F2E record } … } }
//! ```
//!
//! A template may hold several records, and further templates instead of one. What cannot be read of one costs that
//! one: it is kept as it came, and reported.

mod cursor;
mod face;
mod finger;
mod header;
mod iris;
mod tagged;
#[cfg(test)]
mod tests;

pub use header::BiometricHeader;

use super::{Image, RawObject, asn1, note, outermost};
use crate::{
    error::{Error, Result},
    findings::Deviation,
    tlv::{Reader, Tag, Tlv},
};

const GROUP: Tag = 0x7F61;
const TEMPLATE: Tag = 0x7F60;
const HEADER: Tag = 0xA1;
const RECORD: Tag = 0x5F2E;
const CONSTRUCTED_RECORD: Tag = 0x7F2E;

/// What a group is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Modality {
    Face,
    Finger,
    Iris,
}

/// The standard of a biometric record, with its edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RecordFormat {
    /// Faces, ISO/IEC 19794-5:2005.
    Iso19794_5_2005,
    /// Faces, ISO/IEC 19794-5:2011.
    Iso19794_5_2011,
    /// Faces, ISO/IEC 39794-5.
    Iso39794_5,
    /// Fingers, ISO/IEC 19794-4:2005.
    Iso19794_4_2005,
    /// Fingers, ISO/IEC 19794-4:2011.
    Iso19794_4_2011,
    /// Fingers, ISO/IEC 39794-4.
    Iso39794_4,
    /// Irises, ISO/IEC 19794-6:2005.
    Iso19794_6_2005,
    /// Irises, ISO/IEC 19794-6:2011.
    Iso19794_6_2011,
    /// Irises, ISO/IEC 39794-6.
    Iso39794_6,
    /// Minutiae of fingers in place of images, ISO/IEC 19794-2: kept, not read.
    Iso19794_2,
    /// A record that cannot be read.
    Unknown,
}

impl RecordFormat {
    /// As the standard is cited: `ISO/IEC 19794-5:2005`; `unknown`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iso19794_5_2005 => "ISO/IEC 19794-5:2005",
            Self::Iso19794_5_2011 => "ISO/IEC 19794-5:2011",
            Self::Iso39794_5 => "ISO/IEC 39794-5",
            Self::Iso19794_4_2005 => "ISO/IEC 19794-4:2005",
            Self::Iso19794_4_2011 => "ISO/IEC 19794-4:2011",
            Self::Iso39794_4 => "ISO/IEC 39794-4",
            Self::Iso19794_6_2005 => "ISO/IEC 19794-6:2005",
            Self::Iso19794_6_2011 => "ISO/IEC 19794-6:2011",
            Self::Iso39794_6 => "ISO/IEC 39794-6",
            Self::Iso19794_2 => "ISO/IEC 19794-2",
            Self::Unknown => "unknown",
        }
    }
}

/// One record of a biometric group, without its images.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BiometricRecord {
    /// What the template says of it.
    pub header: BiometricHeader,
    /// The standard it follows, by its own first bytes.
    pub format: RecordFormat,
    /// Objects of a record of ISO/IEC 39794 that belong to no image, extensions among them.
    pub kept: Vec<RawObject>,
    /// The record as it came, if no image was read from it.
    pub unread: Option<RawObject>,
}

/// A biometric group as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Biometrics {
    pub(super) images: Vec<Image>,
    pub(super) records: Vec<BiometricRecord>,
    pub(super) others: Vec<RawObject>,
    pub(super) deviations: Vec<Deviation>,
}

/// Reads a group, and what kept the first record from being read that could not be.
pub(super) fn read(
    bytes: &[u8],
    (tag, what): (Tag, &'static str),
    modality: Modality,
) -> Result<(Biometrics, Option<Error>)> {
    let mut group = Biometrics::default();
    let outer = outermost(bytes, tag, what, &mut group.deviations)?;
    let mut reading = Reading { modality, group, failure: None };
    let mut objects = outer.children()?;
    let Some(first) = objects.next_object()? else {
        return Err(outer.error("a biometric group template (tag 7F61)"));
    };
    if first.tag != GROUP {
        return Err(first.error("a biometric group template (tag 7F61)"));
    }
    reading.templates(first.children()?);
    // Filler after an empty group makes its digest another on every chip [9303-10 §4.7.3.1].
    reading.templates(objects);
    Ok((reading.group, reading.failure))
}

struct Reading {
    modality: Modality,
    group: Biometrics,
    failure: Option<Error>,
}

impl Reading {
    /// Reads a row of templates, with their number before them.
    fn templates(&mut self, mut objects: Reader<'_>) {
        let (mut announced, mut found) = (None, 0);
        loop {
            match objects.next_object() {
                Ok(None) => break,
                Err(error) => {
                    self.failed(error);
                    break;
                }
                Ok(Some(object)) => match object.tag {
                    asn1::INTEGER => announced = asn1::unsigned(&object).ok(),
                    TEMPLATE => {
                        found += 1;
                        self.template(&object);
                    }
                    GROUP => match object.children() {
                        Ok(inside) => self.templates(inside),
                        Err(error) => self.failed(error),
                    },
                    _ => self.group.others.push(RawObject::of(&object)),
                },
            }
        }
        if announced.is_some_and(|announced| announced != found) {
            note(&mut self.group.deviations, Deviation::BiometricCounts);
        }
    }

    fn template(&mut self, template: &Tlv<'_>) {
        let (mut header, mut something) = (BiometricHeader::default(), false);
        let mut objects = match template.children() {
            Ok(objects) => objects,
            Err(error) => return self.failed(error),
        };
        loop {
            match objects.next_object() {
                Ok(None) => break,
                Err(error) => return self.failed(error),
                Ok(Some(object)) => match object.tag {
                    HEADER => header = BiometricHeader::read(&object, &mut self.group.deviations),
                    RECORD | CONSTRUCTED_RECORD => {
                        something = true;
                        self.record(header.clone(), &object);
                    }
                    TEMPLATE => {
                        something = true;
                        self.template(&object);
                    }
                    GROUP => {
                        something = true;
                        match object.children() {
                            Ok(inside) => self.templates(inside),
                            Err(error) => self.failed(error),
                        }
                    }
                    _ => self.group.others.push(RawObject::of(&object)),
                },
            }
        }
        if !something {
            self.failed(template.error("no biometric data (tag 5F2E or 7F2E)"));
        }
    }

    fn record(&mut self, header: BiometricHeader, object: &Tlv<'_>) {
        let deviations = &mut self.group.deviations;
        let contents = contents(object, self.modality, deviations).unwrap_or_else(|error| {
            note(deviations, Deviation::UnreadableEntry);
            self.failure.get_or_insert(error);
            Contents::of(RecordFormat::Unknown)
        });
        let unread = contents.images.is_empty().then(|| RawObject::of(object));
        let place = self.group.records.len();
        self.group.images.extend(contents.images.into_iter().map(|mut image| {
            image.record = place;
            image
        }));
        let (format, kept) = (contents.format, contents.kept);
        self.group.records.push(BiometricRecord { header, format, kept, unread });
    }

    fn failed(&mut self, error: Error) {
        note(&mut self.group.deviations, Deviation::UnreadableEntry);
        self.failure.get_or_insert(error);
    }
}

/// What one record holds.
struct Contents {
    format: RecordFormat,
    images: Vec<Image>,
    kept: Vec<RawObject>,
}

impl Contents {
    const fn of(format: RecordFormat) -> Self {
        Self { format, images: Vec::new(), kept: Vec::new() }
    }
}

fn contents(
    object: &Tlv<'_>,
    modality: Modality,
    deviations: &mut Vec<Deviation>,
) -> Result<Contents> {
    match (modality, object.value) {
        (Modality::Face, [b'F', b'A', b'C', 0, ..]) => face::read(object, deviations),
        (Modality::Finger, [b'F', b'I', b'R', 0, ..]) => finger::read(object, deviations),
        (Modality::Iris, [b'I', b'I', b'R', 0, ..]) => iris::read(object, deviations),
        (Modality::Finger, [b'F', b'M', b'R', 0, ..]) => Ok(Contents::of(RecordFormat::Iso19794_2)),
        _ => tagged::read(object, modality),
    }
}
