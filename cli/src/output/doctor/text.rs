//! The report for a person at a terminal, a screen for each section.

use cccd::inspection::{
    FileFacts, FileOutcome, InfoFacts, KeySource, Part, Probe, ProofFacts, Question,
    SecurityInfoFacts, SignatureFacts, Survey, answers,
};

use super::answers::vietnamese;
use crate::{
    doctor::{Report, Time},
    language::{both, choose, is_vietnamese, one},
    output::{
        labels,
        page::{Mark, Page},
    },
};

type Rows = Vec<(String, String)>;

pub(super) fn report(report: &Report) -> String {
    let mut page = Page::new(false);
    let seen = &report.survey;
    page.line(&choose("BÁO CÁO CẤU TRÚC THẺ · CARD STRUCTURE REPORT"));
    if report.simulated {
        page.remark(&choose("Thẻ mô phỏng · Simulated card"));
    }
    page.heading("ĐƯỜNG TRUYỀN · LINK");
    page.rows(&link(report));
    page.heading("TRƯỚC KHI MỞ · BEFORE ACCESS");
    page.rows(&before(seen));
    page.heading("MỞ CHIP · ACCESS");
    page.rows(&access(seen));
    if seen.sod.is_some() || seen.com.is_some() {
        page.heading("TỆP · FILES");
        page.rows(&files(seen));
        page.heading("CHỮ KÝ · SIGNATURE");
        page.rows(&security_object(seen));
        page.heading("NHÓM DỮ LIỆU · DATA GROUPS");
        page.rows(&groups(seen));
        page.heading("CHIP THẬT · PROOFS OF THE CHIP");
        page.rows(&proofs(seen));
        page.heading("THÓI QUEN · HABITS");
        page.rows(&habits(seen));
    }
    page.heading("CÂU HỎI CÒN MỞ · OPEN QUESTIONS");
    questions(&mut page, seen);
    page.heading("GỬI BÁO CÁO · SENDING IT");
    ending(&mut page);
    page.text
}

fn row(vietnamese: &str, english: &str, value: impl Into<String>) -> (String, String) {
    (both(vietnamese, english), value.into())
}

// ---- link ---------------------------------------------------------------------------------------

fn link(report: &Report) -> Rows {
    let mut rows = Rows::new();
    if let Some(reader) = &report.reader {
        rows.push(row("Đầu đọc", "Reader", reader.as_str()));
    }
    let limits = report.limits;
    let words = format!("{} / {} byte", limits.max_command, limits.max_response);
    rows.push(row("Lệnh / trả lời", "Command / answer", words));
    if let Some(atr) = &report.atr {
        let kind = choose(if atr.contactless {
            "không tiếp xúc · contactless"
        } else {
            "tiếp xúc · contact"
        });
        let protocols: Vec<_> = atr.protocols.iter().map(|it| format!("T={it}")).collect();
        let mut words = format!(
            "{kind}, {}, {} byte ({} {})",
            protocols.join(" "),
            atr.length,
            one("byte lịch sử", "historical"),
            atr.historical
        );
        let objects = atr.objects.iter().map(|(tag, length)| format!("{tag:X}:{length}"));
        let objects: Vec<_> = objects.collect();
        if !objects.is_empty() {
            let name = one("thẻ:độ dài", "tag:length");
            words.push_str(&format!(", {name} {}", objects.join(" ")));
        }
        if let Some(extended) = atr.extended_length {
            words.push_str(match extended {
                true => one(", độ dài mở rộng", ", extended length"),
                false => one(", không có độ dài mở rộng", ", no extended length"),
            });
        }
        rows.push(row("Trả lời khởi động", "ATR", words));
    }
    for (part, time) in &report.times.parts {
        rows.push((format!("  {}", part_name(*part)), taken(time)));
    }
    rows
}

fn taken(time: &Time) -> String {
    format!(
        "{} APDU, {} byte, {} ms ({} {} ms)",
        time.exchanges,
        time.bytes,
        time.total.as_millis(),
        one("dài nhất", "longest"),
        time.longest.as_millis()
    )
}

