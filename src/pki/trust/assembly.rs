//! One store out of many files, in the order in which they can vouch for each other.
//!
//! ```text
//! 1  certificates that were given, what may stand between, document signers
//! 2  lists, verified by the certificates of 1
//! 3  lists of revoked certificates, signed by an authority of 1 or 2
//! ```

use std::sync::Arc;

use super::bag::{self, Contents};
use super::container::{self, DEVIATION_LIST, Entry, Found, Item, SourceKind};
use super::loaded::{EntryKind, Loaded, Refused};
use super::store::TrustStore;
use super::store_file;
use crate::error::{Error, NotAuthentic, Result};
use crate::seal::{self, SealKey, Sealed};

/// A store, and what came of each file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Assembled {
    /// What can be trusted by these files.
    pub trust: TrustStore,
    /// For each file, in order: what it is, and how many entries were taken and why any was not; or why the
    /// file as a whole was not.
    pub outcomes: Vec<(SourceKind, Result<Loaded>)>,
}

/// Puts a store together from files of any kind: each a name, which is kept as provenance, and its bytes.
///
/// A master list or deviation list counts only if one of the certificates *given as such* vouches for its
/// signer. Neither a certificate inside the list nor one taken from another list will do; a saved store
/// remembers which of its anchors were given.
///
/// With `seal_keys`, a saved store counts only if one of them sealed it. Without, sealed ones are refused: a
/// seal that nobody checks is worth nothing.
///
/// ```
/// let assembled = cccd::pki::assemble([("notes.txt", &b"no certificate"[..])], &[]);
/// assert!(assembled.trust.is_empty());
/// assert!(assembled.outcomes[0].1.is_err());
/// ```
#[must_use]
pub fn assemble<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
    seal_keys: &[SealKey],
) -> Assembled {
    let mut assembly = Assembly::default();
    for (name, bytes) in files {
        assembly.open(name, bytes, seal_keys);
    }
    assembly.finish()
}

#[derive(Default)]
struct Assembly {
    trust: TrustStore,
    files: Vec<File>,
    /// Entries that wait for the certificates.
    lists: Vec<Pending>,
    revocation_lists: Vec<Pending>,
}

struct File {
    kind: SourceKind,
    /// How many entries it has; one that failed alone is the failure of the file.
    entries: usize,
    outcome: Result<Loaded>,
    failed: Option<Error>,
}

struct Pending {
    file: usize,
    entry: Entry,
    source: Arc<str>,
}

impl Assembly {
    /// Takes the certificates of a file, and notes the rest.
    fn open(&mut self, name: &str, bytes: &[u8], seal_keys: &[SealKey]) {
        let kind = SourceKind::of(bytes);
        let entries = match kind {
            SourceKind::Store => self.open_store(bytes, seal_keys),
            _ => container::entries(bytes).map(|entries| {
                let source: Arc<str> = Arc::from(name);
                entries.into_iter().map(|entry| (entry, Arc::clone(&source))).collect()
            }),
        };
        let place = self.files.len();
        let (count, outcome) = match &entries {
            Ok(entries) => (entries.len(), Ok(Loaded::default())),
            Err(error) => (0, Err(error.clone())),
        };
        self.files.push(File { kind, entries: count, outcome, failed: None });
        for (entry, source) in entries.unwrap_or_default() {
            match entry {
                Ok(entry) => self.take(Pending { file: place, entry, source }),
                Err(refused) => self.refuse(place, refused),
            }
        }
    }

    fn open_store(
        &mut self,
        bytes: &[u8],
        seal_keys: &[SealKey],
    ) -> Result<Vec<(Found, Arc<str>)>> {
        let stored = match (seal::is_sealed(bytes), seal_keys) {
            (true, keys @ [_, ..]) => {
                store_file::read(&seal::open(bytes, Sealed::TrustStore, keys)?.0)?
            }
            (false, []) => store_file::read(bytes)?,
            _ => return Err(Error::NotAuthentic(NotAuthentic::Seal)),
        };
        self.trust.created = self.trust.created.max(stored.created);
        Ok(stored.entries.into_iter().map(|(entry, source)| (Ok(entry), source)).collect())
    }

