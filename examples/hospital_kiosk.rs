//! A check-in desk: the QR scanner gives the key, the chip gives the record, the next patient comes.
//!
//! ```text
//! cargo run --features pcsc --example hospital_kiosk -- csca.der < /dev/ttyACM0
//! ```
//!
//! Standard input is the scanner: one line of QR text per patient. Standard output carries one JSON
//! object per verified patient and nothing else; standard error is the screen that patients see.
//! No patient, however strange the card, keeps the desk from serving the next one.

use std::{
    env,
    error::Error as StdError,
    io::{BufRead, stdin},
    time::Duration,
};

use cccd::{
    Error,
    error::ReaderFault,
    files::load_trust,
    inspection::{InspectionOptions, InspectionSystem},
    policy::Policy,
    transport::{Cancellation, SystemRandom, Until, pcsc::Readers, today},
    vietnam::{CitizenRecord, QrText},
};
use serde_json::{Map, Value, json};

/// How long a patient may take to find the reader, and to take the card away again.
fn patience() -> Until {
    Until::within(Duration::from_secs(30), &Cancellation::new())
}

fn main() -> Result<(), Box<dyn StdError>> {
    let (trust, sources) = load_trust(&env::args().skip(1).collect::<Vec<_>>())?;
    for source in sources {
        match source.outcome {
            Ok(loaded) => eprintln!("{}: {} anchors", source.path.display(), loaded.taken),
            Err(error) => eprintln!("{}: {error}", source.path.display()),
        }
    }
    let trust = std::sync::Arc::new(trust);

    eprintln!("Mời quét mã QR trên thẻ căn cước.");
    for line in stdin().lock().lines() {
        // A scanner that is not set to UTF-8 must not end the day either.
        let line = line.unwrap_or_default();
        // The kiosk runs for months: every patient is checked against today.
        // The record holds no portrait, and nobody else has to be convinced of the proof: neither DG2, which is
        // most of a read, nor a second proof is asked for.
        let system = InspectionSystem::new(trust.clone(), today()?)
            .with_groups([1, 13])
            .with_policy(Policy::standard().allow_one_chip_proof());
        match QrText::parse(&line) {
            // Not the QR code of a CCCD: refused before any card is touched.
            Err(error) => explain(&error),
            Ok(qr) => {
                match check_in(&system, qr) {
                    Ok(record) => {
                        println!("{record}");
                        eprintln!("Xong. Xin cảm ơn. Vui lòng lấy lại thẻ.");
                    }
                    Err(error) => explain(&error),
                }
                wait_until_taken();
            }
        }
        eprintln!("Mời người tiếp theo quét mã QR.");
    }
    Ok(())
}

/// What happened, and what the patient can do about it.
fn explain(error: &Error) {
    eprintln!("{}", error.message_vi());
    eprintln!("{}", error.advice().sentence_vi());
}

/// One patient: QR text → key → card → verified record.
fn check_in(system: &InspectionSystem, qr: QrText) -> Result<Value, Error> {
    let readers = Readers::connect()?;
    eprintln!("Vui lòng đặt thẻ lên đầu đọc và giữ yên.");
    let reader =
        readers.wait_for_card(None, &patience())?.ok_or(Error::Reader(ReaderFault::NoCard))?;
    let mut card = readers.open(Some(&reader))?;

    // The QR text is compared with the signed record: a QR code stuck over another is noticed.
    let options = InspectionOptions::new(qr.access_key(), SystemRandom::new()).printed(qr);
    let document = system.inspect(options).run(&mut card)?;
    let citizen = CitizenRecord::from_document(&document)?;

    let record: Map<String, Value> = citizen
        .fields()
        .into_iter()
        .map(|(field, value)| (field.to_owned(), json!(value.map(|text| text.reveal().clone()))))
        .collect();
    Ok(Value::Object(record))
}

/// The next patient's card must not be mistaken for one that was left behind.
fn wait_until_taken() {
    let Ok(readers) = Readers::connect() else { return };
    for reader in readers.list().unwrap_or_default() {
        if reader.card_present
            && !readers.wait_for_removal(&reader.name, &patience()).unwrap_or(true)
        {
            eprintln!("Vui lòng lấy thẻ ra khỏi đầu đọc.");
        }
    }
}
