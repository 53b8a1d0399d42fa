//! For every exchange of a read and everything that a radio link does to it: a verified document with
//! the card's own bytes, or a clear error of the class that the moment allows. Never a panic, never
//! another document, never a read without end. A card that is lost and put back is always read. The golden
//! counts show every change of strategy.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use cccd::{
    Error,
    inspection::{InspectionOptions, Step},
    transport::Limits,
};
use cccd_simulator::{
    ActiveKind, CardOptions, Chip, CipherName, CurveName, Exchange, Fault, Group, Link, Mapping,
    ModpName, PaceOption, Personalisation,
    personalisation::{RecordEdition, dg2, file},
    portrait::PortraitOptions,
    random::Random,
};
use common::{Desk, Run, TestTerminal, bac_card, can, card, mrz, options, personalise, seeded};

/// One way to read one card, with the good run that the faulty ones are compared with.
struct Course {
    card: Personalisation,
    options: fn() -> InspectionOptions,
    limits: Limits,
    good: Vec<Exchange>,
    moments: Vec<Moment>,
}

/// What the reader is at when the fault comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// READ BINARY or SELECT of EF.CardAccess, in plain.
    CardAccess,
    /// MSE:Set AT of PACE.
    PaceSet,
    /// The first three GENERAL AUTHENTICATE of PACE.
    PaceStep,
    /// The last one: both sides show that they have the keys.
    PaceToken,
    /// SELECT of the application, in plain.
    SelectApplication,
    /// GET CHALLENGE.
    Challenge,
    /// EXTERNAL AUTHENTICATE.
    Authenticate,
    /// Inside the channel.
    Channel,
    /// The first answer under the keys of Chip Authentication.
    NewKeys,
}

impl Course {
    fn new(card: Personalisation, options: fn() -> InspectionOptions, limits: Limits) -> Self {
        let mut chip = Chip::new(card.clone(), 7);
        let run = Desk::new().limits(limits).read_chip(&mut chip, options());
        run.verified();
        let moments = moments(&run.trace);
        Self { card, options, limits, good: run.trace, moments }
    }

    /// The same read, chip and random numbers, with one fault. A lost card does not come back.
    fn read_with(&self, fault: Fault) -> Run {
        let mut link = Link::with_fault(Chip::new(self.card.clone(), 7), fault);
        let run = Desk::new().limits(self.limits).read_over((self.options)(), |command| {
            link.transmit(command).map_err(|_| Error::LinkLost)
        });
        assert!(link.fault_happened(), "{fault:?} never happened");
        // However the read went on, it stayed within reason.
        let most = 2 * self.good.len() + 50;
        assert!(run.metrics.apdus <= most, "{fault:?}: {} exchanges", run.metrics.apdus);
        run
    }

    /// The same with several faults; a lost card is put back each time.
    fn read_back(&self, faults: &[Fault]) -> Run {
        let mut link = Link::with_faults(Chip::new(self.card.clone(), 7), faults.to_vec());
        let run = Desk::new().limits(self.limits).read_again((self.options)(), &mut link);
        let most = 2 * self.good.len() + 50 * faults.len();
        assert!(run.metrics.apdus <= most, "{faults:?}: {} exchanges", run.metrics.apdus);
        run
    }

