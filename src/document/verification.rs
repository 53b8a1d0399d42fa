//! The checks of one document, in the order in which they become possible. Shared by the inspection
//! of a chip and the verification of stored evidence, so that both mean the same by "verified".

use std::collections::{BTreeMap, BTreeSet};

use super::{ChipProof, Evidence, PrintedData, Report, Verdict, VerifiedDocument};
use crate::{
    access::AccessUsed,
    chip::{ActivelyAuthenticated, ChipAuthenticated, ChipMapped},
    crypto::{Arrived, SignatureScheme},
    date::Date,
    error::{Error, NotAuthentic, NotGenuine, PolicyRefusal, Result},
    findings::{Check, Deviation, Outcome},
    lds::{Dg1, Dg14, SecurityInfos},
    mrz,
    passive::{self, Authenticated, Examination, SignedDigests, SignedSecurityInfos},
    pki::{Revocation, TrustStore},
    policy::{ChipProofDemand, Policy},
    sensitive::Personal,
    terminal::TerminalAuthenticated,
};

/// The state of a verification: what the operator demands and what was found so far.
#[derive(Clone)]
pub(crate) struct Verification {
    policy: Policy,
    at: Date,
    report: Report,
    /// The state whose signer signed EF.CardSecurity, if that was needed.
    card_security_state: Option<String>,
    /// No trusted issuer stands behind that signer; the policy allowed it.
    card_security_of_stranger: bool,
}

/// How Chip Authentication ended.
pub(crate) enum ChipAuthenticationResult {
    Proven(ChipAuthenticated),
    NotOffered,
    /// The device cannot carry a public key as long as the chip's.
    NotCarried,
    /// Files are verified without the chip: its transcript convinces nobody else.
    NotVerifiable,
}

/// How PACE with chip-authentication mapping ended.
pub(crate) enum MappingResult {
    Proven(ChipMapped),
    NotOffered,
    /// As for Chip Authentication.
    NotVerifiable,
}

/// What the chip showed of itself.
pub(crate) struct ChipResults {
    pub(crate) chip: ChipAuthenticationResult,
    pub(crate) mapping: MappingResult,
    pub(crate) active: ActiveAuthenticationResult,
}

/// How Active Authentication ended.
#[derive(Clone)]
pub(crate) enum ActiveAuthenticationResult {
    Proven {
        signed: ActivelyAuthenticated,
        fresh: bool,
    },
    NotOffered,
    /// The chip has proven itself otherwise, and the policy is content with that.
    NotAsked,
    /// Files without a transcript, under a policy that is content with another proof.
    NotKept,
    /// Files without a transcript.
    NoTranscript,
    /// The device cannot carry an answer as long as the chip's signature.
    NotCarried,
}

impl Verification {
    pub(crate) fn new(policy: Policy, at: Date) -> Self {
        Self {
            policy,
            at,
            report: Report::new(),
            card_security_state: None,
            card_security_of_stranger: false,
        }
    }

    pub(crate) const fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(crate) const fn report(&self) -> &Report {
        &self.report
    }

    /// Records an error under a check and hands it on.
    pub(crate) fn failed(&mut self, check: Check, error: Error) -> Error {
        self.report.failed(check, error)
    }

    pub(crate) fn deviate(&mut self, deviation: Deviation) -> Result<()> {
        self.report.deviate([deviation]);
        if self.policy.accepts(deviation) {
            Ok(())
        } else {
            Err(Error::PolicyRefused(PolicyRefusal::Deviation(deviation.name())))
        }
    }

    /// The chip was opened: every answer from here on is authenticated, or the read ends.
    pub(crate) fn opened(&mut self, access: AccessUsed) {
        self.report.passed(Check::Access, format!("{} ({})", access.name(), access.details()));
        self.report.passed(
            Check::SecureMessaging,
            "every answer since was authenticated; a failure would have ended the read",
        );
        self.report.opened_by(access);
    }

