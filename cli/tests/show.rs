//! `cccd show`: every file by itself, its holder only on demand.

mod support;

use std::path::Path;

use cccd_simulator::{
    CardOptions, Issuer, IssuerOptions, Person,
    personalisation::{RecordEdition, dg2, dg3, dg4, file},
    portrait::PortraitOptions,
};
use serde_json::{Value, json};
use support::run;

/// Every file of a card with every group, by the standard's names.
fn card(folder: &Path) -> Vec<(String, String)> {
    let options = CardOptions {
        iris: true,
        further_groups: true,
        atr_info: Some((2048, 2050)),
        ..CardOptions::default()
    };
    let issuer = Issuer::new(IssuerOptions::default());
    let card = issuer.personalise(&Person::sample(), &options);
    let mut files = vec![
        ("EF.CardAccess".to_owned(), card.card_access.clone().unwrap()),
        ("EF.ATR/INFO".to_owned(), card.atr_info.clone().unwrap()),
        ("EF.DIR".to_owned(), b"\x61\x09\x4F\x07\xA0\x00\x00\x02\x47\x10\x01".to_vec()),
        ("EF.CVCA".to_owned(), b"\x42\x0BVNCVCA00001".to_vec()),
    ];
    for (identifier, bytes) in &card.files {
        let name = match *identifier {
            file::COM => "EF.COM".to_owned(),
            file::SOD => "EF.SOD".to_owned(),
            other => format!("DG{}", other & 0xFF),
        };
        files.push((name, bytes.clone()));
    }
    files.into_iter().map(|(name, bytes)| (name.clone(), write(folder, &name, &bytes))).collect()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name.replace(['.', '/'], "_")).with_extension("bin");
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn shown(arguments: &[&str]) -> Vec<Value> {
    let ran = run(&[&["show", "--json"], arguments].concat());
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    ran.json()["files"].as_array().unwrap().clone()
}

fn field<'a>(file: &'a Value, name: &str) -> &'a Value {
    let fields = file["fields"].as_array().unwrap();
    fields.iter().find(|field| field["name"] == name).unwrap_or_else(|| panic!("{name}: {file}"))
}

#[test]
fn every_file_of_a_card_is_known_by_its_first_tag() {
    let folder = tempfile::tempdir().unwrap();
    let files = card(folder.path());
    let paths: Vec<&str> = files.iter().map(|(_, path)| path.as_str()).collect();
    let objects = shown(&paths);
    let names: Vec<&str> = objects.iter().map(|file| file["file"].as_str().unwrap()).collect();
    let expected: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, expected);
    // EF.SOD and DG1 to DG16 but DG6, EF.COM, and the four above.
    assert_eq!(objects.len(), 4 + 2 + 15);
    for file in &objects {
        assert_eq!(file["deviations"], json!([]), "{file}");
    }
    let named = |name: &str| objects.iter().find(|file| file["file"] == name).unwrap();
    assert_eq!(field(named("EF.ATR/INFO"), "longest_answer")["value"], "2050");
    assert_eq!(field(named("EF.DIR"), "application")["value"], "a0000002471001");
    assert_eq!(field(named("EF.CVCA"), "authority_reference")["value"], "VNCVCA00001");
    assert_eq!(field(named("EF.SOD"), "digest")["value"], "SHA-256");
    let groups = "DG1 DG2 DG3 DG4 DG5 DG7 DG8 DG9 DG10 DG11 DG12 DG13 DG14 DG15 DG16";
    assert_eq!(field(named("EF.COM"), "groups")["value"], groups);
    assert_eq!(field(named("EF.SOD"), "groups")["value"], groups);
    assert_eq!(field(named("DG1"), "format")["value"], "TD1");
    assert_eq!(named("DG8")["unknown"], json!([{ "tag": "04", "bytes": 26 }]));
}

#[test]
fn the_holder_is_shown_on_demand_only() {
    let folder = tempfile::tempdir().unwrap();
    let files = card(folder.path());
    let paths: Vec<&str> = files.iter().map(|(_, path)| path.as_str()).collect();
    let person = Person::sample();
    let secrets =
        [person.full_name.as_str(), &person.id_number, &person.residence, "19950615", "NGUYEN"];
    for format in [&["--json"][..], &[]] {
        let hidden = run(&[&["show"], format, &paths[..]].concat());
        assert_eq!(hidden.status, 0, "{}", hidden.stderr);
        for secret in secrets {
            assert!(!hidden.stdout.contains(secret), "{secret}");
        }
        let all = run(&[&["show", "--reveal"], format, &paths[..]].concat());
        for secret in [&person.id_number, "NGUYEN<<THI<THU<HA", "Nguyễn<<Thị<Thu<Hà"] {
            assert!(all.stdout.contains(secret), "{secret}");
        }
    }
    let objects = shown(&["--reveal", files.iter().find(|it| it.0 == "DG11").unwrap().1.as_str()]);
    assert_eq!(
        *field(&objects[0], "date_of_birth"),
        json!({ "name": "date_of_birth", "value": "1995-06-15", "personal": true, "readable": true })
    );
}

