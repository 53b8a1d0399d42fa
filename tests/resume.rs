//! A card that is lost and comes back: the read goes on where it was, with the same card only.

mod common;

use std::cell::RefCell;

use cccd::{
    Error,
    access::AccessKey,
    inspection::{InspectionOptions, Phase},
    transport::Limits,
};
use cccd_simulator::{
    CardOptions, Chip, Fault, Link, Person, Personalisation, personalisation::file,
};
use common::{
    Desk, Run, assert_same_groups, bac_card, can, card, issuer, mrz, options, personalise, seeded,
};

fn with_can() -> InspectionOptions {
    InspectionOptions::new(can(), seeded(1))
}

fn with_mrz() -> InspectionOptions {
    InspectionOptions::new(mrz(), seeded(1))
}

/// Reads a card that leaves the field once and is put back.
fn lost_once(
    card: &Personalisation,
    options: InspectionOptions,
    limits: Limits,
    fault: Fault,
) -> Run {
    let mut link = Link::with_fault(Chip::new(card.clone(), 7), fault);
    let mut run = Desk::new().limits(limits).read_again(options, &mut link);
    run.violations = link.chip.violations().to_vec();
    run.trace = link.chip.trace().to_vec();
    run
}

/// Whatever the moment, the read ends with the card's own bytes, and of them at most one short block was
/// transferred twice.
fn every_moment(card: &Personalisation, options: fn() -> InspectionOptions, limits: Limits) {
    let good = Desk::new().limits(limits).read_chip(&mut Chip::new(card.clone(), 7), options());
    good.verified();
    let exchanges = good.metrics.apdus;
    for exchange in 0..exchanges {
        for fault in
            [Fault::LostBefore(exchange), Fault::LostAfter(exchange), Fault::Delayed(exchange)]
        {
            let run = lost_once(card, options(), limits, fault);
            assert_same_groups(run.verified(), card);
            assert_eq!(run.metrics.losses, 1, "{fault:?}");
            assert!(run.metrics.bytes_repeated <= 231, "{fault:?}: {:?}", run.metrics);
            // Door, application, the look at EF.SOD, chip authentication, SELECT; the lost exchange.
            let more = run.metrics.apdus - exchanges;
            assert!(more <= 5 + 1 + 1 + 2 + 1 + 1, "{fault:?}: {more} exchanges more");
            assert!(run.progress.iter().any(|step| step.phase == Phase::CardLost));
            assert_eq!(run.violations, [""; 0], "{fault:?}");
        }
    }
}

#[test]
fn a_card_lost_at_any_moment_is_read_on_after_pace() {
    every_moment(&card(), with_can, Limits::EXTENDED);
}

#[test]
fn a_card_lost_at_any_moment_is_read_on_after_bac() {
    let mut card = bac_card();
    card.behaviour.get_response = true;
    every_moment(&card, with_mrz, Limits::SHORT);
}

/// Another card is put down in place of the first; returns what came of it.
fn swapped(first: &Personalisation, other: &Personalisation, exchange: usize) -> Run {
    let first = Link::with_fault(Chip::new(first.clone(), 7), Fault::LostAfter(exchange));
    let link = RefCell::new(first);
    Desk::new().read_on(
        with_can(),
        |command| link.borrow_mut().transmit(command).map_err(|_| Error::LinkLost),
        || {
            *link.borrow_mut() = Link::new(Chip::new(other.clone(), 8));
            true
        },
    )
}

#[test]
fn another_card_is_not_joined() {
    let stranger = issuer().personalise(&Person::sample_indefinite(), &options());
    // The same key opens this one.
    let twin = Person { full_name: "Trần Văn Khác".to_owned(), ..Person::sample() };
    let twin = issuer().personalise(&twin, &options());
    let exchanges = Desk::new().read(card(), can()).metrics.apdus;
    let begun =
        (0..exchanges).map(|exchange| swapped(&card(), &stranger, exchange)).collect::<Vec<_>>();
    for run in &begun {
        let code = run.error().code();
        assert!(["access_denied.wrong_key", "link_lost.other_card"].contains(&code), "{code}");
    }
    // Once the key has fitted, a card that it does not fit is another.
    assert_eq!(begun[exchanges - 1].error(), &Error::CardChanged);
    let sod = 8;
    for exchange in sod..exchanges {
        let run = swapped(&card(), &twin, exchange);
        assert_eq!(run.error(), &Error::CardChanged, "at {exchange}");
        assert!(!run.inspection.files().is_empty());
    }
}

