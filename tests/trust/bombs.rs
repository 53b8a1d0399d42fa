//! Lists and heaps of certificates that are large or made to cost work.

use std::time::{Duration, Instant};

use cccd::{
    Result,
    pki::{Budget, Certificate, Path, Purpose, TrustStore, find_path},
};

use crate::{
    code, today,
    workshop::{Authority, Paper, master_list},
};

/// Far above what any of these takes, far below what a search without bounds would.
const SOON: Duration = Duration::from_secs(20);

fn anchored(papers: &[&Paper]) -> TrustStore {
    let mut trust = TrustStore::empty();
    for paper in papers {
        trust.add_certificate(&paper.self_signed(), "workshop").unwrap();
    }
    trust
}

fn certificates(der: &[Vec<u8>]) -> Vec<Certificate> {
    der.iter().map(|der| Certificate::from_der(der).unwrap()).collect()
}

fn document<'a>(
    signer: &'a Certificate,
    beside: &'a [Certificate],
    trust: &'a TrustStore,
) -> Result<Path<'a>> {
    find_path(signer, beside, trust, Purpose::Document, today(), Budget::default())
}

/// Tries the intermediates as what came with the signature, and as what the store keeps.
#[track_caller]
fn both_ways(signer: &[u8], between: &[Vec<u8>], trust: &TrustStore) -> [&'static str; 2] {
    let started = Instant::now();
    let signer = Certificate::from_der(signer).unwrap();
    let beside = certificates(between);
    let first = code(document(&signer, &beside, trust).map(drop));
    let mut trust = trust.clone();
    for der in between {
        trust.add_intermediate(der, "workshop").unwrap();
    }
    let second = code(document(&signer, &[], &trust).map(drop));
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    [first, second]
}

/// Authority, then authorities below it, one under the other, each with a name of its own.
fn chain(length: u32) -> (Paper, Vec<Vec<u8>>, Vec<u8>) {
    let root = Paper::authority("Root", 1);
    let mut between = Vec::new();
    let mut above = root.clone();
    for number in 2..2 + length {
        let next = Paper::authority(&format!("Authority {number}"), number).below(&above);
        between.push(next.signed_by(&above.key));
        above = next;
    }
    let signer = Paper::signer(&above, 1_000).signed_by(&above.key);
    (root, between, signer)
}

#[test]
fn a_chain_is_followed_as_far_as_the_budget_goes_and_no_further() {
    for (length, expected) in [
        (0, "ok"),
        (1, "ok"),
        (Budget::default().intermediates, "ok"),
        (Budget::default().intermediates + 1, "policy_refused.budget"),
        (60, "policy_refused.budget"),
    ] {
        let (root, mut between, signer) = chain(u32::try_from(length).unwrap());
        assert_eq!(both_ways(&signer, &between, &anchored(&[&root])), [expected; 2], "{length}");
        between.reverse();
        assert_eq!(both_ways(&signer, &between, &anchored(&[&root])), [expected; 2], "{length}");
    }
}

/// Each has the name and the key identifier that the signer points to, and another key.
#[test]
fn thousands_of_namesakes_cost_no_more_than_the_budget() {
    let (root, anchor) = (Paper::authority("Root", 1), Paper::authority("Elsewhere", 2));
    let signer = Paper::signer(&root, 3).signed_by(&root.key);
    let above = Paper::authority("Above", 4);
    let sham = |number| {
        Paper { key_id: root.key_id.clone(), ..Paper::authority("Root", number) }.below(&above)
    };
    let shams: Vec<Vec<u8>> =
        (10..3_010).map(|number| sham(number).signed_by(&above.key)).collect();
    assert_eq!(both_ways(&signer, &shams, &anchored(&[&anchor])), ["policy_refused.budget"; 2]);
    // A trusted authority among them is tried before what nobody trusts.
    assert_eq!(both_ways(&signer, &shams, &anchored(&[&anchor, &root])), ["ok"; 2]);
}

/// Six floors of forty certificates, each floor with one key: forty to the sixth ways lead up, none to an anchor.
#[test]
fn cross_signed_floors_do_not_multiply() {
    let anchor = Paper::authority("Elsewhere", 1);
    let floor = |number: u32| Paper::authority(&format!("Floor {number}"), number + 10);
    let mut between = Vec::new();
    for number in 0..6 {
        for serial in 0..40 {
            let paper = Paper { serial: 1 + serial, ..floor(number).below(&floor(number + 1)) };
            between.push(paper.signed_by(&floor(number + 1).key));
        }
    }
    let signer = Paper::signer(&floor(0), 3).signed_by(&floor(0).key);
    for outcome in both_ways(&signer, &between, &anchored(&[&anchor])) {
        assert!(["policy_refused.budget", "not_authentic.unknown_issuer"].contains(&outcome));
    }
}

