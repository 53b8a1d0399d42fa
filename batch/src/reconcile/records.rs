use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::RecordBatch;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use cccd::vietnam::Record;

use super::columns::{Columns, Places};
use crate::input::Batches;
use crate::{BatchError, Result};

/// Rows that are read at a time.
const ROWS: usize = 4_096;
/// A row longer than this is no person's: a quotation mark was opened and never closed.
const LONGEST_ROW: usize = 1 << 20;

/// One row of an organisation's file.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number, the first one after the header being 1.
    pub number: u64,
    /// What the organisation calls it; its number where it has no column for that.
    pub key: String,
    /// The record, or why it cannot be read.
    pub record: core::result::Result<Record, RowFault>,
}

/// Why a row cannot be read; the rest of the file can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowFault {
    /// It is not UTF-8: the file was saved in another encoding.
    NotUtf8,
}

impl RowFault {
    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not_utf8",
        }
    }
}

/// The rows of a CSV or Parquet file, some thousand at a time.
///
/// A file whose name ends in `.parquet` is one; any other is CSV in UTF-8 with a header, whose separator (comma,
/// semicolon, tabulator) is taken from the header. Cells of any simple type of Parquet are read as text.
pub struct Records {
    columns: Columns,
    places: Places,
    source: Source,
    rows: u64,
    total: Option<u64>,
}

enum Source {
    Csv { reader: Box<csv::Reader<Bounded>>, path: PathBuf, left: Arc<AtomicUsize>, ended: Ended },
    Parquet(Batches),
}

/// Whether a file has come to its end.
enum Ended {
    No,
    Yes,
    /// At a place that cannot be read, after rows that were handed out first.
    By(BatchError),
}

impl Records {
    /// Opens a file, whose columns are as given or recognised.
    ///
    /// # Errors
    /// [`BatchError::Input`], [`BatchError::MissingColumn`].
    pub fn open(path: impl AsRef<Path>, columns: Columns) -> Result<Self> {
        let path = path.as_ref();
        let parquet = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
        if parquet { Self::parquet(path, columns) } else { Self::csv(path, columns) }
    }

    fn csv(path: &Path, columns: Columns) -> Result<Self> {
        let fault = |what: String| BatchError::Input { path: path.to_owned(), rows: 0, what };
        let open = || File::open(path).map_err(|error| fault(error.to_string()));
        let delimiter = delimiter(&first_line(open()?).map_err(|error| fault(error.to_string()))?)
            .map_err(|what| fault(what.to_owned()))?;
        let left = Arc::new(AtomicUsize::new(LONGEST_ROW));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(Bounded { file: open()?, left: Arc::clone(&left) });
        let header = reader.byte_headers().map_err(|error| fault(error.to_string()))?;
        let header = header
            .iter()
            .map(|name| core::str::from_utf8(name).map(str::to_owned))
            .collect::<core::result::Result<Vec<_>, _>>()
            .map_err(|_| fault(NOT_UTF8.to_owned()))?;
        let (columns, places) = columns.places(&header)?;
        let (reader, path) = (Box::new(reader), path.to_owned());
        let source = Source::Csv { reader, path, left, ended: Ended::No };
        Ok(Self { columns, places, source, rows: 0, total: None })
    }

    fn parquet(path: &Path, columns: Columns) -> Result<Self> {
        let batches = Batches::open(path, ROWS)?;
        let total = Some(batches.total());
        let (columns, places) = columns.places(&batches.names())?;
        Ok(Self { columns, places, source: Source::Parquet(batches), rows: 0, total })
    }

    /// Which column is what.
    #[must_use]
    pub const fn columns(&self) -> &Columns {
        &self.columns
    }

    /// How many rows there are, if the file says so.
    #[must_use]
    pub const fn total(&self) -> Option<u64> {
        self.total
    }

