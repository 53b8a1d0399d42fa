//! Right status words to wrong commands, and what the chip remarks.

use super::super::{Behaviour, Chip, EndOfFile, ErrorProtection, TooLong};
use super::terminal::{SELECT_APPLICATION, Terminal, split};
use super::{bytes, personalisation};
use crate::arithmetic::curve::CurveName;
use crate::personalisation::file;
use crate::tlv;

fn terminal(change: impl FnOnce(&mut Behaviour)) -> Terminal {
    let mut contents = personalisation();
    change(&mut contents.behaviour);
    Terminal::new(Chip::new(contents, 5))
}

#[test]
fn the_master_file_before_anything_is_selected() {
    let mut terminal = terminal(|_| {});
    assert_eq!(terminal.plain("00A4020C02011C").1, 0x9000);
    let (card_access, status) = terminal.plain("00B0000000");
    assert_eq!((card_access.len(), status), (22, 0x9000));
    assert_eq!(terminal.plain("00B09C0008").0, card_access[..8]);
    assert_eq!(terminal.plain("00B09C0800").0, card_access[8..]);
    // EF.DIR, EF.ATR/INFO and EF.CardSecurity are absent, the application's files are not here.
    for identifier in ["2F00", "2F01", "011D", "011E", "0101"] {
        assert_eq!(terminal.plain(&format!("00A4020C02{identifier}")).1, 0x6A82);
    }
    assert_eq!(terminal.plain("00B09E0000").1, 0x6A82);
    terminal.assert_no_violations();
    assert_eq!(terminal.plain("00A4000C023F00").1, 0x6D00);
    assert_eq!(terminal.plain("00A4000C").1, 0x6D00);
    assert_eq!(terminal.chip.violations().len(), 2);
}

#[test]
fn the_application_before_authentication() {
    let mut terminal = terminal(|_| {});
    assert_eq!(terminal.plain("00A4040C07A0000002472001").1, 0x6A82);
    assert_eq!(terminal.plain(SELECT_APPLICATION).1, 0x9000);
    assert_eq!(terminal.plain("00A4020C02011E").1, 0x6982);
    assert_eq!(terminal.plain("00B09E0000").1, 0x6982);
    assert_eq!(terminal.plain("00A4020C02011C").1, 0x6A82);
    assert_eq!(terminal.plain("00A4040007A000000247100100").0, bytes("6F098407A0000002471001"));
    terminal.assert_no_violations();
    assert_eq!(terminal.plain("0088000008010203040506070800").1, 0x6982);
    assert_eq!(terminal.chip.violations().len(), 1);
}

#[test]
fn files_after_authentication() {
    let mut terminal = terminal(|_| {});
    terminal.open();
    let select = |terminal: &mut Terminal, identifier: u16| {
        terminal.secure([0, 0xA4, 2, 0x0C], &identifier.to_be_bytes(), &[]).1
    };
    assert_eq!(select(&mut terminal, file::DG3), 0x6982);
    assert_eq!(select(&mut terminal, 0x010B), 0x6A82);
    assert_eq!(select(&mut terminal, file::DG1), 0x9000);
    let (data, status) = terminal.secure([0, 0xB0, 0, 90], &[], &[0]);
    assert_eq!((data.len(), status), (5, 0x9000));
    let (template, _) = terminal.secure([0, 0xA4, 2, 0], &[1, 1], &[0]);
    assert_eq!(template, bytes("6F098003 00005F 83020101".replace(' ', "").as_str()));
    terminal.assert_no_violations();
    assert_eq!(terminal.secure([0, 0xB0, 0, 95], &[], &[0]).1, 0x6B00);
    assert_eq!(terminal.chip.violations().len(), 1);
}

#[test]
fn short_answers_hold_223_and_231_bytes() {
    let mut aes = terminal(|_| {});
    aes.open();
    assert_eq!(aes.secure([0, 0xB0, 0x82, 0], &[], &[0]).0.len(), 223);
    assert_eq!(aes.secure([0, 0xB0, 0x82, 0], &[], &[0, 0]).0.len(), 2048);
    assert_eq!(
        aes.chip.trace().iter().map(|exchange| exchange.response.len()).max(),
        Some(2048 + 16 + 5 + 14 + 2)
    );
    let mut des = terminal(|_| {});
    des.bac("195001234795061583506156");
    assert_eq!(des.secure([0, 0xB0, 0x82, 0], &[], &[0]).0.len(), 231);
    assert!(des.chip.trace().iter().all(|exchange| exchange.response.len() <= 258));
    des.assert_no_violations();
}

