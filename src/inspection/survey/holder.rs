//! What can be told of DG1, DG2 and DG13 without telling anything of the holder.

use super::{
    facts::{Dg13Facts, FaceFacts, FieldFacts, MrzFacts, Size},
    structure::{Owner, code, is_constructed, number, oid},
};
use crate::{
    access::AccessKey,
    lds::{Dg1, Dg2},
    mrz::{Format, Mrz},
    tlv::{Reader, Tlv},
};

/// Entries whose mere presence tells of the holder: parents, spouse, a number from before.
const NOT_TOLD: [u64; 3] = [13, 14, 15];
/// Entries of one DG13.
const MAX_FIELDS: usize = 64;

pub(super) fn mrz(dg1: &[u8], given: Option<&AccessKey>) -> Option<MrzFacts> {
    let dg1 = Dg1::parse(dg1).ok()?;
    let mrz = dg1.mrz();
    let number = mrz.document_number().reveal();
    let optional = mrz.optional_data_1().reveal();
    let twelve = optional.get(..12).filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
    let own_check_digit = twelve.map(|twelve| {
        let end = optional.get(12..).unwrap_or_default();
        let digit = end.trim_start_matches('<');
        let expected = check_digit(twelve);
        digit.len() == 1 && digit.bytes().next() == Some(b'0' + expected)
    });
    let can = given.filter(|key| key.password() == crate::access::Password::Can);
    Some(MrzFacts {
        format: match mrz.format() {
            Format::Td1 => "TD1",
            Format::Td2 => "TD2",
            Format::Td3 => "TD3",
        },
        document_code: code(mrz.document_code()),
        issuing_state: code(mrz.issuing_state()),
        document_number: runs(number),
        optional_data_1: runs(optional),
        number_is_end_of_twelve_digits: twelve.map(|twelve| twelve.ends_with(number.as_str())),
        own_check_digit,
        can_is_end_of_twelve_digits: can
            .zip(twelve)
            .map(|(can, twelve)| twelve.as_bytes().ends_with(can.pace_password().expose())),
        name_fills_field: mrz.names_may_be_truncated(),
    })
}

/// The key that the card itself gave away.
pub(super) fn key(dg1: &[u8]) -> Option<AccessKey> {
    Dg1::parse(dg1).ok().map(|dg1| Mrz::key(dg1.mrz()).clone().into())
}

