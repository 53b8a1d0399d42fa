use core::fmt;

use crate::{
    date::Date,
    sensitive::Personal,
    vietnam::{IdNumber, names},
};

/// A field that an organisation may have on file. Its [`name`](Self::name) is that of
/// [`CitizenRecord::fields`](crate::vietnam::CitizenRecord::fields).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RecordField {
    /// Số định danh.
    IdNumber,
    /// Số CMND cũ.
    OldIdNumber,
    /// Họ và tên.
    FullName,
    /// Ngày sinh.
    DateOfBirth,
    /// Giới tính.
    Sex,
    /// Quốc tịch.
    Nationality,
    /// Dân tộc.
    Ethnicity,
    /// Tôn giáo.
    Religion,
    /// Quê quán.
    PlaceOfOrigin,
    /// Nơi thường trú.
    Residence,
    /// Ngày cấp.
    IssueDate,
    /// Có giá trị đến.
    ExpiryDate,
    /// Họ tên cha.
    FatherName,
    /// Họ tên mẹ.
    MotherName,
    /// Họ tên vợ hoặc chồng.
    SpouseName,
}

impl RecordField {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 15] = [
        Self::IdNumber,
        Self::OldIdNumber,
        Self::FullName,
        Self::DateOfBirth,
        Self::Sex,
        Self::Nationality,
        Self::Ethnicity,
        Self::Religion,
        Self::PlaceOfOrigin,
        Self::Residence,
        Self::IssueDate,
        Self::ExpiryDate,
        Self::FatherName,
        Self::MotherName,
        Self::SpouseName,
    ];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdNumber => "id_number",
            Self::OldIdNumber => "old_id_number",
            Self::FullName => "full_name",
            Self::DateOfBirth => "date_of_birth",
            Self::Sex => "sex",
            Self::Nationality => "nationality",
            Self::Ethnicity => "ethnicity",
            Self::Religion => "religion",
            Self::PlaceOfOrigin => "place_of_origin",
            Self::Residence => "residence",
            Self::IssueDate => "issue_date",
            Self::ExpiryDate => "expiry_date",
            Self::FatherName => "father_name",
            Self::MotherName => "mother_name",
            Self::SpouseName => "spouse_name",
        }
    }

    /// The field of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether a citizen's data may change here without anybody having made a mistake: the later side is right.
    #[must_use]
    pub const fn may_change(self) -> bool {
        matches!(self, Self::Residence | Self::IssueDate | Self::ExpiryDate | Self::SpouseName)
    }
}

/// One person as an organisation has them on file: texts, as they are. A field that is empty is missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Record {
    values: [Option<Personal<String>>; RecordField::ALL.len()],
    updated: Option<Date>,
}

impl Record {
    /// A record without fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this field; space around it does not count, and an empty text is none.
    #[must_use]
    pub fn with(mut self, field: RecordField, text: &str) -> Self {
        let text = text.trim();
        if let Some(value) = self.values.get_mut(field as usize) {
            *value = (!text.is_empty()).then(|| Personal::new(text.to_owned()));
        }
        self
    }

    /// With the day on which somebody last confirmed it, in any spelling of a whole day; other text is no day.
    #[must_use]
    pub fn with_updated(mut self, text: &str) -> Self {
        self.updated = day(text.trim()).and_then(WrittenDate::whole);
        self
    }

    /// A field as it is on file.
    #[must_use]
    pub fn field(&self, field: RecordField) -> Option<&Personal<String>> {
        self.values.get(field as usize)?.as_ref()
    }

    /// The day from which the record is: when it was last confirmed, or, where it names a later card, that card's day
    /// of issue.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        let issued = self.field(RecordField::IssueDate).and_then(|text| day(text.reveal()));
        self.updated.max(issued.and_then(WrittenDate::whole))
    }

    /// The citizen's number, where the record has all twelve digits.
    #[must_use]
    pub fn id_number(&self) -> Option<IdNumber> {
        digits(self.field(RecordField::IdNumber)?.reveal())?.parse().ok()
    }

    /// The number of which a spreadsheet has left nine to eleven digits: it takes leading zeros for nothing.
    #[must_use]
    pub fn shortened_id_number(&self) -> Option<IdNumber> {
        let digits = digits(self.field(RecordField::IdNumber)?.reveal())?;
        if (9..12).contains(&digits.len()) { format!("{digits:0>12}").parse().ok() } else { None }
    }

    /// The nine digits of an old ID card (CMND), wherever the record has them.
    #[must_use]
    pub fn old_id_number(&self) -> Option<Personal<String>> {
        let field = |field| digits(self.field(field)?.reveal()).filter(|text| text.len() == 9);
        field(RecordField::OldIdNumber).or_else(|| field(RecordField::IdNumber)).map(Personal::new)
    }

    /// Name without marks and day of birth: what finds a person who has no number.
    #[must_use]
    pub fn name_and_birth(&self) -> Option<(Personal<String>, Date)> {
        let name = names::fold_ascii(self.field(RecordField::FullName)?.reveal());
        let birth = day(self.field(RecordField::DateOfBirth)?.reveal())?.whole()?;
        (!name.is_empty()).then(|| (Personal::new(name), birth))
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.values.iter().flatten().count();
        write!(f, "Record({count} fields, redacted)")
    }
}

/// A number without the space, points and apostrophes that people and spreadsheets put in; `None` if anything else is
/// in it. A spreadsheet's `.0` behind it is left out.
pub(super) fn digits(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('\'');
    let text = text.strip_suffix(".0").unwrap_or(text);
    let digits: String =
        text.chars().filter(|c| !c.is_whitespace() && !".-".contains(*c)).collect();
    let good = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    good.then_some(digits)
}

/// A date as people keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenDate {
    Day(Date),
    /// Only the year is known.
    Year(u16),
}

impl WrittenDate {
    pub(super) const fn whole(self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day),
            Self::Year(_) => None,
        }
    }
}

/// Reads `dd/MM/yyyy` (also with points, hyphens, and single digits), `ddMMyyyy`, `yyyyMMdd`, ISO 8601 with or without a time, and
/// a year alone.
pub(super) fn day(text: &str) -> Option<WrittenDate> {
    let text = text.split(['T', ' ']).next().unwrap_or_default();
    let number = |part: &str| part.parse::<u16>().ok().filter(|_| part.len() <= 4);
    let small = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() <= 2);
    match text.split(['/', '-', '.']).collect::<Vec<_>>()[..] {
        [year, month, day] if year.len() == 4 => {
            Date::new(number(year)?, small(month)?, small(day)?).ok().map(WrittenDate::Day)
        }
        [day, month, year] if year.len() == 4 => {
            Date::new(number(year)?, small(month)?, small(day)?).ok().map(WrittenDate::Day)
        }
        [digits] if digits.len() == 8 => written_together(digits).map(WrittenDate::Day),
        [year] if year.len() == 4 => number(year).map(WrittenDate::Year),
        _ => None,
    }
}

/// `ddMMyyyy`, or `yyyyMMdd` where only that gives a year of our time.
fn written_together(digits: &str) -> Option<Date> {
    let of_our_time = |day: &Date| (1850..2150).contains(&day.year());
    let day_first = Date::from_day_month_year(digits).ok().filter(of_our_time);
    day_first.or_else(|| {
        let (year, rest) = digits.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
            .ok()
            .filter(of_our_time)
    })
}
