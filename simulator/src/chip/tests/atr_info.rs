//! EF.ATR/INFO, and the buffers that it tells of.

use super::super::Chip;
use super::personalisation;
use super::terminal::Terminal;
use crate::personalisation::{Personalisation, atr_info, file};

const LONGEST: usize = 300;

fn contents() -> Personalisation {
    let mut contents = personalisation();
    contents.atr_info = Some(atr_info(LONGEST, LONGEST));
    contents.behaviour.max_command = LONGEST;
    contents.behaviour.max_response = LONGEST;
    contents.behaviour.max_response_data = usize::MAX;
    contents
}

fn terminal() -> Terminal {
    Terminal::new(Chip::new(contents(), 5))
}

#[test]
fn it_is_read_before_access_control_and_after_pace() {
    let expected = atr_info(LONGEST, LONGEST);
    let mut chip = Chip::new(contents(), 5);
    let plain = [expected.as_slice(), &[0x90, 0x00]].concat();
    assert_eq!(chip.process(&[0, 0xB0, 0x81, 0, 0]), plain);
    assert_eq!(chip.process(&[0, 0xA4, 2, 0x0C, 2, 0x2F, 0x01]), [0x90, 0x00]);
    assert_eq!(chip.process(&[0, 0xB0, 0, 0, 0]), plain);

    let mut terminal = terminal();
    let option = contents().access.pace[0];
    assert_eq!(terminal.pace(option, b"001234", 2), 0x9000);
    assert_eq!(terminal.secure([0, 0xB0, 0x81, 0], &[], &[0]), (expected, 0x9000));
    // In the application the same short identifier means DG1.
    terminal.select_application();
    assert_eq!(terminal.secure([0, 0xB0, 0x81, 0], &[], &[0]).0.len(), 95);
    assert_eq!(terminal.secure([0, 0xA4, 2, 0x0C], &[0x2F, 0x01], &[]).1, 0x6A82);
    terminal.assert_no_violations();
}

#[test]
fn other_chips_have_none() {
    let mut chip = Chip::new(personalisation(), 5);
    assert_eq!(chip.process(&[0, 0xB0, 0x81, 0, 0]), [0x6A, 0x82]);
    assert_eq!(chip.process(&[0, 0xA4, 2, 0x0C, 2, 0x2F, 0x01]), [0x6A, 0x82]);
}

#[test]
fn no_answer_is_longer_and_no_longer_command_is_run() {
    let mut terminal = terminal();
    terminal.open();
    assert_eq!(terminal.read(file::DG2), personalisation().files[&file::DG2]);
    let trace = terminal.chip.trace();
    let longest = trace.iter().map(|exchange| exchange.response.len()).max();
    // DO 87 around whole blocks: 288 bytes would need 305.
    let data = 272;
    assert_eq!(longest, Some(4 + 1 + data + 4 + 10 + 2));
    terminal.assert_no_violations();

    let mut chip = Chip::new(contents(), 5);
    let select = |data: usize| {
        let header = [0, 0xA4, 2, 0x0C, 0, (data >> 8) as u8, data as u8];
        [header.as_slice(), &vec![0x2F; data]].concat()
    };
    assert_eq!(chip.process(&select(LONGEST - 7)), [0x67, 0x00]);
    assert_eq!(chip.violations().len(), 1, "a file identifier has two bytes");
    assert_eq!(chip.process(&select(LONGEST - 6)), [0x67, 0x00]);
    assert_eq!(chip.violations().len(), 1, "the command was not looked at");
}
