//! The road without PC/SC: the library, libnfc, a serial line, a PN532 made of software, the simulated card.

mod common;

use std::{os::unix::fs::symlink, time::Duration};

use cccd::{
    Error, Result,
    apdu::Metrics,
    document::VerifiedDocument,
    error::ReaderFault,
    inspection::{InspectionOptions, Phase},
    transport::{
        Cancellation, Limits, RunOptions, Transport as _, Until,
        nfc::{CardKind, Device},
    },
};
use cccd_simulator::{
    Chip, Fault, Link, Person, Personalisation,
    pn532::{Air, Misbehaviour, Pn532, Trouble, code},
};
use common::{Desk, assert_same_groups, bac_card, can, issuer, mrz, options, seeded};

const SELECT: [u8; 12] = [0, 0xA4, 4, 0x0C, 7, 0xA0, 0, 0, 2, 0x47, 0x10, 1];
const GENERAL_AUTHENTICATE: u8 = 0x86;

/// The CCCD; the signature of Active Authentication is longer than one short answer.
fn card() -> Personalisation {
    let mut card = common::card();
    card.behaviour.get_response = true;
    card
}

fn within(time: Duration) -> Until {
    Until::within(time, &Cancellation::new())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn chip(card: &Personalisation) -> Chip {
    Chip::new(card.clone(), 7)
}

/// A device with this in its field, opened by libnfc.
fn plugged_in(link: Link, air: Air) -> (Pn532, Device) {
    let pn532 = Pn532::plug_in().unwrap();
    pn532.lay(link, air);
    let device = Device::open(Some(&pn532.connection())).unwrap();
    (pn532, device)
}

/// A device whose card was found.
fn with_card(card: &Personalisation) -> (Pn532, Device) {
    let (pn532, mut device) = plugged_in(Link::new(chip(card)), Air::TypeA);
    device.wait_for_card(&within(seconds(5))).unwrap();
    (pn532, device)
}

struct Read {
    outcome: Result<VerifiedDocument>,
    metrics: Metrics,
}

impl Read {
    #[track_caller]
    fn of(&self, card: &Personalisation) -> Metrics {
        match &self.outcome {
            Ok(document) => assert_same_groups(document, card),
            Err(error) => panic!("{error:?}"),
        }
        self.metrics
    }
}

/// Reads with this device; `lost` is called whenever the card is missed.
fn read_with(
    device: &mut Device,
    options: InspectionOptions,
    run: RunOptions<'_>,
    mut lost: impl FnMut(),
) -> Read {
    let mut inspection = Desk::new().system.inspect(options);
    let run = run.progress(|step| {
        if step.phase == Phase::CardLost {
            lost();
        }
    });
    let outcome = inspection.run_with(device, run);
    Read { outcome, metrics: inspection.metrics() }
}

fn with_can() -> InspectionOptions {
    InspectionOptions::new(can(), seeded(1))
}

fn read(device: &mut Device, lost: impl FnMut()) -> Read {
    read_with(device, with_can(), RunOptions::new(), lost)
}

#[track_caller]
fn no_violations(pn532: &Pn532) {
    assert_eq!(pn532.with_chip(|chip| chip.violations().to_vec()).unwrap(), [""; 0]);
}

#[test]
fn a_card_of_either_type_is_read_in_as_many_exchanges_as_without_a_device() {
    for (air, kind) in [
        (Air::TypeA, CardKind::TypeA { answer_to_select: vec![0x78, 0x80, 0x71, 0x02, 0x80] }),
        (Air::TypeB, CardKind::TypeB { protocol_info: [0x00, 0x81, 0x71] }),
    ] {
        let (pn532, mut device) = plugged_in(Link::new(chip(&card())), air);
        device.wait_for_card(&within(seconds(5))).unwrap();
        assert_eq!(device.card(), Some(&kind));
        let read = read(&mut device, || panic!("the card is lost"));
        let metrics = read.of(&card());
        let proofs = pn532.with_chip(|chip| chip.chip_proofs()).unwrap();
        assert_eq!(
            (proofs.pace, proofs.chip_authentications, proofs.active_authentications),
            (1, 1, 1)
        );
        let alone = Desk::new().limits(device.limits()).read(card(), can());
        assert_eq!(metrics, alone.metrics);
        assert_eq!(metrics.apdus, 93);
        // libnfc needs no more exchanges with the device than the card has with the reader.
        assert_eq!(pn532.count(code::IN_DATA_EXCHANGE), metrics.apdus);
        no_violations(&pn532);
    }
}

#[test]
fn a_card_that_is_opened_by_bac_is_read() {
    let card = Personalisation { behaviour: card().behaviour, ..bac_card() };
    let (pn532, mut device) = with_card(&card);
    let options = InspectionOptions::new(mrz(), seeded(1));
    read_with(&mut device, options, RunOptions::new(), || panic!("lost")).of(&card);
    no_violations(&pn532);
}

#[test]
fn an_answer_in_pieces_is_put_together() {
    let (pn532, mut device) = with_card(&card());
    pn532.chunks(100);
    let metrics = read(&mut device, || panic!("the card is lost")).of(&card());
    assert!(pn532.count(code::IN_DATA_EXCHANGE) > metrics.apdus);
    no_violations(&pn532);
}

#[test]
fn an_empty_field_is_no_card_and_neither_is_a_memory_card() {
    let pn532 = Pn532::plug_in().unwrap();
    let mut device = Device::open(Some(&pn532.connection())).unwrap();
    let nobody = Err(Error::Reader(ReaderFault::NoCard));
    assert_eq!(device.wait_for_card(&within(Duration::from_millis(300))), nobody);
    assert_eq!(device.card(), None);
    assert_eq!(device.reconnect(&within(Duration::from_millis(1))), Err(Error::LinkLost));
    assert_eq!(device.transmit(&SELECT), Err(Error::LinkLost));
    assert_eq!(pn532.count(code::IN_DATA_EXCHANGE), 0);

    pn532.lay(Link::new(chip(&card())), Air::MemoryCard);
    assert_eq!(device.wait_for_card(&within(Duration::from_millis(300))), nobody);
    pn532.lay(Link::new(chip(&card())), Air::TypeA);
    device.wait_for_card(&within(seconds(5))).unwrap();
    assert_eq!(device.transmit(&SELECT), Ok(vec![0x90, 0x00]));
}

#[test]
fn a_card_lost_at_any_tenth_exchange_and_put_back_is_read_on() {
    let exchanges = Desk::new().limits(Limits::SHORT).read(card(), can()).metrics.apdus;
    for exchange in (0..exchanges).step_by(10) {
        for fault in [Fault::LostBefore(exchange), Fault::LostAfter(exchange)] {
            let link = Link::with_fault(chip(&card()), fault);
            let (pn532, mut device) = plugged_in(link, Air::TypeA);
            device.wait_for_card(&within(seconds(5))).unwrap();
            let metrics = read(&mut device, || pn532.put_back()).of(&card());
            assert_eq!(metrics.losses, 1, "{fault:?}");
            assert!(metrics.bytes_repeated <= 231, "{fault:?}: {metrics:?}");
            no_violations(&pn532);
        }
    }
}

#[test]
fn another_card_is_not_joined() {
    let twin = Person { full_name: "Trần Văn Khác".to_owned(), ..Person::sample() };
    let twin = issuer().personalise(&twin, &options());
    let link = Link::with_fault(chip(&card()), Fault::LostAfter(40));
    let (pn532, mut device) = plugged_in(link, Air::TypeA);
    device.wait_for_card(&within(seconds(5))).unwrap();
    let read = read(&mut device, || pn532.lay(Link::new(chip(&twin)), Air::TypeB));
    assert_eq!(read.outcome.unwrap_err().code(), "link_lost.other_card");
}

#[test]
fn nothing_longer_than_the_limit_reaches_the_device() {
    let (pn532, mut device) = with_card(&card());
    let mut long = vec![0x00, 0x84, 0x00, 0x00];
    // libnfc would end the process.
    long.resize(263, 0x00);
    assert_eq!(device.transmit(&long), Err(Error::Reader(ReaderFault::TooLong)));
    assert_eq!(pn532.count(code::IN_DATA_EXCHANGE), 0);
    long.pop();
    device.transmit(&long).unwrap();
    assert_eq!(pn532.longest_apdu(), 262);
    let (pn532, mut device) = with_card(&card());
    read(&mut device, || panic!("the card is lost")).of(&card());
    assert!(pn532.longest_apdu() <= device.limits().max_command);
    assert!(device.limits().max_command <= 262 && device.limits().max_response <= 262);
}

#[test]
fn a_chip_that_computes_longer_than_libnfc_waits_by_itself_is_read() {
    let (pn532, mut device) = with_card(&card());
    pn532.slow(GENERAL_AUTHENTICATE, Duration::from_millis(800));
    let metrics = read(&mut device, || panic!("the card is lost")).of(&card());
    assert_eq!(metrics.losses, 0);
}

#[test]
fn an_answer_that_comes_too_late_is_no_answer_to_the_next_command() {
    let (pn532, mut device) = with_card(&card());
    pn532.slow(0xA4, Duration::from_millis(400));
    let late = within(Duration::from_millis(100));
    assert_eq!(device.transmit_until(&SELECT, &late), Err(Error::LinkLost));
    // The card is not asked again before it was powered up.
    assert_eq!(device.transmit(&[0, 0x84, 0, 0, 8]), Err(Error::LinkLost));
    std::thread::sleep(Duration::from_millis(500));
    device.reconnect(&within(seconds(5))).unwrap();
    assert_eq!(device.transmit_until(&SELECT, &within(seconds(5))), Ok(vec![0x90, 0x00]));
    assert_eq!(device.transmit_until(&SELECT, &late), Err(Error::LinkLost));
}

#[test]
fn waiting_for_a_card_can_be_cancelled() {
    let pn532 = Pn532::plug_in().unwrap();
    let mut device = Device::open(Some(&pn532.connection())).unwrap();
    let cancellation = Cancellation::new();
    let until = Until::within(seconds(600), &cancellation);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| device.wait_for_card(&until));
        while pn532.count(code::IN_LIST_PASSIVE_TARGET) < 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
        cancellation.cancel();
        assert_eq!(waiting.join().unwrap(), Err(Error::Cancelled));
    });
    // The same in the middle of a read, when the card does not come back.
    let link = Link::with_fault(chip(&card()), Fault::LostAfter(20));
    pn532.lay(link, Air::TypeA);
    device.wait_for_card(&within(seconds(5))).unwrap();
    let cancellation = Cancellation::new();
    let run = RunOptions::new().patience(seconds(600)).cancellation(&cancellation);
    let read = read_with(&mut device, with_can(), run, || cancellation.cancel());
    assert_eq!(read.outcome.unwrap_err(), Error::Cancelled);
}

