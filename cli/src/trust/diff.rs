//! `cccd trust diff`: what changed.

use std::path::PathBuf;

use cccd::{
    date::Date,
    pki::{AnchorInfo, ListChange, TrustStore},
};
use clap::Args;
use serde_json::{Value, json};

use super::{Form, Keys, Said, sources, store};
use crate::{
    exit,
    failure::Failure,
    language::{choose, one},
    output::page::Page,
};

/// The options of `cccd trust diff`.
#[derive(Args)]
pub(super) struct Arguments {
    /// Kho cũ, hoặc tệp hay thư mục nào dùng được cho --trust · The old store, or any file or folder for --trust
    old: PathBuf,
    /// Kho mới · The new one
    new: PathBuf,
    #[command(flatten)]
    keys: Keys,
    #[command(flatten)]
    pub(super) form: Form,
}

pub(super) fn run(arguments: &Arguments) -> Result<Said, Failure> {
    let old = store(&arguments.old, &arguments.keys)?;
    let new = store(&arguments.new, &arguments.keys)?;
    let diff = TrustStore::diff(&old, &new);
    let mut page = Page::new(false);
    for (heading, infos) in [
        ("THÊM · ADDED", &diff.added),
        ("BỎ · REMOVED", &diff.removed),
        ("CHỨNG THƯ TRUNG GIAN, THÊM · BETWEEN, ADDED", &diff.intermediates_added),
        ("CHỨNG THƯ TRUNG GIAN, BỎ · BETWEEN, REMOVED", &diff.intermediates_removed),
    ] {
        if !infos.is_empty() {
            page.heading(&format!("{} ({})", choose(heading), infos.len()));
            sources::some(&mut page, &infos.iter().map(words).collect::<Vec<_>>());
        }
    }
    if !diff.revocation_lists.is_empty() {
        page.heading("DANH SÁCH THU HỒI · REVOCATION LISTS");
        sources::some(&mut page, &diff.revocation_lists.iter().map(change).collect::<Vec<_>>());
    }
    if !diff.deviation_lists.is_empty() {
        page.heading("DANH SÁCH SAI KHÁC · DEVIATION LISTS");
        let lines = diff.deviation_lists.iter().map(|(state, old, new)| {
            format!("{}: {} → {}", state.as_deref().unwrap_or("?"), day(*old), day(*new))
        });
        sources::some(&mut page, &lines.collect::<Vec<_>>());
    }
    if diff.signers_added + diff.signers_removed > 0 {
        page.heading("ĐƠN VỊ KÝ · DOCUMENT SIGNERS");
        let (added, removed) = (diff.signers_added, diff.signers_removed);
        page.indented(&one(
            format!("thêm {added}, bỏ {removed}"),
            format!("{added} added, {removed} removed"),
        ));
    }
    if diff.is_empty() {
        page.indented(&choose("Hai kho như nhau · Both hold the same"));
    }
    let infos = |infos: &[AnchorInfo]| infos.iter().map(info).collect::<Vec<_>>();
    let json = json!({
        "changed": !diff.is_empty(),
        "added": infos(&diff.added),
        "removed": infos(&diff.removed),
        "intermediates_added": infos(&diff.intermediates_added),
        "intermediates_removed": infos(&diff.intermediates_removed),
        "signers_added": diff.signers_added,
        "signers_removed": diff.signers_removed,
        "revocation_lists": diff.revocation_lists.iter().map(change_object).collect::<Vec<_>>(),
        "deviation_lists": diff
            .deviation_lists
            .iter()
            .map(|(state, old, new)| {
                let text = |day: &Option<Date>| day.map(|day| day.to_string());
                json!({ "state": state, "old": text(old), "new": text(new) })
            })
            .collect::<Vec<_>>(),
    });
    Ok(Said { json, page, status: exit::SUCCESS })
}

/// An anchor as JSON.
pub(super) fn info(info: &AnchorInfo) -> Value {
    json!({
        "subject": info.subject,
        "state": info.country,
        "serial": info.serial,
        "fingerprint": info.fingerprint,
        "not_before": info.not_before.to_string(),
        "not_after": info.not_after.to_string(),
        "source": info.source,
    })
}

/// An anchor in words.
pub(super) fn words(info: &AnchorInfo) -> String {
    let AnchorInfo { subject, serial, not_before, not_after, .. } = info;
    format!("{subject}, {} {serial}, {not_before} … {not_after}", one("số sê-ri", "serial"))
}

fn day(day: Option<Date>) -> String {
    day.map_or_else(|| "–".to_owned(), |day| day.to_string())
}

fn change(change: &ListChange) -> String {
    let list = |list: &Option<(Option<String>, Date)>| match list {
        Some((number, day)) => format!("{} ({day})", number.as_deref().unwrap_or("–")),
        None => "–".to_owned(),
    };
    format!("{}: {} → {}", change.authority, list(&change.old), list(&change.new))
}

fn change_object(change: &ListChange) -> Value {
    let list = |list: &Option<(Option<String>, Date)>| {
        list.as_ref()
            .map(|(number, day)| json!({ "number": number, "this_update": day.to_string() }))
    };
    json!({ "authority": change.authority, "old": list(&change.old), "new": list(&change.new) })
}
