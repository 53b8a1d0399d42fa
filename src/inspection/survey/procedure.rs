//! The survey from the master file to the last application, in one power-up of the card.

use std::{cell::Cell, collections::BTreeMap};

use zeroize::Zeroizing;

use super::{
    SurveyOptions,
    facts::{
        Door, FileFacts, FileOutcome, KeySource, Part, PasswordProbe, Probe, Size, Stopped, Survey,
    },
    probes, security,
    structure::{Owner, structure},
};
use crate::{
    access::{AccessKey, PaceRules, Password, basic_access_control, pace},
    apdu::{Command, Line, Response, StatusWord},
    crypto::Random,
    error::{Error, ReaderFault, Result},
    inspection::{
        Window,
        files::FileReader,
        opening::{APPLICATION, CCCD_CARD_ACCESS, read_card_access, select_application},
    },
    lds::{DataGroup, File, LdsSecurityObject, SecurityInfos},
    secure_messaging::Channel,
    tlv::Reader,
};

/// How often the chip is opened again. Each file that is not there costs one on a chip that forgets its keys
/// with every error.
const MAX_REOPENINGS: usize = 24;
/// Variants of PACE for which the passwords are asked.
const MAX_VARIANTS: usize = 8;

/// Runs it and says where it ended, if before its end.
pub(super) async fn run(line: Line, options: SurveyOptions, part: &Cell<Part>, seen: &mut Survey) {
    let mut surveyor = Surveyor {
        line,
        key: options.key,
        random: options.random,
        part,
        seen,
        announced: None,
        master_file_selectable: None,
        read: BTreeMap::new(),
        list: None,
        window: Window::default(),
    };
    if let Err(error) = surveyor.whole().await {
        surveyor.stopped(error);
    }
}

pub(super) struct Surveyor<'a> {
    pub(super) line: Line,
    pub(super) key: Option<AccessKey>,
    pub(super) random: Box<dyn Random>,
    pub(super) part: &'a Cell<Part>,
    pub(super) seen: &'a mut Survey,
    /// By what PACE runs: EF.CardAccess, or what is assumed of a CCCD.
    announced: Option<SecurityInfos>,
    /// The command that selected the master file, if one did.
    pub(super) master_file_selectable: Option<Command>,
    /// Files that were read whole. They are the holder's, and go when the survey ends.
    pub(super) read: BTreeMap<File, Zeroizing<Vec<u8>>>,
    pub(super) list: Option<LdsSecurityObject>,
    window: Window,
}

/// The chip, open.
pub(super) struct Inside {
    pub(super) channel: Channel,
    pub(super) files: FileReader,
    by_pace: bool,
    entered: bool,
}

/// Whether there is no point in another command.
pub(super) const fn ends(error: &Error) -> bool {
    matches!(error, Error::LinkLost | Error::Cancelled | Error::DeadlinePassed | Error::Misuse(_))
        || matches!(error, Error::Reader(fault) if !matches!(fault, ReaderFault::TooLong))
}

pub(super) const fn is_success(response: &Response) -> bool {
    matches!(response.status(), StatusWord::SUCCESS | StatusWord::END_OF_FILE)
}

