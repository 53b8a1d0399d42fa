//! Passive authentication with the signer cached, on one core, against OpenSSL and against its own primitives.
//!
//! ```text
//! cargo bench -p cccd-benches --bench passive_authentication -- [--check]
//! ```
//!
//! Three contenders take turns over the same documents; only ratios within one run mean anything.
//!
//! * ours: `Examiner::examine`, `check` of every group, `accept`;
//! * OpenSSL: `CMS_verify` with the CSCA in its store, and SHA-256 of every group compared with the content;
//! * primitives: SHA-256 over the same bytes and one verification of the signature with the parsed key.

mod corpus;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use bp256::r1::BrainpoolP256r1;
use cccd::crypto::DigestAlgorithm;
use cccd::passive::Examiner;
use cccd::policy::Policy;
use corpus::{DAY, Document, Family, Kind, check_asked, families, median};
use ecdsa::signature::hazmat::PrehashVerifier as _;
use ecdsa::{Signature, VerifyingKey};
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

const DOCUMENTS: usize = 100;
/// Odd, and five at least.
const ROUNDS: usize = 11;
/// Of the speed of the primitives.
const TARGET_OF_PRIMITIVES: f64 = 0.90;

fn main() -> ExitCode {
    println!("Passive authentication, µs per document (medians of {ROUNDS} alternating rounds)\n");
    println!(
        "{:26} {:>8} {:>8} {:>10}   {:>12} {:>7}   {:>13} {:>7}",
        "CSCA / signer",
        "ours",
        "OpenSSL",
        "primitives",
        "OpenSSL/ours",
        "target",
        "of primitives",
        "target"
    );
    let mut missed = false;
    for family in families(DOCUMENTS) {
        let [ours, openssl, primitives] = measure(&family);
        let times = |rounds: &[f64]| median(rounds.iter().copied());
        let ratio = |one: &[f64], other: &[f64]| median(one.iter().zip(other).map(|(a, b)| a / b));
        let (faster, share) = (ratio(&openssl, &ours), ratio(&primitives, &ours));
        let met = faster >= family.target && share >= TARGET_OF_PRIMITIVES;
        missed |= !met;
        println!(
            "{:26} {:8.1} {:8.1} {:10.1}   {:11.2}× {:6.1}×   {:13.2} {:7.2}  {}",
            family.name,
            times(&ours),
            times(&openssl),
            times(&primitives),
            faster,
            family.target,
            share,
            TARGET_OF_PRIMITIVES,
            if met { "met" } else { "MISSED" }
        );
    }
    if missed && check_asked() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// µs per document of each contender in each round.
fn measure(family: &Family) -> [Vec<f64>; 3] {
    let trust = family.trust();
    let at = DAY.parse().expect("a day");
    let policy = Policy::standard();
    let mut examiner = Examiner::new(trust, at);
    let ours = |document: &Document, examiner: &mut Examiner| {
        let examination = examiner.examine(&document.sod).expect("an SOD");
        for (group, raw) in &document.groups {
            examination.check(*group, raw).expect("the digest that was signed");
        }
        black_box(examination.accept(&policy).expect("signed by a trusted issuer"));
    };
    let store = store(family);
    let key = Key::of(family);
    let mut rounds: [Vec<f64>; 3] = Default::default();
    // The first round fills caches and does not count.
    for round in 0..=ROUNDS {
        let times = [
            time(family, |document| ours(document, &mut examiner)),
            time(family, |document| openssl(document, &store)),
            time(family, |document| key.primitives(document)),
        ];
        if round > 0 {
            rounds.iter_mut().zip(times).for_each(|(rounds, time)| rounds.push(time));
        }
    }
    rounds
}

fn time(family: &Family, mut verify: impl FnMut(&Document)) -> f64 {
    let start = Instant::now();
    family.documents.iter().for_each(&mut verify);
    start.elapsed().as_secs_f64() * 1e6 / family.documents.len() as f64
}

fn store(family: &Family) -> X509Store {
    let mut store = X509StoreBuilder::new().expect("a store");
    store.add_cert(family.csca.clone()).expect("an anchor");
    store.build()
}

/// What a loop around OpenSSL does for each document.
fn openssl(document: &Document, store: &X509Store) {
    let mut cms = CmsContentInfo::from_der(&document.cms).expect("a CMS");
    let mut content = Vec::new();
    cms.verify(None, Some(store), None, Some(&mut content), CMSOptions::BINARY)
        .expect("signed by a trusted issuer");
    for (_, raw) in &document.groups {
        let digest = hash(MessageDigest::sha256(), raw).expect("a digest");
        assert!(content.windows(32).any(|listed| *listed == *digest), "the digest that was signed");
    }
}

/// The signer's key, parsed.
enum Key {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    P256(UnparsedPublicKey<Vec<u8>>),
    Brainpool(VerifyingKey<BrainpoolP256r1>),
}

impl Key {
    fn of(family: &Family) -> Self {
        let key = family.signer.public_key().expect("a key");
        let point = || {
            let key = key.ec_key().expect("a key on a curve");
            let mut context = openssl::bn::BigNumContext::new().expect("memory");
            let form = openssl::ec::PointConversionForm::UNCOMPRESSED;
            key.public_key().to_bytes(key.group(), form, &mut context).expect("a point")
        };
        match family.kind {
            Kind::Rsa(_) => {
                let key = key.rsa().expect("an RSA key");
                Self::Rsa(RsaPublicKeyComponents { n: key.n().to_vec(), e: key.e().to_vec() })
            }
            Kind::Ec(Nid::BRAINPOOL_P256R1) => {
                Self::Brainpool(VerifyingKey::from_sec1_bytes(&point()).expect("a point"))
            }
            Kind::Ec(_) => Self::P256(UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point())),
        }
    }

    fn primitives(&self, document: &Document) {
        let sha256 = DigestAlgorithm::Sha256;
        for (_, raw) in &document.groups {
            black_box(sha256.digest(raw));
        }
        black_box(sha256.digest(&document.content));
        let (message, signature) = (&document.signed_attributes, &document.signature);
        let right = match self {
            Self::Rsa(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok(),
            Self::P256(key) => key.verify(message, signature).is_ok(),
            Self::Brainpool(key) => Signature::from_der(signature).is_ok_and(|signature| {
                key.verify_prehash(&sha256.digest(message), &signature).is_ok()
            }),
        };
        assert!(right, "the signature is right");
    }
}