    /// The chip accepted who we are. That says nothing about the document.
    pub(crate) fn terminal_authenticated(&mut self, terminal: &TerminalAuthenticated) {
        let words = format!("{}; opens {}", terminal.description(), terminal.rights());
        self.report.passed(Check::TerminalAuthentication, words);
    }

    /// Why we did not show the chip who we are.
    pub(crate) fn terminal_not_authenticated(&mut self, code: &'static str, reason: &'static str) {
        self.report.not_performed(Check::TerminalAuthentication, code, reason);
    }

    /// Files without a chip: what was done to read them cannot be known.
    pub(crate) fn opened_elsewhere(&mut self) {
        for check in [Check::Access, Check::SecureMessaging, Check::TerminalAuthentication] {
            self.report.not_performed(check, "offline", "the files were verified without the chip");
        }
    }

    /// Examines the SOD and records signature, path, revocation and validity of the signer.
    pub(crate) fn examine(&mut self, sod: &[u8], trust: &TrustStore) -> Result<Examination> {
        let examination = passive::examine(sod, trust, self.at)
            .map_err(|error| self.failed(Check::SodSignature, error))?;
        self.report.deviate(examination.deviations());
        let signer = examination.signer().cloned();
        match examination.signature() {
            Ok(()) => {
                let words = examination.scheme().map(SignatureScheme::name).unwrap_or_default();
                self.report.passed(Check::SodSignature, words);
            }
            Err(error) => {
                self.failed(Check::SodSignature, error.clone());
            }
        }
        match examination.path() {
            Ok(anchor) => {
                let words = format!("chains to {} ({})", anchor.subject, anchor.source);
                self.report.passed(Check::SignerPath, words);
            }
            Err(error) => {
                self.failed(Check::SignerPath, error.clone());
            }
        }
        match examination.validity() {
            Ok(()) => self.report.passed(Check::Validity, format!("signer valid on {}", self.at)),
            Err(error) => {
                self.failed(Check::Validity, error.clone());
            }
        }
        self.revocation(examination.revocation());
        if let Some(signer) = signer {
            self.report.signed_by(signer);
        }
        Ok(examination)
    }

    /// Three outcomes that must stay apart: revoked, not known, and known too long ago.
    fn revocation(&mut self, revocation: Revocation) {
        match revocation {
            Revocation::NotRevoked { until } => {
                let until = until.map(|day| format!(", in force until {day},")).unwrap_or_default();
                let words = format!("the issuer's list{until} names no certificate of the path");
                self.report.passed(Check::Revocation, words);
            }
            Revocation::Revoked { .. } => {
                self.failed(Check::Revocation, Error::NotAuthentic(NotAuthentic::SignerRevoked));
            }
            Revocation::Stale { .. } => self.report.not_performed(
                Check::Revocation,
                "stale_revocation_list",
                "the issuer's list of revoked certificates is out of date; it names none of the path",
            ),
            Revocation::Unknown => self.report.not_performed(
                Check::Revocation,
                "no_revocation_list",
                "no list of revoked certificates of the issuer was given",
            ),
        }
    }

    /// EF.CardSecurity by the same rules as EF.SOD; its signer must be of the same state, and known if the
    /// other is.
    pub(crate) fn card_security(
        &mut self,
        file: &[u8],
        trust: &TrustStore,
    ) -> Result<SignedSecurityInfos> {
        let examination = passive::examine_card_security(file, trust, self.at)?;
        self.report.deviate(examination.deviations());
        let signed = examination.accept(&self.policy)?;
        self.card_security_state.clone_from(&signed.signer().country);
        self.card_security_of_stranger = signed.anchor().is_none();
        Ok(signed)
    }

