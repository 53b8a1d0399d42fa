use super::{
    vectors::{SHAPE_A, SHAPE_B, group, hex, utf8},
    *,
};
use crate::{error::Error, tlv::write};

fn shown(group: &Dg13, field: Field) -> Option<&str> {
    group.field(field).map(|text| text.text().reveal().as_str())
}

#[test]
fn both_shapes_give_the_same_fields() {
    let [a, b] = [SHAPE_A, SHAPE_B].map(|shape| Dg13::parse(&hex(shape)).unwrap());
    assert_eq!(a, b);
    assert_eq!((a.extras(), a.deviations()), (&[][..], &[][..]));
    for (field, text) in [
        (Field::IdNumber, "000195001234"),
        (Field::FullName, "Nguyễn Thị Thu Hà"),
        (Field::DateOfBirth, "15/06/1995"),
        (Field::Sex, "Nữ"),
        (Field::Nationality, "Việt Nam"),
        (Field::Ethnicity, "Kinh"),
        (Field::Religion, "Không"),
        (Field::PlaceOfOrigin, "Xã Ví Dụ, Huyện Mẫu, Tỉnh Thử"),
        (Field::IdentifyingMarks, "Nốt ruồi C: 1cm dưới mắt trái"),
        (Field::IssueDate, "01/07/2021"),
        (Field::ExpiryDate, "15/06/2035"),
        (Field::FatherName, "Nguyễn Văn Mẫu"),
        (Field::MotherName, "Trần Thị Thử"),
        (Field::SpouseName, "Lê Văn Thử"),
        (Field::OldIdNumber, "000123456"),
        (Field::ChipNumber, "0123456789ABCDEF"),
    ] {
        assert_eq!(shown(&a, field), Some(text));
        assert!(!a.field(field).unwrap().is_damaged());
    }
    let residence = a.field(Field::Residence).unwrap();
    assert!(residence.raw().reveal().len() > 0x7B);
    assert!(!format!("{a:?}").contains("Nguy"));
}

#[test]
fn parents_stay_in_their_places() {
    let (father, mother, none) = (utf8("Cha Mẫu"), utf8("Mẹ Mẫu"), write(0x0C, &[]));
    let seq = |parts: &[&[u8]]| write(0x30, &parts.concat());
    for (value, expected) in [
        (seq(&[&father, &mother]), (Some("Cha Mẫu"), Some("Mẹ Mẫu"))),
        ([seq(&[&father]), seq(&[&mother])].concat(), (Some("Cha Mẫu"), Some("Mẹ Mẫu"))),
        ([father.clone(), mother.clone()].concat(), (Some("Cha Mẫu"), Some("Mẹ Mẫu"))),
        (seq(&[&seq(&[&father]), &seq(&[&mother])]), (Some("Cha Mẫu"), Some("Mẹ Mẫu"))),
        ([seq(&[]), seq(&[&mother])].concat(), (None, Some("Mẹ Mẫu"))),
        (seq(&[&none, &mother]), (None, Some("Mẹ Mẫu"))),
        ([seq(&[&father]), seq(&[])].concat(), (Some("Cha Mẫu"), None)),
        (seq(&[&father, &none]), (Some("Cha Mẫu"), None)),
        (seq(&[&father]), (Some("Cha Mẫu"), None)),
        (seq(&[]), (None, None)),
        (vec![], (None, None)),
    ] {
        let group = Dg13::parse(&group(&[(13, &value)])).unwrap();
        assert_eq!((shown(&group, Field::FatherName), shown(&group, Field::MotherName)), expected);
        assert!(group.deviations().is_empty());
    }
}

#[test]
fn every_field_may_be_missing_or_empty() {
    let empty = Dg13::parse(&group(&[])).unwrap();
    assert_eq!(shown(&empty, Field::IdNumber), None);
    for value in [&[][..], &[0x30, 0], &[0x0C, 0], &[0x30, 2, 0x0C, 0], &[5, 0], &[0x0C, 1, b' ']] {
        let group = Dg13::parse(&group(&[(14, value)])).unwrap();
        assert_eq!(shown(&group, Field::SpouseName), None);
    }
}

