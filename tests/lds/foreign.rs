//! Other people's files: what is in each, exactly. Digests, sizes and counts are facts; the files stay outside.

use cccd::{
    findings::Deviation,
    lds::{
        BiometricRecord, Com, Dg1, Dg2, Dg3, Dg4, Dg14, Dg15, Eye, FingerPosition, Image,
        ImageFormat, RecordFormat, SecurityInfos, Shows,
    },
    tlv::write,
};
use cccd_simulator::DigestName;

use super::common::foreign;

/// What a biometric file holds.
pub(super) struct Contents {
    pub(super) images: Vec<Image>,
    records: Vec<BiometricRecord>,
    deviations: Vec<Deviation>,
}

pub(super) fn contents(bytes: &[u8]) -> Contents {
    macro_rules! of {
        ($group:expr, $images:ident) => {{
            let group = $group.unwrap();
            Contents {
                images: group.$images().to_vec(),
                records: group.records().to_vec(),
                deviations: group.deviations().to_vec(),
            }
        }};
    }
    // Samples of ISO/IEC 39794 are blocks without a template around them.
    let wrapped = |tag| {
        let template = write(0x7F60, &write(0x7F2E, &write(0xA1, bytes)));
        write(tag, &write(0x7F61, &[write(0x02, &[1]), template].concat()))
    };
    match bytes.first() {
        Some(0x75) => of!(Dg2::parse(bytes), faces),
        Some(0x63) => of!(Dg3::parse(bytes), fingers),
        Some(0x76) => of!(Dg4::parse(bytes), irises),
        Some(0x65) => of!(Dg2::parse(&wrapped(0x75)), faces),
        Some(0x64) => of!(Dg3::parse(&wrapped(0x63)), fingers),
        Some(0x66) => of!(Dg4::parse(&wrapped(0x76)), irises),
        other => panic!("{other:?}"),
    }
}

/// What one image is: what it shows, format, size as declared, bytes, SHA-256 of those bytes, its first eight.
type Expected<'a> = (Shows, ImageFormat, Option<(u16, u16)>, usize, &'a str);

const RIGHT_INDEX: Shows = Shows::Finger(FingerPosition(2));
const LEFT_INDEX: Shows = Shows::Finger(FingerPosition(7));
const RIGHT_IRIS: Shows = Shows::Iris(Eye::Right);
const LEFT_IRIS: Shows = Shows::Iris(Eye::Left);

