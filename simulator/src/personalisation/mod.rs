//! What is written to a chip before it is handed out: the files of Doc 9303-10, the keys, and the authority that signs.

mod biometrics;
mod certificate;
mod data_groups;
mod details;
mod dg13;
mod further_groups;
mod issuer;
mod keys;
mod options;
pub mod reference;
mod revocation;
mod security_infos;
mod security_object;

pub use biometrics::{
    BiometricImage, Modality, RecordEdition, biometric_group, dg2, dg3, dg4, eye_png, grey_jpeg,
    ridges_png,
};
pub use certificate::Period;
pub use data_groups::{atr_info, com, dg1};
pub use details::{
    DetailEncoding, DocumentDetails, PersonToNotify, PersonalDetails, dg11, dg12, dg16,
};
pub use dg13::dg13;
pub use further_groups::{displayed_images, further_groups, issuer_features};
pub use issuer::Issuer;
pub use keys::{CurveParameters, KeyKind, ModpParameters};
pub use options::{
    ActiveKind, CardOptions, ChipAuthenticationOption, IssuerOptions, LdsVersion, Mapping,
    PaceOption, PaceParameters, ParentsShape,
};

pub use crate::mrz::mrz_information;

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigUint;

use crate::arithmetic::curve::{CurveName, Point};
use crate::arithmetic::group::{Element, Group};
use crate::arithmetic::rsa::RsaKey;
use crate::chip::Behaviour;
use crate::cv_certificate::TerminalTrust;
use crate::digest::DigestName;
use crate::random::Random;
use crate::symmetric::CipherName;

/// File identifiers of the application LDS1 and of the master file `[9303-10 §4.7, table 38]`.
pub mod file {
    /// EF.CardAccess, in the master file.
    pub const CARD_ACCESS: u16 = 0x011C;
    /// EF.ATR/INFO, in the master file.
    pub const ATR_INFO: u16 = 0x2F01;
    /// EF.CardSecurity, in the master file.
    pub const CARD_SECURITY: u16 = 0x011D;
    /// EF.COM.
    pub const COM: u16 = 0x011E;
    /// EF.SOD.
    pub const SOD: u16 = 0x011D;
    /// EF.DG1, the machine-readable zone.
    pub const DG1: u16 = 0x0101;
    /// EF.DG2, the portrait.
    pub const DG2: u16 = 0x0102;
    /// EF.DG3, fingerprints.
    pub const DG3: u16 = 0x0103;
    /// EF.DG4, irises.
    pub const DG4: u16 = 0x0104;
    /// EF.DG13, Vietnam's own fields.
    pub const DG13: u16 = 0x010D;
    /// EF.DG14, security options.
    pub const DG14: u16 = 0x010E;
    /// EF.DG15, the public key of Active Authentication.
    pub const DG15: u16 = 0x010F;

    /// The file identifier of the data group with this number.
    pub const fn of_group(number: u8) -> u16 {
        0x0100 | number as u16
    }

    /// The number of the data group with this file identifier: 1 to 16.
    pub fn data_group_number(file: u16) -> Option<u8> {
        (0x0101..=0x0110).contains(&file).then_some((file & 0xFF) as u8)
    }
}

/// Everything that is written to one chip. Plain public fields: tests tamper with them, and a chip with anybody's files
/// and keys is made by filling them in ([`mrz_information`], [`PrivateKey::from_pkcs8`](crate::PrivateKey::from_pkcs8)).
#[derive(Clone, Debug)]
pub struct Personalisation {
    /// The application's files by file identifier, see [`mod@file`].
    pub files: BTreeMap<u16, Vec<u8>>,
    /// EF.CardAccess in the master file.
    pub card_access: Option<Vec<u8>>,
    /// EF.CardSecurity in the master file.
    pub card_security: Option<Vec<u8>>,
    /// EF.ATR/INFO in the master file.
    pub atr_info: Option<Vec<u8>>,
    /// Document number, birth and expiry with their check digits, see [`mrz_information`]: 24 characters, or more if the
    /// document number is longer than nine.
    pub mrz_information: String,
    /// The card access number: six digits.
    pub can: String,
    /// The PIN, if there is one.
    pub pin: Option<String>,
    /// The PUK, if there is one.
    pub puk: Option<String>,
    /// Which access protocols the chip runs.
    pub access: AccessControl,
    /// The private keys whose public keys stand in DG14 and in EF.CardSecurity.
    pub chip_authentication: Vec<ChipKey>,
    /// The private key whose public key stands in DG15.
    pub active_authentication: Option<ActiveKey>,
    /// Files that need Terminal Authentication: 6982 without. Only DG3 and DG4 can be opened by it.
    pub protected: BTreeSet<u16>,
    /// What the chip judges terminals by; without it, it grants Terminal Authentication to nobody. The chip itself changes
    /// it as it accepts certificates.
    pub terminal_trust: Option<TerminalTrust>,
    /// Where this chip leaves the book.
    pub behaviour: Behaviour,
}

