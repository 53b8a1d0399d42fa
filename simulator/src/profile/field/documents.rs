//! Problems 35 to 46: files that are written in an unusual way.

use super::{Card, card};
use crate::personalisation::{CurveParameters, Personalisation, file};
use crate::tlv::{self, constructed, node};

/// EF.DG7, the signature as an image.
const DG7: u16 = 0x0107;
/// EF.DG11, more about the holder.
const DG11: u16 = 0x010B;
/// EF.DG12, more about the document.
const DG12: u16 = 0x010C;

pub(super) fn cards() -> Vec<Card> {
    let image = |number, words, line, image: Vec<u8>| {
        card(number, words, line).options(|options| options.portrait.image = Some(image))
    };
    vec![
        card(35, "trailing-bytes-in-dg14", "zeros follow the SecurityInfos inside DG14").written(
            |card| {
                replace(card, file::DG14, |infos| [infos, &[0, 0, 0]].concat());
            },
        ),
        card(36, "dg14-out-of-order", "the SET in DG14 is not sorted as DER sorts it")
            .written(|card| replace(card, file::DG14, reversed)),
        card(
            38,
            "explicit-curves",
            "public keys carry the numbers of their curve instead of its name",
        )
        .options(|options| options.curve_parameters = CurveParameters::Explicit),
        card(39, "indefinite-length", "EF.SOD is written with an indefinite length")
            .altered(|card| replace(card, file::SOD, indefinite)),
        image(
            43,
            "jpeg-2000-codestream",
            "the portrait is a bare JPEG 2000 codestream of one component",
            codestream(),
        ),
        image(43, "jpeg-2000-file", "the portrait is a JPEG 2000 file", jp2()),
        card(44, "face-record-length", "the portrait's record says that it is eight bytes longer")
            .written(|card| longer_record(card, 8)),
        card(45, "dg7-exif", "DG7 holds a JPEG that begins with Exif").written(|card| {
            let image = [&[0xFF, 0xD8, 0xFF, 0xE1, 0, 0x10][..], b"Exif\0\0", &[0; 200]].concat();
            let group = constructed(0x67, &[node(0x02, &[1]), node(0x5F43, &image)]);
            card.files.insert(DG7, group);
        }),
        card(46, "odd-dg11-dg12", "DG11 and DG12 hold packed dates, empty fields and unknown tags")
            .written(|card| {
                // 2021-06-28 in four bytes instead of eight characters.
                let packed = [0x20, 0x21, 0x06, 0x28];
                let group = constructed(
                    0x6B,
                    &[
                        node(0x5C, &[0x5F, 0x0E, 0x5F, 0x2B, 0x5F, 0x85, 0x01]),
                        node(0x5F0E, b"NGUYEN<<THI<THU<HA"),
                        node(0x5F2B, &packed),
                        node(0x5F8501, &[]),
                        node(0xA0, &node(0x02, &[1])),
                    ],
                );
                card.files.insert(DG11, group);
                let unlisted = node(0x5F0F, b"HA");
                card.files.insert(DG12, constructed(0x6C, &[node(0x5F26, &packed), unlisted]));
            }),
    ]
}

/// Replaces what is inside a file's outermost object.
fn replace(card: &mut Personalisation, file: u16, change: impl FnOnce(&[u8]) -> Vec<u8>) {
    let Some(contents) = card.files.get_mut(&file) else { return };
    let changed = tlv::parse(contents).map(|(outer, _)| node(outer.tag, &change(outer.value)));
    *contents = changed.unwrap_or_default();
}

/// The elements of a SET in the opposite order.
fn reversed(set: &[u8]) -> Vec<u8> {
    let elements = tlv::parse_only(set, 0x31).and_then(tlv::parse_all).unwrap_or_default();
    let elements: Vec<_> =
        elements.iter().rev().map(|element| node(element.tag, element.value)).collect();
    tlv::set(&elements)
}

/// A SEQUENCE whose end is marked instead of its length.
fn indefinite(sequence: &[u8]) -> Vec<u8> {
    let contents = tlv::parse_only(sequence, 0x30).unwrap_or_default();
    [&[0x30, 0x80], contents, &[0, 0]].concat()
}

/// The length in the header of the face record, four bytes before the number of faces.
fn longer_record(card: &mut Personalisation, by: u8) {
    const MAGIC: &[u8] = b"FAC\x00010\x00";
    let Some(group) = card.files.get_mut(&file::DG2) else { return };
    let start = group.windows(MAGIC.len()).position(|bytes| bytes == MAGIC);
    let length =
        start.and_then(|start| group.get_mut(start + MAGIC.len()..start + MAGIC.len() + 4));
    if let Some(length) = length.and_then(|length| <&mut [u8; 4]>::try_from(length).ok()) {
        *length = (u32::from_be_bytes(*length) + u32::from(by)).to_be_bytes();
    }
}

/// The markers of a codestream [ISO/IEC 15444-1 annex A] of one grey component; there is no picture between them.
fn codestream() -> Vec<u8> {
    let number = |number: u32| number.to_be_bytes();
    let mut bytes = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
    for size in [240, 320, 0, 0, 240, 320, 0, 0] {
        bytes.extend(number(size));
    }
    // One component of eight bits, not subsampled.
    bytes.extend([0, 1, 7, 1, 1]);
    bytes.extend([0x55; 2_000]);
    bytes.extend([0xFF, 0xD9]);
    bytes
}

/// The same in the boxes of a file [ISO/IEC 15444-1 annex I].
fn jp2() -> Vec<u8> {
    let codestream = codestream();
    let mut bytes = vec![0, 0, 0, 12];
    bytes.extend(b"jP  \r\n\x87\n");
    bytes.extend([0, 0, 0, 20]);
    bytes.extend(b"ftypjp2 \0\0\0\0jp2 ");
    bytes.extend((codestream.len() as u32 + 8).to_be_bytes());
    bytes.extend(b"jp2c");
    bytes.extend(codestream);
    bytes
}
