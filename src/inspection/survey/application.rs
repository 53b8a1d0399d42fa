//! The application: its files, its proofs, its habits; and what of it shows without a key.

use zeroize::Zeroizing;

use super::{
    facts::{BlockSize, FileOutcome, KeySource, ProofFacts},
    holder, probes,
    procedure::{Inside, Surveyor, ends, is_success, pace_name},
    security,
    structure::{Owner, name},
};
use crate::{
    access::{AccessKey, Password},
    apdu::{Command, StatusWord},
    chip::{self, ActiveAuthenticationTranscript, Challenge, ChipAuthenticationOffer},
    crypto::PublicKey,
    error::{Error, NotAuthentic, Result},
    findings::Deviation,
    inspection::opening::APPLICATION,
    lds::{Cvca, DataGroup, Dg14, Dg15, File, LdsSecurityObject},
    passive::{self, SignedDigests},
    pki::{SignedData, TrustStore},
    policy::Policy,
    sensitive::Personal,
    tlv::Reader,
};

/// Fingerprints and irises: whether they are open is asked, what they hold is not.
const NEVER_READ: [u8; 2] = [3, 4];
/// Bytes that are asked for at once; those that the channel carries.
const BLOCKS: [usize; 8] = [192, 512, 1024, 2048, 4096, 8192, 16_384, 32_767];

