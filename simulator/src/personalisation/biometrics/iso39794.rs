//! Blocks of ISO/IEC 39794-4, -5 and -6 in tagged binary encoding: DER with context tags `[9303-10 §4.7.2.2]`.

use super::{BiometricImage, Coding, Modality};
use crate::tlv::{constructed, node, sequence};

/// `[APPLICATION n] { [0] version, [1] representations }`.
pub(super) fn block(modality: Modality, images: &[BiometricImage]) -> Vec<u8> {
    let tag = match modality {
        Modality::Finger => 0x64,
        Modality::Face => 0x65,
        Modality::Iris => 0x66,
    };
    // Generation 3, edition of 2019.
    let version = group(0, &[number(0, 3), number(1, 2019)]);
    let representations: Vec<Vec<u8>> = images
        .iter()
        .enumerate()
        .map(|(index, image)| match modality {
            Modality::Face => face(index as u32, image),
            Modality::Finger => finger(image),
            Modality::Iris => iris(image),
        })
        .collect();
    constructed(tag, &[version, group(1, &representations)])
}

fn face(index: u32, image: &BiometricImage) -> Vec<u8> {
    let coding = match Coding::of(&image.image) {
        Coding::Jpeg => 2,
        Coding::Jpeg2000 => 3,
        _ => 0,
    };
    let information = group(
        1,
        &[
            code(0, coding),
            code(1, 0), // for a travel document
            group(7, &[number(0, image.width.into()), number(1, image.height.into())]),
            code(9, 2), // 24-bit RGB
        ],
    );
    let flat = group(0, &[node(0x80, &image.image), information]);
    sequence(&[
        number(0, index),
        group(1, &[group(0, &[flat])]),
        captured(2),
        quality(3, image.quality),
    ])
}

fn finger(image: &BiometricImage) -> Vec<u8> {
    let coding = match Coding::of(&image.image) {
        Coding::Wsq => 1,
        Coding::Jpeg2000 => 2,
        Coding::Png => 4,
        _ => 0,
    };
    sequence(&[
        code(0, image.part.into()),
        code(1, 0), // plain, by contact
        code(2, coding),
        node(0x83, &image.image),
        captured(4),
        quality(6, image.quality),
    ])
}

fn iris(image: &BiometricImage) -> Vec<u8> {
    let coding = match Coding::of(&image.image) {
        Coding::Png => 2,
        Coding::Jpeg2000 => 4,
        _ => 0,
    };
    sequence(&[
        number(0, image.part.into()),
        code(1, 1), // uncropped
        number(2, 8),
        code(3, coding),
        number(4, 0), // orientation and compression: undefined
        number(5, 0),
        number(6, 0),
        captured(7),
        node(0x88, &image.image),
        quality(11, image.quality),
    ])
}

/// 2021-06-28.
fn captured(tag: u32) -> Vec<u8> {
    group(tag, &[number(0, 2021), number(1, 6), number(2, 28)])
}

/// One judgement: by whom and how, then the score.
fn quality(tag: u32, score: u8) -> Vec<u8> {
    let by = group(0, &[number(0, 0x0101), number(1, 1)]);
    group(tag, &[sequence(&[by, code(1, score.into())])])
}

/// A constructed object with this context tag.
fn group(tag: u32, parts: &[Vec<u8>]) -> Vec<u8> {
    constructed(0xA0 | tag, parts)
}

/// The first alternative of a choice: a code that the first edition has.
fn code(tag: u32, code: u32) -> Vec<u8> {
    group(tag, &[number(0, code)])
}

/// INTEGER with this context tag: no leading zeros, and none of the numbers is negative.
fn number(tag: u32, number: u32) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let skipped = bytes.iter().take(3).take_while(|byte| **byte == 0).count();
    let mut value = bytes[skipped..].to_vec();
    if value[0] & 0x80 != 0 {
        value.insert(0, 0);
    }
    node(0x80 | tag, &value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_der() {
        assert_eq!(number(0, 0), [0x80, 1, 0]);
        assert_eq!(number(1, 0x80), [0x81, 2, 0, 0x80]);
        assert_eq!(number(1, 2019), [0x81, 2, 0x07, 0xE3]);
        assert_eq!(code(2, 4), [0xA2, 3, 0x80, 1, 4]);
    }

    /// The beginning of the samples that ISO publishes with its schemas.
    #[test]
    fn a_block_begins_with_its_version() {
        let image = BiometricImage { image: vec![1], width: 1, height: 1, part: 1, quality: 1 };
        for (modality, tag) in
            [(Modality::Finger, 0x64), (Modality::Face, 0x65), (Modality::Iris, 0x66)]
        {
            let block = block(modality, std::slice::from_ref(&image));
            assert_eq!(block[0], tag);
            assert_eq!(block[2..11], [0xA0, 7, 0x80, 1, 3, 0x81, 2, 0x07, 0xE3]);
        }
    }
}