    /// A verified document is the card's own.
    #[track_caller]
    fn code(&self, run: &Run) -> &'static str {
        match &run.outcome {
            Ok(document) => {
                common::assert_same_groups(document, &self.readable());
                "verified"
            }
            Err(error) => error.code(),
        }
    }

    fn sweep(&self, faults: impl Fn(usize, usize) -> Vec<Fault>) {
        for (exchange, (moment, good)) in self.moments.iter().zip(&self.good).enumerate() {
            for fault in faults(exchange, good.response.len()) {
                self.judge(fault, *moment);
            }
        }
    }

    fn allowed(&self, moment: Moment, fault: Fault) -> &'static [&'static str] {
        match fault {
            // How much 61xx announces is a hint; what GET RESPONSE then fetches is authenticated.
            Fault::FlipBit { exchange, bit } if self.announces_more(exchange, bit) => {
                &["verified", "policy_refused.budget"]
            }
            // The answer with the token also holds the numbers that have to fit the signed key.
            Fault::FlipBit { .. }
                if moment == Moment::PaceToken && self.card.card_security.is_some() =>
            {
                &[
                    "access_denied.wrong_key",
                    "card_refused.status",
                    "malformed.structure",
                    "not_genuine.chip_authentication_mapping",
                ]
            }
            // Nobody announced PACE on this card, so whatever is not PACE leads on to BAC.
            _ if moment == Moment::PaceSet && self.card.card_access.is_none() => match fault {
                loss if is_loss(loss) => allowed(moment, fault),
                _ => &["verified"],
            },
            _ => allowed(moment, fault),
        }
    }

    fn announces_more(&self, exchange: usize, bit: usize) -> bool {
        let response = &self.good[exchange].response;
        response[response.len() - 2] == 0x61 && bit >= 8 * (response.len() - 1)
    }

    /// The card as whoever was accepted sees it.
    fn readable(&self) -> Personalisation {
        let mut card = self.card.clone();
        if card.terminal_trust.is_some() {
            card.protected.clear();
        }
        card
    }

    #[track_caller]
    fn judge(&self, fault: Fault, moment: Moment) {
        let code = self.code(&self.read_with(fault));
        let allowed = self.allowed(moment, fault);
        assert!(allowed.contains(&code), "{fault:?} at {moment:?}: {code}, not of {allowed:?}");
        if is_loss(fault) {
            let run = self.read_back(&[fault]);
            assert_eq!(self.code(&run), "verified", "{fault:?} at {moment:?}, put back");
            assert_eq!(run.metrics.losses, 1, "{fault:?} at {moment:?}, put back");
            // A short block of EF.SOD, and nothing else.
            let repeated = run.metrics.bytes_repeated;
            assert!(repeated <= 231, "{fault:?} at {moment:?}: {repeated} bytes read twice");
        }
    }
}

/// Whether the reader has to take the card for lost: nothing comes, or not even a status word.
const fn is_loss(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::LostBefore(_)
            | Fault::LostAfter(_)
            | Fault::Delayed(_)
            | Fault::Truncate { keep: 0 | 1, .. }
            | Fault::Repeat { exchange: 0 }
    )
}

fn moments(trace: &[Exchange]) -> Vec<Moment> {
    let mut new_keys = false;
    let mut moments = Vec::new();
    for exchange in trace {
        let command = exchange.plain_command.as_ref().unwrap_or(&exchange.command);
        let protected = exchange.plain_command.is_some();
        moments.push(match (command[0], command[1], command[2]) {
            _ if protected && new_keys => Moment::NewKeys,
            _ if protected => Moment::Channel,
            (0x00, 0xB0, _) | (0x00, 0xA4, 0x02) => Moment::CardAccess,
            (0x00, 0xA4, 0x04) => Moment::SelectApplication,
            (0x00, 0x22, 0xC1) => Moment::PaceSet,
            (0x10, 0x86, _) => Moment::PaceStep,
            (0x00, 0x86, _) => Moment::PaceToken,
            (0x00, 0x84, _) => Moment::Challenge,
            (0x00, 0x82, _) => Moment::Authenticate,
            (_, 0xC0, _) => *moments.last().expect("GET RESPONSE comes after an answer"),
            other => panic!("{other:02X?}"),
        });
        new_keys = protected && (command[..2] == [0x00, 0x86]);
    }
    moments
}

