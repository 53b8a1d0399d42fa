use core::ops::RangeInclusive;

use crate::{
    crypto::DigestAlgorithm,
    error::{Error, InvalidKey, Result},
    mrz::{Mrz, MrzKey},
    sensitive::{Personal, Secret},
};

/// The secret that opens a chip: printed on the card, or known to its holder alone.
///
/// It is a hint, never evidence: whatever is printed can be forged. Everything that can be checked
/// about it (digits, check digits) is checked here, before the chip is touched.
#[derive(Debug, Clone)]
pub struct AccessKey(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// Document number, birth and expiry with their check digits.
    MrzInformation(MrzKey),
    /// Card access number.
    Can(Personal<String>),
    /// Personal identification number.
    Pin(Personal<String>),
    /// PIN unblocking key.
    Puk(Personal<String>),
}

/// The kinds of password, numbered as PACE refers to them in DO 83
/// `[9303-11 §4.4.4.1; TR-03110-3 §B.14.1]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Password {
    /// Document number, birth and expiry out of the machine-readable zone.
    Mrz = 1,
    /// Card access number.
    Can = 2,
    /// Personal identification number, known to the holder alone.
    Pin = 3,
    /// PIN unblocking key, known to the holder alone.
    Puk = 4,
}

impl Password {
    /// The stable name: `mrz`, `can`, `pin` or `puk`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mrz => "mrz",
            Self::Can => "can",
            Self::Pin => "pin",
            Self::Puk => "puk",
        }
    }

    /// Whether wrong tries are counted and end in a block `[TR-03110-2 §2.4]`.
    pub(crate) const fn can_be_suspended(self) -> bool {
        matches!(self, Self::Pin | Self::Puk)
    }
}

impl AccessKey {
    /// The six-digit card access number. On a CCCD: the last six digits of the ID number.
    ///
    /// # Errors
    /// `InvalidKey` unless it is six digits.
    pub fn from_can(can: &str) -> Result<Self> {
        digits(can, 6..=6, InvalidKey::CanLayout).map(Self::from_digits)
    }

    /// The personal identification number of an eID card: five digits as it is issued, six once the
    /// holder has chosen their own. It opens a chip by PACE alone, and a chip counts wrong tries.
    ///
    /// # Errors
    /// `InvalidKey` unless it is five or six digits.
    pub fn from_pin(pin: &str) -> Result<Self> {
        digits(pin, 5..=6, InvalidKey::PinLayout).map(|pin| Self(Kind::Pin(pin)))
    }

    /// The PIN unblocking key of an eID card: ten digits. It opens a chip by PACE alone.
    ///
    /// # Errors
    /// `InvalidKey` unless it is ten digits.
    pub fn from_puk(puk: &str) -> Result<Self> {
        digits(puk, 10..=10, InvalidKey::PukLayout).map(|puk| Self(Kind::Puk(puk)))
    }

    /// A card access number whose six digits were checked where they came from.
    pub(crate) const fn from_digits(can: Personal<String>) -> Self {
        Self(Kind::Can(can))
    }

    /// The machine-readable zone as printed, two or three lines; every check digit is verified.
    ///
    /// # Errors
    /// `InvalidKey` with the field whose check digit is wrong: a misread character.
    pub fn from_mrz(lines: &str) -> Result<Self> {
        Ok(Self::from(Mrz::parse(lines)?.key().clone()))
    }

    /// Which kind of password this is.
    pub(crate) const fn password(&self) -> Password {
        match self.0 {
            Kind::MrzInformation(_) => Password::Mrz,
            Kind::Can(_) => Password::Can,
            Kind::Pin(_) => Password::Pin,
            Kind::Puk(_) => Password::Puk,
        }
    }

    /// The password π of PACE: SHA-1 of the MRZ information, or the characters of the others
    /// `[9303-11 §9.7.3; TR-03110-3 Table 5]`.
    pub(crate) fn pace_password(&self) -> Secret {
        match &self.0 {
            Kind::MrzInformation(key) => {
                Secret::new(DigestAlgorithm::Sha1.digest(key.mrz_information().reveal().as_bytes()))
            }
            Kind::Can(digits) | Kind::Pin(digits) | Kind::Puk(digits) => {
                Secret::new(digits.reveal().as_bytes().to_vec())
            }
        }
    }

    /// ID_PICC after BAC: the document number with its check digit `[9303-11 §7.1.2]`; empty without an MRZ.
    pub(crate) fn document_number(&self) -> Vec<u8> {
        match &self.0 {
            Kind::MrzInformation(key) => key.document_number().as_bytes().to_vec(),
            _ => Vec::new(),
        }
    }

