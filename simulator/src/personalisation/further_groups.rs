//! The groups of Doc 9303-10 that a CCCD does not have: what other states write, and readers of the CCCD meet abroad.

use super::details::{
    DetailEncoding, DocumentDetails, PersonToNotify, PersonalDetails, dg11, dg12, dg16,
};
use super::file;
use crate::person::Person;
use crate::portrait::PortraitOptions;
use crate::tlv::{constructed, node};

/// DG5, DG7 to DG12 and DG16, by file identifier. DG6 is reserved.
pub fn further_groups(person: &Person) -> [(u16, Vec<u8>); 8] {
    let drawn = |width, height, bytes| {
        PortraitOptions { width, height, ..PortraitOptions::of_size(bytes) }.make().image
    };
    let encoding = DetailEncoding::default();
    [
        (file::of_group(5), displayed_images(5, &[drawn(120, 160, 4_000)])),
        (file::of_group(7), displayed_images(7, &[drawn(120, 40, 2_000)])),
        (file::of_group(8), issuer_features(8, &[b"a data feature of nobody's".to_vec()])),
        (file::of_group(9), issuer_features(9, &[b"a structure feature of nobody's".to_vec()])),
        (file::of_group(10), issuer_features(10, &[b"a substance feature of nobody's".to_vec()])),
        (file::of_group(11), dg11(&PersonalDetails::from(person), encoding)),
        (file::of_group(12), dg12(&DocumentDetails::from(person), encoding)),
        (file::of_group(16), dg16(&[PersonToNotify::from(person)], encoding)),
    ]
}

/// DG5, the displayed portrait, or DG7, the displayed signature or usual mark `[9303-10 §4.7.5, §4.7.7]`.
///
/// # Panics
/// Other groups hold no such images.
pub fn displayed_images(group: u8, images: &[Vec<u8>]) -> Vec<u8> {
    let (tag, image_tag) = match group {
        5 => (0x65, 0x5F40),
        7 => (0x67, 0x5F43),
        _ => panic!("DG{group} holds no displayed image"),
    };
    let mut objects = vec![node(0x02, &[images.len() as u8])];
    objects.extend(images.iter().map(|image| node(image_tag, image)));
    constructed(tag, &objects)
}

/// DG8, DG9 or DG10: features whose contents the issuer defines, here octet strings `[9303-10 §4.7.8 to §4.7.10]`.
pub fn issuer_features(group: u8, features: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![node(0x02, &[features.len() as u8])];
    objects.extend(features.iter().map(|feature| node(0x04, feature)));
    constructed(0x60 + u32::from(group), &objects)
}

impl From<&Person> for PersonalDetails {
    /// Name, number, birth, origin and residence.
    fn from(person: &Person) -> PersonalDetails {
        PersonalDetails {
            full_name: Some(parted(&person.full_name)),
            personal_number: Some(person.id_number.clone()),
            date_of_birth: Some(day(&person.date_of_birth)),
            place_of_birth: Some(person.place_of_origin.clone()),
            permanent_address: Some(person.residence.clone()),
            ..PersonalDetails::default()
        }
    }
}

impl From<&Person> for DocumentDetails {
    /// An authority, the date of issue, and when the chip was written: on that day at noon.
    fn from(person: &Person) -> DocumentDetails {
        let issued = day(&person.issue_date);
        DocumentDetails {
            issuing_authority: Some("an authority that does not exist".to_owned()),
            personalised: Some(format!("{issued}120000")),
            date_of_issue: Some(issued),
            ..DocumentDetails::default()
        }
    }
}

impl From<&Person> for PersonToNotify {
    /// The holder's mother, at the holder's address.
    fn from(person: &Person) -> PersonToNotify {
        PersonToNotify {
            recorded: day(&person.issue_date),
            name: parted(person.mother_name.as_deref().unwrap_or("NOBODY")),
            telephone: "+84000000000".to_owned(),
            address: person.residence.clone(),
        }
    }
}

/// The first word is the primary identifier `[9303-10 §4.7.11]`.
fn parted(name: &str) -> String {
    name.replacen(' ', "<<", 1).replace(' ', "<")
}

/// dd/MM/yyyy as yyyymmdd.
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
    fn a_person_becomes_details() {
        let details = PersonalDetails::from(&Person::sample());
        assert_eq!(details.full_name.as_deref(), Some("Nguyễn<<Thị<Thu<Hà"));
        assert_eq!(details.date_of_birth.as_deref(), Some("19950615"));
        let details = DocumentDetails::from(&Person::sample());
        assert_eq!(details.personalised.as_deref(), Some("20210701120000"));
        assert_eq!(day("01/02/2034"), "20340201");
    }
}
