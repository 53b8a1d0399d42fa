//! The searcher: finds bytes in a text in every notation in which they could have been printed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What must not be printed: a name for the report, and the bytes.
pub(super) struct Canary {
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
}

pub(super) fn text_canary(name: &'static str, text: &str) -> Canary {
    Canary { name, bytes: text.as_bytes().to_vec() }
}

/// Every canary that is in the text, with the notation in which it was found.
pub(super) fn found(text: &str, canaries: &[Canary]) -> BTreeSet<(&'static str, &'static str)> {
    let lower = text.to_lowercase();
    let folded = fold(&lower);
    let joined: String =
        lower.chars().filter(|c| !c.is_whitespace() && !" :,;-_[]()".contains(*c)).collect();
    let joined = joined.replace("0x", "");
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut found = BTreeSet::new();
    for canary in canaries {
        let mut note = |notation, there: bool| {
            if there {
                found.insert((canary.name, notation));
            }
        };
        if let Ok(words) = core::str::from_utf8(&canary.bytes) {
            note("text", lower.contains(&words.to_lowercase()));
            note("folded text", folded.contains(&fold(&words.to_lowercase())));
        }
        note("escaped", lower.contains(&canary.bytes.escape_ascii().to_string().to_lowercase()));
        note("hexadecimal", joined.contains(&hex(&canary.bytes)));
        let decimal = canary.bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
        note("decimal bytes", has_run(&dense, &decimal));
        for alphabet in [STANDARD, URL_SAFE] {
            for pattern in base64_patterns(&canary.bytes, alphabet) {
                note("base64", text.contains(&pattern));
            }
        }
    }
    found
}

/// Vietnamese letters without their marks, which is also what an MRZ makes of them.
pub(super) fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'à' | 'á' | 'ả' | 'ã' | 'ạ' | 'ă' | 'ằ' | 'ắ' | 'ẳ' | 'ẵ' | 'ặ' | 'â' | 'ầ' | 'ấ'
            | 'ẩ' | 'ẫ' | 'ậ' => 'a',
            'đ' => 'd',
            'è' | 'é' | 'ẻ' | 'ẽ' | 'ẹ' | 'ê' | 'ề' | 'ế' | 'ể' | 'ễ' | 'ệ' => {
                'e'
            }
            'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' => 'i',
            'ò' | 'ó' | 'ỏ' | 'õ' | 'ọ' | 'ô' | 'ồ' | 'ố' | 'ổ' | 'ỗ' | 'ộ' | 'ơ' | 'ờ' | 'ớ'
            | 'ở' | 'ỡ' | 'ợ' => 'o',
            'ù' | 'ú' | 'ủ' | 'ũ' | 'ụ' | 'ư' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' => {
                'u'
            }
            'ỳ' | 'ý' | 'ỷ' | 'ỹ' | 'ỵ' => 'y',
            other => other,
        })
        .collect()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Whether a run of numbers stands in the text as whole numbers.
fn has_run(text: &str, run: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    text.match_indices(run).any(|(at, _)| {
        !digit(text[..at].chars().next_back()) && !digit(text[at + run.len()..].chars().next())
    })
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What the bytes look like in base64 at each of the three places of a group, without the characters
/// that neighbours share.
fn base64_patterns(bytes: &[u8], alphabet: &[u8; 64]) -> Vec<String> {
    (0..3)
        .map(|offset: usize| {
            let shifted = [&vec![0; offset][..], bytes].concat();
            let whole = 8 * shifted.len() / 6;
            let first = [0, 2, 3][offset];
            (first..whole)
                .map(|index| {
                    let sextet = (0..6).fold(0, |sum, bit| {
                        let at = 6 * index + bit;
                        sum << 1 | (shifted[at / 8] >> (7 - at % 8) & 1)
                    });
                    char::from(alphabet[usize::from(sextet)])
                })
                .collect()
        })
        .collect()
}

#[test]
fn the_searcher_finds_planted_canaries_in_every_notation() {
    let canaries =
        [text_canary("name", "Zyxwut Hằnz"), Canary { name: "key", bytes: (200..216).collect() }];
    let name = &canaries[0].bytes;
    let key = &canaries[1].bytes;
    let upper = |text: String| text.to_uppercase();
    let spaced = |bytes: &[u8], separator: &str| {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(separator)
    };
    for (text, expected) in [
        ("read Zyxwut Hằnz today".to_owned(), ("name", "text")),
        ("ZYXWUT HẰNZ".to_owned(), ("name", "text")),
        ("Some(\"zyxwut hanz\")".to_owned(), ("name", "folded text")),
        (
            format!("{:?}", name.escape_ascii().to_string()).replace("\\\\", "\\"),
            ("name", "escaped"),
        ),
        (format!("x{}y", hex(key)), ("key", "hexadecimal")),
        (upper(hex(key)), ("key", "hexadecimal")),
        (spaced(key, " "), ("key", "hexadecimal")),
        (spaced(key, ":"), ("key", "hexadecimal")),
        (upper(spaced(key, "-")), ("key", "hexadecimal")),
        (format!("{key:02x?}"), ("key", "hexadecimal")),
        (format!("{key:#04X?}"), ("key", "hexadecimal")),
        (format!("{key:?}"), ("key", "decimal bytes")),
        (format!("{key:#?}"), ("key", "decimal bytes")),
        (format!("{:?}", [&[1, 2][..], key, &[3]].concat()), ("key", "decimal bytes")),
    ] {
        assert!(found(&text, &canaries).contains(&expected), "{expected:?} in {text}");
    }
    for before in 0..4 {
        for alphabet in [STANDARD, URL_SAFE] {
            let bytes = [&vec![7; before][..], key, &[1, 2, 3]].concat();
            let text = &base64_patterns(&bytes, alphabet)[0];
            assert!(found(text, &canaries).contains(&("key", "base64")), "{text}");
        }
    }
    // Known answers, so that the base64 above is base64 (RFC 4648 §10).
    assert_eq!(base64_patterns(b"foobar", STANDARD)[0], "Zm9vYmFy");
    let harmless = "Zyx Hằn [200, 201, 202] c8c9cacb Zm9v 1957";
    assert_eq!(found(harmless, &canaries), BTreeSet::new());
    assert!(!has_run("[11,2,31]", "1,2,3") && has_run("[1,2,3]", "1,2,3"));
}
