//! A check-in desk: the QR scanner gives the key, the chip gives the record, the next patient comes.
//!
//! ```text
//! cargo run --features pcsc --example hospital_kiosk -- csca.der < /dev/ttyACM0
//! ```
//!
//! With `--health-insurance URL --staff NAME --staff-id NUMBER` the social-insurance office is asked about every patient,
//! at that address and nowhere else (`examples/insurance_office.rs` is a mock of it).
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

#[path = "health_insurance/client.rs"]
mod client;

use cccd::{
    Error,
    error::ReaderFault,
    files::load_trust,
    inspection::{InspectionOptions, InspectionSystem},
    policy::Policy,
    transport::{Cancellation, SystemRandom, Until, pcsc::Readers, today},
    vietnam::{
        CitizenRecord, QrText,
        health_insurance::{BirthLayout, Lookup, Staff},
    },
};
use serde_json::{Map, Value, json};

/// Where the insurance is asked about, and who asks.
struct Insurance {
    url: String,
    staff: Staff,
}

/// The anchors' files, and the insurance if it was named.
fn arguments() -> Result<(Vec<String>, Option<Insurance>), Box<dyn StdError>> {
    let (mut files, mut url, mut name, mut number) = (Vec::new(), None, None, None);
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let value = match word.as_str() {
            "--health-insurance" => &mut url,
            "--staff" => &mut name,
            "--staff-id" => &mut number,
            _ => {
                files.push(word);
                continue;
            }
        };
        *value = Some(words.next().ok_or("an option lacks its value")?);
    }
    let insurance = match (url, name, number) {
        (None, None, None) => None,
        (Some(url), Some(name), Some(number)) => Some(Insurance {
            url,
            staff: Staff { full_name: name.into(), id_number: number.parse()? },
        }),
        _ => return Err("--health-insurance, --staff and --staff-id belong together".into()),
    };
    Ok((files, insurance))
}

/// How long a patient may take to find the reader, and to take the card away again.
fn patience() -> Until {
    Until::within(Duration::from_secs(30), &Cancellation::new())
}

fn main() -> Result<(), Box<dyn StdError>> {
    let (files, insurance) = arguments()?;
    let (trust, sources) = load_trust(&files)?;
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
                if let Some(damage) = qr.damage() {
                    eprintln!("{}", damage.message_vi());
                }
                match check_in(&system, qr) {
                    Ok(citizen) => {
                        let mut record = fields(&citizen);
                        if let Some(insurance) = &insurance {
                            record.insert(
                                "health_insurance".to_owned(),
                                insured(insurance, &citizen),
                            );
                        }
                        println!("{}", Value::Object(record));
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

/// What the office says of the patient's insurance, and what the desk has to correct.
fn insured(insurance: &Insurance, citizen: &CitizenRecord) -> Value {
    let lookup = Lookup::of_citizen(citizen, insurance.staff.clone(), BirthLayout::Slashes);
    let answer = match lookup {
        Ok(lookup) => client::ask(&insurance.url, &lookup),
        Err(error) => Err(error.to_string()),
    };
    match answer {
        Ok(answer) => {
            let correction = answer.code.correction();
            eprintln!("Bảo hiểm y tế: {}; {}.", answer.code.message_vi(), correction.message_vi());
            let valid = today().is_ok_and(|today| answer.covers(today));
            let card = answer.new_card.as_ref().or(answer.card_number.as_ref());
            json!({
                "code": answer.code.code(),
                "message": answer.code.message(),
                "correction": correction.message(),
                "valid_today": valid,
                "card": card.map(|number| number.reveal().clone()),
            })
        }
        Err(why) => {
            eprintln!("Không tra cứu được bảo hiểm y tế.");
            json!({ "code": null, "message": why })
        }
    }
}

/// One patient: QR text → key → card → verified record.
fn check_in(system: &InspectionSystem, qr: QrText) -> Result<CitizenRecord, Error> {
    let readers = Readers::connect()?;
    eprintln!("Vui lòng đặt thẻ lên đầu đọc và giữ yên.");
    let reader =
        readers.wait_for_card(None, &patience())?.ok_or(Error::Reader(ReaderFault::NoCard))?;
    let mut card = readers.open(Some(&reader))?;

    // The QR text is compared with the signed record: a QR code stuck over another is noticed.
    let options = InspectionOptions::new(qr.access_key(), SystemRandom::new()).printed(qr);
    let document = system.inspect(options).run(&mut card)?;
    CitizenRecord::from_document(&document)
}

/// The record under its stable names.
fn fields(citizen: &CitizenRecord) -> Map<String, Value> {
    citizen
        .fields()
        .into_iter()
        .map(|(field, value)| (field.to_owned(), json!(value.map(|text| text.reveal().clone()))))
        .collect()
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
