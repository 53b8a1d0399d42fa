//! `cccd watch` from end to end: patients scan, lay down their cards and take them away.
//!
//! Runs with `CCCD_PCSC=1` only, see `support/virtual_reader.rs`.
#![cfg(feature = "pcsc")]

mod support;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use cccd_simulator::{
    CardOptions, Chip, Issuer, IssuerOptions, Person,
    vpcd::{self, Removable},
};
use serde_json::Value;
use support::{
    CAN, DAY, MRZ, QR, keys,
    virtual_reader::{Hand, READERS, Service},
};

const FIRST: &str = READERS[0].0;
const SECOND: &str = READERS[1].0;

/// `cccd watch`, its scanner and what it prints.
struct Watch {
    process: Child,
    scanner: Option<ChildStdin>,
    events: Receiver<Value>,
    _folder: tempfile::TempDir,
}

impl Watch {
    fn start(issuer: &Issuer, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let csca = folder.path().join("csca.der");
        std::fs::write(&csca, issuer.csca_certificate()).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_cccd"))
            .args(["watch", "--at", DAY, "--trust"])
            .arg(csca)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (say, events) = channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event = serde_json::from_str(&line).expect("one JSON object a line");
                drop(say.send(event));
            }
        });
        Self { scanner: process.stdin.take(), process, events, _folder: folder }
    }

    fn scan(&mut self, line: &str) {
        writeln!(self.scanner.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next event, which has to be this one of this reader.
    #[track_caller]
    fn expect(&self, event: &str, reader: Option<&str>) -> Value {
        let next = self.events.recv_timeout(Duration::from_secs(20)).expect(event);
        let found = (next["event"].as_str().unwrap(), next["reader"].as_str());
        assert_eq!(found, (event, reader), "{next}");
        assert_eq!(next["time"].as_str().unwrap().len(), "2026-11-21T08:15:02Z".len());
        next
    }

    /// The verdict on the card of this reader.
    #[track_caller]
    fn verdict(&self, reader: &str) -> Value {
        let mut event = self.expect("verdict", Some(reader));
        event["verdict"].take()
    }

    /// Exit status, when there is nothing more to say.
    #[track_caller]
    fn end(&mut self) -> Option<i32> {
        self.scanner = None;
        if let Ok(event) = self.events.recv_timeout(Duration::from_secs(20)) {
            panic!("{event}");
        }
        self.process.wait().unwrap().code()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn issuer() -> Issuer {
    Issuer::new(IssuerOptions::default())
}

fn chip(issuer: &Issuer) -> Chip {
    Chip::new(issuer.personalise(&Person::sample(), &CardOptions::default()), 7)
}

fn lay_down<C: vpcd::Card + Send + 'static>(reader: usize, card: C) -> Hand<C> {
    Hand::lay_down(READERS[reader].1, card)
}

#[test]
fn a_day_at_a_kiosk_with_two_readers() {
    let Some(_service) = Service::start() else { return };
    let issuer = issuer();
    let mut watch = Watch::start(&issuer, &[]);
    watch.expect("reader_added", Some(FIRST));
    watch.expect("reader_added", Some(SECOND));

    // The card first, then the code; a web address and a code of somebody else before the right one.
    let hand = lay_down(0, chip(&issuer));
    let down = watch.expect("card_put_down", Some(FIRST));
    assert_eq!(keys(&down), ["event", "time", "reader", "atr"]);
    assert_eq!(down["atr"], "3B8180018080");
    watch.scan("https://example.org/000195001234");
    let refused = watch.expect("key_refused", None);
    assert_eq!(refused["error"]["code"], "invalid_key.not_a_cccd_qr");
    assert!(!refused.to_string().contains("0001950"), "nothing that was typed is repeated");
    watch.scan("004321");
    assert_eq!(watch.expect("key_accepted", None)["replaces_unused"], false);
    watch.expect("read_begun", Some(FIRST));
    assert_eq!(watch.verdict(FIRST)["error"]["code"], "access_denied.wrong_key");
    watch.scan(QR);
    watch.expect("key_accepted", None);
    watch.expect("read_begun", Some(FIRST));
    let verdict = watch.verdict(FIRST);
    assert_eq!(verdict["citizen"]["full_name"], "Nguyễn Thị Thu Hà");
    assert_eq!(
        keys(&verdict),
        ["outcome", "citizen", "document", "checks", "deviations", "access", "metrics"],
        "what `cccd read --json` prints"
    );

    // The next patient scans while that card still lies there, twice, and uses the other reader.
    watch.scan(CAN);
    assert_eq!(watch.expect("key_accepted", None)["replaces_unused"], false);
    watch.scan(&MRZ.replace('\n', "/"));
    assert_eq!(watch.expect("key_accepted", None)["replaces_unused"], true);
    let removable = Removable::new(chip(&issuer), Some(14));
    let second = Hand::lay_down_again(READERS[1].1, removable, |card| {
        card.was_taken().then_some(Duration::from_millis(900))
    });
    watch.expect("card_put_down", Some(SECOND));
    watch.expect("read_begun", Some(SECOND));
    // Lost, and put back so late that the reader has seen it leave.
    watch.expect("card_lost", Some(SECOND));
    watch.expect("card_taken_away", Some(SECOND));
    let mut both = [(); 2].map(|()| {
        let event = watch.events.recv_timeout(Duration::from_secs(20)).unwrap();
        (event["event"].as_str().unwrap().to_owned(), event["losses"].as_u64())
    });
    both.sort();
    let expected = [("card_put_down".to_owned(), None), ("read_goes_on".to_owned(), Some(1))];
    assert_eq!(both, expected);
    let verdict = watch.verdict(SECOND);
    assert_eq!(
        (&verdict["outcome"], &verdict["metrics"]["losses"]),
        (&"verified".into(), &1.into())
    );
    assert_eq!(verdict["access"]["password"], "mrz");

    assert_eq!(hand.take_away().violations(), [""; 0]);
    watch.expect("card_taken_away", Some(FIRST));
    assert_eq!(second.take_away().card.violations(), [""; 0]);
    watch.expect("card_taken_away", Some(SECOND));
    assert_eq!(watch.end(), Some(0));
}

#[test]
fn a_service_that_stops_takes_its_readers_along_and_brings_them_back() {
    let Some(mut service) = Service::start() else { return };
    if !service.is_ours() {
        return;
    }
    let issuer = issuer();
    let mut watch = Watch::start(&issuer, &["--reader", SECOND]);
    watch.expect("reader_added", Some(SECOND));
    let mut hand = lay_down(1, chip(&issuer));
    watch.expect("card_put_down", Some(SECOND));
    service.stop();
    let error = watch.expect("error", None);
    assert_eq!(error["error"]["code"], "reader.service_not_running");
    watch.expect("card_taken_away", Some(SECOND));
    watch.expect("reader_removed", Some(SECOND));
    let card = hand.take_away();
    service.start_again();
    watch.expect("reader_added", Some(SECOND));
    hand = lay_down(1, card);
    watch.expect("card_put_down", Some(SECOND));
    watch.scan(CAN);
    watch.expect("key_accepted", None);
    watch.expect("read_begun", Some(SECOND));
    assert_eq!(watch.verdict(SECOND)["outcome"], "verified");
    hand.take_away();
    watch.expect("card_taken_away", Some(SECOND));
    assert_eq!(watch.end(), Some(0));
}

#[test]
fn once_ends_with_the_status_of_its_verdict() {
    let Some(_service) = Service::start() else { return };
    let issuer = issuer();
    let copy = issuer.personalise(&Person::sample(), &CardOptions::default());
    let hand = lay_down(0, Chip::new(copy.clone_without_private_keys(), 7));
    let mut watch = Watch::start(&issuer, &["--once", "--reader", FIRST]);
    watch.scan(CAN);
    let mut events = Vec::new();
    let verdict = loop {
        let event = watch.events.recv_timeout(Duration::from_secs(20)).unwrap();
        if event["event"] == "verdict" {
            break event;
        }
        events.push(event["event"].as_str().unwrap().to_owned());
    };
    events.sort();
    // The scanner and the reader are not in step.
    events.retain(|event| event != "reader_added" && event != "card_put_down");
    assert_eq!(events, ["key_accepted", "read_begun"]);
    assert_eq!(verdict["verdict"]["error"]["kind"], "not_genuine");
    assert_eq!(watch.end(), Some(20));
    hand.take_away();
}
