//! BER-TLV as ISO/IEC 7816-4 §5.2 and ISO/IEC 8825-1 §8 write it: tags of up to three bytes, definite lengths.
//!
//! Reading borrows and is bounded by the buffer; every error carries the byte position.
//! Indefinite lengths occur in CMS only and are read by `pki`, not here.

use crate::error::{Error, Result};

/// A tag with its class and constructed bits, as it is written: `0x7F61`, `0x5F1F`, `0x30`.
pub type Tag = u32;

/// Deepest nesting that [`Reader::children`] follows.
const MAX_DEPTH: u8 = 16;

/// One data object inside a buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag.
    pub tag: Tag,
    /// The contents.
    pub value: &'a [u8],
    /// Tag, length and contents, as they came.
    pub raw: &'a [u8],
    /// Position of the contents in the outermost buffer.
    pub offset: usize,
    depth: u8,
}

impl<'a> Tlv<'a> {
    /// Reads the objects inside this one.
    ///
    /// # Errors
    /// `Malformed` when objects are nested deeper than sixteen levels.
    pub fn children(&self) -> Result<Reader<'a>> {
        if self.depth >= MAX_DEPTH {
            return Err(Error::malformed(self.offset, "objects nested too deeply"));
        }
        let depth = self.depth + 1;
        Ok(Reader { bytes: self.value, position: 0, base: self.offset, depth, short_tags: false })
    }

    /// An error that points at the contents of this object.
    #[must_use]
    pub fn error(&self, what: &'static str) -> Error {
        Error::malformed(self.offset, what)
    }
}

impl core::fmt::Debug for Tlv<'_> {
    /// Tag and length only: contents may be personal.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Tlv({:02X}, {} bytes)", self.tag, self.value.len())
    }
}

/// Reads data objects one after the other.
#[derive(Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    base: usize,
    depth: u8,
    short_tags: bool,
}

impl<'a> Reader<'a> {
    /// A reader over a whole buffer.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0, base: 0, depth: 0, short_tags: false }
    }

    /// The same reader for files whose writer took every tag that does not fit one byte to have two: `5F85` and its like.
    pub(crate) const fn with_short_tags(self) -> Self {
        Self { short_tags: true, ..self }
    }

    /// The next object, or `None` at the end.
    ///
    /// # Errors
    /// `Malformed` where tag, length or contents are cut short or not allowed.
    pub fn next_object(&mut self) -> Result<Option<Tlv<'a>>> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(None);
        }
        let at = self.base + self.position;
        let header = Header::parse_tag(rest, self.short_tags)
            .map_err(|what| Error::malformed(at, what))?
            .ok_or(Error::malformed(at, "a tag and length cut short"))?;
        let raw = header
            .total_length()
            .and_then(|total| rest.get(..total))
            .ok_or(Error::malformed(at, "contents shorter than the length says"))?;
        self.position += raw.len();
        Ok(Some(Tlv {
            tag: header.tag,
            value: raw.get(header.header_length..).unwrap_or_default(),
            raw,
            offset: at + header.header_length,
            depth: self.depth,
        }))
    }

    /// The next object, which must have this tag.
    ///
    /// # Errors
    /// `Malformed` with `what` if it is missing or another.
    pub fn expect(&mut self, tag: Tag, what: &'static str) -> Result<Tlv<'a>> {
        let at = self.base + self.position;
        match self.next_object()? {
            Some(object) if object.tag == tag => Ok(object),
            _ => Err(Error::malformed(at, what)),
        }
    }

    /// The next object if it has this tag; otherwise nothing is consumed.
    ///
    /// # Errors
    /// `Malformed` if what follows is no data object.
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>> {
        let mut ahead = self.clone();
        match ahead.next_object()? {
            Some(object) if object.tag == tag => {
                *self = ahead;
                Ok(Some(object))
            }
            _ => Ok(None),
        }
    }

    /// Fails unless everything was read.
    ///
    /// # Errors
    /// `Malformed` at the first byte left over.
    pub fn finish(&self) -> Result<()> {
        if self.position == self.bytes.len() {
            Ok(())
        } else {
            Err(Error::malformed(self.base + self.position, "bytes after the last object"))
        }
    }

    /// Position of the next byte in the outermost buffer.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.base + self.position
    }
}

/// Tag and length at the head of a file, before its contents have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The tag.
    pub tag: Tag,
    /// Bytes of tag and length together.
    pub header_length: usize,
    /// Bytes of the contents.
    pub value_length: usize,
}

