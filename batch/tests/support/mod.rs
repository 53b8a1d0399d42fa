//! Documents with every kind of fault, and batches of them.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use cccd::date::Date;
use cccd::pki::TrustStore;
use cccd_batch::column;
use cccd_simulator::der::Time;
use cccd_simulator::personalisation::{Period, file};
use cccd_simulator::{CardOptions, DigestName, Issuer, IssuerOptions, Person, Personalisation};

/// The stored files of one document.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) name: String,
    pub(crate) sod: Vec<u8>,
    pub(crate) groups: BTreeMap<u8, Vec<u8>>,
}

pub(crate) fn day() -> Date {
    "2026-11-21".parse().unwrap()
}

pub(crate) fn issuer() -> Issuer {
    Issuer::new(IssuerOptions::default())
}

/// Another authority, which shares no name and no key with [`issuer`].
pub(crate) fn other(seed: u64, change: impl FnOnce(&mut IssuerOptions)) -> Issuer {
    let mut options = IssuerOptions { seed, ..IssuerOptions::default() };
    options.csca_name = format!("CSCA {seed}");
    options.signer_name = format!("Document Signer {seed}");
    change(&mut options);
    Issuer::new(options)
}

pub(crate) fn card(issuer: &Issuer) -> Personalisation {
    issuer.personalise(&Person::sample(), &CardOptions::default())
}

/// What a reader without Terminal Authentication stores of a card.
pub(crate) fn document(name: impl Into<String>, card: &Personalisation) -> Document {
    let groups = card
        .files
        .iter()
        .filter(|(file, _)| !card.protected.contains(file))
        .filter_map(|(file, bytes)| Some((file::data_group_number(*file)?, bytes.clone())))
        .collect();
    Document { name: name.into(), sod: card.files[&file::SOD].clone(), groups }
}

/// Authorities, those of them that are trusted, and documents of every kind.
pub(crate) struct Corpus {
    pub(crate) documents: Vec<Document>,
    pub(crate) trusted: Vec<Issuer>,
    pub(crate) strangers: Vec<Issuer>,
}

impl Corpus {
    pub(crate) fn trust(&self) -> TrustStore {
        trust(&self.trusted)
    }

    pub(crate) fn new() -> Self {
        let ours = issuer();
        let good = document("good", &card(&ours));
        let mut documents = vec![good.clone()];
        let indefinite = ours.personalise(&Person::sample_indefinite(), &CardOptions::default());
        documents.push(document("another holder, without end", &indefinite));
        let without_proof = CardOptions {
            chip_authentication: Vec::new(),
            active_authentication: cccd_simulator::ActiveKind::None,
            terminal_authentication: false,
            fingerprints: false,
            ..CardOptions::default()
        };
        let plain = ours.personalise(&Person::sample(), &without_proof);
        documents.push(document("without chip keys", &plain));
        groups_with_faults(&good, &mut documents);
        signed_faults(&ours, &mut documents);
        sods_with_faults(&good, &mut documents);
        let (trusted, strangers) = authorities(ours, &mut documents);
        Self { documents, trusted, strangers }
    }
}

pub(crate) fn trust<'a>(issuers: impl IntoIterator<Item = &'a Issuer>) -> TrustStore {
    let mut trust = TrustStore::empty();
    for issuer in issuers {
        trust.add_certificate(issuer.csca_certificate(), "test").unwrap();
    }
    trust
}

fn groups_with_faults(good: &Document, documents: &mut Vec<Document>) {
    let mut with = |name: &str, change: &dyn Fn(&mut Document)| {
        let mut document = Document { name: name.to_owned(), ..good.clone() };
        change(&mut document);
        documents.push(document);
    };
    for group in [1, 2, 13, 14, 15] {
        with(&format!("DG{group} altered"), &|it| {
            let raw = it.groups.get_mut(&group).unwrap();
            *raw.last_mut().unwrap() ^= 1;
        });
        with(&format!("DG{group} withheld"), &|it| drop(it.groups.remove(&group)));
        with(&format!("DG{group} empty"), &|it| it.groups.get_mut(&group).unwrap().clear());
    }
    with("an unsigned group", &|it| drop(it.groups.insert(7, vec![0x67, 0])));
    with("an unsigned group and one altered", &|it| {
        it.groups.insert(7, vec![0x67, 0]);
        it.groups.get_mut(&13).unwrap()[9] ^= 1;
    });
    with("an unsigned group and one withheld", &|it| {
        it.groups.insert(7, vec![0x67, 0]);
        it.groups.remove(&13);
    });
    with("nothing but the list", &|it| it.groups.clear());
}

