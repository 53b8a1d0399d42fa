//! Where stored reads come from: a Parquet file, or a tree of folders.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchReader};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use cccd::error::{Error, FileFault};
use cccd::files::{StoredFiles, read_groups};
use cccd::sensitive::Personal;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};

use crate::column::{DOC_KEY, GROUPS, SOD};
use crate::{BatchError, Result};

/// Rows that are read at a time, unless the caller wants otherwise: about 9 MB of documents.
pub const ROWS: usize = 512;

/// A batch of reads, as a source gives it.
#[derive(Debug, Clone)]
pub struct Reads {
    pub(crate) batch: RecordBatch,
    /// Rows, ascending, whose files could not be read, and why.
    pub(crate) faults: Vec<(usize, &'static str)>,
}

impl From<RecordBatch> for Reads {
    fn from(batch: RecordBatch) -> Self {
        Self { batch, faults: Vec::new() }
    }
}

/// The batches of a Parquet file, read page by page; only the columns that the kernel looks at.
pub struct ParquetReads {
    reader: Batches,
}

/// Every batch of a Parquet file.
pub(crate) struct Batches {
    path: PathBuf,
    reader: Option<ParquetRecordBatchReader>,
    rows: u64,
    total: u64,
}

impl ParquetReads {
    /// Opens a file; each batch will have `rows` rows, the last one fewer.
    ///
    /// # Errors
    /// [`BatchError::Input`] if it is no Parquet file, or one that was cut off: its index stands at the end.
    /// [`BatchError::MissingColumn`].
    pub fn open(path: impl AsRef<Path>, rows: usize) -> Result<Self> {
        let path = path.as_ref();
        let fault = |what: String| BatchError::Input { path: path.to_owned(), rows: 0, what };
        let file = File::open(path).map_err(|error| fault(error.to_string()))?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
            .map_err(|error| fault(error.to_string()))?;
        for name in [DOC_KEY, SOD] {
            if metadata.schema().field_with_name(name).is_err() {
                return Err(BatchError::MissingColumn(name.to_owned()));
            }
        }
        // As views the groups stay in the pages that were read, instead of being copied together.
        let options = ArrowReaderOptions::new().with_schema(with_views(metadata.schema()));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options)
            .map_err(|error| fault(error.to_string()))?;
        let columns = [DOC_KEY, SOD].into_iter().chain(GROUPS);
        let mask = ProjectionMask::columns(metadata.parquet_schema(), columns);
        let total = metadata.metadata().file_metadata().num_rows().try_into().unwrap_or_default();
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
            .with_batch_size(rows.max(1))
            .with_projection(mask)
            .build()
            .map_err(|error| fault(error.to_string()))?;
        Ok(Self { reader: Batches { path: path.to_owned(), reader: Some(reader), rows: 0, total } })
    }

    /// How many rows the file says to have.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.reader.total()
    }

    /// The type of the documents' names.
    #[must_use]
    pub fn keys(&self) -> DataType {
        let schema = self.reader.reader.as_ref().map(RecordBatchReader::schema);
        let keys = schema.as_ref().and_then(|schema| schema.field_with_name(DOC_KEY).ok());
        keys.map_or(DataType::Utf8, |field| field.data_type().clone())
    }
}

fn with_views(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let of_document =
            field.name() == SOD || GROUPS.iter().any(|group| *group == field.name().as_str());
        match field.data_type() {
            DataType::Binary | DataType::LargeBinary if of_document => {
                Arc::new(field.as_ref().clone().with_data_type(DataType::BinaryView))
            }
            _ => Arc::clone(field),
        }
    });
    Arc::new(Schema::new_with_metadata(
        fields.collect::<Vec<Arc<Field>>>(),
        schema.metadata().clone(),
    ))
}

impl Iterator for ParquetReads {
    type Item = Result<Reads>;

    fn next(&mut self) -> Option<Self::Item> {
        self.reader.next().map(|batch| batch.map(Reads::from))
    }
}

impl Batches {
    pub(crate) fn open(path: &Path, rows: usize) -> Result<Self> {
        let fault = |what: String| BatchError::Input { path: path.to_owned(), rows: 0, what };
        let file = File::open(path).map_err(|error| fault(error.to_string()))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(|error| fault(error.to_string()))?;
        let total = builder.metadata().file_metadata().num_rows().try_into().unwrap_or_default();
        let reader = builder
            .with_batch_size(rows.max(1))
            .build()
            .map_err(|error| fault(error.to_string()))?;
        Ok(Self { path: path.to_owned(), reader: Some(reader), rows: 0, total })
    }