/// Weights 7, 3, 1 over digits `[9303-3 §4.9]`.
fn check_digit(digits: &str) -> u8 {
    let weighted = digits.bytes().zip([7_u32, 3, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    u8::try_from(sum % 10).unwrap_or(0)
}

/// Runs of digits, letters and fillers: `d12 <2 d1`.
fn runs(text: &str) -> String {
    let class = |byte: u8| match byte {
        b'0'..=b'9' => 'd',
        b'<' => '<',
        _ => 'a',
    };
    let classes: Vec<char> = text.bytes().map(class).collect();
    let runs = classes.chunk_by(|one, other| one == other);
    runs.filter_map(|run| run.first().map(|class| format!("{class}{}", run.len())))
        .collect::<Vec<_>>()
        .join(" ")
}

pub(super) fn faces(dg2: &[u8]) -> Vec<FaceFacts> {
    let Ok(dg2) = Dg2::parse(dg2) else { return Vec::new() };
    let face = |face: &crate::lds::Image| FaceFacts {
        media_type: face.format.media_type(),
        pixels: face.width.zip(face.height),
        size: Size::UpTo(face.image.reveal().len().next_multiple_of(1024)),
    };
    dg2.faces().iter().take(8).map(face).collect()
}

/// DG13 of a CCCD: `6D { 30 { version, encoding, 31 { entries } } }`; `None` if it is another.
pub(super) fn dg13(bytes: &[u8]) -> Option<Dg13Facts> {
    let outer = Reader::new(bytes).expect(0x6D, "DG13").ok()?;
    let mut parts = outer.children().ok()?.expect(0x30, "a SEQUENCE").ok()?.children().ok()?;
    let version = parts.optional(0x02).ok()?.and_then(|it| number(it.value));
    let encoding = parts.optional(0x06).ok()?.map(|it| oid(it.value));
    let mut entries = parts.expect(0x31, "a SET of entries").ok()?.children().ok()?;
    let (mut fields, mut parents, mut name_case) = (Vec::new(), None, None);
    let (mut in_order, mut last) = (true, 0);
    while let (Ok(Some(entry)), true) = (entries.next_object(), fields.len() < MAX_FIELDS) {
        let Some((number, values)) = self::entry(&entry) else { continue };
        in_order &= last < number;
        last = number;
        if number == 13 {
            parents = match values.iter().filter(|value| value.tag == 0x30).count() {
                0 => None,
                1 => Some("one_sequence"),
                _ => Some("several_sequences"),
            };
        }
        if NOT_TOLD.contains(&number) {
            continue;
        }
        if number == 2 {
            name_case = values.first().map(|value| case(value.value));
        }
        fields.push(field(number, &values));
    }
    Some(Dg13Facts { version, encoding, fields, in_order, parents, name_case })
}

/// `30 { 02 number, values }`.
fn entry<'a>(entry: &Tlv<'a>) -> Option<(u64, Vec<Tlv<'a>>)> {
    let mut inside = entry.children().ok()?;
    let number = number(inside.expect(0x02, "a number").ok()?.value)?;
    let mut values = Vec::new();
    while let (Ok(Some(value)), true) = (inside.next_object(), values.len() < 8) {
        values.push(value);
    }
    // A number that large names nothing; it may be made of letters.
    (number < 1000).then_some((number, values))
}

fn field(number: u64, values: &[Tlv<'_>]) -> FieldFacts {
    let length = values.iter().map(|value| value.raw.len()).sum();
    let form = match values {
        [only] if !is_constructed(only.tag) => form(number, only.value),
        _ => "nested".to_owned(),
    };
    let types = values.iter().map(|value| value.tag).collect();
    FieldFacts { number, types, form, length: Owner::Holder.size(length) }
}

/// The form of a value. Those that a text of the holder's own could have by chance are told of the
/// numbers and dates only that every card has.
fn form(number: u64, value: &[u8]) -> String {
    let all = |is: fn(&u8) -> bool| !value.is_empty() && value.iter().all(is);
    let date = matches!(value, [d1, d2, b'/', m1, m2, b'/', year @ ..]
        if year.len() == 4 && [d1, d2, m1, m2].into_iter().chain(year).all(u8::is_ascii_digit));
    match number {
        1 | 16.. if all(u8::is_ascii_digit) => format!("digits:{}", value.len()),
        // Shorter ones could be a word.
        16.. if value.len() >= 12 && all(u8::is_ascii_hexdigit) => format!("hex:{}", value.len()),
        3 | 11 if date => "date".to_owned(),
        // [12] Whether it expires at all tells the holder's age.
        _ => "text".to_owned(),
    }
}

fn case(value: &[u8]) -> &'static str {
    let text = core::str::from_utf8(value).unwrap_or_default();
    if text.chars().any(char::is_lowercase) { "mixed" } else { "upper" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv::write;

    fn group(entries: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let entries: Vec<u8> = entries
            .iter()
            .flat_map(|(number, value)| {
                write(0x30, &[write(0x02, &[*number]), value.clone()].concat())
            })
            .collect();
        let parts = [write(0x02, &[1]), write(0x06, &[0x28]), write(0x31, &entries)];
        write(0x6D, &write(0x30, &parts.concat()))
    }

    #[test]
    fn whether_somebody_is_married_does_not_show() {
        let common = [(1, write(0x13, b"000195001234")), (2, write(0x0C, b"A B"))];
        let spouse = [(14, write(0x30, &write(0x0C, b"C D"))), (15, write(0x13, b"000123456"))];
        let single = dg13(&group(&common)).unwrap();
        let married = dg13(&group(&[&common[..], &spouse].concat())).unwrap();
        assert_eq!(single, married);
        assert_eq!(single.fields.len(), 2);
    }

    #[test]
    fn words_of_one_field_look_alike() {
        for (number, words) in [
            (4, ["Nam", "Nữ"]),
            (7, ["Không", "Thiên chúa giáo"]),
            (12, ["15/06/2035", "Không thời hạn"]),
        ] {
            let [one, other] =
                words.map(|word| dg13(&group(&[(number, write(0x0C, word.as_bytes()))])));
            assert!(one.is_some() && one == other, "{number}");
        }
    }

    #[test]
    fn forms_are_told_without_characters() {
        assert_eq!(form(1, b"000195001234"), "digits:12");
        assert_eq!(form(16, b"0123456789ABCDEF"), "hex:16");
        assert_eq!(form(3, b"15/06/1995"), "date");
        assert_eq!(form(9, b"15/06/1995"), "text");
        assert_eq!(runs("000195001234<<7"), "d12 <2 d1");
        assert_eq!((case("NGUYỄN".as_bytes()), case("Nguyễn".as_bytes())), ("upper", "mixed"));
        assert_eq!(check_digit("000195001234"), 7);
    }
}
