//! The operator's rules: what a document must show before it counts as verified.
//!
//! A policy is a value. Presets are strict; every method that loosens one starts with `allow_`.
//! Nothing here switches off digests, MAC checks or the SOD signature.

use crate::findings::Deviation;

/// How strongly the chip must prove that it is no copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChipProofDemand {
    /// A proof that the signed files offer must succeed; a document without one is accepted.
    IfOffered,
    /// A proof is required.
    Required,
    /// Active Authentication over a challenge that the verifier chose is required.
    Fresh,
}

/// What must be known about the revocation of a signer. A signer on a list is refused under each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RevocationDemand {
    /// Lists count where they are there; a signer that no list speaks about is accepted, and the report says so.
    IfKnown,
    /// A list of the issuer must be there; it may be out of date.
    Listed,
    /// A list of the issuer must be there and be in force at the chosen day.
    Fresh,
}

/// Tolerances that no preset uses: each is a rule that an issuer broke knowingly or a thief would break.
const REFUSED: [Deviation; 2] = [Deviation::WrongKeyUsage, Deviation::KeyUsagePeriod];

/// What a document must show before it counts as verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    name: &'static str,
    unknown_issuer: bool,
    bac: bool,
    bac_after_pace: bool,
    expired_document: bool,
    chip_proof: ChipProofDemand,
    triple_des: bool,
    last_attempt: bool,
    validity_at_signing: bool,
    revocation: RevocationDemand,
    refused_deviations: Vec<Deviation>,
    allowed_deviations: Vec<Deviation>,
    one_chip_proof: bool,
    key_candidates: u8,
}

