//! What each status word means, and where.

use super::{
    super::{
        Password,
        refusal::{Setback, denied, refusal, refused},
    },
    *,
};
use crate::apdu::{Response, StatusWord};

fn response(status: u16) -> Response {
    Response::new(&[], StatusWord(status))
}

const fn wrong(attempts_left: Option<u8>) -> Error {
    Error::AccessDenied { attempts_left }
}

const fn told(status: u16) -> Error {
    Error::CardRefused { command: "TEST", status }
}

/// The status word after BAC's proof, and after PACE's token, where every refusal is a wrong password.
#[test]
fn a_wrong_key_is_told_from_a_card_that_cannot() {
    for (status, after_bac, after_token) in [
        (0x6983, wrong(Some(0)), wrong(Some(0))),
        (0x63C0, wrong(Some(0)), wrong(Some(0))),
        (0x63C2, wrong(Some(2)), wrong(Some(2))),
        (0x6300, wrong(None), wrong(None)),
        (0x6982, wrong(None), wrong(None)),
        (0x6985, wrong(None), wrong(None)),
        (0x6988, wrong(None), wrong(None)),
        (0x6D00, told(0x6D00), wrong(None)),
        (0x6A80, told(0x6A80), wrong(None)),
        // Torn answers.
        (0x5FFF, told(0x5FFF), told(0x5FFF)),
        (0x7000, told(0x7000), told(0x7000)),
    ] {
        assert_eq!(refusal(&response(status), "TEST"), after_bac, "{status:04X}");
        assert_eq!(denied(&response(status), "TEST"), after_token, "{status:04X}");
    }
}

/// Before the token: final or not, by password.
#[test]
fn only_a_pin_or_puk_is_suspended_or_deactivated() {
    let found =
        |status, password| match refused(&response(status), "TEST", password, Setback::NotTried) {
            Setback::Final(error) => (true, error),
            Setback::NotTried(error) => (false, error),
            Setback::NotSelected(error) => panic!("{error}"),
        };
    let (suspended, deactivated) =
        (Error::InvalidKey(InvalidKey::Suspended), Error::InvalidKey(InvalidKey::Deactivated));
    for password in [Password::Mrz, Password::Can, Password::Pin, Password::Puk] {
        let of_the_holder = matches!(password, Password::Pin | Password::Puk);
        assert_eq!(found(0x6983, password), (true, wrong(Some(0))));
        assert_eq!(found(0x63C1, password), (true, wrong(Some(1))));
        assert_eq!(found(0x6A80, password), (false, told(0x6A80)));
        for (status, meaning) in
            [(0x6985, &suspended), (0x6984, &deactivated), (0x6283, &deactivated)]
        {
            let expected =
                if of_the_holder { (true, meaning.clone()) } else { (false, told(status)) };
            assert_eq!(found(status, password), expected, "{status:04X}");
        }
    }
}

#[test]
fn parameters_are_named_after_a_refused_selection_of_four_kinds_only() {
    for status in [0x6985, 0x6A80, 0x6A88, 0x6F00] {
        assert!(Setback::NotSelected(told(status)).asks_for_names());
        assert!(!Setback::NotTried(told(status)).asks_for_names());
        assert!(!Setback::Final(told(status)).asks_for_names());
    }
    assert!(!Setback::NotSelected(told(0x6A82)).asks_for_names());
    assert!(!Setback::NotSelected(Error::LinkLost).asks_for_names());
}
