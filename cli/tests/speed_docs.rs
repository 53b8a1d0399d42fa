//! The numbers and the picture of docs/speed.md are what the commands beside them make today.
//!
//! After a change to how a card is read: `CCCD_WRITE_DOCS=1 cargo test -p cccd-cli --test speed_docs` writes them anew.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::run;

/// Of the table, the page and the picture.
const CARD: &str = "pace-2048";
const TIMING: &str = "phone-424-fast";

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)
}

fn bench(card: &str, timing: &str, more: &[&str]) -> String {
    let arguments =
        ["bench-card", "--simulated", "--reference", card, "--timing", timing, "--times", "1"];
    let ran = run(&[&arguments, more].concat());
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{card} {timing}");
    ran.stdout
}

/// A row of the table.
fn row(card: &str, timing: &str) -> String {
    let object: Value = serde_json::from_str(&bench(card, timing, &["--json"])).unwrap();
    let (total, identity) = (&object["total"], &object["identity"]);
    let count = |name: &str| total[name]["min"].as_u64().unwrap();
    let milliseconds = |part: &Value| {
        let tenths = (part["nanoseconds"]["median"].as_u64().unwrap() + 50_000) / 100_000;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    format!(
        "| `{card}` | `{timing}` | {} | {} | {} | {} | {} | {} |\n",
        count("apdus"),
        count("bytes_sent"),
        count("bytes_received"),
        milliseconds(total),
        identity["apdus"]["min"],
        milliseconds(identity)
    )
}

fn table() -> String {
    let cards = ["pace-extended", CARD, "pace-short", "bac-extended", "bac-2048", "bac-short"];
    let timings = [
        "phone-106-fast",
        "phone-212-fast",
        "phone-848-fast",
        "phone-424-mid",
        "phone-424-old",
        "desk-106-fast",
        "desk-848-fast",
    ];
    let rows = cards.map(|card| row(card, TIMING)).into_iter();
    rows.chain(timings.map(|timing| row(CARD, timing))).collect()
}

/// The document with `text` between two marks.
fn with(document: &str, mark: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- begin {mark} -->\n"), format!("<!-- end {mark} -->"));
    let (before, rest) = document.split_once(&begin).expect(mark);
    let (_, after) = rest.split_once(&end).expect(mark);
    format!("{before}{begin}{text}{end}{after}")
}

#[test]
fn the_document_holds_what_the_commands_say() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("speed.svg");
    let page = bench(CARD, TIMING, &["--chart", picture.to_str().unwrap()]);
    let picture = std::fs::read_to_string(picture).unwrap();
    let document = std::fs::read_to_string(docs("speed.md")).unwrap();
    let heading = "| card | timing | APDU | bytes → | bytes ← | ms | identity after APDU | ms |\n\
                   |---|---|--:|--:|--:|--:|--:|--:|\n";
    let expected = with(&document, "page", &format!("```text\n{page}```\n"));
    let expected = with(&expected, "table", &format!("{heading}{}", table()));
    if std::env::var_os("CCCD_WRITE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(docs("speed.md"), &expected).unwrap();
        std::fs::write(docs("speed.svg"), &picture).unwrap();
        return;
    }
    let stale = "write it anew: CCCD_WRITE_DOCS=1 cargo test -p cccd-cli --test speed_docs";
    assert_eq!(document, expected, "docs/speed.md: {stale}");
    assert!(
        std::fs::read_to_string(docs("speed.svg")).unwrap() == picture,
        "docs/speed.svg: {stale}"
    );
}
