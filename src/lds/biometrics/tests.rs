use crate::{
    error::{Error, Unsupported},
    findings::Deviation,
    lds::{Dg2, Dg3, Dg4, Eye, FingerPosition, ImageFormat, RecordFormat, Resolution, Shows},
    tlv::{Tag, write},
};

const WSQ: &[u8] = &[0xFF, 0xA0, 0xFF, 0xA4, 0, 1, 2, 3];
const JP2: &[u8] = b"\0\0\0\x0CjP  \r\n\x87\n\0\x01\x02";
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n\0\0\0\x0D";

fn u16be(number: u16) -> [u8; 2] {
    number.to_be_bytes()
}

fn u32be(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_be_bytes()
}

/// A group with one template for each record.
fn group(tag: Tag, records: &[(Tag, Vec<u8>)]) -> Vec<u8> {
    let mut inside = write(0x02, &[u8::try_from(records.len()).unwrap()]);
    for (tag, record) in records {
        let header = write(0xA1, b"\x81\x01\x08\x82\x01\x09\x87\x02\x01\x01\x88\x02\x00\x07");
        inside.extend(write(0x7F60, &[header, write(*tag, record)].concat()));
    }
    write(tag, &write(0x7F61, &inside))
}

// ---- records ------------------------------------------------------------------------------------

fn fingers_2005(images: &[(u8, &[u8])]) -> Vec<u8> {
    let mut views = Vec::new();
    for (position, image) in images {
        views.extend(u32be(14 + image.len()));
        views.extend([*position, 1, 1, 80, 0]);
        views.extend([u16be(300), u16be(400)].concat());
        views.push(0);
        views.extend(*image);
    }
    let mut record = b"FIR\x00010\0".to_vec();
    record.extend([0, 0]);
    record.extend(u32be(32 + views.len()));
    record.extend([0, 0, 0, 31, u8::try_from(images.len()).unwrap(), 1]);
    record.extend([u16be(500), u16be(500), u16be(500), u16be(500)].concat());
    record.extend([8, 2, 0, 0]);
    [record, views].concat()
}

/// Date, device, one judgement.
const CAPTURE: [u8; 20] =
    [0x07, 0xE2, 12, 30, 13, 5, 9, 0, 0, 1, 0, 2, 0, 3, 1, 77, 0x01, 0x02, 0x03, 0x04];

fn representations(head: &[u8], body: &[u8], image: &[u8], count: u16, tail: &[u8]) -> Vec<u8> {
    let mut one = Vec::new();
    one.extend(u32be(4 + CAPTURE.len() + body.len() + 4 + image.len()));
    one.extend(CAPTURE);
    one.extend(body);
    one.extend(u32be(image.len()));
    one.extend(image);
    let all = one.repeat(usize::from(count));
    let mut record = head.to_vec();
    record.extend(u32be(14 + tail.len() + all.len()));
    record.extend(u16be(count));
    record.extend(tail);
    record.extend(all);
    record
}

fn fingers_2011(image: &[u8], count: u16) -> Vec<u8> {
    let mut body = vec![7, 2, 2];
    body.extend([u16be(197), u16be(197), u16be(196), u16be(195)].concat());
    body.extend([8, 2, 1]);
    body.extend([u16be(301), u16be(401)].concat());
    representations(b"FIR\x00020\0", &body, image, count, &[0, 1])
}

fn irises_2011(image: &[u8], count: u16) -> Vec<u8> {
    let mut body = vec![0, 5, 2, 7, 0x0E, 0x05];
    body.extend([u16be(640), u16be(480)].concat());
    body.push(8);
    body.extend([0xFF; 18]);
    representations(b"IIR\x00020\0", &body, image, count, &[0, 2])
}

fn faces_2011(image: &[u8], count: u16) -> Vec<u8> {
    let mut body = vec![0, 2, 1, 3, 0xFF, 180, 0, 0, 3, 0, 1, 0, 0, 0, 0, 0, 0];
    body.extend([0xEE; 16]);
    body.extend([1, 0]);
    body.extend([u16be(413), u16be(531)].concat());
    body.extend([0, 0, 0, 0, 1]);
    representations(b"FAC\x00030\0", &body, image, count, &[0, 0, 1])
}

