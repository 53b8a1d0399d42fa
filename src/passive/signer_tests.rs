//! What is known of a signer, apart from its documents.

use std::sync::Arc;

use super::*;
use crate::date::Date;
use crate::error::{Error, NotAuthentic, PolicyRefusal};
use crate::findings::Deviation;
use crate::pki::test_issuer::*;
use crate::pki::{Revocation, TrustStore};
use crate::policy::{Policy, RevocationDemand};
use crate::tlv::write;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn csca() -> Key {
    Key::new(1)
}

fn signer_key() -> Key {
    Key::new(3)
}

fn signer() -> Template {
    Template::signer("VN", "CSCA", &signer_key(), &csca())
}

fn trust() -> TrustStore {
    let mut trust = TrustStore::empty();
    trust.add_certificate(&Template::authority("VN", "CSCA", &csca()).sign(&csca()), "t").unwrap();
    trust
}

/// An EF.SOD over one group, signed on 2025-06-01.
fn cms(signer: &Template, group: &[u8]) -> Cms {
    Cms::new(&LDS_SECURITY_OBJECT, &security_object(&[(1, group)]), signer, &csca())
}

fn sod(cms: &Cms) -> Vec<u8> {
    write(0x77, &cms.sign(&signer_key()))
}

fn refused_deviation(deviation: Deviation) -> Error {
    Error::PolicyRefused(PolicyRefusal::Deviation(deviation.name()))
}

#[test]
fn a_signer_is_looked_up_once_however_many_documents_it_signed() {
    let trust = trust();
    let mut examiner = Examiner::new(trust.clone(), day("2026-11-21"));
    let documents: Vec<_> = (0..5_u8).map(|group| sod(&cms(&signer(), &[group]))).collect();
    let mut findings = Vec::new();
    for sod in &documents {
        let examination = examiner.examine(sod).unwrap();
        let alone = examine(sod, &trust, day("2026-11-21")).unwrap();
        assert_eq!(format!("{examination:?}"), format!("{alone:?}"));
        findings.push(Arc::clone(examination.findings().unwrap()));
        examination.accept(&Policy::standard()).unwrap();
    }
    assert!(findings.iter().all(|other| Arc::ptr_eq(other, &findings[0])));
    assert_eq!(examiner.signers().len(), 1);
    // A remembered signer is no reason to skip a document's signature.
    let mut forged = documents[0].clone();
    *forged.last_mut().unwrap() ^= 1;
    let wrong = Error::NotAuthentic(NotAuthentic::SodSignature);
    assert_eq!(examiner.examine(&forged).unwrap().signature(), Err(wrong));
}

#[test]
fn a_signer_whom_nobody_vouches_for_is_remembered_as_such() {
    let mut examiner = Examiner::new(TrustStore::empty(), day("2026-11-21"));
    let sod = sod(&cms(&signer(), b"group"));
    let unknown = Error::NotAuthentic(NotAuthentic::UnknownIssuer);
    for _ in 0..2 {
        assert_eq!(examiner.examine(&sod).unwrap().path().unwrap_err(), unknown);
    }
    assert_eq!(examiner.signers().len(), 1);
    assert!(examiner.signer(b"no certificate").is_err());
    assert_eq!(examiner.signers().len(), 1);
}

