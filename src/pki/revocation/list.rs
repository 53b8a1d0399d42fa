//! One list of revoked certificates (RFC 5280 §5; profile [9303-12 §7.1.4]).
//!
//! ```text
//! CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
//! TBSCertList     ::= SEQUENCE { version INTEGER { v2(1) } OPTIONAL, signature, issuer Name,
//!                                thisUpdate Time, nextUpdate Time OPTIONAL,
//!                                revokedCertificates SEQUENCE OF Entry OPTIONAL,
//!                                [0] crlExtensions OPTIONAL }
//! Entry           ::= SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions OPTIONAL }
//! ```
//!
//! Only complete lists of one authority about its own certificates are read. Indirect, partial and delta
//! lists are refused, and so is a list with a critical extension of unknown meaning: RFC 5280 §5.2 and §5.3
//! forbid to judge any certificate by it, and that holds for "revoked" as well, because the extension may
//! say that an entry is about somebody else's certificate.

use core::fmt;

use x509_parser::prelude::FromDer as _;
use x509_parser::time::ASN1Time;

use crate::crypto::{SignatureScheme, oid};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::pki::certificate::Certificate;
use crate::pki::name::{AlgorithmIdentifier, Name, integer, magnitude};
use crate::pki::signed::Signed;
use crate::tlv::{Reader, Tlv};

const FILE: &str = "list of revoked certificates";
/// More than any country has signers.
const MAX_ENTRIES: usize = 1_000_000;

/// Extensions of a list (RFC 5280 §5.2; the last one X.509 §9.5.2.8).
const CRL_NUMBER: &str = "2.5.29.20";
const DELTA_CRL_INDICATOR: &str = "2.5.29.27";
const ISSUING_DISTRIBUTION_POINT: &str = "2.5.29.28";
const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const EXPIRED_CERTS_ON_CRL: &str = "2.5.29.60";
/// Extensions of an entry (RFC 5280 §5.3).
const REASON_CODE: &str = "2.5.29.21";
const INVALIDITY_DATE: &str = "2.5.29.24";
const CERTIFICATE_ISSUER: &str = "2.5.29.29";
const REMOVE_FROM_CRL: u8 = 8;

/// A list of revoked certificates, parsed. Nothing about it is verified.
#[derive(Clone, PartialEq, Eq)]
pub struct RevocationList {
    der: Vec<u8>,
    tbs: Vec<u8>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
    issuer: Name,
    this_update: Date,
    next_update: Option<Date>,
    /// By serial number, then by day.
    entries: Vec<Entry>,
    extensions: Extensions,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    serial: Box<[u8]>,
    on: Date,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Extensions {
    number: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
    keeps_expired_since: Option<Date>,
}

impl RevocationList {
    /// Reads a list in DER, of version 1 or 2.
    ///
    /// ```
    /// assert!(cccd::pki::RevocationList::from_der(b"no list").is_err());
    /// ```
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for an indirect, partial or delta list, for one with a critical extension
    /// that is not understood, and for an unknown signature algorithm.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        Self::parse(der).map_err(|error| error.in_file(FILE))
    }

    fn parse(der: &[u8]) -> Result<Self> {
        let signed = Signed::parse(der, "a list of revoked certificates")?;
        let tbs = signed.tbs;
        let mut fields = tbs.children()?;
        let version_2 = match fields.optional(0x02)? {
            Some(version) if version.value != [1] => {
                return Err(version.error("version 2 of a list, or none"));
            }
            version => version.is_some(),
        };
        signed.compare_algorithm(&fields.expect(0x30, "a signature algorithm")?)?;
        let issuer_at = fields.expect(0x30, "an issuer's name")?;
        let issuer = Name::parse(&issuer_at)?;
        // RFC 5280 §5.1.2.3. Nobody's list would be everybody's.
        if issuer.is_empty() {
            return Err(issuer_at.error("an issuer's name"));
        }
        let this_update = fields.next_object()?.ok_or(tbs.error("the day of the list"))?;
        let this_update = time(&this_update)?;
        let next_update = match (fields.optional(0x17)?, fields.optional(0x18)?) {
            (None, None) => None,
            (Some(at), None) | (None, Some(at)) => Some(time(&at)?),
            (Some(_), Some(at)) => return Err(at.error("one day of the next list")),
        };
        let entries = match fields.optional(0x30)? {
            Some(revoked) => entries(&revoked, version_2)?,
            None => Vec::new(),
        };
        let extensions = match fields.optional(0xA0)? {
            Some(explicit) if version_2 => {
                let mut inside = explicit.children()?;
                let sequence = inside.expect(0x30, "extensions")?;
                inside.finish()?;
                Extensions::read(&sequence)?
            }
            Some(explicit) => return Err(explicit.error("version 2 of a list with extensions")),
            None => Extensions::default(),
        };
        fields.finish()?;
        let list = Self {
            der: der.to_vec(),
            tbs: tbs.raw.to_vec(),
            signature_algorithm: signed.algorithm,
            signature: signed.signature.to_vec(),
            issuer,
            this_update,
            next_update,
            entries,
            extensions,
        };
        list.signature_scheme().map(|_| list)
    }

