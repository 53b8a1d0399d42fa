//! What can be chosen about a card and about the authority that issues it; the defaults are the CCCD as it is known.

use super::biometrics::RecordEdition;
use super::certificate::Period;
use super::keys::{CurveParameters, KeyKind, ModpParameters};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::group::Group;
use crate::cv_certificate::TerminalTrust;
use crate::der::Time;
use crate::digest::DigestName;
use crate::portrait::PortraitOptions;
use crate::symmetric::CipherName;

/// The issuing authority and its document signer.
#[derive(Clone, Debug)]
pub struct IssuerOptions {
    /// All elliptic curve keys, serial numbers and signatures derive from it. RSA keys are fixed.
    pub seed: u64,
    /// Two capital letters.
    pub country: String,
    /// The organisation in both names.
    pub organization: String,
    /// The authority's common name.
    pub csca_name: String,
    /// The authority's number in its name.
    pub csca_number: String,
    /// The document signer's common name.
    pub signer_name: String,
    /// The authority's key.
    pub csca: KeyKind,
    /// The document signer's key.
    pub signer: KeyKind,
    /// Whether public keys on curves carry all the domain parameters, as `[9303-12 §4.1.6.3]` demands, instead of the
    /// curve's name, as the national authority's certificate does.
    pub explicit_parameters: bool,
    /// Whether the signer's certificate lists the document codes that it signs.
    pub document_type: bool,
    /// Validity of the authority's certificate.
    pub csca_validity: Period,
    /// When the authority's private key signs.
    pub csca_key_usage: Period,
    /// Validity of the signer's certificate.
    pub signer_validity: Period,
    /// When the signer's private key signs.
    pub signer_key_usage: Period,
    /// The digest of the data groups.
    pub sod_digest: DigestName,
    /// The signing time attribute.
    pub signing_time: Option<Time>,
    /// The version of the logical data structure, in EF.COM and EF.SOD.
    pub lds_version: LdsVersion,
}

impl Default for IssuerOptions {
    /// The dates fit the two people of this crate, whose cards were issued in July 2021; the authority's are those of the
    /// national certificate.
    fn default() -> IssuerOptions {
        let period = |from, until| Period { from, until };
        IssuerOptions {
            seed: 1,
            country: "VN".to_owned(),
            organization: "cccd simulator (no real authority)".to_owned(),
            csca_name: "CSCA Simulator".to_owned(),
            csca_number: "001".to_owned(),
            signer_name: "Document Signer Simulator".to_owned(),
            csca: KeyKind::Ec(CurveName::Secp384r1, DigestName::Sha384),
            signer: KeyKind::Ec(CurveName::Secp384r1, DigestName::Sha384),
            explicit_parameters: false,
            document_type: true,
            csca_validity: period(Time::midnight(2021, 1, 19), Time::midnight(2046, 4, 13)),
            csca_key_usage: period(Time::midnight(2021, 1, 19), Time::midnight(2026, 1, 19)),
            // The recommended three months, and the validity of a card issued in them `[9303-12 §4.1.1]`.
            signer_validity: period(Time::midnight(2021, 6, 1), Time::midnight(2036, 6, 1)),
            signer_key_usage: period(Time::midnight(2021, 6, 1), Time::midnight(2021, 9, 1)),
            sod_digest: DigestName::Sha256,
            signing_time: Some(Time::midnight(2021, 6, 28)),
            lds_version: LdsVersion::V1_7,
        }
    }
}

/// The version of the logical data structure `[9303-10 §4.6.1.1]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LdsVersion {
    /// 1.7, LDSSecurityObject version 0.
    V1_7,
    /// 1.8, LDSSecurityObject version 1, which holds the version too.
    V1_8,
}

impl LdsVersion {
    /// `aabb`: version aa, update bb.
    pub fn lds(self) -> &'static str {
        match self {
            LdsVersion::V1_7 => "0107",
            LdsVersion::V1_8 => "0108",
        }
    }

    /// `aabbcc`: Unicode 4.0.0.
    pub fn unicode(self) -> &'static str {
        "040000"
    }
}

