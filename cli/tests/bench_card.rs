//! `cccd bench-card`: what a card costs, without a byte of its holder.

#[path = "support/canary.rs"]
mod canary;
mod support;
#[path = "support/xml.rs"]
mod xml;

use canary::Holder;
use serde_json::{Value, json};
use support::{Ran, keys, read_simulated, run};

fn bench(arguments: &[&str]) -> Ran {
    run(&[&["bench-card", "--simulated", "--seed", canary::SEED], arguments].concat())
}

#[test]
fn the_json_object_is_as_documented() {
    let ran = bench(&["--times", "3", "--json"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let object = ran.json();
    let expected = [
        "report",
        "version",
        "program",
        "outcome",
        "error",
        "simulated",
        "profile",
        "reader",
        "limits",
        "access",
        "clock",
        "timing",
        "times",
        "same_exchanges",
        "phases",
        "total",
        "identity",
        "runs",
        "unfinished",
    ];
    assert_eq!(keys(&object), expected);
    for (name, value) in [
        ("report", json!("cccd bench-card")),
        ("version", json!(1)),
        ("outcome", json!("complete")),
        ("error", Value::Null),
        ("simulated", json!(true)),
        ("profile", json!("cccd")),
        ("access", json!("pace-can")),
        ("clock", json!("virtual")),
        ("timing", json!("phone-424-fast")),
        ("times", json!(3)),
        ("same_exchanges", json!(true)),
        ("unfinished", Value::Null),
    ] {
        assert_eq!(object[name], value, "{name}");
    }
    // Every read is the one that `cccd read` makes of the same card.
    let read = read_simulated(&["--seed", canary::SEED, "--json", "--metrics"]).json();
    let runs = object["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 3);
    for cost in runs {
        assert_eq!(*cost, read["cost"]);
    }
    let phases = object["phases"].as_array().unwrap();
    for (phase, once) in phases.iter().zip(read["cost"]["phases"].as_array().unwrap()) {
        assert_eq!(
            keys(phase),
            ["phase", "file", "apdus", "bytes_sent", "bytes_received", "nanoseconds"]
        );
        assert_eq!((&phase["phase"], &phase["file"]), (&once["phase"], &once["file"]));
        let apdus = &once["apdus"];
        assert_eq!(phase["apdus"], json!({ "min": apdus, "max": apdus }));
        let time = &once["nanoseconds"]["total"];
        assert_eq!(phase["nanoseconds"], json!({ "min": time, "median": time, "max": time }));
    }
    assert_eq!(phases.len(), read["cost"]["phases"].as_array().unwrap().len());
    for (name, whole) in [("total", "total"), ("identity", "identity")] {
        assert_eq!(object[name]["bytes_received"]["min"], read["cost"][whole]["bytes_received"]);
    }
}

#[test]
fn reads_that_differ_are_told_apart() {
    // Lost and put back in the first read, and never again.
    let arguments = ["--profile", "field-01-lost-in-portrait", "--times", "3"];
    let object = bench(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(
        (&object["outcome"], &object["same_exchanges"]),
        (&json!("complete"), &json!(false))
    );
    let losses: Vec<_> =
        object["runs"].as_array().unwrap().iter().map(|run| &run["losses"]).collect();
    assert_eq!(losses, [1, 0, 0]);
    let again = object["phases"].as_array().unwrap().iter();
    let again = again.clone().find(|phase| phase["phase"] == "access_again").unwrap();
    assert_eq!(again["apdus"]["min"], 0);
    assert!(again["apdus"]["max"].as_u64().unwrap() > 0);
    let ran = bench(&arguments);
    assert_eq!(ran.status, 0);
    assert!(ran.stdout.contains("DIFFERENT from read to read"), "{}", ran.stdout);
    let row = ran.stdout.lines().find(|line| line.contains("Access again")).unwrap();
    assert!(row.contains("  0–"), "{row}");
}

#[test]
fn a_wrong_key_is_tried_once_and_what_was_measured_is_shown() {
    let object = bench(&["--can", "111111", "--json"]);
    assert_eq!(object.status, 11);
    let object = object.json();
    assert_eq!(object["outcome"], "stopped");
    assert_eq!(object["error"]["code"], "access_denied.wrong_key");
    assert_eq!((&object["runs"], &object["total"]), (&json!([]), &Value::Null));
    assert_eq!(object["unfinished"]["phases"][0]["phase"], "access");
    assert!(object["unfinished"]["total"]["apdus"].as_u64().unwrap() > 0);
    let ran = bench(&["--can", "111111"]);
    assert_eq!(ran.status, 11);
    assert!(ran.stderr.contains("access_denied.wrong_key"));
    assert!(ran.stdout.contains("Lần đọc · Reads                    0 / 5"), "{}", ran.stdout);
    assert!(ran.stdout.contains("THE READ THAT WAS NOT FINISHED"));
}

#[test]
fn a_card_that_is_taken_away_ends_it_with_the_reads_before() {
    let one = bench(&["--times", "1", "--json"]).json();
    let apdus = one["total"]["apdus"]["min"].as_u64().unwrap();
    let into_the_second = (apdus + 3).to_string();
    let ran = bench(&["--remove-after", &into_the_second, "--json"]);
    assert_eq!(ran.status, 12);
    let object = ran.json();
    assert_eq!(object["error"]["code"], "link_lost.card_gone");
    assert_eq!(object["runs"], one["runs"]);
    // Three that were answered, and the one that was not.
    assert_eq!(object["unfinished"]["total"]["apdus"], 4);
    assert_eq!(object["same_exchanges"], Value::Null);
}

#[test]
fn misuse_ends_with_two() {
    for arguments in [
        &["bench-card", "--simulated", "--times", "0"][..],
        &["bench-card"],
        &["bench-card", "--can", "001234", "--timing", "desk-848-fast"],
        &["bench-card", "--can", "001234", "--profile", "cccd"],
    ] {
        assert_eq!(run(arguments).status, 2, "{arguments:?}");
    }
    assert_eq!(run(&["bench-card", "--simulated", "--can", "12"]).status, 10);
}

#[test]
fn nothing_of_the_holder_is_in_table_object_or_chart() {
    let holder = Holder::new();
    let folder = tempfile::tempdir().unwrap();
    let chart = folder.path().join("chart.svg");
    for profile in ["cccd", "bac", "pace-ecdh-cam-aes-128-brainpoolP256r1"] {
        for form in [&[][..], &["--json"]] {
            let options = ["--profile", profile, "--person", holder.file(), "--times", "2"];
            let draw = ["--chart", chart.to_str().unwrap()];
            let ran = bench(&[&options[..], &draw, form].concat());
            assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{profile}");
            let svg = std::fs::read_to_string(&chart).unwrap();
            let texts = xml::texts(&svg);
            assert!(texts.iter().any(|text| text.ends_with(profile)), "{texts:?}");
            for text in [&ran.stdout, &svg] {
                assert!(text.contains("DG13"));
                let leaked = holder.found(text, profile);
                assert!(leaked.is_empty(), "{profile}: {leaked:?}");
            }
        }
    }
}
