//! Passwords that are counted: what is left, what is suspended, what is blocked, and how it comes back.

use super::super::{Chip, Password, WrongPassword};
use super::personalisation;
use super::terminal::Terminal;
use crate::arithmetic::curve::CurveName;
use crate::personalisation::Personalisation;

const CURVE: CurveName = CurveName::BrainpoolP256r1;
const PIN: u8 = 3;
const PUK: u8 = 4;

fn contents() -> Personalisation {
    let mut contents = personalisation();
    contents.pin = Some("000135".to_owned());
    contents.puk = Some("0001357900".to_owned());
    contents
}

fn terminal() -> Terminal {
    Terminal::new(Chip::new(contents(), 5))
}

/// MSE:Set AT alone: what it says about the password.
fn select(terminal: &mut Terminal, reference: u8) -> u16 {
    let command = format!("0022C1A40F800A04007F000702020402028301{reference:02X}");
    terminal.plain(&command).1
}

/// MSE:Set AT and the first GENERAL AUTHENTICATE.
fn begin(terminal: &mut Terminal, reference: u8) -> (u16, u16) {
    (select(terminal, reference), terminal.plain("10860000027C0000").1)
}

#[test]
fn passwords_that_the_chip_does_not_have() {
    let mut none = Terminal::new(Chip::new(personalisation(), 5));
    for reference in [0, PIN, PUK, 5] {
        assert_eq!(select(&mut none, reference), 0x6A88);
    }
    assert_eq!(Password::ALL.map(|password| none.chip.attempts_left(password)), [None; 4]);
    none.assert_no_violations();
    let terminal = terminal();
    let left = Password::ALL.map(|password| terminal.chip.attempts_left(password));
    assert_eq!(left, [None, None, Some(3), Some(10)]);
}

#[test]
fn a_right_pin_fills_the_counter_up() {
    let mut terminal = terminal();
    assert_eq!(terminal.pace(CURVE, b"000136", PIN), 0x63C2);
    assert_eq!(terminal.chip.attempts_left(Password::Pin), Some(2));
    // A reset forgets nothing, and other passwords are not concerned.
    terminal.chip.reset();
    assert_eq!(select(&mut terminal, PIN), 0x63C2);
    assert_eq!(select(&mut terminal, 2), 0x9000);
    assert_eq!(select(&mut terminal, PUK), 0x9000);
    assert_eq!(terminal.pace(CURVE, b"000135", PIN), 0x9000);
    assert_eq!(terminal.chip.attempts_left(Password::Pin), Some(3));
    terminal.assert_no_violations();
}

/// A chip whose PIN has one try left.
fn suspended() -> Terminal {
    let mut terminal = terminal();
    for status in [0x63C2, 0x63C1] {
        assert_eq!(terminal.pace(CURVE, b"000136", PIN), status);
    }
    terminal
}

#[test]
fn a_suspended_pin_needs_the_can_in_the_same_session() {
    let mut terminal = suspended();
    assert_eq!(begin(&mut terminal, PIN), (0x63C1, 0x6985));
    assert_eq!(terminal.pace(CURVE, b"000135", PIN), 0x6985);
    // Neither MRZ nor PUK resumes it.
    assert_eq!(terminal.pace(CURVE, b"0001357900", PUK), 0x9000);
    assert_eq!(terminal.pace(CURVE, b"000135", PIN), 0x6985);
    terminal.chip.reset();
    // A session of the CAN that is lost takes the permission with it.
    assert_eq!(terminal.pace(CURVE, b"001234", 2), 0x9000);
    terminal.chip.reset();
    assert_eq!(terminal.pace(CURVE, b"000135", PIN), 0x6985);
    // A try inside the session: the second run of PACE is protected by the first.
    assert_eq!(terminal.pace(CURVE, b"001234", 2), 0x9000);
    assert_eq!(terminal.pace(CURVE, b"000135", PIN), 0x9000);
    assert_eq!(terminal.chip.attempts_left(Password::Pin), Some(3));
    terminal.select_application();
    terminal.assert_no_violations();
}

