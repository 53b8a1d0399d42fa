//! Cards that misbehave as cards, links and readers in the field do: one or more for each problem that users of readers
//! reported and that a card can show. The number in the name is the problem's; its other cards follow it.
//!
//! [`FieldProblem::expected`] says what a good reader makes of the card, and what it costs beyond a card with the same
//! contents and buffers whose chip keeps to the book ([`Behaviour::well_behaved`]).

mod chips;
mod documents;
mod sizes;

use std::sync::LazyLock;

use super::{Profile, profile};
use crate::arithmetic::curve::CurveName;
use crate::chip::{Behaviour, Password};
use crate::link::Fault;
use crate::personalisation::{ActiveKind, CardOptions, Personalisation};

/// What is wrong with a card, and what a good reader makes of it.
#[derive(Clone, Debug)]
pub struct FieldProblem {
    /// The number of the problem, 1 to 51.
    pub number: u8,
    /// The card in one line.
    pub description: &'static str,
    /// How a read with a good reader ends.
    pub expected: Expected,
    /// How the chip behaves.
    pub behaviour: Behaviour,
    /// What the issuer wrote differently and signed.
    pub written: Option<fn(&mut Personalisation)>,
    /// What was altered after signing.
    pub altered: Option<fn(&mut Personalisation)>,
    /// What the link does. A card that it loses is put back.
    pub faults: Vec<Fault>,
    /// The longest command and answer that the reader carries; without limit if there is none.
    pub reader: Option<(usize, usize)>,
}

/// How a read ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// With the whole document.
    Read {
        /// Command-answer pairs beyond those of the well-behaved card, without those of access control and Chip
        /// Authentication that ran again.
        extra: usize,
        /// One more for each of so many files: where nothing tells how long a file is, or how it is addressed, before the
        /// chip was asked.
        files: usize,
        /// How often access control runs again.
        again: usize,
    },
    /// With this error, named as the library names it: the card is wrong.
    Refused(&'static str),
}

/// All of them, by number.
pub(super) fn profiles() -> impl Iterator<Item = Profile> {
    static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
        let all = [sizes::cards(), chips::cards(), documents::cards()].concat();
        let mut profiles: Vec<Profile> = all.into_iter().map(|card| card.profile).collect();
        // Stable: within a problem as they are written.
        profiles.sort_by_key(|profile| profile.field.as_ref().map(|problem| problem.number));
        profiles
    });
    PROFILES.iter().cloned()
}

/// A profile under construction.
#[derive(Clone)]
struct Card {
    profile: Profile,
}

/// A CCCD whose proofs fit into short answers, so that one thing only is unusual about it.
fn card(number: u8, words: &str, description: &'static str) -> Card {
    let options = CardOptions {
        active_authentication: ActiveKind::Ecdsa(CurveName::BrainpoolP256r1),
        ..CardOptions::default()
    };
    let problem = FieldProblem {
        number,
        description,
        expected: Expected::Read { extra: 0, files: 0, again: 0 },
        behaviour: Behaviour::default(),
        written: None,
        altered: None,
        faults: Vec::new(),
        reader: None,
    };
    let name = format!("field-{number:02}-{words}");
    Card { profile: Profile { field: Some(problem), ..profile(name, Password::Can, options) } }
}

impl Card {
    fn problem(mut self, change: impl FnOnce(&mut FieldProblem)) -> Card {
        if let Some(problem) = &mut self.profile.field {
            change(problem);
        }
        self
    }

    fn options(mut self, change: impl FnOnce(&mut CardOptions)) -> Card {
        change(&mut self.profile.options);
        self
    }

    /// Opened by Basic Access Control with the MRZ.
    fn bac(mut self) -> Card {
        self.profile.password = Password::Mrz;
        self.options(|options| options.pace = Vec::new())
    }

    fn chip(self, change: impl FnOnce(&mut Behaviour)) -> Card {
        self.problem(|problem| change(&mut problem.behaviour))
    }

    fn written(self, write: fn(&mut Personalisation)) -> Card {
        self.problem(|problem| problem.written = Some(write))
    }

    fn altered(self, alter: fn(&mut Personalisation)) -> Card {
        self.problem(|problem| problem.altered = Some(alter))
    }

    fn faults(self, faults: &[Fault]) -> Card {
        self.problem(|problem| problem.faults = faults.to_vec())
    }

    fn reader(self, command: usize, answer: usize) -> Card {
        self.problem(|problem| problem.reader = Some((command, answer)))
    }

    fn costs(self, extra: usize, files: usize, again: usize) -> Card {
        self.problem(|problem| problem.expected = Expected::Read { extra, files, again })
    }

    fn extra(self, extra: usize) -> Card {
        self.costs(extra, 0, 0)
    }

    fn refused(self, code: &'static str) -> Card {
        self.problem(|problem| problem.expected = Expected::Refused(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personalisation::{Issuer, IssuerOptions};
    use crate::{Chip, Person};

    #[test]
    fn names_begin_with_the_number_and_descriptions_fit_a_line() {
        for profile in profiles() {
            let problem = profile.field.unwrap();
            assert!((1..=51).contains(&problem.number));
            assert!(profile.name.starts_with(&format!("field-{:02}-", problem.number)));
            let length = problem.description.chars().count();
            assert!((20..=90).contains(&length), "{}: {length}", profile.name);
        }
    }

    #[test]
    fn every_card_can_be_issued_and_only_what_was_altered_differs_from_what_was_signed() {
        let issuer = Issuer::new(IssuerOptions::default());
        for mut profile in profiles() {
            // The drawing of the portrait takes the time.
            profile.options.portrait.image.get_or_insert_with(|| vec![0xFF, 0xD8, 0xFF]);
            let card = profile.issue(&issuer, &Person::sample(), 1);
            let mut again = card.clone();
            issuer.sign_again(&mut again);
            let altered = profile.field.is_some_and(|problem| problem.altered.is_some());
            assert!(altered || again.files == card.files, "{}", profile.name);
            assert_eq!(Chip::new(card, 1).process(&[0, 0xA4, 0]), [0x67, 0], "{}", profile.name);
        }
    }
}
