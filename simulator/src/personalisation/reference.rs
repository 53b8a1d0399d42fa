//! The reference card: files of exactly the lengths by which reads are compared.
//!
//! ```text
//! DG1 95   DG2 15 004   EF.SOD 1 849   DG13 704   DG14 424   DG15 304   EF.CardAccess 22
//! ```
//! Nothing is filled up that a reader would not take for real: a longer address, a comment in the portrait's JPEG, curve
//! parameters written out and one more SecurityInfo in DG14, a modulus of 2096 bits in DG15, long names in the
//! certificates. All of it is signed.
//!
//! ```
//! use cccd_simulator::personalisation::file;
//! use cccd_simulator::reference::{Buffer, Reference};
//!
//! let card = Reference { buffer: Buffer::Bytes(2048), ..Reference::default() }.card();
//! assert_eq!(card.files[&file::DG2].len(), 15_004);
//! ```

use std::sync::LazyLock;

use super::data_groups::atr_info;
use super::keys::{CurveParameters, KeyKind, rsa_public_key_info};
use super::options::{
    ActiveKind, CardOptions, ChipAuthenticationOption, IssuerOptions, PaceOption,
};
use super::security_infos::pace_info;
use super::{ActiveKey, Issuer, Personalisation, file};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::rsa::RsaKey;
use crate::der::{object_identifier, octet_string, set_of};
use crate::digest::DigestName;
use crate::person::Person;
use crate::portrait::PortraitOptions;
use crate::symmetric::CipherName;
use crate::tlv::{constructed, parse_all, parse_only, sequence};

const PERSON: &str = include_str!("../../people/reference.toml");

/// Length of DG2, and of the JPEG in it.
const DG2: usize = 15_004;
const IMAGE: usize = DG2 - 84;
/// Length of DG14.
const DG14: usize = 424;

/// An arc for examples, which no SecurityInfo has `[RFC 5612]`.
const UNASSIGNED: &str = "1.3.6.1.4.1.32473.1";

const CURVE: CurveName = CurveName::BrainpoolP256r1;

static ISSUER: LazyLock<Issuer> = LazyLock::new(make_issuer);
static IMAGE_BYTES: LazyLock<Vec<u8>> = LazyLock::new(image);

/// How the card is opened, and which cipher all its protocols use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Basic Access Control, 3DES; Chip Authentication in one command, MSE:Set KAT.
    Bac,
    /// PACE with generic mapping, AES-128; Chip Authentication by MSE:Set AT.
    #[default]
    Pace,
}

/// What one answer carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Buffer {
    /// Whatever an extended Le asks for.
    #[default]
    Unlimited,
    /// So many bytes of data.
    Bytes(usize),
    /// Short APDUs only.
    Short,
}

/// Which reference card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// How it is opened.
    pub access: Access,
    /// What one answer carries.
    pub buffer: Buffer,
    /// Whether it has a DG15 beside Chip Authentication. Without it there is a DG3, which nobody can read, so that EF.SOD
    /// lists five groups either way.
    pub active_authentication: bool,
    /// Whether EF.ATR/INFO tells of the buffer.
    pub atr_info: bool,
}

/// The holder.
pub fn person() -> Person {
    Person::from_toml(PERSON).expect("the tests read this file")
}

/// The authority: its key is that of the national one, the signer's is an RSA key, whose signatures are always of the
/// same length.
pub fn issuer() -> &'static Issuer {
    &ISSUER
}

impl Reference {
    /// Everything that is written to this card.
    pub fn card(&self) -> Personalisation {
        let mut card = ISSUER.personalise(&person(), &self.options());
        if self.active_authentication {
            let key = RsaKey::test_reference();
            card.files.insert(file::DG15, constructed(0x6F, &[rsa_public_key_info(&key)]));
            let digest = DigestName::Sha256;
            card.active_authentication = Some(ActiveKey::Rsa { key, digest });
        }
        lengthen_security_options(&mut card);
        let offered = card.access.pace.iter().filter_map(|option| pace_info(*option)).collect();
        card.card_access = card.card_access.map(|_| set_of(offered));
        ISSUER.sign_again(&mut card);
        self.limit(&mut card);
        card
    }

    fn cipher(&self) -> CipherName {
        match self.access {
            Access::Bac => CipherName::TripleDes,
            Access::Pace => CipherName::Aes128,
        }
    }

