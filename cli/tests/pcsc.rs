//! The real thing: pcscd, a virtual reader, and two processes of `cccd`, one the card, one the reader.
//!
//! Runs with `CCCD_PCSC=1` only, see `support/virtual_reader.rs`.
#![cfg(feature = "pcsc")]

mod support;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use support::{
    CAN, DAY, ID_NUMBER, MRZ, QR, keys, outcome, run,
    virtual_reader::{Card, READER, Service, readers, wait_until},
};

#[test]
fn every_printed_key_reads_the_card() {
    let Some(_service) = Service::start() else { return };
    let card = Card::lay_down(&[]);
    for (arguments, access) in [
        (["--can", CAN], "pace-can"),
        (["--id-number", ID_NUMBER], "pace-can"),
        (["--mrz", MRZ], "pace-mrz"),
        (["--qr", QR], "pace-can"),
    ] {
        let ran = card.read(&arguments);
        let object = ran.json();
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{arguments:?}: {object}");
        assert_eq!(object["citizen"]["full_name"], "Nguyễn Thị Thu Hà");
        assert_eq!(object["document"]["simulated"], false, "nobody told it");
        assert_eq!(object["metrics"]["access"], access);
        assert_eq!(outcome(&object, "active_authentication").0, "passed");
    }
}

#[test]
fn cards_by_name_are_read_as_what_they_are() {
    let Some(_service) = Service::start() else { return };
    for (profile, key, access, check) in [
        (
            "pace-ecdh-cam-aes-128-brainpoolP256r1",
            ["--can", CAN],
            ["pace", "can", "CAM", "ECDH", "AES-128", "brainpoolP256r1"],
            "chip_authentication_mapping",
        ),
        (
            "pace-dh-im-aes-256-modp-2048-256",
            ["--pin", "123456"],
            ["pace", "pin", "IM", "DH", "AES-256", "MODP 2048/256"],
            "active_authentication",
        ),
    ] {
        let card = Card::lay_down(&["--profile", profile]);
        let ran = card.read(&key);
        let object = ran.json();
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{profile}: {object}");
        let names = ["protocol", "password", "mapping", "agreement", "cipher", "group"];
        assert_eq!(names.map(|name| object["access"][name].as_str().unwrap()), access);
        assert_eq!(outcome(&object, check).0, "passed", "{profile}");
    }
}

#[test]
fn the_last_try_of_a_pin_is_kept_for_the_holder() {
    let Some(_service) = Service::start() else { return };
    let card = Card::lay_down(&["--profile", "pin"]);
    for left in [2, 1] {
        let ran = card.read(&["--pin", "918273"]);
        assert_eq!(ran.status, 11, "{}", ran.stdout);
        let message = ran.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(&format!("{left} attempt")), "{message}");
    }
    let pin = ["--pin", "123456", "--refuse-last-attempt"];
    let refused = card.read(&pin);
    assert_eq!(refused.status, 22, "{}", refused.stdout);
    assert_eq!(refused.json()["error"]["code"], "policy_refused.last_attempt");
    let suspended = card.read(&pin[..2]);
    assert_eq!(suspended.status, 10, "{}", suspended.stdout);
    assert_eq!(suspended.json()["error"]["code"], "invalid_key.suspended");
    assert_eq!(card.read(&["--can", CAN]).status, 0, "the CAN still opens it");
}

#[test]
fn a_person_gets_the_table_the_portrait_and_the_evidence() {
    let Some(_service) = Service::start() else { return };
    let card = Card::lay_down(&[]);
    let portrait = card.folder.path().join("face.png");
    let evidence = card.folder.path().join("evidence.cbor");
    let csca = card.csca.to_str().unwrap();
    let ran = run(&[
        "read",
        "--can",
        CAN,
        "--reader",
        READER,
        "--at",
        DAY,
        "--trust",
        csca,
        "--portrait",
        portrait.to_str().unwrap(),
        "--evidence",
        evidence.to_str().unwrap(),
    ]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("Nguyễn Thị Thu Hà") && !ran.stdout.contains("SIMULATED"));
    assert_eq!(image::image_dimensions(portrait).unwrap(), (240, 320));
    let path = evidence.to_str().unwrap();
    assert_eq!(run(&["verify", path, "--trust", csca, "--at", DAY]).status, 0);
}

