//! The book in which exchanges are noted.

use std::{
    iter::Sum,
    ops::{Add, AddAssign},
    time::{Duration, Instant},
};

use cccd::inspection::{Phase, Progress};
use cccd_simulator::timing::Elapsed;

use crate::language::{choose, is_vietnamese};

/// The name of a step that opens the chip once more: after a loss of the card, or of its keys.
const ACCESS_AGAIN: &str = "access_again";
/// The name of the steps of a reader that announces nothing: one for each kind of command.
const COMMAND: &str = "command";

/// A part of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// A stable name: that of the phase, or `access_again`, or `command`.
    pub(crate) name: &'static str,
    /// The file that is read or the command that is sent; else empty.
    pub(crate) of: &'static str,
}

impl Step {
    /// A kind of command.
    pub(crate) const fn command(name: &'static str) -> Self {
        Self { name: COMMAND, of: name }
    }

    const fn phase(phase: Phase) -> Self {
        Self { name: phase.as_str(), of: "" }
    }

    /// What a person calls it.
    pub(crate) fn words(self) -> String {
        // Beside the English there is no room to say twice which protocol it is.
        let proof = |alone: &str, both: &str| {
            if is_vietnamese() { alone.to_owned() } else { choose(both) }
        };
        match self.name {
            "access" => choose("Mở chip · Access"),
            ACCESS_AGAIN => choose("Mở lại chip · Access again"),
            "card_lost" => choose("Mất thẻ · Card lost"),
            "chip_authentication" => proof("Chip thật (CA)", "Chip thật · Chip Auth. (CA)"),
            "active_authentication" => proof("Chip thật (AA)", "Chip thật · Active Auth. (AA)"),
            "terminal_authentication" => proof("Quyền đọc (TA)", "Quyền đọc · Terminal Auth. (TA)"),
            _ if !self.of.is_empty() => choose(self.of),
            "security_object" if is_vietnamese() => "Kiểm tra chữ ký".to_owned(),
            name => name.replace('_', " "),
        }
    }
}

/// What something has cost. Times are nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Command-answer pairs, those included whose answer never came.
    pub(crate) apdus: u64,
    pub(crate) bytes_sent: u64,
    pub(crate) bytes_received: u64,
    /// Frames on the air; known of a simulated card only, as are the requests and the four causes of time.
    pub(crate) frames: u64,
    /// How often the chip asked for more time.
    pub(crate) wtx: u64,
    pub(crate) air: u64,
    pub(crate) host: u64,
    pub(crate) chip: u64,
    pub(crate) retry: u64,
    /// Time by a real clock, which does not tell its causes.
    pub(crate) measured: u64,
}

impl Spent {
    /// Virtual time.
    pub(crate) fn simulated(elapsed: Elapsed) -> Self {
        let Elapsed { frames, wtx, air, host, chip, retry, .. } = elapsed;
        Self { frames, wtx, air, host, chip, retry, ..Self::default() }
    }

    /// Real time.
    pub(crate) fn measured(time: Duration) -> Self {
        Self { measured: nanoseconds(time), ..Self::default() }
    }

    /// All causes together.
    pub(crate) const fn time(&self) -> u64 {
        self.air + self.host + self.chip + self.retry + self.measured
    }

    /// The virtual causes, in the order in which they are shown.
    pub(crate) const fn causes(&self) -> [u64; 4] {
        [self.air, self.host, self.chip, self.retry]
    }
}

impl Add for Spent {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            apdus: self.apdus + more.apdus,
            bytes_sent: self.bytes_sent + more.bytes_sent,
            bytes_received: self.bytes_received + more.bytes_received,
            frames: self.frames + more.frames,
            wtx: self.wtx + more.wtx,
            air: self.air + more.air,
            host: self.host + more.host,
            chip: self.chip + more.chip,
            retry: self.retry + more.retry,
            measured: self.measured + more.measured,
        }
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, more: Self) {
        *self = *self + more;
    }
}

impl Sum for Spent {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// What every step of one read has cost.
pub(crate) struct Ledger {
    entries: Vec<(Step, Spent)>,
    /// The step under way, and the one that it interrupts.
    step: Step,
    around: Step,
    opened: bool,
    identity: Option<Spent>,
    began: Instant,
    lasted: Duration,
}

impl Ledger {
    /// An empty one, in the step that every read begins with.
    pub(crate) fn new() -> Self {
        let first = Step::phase(Phase::Access);
        Self {
            entries: Vec::new(),
            step: first,
            around: first,
            opened: false,
            identity: None,
            began: Instant::now(),
            lasted: Duration::ZERO,
        }
    }

