//! EF.COM, EF.ATR/INFO and DG1 `[9303-10 §4]`.

use num_bigint::BigUint;

use super::file;
use super::options::LdsVersion;
use crate::der;
use crate::person::Person;
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

#[cfg(test)]
mod tests {
    use super::*;

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
