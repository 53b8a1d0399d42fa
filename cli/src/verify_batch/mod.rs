//! `cccd verify-batch`: many stored reads, or their verdicts again after trust has changed.

mod said;

pub(crate) use said::time;

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use arrow_array::RecordBatch;
use cccd_batch::{
    BatchError, Kernel, Reevaluation, Summary,
    input::{self, FolderReads, ParquetReads},
    output::{ParquetFile, SignersFile},
    run as run_batches,
};
use clap::Args;
use indicatif::ProgressBar;

use crate::{
    failure::Failure,
    operator::OperatorArguments,
    output::{HEADING, OutputArguments, print_failure},
    progress,
};

/// The options of `cccd verify-batch`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Tệp Parquet (các cột doc_key, sod, dg1 … dg16), hoặc thư mục mà mỗi thư mục con chứa một giấy tờ (EF_SOD.bin,
    /// DG1.bin, …) · A Parquet file (columns doc_key, sod, dg1 … dg16), or a folder whose folders hold a document each
    /// (EF_SOD.bin, DG1.bin, …)
    #[arg(required_unless_present = "again", conflicts_with = "again")]
    input: Option<PathBuf>,
    /// Tệp kết quả dạng Parquet, mỗi giấy tờ một dòng · Where the results go, as Parquet: a row for each document
    #[arg(long, value_name = "PATH", help_heading = HEADING)]
    out: PathBuf,
    /// Tệp ghi các đơn vị ký, dạng Parquet; với --again là tệp để đọc vào · Where the document signers go, as Parquet; with
    /// --again, where they come from
    #[arg(long, value_name = "PATH", help_heading = HEADING)]
    signers: Option<PathBuf>,
    /// Kết quả của lần trước, được xét lại theo kho tin cậy và quy định hiện nay: chỉ xét các đơn vị ký, không đọc giấy tờ
    /// nào · Results of an earlier run, to be judged again under this trust and policy: by their signers alone, no
    /// document is read
    #[arg(long, value_name = "RESULTS", requires = "signers")]
    again: Option<PathBuf>,
    /// Số luồng xử lý [mặc định: mỗi nhân một luồng] · Threads [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// How a run ended, and everything that is said about it.
struct Ended {
    summary: Summary,
    /// Document signers, where they were looked at one by one.
    signers: Option<usize>,
    threads: usize,
    took: Duration,
    /// Why it ended before the end.
    failure: Option<Failure>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match verify(arguments) {
        Ok(ended) => said::print(arguments, &ended),
        Err(failure) => print_failure(&failure, arguments.output.json),
    }
}

fn verify(arguments: &Arguments) -> Result<Ended, Failure> {
    let system = arguments.operator.system(None, |remark| arguments.output.tell(remark))?;
    let kernel = Kernel::new(system.trust().clone(), system.policy().clone(), system.at())?;
    let started = Instant::now();
    let ended = match (&arguments.again, &arguments.input) {
        (Some(results), _) => again(arguments, results, kernel)?,
        (None, path) => documents(arguments, &path.clone().unwrap_or_default(), &kernel)?,
    };
    Ok(Ended { took: started.elapsed(), ..ended })
}

/// Verifies every document of a file or tree.
fn documents(arguments: &Arguments, path: &Path, kernel: &Kernel) -> Result<Ended, Failure> {
    let (source, keys, rows): (Box<dyn Iterator<Item = _> + Send>, _, _) = if path.is_dir() {
        (Box::new(FolderReads::open(path, input::ROWS)?), FolderReads::KEYS, None)
    } else {
        let file = ParquetReads::open(path, input::ROWS)?;
        let (keys, rows) = (file.keys(), file.rows());
        (Box::new(file), keys, Some(rows))
    };
    let mut results = ParquetFile::results(&arguments.out, &keys)?;
    let policy = kernel.policy();
    let mut signers =
        arguments.signers.as_ref().map(|path| SignersFile::create(path, policy)).transpose()?;
    let threads = arguments.threads.or_else(|| thread::available_parallelism().ok());
    let threads = threads.unwrap_or(NonZeroUsize::MIN);
    let mut summary = Summary::default();
    let progress = progress(arguments, rows);
    let run = run_batches(source, kernel, threads, |batch, met| {
        summary.add(&batch)?;
        if let Some(signers) = &mut signers {
            signers.write(&met)?;
        }
        progress.inc(batch.num_rows() as u64);
        results.write(&batch)
    });
    progress.finish_and_clear();
    // What was verified before a damaged place in the file is kept.
    results.finish()?;
    signers.map(SignersFile::finish).transpose()?;
    let failure = run.err().map(|stopped| stopped.error.into());
    let (threads, took) = (threads.get(), Duration::ZERO);
    Ok(Ended { summary, signers: None, threads, took, failure })
}

/// Judges earlier results again.
fn again(arguments: &Arguments, path: &Path, mut kernel: Kernel) -> Result<Ended, Failure> {
    let signers = arguments.signers.as_deref().unwrap_or(Path::new(""));
    let signers = input::batches(signers)?.collect::<Result<Vec<RecordBatch>, BatchError>>()?;
    let again = Reevaluation::new(&mut kernel, signers)?;
    let mut out: Option<ParquetFile> = None;
    let mut summary = Summary::default();
    let progress = progress(arguments, None);
    let mut failure = None;
    for batch in input::batches(path)? {
        match batch.and_then(|batch| again.verdicts(&batch)) {
            Ok(results) => {
                summary.add(&results)?;
                progress.inc(results.num_rows() as u64);
                let file = match out.take() {
                    Some(file) => file,
                    None => ParquetFile::create(&arguments.out, results.schema())?,
                };
                out.insert(file).write(&results)?;
            }
            Err(error) => {
                failure = Some(error.into());
                break;
            }
        }
    }
    progress.finish_and_clear();
    match out {
        Some(out) => out.finish()?,
        // Nothing came: the results of nothing are no rows, if there was nothing to judge.
        None if failure.is_none() => {
            ParquetFile::results(&arguments.out, &FolderReads::KEYS)?.finish()?;
        }
        None => {}
    }
    let signers = Some(again.signers().len());
    Ok(Ended { summary, signers, threads: 1, took: Duration::ZERO, failure })
}

/// A bar on standard error, where that is a terminal.
fn progress(arguments: &Arguments, rows: Option<u64>) -> ProgressBar {
    let hidden = arguments.output.quiet || arguments.output.json;
    progress::bar(hidden, rows, "Kiểm tra · Verifying")
}
