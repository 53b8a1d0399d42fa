//! What a command says: one verdict, as a JSON object or in words.

pub(crate) mod bench;
pub(crate) mod cost;
pub(crate) mod doctor;
mod json;
pub(crate) mod labels;
mod outcomes;
pub(crate) mod page;
mod text;

use std::{
    io::{IsTerminal as _, Write as _},
    process::ExitCode,
};

use cccd::{
    access::AccessUsed,
    apdu::Metrics,
    document::{Report, VerifiedDocument},
    findings::{Check, Deviation, Outcome},
    vietnam::{CitizenRecord, RecordFormat},
};
use clap::Args;

use crate::{
    exit,
    failure::Failure,
    language::{choose, one},
    operator::Remark,
    portrait::Portrait,
    speed::Cost,
};

#[cfg(feature = "pcsc")]
pub(crate) use json::verdict as verdict_object;
pub(crate) use json::{checks as checks_array, error as error_object};

/// The heading above the options that say what comes out.
pub(crate) const HEADING: &str = "Kết quả · Output";

/// How to say it.
#[derive(Args, Clone, Copy)]
#[command(next_help_heading = HEADING)]
pub(crate) struct OutputArguments {
    /// Chỉ in một đối tượng JSON ra đầu ra chuẩn · Print one JSON object to standard output, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    /// Không hiện tiến trình và lưu ý trên đầu ra lỗi · No progress and no remarks on standard error
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl OutputArguments {
    /// Tells the operator something on standard error.
    pub(crate) fn tell(self, remark: Remark) {
        match remark {
            Remark::Note(_) if self.quiet || self.json => {}
            Remark::Note(words) => to_stderr(&format!("{words}\n")),
            Remark::Warning(words) => warn(&words),
        }
    }
}

/// Under which names the citizen's fields come.
#[derive(Args, Clone, Copy)]
#[command(next_help_heading = HEADING)]
pub(crate) struct FormatArguments {
    /// Tên các mục của công dân trong JSON: english, hoặc như phần mềm đầu đọc để bàn vẫn dùng: hn212, dhg (DHG.Hospital),
    /// rar (RAR.IdCard.Sdk) · Names of the citizen's fields in JSON: english, or as desk readers give them: hn212, dhg
    /// (DHG.Hospital), rar (RAR.IdCard.Sdk)
    #[arg(long, value_name = "NAME", requires = "json", default_value_t, value_parser = record_format)]
    pub(crate) format: RecordFormat,
}

fn record_format(name: &str) -> Result<RecordFormat, String> {
    RecordFormat::from_name(name).ok_or_else(|| {
        let names = RecordFormat::ALL.map(RecordFormat::name).join(", ");
        let unknown = choose("không có định dạng nào tên như vậy · no such format");
        format!("{unknown}\n  {}: {names}", choose("tất cả · all"))
    })
}

/// How a read or a verification ended, and everything that is said about it.
pub(crate) struct Verdict {
    /// Every check; `None` if the command ended before there was anything to check.
    pub(crate) report: Option<Report>,
    /// What it cost.
    pub(crate) metrics: Metrics,
    /// What every step of it cost, if somebody wants to know.
    pub(crate) cost: Option<Cost>,
    /// The card is a simulated one.
    pub(crate) simulated: bool,
    /// The document, or why there is none.
    pub(crate) result: Result<Accepted, Failure>,
}

/// A verified document.
pub(crate) struct Accepted {
    pub(crate) document: VerifiedDocument,
    /// `None` if the document is no CCCD, which only `verify` accepts.
    pub(crate) citizen: Option<CitizenRecord>,
    pub(crate) portrait: Option<Portrait>,
}

impl Verdict {
    /// A refusal before any chip was touched or any file of a document read.
    pub(crate) fn before_the_chip(failure: Failure, simulated: bool) -> Self {
        let metrics = Metrics::default();
        Self { report: None, metrics, cost: None, simulated, result: Err(failure) }
    }

    /// Every check with its outcome, in the order of a report.
    fn checks(&self) -> impl Iterator<Item = (Check, &Outcome)> {
        const NOT_REACHED: &Outcome = &Outcome::NotPerformed {
            code: "not_reached",
            reason: "the command ended before this check",
        };
        Check::ALL.into_iter().map(|check| {
            (check, self.report.as_ref().map_or(NOT_REACHED, |report| report.outcome(check)))
        })
    }

    /// The names of the tolerances that were used.
    fn deviations(&self) -> Vec<&'static str> {
        self.report.iter().flat_map(Report::deviations).map(Deviation::name).collect()
    }

    /// The door that was used.
    fn access(&self) -> Option<&AccessUsed> {
        self.report.as_ref()?.access()
    }

    /// The exit status that says the same.
    pub(crate) fn status(&self) -> ExitCode {
        match &self.result {
            Ok(_) => exit::SUCCESS,
            Err(failure) => ExitCode::from(exit::status(failure)),
        }
    }

    /// Says it and returns the exit status. `incomplete`: something asked for beside it failed.
    pub(crate) fn print(&self, output: OutputArguments, incomplete: bool) -> ExitCode {
        self.print_as(RecordFormat::English, output, incomplete)
    }

    /// The same, with the citizen's fields under these names where it is JSON.
    pub(crate) fn print_as(
        &self,
        format: RecordFormat,
        output: OutputArguments,
        incomplete: bool,
    ) -> ExitCode {
        let status = match &self.result {
            Ok(_) if incomplete => ExitCode::from(exit::INCOMPLETE),
            _ => self.status(),
        };
        let printed = match (&self.result, output.json) {
            (_, true) => to_stdout(&format!("{}\n", json::verdict(self, format))),
            (Ok(accepted), false) => to_stdout(&text::accepted(self, accepted)),
            // What is not verified does not reach whoever reads standard output.
            (Err(failure), false) => {
                to_stderr(&text::refused(self, failure));
                true
            }
        };
        if printed { status } else { ExitCode::from(exit::INCOMPLETE) }
    }
}

/// Says why a command without a document failed, and returns the exit status.
pub(crate) fn print_failure(failure: &Failure, json: bool) -> ExitCode {
    if json {
        to_stdout(&format!("{}\n", serde_json::json!({ "error": error_object(failure) })));
    } else {
        to_stderr(&text::failure(failure));
    }
    ExitCode::from(exit::status(failure))
}

/// Whether everything could be written; a reader that hung up is no reason to panic.
pub(crate) fn to_stdout(text: &str) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}

/// Says it if anybody listens.
pub(crate) fn to_stderr(text: &str) {
    drop(std::io::stderr().write_all(text.as_bytes()));
}

/// Says that something is not as it should be.
pub(crate) fn warn(words: &str) {
    to_stderr(&format!("{}: {words}\n", one("cảnh báo", "warning")));
}

/// No line is wider, however wide the terminal: nobody reads longer ones with ease.
const WIDEST: usize = 100;

/// Columns for standard output or standard error; the last of a terminal stays empty.
fn columns(error: bool) -> usize {
    let (terminal, is_terminal) = if error {
        (console::Term::stderr(), std::io::stderr().is_terminal())
    } else {
        (console::Term::stdout(), std::io::stdout().is_terminal())
    };
    if is_terminal { usize::from(terminal.size().1).saturating_sub(1).min(WIDEST) } else { WIDEST }
}
