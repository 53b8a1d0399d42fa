use core::fmt;

use zeroize::Zeroize;

/// A date, perhaps with a time, as far as a file gives it. Prints as ISO 8601 does: `1995`, `1995-06-15`,
/// `2018-12-30T13:05:09`.
///
/// Parts that a file leaves open are `None`, and so is everything after them. It is not checked against the calendar.
///
/// ```
/// use cccd::lds::Moment;
/// assert_eq!(Moment::from_text(b"19950615").unwrap().to_string(), "1995-06-15");
/// assert_eq!(Moment::from_text(b"19950000").unwrap().to_string(), "1995");
/// assert_eq!(Moment::from_packed(&[0x20, 0x18, 0x12, 0x30, 0x13, 0x05, 0x09]).unwrap().to_string(), "2018-12-30T13:05:09");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Year, 0–9999.
    pub year: u16,
    /// Month, 1–12.
    pub month: Option<u8>,
    /// Day of the month, 1–31.
    pub day: Option<u8>,
    /// Hour, 0–23.
    pub hour: Option<u8>,
    /// Minute, 0–59.
    pub minute: Option<u8>,
    /// Second, 0–60.
    pub second: Option<u8>,
}

impl Moment {
    /// From `yyyymmdd` or `yyyymmddhhmmss`; zeros, fillers (`<`) or spaces stand for an unknown month or day.
    #[must_use]
    pub fn from_text(text: &[u8]) -> Option<Self> {
        if !matches!(text.len(), 8 | 14) {
            return None;
        }
        let pair = |at: usize| match text.get(at..at.checked_add(2)?)? {
            [b'<' | b' ', b'<' | b' '] => Some(0),
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
            _ => None,
        };
        Self::from_pairs(text.len() / 2, |at| pair(at * 2))
    }

    /// From the same digits packed two to a byte: four bytes or seven.
    #[must_use]
    pub fn from_packed(bytes: &[u8]) -> Option<Self> {
        if !matches!(bytes.len(), 4 | 7) {
            return None;
        }
        Self::from_pairs(bytes.len(), |at| {
            let byte = *bytes.get(at)?;
            let (tens, ones) = (byte >> 4, byte & 0x0F);
            (tens < 10 && ones < 10).then_some(tens * 10 + ones)
        })
    }

    fn from_pairs(count: usize, pair: impl Fn(usize) -> Option<u8>) -> Option<Self> {
        let year = u16::from(pair(0)?) * 100 + u16::from(pair(1)?);
        let time = |at| if count > 4 { pair(at).map(Some) } else { Some(None) };
        Self::from_parts(year, Some(pair(2)?), Some(pair(3)?), [time(4)?, time(5)?, time(6)?])
    }

    /// Zero stands for an unknown month or day; `None` if a part is out of its range.
    pub(super) fn from_parts(
        year: u16,
        month: Option<u8>,
        day: Option<u8>,
        time: [Option<u8>; 3],
    ) -> Option<Self> {
        let known = |part: Option<u8>| part.filter(|part| *part != 0);
        let month = known(month);
        let day = month.and(known(day));
        let [hour, minute, second] = time;
        let hour = day.and(hour);
        let minute = hour.and(minute);
        let second = minute.and(second);
        let fits = |part: Option<u8>, most| part.is_none_or(|part| part <= most);
        let good = year <= 9999
            && fits(month, 12)
            && fits(day, 31)
            && fits(hour, 23)
            && fits(minute, 59)
            && fits(second, 60);
        good.then_some(Self { year, month, day, hour, minute, second })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        let parts = [
            ("-", self.month),
            ("-", self.day),
            ("T", self.hour),
            (":", self.minute),
            (":", self.second),
        ];
        for (before, part) in parts {
            let Some(part) = part else { break };
            write!(f, "{before}{part:02}")?;
        }
        Ok(())
    }
}

impl Zeroize for Moment {
    fn zeroize(&mut self) {
        self.year.zeroize();
        for part in
            [&mut self.month, &mut self.day, &mut self.hour, &mut self.minute, &mut self.second]
        {
            part.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_packed_digits_are_read() {
        let text = |text: &[u8]| Moment::from_text(text).map(|it| it.to_string());
        for (given, expected) in [
            (&b"20181230130509"[..], Some("2018-12-30T13:05:09")),
            (b"20181230", Some("2018-12-30")),
            (b"199506<<", Some("1995-06")),
            (b"1995<<<<", Some("1995")),
            (b"19950015", Some("1995")),
            (b"1995    ", Some("1995")),
            (b"19951315", None),
            (b"19951232", None),
            (b"20181230246060", None),
            (b"1995061", None),
            (b"199506155", None),
            (b"1995-6-1", None),
            (b"", None),
        ] {
            assert_eq!(text(given).as_deref(), expected, "{given:?}");
        }
        let packed = |bytes: &[u8]| Moment::from_packed(bytes).map(|it| it.to_string());
        assert_eq!(packed(&[0x19, 0x95, 0x06, 0x15]).as_deref(), Some("1995-06-15"));
        assert_eq!(packed(&[0x19, 0x95, 0x06, 0x1A]), None);
        assert_eq!(packed(&[0x19, 0x95, 0x06]), None);
    }
}
