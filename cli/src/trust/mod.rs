//! `cccd trust`: whom the operator trusts, as files: shown, put together, compared and checked.

mod check;
mod diff;
mod findings;
mod import;
mod show;
mod signer;
pub(crate) mod sources;

use std::{path::PathBuf, process::ExitCode};

use cccd::{date::Date, pki::TrustStore, transport::today};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{
    exit,
    failure::Failure,
    operator,
    output::{page::Page, print_failure, to_stdout},
};
use sources::Sources;

/// The options of `cccd trust`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Đếm những gì được tin cậy theo quốc gia, khóa, hạn và nguồn; nêu rõ mục nào bị bỏ qua · Count what is trusted: by
    /// state, key, expiry and source; say what was left out
    Show(show::Arguments),
    /// Gộp tất cả vào một tệp, niêm phong nếu muốn · Put everything into one file, sealed if wanted
    Import(import::Arguments),
    /// Cho biết hai kho khác nhau ở đâu · Say what changed from one store to another
    Diff(diff::Arguments),
    /// Cho biết kho có ổn không, hoặc một đơn vị ký có được chấp nhận không · Say whether all of it is sound, or whether a
    /// signer would be accepted
    Check(check::Arguments),
}

/// What every subcommand reads.
#[derive(Args)]
struct Input {
    /// Tệp hoặc thư mục: chứng thư, danh sách, LDIF, kho · Files or folders: certificates, lists, LDIF, stores
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    keys: Keys,
}

#[derive(Args)]
struct Keys {
    /// Khóa công khai (PEM): kho chỉ có giá trị nếu do khóa này niêm phong · A public key (PEM): stores count only if it
    /// sealed them
    #[arg(long, value_name = "PUB")]
    trust_key: Vec<PathBuf>,
}

/// How to say it, and for which day.
#[derive(Args)]
struct Saying {
    /// Ngày dùng để tính hạn, YYYY-MM-DD [mặc định: hôm nay, UTC] · The day for which expiry is told, YYYY-MM-DD [default:
    /// today, UTC]
    #[arg(long, value_name = "DATE", value_parser = operator::day)]
    at: Option<Date>,
    #[command(flatten)]
    form: Form,
}

#[derive(Args, Clone, Copy)]
struct Form {
    /// Chỉ in một đối tượng JSON ra đầu ra chuẩn · Print one JSON object to standard output, and nothing else
    #[arg(long)]
    json: bool,
}

impl Input {
    fn load(&self) -> Result<Sources, Failure> {
        let (trust, sources) = sources::load(&self.paths, &self.keys.trust_key)?;
        Ok(Sources { trust, sources })
    }
}

impl Saying {
    fn day(&self) -> Result<Date, Failure> {
        Ok(match self.at {
            Some(at) => at,
            None => today()?,
        })
    }
}

/// What a command has to say.
struct Said {
    json: Value,
    page: Page,
    status: ExitCode,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let (said, Form { json }) = match &arguments.command {
        Command::Show(arguments) => (show::run(arguments), arguments.saying.form),
        Command::Import(arguments) => (import::run(arguments), arguments.saying.form),
        Command::Diff(arguments) => (diff::run(arguments), arguments.form),
        Command::Check(arguments) => (check::run(arguments), arguments.saying.form),
    };
    match said {
        Ok(said) => {
            let text = if json { format!("{}\n", said.json) } else { said.page.text };
            if to_stdout(&text) { said.status } else { ExitCode::from(exit::INCOMPLETE) }
        }
        Err(failure) => print_failure(&failure, json),
    }
}

/// The store of one path alone.
fn store(path: &PathBuf, keys: &Keys) -> Result<TrustStore, Failure> {
    let (trust, sources) = sources::load(std::slice::from_ref(path), &keys.trust_key)?;
    match sources.into_iter().find_map(|source| source.outcome.err()) {
        Some(error) => Err(error.into()),
        None => Ok(trust),
    }
}
