//! What a read cost, step by step: a table, or an object whose keys docs/output.md describes.

use cccd::apdu::Metrics;
use serde_json::{Value, json};

use super::page::{Heading, Page};
use crate::{
    language::choose,
    speed::{Cost, Spent, Step},
};

/// The headings above a table of costs; the last four are the causes of virtual time.
const HEADINGS: [Heading; 8] = [
    ["APDU", "", "APDU"],
    ["byte gửi", "gửi", "bytes →"],
    ["byte nhận", "nhận", "bytes ←"],
    ["tổng ms", "thời gian", "ms"],
    ["sóng", "sóng", "air"],
    ["máy đọc", "máy đọc", "host"],
    ["chip", "chip", "chip"],
    ["làm lại", "làm lại", "retry"],
];
/// Those that are always there.
const LEAST: usize = 4;

/// The section that follows a result.
pub(super) fn page(page: &mut Page, cost: &Cost, metrics: &Metrics) {
    page.heading("CHI PHÍ · COST");
    table(page, cost);
    page.line("");
    let mut rows = vec![clock(cost.timing.as_deref())];
    if cost.timing.is_none() {
        rows.push((
            choose("Giữa các trao đổi · Between exchanges"),
            format!("{} ms", milliseconds(cost.ledger.between())),
        ));
    }
    if let Some(known) = cost.ledger.identity() {
        rows.push((
            choose("Biết danh tính sau · Identity known after"),
            format!("{} APDU, {} ms", known.apdus, milliseconds(known.time())),
        ));
    }
    rows.push((
        choose("Mất thẻ, đọc lại · Losses, read twice"),
        format!("{}, {} byte", metrics.losses, metrics.bytes_repeated),
    ));
    page.rows(&rows);
}

/// What one session of a reader that announces nothing has cost a simulated card.
pub(crate) fn session(cost: &Cost) -> String {
    let mut page = Page::new(false);
    page.heading("MỘT LƯỢT ĐỌC · ONE SESSION");
    table(&mut page, cost);
    page.line("");
    page.rows(&[clock(cost.timing.as_deref())]);
    page.text
}

/// A row for each step, and one for all.
pub(crate) fn table(page: &mut Page, cost: &Cost) {
    let total = (choose("Tổng · Total"), cost.ledger.total());
    let steps = cost.ledger.steps().iter().map(|(step, spent)| (step.words(), *spent));
    let columns = if cost.timing.is_some() { HEADINGS.len() } else { LEAST };
    let rows: Vec<_> = steps
        .chain([total])
        .map(|(label, spent)| {
            let counts = [spent.apdus, spent.bytes_sent, spent.bytes_received];
            let times = [spent.time()].into_iter().chain(spent.causes());
            let cells = counts.map(|it| it.to_string()).into_iter().chain(times.map(milliseconds));
            (label, cells.take(columns).collect())
        })
        .collect();
    page.table(&HEADINGS[..columns], LEAST, &rows);
}

/// By which clock times were taken.
pub(crate) fn clock(timing: Option<&str>) -> (String, String) {
    let words = timing.map_or_else(
        || choose("đo quanh mỗi trao đổi · measured around each exchange"),
        |timing| format!("{}, {timing}", choose("ảo · virtual")),
    );
    (choose("Đồng hồ · Clock"), words)
}

/// Nanoseconds as milliseconds with one digit.
pub(crate) fn milliseconds(nanoseconds: u64) -> String {
    let tenths = nanoseconds.saturating_add(50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A number with a narrow space after every third digit from its end.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// The whole as an object.
pub(crate) fn json(cost: &Cost, metrics: &Metrics) -> Value {
    let Cost { ledger, timing } = cost;
    let simulated = timing.is_some();
    let step = |(step, spent): &(Step, Spent)| {
        let mut object = named(*step);
        merge(&mut object, spending(spent, simulated));
        object
    };
    json!({
        "clock": if simulated { "virtual" } else { "measured" },
        "timing": timing,
        "phases": ledger.steps().iter().map(step).collect::<Vec<_>>(),
        "total": spending(&ledger.total(), simulated),
        "identity": ledger.identity().map(|known| spending(&known, simulated)),
        "between": (!simulated).then(|| ledger.between()),
        "losses": metrics.losses,
        "bytes_repeated": metrics.bytes_repeated,
    })
}

/// Which step.
pub(crate) fn named(step: Step) -> Value {
    json!({ "phase": step.name, "file": (!step.of.is_empty()).then_some(step.of) })
}

/// Adds the entries of one object to another.
pub(crate) fn merge(object: &mut Value, more: Value) {
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
}

fn spending(spent: &Spent, simulated: bool) -> Value {
    let [air, host, chip, retry] = spent.causes().map(|cause| simulated.then_some(cause));
    json!({
        "apdus": spent.apdus,
        "bytes_sent": spent.bytes_sent,
        "bytes_received": spent.bytes_received,
        "frames": simulated.then_some(spent.frames),
        "wtx": simulated.then_some(spent.wtx),
        "nanoseconds": {
            "total": spent.time(), "air": air, "host": host, "chip": chip, "retry": retry,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_to_a_tenth() {
        for (nanoseconds, words) in
            [(0, "0.0"), (49_999, "0.0"), (50_000, "0.1"), (1_960_000_000, "1960.0")]
        {
            assert_eq!(milliseconds(nanoseconds), words);
        }
    }

    #[test]
    fn digits_stand_in_threes() {
        for (number, words) in [(7, "7"), (100, "100"), (1000, "1 000"), (1_234_567, "1 234 567")] {
            assert_eq!(grouped(number).replace('\u{202f}', " "), words);
        }
    }
}
