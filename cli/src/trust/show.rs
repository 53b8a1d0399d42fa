//! `cccd trust show`: counts.

use std::collections::BTreeMap;

use cccd::{
    date::Date,
    pki::{Anchor, KeptList, TrustStore},
};
use clap::Args;
use serde_json::{Value, json};

use super::{Input, Said, Saying, sources};
use crate::{
    exit,
    failure::Failure,
    language::{both, is_vietnamese, one},
    output::page::Page,
};

/// The options of `cccd trust show`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    pub(super) saying: Saying,
}

pub(super) fn run(arguments: &Arguments) -> Result<Said, Failure> {
    let (loaded, day) = (arguments.input.load()?, arguments.saying.day()?);
    let mut page = Page::new(false);
    summary(&mut page, &loaded.trust, day);
    sources::page(&mut page, &loaded.sources);
    let json = json!({
        "trust": object(&loaded.trust, day),
        "sources": loaded.sources.iter().map(sources::json).collect::<Vec<_>>(),
    });
    Ok(Said { json, page, status: exit::SUCCESS })
}

/// How many of what.
type Counts = BTreeMap<String, usize>;

fn count<'a>(trust: &'a TrustStore, of: impl Fn(&'a Anchor) -> String) -> Counts {
    let mut counts = Counts::new();
    for anchor in trust.anchors() {
        *counts.entry(of(anchor)).or_default() += 1;
    }
    counts
}

fn states(trust: &TrustStore) -> Counts {
    count(trust, |anchor| anchor.certificate().country().unwrap_or_else(|| "?".to_owned()))
}

fn keys(trust: &TrustStore) -> Counts {
    count(trust, |anchor| anchor.certificate().key_description().unwrap_or_else(|_| "?".to_owned()))
}

fn algorithms(trust: &TrustStore) -> Counts {
    let mut counts = Counts::new();
    for (key, count) in keys(trust) {
        let algorithm = key.split(' ').next().unwrap_or_default().to_owned();
        *counts.entry(algorithm).or_default() += count;
    }
    counts
}

/// Expired, within a year, later.
fn expiry(trust: &TrustStore, day: Date) -> [usize; 3] {
    let parts = |date: Date, years| (date.year() + years, date.month(), date.day());
    let mut counts = [0; 3];
    for anchor in trust.anchors() {
        let end = anchor.certificate().not_after();
        let [expired, soon, later] = &mut counts;
        *if end < day {
            expired
        } else if parts(end, 0) <= parts(day, 1) {
            soon
        } else {
            later
        } += 1;
    }
    counts
}

