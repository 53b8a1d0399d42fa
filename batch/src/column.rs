//! The columns of the results, and how to read them.
//!
//! | column | type | |
//! |---|---|---|
//! | `doc_key` | as given | |
//! | `outcome` | text | `verified`, or the code of the first check that refuses the document |
//! | `digests` | text | every stored group has the signed digest, none is withheld |
//! | `sod_signature` | text | the signature over the list of digests |
//! | `signer_path` | text | the signer chains to a trusted CSCA |
//! | `revocation` | text | `no_revocation_list`, `stale_revocation_list`: not known |
//! | `validity` | text | signer, its path and the document on that day |
//! | `issuing_state` | text | signer and MRZ name the same state |
//! | `downgrade` | text | `no_dg14`, `no_card_access`, or why DG14 cannot be read |
//! | `deviations` | list of text | tolerances that were used |
//! | `document_deviations` | list of text | those of them that the document itself needs, whoever its signer is |
//! | `document_expired` | boolean | null if DG1 cannot be read |
//! | `signing_time` | date | the day on which the signer says to have signed |
//! | `signer` | text | SHA-256 of the signer's certificate, hexadecimal |
//! | `issuer` | text | the name of the CSCA in the signer's certificate |
//! | `issuer_country` | text | the state of the signer, upper case |
//! | `at` | date | the day for which the verdict holds |
//! | `policy` | text | the name of the policy's preset |
//!
//! A check is `passed`, or the stable code of an error (`not_authentic.digest_mismatch`), or the code of why
//! it was not performed (without a point, as `not_reached`). Other than in the report of one document, each
//! check says what it found by itself, also where an earlier one refuses the document already.
//! `internal.panic` marks a row that this library failed over, a fault to be reported; the row is refused.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, LargeStringArray, RecordBatch, StringArray, StringViewArray,
};
use arrow_schema::DataType;
use cccd::date::Date;

use crate::{BatchError, Result, day};

/// The caller's name for a document.
pub const DOC_KEY: &str = "doc_key";
/// EF.SOD.
pub const SOD: &str = "sod";
/// The columns of the groups: DG1 first.
pub const GROUPS: [&str; 16] = [
    "dg1", "dg2", "dg3", "dg4", "dg5", "dg6", "dg7", "dg8", "dg9", "dg10", "dg11", "dg12", "dg13",
    "dg14", "dg15", "dg16",
];

/// The outcome of a document that satisfies the policy.
pub const VERIFIED: &str = "verified";
/// A check that holds.
pub const PASSED: &str = "passed";
/// A check that could not be made, because what it is about could not be read.
pub const NOT_REACHED: &str = "not_reached";
/// The outcome of a row over which this library failed.
pub const PANIC: &str = "internal.panic";

/// A text column, whichever of Arrow's layouts it has.
#[derive(Clone, Copy)]
pub struct Texts<'a>(Layout<'a>);

#[derive(Clone, Copy)]
enum Layout<'a> {
    Short(&'a StringArray),
    Large(&'a LargeStringArray),
    View(&'a StringViewArray),
}

impl<'a> Texts<'a> {
    /// The text of a row; `None` for null, or beyond the end.
    #[must_use]
    pub fn get(self, row: usize) -> Option<&'a str> {
        let is_there = |array: &dyn Array| row < array.len() && array.is_valid(row);
        match self.0 {
            Layout::Short(array) => is_there(array).then(|| array.value(row)),
            Layout::Large(array) => is_there(array).then(|| array.value(row)),
            Layout::View(array) => is_there(array).then(|| array.value(row)),
        }
    }

    fn of(array: &'a ArrayRef, name: &str) -> Result<Self> {
        Ok(Self(match array.data_type() {
            DataType::Utf8 => Layout::Short(array.as_string()),
            DataType::LargeUtf8 => Layout::Large(array.as_string()),
            DataType::Utf8View => Layout::View(array.as_string_view()),
            other => return Err(wrong(name, "text", other)),
        }))
    }
}

/// A text column of the results.
///
/// # Errors
/// [`BatchError::MissingColumn`], [`BatchError::ColumnType`].
pub fn text<'a>(batch: &'a RecordBatch, name: &str) -> Result<Texts<'a>> {
    Texts::of(find(batch, name)?, name)
}

/// A boolean column of the results.
///
/// # Errors
/// As [`text`].
pub fn flag<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a BooleanArray> {
    let array = find(batch, name)?;
    array.as_boolean_opt().ok_or_else(|| wrong(name, "boolean", array.data_type()))
}

/// The texts of a list in a row of the results; none for null.
///
/// # Errors
/// As [`text`].
pub fn list(batch: &RecordBatch, name: &str, row: usize) -> Result<Vec<String>> {
    let array = find(batch, name)?;
    let cell = match array.data_type() {
        DataType::List(_) => {
            let lists = array.as_list::<i32>();
            (row < lists.len() && lists.is_valid(row)).then(|| lists.value(row))
        }
        DataType::LargeList(_) => {
            let lists = array.as_list::<i64>();
            (row < lists.len() && lists.is_valid(row)).then(|| lists.value(row))
        }
        other => return Err(wrong(name, "a list of text", other)),
    };
    let Some(cell) = cell else { return Ok(Vec::new()) };
    let texts = Texts::of(&cell, name)?;
    Ok((0..cell.len()).filter_map(|index| texts.get(index)).map(str::to_owned).collect())
}

/// A day in a row of the results.
///
/// # Errors
/// As [`text`].
pub fn date(batch: &RecordBatch, name: &str, row: usize) -> Result<Option<Date>> {
    let array = find(batch, name)?;
    let days = array
        .as_primitive_opt::<Date32Type>()
        .ok_or_else(|| wrong(name, "a date", array.data_type()))?
        .reinterpret_cast::<Int32Type>();
    let is_there = row < days.len() && days.is_valid(row);
    Ok(is_there.then(|| days.value(row)).and_then(day::from_arrow))
}

pub(crate) fn find<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    batch.column_by_name(name).ok_or_else(|| BatchError::MissingColumn(name.to_owned()))
}

fn wrong(name: &str, wanted: &'static str, found: &DataType) -> BatchError {
    BatchError::ColumnType { column: name.to_owned(), wanted, found: found.to_string() }
}