    /// Accepts the examined SOD as the policy says; what it tolerates is written down as such.
    pub(crate) fn accept(&mut self, examination: Examination) -> Result<SignedDigests> {
        let not_valid = examination.validity().is_err();
        let signed = examination.accept(&self.policy).map_err(|error| match error {
            Error::PolicyRefused(
                PolicyRefusal::RevocationUnknown | PolicyRefusal::RevocationStale,
            ) => self.failed(Check::Revocation, error),
            other => other,
        })?;
        // Else a copy of genuine files could bring a key of its own, signed by anybody.
        if self.card_security_of_stranger && signed.anchor().is_some() {
            let error = Error::NotAuthentic(NotAuthentic::UnknownIssuer);
            return Err(self.failed(Check::ChipAuthenticationMapping, error));
        }
        if signed.anchor().is_none() {
            self.report.not_performed(
                Check::SignerPath,
                "unknown_issuer_allowed",
                "the signer chains to no trusted issuer; the policy allows it",
            );
        }
        if not_valid {
            let words = "the signer's path is not valid on that day any more; the policy allows it";
            self.report.passed(Check::Validity, words);
        }
        Ok(signed)
    }

    /// Compares one group with the list as it arrives, so that a forgery ends the read at once, and keeps it.
    pub(crate) fn admit(
        &mut self,
        signed: &mut SignedDigests,
        group: u8,
        file: Arrived,
    ) -> Result<()> {
        let admitted = signed.admit_arrived(group, file);
        admitted.map_err(|error| self.failed(Check::Digests, error))
    }

    /// Compares stored groups with the list before anything is accepted, so that the digests are a
    /// result of their own.
    pub(crate) fn compare_digests(
        &mut self,
        examination: &mut Examination,
        groups: BTreeMap<u8, Personal<Vec<u8>>>,
    ) -> Result<()> {
        let numbers: Vec<u8> = groups.keys().copied().collect();
        for (group, raw) in groups {
            let admitted = examination.admit(group, raw);
            admitted.map_err(|error| self.failed(Check::Digests, error))?;
        }
        self.digests_match(numbers.into_iter());
        Ok(())
    }

    fn digests_match(&mut self, groups: impl Iterator<Item = u8>) {
        let names: Vec<_> = groups.map(|group| format!("DG{group}")).collect();
        self.report.passed(Check::Digests, format!("{} match", names.join(", ")));
    }

    /// All groups together: nothing altered, nothing withheld.
    pub(crate) fn authenticate(
        &mut self,
        signed: SignedDigests,
        excused: &BTreeSet<u8>,
    ) -> Result<Authenticated> {
        let authenticated =
            signed.complete(excused).map_err(|error| self.failed(Check::Digests, error))?;
        self.digests_match(authenticated.groups());
        Ok(authenticated)
    }

    /// EF.CardAccess is unsigned; the signed DG14 and EF.CardSecurity must not tell another story
    /// `[9303-11 §9.2.11]`. `assumed` is what took the place of a file that was not delivered.
    pub(crate) fn downgrade(
        &mut self,
        card_access: Option<&SecurityInfos>,
        assumed: Option<&SecurityInfos>,
        authenticated: &Authenticated,
        card_security: Option<&SignedSecurityInfos>,
    ) -> Result<()> {
        let dg14 = authenticated.group(14).map(Dg14::parse).transpose();
        let dg14 = dg14.map_err(|error| self.failed(Check::Downgrade, error))?;
        for deviation in dg14.iter().flat_map(Dg14::deviations) {
            self.deviate(*deviation)?;
        }
        let signed: Vec<&SecurityInfos> = dg14
            .iter()
            .map(Dg14::security_infos)
            .chain(card_security.map(SignedSecurityInfos::infos))
            .collect();
        if signed.is_empty() {
            self.report.not_performed(
                Check::Downgrade,
                "no_dg14",
                "the document has no signed list of protocols to compare with",
            );
            return Ok(());
        }
        let announces_pace = signed.iter().any(|infos| infos.pace().next().is_some());
        let by_bac = self.report.access().is_some_and(AccessUsed::is_bac);
        if by_bac && announces_pace && !self.policy.accepts_bac_after_pace_failure() {
            let error = Error::PolicyRefused(PolicyRefusal::Downgrade);
            return Err(self.failed(Check::Downgrade, error));
        }
        let lacks = |infos: &SecurityInfos| {
            let mut announced = signed.iter().flat_map(|infos| infos.pace());
            announced.any(|info| !infos.pace().any(|other| other == info))
        };
        let differs = Error::NotAuthentic(NotAuthentic::CardAccessDiffers);
        let Some(card_access) = card_access else {
            // Whoever hides the file hides the protocols that the assumption does not have.
            if assumed.is_some_and(lacks) {
                return Err(self.failed(Check::Downgrade, differs));
            }
            self.report.not_performed(
                Check::Downgrade,
                "no_card_access",
                "EF.CardAccess was not read",
            );
            return Ok(());
        };
        // Cards exist whose DG14 repeats no PACEInfo at all; then there is nothing to compare.
        if !announces_pace {
            self.report.not_performed(
                Check::Downgrade,
                "not_comparable",
                "the signed DG14 does not repeat the protocols of EF.CardAccess",
            );
            return Ok(());
        }
        let added = |info| !signed.iter().any(|infos| infos.contains(info));
        // EF.CardAccess holds every PACEInfo there is: a missing one was taken out, so that a weaker runs.
        if card_access.as_slice().iter().any(added) || lacks(card_access) {
            return Err(self.failed(Check::Downgrade, differs));
        }
        let words = match self.report.access() {
            Some(access) if access.is_bac() => {
                "BAC was used although PACE is offered; the policy allows it"
            }
            Some(access) if access.offers_refused() > 0 => {
                "EF.CardAccess agrees with the signed files; the chip refused a stronger PACE"
            }
            _ => "EF.CardAccess agrees with the signed files",
        };
        self.report.passed(Check::Downgrade, words);
        Ok(())
    }

