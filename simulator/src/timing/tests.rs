//! The clock against the tables of the model that it implements, and against public logs. The read is described here by
//! lengths alone: no chip, no library.

use super::*;

/// DG1, DG2, EF.SOD and DG13 of the reference card, and its DG14.
const FILES: [usize; 4] = [95, 15_004, 1_849, 704];
const DG14: usize = 424;
const SHORT: usize = 231;

/// One exchange: bytes of the command, bytes of the answer, and what the chip computes.
type Exchange = (usize, usize, Work);

/// A command under secure messaging: header, Lc, DO 87, DO 97, DO 8E, Le.
fn protected_command(data: usize, block: usize, le: usize) -> usize {
    let cryptogram = if data == 0 { 0 } else { object(1 + padded(data, block)) };
    let do97 = if le == 0 { 0 } else { 2 + le };
    let lengths = if le == 2 { 3 + 2 } else { 1 + 1 };
    4 + lengths + cryptogram + do97 + 10
}

/// An answer under secure messaging: DO 87, DO 99, DO 8E, status word.
fn protected_answer(data: usize, block: usize) -> usize {
    let cryptogram = if data == 0 { 0 } else { object(1 + padded(data, block)) };
    cryptogram + 4 + 10 + 2
}

fn padded(data: usize, block: usize) -> usize {
    (data / block + 1) * block
}

fn object(content: usize) -> usize {
    let length = match content {
        0..128 => 1,
        128..256 => 2,
        _ => 3,
    };
    1 + length + content
}

fn bytes(block: usize, bytes: usize) -> Work {
    let bytes = bytes as u64;
    if block == 8 {
        Work { triple_des_bytes: bytes, ..Work::default() }
    } else {
        Work { aes_bytes: bytes, ..Work::default() }
    }
}

/// READ BINARY of a whole file in parts of at most `most` bytes.
fn read(file: usize, most: usize, block: usize) -> Vec<Exchange> {
    let mut left = file;
    let mut exchanges = Vec::new();
    while left > 0 {
        let part = left.min(most);
        // Only what is longer than a short answer is asked for by an extended Le; and DG1's length is known.
        let le = if most > SHORT && file != FILES[0] { 2 } else { 1 };
        let command = protected_command(0, block, le);
        exchanges.push((command, protected_answer(part, block), bytes(block, part)));
        left -= part;
    }
    exchanges
}

fn read_phase(most: usize, block: usize) -> Vec<Exchange> {
    FILES.iter().flat_map(|file| read(*file, most, block)).collect()
}

/// SELECT of each file, a header of eight bytes, a first part shortened by them, and parts of 223: what JMRTD sends.
fn with_headers() -> Vec<Exchange> {
    FILES
        .iter()
        .flat_map(|file| {
            let select = (protected_command(2, 8, 0), protected_answer(0, 8), Work::default());
            let mut exchanges = vec![select];
            exchanges.extend(read(8, SHORT, 8));
            let first = (file - 8).min(223 - 8);
            exchanges.extend(read(first, SHORT, 8));
            exchanges.extend(read(file - 8 - first, 223, 8));
            exchanges
        })
        .collect()
}

/// Short identifiers, a header of eight bytes and parts of 112: what dmrtd sends.
fn small_parts() -> Vec<Exchange> {
    FILES.iter().flat_map(|file| [read(8, 112, 8), read(file - 8, 112, 8)].concat()).collect()
}

fn named(name: &str) -> Timing {
    Timing::named(name).unwrap()
}

fn total(timing: &Timing, exchanges: &[Exchange]) -> Elapsed {
    let mut elapsed = Elapsed::default();
    for (sent, received, work) in exchanges {
        elapsed += timing.exchange(*sent, *received, *work);
    }
    elapsed
}

/// Virtual milliseconds, rounded as the tables are.
fn ms(ns: u64) -> u64 {
    (ns + 500_000) / 1_000_000
}

const RATES: [&str; 4] = ["106", "212", "424", "848"];

#[test]
fn a_link_without_host_and_chip_is_as_fast_as_the_model_says() {
    let strategies = [
        (256, read_phase(usize::MAX, 8)),
        (256, read_phase(SHORT, 8)),
        (256, with_headers()),
        (256, small_parts()),
        (4096, read_phase(usize::MAX, 8)),
    ];
    let found = RATES.map(|rate| {
        [0, 1, 2, 3, 4].map(|at| {
            let mut timing = named(&format!("phone-{rate}-fast"));
            timing.radio.fsd = strategies[at].0;
            ms(total(&timing, &strategies[at].1).air)
        })
    });
    // FSD 256: one answer a file; short; JMRTD; dmrtd. FSD 4096: one answer a file.
    let model = [
        [1568, 1826, 1874, 2253, 1521],
        [793, 926, 952, 1153, 761],
        [404, 473, 487, 597, 382],
        [210, 246, 255, 319, 192],
    ];
    assert_eq!(found, model);
}