#[test]
fn loops_end() {
    let (one, two) = (Paper::authority("One", 1), Paper::authority("Two", 2));
    let anchor = Paper::authority("Elsewhere", 3);
    let ring =
        [one.clone().below(&two).signed_by(&two.key), two.clone().below(&one).signed_by(&one.key)];
    let signer = Paper::signer(&one, 4).signed_by(&one.key);
    let unknown = "not_authentic.unknown_issuer";
    assert_eq!(both_ways(&signer, &ring, &anchored(&[&anchor])), [unknown; 2]);
    assert_eq!(both_ways(&signer, &[one.self_signed()], &anchored(&[&anchor])), [unknown; 2]);
    assert_eq!(both_ways(&signer, &ring, &anchored(&[&two])), ["ok"; 2]);
    // A signer that is its own issuer.
    let own = Paper { authority: None, ..Paper::authority("Own", 5) }.self_signed();
    let own = certificates(&[own.clone(), own]);
    let trust = anchored(&[&anchor]);
    assert_eq!(code(document(&own[0], &own[1..], &trust)), unknown);
}

/// Only what came with the signature or is an anchor counts; and coming along gives nobody trust.
#[test]
fn a_root_that_comes_along_is_not_trusted() {
    let (root, anchor) = (Paper::authority("Root", 1), Paper::authority("Elsewhere", 2));
    let signer = Paper::signer(&root, 3).signed_by(&root.key);
    let unknown = "not_authentic.unknown_issuer";
    assert_eq!(both_ways(&signer, &[root.self_signed()], &anchored(&[&anchor])), [unknown; 2]);
}

#[test]
fn a_way_round_a_forbidden_one_is_found() {
    // One cross certificate forbids authorities below it, the other does not.
    let (root, middle, low) =
        (Paper::authority("Root", 1), Paper::authority("Middle", 2), Paper::authority("Low", 3));
    let narrow = Paper { authority: Some(Authority { path_length: Some(0) }), ..middle.clone() };
    let narrow = narrow.below(&root).signed_by(&root.key);
    let wide = middle.clone().below(&root).signed_by(&root.key);
    let low_under = low.clone().below(&middle).signed_by(&middle.key);
    let signer = Paper::signer(&low, 4).signed_by(&low.key);
    let trust = anchored(&[&root]);
    let only_narrow = [narrow.clone(), low_under.clone()];
    assert_eq!(both_ways(&signer, &only_narrow, &trust), ["not_authentic.path_length"; 2]);
    for between in [[&narrow, &wide, &low_under], [&wide, &low_under, &narrow]] {
        let between = between.map(Clone::clone);
        assert_eq!(both_ways(&signer, &between, &trust), ["ok"; 2]);
    }
}

#[test]
fn a_list_of_ten_thousand_authorities_loads_and_one_more_does_not() {
    let root = Paper::authority("Root", 1);
    let signer = Paper { lists: true, ..Paper::signer(&root, 2) };
    // One key for all of them: what counts here is their number.
    let entry = |number: u32| {
        let paper = Paper::authority("Listed", 3);
        let subject = format!("Listed {number}");
        Paper { serial: number + 1, subject: subject.clone(), issuer: subject, ..paper }
    };
    let mut entries: Vec<Vec<u8>> = (0..10_000).map(|number| entry(number).self_signed()).collect();
    let started = Instant::now();
    let list = master_list(&entries, &signer, &root.key);
    let roots = anchored(&[&root]);
    let mut trust = TrustStore::empty();
    let loaded = trust.add_master_list(&list, &roots, "large").unwrap();
    assert_eq!((loaded.taken, loaded.known, loaded.refused.len()), (10_000, 0, 0));
    assert_eq!(trust.len(), 10_000);
    // All of them share a key identifier, and their names differ.
    let listed = entry(9_999);
    let document_signer = Paper::signer(&listed, 4).signed_by(&listed.key);
    let found = Certificate::from_der(&document_signer).unwrap();
    let path = document(&found, &[], &trust).unwrap();
    assert_eq!(path.anchor().certificate().subject().to_string(), "C=XA, CN=Listed 9999");
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());

    entries.push(entry(10_000).self_signed());
    let mut trust = TrustStore::empty();
    let list = master_list(&entries, &signer, &root.key);
    let error = trust.add_master_list(&list, &roots, "too large").unwrap_err();
    assert_eq!((error.code(), trust.len()), ("malformed.structure", 0));
}