    /// The last checks, and the verdict.
    pub(crate) fn finish(
        mut self,
        authenticated: Authenticated,
        proofs: ChipResults,
        printed: Option<&dyn PrintedData>,
        evidence: Evidence,
    ) -> Verdict {
        let checked = self.remaining_checks(&authenticated, proofs, printed);
        let report = self.report;
        let document = checked
            .map(|proofs| VerifiedDocument::new(authenticated, proofs, report.clone(), evidence));
        Verdict { report, document }
    }

    fn remaining_checks(
        &mut self,
        authenticated: &Authenticated,
        proofs: ChipResults,
        printed: Option<&dyn PrintedData>,
    ) -> Result<Vec<ChipProof>> {
        self.state_and_expiry(authenticated)?;
        let proofs = self.chip_proofs(proofs)?;
        match printed.map(|printed| printed.compare(authenticated)) {
            None => self.report.not_performed(
                Check::PrintedData,
                "nothing_to_compare",
                "no printed data were given",
            ),
            Some(Outcome::Passed(words)) => self.report.passed(Check::PrintedData, words),
            Some(Outcome::NotPerformed { code, reason }) => {
                self.report.not_performed(Check::PrintedData, code, reason);
            }
            Some(Outcome::Failed(error)) => return Err(self.failed(Check::PrintedData, error)),
        }
        Ok(proofs)
    }

    /// Issuing state and date of expiry as DG1 gives them.
    fn state_and_expiry(&mut self, authenticated: &Authenticated) -> Result<()> {
        let dg1 = authenticated.require(1).and_then(Dg1::parse);
        let dg1 = dg1.map_err(|error| self.failed(Check::IssuingState, error))?;
        let state = dg1.mrz().issuing_state();
        let signer = self.report.signer().and_then(|signer| signer.country.clone());
        let is_state = |country: &str| {
            mrz::alpha2(state).is_some_and(|alpha2| alpha2.eq_ignore_ascii_case(country))
        };
        let other_signer = self.card_security_state.as_deref();
        if !signer.as_deref().is_some_and(is_state) || !other_signer.is_none_or(is_state) {
            let error = Error::NotAuthentic(NotAuthentic::IssuingState);
            return Err(self.failed(Check::IssuingState, error));
        }
        self.report.passed(Check::IssuingState, format!("signer and MRZ say {state}"));

        let expired = dg1.mrz().date_of_expiry().is_some_and(|expiry| expiry < self.at);
        if expired {
            let error = Error::NotAuthentic(NotAuthentic::DocumentExpired);
            if !self.policy.accepts_expired_document() {
                return Err(self.failed(Check::Validity, error));
            }
            self.report.passed(Check::Validity, "the document has expired; the policy allows it");
        }
        Ok(())
    }