#[test]
fn a_copy_put_down_in_place_of_the_card_is_found_out() {
    // With both proofs, and with Active Authentication alone.
    let alone = CardOptions { chip_authentication: Vec::new(), ..options() };
    for card in [card(), personalise(&alone)] {
        let copy = card.clone_without_private_keys();
        let exchanges = Desk::new().read(card.clone(), can()).metrics.apdus;
        for exchange in 0..exchanges {
            let run = swapped(&card, &copy, exchange);
            assert_eq!(run.error().kind(), "not_genuine", "at {exchange}");
        }
    }
}

#[test]
fn losses_are_counted() {
    let read = |options: InspectionOptions| {
        let mut chip = Chip::new(card(), 7);
        let mut exchange = 0;
        // Each time it is put back the card gets one exchange further than the door.
        Desk::new().read_on(
            options,
            |command| {
                exchange += 1;
                if exchange % 9 == 0 {
                    chip.reset();
                    return Err(Error::LinkLost);
                }
                Ok(chip.process(command))
            },
            || true,
        )
    };
    let run = read(with_can().losses(3));
    assert_eq!((run.error(), run.metrics.losses), (&Error::LinkLost, 3));
    let run = read(with_can().losses(0));
    assert_eq!((run.error(), run.metrics.losses), (&Error::LinkLost, 0));
}

/// The next card may be another, and its chip counts wrong tries.
#[test]
fn a_pin_is_not_tried_on_a_card_that_came_back() {
    let card = personalise(&CardOptions { pin: Some("123456".to_owned()), ..options() });
    let pin = AccessKey::from_pin("123456").unwrap();
    let with_pin = InspectionOptions::new(pin, seeded(1));
    let run = lost_once(&card, with_pin, Limits::EXTENDED, Fault::LostAfter(12));
    assert_eq!((run.error(), run.metrics.losses), (&Error::LinkLost, 0));
}

#[test]
fn a_file_without_its_digest_is_read_once_more() {
    // A link that lays one wrong byte into DG13 below secure messaging does not exist; a chip that does exists.
    let mut chip = Chip::new(card(), 7);
    let mut spoiled = card();
    spoiled.flip_bit(file::DG13, 2_000);
    let files = chip.personalisation().files.clone();
    let mut times = 0;
    let run = Desk::new().read_on(
        with_can(),
        |command| {
            chip.personalisation_mut().files =
                if times == 0 { spoiled.files.clone() } else { files.clone() };
            let answer = chip.process(command);
            let read = chip.trace().last().and_then(|exchange| exchange.plain_command.clone());
            times += usize::from(read.is_some_and(|plain| plain[1..3] == [0xB0, 0x8D]));
            Ok(answer)
        },
        || false,
    );
    assert_same_groups(run.verified(), &card());
    assert_eq!(run.metrics.bytes_repeated, files[&file::DG13].len());
    // Wrong twice is a verdict.
    let run = Desk::new().read(spoiled, can());
    assert_eq!(run.error().code(), "not_authentic.digest_mismatch");
    assert_eq!(run.metrics.bytes_repeated, files[&file::DG13].len());
}

/// Exact on purpose: the lost exchange, six to open the chip, the look at EF.SOD, two of Chip Authentication,
/// SELECT of the file that was interrupted. Of the files one short block is transferred twice.
#[test]
fn what_losses_cost() {
    let mut found = Vec::new();
    for losses in 0..=3 {
        // In the portrait, each time one block further.
        let faults = (0..losses).map(|loss| Fault::LostAfter(17 + 12 * loss)).collect();
        let mut link = Link::with_faults(Chip::new(card(), 7), faults);
        let run = Desk::new().read_again(with_can(), &mut link);
        assert_same_groups(run.verified(), &card());
        assert_eq!(run.metrics.losses, losses);
        found.push((run.metrics.apdus, run.metrics.bytes_repeated));
    }
    assert_eq!(found, [(23, 0), (34, 223), (45, 446), (56, 669)]);
}
