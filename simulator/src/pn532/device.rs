//! What a PN532 does with its commands `[UM0701-02 §7]`, as far as a reader of ISO/IEC 14443-4 cards needs them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fault::{Misbehaviour, Trouble};
use crate::link::Link;

/// Codes of commands; an answer has the next number.
pub mod code {
    #![allow(missing_docs)] // the manual's names
    pub const DIAGNOSE: u8 = 0x00;
    pub const GET_FIRMWARE_VERSION: u8 = 0x02;
    pub const GET_GENERAL_STATUS: u8 = 0x04;
    pub const READ_REGISTER: u8 = 0x06;
    pub const WRITE_REGISTER: u8 = 0x08;
    pub const SET_PARAMETERS: u8 = 0x12;
    pub const SAM_CONFIGURATION: u8 = 0x14;
    pub const POWER_DOWN: u8 = 0x16;
    pub const RF_CONFIGURATION: u8 = 0x32;
    pub const IN_DATA_EXCHANGE: u8 = 0x40;
    pub const IN_COMMUNICATE_THRU: u8 = 0x42;
    pub const IN_DESELECT: u8 = 0x44;
    pub const IN_LIST_PASSIVE_TARGET: u8 = 0x4A;
    pub const IN_RELEASE: u8 = 0x52;
}

/// How a card talks on the air.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Air {
    /// ISO/IEC 14443 type A with part 4, as the CCCD.
    #[default]
    TypeA,
    /// ISO/IEC 14443 type B with part 4.
    TypeB,
    /// Type A without part 4: a ticket or a key fob, nothing that takes APDUs.
    MemoryCard,
}

/// Status bytes.
const OK: u8 = 0x00;
/// The target does not answer.
const TIME_OUT: u8 = 0x01;
/// The command is not acceptable now: no target was selected.
const CONTEXT: u8 = 0x27;
/// In a status: more data follow.
const MORE: u8 = 0x40;

/// The most data that InDataExchange carries at a time `[UM0701-02 §7.3.8]`.
pub const MAX_DATA: usize = 262;

/// The only target that is ever listed.
const TARGET: u8 = 1;
/// In SetParameters: a type A card of part 4 is activated when it is found.
const AUTOMATIC_RATS: u8 = 0x10;
/// TL, T0 (frames of 256 bytes; TA, TB, TC follow), TA, TB, TC, one historical byte: what the chip's ATR says.
const ATS: [u8; 6] = [0x06, 0x78, 0x80, 0x71, 0x02, 0x80];
/// Random for every activation in a card that protects its holder; constant here.
const UID: [u8; 4] = [0x08, 0x00, 0xCC, 0xCD];

/// The device with what lies in its field.
pub(super) struct Device {
    /// What a card would see, whether it lies there or not.
    pub(super) link: Option<Link>,
    pub(super) air: Air,
    /// APDUs of this instruction take this long.
    pub(super) slow: Option<(u8, Duration)>,
    /// How much of an answer one InDataExchange carries.
    pub(super) chunk: usize,
    pub(super) troubles: Vec<Trouble>,
    pub(super) counts: BTreeMap<u8, usize>,
    pub(super) longest_apdu: usize,
    asleep: bool,
    selected: bool,
    parameters: u8,
    registers: BTreeMap<[u8; 2], u8>,
    /// The rest of an answer that did not fit.
    rest: Vec<u8>,
}

/// What becomes of a command.
#[derive(Default)]
pub(super) struct Reaction {
    /// Code and data; none for a command that does not exist.
    pub(super) answer: Option<Vec<u8>>,
    /// How long the card computes.
    pub(super) after: Duration,
    /// What goes wrong on the way back.
    pub(super) trouble: Option<Misbehaviour>,
}

impl Device {
    pub(super) fn new() -> Device {
        Device {
            link: None,
            air: Air::TypeA,
            slow: None,
            chunk: MAX_DATA,
            troubles: Vec::new(),
            counts: BTreeMap::new(),
            longest_apdu: 0,
            // After power-up the chip waits for somebody to wake it up.
            asleep: true,
            selected: false,
            parameters: AUTOMATIC_RATS,
            registers: BTreeMap::new(),
            rest: Vec::new(),
        }
    }

    pub(super) fn wake_up(&mut self) {
        self.asleep = false;
    }

    pub(super) fn asleep(&self) -> bool {
        self.asleep
    }

    /// The card has left or came anew: what was selected is not there any more.
    pub(super) fn field_changed(&mut self) {
        self.rest.clear();
    }