/// How PACE makes a generator from the nonce `[9303-11 §4.4.3.3]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mapping {
    /// An anonymous key agreement is added to the nonce's multiple of the generator.
    Generic,
    /// A pseudo-random function of two nonces is encoded into the group.
    Integrated,
    /// Generic mapping, and the chip's mapping key also proves that the chip is genuine.
    ChipAuthentication,
}

/// Where the domain parameters of PACE stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaceParameters {
    /// PACEInfo names them by their standardised number.
    Standardised,
    /// PACEDomainParameterInfo holds all the numbers, under an identifier above 31 if it has one `[9303-11 §9.2.2]`.
    Explicit(Option<u8>),
}

/// One way to run PACE, which one PACEInfo announces `[9303-11 §9.2.1]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PaceOption {
    /// The mapping.
    pub mapping: Mapping,
    /// The static domain parameters.
    pub group: Group,
    /// The cipher of the nonce, the tokens and secure messaging.
    pub cipher: CipherName,
    /// Where the domain parameters stand.
    pub parameters: PaceParameters,
}

impl PaceOption {
    /// PACE with standardised domain parameters.
    pub fn new(mapping: Mapping, group: impl Into<Group>, cipher: CipherName) -> PaceOption {
        let parameters = PaceParameters::Standardised;
        PaceOption { mapping, group: group.into(), cipher, parameters }
    }

    /// The object identifier without the cipher, in dotted form: id-PACE-DH-GM and its kin `[9303-11 §9.2.1]`.
    /// `None` for chip authentication mapping modulo a prime, which does not exist.
    pub fn mapping_identifier(self) -> Option<&'static str> {
        match (self.mapping, self.group) {
            (Mapping::Generic, Group::Modp(_)) => Some("0.4.0.127.0.7.2.2.4.1"),
            (Mapping::Generic, Group::Curve(_)) => Some("0.4.0.127.0.7.2.2.4.2"),
            (Mapping::Integrated, Group::Modp(_)) => Some("0.4.0.127.0.7.2.2.4.3"),
            (Mapping::Integrated, Group::Curve(_)) => Some("0.4.0.127.0.7.2.2.4.4"),
            (Mapping::ChipAuthentication, Group::Curve(_)) => Some("0.4.0.127.0.7.2.2.4.6"),
            (Mapping::ChipAuthentication, Group::Modp(_)) => None,
        }
    }

    /// The whole object identifier in dotted form; `None` for what the standard does not have: chip authentication
    /// mapping modulo a prime or with 3DES, and integrated mapping on secp224r1.
    pub fn protocol(self) -> Option<String> {
        let impossible = match self.mapping {
            Mapping::Generic => false,
            Mapping::Integrated => self.group == Group::Curve(CurveName::Secp224r1),
            Mapping::ChipAuthentication => self.cipher == CipherName::TripleDes,
        };
        let mapping = self.mapping_identifier().filter(|_| !impossible)?;
        Some(format!("{mapping}.{}", self.cipher.protocol_number()))
    }

    /// The identifier of the domain parameters in PACEInfo.
    pub fn parameter_id(self) -> Option<u8> {
        match self.parameters {
            PaceParameters::Standardised => self.group.parameter_id(),
            PaceParameters::Explicit(id) => id,
        }
    }
}

impl From<CurveName> for PaceOption {
    /// Generic mapping and AES-128, as the CCCD does it.
    fn from(curve: CurveName) -> PaceOption {
        PaceOption::new(Mapping::Generic, curve, CipherName::Aes128)
    }
}

/// One key and cipher of Chip Authentication. Options with the same group and key identifier share one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChipAuthenticationOption {
    /// The key's domain parameters.
    pub group: Group,
    /// The cipher of the new channel.
    pub cipher: CipherName,
    /// The key's identifier, which a card with several keys needs.
    pub key_id: Option<u32>,
    /// Whether a ChipAuthenticationInfo announces it, or DG14 only holds the public key.
    pub announced: bool,
}

