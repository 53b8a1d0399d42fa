use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use subtle::ConstantTimeEq as _;

use crate::crypto::DigestAlgorithm;
use crate::error::{Error, NotAuthentic, Result};
use crate::lds::LdsSecurityObject;
use crate::pki::AnchorInfo;
use crate::sensitive::Personal;

use super::examination::Signer;

/// Proof that an issuer which the policy accepts signed this list of digests.
///
/// Only [`Examination::accept`](super::Examination::accept) makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedDigests {
    security_object: LdsSecurityObject,
    signer: Signer,
    anchor: Option<AnchorInfo>,
}

impl SignedDigests {
    pub(super) const fn new(
        security_object: LdsSecurityObject,
        signer: Signer,
        anchor: Option<AnchorInfo>,
    ) -> Self {
        Self { security_object, signer, anchor }
    }

    /// The numbers of the groups that were signed, ascending. This list, not EF.COM, says what exists.
    pub fn groups(&self) -> impl Iterator<Item = u8> {
        self.security_object.groups()
    }

    /// How the digests were made.
    #[must_use]
    pub const fn digest_algorithm(&self) -> DigestAlgorithm {
        self.security_object.digest_algorithm()
    }

    /// Who signed.
    #[must_use]
    pub const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The anchor that the signer chains to; `None` only if the policy allowed an unknown issuer.
    #[must_use]
    pub const fn anchor(&self) -> Option<&AnchorInfo> {
        self.anchor.as_ref()
    }

    /// Whether a group's bytes, as they were read, are those that were signed.
    ///
    /// # Errors
    /// [`NotAuthentic::GroupNotSigned`], [`NotAuthentic::DigestMismatch`].
    pub fn check(&self, group: u8, raw: &[u8]) -> Result<()> {
        check_digest(&self.security_object, group, raw)
    }

    /// Binds groups to the signature: each must match, and no signed group may be missing.
    ///
    /// `groups` are the raw files by group number. `excused` are signed groups that may be missing:
    /// those that Extended Access Control protects (DG3, DG4) and those that the caller does not
    /// want. Never excuse DG14 or DG15: a copied chip would withhold exactly these.
    ///
    /// # Errors
    /// [`NotAuthentic::DigestMismatch`], [`NotAuthentic::GroupNotSigned`],
    /// [`NotAuthentic::GroupWithheld`].
    pub fn authenticate(
        self,
        groups: BTreeMap<u8, Personal<Vec<u8>>>,
        excused: &BTreeSet<u8>,
    ) -> Result<Authenticated> {
        for (group, raw) in &groups {
            self.check(*group, raw.reveal())?;
        }
        for group in self.groups() {
            if !groups.contains_key(&group) && !excused.contains(&group) {
                return Err(Error::NotAuthentic(NotAuthentic::GroupWithheld { group }));
            }
        }
        Ok(Authenticated { groups, signed: self })
    }
}

/// Compares a group's bytes with the digest that a list gives for it, signed or not.
pub(super) fn check_digest(list: &LdsSecurityObject, group: u8, raw: &[u8]) -> Result<()> {
    let listed =
        list.digest(group).ok_or(Error::NotAuthentic(NotAuthentic::GroupNotSigned { group }))?;
    let found = list.digest_algorithm().digest(raw);
    if bool::from(found.ct_eq(listed)) {
        Ok(())
    } else {
        Err(Error::NotAuthentic(NotAuthentic::DigestMismatch { group }))
    }
}

impl fmt::Debug for SignedDigests {
    /// Without the digests: the one of DG1 can be guessed from printed data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedDigests")
            .field("security_object", &self.security_object)
            .field("anchor", &self.anchor)
            .finish_non_exhaustive()
    }
}

/// Groups whose every byte an issuer signed, with the proof.
///
/// Only [`SignedDigests::authenticate`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    groups: BTreeMap<u8, Personal<Vec<u8>>>,
    signed: SignedDigests,
}

impl Authenticated {
    /// The raw bytes of a group; `None` if it was excused or does not exist.
    #[must_use]
    pub fn group(&self, number: u8) -> Option<&[u8]> {
        self.groups.get(&number).map(|raw| raw.reveal().as_slice())
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
        self.groups.keys().copied()
    }

    /// The signed list that the groups were checked against.
    #[must_use]
    pub const fn signed(&self) -> &SignedDigests {
        &self.signed
    }
}