fn irises_2005(images: &[(u8, &[u8])]) -> Vec<u8> {
    let mut eyes = Vec::new();
    for (eye, image) in images {
        eyes.extend([*eye, 0, 1, 0, 1, 60, 0xFF, 0xFF, 0xFF, 0xFF]);
        eyes.extend(u32be(image.len()));
        eyes.extend(*image);
    }
    let mut record = b"IIR\x00010\0".to_vec();
    record.extend(u32be(45 + eyes.len()));
    record.extend([0, 0, u8::try_from(images.len()).unwrap(), 0, 45, 0, 0, 0, 0]);
    record.extend([u16be(14), u16be(320), u16be(240)].concat());
    record.push(8);
    record.extend([0; 17]);
    [record, eyes].concat()
}

fn context(number: u8, value: &[u8]) -> Vec<u8> {
    write(0x80 | Tag::from(number), value)
}

fn inside(number: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    write(0xA0 | Tag::from(number), &parts.concat())
}

fn chosen(number: u8, code: u8) -> Vec<u8> {
    inside(number, &[context(0, &[code])])
}

fn date(number: u8) -> Vec<u8> {
    let parts = [context(0, &[0x07, 0xE2]), context(1, &[12]), context(2, &[30])];
    inside(number, &parts)
}

fn judgement(number: u8) -> Vec<u8> {
    let by = inside(0, &[context(0, &[1, 2]), context(1, &[3, 4])]);
    let one = write(0x30, &[by.clone(), chosen(1, 77)].concat());
    let none = write(0x30, &[by, inside(1, &[inside(1, &[context(0, &[0])])])].concat());
    inside(number, &[one, none])
}

fn block(application: Tag, representations: &[Vec<u8>]) -> Vec<u8> {
    let version = inside(0, &[context(0, &[3]), context(1, &[0x07, 0xE3])]);
    let all: Vec<u8> = representations.iter().flat_map(|it| write(0x30, it)).collect();
    let extension = inside(5, &[context(0, &[1])]);
    write(application, &[version, write(0xA1, &all), extension].concat())
}

fn face_39794(image: &[u8]) -> Vec<u8> {
    let size = inside(7, &[context(0, &[0x01, 0x9D]), context(1, &[0x02, 0x13])]);
    // A kind that came later, with the older one that it falls back to.
    let later = inside(1, &[inside(1, &[context(0, &[1])])]);
    let information = inside(1, &[chosen(0, 3), later, context(4, &[9]), size, chosen(9, 2)]);
    let flat = inside(0, &[context(0, image), information, inside(2, &[])]);
    let person = inside(8, &[chosen(0, 2), chosen(1, 7), context(3, &[0, 0xB4])]);
    let landmarks = inside(9, &[write(0x30, &[]), write(0x30, &[])]);
    [
        context(0, &[1]),
        inside(1, &[inside(0, &[flat])]),
        date(2),
        judgement(3),
        inside(4, &[]),
        person,
        landmarks,
        inside(20, &[context(0, &[5])]),
    ]
    .concat()
}

fn finger_39794(image: &[u8]) -> Vec<u8> {
    [
        chosen(0, 2),
        chosen(1, 1),
        chosen(2, 4),
        context(3, image),
        date(4),
        judgement(6),
        inside(14, &[]),
    ]
    .concat()
}

fn iris_39794(image: &[u8]) -> Vec<u8> {
    [
        context(0, &[1]),
        chosen(1, 2),
        context(2, &[8]),
        chosen(3, 2),
        context(4, &[1]),
        date(7),
        context(8, image),
        judgement(11),
    ]
    .concat()
}

// ---- tests --------------------------------------------------------------------------------------

#[test]
fn fingers_of_2005_are_read() {
    let file = group(0x63, &[(0x5F2E, fingers_2005(&[(2, WSQ), (7, JP2)]))]);
    let dg3 = Dg3::parse(&file).unwrap();
    let [right, left] = dg3.fingers() else { panic!("{dg3:?}") };
    assert_eq!(right.shows, Shows::Finger(FingerPosition(2)));
    assert_eq!(
        (right.shows.name(), left.shows.name()),
        ("right_index_finger", "left_index_finger")
    );
    assert_eq!((right.format, left.format), (ImageFormat::Wsq, ImageFormat::Jp2));
    assert_eq!((right.image.reveal().as_slice(), left.image.reveal().as_slice()), (WSQ, JP2));
    assert_eq!((right.width, right.height), (Some(300), Some(400)));
    let resolution = Resolution { horizontal: 500, vertical: 500, per_centimetre: false };
    assert_eq!(right.facts.resolution, Some(resolution));
    assert_eq!(
        (right.facts.coding, right.facts.bit_depth, right.facts.impression),
        (Some(2), Some(8), Some(0))
    );
    assert_eq!(right.facts.quality[0].score, Some(80));
    let record = &dg3.records()[0];
    assert_eq!((record.format, &record.unread), (RecordFormat::Iso19794_4_2005, &None));
    assert_eq!((record.header.format_type, record.header.side()), (Some(7), Some("right")));
    assert_eq!(dg3.deviations(), []);
}

