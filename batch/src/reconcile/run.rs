use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::thread;

use cccd::vietnam::{CitizenRecord, Comparison, RecordField, Relation};

use super::citizens::{Citizens, Found, FoundBy};
use super::records::{Records, Row, RowFault};
use crate::Result;

/// A record, what was found of it, and how each field relates.
#[derive(Clone)]
pub struct Checked<'a> {
    /// The row.
    pub row: Row,
    /// Whose it is.
    pub found: Match<'a>,
    /// The number of the first row about the same citizen, if this is a later one.
    pub repeats: Option<u64>,
}

/// Whose a record is.
#[derive(Clone)]
pub enum Match<'a> {
    /// This citizen's.
    Citizen {
        /// Whom the chip proved.
        citizen: &'a CitizenRecord,
        /// What they were found by.
        by: FoundBy,
        /// Field by field.
        comparison: Comparison,
    },
    /// No card of this person was read.
    NoCard,
    /// Several citizens have what the record says.
    Several,
    /// The row cannot be read.
    Unreadable(RowFault),
}

impl Match<'_> {
    /// The stable name: `compared`, `no_card`, `several_citizens`, `unreadable`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Citizen { .. } => "compared",
            Self::NoCard => "no_card",
            Self::Several => "several_citizens",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// One field of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub field: RecordField,
    /// How the two sides relate.
    pub relation: Relation,
}

impl Checked<'_> {
    /// Every field that was compared.
    pub fn differences(&self) -> impl Iterator<Item = Difference> {
        let relations = match &self.found {
            Match::Citizen { comparison, .. } => comparison.relations(),
            _ => &[],
        };
        relations.iter().map(|(field, relation)| Difference { field: *field, relation: *relation })
    }
}

/// What a run found, for a summary. Counts alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Rows.
    pub records: u64,
    /// Those whose citizen is known.
    pub compared: u64,
    /// Those of them where nobody has to look: nothing to correct, and no earlier row about the same citizen.
    pub clean: u64,
    /// Those of them about a citizen of whom an earlier row speaks.
    pub repeated: u64,
    /// Those of whom no card was read.
    pub no_card: u64,
    /// Those that fit several citizens.
    pub several: u64,
    /// Those that cannot be read.
    pub unreadable: u64,
    /// By what the citizens were found.
    pub found_by: BTreeMap<FoundBy, u64>,
    /// By field and kind of relation, see [`Relation::code`].
    pub relations: BTreeMap<(RecordField, &'static str), u64>,
    /// Citizens of whom no record speaks.
    pub citizens_without_record: u64,
}

impl Counts {
    fn add(&mut self, checked: &Checked<'_>) {
        self.records += 1;
        match &checked.found {
            Match::Citizen { by, comparison, .. } => {
                self.compared += 1;
                self.clean += u64::from(comparison.is_clean() && checked.repeats.is_none());
                self.repeated += u64::from(checked.repeats.is_some());
                *self.found_by.entry(*by).or_default() += 1;
                for (field, relation) in comparison.relations() {
                    *self.relations.entry((*field, relation.code())).or_default() += 1;
                }
            }
            Match::NoCard => self.no_card += 1,
            Match::Several => self.several += 1,
            Match::Unreadable(_) => self.unreadable += 1,
        }
    }
}

/// Compares every record with its citizen on `threads` threads. `sink` receives the records in their order, on the
/// calling thread.
///
/// Some thousand rows are in memory at a time, and of the earlier ones only their numbers, by citizen.
///
/// # Errors
/// The first error of the file or of the sink; everything before it has reached the sink.
pub fn run(
    records: &mut Records,
    citizens: &Citizens,
    threads: NonZeroUsize,
    mut sink: impl FnMut(Checked<'_>) -> Result<()>,
) -> Result<Counts> {
    let kept = records.columns().kept();
    let mut counts = Counts::default();
    let mut first_rows: HashMap<usize, u64> = HashMap::new();
    for rows in records {
        let rows = rows?;
        let share = rows.len().div_ceil(threads.get()).max(1);
        let check = |rows: &[Row]| -> Vec<_> {
            rows.iter().map(|row| check(row, citizens, &kept)).collect()
        };
        let checked: Vec<_> = thread::scope(|scope| {
            let workers: Vec<_> =
                rows.chunks(share).map(|rows| scope.spawn(move || check(rows))).collect();
            let joined = |worker: thread::ScopedJoinHandle<'_, _>| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            workers.into_iter().flat_map(joined).collect()
        });
        for (row, (found, place)) in rows.into_iter().zip(checked) {
            let number = row.number;
            let first = place.map(|place| *first_rows.entry(place).or_insert(number));
            let checked = Checked { row, found, repeats: first.filter(|first| *first != number) };
            counts.add(&checked);
            sink(checked)?;
        }
    }
    counts.citizens_without_record = citizens.len().saturating_sub(first_rows.len()) as u64;
    Ok(counts)
}

/// Whose a row is, and the citizen's place in the index.
fn check<'a>(
    row: &Row,
    citizens: &'a Citizens,
    kept: &[RecordField],
) -> (Match<'a>, Option<usize>) {
    let record = match &row.record {
        Ok(record) => record,
        Err(fault) => return (Match::Unreadable(*fault), None),
    };
    match citizens.find(record) {
        Found::One { citizen, place, by } => {
            let comparison = Comparison::new(record, citizen, kept);
            (Match::Citizen { citizen, by, comparison }, Some(place))
        }
        Found::Several => (Match::Several, None),
        Found::Nobody => (Match::NoCard, None),
    }
}
