use core::fmt;

use zeroize::Zeroize;

use super::names;
use crate::mrz::MrzSex;

/// The holder's sex. Prints as the card does: `Nam`, `Nữ`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
    /// The document leaves it open.
    Unspecified,
}

impl Sex {
    /// Reads the card's word, in any case and normalisation form; `None` if it is another word.
    ///
    /// ```
    /// use cccd::vietnam::Sex;
    /// assert_eq!(Sex::from_vietnamese("NU\u{31b}\u{303}"), Some(Sex::Female));
    /// assert_eq!(Sex::from_vietnamese("male"), None);
    /// ```
    #[must_use]
    pub fn from_vietnamese(word: &str) -> Option<Self> {
        match names::comparable(word).as_str() {
            "nam" => Some(Self::Male),
            "nữ" => Some(Self::Female),
            _ => None,
        }
    }
}

impl From<MrzSex> for Sex {
    fn from(sex: MrzSex) -> Self {
        match sex {
            MrzSex::Male => Self::Male,
            MrzSex::Female => Self::Female,
            MrzSex::Unspecified => Self::Unspecified,
        }
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Male => "Nam",
            Self::Female => "Nữ",
            Self::Unspecified => "Không xác định",
        })
    }
}

impl Zeroize for Sex {
    fn zeroize(&mut self) {
        *self = Self::Unspecified;
    }
}
