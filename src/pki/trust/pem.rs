//! Textual encodings (RFC 7468): any number of blocks, with text of any kind around them.

use super::base64;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// One block.
pub(super) struct Block<'a> {
    pub(super) label: &'a [u8],
    /// `None` if it is no base 64, or its end is missing.
    pub(super) contents: Option<Vec<u8>>,
}

/// The blocks in their order. One that is broken does not hide those behind it.
pub(super) fn blocks(text: &[u8]) -> impl Iterator<Item = Block<'_>> {
    let mut lines = text.split(|byte| *byte == b'\n').peekable();
    core::iter::from_fn(move || {
        let opened = lines.by_ref().find_map(|line| label(line, BEGIN))?;
        let mut body = Vec::new();
        while let Some(line) = lines.next_if(|line| label(line, BEGIN).is_none()) {
            if let Some(closed) = label(line, END) {
                let contents = if closed == opened { base64::decode(&body) } else { None };
                return Some(Block { label: opened, contents });
            }
            body.extend_from_slice(line);
        }
        Some(Block { label: opened, contents: None })
    })
}

fn label<'a>(line: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    line.trim_ascii().strip_prefix(start)?.strip_suffix(DASHES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_in_any_text_and_broken_ones_hide_nothing() {
        let text = b"Certificate: x\n-----BEGIN A-----\r\nAQI=\r\n-----END A-----\n\
            -----BEGIN B-----\n!!\n-----END B-----\n-----BEGIN C-----\nAw==\n\
            -----BEGIN D-----\nBA==\n-----END E-----\n-----BEGIN F-----\nBQ==\n-----END F-----";
        let found: Vec<_> =
            blocks(text).map(|block| (block.label.to_vec(), block.contents)).collect();
        let expected: [(&[u8], Option<Vec<u8>>); 5] = [
            (b"A", Some(vec![1, 2])),
            (b"B", None),
            (b"C", None),
            (b"D", None),
            (b"F", Some(vec![5])),
        ];
        assert_eq!(found, expected.map(|(label, contents)| (label.to_vec(), contents)));
        assert_eq!(blocks(b"-----BEGIN").count() + blocks(b"").count(), 0);
    }
}
