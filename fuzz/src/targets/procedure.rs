//! The whole read, with the fuzzer at the other end.

use cccd::{
    Error,
    findings::Outcome,
    inspection::{Inspection, InspectionOptions, Step},
    transport::Limits,
};
use cccd_simulator::Chip;

use super::super::{
    check,
    world::{WORLD, key_of, seeded},
};

/// No read of any card, however hostile, may cost more exchanges than this.
const MAX_EXCHANGES: usize = 20_000;

/// What came to the reader in place of an answer.
enum Heard {
    Answer(Vec<u8>),
    Lost,
    /// Lost, and nobody brings the card back.
    Gone,
}

/// Reads; whatever happens, the read ends, with the card's own bytes or a proper error. Whether with a document.
fn read(card: usize, limits: Limits, mut hear: impl FnMut(&[u8]) -> Heard) -> bool {
    let mut inspection = WORLD.desk.inspect(InspectionOptions::new(key_of(card), seeded(1)));
    inspection.set_limits(limits);
    let (mut exchanges, mut gone) = (0, false);
    let outcome = loop {
        match inspection.poll() {
            Ok(Step::Transmit(command)) => {
                exchanges += 1;
                assert!(exchanges <= MAX_EXCHANGES, "the read does not end");
                assert!(command.as_bytes().len() <= limits.max_command);
                check::shown(&command);
                if exchanges % 2 == 1 {
                    inspection.work();
                }
                match hear(command.as_bytes()) {
                    Heard::Answer(answer) => inspection.receive(&answer),
                    Heard::Lost => inspection.lost(Error::LinkLost),
                    Heard::Gone => {
                        gone = true;
                        inspection.lost(Error::LinkLost);
                    }
                }
            }
            Ok(Step::Progress(progress)) => check::shown(&progress),
            Ok(Step::Identity(identity)) => check::shown(&identity),
            Ok(Step::CardLost) if gone => inspection.lost(Error::LinkLost),
            Ok(Step::CardLost) => inspection.card_is_back(),
            Ok(Step::Done(document)) => break Ok(document),
            Err(error) => break Err(error),
        }
    };
    afterwards(&inspection, exchanges);
    match outcome {
        Ok(document) => {
            WORLD.assert_genuine(&document);
            true
        }
        Err(error) => {
            check::told(&error);
            false
        }
    }
}

fn afterwards(inspection: &Inspection, exchanges: usize) {
    let metrics = inspection.metrics();
    assert_eq!(metrics.apdus, exchanges);
    assert!(metrics.losses <= 8, "{metrics:?}");
    check::shown(inspection);
    let report = inspection.report();
    check::shown(&report);
    for (_, outcome) in report.checks() {
        if let Outcome::Failed(error) = outcome {
            check::told(error);
        }
    }
    check::shown(&inspection.files());
}

const LIMITS: [Limits; 4] = [
    Limits::EXTENDED,
    Limits::SHORT,
    // libnfc with a PN532.
    Limits { max_command: 262, max_response: 262 },
    Limits { max_command: 261, max_response: 66 },
];

/// The fuzzer is the chip. First byte: which card it claims to be, and what the reader carries; then answers, each
/// with its length in one byte (253: in two; 254: lost; 255: gone). Behind the last the first comes again, so that no
/// read ends for want of answers. What our own cards answered are the first inputs: they open the door, as both sides'
/// random numbers come from seeds.
pub fn chip(data: &[u8]) {
    let Some((first, script)) = data.split_first() else { return };
    if script.is_empty() {
        return;
    }
    let mut rest = script;
    let next = move |_: &[u8]| {
        if rest.is_empty() {
            rest = script;
        }
        let mut byte = || {
            let (first, others) = rest.split_first()?;
            rest = others;
            Some(usize::from(*first))
        };
        let length = match byte().unwrap_or(0) {
            253 => byte().unwrap_or(0) << 8 | byte().unwrap_or(0),
            254 => return Heard::Lost,
            255 => return Heard::Gone,
            short => short,
        };
        let (answer, others) = rest.split_at(length.min(rest.len()));
        rest = others;
        Heard::Answer(answer.to_vec())
    };
    read(usize::from(first % 3), LIMITS[usize::from(first / 3 % 4)], next);
}

/// A good chip, and the fuzzer between it and the reader. First byte: card and limits; then steps of four bytes: how
/// many exchanges pass unaltered, what is done to the next one, and two bytes that say where.
pub fn altered_answers(data: &[u8]) {
    let Some((first, script)) = data.split_first() else { return };
    let card = usize::from(first % 3);
    let limits = LIMITS[usize::from(first / 3 % 2)];
    let mut chip = Chip::new(WORLD.cards[card].clone(), 7);
    chip.personalisation_mut().behaviour.get_response = first / 6 % 2 == 1;
    let mut steps = script.chunks_exact(4).map(|step| [step[0], step[1], step[2], step[3]]);
    let mut step = steps.next();
    let (mut quiet, mut touched, mut before) = (0, false, Vec::new());
    let hear = |command: &[u8]| {
        let Some([wait, what, high, low]) = step else {
            return Heard::Answer(chip.process(command));
        };
        if quiet < wait {
            quiet += 1;
            before = chip.process(command);
            return Heard::Answer(before.clone());
        }
        (quiet, step, touched) = (0, steps.next(), true);
        let place = usize::from(u16::from_be_bytes([high, low]));
        match what % 12 {
            // The tag leaves the field before the chip hears, or after it has answered.
            0 | 1 => {
                if what % 12 == 1 {
                    chip.process(command);
                }
                chip.reset();
                return Heard::Lost;
            }
            2 => {
                chip.reset();
                return Heard::Gone;
            }
            // The chip holds other bytes from now on; at 4 the right ones again.
            3 => {
                let files: Vec<_> = chip.personalisation().files.keys().copied().collect();
                let file = files[usize::from(high) % files.len()];
                let bits = chip.personalisation().files[&file].len() * 8;
                chip.personalisation_mut().flip_bit(file, usize::from(low) * 37 % bits);
            }
            4 => chip.personalisation_mut().files.clone_from(&WORLD.cards[card].files),
            // The power fails without anybody noticing.
            5 => chip.reset(),
            _ => {}
        }
        let mut answer = chip.process(command);
        let at = place % answer.len().max(1);
        match what % 12 {
            6 => answer.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << (high % 8)),
            7 => answer.truncate(at),
            8 => answer.insert(at, low),
            9 => answer.clone_from(&before),
            // Another status word, with or without the data.
            10 => answer = vec![0x60 | high & 0x0F, low],
            11 => {
                answer.truncate(answer.len().saturating_sub(2));
                answer.extend([0x60 | high & 0x0F, low]);
            }
            _ => {}
        }
        before.clone_from(&answer);
        Heard::Answer(answer)
    };
    let verified = read(card, limits, hear);
    assert!(verified || touched, "a read without a fault failed");
}