impl ChipAuthenticationOption {
    /// An announced key without an identifier.
    pub fn new(group: impl Into<Group>, cipher: CipherName) -> ChipAuthenticationOption {
        ChipAuthenticationOption { group: group.into(), cipher, key_id: None, announced: true }
    }
}

impl From<CurveName> for ChipAuthenticationOption {
    /// With AES-128, as the CCCD does it.
    fn from(curve: CurveName) -> ChipAuthenticationOption {
        ChipAuthenticationOption::new(curve, CipherName::Aes128)
    }
}

/// One card.
#[derive(Clone, Debug)]
pub struct CardOptions {
    /// The chip's own keys derive from it and from the holder's number.
    pub seed: u64,
    /// The keys and ciphers of Chip Authentication.
    pub chip_authentication: Vec<ChipAuthenticationOption>,
    /// Active Authentication.
    pub active_authentication: ActiveKind,
    /// Whether EF.CardAccess and DG14 announce Terminal Authentication.
    pub terminal_authentication: bool,
    /// Whom the chip grants the Terminal Authentication that it announces; nobody, if there is none. With it the
    /// application has an EF.CVCA.
    pub terminal_trust: Option<TerminalTrust>,
    /// How the public keys in DG14 and DG15 say on which curve they are.
    pub curve_parameters: CurveParameters,
    /// How public keys modulo a prime in DG14 say in which group they are.
    pub modp_parameters: ModpParameters,
    /// The ways to run PACE. With chip authentication mapping the card has an EF.CardSecurity.
    pub pace: Vec<PaceOption>,
    /// The PIN, a password of PACE, if there is one.
    pub pin: Option<String>,
    /// The PUK, a password of PACE, if there is one.
    pub puk: Option<String>,
    /// Basic Access Control.
    pub bac: bool,
    /// How DG13 holds the parents' names.
    pub parents_shape: ParentsShape,
    /// Whether there is a DG13.
    pub dg13: bool,
    /// Numbers of entries that DG13 leaves out, 1 to 16.
    pub dg13_without: Vec<u8>,
    /// Whether there is a DG3, which the chip lets nobody read without Terminal Authentication.
    pub fingerprints: bool,
    /// Whether there is a DG4, protected likewise.
    pub iris: bool,
    /// The standard of the biometric records in DG2, DG3 and DG4.
    pub records: RecordEdition,
    /// Whether there are DG5, DG7 to DG12 and DG16, which a CCCD does not have.
    pub further_groups: bool,
    /// The portrait in DG2.
    pub portrait: PortraitOptions,
    /// The longest command and the longest answer, in bytes of whole APDUs, that EF.ATR/INFO tells and the chip keeps to.
    /// Without them there is no such file.
    pub atr_info: Option<(usize, usize)>,
}

impl Default for CardOptions {
    fn default() -> CardOptions {
        CardOptions {
            seed: 1,
            chip_authentication: vec![CurveName::BrainpoolP256r1.into()],
            active_authentication: ActiveKind::Rsa2048(DigestName::Sha256),
            terminal_authentication: true,
            terminal_trust: None,
            curve_parameters: CurveParameters::Named,
            modp_parameters: ModpParameters::Pkcs3,
            pace: vec![CurveName::BrainpoolP256r1.into()],
            pin: None,
            puk: None,
            bac: true,
            parents_shape: ParentsShape::A,
            dg13: true,
            dg13_without: Vec::new(),
            fingerprints: true,
            iris: false,
            records: RecordEdition::First,
            further_groups: false,
            portrait: PortraitOptions::default(),
            atr_info: None,
        }
    }
}

/// The kind of Active Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActiveKind {
    /// No DG15.
    None,
    /// ISO/IEC 9796-2 scheme 1 with this digest.
    Rsa2048(DigestName),
    /// ECDSA with the longest SHA-2 digest that is not longer than the key.
    Ecdsa(CurveName),
    /// ECDSA with this digest.
    EcdsaWith(CurveName, DigestName),
}

/// The two observed shapes of DG13's entry 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParentsShape {
    /// One SEQUENCE with both names.
    A,
    /// Two SEQUENCEs with one name each.
    B,
}
