//! The cells of a binary column, whichever of Arrow's layouts it has.

use arrow_array::cast::AsArray as _;
use arrow_array::{
    Array, BinaryArray, BinaryViewArray, FixedSizeBinaryArray, LargeBinaryArray, RecordBatch,
};
use arrow_schema::DataType;

use crate::{BatchError, Result};

/// One column of a batch.
#[derive(Clone, Copy)]
pub(crate) enum Cells<'a> {
    /// There is no such column, or it holds nothing.
    None,
    Binary(&'a BinaryArray),
    Large(&'a LargeBinaryArray),
    View(&'a BinaryViewArray),
    Fixed(&'a FixedSizeBinaryArray),
}

impl<'a> Cells<'a> {
    /// The column of that name; a missing one is empty.
    pub(crate) fn optional(batch: &'a RecordBatch, name: &str) -> Result<Self> {
        let Some(array) = batch.column_by_name(name) else { return Ok(Self::None) };
        Ok(match array.data_type() {
            DataType::Null => Self::None,
            DataType::Binary => Self::Binary(array.as_binary()),
            DataType::LargeBinary => Self::Large(array.as_binary()),
            DataType::BinaryView => Self::View(array.as_binary_view()),
            DataType::FixedSizeBinary(_) => Self::Fixed(array.as_fixed_size_binary()),
            other => {
                return Err(BatchError::ColumnType {
                    column: name.to_owned(),
                    wanted: "binary",
                    found: other.to_string(),
                });
            }
        })
    }

    /// The column of that name.
    pub(crate) fn required(batch: &'a RecordBatch, name: &str) -> Result<Self> {
        if batch.column_by_name(name).is_none() {
            return Err(BatchError::MissingColumn(name.to_owned()));
        }
        Self::optional(batch, name)
    }

    /// The bytes of a row; `None` where there are none. A row beyond the end has none either.
    pub(crate) fn get(self, row: usize) -> Option<&'a [u8]> {
        let is_there = |array: &dyn Array| row < array.len() && array.is_valid(row);
        match self {
            Self::None => None,
            Self::Binary(array) => is_there(array).then(|| array.value(row)),
            Self::Large(array) => is_there(array).then(|| array.value(row)),
            Self::View(array) => is_there(array).then(|| array.value(row)),
            Self::Fixed(array) => is_there(array).then(|| array.value(row)),
        }
    }
}
