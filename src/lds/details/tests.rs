use super::*;
use crate::{error::Error, lds::ImageFormat, tlv::write};

fn dg11(list: &[u8], fields: &[Vec<u8>]) -> Vec<u8> {
    write(0x6B, &[write(0x5C, list), fields.concat()].concat())
}

const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE1, 1];

fn written(text: Option<&FieldText>) -> Option<&str> {
    text.map(|text| text.as_written().reveal().as_str())
}

#[test]
fn every_field_of_dg11_is_read() {
    let names = [write(0x02, &[2]), write(0x5F0F, b"HA<<THU"), write(0x5F0F, b"NIE")].concat();
    let fields = [
        write(0x5F0E, "NGUYỄN<<THỊ<THU<HÀ".as_bytes()),
        write(0xA0, &names),
        write(0x5F10, b"000195001234"),
        write(0x5F2B, b"19950615"),
        write(0x5F11, "Phường Ví Dụ<Tỉnh Mẫu".as_bytes()),
        write(0x5F42, b"1 EXAMPLE ROAD<<<MODEL TOWN"),
        write(0x5F12, b"+84000000000"),
        write(0x5F13, b"TESTER"),
        write(0x5F14, b"DR"),
        write(0x5F15, b"NOBODY"),
        write(0x5F16, JPEG),
        write(0x5F17, b"A1234567<B7654321"),
        write(0x5F18, b"NONE"),
    ];
    let list = b"\x5F\x0E\xA0\x5F\x10\x5F\x2B\x5F\x11\x5F\x42\x5F\x12\x5F\x13\x5F\x14\x5F\x15\x5F\x16\x5F\x17\x5F\x18";
    let dg11 = Dg11::parse(&dg11(list, &fields)).unwrap();
    assert_eq!(dg11.deviations(), []);
    let name = dg11.full_name().unwrap();
    let (primary, secondary) = name.name();
    assert_eq!((primary.reveal().as_str(), secondary.reveal().as_str()), ("NGUYỄN", "THỊ THU HÀ"));
    let others: Vec<_> =
        dg11.other_names().map(|name| name.as_written().reveal().as_str()).collect();
    assert_eq!(others, ["HA<<THU", "NIE"]);
    assert_eq!(written(dg11.personal_number()), Some("000195001234"));
    assert_eq!(dg11.date_of_birth().unwrap().to_string(), "1995-06-15");
    let parts = |text: Option<&FieldText>| -> Vec<String> {
        text.unwrap().parts().iter().map(|part| part.reveal().clone()).collect()
    };
    assert_eq!(parts(dg11.place_of_birth()), ["Phường Ví Dụ", "Tỉnh Mẫu"]);
    assert_eq!(parts(dg11.permanent_address()), ["1 EXAMPLE ROAD", "MODEL TOWN"]);
    assert_eq!(written(dg11.telephone()), Some("+84000000000"));
    assert_eq!((written(dg11.profession()), written(dg11.title())), (Some("TESTER"), Some("DR")));
    assert_eq!(written(dg11.personal_summary()), Some("NOBODY"));
    assert_eq!(dg11.proof_of_citizenship().unwrap().format, ImageFormat::Jpeg);
    assert_eq!(parts(dg11.other_document_numbers()), ["A1234567", "B7654321"]);
    assert_eq!(written(dg11.custody_information()), Some("NONE"));
    assert_eq!((dg11.fields().len(), dg11.unknown().len()), (14, 0));
}