/// The access protocols of a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessControl {
    /// Basic Access Control.
    pub bac: bool,
    /// The ways to run PACE.
    pub pace: Vec<PaceOption>,
}

/// A private key for Chip Authentication, and for chip authentication mapping in PACE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipKey {
    /// The domain parameters.
    pub group: Group,
    /// The private key, 1 to the group's order − 1.
    pub private: BigUint,
    /// The key's identifier, where it has one.
    pub key_id: Option<u32>,
    /// The ciphers that Chip Authentication with this key may choose; none for a key of PACE only.
    pub ciphers: Vec<CipherName>,
}

impl ChipKey {
    /// The public key.
    pub fn public(&self) -> Element {
        self.group.public_key(&self.private)
    }
}

impl From<EcKey> for ChipKey {
    /// A key from outside, with every cipher.
    fn from(key: EcKey) -> ChipKey {
        ChipKey {
            group: key.curve.into(),
            private: key.private,
            key_id: key.key_id,
            ciphers: CipherName::ALL.to_vec(),
        }
    }
}

/// A private key on a named curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EcKey {
    /// The curve.
    pub curve: CurveName,
    /// The private key, 1 to n − 1.
    pub private: BigUint,
    /// The key's identifier in DG14, where it has one.
    pub key_id: Option<u32>,
}

impl EcKey {
    /// A new key.
    pub fn generate(curve: CurveName, random: &mut Random) -> EcKey {
        EcKey { curve, private: random.below(&curve.curve().n), key_id: None }
    }

    /// The public key.
    pub fn public(&self) -> Point {
        self.curve.curve().public_key(&self.private)
    }
}

/// The private key of Active Authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActiveKey {
    /// ISO/IEC 9796-2 scheme 1 `[9303-11 §6.1.2.2]`.
    Rsa {
        /// The key pair.
        key: RsaKey,
        /// The digest of the trailer field.
        digest: DigestName,
    },
    /// ECDSA in plain format `[9303-11 §6.1.2.3]`.
    Ecdsa {
        /// The key.
        key: EcKey,
        /// The digest that DG14 announces.
        digest: DigestName,
    },
}

impl Personalisation {
    /// A cloned chip: the same files, but other private keys, because private keys cannot be read out.
    pub fn clone_without_private_keys(&self) -> Personalisation {
        let mut clone = self.clone();
        let mut random = Random::from_label(0, "keys of a cloned chip");
        for key in &mut clone.chip_authentication {
            key.private = key.group.private_key(&mut random);
        }
        match &mut clone.active_authentication {
            Some(ActiveKey::Rsa { key, .. }) => *key = RsaKey::test_clone(),
            Some(ActiveKey::Ecdsa { key, .. }) => {
                key.private = random.below(&key.curve.curve().n);
            }
            None => {}
        }
        clone
    }

    /// Take a file off the chip and leave everything that mentions it as it is.
    pub fn withhold(&mut self, file: u16) {
        self.files.remove(&file);
    }

    /// Invert one bit of a file; bit 0 is the highest of the first byte. Nothing happens where there is no such bit.
    pub fn flip_bit(&mut self, file: u16, bit: usize) {
        if let Some(byte) = self.files.get_mut(&file).and_then(|bytes| bytes.get_mut(bit / 8)) {
            *byte ^= 0x80 >> (bit % 8);
        }
    }
}

#[cfg(test)]
mod tests;
