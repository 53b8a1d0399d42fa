//! `cccd trust import`: everything in one file.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use cccd::{
    files,
    seal::{self, Sealed},
};
use clap::Args;
use serde_json::json;

use super::{Input, Said, Saying, show, sources};
use crate::{
    exit,
    failure::{self, Failure},
    language::choose,
    output::page::Page,
    save,
};

/// The options of `cccd trust import`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Tệp sẽ ghi, dùng cho --trust; tệp cũ được thay ngay · The file to write, for --trust; one that is there is replaced
    /// at once
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Niêm phong tệp bằng khóa bí mật này (PKCS #8 PEM, P-256) · Seal the file with this private key (PKCS #8 PEM, P-256)
    #[arg(long, value_name = "KEY")]
    seal_with: Option<PathBuf>,
    #[command(flatten)]
    pub(super) saying: Saying,
}

pub(super) fn run(arguments: &Arguments) -> Result<Said, Failure> {
    let (mut loaded, day) = (arguments.input.load()?, arguments.saying.day()?);
    if loaded.trust.is_empty() {
        return Err(Failure::from(&failure::NOBODY_TRUSTED));
    }
    loaded.trust.set_created(day);
    let mut bytes = loaded.trust.to_bytes();
    if let Some(path) = &arguments.seal_with {
        bytes = seal::seal(&bytes, Sealed::TrustStore, &save::sealing_key(path)?)?;
    }
    write(&arguments.out, &bytes)?;

    let complete = loaded.sources.iter().all(|source| source.outcome.is_ok());
    let mut page = Page::new(false);
    show::summary(&mut page, &loaded.trust, day);
    sources::page(&mut page, &loaded.sources);
    page.heading("ĐÃ GHI · WRITTEN");
    let sealed = arguments.seal_with.is_some();
    let how = choose(if sealed {
        "đã niêm phong · sealed"
    } else {
        "không niêm phong · not sealed"
    });
    page.indented(&format!("{}: {} byte, {how}", arguments.out.display(), bytes.len()));
    let json = json!({
        "file": arguments.out.to_string_lossy(),
        "bytes": bytes.len(),
        "sealed": sealed,
        "anchors": loaded.trust.len(),
        "sources": loaded.sources.iter().map(sources::json).collect::<Vec<_>>(),
    });
    let status = if complete { exit::SUCCESS } else { ExitCode::from(exit::INCOMPLETE) };
    Ok(Said { json, page, status })
}

/// Beside it first, then renamed: whoever opens the file sees the old one or the new one.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, bytes)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|error| files::io_error(path, &error).into())
}
