//! The verdict in words, for a person at a terminal.

use std::cmp::Reverse;

use cccd::{
    access::AccessUsed,
    document::ChipProof,
    findings::{Check, Outcome},
};
use console::measure_text_width;

use super::{
    Accepted, Verdict, cost,
    labels::{self, both as label},
    outcomes,
    page::{Mark, Page},
};
use crate::{
    failure::Failure,
    language::{self, both, choose},
    portrait::Portrait,
};

/// A verified document.
pub(super) fn accepted(verdict: &Verdict, accepted: &Accepted) -> String {
    let mut page = Page::new(false);
    page.banner(true, "ĐÃ XÁC THỰC · VERIFIED", "");
    if verdict.simulated {
        page.remark_in_each(
            "Thẻ mô phỏng do một cơ quan MÔ PHỎNG ký: không phải giấy tờ thật.",
            "Simulated card, signed by a SIMULATED authority: no real document.",
        );
    }
    let known = |(check, outcome): (Check, &Outcome)| {
        check == Check::SignerPath && matches!(outcome, Outcome::Passed(_))
    };
    if !verdict.checks().any(known) {
        page.remark_in_each(
            "Không rõ cơ quan cấp: quy định đang dùng cho phép điều này.",
            "The issuer is UNKNOWN; the policy in force allows that.",
        );
    }
    if accepted.citizen.is_some() {
        page.heading("CÔNG DÂN · CITIZEN");
        page.rows(&citizen(accepted));
    } else {
        page.heading("NGƯỜI MANG GIẤY TỜ (MRZ) · HOLDER (MRZ)");
        page.rows(&holder(accepted));
    }
    page.heading("GIẤY TỜ · DOCUMENT");
    page.rows(&document(accepted));
    ending(&mut page, verdict);
    page.text
}

/// A refusal: what happened, what to do, and the checks if there were any.
pub(super) fn refused(verdict: &Verdict, failure: &Failure) -> String {
    let mut page = Page::new(true);
    explain(&mut page, failure);
    let any = |(_, outcome): (_, &Outcome)| {
        !matches!(outcome, Outcome::NotPerformed { code: "not_reached", .. })
    };
    if verdict.metrics.apdus > 0 || verdict.checks().any(any) {
        if verdict.simulated {
            page.line("");
            page.remark(&choose("Thẻ mô phỏng · Simulated card"));
        }
        ending(&mut page, verdict);
    }
    page.text
}

/// A failure without a document.
pub(super) fn failure(failure: &Failure) -> String {
    let mut page = Page::new(true);
    explain(&mut page, failure);
    page.text
}

fn explain(page: &mut Page, failure: &Failure) {
    page.banner(false, banner(failure), failure.code());
    page.indented_in_each(&failure.message_vi(), &sentence(&failure.message()));
    let (english, vietnamese) = failure.what_to_do();
    page.indented_in_each(&format!("→ {vietnamese}"), &format!("→ {english}"));
}

/// Whether a document was judged and refused, or there was none to be judged.
fn banner(failure: &Failure) -> &'static str {
    match failure.kind() {
        "malformed" | "not_authentic" | "not_genuine" | "unsupported" | "policy_refused" => {
            "TỪ CHỐI · REFUSED"
        }
        "invalid_key" | "access_denied" | "link_lost" | "channel_broken" | "card_refused" => {
            "KHÔNG ĐỌC ĐƯỢC · NOT READ"
        }
        _ => "KHÔNG THỰC HIỆN ĐƯỢC · NOT DONE",
    }
}

/// Checks, deviations, metrics.
fn ending(page: &mut Page, verdict: &Verdict) {
    page.heading("KIỂM TRA · CHECKS");
    checks(page, verdict);
    let deviations = verdict.deviations();
    let metrics = &verdict.metrics;
    page.heading("SỐ LIỆU · METRICS");
    let mut rows = Vec::new();
    if let Some(used) = verdict.access() {
        rows.push((label(("Mở chip", "Access")), access(used)));
    }
    rows.push((
        label(("Sai khác được chấp nhận", "Deviations")),
        if deviations.is_empty() { choose("không có · none") } else { deviations.join(", ") },
    ));
    if metrics.apdus > 0 {
        rows.push((
            label(("Trao đổi với chip", "Exchanges")),
            format!(
                "{} APDU, {} byte → chip, {} byte ← chip",
                metrics.apdus, metrics.bytes_sent, metrics.bytes_received
            ),
        ));
    }
    if metrics.losses > 0 {
        rows.push((
            label(("Mất thẻ rồi đọc tiếp", "Lost and read on")),
            format!(
                "{} ({} byte {})",
                metrics.losses,
                metrics.bytes_repeated,
                choose("đọc lại · read again")
            ),
        ));
    }
    page.rows(&rows);
    if let Some(spent) = &verdict.cost {
        cost::page(page, spent, metrics);
    }
}

/// How the chip was opened: `PACE, CAN, ECDH-GM, AES-128, brainpoolP256r1`.
fn access(used: &AccessUsed) -> String {
    let (protocol, password) =
        (if used.mapping().is_some() { "PACE" } else { "BAC" }, used.password().name());
    let mut words = vec![protocol.to_owned(), password.to_uppercase()];
    if let (Some(agreement), Some(mapping)) = (used.agreement(), used.mapping()) {
        words.push(format!("{}-{}", agreement.name(), mapping.name()));
    }
    words.push(used.cipher().name().to_owned());
    words.extend(used.group().map(str::to_owned));
    let mut line = words.join(", ");
    if used.offers_refused() > 0 {
        let count = used.offers_refused();
        let vietnamese = format!("chip từ chối {count} cách mạnh hơn");
        line.push_str(&format!("; {}", both(&vietnamese, &format!("{count} stronger refused"))));
    }
    if used.after_pace_failure() {
        line.push_str(&format!("; {}", choose("sau khi PACE hỏng · after PACE had failed")));
    }
    line
}

