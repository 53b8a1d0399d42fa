//! What a card answers to the open questions, in Vietnamese. The report itself, which is sent, is in English.

use cccd::inspection::Question;

/// Pieces of answers between semicolons; `{}` is a name, a number or a status.
const PIECES: [(&str, &str); 41] = [
    ("the chip proved it", "chip đã chứng minh"),
    ("it did not run ({})", "không chạy được ({})"),
    ("DG14 has no key for it", "DG14 không có khóa cho việc này"),
    ("DG14 holds no PACEInfo", "DG14 không có PACEInfo nào"),
    ("DG14 repeats every PACEInfo", "DG14 ghi lại đủ mọi PACEInfo"),
    ("DG14 holds other PACEInfos than EF.CardAccess", "DG14 có PACEInfo khác với EF.CardAccess"),
    ("the chip did not prove it ({})", "chip không chứng minh được ({})"),
    ("key identifier not stated", "không ghi mã khóa"),
    ("key identifier {}", "mã khóa {}"),
    ("DG13 is built otherwise", "DG13 có cấu trúc khác"),
    ("see its structure", "xem cấu trúc của tệp"),
    ("there is no DG13", "không có DG13"),
    ("entries 1 to 12, none unknown", "đủ mục 1 đến 12, không có mục lạ"),
    ("other entries", "các mục khác thường"),
    ("without {}", "thiếu {}"),
    ("new: {}", "mới: {}"),
    ("out of order", "không theo thứ tự"),
    ("parents in one sequence", "cha mẹ chung một cấu trúc"),
    ("parents in {}", "cha mẹ trong: {}"),
    ("there is none", "không có"),
    ("there are none", "không có"),
    ("none found", "không thấy gì lạ"),
    ("name: upper", "họ tên: chữ hoa"),
    ("name: mixed", "họ tên: chữ hoa và chữ thường"),
    ("name: {}", "họ tên: {}"),
    ("birth: {}", "ngày sinh: {}"),
    ("issue: {}", "ngày cấp: {}"),
    ("not tried", "chưa thử"),
    ("MSE:Set AT answers {}", "MSE:Set AT trả lời {}"),
    ("yes: {}", "có: {}"),
    ("no: {}", "không: {}"),
    ("own check digit: yes", "có số kiểm tra riêng"),
    ("own check digit: no", "không có số kiểm tra riêng"),
    ("own check digit: not stated", "không rõ có số kiểm tra riêng hay không"),
    ("it counts: {} tries left", "chip có đếm: còn {} lần thử"),
    ("{}: it counts, {} tries left", "{}: chip có đếm, còn {} lần thử"),
    ("{}: refused, no counter told", "{}: bị từ chối, không báo số lần còn lại"),
    ("{} bytes in one answer", "{} byte trong một trả lời"),
    ("EF.ATR/INFO says {} and {}", "EF.ATR/INFO ghi {} và {}"),
    ("EF.CVCA names nobody", "EF.CVCA không nêu cơ quan nào"),
    ("EF.CVCA names {}", "EF.CVCA nêu {}"),
];

/// The same of three parts.
const LONGER: [(&str, &str); 2] = [
    ("asked for {}: {} and {}", "hỏi {}: được {} và {}"),
    (
        "EF.CardAccess by short identifier {}, by SELECT {}",
        "EF.CardAccess: đọc bằng số ngắn {}, bằng SELECT {}",
    ),
];

/// The answer in Vietnamese; a piece that is not known stays as it is.
pub(super) fn vietnamese(question: Question, answer: &str) -> String {
    match question {
        // Names of certificates are nobody's to translate.
        Question::DocumentSigner => match answer.rsplit_once(" to ") {
            Some((before, until)) => format!("{before} đến {until}"),
            None => answer.to_owned(),
        },
        Question::Authority => match answer.rsplit_once("; ") {
            Some((name, key)) => format!("{name}; {}", piece(key)),
            None => answer.to_owned(),
        },
        _ => answer.split("; ").map(piece).collect::<Vec<_>>().join("; "),
    }
}

fn piece(words: &str) -> String {
    let plain = match words {
        "yes" => Some("có"),
        "no" => Some("không"),
        "open" => Some("mở"),
        _ => None,
    };
    if let Some(plain) = plain {
        return plain.to_owned();
    }
    if let Some(status) = words.strip_prefix("closed, ") {
        return format!("đóng, {status}");
    }
    let mut patterns = LONGER.iter().chain(&PIECES);
    let said = patterns.find_map(|(english, vietnamese)| filled(words, english, vietnamese));
    said.unwrap_or_else(|| words.to_owned())
}

/// `vietnamese` with the values that stand in `words` where `english` has `{}`.
fn filled(words: &str, english: &str, vietnamese: &str) -> Option<String> {
    let mut texts = english.split("{}");
    let mut rest = words.strip_prefix(texts.next()?)?;
    let mut said = vietnamese.to_owned();
    let mut texts = texts.peekable();
    while let Some(text) = texts.next() {
        let last = texts.peek().is_none();
        let at = if last { rest.strip_suffix(text)?.len() } else { rest.find(text)? };
        said = said.replacen("{}", &rest[..at], 1);
        rest = &rest[at + text.len()..];
    }
    rest.is_empty().then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_through() {
        for (question, english, expected) in [
            (
                Question::Lengths,
                "2048 bytes in one answer; asked for 4096: 2048 and 9000",
                "2048 byte trong một trả lời; hỏi 4096: được 2048 và 9000",
            ),
            (Question::WrongKey, "bac: it counts, 2 tries left", "bac: chip có đếm, còn 2 lần thử"),
            (
                Question::Authority,
                "C=VN, O=a; CN=to; key identifier 01",
                "C=VN, O=a; CN=to; mã khóa 01",
            ),
            (Question::EntrySixteen, "hex:16", "hex:16"),
            (
                Question::Fingerprints,
                "closed, 6982; EF.CVCA names nobody",
                "đóng, 6982; EF.CVCA không nêu cơ quan nào",
            ),
        ] {
            assert_eq!(vietnamese(question, english), expected);
        }
    }
}
