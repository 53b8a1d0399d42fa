use core::fmt;

/// What a scanner or its settings did to the text of a QR code. Numbers and dates are whole in any case, so the
/// code still opens the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QrDamage {
    /// The bytes of UTF-8 were read as another character set, of this name. No letter was lost, and the fields are
    /// as they stand on the card.
    CharsetUndone(&'static str),
    /// The bytes of UTF-8 were read as another character set, and letters were lost. The fields are as scanned.
    CharsetLost,
    /// The scanner typed the keys of the Telex input method, and none was running: `Nguyeexn Thij Haf`.
    Telex,
    /// The scanner typed the keys of the VNI input method, and none was running: `Nguye64n Thi5 Ha2`.
    Vni,
    /// Letters with marks are missing, replaced by question marks, or lost their marks.
    MarksLost,
}

impl QrDamage {
    /// A stable name: `telex`, …
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CharsetUndone(_) => "charset_undone",
            Self::CharsetLost => "charset_lost",
            Self::Telex => "telex",
            Self::Vni => "vni",
            Self::MarksLost => "marks_lost",
        }
    }

    /// What happened and what to do, in English.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::CharsetUndone(charset) => format!(
                "the scanner's text was read as {charset}, which was undone; set the scanner or its program to UTF-8"
            ),
            Self::CharsetLost => {
                "the scanner's text was read in another character set and letters were lost; set the scanner or its program to UTF-8"
                    .to_owned()
            }
            Self::Telex => {
                "the scanner types the keys of Telex and no input method turns them into letters; connect it as a serial port (COM) with UTF-8"
                    .to_owned()
            }
            Self::Vni => {
                "the scanner types the keys of VNI and no input method turns them into letters; connect it as a serial port (COM) with UTF-8"
                    .to_owned()
            }
            Self::MarksLost => {
                "the scanner types as a keyboard and loses letters with diacritics; connect it as a serial port (COM) with UTF-8"
                    .to_owned()
            }
        }
    }

    /// What happened and what to do, in Vietnamese.
    #[must_use]
    pub fn message_vi(self) -> String {
        match self {
            Self::CharsetUndone(charset) => format!(
                "Nội dung quét bị đọc theo bảng mã {charset} và đã được khôi phục; hãy đặt máy quét hoặc phần mềm ở bảng mã UTF-8."
            ),
            Self::CharsetLost => {
                "Nội dung quét bị đọc sai bảng mã và mất chữ; hãy đặt máy quét hoặc phần mềm ở bảng mã UTF-8."
                    .to_owned()
            }
            Self::Telex => {
                "Máy quét gõ theo kiểu Telex mà không có bộ gõ chuyển thành chữ có dấu; hãy dùng cổng nối tiếp (COM) với bảng mã UTF-8."
                    .to_owned()
            }
            Self::Vni => {
                "Máy quét gõ theo kiểu VNI mà không có bộ gõ chuyển thành chữ có dấu; hãy dùng cổng nối tiếp (COM) với bảng mã UTF-8."
                    .to_owned()
            }
            Self::MarksLost => {
                "Máy quét giả lập bàn phím làm mất chữ có dấu; hãy dùng cổng nối tiếp (COM) với bảng mã UTF-8."
                    .to_owned()
            }
        }
    }

    /// Whether the fields are what stands on the card all the same.
    #[must_use]
    pub const fn is_undone(self) -> bool {
        matches!(self, Self::CharsetUndone(_))
    }
}

impl fmt::Display for QrDamage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}
