use core::fmt;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::list::DigestList;
use super::signed::SignedDigests;
use super::signer_findings::{Signer, SignerFindings, accept_deviations};
use crate::crypto::{DigestAlgorithm, SignatureScheme};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result};
use crate::findings::Deviation;
use crate::lds::LdsSecurityObject;
use crate::pki::{AnchorInfo, Revocation, SignedData, TrustStore};
use crate::policy::Policy;
use crate::sensitive::Personal;
use crate::tlv::Tag;

const FILE: &str = "EF.SOD";
const TAG: Tag = 0x77;
/// id-icao-mrtd-security-ldsSecurityObject, and the one that drafts before it used.
const LDS_SECURITY_OBJECT: [&str; 2] = ["2.23.136.1.1.1", "1.2.528.1.1006.1.20.1"];

/// What a signed file shows by itself: its content, and every result apart from the others.
///
/// An EF.SOD holds a [`DigestList`], an EF.CardSecurity a
/// [`CardSecurity`](crate::lds::CardSecurity).
/// Nothing here is to be relied on before [`Examination::accept`].
#[derive(Clone)]
pub struct Examination<T = DigestList> {
    content: T,
    signature: Result<()>,
    scheme: Option<SignatureScheme>,
    signing_time: Option<Date>,
    signer: Option<Arc<SignerFindings>>,
    /// Those of this file; the signer has its own.
    deviations: BTreeSet<Deviation>,
}

/// Examines an EF.SOD: reads it, verifies its signature, looks for an anchor, checks the dates.
///
/// `sod` is the whole file; `at` is the day for which the verdict shall hold. For many documents see
/// [`Examiner`](super::Examiner).
///
/// ```
/// use cccd::{passive, pki::TrustStore};
/// let trust = TrustStore::empty();
/// assert!(passive::examine(&[0x77, 0], &trust, "2026-11-21".parse()?).is_err());
/// # Ok::<(), cccd::Error>(())
/// ```
///
/// # Errors
/// `Malformed` or `Unsupported`, only if the file cannot be read as an EF.SOD.
pub fn examine(sod: &[u8], trust: &TrustStore, at: Date) -> Result<Examination> {
    read(sod, |certificate| SignerFindings::of(certificate, trust, at).map(Arc::new))
}

/// The list in an EF.SOD, whoever signed it: what to read next while the signature is verified.
pub(crate) fn announced(sod: &[u8]) -> Result<LdsSecurityObject> {
    let signed_data = SignedData::parse_inside(sod, TAG, "an EF.SOD (tag 77)")?;
    LdsSecurityObject::parse(signed_data.content()?)
}

/// Examines an EF.SOD; `signer` finds out about a document signer, by its certificate in DER.
pub(super) fn read(
    sod: &[u8],
    signer: impl FnMut(&[u8]) -> Result<Arc<SignerFindings>>,
) -> Result<Examination> {
    read_sod(sod, signer).map_err(|error| error.in_file(FILE))
}

fn read_sod(
    sod: &[u8],
    signer: impl FnMut(&[u8]) -> Result<Arc<SignerFindings>>,
) -> Result<Examination> {
    // Some cards write even the outermost object with an indefinite length.
    let signed_data = SignedData::parse_inside(sod, TAG, "an EF.SOD (tag 77)")?;
    let mut deviations = BTreeSet::new();
    let security_object = LdsSecurityObject::parse(signed_data.content()?)?;
    if !LDS_SECURITY_OBJECT.contains(&signed_data.content_type()?.as_str()) {
        deviations.insert(Deviation::ContentType);
    }
    if !security_object.is_sorted() {
        deviations.insert(Deviation::UnsortedGroups);
    }
    if security_object.has_trailing_bytes() {
        deviations.insert(Deviation::TrailingBytes);
    }
    if security_object.digest_algorithm() == DigestAlgorithm::Sha1 {
        deviations.insert(Deviation::Sha1);
    }
    let wrong = NotAuthentic::SodSignature;
    Ok(Examination::of(&signed_data, DigestList::new(security_object), wrong, deviations, signer))
}

impl<T> Examination<T> {
    /// Verifies the signature and takes what is known of the signer; `wrong` is what a signature over
    /// this file that does not fit is called.
    ///
    /// Of several signers the first counts whose signature is right and who chains to an anchor, or else
    /// the first whose signature is right, or else the first.
    pub(super) fn of(
        signed_data: &SignedData<'_>,
        content: T,
        wrong: NotAuthentic,
        mut deviations: BTreeSet<Deviation>,
        mut findings: impl FnMut(&[u8]) -> Result<Arc<SignerFindings>>,
    ) -> Self {
        deviations.extend(signed_data.deviations());
        let mut best = None;
        for candidate in signed_data.candidates() {
            // A certificate that cannot be read can sign nothing.
            let Ok(signer) = findings(candidate.certificate) else { continue };
            let verification = signed_data.verify(&candidate, signer.certificate());
            let rank = (verification.outcome.is_ok(), signer.path().is_ok());
            // An anchor behind a wrong signature is worth nothing.
            let rank = u8::from(rank.0) + u8::from(rank.0 && rank.1);
            if best.as_ref().is_none_or(|(other, _, _)| *other < rank) {
                best = Some((rank, verification, signer));
            }
            if rank == 2 {
                break;
            }
        }
        let Some((_, verification, signer)) = best else {
            let signature = Err(Error::NotAuthentic(NotAuthentic::NoSigner));
            let (scheme, signing_time) = (None, None);
            return Self { content, signature, scheme, signing_time, signer: None, deviations };
        };
        deviations.extend(&verification.deviations);
        let signing_time = verification.signing_time;
        if signer.outside_usage_period(signing_time) {
            deviations.insert(Deviation::KeyUsagePeriod);
        }
        let signature = verification.outcome.map_err(|error| match error {
            Error::NotAuthentic(NotAuthentic::SodSignature) => Error::NotAuthentic(wrong),
            other => other,
        });
        let scheme = verification.scheme;
        Self { content, signature, scheme, signing_time, signer: Some(signer), deviations }
    }

