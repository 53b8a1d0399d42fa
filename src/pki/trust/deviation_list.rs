//! Deviation lists [9303-12 §10]: what a state says is wrong with documents that it issued.
//!
//! ```text
//! DeviationList ::= SEQUENCE { version INTEGER { v0(0) }, digestAlgorithm AlgorithmIdentifier OPTIONAL,
//!                              deviations SET OF Deviation }
//! Deviation ::= SEQUENCE { documents DeviationDocuments, descriptions SET OF DeviationDescription }
//! DeviationDescription ::= SEQUENCE { description PrintableString OPTIONAL, deviationType OBJECT IDENTIFIER,
//!                                     parameters [0] ANY OPTIONAL, nationalUse [1] ANY OPTIONAL }
//! DeviationDocuments ::= SEQUENCE { documentType [0] PrintableString OPTIONAL,
//!     CHOICE { [1] IssuerAndSerialNumber, [2] SubjectKeyIdentifier, [3] Digest } OPTIONAL,
//!     issuingDate [4] SEQUENCE { first, last GeneralizedTime } OPTIONAL,
//!     documentNumbers [5] SET OF PrintableString OPTIONAL }            -- IMPLICIT TAGS
//! ```
//!
//! What this proves: the state itself announced the defect. A list speaks about its own state alone.

use std::sync::Arc;

use super::container::DEVIATION_LIST;
use super::loaded::{EntryKind, Loaded, Refused};
use super::signed_list::{self, Kind};
use super::store::TrustStore;
use crate::crypto::{DigestAlgorithm, oid};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::pki::certificate::{Certificate, Purpose};
use crate::pki::name::{AlgorithmIdentifier, Name, integer};
use crate::tlv::{Reader, Tlv};

const KIND: Kind = Kind {
    file: "deviation list",
    content_type: DEVIATION_LIST,
    another: "a list that is no deviation list",
    signature: NotAuthentic::DeviationListSignature,
    purpose: Purpose::DeviationList,
};
const MAX_DEVIATIONS: usize = 10_000;
const MAX_DESCRIPTIONS: usize = 64;
const MAX_TEXT: usize = 1_000;

/// A deviation list, verified and parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviationList {
    pub(super) cms: Vec<u8>,
    pub(super) source: Arc<str>,
    country: Option<String>,
    signed_at: Date,
    entries: Vec<ListedDefect>,
}

/// Documents that a state says are defective.
///
/// Type, time and numbers limit the entry to some documents of the signer; a signer alone cannot tell
/// whether a document is one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedDefect {
    /// Whose documents they are.
    pub signer: ListedSigner,
    /// What is wrong with them.
    pub defects: Vec<Defect>,
    /// The document code in the MRZ, where the entry is limited to one.
    pub document_type: Option<String>,
    /// First and last day of issue, where the entry is limited to a period.
    pub issued: Option<(Date, Date)>,
    /// How many document numbers the entry is limited to; `None` if it is not.
    pub document_numbers: Option<usize>,
}

/// How a deviation list names a document signer or an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListedSigner {
    /// By issuer and serial number.
    IssuerAndSerial {
        /// Name of the issuer.
        issuer: Name,
        /// Serial number without leading zeros.
        serial: Vec<u8>,
    },
    /// By the identifier of its key.
    SubjectKeyId(Vec<u8>),
    /// By a digest of its certificate.
    Digest(CertificateDigest),
    /// Not at all: the entry concerns every document of the state.
    Every,
}

/// A digest over a certificate, with its algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateDigest {
    algorithm: DigestAlgorithm,
    digest: Vec<u8>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Defect {
    /// The kind of defect, a dotted object identifier.
    pub oid: String,
    /// In the issuer's words.
    pub description: Option<String>,
    /// Parameters of that kind, the object `[0]` as the list writes it.
    pub parameters: Option<Vec<u8>>,
}

impl Defect {
    /// What the standard calls this kind [9303-12 §10.2]; `None` for kinds of later editions.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        Some(match self.oid.strip_prefix(DEVIATION_LIST)?.strip_prefix('.')? {
            "1.1" => "signature of the document signer's certificate",
            "1.2" => "encoding of the document signer's certificate",
            "1.3" => "encoding of the authority's certificate",
            "1.4" => "compromised key of Active Authentication",
            "2.1" => "malformed data group",
            "2.2" => "wrong digest of a data group",
            "2.3" => "wrong signature of the security object",
            "2.4" => "inconsistent EF.COM",
            "3.1" => "wrong data in the MRZ",
            "3.2" => "wrong check digit in the MRZ",
            "4" => "chip",
            "5" => "national use",
            _ => return None,
        })
    }
}

