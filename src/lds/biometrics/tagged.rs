//! Records of ISO/IEC 39794 in tagged binary encoding: BER with context tags `[9303-10 §4.7.2.2]`.
//!
//! ```text
//! 7F2E { A1 { [APPLICATION 4 │ 5 │ 6] { A0 version, A1 { 30 representation … }, … } } }
//!
//! face    80 number, A1 { A0 { A0 { 80 image, A1 information, … } } }, A2 date, A3 quality, … A8 person, A9 landmarks
//! finger  A0 position, A1 impression, A2 coding, 83 image, A4 date, A5 device, A6 quality, …
//! iris    80 eye, A1 kind, 82 depth, A3 coding, 84 85 orientation, 86 compression, A7 date, 88 image, … AB quality
//! ```
//!
//! A code is a choice: `A0 { 80 code }` is written `80 code` inside the tag of its field, or `A1 { 80 code }` for a code
//! that came later and names an older one to fall back to. Whatever is not read here is kept as it came.

use super::{Contents, Modality, RecordFormat};
use crate::{
    error::{Error, Result, Unsupported},
    lds::{Appearance, Eye, FingerPosition, Image, ImageFacts, Moment, Quality, RawObject, Shows},
    sensitive::Personal,
    tlv::{Reader, Tag, Tlv},
};

/// Wrappers around the block: the BDB of ISO/IEC 7816-11, and a SEQUENCE that one meets too.
const WRAPPERS: [Tag; 2] = [0xA1, 0x30];

pub(super) fn read(object: &Tlv<'_>, modality: Modality) -> Result<Contents> {
    let (format, block) = block(object, modality)?;
    let (mut images, mut kept) = (Vec::new(), Vec::new());
    let mut representations = None;
    for part in parts(&block)? {
        match part.tag {
            // Generation and year of the standard's edition.
            0xA0 => {}
            0xA1 => representations = Some(part),
            _ => kept.push(RawObject::of(&part)),
        }
    }
    let representations =
        representations.ok_or(block.error("a representation of ISO/IEC 39794"))?;
    for representation in parts(&representations)? {
        let image = parts(&representation).map(|parts| match modality {
            Modality::Face => face(&parts),
            Modality::Finger => finger(&parts),
            Modality::Iris => iris(&parts),
        });
        match image {
            Ok(Some(image)) => images.push(image),
            _ => kept.push(RawObject::of(&representation)),
        }
    }
    if images.is_empty() {
        let what = "a record of ISO/IEC 39794 without an image in two dimensions";
        return Err(Error::Unsupported(Unsupported::Structure(what)));
    }
    Ok(Contents { format, images, kept })
}

/// The block itself, inside its wrappers or, as published samples have it, without any.
fn block<'a>(object: &Tlv<'a>, modality: Modality) -> Result<(RecordFormat, Tlv<'a>)> {
    let (tag, format, what) = match modality {
        Modality::Face => {
            (0x65, RecordFormat::Iso39794_5, "a face record of ISO/IEC 19794-5 or 39794-5")
        }
        Modality::Finger => {
            (0x64, RecordFormat::Iso39794_4, "a finger record of ISO/IEC 19794-4 or 39794-4")
        }
        Modality::Iris => {
            (0x66, RecordFormat::Iso39794_6, "an iris record of ISO/IEC 19794-6 or 39794-6")
        }
    };
    let mut outer = *object;
    loop {
        let inside = outer.children()?.next_object();
        match inside.map_err(|_| object.error(what))? {
            Some(found) if found.tag == tag => return Ok((format, found)),
            Some(found) if WRAPPERS.contains(&found.tag) => outer = found,
            _ => return Err(object.error(what)),
        }
    }
}

fn parts<'a>(object: &Tlv<'a>) -> Result<Vec<Tlv<'a>>> {
    all(object.children()?)
}

fn all<'a>(mut reader: Reader<'a>) -> Result<Vec<Tlv<'a>>> {
    let mut found = Vec::new();
    while let Some(object) = reader.next_object()? {
        found.push(object);
    }
    Ok(found)
}

// ---- representations ----------------------------------------------------------------------------

