//! What the chip can do, as SecurityInfos: EF.CardAccess and DG14 `[9303-11 §9.2]`; and the public key in DG15.

use super::keys::{CurveParameters, ec_public_key_info, rsa_public_key_info};
use super::{ActiveKey, EcKey};
use crate::arithmetic::curve::CurveName;
use crate::cv_certificate::CvcaFile;
use crate::der::{object_identifier, octet_string, set_of, small_integer};
use crate::digest::DigestName;
use crate::tlv::{constructed, sequence};

const ID_TERMINAL_AUTHENTICATION: &str = "0.4.0.127.0.7.2.2.2";
/// id-CA-ECDH-AES-CBC-CMAC-128.
const ID_CHIP_AUTHENTICATION: &str = "0.4.0.127.0.7.2.2.3.2.2";
/// id-PACE-ECDH-GM-AES-CBC-CMAC-128.
const ID_PACE: &str = "0.4.0.127.0.7.2.2.4.2.2";
const ID_PK_ECDH: &str = "0.4.0.127.0.7.2.2.1.2";
/// id-icao-mrtd-security-aaProtocolObject.
const ID_ACTIVE_AUTHENTICATION: &str = "2.23.136.1.1.5";

/// What both files are made from.
pub(super) struct Abilities<'a> {
    pub(super) terminal_authentication: bool,
    /// Where EF.CVCA is, if not in the default place.
    pub(super) cvca_file: Option<CvcaFile>,
    pub(super) pace: Option<CurveName>,
    pub(super) chip_authentication: Option<&'a EcKey>,
    pub(super) active_authentication: Option<&'a ActiveKey>,
    pub(super) curve_parameters: CurveParameters,
}

impl Abilities<'_> {
    /// EF.CardAccess: there is none on a chip without PACE `[9303-11 §9.2.11]`.
    pub(super) fn card_access(&self) -> Option<Vec<u8>> {
        self.pace.map(|_| set_of(self.announcements()))
    }

    /// DG14: what EF.CardAccess says, now signed, and the keys; `None` when there is nothing to say.
    pub(super) fn dg14(&self) -> Option<Vec<u8>> {
        let mut infos = self.announcements();
        if let Some(key) = self.chip_authentication {
            infos.push(chip_authentication_public_key(key, self.curve_parameters));
        }
        if let Some(ActiveKey::Ecdsa { digest, .. }) = self.active_authentication {
            infos.push(sequence(&[
                object_identifier(ID_ACTIVE_AUTHENTICATION),
                small_integer(1),
                object_identifier(plain_ecdsa(*digest)),
            ]));
        }
        (!infos.is_empty()).then(|| constructed(0x6E, &[set_of(infos)]))
    }

    /// DG15: the public key of Active Authentication `[9303-10 §4.7.15]`.
    pub(super) fn dg15(&self) -> Option<Vec<u8>> {
        let public_key = match self.active_authentication? {
            ActiveKey::Rsa { key, .. } => rsa_public_key_info(key),
            ActiveKey::Ecdsa { key, .. } => ec_public_key_info(key, self.curve_parameters),
        };
        Some(constructed(0x6F, &[public_key]))
    }

    fn announcements(&self) -> Vec<Vec<u8>> {
        let mut infos = Vec::new();
        if self.terminal_authentication {
            let mut info = vec![object_identifier(ID_TERMINAL_AUTHENTICATION), small_integer(1)];
            info.extend(self.cvca_file.map(file_identifier));
            infos.push(sequence(&info));
        }
        if let Some(key) = self.chip_authentication {
            let mut info = vec![object_identifier(ID_CHIP_AUTHENTICATION), small_integer(1)];
            info.extend(key.key_id.map(small_integer));
            infos.push(sequence(&info));
        }
        if let Some(curve) = self.pace {
            infos.push(sequence(&[
                object_identifier(ID_PACE),
                small_integer(2),
                small_integer(u32::from(curve.parameter_id())),
            ]));
        }
        infos
    }
}

/// FileID ::= SEQUENCE { fid OCTET STRING (SIZE(2)), sfid OCTET STRING (SIZE(1)) OPTIONAL } `[TR-03110-3 §A.1.1.3]`
fn file_identifier(file: CvcaFile) -> Vec<u8> {
    let mut parts = vec![octet_string(&file.identifier.to_be_bytes())];
    parts.extend(file.short_identifier.map(|short| octet_string(&[short])));
    sequence(&parts)
}

/// ChipAuthenticationPublicKeyInfo `[9303-11 §9.2.6]`.
fn chip_authentication_public_key(key: &EcKey, curve_parameters: CurveParameters) -> Vec<u8> {
    let mut info = vec![object_identifier(ID_PK_ECDH), ec_public_key_info(key, curve_parameters)];
    info.extend(key.key_id.map(small_integer));
    sequence(&info)
}

/// ecdsa-plain-SHA*: the signature is r || s `[TR-03111 §5.2.1]`.
fn plain_ecdsa(digest: DigestName) -> &'static str {
    match digest {
        DigestName::Sha1 => "0.4.0.127.0.7.1.1.4.1.1",
        DigestName::Sha224 => "0.4.0.127.0.7.1.1.4.1.2",
        DigestName::Sha256 => "0.4.0.127.0.7.1.1.4.1.3",
        DigestName::Sha384 => "0.4.0.127.0.7.1.1.4.1.4",
        DigestName::Sha512 => "0.4.0.127.0.7.1.1.4.1.5",
    }
}