#[test]
fn the_editions_of_2011_are_read() {
    let dg3 = Dg3::parse(&group(0x63, &[(0x5F2E, fingers_2011(WSQ, 2))])).unwrap();
    assert_eq!((dg3.fingers().len(), dg3.deviations().len()), (2, 0));
    let finger = &dg3.fingers()[1];
    assert_eq!(
        (finger.width, finger.height, finger.image.reveal().as_slice()),
        (Some(301), Some(401), WSQ)
    );
    assert_eq!(finger.shows.name(), "left_index_finger");
    assert_eq!(finger.facts.resolution.unwrap().vertical, 195);
    assert!(finger.facts.resolution.unwrap().per_centimetre);
    assert_eq!(finger.facts.captured.unwrap().to_string(), "2018-12-30T13:05:09");
    let quality = finger.facts.quality[0];
    assert_eq!(
        (quality.score, quality.organisation, quality.algorithm),
        (Some(77), 0x0102, 0x0304)
    );
    assert_eq!(dg3.records()[0].format, RecordFormat::Iso19794_4_2011);

    let dg4 = Dg4::parse(&group(0x76, &[(0x5F2E, irises_2011(PNG, 2))])).unwrap();
    assert_eq!((dg4.irises().len(), dg4.deviations().len()), (2, 0));
    let iris = &dg4.irises()[0];
    assert_eq!((iris.shows, iris.format), (Shows::Iris(Eye::Left), ImageFormat::Png));
    assert_eq!((iris.width, iris.height, iris.facts.kind), (Some(640), Some(480), Some(7)));
    assert_eq!((iris.facts.coding, iris.facts.number), (Some(14), Some(5)));

    let dg2 = Dg2::parse(&group(0x75, &[(0x5F2E, faces_2011(JP2, 2))])).unwrap();
    assert_eq!((dg2.faces().len(), dg2.deviations().len()), (2, 0));
    let face = &dg2.faces()[1];
    assert_eq!(
        (face.width, face.height, face.image.reveal().as_slice()),
        (Some(413), Some(531), JP2)
    );
    assert_eq!((face.facts.landmarks, face.facts.colour_space), (2, Some(1)));
    let person = face.facts.person.as_ref().unwrap();
    assert_eq!((*person.sex.reveal(), *person.eye_colour.reveal()), (Some(1), Some(3)));
    assert_eq!((*person.hair_colour.reveal(), *person.height.reveal()), (None, Some(180)));
    assert_eq!((*person.properties.reveal(), *person.expression.reveal()), (Some(1), Some(1)));
}

#[test]
fn certification_blocks_are_passed_over() {
    let mut record = fingers_2011(WSQ, 1);
    record[14] = 1;
    // After the quality block: how many, then three bytes for each.
    let at = 16 + 4 + CAPTURE.len();
    record.splice(at..at, [2, 1, 2, 3, 4, 5, 6]);
    for length in [8..12, 16..20] {
        let old = u32::from_be_bytes(record[length.clone()].try_into().unwrap());
        record[length].copy_from_slice(&(old + 7).to_be_bytes());
    }
    let dg3 = Dg3::parse(&group(0x63, &[(0x5F2E, record)])).unwrap();
    assert_eq!(dg3.fingers()[0].image.reveal(), WSQ);
    assert_eq!(dg3.deviations(), []);
}

#[test]
fn irises_of_2005_are_read() {
    let file = group(0x76, &[(0x5F2E, irises_2005(&[(1, JP2), (2, JP2)]))]);
    let dg4 = Dg4::parse(&file).unwrap();
    let eyes: Vec<_> = dg4.irises().iter().map(|iris| iris.shows.name()).collect();
    assert_eq!(eyes, ["right_iris", "left_iris"]);
    assert_eq!((dg4.irises()[0].width, dg4.irises()[0].height), (Some(320), Some(240)));
    assert_eq!(dg4.irises()[1].image.reveal(), JP2);
    assert_eq!(
        (dg4.records()[0].format, dg4.deviations()),
        (RecordFormat::Iso19794_6_2005, &[][..])
    );
}

