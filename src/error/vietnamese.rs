//! The sentences in Vietnamese, for the person in front of a kiosk.

use super::{
    ChannelFault, Error, FileFault, InvalidKey, NotAuthentic, NotAuthorised, NotGenuine,
    PolicyRefusal, ReaderFault, Unsupported,
};

pub(super) fn message(error: &Error) -> String {
    match error {
        Error::InvalidKey(why) => invalid_key(*why),
        Error::AccessDenied { attempts_left } => match attempts_left {
            None => {
                "Chip không chấp nhận mã truy cập: số hoặc mã không đúng với thẻ này.".to_owned()
            }
            Some(0) => "Chip không chấp nhận mã truy cập; mã này nay đã bị khóa.".to_owned(),
            Some(n) => format!("Chip không chấp nhận mã truy cập; còn {n} lần thử."),
        },
        Error::LinkLost => "Mất kết nối với thẻ.".to_owned(),
        Error::CardChanged => "Đây không phải thẻ đang đọc dở.".to_owned(),
        Error::Reader(why) => reader(*why),
        Error::ChannelBroken(why) => {
            format!("Kênh bảo mật với chip bị gián đoạn: {}.", channel(*why))
        }
        Error::CardRefused { command, status } => {
            format!("Thẻ trả về mã trạng thái {status:04X} cho lệnh {command}.")
        }
        Error::Malformed { file, offset, .. } => {
            format!("Dữ liệu {file} sai cấu trúc tại byte {offset}.")
        }
        Error::NotAuthentic(why) => {
            format!("Dữ liệu trên thẻ không xác thực được: {}.", not_authentic(*why))
        }
        Error::NotGenuine(why) => {
            format!("Chip không chứng minh được là chip thật: {}.", not_genuine(*why))
        }
        Error::NotAuthorised(why) => {
            format!("Thiết bị đọc không có quyền đọc dữ liệu này: {}.", not_authorised(*why))
        }
        Error::Unsupported(why) => unsupported(*why),
        Error::PolicyRefused(why) => {
            format!("Bị từ chối theo quy định của đơn vị: {}.", policy(*why))
        }
        Error::File { fault, path } => format!("{}: {}.", path.display(), file(*fault)),
        Error::Cancelled => "Đã hủy việc đọc thẻ.".to_owned(),
        Error::DeadlinePassed => "Việc đọc thẻ kéo dài quá thời gian cho phép.".to_owned(),
        Error::Misuse(_) => "Phần mềm sử dụng thư viện không đúng cách.".to_owned(),
    }
}

fn invalid_key(why: InvalidKey) -> String {
    match why {
        InvalidKey::Empty => "Chưa có số hoặc mã nào được nhập.".to_owned(),
        InvalidKey::CanLayout => "Mã CAN phải gồm đúng 6 chữ số.".to_owned(),
        InvalidKey::PinLayout => "Mã PIN phải gồm 5 hoặc 6 chữ số.".to_owned(),
        InvalidKey::PukLayout => "Mã PUK phải gồm đúng 10 chữ số.".to_owned(),
        InvalidKey::Suspended => {
            "Chip đã tạm khóa mã PIN hoặc PUK này. Chủ thẻ mở lại bằng phần mềm của cơ quan cấp và mã CAN.".to_owned()
        }
        InvalidKey::Deactivated => "Mã PIN hoặc PUK này chưa được kích hoạt.".to_owned(),
        InvalidKey::IdNumberLayout => "Số định danh phải gồm đúng 12 chữ số.".to_owned(),
        InvalidKey::MrzLayout => "Dòng MRZ không đúng định dạng.".to_owned(),
        InvalidKey::MrzCheckDigit { .. } => {
            "Số kiểm tra của dòng MRZ không khớp: có ký tự bị đọc sai.".to_owned()
        }
        InvalidKey::DateLayout => "Ngày tháng không hợp lệ.".to_owned(),
        InvalidKey::NotACccdQr => "Mã QR này không phải của thẻ căn cước.".to_owned(),
        InvalidKey::InsuranceCardQr => {
            "Đây là mã QR của thẻ bảo hiểm y tế; hãy quét mã QR trên thẻ căn cước.".to_owned()
        }
        InvalidKey::SpoiltQr => {
            "Mã QR của thẻ căn cước bị thiếu hoặc lỗi; hãy quét lại, đặt máy quét ở chế độ UTF-8 và cổng nối tiếp (COM) thay cho giả lập bàn phím.".to_owned()
        }
        InvalidKey::WrongKind => "Thẻ không hỗ trợ loại mã truy cập này.".to_owned(),
    }
}

