use core::fmt;

use super::super::{Sex, names};
use crate::{date::Date, sensitive::Personal};

/// The QR code of a paper health-insurance card. It opens no chip and proves nothing.
///
/// ```text
/// number|name, hexadecimal|dd/MM/yyyy of birth|1 or 2|address, hexadecimal|clinic|dd/MM/yyyy valid from|…
/// ```
///
/// ```
/// use cccd::vietnam::health_insurance::InsuranceCardQr;
/// let qr = InsuranceCardQr::parse("XX4000000000000|4e677579e1bb856e20416e|15/06/1995|2|-|00 - 000|01/01/2021|-|").unwrap();
/// assert_eq!(qr.full_name().reveal(), "Nguyễn An");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct InsuranceCardQr {
    number: Personal<String>,
    full_name: Personal<String>,
    date_of_birth: Option<Personal<Date>>,
    sex: Option<Personal<Sex>>,
    address: Option<Personal<String>>,
    clinic: Personal<String>,
    valid_from: Option<Personal<Date>>,
    tail: Vec<Personal<String>>,
}

/// Fields with a known meaning.
const FIELDS: usize = 7;
/// Bytes of text, more than any QR code holds.
const LONGEST: usize = 1 << 14;

impl InsuranceCardQr {
    /// Reads the text; `None` if it is another code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
        let fields: Vec<&str> = text.split('|').map(str::trim).collect();
        let (fields, tail) = fields.split_at_checked(FIELDS)?;
        let [number, name, birth, sex, address, clinic, valid_from] = fields else { return None };
        if !is_card_number(number) {
            return None;
        }
        let personal = |text: &str| Personal::new(text.to_owned());
        let day = |text: &str| Date::from_day_month_year(text).ok().map(Personal::new);
        Some(Self {
            number: personal(number),
            full_name: Personal::new(names::nfc(&from_hex(name)?)),
            date_of_birth: day(birth),
            sex: match *sex {
                "1" => Some(Personal::new(Sex::Male)),
                "2" => Some(Personal::new(Sex::Female)),
                _ => None,
            },
            address: from_hex(address).map(|address| Personal::new(names::nfc(&address))),
            clinic: personal(clinic),
            valid_from: day(valid_from),
            tail: tail.iter().map(|field| personal(field)).collect(),
        })
    }

    /// The card's number, fifteen characters, or the ten digits of the social-insurance number.
    #[must_use]
    pub const fn number(&self) -> &Personal<String> {
        &self.number
    }

    /// The name in normalisation form C.
    #[must_use]
    pub const fn full_name(&self) -> &Personal<String> {
        &self.full_name
    }

    /// Date of birth, if it names a calendar day.
    #[must_use]
    pub const fn date_of_birth(&self) -> Option<&Personal<Date>> {
        self.date_of_birth.as_ref()
    }

    /// Sex, if the code has it.
    #[must_use]
    pub const fn sex(&self) -> Option<&Personal<Sex>> {
        self.sex.as_ref()
    }

    /// Address in normalisation form C, if the code has one.
    #[must_use]
    pub const fn address(&self) -> Option<&Personal<String>> {
        self.address.as_ref()
    }

    /// The clinic where the holder is registered, province and number: `01 - 234`.
    #[must_use]
    pub const fn clinic(&self) -> &Personal<String> {
        &self.clinic
    }

    /// From when the card is valid.
    #[must_use]
    pub const fn valid_from(&self) -> Option<&Personal<Date>> {
        self.valid_from.as_ref()
    }

    /// The fields after the seventh, as they were scanned.
    #[must_use]
    pub fn tail(&self) -> &[Personal<String>] {
        &self.tail
    }
}

/// Two letters and thirteen digits, or the ten digits at its end alone.
fn is_card_number(text: &str) -> bool {
    let (letters, digits) = match text.len() {
        10 => ("", text),
        _ => text.split_at_checked(2).unwrap_or_default(),
    };
    matches!(text.len(), 10 | 15)
        && letters.bytes().all(|byte| byte.is_ascii_uppercase())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// UTF-8 from hexadecimal digits.
fn from_hex(digits: &str) -> Option<String> {
    let digits: Vec<u8> = digits
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let bytes = digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit));
    String::from_utf8(bytes.collect()).ok()
}

impl fmt::Debug for InsuranceCardQr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InsuranceCardQr(redacted)")
    }
}
