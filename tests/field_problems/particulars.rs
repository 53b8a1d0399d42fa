//! What the costs of a read do not show.

use std::time::Duration;

use cccd::{
    findings::{Check, Deviation},
    inspection::Step,
    lds::{Dg2, ImageFormat},
};
use cccd_simulator::{Behaviour, TooLong};

use super::*;

fn good_run(name: &str) -> (Case, Run) {
    let case = Case::named(name);
    let run = case.read().run;
    run.verified();
    (case, run)
}

/// Problem 2: time for what a chip computes, none to waste where it reads.
#[test]
fn commands_have_the_time_that_chips_take_for_them() {
    let case = Case::named("field-04-short-reader");
    let mut chip = Chip::new(case.card.clone(), 7);
    let options = InspectionOptions::new(case.key(), seeded(1));
    let mut inspection = Desk::new().system.inspect(options);
    inspection.set_limits(Limits::SHORT);
    let mut budgets = BTreeSet::new();
    loop {
        match inspection.poll().unwrap() {
            Step::Transmit(command) => {
                budgets.insert((command.name(), command.time_budget()));
                inspection.receive(&chip.process(command.as_bytes()));
            }
            Step::Done(_) => break,
            _ => {}
        }
    }
    let seconds = Duration::from_secs;
    let expected = [
        ("GENERAL AUTHENTICATE", seconds(15)),
        ("INTERNAL AUTHENTICATE", seconds(15)),
        ("MSE:Set", seconds(15)),
        ("READ BINARY", seconds(3)),
        ("SELECT application", seconds(3)),
    ];
    assert_eq!(budgets.into_iter().collect::<Vec<_>>(), expected);
}

/// Problem 1: at most one block per loss is transferred twice.
#[test]
fn a_lost_card_transfers_one_block_twice() {
    for name in ["field-01-lost-in-portrait", "field-02-late-in-reading"] {
        let (_, run) = good_run(name);
        assert_eq!(run.metrics.losses, 1, "{name}");
        assert!((1..=223).contains(&run.metrics.bytes_repeated), "{name}: {:?}", run.metrics);
    }
}

/// Problem 4: a reader's limits hold in both directions.
#[test]
fn no_command_and_no_answer_is_longer_than_the_reader_carries() {
    for name in ["field-04-short-reader", "field-30-signature-by-get-response"] {
        let (case, run) = good_run(name);
        let (command, answer) = case.problem.reader.unwrap();
        let longest = |length: fn(&cccd_simulator::chip::Exchange) -> usize| {
            run.trace.iter().map(length).max().unwrap()
        };
        assert!(longest(|exchange| exchange.command.len()) <= command, "{name}");
        assert!(longest(|exchange| exchange.response.len()) <= answer, "{name}");
    }
}

/// Problem 9: whatever the limit, three refusals find the rung below it. Between two rungs it costs longer
/// files more blocks, and no more refusals.
#[test]
fn three_refusals_find_the_block_whatever_the_limit() {
    // AES leaves less room in a short answer than 3DES.
    for (name, room) in
        [("field-09-wrong-length-above-64", 223), ("field-09-wrong-length-above-231-bac", 231)]
    {
        let mut case = Case::named(name);
        for limit in (64..=256).step_by(3) {
            case.card.behaviour.max_response_data = limit;
            let run = case.read().run;
            run.verified();
            let refusals = run.trace.iter().filter(|it| it.response.ends_with(&[0x67, 0])).count();
            assert!(refusals <= 3, "{name}, {limit}: {refusals}");
            let longest = run.trace.iter().filter(|it| it.plain_command.is_some());
            let longest = longest.filter_map(|it| it.plain_response.as_ref()).map(Vec::len).max();
            let mut rungs = [231, 223, 192, 160, 128, 112, 96, 64].into_iter();
            let rung = rungs.find(|rung| *rung <= limit.min(room));
            assert_eq!(longest.map(|length| length - 2), rung, "{name}, {limit}");
        }
    }
}

/// Problem 9: a chip that takes less than the lowest rung is not read, and the read ends.
#[test]
fn a_chip_below_the_ladder_is_refused() {
    let mut case = Case::named("field-09-wrong-length-above-64");
    case.card.behaviour.max_response_data = 60;
    let run = case.read().run;
    assert_eq!(run.error().code(), "card_refused.status");
    assert!(run.metrics.apdus < 20);
}

/// Problem 10: nothing is asked for that begins at or behind the end of a file; the chip would note it.
#[test]
fn nothing_is_read_behind_the_end_of_a_file() {
    let (_, run) = good_run("field-10-no-le-beyond-end");
    let beyond = run.trace.iter().filter(|exchange| exchange.response.ends_with(&[0x6B, 0]));
    assert_eq!(beyond.count(), 1);
}

/// Problem 11: the report says that errors came without protection.
#[test]
fn unprotected_errors_are_reported() {
    for name in [
        "field-11-plain-error-not-counted",
        "field-11-plain-error-counted",
        "field-11-plain-error-ends-session",
        "field-05-no-extended-length",
    ] {
        assert_eq!(good_run(name).1.deviations(), ["unprotected_error"], "{name}");
    }
}

