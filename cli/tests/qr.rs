//! `cccd qr` over `test-vectors/qr`: which codes are read from which picture, and what is said of them.
#![cfg(feature = "qr-photo")]

mod support;

use std::{collections::BTreeMap, fs};

use cccd_simulator::Person;
use support::{DAY, Ran, cccd, run};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-vectors/qr");

/// Every picture, and the names of the texts that are read from it.
const PICTURES: [(&str, &[&str]); 42] = [
    ("plain.jpg", &["2021"]),
    ("plain-2024.jpg", &["2024"]),
    ("plain-indefinite.jpg", &["indefinite"]),
    ("mixed-modes.jpg", &["2021"]),
    ("camera-frame.png", &["2021"]),
    ("turned-7.jpg", &["2021"]),
    ("turned-45.jpg", &["2021"]),
    ("turned-90.jpg", &["2021"]),
    ("turned-137.jpg", &["2021"]),
    ("turned-180.jpg", &["2021"]),
    ("turned-270.jpg", &["2021"]),
    ("mirrored.jpg", &["2021"]),
    ("negative.jpg", &[]),
    ("tilted-a-third.jpg", &["2021"]),
    ("tilted-a-half.jpg", &[]),
    ("leaning.jpg", &[]),
    ("bent.jpg", &["2021"]),
    ("barrel.jpg", &["2021"]),
    ("blurred-1.jpg", &["2021"]),
    ("blurred-2.jpg", &[]),
    ("blurred-3.jpg", &[]),
    ("moved.jpg", &["2021"]),
    ("grain.jpg", &["2021"]),
    ("compressed.jpg", &["2021"]),
    ("half-the-pixels.jpg", &["2021"]),
    ("a-third-of-the-pixels.jpg", &[]),
    ("many-pixels.jpg", &["2021"]),
    ("light-from-a-side.jpg", &["2021"]),
    ("shadow.jpg", &["2021"]),
    ("reflection.jpg", &["2021"]),
    ("dark.jpg", &["2021"]),
    ("pale.jpg", &["2021"]),
    ("by-hand.jpg", &["2021"]),
    ("blot.jpg", &["2021"]),
    ("covered.jpg", &[]),
    ("cut-off.jpg", &[]),
    ("two-cards.jpg", &["2021", "2024"]),
    ("two-people.jpg", &["2021", "indefinite"]),
    ("a-card-and-a-link.jpg", &["2021", "link"]),
    ("paper-card.jpg", &["paper"]),
    ("written-twice.jpg", &["twice"]),
    ("nothing.jpg", &[]),
];

