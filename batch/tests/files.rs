//! Files: in order, in bounded memory, and nothing lost where a file is damaged.

mod support;

use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use cccd::pki::TrustStore;
use cccd::policy::Policy;
use cccd_batch::input::{FolderReads, ParquetReads, Reads, batches};
use cccd_batch::output::{ParquetFile, SignersFile};
use cccd_batch::{BatchError, Kernel, Reevaluation, Result, Summary, run};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use support::{Corpus, Document, batch, card, day, document, issuer, text, trust};

const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();

fn kernel(trust: TrustStore) -> Kernel {
    Kernel::new(trust, Policy::standard(), day()).unwrap()
}

/// Writes reads in row groups of `rows`.
fn write(path: &Path, reads: &[RecordBatch], rows: usize) {
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_max_row_group_row_count(Some(rows))
        .build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, reads[0].schema(), Some(properties)).unwrap();
    reads.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.close().unwrap();
}

/// Documents that cost nothing to verify, numbered.
fn cheap(rows: std::ops::Range<i64>) -> RecordBatch {
    let sods: Vec<Vec<u8>> = rows.clone().map(|row| row.to_be_bytes().to_vec()).collect();
    let sods = BinaryArray::from_iter_values(sods);
    RecordBatch::try_from_iter([
        ("doc_key", Arc::new(Int64Array::from_iter_values(rows)) as ArrayRef),
        ("sod", Arc::new(sods) as ArrayRef),
    ])
    .unwrap()
}

#[test]
fn a_parquet_file_is_verified_in_order_and_written_with_its_signers() {
    let corpus = Corpus::new();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let reads = batch(&corpus.documents);
    write(&path("reads.parquet"), std::slice::from_ref(&reads), 10);
    let kernel = kernel(corpus.trust());
    let source = ParquetReads::open(path("reads.parquet"), 7).unwrap();
    assert_eq!(source.rows(), reads.num_rows() as u64);
    let mut results = ParquetFile::results(path("out"), &source.keys()).unwrap();
    let mut signers = SignersFile::create(path("signers"), kernel.policy()).unwrap();
    let mut summary = Summary::default();
    let finished = run(source, &kernel, TWO, |batch, met| {
        summary.add(&batch)?;
        signers.write(&met)?;
        results.write(&batch)
    })
    .unwrap();
    assert!(!path("out").exists(), "it has its name only when it is complete");
    results.finish().unwrap();
    signers.finish().unwrap();

    let expected = kernel.clone().verify(&reads).unwrap();
    let mut row = 0;
    for batch in batches(path("out")).unwrap() {
        let batch = batch.unwrap();
        let again = expected.slice(row, batch.num_rows());
        assert_eq!(batch.columns(), again.columns());
        row += batch.num_rows();
    }
    assert_eq!((row, finished.rows), (reads.num_rows(), reads.num_rows() as u64));
    assert_eq!(summary.total.documents, finished.rows);
    assert_eq!(summary.outcomes.values().sum::<u64>(), finished.rows);
    assert_eq!(summary.outcomes["verified"], summary.total.verified);
    assert!(!summary.all_verified());
    assert!(summary.deviations["explicit_curve_parameters"] > 0);

    // What was written is enough for verdicts under another trust store.
    let signers: Result<Vec<RecordBatch>> = batches(path("signers")).unwrap().collect();
    let mut nobody = Kernel::new(TrustStore::empty(), Policy::standard(), day()).unwrap();
    let full = nobody.clone().verify(&reads).unwrap();
    let again = Reevaluation::new(&mut nobody, signers.unwrap()).unwrap();
    let mut row = 0;
    for batch in batches(path("out")).unwrap() {
        let found = again.verdicts(&batch.unwrap()).unwrap();
        assert_eq!(found, full.slice(row, found.num_rows()));
        row += found.num_rows();
    }
}

#[test]
fn memory_is_bounded_however_large_the_file_and_however_slow_the_writer() {
    const ROWS: usize = 64;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reads.parquet");
    let all: Vec<_> = (0..40).map(|part| cheap(part * 1_000..(part + 1) * 1_000)).collect();
    write(&path, &all, 4_096);
    for threads in [1, 2, 5] {
        let threads = NonZeroUsize::new(threads).unwrap();
        let source = ParquetReads::open(&path, ROWS).unwrap();
        let (mut next, mut written) = (0, 0);
        let finished = run(source, &kernel(TrustStore::empty()), threads, |results, _| {
            if written % 50 == 0 {
                // Time enough for the reader to run ahead, if it could.
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            written += 1;
            for key in results.column(0).as_primitive::<Int64Type>().values() {
                assert_eq!(*key, next, "in order");
                next += 1;
            }
            Ok(())
        })
        .unwrap();
        assert_eq!((next, finished.rows), (40_000, 40_000));
        let bound = 2 * threads.get() * ROWS;
        assert!(finished.peak_rows <= bound, "{} of {bound}", finished.peak_rows);
        assert!(finished.peak_rows >= ROWS);
    }
}

/// Where the pages of a column begin.
fn page(path: &Path, row_group: usize, column: usize) -> usize {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let chunk = reader.metadata().row_group(row_group).column(column);
    usize::try_from(chunk.byte_range().0).unwrap()
}

#[test]
fn a_damaged_file_loses_nothing_of_what_came_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reads.parquet");
    write(&path, &[cheap(0..1_000)], 100);
    let place = page(&path, 6, 1);
    let mut bytes = fs::read(&path).unwrap();
    bytes[place..place + 24].fill(0xFF);
    fs::write(&path, &bytes).unwrap();

    let source = ParquetReads::open(&path, 50).unwrap();
    let kernel = kernel(TrustStore::empty());
    let out = folder.path().join("out");
    let mut results = ParquetFile::results(&out, &source.keys()).unwrap();
    let stopped = run(source, &kernel, TWO, |batch, _| results.write(&batch)).unwrap_err();
    results.finish().unwrap();
    assert_eq!(stopped.rows, 600);
    assert_eq!(stopped.error.code(), "file.input");
    assert!(stopped.to_string().contains("after 600 documents"), "{stopped}");
    let rows: usize = batches(&out).unwrap().map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, 600);
}