/// What may come of a fault at a moment. `verified` stands only where the answer is no part of what is
/// proven: EF.CardAccess is read again in another way, and MSE:Set AT answers nothing but a status word.
#[allow(clippy::match_same_arms)] // a table: one line for each moment and fault
fn allowed(moment: Moment, fault: Fault) -> &'static [&'static str] {
    const LOST: &str = "link_lost.card_gone";
    const REFUSED: &str = "card_refused.status";
    const MALFORMED: &str = "malformed.structure";
    const WRONG_KEY: &str = "access_denied.wrong_key";
    const STRUCTURE: &str = "channel_broken.structure";
    const MAC: &str = "channel_broken.mac";
    const COPY: &str = "not_genuine.chip_authentication";
    match (moment, fault) {
        (_, loss) if is_loss(loss) => &[LOST],
        // Under new keys a broken answer and a copied chip look the same.
        (Moment::NewKeys, Fault::Garbage { .. }) => &[COPY, LOST],
        (Moment::NewKeys, _) => &[COPY],
        (Moment::Channel, Fault::FlipBit { .. }) => &[MAC, STRUCTURE, "channel_broken.status_word"],
        (Moment::Channel, Fault::Truncate { .. }) => &[STRUCTURE],
        (Moment::Channel, Fault::Repeat { .. }) => &[MAC, STRUCTURE],
        // The garbage may be shorter than a status word.
        (Moment::Channel, _) => &[STRUCTURE, LOST],
        (Moment::CardAccess, Fault::FlipBit { .. }) => &[
            "verified",
            MALFORMED,
            "not_authentic.card_access_differs",
            "invalid_key.wrong_kind",
            "policy_refused.downgrade",
            // What it became is no door of this chip, or none at all.
            REFUSED,
            "unsupported.protocol",
        ],
        (Moment::CardAccess, _) => &["verified"],
        (Moment::PaceSet, Fault::Repeat { .. }) => &["verified"],
        (Moment::PaceSet, _) => &[REFUSED],
        (Moment::PaceStep, Fault::FlipBit { .. }) => &[WRONG_KEY, REFUSED, MALFORMED],
        (Moment::PaceToken, Fault::FlipBit { .. }) => &[WRONG_KEY, REFUSED, MALFORMED],
        (Moment::PaceStep | Moment::PaceToken, Fault::Repeat { .. }) => &[MALFORMED],
        // Two bytes of a torn token can look like a refusal.
        (Moment::PaceToken, Fault::Truncate { .. }) => &[REFUSED, WRONG_KEY],
        (Moment::PaceStep | Moment::PaceToken, _) => &[REFUSED],
        (Moment::SelectApplication, _) => &["unsupported.not_an_icao_chip"],
        (Moment::Challenge, Fault::FlipBit { .. }) => &[WRONG_KEY, REFUSED],
        (Moment::Challenge, Fault::Repeat { .. }) => &[MALFORMED],
        (Moment::Challenge, _) => &[REFUSED],
        (Moment::Authenticate, Fault::Repeat { .. }) => &[MALFORMED],
        (Moment::Authenticate, _) => &[WRONG_KEY, REFUSED],
    }
}

fn bits(exchange: usize, length: usize) -> Vec<Fault> {
    let bits = 8 * length;
    // The first byte, the status word, and some that move through the answer.
    let places = [0, 3, 7, bits - 1, bits - 9, bits - 16, bits / 2, (37 * exchange + 11) % bits];
    let places = places.into_iter().chain((0..bits).step_by(bits / 7 + 1));
    let places: BTreeSet<usize> = places.collect();
    places.into_iter().map(|bit| Fault::FlipBit { exchange, bit }).collect()
}

fn cuts(exchange: usize, length: usize) -> Vec<Fault> {
    let keeps = BTreeSet::from([0, 1, 2, length / 2, length - 1]);
    let keeps = keeps.into_iter().filter(|keep| *keep < length);
    keeps.map(|keep| Fault::Truncate { exchange, keep }).collect()
}

fn all(exchange: usize, length: usize) -> Vec<Fault> {
    let mut faults = vec![
        Fault::LostBefore(exchange),
        Fault::LostAfter(exchange),
        Fault::Delayed(exchange),
        Fault::Repeat { exchange },
        Fault::Garbage { exchange, seed: exchange as u64 },
        Fault::Garbage { exchange, seed: 1000 + exchange as u64 },
    ];
    faults.extend(bits(exchange, length));
    faults.extend(cuts(exchange, length));
    faults
}

fn with_can() -> InspectionOptions {
    InspectionOptions::new(can(), seeded(1))
}

