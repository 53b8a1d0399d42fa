//! The groups of Doc 9303-10 that a CCCD does not have: what other states write, and readers of the CCCD meet abroad.

use super::file;
use crate::person::Person;
use crate::portrait::PortraitOptions;
use crate::tlv::{constructed, node};

/// DG5, DG7 to DG12 and DG16, by file identifier. DG6 is reserved.
pub fn further_groups(person: &Person) -> [(u16, Vec<u8>); 8] {
    [
        (file::of_group(5), dg5()),
        (file::of_group(7), dg7()),
        (file::of_group(8), feature(0x68, b"a data feature of nobody's")),
        (file::of_group(9), feature(0x69, b"a structure feature of nobody's")),
        (file::of_group(10), feature(0x6A, b"a substance feature of nobody's")),
        (file::of_group(11), dg11(person)),
        (file::of_group(12), dg12(person)),
        (file::of_group(16), dg16(person)),
    ]
}

/// The displayed portrait `[9303-10 §4.7.5]`.
fn dg5() -> Vec<u8> {
    let portrait = PortraitOptions { width: 120, height: 160, ..PortraitOptions::of_size(4_000) };
    constructed(0x65, &[node(0x02, &[1]), node(0x5F40, &portrait.make().image)])
}

/// The displayed signature or usual mark: an image `[9303-10 §4.7.7]`.
fn dg7() -> Vec<u8> {
    let mark = PortraitOptions { width: 120, height: 40, ..PortraitOptions::of_size(2_000) };
    constructed(0x67, &[node(0x02, &[1]), node(0x5F43, &mark.make().image)])
}

/// One feature, whose contents the issuer defines `[9303-10 §4.7.8 to §4.7.10]`.
fn feature(tag: u32, contents: &[u8]) -> Vec<u8> {
    constructed(tag, &[node(0x02, &[1]), node(0x04, contents)])
}

/// Additional personal details: a list of the tags, and what they say `[9303-10 §4.7.11]`.
fn dg11(person: &Person) -> Vec<u8> {
    listed(
        0x6B,
        &[
            (0x5F0E, person.full_name.as_bytes()),
            (0x5F10, person.id_number.as_bytes()),
            (0x5F2B, day(&person.date_of_birth).as_bytes()),
            (0x5F11, person.place_of_origin.as_bytes()),
            (0x5F42, person.residence.as_bytes()),
        ],
    )
}

/// Additional document details `[9303-10 §4.7.12]`.
fn dg12(person: &Person) -> Vec<u8> {
    let issued = day(&person.issue_date);
    listed(0x6C, &[(0x5F19, b"an authority that does not exist"), (0x5F26, issued.as_bytes())])
}

/// Persons to notify: one `[9303-10 §4.7.16]`.
fn dg16(person: &Person) -> Vec<u8> {
    let name = person.mother_name.as_deref().unwrap_or("NOBODY");
    let entry = [
        node(0x5F50, day(&person.issue_date).as_bytes()),
        node(0x5F51, name.as_bytes()),
        node(0x5F52, b"+84000000000"),
        node(0x5F53, person.residence.as_bytes()),
    ];
    constructed(0x70, &[node(0x02, &[1]), constructed(0xA1, &entry)])
}

fn listed(tag: u32, entries: &[(u32, &[u8])]) -> Vec<u8> {
    let tags: Vec<u8> = entries.iter().flat_map(|(tag, _)| (*tag as u16).to_be_bytes()).collect();
    let mut objects = vec![node(0x5C, &tags)];
    objects.extend(entries.iter().map(|(tag, value)| node(*tag, value)));
    constructed(tag, &objects)
}

/// dd/MM/yyyy as YYYYMMDD.
fn day(text: &str) -> String {
    text.split('/').rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_the_tag_of_its_number() {
        let groups = further_groups(&Person::sample());
        let tags = groups.iter().map(|(file, bytes)| (file & 0xFF, bytes[0])).collect::<Vec<_>>();
        let expected = [
            (5, 0x65),
            (7, 0x67),
            (8, 0x68),
            (9, 0x69),
            (10, 0x6A),
            (11, 0x6B),
            (12, 0x6C),
            (16, 0x70),
        ];
        assert_eq!(tags, expected);
    }

    #[test]
    fn details_begin_with_the_list_of_their_tags() {
        let dg12 = dg12(&Person::sample());
        assert_eq!(dg12[2..8], [0x5C, 0x04, 0x5F, 0x19, 0x5F, 0x26]);
        assert!(dg12.ends_with(day(&Person::sample().issue_date).as_bytes()));
        assert_eq!(day("01/02/2034"), "20340201");
    }
}
