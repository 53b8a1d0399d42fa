//! The holder of a simulated card: a small TOML file that anyone can edit.
//!
//! The fields are those of DG13, under the English names of the fields printed on the card. The people who come with the
//! crate have numbers that start with the unassigned province prefix 000, so that they are nobody; each stands for
//! a kind of card, and has a name by which it is asked for ([`Person::named`]).

use serde::Deserialize;
use thiserror::Error;

use crate::mrz;

const NGUYEN_THI_THU_HA: &str = include_str!("../people/nguyen-thi-thu-ha.toml");
const DANG_VAN_DUC: &str = include_str!("../people/dang-van-duc.toml");

/// The people by name. The first one has every field; what is odd about the others stands in their files.
const PEOPLE: [(&str, &str); 10] = [
    ("nguyen-thi-thu-ha", NGUYEN_THI_THU_HA),
    ("dang-van-duc", DANG_VAN_DUC),
    ("card-of-2024", include_str!("../people/card-of-2024.toml")),
    ("child-of-13", include_str!("../people/child-of-13.toml")),
    ("child-under-6", include_str!("../people/child-under-6.toml")),
    ("long-address", include_str!("../people/long-address.toml")),
    ("long-name", include_str!("../people/long-name.toml")),
    ("minority-name", include_str!("../people/minority-name.toml")),
    ("month-of-birth", include_str!("../people/month-of-birth.toml")),
    ("year-of-birth", include_str!("../people/year-of-birth.toml")),
];

/// What stands in place of the expiry date of a card that does not expire.
pub const INDEFINITE: &str = "Không thời hạn";

/// The holder's data as text, spelled as on the card. A text that is empty is not on it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Số CCCD: 12 digits.
    pub id_number: String,
    /// Họ và tên, surname first.
    pub full_name: String,
    /// Ngày sinh, dd/MM/yyyy; `00/MM/yyyy`, `00/00/yyyy` or `yyyy` where day or month are not known.
    pub date_of_birth: String,
    /// Giới tính: `Nam` or `Nữ`.
    pub sex: String,
    /// Quốc tịch.
    pub nationality: String,
    /// Dân tộc.
    pub ethnicity: String,
    /// Tôn giáo.
    pub religion: String,
    /// Quê quán.
    pub place_of_origin: String,
    /// Nơi thường trú.
    pub residence: String,
    /// Đặc điểm nhận dạng.
    pub identifying_marks: String,
    /// Ngày cấp, dd/MM/yyyy.
    pub issue_date: String,
    /// Ngày hết hạn: dd/MM/yyyy or [`INDEFINITE`].
    pub expiry_date: String,
    /// Họ tên cha.
    pub father_name: Option<String>,
    /// Họ tên mẹ.
    pub mother_name: Option<String>,
    /// Họ tên vợ hoặc chồng.
    pub spouse_name: Option<String>,
    /// Số CMND cũ: nine digits.
    pub old_id_number: Option<String>,
    /// The last entry of DG13: 16 hexadecimal characters whose meaning is not published.
    pub chip_id: Option<String>,
    /// Entries of DG13 that this card has not, although the person has a value for them.
    #[serde(default)]
    pub dg13_without: Vec<u8>,
}

/// Why a text is not a [`Person`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PersonError {
    /// The TOML is broken, lacks a field, or has one that does not exist.
    #[error("the person's file cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// A field is there, but no card could carry this value.
    #[error("field `{field}` is {value:?}; it must be {expected}")]
    Field {
        /// The field's name in the file.
        field: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
}

impl Person {
    /// Read a person from TOML.
    ///
    /// # Errors
    /// A missing, misspelt or unknown field, a date that does not exist, a number of the wrong length, a name that the
    /// machine-readable zone cannot carry.
    pub fn from_toml(text: &str) -> Result<Person, PersonError> {
        let person: Person = toml::from_str(text)?;
        person.check()?;
        Ok(person)
    }

    /// Nguyễn Thị Thu Hà, 000195001234: every field is there, and the residence is longer than 127 bytes in its entry.
    pub fn sample() -> Person {
        Person::from_toml(NGUYEN_THI_THU_HA).expect("the tests read this file")
    }

    /// Đặng Văn Đức, 000060004321: no spouse, no old number, and a card without an end.
    pub fn sample_indefinite() -> Person {
        Person::from_toml(DANG_VAN_DUC).expect("the tests read this file")
    }