#[test]
fn the_page_names_what_is_there_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let group = b"\x6B\x13\x5C\x04\x5F\x0E\x5F\x99\x5F\x0E\x04A<<B\x5F\x2B\x03123";
    let path = write(folder.path(), "DG11", group);
    let ran = run(&["show", &path]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let lines: Vec<Vec<&str>> =
        ran.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    let lines: Vec<String> = lines.iter().map(|words| words.join(" ")).collect();
    for expected in [
        "Họ và tên · Full name (4 ký tự · characters)",
        "Ngày sinh · Date of birth không đọc được · unreadable, 3 byte",
        "Sai khác · Deviation unreadable_entry",
        "Sai khác · Deviation field_list",
        "Dùng --reveal để hiện dữ liệu cá nhân · --reveal shows the holder's data",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected}\n{}", ran.stdout);
    }
    assert!(lines[1].starts_with("DG11, 21 byte "), "{}", lines[1]);
}

#[test]
fn pictures_are_saved_as_they_are_stored() {
    let folder = tempfile::tempdir().unwrap();
    let portrait = PortraitOptions::of_size(6_000).make();
    for edition in RecordEdition::ALL {
        let pictures = folder.path().join(format!("{edition:?}"));
        let files = [
            write(folder.path(), "DG2", &dg2(&portrait, edition)),
            write(folder.path(), "DG3", &dg3(edition)),
            write(folder.path(), "DG4", &dg4(edition)),
        ];
        let paths: Vec<&str> = files.iter().map(String::as_str).collect();
        let objects = shown(&[&["--pictures", pictures.to_str().unwrap()], &paths[..]].concat());
        let png = |tagged: bool| if tagged { "png" } else { "jpg" };
        let finger = png(edition == RecordEdition::Tagged);
        let iris = png(edition != RecordEdition::First);
        for (object, name) in objects.iter().zip([
            "DG2-1-face.jpg".to_owned(),
            format!("DG3-1-right_index_finger.{finger}"),
            format!("DG4-1-right_iris.{iris}"),
        ]) {
            let image = &object["images"][0];
            assert_eq!(image["file"], pictures.join(&name).to_str().unwrap());
            let saved = std::fs::read(pictures.join(&name)).unwrap();
            assert_eq!(image["bytes"], saved.len());
        }
        assert_eq!(std::fs::read(pictures.join("DG2-1-face.jpg")).unwrap(), portrait.image);
        assert_eq!(objects[0]["images"][0]["width"], 240);
        assert_eq!(objects[1]["images"][0]["quality"], json!([80]));
    }
}

#[test]
fn files_of_one_name_keep_their_pictures_apart() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["one", "other"].map(|name| {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        write(
            &folder,
            "DG5",
            &[b"\x65\x09\x02\x01\x01\x5F\x40\x03", &name.as_bytes()[..3]].concat(),
        )
    });
    let pictures = folder.path().join("pictures");
    shown(&["--pictures", pictures.to_str().unwrap(), &paths[0], &paths[1]]);
    for (name, contents) in [("1-DG5-1-portrait.bin", b"one"), ("2-DG5-1-portrait.bin", b"oth")] {
        assert_eq!(std::fs::read(pictures.join(name)).unwrap(), contents);
    }
}

#[test]
fn what_is_no_file_of_a_chip_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = write(folder.path(), "DG7", b"\x67\x03\x02\x01\x00");
    let bad = write(folder.path(), "notes", b"zzz");
    let cut = write(folder.path(), "DG11", b"\x6B\x7F\x5C");
    let ran = run(&["show", "--json", &bad, &good, &cut]);
    assert_eq!(ran.status, 21);
    let object = ran.json();
    assert_eq!(object["files"][0]["error"]["code"], "unsupported.structure");
    assert_eq!(object["files"][1]["file"], "DG7");
    assert_eq!(object["files"][2]["error"]["code"], "malformed.structure");
    // Whoever knows better says so.
    let ran = run(&["show", "--json", "--as", "DG12", &good]);
    assert_eq!((ran.status, &ran.json()["files"][0]["error"]["kind"]), (18, &json!("malformed")));
    assert_eq!(run(&["show", "--as", "DG17", &good]).status, 2);
    assert_eq!(run(&["show", "nowhere.bin"]).status, 23);
}
