//! What a kiosk does about what happens: no reader, no thread and no clock in here but the time of an event.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
};

use cccd::{
    error::{Advice, Error},
    transport::pcsc::ReaderStatus,
    vietnam::RecordFormat,
};
use serde_json::{Map, Value, json};

use crate::{
    exit,
    failure::Failure,
    key::Key,
    output::{Verdict, error_object, verdict_object},
    save,
};

/// Something happened.
pub(super) enum Happened {
    /// The readers, or what lies on them, are not what they were.
    Readers(Vec<ReaderStatus>),
    /// The PC/SC service cannot be used.
    ServiceFailed(Error),
    /// Somebody scanned something.
    Key(Result<Key, Failure>),
    /// Nothing more will be scanned.
    EndOfKeys,
    /// The card could not be opened; its key was not used.
    NotOpened { reader: String, key: Key, error: Error },
    /// The card is open.
    Begun { reader: String },
    /// The card was lost in the middle of the read.
    Lost { reader: String },
    /// It is back.
    GoesOn { reader: String },
    /// The read is over.
    Ended { reader: String, verdict: Box<Verdict> },
}

/// Something to do.
pub(super) enum Action {
    /// Print this.
    Say(Value),
    /// Read the card on the reader with this key.
    Read { reader: String, key: Key },
    /// End the program.
    End(ExitCode),
}

/// The memory of a kiosk.
pub(super) struct Kiosk {
    /// End after the first verdict.
    once: bool,
    readers: BTreeMap<String, ReaderStatus>,
    /// Readers whose card waits for a key; the one that was put down last comes last.
    unread: Vec<String>,
    /// Readers whose card could not be opened, and may be when anything changes there.
    unopened: BTreeSet<String>,
    /// Readers whose card is being read, and how often it was lost.
    reads: BTreeMap<String, u32>,
    /// The newest key that was not used.
    key: Option<Key>,
    /// A line was typed, whether or not it was a key.
    anything_typed: bool,
    end_of_keys: bool,
    /// The status to end with.
    status: ExitCode,
    actions: Vec<Action>,
}

impl Kiosk {
    pub(super) fn new(once: bool) -> Self {
        Self {
            once,
            readers: BTreeMap::new(),
            unread: Vec::new(),
            unopened: BTreeSet::new(),
            reads: BTreeMap::new(),
            key: None,
            anything_typed: false,
            end_of_keys: false,
            status: exit::SUCCESS,
            actions: Vec::new(),
        }
    }

    /// What is to be done after this has happened.
    pub(super) fn after(&mut self, happened: Happened) -> Vec<Action> {
        match happened {
            Happened::Readers(now) => self.see(now),
            Happened::ServiceFailed(error) => {
                self.say("error", None, json!({ "error": error_object(&error.into()) }));
                self.see(Vec::new());
            }
            Happened::Key(key) => self.take(key),
            Happened::EndOfKeys => self.end_of_keys = true,
            Happened::NotOpened { reader, key, error } => {
                self.reads.remove(&reader);
                // One that was scanned since is the next person's.
                self.key.get_or_insert(key);
                self.say("error", Some(&reader), json!({ "error": error_object(&error.into()) }));
                self.unopened.insert(reader);
            }
            Happened::Begun { reader } => self.say("read_begun", Some(&reader), json!({})),
            Happened::Lost { reader } => self.say("card_lost", Some(&reader), json!({})),
            Happened::GoesOn { reader } => {
                let losses = self.reads.entry(reader.clone()).or_default();
                *losses += 1;
                let losses = json!({ "losses": *losses });
                self.say("read_goes_on", Some(&reader), losses);
            }
            Happened::Ended { reader, verdict } => self.judge(reader, &verdict),
        }
        self.begin_reads();
        let nothing_left = self.key.is_none() && self.reads.is_empty();
        if self.end_of_keys && self.anything_typed && nothing_left {
            self.actions.push(Action::End(self.status));
        }
        std::mem::take(&mut self.actions)
    }

    /// Tells what is new among the readers.
    fn see(&mut self, now: Vec<ReaderStatus>) {
        let now: BTreeMap<_, _> =
            now.into_iter().map(|reader| (reader.name.clone(), reader)).collect();
        let before = std::mem::replace(&mut self.readers, now.clone());
        for (name, old) in &before {
            let new = now.get(name);
            let stays = |new: &ReaderStatus| new.card_present && new.changes == old.changes;
            if old.card_present && !new.is_some_and(stays) {
                self.say("card_taken_away", Some(name), json!({}));
                self.unread.retain(|reader| reader != name);
                self.unopened.remove(name);
            }
            if new.is_none() {
                self.say("reader_removed", Some(name), json!({}));
            }
        }
        for (name, new) in &now {
            let old = before.get(name);
            if old.is_none() {
                self.say("reader_added", Some(name), json!({}));
            }
            let lay = |old: &ReaderStatus| old.card_present && old.changes == new.changes;
            if new.card_present && !old.is_some_and(lay) {
                let atr = new.atr.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
                self.say("card_put_down", Some(name), json!({ "atr": atr }));
                self.unread.push(name.clone());
            } else if old != Some(new) && self.unopened.remove(name) {
                self.unread.push(name.clone());
            }
        }
    }