#[test]
fn tagged_records_are_read_with_and_without_wrappers() {
    let face = block(0x65, &[face_39794(JP2), face_39794(PNG)]);
    for record in [write(0xA1, &face), face.clone(), write(0xA1, &write(0x30, &face))] {
        for tag in [0x7F2E, 0x5F2E] {
            let dg2 = Dg2::parse(&group(0x75, &[(tag, record.clone())])).unwrap();
            let [one, other] = dg2.faces() else { panic!("{dg2:?}") };
            assert_eq!(
                (one.image.reveal().as_slice(), other.image.reveal().as_slice()),
                (JP2, PNG)
            );
            assert_eq!((one.width, one.height), (Some(413), Some(531)));
            assert_eq!(
                (one.facts.coding, one.facts.kind, one.facts.colour_space),
                (Some(3), Some(1), Some(2))
            );
            assert_eq!(one.facts.captured.unwrap().to_string(), "2018-12-30");
            let scores: Vec<_> = one.facts.quality.iter().map(|it| it.score).collect();
            assert_eq!((scores, one.facts.landmarks), (vec![Some(77), None], 2));
            let person = one.facts.person.as_ref().unwrap();
            assert_eq!((*person.sex.reveal(), *person.height.reveal()), (Some(2), Some(180)));
            let kept: Vec<_> = one.facts.kept.iter().map(|it| it.tag).collect();
            assert_eq!(kept, [0x84, 0xA2, 0xA4, 0xA9, 0xB4]);
            let record = &dg2.records()[0];
            assert_eq!((record.format, record.kept[0].tag), (RecordFormat::Iso39794_5, 0xA5));
            assert_eq!(dg2.deviations(), []);
        }
    }
    let record = write(0xA1, &block(0x64, &[finger_39794(PNG)]));
    let dg3 = Dg3::parse(&group(0x63, &[(0x7F2E, record)])).unwrap();
    let finger = &dg3.fingers()[0];
    assert_eq!((finger.shows.name(), finger.format), ("right_index_finger", ImageFormat::Png));
    assert_eq!(
        (finger.facts.impression, finger.facts.coding, finger.width),
        (Some(1), Some(4), None)
    );
    let record = write(0xA1, &block(0x66, &[iris_39794(PNG)]));
    let dg4 = Dg4::parse(&group(0x76, &[(0x7F2E, record)])).unwrap();
    let iris = &dg4.irises()[0];
    assert_eq!(
        (iris.shows.name(), iris.facts.kind, iris.facts.bit_depth),
        ("right_iris", Some(2), Some(8))
    );
    assert_eq!((iris.facts.quality.len(), iris.facts.captured.unwrap().year), (2, 2018));
}

#[test]
fn a_face_in_three_dimensions_is_not_supported() {
    let solid = [context(0, &[1]), inside(1, &[inside(0, &[inside(1, &[])])])].concat();
    let only = group(0x75, &[(0x7F2E, write(0xA1, &block(0x65, std::slice::from_ref(&solid))))]);
    assert!(matches!(Dg2::parse(&only), Err(Error::Unsupported(Unsupported::Structure(_)))));
    // Beside a flat one it is kept.
    let both = block(0x65, &[solid, face_39794(JP2)]);
    let dg2 = Dg2::parse(&group(0x75, &[(0x7F2E, write(0xA1, &both))])).unwrap();
    assert_eq!(dg2.faces().len(), 1);
    let kept: Vec<_> = dg2.records()[0].kept.iter().map(|it| it.tag).collect();
    assert_eq!(kept, [0xA5, 0x30]);
}

#[test]
fn templates_inside_templates_and_several_records_in_one_are_read() {
    let record = |position| write(0x5F2E, &fingers_2005(&[(position, WSQ)]));
    let header = write(0xA1, &[0x81, 1, 8]);
    let inner = write(0x7F60, &[header.clone(), record(3)].concat());
    let inner_group = write(0x7F61, &[write(0x02, &[1]), inner.clone()].concat());
    let outer = [header, record(1), record(2), inner, inner_group, write(0x53, &[9])].concat();
    let file = write(0x63, &write(0x7F61, &[write(0x02, &[1]), write(0x7F60, &outer)].concat()));
    let dg3 = Dg3::parse(&file).unwrap();
    let found: Vec<_> = dg3.fingers().iter().map(|it| (it.shows.name(), it.record)).collect();
    let expected = [
        ("right_thumb", 0),
        ("right_index_finger", 1),
        ("right_middle_finger", 2),
        ("right_middle_finger", 3),
    ];
    assert_eq!(found, expected);
    assert_eq!((dg3.others()[0].tag, dg3.deviations()), (0x53, &[][..]));
}

