//! `cccd extract`: the page for a one-stop desk.

mod support;

use std::path::Path;

use support::{DAY, read_simulated, run};

fn evidence(folder: &Path, arguments: &[&str]) -> (String, String) {
    let path = |name| folder.join(name).to_str().unwrap().to_owned();
    let (file, csca) = (path("evidence.cbor"), path("csca.der"));
    let given = ["--evidence", &file, "--trust-out", &csca];
    let ran = read_simulated(&[&given[..], arguments].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    (file, csca)
}

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn the_page_says_who_where_when_and_how_it_was_verified() {
    let folder = tempfile::tempdir().unwrap();
    let (file, csca) = evidence(folder.path(), &[]);
    let [html, json] = ["a.html", "a.json"].map(|name| folder.path().join(name));
    let extract = |arguments: &[&str]| {
        run(&[&["extract", &file, "--trust", &csca, "--at", DAY], arguments].concat())
    };
    let ran = extract(&["--json", "--out", html.to_str().unwrap()]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let object = ran.json();
    assert_eq!(object["holder"]["full_name"], "Nguyễn Thị Thu Hà");
    assert_eq!(object["holder"].get("father_name"), None);
    assert_eq!(object["residence_as_of"], "2021-07-01");
    assert_eq!(object["verified"]["for_day"], DAY);
    assert_eq!(object["limits"].as_array().unwrap().len(), 4);
    let digest = object["verified"]["evidence_sha256"].as_str().unwrap();
    assert_eq!(digest.len(), 64);
    let page = text(folder.path(), "a.html");
    for words in [
        "Nguyễn Thị Thu Hà",
        "000195001234",
        "Số 1 Đường Mẫu",
        "01/07/2021",
        "CN=Document Signer Simulator",
        "Dữ liệu nguyên vẹn",
        "không phải giấy xác nhận thông tin về cư trú",
        digest,
    ] {
        assert!(page.contains(words), "{words}");
    }
    // A page that loads or runs something could be made to say other things.
    for tag in ["<script", "<img", "<link", "http://", "https://"] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert!(!page.contains("Nguyễn Văn Mẫu"));
    assert_eq!(extract(&["--with-family", "--out", json.to_str().unwrap()]).status, 0);
    let written: serde_json::Value = serde_json::from_str(&text(folder.path(), "a.json")).unwrap();
    assert_eq!(written["holder"]["father_name"], "Nguyễn Văn Mẫu");
}

/// Text of a card stands in a page as text, whatever it is made of.
#[test]
fn what_stands_on_the_card_cannot_write_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../simulator/people/nguyen-thi-thu-ha.toml");
    let person = std::fs::read_to_string(sample).unwrap();
    let hostile = person.replace("Số 1 Đường Mẫu", "<script>alert(1)</script>&");
    assert_ne!(hostile, person);
    let path = folder.path().join("person.toml");
    std::fs::write(&path, hostile).unwrap();
    let (file, csca) = evidence(folder.path(), &["--person", path.to_str().unwrap()]);
    let html = folder.path().join("a.html");
    let ran =
        run(&["extract", &file, "--trust", &csca, "--at", DAY, "--out", html.to_str().unwrap()]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let page = text(folder.path(), "a.html");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;"));
    assert!(!page.contains("<script"));
}

#[test]
fn there_is_no_extract_of_what_is_not_verified() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = evidence(folder.path(), &[]);
    let html = folder.path().join("a.html");
    let ran = run(&["extract", &file, "--json", "--out", html.to_str().unwrap()]);
    assert_eq!(ran.status, 19);
    assert_eq!(ran.json()["error"]["code"], "not_authentic.unknown_issuer");
    assert!(!html.exists());
}