fn face(parts: &[Tlv<'_>]) -> Option<Image> {
    // A1 is a choice of what the standard has and an extension, then of two dimensions and three.
    let flat = child(&child(parts.iter().find(|it| it.tag == 0xA1)?, 0xA0)?, 0xA0)?;
    let mut facts = ImageFacts::default();
    let (mut data, mut size) = (None, (None, None));
    for part in self::parts(&flat).ok()? {
        match part.tag {
            0x80 => data = Some(part.value),
            0xA1 => size = information(&part, &mut facts),
            _ => facts.kept.push(RawObject::of(&part)),
        }
    }
    for part in parts {
        match part.tag {
            0x80 => facts.number = unsigned(part.value),
            0xA1 => {}
            0xA2 => facts.captured = moment(part),
            0xA3 => facts.quality = quality(part),
            0xA8 => facts.person = Some(person(part)),
            0xA9 => {
                facts.landmarks = self::parts(part).map_or(0, |landmarks| landmarks.len());
                facts.kept.push(RawObject::of(part));
            }
            _ => facts.kept.push(RawObject::of(part)),
        }
    }
    let data = data.filter(|data| !data.is_empty())?;
    let mut image = Image { facts, ..Image::new(data, Shows::Face) };
    (image.width, image.height) = size;
    Some(image)
}

/// A0 coding, A1 kind, … A7 { 80 width, 81 height }, A8 measurements, A9 colour space, …
fn information(object: &Tlv<'_>, facts: &mut ImageFacts) -> (Option<u16>, Option<u16>) {
    let mut size = (None, None);
    for part in parts(object).unwrap_or_default() {
        match part.tag {
            0xA0 => facts.coding = code(&part),
            0xA1 => facts.kind = code(&part),
            0xA7 => size = (small(&part, 0x80), small(&part, 0x81)),
            0xA9 => facts.colour_space = code(&part),
            _ => facts.kept.push(RawObject::of(&part)),
        }
    }
    size
}

/// A0 sex, A1 eyes, A2 hair, 83 height, A4 properties, A5 expression, A6 pose.
fn person(object: &Tlv<'_>) -> Appearance {
    let within = |tag| Personal::new(child(object, tag).and_then(|part| code(&part)));
    Appearance {
        sex: within(0xA0),
        eye_colour: within(0xA1),
        hair_colour: within(0xA2),
        height: Personal::new(small(object, 0x83)),
        ..Appearance::default()
    }
}

fn finger(parts: &[Tlv<'_>]) -> Option<Image> {
    let mut facts = ImageFacts::default();
    let (mut data, mut position) = (None, 0);
    for part in parts {
        match part.tag {
            0xA0 => position = code(part).unwrap_or_default(),
            0xA1 => facts.impression = code(part),
            0xA2 => facts.coding = code(part),
            0x83 => data = Some(part.value),
            0xA4 => facts.captured = moment(part),
            0xA6 => facts.quality = quality(part),
            _ => facts.kept.push(RawObject::of(part)),
        }
    }
    let shows = Shows::Finger(FingerPosition(position));
    Some(Image { facts, ..Image::new(data.filter(|data| !data.is_empty())?, shows) })
}

fn iris(parts: &[Tlv<'_>]) -> Option<Image> {
    let mut facts = ImageFacts::default();
    let (mut data, mut eye) = (None, Eye::Unspecified);
    for part in parts {
        match part.tag {
            0x80 => eye = Eye::of(unsigned(part.value).and_then(|it| it.try_into().ok())?),
            0xA1 => facts.kind = code(part),
            0x82 => facts.bit_depth = unsigned(part.value).and_then(|it| it.try_into().ok()),
            0xA3 => facts.coding = code(part),
            0xA7 => facts.captured = moment(part),
            0x88 => data = Some(part.value),
            0xAB => facts.quality = quality(part),
            _ => facts.kept.push(RawObject::of(part)),
        }
    }
    let shows = Shows::Iris(eye);
    Some(Image { facts, ..Image::new(data.filter(|data| !data.is_empty())?, shows) })
}

// ---- what the parts of the standard share -------------------------------------------------------

fn child<'a>(object: &Tlv<'a>, tag: Tag) -> Option<Tlv<'a>> {
    let mut inside = object.children().ok()?;
    while let Ok(Some(found)) = inside.next_object() {
        if found.tag == tag {
            return Some(found);
        }
    }
    None
}

/// A code, or the older one that an extension falls back to.
fn code(object: &Tlv<'_>) -> Option<u16> {
    small(object, 0x80).or_else(|| small(&child(object, 0xA1)?, 0x80))
}

fn small(object: &Tlv<'_>, tag: Tag) -> Option<u16> {
    unsigned(child(object, tag)?.value).and_then(|number| number.try_into().ok())
}

fn unsigned(bytes: &[u8]) -> Option<u64> {
    let fits = (1..=8).contains(&bytes.len()) && bytes.first().is_some_and(|byte| *byte < 0x80);
    fits.then(|| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// 80 year, 81 month, 82 day, 83 hour, 84 minute, 85 second, 86 millisecond.
fn moment(object: &Tlv<'_>) -> Option<Moment> {
    let part = |tag| small(object, tag).and_then(|part| u8::try_from(part).ok());
    let time = [part(0x83), part(0x84), part(0x85)];
    Moment::from_parts(small(object, 0x80)?, part(0x81), part(0x82), time)
}

/// 30 { A0 { 80 organisation, 81 algorithm }, A1 { 80 score, or A1 { why there is none } } } …
fn quality(object: &Tlv<'_>) -> Vec<Quality> {
    let one = |block: &Tlv<'_>| {
        let algorithm = child(block, 0xA0)?;
        let score = child(block, 0xA1).and_then(|score| small(&score, 0x80));
        Some(Quality::new(
            score.map_or(u64::MAX, u64::from),
            small(&algorithm, 0x80)?,
            small(&algorithm, 0x81)?,
        ))
    };
    parts(object).unwrap_or_default().iter().filter_map(one).collect()
}
