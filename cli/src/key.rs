//! The printed key, as a person, a scanner or a file gives it.

use std::{io::Read as _, path::Path};

use cccd::{
    access::AccessKey,
    date::Date,
    document::PrintedData,
    error::{Error, InvalidKey},
    files,
    mrz::{Mrz, MrzKey},
    vietnam::{IdNumber, KeyCandidates, QrDamage, QrText},
};
use clap::Args;

use crate::{failure::Failure, language::choose};

/// What opens the card: printed on it, or known to its holder.
///
/// A value of `@FILE` is read from that file, `-` from standard input: other users of the machine
/// can see a command line.
#[derive(Args)]
#[command(
    next_help_heading = "Mã mở chip, chọn một (@TỆP: tệp; -: đầu vào chuẩn) · Key, one of (@FILE: file; -: standard input)"
)]
#[group(multiple = false)]
pub(crate) struct KeyArguments {
    /// Mã CAN: 6 số cuối của số định danh · Card access number: the last six digits of the ID number
    #[arg(long, value_name = "DIGITS")]
    can: Option<String>,
    /// Số định danh 12 chữ số; được so với chip · The twelve digits; they are compared with the chip's
    #[arg(long, value_name = "DIGITS")]
    id_number: Option<String>,
    /// Các dòng MRZ ở mặt sau, hoặc số giấy tờ, ngày sinh và ngày hết hạn (YYMMDD hoặc YYYY-MM-DD); các dòng được so với
    /// chip · The lines on the back, or document number, birth and expiry (YYMMDD or YYYY-MM-DD); lines are compared with
    /// the chip's
    #[arg(long, value_name = "LINE", num_args = 1..=3)]
    mrz: Option<Vec<String>>,
    /// Nội dung mã QR; được so với chip · The QR code's text; it is compared with the chip
    #[arg(long, value_name = "TEXT")]
    qr: Option<String>,
    /// Ảnh chụp thẻ có mã QR; nội dung mã được so với chip · A photograph of the card with its QR code; the code is
    /// compared with the chip
    #[cfg(feature = "qr-photo")]
    #[arg(long, value_name = "FILE")]
    qr_photo: Option<std::path::PathBuf>,
    /// Mã PIN của chủ thẻ, 5 hoặc 6 số; chip đếm số lần sai · The holder's PIN, five or six digits; the chip counts wrong
    /// tries
    #[arg(long, value_name = "DIGITS")]
    pin: Option<String>,
    /// Mã PUK của chủ thẻ, 10 số; chip đếm số lần sai · The holder's PUK, ten digits; the chip counts wrong tries
    #[arg(long, value_name = "DIGITS")]
    puk: Option<String>,
}

/// A usable key, and the printed data that came with it.
pub(crate) struct Key {
    pub(crate) access: AccessKey,
    pub(crate) printed: Option<Box<dyn PrintedData>>,
    /// What may be tried after it on a chip without PACE.
    pub(crate) others: Option<Others>,
    /// What a scanner did to the QR code's text.
    pub(crate) damage: Option<QrDamage>,
}

/// Keys for a chip without PACE, whose date of expiry is estimated.
pub(crate) struct Others {
    keys: KeyCandidates,
    printed: Printed,
}

/// What is compared with the chip, whichever key opens it.
#[derive(Clone)]
enum Printed {
    Number(IdNumber),
    Qr(Box<QrText>),
}

impl Printed {
    fn data(&self) -> Box<dyn PrintedData> {
        match self {
            Self::Number(number) => Box::new(number.clone()),
            Self::Qr(qr) => qr.clone(),
        }
    }
}

impl Others {
    /// No more than so many of them are tried.
    pub(crate) fn most(self, tries: u8) -> Self {
        Self { keys: self.keys.most(tries), ..self }
    }

    /// The next key after one that failed in this way, if there is one that may help.
    pub(crate) fn after(&mut self, failure: &Failure) -> Option<Key> {
        let Failure::Library(error) = failure else { return None };
        let access = self.keys.after(error)?;
        Some(Key { printed: Some(self.printed.data()), ..Key::of(access) })
    }
}

/// Dates from which a chip without PACE is opened, beside the ID number.
#[derive(Args)]
#[command(next_help_heading = "Mã mở chip khi thẻ không có PACE · Key where the chip has no PACE")]
pub(crate) struct DateArguments {
    /// Ngày sinh, YYYY-MM-DD hoặc dd/MM/yyyy, kèm --id-number; mã QR đã có sẵn · Date of birth, YYYY-MM-DD or dd/MM/yyyy,
    /// beside --id-number; a QR code has it
    #[arg(long, value_name = "DATE", requires_all = ["id_number", "issued"], value_parser = day,
          conflicts_with_all = ["can", "mrz", "qr", "pin", "puk"])]
    birth: Option<Date>,
    /// Ngày cấp; cùng với ngày sinh cho biết theo luật ngày thẻ hết hạn, là phần mà mã cần đến · Date of issue; with the
    /// date of birth it tells by law when the card expires, which the key needs
    #[arg(long, value_name = "DATE", requires = "birth", value_parser = day)]
    issued: Option<Date>,
}

