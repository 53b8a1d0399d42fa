//! Images of the groups, as they are stored: faces, fingers, irises, the displayed portrait and signature.

use super::{Moment, RawObject};
use crate::sensitive::Personal;

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
    /// Something else, bare pixels among it; [`ImageFacts::coding`] is what the record says.
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

/// One image, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Image {
    /// The coded image, a copy of bytes of the file.
    pub image: Personal<Vec<u8>>,
    /// How it is coded.
    pub format: ImageFormat,
    /// Pixels, if the record says so; the image itself decides.
    pub width: Option<u16>,
    /// Pixels, if the record says so; the image itself decides.
    pub height: Option<u16>,
    /// What is on it.
    pub shows: Shows,
    /// In DG2, DG3 and DG4 the place of its record in the group, from 0; 0 elsewhere.
    pub record: usize,
    /// What else the record says of it.
    pub facts: ImageFacts,
}

impl Image {
    pub(super) fn new(bytes: &[u8], shows: Shows) -> Self {
        Self {
            image: Personal::new(bytes.to_vec()),
            format: ImageFormat::of(bytes),
            width: None,
            height: None,
            shows,
            record: 0,
            facts: ImageFacts::default(),
        }
    }
}

/// What an image shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Shows {
    /// The holder's face, DG2.
    Face,
    /// A finger or palm, DG3.
    Finger(FingerPosition),
    /// An iris, DG4.
    Iris(Eye),
    /// The portrait as it is printed, DG5.
    Portrait,
    /// The signature or usual mark as it is printed, DG7.
    Signature,
    /// A proof of citizenship, DG11.
    ProofOfCitizenship,
    /// The document's front, DG12.
    Front,
    /// The document's rear, DG12.
    Rear,
}

impl Shows {
    /// A stable name: `face`, `right_index_finger`, `left_iris`, `signature`, …
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Face => "face",
            Self::Finger(position) => position.name(),
            Self::Iris(Eye::Right) => "right_iris",
            Self::Iris(Eye::Left) => "left_iris",
            Self::Iris(Eye::Unspecified) => "iris",
            Self::Portrait => "portrait",
            Self::Signature => "signature",
            Self::ProofOfCitizenship => "proof_of_citizenship",
            Self::Front => "document_front",
            Self::Rear => "document_rear",
        }
    }
}

/// Which eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Eye {
    /// The record does not say.
    Unspecified,
    /// The holder's right eye.
    Right,
    /// The holder's left eye.
    Left,
}

impl Eye {
    pub(super) const fn of(code: u16) -> Self {
        match code {
            1 => Self::Right,
            2 => Self::Left,
            _ => Self::Unspecified,
        }
    }
}

/// Which finger or part of the hand: the code of ISO/IEC 19794-4:2005 Tables 5 to 7, 19794-4:2011 Tables 6 to 8 and
/// 39794-4. They agree for fingers, 0 to 15; for palms they do not.
///
/// ```
/// use cccd::lds::FingerPosition;
/// assert_eq!(FingerPosition(2).name(), "right_index_finger");
/// assert_eq!(FingerPosition(23).name(), "palm_or_other");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FingerPosition(
    /// The code as the record has it.
    pub u16,
);

impl FingerPosition {
    /// A stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            0 => "finger",
            1 => "right_thumb",
            2 => "right_index_finger",
            3 => "right_middle_finger",
            4 => "right_ring_finger",
            5 => "right_little_finger",
            6 => "left_thumb",
            7 => "left_index_finger",
            8 => "left_middle_finger",
            9 => "left_ring_finger",
            10 => "left_little_finger",
            13 => "right_four_fingers",
            14 => "left_four_fingers",
            15 => "both_thumbs",
            _ => "palm_or_other",
        }
    }
}

/// What a biometric record says of an image beyond its size. Codes are those of the record's own standard and edition,
/// see [`BiometricRecord::format`](super::BiometricRecord::format).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageFacts {
    /// The code of the coding. What the image is decide its first bytes.
    pub coding: Option<u16>,
    /// The code of the kind of image: full frontal, token, cropped, …
    pub kind: Option<u16>,
    /// The code of the colour space, faces only.
    pub colour_space: Option<u16>,
    /// Bits for one pixel of a finger or iris.
    pub bit_depth: Option<u16>,
    /// Pixels per unit, across and down, of a finger.
    pub resolution: Option<Resolution>,
    /// How the finger was put down: the code of plain, rolled, swiped, …
    pub impression: Option<u16>,
    /// Number of the view or representation.
    pub number: Option<u64>,
    /// When it was taken.
    pub captured: Option<Moment>,
    /// How good it is said to be.
    pub quality: Vec<Quality>,
    /// How many landmarks of the face the record gives.
    pub landmarks: usize,
    /// What the record says of the person in the picture, faces only.
    pub person: Option<Appearance>,
    /// Blocks of a record of ISO/IEC 39794 that have no place here, extensions among them.
    pub kept: Vec<RawObject>,
}

/// Sampling rate of a finger image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Resolution {
    /// Pixels across.
    pub horizontal: u16,
    /// Pixels down.
    pub vertical: u16,
    /// Whether that is per centimetre, or per inch.
    pub per_centimetre: bool,
}

/// One judgement of an image's quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quality {
    /// 0 to 100; `None` if it was not to be had.
    pub score: Option<u8>,
    /// The registered organisation that computed it; 0 if the record does not say.
    pub organisation: u16,
    /// That organisation's number for the way it was computed; 0 if the record does not say.
    pub algorithm: u16,
}

impl Quality {
    /// Scores above 100 say that there is none: 254 and 255 in ISO/IEC 19794, and what a record may err with.
    pub(super) fn new(score: u64, organisation: u16, algorithm: u16) -> Self {
        let score = u8::try_from(score).ok().filter(|score| *score <= 100);
        Self { score, organisation, algorithm }
    }
}

/// What a face record says of the person: codes of its standard, `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Appearance {
    /// Sex: in ISO/IEC 19794-5 1 male, 2 female.
    pub sex: Personal<Option<u16>>,
    /// Colour of the eyes.
    pub eye_colour: Personal<Option<u16>>,
    /// Colour of the hair.
    pub hair_colour: Personal<Option<u16>>,
    /// Height in centimetres.
    pub height: Personal<Option<u16>>,
    /// Properties as one bit each (glasses, beard, …), ISO/IEC 19794-5 only.
    pub properties: Personal<Option<u32>>,
    /// The expression, ISO/IEC 19794-5 only.
    pub expression: Personal<Option<u16>>,
}
