use core::fmt;

use super::{super::names, super::names::NameMatch, AnswerCode};
use crate::{date::Date, sensitive::Personal, vietnam::CitizenRecord};

/// The answer, field by field. Empty fields and `null` are `None`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// `maKetQua`.
    pub code: AnswerCode,
    /// `ghiChu`: a sentence of the office, which may name the insured.
    pub note: Option<Personal<String>>,
    /// `maThe`.
    pub card_number: Option<Personal<String>>,
    /// `hoTen`, as the insurance has it.
    pub full_name: Option<Personal<String>>,
    /// `ngaySinh`: `dd/MM/yyyy`, or the year alone.
    pub date_of_birth: Option<Personal<String>>,
    /// `gioiTinh`.
    pub sex: Option<Personal<String>>,
    /// `diaChi`.
    pub address: Option<Personal<String>>,
    /// `maDKBD`: the clinic of first registration.
    pub clinic: Option<Personal<String>>,
    /// `cqBHXH`: the office that issued the card.
    pub office: Option<Personal<String>>,
    /// `gtTheTu`, if it is a calendar day.
    pub valid_from: Option<Personal<Date>>,
    /// `gtTheDen`, if it is a calendar day.
    pub valid_to: Option<Personal<Date>>,
    /// `maKV`: kind of region where the insured lives.
    pub region: Option<Personal<String>>,
    /// `ngayDu5Nam`: since when the insured has taken part for five years.
    pub five_years_since: Option<Personal<Date>>,
    /// `maSoBHXH`: the social-insurance number.
    pub insurance_number: Option<Personal<String>>,
    /// `maTheCu`.
    pub old_card: Option<Personal<String>>,
    /// `maTheMoi`.
    pub new_card: Option<Personal<String>>,
    /// `gtTheTuMoi`, if it is a calendar day.
    pub new_valid_from: Option<Personal<Date>>,
    /// `gtTheDenMoi`, if it is a calendar day.
    pub new_valid_to: Option<Personal<Date>>,
    /// `maDKBDMoi`.
    pub new_clinic: Option<Personal<String>>,
    /// `tenDKBDMoi`.
    pub new_clinic_name: Option<Personal<String>>,
}

impl Answer {
    /// Reads the answer through the caller's JSON: `field` gives a member of the object by its name, if it is there and a
    /// text.
    ///
    /// ```
    /// use cccd::vietnam::health_insurance::{Answer, AnswerCode};
    /// let json: serde_json::Value = serde_json::from_str(r#"{"maKetQua":"000","gtTheDen":"31/12/2026"}"#).unwrap();
    /// let answer = Answer::from_fields(|name| json[name].as_str().map(str::to_owned));
    /// assert_eq!(answer.code, AnswerCode::Valid);
    /// assert_eq!(answer.valid_to.unwrap().reveal().to_string(), "2026-12-31");
    /// ```
    #[must_use]
    pub fn from_fields(field: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| {
            let value = names::nfc(&field(name)?);
            (!value.is_empty()).then(|| Personal::new(value))
        };
        let day =
            |name: &str| Date::from_day_month_year(field(name)?.trim()).ok().map(Personal::new);
        Self {
            code: AnswerCode::parse(&field("maKetQua").unwrap_or_default()),
            note: text("ghiChu"),
            card_number: text("maThe"),
            full_name: text("hoTen"),
            date_of_birth: text("ngaySinh"),
            sex: text("gioiTinh"),
            address: text("diaChi"),
            clinic: text("maDKBD"),
            office: text("cqBHXH"),
            valid_from: day("gtTheTu"),
            valid_to: day("gtTheDen"),
            region: text("maKV"),
            five_years_since: day("ngayDu5Nam"),
            insurance_number: text("maSoBHXH"),
            old_card: text("maTheCu"),
            new_card: text("maTheMoi"),
            new_valid_from: day("gtTheTuMoi"),
            new_valid_to: day("gtTheDenMoi"),
            new_clinic: text("maDKBDMoi"),
            new_clinic_name: text("tenDKBDMoi"),
        }
    }

    /// Whether the insured may be treated as such on this day: the code says so and the card, old or new, covers it.
    #[must_use]
    pub fn covers(&self, today: Date) -> bool {
        let within = |from: &Option<Personal<Date>>, to: &Option<Personal<Date>>| {
            from.as_ref().is_some_and(|from| *from.reveal() <= today)
                && to.as_ref().is_none_or(|to| today <= *to.reveal())
        };
        self.code.is_valid()
            && (within(&self.valid_from, &self.valid_to)
                || within(&self.new_valid_from, &self.new_valid_to))
    }

    /// How the insurance's name and the chip's belong together; `None` if the answer has no name.
    #[must_use]
    pub fn name_match(&self, record: &CitizenRecord) -> Option<NameMatch> {
        let name = self.full_name.as_ref()?;
        Some(names::matches(name.reveal(), record.full_name.reveal()))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, redacted)", self.code.code())
    }
}
