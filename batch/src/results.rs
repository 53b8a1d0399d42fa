use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Date32Builder, ListBuilder, StringBuilder};
use arrow_array::{Array as _, ArrayRef, Date32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use cccd::findings::Deviation;
use cccd::passive::SignerFindings;

use crate::document::{Facts, Verdict};
use crate::kernel::Kernel;
use crate::{Result, day};

/// The columns of the results as they grow, row by row.
pub(crate) struct Results {
    outcome: StringBuilder,
    digests: StringBuilder,
    sod_signature: StringBuilder,
    signer_path: StringBuilder,
    revocation: StringBuilder,
    validity: StringBuilder,
    issuing_state: StringBuilder,
    downgrade: StringBuilder,
    deviations: ListBuilder<StringBuilder>,
    document_deviations: ListBuilder<StringBuilder>,
    document_expired: BooleanBuilder,
    signing_time: Date32Builder,
    signer: StringBuilder,
    issuer: StringBuilder,
    issuer_country: StringBuilder,
}

impl Results {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        let codes = || StringBuilder::with_capacity(rows, rows * 8);
        Self {
            outcome: codes(),
            digests: codes(),
            sod_signature: codes(),
            signer_path: codes(),
            revocation: codes(),
            validity: codes(),
            issuing_state: codes(),
            downgrade: codes(),
            deviations: ListBuilder::with_capacity(StringBuilder::new(), rows),
            document_deviations: ListBuilder::with_capacity(StringBuilder::new(), rows),
            document_expired: BooleanBuilder::with_capacity(rows),
            signing_time: Date32Builder::with_capacity(rows),
            signer: StringBuilder::with_capacity(rows, rows * 64),
            issuer: StringBuilder::with_capacity(rows, rows * 64),
            issuer_country: StringBuilder::with_capacity(rows, rows * 2),
        }
    }

    pub(crate) fn push(
        &mut self,
        facts: &Facts<'_>,
        verdict: &Verdict<'_>,
        signer: Option<&SignerFindings>,
    ) {
        self.outcome.append_value(verdict.outcome);
        self.digests.append_value(facts.digests);
        self.sod_signature.append_value(facts.sod_signature);
        self.signer_path.append_value(verdict.signer_path);
        self.revocation.append_value(verdict.revocation);
        self.validity.append_value(verdict.validity);
        self.issuing_state.append_value(facts.issuing_state);
        self.downgrade.append_value(facts.downgrade);
        append_names(&mut self.deviations, &verdict.deviations);
        append_names(&mut self.document_deviations, &facts.deviations);
        self.document_expired.append_option(facts.expired);
        self.signing_time.append_option(facts.signing_time.map(day::to_arrow));
        let signer = signer.map(SignerFindings::signer);
        self.signer.append_option(signer.map(|signer| hex(&signer.fingerprint)));
        self.issuer.append_option(signer.map(|signer| &signer.issuer));
        self.issuer_country.append_option(signer.and_then(|signer| signer.country.as_ref()));
    }

    pub(crate) fn finish(mut self, keys: &ArrayRef, kernel: &Kernel) -> Result<RecordBatch> {
        let at = day::to_arrow(kernel.at());
        let policies = std::iter::repeat_n(kernel.policy().name(), keys.len());
        let columns: Vec<ArrayRef> = vec![
            Arc::clone(keys),
            Arc::new(self.outcome.finish()),
            Arc::new(self.digests.finish()),
            Arc::new(self.sod_signature.finish()),
            Arc::new(self.signer_path.finish()),
            Arc::new(self.revocation.finish()),
            Arc::new(self.validity.finish()),
            Arc::new(self.issuing_state.finish()),
            Arc::new(self.downgrade.finish()),
            Arc::new(self.deviations.finish()),
            Arc::new(self.document_deviations.finish()),
            Arc::new(self.document_expired.finish()),
            Arc::new(self.signing_time.finish()),
            Arc::new(self.signer.finish()),
            Arc::new(self.issuer.finish()),
            Arc::new(self.issuer_country.finish()),
            Arc::new(Date32Array::from_value(at, keys.len())),
            Arc::new(StringArray::from_iter_values(policies)),
        ];
        Ok(RecordBatch::try_new(schema(keys.data_type()), columns)?)
    }
}

/// The schema of the results for documents that are named by this type.
pub(crate) fn schema(keys: &DataType) -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let list =
        |name: &str| Field::new_list(name, Field::new_list_field(DataType::Utf8, true), true);
    let fields = vec![
        Field::new("doc_key", keys.clone(), true),
        text("outcome"),
        text("digests"),
        text("sod_signature"),
        text("signer_path"),
        text("revocation"),
        text("validity"),
        text("issuing_state"),
        text("downgrade"),
        list("deviations"),
        list("document_deviations"),
        Field::new("document_expired", DataType::Boolean, true),
        Field::new("signing_time", DataType::Date32, true),
        text("signer"),
        text("issuer"),
        text("issuer_country"),
        Field::new(AT, DataType::Date32, true),
        text("policy"),
    ];
    Arc::new(Schema::new(fields))
}

/// The column of the day.
pub(crate) const AT: &str = "at";

pub(crate) fn append_names(
    list: &mut ListBuilder<StringBuilder>,
    deviations: &BTreeSet<Deviation>,
) {
    for deviation in deviations {
        list.values().append_value(deviation.name());
    }
    list.append(true);
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('0', |digit| char::from(*digit));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
