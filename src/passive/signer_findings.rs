use core::fmt;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::examination::{Examination, read};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, PolicyRefusal, Result};
use crate::findings::Deviation;
use crate::pki::{
    AnchorInfo, Budget, Certificate, Purpose, Revocation, TrustStore, find_path, revocation,
};
use crate::policy::{Policy, RevocationDemand};

/// Signers that an [`Examiner`] remembers. A country has a few hundred; more are the work of an attacker.
const MAX_SIGNERS: usize = 16_384;

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
    /// First day of validity.
    pub not_before: Date,
    /// Last day of validity.
    pub not_after: Date,
    /// SHA-256 of the certificate.
    pub fingerprint: [u8; 32],
    /// The certificate in DER.
    pub certificate: Vec<u8>,
}

impl Signer {
    fn of(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: certificate.serial_hex(),
            country: certificate.country(),
            key: certificate.key_description().ok(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            fingerprint: *certificate.fingerprint(),
            certificate: certificate.as_der().to_vec(),
        }
    }
}

impl fmt::Debug for Signer {
    /// Who signed; not the certificate's bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("subject", &self.subject)
            .field("issuer", &self.issuer)
            .field("serial", &self.serial)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// What is known of one document signer under a trust store and a day.
///
/// Nothing in it depends on a document, so one serves every document that the signer signed; when the
/// trust store changes, these change and no document has to be read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerFindings {
    certificate: Certificate,
    signer: Signer,
    at: Date,
    path: Result<AnchorInfo>,
    /// First and last day of every certificate of the path; of the signer alone if there is none.
    periods: Vec<(Date, Date)>,
    revocation: Revocation,
    deviations: BTreeSet<Deviation>,
}

/// Whether the certificates of the path are valid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Validity {
    Valid,
    /// Valid once, not any more.
    Expired,
    NotYet,
}

impl SignerFindings {
    /// Looks for the anchor of a document signer, by its certificate in DER, and for what the lists of
    /// revoked certificates say. `at` is the day for which the verdict shall hold.
    ///
    /// # Errors
    /// `Malformed` if it is no certificate.
    pub fn of(certificate: &[u8], trust: &TrustStore, at: Date) -> Result<Self> {
        let certificate = Certificate::from_der(certificate)?;
        let signer = Signer::of(&certificate);
        let mut deviations = BTreeSet::new();
        if certificate.has_explicit_curve() {
            deviations.insert(Deviation::ExplicitCurveParameters);
        }
        if trust.listed_defects(&certificate).next().is_some() {
            deviations.insert(Deviation::ListedDefect);
        }
        let period =
            |certificate: &Certificate| (certificate.not_before(), certificate.not_after());
        let found = find_path(&certificate, &[], trust, Purpose::Document, at, Budget::default());
        let (path, periods, revocation) = match found {
            Ok(path) => {
                deviations.extend(path.deviations());
                let periods = path.certificates().iter().map(|it| period(it)).collect();
                (Ok(path.anchor().info()), periods, revocation(&path, trust, at))
            }
            Err(error) => (Err(error), vec![period(&certificate)], Revocation::Unknown),
        };
        Ok(Self { certificate, signer, at, path, periods, revocation, deviations })
    }

    pub(super) const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Who it is.
    #[must_use]
    pub const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The anchor that it chains to.
    ///
    /// # Errors
    /// As [`Examination::path`].
    pub fn path(&self) -> Result<&AnchorInfo> {
        self.path.as_ref().map_err(Clone::clone)
    }

    /// What the lists of revoked certificates say.
    #[must_use]
    pub const fn revocation(&self) -> Revocation {
        self.revocation
    }

    /// Tolerances that the certificates need.
    pub fn deviations(&self) -> impl Iterator<Item = Deviation> {
        self.deviations.iter().copied()
    }

    /// Whether signer and authorities (the signer alone if there is no anchor) are valid at the chosen day.
    ///
    /// # Errors
    /// [`NotAuthentic::SignerNotValidAt`].
    pub fn validity(&self) -> Result<()> {
        self.validity_at(self.at)
    }

    fn validity_at(&self, day: Date) -> Result<()> {
        match self.judge(day) {
            Validity::Valid => Ok(()),
            _ => Err(Error::NotAuthentic(NotAuthentic::SignerNotValidAt)),
        }
    }

    fn judge(&self, day: Date) -> Validity {
        if self.periods.iter().any(|(from, _)| day < *from) {
            Validity::NotYet
        } else if self.periods.iter().any(|(_, until)| *until < day) {
            Validity::Expired
        } else {
            Validity::Valid
        }
    }

