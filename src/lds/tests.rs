use std::path::PathBuf;

use der::asn1::ObjectIdentifier;

use super::*;
use crate::tlv::write;

/// The EF.CardAccess that the CCCD of 2021 is known to have.
const CARD_ACCESS: &str = "3134300D060804007F0007020202020101300F060A04007F000702020302020201013012\
                           060A04007F0007020204020202010202010D";

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|c| c.to_digit(16)).map(|d| u8::try_from(d).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// A file of the foreign test data, or `None` where they are not at hand.
fn foreign(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN") else {
        println!("skipped {path}: CCCD_FOREIGN is not set");
        return None;
    };
    Some(std::fs::read(PathBuf::from(folder).join(path)).unwrap())
}

/// A record of ISO/IEC 19794-5 with these images, each with `points` feature points.
fn face_record(images: &[(&[u8], u16)]) -> Vec<u8> {
    let mut blocks = Vec::new();
    for (image, points) in images {
        let length = 32 + 8 * usize::from(*points) + image.len();
        blocks.extend(u32::try_from(length).unwrap().to_be_bytes());
        blocks.extend(points.to_be_bytes());
        blocks.extend([0; 14]);
        blocks.extend(vec![0xEE; 8 * usize::from(*points)]);
        blocks.extend([1, 0]);
        blocks.extend(413_u16.to_be_bytes());
        blocks.extend(531_u16.to_be_bytes());
        blocks.extend([0; 6]);
        blocks.extend(*image);
    }
    let mut record = b"FAC\x00010\x00".to_vec();
    record.extend(u32::try_from(14 + blocks.len()).unwrap().to_be_bytes());
    record.extend(u16::try_from(images.len()).unwrap().to_be_bytes());
    record.extend(blocks);
    record
}

fn dg2(records: &[&[u8]]) -> Vec<u8> {
    let mut group = write(0x02, &[u8::try_from(records.len()).unwrap()]);
    for record in records {
        let header = write(0xA1, &hex("81010282010087020101880200 08"));
        group.extend(write(0x7F60, &[header, write(0x5F2E, record)].concat()));
    }
    write(0x75, &write(0x7F61, &group))
}

const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 4, 0xFF, 0xD9];
const J2K: &[u8] = &[0xFF, 0x4F, 0xFF, 0x51, 9, 9];

fn changed(file: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut file = file.to_vec();
    file[at] = byte;
    file
}

#[allow(clippy::needless_pass_by_value)]
fn malformed<T: core::fmt::Debug>(result: Result<T>, named: &str) {
    assert!(matches!(result, Err(Error::Malformed { file, .. }) if file == named), "{result:?}");
}

/// Every truncation fails; random changes never panic.
fn sweep<T: core::fmt::Debug>(bytes: &[u8], parse: fn(&[u8]) -> Result<T>) {
    for end in 0..bytes.len() {
        assert!(parse(&bytes[..end]).is_err(), "{end} of {} bytes", bytes.len());
    }
    let mut seed = 7_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for _ in 0..5_000 {
        let mut bytes = bytes.to_vec();
        for _ in 0..=next(3) {
            let at = next(bytes.len());
            bytes[at] = u8::try_from(next(256)).unwrap();
        }
        let _ = parse(&bytes);
    }
}

#[test]
fn the_card_access_of_a_cccd_is_read() {
    let infos = SecurityInfos::parse(&hex(CARD_ACCESS)).unwrap();
    assert_eq!(infos.as_slice().len(), 3);
    let pace: Vec<_> = infos.pace().collect();
    assert_eq!(pace[0].oid.to_string(), "0.4.0.127.0.7.2.2.4.2.2");
    assert_eq!(pace[0].protocol.name(), "PACE-ECDH-GM-AES-CBC-CMAC-128");
    assert_eq!((pace[0].version, pace[0].parameter_id), (2, Some(13)));
    let chip: Vec<_> = infos.chip_authentication().collect();
    assert_eq!(chip[0].protocol.name(), "CA-ECDH-AES-CBC-CMAC-128");
    assert_eq!((chip[0].version, chip[0].key_id), (1, None));
    let offered: Vec<_> = infos.terminal_authentication().map(|info| info.version).collect();
    assert_eq!(offered, [1]);
    assert_eq!(infos.deviations(), []);
    sweep(&hex(CARD_ACCESS), SecurityInfos::parse);
}