impl Header {
    /// Reads the header; `Ok(None)` if `bytes` ends inside it.
    ///
    /// # Errors
    /// A text saying what is not allowed: tags above three bytes, lengths above four, indefinite lengths.
    pub fn parse(bytes: &[u8]) -> core::result::Result<Option<Self>, &'static str> {
        Self::parse_tag(bytes, false)
    }

    fn parse_tag(bytes: &[u8], short: bool) -> core::result::Result<Option<Self>, &'static str> {
        let mut position = 0;
        let mut next = || {
            let byte = bytes.get(position).copied();
            position += 1;
            byte.map(u32::from)
        };
        let Some(first) = next() else { return Ok(None) };
        let mut tag = first;
        if first & 0x1F == 0x1F {
            loop {
                let Some(byte) = next() else { return Ok(None) };
                if tag > 0xFFFF {
                    return Err("a tag longer than three bytes");
                }
                tag = tag << 8 | byte;
                if byte & 0x80 == 0 || short {
                    break;
                }
            }
        }
        let Some(first) = next() else { return Ok(None) };
        let value_length = match first {
            0..=0x7F => first,
            0x80 => return Err("an indefinite length"),
            0x81..=0x84 => {
                let mut length = 0_u32;
                for _ in 0x80..first {
                    let Some(byte) = next() else { return Ok(None) };
                    length = length << 8 | byte;
                }
                length
            }
            _ => return Err("a length of more than four bytes"),
        };
        let value_length = usize::try_from(value_length).map_err(|_| "a length beyond memory")?;
        Ok(Some(Self { tag, header_length: position, value_length }))
    }

    /// Bytes of tag, length and contents; `None` if that overflows.
    #[must_use]
    pub const fn total_length(&self) -> Option<usize> {
        self.header_length.checked_add(self.value_length)
    }
}

/// Writes one data object with the shortest length (ISO/IEC 8825-1 §10.1).
///
/// ```
/// assert_eq!(cccd::tlv::write(0x7F49, &[1, 2]), [0x7F, 0x49, 2, 1, 2]);
/// ```
#[must_use]
pub fn write(tag: Tag, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 6);
    push_without_leading_zeros(&mut out, u64::from(tag));
    if value.len() < 0x80 {
        push_without_leading_zeros(&mut out, value.len() as u64);
    } else {
        let mut length = Vec::new();
        push_without_leading_zeros(&mut length, value.len() as u64);
        push_without_leading_zeros(&mut out, 0x80 | length.len() as u64);
        out.extend_from_slice(&length);
    }
    out.extend_from_slice(value);
    out
}

fn push_without_leading_zeros(out: &mut Vec<u8>, number: u64) {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take(7).take_while(|byte| **byte == 0).count();
    out.extend_from_slice(bytes.get(zeros..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_then_reading_gives_the_same() {
        for tag in [0x04, 0x5F1F, 0x7F61, 0x5F_8F01] {
            for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000] {
                let value = vec![0x5A; length];
                let bytes = write(tag, &value);
                let mut reader = Reader::new(&bytes);
                let object = reader.next_object().unwrap().unwrap();
                assert_eq!((object.tag, object.value), (tag, &value[..]));
                assert_eq!(object.raw, bytes);
                reader.finish().unwrap();
            }
        }
    }

    #[test]
    fn errors_point_at_the_byte() {
        let bytes = [0x30, 4, 0x02, 1, 5, 0x04];
        let outer = Reader::new(&bytes).next_object().unwrap().unwrap();
        let mut inner = outer.children().unwrap();
        inner.expect(0x02, "an integer").unwrap();
        let error = inner.next_object().unwrap_err();
        assert_eq!(error, Error::malformed(5, "a tag and length cut short"));
    }

    #[test]
    fn every_truncation_is_an_error_or_waits_for_more() {
        let bytes = write(0x7F61, &write(0x30, &[7; 200]));
        for end in 1..bytes.len() {
            assert!(Reader::new(&bytes[..end]).next_object().is_err());
        }
        assert_eq!(Header::parse(&bytes[..3]), Ok(None));
    }

    #[test]
    fn long_form_of_a_short_length_is_read() {
        // Cards write the length 0x7F as 81 7F.
        let mut bytes = vec![0x53, 0x81, 0x7F];
        bytes.extend([0; 0x7F]);
        assert_eq!(Reader::new(&bytes).next_object().unwrap().unwrap().value.len(), 0x7F);
    }

    #[test]
    fn hostile_lengths_and_tags_are_refused() {
        for bytes in [
            &[0x30, 0x80, 0, 0][..],
            &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 0],
            &[0x1F, 0x81, 0x81, 0x81, 0x01, 0],
        ] {
            assert!(Reader::new(bytes).next_object().is_err());
        }
        let mut nested = vec![];
        for _ in 0..40 {
            nested = write(0x30, &nested);
        }
        let mut object = Reader::new(&nested).next_object().unwrap().unwrap();
        let depth = loop {
            match object.children() {
                Ok(mut inside) => object = inside.next_object().unwrap().unwrap(),
                Err(error) => break error,
            }
        };
        assert!(matches!(depth, Error::Malformed { what: "objects nested too deeply", .. }));
    }
}
