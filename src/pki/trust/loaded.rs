//! What came of reading a source of trust.

use crate::error::Error;

/// How many entries were taken from a source, and why any was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// Certificates that are anchors now and were not before.
    pub taken: usize,
    /// Entries that the store had already, byte for byte.
    pub known: usize,
    /// Certificates that may stand on a path and are not trusted by themselves.
    pub intermediates: usize,
    /// Document signers that were kept; they are never trusted by themselves.
    pub signers: usize,
    /// Lists of revoked certificates that are in the store now.
    pub revocation_lists: usize,
    /// Lists of revoked certificates that went because a newer one of the same key is here, whichever came first.
    pub outdated: usize,
    /// Deviation lists that are in the store now.
    pub deviation_lists: usize,
    /// Entries that were left out; the rest is not affected.
    pub refused: Vec<Refused>,
}

impl Loaded {
    /// Adds what came of a part. Entries that it refused lie `within` that part.
    pub(super) fn absorb(&mut self, part: Self, within: Option<&str>) {
        self.taken += part.taken;
        self.known += part.known;
        self.intermediates += part.intermediates;
        self.signers += part.signers;
        self.revocation_lists += part.revocation_lists;
        self.outdated += part.outdated;
        self.deviation_lists += part.deviation_lists;
        self.refused.extend(part.refused.into_iter().map(|mut refused| {
            refused.within = refused.within.or_else(|| within.map(str::to_owned));
            refused
        }));
    }
}

/// What an entry of a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// The certificate of an authority, to be trusted.
    Anchor,
    /// A certificate that may stand on a path.
    Intermediate,
    /// The certificate of a document signer.
    Signer,
    /// A list of revoked certificates.
    RevocationList,
    /// A master list.
    MasterList,
    /// A deviation list, or an entry of one.
    DeviationList,
    /// It could not be told.
    Unknown,
}

impl EntryKind {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anchor => "anchor",
            Self::Intermediate => "intermediate",
            Self::Signer => "signer",
            Self::RevocationList => "revocation_list",
            Self::MasterList => "master_list",
            Self::DeviationList => "deviation_list",
            Self::Unknown => "unknown",
        }
    }
}

/// An entry that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// Its place in the source, or in the list that `within` names, from 0.
    pub index: usize,
    /// What it is, or should be.
    pub kind: EntryKind,
    /// Its subject, or its name in a directory, where that could be read.
    pub subject: Option<String>,
    /// The entry of the source that holds the list in which it stands, where there are several.
    pub within: Option<String>,
    /// Why.
    pub reason: Error,
}

impl Refused {
    pub(super) const fn new(index: usize, kind: EntryKind, reason: Error) -> Self {
        Self { index, kind, subject: None, within: None, reason }
    }

    pub(super) fn named(mut self, subject: Option<String>) -> Self {
        self.subject = subject;
        self
    }
}
