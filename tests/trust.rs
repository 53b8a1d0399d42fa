//! Trust: paths, states, revocation, dates and policies, over the PKI of `test-vectors/pki`.
//!
//! That PKI was made with OpenSSL and nothing of this library. What is expected stands in `trust/cases.rs` and comes
//! from RFC 5280 and Doc 9303-12; what OpenSSL makes of the same files is in `test-vectors/pki/openssl-says.txt`.

#[path = "trust/bombs.rs"]
mod bombs;
#[path = "trust/cases.rs"]
mod cases;
mod common;
#[path = "trust/workshop.rs"]
mod workshop;

use std::collections::BTreeMap;

use cases::{Case, Rules};
use cccd::{
    Result,
    date::Date,
    findings::Deviation,
    passive::{Examination, Examiner, examine},
    pki::{Budget, Certificate, Purpose, Revocation, TrustStore, find_path},
    policy::Policy,
};
use common::{TODAY, date};

fn today() -> Date {
    date(TODAY)
}

fn file(name: &str) -> Vec<u8> {
    let path = format!("{}/test-vectors/pki/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn code<T>(result: Result<T>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "ok")
}

fn words(names: &str) -> impl Iterator<Item = &str> {
    names.split(' ').filter(|name| !name.is_empty())
}

fn store(trusted: &str, between: &str, lists: &str) -> TrustStore {
    let mut trust = TrustStore::empty();
    for name in words(trusted) {
        trust.add_certificate(&file(&format!("{name}.cer")), name).unwrap();
    }
    for name in words(between) {
        trust.add_intermediate(&file(&format!("{name}.cer")), name).unwrap();
    }
    for name in words(lists) {
        trust.add_revocation_list(&file(&format!("{name}.crl")), name).unwrap();
    }
    trust
}

fn said(revocation: Revocation) -> String {
    match revocation {
        Revocation::NotRevoked { until: Some(until) } => format!("not revoked until {until}"),
        Revocation::NotRevoked { until: None } => "not revoked".to_owned(),
        Revocation::Revoked { on } => format!("revoked on {on}"),
        Revocation::Stale { since } => format!("stale since {since}"),
        Revocation::Unknown => "unknown".to_owned(),
    }
}

/// Everything that a row says, as one text.
fn expected(case: &Case) -> String {
    let accepted: Vec<_> = case.accepted.iter().map(|(rules, code)| (*rules, *code)).collect();
    format!(
        "signature ok, path {}, {}, validity {}, deviations {:?}, accepted {accepted:?}",
        case.path, case.revocation, case.validity, case.deviations
    )
}

fn found(case: &Case, examination: &Examination) -> String {
    let path = match examination.path() {
        Ok(anchor) => anchor.source.clone(),
        Err(error) => error.code().to_owned(),
    };
    let accept = |rules: Rules| code(examination.clone().accept(&rules.policy()));
    let accepted: Vec<_> =
        case.accepted.iter().map(|(rules, _)| (*rules, accept(*rules))).collect();
    format!(
        "signature {}, path {path}, {}, validity {}, deviations {:?}, accepted {accepted:?}",
        code(examination.signature()),
        said(examination.revocation()),
        code(examination.validity()),
        examination.deviations().collect::<Vec<_>>(),
    )
}

/// Judges a table, and tells all rows that are otherwise, not only the first.
#[track_caller]
fn judge(cases: &[Case], count: usize) {
    assert_eq!(cases.len(), count);
    let mut wrong = Vec::new();
    for case in cases {
        let trust = store(case.trusted, case.between, case.lists);
        let sod = file(&format!("{}.sod", case.sod));
        let day = date(case.day);
        let examination = examine(&sod, &trust, day).unwrap();
        let name = format!(
            "{} under [{}] with [{}] and lists [{}] on {}",
            case.sod, case.trusted, case.between, case.lists, case.day
        );
        let (expected, found_now) = (expected(case), found(case, &examination));
        if expected != found_now {
            wrong.push(format!("{name}\n  expected {expected}\n  found    {found_now}"));
        }
        // Whoever remembers signers comes to the same, the first time and the second.
        let mut examiner = Examiner::new(trust, day);
        for _ in 0..2 {
            let remembered = found(case, &examiner.examine(&sod).unwrap());
            assert_eq!(remembered, found_now, "{name}");
        }
    }
    assert!(wrong.is_empty(), "{} of {count} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_good_document_and_its_dates() {
    judge(&cases::plain(), 10);
}

#[test]
fn keys_are_followed_over_links_in_both_directions() {
    judge(&cases::rollover(), 12);
    judge(&cases::renumbering(), 12);
}

#[test]
fn a_link_may_change_the_name_if_it_says_so() {
    judge(&cases::renaming(), 12);
}

#[test]
fn a_list_by_a_linked_key_counts() {
    judge(&cases::list_by_a_linked_key(), 1);
}

/// The same links, handed over beside the signature.
#[test]
fn a_link_may_come_beside_the_signature() {
    for (kind, link_name) in [("same", false), ("serial", true)] {
        let signer = signer_of(&format!("{kind}-with-link"));
        let link = certificate(&format!("{kind}-link"));
        let old = certificate(&format!("{kind}-old"));
        let trust = store(&format!("{kind}-old"), "", "");
        let beside = [link.clone(), signer.clone(), certificate("csca-a")];
        let budget = Budget::default();
        let path = find_path(&signer, &beside, &trust, Purpose::Document, today(), budget).unwrap();
        assert_eq!(path.certificates(), [&signer, &link, &old], "{kind}");
        assert_eq!(path.deviations().contains(&Deviation::LinkName), link_name, "{kind}");
        path.check_validity(today()).unwrap();
        // The link begins in June 2024 and ends with the old certificate, the signer begins in 2026.
        for day in ["2025-12-31", "2033-01-02"] {
            let validity = code(path.check_validity(date(day)));
            assert_eq!(validity, "not_authentic.signer_validity", "{kind} {day}");
        }
        // Handed over is not trusted.
        let nobody = TrustStore::empty();
        let all = [link, old];
        let error = find_path(&signer, &all, &nobody, Purpose::Document, today(), budget);
        assert_eq!(code(error), "not_authentic.unknown_issuer", "{kind}");
    }
}

/// A document signer is no authority, whatever it signs: not as what stands between, nor beside the signature.
#[test]
fn a_document_signer_vouches_for_nobody() {
    let mut trust = store("csca-a", "", "");
    let outcome = code(trust.add_intermediate(&file("good.cer"), "good"));
    assert_eq!((outcome, trust.intermediates().len()), ("not_authentic.not_a_csca", 0));
    let (signer, beside) = (signer_of("below-signer"), [certificate("good")]);
    let path = find_path(&signer, &beside, &trust, Purpose::Document, today(), Budget::default());
    assert_eq!(code(path), "not_authentic.not_a_csca");
}

fn certificate(name: &str) -> Certificate {
    Certificate::from_der(&file(&format!("{name}.cer"))).unwrap()
}

fn signer_of(sod: &str) -> Certificate {
    let sod = file(&format!("{sod}.sod"));
    let examination = examine(&sod, &TrustStore::empty(), today()).unwrap();
    Certificate::from_der(&examination.signer().unwrap().certificate).unwrap()
}

#[test]
fn revoked_stale_and_unknown_are_three_things() {
    judge(&cases::revocation(), 19);
}

#[test]
fn an_expired_authority_counts_for_what_it_signed_in_its_time() {
    judge(&cases::expired(), 5);
}

#[test]
fn an_authority_speaks_for_its_own_state() {
    judge(&cases::states(), 13);
}

#[test]
fn of_two_authorities_with_one_name_the_key_decides() {
    judge(&cases::twins(), 6);
}

#[test]
fn a_path_is_as_long_as_its_authorities_allow() {
    judge(&cases::lengths(), 7);
}

#[test]
fn certificates_do_what_they_say_they_may() {
    judge(&cases::extensions(), 14);
}

#[test]
fn the_digests_in_the_lists_are_those_of_the_groups() {
    let examination = examine(&file("good.sod"), &store("csca-a", "", ""), today()).unwrap();
    examination.check(1, b"a\x09group one").unwrap();
    examination.check(2, b"u\x09group two").unwrap();
    assert_eq!(code(examination.check(2, b"a\x09group one")), "not_authentic.digest_mismatch");
    assert_eq!(code(examination.check(3, b"")), "not_authentic.group_not_signed");
}

/// Revoked or not, valid or not: a signature that is wrong is not excused by anything.
#[test]
fn a_changed_list_of_digests_is_refused_by_every_policy() {
    let good = file("good.sod");
    let digest_at = good.windows(8).position(|window| window == digest_of_group_one()).unwrap();
    let mut changed = good.clone();
    changed[digest_at] ^= 1;
    let examination = examine(&changed, &store("csca-a", "", ""), today()).unwrap();
    for rules in [Rules::Standard, Rules::Loosest, Rules::UnknownIssuer] {
        let outcome = code(examination.clone().accept(&rules.policy()));
        assert_eq!(outcome, "not_authentic.sod_signature", "{rules:?}");
    }
}

fn digest_of_group_one() -> [u8; 8] {
    use sha2::Digest as _;
    sha2::Sha256::digest(b"a\x09group one")[..8].try_into().unwrap()
}

/// `openssl crl -CAfile` verifies none of these; of the last it does, and `openssl verify -crl_check` then says "key
/// usage does not include CRL signing" (RFC 5280 §6.3.3 (f)).
#[test]
fn lists_of_revoked_certificates_count_only_from_who_may_sign_them() {
    for (list, trusted, expected) in [
        ("a", "", "not_authentic.unknown_issuer"),
        ("a", "csca-b", "not_authentic.unknown_issuer"),
        ("b", "csca-a", "not_authentic.unknown_issuer"),
        // Alpha's name, another key, and a key identifier that says so; then one that lies.
        ("twin", "csca-a", "not_authentic.unknown_issuer"),
        ("forged", "csca-a", "not_authentic.revocation_list_signature"),
        ("no-crl", "no-crl", "not_authentic.may_not_revoke"),
    ] {
        let mut trust = store(trusted, "", "");
        let outcome = code(trust.add_revocation_list(&file(&format!("{list}.crl")), list));
        assert_eq!(outcome, expected, "{list} under [{trusted}]");
        assert_eq!(trust.revocation_lists().len(), 0, "{list}");
    }
    let mut broken = file("a.crl");
    *broken.last_mut().unwrap() ^= 1;
    let outcome = code(store("csca-a", "", "").add_revocation_list(&broken, "broken"));
    assert_eq!(outcome, "not_authentic.revocation_list_signature");
}

/// `openssl cms -verify` accepts the signature of all but the broken one; `openssl verify` says of the strangers'
/// signer "unable to get local issuer certificate".
#[test]
fn a_master_list_counts_under_a_root_that_the_operator_pinned() {
    let unknown = "not_authentic.unknown_issuer";
    for (list, roots, expected) in [
        ("good", "csca-a", "ok"),
        ("good", "", unknown),
        ("good", "csca-b", unknown),
        ("stranger", "csca-a", unknown),
        ("stranger", "stranger", "ok"),
        ("self-vouched", "csca-a", unknown),
        ("self-vouched", "", unknown),
        ("ordinary-signer", "csca-a", "not_authentic.signer_key_usage"),
        ("broken", "csca-a", "not_authentic.master_list_signature"),
    ] {
        let mut trust = TrustStore::empty();
        let bytes = file(&format!("{list}.ml"));
        let outcome = code(trust.add_master_list(&bytes, &store(roots, "", ""), list));
        assert_eq!(outcome, expected, "{list} under [{roots}]");
        assert_eq!(trust.is_empty(), expected != "ok", "{list}: all or nothing");
    }

    let mut trust = TrustStore::empty();
    let roots = store("csca-a", "", "");
    let loaded = trust.add_master_list(&file("with-rubbish.ml"), &roots, "list").unwrap();
    let refused: Vec<_> = loaded
        .refused
        .iter()
        .map(|refused| (refused.index, refused.subject.is_some(), refused.reason.code()))
        .collect();
    assert_eq!((loaded.taken, loaded.known, trust.len()), (2, 1, 2));
    let reasons = [(1, false, "malformed.structure"), (2, true, "not_authentic.not_a_csca")];
    assert_eq!(refused, reasons);
}

/// What may sign no certificates cannot be trusted to.
#[test]
fn an_authority_that_may_not_issue_is_no_anchor() {
    for name in ["no-sign", "ordinary", "list-signer"] {
        let mut trust = TrustStore::empty();
        let outcome = code(trust.add_certificate(&file(&format!("{name}.cer")), name));
        assert_eq!((outcome, trust.len()), ("not_authentic.not_a_csca", 0), "{name}");
    }
}

/// Each file of the folder stands in a table, here or in its README.
#[test]
fn no_file_is_without_a_word_about_it() {
    let readme = String::from_utf8(file("README.md")).unwrap();
    let folder = format!("{}/test-vectors/pki", env!("CARGO_MANIFEST_DIR"));
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name != "README.md" {
            assert!(readme.contains(&format!("`{name}`")), "{name} is not in the README");
            files += 1;
        }
    }
    assert_eq!(files, FILES);
}

const FILES: usize = 104;

/// The signer that policies judge is the one that an examiner remembers: same codes, without a document.
#[test]
fn a_remembered_signer_is_judged_as_with_its_document() {
    let mut judged = BTreeMap::new();
    for case in cases::states().iter().chain(&cases::revocation()).chain(&cases::expired()) {
        let mut examiner =
            Examiner::new(store(case.trusted, case.between, case.lists), date(case.day));
        let examination = examiner.examine(&file(&format!("{}.sod", case.sod))).unwrap();
        let certificate = examination.signer().unwrap().certificate.clone();
        let findings = examiner.signer(&certificate).unwrap();
        assert_eq!(examiner.signers().count(), 1);
        for policy in [Policy::standard(), Rules::Loosest.policy(), Rules::Fresh.policy()] {
            let alone = code(findings.accept(&policy, examination.signing_time()));
            let with_document = code(examination.clone().accept(&policy));
            assert_eq!(alone, with_document, "{case:?} {policy:?}");
            *judged.entry(alone).or_insert(0) += 1;
        }
    }
    assert!(judged.len() >= 6, "{judged:?}");
}