#[test]
fn large_files_with_the_odd_instruction() {
    let mut terminal = terminal(|_| {});
    terminal.open();
    let expected = personalisation().files[&0x0105].clone();
    let (data, status) = terminal.secure([0, 0xB0, 0x85, 0], &[], &[0]);
    assert_eq!((data.as_slice(), status), (&expected[..223], 0x9000));
    let offset = tlv::node(0x54, &33_000u16.to_be_bytes());
    let (data, status) = terminal.secure([0, 0xB1, 0, 0], &offset, &[0]);
    assert_eq!(status, 0x9000);
    let value = tlv::parse_only(&data, 0x53).unwrap();
    assert_eq!(value, &expected[33_000..33_000 + value.len()]);
    assert_eq!(data.len(), 223);
    let (data, _) = terminal.secure([0, 0xB1, 0, 5], &offset, &[0, 0]);
    assert_eq!(tlv::parse_only(&data, 0x53).unwrap().len(), 2048);
    let offset = tlv::node(0x54, &[0, 0x9C, 0x40]);
    let (data, _) = terminal.secure([0, 0xB1, 1, 5], &offset, &[0, 0]);
    assert_eq!(tlv::parse_only(&data, 0x53).unwrap(), &expected[40_000..]);
    terminal.assert_no_violations();
    terminal.secure([0, 0xB1, 0, 1], &[0x54, 1, 0], &[0]);
    assert_eq!(terminal.chip.violations().len(), 1);
}

#[test]
fn too_long_and_end_of_file_by_behaviour() {
    for (too_long, expected) in [
        (TooLong::Short, (100, 0x9000)),
        (TooLong::WrongLength, (0, 0x6700)),
        (TooLong::ExactLe, (0, 0x6C64)),
        (TooLong::Nothing, (0, 0x9000)),
    ] {
        let mut terminal = terminal(|behaviour| {
            behaviour.too_long = too_long;
            behaviour.max_response_data = 100;
        });
        terminal.open();
        let (data, status) = terminal.secure([0, 0xB0, 0x82, 0], &[], &[0]);
        assert_eq!((data.len(), status), expected);
        assert_eq!(terminal.secure([0, 0xB0, 0x82, 0], &[], &[100]).0.len(), 100);
        terminal.assert_no_violations();
    }
    for (end_of_file, expected) in [
        (EndOfFile::Data, (95, 0x9000)),
        (EndOfFile::Warning, (95, 0x6282)),
        (EndOfFile::Refuse, (0, 0x6B00)),
    ] {
        let mut terminal = terminal(|behaviour| behaviour.end_of_file = end_of_file);
        terminal.open();
        let (data, status) = terminal.secure([0, 0xB0, 0x81, 0], &[], &[96]);
        assert_eq!((data.len(), status), expected);
        assert_eq!(terminal.secure([0, 0xB0, 0x81, 0], &[], &[95]).0.len(), 95);
        terminal.assert_no_violations();
    }
}

#[test]
fn errors_inside_secure_messaging_by_behaviour() {
    let select_absent = |terminal: &mut Terminal| {
        let channel = terminal.channel.as_mut().unwrap();
        let command = channel.protect([0, 0xA4, 2, 0x0C], &[1, 0x0B], &[]);
        terminal.chip.process(&command)
    };
    for (protection, correction) in
        [(ErrorProtection::PlainCounted, 1i8), (ErrorProtection::PlainUncounted, -1)]
    {
        let mut terminal = terminal(|behaviour| behaviour.error_protection = protection);
        terminal.open();
        assert_eq!(select_absent(&mut terminal), [0x6A, 0x82]);
        let channel = terminal.channel.as_mut().unwrap();
        channel.counter = channel.counter.wrapping_add_signed(i128::from(correction));
        assert_eq!(terminal.read(file::DG1).len(), 95);
        terminal.assert_no_violations();
    }
    let mut ended = terminal(|behaviour| {
        behaviour.error_protection = ErrorProtection::PlainEndsSession;
    });
    ended.open();
    assert_eq!(select_absent(&mut ended), [0x6A, 0x82]);
    assert!(!ended.chip.session_established());
    ended.assert_no_violations();
}