#[test]
fn an_empty_group_with_its_filler_is_no_error() {
    let empty = write(0x7F61, &write(0x02, &[0]));
    let file = write(0x63, &[empty.clone(), write(0x53, &[7; 8])].concat());
    let dg3 = Dg3::parse(&file).unwrap();
    assert_eq!((dg3.fingers().len(), dg3.records().len(), dg3.others()[0].tag), (0, 0, 0x53));
    assert_eq!(dg3.deviations(), []);
    assert!(Dg4::parse(&write(0x76, &empty)).unwrap().irises().is_empty());
    for broken in [write(0x63, &[]), write(0x63, &write(0x53, &[1])), write(0x64, &empty)] {
        assert!(matches!(Dg3::parse(&broken), Err(Error::Malformed { file: "DG3", .. })));
    }
    // A face is due.
    assert!(matches!(Dg2::parse(&write(0x75, &empty)), Err(Error::Malformed { file: "DG2", .. })));
}

#[test]
fn what_cannot_be_read_of_one_template_costs_that_one() {
    let minutiae = b"FMR\0 20\0 whatever".to_vec();
    let records = [
        (0x5F2E, minutiae.clone()),
        (0x5F2E, b"a record of nobody's".to_vec()),
        (0x5F2E, fingers_2005(&[(2, WSQ)])),
    ];
    let dg3 = Dg3::parse(&group(0x63, &records)).unwrap();
    let formats: Vec<_> = dg3.records().iter().map(|record| record.format).collect();
    let expected = [RecordFormat::Iso19794_2, RecordFormat::Unknown, RecordFormat::Iso19794_4_2005];
    assert_eq!(formats, expected);
    assert_eq!(*dg3.records()[0].unread.as_ref().unwrap().value.reveal(), minutiae);
    assert_eq!((dg3.fingers().len(), dg3.fingers()[0].record), (1, 2));
    assert_eq!(dg3.deviations(), [Deviation::UnreadableEntry]);
    // A face is no finger.
    let dg3 = Dg3::parse(&group(0x63, &[(0x5F2E, faces_2011(JP2, 1))])).unwrap();
    assert_eq!((dg3.fingers().len(), dg3.records()[0].format), (0, RecordFormat::Unknown));
}

#[test]
fn lengths_and_counts_that_lie_a_little_are_forgiven() {
    let changed = |record: &[u8], at: usize, by: i8| {
        let mut record = record.to_vec();
        record[at] = record[at].wrapping_add_signed(by);
        record
    };
    let fingers = fingers_2005(&[(2, WSQ), (7, WSQ)]);
    // Length of the record, of the last view; number of fingers.
    for (at, by) in [(13, 5), (13, -8), (32 + 22 + 3, 3), (32 + 22 + 3, -3), (18, 1)] {
        let dg3 = Dg3::parse(&group(0x63, &[(0x5F2E, changed(&fingers, at, by))])).unwrap();
        assert_eq!(dg3.fingers().len(), 2, "{at} {by}");
        assert_eq!(dg3.fingers()[1].image.reveal(), WSQ, "{at} {by}");
        assert_eq!(dg3.deviations(), [Deviation::BiometricCounts], "{at} {by}");
    }
    // Too much of a lie: length of the record, of the first view, of the last.
    for (at, by) in [(13, 9), (32 + 3, 9), (32 + 22 + 3, 9)] {
        let dg3 = Dg3::parse(&group(0x63, &[(0x5F2E, changed(&fingers, at, by))])).unwrap();
        assert_eq!(dg3.deviations(), [Deviation::UnreadableEntry], "{at} {by}");
        assert!(dg3.records()[0].unread.is_some());
    }
    let irises = irises_2005(&[(1, JP2)]);
    for (at, by) in [(11, 4), (45 + 3 + 10, 4), (45 + 3 + 10, -4), (16, -1)] {
        let dg4 = Dg4::parse(&group(0x76, &[(0x5F2E, changed(&irises, at, by))])).unwrap();
        assert_eq!(dg4.irises()[0].image.reveal(), JP2, "{at} {by}");
        assert_eq!(dg4.deviations(), [Deviation::BiometricCounts], "{at} {by}");
    }
    // Data after the image of 2011 are not the image's.
    let record = changed(&changed(&fingers_2011(WSQ, 1), 11, 4), 19, 4);
    let dg3 = Dg3::parse(&group(0x63, &[(0x5F2E, [record, vec![0, 1, 0, 4]].concat())])).unwrap();
    assert_eq!((dg3.fingers()[0].image.reveal().as_slice(), dg3.deviations()), (WSQ, &[][..]));
}

