use std::collections::HashMap;

use cccd::date::Date;
use cccd::sensitive::Personal;
use cccd::vietnam::{CitizenRecord, IdNumber, Record, names};

/// The citizens whom chips proved, by what finds them. One citizen takes about two kilobytes of memory.
#[derive(Default)]
pub struct Citizens {
    citizens: Vec<CitizenRecord>,
    by_number: HashMap<Personal<String>, usize>,
    by_old_number: HashMap<Personal<String>, Only>,
    by_name_and_birth: HashMap<(Personal<String>, Date), Only>,
    replaced: u64,
}

/// The one citizen of a key, unless there are several.
#[derive(Clone, Copy)]
enum Only {
    One(usize),
    Several,
}

/// The citizen of a record.
#[derive(Clone, Copy)]
pub enum Found<'a> {
    /// This one.
    One {
        /// Whom the chip proved.
        citizen: &'a CitizenRecord,
        /// Their place in the index.
        place: usize,
        /// What they were found by.
        by: FoundBy,
    },
    /// Several citizens have what the record says.
    Several,
    /// Nobody.
    Nobody,
}

/// What a citizen was found by, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FoundBy {
    /// The twelve digits.
    IdNumber,
    /// The nine digits of the old card.
    OldIdNumber,
    /// The name without its marks and the day of birth.
    NameAndBirth,
}

impl FoundBy {
    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::IdNumber => "id_number",
            Self::OldIdNumber => "old_id_number",
            Self::NameAndBirth => "name_and_birth",
        }
    }
}

impl Citizens {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a citizen. Of two cards of one person the one that was issued later is kept.
    pub fn insert(&mut self, citizen: CitizenRecord) {
        let number = Personal::new(citizen.id_number.reveal().clone());
        if let Some(place) = self.by_number.get(&number).copied() {
            self.replaced += 1;
            let issued =
                |citizen: &CitizenRecord| citizen.issue_date.as_ref().map(|day| *day.reveal());
            if let Some(known) = self.citizens.get_mut(place)
                && issued(known) < issued(&citizen)
            {
                *known = citizen;
                self.index(place);
            }
            return;
        }
        let place = self.citizens.len();
        self.by_number.insert(number, place);
        self.citizens.push(citizen);
        self.index(place);
    }

    /// The ways to a citizen other than the number.
    fn index(&mut self, place: usize) {
        fn add<K: Eq + core::hash::Hash>(index: &mut HashMap<K, Only>, key: K, place: usize) {
            index
                .entry(key)
                .and_modify(|only| match only {
                    Only::One(known) if *known == place => {}
                    _ => *only = Only::Several,
                })
                .or_insert(Only::One(place));
        }
        let Some(citizen) = self.citizens.get(place) else { return };
        if let Some(old) = &citizen.old_id_number {
            add(&mut self.by_old_number, old.clone(), place);
        }
        if let Some(birth) = &citizen.date_of_birth {
            let name = names::fold_ascii(citizen.full_name.reveal());
            add(&mut self.by_name_and_birth, (Personal::new(name), *birth.reveal()), place);
        }
    }

    /// The citizen of a record, by the surest of what the record has: all twelve digits of the number; the old
    /// number; the digits that a spreadsheet has left of the number; name and day of birth.
    #[must_use]
    pub fn find(&self, record: &Record) -> Found<'_> {
        let by_number = |number: Option<IdNumber>| {
            let place = self.by_number.get(&Personal::new(number?.reveal().clone()))?;
            Some(self.one(*place, FoundBy::IdNumber))
        };
        let by_old_number = || {
            let only = self.by_old_number.get(&record.old_id_number()?)?;
            Some(self.only(*only, FoundBy::OldIdNumber))
        };
        let by_name_and_birth = || {
            let only = self.by_name_and_birth.get(&record.name_and_birth()?)?;
            Some(self.only(*only, FoundBy::NameAndBirth))
        };
        by_number(record.id_number())
            .or_else(by_old_number)
            .or_else(|| by_number(record.shortened_id_number()))
            .or_else(by_name_and_birth)
            .unwrap_or(Found::Nobody)
    }

    fn only(&self, only: Only, by: FoundBy) -> Found<'_> {
        match only {
            Only::One(place) => self.one(place, by),
            Only::Several => Found::Several,
        }
    }

    fn one(&self, place: usize, by: FoundBy) -> Found<'_> {
        self.citizens.get(place).map_or(Found::Nobody, |citizen| Found::One { citizen, place, by })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.citizens.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.citizens.is_empty()
    }

    /// Cards that were left out because a later one of the same person is there.
    #[must_use]
    pub const fn earlier_cards(&self) -> u64 {
        self.replaced
    }
}
