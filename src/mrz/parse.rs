use zeroize::Zeroizing;

use super::{Format, Mrz, MrzKey, MrzSex, check_digit::check_character};
use crate::{
    error::{Error, InvalidKey, Result},
    sensitive::Personal,
};

const LAYOUT: Error = Error::InvalidKey(InvalidKey::MrzLayout);

impl Mrz {
    /// Reads a zone as a person or scanner gives it: its lines, or all of them in one string of 90,
    /// 72 or 88 characters. Space around the lines, CR LF and lower case are accepted.
    ///
    /// # Errors
    /// * [`InvalidKey::Empty`] if there is nothing but space.
    /// * [`InvalidKey::MrzLayout`] if lines or characters are not those of a zone.
    /// * [`InvalidKey::MrzCheckDigit`] with the field whose check digit is wrong.
    pub fn parse(text: &str) -> Result<Self> {
        // An MRZ has fillers, never spaces: whatever space separates are lines.
        let text = text.trim_start_matches('\u{feff}');
        let lines = || text.split_whitespace();
        if lines().next().is_none() {
            return Err(Error::InvalidKey(InvalidKey::Empty));
        }
        let joined = Zeroizing::new(lines().collect::<String>().to_ascii_uppercase());
        let format = format_of(joined.len())?;
        let as_lines = lines().count() == format.lines()
            && lines().all(|line| line.len() == format.line_length());
        if lines().count() != 1 && !as_lines {
            return Err(LAYOUT);
        }
        read(&joined, format)
    }

    /// Reads the zone as DG1 holds it: exactly 90, 72 or 88 characters, nothing else.
    ///
    /// # Errors
    /// As [`Mrz::parse`]; the caller says in which file.
    pub fn from_field(bytes: &[u8]) -> Result<Self> {
        let text = core::str::from_utf8(bytes).map_err(|_| LAYOUT)?;
        read(text, format_of(text.len())?)
    }
}

fn format_of(length: usize) -> Result<Format> {
    [Format::Td1, Format::Td2, Format::Td3]
        .into_iter()
        .find(|format| format.length() == length)
        .ok_or(LAYOUT)
}

/// Where the fields of a format stand, counted from the first character of the first line.
struct Layout {
    number: usize,
    birth: usize,
    sex: usize,
    expiry: usize,
    nationality: usize,
    optional_1: (usize, usize),
    optional_2: (usize, usize),
    names: (usize, usize),
    composite: usize,
    /// Start and end of what the composite check digit covers.
    covered: &'static [(usize, usize)],
}

const fn layout(format: Format) -> Layout {
    match format {
        // [9303-5 §4.2.2]
        Format::Td1 => Layout {
            number: 5,
            optional_1: (15, 30),
            birth: 30,
            sex: 37,
            expiry: 38,
            nationality: 45,
            optional_2: (48, 59),
            composite: 59,
            covered: &[(5, 30), (30, 37), (38, 45), (48, 59)],
            names: (60, 90),
        },
        // [9303-6 §4.2.2]
        Format::Td2 => Layout {
            names: (5, 36),
            number: 36,
            nationality: 46,
            birth: 49,
            sex: 56,
            expiry: 57,
            optional_1: (64, 71),
            optional_2: (71, 71),
            composite: 71,
            covered: &[(36, 46), (49, 56), (57, 71)],
        },
        // [9303-4 §4.2.2]
        Format::Td3 => Layout {
            names: (5, 44),
            number: 44,
            nationality: 54,
            birth: 57,
            sex: 64,
            expiry: 65,
            optional_1: (72, 86),
            optional_2: (86, 86),
            composite: 87,
            covered: &[(44, 54), (57, 64), (65, 87)],
        },
    }
}