fn part_name(part: Part) -> String {
    let vietnamese = match part {
        Part::MasterFile => "Thư mục gốc",
        Part::Access => "Mở chip",
        Part::MasterFileInside => "Thư mục gốc, sau khi mở",
        Part::Reading => "Đọc tệp",
        Part::ActiveAuthentication => "Chip thật (AA)",
        Part::ChipAuthentication => "Chip thật (CA)",
        Part::Habits => "Thói quen",
        Part::Closed => "Ứng dụng, chưa mở",
        Part::OtherDoors => "Cách mở khác",
        Part::OtherApplications => "Ứng dụng khác",
        _ => "Khác",
    };
    both(vietnamese, &part.name().replace('_', " "))
}

// ---- before and at the door ---------------------------------------------------------------------

fn before(seen: &Survey) -> Rows {
    let mut rows = Rows::new();
    for part in [Part::MasterFile, Part::Closed] {
        rows.push((part_name(part), probes(seen, part)));
    }
    rows.push(row("Ứng dụng khác", "Other applications", probes(seen, Part::OtherApplications)));
    if !seen.applications.is_empty() {
        rows.push(("EF.DIR".to_owned(), seen.applications.join(", ")));
    }
    if let Some(info) = &seen.atr_info {
        let tags: Vec<_> =
            info.objects.iter().map(|it| format!("{:02X}:{}", it.tag, it.length)).collect();
        let buffers = info.buffers.map(|(command, answer)| format!("; 7F66: {command}, {answer}"));
        let words = format!("{}{}", tags.join(" "), buffers.unwrap_or_default());
        rows.push(("EF.ATR/INFO".to_owned(), words));
    }
    rows
}

/// `select_mf 6D00, …` with what answered alike together.
fn probes(seen: &Survey, part: Part) -> String {
    let mut groups: Vec<(u16, Vec<&str>)> = Vec::new();
    for Probe { name, status, .. } in seen.probes.iter().filter(|probe| probe.part == part) {
        match groups.iter_mut().find(|(known, _)| *known == status.0) {
            Some((_, names)) => names.push(name),
            None => groups.push((status.0, vec![name])),
        }
    }
    if groups.is_empty() {
        return "–".to_owned();
    }
    let words: Vec<_> =
        groups.iter().map(|(status, names)| format!("{status:04X}: {}", names.join(" "))).collect();
    words.join("; ")
}

fn access(seen: &Survey) -> Rows {
    let mut rows = Rows::new();
    match &seen.card_access {
        Some(infos) => rows.extend(security_infos("EF.CardAccess", infos)),
        None => {
            rows.push(("EF.CardAccess".to_owned(), choose("không đọc được · not readable")));
        }
    }
    if let Some(same) = seen.card_access_as_assumed {
        let words = choose(if same { "đúng · yes" } else { "không · no" });
        rows.push(row("Như CCCD đã biết", "As known CCCDs", words));
    }
    let asked: Vec<_> = seen
        .passwords
        .iter()
        .map(|probe| format!("{} {:?}", probe.password.to_uppercase(), probe.status))
        .collect();
    if !asked.is_empty() {
        rows.push(row("Mật khẩu PACE", "PACE passwords", asked.join(", ")));
    }
    for door in &seen.doors {
        let source = match door.key {
            KeySource::Given => String::new(),
            KeySource::ReadFromCard => format!(" ({})", choose("mã lấy từ DG1 · key out of DG1")),
        };
        let words = match &door.outcome {
            Ok(words) => format!("✔ {words}{source}"),
            Err(error) if is_vietnamese() => {
                format!("✘ {}{source}", error.message_vi().trim_end_matches('.'))
            }
            Err(error) => format!("✘ {error}{source}"),
        };
        rows.push((door.name.to_uppercase(), words));
    }
    if seen.doors.is_empty() {
        rows.push(row("Chưa thử mã nào", "No key was tried", "–"));
    }
    if let Some(infos) = &seen.card_security {
        rows.extend(security_infos("EF.CardSecurity", infos));
    }
    rows
}

