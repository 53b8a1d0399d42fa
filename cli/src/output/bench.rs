//! What `cccd bench-card` says: a table, or the object that docs/output.md describes. No personal data.

use serde_json::{Value, json};

use super::{
    cost, error_object,
    page::{Heading, Page},
    to_stdout,
};
use crate::{
    bench_card::{Report, Run},
    language::choose,
    speed::{Range, Spent, Spread},
};

/// Changes when a key changes its meaning.
const VERSION: u8 = 1;

/// The headings above the table.
const HEADINGS: [Heading; 6] = [
    ["APDU", "", "APDU"],
    ["byte gửi", "gửi", "bytes →"],
    ["byte nhận", "nhận", "bytes ←"],
    ["nhanh nhất, ms", "nhanh nhất", "min ms"],
    ["trung vị, ms", "trung vị", "median ms"],
    ["chậm nhất, ms", "chậm nhất", "max ms"],
];

/// The numbers of the first three columns.
const COUNTS: [fn(&Spent) -> u64; 3] =
    [|spent| spent.apdus, |spent| spent.bytes_sent, |spent| spent.bytes_received];

/// Prints the report; `false` if it could not be written.
pub(crate) fn print(report: &Report, json: bool) -> bool {
    if json { to_stdout(&format!("{}\n", object(report))) } else { to_stdout(&words(report)) }
}

// ---- for people ---------------------------------------------------------------------------------

fn words(report: &Report) -> String {
    let mut page = Page::new(false);
    page.line(&choose("TỐC ĐỘ ĐỌC THẺ · HOW FAST THE CARD IS READ"));
    page.remark(&choose(
        "Chỉ đo, không kết luận gì về thẻ. · Measured only; no verdict on the card.",
    ));
    page.heading("ĐIỀU KIỆN · CONDITIONS");
    page.rows(&conditions(report));
    if let Some(run) = report.median_run() {
        page.heading("TỪNG BƯỚC · STEP BY STEP");
        // Virtual time is the same wherever the exchanges are.
        if report.timing.is_some() && report.same_exchanges() != Some(false) {
            cost::table(&mut page, &run.cost);
        } else {
            let rows =
                report.steps().into_iter().map(|(step, spread)| (step.words(), cells(&spread)));
            let total = (choose("Tổng · Total"), cells(&report.total()));
            let rows: Vec<_> = rows.chain([total]).collect();
            page.table(&HEADINGS, HEADINGS.len(), &rows);
        }
        page.line("");
        page.rows(&summary(report));
    }
    if let Some((_, Some(run))) = &report.stopped {
        page.heading("LẦN ĐỌC DỞ · THE READ THAT WAS NOT FINISHED");
        cost::table(&mut page, &run.cost);
    }
    page.text
}

fn conditions(report: &Report) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    if let Some(profile) = &report.profile {
        rows.push((choose("Thẻ mô phỏng · Simulated card"), profile.clone()));
    }
    if let Some(reader) = &report.reader {
        rows.push((choose("Đầu đọc · Reader"), reader.clone()));
    }
    let limits = report.limits;
    rows.push((
        choose("Lệnh / trả lời · Command / answer"),
        format!("{} / {} byte", limits.max_command, limits.max_response),
    ));
    if let Some(access) = report.access {
        rows.push((choose("Mở chip · Access"), access.to_owned()));
    }
    rows.push(cost::clock(report.timing.as_deref()));
    let count = format!("{} / {}", report.runs.len(), report.asked);
    rows.push((choose("Lần đọc · Reads"), count));
    rows
}

fn cells(spread: &Spread) -> Vec<String> {
    let counts = COUNTS.into_iter().map(|number| count(spread, number));
    let times = spread.range(Spent::time).map(|time| [time.min, time.median, time.max]);
    counts.chain(times.into_iter().flatten().map(cost::milliseconds)).collect()
}

/// A number that should be the same in every read.
fn count(spread: &Spread, number: fn(&Spent) -> u64) -> String {
    match spread.range(number) {
        Some(Range { min, max, .. }) if min != max => format!("{min}–{max}"),
        Some(Range { min, .. }) => min.to_string(),
        None => String::new(),
    }
}

fn summary(report: &Report) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let times = |range: Range| {
        let [min, median, max] = [range.min, range.median, range.max].map(cost::milliseconds);
        if min == max { format!("{min} ms") } else { format!("{min} / {median} / {max} ms") }
    };
    if report.timing.is_none()
        && let Some(between) = Range::of(report.runs.iter().map(|run| run.cost.ledger.between()))
    {
        rows.push((choose("Giữa các trao đổi · Between exchanges"), times(between)));
    }
    if let Some(known) = report.identity()
        && let Some(time) = known.range(Spent::time)
    {
        let words = format!("{} APDU, {}", count(&known, COUNTS[0]), times(time));
        rows.push((choose("Biết danh tính sau · Identity known after"), words));
    }
    let sum = |number: fn(&Run) -> usize| report.runs.iter().map(number).sum::<usize>();
    let lost = sum(|run| run.metrics.losses);
    let repeated = sum(|run| run.metrics.bytes_repeated);
    rows.push((
        choose("Mất thẻ, đọc lại · Losses, read twice"),
        format!("{lost}, {repeated} byte"),
    ));
    if let Some(same) = report.same_exchanges() {
        let words = if same {
            "như nhau · the same in every read"
        } else {
            "KHÁC NHAU · DIFFERENT from read to read"
        };
        rows.push((choose("Trao đổi và byte · Exchanges and bytes"), choose(words)));
    }
    rows
}

// ---- for programs -------------------------------------------------------------------------------

fn object(report: &Report) -> Value {
    let limits = report.limits;
    let (error, unfinished) = report.stopped.as_ref().map_or((None, None), |(failure, run)| {
        (Some(error_object(failure)), run.as_ref().map(read))
    });
    let step = |(step, spread): &(_, Spread)| {
        let mut object = cost::named(*step);
        cost::merge(&mut object, ranges(spread));
        object
    };
    let some = !report.runs.is_empty();
    json!({
        "report": "cccd bench-card",
        "version": VERSION,
        "program": concat!("cccd ", env!("CARGO_PKG_VERSION")),
        "outcome": if error.is_none() { "complete" } else { "stopped" },
        "error": error,
        "simulated": report.profile.is_some(),
        "profile": report.profile,
        "reader": report.reader,
        "limits": { "max_command": limits.max_command, "max_response": limits.max_response },
        "access": report.access,
        "clock": if report.timing.is_some() { "virtual" } else { "measured" },
        "timing": report.timing,
        "times": report.asked,
        "same_exchanges": report.same_exchanges(),
        "phases": report.steps().iter().map(step).collect::<Vec<_>>(),
        "total": some.then(|| ranges(&report.total())),
        "identity": report.identity().filter(|_| some).as_ref().map(ranges),
        "runs": report.runs.iter().map(read).collect::<Vec<_>>(),
        "unfinished": unfinished,
    })
}

fn read(run: &Run) -> Value {
    cost::json(&run.cost, &run.metrics)
}

fn ranges(spread: &Spread) -> Value {
    let exact =
        |number| spread.range(number).map(|range| json!({ "min": range.min, "max": range.max }));
    let [apdus, sent, received] = COUNTS.map(exact);
    let time = spread
        .range(Spent::time)
        .map(|time| json!({ "min": time.min, "median": time.median, "max": time.max }));
    json!({ "apdus": apdus, "bytes_sent": sent, "bytes_received": received, "nanoseconds": time })
}