    /// Run a command.
    pub(super) fn run(&mut self, command: &[u8]) -> Reaction {
        let Some((code, data)) = command.split_first() else { return Reaction::default() };
        *self.counts.entry(*code).or_default() += 1;
        let mut reaction = Reaction { trouble: self.trouble(*code), ..Reaction::default() };
        // A device that hears nothing does nothing.
        if reaction.trouble == Some(Misbehaviour::Deaf) {
            return reaction;
        }
        let answer = match *code {
            // Test 0 returns what it gets; the others are not needed here.
            code::DIAGNOSE if data.first() == Some(&0) => data.to_vec(),
            code::GET_FIRMWARE_VERSION => vec![0x32, 0x01, 0x06, 0x07],
            code::GET_GENERAL_STATUS => vec![OK, 0, u8::from(self.selected), OK],
            code::READ_REGISTER => data
                .as_chunks()
                .0
                .iter()
                .map(|register| self.registers.get(register).copied().unwrap_or(0))
                .collect(),
            code::WRITE_REGISTER => {
                for [high, low, value] in data.as_chunks().0 {
                    self.registers.insert([*high, *low], *value);
                }
                Vec::new()
            }
            code::SET_PARAMETERS => {
                self.parameters = data.first().copied().unwrap_or(0);
                Vec::new()
            }
            code::SAM_CONFIGURATION => Vec::new(),
            code::POWER_DOWN => {
                self.asleep = true;
                self.field_off();
                vec![OK]
            }
            code::RF_CONFIGURATION => {
                if let [1, field, ..] = data
                    && field & 1 == 0
                {
                    self.field_off();
                }
                Vec::new()
            }
            code::IN_LIST_PASSIVE_TARGET => self.list(data),
            code::IN_DATA_EXCHANGE => {
                let (answer, after) = self.exchange(data);
                reaction.after = after;
                answer
            }
            code::IN_COMMUNICATE_THRU => self.communicate_thru(data),
            code::IN_DESELECT | code::IN_RELEASE => {
                self.selected = false;
                vec![OK]
            }
            _ => return reaction,
        };
        reaction.answer = Some([&[code.wrapping_add(1)], answer.as_slice()].concat());
        reaction
    }

    /// Without power the chip forgets.
    fn field_off(&mut self) {
        self.selected = false;
        self.rest.clear();
        if let Some(link) = &mut self.link {
            link.chip.reset();
        }
    }

    fn card(&mut self) -> Option<&mut Link> {
        self.link.as_mut().filter(|link| link.in_field())
    }

    /// InListPassiveTarget `[UM0701-02 §7.3.5]`.
    fn list(&mut self, data: &[u8]) -> Vec<u8> {
        let (air, parameters, selected) = (self.air, self.parameters, self.selected);
        let kind = data.get(1).copied();
        // An active card of part 4 does not answer requests.
        let Some(link) = self.card().filter(|_| !selected) else { return vec![0] };
        let mut target = match (kind, air) {
            (Some(0), Air::TypeA | Air::MemoryCard) => {
                let part_4 = if air == Air::TypeA { 0x20 } else { 0x08 };
                let mut target = vec![1, TARGET, 0x00, 0x04, part_4, 4];
                target.extend(UID);
                target
            }
            (Some(3), Air::TypeB) => {
                // ATQB: 50, PUPI, application data, protocol info; the card's answer to ATTRIB.
                let mut target = vec![1, TARGET, 0x50];
                target.extend(UID);
                target.extend([0, 0, 0, 0, 0x00, 0x81, 0x71, 1, 0x00]);
                target
            }
            _ => return vec![0],
        };
        if air == Air::TypeA && parameters & AUTOMATIC_RATS != 0 {
            target.extend(ATS);
        }
        link.chip.reset();
        self.selected = true;
        self.rest.clear();
        target
    }

    /// InDataExchange `[UM0701-02 §7.3.8]`; with no data it fetches what is left of an answer.
    fn exchange(&mut self, data: &[u8]) -> (Vec<u8>, Duration) {
        let refused = |status| (vec![status], Duration::ZERO);
        let [TARGET, apdu @ ..] = data else { return refused(CONTEXT) };
        if !self.selected || self.air == Air::MemoryCard {
            return refused(CONTEXT);
        }
        let mut after = Duration::ZERO;
        if !apdu.is_empty() {
            self.longest_apdu = self.longest_apdu.max(apdu.len());
            let Some(Ok(answer)) = self.card().map(|link| link.transmit(apdu)) else {
                return refused(TIME_OUT);
            };
            self.rest = answer;
            if let Some((instruction, time)) = self.slow
                && apdu.get(1) == Some(&instruction)
            {
                after = time;
            }
        }
        let now = self.rest.len().min(self.chunk);
        let mut answer = vec![OK];
        answer.extend(self.rest.drain(..now));
        if !self.rest.is_empty() {
            answer[0] |= MORE;
        }
        (answer, after)
    }

    /// InCommunicateThru: bytes for the card as they are. Known is only the question whether it is still there, a
    /// receive-not-ready block, which it answers with an acknowledgement.
    fn communicate_thru(&mut self, data: &[u8]) -> Vec<u8> {
        let selected = self.selected;
        match (data, self.card()) {
            ([0xB2 | 0xB3], Some(_)) if selected => vec![OK, 0xA2],
            _ => vec![TIME_OUT],
        }
    }

    /// What goes wrong with this command, if anything.
    fn trouble(&mut self, code: u8) -> Option<Misbehaviour> {
        let trouble = self.troubles.iter_mut().find(|trouble| trouble.command == code)?;
        if trouble.skip > 0 {
            trouble.skip -= 1;
            return None;
        }
        trouble.times = trouble.times.saturating_sub(1);
        let kind = trouble.kind.clone();
        self.troubles.retain(|trouble| trouble.times > 0);
        Some(kind)
    }
}
