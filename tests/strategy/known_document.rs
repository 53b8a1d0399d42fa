//! A portrait that the caller has is not read again, and what the caller has is not believed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use cccd::{
    inspection::{InspectionOptions, PortraitStore},
    policy::{ChipProofDemand, Policy},
};
use cccd_simulator::{Chip, Person, Personalisation};

use crate::common::{Desk, Run, bac_card, can, card, issuer, mrz, options, seeded};

/// A store in memory that remembers what it was asked.
#[derive(Clone, Default)]
struct Portraits(Arc<Mutex<Contents>>);

#[derive(Default)]
struct Contents {
    portraits: BTreeMap<Vec<u8>, Vec<u8>>,
    loaded: usize,
    saved: usize,
}

impl PortraitStore for Portraits {
    fn load(&mut self, digest: &[u8]) -> Option<Vec<u8>> {
        let mut contents = self.0.lock().unwrap();
        contents.loaded += 1;
        contents.portraits.get(digest).cloned()
    }

    fn save(&mut self, digest: &[u8], dg2: &[u8]) {
        let mut contents = self.0.lock().unwrap();
        contents.saved += 1;
        contents.portraits.insert(digest.to_vec(), dg2.to_vec());
    }
}

impl Portraits {
    fn read(&self, card: Personalisation) -> Run {
        let options = InspectionOptions::new(can(), seeded(1)).portraits(self.clone());
        Desk::new().read_chip(&mut Chip::new(card, 7), options)
    }

    /// How often it was asked for a portrait, and given one.
    fn asked(&self) -> (usize, usize) {
        let contents = self.0.lock().unwrap();
        (contents.loaded, contents.saved)
    }
}

#[test]
fn the_second_read_is_without_the_portrait_and_gives_the_same_document() {
    let portraits = Portraits::default();
    let first = portraits.read(card());
    first.verified();
    assert_eq!(portraits.asked(), (1, 1));
    let second = portraits.read(card());
    assert_eq!(portraits.asked(), (2, 1), "nothing new to keep");
    assert!(first.verified().authenticated() == second.verified().authenticated());
    assert_eq!(first.verified().report(), second.verified().report());
    second.assert_same_groups(&card());
    assert!(second.progress.iter().all(|progress| progress.file != "DG2"));
    let of_the_portrait = card().files[&0x0102].len().div_ceil(2048);
    assert_eq!(second.metrics.apdus, first.metrics.apdus - of_the_portrait);
}

#[test]
fn without_a_store_every_portrait_is_read() {
    let run = Desk::new().read(card(), can());
    assert!(run.progress.iter().any(|progress| progress.file == "DG2"));
}

/// The store is not believed: one byte that differs, and the chip is asked.
#[test]
fn a_portrait_that_is_not_the_signed_one_is_not_taken() {
    let portraits = Portraits::default();
    let digest =
        portraits.read(card()).verified().authenticated().signed().digest(2).unwrap().to_vec();
    for damage in [
        |dg2: &mut Vec<u8>| dg2[100] ^= 1,
        |dg2: &mut Vec<u8>| dg2.push(0),
        |dg2: &mut Vec<u8>| dg2.truncate(1000),
        Vec::clear,
    ] {
        damage(portraits.0.lock().unwrap().portraits.get_mut(&digest).unwrap());
        let run = portraits.read(card());
        run.assert_same_groups(&card());
        run.verified();
        assert!(run.progress.iter().any(|progress| progress.file == "DG2"));
        // The right one is kept in its place.
        assert_eq!(portraits.0.lock().unwrap().portraits[&digest], card().files[&0x0102]);
    }
}

/// Whose identity is not proven learns nothing from the store and leaves nothing in it.
#[test]
fn a_copy_is_not_looked_up() {
    let portraits = Portraits::default();
    portraits.read(card()).verified();
    let before = portraits.asked();
    let mut copy = card();
    copy.chip_authentication.clear();
    assert!(portraits.read(copy).outcome.is_err());
    let mut forged = card();
    forged.files.get_mut(&0x010D).unwrap()[40] ^= 1;
    assert!(portraits.read(forged).outcome.is_err());
    assert_eq!(portraits.asked(), before);
    // Read to its end, for the report, and refused: nothing is looked up for it.
    let options = InspectionOptions::new(can(), seeded(1)).portraits(portraits.clone());
    let run = Desk::without_trust()
        .policy(
            Policy::standard().allow_unknown_issuer().require_chip_proof(ChipProofDemand::Fresh),
        )
        .read_chip(&mut Chip::new(expired(), 7), options);
    assert!(run.outcome.is_err() && run.progress.iter().any(|progress| progress.file == "DG2"));
    assert_eq!(portraits.asked(), before);
}

/// A card that has expired on the tests' day.
fn expired() -> Personalisation {
    let person = Person { expiry_date: "01/01/2026".to_owned(), ..Person::sample() };
    issuer().personalise(&person, &options())
}

#[test]
fn a_document_that_is_refused_at_its_end_leaves_nothing_in_the_store() {
    let portraits = Portraits::default();
    let mut forged = card();
    forged.files.get_mut(&0x0102).unwrap()[5000] ^= 1;
    assert!(portraits.read(forged).outcome.is_err());
    assert_eq!(portraits.asked(), (1, 0));
}

/// Where the portrait came from makes no difference to whoever verifies the files later.
#[test]
fn evidence_of_a_known_document_is_complete() {
    let portraits = Portraits::default();
    portraits.read(card()).verified();
    let second = portraits.read(card());
    let evidence = second.verified().evidence();
    assert_eq!(evidence.groups()[&2].reveal(), &card().files[&0x0102]);
    let verdict = Desk::new().system.verify(evidence, None, None);
    assert!(verdict.document.is_ok());
}

#[test]
fn a_card_opened_by_bac_is_known_as_well() {
    let portraits = Portraits::default();
    let read = || {
        let options = InspectionOptions::new(mrz(), seeded(1)).portraits(portraits.clone());
        Desk::new().read_chip(&mut Chip::new(bac_card(), 7), options)
    };
    read().verified();
    let second = read();
    second.verified();
    assert!(second.progress.iter().all(|progress| progress.file != "DG2"));
}
