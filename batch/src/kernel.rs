use std::collections::{BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::RecordBatch;
use cccd::date::Date;
use cccd::lds::DataGroup;
use cccd::passive::{Examiner, SignerFindings};
use cccd::pki::TrustStore;
use cccd::policy::{ChipProofDemand, Policy};

use crate::cells::Cells;
use crate::column::{DOC_KEY, GROUPS, PANIC, SOD, find};
use crate::document::Facts;
use crate::results::Results;
use crate::{BatchError, Result};

/// Groups that only Terminal Authentication opens: fingers and irises [9303-10 §4.7.3, §4.7.4].
const EXTENDED_ACCESS: [u8; 2] = [3, 4];
/// The group of the proof that [`Policy::allow_one_chip_proof`] may have left out.
const OTHER_PROOF: u8 = 15;
/// Signers that are remembered as met. Forgetting costs a second row in the file of signers, no verdict.
const MAX_MET: usize = 65_536;

/// Verifies batches of stored documents under one trust store, one policy and one day.
///
/// Its results depend on the batch alone; see the [crate's documentation](crate) for the columns. Cloning is
/// cheap while few signers were met: give each thread or actor a clone and keep it.
#[derive(Debug, Clone)]
pub struct Kernel {
    trust: Arc<TrustStore>,
    policy: Policy,
    at: Date,
    excused: BTreeSet<u8>,
    examiner: Examiner,
    known: HashSet<[u8; 32]>,
    met: Vec<Arc<SignerFindings>>,
}

/// Verifies one batch: [`Kernel::verify`] for callers who keep nothing.
///
/// # Errors
/// As [`Kernel::new`] and [`Kernel::verify`].
pub fn verify(
    reads: &RecordBatch,
    trust: impl Into<Arc<TrustStore>>,
    policy: Policy,
    at: Date,
) -> Result<RecordBatch> {
    Kernel::new(trust, policy, at)?.verify(reads)
}

/// Signed groups that may be missing.
fn excused(policy: &Policy, wanted: impl Fn(u8) -> bool) -> BTreeSet<u8> {
    let left_out = |number: u8| {
        EXTENDED_ACCESS.contains(&number)
            || !wanted(number)
            || policy.accepts_one_chip_proof() && number == OTHER_PROOF
    };
    DataGroup::all().map(DataGroup::number).filter(|number| left_out(*number)).collect()
}

impl Kernel {
    /// A kernel that has met no signer yet; `at` is the day for which the verdicts shall hold.
    ///
    /// # Errors
    /// [`BatchError::ChipProof`] if the policy demands a proof that the chip is genuine.
    pub fn new(trust: impl Into<Arc<TrustStore>>, policy: Policy, at: Date) -> Result<Self> {
        if policy.chip_proof() != ChipProofDemand::IfOffered {
            return Err(BatchError::ChipProof);
        }
        let trust = trust.into();
        Ok(Self {
            examiner: Examiner::new(Arc::clone(&trust), at),
            trust,
            excused: excused(&policy, |_| true),
            policy,
            at,
            known: HashSet::new(),
            met: Vec::new(),
        })
    }

    /// Wants these groups only; documents may lack the others. DG1 is always wanted, DG14 and DG15 too if
    /// they are signed: as [`InspectionSystem::with_groups`](cccd::inspection::InspectionSystem::with_groups).
    #[must_use]
    pub fn with_groups(mut self, groups: impl IntoIterator<Item = u8>) -> Self {
        let wanted: BTreeSet<u8> = groups.into_iter().chain([1, 14, 15]).collect();
        self.excused = excused(&self.policy, |number| wanted.contains(&number));
        self
    }

    /// The policy in force.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The day for which the verdicts hold.
    #[must_use]
    pub const fn at(&self) -> Date {
        self.at
    }

    /// Verifies a batch: one row of results for each row of reads, in the same order.
    ///
    /// No cell can make it fail or panic; what is wrong with a document is its outcome.
    ///
    /// # Errors
    /// [`BatchError::MissingColumn`], [`BatchError::ColumnType`].
    pub fn verify(&mut self, reads: &RecordBatch) -> Result<RecordBatch> {
        self.verify_with_faults(reads, &[])
    }

    /// As [`Kernel::verify`]; `faults` are rows, ascending, whose files could not be read, and why.
    pub(crate) fn verify_with_faults(
        &mut self,
        reads: &RecordBatch,
        faults: &[(usize, &'static str)],
    ) -> Result<RecordBatch> {
        let keys = find(reads, DOC_KEY)?;
        let sods = Cells::required(reads, SOD)?;
        let groups = (1..)
            .zip(GROUPS)
            .map(|(number, name)| Ok((number, Cells::optional(reads, name)?)))
            .filter(|column| !matches!(column, Ok((_, Cells::None))))
            .collect::<Result<Vec<(u8, Cells<'_>)>>>()?;
        let mut results = Results::with_capacity(reads.num_rows());
        let mut faults = faults.iter().peekable();
        let mut stored = Vec::with_capacity(groups.len());
        for row in 0..reads.num_rows() {
            let fault = faults.next_if(|(faulty, _)| *faulty == row);
            stored.clear();
            let cells = groups.iter().map(|(number, cells)| (*number, cells.get(row)));
            stored.extend(cells.filter_map(|(number, cell)| Some((number, cell?))));
            let (facts, signer) = match (fault, sods.get(row)) {
                (Some((_, code)), _) => (Facts::unreadable(code), None),
                (None, None) => (Facts::unsigned(), None),
                (None, Some(sod)) => self.guarded(|kernel| kernel.document(sod, &stored)),
            };
            let verdict = facts.verdict(signer.as_ref(), &self.policy);
            results.push(&facts, &verdict, signer.as_deref());
        }
        results.finish(keys, self)
    }

    fn document(
        &mut self,
        sod: &[u8],
        groups: &[(u8, &[u8])],
    ) -> (Facts<'static>, Option<Arc<SignerFindings>>) {
        let examination = match self.examiner.examine(sod) {
            Ok(examination) => examination,
            Err(error) => return (Facts::unreadable(error.code()), None),
        };
        let facts = Facts::of(&examination, groups, &self.excused, self.at);
        let signer = examination.findings().map(Arc::clone);
        if let Some(signer) = &signer {
            self.remember(signer);
        }
        (facts, signer)
    }

    /// One document must not take the others down, whatever is wrong with this library.
    fn guarded(
        &mut self,
        document: impl FnOnce(&mut Self) -> (Facts<'static>, Option<Arc<SignerFindings>>),
    ) -> (Facts<'static>, Option<Arc<SignerFindings>>) {
        catch_unwind(AssertUnwindSafe(|| document(&mut *self))).unwrap_or_else(|_| {
            // What it was doing when it failed is not known.
            self.examiner = Examiner::new(Arc::clone(&self.trust), self.at);
            (Facts::unreadable(PANIC), None)
        })
    }

    fn remember(&mut self, signer: &Arc<SignerFindings>) {
        let fingerprint = signer.signer().fingerprint;
        if self.known.contains(&fingerprint) {
            return;
        }
        if self.known.len() >= MAX_MET {
            self.known.clear();
        }
        self.known.insert(fingerprint);
        self.met.push(Arc::clone(signer));
    }

    /// The signers that were met since this was last asked, for [`signers_batch`](crate::signers_batch).
    pub fn met(&mut self) -> Vec<Arc<SignerFindings>> {
        core::mem::take(&mut self.met)
    }

    /// How many signers were examined and are remembered: each cost one path, however many documents it signed.
    #[must_use]
    pub fn signers_examined(&self) -> usize {
        self.examiner.signers().len()
    }

    /// What is known of a signer, by its certificate in DER.
    pub(crate) fn signer(&mut self, certificate: &[u8]) -> cccd::Result<Arc<SignerFindings>> {
        self.examiner.signer(certificate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::VERIFIED;

    #[test]
    fn a_panic_refuses_its_own_document_and_no_other() {
        let at = "2026-11-21".parse().unwrap();
        let mut kernel = Kernel::new(TrustStore::empty(), Policy::standard(), at).unwrap();
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let (facts, signer) = kernel.guarded(|_| panic!("a fault of the library"));
        std::panic::set_hook(hook);
        let verdict = facts.verdict(signer.as_ref(), kernel.policy());
        assert_eq!(verdict.outcome, PANIC);
        assert_ne!(verdict.outcome, VERIFIED);
        let (facts, _) = kernel.guarded(|kernel| kernel.document(b"no SOD", &[]));
        assert_eq!(facts.sod_signature, "malformed.structure");
    }
}
