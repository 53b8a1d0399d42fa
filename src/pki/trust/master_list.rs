//! Master lists [9303-12 §9]: authorities that a state vouches for.

use std::sync::Arc;

use super::container::CSCA_MASTER_LIST;
use super::loaded::Loaded;
use super::signed_list::{self, Kind};
use super::store::TrustStore;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::pki::certificate::Purpose;
use crate::tlv::Reader;

const KIND: Kind = Kind {
    file: "master list",
    content_type: CSCA_MASTER_LIST,
    another: "a list that is no CSCA master list",
    signature: NotAuthentic::MasterListSignature,
    purpose: Purpose::MasterList,
};
/// The largest lists have about six hundred.
const MAX_LISTED: usize = 10_000;

impl TrustStore {
    /// Trusts the authorities on a master list [9303-12 §9].
    ///
    /// The list must be signed by a master-list signer whom one of `roots` vouches for, over link
    /// certificates if need be. `roots` are the operator's own choice; certificates that the list brings
    /// along never count for this, or anybody could make a list. The signer must have been valid on the day
    /// of the signing time, which is signed too.
    ///
    /// Unusable entries are left out and named; the rest is taken. Link certificates on the list become
    /// anchors like the others.
    ///
    /// # Errors
    /// `Malformed`; [`NotAuthentic::MasterListSignature`]; [`NotAuthentic::UnknownIssuer`] and the
    /// other reasons of a path if the signer does not belong to `roots`. Nothing is taken then.
    pub fn add_master_list(&mut self, cms: &[u8], roots: &Self, source: &str) -> Result<Loaded> {
        let list = signed_list::verify(cms, &KIND, roots)?.list;
        let entries = list.content().and_then(listed).map_err(|error| error.in_file(KIND.file))?;
        let (source, mut loaded) = (Arc::from(source), Loaded::default());
        for (index, der) in entries.into_iter().enumerate() {
            self.add_anchor(index, der, &source, true, &mut loaded);
        }
        Ok(loaded)
    }
}

/// `CscaMasterList ::= SEQUENCE { version INTEGER { v0(0) }, certList SET OF Certificate }`.
pub(super) fn listed(content: &[u8]) -> Result<Vec<&[u8]>> {
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
