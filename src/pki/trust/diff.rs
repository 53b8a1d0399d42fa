//! What changed between two stores.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::anchor::AnchorInfo;
use super::deviation_list::DeviationList;
use super::store::TrustStore;
use crate::date::Date;
use crate::pki::certificate::hex;
use crate::pki::revocation::RevocationList;

/// What one store has and another has not. Certificates are told apart by their SHA-256, lists of revoked
/// ones by the key of their authority.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustDiff {
    /// Anchors of the new store alone.
    pub added: Vec<AnchorInfo>,
    /// Anchors of the old store alone.
    pub removed: Vec<AnchorInfo>,
    /// Certificates that may stand on a path, of the new store alone.
    pub intermediates_added: Vec<AnchorInfo>,
    /// Certificates that may stand on a path, of the old store alone.
    pub intermediates_removed: Vec<AnchorInfo>,
    /// How many document signers are in the new store alone.
    pub signers_added: usize,
    /// How many document signers are in the old store alone.
    pub signers_removed: usize,
    /// Authorities whose list of revoked certificates is another one, or is there only once.
    pub revocation_lists: Vec<ListChange>,
    /// States whose deviation list is another one, with the days of signing, the old one first.
    pub deviation_lists: Vec<(Option<String>, Option<Date>, Option<Date>)>,
}

/// How an authority's list of revoked certificates changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListChange {
    /// Subject of the authority.
    pub authority: String,
    /// Number (in hexadecimal, where there is one) and day of issue of the old store's list.
    pub old: Option<(Option<String>, Date)>,
    /// The same of the new store's list.
    pub new: Option<(Option<String>, Date)>,
}

impl TrustDiff {
    /// Whether the stores hold the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl TrustStore {
    /// What changed from an old store to a new one. Provenance does not count.
    #[must_use]
    pub fn diff(old: &Self, new: &Self) -> TrustDiff {
        let (old_signers, new_signers) = (signers(old), signers(new));
        let (old_intermediates, new_intermediates) = (intermediates(old), intermediates(new));
        TrustDiff {
            added: only(anchors(new), &anchors(old)),
            removed: only(anchors(old), &anchors(new)),
            intermediates_added: only(new_intermediates.clone(), &old_intermediates),
            intermediates_removed: only(old_intermediates, &new_intermediates),
            signers_added: new_signers.difference(&old_signers).count(),
            signers_removed: old_signers.difference(&new_signers).count(),
            revocation_lists: revocation_lists(old, new),
            deviation_lists: deviation_lists(old, new),
        }
    }
}

type Infos = BTreeMap<String, AnchorInfo>;

fn anchors(store: &TrustStore) -> Infos {
    store.anchors().map(|anchor| (anchor.certificate().fingerprint_hex(), anchor.info())).collect()
}

fn intermediates(store: &TrustStore) -> Infos {
    store.intermediate_infos().map(|info| (info.fingerprint.clone(), info)).collect()
}

fn signers(store: &TrustStore) -> HashSet<&[u8; 32]> {
    store.signers().map(super::KnownSigner::fingerprint).collect()
}

fn only(some: Infos, others: &Infos) -> Vec<AnchorInfo> {
    some.into_iter()
        .filter(|(fingerprint, _)| !others.contains_key(fingerprint))
        .map(|(_, info)| info)
        .collect()
}

fn revocation_lists(old: &TrustStore, new: &TrustStore) -> Vec<ListChange> {
    fn of(store: &TrustStore) -> BTreeMap<(&str, &[u8; 32]), &RevocationList> {
        store
            .kept_revocation_lists()
            .filter(|kept| !kept.is_superseded())
            .map(|kept| ((kept.authority(), kept.key()), kept.list()))
            .collect()
    }
    let number = |list: &&RevocationList| (list.number().map(hex), list.this_update());
    let (old, new) = (of(old), of(new));
    let authorities: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    authorities
        .into_iter()
        .filter(|key| {
            let (old, new) = (old.get(*key).copied(), new.get(*key).copied());
            old.map(RevocationList::as_der) != new.map(RevocationList::as_der)
        })
        .map(|key| ListChange {
            authority: key.0.to_owned(),
            old: old.get(key).map(number),
            new: new.get(key).map(number),
        })
        .collect()
}

fn deviation_lists(
    old: &TrustStore,
    new: &TrustStore,
) -> Vec<(Option<String>, Option<Date>, Option<Date>)> {
    let of = |store: &TrustStore| -> BTreeMap<Option<String>, (Vec<u8>, Date)> {
        let entry = |list: &DeviationList| {
            (list.country().map(str::to_owned), (list.cms.clone(), list.signed_at()))
        };
        store.deviation_lists().map(entry).collect()
    };
    let (old, new) = (of(old), of(new));
    let states: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    states
        .into_iter()
        .filter(|state| old.get(*state) != new.get(*state))
        .map(|state| {
            let day = |store: &BTreeMap<_, (Vec<u8>, Date)>| store.get(state).map(|list| list.1);
            (state.clone(), day(&old), day(&new))
        })
        .collect()
}
