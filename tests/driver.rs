//! The blocking driver: time budgets, deadlines, cancellation, and a card that comes back.

mod common;

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use cccd::{
    Error, Result,
    error::ReaderFault,
    inspection::{Inspection, InspectionOptions, Phase},
    transport::{Cancellation, Limits, RunOptions, Transport, Until},
};
use cccd_simulator::{Chip, Link};
use common::{Desk, can, card, seeded};

/// A device whose every call is written down.
struct Device {
    link: Link,
    /// At this exchange it waits until the caller has had enough.
    stuck_at: Option<usize>,
    /// At this exchange the card is taken away.
    lost_at: Option<usize>,
    /// What bringing the card back ends with.
    back: Result<()>,
    /// The longest time that a command of each instruction was given, in whole seconds.
    budgets: BTreeMap<u8, u64>,
    exchanges: usize,
    reconnections: Vec<Duration>,
}

impl Device {
    fn new() -> Self {
        Self {
            link: Link::new(Chip::new(card(), 7)),
            stuck_at: None,
            lost_at: None,
            back: Ok(()),
            budgets: BTreeMap::new(),
            exchanges: 0,
            reconnections: Vec::new(),
        }
    }
}

impl Transport for Device {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        self.link.transmit(command).map_err(|_| Error::LinkLost)
    }

    fn transmit_until(&mut self, command: &[u8], until: &Until) -> Result<Vec<u8>> {
        let given = until.left()?;
        let longest = self.budgets.entry(command[1]).or_default();
        *longest = (*longest).max(given.as_secs_f64().round() as u64);
        let exchange = self.exchanges;
        self.exchanges += 1;
        while self.stuck_at == Some(exchange) {
            until.left()?;
            thread::sleep(Duration::from_millis(1));
        }
        if self.lost_at == Some(exchange) {
            self.link.take_away();
        }
        self.transmit(command)
    }

    fn reconnect(&mut self, until: &Until) -> Result<()> {
        self.reconnections.push(until.left()?);
        self.link.put_back();
        self.back.clone()
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}

fn inspection() -> Inspection {
    Desk::new().system.inspect(InspectionOptions::new(can(), seeded(1)))
}

#[test]
fn a_chip_gets_long_to_compute_and_short_to_read() {
    let mut device = Device::new();
    inspection().run(&mut device).unwrap();
    let budgets: Vec<_> = device.budgets.into_iter().collect();
    // MSE:Set, GENERAL and INTERNAL AUTHENTICATE; SELECT; READ BINARY, with up to 64 KiB on the air.
    assert_eq!(budgets, [(0x22, 15), (0x86, 15), (0x88, 15), (0xA4, 3), (0xB0, 10)]);
}

#[test]
fn a_lost_card_is_waited_for_with_patience() {
    let mut device = Device { lost_at: Some(12), ..Device::new() };
    let mut phases = Vec::new();
    let options = RunOptions::new()
        .patience(Duration::from_secs(77))
        .progress(|progress| phases.push(progress.phase));
    let mut inspection = inspection();
    let document = inspection.run_with(&mut device, options).unwrap();
    common::assert_same_groups(&document, &card());
    assert_eq!(inspection.metrics().losses, 1);
    assert!(matches!(device.reconnections[..], [time] if time.as_secs_f64().round() == 77.0));
    assert_eq!(phases.iter().filter(|phase| **phase == Phase::CardLost).count(), 1);
}

#[test]
fn a_card_that_does_not_come_back_ends_the_read_with_the_device_s_own_error() {
    for error in [Error::LinkLost, Error::Reader(ReaderFault::ServiceNotRunning), Error::Cancelled]
    {
        let back = Err(error.clone());
        let mut device = Device { lost_at: Some(12), back, ..Device::new() };
        let mut inspection = inspection();
        assert_eq!(inspection.run(&mut device).unwrap_err(), error);
        // What was read before is kept.
        assert!(inspection.files().contains_key("EF.SOD"));
    }
    // A closure has no card to bring back.
    let mut link = Link::new(Chip::new(card(), 7));
    let mut exchanges = 0;
    let mut closure = |command: &[u8]| {
        exchanges += 1;
        if exchanges == 12 {
            link.take_away();
        }
        link.transmit(command).map_err(|_| Error::LinkLost)
    };
    assert_eq!(inspection().run(&mut closure).unwrap_err(), Error::LinkLost);
}

#[test]
fn a_deadline_ends_the_read_wherever_it_is() {
    let mut device = Device::new();
    let options = RunOptions::new().deadline(Duration::ZERO);
    assert_eq!(inspection().run_with(&mut device, options).unwrap_err(), Error::DeadlinePassed);
    assert_eq!(device.exchanges, 0);
    // The exchanges before need less than this on any machine that can run tests.
    for (stuck_at, milliseconds) in [(0, 100), (9, 5_000)] {
        let mut device = Device { stuck_at: Some(stuck_at), ..Device::new() };
        let options = RunOptions::new().deadline(Duration::from_millis(milliseconds));
        let mut inspection = inspection();
        let error = inspection.run_with(&mut device, options).unwrap_err();
        assert_eq!((error, device.exchanges), (Error::DeadlinePassed, stuck_at + 1));
        assert_eq!(inspection.poll().unwrap_err(), Error::Cancelled);
    }
}

#[test]
fn a_command_past_its_time_is_a_lost_card() {
    let mut device = Device { stuck_at: Some(0), back: Err(Error::LinkLost), ..Device::new() };
    let begun = Instant::now();
    let error = inspection().run(&mut device).unwrap_err();
    assert_eq!((error, device.reconnections.len()), (Error::LinkLost, 1));
    assert!(begun.elapsed() >= Duration::from_secs(3));
}

#[test]
fn a_read_is_cancelled_from_another_thread() {
    let cancellation = Cancellation::new();
    let mut device = Device { stuck_at: Some(5), ..Device::new() };
    let error = thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let options = RunOptions::new().cancellation(&cancellation);
            inspection().run_with(&mut device, options)
        });
        thread::sleep(Duration::from_millis(50));
        cancellation.cancel();
        reading.join().unwrap().unwrap_err()
    });
    assert_eq!(error, Error::Cancelled);
    // Whoever comes too late reads nothing.
    let mut device = Device::new();
    let options = RunOptions::new().cancellation(&cancellation);
    assert_eq!(inspection().run_with(&mut device, options).unwrap_err(), Error::Cancelled);
    assert_eq!(device.exchanges, 0);
}