#[test]
fn of_two_right_signatures_the_one_with_an_anchor_counts() {
    let stranger = Key::new(9);
    let theirs = Template::signer("VN", "CSCA", &stranger, &Key::new(8));
    let mut two = cms(&signer(), b"group");
    let mut first = cms(&theirs, b"group");
    first.signer = write(0x80, &stranger.id());
    two.signer = write(0x80, &signer_key().id());
    two.other_signers = vec![first.signer_info(&stranger)];
    two.certificates.insert(0, theirs.sign(&Key::new(8)));
    let examination = examine(&sod(&two), &trust(), day("2026-11-21")).unwrap();
    examination.path().unwrap();
    assert_eq!(examination.deviations().collect::<Vec<_>>(), [Deviation::SeveralSigners]);
    let strict = Policy::standard().refuse_deviation(Deviation::SeveralSigners);
    let refused = refused_deviation(Deviation::SeveralSigners);
    assert_eq!(examination.clone().accept(&strict).unwrap_err(), refused);
    examination.accept(&Policy::standard()).unwrap();
    // A right signature by a stranger still beats a wrong one under a trusted certificate.
    let mut forged = two.clone();
    forged.other_signers = vec![forged.signer_info(&Key::new(7)), first.signer_info(&stranger)];
    forged.signer.clone_from(&first.signer);
    let sod = write(0x77, &forged.sign(&stranger));
    let examination = examine(&sod, &trust(), day("2026-11-21")).unwrap();
    examination.signature().unwrap();
    let unknown = Error::NotAuthentic(NotAuthentic::UnknownIssuer);
    assert_eq!(examination.accept(&Policy::standard()).unwrap_err(), unknown);
}

#[test]
fn attributes_out_of_order_may_be_signed_in_either_order() {
    let mut unsorted = cms(&signer(), b"group");
    let attributes = unsorted.attributes.as_mut().unwrap();
    attributes.sort();
    attributes.reverse();
    let as_they_stand = examine(&sod(&unsorted), &trust(), day("2026-11-21")).unwrap();
    as_they_stand.signature().unwrap();
    assert_eq!(as_they_stand.deviations().count(), 0);

    let transmitted = unsorted.attributes.clone().unwrap();
    let mut sorted = unsorted.clone();
    sorted.attributes.as_mut().unwrap().sort();
    let [good, swapped] = [&sorted.attributes.clone().unwrap(), &transmitted].map(|it| it.concat());
    let bytes = sod(&sorted);
    let at = bytes.windows(good.len()).position(|window| window == good).unwrap();
    let bytes = [&bytes[..at], &swapped, &bytes[at + good.len()..]].concat();
    let examination = examine(&bytes, &trust(), day("2026-11-21")).unwrap();
    examination.signature().unwrap();
    assert_eq!(examination.deviations().collect::<Vec<_>>(), [Deviation::UnsortedAttributes]);
}

#[test]
fn an_expired_signer_counts_on_the_day_of_signing_if_the_policy_says_so() {
    let mut short = signer();
    short.not_after = "250701000000Z";
    let sod = sod(&cms(&short, b"group"));
    let later = examine(&sod, &trust(), day("2026-11-21")).unwrap();
    let expired = Error::NotAuthentic(NotAuthentic::SignerNotValidAt);
    assert_eq!(later.validity(), Err(expired.clone()));
    assert_eq!(later.clone().accept(&Policy::standard()).unwrap_err(), expired);
    later.accept(&Policy::standard().allow_validity_at_signing()).unwrap();
    // Signed before the certificate began: no policy makes that right.
    let mut late = signer();
    late.not_before = "250701000000Z";
    let examination = examine(&self::sod(&cms(&late, b"group")), &trust(), day("2026-11-21"));
    let lenient = Policy::standard().allow_validity_at_signing();
    assert_eq!(examination.clone().unwrap().accept(&lenient).unwrap_err(), expired);
    examination.unwrap().accept(&Policy::standard()).unwrap();
    // A claim about the future is no better than today.
    let early = examine(&sod, &trust(), day("2023-01-01")).unwrap();
    assert_eq!(early.accept(&lenient).unwrap_err(), expired);
}

