//! The thread that owns a connection to a card: only it ever waits for PC/SC, the caller waits for it.
//!
//! ```text
//! caller                      thread
//!   begin        ──────────►    connect, wait for others, reset
//!   ready        ◄──────────    NotYet …, Ready(limits)
//!   transmit     ──────────►    SCardTransmit, for as long as it takes
//!   within Until ◄──────────    Answer
//!   end or drop  ──────────►    reset, disconnect
//! ```
//!
//! A caller whose time is over goes away; the thread finds nobody to answer to when its call returns, and ends.

use std::{
    ffi::CString,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use pcsc::{Context, Disposition, Protocols, ShareMode};

use super::{
    Readers, Sharing,
    faults::{fault, interruption, may_pass},
    limits::reader_limits,
};
use crate::{
    apdu::Limits,
    error::{Error, ReaderFault, Result},
    transport::{Cancellation, Until},
};

/// How often the caller looks whether it was cancelled.
const TICK: Duration = Duration::from_millis(50);

/// Between two tries at a card that seems to lie there.
const RETRY: Duration = Duration::from_millis(100);

/// How long a card that was lost may be taken for present after it left: pcscd looks at readers that do not
/// tell of themselves every 400 ms. A reset that fails meanwhile makes it take the reader for empty, until the
/// card is taken away once more.
const HINDSIGHT: Duration = Duration::from_millis(600);

/// How long a reset at the end may take before nobody waits for it any more.
const ENDING: Duration = Duration::from_secs(2);

/// The one error after which card and connection are still there.
pub(super) const TOO_LONG: Error = Error::Reader(ReaderFault::TooLong);

enum News {
    /// The card did not come back yet, and why.
    NotYet(Error),
    /// The card is there.
    Ready(Limits),
    /// What it said.
    Answer(Vec<u8>),
}

/// A card and the thread that owns it.
pub(super) struct Connection {
    commands: Sender<Vec<u8>>,
    news: Receiver<Result<News>>,
    thread: JoinHandle<()>,
}

impl Connection {
    /// Begins to connect to the card that lies on the reader now.
    pub(super) fn begin(reader: &str, sharing: Sharing) -> Result<Self> {
        Self::spawn(Place::new(reader, sharing)?, None)
    }

    /// Begins to wait until a card lies on the reader, and to connect to it with a reset.
    pub(super) fn begin_again(reader: &str, sharing: Sharing, until: &Until) -> Result<Self> {
        Self::spawn(Place::new(reader, sharing)?, Some(until.clone()))
    }

    fn spawn(place: Place, again: Option<Until>) -> Result<Self> {
        let (commands, to_carry) = channel();
        let (say, news) = channel();
        let line = Line { news: say, commands: to_carry };
        let thread = thread::Builder::new()
            .name("cccd-pcsc".to_owned())
            .spawn(move || match again {
                None => line.report(place.open(&line)),
                Some(until) => line.report(place.open_again(&line, &until)),
            })
            .map_err(|_| fault(pcsc::Error::NoMemory))?;
        Ok(Self { commands, news, thread })
    }

    /// What the reader can carry, once the card is there. When the time is over: what it was waiting for, or
    /// `unheard` if it is not known.
    pub(super) fn ready(&self, until: &Until, unheard: Error) -> Result<Limits> {
        let mut reason = unheard;
        loop {
            match self.next(until) {
                Ok(News::Ready(limits)) => return Ok(limits),
                Ok(News::NotYet(error)) => reason = error,
                Ok(News::Answer(_)) => {}
                Err(Error::LinkLost) => return Err(reason),
                Err(error) => return Err(error),
            }
        }
    }

    /// Carries a command, and does `work` while the thread waits. After an error other than [`TOO_LONG`] the
    /// connection is of no use.
    pub(super) fn transmit(
        &self,
        command: &[u8],
        until: &Until,
        work: &mut dyn FnMut(),
    ) -> Result<Vec<u8>> {
        self.commands.send(command.to_vec()).map_err(|_| Error::LinkLost)?;
        work();
        match self.next(until)? {
            News::Answer(answer) => Ok(answer),
            News::NotYet(_) | News::Ready(_) => Err(Error::LinkLost),
        }
    }

    /// Resets the card and waits for it, but not for ever.
    pub(super) fn end(self) {
        let Self { commands, news, thread } = self;
        drop(commands);
        let ended = loop {
            match news.recv_timeout(ENDING) {
                Ok(_) => {}
                Err(why) => break why == RecvTimeoutError::Disconnected,
            }
        };
        if ended {
            drop(thread.join());
        }
    }

    fn next(&self, until: &Until) -> Result<News> {
        loop {
            match self.news.recv_timeout(until.left()?.min(TICK)) {
                Ok(news) => return news,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Error::LinkLost),
            }
        }
    }
}

/// The thread's end of the channels.
struct Line {
    news: Sender<Result<News>>,
    commands: Receiver<Vec<u8>>,
}

/// The caller is gone; there is nothing left to do.
struct Gone;

impl Line {
    fn say(&self, news: News) -> core::result::Result<(), Gone> {
        self.news.send(Ok(news)).map_err(|_| Gone)
    }