    /// How many rows the file says to have.
    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    /// The names of the columns.
    pub(crate) fn names(&self) -> Vec<String> {
        let schema = self.reader.as_ref().map(RecordBatchReader::schema);
        let fields = schema.iter().flat_map(|schema| schema.fields().iter());
        fields.map(|field| field.name().clone()).collect()
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.as_mut()?.next()? {
            Ok(batch) => {
                self.rows += batch.num_rows() as u64;
                Some(Ok(batch))
            }
            Err(error) => {
                // Behind a damaged place nothing is where the index says.
                self.reader = None;
                let (path, what) = (self.path.clone(), error.to_string());
                Some(Err(BatchError::Input { path, rows: self.rows, what }))
            }
        }
    }
}

/// The batches of a Parquet file of results, or of signers, as [`output`](crate::output) wrote it.
///
/// # Errors
/// [`BatchError::Input`].
pub fn batches(path: impl AsRef<Path>) -> Result<impl Iterator<Item = Result<RecordBatch>> + Send> {
    const ROWS_OF_RESULTS: usize = 8_192;
    Batches::open(path.as_ref(), ROWS_OF_RESULTS)
}

/// The documents in a tree of folders: each folder with an EF.SOD is one, named by its path in the tree.
///
/// For the names of the files see [`read_groups`]. Folders come in the order of their names; links are not
/// followed. A folder whose files cannot be read is a row with that outcome.
pub struct FolderReads {
    root: PathBuf,
    /// Folders still to be looked at, the next one last.
    folders: Vec<PathBuf>,
    rows: usize,
}

impl FolderReads {
    /// The type of the documents' names.
    pub const KEYS: DataType = DataType::Utf8;

    /// Begins at `root`, which may be a document itself.
    ///
    /// # Errors
    /// [`BatchError::Input`] if it is no folder that can be read.
    pub fn open(root: impl AsRef<Path>, rows: usize) -> Result<Self> {
        let root = root.as_ref().to_owned();
        match fs::read_dir(&root) {
            Ok(_) => Ok(Self { folders: vec![root.clone()], root, rows: rows.max(1) }),
            Err(error) => Err(BatchError::Input { path: root, rows: 0, what: error.to_string() }),
        }
    }

    /// The next folder that is a document, or that should be one.
    fn document(&mut self) -> Option<(String, core::result::Result<StoredFiles, &'static str>)> {
        loop {
            let folder = self.folders.pop()?;
            let files = match self.enter(&folder).and_then(|()| read_groups(&folder)) {
                // A folder of folders, or of other things.
                Err(Error::File { fault: FileFault::NoSod, .. }) => continue,
                files => files.map_err(|error| error.code()),
            };
            let name = folder.strip_prefix(&self.root).unwrap_or(&folder);
            let name = if name.as_os_str().is_empty() { Path::new(".") } else { name };
            return Some((name.to_string_lossy().into_owned(), files));
        }
    }

    /// Notes the folders below this one.
    fn enter(&mut self, folder: &Path) -> cccd::Result<()> {
        let fault = |_| Error::File { fault: FileFault::Other, path: folder.to_owned() };
        let mut below = Vec::new();
        for entry in fs::read_dir(folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            if entry.file_type().map_err(fault)?.is_dir() {
                below.push(entry.path());
            }
        }
        below.sort_unstable_by(|one, other| other.cmp(one));
        self.folders.append(&mut below);
        Ok(())
    }
}

impl Iterator for FolderReads {
    type Item = Result<Reads>;

    fn next(&mut self) -> Option<Self::Item> {
        let (mut keys, mut sods) = (StringBuilder::new(), BinaryBuilder::new());
        let mut groups: [BinaryBuilder; 16] = core::array::from_fn(|_| BinaryBuilder::new());
        let mut faults = Vec::new();
        for row in 0..self.rows {
            let Some((name, files)) = self.document() else { break };
            keys.append_value(name);
            let files = files.map_err(|code| faults.push((row, code))).ok();
            sods.append_option(files.as_ref().map(|files| files.sod.reveal()));
            for (number, column) in (1..).zip(&mut groups) {
                let raw = files.as_ref().and_then(|files| files.groups.get(&number));
                column.append_option(raw.map(Personal::reveal));
            }
        }
        let keys = keys.finish();
        if arrow_array::Array::is_empty(&keys) {
            return None;
        }
        let columns: Vec<(&str, ArrayRef)> =
            vec![(DOC_KEY, Arc::new(keys)), (SOD, Arc::new(sods.finish()))];
        let groups = GROUPS
            .into_iter()
            .zip(groups.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
        let batch = RecordBatch::try_from_iter(columns.into_iter().chain(groups));
        Some(batch.map(|batch| Reads { batch, faults }).map_err(BatchError::from))
    }
}