fn security_infos(file: &str, facts: &SecurityInfoFacts) -> Rows {
    let mut rows: Rows =
        facts.infos.iter().map(|info| (file.to_owned(), security_info(info))).collect();
    if !facts.complete {
        let words = one("… (còn nữa, hoặc có byte thừa phía sau)", "… (more, or bytes behind it)");
        rows.push((file.to_owned(), words.to_owned()));
    }
    rows
}

fn security_info(info: &InfoFacts) -> String {
    let mut words = vec![info.name.clone().unwrap_or_else(|| format!("? {}", info.oid))];
    words.extend(info.version.map(|version| format!("v{version}")));
    words.extend(info.id.map(|id| format!("id {id}")));
    words.extend(info.detail.clone());
    words.join(", ")
}

// ---- inside -------------------------------------------------------------------------------------

fn files(seen: &Survey) -> Rows {
    let (there, not): (Vec<_>, Vec<_>) =
        seen.files.iter().partition(|file| file.outcome == FileOutcome::Read);
    let mut rows: Rows = there.iter().map(|file| (file.name.clone(), file_words(file))).collect();
    for (outcome, vietnamese, english) in [
        ("absent", "Không có", "Absent"),
        ("open", "Mở, không đọc", "Open, not read"),
        ("refused", "Từ chối", "Refused"),
    ] {
        let names: Vec<_> = not
            .iter()
            .filter_map(|file| match (outcome, file.outcome) {
                ("absent", FileOutcome::Absent) | ("open", FileOutcome::NotRead) => {
                    Some(file.name.clone())
                }
                ("refused", FileOutcome::Refused(status)) => {
                    Some(format!("{} {status:?}", file.name))
                }
                ("refused", FileOutcome::Failed(code)) => Some(format!("{} {code}", file.name)),
                _ => None,
            })
            .collect();
        if !names.is_empty() {
            rows.push(row(vietnamese, english, names.join(", ")));
        }
    }
    rows
}

fn file_words(file: &FileFacts) -> String {
    let size = file.size.map(|size| format!("{size} byte")).unwrap_or_default();
    let digest = match file.digest_matches {
        Some(true) => one(", mã băm ✔", ", digest ✔"),
        Some(false) => one(", mã băm ✘", ", digest ✘"),
        None => "",
    };
    let nodes = file.structure.iter().filter(|node| node.depth < 2);
    let tags: Vec<_> = nodes.map(|node| format!("{:02X}:{}", node.tag, node.length)).collect();
    let shown = tags.iter().take(8).cloned().collect::<Vec<_>>().join(" ");
    let more = if tags.len() > 8 { " …" } else { "" };
    format!("{size}{digest}  {shown}{more}")
}

fn security_object(seen: &Survey) -> Rows {
    let mut rows = Rows::new();
    if let Some(com) = &seen.com {
        let tags: Vec<_> = com.tags.iter().map(|tag| format!("{tag:02X}")).collect();
        let agrees = match com.agrees_with_sod {
            Some(true) => choose("giống EF.SOD · as EF.SOD"),
            Some(false) => choose("KHÁC EF.SOD · NOT as EF.SOD"),
            None => String::new(),
        };
        rows.push((
            "EF.COM".to_owned(),
            format!("LDS {}, {}; {agrees}", com.lds_version, tags.join(" ")),
        ));
    }
    let Some(sod) = &seen.sod else { return rows };
    let groups: Vec<_> = sod.groups.iter().map(|group| format!("DG{group}")).collect();
    let algorithm = sod.digest_algorithm.as_deref().unwrap_or("?");
    let version = sod.version.map(|version| format!("v{version}, ")).unwrap_or_default();
    let list = format!("{version}{algorithm}: {}", groups.join(" "));
    rows.push(row("Danh sách", "List", list));
    rows.push(row("Kiểu nội dung", "Content type", sod.content_type.as_str()));
    rows.extend(signature(&sod.signature));
    rows
}

