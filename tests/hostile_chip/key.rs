//! Keys that are wrong, blocked, or cannot be right.

use super::*;

#[test]
fn a_wrong_key_is_said_to_be_wrong_and_tried_once() {
    let other = Person::sample_indefinite();
    let wrong_can = AccessKey::from_can(&other.can()).unwrap();
    let wrong_mrz = AccessKey::from_mrz(&other.mrz().join("\n")).unwrap();
    for (card, key) in
        [(card(), wrong_can.clone()), (card(), wrong_mrz.clone()), (bac_card(), wrong_mrz.clone())]
    {
        for (habit, attempts_left) in [
            (WrongPassword::Plain, None),
            (WrongPassword::SecurityStatus, None),
            (WrongPassword::Conditions, None),
            (WrongPassword::Counter { tries: 5 }, Some(4)),
            (WrongPassword::Counter { tries: 1 }, Some(0)),
        ] {
            let mut card = card.clone();
            card.behaviour.answer_to_wrong_password = habit;
            let mut chip = Chip::new(card, 7);
            let options = InspectionOptions::new(key.clone(), seeded(1));
            let run = Desk::new().read_chip(&mut chip, options);
            assert_eq!(run.error(), &Error::AccessDenied { attempts_left });
            assert_eq!(run.ended(Check::Access), run.error().code());
            assert_eq!(run.error().advice().as_str(), "check_key");
            assert_eq!(run.violations, [""; 0]);
            let tries = run.trace.iter().filter(|exchange| is_try(&exchange.command)).count();
            assert_eq!(tries, 1, "a wrong key was tried again");
        }
    }
}

/// The command in which a key shows whether it is right.
fn is_try(command: &[u8]) -> bool {
    command[..2] == [0x00, 0x82] || command[..2] == [0x00, 0x86]
}

#[test]
fn a_blocked_chip_is_said_to_be_blocked() {
    let wrong_can = AccessKey::from_can("999999").unwrap();
    let wrong_mrz = AccessKey::from_mrz(&Person::sample_indefinite().mrz().join("\n")).unwrap();
    for (card, wrong, right) in [
        (card(), wrong_can, can()),
        (card(), wrong_mrz.clone(), mrz()),
        (bac_card(), wrong_mrz, mrz()),
    ] {
        let mut card = card;
        card.behaviour.answer_to_wrong_password = WrongPassword::Counter { tries: 2 };
        let mut chip = Chip::new(card, 7);
        for (key, left, code) in [
            (&wrong, 1, "access_denied.wrong_key"),
            (&wrong, 0, "access_denied.blocked"),
            (&right, 0, "access_denied.blocked"),
        ] {
            chip.reset();
            let options = InspectionOptions::new(key.clone(), seeded(left.into()));
            let run = Desk::new().read_chip(&mut chip, options);
            assert_eq!(run.error(), &Error::AccessDenied { attempts_left: Some(left) });
            assert_eq!(run.error().code(), code);
        }
    }
}

#[test]
fn printed_data_that_cannot_be_right_never_reach_the_chip() {
    for (key, code) in [
        (AccessKey::from_can(""), "invalid_key.empty"),
        (AccessKey::from_can("12345"), "invalid_key.can_layout"),
        (AccessKey::from_can("12345x"), "invalid_key.can_layout"),
        (AccessKey::from_mrz("IDVNM"), "invalid_key.mrz_layout"),
        (AccessKey::from_mrz(""), "invalid_key.empty"),
    ] {
        assert_eq!(key.unwrap_err().code(), code);
    }
    // One digit of the number, of the birth date, of the expiry, and the composite digit.
    let lines = Person::sample().mrz();
    for (line, column) in [(0, 5), (0, 13), (0, 14), (1, 0), (1, 6), (1, 8), (1, 14), (1, 29)] {
        let mut wrong = lines.clone();
        let digit = wrong[line].remove(column);
        wrong[line].insert(column, if digit == '7' { '1' } else { '7' });
        let error = AccessKey::from_mrz(&wrong.join("\n")).unwrap_err();
        assert_eq!(error.code(), "invalid_key.mrz_check_digit", "line {line} column {column}");
    }
    for (text, code) in [
        ("", "invalid_key.empty"),
        ("https://example.com/", "invalid_key.not_a_cccd_qr"),
        ("a|b|c|d|e|f|g", "invalid_key.not_a_cccd_qr"),
    ] {
        assert_eq!(QrText::parse(text).unwrap_err().code(), code);
    }
    for text in ["00019500123", "0001950012345", "00019500123x"] {
        assert_eq!(text.parse::<IdNumber>().unwrap_err().code(), "invalid_key.id_number_layout");
    }
}
