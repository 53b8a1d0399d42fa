use std::sync::Arc;

use super::examination::{Examination, Signer, examine};
use crate::date::Date;
use crate::error::Result;
use crate::pki::{AnchorInfo, Revocation, TrustStore};
use crate::policy::Policy;

/// What is known of one document signer under a trust store and a day: nothing in it depends on a document.
#[derive(Debug, Clone)]
pub struct SignerFindings {
    signer: Signer,
    path: Result<AnchorInfo>,
    revocation: Revocation,
}

impl SignerFindings {
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

    /// Whether a policy accepts this signer for a document signed at `signing_time`.
    ///
    /// # Errors
    /// The first finding that the policy does not accept.
    pub fn accept(&self, _policy: &Policy, _signing_time: Option<Date>) -> Result<()> {
        todo!()
    }
}

/// Examines many documents under one trust store and one day, and remembers their signers.
#[derive(Debug, Clone)]
pub struct Examiner {
    trust: Arc<TrustStore>,
    at: Date,
}

impl Examiner {
    /// An examiner that has met no signer yet.
    #[must_use]
    pub fn new(trust: impl Into<Arc<TrustStore>>, at: Date) -> Self {
        Self { trust: trust.into(), at }
    }

    /// As [`examine`]; a signer that was met before costs no signature check but the document's.
    ///
    /// # Errors
    /// As [`examine`].
    pub fn examine(&mut self, sod: &[u8]) -> Result<Examination> {
        examine(sod, &self.trust, self.at)
    }

    /// What was found about a document signer, by its certificate in DER.
    ///
    /// # Errors
    /// `Malformed` if it is no certificate.
    pub fn signer(&mut self, _certificate: &[u8]) -> Result<Arc<SignerFindings>> {
        todo!()
    }

    /// Every signer that was met.
    pub fn signers(&self) -> impl Iterator<Item = &Arc<SignerFindings>> {
        [].iter()
    }
}
