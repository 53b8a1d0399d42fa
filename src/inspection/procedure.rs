//! The read itself, top to bottom `[9303-11 §4.2, §6; 9303-10 §3.6]`.
//!
//! ```text
//!   EF.CardAccess ─► PACE, else BAC ─► channel
//!   EF.SOD        ─► signature, signer, path to a CSCA ─► signed digests
//!   DG14          ─► Chip Authentication ─► new channel ─► Terminal Authentication
//!   DG15          ─► Active Authentication
//!   DG1, DG13 …   each compared with its signed digest as it arrives; DG2 last
//!   EF.CardAccess against DG14, state, expiry, printed data ─► verdict
//! ```

use std::collections::BTreeMap;

use super::{InspectionOptions, InspectionSystem, Phase, Progress, Window, opening::OpenChip};
use crate::{
    access::AccessUsed,
    apdu::Line,
    chip::{self, ActiveAuthenticationTranscript, Challenge, ChipAuthenticationOffer},
    document::{
        AccessClaim, ActiveAuthenticationResult, ChipAuthenticationResult, ChipResults, Evidence,
        MappingResult, PolicyClaim, TerminalClaim, Verification, VerifiedDocument,
    },
    error::{ChannelFault, Error, NotAuthentic, NotGenuine, ReaderFault, Result},
    findings::{Check, Deviation},
    lds::{DataGroup, Dg14, File, SecurityInfos},
    passive::{Authenticated, SignedDigests},
    sensitive::Personal,
};

/// Runs the procedure and publishes the report however it ends.
pub(super) async fn inspect(
    line: Line,
    system: InspectionSystem,
    options: InspectionOptions,
    window: Window,
) -> Result<Box<VerifiedDocument>> {
    let mut inspection = Procedure {
        verification: Verification::new(system.policy.clone(), system.at),
        system,
        options,
        window,
    };
    let read = inspection.run(line).await;
    inspection.publish();
    let Procedure { verification, options, window, .. } = inspection;
    let Read { authenticated, proofs, evidence } = read?;
    let printed = options.printed.as_deref();
    let verdict = verification.finish(authenticated, proofs, printed, evidence);
    window.publish(verdict.report);
    verdict.document.map(|document| Box::new(document.with_outcomes()))
}

pub(super) struct Procedure {
    pub(super) system: InspectionSystem,
    pub(super) options: InspectionOptions,
    pub(super) verification: Verification,
    pub(super) window: Window,
}

/// Everything that was read and proven, before the verdict.
struct Read {
    authenticated: Authenticated,
    proofs: ChipResults,
    evidence: Evidence,
}

impl Procedure {
    fn publish(&self) {
        self.window.publish(self.verification.report().clone());
    }

    pub(super) fn phase(&self, phase: Phase) {
        self.publish();
        self.window.progress(Progress { phase, file: "", bytes_read: 0, bytes_total: 0 });
    }

    /// Records an error under a check and hands it on; a lost link is nobody's finding.
    pub(super) fn failed(&mut self, check: Check, error: Error) -> Error {
        match error {
            Error::LinkLost | Error::Reader(_) | Error::Cancelled | Error::Misuse(_) => error,
            Error::ChannelBroken(_) => self.verification.failed(Check::SecureMessaging, error),
            _ => self.verification.failed(check, error),
        }
    }

    /// Takes back what the report said about the channel while it worked; other errors are recorded
    /// where they arise.
    fn channel_broken(&mut self, error: Error) -> Error {
        match error {
            Error::ChannelBroken(_) => self.verification.failed(Check::SecureMessaging, error),
            other => other,
        }
    }

    async fn run(&mut self, line: Line) -> Result<Read> {
        self.phase(Phase::Access);
        let mut chip = self.open(line).await?;
        let read = self.read_and_prove(&mut chip).await;
        // Recorded however the read ended; a policy that refuses it must not hide a graver error.
        let tolerated = match chip.channel.unprotected_errors() {
            0 => Ok(()),
            _ => self.verification.deviate(Deviation::UnprotectedError),
        };
        match read {
            Ok(read) => tolerated.map(|()| read),
            // Wrong keys after Chip Authentication show as a channel that never worked.
            Err(Error::ChannelBroken(_))
                if chip.chip_authentication.is_some() && !chip.channel.confirmed() =>
            {
                let error = Error::NotGenuine(NotGenuine::ChipAuthentication);
                Err(self.verification.failed(Check::ChipAuthentication, error))
            }
            Err(error) => Err(self.channel_broken(error)),
        }
    }