    /// The list in DER, as it came.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Who signed it, by name.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// The day on which it was made.
    #[must_use]
    pub const fn this_update(&self) -> Date {
        self.this_update
    }

    /// The last day on which it is in force: on that day the next one is due. `None` if it does not say.
    #[must_use]
    pub const fn next_update(&self) -> Option<Date> {
        self.next_update
    }

    /// Its number, big-endian without leading zeros, where stated. Later lists have higher ones.
    #[must_use]
    pub fn number(&self) -> Option<&[u8]> {
        self.extensions.number.as_deref()
    }

    /// Key identifier of the authority that signed it.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions.authority_key_id.as_deref()
    }

    /// How many entries it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it names no certificate.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The day on which the certificate with this serial number ([`Certificate::serial`]) was revoked or
    /// suspended; `None` if the list does not name it. A number and its negative are two.
    #[must_use]
    pub fn revoked_on(&self, serial: &[u8]) -> Option<Date> {
        let at = self.entries.partition_point(|entry| *entry.serial < *serial);
        self.entries.get(at).filter(|entry| *entry.serial == *serial).map(|entry| entry.on)
    }

    /// Whether this list names every certificate that another one names.
    pub(crate) fn names_all_of(&self, other: &Self) -> bool {
        other.entries.iter().all(|entry| self.revoked_on(&entry.serial).is_some())
    }

    /// Whether the list would still name a certificate that expired on this day. Without saying so, an issuer
    /// may drop an entry once the certificate has expired (RFC 5280 §3.3), so that silence shows nothing.
    pub(super) fn still_names(&self, expired_on: Date) -> bool {
        self.this_update <= expired_on
            || self.extensions.keeps_expired_since.is_some_and(|since| since <= expired_on)
    }

    /// Verifies that the key of `authority` signed this list, and that it is the authority which the list
    /// names and may sign lists. A key usage that is not stated forbids nothing.
    ///
    /// # Errors
    /// [`NotAuthentic::UnknownIssuer`] if the list names another authority; [`NotAuthentic::NotACsca`] if the
    /// certificate states that it is none; [`NotAuthentic::MayNotRevoke`] if it states a key usage without
    /// signing lists; [`NotAuthentic::CriticalExtension`]; [`NotAuthentic::RevocationListSignature`];
    /// `Unsupported`.
    pub fn verify_signed_by(&self, authority: &Certificate) -> Result<()> {
        if !self.issuer.same_authority(authority.subject()) {
            return Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer));
        }
        authority.may_revoke()?;
        let scheme = self.signature_scheme()?;
        if authority.key()?.verify(scheme, &self.tbs, &self.signature) {
            Ok(())
        } else {
            Err(Error::NotAuthentic(NotAuthentic::RevocationListSignature))
        }
    }

    /// The list together with the key that signed it.
    ///
    /// # Errors
    /// As [`Self::verify_signed_by`].
    pub(crate) fn verified_by(self, authority: &Certificate) -> Result<VerifiedList> {
        self.verify_signed_by(authority)?;
        Ok(VerifiedList {
            list: self,
            key: *authority.key_fingerprint(),
            key_since: authority.not_before(),
        })
    }

    fn signature_scheme(&self) -> Result<SignatureScheme> {
        let algorithm = &self.signature_algorithm;
        SignatureScheme::from_algorithm(&algorithm.oid, algorithm.parameters.as_deref(), None)
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (issuer, day, count) = (&self.issuer, self.this_update, self.entries.len());
        write!(f, "RevocationList({issuer}, {day}, {count} entries)")
    }
}

/// A list and the key that was shown to have signed it; [`RevocationList::verified_by`] alone makes one.
///
/// The signature is checked once, when a store takes the list. Whether the key counts is decided for each
/// path, by the anchors that the store has then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VerifiedList {
    list: RevocationList,
    key: [u8; 32],
    key_since: Date,
}

impl VerifiedList {
    pub(crate) const fn list(&self) -> &RevocationList {
        &self.list
    }