/// File, its bytes, the standard of its records, its images. The two sets of BSI have the same images.
const TABLE: [(&str, usize, RecordFormat, &[Expected<'static>]); 8] = [
    (
        "Datagroup2.bin",
        15_083,
        RecordFormat::Iso19794_5_2005,
        &[(Shows::Face, ImageFormat::Jp2, Some((337, 449)), 14_999, "45f7dcc68564616f")],
    ),
    (
        "Datagroup3.bin",
        32_476,
        RecordFormat::Iso19794_4_2005,
        &[
            (RIGHT_INDEX, ImageFormat::Wsq, Some((620, 620)), 16_389, "fc6508f3b7e2e447"),
            (LEFT_INDEX, ImageFormat::Wsq, Some((620, 620)), 15_931, "5850eea06329d718"),
        ],
    ),
    (
        "Datagroup4.bin",
        13_294,
        RecordFormat::Iso19794_6_2005,
        &[
            (RIGHT_IRIS, ImageFormat::Jp2, Some((163, 149)), 6_386, "26ea8a8b009d0665"),
            (LEFT_IRIS, ImageFormat::Jp2, Some((160, 152)), 6_718, "84964fe5829a960b"),
        ],
    ),
    (
        "lds/dg2/dg2_silver_all_fields.bin",
        15_687,
        RecordFormat::Iso39794_5,
        &[(Shows::Face, ImageFormat::Jp2, Some((572, 731)), 15_000, "53e1cbbf9194c2ab")],
    ),
    (
        "lds/dg2/dg2_silver_mandatory_fields.bin",
        15_083,
        RecordFormat::Iso39794_5,
        &[(Shows::Face, ImageFormat::Jp2, None, 15_000, "53e1cbbf9194c2ab")],
    ),
    (
        "lds/dg2/iso39794/sample-39794-5-ed-1-v1.der",
        893_885,
        RecordFormat::Iso39794_5,
        &[(Shows::Face, ImageFormat::Jpeg, None, 893_557, "3bb1d69b85aeeb20")],
    ),
    (
        "lds/dg3/iso39794/sample-39794-4-ed-1-v1.der",
        1_076,
        RecordFormat::Iso39794_4,
        &[(RIGHT_INDEX, ImageFormat::Png, None, 689, "6d81d55bfe847ebb")],
    ),
    (
        "lds/dg4/iso39794/sample-39794-6-ed-1-v1.der",
        148_667,
        RecordFormat::Iso39794_6,
        &[(RIGHT_IRIS, ImageFormat::Png, None, 148_593, "0287c96b519e6ec8")],
    ),
];

#[test]
fn every_image_of_other_peoples_files_is_found() {
    for (path, length, format, images) in TABLE {
        let paths = match path.contains('/') {
            true => vec![path.to_owned()],
            false => ["lds/bsi2008", "bsi-mustermann"].map(|set| format!("{set}/{path}")).to_vec(),
        };
        for path in paths {
            let Some(bytes) = foreign(&path) else { return };
            let found = contents(&bytes);
            assert_eq!(bytes.len(), length, "{path}");
            assert_eq!(found.deviations, [], "{path}");
            assert!(found.records.iter().all(|record| record.format == format), "{path}");
            let digests: Vec<String> =
                found.images.iter().map(|image| digest(image.image.reveal())).collect();
            let seen: Vec<Expected<'_>> = found
                .images
                .iter()
                .zip(&digests)
                .map(|(image, digest)| {
                    let size = image.width.zip(image.height);
                    (image.shows, image.format, size, image.image.reveal().len(), digest.as_str())
                })
                .collect();
            assert_eq!(seen, images, "{path}");
        }
    }
}

pub(super) fn digest(bytes: &[u8]) -> String {
    DigestName::Sha256.hash(bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the sample with all fields says beside its image.
#[test]
fn the_fields_of_a_face_of_iso_39794_are_typed_or_kept() {
    let Some(bytes) = foreign("lds/dg2/dg2_silver_all_fields.bin") else { return };
    let found = contents(&bytes);
    let header = &found.records[0].header;
    assert_eq!((header.version, header.biometric_type), (Some(0x0101), Some(2)));
    assert_eq!((header.format_owner, header.format_type), (Some(0x0101), Some(0x2A)));
    assert_eq!(header.created.unwrap().to_string(), "2124-01-05T11:23:45");
    assert_eq!(header.validity.unwrap().1.to_string(), "2129-01-05");
    let facts = &found.images[0].facts;
    assert_eq!((facts.coding, facts.kind, facts.colour_space), (Some(3), Some(0), Some(2)));
    assert_eq!(facts.captured.unwrap().to_string(), "2024-01-20T13:23:09");
    assert_eq!((facts.quality[0].score, facts.landmarks), (Some(99), 1));
    // How it was processed, the camera, measurements, colours; attempts to deceive, session and device.
    let kept: Vec<_> = facts.kept.iter().map(|object| object.tag).collect();
    assert_eq!(
        kept,
        [0xA2, 0xA3, 0x84, 0x85, 0x86, 0xA8, 0xAA, 0xA2, 0xA4, 0x85, 0x86, 0xA7, 0xA9]
    );
    // A finger whose second judgement says that there is no score.
    let bytes = foreign("lds/dg3/iso39794/sample-39794-4-ed-1-v1.der").unwrap();
    let finger = &contents(&bytes).images[0];
    let scores: Vec<_> = finger.facts.quality.iter().map(|quality| quality.score).collect();
    assert_eq!((scores, finger.facts.impression), (vec![Some(44), None], Some(1)));
    assert_eq!(finger.facts.captured.unwrap().to_string(), "2018-12-30T13");
}

/// Any cut of a file is an error, and no cut or change stops the program.
#[test]
fn cuts_and_changes_of_other_peoples_files() {
    for path in [
        "lds/dg2/dg2_silver_all_fields.bin",
        "lds/bsi2008/Datagroup3.bin",
        "lds/bsi2008/Datagroup4.bin",
    ] {
        let Some(bytes) = foreign(path) else { return };
        let parse = |bytes: &[u8]| match bytes[0] {
            0x75 => Dg2::parse(bytes).is_ok(),
            0x63 => Dg3::parse(bytes).is_ok(),
            _ => Dg4::parse(bytes).is_ok(),
        };
        for end in (1..bytes.len()).step_by(89).chain(1..200) {
            assert!(!parse(&bytes[..end]), "{path} {end}");
        }
        for at in 1..300 {
            for byte in [0, 1, 0x30, 0x7F, 0x80, 0x84, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] = byte;
                parse(&changed);
            }
        }
    }
}

#[test]
fn the_other_files_of_the_reference_sets() {
    for (set, listed) in [("lds/bsi2008", 4), ("bsi-mustermann", 5)] {
        let file = |name: &str| foreign(&format!("{set}/{name}.bin"));
        let Some(com) = file("EF_COM") else { return };
        let com = Com::parse(&com).unwrap();
        assert_eq!((com.groups().count(), com.tags().len()), (listed, listed), "{set}");
        let mrz = Dg1::parse(&file("Datagroup1").unwrap()).unwrap();
        assert_eq!(mrz.mrz().format(), cccd::mrz::Format::Td3);
    }
}

/// Bytes of the public key in each DG15, and what each DG14 offers.
#[test]
fn single_files() {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN") else { return };
    let files = |kind: &str| -> Vec<(String, Vec<u8>)> {
        let folder = std::path::Path::new(&folder).join("files").join(kind);
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                (name, std::fs::read(path).unwrap())
            })
            .collect();
        files.sort();
        files
    };
    let keys: Vec<(String, usize)> = files("DG15")
        .iter()
        .map(|(name, bytes)| (name.clone(), Dg15::parse(bytes).unwrap().spki().len()))
        .collect();
    let expected = [
        ("JMRTD__cb54d8b2ef0a", 162),
        ("JMRTD__f8dafb9e20b5", 161),
        ("NFCPassportReader__ec45b0550f71", 311),
        ("pymrtd__30e44dab9996", 162),
        ("pymrtd__5265ecb286f4", 162),
        ("pymrtd__8db53aa2da77", 162),
        ("pymrtd__d13611cb9400", 162),
    ];
    assert_eq!(keys, expected.map(|(name, length)| (name.to_owned(), length)));
    let offers: Vec<(String, usize, String)> = files("DG14")
        .iter()
        .map(|(name, bytes)| {
            let dg14 = Dg14::parse(bytes).unwrap();
            let infos = dg14.security_infos();
            let protocol = infos.chip_authentication().next().unwrap().protocol.name();
            (name.clone(), infos.as_slice().len(), protocol)
        })
        .collect();
    let expected = [
        ("JMRTD__b7d6a9672ca8", 3, "CA-ECDH-3DES-CBC-CBC"),
        ("JMRTD__e92ac4e1791d", 3, "CA-DH-3DES-CBC-CBC"),
        ("pymrtd__912693693452", 3, "CA-ECDH-3DES-CBC-CBC"),
        ("pymrtd__a1a7b2285b95", 3, "CA-ECDH-3DES-CBC-CBC"),
        ("pymrtd__cf5004ffccd6", 3, "CA-ECDH-3DES-CBC-CBC"),
    ];
    let expected =
        expected.map(|(name, count, protocol)| (name.to_owned(), count, protocol.to_owned()));
    assert_eq!(offers, expected);
    for (name, bytes) in files("EF.CardAccess") {
        let infos = SecurityInfos::parse(&bytes).unwrap();
        assert_ne!(infos.pace().count(), 0, "{name}");
    }
}
