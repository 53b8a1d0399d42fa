//! What is wrong with the cards that misbehave as in the field, in Vietnamese; the simulator says it in English.

/// The description of a profile; `None` of one that is not a card of the field.
pub(super) fn vietnamese(profile: &str) -> Option<&'static str> {
    let known = DESCRIPTIONS.iter().find(|(name, _)| profile.strip_prefix("field-") == Some(name));
    known.map(|(_, words)| *words)
}

const DESCRIPTIONS: [(&str, &str); 78] = [
    ("01-lost-in-portrait", "mất thẻ giữa lúc đọc ảnh rồi đặt lại"),
    ("01-lost-before-portrait", "mất thẻ trước khi chip nhận lệnh đọc ảnh"),
    ("02-late-in-pace", "một trả lời của PACE đến sau khi máy đọc đã thôi chờ"),
    ("02-late-in-reading", "một trả lời đến sau khi máy đọc đã thôi chờ; chip vẫn có nguồn"),
    ("04-short-reader", "đầu đọc chỉ truyền được APDU ngắn, và nói rõ điều đó"),
    ("05-no-extended-length", "từ chối độ dài mở rộng bằng 6700, không bảo vệ"),
    ("07-end-of-file-6282", "hết tệp được báo bằng 6282"),
    ("07-padded-files", "sau mỗi tệp có các byte 0 và 80"),
    ("07-end-of-file-6282-bac", "hết tệp được báo bằng 6282, sau BAC"),
    ("08-exact-length-6ce7", "6CE7 cho mọi Le lớn hơn 231, sau BAC"),
    ("08-exact-length-6c80", "6C80 cho mọi Le lớn hơn 128"),
    ("08-exact-length-of-rest", "6Cxx khi Le vượt quá cuối tệp dài đến 255 byte"),
    ("09-wrong-length-above-223", "6700 cho mọi Le lớn hơn 223"),
    ("09-wrong-length-above-192", "6700 cho mọi Le lớn hơn 192"),
    ("09-wrong-length-above-160", "6700 cho mọi Le lớn hơn 160"),
    ("09-wrong-length-above-128", "6700 cho mọi Le lớn hơn 128"),
    ("09-wrong-length-above-112", "6700 cho mọi Le lớn hơn 112"),
    ("09-wrong-length-above-96", "6700 cho mọi Le lớn hơn 96"),
    ("09-wrong-length-above-64", "6700 cho mọi Le lớn hơn 64"),
    ("09-wrong-length-above-231-bac", "6700 cho mọi Le lớn hơn 231, sau BAC"),
    ("09-wrong-length-above-223-bac", "6700 cho mọi Le lớn hơn 223, sau BAC"),
    ("10-no-le-beyond-end", "6B00 khi Le vượt quá cuối tệp"),
    ("10-6b00-then-6988", "6B00 không bảo vệ khi Le vượt quá cuối tệp, sau đó là 6988"),
    (
        "11-plain-error-not-counted",
        "lỗi không được bảo vệ và không được đếm; không có độ dài mở rộng",
    ),
    ("11-plain-error-counted", "lỗi không được bảo vệ nhưng được đếm; không có độ dài mở rộng"),
    ("11-plain-error-ends-session", "lỗi không được bảo vệ làm mất phiên; không có độ dài mở rộng"),
    ("12-last-frame-of-119", "khối cuối của EF.SOD dài 119 byte, sau BAC"),
    ("13-6988-after-bac", "6988 cho lệnh được bảo vệ đầu tiên sau BAC"),
    ("13-6988-after-pace", "6988 cho lệnh được bảo vệ đầu tiên sau PACE"),
    ("14-no-data-above-223", "9000 nhưng không có dữ liệu cho mọi Le lớn hơn 223"),
    ("14-no-data-above-231-bac", "9000 nhưng không có dữ liệu cho mọi Le lớn hơn 231, sau BAC"),
    ("14-no-data-above-112", "9000 nhưng không có dữ liệu cho mọi Le lớn hơn 112"),
    ("15-error-as-data", "lần đầu, DG13 kết thúc bằng 99 02 67 00 thay cho byte của chính nó"),
    ("16-file-above-32k", "ảnh kéo dài quá tầm của lệnh READ BINARY chẵn"),
    ("16-file-above-64k", "ảnh kéo dài quá tầm của địa chỉ hai byte"),
    ("16-no-odd-instruction", "ảnh dài như vậy, và chip không có lệnh READ BINARY lẻ"),
    ("17-select-mf-6d00", "SELECT thư mục gốc được trả lời 6D00"),
    ("17-select-mf-6982", "SELECT thư mục gốc được trả lời 6982"),
    ("17-select-mf-6a87", "SELECT thư mục gốc được trả lời 6A87"),
    ("17-select-mf-6a81", "SELECT thư mục gốc được trả lời 6A81"),
    ("17-select-mf-6a86", "SELECT thư mục gốc được trả lời 6A86"),
    ("17-card-access-by-select", "chọn được EF.CardAccess, nhưng không đọc được bằng số ngắn"),
    ("17-no-card-access", "không đọc được EF.CardAccess bằng cách nào"),
    ("17-no-short-identifiers", "phải chọn từng tệp của ứng dụng trước khi đọc"),
    ("18-directory-protected", "EF.DIR trả lời 6982 trước khi mở chip, sau đó dùng BAC"),
    ("19-no-ef-com", "trên chip không có EF.COM"),
    ("21-tag-84-needed", "từ chối PACE nếu không nêu bộ tham số, dù chỉ có một bộ"),
    ("21-several-infos-one-oid", "ba PACEInfo dùng chung một mã định danh đối tượng"),
    ("22-no-superfluous-le", "SELECT hoặc MSE có Le thừa thì bị trả lời 6700"),
    ("23-pace-im-only", "chỉ có PACE với ánh xạ tích hợp (IM)"),
    ("24-pace-dh", "PACE modulo số nguyên tố, giá trị công khai viết kèm các số 0 đứng đầu"),
    ("26-aes-256", "PACE và xác thực chip (CA) với AES-256"),
    ("26-aes-192", "PACE và xác thực chip (CA) với AES-192"),
    ("27-explicit-parameters", "PACE với tham số viết đầy đủ, mang số 32"),
    ("27-no-parameter-id", "PACE với tham số viết đầy đủ, không mang số"),
    ("28-cam-several-keys", "PACE kèm xác thực chip (CAM); ba khóa có đánh số"),
    ("29-pace-only", "không có BAC: 6A88"),
    ("30-signature-by-get-response", "chữ ký 256 byte đến qua 61xx và GET RESPONSE"),
    ("30-signature-cut", "trả lời bị cắt ở 223 byte, cả chữ ký"),
    ("30-signature-6700", "6700 cho mọi Le lớn hơn 223, cả khi lấy chữ ký"),
    ("30-signature-no-data", "9000 nhưng không có dữ liệu cho mọi Le lớn hơn 223"),
    ("31-ca-3des", "xác thực chip (CA) với 3DES, chọn bằng MSE:Set KAT"),
    ("31-ca-dh-3des", "xác thực chip (CA) với 3DES modulo số nguyên tố"),
    ("32-ca-not-announced", "DG14 có khóa nhưng không có ChipAuthenticationInfo"),
    ("33-copy", "bản sao: tệp đúng, khóa bí mật khác"),
    ("33-copy-without-ca", "bản sao của một thẻ chỉ có xác thực chủ động (AA)"),
    ("34-ecdsa-in-der", "xác thực chủ động (AA) trả lời chữ ký ECDSA dạng DER"),
    ("34-rsa-smaller-signature", "xác thực chủ động (AA) trả lời số nhỏ hơn trong hai chữ ký RSA"),
    ("35-trailing-bytes-in-dg14", "trong DG14 có các byte 0 sau SecurityInfos"),
    ("36-dg14-out-of-order", "SET trong DG14 không được sắp xếp theo DER"),
    ("38-explicit-curves", "khóa công khai mang các con số của đường cong thay cho tên"),
    ("39-indefinite-length", "EF.SOD được viết với độ dài không xác định"),
    ("43-jpeg-2000-codestream", "ảnh là luồng mã JPEG 2000 trần, một thành phần màu"),
    ("43-jpeg-2000-file", "ảnh là tệp JPEG 2000"),
    ("44-face-record-length", "bản ghi của ảnh tự ghi dài hơn thật tám byte"),
    ("45-dg7-exif", "DG7 chứa ảnh JPEG bắt đầu bằng Exif"),
    ("46-odd-dg11-dg12", "DG11 và DG12 có ngày dạng nén, mục rỗng và thẻ lạ"),
    ("51-plain-data-in-channel", "READ BINARY được trả lời không bảo vệ trong kênh"),
];

#[cfg(test)]
mod tests {
    use cccd_simulator::profiles;

    use super::*;

    #[test]
    fn every_card_of_the_field_is_described() {
        let cards = profiles().filter(|profile| profile.field.is_some());
        let missing: Vec<_> =
            cards.map(|card| card.name).filter(|name| vietnamese(name).is_none()).collect();
        assert_eq!(missing, [""; 0]);
        assert_eq!(vietnamese("cccd"), None);
    }
}