    fn options(&self) -> CardOptions {
        CardOptions {
            bac: self.access == Access::Bac,
            pace: match self.access {
                Access::Bac => Vec::new(),
                Access::Pace => vec![PaceOption::from(CURVE)],
            },
            chip_authentication: vec![ChipAuthenticationOption::new(CURVE, self.cipher())],
            active_authentication: match self.active_authentication {
                true => ActiveKind::Rsa2048(DigestName::Sha256),
                false => ActiveKind::None,
            },
            fingerprints: !self.active_authentication,
            terminal_authentication: false,
            curve_parameters: CurveParameters::Explicit,
            portrait: PortraitOptions {
                image: Some(IMAGE_BYTES.clone()),
                ..PortraitOptions::default()
            },
            ..CardOptions::default()
        }
    }

    fn limit(&self, card: &mut Personalisation) {
        let behaviour = &mut card.behaviour;
        behaviour.max_response_data = match self.buffer {
            Buffer::Bytes(bytes) => bytes,
            Buffer::Unlimited | Buffer::Short => usize::MAX,
        };
        behaviour.extended_length = self.buffer != Buffer::Short;
        if self.atr_info {
            let (command, response) = match self.buffer {
                Buffer::Unlimited => (65_544, 65_538),
                Buffer::Bytes(bytes) => {
                    let protected = self.protected(bytes);
                    (protected, protected)
                }
                Buffer::Short => (261, 258),
            };
            (behaviour.max_command, behaviour.max_response) = (command, response);
            card.atr_info = Some(atr_info(command, response));
        }
    }

    /// An answer with so much data: DO 87 with a length of three bytes and the padding indicator, DO 99, DO 8E, SW.
    fn protected(&self, data: usize) -> usize {
        let block = self.cipher().block_length();
        1 + 3 + 1 + (data / block + 1) * block + 4 + 10 + 2
    }
}

fn make_issuer() -> Issuer {
    Issuer::new(IssuerOptions {
        organization: "cccd simulator: an authority of tests only (not a real one)".to_owned(),
        csca_name: "Country Signing Authority of the Reference Card".to_owned(),
        signer_name: "Document Signer for Reference Cards".to_owned(),
        signer: KeyKind::RsaPkcs1(DigestName::Sha256),
        ..IssuerOptions::default()
    })
}

/// The drawn portrait, and a comment that brings it to its length: FFFE, two bytes of length, text.
fn image() -> Vec<u8> {
    const TEXT: &[u8] = b"A drawing, not a person. ";
    let mut image = PortraitOptions::of_size(IMAGE - 100).make().image;
    let missing = IMAGE - image.len();
    let text = TEXT.iter().copied().cycle().take(missing - 4);
    let comment = [0xFF, 0xFE].into_iter().chain((missing as u16 - 2).to_be_bytes()).chain(text);
    // Behind the start of the image, FFD8.
    image.splice(2..2, comment);
    image
}

/// One more SecurityInfo, of a kind that no reader knows, brings DG14 to its length.
fn lengthen_security_options(card: &mut Personalisation) {
    let Some(dg14) = card.files.get(&file::DG14) else { return };
    let infos = parse_only(dg14, 0x6E).and_then(|set| parse_only(set, 0x31)).unwrap_or_default();
    let infos = parse_all(infos).unwrap_or_default();
    let infos: Vec<Vec<u8>> =
        infos.iter().map(|info| constructed(info.tag, &[info.value.to_vec()])).collect();
    let with = |data: usize| {
        let further = sequence(&[object_identifier(UNASSIGNED), octet_string(&vec![0; data])]);
        constructed(0x6E, &[set_of([infos.clone(), vec![further]].concat())])
    };
    let lengthened = (0..DG14).map(with).find(|dg14| dg14.len() == DG14);
    card.files.insert(file::DG14, lengthened.expect("DG14 was shorter"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cards() -> impl Iterator<Item = Reference> {
        [Access::Bac, Access::Pace].into_iter().flat_map(|access| {
            [Buffer::Unlimited, Buffer::Bytes(2048), Buffer::Short].into_iter().flat_map(
                move |buffer| {
                    [false, true].map(|both| Reference {
                        access,
                        buffer,
                        active_authentication: both,
                        atr_info: both,
                    })
                },
            )
        })
    }

    #[test]
    fn every_file_has_its_length() {
        for reference in cards() {
            let card = reference.card();
            let length = |file| card.files.get(&file).map(Vec::len);
            let found = [file::DG1, file::DG2, file::SOD, file::DG13, file::DG14].map(length);
            assert_eq!(found, [95, 15_004, 1_849, 704, 424].map(Some), "{reference:?}");
            assert_eq!(length(file::DG15), reference.active_authentication.then_some(304));
            let access = card.card_access.map(|access| access.len());
            assert_eq!(access, (reference.access == Access::Pace).then_some(22));
            assert_eq!(card.atr_info.is_some(), reference.atr_info);
        }
    }
}
