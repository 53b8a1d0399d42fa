//! `cccd read --metrics`, its chart, and what `cccd simulate --metrics` tells of a stranger's reader.

mod support;
#[path = "support/xml.rs"]
mod xml;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use support::{keys, read_simulated, run};

const CAUSES: [&str; 4] = ["air", "host", "chip", "retry"];

fn costs(arguments: &[&str]) -> Value {
    let ran = read_simulated(&[&["--seed", "1", "--json", "--metrics"], arguments].concat());
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    ran.json()["cost"].clone()
}

fn number(object: &Value, path: &[&str]) -> u64 {
    path.iter().fold(object, |object, name| &object[name]).as_u64().unwrap()
}

/// What the phases add up to, which is also what the whole says.
fn assert_sums(cost: &Value) {
    let phases = cost["phases"].as_array().unwrap();
    let counts = ["apdus", "bytes_sent", "bytes_received", "frames", "wtx"].map(|name| vec![name]);
    let times = ["total", "air", "host", "chip", "retry"].map(|name| vec!["nanoseconds", name]);
    for path in counts.into_iter().chain(times) {
        let sum: u64 = phases.iter().map(|phase| number(phase, &path)).sum();
        assert_eq!(sum, number(&cost["total"], &path), "{path:?}");
    }
    for part in phases.iter().chain([&cost["total"]]) {
        let causes: u64 = CAUSES.iter().map(|cause| number(part, &["nanoseconds", cause])).sum();
        assert_eq!(causes, number(part, &["nanoseconds", "total"]));
    }
}

#[test]
fn the_phases_are_the_read() {
    let ran = read_simulated(&["--seed", "1", "--json", "--metrics"]);
    let object = ran.json();
    let plain = read_simulated(&["--seed", "1", "--json"]).json();
    assert_eq!(plain.get("cost"), None);
    assert_eq!(plain["metrics"], object["metrics"]);
    let cost = &object["cost"];
    assert_eq!(
        keys(cost),
        ["clock", "timing", "phases", "total", "identity", "between", "losses", "bytes_repeated"]
    );
    assert_eq!((&cost["clock"], &cost["timing"]), (&json!("virtual"), &json!("phone-424-fast")));
    assert_eq!(cost["between"], Value::Null);
    for name in ["apdus", "bytes_sent", "bytes_received"] {
        assert_eq!(cost["total"][name], plain["metrics"][name], "{name}");
    }
    assert_sums(cost);
    let first = &cost["phases"][0];
    assert_eq!(
        keys(first),
        ["phase", "file", "apdus", "bytes_sent", "bytes_received", "frames", "wtx", "nanoseconds"]
    );
    assert_eq!(keys(&first["nanoseconds"]), ["total", "air", "host", "chip", "retry"]);
    assert_eq!((&first["phase"], &first["file"]), (&json!("access"), &Value::Null));
    let files: Vec<_> = cost["phases"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|phase| phase["file"].as_str())
        .collect();
    for file in ["EF.SOD", "DG1", "DG2", "DG13", "DG14"] {
        assert_eq!(files.iter().filter(|name| **name == file).count(), 1, "{file} in {files:?}");
    }
    // The host's share is seven milliseconds for each exchange.
    assert_eq!(
        number(&cost["total"], &["nanoseconds", "host"]),
        number(&cost["total"], &["apdus"]) * 7_000_000
    );
}

#[test]
fn the_identity_is_known_before_the_portrait_is_read() {
    let cost = costs(&[]);
    let portrait =
        cost["phases"].as_array().unwrap().iter().find(|phase| phase["file"] == "DG2").unwrap();
    for path in [&["apdus"][..], &["bytes_received"], &["nanoseconds", "total"]] {
        let rest = number(&cost["total"], path) - number(portrait, path);
        assert_eq!(number(&cost["identity"], path), rest, "{path:?}");
    }
}

#[test]
fn virtual_time_is_the_same_on_every_day_and_differs_by_timing() {
    let cost = costs(&[]);
    assert_eq!(cost, costs(&["--timing", "phone-424-fast"]));
    let slow = costs(&["--timing", "phone-106-old"]);
    for name in ["apdus", "bytes_sent", "bytes_received"] {
        assert_eq!(slow["total"][name], cost["total"][name]);
    }
    for cause in ["air", "chip"] {
        let path = ["nanoseconds", cause];
        assert!(number(&slow["total"], &path) > 3 * number(&cost["total"], &path), "{cause}");
    }
}

#[test]
fn a_loss_shows_where_it_cost() {
    let cost = costs(&["--remove-after", "18", "--put-back-after", "1"]);
    assert_sums(&cost);
    assert_eq!(cost["losses"], 1);
    assert!(number(&cost, &["bytes_repeated"]) > 0);
    let phases = cost["phases"].as_array().unwrap();
    let named = |name| phases.iter().find(|phase| phase["phase"] == name).unwrap();
    let lost = named("card_lost");
    assert_eq!(lost["apdus"], 0);
    assert_eq!(lost["nanoseconds"]["retry"], lost["nanoseconds"]["total"]);
    assert!(number(named("access_again"), &["apdus"]) > 0);
}

