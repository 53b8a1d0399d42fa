//! Reads the citizen ID card on a desk reader and saves the portrait.
//!
//! ```text
//! cargo run --features pcsc --example desktop_reader -- 000195001234 csca.der
//! ```
//!
//! The first argument is the twelve-digit number printed on the card, all others are trust anchors:
//! certificates, master lists or folders of them. Without an anchor the read ends with
//! "unknown issuer": the data may be fine, but nobody whom you trust vouches for them.

use std::{env, error::Error, fs, time::Duration};

use cccd::{
    document::VerifiedIdentity,
    files::load_trust,
    inspection::{InspectionOptions, InspectionSystem, Progress},
    transport::{Cancellation, RunOptions, SystemRandom, Until, pcsc::Readers, today},
    vietnam::{CitizenRecord, IdNumber},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let number = arguments.next().ok_or("usage: desktop_reader ID-NUMBER [TRUST…]")?;
    let (trust, _) = load_trust(&arguments.collect::<Vec<_>>())?;

    // 1. The printed number opens the chip: its last six digits are the card access number.
    //    It is a hint, not evidence, so it is also handed over to be compared with the signed one.
    let number: IdNumber = number.parse()?;
    let options = InspectionOptions::new(number.access_key(), SystemRandom::new()).printed(number);

    // 2. A reader, and a card on it.
    let readers = Readers::connect()?;
    eprintln!("Put the card on the reader.");
    let reader = readers
        .wait_for_card(None, &Until::within(Duration::from_secs(30), &Cancellation::new()))?
        .ok_or("no card was put on a reader within 30 seconds")?;
    let mut card = readers.open(Some(&reader))?;

    // 3. The whole procedure: PACE, files, signatures, proof of the chip.
    let mut inspection = InspectionSystem::new(trust, today()?).inspect(options);
    let show = |progress: Progress| {
        eprintln!(
            "{} {} {}/{} bytes",
            progress.phase.as_str(),
            progress.file,
            progress.bytes_read,
            progress.bytes_total
        );
    };
    // The holder is known before the portrait is read: a desk can begin to look up the file.
    let identified = |identity: VerifiedIdentity| {
        if let Ok(citizen) = CitizenRecord::from_identity(&identity) {
            eprintln!("{}; the portrait follows", citizen.full_name.reveal());
        }
    };
    let options = RunOptions::new().progress(show).identity(identified);
    let outcome = inspection.run_with(&mut card, options);

    // 4. Every check is in the report, whether or not there is a document.
    for (check, outcome) in inspection.report().checks() {
        eprintln!("{:<22} {outcome}", check.name());
    }
    let document = outcome.map_err(|error| {
        format!("{error}\n{}\n{}", error.message_vi(), error.advice().sentence())
    })?;

    // 5. A verified document exists: its contents may be used.
    let citizen = CitizenRecord::from_document(&document)?;
    for (field, value) in citizen.fields() {
        println!("{field:<18} {}", value.as_ref().map_or("–", |value| value.reveal().as_str()));
    }
    if let Some(face) = document.dg2()?.faces().first() {
        let name = format!("portrait.{}", face.format.extension());
        fs::write(&name, face.image.reveal())?;
        println!("{:<18} {name}", "portrait");
    }
    Ok(())
}