#[test]
fn bytes_after_security_infos_are_reported() {
    let padded = [hex(CARD_ACCESS), vec![0; 9]].concat();
    assert_eq!(SecurityInfos::parse(&padded).unwrap().deviations(), [Deviation::TrailingBytes]);
    for file in [
        [write(0x6E, &hex(CARD_ACCESS)), vec![0]].concat(),
        write(0x6E, &[hex(CARD_ACCESS), vec![0x30, 0]].concat()),
    ] {
        let group = Dg14::parse(&file).unwrap();
        assert_eq!(group.deviations(), [Deviation::TrailingBytes]);
        assert_eq!(group.security_infos().as_slice().len(), 3);
    }
}

#[test]
fn every_kind_of_security_info_is_told_apart() {
    let oid = |text: &str| write(0x06, ObjectIdentifier::new_unwrap(text).as_bytes());
    let info = |parts: &[&[u8]]| write(0x30, &parts.concat());
    let (one, key) = (write(2, &[1]), write(0x30, &[5, 0]));
    let bsi = "0.4.0.127.0.7.2.2";
    let set = write(
        0x31,
        &[
            info(&[&oid(&format!("{bsi}.4.6.4")), &write(2, &[2]), &write(2, &[16])]),
            info(&[&oid(&format!("{bsi}.4.3")), &key, &write(2, &[0x40])]),
            info(&[&oid(&format!("{bsi}.3.1.1")), &one, &write(2, &[0, 0xFF])]),
            info(&[&oid(&format!("{bsi}.3.2")), &key]),
            info(&[&oid(&format!("{bsi}.1.2")), &key, &one]),
            info(&[&oid(&format!("{bsi}.2")), &one, &write(0x30, &[4, 2, 1, 0x1C, 4, 1, 0x1C])]),
            info(&[&oid("2.23.136.1.1.5"), &one, &oid("0.4.0.127.0.7.1.1.4.1.3")]),
            info(&[&oid(&format!("{bsi}.4.5.2")), &one]),
            info(&[&oid(&format!("{bsi}.4.6.1")), &one]),
            info(&[&oid(&format!("{bsi}.4.2.2.1")), &one]),
            info(&[&oid("1.2.3.4")]),
        ]
        .concat(),
    );
    let infos = SecurityInfos::parse(&set).unwrap();
    let [pace, domain, chip, chip_domain, public, terminal, active, others @ ..] = infos.as_slice()
    else {
        panic!()
    };
    assert!(matches!(pace, SecurityInfo::Pace(info)
        if info.protocol.name() == "PACE-ECDH-CAM-AES-CBC-CMAC-256"));
    assert!(matches!(
        domain,
        SecurityInfo::PaceDomainParameters(PaceDomainParameterInfo {
            agreement: KeyAgreement::Dh,
            mapping: Mapping::Integrated,
            parameter_id: Some(0x40),
            ..
        })
    ));
    assert!(matches!(chip, SecurityInfo::ChipAuthentication(info)
        if info.protocol.name() == "CA-DH-3DES-CBC-CBC" && info.key_id == Some(255)));
    assert!(matches!(chip_domain, SecurityInfo::ChipAuthenticationDomainParameters(_)));
    assert!(matches!(public, SecurityInfo::ChipAuthenticationPublicKey(info)
        if info.spki == key && info.key_id == Some(1)));
    assert!(matches!(terminal, SecurityInfo::TerminalAuthentication(info)
        if (info.cvca_file, info.cvca_short_identifier) == (Some(0x011C), Some(0x1C))));
    assert!(matches!(active, SecurityInfo::ActiveAuthentication(_)));
    assert_eq!(
        infos.active_authentication().unwrap().signature_algorithm.to_string(),
        "0.4.0.127.0.7.1.1.4.1.3"
    );
    assert_eq!(others.len(), 4);
    assert!(others.iter().all(|info| matches!(info, SecurityInfo::Other { .. })));
    // Identifiers of the arc 2.999 (X.660), and with an arc beyond 32 bits.
    for oid in [hex("0603883701"), hex("06072A8FFFFFFFFF7F")] {
        let entry = write(0x30, &[&oid[..], &[0x02, 0x01, 0x01]].concat());
        let set = write(0x31, &[&entry[..], &write(0x30, &hex("060404007F00"))].concat());
        let infos = SecurityInfos::parse(&set).unwrap();
        let [SecurityInfo::Other { oid: None, raw }, _] = infos.as_slice() else {
            panic!("{infos:?}")
        };
        assert_eq!(raw, &entry);
    }
    assert!(infos.contains(pace));
    assert!(!SecurityInfos::parse(&hex(CARD_ACCESS)).unwrap().contains(pace));
    sweep(&write(0x6E, &set), Dg14::parse);
}

