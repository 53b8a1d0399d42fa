//! `cccd read`: from the card to the verified citizen.

use std::{path::PathBuf, process::ExitCode, time::Duration};

#[cfg(feature = "pcsc")]
use cccd::transport::{
    Cancellation, Until,
    pcsc::{Readers, Sharing},
};
use cccd::{
    document::VerifiedDocument,
    error::Error,
    inspection::{Inspection, InspectionOptions, InspectionSystem, Progress},
    seal::SealingKey,
    transport::{RunOptions, SystemRandom, Transport},
    vietnam::CitizenRecord,
};
use clap::Args;

use crate::{
    failure::Failure,
    key::{Key, KeyArguments},
    nfc::NfcArguments,
    operator::{OperatorArguments, Remark},
    output::{self, Accepted, OutputArguments, Verdict},
    portrait::{self, Portrait},
    profile,
    progress::ProgressLine,
    save,
    simulation::{SimulatedReader, SimulationArguments},
};

/// The heading above the options that say which card.
const CARD: &str = "Thẻ · Card";

/// The options of `cccd read`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    key: KeyArguments,
    /// Đọc thẻ mô phỏng · Read a simulated card, made on the spot; without a key its own is used
    #[arg(long, conflicts_with_all = ["reader", "wait"], help_heading = CARD)]
    simulated: bool,
    /// Đầu đọc PC/SC · The PC/SC reader [default: the first with a card on it]
    #[arg(long, value_name = "NAME", help_heading = CARD)]
    reader: Option<String>,
    /// Chờ thẻ · Wait this long for a card
    #[arg(long, value_name = "SECONDS", help_heading = CARD)]
    wait: Option<u64>,
    #[command(flatten)]
    link: LinkArguments,
    #[command(flatten)]
    nfc: NfcArguments,
    #[command(flatten)]
    simulation: SimulationArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Lưu ảnh chân dung · Save the portrait; a JPEG as it is, or converted to PNG by the ending .png
    #[arg(long, value_name = "FILE", help_heading = output::HEADING)]
    portrait: Option<PathBuf>,
    /// Lưu bằng chứng · Save everything that was read, for `cccd verify`
    #[arg(long, value_name = "FILE", help_heading = output::HEADING)]
    evidence: Option<PathBuf>,
    /// Niêm phong bằng chứng · Seal the evidence with this private key: PKCS#8 on P-256, PEM or DER
    #[arg(long, value_name = "KEY", requires = "evidence", help_heading = output::HEADING)]
    seal_with: Option<PathBuf>,
}

/// How long a read may last, and with whom the card is shared.
#[derive(Args, Clone, Copy)]
#[command(next_help_heading = CARD)]
pub(crate) struct LinkArguments {
    /// Thời hạn đọc · The longest the whole read may last, from the moment the card lies there
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Chờ thẻ đặt lại · Wait this long for a card that was lost in the middle of the read, each time
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    patience: u64,
    /// Dùng chung với phần mềm khác · Let other programs stay connected to the card; they wait for the read's end
    #[cfg(feature = "pcsc")]
    #[arg(long)]
    shared: bool,
}

impl LinkArguments {
    fn options<'a>(self) -> RunOptions<'a> {
        let options = RunOptions::new().patience(Duration::from_secs(self.patience));
        match self.timeout {
            Some(seconds) => options.deadline(Duration::from_secs(seconds)),
            None => options,
        }
    }

    /// The time in which a card has to be opened, as far as the whole read allows.
    #[cfg(feature = "pcsc")]
    pub(crate) fn opening(self) -> Until {
        const OPENING: Duration = Duration::from_secs(15);
        let time =
            self.timeout.map_or(OPENING, |seconds| OPENING.min(Duration::from_secs(seconds)));
        Until::within(time, &Cancellation::new())
    }