#[test]
fn a_person_gets_a_table_after_the_result_also_after_a_refusal() {
    let ran = read_simulated(&["--metrics", "--seed", "1"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let plain = read_simulated(&["--seed", "1", "--json"]).json();
    let (before, table) = ran.stdout.split_once("CHI PHÍ · COST").unwrap();
    assert!(before.contains("VERIFIED"));
    let total = table.lines().find(|line| line.contains("Tổng · Total")).unwrap();
    let cells: Vec<&str> = total.split_whitespace().skip(3).collect();
    let counts = ["apdus", "bytes_sent", "bytes_received"];
    assert_eq!(cells[..3], counts.map(|name| plain["metrics"][name].to_string()));
    assert!(table.contains("virtual, phone-424-fast") && table.contains("DG13"));

    let ran = read_simulated(&["--metrics", "--can", "111111"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (11, ""));
    assert!(ran.stderr.contains("CHI PHÍ · COST") && ran.stderr.contains("Mở chip · Access"));
    let ran = read_simulated(&["--metrics", "--can", "111111", "--json"]);
    assert_eq!(ran.json()["cost"]["identity"], Value::Null);
    assert_sums(&ran.json()["cost"]);
}

#[test]
fn a_wrong_timing_lists_all_and_needs_a_simulated_card() {
    let ran = read_simulated(&["--timing", "phone"]);
    assert_eq!(ran.status, 2);
    for timing in cccd_simulator::timing::timings() {
        assert!(ran.stderr.contains(timing.name()), "{}", timing.name());
    }
    for arguments in [
        &["read", "--can", "001234", "--timing", "phone-424-fast"][..],
        &["read", "--simulated", "--chart", "chart.svg"],
        &["simulate", "--timing", "phone-424-fast"],
    ] {
        assert_eq!(run(arguments).status, 2, "{arguments:?}");
    }
}

#[test]
fn the_chart_is_well_formed_and_holds_every_phase() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chart.svg");
    let arguments = ["--json", "--metrics", "--seed", "1", "--chart", path.to_str().unwrap()];
    let cost = read_simulated(&arguments).json()["cost"].clone();
    let svg = std::fs::read_to_string(&path).unwrap();
    let texts = xml::texts(&svg);
    for phase in cost["phases"].as_array().unwrap() {
        let Some(file) = phase["file"].as_str() else { continue };
        assert!(texts.iter().any(|text| text == file), "{file} in {texts:?}");
    }
    for words in ["Mở chip · Access", "APDU", "ms", "0 ms"] {
        assert!(texts.iter().any(|text| text == words), "{words} in {texts:?}");
    }
    for (words, cause) in [("air", "air"), ("host", "host"), ("chip", "chip"), ("retry", "retry")] {
        let tenths = (number(&cost["total"], &["nanoseconds", cause]) + 50_000) / 100_000;
        let legend = format!("{words} {}.{} ms", tenths / 10, tenths % 10);
        assert!(texts.iter().any(|text| text.ends_with(&legend)), "{legend} in {texts:?}");
    }
    assert!(svg.contains("prefers-color-scheme:dark"));

    let nowhere = folder.path().join("none").join("chart.svg");
    let ran = read_simulated(&["--metrics", "--chart", nowhere.to_str().unwrap()]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("the chart was not saved") && ran.stdout.contains("VERIFIED"));
}

/// A stranger's reader, which speaks as vpcd does.
struct Stranger(TcpStream);

impl Stranger {
    fn send(&mut self, message: &[u8]) {
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        self.0.write_all(&[&length, message].concat()).unwrap();
    }

    fn exchange(&mut self, command: &[u8]) -> Vec<u8> {
        self.send(command);
        let mut length = [0; 2];
        self.0.read_exact(&mut length).unwrap();
        let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
        self.0.read_exact(&mut answer).unwrap();
        answer
    }
}

#[test]
fn the_simulated_card_tells_what_a_strangers_session_cost() {
    const POWER_OFF: u8 = 0;
    const POWER_ON: u8 = 1;
    const SELECT: [u8; 12] = [0, 0xA4, 4, 0x0C, 7, 0xA0, 0, 0, 2, 0x47, 0x10, 1];
    const GET_CHALLENGE: [u8; 5] = [0, 0x84, 0, 0, 8];
    let vpcd = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = vpcd.local_addr().unwrap().port().to_string();
    let mut card = Command::new(env!("CARGO_BIN_EXE_cccd"))
        .args(["simulate", "--metrics", "--timing", "desk-106-mid", "--for", "60"])
        .args(["--port", &port])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(card.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut reader = Stranger(vpcd.accept().unwrap().0);
    reader.send(&[POWER_ON]);
    assert!(reader.exchange(&SELECT).ends_with(&[0x90, 0x00]));
    for _ in 0..2 {
        assert_eq!(reader.exchange(&GET_CHALLENGE).len(), 10);
    }
    reader.send(&[POWER_OFF]);

    let mut row = |label: &str| -> Vec<String> {
        let line = lines.find(|line| line.trim_start().starts_with(label)).unwrap();
        let cells = line.trim_start().trim_start_matches(label);
        cells.split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(row("MỘT LƯỢT ĐỌC"), ["·", "ONE", "SESSION"]);
    assert_eq!(row("SELECT")[..3], ["1", "12", "2"]);
    assert_eq!(row("GET CHALLENGE")[..3], ["2", "10", "20"]);
    let total = row("Tổng · Total");
    assert_eq!(total[..3], ["3", "22", "22"]);
    assert_ne!(total[3], "0.0");
    assert!(row("Đồng hồ · Clock").contains(&"desk-106-mid".to_owned()));
    card.kill().unwrap();
    card.wait().unwrap();
}
