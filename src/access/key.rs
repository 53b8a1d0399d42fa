use crate::{
    crypto::DigestAlgorithm,
    error::{Error, InvalidKey, Result},
    mrz::{Mrz, MrzKey},
    sensitive::{Personal, Secret},
};

/// The printed secret that opens a chip.
///
/// It is a hint, never evidence: whatever is printed can be forged. Everything that can be checked
/// about it (digits, check digits) is checked here, before the chip is touched.
#[derive(Debug, Clone)]
pub struct AccessKey(Printed);

#[derive(Debug, Clone)]
enum Printed {
    /// Document number, birth and expiry with their check digits.
    MrzInformation(MrzKey),
    /// Card access number.
    Can(Personal<String>),
}

/// Which password PACE uses, by its reference in DO 83 `[9303-11 §4.4.4.1]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum PasswordReference {
    Mrz = 1,
    Can = 2,
}

impl AccessKey {
    /// The six-digit card access number. On a CCCD: the last six digits of the ID number.
    ///
    /// # Errors
    /// `InvalidKey` unless it is six digits.
    pub fn from_can(can: &str) -> Result<Self> {
        match can.trim() {
            "" => Err(Error::InvalidKey(InvalidKey::Empty)),
            can if can.len() == 6 && can.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Self::from_digits(Personal::new(can.to_owned())))
            }
            _ => Err(Error::InvalidKey(InvalidKey::CanLayout)),
        }
    }

    /// A card access number whose six digits were checked where they came from.
    pub(crate) const fn from_digits(can: Personal<String>) -> Self {
        Self(Printed::Can(can))
    }

    /// The machine-readable zone as printed, two or three lines; every check digit is verified.
    ///
    /// # Errors
    /// `InvalidKey` with the field whose check digit is wrong: a misread character.
    pub fn from_mrz(lines: &str) -> Result<Self> {
        Ok(Self::from(Mrz::parse(lines)?.key().clone()))
    }

    pub(crate) const fn reference(&self) -> PasswordReference {
        match self.0 {
            Printed::MrzInformation(_) => PasswordReference::Mrz,
            Printed::Can(_) => PasswordReference::Can,
        }
    }

    /// The password π of PACE: SHA-1 of the MRZ information, or the CAN's characters
    /// `[9303-11 §4.4.4.2 Table 6, §9.7.3]`.
    pub(crate) fn pace_password(&self) -> Secret {
        match &self.0 {
            Printed::MrzInformation(key) => {
                Secret::new(DigestAlgorithm::Sha1.digest(key.mrz_information().reveal().as_bytes()))
            }
            Printed::Can(can) => Secret::new(can.reveal().as_bytes().to_vec()),
        }
    }

    /// K_seed of BAC, which only an MRZ yields `[9303-11 §9.7.2]`.
    pub(crate) fn bac_seed(&self) -> Option<Secret> {
        match &self.0 {
            Printed::MrzInformation(_) => {
                let password = self.pace_password();
                password.expose().get(..16).map(|seed| Secret::new(seed.to_vec()))
            }
            Printed::Can(_) => None,
        }
    }
}

impl From<MrzKey> for AccessKey {
    fn from(key: MrzKey) -> Self {
        Self(Printed::MrzInformation(key))
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
        let text = format!("{:?}", AccessKey::from_can("918273").unwrap());
        assert!(!text.contains("918273"), "{text}");
    }
}
