//! UTF-8 that was read as another character set.

use encoding_rs::{Encoding, GBK, SHIFT_JIS, WINDOWS_1252, WINDOWS_1258};

/// Character sets that decoders and Windows take for granted: the first is the default of ISO/IEC 18004, the third
/// that of a Vietnamese Windows, the last two are guessed by decoders from Japan and China.
const OTHERS: [(&str, &Encoding); 4] = [
    ("Windows-1252", WINDOWS_1252),
    ("Windows-1258", WINDOWS_1258),
    ("Shift_JIS", SHIFT_JIS),
    ("GBK", GBK),
];

/// The texts that this one may have been, with the name of the character set that it was read as. Only what gives
/// UTF-8 again, byte by byte, is among them.
pub(super) fn undone(text: &str) -> impl Iterator<Item = (&'static str, String)> {
    let latin_1: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    let others = OTHERS.into_iter().filter_map(move |(name, charset)| {
        let (bytes, _, lossy) = charset.encode(text);
        (!lossy).then(|| (name, bytes.into_owned()))
    });
    latin_1
        .map(|bytes| ("ISO-8859-1", bytes))
        .into_iter()
        .chain(others)
        .filter(|(_, bytes)| !bytes.is_ascii())
        .filter_map(|(name, bytes)| Some((name, String::from_utf8(bytes).ok()?)))
}

/// Whether this is no text of a Vietnamese card: signs and letters of other scripts, as misread UTF-8 has them.
pub(super) fn is_foreign(text: &str) -> bool {
    text.chars().any(|c| match c {
        // Latin letters with marks, and marks by themselves.
        '\u{c0}'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' => {
            matches!(c, '×' | '÷')
        }
        // Dashes, quotation marks and spaces; and of what cannot be read nothing is known.
        '\u{a0}'
        | '\u{2010}'..='\u{201d}'
        | '\u{2bc}'
        | '\u{feff}'
        | '\u{200b}'..='\u{200d}'
        | '\u{fffd}' => false,
        c => !c.is_ascii(),
    })
}
