//! The files of the logical data structure, Doc 9303-10: parsed, never verified.
//!
//! Nothing here says that a file is genuine, and nothing here may feed a digest: `passive` hashes
//! the bytes as they were read. Tolerances are reported as [`Deviation`]s.
//!
//! Implemented: EF.COM, EF.CardAccess, the content of EF.CardSecurity, EF.CVCA, DG1, DG2 with face records
//! of ISO/IEC 19794-5:2005, DG14, DG15. Not yet: face images of ISO/IEC 39794-5, and the optional groups.

mod asn1;
mod card_security;
mod com;
mod cvca;
mod dg1;
mod dg14;
mod dg15;
mod dg2;
mod face_record;
mod file;
mod protocols;
mod security_infos;
mod security_object;
#[cfg(test)]
mod tests;

pub use card_security::CardSecurity;
pub use com::Com;
pub use cvca::{Cvca, KeyReference};
/// As the protocols of this room name themselves.
pub use der::asn1::ObjectIdentifier;
pub use dg1::Dg1;
pub use dg2::Dg2;
pub use dg14::Dg14;
pub use dg15::Dg15;
pub use face_record::{Face, ImageFormat};
pub use file::{DataGroup, File};
pub use protocols::{
    ChipAuthenticationProtocol, KeyAgreement, Mapping, PaceProtocol, SessionCipher,
};
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
