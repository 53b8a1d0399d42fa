//! Face images of ISO/IEC 19794-5.
//!
//! ```text
//! 2005   header 14: "FAC\0" "010\0" length(4) images(2)
//!        image:     length(4) feature points(2) sex(1) eyes(1) hair(1) properties(3) expression(2) pose(6) │
//!                   8 × feature points │ kind(1) coding(1) width(2) height(2) colours(1) source(3) quality(2) │ image
//! 2011   header 17: "FAC\0" "030\0" length(4) representations(2) certified(1) …(2)
//!        each:      length(4) capture │ landmarks(2) sex(1) eyes(1) hair(1) height(1) properties(3) expression(2) pose(6) │
//!                   8 × landmarks │ kind(1) coding(1) width(2) height(2) …(4) colours(1) │ length(4) image
//! ```

use super::{
    Contents, RecordFormat,
    cursor::{Cursor, FORGIVEN, capture, check_length},
};
use crate::{
    error::{Error, Result},
    findings::Deviation,
    lds::{Appearance, Image, ImageFacts, ImageFormat, Quality, Shows, note},
    sensitive::Personal,
    tlv::Tlv,
};

const RECORD_HEADER: usize = 14;
const FACIAL_INFORMATION: usize = 20;
const FEATURE_POINT: usize = 8;
const IMAGE_INFORMATION: usize = 12;

pub(super) fn read(object: &Tlv<'_>, deviations: &mut Vec<Deviation>) -> Result<Contents> {
    match object.value.get(4..8) {
        Some(b"010\0") => images(object, deviations),
        Some(b"030\0") => representations(object, deviations),
        _ => Err(object.error("a face record of ISO/IEC 19794-5")),
    }
}

// ---- 2005 ---------------------------------------------------------------------------------------

fn images(object: &Tlv<'_>, deviations: &mut Vec<Deviation>) -> Result<Contents> {
    let record = object.value;
    let error = |at: usize, what| Error::malformed(object.offset.saturating_add(at), what);
    let length = number(record, 8, 4).ok_or(error(8, "a face record cut short"))?;
    if length != record.len() {
        if length.abs_diff(record.len()) > FORGIVEN {
            return Err(error(8, "a face record of another length than it says"));
        }
        note(deviations, Deviation::FaceRecordLength);
    }
    let count = number(record, 12, 2).ok_or(error(12, "a face record cut short"))?;
    if count == 0 {
        return Err(error(12, "a face record without an image"));
    }
    let mut images = Vec::new();
    let mut position = RECORD_HEADER;
    for index in 1..=count {
        let rest = record.get(position..).unwrap_or_default();
        let length = number(rest, 0, 4).ok_or(error(position, "a face image cut short"))?;
        let end = if index < count {
            length
        } else {
            // The last image ends where the record ends, whatever it says of itself.
            if length.abs_diff(rest.len()) > FORGIVEN {
                return Err(error(position, "a face image of another length than it says"));
            }
            if length != rest.len() {
                note(deviations, Deviation::FaceRecordLength);
            }
            rest.len()
        };
        let block = rest.get(..end).ok_or(error(position, "a face image cut short"))?;
        images.push(image(block, deviations).ok_or(error(position, "a face image cut short"))?);
        position = position.saturating_add(end);
    }
    Ok(Contents { images, ..Contents::of(RecordFormat::Iso19794_5_2005) })
}