#[test]
fn a_key_used_outside_its_period_is_a_deviation_that_no_preset_accepts() {
    let period = |from: &[u8], until: &[u8]| {
        let mut template = signer();
        let times = sequence(&[write(0x80, from), write(0x81, until)]);
        template.extensions.push(extension(16, false, &times));
        sod(&cms(&template, b"group"))
    };
    let within = period(b"20240101000000Z", b"20250601235959Z");
    let from_this_day_on = period(b"20250601000000Z", b"20260101000000Z");
    let before = period(b"20250602000000Z", b"20260101000000Z");
    let after = period(b"20240101000000Z", b"20250531235959Z");
    let examined = |sod: &[u8]| examine(sod, &trust(), day("2026-11-21")).unwrap();
    for sod in [within, from_this_day_on] {
        examined(&sod).accept(&Policy::standard()).unwrap();
    }
    for sod in [before, after] {
        let refused = refused_deviation(Deviation::KeyUsagePeriod);
        assert_eq!(examined(&sod).accept(&Policy::bank()).unwrap_err(), refused);
        let lenient = Policy::standard().allow_deviation(Deviation::KeyUsagePeriod);
        examined(&sod).accept(&lenient).unwrap();
        let strict = lenient.refuse_deviation(Deviation::KeyUsagePeriod);
        assert_eq!(examined(&sod).accept(&strict).unwrap_err(), refused);
    }
}

#[test]
fn a_policy_may_demand_that_revocation_is_known() {
    let examination = examine(&sod(&cms(&signer(), b"g")), &trust(), day("2026-11-21")).unwrap();
    assert_eq!(examination.revocation(), Revocation::Unknown);
    let unknown = Error::PolicyRefused(PolicyRefusal::RevocationUnknown);
    for demand in [RevocationDemand::Listed, RevocationDemand::Fresh] {
        let policy = Policy::standard().require_revocation(demand);
        assert_eq!(examination.satisfies(&policy), Err(unknown.clone()));
    }
    examination.satisfies(&Policy::standard()).unwrap();

    // A list that ran out is enough for one demand and not for the other.
    let list =
        CrlTemplate::new("VN", "CSCA", &csca()).dated("250601000000Z", Some("250701000000Z"));
    let mut trust = trust();
    trust.add_revocation_list(&list.sign(&csca()), "t").unwrap();
    let examination = examine(&sod(&cms(&signer(), b"g")), &trust, day("2026-11-21")).unwrap();
    assert_eq!(examination.revocation(), Revocation::Stale { since: day("2025-07-01") });
    let demanding = |demand| Policy::standard().require_revocation(demand);
    assert_eq!(examination.satisfies(&demanding(RevocationDemand::Listed)), Ok(()));
    let stale = Error::PolicyRefused(PolicyRefusal::RevocationStale);
    assert_eq!(examination.satisfies(&demanding(RevocationDemand::Fresh)), Err(stale));
}

#[test]
fn a_defect_that_the_issuer_announced_is_a_tolerance_that_a_policy_can_refuse() {
    const DEVIATION_LIST: [u8; 6] = [0x67, 0x81, 0x08, 0x01, 0x01, 0x07];
    let (key, signer) = (Key::new(51), signer());
    let mut list_signer = Template::signer("VN", "CSCA", &key, &csca());
    let usage = sequence(&[oid(&[0x67, 0x81, 0x08, 0x01, 0x01, 0x08])]);
    list_signer.extensions.push(extension(37, true, &usage));
    let kind = oid(&[&DEVIATION_LIST[..], &[2, 1]].concat());
    let description = write(0x31, &sequence(&[write(0x13, b"a defect"), kind]));
    let documents = sequence(&[write(0x82, &signer_key().id())]);
    let deviations = write(0x31, &sequence(&[documents, description]));
    let content = sequence(&[write(0x02, &[0]), deviations]);
    let list = Cms::new(&DEVIATION_LIST, &content, &list_signer, &csca()).sign(&key);

    let mut trust = trust();
    let roots = trust.clone();
    trust.add_deviation_list(&list, &roots, "list").unwrap();
    let examination = examine(&sod(&cms(&signer, b"group")), &trust, day("2026-11-21")).unwrap();
    assert_eq!(examination.deviations().collect::<Vec<_>>(), [Deviation::ListedDefect]);
    examination.satisfies(&Policy::standard()).unwrap();
    let strict = Policy::standard().refuse_deviation(Deviation::ListedDefect);
    assert_eq!(examination.satisfies(&strict), Err(refused_deviation(Deviation::ListedDefect)));
}
