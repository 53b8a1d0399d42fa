//! The machine-readable zone of the CCCD: three lines of 30 characters, TD1 `[9303-5 §4.2.2]`.
//!
//! ```text
//! IDVNM + last 9 digits of the number + check digit + all 12 digits + << + check digit of the 12
//! birth YYMMDD + check digit + sex + expiry YYMMDD + check digit + VNM + fillers + composite check digit
//! SURNAME<<MIDDLE<GIVEN
//! ```
//! A card without an end has the expiry 991231.

use crate::person::{INDEFINITE, Person, birth_parts, last};

const LINE: usize = 30;

/// The three lines.
pub(crate) fn lines(person: &Person) -> [String; 3] {
    let number = &person.id_number;
    let document_number = last(number, 9);
    let upper = format!(
        "{document_number}{}{number}<<{}",
        check_digit(&document_number),
        check_digit(number)
    );
    let birth = short_date(&person.date_of_birth);
    let expiry = expiry(person);
    let sex = match person.sex.as_str() {
        "Nam" => 'M',
        "Nữ" => 'F',
        _ => '<',
    };
    let (birth_check, expiry_check) = (check_digit(&birth), check_digit(&expiry));
    let optional = "<".repeat(11);
    // Line 1 from position 6, and the dates and the optional data of line 2, without sex and nationality `[9303-5 §4.2.4]`.
    let composite =
        check_digit(&format!("{upper}{birth}{birth_check}{expiry}{expiry_check}{optional}"));
    [
        format!("IDVNM{upper}"),
        format!("{birth}{birth_check}{sex}{expiry}{expiry_check}VNM{optional}{composite}"),
        name_line(&person.full_name),
    ]
}

/// Document number, birth and expiry, each with its check digit.
pub(crate) fn information(person: &Person) -> String {
    let document_number = last(&person.id_number, 9);
    mrz_information(&document_number, &short_date(&person.date_of_birth), &expiry(person))
}

/// The MRZ information of any travel document, from which the keys of BAC and PACE derive `[9303-11 §9.7.3]`: document
/// number, at least nine characters with fillers, and both dates as YYMMDD, each with its check digit.
///
/// ```
/// use cccd_simulator::personalisation::mrz_information;
///
/// // The worked example of Doc 9303-11 appendix D.
/// assert_eq!(mrz_information("L898902C", "690806", "940623"), "L898902C<369080619406236");
/// ```
pub fn mrz_information(document_number: &str, birth: &str, expiry: &str) -> String {
    let document_number = format!("{document_number:<<9}");
    let fields = [document_number.as_str(), birth, expiry];
    fields.iter().map(|field| format!("{field}{}", check_digit(field))).collect()
}

fn expiry(person: &Person) -> String {
    if person.expiry_date == INDEFINITE {
        "991231".to_owned()
    } else {
        short_date(&person.expiry_date)
    }
}

/// YYMMDD; fillers for what is not known of a date of birth `[9303-3 §4.8]`.
fn short_date(date: &str) -> String {
    let Some((day, month, year)) = birth_parts(date) else { return "<".repeat(6) };
    let part = |part: Option<u8>| part.map_or("<<".to_owned(), |part| format!("{part:02}"));
    format!("{:02}{}{}", year % 100, part(month), part(day))
}