#[test]
fn secure_messaging_errors_are_plain_and_end_the_session() {
    // Each change of a right command, and the status word it gets.
    type Change = fn(&mut Vec<u8>);
    let changes: [(Change, u16); 7] = [
        (|command| command[3] ^= 1, 0x6988),
        (|command| *command.iter_mut().nth_back(1).unwrap() ^= 1, 0x6988),
        (|command| command[7] ^= 1, 0x6988),
        // DO 8E taken away, then everything.
        (|command| *command = bytes("0CB081000397010000"), 0x6987),
        (|command| *command = bytes("0CB0810000"), 0x6987),
        // DO 97 behind DO 8E.
        (
            |command| {
                let le = command.drain(5..8).collect::<Vec<u8>>();
                let end = command.len() - 1;
                command.splice(end..end, le);
            },
            0x6988,
        ),
        (|command| command[5] = 0x96, 0x6988),
    ];
    for (number, (change, status)) in changes.into_iter().enumerate() {
        let mut terminal = terminal(|_| {});
        terminal.open();
        let mut command = terminal.channel.as_mut().unwrap().protect([0, 0xB0, 0x81, 0], &[], &[0]);
        change(&mut command);
        let response = terminal.chip.process(&command);
        assert_eq!(response, status.to_be_bytes(), "change {number}");
        assert!(!terminal.chip.session_established());
        assert_eq!(terminal.chip.violations().len(), 1);
        // The access rights are gone with the keys.
        assert_eq!(terminal.plain("00B0810000").1, 0x6982);
    }
}

#[test]
fn a_repeated_command_has_the_wrong_counter() {
    let mut terminal = terminal(|_| {});
    terminal.open();
    let command = terminal.channel.as_mut().unwrap().protect([0, 0xB0, 0x81, 0], &[], &[0]);
    assert!(terminal.chip.process(&command).ends_with(&[0x90, 0]));
    assert_eq!(terminal.chip.process(&command), [0x69, 0x88]);
}

#[test]
fn a_plain_command_ends_the_session() {
    let mut terminal = terminal(|_| {});
    terminal.open();
    assert_eq!(terminal.plain("00B0810000").1, 0x6982);
    assert!(!terminal.chip.session_established());
    assert_eq!(terminal.chip.violations().len(), 1);
    assert_eq!(terminal.chip.process(&bytes("0CB0810000"))[..], [0x69, 0x88]);
}

#[test]
fn malformed_commands() {
    for (command, status) in [
        ("00A4", 0x6700),
        ("00A4040C08A0000002471001", 0x6700),
        ("80A4040C07A0000002471001", 0x6E00),
        ("01A4040C07A0000002471001", 0x6881),
        ("04A4040C07A0000002471001", 0x6882),
        ("10A4040C07A0000002471001", 0x6884),
        ("00A4030C07A0000002471001", 0x6A86),
        ("00A4041C07A0000002471001", 0x6A86),
        ("00A4020C0101", 0x6700),
        ("00B0000000", 0x6986),
        ("00B09C00", 0x6700),
        ("00B0FC0000", 0x6A86),
        ("00B0800000", 0x6A86),
        ("0084000100", 0x6A86),
        ("0084000007", 0x6700),
        ("0086000002 7C00 00", 0x6985),
        ("0022C1A40F800A04007F00070202040203830102", 0x6A80),
        ("0022C1B40F800A04007F00070202040202830102", 0x6A86),
        ("00C0000000", 0x6985),
        ("00200001", 0x6D00),
        ("0CB0810000", 0x6988),
    ] {
        let mut terminal = terminal(|_| {});
        assert_eq!(terminal.plain(&command.replace(' ', "")).1, status, "{command}");
        assert_eq!(terminal.chip.violations().len(), 1, "{command}");
    }
}

#[test]
fn superfluous_le_is_remarked_or_refused() {
    let mut tolerant = terminal(|_| {});
    assert_eq!(tolerant.plain("00A4040C07A000000247100100").1, 0x9000);
    assert_eq!(tolerant.chip.violations().len(), 1);
    let mut refusing = terminal(|behaviour| behaviour.superfluous_le_refused = true);
    assert_eq!(refusing.plain("00A4040C07A000000247100100").1, 0x6700);
    assert_eq!(refusing.plain("0022C1A40F800A04007F0007020204020283010200").1, 0x6700);
}

#[test]
fn stale_challenges_are_remarked() {
    let mut terminal = terminal(|_| {});
    terminal.open();
    let challenge = [1, 2, 3, 4, 5, 6, 7, 8];
    for (challenge, violations) in [([0; 8], 1), (challenge, 1), (challenge, 2)] {
        assert_eq!(terminal.secure([0, 0x88, 0, 0], &challenge, &[0, 0]).1, 0x9000);
        assert_eq!(terminal.chip.violations().len(), violations);
    }
    // An answer with too little room for the signature.
    let (signature, status) = terminal.secure([0, 0x88, 0, 0], &[9; 8], &[0]);
    assert_eq!((signature.len(), status), (223, 0x9000));
    assert_eq!(terminal.chip.violations().len(), 3);
}

