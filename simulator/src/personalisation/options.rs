//! What can be chosen about a card and about the authority that issues it; the defaults are the CCCD as it is known.

use super::certificate::Period;
use super::keys::{CurveParameters, KeyKind};
use crate::arithmetic::curve::CurveName;
use crate::cv_certificate::TerminalTrust;
use crate::der::Time;
use crate::digest::DigestName;
use crate::portrait::PortraitOptions;

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

/// One card.
#[derive(Clone, Debug)]
pub struct CardOptions {
    /// The chip's own keys derive from it and from the holder's number.
    pub seed: u64,
    /// Chip Authentication with AES-128 on this curve.
    pub chip_authentication: Option<CurveName>,
    /// The identifier of the Chip Authentication key, where there is one.
    pub chip_authentication_key_id: Option<u32>,
    /// Active Authentication.
    pub active_authentication: ActiveKind,
    /// Whether EF.CardAccess and DG14 announce Terminal Authentication.
    pub terminal_authentication: bool,
    /// Whom the chip grants the Terminal Authentication that it announces; nobody, if there is none. With it the
    /// application has an EF.CVCA.
    pub terminal_trust: Option<TerminalTrust>,
    /// How the public keys in DG14 and DG15 say on which curve they are.
    pub curve_parameters: CurveParameters,
    /// PACE-ECDH-GM-AES-CBC-CMAC-128 on this curve.
    pub pace: Option<CurveName>,
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
    /// The portrait in DG2.
    pub portrait: PortraitOptions,
}

impl Default for CardOptions {
    fn default() -> CardOptions {
        CardOptions {
            seed: 1,
            chip_authentication: Some(CurveName::BrainpoolP256r1),
            chip_authentication_key_id: None,
            active_authentication: ActiveKind::Rsa2048(DigestName::Sha256),
            terminal_authentication: true,
            terminal_trust: None,
            curve_parameters: CurveParameters::Named,
            pace: Some(CurveName::BrainpoolP256r1),
            bac: true,
            parents_shape: ParentsShape::A,
            dg13: true,
            dg13_without: Vec::new(),
            fingerprints: true,
            iris: false,
            portrait: PortraitOptions::default(),
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
}

/// The two observed shapes of DG13's entry 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParentsShape {
    /// One SEQUENCE with both names.
    A,
    /// Two SEQUENCEs with one name each.
    B,
}
