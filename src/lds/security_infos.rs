use core::fmt;

use der::asn1::ObjectIdentifier;

use super::{
    asn1::{
        INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, object_identifier,
        optional_unsigned, unsigned_32,
    },
    note,
    protocols::{
        ChipAuthenticationProtocol, KeyAgreement, Mapping, PaceProtocol,
        chip_authentication_domain, pace_domain, public_key,
    },
};
use crate::{
    error::Result,
    findings::Deviation,
    tlv::{Reader, Tlv},
};

const TERMINAL_AUTHENTICATION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.2");
const ACTIVE_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.5");

/// What a chip can do: the contents of EF.CardAccess (unsigned) and of DG14 (signed)
/// `[9303-11 §9.2]`.
///
/// ```text
/// SecurityInfos ::= SET OF SecurityInfo
/// SecurityInfo  ::= SEQUENCE { protocol      OBJECT IDENTIFIER,
///                              requiredData  ANY DEFINED BY protocol,
///                              optionalData  ANY DEFINED BY protocol OPTIONAL }
/// ```
///
/// The order is the file's: cards do not sort their SET.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityInfos {
    infos: Vec<SecurityInfo>,
    deviations: Vec<Deviation>,
}

/// One entry.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecurityInfo {
    /// PACE with these algorithms.
    Pace(PaceInfo),
    /// Domain parameters for PACE that are not standardised.
    PaceDomainParameters(PaceDomainParameterInfo),
    /// Chip Authentication with these algorithms.
    ChipAuthentication(ChipAuthenticationInfo),
    /// Domain parameters for Chip Authentication.
    ChipAuthenticationDomainParameters(ChipAuthenticationDomainParameterInfo),
    /// The chip's public key.
    ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo),
    /// Terminal Authentication is required for some groups.
    TerminalAuthentication(TerminalAuthenticationInfo),
    /// The signature algorithm of Active Authentication with ECDSA.
    ActiveAuthentication(ActiveAuthenticationInfo),
    /// Anything else.
    Other {
        /// Its protocol; `None` if the identifier is one that cannot be read, such as those of the arc 2.999.
        oid: Option<ObjectIdentifier>,
        /// The whole entry, as it came.
        raw: Vec<u8>,
    },
}

/// `PACEInfo` `[9303-11 §9.2.1]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaceInfo {
    /// The object identifier, as it goes into MSE:Set AT.
    pub oid: ObjectIdentifier,
    /// What it means.
    pub protocol: PaceProtocol,
    /// 2; version 1 is obsolete.
    pub version: u32,
    /// Number of the standardised domain parameters, 13 for brainpoolP256r1 `[9303-11 §9.5.1]`.
    pub parameter_id: Option<u64>,
}

/// `PACEDomainParameterInfo` `[9303-11 §9.2.2]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaceDomainParameterInfo {
    /// Kind of the group.
    pub agreement: KeyAgreement,
    /// The mapping that they are meant for.
    pub mapping: Mapping,
    /// `AlgorithmIdentifier`, DER with its header.
    pub domain_parameter: Vec<u8>,
    /// The number by which a [`PaceInfo`] refers to them.
    pub parameter_id: Option<u64>,
}

/// `ChipAuthenticationInfo` `[9303-11 §9.2.5]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationInfo {
    /// The object identifier, as it goes into MSE:Set AT.
    pub oid: ObjectIdentifier,
    /// What it means.
    pub protocol: ChipAuthenticationProtocol,
    /// 1; versions 2 and 3 belong to eID cards.
    pub version: u32,
    /// Which public key, if there are several.
    pub key_id: Option<u64>,
}

/// `ChipAuthenticationDomainParameterInfo` `[TR-03110-3 §A.1.1.2]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationDomainParameterInfo {
    /// Kind of the group.
    pub agreement: KeyAgreement,
    /// `AlgorithmIdentifier`, DER with its header.
    pub domain_parameter: Vec<u8>,
    /// Which key they belong to.
    pub key_id: Option<u64>,
}

/// `ChipAuthenticationPublicKeyInfo` `[9303-11 §9.2.6]`.
#[derive(Clone, PartialEq, Eq)]
pub struct ChipAuthenticationPublicKeyInfo {
    /// Kind of the key.
    pub agreement: KeyAgreement,
    /// `SubjectPublicKeyInfo`, DER with its header.
    pub spki: Vec<u8>,
    /// Its number, if there are several.
    pub key_id: Option<u64>,
}