#[test]
fn every_field_of_dg12_is_read() {
    let names = [write(0x02, &[1]), write(0x5F1A, b"DANG<<VAN<DUC")].concat();
    let fields = [
        write(0x5F19, "Cục Cảnh sát".as_bytes()),
        write(0x5F26, b"20210701"),
        write(0xA0, &names),
        write(0x5F1B, b"NONE"),
        write(0x5F1C, b"NEITHER"),
        write(0x5F1D, JPEG),
        write(0x5F1E, &[0xFF, 0x4F, 0xFF, 0x51]),
        write(0x5F55, b"20210628130509"),
        write(0x5F56, b"SERIAL-1"),
    ];
    // The list has the name's tag in place of its group's.
    let list = b"\x5F\x19\x5F\x26\x5F\x1A\x5F\x1B\x5F\x1C\x5F\x1D\x5F\x1E\x5F\x55\x5F\x56";
    let file = write(0x6C, &[write(0x5C, list), fields.concat()].concat());
    let dg12 = Dg12::parse(&file).unwrap();
    assert_eq!(dg12.deviations(), []);
    assert_eq!(written(dg12.issuing_authority()), Some("Cục Cảnh sát"));
    assert_eq!(dg12.date_of_issue().unwrap().to_string(), "2021-07-01");
    assert_eq!(written(dg12.other_people().next()), Some("DANG<<VAN<DUC"));
    assert_eq!(written(dg12.endorsements()), Some("NONE"));
    assert_eq!(written(dg12.tax_or_exit_requirements()), Some("NEITHER"));
    let formats = [dg12.image_of_front(), dg12.image_of_rear()].map(|image| image.unwrap().format);
    assert_eq!(formats, [ImageFormat::Jpeg, ImageFormat::J2k]);
    assert_eq!(dg12.personalised().unwrap().to_string(), "2021-06-28T13:05:09");
    assert_eq!(written(dg12.personalisation_system()), Some("SERIAL-1"));
    assert_eq!(dg12.listed().len(), 9);
}

/// Malaysia and Spain pack dates, China writes other names outside A0, Belgium has fields of no length and tags that BER
/// does not have, many write ISO/IEC 8859-1.
#[test]
fn encodings_of_the_field_are_read_and_reported() {
    use Deviation::{FieldEncoding, FieldList, UnreadableEntry};
    let found = |list: &[u8], fields: &[Vec<u8>]| Dg11::parse(&dg11(list, fields)).unwrap();
    // Packed dates.
    let packed = found(b"\x5F\x2B", &[write(0x5F2B, &[0x19, 0x92, 0x01, 0x15])]);
    assert_eq!(packed.date_of_birth().unwrap().to_string(), "1992-01-15");
    assert_eq!(packed.deviations(), [FieldEncoding]);
    // A name outside its group.
    let direct = found(b"\x5F\x0F", &[write(0x5F0F, b"HA"), write(0x5F0F, b"NIE")]);
    assert_eq!((direct.other_names().count(), direct.deviations()), (2, &[FieldEncoding][..]));
    // A group whose number lies.
    let lies = found(b"\xA0", &[write(0xA0, &[write(0x02, &[3]), write(0x5F0F, b"HA")].concat())]);
    assert_eq!((lies.other_names().count(), lies.deviations()), (1, &[FieldList][..]));
    // ISO/IEC 8859-1.
    let latin = found(b"\x5F\x11", &[write(0x5F11, b"M\xFCnchen")]);
    assert_eq!(
        (written(latin.place_of_birth()), latin.deviations()),
        (Some("München"), &[FieldEncoding][..])
    );
    // Empty fields.
    let empty = found(b"\x5F\x11\x5F\x2B", &[write(0x5F11, b""), write(0x5F2B, b"")]);
    assert_eq!(
        (empty.place_of_birth(), empty.date_of_birth(), empty.deviations()),
        (None, None, &[][..])
    );
    assert!(empty.fields().iter().all(|field| field.value == FieldValue::Empty));
    // A date that is none.
    let bad = found(b"\x5F\x2B\x5F\x10", &[write(0x5F2B, b"unknown"), write(0x5F10, b"1")]);
    assert_eq!((bad.date_of_birth(), written(bad.personal_number())), (None, Some("1")));
    assert_eq!(bad.deviations(), [UnreadableEntry]);
    assert_eq!(bad.fields()[0].raw.reveal(), b"unknown");
    // A list that lies, and none.
    let other = found(b"\x5F\x10", &[write(0x5F12, b"1")]);
    assert_eq!((other.deviations(), other.listed()), (&[FieldList][..], &[0x5F10][..]));
    let none = Dg11::parse(&write(0x6B, &write(0x5F12, b"1"))).unwrap();
    assert_eq!((none.deviations(), written(none.telephone())), (&[FieldList][..], Some("1")));
}

