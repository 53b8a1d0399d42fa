//! Calendar dates. The library has no clock: "today" is always an argument.

use core::{fmt, str::FromStr};

use crate::error::{Error, InvalidKey, Result};

/// A day of the Gregorian calendar, UTC. Ordered; prints as ISO 8601.
///
/// ```
/// use cccd::date::Date;
/// let day: Date = "2026-11-21".parse()?;
/// assert_eq!((day.year(), day.month(), day.day()), (2026, 11, 21));
/// assert!("2026-02-30".parse::<Date>().is_err());
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A date that exists in the calendar.
    ///
    /// # Errors
    /// [`InvalidKey::DateLayout`] if there is no such day.
    pub const fn new(year: u16, month: u8, day: u8) -> Result<Self> {
        if year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) {
            return Err(Error::InvalidKey(InvalidKey::DateLayout));
        }
        Ok(Self { year, month, day })
    }

    /// Year, 0–9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Month, 1–12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Day of the month, 1–31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// The day on which a Unix time (seconds since 1970-01-01 UTC) lies.
    ///
    /// # Errors
    /// [`InvalidKey::DateLayout`] outside the years 0–9999.
    pub fn from_unix(seconds: i64) -> Result<Self> {
        // Days to civil date by eras of 400 years that begin on 1 March.
        let days = seconds.div_euclid(86_400) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let out_of_range = |_| Error::InvalidKey(InvalidKey::DateLayout);
        Self::new(
            u16::try_from(year).map_err(out_of_range)?,
            u8::try_from(month).map_err(out_of_range)?,
            u8::try_from(day).map_err(out_of_range)?,
        )
    }

    /// The day as Vietnam writes it: `dd/MM/yyyy`.
    #[must_use]
    pub fn day_month_year(self) -> String {
        format!("{:02}/{:02}/{:04}", self.day, self.month, self.year)
    }

    /// Parses day, month and year written as Vietnam does: `dd/MM/yyyy`, or `ddMMyyyy`.
    ///
    /// # Errors
    /// [`InvalidKey::DateLayout`].
    pub fn from_day_month_year(text: &str) -> Result<Self> {
        let digits = match text.as_bytes() {
            [a, b, b'/', c, d, b'/', e @ ..] => [&[*a, *b, *c, *d], e].concat(),
            other => other.to_vec(),
        };
        if digits.len() != 8 {
            return Err(Error::InvalidKey(InvalidKey::DateLayout));
        }
        Self::new(number(digits.get(4..8))?, small(digits.get(2..4))?, small(digits.get(0..2))?)
    }
}

impl FromStr for Date {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let [year, month, day] = text.splitn(3, '-').collect::<Vec<_>>()[..] else {
            return Err(Error::InvalidKey(InvalidKey::DateLayout));
        };
        if (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return Err(Error::InvalidKey(InvalidKey::DateLayout));
        }
        Self::new(
            number(Some(year.as_bytes()))?,
            small(Some(month.as_bytes()))?,
            small(Some(day.as_bytes()))?,
        )
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl zeroize::Zeroize for Date {
    fn zeroize(&mut self) {
        self.year.zeroize();
        self.month.zeroize();
        self.day.zeroize();
    }
}

fn number(digits: Option<&[u8]>) -> Result<u16> {
    digits
        .unwrap_or_default()
        .iter()
        .try_fold(0_u16, |sum, byte| {
            let digit = byte.checked_sub(b'0').filter(|d| *d < 10)?;
            sum.checked_mul(10)?.checked_add(u16::from(digit))
        })
        .ok_or(Error::InvalidKey(InvalidKey::DateLayout))
}

fn small(digits: Option<&[u8]>) -> Result<u8> {
    u8::try_from(number(digits)?).map_err(|_| Error::InvalidKey(InvalidKey::DateLayout))
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_times_map_to_days() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_795_219_200, "2026-11-21"),
            (-1, "1969-12-31"),
        ] {
            assert_eq!(Date::from_unix(seconds).unwrap().to_string(), day);
        }
    }

    #[test]
    fn both_vietnamese_spellings_are_read() {
        let day = Date::new(1995, 6, 15).unwrap();
        assert_eq!(Date::from_day_month_year("15/06/1995"), Ok(day));
        assert_eq!(Date::from_day_month_year("15061995"), Ok(day));
        assert_eq!(day.day_month_year(), "15/06/1995");
        for bad in ["", "15-06-1995", "31/02/1995", "1506199", "1a061995", "15/06/95"] {
            assert!(Date::from_day_month_year(bad).is_err(), "{bad}");
        }
    }
}
