//! A block of a file costs no heap allocation between the command that asks for it and the next one.

mod common;

use allocation_counter::{AllocationInfo, measure};
use cccd::{
    inspection::{InspectionOptions, Step},
    transport::Limits,
};
use cccd_simulator::{CardOptions, Chip, CipherName, CurveName, Group, Mapping, PaceOption};
use common::{Desk, bac_card, can, card, mrz, options, personalise, seeded};

/// Reads a card and measures, for every exchange of DG2 in which a whole block came after a whole block, what the
/// library did from the answer to the next command.
fn blocks_of_the_portrait(
    mut chip: Chip,
    options: InspectionOptions,
    limits: Limits,
) -> Vec<AllocationInfo> {
    let mut inspection = Desk::new().system.inspect(options);
    inspection.set_limits(limits);
    let mut measured = Vec::new();
    let mut answer = Vec::new();
    loop {
        let (mut portrait, mut read, mut step) = (false, 0, None);
        let allocated = measure(|| {
            if !answer.is_empty() {
                inspection.receive(&answer);
            }
            step = loop {
                match inspection.poll() {
                    Ok(Step::Progress(progress)) => {
                        portrait = progress.file == "DG2";
                        read = progress.bytes_read;
                    }
                    Ok(Step::Identity(_)) => {}
                    other => break Some(other),
                }
            };
        });
        match step {
            Some(Ok(Step::Transmit(command))) => {
                if portrait && read > 0 {
                    measured.push(allocated);
                }
                answer = chip.process(command.as_bytes());
            }
            Some(Ok(Step::Done(_))) => return measured,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_steady_exchange_allocates_nothing() {
    let aes_256 = Group::Curve(CurveName::BrainpoolP256r1);
    let aes_256 = PaceOption::new(Mapping::Generic, aes_256, CipherName::Aes256);
    let pace_only =
        CardOptions { pace: vec![aes_256], chip_authentication: Vec::new(), ..options() };
    let cases = [
        ("AES-128, 2,048 bytes at a time", card(), can(), Limits::EXTENDED, 6),
        ("AES-128, short", card(), can(), Limits::SHORT, 60),
        ("3DES, short", bac_card(), mrz(), Limits::SHORT, 60),
        ("AES-256, short", personalise(&pace_only), can(), Limits::SHORT, 60),
    ];
    for (name, mut card, key, limits, at_least) in cases {
        // Active Authentication by RSA needs it over short APDUs.
        card.behaviour.get_response = true;
        let options = InspectionOptions::new(key, seeded(1));
        let blocks = blocks_of_the_portrait(Chip::new(card, 7), options, limits);
        assert!(blocks.len() >= at_least, "{name}: {} blocks", blocks.len());
        // The first block tells the length: the memory for the whole file is taken there. The two buffers that
        // answers take in turn grow with the first two blocks.
        let (first, steady) = blocks.split_at(2);
        let counts: Vec<u64> = first.iter().map(|block| block.count_total).collect();
        assert!(counts[0] <= 3 && counts[1] <= 1, "{name}: {counts:?}");
        for (index, block) in steady.iter().enumerate() {
            assert_eq!(block.count_total, 0, "{name}: block {} of {}", index + 3, blocks.len());
        }
    }
}

/// The measure itself: it sees what it is meant to see.
#[test]
fn an_allocation_is_seen() {
    assert_eq!(measure(|| drop(vec![0_u8; 100])).count_total, 1);
}