fn picture(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

fn texts() -> BTreeMap<String, String> {
    let lines = fs::read_to_string(picture("texts.txt")).unwrap();
    let mut texts: BTreeMap<_, _> = lines
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    // Every byte of UTF-8 became a letter, and those became UTF-8.
    let twice = texts["2021"].bytes().map(char::from).collect();
    texts.insert("twice".to_owned(), twice);
    texts
}

#[test]
fn the_texts_are_those_of_the_simulators_people() {
    let texts = texts();
    assert_eq!(texts["2021"], Person::sample().qr_2021());
    assert_eq!(texts["2024"], Person::sample().qr_2024());
    assert_eq!(texts["indefinite"], Person::sample_indefinite().qr_2021());
}

#[test]
fn every_picture_gives_exactly_its_codes() {
    let texts = texts();
    let paths: Vec<_> = PICTURES.iter().map(|(name, _)| picture(name)).collect();
    let arguments: Vec<_> =
        ["qr", "--json"].into_iter().chain(paths.iter().map(String::as_str)).collect();
    let ran = run(&arguments);
    assert_eq!(ran.status, 23, "the first that cannot be read decides");
    let object = ran.json();
    let sources = object["sources"].as_array().unwrap();
    let mut wrong = Vec::new();
    for (source, (name, expected)) in sources.iter().zip(PICTURES) {
        assert_eq!(source["source"], picture(name));
        let read =
            source["codes"].as_array().unwrap().iter().map(|code| code["text"].as_str().unwrap());
        let mut read: Vec<_> = read.collect();
        let mut expected: Vec<_> = expected.iter().map(|name| texts[*name].as_str()).collect();
        read.sort_unstable();
        expected.sort_unstable();
        if read != expected {
            wrong.push((name, read.len()));
        }
    }
    assert_eq!(wrong, []);
    let listed = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let pictures =
        listed.filter(|path| path.extension().is_some_and(|kind| kind == "jpg" || kind == "png"));
    assert_eq!(pictures.count(), PICTURES.len());
}

#[test]
fn fields_and_key_are_told() {
    let ran = run(&["qr", "--json", &picture("plain-2024.jpg")]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let object = ran.json();
    let source = &object["sources"][0];
    assert_eq!((source["width"].as_u64(), source["height"].as_u64()), (Some(640), Some(480)));
    assert!(source["error"].is_null());
    let code = &source["codes"][0];
    assert_eq!(code["card"], "2024");
    assert_eq!(code["bytes"], 247);
    assert_eq!(code["can"], "001234");
    assert_eq!(
        code["further_fields"],
        serde_json::json!(["Nguyễn Văn Mẫu", "Trần Thị Thử", "Lê Văn Thử"])
    );
    let expected = serde_json::json!({
        "id_number": "000195001234",
        "old_id_number": "000123456",
        "full_name": "Nguyễn Thị Thu Hà",
        "date_of_birth": "1995-06-15",
        "sex": "Nữ",
        "residence": "Số 1 Đường Mẫu, Tổ 2, Khu phố Thử Nghiệm, Phường Ví Dụ, Thành phố Mẫu, Tỉnh Thử Nghiệm Dài",
        "issue_date": "2021-07-01",
    });
    assert_eq!(code["fields"], expected);
    let page = run(&["qr", &picture("plain-indefinite.jpg")]);
    assert_eq!(page.status, 0);
    for words in
        ["Đặng Văn Đức", "29/02/1960", "004321", "CCCD mẫu 2021", "A QR code proves nothing"]
    {
        assert!(page.stdout.contains(words), "{words}: {}", page.stdout);
    }
}

#[test]
fn what_is_no_card_is_told_with_its_reason() {
    for (arguments, status, code) in [
        (&[picture("nothing.jpg")][..], 23, "file.no_qr_code"),
        (&[picture("paper-card.jpg")], 10, "invalid_key.insurance_card_qr"),
        (&["no|card".to_owned()], 10, "invalid_key.not_a_cccd_qr"),
        (&["no/such/picture.jpg".to_owned()], 23, "file.not_found"),
    ] {
        let arguments: Vec<_> =
            ["qr", "--json"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let ran = run(&arguments);
        assert_eq!(
            (ran.status, &ran.json()["sources"][0]["error"]["code"]),
            (status, &code.into())
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.jpg");
    let whole = fs::read(picture("plain.jpg")).unwrap();
    fs::write(&broken, &whole[..whole.len() / 2]).unwrap();
    let ran = run(&["qr", "--json", broken.to_str().unwrap()]);
    assert_eq!(
        (ran.status, &ran.json()["sources"][0]["error"]["code"]),
        (23, &"file.picture".into())
    );
}

#[test]
fn a_text_and_standard_input_are_explained_too() {
    let text = &texts()["2021"];
    let ran = run(&["qr", "--json", text]);
    assert_eq!(ran.status, 0);
    assert_eq!(ran.json()["sources"][0]["source"], "-", "the person is not a name");
    assert_eq!(ran.json()["sources"][0]["codes"][0]["card"], "2021");
    let picture = fs::read(picture("plain.jpg")).unwrap();
    for input in [format!("{text}\r\n").into_bytes(), picture] {
        let ran = Ran::of(cccd(&["qr", "-"]).write_stdin(input));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stdout.contains("Nguyễn Thị Thu Hà"));
    }
}

#[test]
fn a_photograph_is_a_key() {
    let read = |name: &str| {
        run(&["read", "--simulated", "--at", DAY, "--json", "--qr-photo", &picture(name)])
    };
    for name in ["plain.jpg", "by-hand.jpg", "two-cards.jpg", "a-card-and-a-link.jpg"] {
        let ran = read(name);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{name}");
        let checks = ran.json()["checks"].clone();
        let compared =
            checks.as_array().unwrap().iter().find(|check| check["check"] == "printed_data");
        assert_eq!(compared.unwrap()["outcome"], "passed", "{name}");
    }
    for (name, status, code) in [
        ("covered.jpg", 23, "file.no_qr_code"),
        ("paper-card.jpg", 10, "invalid_key.insurance_card_qr"),
        ("two-people.jpg", 23, "file.several_cards"),
        ("plain-indefinite.jpg", 11, "access_denied.wrong_key"),
    ] {
        let ran = read(name);
        assert_eq!((ran.status, &ran.json()["error"]["code"]), (status, &code.into()), "{name}");
    }
}

#[test]
fn damage_is_named_and_a_paper_card_told_apart() {
    let code = |name: &str| {
        run(&["qr", "--json", &picture(name)]).json()["sources"][0]["codes"][0].clone()
    };
    assert!(code("plain.jpg")["damage"].is_null());
    let twice = code("written-twice.jpg");
    assert_eq!(
        (&twice["damage"]["code"], &twice["damage"]["undone"]),
        (&"charset_undone".into(), &true.into())
    );
    assert_eq!(twice["fields"], code("plain.jpg")["fields"]);
    let paper = code("paper-card.jpg");
    assert_eq!(paper["error"]["code"], "invalid_key.insurance_card_qr");
    assert_eq!(paper["insurance_card"]["number"], "XX4000000000000");
    assert_eq!(paper["insurance_card"]["full_name"], "Nguyễn");
    let page = run(&["qr", &picture("paper-card.jpg"), "--lang", "vi"]);
    assert!(
        page.stdout.contains("Số thẻ") && !page.stdout.contains("Card number"),
        "{}",
        page.stdout
    );
}