    /// The person of this name among those that come with the crate.
    pub fn named(name: &str) -> Option<Person> {
        let (_, text) = PEOPLE.iter().find(|(known, _)| *known == name)?;
        Some(Person::from_toml(text).expect("the tests read every file"))
    }

    /// The names of the people who come with the crate.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PEOPLE.iter().map(|(name, _)| *name)
    }

    /// The three lines of the machine-readable zone on the back of the card.
    pub fn mrz(&self) -> [String; 3] {
        mrz::lines(self)
    }

    /// Document number, date of birth and date of expiry with their check digits: what BAC and PACE make the key of
    /// `[9303-11 §4.3.2]`.
    pub fn mrz_information(&self) -> String {
        mrz::information(self)
    }

    /// The card access number: no number of its own is printed, readers take the last six digits of the ID number.
    pub fn can(&self) -> String {
        last(&self.id_number, 6)
    }

    /// The QR code on the front of a card of 2021: seven fields.
    pub fn qr_2021(&self) -> String {
        [
            &self.id_number,
            self.old_id_number.as_deref().unwrap_or(""),
            &self.full_name,
            &without_slashes(&self.date_of_birth),
            &self.sex,
            &self.residence,
            &without_slashes(&self.issue_date),
        ]
        .join("|")
    }

    /// The QR code on the back of a card of 2024: the seven fields, and more. Which fields follow, and in which order,
    /// is not published; here they are father, mother and spouse.
    pub fn qr_2024(&self) -> String {
        let relatives = [&self.father_name, &self.mother_name, &self.spouse_name];
        let relatives = relatives.map(|name| name.as_deref().unwrap_or(""));
        format!("{}|{}", self.qr_2021(), relatives.join("|"))
    }

    fn check(&self) -> Result<(), PersonError> {
        let require = |good: bool, field, value: &str, expected| {
            if good {
                return Ok(());
            }
            Err(PersonError::Field { field, value: value.to_owned(), expected })
        };
        let digits = |text: &str, count| {
            text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        const DATE: &str = "a date that exists, as dd/MM/yyyy";

        let number = &self.id_number;
        require(digits(number, 12), "id_number", number, "12 digits")?;
        require(
            mrz::transliterate(&self.full_name).is_some_and(|name| !name.is_empty()),
            "full_name",
            &self.full_name,
            "a name of Vietnamese or plain Latin letters",
        )?;
        let birth = &self.date_of_birth;
        require(
            birth_parts(birth).is_some(),
            "date_of_birth",
            birth,
            "a date that exists, as dd/MM/yyyy, or 00/MM/yyyy, 00/00/yyyy or yyyy",
        )?;
        require(self.sex == "Nam" || self.sex == "Nữ", "sex", &self.sex, "`Nam` or `Nữ`")?;
        let issue = &self.issue_date;
        require(is_date(issue), "issue_date", issue, DATE)?;
        require(
            is_date(&self.expiry_date) || self.expiry_date == INDEFINITE,
            "expiry_date",
            &self.expiry_date,
            "a date that exists, as dd/MM/yyyy, or `Không thời hạn`",
        )?;
        if let Some(old) = &self.old_id_number {
            require(digits(old, 9), "old_id_number", old, "9 digits")?;
        }
        if let Some(chip) = &self.chip_id {
            let good = chip.len() == 16 && chip.bytes().all(|byte| byte.is_ascii_hexdigit());
            require(good, "chip_id", chip, "16 hexadecimal characters")?;
        }
        Ok(())
    }
}

/// The last characters of a text of ASCII characters; the whole text when it is shorter.
pub(crate) fn last(text: &str, count: usize) -> String {
    let skipped = text.chars().count().saturating_sub(count);
    text.chars().skip(skipped).collect()
}

fn without_slashes(date: &str) -> String {
    date.replace('/', "")
}

/// Day, month and year of dd/MM/yyyy; `None` when the text has another form or there was no such day.
pub(crate) fn date_parts(text: &str) -> Option<(u8, u8, u16)> {
    let mut parts = text.split('/');
    let mut number = |length| {
        let part = parts.next()?;
        let good = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if good { part.parse::<u16>().ok() } else { None }
    };
    let (day, month, year) = (number(2)?, number(2)?, number(4)?);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    let good = parts.next().is_none() && (1..=days).contains(&day);
    good.then_some((day as u8, month as u8, year))
}

