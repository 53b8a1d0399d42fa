//! What makes things happen: the readers, the scanner, and the reads, each in a thread of its own.

use std::{
    io::{BufRead as _, Read as _, stdin},
    sync::mpsc::Sender,
    thread,
    time::Duration,
};

use cccd::{
    error::Error,
    inspection::{InspectionSystem, Phase},
    transport::{
        Cancellation, Until,
        pcsc::{ReaderStatus, Readers},
    },
};

use super::kiosk::Happened;
use crate::{
    card::LinkArguments,
    key::{self, Key},
    read,
};

/// How often to look for a service that does not run.
const RETRY: Duration = Duration::from_secs(1);

/// More than any line of a scanner holds.
const LONGEST_LINE: u64 = 1 << 12;

/// Tells of every change of the readers with these names, or of all.
pub(super) fn watch_readers(names: Vec<String>, say: Sender<Happened>) {
    thread::spawn(move || {
        let mut service = None;
        let mut known = Vec::new();
        let mut failing = false;
        let for_ever = Until::within(Duration::MAX, &Cancellation::new());
        loop {
            let said = match look(&mut service, &known, &for_ever) {
                Ok(Some(readers)) => {
                    failing = false;
                    known.clone_from(&readers);
                    let watched =
                        |reader: &ReaderStatus| names.is_empty() || names.contains(&reader.name);
                    say.send(Happened::Readers(readers.into_iter().filter(watched).collect()))
                }
                Ok(None) => Ok(()),
                Err(error) => {
                    known.clear();
                    let said = match std::mem::replace(&mut failing, true) {
                        true => Ok(()),
                        false => say.send(Happened::ServiceFailed(error)),
                    };
                    thread::sleep(RETRY);
                    said
                }
            };
            if said.is_err() {
                return;
            }
        }
    });
}

fn look(
    service: &mut Option<Readers>,
    known: &[ReaderStatus],
    until: &Until,
) -> Result<Option<Vec<ReaderStatus>>, Error> {
    match service {
        Some(readers) => readers.wait_for_change(known, until),
        None => service.insert(Readers::connect()?).list().map(Some),
    }
}

/// Tells of every line that a scanner types.
pub(super) fn read_keys(say: Sender<Happened>) {
    thread::spawn(move || {
        let mut input = stdin().lock();
        loop {
            let mut line = Vec::new();
            let read = input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
            if !read.is_ok_and(|bytes| bytes > 0) {
                break;
            }
            // A scanner that is not set to UTF-8 must not end the day.
            let text = String::from_utf8_lossy(&line);
            // Some scanners end a line twice.
            if !text.trim().is_empty() && say.send(Happened::Key(key::scanned(&text))).is_err() {
                return;
            }
        }
        drop(say.send(Happened::EndOfKeys));
    });
}

/// Reads the card on the reader and tells how that goes.
pub(super) fn read_card(
    reader: String,
    key: Key,
    system: InspectionSystem,
    link: LinkArguments,
    say: Sender<Happened>,
) {
    thread::spawn(move || {
        // If nobody listens any more, the program is about to end.
        let tell = |happened| drop(say.send(happened));
        let opened = Readers::connect()
            .and_then(|readers| readers.open_with(Some(&reader), link.sharing(), &link.opening()));
        let mut card = match opened {
            Ok(card) => card,
            Err(error) => return tell(Happened::NotOpened { reader, key, error }),
        };
        tell(Happened::Begun { reader: reader.clone() });
        let mut lost = false;
        let inspection = system.inspect(read::options(key));
        let options = link.options().progress(|progress| {
            match (progress.phase == Phase::CardLost, lost) {
                (true, _) => tell(Happened::Lost { reader: reader.clone() }),
                (false, true) => tell(Happened::GoesOn { reader: reader.clone() }),
                (false, false) => {}
            }
            lost = progress.phase == Phase::CardLost;
        });
        let verdict = read::inspect(inspection, &mut card, options);
        // The card is reset before anybody is told that it may be taken away.
        drop(card);
        tell(Happened::Ended { reader, verdict: Box::new(verdict) });
    });
}
