use core::{fmt, str::FromStr};

use super::{Expiry, Province, Sex};
use crate::{
    date::Date,
    error::{Error, InvalidKey, Result},
    mrz::{Format, Mrz, MrzKey, check_digit},
    sensitive::Personal,
};

/// Số định danh cá nhân: the twelve digits that a citizen keeps for life.
///
/// There is no check digit in it. Its last six digits are the card access number, its last nine the
/// document number of the MRZ.
///
/// ```
/// use cccd::vietnam::IdNumber;
/// let id: IdNumber = "000195001234".parse()?;
/// assert_eq!(id.can().reveal(), "001234");
/// assert_eq!(id.hints().birth_year, 1995);
/// assert_eq!(format!("{id:?}"), "IdNumber(redacted)");
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber(Personal<String>);

/// What the digits of an ID number tell about its holder (Circular 59/2021/TT-BCA Art. 4).
///
/// Hints, never gates: since Law 26/2023 only the twelve digits themselves are guaranteed.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumberHints {
    /// Where the birth was registered; `None` for births abroad and numbers not assigned.
    pub province: Option<Province>,
    /// Whether the birth was registered abroad, or the holder's country stands in place of a province: numbers above
    /// 100 are those of countries (Circular 07/2016/TT-BCA, Annex 2).
    pub is_abroad: bool,
    /// Sex at registration.
    pub sex: Sex,
    /// First year of the century of birth: 1900, 2000, …
    pub century: u16,
    /// Year of birth.
    pub birth_year: u16,
}

impl IdNumber {
    /// The twelve digits.
    #[must_use]
    pub const fn reveal(&self) -> &String {
        self.0.reveal()
    }

    /// The card access number: the last six digits.
    #[must_use]
    pub fn can(&self) -> Personal<String> {
        self.digits_from(6)
    }

    /// The document number of the MRZ: the last nine digits.
    #[must_use]
    pub fn document_number(&self) -> Personal<String> {
        self.digits_from(3)
    }

    fn digits_from(&self, start: usize) -> Personal<String> {
        Personal::new(self.reveal().get(start..).unwrap_or_default().to_owned())
    }

    /// The key for BAC and PACE, without an MRZ at hand.
    ///
    /// # Errors
    /// None for a number and dates that exist.
    pub fn mrz_key(&self, birth: Date, expiry: Expiry) -> Result<MrzKey> {
        let expiry = expiry.mrz_date().ok_or(Error::InvalidKey(InvalidKey::DateLayout))?;
        MrzKey::new(self.document_number().reveal(), birth, expiry)
    }

    /// The number in a CCCD's MRZ: all twelve digits stand in the optional data of line 1, then two
    /// fillers and a check digit over the twelve.
    ///
    /// `None` if this is the MRZ of another document, or one without these digits.
    ///
    /// # Errors
    /// [`InvalidKey::MrzCheckDigit`] (`ID number`) if that check digit is wrong or the document
    /// number is not the last nine of the twelve digits: characters were misread.
    pub fn from_mrz(mrz: &Mrz) -> Result<Option<Self>> {
        if !is_of_a_cccd(mrz) {
            return Ok(None);
        }
        let Some((digits, given)) = mrz.optional_data_1().reveal().split_once("<<") else {
            return Ok(None);
        };
        let Ok(id) = digits.parse::<Self>() else { return Ok(None) };
        let right = check_digit(digits).is_some_and(|digit| digit.to_string() == given);
        if right && id.document_number() == *mrz.document_number() {
            Ok(Some(id))
        } else {
            Err(Error::InvalidKey(InvalidKey::MrzCheckDigit { field: "ID number" }))
        }
    }

    /// What the digits tell. Hints, never gates.
    #[must_use]
    pub fn hints(&self) -> IdNumberHints {
        let digits: Vec<u16> = self.reveal().bytes().map(|byte| u16::from(byte & 0x0F)).collect();
        let number = |range: core::ops::Range<usize>| {
            digits.get(range).unwrap_or_default().iter().fold(0_u16, |sum, digit| sum * 10 + digit)
        };
        // 0 and 1 are men and women of the twentieth century, 2 and 3 of the next, and so on.
        let digit = number(3..4);
        let century = 1900 + 100 * (digit / 2);
        IdNumberHints {
            province: Province::of_id_prefix(number(0..3)),
            is_abroad: number(0..3) > 100,
            sex: if digit % 2 == 0 { Sex::Male } else { Sex::Female },
            century,
            birth_year: century + number(4..6),
        }
    }
}

/// Whether this is the zone of a Vietnamese ID card: TD1, `I…`, `VNM`.
pub(super) fn is_of_a_cccd(mrz: &Mrz) -> bool {
    mrz.format() == Format::Td1
        && mrz.document_code().starts_with('I')
        && mrz.issuing_state() == "VNM"
}

impl FromStr for IdNumber {
    type Err = Error;

