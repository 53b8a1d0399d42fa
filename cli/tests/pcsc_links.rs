//! The library over pcscd: cards that leave and come back, two at once, sharing, a service that dies, calls
//! that have to end.
//!
//! Runs with `CCCD_PCSC=1` only, see `support/virtual_reader.rs`.
#![cfg(feature = "pcsc")]

mod support;

use std::{
    sync::{
        Arc, Barrier, LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use cccd::{
    Error,
    access::AccessKey,
    apdu::Metrics,
    document::VerifiedDocument,
    error::ReaderFault,
    inspection::{Inspection, InspectionOptions, InspectionSystem},
    pki::TrustStore,
    transport::{
        Cancellation, Limits, RunOptions, SystemRandom, Transport, Until,
        pcsc::{Readers, Sharing},
    },
};
use cccd_simulator::{
    CardOptions, Chip, Fault, Issuer, IssuerOptions, Link, Person, Personalisation,
    vpcd::{self, Removable},
};
use support::{
    CAN, DAY,
    virtual_reader::{DRIVER, Hand, READER, READERS, Service, entry, wait_until},
};

const PORT: u16 = READERS[0].1;
const SELECT: [u8; 12] = [0, 0xA4, 4, 0x0C, 7, 0xA0, 0, 0, 2, 0x47, 0x10, 1];
/// How a chip answers to it.
const OK: [u8; 2] = [0x90, 0];

static ISSUER: LazyLock<Issuer> = LazyLock::new(|| Issuer::new(IssuerOptions::default()));

fn card() -> Personalisation {
    static CARD: LazyLock<Personalisation> =
        LazyLock::new(|| ISSUER.personalise(&Person::sample(), &CardOptions::default()));
    CARD.clone()
}

/// Another card that the same key opens.
fn twin() -> Personalisation {
    let twin = Person { full_name: "Trần Văn Khác".to_owned(), ..Person::sample() };
    ISSUER.personalise(&twin, &CardOptions::default())
}

fn chip() -> Chip {
    Chip::new(card(), 7)
}

fn inspection() -> Inspection {
    let mut trust = TrustStore::empty();
    trust.add_certificate(ISSUER.csca_certificate(), "simulator").unwrap();
    let key = AccessKey::from_can(CAN).unwrap();
    InspectionSystem::new(trust, DAY.parse().unwrap())
        .inspect(InspectionOptions::new(key, SystemRandom::new()))
}

fn within(milliseconds: u64) -> Until {
    Until::within(Duration::from_millis(milliseconds), &Cancellation::new())
}

fn open(reader: &str) -> cccd::transport::pcsc::Card {
    let readers = Readers::connect().unwrap();
    let found = readers.wait_for_card(Some(reader), &within(5_000)).unwrap();
    readers.open(found.as_deref()).unwrap()
}

fn read(card: &mut impl Transport) -> (Result<VerifiedDocument, Error>, Metrics) {
    let mut inspection = inspection();
    let document = inspection.run_with(card, RunOptions::new());
    (document, inspection.metrics())
}

/// A link of this process, on which a lost card is put back at once.
struct PutBack(Link);

impl Transport for PutBack {
    fn transmit(&mut self, command: &[u8]) -> cccd::Result<Vec<u8>> {
        self.0.transmit(command).map_err(|_| Error::LinkLost)
    }

    fn reconnect(&mut self, _: &Until) -> cccd::Result<()> {
        self.0.put_back();
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}

/// What the card answers is decided here.
struct Behaving<F> {
    chip: Chip,
    process: F,
}

impl<F: FnMut(&mut Chip, &[u8]) -> Option<Vec<u8>> + Send> vpcd::Card for Behaving<F> {
    fn answer_to_reset(&self) -> Vec<u8> {
        self.chip.answer_to_reset()
    }

    fn reset(&mut self) {
        self.chip.reset();
    }

    fn process(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        (self.process)(&mut self.chip, command)
    }
}

/// Threads of this process that talk to PC/SC.
fn pcsc_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.trim() == "cccd-pcsc").count()
}

#[test]
fn a_card_that_is_put_back_costs_exactly_what_it_costs_without_a_reader() {
    let Some(_service) = Service::start() else { return };
    for exchange in [2, 9, 14, 21] {
        let mut link = PutBack(Link::with_fault(chip(), Fault::LostBefore(exchange)));
        let (document, expected) = read(&mut link);
        document.unwrap();
        let again =
            |card: &mut Removable<Chip>| card.was_taken().then_some(Duration::from_millis(150));
        let card = Removable::new(chip(), Some(exchange));
        let hand = Hand::lay_down_again(PORT, card, again);
        let mut card = open(READER);
        let (document, metrics) = read(&mut card);
        drop(card);
        let removable = hand.take_away();
        assert_eq!(removable.card.violations(), [""; 0]);
        document.unwrap_or_else(|error| panic!("lost at {exchange}: {error}"));
        let counts = |it: Metrics| (it.losses, it.bytes_repeated, it.apdus);
        assert_eq!(counts(metrics), counts(expected), "lost at {exchange}");
        assert_eq!(metrics.losses, 1);
        wait_until("the reader has seen it leave", || {
            !Readers::connect().unwrap().list().unwrap()[0].card_present
        });
    }
    assert_eq!(pcsc_threads(), 0);
}

#[test]
fn another_card_put_down_in_place_of_the_first_is_refused() {
    let Some(_service) = Service::start() else { return };
    let other = Arc::new(Mutex::new(Some(twin())));
    let hand = Hand::lay_down_again(PORT, Removable::new(chip(), Some(14)), move |card| {
        card.card = Chip::new(other.lock().unwrap().take()?, 8);
        Some(Duration::from_millis(150))
    });
    let mut card = open(READER);
    let (document, metrics) = read(&mut card);
    let error = document.unwrap_err();
    assert_eq!((error.code(), metrics.losses), ("link_lost.other_card", 1));
    drop(card);
    hand.take_away();
}

#[test]
fn two_cards_are_read_at_the_same_time() {
    let Some(_service) = Service::start() else { return };
    // Neither card answers its tenth command before the other has got its own.
    let both = Arc::new(Barrier::new(2));
    let hands = READERS.map(|(_, port)| {
        let (both, mut commands) = (Arc::clone(&both), 0);
        let process = move |chip: &mut Chip, command: &[u8]| {
            commands += 1;
            if commands == 10 {
                both.wait();
            }
            Some(chip.process(command))
        };
        Hand::lay_down(port, Behaving { chip: chip(), process })
    });
    let reads = READERS.map(|(name, _)| thread::spawn(move || read(&mut open(name))));
    for read in reads {
        read.join().unwrap().0.unwrap();
    }
    for hand in hands {
        assert_eq!(hand.take_away().chip.violations(), [""; 0]);
    }
}

#[test]
fn exclusive_use_refuses_others_and_shared_use_keeps_them_waiting() {
    let Some(_service) = Service::start() else { return };
    let hand = Hand::lay_down(PORT, chip());
    let mut card = open(READER);
    let readers = Readers::connect().unwrap();
    let try_open = |sharing| readers.open_with(Some(READER), sharing, &within(300)).map(drop);
    let in_use = Err(Error::Reader(ReaderFault::InUse));
    assert_eq!(try_open(Sharing::Shared), in_use);
    assert_eq!(try_open(Sharing::Exclusive), in_use);
    assert!(readers.list().unwrap()[0].in_use);
    read(&mut card).0.unwrap();
    drop(card);

    let mut shared = readers.open_with(Some(READER), Sharing::Shared, &within(2_000)).unwrap();
    assert_eq!(try_open(Sharing::Exclusive), in_use);
    // This one connects, and waits for the end of the transaction.
    assert_eq!(try_open(Sharing::Shared), in_use);
    read(&mut shared).0.unwrap();
    let waiting = thread::spawn(|| {
        let readers = Readers::connect().unwrap();
        readers.open_with(Some(READER), Sharing::Shared, &within(5_000)).map(drop)
    });
    drop(shared);
    assert_eq!(waiting.join().unwrap(), Ok(()));
    // Those that gave up end when they see that nobody waits for them.
    wait_until("no thread is left", || pcsc_threads() == 0);
    drop(readers);
    let chip = hand.take_away();
    assert!(!chip.session_established(), "reset at the end");
    assert_eq!(chip.violations(), [""; 0]);
}

#[test]
fn a_service_that_is_killed_and_started_again_costs_one_loss() {
    let Some(service) = Service::start() else { return };
    if !service.is_ours() {
        return;
    }
    let service = Arc::new(Mutex::new(service));
    let of_card = Arc::clone(&service);
    let mut commands = 0;
    let process = move |chip: &mut Chip, command: &[u8]| {
        commands += 1;
        if commands == 15 {
            of_card.lock().unwrap().stop();
            return None;
        }
        Some(chip.process(command))
    };
    let mut restarted = Some(Arc::clone(&service));
    let hand = Hand::lay_down_again(PORT, Behaving { chip: chip(), process }, move |_| {
        restarted.take()?.lock().unwrap().start_again();
        Some(Duration::ZERO)
    });
    let mut card = open(READER);
    let (document, metrics) = read(&mut card);
    document.unwrap();
    assert_eq!(metrics.losses, 1);

    // A second time, and nobody starts it.
    service.lock().unwrap().stop();
    assert!(card.transmit(&SELECT).is_err());
    assert_eq!(card.reconnect(&within(300)).unwrap_err().code(), "reader.service_stopped");
    let list = Readers::connect().and_then(|readers| readers.list());
    assert_eq!(list.unwrap_err().code(), "reader.service_not_running");
    drop(card);
    assert_eq!(hand.take_away().chip.violations(), [""; 0]);
}

#[test]
fn readers_survive_a_restart_and_a_reader_that_did_not_come_back_is_named() {
    let Some(mut service) = Service::start() else { return };
    if !service.is_ours() {
        return;
    }
    let hand = Hand::lay_down_again(PORT, chip(), |_| Some(Duration::from_millis(50)));
    let mut card = open(READER);
    let readers = Readers::connect().unwrap();
    let before = readers.list().unwrap();
    service.stop();
    service.configure(Some(&entry("Another reader", 35_973, DRIVER.as_ref())));
    service.start_again();
    let now = readers.list().unwrap();
    assert_eq!((before.len(), now.len()), (2, 2));
    assert!(now.iter().all(|reader| reader.name.starts_with("Another reader")));
    assert!(card.transmit(&SELECT).is_err());
    assert_eq!(card.reconnect(&within(400)).unwrap_err().code(), "reader.unplugged");
    drop(card);
    service.stop();
    service.configure(None);
    service.start_again();
    // Also a wait that began without the reader.
    assert_eq!(readers.wait_for_card(Some(READER), &within(5_000)), Ok(Some(READER.to_owned())));
    hand.take_away();
    assert_eq!(readers.wait_for_removal(READER, &within(5_000)), Ok(true));
    assert_eq!(readers.wait_for_removal(READER, &within(1)), Ok(true), "nothing lies there");
    assert_eq!(readers.wait_for_card(None, &within(1)), Ok(None));
}

#[test]
fn whoever_waits_for_a_card_can_be_called_off() {
    let Some(_service) = Service::start() else { return };
    let cancellation = Cancellation::new();
    let until = Until::within(Duration::from_secs(60), &cancellation);
    let waiting = thread::spawn(move || {
        let readers = Readers::connect().unwrap();
        let known = readers.list().unwrap();
        let card = readers.wait_for_card(None, &until);
        (
            card,
            readers.wait_for_change(&known, &until),
            readers.open_with(None, Sharing::Exclusive, &until).map(drop),
        )
    });
    thread::sleep(Duration::from_millis(100));
    cancellation.cancel();
    let (card, change, opened) = waiting.join().unwrap();
    assert_eq!((card, change), (Err(Error::Cancelled), Err(Error::Cancelled)));
    assert_eq!(opened, Err(Error::Reader(ReaderFault::NoCard)));
}

#[test]
fn a_call_that_does_not_return_is_left_alone_and_the_card_read_afterwards() {
    let Some(_service) = Service::start() else { return };
    let cancellation = Cancellation::new();
    let (hold, got) = (Arc::new(Mutex::new(())), Arc::new(AtomicUsize::new(0)));
    let process = {
        let (cancellation, hold, got) = (cancellation.clone(), Arc::clone(&hold), Arc::clone(&got));
        move |chip: &mut Chip, command: &[u8]| {
            // The first command is called off, the second one is too late.
            match got.fetch_add(1, Ordering::Relaxed) {
                0 => cancellation.cancel(),
                1 => {}
                _ => return Some(chip.process(command)),
            }
            drop(hold.lock().unwrap());
            Some(chip.process(command))
        }
    };
    let hand = Hand::lay_down(PORT, Behaving { chip: chip(), process });
    let mut card = open(READER);

    let held = hold.lock().unwrap();
    let until = Until::within(Duration::from_secs(60), &cancellation);
    assert_eq!(card.transmit_until(&SELECT, &until), Err(Error::Cancelled));
    // The connection is of no use any more, and the reader still busy.
    assert_eq!(card.transmit(&SELECT), Err(Error::LinkLost));
    assert_eq!(card.reconnect(&until), Err(Error::Cancelled));
    assert!(card.reconnect(&within(300)).is_err());
    assert_eq!(got.load(Ordering::Relaxed), 1);
    drop(held);
    assert_eq!(card.reconnect(&within(5_000)), Ok(()));

    let held = hold.lock().unwrap();
    assert_eq!(card.transmit_until(&SELECT, &within(200)), Err(Error::LinkLost));
    assert_eq!(got.load(Ordering::Relaxed), 2);
    drop(held);
    assert_eq!(card.reconnect(&within(5_000)), Ok(()));
    assert_eq!(card.transmit(&SELECT).unwrap(), OK);
    assert_eq!(card.reconnect(&within(5_000)), Ok(()), "also a card that was not lost");
    read(&mut card).0.unwrap();
    drop(card);
    wait_until("no thread is left", || pcsc_threads() == 0);
    hand.take_away();
}
