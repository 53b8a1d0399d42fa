use core::fmt;

use super::{IdNumber, Sex, names};
use crate::{
    date::Date,
    error::{Error, InvalidKey, Result},
    sensitive::Personal,
};

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
}

/// Fields that both cards have.
const FIELDS: usize = 7;

impl QrText {
    /// Reads the text as a scanner gives it. A byte order mark and space around it are accepted.
    ///
    /// A scanner that types through a Vietnamese keyboard may spoil the words, so they are not
    /// judged; numbers and dates are.
    ///
    /// # Errors
    /// [`InvalidKey::Empty`]; [`InvalidKey::NotACccdQr`] for anything else than a card's code, such
    /// as a paper health-insurance card's or a link.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
        if text.is_empty() {
            return Err(Error::InvalidKey(InvalidKey::Empty));
        }
        Self::from_fields(&text.split('|').map(str::trim).collect::<Vec<_>>())
            .ok_or(Error::InvalidKey(InvalidKey::NotACccdQr))
    }

    fn from_fields(fields: &[&str]) -> Option<Self> {
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
            sex: Sex::from_vietnamese(sex).map(Personal::new),
            residence: personal(residence),
            issue_date: Date::from_day_month_year(issued).ok().map(Personal::new),
            tail: tail.iter().map(|field| personal(field)).collect(),
        })
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

fn is_number_of(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Debug for QrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrText({} fields, redacted)", FIELDS + self.tail.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD_2021: &str = "000195001234|000123456|Nguyễn Thị Thu Hà|15061995|Nữ|\
        Số 1 Đường Mẫu, Phường Ví Dụ, Quận Thử, Thành phố Mẫu|01072021";

    #[test]
    fn the_code_of_2021_is_read() {
        let qr = QrText::parse(CARD_2021).unwrap();
        assert_eq!(qr.id_number().reveal(), "000195001234");
        assert_eq!(qr.old_id_number().unwrap().reveal(), "000123456");
        assert_eq!(qr.full_name().reveal(), "Nguyễn Thị Thu Hà");
        assert_eq!(qr.date_of_birth().unwrap().reveal().to_string(), "1995-06-15");
        assert_eq!(qr.sex().unwrap().reveal(), &Sex::Female);
        assert!(qr.residence().reveal().starts_with("Số 1"));
        assert_eq!(qr.issue_date().unwrap().reveal().to_string(), "2021-07-01");
        assert!(qr.tail().is_empty());
        assert_eq!(qr.card_access_number().reveal(), "001234");
        assert_eq!(format!("{qr:?}"), "QrText(7 fields, redacted)");
    }

    #[test]
    fn the_code_of_2024_keeps_its_tail() {
        let text = format!("{CARD_2021}||Nguyễn Văn Mẫu|000060004321|");
        let qr = QrText::parse(&text).unwrap();
        assert_eq!(qr.id_number(), QrText::parse(CARD_2021).unwrap().id_number());
        let tail: Vec<_> = qr.tail().iter().map(|field| field.reveal().as_str()).collect();
        assert_eq!(tail, ["", "Nguyễn Văn Mẫu", "000060004321", ""]);
    }

    #[test]
    fn what_scanners_do_is_tolerated() {
        let expected = QrText::parse(CARD_2021).unwrap();
        for text in [
            format!("{CARD_2021}\r\n"),
            format!("\u{feff} {CARD_2021}\0"),
            CARD_2021.replace('|', " | "),
        ] {
            assert_eq!(QrText::parse(&text), Ok(expected.clone()));
        }
        let without_old = QrText::parse(&CARD_2021.replace("000123456", "")).unwrap();
        assert_eq!(without_old.old_id_number(), None);
        // A spoilt word does not keep the holder from the chip.
        let spoilt = QrText::parse(&CARD_2021.replace("Nữ", "Nu+~")).unwrap();
        assert_eq!(spoilt.sex(), None);
        let year = QrText::parse(&CARD_2021.replace("15061995", "1995")).unwrap();
        assert_eq!(year.date_of_birth(), None);
        let no_day = QrText::parse(&CARD_2021.replace("15061995", "00001995")).unwrap();
        assert_eq!(no_day.date_of_birth(), None);
    }

    #[test]
    fn other_codes_are_told_apart() {
        for empty in ["", " \r\n", "\u{feff}"] {
            assert_eq!(QrText::parse(empty), Err(Error::InvalidKey(InvalidKey::Empty)));
        }
        for text in [
            "000195001234",
            "https://example.org/?a=1|2|3|4|5|6|7",
            // Six fields.
            "000195001234|000123456|Nguyễn Thị Thu Hà|15061995|Nữ|Phường Ví Dụ",
            // A paper health-insurance card: its number first, name and address in hexadecimal.
            "XX4000000000000|4e677579e1bb856e|15/06/1995|2|5068c6b0e1bb9d6e67|00 - 000|01/01/2021|-|01/01/2021|00000000000000-0000000000|-|4|01/01/2021|0000000000000000-0000|",
            "0000000000|4e677579e1bb856e|15/06/1995|2|5068c6b0e1bb9d6e67|00 - 000|01/01/2021|-",
            &CARD_2021.replace("000195001234", "00019500123"),
            &CARD_2021.replace("000195001234", "00019500123O"),
            &CARD_2021.replace("000123456", "00012345"),
            &CARD_2021.replace("15061995", "15/06/1995"),
            &CARD_2021.replace("15061995", ""),
            &CARD_2021.replace("01072021", "2021"),
            &CARD_2021.replace("Nguyễn Thị Thu Hà", " "),
            &CARD_2021.replace('|', ";"),
            "|||||||",
            "CCCD:000195001234|CMND:000123456|a|b|c|d|e",
            "\u{1f600}|\u{1f600}|\u{1f600}|\u{1f600}|\u{1f600}|\u{1f600}|\u{1f600}",
        ] {
            assert_eq!(
                QrText::parse(text),
                Err(Error::InvalidKey(InvalidKey::NotACccdQr)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_code_cut_short_is_never_read_as_another() {
        let expected = QrText::parse(CARD_2021).unwrap();
        for (end, _) in CARD_2021.char_indices() {
            // Only the date of issue may be missing.
            if let Ok(qr) = QrText::parse(&CARD_2021[..end]) {
                assert_eq!(qr.issue_date(), None);
                assert_eq!(qr.id_number(), expected.id_number());
            }
        }
    }
}
