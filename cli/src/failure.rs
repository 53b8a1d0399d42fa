//! Why a command ended without its result: an error of the library, or one of this program's edge.

use cccd::error::{Advice, Error};
#[cfg(feature = "batch")]
use cccd_batch::BatchError;

/// What is said of a refusal, in both languages. Carries no personal data.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// The library refused.
    Library(Error),
    /// This program cannot do what was asked.
    Edge(&'static Edge),
    /// A batch as a whole cannot be verified.
    #[cfg(feature = "batch")]
    Batch(BatchError),
    /// A picture cannot be decoded.
    #[cfg(feature = "qr-photo")]
    Picture(cccd_pictures::Error),
    /// The file of a simulated person cannot be used; the reason names fields, not their values.
    Person {
        /// Why, in English.
        reason: String,
        /// The same in Vietnamese.
        reason_vi: String,
    },
}

/// A refusal of this program itself.
#[derive(Debug)]
pub(crate) struct Edge {
    kind: &'static str,
    code: &'static str,
    advice: Advice,
    message: &'static str,
    message_vi: &'static str,
    what_to_do: (&'static str, &'static str),
}

/// The program was built without the feature `pcsc`.
#[cfg(not(feature = "pcsc"))]
pub(crate) const NO_PCSC: Edge = Edge {
    kind: "reader",
    code: "reader.not_built_in",
    advice: Advice::FixReader,
    message: "this cccd was built without PC/SC readers",
    message_vi: "Bản cccd này được biên dịch không có hỗ trợ đầu đọc PC/SC.",
    what_to_do: (
        "Build it with `cargo build --release --features pcsc` (Linux: first install \
         libpcsclite-dev), or read a simulated card with --simulated.",
        "Hãy biên dịch lại với `--features pcsc` (Linux: cài libpcsclite-dev trước), hoặc dùng \
         thẻ mô phỏng với --simulated.",
    ),
};

/// The program was built without the feature `nfc`.
#[cfg(not(feature = "nfc"))]
pub(crate) const NO_NFC: Edge = Edge {
    kind: "reader",
    code: "reader.not_built_in",
    advice: Advice::FixReader,
    message: "this cccd was built without NFC devices",
    message_vi: "Bản cccd này được biên dịch không có hỗ trợ thiết bị NFC.",
    what_to_do: (
        "Build it with `cargo build --release --features nfc` (first install libnfc-dev and libclang-dev).",
        "Hãy biên dịch lại với `--features nfc` (cài libnfc-dev và libclang-dev trước).",
    ),
};

/// The system gives no pseudo-terminal for a simulated device.
pub(crate) const NO_TERMINAL: Edge = Edge {
    kind: "reader",
    code: "reader.no_terminal",
    advice: Advice::FixReader,
    message: "this system gives no pseudo-terminal for a simulated device",
    message_vi: "Hệ thống này không cấp được thiết bị đầu cuối giả cho thiết bị mô phỏng.",
    what_to_do: (
        "Use Linux with /dev/ptmx, or a virtual PC/SC reader.",
        "Hãy dùng Linux có /dev/ptmx, hoặc đầu đọc PC/SC ảo.",
    ),
};

/// Nobody listens where vpcd should.
pub(crate) const NO_VPCD: Edge = Edge {
    kind: "reader",
    code: "reader.no_virtual_reader",
    advice: Advice::FixReader,
    message: "no virtual reader (vpcd) is waiting for a card there",
    message_vi: "Không có đầu đọc ảo (vpcd) nào đang chờ thẻ ở đó.",
    what_to_do: (
        "Install it and start the PC/SC service: `apt-get install vsmartcard-vpcd pcscd`, then \
         `pcscd` (other systems: https://frankmorgner.github.io/vsmartcard).",
        "Hãy cài đặt rồi khởi động dịch vụ PC/SC: `apt-get install vsmartcard-vpcd pcscd`, sau đó \
         chạy `pcscd`.",
    ),
};

/// The challenge is not sixteen hexadecimal digits.
pub(crate) const CHALLENGE: Edge = Edge {
    kind: "misuse",
    code: "misuse.challenge",
    advice: Advice::AskOperator,
    message: "the challenge is not 8 bytes in hexadecimal",
    message_vi: "Giá trị thử thách không phải 8 byte viết dạng thập lục phân.",
    what_to_do: (
        "Give the 16 hexadecimal digits that were issued.",
        "Hãy nhập đúng 16 chữ số thập lục phân đã cấp.",
    ),
};

/// Nothing that was named can be trusted.
pub(crate) const NOBODY_TRUSTED: Edge = Edge {
    kind: "not_authentic",
    code: "not_authentic.nobody_trusted",
    advice: Advice::UpdateTrust,
    message: "no certificate in these files can be trusted, so nothing was written",
    message_vi: "Không có chứng thư nào trong các tệp này dùng được làm gốc tin cậy; chưa ghi gì cả.",
    what_to_do: (
        "Give the authority that vouches for a list beside the list.",
        "Hãy đưa kèm chứng thư của cơ quan bảo chứng cho danh sách.",
    ),
};

