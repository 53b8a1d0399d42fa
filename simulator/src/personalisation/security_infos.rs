//! What the chip can do, as SecurityInfos: EF.CardAccess, DG14 and EF.CardSecurity `[9303-11 §9.2]`; and the public key
//! in DG15.

use super::keys::{
    CurveParameters, ModpParameters, chip_key_info, ec_public_key_info, explicit_domain_parameters,
    rsa_public_key_info,
};
use super::options::{ChipAuthenticationOption, PaceOption, PaceParameters};
use super::{ActiveKey, ChipKey};
use crate::arithmetic::group::Group;
use crate::cv_certificate::CvcaFile;
use crate::der::{object_identifier, octet_string, set_of, small_integer};
use crate::digest::DigestName;
use crate::tlv::{constructed, sequence};

const ID_TERMINAL_AUTHENTICATION: &str = "0.4.0.127.0.7.2.2.2";
/// id-icao-mrtd-security-aaProtocolObject.
const ID_ACTIVE_AUTHENTICATION: &str = "2.23.136.1.1.5";

/// What the files are made from.
pub(super) struct Abilities<'a> {
    pub(super) terminal_authentication: bool,
    /// Where EF.CVCA is, if not in the default place.
    pub(super) cvca_file: Option<CvcaFile>,
    pub(super) pace: &'a [PaceOption],
    pub(super) chip_authentication: &'a [ChipAuthenticationOption],
    pub(super) chip_keys: &'a [ChipKey],
    pub(super) active_authentication: Option<&'a ActiveKey>,
    pub(super) curve_parameters: CurveParameters,
    pub(super) modp_parameters: ModpParameters,
}

impl Abilities<'_> {
    /// EF.CardAccess: there is none on a chip without PACE `[9303-11 §9.2.11]`.
    pub(super) fn card_access(&self) -> Option<Vec<u8>> {
        (!self.pace.is_empty()).then(|| set_of(self.announcements()))
    }

    /// The content of EF.CardSecurity: what EF.CardAccess says, and every public key `[TR-03110-3 §A.1.2.2]`.
    pub(super) fn card_security(&self) -> Vec<u8> {
        let mut infos = self.announcements();
        infos.extend(self.chip_keys.iter().map(|key| self.public_key_info(key)));
        set_of(infos)
    }

    /// DG14: what EF.CardAccess says, now signed, and the keys of Chip Authentication; `None` when there is nothing to say.
    pub(super) fn dg14(&self) -> Option<Vec<u8>> {
        let mut infos = self.announcements();
        let keys = self.chip_keys.iter().filter(|key| !key.ciphers.is_empty());
        infos.extend(keys.map(|key| self.public_key_info(key)));
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
        let announced = self.chip_authentication.iter().filter(|option| option.announced);
        infos.extend(announced.map(chip_authentication_info));
        infos.extend(self.pace.iter().filter_map(|option| pace_info(*option)));
        infos.extend(self.pace.iter().filter_map(|option| pace_domain_parameter_info(*option)));
        // Two ways of PACE with the same explicit domain parameters need them once.
        infos.sort();
        infos.dedup();
        infos
    }

    /// ChipAuthenticationPublicKeyInfo `[9303-11 §9.2.6]`.
    fn public_key_info(&self, key: &ChipKey) -> Vec<u8> {
        let protocol = match key.group {
            Group::Modp(_) => "0.4.0.127.0.7.2.2.1.1",
            Group::Curve(_) => "0.4.0.127.0.7.2.2.1.2",
        };
        let mut info = vec![
            object_identifier(protocol),
            chip_key_info(key, self.curve_parameters, self.modp_parameters),
        ];
        info.extend(key.key_id.map(small_integer));
        sequence(&info)
    }
}

/// FileID ::= SEQUENCE { fid OCTET STRING (SIZE(2)), sfid OCTET STRING (SIZE(1)) OPTIONAL } `[TR-03110-3 §A.1.1.3]`
fn file_identifier(file: CvcaFile) -> Vec<u8> {
    let mut parts = vec![octet_string(&file.identifier.to_be_bytes())];
    parts.extend(file.short_identifier.map(|short| octet_string(&[short])));
    sequence(&parts)
}

/// ChipAuthenticationInfo, version 1 `[9303-11 §9.2.5]`.
fn chip_authentication_info(option: &ChipAuthenticationOption) -> Vec<u8> {
    let protocol = match option.group {
        Group::Modp(_) => "0.4.0.127.0.7.2.2.3.1",
        Group::Curve(_) => "0.4.0.127.0.7.2.2.3.2",
    };
    let protocol = format!("{protocol}.{}", option.cipher.protocol_number());
    let mut info = vec![object_identifier(&protocol), small_integer(1)];
    info.extend(option.key_id.map(small_integer));
    sequence(&info)
}

/// PACEInfo, version 2 `[9303-11 §9.2.1]`; `None` for a combination that does not exist.
pub(super) fn pace_info(option: PaceOption) -> Option<Vec<u8>> {
    let mut info = vec![object_identifier(&option.protocol()?), small_integer(2)];
    info.extend(option.parameter_id().map(|id| small_integer(u32::from(id))));
    Some(sequence(&info))
}

/// PACEDomainParameterInfo `[9303-11 §9.2.2]`; `None` for standardised domain parameters.
fn pace_domain_parameter_info(option: PaceOption) -> Option<Vec<u8>> {
    let PaceParameters::Explicit(id) = option.parameters else {
        return None;
    };
    let mut info = vec![
        object_identifier(option.mapping_identifier()?),
        explicit_domain_parameters(option.group),
    ];
    info.extend(id.map(|id| small_integer(u32::from(id))));
    Some(sequence(&info))
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
