//! Evidence files at the command line: sealed, shown, redacted.

mod support;

use std::path::Path;

use support::{CAN, DAY, ID_NUMBER, Ran, read_simulated, run};

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-vectors/seal/");

fn key(name: &str) -> String {
    format!("{KEYS}{name}")
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// Evidence of a read, sealed or not, and the certificate that it needs.
fn evidence(folder: &Path, arguments: &[&str]) -> (String, String) {
    let (file, csca) = (path(folder, "evidence.cbor"), path(folder, "csca.der"));
    let given = ["--evidence", &file, "--trust-out", &csca];
    let ran = read_simulated(&[&given[..], arguments].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    (file, csca)
}

fn verify(file: &str, csca: &str, arguments: &[&str]) -> Ran {
    run(&[&["verify", file, "--at", DAY, "--json", "--trust", csca], arguments].concat())
}

#[test]
fn a_sealed_file_is_verified_with_the_kiosks_key() {
    let folder = tempfile::tempdir().unwrap();
    let (file, csca) = evidence(folder.path(), &["--seal-with", &key("kiosk.key.pem")]);
    let known = key("kiosk.pub.pem");
    let good = verify(&file, &csca, &["--sealed-by", &known]);
    assert_eq!((good.status, good.stderr.as_str()), (0, ""));
    assert_eq!(good.json()["citizen"]["id_number"], ID_NUMBER);

    let nobody = verify(&file, &csca, &[]);
    assert_eq!((nobody.status, &nobody.json()["error"]["code"]), (23, &"file.sealed".into()));
    let ignored = verify(&file, &csca, &["--ignore-seal"]);
    assert_eq!(ignored.status, 0);
    assert!(ignored.stderr.contains("not checked"), "{}", ignored.stderr);

    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let altered = verify(&file, &csca, &["--sealed-by", &known]);
    assert_eq!(
        (altered.status, &altered.json()["error"]["code"]),
        (19, &"not_authentic.seal".into())
    );
}

#[test]
fn taking_the_seal_off_does_not_help() {
    let folder = tempfile::tempdir().unwrap();
    let (file, csca) = evidence(folder.path(), &[]);
    let known = key("kiosk.pub.pem");
    for place in [file.as_str(), folder.path().to_str().unwrap()] {
        let ran = verify(place, &csca, &["--sealed-by", &known]);
        assert_eq!((ran.status, &ran.json()["error"]["code"]), (19, &"not_authentic.seal".into()));
    }
}

#[test]
fn a_key_that_cannot_seal_is_refused_before_the_card_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "evidence.cbor");
    for (seal_with, status) in [(key("kiosk.pub.pem"), 18), (key("none.pem"), 23)] {
        let ran = read_simulated(&["--json", "--evidence", &file, "--seal-with", &seal_with]);
        assert_eq!(ran.status, status, "{}", ran.stdout);
        assert_eq!(ran.json()["metrics"]["apdus"], 0);
    }
    let alone = read_simulated(&["--seal-with", &key("kiosk.key.pem")]);
    assert_eq!(alone.status, 2);
}

#[test]
fn show_tells_what_is_in_the_file_and_not_whose() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = evidence(folder.path(), &["--seal-with", &key("kiosk.key.pem")]);
    let shown = run(&["evidence", "show", &file, "--json"]);
    assert_eq!(shown.status, 0, "{}", shown.stderr);
    let object = shown.json();
    assert_eq!(object["version"], 2);
    assert_eq!(object["seal"]["checked"], false);
    assert!(object["holder"].is_null() && object["active_authentication"]["challenge"].is_null());
    assert_eq!(object["claims"]["access"]["password"], "can");
    assert_eq!(object["claims"]["reader"], "simulated card");
    assert_eq!(object["claims"]["read_on"], DAY);
    assert_eq!(object["claims"]["read_at"].as_str().unwrap().len(), 20);
    let names: Vec<_> =
        object["files"].as_array().unwrap().iter().map(|file| &file["name"]).collect();
    assert!(names.contains(&&"EF.SOD".into()) && names.contains(&&"DG13".into()), "{names:?}");
    let checked = run(&["evidence", "show", &file, "--json", "--sealed-by", &key("kiosk.pub.pem")]);
    assert_eq!(checked.json()["seal"]["checked"], true);

    let words = run(&["evidence", "show", &file]);
    assert!(words.stdout.contains("Nothing here is verified"), "{}", words.stdout);
    assert!(words.stdout.contains("NOT CHECKED") && words.stdout.contains("DG13"));
    for ran in [&shown, &words] {
        for personal in [ID_NUMBER, &ID_NUMBER[3..], CAN, "NGUYEN", "Nguyễn", "950615"] {
            assert!(!ran.stdout.contains(personal), "{personal} in {}", ran.stdout);
        }
    }
    let revealed = run(&["evidence", "show", &file, "--reveal"]);
    assert!(revealed.stdout.contains("NGUYEN<<THI<THU<HA"), "{}", revealed.stdout);
}

#[test]
fn redact_prints_json_without_a_personal_byte() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&[][..], &["--seal-with", &key("kiosk.key.pem")]] {
        let (file, _) = evidence(folder.path(), arguments);
        let ran = run(&["evidence", "redact", &file]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
        let object: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(object["format"], "cccd redacted evidence");
        assert_eq!(object["sod"]["contents"]["signature"], "passed");
        let text = ran.stdout.to_uppercase();
        for personal in [
            ID_NUMBER,
            &ID_NUMBER[3..],
            CAN,
            "NGUYEN",
            "NGUYỄN",
            "950615",
            "READ_AT",
            "CHALLENGE\"",
        ] {
            assert!(!text.contains(personal), "{personal} in {text}");
        }
    }
    assert_eq!(run(&["evidence", "redact", "no/such/file"]).status, 23);
    let rubbish = path(folder.path(), "rubbish");
    std::fs::write(&rubbish, b"rubbish").unwrap();
    assert_eq!(run(&["evidence", "redact", &rubbish]).status, 18);
}
