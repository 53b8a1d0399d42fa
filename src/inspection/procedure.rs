//! The read itself, top to bottom `[9303-11 §4.2, §6; 9303-10 §3.6]`.
//!
//! ```text
//!   EF.CardAccess ─► PACE, else BAC ─► channel
//!   EF.SOD        ─► signature, signer, path to a CSCA ─► signed digests
//!   DG14          ─► Chip Authentication ─► new channel
//!   DG15          ─► Active Authentication
//!   DG1, DG13 …   each compared with its signed digest as it arrives; DG2 last
//!   EF.CardAccess against DG14, state, expiry, printed data ─► verdict
//! ```

use std::collections::BTreeMap;

use super::{InspectionOptions, InspectionSystem, Phase, Progress, Window, files::FileReader};
use crate::{
    access::{AccessUsed, PaceRules, basic_access_control, pace},
    apdu::{Command, Line, StatusWord},
    chip::{
        self, ActiveAuthenticationTranscript, Challenge, ChipAuthenticationOffer,
        PendingChipAuthentication,
    },
    document::{
        ActiveAuthenticationResult, ChipAuthenticationResult, Evidence, Verification,
        VerifiedDocument,
    },
    error::{
        ChannelFault, Error, InvalidKey, NotAuthentic, NotGenuine, PolicyRefusal, ReaderFault,
        Result, Unsupported,
    },
    findings::{Check, Deviation},
    lds::{DataGroup, Dg14, File, SecurityInfos},
    passive::{Authenticated, SignedDigests},
    secure_messaging::Channel,
    sensitive::Personal,
    tlv::Header,
};

/// AID of the LDS1 application `[9303-10 §3.6]`.
const APPLICATION: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

/// EF.CardAccess of the CCCD, as several unrelated applications ship it: TA v1, CA-ECDH-AES-128,
/// PACE-ECDH-GM-AES-128 on brainpoolP256r1. Used where the chip does not deliver the file.
const CCCD_CARD_ACCESS: [u8; 54] = [
    0x31, 0x34, 0x30, 0x0D, 0x06, 0x08, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x01,
    0x01, 0x30, 0x0F, 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02, 0x02,
    0x01, 0x01, 0x30, 0x12, 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02,
    0x02, 0x01, 0x02, 0x02, 0x01, 0x0D,
];

/// EF.CardAccess files with every protocol there is stay far below this.
const MAX_CARD_ACCESS: usize = 4096;

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
    let Read { authenticated, chip, active, evidence } = read?;
    let printed = options.printed.as_deref();
    let verdict = verification.finish(authenticated, chip, active, printed, evidence);
    window.publish(verdict.report);
    verdict.document.map(Box::new)
}

struct Procedure {
    system: InspectionSystem,
    options: InspectionOptions,
    verification: Verification,
    window: Window,
}

/// Everything that was read and proven, before the verdict.
struct Read {
    authenticated: Authenticated,
    chip: ChipAuthenticationResult,
    active: ActiveAuthenticationResult,
    evidence: Evidence,
}

/// The chip, open.
struct Opened {
    channel: Channel,
    /// EF.CardAccess as the chip delivered it.
    card_access: Option<Vec<u8>>,
}

impl Procedure {
    fn publish(&self) {
        self.window.publish(self.verification.report().clone());
    }

    fn phase(&self, phase: Phase) {
        self.publish();
        self.window.progress(Progress { phase, file: "", bytes_read: 0, bytes_total: 0 });
    }

    /// Records an error under a check and hands it on; a lost link is nobody's finding.
    fn failed(&mut self, check: Check, error: Error) -> Error {
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
        let Opened { mut channel, card_access } =
            self.open(line).await.map_err(|error| self.failed(Check::Access, error))?;
        let mut files = FileReader::new(&channel);

        let sod = files.read(&mut channel, File::Sod, &self.window).await;
        let sod = sod.map_err(|error| self.failed(Check::SodSignature, error))?;
        let missing = Error::NotAuthentic(NotAuthentic::NoSecurityObject);
        let sod = sod.ok_or_else(|| self.verification.failed(Check::SodSignature, missing))?;
        self.phase(Phase::SecurityObject);
        let examination = self.verification.examine(&sod, &self.system.trust)?;
        let signed = self.verification.accept(examination)?;
        self.publish();

        let mut groups = BTreeMap::new();
        let mut pending = None;
        let dg14 = self.read_group(&mut channel, &mut files, &signed, DataGroup::DG14).await;
        if let Some(dg14) = dg14.map_err(|error| self.channel_broken(error))? {
            pending = self
                .authenticate_chip(&mut channel, &dg14)
                .await
                .map_err(|error| self.failed(Check::ChipAuthentication, error))?;
            groups.insert(14, Personal::new(dg14));
        }
        let other_proof = pending.is_some();
        let read = self.read_groups(&mut channel, &mut files, &signed, other_proof, groups).await;
        let (groups, transcript) = match read {
            // Wrong keys after Chip Authentication show as a channel that never worked.
            Err(Error::ChannelBroken(_)) if pending.is_some() && !channel.confirmed() => {
                let error = Error::NotGenuine(NotGenuine::ChipAuthentication);
                return Err(self.verification.failed(Check::ChipAuthentication, error));
            }
            read => read.map_err(|error| self.channel_broken(error))?,
        };

        let mut evidence =
            self.evidence(&sod, &groups, card_access.as_deref(), transcript.as_ref());
        let authenticated =
            self.verification.authenticate(signed, groups, &self.system.excused())?;
        let chip = match pending {
            None => ChipAuthenticationResult::NotOffered,
            Some(pending) => pending
                .confirm(&channel, &authenticated)
                .map(ChipAuthenticationResult::Proven)
                .map_err(|error| self.verification.failed(Check::ChipAuthentication, error))?,
        };
        evidence.chip_authentication = matches!(chip, ChipAuthenticationResult::Proven(_));
        let active = match transcript {
            None if authenticated.group(15).is_some() => ActiveAuthenticationResult::NotCarried,
            None => ActiveAuthenticationResult::NotOffered,
            Some(transcript) => {
                let signed = chip::verify_active_authentication(&transcript, &authenticated)
                    .map_err(|error| {
                        self.verification.failed(Check::ActiveAuthentication, error)
                    })?;
                ActiveAuthenticationResult::Proven { signed, fresh: true }
            }
        };
        let card_access = card_access.as_deref().map(SecurityInfos::parse).transpose()?;
        self.verification.downgrade(card_access.as_ref(), &authenticated)?;
        Ok(Read { authenticated, chip, active, evidence })
    }

