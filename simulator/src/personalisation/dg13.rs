//! DG13 of the CCCD: the fields printed on the card, and some more, in Vietnamese.
//!
//! ```text
//! 6D { SEQUENCE { INTEGER 1, OID 1.0.10646.1.0.8 (UTF-8), SET { SEQUENCE { INTEGER n, value } … } } }
//! ```
//! No standard defines it; the layout is what readers of real cards rely on. The entries stand in numeric order, so the
//! SET is not sorted as DER would have it.

use super::options::ParentsShape;
use crate::der::{object_identifier, printable_string, small_integer, utf8_string};
use crate::person::Person;
use crate::tlv::{constructed, sequence, set};

const UTF_8: &str = "1.0.10646.1.0.8";

/// The file's bytes. Entries whose number is in `without` are left out, as are those that the person has no value for.
pub fn dg13(person: &Person, shape: ParentsShape, without: &[u8]) -> Vec<u8> {
    let entries: Vec<Vec<u8>> = values(person, shape)
        .into_iter()
        .zip(1u8..)
        .filter(|(values, number)| {
            !values.is_empty() && ![without, &person.dg13_without].concat().contains(number)
        })
        .map(|(values, number)| {
            let mut parts = vec![small_integer(u32::from(number))];
            parts.extend(values);
            sequence(&parts)
        })
        .collect();
    constructed(0x6D, &[sequence(&[small_integer(1), object_identifier(UTF_8), set(&entries)])])
}

/// The values of entries 1 to 16, in order; an entry without values is absent.
fn values(person: &Person, shape: ParentsShape) -> [Vec<Vec<u8>>; 16] {
    let value = |text: &str, value: Vec<u8>| if text.is_empty() { vec![] } else { vec![value] };
    let text = |text: &str| value(text, utf8_string(text));
    let printable = |text: &str| value(text, printable_string(text));
    let optional = |text: &Option<String>| text.as_deref().map(printable).unwrap_or_default();
    let spouse = person.spouse_name.as_deref();
    [
        printable(&person.id_number),
        text(&person.full_name),
        printable(&person.date_of_birth),
        text(&person.sex),
        text(&person.nationality),
        text(&person.ethnicity),
        text(&person.religion),
        text(&person.place_of_origin),
        text(&person.residence),
        text(&person.identifying_marks),
        printable(&person.issue_date),
        // Not a PrintableString as the other dates are, because it may be "Không thời hạn".
        text(&person.expiry_date),
        parents(person, shape),
        spouse.map(|name| vec![sequence(&text(name))]).unwrap_or_default(),
        optional(&person.old_id_number),
        optional(&person.chip_id),
    ]
}

/// Father first; an unknown father of a known mother keeps his place with an empty name.
fn parents(person: &Person, shape: ParentsShape) -> Vec<Vec<u8>> {
    let names: Vec<Vec<u8>> = match (&person.father_name, &person.mother_name) {
        (None, None) => return Vec::new(),
        (Some(father), None) => vec![utf8_string(father)],
        (father, Some(mother)) => {
            vec![utf8_string(father.as_deref().unwrap_or_default()), utf8_string(mother)]
        }
    };
    match shape {
        ParentsShape::A => vec![sequence(&names)],
        ParentsShape::B => names.into_iter().map(|name| sequence(&[name])).collect(),
    }
}
