use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::list::DigestList;
use super::signer_findings::{Signer, SignerFindings};
use crate::crypto::{Arrived, DigestAlgorithm};
use crate::error::{Error, NotAuthentic, Result};
use crate::pki::AnchorInfo;
use crate::sensitive::Personal;

/// Proof that an issuer which the policy accepts signed this list of digests.
///
/// Only [`Examination::accept`](super::Examination::accept) makes one. The groups that were admitted
/// before or since belong to it; [`SignedDigests::complete`] asks whether any is missing.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedDigests {
    list: DigestList,
    signer: Arc<SignerFindings>,
}

impl SignedDigests {
    pub(super) const fn new(list: DigestList, signer: Arc<SignerFindings>) -> Self {
        Self { list, signer }
    }

    /// The numbers of the groups that were signed, ascending. This list, not EF.COM, says what exists.
    pub fn groups(&self) -> impl Iterator<Item = u8> {
        self.list.security_object().groups()
    }

    /// How the digests were made.
    #[must_use]
    pub const fn digest_algorithm(&self) -> DigestAlgorithm {
        self.list.security_object().digest_algorithm()
    }

    /// Who signed.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        self.signer.signer()
    }

    /// The anchor that the signer chains to; `None` only if the policy allowed an unknown issuer.
    #[must_use]
    pub fn anchor(&self) -> Option<&AnchorInfo> {
        self.signer.path().ok()
    }

    /// Whether a group's bytes, as they were read, are those that were signed.
    ///
    /// # Errors
    /// [`NotAuthentic::GroupNotSigned`], [`NotAuthentic::DigestMismatch`].
    pub fn check(&self, group: u8, raw: &[u8]) -> Result<()> {
        self.list.check(group, raw)
    }

    /// As [`SignedDigests::check`], and keeps the group: it is hashed once, as it arrives.
    ///
    /// # Errors
    /// As [`SignedDigests::check`].
    pub fn admit(&mut self, group: u8, raw: Personal<Vec<u8>>) -> Result<()> {
        self.list.admit(group, raw)
    }

    /// As [`SignedDigests::admit`], with the digest that was made while the file arrived.
    pub(crate) fn admit_arrived(&mut self, group: u8, file: Arrived) -> Result<()> {
        self.list.admit_arrived(group, file)
    }

    /// A group that was admitted.
    #[must_use]
    pub fn group(&self, number: u8) -> Option<&[u8]> {
        self.list.groups().get(&number).map(|raw| raw.reveal().as_slice())
    }

    /// The signed digest of a group.
    #[must_use]
    pub fn digest(&self, group: u8) -> Option<&[u8]> {
        self.list.security_object().digest(group)
    }

    /// All groups that were admitted, by number.
    pub(crate) const fn admitted(&self) -> &BTreeMap<u8, Personal<Vec<u8>>> {
        self.list.groups()
    }

    /// Binds the groups that were admitted to the signature: no signed group may be missing.
    ///
    /// `excused` are signed groups that may be missing:
    /// those that Extended Access Control protects (DG3, DG4) and those that the caller does not
    /// want. Never excuse DG14 or DG15: a copied chip would withhold exactly these.
    ///
    /// # Errors
    /// [`NotAuthentic::GroupWithheld`].
    pub fn complete(self, excused: &BTreeSet<u8>) -> Result<Authenticated> {
        self.list.require_all_but(excused)?;
        Ok(Authenticated { signed: self })
    }

    /// [Admits](SignedDigests::admit) groups, by number, and [binds](SignedDigests::complete) them.
    ///
    /// # Errors
    /// [`NotAuthentic::DigestMismatch`], [`NotAuthentic::GroupNotSigned`],
    /// [`NotAuthentic::GroupWithheld`].
    pub fn authenticate(
        mut self,
        groups: BTreeMap<u8, Personal<Vec<u8>>>,
        excused: &BTreeSet<u8>,
    ) -> Result<Authenticated> {
        for (group, raw) in groups {
            self.admit(group, raw)?;
        }
        self.complete(excused)
    }
}

impl fmt::Debug for SignedDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedDigests")
            .field("list", &self.list)
            .field("anchor", &self.anchor())
            .finish_non_exhaustive()
    }
}

/// Groups whose every byte an issuer signed, with the proof.
///
/// Only [`SignedDigests::complete`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    signed: SignedDigests,
}

impl Authenticated {
    /// The raw bytes of a group; `None` if it was excused or does not exist.
    #[must_use]
    pub fn group(&self, number: u8) -> Option<&[u8]> {
        self.signed.group(number)
    }

    /// The raw bytes of a group that the caller cannot do without.
    ///
    /// # Errors
    /// [`NotAuthentic::GroupNotSigned`] if it is not here.
    pub fn require(&self, number: u8) -> Result<&[u8]> {
        let missing = NotAuthentic::GroupNotSigned { group: number };
        self.group(number).ok_or(Error::NotAuthentic(missing))
    }

    /// The numbers of the groups that are here, ascending.
    pub fn groups(&self) -> impl Iterator<Item = u8> {
        self.signed.admitted().keys().copied()
    }

    /// The signed list that the groups were checked against.
    #[must_use]
    pub const fn signed(&self) -> &SignedDigests {
        &self.signed
    }
}
