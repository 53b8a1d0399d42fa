//! The files of the logical data structure, Doc 9303-10: parsed, never verified.
//!
//! Nothing here says that a file is genuine, and nothing here may feed a digest: `passive` hashes
//! the bytes as they were read. Tolerances are reported as [`Deviation`]s.
//!
//! Every file of the standard has its type: EF.DIR ([`Dir`]), EF.ATR/INFO ([`AtrInfo`]), EF.CardAccess
//! ([`SecurityInfos`]), EF.CardSecurity, EF.CVCA, EF.COM, the list in EF.SOD ([`LdsSecurityObject`]) and DG1 to DG16 but DG13,
//! which each state writes for itself: the CCCD's is [`vietnam::Dg13`](crate::vietnam::Dg13). What every image has is
//! an [`Image`], wherever it lies and whichever edition of ISO/IEC 19794 or 39794 its record follows.
//!
//! A field that cannot be read, or that nobody knows, is kept as it came ([`RawObject`]) and costs nothing but
//! itself.

mod asn1;
mod atr_info;
mod biometric_groups;
mod biometrics;
mod card_security;
mod com;
mod cvca;
mod details;
mod dg1;
mod dg14;
mod dg15;
mod dir;
mod displayed;
mod file;
mod image;
mod issuer_defined;
mod moment;
mod protocols;
mod raw;
mod security_infos;
mod security_object;
#[cfg(test)]
mod tests;

pub use atr_info::AtrInfo;
pub use biometric_groups::{Dg2, Dg3, Dg4};
pub use biometrics::{BiometricHeader, BiometricRecord, RecordFormat};
pub use card_security::CardSecurity;
pub use com::Com;
pub use cvca::{Cvca, KeyReference};
/// As the protocols of this room name themselves.
pub use der::asn1::ObjectIdentifier;
pub use details::{Dg11, Dg12, Dg16, Field, FieldText, FieldValue, PersonToNotify};
pub use dg1::Dg1;
pub use dg14::Dg14;
pub use dg15::Dg15;
pub use dir::{Application, Dir};
pub use displayed::{Dg5, Dg7};
pub use file::{DataGroup, File};
pub use image::{
    Appearance, Eye, FingerPosition, Image, ImageFacts, ImageFormat, Quality, Resolution, Shows,
};
pub use issuer_defined::IssuerDefined;
pub use moment::Moment;
pub use protocols::{
    ChipAuthenticationProtocol, KeyAgreement, Mapping, PaceProtocol, SessionCipher,
};
pub use raw::RawObject;
pub use security_infos::{
    ActiveAuthenticationInfo, ChipAuthenticationDomainParameterInfo, ChipAuthenticationInfo,
    ChipAuthenticationPublicKeyInfo, PaceDomainParameterInfo, PaceInfo, SecurityInfo,
    SecurityInfos, TerminalAuthenticationInfo,
};
pub use security_object::LdsSecurityObject;

use crate::{
    error::{Error, Result},
    findings::Deviation,
    tlv::{Reader, Tag, Tlv},
};

/// The outermost object of a file. Bytes after it are tolerated and reported: some cards fill
/// their files up.
pub(crate) fn outermost<'a>(
    bytes: &'a [u8],
    tag: Tag,
    what: &'static str,
    deviations: &mut Vec<Deviation>,
) -> Result<Tlv<'a>> {
    let mut reader = Reader::new(bytes);
    let object = reader.expect(tag, what)?;
    if reader.finish().is_err() {
        note(deviations, Deviation::TrailingBytes);
    }
    Ok(object)
}

pub(crate) fn note(deviations: &mut Vec<Deviation>, deviation: Deviation) {
    if !deviations.contains(&deviation) {
        deviations.push(deviation);
    }
}

/// `Malformed` where an error of the shared MRZ parser speaks of a person's input.
fn in_chip(error: Error, offset: usize) -> Error {
    match error {
        Error::InvalidKey(crate::error::InvalidKey::MrzCheckDigit { .. }) => {
            Error::malformed(offset, "a wrong check digit in the MRZ")
        }
        Error::InvalidKey(_) => Error::malformed(offset, "no MRZ of two or three lines"),
        other => other,
    }
}