    /// Whether the private key was used outside the period that the certificate gives it (RFC 3280 §4.2.1.4).
    pub(super) fn outside_usage_period(&self, signing_time: Option<Date>) -> bool {
        let (from, until) = self.certificate.private_key_usage();
        signing_time.is_some_and(|day| {
            from.is_some_and(|from| day < from) || until.is_some_and(|until| until < day)
        })
    }

    /// Whether a policy accepts this signer for a document signed at `signing_time`.
    ///
    /// # Errors
    /// The first finding that the policy does not accept, graver ones first: [`NotAuthentic::SignerRevoked`],
    /// the path's error, [`NotAuthentic::SignerNotValidAt`], [`PolicyRefusal::RevocationUnknown`],
    /// [`PolicyRefusal::RevocationStale`], [`PolicyRefusal::Deviation`].
    pub fn accept(&self, policy: &Policy, signing_time: Option<Date>) -> Result<()> {
        if let Revocation::Revoked { .. } = self.revocation {
            return Err(Error::NotAuthentic(NotAuthentic::SignerRevoked));
        }
        match &self.path {
            Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer))
                if policy.accepts_unknown_issuer() => {}
            path => path.as_ref().map(drop).map_err(Clone::clone)?,
        }
        let day = match signing_time {
            Some(signed) if policy.accepts_validity_at_signing() => signed.min(self.at),
            _ => self.at,
        };
        if self.judge(day) != Validity::Expired || !policy.accepts_expired_document() {
            self.validity_at(day)?;
        }
        match (self.revocation, policy.revocation()) {
            (Revocation::Unknown, RevocationDemand::Listed | RevocationDemand::Fresh) => {
                return Err(Error::PolicyRefused(PolicyRefusal::RevocationUnknown));
            }
            (Revocation::Stale { .. }, RevocationDemand::Fresh) => {
                return Err(Error::PolicyRefused(PolicyRefusal::RevocationStale));
            }
            _ => {}
        }
        accept_deviations(self.deviations(), policy)
    }
}

pub(super) fn accept_deviations(
    mut deviations: impl Iterator<Item = Deviation>,
    policy: &Policy,
) -> Result<()> {
    match deviations.find(|deviation| !policy.accepts(*deviation)) {
        Some(refused) => Err(Error::PolicyRefused(PolicyRefusal::Deviation(refused.name()))),
        None => Ok(()),
    }
}

/// Examines many documents under one trust store and one day, and remembers their signers.
///
/// ```
/// use cccd::{passive::Examiner, pki::TrustStore};
/// let mut examiner = Examiner::new(TrustStore::empty(), "2026-11-21".parse()?);
/// assert!(examiner.examine(&[0x77, 0]).is_err());
/// assert_eq!(examiner.signers().count(), 0);
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Examiner {
    trust: Arc<TrustStore>,
    at: Date,
    /// By certificate in DER.
    signers: HashMap<Box<[u8]>, Arc<SignerFindings>>,
}

impl Examiner {
    /// An examiner that has met no signer yet.
    #[must_use]
    pub fn new(trust: impl Into<Arc<TrustStore>>, at: Date) -> Self {
        Self { trust: trust.into(), at, signers: HashMap::new() }
    }

    /// As [`examine`](super::examine); a signer that was met before costs no signature check but the document's.
    ///
    /// # Errors
    /// As [`examine`](super::examine).
    pub fn examine(&mut self, sod: &[u8]) -> Result<Examination> {
        read(sod, |certificate| self.signer(certificate))
    }

    /// What was found about a document signer, by its certificate in DER.
    ///
    /// # Errors
    /// `Malformed` if it is no certificate.
    pub fn signer(&mut self, certificate: &[u8]) -> Result<Arc<SignerFindings>> {
        if let Some(known) = self.signers.get(certificate) {
            return Ok(Arc::clone(known));
        }
        let findings = Arc::new(SignerFindings::of(certificate, &self.trust, self.at)?);
        if self.signers.len() >= MAX_SIGNERS {
            self.signers.clear();
        }
        self.signers.insert(certificate.into(), Arc::clone(&findings));
        Ok(findings)
    }

    /// Every signer that is remembered, in no particular order.
    pub fn signers(&self) -> impl ExactSizeIterator<Item = &Arc<SignerFindings>> {
        self.signers.values()
    }
}