    /// Opens the chip by PACE, or by BAC where the policy lets it.
    async fn open(&mut self, line: Line) -> Result<Opened> {
        let card_access = read_card_access(&line).await?;
        let delivered = card_access.is_some();
        let assumed = self.options.card_access.as_deref().unwrap_or(&CCCD_CARD_ACCESS);
        let infos = SecurityInfos::parse(card_access.as_deref().unwrap_or(assumed))?;
        let mut pace_failed = false;
        if infos.pace().next().is_some() {
            match self.open_by_pace(&line, &infos).await {
                Ok(channel) => {
                    if !delivered && self.options.card_access.is_none() {
                        self.verification.deviate(Deviation::CardAccessAssumed)?;
                    }
                    return Ok(Opened { channel, card_access });
                }
                // Nobody announced PACE: the assumption was wrong, or this is another kind of card.
                Err(Error::CardRefused { .. }) if !delivered => {}
                Err(error @ (Error::CardRefused { .. } | Error::Unsupported(_))) => {
                    if self.options.key.bac_seed().is_none() {
                        return Err(error);
                    }
                    if !self.verification.policy().accepts_bac_after_pace_failure() {
                        return Err(Error::PolicyRefused(PolicyRefusal::PaceFailed));
                    }
                    pace_failed = true;
                }
                Err(error) => return Err(error),
            }
        }
        let channel = self.open_by_bac(line, pace_failed).await?;
        Ok(Opened { channel, card_access })
    }

    async fn open_by_pace(&mut self, line: &Line, infos: &SecurityInfos) -> Result<Channel> {
        let InspectionOptions { key, random, .. } = &mut self.options;
        let opened = pace(line, infos, key, PaceRules::default(), &mut **random).await?;
        self.verification.opened(opened.used);
        let mut channel = opened.channel;
        let command = Command::select_application(&APPLICATION);
        let response = channel.transmit(&command).await?;
        match response.status() {
            StatusWord::NOT_FOUND => Err(Error::Unsupported(Unsupported::NotAnIcaoChip)),
            _ => response.success(command.name()).map(|_| channel),
        }
    }

    async fn open_by_bac(&mut self, line: Line, after_pace_failure: bool) -> Result<Channel> {
        let command = Command::select_application(&APPLICATION);
        let response = line.transmit(&command).await?;
        if response.status() != StatusWord::SUCCESS {
            return Err(Error::Unsupported(Unsupported::NotAnIcaoChip));
        }
        if !self.verification.policy().accepts_bac() {
            return Err(Error::PolicyRefused(PolicyRefusal::Downgrade));
        }
        let seed = self.options.key.bac_seed().ok_or(Error::InvalidKey(InvalidKey::WrongKind))?;
        let random = &mut *self.options.random;
        let channel = basic_access_control(line, &seed, random).await?;
        self.verification.opened(AccessUsed::bac(after_pace_failure));
        Ok(channel)
    }

    /// Runs Chip Authentication if DG14, already compared with its signed digest, holds a key for it.
    async fn authenticate_chip(
        &mut self,
        channel: &mut Channel,
        dg14: &[u8],
    ) -> Result<Option<PendingChipAuthentication>> {
        let dg14 = Dg14::parse(dg14)?;
        let offer = ChipAuthenticationOffer::from_security_infos(dg14.security_infos(), false)?;
        let Some(offer) = offer else { return Ok(None) };
        if offer.inferred() {
            self.verification.deviate(Deviation::ChipAuthenticationInferred)?;
        }
        self.phase(Phase::ChipAuthentication);
        let random = &mut *self.options.random;
        chip::chip_authentication(channel, offer, random).await.map(Some)
    }