    fn take(&mut self, key: Result<Key, Failure>) {
        self.anything_typed = true;
        match key {
            Ok(key) => {
                let replaces = self.key.replace(key).is_some();
                self.say("key_accepted", None, json!({ "replaces_unused": replaces }));
            }
            Err(failure) => {
                self.status = ExitCode::from(exit::status(&failure));
                self.say("key_refused", None, json!({ "error": error_object(&failure) }));
            }
        }
    }

    fn judge(&mut self, reader: String, verdict: &Verdict) {
        self.reads.remove(&reader);
        self.say(
            "verdict",
            Some(&reader),
            json!({ "verdict": verdict_object(verdict, RecordFormat::English) }),
        );
        if self.once {
            self.actions.push(Action::End(verdict.status()));
        }
        self.status = exit::SUCCESS;
        // Another key, or another try, may help this card; every other one has to be taken away first.
        let again = [Advice::CheckKey, Advice::PresentAgain].map(Advice::as_str);
        let helps = verdict.result.as_ref().is_err_and(|why| again.contains(&why.advice()));
        if !helps {
            self.unread.retain(|name| *name != reader);
        } else if !self.unread.contains(&reader)
            && self.readers.get(&reader).is_some_and(|reader| reader.card_present)
        {
            self.unread.push(reader);
        }
    }

    /// Reads the card that was put down last, if there is a key for it.
    fn begin_reads(&mut self) {
        // What lies on a reader whose card is being read is that card, put back.
        let free = self.unread.iter().rposition(|name| !self.reads.contains_key(name));
        if let Some(place) = free
            && let Some(key) = self.key.take()
        {
            let reader = self.unread.remove(place);
            self.reads.insert(reader.clone(), 0);
            self.actions.push(Action::Read { reader, key });
        }
    }

    fn say(&mut self, event: &str, reader: Option<&str>, more: Value) {
        let mut object = Map::new();
        object.insert("event".to_owned(), json!(event));
        object.insert("time".to_owned(), json!(save::now()));
        object.insert("reader".to_owned(), json!(reader));
        if let Value::Object(more) = more {
            object.extend(more);
        }
        self.actions.push(Action::Say(Value::Object(object)));
    }
}

#[cfg(test)]
mod tests {
    use cccd::error::{NotAuthentic, ReaderFault};

    use super::*;
    use crate::key;

    fn reader(name: &str, card_present: bool, changes: u16) -> ReaderStatus {
        ReaderStatus {
            name: name.to_owned(),
            card_present,
            in_use: false,
            atr: vec![0x3B; usize::from(card_present)],
            changes,
        }
    }

    /// What the kiosk says and does, in short.
    fn after(kiosk: &mut Kiosk, happened: Happened) -> Vec<String> {
        let in_short = |action| match action {
            Action::Say(event) => {
                let text = |name: &str| event[name].as_str().unwrap_or("-").to_owned();
                format!("{} {}", text("event"), text("reader"))
            }
            Action::Read { reader, .. } => format!("READ {reader}"),
            Action::End(status) => match status == exit::SUCCESS {
                true => "END".to_owned(),
                false => "END badly".to_owned(),
            },
        };
        kiosk.after(happened).into_iter().map(in_short).collect()
    }

    fn key() -> Happened {
        Happened::Key(key::scanned("001234"))
    }

    fn ended(reader: &str, error: Error) -> Happened {
        let verdict = Box::new(Verdict::before_the_chip(error.into(), false));
        Happened::Ended { reader: reader.to_owned(), verdict }
    }

    const WRONG_KEY: Error = Error::AccessDenied { attempts_left: None };
    const FORGED: Error = Error::NotAuthentic(NotAuthentic::SodSignature);

