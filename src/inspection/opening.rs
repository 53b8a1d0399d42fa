//! Opening the chip, and opening it once more where it lost its keys `[9303-11 §4.2]`.
//!
//! ```text
//!   EF.CardAccess ─► PACE ─► EF.CardSecurity (chip-authentication mapping) ─► SELECT application
//!                    else SELECT application ─► BAC
//! ```

use super::{
    InspectionOptions,
    files::{FileReader, HEADER, Refused, SMALLEST_BLOCK},
    procedure::Procedure,
    terminal::CvcaFile,
};
use crate::{
    access::{AccessUsed, PaceOpened, PaceRules, basic_access_control, pace},
    apdu::{Command, Limits, Line, Response, StatusWord},
    chip::{ChipMapped, PendingChipAuthentication, PendingMapping},
    error::{Error, InvalidKey, NotGenuine, PolicyRefusal, Result, Unsupported},
    findings::{Check, Deviation},
    lds::{AtrInfo, File, SecurityInfos},
    passive::SignedSecurityInfos,
    secure_messaging::Channel,
    terminal::{AccessRights, TerminalAuthenticated},
    tlv::Header,
};

/// AID of the LDS1 application `[9303-10 §3.6]`.
pub(super) const APPLICATION: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

/// EF.CardAccess of the CCCD, as several unrelated applications ship it: TA v1, CA-ECDH-AES-128,
/// PACE-ECDH-GM-AES-128 on brainpoolP256r1. Used where the chip does not deliver the file.
pub(super) const CCCD_CARD_ACCESS: [u8; 54] = [
    0x31, 0x34, 0x30, 0x0D, 0x06, 0x08, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x01,
    0x01, 0x30, 0x0F, 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02, 0x02,
    0x01, 0x01, 0x30, 0x12, 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02,
    0x02, 0x01, 0x02, 0x02, 0x01, 0x0D,
];

/// EF.CardAccess files with every protocol there is stay far below this.
const MAX_CARD_ACCESS: usize = 4096;

/// All that Le in a short length field can say.
const SHORT_BLOCK: usize = 256;

/// How often a chip is opened again that forgets its keys with an error. What it refused is
/// remembered, so each loss has another cause: no short identifiers, no extended length, a missing file.
const MAX_REOPENINGS: usize = 3;

/// The chip, open.
pub(super) struct OpenChip {
    line: Line,
    door: Door,
    reopenings: usize,
    /// The card was lost and has not shown yet that it is the same one.
    pub(super) unseen: bool,
    pub(super) channel: Channel,
    pub(super) files: FileReader,
    /// EF.CardAccess as the chip delivered it.
    pub(super) card_access: Option<Vec<u8>>,
    /// What Terminal Authentication signs beside the challenge.
    pub(super) binding: Binding,
    /// Where EF.CVCA is, once Terminal Authentication is to run.
    pub(super) cvca: Option<CvcaFile>,
    /// The protected groups that it opened.
    pub(super) rights: AccessRights,
    /// EF.CardSecurity as it was read, for the evidence.
    pub(super) card_security: Option<Vec<u8>>,
    /// What the chip accepted of us, if anything.
    pub(super) terminal: Option<TerminalAuthenticated>,
    /// EF.CardSecurity, if PACE ran with chip-authentication mapping, and what that proved.
    pub(super) mapped: Option<(SignedSecurityInfos, ChipMapped)>,
    /// Whether Chip Authentication ever ran in this read: it will run again after a loss.
    pub(super) authenticated_before: bool,
    /// What Chip Authentication still has to prove, once it ran under the present keys of the door.
    pub(super) chip_authentication: Option<PendingChipAuthentication>,
}

/// To what Terminal Authentication binds our signature `[9303-11 §7.1.2]`.
pub(super) struct Binding {
    /// ID_PICC: after BAC the document number, after PACE the chip's ephemeral key.
    pub(super) id_picc: Vec<u8>,
    /// Our newest ephemeral key that the chip proved itself against: Chip Authentication's, or that of PACE
    /// with chip-authentication mapping.
    pub(super) ephemeral: Option<Vec<u8>>,
}

