//! Trust changes: verdicts again per signer, equal to a full run over the documents.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::RecordBatch;
use cccd::findings::Deviation;
use cccd::pki::TrustStore;
use cccd::policy::Policy;
use cccd_batch::{BatchError, Kernel, Reevaluation, column, signers_batch};
use support::{Corpus, batch, day, issuer, text, trust};

/// Results and signers of a first run.
fn first(reads: &RecordBatch, trust: TrustStore) -> (RecordBatch, RecordBatch) {
    let mut kernel = Kernel::new(trust, Policy::standard(), day()).unwrap();
    let results = kernel.verify(reads).unwrap();
    let signers = signers_batch(&kernel.met(), kernel.policy()).unwrap();
    (results, signers)
}

fn outcomes(results: &RecordBatch) -> Vec<String> {
    (0..results.num_rows()).map(|row| text(results, "outcome", row)).collect()
}

#[test]
fn verdicts_under_another_trust_store_or_policy_equal_a_full_run() {
    let corpus = Corpus::new();
    let reads = batch(&corpus.documents);
    let everybody = || trust(corpus.trusted.iter().chain(&corpus.strangers));
    let without_ours = || trust(&corpus.trusted[1..]);
    let stores: [&dyn Fn() -> TrustStore; 4] =
        [&|| corpus.trust(), &everybody, &without_ours, &TrustStore::empty];
    let policies = [
        Policy::standard(),
        Policy::standard().allow_unknown_issuer(),
        Policy::standard().allow_expired_document(),
        Policy::standard().allow_validity_at_signing(),
        Policy::standard().refuse_deviation(Deviation::Sha1),
        Policy::standard().refuse_deviation(Deviation::UnsignedGroup),
        Policy::standard().refuse_deviation(Deviation::ExplicitCurveParameters),
    ];
    let mut changed = 0;
    for before in stores {
        let (results, signers) = first(&reads, before());
        for after in stores {
            for policy in &policies {
                let mut kernel = Kernel::new(after(), policy.clone(), day()).unwrap();
                let full = kernel.clone().verify(&reads).unwrap();
                let again = Reevaluation::new(&mut kernel, [signers.clone()]).unwrap();
                let found = again.verdicts(&results).unwrap();
                assert_eq!(found, full);
                changed += usize::from(outcomes(&found) != outcomes(&results));
            }
        }
    }
    assert!(changed > 50, "only {changed} of the changes changed anything");
}

#[test]
fn a_list_of_revoked_certificates_reaches_every_document_of_its_signer() {
    let ours = issuer();
    let documents = vec![support::document("good", &support::card(&ours)); 5];
    let reads = batch(&documents);
    let (results, signers) = first(&reads, trust([&ours]));
    assert_eq!(outcomes(&results), ["verified"; 5]);
    let mut revoking = trust([&ours]);
    let period = ours.options().csca_validity;
    let list = ours.revocation_list(&[ours.signer_serial_number().clone()], 1, period);
    revoking.add_revocation_list(&list, "test").unwrap();
    let mut kernel = Kernel::new(revoking, Policy::standard(), day()).unwrap();
    let full = kernel.clone().verify(&reads).unwrap();
    let found = Reevaluation::new(&mut kernel, [signers]).unwrap().verdicts(&results).unwrap();
    assert_eq!(outcomes(&found), ["not_authentic.signer_revoked"; 5]);
    assert_eq!(found, full);
}

#[test]
fn each_signer_is_examined_once_however_many_documents_and_no_document_is_read() {
    let corpus = Corpus::new();
    // 50 times the same documents; the signers come twice.
    let (results, signers) = first(&batch(&corpus.documents), corpus.trust());
    let fingerprints = column::text(&results, "signer").unwrap();
    let distinct: BTreeSet<_> =
        (0..results.num_rows()).filter_map(|row| fingerprints.get(row)).collect();
    let mut kernel = Kernel::new(TrustStore::empty(), Policy::standard(), day()).unwrap();
    assert_eq!(kernel.signers_examined(), 0);
    let again = Reevaluation::new(&mut kernel, [signers.clone(), signers]).unwrap();
    assert_eq!(again.signers().len(), distinct.len());
    for _ in 0..50 {
        let found = again.verdicts(&results).unwrap();
        assert!(outcomes(&found).iter().all(|outcome| outcome != "verified"));
    }
    // `verdicts` borrows the kernel unchangeably: nobody can have examined a signer since.
    drop(again);
    assert_eq!(kernel.signers_examined(), distinct.len());
}

#[test]
fn results_of_another_day_or_without_their_signers_are_refused() {
    let ours = issuer();
    let reads = batch(&[support::document("good", &support::card(&ours))]);
    let (results, signers) = first(&reads, trust([&ours]));
    let kernel =
        |day: &str| Kernel::new(trust([&ours]), Policy::standard(), day.parse().unwrap()).unwrap();
    let mut tomorrow = kernel("2026-11-22");
    let again = Reevaluation::new(&mut tomorrow, [signers.clone()]).unwrap();
    let error = again.verdicts(&results).unwrap_err();
    assert_eq!(error.code(), "misuse.other_day");
    let mut today = kernel("2026-11-21");
    let nobody = Reevaluation::new(&mut today, []).unwrap();
    assert!(matches!(nobody.verdicts(&results), Err(BatchError::MissingSigner(_))));
    assert!(matches!(nobody.verdicts(&signers), Err(BatchError::MissingColumn(_))));
}

#[test]
fn a_certificate_that_is_not_the_one_it_is_filed_under_is_refused() {
    let (ours, theirs) = (issuer(), support::other(31, |_| {}));
    let of = |issuer: &_| {
        first(&batch(&[support::document("", &support::card(issuer))]), trust([issuer]))
    };
    let ((_, mine), (_, foreign)) = (of(&ours), of(&theirs));
    let mut columns = mine.columns().to_vec();
    columns[1] = Arc::clone(foreign.column(1));
    let forged = RecordBatch::try_new(mine.schema(), columns).unwrap();
    let mut kernel = Kernel::new(trust([&theirs]), Policy::standard(), day()).unwrap();
    let error = Reevaluation::new(&mut kernel, [forged]).unwrap_err();
    assert!(matches!(error, BatchError::MissingSigner(_)), "{error}");
}
