use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Inspection, Window, procedure};
use crate::{
    access::AccessKey,
    apdu::Line,
    chip::{self, Challenge},
    crypto::Random,
    date::Date,
    document::{
        ActiveAuthenticationResult, ChipAuthenticationResult, ChipResults, Evidence, MappingResult,
        PrintedData, Verdict, Verification, is_rfc3339,
    },
    error::{Error, NotGenuine, Result},
    findings::{Check, Deviation},
    lds::{Com, DataGroup, SecurityInfos},
    pki::TrustStore,
    policy::{ChipProofDemand, Policy},
    terminal::{AccessRights, Terminal},
};

/// Groups that only Terminal Authentication opens: fingers and irises `[9303-10 §4.7.3, §4.7.4]`.
const EXTENDED_ACCESS: [u8; 2] = [3, 4];

/// An inspection system `[9303-11 §1]`: whom it trusts, what it demands, and which day it is.
///
/// Cheap to clone; one serves any number of inspections.
#[derive(Debug, Clone)]
pub struct InspectionSystem {
    pub(super) trust: Arc<TrustStore>,
    pub(super) policy: Policy,
    pub(super) at: Date,
    /// `None` for all.
    groups: Option<BTreeSet<u8>>,
}

/// Portraits by the digest that the issuer signed, kept by the caller: a known document is read without DG2.
///
/// It holds personal data for as long as the caller likes: encrypt it, and forget it in time.
pub trait PortraitStore: Send {
    /// The DG2 with this digest, whole. What has another digest is not taken; DG2 is read then.
    fn load(&mut self, digest: &[u8]) -> Option<Vec<u8>>;

    /// A DG2 that was read, of a document that was verified.
    fn save(&mut self, digest: &[u8], dg2: &[u8]);
}

/// What one inspection needs: the key, random numbers, and what the caller wants of it.
pub struct InspectionOptions {
    pub(super) key: AccessKey,
    pub(super) random: Box<dyn Random>,
    pub(super) card_access: Option<Vec<u8>>,
    pub(super) challenge: Option<Challenge>,
    pub(super) printed: Option<Box<dyn PrintedData>>,
    pub(super) terminal: Option<Box<dyn Terminal>>,
    pub(super) read_at: Option<String>,
    pub(super) reader: Option<String>,
    pub(super) losses: u8,
    pub(super) ask_for_lengths: bool,
    pub(super) bac_only: bool,
    pub(super) portraits: Option<Box<dyn PortraitStore>>,
}

/// A card that is held badly is lost a few times; one that is lost more often lies on a broken reader.
const LOSSES: u8 = 8;

impl InspectionOptions {
    /// A read of everything that is signed and open to this key.
    #[must_use]
    pub fn new(key: AccessKey, random: impl Random + 'static) -> Self {
        Self {
            key,
            random: Box::new(random),
            card_access: None,
            challenge: None,
            printed: None,
            terminal: None,
            read_at: None,
            reader: None,
            losses: LOSSES,
            ask_for_lengths: false,
            bac_only: false,
            portraits: None,
        }
    }

    /// How often the card may be lost before the read is given up, 8 unless said otherwise. After a PIN or
    /// PUK the first loss ends the read: it must not be tried on a card that may be another.
    #[must_use]
    pub const fn losses(mut self, most: u8) -> Self {
        self.losses = most;
        self
    }

    /// Reads EF.ATR/INFO first, where a chip may say how long its commands and answers can be (DO 7F66, ISO/IEC
    /// 7816-4 §12.7). One exchange more; it spares chips that misbehave when they are asked for too much. Without
    /// it the first answers tell.
    #[must_use]
    pub const fn ask_for_lengths(mut self) -> Self {
        self.ask_for_lengths = true;
        self
    }

    /// Opens the chip by BAC without looking for PACE: for documents that the caller knows to have none, which
    /// saves the three exchanges that find no EF.CardAccess and try the CCCD's. A signed DG14 that announces PACE refuses the document
    /// all the same.
    #[must_use]
    pub const fn bac_only(mut self) -> Self {
        self.bac_only = true;
        self
    }

    /// Portraits that were read before: where the store has the one whose digest the issuer signed, DG2 is not
    /// read, which is most of the time on the air. It is asked once the identity is proven, and given each new
    /// portrait of a verified document.
    #[must_use]
    pub fn portraits(mut self, store: impl PortraitStore + 'static) -> Self {
        self.portraits = Some(Box::new(store));
        self
    }

