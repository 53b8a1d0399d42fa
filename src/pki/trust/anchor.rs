//! Certificates with their provenance.

use std::sync::Arc;

use crate::date::Date;
use crate::error::Result;
use crate::pki::certificate::Certificate;

/// A trusted certificate and its provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub(super) certificate: Certificate,
    pub(super) source: Arc<str>,
    pub(super) listed: bool,
}

impl Anchor {
    /// The certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Where it was taken from, in the words of whoever added it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether a master list brought it. Such an anchor vouches for documents and for no further list.
    #[must_use]
    pub const fn is_listed(&self) -> bool {
        self.listed
    }

    /// What a report says about it.
    #[must_use]
    pub fn info(&self) -> AnchorInfo {
        AnchorInfo::of(&self.certificate, &self.source)
    }
}

/// What a report says about the anchor that a signer chains to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnchorInfo {
    /// Subject, `C=…, O=…, CN=…`.
    pub subject: String,
    /// Country as the certificate writes it, in upper case.
    pub country: Option<String>,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate in hexadecimal.
    pub fingerprint: String,
    /// First day of validity.
    pub not_before: Date,
    /// Last day of validity.
    pub not_after: Date,
    /// Where the operator took it from.
    pub source: String,
}

impl AnchorInfo {
    pub(super) fn of(certificate: &Certificate, source: &str) -> Self {
        Self {
            subject: certificate.subject().to_string(),
            country: certificate.country(),
            serial: certificate.serial_hex(),
            fingerprint: certificate.fingerprint_hex(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            source: source.to_owned(),
        }
    }
}

/// The certificate of a document signer that a directory published. Nothing about it is trusted; it stands
/// in for the certificate that an EF.SOD does not carry.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownSigner {
    pub(super) der: Box<[u8]>,
    pub(super) fingerprint: [u8; 32],
    pub(super) source: Arc<str>,
    pub(super) nonconformity: Option<Box<str>>,
}

impl KnownSigner {
    /// The certificate. Tens of thousands are kept, so each is parsed when it is asked for.
    ///
    /// # Errors
    /// None in practice: it was parsed before it was kept.
    pub fn certificate(&self) -> Result<Certificate> {
        Certificate::from_der(&self.der)
    }

    /// The certificate in DER.
    #[must_use]
    pub const fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the certificate.
    #[must_use]
    pub const fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// Where it was taken from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What the directory says against it, if it lists the certificate among those that break the standard.
    #[must_use]
    pub fn nonconformity(&self) -> Option<&str> {
        self.nonconformity.as_deref()
    }
}

impl core::fmt::Debug for KnownSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "KnownSigner({} bytes, {})", self.der.len(), self.source)
    }
}