#[test]
fn a_file_that_was_cut_off_or_is_none_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reads.parquet");
    write(&path, &[cheap(0..1_000)], 100);
    let bytes = fs::read(&path).unwrap();
    for length in [0, 3, 8, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..length]).unwrap();
        let error = ParquetReads::open(&path, 50).err().expect("an error");
        assert!(matches!(error, BatchError::Input { rows: 0, .. }), "{length}: {error}");
        assert!(error.to_string().contains("reads.parquet"), "{error}");
    }
    let missing = ParquetReads::open(folder.path().join("none"), 50).err().expect("an error");
    assert_eq!(missing.code(), "file.input");
    let other = RecordBatch::try_from_iter([(
        "doc_key",
        Arc::new(StringArray::from(vec!["1"])) as ArrayRef,
    )]);
    write(&path, &[other.unwrap()], 10);
    let error = ParquetReads::open(&path, 50).err().expect("an error");
    assert_eq!(error, BatchError::MissingColumn("sod".to_owned()));
}

#[test]
fn an_error_of_the_writer_ends_the_run() {
    let endless = (0..).map(|part| Ok(Reads::from(cheap(part..part + 10))));
    let mut left = 3;
    let stopped = run(endless, &kernel(TrustStore::empty()), TWO, |_, _| {
        left -= 1;
        let full = BatchError::Output { path: PathBuf::from("out"), what: "full".to_owned() };
        if left == 0 { Err(full) } else { Ok(()) }
    })
    .unwrap_err();
    assert_eq!((stopped.rows, stopped.error.code()), (20, "file.output"));
}

#[test]
fn a_source_without_documents_gives_results_without_rows() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = kernel(TrustStore::empty());
    let source = FolderReads::open(folder.path(), 10).unwrap();
    let out = folder.path().join("out.parquet");
    let mut results = ParquetFile::results(&out, &DataType::Utf8).unwrap();
    let finished = run(source, &kernel, TWO, |batch, _| results.write(&batch)).unwrap();
    results.finish().unwrap();
    assert_eq!(finished.rows, 0);
    assert_eq!(batches(&out).unwrap().count(), 0);
}

fn store(folder: &Path, document: &Document) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("EF_SOD.bin"), &document.sod).unwrap();
    for (number, raw) in &document.groups {
        fs::write(folder.join(format!("DG{number}.bin")), raw).unwrap();
    }
}

#[test]
fn a_tree_of_folders_is_verified_each_folder_with_a_sod_one_document() {
    let (ours, folder) = (issuer(), tempfile::tempdir().unwrap());
    let root = folder.path();
    let good = document("good", &card(&ours));
    let mut altered = good.clone();
    altered.groups.get_mut(&13).unwrap()[9] ^= 1;
    store(&root.join("2026/b"), &good);
    store(&root.join("2026/a"), &altered);
    store(&root.join("2025/c/deep"), &good);
    store(&root.join("twice"), &good);
    fs::write(root.join("twice/011D.bin"), &good.sod).unwrap();
    fs::create_dir(root.join("empty")).unwrap();
    fs::write(root.join("notes.txt"), "no document").unwrap();

    let source = FolderReads::open(root, 2).unwrap();
    let mut found = Vec::new();
    run(source, &kernel(trust([&ours])), TWO, |results, _| {
        for row in 0..results.num_rows() {
            found.push((text(&results, "doc_key", row), text(&results, "outcome", row)));
        }
        Ok(())
    })
    .unwrap();
    let found: Vec<_> =
        found.iter().map(|(key, outcome)| (key.as_str(), outcome.as_str())).collect();
    assert_eq!(
        found,
        [
            ("2025/c/deep", "verified"),
            ("2026/a", "not_authentic.digest_mismatch"),
            ("2026/b", "verified"),
            ("twice", "file.twice"),
        ]
    );
    let one = FolderReads::open(root.join("2026/b"), 2).unwrap();
    let finished = run(one, &kernel(trust([&ours])), TWO, |results, _| {
        assert_eq!(text(&results, "doc_key", 0), ".");
        Ok(())
    });
    assert_eq!(finished.unwrap().rows, 1);
    assert!(FolderReads::open(root.join("none"), 2).is_err());
}
