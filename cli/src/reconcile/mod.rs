//! `cccd reconcile`: an organisation's records beside the citizens whom chips proved.

mod evidence;
mod said;

use std::{
    io::BufWriter,
    num::NonZeroUsize,
    path::PathBuf,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use cccd::vietnam::RecordField;
use cccd_batch::{
    BatchError,
    reconcile::{Columns, Counts, Differences, Records, Written, run as compare},
};
use clap::Args;

use crate::{
    evidence::SealArguments,
    failure::Failure,
    language::{choose, is_english},
    operator::OperatorArguments,
    output::{HEADING, OutputArguments, print_failure},
    progress, save,
};

/// The options of `cccd reconcile`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Hồ sơ của cơ quan: CSV mã UTF-8 có dòng tiêu đề, hoặc Parquet (.parquet) · The organisation's records: CSV in UTF-8
    /// with a header, or Parquet (.parquet)
    #[arg(long, value_name = "FILE")]
    records: PathBuf,
    /// Bằng chứng của các thẻ đã đọc (`cccd read --evidence`): tệp, hoặc thư mục chứa tệp .cbor · Evidence of cards that
    /// were read (`cccd read --evidence`): files, and folders whose .cbor files are taken
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    evidence: Vec<PathBuf>,
    /// Tệp kết quả CSV: mỗi mục cần xem lại một dòng · Where the differences go, as CSV: a line for each field that
    /// somebody should look at
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    out: PathBuf,
    /// Ghi cả hai giá trị cạnh mỗi chỗ khác nhau: dữ liệu cá nhân · Write both values beside each difference: personal data
    #[arg(long, help_heading = HEADING)]
    values: bool,
    /// Ghi cả mục trùng khớp và hồ sơ chưa đọc thẻ · Write what agrees as well, and records of which no card was read
    #[arg(long, help_heading = HEADING)]
    everything: bool,
    /// Cột nào là mục nào, ví dụ full_name=HO_TEN; cột có tên quen thuộc được tự nhận ra · Which column is what, such as
    /// full_name=HO_TEN; columns with usual names are recognised
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = column,
          help_heading = "Cột của hồ sơ · Columns of the records")]
    column: Vec<(RecordField, String)>,
    /// Cột chứa mã hồ sơ của cơ quan [mặc định: số thứ tự trong tệp] · The column by which the organisation calls a record
    /// [default: its number in the file]
    #[arg(long, value_name = "COLUMN", help_heading = "Cột của hồ sơ · Columns of the records")]
    key: Option<String>,
    /// Cột ghi ngày hồ sơ được xác nhận lần cuối · The column that says when the record was last confirmed
    #[arg(long, value_name = "COLUMN", help_heading = "Cột của hồ sơ · Columns of the records")]
    updated: Option<String>,
    /// Số luồng xử lý [mặc định: mỗi nhân một luồng] · Threads [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    #[command(flatten)]
    seal: SealArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// How a run ended, and everything that is said about it.
struct Ended {
    /// Which column was taken for what.
    columns: Vec<(&'static str, String)>,
    cards: evidence::Cards,
    counts: Counts,
    threads: NonZeroUsize,
    took: Duration,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match reconcile(arguments) {
        Ok(ended) => said::print(arguments, &ended),
        Err(failure) => print_failure(&failure, arguments.output.json),
    }
}

fn reconcile(arguments: &Arguments) -> Result<Ended, Failure> {
    let started = Instant::now();
    // What is wrong with the records is known before a thousand documents are verified.
    let mut records = Records::open(&arguments.records, arguments.columns())?;
    let columns: Vec<_> = records.columns().named();
    let columns = columns.into_iter().map(|(field, name)| (field, name.to_owned())).collect();
    let threads = arguments.threads.or_else(|| thread::available_parallelism().ok());
    let threads = threads.unwrap_or(NonZeroUsize::MIN);
    let (citizens, cards) = evidence::citizens(arguments, threads)?;

    let fault = |error: std::io::Error| BatchError::Output {
        path: arguments.out.clone(),
        what: error.to_string(),
    };
    let what = Written {
        values: arguments.values,
        everything: arguments.everything,
        english: is_english(),
    };
    let out = BufWriter::new(save::personal_file(&arguments.out).map_err(fault)?);
    let mut differences = Differences::new(out, what).map_err(fault)?;
    let bar = progress::bar(arguments.hidden(), records.total(), "Đối chiếu · Comparing");
    let counts = compare(&mut records, &citizens, threads, |checked| {
        bar.inc(1);
        differences.write(&checked).map_err(fault)
    });
    bar.finish_and_clear();
    // What was compared before a damaged place in the file is kept.
    differences.finish().map_err(fault)?;
    Ok(Ended { columns, cards, counts: counts?, threads, took: started.elapsed() })
}

impl Arguments {
    fn columns(&self) -> Columns {
        let named = self.column.iter().cloned();
        let mut columns =
            named.fold(Columns::default(), |columns, (field, name)| columns.with(field, name));
        if let Some(key) = &self.key {
            columns = columns.with_key(key);
        }
        if let Some(updated) = &self.updated {
            columns = columns.with_updated(updated);
        }
        columns
    }

    /// Whether nobody wants to see progress.
    const fn hidden(&self) -> bool {
        self.output.quiet || self.output.json
    }
}

fn column(text: &str) -> Result<(RecordField, String), String> {
    let fields = || RecordField::ALL.map(RecordField::name).join(", ");
    let (field, name) = text.split_once('=').ok_or_else(|| {
        let form = choose("cần dạng MỤC=CỘT, trong đó mục là · FIELD=COLUMN, where a field is");
        format!("{form}: {}", fields())
    })?;
    let field = RecordField::named(field.trim()).ok_or_else(|| {
        let unknown = choose("không có mục này, chỉ có · no such field, only");
        format!("{unknown}: {}", fields())
    })?;
    Ok((field, name.to_owned()))
}
