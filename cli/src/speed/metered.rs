//! A card whose every exchange is noted.

use std::{cell::RefCell, time::Instant};

use cccd::{
    error::Result,
    transport::{Limits, Transport, Until},
};

use super::{Ledger, Spent};
use crate::card::Card;

/// A card, and the ledger in which its exchanges are noted: by its virtual clock, or by a real one.
pub(crate) struct Metered<'a> {
    card: &'a mut dyn Card,
    ledger: &'a RefCell<Ledger>,
}

impl<'a> Metered<'a> {
    pub(crate) fn new(card: &'a mut dyn Card, ledger: &'a RefCell<Ledger>) -> Self {
        Self { card, ledger }
    }

    /// Does it and returns what it took.
    fn timed<T>(&mut self, act: impl FnOnce(&mut dyn Card) -> T) -> (T, Spent) {
        let before = self.card.elapsed();
        let start = Instant::now();
        let done = act(self.card);
        let time = start.elapsed();
        let spent = match before.zip(self.card.elapsed()) {
            Some((before, after)) => Spent::simulated(after - before),
            None => Spent::measured(time),
        };
        (done, spent)
    }

    fn exchange(
        &mut self,
        command: &[u8],
        carry: impl FnOnce(&mut dyn Card) -> Result<Vec<u8>>,
    ) -> Result<Vec<u8>> {
        let (answer, time) = self.timed(carry);
        let (sent, received) = (command.len(), answer.as_ref().map_or(0, Vec::len));
        self.ledger.borrow_mut().note(Spent {
            apdus: 1,
            bytes_sent: sent as u64,
            bytes_received: received as u64,
            ..time
        });
        answer
    }
}

impl Transport for Metered<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        self.exchange(command, |card| card.transmit(command))
    }

    fn transmit_until(&mut self, command: &[u8], until: &Until) -> Result<Vec<u8>> {
        self.exchange(command, |card| card.transmit_until(command, until))
    }

    fn transmit_while(
        &mut self,
        command: &[u8],
        until: &Until,
        work: &mut dyn FnMut(),
    ) -> Result<Vec<u8>> {
        self.exchange(command, |card| card.transmit_while(command, until, work))
    }

    fn reconnect(&mut self, until: &Until) -> Result<()> {
        let (done, time) = self.timed(|card| card.reconnect(until));
        self.ledger.borrow_mut().note(time);
        done
    }

    fn limits(&self) -> Limits {
        self.card.limits()
    }
}
