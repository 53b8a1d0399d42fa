//! `cccd bench-card`: reads one card several times and tells what every step costs. It gives no verdict on the card and
//! says nothing of its holder.

use std::{cell::RefCell, path::PathBuf, process::ExitCode};

use cccd::{
    access::{AccessKey, AccessUsed},
    apdu::Metrics,
    inspection::{InspectionOptions, InspectionSystem},
    pki::TrustStore,
    policy::Policy,
    transport::{Cancellation, Limits, SystemRandom, Until, today},
};
use clap::Args;

use crate::{
    card::{CARD, Card, CardArguments},
    doctor::model,
    exit,
    failure::Failure,
    key::KeyArguments,
    output::{self, OutputArguments, bench as output_bench, print_failure},
    progress::ProgressLine,
    speed::{Chart, Cost, Ledger, Metered},
};

/// The options of `cccd bench-card`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    key: KeyArguments,
    #[command(flatten)]
    card: CardArguments,
    /// Đọc thẻ bao nhiêu lần · How often to read the card
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = CARD, value_parser = clap::value_parser!(u16).range(1..=1000))]
    times: u16,
    #[command(flatten)]
    output: OutputArguments,
    /// Vẽ thời gian từng bước thành biểu đồ SVG · Draw the steps' time as a chart, SVG
    #[arg(long, value_name = "FILE", help_heading = output::HEADING)]
    chart: Option<PathBuf>,
}

/// Everything that is reported.
pub(crate) struct Report {
    /// The simulated card's profile; `None` for a real card.
    pub(crate) profile: Option<String>,
    /// The reader's model.
    pub(crate) reader: Option<String>,
    pub(crate) limits: Limits,
    /// How the chip was opened.
    pub(crate) access: Option<&'static str>,
    /// The name of the virtual clock; `None` where time was measured.
    pub(crate) timing: Option<String>,
    pub(crate) asked: u16,
    /// The reads that came to their end.
    pub(crate) runs: Vec<Run>,
    /// The read that did not, and why it was the last.
    pub(crate) stopped: Option<(Failure, Option<Run>)>,
}

/// What one read has cost.
pub(crate) struct Run {
    pub(crate) cost: Cost,
    pub(crate) metrics: Metrics,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    arguments.card.check("bench-card");
    match bench(arguments) {
        Ok(report) => finish(&report, arguments),
        Err(failure) => print_failure(&failure, arguments.output.json),
    }
}

/// Prints the report and draws the chart; says by the exit status why there are fewer reads than asked for.
fn finish(report: &Report, arguments: &Arguments) -> ExitCode {
    let mut complete = output_bench::print(report, arguments.output.json);
    if let (Some(path), Some(chart)) = (&arguments.chart, Chart::of_bench(report)) {
        complete &= chart.save(path, arguments.output);
    }
    match &report.stopped {
        Some((failure, _)) if arguments.output.json => ExitCode::from(exit::status(failure)),
        Some((failure, _)) => print_failure(failure, false),
        None if complete => exit::SUCCESS,
        None => ExitCode::from(exit::INCOMPLETE),
    }
}

/// Reads the card as often as was asked for, or until something goes wrong.
fn bench(arguments: &Arguments) -> Result<Report, Failure> {
    let Arguments { card: options, output, .. } = arguments;
    let given = arguments.key.key()?;
    let simulated = options.simulated()?;
    let key = options.key("bench-card", given, simulated.as_ref())?.access;
    // Nobody relies on these reads: what counts is that they come to their end.
    let policy = Policy::standard().allow_unknown_issuer().allow_expired_document();
    let system = InspectionSystem::new(TrustStore::empty(), today()?).with_policy(policy);
    let profile = simulated.as_ref().map(|card| card.profile.name.clone());
    let hidden = output.json || output.quiet;
    let mut card = options.open(simulated, hidden)?;
    let mut report = Report {
        profile,
        reader: card.reader().map(model),
        limits: card.limits(),
        access: None,
        timing: options.timing(),
        asked: arguments.times,
        runs: Vec::new(),
        stopped: None,
    };
    let progress = ProgressLine::new(hidden);
    for number in 0..arguments.times {
        if number > 0 {
            // Powered up anew, as if it had just been put down.
            let until = Until::within(options.link.patience(), &Cancellation::new());
            if let Err(error) = card.reconnect(&until) {
                report.stopped = Some((error.into(), None));
                break;
            }
        }
        let (run, access, ended) = read(arguments, &system, &key, &mut *card, &progress);
        report.access = report.access.or(access);
        match ended {
            Ok(()) => report.runs.push(run),
            // Tried once and no more: the key may be wrong, and the chip may count.
            Err(failure) => {
                report.stopped = Some((failure, Some(run)));
                break;
            }
        }
    }
    Ok(report)
}

/// One read, of which nothing is kept but its cost and the door.
fn read(
    arguments: &Arguments,
    system: &InspectionSystem,
    key: &AccessKey,
    card: &mut dyn Card,
    progress: &ProgressLine,
) -> (Run, Option<&'static str>, Result<(), Failure>) {
    let link = arguments.card.link;
    let asked = link.approach(InspectionOptions::new(key.clone(), SystemRandom::new()));
    let mut inspection = system.inspect(asked);
    let ledger = RefCell::new(Ledger::new());
    let options = link.options();
    let options = options.identity(|_| ledger.borrow_mut().identity_known());
    let options = options.progress(|step| {
        ledger.borrow_mut().announce(step);
        progress.show(step);
    });
    let ended = inspection.run_with(&mut Metered::new(card, &ledger), options);
    let cost = Cost { ledger: ledger.into_inner(), timing: arguments.card.timing() };
    let access = inspection.report().access().map(AccessUsed::name);
    let run = Run { cost, metrics: inspection.metrics() };
    (run, access, ended.map(drop).map_err(Failure::from))
}