    /// Reads twelve digits, with space around them allowed.
    fn from_str(text: &str) -> Result<Self> {
        let digits = text.trim();
        if digits.is_empty() {
            return Err(Error::InvalidKey(InvalidKey::Empty));
        }
        if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::InvalidKey(InvalidKey::IdNumberLayout));
        }
        Ok(Self(Personal::new(digits.to_owned())))
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdNumber(redacted)")
    }
}

impl fmt::Debug for IdNumberHints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdNumberHints(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> IdNumber {
        text.parse().unwrap()
    }

    #[test]
    fn twelve_digits_and_nothing_else() {
        assert_eq!(id(" 000195001234\r\n").reveal(), "000195001234");
        for (text, why) in [
            ("", InvalidKey::Empty),
            ("  ", InvalidKey::Empty),
            ("00019500123", InvalidKey::IdNumberLayout),
            ("0001950012345", InvalidKey::IdNumberLayout),
            ("000 195 001 234", InvalidKey::IdNumberLayout),
            ("00019500123O", InvalidKey::IdNumberLayout),
            ("000195001\u{661}2", InvalidKey::IdNumberLayout),
            ("+00195001234", InvalidKey::IdNumberLayout),
        ] {
            assert_eq!(text.parse::<IdNumber>(), Err(Error::InvalidKey(why)), "{text:?}");
        }
    }

    #[test]
    fn digits_hint_at_the_holder() {
        for (text, sex, year) in [
            ("000195001234", Sex::Female, 1995),
            ("000060004321", Sex::Male, 1960),
            ("000203000001", Sex::Male, 2003),
            ("000300000001", Sex::Female, 2000),
            ("000999000001", Sex::Female, 2399),
        ] {
            let hints = id(text).hints();
            assert_eq!((hints.sex, hints.birth_year, hints.province), (sex, year, None));
            assert_eq!(hints.century, year / 100 * 100);
        }
    }

    #[test]
    fn a_birth_abroad_has_no_province() {
        // Born in 2399, so that these are nobody's.
        for (text, province, is_abroad) in [
            ("001999001234", Some(1), false),
            ("096999001234", Some(96), false),
            ("097999001234", None, false),
            ("100999001234", None, false),
            ("101999001234", None, true),
            ("999999001234", None, true),
        ] {
            let hints = id(text).hints();
            assert_eq!(
                (hints.province.map(Province::code), hints.is_abroad),
                (province, is_abroad)
            );
        }
    }

    #[test]
    fn keys_come_from_the_digits() {
        let id = id("000195001234");
        assert_eq!(id.can().reveal(), "001234");
        assert_eq!(id.document_number().reveal(), "195001234");
        let birth = Date::new(1995, 6, 15).unwrap();
        let key = id.mrz_key(birth, Expiry::On(Date::new(2035, 6, 15).unwrap())).unwrap();
        assert_eq!(key.mrz_information().reveal(), "195001234795061583506156");
        let other: IdNumber = "000060004321".parse().unwrap();
        let key = other.mrz_key(Date::new(1960, 2, 29).unwrap(), Expiry::Indefinite).unwrap();
        assert_eq!(key.mrz_information().reveal(), "060004321060022919912315");
    }

    /// The lines with the composite check digit made right.
    fn zone(line_1: &str, line_2: &str) -> Mrz {
        let covered = [&line_1[5..], &line_2[..7], &line_2[8..15], &line_2[18..29]].concat();
        let composite = check_digit(&covered).unwrap();
        let line_2 = &line_2[..29];
        Mrz::parse(&format!("{line_1}\n{line_2}{composite}\nNGUYEN<<THI<THU<HA<<<<<<<<<<<<"))
            .unwrap()
    }

    const LINE_2: &str = "9506158F3506156VNM<<<<<<<<<<<8";

    #[test]
    fn the_zone_holds_all_twelve_digits() {
        let mrz = zone("IDVNM1950012347000195001234<<7", LINE_2);
        assert_eq!(IdNumber::from_mrz(&mrz), Ok(Some(id("000195001234"))));
        for (line_1, what) in [
            ("IDUTO1950012347000195001234<<7", "another state"),
            ("P<VNM1950012347000195001234<<7", "another document"),
            ("IDVNM1950012347<<<<<<<<<<<<<<<", "no optional data"),
            ("IDVNM195001234700019500123<<<7", "eleven digits"),
            ("IDVNM19500123470001950012345<7", "thirteen digits"),
            ("IDVNM1950012347000195001234<<<", "no check digit"),
        ] {
            assert_eq!(IdNumber::from_mrz(&zone(line_1, LINE_2)), Ok(None), "{what}");
        }
        let misread = Err(Error::InvalidKey(InvalidKey::MrzCheckDigit { field: "ID number" }));
        for line_1 in [
            "IDVNM1950012347000195001234<<8",
            "IDVNM1950012347000195001235<<7",
            // Check digit right, document number another.
            "IDVNM1950012347000060004321<<0",
        ] {
            assert_eq!(IdNumber::from_mrz(&zone(line_1, LINE_2)), misread, "{line_1}");
        }
    }
}
