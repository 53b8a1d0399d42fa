//! What can be done while the chip answers is done then, and nothing else changes.

use cccd::{
    document::VerifiedDocument,
    findings::Check,
    inspection::{InspectionOptions, Step},
    transport::Limits,
};
use cccd_simulator::Chip;

use crate::common::{Desk, can, card, ended, seeded};

/// Reads the default card; `meanwhile` is told each command that is under way.
fn read(
    mut meanwhile: impl FnMut(&mut cccd::inspection::Inspection, usize),
) -> (Box<VerifiedDocument>, Vec<Vec<u8>>) {
    let mut chip = Chip::new(card(), 7);
    let options = InspectionOptions::new(can(), seeded(1));
    let mut inspection = Desk::new().system.inspect(options);
    inspection.set_limits(Limits::EXTENDED);
    let mut commands = Vec::new();
    loop {
        match inspection.poll().unwrap() {
            Step::Transmit(command) => {
                commands.push(command.as_bytes().to_vec());
                meanwhile(&mut inspection, commands.len());
                inspection.receive(&chip.process(command.as_bytes()));
            }
            Step::Progress(_) | Step::Identity(_) => {}
            Step::CardLost => panic!("nobody took the card away"),
            Step::Done(document) => return (document, commands),
        }
    }
}

/// EF.SOD is read by the eighth command; the ninth asks for DG14.
#[test]
fn the_signature_is_verified_while_the_next_file_is_under_way() {
    const SOD: usize = 8;
    let mut signature = Vec::new();
    read(|inspection, command| {
        let before = ended(&inspection.report(), Check::SodSignature);
        inspection.work();
        let after = ended(&inspection.report(), Check::SodSignature);
        signature.push((command, before, after));
    });
    for (command, before, after) in signature {
        let expected = match command {
            ..=SOD => ("not_reached", "not_reached"),
            command if command == SOD + 1 => ("not_reached", "passed"),
            _ => ("passed", "passed"),
        };
        assert_eq!((before, after), expected, "command {command}");
    }
}

/// A caller who works meanwhile, even more than once, sends the same bytes and gets the same document.
#[test]
fn work_changes_nothing_but_the_time() {
    let (idle, commands) = read(|_, _| ());
    let (busy, same) = read(|inspection, _| (0..3).for_each(|_| inspection.work()));
    assert_eq!(commands, same);
    assert_eq!(idle.report(), busy.report());
    assert!(idle.authenticated() == busy.authenticated());
}

/// At any other time it does nothing.
#[test]
fn work_out_of_turn_is_harmless() {
    let mut inspection = Desk::new().system.inspect(InspectionOptions::new(can(), seeded(1)));
    inspection.work();
    let first = loop {
        match inspection.poll().unwrap() {
            Step::Transmit(command) => break command,
            _ => inspection.work(),
        }
    };
    assert_eq!(first.name(), "READ BINARY");
    inspection.receive(&[0x6A, 0x82]);
    inspection.work();
    assert!(inspection.poll().is_ok());
    inspection.cancel();
    inspection.work();
    assert_eq!(inspection.poll().unwrap_err().kind(), "cancelled");
    inspection.work();
}
