//! A simulated card that tells what a stranger's reader has cost, session by session.

use cccd_simulator::{Link, vpcd};

use super::{Cost, Ledger, Spent, Step};
use crate::output::{cost, to_stdout};

/// A card whose exchanges are noted by the kind of command, for a reader that announces nothing. A session ends when
/// the reader takes the power, or the card leaves it.
pub(crate) struct Counted {
    pub(crate) link: Link,
    ledger: Ledger,
    /// The name of the virtual clock, if somebody wants to know.
    timing: Option<String>,
}

impl Counted {
    pub(crate) fn new(link: Link, timing: Option<String>) -> Self {
        Self { link, ledger: Ledger::new(), timing }
    }

    /// Tells of the session, if there was one.
    fn tell(&mut self) {
        let ledger = std::mem::replace(&mut self.ledger, Ledger::new());
        if self.timing.is_some() && ledger.total().apdus > 0 {
            to_stdout(&cost::session(&Cost { ledger, timing: self.timing.clone() }));
        }
    }
}

impl vpcd::Card for Counted {
    fn answer_to_reset(&self) -> Vec<u8> {
        self.link.answer_to_reset()
    }

    fn reset(&mut self) {
        self.tell();
        self.link.reset();
    }

    fn process(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let before = self.link.elapsed();
        let answer = self.link.process(command);
        self.ledger.enter(Step::command(name(command)));
        self.ledger.note(Spent {
            apdus: 1,
            bytes_sent: command.len() as u64,
            bytes_received: answer.as_ref().map_or(0, Vec::len) as u64,
            ..Spent::simulated(self.link.elapsed() - before)
        });
        answer
    }
}

/// The command's name; its instruction is in the clear also inside secure messaging `[ISO 7816-4 §5.4.2]`.
fn name(command: &[u8]) -> &'static str {
    match command.get(1) {
        Some(0x22) => "MSE:Set",
        Some(0x2A) => "PSO",
        Some(0x82) => "EXTERNAL AUTHENTICATE",
        Some(0x84) => "GET CHALLENGE",
        Some(0x86 | 0x87) => "GENERAL AUTHENTICATE",
        Some(0x88) => "INTERNAL AUTHENTICATE",
        Some(0xA4) => "SELECT",
        Some(0xB0 | 0xB1) => "READ BINARY",
        Some(0xC0) => "GET RESPONSE",
        _ => "khác · other",
    }
}
