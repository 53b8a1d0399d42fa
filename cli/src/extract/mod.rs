//! `cccd extract`: where the holder of a card lives, as its chip says, on one page for a one-stop desk.

mod page;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use cccd::{
    document::{Report, VerifiedDocument},
    files,
    vietnam::ResidenceExtract,
};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    evidence::{self, SealArguments},
    failure::Failure,
    operator::OperatorArguments,
    output::{self, HEADING, OutputArguments, print_failure, to_stdout},
    save,
};

/// The options of `cccd extract`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Tệp bằng chứng của một thẻ đã đọc (`cccd read --evidence`) · The evidence of a card that was read
    /// (`cccd read --evidence`)
    evidence: PathBuf,
    /// Tệp ghi bản trích: .html cho người đọc, .json cho phần mềm · Where the page goes: .html for people, .json for
    /// programs
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    out: Option<PathBuf>,
    /// Kèm họ tên cha, mẹ, vợ hoặc chồng · With the names of father, mother and spouse
    #[arg(long, help_heading = HEADING)]
    with_family: bool,
    #[command(flatten)]
    seal: SealArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// An extract with everything that stands on it.
struct Page<'a> {
    extract: ResidenceExtract,
    document: &'a VerifiedDocument,
    /// The day for which the verdict holds.
    verified_for: String,
    /// SHA-256 of the evidence file.
    evidence: String,
}

impl Page<'_> {
    const fn report(&self) -> &Report {
        self.document.report()
    }

    /// When the reader says to have read the card; nobody proves it.
    fn read_at(&self) -> Option<String> {
        let claims = self.document.evidence().claims();
        claims.read_at.clone().or_else(|| claims.read_on.map(|day| day.to_string()))
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match extract(arguments) {
        Ok(status) => status,
        Err(failure) => print_failure(&failure, arguments.output.json),
    }
}

fn extract(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let system = arguments.operator.system(None, |remark| arguments.output.tell(remark))?;
    let opened = arguments.seal.open(&arguments.evidence)?;
    let document = system.verify(&opened.evidence, None, None).document?;
    let mut extract = ResidenceExtract::new(&document)?;
    if arguments.with_family {
        extract = extract.with_family();
    }
    let page = Page {
        extract,
        document: &document,
        verified_for: system.at().to_string(),
        evidence: evidence::hex(&opened.digest),
    };
    let object = json(&page);
    if let Some(path) = &arguments.out {
        write(path, &page, &object).map_err(|error| files::io_error(path, &error))?;
    }
    let said = if arguments.output.json {
        format!("{object}\n")
    } else {
        page::text(&page, arguments.out.as_deref())
    };
    Ok(if to_stdout(&said) { crate::exit::SUCCESS } else { crate::exit::INCOMPLETE.into() })
}

fn write(path: &Path, page: &Page<'_>, object: &Value) -> std::io::Result<()> {
    let json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let text = if json { format!("{object:#}\n") } else { page::html(page) };
    save::personal(path, text.as_bytes())
}

/// The object that other programs rely on, see docs/output.md.
fn json(page: &Page<'_>) -> Value {
    let extract = &page.extract;
    let holder: serde_json::Map<String, Value> = extract
        .fields()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value.map(|value| value.reveal().clone()))))
        .collect();
    let province = extract.province().map(|province| {
        let (code, name) = province.since_2025();
        json!({ "on_card": province.name(), "code": format!("{code:02}"), "name": name })
    });
    let signer = page.report().signer().map(|signer| {
        json!({ "subject": signer.subject, "issuer": signer.issuer, "serial": signer.serial })
    });
    let limits: Vec<_> = ResidenceExtract::LIMITS
        .iter()
        .map(|limit| json!({ "vi": limit.vietnamese, "en": limit.english }))
        .collect();
    json!({
        "extract": "residence",
        "holder": holder,
        "residence_as_of": extract.as_of().map(|day| day.to_string()),
        "province_since_2025": province,
        "verified": {
            "for_day": page.verified_for,
            "read_at": page.read_at(),
            "signer": signer,
            "checks": output::checks_array(page.report().checks()),
            "evidence_sha256": page.evidence,
        },
        "limits": limits,
    })
}
