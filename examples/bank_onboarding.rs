//! A bank opens an account: a kiosk reads the card, the bank's server decides.
//!
//! ```text
//! cargo run --example bank_onboarding
//!
//!   bank                            kiosk or app                        chip
//!   challenge              ──►
//!                                   inspection over that challenge ──►
//!                                   ◄──                  files, signature
//!                                   evidence, under the kiosk's seal
//!   ◄──                  one file
//!   seal · files · challenge · own day, own trust, own policy
//! ```
//!
//! The bank does not trust the kiosk's verdict, its clock or its claims. It checks the issuer's signature
//! and the chip's over its own challenge again. The seal tells which kiosk sent the file, nothing else.
//! Here the reader is a closure around a simulated chip; in a kiosk it is a PC/SC reader.

use std::{error::Error, process::ExitCode};

use cccd::{
    chip::Challenge,
    document::Evidence,
    error::{Error as CccdError, NotAuthentic, NotGenuine},
    inspection::{InspectionOptions, InspectionSystem},
    pki::TrustStore,
    policy::Policy,
    seal::{SealKey, Sealer as _, SealingKey},
    transport::{Limits, SystemRandom, WithLimits, today},
    vietnam::{CitizenRecord, IdNumber},
};
use cccd_simulator::{Chip, Issuer, IssuerOptions, Person, Personalisation};

/// In production each kiosk has its own, best in a security module behind `seal::Sealer`. This one is known to
/// everybody: it is that of RFC 6979 A.2.5.
const KIOSK_KEY: &[u8] = include_bytes!("../test-vectors/seal/kiosk.key.pem");

/// Reads the card over the bank's challenge and sends what it saw.
fn kiosk(
    system: &InspectionSystem,
    key: &SealingKey,
    card: Personalisation,
    number: &IdNumber,
    challenge: Challenge,
) -> cccd::Result<Vec<u8>> {
    let mut chip = Chip::new(card, 1);
    let mut reader = WithLimits::new(|command: &[u8]| Ok(chip.process(command)), Limits::EXTENDED);
    let options = InspectionOptions::new(number.access_key(), SystemRandom::new())
        .challenge(challenge)
        .printed(number.clone())
        .read_at("2026-11-21T09:30:00+07:00")?
        .reader("kiosk 7, simulated reader")?;
    let document = system.inspect(options).run(&mut reader)?;
    document.evidence().seal(key)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let issuer = Issuer::new(IssuerOptions::default());
    let card = issuer.personalise(&Person::sample(), &cccd_simulator::CardOptions::default());
    let number: IdNumber = Person::sample().id_number.parse()?;
    let mut trust = TrustStore::empty();
    trust.add_certificate(issuer.csca_certificate(), "simulated authority")?;

    let kiosk_key = SealingKey::from_pkcs8(KIOSK_KEY)?;
    let at_kiosk = InspectionSystem::new(trust.clone(), today()?);

    // The bank: whom it trusts, a policy of its own, and the public keys of its kiosks.
    let bank = InspectionSystem::new(trust, today()?).with_policy(Policy::bank());
    let kiosks = [SealKey::from_spki(&kiosk_key.public_key())?];

    println!("1. The bank issues a challenge, the kiosk reads the card and sends one file");
    let challenge = Challenge::fresh(&mut SystemRandom::new())?;
    let file = kiosk(&at_kiosk, &kiosk_key, card.clone(), &number, challenge)?;
    println!("   {} bytes, sealed", file.len());

    println!("2. The bank opens the seal and judges the document itself");
    let (evidence, sealed_by) = Evidence::open(&file, &kiosks)?;
    println!("   {sealed_by:?}");
    let verdict = bank.verify_live(&evidence, &challenge, today()?);
    for (check, outcome) in verdict.report.checks() {
        println!("   {:<28} {outcome}", check.name());
    }
    let document = verdict.document?;
    let citizen = CitizenRecord::from_document(&document)?;
    println!("   account opened for {}", citizen.full_name.reveal());

    println!("3. Years later the auditor judges the same file for the day of the opening");
    let day = today()?;
    let auditor = bank.on("2051-01-01".parse()?);
    assert!(auditor.verify_live(&evidence, &challenge, day).document.is_ok());
    let now = auditor.verify(&evidence, Some(challenge), None).document.map(|_| ());
    println!("   valid that day; and today: {}", now.expect_err("the signer has expired by then"));

    println!("4. The same file presented for another application");
    let other = Challenge::fresh(&mut SystemRandom::new())?;
    let replayed = bank.verify_live(&evidence, &other, day).document.map(|_| ());
    println!("   {}", replayed.as_ref().expect_err("a replay must be refused"));
    assert_eq!(replayed, Err(CccdError::NotGenuine(NotGenuine::Challenge)));

    println!("5. A file that was altered on its way");
    let mut altered = file;
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let refused = Evidence::open(&altered, &kiosks).map(|_| ());
    println!("   {}", refused.as_ref().expect_err("an altered file must be refused"));
    assert_eq!(refused, Err(CccdError::NotAuthentic(NotAuthentic::Seal)));

    println!("6. A copy: the same files on a chip without the private keys");
    let copy = card.clone_without_private_keys();
    let refused = kiosk(&at_kiosk, &kiosk_key, copy, &number, challenge).map(|_| ());
    println!("   {}", refused.as_ref().expect_err("a copy must be refused"));
    assert!(matches!(refused, Err(CccdError::NotGenuine(_))));

    println!("7. What may go to support");
    let redacted = evidence.redacted().to_string();
    println!("   {} lines of structure, no personal byte", redacted.lines().count());
    Ok(ExitCode::SUCCESS)
}
