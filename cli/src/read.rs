//! `cccd read`: from the card to the verified citizen.

use std::{cell::RefCell, path::PathBuf, process::ExitCode};

use cccd::{
    document::VerifiedDocument,
    error::Error,
    inspection::{Inspection, InspectionOptions, InspectionSystem},
    seal::SealingKey,
    transport::{RunOptions, SystemRandom, Transport},
    vietnam::CitizenRecord,
};
use clap::Args;

use crate::{
    card::{Card, CardArguments},
    failure::Failure,
    key::{DateArguments, Key, KeyArguments},
    language::{both, one},
    operator::{OperatorArguments, Remark},
    output::{self, Accepted, FormatArguments, OutputArguments, Verdict},
    portrait::{self, Portrait},
    progress::ProgressLine,
    save,
    speed::{Chart, Cost, Ledger, Metered},
};

/// The options of `cccd read`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    key: KeyArguments,
    #[command(flatten)]
    dates: DateArguments,
    #[command(flatten)]
    card: CardArguments,
    #[command(flatten)]
    operator: OperatorArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    format: FormatArguments,
    /// Lưu ảnh chân dung: giữ nguyên, hoặc chuyển sang PNG nếu tên kết thúc bằng .png · Save the portrait as it is, or
    /// converted to PNG by the ending .png
    #[arg(long, value_name = "FILE", help_heading = output::HEADING)]
    portrait: Option<PathBuf>,
    /// Lưu mọi thứ đã đọc làm bằng chứng, cho `cccd verify` · Save everything that was read, for `cccd verify`
    #[arg(long, value_name = "FILE", help_heading = output::HEADING)]
    evidence: Option<PathBuf>,
    /// Sau kết quả, cho biết chi phí từng bước: lượt trao đổi, byte, thời gian · After the result, what every step has
    /// cost: exchanges, bytes, time
    #[arg(long, help_heading = output::HEADING)]
    metrics: bool,
    /// Vẽ thời gian từng bước thành biểu đồ SVG · Draw the steps' time as a chart, SVG
    #[arg(long, value_name = "FILE", requires = "metrics", help_heading = output::HEADING)]
    chart: Option<PathBuf>,
    /// Niêm phong bằng chứng bằng khóa bí mật này: PKCS#8, P-256, PEM hoặc DER · Seal the evidence with this private key:
    /// PKCS#8 on P-256, PEM or DER
    #[arg(long, value_name = "KEY", requires = "evidence", help_heading = output::HEADING)]
    seal_with: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let Arguments { card, output, .. } = arguments;
    card.check("read");
    // A key that cannot be used is known before the card is read.
    let sealer = match arguments.seal_with.as_deref().map(save::sealing_key).transpose() {
        Ok(sealer) => sealer,
        Err(error) => {
            return Verdict::before_the_chip(error.into(), card.simulated).print(*output, false);
        }
    };
    let verdict = arguments.key().and_then(|key| read(arguments, key));
    let mut verdict =
        verdict.unwrap_or_else(|failure| Verdict::before_the_chip(failure, card.simulated));
    let kept = match &mut verdict.result {
        Ok(accepted) => arguments.keep(accepted, sealer.as_ref()),
        Err(_) => true,
    };
    let complete = arguments.draw(&verdict) && kept;
    verdict.print_as(arguments.format.format, *output, !complete)
}

/// Reads the card, wherever it lies.
fn read(arguments: &Arguments, key: Option<Key>) -> Result<Verdict, Failure> {
    let Arguments { card, output, .. } = arguments;
    let simulated = card.simulated()?;
    let mut key = card.key("read", key, simulated.as_ref())?;
    let csca = simulated.as_ref().map(|card| card.csca.as_slice());
    let system = arguments.operator.system(csca, |remark| output.tell(remark))?;
    let mut card = card.open(simulated, output.json || output.quiet)?;
    if let Some(damage) = key.damage {
        output.tell(Remark::Warning(both(&damage.message_vi(), &damage.to_string())));
    }
    let mut others = key.others.take().map(|keys| keys.most(system.policy().key_candidates()));
    loop {
        let verdict = arguments.read(&system, key, &mut *card);
        let failure = verdict.result.as_ref().err();
        match failure.zip(others.as_mut()).and_then(|(failure, keys)| keys.after(failure)) {
            Some(next) => key = next,
            None => return Ok(verdict),
        }
    }
}

/// The inspection itself, over any transport.
pub(crate) fn inspect(
    mut inspection: Inspection,
    card: &mut impl Transport,
    options: RunOptions<'_>,
) -> Verdict {
    let document = inspection.run_with(card, options);
    let result = document.map_err(Failure::from).and_then(accept);
    Verdict {
        report: Some(inspection.report()),
        metrics: inspection.metrics(),
        cost: None,
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
    /// The key that was given, with what the dates add to it.
    fn key(&self) -> Result<Option<Key>, Failure> {
        Ok(self.dates.complete(self.key.key()?, self.key.number()?))
    }

    /// Reads the card on any device, with progress.
    fn read(&self, system: &InspectionSystem, key: Key, card: &mut dyn Card) -> Verdict {
        let mut options = self.card.link.approach(options(key));
        let simulated = self.card.simulated;
        if self.evidence.is_some() {
            options = match self.described(options) {
                Ok(options) => options,
                Err(error) => return Verdict::before_the_chip(error.into(), simulated),
            };
        }
        let progress = ProgressLine::new(self.output.json || self.output.quiet);
        let ledger = RefCell::new(Ledger::new());
        let mut metered = Metered::new(card, &ledger);
        let observed = self.card.link.options();
        let observed = observed.identity(|_| ledger.borrow_mut().identity_known());
        let observed = observed.progress(|step| {
            ledger.borrow_mut().announce(step);
            progress.show(step);
        });
        let verdict = inspect(system.inspect(options), &mut metered, observed);
        let cost = Cost { ledger: ledger.into_inner(), timing: self.card.timing() };
        Verdict { simulated, cost: self.metrics.then_some(cost), ..verdict }
    }

    /// Time and device, for the evidence.
    fn described(&self, options: InspectionOptions) -> Result<InspectionOptions, Error> {
        let device = self.card.device();
        let device: String = device.chars().filter(|c| !c.is_control()).take(32).collect();
        let options = options.reader(&device)?;
        match save::now() {
            Some(time) => options.read_at(&time),
            None => Ok(options),
        }
    }

    /// Draws what the read has cost; `false` if that could not be saved, which it says.
    fn draw(&self, verdict: &Verdict) -> bool {
        let (Some(path), Some(cost)) = (&self.chart, &verdict.cost) else { return true };
        let ended = verdict.result.as_ref().err().map(Failure::code);
        Chart::of_read(cost, ended).save(path, self.output)
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
                Err(words) => {
                    let what = one("chưa lưu được ảnh chân dung", "the portrait was not saved");
                    troubles.push(format!("{what}: {words}"));
                }
            }
        }
        if let Some(path) = &self.evidence {
            let evidence = accepted.document.evidence();
            let bytes = sealer.map_or_else(|| Ok(evidence.to_bytes()), |key| evidence.seal(key));
            let saved = bytes
                .map_err(|error| error.to_string())
                .and_then(|bytes| save::personal(path, &bytes).map_err(|error| error.to_string()));
            if let Err(words) = saved {
                let what = one("chưa lưu được bằng chứng", "the evidence was not saved");
                troubles.push(format!("{what}: {}: {words}", path.display()));
            }
        }
        for words in &troubles {
            self.output.tell(Remark::Warning(words.clone()));
        }
        troubles.is_empty()
    }
}
