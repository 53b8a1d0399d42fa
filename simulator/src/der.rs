//! DER of the types that certificates and signed data are made of `[X.690]`, on top of [`crate::tlv`].

use num_bigint::BigUint;

use crate::tlv::{constructed, node, set};

/// INTEGER of a number that is not negative `[X.690 §8.3]`.
pub fn integer(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    // A leading one bit would read as a sign.
    if bytes[0] & 0x80 != 0 {
        bytes.insert(0, 0);
    }
    node(0x02, &bytes)
}

/// INTEGER of a small number.
pub fn small_integer(number: u32) -> Vec<u8> {
    integer(&BigUint::from(number))
}

/// BOOLEAN TRUE; FALSE is nearly always a default and therefore left out `[X.690 §11.5]`.
pub fn boolean_true() -> Vec<u8> {
    node(0x01, &[0xFF])
}

/// NULL.
pub fn null() -> Vec<u8> {
    node(0x05, &[])
}

/// OCTET STRING.
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    node(0x04, bytes)
}

/// BIT STRING of whole bytes.
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    bit_string_unused(bytes, 0)
}

/// BIT STRING whose last byte has unused bits at its end, which are zero `[X.690 §11.2]`.
pub fn bit_string_unused(bytes: &[u8], unused_bits: u8) -> Vec<u8> {
    let mut value = vec![unused_bits];
    value.extend_from_slice(bytes);
    node(0x03, &value)
}

/// UTF8String.
pub fn utf8_string(text: &str) -> Vec<u8> {
    node(0x0C, text.as_bytes())
}

/// PrintableString.
pub fn printable_string(text: &str) -> Vec<u8> {
    node(0x13, text.as_bytes())
}

/// OBJECT IDENTIFIER from its dotted form, which is a constant of this crate `[X.690 §8.19]`.
pub fn object_identifier(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u32> =
        dotted.split('.').map(|arc| arc.parse().expect("an arc is a number")).collect();
    let mut value = Vec::new();
    push_base_128(&mut value, arcs[0] * 40 + arcs[1]);
    for arc in &arcs[2..] {
        push_base_128(&mut value, *arc);
    }
    node(0x06, &value)
}

fn push_base_128(bytes: &mut Vec<u8>, number: u32) {
    for group in (1..5).rev() {
        if number >> (7 * group) != 0 {
            bytes.push(0x80 | (number >> (7 * group)) as u8);
        }
    }
    bytes.push((number & 0x7F) as u8);
}

/// SET OF: the elements in ascending order of their encodings `[X.690 §11.6]`.
pub fn set_of(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    set(&elements)
}

/// `[number] EXPLICIT`: the tag wraps a whole element.
pub fn explicit(number: u8, element: &[u8]) -> Vec<u8> {
    node(0xA0 | u32::from(number), element)
}

/// `[number] IMPLICIT` of a primitive type.
pub fn implicit(number: u8, value: &[u8]) -> Vec<u8> {
    node(0x80 | u32::from(number), value)
}

/// `[number] IMPLICIT` of a constructed type.
pub fn implicit_constructed(number: u8, children: &[Vec<u8>]) -> Vec<u8> {
    constructed(0xA0 | u32::from(number), children)
}

/// A moment in Greenwich mean time, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// The year, four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl Time {
    /// The first second of a day.
    pub const fn midnight(year: u16, month: u8, day: u8) -> Time {
        Time { year, month, day, hour: 0, minute: 0, second: 0 }
    }

    /// `YYYYMMDDHHMMSSZ`: the value of a GeneralizedTime.
    pub fn generalized(self) -> String {
        let Time { year, month, day, hour, minute, second } = self;
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
    }

    /// UTCTime through the year 2049, GeneralizedTime from 2050 `[RFC 5280 §4.1.2.5]`, `[RFC 5652 §11.3]`.
    pub fn encode(self) -> Vec<u8> {
        let text = self.generalized();
        if (1950..2050).contains(&self.year) {
            node(0x17, &text.as_bytes()[2..])
        } else {
            node(0x18, text.as_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_stay_positive() {
        assert_eq!(small_integer(0), [2, 1, 0]);
        assert_eq!(small_integer(127), [2, 1, 127]);
        assert_eq!(small_integer(128), [2, 2, 0, 128]);
        assert_eq!(small_integer(65_537), [2, 3, 1, 0, 1]);
    }

    #[test]
    fn object_identifiers_of_the_card() {
        // id-PACE-ECDH-GM-AES-CBC-CMAC-128 as EF.CardAccess holds it, and an arc above 2^14.
        assert_eq!(
            object_identifier("0.4.0.127.0.7.2.2.4.2.2"),
            [0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02]
        );
        assert_eq!(
            object_identifier("1.2.840.113549.1.7.2"),
            [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]
        );
    }

    #[test]
    fn times_change_type_in_2050() {
        assert_eq!(Time::midnight(2049, 12, 31).encode(), node(0x17, b"491231000000Z"));
        assert_eq!(Time::midnight(2050, 1, 1).encode(), node(0x18, b"20500101000000Z"));
    }
}
