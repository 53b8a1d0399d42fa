use super::Transport;
use crate::{
    document::VerifiedDocument,
    error::Result,
    inspection::{Inspection, Progress, Step},
};

impl Inspection {
    /// Drives the inspection over a transport until it ends; blocks while the card works.
    ///
    /// # Errors
    /// Whatever ends the inspection without a verified document.
    pub fn run(&mut self, card: &mut impl Transport) -> Result<VerifiedDocument> {
        self.run_with_progress(card, |_| {})
    }

    /// As [`Inspection::run`], telling how far it has come.
    ///
    /// # Errors
    /// As [`Inspection::run`].
    pub fn run_with_progress(
        &mut self,
        card: &mut impl Transport,
        mut show: impl FnMut(Progress),
    ) -> Result<VerifiedDocument> {
        self.set_limits(card.limits());
        loop {
            match self.poll()? {
                Step::Transmit(command) => match card.transmit(command.as_bytes()) {
                    Ok(answer) => self.receive(&answer),
                    Err(error) => self.lost(error),
                },
                Step::Progress(progress) => show(progress),
                Step::Done(document) => return Ok(*document),
            }
        }
    }
}