/// A program in `examples/`; `cargo test --workspace` builds them beside `cccd`.
fn example(name: &str) -> Command {
    let path = Path::new(env!("CARGO_BIN_EXE_cccd")).with_file_name("examples").join(name);
    assert!(path.exists(), "build it: cargo build --examples --features pcsc");
    Command::new(path)
}

#[test]
fn the_desktop_reader_reads_the_card_and_saves_the_portrait() {
    let Some(_service) = Service::start() else { return };
    let card = Card::lay_down(&[]);
    let mut desk = example("desktop_reader");
    desk.arg(ID_NUMBER).arg(&card.csca).current_dir(card.folder.path());
    let output = desk.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("Nguyễn Thị Thu Hà"), "{printed}");
    let portrait = std::fs::read(card.folder.path().join("portrait.jpg")).unwrap();
    assert!(portrait.starts_with(&[0xFF, 0xD8, 0xFF]));
}

#[test]
fn the_kiosk_goes_on_with_the_next_patient() {
    let Some(_service) = Service::start() else { return };
    let card = Card::lay_down(&["--seed", "5"]);
    let mut kiosk = example("hospital_kiosk")
        .arg(&card.csca)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut scanner = kiosk.stdin.take().unwrap();
    let mut records = BufReader::new(kiosk.stdout.take().unwrap()).lines();
    let mut screen = BufReader::new(kiosk.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut wait_for = |text: &str| assert!(screen.any(|line| line.contains(text)), "{text}");

    // A web address, then the QR code of somebody else's card.
    writeln!(scanner, "https://example.org").unwrap();
    wait_for("Mã QR này không phải của thẻ căn cước.");
    writeln!(scanner, "{}", QR.replace("001234|", "004321|")).unwrap();
    wait_for("Chip không chấp nhận mã truy cập");
    drop(card);
    wait_for("Mời người tiếp theo");

    let card = Card::lay_down(&["--seed", "5"]);
    writeln!(scanner, "{QR}").unwrap();
    let record: serde_json::Value =
        serde_json::from_str(&records.next().unwrap().unwrap()).unwrap();
    assert_eq!(record["full_name"], "Nguyễn Thị Thu Hà");
    wait_for("Xong.");
    drop(card);
    drop(scanner);
    wait_for("Mời người tiếp theo");
    assert!(kiosk.wait().unwrap().success());
    assert!(records.next().is_none(), "one record for one verified patient");
}

#[test]
fn readers_are_listed_with_what_lies_on_them() {
    let Some(_service) = Service::start() else { return };
    assert!(run(&["readers"]).stdout.contains("empty"));
    let _card = Card::lay_down(&[]);
    let object = run(&["readers", "--json"]).json();
    let first = &object["readers"][0];
    assert_eq!(keys(first), ["name", "card_present", "in_use", "atr"]);
    assert_eq!((&first["name"], &first["atr"]), (&READER.into(), &"3B8180018080".into()));
    let words = run(&["readers"]).stdout;
    assert!(words.contains("ATR 3B8180018080"), "{words}");
}

#[test]
fn forged_cards_and_wrong_keys_are_refused() {
    let Some(_service) = Service::start() else { return };
    for (how, status) in [("dg13", 19), ("clone", 20), ("stranger", 19), ("withhold-dg15", 19)] {
        let card = Card::lay_down(&["--tamper", how]);
        let ran = card.read(&["--can", CAN]);
        assert_eq!(ran.status, status, "{how}: {}", ran.stdout);
    }
    let card = Card::lay_down(&[]);
    assert_eq!(card.read(&["--can", "111111"]).status, 11);
    let stranger = run(&["read", "--json", "--can", CAN, "--at", DAY]);
    assert_eq!(stranger.json()["error"]["code"], "not_authentic.unknown_issuer");
}

#[test]
fn a_card_taken_away_in_the_middle_is_a_lost_link() {
    let Some(_service) = Service::start() else { return };
    for exchanges in ["0", "1", "4", "9", "15", "22"] {
        let card = Card::lay_down(&["--remove-after", exchanges]);
        let ran = card.read(&["--can", CAN, "--patience", "0"]);
        assert_eq!(ran.status, 12, "after {exchanges}: {}", ran.stdout);
        assert_eq!(ran.json()["error"]["code"], "link_lost.card_gone");
    }
}

#[test]
fn a_card_that_is_put_back_is_read_on() {
    let Some(_service) = Service::start() else { return };
    let card = Card::lay_down(&["--remove-after", "15", "--put-back-after", "200"]);
    for (sharing, losses) in [(&["--shared"][..], 1), (&[], 0)] {
        let ran = card.read(&[&["--can", CAN], sharing].concat());
        let object = ran.json();
        assert_eq!((ran.status, &object["metrics"]["losses"]), (0, &losses.into()), "{object}");
    }
}

#[test]
fn a_card_on_a_reader_is_measured() {
    let Some(_service) = Service::start() else { return };
    let card = Card::lay_down(&["--metrics"]);
    let bench = |key: &str| run(&["bench-card", "--json", "--can", key, "--times", "3"]);
    let ran = bench(CAN);
    let object = ran.json();
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{object}");
    assert_eq!((&object["clock"], &object["reader"]), (&"measured".into(), &READER.into()));
    assert_eq!((&object["simulated"], &object["same_exchanges"]), (&false.into(), &true.into()));
    let read = card.read(&["--can", CAN, "--metrics"]).json();
    for cost in object["runs"].as_array().unwrap() {
        for name in ["apdus", "bytes_sent", "bytes_received"] {
            assert_eq!(cost["total"][name], read["metrics"][name], "{name}");
        }
        assert_eq!(cost["total"]["frames"], serde_json::Value::Null);
        assert!(cost["between"].is_u64());
    }
    let ran = bench("111111");
    assert_eq!((ran.status, &ran.json()["error"]["code"]), (11, &"access_denied.wrong_key".into()));
}

#[test]
fn a_read_ends_with_its_deadline() {
    let Some(_service) = Service::start() else { return };
    let card = Card::lay_down(&["--remove-after", "15"]);
    let ran = card.read(&["--can", CAN, "--timeout", "1"]);
    assert_eq!((ran.status, &ran.json()["error"]["code"]), (24, &"cancelled.deadline".into()));
}

#[test]
fn without_a_card_it_says_so_or_waits() {
    let Some(_service) = Service::start() else { return };
    let ran = run(&["read", "--json", "--can", CAN]);
    assert_eq!((ran.status, &ran.json()["error"]["code"]), (13, &"reader.no_card".into()));
    let ran = run(&["read", "--json", "--can", CAN, "--reader", "No such reader"]);
    assert_eq!((ran.status, &ran.json()["error"]["code"]), (13, &"reader.no_such_reader".into()));
    let start = Instant::now();
    let ran = run(&["read", "--json", "--can", CAN, "--wait", "1"]);
    assert_eq!((ran.status, &ran.json()["error"]["code"]), (13, &"reader.no_card".into()));
    assert!(start.elapsed() >= Duration::from_secs(1));

    // The card comes while the program waits.
    let reading = thread::spawn(|| {
        run(&[
            "read",
            "--json",
            "--can",
            CAN,
            "--wait",
            "15",
            "--at",
            DAY,
            "--allow-unknown-issuer",
        ])
    });
    thread::sleep(Duration::from_millis(500));
    let _card = Card::lay_down_unseen(&[]);
    let ran = reading.join().unwrap();
    assert_eq!(ran.status, 0, "{}", ran.stdout);
}

#[test]
fn pcscd_that_does_not_run_has_its_own_sentence() {
    let Some(service) = Service::start() else { return };
    if !service.is_ours() {
        return;
    }
    let card = Card::lay_down(&[]);
    let mut service = service;
    service.stop();
    for arguments in [&["readers", "--json"][..], &["read", "--can", CAN, "--json"]] {
        let ran = run(arguments);
        assert_eq!(ran.status, 14, "{}", ran.stdout);
        assert_eq!(ran.json()["error"]["code"], "reader.service_not_running");
    }
    // The simulated card waits for the reader and lies on it again.
    service.start_again();
    wait_until("the card is back", || readers().contains(&(READER.to_owned(), true)));
    assert_eq!(card.read(&["--can", CAN]).status, 0);
}
