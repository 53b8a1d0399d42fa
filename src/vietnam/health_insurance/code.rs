use core::fmt;

/// Defines the codes with their words.
macro_rules! codes {
    ($( $(#[$doc:meta])* $variant:ident = $code:literal, $correction:ident, $en:literal, $vi:literal; )*) => {
        /// `maKetQua`: what the office found.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum AnswerCode {
            $( $(#[$doc])* $variant, )*
            /// A code that is not known here, as it came; at most sixteen characters.
            Other(String),
        }

        impl AnswerCode {
            /// All that are known.
            pub const KNOWN: &[Self] = &[$( Self::$variant, )*];

            /// Reads `maKetQua`.
            #[must_use]
            pub fn parse(code: &str) -> Self {
                match code.trim() {
                    $( $code => Self::$variant, )*
                    other => Self::Other(other.chars().take(16).collect()),
                }
            }

            /// The office's code: three digits, if it is known.
            #[must_use]
            pub fn code(&self) -> &str {
                match self {
                    $( Self::$variant => $code, )*
                    Self::Other(code) => code,
                }
            }

            /// What it means, in English.
            #[must_use]
            pub const fn message(&self) -> &'static str {
                match self {
                    $( Self::$variant => $en, )*
                    Self::Other(_) => "a code that is not known here",
                }
            }

            /// What it means, in Vietnamese.
            #[must_use]
            pub const fn message_vi(&self) -> &'static str {
                match self {
                    $( Self::$variant => $vi, )*
                    Self::Other(_) => "mã kết quả chưa biết",
                }
            }

            /// What to correct.
            #[must_use]
            pub const fn correction(&self) -> Correction {
                match self {
                    $( Self::$variant => Correction::$correction, )*
                    Self::Other(_) => Correction::ReadNote,
                }
            }
        }
    };
}

codes! {
    /// Everything agrees.
    Valid = "000", Nothing, "the insurance is valid and the data agree", "thẻ còn giá trị, thông tin khớp";
    /// Insured by the army's own office.
    Army = "001", CheckPapers, "the card belongs to the insurance of the Ministry of Defence", "thẻ thuộc BHXH Bộ Quốc phòng";
    /// Insured by the police's own office.
    Police = "002", CheckPapers, "the card belongs to the insurance of the Ministry of Public Security", "thẻ thuộc BHXH Bộ Công an";
    /// The old card has ended and there is a new one.
    OldCardEnded = "003", TakeNewCard, "the old card has ended and a new one was issued", "thẻ cũ hết giá trị, đã có thẻ mới";
    /// The old card is still valid and there is a new one.
    OldCardValid = "004", TakeNewCard, "the old card is still valid and a new one was issued", "thẻ cũ còn giá trị, đã có thẻ mới";
    /// The card has ended.
    Ended = "010", AskInsurer, "the insurance has ended", "thẻ đã hết giá trị sử dụng";
    /// No card under this number.
    NotFound = "050", CorrectNumber, "there is no insurance under this number", "không tìm thấy thông tin thẻ";
    /// The number is wrong.
    WrongNumber = "051", CorrectNumber, "the card number is wrong", "mã thẻ không đúng";
    /// Characters four and five are no province.
    WrongProvince = "052", CorrectNumber, "the province in the card number, its fourth and fifth character, is wrong", "mã tỉnh trong mã thẻ (ký tự thứ 4 và 5) không đúng";
    /// Character three is no class of benefits.
    WrongBenefit = "053", CorrectNumber, "the class of benefits in the card number, its third character, is wrong", "mã quyền lợi trong mã thẻ (ký tự thứ 3) không đúng";
    /// `cccdCb` is not registered.
    StaffUnknown = "054", RegisterStaff, "the ID number of the member of staff is not among those that the clinic has registered", "số căn cước của cán bộ tra cứu chưa được cơ sở đăng ký";
    /// `hoTenCb` is not the name under `cccdCb`.
    StaffName = "055", RegisterStaff, "the name of the member of staff is not the one registered with the ID number", "họ tên cán bộ tra cứu không khớp với số căn cước đã đăng ký";
    /// `hoTen` is another name.
    WrongName = "060", CorrectName, "the name is not that of the insured", "họ tên không khớp với thẻ bảo hiểm";
    /// `hoTen` has the right first letters only.
    WrongNameInitials = "061", CorrectName, "of the name only the first letters are those of the insured", "họ tên không khớp, chỉ đúng các chữ cái đầu";
    /// `ngaySinh` is another day.
    WrongBirth = "070", CorrectBirth, "the date of birth is not that of the insured", "ngày sinh không khớp với thẻ bảo hiểm";
    /// Another sex.
    WrongSex = "080", AskInsurer, "the sex is not that of the insured", "giới tính không khớp với thẻ bảo hiểm";
    /// Another clinic.
    WrongClinic = "090", AskInsurer, "the clinic of first registration is another", "nơi đăng ký khám chữa bệnh ban đầu không khớp";
    /// The office could not read its records.
    RecordsFailed = "100", TryAgain, "the office could not read its records", "cơ quan bảo hiểm gặp lỗi khi lấy dữ liệu thẻ";
    /// The office's server failed.
    ServerFailed = "101", TryAgain, "the office's server failed", "máy chủ của cơ quan bảo hiểm gặp lỗi";
    /// Withdrawn.
    Withdrawn = "110", AskInsurer, "the card was withdrawn", "thẻ đã bị thu hồi";
    /// Reported as ended.
    Ceased = "120", AskInsurer, "the insured was reported as having left", "thẻ đã báo giảm";
    /// Moved to another province.
    MovedProvince = "121", AskInsurer, "the insured was reported as moved to another province", "thẻ đã báo giảm do chuyển sang tỉnh khác";
    /// Moved within the province.
    MovedWithin = "122", AskInsurer, "the insured was reported as moved within the province", "thẻ đã báo giảm do chuyển trong tỉnh";
    /// Registered again by the same unit.
    Reregistered = "123", AskInsurer, "the card was taken back because the same unit has registered the insured again", "thẻ đã báo giảm do tăng lại cùng đơn vị";
    /// No longer takes part.
    Stopped = "124", AskInsurer, "the insured was reported as no longer taking part", "thẻ đã báo giảm do ngừng tham gia";
    /// A child without a card.
    ChildWithoutCard = "130", CheckPapers, "a child who shows no card", "trẻ em không xuất trình thẻ";
    /// A field of the question has a wrong form.
    WrongFormat = "205", FixRequest, "a field of the question has a wrong form", "tham số gửi đi sai định dạng";
    /// The account or its token is not accepted.
    NotLoggedIn = "401", LogIn, "the clinic's account or its token is not accepted", "tài khoản hoặc phiên đăng nhập không được chấp nhận";
    /// The office's gateway failed.
    GatewayFailed = "500", TryAgain, "the office's gateway failed", "cổng tiếp nhận của cơ quan bảo hiểm gặp lỗi";
}

impl AnswerCode {
    /// Whether the insurance is valid: now, or by the new card that the answer names.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        matches!(self, Self::Valid | Self::OldCardEnded | Self::OldCardValid)
    }
}