    fn report(&self, ended: Result<()>) {
        if let Err(error) = ended {
            // If nobody listens, nobody has to know.
            drop(self.news.send(Err(error)));
        }
    }

    /// Answers until the caller goes or the card does. Returns what to do with the card: one that is lost is not
    /// reset, see [`HINDSIGHT`].
    fn answer(&self, card: &pcsc::Card) -> Disposition {
        let mut buffer = vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED];
        if self.say(News::Ready(reader_limits(card))).is_err() {
            return Disposition::ResetCard;
        }
        for command in &self.commands {
            let answer = match card.transmit(&command, &mut buffer) {
                Ok(answer @ [_, _, ..]) => Ok(News::Answer(answer.to_vec())),
                // An answer without status word is no answer: some drivers hand out an empty one when the
                // card is pulled away.
                Ok(_) => Err(Error::LinkLost),
                Err(error) => Err(interruption(error)),
            };
            let lost = answer.as_ref().is_err_and(|error| *error != TOO_LONG);
            let heard = self.news.send(answer).is_ok();
            if lost {
                return Disposition::LeaveCard;
            }
            if !heard {
                break;
            }
        }
        Disposition::ResetCard
    }
}

/// Where the card lies, and with whom it is shared.
struct Place {
    reader: String,
    c_name: CString,
    sharing: Sharing,
}

impl Place {
    fn new(reader: &str, sharing: Sharing) -> Result<Self> {
        let c_name = CString::new(reader).map_err(|_| Error::Reader(ReaderFault::NoSuchReader))?;
        Ok(Self { reader: reader.to_owned(), c_name, sharing })
    }

    fn open(&self, line: &Line) -> Result<()> {
        let readers = Readers::connect()?;
        self.serve(&readers.context(), false, line).map_err(|error| match error {
            // A card that was seen and is gone before it could be opened.
            Error::LinkLost => Error::Reader(ReaderFault::NoCard),
            other => other,
        })
    }

    /// Tries until it works or the time is over, with a service that may be another one each time.
    fn open_again(&self, line: &Line, until: &Until) -> Result<()> {
        let (mut service, mut looked) = (None, false);
        loop {
            let tried = self.try_again(&mut service, &mut looked, line, until);
            let Err(error) = tried else { return Ok(()) };
            if !may_pass(&error) {
                return Err(error);
            }
            let Ok(left) = until.left() else { return Ok(()) };
            if line.say(News::NotYet(error)).is_err() {
                return Ok(());
            }
            thread::sleep(left.min(RETRY));
        }
    }

    fn try_again(
        &self,
        service: &mut Option<Readers>,
        looked: &mut bool,
        line: &Line,
        until: &Until,
    ) -> Result<()> {
        let readers = match service {
            None => service.insert(Readers::connect()?),
            Some(readers) => readers,
        };
        if !*looked {
            let left = until.left()?;
            let within = Until::within(left.min(HINDSIGHT), &Cancellation::new());
            let seen_leaving = readers.wait_for_removal(&self.reader, &within)?;
            // Less patience than it takes to know whether a card lies there: then it is left alone.
            if !seen_leaving && left < HINDSIGHT {
                return Err(Error::Reader(ReaderFault::NoCard));
            }
            *looked = true;
        }
        let mut seen = readers.list()?;
        loop {
            let reader = seen.iter().find(|reader| reader.name == self.reader);
            let missing = match reader {
                Some(reader) if reader.card_present => break,
                Some(_) => ReaderFault::NoCard,
                None => ReaderFault::Unplugged,
            };
            if line.say(News::NotYet(Error::Reader(missing))).is_err() {
                return Ok(());
            }
            match readers.wait_for_change(&seen, until)? {
                Some(changed) => seen = changed,
                None => return Err(Error::Reader(missing)),
            }
        }
        // The reset is also what shows that the card is there.
        self.serve(&readers.context(), true, line)
    }

    /// Connects, then answers until the end. An error means that it never was ready.
    fn serve(&self, context: &Context, reset: bool, line: &Line) -> Result<()> {
        let (mode, protocols) = (self.share_mode(), Protocols::ANY);
        // What this may wait for is the end of another program's transaction.
        if line.say(News::NotYet(Error::Reader(ReaderFault::InUse))).is_err() {
            return Ok(());
        }
        let mut card = context.connect(&self.c_name, mode, protocols).map_err(fault)?;
        match self.sharing {
            Sharing::Exclusive => {
                if reset {
                    card.reconnect(mode, protocols, Disposition::ResetCard).map_err(fault)?;
                }
                let disposition = line.answer(&card);
                // Nothing can be done about a failure: card or reader are gone.
                drop(card.disconnect(disposition));
            }
            Sharing::Shared => {
                let mut transaction = card.transaction().map_err(fault)?;
                transaction.reconnect(mode, protocols, Disposition::ResetCard).map_err(fault)?;
                let disposition = line.answer(&transaction);
                // The reset belongs to the transaction: nobody gets at the open channel in between.
                drop(transaction.end(disposition));
                drop(card.disconnect(Disposition::LeaveCard));
            }
        }
        Ok(())
    }

    const fn share_mode(&self) -> ShareMode {
        match self.sharing {
            Sharing::Exclusive => ShareMode::Exclusive,
            Sharing::Shared => ShareMode::Shared,
        }
    }
}
