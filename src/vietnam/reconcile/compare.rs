use core::fmt;

use super::{
    Record, RecordField,
    record::{WrittenDate, day, digits},
};
use crate::{
    date::Date,
    vietnam::{
        CitizenRecord, Expiry, Sex,
        names::{self, NameMatch},
        places::{self, PlaceMatch},
    },
};

/// How a field on file relates to the same field on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Relation {
    /// They say the same.
    Equal,
    /// The same, written or coded in another way that a person reads without noticing; nothing to correct.
    Typography(&'static str),
    /// The same in another spelling, of which one wants correction: [`Relation::how`] says which.
    SpellingVariant(&'static str),
    /// The same place as it was called before 1 July 2025, on either side: its province has merged, its district is
    /// gone.
    OldName(&'static str),
    /// The record says less than the card: a year without its day.
    Incomplete(&'static str),
    /// They differ, and the card is older than the record.
    CardOlder,
    /// They differ, and the record is older than the card.
    RecordOlder,
    /// They differ, and no date explains it.
    Contradictory(&'static str),
    /// The card has it, the record has not.
    MissingInRecord,
    /// The record has it, the card has not; nothing to compare with.
    MissingOnCard,
    /// The record's text is no date, number or word for what the field is.
    Unreadable,
}

impl Relation {
    /// Every kind, without its detail, in the order of a summary.
    pub const KINDS: [Self; 11] = [
        Self::Equal,
        Self::Typography(""),
        Self::SpellingVariant(""),
        Self::OldName(""),
        Self::Incomplete(""),
        Self::CardOlder,
        Self::RecordOlder,
        Self::Contradictory(""),
        Self::MissingInRecord,
        Self::MissingOnCard,
        Self::Unreadable,
    ];

    /// The stable name of the kind.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Typography(_) => "typography",
            Self::SpellingVariant(_) => "spelling_variant",
            Self::OldName(_) => "old_name",
            Self::Incomplete(_) => "incomplete",
            Self::CardOlder => "card_older",
            Self::RecordOlder => "record_older",
            Self::Contradictory(_) => "contradictory",
            Self::MissingInRecord => "missing_in_record",
            Self::MissingOnCard => "missing_on_card",
            Self::Unreadable => "unreadable",
        }
    }

    /// The stable name of the detail; empty where the kind says it all.
    #[must_use]
    pub const fn how(self) -> &'static str {
        match self {
            Self::Typography(how)
            | Self::SpellingVariant(how)
            | Self::OldName(how)
            | Self::Incomplete(how)
            | Self::Contradictory(how) => how,
            _ => "",
        }
    }

    /// Whether somebody should look at the record.
    #[must_use]
    pub const fn needs_work(self) -> bool {
        !matches!(self, Self::Equal | Self::Typography(_) | Self::MissingOnCard | Self::CardOlder)
    }
}

impl Relation {
    /// The sentence in Vietnamese.
    #[must_use]
    pub const fn message_vi(self) -> &'static str {
        match self {
            Self::Equal => "trùng khớp",
            Self::Typography(_) => "trùng khớp, chỉ khác cách trình bày",
            Self::SpellingVariant(_) => "cùng nội dung nhưng viết khác, nên sửa",
            Self::OldName(_) => "cùng một nơi, khác tên gọi trước và sau ngày 01/07/2025",
            Self::Incomplete(_) => "hồ sơ ghi thiếu so với thẻ",
            Self::CardOlder => "khác nhau, hồ sơ mới hơn thẻ",
            Self::RecordOlder => "khác nhau, thẻ mới hơn hồ sơ",
            Self::Contradictory(_) => "mâu thuẫn với thẻ",
            Self::MissingInRecord => "hồ sơ chưa có",
            Self::MissingOnCard => "thẻ không có thông tin này",
            Self::Unreadable => "hồ sơ ghi sai kiểu dữ liệu",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "the same",
            Self::Typography(_) => "the same, written or coded in another way",
            Self::SpellingVariant(_) => "the same in another spelling, to be corrected",
            Self::OldName(_) => "the same place under its name before or since 1 July 2025",
            Self::Incomplete(_) => "the record says less than the card",
            Self::CardOlder => "they differ, and the record is later than the card",
            Self::RecordOlder => "they differ, and the card is later than the record",
            Self::Contradictory(_) => "they contradict each other",
            Self::MissingInRecord => "the record does not have it",
            Self::MissingOnCard => "the card does not have it",
            Self::Unreadable => "the record's text cannot be read as what it should be",
        })
    }
}

/// A record beside the citizen whom a chip proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    relations: Vec<(RecordField, Relation)>,
}

