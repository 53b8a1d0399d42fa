//! One read of the reference card over a link with a clock.

use cccd::{
    Error,
    access::AccessKey,
    apdu::Metrics,
    document::ChipProof,
    inspection::{InspectionOptions, Step},
    policy::Policy,
    transport::Limits,
};
use cccd_simulator::{
    Chip, Elapsed, Fault, Link, Timing,
    personalisation::{Personalisation, file},
    reference::{self, Access, Buffer, Reference},
};

use crate::common::{Desk, seeded};

/// One way to read: how the card is opened, and what an answer carries.
#[derive(Clone, Copy)]
pub(crate) struct Strategy {
    pub(crate) name: &'static str,
    pub(crate) access: Access,
    pub(crate) buffer: Buffer,
    /// Whether the reader knows before the first command that APDUs are short.
    pub(crate) short_reader: bool,
}

const fn strategy(name: &'static str, access: Access, buffer: Buffer) -> Strategy {
    Strategy { name, access, buffer, short_reader: matches!(buffer, Buffer::Short) }
}

pub(crate) const BAC_EXTENDED: Strategy = strategy("bac-extended", Access::Bac, Buffer::Unlimited);
pub(crate) const BAC_2048: Strategy = strategy("bac-2048", Access::Bac, Buffer::Bytes(2048));
pub(crate) const BAC_SHORT: Strategy = strategy("bac-short", Access::Bac, Buffer::Short);
pub(crate) const PACE_EXTENDED: Strategy =
    strategy("pace-extended", Access::Pace, Buffer::Unlimited);
pub(crate) const PACE_2048: Strategy = strategy("pace-2048", Access::Pace, Buffer::Bytes(2048));
pub(crate) const PACE_SHORT: Strategy = strategy("pace-short", Access::Pace, Buffer::Short);

/// The card takes short APDUs only, and the reader finds out.
pub(crate) const BAC_LEARNT: Strategy =
    Strategy { name: "bac-learnt", short_reader: false, ..BAC_SHORT };
pub(crate) const PACE_LEARNT: Strategy =
    Strategy { name: "pace-learnt", short_reader: false, ..PACE_SHORT };

pub(crate) const STRATEGIES: [Strategy; 8] = [
    BAC_EXTENDED,
    BAC_2048,
    BAC_SHORT,
    BAC_LEARNT,
    PACE_EXTENDED,
    PACE_2048,
    PACE_SHORT,
    PACE_LEARNT,
];

impl Strategy {
    /// The card: with DG15 too, which a desk that is content with one proof does not read.
    pub(crate) fn card(self) -> Personalisation {
        let Self { access, buffer, .. } = self;
        Reference { access, buffer, active_authentication: true, atr_info: false }.card()
    }

    /// Whether only the card's refusal tells that APDUs are short.
    pub(crate) fn learns(self) -> bool {
        self.buffer == Buffer::Short && !self.short_reader
    }

    fn key(self) -> AccessKey {
        let person = reference::person();
        match self.access {
            Access::Bac => AccessKey::from_mrz(&person.mrz().join("\n")).unwrap(),
            Access::Pace => AccessKey::from_can(&person.can()).unwrap(),
        }
    }
}

/// What a read cost.
pub(crate) struct Outcome {
    pub(crate) metrics: Metrics,
    pub(crate) elapsed: Elapsed,
    /// What had passed when holder and chip were authentic and only the portrait was missing.
    pub(crate) identity: Elapsed,
    /// For each exchange: which file READ BINARY read, if it was one, and the bytes of command and answer.
    pub(crate) exchanges: Vec<(Option<u16>, usize, usize)>,
}

pub(crate) fn read(strategy: Strategy, timing: &Timing) -> Outcome {
    read_losing(strategy, timing, &[])
}

/// Reads while the tag is lost: each time when so many bytes of DG2 have come, the answer to the next command is lost
/// with the tag, which is then put back.
pub(crate) fn read_losing(strategy: Strategy, timing: &Timing, losses: &[usize]) -> Outcome {
    let mut link = Link::new(Chip::new(strategy.card(), 7)).with_timing(timing.clone());
    let (max_command, max_response) = timing.limits();
    let limits = match strategy.short_reader {
        true => Limits::SHORT,
        false => Limits { max_command, max_response },
    };
    let options = InspectionOptions::new(strategy.key(), seeded(1)).losses(8);
    let desk = Desk::of(reference::issuer()).policy(Policy::standard().allow_one_chip_proof());
    let mut inspection = desk.system.inspect(options);
    inspection.set_limits(limits);
    let mut losses = losses.iter().copied().peekable();
    let mut identity = None;
    let document = loop {
        let step = inspection.poll().unwrap();
        match step {
            Step::Identity(_) => identity = Some(link.elapsed()),
            Step::Transmit(command) => match link.transmit(command.as_bytes()) {
                Ok(answer) => inspection.receive(&answer),
                Err(_) => inspection.lost(Error::LinkLost),
            },
            Step::Progress(progress) if progress.file == "DG2" => {
                if losses.next_if(|bytes| progress.bytes_read >= *bytes).is_some() {
                    link.plan(Fault::LostAfter(link.exchanges()));
                }
            }
            Step::Progress(_) => {}
            Step::CardLost => {
                link.put_back();
                inspection.card_is_back();
            }
            Step::Done(document) => break *document,
        }
    };
    assert_eq!(link.chip.violations(), [""; 0]);
    assert_eq!(losses.next(), None, "a loss did not happen");
    let card = link.chip.personalisation();
    for (number, file) in [(1, file::DG1), (2, file::DG2), (13, file::DG13), (14, file::DG14)] {
        assert_eq!(document.authenticated().group(number), Some(card.files[&file].as_slice()));
    }
    assert!(matches!(document.chip_proofs(), [ChipProof::ChipAuthentication(_)]));
    let (metrics, elapsed) = (inspection.metrics(), link.elapsed());
    assert_eq!(metrics.apdus as u64, elapsed.exchanges);
    assert_eq!(metrics.bytes_sent as u64, elapsed.bytes_sent);
    assert_eq!(metrics.bytes_received as u64, elapsed.bytes_received);
    let identity = identity.unwrap();
    Outcome { metrics, elapsed, identity, exchanges: exchanges(&link.chip) }
}

fn exchanges(chip: &Chip) -> Vec<(Option<u16>, usize, usize)> {
    let mut current = None;
    let exchanges = chip.trace().iter().map(|exchange| {
        let plain = exchange.plain_command.as_deref().unwrap_or(&exchange.command);
        let file = match plain {
            [_, 0xB0, p1, ..] if p1 & 0x80 != 0 => {
                current = Some(0x0100 | u16::from(p1 & 0x1F));
                current
            }
            [_, 0xB0 | 0xB1, ..] => current,
            [_, 0xA4, 0x02, _, 2, high, low, ..] => {
                current = Some(u16::from_be_bytes([*high, *low]));
                None
            }
            _ => None,
        };
        (file, exchange.command.len(), exchange.response.len())
    });
    exchanges.collect()
}

/// The files of the read phase.
pub(crate) const READ_PHASE: [u16; 4] = [file::DG1, file::DG2, file::SOD, file::DG13];

impl Outcome {
    /// Exchanges of the read phase, and their bytes both ways.
    pub(crate) fn read_phase(&self) -> (usize, usize) {
        let reads = self
            .exchanges
            .iter()
            .filter(|(file, ..)| file.is_some_and(|file| READ_PHASE.contains(&file)));
        reads.fold((0, 0), |(count, bytes), (_, sent, received)| {
            (count + 1, bytes + sent + received)
        })
    }
}