fn read(text: &str, format: Format) -> Result<Mrz> {
    if !text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'<')) {
        return Err(LAYOUT);
    }
    let at = layout(format);
    let slice = |start: usize, end: usize| text.get(start..end).ok_or(LAYOUT);

    let (number, optional_1) = document_number(text, format, &at)?;
    let birth = slice(at.birth, at.birth + 6)?;
    checked(birth, slice(at.birth + 6, at.birth + 7)?, "date of birth")?;
    let expiry = slice(at.expiry, at.expiry + 6)?;
    checked(expiry, slice(at.expiry + 6, at.expiry + 7)?, "date of expiry")?;
    if matches!(format, Format::Td3) {
        let personal = slice(at.optional_1.0, at.optional_1.1)?;
        let given = slice(at.optional_1.1, at.optional_1.1 + 1)?;
        // Where the field is empty its check digit may be a filler.
        if given != "<" || personal.bytes().any(|byte| byte != b'<') {
            checked(personal, given, "personal number")?;
        }
    }
    let covered = Zeroizing::new(
        at.covered
            .iter()
            .map(|(start, end)| slice(*start, *end))
            .collect::<Result<Vec<_>>>()?
            .concat(),
    );
    checked(&covered, slice(at.composite, at.composite + 1)?, "composite")?;

    let document_code = without_fillers(slice(0, 2)?);
    if !document_code.starts_with(|first: char| first.is_ascii_uppercase()) {
        return Err(LAYOUT);
    }
    let sex = match slice(at.sex, at.sex + 1)? {
        "M" => MrzSex::Male,
        "F" => MrzSex::Female,
        "<" | "X" => MrzSex::Unspecified,
        _ => return Err(LAYOUT),
    };
    let names = slice(at.names.0, at.names.1)?;
    let (primary, secondary) = names.split_once("<<").unwrap_or((names, ""));

    Ok(Mrz {
        format,
        document_code: document_code.to_owned(),
        issuing_state: state(slice(2, 5)?)?,
        nationality: state(slice(at.nationality, at.nationality + 3)?)?,
        key: MrzKey::from_fields(&number, birth, expiry).map_err(|_| LAYOUT)?,
        document_number: Personal::new(number),
        optional_data_1: Personal::new(without_fillers(&optional_1).to_owned()),
        optional_data_2: Personal::new(
            without_fillers(slice(at.optional_2.0, at.optional_2.1)?).to_owned(),
        ),
        birth: Personal::new(birth.to_owned()),
        expiry: Personal::new(expiry.to_owned()),
        sex,
        primary: Personal::new(words(primary)),
        secondary: Personal::new(words(secondary)),
        names_fill_the_field: !names.ends_with('<'),
        text: Personal::new(text.to_owned()),
    })
}

/// The document number and what remains of the optional data beside it.
fn document_number(text: &str, format: Format, at: &Layout) -> Result<(String, String)> {
    let slice = |start: usize, end: usize| text.get(start..end).ok_or(LAYOUT);
    let number = slice(at.number, at.number + 9)?;
    let given = slice(at.number + 9, at.number + 10)?;
    let optional = slice(at.optional_1.0, at.optional_1.1)?;
    if given != "<" || matches!(format, Format::Td3) {
        checked(number, given, "document number")?;
        let number = without_fillers(number);
        if number.is_empty() {
            return Err(LAYOUT);
        }
        return Ok((number.to_owned(), optional.to_owned()));
    }
    // A number of more than nine characters goes on in the optional data, followed there by its
    // check digit and a filler [9303-5 §4.2.2].
    let (rest, after) = optional.split_once('<').unwrap_or((optional, ""));
    let (tail, given) = rest
        .len()
        .checked_sub(1)
        .filter(|length| *length > 0)
        .and_then(|length| rest.split_at_checked(length))
        .ok_or(Error::InvalidKey(InvalidKey::MrzCheckDigit { field: "document number" }))?;
    let whole = [number, tail].concat();
    checked(&whole, given, "document number")?;
    Ok((whole, after.to_owned()))
}

fn checked(field: &str, given: &str, name: &'static str) -> Result<()> {
    if check_character(field).is_some_and(|digit| given.chars().eq([digit])) {
        Ok(())
    } else {
        Err(Error::InvalidKey(InvalidKey::MrzCheckDigit { field: name }))
    }
}

fn state(field: &str) -> Result<String> {
    let code = without_fillers(field);
    if code.bytes().all(|byte| byte.is_ascii_uppercase()) && !code.is_empty() {
        Ok(code.to_owned())
    } else {
        Err(LAYOUT)
    }
}

fn without_fillers(field: &str) -> &str {
    field.trim_end_matches('<')
}

fn words(field: &str) -> String {
    field.split('<').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