impl Comparison {
    /// Compares the fields that the organisation keeps; a field that neither side has is left out.
    #[must_use]
    pub fn new(record: &Record, citizen: &CitizenRecord, kept: &[RecordField]) -> Self {
        let pair = Pair { record, citizen };
        let relation = |field: &RecordField| Some((*field, pair.relation(*field)?));
        Self { relations: kept.iter().filter_map(relation).collect() }
    }

    /// Each field with its relation, in the order of the fields that were asked for.
    #[must_use]
    pub fn relations(&self) -> &[(RecordField, Relation)] {
        &self.relations
    }

    /// Whether nobody has to look at this record.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        !self.relations.iter().any(|(_, relation)| relation.needs_work())
    }
}

struct Pair<'a> {
    record: &'a Record,
    citizen: &'a CitizenRecord,
}

impl Pair<'_> {
    /// `None` if neither side has the field.
    fn relation(&self, field: RecordField) -> Option<Relation> {
        let on_file = self.record.field(field).map(|text| text.reveal().as_str());
        let Some(on_card) = self.on_card(field) else {
            return on_file.map(|_| Relation::MissingOnCard);
        };
        let Some(on_file) = on_file else { return Some(Relation::MissingInRecord) };
        let relation = match (field, on_card) {
            (_, OnCard::Number(number)) => compare_numbers(on_file, number),
            (_, OnCard::Day(date)) => compare_days(on_file, date),
            (_, OnCard::Year(year)) => compare_years(on_file, year),
            (_, OnCard::Expiry(expiry)) => compare_expiry(on_file, expiry),
            (_, OnCard::Sex(sex)) => compare_sex(on_file, sex),
            (RecordField::PlaceOfOrigin | RecordField::Residence, OnCard::Text(text)) => {
                compare_places(on_file, text)
            }
            (
                RecordField::FullName
                | RecordField::FatherName
                | RecordField::MotherName
                | RecordField::SpouseName,
                OnCard::Text(text),
            ) => compare_names(on_file, text),
            (_, OnCard::Text(text)) => compare_words(on_file, text),
        };
        Some(match relation {
            Relation::Contradictory(_) if field.may_change() => {
                self.later_side().unwrap_or(relation)
            }
            relation => relation,
        })
    }

    /// Who is older, where both sides say from when they are.
    fn later_side(&self) -> Option<Relation> {
        let record = self.record.as_of()?;
        let card = self.citizen.issue_date.as_ref()?.reveal();
        match record.cmp(card) {
            core::cmp::Ordering::Greater => Some(Relation::CardOlder),
            core::cmp::Ordering::Less => Some(Relation::RecordOlder),
            core::cmp::Ordering::Equal => None,
        }
    }

    fn on_card(&self, field: RecordField) -> Option<OnCard<'_>> {
        let citizen = self.citizen;
        Some(match field {
            RecordField::IdNumber => OnCard::Number(citizen.id_number.reveal()),
            RecordField::OldIdNumber => OnCard::Number(citizen.old_id_number.as_ref()?.reveal()),
            RecordField::DateOfBirth => match &citizen.date_of_birth {
                Some(day) => OnCard::Day(*day.reveal()),
                None => OnCard::Year(*citizen.year_of_birth()?.reveal()),
            },
            RecordField::IssueDate => OnCard::Day(*citizen.issue_date.as_ref()?.reveal()),
            RecordField::ExpiryDate => OnCard::Expiry(*citizen.expiry.reveal()),
            RecordField::Sex => OnCard::Sex(*citizen.sex.reveal()),
            RecordField::FullName => OnCard::Text(citizen.full_name.reveal()),
            RecordField::Nationality => OnCard::Text(citizen.nationality.reveal()),
            RecordField::Ethnicity => OnCard::Text(citizen.ethnicity.as_ref()?.reveal()),
            RecordField::Religion => OnCard::Text(citizen.religion.as_ref()?.reveal()),
            RecordField::PlaceOfOrigin => OnCard::Text(citizen.place_of_origin.as_ref()?.reveal()),
            RecordField::Residence => OnCard::Text(citizen.residence.as_ref()?.reveal()),
            RecordField::FatherName => OnCard::Text(citizen.father_name.as_ref()?.reveal()),
            RecordField::MotherName => OnCard::Text(citizen.mother_name.as_ref()?.reveal()),
            RecordField::SpouseName => OnCard::Text(citizen.spouse_name.as_ref()?.reveal()),
        })
    }
}

