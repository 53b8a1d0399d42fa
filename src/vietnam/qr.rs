use core::fmt;

use super::{IdNumber, Sex, health_insurance::InsuranceCardQr, names};
use crate::{
    date::Date,
    error::{Error, InvalidKey, Result},
    sensitive::Personal,
};

mod charset;
mod damage;
mod keyboard;

pub use damage::QrDamage;

/// The text of the QR code: seven fields on the card of 2021, ten and more on that of 2024, whose
/// further fields are kept as they are.
///
/// ```text
/// ID number|old number|name|ddMMyyyy of birth|Nam or Nữ|residence|ddMMyyyy of issue|…
/// ```
///
/// ```
/// use cccd::vietnam::QrText;
/// let qr = QrText::parse("000195001234|000123456|Nguyễn Thị Thu Hà|15061995|Nữ|Phường Ví Dụ|01072021")?;
/// assert_eq!(qr.card_access_number().reveal(), "001234");
/// # Ok::<(), cccd::Error>(())
/// ```
///
/// There is no date of expiry in it, so it opens a chip by its access number only.
#[derive(Clone, PartialEq, Eq)]
pub struct QrText {
    id_number: IdNumber,
    old_id_number: Option<Personal<String>>,
    full_name: Personal<String>,
    date_of_birth: Option<Personal<Date>>,
    sex: Option<Personal<Sex>>,
    residence: Personal<String>,
    issue_date: Option<Personal<Date>>,
    tail: Vec<Personal<String>>,
    damage: Option<QrDamage>,
}

/// Fields that both cards have.
const FIELDS: usize = 7;
/// Bytes of text, more than any QR code holds.
const LONGEST: usize = 1 << 14;