impl ListedDefect {
    /// Whether the entry is about every document of its signer, and not about some of them.
    #[must_use]
    pub const fn is_about_every_document(&self) -> bool {
        self.document_type.is_none() && self.issued.is_none() && self.document_numbers.is_none()
    }

    fn names(&self, certificate: &Certificate) -> bool {
        match &self.signer {
            ListedSigner::IssuerAndSerial { issuer, serial } => {
                issuer == certificate.issuer() && serial == certificate.serial()
            }
            ListedSigner::SubjectKeyId(id) => certificate.subject_key_id() == Some(id),
            ListedSigner::Digest(CertificateDigest { algorithm, digest }) => {
                algorithm.digest(certificate.as_der()) == *digest
            }
            ListedSigner::Every => true,
        }
    }
}

impl DeviationList {
    /// The state that the list speaks for.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// The day on which it was signed.
    #[must_use]
    pub const fn signed_at(&self) -> Date {
        self.signed_at
    }

    /// Where it was taken from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its readable entries.
    #[must_use]
    pub fn entries(&self) -> &[ListedDefect] {
        &self.entries
    }

    pub(super) fn about(&self, certificate: &Certificate) -> impl Iterator<Item = &ListedDefect> {
        // Nobody can say of another state's documents that their defects are known and meant.
        let own = self.country.is_some() && self.country == certificate.country();
        self.entries.iter().filter(move |entry| own && entry.names(certificate))
    }
}

impl TrustStore {
    /// Takes a deviation list [9303-12 §10] that a signer of deviation lists signed whom one of `roots`
    /// vouches for, as for a master list. A newer one of the same state takes its place.
    ///
    /// Unreadable entries are left out and named.
    ///
    /// # Errors
    /// `Malformed`; [`NotAuthentic::DeviationListSignature`]; the reasons of a path.
    pub fn add_deviation_list(&mut self, cms: &[u8], roots: &Self, source: &str) -> Result<Loaded> {
        let vouched = signed_list::verify(cms, &KIND, roots)?;
        let mut loaded = Loaded::default();
        let entries = vouched
            .list
            .content()
            .and_then(|content| entries(content, &mut loaded))
            .map_err(|error| error.in_file(KIND.file))?;
        let list = DeviationList {
            cms: cms.to_vec(),
            source: Arc::from(source),
            country: vouched.country,
            signed_at: vouched.signed_at,
            entries,
        };
        let same_state = |kept: &&mut DeviationList| kept.country == list.country;
        match self.deviation_lists.iter_mut().find(same_state) {
            Some(kept) if kept.cms == list.cms => loaded.known += 1,
            Some(kept) if kept.signed_at >= list.signed_at => loaded.outdated += 1,
            Some(kept) => {
                *kept = list;
                loaded.outdated += 1;
                loaded.deviation_lists += 1;
            }
            None => {
                self.deviation_lists.push(list);
                loaded.deviation_lists += 1;
            }
        }
        Ok(loaded)
    }
}

pub(super) fn entries(content: &[u8], loaded: &mut Loaded) -> Result<Vec<ListedDefect>> {
    let mut outer = Reader::new(content);
    let list = outer.expect(0x30, "a deviation list")?;
    outer.finish()?;
    let mut parts = list.children()?;
    if parts.expect(0x02, "a version")?.value != [0] {
        return Err(Error::Unsupported(Unsupported::Structure("a deviation list above version 0")));
    }
    let algorithm = match parts.optional(0x30)? {
        Some(algorithm) => Some(AlgorithmIdentifier::parse(&algorithm)?.oid),
        None => None,
    };
    let set = parts.expect(0x31, "a set of deviations")?;
    parts.finish()?;
    let mut entries = Vec::new();
    let (mut members, mut index) = (set.children()?, 0);
    while let Some(member) = members.next_object()? {
        if index >= MAX_DEVIATIONS {
            return Err(member.error("at most 10000 deviations"));
        }
        match deviation(&member, algorithm.as_deref()) {
            Ok(entry) => entries.push(entry),
            Err(reason) => {
                let reason = reason.in_file(KIND.file);
                loaded.refused.push(Refused::new(index, EntryKind::DeviationList, reason));
            }
        }
        index += 1;
    }
    Ok(entries)
}

