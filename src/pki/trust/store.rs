//! The store: who is trusted, and what is known beside that.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::anchor::{Anchor, AnchorInfo, KnownSigner};
use super::container::{self, Item};
use super::deviation_list::{DeviationList, ListedDefect};
use super::loaded::{EntryKind, Loaded, Refused};
use super::revocation_lists::Origin;
use crate::crypto::DigestAlgorithm;
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::pki::certificate::Certificate;
use crate::pki::revocation::{RevocationList, VerifiedList};

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
    by_fingerprint: HashMap<[u8; 32], usize>,
    by_subject: HashMap<String, Vec<usize>>,
    by_key_id: HashMap<Vec<u8>, Vec<usize>>,
    intermediates: Vec<Certificate>,
    intermediate_sources: Vec<Arc<str>>,
    signers: Vec<KnownSigner>,
    known_signers: HashSet<[u8; 32]>,
    pub(super) verified_lists: Vec<VerifiedList>,
    /// One for each of these.
    pub(super) list_origins: Vec<Origin>,
    pub(super) deviation_lists: Vec<DeviationList>,
    pub(super) created: Option<Date>,
}

/// Equal are stores that would be saved as the same file.
impl PartialEq for TrustStore {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl TrustStore {
    /// A store that trusts nobody.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Trusts the certificates of a file: one in DER, any number in PEM or PKCS #7. Lists of revoked
    /// certificates beside them are taken as well.
    ///
    /// `source` is kept as provenance and comes back in reports. Other kinds of files, and several files
    /// together: [`assemble`](super::assemble()).
    ///
    /// # Errors
    /// For a single certificate the reason why it was not taken: `Malformed`, `Unsupported` for a
    /// key that cannot be used, [`NotACsca`](crate::error::NotAuthentic::NotACsca). Of several, those that
    /// were not taken are in [`Loaded::refused`].
    pub fn add_certificate(&mut self, bytes: &[u8], source: &str) -> Result<Loaded> {
        let entries = container::entries(bytes)?;
        let source = Arc::from(source);
        let (single, mut loaded, mut lists) = (entries.len() == 1, Loaded::default(), Vec::new());
        for entry in entries {
            match entry {
                Ok(entry) if matches!(entry.item, Item::Anchor { .. }) => {
                    self.add_anchor(entry.index, &entry.der, &source, false, &mut loaded);
                }
                Ok(entry) if entry.item == Item::RevocationList => lists.push(entry),
                Ok(entry) => {
                    let what = Unsupported::Structure("anything but certificates here");
                    let reason = Error::Unsupported(what);
                    let refused = Refused::new(entry.index, entry.item.kind(), reason);
                    loaded.refused.push(refused.named(entry.name));
                }
                Err(refused) => loaded.refused.push(refused),
            }
        }
        for entry in lists {
            self.keep_revocation_list(entry.index, &entry.der, &source, &mut loaded);
        }
        match (single, loaded.refused.pop()) {
            (true, Some(refused)) => Err(refused.reason),
            (_, refused) => {
                loaded.refused.extend(refused);
                Ok(loaded)
            }
        }
    }

    /// Keeps a certificate that may stand on a path and is not trusted by itself: a link certificate of an
    /// authority that changed its key.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for a key that cannot be used; [`NotAuthentic::NotACsca`] for a certificate
    /// that does not say that it is an authority's.
    pub fn add_intermediate(&mut self, der: &[u8], source: &str) -> Result<Loaded> {
        let mut loaded = Loaded::default();
        self.add_intermediate_entry(0, der, &Arc::from(source), &mut loaded);
        match loaded.refused.pop() {
            Some(refused) => Err(refused.reason),
            None => Ok(loaded),
        }
    }

    /// Certificates that may stand on a path and are not trusted by themselves.
    pub fn intermediates(&self) -> impl ExactSizeIterator<Item = &Certificate> {
        self.intermediates.iter()
    }

    pub(super) fn intermediates_with_sources(
        &self,
    ) -> impl Iterator<Item = (&Certificate, &Arc<str>)> {
        self.intermediates.iter().zip(&self.intermediate_sources)
    }

    /// What a report says about the certificates that may stand on a path.
    pub fn intermediate_infos(&self) -> impl Iterator<Item = AnchorInfo> {
        self.intermediates_with_sources().map(|(found, source)| AnchorInfo::of(found, source))
    }

    /// Document signers that a directory published: kept, counted, never trusted by themselves.
    pub fn signers(&self) -> impl ExactSizeIterator<Item = &KnownSigner> {
        self.signers.iter()
    }

    /// The lists of revoked certificates: of each key the newest, and older ones that name something more.
    pub fn revocation_lists(&self) -> impl ExactSizeIterator<Item = &RevocationList> {
        self.verified_lists.iter().map(VerifiedList::list)
    }

    /// The same, each with the key that signed it.
    pub(crate) fn verified_lists(&self) -> &[VerifiedList] {
        &self.verified_lists
    }

    /// The deviation lists.
    pub fn deviation_lists(&self) -> impl ExactSizeIterator<Item = &DeviationList> {
        self.deviation_lists.iter()
    }

    /// What deviation lists of the certificate's own state say about it, or about every document of the
    /// state. Some limit that to documents of a type, a time or certain numbers, see [`ListedDefect`].
    pub fn listed_defects(&self, certificate: &Certificate) -> impl Iterator<Item = &ListedDefect> {
        self.deviation_lists.iter().flat_map(move |list| list.about(certificate))
    }

    /// The day on which the store was put together, where somebody said so.
    #[must_use]
    pub const fn created(&self) -> Option<Date> {
        self.created
    }

    /// Notes the day on which the store was put together; it is saved with it.
    pub const fn set_created(&mut self, day: Date) {
        self.created = Some(day);
    }