/// `TerminalAuthenticationInfo` `[9303-11 §9.2.8]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalAuthenticationInfo {
    /// 1 for EAC version 1.
    pub version: u32,
    /// File identifier of EF.CVCA, where it is not 011C.
    pub cvca_file: Option<u16>,
    /// Short file identifier of EF.CVCA.
    pub cvca_short_identifier: Option<u8>,
}

/// `ActiveAuthenticationInfo` `[9303-11 §9.2.4]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveAuthenticationInfo {
    /// 1.
    pub version: u32,
    /// The signature algorithm, such as ecdsa-plain-SHA256.
    pub signature_algorithm: ObjectIdentifier,
}

impl SecurityInfos {
    /// Reads EF.CardAccess: a bare SET.
    ///
    /// # Errors
    /// `Malformed` if the SET, an entry or an entry of a known protocol breaks its definition.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(Reader::new(bytes), Vec::new()).map_err(|error| error.in_file("EF.CardAccess"))
    }

    /// Every entry, in the file's order.
    #[must_use]
    pub fn as_slice(&self) -> &[SecurityInfo] {
        &self.infos
    }

    /// Whether an equal entry is there.
    #[must_use]
    pub fn contains(&self, info: &SecurityInfo) -> bool {
        self.infos.contains(info)
    }

    /// The variants of PACE offered.
    pub fn pace(&self) -> impl Iterator<Item = &PaceInfo> {
        self.infos.iter().filter_map(|info| match info {
            SecurityInfo::Pace(info) => Some(info),
            _ => None,
        })
    }

    /// Domain parameters for PACE that are spelled out.
    pub fn pace_domain_parameters(&self) -> impl Iterator<Item = &PaceDomainParameterInfo> {
        self.infos.iter().filter_map(|info| match info {
            SecurityInfo::PaceDomainParameters(info) => Some(info),
            _ => None,
        })
    }

    /// The variants of Chip Authentication offered.
    pub fn chip_authentication(&self) -> impl Iterator<Item = &ChipAuthenticationInfo> {
        self.infos.iter().filter_map(|info| match info {
            SecurityInfo::ChipAuthentication(info) => Some(info),
            _ => None,
        })
    }

    /// The public keys for Chip Authentication.
    pub fn chip_authentication_keys(
        &self,
    ) -> impl Iterator<Item = &ChipAuthenticationPublicKeyInfo> {
        self.infos.iter().filter_map(|info| match info {
            SecurityInfo::ChipAuthenticationPublicKey(info) => Some(info),
            _ => None,
        })
    }

    /// The signature algorithm of Active Authentication, if the key is for ECDSA.
    #[must_use]
    pub fn active_authentication(&self) -> Option<&ActiveAuthenticationInfo> {
        self.infos.iter().find_map(|info| match info {
            SecurityInfo::ActiveAuthentication(info) => Some(info),
            _ => None,
        })
    }

    /// The versions of Terminal Authentication offered.
    pub fn terminal_authentication(&self) -> impl Iterator<Item = &TerminalAuthenticationInfo> {
        self.infos.iter().filter_map(|info| match info {
            SecurityInfo::TerminalAuthentication(info) => Some(info),
            _ => None,
        })
    }

    /// Tolerances that were used.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

impl fmt::Debug for SecurityInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pace(info) => info.fmt(f),
            Self::PaceDomainParameters(info) => info.fmt(f),
            Self::ChipAuthentication(info) => info.fmt(f),
            Self::ChipAuthenticationDomainParameters(info) => info.fmt(f),
            Self::ChipAuthenticationPublicKey(info) => info.fmt(f),
            Self::TerminalAuthentication(info) => info.fmt(f),
            Self::ActiveAuthentication(info) => info.fmt(f),
            Self::Other { oid: Some(oid), raw } => write!(f, "Other({oid}, {} bytes)", raw.len()),
            Self::Other { oid: None, raw } => write!(f, "Other({} bytes)", raw.len()),
        }
    }
}

impl fmt::Debug for ChipAuthenticationPublicKeyInfo {
    /// The key identifies the chip, so only its length is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChipAuthenticationPublicKeyInfo")
            .field("agreement", &self.agreement)
            .field("spki_length", &self.spki.len())
            .field("key_id", &self.key_id)
            .finish()
    }
}

/// Reads one SET; whatever follows it is tolerated and reported.
pub(super) fn read(
    mut reader: Reader<'_>,
    mut deviations: Vec<Deviation>,
) -> Result<SecurityInfos> {
    let set = reader.expect(SET, "a SET of SecurityInfo")?;
    if reader.finish().is_err() {
        note(&mut deviations, Deviation::TrailingBytes);
    }
    let mut infos = Vec::new();
    let mut entries = set.children()?;
    while let Some(entry) = entries.next_object()? {
        infos.push(security_info(&entry)?);
    }
    Ok(SecurityInfos { infos, deviations })
}

