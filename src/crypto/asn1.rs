//! The few ASN.1 types that keys and algorithm identifiers are made of.

use der::asn1::ObjectIdentifier;

use crate::error::{Error, Result};
use crate::tlv::{Reader, Tag, Tlv};

pub(super) const INTEGER: Tag = 0x02;
pub(super) const BIT_STRING: Tag = 0x03;
pub(super) const OCTET_STRING: Tag = 0x04;
pub(super) const OBJECT_IDENTIFIER: Tag = 0x06;
pub(super) const SEQUENCE: Tag = 0x30;

/// The inside of the one object that the bytes are.
pub(super) fn only<'a>(der: &'a [u8], tag: Tag, what: &'static str) -> Result<Reader<'a>> {
    let mut outer = Reader::new(der);
    let object = outer.expect(tag, what)?;
    outer.finish()?;
    object.children()
}

/// An object identifier in dotted form.
pub(crate) fn oid(object: &Tlv<'_>) -> Result<String> {
    dotted(object.value).ok_or_else(|| object.error("an object identifier"))
}

/// The contents of an object identifier in dotted form; `None` if they are none.
pub(crate) fn dotted(contents: &[u8]) -> Option<String> {
    // X.690 §8.19.2: no arc begins with a zero; the crate reads over it.
    let arcs = contents.split_inclusive(|byte| byte & 0x80 == 0);
    if arcs.into_iter().any(|arc| arc.first() == Some(&0x80)) {
        return None;
    }
    ObjectIdentifier::from_bytes(contents).map(|oid| oid.to_string()).ok()
}

/// An algorithm's identifier and its parameters as they came, with tag and length.
pub(crate) struct Algorithm<'a> {
    pub(crate) oid: String,
    pub(crate) parameters: Option<&'a [u8]>,
}

/// `AlgorithmIdentifier` (RFC 5280 §4.1.1.2).
pub(crate) fn algorithm<'a>(object: &Tlv<'a>) -> Result<Algorithm<'a>> {
    let mut inside = object.children()?;
    let oid = oid(&inside.expect(OBJECT_IDENTIFIER, "an algorithm's identifier")?)?;
    let parameters = inside.next_object()?.map(|object| object.raw);
    inside.finish()?;
    Ok(Algorithm { oid, parameters })
}

/// A positive integer without leading zeros; superfluous zeros in front are tolerated.
pub(super) fn positive_integer<'a>(
    reader: &mut Reader<'a>,
    what: &'static str,
) -> Result<&'a [u8]> {
    let object = reader.expect(INTEGER, what)?;
    let magnitude = without_leading_zeros(object.value);
    let negative = object.value.first().is_some_and(|first| first & 0x80 != 0);
    if negative || magnitude.is_empty() {
        return Err(object.error(what));
    }
    Ok(magnitude)
}

/// The contents of a bit string of whole bytes.
pub(super) fn whole_bytes<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<&'a [u8]> {
    let object = reader.expect(BIT_STRING, what)?;
    match object.value {
        [0, bytes @ ..] => Ok(bytes),
        _ => Err(object.error(what)),
    }
}

pub(super) fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// `SubjectPublicKeyInfo` (RFC 5280 §4.1): the algorithm and the key's bytes.
pub(super) fn subject_public_key(der: &[u8]) -> Result<(Algorithm<'_>, &[u8])> {
    let mut spki = only(der, SEQUENCE, "a SubjectPublicKeyInfo")?;
    let algorithm = algorithm(&spki.expect(SEQUENCE, "an AlgorithmIdentifier")?)?;
    let key = whole_bytes(&mut spki, "a public key in a bit string")?;
    spki.finish()?;
    Ok((algorithm, key))
}

pub(super) const UNKNOWN_DIGEST: Error =
    Error::Unsupported(crate::error::Unsupported::Algorithm("a digest other than SHA-1 or SHA-2"));