    /// EF.CardAccess as the caller knows it, for links on which the chip does not deliver it (iOS).
    /// Without it the CCCD's constant is assumed there, and the report says so.
    #[must_use]
    pub fn card_access(mut self, bytes: Vec<u8>) -> Self {
        self.card_access = Some(bytes);
        self
    }

    /// The challenge for Active Authentication, chosen by whoever will judge the answer.
    /// Without it a fresh random one is used.
    #[must_use]
    pub const fn challenge(mut self, challenge: Challenge) -> Self {
        self.challenge = Some(challenge);
        self
    }

    /// The certificates and key of an inspection system: where the document offers Terminal
    /// Authentication it runs, and the groups that it opens (DG3, DG4) are read, unless nobody
    /// [wants](InspectionSystem::with_groups) them. They are then part of the document's evidence as well.
    #[must_use]
    pub fn terminal(mut self, terminal: impl Terminal + 'static) -> Self {
        self.terminal = Some(Box::new(terminal));
        self
    }

    /// The time of the read for the evidence, RFC 3339 (`2026-11-21T09:30:00+07:00`): the library has no clock.
    /// A claim of the reader, on which no verdict depends.
    ///
    /// # Errors
    /// `Misuse` for another notation; also for leap seconds, and for `t` and `z` in lower case.
    pub fn read_at(mut self, time: &str) -> Result<Self> {
        if !is_rfc3339(time) {
            return Err(Error::Misuse("a time that is not written as RFC 3339 says"));
        }
        self.read_at = Some(time.to_owned());
        Ok(self)
    }

    /// The device that reads, for the evidence, in at most 128 bytes without control characters. A claim
    /// of the reader. It is kept when evidence is redacted for support: name devices, not people.
    ///
    /// # Errors
    /// `Misuse` for a longer description or one with control characters.
    pub fn reader(mut self, description: &str) -> Result<Self> {
        if description.len() > 128 || description.chars().any(char::is_control) {
            return Err(Error::Misuse("a description of a reader that is not one short line"));
        }
        self.reader = Some(description.to_owned());
        Ok(self)
    }

    /// Printed data to be compared with the chip; a difference refuses the document.
    #[must_use]
    pub fn printed(mut self, printed: impl PrintedData + 'static) -> Self {
        self.printed = Some(Box::new(printed));
        self
    }
}

impl InspectionSystem {
    /// A system with the standard policy.
    #[must_use]
    pub fn new(trust: impl Into<Arc<TrustStore>>, at: Date) -> Self {
        Self { trust: trust.into(), policy: Policy::standard(), at, groups: None }
    }

    /// Replaces the policy.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Wants these groups only; others are not read, and stored documents may lack them. DG1 is always
    /// wanted; DG14 and DG15 too if they are signed, since the proof of the chip needs them.
    #[must_use]
    pub fn with_groups(mut self, groups: impl IntoIterator<Item = u8>) -> Self {
        self.groups = Some(groups.into_iter().chain([1, 14, 15]).collect());
        self
    }

    /// Signed groups that may be missing: biometrics that Terminal Authentication did not open, and what
    /// the operator does not want.
    pub(super) fn excused(&self, rights: AccessRights) -> BTreeSet<u8> {
        let wanted = |number: u8| self.groups.as_ref().is_none_or(|set| set.contains(&number));
        let closed =
            |group: DataGroup| EXTENDED_ACCESS.contains(&group.number()) && !rights.allows(group);
        DataGroup::all()
            .filter(|group| closed(*group) || !wanted(group.number()))
            .map(DataGroup::number)
            .collect()
    }

    /// Whom it trusts.
    #[must_use]
    pub const fn trust(&self) -> &Arc<TrustStore> {
        &self.trust
    }

    /// The day for which its verdicts hold.
    #[must_use]
    pub const fn at(&self) -> Date {
        self.at
    }

    /// The same system on another day.
    #[must_use]
    pub fn on(&self, day: Date) -> Self {
        Self { at: day, ..self.clone() }
    }

    /// The policy in force.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Begins the inspection of one chip.
    #[must_use]
    pub fn inspect(&self, options: InspectionOptions) -> Inspection {
        let (line, mailbox) = Line::new();
        let window = Window::default();
        let procedure = procedure::inspect(line, self.clone(), options, window.clone());
        Inspection::new(Box::pin(procedure), mailbox, window)
    }

