use std::time::{Duration, Instant};

use super::{Cancellation, Transport, Until};
use crate::{
    document::{VerifiedDocument, VerifiedIdentity},
    error::{Error, Result},
    inspection::{Inspection, Progress, Step},
};

/// How long somebody looks for a card that slipped, before the read is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a blocking read observes beside the card.
pub struct RunOptions<'a> {
    show: Box<dyn FnMut(Progress) + 'a>,
    identified: Box<dyn FnMut(VerifiedIdentity) + 'a>,
    patience: Duration,
    deadline: Option<Duration>,
    cancellation: Cancellation,
}

impl<'a> RunOptions<'a> {
    /// Ten seconds for a lost card to come back, no deadline.
    #[must_use]
    pub fn new() -> Self {
        Self {
            show: Box::new(|_| {}),
            identified: Box::new(|_| {}),
            patience: PATIENCE,
            deadline: None,
            cancellation: Cancellation::new(),
        }
    }

    /// Tells how far the read has come; [`Phase::CardLost`](crate::inspection::Phase::CardLost) is the moment
    /// to ask for the card.
    #[must_use]
    pub fn progress(mut self, show: impl FnMut(Progress) + 'a) -> Self {
        self.show = Box::new(show);
        self
    }

    /// Hands out who the holder is as soon as that is proven, at most once; the portrait follows.
    #[must_use]
    pub fn identity(mut self, identified: impl FnMut(VerifiedIdentity) + 'a) -> Self {
        self.identified = Box::new(identified);
        self
    }

    /// How long to wait for a lost card, each time.
    #[must_use]
    pub const fn patience(mut self, time: Duration) -> Self {
        self.patience = time;
        self
    }

    /// How long the whole read may last, waiting for a lost card included.
    #[must_use]
    pub const fn deadline(mut self, time: Duration) -> Self {
        self.deadline = Some(time);
        self
    }

    /// Ends the read when somebody cancels this.
    #[must_use]
    pub fn cancellation(mut self, cancellation: &Cancellation) -> Self {
        self.cancellation = cancellation.clone();
        self
    }
}

impl Default for RunOptions<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for RunOptions<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RunOptions")
            .field("patience", &self.patience)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl Inspection {
    /// Drives the inspection over a transport until it ends; blocks while the card works.
    ///
    /// # Errors
    /// Whatever ends the inspection without a verified document.
    pub fn run(&mut self, card: &mut impl Transport) -> Result<VerifiedDocument> {
        self.run_with(card, RunOptions::new())
    }

    /// As [`Inspection::run`], within these limits.
    ///
    /// # Errors
    /// As [`Inspection::run`]; `DeadlinePassed`, `Cancelled`.
    pub fn run_with(
        &mut self,
        card: &mut impl Transport,
        mut options: RunOptions<'_>,
    ) -> Result<VerifiedDocument> {
        let began = Instant::now();
        self.set_limits(card.limits());
        loop {
            let left = options.deadline.map(|deadline| deadline.saturating_sub(began.elapsed()));
            if left == Some(Duration::ZERO) {
                self.cancel();
                return Err(Error::DeadlinePassed);
            }
            let until = |time: Duration| {
                Until::within(left.map_or(time, |left| left.min(time)), &options.cancellation)
            };
            if options.cancellation.is_cancelled() {
                self.cancel();
            }
            match self.poll()? {
                Step::Transmit(command) => {
                    let until = until(command.time_budget());
                    let mut work = || self.work();
                    match card.transmit_while(command.as_bytes(), &until, &mut work) {
                        Ok(answer) => self.receive(&answer),
                        Err(error) => self.lost(error),
                    }
                }
                Step::CardLost => match card.reconnect(&until(options.patience)) {
                    Ok(()) => {
                        self.set_limits(card.limits());
                        self.card_is_back();
                    }
                    // Not the patience ended the wait.
                    Err(_)
                        if options.deadline.is_some_and(|deadline| deadline <= began.elapsed()) =>
                    {
                        self.cancel();
                        return Err(Error::DeadlinePassed);
                    }
                    Err(error) => self.lost(error),
                },
                Step::Progress(progress) => (options.show)(progress),
                Step::Identity(identity) => (options.identified)(*identity),
                Step::Done(document) => return Ok(*document),
            }
        }
    }
}