fn deviation(object: &Tlv<'_>, algorithm: Option<&str>) -> Result<ListedDefect> {
    if object.tag != 0x30 {
        return Err(object.error("a deviation"));
    }
    let mut parts = object.children()?;
    let mut documents = parts.expect(0x30, "documents")?.children()?;
    let descriptions = parts.expect(0x31, "a set of descriptions")?;
    parts.finish()?;

    let document_type = match documents.optional(0x80)? {
        Some(code) if (1..=2).contains(&code.value.len()) => Some(text(&code)?),
        Some(code) => return Err(code.error("a document code of two characters")),
        None => None,
    };
    let signer = signer(&mut documents, algorithm)?;
    let issued = match documents.optional(0xA4)? {
        Some(period) => {
            let mut times = period.children()?;
            let first = time(&times.expect(0x18, "a time")?)?;
            let last = time(&times.expect(0x18, "a time")?)?;
            times.finish()?;
            Some((first, last))
        }
        None => None,
    };
    let document_numbers = match documents.optional(0xA5)? {
        // One list in use has hundreds of thousands; they are counted and stay in the signed bytes.
        Some(numbers) => {
            let (mut members, mut count) = (numbers.children()?, 0);
            while members.next_object()?.is_some() {
                count += 1;
            }
            Some(count)
        }
        None => None,
    };
    documents.finish()?;

    let mut defects = Vec::new();
    let mut members = descriptions.children()?;
    while let Some(member) = members.next_object()? {
        if defects.len() >= MAX_DESCRIPTIONS {
            return Err(member.error("at most 64 descriptions"));
        }
        defects.push(defect(&member)?);
    }
    Ok(ListedDefect { signer, defects, document_type, issued, document_numbers })
}

fn signer(documents: &mut Reader<'_>, algorithm: Option<&str>) -> Result<ListedSigner> {
    if let Some(object) = documents.optional(0xA1)? {
        let mut fields = object.children()?;
        let issuer = Name::parse(&fields.expect(0x30, "an issuer's name")?)?;
        let serial = integer(&fields.expect(0x02, "a serial number")?)?;
        fields.finish()?;
        return Ok(ListedSigner::IssuerAndSerial { issuer, serial });
    }
    if let Some(object) = documents.optional(0x82)? {
        return Ok(ListedSigner::SubjectKeyId(object.value.to_vec()));
    }
    if let Some(object) = documents.optional(0x83)? {
        let algorithm = algorithm
            .and_then(DigestAlgorithm::from_oid)
            .ok_or_else(|| object.error("a digest whose algorithm the list names"))?;
        let digest = object.value.to_vec();
        return Ok(ListedSigner::Digest(CertificateDigest { algorithm, digest }));
    }
    Ok(ListedSigner::Every)
}

fn defect(object: &Tlv<'_>) -> Result<Defect> {
    if object.tag != 0x30 {
        return Err(object.error("a description"));
    }
    let mut parts = object.children()?;
    let description = match parts.optional(0x13)? {
        Some(words) => Some(text(&words)?),
        // Some issuers write what PrintableString has no letters for.
        None => parts.optional(0x0C)?.map(|words| text(&words)).transpose()?,
    };
    let oid = oid(&parts.expect(0x06, "a kind of deviation")?)?;
    let mut parameters = None;
    while let Some(part) = parts.next_object()? {
        match part.tag {
            0x80 | 0xA0 if parameters.is_none() => parameters = Some(part.raw.to_vec()),
            0x81 | 0xA1 => return parts.finish().map(|()| Defect { oid, description, parameters }),
            _ => return Err(part.error("parameters or national use")),
        }
    }
    Ok(Defect { oid, description, parameters })
}

fn text(object: &Tlv<'_>) -> Result<String> {
    let text = core::str::from_utf8(object.value).map_err(|_| object.error("readable text"))?;
    Ok(text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect())
}

fn time(object: &Tlv<'_>) -> Result<Date> {
    use der::Decode as _;
    let since_epoch = der::asn1::GeneralizedTime::from_der(object.raw)
        .map_err(|_| object.error("a time of the calendar"))?
        .to_unix_duration();
    i64::try_from(since_epoch.as_secs())
        .ok()
        .and_then(|seconds| Date::from_unix(seconds).ok())
        .ok_or_else(|| object.error("a day of the calendar"))
}