/// How the chip was opened, to do it again.
enum Door {
    Pace(SecurityInfos),
    Bac { after_pace_failure: bool },
}

impl OpenChip {
    /// Whether a broken channel is likely the chip's own habit; then one of its reopenings is used up.
    pub(super) fn take_reopening(&mut self) -> bool {
        let lost = self.channel.lost_by_unprotected_error() && self.reopenings < MAX_REOPENINGS
            || self.channel.refused_at_once() && self.reopenings == 0;
        self.reopenings += usize::from(lost);
        lost
    }

    /// Whether no answer was authenticated since Chip Authentication.
    pub(super) const fn keys_never_worked(&self) -> bool {
        self.chip_authentication.is_some() && !self.channel.confirmed()
    }

    /// The announcements by which PACE ran.
    pub(super) const fn announced(&self) -> Option<&SecurityInfos> {
        match &self.door {
            Door::Pace(infos) => Some(infos),
            Door::Bac { .. } => None,
        }
    }
}

/// A channel behind one of the doors.
struct Behind {
    channel: Channel,
    binding: Binding,
    /// PACE with chip-authentication mapping has still to be compared with the signed key.
    mapping: Option<PendingMapping>,
}

impl Procedure {
    /// Opens the chip by PACE, or by BAC where the policy lets it. After PACE the master file is still
    /// selected.
    async fn pass(&mut self, line: &Line) -> Result<(Door, Behind, CardAccess)> {
        if self.options.ask_for_lengths {
            ask_for_lengths(line).await?;
        }
        let card_access = match self.options.bac_only {
            true => CardAccess::default(),
            false => read_card_access(line).await?,
        };
        let announced = card_access.file.as_deref().or(self.options.card_access.as_deref());
        let assumed = announced.is_none();
        let infos = SecurityInfos::parse(announced.unwrap_or(&CCCD_CARD_ACCESS))?;
        let mut after_pace_failure = false;
        if infos.pace().next().is_some() && !self.options.bac_only {
            match self.pass_by_pace(line, &infos).await {
                Ok(behind) => {
                    if assumed {
                        self.verification.deviate(Deviation::CardAccessAssumed)?;
                    }
                    return Ok((Door::Pace(infos), behind, card_access));
                }
                // Nobody announced PACE: the assumption was wrong, or this is another kind of card.
                Err(Error::CardRefused { .. }) if assumed => {}
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
        let behind = self.pass_by_bac(line, after_pace_failure).await?;
        Ok((Door::Bac { after_pace_failure }, behind, card_access))
    }

    async fn pass_by_pace(&mut self, line: &Line, infos: &SecurityInfos) -> Result<Behind> {
        let policy = self.verification.policy();
        let rules = PaceRules {
            aes_only: !policy.accepts_triple_des(),
            spare_last_attempt: !policy.accepts_last_attempt(),
        };
        let InspectionOptions { key, random, .. } = &mut self.options;
        let opened = pace(line, infos, key, rules, &mut **random).await?;
        let PaceOpened { channel, used, pk_dh_ifd, pk_dh_ic, mapping } = opened;
        let binding = Binding {
            id_picc: pk_dh_ic.compressed(),
            ephemeral: mapping.is_some().then(|| pk_dh_ifd.compressed()),
        };
        let refused = used.offers_refused();
        self.verification.opened(used);
        if refused > 0 {
            self.verification.deviate(Deviation::WeakerPace)?;
        }
        Ok(Behind { channel, binding, mapping: mapping.map(PendingMapping::new) })
    }

    async fn pass_by_bac(&mut self, line: &Line, after_pace_failure: bool) -> Result<Behind> {
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
        let binding = Binding { id_picc: self.options.key.document_number(), ephemeral: None };
        Ok(Behind { channel, binding, mapping: None })
    }

    /// Opens the chip; what PACE left to be compared is for [`Procedure::enter`].
    pub(super) async fn open(&mut self, line: Line) -> Result<(OpenChip, Option<PendingMapping>)> {
        let passed = self.pass(&line).await;
        let (door, Behind { mut channel, binding, mapping }, card_access) =
            passed.map_err(|error| self.failed(Check::Access, error))?;
        let chip = OpenChip {
            line,
            door,
            reopenings: 0,
            unseen: false,
            files: FileReader::new(&mut channel, card_access.refused),
            channel,
            card_access: card_access.file,
            binding,
            cvca: None,
            rights: AccessRights::NONE,
            card_security: None,
            terminal: None,
            mapped: None,
            authenticated_before: false,
            chip_authentication: None,
        };
        Ok((chip, mapping))
    }

    /// What is left to do in the master file, then SELECT of the application.
    pub(super) async fn enter(
        &mut self,
        chip: &mut OpenChip,
        mapping: Option<PendingMapping>,
    ) -> Result<()> {
        if mapping.is_some() || chip.mapped.is_some() {
            let proven = self.prove_mapping(chip, mapping).await;
            proven.map_err(|error| self.failed(Check::ChipAuthenticationMapping, error))?;
        }
        if matches!(chip.door, Door::Pace(_)) {
            let entered = select_application(&mut chip.channel).await;
            entered.map_err(|error| self.failed(Check::Access, error))?;
        }
        Ok(())
    }

    /// Compares what PACE left with the key in the signed EF.CardSecurity `[9303-11 §4.4.3.5]`.
    async fn prove_mapping(
        &mut self,
        chip: &mut OpenChip,
        mapping: Option<PendingMapping>,
    ) -> Result<()> {
        let mapping = mapping.ok_or(Error::NotGenuine(NotGenuine::ChipAuthenticationMapping))?;
        let signed = match chip.mapped.take() {
            // Opened again: the same key has to be proven.
            Some((signed, _)) => signed,
            None => {
                let file = File::CardSecurity;
                let file = chip.files.read(&mut chip.channel, file, &self.window).await?;
                let file = file.ok_or(Error::NotGenuine(NotGenuine::NoMappingKey))?;
                let signed = self.verification.card_security(&file, &self.system.trust)?;
                chip.card_security = Some(file);
                signed
            }
        };
        let mapped = mapping.confirm(&signed)?;
        chip.mapped = Some((signed, mapped));
        Ok(())
    }

    /// Access control all over again: the chip lost power or keys. What it had proven and granted went with
    /// them.
    pub(super) async fn open_again(&mut self, chip: &mut OpenChip) -> Result<()> {
        chip.chip_authentication = None;
        let passed = match &chip.door {
            Door::Pace(infos) => self.pass_by_pace(&chip.line, infos).await,
            Door::Bac { after_pace_failure } => {
                self.pass_by_bac(&chip.line, *after_pace_failure).await
            }
        };
        let Behind { mut channel, binding, mapping } = passed.map_err(|error| match error {
            // The key fitted before.
            Error::AccessDenied { .. } if chip.unseen => Error::CardChanged,
            other => self.failed(Check::Access, other),
        })?;
        channel.learn_from(&chip.channel);
        chip.files.fit(&channel);
        chip.channel = channel;
        chip.binding = binding;
        self.enter(chip, mapping).await
    }
}

pub(super) async fn select_application(channel: &mut Channel) -> Result<()> {
    let command = Command::select_application(&APPLICATION);
    let response = channel.transmit(&command).await?;
    match response.status() {
        StatusWord::NOT_FOUND => Err(Error::Unsupported(Unsupported::NotAnIcaoChip)),
        _ => response.success(command.name()).map(|_| ()),
    }
}

/// EF.ATR/INFO, if the chip has it, by its short identifier: how long commands and answers can be.
async fn ask_for_lengths(line: &Line) -> Result<()> {
    let response = line.transmit(&Command::read_binary_sfi(0x01, 0, SHORT_BLOCK)).await?;
    if let (true, Some(limits)) =
        (delivers(&response), extended_length_information(response.data()))
    {
        line.set_chip_limits(limits);
    }
    Ok(())
}

/// What the chip says of its buffers. What every chip can do is not doubted.
fn extended_length_information(file: &[u8]) -> Option<Limits> {
    let (max_command, max_response) = AtrInfo::beginning(file).extended_length()?;
    let most = Limits::EXTENDED.max_command;
    Some(Limits {
        max_command: max_command.clamp(Limits::SHORT.max_command, most),
        max_response: max_response.min(most).max(Limits::SHORT.max_response),
    })
}

/// EF.CardAccess, and what reading it taught about the chip.
#[derive(Default)]
pub(super) struct CardAccess {
    pub(super) file: Option<Vec<u8>>,
    refused: Option<Refused>,
}

/// Reads EF.CardAccess before anything is selected: by its short identifier, else by SELECT.
///
/// The master file is not selected: the CCCD answers `6D00` to that. No file if the chip does not
/// deliver it, whatever it answers.
pub(super) async fn read_card_access(line: &Line) -> Result<CardAccess> {
    let file = File::CardAccess;
    let mut refused = None;
    let by_short_identifier =
        |length| Ok(Command::read_binary_sfi(file.short_identifier(), 0, length));
    let mut bytes = beginning(line, by_short_identifier, &mut refused).await?;
    if bytes.is_empty() {
        let selected = line.transmit(&Command::select_file(file.identifier())).await?;
        if selected.status() != StatusWord::SUCCESS {
            return Ok(CardAccess { file: None, refused });
        }
        let selected = |length| Command::read_binary(0, length);
        bytes = beginning(line, selected, &mut refused).await?;
    }
    let Ok(Some(header)) = Header::parse(&bytes) else {
        return Ok(CardAccess { file: None, refused });
    };
    let total = header.total_length().unwrap_or(usize::MAX).min(MAX_CARD_ACCESS);
    let block = if refused == Some(Refused::Length) { SMALLEST_BLOCK } else { SHORT_BLOCK };
    while bytes.len() < total {
        let length = (total - bytes.len()).min(block);
        let more = line.transmit(&Command::read_binary(bytes.len(), length)?).await?;
        if !delivers(&more) || more.data().is_empty() {
            return Ok(CardAccess { file: None, refused });
        }
        bytes.extend(more.data());
    }
    bytes.truncate(total);
    Ok(CardAccess { file: Some(bytes), refused })
}

/// The first block of a file in the clear, as long as the chip lets it be; empty if there is none.
async fn beginning(
    line: &Line,
    read: impl Fn(usize) -> Result<Command>,
    refused: &mut Option<Refused>,
) -> Result<Vec<u8>> {
    let length = |refused: &Option<Refused>| match refused {
        None => SHORT_BLOCK,
        Some(Refused::Length) => SMALLEST_BLOCK,
        Some(Refused::BeyondEnd) => HEADER,
    };
    let mut response = line.transmit(&read(length(refused))?).await?;
    let why = match response.status() {
        StatusWord::WRONG_LENGTH => Some(Refused::Length),
        StatusWord::WRONG_PARAMETERS => Some(Refused::BeyondEnd),
        _ if delivers(&response) && response.data().is_empty() => Some(Refused::Length),
        _ => None,
    };
    if why.is_some() && refused.is_none() {
        *refused = why;
        response = line.transmit(&read(length(refused))?).await?;
    }
    Ok(if delivers(&response) { response.data().to_vec() } else { Vec::new() })
}

fn delivers(response: &Response) -> bool {
    matches!(response.status(), StatusWord::SUCCESS | StatusWord::END_OF_FILE)
}
