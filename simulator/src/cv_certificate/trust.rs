//! What a chip remembers to judge terminals by: trust points, and a date `[TR-03110-3 §2.5, §2.6]`.

use super::CvError;
use super::authorization::{Authorization, Role};
use super::certificate::CvCertificate;
use super::date::Date;
use super::key::CvPublicKey;
use crate::tlv::node;

/// The public key of a Country Verifying CA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustPoint {
    /// Certificate Holder Reference: what Document Verifiers' certificates name.
    pub reference: Vec<u8>,
    /// The key, with its curve.
    pub public_key: CvPublicKey,
    /// Which rights certificates below it can have.
    pub authorization: Authorization,
    /// Certificate Effective Date.
    pub effective: Date,
    /// Certificate Expiration Date.
    pub expiration: Date,
}

impl TrustPoint {
    /// A trust point from the certificate of a CVCA, one's own or somebody else's. The signature is checked where the
    /// certificate is self-signed; a link certificate is taken as it is.
    ///
    /// # Errors
    /// The bytes are no certificate of a CVCA, its domain parameters are missing, or it is signed by another key than it
    /// says.
    pub fn from_certificate(bytes: &[u8]) -> Result<TrustPoint, CvError> {
        let certificate = CvCertificate::parse(bytes)?;
        let body = &certificate.body;
        if body.authorization.role() != Role::Cvca {
            return Err(CvError::Unsupported("role of a trust point"));
        }
        if !body.public_key.is_complete() {
            return Err(CvError::Malformed("domain parameters of a trust point"));
        }
        let self_signed = body.authority_reference == body.holder_reference;
        if self_signed && !certificate.is_signed_by(&body.public_key) {
            return Err(CvError::NotSelfSigned);
        }
        Ok(TrustPoint {
            reference: body.holder_reference.clone(),
            public_key: body.public_key.clone(),
            authorization: body.authorization.clone(),
            effective: body.effective,
            expiration: body.expiration,
        })
    }
}

/// Where a chip keeps EF.CVCA, if not in the default place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CvcaFile {
    /// File identifier.
    pub identifier: u16,
    /// Short file identifier, 1 to 30; without it the file must be selected.
    pub short_identifier: Option<u8>,
}

impl CvcaFile {
    /// 011C, short 1C: the same identifiers that EF.CardAccess has in the master file `[TR-03110-3 §A.7.2.4]`.
    pub const DEFAULT: CvcaFile = CvcaFile { identifier: 0x011C, short_identifier: Some(0x1C) };
}

/// A chip's memory for Terminal Authentication. It survives a loss of power and changes as certificates are accepted.
///
/// ```
/// use cccd_simulator::{
///     CardOptions, Chip, CvAuthority, CvAuthorityOptions, Issuer, IssuerOptions, Person, TerminalOptions,
/// };
///
/// let authority = CvAuthority::new(CvAuthorityOptions::default());
/// // What the reader gets: its certificates and its key.
/// let terminal = authority.issue(&TerminalOptions::default());
/// assert_eq!(terminal.certificates.len(), 2);
/// // What the chip gets: whom it trusts, and something to protect.
/// let options = CardOptions { terminal_trust: Some(authority.trust()), iris: true, ..CardOptions::default() };
/// let card = Issuer::new(IssuerOptions::default()).personalise(&Person::sample(), &options);
/// let chip = Chip::new(card, 7);
/// assert_eq!(chip.chip_proofs().terminal_authentications, 0);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalTrust {
    /// At most two, the most recent first.
    pub trust_points: Vec<TrustPoint>,
    /// The chip's approximation of today: the most recent day that it can be sure of.
    pub current_date: Date,
    /// The place of EF.CVCA that TerminalAuthenticationInfo announces; `None` for the default place, which needs no
    /// announcement.
    pub announced_file: Option<CvcaFile>,
}

impl TerminalTrust {
    /// One trust point, and the day of the personalisation.
    pub fn new(trust_point: TrustPoint, current_date: Date) -> TerminalTrust {
        TerminalTrust { trust_points: vec![trust_point], current_date, announced_file: None }
    }

    /// Where EF.CVCA is.
    pub fn file(&self) -> CvcaFile {
        self.announced_file.unwrap_or(CvcaFile::DEFAULT)
    }

    /// The contents of EF.CVCA: the references of the trust points, padded with zeros to 36 bytes.
    pub fn ef_cvca(&self) -> Vec<u8> {
        let mut contents = Vec::new();
        for trust_point in self.trust_points.iter().take(2) {
            contents.extend(node(0x42, &trust_point.reference));
        }
        contents.resize(36, 0);
        contents
    }

    /// Take in a new trust point; of more than two, the least recent one goes `[TR-03110-3 §2.5.1]`.
    pub(crate) fn enable(&mut self, trust_point: TrustPoint) {
        self.trust_points.insert(0, trust_point);
        self.trust_points.sort_by_key(|point| std::cmp::Reverse(point.effective));
        self.trust_points.truncate(2);
    }
}
