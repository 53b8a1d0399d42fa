//! A day at a kiosk in one process, through pcscd and virtual readers: whatever the patients do, the counts
//! reconcile with what was planned, and nothing leaks: no memory, file, thread or handle.
//!
//! ```text
//! CCCD_PCSC=1 CCCD_PATIENTS=5000 cargo test --release -p cccd-cli --features pcsc --test kiosk_day -- --nocapture
//! ```
//! Runs with `CCCD_PCSC=1` only, see `support/virtual_reader.rs`.
#![cfg(all(feature = "pcsc", target_os = "linux"))]

mod support;

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use cccd::{
    access::AccessKey,
    inspection::{InspectionOptions, InspectionSystem},
    pki::TrustStore,
    transport::{Cancellation, RunOptions, SystemRandom, Until, pcsc::Readers},
    vietnam::{CitizenRecord, QrText},
};
use cccd_simulator::{
    CardOptions, Chip, Issuer, IssuerOptions, Person, Personalisation, vpcd::Removable,
};
use support::{
    DAY, QR,
    virtual_reader::{DRIVER, Hand, READERS, Service, entry},
};

/// Virtual readers with two slots each, where the test starts pcscd itself.
const READERS_OF_OUR_OWN: u16 = 4;

/// Patients of the warm-up, which is done with everything that is made once.
const WARM_UP: usize = 48;

/// What a day may add to the memory of the process: far less than a kilobyte for each patient of a long day.
const MORE_MEMORY: usize = 6 << 20;

static ISSUER: LazyLock<Issuer> = LazyLock::new(|| Issuer::new(IssuerOptions::default()));
static CARD: LazyLock<Personalisation> =
    LazyLock::new(|| ISSUER.personalise(&Person::sample(), &CardOptions::default()));
/// Another person's card, which the same number opens.
static TWIN: LazyLock<Personalisation> = LazyLock::new(|| {
    let twin = Person { full_name: "Trần Văn Khác".to_owned(), ..Person::sample() };
    ISSUER.personalise(&twin, &CardOptions::default())
});

/// What a patient does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Patient {
    HoldsStill,
    PutsBack,
    TakesAway,
    TypesAnotherNumber,
    LaysDownACopy,
    LaysDownAnothersCard,
    PutsAnothersCardBack,
}

impl Patient {
    fn number(number: usize) -> Self {
        match number % 12 {
            0..=4 => Self::HoldsStill,
            5 | 6 => Self::PutsBack,
            7 => Self::TakesAway,
            8 => Self::TypesAnotherNumber,
            9 => Self::LaysDownACopy,
            10 => Self::LaysDownAnothersCard,
            _ => Self::PutsAnothersCardBack,
        }
    }

    /// What has to come of it.
    const fn outcome(self) -> &'static str {
        match self {
            Self::HoldsStill | Self::PutsBack => "verified",
            Self::TakesAway => "link_lost.card_gone",
            Self::TypesAnotherNumber => "access_denied.wrong_key",
            Self::LaysDownACopy => "not_genuine.chip_authentication",
            Self::LaysDownAnothersCard => "policy_refused.printed_data",
            Self::PutsAnothersCardBack => "link_lost.other_card",
        }
    }

    const fn losses(self) -> usize {
        match self {
            Self::PutsBack | Self::PutsAnothersCardBack => 1,
            _ => 0,
        }
    }
}

/// How many patients did what, and what came of it, with how many losses.
type Counts = BTreeMap<(Patient, &'static str, usize), usize>;

/// One patient at one reader.
fn serve(
    system: &InspectionSystem,
    number: usize,
    reader: &str,
    port: u16,
) -> (&'static str, usize) {
    let patient = Patient::number(number);
    let card = match patient {
        Patient::LaysDownACopy => CARD.clone_without_private_keys(),
        Patient::LaysDownAnothersCard => TWIN.clone(),
        _ => CARD.clone(),
    };
    // Any moment from the middle of PACE to the end of DG2; the beginning of EF.SOD, by which a card is
    // recognised, has been read by the tenth.
    let moment = match patient {
        Patient::PutsBack | Patient::TakesAway => Some(3 + number / 12 % 18),
        Patient::PutsAnothersCardBack => Some(10 + number / 12 % 11),
        _ => None,
    };
    let again = move |card: &mut Removable<Chip>| {
        let taken = card.was_taken();
        match patient {
            Patient::PutsBack => {}
            Patient::PutsAnothersCardBack => card.card = Chip::new(TWIN.clone(), 8),
            _ => return None,
        }
        taken.then_some(Duration::from_millis(100))
    };
    let card = Removable::new(Chip::new(card, number as u64), moment);
    let hand = Hand::lay_down_again(port, card, again);

    let soon = || Until::within(Duration::from_secs(20), &Cancellation::new());
    let readers = Readers::connect().unwrap();
    let found = readers.wait_for_card(Some(reader), &soon()).unwrap();
    let mut card = readers.open(found.as_deref()).unwrap();
    let options = match patient {
        Patient::TypesAnotherNumber => {
            InspectionOptions::new(AccessKey::from_can("999999").unwrap(), SystemRandom::new())
        }
        _ => {
            let qr = QrText::parse(QR).unwrap();
            InspectionOptions::new(qr.access_key(), SystemRandom::new()).printed(qr)
        }
    };
    let patience = match patient {
        Patient::TakesAway => Duration::from_millis(50),
        _ => Duration::from_secs(20),
    };
    let mut inspection = system.inspect(options);
    let document = inspection.run_with(&mut card, RunOptions::new().patience(patience));
    let outcome = match document.and_then(|document| CitizenRecord::from_document(&document)) {
        Ok(citizen) => {
            assert_eq!(citizen.full_name.reveal(), "Nguyễn Thị Thu Hà");
            "verified"
        }
        Err(error) => error.code(),
    };
    drop(card);
    let removable = hand.take_away();
    // A copy cannot follow to the keys of Chip Authentication.
    let expected = usize::from(patient == Patient::LaysDownACopy);
    let violations = removable.card.violations();
    assert_eq!(violations.len(), expected, "{patient:?}: {violations:?}");
    assert_eq!(readers.wait_for_removal(reader, &soon()), Ok(true));
    (outcome, inspection.metrics().losses)
}

/// Serves these patients at all readers at once.
fn serve_all(system: &InspectionSystem, slots: &[(String, u16)], patients: Range<usize>) -> Counts {
    let next = AtomicUsize::new(patients.start);
    let kiosk = |(reader, port): &(String, u16)| {
        let mut counts = Counts::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= patients.end {
                return counts;
            }
            let (outcome, losses) = serve(system, number, reader, *port);
            *counts.entry((Patient::number(number), outcome, losses)).or_default() += 1;
        }
    };
    thread::scope(|scope| {
        let kiosks: Vec<_> = slots.iter().map(|slot| scope.spawn(|| kiosk(slot))).collect();
        let mut all = Counts::new();
        for kiosk in kiosks {
            for (what, count) in kiosk.join().unwrap() {
                *all.entry(what).or_default() += count;
            }
        }
        all
    })
}