fn with_mrz() -> InspectionOptions {
    InspectionOptions::new(mrz(), seeded(1))
}

fn with_terminal() -> InspectionOptions {
    with_can().terminal(TestTerminal::new())
}

#[test]
fn pace_over_extended_length() {
    Course::new(card(), with_can, Limits::EXTENDED).sweep(all);
}

/// A card with this door alone and the fewest files: beyond the door every read is alike.
fn door(mapping: Mapping, group: impl Into<Group>, cipher: CipherName) -> CardOptions {
    let image = Some(PortraitOptions::of_size(2_000).make().image);
    CardOptions {
        pace: vec![PaceOption::new(mapping, group, cipher)],
        bac: false,
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        portrait: PortraitOptions { image, ..PortraitOptions::default() },
        ..options()
    }
}

fn integrated_mapping() -> Personalisation {
    personalise(&door(Mapping::Integrated, CurveName::BrainpoolP256r1, CipherName::Aes256))
}

/// With EF.CardSecurity.
fn chip_authentication_mapping() -> Personalisation {
    let mapping = Mapping::ChipAuthentication;
    personalise(&door(mapping, CurveName::BrainpoolP256r1, CipherName::Aes128))
}

fn modulo_a_prime() -> Personalisation {
    personalise(&door(Mapping::Generic, ModpName::Modp1024_160, CipherName::TripleDes))
}

fn terminal_authentication() -> Personalisation {
    let curve = CurveName::BrainpoolP256r1;
    let options = CardOptions {
        chip_authentication: vec![curve.into()],
        ..door(Mapping::Generic, curve, CipherName::Aes128)
    };
    personalise(&common::protected(options))
}

#[test]
fn pace_with_integrated_mapping() {
    Course::new(integrated_mapping(), with_can, Limits::EXTENDED).sweep(all);
}

#[test]
fn pace_with_chip_authentication_mapping() {
    Course::new(chip_authentication_mapping(), with_can, Limits::EXTENDED).sweep(all);
}

#[test]
fn pace_modulo_a_prime() {
    Course::new(modulo_a_prime(), with_can, Limits::EXTENDED).sweep(all);
}

#[test]
fn terminal_authentication_and_what_it_opens() {
    let course = Course::new(terminal_authentication(), with_terminal, Limits::EXTENDED);
    assert!(
        course.card.protected.contains(&file::DG3) && course.card.protected.contains(&file::DG4)
    );
    course.sweep(all);
}

/// Short APDUs and GET RESPONSE; no EF.CardAccess, so that the reader tries what a CCCD would have.
#[test]
fn basic_access_control_over_short_length() {
    Course::new(short_bac(), with_mrz, Limits::SHORT).sweep(all);
}

/// A card of few exchanges that is opened by PACE and proves itself.
fn short_pace() -> Personalisation {
    let curve = CurveName::BrainpoolP256r1;
    personalise(&CardOptions {
        chip_authentication: vec![curve.into()],
        ..door(Mapping::Generic, curve, CipherName::Aes128)
    })
}

/// A card of few exchanges that is opened by BAC over short APDUs: the hundredth block of a portrait is like the
/// third.
fn short_bac() -> Personalisation {
    let mut card = bac_card();
    card.behaviour.get_response = true;
    let portrait = PortraitOptions::of_size(1_000).make();
    card.files.insert(file::DG2, dg2(&portrait, RecordEdition::First));
    common::issuer().sign_again(&mut card);
    card
}

/// Everything that may come of several faults in one read.
const CLASSES: [&str; 17] = [
    "verified",
    "link_lost.card_gone",
    // Once the key has fitted, an answer that says it does not is another card's.
    "link_lost.other_card",
    "access_denied.wrong_key",
    "card_refused.status",
    "malformed.structure",
    "invalid_key.wrong_kind",
    "policy_refused.downgrade",
    "policy_refused.budget",
    "unsupported.protocol",
    "unsupported.not_an_icao_chip",
    "channel_broken.mac",
    "channel_broken.structure",
    "channel_broken.status_word",
    "channel_broken.session_lost",
    "not_genuine.chip_authentication",
    "not_authentic.card_access_differs",
];

