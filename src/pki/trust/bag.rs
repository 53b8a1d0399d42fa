//! Signed data without a signer: the "certificates only" form of CMS (RFC 5652 §5.2, `.p7b` files), and what
//! kind of list other signed data are.
//!
//! What this proves: nothing. A bag is a way to hand over files, like a PEM file with several blocks.

use crate::crypto::oid;
use crate::error::{Error, Result, Unsupported};
use crate::pki::ber;
use crate::tlv::{Reader, Tlv};

const ID_SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
/// As many as a master list may have.
const MAX_ENTRIES: usize = 10_000;

/// What signed data turn out to be.
pub(super) enum Contents {
    /// No signer: certificates and lists of revoked ones, in DER.
    Bag { certificates: Vec<Vec<u8>>, revocation_lists: Vec<Vec<u8>> },
    /// Somebody signed content of this type.
    Signed(String),
}

/// Reads as far as it takes to tell. Nothing is verified.
pub(super) fn contents(bytes: &[u8]) -> Result<Contents> {
    let definite = ber::definite(bytes)?;
    let mut content_info =
        Reader::new(&definite.object).expect(0x30, "a CMS ContentInfo")?.children()?;
    if oid(&content_info.expect(0x06, "a content type")?)? != ID_SIGNED_DATA {
        return Err(Error::Unsupported(Unsupported::Structure("CMS other than signed data")));
    }
    let explicit = content_info.expect(0xA0, "signed data")?;
    let mut parts = explicit.children()?.expect(0x30, "signed data")?.children()?;
    parts.expect(0x02, "a version")?;
    parts.expect(0x31, "a set of digest algorithms")?;
    let encapsulated = parts.expect(0x30, "the content that is signed")?;
    let content_type = oid(&encapsulated.children()?.expect(0x06, "a content type")?)?;
    let certificates = parts.optional(0xA0)?;
    let revocation_lists = parts.optional(0xA1)?;
    if !parts.expect(0x31, "a set of signers")?.value.is_empty() {
        return Ok(Contents::Signed(content_type));
    }
    Ok(Contents::Bag {
        certificates: members(certificates.as_ref())?,
        revocation_lists: members(revocation_lists.as_ref())?,
    })
}

/// The members that are what RFC 5652 §10.2 calls the ordinary choice: a certificate or a list of the X.509 kind.
fn members(set: Option<&Tlv<'_>>) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    let Some(set) = set else { return Ok(found) };
    let mut members = set.children()?;
    while let Some(member) = members.next_object()? {
        if found.len() >= MAX_ENTRIES {
            return Err(member.error("at most 10000 entries"));
        }
        if member.tag == 0x30 {
            found.push(member.raw.to_vec());
        }
    }
    Ok(found)
}
