use core::fmt;
use std::collections::BTreeSet;

use crate::crypto::{DigestAlgorithm, SignatureScheme};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, PolicyRefusal, Result};
use crate::findings::Deviation;
use crate::lds::LdsSecurityObject;
use crate::pki::{
    AnchorInfo, Budget, Certificate, Path, Purpose, Revocation, SignedData, TrustStore, definite,
    find_path,
};
use crate::policy::Policy;
use crate::tlv;

use super::signed::{SignedDigests, check_digest};

const FILE: &str = "EF.SOD";
const TAG: u32 = 0x77;
/// id-icao-mrtd-security-ldsSecurityObject, and the one that drafts before it used.
const LDS_SECURITY_OBJECT: [&str; 2] = ["2.23.136.1.1.1", "1.2.528.1.1006.1.20.1"];

/// What a signed file shows by itself: its content, and every result apart from the others.
///
/// An EF.SOD holds an [`LdsSecurityObject`], an EF.CardSecurity a
/// [`CardSecurity`](crate::lds::CardSecurity).
/// Nothing here is to be relied on before [`Examination::accept`].
#[derive(Clone)]
pub struct Examination<T = LdsSecurityObject> {
    content: T,
    signature: Result<()>,
    path: Result<AnchorInfo>,
    validity: Validity,
    signer: Option<Signer>,
    signing_time: Option<Date>,
    deviations: BTreeSet<Deviation>,
}

/// The document signer, for reports.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signer {
    /// Subject, `C=…, O=…, CN=…`.
    pub subject: String,
    /// Issuer, the name of the CSCA.
    pub issuer: String,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// The issuing state as the certificate writes it, in upper case: usually two letters.
    pub country: Option<String>,
    /// The public key in words; `None` if it cannot be used.
    pub key: Option<String>,
    /// How the SOD was signed; `None` if the algorithm is not known.
    pub scheme: Option<SignatureScheme>,
    /// First day of validity.
    pub not_before: Date,
    /// Last day of validity.
    pub not_after: Date,
    /// The certificate in DER.
    pub certificate: Vec<u8>,
}

impl fmt::Debug for Signer {
    /// Who signed; not the certificate's bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("subject", &self.subject)
            .field("issuer", &self.issuer)
            .field("serial", &self.serial)
            .field("key", &self.key)
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}

/// Whether the certificates of the path are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Validity {
    Valid,
    /// Valid once, not any more.
    Expired,
    NotYet,
    /// There is no signer.
    Unknown,
}

/// Examines an EF.SOD: reads it, verifies its signature, looks for an anchor, checks the dates.
///
/// `sod` is the whole file; `at` is the day for which the verdict shall hold.
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
    read(sod, trust, at).map_err(|error| error.in_file(FILE))
}