fn reader(why: ReaderFault) -> String {
    match why {
        ReaderFault::ServiceNotRunning => {
            "Dịch vụ đầu đọc thẻ (PC/SC) chưa chạy (Linux: `systemctl enable --now pcscd.socket` hoặc khởi động pcscd; Windows: cắm đầu đọc, dịch vụ Smart Card sẽ tự chạy; macOS: rút đầu đọc rồi cắm lại).".to_owned()
        }
        ReaderFault::ServiceStopped => {
            "Dịch vụ đầu đọc thẻ (PC/SC) đã dừng giữa chừng (Linux: `systemctl restart pcscd`, xem lý do bằng `journalctl -u pcscd`; Windows: cắm lại đầu đọc, không có đầu đọc thì dịch vụ Smart Card tự dừng; macOS: rút đầu đọc rồi cắm lại).".to_owned()
        }
        ReaderFault::NoAccess => {
            "Người dùng này không được phép dùng đầu đọc thẻ (Linux: polkit phải cho phép org.debian.pcsc-lite.access_pcsc và access_card, mặc định chỉ cho người ngồi tại máy; Windows: chạy trong phiên làm việc tại máy, không chạy như dịch vụ hay qua điều khiển từ xa; macOS: ứng dụng sandbox cần quyền com.apple.security.smartcard).".to_owned()
        }
        ReaderFault::NoReader => {
            "Chưa kết nối đầu đọc thẻ (nếu đã cắm: Linux: cài trình điều khiển, thường là libccid, rồi xem `pcsc_scan`; Windows: xem mục Smart card readers trong Device Manager; macOS: xem mục USB trong System Information).".to_owned()
        }
        ReaderFault::NoSuchReader => "Không có đầu đọc nào mang tên đó.".to_owned(),
        ReaderFault::Unplugged => {
            "Đầu đọc thẻ bị rút ra hoặc mất điện; hãy cắm lại, tốt nhất là không qua bộ chia (Linux: `journalctl -k` cho biết lỗi nguồn hoặc cáp; Windows: trong Device Manager, không cho phép máy tắt thiết bị USB; macOS: cắm thẳng vào máy).".to_owned()
        }
        ReaderFault::NoCard => "Chưa có thẻ trên đầu đọc.".to_owned(),
        ReaderFault::MuteCard => "Thẻ trên đầu đọc không phản hồi.".to_owned(),
        ReaderFault::InUse => "Một phần mềm khác đang dùng thẻ.".to_owned(),
        ReaderFault::TooLong => "Đầu đọc không truyền được lệnh dài như vậy.".to_owned(),
        ReaderFault::Other(code) => format!("Phần mềm đầu đọc báo lỗi {code:08X}."),
    }
}

const fn channel(why: ChannelFault) -> &'static str {
    match why {
        ChannelFault::Mac => "mã xác thực thông điệp không khớp",
        ChannelFault::Unprotected => "thẻ gửi dữ liệu không được bảo vệ",
        ChannelFault::SessionLost => "thẻ đã kết thúc phiên làm việc",
        ChannelFault::Structure => "thông điệp bảo mật sai cấu trúc",
        ChannelFault::Padding => "phần đệm của thông điệp không đúng",
        ChannelFault::StatusWord => "mã trạng thái không khớp",
    }
}