/// Day, month and year of a date of birth, of which day and month may be unknown.
pub(crate) fn birth_parts(text: &str) -> Option<(Option<u8>, Option<u8>, u16)> {
    if let Some((day, month, year)) = date_parts(text) {
        return Some((Some(day), Some(month), year));
    }
    let rest = text.strip_prefix("00/").unwrap_or(text);
    let (month, year) = match rest.len() {
        4 if rest.len() == text.len() => (None, rest),
        7 if rest.len() < text.len() => match rest.split_once('/')? {
            ("00", year) => (None, year),
            // A month exists if it has a first day.
            (month, year) => (Some(date_parts(&format!("01/{month}/{year}"))?.1), year),
        },
        _ => return None,
    };
    Some((None, month, date_parts(&format!("01/01/{year}"))?.2))
}

fn is_date(text: &str) -> bool {
    date_parts(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_of_the_crate_are_nobody() {
        let named = Person::names().map(|name| Person::named(name).unwrap());
        let mut numbers = Vec::new();
        for person in named.chain([crate::reference::person()]) {
            assert!(person.id_number.starts_with("000"));
            numbers.push(person.id_number);
        }
        assert_eq!(numbers.len(), 11);
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 11);
        assert_eq!(Person::named("nguyen-thi-thu-ha"), Some(Person::sample()));
        assert_eq!(Person::named("nobody"), None);
        assert_eq!(Person::sample_indefinite().expiry_date, INDEFINITE);
    }

    #[test]
    fn qr_codes_have_seven_and_ten_fields() {
        assert_eq!(
            Person::sample().qr_2021(),
            "000195001234|000123456|Nguyễn Thị Thu Hà|15061995|Nữ|Số 1 Đường Mẫu, Tổ 2, Khu phố Thử Nghiệm, \
             Phường Ví Dụ, Thành phố Mẫu, Tỉnh Thử Nghiệm Dài|01072021"
        );
        let person = Person::sample_indefinite();
        assert!(person.qr_2021().starts_with("000060004321||Đặng Văn Đức|"));
        assert_eq!(person.qr_2024().split('|').count(), 10);
        assert_eq!(person.can(), "004321");
    }

    #[test]
    fn a_date_of_birth_may_be_known_in_part() {
        for (text, parts) in [
            ("29/02/1960", Some((Some(29), Some(2), 1960))),
            ("00/09/1958", Some((None, Some(9), 1958))),
            ("00/00/1958", Some((None, None, 1958))),
            ("1954", Some((None, None, 1954))),
            ("00/13/1958", None),
            ("09/1958", None),
            ("54", None),
            ("19a4", None),
            ("00/1954", None),
            ("", None),
        ] {
            assert_eq!(birth_parts(text), parts, "{text}");
        }
        let zone = |name| Person::named(name).unwrap().mrz()[1][..7].to_owned();
        assert_eq!(zone("year-of-birth"), "54<<<<7");
        assert_eq!(zone("month-of-birth"), "5809<<2");
        assert!(Person::named("year-of-birth").unwrap().qr_2021().contains("|1954|"));
        assert!(Person::named("month-of-birth").unwrap().qr_2021().contains("|00091958|"));
    }

    #[test]
    fn a_missing_field_is_named() {
        let text = NGUYEN_THI_THU_HA.replace("religion ", "# religion ");
        let error = Person::from_toml(&text).unwrap_err().to_string();
        assert!(error.contains("missing field `religion`"), "{error}");
    }

    #[test]
    fn a_misspelt_field_is_named() {
        let text = NGUYEN_THI_THU_HA.replace("spouse_name", "spuose_name");
        let error = Person::from_toml(&text).unwrap_err().to_string();
        assert!(error.contains("spuose_name"), "{error}");
    }

    #[test]
    fn impossible_values_are_refused() {
        for (good, bad, field) in [
            ("15/06/1995", "1995-06-15", "date_of_birth"),
            ("15/06/1995", "29/02/1995", "date_of_birth"),
            ("15/06/2035", "31/06/2035", "expiry_date"),
            ("000195001234", "195001234", "id_number"),
            ("\"Nữ\"", "\"F\"", "sex"),
            ("000123456", "12345", "old_id_number"),
            ("0123456789ABCDEF", "G123456789ABCDEF", "chip_id"),
            ("Nguyễn Thị Thu Hà", "阮氏秋河", "full_name"),
        ] {
            let text = NGUYEN_THI_THU_HA.replace(good, bad);
            assert_ne!(text, NGUYEN_THI_THU_HA, "{field}");
            let error = Person::from_toml(&text).unwrap_err().to_string();
            assert!(error.contains(&format!("`{field}`")), "{error}");
        }
    }
}