#[test]
fn broken_security_infos_are_refused() {
    let good = hex(CARD_ACCESS);
    for (at, byte) in [
        (0, 0x30),  // not a SET
        (1, 0x33),  // SET too short
        (2, 0x31),  // entry not a SEQUENCE
        (4, 0x05),  // no OID
        (5, 0x00),  // empty OID
        (14, 0x04), // version not an INTEGER
        (16, 0x81), // negative version
        (13, 0x82), // OID that does not end
    ] {
        malformed(SecurityInfos::parse(&changed(&good, at, byte)), "EF.CardAccess");
        malformed(Dg14::parse(&write(0x6E, &changed(&good, at, byte))), "DG14");
    }
    malformed(Dg14::parse(&good), "DG14");
    malformed(SecurityInfos::parse(&write(0x6E, &good)), "EF.CardAccess");
    malformed(SecurityInfos::parse(&[]), "EF.CardAccess");
    let entry = |value: &[u8]| write(0x31, &write(0x30, value));
    let ta = hex("060804007F000702020202");
    for tail in ["", "0200", "020500FFFFFFFF00", "0201013003040201", "02010130050403011C00"] {
        malformed(SecurityInfos::parse(&entry(&[ta.clone(), hex(tail)].concat())), "EF.CardAccess");
    }
}

#[test]
fn com_lists_the_groups() {
    let file = hex("60175F0104303130375F36063034303030305C0561756D6E6F");
    let com = Com::parse(&file).unwrap();
    assert_eq!((com.lds_version(), com.unicode_version()), ("0107", "040000"));
    let numbers: Vec<u8> = com.groups().map(DataGroup::number).collect();
    assert_eq!(numbers, [1, 2, 13, 14, 15]);
    assert_eq!(com.deviations(), []);
    sweep(&file, Com::parse);
    for (at, byte) in [(0, 0x61), (4, 3), (6, b'x'), (3, 2), (11, 0), (18, 0x5D)] {
        malformed(Com::parse(&changed(&file, at, byte)), "EF.COM");
    }
    let more = [&file[2..], &[0x5F, 0x37, 1, 9]].concat();
    let more = Com::parse(&write(0x60, &more)).unwrap();
    assert_eq!((more.others()[0].tag, more.lds_version()), (0x5F37, "0107"));
    let unknown = Com::parse(&changed(&file, 20, 0x62)).unwrap();
    assert_eq!((unknown.tags().len(), unknown.groups().count()), (5, 4));
}