fn not_authentic(why: NotAuthentic) -> String {
    match why {
        NotAuthentic::DigestMismatch { group } => format!("nội dung DG{group} khác với bản đã ký"),
        NotAuthentic::GroupWithheld { group } => {
            format!("chip không đưa ra DG{group}, dù nhóm này có trong danh sách đã ký")
        }
        NotAuthentic::GroupNotSigned { group } => {
            format!("DG{group} không có trong danh sách đã ký")
        }
        NotAuthentic::NoSecurityObject => {
            "chip không có danh sách dữ liệu đã ký (EF.SOD)".to_owned()
        }
        NotAuthentic::SodSignature => "chữ ký trên danh sách dữ liệu không đúng".to_owned(),
        NotAuthentic::CardSecuritySignature => "chữ ký trên EF.CardSecurity không đúng".to_owned(),
        NotAuthentic::NoSigner => "thiếu chứng thư của đơn vị ký".to_owned(),
        NotAuthentic::UnknownIssuer => "chưa có chứng thư tin cậy của cơ quan cấp".to_owned(),
        NotAuthentic::SignerNotSignedByIssuer => {
            "chứng thư của đơn vị ký không do cơ quan cấp ký".to_owned()
        }
        NotAuthentic::SignerKeyUsage => "chứng thư không được phép ký giấy tờ".to_owned(),
        NotAuthentic::SignerNotValidAt => "chứng thư không có hiệu lực vào ngày đó".to_owned(),
        NotAuthentic::DocumentExpired => "thẻ đã hết hạn".to_owned(),
        NotAuthentic::CriticalExtension => {
            "chứng thư có phần mở rộng bắt buộc mà phần mềm không hiểu".to_owned()
        }
        NotAuthentic::NotACsca => {
            "chứng thư không phải của một cơ quan cấp chứng thư (CA)".to_owned()
        }
        NotAuthentic::MayNotRevoke => {
            "chứng thư không được phép ký danh sách chứng thư bị thu hồi".to_owned()
        }
        NotAuthentic::MasterListSignature => {
            "chữ ký trên danh sách cơ quan cấp không đúng".to_owned()
        }
        NotAuthentic::RevocationListSignature => {
            "chữ ký trên danh sách chứng thư bị thu hồi không đúng".to_owned()
        }
        NotAuthentic::DeviationListSignature => {
            "chữ ký trên danh sách sai khác không đúng".to_owned()
        }
        NotAuthentic::PathLength => "chuỗi chứng thư dài hơn mức được phép".to_owned(),
        NotAuthentic::Seal => "tệp không có niêm phong do khóa được yêu cầu tạo ra".to_owned(),
        NotAuthentic::SignerRevoked => "chứng thư của đơn vị ký đã bị thu hồi".to_owned(),
        NotAuthentic::IssuingState => "quốc gia của đơn vị ký và của thẻ khác nhau".to_owned(),
        NotAuthentic::CardAccessDiffers => "giao thức thẻ công bố khác với bản đã ký".to_owned(),
        NotAuthentic::GroupsDisagree => "các nhóm dữ liệu đã ký mâu thuẫn với nhau".to_owned(),
    }
}

const fn not_genuine(why: NotGenuine) -> &'static str {
    match why {
        NotGenuine::ChipAuthentication => "xác thực chip (CA) thất bại, có thể là chip sao chép",
        NotGenuine::ActiveAuthentication => {
            "xác thực chủ động (AA) thất bại, có thể là chip sao chép"
        }
        NotGenuine::ChipAuthenticationMapping => {
            "xác thực chip qua PACE (CAM) thất bại, có thể là chip sao chép"
        }
        NotGenuine::NoMappingKey => {
            "EF.CardSecurity đã ký không có khóa ứng với phép ánh xạ CAM đã dùng"
        }
        NotGenuine::NoProof => "chip không đưa ra bằng chứng mà quy định yêu cầu",
        NotGenuine::Challenge => "bằng chứng không ứng với thử thách đã cấp",
    }
}

fn not_authorised(why: NotAuthorised) -> String {
    match why {
        NotAuthorised::NoChain => {
            "không có chuỗi chứng thư từ cơ quan mà chip tin cậy đến thiết bị".to_owned()
        }
        NotAuthorised::CertificateExpired => "chứng thư trong chuỗi đã hết hạn".to_owned(),
        NotAuthorised::CertificateNotYetValid => {
            "chứng thư trong chuỗi chưa có hiệu lực".to_owned()
        }
        NotAuthorised::CertificateSignature => {
            "chữ ký của một chứng thư trong chuỗi không đúng".to_owned()
        }
        NotAuthorised::RoleOrder => "vai trò trong chuỗi chứng thư không đúng thứ tự".to_owned(),
        NotAuthorised::RightMissing => {
            "chuỗi chứng thư không cấp quyền đọc DG3 hoặc DG4".to_owned()
        }
        NotAuthorised::TerminalKey => {
            "chữ ký của thiết bị không khớp với chứng thư của thiết bị".to_owned()
        }
        NotAuthorised::KeyUnavailable => "không sử dụng được khóa của thiết bị".to_owned(),
        NotAuthorised::Refused { command, status } => {
            format!("chip từ chối với mã {status:04X} cho lệnh {command}")
        }
    }
}

fn unsupported(why: Unsupported) -> String {
    match why {
        Unsupported::NotAnIcaoChip => {
            "Thẻ này không phải thẻ căn cước gắn chip hay hộ chiếu điện tử.".to_owned()
        }
        Unsupported::NotACccd => "Đây không phải thẻ căn cước của Việt Nam.".to_owned(),
        Unsupported::NoResidence => "Chip của thẻ này không ghi nơi thường trú.".to_owned(),
        Unsupported::Algorithm(name) => format!("Chưa hỗ trợ thuật toán: {}.", term(name)),
        Unsupported::Protocol(name) => format!("Chưa hỗ trợ giao thức: {}.", term(name)),
        Unsupported::Structure(_) => "Chưa hỗ trợ cấu trúc dữ liệu này.".to_owned(),
    }
}