fn checks(page: &mut Page, verdict: &Verdict) {
    let labels: Vec<_> = verdict
        .checks()
        .map(|(check, _)| {
            let (vietnamese, english) = labels::check(check);
            label((vietnamese, &english))
        })
        .collect();
    let widest = labels.iter().map(|label| measure_text_width(label)).max().unwrap_or(0);
    for (label, (check, outcome)) in labels.iter().zip(verdict.checks()) {
        let mark = match outcome {
            Outcome::Passed(_) => Mark::Good,
            Outcome::Failed(_) => Mark::Bad,
            Outcome::NotPerformed { .. } => Mark::Open,
        };
        page.marked(mark, label, widest, &outcomes::words(check, outcome));
    }
}

fn citizen(accepted: &Accepted) -> Vec<(String, String)> {
    let Some(citizen) = &accepted.citizen else { return Vec::new() };
    let fields = citizen.fields();
    let row = |(name, value): &(&str, Option<cccd::sensitive::Personal<String>>)| {
        let value = value.as_ref().map_or("–", |value| value.reveal().as_str());
        let value = if name.contains("date") { labels::day(value) } else { value.to_owned() };
        (label(labels::field(name)), value)
    };
    let mut rows: Vec<_> = fields.iter().map(row).collect();
    for remark in citizen.remarks() {
        rows.push((label(("Lưu ý", "Remark")), labels::remark(*remark)));
    }
    rows
}

/// What the zone of another document says of its holder.
fn holder(accepted: &Accepted) -> Vec<(String, String)> {
    let Ok(dg1) = accepted.document.dg1() else { return Vec::new() };
    let mrz = dg1.mrz();
    let name =
        format!("{} {}", mrz.primary_identifier().reveal(), mrz.secondary_identifier().reveal());
    vec![
        (label(labels::field("full_name")), name.trim_end().to_owned()),
        (label(("Số giấy tờ", "Document number")), mrz.document_number().reveal().clone()),
        (label(labels::field("nationality")), mrz.nationality().to_owned()),
        (
            label(("Ngày sinh (năm tháng ngày)", "Date of birth (YYMMDD)")),
            mrz.birth_text().reveal().clone(),
        ),
        (
            label(("Có giá trị đến (năm tháng ngày)", "Date of expiry (YYMMDD)")),
            mrz.expiry_text().reveal().clone(),
        ),
    ]
}

fn document(accepted: &Accepted) -> Vec<(String, String)> {
    let document = &accepted.document;
    let mut rows = Vec::new();
    if let Ok(dg1) = document.dg1() {
        let mrz = dg1.mrz();
        let format = labels::format_name(mrz.format()).to_uppercase();
        let kind = if accepted.citizen.is_some() { "CCCD, " } else { "" };
        let kind = format!("{kind}{format}, {} {}", mrz.document_code(), mrz.issuing_state());
        rows.push((label(("Loại", "Type")), kind));
    }
    if let Some(signer) = document.report().signer() {
        rows.push((label(("Đơn vị ký", "Signer")), signer.subject.clone()));
        rows.push((label(("Cơ quan gốc", "Its issuer")), signer.issuer.clone()));
    }
    let groups: Vec<_> = document.authenticated().groups().map(|n| format!("DG{n}")).collect();
    rows.push((label(("Nhóm dữ liệu", "Data groups")), groups.join(", ")));
    rows.extend(chip_proofs(document.chip_proofs()));
    if let Some(portrait) = &accepted.portrait {
        rows.push((label(("Ảnh chân dung", "Portrait")), picture(portrait)));
    }
    rows
}

fn picture(portrait: &Portrait) -> String {
    let Portrait { media_type, width, height, bytes, file } = portrait;
    let file = file.as_ref().map(|path| format!(" → {}", path.display())).unwrap_or_default();
    let pixels = width.zip(*height).map(|(width, height)| format!(", {width} × {height}"));
    format!("{media_type}{}, {bytes} byte{file}", pixels.unwrap_or_default())
}

/// What was shown, to whom, and what was not; those of one strength together, the strongest first.
fn chip_proofs(proofs: &[ChipProof]) -> Vec<(String, String)> {
    let name = label(("Bằng chứng chip thật", "Chip proof"));
    if proofs.is_empty() {
        return vec![(name, choose("không có · none"))];
    }
    let mut proofs: Vec<_> = proofs.iter().collect();
    proofs.sort_by_key(|proof| Reverse(proof.strength()));
    let mut rows = Vec::new();
    for alike in proofs.chunk_by(|one, other| one.strength() == other.strength()) {
        let line = |proof: &&ChipProof| {
            format!("{}: {}", labels::proof(proof.name()), proof.description())
        };
        rows.extend(alike.iter().map(|proof| (name.clone(), line(proof))));
        let Some(proof) = alike.first() else { continue };
        let strength = proof.strength();
        rows.push((choose("  mức độ · strength"), label(labels::strength(strength))));
        let mut limit = |label: &str, words: &str| rows.push((label.to_owned(), words.to_owned()));
        if !language::is_english() {
            limit("  không chứng minh", labels::does_not_prove(strength));
        }
        if !language::is_vietnamese() {
            limit("  does not prove", proof.does_not_prove());
        }
    }
    rows
}

/// An error's words as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