fn security_info(entry: &Tlv<'_>) -> Result<SecurityInfo> {
    if entry.tag != SEQUENCE {
        return Err(entry.error("a SecurityInfo that is no SEQUENCE"));
    }
    let mut data = entry.children()?;
    let protocol = data.expect(OBJECT_IDENTIFIER, "the protocol's OID")?;
    let oid = match object_identifier(&protocol) {
        Ok(oid) => oid,
        // Well formed, and more than the crate can hold: an entry that nobody knows is no reason to lose the file.
        Err(_) if protocol.value.last().is_some_and(|byte| byte & 0x80 == 0) => {
            return Ok(SecurityInfo::Other { oid: None, raw: entry.raw.to_vec() });
        }
        Err(error) => return Err(error),
    };
    if let Some(protocol) = PaceProtocol::from_oid(&oid) {
        let version = version(&mut data)?;
        let parameter_id = optional_unsigned(&mut data)?;
        return Ok(SecurityInfo::Pace(PaceInfo { oid, protocol, version, parameter_id }));
    }
    if let Some(protocol) = ChipAuthenticationProtocol::from_oid(&oid) {
        let version = version(&mut data)?;
        let key_id = optional_unsigned(&mut data)?;
        let info = ChipAuthenticationInfo { oid, protocol, version, key_id };
        return Ok(SecurityInfo::ChipAuthentication(info));
    }
    if let Some(agreement) = public_key(&oid) {
        let spki = data.expect(SEQUENCE, "a SubjectPublicKeyInfo")?.raw.to_vec();
        let key_id = optional_unsigned(&mut data)?;
        let info = ChipAuthenticationPublicKeyInfo { agreement, spki, key_id };
        return Ok(SecurityInfo::ChipAuthenticationPublicKey(info));
    }
    if let Some((agreement, mapping)) = pace_domain(&oid) {
        let domain_parameter = data.expect(SEQUENCE, "an AlgorithmIdentifier")?.raw.to_vec();
        let parameter_id = optional_unsigned(&mut data)?;
        let info = PaceDomainParameterInfo { agreement, mapping, domain_parameter, parameter_id };
        return Ok(SecurityInfo::PaceDomainParameters(info));
    }
    if let Some(agreement) = chip_authentication_domain(&oid) {
        let domain_parameter = data.expect(SEQUENCE, "an AlgorithmIdentifier")?.raw.to_vec();
        let key_id = optional_unsigned(&mut data)?;
        let info = ChipAuthenticationDomainParameterInfo { agreement, domain_parameter, key_id };
        return Ok(SecurityInfo::ChipAuthenticationDomainParameters(info));
    }
    if oid == TERMINAL_AUTHENTICATION {
        return terminal_authentication(&mut data).map(SecurityInfo::TerminalAuthentication);
    }
    if oid == ACTIVE_AUTHENTICATION {
        let version = version(&mut data)?;
        let algorithm = data.expect(OBJECT_IDENTIFIER, "a signature algorithm's OID")?;
        return Ok(SecurityInfo::ActiveAuthentication(ActiveAuthenticationInfo {
            version,
            signature_algorithm: object_identifier(&algorithm)?,
        }));
    }
    Ok(SecurityInfo::Other { oid: Some(oid), raw: entry.raw.to_vec() })
}

fn version(data: &mut Reader<'_>) -> Result<u32> {
    unsigned_32(&data.expect(INTEGER, "a version")?)
}

fn terminal_authentication(data: &mut Reader<'_>) -> Result<TerminalAuthenticationInfo> {
    let version = version(data)?;
    let (mut cvca_file, mut cvca_short_identifier) = (None, None);
    if let Some(file) = data.optional(SEQUENCE)? {
        let mut file = file.children()?;
        let identifier = file.expect(OCTET_STRING, "a file identifier")?;
        let bytes = <[u8; 2]>::try_from(identifier.value)
            .map_err(|_| identifier.error("a file identifier that is not of two bytes"))?;
        cvca_file = Some(u16::from_be_bytes(bytes));
        if let Some(short) = file.optional(OCTET_STRING)? {
            let [short] = short.value else {
                return Err(short.error("a short file identifier that is not of one byte"));
            };
            cvca_short_identifier = Some(*short);
        }
    }
    Ok(TerminalAuthenticationInfo { version, cvca_file, cvca_short_identifier })
}