#[test]
fn pace_refuses_points_and_steps_out_of_place() {
    let curve = CurveName::BrainpoolP256r1.curve();
    let step = |terminal: &mut Terminal, class: u8, data: &[u8]| {
        let data = tlv::node(0x7C, data);
        let command = [&[class, 0x86, 0, 0, data.len() as u8], data.as_slice(), &[0]].concat();
        split(terminal.chip.process(&command))
    };
    let begin = || {
        let mut terminal = terminal(|_| {});
        assert_eq!(terminal.plain("0022C1A40F800A04007F00070202040202830102").1, 0x9000);
        terminal
    };
    // A point off the curve.
    let mut chip = begin();
    assert_eq!(step(&mut chip, 0x10, &[]).1, 0x9000);
    let mut point = curve.encode(&curve.generator);
    point[40] ^= 1;
    assert_eq!(step(&mut chip, 0x10, &tlv::node(0x81, &point)).1, 0x6A80);
    // The run is over.
    assert_eq!(step(&mut chip, 0x10, &tlv::node(0x81, &point)).1, 0x6985);

    // The chip's own key sent back to it.
    let mut chip = begin();
    step(&mut chip, 0x10, &[]);
    let point = curve.encode(&curve.generator);
    assert_eq!(step(&mut chip, 0x10, &tlv::node(0x81, &point)).1, 0x9000);
    assert_eq!(step(&mut chip, 0x10, &tlv::node(0x83, &point)).1, 0x6A80);
    assert!(!chip.chip.session_established());

    // Chaining the wrong way round.
    assert_eq!(step(&mut begin(), 0x00, &[]).1, 0x6A80);
    // A command in between.
    let mut chip = begin();
    step(&mut chip, 0x10, &[]);
    assert_eq!(chip.plain("00B09C0000").1, 0x9000);
    assert_eq!(chip.chip.violations().len(), 1);
    assert_eq!(step(&mut chip, 0x10, &tlv::node(0x81, &point)).1, 0x6985);

    // An answer longer than Le allows.
    assert_eq!(begin().plain("10860000027C0005").1, 0x6700);

    // References that are not there.
    for (set, status) in [
        ("0022C1A40F800A04007F00070202040202830103", 0x6A88),
        ("0022C1A412800A04007F0007020204020283010284010C", 0x6A88),
        ("0022C1A40C800A04007F00070202040202", 0x6A80),
    ] {
        assert_eq!(terminal(|_| {}).plain(set).1, status, "{set}");
    }
    let mut ambiguous = terminal(|behaviour| behaviour.parameter_reference_required = true);
    assert_eq!(ambiguous.plain("0022C1A40F800A04007F00070202040202830102").1, 0x6A80);
    assert_eq!(ambiguous.plain("0022C1A412800A04007F0007020204020283010284010D").1, 0x9000);
}

#[test]
fn chips_without_extended_length_or_short_identifiers() {
    let mut short = terminal(|behaviour| {
        behaviour.extended_length = false;
        behaviour.sfi_reads = false;
    });
    short.open();
    let channel = short.channel.as_mut().unwrap();
    let command = channel.protect([0, 0xB0, 0x81, 0], &[], &[0, 0]);
    assert_eq!(short.chip.process(&command), [0x67, 0]);
    // The chip did not count the command.
    short.channel.as_mut().unwrap().counter -= 1;
    assert_eq!(short.secure([0, 0xB0, 0x81, 0], &[], &[0]).1, 0x6A82);
    assert_eq!(short.secure([0, 0xA4, 2, 0x0C], &[1, 1], &[]).1, 0x9000);
    assert_eq!(short.secure([0, 0xB0, 0, 0], &[], &[0]).0.len(), 95);
    short.assert_no_violations();
}

#[test]
fn a_preselected_application() {
    let mut phone = terminal(|behaviour| behaviour.application_preselected = true);
    assert_eq!(phone.plain("00A4020C02011C").1, 0x6A82);
    assert_eq!(phone.plain("00B09C0000").1, 0x6A82);
    assert_eq!(phone.pace(CurveName::BrainpoolP256r1, b"001234", 2), 0x9000);
    assert_eq!(phone.read(file::DG1).len(), 95);
    phone.assert_no_violations();
}
