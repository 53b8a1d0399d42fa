//! How checks ended, in the words of the language that was chosen.
//!
//! The library says it in English, with a stable code. Where its sentence holds a value, an algorithm or a day, the
//! Vietnamese is made around that value; a sentence that is not known here loses its details, never its outcome.

use cccd::findings::{Check, Outcome};

use super::labels;
use crate::language::{is_vietnamese, one};

/// The outcome of a check, for the line behind its name.
pub(super) fn words(check: Check, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Passed(words) if is_vietnamese() => match shown(check, words) {
            Some(words) => format!("đạt: {words}"),
            None => "đạt".to_owned(),
        },
        Outcome::Passed(words) => format!("passed: {words}"),
        Outcome::Failed(error) => {
            format!("{}: {}", one("KHÔNG ĐẠT", "FAILED"), labels::reason(error))
        }
        Outcome::NotPerformed { code: "not_reached", .. } => {
            one("chưa đến bước này", "not reached").to_owned()
        }
        Outcome::NotPerformed { code, reason } => match not_performed(check, code, reason) {
            Some(reason) if is_vietnamese() => format!("không thực hiện: {reason}"),
            None if is_vietnamese() => format!("không thực hiện: {code}"),
            _ => format!("not performed: {reason}"),
        },
    }
}

/// What exactly a check that passed has shown, in Vietnamese.
fn shown(check: Check, words: &str) -> Option<String> {
    let within = |start: &str, end: &str| words.strip_prefix(start)?.strip_suffix(end);
    let sentence = match check {
        // Names of protocols, algorithms and curves alone.
        Check::Access | Check::ChipAuthentication | Check::ChipAuthenticationMapping => {
            words.to_owned()
        }
        Check::SodSignature => labels::scheme(words),
        Check::SecureMessaging => {
            "mọi trả lời của chip từ lúc mở đều được xác thực; chỉ một lỗi là dừng đọc".to_owned()
        }
        Check::Digests => format!("{} khớp", within("", " match")?),
        Check::SignerPath => format!("dẫn đến {}", within("chains to ", "")?),
        Check::Revocation => {
            let until = within("the issuer's list", " names no certificate of the path")?;
            let until = until.strip_prefix(", in force until ").and_then(|it| it.strip_suffix(','));
            let until = until.map(|day| format!(", có hiệu lực đến {},", labels::day(day)));
            let until = until.unwrap_or_default();
            format!("danh sách thu hồi của cơ quan cấp{until} không có chứng thư nào của chuỗi này")
        }
        Check::Validity => match within("signer valid on ", "") {
            Some(day) => {
                format!("chứng thư của đơn vị ký có hiệu lực vào ngày {}", labels::day(day))
            }
            None => validity(words)?.to_owned(),
        },
        Check::IssuingState => {
            format!("đơn vị ký và MRZ cùng ghi {}", within("signer and MRZ say ", "")?)
        }
        Check::ActiveAuthentication => match words.split_once(", over ")? {
            (key, "our own challenge") => format!("{key}, trên thử thách do máy đọc này đặt ra"),
            (key, "a challenge from the file: not fresh") => {
                format!("{key}, trên thử thách ghi trong tệp: không phải chữ ký mới")
            }
            _ => return None,
        },
        Check::TerminalAuthentication => {
            let (terminal, rights) = words.split_once("; opens ")?;
            format!("{terminal}; mở được {rights}")
        }
        Check::Downgrade => downgrade(words)?.to_owned(),
        Check::PrintedData => printed(words)?,
        _ => return None,
    };
    Some(sentence)
}

fn validity(words: &str) -> Option<&'static str> {
    Some(match words {
        "the signer's path is not valid on that day any more; the policy allows it" => {
            "chuỗi chứng thư không còn hiệu lực vào ngày đó; quy định cho phép"
        }
        "the document has expired; the policy allows it" => "thẻ đã hết hạn; quy định cho phép",
        _ => return None,
    })
}

fn downgrade(words: &str) -> Option<&'static str> {
    Some(match words {
        "BAC was used although PACE is offered; the policy allows it" => {
            "đã mở bằng BAC dù chip có PACE; quy định cho phép"
        }
        "EF.CardAccess agrees with the signed files; the chip refused a stronger PACE" => {
            "EF.CardAccess khớp với các tệp đã ký; chip từ chối một cách PACE mạnh hơn"
        }
        "EF.CardAccess agrees with the signed files" => "EF.CardAccess khớp với các tệp đã ký",
        _ => return None,
    })
}

/// The fields that were compared, by their names on the card.
fn printed(words: &str) -> Option<String> {
    if words == "the printed MRZ is that of DG1" {
        return Some("MRZ in trên thẻ đúng là MRZ trong DG1".to_owned());
    }
    let fields = words.strip_suffix(" agree")?.split(", ");
    let fields: Vec<_> = fields.map(|field| labels::field(field).0).collect();
    Some(format!("trùng khớp: {}", fields.join(", ")))
}