    /// Everything that is trusted, in the order in which it was added.
    pub fn anchors(&self) -> impl ExactSizeIterator<Item = &Anchor> {
        self.anchors.iter()
    }

    /// Anchors that share a key: several certificates of one authority, links between its names, or a
    /// certificate that was issued twice.
    #[must_use]
    pub fn anchors_of_one_key(&self) -> Vec<Vec<&Anchor>> {
        let mut by_key: BTreeMap<&[u8; 32], Vec<&Anchor>> = BTreeMap::new();
        for anchor in &self.anchors {
            by_key.entry(anchor.certificate.key_fingerprint()).or_default().push(anchor);
        }
        by_key.into_values().filter(|anchors| anchors.len() > 1).collect()
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
        self.of(by_name, by_key_id)
    }

    /// The anchors that may have signed a list of revoked certificates, likewise.
    pub(super) fn issuers_of_list(&self, list: &RevocationList) -> Vec<&Anchor> {
        let by_key_id = list.authority_key_id().and_then(|id| self.by_key_id.get(id));
        self.of(self.by_subject.get(list.issuer().key()), by_key_id)
    }

    fn of(&self, one: Option<&Vec<usize>>, other: Option<&Vec<usize>>) -> Vec<&Anchor> {
        let mut indexes: Vec<usize> = one.into_iter().chain(other).flatten().copied().collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes.into_iter().filter_map(|index| self.anchors.get(index)).collect()
    }

    /// Those who may vouch for lists: anchors that were given as such, with what may stand between.
    pub(super) fn roots(&self) -> Self {
        let mut roots = Self::empty();
        for anchor in self.anchors.iter().filter(|anchor| !anchor.listed) {
            roots.insert(anchor.clone());
        }
        roots.intermediates.clone_from(&self.intermediates);
        roots.intermediate_sources.clone_from(&self.intermediate_sources);
        roots
    }

    fn insert(&mut self, anchor: Anchor) {
        let (place, certificate) = (self.anchors.len(), &anchor.certificate);
        self.by_fingerprint.insert(*certificate.fingerprint(), place);
        self.by_subject.entry(certificate.subject().key().to_owned()).or_default().push(place);
        if let Some(id) = certificate.subject_key_id() {
            self.by_key_id.entry(id.to_vec()).or_default().push(place);
        }
        self.anchors.push(anchor);
    }

    pub(super) fn add_anchor(
        &mut self,
        index: usize,
        der: &[u8],
        source: &Arc<str>,
        listed: bool,
        loaded: &mut Loaded,
    ) {
        let certificate = match authority(index, der) {
            Ok(certificate) => certificate,
            Err(refused) => return loaded.refused.push(refused),
        };
        if let Some(place) = self.by_fingerprint.get(certificate.fingerprint()) {
            // Whom the operator names, a list cannot take away the right to vouch.
            if let Some(anchor) = self.anchors.get_mut(*place) {
                anchor.listed &= listed;
            }
            loaded.known += 1;
            return;
        }
        self.insert(Anchor { certificate, source: Arc::clone(source), listed });
        loaded.taken += 1;
    }

    pub(super) fn add_intermediate_entry(
        &mut self,
        index: usize,
        der: &[u8],
        source: &Arc<str>,
        loaded: &mut Loaded,
    ) {
        let certificate = match between(index, der) {
            Ok(certificate) => certificate,
            Err(refused) => return loaded.refused.push(refused),
        };
        if self.intermediates.contains(&certificate) {
            loaded.known += 1;
            return;
        }
        self.intermediates.push(certificate);
        self.intermediate_sources.push(Arc::clone(source));
        loaded.intermediates += 1;
    }

    pub(super) fn add_signer(
        &mut self,
        index: usize,
        der: &[u8],
        source: &Arc<str>,
        nonconformity: Option<Box<str>>,
        loaded: &mut Loaded,
    ) {
        let fingerprint = match Certificate::from_der(der) {
            Ok(certificate) => *certificate.fingerprint(),
            Err(reason) => {
                return loaded.refused.push(Refused::new(index, EntryKind::Signer, reason));
            }
        };
        if !self.known_signers.insert(fingerprint) {
            loaded.known += 1;
            return;
        }
        let source = Arc::clone(source);
        self.signers.push(KnownSigner { der: der.into(), fingerprint, source, nonconformity });
        loaded.signers += 1;
    }
}

/// A certificate of an authority whose key can be used. What else may keep it from a path is asked of each path.
fn between(index: usize, der: &[u8]) -> core::result::Result<Certificate, Refused> {
    let refused = |reason| Refused::new(index, EntryKind::Intermediate, reason);
    let not_a_csca = Error::NotAuthentic(NotAuthentic::NotACsca);
    let certificate = Certificate::from_der(der).map_err(refused)?;
    let reason = match certificate.key().and(certificate.may_issue_on_path(false)) {
        Err(error) if certificate.key().is_err() || error == not_a_csca => error,
        _ => return Ok(certificate),
    };
    Err(refused(reason).named(Some(certificate.subject().to_string())))
}

/// A certificate that may sign others, and whose key can be used.
fn authority(index: usize, der: &[u8]) -> core::result::Result<Certificate, Refused> {
    let refused = |reason| Refused::new(index, EntryKind::Anchor, reason);
    let certificate = Certificate::from_der(der).map_err(refused)?;
    match certificate.key().and(certificate.may_issue()) {
        Ok(_) => Ok(certificate),
        Err(reason) => Err(refused(reason).named(Some(certificate.subject().to_string()))),
    }
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    for (out, byte) in digest.iter_mut().zip(DigestAlgorithm::Sha256.digest(bytes)) {
        *out = byte;
    }
    digest
}