impl DateArguments {
    /// The key with what these dates add to it.
    pub(crate) fn complete(&self, key: Option<Key>, number: Option<IdNumber>) -> Option<Key> {
        let (Some(birth), Some(issued), Some(number)) = (self.birth, self.issued, number) else {
            return key;
        };
        let keys = KeyCandidates::new(number.clone()).issued(birth, issued);
        let others = Some(Others { keys, printed: Printed::Number(number) });
        key.map(|key| Key { others, ..key })
    }
}

/// A day as machines or as people in Vietnam write it.
fn day(text: &str) -> Result<Date, String> {
    text.parse().or_else(|_| Date::from_day_month_year(text)).map_err(|_| {
        let expected = choose("cần một ngày có thật · expected a day of the calendar");
        format!("{expected}: YYYY-MM-DD, dd/MM/yyyy")
    })
}

impl Key {
    /// A key with nothing beside it.
    pub(crate) fn of(access: AccessKey) -> Self {
        Self { access, printed: None, others: None, damage: None }
    }
}

impl KeyArguments {
    /// The ID number that was given as the key.
    pub(crate) fn number(&self) -> Result<Option<IdNumber>, Failure> {
        // Standard input is read once, for the key.
        let digits = self.id_number.as_deref().filter(|digits| *digits != "-");
        Ok(digits.map(text).transpose()?.map(|digits| digits.parse()).transpose()?)
    }

    /// The key that was given, checked as far as it can be without a chip; `None` if none was.
    pub(crate) fn key(&self) -> Result<Option<Key>, Failure> {
        #[cfg(feature = "qr-photo")]
        if let Some(path) = &self.qr_photo {
            return Ok(Some(qr_code(&crate::qr::of_one_card(path)?)));
        }
        let key = if let Some(can) = &self.can {
            Key::of(AccessKey::from_can(&text(can)?)?)
        } else if let Some(digits) = &self.id_number {
            id_number(&text(digits)?)?
        } else if let Some(lines) = &self.mrz {
            mrz(lines)?
        } else if let Some(qr) = &self.qr {
            qr_text(&text(qr)?)?
        } else if let Some(pin) = &self.pin {
            Key::of(AccessKey::from_pin(&text(pin)?)?)
        } else if let Some(puk) = &self.puk {
            Key::of(AccessKey::from_puk(&text(puk)?)?)
        } else {
            return Ok(None);
        };
        Ok(Some(key))
    }
}

/// The key in a line that a scanner types: QR text, twelve digits, a CAN, or a zone whose lines are joined
/// or separated by `/`.
#[cfg(feature = "pcsc")]
pub(crate) fn scanned(line: &str) -> Result<Key, Failure> {
    let line = line.trim_start_matches('\u{feff}').trim();
    let digits = line.bytes().all(|byte| byte.is_ascii_digit());
    if digits && line.len() == 6 {
        return Ok(Key::of(AccessKey::from_can(line)?));
    }
    if digits {
        return id_number(line);
    }
    // The characters of a zone, and what separates lines and dates.
    let of_a_zone = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "</- ".contains(c);
    if line.contains(['<', '/']) && line.chars().all(of_a_zone) {
        return mrz(&line.split('/').map(str::to_owned).collect::<Vec<_>>());
    }
    qr_text(line)
}

/// The key in a QR code's text, whose dates may open a chip without PACE.
fn qr_text(text: &str) -> Result<Key, Failure> {
    Ok(qr_code(&QrText::parse(text)?))
}

fn qr_code(qr: &QrText) -> Key {
    let printed = Printed::Qr(Box::new(qr.clone()));
    let others = qr.key_candidates().map(|keys| Others { keys, printed: printed.clone() });
    let printed = Some(printed.data());
    Key { access: qr.access_key(), printed, others, damage: qr.damage() }
}

/// The key that the twelve digits are.
pub(crate) fn id_number(digits: &str) -> Result<Key, Failure> {
    let number: IdNumber = digits.parse()?;
    Ok(Key { printed: Some(Box::new(number.clone())), ..Key::of(number.access_key()) })
}