#[test]
fn headers_are_read_as_far_as_they_go() {
    let fields = [
        write(0x80, &[1, 1]),
        write(0x81, &[8]),
        write(0x82, &[0x0A]),
        write(0x83, &[0x20, 0x24, 0x01, 0x05, 0x11, 0x23, 0x45]),
        write(0x85, &[0x20, 0x24, 0x01, 0x05, 0x20, 0x29, 0x01, 0x05]),
        write(0x86, &[1, 2, 3, 4]),
        write(0x87, &[1, 1]),
        write(0x88, &[0, 7]),
        write(0x89, &[5]),
    ];
    let parse = |header: &[u8]| {
        let template = write(0x7F60, &[write(0xA1, header), write(0x5F2E, b"?")].concat());
        let file = write(0x63, &write(0x7F61, &[write(0x02, &[1]), template].concat()));
        Dg3::parse(&file).unwrap().records()[0].header.clone()
    };
    let header = parse(&fields.concat());
    assert_eq!(
        (header.version, header.biometric_type, header.subtype),
        (Some(0x0101), Some(8), Some(10))
    );
    assert_eq!((header.side(), header.creator), (Some("left"), Some(0x0102_0304)));
    assert_eq!(header.created.unwrap().to_string(), "2024-01-05T11:23:45");
    let (from, until) = header.validity.unwrap();
    assert_eq!((from.to_string(), until.to_string()), ("2024-01-05".into(), "2029-01-05".into()));
    assert_eq!((header.format_owner, header.format_type), (Some(0x0101), Some(7)));
    assert_eq!(header.others[0].tag, 0x89);
    // A creation date that is none, then an object cut short.
    let header = parse(b"\x83\x02\x20\x24\x88\x01\x09\x87\x05");
    assert_eq!((header.created, header.format_type, header.format_owner), (None, Some(9), None));
    assert_eq!(header.others[0].tag, 0x83);
}

#[test]
fn nothing_panics_on_changed_bytes() {
    type Parses = fn(&[u8]) -> bool;
    let files: [(Vec<u8>, Parses); 7] = [
        (group(0x63, &[(0x5F2E, fingers_2005(&[(2, WSQ), (7, JP2)]))]), |it| {
            Dg3::parse(it).is_ok()
        }),
        (group(0x63, &[(0x5F2E, fingers_2011(WSQ, 2))]), |it| Dg3::parse(it).is_ok()),
        (group(0x63, &[(0x7F2E, block(0x64, &[finger_39794(PNG)]))]), |it| Dg3::parse(it).is_ok()),
        (group(0x76, &[(0x5F2E, irises_2005(&[(1, JP2)]))]), |it| Dg4::parse(it).is_ok()),
        (group(0x76, &[(0x5F2E, irises_2011(PNG, 2))]), |it| Dg4::parse(it).is_ok()),
        (group(0x75, &[(0x5F2E, faces_2011(JP2, 2))]), |it| Dg2::parse(it).is_ok()),
        (group(0x75, &[(0x7F2E, block(0x65, &[face_39794(JP2)]))]), |it| Dg2::parse(it).is_ok()),
    ];
    for (file, parse) in files {
        assert!(parse(&file));
        for end in 0..file.len() {
            assert!(!parse(&file[..end]));
        }
        for at in 0..file.len() {
            for byte in [0, 1, 0x7F, 0x80, 0xFE, 0xFF, file[at].wrapping_add(1), file[at] ^ 0x20] {
                let mut changed = file.clone();
                changed[at] = byte;
                parse(&changed);
            }
        }
    }
}

#[test]
fn debug_tells_nothing_of_the_holder() {
    let dg2 = Dg2::parse(&group(0x75, &[(0x7F2E, block(0x65, &[face_39794(JP2)]))])).unwrap();
    let text = format!("{dg2:?}");
    assert!(text.contains("Personal(redacted)") && !text.contains("180") && !text.contains("106"));
}
