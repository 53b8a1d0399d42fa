use std::{
    ffi::CString,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use pcsc::{Context, PNP_NOTIFICATION, ReaderState, Scope, State};

use super::{
    Card, Sharing,
    faults::{self, fault},
};
use crate::{
    error::{Error, ReaderFault, Result},
    transport::{Cancellation, Until},
};

/// How often a wait looks whether it was cancelled, and at the list of readers where the service does not
/// tell of new ones.
const TICK: Duration = Duration::from_millis(250);

/// Between two looks at something that does not tell of its changes.
const PAUSE: Duration = Duration::from_millis(50);

/// How long opening a card may last where the caller gives no limit.
const OPENING: Duration = Duration::from_secs(15);

/// The connection to the PC/SC service. One for each thread: a thread that waits keeps the others waiting.
///
/// A service that was restarted is noticed, and connected to again, by the next call.
pub struct Readers(Mutex<Service>);

type Answer<T> = core::result::Result<T, pcsc::Error>;

struct Service {
    context: Context,
    /// The pseudo-reader that changes when readers come and go, with the state that was seen last: Windows
    /// returns at once from a wait that begins with another. `None` where the service has no such thing.
    plug_and_play: Option<ReaderState>,
}

/// A reader as the service lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderStatus {
    /// The reader's name.
    pub name: String,
    /// Whether a card lies on it.
    pub card_present: bool,
    /// Whether another program uses the card exclusively.
    pub in_use: bool,
    /// The card's answer to reset; empty without a card.
    pub atr: Vec<u8>,
    /// How often a card was put down or taken away, where the service counts it (not on macOS). Another count
    /// with a card present means another card, or the same one put down again.
    pub changes: u16,
}

impl ReaderStatus {
    fn of(state: &ReaderState) -> Self {
        let event = state.event_state();
        Self {
            name: state.name().to_string_lossy().into_owned(),
            card_present: event.contains(State::PRESENT),
            in_use: event.contains(State::EXCLUSIVE),
            atr: state.atr().to_vec(),
            changes: u16::try_from(state.event_count()).unwrap_or_default(),
        }
    }
}

impl Service {
    fn connect() -> Result<Self> {
        let mut established = Context::establish(Scope::User);
        if matches!(established, Err(pcsc::Error::SecurityViolation)) {
            // A pcscd that is about to end hangs up in the same way as on a program that it does not admit.
            thread::sleep(TICK);
            established = Context::establish(Scope::User);
        }
        let context = established.map_err(fault)?;
        let plug_and_play = Some(unaware(PNP_NOTIFICATION().to_owned()));
        Ok(Self { context, plug_and_play })
    }

    fn states(&self) -> Answer<Vec<ReaderState>> {
        let mut tries = 0;
        loop {
            let mut states: Vec<_> = match self.context.list_readers_owned() {
                Err(pcsc::Error::NoReadersAvailable) => return Ok(Vec::new()),
                names => names?.into_iter().map(unaware).collect(),
            };
            if states.is_empty() {
                return Ok(states);
            }
            tries += 1;
            match self.context.get_status_change(Duration::ZERO, &mut states) {
                // Unplugged between the two calls.
                Err(pcsc::Error::UnknownReader) if tries < 3 => {}
                asked => return asked.map(|()| states),
            }
        }
    }

