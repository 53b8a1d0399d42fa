use core::fmt;

use super::super::{CitizenRecord, IdNumber, names};
use crate::{
    error::{Error, InvalidKey, Result},
    sensitive::Personal,
};

/// Who asks: a member of the clinic's staff whom the clinic has registered with the office.
#[derive(Clone, PartialEq, Eq)]
pub struct Staff {
    /// Full name, as registered.
    pub full_name: Personal<String>,
    /// ID number, as registered.
    pub id_number: IdNumber,
}

/// How the date of birth is written. The annex says `dd/MM/yyyy`, and its sample `ddMMyyyy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum BirthLayout {
    /// `15/06/1995`.
    #[default]
    Slashes,
    /// `15061995`.
    Digits,
    /// `1995`, as some programs of hospitals send it.
    Year,
}

/// The question: the body of a POST to `KQNhanLichSuKCB2024`, all five fields required.
#[derive(Clone, PartialEq, Eq)]
pub struct Lookup {
    card_number: Personal<String>,
    full_name: Personal<String>,
    date_of_birth: Personal<String>,
    staff: Staff,
}

impl Lookup {
    /// Asks for the citizen of a verified card, by the ID number. Where only the year of birth is known, it is sent alone.
    ///
    /// # Errors
    /// [`InvalidKey::DateLayout`] if the card does not tell the year of birth.
    pub fn of_citizen(record: &CitizenRecord, staff: Staff, layout: BirthLayout) -> Result<Self> {
        let year = record.year_of_birth().ok_or(Error::InvalidKey(InvalidKey::DateLayout))?;
        let whole = record.date_of_birth.as_ref().map(Personal::reveal);
        let birth = match (layout, whole) {
            (BirthLayout::Year, _) | (_, None) => format!("{:04}", year.reveal()),
            (BirthLayout::Slashes, Some(day)) => day.day_month_year(),
            (BirthLayout::Digits, Some(day)) => day.day_month_year().replace('/', ""),
        };
        Ok(Self {
            card_number: Personal::new(record.id_number.reveal().clone()),
            full_name: Personal::new(names::nfc(record.full_name.reveal())),
            date_of_birth: Personal::new(birth),
            staff,
        })
    }

    /// Asks by the number of an insurance card (fifteen characters) or of the social insurance (ten digits) instead.
    #[must_use]
    pub fn card_number(self, number: &str) -> Self {
        Self { card_number: Personal::new(number.trim().to_owned()), ..self }
    }

    /// The fields of the JSON object, all of them texts, by the office's names.
    #[must_use]
    pub const fn fields(&self) -> [(&'static str, &String); 5] {
        [
            ("maThe", self.card_number.reveal()),
            ("hoTen", self.full_name.reveal()),
            ("ngaySinh", self.date_of_birth.reveal()),
            ("hoTenCb", self.staff.full_name.reveal()),
            ("cccdCb", self.staff.id_number.reveal()),
        ]
    }
}

impl fmt::Debug for Staff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Staff(redacted)")
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup(redacted)")
    }
}
