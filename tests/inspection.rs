//! Library and simulator meet: every access and every chip proof, read to a verified document.

use cccd::{
    access::AccessKey,
    crypto::Random,
    document::VerifiedDocument,
    inspection::{InspectionOptions, InspectionSystem},
    pki::TrustStore,
    transport::{Limits, SystemRandom, WithLimits},
};
use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};

#[test]
fn first() {
    let issuer = Issuer::new(IssuerOptions::default());
    let person = Person::sample();
    let mut chip = Chip::new(issuer.personalise(&person, &CardOptions::default()), 7);
    let mut trust = TrustStore::empty();
    trust.add_certificate(issuer.csca_certificate(), "simulator").unwrap();
    let system = InspectionSystem::new(trust, "2026-11-21".parse().unwrap());
    let key = AccessKey::from_can(&person.can()).unwrap();
    let mut inspection = system.inspect(InspectionOptions::new(key, SystemRandom::new()));
    let mut card = WithLimits::new(|c: &[u8]| Ok(chip.process(c)), Limits::EXTENDED);
    let document = inspection.run(&mut card);
    println!("{:#?}", inspection.report());
    println!("{:#?}", inspection.metrics());
    drop(card);
    println!("{:#?}", chip.violations());
    let document = document.unwrap();
    println!("{:?}", document.dg1().unwrap());
}
