//! The machine-readable zone of Doc 9303: TD1 `[9303-5 §4.2]`, TD2 `[9303-6 §4.2]`, TD3 `[9303-4 §4.2]`.
//!
//! An [`Mrz`] exists only if every check digit in it is right, the composite one included. The same
//! type serves lines read from paper and the contents of DG1. What it says is printed data: a hint
//! when it comes from paper, evidence only when it comes from an authenticated DG1.
//!
//! [`MrzKey`] is the part of it that opens a chip.

mod check_digit;
mod key;
mod parse;
mod states;
#[cfg(test)]
mod tests;

pub use check_digit::check_digit;
pub use key::MrzKey;
pub use states::alpha2;

use crate::{date::Date, sensitive::Personal};

/// Size and layout of the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Three lines of 30: ID cards, the CCCD among them.
    Td1,
    /// Two lines of 36.
    Td2,
    /// Two lines of 44: passports.
    Td3,
}

/// The holder's sex as the zone can write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MrzSex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `<`, or `X` as some states write it.
    Unspecified,
}

/// A machine-readable zone whose check digits are right.
///
/// ```
/// use cccd::mrz::{Format, Mrz};
/// let mrz = Mrz::parse(
///     "IDVNM1950012347000195001234<<7\n\
///      9506158F3506156VNM<<<<<<<<<<<8\n\
///      NGUYEN<<THI<THU<HA<<<<<<<<<<<<",
/// )?;
/// assert_eq!(mrz.format(), Format::Td1);
/// assert_eq!(mrz.issuing_state(), "VNM");
/// assert_eq!(mrz.secondary_identifier().reveal(), "THI THU HA");
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mrz {
    format: Format,
    document_code: String,
    issuing_state: String,
    nationality: String,
    text: Personal<String>,
    document_number: Personal<String>,
    optional_data_1: Personal<String>,
    optional_data_2: Personal<String>,
    birth: Personal<String>,
    expiry: Personal<String>,
    sex: MrzSex,
    primary: Personal<String>,
    secondary: Personal<String>,
    names_fill_the_field: bool,
    key: MrzKey,
}

impl Mrz {
    /// Size and layout.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The whole zone without line breaks: 90, 72 or 88 characters.
    #[must_use]
    pub const fn text(&self) -> &Personal<String> {
        &self.text
    }

    /// The lines, in order: three for TD1, else two.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        let width = self.format.line_length();
        let text = self.text.reveal();
        (0..self.format.lines())
            .map(move |line| text.get(line * width..(line + 1) * width).unwrap_or_default())
    }

    /// One or two letters, without fillers: `ID`, `I`, `P`.
    #[must_use]
    pub fn document_code(&self) -> &str {
        &self.document_code
    }

    /// Issuing state or organisation, without fillers: `VNM`, `D`. See [`alpha2`].
    #[must_use]
    pub fn issuing_state(&self) -> &str {
        &self.issuing_state
    }

    /// The holder's nationality, without fillers.
    #[must_use]
    pub fn nationality(&self) -> &str {
        &self.nationality
    }

    /// Document number without fillers. Where it is longer than nine characters and continues in
    /// the optional data, the whole of it `[9303-5 §4.2.2]`.
    #[must_use]
    pub const fn document_number(&self) -> &Personal<String> {
        &self.document_number
    }

    /// Optional data of the line with the document number (TD1 line 1; the personal number in TD3),
    /// trailing fillers removed, without what belongs to a long document number.
    #[must_use]
    pub const fn optional_data_1(&self) -> &Personal<String> {
        &self.optional_data_1
    }

    /// Optional data of line 2 of TD1, trailing fillers removed; empty otherwise.
    #[must_use]
    pub const fn optional_data_2(&self) -> &Personal<String> {
        &self.optional_data_2
    }

    /// Date of birth as written: `YYMMDD`, fillers where month or day are unknown.
    #[must_use]
    pub const fn birth_text(&self) -> &Personal<String> {
        &self.birth
    }

    /// Date of expiry as written: `YYMMDD`.
    #[must_use]
    pub const fn expiry_text(&self) -> &Personal<String> {
        &self.expiry
    }

    /// Date of birth: the latest one with these two digits of the year that is not after `today`.
    ///
    /// `None` if the document leaves a part of it open or it is no calendar day.
    #[must_use]
    pub fn date_of_birth(&self, today: Date) -> Option<Date> {
        let this_century = today.year() / 100 * 100;
        [this_century, this_century.checked_sub(100)?]
            .into_iter()
            .filter_map(|century| in_century(self.birth.reveal(), century))
            .find(|day| *day <= today)
    }

    /// Date of expiry. Chips came after 2000, so the year is always 20YY, 2099 included.
    ///
    /// `None` if it is no calendar day.
    #[must_use]
    pub fn date_of_expiry(&self) -> Option<Date> {
        in_century(self.expiry.reveal(), 2000)
    }

    /// The holder's sex.
    #[must_use]
    pub const fn sex(&self) -> MrzSex {
        self.sex
    }

    /// Primary identifier, words separated by spaces. A Vietnamese surname.
    #[must_use]
    pub const fn primary_identifier(&self) -> &Personal<String> {
        &self.primary
    }

    /// Secondary identifier, words separated by spaces; may be empty.
    #[must_use]
    pub const fn secondary_identifier(&self) -> &Personal<String> {
        &self.secondary
    }

    /// Whether the names use the field to its last character, so that they may have been cut
    /// `[9303-3 §4.6]`.
    #[must_use]
    pub const fn names_may_be_truncated(&self) -> bool {
        self.names_fill_the_field
    }

    /// The part that BAC and PACE derive their keys from.
    #[must_use]
    pub const fn key(&self) -> &MrzKey {
        &self.key
    }
}

impl Format {
    const fn lines(self) -> usize {
        match self {
            Self::Td1 => 3,
            Self::Td2 | Self::Td3 => 2,
        }
    }

    const fn line_length(self) -> usize {
        match self {
            Self::Td1 => 30,
            Self::Td2 => 36,
            Self::Td3 => 44,
        }
    }

    /// Characters in all lines together.
    const fn length(self) -> usize {
        self.lines() * self.line_length()
    }
}

/// Reads `YYMMDD` in the century that begins with the year `century`.
pub(crate) fn in_century(text: &str, century: u16) -> Option<Date> {
    let part = |range: core::ops::Range<usize>| text.get(range)?.parse::<u8>().ok();
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(century.checked_add(u16::from(part(0..2)?))?, part(2..4)?, part(4..6)?).ok()
}
