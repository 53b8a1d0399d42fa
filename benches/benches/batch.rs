//! Verification in bulk: a whole run from file to file on both cores, against the kernel alone on one.
//!
//! ```text
//! cargo bench -p cccd-benches --bench batch -- [--check]
//! ```
//!
//! The run reads Parquet, verifies on two threads and writes Parquet; the kernel has the same batches in
//! memory. The machine should have nothing else to do. Where it has, the share of CPU time tells what
//! reading and writing cost, and the share of elapsed time tells about the neighbours.

mod corpus;

use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use cccd::policy::Policy;
use cccd_batch::input::{self, ParquetReads};
use cccd_batch::output::ParquetFile;
use cccd_batch::{Kernel, Summary, run};
use corpus::{DAY, Document, Family, check_asked, families, median};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// In each file, whatever the size of the batches in which it is read.
const DOCUMENTS: usize = 8_192;
/// The size of a batch that is the default, and a smaller one for comparison.
const ROWS: [usize; 2] = [input::ROWS, 128];
/// Odd, and five at least.
const ROUNDS: usize = 5;
const THREADS: NonZeroUsize = NonZeroUsize::new(2).expect("two");
const TARGET: f64 = 0.85;

fn main() -> ExitCode {
    println!(
        "Documents per second and core (medians of {ROUNDS} alternating rounds, {DOCUMENTS} documents each)\n"
    );
    println!(
        "{:26} {:>5} {:>8} {:>8}   {:>10} {:>10} {:>10} {:>7}",
        "CSCA / signer", "batch", "kernel", "run", "by elapsed", "by CPU", "system", "target"
    );
    let mut missed = false;
    for family in families(64) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("reads.parquet");
        // As many different bytes as in the file: no cache holds them.
        let batches: Vec<_> = (0..DOCUMENTS / input::ROWS).map(|_| batch(&family)).collect();
        write(&path, &batches);
        let kernel = Kernel::new(family.trust(), Policy::standard(), DAY.parse().expect("a day"))
            .expect("a policy without chip proof");
        for rows in ROWS {
            let slices = |batch: &RecordBatch| {
                let batch = batch.clone();
                (0..batch.num_rows()).step_by(rows).map(move |first| batch.slice(first, rows))
            };
            let slices: Vec<_> = batches.iter().flat_map(slices).collect();
            let rounds: Vec<_> = (0..=ROUNDS)
                .map(|_| [alone(&kernel, &slices), whole(&kernel, &path, rows, folder.path())])
                .skip(1)
                .collect();
            let met = report(family.name, rows, &rounds);
            missed |= rows == input::ROWS && !met;
        }
    }
    if missed && check_asked() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A line of the table; whether the target is met.
fn report(name: &str, rows: usize, rounds: &[[Cost; 2]]) -> bool {
    let rate = |which: usize| median(rounds.iter().map(|round| round[which].rate()));
    let share = |cost: fn(&Cost) -> f64| {
        median(rounds.iter().map(|[alone, whole]| cost(alone) / cost(whole)))
    };
    let elapsed = share(|cost| cost.elapsed * cost.threads);
    println!(
        "{name:26} {rows:5} {:8.0} {:8.0}   {:10.2} {:10.2} {:9.0}% {TARGET:7.2}  {}",
        rate(0),
        rate(1),
        elapsed,
        share(|cost| cost.user + cost.system),
        100.0 * median(rounds.iter().map(|[_, whole]| whole.system / (whole.user + whole.system))),
        if elapsed < TARGET { "MISSED" } else { "met" }
    );
    elapsed >= TARGET
}

/// What the documents of one round cost, in seconds.
struct Cost {
    elapsed: f64,
    user: f64,
    system: f64,
    threads: f64,
}

impl Cost {
    fn of(threads: f64, work: impl FnOnce()) -> Self {
        let (before, start) = (cpu_seconds(), Instant::now());
        work();
        let (after, elapsed) = (cpu_seconds(), start.elapsed().as_secs_f64());
        Self { elapsed, user: after.0 - before.0, system: after.1 - before.1, threads }
    }

    /// Documents per second and core.
    fn rate(&self) -> f64 {
        DOCUMENTS as f64 / (self.elapsed * self.threads)
    }
}

/// CPU time of this process so far, its own and the system's for it; 0 where nobody tells.
fn cpu_seconds() -> (f64, f64) {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name, which may hold anything: the fields 14 and 15 of the whole line.
    let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    let mut seconds = || {
        let ticks = fields.next().and_then(|ticks| ticks.parse::<f64>().ok());
        ticks.unwrap_or_default() / TICKS_PER_SECOND
    };
    (seconds(), seconds())
}

fn alone(kernel: &Kernel, batches: &[RecordBatch]) -> Cost {
    let mut kernel = kernel.clone();
    let mut summary = Summary::default();
    let cost = Cost::of(1.0, || {
        for batch in batches {
            summary.add(&kernel.verify(batch).expect("results")).expect("results");
        }
    });
    assert!(summary.all_verified(), "{:?}", summary.outcomes);
    cost
}

fn whole(kernel: &Kernel, path: &Path, rows: usize, folder: &Path) -> Cost {
    let mut summary = Summary::default();
    let cost = Cost::of(THREADS.get() as f64, || {
        let source = ParquetReads::open(path, rows).expect("a file of reads");
        let results = folder.join("results.parquet");
        let mut results = ParquetFile::results(results, &source.keys()).expect("a file");
        run(source, kernel, THREADS, |batch, _| {
            summary.add(&batch)?;
            results.write(&batch)
        })
        .expect("a run to the end");
        results.finish().expect("a file");
    });
    assert!(summary.all_verified(), "{:?}", summary.outcomes);
    assert_eq!(summary.total.documents, DOCUMENTS as u64);
    cost
}

/// One batch of the family's documents, over and over.
fn batch(family: &Family) -> RecordBatch {
    let documents = || family.documents.iter().cycle().take(input::ROWS);
    let mut keys = StringBuilder::new();
    (0..input::ROWS).for_each(|row| keys.append_value(format!("document {row}")));
    let column = |cell: &dyn Fn(&Document) -> Vec<u8>| -> ArrayRef {
        let mut column = BinaryBuilder::new();
        documents().for_each(|document| column.append_value(cell(document)));
        Arc::new(column.finish())
    };
    let group = |number: u8| {
        column(&|document| {
            let found = document.groups.iter().find(|(group, _)| *group == number);
            found.map(|(_, raw)| raw.clone()).unwrap_or_default()
        })
    };
    RecordBatch::try_from_iter([
        ("doc_key", Arc::new(keys.finish()) as ArrayRef),
        ("sod", column(&|document| document.sod.clone())),
        ("dg1", group(1)),
        ("dg2", group(2)),
        ("dg13", group(13)),
        ("dg14", group(14)),
        ("dg15", group(15)),
    ])
    .expect("a batch")
}

fn write(path: &Path, batches: &[RecordBatch]) {
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .build();
    let file = File::create(path).expect("a file");
    let schema = batches.first().expect("a batch").schema();
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties)).expect("a file");
    batches.iter().for_each(|batch| writer.write(batch).expect("a file"));
    writer.close().expect("a file");
}