    async fn read_and_prove(&mut self, chip: &mut OpenChip) -> Result<Read> {
        let sod = self.read_file(chip, File::Sod).await;
        let sod = sod.map_err(|error| self.failed(Check::SodSignature, error))?;
        let missing = Error::NotAuthentic(NotAuthentic::NoSecurityObject);
        let sod = sod.ok_or_else(|| self.verification.failed(Check::SodSignature, missing))?;
        self.phase(Phase::SecurityObject);
        let examination = self.verification.examine(&sod, &self.system.trust)?;
        let mut signed = self.verification.accept(examination)?;
        self.publish();

        let mut unproven = ChipAuthenticationResult::NotOffered;
        self.read_group(chip, &mut signed, DataGroup::DG14).await?;
        if let Some(dg14) = signed.group(14) {
            match self.authenticate_chip(chip, dg14).await {
                // A device too short for the chip's key is no reason to doubt a chip that has another
                // proof to give.
                Err(Error::Reader(ReaderFault::TooLong))
                    if chip.mapped.is_some() || signed.groups().any(|it| it == 15) =>
                {
                    unproven = ChipAuthenticationResult::NotCarried;
                }
                run => run.map_err(|error| self.failed(Check::ChipAuthentication, error))?,
            }
        }
        self.open_protected_groups(chip, signed.group(14)).await?;
        let transcript = self.authenticate_actively(chip, &mut signed).await?;
        // Judged at once: a copy is refused before its portrait is read.
        let active = self.judge_active(transcript.as_ref(), &signed)?;
        self.read_groups(chip, &mut signed).await?;

        let mut evidence = self.evidence(&sod, signed.admitted(), chip, transcript.as_ref());
        let authenticated =
            self.verification.authenticate(signed, &self.system.excused(chip.rights))?;
        let chip_authentication = match chip.chip_authentication.take() {
            None => unproven,
            Some((_, pending)) => pending
                .confirm(&chip.channel, &authenticated)
                .map(ChipAuthenticationResult::Proven)
                .map_err(|error| self.verification.failed(Check::ChipAuthentication, error))?,
        };
        if let ChipAuthenticationResult::Proven(proof) = &chip_authentication {
            evidence.claims.chip_authentication = Some(proof.transcript().clone());
        }
        let card_access = chip.card_access.as_deref().map(SecurityInfos::parse).transpose()?;
        let (card_security, mapped) = chip.mapped.take().unzip();
        let signed = card_security.as_ref();
        let assumed = chip.announced();
        self.verification.downgrade(card_access.as_ref(), assumed, &authenticated, signed)?;
        let mapping = match mapped {
            Some(mapped) => MappingResult::Proven(mapped),
            None => MappingResult::NotOffered,
        };
        let proofs = ChipResults { chip: chip_authentication, mapping, active };
        Ok(Read { authenticated, proofs, evidence })
    }

    /// Runs Chip Authentication if DG14, already compared with its signed digest, holds a key for it.
    pub(super) async fn authenticate_chip(
        &mut self,
        chip: &mut OpenChip,
        dg14: &[u8],
    ) -> Result<()> {
        let parsed = Dg14::parse(dg14)?;
        let aes_only = !self.verification.policy().accepts_triple_des();
        let offer =
            ChipAuthenticationOffer::from_security_infos(parsed.security_infos(), aes_only)?;
        let Some(offer) = offer else { return Ok(()) };
        if offer.inferred() {
            self.verification.deviate(Deviation::ChipAuthenticationInferred)?;
        }
        self.phase(Phase::ChipAuthentication);
        let random = &mut *self.options.random;
        let pending = chip::chip_authentication(&mut chip.channel, offer, random).await?;
        chip.binding.ephemeral = Some(pending.compressed_key());
        chip.chip_authentication = Some((dg14.to_vec(), pending));
        Ok(())
    }

