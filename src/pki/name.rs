//! Distinguished names (RFC 5280 §4.1.2.4) and how they are compared.

use core::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::crypto::{self, oid};
use crate::error::{Error, Result};
use crate::tlv::{Reader, Tlv};

const COUNTRY: &str = "2.5.4.6";
const SERIAL_NUMBER: &str = "2.5.4.5=";
/// Between the attributes of a key; no value contains it.
const SEPARATOR: &str = "\u{1}";
/// Attribute types with a usual short name (RFC 4514 §3, and those that CSCAs use beyond it).
const SHORT_NAMES: [(&str, &str); 9] = [
    (COUNTRY, "C"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.3", "CN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];
/// A name with more attributes than this is not read.
const MAX_ATTRIBUTES: usize = 64;

/// The name of a certificate's subject or issuer.
///
/// Two names are equal (`==`) if their attributes are: upper and lower case, repeated spaces, the
/// string type and the order of the attributes do not matter, because issuers of travel documents
/// write their own name in several ways (RFC 5280 §7.1 asks for all but the last of these). Composed and
/// decomposed letters are the same (RFC 4518 §2.3).
#[derive(Clone)]
pub struct Name {
    attributes: Vec<Attribute>,
    /// The normalised attributes, sorted.
    key: String,
}

#[derive(Clone)]
struct Attribute {
    oid: String,
    value: String,
}

impl Name {
    /// Reads the contents of a `Name`, that is of its outer SEQUENCE.
    pub(crate) fn parse(sequence: &Tlv<'_>) -> Result<Self> {
        let mut attributes = Vec::new();
        let mut relative_names = sequence.children()?;
        while let Some(set) = relative_names.next_object()? {
            if set.tag != 0x31 {
                return Err(set.error("a relative name (SET)"));
            }
            let mut members = set.children()?;
            while let Some(member) = members.next_object()? {
                let mut parts = member.children()?;
                let oid = oid(&parts.expect(0x06, "an attribute type")?)?;
                let value =
                    parts.next_object()?.ok_or_else(|| member.error("an attribute value"))?;
                if attributes.len() >= MAX_ATTRIBUTES {
                    return Err(sequence.error("a name of reasonable length"));
                }
                attributes.push(Attribute { oid, value: text(&value) });
            }
        }
        let mut normalised: Vec<String> = attributes.iter().map(Attribute::normalised).collect();
        normalised.sort_unstable();
        Ok(Self { attributes, key: normalised.join(SEPARATOR) })
    }

    /// Reads a `Name` with its tag and length.
    pub(crate) fn parse_raw(raw: &[u8]) -> Result<Self> {
        Self::parse(&Reader::new(raw).expect(0x30, "a name")?)
    }

    /// The normalised attributes as one text: equal for equal names.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Whether the attributes of two equal names stand in the same order.
    pub(crate) fn same_order(&self, other: &Self) -> bool {
        self.attributes
            .iter()
            .map(Attribute::normalised)
            .eq(other.attributes.iter().map(Attribute::normalised))
    }

    /// Whether the name has no attribute: it names nobody, and equals every other one without.
    pub(crate) const fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// Whether two names are those of one authority: equal, or different in the attribute `serialNumber`
    /// alone, which some authorities count up whenever they change their key.
    pub(crate) fn same_authority<'a>(&'a self, other: &'a Self) -> bool {
        let lasting = |name: &'a Self| {
            let parts = name.key.split(SEPARATOR);
            parts.filter(|part| !part.is_empty() && !part.starts_with(SERIAL_NUMBER))
        };
        self == other && !self.is_empty()
            || lasting(self).next().is_some() && lasting(self).eq(lasting(other))
    }

    /// The country, two letters (ISO 3166-1) in upper case; some issuers write three.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        let country = self.attributes.iter().find(|attribute| attribute.oid == COUNTRY)?;
        Some(country.value.trim().to_uppercase())
    }
}