    /// [`Certificate::key_fingerprint`] of the authority that signed it.
    pub(crate) const fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// First day of validity of the certificate with which the signature was checked.
    pub(super) const fn key_since(&self) -> Date {
        self.key_since
    }
}

impl Extensions {
    fn read(sequence: &Tlv<'_>) -> Result<Self> {
        let mut read = Self::default();
        for extension in extensions(sequence)? {
            let value = &mut Reader::new(extension.value);
            match extension.oid.as_str() {
                DELTA_CRL_INDICATOR => return unsupported("a delta list of revoked certificates"),
                ISSUING_DISTRIBUTION_POINT => {
                    return unsupported("a partial or indirect list of revoked certificates");
                }
                CRL_NUMBER => {
                    let number = integer(&value.expect(0x02, "a list's number")?)?;
                    read.number = Some(magnitude(&number).to_vec());
                }
                AUTHORITY_KEY_IDENTIFIER => {
                    let mut identifier = value.expect(0x30, "a key identifier")?.children()?;
                    let key_id = identifier.optional(0x80)?;
                    read.authority_key_id = key_id.map(|id| id.value.to_vec());
                }
                EXPIRED_CERTS_ON_CRL => {
                    read.keeps_expired_since = Some(time(&value.expect(0x18, "a time")?)?);
                }
                _ if extension.critical => return critical(),
                _ => {}
            }
        }
        Ok(read)
    }
}

fn entries(revoked: &Tlv<'_>, version_2: bool) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut members = revoked.children()?;
    while let Some(member) = members.next_object()? {
        if member.tag != 0x30 {
            return Err(member.error("an entry of a list"));
        }
        if entries.len() >= MAX_ENTRIES {
            return Err(member.error("at most a million entries"));
        }
        let mut fields = member.children()?;
        let serial = integer(&fields.expect(0x02, "a serial number")?)?.into_boxed_slice();
        let on = time(&fields.next_object()?.ok_or(member.error("the day of a revocation"))?)?;
        if let Some(stated) = fields.optional(0x30)? {
            if !version_2 {
                return Err(stated.error("version 2 of a list with extensions"));
            }
            check_entry_extensions(&stated)?;
        }
        fields.finish()?;
        entries.push(Entry { serial, on });
    }
    entries.sort_unstable();
    Ok(entries)
}

/// Refuses what would make an entry mean another thing than "this serial number is revoked".
fn check_entry_extensions(stated: &Tlv<'_>) -> Result<()> {
    for extension in extensions(stated)? {
        match extension.oid.as_str() {
            REASON_CODE => {
                let reason = Reader::new(extension.value).expect(0x0A, "a reason")?;
                // RFC 5280 §5.3.1: only a delta list takes an entry back.
                if reason.value == [REMOVE_FROM_CRL] {
                    return Err(stated.error("no entry that is taken back"));
                }
            }
            CERTIFICATE_ISSUER => return unsupported("an indirect list of revoked certificates"),
            _ if extension.critical && extension.oid != INVALIDITY_DATE => return critical(),
            _ => {}
        }
    }
    Ok(())
}

struct Extension<'a> {
    oid: String,
    critical: bool,
    value: &'a [u8],
}

/// `SEQUENCE OF SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`, each once.
fn extensions<'a>(sequence: &Tlv<'a>) -> Result<Vec<Extension<'a>>> {
    let mut extensions: Vec<Extension<'_>> = Vec::new();
    let mut members = sequence.children()?;
    while let Some(member) = members.next_object()? {
        let mut parts = member.children()?;
        let oid = oid(&parts.expect(0x06, "an extension's type")?)?;
        let critical = parts.optional(0x01)?.is_some_and(|flag| flag.value != [0]);
        let value = parts.expect(0x04, "an extension's value")?.value;
        parts.finish()?;
        if extensions.iter().any(|other| other.oid == oid) {
            return Err(member.error("each extension once"));
        }
        extensions.push(Extension { oid, critical, value });
    }
    Ok(extensions)
}

/// `Time` (RFC 5280 §5.1.2.4), read as certificates' dates are.
fn time(value: &Tlv<'_>) -> Result<Date> {
    let malformed = || value.error("a time");
    let (rest, time) = ASN1Time::from_der(value.raw).map_err(|_| malformed())?;
    if !rest.is_empty() {
        return Err(malformed());
    }
    Date::from_unix(time.timestamp()).map_err(|_| malformed())
}

fn unsupported<T>(what: &'static str) -> Result<T> {
    Err(Error::Unsupported(Unsupported::Structure(what)))
}

fn critical<T>() -> Result<T> {
    unsupported("a list of revoked certificates with a critical extension that is not understood")
}