    fn chip_proofs(&mut self, results: ChipResults) -> Result<Vec<ChipProof>> {
        let ChipResults { chip, mapping, active } = results;
        let mut proofs = Vec::new();
        match chip {
            ChipAuthenticationResult::Proven(proof) => {
                self.report.passed(Check::ChipAuthentication, proof.description());
                proofs.push(ChipProof::ChipAuthentication(proof));
            }
            ChipAuthenticationResult::NotOffered => self.report.not_performed(
                Check::ChipAuthentication,
                "not_offered",
                "the signed files hold no key for it",
            ),
            ChipAuthenticationResult::NotCarried => self.report.not_performed(
                Check::ChipAuthentication,
                "device_too_short",
                "the reader cannot carry a public key as long as the chip's",
            ),
            ChipAuthenticationResult::NotVerifiable => self.report.not_performed(
                Check::ChipAuthentication,
                "offline",
                "a transcript of Chip Authentication convinces only who ran it",
            ),
        }
        match mapping {
            MappingResult::Proven(proof) => {
                self.report.passed(Check::ChipAuthenticationMapping, proof.description());
                proofs.push(ChipProof::ChipAuthenticationMapping(proof));
            }
            MappingResult::NotOffered => self.report.not_performed(
                Check::ChipAuthenticationMapping,
                "not_offered",
                "the chip was not opened by PACE with chip-authentication mapping",
            ),
            MappingResult::NotVerifiable => self.report.not_performed(
                Check::ChipAuthenticationMapping,
                "offline",
                "a transcript of this mapping convinces only who ran it",
            ),
        }
        match active {
            ActiveAuthenticationResult::Proven { signed, fresh } => {
                if let Some(deviation) = signed.deviation() {
                    self.deviate(deviation)?;
                }
                let words = if fresh {
                    format!("{}, over our own challenge", signed.description())
                } else {
                    format!("{}, over a challenge from the file: not fresh", signed.description())
                };
                self.report.passed(Check::ActiveAuthentication, words);
                proofs.push(ChipProof::ActiveAuthentication { signed, fresh });
            }
            ActiveAuthenticationResult::NotOffered => self.report.not_performed(
                Check::ActiveAuthentication,
                "not_offered",
                "the document has no DG15",
            ),
            // Whoever left it out for another proof must have that proof.
            ActiveAuthenticationResult::NotAsked if proofs.is_empty() => {
                return Err(Error::NotGenuine(NotGenuine::NoProof));
            }
            ActiveAuthenticationResult::NotAsked => self.report.not_performed(
                Check::ActiveAuthentication,
                "not_asked",
                "the chip has proven itself otherwise; the policy asks for no more",
            ),
            ActiveAuthenticationResult::NotKept => self.report.not_performed(
                Check::ActiveAuthentication,
                "not_kept",
                "DG15 was not read; the policy is content with a proof that files cannot hold",
            ),
            ActiveAuthenticationResult::NotCarried => self.report.not_performed(
                Check::ActiveAuthentication,
                "device_too_short",
                "the reader cannot carry an answer as long as the signature",
            ),
            ActiveAuthenticationResult::NoTranscript => self.report.not_performed(
                Check::ActiveAuthentication,
                "no_transcript",
                "the files hold no signed challenge",
            ),
        }
        let fresh = proofs
            .iter()
            .any(|proof| matches!(proof, ChipProof::ActiveAuthentication { fresh: true, .. }));
        let enough = match self.policy.chip_proof() {
            ChipProofDemand::IfOffered => true,
            ChipProofDemand::Required => !proofs.is_empty(),
            ChipProofDemand::Fresh => fresh,
        };
        if enough { Ok(proofs) } else { Err(Error::NotGenuine(NotGenuine::NoProof)) }
    }
}
