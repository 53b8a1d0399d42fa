//! What every target asserts of what it was given.

use std::fmt::Debug;

use cccd::{Error, tlv::Reader};

/// Whoever meets this error gets a code, an advice and a sentence in both languages. `Misuse` is never the fault of
/// bytes.
pub fn told(error: &Error) {
    assert_ne!(error.kind(), "misuse", "{error:?}");
    assert!(!error.code().is_empty() && !error.advice().as_str().is_empty());
    assert!(!error.to_string().is_empty() && !error.message_vi().is_empty());
    shown(error);
}

/// `Debug` does not panic, in either form.
pub fn shown(value: &impl Debug) {
    assert!(!format!("{value:?}").is_empty());
    assert!(!format!("{value:#?}").is_empty());
}

/// What was read, after a look at it or at the error.
pub fn read<T: Debug>(outcome: cccd::Result<T>) -> Option<T> {
    match outcome {
        Ok(value) => {
            shown(&value);
            Some(value)
        }
        Err(error) => {
            told(&error);
            None
        }
    }
}

/// The first object inside the outermost: what was signed of a certificate or a list.
pub fn signed_part(bytes: &[u8]) -> Option<&[u8]> {
    let outer = Reader::new(bytes).next_object().ok()??;
    Some(outer.children().ok()?.next_object().ok()??.raw)
}
