use crate::{
    access::{AccessUsed, Password},
    chip::ChipAuthenticationTranscript,
    date::Date,
    document::Report,
    findings::Outcome,
    lds::{DataGroup, KeyAgreement, KeyReference, Mapping, SessionCipher},
    policy::{ChipProofDemand, Policy, RevocationDemand},
    terminal::TerminalAuthenticated,
};

/// What whoever read the card says about the read.
///
/// Nobody can check it from the file and no verdict depends on it. Under a seal it is the word of the
/// kiosk; without one it is anybody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// How the chip was opened.
    pub access: Option<AccessClaim>,
    /// Chip Authentication succeeded. Its transcript convinces only whoever ran it.
    pub chip_authentication: Option<ChipAuthenticationTranscript>,
    /// PACE with chip-authentication mapping fitted EF.CardSecurity; the name of the group.
    pub chip_authentication_mapping: Option<String>,
    /// Terminal Authentication succeeded.
    pub terminal_authentication: Option<TerminalClaim>,
    /// The day for which the reader's verdict holds.
    pub read_on: Option<Date>,
    /// When the card was read, RFC 3339, as the caller of the library gave it.
    pub read_at: Option<String>,
    /// Library and version.
    pub library: Option<String>,
    /// The reading device, as the caller of the library described it.
    pub reader: Option<String>,
    /// The rules by which the reader accepted the document.
    pub policy: Option<PolicyClaim>,
    /// The stable name of each check, and `passed` or the stable code of why it did not.
    pub outcomes: Vec<(String, String)>,
    /// The tolerances that were used, by their stable names.
    pub deviations: Vec<String>,
}

/// Which door was used. The kind of password, never the password.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessClaim {
    /// The kind of password.
    pub password: Password,
    /// How PACE ran; `None` for BAC.
    pub pace: Option<PaceClaim>,
    /// The cipher of the channel.
    pub cipher: SessionCipher,
    /// How many stronger variants of PACE the chip announced and then refused.
    pub offers_refused: u64,
    /// Whether PACE had failed before BAC was used.
    pub after_pace_failure: bool,
}

/// How PACE ran.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaceClaim {
    /// How the nonce was mapped.
    pub mapping: Mapping,
    /// In which kind of group the keys were agreed on.
    pub agreement: KeyAgreement,
    /// The name of the group.
    pub group: String,
}

/// Whom the chip accepted as terminal, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TerminalClaim {
    /// The authority that the chip trusted.
    pub authority: KeyReference,
    /// The terminal's key.
    pub holder: KeyReference,
    /// The groups that its certificates open.
    pub groups: Vec<u8>,
}

/// The rules in force, every switch of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyClaim {
    /// The preset.
    pub name: String,
    /// Whether a signer without trusted issuer was accepted.
    pub unknown_issuer: bool,
    /// Whether BAC was accepted where there is no PACE.
    pub bac: bool,
    /// Whether BAC was accepted after PACE had failed.
    pub bac_after_pace: bool,
    /// Whether expired documents were accepted.
    pub expired_document: bool,
    /// The proof that the chip had to give.
    pub chip_proof: ChipProofDemand,
    /// Whether 3DES was accepted.
    pub triple_des: bool,
    /// Whether the last attempt before a password is blocked might be used.
    pub last_attempt: bool,
    /// Whether certificates were judged at the day of signing.
    pub validity_at_signing: bool,
    /// What had to be known about revocation.
    pub revocation: RevocationDemand,
    /// Tolerances that were refused although the presets use them.
    pub refused_deviations: Vec<String>,
    /// Tolerances that were accepted although the presets refuse them.
    pub allowed_deviations: Vec<String>,
    /// Whether Active Authentication was left out where the chip had proven itself otherwise.
    pub one_chip_proof: bool,
    /// How many keys with an estimated date of expiry might be tried.
    pub key_candidates: u8,
}

impl Claims {
    /// What the report says of each check, by stable codes and without its words.
    pub(crate) fn record(&mut self, report: &Report) {
        let code = |outcome: &Outcome| match outcome {
            Outcome::Passed(_) => "passed",
            Outcome::Failed(error) => error.code(),
            Outcome::NotPerformed { code, .. } => code,
        };
        self.outcomes = report
            .checks()
            .map(|(check, outcome)| (check.name().to_owned(), code(outcome).to_owned()))
            .collect();
        self.deviations = report.deviations().map(|it| it.name().to_owned()).collect();
    }
}

impl From<&AccessUsed> for AccessClaim {
    fn from(used: &AccessUsed) -> Self {
        let pace = match (used.mapping(), used.agreement(), used.group()) {
            (Some(mapping), Some(agreement), Some(group)) => {
                Some(PaceClaim { mapping, agreement, group: group.to_owned() })
            }
            _ => None,
        };
        Self {
            password: used.password(),
            pace,
            cipher: used.cipher(),
            offers_refused: used.offers_refused() as u64,
            after_pace_failure: used.after_pace_failure(),
        }
    }
}

impl From<&TerminalAuthenticated> for TerminalClaim {
    fn from(terminal: &TerminalAuthenticated) -> Self {
        Self {
            authority: terminal.authority().clone(),
            holder: terminal.holder().clone(),
            groups: terminal.rights().groups().map(DataGroup::number).collect(),
        }
    }
}

impl From<&Policy> for PolicyClaim {
    fn from(policy: &Policy) -> Self {
        let names = |deviations: &[crate::findings::Deviation]| {
            let mut names: Vec<String> =
                deviations.iter().map(|deviation| deviation.name().to_owned()).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        Self {
            name: policy.name().to_owned(),
            unknown_issuer: policy.accepts_unknown_issuer(),
            bac: policy.accepts_bac(),
            bac_after_pace: policy.accepts_bac_after_pace_failure(),
            expired_document: policy.accepts_expired_document(),
            chip_proof: policy.chip_proof(),
            triple_des: policy.accepts_triple_des(),
            last_attempt: policy.accepts_last_attempt(),
            validity_at_signing: policy.accepts_validity_at_signing(),
            one_chip_proof: policy.accepts_one_chip_proof(),
            key_candidates: policy.key_candidates(),
            revocation: policy.revocation(),
            refused_deviations: names(policy.refused_deviations()),
            allowed_deviations: names(policy.allowed_deviations()),
        }
    }
}