/// Lines of a zone, or the three values that its key consists of.
fn mrz(values: &[String]) -> Result<Key, Failure> {
    let values: Vec<String> = values.iter().map(|value| text(value)).collect::<Result<_, _>>()?;
    let joined = values.join("\n");
    let parts: Vec<&str> = joined
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/'))
        .filter(|part| !part.is_empty())
        .collect();
    // The shortest line of any zone has thirty characters, the longest document number 22.
    if let [number, birth, expiry] = parts[..]
        && parts.iter().all(|part| part.len() < 30)
    {
        // The twelve digits are what people know; the zone's document number is the last nine.
        let number = number.parse::<IdNumber>().map_or_else(
            |_| number.to_owned(),
            |id_number| id_number.document_number().reveal().clone(),
        );
        let key = MrzKey::from_fields(&number, &six_digits(birth)?, &six_digits(expiry)?)?;
        return Ok(Key::of(key.into()));
    }
    zone(&joined)
}

/// The key in the lines of a zone, which are compared with the chip's.
pub(crate) fn zone(lines: &str) -> Result<Key, Failure> {
    let zone = Mrz::parse(lines)?;
    let key = Key::of(zone.key().clone().into());
    Ok(Key { printed: Some(Box::new(zone)), ..key })
}

/// `YYMMDD` from that or from ISO 8601.
fn six_digits(date: &str) -> Result<String, Failure> {
    if date.contains('-') {
        let date: Date = date.parse()?;
        return Ok(format!("{:02}{:02}{:02}", date.year() % 100, date.month(), date.day()));
    }
    if date.len() != 6 {
        return Err(Error::InvalidKey(InvalidKey::DateLayout).into());
    }
    Ok(date.to_owned())
}

/// The value itself, or the contents of the file or standard input that it points to.
fn text(value: &str) -> Result<String, Failure> {
    /// More than any code or zone holds.
    const LONGEST: u64 = 1 << 16;
    let (source, path): (Box<dyn std::io::Read>, &Path) = if value == "-" {
        (Box::new(std::io::stdin()), Path::new("-"))
    } else if let Some(path) = value.strip_prefix('@') {
        let path = Path::new(path);
        let file = std::fs::File::open(path).map_err(|error| files::io_error(path, &error))?;
        (Box::new(file), path)
    } else {
        return Ok(value.to_owned());
    };
    let mut text = String::new();
    source
        .take(LONGEST)
        .read_to_string(&mut text)
        .map_err(|error| files::io_error(path, &error))?;
    // Some editors begin every file with a byte order mark.
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mrz(values: &[&str]) -> Result<Key, Failure> {
        super::mrz(&values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn three_values_are_taken_in_every_spelling() {
        for values in [
            &["195001234", "950615", "350615"][..],
            &["195001234,950615,350615"],
            &["195001234 1995-06-15 2035-06-15"],
            &["000195001234", "950615", "350615"],
            &["195001234/950615/350615"],
        ] {
            assert!(mrz(values).unwrap().printed.is_none());
        }
    }

    #[test]
    fn lines_are_taken_joined_or_apart() {
        let lines = [
            "IDVNM1950012347000195001234<<7",
            "9506158F3506156VNM<<<<<<<<<<<8",
            "NGUYEN<<THI<THU<HA<<<<<<<<<<<<",
        ];
        for values in [&lines[..], &[&lines.concat()], &[&lines.join("\r\n")]] {
            assert!(mrz(values).unwrap().printed.is_some());
        }
    }

    #[cfg(feature = "pcsc")]
    #[test]
    fn a_scanner_may_type_every_printed_key() {
        let lines = [
            "IDVNM1950012347000195001234<<7",
            "9506158F3506156VNM<<<<<<<<<<<8",
            "NGUYEN<<THI<THU<HA<<<<<<<<<<<<",
        ];
        for (line, compared) in [
            ("001234", false),
            ("\u{feff}000195001234\r", true),
            ("000195001234|000123456|Nguyễn Thị Thu Hà|15061995|Nữ|Phố 1/2|01072021", true),
            (&lines.join("/"), true),
            (&lines.concat(), true),
            ("195001234/950615/350615", false),
        ] {
            assert_eq!(scanned(line).unwrap().printed.is_some(), compared, "{line}");
        }
        for (line, code) in [
            ("12345", "invalid_key.id_number_layout"),
            ("https://example.org", "invalid_key.not_a_cccd_qr"),
            ("IDVNM<<7/9506", "invalid_key.mrz_layout"),
        ] {
            assert_eq!(scanned(line).err().unwrap().code(), code);
        }
    }

    #[test]
    fn what_cannot_be_a_key_is_named_without_its_digits() {
        for (values, code) in [
            (&[""][..], "invalid_key.empty"),
            (&["195001234", "950615"], "invalid_key.mrz_layout"),
            (&["195001234", "95-06-15", "350615"], "invalid_key.date_layout"),
            (&["195001234", "9506151", "350615"], "invalid_key.date_layout"),
            (&["195001234", "95061X", "350615"], "invalid_key.date_layout"),
        ] {
            let failure = mrz(values).err().unwrap();
            assert_eq!(failure.code(), code, "{values:?}");
            assert!(!failure.message().contains("9500"));
        }
    }
}