/// The evidence is sealed, and nobody said by whom.
pub(crate) const SEALED: Edge = Edge {
    kind: "file",
    code: "file.sealed",
    advice: Advice::CheckFile,
    message: "the evidence is sealed and no key was given to check the seal with",
    message_vi: "Tệp bằng chứng có niêm phong nhưng chưa có khóa nào để kiểm tra niêm phong.",
    what_to_do: (
        "Give the kiosk's public key with --sealed-by, or --ignore-seal to verify the document \
         without knowing who stored it.",
        "Hãy cung cấp khóa công khai của ki-ốt bằng --sealed-by, hoặc dùng --ignore-seal để kiểm \
         tra giấy tờ mà không cần biết ai đã lưu tệp.",
    ),
};

/// Nothing in the picture is a QR code that can be read.
pub(crate) const NO_QR_CODE: Edge = Edge {
    kind: "file",
    code: "file.no_qr_code",
    advice: Advice::CheckFile,
    message: "no QR code can be read in the picture",
    message_vi: "Không đọc được mã QR nào trong ảnh.",
    what_to_do: (
        "Take it again: straight from above, sharp, without shadow or reflection, the code a quarter \
         of the picture or more, nothing over its corners.",
        "Hãy chụp lại: thẳng từ trên xuống, rõ nét, không bóng, không lóa, mã QR chiếm ít nhất một \
         phần tư ảnh và không bị che góc.",
    ),
};

/// Several cards in a picture that is to be the key to one.
#[cfg(feature = "qr-photo")]
pub(crate) const SEVERAL_CARDS: Edge = Edge {
    kind: "file",
    code: "file.several_cards",
    advice: Advice::CheckFile,
    message: "the picture shows the QR codes of more than one person",
    message_vi: "Trong ảnh có mã QR của nhiều người.",
    what_to_do: (
        "Give a picture of the card that is on the reader, alone.",
        "Hãy dùng ảnh chỉ có thẻ đang đặt trên đầu đọc.",
    ),
};

/// The program was built without the feature `qr-photo`.
#[cfg(not(feature = "qr-photo"))]
pub(crate) const NO_PHOTOGRAPHS: Edge = Edge {
    kind: "file",
    code: "file.photographs_not_built_in",
    advice: Advice::CheckFile,
    message: "this cccd was built without reading photographs",
    message_vi: "Bản cccd này được biên dịch không có chức năng đọc ảnh.",
    what_to_do: (
        "Build it with the feature `qr-photo`, which is on by default, or give the code's text.",
        "Hãy biên dịch lại với `qr-photo` (mặc định có), hoặc đưa nội dung mã QR.",
    ),
};

impl Failure {
    /// The kind, which decides the exit status.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Library(error) => error.kind(),
            #[cfg(feature = "batch")]
            Self::Batch(error) => error.kind(),
            Self::Edge(edge) => edge.kind,
            #[cfg(feature = "qr-photo")]
            Self::Picture(_) => "file",
            Self::Person { .. } => "file",
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Library(error) => error.code(),
            #[cfg(feature = "batch")]
            Self::Batch(error) => error.code(),
            Self::Edge(edge) => edge.code,
            #[cfg(feature = "qr-photo")]
            Self::Picture(_) => "file.picture",
            Self::Person { .. } => "file.person",
        }
    }

    /// The stable name of the advice.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::Library(error) => error.advice().as_str(),
            #[cfg(feature = "batch")]
            Self::Batch(error) => error.advice().as_str(),
            Self::Edge(edge) => edge.advice.as_str(),
            #[cfg(feature = "qr-photo")]
            Self::Picture(_) => Advice::CheckFile.as_str(),
            Self::Person { .. } => Advice::CheckFile.as_str(),
        }
    }

    /// The English sentence, without a full stop.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Library(error) => error.to_string(),
            #[cfg(feature = "batch")]
            Self::Batch(error) => error.to_string(),
            Self::Edge(edge) => edge.message.to_owned(),
            #[cfg(feature = "qr-photo")]
            Self::Picture(error) => error.to_string(),
            Self::Person { reason, .. } => format!("the person's file cannot be used: {reason}"),
        }
    }

    /// The Vietnamese sentence.
    pub(crate) fn message_vi(&self) -> String {
        match self {
            Self::Library(error) => error.message_vi(),
            #[cfg(feature = "batch")]
            Self::Batch(error) => error.message_vi(),
            Self::Edge(edge) => edge.message_vi.to_owned(),
            #[cfg(feature = "qr-photo")]
            Self::Picture(error) => error.message_vi().to_owned(),
            Self::Person { reason_vi, .. } => {
                format!("Không dùng được tệp mô tả chủ thẻ mô phỏng: {reason_vi}.")
            }
        }
    }

    /// What to do next, in English and Vietnamese.
    pub(crate) fn what_to_do(&self) -> (&'static str, &'static str) {
        match self {
            Self::Library(error) => (error.advice().sentence(), error.advice().sentence_vi()),
            #[cfg(feature = "batch")]
            Self::Batch(error) => (error.advice().sentence(), error.advice().sentence_vi()),
            Self::Edge(edge) => edge.what_to_do,
            #[cfg(feature = "qr-photo")]
            Self::Picture(_) => (Advice::CheckFile.sentence(), Advice::CheckFile.sentence_vi()),
            Self::Person { .. } => (Advice::CheckFile.sentence(), Advice::CheckFile.sentence_vi()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<&'static Edge> for Failure {
    fn from(edge: &'static Edge) -> Self {
        Self::Edge(edge)
    }
}

#[cfg(feature = "batch")]
impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Self {
        Self::Batch(error)
    }
}