/// Two to four faults in one read, and the card put back whenever it is lost. `CCCD_FAULT_RUNS` says how many
/// reads.
#[test]
fn several_faults_in_one_read() {
    let runs = std::env::var("CCCD_FAULT_RUNS").map_or(2_000, |runs| runs.parse().unwrap());
    let courses = [
        Course::new(short_pace(), with_can, Limits::EXTENDED),
        Course::new(short_bac(), with_mrz, Limits::SHORT),
    ];
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..runs {
        let mut random = Random::from_label(seed, "several faults");
        let mut below = |most: usize| usize::from(u16::from_be_bytes(random.array())) % most;
        let course = &courses[below(courses.len())];
        // Beyond the end of a good read as well: a read with faults is longer.
        let exchanges = course.good.len() + 10;
        let faults: BTreeMap<usize, usize> =
            (0..2 + below(3)).map(|_| (below(exchanges), below(7))).collect();
        let faults: Vec<Fault> = faults
            .into_iter()
            .map(|(exchange, kind)| match kind {
                0 => Fault::LostBefore(exchange),
                1 => Fault::LostAfter(exchange),
                2 => Fault::Delayed(exchange),
                3 => Fault::FlipBit { exchange, bit: below(4_000) },
                4 => Fault::Truncate { exchange, keep: below(20) },
                5 => Fault::Repeat { exchange },
                _ => Fault::Garbage { exchange, seed: below(1_000) as u64 },
            })
            .collect();
        let run = course.read_back(&faults);
        let code = course.code(&run);
        assert!(CLASSES.contains(&code), "seed {seed}, {faults:?}: {code}");
        if faults.iter().copied().all(is_loss) {
            assert_eq!(code, "verified", "seed {seed}, {faults:?}");
        }
        *outcomes.entry(code).or_default() += 1;
    }
    println!("{outcomes:?}");
    assert_eq!(outcomes.values().sum::<usize>() as u64, runs);
    assert!(outcomes.contains_key("verified"));
}

/// EF.CardAccess is the one file that nobody authenticates: what a bit in it becomes is refused. Only a
/// file that does not arrive at all (its status word, its length) is asked for again or assumed, which
/// the report says.
#[test]
fn no_bit_of_card_access_can_be_changed() {
    let course = Course::new(card(), with_can, Limits::EXTENDED);
    let bits = 8 * course.good[0].response.len();
    for bit in (0..bits).filter(|bit| bit % 3 == 0 || bit + 16 >= bits) {
        let run = course.read_with(Fault::FlipBit { exchange: 0, bit });
        let accepted = run.outcome.is_ok();
        let assumed = run.deviations() == ["card_access_assumed"];
        let arrived_again = bit + 16 >= bits && run.deviations().is_empty();
        assert_eq!(accepted, arrived_again || assumed, "bit {bit}: {:?}", run.outcome.err());
    }
}