#[test]
fn dg1_needs_a_right_mrz() {
    let mrz = b"IDVNM1950012347000195001234<<79506158F3506156VNM<<<<<<<<<<<8\
                NGUYEN<<THI<THU<HA<<<<<<<<<<<<";
    let file = write(0x61, &write(0x5F1F, mrz));
    let group = Dg1::parse(&file).unwrap();
    assert_eq!(group.mrz().document_number().reveal(), "195001234");
    sweep(&file, Dg1::parse);
    assert_eq!(
        Dg1::parse(&changed(&file, 10, b'8')),
        Err(Error::Malformed { file: "DG1", offset: 5, what: "a wrong check digit in the MRZ" })
    );
    for bad in [
        write(0x62, &write(0x5F1F, mrz)),
        write(0x61, &write(0x5F0E, mrz)),
        write(0x61, &write(0x5F1F, &mrz[..88])),
        write(0x61, &write(0x5F1F, &mrz.to_ascii_lowercase())),
        write(0x61, &write(0x5F1F, &[])),
        write(0x61, &[]),
    ] {
        malformed(Dg1::parse(&bad), "DG1");
    }
}

#[test]
fn dg15_hands_out_the_key() {
    let key = write(0x30, &[0x05, 0x00]);
    let group = Dg15::parse(&write(0x6F, &key)).unwrap();
    assert_eq!(group.spki(), key);
    sweep(&write(0x6F, &key), Dg15::parse);
    malformed(Dg15::parse(&key), "DG15");
    malformed(Dg15::parse(&write(0x6F, &write(0x31, &[]))), "DG15");
    malformed(Dg15::parse(&write(0x6F, &[])), "DG15");
}

#[test]
fn every_face_of_every_template_is_read() {
    let file = dg2(&[&face_record(&[(JPEG, 0), (J2K, 3)]), &face_record(&[(JPEG, 0)])]);
    let group = Dg2::parse(&file).unwrap();
    let formats: Vec<_> = group.faces().iter().map(|face| face.format).collect();
    assert_eq!(formats, [ImageFormat::Jpeg, ImageFormat::J2k, ImageFormat::Jpeg]);
    assert_eq!(group.faces()[1].image.reveal(), J2K);
    assert!(group.faces().iter().all(|face| face.width.zip(face.height) == Some((413, 531))));
    assert!(group.faces().iter().all(|face| face.shows == Shows::Face));
    assert_eq!(group.faces().iter().map(|face| face.record).collect::<Vec<_>>(), [0, 0, 1]);
    assert!(group.records().iter().all(|record| record.format == RecordFormat::Iso19794_5_2005));
    let landmarks: Vec<_> = group.faces().iter().map(|face| face.facts.landmarks).collect();
    assert_eq!(landmarks, [0, 3, 0]);
    assert_eq!(group.deviations(), []);
    sweep(&file, Dg2::parse);
}

#[test]
fn headers_that_lie_by_a_few_bytes_are_forgiven_and_reported() {
    let record = face_record(&[(JPEG, 0)]);
    let lies = [
        // Length of the record, of the image; one feature point that is not there.
        changed(&record, 11, record[11] + 8),
        changed(&record, 11, record[11] - 8),
        changed(&record, 17, record[17] + 5),
        changed(&record, 17, record[17] - 5),
        changed(&record, 19, 1),
        // Feature points that are not counted.
        changed(&face_record(&[(JPEG, 1)]), 19, 0),
    ];
    for record in lies {
        let group = Dg2::parse(&dg2(&[&record])).unwrap();
        assert_eq!(group.faces()[0].image.reveal(), JPEG);
        assert_eq!(group.faces()[0].width, Some(413));
        assert_eq!(group.deviations(), [Deviation::FaceRecordLength]);
    }
}

#[test]
fn an_image_of_unknown_kind_is_handed_out() {
    let group = Dg2::parse(&dg2(&[&face_record(&[(b"BM  ", 0)])])).unwrap();
    assert_eq!(group.faces()[0].format, ImageFormat::Unknown);
    assert_eq!(group.faces()[0].image.reveal(), b"BM  ");
    assert!(!format!("{group:?}").contains("66"));
}