impl Surveyor<'_> {
    // ---- files ----------------------------------------------------------------------------------

    pub(super) async fn read_files(&mut self, chip: &mut Inside) -> Result<()> {
        self.read_one(chip, File::Com).await?;
        self.read_one(chip, File::Sod).await?;
        self.compare_lists();
        let listed = self.listed();
        // The card's own first, the portrait last.
        let order = [14, 15, 1, 13].into_iter().filter_map(DataGroup::new);
        let rest = DataGroup::all().filter(|group| ![1, 2, 13, 14, 15].contains(&group.number()));
        for group in order.chain(rest).chain([DataGroup::DG2]) {
            if listed.contains(&group) && !NEVER_READ.contains(&group.number()) {
                self.read_one(chip, File::Group(group)).await?;
            }
        }
        Ok(())
    }

    async fn read_one(&mut self, chip: &mut Inside, file: File) -> Result<()> {
        let (owner, group) = match file {
            File::Group(group @ (DataGroup::DG14 | DataGroup::DG15)) => {
                (Owner::Card, Some(group.number()))
            }
            File::Group(group) => (Owner::Holder, Some(group.number())),
            _ => (Owner::Card, None),
        };
        let read = self.read_file(chip, file).await?;
        if let Some(bytes) = self.outcome(file.name(), read, owner, group)? {
            self.understand(file, &bytes);
            self.read.insert(file, bytes);
        }
        Ok(())
    }

    fn understand(&mut self, file: File, bytes: &[u8]) {
        let seen = &mut *self.seen;
        match file {
            File::Com => seen.com = security::com(bytes),
            File::Sod => {
                seen.sod = security::sod(bytes).ok();
                let signed = SignedData::parse_inside(bytes, file.tag(), "an EF.SOD (tag 77)");
                let content = signed.as_ref().ok().and_then(|signed| signed.content().ok());
                self.list = content.and_then(|content| LdsSecurityObject::parse(content).ok());
            }
            File::Group(DataGroup::DG1) => seen.mrz = holder::mrz(bytes, self.key.as_ref()),
            File::Group(DataGroup::DG2) => seen.faces = holder::faces(bytes),
            File::Group(DataGroup::DG13) => {
                seen.dg13 = holder::dg13(bytes);
                // Its objects would tell how many entries there are, and so which are missing.
                if let (Some(_), Some(file)) = (&seen.dg13, seen.files.last_mut()) {
                    file.structure.retain(|node| node.depth < 2);
                }
            }
            File::Group(DataGroup::DG14) => {
                let inside = Reader::new(bytes).expect(0x6E, "DG14").and_then(|it| it.children());
                seen.dg14 = inside.ok().map(security::security_infos);
            }
            File::Group(DataGroup::DG15) => {
                let key = Dg15::parse(bytes).map(|dg15| security::key(dg15.spki()));
                seen.dg15_key = Some(key.unwrap_or_else(|error| error.code().to_owned()));
            }
            _ => {}
        }
    }

    fn compare_lists(&mut self) {
        let (Some(com), Some(sod)) = (&mut self.seen.com, &self.seen.sod) else { return };
        let number = |tag: &u8| DataGroup::from_tag(u32::from(*tag)).map(DataGroup::number);
        let in_com: Option<Vec<u64>> =
            com.tags.iter().map(|tag| number(tag).map(u64::from)).collect();
        let mut in_sod = sod.groups.clone();
        in_sod.sort_unstable();
        com.agrees_with_sod = Some(in_com.is_some_and(|mut in_com| {
            in_com.sort_unstable();
            in_com == in_sod
        }));
    }

    // ---- proofs ---------------------------------------------------------------------------------

    pub(super) async fn authenticate_actively(&mut self, chip: &mut Inside) -> Result<()> {
        let Some(dg15) = self.read.get(&File::Group(DataGroup::DG15)).cloned() else {
            return Ok(());
        };
        self.settle(chip).await?;
        let challenge = Challenge::fresh(&mut *self.random)?;
        let longest = chip.files.longest_answer();
        let run = chip::active_authentication(&mut chip.channel, &dg15, challenge, longest).await;
        let facts = match run {
            Ok(transcript) => self.judge(&transcript, &dg15),
            Err(error) if ends(&error) => return Err(error),
            Err(error) => {
                ProofFacts { outcome: Err(error.code()), signature_length: None, der: None }
            }
        };
        self.seen.active_authentication = Some(facts);
        Ok(())
    }

    fn judge(&self, transcript: &ActiveAuthenticationTranscript, dg15: &[u8]) -> ProofFacts {
        let verified = self
            .signed()
            .and_then(|signed| chip::verify_active_authentication(transcript, &signed));
        let is_ecdsa = Dg15::parse(dg15)
            .and_then(|dg15| PublicKey::from_spki(dg15.spki()))
            .is_ok_and(|key| matches!(key, PublicKey::Ec { .. }));
        ProofFacts {
            der: verified
                .as_ref()
                .ok()
                .filter(|_| is_ecdsa)
                .map(|verified| verified.deviation().is_some()),
            outcome: verified
                .map(|verified| verified.description().to_owned())
                .map_err(|error| error.code()),
            signature_length: Some(transcript.signature.len()),
        }
    }

    /// DG14 and DG15 with the list that they are on, whoever signed it and with whatever tolerance: here
    /// it is only asked whether key and signature fit.
    fn signed(&self) -> Result<SignedDigests> {
        let missing = Error::NotAuthentic(NotAuthentic::NoSecurityObject);
        let sod = self.read.get(&File::Sod).ok_or(missing.clone())?;
        let signer = self.seen.sod.as_ref().and_then(|sod| sod.signature.signer.as_ref());
        let day = signer.ok_or(missing)?.not_before.parse()?;
        let tolerant = Policy::standard().allow_unknown_issuer().allow_expired_document();
        let tolerant = Deviation::ALL.into_iter().fold(tolerant, Policy::allow_deviation);
        let mut signed = passive::examine(sod, &TrustStore::empty(), day)?.accept(&tolerant)?;
        for group in [DataGroup::DG14, DataGroup::DG15] {
            if let Some(bytes) = self.read.get(&File::Group(group)) {
                signed.admit(group.number(), Personal::new(bytes.to_vec()))?;
            }
        }
        Ok(signed)
    }

    pub(super) async fn authenticate_chip(&mut self, chip: &mut Inside) -> Result<()> {
        let Some(dg14) = self.read.get(&File::Group(DataGroup::DG14)).cloned() else {
            return Ok(());
        };
        let offer = Dg14::parse(&dg14).and_then(|dg14| {
            ChipAuthenticationOffer::from_security_infos(dg14.security_infos(), false)
        });
        let outcome = match offer {
            Ok(None) => return Ok(()),
            Err(error) => Err(error.code()),
            Ok(Some(offer)) => {
                let words = offer.describe();
                self.settle(chip).await?;
                let run =
                    chip::chip_authentication(&mut chip.channel, offer, &mut *self.random).await;
                // The first answer under the new keys proves them.
                let command = Command::select_file(File::Com.identifier());
                let shown = match run {
                    Ok(_) => chip.channel.transmit(&command).await.map(drop),
                    Err(error) => Err(error),
                };
                match shown {
                    Ok(()) if chip.channel.confirmed() => Ok(words),
                    Ok(()) => Err("not_genuine.chip_authentication"),
                    Err(error) if ends(&error) => return Err(error),
                    Err(error) => Err(error.code()),
                }
            }
        };
        self.seen.chip_authentication =
            Some(ProofFacts { outcome, signature_length: None, der: None });
        Ok(())
    }

    // ---- habits ---------------------------------------------------------------------------------

    pub(super) async fn learn_habits(&mut self, chip: &mut Inside) -> Result<()> {
        self.learn_block_sizes(chip).await?;
        let com = File::Com.identifier().to_be_bytes();
        let length = self.read.get(&File::Com).map_or(0, |com| com.len());
        let mut commands = vec![
            ("sfi_1e".to_owned(), probes::by_short_identifier(File::Com.short_identifier())),
            ("select_011e".to_owned(), probes::select(0x02, 0x0C, &com, false)),
            ("select_011e_fci".to_owned(), probes::select(0x02, 0x00, &com, true)),
            ("select_011e_from_mf".to_owned(), probes::select(0x00, 0x0C, &com, false)),
        ];
        if let (1..=200, Ok(end)) = (length, u8::try_from(length)) {
            let short = File::Com.short_identifier();
            let read = |offset, le| Command::read_binary_sfi(short, offset, le);
            commands.extend([
                ("com_beyond_end".to_owned(), read(0, length + 16)),
                ("com_at_end".to_owned(), read(end, 1)),
                ("com_after_end".to_owned(), read(end.saturating_add(8), 1)),
                ("com_odd_instruction".to_owned(), Command::read_binary_odd(0, 8)),
            ]);
        }
        for group in NEVER_READ {
            let identifier = [0x01, group];
            commands.push((format!("sfi_{group:02x}"), probes::by_short_identifier(group)));
            let select = probes::select(0x02, 0x0C, &identifier, false);
            commands.push((format!("select_01{group:02x}"), select));
        }
        for short in probes::UNUSED {
            commands.push((format!("sfi_{short:02x}"), probes::by_short_identifier(short)));
        }
        let cvca = probes::select(0x02, 0x0C, &[0x01, 0x1C], false);
        commands.push(("select_011c".to_owned(), cvca));
        for (name, command) in commands {
            let Some(response) = self.ask(chip, &command).await? else { continue };
            self.note(name, &response);
        }
        self.look_at_authorities(chip).await?;
        self.look_for_groups(chip).await
    }

    /// EF.CVCA has no tag of its own; who it names are authorities, not people.
    async fn look_at_authorities(&mut self, chip: &mut Inside) -> Result<()> {
        let command = Command::read_binary_sfi(0x1C, 0, 36);
        let Some(response) = self.ask(chip, &command).await? else { return Ok(()) };
        self.note("sfi_1c", &response);
        if let (true, Ok(cvca)) = (is_success(&response), Cvca::parse(response.data())) {
            let reference =
                |it: &crate::lds::KeyReference| name(&String::from_utf8_lossy(it.as_bytes()));
            self.seen.terminal_authorities = cvca.references().iter().map(reference).collect();
        }
        Ok(())
    }

    /// DG3 and DG4, and groups that nobody lists: those that answer are read.
    async fn look_for_groups(&mut self, chip: &mut Inside) -> Result<()> {
        let listed = self.listed();
        for group in DataGroup::all() {
            let never = NEVER_READ.contains(&group.number());
            if listed.contains(&group) && !never {
                continue;
            }
            let command = probes::by_short_identifier(group.number());
            let Some(response) = self.ask(chip, &command).await? else { continue };
            let outcome = match response.status() {
                StatusWord::NOT_FOUND => FileOutcome::Absent,
                _ if is_success(&response) && never => FileOutcome::NotRead,
                _ if is_success(&response) => {
                    self.read_one(chip, File::Group(group)).await?;
                    continue;
                }
                status => FileOutcome::Refused(status),
            };
            self.file_not_read(group.name(), outcome);
        }
        Ok(())
    }

    /// How much one READ BINARY brings, tried on the longest file, never beyond its end.
    async fn learn_block_sizes(&mut self, chip: &mut Inside) -> Result<()> {
        let longest = self.read.iter().max_by_key(|(_, bytes)| bytes.len());
        let Some((file, size)) = longest.map(|(file, bytes)| (*file, bytes.len())) else {
            return Ok(());
        };
        let (short, long) = chip.channel.answer_capacities();
        let mut sizes: Vec<usize> =
            BLOCKS.into_iter().chain([short, long]).filter(|it| *it <= long.min(size)).collect();
        sizes.sort_unstable();
        sizes.dedup();
        for asked in sizes {
            let command = Command::read_binary_sfi(file.short_identifier(), 0, asked);
            let Some(response) = self.ask(chip, &command).await? else { return Ok(()) };
            let (got, status) = (response.data().len(), response.status());
            self.seen.block_sizes.push(BlockSize { asked, got, status });
            if !is_success(&response) || got < asked {
                return Ok(());
            }
        }
        Ok(())
    }

    // ---- without a key --------------------------------------------------------------------------

    /// The first command here is in the clear, which ends a session that there may have been
    /// `[9303-11 §9.8.3]`.
    pub(super) async fn look_at_application(&mut self) -> Result<()> {
        let com = File::Com.identifier().to_be_bytes();
        for (name, command) in [
            ("select_application", Command::select_application(&APPLICATION)),
            ("sfi_1e", probes::by_short_identifier(0x1E)),
            ("sfi_01", probes::by_short_identifier(0x01)),
            ("select_011e", probes::select(0x02, 0x0C, &com, false)),
            ("sfi_1c", probes::by_short_identifier(0x1C)),
            ("select_011c", probes::select(0x02, 0x0C, &[0x01, 0x1C], false)),
            ("get_challenge", Command::get_challenge()),
            ("select_application_fci", probes::select(0x04, 0x00, &APPLICATION, true)),
        ] {
            self.probe(name, &command).await?;
        }
        Ok(())
    }

    /// BAC and PACE with the MRZ, if the card gave its own MRZ away or the one given is known to be right.
    pub(super) async fn try_other_doors(&mut self) -> Result<()> {
        let dg1 = self.read.get(&File::Group(DataGroup::DG1)).cloned();
        let (key, source) = match (dg1, &self.key) {
            (_, Some(given)) if given.password() == Password::Mrz && self.is_open() => {
                (given.clone(), KeySource::Given)
            }
            (Some(dg1), _) => match self.key_of(&dg1) {
                Some(key) => (key, KeySource::ReadFromCard),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        let tried = |door: &str| self.seen.doors.iter().any(|it| it.name == door);
        let (pace_tried, bac_tried) = (tried(pace_name(&key)), tried("bac"));
        if self.offers_pace() && !pace_tried {
            if let Some(select) = self.master_file_selectable.clone() {
                self.line.transmit(&select).await?;
            }
            let run = self.run_pace(&key).await.map(|(_, details)| details);
            self.other_door(pace_name(&key), source, run)?;
        }
        if !bac_tried {
            let run = self.run_bac(&key).await.map(|_| "3DES, SHA-1".to_owned());
            self.other_door("bac", source, run)?;
        }
        Ok(())
    }

    fn key_of(&self, dg1: &Zeroizing<Vec<u8>>) -> Option<AccessKey> {
        holder::key(dg1)
    }

    fn is_open(&self) -> bool {
        self.seen.doors.iter().any(|door| door.outcome.is_ok())
    }

    fn other_door(
        &mut self,
        name: &'static str,
        source: KeySource,
        run: Result<String>,
    ) -> Result<()> {
        match run {
            Err(error) if ends(&error) => Err(error),
            run => {
                self.door(name, source, run);
                Ok(())
            }
        }
    }

    pub(super) async fn look_for_applications(&mut self) -> Result<()> {
        for (name, identifier) in probes::APPLICATIONS {
            let command = probes::select(0x04, 0x0C, identifier, false);
            self.probe(name, &command).await?;
        }
        Ok(())
    }
}
