//! The extract for people: a page to print, and lines for a terminal.

use std::path::Path;

use cccd::{findings::Outcome, vietnam::ResidenceExtract};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Page;
use crate::{
    language::{choose, is_english, is_vietnamese},
    output::{
        labels::{self, both},
        page::Page as Lines,
    },
};

/// One A4 page, black on white.
const STYLE: &str = "
@page { size: A4; margin: 18mm; }
body { font: 11pt/1.4 'Times New Roman', 'Noto Serif', serif; color: #000; background: #fff; max-width: 174mm; margin: 0 auto; }
h1 { font-size: 15pt; text-align: center; margin: 0; }
h2 { font-size: 12pt; margin: 5mm 0 1mm; border-bottom: 0.4pt solid #000; }
p.sub { text-align: center; font-style: italic; margin: 1mm 0 4mm; }
table { border-collapse: collapse; width: 100%; }
td { vertical-align: top; padding: 0.6mm 2mm 0.6mm 0; }
td.label { width: 66mm; }
small { color: #444; }
code { font-family: monospace; font-size: 9pt; overflow-wrap: anywhere; }
ol { margin: 0; padding-left: 6mm; }
.sign { margin-top: 10mm; text-align: right; }
tr { break-inside: avoid; }
";

/// The page. It loads nothing and runs nothing.
pub(super) fn html(page: &Page<'_>) -> String {
    let document = html! {
        (DOCTYPE)
        html lang=(if is_english() { "en" } else { "vi" }) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (if is_english() { "Extract of residence" } else { "Trích thông tin cư trú" }) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                @if is_english() {
                    h1 { "EXTRACT FROM THE CHIP OF AN ID CARD: WHERE ITS HOLDER LIVES" }
                } @else {
                    h1 { "TRÍCH THÔNG TIN CƯ TRÚ TỪ CHIP THẺ CĂN CƯỚC" }
                }
                @if !is_english() && !is_vietnamese() {
                    p.sub { "Extract from the chip of an ID card: where its holder lives" }
                }
                table { @for (label, value) in holder(page) { (row(&label, &value)) } }
                h2 { (choose("Kết quả kiểm tra · How it was verified")) }
                table {
                    @for (label, value) in facts(page) { (row(&label, &value)) }
                    tr { td.label { (choose("Tệp bằng chứng, SHA-256 · Evidence file, SHA-256")) } td { code { (page.evidence) } } }
                }
                h2 { (choose("Giới hạn · Limits")) }
                ol {
                    @for limit in ResidenceExtract::LIMITS {
                        li {
                            @if !is_english() { (limit.vietnamese) }
                            @if !is_english() && !is_vietnamese() { br; }
                            @if !is_vietnamese() { small lang="en" { (limit.english) } }
                        }
                    }
                }
                p.sign {
                    (choose("Người đối chiếu (ký, ghi rõ họ tên) · Compared by (signature, full name)"))
                }
            }
        }
    };
    document.into_string()
}

fn row(label: &str, value: &str) -> Markup {
    html! { tr { td.label { (label) } td { (value) } } }
}

/// What stands in the upper half: the holder, where, and from when.
fn holder(page: &Page<'_>) -> Vec<(String, String)> {
    let extract = &page.extract;
    let mut rows: Vec<_> = extract
        .fields()
        .into_iter()
        .map(|(name, value)| {
            let value = value.map_or_else(|| "–".to_owned(), |value| value.reveal().clone());
            let value = if name.contains("date") { labels::day(&value) } else { value };
            let label = match name {
                "residence" => {
                    ("Nơi thường trú, tại ngày cấp thẻ", "Residence, when the card was issued")
                }
                name => labels::field(name),
            };
            (both(label), value)
        })
        .collect();
    if let Some(province) = extract.province() {
        let (code, name) = province.since_2025();
        let words = if name == province.name() {
            format!("{name} ({code:02})")
        } else {
            let on_card = choose("trên thẻ · on the card");
            format!("{name} ({code:02}); {on_card}: {}", province.name())
        };
        rows.push((both(("Tỉnh, thành từ 01/07/2025", "Province since 1 July 2025")), words));
    }
    rows
}

fn facts(page: &Page<'_>) -> Vec<(String, String)> {
    let claimed = choose("theo máy đọc · as the reader says");
    let read =
        page.read_at().map(|time| (both(("Đọc lúc", "Read at")), format!("{time} ({claimed})")));
    let day = labels::day(&page.verified_for);
    let verified = (both(("Kết luận cho ngày", "Verified for")), day);
    let signer = page.report().signer().map(|signer| {
        [
            (both(("Đơn vị ký", "Signer")), signer.subject.clone()),
            (both(("Cơ quan gốc", "Its issuer")), signer.issuer.clone()),
        ]
    });
    let checks = |kind: fn(&Outcome) -> bool| {
        let of_kind = page.report().checks().filter(|(_, outcome)| kind(outcome));
        let name = |check| {
            let (vietnamese, english) = labels::check(check);
            if is_english() { english } else { vietnamese.to_owned() }
        };
        of_kind.map(|(check, _)| name(check)).collect::<Vec<_>>().join(", ")
    };
    let passed = checks(|outcome| matches!(outcome, Outcome::Passed(_)));
    // A policy may accept a document although a check failed; the page says so.
    let failed = checks(|outcome| matches!(outcome, Outcome::Failed(_)));
    let open = checks(|outcome| matches!(outcome, Outcome::NotPerformed { .. }));
    let outcomes = [
        (both(("✔ Đạt", "Passed")), passed),
        (both(("✘ Không đạt", "Failed")), failed),
        (both(("– Không thực hiện", "Not performed")), open),
    ];
    outcomes
        .into_iter()
        .filter(|(_, checks)| !checks.is_empty())
        .chain(signer.into_iter().flatten())
        .chain(read)
        .chain([verified])
        .collect()
}

/// The same for a terminal.
pub(super) fn text(page: &Page<'_>, written: Option<&Path>) -> String {
    let mut lines = Lines::new(false);
    lines.banner(true, "TRÍCH THÔNG TIN CƯ TRÚ · EXTRACT OF RESIDENCE", "");
    lines.rows(&holder(page));
    lines.heading("KIỂM TRA · VERIFIED");
    let written = written.map(|path| (both(("Đã ghi", "Written")), path.display().to_string()));
    lines.rows(&facts(page).into_iter().chain(written).collect::<Vec<_>>());
    lines.heading("GIỚI HẠN · LIMITS");
    for limit in ResidenceExtract::LIMITS {
        lines.indented_in_each(limit.vietnamese, limit.english);
    }
    lines.text
}