    /// Waits until something differs from these states, `time` at the longest, and tells whether the service
    /// says that something does.
    fn wait(&mut self, mut states: Vec<ReaderState>, time: Duration) -> Answer<bool> {
        states.iter_mut().for_each(ReaderState::sync_current_state);
        let watched = self.plug_and_play.take();
        let (readers, plug_and_play) = (states.len(), watched.is_some());
        states.extend(watched);
        if states.is_empty() {
            thread::sleep(time);
            return Ok(false);
        }
        let waited = self.context.get_status_change(time, &mut states);
        if plug_and_play {
            let unknown = State::UNKNOWN | State::UNAVAILABLE;
            let known = |state: &ReaderState| !state.event_state().intersects(unknown);
            self.plug_and_play = states.drain(readers..).find(known).map(|mut state| {
                state.sync_current_state();
                state
            });
        }
        match waited {
            Ok(()) | Err(pcsc::Error::UnknownReader) => Ok(true),
            Err(pcsc::Error::Timeout) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn unaware(name: CString) -> ReaderState {
    ReaderState::new(name, State::UNAWARE)
}

impl Readers {
    /// Connects to the service.
    ///
    /// # Errors
    /// `Reader` with [`ReaderFault::ServiceNotRunning`] where there is none, [`ReaderFault::NoAccess`] where
    /// this program may not use it.
    pub fn connect() -> Result<Self> {
        Service::connect().map(|service| Self(Mutex::new(service)))
    }

    /// All readers with what lies on them.
    ///
    /// # Errors
    /// `Reader` if the service fails. No reader at all is an empty list, not an error.
    pub fn list(&self) -> Result<Vec<ReaderStatus>> {
        let states = self.ask(|service| service.states())?;
        Ok(states.iter().map(ReaderStatus::of).collect())
    }

    /// Waits until the readers, or what lies on them, differ from `known`, a list of before; `None` when the
    /// time is over. A card that was exchanged counts as a change.
    ///
    /// # Errors
    /// `Reader` if the service fails; `Cancelled`.
    pub fn wait_for_change(
        &self,
        known: &[ReaderStatus],
        until: &Until,
    ) -> Result<Option<Vec<ReaderStatus>>> {
        let mut said_so = false;
        loop {
            let states = self.ask(|service| service.states())?;
            let found: Vec<_> = states.iter().map(ReaderStatus::of).collect();
            if found != known {
                return Ok(Some(found));
            }
            let left = match until.left() {
                Err(Error::LinkLost) => return Ok(None),
                left => left?,
            };
            if said_so {
                // A change of something that is not told here must not become a busy loop.
                thread::sleep(left.min(PAUSE));
            }
            let mut states = Some(states);
            said_so = self.ask(|service| match states.take() {
                Some(states) => service.wait(states, left.min(TICK)),
                // The service was restarted: look again.
                None => Ok(true),
            })?;
        }
    }

    /// Waits until a card lies on the named reader, or on any if no name is given; `None` when the time is
    /// over. Readers that are plugged in meanwhile are noticed, and a service that is restarted is waited for.
    ///
    /// # Errors
    /// `Reader` if the service does not run when the time is over, or fails; `Cancelled`.
    pub fn wait_for_card(&self, name: Option<&str>, until: &Until) -> Result<Option<String>> {
        self.wait(until, |readers| {
            readers
                .iter()
                .find(|reader| reader.card_present && name.is_none_or(|name| reader.name == name))
                .map(|reader| reader.name.clone())
        })
    }

    /// Waits until the card that lies on the named reader was taken away, also if another was put down since;
    /// `false` when the time is over.
    ///
    /// # Errors
    /// As [`Readers::wait_for_card`].
    pub fn wait_for_removal(&self, name: &str, until: &Until) -> Result<bool> {
        let mut began = None;
        let gone = self.wait(until, |readers| {
            let there = readers.iter().find(|reader| reader.card_present && reader.name == name);
            match there.map(|reader| reader.changes) {
                Some(changes) if *began.get_or_insert(changes) == changes => None,
                _ => Some(()),
            }
        })?;
        Ok(gone.is_some())
    }

    /// The context, for a card of the same thread.
    pub(super) fn context(&self) -> Context {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).context.clone()
    }

    /// Looks at the readers again after every change.
    fn wait<T>(
        &self,
        until: &Until,
        mut look: impl FnMut(&[ReaderStatus]) -> Option<T>,
    ) -> Result<Option<T>> {
        let mut known: Option<Vec<ReaderStatus>> = None;
        loop {
            let seen = match &known {
                None => self.list().map(Some),
                Some(known) => self.wait_for_change(known, until),
            };
            match seen {
                Ok(None) => return Ok(None),
                Ok(Some(readers)) => {
                    if let Some(found) = look(&readers) {
                        return Ok(Some(found));
                    }
                    known = Some(readers);
                }
                // It may be started again; on Windows it ends with the last reader, and comes with the next.
                Err(error) if faults::service_is_gone(&error) => {
                    match until.left() {
                        Err(Error::LinkLost) => return Err(error),
                        left => thread::sleep(left?.min(TICK)),
                    }
                    known = None;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks the service, once more if it was restarted since the last question.
    fn ask<T>(&self, mut question: impl FnMut(&mut Service) -> Answer<T>) -> Result<T> {
        let mut service = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match question(&mut service) {
            Err(error) if faults::ends_the_context(error) => {
                *service = Service::connect()?;
                question(&mut service).map_err(fault)
            }
            answer => answer.map_err(fault),
        }
    }

    /// Opens the card on the named reader, or on the first that has one, for exclusive use, within 15 seconds.
    ///
    /// # Errors
    /// `Reader`: no such reader, no reader at all, no card, mute card, in use by another program.
    pub fn open(&self, name: Option<&str>) -> Result<Card> {
        let until = Until::within(OPENING, &Cancellation::new());
        self.open_with(name, Sharing::Exclusive, &until)
    }

    /// As [`Readers::open`], within a time, alone or beside other programs.
    ///
    /// # Errors
    /// As [`Readers::open`]; [`ReaderFault::InUse`] also when another program did not end its transaction
    /// within the time; `Cancelled`.
    pub fn open_with(&self, name: Option<&str>, sharing: Sharing, until: &Until) -> Result<Card> {
        let readers = self.list()?;
        let reader = match name {
            Some(name) => readers
                .iter()
                .find(|reader| reader.name == name)
                .ok_or(Error::Reader(ReaderFault::NoSuchReader))?,
            None => readers
                .iter()
                .find(|reader| reader.card_present)
                .or(readers.first())
                .ok_or(Error::Reader(ReaderFault::NoReader))?,
        };
        if !reader.card_present {
            return Err(Error::Reader(ReaderFault::NoCard));
        }
        Card::open(&reader.name, sharing, until)
    }
}