/// Signed as they are.
fn signed_faults(ours: &Issuer, documents: &mut Vec<Document>) {
    let mut with = |name: &str, change: &dyn Fn(&mut Personalisation)| {
        let mut card = card(ours);
        change(&mut card);
        ours.sign_again(&mut card);
        documents.push(document(name, &card));
    };
    with("DG1 not signed", &|card| card.withhold(file::DG1));
    with("DG1 unreadable", &|card| drop(card.files.insert(file::DG1, vec![0x61, 1, 0])));
    with("DG14 unreadable", &|card| drop(card.files.insert(file::DG14, vec![0x6E, 5, 0])));
    with("both unreadable", &|card| {
        card.files.insert(file::DG1, vec![0x61, 1, 0]);
        card.files.insert(file::DG14, vec![0x6E, 5, 0]);
    });
    with("DG14 not there", &|card| card.withhold(file::DG14));
    let expired = Person { expiry_date: "15/06/2025".to_owned(), ..Person::sample() };
    let card = ours.personalise(&expired, &CardOptions::default());
    documents.push(document("document expired", &card));
    let mut altered = document("document expired and altered", &card);
    altered.groups.get_mut(&2).unwrap()[100] ^= 1;
    documents.push(altered);
}

fn sods_with_faults(good: &Document, documents: &mut Vec<Document>) {
    let mut with = |name: String, sod: Vec<u8>| {
        documents.push(Document { name, sod, ..good.clone() });
    };
    with("an empty SOD".to_owned(), Vec::new());
    with("no SOD at all".to_owned(), b"this is no SOD".to_vec());
    with("an SOD cut off".to_owned(), good.sod[..good.sod.len() - 40].to_vec());
    with("an SOD with a tail".to_owned(), [&good.sod[..], &[0; 16]].concat());
    for bit in (0..good.sod.len() * 8).step_by(173) {
        let mut sod = good.sod.clone();
        sod[bit / 8] ^= 0x80 >> (bit % 8);
        with(format!("bit {bit} of the SOD"), sod);
    }
    let mut both = good.clone();
    both.name = "signature wrong, group altered".to_owned();
    *both.sod.last_mut().unwrap() ^= 1;
    both.groups.get_mut(&2).unwrap()[500] ^= 1;
    documents.push(both);
}

fn authorities(ours: Issuer, documents: &mut Vec<Document>) -> (Vec<Issuer>, Vec<Issuer>) {
    let period = |from, until| Period {
        from: Time::midnight(from, 1, 1),
        until: Time::midnight(until, 1, 1),
    };
    let trusted = vec![
        ("signer expired", other(11, |it| it.signer_validity = period(2021, 2025))),
        ("signer not yet valid", other(12, |it| it.signer_validity = period(2030, 2040))),
        ("authority expired", other(13, |it| it.csca_validity = period(2021, 2025))),
        ("wrong state", other(14, |it| it.country = "DE".to_owned())),
        ("SHA-1", other(15, |it| it.sod_digest = DigestName::Sha1)),
        ("explicit parameters", other(16, |it| it.explicit_parameters = true)),
        (
            "signed outside the usage period",
            other(17, |it| {
                it.signing_time = Some(Time::midnight(2024, 1, 1));
            }),
        ),
        (
            "no signing time, signer expired",
            other(18, |it| {
                it.signing_time = None;
                it.signer_validity = period(2021, 2025);
            }),
        ),
    ];
    let strangers = vec![
        ("unknown issuer", other(21, |_| {})),
        (
            "another key under our name",
            Issuer::new(IssuerOptions { seed: 22, ..IssuerOptions::default() }),
        ),
        (
            "unknown issuer, signer expired",
            other(23, |it| {
                it.signer_validity = period(2021, 2025);
            }),
        ),
        ("unknown issuer of another state", other(24, |it| it.country = "DE".to_owned())),
    ];
    for (name, issuer) in trusted.iter().chain(&strangers) {
        let good = document(*name, &card(issuer));
        let mut altered = document(format!("{name}, altered"), &card(issuer));
        altered.groups.get_mut(&13).unwrap()[20] ^= 1;
        documents.extend([good, altered]);
    }
    let mut trusted: Vec<_> = trusted.into_iter().map(|(_, issuer)| issuer).collect();
    trusted.insert(0, ours);
    (trusted, strangers.into_iter().map(|(_, issuer)| issuer).collect())
}

/// A batch of these documents.
pub(crate) fn batch(documents: &[Document]) -> RecordBatch {
    let mut keys = StringBuilder::new();
    let mut sods = BinaryBuilder::new();
    let mut groups: [BinaryBuilder; 16] = core::array::from_fn(|_| BinaryBuilder::new());
    for document in documents {
        keys.append_value(&document.name);
        sods.append_value(&document.sod);
        for (number, column) in (1..).zip(&mut groups) {
            column.append_option(document.groups.get(&number));
        }
    }
    let columns = [
        (column::DOC_KEY, Arc::new(keys.finish()) as ArrayRef),
        (column::SOD, Arc::new(sods.finish()) as ArrayRef),
    ];
    let groups = column::GROUPS
        .into_iter()
        .zip(groups.map(|mut column| Arc::new(column.finish()) as ArrayRef));
    RecordBatch::try_from_iter(columns.into_iter().chain(groups)).unwrap()
}

/// A text of the results.
pub(crate) fn text(results: &RecordBatch, name: &str, row: usize) -> String {
    column::text(results, name).unwrap().get(row).unwrap_or("null").to_owned()
}