#[test]
fn string_types_are_read_by_their_encoding() {
    let utf16: Vec<u8> = "Đỗ Mẫu 😀".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (tag, bytes, text) in [
        (0x0C, "Đỗ".as_bytes(), "Đỗ"),
        (0x13, b"Do", "Do"),
        (0x16, b"Do", "Do"),
        (0x1E, &utf16, "Đỗ Mẫu 😀"),
        (0x04, "Đỗ".as_bytes(), "Đỗ"),
        (0x14, "Đỗ".as_bytes(), "Đỗ"),
    ] {
        let group = Dg13::parse(&group(&[(2, &write(tag, bytes))])).unwrap();
        assert_eq!(shown(&group, Field::FullName), Some(text));
        assert!(!group.field(Field::FullName).unwrap().is_damaged());
    }
    for (tag, bytes) in [
        (0x0C, &[b'H', 0xE0][..]),
        (0x13, &[b'H', 0xFF]),
        (0x1E, &[0, b'H', 0xD8, 0]),
        (0x1E, &[0, b'H', 1]),
    ] {
        let group = Dg13::parse(&group(&[(2, &write(tag, bytes))])).unwrap();
        let text = group.field(Field::FullName).unwrap();
        assert!(text.is_damaged());
        assert_eq!(text.text().reveal(), "H\u{fffd}");
        assert_eq!(text.raw().reveal(), bytes);
    }
}

#[test]
fn unknown_repeated_and_broken_entries_are_kept() {
    let file = group(&[
        (17, &utf8("mới")),
        (2, &utf8("Một")),
        (2, &utf8("Hai")),
        (0, &utf8("không")),
        // A text that is longer than its entry.
        (9, &[0x0C, 0x20, b'x']),
        (1, &utf8("000195001234")),
    ]);
    let group = Dg13::parse(&file).unwrap();
    assert_eq!(shown(&group, Field::FullName), Some("Một"));
    assert_eq!(shown(&group, Field::IdNumber), Some("000195001234"));
    assert_eq!(shown(&group, Field::Residence), None);
    let numbers: Vec<_> = group.extras().iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [Some(17), Some(2), Some(0), Some(9)]);
    assert_eq!(group.deviations(), [Deviation::UnreadableEntry]);

    let odd =
        [write(0x04, b"?"), write(0x30, &[]), write(0x30, &[0x02, 0]), write(0x30, &[2, 1, 0x80])];
    let file = write(0x6D, &write(0x30, &write(0x31, &odd.concat())));
    let group = Dg13::parse(&file).unwrap();
    assert_eq!(group.extras().len(), 4);
    assert!(group.extras().iter().all(|entry| entry.number.is_none()));
}

#[test]
fn long_lengths_of_short_values_are_read() {
    let entry = [0x30, 0x82, 0, 8, 0x02, 0x81, 1, 2, 0x0C, 0x81, 1, b'A'];
    let set = [&[0x31, 0x83, 0, 0, 12][..], &entry].concat();
    let group = Dg13::parse(&write(0x6D, &write(0x30, &set))).unwrap();
    assert_eq!(shown(&group, Field::FullName), Some("A"));
}

#[test]
fn what_is_no_dg13_is_refused() {
    let good = hex(SHAPE_A);
    let changed = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    for bytes in [
        vec![],
        changed(0, 0x6C),
        changed(4, 0x31),
        changed(19, 0x30),
        changed(7, 0xF5),
        changed(22, 0xE8),
        changed(24, 0x84),
        write(0x6D, &[]),
        write(0x6D, &write(0x30, &[])),
        write(0x6D, &write(0x30, &[0x31, 0x80, 0, 0])),
    ] {
        let result = Dg13::parse(&bytes);
        assert!(matches!(result, Err(Error::Malformed { file: "DG13", .. })), "{result:?}");
    }
    let padded = [good.clone(), vec![0; 3]].concat();
    assert_eq!(Dg13::parse(&padded).unwrap().deviations(), [Deviation::TrailingBytes]);
}

#[test]
fn truncations_fail_and_changes_never_panic() {
    for shape in [SHAPE_A, SHAPE_B] {
        let bytes = hex(shape);
        for end in 0..bytes.len() {
            assert!(Dg13::parse(&bytes[..end]).is_err());
        }
        let mut seed = 3_u64;
        let mut next = |below: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        for _ in 0..20_000 {
            let mut bytes = bytes.clone();
            for _ in 0..=next(4) {
                let at = next(bytes.len());
                bytes[at] = u8::try_from(next(256)).unwrap();
            }
            let _ = Dg13::parse(&bytes);
        }
    }
    // Deeply nested values end somewhere.
    let deep = (0..60).fold(utf8("x"), |inside, _| write(0x30, &inside));
    let group = Dg13::parse(&group(&[(13, &deep)])).unwrap();
    assert_eq!(group.deviations(), [Deviation::UnreadableEntry]);
}
