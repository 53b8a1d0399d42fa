use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, Date32Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use cccd::passive::SignerFindings;
use cccd::policy::Policy;

use crate::column::PASSED;
use crate::document::{revocation, signer_path};
use crate::results::{append_names, hex};
use crate::{Result, day};

/// The column of the certificate in DER.
pub(crate) const CERTIFICATE: &str = "certificate";

/// Document signers as a record batch: who they are, their certificates, and what was found about each.
///
/// | column | type | |
/// |---|---|---|
/// | `signer` | text | SHA-256 of the certificate, as in the results |
/// | `certificate` | binary | in DER |
/// | `subject`, `issuer`, `serial`, `country`, `key` | text | from the certificate; `key` in words |
/// | `not_before`, `not_after` | date | its validity |
/// | `signer_path`, `revocation`, `validity` | text | codes as in the results |
/// | `anchor`, `anchor_subject`, `anchor_source` | text | the CSCA that it chains to, if one was found |
/// | `deviations` | list of text | tolerances that its path needs |
///
/// A signer may stand in a file twice where very many were met.
///
/// # Errors
/// [`BatchError::Arrow`](crate::BatchError::Arrow).
pub fn signers_batch(signers: &[Arc<SignerFindings>], policy: &Policy) -> Result<RecordBatch> {
    let column = |text: fn(&SignerFindings) -> Option<String>| -> ArrayRef {
        let mut column = StringBuilder::new();
        signers.iter().for_each(|signer| column.append_option(text(signer)));
        Arc::new(column.finish())
    };
    let codes = |code: &dyn Fn(&SignerFindings) -> &'static str| -> ArrayRef {
        let mut column = StringBuilder::new();
        signers.iter().for_each(|signer| column.append_value(code(signer)));
        Arc::new(column.finish())
    };
    let (mut certificates, mut from, mut until) =
        (BinaryBuilder::new(), Date32Builder::new(), Date32Builder::new());
    let mut deviations = ListBuilder::new(StringBuilder::new());
    for findings in signers {
        let signer = findings.signer();
        certificates.append_value(&signer.certificate);
        from.append_value(day::to_arrow(signer.not_before));
        until.append_value(day::to_arrow(signer.not_after));
        append_names(&mut deviations, &findings.deviations().collect());
    }
    let columns: Vec<ArrayRef> = vec![
        column(|findings| Some(hex(&findings.signer().fingerprint))),
        Arc::new(certificates.finish()),
        column(|findings| Some(findings.signer().subject.clone())),
        column(|findings| Some(findings.signer().issuer.clone())),
        column(|findings| Some(findings.signer().serial.clone())),
        column(|findings| findings.signer().country.clone()),
        column(|findings| findings.signer().key.clone()),
        Arc::new(from.finish()),
        Arc::new(until.finish()),
        codes(&|findings| signer_path(findings, policy)),
        codes(&|findings| revocation(findings, policy)),
        codes(&|findings| findings.validity().map_or_else(|error| error.code(), |()| PASSED)),
        column(|findings| Some(findings.path().ok()?.fingerprint.clone())),
        column(|findings| Some(findings.path().ok()?.subject.clone())),
        column(|findings| Some(findings.path().ok()?.source.clone())),
        Arc::new(deviations.finish()),
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}

/// The schema of signers.
pub(crate) fn schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    Arc::new(Schema::new(vec![
        text("signer"),
        Field::new(CERTIFICATE, DataType::Binary, true),
        text("subject"),
        text("issuer"),
        text("serial"),
        text("country"),
        text("key"),
        Field::new("not_before", DataType::Date32, true),
        Field::new("not_after", DataType::Date32, true),
        text("signer_path"),
        text("revocation"),
        text("validity"),
        text("anchor"),
        text("anchor_subject"),
        text("anchor_source"),
        Field::new_list("deviations", Field::new_list_field(DataType::Utf8, true), true),
    ]))
}
