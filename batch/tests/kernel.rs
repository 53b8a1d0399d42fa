//! The kernel: the same verdict as for one document, and no cell that makes it fail.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryViewArray, FixedSizeBinaryArray, Int64Array, LargeBinaryArray, NullArray,
    RecordBatch, StringArray,
};
use cccd::document::{Evidence, Report};
use cccd::findings::{Check, Deviation, Outcome};
use cccd::inspection::InspectionSystem;
use cccd::pki::TrustStore;
use cccd::policy::{Policy, RevocationDemand};
use cccd::sensitive::Personal;
use cccd_batch::{BatchError, Kernel, column, verify};
use support::{Corpus, Document, batch, card, day, document, issuer, text, trust};

/// Every rule that decides about stored files, in both states.
fn policies() -> Vec<Policy> {
    vec![
        Policy::standard(),
        Policy::standard().allow_unknown_issuer(),
        Policy::standard().allow_expired_document(),
        Policy::standard().allow_unknown_issuer().allow_expired_document(),
        Policy::standard().allow_validity_at_signing(),
        Policy::standard().require_revocation(RevocationDemand::Listed),
        Policy::standard().refuse_deviation(Deviation::UnsignedGroup),
        Policy::standard().refuse_deviation(Deviation::Sha1),
        Policy::standard().refuse_deviation(Deviation::ExplicitCurveParameters),
        Policy::standard().allow_deviation(Deviation::KeyUsagePeriod),
    ]
}

fn evidence(document: &Document) -> Evidence {
    let personal = |(number, raw): (&u8, &Vec<u8>)| (*number, Personal::new(raw.clone()));
    Evidence::from_files(document.sod.clone(), document.groups.iter().map(personal).collect())
}

fn code(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Passed(_) => column::PASSED,
        Outcome::Failed(error) => error.code(),
        Outcome::NotPerformed { code, .. } => code,
    }
}

/// Each check that the report of the document reached.
fn assert_checks_agree(report: &Report, results: &RecordBatch, row: usize, context: &str) {
    for check in [
        Check::Digests,
        Check::SodSignature,
        Check::SignerPath,
        Check::Revocation,
        Check::Validity,
        Check::IssuingState,
        Check::Downgrade,
    ] {
        let (ours, theirs) = (text(results, check.name(), row), code(report.outcome(check)));
        // The kernel goes on where the report ends; then the document has expired as well.
        let beyond = theirs == column::NOT_REACHED
            || check == Check::Validity && ours == "not_authentic.document_expired"
            || check == Check::Digests && ours == "not_authentic.group_withheld"
            // What the policy says of a finding stands in a report only if it decided.
            || ours.starts_with("policy_refused.revocation")
            || ours == "unknown_issuer_allowed" && theirs == "not_authentic.unknown_issuer";
        assert!(ours == theirs || beyond, "{context}, {}: {ours}, {theirs}", check.name());
    }
    let theirs: Vec<_> = report.deviations().map(Deviation::name).collect();
    assert_eq!(column::list(results, "deviations", row).unwrap(), theirs, "{context}");
}

#[test]
fn the_verdict_is_that_of_one_document_whatever_the_fault_and_the_policy() {
    let corpus = Corpus::new();
    let trust = Arc::new(corpus.trust());
    let reads = batch(&corpus.documents);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for policy in policies() {
        let results = verify(&reads, Arc::clone(&trust), policy.clone(), day()).unwrap();
        let system = InspectionSystem::new(Arc::clone(&trust), day()).with_policy(policy.clone());
        for (row, document) in corpus.documents.iter().enumerate() {
            let verdict = system.verify(&evidence(document), None, None);
            let context = format!("{} under {policy:?}", document.name);
            let theirs = verdict.document.as_ref().map_or_else(cccd::Error::code, |_| "verified");
            let ours = text(&results, "outcome", row);
            assert_eq!(ours, theirs, "{context}");
            assert_eq!(text(&results, "doc_key", row), document.name);
            assert_checks_agree(&verdict.report, &results, row, &context);
            *seen.entry(ours).or_default() += 1;
        }
    }
    // The corpus is worth something only if it has all of these.
    for outcome in [
        "verified",
        "malformed.structure",
        "not_authentic.digest_mismatch",
        "not_authentic.group_withheld",
        "not_authentic.group_not_signed",
        "not_authentic.sod_signature",
        "not_authentic.no_signer",
        "not_authentic.unknown_issuer",
        "not_authentic.signer_validity",
        "not_authentic.issuing_state",
        "not_authentic.document_expired",
        "policy_refused.deviation",
        "policy_refused.revocation_unknown",
    ] {
        assert!(seen.contains_key(outcome), "no document is {outcome}: {seen:?}");
    }
}

