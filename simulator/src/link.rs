//! A radio link: the chip in a reader's field, with planned faults.
//!
//! A fault happens once, at the exchange that it names; exchanges are counted from 0 over the link's whole life.
//! A lost tag has no power: the chip forgets its session, and every further command is lost until [`Link::put_back`].

use thiserror::Error;

use crate::chip::{Chip, Work};
use crate::random::Random;
use crate::timing::{Elapsed, Timing};

/// The tag left the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the tag left the field")]
pub struct TagLost;

/// What goes wrong, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The tag is gone before the chip gets command n.
    LostBefore(usize),
    /// The chip runs command n, and its answer is lost with the tag.
    LostAfter(usize),
    /// The answer to command n comes after the reader's time limit. To the reader the tag is lost; the chip, which has
    /// run the command, keeps its power and its session until it is put back.
    Delayed(usize),
    /// One bit of the answer is inverted; bit 0 is the highest of the first byte, counted modulo the answer's length.
    FlipBit {
        /// Which exchange.
        exchange: usize,
        /// Which bit of its answer.
        bit: usize,
    },
    /// Only the first bytes of the answer arrive.
    Truncate {
        /// Which exchange.
        exchange: usize,
        /// How many bytes arrive.
        keep: usize,
    },
    /// The answer of the exchange before arrives once more in place of this one's. At exchange 0: nothing arrives.
    Repeat {
        /// Which exchange.
        exchange: usize,
    },
    /// Random bytes arrive, 0 to 299 of them.
    Garbage {
        /// Which exchange.
        exchange: usize,
        /// The bytes derive from it.
        seed: u64,
    },
}

impl Fault {
    /// The exchange at which it happens.
    pub fn exchange(self) -> usize {
        match self {
            Fault::LostBefore(exchange)
            | Fault::LostAfter(exchange)
            | Fault::Delayed(exchange)
            | Fault::FlipBit { exchange, .. }
            | Fault::Truncate { exchange, .. }
            | Fault::Repeat { exchange }
            | Fault::Garbage { exchange, .. } => exchange,
        }
    }
}

/// A chip in a reader's field.
pub struct Link {
    /// The chip itself.
    pub chip: Chip,
    faults: Vec<Fault>,
    in_field: bool,
    exchanges: usize,
    last_answer: Vec<u8>,
    timing: Option<Timing>,
    elapsed: Elapsed,
}

impl Link {
    /// A link without faults.
    pub fn new(chip: Chip) -> Link {
        Link::with_faults(chip, Vec::new())
    }

    /// A link with one fault to come.
    pub fn with_fault(chip: Chip, fault: Fault) -> Link {
        Link::with_faults(chip, vec![fault])
    }

    /// A link with these faults to come, in any order. Of two at one exchange both happen, the second to what the first
    /// left.
    pub fn with_faults(chip: Chip, faults: Vec<Fault>) -> Link {
        Link {
            chip,
            faults,
            in_field: true,
            exchanges: 0,
            last_answer: Vec::new(),
            timing: None,
            elapsed: Elapsed::default(),
        }
    }

    /// The same link with a virtual clock; without one only exchanges and bytes are counted.
    pub fn with_timing(mut self, timing: Timing) -> Link {
        self.timing = Some(timing);
        self
    }

    /// What it has cost so far.
    pub fn elapsed(&self) -> Elapsed {
        self.elapsed
    }