    #[cfg(feature = "pcsc")]
    pub(crate) const fn sharing(self) -> Sharing {
        if self.shared { Sharing::Shared } else { Sharing::Exclusive }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let Arguments { simulated, simulation, output, .. } = arguments;
    if simulation.any() && !simulated {
        crate::misused("read", "options of a simulated card need --simulated");
    }
    // A key that cannot be used is known before the card is read.
    let sealer = match arguments.seal_with.as_deref().map(save::sealing_key).transpose() {
        Ok(sealer) => sealer,
        Err(error) => {
            return Verdict::before_the_chip(error.into(), *simulated).print(*output, false);
        }
    };
    let verdict = match arguments.key.key() {
        Err(failure) => Verdict::before_the_chip(failure, *simulated),
        Ok(None) if !simulated => crate::misused(
            "read",
            "a key is needed: --can, --id-number, --mrz, --qr, --pin or --puk (or --simulated)",
        ),
        Ok(key) => {
            let verdict = match *simulated {
                true => read_simulated(arguments, key),
                false if arguments.nfc.wanted() => read_nfc(arguments, key),
                false => read(arguments, key),
            };
            verdict.unwrap_or_else(|failure| Verdict::before_the_chip(failure, *simulated))
        }
    };
    let mut verdict = verdict;
    let complete = match &mut verdict.result {
        Ok(accepted) => arguments.keep(accepted, sealer.as_ref()),
        Err(_) => true,
    };
    verdict.print(*output, !complete)
}

/// Reads the simulated card.
fn read_simulated(arguments: &Arguments, key: Option<Key>) -> Result<Verdict, Failure> {
    let card = arguments.simulation.card()?;
    let key = match key {
        Some(key) => key,
        None => profile::key(&card.profile, &card.person)?,
    };
    let tell = |remark| arguments.output.tell(remark);
    let system = arguments.operator.system(Some(&card.csca), tell)?;
    let put_back = arguments.simulation.put_back_after.map(Duration::from_millis);
    let left = arguments.simulation.remove_after;
    let mut reader = SimulatedReader { link: card.link, limits: card.limits, left, put_back };
    Ok(arguments.read(&system, key, &mut reader))
}

/// Reads a card on a PC/SC reader.
#[cfg(feature = "pcsc")]
fn read(arguments: &Arguments, key: Option<Key>) -> Result<Verdict, Failure> {
    let key = key.ok_or(Error::Misuse("a read without a key"))?;
    let tell = |remark| arguments.output.tell(remark);
    let system = arguments.operator.system(None, tell)?;
    let readers = Readers::connect()?;
    let mut reader = arguments.reader.clone();
    if let Some(seconds) = arguments.wait {
        let progress = ProgressLine::new(arguments.output.json || arguments.output.quiet);
        progress.wait_for_card();
        let until = Until::within(Duration::from_secs(seconds), &Cancellation::new());
        // If none came, opening says what is missing: the reader or the card.
        reader = readers.wait_for_card(reader.as_deref(), &until)?.or(reader);
    }
    let Arguments { link, .. } = arguments;
    let mut card = readers.open_with(reader.as_deref(), link.sharing(), &link.opening())?;
    Ok(arguments.read(&system, key, &mut card))
}

#[cfg(not(feature = "pcsc"))]
fn read(_: &Arguments, _: Option<Key>) -> Result<Verdict, Failure> {
    Err((&crate::failure::NO_PCSC).into())
}

/// Reads a card on an NFC device.
#[cfg(feature = "nfc")]
fn read_nfc(arguments: &Arguments, key: Option<Key>) -> Result<Verdict, Failure> {
    let key = key.ok_or(Error::Misuse("a read without a key"))?;
    let tell = |remark| arguments.output.tell(remark);
    let system = arguments.operator.system(None, tell)?;
    if arguments.wait.is_some() {
        let progress = ProgressLine::new(arguments.output.json || arguments.output.quiet);
        progress.wait_for_card();
    }
    let mut card = arguments.nfc.card(arguments.wait)?;
    Ok(arguments.read(&system, key, &mut card))
}

#[cfg(not(feature = "nfc"))]
fn read_nfc(_: &Arguments, _: Option<Key>) -> Result<Verdict, Failure> {
    Err((&crate::failure::NO_NFC).into())
}

/// The inspection itself, over any transport.
pub(crate) fn inspect(
    mut inspection: Inspection,
    card: &mut impl Transport,
    link: LinkArguments,
    show: impl FnMut(Progress),
) -> Verdict {
    let document = inspection.run_with(card, link.options().progress(show));
    let result = document.map_err(Failure::from).and_then(accept);
    Verdict {
        report: Some(inspection.report()),
        metrics: inspection.metrics(),
        simulated: false,
        result,
    }
}

/// What the key opens, and what was printed beside it.
pub(crate) fn options(key: Key) -> InspectionOptions {
    let options = InspectionOptions::new(key.access, SystemRandom::new());
    match key.printed {
        Some(printed) => options.printed(printed),
        None => options,
    }
}

/// The citizen of a verified CCCD.
fn accept(document: VerifiedDocument) -> Result<Accepted, Failure> {
    let citizen = CitizenRecord::from_document(&document)?;
    let portrait = Portrait::of(&document);
    Ok(Accepted { document, citizen: Some(citizen), portrait })
}

impl Arguments {
    /// Reads the card over any transport, with progress.
    fn read(&self, system: &InspectionSystem, key: Key, card: &mut impl Transport) -> Verdict {
        let mut options = options(key);
        if self.evidence.is_some() {
            options = match self.described(options) {
                Ok(options) => options,
                Err(error) => return Verdict::before_the_chip(error.into(), self.simulated),
            };
        }
        let progress = ProgressLine::new(self.output.json || self.output.quiet);
        let verdict = inspect(system.inspect(options), card, self.link, |step| progress.show(step));
        Verdict { simulated: self.simulated, ..verdict }
    }

    /// Time and device, for the evidence.
    fn described(&self, options: InspectionOptions) -> Result<InspectionOptions, Error> {
        let device = match &self.reader {
            _ if self.simulated => "simulated card",
            Some(reader) => reader,
            None if self.nfc.wanted() => "NFC device",
            None => "PC/SC",
        };
        let device: String = device.chars().filter(|c| !c.is_control()).take(32).collect();
        let options = options.reader(&device)?;
        match save::now() {
            Some(time) => options.read_at(&time),
            None => Ok(options),
        }
    }

    /// Saves what was asked for; `false` if something could not be saved, which it says.
    fn keep(&self, accepted: &mut Accepted, sealer: Option<&SealingKey>) -> bool {
        let mut troubles = Vec::new();
        if let Some(path) = &self.portrait {
            match portrait::save(&accepted.document, path) {
                Ok((file, remark)) => {
                    troubles.extend(remark);
                    if let Some(portrait) = &mut accepted.portrait {
                        portrait.file = Some(file);
                    }
                }
                Err(words) => troubles.push(format!("the portrait was not saved: {words}")),
            }
        }
        if let Some(path) = &self.evidence {
            let evidence = accepted.document.evidence();
            let bytes = sealer.map_or_else(|| Ok(evidence.to_bytes()), |key| evidence.seal(key));
            let saved = bytes
                .map_err(|error| error.to_string())
                .and_then(|bytes| save::personal(path, &bytes).map_err(|error| error.to_string()));
            if let Err(words) = saved {
                let path = path.display();
                troubles.push(format!("the evidence was not saved: {path}: {words}"));
            }
        }
        for words in &troubles {
            self.output.tell(Remark::Warning(words.clone()));
        }
        troubles.is_empty()
    }
}
