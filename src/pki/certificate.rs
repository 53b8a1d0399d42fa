//! Certificates of document signers and issuing authorities (RFC 5280; profile [9303-12 §7.1]).
//!
//! The bytes that were signed are kept as they came. Extensions are read by `x509-parser`, names
//! and algorithms by this module, so that the same code compares them with those in CMS.

use core::fmt;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer as _;

use super::name::{AlgorithmIdentifier, Name, integer, magnitude};
use super::signed::Signed;
use crate::crypto::{DigestAlgorithm, PublicKey, SignatureScheme};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result};
use crate::tlv::Reader;

const FILE: &str = "certificate";
const PRIVATE_KEY_USAGE_PERIOD: &str = "2.5.29.16";
/// Policies name rules for people; no path here is chosen by them. Constraints on them, if critical, refuse it.
const CERTIFICATE_POLICIES: &str = "2.5.29.32";
/// Of a link certificate that gives the authority another name [9303-12 §7.1]; its value is NULL.
const NAME_CHANGE: &str = "2.23.136.1.1.6.1";
const MASTER_LIST_SIGNER: &str = "2.23.136.1.1.3";
const DEVIATION_LIST_SIGNER: &str = "2.23.136.1.1.8";

/// A parsed certificate. Nothing about it is verified.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Vec<u8>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
    subject: Name,
    issuer: Name,
    serial: Vec<u8>,
    serial_is_positive: bool,
    not_before: Date,
    not_after: Date,
    key: Result<PublicKey>,
    key_fingerprint: [u8; 32],
    fingerprint: [u8; 32],
    extensions: Extensions,
}

/// What the extensions say, as far as it matters here.
#[derive(Debug, Clone, Default)]
struct Extensions {
    subject_key_id: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
    key_usage: Option<KeyUsage>,
    /// `cA` of the basic constraints.
    authority: Option<bool>,
    path_length: Option<u32>,
    /// `None` without the extension.
    extended_key_usage: Option<Vec<String>>,
    private_key_from: Option<Date>,
    private_key_until: Option<Date>,
    name_change: bool,
    not_understood: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct KeyUsage {
    digital_signature: bool,
    key_cert_sign: bool,
    crl_sign: bool,
}

/// What a certificate's key is asked to have signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An EF.SOD or EF.CardSecurity.
    Document,
    /// A list of issuing authorities.
    MasterList,
    /// A list of defects in documents that were issued.
    DeviationList,
}

