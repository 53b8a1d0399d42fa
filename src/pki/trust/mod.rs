//! The certificates that an operator trusts, and where each came from.

use std::collections::HashMap;

use x509_parser::pem::Pem;

use super::certificate::{Certificate, Purpose};
use super::cms::SignedData;
use super::path::{Budget, find_path};
use super::revocation::RevocationList;
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::tlv::Reader;

/// id-icao-cscaMasterList [9303-12 §9].
const CSCA_MASTER_LIST: &str = "2.23.136.1.1.2";
/// The largest lists have about six hundred.
const MAX_LISTED: usize = 10_000;

/// The authorities whose signatures count. It starts empty: the library trusts nobody by itself.
///
/// ```
/// use cccd::pki::TrustStore;
/// let mut trust = TrustStore::empty();
/// assert!(trust.add_certificate(b"not a certificate", "typed by hand").is_err());
/// assert_eq!(trust.anchors().count(), 0);
/// ```
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    anchors: Vec<Anchor>,
    intermediates: Vec<Certificate>,
    revocation_lists: Vec<RevocationList>,
    by_fingerprint: HashMap<[u8; 32], usize>,
    by_subject: HashMap<String, Vec<usize>>,
    by_key_id: HashMap<Vec<u8>, Vec<usize>>,
}

/// A trusted certificate and its provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    certificate: Certificate,
    source: String,
}

impl Anchor {
    /// The certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Where it was taken from, in the words of whoever added it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What a report says about it.
    #[must_use]
    pub fn info(&self) -> AnchorInfo {
        let certificate = &self.certificate;
        AnchorInfo {
            subject: certificate.subject().to_string(),
            country: certificate.country(),
            serial: certificate.serial_hex(),
            fingerprint: certificate.fingerprint_hex(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            source: self.source.clone(),
        }
    }
}

/// What a report says about the anchor that a signer chains to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnchorInfo {
    /// Subject, `C=…, O=…, CN=…`.
    pub subject: String,
    /// Country as the certificate writes it, in upper case.
    pub country: Option<String>,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate in hexadecimal.
    pub fingerprint: String,
    /// First day of validity.
    pub not_before: Date,
    /// Last day of validity.
    pub not_after: Date,
    /// Where the operator took it from.
    pub source: String,
}

/// How many certificates were taken from a source, and why any was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// Certificates that are anchors now and were not before.
    pub taken: usize,
    /// Certificates that were anchors already, byte for byte.
    pub known: usize,
    /// Certificates that were left out; the rest is not affected.
    pub refused: Vec<Refused>,
}

/// A certificate that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// Its place in the source, from 0.
    pub index: usize,
    /// Its subject, where that could be read.
    pub subject: Option<String>,
    /// Why.
    pub reason: Error,
}

impl TrustStore {
    /// A store that trusts nobody.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Trusts the certificates of a file: one in DER, or any number in PEM.
    ///
    /// `source` is kept as provenance and comes back in reports.
    ///
    /// # Errors
    /// For a single certificate the reason why it was not taken: `Malformed`, `Unsupported` for a
    /// key that cannot be used, [`NotAuthentic::NotACsca`]. Of several, those that were not taken
    /// are in [`Loaded::refused`].
    pub fn add_certificate(&mut self, bytes: &[u8], source: &str) -> Result<Loaded> {
        let certificates = if bytes.first() == Some(&0x30) {
            vec![bytes.to_vec()]
        } else {
            certificates_in_pem(bytes)
        };
        if certificates.is_empty() {
            return Err(Error::malformed(0, "a certificate in DER or PEM").in_file("certificate"));
        }
        let mut loaded = Loaded::default();
        for (index, der) in certificates.iter().enumerate() {
            self.add(index, der, source, &mut loaded);
        }
        match (certificates.len(), loaded.refused.pop()) {
            (1, Some(refused)) => Err(refused.reason),
            (_, refused) => {
                loaded.refused.extend(refused);
                Ok(loaded)
            }
        }
    }

    /// Trusts the authorities on a master list [9303-12 §9].
    ///
    /// The list must be signed by a master-list signer whose certificate one of `roots` signed.
    /// `roots` are the operator's own choice; certificates that the list brings along never count
    /// for this, or anybody could make a list. The signer must have been valid on the day of the
    /// signing time, which is signed too.
    ///
    /// Unusable entries are left out and named; the rest is taken.
    ///
    /// # Errors
    /// `Malformed`; [`NotAuthentic::MasterListSignature`]; [`NotAuthentic::UnknownIssuer`] and the
    /// other reasons of a path if the signer does not belong to `roots`. Nothing is taken then.
    pub fn add_master_list(&mut self, cms: &[u8], roots: &Self, source: &str) -> Result<Loaded> {
        const FILE: &str = "master list";
        let list = SignedData::parse(cms).map_err(|error| error.in_file(FILE))?;
        if list.content_type()? != CSCA_MASTER_LIST {
            return Err(Error::Unsupported(Unsupported::Structure(
                "a list that is no CSCA master list",
            )));
        }
        let (signer, verification) = list.verified_signer().map_err(|error| match error {
            Error::NotAuthentic(NotAuthentic::SodSignature) => {
                Error::NotAuthentic(NotAuthentic::MasterListSignature)
            }
            other => other,
        })?;
        let signed_at =
            verification.signing_time.ok_or(Error::malformed(0, "a signing time").in_file(FILE))?;
        find_path(&signer, &[], roots, Purpose::MasterList, signed_at, Budget::default())?
            .check_validity(signed_at)?;

        let entries = list.content().and_then(listed).map_err(|error| error.in_file(FILE))?;
        let mut loaded = Loaded::default();
        for (index, der) in entries.into_iter().enumerate() {
            self.add(index, der, source, &mut loaded);
        }
        Ok(loaded)
    }