impl Attribute {
    fn normalised(&self) -> String {
        let value: String = self.value.nfkc().collect();
        let words: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
        format!("{}={}", self.oid, words.join(" "))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    /// `C=VN, O=…, CN=…` in the order of the certificate.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, attribute) in self.attributes.iter().enumerate() {
            let short = SHORT_NAMES.iter().find(|(oid, _)| *oid == attribute.oid);
            let label = short.map_or(attribute.oid.as_str(), |(_, name)| name);
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{label}={}", attribute.value)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// A directory string as text. Control characters would reach a terminal, so they become `\u{FFFD}`.
fn text(value: &Tlv<'_>) -> String {
    let latin_1 = || value.value.iter().copied().map(char::from).collect();
    let text: String = match value.tag {
        // TeletexString is Latin-1 in practice.
        0x14 => latin_1(),
        // UniversalString
        0x1C => value.value.chunks_exact(4).map(universal_character).collect(),
        // BMPString
        0x1E => {
            let units: Vec<u16> = value
                .value
                .chunks_exact(2)
                .filter_map(|pair| pair.try_into().ok().map(u16::from_be_bytes))
                .collect();
            String::from_utf16_lossy(&units)
        }
        // What is wrongly called a PrintableString or UTF8String is Latin-1, too.
        _ => core::str::from_utf8(value.value).map_or_else(|_| latin_1(), str::to_owned),
    };
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn universal_character(bytes: &[u8]) -> char {
    let number = bytes.try_into().ok().map(u32::from_be_bytes);
    number.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// An algorithm and its parameters (RFC 5280 §4.1.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlgorithmIdentifier {
    /// Dotted form.
    pub(crate) oid: String,
    /// The parameters with tag and length.
    pub(crate) parameters: Option<Vec<u8>>,
}

impl AlgorithmIdentifier {
    pub(crate) fn parse(sequence: &Tlv<'_>) -> Result<Self> {
        if sequence.tag != 0x30 {
            return Err(sequence.error("an algorithm identifier"));
        }
        let algorithm = crypto::algorithm(sequence)?;
        Ok(Self { oid: algorithm.oid, parameters: algorithm.parameters.map(<[u8]>::to_vec) })
    }
}

/// An INTEGER's octets without those that DER forbids (X.690 §8.3.2): equal numbers have equal ones. A leading
/// zero that carries the sign stays, or 255 would be −1.
pub(crate) fn integer(object: &Tlv<'_>) -> Result<Vec<u8>> {
    if object.value.is_empty() {
        return Err(Error::malformed(object.offset, "an INTEGER"));
    }
    Ok(shortest(object.value).to_vec())
}

/// The contents of an INTEGER in their shortest form.
pub(crate) fn shortest(mut contents: &[u8]) -> &[u8] {
    while let [sign, next, ..] = contents
        && matches!((sign, next & 0x80), (0, 0) | (0xFF, 0x80))
    {
        contents = contents.get(1..).unwrap_or_default();
    }
    contents
}

/// The octets of an INTEGER that is known to be positive, without the zero that carries the sign.
pub(crate) fn magnitude(integer: &[u8]) -> &[u8] {
    match integer.split_first() {
        Some((0, rest)) if !rest.is_empty() => rest,
        _ => integer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv::write;

    fn attribute(kind: u8, string: u32, value: &[u8]) -> Vec<u8> {
        write(0x30, &[write(0x06, &[0x55, 0x04, kind]), write(string, value)].concat())
    }

    fn name_of(relative_names: &[Vec<u8>]) -> Name {
        let sets: Vec<_> = relative_names.iter().map(|members| write(0x31, members)).collect();
        Name::parse_raw(&write(0x30, &sets.concat())).unwrap()
    }

    fn name(attributes: &[(u8, u32, &str)]) -> Name {
        let relative =
            |(kind, string, value): &(u8, u32, &str)| attribute(*kind, *string, value.as_bytes());
        name_of(&attributes.iter().map(relative).collect::<Vec<_>>())
    }

    #[test]
    fn case_spaces_string_type_and_order_do_not_matter() {
        let first = name(&[(6, 0x13, "VN"), (3, 0x0C, "CSCA Vietnam")]);
        let second = name(&[(3, 0x13, " csca  VIETNAM "), (6, 0x0C, "vn")]);
        assert_eq!(first, second);
        assert!(!first.same_order(&second));
        assert!(first.same_order(&name(&[(6, 0x13, "vn"), (3, 0x13, "csca vietnam")])));
        assert_eq!(second.country().as_deref(), Some("VN"));
        assert_eq!(first.to_string(), "C=VN, CN=CSCA Vietnam");
    }

    #[test]
    fn different_names_differ() {
        let vietnam = name(&[(6, 0x13, "VN"), (3, 0x0C, "CSCA")]);
        for other in [
            name(&[(6, 0x13, "VN"), (3, 0x0C, "CSCA 2")]),
            name(&[(6, 0x13, "VN")]),
            name(&[(6, 0x13, "VN"), (10, 0x0C, "CSCA")]),
            name(&[(6, 0x13, "VN"), (3, 0x0C, "CSCA"), (3, 0x0C, "CSCA")]),
        ] {
            assert_ne!(vietnam, other);
        }
    }

    #[test]
    fn every_string_type_spells_the_same_name() {
        let utf_8 = name_of(&[attribute(10, 0x0C, "Bộ Công an".as_bytes())]);
        let utf_16: Vec<u8> = "BỘ Công an".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf_32: Vec<u8> =
            "Bộ Công an".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        let decomposed = "Bo\u{323}\u{302} Co\u{302}ng an";
        for same in [
            attribute(10, 0x1E, &utf_16),
            attribute(10, 0x1C, &utf_32),
            attribute(10, 0x0C, decomposed.as_bytes()),
        ] {
            assert_eq!(name_of(&[same]), utf_8);
        }
        let french = name_of(&[attribute(8, 0x0C, "État".as_bytes())]);
        for string in [0x14, 0x13, 0x0C] {
            assert_eq!(name_of(&[attribute(8, string, b"\xC9tat")]), french);
            assert_ne!(name_of(&[attribute(8, string, b"\xC8tat")]), french);
        }
    }

    #[test]
    fn attributes_of_one_relative_name_have_no_order() {
        let (unit, person) = (attribute(11, 0x0C, b"CSCA"), attribute(3, 0x0C, b"Vietnam"));
        let together = name_of(&[[unit.clone(), person.clone()].concat()]);
        assert_eq!(together, name_of(&[[person.clone(), unit.clone()].concat()]));
        assert_eq!(together, name_of(&[person, unit]));
    }

    #[test]
    fn one_authority_may_count_up_its_serial_number() {
        let numbered = |number| name(&[(6, 0x13, "DE"), (5, 0x13, number), (3, 0x0C, "csca")]);
        let plain = name(&[(6, 0x13, "de"), (3, 0x0C, "CSCA")]);
        assert_ne!(numbered("100"), numbered("101"));
        assert!(numbered("100").same_authority(&numbered("101")));
        assert!(numbered("100").same_authority(&plain) && plain.same_authority(&plain));
        for other in [
            name(&[(6, 0x13, "DE"), (5, 0x13, "100"), (3, 0x0C, "csca 2")]),
            name(&[(6, 0x13, "AT"), (5, 0x13, "100"), (3, 0x0C, "csca")]),
            name(&[(5, 0x13, "100")]),
            name(&[]),
        ] {
            assert!(!numbered("100").same_authority(&other) && !other.same_authority(&plain));
        }
        // Nobody, and somebody of whom nothing but a number is known, are the same as no one.
        assert!(!name(&[]).same_authority(&name(&[])));
        assert!(!name(&[(5, 0x13, "1")]).same_authority(&name(&[(5, 0x13, "2")])));
        assert_eq!(name(&[]), name(&[]));
    }

    #[test]
    fn a_number_and_its_negative_differ() {
        let read = |contents: &[u8]| {
            let object = write(0x02, contents);
            integer(&Reader::new(&object).expect(0x02, "a number").unwrap())
        };
        for (written, shortest) in [
            (&[0, 0xFF][..], &[0, 0xFF][..]),
            (&[0xFF], &[0xFF]),
            (&[0, 0, 0, 0xFF], &[0, 0xFF]),
            (&[0xFF, 0xFF, 0xFF], &[0xFF]),
            (&[0xFF, 0x7F], &[0xFF, 0x7F]),
            (&[0, 0x7F], &[0x7F]),
            (&[0, 0], &[0]),
            (&[0x80, 0], &[0x80, 0]),
        ] {
            assert_eq!(read(written).unwrap(), shortest, "{written:?}");
        }
        assert!(read(&[]).is_err());
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert!(!name(&[(3, 0x0C, "a\u{1b}[2Jb")]).to_string().contains('\u{1b}'));
    }
}
