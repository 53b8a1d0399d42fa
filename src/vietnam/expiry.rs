use core::fmt;

use zeroize::Zeroize;

use super::names;
use crate::{date::Date, mrz};

/// Until when a card is valid. Prints as ISO 8601, or as the card does: `Không thời hạn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// To the end of this day.
    On(Date),
    /// Không thời hạn: for ever, as for holders above sixty. The MRZ then says `991231`.
    Indefinite,
}

/// What the MRZ says where the card is valid for ever.
const INDEFINITE: &str = "991231";

impl Expiry {
    /// Reads DG13's text: `dd/MM/yyyy`, or "không thời hạn" in any case and normalisation form.
    ///
    /// ```
    /// use cccd::vietnam::Expiry;
    /// assert_eq!(Expiry::from_vietnamese("KHÔNG THỜI HẠN"), Some(Expiry::Indefinite));
    /// assert_eq!(Expiry::from_vietnamese("15/06/2035").unwrap().to_string(), "2035-06-15");
    /// assert_eq!(Expiry::from_vietnamese("2035"), None);
    /// ```
    #[must_use]
    pub fn from_vietnamese(text: &str) -> Option<Self> {
        if names::comparable(text) == "không thời hạn" {
            return Some(Self::Indefinite);
        }
        let day = Date::from_day_month_year(text.trim()).ok()?;
        // The MRZ's way to say it, spelled out.
        Some(if (day.year(), day.month(), day.day()) == (2099, 12, 31) {
            Self::Indefinite
        } else {
            Self::On(day)
        })
    }

    /// Reads the MRZ's `YYMMDD`; `None` if it is no calendar day. The year is always 20YY.
    #[must_use]
    pub fn from_mrz_text(text: &str) -> Option<Self> {
        if text == INDEFINITE {
            return Some(Self::Indefinite);
        }
        mrz::in_century(text, 2000).map(Self::On)
    }

    /// The day that the MRZ names: 31 December 2099 where the card is valid for ever.
    #[must_use]
    pub fn mrz_date(self) -> Option<Date> {
        match self {
            Self::On(day) => Some(day),
            Self::Indefinite => mrz::in_century(INDEFINITE, 2000),
        }
    }

    /// Whether the card was no longer valid on this day.
    #[must_use]
    pub fn has_passed(self, today: Date) -> bool {
        match self {
            Self::On(day) => day < today,
            Self::Indefinite => false,
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(day) => day.fmt(f),
            Self::Indefinite => f.write_str("Không thời hạn"),
        }
    }
}

impl Zeroize for Expiry {
    fn zeroize(&mut self) {
        *self = Self::Indefinite;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_any_form() {
        for text in [
            "Không thời hạn",
            "KHÔNG THỜI HẠN",
            " không  thời hạn\n",
            "Kho\u{302}ng tho\u{31b}\u{300}i ha\u{323}n",
            "31/12/2099",
        ] {
            assert_eq!(Expiry::from_vietnamese(text), Some(Expiry::Indefinite), "{text}");
        }
        for text in ["", "Khong thoi han", "Không", "31/02/2035", "991231", "15-06-2035", "\u{0}"]
        {
            assert_eq!(Expiry::from_vietnamese(text), None, "{text}");
        }
    }

    #[test]
    fn the_zone_of_a_card_without_expiry_says_the_end_of_the_century() {
        assert_eq!(Expiry::from_mrz_text("991231"), Some(Expiry::Indefinite));
        let day = Date::new(2099, 12, 30).unwrap();
        assert_eq!(Expiry::from_mrz_text("991230"), Some(Expiry::On(day)));
        for bad in ["", "991301", "9912311", "99123<", "é9123"] {
            assert_eq!(Expiry::from_mrz_text(bad), None);
        }
        assert!(!Expiry::On(day).has_passed(day));
        assert!(Expiry::On(day).has_passed(Date::new(2100, 1, 1).unwrap()));
        assert!(!Expiry::Indefinite.has_passed(Date::new(2100, 1, 1).unwrap()));
        assert_eq!(Expiry::Indefinite.mrz_date(), Date::new(2099, 12, 31).ok());
    }
}
