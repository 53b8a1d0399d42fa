//! Evidence: what a file of a stranger can and cannot make somebody believe who verifies it.

mod common;
#[path = "leaks/holder.rs"]
mod holder;
#[path = "evidence/live.rs"]
mod live;
#[path = "evidence/redacted.rs"]
mod redacted;
#[path = "leaks/searcher.rs"]
mod searcher;
#[path = "evidence/tampering.rs"]
mod tampering;

use std::sync::LazyLock;

use cccd::{
    chip::Challenge,
    document::Evidence,
    inspection::InspectionOptions,
    seal::{SealKey, SealingKey},
};
use cccd_simulator::{
    CardOptions, Chip, ChipAuthenticationOption, CipherName, CurveName, Mapping, PaceOption,
    Person, Personalisation, personalisation::file,
};
use common::{Desk, TestTerminal, issuer, options, protected, seeded};

/// What the bank issued.
fn challenge() -> Challenge {
    Challenge::from_bytes(*b"\x42\x61\x6E\x6B\x81\xF4\x03\x9D").unwrap()
}

/// A card on which every protocol runs that there is.
fn everything(person: &Person) -> Personalisation {
    let cam = PaceOption::new(
        Mapping::ChipAuthentication,
        CurveName::BrainpoolP256r1,
        CipherName::Aes128,
    );
    let key = ChipAuthenticationOption { key_id: Some(1), ..CurveName::BrainpoolP256r1.into() };
    let options = CardOptions { pace: vec![cam], chip_authentication: vec![key], ..options() };
    let options = protected(options);
    issuer().personalise(person, &options)
}

/// A read in which every field of the file is filled.
fn full_evidence(person: &Person) -> Evidence {
    let card = everything(person);
    let com = card.files[&file::COM].clone();
    let key = cccd::access::AccessKey::from_can(&person.can()).unwrap();
    let options = InspectionOptions::new(key, seeded(1))
        .challenge(challenge())
        .terminal(TestTerminal::new())
        .read_at("2026-11-21T09:37:42.5+07:00")
        .unwrap()
        .reader("Simulated reader 3")
        .unwrap();
    let desk = Desk::new();
    let run = desk.read_chip(&mut Chip::new(card, 7), options);
    let evidence = run.verified().evidence().clone();
    let card_access = evidence.card_access().map(<[u8]>::to_vec);
    evidence.with_unsigned_files(card_access, Some(com))
}

static EVIDENCE: LazyLock<Evidence> = LazyLock::new(|| full_evidence(&Person::sample()));

fn kiosk() -> SealingKey {
    SealingKey::from_pkcs8(include_bytes!("../test-vectors/seal/kiosk.key.pem")).unwrap()
}

fn known() -> [SealKey; 1] {
    [SealKey::from_spki(include_bytes!("../test-vectors/seal/kiosk.pub.pem")).unwrap()]
}