fn signature(facts: &SignatureFacts) -> Rows {
    let correct = match facts.correct {
        Some(true) => "✔",
        Some(false) => "✘",
        None => "?",
    };
    let scheme = labels::scheme(facts.scheme.as_deref().unwrap_or("?"));
    let mut rows = vec![
        row("Chữ ký", "Signature", format!("{correct} {scheme}")),
        row("Chứng thư kèm theo", "Certificates", facts.certificates.to_string()),
    ];
    if !facts.deviations.is_empty() {
        rows.push(row("Sai khác", "Deviations", facts.deviations.join(", ")));
    }
    let Some(signer) = &facts.signer else { return rows };
    let unknown = || "?".to_owned();
    let written_out = one(", tham số đường cong viết đầy đủ", ", curve written out");
    let explicit = if signer.explicit_curve { written_out } else { "" };
    rows.extend([
        row("Đơn vị ký", "Signer", signer.subject.as_str()),
        row("Cơ quan gốc", "Its issuer", signer.issuer.as_str()),
        row(
            "Mã khóa cơ quan gốc",
            "Issuer's key id",
            signer.authority_key_id.clone().unwrap_or_else(unknown),
        ),
        row("Khóa", "Key", format!("{}{explicit}", signer.key.clone().unwrap_or_else(unknown))),
        row(
            "Ký bằng",
            "Signed with",
            labels::scheme(&signer.signed_with.clone().unwrap_or_else(unknown)),
        ),
        row("Thời hạn", "Valid", format!("{} – {}", signer.not_before, signer.not_after)),
        row("Công dụng", "Key usage", signer.key_usage.join(", ")),
        row("Phần mở rộng", "Extensions", signer.extensions.join(" ")),
    ]);
    rows
}

fn groups(seen: &Survey) -> Rows {
    let mut rows = Rows::new();
    if let Some(mrz) = &seen.mrz {
        let words = format!(
            "{}, {} {}; {} {}; {} {}",
            mrz.format,
            mrz.document_code,
            mrz.issuing_state,
            one("số", "number"),
            mrz.document_number,
            one("phần tùy chọn", "optional"),
            mrz.optional_data_1
        );
        rows.push(("DG1".to_owned(), words));
    }
    for face in &seen.faces {
        let pixels = face.pixels.map(|(width, height)| format!(", {width} × {height}"));
        let (kind, pixels) = (face.media_type, pixels.unwrap_or_default());
        let words = format!("{kind}{pixels}, {} byte", face.size);
        rows.push(("DG2".to_owned(), words));
    }
    if let Some(dg13) = &seen.dg13 {
        let version = dg13.version.map(|version| format!("v{version}, ")).unwrap_or_default();
        let encoding = dg13.encoding.as_deref().unwrap_or("?");
        rows.push(("DG13".to_owned(), format!("{version}{encoding}")));
        let fields: Vec<_> = dg13
            .fields
            .iter()
            .map(|field| {
                let types: Vec<_> = field.types.iter().map(|tag| format!("{tag:02X}")).collect();
                format!("{}:{} {} {}", field.number, types.join("+"), field.form, field.length)
            })
            .collect();
        rows.push(row("  Mục", "Entries", fields.join("; ")));
        rows.push(row("  Không báo cáo", "Not told", "13, 14, 15"));
    }
    if let Some(infos) = &seen.dg14 {
        rows.extend(security_infos("DG14", infos));
    }
    if let Some(key) = &seen.dg15_key {
        rows.push(("DG15".to_owned(), key.clone()));
    }
    rows
}

fn proofs(seen: &Survey) -> Rows {
    let words = |proof: &Option<ProofFacts>| match proof {
        None => choose("không có · none"),
        Some(ProofFacts { outcome: Err(code), .. }) => format!("✘ {code}"),
        Some(ProofFacts { outcome: Ok(words), signature_length, der }) => {
            let length = signature_length.map(|length| format!(", {length} byte"));
            let der = if *der == Some(true) { ", DER" } else { "" };
            format!("✔ {words}{}{der}", length.unwrap_or_default())
        }
    };
    let (chip, active) = (words(&seen.chip_authentication), words(&seen.active_authentication));
    vec![
        (one("Xác thực chip (CA)", "Chip Authentication").to_owned(), chip),
        (one("Xác thực chủ động (AA)", "Active Authentication").to_owned(), active),
    ]
}