impl Surveyor<'_> {
    async fn whole(&mut self) -> Result<()> {
        self.part.set(Part::MasterFile);
        self.look_at_master_file().await?;
        self.part.set(Part::Access);
        self.ask_for_passwords().await?;
        if let Some(mut chip) = self.open().await? {
            match self.inside(&mut chip).await {
                Err(error) if ends(&error) => return Err(error),
                // The channel is beyond repair; the outside can still be looked at.
                Err(error) => self.stopped(error),
                Ok(()) => {}
            }
            self.seen.unprotected_errors += chip.channel.unprotected_errors();
        }
        self.part.set(Part::Closed);
        self.look_at_application().await?;
        self.part.set(Part::OtherDoors);
        self.try_other_doors().await?;
        self.part.set(Part::OtherApplications);
        self.look_for_applications().await
    }

    async fn inside(&mut self, chip: &mut Inside) -> Result<()> {
        if chip.by_pace {
            self.part.set(Part::MasterFileInside);
            self.look_at_master_file_inside(chip).await?;
            self.part.set(Part::Access);
            self.enter(chip).await?;
        }
        self.part.set(Part::Reading);
        self.read_files(chip).await?;
        self.part.set(Part::ActiveAuthentication);
        self.authenticate_actively(chip).await?;
        self.part.set(Part::Habits);
        self.learn_habits(chip).await?;
        self.part.set(Part::ChipAuthentication);
        self.authenticate_chip(chip).await
    }

    fn stopped(&mut self, error: Error) {
        let part = self.part.get();
        self.seen.stopped.get_or_insert(Stopped { part, error });
    }

    /// Records what was answered.
    pub(super) fn note(&mut self, name: impl Into<String>, response: &Response) {
        let (status, length) = (response.status(), response.data().len());
        let part = self.part.get();
        self.seen.probes.push(Probe { part, name: name.into(), status, length });
    }

    /// Sends a command in the clear and records the answer.
    pub(super) async fn probe(&mut self, name: &str, command: &Command) -> Result<Response> {
        let response = self.line.transmit(command).await?;
        self.note(name, &response);
        Ok(response)
    }

    // ---- the master file ------------------------------------------------------------------------

    async fn look_at_master_file(&mut self) -> Result<()> {
        // What a read does, first: later commands may change what is selected.
        let mut card_access = read_card_access(&self.line).await?.file;
        let mut rows = Vec::new();
        for (file, identifier, short) in probes::MASTER_FILE {
            let by_short = self
                .probe(&format!("sfi_{short:02x}"), &probes::by_short_identifier(short))
                .await?;
            let select = probes::select(0x02, 0x0C, &identifier.to_be_bytes(), false);
            let selected = self.probe(&format!("select_{identifier:04x}"), &select).await?;
            let row = match (is_success(&by_short), is_success(&selected)) {
                (true, _) => Some(Command::read_binary_sfi(short, 0, 256)),
                (_, true) => Some(Command::read_binary(0, 256)?),
                _ => None,
            };
            // Rows of objects, of which the first 256 bytes are enough.
            if let (Some(read), 0x2F00 | 0x2F01) = (row, identifier) {
                let response = self.line.transmit(&read).await?;
                rows.push((file, response));
            }
        }
        for (file, response) in rows {
            self.row(file, &response);
        }
        for (name, command) in probes::select_master_file() {
            let response = self.probe(name, &command).await?;
            if is_success(&response) {
                self.master_file_selectable.get_or_insert(command);
            }
        }
        if card_access.is_none() && self.master_file_selectable.is_some() {
            card_access = read_card_access(&self.line).await?.file;
        }
        if let Some(bytes) = &card_access {
            self.seen.card_access = Some(security::security_infos(Reader::new(bytes)));
            self.seen.card_access_as_assumed = Some(bytes.as_slice() == CCCD_CARD_ACCESS);
            self.file_read("EF.CardAccess", bytes, Owner::Card, None);
        } else {
            self.file_not_read("EF.CardAccess", FileOutcome::Absent);
        }
        let assumed = card_access.as_deref().unwrap_or(&CCCD_CARD_ACCESS);
        self.announced = SecurityInfos::parse(assumed).ok();
        Ok(())
    }

    /// EF.ATR/INFO or EF.DIR, wherever it could be read.
    fn row(&mut self, file: &'static str, response: &Response) {
        if !is_success(response) || response.data().is_empty() {
            return;
        }
        if file == "EF.DIR" {
            self.seen.applications = security::applications(response.data());
        } else {
            self.seen.atr_info = Some(security::atr_info(response.data()));
        }
        self.file_read(file, response.data(), Owner::Card, None);
    }

    async fn look_at_master_file_inside(&mut self, chip: &mut Inside) -> Result<()> {
        let read = self.read_file(chip, File::CardSecurity).await?;
        if let Some(bytes) = self.outcome(File::CardSecurity.name(), read, Owner::Card, None)? {
            self.card_security(&bytes);
        }
        let missing = [self.seen.atr_info.is_none(), self.seen.applications.is_empty()];
        for ((file, _, short), missing) in probes::MASTER_FILE.into_iter().skip(2).zip(missing) {
            let length = chip.channel.answer_capacities().0;
            let command = Command::read_binary_sfi(short, 0, length);
            if let (true, Some(response)) = (missing, self.ask(chip, &command).await?) {
                self.note(format!("sfi_{short:02x}"), &response);
                self.row(file, &response);
            }
        }
        Ok(())
    }

    fn card_security(&mut self, bytes: &[u8]) {
        let Ok(signed) = crate::pki::SignedData::parse(bytes) else { return };
        self.seen.card_security_signature = Some(security::signature(&signed));
        if let Ok(content) = signed.content() {
            self.seen.card_security = Some(security::security_infos(Reader::new(content)));
        }
    }

    // ---- the door -------------------------------------------------------------------------------

    /// Which passwords the chip knows. The answer comes before a password is there to be wrong.
    async fn ask_for_passwords(&mut self) -> Result<()> {
        let Some(announced) = self.announced.clone() else { return Ok(()) };
        let several = announced.pace().count() > 1;
        for info in announced.pace().take(MAX_VARIANTS) {
            for password in [Password::Mrz, Password::Can] {
                let id = info.parameter_id.filter(|_| several);
                let command = probes::set_password(info.oid.as_bytes(), password as u8, id);
                let response = self.line.transmit(&command).await?;
                self.seen.passwords.push(PasswordProbe {
                    password: password.name(),
                    protocol: info.oid.to_string(),
                    parameter_id: info.parameter_id,
                    status: response.status(),
                });
            }
        }
        Ok(())
    }

    /// Opens the chip with the key given: once, unless the chip had refused before it could try the key.
    async fn open(&mut self) -> Result<Option<Inside>> {
        let Some(key) = self.key.clone() else { return Ok(None) };
        let offers_pace = self.announced.as_ref().is_some_and(|it| it.pace().next().is_some());
        if offers_pace {
            match self.run_pace(&key).await {
                Ok((channel, details)) => {
                    self.door(pace_name(&key), KeySource::Given, Ok(details));
                    return Ok(Some(Inside::new(channel, true)));
                }
                Err(error) if ends(&error) => return Err(error),
                Err(error) => {
                    let tried = !matches!(error, Error::CardRefused { .. } | Error::Unsupported(_));
                    self.door(pace_name(&key), KeySource::Given, Err(error));
                    if tried {
                        return Ok(None);
                    }
                }
            }
        }
        if key.bac_seed().is_none() {
            return Ok(None);
        }
        match self.run_bac(&key).await {
            Ok(channel) => {
                self.door("bac", KeySource::Given, Ok("3DES, SHA-1".to_owned()));
                Ok(Some(Inside::new(channel, false)))
            }
            Err(error) if ends(&error) => Err(error),
            Err(error) => {
                self.door("bac", KeySource::Given, Err(error));
                Ok(None)
            }
        }
    }

    pub(super) async fn run_pace(&mut self, key: &AccessKey) -> Result<(Channel, String)> {
        let infos = self.announced.clone().ok_or(Error::Misuse("PACE without announcement"))?;
        let rules = PaceRules { aes_only: false, spare_last_attempt: true };
        let opened = pace(&self.line, &infos, key, rules, &mut *self.random).await?;
        Ok((opened.channel, opened.used.details().to_owned()))
    }

    pub(super) async fn run_bac(&mut self, key: &AccessKey) -> Result<Channel> {
        let command = Command::select_application(&APPLICATION);
        let response = self.line.transmit(&command).await?;
        response.success(command.name())?;
        let seed = key.bac_seed().ok_or(Error::Misuse("BAC without an MRZ"))?;
        basic_access_control(self.line.clone(), &seed, &mut *self.random).await
    }

    pub(super) fn offers_pace(&self) -> bool {
        self.announced.as_ref().is_some_and(|it| it.pace().next().is_some())
    }

    pub(super) fn door(&mut self, name: &'static str, key: KeySource, outcome: Result<String>) {
        self.seen.doors.push(Door { name, key, outcome });
    }

    async fn enter(&mut self, chip: &mut Inside) -> Result<()> {
        // From here on, opening again leads into the application.
        chip.entered = true;
        match select_application(&mut chip.channel).await {
            // The last answer before was an error, with which some chips forget their keys.
            Err(error @ Error::ChannelBroken(_)) => {
                if self.open_again(chip).await? {
                    Ok(())
                } else {
                    Err(error)
                }
            }
            entered => entered,
        }
    }

    /// Makes sure that the channel still stands before a protocol that must not be interrupted.
    pub(super) async fn settle(&mut self, chip: &mut Inside) -> Result<()> {
        self.ask(chip, &Command::select_file(File::Com.identifier())).await.map(drop)
    }

    /// The same door again, after the chip lost its keys; the key is known to be right.
    async fn open_again(&mut self, chip: &mut Inside) -> Result<bool> {
        let Some(key) = self.key.clone() else { return Ok(false) };
        if self.seen.reopenings >= MAX_REOPENINGS {
            return Ok(false);
        }
        self.seen.reopenings += 1;
        let opened = if chip.by_pace {
            self.run_pace(&key).await.map(|(channel, _)| channel)
        } else {
            self.run_bac(&key).await
        };
        let mut channel = match opened {
            Ok(channel) => channel,
            Err(error) if ends(&error) => return Err(error),
            Err(_) => return Ok(false),
        };
        channel.learn_from(&chip.channel);
        chip.files.fit(&channel);
        chip.channel = channel;
        if chip.by_pace && chip.entered {
            select_application(&mut chip.channel).await?;
        }
        Ok(true)
    }

    // ---- inside ---------------------------------------------------------------------------------

    /// Sends a protected command; `None` if that cost the channel, which is open again.
    pub(super) async fn ask(
        &mut self,
        chip: &mut Inside,
        command: &Command,
    ) -> Result<Option<Response>> {
        match chip.channel.transmit(command).await {
            Err(error @ Error::ChannelBroken(_)) => {
                if self.open_again(chip).await? {
                    Ok(None)
                } else {
                    Err(error)
                }
            }
            Err(error) if ends(&error) => Err(error),
            Err(_) => Ok(None),
            Ok(response) => Ok(Some(response)),
        }
    }

    /// Reads a file, through as many channels as it takes.
    pub(super) async fn read_file(
        &mut self,
        chip: &mut Inside,
        file: File,
    ) -> Result<Result<Option<Vec<u8>>>> {
        loop {
            match chip.files.read(&mut chip.channel, file, &self.window).await {
                Err(error @ Error::ChannelBroken(_)) => {
                    if !self.open_again(chip).await? {
                        return Err(error);
                    }
                }
                Err(error) if ends(&error) => return Err(error),
                read => return Ok(read),
            }
        }
    }

    /// Records how a read ended, and hands out what was read.
    pub(super) fn outcome(
        &mut self,
        name: &str,
        read: Result<Option<Vec<u8>>>,
        owner: Owner,
        group: Option<u8>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let outcome = match read {
            Ok(Some(bytes)) => {
                let bytes = Zeroizing::new(bytes);
                self.file_read(name, &bytes, owner, group);
                return Ok(Some(bytes));
            }
            Ok(None) => FileOutcome::Absent,
            Err(Error::CardRefused { status, .. }) => FileOutcome::Refused(StatusWord(status)),
            Err(error) => FileOutcome::Failed(error.code()),
        };
        self.file_not_read(name, outcome);
        Ok(None)
    }

    fn file_read(&mut self, name: &str, bytes: &[u8], owner: Owner, group: Option<u8>) {
        let (structure, structure_complete) = structure(bytes, owner);
        let listed =
            |number| self.list.as_ref().and_then(|list| Some((list, list.digest(number)?)));
        let digest_matches = group
            .and_then(listed)
            .map(|(list, digest)| list.digest_algorithm().digest(bytes) == digest);
        self.seen.files.push(FileFacts {
            name: name.to_owned(),
            outcome: FileOutcome::Read,
            size: Some(owner.size(bytes.len())),
            digest_matches,
            structure,
            structure_complete,
        });
    }

    pub(super) fn file_not_read(&mut self, name: &str, outcome: FileOutcome) {
        self.seen.files.push(FileFacts {
            name: name.to_owned(),
            outcome,
            size: None::<Size>,
            digest_matches: None,
            structure: Vec::new(),
            structure_complete: false,
        });
    }

    /// The groups that EF.SOD lists, or EF.COM where there is no list.
    pub(super) fn listed(&self) -> Vec<DataGroup> {
        let by_sod = self.seen.sod.as_ref().map(|sod| sod.groups.clone());
        let by_com = || {
            let tags = self.seen.com.iter().flat_map(|com| com.tags.iter());
            tags.filter_map(|tag| DataGroup::from_tag(u32::from(*tag))).collect()
        };
        let number = |group: u64| DataGroup::new(u8::try_from(group).ok()?);
        match by_sod {
            Some(groups) if !groups.is_empty() => groups.into_iter().filter_map(number).collect(),
            _ => by_com(),
        }
    }
}

impl Inside {
    fn new(mut channel: Channel, by_pace: bool) -> Self {
        let files = FileReader::new(&mut channel, None);
        Self { files, channel, by_pace, entered: false }
    }
}

pub(super) const fn pace_name(key: &AccessKey) -> &'static str {
    match key.password() {
        Password::Mrz => "pace-mrz",
        Password::Can => "pace-can",
        Password::Pin => "pace-pin",
        Password::Puk => "pace-puk",
    }
}