/// Weights 7, 3, 1; letters count from A = 10, the filler counts 0 `[9303-3 §4.9]`.
fn check_digit(field: &str) -> u32 {
    let value = |character: char| match character {
        'A'..='Z' => u32::from(character) - u32::from('A') + 10,
        _ => character.to_digit(10).unwrap_or(0),
    };
    let weighted = field.chars().zip([7, 3, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(character, weight)| value(character) * weight).sum();
    sum % 10
}

/// The first word is the primary identifier. A name that is too long is cut after 30 characters; the last one shall be a
/// letter, for which the primary identifier gives way `[9303-5 §4.2.2.3]`.
fn name_line(full_name: &str) -> String {
    let name = transliterate(full_name).unwrap_or_default();
    let (surname, others) = name.split_once(' ').unwrap_or((&name, ""));
    let others = others.replace(' ', "<");
    let cut = |letters: usize| {
        let mut line = format!("{}<<{others}", &surname[..letters]);
        let too_long = line.trim_end_matches('<').len() > LINE;
        line.truncate(LINE);
        (too_long && line.ends_with('<'), line)
    };
    let mut letters = surname.len();
    let (mut ends_badly, mut line) = cut(letters);
    while ends_badly && letters > 1 {
        letters -= 1;
        (ends_badly, line) = cut(letters);
    }
    format!("{line:<<LINE$}")
}

/// Upper-case Latin letters, words apart by one space; `None` when a character has no place in the zone.
///
/// Vietnamese marks are dropped, and Đ becomes D `[9303-3 §6]`; apostrophes vanish, hyphens part words `[9303-3 §4.6]`.
pub(crate) fn transliterate(name: &str) -> Option<String> {
    let mut letters = String::new();
    for character in name.chars() {
        match character {
            // Combining marks of the decomposed form: grave, acute, circumflex, tilde, breve, hook above, horn, dot below.
            '\u{300}' | '\u{301}' | '\u{302}' | '\u{303}' | '\u{306}' | '\u{309}' | '\u{31B}'
            | '\u{323}' | '\'' | '’' => {}
            '-' => letters.push(' '),
            space if space.is_whitespace() => letters.push(' '),
            letter => letters.push(base_letter(letter)?),
        }
    }
    let words: Vec<&str> = letters.split_whitespace().collect();
    Some(words.join(" "))
}

fn base_letter(letter: char) -> Option<char> {
    let lower = letter.to_lowercase().next()?;
    let base = match lower {
        'a'..='z' => lower.to_ascii_uppercase(),
        'à' | 'á' | 'ả' | 'ã' | 'ạ' | 'ă' | 'ằ' | 'ắ' | 'ẳ' | 'ẵ' | 'ặ' | 'â' | 'ầ' | 'ấ' | 'ẩ'
        | 'ẫ' | 'ậ' => 'A',
        'đ' => 'D',
        'è' | 'é' | 'ẻ' | 'ẽ' | 'ẹ' | 'ê' | 'ề' | 'ế' | 'ể' | 'ễ' | 'ệ' => 'E',
        'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' => 'I',
        'ò' | 'ó' | 'ỏ' | 'õ' | 'ọ' | 'ô' | 'ồ' | 'ố' | 'ổ' | 'ỗ' | 'ộ' | 'ơ' | 'ờ' | 'ớ' | 'ở'
        | 'ỡ' | 'ợ' => 'O',
        'ù' | 'ú' | 'ủ' | 'ũ' | 'ụ' | 'ư' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' => 'U',
        'ỳ' | 'ý' | 'ỷ' | 'ỹ' | 'ỵ' => 'Y',
        _ => return None,
    };
    Some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_published_zones() {
        assert_eq!(
            Person::sample().mrz(),
            [
                "IDVNM1950012347000195001234<<7",
                "9506158F3506156VNM<<<<<<<<<<<8",
                "NGUYEN<<THI<THU<HA<<<<<<<<<<<<",
            ]
        );
        assert_eq!(
            Person::sample_indefinite().mrz(),
            [
                "IDVNM0600043210000060004321<<0",
                "6002291M9912315VNM<<<<<<<<<<<0",
                "DANG<<VAN<DUC<<<<<<<<<<<<<<<<<",
            ]
        );
    }

    #[test]
    fn the_two_published_keys() {
        assert_eq!(Person::sample().mrz_information(), "195001234795061583506156");
        assert_eq!(Person::sample_indefinite().mrz_information(), "060004321060022919912315");
    }

    #[test]
    fn names_lose_their_marks() {
        for (name, expected) in [
            ("Đặng Văn Đức", "DANG VAN DUC"),
            ("NGUYỄN THỊ THU HƯỜNG", "NGUYEN THI THU HUONG"),
            // Decomposed letters, and the separate horn.
            ("Nguye\u{302}\u{303}n Thu\u{31B}\u{309} Y\u{301}", "NGUYEN THU Y"),
            ("H'Hen  Niê", "HHEN NIE"),
            ("Tôn-Nữ Quỳnh", "TON NU QUYNH"),
        ] {
            assert_eq!(transliterate(name).as_deref(), Some(expected));
        }
        assert_eq!(transliterate("Иван"), None);
    }

    #[test]
    fn long_names_are_cut_and_short_ones_filled() {
        let line = name_line("Công Tằng Tôn Nữ Huyền Trân Ngọc Quỳnh");
        assert_eq!(line, "CONG<<TANG<TON<NU<HUYEN<TRAN<N");
        // Position 30 would be a filler: the surname gives one letter.
        let line = name_line("Công Tằng Tôn Nữ Huyền Trang Ngọc");
        assert_eq!(line, "CON<<TANG<TON<NU<HUYEN<TRANG<N");
        assert_eq!(name_line("Công Tằng Tôn Nữ Huyền Trang"), "CONG<<TANG<TON<NU<HUYEN<TRANG<");
        assert_eq!(name_line(&"Y".repeat(40)), "Y".repeat(30));
        assert_eq!(name_line("Y"), "Y<<<<<<<<<<<<<<<<<<<<<<<<<<<<<");
    }
}
