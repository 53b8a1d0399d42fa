//! Exit statuses: one per kind of error, never to be renumbered.

use std::process::ExitCode;

use crate::failure::Failure;

/// The document is verified and everything that was asked for beside it was done.
pub(crate) const SUCCESS: ExitCode = ExitCode::SUCCESS;
/// The verdict stands, but something beside it failed: a file could not be written, for instance.
pub(crate) const INCOMPLETE: u8 = 1;

/// `verify-batch`: at least one document is not verified.
#[cfg(feature = "batch")]
pub(crate) const NOT_ALL_VERIFIED: u8 = 27;

/// The table in `cccd --help`.
pub(crate) const TABLE: &str = "\
Exit status (stable; with --json the object's \"error\" says more):
   0  verified; the command did all that was asked
   1  something beside the verdict failed, for instance a file could not be written
   2  wrong usage of the command line
  10  invalid_key      the key cannot be right, or the card takes no such key
  11  access_denied    the chip refused the key
  12  link_lost        the card left the reader, or a time limit passed
  13  reader           no card, card in use, no such reader, or another failure of the reader
  14  reader           the PC/SC service is not running, or stopped in the middle
  15  reader           no reader is connected
  16  channel_broken   secure messaging failed
  17  card_refused     the card refused a legal command
  18  malformed        bytes break the standard
  19  not_authentic    altered or withheld data, wrong signature, unknown issuer, expired
  20  not_genuine      the chip did not prove that it is no copy
  21  unsupported      another kind of document, or something not implemented
  22  policy_refused   a rule of the operator
  23  file             a file that was named cannot be used
  24  cancelled        by --timeout, for instance
  25  misuse           a fault of this program
  26  not_authorised   this terminal's certificates or key do not open what was asked for
  27  (verify-batch)   at least one document is not verified";

/// The same in Vietnamese.
pub(crate) const TABLE_VI: &str = "\
Mã thoát (không đổi qua các phiên bản; với --json, mục \"error\" cho biết chi tiết):
   0  đã xác thực; lệnh đã làm xong mọi việc được yêu cầu
   1  một việc ngoài kết luận không thành, chẳng hạn không ghi được tệp
   2  dùng sai dòng lệnh
  10  invalid_key      mã không thể đúng, hoặc thẻ không nhận loại mã này
  11  access_denied    chip không chấp nhận mã
  12  link_lost        thẻ rời đầu đọc, hoặc quá thời hạn
  13  reader           không có thẻ, thẻ đang bận, không có đầu đọc đó, hoặc lỗi khác của đầu đọc
  14  reader           dịch vụ PC/SC chưa chạy, hoặc dừng giữa chừng
  15  reader           chưa kết nối đầu đọc nào
  16  channel_broken   kênh bảo mật với chip bị gián đoạn
  17  card_refused     thẻ từ chối một lệnh hợp lệ
  18  malformed        dữ liệu sai tiêu chuẩn
  19  not_authentic    dữ liệu bị sửa hoặc bị giấu, chữ ký sai, không rõ cơ quan cấp, hết hạn
  20  not_genuine      chip không chứng minh được nó không phải bản sao
  21  unsupported      loại giấy tờ khác, hoặc phần chưa được hỗ trợ
  22  policy_refused   một quy định của đơn vị
  23  file             không dùng được một tệp đã nêu
  24  cancelled        bị hủy, chẳng hạn bởi --timeout
  25  misuse           lỗi của chính phần mềm này
  26  not_authorised   chứng thư hoặc khóa của thiết bị không mở được dữ liệu đã yêu cầu
  27  (verify-batch)   có ít nhất một hồ sơ không được xác thực";

/// The status for a refusal.
pub(crate) fn status(failure: &Failure) -> u8 {
    match (failure.kind(), failure.code()) {
        ("invalid_key", _) => 10,
        ("access_denied", _) => 11,
        ("link_lost", _) => 12,
        ("reader", "reader.service_not_running" | "reader.service_stopped") => 14,
        ("reader", "reader.no_reader") => 15,
        ("reader", _) => 13,
        ("channel_broken", _) => 16,
        ("card_refused", _) => 17,
        ("malformed", _) => 18,
        ("not_authentic", _) => 19,
        ("not_genuine", _) => 20,
        ("unsupported", _) => 21,
        ("policy_refused", _) => 22,
        ("file", _) => 23,
        ("cancelled", _) => 24,
        ("misuse", _) => 25,
        ("not_authorised", _) => 26,
        _ => INCOMPLETE,
    }
}

#[cfg(test)]
mod tests {
    use cccd::{
        Error,
        error::{NotAuthorised, ReaderFault},
    };

    use super::*;

    #[test]
    fn both_tables_list_the_same() {
        let names = |table: &'static str| -> Vec<_> {
            table.lines().skip(1).map(|line| line[..21].trim().split("  ").next()).collect()
        };
        let numbers = |table| names(table).into_iter().map(|name| name.map(|it| it.len() > 1));
        assert!(numbers(TABLE).eq(numbers(TABLE_VI)));
    }

    #[test]
    fn statuses_stay_as_documented() {
        for (error, expected) in [
            (Error::AccessDenied { attempts_left: None }, 11),
            (Error::LinkLost, 12),
            (Error::Reader(ReaderFault::NoCard), 13),
            (Error::Reader(ReaderFault::ServiceNotRunning), 14),
            (Error::Reader(ReaderFault::ServiceStopped), 14),
            (Error::Reader(ReaderFault::NoReader), 15),
            (Error::Cancelled, 24),
            (Error::DeadlinePassed, 24),
            (Error::Misuse("test"), 25),
            (Error::NotAuthorised(NotAuthorised::NoChain), 26),
        ] {
            let failure = Failure::from(error);
            assert_eq!(status(&failure), expected);
            for table in [TABLE, TABLE_VI] {
                assert!(table.contains(&format!("  {expected}  {}", failure.kind())));
            }
        }
    }
}
