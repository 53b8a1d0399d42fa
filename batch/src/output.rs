//! Parquet files of results and of signers.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use cccd::passive::SignerFindings;
use cccd::policy::Policy;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::signers::signers_batch;
use crate::{BatchError, Result, results, signers};

/// Rows that are kept in memory before they are written as one row group.
const ROW_GROUP: usize = 65_536;
/// Signers that are remembered as written.
const MAX_WRITTEN: usize = 65_536;

/// A Parquet file that appears under its name when it is complete; until then it ends in `.part`.
pub struct ParquetFile {
    path: PathBuf,
    part: PathBuf,
    writer: ArrowWriter<File>,
}

impl ParquetFile {
    /// A file for results over documents that are named by this type.
    ///
    /// # Errors
    /// [`BatchError::Output`].
    pub fn results(path: impl AsRef<Path>, keys: &DataType) -> Result<Self> {
        Self::create(path.as_ref(), results::schema(keys))
    }

    /// A file of any batches.
    ///
    /// # Errors
    /// [`BatchError::Output`].
    pub fn create(path: &Path, schema: SchemaRef) -> Result<Self> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .build();
        let fault = |what: String| BatchError::Output { path: path.to_owned(), what };
        let file = File::create(&part).map_err(|error| fault(error.to_string()))?;
        let writer = ArrowWriter::try_new(file, schema, Some(properties))
            .map_err(|error| fault(error.to_string()))?;
        Ok(Self { path: path.to_owned(), part, writer })
    }

    /// Appends a batch.
    ///
    /// # Errors
    /// [`BatchError::Output`].
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let written = self.writer.write(batch);
        written.map_err(|error| self.fault(error.to_string()))
    }

    /// Completes the file and gives it its name. Without this the file ends in `.part` and cannot be read.
    ///
    /// # Errors
    /// [`BatchError::Output`].
    pub fn finish(mut self) -> Result<()> {
        let closed = self.writer.finish();
        closed.map_err(|error| self.fault(error.to_string()))?;
        fs::rename(&self.part, &self.path).map_err(|error| self.fault(error.to_string()))
    }

    fn fault(&self, what: String) -> BatchError {
        BatchError::Output { path: self.path.clone(), what }
    }
}

/// A Parquet file of signers, each once.
pub struct SignersFile {
    file: ParquetFile,
    policy: Policy,
    written: HashSet<[u8; 32]>,
}

impl SignersFile {
    /// An empty file; `policy` decides between the codes of its columns.
    ///
    /// # Errors
    /// [`BatchError::Output`].
    pub fn create(path: impl AsRef<Path>, policy: &Policy) -> Result<Self> {
        let file = ParquetFile::create(path.as_ref(), signers::schema())?;
        Ok(Self { file, policy: policy.clone(), written: HashSet::new() })
    }

    /// Appends those that are not there yet. Of very many, one may be there twice.
    ///
    /// # Errors
    /// [`BatchError::Output`].
    pub fn write(&mut self, signers: &[Arc<SignerFindings>]) -> Result<()> {
        if self.written.len() >= MAX_WRITTEN {
            self.written.clear();
        }
        let is_new = |signer: &&Arc<SignerFindings>| {
            let fingerprint = signer.signer().fingerprint;
            self.written.insert(fingerprint)
        };
        let new: Vec<_> = signers.iter().filter(is_new).map(Arc::clone).collect();
        if new.is_empty() {
            return Ok(());
        }
        self.file.write(&signers_batch(&new, &self.policy)?)
    }

    /// Completes the file.
    ///
    /// # Errors
    /// [`BatchError::Output`].
    pub fn finish(self) -> Result<()> {
        self.file.finish()
    }
}
