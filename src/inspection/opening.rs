//! Opening the chip, and opening it once more where it lost its keys `[9303-11 §4.2]`.
//!
//! ```text
//!   EF.CardAccess ─► PACE ─► SELECT application
//!                    else SELECT application ─► BAC
//! ```

use super::{InspectionOptions, files::FileReader, procedure::Procedure};
use crate::{
    access::{AccessUsed, PaceParameters, basic_access_control, pace},
    apdu::{Command, Line, StatusWord},
    chip::PendingChipAuthentication,
    error::{Error, InvalidKey, PolicyRefusal, Result, Unsupported},
    findings::Deviation,
    lds::{File, SecurityInfos},
    secure_messaging::Channel,
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

/// How often a chip is opened again that forgets its keys with an error. What it refused is
/// remembered, so each loss has another cause: no short identifiers, no extended length, a missing file.
const MAX_REOPENINGS: usize = 3;

/// The chip, open.
pub(super) struct OpenChip {
    line: Line,
    door: Door,
    reopenings: usize,
    pub(super) channel: Channel,
    pub(super) files: FileReader,
    /// EF.CardAccess as the chip delivered it.
    pub(super) card_access: Option<Vec<u8>>,
    /// DG14, once Chip Authentication ran with its key, and what that still has to prove.
    pub(super) chip_authentication: Option<(Vec<u8>, PendingChipAuthentication)>,
}

/// How the chip was opened, to do it again.
enum Door {
    Pace(SecurityInfos),
    Bac { after_pace_failure: bool },
}

impl OpenChip {
    fn new(line: Line, door: Door, channel: Channel, card_access: Option<Vec<u8>>) -> Self {
        let files = FileReader::new(&channel);
        Self { line, door, reopenings: 0, channel, files, card_access, chip_authentication: None }
    }
}

impl Procedure {
    /// Opens the chip by PACE, or by BAC where the policy lets it.
    pub(super) async fn open(&mut self, line: Line) -> Result<OpenChip> {
        let card_access = read_card_access(&line).await?;
        let delivered = card_access.is_some();
        let assumed = self.options.card_access.as_deref().unwrap_or(&CCCD_CARD_ACCESS);
        let infos = SecurityInfos::parse(card_access.as_deref().unwrap_or(assumed))?;
        let mut after_pace_failure = false;
        if infos.pace().next().is_some() {
            match self.open_by_pace(&line, &infos).await {
                Ok(channel) => {
                    if !delivered && self.options.card_access.is_none() {
                        self.verification.deviate(Deviation::CardAccessAssumed)?;
                    }
                    return Ok(OpenChip::new(line, Door::Pace(infos), channel, card_access));
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
                    after_pace_failure = true;
                }
                Err(error) => return Err(error),
            }
        }
        let channel = self.open_by_bac(&line, after_pace_failure).await?;
        Ok(OpenChip::new(line, Door::Bac { after_pace_failure }, channel, card_access))
    }

    async fn open_by_pace(&mut self, line: &Line, infos: &SecurityInfos) -> Result<Channel> {
        let parameters = PaceParameters::choose(infos)?;
        let InspectionOptions { key, random, .. } = &mut self.options;
        let mut channel = pace(line.clone(), parameters, key, &mut **random).await?;
        self.verification.opened(AccessUsed::pace(parameters, &self.options.key));
        let command = Command::select_application(&APPLICATION);
        let response = channel.transmit(&command).await?;
        match response.status() {
            StatusWord::NOT_FOUND => Err(Error::Unsupported(Unsupported::NotAnIcaoChip)),
            _ => response.success(command.name()).map(|_| channel),
        }
    }

    async fn open_by_bac(&mut self, line: &Line, after_pace_failure: bool) -> Result<Channel> {
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
        let channel = basic_access_control(line.clone(), &seed, random).await?;
        self.verification.opened(AccessUsed::bac(after_pace_failure));
        Ok(channel)
    }

    /// Reads a file of the application; `None` if the chip does not have it.
    ///
    /// A chip that loses the session with an unprotected error is opened again, and the file read from
    /// its beginning. The key is known to be right then, so no attempt is risked.
    pub(super) async fn read_file(
        &mut self,
        chip: &mut OpenChip,
        file: File,
    ) -> Result<Option<Vec<u8>>> {
        loop {
            let read = chip.files.read(&mut chip.channel, file, &self.window).await;
            match read {
                Err(Error::ChannelBroken(_))
                    if chip.channel.lost_by_unprotected_error()
                        && chip.reopenings < MAX_REOPENINGS =>
                {
                    chip.reopenings += 1;
                    self.reopen(chip).await?;
                }
                read => return read,
            }
        }
    }

    /// Access control, and Chip Authentication if it ran before, all over again.
    async fn reopen(&mut self, chip: &mut OpenChip) -> Result<()> {
        let mut channel = match &chip.door {
            Door::Pace(infos) => self.open_by_pace(&chip.line, infos).await?,
            Door::Bac { after_pace_failure } => {
                self.open_by_bac(&chip.line, *after_pace_failure).await?
            }
        };
        channel.learn_from(&chip.channel);
        chip.channel = channel;
        if let Some((dg14, _)) = chip.chip_authentication.take() {
            self.authenticate_chip(chip, &dg14).await?;
        }
        Ok(())
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