    /// Has the chip sign the challenge, if DG15 was signed.
    async fn authenticate_actively(
        &mut self,
        chip: &mut OpenChip,
        signed: &mut SignedDigests,
    ) -> Result<Option<ActiveAuthenticationTranscript>> {
        self.read_group(chip, signed, DataGroup::DG15).await?;
        let Some(dg15) = signed.group(15) else { return Ok(None) };
        self.phase(Phase::ActiveAuthentication);
        let InspectionOptions { challenge, random, .. } = &mut self.options;
        let challenge = match challenge {
            Some(challenge) => *challenge,
            None => Challenge::fresh(&mut **random)?,
        };
        let run = chip::active_authentication(&mut chip.channel, dg15, challenge).await;
        match run {
            // A device too short for the signature is no reason to doubt a chip that has another
            // proof; a policy that needs this one will miss it.
            Err(Error::Reader(ReaderFault::TooLong))
                if chip.chip_authentication.is_some() || chip.mapped.is_some() =>
            {
                Ok(None)
            }
            run => run.map(Some).map_err(|error| self.failed(Check::ActiveAuthentication, error)),
        }
    }

    fn judge_active(
        &mut self,
        transcript: Option<&ActiveAuthenticationTranscript>,
        signed: &SignedDigests,
    ) -> Result<ActiveAuthenticationResult> {
        Ok(match transcript {
            None if signed.group(15).is_some() => ActiveAuthenticationResult::NotCarried,
            None => ActiveAuthenticationResult::NotOffered,
            Some(transcript) => {
                let signed = chip::verify_active_authentication(transcript, signed)
                    .map_err(|error| self.failed(Check::ActiveAuthentication, error))?;
                ActiveAuthenticationResult::Proven { signed, fresh: true }
            }
        })
    }

    /// The text first, the portrait last.
    async fn read_groups(&mut self, chip: &mut OpenChip, signed: &mut SignedDigests) -> Result<()> {
        let excused = self.system.excused(chip.rights);
        let text_first = DataGroup::all().filter(|group| *group != DataGroup::DG2);
        for group in text_first.chain([DataGroup::DG2]) {
            let number = group.number();
            if signed.group(number).is_none() && !excused.contains(&number) {
                self.read_group(chip, signed, group).await?;
            }
        }
        Ok(())
    }

    /// Reads a group, if it was signed, and compares it with its digest.
    async fn read_group(
        &mut self,
        chip: &mut OpenChip,
        signed: &mut SignedDigests,
        group: DataGroup,
    ) -> Result<()> {
        let number = group.number();
        if !signed.groups().any(|listed| listed == number) {
            return Ok(());
        }
        let raw = self.read_file(chip, File::Group(group)).await;
        // The channel's errors are judged at the end: after Chip Authentication they mean a copy.
        let raw = raw.map_err(|error| match error {
            Error::ChannelBroken(ChannelFault::SessionLost | ChannelFault::Mac) => error,
            other => self.failed(Check::Digests, other),
        })?;
        let withheld = Error::NotAuthentic(NotAuthentic::GroupWithheld { group: number });
        let raw = raw.ok_or_else(|| self.verification.failed(Check::Digests, withheld))?;
        self.verification.admit(signed, number, raw)
    }

    fn evidence(
        &self,
        sod: &[u8],
        groups: &BTreeMap<u8, Personal<Vec<u8>>>,
        chip: &OpenChip,
        transcript: Option<&ActiveAuthenticationTranscript>,
    ) -> Evidence {
        let mut evidence = Evidence::from_files(sod.to_vec(), groups.clone())
            .with_unsigned_files(chip.card_access.clone(), None)
            .with_card_security(chip.card_security.clone());
        evidence.active = transcript.cloned();
        let access = self.verification.report().access();
        let claims = &mut evidence.claims;
        claims.access = access.map(AccessClaim::from);
        if chip.mapped.is_some() {
            claims.chip_authentication_mapping =
                access.and_then(AccessUsed::group).map(str::to_owned);
        }
        claims.terminal_authentication = chip.terminal.as_ref().map(TerminalClaim::from);
        claims.read_on = Some(self.system.at);
        claims.read_at.clone_from(&self.options.read_at);
        claims.library = Some(concat!("cccd ", env!("CARGO_PKG_VERSION")).to_owned());
        claims.reader.clone_from(&self.options.reader);
        claims.policy = Some(PolicyClaim::from(self.verification.policy()));
        evidence
    }
}
