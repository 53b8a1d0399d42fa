//! The files of every travel document, EF.COM, DG1, DG2, and the protected ones, DG3, DG4 `[9303-10 §4]`.

use num_bigint::BigUint;

use super::file;
use super::options::LdsVersion;
use crate::der;
use crate::person::Person;
use crate::portrait::Portrait;
use crate::random::Random;
use crate::tlv::{constructed, node};

/// The tag of a data group, which is not its number `[9303-10 §4.7, table 38]`.
fn data_group_tag(number: u8) -> Option<u8> {
    const TAGS: [u8; 16] = [
        0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F,
        0x70,
    ];
    let index = usize::from(number).checked_sub(1)?;
    TAGS.get(index).copied()
}

/// EF.COM: the versions, and the tags of the data groups among these files `[9303-10 §4.6.1]`.
pub fn com(files: impl Iterator<Item = u16>, version: LdsVersion) -> Vec<u8> {
    let tags: Vec<u8> =
        files.filter_map(file::data_group_number).filter_map(data_group_tag).collect();
    constructed(
        0x60,
        &[
            node(0x5F01, version.lds().as_bytes()),
            node(0x5F36, version.unicode().as_bytes()),
            node(0x5C, &tags),
        ],
    )
}

/// EF.ATR/INFO: extended length information, the longest command and the longest answer `[ISO/IEC 7816-4]`.
pub fn atr_info(max_command: usize, max_response: usize) -> Vec<u8> {
    let lengths = [max_command, max_response].map(|length| der::integer(&BigUint::from(length)));
    constructed(0x7F66, &lengths)
}

/// DG1: the machine-readable zone in one piece `[9303-10 §4.7.1]`.
pub fn dg1(person: &Person) -> Vec<u8> {
    constructed(0x61, &[node(0x5F1F, person.mrz().concat().as_bytes())])
}

/// DG2: one biometric information template with one face `[9303-10 §4.7.2.1]`.
pub fn dg2(portrait: &Portrait) -> Vec<u8> {
    // Facial features (02), no subtype, format owner ISO/IEC JTC 1/SC 37 (0101), format type face image (0008).
    let header = [
        node(0x81, &[0x02]),
        node(0x82, &[0x00]),
        node(0x87, &[0x01, 0x01]),
        node(0x88, &[0x00, 0x08]),
    ];
    biometric_group(0x75, &header, &face_record(portrait))
}

/// DG3: a fingerprint that is no fingerprint. Its chip refuses to read it without Terminal Authentication
/// `[9303-10 §4.7.3.2.3]`.
pub fn dg3() -> Vec<u8> {
    // Fingerprint (08), right pointer finger (09), format owner 0101, format type finger image (0007).
    let header = [
        node(0x81, &[0x08]),
        node(0x82, &[0x09]),
        node(0x87, &[0x01, 0x01]),
        node(0x88, &[0x00, 0x07]),
    ];
    biometric_group(0x63, &header, b"FIR\x00010\x00 a finger that nobody has")
}

/// DG4: an iris that is no iris: noise with the look of a record `[9303-10 §4.7.4]`.
pub fn dg4() -> Vec<u8> {
    // Iris (10), right eye (01), format owner 0101, format type rectilinear iris image (0009).
    let header = [
        node(0x81, &[0x10]),
        node(0x82, &[0x01]),
        node(0x87, &[0x01, 0x01]),
        node(0x88, &[0x00, 0x09]),
    ];
    let noise = Random::from_label(0, "an iris that nobody has").bytes(320);
    biometric_group(0x76, &header, &[b"IIR\x00010\x00", noise.as_slice()].concat())
}

fn biometric_group(tag: u32, header: &[Vec<u8>], record: &[u8]) -> Vec<u8> {
    let template = constructed(0x7F60, &[constructed(0xA1, header), node(0x5F2E, record)]);
    // One instance.
    let templates = constructed(0x7F61, &[node(0x02, &[0x01]), template]);
    constructed(tag, &[templates])
}

/// ISO/IEC 19794-5:2005 §5: facial record header (14 bytes), facial information (20), image information (12), image.
fn face_record(portrait: &Portrait) -> Vec<u8> {
    const RECORD_HEADER: usize = 14;
    const BLOCK_HEADER: usize = 20 + 12;
    let block_length = BLOCK_HEADER + portrait.image.len();
    let length = |length: usize| (length as u32).to_be_bytes();

    let mut record = Vec::new();
    record.extend(b"FAC\x00010\x00");
    record.extend(length(RECORD_HEADER + block_length));
    record.extend(1u16.to_be_bytes()); // faces

    record.extend(length(block_length));
    record.extend(0u16.to_be_bytes()); // feature points
    record.extend([0; 3]); // sex, eye colour, hair colour: unspecified
    record.extend([0; 3]); // feature mask: nothing specified
    record.extend(0u16.to_be_bytes()); // expression: unspecified
    record.extend([0; 6]); // pose angles and their uncertainty: unspecified

    record.push(1); // full frontal
    record.push(if portrait.is_jpeg() { 0 } else { 1 }); // JPEG or JPEG 2000
    record.extend(portrait.width.to_be_bytes());
    record.extend(portrait.height.to_be_bytes());
    record.push(1); // 24-bit RGB
    record.push(0); // source: unspecified
    record.extend([0; 4]); // device, quality: unspecified
    record.extend_from_slice(&portrait.image);
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portrait::PortraitOptions;

    #[test]
    fn the_image_begins_at_byte_84() {
        let portrait = PortraitOptions::default().make();
        let dg2 = dg2(&portrait);
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
    fn the_extended_length_information_is_two_integers() {
        assert_eq!(atr_info(2048, 300), *b"\x7F\x66\x08\x02\x02\x08\x00\x02\x02\x01\x2C");
        // No integer is negative.
        assert_eq!(atr_info(40_000, 65_538)[3..8], [0x02, 0x03, 0x00, 0x9C, 0x40]);
    }

    #[test]
    fn dg1_holds_ninety_characters() {
        let dg1 = dg1(&Person::sample());
        assert_eq!(dg1[..5], [0x61, 0x5D, 0x5F, 0x1F, 0x5A]);
        assert_eq!(dg1.len(), 95);
    }

    #[test]
    fn com_lists_tags_and_skips_other_files() {
        let files = [0x0101, 0x0102, 0x010D, 0x010E, 0x010F, 0x011D];
        let com = com(files.into_iter(), LdsVersion::V1_8);
        assert_eq!(com, *b"\x60\x17\x5F\x01\x040108\x5F\x36\x06040000\x5C\x05\x61\x75\x6D\x6E\x6F");
    }
}