#[test]
fn groups_that_nobody_wants_may_be_missing_as_for_one_document() {
    let corpus = Corpus::new();
    let trust = Arc::new(corpus.trust());
    let mut kernel = Kernel::new(Arc::clone(&trust), Policy::standard(), day()).unwrap();
    kernel = kernel.with_groups([13]);
    let system = InspectionSystem::new(trust, day()).with_groups([13]);
    let results = kernel.verify(&batch(&corpus.documents)).unwrap();
    for (row, document) in corpus.documents.iter().enumerate() {
        let verdict = system.verify(&evidence(document), None, None);
        let theirs = verdict.document.as_ref().map_or_else(cccd::Error::code, |_| "verified");
        assert_eq!(text(&results, "outcome", row), theirs, "{}", document.name);
    }
    let without_portrait = corpus.documents.iter().position(|it| it.name == "DG2 withheld");
    assert_eq!(text(&results, "outcome", without_portrait.unwrap()), "verified");
}

/// Reads in which Active Authentication was left out are accepted by the policy that allowed it, and by no other.
#[test]
fn reads_with_one_proof_of_the_chip_as_for_one_document() {
    let mut one = document("DG15 left out", &card(&issuer()));
    one.groups.retain(|number, _| *number != 15);
    let trust = Arc::new(trust([&issuer()]));
    for (policy, expected) in [
        (Policy::standard(), "not_authentic.group_withheld"),
        (Policy::standard().allow_one_chip_proof(), "verified"),
    ] {
        let documents = batch(std::slice::from_ref(&one));
        let results = verify(&documents, Arc::clone(&trust), policy.clone(), day()).unwrap();
        let system = InspectionSystem::new(Arc::clone(&trust), day()).with_policy(policy);
        let verdict = system.verify(&evidence(&one), None, None);
        let theirs = verdict.document.as_ref().map_or_else(cccd::Error::code, |_| "verified");
        assert_eq!((text(&results, "outcome", 0).as_str(), theirs), (expected, expected));
    }
}

#[test]
fn a_revoked_signer_is_refused_as_for_one_document() {
    let (ours, good) = (issuer(), document("good", &card(&issuer())));
    let mut trust = trust([&ours]);
    let period = ours.options().csca_validity;
    let list = ours.revocation_list(&[ours.signer_serial_number().clone()], 1, period);
    trust.add_revocation_list(&list, "test").unwrap();
    let trust = Arc::new(trust);
    let results =
        verify(&batch(std::slice::from_ref(&good)), Arc::clone(&trust), Policy::standard(), day())
            .unwrap();
    let verdict = InspectionSystem::new(trust, day()).verify(&evidence(&good), None, None);
    let theirs = verdict.document.unwrap_err().code();
    assert_eq!(
        (text(&results, "outcome", 0).as_str(), theirs),
        (theirs, "not_authentic.signer_revoked")
    );
    assert_eq!(text(&results, "revocation", 0), theirs);
}

#[test]
fn what_was_met_before_changes_no_result() {
    let corpus = Corpus::new();
    let reads = batch(&corpus.documents);
    let mut kernel = Kernel::new(corpus.trust(), Policy::standard(), day()).unwrap();
    let first = kernel.verify(&reads).unwrap();
    let met = kernel.met().len();
    assert!(met > 10, "{met}");
    assert_eq!(kernel.verify(&reads).unwrap(), first);
    assert_eq!(kernel.met().len(), 0, "each signer is handed out once");
    // Row by row, by kernels that never met anybody.
    for row in 0..reads.num_rows() {
        let alone = verify(&reads.slice(row, 1), corpus.trust(), Policy::standard(), day());
        assert_eq!(alone.unwrap(), first.slice(row, 1));
    }
}

