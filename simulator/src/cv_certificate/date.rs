//! Dates in card verifiable certificates `[TR-03110-3 §D.2.1.3]`.

/// A day of the years 2000 to 2099, in Greenwich mean time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// 2000 to 2099.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Date {
    /// A day.
    pub const fn new(year: u16, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    /// YYMMDD, one digit to a byte.
    pub fn encode(self) -> [u8; 6] {
        let year = (self.year % 100) as u8;
        [year / 10, year % 10, self.month / 10, self.month % 10, self.day / 10, self.day % 10]
    }

    /// The reverse; `None` for what is no day of the calendar.
    pub fn decode(bytes: &[u8]) -> Option<Date> {
        let digits: &[u8; 6] = bytes.try_into().ok()?;
        if digits.iter().any(|digit| *digit > 9) {
            return None;
        }
        let [year, month, day] = [0, 2, 4].map(|place| digits[place] * 10 + digits[place + 1]);
        let date = Date { year: 2000 + u16::from(year), month, day };
        (1..=date.days_of_month()?).contains(&day).then_some(date)
    }

    fn days_of_month(self) -> Option<u8> {
        match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
            4 | 6 | 9 | 11 => Some(30),
            // Each fourth year of this century, the first one included.
            2 if self.year.is_multiple_of(4) => Some(29),
            2 => Some(28),
            _ => None,
        }
    }
}
