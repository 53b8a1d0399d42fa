//! `cccd read`: from the card to the verified citizen.

use std::{path::PathBuf, process::ExitCode};

use cccd::{
    document::VerifiedDocument,
    error::Error,
    inspection::{Inspection, InspectionOptions, InspectionSystem},
    seal::SealingKey,
    transport::{Limits, RunOptions, SystemRandom, Transport, WithLimits},
    vietnam::CitizenRecord,
};
use cccd_simulator::{Fault, Link};
use clap::Args;

use crate::{
    failure::Failure,
    key::{Key, KeyArguments},
    operator::{OperatorArguments, Remark},
    output::{self, Accepted, OutputArguments, Verdict},
    portrait::{self, Portrait},
    profile,
    progress::ProgressLine,
    save,
    simulation::SimulationArguments,
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
            let verdict =
                if *simulated { read_simulated(arguments, key) } else { read(arguments, key) };
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
    let mut link = match arguments.simulation.remove_after {
        Some(exchanges) => Link::with_fault(card.chip, Fault::LostBefore(exchanges)),
        None => Link::new(card.chip),
    };
    let transport = |command: &[u8]| link.transmit(command).map_err(|_| Error::LinkLost);
    let mut transport = WithLimits::new(transport, Limits::EXTENDED);
    let progress = ProgressLine::new(arguments.output.json || arguments.output.quiet);
    Ok(inspect(arguments, &system, key, &mut transport, progress))
}

/// Reads a card on a PC/SC reader.
#[cfg(feature = "pcsc")]
fn read(arguments: &Arguments, key: Option<Key>) -> Result<Verdict, Failure> {
    use cccd::{error::ReaderFault, transport::pcsc::Readers};

    let key = key.ok_or(Error::Misuse("a read without a key"))?;
    let tell = |remark| arguments.output.tell(remark);
    let system = arguments.operator.system(None, tell)?;
    let readers = Readers::connect()?;
    let progress = ProgressLine::new(arguments.output.json || arguments.output.quiet);
    let mut reader = arguments.reader.clone();
    if let Some(seconds) = arguments.wait {
        progress.wait_for_card();
        let patience = std::time::Duration::from_secs(seconds);
        // If none came, opening says what is missing: the reader or the card.
        reader = readers.wait_for_card(reader.as_deref(), patience)?.or(reader);
    }
    let mut card = readers.open(reader.as_deref()).map_err(|error| match error {
        // A card that was seen and is gone before it could be opened.
        Error::LinkLost => Error::Reader(ReaderFault::NoCard),
        other => other,
    })?;
    Ok(inspect(arguments, &system, key, &mut card, progress))
}

#[cfg(not(feature = "pcsc"))]
fn read(_: &Arguments, _: Option<Key>) -> Result<Verdict, Failure> {
    Err((&crate::failure::NO_PCSC).into())
}

/// The inspection itself, with its progress.
fn inspect(
    arguments: &Arguments,
    system: &InspectionSystem,
    key: Key,
    card: &mut impl Transport,
    progress: ProgressLine,
) -> Verdict {
    let mut options = InspectionOptions::new(key.access, SystemRandom::new());
    if let Some(printed) = key.printed {
        options = options.printed(printed);
    }
    if arguments.evidence.is_some() {
        options = match described(arguments, options) {
            Ok(options) => options,
            Err(error) => return Verdict::before_the_chip(error.into(), arguments.simulated),
        };
    }
    let mut inspection: Inspection = system.inspect(options);
    let document =
        inspection.run_with(card, RunOptions::new().progress(|step| progress.show(step)));
    drop(progress);
    let result = document.map_err(Failure::from).and_then(accept);
    Verdict {
        report: Some(inspection.report()),
        metrics: inspection.metrics(),
        simulated: arguments.simulated,
        result,
    }
}

/// Time and device, for the evidence.
fn described(
    arguments: &Arguments,
    options: InspectionOptions,
) -> Result<InspectionOptions, Error> {
    let device = match &arguments.reader {
        _ if arguments.simulated => "simulated card",
        Some(reader) => reader,
        None => "PC/SC",
    };
    let device: String = device.chars().filter(|c| !c.is_control()).take(32).collect();
    let options = options.reader(&device)?;
    match save::now() {
        Some(time) => options.read_at(&time),
        None => Ok(options),
    }
}

/// The citizen of a verified CCCD.
fn accept(document: VerifiedDocument) -> Result<Accepted, Failure> {
    let citizen = CitizenRecord::from_document(&document)?;
    let portrait = Portrait::of(&document);
    Ok(Accepted { document, citizen: Some(citizen), portrait })
}

impl Arguments {
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
