use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray};
use cccd::date::Date;
use cccd::findings::Deviation;
use cccd::passive::SignerFindings;
use cccd::policy::Policy;

use crate::cells::Cells;
use crate::column::{self, DOC_KEY, Texts, find};
use crate::document::Facts;
use crate::kernel::Kernel;
use crate::results::{AT, append_names, hex, schema};
use crate::signers::CERTIFICATE;
use crate::{BatchError, Result};

/// Gives verdicts again after the trust store or the policy has changed, without a byte of a document.
///
/// Each signer is examined once, when this is made; a row of results then costs a look-up. What a document
/// shows by itself (digests, signature, state, expiry) is taken from the results as it stands there: keep
/// them where nobody alters them.
///
/// A document of several signers is judged by the one that the results name; a full run might choose
/// another one, whom the new trust store knows.
///
/// The day stays that of the results: on another day other documents have expired, and results do not
/// hold the date, because it is personal.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (results, signers, trust): (arrow_array::RecordBatch, arrow_array::RecordBatch, cccd::pki::TrustStore) = todo!();
/// use cccd::policy::Policy;
/// use cccd_batch::{Kernel, Reevaluation};
/// let mut kernel = Kernel::new(trust, Policy::standard(), "2026-11-21".parse()?)?;
/// let again = Reevaluation::new(&mut kernel, [signers])?;
/// let new_results = again.verdicts(&results)?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Reevaluation<'a> {
    kernel: &'a Kernel,
    /// By fingerprint in hexadecimal.
    findings: HashMap<String, Arc<SignerFindings>>,
}

impl<'a> Reevaluation<'a> {
    /// Examines every signer once under the kernel's trust store.
    ///
    /// # Errors
    /// [`BatchError::MissingColumn`], [`BatchError::ColumnType`]; [`BatchError::MissingSigner`] if a
    /// certificate is not the one that its row names.
    pub fn new(
        kernel: &'a mut Kernel,
        signers: impl IntoIterator<Item = RecordBatch>,
    ) -> Result<Self> {
        let mut findings = HashMap::new();
        for batch in signers {
            let (names, certificates) =
                (column::text(&batch, "signer")?, Cells::required(&batch, CERTIFICATE)?);
            for row in 0..batch.num_rows() {
                let name = names.get(row).unwrap_or_default();
                if findings.contains_key(name) {
                    continue;
                }
                let missing = || BatchError::MissingSigner(name.to_owned());
                let certificate = certificates.get(row).ok_or_else(missing)?;
                let signer = kernel.signer(certificate).map_err(|_| missing())?;
                if hex(&signer.signer().fingerprint) != name {
                    return Err(missing());
                }
                findings.insert(name.to_owned(), signer);
            }
        }
        Ok(Self { kernel, findings })
    }

    /// What was found about every signer now.
    #[must_use]
    pub fn signers(&self) -> Vec<Arc<SignerFindings>> {
        let mut signers: Vec<_> = self.findings.values().map(Arc::clone).collect();
        signers.sort_by_key(|findings| findings.signer().fingerprint);
        signers
    }

    /// The same rows with the verdicts under the new trust store and policy.
    ///
    /// # Errors
    /// [`BatchError::OtherDay`]; [`BatchError::MissingSigner`]; [`BatchError::MissingColumn`],
    /// [`BatchError::ColumnType`] or [`BatchError::NotResults`] if these are no results.
    pub fn verdicts(&self, results: &RecordBatch) -> Result<RecordBatch> {
        let rows = Rows::of(results)?;
        let mut changed: [StringBuilder; 4] = core::array::from_fn(|_| StringBuilder::new());
        let mut deviations = ListBuilder::new(StringBuilder::new());
        for row in 0..results.num_rows() {
            self.require_same_day(column::date(results, AT, row)?)?;
            let facts = rows.facts(row)?;
            let signer = match rows.signer.get(row) {
                None => None,
                Some(name) => Some(
                    self.findings
                        .get(name)
                        .ok_or_else(|| BatchError::MissingSigner(name.to_owned()))?,
                ),
            };
            let verdict = facts.verdict(signer, self.policy());
            let codes =
                [verdict.outcome, verdict.signer_path, verdict.revocation, verdict.validity];
            changed.iter_mut().zip(codes).for_each(|(column, code)| column.append_value(code));
            append_names(&mut deviations, &verdict.deviations);
        }
        let [outcome, signer_path, revocation, validity] =
            changed.map(|mut column| Arc::new(column.finish()) as ArrayRef);
        let deviations: ArrayRef = Arc::new(deviations.finish());
        let names = std::iter::repeat_n(self.policy().name(), results.num_rows());
        let policy: ArrayRef = Arc::new(StringArray::from_iter_values(names));
        let schema = schema(find(results, DOC_KEY)?.data_type());
        let columns = schema.fields().iter().map(|field| match field.name().as_str() {
            "outcome" => Ok(Arc::clone(&outcome)),
            "signer_path" => Ok(Arc::clone(&signer_path)),
            "revocation" => Ok(Arc::clone(&revocation)),
            "validity" => Ok(Arc::clone(&validity)),
            "deviations" => Ok(Arc::clone(&deviations)),
            "policy" => Ok(Arc::clone(&policy)),
            name => find(results, name).map(Arc::clone),
        });
        let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
        Ok(RecordBatch::try_new(schema, columns)?)
    }

    fn require_same_day(&self, day: Option<Date>) -> Result<()> {
        let at = self.kernel.at();
        if day == Some(at) {
            return Ok(());
        }
        let results = day.map_or_else(|| "an unknown day".to_owned(), |day| day.to_string());
        Err(BatchError::OtherDay { results, asked: at.to_string() })
    }

    const fn policy(&self) -> &Policy {
        self.kernel.policy()
    }
}

/// The columns that verdicts follow from.
struct Rows<'a> {
    results: &'a RecordBatch,
    sod_signature: Texts<'a>,
    digests: Texts<'a>,
    issuing_state: Texts<'a>,
    downgrade: Texts<'a>,
    signer: Texts<'a>,
}

impl<'a> Rows<'a> {
    fn of(results: &'a RecordBatch) -> Result<Self> {
        Ok(Self {
            results,
            sod_signature: column::text(results, "sod_signature")?,
            digests: column::text(results, "digests")?,
            issuing_state: column::text(results, "issuing_state")?,
            downgrade: column::text(results, "downgrade")?,
            signer: column::text(results, "signer")?,
        })
    }

    fn facts(&self, row: usize) -> Result<Facts<'a>> {
        let expired = column::flag(self.results, "document_expired")?;
        let deviations = column::list(self.results, "document_deviations", row)?
            .iter()
            .map(|name| Deviation::from_name(name))
            .collect::<Option<BTreeSet<Deviation>>>()
            .ok_or(BatchError::NotResults("document_deviations"))?;
        Ok(Facts {
            sod_signature: code(self.sod_signature, row, "sod_signature")?,
            digests: code(self.digests, row, "digests")?,
            issuing_state: code(self.issuing_state, row, "issuing_state")?,
            downgrade: code(self.downgrade, row, "downgrade")?,
            deviations,
            expired: expired.is_valid(row).then(|| expired.value(row)),
            signing_time: column::date(self.results, "signing_time", row)?,
        })
    }
}

/// A code as it stands in the results: whoever wrote them, it is there.
fn code<'a>(column: Texts<'a>, row: usize, name: &'static str) -> Result<&'a str> {
    column.get(row).ok_or(BatchError::NotResults(name))
}
