use core::fmt;

use super::check_digit::check_character;
use crate::{
    date::Date,
    error::{Error, InvalidKey, Result},
    sensitive::Personal,
};

/// `MRZ_information`: document number, date of birth and date of expiry, each with its check digit
/// `[9303-11 §9.7.2]`. 24 characters, more for long document numbers.
///
/// ```
/// use cccd::mrz::MrzKey;
/// let key = MrzKey::new("195001234", "1995-06-15".parse()?, "2035-06-15".parse()?)?;
/// assert_eq!(key.mrz_information().reveal(), "195001234795061583506156");
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct MrzKey(Personal<String>);

impl MrzKey {
    /// From the three fields, when there is no zone to read. `document_number` without check digit;
    /// on a CCCD it is the last nine digits of the ID number.
    ///
    /// # Errors
    /// [`InvalidKey::Empty`], or [`InvalidKey::MrzLayout`] if the number holds anything but letters,
    /// digits and fillers or is longer than a zone can hold.
    pub fn new(document_number: &str, birth: Date, expiry: Date) -> Result<Self> {
        Self::from_fields(document_number, &six_digits(birth), &six_digits(expiry))
    }

    /// As [`MrzKey::new`], with the dates as the zone writes them: `YYMMDD`.
    ///
    /// # Errors
    /// As [`MrzKey::new`]; [`InvalidKey::DateLayout`] if a date has not six digits or fillers.
    pub fn from_fields(document_number: &str, birth: &str, expiry: &str) -> Result<Self> {
        let number = document_number.trim().trim_end_matches('<').to_ascii_uppercase();
        if number.is_empty() {
            return Err(Error::InvalidKey(InvalidKey::Empty));
        }
        // Nine characters and, in TD1, eleven more with a check digit and a filler after them.
        if number.len() > 22 {
            return Err(Error::InvalidKey(InvalidKey::MrzLayout));
        }
        for date in [birth, expiry] {
            if date.len() != 6 || !date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'<') {
                return Err(Error::InvalidKey(InvalidKey::DateLayout));
            }
        }
        let mut information = String::with_capacity(40);
        for field in [&*format!("{number:<<9}"), birth, expiry] {
            information.push_str(field);
            information
                .push(check_character(field).ok_or(Error::InvalidKey(InvalidKey::MrzLayout))?);
        }
        Ok(Self(Personal::new(information)))
    }

    /// The document number with its check digit: what stands before the fourteen characters of the dates.
    pub(crate) fn document_number(&self) -> &str {
        let information = self.0.reveal();
        information.len().checked_sub(14).and_then(|end| information.get(..end)).unwrap_or_default()
    }

    /// The characters that BAC and PACE hash.
    #[must_use]
    pub const fn mrz_information(&self) -> &Personal<String> {
        &self.0
    }
}

impl fmt::Debug for MrzKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MrzKey(redacted)")
    }
}

fn six_digits(date: Date) -> String {
    format!("{:02}{:02}{:02}", date.year() % 100, date.month(), date.day())
}