    /// One more fault to come.
    pub fn plan(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Carry a command to the chip and its answer back.
    pub fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TagLost> {
        if !self.in_field {
            return Err(TagLost);
        }
        let exchange = self.exchanges;
        self.exchanges += 1;
        let sent = command.len();
        let faults: Vec<Fault> =
            self.faults.iter().copied().filter(|fault| fault.exchange() == exchange).collect();
        if faults.contains(&Fault::LostBefore(exchange)) {
            self.count_unanswered(sent, None);
            return self.lose();
        }
        let before = self.chip.work();
        let mut answer = self.chip.process(command);
        let work = self.chip.work() - before;
        let before = std::mem::replace(&mut self.last_answer, answer.clone());
        let garbled = !faults.is_empty();
        for fault in faults {
            match fault {
                Fault::LostAfter(_) => {
                    self.count_unanswered(sent, Some(work));
                    return self.lose();
                }
                Fault::Delayed(_) => {
                    self.count_unanswered(sent, Some(work));
                    self.in_field = false;
                    return Err(TagLost);
                }
                _ => answer = distort(fault, answer, &before),
            }
        }
        self.elapsed += match &self.timing {
            Some(timing) if garbled => timing.garbled(sent, answer.len(), work),
            Some(timing) => timing.exchange(sent, answer.len(), work),
            None => untimed(sent, answer.len()),
        };
        Ok(answer)
    }

    fn count_unanswered(&mut self, sent: usize, work: Option<Work>) {
        self.elapsed += match &self.timing {
            Some(timing) => timing.unanswered(sent, work),
            None => untimed(sent, 0),
        };
    }

    /// Put the tag back into the field: the chip powers up anew.
    pub fn put_back(&mut self) {
        self.chip.reset();
        self.in_field = true;
        if let Some(timing) = &self.timing {
            self.elapsed += timing.power_up();
        }
    }

    /// Take the tag out of the field.
    pub fn take_away(&mut self) {
        self.in_field = false;
        self.chip.reset();
    }

    /// Whether the reader has the tag: it is in the field, and no answer of it was given up.
    pub fn in_field(&self) -> bool {
        self.in_field
    }

    /// Commands sent while the tag was in the field, the lost ones included.
    pub fn exchanges(&self) -> usize {
        self.exchanges
    }

    /// Whether the exchanges of all planned faults are over; false without a fault.
    pub fn fault_happened(&self) -> bool {
        !self.faults.is_empty() && self.faults.iter().all(|fault| fault.exchange() < self.exchanges)
    }

    fn lose(&mut self) -> Result<Vec<u8>, TagLost> {
        self.take_away();
        Err(TagLost)
    }
}

fn untimed(sent: usize, received: usize) -> Elapsed {
    Elapsed {
        exchanges: 1,
        bytes_sent: sent as u64,
        bytes_received: received as u64,
        ..Elapsed::default()
    }
}

fn distort(fault: Fault, mut answer: Vec<u8>, before: &[u8]) -> Vec<u8> {
    match fault {
        Fault::LostBefore(_) | Fault::LostAfter(_) | Fault::Delayed(_) => answer,
        Fault::FlipBit { bit, .. } => {
            // Another fault may have left nothing.
            let bit = bit.checked_rem(answer.len() * 8).unwrap_or(0);
            if let Some(byte) = answer.get_mut(bit / 8) {
                *byte ^= 0x80 >> (bit % 8);
            }
            answer
        }
        Fault::Truncate { keep, .. } => {
            answer.truncate(keep);
            answer
        }
        Fault::Repeat { .. } => before.to_vec(),
        Fault::Garbage { seed, .. } => {
            let mut random = Random::from_label(seed, "garbage");
            let length = random.array::<2>();
            random.bytes(usize::from(u16::from_be_bytes(length)) % 300)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::Behaviour;
    use crate::personalisation::{AccessControl, Personalisation};

    const SELECT: [u8; 12] = [0, 0xA4, 4, 0x0C, 7, 0xA0, 0, 0, 2, 0x47, 0x10, 1];
    const READ: [u8; 5] = [0, 0xB0, 0x81, 0, 0];

    fn chip() -> Chip {
        let personalisation = Personalisation {
            files: [(0x0101, vec![0x61, 2, 0xAA, 0x55])].into(),
            card_access: None,
            card_security: None,
            atr_info: None,
            mrz_information: String::new(),
            can: String::new(),
            pin: None,
            puk: None,
            access: AccessControl { bac: false, pace: Vec::new() },
            chip_authentication: Vec::new(),
            active_authentication: None,
            terminal_trust: None,
            protected: [].into(),
            behaviour: Behaviour::default(),
        };
        Chip::new(personalisation, 1)
    }

    fn answers(fault: Fault) -> (Link, Vec<Result<Vec<u8>, TagLost>>) {
        let mut link = Link::with_fault(chip(), fault);
        let answers = [&SELECT[..], &READ, &READ].map(|command| link.transmit(command));
        (link, answers.to_vec())
    }

    fn good() -> Vec<u8> {
        vec![0x61, 2, 0xAA, 0x55, 0x90, 0]
    }

    #[test]
    fn a_lost_tag_stays_lost_until_it_is_put_back() {
        for (fault, reached) in [(Fault::LostBefore(1), 1), (Fault::LostAfter(1), 2)] {
            let (mut link, results) = answers(fault);
            assert_eq!(results, [Ok(vec![0x90, 0]), Err(TagLost), Err(TagLost)]);
            assert_eq!(link.chip.exchanges(), reached);
            link.put_back();
            // The selection is gone with the power; the fault does not come again.
            assert_eq!(link.transmit(&READ), Ok(vec![0x6A, 0x82]));
            assert_eq!(link.transmit(&SELECT), Ok(vec![0x90, 0]));
            assert_eq!(link.transmit(&READ), Ok(good()));
            assert!(link.fault_happened());
        }
    }

    #[test]
    fn a_chip_whose_answer_comes_too_late_keeps_its_state_until_it_is_put_back() {
        let (mut link, results) = answers(Fault::Delayed(1));
        assert_eq!(results, [Ok(vec![0x90, 0]), Err(TagLost), Err(TagLost)]);
        assert!(!link.in_field());
        assert_eq!(link.chip.exchanges(), 2);
        // Its power was never off.
        assert_eq!(link.chip.process(&READ), good());
        link.put_back();
        assert_eq!(link.transmit(&READ), Ok(vec![0x6A, 0x82]));
    }

    #[test]
    fn several_faults_happen_each_at_its_exchange() {
        let faults = vec![
            Fault::Truncate { exchange: 2, keep: 0 },
            Fault::FlipBit { exchange: 2, bit: 9 },
            Fault::LostAfter(1),
        ];
        let mut link = Link::with_faults(chip(), faults);
        assert_eq!(link.transmit(&SELECT), Ok(vec![0x90, 0]));
        assert_eq!(link.transmit(&READ), Err(TagLost));
        link.put_back();
        assert!(!link.fault_happened());
        assert_eq!(link.transmit(&SELECT), Ok(vec![]));
        assert!(link.fault_happened());
        assert_eq!(link.transmit(&READ), Ok(good()));
    }

    #[test]
    fn answers_are_distorted_once() {
        let (_, results) = answers(Fault::FlipBit { exchange: 1, bit: 48 + 7 });
        assert_eq!(results[1], Ok(vec![0x60, 2, 0xAA, 0x55, 0x90, 0]));
        assert_eq!(results[2], Ok(good()));
        let (_, results) = answers(Fault::Truncate { exchange: 1, keep: 1 });
        assert_eq!(results[1], Ok(vec![0x61]));
        let (_, results) = answers(Fault::Repeat { exchange: 1 });
        assert_eq!(results[1], Ok(vec![0x90, 0]));
        let (_, results) = answers(Fault::Repeat { exchange: 0 });
        assert_eq!(results[0], Ok(vec![]));
        let garbage = Fault::Garbage { exchange: 1, seed: 3 };
        assert_eq!(answers(garbage).1, answers(garbage).1);
        assert_ne!(answers(garbage).1[1], Ok(good()));
        assert_eq!(answers(garbage).1[2], Ok(good()));
    }

    #[test]
    fn the_clock_tells_what_was_in_vain() {
        let timing = Timing::named("phone-424-fast").unwrap();
        let transmit = |faults: Vec<Fault>, timed: bool| {
            let mut link = Link::with_faults(chip(), faults);
            if timed {
                link = link.with_timing(timing.clone());
            }
            for command in [&SELECT[..], &READ] {
                if link.transmit(command).is_err() {
                    // Nothing is carried, and nothing is counted, before the tag is back.
                    assert_eq!(link.transmit(command), Err(TagLost));
                    link.put_back();
                }
            }
            link.elapsed()
        };
        let untimed = transmit(Vec::new(), false);
        assert_eq!((untimed.exchanges, untimed.bytes_sent, untimed.bytes_received), (2, 17, 8));
        assert_eq!((untimed.total(), untimed.frames), (0, 0));
        let good = transmit(Vec::new(), true);
        assert_eq!((good.exchanges, good.bytes_sent, good.bytes_received), (2, 17, 8));
        assert_eq!((good.retry, good.host, good.frames), (0, 14_000_000, 4));
        assert_eq!(good.total(), good.air + good.host + good.chip);
        let selected = Work { application_selections: 1, ..Work::default() };
        let read = timing.exchange(5, 6, Work::default());
        assert_eq!(good - timing.exchange(12, 2, selected), read);

        for (fault, cost) in [
            (Fault::LostBefore(1), timing.unanswered(5, None)),
            (Fault::LostAfter(1), timing.unanswered(5, Some(Work::default()))),
            (Fault::Delayed(1), timing.unanswered(5, Some(Work::default()))),
        ] {
            let found = transmit(vec![fault], true) - timing.exchange(12, 2, selected);
            assert_eq!(found.retry, cost.retry + timing.power_up().retry, "{fault:?}");
            assert_eq!((found.exchanges, found.bytes_received, found.air), (1, 0, 0));
        }
        let fault = Fault::Truncate { exchange: 1, keep: 3 };
        let found = transmit(vec![fault], true) - timing.exchange(12, 2, selected);
        assert_eq!(found, timing.garbled(5, 3, Work::default()));
    }
}