    /// Verifies stored files. Nothing in them is trusted that is not checked here: the claims about
    /// access and Chip Authentication are not repeated, and Active Authentication counts as fresh only
    /// over the challenge that the caller issued.
    #[must_use]
    pub fn verify(
        &self,
        evidence: &Evidence,
        challenge: Option<Challenge>,
        printed: Option<&dyn PrintedData>,
    ) -> Verdict {
        let mut verification = Verification::new(self.policy.clone(), self.at);
        match self.verify_files(&mut verification, evidence, challenge) {
            Err(error) => Verdict { report: verification.report().clone(), document: Err(error) },
            Ok((authenticated, active)) => {
                let proofs = ChipResults {
                    chip: ChipAuthenticationResult::NotVerifiable,
                    mapping: MappingResult::NotVerifiable,
                    active,
                };
                let mut evidence = evidence.clone();
                evidence.groups.retain(|number, _| authenticated.group(*number).is_some());
                verification.finish(authenticated, proofs, printed, evidence)
            }
        }
    }

    /// Verifies stored files as somebody who issued a challenge and wants to know that the chip was there
    /// after that. As [`InspectionSystem::verify`] on that day; besides, whatever the policy says, a
    /// document that did not sign this challenge is refused: no other proof can be checked from a file.
    #[must_use]
    pub fn verify_live(&self, evidence: &Evidence, challenge: &Challenge, day: Date) -> Verdict {
        let live = self.policy.clone().require_chip_proof(ChipProofDemand::Fresh);
        self.on(day).with_policy(live).verify(evidence, Some(*challenge), None)
    }

    fn verify_files(
        &self,
        verification: &mut Verification,
        evidence: &Evidence,
        challenge: Option<Challenge>,
    ) -> Result<(crate::passive::Authenticated, ActiveAuthenticationResult)> {
        verification.opened_elsewhere();
        let mut examination = verification.examine(evidence.sod.reveal(), &self.trust)?;
        // Digests are compared before anything is accepted: a bank wants to see the three results
        // apart even when one of them refuses the document.
        let listed: BTreeSet<u8> = examination.security_object().groups().collect();
        let mut groups: BTreeMap<_, _> = evidence.groups.clone();
        groups.retain(|number, _| listed.contains(number));
        let all_listed = groups.len() == evidence.groups.len();
        let digests = verification.compare_digests(&mut examination, groups);
        let tolerated =
            if !all_listed { verification.deviate(Deviation::UnsignedGroup) } else { Ok(()) };
        // Nothing in EF.CardSecurity says whose it is: it can only refuse.
        let card_security = evidence
            .card_security
            .as_ref()
            .map(|file| verification.card_security(file.reveal(), &self.trust))
            .transpose()
            .map_err(|error| verification.failed(Check::ChipAuthenticationMapping, error));
        let signed = verification.accept(examination)?;
        digests?;
        let card_security = card_security?;
        tolerated?;
        if let Some(com) = &evidence.com {
            let in_com: BTreeSet<u8> = Com::parse(com)?.groups().map(DataGroup::number).collect();
            if in_com != listed {
                verification.deviate(Deviation::ComDiffers)?;
            }
        }
        let mut excused = self.excused(AccessRights::NONE);
        // Read under a policy that was content with a proof that no file can hold.
        let not_kept = challenge.is_none()
            && evidence.active.is_none()
            && self.policy.accepts_one_chip_proof()
            && signed.group(15).is_none()
            && signed.digest(15).is_some();
        if not_kept {
            excused.insert(15);
        }
        let authenticated = verification.authenticate(signed, &excused)?;
        let card_access = evidence.card_access.as_deref().map(SecurityInfos::parse).transpose()?;
        let signed_infos = card_security.as_ref();
        verification.downgrade(card_access.as_ref(), None, &authenticated, signed_infos)?;
        let active = match (&evidence.active, authenticated.group(15)) {
            (_, None) if not_kept => ActiveAuthenticationResult::NotKept,
            (_, None) => ActiveAuthenticationResult::NotOffered,
            (None, Some(_)) => ActiveAuthenticationResult::NoTranscript,
            (Some(transcript), Some(_)) => {
                let signed = chip::verify_active_authentication(transcript, authenticated.signed())
                    .map_err(|error| verification.failed(Check::ActiveAuthentication, error))?;
                if challenge.is_some_and(|issued| issued != signed.challenge()) {
                    let error = Error::NotGenuine(NotGenuine::Challenge);
                    return Err(verification.failed(Check::ActiveAuthentication, error));
                }
                ActiveAuthenticationResult::Proven { signed, fresh: challenge.is_some() }
            }
        };
        Ok((authenticated, active))
    }
}