fn read(sod: &[u8], trust: &TrustStore, at: Date) -> Result<Examination> {
    let mut deviations = BTreeSet::new();
    let signed_data = signed_data(sod, &mut deviations)?;
    let security_object = LdsSecurityObject::parse(signed_data.content())?;
    if !LDS_SECURITY_OBJECT.contains(&signed_data.content_type()) {
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
    Ok(Examination::of(&signed_data, security_object, wrong, deviations, trust, at))
}

/// The CMS inside the file's outermost object. Some cards write even that with an indefinite length.
fn signed_data(sod: &[u8], deviations: &mut BTreeSet<Deviation>) -> Result<SignedData> {
    let definite = definite(sod)?;
    if definite.was_rewritten() {
        deviations.insert(Deviation::BerEncoding);
    }
    if !definite.rest.is_empty() {
        deviations.insert(Deviation::TrailingBytes);
    }
    let object = tlv::Reader::new(&definite.object).expect(TAG, "an EF.SOD (tag 77)")?;
    SignedData::parse(object.value).map_err(|error| match error {
        Error::Malformed { file, offset, what } => {
            Error::Malformed { file, offset: offset.saturating_add(object.offset), what }
        }
        other => other,
    })
}

fn validity(signer: Option<&Certificate>, path: Option<&Path<'_>>, at: Date) -> Validity {
    let Some(signer) = signer else { return Validity::Unknown };
    let anchor = path.map(|path| path.anchor().certificate());
    let certificates = || [Some(signer), anchor].into_iter().flatten();
    if certificates().any(|certificate| at < certificate.not_before()) {
        Validity::NotYet
    } else if certificates().any(|certificate| certificate.not_after() < at) {
        Validity::Expired
    } else {
        Validity::Valid
    }
}

impl<T> Examination<T> {
    /// Verifies the signature, looks for an anchor, checks the dates; `wrong` is what a signature over
    /// this file that does not fit is called.
    pub(super) fn of(
        signed_data: &SignedData,
        content: T,
        wrong: NotAuthentic,
        mut deviations: BTreeSet<Deviation>,
        trust: &TrustStore,
        at: Date,
    ) -> Self {
        let verification = signed_data.verify();
        deviations.extend(&verification.deviations);
        let no_signer = Error::NotAuthentic(NotAuthentic::NoSigner);
        let path = match verification.signer {
            Some(signer) => find_path(signer, &[], trust, Purpose::Document, at, Budget::default()),
            None => Err(no_signer),
        };
        if let Ok(path) = &path {
            deviations.extend(path.deviations());
        }
        let signer = verification.signer.map(|certificate| Signer {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: certificate.serial_hex(),
            country: certificate.country(),
            key: certificate.key_description().ok(),
            scheme: verification.scheme,
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            certificate: certificate.as_der().to_vec(),
        });
        let signature = verification.outcome.map_err(|error| match error {
            Error::NotAuthentic(NotAuthentic::SodSignature) => Error::NotAuthentic(wrong),
            other => other,
        });
        Self {
            validity: validity(verification.signer, path.as_ref().ok(), at),
            signature,
            path: path.map(|path| path.anchor().info()),
            signing_time: verification.signing_time,
            content,
            signer,
            deviations,
        }
    }

    pub(super) const fn content(&self) -> &T {
        &self.content
    }

    /// Whether the signature over the content is right.
    ///
    /// # Errors
    /// [`NotAuthentic::SodSignature`] or [`NotAuthentic::CardSecuritySignature`],
    /// [`NotAuthentic::NoSigner`], or `Unsupported`.
    pub fn signature(&self) -> Result<()> {
        self.signature.clone()
    }

    /// The anchor that the signer chains to.
    ///
    /// # Errors
    /// [`NotAuthentic::UnknownIssuer`] if no anchor of the issuer's name is there;
    /// [`NotAuthentic::SignerNotSignedByIssuer`] if one is and it did not sign the certificate;
    /// [`NotAuthentic::IssuingState`], [`NotAuthentic::SignerKeyUsage`],
    /// [`NotAuthentic::CriticalExtension`]; [`NotAuthentic::NoSigner`].
    pub fn path(&self) -> Result<&AnchorInfo> {
        self.path.as_ref().map_err(Clone::clone)
    }

    /// Whether signer and anchor (the signer alone if there is no anchor) are valid at the chosen day.
    ///
    /// # Errors
    /// [`NotAuthentic::SignerNotValidAt`]; [`NotAuthentic::NoSigner`].
    pub const fn validity(&self) -> Result<()> {
        match self.validity {
            Validity::Valid => Ok(()),
            Validity::Expired | Validity::NotYet => {
                Err(Error::NotAuthentic(NotAuthentic::SignerNotValidAt))
            }
            Validity::Unknown => Err(Error::NotAuthentic(NotAuthentic::NoSigner)),
        }
    }

    /// What the lists of revoked certificates say about the signer and those above it.
    #[must_use]
    pub const fn revocation(&self) -> Revocation {
        Revocation::Unknown
    }

    /// The signer's country as its certificate writes it.
    #[must_use]
    pub fn issuing_state(&self) -> Option<&str> {
        self.signer.as_ref()?.country.as_deref()
    }

    /// The signer, if its certificate is there.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// The day on which the signer says to have signed.
    #[must_use]
    pub const fn signing_time(&self) -> Option<Date> {
        self.signing_time
    }

    /// Tolerances used, in a fixed order, each once.
    pub fn deviations(&self) -> impl Iterator<Item = Deviation> {
        self.deviations.iter().copied()
    }

    /// Content, signer and anchor, if signature, path, dates and tolerances satisfy the policy.
    pub(super) fn proven(self, policy: &Policy) -> Result<(T, Signer, Option<AnchorInfo>)> {
        self.signature()?;
        let anchor = match &self.path {
            Ok(anchor) => Some(anchor.clone()),
            Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer))
                if policy.accepts_unknown_issuer() =>
            {
                None
            }
            Err(error) => return Err(error.clone()),
        };
        if self.validity != Validity::Expired || !policy.accepts_expired_document() {
            self.validity()?;
        }
        for deviation in &self.deviations {
            if !policy.accepts(*deviation) {
                return Err(Error::PolicyRefused(PolicyRefusal::Deviation(deviation.name())));
            }
        }
        let signer = self.signer.ok_or(Error::NotAuthentic(NotAuthentic::NoSigner))?;
        Ok((self.content, signer, anchor))
    }
}

impl Examination {
    /// Whether a group's bytes, as they were read, have the digest in the list: the result of
    /// its own that a report needs whoever signed the list, and even if nobody did.
    ///
    /// # Errors
    /// [`NotAuthentic::GroupNotSigned`], [`NotAuthentic::DigestMismatch`].
    pub fn check(&self, group: u8, raw: &[u8]) -> Result<()> {
        check_digest(&self.content, group, raw)
    }

    /// The list of digests.
    #[must_use]
    pub const fn security_object(&self) -> &LdsSecurityObject {
        &self.content
    }

    /// Turns the results into proof, if they satisfy the policy.
    ///
    /// The signature must be right under every policy. An anchor may be missing only if the policy
    /// [allows an unknown issuer](Policy::allow_unknown_issuer); every other failure of the path
    /// is final. Where the policy accepts expired documents, expired certificates are accepted too.
    ///
    /// # Errors
    /// The first result that the policy does not accept; `PolicyRefused` for a deviation.
    pub fn accept(self, policy: &Policy) -> Result<SignedDigests> {
        let (security_object, signer, anchor) = self.proven(policy)?;
        Ok(SignedDigests::new(security_object, signer, anchor))
    }
}

impl<T: fmt::Debug> fmt::Debug for Examination<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examination")
            .field("signature", &self.signature)
            .field("path", &self.path)
            .field("validity", &self.validity)
            .field("content", &self.content)
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}