#[test]
fn the_read_phase_takes_what_the_model_says() {
    let strategies = [
        read_phase(usize::MAX, 8),
        read_phase(2048, 8),
        read_phase(SHORT, 8),
        with_headers(),
        small_parts(),
    ];
    let counts = strategies.each_ref().map(|strategy| {
        let bytes: usize = strategy.iter().map(|(sent, received, _)| sent + received).sum();
        (strategy.len(), bytes)
    });
    assert_eq!(counts, [(4, 17_842), (11, 18_206), (79, 20_822), (90, 21_294), (163, 25_138)]);
    for (name, model) in [
        ("desk-106-fast", [1857, 1917, 2378, 2465, 3099]),
        ("desk-212-fast", [1083, 1126, 1478, 1542, 1999]),
        ("desk-424-fast", [694, 729, 1025, 1078, 1443]),
        ("desk-848-fast", [500, 530, 798, 845, 1165]),
        ("phone-106-fast", [1875, 1967, 2734, 2870, 3833]),
        ("phone-212-fast", [1101, 1175, 1834, 1947, 2733]),
        ("phone-424-fast", [712, 778, 1380, 1483, 2177]),
        ("phone-848-fast", [518, 579, 1154, 1250, 1898]),
        ("phone-424-mid", [1775, 1855, 2593, 2718, 3557]),
    ] {
        let timing = named(name);
        let found = strategies.each_ref().map(|strategy| ms(total(&timing, strategy).total()));
        for (found, model) in found.into_iter().zip(model) {
            assert!(found.abs_diff(model) <= 1, "{name}: {found}, the model has {model}");
        }
    }
}

/// SELECT of the application, GET CHALLENGE, EXTERNAL AUTHENTICATE.
fn basic_access_control() -> [Exchange; 3] {
    [
        (12, 2, Work { application_selections: 1, ..Work::default() }),
        (5, 10, Work { challenges: 1, ..Work::default() }),
        (46, 42, Work { bac_authentications: 1, ..Work::default() }),
    ]
}

/// A Vietnamese card at an iPhone took 15, 10 and 24 ms (NFCPassportReader, issue 187).
#[test]
fn the_log_of_a_vietnamese_card_is_near() {
    let timing = named("phone-106-fast");
    let found = basic_access_control()
        .map(|(sent, received, work)| ms(timing.exchange(sent, received, work).total()));
    assert_eq!(found, [14, 12, 23]);
    for (found, logged) in found.into_iter().zip([15, 10, 24]) {
        assert!(found.abs_diff(logged) * 100 <= logged * 30, "{found}, logged {logged}");
    }
}

/// Chip Authentication in one command, with an ephemeral key on a curve of 256 bits: 91 { point }.
fn mse_set_kat() -> Vec<Exchange> {
    let work = Work { ec_agreements: 1, chip_authentications: 1, ..bytes(8, 67) };
    vec![(protected_command(67, 8, 0), protected_answer(0, 8), work)]
}

/// Chip Authentication in two commands: MSE:Set AT 80 { protocol }, GENERAL AUTHENTICATE 7C { 80 { point } }.
fn mse_set_at() -> Vec<Exchange> {
    let work = Work { ec_agreements: 1, chip_authentications: 1, ..bytes(16, 69 + 2) };
    vec![
        (protected_command(12, 16, 0), protected_answer(0, 16), bytes(16, 12)),
        (protected_command(69, 16, 1), protected_answer(2, 16), work),
    ]
}

/// EF.CardAccess of 22 bytes, MSE:Set AT, the four steps with generic mapping, SELECT of the application.
fn pace() -> Vec<Exchange> {
    let keys = Work { ec_key_generations: 1, ec_agreements: 1, ..Work::default() };
    let none = Work::default();
    let selection = Work { application_selections: 1, ..bytes(16, 7) };
    vec![
        (5, 22 + 2, none),
        (4 + 1 + 15, 2, none),
        (4 + 1 + 2 + 1, 20 + 2, none),
        (4 + 1 + 69 + 1, 69 + 2, keys),
        (4 + 1 + 69 + 1, 69 + 2, keys),
        (4 + 1 + 12 + 1, 12 + 2, none),
        (protected_command(7, 16, 0), protected_answer(0, 16), selection),
    ]
}