    fn take(&mut self, pending: Pending) {
        let Pending { file, entry: Entry { index, der, .. }, source } = &pending;
        let mut part = Loaded::default();
        match &pending.entry.item {
            Item::Anchor { listed } => {
                self.trust.add_anchor(*index, der, source, *listed, &mut part);
            }
            Item::Intermediate => self.trust.add_intermediate_entry(*index, der, source, &mut part),
            Item::Signer { nonconformity } => {
                self.trust.add_signer(*index, der, source, nonconformity.clone(), &mut part);
            }
            Item::RevocationList => return self.revocation_lists.push(pending),
            Item::Signed => return self.lists.push(pending),
        }
        self.note_single(*file, part, pending.entry.name.as_deref());
    }

    fn finish(mut self) -> Assembled {
        let mut roots = self.trust.roots();
        // A signer of lists can be revoked as well; whose list does not count yet will not count here.
        for Pending { entry, source, .. } in &self.revocation_lists {
            roots.keep_revocation_list(entry.index, &entry.der, source, &mut Loaded::default());
        }
        for Pending { file, entry, source } in core::mem::take(&mut self.lists) {
            let several = self.files.get(file).is_some_and(|file| file.entries > 1);
            let source = match &entry.name {
                Some(name) => format!("{source}: {name}"),
                None => source.to_string(),
            };
            let is_deviations = matches!(
                bag::contents(&entry.der), Ok(Contents::Signed(content)) if content == DEVIATION_LIST
            );
            let (what, outcome) = if is_deviations {
                let outcome = self.trust.add_deviation_list(&entry.der, &roots, &source);
                (EntryKind::DeviationList, outcome)
            } else {
                let outcome = self.trust.add_master_list(&entry.der, &roots, &source);
                (EntryKind::MasterList, outcome)
            };
            match outcome {
                Ok(part) => {
                    let entry_number = format!("entry {}", entry.index);
                    let within = entry.name.as_deref().unwrap_or(&entry_number);
                    self.note(file, part, several.then_some(within));
                }
                Err(reason) => {
                    self.refuse(file, Refused::new(entry.index, what, reason).named(entry.name));
                }
            }
        }
        for Pending { file, entry, source } in core::mem::take(&mut self.revocation_lists) {
            let mut part = Loaded::default();
            self.trust.keep_revocation_list(entry.index, &entry.der, &source, &mut part);
            self.note_single(file, part, entry.name.as_deref());
        }
        let outcomes = self.files.into_iter().map(File::outcome).collect();
        Assembled { trust: self.trust, outcomes }
    }

    /// Adds what came of an entry that is a single certificate or list: refused, it may be all that there was.
    fn note_single(&mut self, file: usize, mut part: Loaded, name: Option<&str>) {
        for refused in &mut part.refused {
            refused.subject = refused.subject.take().or_else(|| name.map(str::to_owned));
        }
        if let Some(file) = self.files.get_mut(file)
            && let ([refused], 1) = (part.refused.as_slice(), file.entries)
        {
            file.failed = Some(refused.reason.clone());
        }
        self.note(file, part, None);
    }

    /// Adds what came of an entry to its file; what was refused inside a list lies `within` that entry.
    fn note(&mut self, file: usize, part: Loaded, within: Option<&str>) {
        let Some(file) = self.files.get_mut(file) else { return };
        if let Ok(loaded) = &mut file.outcome {
            loaded.absorb(part, within);
        }
    }

    fn refuse(&mut self, file: usize, refused: Refused) {
        self.note_single(file, Loaded { refused: vec![refused], ..Loaded::default() }, None);
    }
}

impl File {
    fn outcome(self) -> (SourceKind, Result<Loaded>) {
        let alone = !matches!(self.kind, SourceKind::Directory | SourceKind::Store);
        match (self.outcome, self.failed) {
            (Ok(_), Some(reason)) if alone => (self.kind, Err(reason)),
            (outcome, _) => (self.kind, outcome),
        }
    }
}
