//! BER-TLV: building in DER's shortest form, and strict parsing `[ISO/IEC 7816-4]`.

/// One parsed data object; the value is a slice of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// The tag with all its bytes, such as 0x7C or 0x7F49.
    pub tag: u32,
    /// The value.
    pub value: &'a [u8],
}

/// Build one data object with the shortest length field.
pub fn node(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut bytes = tag_bytes(tag);
    bytes.extend(length_bytes(value.len()));
    bytes.extend_from_slice(value);
    bytes
}

/// Build a constructed data object from ready children.
pub fn constructed(tag: u32, children: &[Vec<u8>]) -> Vec<u8> {
    node(tag, &children.concat())
}

/// Build a SEQUENCE.
pub fn sequence(children: &[Vec<u8>]) -> Vec<u8> {
    constructed(0x30, children)
}

/// Build a SET with the elements in the order given: the caller sorts where DER asks for it.
pub fn set(children: &[Vec<u8>]) -> Vec<u8> {
    constructed(0x31, children)
}

/// The tag's own bytes: leading zeros of the number are not part of the tag.
fn tag_bytes(tag: u32) -> Vec<u8> {
    let bytes = tag.to_be_bytes();
    let skipped = bytes.iter().take(3).take_while(|byte| **byte == 0).count();
    bytes[skipped..].to_vec()
}

fn length_bytes(length: usize) -> Vec<u8> {
    if length < 0x80 {
        return vec![length as u8];
    }
    let bytes = length.to_be_bytes();
    let skipped = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut coded = vec![0x80 | (bytes.len() - skipped) as u8];
    coded.extend_from_slice(&bytes[skipped..]);
    coded
}

/// Take one data object off the front: the node and the bytes after it. `None` when the bytes are not a whole data object.
/// Indefinite lengths, and lengths of more than four bytes, are not accepted.
pub fn parse(bytes: &[u8]) -> Option<(Node<'_>, &[u8])> {
    let (tag, rest) = parse_tag(bytes)?;
    let (length, rest) = parse_length(rest)?;
    if rest.len() < length {
        return None;
    }
    let (value, rest) = rest.split_at(length);
    Some((Node { tag, value }, rest))
}

/// Parse data objects until nothing is left; `None` when there is a remainder that is none.
pub fn parse_all(bytes: &[u8]) -> Option<Vec<Node<'_>>> {
    let mut nodes = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (node, after) = parse(rest)?;
        nodes.push(node);
        rest = after;
    }
    Some(nodes)
}

/// The single data object that these bytes are, if it has this tag and nothing follows.
pub fn parse_only(bytes: &[u8], tag: u32) -> Option<&[u8]> {
    let (node, rest) = parse(bytes)?;
    (node.tag == tag && rest.is_empty()).then_some(node.value)
}

fn parse_tag(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    let mut tag = u32::from(*first);
    if first & 0x1F == 0x1F {
        loop {
            let (next, after) = rest.split_first()?;
            if tag > 0x00FF_FFFF {
                return None;
            }
            tag = tag << 8 | u32::from(*next);
            rest = after;
            if next & 0x80 == 0 {
                break;
            }
        }
    }
    Some((tag, rest))
}

fn parse_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let count = usize::from(first & 0x7F);
    if count == 0 || count > 4 || rest.len() < count {
        return None;
    }
    let (digits, rest) = rest.split_at(count);
    let length = digits.iter().fold(0usize, |sum, digit| sum << 8 | usize::from(*digit));
    Some((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_tags_take_their_shortest_form() {
        assert_eq!(node(0x80, &[]), [0x80, 0]);
        assert_eq!(node(0x7F49, &[1])[..3], [0x7F, 0x49, 1]);
        assert_eq!(node(0x04, &[0; 127])[..2], [0x04, 127]);
        assert_eq!(node(0x04, &[0; 128])[..3], [0x04, 0x81, 128]);
        assert_eq!(node(0x04, &[0; 256])[..4], [0x04, 0x82, 1, 0]);
        assert_eq!(sequence(&[node(2, &[1]), node(2, &[2])]), [0x30, 6, 2, 1, 1, 2, 1, 2]);
    }

    #[test]
    fn what_is_built_is_parsed() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let value = vec![0xA5; length];
            let mut bytes = node(0x5F1F, &value);
            bytes.push(9);
            let (parsed, rest) = parse(&bytes).unwrap();
            assert_eq!(parsed.tag, 0x5F1F);
            assert_eq!(parsed.value, value);
            assert_eq!(rest, [9]);
        }
    }

    #[test]
    fn broken_objects_are_refused() {
        let broken: [&[u8]; 8] = [
            &[],
            &[0x30],
            &[0x30, 1],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x81],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 0],
            &[0x7F],
            &[0x7F, 0x80, 0x80, 0x80, 0x01, 0],
        ];
        for bytes in broken {
            assert_eq!(parse(bytes), None, "{bytes:02X?}");
        }
    }
}
