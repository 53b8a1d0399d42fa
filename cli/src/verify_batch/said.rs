//! What `cccd verify-batch` says: counts by outcome, issuer and deviation.

use std::{collections::BTreeMap, process::ExitCode};

use cccd_batch::{Count, column::VERIFIED};
use serde_json::{Map, Value, json};

use super::{Arguments, Ended};
use crate::{
    exit,
    language::{both, choose, one},
    output::{error_object, page::Page, print_failure, to_stdout},
};

/// Lines of one heading; the rest is in the JSON and in the results.
const LINES: usize = 20;

/// Says it and returns the exit status.
pub(super) fn print(arguments: &Arguments, ended: &Ended) -> ExitCode {
    let status = match &ended.failure {
        Some(failure) => ExitCode::from(exit::status(failure)),
        None if ended.summary.all_verified() => exit::SUCCESS,
        None => ExitCode::from(exit::NOT_ALL_VERIFIED),
    };
    let printed = if arguments.output.json {
        to_stdout(&format!("{}\n", json(arguments, ended)))
    } else {
        let printed = to_stdout(&text(arguments, ended));
        if let Some(failure) = &ended.failure {
            print_failure(failure, false);
        }
        printed
    };
    if printed { status } else { ExitCode::from(exit::INCOMPLETE) }
}

fn json(arguments: &Arguments, ended: &Ended) -> Value {
    let summary = &ended.summary;
    let outcome = match &ended.failure {
        Some(_) => "incomplete",
        None if summary.all_verified() => VERIFIED,
        None => "refused",
    };
    let counts = |counts: &BTreeMap<String, u64>| -> Map<String, Value> {
        counts.iter().map(|(name, count)| (name.clone(), json!(count))).collect()
    };
    let issuers: Vec<Value> = summary
        .issuers
        .iter()
        .map(|(issuer, count)| {
            json!({ "issuer": issuer, "documents": count.documents, "verified": count.verified })
        })
        .collect();
    json!({
        "outcome": outcome,
        "error": ended.failure.as_ref().map(error_object),
        "documents": summary.total.documents,
        "verified": summary.total.verified,
        "outcomes": counts(&summary.outcomes),
        "issuers": issuers,
        "deviations": counts(&summary.deviations),
        "results": arguments.out.display().to_string(),
        "metrics": {
            "seconds": (ended.took.as_secs_f64() * 1_000.0).round() / 1_000.0,
            "threads": ended.threads,
            "signers_examined_again": ended.signers,
        },
    })
}

fn text(arguments: &Arguments, ended: &Ended) -> String {
    let summary = &ended.summary;
    let Count { documents, verified } = summary.total;
    let mut page = Page::new(false);
    if summary.all_verified() && ended.failure.is_none() {
        page.banner(true, "TẤT CẢ HỒ SƠ HỢP LỆ · ALL VERIFIED", VERIFIED);
    } else {
        page.banner(false, "CÓ HỒ SƠ KHÔNG HỢP LỆ · NOT ALL VERIFIED", "");
    }
    let seconds = ended.took.as_secs_f64();
    let mut facts = vec![
        (choose("Hồ sơ · Documents"), documents.to_string()),
        (choose("Hợp lệ · Verified"), verified.to_string()),
        (choose("Thời gian · Time"), time(seconds, ended.threads)),
        (choose("Kết quả · Results"), arguments.out.display().to_string()),
    ];
    if let Some(signers) = ended.signers {
        let words = one(
            format!("{signers} được xét lại, không đọc hồ sơ nào"),
            format!("{signers} examined again, no document read"),
        );
        facts.push((choose("Đơn vị ký · Signers"), words));
    }
    page.rows(&facts);
    let plain = |counts: &BTreeMap<String, u64>| {
        let rows = counts.iter().map(|(name, count)| (name.clone(), *count, count.to_string()));
        rows.collect::<Vec<_>>()
    };
    section(&mut page, "Theo kết luận · By outcome", plain(&summary.outcomes));
    let issuers = summary.issuers.iter().map(|(issuer, count)| {
        let Count { documents, verified } = *count;
        let words = one(
            format!("{verified} trên {documents} hợp lệ"),
            format!("{verified} of {documents} verified"),
        );
        (issuer.clone(), count.documents, words)
    });
    section(&mut page, "Theo cơ quan cấp · By issuer", issuers.collect());
    section(&mut page, "Sai khác được chấp nhận · Deviations", plain(&summary.deviations));
    page.text
}

/// How long it took.
pub(crate) fn time(seconds: f64, threads: impl std::fmt::Display) -> String {
    one(
        format!("{seconds:.1} giây, {threads} luồng"),
        format!("{seconds:.1} s, {threads} thread(s)"),
    )
}

/// The most frequent first.
fn section(page: &mut Page, heading: &str, mut rows: Vec<(String, u64, String)>) {
    if rows.is_empty() {
        return;
    }
    rows.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let more = rows.len().saturating_sub(LINES);
    let rows: Vec<_> = rows.into_iter().take(LINES).map(|(name, _, words)| (words, name)).collect();
    page.heading(heading);
    page.rows(&rows);
    if more > 0 {
        page.remark(&both(&format!("và {more} mục nữa"), &format!("and {more} more")));
    }
}