/// Whether a list is in force at a day.
pub(super) fn freshness(list: KeptList<'_>, day: Date) -> &'static str {
    match list.list().next_update() {
        _ if list.is_superseded() => "superseded",
        None => "unlimited",
        Some(next) if next < day => "stale",
        Some(_) if list.list().this_update() > day => "not_yet",
        Some(_) => "fresh",
    }
}

fn object(trust: &TrustStore, day: Date) -> Value {
    let [expired, within_a_year, later] = expiry(trust, day);
    let lists = trust.kept_revocation_lists().map(|kept| {
        json!({
            "authority": kept.authority(),
            "state": kept.country(),
            "number": kept.number_hex(),
            "this_update": kept.list().this_update().to_string(),
            "next_update": kept.list().next_update().map(|day| day.to_string()),
            "freshness": freshness(kept, day),
            "revoked": kept.list().len(),
            "source": kept.source(),
        })
    });
    let deviations = trust.deviation_lists().map(|list| {
        json!({
            "state": list.country(),
            "signed_at": list.signed_at().to_string(),
            "entries": list.entries().len(),
            "source": list.source(),
        })
    });
    json!({
        "at": day.to_string(),
        "created": trust.created().map(|day| day.to_string()),
        "anchors": trust.len(),
        "given": trust.anchors().filter(|anchor| !anchor.is_listed()).count(),
        "by_state": states(trust),
        "by_algorithm": algorithms(trust),
        "by_key": keys(trust),
        "by_expiry": { "expired": expired, "within_a_year": within_a_year, "later": later },
        "by_source": count(trust, |anchor| anchor.source().to_owned()),
        "intermediates": trust.intermediates().len(),
        "signers": trust.signers().len(),
        "signers_nonconforming":
            trust.signers().filter(|signer| signer.nonconformity().is_some()).count(),
        "revocation_lists": lists.collect::<Vec<_>>(),
        "deviation_lists": deviations.collect::<Vec<_>>(),
    })
}

/// `DE 12, VN 2`, the most frequent first.
fn listed(counts: Counts) -> String {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let words: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    if words.is_empty() { "–".to_owned() } else { words.join(", ") }
}

/// What is in a store, in words.
pub(super) fn summary(page: &mut Page, trust: &TrustStore, day: Date) {
    let [expired, soon, later] = expiry(trust, day);
    let given = trust.anchors().filter(|anchor| !anchor.is_listed()).count();
    let all = trust.len();
    let total = one(
        format!("{all} ({given} được đưa trực tiếp, còn lại từ danh sách)"),
        format!("{all} ({given} given, the rest on lists)"),
    );
    let terms = one(
        format!("{expired} hết hạn, {soon} còn dưới một năm, {later} còn lâu hơn (tại {day})"),
        format!("{expired} expired, {soon} within a year, {later} later (at {day})"),
    );
    page.heading("GỐC TIN CẬY · ANCHORS");
    page.rows(&[
        row("Tổng số", "Total", total),
        row("Quốc gia", "States", listed(states(trust))),
        row("Thuật toán", "Algorithms", listed(algorithms(trust))),
        row("Khóa", "Keys", listed(keys(trust))),
        row("Hạn dùng", "Expiry", terms),
    ]);
    page.heading("BÊN CẠNH · BESIDE THEM");
    let nonconforming = trust.signers().filter(|signer| signer.nonconformity().is_some()).count();
    let signers = trust.signers().len();
    let signers = one(
        format!("{signers} ({nonconforming} sai tiêu chuẩn)"),
        format!("{signers} ({nonconforming} break the standard)"),
    );
    page.rows(&[
        row("Chứng thư trung gian", "Between", trust.intermediates().len().to_string()),
        row("Đơn vị ký", "Document signers", signers),
        row("Danh sách thu hồi", "Revocation lists", freshness_words(trust, day)),
        row("Danh sách sai khác", "Deviation lists", trust.deviation_lists().len().to_string()),
    ]);
    let lists: Vec<_> = trust
        .kept_revocation_lists()
        .map(|kept| {
            let next = kept.list().next_update();
            let until = next.map_or_else(|| "–".to_owned(), |day| day.to_string());
            format!(
                "{}: {} {}, {} … {until}, {}",
                kept.authority(),
                kept.list().len(),
                one("bị thu hồi", "revoked"),
                kept.list().this_update(),
                in_words(freshness(kept, day))
            )
        })
        .collect();
    sources::some(page, &lists);
}

fn freshness_words(trust: &TrustStore, day: Date) -> String {
    let mut counts = Counts::new();
    for kept in trust.kept_revocation_lists() {
        *counts.entry(in_words(freshness(kept, day))).or_default() += 1;
    }
    format!("{} ({})", trust.revocation_lists().len(), listed(counts))
}

/// Whether a list is in force, for a person.
fn in_words(freshness: &str) -> String {
    if !is_vietnamese() {
        return freshness.replace('_', " ");
    }
    match freshness {
        "superseded" => "đã có bản mới hơn",
        "unlimited" => "không ghi hạn",
        "stale" => "quá hạn",
        "not_yet" => "chưa có hiệu lực",
        "fresh" => "còn hiệu lực",
        other => other,
    }
    .to_owned()
}

fn row(vietnamese: &str, english: &str, value: String) -> (String, String) {
    (both(vietnamese, english), value)
}
