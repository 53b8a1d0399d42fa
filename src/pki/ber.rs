//! Definite-length form of BER (ISO/IEC 8825-1 §8.1.3.6), for the CMS of cards that write indefinite lengths.
//!
//! Only what has to change is rewritten: an object without indefinite length and without a string
//! in pieces keeps its bytes, so certificates and signed attributes stay as they were signed.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::tlv;

/// Deepest nesting that is rewritten.
const MAX_DEPTH: u8 = 16;
const OCTET_STRING_IN_PIECES: u8 = 0x24;
const OCTET_STRING: u32 = 0x04;

/// The first object of a buffer with definite lengths throughout.
pub(crate) struct Definite<'a> {
    /// The object: borrowed if it was definite already.
    pub(crate) object: Cow<'a, [u8]>,
    /// Bytes behind the object.
    pub(crate) rest: &'a [u8],
}

impl Definite<'_> {
    /// Whether anything was written in a way that DER forbids and that had to be changed.
    pub(crate) const fn was_rewritten(&self) -> bool {
        matches!(self.object, Cow::Owned(_))
    }
}

/// Reads the first object and gives it definite lengths.
///
/// # Errors
/// `Malformed` where a tag, a length or the contents are cut short, or objects nest too deeply.
pub(crate) fn definite(bytes: &[u8]) -> Result<Definite<'_>> {
    let (length, rewritten) = rewrite(bytes, 0, 0)?;
    let (object, rest) =
        bytes.split_at_checked(length).ok_or(Error::malformed(0, "an object cut short"))?;
    let object = rewritten.map_or(Cow::Borrowed(object), Cow::Owned);
    Ok(Definite { object, rest })
}

/// Bytes that the object at the start of `bytes` takes, and its new form if it needs one.
fn rewrite(bytes: &[u8], at: usize, depth: u8) -> Result<(usize, Option<Vec<u8>>)> {
    if depth > MAX_DEPTH {
        return Err(Error::malformed(at, "objects nested too deeply"));
    }
    if let Some((tag, header)) = indefinite_header(bytes) {
        let mut contents = Vec::new();
        let mut position = header;
        loop {
            let rest = bytes.get(position..).unwrap_or_default();
            if rest.starts_with(&[0, 0]) {
                let object = if tag == u32::from(OCTET_STRING_IN_PIECES) {
                    join(&contents, at)?
                } else {
                    tlv::write(tag, &contents)
                };
                return Ok((position + 2, Some(object)));
            }
            let (length, rewritten) = rewrite(rest, at + position, depth + 1)?;
            push(&mut contents, rest, length, rewritten)?;
            position += length;
        }
    }
    let header = tlv::Header::parse(bytes)
        .map_err(|what| Error::malformed(at, what))?
        .ok_or(Error::malformed(at, "a tag and length cut short"))?;
    let total = header.total_length().filter(|total| *total <= bytes.len());
    let total = total.ok_or(Error::malformed(at, "contents shorter than the length says"))?;
    let constructed = bytes.first().is_some_and(|tag| tag & 0x20 != 0);
    let value = bytes.get(header.header_length..total).unwrap_or_default();
    if !constructed {
        return Ok((total, None));
    }
    // What does not parse inside keeps its bytes: whoever needs those will complain with a name.
    let contents = rewrite_contents(value, at + header.header_length, depth).unwrap_or_default();
    if bytes.first() == Some(&OCTET_STRING_IN_PIECES) {
        return Ok((total, Some(join(contents.as_deref().unwrap_or(value), at)?)));
    }
    Ok((total, contents.map(|contents| tlv::write(header.tag, &contents))))
}

