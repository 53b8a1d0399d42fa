//! What a chip says of its own buffers, before it is asked for too much.

use cccd::{inspection::InspectionOptions, transport::Limits};
use cccd_simulator::{ActiveKind, CardOptions, Chip, Personalisation, TooLong};

use crate::common::{Desk, Run, can, options, personalise, seeded};

/// A card whose EF.ATR/INFO tells how long commands and answers can be.
fn telling(max_command: usize, max_response: usize) -> Personalisation {
    personalise(&CardOptions {
        atr_info: Some((max_command, max_response)),
        // A signature of RSA does not fit into short answers.
        active_authentication: ActiveKind::None,
        ..options()
    })
}

fn read(card: Personalisation, ask: bool) -> Run {
    let options = InspectionOptions::new(can(), seeded(1));
    let options = if ask { options.ask_for_lengths() } else { options };
    Desk::new().limits(Limits::EXTENDED).read_chip(&mut Chip::new(card, 7), options)
}

/// Longest answer that came, with its status word.
fn longest(run: &Run) -> usize {
    run.trace.iter().map(|exchange| exchange.response.len()).max().unwrap()
}

#[test]
fn a_chip_that_tells_its_length_is_asked_for_no_more() {
    for (max_response, too_long) in
        [(1000, TooLong::WrongLength), (1000, TooLong::Nothing), (2048, TooLong::Short)]
    {
        let mut card = telling(1000, max_response);
        card.behaviour.too_long = too_long;
        let run = read(card, true);
        run.verified();
        assert!(longest(&run) <= max_response, "{}", longest(&run));
        assert!(longest(&run) > max_response - 20, "{}", longest(&run));
        // Nothing was refused: every answer says 9000, but for files that are not there.
        assert!(run.trace.iter().all(|exchange| exchange.response.ends_with(&[0x90, 0])));
    }
}

/// It costs one exchange, and spares a chip that refuses what is too long all the short blocks.
#[test]
fn what_asking_costs_and_what_it_spares() {
    let refusing = || {
        let mut card = telling(1000, 1000);
        card.behaviour.too_long = TooLong::WrongLength;
        card
    };
    let (asked, not_asked) = (read(refusing(), true), read(refusing(), false));
    asked.verified();
    not_asked.verified();
    assert_eq!((asked.metrics.apdus, not_asked.metrics.apdus), (31, 90));
}

#[test]
fn a_chip_without_the_file_is_read_as_ever() {
    let (asked, not_asked) =
        (read(personalise(&options()), true), read(personalise(&options()), false));
    asked.verified();
    assert_eq!(asked.metrics.apdus, not_asked.metrics.apdus + 1);
    assert_eq!(longest(&asked), longest(&not_asked));
}

/// The file is neither signed nor sane: numbers that no chip has, and bytes that are no objects.
#[test]
fn nonsense_in_the_file_is_no_reason_to_fail() {
    for file in [
        vec![0x7F, 0x66],
        vec![0x7F, 0x66, 0x00],
        vec![0x7F, 0x66, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00],
        vec![0x7F, 0x66, 0x03, 0x02, 0x01, 0xFF],
        vec![0x47, 0x01],
        [vec![0x7F, 0x66, 0x26, 0x02, 0x11], vec![0xFF; 0x11], vec![0x02, 0x11], vec![0xFF; 0x11]]
            .concat(),
    ] {
        let mut card = telling(2048, 2048);
        card.atr_info = Some(file);
        read(card, true).verified();
    }
}
