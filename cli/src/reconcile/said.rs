//! What `cccd reconcile` says: counts by field and relation, for a person and for a program.

use std::process::ExitCode;

use cccd::vietnam::{RecordField, Relation};
use serde_json::{Map, Value, json};

use super::{Arguments, Ended};
use crate::{
    exit,
    language::choose,
    output::{labels, page::Page, to_stdout},
    verify_batch::time,
};

/// Says it and returns the exit status: differences are a result, evidence that was refused is something beside it.
pub(super) fn print(arguments: &Arguments, ended: &Ended) -> ExitCode {
    let text = if arguments.output.json {
        format!("{}\n", json(arguments, ended))
    } else {
        text(arguments, ended)
    };
    if to_stdout(&text) && ended.cards.refused.is_empty() {
        exit::SUCCESS
    } else {
        ExitCode::from(exit::INCOMPLETE)
    }
}

fn json(arguments: &Arguments, ended: &Ended) -> Value {
    let Ended { columns, cards, counts, threads, took } = ended;
    let mut fields = Map::new();
    for ((field, relation), count) in &counts.relations {
        fields.entry(field.name()).or_insert_with(|| json!({}))[*relation] = json!(count);
    }
    let columns: Map<String, Value> =
        columns.iter().map(|(field, name)| ((*field).to_owned(), json!(name))).collect();
    let found_by: Map<String, Value> =
        counts.found_by.iter().map(|(by, count)| (by.code().to_owned(), json!(count))).collect();
    json!({
        "outcome": "compared",
        "columns": columns,
        "evidence": {
            "files": cards.files,
            "citizens": cards.citizens,
            "earlier_cards": cards.earlier,
            "refused": cards.refused,
        },
        "records": counts.records,
        "compared": counts.compared,
        "clean": counts.clean,
        "repeated": counts.repeated,
        "no_card": counts.no_card,
        "several_citizens": counts.several,
        "unreadable": counts.unreadable,
        "found_by": found_by,
        "citizens_without_record": counts.citizens_without_record,
        "fields": fields,
        "results": arguments.out.display().to_string(),
        "metrics": {
            "seconds": (took.as_secs_f64() * 1_000.0).round() / 1_000.0,
            "threads": threads,
        },
    })
}

fn text(arguments: &Arguments, ended: &Ended) -> String {
    let Ended { columns, cards, counts, threads, took } = ended;
    let mut page = Page::new(false);
    page.banner(true, "ĐÃ ĐỐI CHIẾU · COMPARED", "");
    let row = |label: &str, value: String| (choose(label), value);
    let mut rows = vec![
        row("Hồ sơ · Records", counts.records.to_string()),
        row("Có thẻ đã đọc · Of citizens whose card was read", counts.compared.to_string()),
        row("  không phải sửa gì · nothing to look at", counts.clean.to_string()),
    ];
    let mut seldom = |label: &str, count: u64| {
        if count > 0 {
            rows.push(row(label, count.to_string()));
        }
    };
    seldom(
        "  trùng người với hồ sơ trước · about the citizen of an earlier record",
        counts.repeated,
    );
    seldom("Chưa đọc thẻ · No card was read", counts.no_card);
    seldom("Khớp với nhiều người · Fit several citizens", counts.several);
    seldom("Không đọc được · Cannot be read", counts.unreadable);
    seldom("Thẻ chưa có hồ sơ · Cards without a record", counts.citizens_without_record);
    let refused: u64 = cards.refused.values().sum();
    rows.push(row(
        "Bằng chứng · Evidence files",
        format!("{}, {} {}", cards.files, cards.citizens, choose("công dân · citizens")),
    ));
    if cards.earlier > 0 {
        rows.push(row("  thẻ cũ của cùng người · earlier cards", cards.earlier.to_string()));
    }
    if refused > 0 {
        let codes: Vec<_> =
            cards.refused.iter().map(|(code, count)| format!("{code} {count}")).collect();
        rows.push(row("  bị từ chối · refused", codes.join(", ")));
    }
    rows.push(row("Thời gian · Time", time(took.as_secs_f64(), threads)));
    rows.push(row("Kết quả · Results", arguments.out.display().to_string()));
    page.rows(&rows);

    page.heading("Cột đã nhận ra · Columns");
    let columns: Vec<_> = columns
        .iter()
        .map(|(field, name)| (name.clone(), labels::both(labels::field(field))))
        .collect();
    page.rows(&columns);

    relations(&mut page, ended);
    page.text
}

/// Each field with the count of every relation, as the results name it, and under it what the names mean.
fn relations(page: &mut Page, ended: &Ended) {
    let counts = &ended.counts.relations;
    let of = |field: RecordField| -> Vec<String> {
        let counted = |kind: Relation| Some((kind.code(), counts.get(&(field, kind.code()))?));
        let found = Relation::KINDS.into_iter().filter_map(counted);
        found.map(|(code, count)| format!("{code} {count}")).collect()
    };
    let rows: Vec<_> = RecordField::ALL
        .into_iter()
        .map(|field| (labels::both(labels::field(field.name())), of(field).join(", ")))
        .filter(|(_, counts)| !counts.is_empty())
        .collect();
    if rows.is_empty() {
        return;
    }
    page.heading("Theo từng mục · By field");
    page.rows(&rows);
    page.heading("Nghĩa là · Meaning");
    let meanings: Vec<_> = Relation::KINDS
        .into_iter()
        .filter(|kind| counts.keys().any(|(_, code)| *code == kind.code()))
        .map(|kind| (kind.code().to_owned(), labels::both((kind.message_vi(), &kind.to_string()))))
        .collect();
    page.rows(&meanings);
}