#[test]
fn a_blocked_pin_waits_for_the_puk() {
    let mut terminal = suspended();
    assert_eq!(terminal.pace(CURVE, b"001234", 2), 0x9000);
    assert_eq!(terminal.pace(CURVE, b"000136", PIN), 0x63C0);
    assert_eq!(terminal.chip.attempts_left(Password::Pin), Some(0));
    terminal.chip.reset();
    assert_eq!(begin(&mut terminal, PIN), (0x63C0, 0x6983));
    // The CAN does not help any more, and does not entitle to a reset.
    assert_eq!(terminal.pace(CURVE, b"001234", 2), 0x9000);
    assert_eq!(terminal.pace(CURVE, b"000135", PIN), 0x6983);
    assert_eq!(terminal.secure([0, 0x2C, 3, 3], &[], &[]).1, 0x6982);
    terminal.chip.reset();
    assert_eq!(terminal.plain("002C0303").1, 0x6982);

    assert_eq!(terminal.pace(CURVE, b"0001357900", PUK), 0x9000);
    assert_eq!(terminal.chip.attempts_left(Password::Pin), Some(0));
    assert_eq!(terminal.secure([0, 0x2C, 3, 3], &[], &[]).1, 0x9000);
    assert_eq!(terminal.chip.attempts_left(Password::Pin), Some(3));
    terminal.assert_no_violations();
    // Other forms of the command.
    assert_eq!(terminal.secure([0, 0x2C, 2, 3], b"000246", &[]).1, 0x6A86);
    assert_eq!(terminal.secure([0, 0x2C, 3, 2], &[], &[]).1, 0x6A86);
    assert_eq!(terminal.secure([0, 0x2C, 3, 3], b"000246", &[]).1, 0x6700);
    terminal.chip.reset();
    assert_eq!(terminal.pace(CURVE, b"000135", PIN), 0x9000);
}

#[test]
fn the_puk_has_ten_tries() {
    let mut terminal = terminal();
    for left in (0..10).rev() {
        assert_eq!(terminal.pace(CURVE, b"0001357901", PUK), 0x63C0 | left);
        assert_eq!(terminal.chip.attempts_left(Password::Puk), Some(left as u8));
    }
    assert_eq!(begin(&mut terminal, PUK), (0x63C0, 0x6983));
    // PIN and CAN go on.
    assert_eq!(terminal.pace(CURVE, b"000135", PIN), 0x9000);
    terminal.chip.reset();
    assert_eq!(terminal.pace(CURVE, b"001234", 2), 0x9000);
}

#[test]
fn a_right_puk_fills_its_own_counter_up() {
    let mut terminal = terminal();
    assert_eq!(terminal.pace(CURVE, b"0001357901", PUK), 0x63C9);
    assert_eq!(select(&mut terminal, PUK), 0x63C9);
    assert_eq!(terminal.pace(CURVE, b"0001357900", PUK), 0x9000);
    assert_eq!(terminal.chip.attempts_left(Password::Puk), Some(10));
}

#[test]
fn printed_passwords_tell_what_is_left_where_they_are_counted() {
    let mut contents = contents();
    contents.behaviour.answer_to_wrong_password = WrongPassword::Counter { tries: 3 };
    let mut terminal = Terminal::new(Chip::new(contents, 5));
    assert_eq!(select(&mut terminal, 2), 0x9000);
    assert_eq!(terminal.pace(CURVE, b"001235", 2), 0x63C2);
    assert_eq!(select(&mut terminal, 2), 0x63C2);
    assert_eq!(terminal.chip.attempts_left(Password::Can), Some(2));
    assert_eq!(terminal.chip.attempts_left(Password::Mrz), Some(2));
    assert_eq!(terminal.pace(CURVE, b"001234", 2), 0x9000);
    assert_eq!(terminal.chip.attempts_left(Password::Can), Some(3));
}

#[test]
fn a_session_is_no_place_for_another_access_protocol() {
    let set = super::bytes("800A04007F00070202040202830102");
    let mut terminal = terminal();
    assert_eq!(terminal.bac("195001234795061583506156"), 0x9000);
    for reference in [2, PIN] {
        let set = [&set[..14], &[reference]].concat();
        assert_eq!(terminal.secure([0, 0x22, 0xC1, 0xA4], &set, &[]).1, 0x6985);
    }
    terminal.chip.reset();
    assert_eq!(terminal.pace(CURVE, b"001234", 2), 0x9000);
    assert_eq!(terminal.secure([0, 0x22, 0xC1, 0xA4], &set, &[]).1, 0x6985);
    assert_eq!(terminal.chip.violations().len(), 3);
}
