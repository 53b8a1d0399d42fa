//! Distinguished names (RFC 5280 §4.1.2.4) and how they are compared.

use core::fmt;

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
/// write their own name in several ways (RFC 5280 §7.1 asks for all but the last of these).
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
        let lasting = |name: &'a Self| name.parts().filter(|part| !part.starts_with(SERIAL_NUMBER));
        self == other && !self.is_empty()
            || lasting(self).next().is_some() && lasting(self).eq(lasting(other))
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        self.key.split(SEPARATOR)
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
        let words: Vec<String> = self.value.split_whitespace().map(str::to_lowercase).collect();
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
    let text: String = match value.tag {
        // TeletexString is Latin-1 in practice.
        0x14 => value.value.iter().copied().map(char::from).collect(),
        0x1E => {
            let units: Vec<u16> = value
                .value
                .chunks_exact(2)
                .filter_map(|pair| pair.try_into().ok().map(u16::from_be_bytes))
                .collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(value.value).into_owned(),
    };
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
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

/// An INTEGER's octets without the leading zeros that carry no information; the sign bit is kept as it is.
pub(crate) fn integer(object: &Tlv<'_>) -> Result<Vec<u8>> {
    if object.value.is_empty() {
        return Err(Error::malformed(object.offset, "an INTEGER"));
    }
    let zeros = object.value.iter().take_while(|byte| **byte == 0).count();
    let zeros = zeros.min(object.value.len() - 1);
    Ok(object.value.get(zeros..).unwrap_or_default().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv::write;

    fn name(attributes: &[(u8, u32, &str)]) -> Name {
        let mut names = Vec::new();
        for (kind, string, value) in attributes {
            let oid = write(0x06, &[0x55, 0x04, *kind]);
            let member = write(0x30, &[oid, write(*string, value.as_bytes())].concat());
            names.extend(write(0x31, &member));
        }
        Name::parse_raw(&write(0x30, &names)).unwrap()
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
    fn control_characters_do_not_reach_the_terminal() {
        assert!(!name(&[(3, 0x0C, "a\u{1b}[2Jb")]).to_string().contains('\u{1b}'));
    }
}