    #[test]
    fn without_keys_readers_and_cards_are_told_of() {
        let mut kiosk = Kiosk::new(false);
        assert_eq!(after(&mut kiosk, Happened::EndOfKeys), [""; 0], "no key ever came");
        let seen = Happened::Readers(vec![reader("A", false, 0), reader("B", true, 1)]);
        let expected = ["reader_added A", "reader_added B", "card_put_down B"];
        assert_eq!(after(&mut kiosk, seen), expected);
        let seen = Happened::Readers(vec![reader("A", false, 0), reader("B", true, 3)]);
        assert_eq!(after(&mut kiosk, seen), ["card_taken_away B", "card_put_down B"]);
        let seen = Happened::Readers(vec![reader("A", true, 1)]);
        let expected = ["card_taken_away B", "reader_removed B", "card_put_down A"];
        assert_eq!(after(&mut kiosk, seen), expected);
        let failed = Happened::ServiceFailed(Error::Reader(ReaderFault::ServiceNotRunning));
        let expected = ["error -", "card_taken_away A", "reader_removed A"];
        assert_eq!(after(&mut kiosk, failed), expected);
    }

    #[test]
    fn the_newest_key_reads_the_newest_card_and_is_used_once() {
        let mut kiosk = Kiosk::new(false);
        let both = || Happened::Readers(vec![reader("A", true, 1), reader("B", true, 1)]);
        after(&mut kiosk, Happened::Readers(vec![reader("A", false, 0), reader("B", true, 1)]));
        assert_eq!(after(&mut kiosk, both()), ["card_put_down A"]);
        assert_eq!(after(&mut kiosk, key()), ["key_accepted -", "READ A"]);
        // The second card is read beside the first.
        assert_eq!(after(&mut kiosk, key()), ["key_accepted -", "READ B"]);
        assert_eq!(after(&mut kiosk, key()), ["key_accepted -"]);
        assert_eq!(after(&mut kiosk, Happened::EndOfKeys), [""; 0], "a key is left");
        // It stays for a card to come: a forged one is not read again.
        assert_eq!(after(&mut kiosk, ended("A", FORGED)), ["verdict A"]);
        // A card whose key was wrong is.
        assert_eq!(after(&mut kiosk, ended("B", WRONG_KEY)), ["verdict B", "READ B"]);
        assert_eq!(after(&mut kiosk, ended("B", FORGED)), ["verdict B", "END"]);
    }

    #[test]
    fn a_card_that_is_put_back_belongs_to_its_read() {
        let mut kiosk = Kiosk::new(false);
        after(&mut kiosk, key());
        let down = Happened::Readers(vec![reader("A", true, 1)]);
        assert_eq!(after(&mut kiosk, down), ["reader_added A", "card_put_down A", "READ A"]);
        let of_a = || "A".to_owned();
        assert_eq!(after(&mut kiosk, Happened::Begun { reader: of_a() }), ["read_begun A"]);
        assert_eq!(after(&mut kiosk, Happened::Lost { reader: of_a() }), ["card_lost A"]);
        assert_eq!(after(&mut kiosk, key()), ["key_accepted -"]);
        let up = Happened::Readers(vec![reader("A", false, 2)]);
        assert_eq!(after(&mut kiosk, up), ["card_taken_away A"]);
        let down = Happened::Readers(vec![reader("A", true, 3)]);
        assert_eq!(after(&mut kiosk, down), ["card_put_down A"]);
        assert_eq!(after(&mut kiosk, Happened::GoesOn { reader: of_a() }), ["read_goes_on A"]);
        // The next key waits for the next card.
        assert_eq!(after(&mut kiosk, ended("A", FORGED)), ["verdict A"]);
        let next = Happened::Readers(vec![reader("A", true, 5)]);
        assert_eq!(after(&mut kiosk, next), ["card_taken_away A", "card_put_down A", "READ A"]);
    }

    #[test]
    fn a_card_that_could_not_be_opened_keeps_its_key() {
        let mut kiosk = Kiosk::new(false);
        after(&mut kiosk, key());
        after(&mut kiosk, Happened::Readers(vec![reader("A", true, 1)]));
        let error = Error::Reader(ReaderFault::InUse);
        let key = key::scanned("001234").unwrap();
        let failed = Happened::NotOpened { reader: "A".to_owned(), key, error };
        assert_eq!(after(&mut kiosk, failed), ["error A"], "and is not tried again at once");
        let free = ReaderStatus { in_use: true, ..reader("A", true, 1) };
        assert_eq!(after(&mut kiosk, Happened::Readers(vec![free])), ["READ A"]);
    }

    #[test]
    fn once_ends_with_the_first_verdict_and_a_bad_last_key_with_its_own() {
        let mut kiosk = Kiosk::new(true);
        after(&mut kiosk, key());
        after(&mut kiosk, Happened::Readers(vec![reader("A", true, 1)]));
        assert_eq!(after(&mut kiosk, ended("A", FORGED))[..2], ["verdict A", "END badly"]);

        let mut kiosk = Kiosk::new(false);
        after(&mut kiosk, Happened::Key(key::scanned("12345")));
        assert_eq!(after(&mut kiosk, Happened::EndOfKeys), ["END badly"]);
    }
}