/// Whether the extensions that would allow a use are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    /// They allow it.
    Given,
    /// They are missing; nothing forbids it.
    NotStated,
    /// A key usage is there and names other uses only.
    Withheld,
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// ```
    /// assert!(cccd::pki::Certificate::from_der(b"no certificate").is_err());
    /// ```
    ///
    /// # Errors
    /// `Malformed` if it is none. A key that cannot be used is no error here; see [`Self::key_description`].
    pub fn from_der(der: &[u8]) -> Result<Self> {
        Self::parse(der).map_err(|error| error.in_file(FILE))
    }

    fn parse(der: &[u8]) -> Result<Self> {
        let signed = Signed::parse(der, "a certificate")?;
        let tbs = signed.tbs;
        let malformed = || tbs.error("a certificate after RFC 5280");
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| malformed())?;
        if !rest.is_empty() {
            return Err(malformed());
        }
        let mut fields = tbs.children()?;
        fields.optional(0xA0)?;
        let serial_at = fields.expect(0x02, "a serial number")?;
        let serial = integer(&serial_at)?;
        signed.compare_algorithm(&fields.expect(0x30, "a signature algorithm")?)?;
        let validity = parsed.validity();
        let spki = parsed.public_key();
        let key = PublicKey::from_spki(spki.raw);
        Ok(Self {
            der: der.to_vec(),
            tbs: tbs.raw.to_vec(),
            signature_algorithm: signed.algorithm,
            signature: signed.signature.to_vec(),
            subject: Name::parse_raw(parsed.subject().as_raw())?,
            issuer: Name::parse_raw(parsed.issuer().as_raw())?,
            serial_is_positive: is_positive(serial_at.value),
            serial,
            not_before: date(validity.not_before.timestamp()).ok_or_else(malformed)?,
            not_after: date(validity.not_after.timestamp()).ok_or_else(malformed)?,
            key_fingerprint: match &key {
                Ok(known) => {
                    let bits: &[u8] = &spki.subject_public_key.data;
                    sha256(&[known.describe().as_bytes(), bits].concat())
                }
                Err(_) => sha256(spki.raw),
            },
            key,
            fingerprint: sha256(der),
            extensions: Extensions::read(&parsed).ok_or_else(malformed)?,
        })
    }

    /// The certificate in DER, as it came.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Whose key this is.
    #[must_use]
    pub const fn subject(&self) -> &Name {
        &self.subject
    }

    /// Who signed it, by name.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// The serial number, big-endian in two's complement and as short as it can be: 255 is `00 FF`, and
    /// `FF` is −1. Zero and negative ones occur.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The serial number in hexadecimal, to be read and not to be compared: without the zero that carries the
    /// sign, so that −1 looks like 255.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex(magnitude(&self.serial))
    }

    /// The country of the subject, or else of the issuer.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        self.subject.country().or_else(|| self.issuer.country())
    }

    /// First day of validity.
    #[must_use]
    pub const fn not_before(&self) -> Date {
        self.not_before
    }

    /// Last day of validity.
    #[must_use]
    pub const fn not_after(&self) -> Date {
        self.not_after
    }

    /// Whether a day lies within the validity.
    #[must_use]
    pub fn is_valid_at(&self, day: Date) -> bool {
        self.not_before <= day && day <= self.not_after
    }

    /// First and last day on which the private key may sign (`privateKeyUsagePeriod`), where stated.
    #[must_use]
    pub const fn private_key_usage(&self) -> (Option<Date>, Option<Date>) {
        (self.extensions.private_key_from, self.extensions.private_key_until)
    }

    /// Subject key identifier.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.extensions.subject_key_id.as_deref()
    }

    /// Key identifier of the authority that signed it.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions.authority_key_id.as_deref()
    }

    /// How many further authorities may stand between this one and a signer; `None` if not limited.
    #[must_use]
    pub const fn path_length(&self) -> Option<u32> {
        self.extensions.path_length
    }

    /// SHA-256 of the certificate.
    #[must_use]
    pub const fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// SHA-256 of the certificate in hexadecimal.
    #[must_use]
    pub fn fingerprint_hex(&self) -> String {
        hex(&self.fingerprint)
    }

    /// The public key in words, e.g. `ECDSA P-384`.
    ///
    /// # Errors
    /// `Unsupported` or `Malformed` if the key cannot be used.
    pub fn key_description(&self) -> Result<String> {
        self.key().map(PublicKey::describe)
    }

    /// Verifies that the key of `issuer` signed this certificate. Names, dates and uses are not looked at.
    ///
    /// # Errors
    /// [`NotAuthentic::SignerNotSignedByIssuer`]; `Unsupported` if the algorithm or key is not known.
    pub fn verify_signed_by(&self, issuer: &Self) -> Result<()> {
        let scheme = self.signature_scheme()?;
        if issuer.key()?.verify(scheme, &self.tbs, &self.signature) {
            Ok(())
        } else {
            Err(Error::NotAuthentic(NotAuthentic::SignerNotSignedByIssuer))
        }
    }

    /// How the certificate was signed.
    pub(crate) fn signature_scheme(&self) -> Result<SignatureScheme> {
        let algorithm = &self.signature_algorithm;
        SignatureScheme::from_algorithm(&algorithm.oid, algorithm.parameters.as_deref(), None)
    }

    pub(crate) fn key(&self) -> Result<&PublicKey> {
        self.key.as_ref().map_err(Clone::clone)
    }

    /// SHA-256 over kind, size and value of the key: certificates of one key have the same, also where one
    /// names the curve and another writes it out.
    pub(crate) const fn key_fingerprint(&self) -> &[u8; 32] {
        &self.key_fingerprint
    }

    /// RFC 5280 §4.1.2.2: a serial number is above zero.
    pub(crate) const fn serial_is_positive(&self) -> bool {
        self.serial_is_positive
    }

    /// Whether the private key might be used on a day, as far as its usage period says.
    pub(crate) fn may_sign_on(&self, day: Date) -> bool {
        let (from, until) = self.private_key_usage();
        from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
    }

    /// Whether subject and issuer are one authority: by name, or because the certificate says that it gives
    /// the authority another one. Only who knows that the issuer is the one above may rely on this.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.extensions.name_change || self.subject.same_authority(&self.issuer)
    }

    /// [9303-12 §4.4]: RSA from 2048 bits, curves from 224.
    pub(crate) fn has_weak_key(&self) -> bool {
        match &self.key {
            Ok(PublicKey::Rsa(key)) => key.modulus_bits() < 2048,
            Ok(PublicKey::Ec { key, .. }) => key.curve().bits() < 224,
            Err(_) => false,
        }
    }

    /// Whether the curve is written out as domain parameters.
    pub(crate) const fn has_explicit_curve(&self) -> bool {
        matches!(self.key, Ok(PublicKey::Ec { explicit: true, .. }))
    }

    /// Whether this certificate may sign certificates, and so be an anchor.
    pub(crate) fn may_issue(&self) -> Result<Permission> {
        match self.issuing()? {
            Permission::Withheld => Err(Error::NotAuthentic(NotAuthentic::NotACsca)),
            permission => Ok(permission),
        }
    }

    /// Whether this certificate may stand above another one on a path. Version 1 and early authorities state
    /// nothing at all, as most document signers do not either: that is enough for an anchor, which was
    /// chosen, and not for a certificate between.
    pub(crate) fn may_issue_on_path(&self, is_anchor: bool) -> Result<Permission> {
        if self.extensions.not_understood.is_some() {
            return Err(Error::NotAuthentic(NotAuthentic::CriticalExtension));
        }
        if self.extensions.authority.is_none() && !is_anchor {
            return Err(Error::NotAuthentic(NotAuthentic::NotACsca));
        }
        self.issuing()
    }

    fn issuing(&self) -> Result<Permission> {
        let extensions = &self.extensions;
        match extensions.key_usage {
            _ if extensions.authority == Some(false) => {
                Err(Error::NotAuthentic(NotAuthentic::NotACsca))
            }
            Some(usage) if !usage.key_cert_sign => Ok(Permission::Withheld),
            Some(_) if extensions.authority.is_some() => Ok(Permission::Given),
            _ => Ok(Permission::NotStated),
        }
    }

    /// Whether this certificate may sign lists of revoked certificates.
    pub(crate) fn may_revoke(&self) -> Result<Permission> {
        let extensions = &self.extensions;
        if extensions.not_understood.is_some() {
            return Err(Error::NotAuthentic(NotAuthentic::CriticalExtension));
        }
        match extensions.key_usage {
            _ if extensions.authority == Some(false) => {
                Err(Error::NotAuthentic(NotAuthentic::NotACsca))
            }
            Some(usage) if !usage.crl_sign => Err(Error::NotAuthentic(NotAuthentic::MayNotRevoke)),
            Some(_) => Ok(Permission::Given),
            None => Ok(Permission::NotStated),
        }
    }

    /// Whether this certificate may sign documents or lists.
    pub(crate) fn may_sign(&self, purpose: Purpose) -> Result<Permission> {
        let refused = Err(Error::NotAuthentic(NotAuthentic::SignerKeyUsage));
        let extensions = &self.extensions;
        if extensions.not_understood.is_some() {
            return Err(Error::NotAuthentic(NotAuthentic::CriticalExtension));
        }
        if extensions.authority == Some(true) {
            return refused;
        }
        let uses = extensions.extended_key_usage.as_deref().unwrap_or_default();
        let names = |use_of: &str| uses.iter().any(|oid| oid == use_of);
        // Without this a country's document signer could sign lists of authorities and the other way round.
        let fits = match purpose {
            Purpose::Document => !names(MASTER_LIST_SIGNER) && !names(DEVIATION_LIST_SIGNER),
            Purpose::MasterList => names(MASTER_LIST_SIGNER),
            Purpose::DeviationList => names(DEVIATION_LIST_SIGNER),
        };
        if !fits {
            return refused;
        }
        match extensions.key_usage {
            Some(usage) if usage.digital_signature => Ok(Permission::Given),
            Some(_) => Ok(Permission::Withheld),
            None => Ok(Permission::NotStated),
        }
    }

    /// The object identifier of a critical extension that is not understood.
    #[must_use]
    pub fn critical_extension_not_understood(&self) -> Option<&str> {
        self.extensions.not_understood.as_deref()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, serial {})", self.subject, self.serial_hex())
    }
}