#[test]
fn a_device_that_is_unplugged_is_gone_and_a_read_ends() {
    let (pn532, mut device) = with_card(&card());
    let run = RunOptions::new().patience(seconds(1));
    let mut plugged = Some(pn532);
    let mut steps = 0;
    let mut inspection = Desk::new().system.inspect(with_can());
    let outcome = inspection.run_with(
        &mut device,
        run.progress(|_| {
            steps += 1;
            if steps == 12 {
                plugged = None;
            }
        }),
    );
    assert_eq!(outcome.unwrap_err(), Error::Reader(ReaderFault::NoReader));
    assert_eq!(device.transmit(&SELECT), Err(Error::LinkLost));
    let gone = device.wait_for_card(&within(Duration::from_millis(10)));
    assert_eq!(gone, Err(Error::Reader(ReaderFault::NoReader)));
}

#[test]
fn a_device_that_is_plugged_in_again_reads_on() {
    // A name that stays, as udev gives it to a serial line.
    let folder = std::env::temp_dir().join(format!("cccd-nfc-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let name = folder.join("reader");
    let plug = |name: &std::path::Path| {
        let pn532 = Pn532::plug_in().unwrap();
        pn532.lay(Link::new(chip(&card())), Air::TypeA);
        drop(std::fs::remove_file(name));
        symlink(pn532.name(), name).unwrap();
        pn532
    };
    let mut pn532 = Some(plug(&name));
    let connection = format!("pn532_uart:{}:115200", name.display());
    let mut device = Device::open(Some(&connection)).unwrap();
    device.wait_for_card(&within(seconds(5))).unwrap();
    let trouble = Trouble::once(code::IN_DATA_EXCHANGE, 30, Misbehaviour::ErrorFrame);
    pn532.as_ref().unwrap().plan(trouble);
    let read = read(&mut device, || {
        pn532 = None;
        pn532 = Some(plug(&name));
    });
    let metrics = read.of(&card());
    assert_eq!(metrics.losses, 1);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn whatever_a_device_does_once_the_read_goes_on() {
    let all = [
        Misbehaviour::Garbage { seed: 1 },
        Misbehaviour::Garbage { seed: 2 },
        Misbehaviour::WrongChecksum,
        Misbehaviour::ErrorFrame,
        Misbehaviour::WrongCode,
        Misbehaviour::TooLong,
        // The card sent something unreadable; the device ran hot; this is not the time for it.
        Misbehaviour::Data(vec![0x02]),
        Misbehaviour::Data(vec![0x0D]),
        Misbehaviour::Data(vec![0x27]),
        // Nothing but a status: the answer has no status word.
        Misbehaviour::Data(vec![0x00]),
    ];
    for kind in all {
        let (pn532, mut device) = with_card(&card());
        pn532.plan(Trouble::once(code::IN_DATA_EXCHANGE, 30, kind.clone()));
        let metrics = read(&mut device, || {}).of(&card());
        assert_eq!(metrics.losses, 1, "{kind:?}");
        assert!(metrics.bytes_repeated <= 231, "{kind:?}");
    }
}

#[test]
fn a_device_that_falls_silent_costs_the_time_of_one_command_and_then_is_gone() {
    for kind in [Misbehaviour::Deaf, Misbehaviour::Silent, Misbehaviour::CutOff] {
        let (pn532, mut device) = with_card(&card());
        pn532.plan(Trouble::once(code::IN_DATA_EXCHANGE, 0, kind.clone()));
        let soon = within(Duration::from_millis(200));
        assert_eq!(device.transmit_until(&SELECT, &soon), Err(Error::LinkLost), "{kind:?}");
        device.reconnect(&within(seconds(5))).unwrap();
        assert_eq!(device.transmit(&SELECT), Ok(vec![0x90, 0x00]), "{kind:?}");
        // Nothing is heard any more.
        for command in [
            code::DIAGNOSE,
            code::IN_DATA_EXCHANGE,
            code::RF_CONFIGURATION,
            code::SAM_CONFIGURATION,
        ] {
            pn532.plan(Trouble::always(command, kind.clone()));
        }
        assert_eq!(
            device.transmit_until(&SELECT, &within(Duration::from_millis(100))),
            Err(Error::LinkLost)
        );
        let gone = device.reconnect(&within(seconds(1)));
        assert_eq!(gone, Err(Error::Reader(ReaderFault::NoReader)), "{kind:?}");
        pn532.mend();
        device.reconnect(&within(seconds(5))).unwrap();
        assert_eq!(device.transmit(&SELECT), Ok(vec![0x90, 0x00]), "{kind:?}");
    }
}

/// libnfc ignores it and would end the process at the first search.
#[test]
fn a_device_that_does_not_say_what_it_is_is_not_opened() {
    for kind in [
        Misbehaviour::Garbage { seed: 1 },
        Misbehaviour::WrongChecksum,
        Misbehaviour::Silent,
        // No chip that is known.
        Misbehaviour::Data(vec![0x77, 1, 6, 7]),
        Misbehaviour::Data(vec![0x32]),
    ] {
        let pn532 = Pn532::plug_in().unwrap();
        pn532.plan(Trouble::always(code::GET_FIRMWARE_VERSION, kind.clone()));
        let opened = Device::open(Some(&pn532.connection())).map(drop);
        assert_eq!(opened, Err(Error::Reader(ReaderFault::NoSuchReader)), "{kind:?}");
        pn532.mend();
        drop(Device::open(Some(&pn532.connection())).unwrap());
    }
}

#[test]
fn a_connection_that_leads_nowhere_is_told_at_once() {
    let pn532 = Pn532::plug_in().unwrap();
    let name = pn532.name().to_owned();
    let nul = format!("pn532_uart:{name}\0");
    let speed = format!("pn532_uart:{name}:fast");
    for connection in
        ["", ":", "pn532_uart", "pn532_uart:/dev/no-such-line", "no_such_driver:x", &nul, &speed]
    {
        let opened = Device::open(Some(connection)).map(drop);
        assert_eq!(opened, Err(Error::Reader(ReaderFault::NoSuchReader)), "{connection:?}");
    }
    drop(Device::open(Some(&pn532.connection())).unwrap());
}

#[test]
fn a_deadline_ends_a_read() {
    let (pn532, mut device) = with_card(&card());
    pn532.slow(GENERAL_AUTHENTICATE, seconds(600));
    let run = RunOptions::new().deadline(Duration::from_millis(500));
    let read = read_with(&mut device, with_can(), run, || {});
    assert_eq!(read.outcome.unwrap_err(), Error::DeadlinePassed);
}

#[test]
fn debug_tells_the_device_and_no_more() {
    let (_pn532, device) = with_card(&card());
    let shown = format!("{device:?}");
    assert!(shown.contains("plugged_in: true") && shown.contains("TypeA"), "{shown}");
}
