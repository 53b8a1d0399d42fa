//! Biometric groups: templates of CBEFF around records of ISO/IEC 19794 and 39794 `[9303-10 §4.7.2 to §4.7.4]`.

mod iso19794;
mod iso39794;
mod picture;

pub use picture::{eye_png, grey_jpeg, ridges_png};

use crate::portrait::Portrait;
use crate::tlv::{constructed, node};

/// What is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modality {
    /// DG2.
    Face,
    /// DG3.
    Finger,
    /// DG4.
    Iris,
}

/// The standard that the records of a card follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordEdition {
    /// ISO/IEC 19794 of 2005, as most documents have it.
    First,
    /// ISO/IEC 19794 of 2011.
    Second,
    /// ISO/IEC 39794 in tagged binary encoding, which documents have from 2026 on.
    Tagged,
}

impl RecordEdition {
    /// All of them.
    pub const ALL: [RecordEdition; 3] =
        [RecordEdition::First, RecordEdition::Second, RecordEdition::Tagged];
}

/// One image of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BiometricImage {
    /// The encoded image.
    pub image: Vec<u8>,
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
    /// Which finger (1 right thumb to 10 left little finger) or eye (1 right, 2 left); without meaning for faces.
    pub part: u8,
    /// 0 to 100.
    pub quality: u8,
}

impl From<&Portrait> for BiometricImage {
    fn from(portrait: &Portrait) -> BiometricImage {
        let Portrait { width, height, ref image } = *portrait;
        BiometricImage { image: image.clone(), width, height, part: 0, quality: 0 }
    }
}

/// How an image is coded, by its first bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Jpeg,
    Jpeg2000,
    Png,
    Wsq,
    Bare,
}

impl Coding {
    fn of(image: &[u8]) -> Coding {
        match image {
            [0xFF, 0xD8, ..] => Coding::Jpeg,
            [0xFF, 0x4F, ..] | [0, 0, 0, 0x0C, b'j', b'P', ..] => Coding::Jpeg2000,
            [0x89, b'P', b'N', b'G', ..] => Coding::Png,
            [0xFF, 0xA0, ..] => Coding::Wsq,
            _ => Coding::Bare,
        }
    }
}

/// DG2, DG3 or DG4: one template for each record, one record for each row of images.
///
/// ```
/// use cccd_simulator::personalisation::{BiometricImage, Modality, RecordEdition, biometric_group, ridges_png};
///
/// let image = ridges_png(48, 64);
/// let finger = BiometricImage { image, width: 48, height: 64, part: 2, quality: 80 };
/// let group = biometric_group(Modality::Finger, RecordEdition::Tagged, &[vec![finger]]);
/// assert_eq!(group[0], 0x63);
/// ```
pub fn biometric_group(
    modality: Modality,
    edition: RecordEdition,
    records: &[Vec<BiometricImage>],
) -> Vec<u8> {
    let mut templates = vec![node(0x02, &[records.len() as u8])];
    for images in records {
        let part = images.first().map_or(0, |image| image.part);
        let header = constructed(0xA1, &header(modality, edition, part));
        let data = match edition {
            RecordEdition::Tagged => {
                constructed(0x7F2E, &[constructed(0xA1, &[iso39794::block(modality, images)])])
            }
            _ => node(0x5F2E, &iso19794::record(modality, edition, images)),
        };
        templates.push(constructed(0x7F60, &[header, data]));
    }
    let tag = match modality {
        Modality::Face => 0x75,
        Modality::Finger => 0x63,
        Modality::Iris => 0x76,
    };
    constructed(tag, &[constructed(0x7F61, &templates)])
}

