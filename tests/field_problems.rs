//! What users of readers reported from the field: 51 problems. Each that a card, a link or a file can show is
//! a named card of the simulator (`cccd simulate --list`) and a test of that name; the rest stands in one
//! table with the reason.
//!
//! The profile says what a read costs beyond a card with the same contents and buffers whose chip keeps to
//! the book. Never more than three exchanges and one more access control; where the chip leaves no other way
//! than one more exchange for each file, it says so.

#[path = "field_problems/cards.rs"]
mod cards;
mod common;
#[path = "field_problems/elsewhere.rs"]
mod elsewhere;
#[path = "field_problems/particulars.rs"]
mod particulars;

use std::{collections::BTreeSet, sync::LazyLock};

use cccd::{Error, access::AccessKey, inspection::InspectionOptions, transport::Limits};
use cccd_simulator::{
    Chip, Fault, Link, Password, Person, Personalisation, Profile,
    personalisation::file,
    portrait::PortraitOptions,
    profile::field::{Expected, FieldProblem},
    profiles,
};
use common::{Desk, Run, can, issuer, mrz, seeded};

/// How many problems there are.
const PROBLEMS: u8 = 51;

static PORTRAIT: LazyLock<Vec<u8>> = LazyLock::new(|| PortraitOptions::default().make().image);

/// A field card on the tests' desk.
struct Case {
    profile: Profile,
    problem: FieldProblem,
    card: Personalisation,
}

/// One read, and what the chip tells of it.
struct Reading {
    run: Run,
    /// How often access control and Chip Authentication ran.
    accesses: usize,
    chip_authentications: usize,
}

impl Case {
    #[track_caller]
    fn named(name: &str) -> Self {
        let mut profile = Profile::named(name).unwrap_or_else(|| panic!("{name} is no profile"));
        if profile.options.portrait == PortraitOptions::default() {
            // Drawn once only.
            profile.options.portrait.image = Some(PORTRAIT.clone());
        }
        let card = profile.issue(issuer(), &Person::sample(), 1);
        let problem = profile.field.clone().expect("a card of the field");
        Self { profile, problem, card }
    }

    fn key(&self) -> AccessKey {
        match self.profile.password {
            Password::Mrz => mrz(),
            _ => can(),
        }
    }

    fn limits(&self) -> Limits {
        match self.problem.reader {
            Some((max_command, max_response)) => Limits { max_command, max_response },
            None => Limits::EXTENDED,
        }
    }

    fn read(&self) -> Reading {
        self.read_card(&self.card, &self.problem.faults)
    }

    /// The same contents in a chip that keeps to the book, over a good link.
    fn read_well_behaved(&self) -> Reading {
        let mut card = self.card.clone();
        // What one short answer carries under the keys of the door: 3DES after BAC, AES after PACE.
        let short = if self.profile.password == Password::Mrz { 231 } else { 223 };
        card.behaviour = card.behaviour.well_behaved(short);
        self.read_card(&card, &[])
    }

    fn read_card(&self, card: &Personalisation, faults: &[Fault]) -> Reading {
        let mut link = Link::with_faults(Chip::new(card.clone(), 7), faults.to_vec());
        let options = InspectionOptions::new(self.key(), seeded(1));
        let mut run = Desk::new().limits(self.limits()).read_again(options, &mut link);
        assert!(faults.is_empty() || link.fault_happened());
        run.violations = link.chip.violations().to_vec();
        run.trace = link.chip.trace().to_vec();
        let proofs = link.chip.chip_proofs();
        Reading {
            run,
            accesses: proofs.access_established(),
            chip_authentications: proofs.chip_authentications,
        }
    }

    /// How many files a good read fetches through the channel.
    fn files(&self) -> usize {
        let read = |id: &&u16| **id != file::COM && !self.card.protected.contains(*id);
        self.card.files.keys().filter(read).count()
    }
}

impl Reading {
    /// Exchanges of access control that ran more than once: SELECT and two commands of BAC, or five of PACE and SELECT;
    /// and two of Chip Authentication.
    fn again(&self, case: &Case, other: &Self) -> usize {
        let access = if case.profile.password == Password::Mrz { 3 } else { 6 };
        access * (self.accesses - other.accesses)
            + 2 * (self.chip_authentications - other.chip_authentications)
    }
}

/// Reads the card of this name and demands what its profile says.
#[track_caller]
fn judge(name: &str) {
    let case = Case::named(name);
    let reading = case.read();
    let run = &reading.run;
    match case.problem.expected {
        Expected::Refused(code) => {
            assert_eq!(run.error().code(), code, "{:?}", run.error());
        }
        Expected::Read { extra, files, again } => {
            common::assert_same_groups(run.verified(), &without_padding(&case.card));
            let good = case.read_well_behaved();
            good.run.verified();
            assert!(files <= case.files());
            let more = run.metrics.apdus.checked_sub(good.run.metrics.apdus);
            let more = more.and_then(|more| more.checked_sub(reading.again(&case, &good)));
            assert_eq!(
                (more, reading.accesses - good.accesses),
                (Some(extra + files), again),
                "{name}: {} exchanges against {}",
                run.metrics.apdus,
                good.run.metrics.apdus
            );
            assert!(extra <= 3 && again <= 1, "{name} costs too much");
        }
    }
}

/// The card without the bytes behind its files, which no reader takes for a part of them.
fn without_padding(card: &Personalisation) -> Personalisation {
    let mut card = card.clone();
    for contents in card.files.values_mut() {
        let (_, rest) = cccd_simulator::tlv::parse(contents).expect("a data object");
        contents.truncate(contents.len() - rest.len());
    }
    card
}

#[test]
fn every_problem_is_a_card_or_stands_in_the_table_and_never_both() {
    let cards: BTreeSet<u8> =
        profiles().filter_map(|profile| profile.field).map(|problem| problem.number).collect();
    let elsewhere: Vec<u8> = elsewhere::PROBLEMS.iter().map(|(number, ..)| *number).collect();
    let once: BTreeSet<u8> = elsewhere.iter().copied().collect();
    assert_eq!(once.len(), elsewhere.len(), "a number stands twice in the table");
    assert_eq!(cards.intersection(&once).count(), 0, "a card that the table says cannot be");
    assert_eq!(cards.union(&once).copied().collect::<Vec<_>>(), (1..=PROBLEMS).collect::<Vec<_>>());
}

#[test]
fn every_card_of_the_field_has_its_test() {
    let names = profiles().filter(|profile| profile.field.is_some()).map(|profile| profile.name);
    let names: Vec<_> = names.collect();
    let mut tested = cards::TESTED.to_vec();
    tested.sort_unstable();
    let mut sorted: Vec<_> = names.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    assert_eq!(tested, sorted);
}

/// Link faults are lost cards to the reader, and nothing else.
#[test]
fn a_card_that_does_not_come_back_is_a_lost_link() {
    let case = Case::named("field-01-lost-in-portrait");
    let mut link = Link::with_faults(Chip::new(case.card.clone(), 7), case.problem.faults.clone());
    let options = InspectionOptions::new(case.key(), seeded(1));
    let run = Desk::new()
        .read_over(options, |command| link.transmit(command).map_err(|_| Error::LinkLost));
    assert_eq!(run.error(), &Error::LinkLost);
}