fn policy(why: PolicyRefusal) -> String {
    match why {
        PolicyRefusal::Downgrade => {
            "chip được mở bằng BAC trong khi quy định yêu cầu PACE".to_owned()
        }
        PolicyRefusal::PaceFailed => {
            "PACE thất bại và không được phép dùng BAC thay thế".to_owned()
        }
        PolicyRefusal::WeakAlgorithm(name) => format!("thuật toán {name} quá yếu"),
        PolicyRefusal::Deviation(name) => format!("sai khác {name} không được chấp nhận"),
        PolicyRefusal::PrintedData => "thông tin in trên thẻ khác với chip".to_owned(),
        PolicyRefusal::LastAttempt => {
            "chip chỉ còn một lần thử trước khi khóa mã, nên không thử nữa".to_owned()
        }
        PolicyRefusal::RevocationUnknown => {
            "chưa có danh sách chứng thư bị thu hồi của cơ quan cấp".to_owned()
        }
        PolicyRefusal::RevocationStale => {
            "danh sách chứng thư bị thu hồi của cơ quan cấp đã quá hạn".to_owned()
        }
        PolicyRefusal::Budget(_) => "giấy tờ đòi hỏi xử lý vượt giới hạn".to_owned(),
    }
}

const fn file(fault: FileFault) -> &'static str {
    match fault {
        FileFault::NotFound => "không tìm thấy tệp hoặc thư mục",
        FileFault::PermissionDenied => "không được phép đọc",
        FileFault::TooLong => "tệp quá lớn",
        FileFault::NoSod => "không tìm thấy EF.SOD",
        FileFault::Twice => "có hai tệp ứng với cùng một tệp trên chip",
        FileFault::NotAFolder => "không phải là thư mục",
        FileFault::Other => "không đọc được",
    }
}

/// What the library calls in words; everything else is a name of the standards, the same in every language.
const TERMS: [(&str, &str); 23] = [
    ("Diffie-Hellman outside 1024 to 4096 bits", "Diffie-Hellman ngoài khoảng 1024 đến 4096 bit"),
    ("RSA outside 1024 to 8192 bits", "RSA ngoài khoảng 1024 đến 8192 bit"),
    ("a Diffie-Hellman key to verify with", "khóa Diffie-Hellman dùng để kiểm tra chữ ký"),
    ("a digest other than SHA-1 or SHA-2", "hàm băm ngoài SHA-1 và SHA-2"),
    ("a key other than RSA or EC", "khóa ngoài RSA và EC"),
    (
        "a key that is not for Terminal Authentication",
        "khóa không dành cho xác thực thiết bị đọc (TA)",
    ),
    ("a mask but MGF1", "hàm tạo mặt nạ ngoài MGF1"),
    ("a seal other than ES256", "niêm phong ngoài ES256"),
    ("an RSA key for key agreement", "khóa RSA dùng để thỏa thuận khóa"),
    (
        "an elliptic curve that Doc 9303 does not name",
        "đường cong elliptic không có trong Doc 9303",
    ),
    ("an unknown signature", "chữ ký không rõ loại"),
    ("domain parameters that are not standardised", "tham số miền không theo tiêu chuẩn"),
    ("integrated mapping on secp224r1", "ánh xạ tích hợp trên secp224r1"),
    ("integrated mapping without an order", "ánh xạ tích hợp khi không có bậc của nhóm"),
    ("of the group digests", "băm của các nhóm dữ liệu"),
    ("of the signed digest", "băm của phần đã ký"),
    ("PACE of another version than 2", "PACE không phải phiên bản 2"),
    ("PACE whose domain parameters are of another kind", "PACE có tham số miền thuộc loại khác"),
    (
        "PACE with more than one meaning of its parameters",
        "PACE có tham số hiểu được theo nhiều cách",
    ),
    ("PACE without PACEInfo", "PACE không có PACEInfo"),
    ("PACE without known domain parameters", "PACE không có tham số miền đã biết"),
    ("PACE-IM on secp224r1", "PACE-IM trên secp224r1"),
    ("Chip Authentication of another version than 1", "xác thực chip (CA) không phải phiên bản 1"),
];

fn term(name: &'static str) -> &'static str {
    TERMS.iter().find(|(english, _)| *english == name).map_or(name, |(_, vietnamese)| vietnamese)
}