/// Why a check was not performed, in Vietnamese.
fn not_performed(check: Check, code: &str, reason: &str) -> Option<&'static str> {
    Some(match (check, code) {
        (Check::ChipAuthentication | Check::ChipAuthenticationMapping, "offline") => {
            "bản ghi của giao thức này chỉ thuyết phục được bên đã tự chạy nó với chip"
        }
        (_, "offline") => "kiểm tra từ tệp, không có chip",
        (_, "stale_revocation_list") => {
            "danh sách thu hồi của cơ quan cấp đã quá hạn; trong đó không có chứng thư nào của chuỗi này"
        }
        (_, "no_revocation_list") => "chưa có danh sách thu hồi của cơ quan cấp",
        (_, "unknown_issuer_allowed") => {
            "đơn vị ký không dẫn đến cơ quan cấp nào được tin cậy; quy định cho phép"
        }
        (_, "no_dg14") => "giấy tờ không có danh sách giao thức đã ký để so sánh",
        (_, "no_card_access") => "chưa đọc EF.CardAccess",
        (_, "not_comparable") => "DG14 đã ký không ghi lại các giao thức của EF.CardAccess",
        (_, "nothing_to_compare") => "không có dữ liệu in nào được nhập",
        (Check::ChipAuthentication, "not_offered") => "các tệp đã ký không có khóa cho việc này",
        (Check::ChipAuthenticationMapping, "not_offered") => "chip không được mở bằng PACE-CAM",
        (Check::ActiveAuthentication, "not_offered") => "giấy tờ không có DG15",
        (Check::TerminalAuthentication, "not_offered") => "các tệp đã ký không có giao thức này",
        (Check::ChipAuthentication, "device_too_short") => {
            "đầu đọc không truyền được khóa công khai dài như của chip"
        }
        (_, "device_too_short") => "đầu đọc không nhận được trả lời dài bằng chữ ký",
        (Check::ActiveAuthentication, "not_asked") => {
            "chip đã tự chứng minh bằng cách khác; quy định không đòi thêm"
        }
        (_, "not_asked") if reason.contains("no certificates") => {
            "bên gọi không có chứng thư cho việc này"
        }
        (_, "not_asked") => "bên gọi không cần nhóm dữ liệu nào mà nó mở ra",
        (_, "not_possible") => "trước đó chip chưa tự chứng minh nên chưa có khóa để ký",
        (_, "not_kept") => {
            "DG15 không được đọc: quy định chấp nhận một bằng chứng mà tệp không lưu được"
        }
        (_, "no_transcript") => "các tệp không có thử thách đã ký",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands between quotation marks in a piece of source.
    fn texts(source: &str) -> impl Iterator<Item = &str> {
        source.split('"').skip(1).step_by(2)
    }

    /// Every reason that the library gives for a check that was not performed, as its source has them.
    fn reasons() -> Vec<(Check, String, String)> {
        let library = concat!(env!("CARGO_MANIFEST_DIR"), "/../src");
        let read = |path: &str| std::fs::read_to_string(format!("{library}/{path}")).unwrap();
        let verification = read("document/verification.rs");
        let mut found = Vec::new();
        for call in verification.split("report.not_performed(").skip(1) {
            let call = call.split(");").next().unwrap();
            let check = Check::ALL
                .into_iter()
                .find(|check| call.trim_start().starts_with(&format!("Check::{check:?},")));
            let mut texts = texts(call);
            if let (Some(check), Some(code), Some(reason)) = (check, texts.next(), texts.next()) {
                found.push((check, code.to_owned(), reason.to_owned()));
            }
        }
        let terminal = read("inspection/terminal.rs");
        let table = terminal.split("let (code, reason) = match").nth(1).unwrap();
        let table = table.split("};").next().unwrap();
        let mut texts = texts(table);
        while let (Some(code), Some(reason)) = (texts.next(), texts.next()) {
            let check = Check::TerminalAuthentication;
            found.push((check, code.to_owned(), reason.to_owned()));
        }
        found
    }

    #[test]
    fn every_reason_of_the_library_has_vietnamese_words() {
        let reasons = reasons();
        assert_eq!(reasons.len(), 21, "{reasons:?}");
        for (check, code, reason) in reasons {
            assert!(not_performed(check, &code, &reason).is_some(), "{check:?} {code}");
        }
        for check in [Check::Access, Check::SecureMessaging, Check::TerminalAuthentication] {
            assert!(not_performed(check, "offline", "").is_some());
        }
    }

    #[test]
    fn values_come_through_and_unknown_sentences_do_not() {
        for (check, english, expected) in [
            (Check::Digests, "DG1, DG2 match", Some("DG1, DG2 khớp")),
            (
                Check::Revocation,
                "the issuer's list, in force until 2026-12-31, names no certificate of the path",
                Some(
                    "danh sách thu hồi của cơ quan cấp, có hiệu lực đến 31/12/2026, không có chứng thư nào của chuỗi này",
                ),
            ),
            (
                Check::Validity,
                "signer valid on 2026-11-21",
                Some("chứng thư của đơn vị ký có hiệu lực vào ngày 21/11/2026"),
            ),
            (
                Check::PrintedData,
                "id_number, sex agree",
                Some("trùng khớp: Số định danh, Giới tính"),
            ),
            (Check::Validity, "something else", None),
        ] {
            assert_eq!(shown(check, english).as_deref(), expected);
        }
    }
}
