//! What master lists and deviation lists have in common: somebody signed them whom a pinned root vouches for.

use super::store::TrustStore;
use crate::date::Date;
use crate::error::{Error, NotAuthentic, PolicyRefusal, Result, Unsupported};
use crate::findings::Deviation;
use crate::pki::certificate::{Certificate, Purpose};
use crate::pki::cms::SignedData;
use crate::pki::path::{Budget, find_path};
use crate::pki::revocation::{Revocation, revocation};
use crate::policy::Policy;

/// What a kind of list is called and who may sign it.
pub(super) struct Kind {
    pub(super) file: &'static str,
    pub(super) content_type: &'static str,
    pub(super) another: &'static str,
    pub(super) signature: NotAuthentic,
    pub(super) purpose: Purpose,
}

/// A list whose signature is right and whose signer a root vouches for.
pub(super) struct Vouched<'a> {
    pub(super) list: SignedData<'a>,
    /// The signer's state, which is that of the root.
    pub(super) country: Option<String>,
    pub(super) signed_at: Date,
}

/// Verifies a list down to a pinned root.
///
/// Certificates inside may stand on the path, and never at its end: else anybody could make a list. The day
/// that counts is the signing time, which is signed too; a list whose signer has expired since is still what
/// it was.
pub(super) fn verify<'a>(cms: &'a [u8], kind: &Kind, roots: &TrustStore) -> Result<Vouched<'a>> {
    let list = SignedData::parse(cms).map_err(|error| error.in_file(kind.file))?;
    if list.content_type()? != kind.content_type {
        return Err(Error::Unsupported(Unsupported::Structure(kind.another)));
    }
    let (signer, verification) = list.verified_signer().map_err(|error| match error {
        Error::NotAuthentic(NotAuthentic::SodSignature) => Error::NotAuthentic(kind.signature),
        other => other,
    })?;
    let signed_at = verification
        .signing_time
        .ok_or(Error::malformed(0, "a signing time").in_file(kind.file))?;
    // One that cannot be read can stand nowhere.
    let beside: Vec<_> =
        list.certificates().filter_map(|der| Certificate::from_der(der).ok()).collect();
    let path = find_path(&signer, &beside, roots, kind.purpose, signed_at, Budget::default())?;
    let standard = Policy::standard();
    if let Some(refused) = path.deviations().iter().find(|tolerance| !standard.accepts(**tolerance))
    {
        return Err(match refused {
            Deviation::WrongKeyUsage => Error::NotAuthentic(NotAuthentic::SignerKeyUsage),
            other => Error::PolicyRefused(PolicyRefusal::Deviation(other.name())),
        });
    }
    path.check_validity(signed_at)?;
    if matches!(revocation(&path, roots, signed_at), Revocation::Revoked { .. }) {
        return Err(Error::NotAuthentic(NotAuthentic::SignerRevoked));
    }
    let country = signer.country();
    Ok(Vouched { list, country, signed_at })
}
