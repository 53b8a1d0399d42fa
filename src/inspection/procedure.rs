//! The read itself, top to bottom `[9303-11 §4.2, §6; 9303-10 §3.6]`.
//!
//! ```text
//!   EF.CardAccess ─► PACE, else BAC ─► channel
//!   EF.SOD        ─► signature, signer, path to a CSCA, while DG14 is under way ─► signed digests
//!   DG14          ─► Chip Authentication ─► new channel ─► Terminal Authentication
//!   DG15          ─► Active Authentication
//!   DG1, DG13     each compared with its signed digest as it arrives ─► identity
//!   the others, DG2 last, unless the caller has that portrait
//!   EF.CardAccess against DG14, state, expiry, printed data ─► verdict
//! ```

use std::collections::BTreeMap;

use super::{
    InspectionOptions, InspectionSystem, Phase, Progress, Window,
    opening::OpenChip,
    proving::{Unproven, judge},
};
use crate::{
    access::AccessUsed,
    apdu::Line,
    chip::{self, ActiveAuthenticationTranscript, Challenge},
    document::{
        AccessClaim, ActiveAuthenticationResult, ChipAuthenticationResult, ChipResults, Evidence,
        PolicyClaim, TerminalClaim, Verification, VerifiedDocument,
    },
    error::{Error, NotGenuine, ReaderFault, Result},
    findings::{Check, Deviation},
    lds::{DataGroup, File},
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
        losses: 0,
        system,
        options,
        window,
    };
    let read = inspection.run(line).await;
    inspection.publish();
    let Procedure { verification, mut options, window, .. } = inspection;
    let Read { authenticated, proofs, evidence, new_portrait } = read?;
    let printed = options.printed.as_deref();
    let verdict = verification.finish(authenticated, proofs, printed, evidence);
    window.publish(verdict.report);
    let document = verdict.document?;
    if let (true, Some(store)) = (new_portrait, &mut options.portraits) {
        let authenticated = document.authenticated();
        if let (Some(digest), Some(dg2)) =
            (authenticated.signed().digest(2), authenticated.group(2))
        {
            store.save(digest, dg2);
        }
    }
    Ok(Box::new(document.with_outcomes()))
}

pub(super) struct Procedure {
    pub(super) system: InspectionSystem,
    pub(super) options: InspectionOptions,
    pub(super) verification: Verification,
    pub(super) window: Window,
    losses: u8,
}

/// What was read and proven so far. No loss of card or keys takes it away; the read is run again and
/// skips it.
#[derive(Default)]
struct Gathered {
    sod: Option<Vec<u8>>,
    signed: Option<SignedDigests>,
    active: Option<Active>,
    /// The identity was proven and handed out.
    identified: bool,
    /// DG2 came from the caller's store.
    known_portrait: bool,
}

/// Active Authentication as it was judged, and what was judged.
struct Active {
    transcript: Option<ActiveAuthenticationTranscript>,
    result: ActiveAuthenticationResult,
}

/// Everything that was read and proven, before the verdict.
struct Read {
    authenticated: Authenticated,
    proofs: ChipResults,
    evidence: Evidence,
    new_portrait: bool,
}

/// Who the holder is, without the portrait.
const IDENTITY: [DataGroup; 2] = [DataGroup::DG1, DataGroup::DG13];

impl Procedure {
    fn publish(&self) {
        self.window.publish(self.verification.report().clone());
    }

    pub(super) fn phase(&self, phase: Phase) {
        self.publish();
        self.window.progress(Progress { phase, file: "", bytes_read: 0, bytes_total: 0 });
    }

    /// Records an error under a check and hands it on. A lost link is nobody's finding, and a broken channel
    /// is judged at the end: the chip may be opened again, and after Chip Authentication it means a copy.
    pub(super) fn failed(&mut self, check: Check, error: Error) -> Error {
        match error {
            Error::LinkLost
            | Error::CardChanged
            | Error::Reader(_)
            | Error::Cancelled
            | Error::Misuse(_)
            | Error::ChannelBroken(_) => error,
            _ => self.verification.failed(check, error),
        }
    }

