use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use subtle::ConstantTimeEq as _;

use crate::crypto::{Arrived, DigestAlgorithm};
use crate::error::{Error, NotAuthentic, Result};
use crate::lds::LdsSecurityObject;
use crate::sensitive::Personal;

/// The list of digests in an EF.SOD, and the groups that were found to match it so far: each is hashed once,
/// as it arrives.
///
/// Whether anybody signed the list is not known here.
#[derive(Clone, PartialEq, Eq)]
pub struct DigestList {
    security_object: LdsSecurityObject,
    groups: BTreeMap<u8, Personal<Vec<u8>>>,
}

impl DigestList {
    pub(super) const fn new(security_object: LdsSecurityObject) -> Self {
        Self { security_object, groups: BTreeMap::new() }
    }

    /// The list.
    #[must_use]
    pub const fn security_object(&self) -> &LdsSecurityObject {
        &self.security_object
    }

    pub(super) fn check(&self, group: u8, raw: &[u8]) -> Result<()> {
        self.compare(group, |algorithm| algorithm.digest(raw))
    }

    fn compare(&self, group: u8, found: impl FnOnce(DigestAlgorithm) -> Vec<u8>) -> Result<()> {
        let listed = self.security_object.digest(group);
        let listed = listed.ok_or(Error::NotAuthentic(NotAuthentic::GroupNotSigned { group }))?;
        let found = found(self.security_object.digest_algorithm());
        if bool::from(found.ct_eq(listed)) {
            Ok(())
        } else {
            Err(Error::NotAuthentic(NotAuthentic::DigestMismatch { group }))
        }
    }

    /// As [`DigestList::admit`], with the digest that was made while the file arrived.
    pub(super) fn admit_arrived(&mut self, group: u8, file: Arrived) -> Result<()> {
        self.compare(group, |algorithm| file.digest(algorithm))?;
        self.groups.insert(group, Personal::new(file.into_bytes()));
        Ok(())
    }

    pub(super) fn admit(&mut self, group: u8, raw: Personal<Vec<u8>>) -> Result<()> {
        self.check(group, raw.reveal())?;
        self.groups.insert(group, raw);
        Ok(())
    }

    pub(super) const fn groups(&self) -> &BTreeMap<u8, Personal<Vec<u8>>> {
        &self.groups
    }

    /// Fails if a group on the list is neither here nor excused.
    pub(super) fn require_all_but(&self, excused: &BTreeSet<u8>) -> Result<()> {
        let present = |group: &u8| self.groups.contains_key(group) || excused.contains(group);
        match self.security_object.groups().find(|group| !present(group)) {
            Some(group) => Err(Error::NotAuthentic(NotAuthentic::GroupWithheld { group })),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for DigestList {
    /// Without the digests: the one of DG1 can be guessed from printed data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DigestList")
            .field("security_object", &self.security_object)
            .field("groups", &self.groups.keys())
            .finish()
    }
}
