//! Cards by name: what they are opened with, and what the output says of the way in.

mod support;

use serde_json::{Value, json};
use support::{CAN, MRZ, keys, outcome, read_simulated, run};

/// The object `access` of a read of this profile, which has to succeed.
fn access(profile: &str, arguments: &[&str]) -> Value {
    let ran = read_simulated(&[&["--json", "--profile", profile], arguments].concat());
    let object = ran.json();
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{profile}: {object}");
    let access = object["access"].clone();
    assert_eq!(
        keys(&access),
        [
            "protocol",
            "password",
            "mapping",
            "agreement",
            "cipher",
            "group",
            "offers_refused",
            "after_pace_failure"
        ]
    );
    let name = &object["metrics"]["access"];
    match access["protocol"].as_str() {
        Some("pace") => {
            assert_eq!(name, &format!("pace-{}", access["password"].as_str().unwrap()));
        }
        protocol => assert_eq!(name.as_str(), protocol),
    }
    access
}

fn pace(password: &str, way: [&str; 4]) -> Value {
    let [agreement, mapping, cipher, group] = way;
    json!({
        "protocol": "pace",
        "password": password,
        "mapping": mapping,
        "agreement": agreement,
        "cipher": cipher,
        "group": group,
        "offers_refused": 0,
        "after_pace_failure": false,
    })
}

/// How many cards misbehave as in the field.
const FIELD: usize = 78;

const CCCD: [&str; 4] = ["ECDH", "GM", "AES-128", "brainpoolP256r1"];

#[test]
fn the_way_in_is_as_documented() {
    for (profile, way) in [
        ("cccd", CCCD),
        ("pace-ecdh-gm-aes-256-secp521r1", ["ECDH", "GM", "AES-256", "secp521r1"]),
        ("pace-ecdh-gm-3des-secp192r1", ["ECDH", "GM", "3DES", "secp192r1"]),
        ("pace-ecdh-im-aes-192-brainpoolP384r1", ["ECDH", "IM", "AES-192", "brainpoolP384r1"]),
        ("pace-ecdh-cam-aes-128-secp256r1", ["ECDH", "CAM", "AES-128", "secp256r1"]),
        ("pace-dh-gm-aes-128-modp-1024-160", ["DH", "GM", "AES-128", "MODP 1024/160"]),
        ("pace-dh-im-aes-128-modp-2048-256", ["DH", "IM", "AES-128", "MODP 2048/256"]),
        ("pace-explicit-ecdh-gm-secp224r1", ["ECDH", "GM", "AES-128", "secp224r1"]),
    ] {
        assert_eq!(access(profile, &[]), pace("can", way), "{profile}");
    }
    let bac = json!({
        "protocol": "bac",
        "password": "mrz",
        "mapping": null,
        "agreement": null,
        "cipher": "3DES",
        "group": null,
        "offers_refused": 0,
        "after_pace_failure": false,
    });
    assert_eq!(access("bac", &[]), bac);
}

#[test]
fn profiles_open_with_every_password_they_have() {
    let profile = "pace-ecdh-gm-aes-128-brainpoolP256r1";
    for (password, key) in [("can", CAN), ("mrz", MRZ), ("pin", "123456"), ("puk", "1234567890")] {
        let option = format!("--{password}");
        assert_eq!(access(profile, &[&option, key]), pace(password, CCCD), "{password}");
    }
    assert_eq!(access("pin", &[]), pace("pin", CCCD));
    assert_eq!(access("puk", &[]), pace("puk", CCCD));
}

#[test]
fn a_person_is_told_the_way_in_in_one_line() {
    for (profile, line) in [
        ("cccd", "PACE, CAN, ECDH-GM, AES-128, brainpoolP256r1"),
        ("pace-dh-im-aes-128-modp-2048-256", "PACE, CAN, DH-IM, AES-128, MODP 2048/256"),
        ("pin", "PACE, PIN, ECDH-GM, AES-128, brainpoolP256r1"),
        ("bac", "BAC, MRZ, 3DES"),
    ] {
        let page = read_simulated(&["--profile", profile]).stdout;
        let found = page.lines().find(|shown| shown.starts_with("  Mở chip · Access  "));
        assert!(found.is_some_and(|shown| shown.ends_with(&format!("  {line}"))), "{page}");
    }
}