    /// DG15 and its challenge first, then the text, the portrait last.
    async fn read_groups(
        &mut self,
        channel: &mut Channel,
        files: &mut FileReader,
        signed: &SignedDigests,
        other_proof: bool,
        mut groups: BTreeMap<u8, Personal<Vec<u8>>>,
    ) -> Result<(BTreeMap<u8, Personal<Vec<u8>>>, Option<ActiveAuthenticationTranscript>)> {
        let mut transcript = None;
        if let Some(dg15) = self.read_group(channel, files, signed, DataGroup::DG15).await? {
            self.phase(Phase::ActiveAuthentication);
            let InspectionOptions { challenge, random, .. } = &mut self.options;
            let challenge = match challenge {
                Some(challenge) => *challenge,
                None => Challenge::fresh(&mut **random)?,
            };
            let run = chip::active_authentication(channel, &dg15, challenge).await;
            transcript = match run {
                // A device too short for the signature is no reason to doubt a chip that has another
                // proof; a policy that needs this one will miss it.
                Err(Error::Reader(ReaderFault::TooLong)) if other_proof => None,
                run => Some(run.map_err(|error| self.failed(Check::ActiveAuthentication, error))?),
            };
            groups.insert(15, Personal::new(dg15));
        }
        let text_first = DataGroup::all().filter(|group| *group != DataGroup::DG2);
        for group in text_first.chain([DataGroup::DG2]) {
            let number = group.number();
            if groups.contains_key(&number) || self.system.excused().contains(&number) {
                continue;
            }
            if let Some(raw) = self.read_group(channel, files, signed, group).await? {
                groups.insert(number, Personal::new(raw));
            }
        }
        Ok((groups, transcript))
    }

    /// Reads a group that was signed and compares it with its digest; `None` if it was not signed.
    async fn read_group(
        &mut self,
        channel: &mut Channel,
        files: &mut FileReader,
        signed: &SignedDigests,
        group: DataGroup,
    ) -> Result<Option<Vec<u8>>> {
        let number = group.number();
        if !signed.groups().any(|listed| listed == number) {
            return Ok(None);
        }
        let raw = files.read(channel, File::Group(group), &self.window).await;
        // The channel's errors are judged by the caller: after Chip Authentication they mean a copy.
        let raw = raw.map_err(|error| match error {
            Error::ChannelBroken(ChannelFault::SessionLost | ChannelFault::Mac) => error,
            other => self.failed(Check::Digests, other),
        })?;
        let withheld = Error::NotAuthentic(NotAuthentic::GroupWithheld { group: number });
        let raw = raw.ok_or_else(|| self.verification.failed(Check::Digests, withheld))?;
        self.verification.check_group(signed, number, &raw)?;
        Ok(Some(raw))
    }

    fn evidence(
        &self,
        sod: &[u8],
        groups: &BTreeMap<u8, Personal<Vec<u8>>>,
        card_access: Option<&[u8]>,
        transcript: Option<&ActiveAuthenticationTranscript>,
    ) -> Evidence {
        let mut evidence = Evidence::from_files(sod.to_vec(), groups.clone())
            .with_unsigned_files(card_access.map(<[u8]>::to_vec), None);
        evidence.access =
            self.verification.report().access().map(|access| access.name().to_owned());
        evidence.active = transcript.cloned();
        evidence.read_on = Some(self.system.at);
        evidence.library = Some(concat!("cccd ", env!("CARGO_PKG_VERSION")).to_owned());
        evidence
    }
}

/// Reads EF.CardAccess before anything is selected: by its short identifier, else by SELECT.
///
/// The master file is not selected: the CCCD answers `6D00` to that. `None` if the chip does not
/// deliver the file, whatever it answers.
async fn read_card_access(line: &Line) -> Result<Option<Vec<u8>>> {
    let file = File::CardAccess;
    let by_short_identifier = Command::read_binary_sfi(file.short_identifier(), 0, 256);
    let mut bytes = transparent(line, &by_short_identifier).await?;
    if bytes.is_empty() {
        let selected = line.transmit(&Command::select_file(file.identifier())).await?;
        if selected.status() != StatusWord::SUCCESS {
            return Ok(None);
        }
        bytes = transparent(line, &Command::read_binary(0, 256)?).await?;
    }
    let Ok(Some(header)) = Header::parse(&bytes) else { return Ok(None) };
    let total = header.total_length().unwrap_or(usize::MAX).min(MAX_CARD_ACCESS);
    while bytes.len() < total {
        let length = (total - bytes.len()).min(256);
        let more = transparent(line, &Command::read_binary(bytes.len(), length)?).await?;
        if more.is_empty() {
            return Ok(None);
        }
        bytes.extend(more);
    }
    bytes.truncate(total);
    Ok(Some(bytes))
}

/// What a READ BINARY in the clear delivers; empty if it is refused.
async fn transparent(line: &Line, command: &Command) -> Result<Vec<u8>> {
    let response = line.transmit(command).await?;
    Ok(match response.status() {
        StatusWord::SUCCESS | StatusWord::END_OF_FILE => response.data().to_vec(),
        _ => Vec::new(),
    })
}