#[test]
fn binary_columns_of_every_layout_are_read() {
    let ours = issuer();
    let good = document("good", &card(&ours));
    let reads = batch(std::slice::from_ref(&good));
    let cells = |name: &str| match name {
        "sod" => good.sod.clone(),
        _ => good.groups[&name[2..].parse().unwrap()].clone(),
    };
    let names = ["sod", "dg1", "dg2", "dg13", "dg14", "dg15"];
    let layouts: [&dyn Fn(&str) -> ArrayRef; 3] = [
        &|name| Arc::new(LargeBinaryArray::from_vec(vec![&cells(name)])),
        &|name| Arc::new(BinaryViewArray::from_iter_values([cells(name)])),
        &|name| Arc::new(FixedSizeBinaryArray::try_from_iter([cells(name)].into_iter()).unwrap()),
    ];
    for layout in layouts {
        let key = ("doc_key", Arc::new(StringArray::from(vec!["good"])) as ArrayRef);
        let columns = names.into_iter().map(|name| (name, layout(name)));
        let other = RecordBatch::try_from_iter([key].into_iter().chain(columns)).unwrap();
        let results = verify(&other, trust([&ours]), Policy::standard(), day()).unwrap();
        assert_eq!(results, verify(&reads, trust([&ours]), Policy::standard(), day()).unwrap());
        assert_eq!(text(&results, "outcome", 0), "verified");
    }
}

#[test]
fn null_cells_are_outcomes_and_keys_of_any_type_come_back() {
    let keys: ArrayRef = Arc::new(Int64Array::from(vec![Some(7), None]));
    let reads = RecordBatch::try_from_iter([
        ("doc_key", Arc::clone(&keys)),
        ("sod", Arc::new(NullArray::new(2)) as ArrayRef),
        ("dg1", Arc::new(NullArray::new(2)) as ArrayRef),
        ("notes", Arc::new(StringArray::from(vec!["not", "looked at"])) as ArrayRef),
    ]);
    let results = verify(&reads.unwrap(), TrustStore::empty(), Policy::standard(), day()).unwrap();
    assert_eq!(results.column_by_name("doc_key").unwrap(), &keys);
    for row in 0..2 {
        assert_eq!(text(&results, "outcome", row), "not_authentic.no_security_object");
        assert_eq!(text(&results, "digests", row), "not_reached");
        assert_eq!(text(&results, "signer", row), "null");
    }
}

#[test]
fn wrong_columns_and_a_demand_for_chip_proof_are_clear_errors() {
    let empty = TrustStore::empty;
    let key = || ("doc_key", Arc::new(Int64Array::from(vec![1])) as ArrayRef);
    let texts = || Arc::new(StringArray::from(vec!["0A"])) as ArrayRef;
    let of = |columns: Vec<(&str, ArrayRef)>| {
        let reads = RecordBatch::try_from_iter(columns).unwrap();
        verify(&reads, empty(), Policy::standard(), day()).unwrap_err()
    };
    assert_eq!(of(vec![key()]), BatchError::MissingColumn("sod".to_owned()));
    assert_eq!(of(vec![("sod", texts())]), BatchError::MissingColumn("doc_key".to_owned()));
    let error = of(vec![key(), ("sod", texts())]);
    assert_eq!(error.to_string(), "column sod is Utf8; binary is needed");
    assert_eq!(error.code(), "file.column_type");
    let refused = Kernel::new(empty(), Policy::bank(), day()).unwrap_err();
    assert_eq!((refused.code(), refused), ("misuse.chip_proof", BatchError::ChipProof));
}

#[test]
fn results_hold_no_personal_data() {
    let ours = issuer();
    let mut document = document("row 1", &card(&ours));
    document.groups.insert(7, b"a picture of a signature".to_vec());
    let results = verify(&batch(&[document]), trust([&ours]), Policy::standard(), day()).unwrap();
    let everything = format!("{results:?}");
    for canary in ["000195001234", "195001234", "NGUYEN", "Hà", "2035-06-15", "350615", "950615"] {
        assert!(!everything.contains(canary), "{canary}");
    }
}
