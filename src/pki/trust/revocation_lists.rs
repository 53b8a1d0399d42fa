//! Lists of revoked certificates in the store: whose they are, and which of several counts.

use std::sync::Arc;

use super::container::{self, Item};
use super::loaded::{EntryKind, Loaded, Refused};
use super::store::{TrustStore, sha256};
use crate::crypto::PublicKey;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::pki::certificate::Certificate;
use crate::pki::revocation::RevocationList;

/// Authorities of one name that are tried; many keep their name when they change their key.
const MAX_TRIED: usize = 64;

/// A list of revoked certificates, the authority whose key signed it, and its provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptList {
    list: RevocationList,
    key: PublicKey,
    authority: String,
    country: Option<String>,
    pub(super) source: Arc<str>,
}

impl KeptList {
    /// The list.
    #[must_use]
    pub const fn list(&self) -> &RevocationList {
        &self.list
    }

    /// Subject of the authority that signed it.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Country of that authority.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// Where it was taken from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether this authority's key signed it.
    #[must_use]
    pub fn is_of(&self, authority: &Certificate) -> bool {
        authority.key() == Ok(&self.key)
    }

    /// What tells authorities apart in a comparison: the name alone does not.
    pub(super) fn authority_and_key(&self) -> (&str, String) {
        (&self.authority, format!("{:?}", self.key))
    }

    /// By number, which authorities count upwards (RFC 5280 §5.2.3), else by the day of issue.
    fn is_newer_than(&self, other: &Self) -> bool {
        let (this, that) = (&self.list, &other.list);
        match (this.number(), that.number()) {
            (Some(one), Some(two)) => (one.len(), one) > (two.len(), two),
            _ => this.this_update() > that.this_update(),
        }
    }
}

impl TrustStore {
    /// Takes lists of revoked certificates, one in DER or any number in PEM, that authorities of this store
    /// signed. Add the authorities first. The newest list of each key is kept.
    ///
    /// # Errors
    /// For a single list the reason why it was not taken: `Malformed`;
    /// [`NotAuthentic::UnknownIssuer`]; [`NotAuthentic::RevocationListSignature`]. Of several, those that
    /// were not taken are in [`Loaded::refused`].
    pub fn add_revocation_list(&mut self, bytes: &[u8], source: &str) -> Result<Loaded> {
        let entries = container::entries(bytes)?;
        let (single, source, mut loaded) =
            (entries.len() == 1, Arc::from(source), Loaded::default());
        for entry in entries {
            match entry {
                Ok(entry) if entry.item == Item::RevocationList => {
                    self.keep_revocation_list(entry.index, &entry.der, &source, &mut loaded);
                }
                Ok(entry) => {
                    let what = Unsupported::Structure("anything but lists of revoked ones here");
                    let reason = Error::Unsupported(what);
                    loaded.refused.push(Refused::new(entry.index, entry.item.kind(), reason));
                }
                Err(refused) => loaded.refused.push(refused),
            }
        }
        match (single, loaded.refused.pop()) {
            (true, Some(refused)) => Err(refused.reason),
            (_, refused) => {
                loaded.refused.extend(refused);
                Ok(loaded)
            }
        }
    }

    pub(super) fn keep_revocation_list(
        &mut self,
        index: usize,
        der: &[u8],
        source: &Arc<str>,
        loaded: &mut Loaded,
    ) {
        let refused = |reason| Refused::new(index, EntryKind::RevocationList, reason);
        let list = match RevocationList::from_der(der) {
            Ok(list) => list,
            Err(reason) => return loaded.refused.push(refused(reason)),
        };
        match self.authority_of(&list) {
            Ok((key, authority, country)) => {
                let source = Arc::clone(source);
                self.keep(KeptList { list, key, authority, country, source }, loaded);
            }
            Err(reason) => {
                let issuer = Some(list.issuer().to_string());
                loaded.refused.push(refused(reason).named(issuer));
            }
        }
    }

    fn keep(&mut self, new: KeptList, loaded: &mut Loaded) {
        match self.revocation_lists.iter_mut().find(|kept| kept.key == new.key) {
            Some(kept) if kept.list.as_der() == new.list.as_der() => loaded.known += 1,
            Some(kept) if !new.is_newer_than(kept) => loaded.outdated += 1,
            Some(kept) => {
                *kept = new;
                loaded.outdated += 1;
                loaded.revocation_lists += 1;
            }
            None => {
                self.revocation_lists.push(new);
                loaded.revocation_lists += 1;
            }
        }
    }

    /// The authority of this name whose key signed the list.
    fn authority_of(&self, list: &RevocationList) -> Result<(PublicKey, String, Option<String>)> {
        let (name, key_id) = (list.issuer(), list.authority_key_id());
        let meant = |authority: &Certificate| {
            key_id.is_some() && authority.subject_key_id() == key_id
        };
        let named = self.named(name.key()).into_iter().map(super::Anchor::certificate);
        let between = self.intermediates().filter(|found| found.subject() == name);
        let mut candidates: Vec<_> = named.chain(between).collect();
        candidates.sort_by_key(|authority| !meant(authority));
        let mut failure = NotAuthentic::UnknownIssuer;
        for authority in candidates.into_iter().take(MAX_TRIED) {
            if list.verify_signed_by(authority).is_ok() {
                let key = authority.key()?.clone();
                return Ok((key, authority.subject().to_string(), authority.country()));
            }
            // Of one name, but perhaps of a key that is not here: only the key named can accuse.
            if meant(authority) || key_id.is_none() {
                failure = NotAuthentic::RevocationListSignature;
            }
        }
        Err(Error::NotAuthentic(failure))
    }
}