    /// What follows belongs to this.
    pub(crate) fn announce(&mut self, progress: Progress) {
        let Progress { phase, file, bytes_read, bytes_total } = progress;
        let read = bytes_total > 0 && bytes_read >= bytes_total;
        match phase {
            // A file interrupts what it is read for; what comes after its end belongs to that again.
            Phase::Reading if read => self.step = self.around,
            Phase::Reading => self.step = Step { name: phase.as_str(), of: file },
            Phase::Access if self.opened => self.enter(Step { name: ACCESS_AGAIN, of: "" }),
            _ => {
                self.opened |= phase == Phase::Access;
                self.enter(Step::phase(phase));
            }
        }
    }

    /// What follows belongs to this step.
    pub(crate) fn enter(&mut self, step: Step) {
        self.step = step;
        self.around = step;
    }

    /// The holder is known and proven, the portrait still to be read.
    pub(crate) fn identity_known(&mut self) {
        self.identity = Some(self.total());
    }

    /// Notes what the step under way has cost.
    pub(crate) fn note(&mut self, spent: Spent) {
        self.lasted = self.began.elapsed();
        match self.entries.iter_mut().find(|(step, _)| *step == self.step) {
            Some((_, sum)) => *sum += spent,
            None => self.entries.push((self.step, spent)),
        }
    }

    /// Every step that cost something, in the order of their beginnings.
    pub(crate) fn steps(&self) -> &[(Step, Spent)] {
        &self.entries
    }

    /// What this step has cost.
    pub(crate) fn of(&self, step: Step) -> Spent {
        let entry = self.entries.iter().find(|(known, _)| *known == step);
        entry.map(|(_, spent)| *spent).unwrap_or_default()
    }

    /// All steps together.
    pub(crate) fn total(&self) -> Spent {
        self.entries.iter().map(|(_, spent)| *spent).sum()
    }

    /// What had been spent when the holder was known.
    pub(crate) const fn identity(&self) -> Option<Spent> {
        self.identity
    }

    /// Nanoseconds from the first exchange's beginning to the last one's end in which this program worked and the card
    /// waited; nothing where time is virtual.
    pub(crate) fn between(&self) -> u64 {
        nanoseconds(self.lasted).saturating_sub(self.total().measured)
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(phase: Phase, file: &'static str, bytes_read: usize) -> Progress {
        let bytes_total = if phase == Phase::Reading { 100 } else { 0 };
        Progress { phase, file, bytes_read, bytes_total }
    }

    fn one(bytes_sent: u64) -> Spent {
        Spent { apdus: 1, bytes_sent, ..Spent::default() }
    }

    #[test]
    fn an_exchange_belongs_to_what_was_announced_before_it() {
        let mut ledger = Ledger::new();
        for (phase, file, read, bytes) in [
            (Phase::Access, "", 0, 1),
            (Phase::Reading, "EF.CardSecurity", 0, 2),
            // The application is selected after that file.
            (Phase::Reading, "EF.CardSecurity", 100, 4),
            (Phase::ChipAuthentication, "", 0, 8),
            (Phase::Reading, "DG2", 0, 16),
            (Phase::CardLost, "", 0, 32),
            (Phase::Access, "", 0, 64),
            (Phase::Reading, "DG2", 50, 128),
        ] {
            if file == "DG2" && read == 0 {
                ledger.identity_known();
            }
            ledger.announce(progress(phase, file, read));
            ledger.note(one(bytes));
        }
        let bytes: Vec<_> = ledger
            .steps()
            .iter()
            .map(|(step, spent)| (step.name, step.of, spent.bytes_sent))
            .collect();
        assert_eq!(
            bytes,
            [
                ("access", "", 1 + 4),
                ("reading", "EF.CardSecurity", 2),
                ("chip_authentication", "", 8),
                ("reading", "DG2", 16 + 128),
                ("card_lost", "", 32),
                ("access_again", "", 64),
            ]
        );
        assert_eq!(ledger.total(), Spent { apdus: 8, ..one(255) });
        assert_eq!(ledger.identity(), Some(Spent { apdus: 4, ..one(1 + 2 + 4 + 8) }));
    }
}
