use core::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// An R-APDU: data and status word. The data are wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    data: Zeroizing<Vec<u8>>,
    status: StatusWord,
}

impl Response {
    /// Splits the bytes of an answer `[ISO 7816-4 §5.1]`.
    ///
    /// # Errors
    /// `Malformed` if there are fewer than two bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        match bytes {
            [data @ .., sw1, sw2] => Ok(Self::new(data, StatusWord::from_bytes(*sw1, *sw2))),
            _ => Err(Error::Malformed {
                file: "R-APDU",
                offset: bytes.len(),
                what: "an answer of at least two bytes",
            }),
        }
    }

    pub(crate) fn new(data: &[u8], status: StatusWord) -> Self {
        Self::from_parts(Zeroizing::new(data.to_vec()), status)
    }

    pub(crate) const fn from_parts(data: Zeroizing<Vec<u8>>, status: StatusWord) -> Self {
        Self { data, status }
    }

    /// The data field, without the status word.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// SW1-SW2.
    #[must_use]
    pub const fn status(&self) -> StatusWord {
        self.status
    }

    /// The data, if the status word is `9000`.
    ///
    /// # Errors
    /// `CardRefused` with the status word otherwise.
    pub fn success(&self, command: &'static str) -> Result<&[u8]> {
        if self.status == StatusWord::SUCCESS {
            Ok(&self.data)
        } else {
            Err(Error::CardRefused { command, status: self.status.0 })
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} bytes, {:?})", self.data.len(), self.status)
    }
}

/// SW1-SW2 `[ISO 7816-4 §5.6]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// `9000`
    pub const SUCCESS: Self = Self(0x9000);
    /// `6282`: the end of the file came before Le bytes.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// `6300`: verification failed, no counter given.
    pub const VERIFICATION_FAILED: Self = Self(0x6300);
    /// `6700`: wrong length.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// `6982`: security status not satisfied.
    pub const SECURITY_STATUS: Self = Self(0x6982);
    /// `6983`: authentication method blocked.
    pub const BLOCKED: Self = Self(0x6983);
    /// `6987`: expected secure-messaging objects missing.
    pub const SM_OBJECTS_MISSING: Self = Self(0x6987);
    /// `6988`: secure-messaging objects incorrect.
    pub const SM_OBJECTS_INCORRECT: Self = Self(0x6988);
    /// `6A82`: file or application not found.
    pub const NOT_FOUND: Self = Self(0x6A82);
    /// `6B00`: wrong parameters, for READ BINARY an offset beyond the file.
    pub const WRONG_PARAMETERS: Self = Self(0x6B00);
    /// `6D00`: instruction not supported.
    pub const INSTRUCTION_NOT_SUPPORTED: Self = Self(0x6D00);
    /// `6E00`: class not supported.
    pub const CLASS_NOT_SUPPORTED: Self = Self(0x6E00);

    pub(crate) const fn from_bytes(sw1: u8, sw2: u8) -> Self {
        Self(u16::from_be_bytes([sw1, sw2]))
    }

    /// SW1 and SW2.
    #[must_use]
    pub const fn bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }

    /// `61xx`: bytes still to be fetched by GET RESPONSE; 256 or more if it says 0.
    #[must_use]
    pub const fn more_data(self) -> Option<usize> {
        match self.bytes() {
            [0x61, 0] => Some(256),
            [0x61, n] => Some(n as usize),
            _ => None,
        }
    }

    /// `6Cxx`: the Le that the card wants instead.
    #[must_use]
    pub const fn exact_le(self) -> Option<usize> {
        match self.bytes() {
            [0x6C, 0] => Some(256),
            [0x6C, n] => Some(n as usize),
            _ => None,
        }
    }

    /// `63Cx`: attempts left.
    #[must_use]
    pub const fn attempts_left(self) -> Option<u8> {
        match self.bytes() {
            [0x63, n] if n & 0xF0 == 0xC0 => Some(n & 0x0F),
            _ => None,
        }
    }

    /// The meaning in words `[ISO 7816-4 Table 6]`.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self.bytes() {
            [0x90, 0x00] => "success",
            [0x61, _] => "more data to fetch",
            [0x62, 0x81] => "part of the data may be corrupted",
            [0x62, 0x82] => "end of file before Le bytes",
            [0x62, 0x83] => "selected file deactivated",
            [0x62, _] => "warning, memory unchanged",
            [0x63, 0x00] => "verification failed",
            [0x63, n] if n & 0xF0 == 0xC0 => "verification failed, attempts left in the last digit",
            [0x63, _] => "warning, memory changed",
            [0x64 | 0x65, _] => "execution error",
            [0x66, _] => "security error",
            [0x67, _] => "wrong length",
            [0x68, 0x82] => "secure messaging not supported",
            [0x68, 0x84] => "command chaining not supported",
            [0x68, _] => "function of the class byte not supported",
            [0x69, 0x81] => "command incompatible with the file",
            [0x69, 0x82] => "security status not satisfied",
            [0x69, 0x83] => "authentication method blocked",
            [0x69, 0x84] => "reference data not usable",
            [0x69, 0x85] => "conditions of use not satisfied",
            [0x69, 0x86] => "no file selected",
            [0x69, 0x87] => "secure-messaging objects missing",
            [0x69, 0x88] => "secure-messaging objects incorrect",
            [0x69, _] => "command not allowed",
            [0x6A, 0x80] => "incorrect data field",
            [0x6A, 0x81] => "function not supported",
            [0x6A, 0x82] => "file or application not found",
            [0x6A, 0x83] => "record not found",
            [0x6A, 0x86] => "incorrect P1-P2",
            [0x6A, 0x88] => "referenced data not found",
            [0x6A, _] => "wrong parameters",
            [0x6B, _] => "wrong P1-P2 or offset beyond the file",
            [0x6C, _] => "wrong Le, the right one is in SW2",
            [0x6D, _] => "instruction not supported",
            [0x6E, _] => "class not supported",
            [0x6F, _] => "no precise diagnosis",
            _ => "unknown status word",
        }
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X} ({})", self.0, self.meaning())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_split_into_data_and_status() {
        let response = Response::parse(&[1, 2, 0x90, 0]).unwrap();
        assert_eq!(response.success("READ BINARY"), Ok(&[1, 2][..]));
        assert!(Response::parse(&[0x90]).is_err());
        assert!(Response::parse(&[]).is_err());
    }

    #[test]
    fn status_words_carry_numbers() {
        assert_eq!(StatusWord(0x6100).more_data(), Some(256));
        assert_eq!(StatusWord(0x6CE7).exact_le(), Some(231));
        assert_eq!(StatusWord(0x63C2).attempts_left(), Some(2));
        assert_eq!(StatusWord(0x6300).attempts_left(), None);
        assert_eq!(StatusWord(0x6A82).meaning(), "file or application not found");
    }
}
