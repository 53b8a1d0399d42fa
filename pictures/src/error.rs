//! Why there are no pixels.

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a picture was not decoded. It holds nothing of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The first bytes are those of no known format.
    #[error("the picture is in a format that is not known")]
    UnknownFormat,
    /// It has more pixels, or asks for more work, than the limits allow; nothing was decoded.
    #[error("the picture is too large to be decoded: {0}")]
    TooLarge(&'static str),
    /// The bytes break the format.
    #[error("the picture cannot be decoded: {0}")]
    Malformed(&'static str),
    /// A part of the format that no document uses.
    #[error("the picture cannot be decoded: {0} is not supported")]
    Unsupported(&'static str),
    /// The decoder failed in a way that its authors did not foresee.
    #[error("the picture cannot be decoded: its decoder failed")]
    Decoder,
}

impl Error {
    /// A sentence in Vietnamese.
    #[must_use]
    pub const fn message_vi(&self) -> &'static str {
        match self {
            Self::UnknownFormat => "Không nhận ra định dạng của ảnh.",
            Self::TooLarge(_) => "Ảnh quá lớn nên không được giải mã.",
            Self::Malformed(_) => "Ảnh bị hỏng, không giải mã được.",
            Self::Unsupported(_) => "Ảnh dùng kiểu mã hóa chưa được hỗ trợ.",
            Self::Decoder => "Bộ giải mã gặp lỗi với ảnh này.",
        }
    }
}
