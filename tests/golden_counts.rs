//! Exact numbers of a whole read, by the simulator's reference card and its virtual clock: exchanges, bytes, frames,
//! microseconds. One exchange more than the card and the reader force upon us fails a test.
//!
//! `cargo test --test golden_counts -- --nocapture` prints the tables.

mod common;
#[path = "golden_counts/driver.rs"]
mod driver;
#[path = "golden_counts/limit.rs"]
mod limit;

use cccd_simulator::Timing;
use driver::{
    BAC_2048, BAC_EXTENDED, BAC_LEARNT, BAC_SHORT, PACE_2048, PACE_EXTENDED, PACE_LEARNT,
    PACE_SHORT, STRATEGIES, Strategy, read, read_losing,
};
use limit::{PROFILES, payload};

const GOLDEN: &str = include_str!("golden_counts/table.txt");

fn timing(name: &str) -> Timing {
    Timing::named(name).unwrap()
}

fn usual() -> Timing {
    timing("phone-424-fast")
}

/// Exchanges of DG1, DG2, EF.SOD and DG13.
#[test]
fn the_read_phase_has_as_many_exchanges_as_blocks() {
    for (strategy, expected) in [
        (BAC_EXTENDED, 4),
        (PACE_EXTENDED, 4),
        (BAC_2048, 11),
        (PACE_2048, 11),
        (BAC_SHORT, 79),
        (PACE_SHORT, 82),
        // Once refused: what is longer than a short answer is asked for once.
        (BAC_LEARNT, 79 + 1),
        (PACE_LEARNT, 82 + 1),
    ] {
        assert_eq!(read(strategy, &usual()).read_phase().0, expected, "{}", strategy.name);
        let least = limit::read_phase(strategy).len();
        assert_eq!(least + usize::from(strategy.learns()), expected, "{}", strategy.name);
    }
}

fn assert_exchanges_of_the_whole_read(expected: [(Strategy, usize); 3]) {
    for (strategy, expected) in expected {
        assert_eq!(limit::whole(strategy).len(), expected, "{}", strategy.name);
        assert_eq!(read(strategy, &usual()).metrics.apdus, expected, "{}", strategy.name);
    }
}

#[test]
fn nothing_is_asked_in_vain_with_pace() {
    assert_exchanges_of_the_whole_read([(PACE_EXTENDED, 14), (PACE_2048, 21), (PACE_SHORT, 93)]);
}

#[test]
fn nothing_is_asked_in_vain_with_bac() {
    assert_exchanges_of_the_whole_read([(BAC_EXTENDED, 9), (BAC_2048, 16), (BAC_SHORT, 85)]);
}

/// All bytes both ways of the read phase, by bytes of the files, in thousandths.
#[test]
fn bytes_beside_those_of_the_files() {
    for (strategy, most) in [
        (BAC_EXTENDED, 1_015),
        (PACE_EXTENDED, 1_015),
        (BAC_2048, 1_040),
        (PACE_2048, 1_040),
        (BAC_SHORT, 1_180),
    ] {
        let bytes = read(strategy, &usual()).read_phase().1;
        println!("{}: {bytes} bytes for {}", strategy.name, payload());
        assert!(bytes * 1_000 <= payload() * most, "{}: {bytes} bytes", strategy.name);
        // The least, and a Le of two bytes more for DG1, whose length the library does not take for granted.
        assert!(bytes <= limit::bytes(&limit::read_phase(strategy)) + 4, "{}", strategy.name);
    }
    // With AES a short answer carries 223 bytes, in whole blocks of sixteen, so that 1.18 is out of reach: each of the 82
    // commands has 19 bytes, each answer 244 but the four last ones of the files.
    let full = [95, 704, 1_849, 15_004].map(|file| file / 223).into_iter().sum::<usize>();
    // The rests: 95 → 96, 35 → 48, 65 → 80, 63 → 64 bytes of cryptogram and a header of three.
    let rests = [96, 48, 80, 64].map(|cryptogram| 3 + cryptogram + 16).into_iter().sum::<usize>();
    let floor = 82 * 19 + full * 244 + rests;
    assert_eq!((full, floor * 1_000 / payload()), (78, 1_187));
    assert_eq!(limit::bytes(&limit::read_phase(PACE_SHORT)), floor);
    assert_eq!(read(PACE_SHORT, &usual()).read_phase().1, floor);
}

/// By the clock, the time of the whole read over the least that twelve profiles allow, in thousandths; the worst of them.
fn worst_of_twelve(strategy: Strategy) -> u64 {
    let exchanges = limit::whole(strategy);
    let ratios = PROFILES.map(|profile| {
        let least = profile.microseconds(&exchanges);
        let taken = read(strategy, &timing(profile.name)).elapsed.total() as f64 / 1_000.0;
        let ratio = taken / least;
        println!(
            "{:14} {:15} {:8.1} ms, at least {:8.1}: {ratio:.4}",
            strategy.name,
            profile.name,
            taken / 1_000.0,
            least / 1_000.0
        );
        assert!(taken >= least * 0.999, "{}: less than the least", profile.name);
        (ratio * 1_000.0).ceil() as u64
    });
    ratios.into_iter().max().unwrap()
}

#[test]
fn a_read_with_pace_takes_as_long_as_it_must() {
    for strategy in [PACE_EXTENDED, PACE_2048, PACE_SHORT] {
        let worst = worst_of_twelve(strategy);
        assert!(worst <= 1_030, "{}: {worst} thousandths", strategy.name);
    }
}