/// A card's field, by how it is compared.
enum OnCard<'a> {
    Number(&'a str),
    Day(Date),
    /// A birth of which the card names no day.
    Year(u16),
    Expiry(Expiry),
    Sex(Sex),
    Text(&'a str),
}

fn compare_numbers(on_file: &str, on_card: &str) -> Relation {
    if on_file == on_card {
        return Relation::Equal;
    }
    match digits(on_file) {
        None => Relation::Unreadable,
        Some(digits) if digits == on_card => Relation::Typography("separators"),
        // A spreadsheet takes a number's leading zeros for nothing.
        Some(digits) if on_card.trim_start_matches('0') == digits => {
            Relation::SpellingVariant("leading_zeros_lost")
        }
        Some(_) => Relation::Contradictory(""),
    }
}

fn compare_days(on_file: &str, on_card: Date) -> Relation {
    match day(on_file) {
        None => Relation::Unreadable,
        Some(WrittenDate::Day(day)) if day == on_card => Relation::Equal,
        Some(WrittenDate::Year(year)) if year == on_card.year() => {
            Relation::Incomplete("year_only")
        }
        Some(WrittenDate::Day(day))
            if Date::new(day.year(), day.day(), day.month()) == Ok(on_card) =>
        {
            Relation::Contradictory("day_and_month_swapped")
        }
        // What is entered where only the year is known.
        Some(WrittenDate::Day(day))
            if (day.day(), day.month(), day.year()) == (1, 1, on_card.year()) =>
        {
            Relation::Incomplete("first_of_january")
        }
        Some(_) => Relation::Contradictory(""),
    }
}

/// Where the card names no day of birth, neither need the record.
fn compare_years(on_file: &str, on_card: u16) -> Relation {
    match day(on_file) {
        None => Relation::Unreadable,
        Some(WrittenDate::Year(year)) if year == on_card => Relation::Equal,
        Some(WrittenDate::Day(day)) if day.year() == on_card => {
            Relation::Typography("year_only_on_card")
        }
        Some(_) => Relation::Contradictory(""),
    }
}

fn compare_expiry(on_file: &str, on_card: Expiry) -> Relation {
    match (Expiry::from_vietnamese(on_file), on_card) {
        (Some(expiry), on_card) if expiry == on_card => Relation::Equal,
        (_, Expiry::On(on_card)) => match compare_days(on_file, on_card) {
            // Somebody's card without expiry is readable, and another.
            Relation::Unreadable if Expiry::from_vietnamese(on_file).is_some() => {
                Relation::Contradictory("")
            }
            relation => relation,
        },
        (_, Expiry::Indefinite) if day(on_file).is_some() => Relation::Contradictory(""),
        (_, Expiry::Indefinite) => Relation::Unreadable,
    }
}

/// The words and codes that hospitals and offices use; 1 and 2 are those of the health insurance.
fn compare_sex(on_file: &str, on_card: Sex) -> Relation {
    let (sex, is_word) = match names::fold_ascii(on_file).as_str() {
        "NAM" => (Sex::Male, true),
        "NU" => (Sex::Female, true),
        "M" | "MALE" | "1" => (Sex::Male, false),
        "F" | "FEMALE" | "2" => (Sex::Female, false),
        _ => return Relation::Unreadable,
    };
    match (sex == on_card, is_word) {
        (true, true) => Relation::Equal,
        (true, false) => Relation::Typography("code"),
        (false, _) => Relation::Contradictory(""),
    }
}

fn compare_names(on_file: &str, on_card: &str) -> Relation {
    let how = names::matches(on_file, on_card);
    match how {
        NameMatch::Identical => Relation::Equal,
        NameMatch::Typography => Relation::Typography(how.code()),
        NameMatch::Truncated | NameMatch::WordsMissing | NameMatch::Initials => {
            Relation::Incomplete(how.code())
        }
        _ if how.is_spelling_variant() || how == NameMatch::Reordered => {
            Relation::SpellingVariant(how.code())
        }
        _ => Relation::Contradictory(how.code()),
    }
}

fn compare_places(on_file: &str, on_card: &str) -> Relation {
    let how = places::matches(on_file, on_card);
    match how {
        PlaceMatch::Identical => Relation::Equal,
        PlaceMatch::Spelling => Relation::Typography(how.code()),
        PlaceMatch::Unmarked => Relation::SpellingVariant(how.code()),
        PlaceMatch::MergedProvince { .. } | PlaceMatch::DistrictLeftOut { .. } => {
            Relation::OldName(how.code())
        }
        _ => Relation::Contradictory(how.code()),
    }
}

/// Words of a closed list: nationality, ethnicity, religion.
fn compare_words(on_file: &str, on_card: &str) -> Relation {
    if on_file == on_card {
        Relation::Equal
    } else if names::same_name(on_file, on_card) {
        Relation::Typography("typography")
    } else if names::fold_ascii(on_file) == names::fold_ascii(on_card) {
        Relation::SpellingVariant("unmarked")
    } else {
        Relation::Contradictory("")
    }
}
