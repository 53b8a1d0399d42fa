//! `cccd doctor`: a report to read and one to send, and not a byte of the holder in either.

#[path = "../../tests/leaks/searcher.rs"]
mod searcher;
mod support;

use cccd_simulator::{CardOptions, DigestName, Issuer, IssuerOptions, Person, Profile};
use searcher::{Canary, found, text_canary};
use serde_json::json;
use support::{CAN, Ran, keys, run};

fn doctor(arguments: &[&str]) -> Ran {
    run(&[&["doctor", "--simulated", "--seed", "3"], arguments].concat())
}

#[test]
fn the_json_object_is_as_documented() {
    let ran = doctor(&["--json"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let object = ran.json();
    let expected = [
        "report",
        "version",
        "program",
        "simulated",
        "reader",
        "limits",
        "atr",
        "answers",
        "card",
        "times",
    ];
    assert_eq!(keys(&object), expected);
    assert_eq!((&object["report"], &object["version"]), (&json!("cccd doctor"), &json!(1)));
    assert_eq!(object["atr"]["contactless"], true);
    assert_eq!(keys(&object["answers"]).len(), 18);
    assert_eq!(object["answers"]["entry_sixteen"], "hex:16");
    assert_eq!(object["answers"]["wrong_key"], json!(null));
    let card = &object["card"];
    assert_eq!(card["stopped"], json!(null));
    assert_eq!(card["card_access"]["infos"][2]["detail"], "brainpoolP256r1");
    assert_eq!(card["sod"]["groups"], json!([1, 2, 3, 13, 14, 15]));
    assert_eq!(card["sod"]["signature"]["signer"]["key"], "EC secp384r1");
    assert_eq!(card["dg15_key"], "RSA 2048");
    assert_eq!(
        card["files"][2]["structure"],
        json!([[0, "60", 24], [1, "5F01", 4], [1, "5F36", 6], [1, "5C", 6]])
    );
    let parts: Vec<_> =
        object["times"]["parts"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!(parts.len(), 10);
    let exchanges = |list: &str| -> u64 {
        let times = object["times"][list].as_array().unwrap();
        times.iter().map(|it| it["exchanges"].as_u64().unwrap()).sum()
    };
    let answered: u64 = card["status_words"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["count"].as_u64().unwrap())
        .sum();
    assert_eq!((exchanges("parts"), exchanges("commands")), (answered, answered));
}

#[test]
fn the_page_has_every_section_and_says_how_to_send_it() {
    let ran = doctor(&["--can", CAN]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    for heading in [
        "· LINK",
        "· BEFORE ACCESS",
        "· ACCESS",
        "· FILES",
        "· SIGNATURE",
        "· DATA GROUPS",
        "· PROOFS OF THE CHIP",
        "· HABITS",
        "· OPEN QUESTIONS",
        "· SENDING IT",
    ] {
        assert_eq!(
            ran.stdout.lines().filter(|line| line.ends_with(heading)).count(),
            1,
            "{heading}"
        );
    }
    assert!(ran.stdout.contains("no name, number, date, picture, key or digest of the holder"));
    assert!(ran.stdout.contains("--json > report.json"));
    // No section but the last needs more than a screen.
    let sections = ran.stdout.split("\n\n");
    assert!(sections.map(|section| section.lines().count()).max().unwrap() <= 40);
}

#[test]
fn a_card_that_is_taken_away_is_reported_as_far_as_it_was_seen() {
    let ran = doctor(&["--remove-after", "40", "--json"]);
    assert_eq!(ran.status, 12);
    let object = ran.json();
    assert_eq!(
        object["card"]["stopped"],
        json!({ "part": "habits", "code": "link_lost.card_gone" })
    );
    assert_eq!(object["card"]["sod"]["signature"]["correct"], true);
    let ran = doctor(&["--remove-after", "0"]);
    assert_eq!(ran.status, 12);
    assert!(ran.stdout.contains("· OPEN QUESTIONS") && ran.stderr.contains("link_lost.card_gone"));
}

#[test]
fn wrong_keys_and_pins_end_with_their_status() {
    let ran = doctor(&["--can", "999999", "--json"]);
    assert_eq!(ran.status, 11);
    let door = &ran.json()["card"]["doors"][0];
    assert_eq!(
        (&door["door"], &door["code"]),
        (&json!("pace-can"), &json!("access_denied.wrong_key"))
    );
    for secret in [["--pin", "123456"], ["--puk", "1234567890"]] {
        let ran = doctor(&secret);
        assert_eq!((ran.status, ran.stdout.as_str()), (10, ""));
        assert!(ran.stderr.contains("invalid_key.wrong_kind"));
    }
    assert_eq!(run(&["doctor", "--profile", "cccd"]).status, 2);
}

/// Nobody: the prefix 000 is not assigned, and every field has a word that exists nowhere else.
const CANARY: &str = r#"
id_number = "000987654321"
full_name = "Quyềng Thị Zyxwut Hằnz"
date_of_birth = "17/09/1957"
sex = "Nữ"
nationality = "Việt Nam Zqnation"
ethnicity = "Zqethnic Mường"
religion = "Zqreligion Phật"
place_of_origin = "Xã Zqorigin, Tỉnh Thử"
residence = "Số 7 Đường Zqresidence, Tỉnh Thử"
identifying_marks = "Nốt ruồi Zqmarks"
issue_date = "19/08/2022"
expiry_date = "23/11/2043"
father_name = "Quyềng Zqfather"
mother_name = "Lưu Zqmother"
spouse_name = "Trầnq Zqspouse"
old_id_number = "987612345"
chip_id = "C0FFEE0DDBA11AD5"
"#;

fn canaries(person: &Person, profile: &str) -> Vec<Canary> {
    let issuer = Issuer::new(IssuerOptions { seed: 3, ..IssuerOptions::default() });
    let options = Profile::named(profile).unwrap().options;
    let card = issuer.personalise(person, &CardOptions { seed: 3, ..options });
    let words = [
        "000987654321",
        "987654321",
        "654321",
        "Zyxwut",
        "Hằnz",
        "Zqnation",
        "Zqethnic",
        "Zqreligion",
        "Zqorigin",
        "Zqresidence",
        "Zqmarks",
        "Zqfather",
        "Zqmother",
        "Zqspouse",
        "987612345",
        "C0FFEE0DDBA11AD5",
        "17/09/1957",
        "1957-09-17",
        "570917",
        "19/08/2022",
        "2022-08-19",
        "23/11/2043",
        "2043-11-23",
        "431123",
    ];
    let mut canaries: Vec<Canary> = words.map(|word| text_canary(word, word)).into();
    canaries.extend(person.mrz().iter().map(|line| text_canary("MRZ", line.trim_end_matches('<'))));
    for bytes in card.files.values() {
        let (middle, end) = (bytes.len() / 2, bytes.len());
        // The end of DG14, DG15 and EF.SOD is a key or a signature, that of DG1 and DG13 the holder's.
        canaries.push(Canary { name: "digest", bytes: DigestName::Sha256.hash(bytes) });
        if end > 60 {
            canaries.push(Canary { name: "end of a file", bytes: bytes[end - 12..].to_vec() });
        }
        if end > 4000 {
            canaries.push(Canary { name: "portrait", bytes: bytes[middle..middle + 12].to_vec() });
        }
    }
    let turned: Vec<Canary> = canaries
        .iter()
        .map(|it| Canary { name: it.name, bytes: it.bytes.iter().rev().copied().collect() })
        .collect();
    canaries.extend(turned);
    canaries
}

#[test]
fn neither_page_nor_object_holds_anything_of_the_holder() {
    let person = Person::from_toml(CANARY).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("canary.toml");
    std::fs::write(&path, CANARY).unwrap();
    for profile in [
        "cccd",
        "bac",
        "pin",
        "pace-ecdh-cam-aes-128-brainpoolP256r1",
        "aa-ecdsa-secp256r1-sha-256",
    ] {
        let canaries = canaries(&person, profile);
        for form in [&[][..], &["--json"]] {
            let options = ["--profile", profile, "--person", path.to_str().unwrap()];
            let ran = doctor(&[&options, form].concat());
            assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{profile}");
            assert!(ran.stdout.contains("CSCA Simulator"));
            let leaked = found(&ran.stdout, &canaries);
            assert!(leaked.is_empty(), "{profile}: {leaked:?}");
        }
    }
}
