//! The inspection procedure: one linear read of one chip, with no device inside.
//!
//! The core opens no reader. The caller polls it, carries bytes, hands the answer back:
//!
//! ```text
//! loop {
//!     match inspection.poll()? {
//!         Step::Transmit(command)  => inspection.receive(&card.transmit(command.as_bytes())),
//!         Step::CardLost           => { card.wait_for_it(); inspection.card_is_back() }
//!         Step::Progress(progress) => show(progress),
//!         Step::Identity(identity) => show_the_citizen(identity),
//!         Step::Done(document)     => break document,
//!     }
//! }
//! ```
//!
//! Contract: call [`Inspection::poll`]; on [`Step::Transmit`] carry the bytes and call
//! [`Inspection::receive`], or [`Inspection::lost`]; on [`Step::CardLost`] bring the card back and call
//! [`Inspection::card_is_back`], or [`Inspection::lost`] to give up; stop on [`Step::Done`] or an error.
//! Inside, the procedure is ordinary `async` code whose only await point is the chip's next answer, so
//! it reads like the standard and the compiler makes the state machine.

mod files;
mod groups;
mod opening;
mod procedure;
mod progress;
mod proving;
mod survey;
mod system;
mod terminal;

use std::{
    collections::{BTreeMap, VecDeque},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

pub use progress::{Phase, Progress};
pub use survey::*;
pub use system::{InspectionOptions, InspectionSystem, PortraitStore};

use crate::{
    apdu::{Limits, Mailbox, Metrics, Outgoing, Request},
    document::{Report, VerifiedDocument, VerifiedIdentity},
    error::{Error, Result},
    sensitive::Personal,
};

/// What the caller has to do next.
#[derive(Debug)]
pub enum Step {
    /// Carry these bytes to the chip and its answer back.
    Transmit(CommandBytes),
    /// Show how far the read has come; nothing has to be done.
    Progress(Progress),
    /// Who the holder is, once everything but the rest of the groups is read and proven: at most once, before
    /// the portrait. Nothing has to be done. The document is verified only with [`Step::Done`].
    Identity(Box<VerifiedIdentity>),
    /// The card was lost: bring it back, powered up anew, and call [`Inspection::card_is_back`]. What was
    /// read is kept; the read goes on once the card has shown that it is the same one. Or call
    /// [`Inspection::lost`] to give up.
    CardLost,
    /// The document, every demanded check passed.
    Done(Box<VerifiedDocument>),
}

/// A command to be carried to the chip as it is.
pub struct CommandBytes(Outgoing);

impl CommandBytes {
    /// The C-APDU.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// The command's name in ISO/IEC 7816-4, for logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.0.name
    }

    /// How long to wait for the answer before the card counts as lost: long where the chip computes with
    /// keys, short where it reads.
    #[must_use]
    pub fn time_budget(&self) -> Duration {
        self.0.time_budget()
    }
}

impl From<Request> for Step {
    fn from(request: Request) -> Self {
        match request {
            Request::Command(command) => Self::Transmit(CommandBytes(command)),
            Request::Card => Self::CardLost,
        }
    }
}

impl core::fmt::Debug for CommandBytes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({} bytes)", self.0.name, self.0.bytes.len())
    }
}

/// What the procedure tells the outside, in the order in which it happened.
enum News {
    Progress(Progress),
    Identity(Box<VerifiedIdentity>),
}

impl From<News> for Step {
    fn from(news: News) -> Self {
        match news {
            News::Progress(progress) => Self::Progress(progress),
            News::Identity(identity) => Self::Identity(identity),
        }
    }
}

/// What the procedure lets the outside see while it runs.
#[derive(Default)]
struct Visible {
    news: VecDeque<News>,
    report: Option<Report>,
    files: BTreeMap<&'static str, Personal<Vec<u8>>>,
}

/// Shared between the procedure and its owner.
#[derive(Clone, Default)]
struct Window(Arc<Mutex<Visible>>);

impl Window {
    fn lock(&self) -> MutexGuard<'_, Visible> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self, progress: Progress) {
        self.lock().news.push_back(News::Progress(progress));
    }

    fn identity(&self, identity: VerifiedIdentity) {
        self.lock().news.push_back(News::Identity(Box::new(identity)));
    }

    fn next_news(&self) -> Option<Step> {
        self.lock().news.pop_front().map(Step::from)
    }

    fn publish(&self, report: Report) {
        self.lock().report = Some(report);
    }

    fn keep(&self, file: &'static str, bytes: Vec<u8>) {
        self.lock().files.insert(file, Personal::new(bytes));
    }
}

type Procedure = Pin<Box<dyn Future<Output = Result<Box<VerifiedDocument>>> + Send>>;

/// One inspection of one chip. `Send`, without lifetime or type parameters.
pub struct Inspection {
    /// `None` once it ended.
    procedure: Option<Procedure>,
    mailbox: Mailbox,
    window: Window,
    /// The document, while progress is still to be shown.
    document: Option<Box<VerifiedDocument>>,
    /// A breach of the contract, reported by the next `poll`.
    misuse: Option<&'static str>,
    /// An answer to a command of before the cancellation may still come; it is nobody's mistake.
    cancelled: bool,
}

