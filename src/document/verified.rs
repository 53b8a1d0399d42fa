use super::{ChipProof, Evidence, Report};
use crate::{
    error::{Error, PolicyRefusal, Result},
    findings::Outcome,
    lds::{Dg1, Dg2, Dg3, Dg4, Dg5, Dg7, Dg11, Dg12, Dg16},
    mrz::Mrz,
    passive::Authenticated,
};

/// A document whose every check demanded by the policy has passed.
///
/// There is no other way to obtain one than through an inspection or the verification of evidence.
#[derive(Debug)]
pub struct VerifiedDocument {
    authenticated: Authenticated,
    proofs: Vec<ChipProof>,
    report: Report,
    evidence: Evidence,
}

/// Who the holder is, before the portrait was read: every check that the policy demands has passed for the groups
/// that were read so far.
///
/// Good for showing and looking up. It is no [`VerifiedDocument`]: the read may still fail, and the rest of the
/// document may still turn out to be forged.
#[derive(Debug)]
pub struct VerifiedIdentity(VerifiedDocument);

impl VerifiedIdentity {
    pub(crate) const fn new(so_far: VerifiedDocument) -> Self {
        Self(so_far)
    }

    /// The authenticated groups that were read so far.
    #[must_use]
    pub const fn authenticated(&self) -> &Authenticated {
        self.0.authenticated()
    }

    /// The machine-readable zone.
    ///
    /// # Errors
    /// As [`VerifiedDocument::dg1`].
    pub fn dg1(&self) -> Result<Dg1> {
        self.0.dg1()
    }

    /// How the chip proved itself.
    #[must_use]
    pub fn chip_proofs(&self) -> &[ChipProof] {
        self.0.chip_proofs()
    }

    /// Every check with its outcome so far.
    #[must_use]
    pub const fn report(&self) -> &Report {
        self.0.report()
    }
}

/// Data that were printed on the card or in its QR code, to be compared with the chip.
pub trait PrintedData: Send + Sync {
    /// Compares with the authenticated groups; [`Outcome::Failed`] refuses the document.
    fn compare(&self, authenticated: &Authenticated) -> Outcome;
}

impl PrintedData for Box<dyn PrintedData> {
    fn compare(&self, authenticated: &Authenticated) -> Outcome {
        self.as_ref().compare(authenticated)
    }
}

impl PrintedData for Mrz {
    /// DG1 must hold the same characters: the standard makes it a copy of the printed zone.
    fn compare(&self, authenticated: &Authenticated) -> Outcome {
        match authenticated.require(1).and_then(Dg1::parse) {
            Err(error) => Outcome::Failed(error),
            Ok(dg1) if dg1.mrz().text() == self.text() => {
                Outcome::Passed("the printed MRZ is that of DG1".to_owned())
            }
            Ok(_) => Outcome::Failed(Error::PolicyRefused(PolicyRefusal::PrintedData)),
        }
    }
}

/// The outcome of verifying stored files: the report in any case, the document if it is one.
#[derive(Debug)]
pub struct Verdict {
    /// Every check with its outcome.
    pub report: Report,
    /// The verified document, or why there is none.
    pub document: Result<VerifiedDocument>,
}

impl VerifiedDocument {
    pub(super) const fn new(
        authenticated: Authenticated,
        proofs: Vec<ChipProof>,
        report: Report,
        evidence: Evidence,
    ) -> Self {
        Self { authenticated, proofs, report, evidence }
    }

    /// Writes into the evidence how each check ended.
    pub(crate) fn with_outcomes(mut self) -> Self {
        self.evidence.claims.record(&self.report);
        self
    }

    /// The authenticated groups as raw bytes.
    #[must_use]
    pub const fn authenticated(&self) -> &Authenticated {
        &self.authenticated
    }

    /// The machine-readable zone.
    ///
    /// # Errors
    /// `NotAuthentic` if the document signed no DG1, `Malformed` if it breaks Doc 9303-10.
    pub fn dg1(&self) -> Result<Dg1> {
        Dg1::parse(self.authenticated.require(1)?)
    }

    /// The portrait or portraits.
    ///
    /// # Errors
    /// `NotAuthentic` if DG2 was not read, `Malformed` if it breaks Doc 9303-10.
    pub fn dg2(&self) -> Result<Dg2> {
        Dg2::parse(self.authenticated.require(2)?)
    }

    /// Fingerprints, where a terminal opened them.
    ///
    /// # Errors
    /// `NotAuthentic` if DG3 was not read, `Malformed` if it breaks Doc 9303-10.
    pub fn dg3(&self) -> Result<Dg3> {
        Dg3::parse(self.authenticated.require(3)?)
    }

    /// Irises, where a terminal opened them.
    ///
    /// # Errors
    /// `NotAuthentic` if DG4 was not read, `Malformed` if it breaks Doc 9303-10.
    pub fn dg4(&self) -> Result<Dg4> {
        Dg4::parse(self.authenticated.require(4)?)
    }

    /// The portrait as it is printed.
    ///
    /// # Errors
    /// `NotAuthentic` if DG5 was not read, `Malformed` if it breaks Doc 9303-10.
    pub fn dg5(&self) -> Result<Dg5> {
        Dg5::parse(self.authenticated.require(5)?)
    }

    /// The signature or usual mark as it is printed.
    ///
    /// # Errors
    /// `NotAuthentic` if DG7 was not read, `Malformed` if it breaks Doc 9303-10.
    pub fn dg7(&self) -> Result<Dg7> {
        Dg7::parse(self.authenticated.require(7)?)
    }

    /// Additional details of the holder, which a CCCD does not have.
    ///
    /// # Errors
    /// `NotAuthentic` if DG11 was not read, `Malformed` if it breaks Doc 9303-10.
    pub fn dg11(&self) -> Result<Dg11> {
        Dg11::parse(self.authenticated.require(11)?)
    }

    /// Additional details of the document, which a CCCD does not have.
    ///
    /// # Errors
    /// `NotAuthentic` if DG12 was not read, `Malformed` if it breaks Doc 9303-10.
    pub fn dg12(&self) -> Result<Dg12> {
        Dg12::parse(self.authenticated.require(12)?)
    }

    /// Persons to notify, which a CCCD does not have.
    ///
    /// # Errors
    /// `NotAuthentic` if DG16 was not read, `Malformed` if it breaks Doc 9303-10.
    pub fn dg16(&self) -> Result<Dg16> {
        Dg16::parse(self.authenticated.require(16)?)
    }

    /// How the chip proved itself; empty if the document offers no proof and the policy accepted that.
    #[must_use]
    pub fn chip_proofs(&self) -> &[ChipProof] {
        &self.proofs
    }

    /// Every check with its outcome.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// Everything needed to verify this document again later.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}
