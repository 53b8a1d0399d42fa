//! What a person reads beside a value, in Vietnamese and English.

use cccd::{document::ProofStrength, error::Error, findings::Check, mrz::Format, vietnam::Remark};

use crate::language;

/// The label of a field that is not known here.
const OTHER_FIELD: (&str, &str) = ("Mục khác", "Other field");

/// The label of a citizen's field, by its stable name.
pub(crate) fn field(name: &str) -> (&'static str, &'static str) {
    match name {
        "id_number" => ("Số định danh", "ID number"),
        "full_name" => ("Họ và tên", "Full name"),
        "date_of_birth" => ("Ngày sinh", "Date of birth"),
        "sex" => ("Giới tính", "Sex"),
        "nationality" => ("Quốc tịch", "Nationality"),
        "ethnicity" => ("Dân tộc", "Ethnicity"),
        "religion" => ("Tôn giáo", "Religion"),
        "place_of_origin" => ("Quê quán", "Place of origin"),
        "residence" => ("Nơi thường trú", "Residence"),
        "identifying_marks" => ("Đặc điểm nhận dạng", "Identifying marks"),
        "issue_date" => ("Ngày cấp", "Date of issue"),
        "expiry_date" => ("Có giá trị đến", "Date of expiry"),
        "father_name" => ("Họ tên cha", "Father"),
        "mother_name" => ("Họ tên mẹ", "Mother"),
        "spouse_name" => ("Họ tên vợ/chồng", "Spouse"),
        "old_id_number" => ("Số CMND cũ", "Old ID number"),
        "key" => ("Mã hồ sơ", "The organisation's key"),
        "updated" => ("Ngày cập nhật", "Last confirmed"),
        _ => OTHER_FIELD,
    }
}

/// The Vietnamese name of a check, and its stable name with spaces.
pub(crate) fn check(check: Check) -> (&'static str, String) {
    let name = match check {
        Check::Access => "Mở chip",
        Check::SecureMessaging => "Kênh bảo mật",
        Check::Digests => "Dữ liệu nguyên vẹn",
        Check::SodSignature => "Chữ ký số",
        Check::SignerPath => "Chuỗi chứng thư",
        Check::Revocation => "Thu hồi chứng thư",
        Check::Validity => "Thời hạn hiệu lực",
        Check::IssuingState => "Quốc gia cấp",
        Check::ChipAuthentication => "Chip thật (CA)",
        Check::ChipAuthenticationMapping => "Chip thật (CAM)",
        Check::ActiveAuthentication => "Chip thật (AA)",
        Check::TerminalAuthentication => "Quyền đọc (TA)",
        Check::Downgrade => "Giao thức nguyên vẹn",
        Check::PrintedData => "Dữ liệu in trên thẻ",
        _ => "Kiểm tra khác",
    };
    (name, check.name().replace('_', " "))
}

/// Whom a chip proof of this strength convinces.
pub(super) const fn strength(strength: ProofStrength) -> (&'static str, &'static str) {
    match strength {
        ProofStrength::OldSignature => ("chữ ký cũ", "old signature"),
        ProofStrength::Session => {
            ("chỉ thuyết phục thiết bị đọc này", "convinces this reader only")
        }
        ProofStrength::FreshSignature => {
            ("chữ ký trên thử thách mới", "signature over a fresh challenge")
        }
        _ => ("khác", "other"),
    }
}

/// What a chip proof of this strength does not prove, in Vietnamese; the library says it in English.
pub(super) const fn does_not_prove(strength: ProofStrength) -> &'static str {
    match strength {
        ProofStrength::OldSignature => {
            "rằng chip có mặt lúc này: chữ ký có thể được tạo vào bất kỳ ngày nào"
        }
        ProofStrength::Session => {
            "điều gì với người khác: không có chip vẫn dựng được một bản ghi như vậy"
        }
        ProofStrength::FreshSignature => {
            "rằng chip nằm ngay trên đầu đọc này chứ không ở đầu kia của một đường chuyển tiếp"
        }
        _ => "những điều khác",
    }
}

/// The stable name of a document's size and layout.
pub(super) const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Td1 => "td1",
        Format::Td2 => "td2",
        Format::Td3 => "td3",
    }
}

/// A date as Vietnam writes it; anything else as it is.
pub(crate) fn day(iso: &str) -> String {
    match iso.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] if iso.len() == 10 => format!("{day}/{month}/{year}"),
        [year, month] if iso.len() == 7 => format!("{month}/{year}"),
        _ => iso.to_owned(),
    }
}

/// Both halves of a label as they are wanted.
pub(crate) fn both((vietnamese, english): (&str, &str)) -> String {
    language::both(vietnamese, english)
}

/// What to know about a field of a citizen; the Vietnamese calls the field as the card does.
pub(super) fn remark(remark: Remark) -> String {
    let sentence = remark.message_vi();
    let name = sentence.split(' ').find(|word| field(word) != OTHER_FIELD);
    let vietnamese = match name {
        Some(name) if sentence.starts_with(name) => sentence.replacen(name, field(name).0, 1),
        Some(name) => sentence.replacen(name, &field(name).0.to_lowercase(), 1),
        None => sentence,
    };
    language::both(&vietnamese, &remark.to_string())
}

/// A chip proof by its stable name.
pub(super) fn proof(name: &str) -> String {
    let vietnamese = match name {
        "chip_authentication" => "xác thực chip (CA)",
        "chip_authentication_mapping" => "xác thực chip qua PACE (CAM)",
        "active_authentication" => "xác thực chủ động (AA)",
        name => name,
    };
    language::one(vietnamese.to_owned(), name.replace('_', " "))
}

/// A signature's algorithms: `ECDSA with SHA-384`.
pub(super) fn scheme(name: &str) -> String {
    if language::is_vietnamese() { name.replace(" with ", " với ") } else { name.to_owned() }
}

/// Why something was refused, in one language and without the kind of error, which other lines say.
pub(crate) fn reason(error: &Error) -> String {
    let (vietnamese, english) = reasons(error);
    language::one(vietnamese, english)
}

/// The same in Vietnamese and English.
pub(crate) fn reasons(error: &Error) -> (String, String) {
    let sentence = error.message_vi();
    let whole = sentence.trim_end_matches('.');
    let behind_the_kind = || whole.split_once(": ").map_or(whole, |(_, reason)| reason).to_owned();
    match error {
        Error::NotAuthentic(why) => (behind_the_kind(), why.to_string()),
        Error::NotGenuine(why) => (behind_the_kind(), why.to_string()),
        Error::NotAuthorised(why) => (behind_the_kind(), why.to_string()),
        Error::PolicyRefused(why) => (behind_the_kind(), why.to_string()),
        Error::ChannelBroken(why) => (behind_the_kind(), why.to_string()),
        other => (as_reason(whole), other.to_string()),
    }
}

/// A sentence without its capital letter; a name of capitals keeps it.
fn as_reason(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}
