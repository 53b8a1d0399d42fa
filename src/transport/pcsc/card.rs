use std::time::Duration;

use super::{
    connection::{Connection, TOO_LONG},
    faults,
};
use crate::{
    apdu::Limits,
    error::{Error, ReaderFault, Result},
    transport::{Cancellation, Transport, Until},
};

/// How a card is shared with other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sharing {
    /// This program alone has the card: another one that wants it fails, and this one fails if another has it.
    #[default]
    Exclusive,
    /// Others may be connected to the card as well, desktop software that watches every card for instance. A
    /// transaction keeps them waiting as long as the [`Card`] lives, and the chip is reset at its beginning,
    /// since others may have left it in any state. Windows ends a transaction in which nothing happens for
    /// five seconds; the read then goes on as after a lost card.
    Shared,
}

/// A card on a PC/SC reader. Dropping it resets the card, so that no session stays open.
///
/// [`Transport::transmit_until`] keeps to its time although PC/SC knows none: a call that does not return is
/// left to its thread, which ends when the call does. [`Transport::reconnect`] waits for a card on the *same*
/// reader, over unplugged readers and restarted services, and resets it. Unless the card is seen to leave it takes 600 ms
/// to know that it came back; less patience than that gives it up.
pub struct Card {
    reader: String,
    sharing: Sharing,
    limits: Limits,
    /// `None` once card or connection were lost.
    connection: Option<Connection>,
}

impl Card {
    pub(super) fn open(reader: &str, sharing: Sharing, until: &Until) -> Result<Self> {
        let connection = Connection::begin(reader, sharing)?;
        let limits = connection.ready(until, Error::Reader(ReaderFault::ServiceStopped))?;
        Ok(Self { reader: reader.to_owned(), sharing, limits, connection: Some(connection) })
    }

    /// The name of the reader on which it lies.
    #[must_use]
    pub fn reader(&self) -> &str {
        &self.reader
    }

    fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.end();
        }
    }
}

impl Transport for Card {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        self.transmit_until(command, &Until::within(Duration::MAX, &Cancellation::new()))
    }

    fn transmit_until(&mut self, command: &[u8], until: &Until) -> Result<Vec<u8>> {
        self.transmit_while(command, until, &mut || ())
    }

    fn transmit_while(
        &mut self,
        command: &[u8],
        until: &Until,
        work: &mut dyn FnMut(),
    ) -> Result<Vec<u8>> {
        until.left()?;
        let connection = self.connection.as_ref().ok_or(Error::LinkLost)?;
        let answer = connection.transmit(command, until, work);
        if answer.as_ref().is_err_and(|error| *error != TOO_LONG) {
            // Not waited for: the call may never return. Its answer, should it come, belongs to nobody.
            self.connection = None;
        }
        answer
    }

    fn reconnect(&mut self, until: &Until) -> Result<()> {
        self.disconnect();
        until.left()?;
        let connection = Connection::begin_again(&self.reader, self.sharing, until)?;
        self.limits = connection.ready(until, Error::LinkLost).map_err(faults::stayed_away)?;
        self.connection = Some(connection);
        Ok(())
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        self.disconnect();
    }
}