impl Extensions {
    /// `None` if an extension occurs twice or one that matters is malformed.
    fn read(parsed: &X509Certificate<'_>) -> Option<Self> {
        let mut read = Self::default();
        let mut seen = Vec::new();
        for extension in parsed.iter_extensions() {
            let oid = extension.oid.to_id_string();
            if seen.contains(&oid) {
                return None;
            }
            let mut understood = true;
            match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(id) => {
                    read.subject_key_id = Some(id.0.to_vec());
                }
                ParsedExtension::AuthorityKeyIdentifier(id) => {
                    read.authority_key_id = id.key_identifier.as_ref().map(|id| id.0.to_vec());
                }
                ParsedExtension::KeyUsage(usage) => {
                    read.key_usage = Some(KeyUsage {
                        digital_signature: usage.digital_signature(),
                        key_cert_sign: usage.key_cert_sign(),
                        crl_sign: usage.crl_sign(),
                    });
                }
                ParsedExtension::BasicConstraints(constraints) => {
                    read.authority = Some(constraints.ca);
                    read.path_length = constraints.path_len_constraint;
                }
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    read.extended_key_usage = Some(
                        usage
                            .other
                            .iter()
                            .map(x509_parser::der_parser::Oid::to_id_string)
                            .collect(),
                    );
                }
                ParsedExtension::ParseError { .. } if extension.critical => return None,
                _ if oid == PRIVATE_KEY_USAGE_PERIOD => {
                    (read.private_key_from, read.private_key_until) =
                        private_key_usage_period(extension.value);
                }
                _ if oid == NAME_CHANGE => read.name_change = extension.value == [5, 0],
                _ => understood = oid == CERTIFICATE_POLICIES,
            }
            if extension.critical && !understood {
                read.not_understood.get_or_insert(oid.clone());
            }
            seen.push(oid);
        }
        Some(read)
    }
}

/// The two optional times of RFC 3280 §4.2.1.4; one that is unreadable counts as not stated.
fn private_key_usage_period(value: &[u8]) -> (Option<Date>, Option<Date>) {
    let read = |tag| -> Option<Date> {
        let sequence = Reader::new(value).expect(0x30, "a period").ok()?;
        let mut parts = sequence.children().ok()?;
        while let Some(part) = parts.next_object().ok()? {
            if part.tag == tag {
                let text = core::str::from_utf8(part.value.get(..8)?).ok()?;
                let (year, rest) = text.split_at_checked(4)?;
                let (month, day) = rest.split_at_checked(2)?;
                return Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
            }
        }
        None
    };
    (read(0x80), read(0x81))
}

fn date(unix: i64) -> Option<Date> {
    Date::from_unix(unix).ok()
}

/// Whether the contents of an INTEGER are a number above zero.
fn is_positive(contents: &[u8]) -> bool {
    contents.first().is_some_and(|first| first & 0x80 == 0)
        && contents.iter().any(|byte| *byte != 0)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut fingerprint = [0; 32];
    for (out, byte) in fingerprint.iter_mut().zip(DigestAlgorithm::Sha256.digest(bytes)) {
        *out = byte;
    }
    fingerprint
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