/// Problem 12: the MAC of a last block fits, whatever its length and whatever the cipher.
#[test]
fn the_last_block_of_a_file_may_have_any_length() {
    for name in ["field-12-last-frame-of-119", "field-04-short-reader"] {
        let mut case = Case::named(name);
        case.problem.reader = None;
        let length = case.card.files[&file::SOD].len();
        for last in (1..=34).chain(110..=135).chain(215..=235) {
            case.card.behaviour = Behaviour {
                max_response_data: length - last,
                too_long: TooLong::Short,
                ..Behaviour::default()
            };
            let run = case.read().run;
            run.verified();
            let blocks = run.trace.iter().filter_map(|exchange| exchange.plain_response.as_ref());
            assert!(blocks.map(Vec::len).any(|length| length == last + 2), "{name}: {last}");
        }
    }
}

/// Problem 13: a chip that ends every session is not opened again and again, and one that ends it after Chip
/// Authentication is a copy.
#[test]
fn a_session_that_never_lasts_is_opened_twice() {
    for name in ["field-13-6988-after-bac", "field-13-6988-after-pace"] {
        let case = Case::named(name);
        let mut chip = Chip::new(case.card.clone(), 7);
        let options = InspectionOptions::new(case.key(), seeded(1));
        let run = Desk::new().read_over(options, |command| {
            let answer = chip.process(command);
            Ok(if command[0] & 0x0C == 0x0C { vec![0x69, 0x88] } else { answer })
        });
        assert_eq!(run.error().code(), "channel_broken.session_lost", "{name}");
        assert_eq!(chip.chip_proofs().access_established(), 2, "{name}");
    }
}

/// Problem 16: the even instruction up to 32,767, the odd one from there, and no block across.
#[test]
fn no_block_straddles_the_offsets_of_the_even_instruction() {
    for name in ["field-16-file-above-32k", "field-16-file-above-64k"] {
        let mut case = Case::named(name);
        for reader in [None, Some((261, 258))] {
            case.problem.reader = reader;
            let run = case.read().run;
            run.verified();
            let plain = run.trace.iter().filter_map(|exchange| {
                Some((exchange.plain_command.as_ref()?, exchange.plain_response.as_ref()?))
            });
            let (mut even, mut odd) = (0, 0);
            for (command, answer) in plain {
                match command[1] {
                    0xB0 if command[2] & 0x80 == 0 => {
                        let offset = usize::from(u16::from_be_bytes([command[2], command[3]]));
                        assert!(offset + answer.len() - 2 <= 0x8000, "{name}");
                        even = even.max(offset + answer.len() - 2);
                    }
                    0xB1 => odd += 1,
                    _ => {}
                }
            }
            assert_eq!(even, 0x8000, "{name}");
            assert!(odd > 0, "{name}");
        }
    }
}

/// Problem 30: a chip that cannot say the whole signature is no copy, if it has another proof to give.
#[test]
fn a_signature_that_does_not_fit_is_missing_and_not_wrong() {
    for name in ["field-30-signature-cut", "field-30-signature-6700", "field-30-signature-no-data"]
    {
        let mut case = Case::named(name);
        let run = case.read().run;
        run.verified();
        assert_eq!(run.ended(Check::ActiveAuthentication), "device_too_short", "{name}");
        assert_eq!(run.ended(Check::ChipAuthentication), "passed", "{name}");
        // Its copy has not.
        case.card = case.card.clone_without_private_keys();
        let run = case.read().run;
        assert_eq!(run.error().code(), "not_genuine.chip_authentication", "{name}");
    }
    let (_, run) = good_run("field-30-signature-by-get-response");
    assert_eq!(run.ended(Check::ActiveAuthentication), "passed");
}

/// Tolerances have names.
#[test]
fn what_was_tolerated_is_in_the_report() {
    for (name, deviation) in [
        ("field-17-no-card-access", "card_access_assumed"),
        ("field-32-ca-not-announced", "chip_authentication_inferred"),
        ("field-34-ecdsa-in-der", "active_authentication_der"),
        ("field-35-trailing-bytes-in-dg14", "trailing_bytes"),
        ("field-39-indefinite-length", "ber_encoding"),
    ] {
        let found = good_run(name).1.deviations();
        assert!(found.contains(&deviation), "{name}: {found:?}");
    }
}

/// Problem 28: chip authentication mapping proved the chip, and the strongest of the other keys did so too.
#[test]
fn of_several_keys_each_protocol_takes_its_own() {
    let (_, run) = good_run("field-28-cam-several-keys");
    for check in [Check::ChipAuthenticationMapping, Check::ChipAuthentication] {
        assert_eq!(run.ended(check), "passed", "{check:?}");
    }
}

/// Problems 43 and 44: the picture is found where it is, whatever the record says.
#[test]
fn portraits_are_found_and_told_apart() {
    for (name, format, lies) in [
        ("field-43-jpeg-2000-codestream", ImageFormat::J2k, false),
        ("field-43-jpeg-2000-file", ImageFormat::Jp2, false),
        ("field-44-face-record-length", ImageFormat::Jpeg, true),
    ] {
        let (case, run) = good_run(name);
        let group = Dg2::parse(run.verified().authenticated().group(2).unwrap()).unwrap();
        assert_eq!(group.faces()[0].format, format, "{name}");
        let image = case.profile.options.portrait.make().image;
        assert!(*group.faces()[0].image.reveal() == image, "{name}");
        let expected: &[Deviation] = if lies { &[Deviation::FaceRecordLength] } else { &[] };
        assert_eq!(group.deviations(), expected, "{name}");
    }
}

/// Problem 51: nothing of what came in plain is taken.
#[test]
fn data_in_plain_are_not_taken() {
    let run = Case::named("field-51-plain-data-in-channel").read().run;
    assert_eq!(run.ended(Check::SecureMessaging), "channel_broken.structure");
    assert!(run.inspection.files().is_empty());
}
