//! Finger images of ISO/IEC 19794-4.
//!
//! ```text
//! 2005   header 32: "FIR\0" "010\0" length(6) … fingers(1) unit(1) scan(4) resolution(4) depth(1) coding(1) …
//!        view:      length(4) position(1) views(1) view(1) quality(1) impression(1) width(2) height(2) …(1) │ image
//! 2011   header 16: "FIR\0" "020\0" length(4) representations(2) certified(1) positions(1)
//!        each:      length(4) capture │ position(1) number(1) unit(1) scan(4) resolution(4) depth(1) coding(1)
//!                   impression(1) width(2) height(2) length(4) │ image
//! ```

use super::{
    Contents, RecordFormat,
    cursor::{Cursor, capture, check_length},
};
use crate::{
    error::Result,
    findings::Deviation,
    lds::{FingerPosition, Image, ImageFacts, Quality, Resolution, Shows, note},
    tlv::Tlv,
};

const VIEW_HEADER: usize = 14;

pub(super) fn read(object: &Tlv<'_>, deviations: &mut Vec<Deviation>) -> Result<Contents> {
    let mut cursor = Cursor::over(object);
    cursor.take(4)?;
    match cursor.take(4)? {
        b"010\0" => views(object, cursor, deviations),
        b"020\0" => representations(object, cursor, deviations),
        _ => Err(object.error("a finger record of ISO/IEC 19794-4")),
    }
}

fn views(
    object: &Tlv<'_>,
    mut cursor: Cursor<'_>,
    deviations: &mut Vec<Deviation>,
) -> Result<Contents> {
    let declared = cursor.number(6)?;
    check_length(&cursor, declared, object.value.len(), deviations)?;
    // Device and level of acquisition.
    cursor.take(4)?;
    let fingers = usize::from(cursor.u8()?);
    let resolution = resolution(&mut cursor)?;
    let (bit_depth, coding) = (cursor.u8()?, cursor.u8()?);
    cursor.take(2)?;
    let mut images = Vec::new();
    while !cursor.rest().is_empty() {
        let mut head = cursor.clone();
        let mut view = cursor.nearly(head.length()?, deviations)?;
        if view.rest().len() <= VIEW_HEADER {
            return Err(view.error("a view of a finger cut short"));
        }
        view.take(4)?;
        let position = FingerPosition(u16::from(view.u8()?));
        let (_views, number) = (view.u8()?, view.u8()?);
        let quality = u64::from(view.u8()?);
        let impression = view.u8()?;
        let (width, height) = (view.u16()?, view.u16()?);
        view.take(1)?;
        let mut image = Image::new(view.rest(), Shows::Finger(position));
        (image.width, image.height) = (Some(width), Some(height));
        image.facts = ImageFacts {
            coding: Some(coding.into()),
            bit_depth: Some(bit_depth.into()),
            resolution,
            impression: Some(impression.into()),
            number: Some(number.into()),
            quality: vec![Quality::new(quality, 0, 0)],
            ..ImageFacts::default()
        };
        images.push(image);
    }
    if images.len() < fingers {
        note(deviations, Deviation::BiometricCounts);
    }
    if images.is_empty() {
        return Err(object.error("a finger record without an image"));
    }
    Ok(Contents { images, ..Contents::of(RecordFormat::Iso19794_4_2005) })
}

/// Unit, rate of the scan, rate of the image.
fn resolution(cursor: &mut Cursor<'_>) -> Result<Option<Resolution>> {
    let unit = cursor.u8()?;
    cursor.take(4)?;
    let (horizontal, vertical) = (cursor.u16()?, cursor.u16()?);
    let known = matches!(unit, 1 | 2);
    Ok(known.then_some(Resolution { horizontal, vertical, per_centimetre: unit == 2 }))
}

fn representations(
    object: &Tlv<'_>,
    mut cursor: Cursor<'_>,
    deviations: &mut Vec<Deviation>,
) -> Result<Contents> {
    let declared = cursor.number(4)?;
    check_length(&cursor, declared, object.value.len(), deviations)?;
    let count = usize::from(cursor.u16()?);
    let certified = cursor.u8()? == 1;
    let _positions = cursor.u8()?;
    let mut images = Vec::new();
    while !cursor.rest().is_empty() {
        let mut head = cursor.clone();
        let mut one = cursor.nearly(head.length()?, deviations)?;
        one.take(4)?;
        let (captured, quality) = capture(&mut one, certified)?;
        let position = FingerPosition(u16::from(one.u8()?));
        let number = one.u8()?;
        let resolution = resolution(&mut one)?;
        let (bit_depth, coding, impression) = (one.u8()?, one.u8()?, one.u8()?);
        let (width, height) = (one.u16()?, one.u16()?);
        let length = one.length()?;
        // Extended data may follow the image.
        let mut image = Image::new(one.data(length, deviations)?, Shows::Finger(position));
        (image.width, image.height) = (Some(width), Some(height));
        image.facts = ImageFacts {
            coding: Some(coding.into()),
            bit_depth: Some(bit_depth.into()),
            resolution,
            impression: Some(impression.into()),
            number: Some(number.into()),
            captured,
            quality,
            ..ImageFacts::default()
        };
        images.push(image);
    }
    if images.len() != count {
        note(deviations, Deviation::BiometricCounts);
    }
    if images.is_empty() {
        return Err(object.error("a finger record without an image"));
    }
    Ok(Contents { images, ..Contents::of(RecordFormat::Iso19794_4_2011) })
}
