//! The answer to reset `[ISO/IEC 7816-3 §8; PC/SC part 3 §3.1.3.2.3]`.

use super::structure::hex;
use crate::tlv::Tag;

/// What an answer to reset says of the card and the link.
///
/// A contactless reader makes it up from the card's ATS or ATQB. The number by which a reader tells cards
/// apart (UID, PUPI) is not in it; but a chip maker may write anything into historical bytes, so of those only
/// objects are told whose meaning is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AtrFacts {
    /// Bytes of the whole.
    pub length: usize,
    /// Whether it has the form that contactless readers make up.
    pub contactless: bool,
    /// The transmission protocols offered: 0, 1.
    pub protocols: Vec<u8>,
    /// Number of historical bytes.
    pub historical: usize,
    /// Tags and lengths of the compact objects in them; empty if they are of another kind.
    pub objects: Vec<(Tag, usize)>,
    /// Card service data and capabilities (compact tags 3 and 7), in hexadecimal.
    pub capabilities: Vec<(Tag, String)>,
    /// Whether the capabilities say that commands and answers may have extended length.
    pub extended_length: Option<bool>,
    /// Whether it is complete and adds up.
    pub well_formed: bool,
}

impl AtrFacts {
    /// Reads an answer to reset; what is not one gives facts that say so.
    #[must_use]
    pub fn of(atr: &[u8]) -> Self {
        let mut facts = Self {
            length: atr.len(),
            contactless: matches!(atr, [0x3B, t0, 0x80, 0x01, ..] if t0 >> 4 == 8),
            protocols: Vec::new(),
            historical: 0,
            objects: Vec::new(),
            capabilities: Vec::new(),
            extended_length: None,
            well_formed: false,
        };
        let Some((historical, check)) = facts.interface(atr) else { return facts };
        facts.historical = historical.len();
        // TCK is there unless T=0 is the only protocol.
        let whole = atr.get(1..).unwrap_or_default();
        facts.well_formed = match check {
            [] => facts.protocols.iter().all(|protocol| *protocol == 0),
            [_] => whole.iter().fold(0, |sum, byte| sum ^ byte) == 0,
            _ => false,
        };
        facts.compact(historical);
        facts
    }

    /// Reads up to the historical bytes; returns them and what follows.
    fn interface<'a>(&mut self, atr: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let mut bytes = atr.iter().copied();
        if !matches!(bytes.next()?, 0x3B | 0x3F) {
            return None;
        }
        let t0 = bytes.next()?;
        let mut present = t0 >> 4;
        let mut position = 2_usize;
        loop {
            // TA, TB and TC carry nothing that matters here.
            for _ in 0..(present & 0x07).count_ones() {
                bytes.next()?;
                position += 1;
            }
            if present & 0x08 == 0 {
                break;
            }
            let td = bytes.next()?;
            position += 1;
            if !self.protocols.contains(&(td & 0x0F)) {
                self.protocols.push(td & 0x0F);
            }
            present = td >> 4;
        }
        if self.protocols.is_empty() {
            self.protocols.push(0);
        }
        atr.get(position..)?.split_at_checked(usize::from(t0 & 0x0F))
    }

    /// Compact objects after category 80, or 00 with three bytes of status at the end
    /// `[ISO/IEC 7816-4 §12.1.1]`.
    fn compact(&mut self, historical: &[u8]) {
        let ([0x80, rest @ ..] | [0x00, rest @ .., _, _, _]) = historical else { return };
        let mut rest = rest;
        while let [head, after @ ..] = rest {
            let (tag, length) = (Tag::from(head >> 4), usize::from(head & 0x0F));
            let Some((value, after)) = after.split_at_checked(length) else {
                self.objects.clear();
                self.capabilities.clear();
                self.extended_length = None;
                return;
            };
            self.objects.push((tag, length));
            if tag == 3 && length == 1 || tag == 7 && length <= 3 {
                self.capabilities.push((tag, hex(value)));
            }
            if let (7, [_, _, third]) = (tag, value) {
                self.extended_length = Some(third & 0x40 != 0);
            }
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contactless_reader_says_so() {
        let facts = AtrFacts::of(&[0x3B, 0x81, 0x80, 0x01, 0x80, 0x80]);
        assert!(facts.contactless && facts.well_formed);
        assert_eq!((facts.protocols, facts.historical, facts.objects), (vec![0, 1], 1, vec![]));
    }

    #[test]
    fn capabilities_are_told_and_the_makers_own_bytes_are_not() {
        // Service data, pre-issuing data with a serial number, capabilities with extended length.
        let mut historical = vec![0x80, 0x31, 0xC0, 0x64];
        historical.extend(b"SER1");
        historical.extend([0x73, 0x96, 0x21, 0xC0]);
        let mut atr = vec![0x3B, 0x80 | 12, 0x80, 0x01];
        atr.extend(&historical);
        atr.push(atr[1..].iter().fold(0, |sum, byte| sum ^ byte));
        let facts = AtrFacts::of(&atr);
        assert!(facts.well_formed);
        assert_eq!(facts.objects, [(3, 1), (6, 4), (7, 3)]);
        assert_eq!(facts.capabilities, [(3, "C0".to_owned()), (7, "9621C0".to_owned())]);
        assert_eq!(facts.extended_length, Some(true));
        assert!(!format!("{facts:?}").contains("53455231"));
    }

    #[test]
    fn every_truncation_is_taken() {
        let atr = [0x3B, 0x8C, 0x80, 0x01, 0x80, 0x31, 0xC0, 0x64, 1, 2, 3, 4, 0x73, 1, 2, 3, 0];
        for end in 0..atr.len() {
            assert!(!AtrFacts::of(&atr[..end]).well_formed, "{end}");
        }
        assert!(AtrFacts::of(&[0x3B, 0x00]).well_formed);
    }
}