    /// K_seed of BAC, which only an MRZ yields `[9303-11 §9.7.2]`.
    pub(crate) fn bac_seed(&self) -> Option<Secret> {
        match &self.0 {
            Kind::MrzInformation(_) => {
                let password = self.pace_password();
                password.expose().get(..16).map(|seed| Secret::new(seed.to_vec()))
            }
            Kind::Can(_) | Kind::Pin(_) | Kind::Puk(_) => None,
        }
    }
}

/// The digits of a text that is nothing else.
fn digits(
    text: &str,
    length: RangeInclusive<usize>,
    layout: InvalidKey,
) -> Result<Personal<String>> {
    match text.trim() {
        "" => Err(Error::InvalidKey(InvalidKey::Empty)),
        text if length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Personal::new(text.to_owned()))
        }
        _ => Err(Error::InvalidKey(layout)),
    }
}

impl From<MrzKey> for AccessKey {
    fn from(key: MrzKey) -> Self {
        Self(Kind::MrzInformation(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::BlockCipher,
        secure_messaging::{KeyPurpose, derive_key},
    };

    #[test]
    fn a_can_is_six_digits() {
        assert!(AccessKey::from_can(" 001234 ").is_ok());
        for (text, why) in [
            ("", InvalidKey::Empty),
            ("  ", InvalidKey::Empty),
            ("12345", InvalidKey::CanLayout),
            ("1234567", InvalidKey::CanLayout),
            ("12345a", InvalidKey::CanLayout),
            ("１２３４５６", InvalidKey::CanLayout),
        ] {
            assert_eq!(AccessKey::from_can(text).unwrap_err(), Error::InvalidKey(why), "{text}");
        }
    }

    #[test]
    fn a_pin_is_five_or_six_digits_and_a_puk_ten() {
        for (pin, reference) in [("00012", 3), (" 000123 ", 3)] {
            let key = AccessKey::from_pin(pin).unwrap();
            assert_eq!(key.password() as u8, reference);
            assert_eq!(key.pace_password().expose(), pin.trim().as_bytes());
            assert!(key.bac_seed().is_none());
        }
        let puk = AccessKey::from_puk("0001234567").unwrap();
        assert_eq!((puk.password() as u8, puk.password().name()), (4, "puk"));
        assert_eq!(puk.pace_password().expose(), b"0001234567");
        assert!(puk.bac_seed().is_none());
        for (text, why) in [
            ("", InvalidKey::Empty),
            ("0001", InvalidKey::PinLayout),
            ("0001234", InvalidKey::PinLayout),
            ("00012a", InvalidKey::PinLayout),
        ] {
            assert_eq!(AccessKey::from_pin(text).unwrap_err(), Error::InvalidKey(why), "{text}");
        }
        for text in ["000123456", "00012345678", "000123456x"] {
            let why = Error::InvalidKey(InvalidKey::PukLayout);
            assert_eq!(AccessKey::from_puk(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn keys_of_the_synthetic_cards() {
        let cipher = BlockCipher::Aes128;
        let hex = |secret: &Secret| {
            secret.expose().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let mrz = AccessKey::from(MrzKey::from_fields("195001234", "950615", "350615").unwrap());
        let password = mrz.pace_password();
        assert_eq!(hex(&password), "845f5e77bc1c52c7abe9c5f3ec9d2793c1b7bfc4");
        let k_pi = derive_key(cipher, password.expose(), KeyPurpose::Password);
        assert_eq!(hex(&k_pi), "8f579b7a839eff45d22cf2f1023b8637");
        let seed = mrz.bac_seed().unwrap();
        let k_enc = derive_key(BlockCipher::TripleDes, seed.expose(), KeyPurpose::Encryption);
        let k_mac = derive_key(BlockCipher::TripleDes, seed.expose(), KeyPurpose::Authentication);
        assert_eq!(hex(&k_enc), "b9d038b980b33216c107013732efabc8");
        assert_eq!(hex(&k_mac), "2cc27cf185fbfe794fcb024326a716dc");
        let can = AccessKey::from_can("001234").unwrap();
        let k_pi = derive_key(cipher, can.pace_password().expose(), KeyPurpose::Password);
        assert_eq!(hex(&k_pi), "301b8b85834dcf25b7ee71bd62f07a4e");
        assert!(can.bac_seed().is_none());
    }

    #[test]
    fn debug_shows_no_digit() {
        for (key, digits) in [
            (AccessKey::from_can("918273"), "918273"),
            (AccessKey::from_pin("918273"), "918273"),
            (AccessKey::from_puk("9182736450"), "9182736450"),
        ] {
            let text = format!("{:?}", key.unwrap());
            assert!(!text.contains(digits), "{text}");
        }
    }
}