impl Policy {
    /// For a desk or kiosk: trusted issuer, chip proof if the document offers one, BAC only where
    /// the chip has no PACE.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            name: "standard",
            unknown_issuer: false,
            bac: true,
            bac_after_pace: false,
            expired_document: false,
            chip_proof: ChipProofDemand::IfOffered,
            triple_des: true,
            last_attempt: true,
            validity_at_signing: false,
            revocation: RevocationDemand::IfKnown,
            refused_deviations: Vec::new(),
            allowed_deviations: Vec::new(),
            one_chip_proof: false,
            key_candidates: 1,
        }
    }

    /// For a bank: as [`Policy::standard`], and the chip must sign a challenge that the bank chose.
    #[must_use]
    pub const fn bank() -> Self {
        let mut policy = Self::standard();
        policy.name = "bank";
        policy.chip_proof = ChipProofDemand::Fresh;
        policy
    }

    /// Accepts a document whose signer chains to no anchor, for instance because the issuer
    /// publishes none. The report says so.
    #[must_use]
    pub const fn allow_unknown_issuer(mut self) -> Self {
        self.unknown_issuer = true;
        self
    }

    /// Goes on with BAC after PACE has failed for another reason than a wrong key. The report says so.
    #[must_use]
    pub const fn allow_bac_after_pace_failure(mut self) -> Self {
        self.bac_after_pace = true;
        self
    }

    /// Accepts a document after its date of expiry.
    #[must_use]
    pub const fn allow_expired_document(mut self) -> Self {
        self.expired_document = true;
        self
    }

    /// Is content with one proof that the chip is genuine: where Chip Authentication, or PACE with
    /// chip-authentication mapping, has given it, DG15 is not read and nothing is signed. That saves two exchanges
    /// and leaves no signature that would convince others of where the card was. Evidence of such a read holds
    /// no proof of the chip. A challenge that the caller chose is signed all the same.
    #[must_use]
    pub const fn allow_one_chip_proof(mut self) -> Self {
        self.one_chip_proof = true;
        self
    }

    /// Allows so many tries with keys whose date of expiry was only
    /// [estimated](crate::vietnam::KeyCandidates), one unless said otherwise. A wrong one looks like an attack to the
    /// chip, which may answer more slowly after it.
    #[must_use]
    pub const fn allow_key_candidates(mut self, tries: u8) -> Self {
        self.key_candidates = tries;
        self
    }

    /// Demands PACE: a chip that only offers BAC is refused.
    #[must_use]
    pub const fn require_pace(mut self) -> Self {
        self.bac = false;
        self.bac_after_pace = false;
        self
    }

    /// Demands AES: no 3DES in PACE, Chip Authentication or the channel, and so no BAC.
    #[must_use]
    pub const fn require_aes(mut self) -> Self {
        self.triple_des = false;
        self.require_pace()
    }

    /// Keeps the last attempt for the card's holder: where the chip says that one more wrong password will
    /// block it, no password is tried.
    #[must_use]
    pub const fn refuse_last_attempt(mut self) -> Self {
        self.last_attempt = false;
        self
    }

    /// Demands at least this proof that the chip is genuine.
    #[must_use]
    pub fn require_chip_proof(mut self, demand: ChipProofDemand) -> Self {
        self.chip_proof = self.chip_proof.max(demand);
        self
    }

    /// Refuses documents that need this tolerance.
    #[must_use]
    pub fn refuse_deviation(mut self, deviation: Deviation) -> Self {
        self.allowed_deviations.retain(|allowed| *allowed != deviation);
        self.refused_deviations.push(deviation);
        self
    }

    /// Accepts a tolerance that the presets refuse: [`Deviation::WrongKeyUsage`], [`Deviation::KeyUsagePeriod`].
    #[must_use]
    pub fn allow_deviation(mut self, deviation: Deviation) -> Self {
        self.refused_deviations.retain(|refused| *refused != deviation);
        self.allowed_deviations.push(deviation);
        self
    }

    /// Judges certificates at the day on which the signer says to have signed, where it says so: then
    /// an expired signer of a document that is still valid is accepted. That day is the signer's own claim.
    #[must_use]
    pub const fn allow_validity_at_signing(mut self) -> Self {
        self.validity_at_signing = true;
        self
    }

    /// Demands at least this knowledge about revocation.
    #[must_use]
    pub fn require_revocation(mut self, demand: RevocationDemand) -> Self {
        self.revocation = self.revocation.max(demand);
        self
    }

    /// The preset's name, for reports and evidence.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether a signer without trusted issuer is accepted.
    #[must_use]
    pub const fn accepts_unknown_issuer(&self) -> bool {
        self.unknown_issuer
    }

    /// Whether a chip without PACE may be opened by BAC.
    #[must_use]
    pub const fn accepts_bac(&self) -> bool {
        self.bac
    }

    /// Whether BAC may follow a failed PACE.
    #[must_use]
    pub const fn accepts_bac_after_pace_failure(&self) -> bool {
        self.bac_after_pace
    }

    /// Whether an expired document is accepted.
    #[must_use]
    pub const fn accepts_expired_document(&self) -> bool {
        self.expired_document
    }

    /// Whether 3DES may be used.
    #[must_use]
    pub const fn accepts_triple_des(&self) -> bool {
        self.triple_des
    }

    /// Whether the last attempt before a password is blocked may be used.
    #[must_use]
    pub const fn accepts_last_attempt(&self) -> bool {
        self.last_attempt
    }

    /// Whether Active Authentication may be left out once the chip has proven itself otherwise.
    #[must_use]
    pub fn accepts_one_chip_proof(&self) -> bool {
        self.one_chip_proof && self.chip_proof < ChipProofDemand::Fresh
    }

    /// How many estimated keys may be tried.
    #[must_use]
    pub const fn key_candidates(&self) -> u8 {
        self.key_candidates
    }

    /// The proof that the chip has to give.
    #[must_use]
    pub const fn chip_proof(&self) -> ChipProofDemand {
        self.chip_proof
    }

    /// Whether certificates are judged at the day of signing.
    #[must_use]
    pub const fn accepts_validity_at_signing(&self) -> bool {
        self.validity_at_signing
    }

    /// What must be known about revocation.
    #[must_use]
    pub const fn revocation(&self) -> RevocationDemand {
        self.revocation
    }

    /// Tolerances that are refused although the presets use them.
    #[must_use]
    pub fn refused_deviations(&self) -> &[Deviation] {
        &self.refused_deviations
    }

    /// Tolerances that are accepted although the presets refuse them.
    #[must_use]
    pub fn allowed_deviations(&self) -> &[Deviation] {
        &self.allowed_deviations
    }

    /// Whether this tolerance may be used.
    #[must_use]
    pub fn accepts(&self, deviation: Deviation) -> bool {
        self.allowed_deviations.contains(&deviation)
            || !self.refused_deviations.contains(&deviation) && !REFUSED.contains(&deviation)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::standard()
    }
}
