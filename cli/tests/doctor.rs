//! `cccd doctor`: a report to read and one to send, and not a byte of the holder in either.

#[path = "support/canary.rs"]
mod canary;
mod support;

use canary::Holder;
use serde_json::json;
use support::{CAN, Ran, keys, run};

fn doctor(arguments: &[&str]) -> Ran {
    run(&[&["doctor", "--simulated", "--seed", canary::SEED], arguments].concat())
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

#[test]
fn neither_page_nor_object_holds_anything_of_the_holder() {
    let holder = Holder::new();
    for profile in [
        "cccd",
        "bac",
        "pin",
        "pace-ecdh-cam-aes-128-brainpoolP256r1",
        "aa-ecdsa-secp256r1-sha-256",
    ] {
        for form in [&[][..], &["--json"]] {
            let options = ["--profile", profile, "--person", holder.file()];
            let ran = doctor(&[&options, form].concat());
            assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{profile}");
            assert!(ran.stdout.contains("CSCA Simulator"));
            let leaked = holder.found(&ran.stdout, profile);
            assert!(leaked.is_empty(), "{profile}: {leaked:?}");
        }
    }
}