/// What a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Holds {
    threads: usize,
    files: usize,
    memory: usize,
}

fn holds(process: &str) -> Holds {
    let count =
        |folder: &str| std::fs::read_dir(format!("/proc/{process}/{folder}")).unwrap().count();
    let pages = std::fs::read_to_string(format!("/proc/{process}/statm")).unwrap();
    let resident: usize = pages.split(' ').nth(1).unwrap().parse().unwrap();
    Holds { threads: count("task"), files: count("fd"), memory: resident * 4096 }
}

/// Once threads that were left to a call that did not return, and the service's own for each client, have ended.
fn holds_at_last(process: &str, expected: Option<Holds>) -> Holds {
    let start = Instant::now();
    loop {
        let now = holds(process);
        let same = expected.is_none_or(|it| (it.threads, it.files) == (now.threads, now.files));
        let settled = expected.is_some() || start.elapsed() > Duration::from_secs(1);
        if same && settled || start.elapsed() > Duration::from_secs(5) {
            return now;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_day_at_a_kiosk_reconciles_and_leaks_nothing() {
    let drivers = tempfile::tempdir().unwrap();
    let entry = |number| {
        let driver = drivers.path().join(format!("libifdvpcd{number}.so"));
        // Without vpcd there is no driver, and the test says so below.
        drop(std::fs::copy(DRIVER, &driver));
        entry(&format!("Kiosk {number}"), READERS[0].1 + 10 * number, &driver)
    };
    let config: String = (0..READERS_OF_OUR_OWN).map(entry).collect();
    let Some(service) = Service::start_with(Some(&config)) else { return };
    let slots: Vec<(String, u16)> = match service.pid() {
        None => READERS.map(|(name, port)| (name.to_owned(), port)).to_vec(),
        Some(_) => {
            let readers = Readers::connect().unwrap().list().unwrap();
            let place = |place: usize| (place / 2 * 10 + place % 2) as u16;
            let port = |number: usize| READERS[0].1 + place(number);
            readers.iter().enumerate().map(|(n, reader)| (reader.name.clone(), port(n))).collect()
        }
    };
    assert!(service.pid().is_none() || slots.len() == 2 * usize::from(READERS_OF_OUR_OWN));
    let patients: usize =
        std::env::var("CCCD_PATIENTS").map_or(100, |number| number.parse().unwrap());

    let mut trust = TrustStore::empty();
    trust.add_certificate(ISSUER.csca_certificate(), "simulator").unwrap();
    let system = InspectionSystem::new(trust, DAY.parse().unwrap());
    serve_all(&system, &slots, 0..WARM_UP);
    let before = holds_at_last("self", None);
    let service_before = service.pid().map(|pid| holds_at_last(&pid.to_string(), None));

    let began = Instant::now();
    let counts = serve_all(&system, &slots, 0..patients);
    let after = holds_at_last("self", Some(before));
    println!("{patients} patients at {} readers in {:?}", slots.len(), began.elapsed());
    for ((patient, outcome, losses), count) in &counts {
        println!("{count:>6}  {patient:?}: {outcome}, losses {losses}");
    }
    println!("before {before:?}\nafter  {after:?}");

    let mut planned = Counts::new();
    for patient in (0..patients).map(Patient::number) {
        *planned.entry((patient, patient.outcome(), patient.losses())).or_default() += 1;
    }
    assert_eq!(counts, planned);
    assert_eq!((after.threads, after.files), (before.threads, before.files));
    assert!(after.memory <= before.memory + MORE_MEMORY, "{before:?} {after:?}");
    // A context or card that was not given back is a client that the service still has.
    if let (Some(pid), Some(before)) = (service.pid(), service_before) {
        let after = holds_at_last(&pid.to_string(), Some(before));
        println!("pcscd before {before:?}\npcscd after  {after:?}");
        assert_eq!((after.threads, after.files), (before.threads, before.files), "of pcscd");
    }
}
