//! Tags and lengths of data objects, and never a value.

use super::facts::{Node, Size};
use crate::tlv::{Reader, Tag};

/// Nodes of one file: a card must not make the report endless, or speak through tags.
const MAX_NODES: usize = 128;
const MAX_DEPTH: u8 = 8;
/// An object identifier in dotted form; longer ones are given by their length.
const MAX_OID: usize = 64;
/// A name of an institution.
const MAX_NAME: usize = 200;

/// Whose data a file holds, which decides how exactly its lengths are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The issuer's or the chip's: keys, protocols, signatures. Lengths are exact.
    Card,
    /// The holder's. Lengths are classes.
    Holder,
}

impl Owner {
    /// A length, as exactly as it may be told. The smallest class holds every word for a sex, nearly every
    /// religion and ethnicity, and most names.
    pub(super) fn size(self, length: usize) -> Size {
        match self {
            Self::Card => Size::Exactly(length),
            Self::Holder if length <= 1024 => {
                Size::UpTo(length.max(32).checked_next_power_of_two().unwrap_or(1024))
            }
            Self::Holder => Size::UpTo(length.next_multiple_of(1024)),
        }
    }
}

/// The objects of a file, the outer before the inner; `false` if something follows or is no object.
pub(super) fn structure(bytes: &[u8], owner: Owner) -> (Vec<Node>, bool) {
    let mut nodes = Vec::new();
    let complete = objects(Reader::new(bytes), 0, owner, &mut nodes);
    (nodes, complete)
}

fn objects(mut reader: Reader<'_>, depth: u8, owner: Owner, nodes: &mut Vec<Node>) -> bool {
    loop {
        let object = match reader.next_object() {
            Ok(Some(object)) => object,
            Ok(None) => return true,
            Err(_) => return false,
        };
        if nodes.len() >= MAX_NODES {
            return false;
        }
        nodes.push(Node { depth, tag: object.tag, length: owner.size(object.value.len()) });
        if !is_constructed(object.tag) || depth + 1 >= MAX_DEPTH {
            continue;
        }
        let before = nodes.len();
        let inside = object.children().is_ok_and(|inside| objects(inside, depth + 1, owner, nodes));
        if !inside && nodes.len() < MAX_NODES {
            // Not data objects after all: what was taken for tags may be somebody's letters.
            nodes.truncate(before);
        }
    }
}

/// Bit 6 of the tag's first byte `[ISO/IEC 8825-1 §8.1.2.5]`.
pub(super) fn is_constructed(tag: Tag) -> bool {
    tag.to_be_bytes().into_iter().find(|byte| *byte != 0).is_some_and(|first| first & 0x20 != 0)
}

/// A dotted object identifier of bounded length.
pub(super) fn bounded_oid(dotted: String) -> String {
    if dotted.len() <= MAX_OID { dotted } else { format!("({} characters)", dotted.len()) }
}

/// The contents of an object identifier, dotted.
pub(super) fn oid(contents: &[u8]) -> String {
    let unreadable = || format!("({} bytes)", contents.len());
    crate::crypto::dotted(contents).map_or_else(unreadable, bounded_oid)
}

/// A name of an institution: one line of bounded length.
pub(super) fn name(text: &str) -> String {
    let plain = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut name: String = text.chars().take(MAX_NAME).map(plain).collect();
    if text.chars().nth(MAX_NAME).is_some() {
        name.push('…');
    }
    name
}

/// A short code such as a state: letters, digits and fillers only.
pub(super) fn code(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '<').take(3).collect()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// A small non-negative INTEGER.
pub(super) fn number(contents: &[u8]) -> Option<u64> {
    match contents {
        [] | [0x80..=0xFF, ..] => None,
        [0, rest @ ..] | rest if rest.len() <= 8 => {
            Some(rest.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv::write;

    #[test]
    fn letters_that_look_like_objects_are_not_told_as_tags() {
        // 'n' is the tag of DG14 with a length of 'g'; inside a constructed object it does not add up.
        let file = write(0x6D, b"nguyen thi canary");
        let (nodes, complete) = structure(&file, Owner::Holder);
        assert_eq!(nodes, [Node { depth: 0, tag: 0x6D, length: Size::UpTo(32) }]);
        assert!(complete);
    }

    #[test]
    fn lengths_of_the_holder_are_classes() {
        for (length, class) in [(0, 32), (4, 32), (32, 32), (33, 64), (200, 256), (1025, 2048)] {
            assert_eq!(Owner::Holder.size(length), Size::UpTo(class));
            assert_eq!(Owner::Card.size(length), Size::Exactly(length));
        }
    }

    #[test]
    fn what_a_card_may_say_is_bounded() {
        let many: Vec<u8> = (0..1000).flat_map(|_| [0x04, 0]).collect();
        let (nodes, complete) = structure(&many, Owner::Card);
        assert_eq!((nodes.len(), complete), (MAX_NODES, false));
        assert_eq!(name(&"x".repeat(500)).chars().count(), MAX_NAME + 1);
        assert_eq!(name("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(code("V\u{1b}N!M<"), "VNM");
        let long: Vec<u8> = [&[0x2A][..], &[0xFF, 0xFF, 0xFF, 0x7F].repeat(8)].concat();
        assert!(oid(&long).starts_with('('), "{}", oid(&long));
        assert_eq!(
            (number(&[0x80]), number(&[0, 0x80]), number(&[1; 9])),
            (None, Some(0x80), None)
        );
    }
}