/// Type, subtype, format owner ISO/IEC JTC 1/SC 37 (0101), format type `[9303-10 §4.7.2.1]`.
fn header(modality: Modality, edition: RecordEdition, part: u8) -> [Vec<u8>; 4] {
    let (kind, format) = match (modality, edition) {
        (Modality::Face, RecordEdition::Tagged) => (0x02, 0x2A),
        (Modality::Face, _) => (0x02, 0x08),
        (Modality::Finger, RecordEdition::Tagged) => (0x08, 0x28),
        (Modality::Finger, _) => (0x08, 0x07),
        (Modality::Iris, RecordEdition::Tagged) => (0x10, 0x2C),
        (Modality::Iris, _) => (0x10, 0x09),
    };
    let subtype = match (modality, part) {
        // The lowest two bits say right or left, the next three which finger.
        (Modality::Finger, 1..=5) => part << 2 | 1,
        (Modality::Finger, 6..=10) => (part - 5) << 2 | 2,
        (Modality::Iris, _) => part,
        _ => 0,
    };
    [
        node(0x81, &[kind]),
        node(0x82, &[subtype]),
        node(0x87, &[0x01, 0x01]),
        node(0x88, &[0x00, format]),
    ]
}

/// DG2: one biometric information template with one face `[9303-10 §4.7.2.1]`.
pub fn dg2(portrait: &Portrait, edition: RecordEdition) -> Vec<u8> {
    biometric_group(Modality::Face, edition, &[vec![portrait.into()]])
}

/// DG3: a drawn right index finger that nobody has. Its chip refuses to read it without Terminal Authentication
/// `[9303-10 §4.7.3.2.3]`.
pub fn dg3(edition: RecordEdition) -> Vec<u8> {
    const WIDTH: u16 = 48;
    const HEIGHT: u16 = 64;
    let image = match edition {
        RecordEdition::Tagged => ridges_png(WIDTH, HEIGHT),
        _ => grey_jpeg(WIDTH, HEIGHT, picture::ridges),
    };
    let finger = BiometricImage { image, width: WIDTH, height: HEIGHT, part: 2, quality: 80 };
    biometric_group(Modality::Finger, edition, &[vec![finger]])
}

/// DG4: a drawn right eye that nobody has `[9303-10 §4.7.4]`.
pub fn dg4(edition: RecordEdition) -> Vec<u8> {
    const WIDTH: u16 = 64;
    const HEIGHT: u16 = 48;
    let image = match edition {
        RecordEdition::First => grey_jpeg(WIDTH, HEIGHT, picture::eye),
        _ => eye_png(WIDTH, HEIGHT),
    };
    let iris = BiometricImage { image, width: WIDTH, height: HEIGHT, part: 1, quality: 80 };
    biometric_group(Modality::Iris, edition, &[vec![iris]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portrait::PortraitOptions;
    use crate::tlv::{parse_all, parse_only};

    #[test]
    fn the_image_begins_at_byte_84() {
        let portrait = PortraitOptions::default().make();
        let dg2 = dg2(&portrait, RecordEdition::First);
        assert_eq!(dg2[84..], portrait.image);
        assert_eq!(dg2[84..87], [0xFF, 0xD8, 0xFF]);
        let record = &dg2[84 - 46..];
        assert_eq!(record[..8], *b"FAC\x00010\x00");
        assert_eq!(
            record[8..12],
            (record.len() as u32).to_be_bytes(),
            "the record's length counts its header"
        );
    }

    #[test]
    fn fingers_have_the_subtypes_of_the_standard() {
        let subtypes: Vec<u8> = (1..=10)
            .map(|part| header(Modality::Finger, RecordEdition::First, part)[1][2])
            .collect();
        let expected = [0x05, 0x09, 0x0D, 0x11, 0x15, 0x06, 0x0A, 0x0E, 0x12, 0x16];
        assert_eq!(subtypes, expected);
    }

    #[test]
    fn a_group_has_a_template_for_each_record() {
        let image = ridges_png(8, 8);
        let finger =
            |part| BiometricImage { image: image.clone(), width: 8, height: 8, part, quality: 1 };
        let records = [vec![finger(1)], vec![finger(2), finger(7)]];
        for edition in RecordEdition::ALL {
            let group = biometric_group(Modality::Finger, edition, &records);
            let templates = parse_only(parse_only(&group, 0x63).unwrap(), 0x7F61).unwrap();
            let tags: Vec<u32> =
                parse_all(templates).unwrap().iter().map(|node| node.tag).collect();
            assert_eq!(tags, [0x02, 0x7F60, 0x7F60]);
            let found = group.windows(image.len()).filter(|part| *part == image).count();
            assert_eq!(found, 3);
        }
    }
}
