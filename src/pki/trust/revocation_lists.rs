//! Lists of revoked certificates in the store: whose they are, and which of several counts.

use std::collections::HashMap;
use std::sync::Arc;

use super::container::{self, Item};
use super::loaded::{EntryKind, Loaded, Refused};
use super::store::TrustStore;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::pki::certificate::{Certificate, hex};
use crate::pki::revocation::{RevocationList, VerifiedList};

/// Authorities of one name that are tried; many keep their name when they change their key.
const MAX_TRIED: usize = 64;

/// A list of revoked certificates with the authority whose key signed it, and its provenance.
#[derive(Debug, Clone, Copy)]
pub struct KeptList<'a> {
    verified: &'a VerifiedList,
    origin: &'a Origin,
    superseded: bool,
}

/// What is kept beside a list.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    authority: String,
    country: Option<String>,
    source: Arc<str>,
}

impl<'a> KeptList<'a> {
    /// The list.
    #[must_use]
    pub const fn list(&self) -> &'a RevocationList {
        self.verified.list()
    }

    /// Subject of the authority that signed it.
    #[must_use]
    pub fn authority(&self) -> &'a str {
        &self.origin.authority
    }

    /// Country of that authority.
    #[must_use]
    pub fn country(&self) -> Option<&'a str> {
        self.origin.country.as_deref()
    }

    /// Its number in hexadecimal, where stated.
    #[must_use]
    pub fn number_hex(&self) -> Option<String> {
        self.list().number().map(hex)
    }

    /// Where it was taken from.
    #[must_use]
    pub fn source(&self) -> &'a str {
        &self.origin.source
    }

    /// Whether a newer list of the same key is here; this one stays for what the newer one has dropped.
    #[must_use]
    pub const fn is_superseded(&self) -> bool {
        self.superseded
    }

    /// Whether this authority's key signed it.
    #[must_use]
    pub fn is_of(&self, authority: &Certificate) -> bool {
        authority.key_fingerprint() == self.key()
    }

    pub(super) const fn key(&self) -> &'a [u8; 32] {
        self.verified.key()
    }
}

/// By number, which authorities count upwards (RFC 5280 §5.2.3), else or with the same one by the day of issue.
fn is_newer(this: &RevocationList, that: &RevocationList) -> bool {
    match (this.number(), that.number()) {
        (Some(one), Some(two)) if one != two => (one.len(), one) > (two.len(), two),
        _ => this.this_update() > that.this_update(),
    }
}

impl TrustStore {
    /// The lists of revoked certificates with their provenance.
    pub fn kept_revocation_lists(&self) -> impl ExactSizeIterator<Item = KeptList<'_>> {
        let mut newest: HashMap<&[u8; 32], &RevocationList> = HashMap::new();
        for verified in &self.verified_lists {
            let best = newest.entry(verified.key()).or_insert(verified.list());
            if is_newer(verified.list(), best) {
                *best = verified.list();
            }
        }
        let kept = self.verified_lists.iter().zip(&self.list_origins);
        kept.map(move |(verified, origin)| {
            let best = newest.get(verified.key());
            let superseded = best.is_some_and(|best| is_newer(best, verified.list()));
            KeptList { verified, origin, superseded }
        })
    }

    /// Takes lists of revoked certificates, one in DER or any number in PEM, that authorities of this store
    /// signed. Add the authorities first. Of each key the newest list is kept, and an older one that names
    /// something more.
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
        let issuer = list.issuer().to_string();
        match self.verified(list) {
            Ok((verified, authority, country)) => {
                let origin = Origin { authority, country, source: Arc::clone(source) };
                self.keep(verified, origin, loaded);
            }
            Err(reason) => loaded.refused.push(refused(reason).named(Some(issuer))),
        }
    }

    /// A newer list takes the place of an older one that names nothing more. One that does stays beside it:
    /// an issuer may drop what has expired (RFC 5280 §3.3), and that takes no revocation back.
    fn keep(&mut self, new: VerifiedList, origin: Origin, loaded: &mut Loaded) {
        let of_this_key: Vec<_> = self
            .verified_lists
            .iter()
            .map(|kept| (kept.key() == new.key()).then(|| kept.list()))
            .collect();
        let list = new.list();
        if of_this_key.iter().flatten().any(|kept| kept.as_der() == list.as_der()) {
            loaded.known += 1;
            return;
        }
        let replaces = |newer: &RevocationList, older: &RevocationList| {
            !is_newer(older, newer) && newer.names_all_of(older)
        };
        if of_this_key.iter().flatten().any(|kept| !is_newer(list, kept) && replaces(kept, list)) {
            loaded.outdated += 1;
            return;
        }
        let stays: Vec<_> = of_this_key
            .iter()
            .map(|kept| kept.is_none_or(|kept| !(is_newer(list, kept) && replaces(list, kept))))
            .collect();
        loaded.outdated += stays.iter().filter(|stays| !**stays).count();
        loaded.revocation_lists += 1;
        let mut stay = stays.iter();
        self.verified_lists.retain(|_| stay.next() != Some(&false));
        let mut stay = stays.iter();
        self.list_origins.retain(|_| stay.next() != Some(&false));
        self.verified_lists.push(new);
        self.list_origins.push(origin);
    }

    /// The list with the key that signed it: that of an authority of the list's issuer.
    fn verified(&self, list: RevocationList) -> Result<(VerifiedList, String, Option<String>)> {
        let meant = |authority: &Certificate| {
            let key_id = list.authority_key_id();
            key_id.is_some() && authority.subject_key_id() == key_id
        };
        let named = self.issuers_of_list(&list).into_iter().map(super::Anchor::certificate);
        let mut candidates: Vec<_> = named.chain(self.intermediates()).collect();
        candidates.sort_by_key(|authority| !meant(authority));
        let untold = list.authority_key_id().is_none();
        let mut failure = NotAuthentic::UnknownIssuer;
        for authority in candidates.into_iter().take(MAX_TRIED) {
            match list.verify_signed_by(authority) {
                Ok(()) => {
                    let (subject, country) = (authority.subject().to_string(), authority.country());
                    return Ok((list.verified_by(authority)?, subject, country));
                }
                // Of one name, but perhaps of a key that is not here: only the key that is named can accuse.
                Err(Error::NotAuthentic(why)) if meant(authority) || untold => {
                    if why != NotAuthentic::UnknownIssuer {
                        failure = why;
                    }
                }
                Err(Error::NotAuthentic(_)) => {}
                Err(other) if meant(authority) => return Err(other),
                Err(_) => {}
            }
        }
        Err(Error::NotAuthentic(failure))
    }
}