    /// Reads until it is done, however often card or keys are lost.
    async fn run(&mut self, line: Line) -> Result<Read> {
        let mut chip = None;
        let mut gathered = Gathered::default();
        let read = loop {
            let read = self.attempt(&line, &mut chip, &mut gathered).await;
            let Err(error) = read else { break read };
            if self.survives(&error) {
                if let Some(chip) = &mut chip {
                    chip.unseen = true;
                }
                self.phase(Phase::CardLost);
                line.card().await?;
            } else if !(matches!(error, Error::ChannelBroken(_))
                && chip.as_mut().is_some_and(OpenChip::take_reopening))
            {
                break Err(error);
            }
        };
        let unprotected_errors = chip.as_ref().map_or(0, |chip| chip.channel.unprotected_errors());
        // Recorded however the read ended; a policy that refuses it must not hide a graver error.
        let tolerated = match unprotected_errors {
            0 => Ok(()),
            _ => self.verification.deviate(Deviation::UnprotectedError),
        };
        match read {
            Ok(read) => tolerated.map(|()| read),
            // Wrong keys after Chip Authentication show as a channel that never worked.
            Err(Error::ChannelBroken(_)) if chip.is_some_and(|chip| chip.keys_never_worked()) => {
                let error = Error::NotGenuine(NotGenuine::ChipAuthentication);
                Err(self.verification.failed(Check::ChipAuthentication, error))
            }
            // Takes back what the report said about the channel while it worked.
            Err(error @ Error::ChannelBroken(_)) => {
                Err(self.verification.failed(Check::SecureMessaging, error))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the read can go on once the card is back.
    fn survives(&mut self, error: &Error) -> bool {
        let lost = match error {
            Error::LinkLost => true,
            Error::Reader(fault) => *fault != ReaderFault::TooLong,
            _ => false,
        };
        // The next card may be another, and wrong tries of a PIN are counted.
        let may_try_again = !self.options.key.password().can_be_suspended();
        let survives = lost && may_try_again && self.losses < self.options.losses;
        self.losses += u8::from(survives);
        survives
    }

    /// One way through the whole read, over what is left to do.
    async fn attempt(
        &mut self,
        line: &Line,
        chip: &mut Option<OpenChip>,
        gathered: &mut Gathered,
    ) -> Result<Read> {
        self.phase(Phase::Access);
        let chip = match chip {
            None => {
                let (mut opened, mapping) = self.open(line.clone()).await?;
                match self.enter(&mut opened, mapping).await {
                    Ok(()) => chip.insert(opened),
                    Err(error) => {
                        // A chip that gives up here may be opened again; of a lost card nothing is kept.
                        *chip = matches!(error, Error::ChannelBroken(_)).then_some(opened);
                        return Err(error);
                    }
                }
            }
            Some(chip) => {
                self.open_again(chip).await?;
                chip
            }
        };
        if chip.unseen {
            self.recognise(chip, gathered).await?;
            chip.unseen = false;
        }
        self.read_and_prove(chip, gathered).await
    }

    /// The card was away: before a byte is joined to what it gave before, it shows that it is the same one,
    /// by the beginning of EF.SOD, where the digests of its data stand. Its key is proven again by Chip
    /// Authentication, PACE with chip-authentication mapping, or here by Active Authentication.
    async fn recognise(&mut self, chip: &mut OpenChip, gathered: &Gathered) -> Result<()> {
        let begun = chip.files.begun(File::Sod).map(<[u8]>::to_vec);
        let Some(known) = gathered.sod.clone().or(begun) else { return Ok(()) };
        let OpenChip { files, channel, .. } = &mut *chip;
        if !files.begins_with(channel, File::Sod, &known).await? {
            return Err(Error::CardChanged);
        }
        let Gathered { signed: Some(signed), active: Some(active), .. } = gathered else {
            return Ok(());
        };
        let otherwise = chip.authenticated_before || chip.mapped.is_some();
        if let (false, Some(_), Some(dg15)) = (otherwise, &active.transcript, signed.group(15)) {
            let challenge = Challenge::fresh(&mut *self.options.random)?;
            let longest = chip.files.longest_answer();
            let channel = &mut chip.channel;
            let again = chip::active_authentication(channel, dg15, challenge, longest).await;
            again
                .and_then(|transcript| chip::verify_active_authentication(&transcript, signed))
                .map_err(|error| self.failed(Check::ActiveAuthentication, error))?;
        }
        Ok(())
    }

    async fn read_and_prove(
        &mut self,
        chip: &mut OpenChip,
        gathered: &mut Gathered,
    ) -> Result<Read> {
        let Gathered { sod, signed, active, identified, known_portrait } = gathered;
        let sod = match sod {
            None => &*sod.insert(self.read_security_object(chip).await?),
            Some(sod) => &*sod,
        };
        if signed.is_none() {
            self.accept_security_object(chip, sod, signed).await?;
        }
        let Some(signed) = signed else {
            return Err(Error::Misuse("a read that goes on without EF.SOD"));
        };

        let mut unproven = Unproven::NotOffered;
        self.read_group(chip, signed, DataGroup::DG14).await?;
        if let Some(dg14) = signed.group(14) {
            match self.authenticate_chip(chip, dg14).await {
                // A device too short for the chip's key is no reason to doubt a chip that has another
                // proof to give.
                Err(Error::Reader(ReaderFault::TooLong))
                    if chip.mapped.is_some() || signed.groups().any(|it| it == 15) =>
                {
                    unproven = Unproven::NotCarried;
                }
                run => run.map_err(|error| self.failed(Check::ChipAuthentication, error))?,
            }
        }
        self.open_protected_groups(chip, signed.group(14)).await?;
        // Asked each time: after a loss the chip may not have proven itself again.
        if active.is_none() && !self.is_content_with(chip) {
            let transcript = self.authenticate_actively(chip, signed).await?;
            // Judged at once: a copy is refused before its portrait is read.
            let result = self.judge_active(transcript.as_ref(), signed)?;
            *active = Some(Active { transcript, result });
        }
        let transcript = active.as_ref().and_then(|active| active.transcript.as_ref());
        let mut excused = self.system.excused(chip.rights);
        let result = match active.as_ref() {
            Some(active) => active.result.clone(),
            None => {
                excused.insert(15);
                ActiveAuthenticationResult::NotAsked
            }
        };

        for group in IDENTITY.into_iter().filter(|group| !excused.contains(&group.number())) {
            self.read_group(chip, signed, group).await?;
        }
        if !*identified {
            let identity = self.identity(chip, signed, unproven, result.clone());
            *identified = identity.is_some();
            identity.into_iter().for_each(|identity| self.window.identity(identity));
        }
        // The text first, the portrait last.
        let portrait_last = DataGroup::all().filter(|group| *group != DataGroup::DG2);
        for group in portrait_last.filter(|group| !excused.contains(&group.number())) {
            self.read_group(chip, signed, group).await?;
        }
        if !excused.contains(&DataGroup::DG2.number()) {
            *known_portrait |= *identified && self.take_known_portrait(signed);
            self.read_group(chip, signed, DataGroup::DG2).await?;
        }

        // Nothing is asked of the chip from here on.
        let mut evidence = self.evidence(sod, signed.admitted(), chip, transcript);
        let new_portrait = !*known_portrait;
        let Some(signed) = std::mem::take(gathered).signed else {
            return Err(Error::Misuse("a read that ends without EF.SOD"));
        };
        let (authenticated, proofs) =
            judge(&mut self.verification, chip, signed, &excused, unproven, result)?;
        if let ChipAuthenticationResult::Proven(proof) = &proofs.chip {
            evidence.claims.chip_authentication = Some(proof.transcript().clone());
        }
        Ok(Read { authenticated, proofs, evidence, new_portrait })
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
