//! From the last answer of the chip to the verdict: what is left to do when the portrait's last byte is there.
//!
//! ```text
//! cargo bench -p cccd-benches --bench verdict
//! ```
//!
//! The answers of one read are recorded and played back, so that no chip's arithmetic is measured. What can be done
//! while an answer is under way is done before it arrives, as a PC/SC reader does. The last step unwraps and hashes
//! the last block; what it takes beyond that is the verdict. Beside it, what the digest of the whole portrait would
//! have cost at the end.

mod corpus;

use std::time::Instant;

use cccd::access::AccessKey;
use cccd::document::VerifiedDocument;
use cccd::inspection::{Inspection, InspectionOptions, InspectionSystem, Step};
use cccd::pki::TrustStore;
use cccd::transport::Limits;
use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};
use corpus::{DAY, median};

const ROUNDS: usize = 201;

fn main() {
    let issuer = Issuer::new(IssuerOptions::default());
    let card = issuer.personalise(&Person::sample(), &CardOptions::default());
    let mut trust = TrustStore::empty();
    trust.add_certificate(issuer.csca_certificate(), "simulator").expect("an anchor");
    let system = InspectionSystem::new(trust, DAY.parse().expect("a day"));

    let mut chip = Chip::new(card.clone(), 7);
    let mut answers = Vec::new();
    let mut inspection = begin(&system);
    while let Step::Transmit(command) = next(&mut inspection) {
        let answer = chip.process(command.as_bytes());
        inspection.receive(&answer);
        answers.push(answer);
    }

    let portrait = &card.files[&cccd_simulator::personalisation::file::DG2];
    let rounds: Vec<[f64; 4]> = (0..ROUNDS).map(|_| round(&system, &answers, portrait)).collect();
    let [last, block, hash, air] =
        [0, 1, 2, 3].map(|which| median(rounds.iter().map(|round| round[which])));
    println!("Microseconds, medians of {ROUNDS} reads of {} exchanges", answers.len());
    println!("last answer to verdict             {last:8.1}");
    println!("  one block of the portrait        {block:8.1}");
    println!("  the rest: the verdict            {:8.1}", last - block);
    println!("done in the air, all exchanges     {air:8.1}");
    println!("  the digest of the portrait alone {hash:8.1}");
}

/// The time of the last answer, of the one before the last two, of the portrait's digest, and of what was done in the
/// air, in microseconds.
fn round(system: &InspectionSystem, answers: &[Vec<u8>], portrait: &[u8]) -> [f64; 4] {
    let mut inspection = begin(system);
    let mut steps = Vec::with_capacity(answers.len());
    assert!(matches!(next(&mut inspection), Step::Transmit(_)));
    let (mut document, mut air) = (None, 0.0);
    for answer in answers {
        let begun = Instant::now();
        inspection.work();
        air += begun.elapsed().as_secs_f64() * 1e6;
        let begun = Instant::now();
        inspection.receive(answer);
        let step = next(&mut inspection);
        steps.push(begun.elapsed().as_secs_f64() * 1e6);
        if let Step::Done(done) = step {
            document = Some(done);
        }
    }
    let document: Box<VerifiedDocument> = document.expect("a verified document");
    let digest = document.authenticated().signed().digest_algorithm();
    let begun = Instant::now();
    let hashed = digest.digest(portrait);
    let hash = begun.elapsed().as_secs_f64() * 1e6;
    assert_eq!(hashed.len(), digest.output_length());
    [steps[steps.len() - 1], steps[steps.len() - 3], hash, air]
}

fn begin(system: &InspectionSystem) -> Inspection {
    let key = AccessKey::from_can(&Person::sample().can()).expect("a CAN");
    let mut counter = 0_u8;
    let random = move |bytes: &mut [u8]| {
        // The answers were recorded for these numbers.
        for byte in bytes {
            counter = counter.wrapping_mul(141).wrapping_add(83);
            *byte = counter;
        }
        Ok(())
    };
    let mut inspection = system.inspect(InspectionOptions::new(key, random));
    inspection.set_limits(Limits::EXTENDED);
    inspection
}

/// The next command, or the document.
fn next(inspection: &mut Inspection) -> Step {
    loop {
        match inspection.poll().expect("a good read") {
            Step::Progress(_) | Step::Identity(_) => {}
            step => return step,
        }
    }
}