fn image(block: &[u8], deviations: &mut Vec<Deviation>) -> Option<Image> {
    let points = number(block, 4, 2)?;
    let bare = FACIAL_INFORMATION + IMAGE_INFORMATION;
    let declared = points.checked_mul(FEATURE_POINT)?.checked_add(bare)?;
    let is_image = |start: &usize| {
        block.get(*start..).is_some_and(|rest| ImageFormat::of(rest) != ImageFormat::Unknown)
    };
    // Where the count of feature points or a header lies, the image begins close by, or as if
    // there were none.
    let nearby = (1..=FORGIVEN)
        .flat_map(|off| [declared.checked_sub(off), declared.checked_add(off)])
        .flatten()
        .chain([bare])
        .filter(|start| *start >= bare)
        .find(is_image);
    let start = if is_image(&declared) {
        declared
    } else if let Some(start) = nearby {
        note(deviations, Deviation::FaceRecordLength);
        start
    } else {
        declared
    };
    let bytes = block.get(start..).filter(|bytes| !bytes.is_empty())?;
    let information = start.checked_sub(IMAGE_INFORMATION)?;
    let at = |offset: usize, length| {
        let found = number(block, information.checked_add(offset)?, length)?;
        u16::try_from(found).ok()
    };
    let said = |offset, length| number(block, offset, length).and_then(|it| u16::try_from(it).ok());
    let mut image = Image::new(bytes, Shows::Face);
    (image.width, image.height) = (Some(at(2, 2)?), Some(at(4, 2)?));
    // Quality is 0 where nobody judged it.
    let quality = at(10, 2).filter(|score| *score != 0);
    image.facts = ImageFacts {
        kind: at(0, 1),
        coding: at(1, 1),
        colour_space: at(6, 1),
        quality: quality.map(|score| Quality::new(score.into(), 0, 0)).into_iter().collect(),
        landmarks: start.saturating_sub(bare) / FEATURE_POINT,
        person: Some(Appearance {
            sex: specified(said(6, 1)),
            eye_colour: specified(said(7, 1)),
            hair_colour: specified(said(8, 1)),
            height: Personal::default(),
            properties: properties(number(block, 9, 3)),
            expression: specified(said(12, 2)),
        }),
        ..ImageFacts::default()
    };
    Some(image)
}

/// Zero and 255 say that it is not said.
fn specified(code: Option<u16>) -> Personal<Option<u16>> {
    Personal::new(code.filter(|code| !matches!(code, 0 | 0xFF)))
}

/// The lowest bit says whether the others say anything.
fn properties(mask: Option<usize>) -> Personal<Option<u32>> {
    let mask = mask.and_then(|mask| u32::try_from(mask).ok());
    Personal::new(mask.filter(|mask| mask & 1 == 1).map(|mask| mask >> 1))
}

/// A big-endian number of a few bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    bytes
        .get(at..at.checked_add(length)?)?
        .iter()
        .try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))
}

// ---- 2011 ---------------------------------------------------------------------------------------

fn representations(object: &Tlv<'_>, deviations: &mut Vec<Deviation>) -> Result<Contents> {
    let mut cursor = Cursor::over(object);
    cursor.take(8)?;
    let declared = cursor.number(4)?;
    check_length(&cursor, declared, object.value.len(), deviations)?;
    let count = usize::from(cursor.u16()?);
    let certified = cursor.u8()? == 1;
    let _temporal = cursor.u16()?;
    let mut images = Vec::new();
    while !cursor.rest().is_empty() {
        let mut head = cursor.clone();
        let mut one = cursor.nearly(head.length()?, deviations)?;
        one.take(4)?;
        let (captured, quality) = capture(&mut one, certified)?;
        let landmarks = usize::from(one.u16()?);
        let (sex, eyes, hair, height) = (one.u8()?, one.u8()?, one.u8()?, one.u8()?);
        let mask = usize::try_from(one.number(3)?).ok();
        let expression = one.u16()?;
        one.take(6)?;
        one.take(landmarks.saturating_mul(FEATURE_POINT))?;
        let (kind, coding) = (one.u8()?, one.u8()?);
        let (width, height_of_image) = (one.u16()?, one.u16()?);
        one.take(4)?;
        let colour_space = one.u8()?;
        let length = one.length()?;
        let mut image = Image::new(one.data(length, deviations)?, Shows::Face);
        (image.width, image.height) = (Some(width), Some(height_of_image));
        image.facts = ImageFacts {
            kind: Some(kind.into()),
            coding: Some(coding.into()),
            colour_space: Some(colour_space.into()),
            captured,
            quality,
            landmarks,
            person: Some(Appearance {
                sex: specified(Some(sex.into())),
                eye_colour: specified(Some(eyes.into())),
                hair_colour: specified(Some(hair.into())),
                height: specified(Some(height.into())),
                properties: properties(mask),
                expression: specified(Some(expression)),
            }),
            ..ImageFacts::default()
        };
        images.push(image);
    }
    if images.len() != count {
        note(deviations, Deviation::BiometricCounts);
    }
    if images.is_empty() {
        return Err(object.error("a face record without an image"));
    }
    Ok(Contents { images, ..Contents::of(RecordFormat::Iso19794_5_2011) })
}