fn habits(seen: &Survey) -> Rows {
    let blocks: Vec<_> = seen
        .block_sizes
        .iter()
        .map(|block| match block.got == block.asked {
            true => block.asked.to_string(),
            false => format!("{}→{} {:?}", block.asked, block.got, block.status),
        })
        .collect();
    let mut rows = vec![
        row("Độ dài đọc được", "Read sizes", blocks.join(" ")),
        row("Lệnh khác", "Other commands", probes(seen, Part::Habits)),
    ];
    if seen.unprotected_errors > 0 || seen.reopenings > 0 {
        let (errors, again) = (seen.unprotected_errors, seen.reopenings);
        let words = one(
            format!("{errors} lỗi không được bảo vệ, {again} lần mở lại"),
            format!("{errors} unprotected, {again} reopened"),
        );
        rows.push(row("Lỗi trong kênh", "Errors in the channel", words));
    }
    rows
}

// ---- the end ------------------------------------------------------------------------------------

fn questions(page: &mut Page, seen: &Survey) {
    let answers = answers(seen);
    let labels: Vec<_> = answers.iter().map(|(question, _)| question_words(*question)).collect();
    let widest = labels.iter().map(|it| console::measure_text_width(it)).max().unwrap_or(0);
    for ((question, answer), label) in answers.iter().zip(&labels) {
        match answer {
            Some(words) if is_vietnamese() => {
                page.marked(Mark::Good, label, widest, &vietnamese(*question, words));
            }
            Some(words) => page.marked(Mark::Good, label, widest, words),
            None => page.marked(Mark::Open, label, widest, "–"),
        }
    }
}

fn question_words(question: Question) -> String {
    let (vietnamese, english) = match question {
        Question::ActiveAuthenticationKey => ("Khóa AA", "AA key and digest"),
        Question::ChipAuthenticationGroup => ("Nhóm CA", "CA group"),
        Question::SignedAnnouncement => ("DG14 và CardAccess", "DG14 repeats CardAccess"),
        Question::DocumentSigner => ("Đơn vị ký", "Document signer"),
        Question::Authority => ("Cơ quan gốc", "Authority and its key"),
        Question::TextFields => ("Bố cục DG13", "Layout of DG13"),
        Question::EntrySixteen => ("Mục 16", "Entry 16 of DG13"),
        Question::Writing => ("Cách viết", "Writing of name and dates"),
        Question::Unknown => ("Phần chưa biết", "Unknown files, groups, protocols"),
        Question::PaceByMrz => ("PACE bằng MRZ", "PACE with the MRZ"),
        Question::BacBeside => ("BAC", "BAC beside PACE"),
        Question::CanIsEndOfNumber => ("CAN là 6 số cuối", "CAN ends the number"),
        Question::NumberIsEnd => ("Số trong MRZ là 9 số cuối", "MRZ number ends the number"),
        Question::WrongKey => ("Khi sai mã", "After a wrong key"),
        Question::Lengths => ("Độ dài", "Lengths"),
        Question::MasterFile => ("Thư mục gốc", "Master file"),
        Question::Portrait => ("Ảnh", "Portrait"),
        Question::Fingerprints => ("Vân tay", "Fingerprints"),
        _ => ("Khác", question.name()),
    };
    both(vietnamese, english)
}

fn ending(page: &mut Page) {
    page.indented_in_each(
        "Báo cáo không có họ tên, số, ngày, ảnh, khóa hay mã băm nào của chủ thẻ; docs/doctor.md \
         nói rõ mục nào cho biết gì và vì sao.",
        "It holds no name, number, date, picture, key or digest of the holder; docs/doctor.md \
         says of each part what is told and why.",
    );
    page.indented_in_each(
        "→ Gửi: chạy lại với --json > report.json, xem qua, rồi đính kèm vào một issue của dự án.",
        "→ To send: run it again with --json > report.json, look through it, and attach it to an \
         issue of the project.",
    );
}