    /// Keeps a certificate that may stand on a path and is not trusted by itself: a link certificate of an
    /// authority that changed its key.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for a key that cannot be used.
    pub fn add_intermediate(&mut self, der: &[u8], _source: &str) -> Result<Loaded> {
        self.intermediates.push(Certificate::from_der(der)?);
        Ok(Loaded { taken: 1, ..Loaded::default() })
    }

    /// Takes a list of revoked certificates that an authority of this store signed. Add the authorities first.
    ///
    /// # Errors
    /// `Malformed`; [`NotAuthentic::UnknownIssuer`]; [`NotAuthentic::RevocationListSignature`].
    pub fn add_revocation_list(&mut self, bytes: &[u8], _source: &str) -> Result<Loaded> {
        self.revocation_lists.push(RevocationList::from_der(bytes)?);
        Ok(Loaded { taken: 1, ..Loaded::default() })
    }

    /// Certificates that may stand on a path and are not trusted by themselves.
    pub fn intermediates(&self) -> impl ExactSizeIterator<Item = &Certificate> {
        self.intermediates.iter()
    }

    /// The lists of revoked certificates, in the order in which they were added.
    pub fn revocation_lists(&self) -> impl ExactSizeIterator<Item = &RevocationList> {
        self.revocation_lists.iter()
    }

    /// Everything that is trusted, in the order in which it was added.
    pub fn anchors(&self) -> impl ExactSizeIterator<Item = &Anchor> {
        self.anchors.iter()
    }

    /// How many certificates are trusted.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether nobody is trusted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The anchors that may have signed a certificate: by the issuer's name, and by key identifier.
    pub(crate) fn issuers_of(&self, certificate: &Certificate) -> Vec<&Anchor> {
        let by_name = self.by_subject.get(certificate.issuer().key());
        let by_key_id = certificate.authority_key_id().and_then(|id| self.by_key_id.get(id));
        let mut indexes: Vec<usize> =
            by_name.into_iter().chain(by_key_id).flatten().copied().collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes.into_iter().filter_map(|index| self.anchors.get(index)).collect()
    }

    fn add(&mut self, index: usize, der: &[u8], source: &str, loaded: &mut Loaded) {
        let certificate = match Certificate::from_der(der) {
            Ok(certificate) => certificate,
            Err(reason) => {
                loaded.refused.push(Refused { index, subject: None, reason });
                return;
            }
        };
        if let Err(reason) = certificate.key().and(certificate.may_issue()) {
            let subject = Some(certificate.subject().to_string());
            loaded.refused.push(Refused { index, subject, reason });
            return;
        }
        let place = self.anchors.len();
        if self.by_fingerprint.contains_key(certificate.fingerprint()) {
            loaded.known += 1;
            return;
        }
        self.by_fingerprint.insert(*certificate.fingerprint(), place);
        self.by_subject.entry(certificate.subject().key().to_owned()).or_default().push(place);
        if let Some(id) = certificate.subject_key_id() {
            self.by_key_id.entry(id.to_vec()).or_default().push(place);
        }
        self.anchors.push(Anchor { certificate, source: source.to_owned() });
        loaded.taken += 1;
    }
}

fn certificates_in_pem(text: &[u8]) -> Vec<Vec<u8>> {
    Pem::iter_from_buffer(text)
        .map_while(core::result::Result::ok)
        .filter(|block| block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE")
        .map(|block| block.contents)
        .collect()
}

/// `CscaMasterList ::= SEQUENCE { version INTEGER { v0(0) }, certList SET OF Certificate }`.
fn listed(content: &[u8]) -> Result<Vec<&[u8]>> {
    let mut outer = Reader::new(content);
    let list = outer.expect(0x30, "a master list")?;
    outer.finish()?;
    let mut parts = list.children()?;
    if parts.expect(0x02, "a version")?.value != [0] {
        return Err(Error::Unsupported(Unsupported::Structure("a master list above version 0")));
    }
    let set = parts.expect(0x31, "a set of certificates")?;
    parts.finish()?;
    let mut entries = Vec::new();
    let mut members = set.children()?;
    while let Some(member) = members.next_object()? {
        if entries.len() >= MAX_LISTED {
            return Err(member.error("at most 10000 certificates"));
        }
        entries.push(member.raw);
    }
    Ok(entries)
}
