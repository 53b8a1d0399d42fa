//! The one authority, its cards and the desk that reads them. All of it derives from seeds: every run is the same.

use std::sync::LazyLock;

use cccd::{
    Result,
    access::AccessKey,
    date::Date,
    document::{Evidence, VerifiedDocument},
    inspection::{InspectionOptions, InspectionSystem, Step},
    pki::TrustStore,
    transport::Limits,
};
use cccd_simulator::{
    ActiveKind, CardOptions, Chip, CipherName, CurveName, DigestName, Issuer, IssuerOptions,
    KeyKind, Mapping, PaceOption, Person, Personalisation, portrait::PortraitOptions,
    random::Random,
};

use super::check;

pub static WORLD: LazyLock<World> = LazyLock::new(World::new);

pub struct World {
    pub issuer: Issuer,
    pub trust: TrustStore,
    pub today: Date,
    pub desk: InspectionSystem,
    /// Opened by PACE, by BAC, and by PACE that proves the chip: all groups, small keys, a small portrait.
    pub cards: [Personalisation; 3],
    /// The evidence of a good read of each.
    pub evidence: [Evidence; 3],
    /// What each chip answers in a good read, one by one.
    pub answers: [Vec<Vec<u8>>; 3],
}

impl World {
    fn new() -> Self {
        let key = KeyKind::Ec(CurveName::Secp256r1, DigestName::Sha256);
        let issuer =
            Issuer::new(IssuerOptions { csca: key, signer: key, ..IssuerOptions::default() });
        let mut trust = TrustStore::empty();
        trust.add_certificate(issuer.csca_certificate(), "simulator").unwrap();
        let today: Date = "2026-11-21".parse().unwrap();
        let cards = [Some(Mapping::Generic), None, Some(Mapping::ChipAuthentication)]
            .map(|mapping| issuer.personalise(&Person::sample(), &card_options(mapping)));
        let desk = InspectionSystem::new(trust.clone(), today);
        let reads = [0, 1, 2].map(|number| record(&desk, &cards[number], key_of(number)));
        let evidence = reads.each_ref().map(|(evidence, _)| evidence.clone());
        let answers = reads.map(|(_, answers)| answers);
        Self { issuer, trust, today, desk, cards, evidence, answers }
    }

    /// The groups of a document that was verified are those of a card. All have the same holder; DG14 tells how
    /// they are opened.
    pub fn assert_genuine(&self, document: &VerifiedDocument) {
        let authenticated = document.authenticated();
        let genuine = self.cards.iter().any(|card| {
            authenticated.groups().all(|number| {
                let found = authenticated.group(number);
                found.is_some()
                    && found == card.files.get(&(0x0100 + u16::from(number))).map(Vec::as_slice)
            })
        });
        assert!(genuine, "an altered document was verified");
        check::shown(document);
    }
}

fn card_options(mapping: Option<Mapping>) -> CardOptions {
    let (curve, cipher) = (CurveName::Secp256r1, CipherName::Aes128);
    CardOptions {
        pace: mapping.into_iter().map(|way| PaceOption::new(way, curve, cipher)).collect(),
        chip_authentication: vec![curve.into()],
        active_authentication: ActiveKind::Ecdsa(curve),
        portrait: PortraitOptions { width: 16, height: 16, target_bytes: 0, image: None },
        ..CardOptions::default()
    }
}

/// The password of a card: the MRZ for the one that knows BAC only.
pub fn key_of(card: usize) -> AccessKey {
    match card {
        1 => AccessKey::from_mrz(&Person::sample().mrz().join("\n")).unwrap(),
        _ => AccessKey::from_can(&Person::sample().can()).unwrap(),
    }
}

/// Random numbers from a seed.
pub fn seeded(seed: u64) -> impl FnMut(&mut [u8]) -> Result<()> + Send + 'static {
    let mut random = Random::from_label(seed, "reader");
    move |bytes| {
        bytes.copy_from_slice(&random.bytes(bytes.len()));
        Ok(())
    }
}

fn record(
    desk: &InspectionSystem,
    card: &Personalisation,
    key: AccessKey,
) -> (Evidence, Vec<Vec<u8>>) {
    let mut chip = Chip::new(card.clone(), 7);
    let mut inspection = desk.inspect(InspectionOptions::new(key, seeded(1)));
    inspection.set_limits(Limits::EXTENDED);
    let mut answers = Vec::new();
    loop {
        match inspection.poll().expect("the card is good") {
            Step::Transmit(command) => {
                let answer = chip.process(command.as_bytes());
                inspection.receive(&answer);
                answers.push(answer);
            }
            Step::Done(document) => {
                assert_eq!(chip.violations(), [""; 0]);
                return (document.evidence().clone(), answers);
            }
            Step::Progress(_) | Step::Identity(_) => {}
            Step::CardLost => panic!("nobody took the card away"),
        }
    }
}