#[test]
fn whole_reads_take_what_the_model_says() {
    let after_bac = |most| {
        let read = [read(DG14, most, 8), mse_set_kat(), read_phase(most, 8)].concat();
        [basic_access_control().to_vec(), read].concat()
    };
    let after_pace =
        |most| [pace(), read(DG14, most, 16), mse_set_at(), read_phase(most, 16)].concat();
    let short_of_aes = 223;
    for (exchanges, apdus, model) in [
        (after_bac(usize::MAX), 9, [2022, 812, 569]),
        (after_bac(2048), 16, [2113, 878, 599]),
        (after_bac(SHORT), 85, [2891, 1489, 872]),
        (after_pace(usize::MAX), 14, [2186, 947, 677]),
        (after_pace(2048), 21, [2282, 1014, 707]),
        (after_pace(short_of_aes), 93, [3092, 1652, 992]),
    ] {
        assert_eq!(exchanges.len(), apdus);
        let names = ["phone-106-fast", "phone-424-fast", "desk-848-fast"];
        for (name, model) in names.into_iter().zip(model) {
            let found = ms(total(&named(name), &exchanges).total());
            assert!(found.abs_diff(model) <= 1, "{apdus} APDUs, {name}: {found}, not {model}");
        }
    }
}

#[test]
fn names() {
    let names: Vec<String> = timings().map(|timing| timing.name().to_owned()).collect();
    assert_eq!(names.len(), 3 * 4 * 3);
    for host in ["phone", "desk", "desk-271"] {
        for rate in RATES {
            for chip in ["fast", "mid", "old"] {
                let timing = named(&format!("{host}-{rate}-{chip}"));
                assert_eq!((timing.host(), timing.rate(), timing.chip()), (host, rate, chip));
            }
        }
    }
    for wrong in ["", "phone", "phone-424", "424-phone-fast", "phone-424-fast-"] {
        assert_eq!(Timing::named(wrong), None, "{wrong}");
    }
}

/// One byte more than fits into a frame is another block, and an acknowledgement between both.
#[test]
fn frames() {
    let frames =
        |sent, received| named("desk-106-fast").exchange(sent, received, Work::default()).frames;
    assert_eq!(frames(5, 2), 2);
    assert_eq!(frames(253, 253), 2);
    assert_eq!(frames(254, 253), 4);
    assert_eq!(frames(254, 254), 6);
    // DG2 in one answer: 60 blocks, 59 acknowledgements, and the command.
    assert_eq!(frames(23, 15_029), 120);
}

#[test]
fn a_reader_of_small_messages_needs_more_of_them() {
    let host = |name: &str, received| named(name).exchange(23, received, Work::default()).host;
    assert_eq!(host("desk-424-fast", 15_029), 2_500_000);
    assert_eq!(host("desk-271-424-fast", 261), 2_500_000);
    assert_eq!(host("desk-271-424-fast", 262), 3_500_000);
    // 58 messages of 261 bytes.
    assert_eq!(host("desk-271-424-fast", 15_029), 59_500_000);
    assert_eq!(host("phone-424-fast", 15_029), 7_000_000);
}

/// The mapping of PACE takes the slower chip 214 ms, more than twice the 77 that the reader waits.
#[test]
fn a_slow_chip_asks_for_time() {
    let keys = Work { ec_key_generations: 1, ec_agreements: 1, ..Work::default() };
    let cost = |name: &str| named(name).exchange(75, 71, keys);
    assert_eq!((cost("phone-106-fast").wtx, cost("phone-106-fast").frames), (0, 2));
    let (mid, plain) = (cost("phone-106-mid"), cost("phone-106-fast"));
    assert_eq!((mid.wtx, mid.frames), (2, 2 + 2 * 2));
    // S(WTX) and its answer: 38 bits of 128 cycles and a pause, twice.
    assert_eq!(mid.air - plain.air, 2 * cycles_to_ns(2 * (38 * 128 + 1172)));
    assert_eq!(mid.chip, 3_000_000 + 156_300_000 + 55_100_000);
    // Enciphering goes along with the blocks, however long it takes.
    let read = named("phone-106-old").exchange(23, 15_029, bytes(16, 15_004));
    assert_eq!((read.wtx, read.chip), (0, 5_000_000 + 15_004 * 47_700_000 / 256));
}

#[test]
fn what_is_in_vain_is_retry() {
    let timing = named("phone-424-fast");
    let work = bytes(16, 100);
    let good = timing.exchange(19, 130, work);
    assert_eq!(good.retry, 0);
    let garbled = timing.garbled(19, 130, work);
    assert_eq!((garbled.air, garbled.host, garbled.chip), (0, 0, 0));
    assert_eq!(garbled.retry, good.total());
    assert_eq!((garbled.exchanges, garbled.frames), (good.exchanges, good.frames));

    // The command and two R(NAK), and three times 77 ms.
    let lost = timing.unanswered(19, None);
    assert_eq!((lost.exchanges, lost.frames, lost.bytes_received), (1, 3, 0));
    let cycles = (9 * 22 + 2) * 32 + 512 + 2 * (9 * 3 + 2) * 32 + 3 * (4096 << 8);
    assert_eq!(lost.total(), lost.retry);
    assert_eq!(lost.retry, 7_000_000 + cycles_to_ns(cycles));
    let run = timing.unanswered(19, Some(work));
    assert_eq!(run.retry - lost.retry, good.chip);
    assert_eq!(timing.power_up().total(), 10_000_000 + cycles_to_ns(4096));
}