    fn csv_rows(&mut self) -> Option<Result<Vec<Row>>> {
        let Source::Csv { reader, path, left, ended } = &mut self.source else { return None };
        match core::mem::replace(ended, Ended::Yes) {
            Ended::Yes => return None,
            Ended::By(error) => return Some(Err(error)),
            Ended::No => {}
        }
        let mut rows = Vec::new();
        let mut cells = csv::ByteRecord::new();
        while rows.len() < ROWS {
            left.store(LONGEST_ROW, Ordering::Relaxed);
            match reader.read_byte_record(&mut cells) {
                Ok(true) => {
                    self.rows += 1;
                    let cell = |place| core::str::from_utf8(cells.get(place).unwrap_or_default());
                    rows.push(self.places.row(self.rows, cell));
                }
                Ok(false) if rows.is_empty() => return None,
                Ok(false) => return Some(Ok(rows)),
                Err(error) => {
                    let (path, what) = (path.clone(), error.to_string());
                    let error = BatchError::Input { path, rows: self.rows, what };
                    if rows.is_empty() {
                        return Some(Err(error));
                    }
                    // The rows before it come first.
                    *ended = Ended::By(error);
                    return Some(Ok(rows));
                }
            }
        }
        *ended = Ended::No;
        Some(Ok(rows))
    }

    fn batch_rows(&mut self, batch: &RecordBatch) -> Result<Vec<Row>> {
        let options = FormatOptions::new();
        let formatters = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect::<core::result::Result<Vec<_>, _>>()?;
        let mut rows = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            self.rows += 1;
            let cell = |place: usize| {
                let text = formatters.get(place).map(|column| column.value(row).to_string());
                Ok::<_, core::convert::Infallible>(text.unwrap_or_default())
            };
            rows.push(self.places.row(self.rows, cell));
        }
        Ok(rows)
    }
}

impl Iterator for Records {
    type Item = Result<Vec<Row>>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.source {
            Source::Csv { .. } => self.csv_rows(),
            Source::Parquet(batches) => {
                let batch = batches.next()?;
                Some(batch.and_then(|batch| self.batch_rows(&batch)))
            }
        }
    }
}

impl Places {
    /// A row, whose cells are read as `cell` says.
    fn row<T: AsRef<str>, E>(
        &self,
        number: u64,
        cell: impl Fn(usize) -> core::result::Result<T, E>,
    ) -> Row {
        let record = || {
            let mut record = Record::new();
            for (field, place) in &self.fields {
                record = record.with(*field, cell(*place)?.as_ref());
            }
            if let Some(place) = self.updated {
                record = record.with_updated(cell(place)?.as_ref());
            }
            Ok::<_, E>(record)
        };
        let key = self.key.and_then(|place| cell(place).ok());
        let key = key.map_or_else(|| number.to_string(), |text| text.as_ref().trim().to_owned());
        Row { number, key, record: record().map_err(|_| RowFault::NotUtf8) }
    }
}

/// A file of which no row may take more than a megabyte: the reader of CSV itself has no limit.
struct Bounded {
    file: File,
    left: Arc<AtomicUsize>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        let room = buffer.len().min(left);
        let count = self.file.read(buffer.get_mut(..room).unwrap_or_default())?;
        if count == 0 && left == 0 {
            return Err(std::io::Error::other("a row of more than a megabyte"));
        }
        self.left.store(left - count, Ordering::Relaxed);
        Ok(count)
    }
}

const NOT_UTF8: &str = "the header is not UTF-8; save the file as \"CSV UTF-8\"";

fn first_line(file: File) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    BufReader::new(file.take(LONGEST_ROW as u64)).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// The separator of a header: whichever of the three stands there most often.
fn delimiter(header: &[u8]) -> core::result::Result<u8, &'static str> {
    if header.starts_with(&[0xFF, 0xFE]) || header.starts_with(&[0xFE, 0xFF]) {
        return Err("the file is UTF-16; save it as \"CSV UTF-8\"");
    }
    let count = |delimiter: &u8| header.iter().filter(|byte| *byte == delimiter).count();
    Ok(b",;\t".iter().copied().rev().max_by_key(count).unwrap_or(b','))
}
