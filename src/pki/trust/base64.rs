//! Base 64 (RFC 4648 §4) as PEM and LDIF use it.

use base64ct::{Base64, Encoding as _};

/// Decodes text in which white space means nothing; `None` for any other foreign character, and where the
/// padding or the bits behind the last byte are wrong.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.iter().copied().filter(|c| !c.is_ascii_whitespace()).collect();
    Base64::decode_vec(&String::from_utf8(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648 §10.
    #[test]
    fn the_vectors_of_the_rfc_decode() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9v Yg = =", "foob"),
            ("Zm9v\r\nYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text.as_bytes()).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
    }

    #[test]
    fn wrong_padding_and_foreign_characters_are_refused() {
        for text in ["Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Zg==Zg==", "Zm9v=", "Zm-v"]
        {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