fn rewrite_contents(value: &[u8], at: usize, depth: u8) -> Result<Option<Vec<u8>>> {
    let mut changed = false;
    let mut contents = Vec::new();
    let mut position = 0;
    while let Some(rest) = value.get(position..).filter(|rest| !rest.is_empty()) {
        let (length, rewritten) = rewrite(rest, at + position, depth + 1)?;
        if rewritten.is_some() && !changed {
            changed = true;
            contents.extend_from_slice(value.get(..position).unwrap_or_default());
        }
        if changed {
            push(&mut contents, rest, length, rewritten)?;
        }
        position += length;
    }
    Ok(changed.then_some(contents))
}

fn push(out: &mut Vec<u8>, rest: &[u8], length: usize, rewritten: Option<Vec<u8>>) -> Result<()> {
    match rewritten {
        Some(object) => out.extend_from_slice(&object),
        None => out.extend_from_slice(
            rest.get(..length).ok_or(Error::malformed(0, "an object cut short"))?,
        ),
    }
    Ok(())
}

/// One OCTET STRING out of its pieces (ISO/IEC 8825-1 §8.7.3); pieces in pieces were joined before.
fn join(pieces: &[u8], at: usize) -> Result<Vec<u8>> {
    let mut joined = Vec::with_capacity(pieces.len());
    let mut reader = tlv::Reader::new(pieces);
    while let Some(piece) = reader.next_object()? {
        if piece.tag != OCTET_STRING {
            return Err(Error::malformed(at, "an OCTET STRING made of something else"));
        }
        joined.extend_from_slice(piece.value);
    }
    Ok(tlv::write(OCTET_STRING, &joined))
}

/// Tag and header length of a constructed object of indefinite length.
fn indefinite_header(bytes: &[u8]) -> Option<(u32, usize)> {
    let first = *bytes.first()?;
    if first & 0x20 == 0 {
        return None;
    }
    let (mut tag, mut length) = (u32::from(first), 1);
    if first & 0x1F == 0x1F {
        loop {
            let byte = *bytes.get(length)?;
            tag = tag.checked_mul(0x100)? | u32::from(byte);
            length += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    (bytes.get(length) == Some(&0x80)).then_some((tag, length + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_is_borrowed() {
        let bytes = [0x30, 0x81, 0x03, 0x02, 0x01, 0x05, 0xAA];
        let definite = definite(&bytes).unwrap();
        assert!(!definite.was_rewritten());
        assert_eq!((&*definite.object, definite.rest), (&bytes[..6], &bytes[6..]));
    }

    #[test]
    fn indefinite_lengths_and_pieces_are_rewritten() {
        let bytes = [
            0x30, 0x80, 0xA0, 0x80, 0x24, 0x80, 0x04, 1, 0xAB, 0x24, 3, 0x04, 1, 0xCD, 0, 0, 0, 0,
            0x02, 0x81, 0x01, 0x07, 0, 0,
        ];
        let definite = definite(&bytes).unwrap();
        assert!(definite.was_rewritten() && definite.rest.is_empty());
        let expected = [0x30, 10, 0xA0, 4, 0x04, 2, 0xAB, 0xCD, 0x02, 0x81, 0x01, 0x07];
        assert_eq!(&*definite.object, expected, "the odd length of the INTEGER stays");
    }

    #[test]
    fn unreadable_contents_of_a_definite_object_stay() {
        let bytes = [0x30, 4, 0x30, 9, 1, 2];
        assert_eq!(&*definite(&bytes).unwrap().object, bytes);
    }

    #[test]
    fn truncations_and_endless_nesting_are_refused() {
        let bytes = [0x30, 0x80, 0x24, 0x80, 0x04, 1, 0xAB, 0, 0, 0, 0];
        for end in 0..bytes.len() {
            assert!(definite(&bytes[..end]).is_err(), "{end}");
        }
        assert!(definite(&[0x30, 0x80].repeat(10_000)).is_err());
        assert!(definite(&[0x24, 3, 0x02, 1, 5]).is_err());
        assert!(definite(&[0x04, 0x80, 0, 0]).is_err(), "primitive and indefinite");
    }
}
