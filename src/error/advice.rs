/// What to do after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// Compare the number, MRZ or QR text with the card and try again.
    CheckKey,
    /// Put the card back on the reader and hold it still.
    PresentAgain,
    /// Do not accept this document.
    RefuseDocument,
    /// Load the issuer's certificate, if you trust it.
    UpdateTrust,
    /// This is another kind of document.
    OtherDocument,
    /// Connect a reader or start its service.
    FixReader,
    /// Put a card on the reader.
    PresentCard,
    /// Report the document to the maintainers; structure only.
    Report,
    /// The operator's own rule decided; the operator can explain.
    AskOperator,
    /// Check the certificates and the key with which this terminal authenticates itself to chips.
    CheckTerminal,
    /// Compare the path and the files in it with what was asked for.
    CheckFile,
    /// A programming error in the calling software.
    FixCode,
}

impl Advice {
    /// A stable name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CheckKey => "check_key",
            Self::PresentAgain => "present_again",
            Self::RefuseDocument => "refuse_document",
            Self::UpdateTrust => "update_trust",
            Self::OtherDocument => "other_document",
            Self::FixReader => "fix_reader",
            Self::PresentCard => "present_card",
            Self::Report => "report",
            Self::AskOperator => "ask_operator",
            Self::CheckTerminal => "check_terminal",
            Self::CheckFile => "check_file",
            Self::FixCode => "fix_code",
        }
    }

    /// The advice as an English sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::CheckKey => "Compare the number or code with the card and try again.",
            Self::PresentAgain => "Put the card back on the reader and hold it still.",
            Self::RefuseDocument => "Do not accept this document.",
            Self::UpdateTrust => {
                "Do not accept this document before its issuer's certificate was loaded from a source you trust."
            }
            Self::OtherDocument => "Present a chip-based citizen ID card.",
            Self::FixReader => "Check the reader, its cable and its service.",
            Self::PresentCard => "Put the card on the reader.",
            Self::Report => "Report this card's structure to the maintainers.",
            Self::AskOperator => "Ask the operator of this desk.",
            Self::CheckTerminal => {
                "Check the certificates and the key of this terminal; the card is not to blame."
            }
            Self::CheckFile => "Check the path and the files in it.",
            Self::FixCode => "This is a fault of the software that uses the library.",
        }
    }

    /// The advice as a Vietnamese sentence, for the person at the kiosk.
    #[must_use]
    pub const fn sentence_vi(self) -> &'static str {
        match self {
            Self::CheckKey => "Vui lòng kiểm tra lại số hoặc mã trên thẻ rồi thử lại.",
            Self::PresentAgain => "Vui lòng đặt lại thẻ lên đầu đọc và giữ yên.",
            Self::RefuseDocument => "Không chấp nhận thẻ này. Vui lòng liên hệ nhân viên.",
            Self::UpdateTrust => {
                "Chưa thể chấp nhận thẻ này. Vui lòng liên hệ nhân viên để kiểm tra chứng thư của cơ quan cấp thẻ."
            }
            Self::OtherDocument => "Vui lòng dùng thẻ căn cước có gắn chip.",
            Self::FixReader => "Vui lòng kiểm tra đầu đọc thẻ, dây nối và dịch vụ đầu đọc.",
            Self::PresentCard => "Vui lòng đặt thẻ lên đầu đọc.",
            Self::Report => "Vui lòng liên hệ nhân viên; thẻ này chưa được hỗ trợ.",
            Self::AskOperator => "Vui lòng liên hệ nhân viên tại quầy.",
            Self::CheckTerminal => {
                "Vui lòng liên hệ nhân viên để kiểm tra chứng thư của thiết bị đọc; thẻ không có lỗi."
            }
            Self::CheckFile => "Vui lòng kiểm tra đường dẫn và các tệp.",
            Self::FixCode => "Phần mềm gặp lỗi. Vui lòng liên hệ nhân viên.",
        }
    }
}