#[test]
fn broken_faces_are_refused() {
    let record = face_record(&[(JPEG, 0)]);
    for record in [
        changed(&record, 0, b'f'),
        changed(&record, 11, record[11] + 9),
        changed(&record, 11, record[11] - 9),
        changed(&record, 17, record[17] + 9),
        changed(&record, 14, 0xFF),
        changed(&record, 13, 0),
        changed(&record, 13, 2),
        changed(&record, 12, 0xFF),
        record[..14].to_vec(),
        record[..4].to_vec(),
        face_record(&[(b"", 0)]),
        changed(&face_record(&[(b"BM", 0)]), 18, 0xFF),
        vec![],
    ] {
        malformed(Dg2::parse(&dg2(&[&record])), "DG2");
    }
    malformed(Dg2::parse(&dg2(&[])), "DG2");
    let good = dg2(&[&record]);
    malformed(Dg2::parse(&changed(&good, 0, 0x63)), "DG2");
    malformed(Dg2::parse(&write(0x75, &write(0x7F61, &write(0x02, &[1])))), "DG2");
    // An edition that does not exist, and one whose record is built otherwise.
    malformed(Dg2::parse(&dg2(&[&changed(&record, 5, b'2')])), "DG2");
    malformed(Dg2::parse(&dg2(&[&changed(&record, 5, b'3')])), "DG2");
}

#[test]
fn a_wrong_number_of_templates_is_reported() {
    let good = dg2(&[&face_record(&[(JPEG, 0)])]);
    let count = good.iter().position(|byte| *byte == 0x02).unwrap() + 2;
    for wrong in [0, 2, 0x7F] {
        let group = Dg2::parse(&changed(&good, count, wrong)).unwrap();
        assert_eq!(group.faces().len(), 1);
        assert_eq!(group.deviations(), [Deviation::BiometricCounts]);
    }
}

#[test]
fn foreign_reference_sets_are_read() {
    for folder in ["bsi-mustermann", "lds/bsi2008"] {
        let Some(com) = foreign(&format!("{folder}/EF_COM.bin")) else { return };
        let file = |name: &str| foreign(&format!("{folder}/{name}.bin")).unwrap();
        assert!(Com::parse(&com).unwrap().groups().any(|group| group == DataGroup::DG14));
        let mrz = Dg1::parse(&file("Datagroup1")).unwrap();
        assert_eq!(crate::mrz::alpha2(mrz.mrz().issuing_state()), Some("DE"));
        let faces = Dg2::parse(&file("Datagroup2")).unwrap();
        assert_eq!(faces.faces().len(), 1);
        assert_eq!(faces.faces()[0].format, ImageFormat::Jp2);
        let infos = Dg14::parse(&file("Datagroup14")).unwrap();
        assert_eq!(infos.security_infos().chip_authentication_keys().count(), 1);
        assert!(Dg15::parse(&file("Datagroup15")).unwrap().spki().len() > 100);
        sweep_few(&file("Datagroup2"), Dg2::parse);
        sweep(&file("Datagroup14"), Dg14::parse);
    }
}

/// As [`sweep`], at a few positions of a large file.
fn sweep_few<T: core::fmt::Debug>(bytes: &[u8], parse: fn(&[u8]) -> Result<T>) {
    for end in (0..bytes.len()).step_by(97) {
        assert!(parse(&bytes[..end]).is_err());
    }
    for at in 0..100 {
        for byte in [0, 0x7F, 0x80, 0xFF] {
            let _ = parse(&changed(bytes, at, byte));
        }
    }
}

#[test]
fn foreign_single_files_are_read() {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN").map(PathBuf::from) else {
        println!("skipped: CCCD_FOREIGN is not set");
        return;
    };
    let files = |kind: &str| -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(folder.join("files").join(kind)).unwrap();
        entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
    };
    for file in files("EF.CardAccess") {
        let infos = SecurityInfos::parse(&file).unwrap();
        assert!(infos.pace().count() >= 1);
    }
    for file in files("DG14") {
        let infos = Dg14::parse(&file).unwrap();
        assert_eq!(infos.security_infos().chip_authentication_keys().count(), 1);
        assert_eq!(infos.security_infos().chip_authentication().count(), 1);
    }
    for file in files("DG15") {
        Dg15::parse(&file).unwrap();
    }
}
