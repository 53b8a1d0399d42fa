//! `cccd trust check`: is it sound, and would a signer be accepted?

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;

use super::{
    Input, Said, Saying,
    findings::{self, Kind},
    signer, sources,
};
use crate::{
    exit,
    failure::Failure,
    language::{choose, one},
    output::page::Page,
};

/// The options of `cccd trust check`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Không tính các phát hiện thuộc loại này · Findings of this kind do not count
    #[arg(long, value_enum, value_name = "FINDING")]
    allow: Vec<Kind>,
    /// Thay vào đó, cho biết đơn vị ký này có được chấp nhận không; mã thoát chỉ nói về nó. Các chứng thư khác trong tệp có
    /// thể đứng giữa · Say whether this document signer would be accepted instead; the exit status is about it alone.
    /// Further certificates in the file may stand between
    #[arg(long, value_name = "DS.cer", conflicts_with = "allow")]
    certificate: Option<PathBuf>,
    #[command(flatten)]
    pub(super) saying: Saying,
}

pub(super) fn run(arguments: &Arguments) -> Result<Said, Failure> {
    let (loaded, day) = (arguments.input.load()?, arguments.saying.day()?);
    if let Some(path) = &arguments.certificate {
        return signer::check(path, &loaded.trust, day);
    }
    let found = findings::all(&loaded, day);
    let counts = |kind: Kind| !arguments.allow.contains(&kind);
    let sound = !found.iter().any(|finding| counts(finding.kind));

    let mut page = Page::new(false);
    if sound {
        page.banner(true, "KHO TIN CẬY KHÔNG CÓ VẤN ĐỀ · SOUND", "");
    } else {
        page.banner(false, "CẦN XEM LẠI · TO BE LOOKED AT", "");
    }
    let anchors = loaded.trust.len();
    page.indented(&one(
        format!("{anchors} gốc tin cậy, tại ngày {day}"),
        format!("{anchors} anchors, at {day}"),
    ));
    for kind in Kind::ALL {
        let lines: Vec<_> = found
            .iter()
            .filter(|finding| finding.kind == kind)
            .map(|finding| {
                format!("{}: {}", finding.subject, one(&finding.detail_vi, &finding.detail))
            })
            .collect();
        if !lines.is_empty() {
            let allowed = format!(", {}", choose("bỏ qua · allowed"));
            let allowed = if counts(kind) { String::new() } else { allowed };
            page.heading(&format!("{} ({}{allowed})", choose(kind.heading()), lines.len()));
            sources::some(&mut page, &lines);
        }
    }
    let json = json!({
        "sound": sound,
        "at": day.to_string(),
        "anchors": loaded.trust.len(),
        "findings": found
            .iter()
            .map(|finding| json!({
                "finding": finding.kind.name(),
                "subject": finding.subject,
                "detail": finding.detail,
                "allowed": !counts(finding.kind),
            }))
            .collect::<Vec<_>>(),
    });
    let status = if sound { exit::SUCCESS } else { ExitCode::from(exit::INCOMPLETE) };
    Ok(Said { json, page, status })
}