#[test]
fn tags_that_ber_does_not_have_cost_nothing() {
    // 5F85 of no length in the middle: by BER the tag would go on with the length and swallow what follows.
    let odd = [write(0x5F0E, b"A<<B"), vec![0x5F, 0x85, 0], write(0x5F10, b"0001")];
    let found = Dg11::parse(&dg11(b"\x5F\x0E\x5F\x85\x5F\x10", &odd)).unwrap();
    assert_eq!(
        (written(found.full_name()), written(found.personal_number())),
        (Some("A<<B"), Some("0001"))
    );
    assert_eq!((found.unknown()[0].tag, found.unknown()[0].value.reveal().len()), (0x5F85, 0));
    assert_eq!(
        (found.deviations(), found.listed()),
        (&[Deviation::UnreadableEntry][..], &[0x5F0E, 0x5F85, 0x5F10][..])
    );
    // With a value, at the end.
    let odd = [write(0x5F0E, b"A<<B"), [&[0x5F, 0x85, 14][..], b"20210628130509"].concat()];
    let found = Dg11::parse(&dg11(b"\x5F\x0E\x5F\x85", &odd)).unwrap();
    assert_eq!(found.unknown()[0].value.reveal(), b"20210628130509");
    // A tag of three bytes stays one.
    let odd = [write(0x5F_8501, b""), write(0x5F10, b"0001")];
    let found = Dg11::parse(&dg11(b"\x5F\x85\x01\x5F\x10", &odd)).unwrap();
    assert_eq!((found.unknown()[0].tag, found.deviations()), (0x5F_8501, &[][..]));
}

#[test]
fn what_breaks_off_costs_what_follows() {
    let broken = [write(0x5F0E, b"A<<B"), vec![0x5F, 0x10, 0x40, b'1']].concat();
    let found = Dg11::parse(&write(0x6B, &broken)).unwrap();
    assert_eq!((written(found.full_name()), found.personal_number()), (Some("A<<B"), None));
    assert_eq!(found.deviations(), [Deviation::UnreadableEntry, Deviation::FieldList]);
    for bad in [vec![], write(0x6C, &[]), vec![0x6B, 3, 0x5C]] {
        assert!(matches!(Dg11::parse(&bad), Err(Error::Malformed { file: "DG11", .. })));
    }
}

#[test]
fn persons_to_notify_are_read() {
    let person = |tag, name: &[u8]| {
        let fields = [
            write(0x5F50, b"20210701"),
            write(0x5F51, name),
            write(0x5F52, b"+84000000000"),
            write(0x5F53, b"1 EXAMPLE ROAD"),
            write(0x5F54, b"?"),
        ];
        write(tag, &fields.concat())
    };
    let file = [write(0x02, &[2]), person(0xA1, b"A<<B"), person(0xA2, b"C<<D")].concat();
    let dg16 = Dg16::parse(&write(0x70, &file)).unwrap();
    assert_eq!((dg16.persons().len(), dg16.deviations()), (2, &[][..]));
    let second = &dg16.persons()[1];
    assert_eq!(written(second.name.as_ref()), Some("C<<D"));
    assert_eq!(second.recorded.as_ref().unwrap().reveal().to_string(), "2021-07-01");
    assert_eq!(written(second.telephone.as_ref()), Some("+84000000000"));
    assert_eq!(written(second.address.as_ref()), Some("1 EXAMPLE ROAD"));
    assert_eq!(second.others[0].tag, 0x5F54);
    // The same tag twice, a number that lies, a date that is none.
    let odd =
        [write(0x02, &[1]), person(0xA1, b"A"), write(0xA1, &write(0x5F50, b"never"))].concat();
    let dg16 = Dg16::parse(&write(0x70, &odd)).unwrap();
    assert_eq!((dg16.persons().len(), &dg16.persons()[1].recorded), (2, &None));
    assert_eq!(dg16.deviations(), [Deviation::UnreadableEntry, Deviation::FieldList]);
}

#[test]
fn nothing_panics_on_changed_bytes() {
    let names = write(0xA0, &[write(0x02, &[1]), write(0x5F0F, b"HA")].concat());
    let group =
        dg11(b"\x5F\x0E\xA0\x5F\x2B", &[write(0x5F0E, b"A<<B"), names, write(0x5F2B, b"19950615")]);
    for end in 0..group.len() {
        assert!(Dg11::parse(&group[..end]).is_err());
    }
    for at in 0..group.len() {
        for byte in 0..=255 {
            let mut changed = group.clone();
            changed[at] = byte;
            drop((Dg11::parse(&changed), Dg12::parse(&changed), Dg16::parse(&changed)));
            changed[0] = 0x70;
            drop(Dg16::parse(&changed));
        }
    }
}

#[test]
fn debug_shows_names_of_fields_only() {
    let dg11 = Dg11::parse(&dg11(b"\x5F\x0E", &[write(0x5F0E, b"CANARY")])).unwrap();
    let text = format!("{dg11:?}");
    assert!(text.contains("full_name") && !text.contains("CANARY"), "{text}");
}