#[test]
fn a_read_with_bac_takes_as_long_as_it_must() {
    for strategy in [BAC_EXTENDED, BAC_2048, BAC_SHORT] {
        let worst = worst_of_twelve(strategy);
        assert!(worst <= 1_030, "{}: {worst} thousandths", strategy.name);
    }
}

/// What a card costs that takes short APDUs only and does not say so beforehand.
#[test]
fn learning_that_a_card_is_short_costs_little() {
    for strategy in [BAC_LEARNT, PACE_LEARNT] {
        let known = Strategy { short_reader: true, ..strategy };
        let (known, learnt) = (read(known, &usual()), read(strategy, &usual()));
        let more = learnt.metrics.apdus - known.metrics.apdus;
        assert!(more <= 1, "{}: {more} exchanges more", strategy.name);
        let (known, learnt) = (known.elapsed.total(), learnt.elapsed.total());
        assert!(learnt * 1_000 <= known * 1_020, "{}: {learnt} ns, not {known}", strategy.name);
    }
}

/// Chip, issuer's signature, MRZ and the fields of DG13, before the portrait.
#[test]
fn the_holder_is_known_before_the_portrait() {
    for (strategy, most) in [(PACE_EXTENDED, 400), (PACE_2048, 400)] {
        let outcome = read(strategy, &usual());
        let (identity, total) = (outcome.identity.total(), outcome.elapsed.total());
        println!("{}: {} of {} µs", strategy.name, identity / 1_000, total / 1_000);
        assert!(identity <= most * 1_000_000, "{}: {identity} ns", strategy.name);
    }
}

/// Strategy, profile, APDUs, bytes sent, bytes received, frames, virtual microseconds.
#[test]
fn the_golden_table() {
    let mut found = String::new();
    for strategy in STRATEGIES {
        for profile in PROFILES {
            let elapsed = read(strategy, &timing(profile.name)).elapsed;
            assert_eq!(elapsed.retry, 0);
            found += &format!(
                "{:13} {:14} {:2} {:4} {:5} {:3} {:7}\n",
                strategy.name,
                profile.name,
                elapsed.exchanges,
                elapsed.bytes_sent,
                elapsed.bytes_received,
                elapsed.frames,
                elapsed.total() / 1_000,
            );
        }
    }
    println!("{found}");
    if found != GOLDEN {
        let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/golden_counts.txt");
        std::fs::write(file, &found).unwrap();
        let differs = found.lines().zip(GOLDEN.lines()).find(|(found, golden)| found != golden);
        panic!("other numbers than tests/golden_counts/table.txt: {differs:?}; all are in {file}");
    }
}

/// The tag is lost k times while the portrait is read, evenly spread. Exchanges, bytes of files that came twice, virtual
/// microseconds in vain and in all.
#[test]
fn what_lost_tags_cost() {
    // Longest data of a short answer with AES.
    const BLOCK: usize = 223;
    const DG2: usize = 15_004;
    // The reader waits three times 77.3 ms and powers the tag up anew, 10.3 ms.
    const LEAST: u64 = 3 * 77_300 + 10_300;
    for (strategy, golden) in [(PACE_2048, LOSSES_2048), (PACE_SHORT, LOSSES_SHORT)] {
        let unbroken = read(strategy, &usual());
        assert_eq!((unbroken.metrics.losses, unbroken.elapsed.retry), (0, 0));
        let found = [1, 2, 3, 4, 5, 6, 7, 8].map(|losses| {
            let points: Vec<usize> = (1..=losses).map(|loss| loss * DG2 / (losses + 1)).collect();
            let outcome = read_losing(strategy, &usual(), &points);
            let metrics = outcome.metrics;
            assert_eq!(metrics.losses, losses);
            assert!(metrics.bytes_repeated <= losses * BLOCK, "{losses}: {metrics:?}");
            // The lost exchange; PACE, five; SELECT of the application; the beginning of EF.SOD; Chip Authentication,
            // two; SELECT of DG2.
            assert_eq!(metrics.apdus, unbroken.metrics.apdus + losses * 11, "{losses}");
            let retry = outcome.elapsed.retry / 1_000;
            // Beside the waiting only the lost exchange itself: host 7 ms, chip at most 33, and the command's 2.
            let least = LEAST * losses as u64;
            let most = least + 42_000 * losses as u64;
            assert!((least..most).contains(&retry), "{losses}: {retry} µs");
            (metrics.apdus, metrics.bytes_repeated, retry, outcome.elapsed.total() / 1_000)
        });
        println!("{}: {found:?}", strategy.name);
        assert_eq!(found, golden, "{}", strategy.name);
    }
}

const LOSSES_2048: [(usize, usize, u64, u64); 8] = [
    (32, 223, 283019, 1525123),
    (43, 446, 566038, 2035712),
    (54, 669, 849058, 2546300),
    (65, 892, 1132077, 3056889),
    (76, 1115, 1393534, 3545915),
    (87, 1338, 1676554, 4056503),
    (98, 1561, 1959573, 4567092),
    (109, 1784, 2242593, 5077681),
];
const LOSSES_SHORT: [(usize, usize, u64, u64); 8] = [
    (104, 223, 254418, 2134146),
    (115, 446, 508837, 2616070),
    (126, 669, 763256, 3097995),
    (137, 892, 1017675, 3579919),
    (148, 1115, 1272094, 4061843),
    (159, 1338, 1526513, 4543767),
    (170, 1561, 1780932, 5025692),
    (181, 1784, 2035351, 5507616),
];
