//! What a file of trust is, told by its contents and never by its name.

use super::bag::{self, Contents};
use super::loaded::{EntryKind, Refused};
use super::{ldif, pem, store_file};
use crate::error::{Error, Result};
use crate::pki::ber;
use crate::pki::certificate::Certificate;
use crate::pki::cms::is_signed_data;
use crate::seal;
use crate::tlv::Reader;

/// id-icao-cscaMasterList [9303-12 §9].
pub(super) const CSCA_MASTER_LIST: &str = "2.23.136.1.1.2";
/// id-icao-DeviationList [9303-12 §10].
pub(super) const DEVIATION_LIST: &str = "2.23.136.1.1.7";

/// What a file of trust is, by its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SourceKind {
    /// Certificates, and lists of revoked ones beside them: DER, PEM, or signed data without a signer (PKCS #7).
    Certificates,
    /// A master list.
    MasterList,
    /// A deviation list.
    DeviationList,
    /// Lists of revoked certificates alone.
    RevocationList,
    /// LDIF of the ICAO Public Key Directory.
    Directory,
    /// A trust store that was saved, sealed or not.
    Store,
}

impl SourceKind {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certificates => "certificates",
            Self::MasterList => "master_list",
            Self::DeviationList => "deviation_list",
            Self::RevocationList => "revocation_list",
            Self::Directory => "directory",
            Self::Store => "store",
        }
    }

    /// What a file seems to be. What is no file of trust at all counts as `Certificates`, and fails as such.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if seal::is_sealed(bytes) || store_file::is_store(bytes) {
            return Self::Store;
        }
        if bytes.first() == Some(&0x30) {
            return match der_item(bytes) {
                Item::RevocationList => Self::RevocationList,
                Item::Signed => match bag::contents(bytes) {
                    Ok(Contents::Signed(content)) if content == DEVIATION_LIST => {
                        Self::DeviationList
                    }
                    Ok(Contents::Bag { certificates, revocation_lists })
                        if !certificates.is_empty() || revocation_lists.is_empty() =>
                    {
                        Self::Certificates
                    }
                    Ok(Contents::Bag { .. }) => Self::RevocationList,
                    _ => Self::MasterList,
                },
                _ => Self::Certificates,
            };
        }
        if ldif::is_ldif(bytes) {
            return Self::Directory;
        }
        let mut labels = pem::blocks(bytes).filter_map(|block| kind_of_label(block.label));
        match labels.next() {
            Some(EntryKind::RevocationList)
                if labels.all(|kind| kind == EntryKind::RevocationList) =>
            {
                Self::RevocationList
            }
            _ => Self::Certificates,
        }
    }
}

/// What is to be done with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// To be trusted; `listed`: a master list brought it, and it was saved since.
    Anchor { listed: bool },
    /// May stand on a path.
    Intermediate,
    /// A document signer.
    Signer { nonconformity: Option<Box<str>> },
    /// A list of revoked certificates.
    RevocationList,
    /// Signed data: a master list or a deviation list.
    Signed,
}

impl Item {
    pub(super) const fn kind(&self) -> EntryKind {
        match self {
            Self::Anchor { .. } => EntryKind::Anchor,
            Self::Intermediate => EntryKind::Intermediate,
            Self::Signer { .. } => EntryKind::Signer,
            Self::RevocationList => EntryKind::RevocationList,
            Self::Signed => EntryKind::MasterList,
        }
    }
}

/// One entry of a file, not yet parsed.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) index: usize,
    /// Its name in a directory.
    pub(super) name: Option<String>,
    pub(super) item: Item,
    pub(super) der: Vec<u8>,
}

/// An entry, or why there is none in its place.
pub(super) type Found = core::result::Result<Entry, Refused>;

/// The entries of a file other than a store.
///
/// # Errors
/// `Malformed` if there are none.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    if bytes.first() == Some(&0x30) {
        push_der(&mut found, der_item(bytes), bytes);
    } else if ldif::is_ldif(bytes) {
        return Ok(ldif::entries(bytes));
    } else {
        for block in pem::blocks(bytes) {
            let Some(kind) = kind_of_label(block.label) else { continue };
            let Some(der) = block.contents else {
                let reason = Error::malformed(0, "a block in base 64").in_file("PEM");
                found.push(Err(Refused::new(found.len(), kind, reason)));
                continue;
            };
            let item = match kind {
                EntryKind::Anchor => Item::Anchor { listed: false },
                EntryKind::RevocationList => Item::RevocationList,
                _ => Item::Signed,
            };
            push_der(&mut found, item, &der);
        }
    }
    if found.is_empty() {
        let what = "certificates or lists in DER, PEM, PKCS #7 or LDIF, or a trust store";
        return Err(Error::malformed(0, what).in_file("certificate"));
    }
    Ok(found)
}

/// The certificates of a file: one in DER, any number in PEM or PKCS #7. None of them is trusted for that.
///
/// # Errors
/// `Malformed` if there is none, or one of them is malformed.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>> {
    let is_certificate = |entry: &Entry| matches!(entry.item, Item::Anchor { .. });
    let found: Vec<_> = entries(bytes)?
        .into_iter()
        .filter_map(|entry| entry.ok().filter(is_certificate))
        .map(|entry| Certificate::from_der(&entry.der))
        .collect::<Result<_>>()?;
    if found.is_empty() {
        return Err(
            Error::malformed(0, "a certificate in DER, PEM or PKCS #7").in_file("certificate")
        );
    }
    Ok(found)
}

/// Adds one object; signed data without a signer are opened.
fn push_der(found: &mut Vec<Found>, item: Item, der: &[u8]) {
    let mut push = |item, der: Vec<u8>| {
        found.push(Ok(Entry { index: found.len(), name: None, item, der }));
    };
    match (&item, bag::contents(der)) {
        (Item::Signed, Ok(Contents::Bag { certificates, revocation_lists })) => {
            certificates.into_iter().for_each(|der| push(Item::Anchor { listed: false }, der));
            revocation_lists.into_iter().for_each(|der| push(Item::RevocationList, der));
        }
        _ => push(item, der.to_vec()),
    }
}

/// What an object in DER is, by the tags of its first members.
fn der_item(der: &[u8]) -> Item {
    if is_signed_data(der) {
        Item::Signed
    } else if is_revocation_list(der).unwrap_or(false) {
        Item::RevocationList
    } else {
        Item::Anchor { listed: false }
    }
}

/// A certificate has a period where a list of revoked ones has a time: behind the issuer's name
/// (RFC 5280 §4.1, §5.1). Version and serial number may stand before.
fn is_revocation_list(der: &[u8]) -> Result<bool> {
    let definite = ber::definite(der)?;
    let outer = Reader::new(&definite.object).expect(0x30, "a SEQUENCE")?;
    let mut fields = outer.children()?.expect(0x30, "the part that is signed")?.children()?;
    fields.optional(0xA0)?;
    fields.optional(0x02)?;
    fields.expect(0x30, "a signature algorithm")?;
    fields.expect(0x30, "a name")?;
    Ok(fields.next_object()?.is_some_and(|third| matches!(third.tag, 0x17 | 0x18)))
}

fn kind_of_label(label: &[u8]) -> Option<EntryKind> {
    match label {
        b"CERTIFICATE" | b"X509 CERTIFICATE" => Some(EntryKind::Anchor),
        b"X509 CRL" | b"CRL" => Some(EntryKind::RevocationList),
        b"PKCS7" | b"CMS" | b"PKCS #7 SIGNED DATA" => Some(EntryKind::MasterList),
        _ => None,
    }
}
