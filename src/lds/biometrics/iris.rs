//! Iris images of ISO/IEC 19794-6.
//!
//! ```text
//! 2005   header 45: "IIR\0" "010\0" length(4) device(2) eyes(1) header length(2) … coding(2) width(2) height(2) depth(1) …
//!        eye:       which(1) images(2)
//!        image:     number(2) quality(1) rotation(4) length(4) │ image
//! 2011   header 16: "IIR\0" "020\0" length(4) representations(2) certified(1) eyes(1)
//!        each:      length(4) capture │ number(2) which(1) kind(1) coding(1) properties(1) width(2) height(2) depth(1)
//!                   range(2) roll(4) centre(8) diameter(4) length(4) │ image
//! ```

use super::{
    Contents, RecordFormat,
    cursor::{Cursor, capture, check_length},
};
use crate::{
    error::Result,
    findings::Deviation,
    lds::{Eye, Image, ImageFacts, Quality, Shows, note},
    tlv::Tlv,
};

const HEADER_2005: usize = 45;

pub(super) fn read(object: &Tlv<'_>, deviations: &mut Vec<Deviation>) -> Result<Contents> {
    let mut cursor = Cursor::over(object);
    cursor.take(4)?;
    match cursor.take(4)? {
        b"010\0" => eyes(object, cursor, deviations),
        b"020\0" => representations(object, cursor, deviations),
        _ => Err(object.error("an iris record of ISO/IEC 19794-6")),
    }
}

fn eyes(
    object: &Tlv<'_>,
    mut cursor: Cursor<'_>,
    deviations: &mut Vec<Deviation>,
) -> Result<Contents> {
    let declared = cursor.number(4)?;
    check_length(&cursor, declared, object.value.len(), deviations)?;
    let _device = cursor.u16()?;
    let (eyes, header) = (cursor.u8()?, usize::from(cursor.u16()?));
    let (_properties, _diameter) = (cursor.u16()?, cursor.u16()?);
    let (coding, width, height) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
    let bit_depth = cursor.u8()?;
    // Transformation and the device's own number; then whatever a longer header holds.
    cursor.take(1 + 16)?;
    match header.checked_sub(HEADER_2005) {
        Some(more) => drop(cursor.take(more)?),
        None => note(deviations, Deviation::BiometricCounts),
    }
    let mut images = Vec::new();
    for _ in 0..eyes {
        let eye = Eye::of(cursor.u8()?.into());
        for _ in 0..cursor.u16()? {
            let number = cursor.u16()?;
            let quality = u64::from(cursor.u8()?);
            // Rotation and its uncertainty.
            cursor.take(4)?;
            let length = cursor.length()?;
            let data = cursor.nearly(length, deviations)?;
            if data.rest().is_empty() {
                return Err(data.error("an image without a byte"));
            }
            let mut image = Image::new(data.rest(), Shows::Iris(eye));
            (image.width, image.height) = (Some(width), Some(height));
            image.facts = ImageFacts {
                coding: Some(coding),
                bit_depth: Some(bit_depth.into()),
                number: Some(number.into()),
                quality: vec![Quality::new(quality, 0, 0)],
                ..ImageFacts::default()
            };
            images.push(image);
        }
    }
    if !cursor.rest().is_empty() {
        note(deviations, Deviation::BiometricCounts);
    }
    if images.is_empty() {
        return Err(object.error("an iris record without an image"));
    }
    Ok(Contents { images, ..Contents::of(RecordFormat::Iso19794_6_2005) })
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
    let _eyes = cursor.u8()?;
    let mut images = Vec::new();
    while !cursor.rest().is_empty() {
        let mut head = cursor.clone();
        let mut one = cursor.nearly(head.length()?, deviations)?;
        one.take(4)?;
        let (captured, quality) = capture(&mut one, certified)?;
        let number = one.u16()?;
        let eye = Eye::of(one.u8()?.into());
        let (kind, coding, _properties) = (one.u8()?, one.u8()?, one.u8()?);
        let (width, height) = (one.u16()?, one.u16()?);
        let bit_depth = one.u8()?;
        // Range, roll angle, centre and diameter.
        one.take(2 + 4 + 8 + 4)?;
        let length = one.length()?;
        let mut image = Image::new(one.data(length, deviations)?, Shows::Iris(eye));
        (image.width, image.height) = (Some(width), Some(height));
        image.facts = ImageFacts {
            coding: Some(coding.into()),
            kind: Some(kind.into()),
            bit_depth: Some(bit_depth.into()),
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
        return Err(object.error("an iris record without an image"));
    }
    Ok(Contents { images, ..Contents::of(RecordFormat::Iso19794_6_2011) })
}
