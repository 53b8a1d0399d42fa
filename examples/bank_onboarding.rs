//! A bank opens an account: the server decides, the phone is a cable.
//!
//! ```text
//! cargo run --example bank_onboarding
//! ```
//!
//! The customer's phone is not trusted. It carries APDUs between the chip and the bank and sees
//! neither key nor verdict. The bank chooses the challenge that the chip has to sign, keeps what it
//! saw as evidence, and can show years later, from that file alone, why it opened the account.
//! Here the phone is a closure around a simulated chip; in production it is a socket.

use std::{error::Error, fs, process::ExitCode};

use cccd::{
    chip::Challenge,
    document::Evidence,
    error::{Error as CccdError, NotGenuine},
    inspection::{InspectionOptions, InspectionSystem},
    pki::TrustStore,
    policy::Policy,
    transport::{Limits, SystemRandom, WithLimits, today},
    vietnam::{CitizenRecord, IdNumber},
};
use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};

/// What a phone with NFC does for the bank.
fn phone(chip: &mut Chip) -> WithLimits<impl FnMut(&[u8]) -> cccd::Result<Vec<u8>>> {
    WithLimits::new(|command: &[u8]| Ok(chip.process(command)), Limits::EXTENDED)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let issuer = Issuer::new(IssuerOptions::default());
    let genuine = issuer.personalise(&Person::sample(), &CardOptions::default());
    let copy = genuine.clone_without_private_keys();

    // The bank: whom it trusts, and a policy that demands a chip which proves itself right now.
    let mut trust = TrustStore::empty();
    trust.add_certificate(issuer.csca_certificate(), "simulated authority")?;
    let bank = InspectionSystem::new(trust, today()?).with_policy(Policy::bank());
    let number: IdNumber = Person::sample().id_number.parse()?;

    println!("1. A genuine card");
    let challenge = Challenge::fresh(&mut SystemRandom::new())?;
    let options = InspectionOptions::new(number.access_key(), SystemRandom::new())
        .challenge(challenge)
        .printed(number.clone());
    let document = bank.inspect(options).run(&mut phone(&mut Chip::new(genuine, 1)))?;
    let citizen = CitizenRecord::from_document(&document)?;
    println!("   account opened for {}", citizen.full_name.reveal());

    let path = std::env::temp_dir().join("cccd-bank-onboarding.evidence");
    fs::write(&path, document.evidence().to_bytes())?;

    println!("2. The auditor, with the file and the challenge from the bank's log");
    let evidence = Evidence::from_bytes(&fs::read(&path)?)?;
    fs::remove_file(&path)?;
    let verdict = bank.verify(&evidence, Some(challenge), None);
    println!("   verified again: {}", verdict.document.is_ok());
    for (check, outcome) in verdict.report.checks() {
        println!("   {:<22} {outcome}", check.name());
    }
    verdict.document?;

    println!("3. The same file presented for another application");
    let other = Challenge::fresh(&mut SystemRandom::new())?;
    let replayed = bank.verify(&evidence, Some(other), None).document.map(|_| ());
    println!("   {}", replayed.as_ref().expect_err("a replay must be refused"));
    assert_eq!(replayed, Err(CccdError::NotGenuine(NotGenuine::Challenge)));

    println!("4. A copy: the same files on a chip without the private keys");
    let options = InspectionOptions::new(number.access_key(), SystemRandom::new());
    let refused = bank.inspect(options).run(&mut phone(&mut Chip::new(copy, 2))).map(|_| ());
    println!("   {}", refused.as_ref().expect_err("a copy must be refused"));
    assert!(matches!(refused, Err(CccdError::NotGenuine(_))));
    Ok(ExitCode::SUCCESS)
}