impl QrText {
    /// Reads the text as a scanner gives it. A byte order mark and space around it are accepted.
    ///
    /// Numbers and dates are judged; words are not, because scanners spoil them. What is seen of that is told by
    /// [`damage`](Self::damage). Text that was read in another character set is put right if no letter was lost,
    /// and otherwise nothing is.
    ///
    /// # Errors
    /// * [`InvalidKey::Empty`].
    /// * [`InvalidKey::InsuranceCardQr`] for the code of a paper health-insurance card.
    /// * [`InvalidKey::SpoiltQr`] for text that begins with an ID number and is no complete code.
    /// * [`InvalidKey::NotACccdQr`] for anything else, such as a link.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
        if text.is_empty() {
            return Err(Error::InvalidKey(InvalidKey::Empty));
        }
        Self::from_text(text).ok_or_else(|| Error::InvalidKey(why_not(text)))
    }

    /// Reads the bytes of the code, as a decoder gives them that does not guess their character set.
    ///
    /// # Errors
    /// As [`QrText::parse`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::parse(&String::from_utf8_lossy(bytes))
    }

    fn from_text(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let undone = charset::undone(text).find_map(|(name, text)| {
            let right = Self::from_fields(&text)?;
            let words = [&right.full_name, &right.residence];
            let is_card = words.iter().all(|words| !charset::is_foreign(words.reveal()));
            is_card.then_some(Self { damage: Some(QrDamage::CharsetUndone(name)), ..right })
        });
        undone.or_else(|| {
            let mut qr = Self::from_fields(text)?;
            qr.damage = qr.damage_of_words(text);
            Some(qr)
        })
    }

    fn from_fields(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split('|').map(str::trim).collect();
        let (fields, tail) = fields.split_at_checked(FIELDS)?;
        let [id_number, old_number, name, birth, sex, residence, issued] = fields else {
            return None;
        };
        if name.is_empty() || !is_number_of(old_number, &[0, 9, 12]) {
            return None;
        }
        // Where only the year of birth is known, it may stand alone.
        if !is_number_of(birth, &[4, 8]) || !is_number_of(issued, &[0, 8]) {
            return None;
        }
        let personal = |text: &str| Personal::new(text.to_owned());
        Some(Self {
            id_number: id_number.parse().ok()?,
            old_id_number: (!old_number.is_empty()).then(|| personal(old_number)),
            full_name: personal(name),
            date_of_birth: Date::from_day_month_year(birth).ok().map(Personal::new),
            sex: sex_of(sex).map(Personal::new),
            residence: personal(residence),
            issue_date: Date::from_day_month_year(issued).ok().map(Personal::new),
            tail: tail.iter().map(|field| personal(field)).collect(),
            damage: None,
        })
    }

    /// What the words tell of the scanner.
    fn damage_of_words(&self, text: &str) -> Option<QrDamage> {
        let (name, residence) = (self.full_name.reveal(), self.residence.reveal());
        let sex = text.split('|').nth(4)?.trim();
        if charset::is_foreign(name) || charset::is_foreign(residence) || charset::is_foreign(sex) {
            return Some(QrDamage::CharsetLost);
        }
        if name.is_ascii() && keyboard::from_telex(name).is_some() {
            return Some(QrDamage::Telex);
        }
        if name.is_ascii() && keyboard::from_vni(name).is_some() {
            return Some(QrDamage::Vni);
        }
        // Every card has words with marks: in the name or in the address.
        let words = format!("{name} {residence}");
        let has_words = words.split_whitespace().count() >= 4;
        let is_lossy =
            [name, residence, sex].iter().any(|words| words.contains(keyboard::is_replacement));
        (is_lossy || (has_words && words.is_ascii())).then_some(QrDamage::MarksLost)
    }

    /// The ID number.
    #[must_use]
    pub const fn id_number(&self) -> &IdNumber {
        &self.id_number
    }

    /// The number of the old ID card (CMND), if the holder had one.
    #[must_use]
    pub const fn old_id_number(&self) -> Option<&Personal<String>> {
        self.old_id_number.as_ref()
    }

    /// The name, as it was scanned.
    #[must_use]
    pub const fn full_name(&self) -> &Personal<String> {
        &self.full_name
    }

    /// Date of birth, if it names a calendar day.
    #[must_use]
    pub const fn date_of_birth(&self) -> Option<&Personal<Date>> {
        self.date_of_birth.as_ref()
    }

    /// Sex, if its word is legible.
    #[must_use]
    pub const fn sex(&self) -> Option<&Personal<Sex>> {
        self.sex.as_ref()
    }

    /// Place of residence on the day of issue, as it was scanned.
    #[must_use]
    pub const fn residence(&self) -> &Personal<String> {
        &self.residence
    }

    /// Date of issue, if it names a calendar day.
    #[must_use]
    pub const fn issue_date(&self) -> Option<&Personal<Date>> {
        self.issue_date.as_ref()
    }

    /// The fields after the seventh, whose order is not published.
    #[must_use]
    pub fn tail(&self) -> &[Personal<String>] {
        &self.tail
    }

    /// What the scanner did to the text, as far as that can be seen.
    #[must_use]
    pub const fn damage(&self) -> Option<QrDamage> {
        self.damage
    }

    /// The name that was meant where the scanner typed the keys of an input method; a guess, to be compared with the
    /// chip.
    #[must_use]
    pub fn full_name_guess(&self) -> Option<Personal<String>> {
        let name = self.full_name.reveal();
        match self.damage {
            Some(QrDamage::Telex) => keyboard::from_telex(name).map(Personal::new),
            Some(QrDamage::Vni) => keyboard::from_vni(name).map(Personal::new),
            _ => None,
        }
    }

    /// Whether the holder may have this name, as far as the scanner has left it legible.
    pub(super) fn names(&self, name: &str) -> bool {
        let scanned = self.full_name.reveal();
        names::same_name(scanned, name)
            || match self.damage {
                Some(QrDamage::Telex | QrDamage::Vni) => self
                    .full_name_guess()
                    .is_some_and(|guess| names::same_name(guess.reveal(), name)),
                Some(QrDamage::MarksLost) => keyboard::may_be_left_of(scanned, name),
                _ => false,
            }
    }

    /// The key to the chip: the last six digits of the ID number.
    #[must_use]
    pub fn card_access_number(&self) -> Personal<String> {
        self.id_number.can()
    }

    /// The name in normalisation form C.
    #[must_use]
    pub fn full_name_nfc(&self) -> Personal<String> {
        Personal::new(names::nfc(self.full_name.reveal()))
    }
}

/// The sex, by its word or by what keyboards make of the one with a mark.
fn sex_of(word: &str) -> Option<Sex> {
    Sex::from_vietnamese(word).or_else(|| {
        let meant = keyboard::from_telex(word).or_else(|| keyboard::from_vni(word))?;
        Sex::from_vietnamese(&meant)
    })
}

/// Why a text is no card's code.
fn why_not(text: &str) -> InvalidKey {
    let first = text.split('|').next().unwrap_or_default().trim();
    if InsuranceCardQr::parse(text).is_some() {
        InvalidKey::InsuranceCardQr
    } else if first.len() < text.len() && first.parse::<IdNumber>().is_ok() {
        InvalidKey::SpoiltQr
    } else {
        InvalidKey::NotACccdQr
    }
}

fn is_number_of(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Debug for QrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrText({} fields, redacted)", FIELDS + self.tail.len())
    }
}

#[cfg(test)]
mod tests;
