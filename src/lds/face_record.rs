//! Face records of ISO/IEC 19794-5:2005.
//!
//! ```text
//! header 14: "FAC\0" "010\0" length(4) images(2)
//! image:     length(4) feature points(2) … = 20 │ 8 × feature points │ 12: type(1) data type(1)
//!            width(2) height(2) … │ image data
//! ```

use super::note;
use crate::{
    error::{Error, Result, Unsupported},
    findings::Deviation,
    sensitive::Personal,
    tlv::Tlv,
};

const RECORD_HEADER: usize = 14;
const FACIAL_INFORMATION: usize = 20;
const FEATURE_POINT: usize = 8;
const IMAGE_INFORMATION: usize = 12;

/// Documents of several states count some header field wrongly; this many bytes are forgiven.
const FORGIVEN: usize = 8;

/// How an image is coded, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// JPEG, ISO/IEC 10918-1.
    Jpeg,
    /// JPEG 2000 in its file format JP2, ISO/IEC 15444-1 Annex I.
    Jp2,
    /// A bare JPEG 2000 codestream.
    J2k,
    /// PNG, ISO/IEC 15948: fingers and irises of ISO/IEC 39794.
    Png,
    /// WSQ, the FBI's coding of fingerprints (IAFIS-IC-0110).
    Wsq,
    /// Something else.
    Unknown,
}

impl ImageFormat {
    /// Recognises the image that begins `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Self::Jpeg,
            [0, 0, 0, 0x0C, b'j', b'P', b' ', b' ', 0x0D, 0x0A, 0x87, 0x0A, ..] => Self::Jp2,
            [0xFF, 0x4F, 0xFF, 0x51, ..] => Self::J2k,
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Self::Png,
            [0xFF, 0xA0, 0xFF, 0xA4..=0xA8, ..] => Self::Wsq,
            _ => Self::Unknown,
        }
    }

    /// The media type, for data URLs and web pages.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Jp2 => "image/jp2",
            Self::J2k => "image/j2c",
            Self::Png => "image/png",
            Self::Wsq => "image/x-wsq",
            Self::Unknown => "application/octet-stream",
        }
    }

    /// The usual extension of a file name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Jp2 => "jp2",
            Self::J2k => "j2k",
            Self::Png => "png",
            Self::Wsq => "wsq",
            Self::Unknown => "bin",
        }
    }
}

/// One image of the holder's face, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// The coded image.
    pub image: Personal<Vec<u8>>,
    /// How it is coded.
    pub format: ImageFormat,
    /// Pixels, as the record says; the image itself decides.
    pub width: u16,
    /// Pixels, as the record says; the image itself decides.
    pub height: u16,
}

/// Reads all images of one record.
pub(super) fn read(
    object: &Tlv<'_>,
    faces: &mut Vec<Face>,
    deviations: &mut Vec<Deviation>,
) -> Result<()> {
    let record = object.value;
    let error = |at: usize, what| Error::malformed(object.offset.saturating_add(at), what);
    match (record.get(..4), record.get(4..8)) {
        (Some(b"FAC\0"), Some(b"010\0")) => {}
        (Some(b"FAC\0"), Some(b"030\0")) => {
            return Err(unsupported("face records of ISO/IEC 19794-5:2011"));
        }
        // A tagged template in place of the record.
        (Some([0xA1 | 0x30 | 0x65, ..]), _) if object.tag == 0x7F2E => {
            return Err(unsupported("face images of ISO/IEC 39794-5"));
        }
        _ => return Err(error(0, "a face record of ISO/IEC 19794-5")),
    }
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
        faces.push(face(block, deviations).ok_or(error(position, "a face image cut short"))?);
        position = position.saturating_add(end);
    }
    Ok(())
}

fn face(block: &[u8], deviations: &mut Vec<Deviation>) -> Option<Face> {
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
    let image = block.get(start..).filter(|image| !image.is_empty())?;
    let information = start.checked_sub(IMAGE_INFORMATION)?;
    Some(Face {
        format: ImageFormat::of(image),
        width: u16::try_from(number(block, information.checked_add(2)?, 2)?).ok()?,
        height: u16::try_from(number(block, information.checked_add(4)?, 2)?).ok()?,
        image: Personal::new(image.to_vec()),
    })
}

/// A big-endian number of two or four bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    bytes
        .get(at..at.checked_add(length)?)?
        .iter()
        .try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))
}

const fn unsupported(what: &'static str) -> Error {
    Error::Unsupported(Unsupported::Structure(what))
}