impl fmt::Display for AnswerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.message())
    }
}

/// What the desk does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Correction {
    /// Nothing.
    Nothing,
    /// Look at the insurance card and other papers.
    CheckPapers,
    /// Go on with the number and dates of the new card.
    TakeNewCard,
    /// Ask again with the right number.
    CorrectNumber,
    /// Ask again with the name as the insurance has it.
    CorrectName,
    /// Ask again with the date of birth as the insurance has it.
    CorrectBirth,
    /// Register the member of staff with the office.
    RegisterStaff,
    /// The insured settles it with the insurance.
    AskInsurer,
    /// Ask again later.
    TryAgain,
    /// The program that asks is wrong.
    FixRequest,
    /// Take a new token, or see to the account.
    LogIn,
    /// Read the office's note.
    ReadNote,
}

impl Correction {
    /// What to do, in English.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Nothing => "nothing to correct",
            Self::CheckPapers => "look at the insurance card and the other papers",
            Self::TakeNewCard => "go on with the number and the dates of the new card",
            Self::CorrectNumber => {
                "ask by the twelve digits of the ID number, or by the number on the insurance card"
            }
            Self::CorrectName => {
                "send the name with all its diacritics, as the chip has it and not from the MRZ; if the chip's name is refused, the insurance has another one, which the insured has to have corrected"
            }
            Self::CorrectBirth => {
                "send the day of birth as dd/MM/yyyy, or the year alone if the insurance knows no more; if the chip's is refused, the insured has to have it corrected"
            }
            Self::RegisterStaff => {
                "register the member of staff with the office, by the name and number on the ID card"
            }
            Self::AskInsurer => "the insured settles this with the social-insurance office",
            Self::TryAgain => "ask again later; nothing is wrong with the data",
            Self::FixRequest => "the program sends a field in a wrong form",
            Self::LogIn => {
                "take a new token; if that fails, look at the account, the password and the registered address"
            }
            Self::ReadNote => "read the office's note",
        }
    }

    /// What to do, in Vietnamese.
    #[must_use]
    pub const fn message_vi(self) -> &'static str {
        match self {
            Self::Nothing => "không cần sửa gì",
            Self::CheckPapers => "kiểm tra thẻ bảo hiểm và giấy tờ tùy thân",
            Self::TakeNewCard => "dùng mã thẻ và thời hạn của thẻ mới",
            Self::CorrectNumber => "tra cứu bằng 12 số căn cước hoặc mã số trên thẻ bảo hiểm",
            Self::CorrectName => {
                "gửi họ tên có dấu đầy đủ như trong chip, không lấy từ MRZ; nếu vẫn không khớp thì dữ liệu bảo hiểm khác với căn cước và người bệnh cần đề nghị sửa"
            }
            Self::CorrectBirth => {
                "gửi ngày sinh dạng dd/MM/yyyy, hoặc chỉ năm nếu bảo hiểm chỉ ghi năm; nếu vẫn không khớp thì người bệnh cần đề nghị sửa dữ liệu bảo hiểm"
            }
            Self::RegisterStaff => {
                "đăng ký cán bộ tra cứu với cơ quan bảo hiểm theo đúng họ tên và số căn cước"
            }
            Self::AskInsurer => "người bệnh liên hệ cơ quan bảo hiểm xã hội",
            Self::TryAgain => "thử lại sau; dữ liệu không có lỗi",
            Self::FixRequest => "phần mềm gửi sai định dạng tham số",
            Self::LogIn => {
                "lấy lại phiên đăng nhập; nếu vẫn lỗi, kiểm tra tài khoản, mật khẩu và địa chỉ IP đã đăng ký"
            }
            Self::ReadNote => "xem ghi chú của cơ quan bảo hiểm",
        }
    }
}