#[test]
fn a_read_can_be_cancelled_at_every_exchange() {
    let system = Desk::new().system;
    let exchanges = Desk::new().read(card(), can()).metrics.apdus;
    for last in 0..exchanges {
        for late_answer in [false, true] {
            let mut chip = Chip::new(card(), 7);
            let mut inspection = system.inspect(InspectionOptions::new(can(), seeded(1)));
            inspection.set_limits(Limits::EXTENDED);
            let mut sent = 0;
            let error = loop {
                match inspection.poll() {
                    Ok(Step::Transmit(command)) if sent == last => {
                        let answer = chip.process(command.as_bytes());
                        inspection.cancel();
                        // The device could not be stopped and delivers all the same.
                        if late_answer {
                            inspection.receive(&answer);
                        }
                    }
                    Ok(Step::Transmit(command)) => {
                        inspection.receive(&chip.process(command.as_bytes()));
                        sent += 1;
                    }
                    Ok(Step::Progress(_) | Step::Identity(_)) => {}
                    Ok(Step::CardLost) => panic!("nobody took the card away at {last}"),
                    Ok(Step::Done(_)) => panic!("a document after cancel at {last}"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error, Error::Cancelled, "at {last}, late answer {late_answer}");
            assert_eq!(inspection.poll().unwrap_err().kind(), "misuse");
            assert_eq!(inspection.metrics().apdus, last + 1);
        }
    }
}

#[test]
fn a_breach_of_the_contract_is_an_error_and_not_a_panic() {
    let system = Desk::new().system;
    let start = || {
        let mut inspection = system.inspect(InspectionOptions::new(can(), seeded(1)));
        while !matches!(inspection.poll().unwrap(), Step::Transmit(_)) {}
        inspection
    };
    // poll twice without an answer
    assert_eq!(start().poll().unwrap_err().kind(), "misuse");
    // two answers to one command
    let mut inspection = start();
    inspection.receive(&[0x6A, 0x82]);
    inspection.receive(&[0x6A, 0x82]);
    assert_eq!(inspection.poll().unwrap_err().kind(), "misuse");
    // an answer before any command
    let mut inspection = system.inspect(InspectionOptions::new(can(), seeded(1)));
    inspection.receive(&[0x90, 0]);
    assert!((0..3).any(|_| inspection.poll().is_err()));
    // a card that nobody missed
    let mut inspection = start();
    inspection.card_is_back();
    assert_eq!(inspection.poll().unwrap_err().kind(), "misuse");
    // what the device reports last comes back as it is
    let mut inspection = start();
    inspection.lost(Error::Reader(cccd::error::ReaderFault::InUse));
    while !matches!(inspection.poll().unwrap(), Step::CardLost) {}
    inspection.receive(&[0x90, 0]);
    assert_eq!(inspection.poll().unwrap_err().kind(), "misuse");
    let mut inspection = start();
    inspection.lost(Error::LinkLost);
    while !matches!(inspection.poll().unwrap(), Step::CardLost) {}
    inspection.lost(Error::Reader(cccd::error::ReaderFault::InUse));
    let error = (0..9).find_map(|_| inspection.poll().err()).unwrap();
    assert_eq!(error.code(), "reader.in_use");
}

/// What one read of the default card costs: exchanges, bytes out, bytes back. Exact on purpose: a change
/// of strategy must show, and be worth it.
#[test]
fn golden_counts() {
    let mut short = card();
    short.behaviour.get_response = true;
    let mut unlimited = card();
    unlimited.behaviour.max_response_data = 65_536;
    let count = |card, options, limits| {
        let run = Desk::new().limits(limits).read_chip(&mut Chip::new(card, 7), options);
        run.verified();
        (run.metrics.apdus, run.metrics.bytes_sent, run.metrics.bytes_received)
    };
    let found = [
        ("PACE, extended", count(card(), with_can(), Limits::EXTENDED)),
        ("PACE, extended, a buffer without limit", count(unlimited, with_can(), Limits::EXTENDED)),
        ("PACE, short", count(short, with_can(), Limits::SHORT)),
        ("BAC, extended", count(bac_card(), with_mrz(), Limits::EXTENDED)),
        ("PACE-IM", count(integrated_mapping(), with_can(), Limits::EXTENDED)),
        ("PACE-CAM", count(chip_authentication_mapping(), with_can(), Limits::EXTENDED)),
        ("PACE-DH", count(modulo_a_prime(), with_can(), Limits::EXTENDED)),
        (
            "Terminal Authentication",
            count(terminal_authentication(), with_terminal(), Limits::EXTENDED),
        ),
    ];
    let expected = [
        ("PACE, extended", (23, 716, 18578)),
        ("PACE, extended, a buffer without limit", (16, 555, 18319)),
        ("PACE, short", (93, 1974, 19930)),
        ("BAC, extended", (22, 567, 18346)),
        ("PACE-IM", (13, 341, 4964)),
        ("PACE-CAM", (14, 397, 6396)),
        ("PACE-DH", (13, 496, 5111)),
        ("Terminal Authentication", (25, 1306, 8138)),
    ];
    assert_eq!(found.as_slice(), expected);
}