    pub(super) const fn content(&self) -> &T {
        &self.content
    }

    pub(super) const fn content_mut(&mut self) -> &mut T {
        &mut self.content
    }

    fn known_signer(&self) -> Result<&SignerFindings> {
        self.signer.as_deref().ok_or(Error::NotAuthentic(NotAuthentic::NoSigner))
    }

    /// Whether the signature over the content is right.
    ///
    /// # Errors
    /// [`NotAuthentic::SodSignature`] or [`NotAuthentic::CardSecuritySignature`],
    /// [`NotAuthentic::NoSigner`], or `Unsupported`.
    pub fn signature(&self) -> Result<()> {
        self.signature.clone()
    }

    /// How the content was signed; `None` if that is not known.
    #[must_use]
    pub const fn scheme(&self) -> Option<SignatureScheme> {
        self.scheme
    }

    /// The anchor that the signer chains to.
    ///
    /// # Errors
    /// Those of [`find_path`](crate::pki::find_path); [`NotAuthentic::NoSigner`].
    pub fn path(&self) -> Result<&AnchorInfo> {
        self.known_signer()?.path()
    }

    /// Whether signer and authorities (the signer alone if there is no anchor) are valid at the chosen day.
    ///
    /// # Errors
    /// [`NotAuthentic::SignerNotValidAt`]; [`NotAuthentic::NoSigner`].
    pub fn validity(&self) -> Result<()> {
        self.known_signer()?.validity()
    }

    /// What the lists of revoked certificates say about the signer and those above it.
    #[must_use]
    pub fn revocation(&self) -> Revocation {
        self.signer.as_ref().map_or(Revocation::Unknown, |signer| signer.revocation())
    }

    /// The signer's country as its certificate writes it.
    #[must_use]
    pub fn issuing_state(&self) -> Option<&str> {
        self.signer()?.country.as_deref()
    }

    /// The signer, if its certificate is there.
    #[must_use]
    pub fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref().map(|findings| findings.signer())
    }

    /// Everything that is known of the signer, if its certificate is there.
    #[must_use]
    pub const fn findings(&self) -> Option<&Arc<SignerFindings>> {
        self.signer.as_ref()
    }

    /// The day on which the signer says to have signed.
    #[must_use]
    pub const fn signing_time(&self) -> Option<Date> {
        self.signing_time
    }

    /// Tolerances used, in a fixed order, each once.
    pub fn deviations(&self) -> impl Iterator<Item = Deviation> {
        let of_signer = self.signer.iter().flat_map(|signer| signer.deviations());
        self.document_deviations().chain(of_signer).collect::<BTreeSet<_>>().into_iter()
    }

    /// Those of them that this file needs, whoever its signer chains to.
    pub fn document_deviations(&self) -> impl Iterator<Item = Deviation> {
        self.deviations.iter().copied()
    }

    /// Content and signer, if signature, path, revocation, dates and tolerances satisfy the policy.
    pub(super) fn proven(self, policy: &Policy) -> Result<(T, Arc<SignerFindings>)> {
        self.satisfies(policy)?;
        let signer = self.signer.ok_or(Error::NotAuthentic(NotAuthentic::NoSigner))?;
        Ok((self.content, signer))
    }

    /// Whether the results satisfy a policy: what [`Examination::accept`] asks before it gives proof.
    ///
    /// # Errors
    /// The first result that the policy does not accept.
    pub fn satisfies(&self, policy: &Policy) -> Result<()> {
        self.signature()?;
        self.known_signer()?.accept(policy, self.signing_time)?;
        accept_deviations(self.document_deviations(), policy)
    }
}

impl Examination {
    /// Whether a group's bytes, as they were read, have the digest in the list: the result of
    /// its own that a report needs whoever signed the list, and even if nobody did.
    ///
    /// # Errors
    /// [`NotAuthentic::GroupNotSigned`], [`NotAuthentic::DigestMismatch`].
    pub fn check(&self, group: u8, raw: &[u8]) -> Result<()> {
        self.content.check(group, raw)
    }

    /// As [`Examination::check`], and keeps the group, so that it need not be hashed again.
    ///
    /// # Errors
    /// As [`Examination::check`].
    pub fn admit(&mut self, group: u8, raw: Personal<Vec<u8>>) -> Result<()> {
        self.content_mut().admit(group, raw)
    }

    /// The list of digests.
    #[must_use]
    pub const fn security_object(&self) -> &LdsSecurityObject {
        self.content.security_object()
    }

    /// Turns the results into proof, if they satisfy the policy.
    ///
    /// The signature must be right under every policy, and a revoked signer is refused by each. An anchor
    /// may be missing only if the policy [allows an unknown issuer](Policy::allow_unknown_issuer); every
    /// other failure of the path is final. Where the policy accepts expired documents, expired certificates
    /// are accepted too.
    ///
    /// # Errors
    /// The first result that the policy does not accept; `PolicyRefused` for a deviation.
    pub fn accept(self, policy: &Policy) -> Result<SignedDigests> {
        let (list, signer) = self.proven(policy)?;
        Ok(SignedDigests::new(list, signer))
    }
}

impl<T: fmt::Debug> fmt::Debug for Examination<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examination")
            .field("signature", &self.signature)
            .field("signer", &self.signer)
            .field("content", &self.content)
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}