impl Inspection {
    fn new(procedure: Procedure, mailbox: Mailbox, window: Window) -> Self {
        Self {
            procedure: Some(procedure),
            mailbox,
            window,
            document: None,
            misuse: None,
            cancelled: false,
        }
    }

    /// Tells what the device can carry; call it before the first `poll`, and when the card came back on
    /// another device.
    pub fn set_limits(&mut self, limits: Limits) {
        self.mailbox.set_limits(limits);
    }

    /// Runs the procedure up to the point where something outside has to happen.
    ///
    /// # Errors
    /// Whatever ends the inspection without a verified document; `Misuse` when the contract of the
    /// module was broken. After an error only [`Inspection::report`], [`Inspection::metrics`] and
    /// [`Inspection::files`] are of use.
    pub fn poll(&mut self) -> Result<Step> {
        if let Some(news) = self.window.next_news() {
            return Ok(news);
        }
        if let Some(what) = self.misuse.take() {
            self.procedure = None;
            return Err(Error::Misuse(what));
        }
        if let Some(document) = self.document.take() {
            return Ok(Step::Done(document));
        }
        let Some(procedure) = &mut self.procedure else {
            return Err(Error::Misuse("the inspection has ended"));
        };
        if let Some(request) = self.mailbox.take_request() {
            return Ok(request.into());
        }
        if self.mailbox.awaits() {
            return Err(Error::Misuse("poll before the answer to the last command"));
        }
        let outcome = procedure.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        match outcome {
            Poll::Ready(Ok(document)) => {
                self.procedure = None;
                match self.window.next_news() {
                    Some(news) => {
                        self.document = Some(document);
                        Ok(news)
                    }
                    None => Ok(Step::Done(document)),
                }
            }
            Poll::Ready(Err(error)) => {
                self.procedure = None;
                self.window.lock().news.clear();
                Err(error)
            }
            Poll::Pending => {
                if let Some(news) = self.window.next_news() {
                    return Ok(news);
                }
                let request = self.mailbox.take_request();
                request.map(Step::from).ok_or(Error::Misuse("a procedure that waits for nothing"))
            }
        }
    }

    /// Does what can be done while the answer to the last [`Step::Transmit`] is under way: hashes what has
    /// arrived, verifies EF.SOD. For callers who need not stand still meanwhile; what was not done here is
    /// done by the next [`Inspection::poll`]. Does nothing at any other time.
    pub fn work(&mut self) {
        if !self.mailbox.in_the_air() {
            return;
        }
        let Some(procedure) = &mut self.procedure else { return };
        let outcome = procedure.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        // It waits for the answer; should it not, the next poll hears of it.
        if let Poll::Ready(outcome) = outcome {
            self.procedure = Some(Box::pin(std::future::ready(outcome)));
        }
    }

    /// Hands over the chip's answer, with its status word. Cannot fail; a breach of the contract is
    /// reported by the next `poll`.
    pub fn receive(&mut self, answer: &[u8]) {
        let taken = self.mailbox.deliver(answer);
        self.expected(taken, "an answer without a command");
    }

    /// Reports that the command could not be carried or not answered: the card is gone, or the
    /// device failed with this error. After [`Step::CardLost`]: that the card does not come back.
    pub fn lost(&mut self, error: Error) {
        let taken = self.mailbox.fail(error);
        self.expected(taken, "an answer without a command");
    }

    /// Tells that the card lies on the device again and was powered up anew. Limits that have changed are
    /// [set](Inspection::set_limits) before.
    pub fn card_is_back(&mut self) {
        let taken = self.mailbox.card_is_back();
        self.expected(taken, "a card that nobody missed");
    }

    fn expected(&mut self, taken: bool, misuse: &'static str) {
        if !taken && !self.cancelled {
            self.misuse = Some(misuse);
        }
    }

    /// Ends the inspection; the next `poll` returns [`Error::Cancelled`] once and the keys are wiped.
    /// An answer that was under way may still be handed over; it is dropped.
    pub fn cancel(&mut self) {
        self.window.lock().news.clear();
        self.cancelled = true;
        let unfinished = self.procedure.is_some() || self.document.take().is_some();
        self.procedure = unfinished
            .then(|| -> Procedure { Box::pin(std::future::ready(Err(Error::Cancelled))) });
        self.mailbox.abandon();
    }

    /// Every check as far as the inspection has come.
    #[must_use]
    pub fn report(&self) -> Report {
        self.window.lock().report.clone().unwrap_or_else(Report::new)
    }

    /// APDUs and bytes so far.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.mailbox.metrics()
    }

    /// The files read so far, by name, complete ones only. Unverified: what was read before a lost tag
    /// is kept here.
    #[must_use]
    pub fn files(&self) -> BTreeMap<&'static str, Personal<Vec<u8>>> {
        self.window.lock().files.clone()
    }
}

impl core::fmt::Debug for Inspection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Inspection")
            .field("ended", &self.procedure.is_none())
            .field("metrics", &self.metrics())
            .finish_non_exhaustive()
    }
}