#[test]
fn a_person_reads_what_is_proven_and_what_is_not_without_long_lines() {
    let page = read_simulated(&["--profile", "pace-ecdh-cam-aes-128-secp521r1"]).stdout;
    for words in [
        "Chip proof  active authentication: RSA 2048, SHA-256\n",
        "Chip proof  chip authentication mapping: ECDH-CAM secp521r1\n",
        "  không chứng minh  ",
        "  does not prove  ",
        "convinces this reader only",
        "signature over a fresh challenge",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    for line in page.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn the_mapping_proves_the_chip() {
    let ran = read_simulated(&["--json", "--profile", "pace-ecdh-cam-aes-256-brainpoolP512r1"]);
    let object = ran.json();
    assert_eq!(outcome(&object, "chip_authentication_mapping"), ("passed", "passed"));
    let proofs = object["document"]["chip_proofs"].as_array().unwrap();
    let mapping = proofs.iter().find(|proof| proof["proof"] == "chip_authentication_mapping");
    let mapping = mapping.expect("the proof");
    assert_eq!(keys(mapping), ["proof", "description", "strength", "fresh", "does_not_prove"]);
    assert_eq!(mapping["strength"], "session");
}

#[test]
fn the_list_has_every_profile_once() {
    let ran = run(&["simulate", "--list"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let names: Vec<&str> = ran.stdout.lines().collect();
    let (field, doors): (Vec<&str>, Vec<&str>) =
        names.iter().partition(|name| name.starts_with("field-"));
    assert_eq!((doors.len(), field.len()), (275, FIELD));
    let every: Vec<String> = cccd_simulator::profiles().map(|profile| profile.name).collect();
    assert_eq!(names, every);

    let object = run(&["simulate", "--list", "--json"]).json();
    let list = object.as_array().unwrap();
    assert_eq!(list.len(), 275 + FIELD);
    for (entry, name) in list.iter().zip(names) {
        let expected: &[&str] = match entry["expected"].as_str() {
            None => &["name", "password"],
            Some("read") => &[
                "name",
                "password",
                "problem",
                "description",
                "expected",
                "extra_exchanges",
                "access_again",
            ],
            Some(_) => &["name", "password", "problem", "description", "expected"],
        };
        assert_eq!(keys(entry), expected);
        assert_eq!(name.starts_with("field-"), entry["problem"].is_number());
        let password = match name {
            "bac" => "mrz",
            // Those of them that have no PACE.
            _ if name.starts_with("field-") && entry["password"] == "mrz" => "mrz",
            "pin" | "puk" => name,
            _ => "can",
        };
        assert_eq!((&entry["name"], &entry["password"]), (&json!(name), &json!(password)));
    }
}

/// A few of each kind: sizes, errors in plain, a card that is put back, a short reader, a file, a copy.
#[test]
fn cards_of_the_field_are_read_and_refused_as_the_list_says() {
    let list = run(&["simulate", "--list", "--json"]).json();
    for name in [
        "field-01-lost-in-portrait",
        "field-04-short-reader",
        "field-08-exact-length-6ce7",
        "field-11-plain-error-ends-session",
        "field-13-6988-after-bac",
        "field-39-indefinite-length",
        "field-33-copy",
        "field-51-plain-data-in-channel",
    ] {
        let entry = list.as_array().unwrap().iter().find(|entry| entry["name"] == name).unwrap();
        let ran = read_simulated(&["--json", "--profile", name]);
        let object = ran.json();
        match entry["expected"].as_str().unwrap() {
            "read" => assert_eq!((ran.status, &object["error"]), (0, &Value::Null), "{name}"),
            code => assert_eq!(object["error"]["code"], code, "{name}: {object}"),
        }
    }
    // Somebody who takes the card away does not put it back.
    let ran = read_simulated(&["--json", "--profile", "cccd", "--remove-after", "9"]);
    assert_eq!(ran.json()["error"]["code"], "link_lost.card_gone");
}

#[test]
fn an_unknown_profile_is_answered_with_the_nearest_names() {
    let mistyped = "pace-ecdh-cam-aes-128-brainpool256r1";
    for command in [&["read", "--simulated"][..], &["simulate"]] {
        let ran = run(&[command, &["--profile", mistyped]].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
        for words in [
            "không có thẻ nào tên như vậy · no such profile",
            "pace-ecdh-cam-aes-128-brainpoolP256r1",
            "cccd simulate --list",
        ] {
            assert!(ran.stderr.contains(words), "{words} in {}", ran.stderr);
        }
    }
}

#[test]
fn help_is_in_two_languages() {
    for command in ["read", "verify", "simulate", "readers"] {
        let help = run(&[command, "-h"]).stdout;
        // An option begins a line; its words may go on in the next.
        let joined = help.replace("\n      --", "\0--").replace("\n\n", "\0");
        let options: Vec<_> = joined.split('\0').filter(|entry| entry.starts_with("--")).collect();
        assert!(!options.is_empty(), "{help}");
        for option in options {
            let words = option.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(" · "), "{command}: {words}");
        }
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
    let help = run(&["read", "--help"]).stdout;
    for words in [
        "Mã PIN của chủ thẻ, 5 hoặc 6 số; chip đếm số lần sai · The holder's PIN",
        "Mã PUK",
        "Loại thẻ theo tên",
    ] {
        assert!(help.contains(words), "{words} in {help}");
    }
}
