//! `cccd doctor`: what a card is built like, to be sent to those who keep this program, and not whose it is.

use std::{
    collections::BTreeMap,
    process::ExitCode,
    time::{Duration, Instant},
};

use cccd::{
    error::Error,
    inspection::{AtrFacts, KeySource, Part, Sent, Survey, SurveyOptions, survey},
    transport::{Limits, SystemRandom},
};
use cccd_simulator::{Fault, Password};
use clap::Args;

use crate::{
    card::{CARD, SIMULATED_ONLY},
    exit,
    failure::Failure,
    key::{Key, KeyArguments},
    output::{OutputArguments, doctor as output, print_failure},
    profile,
    simulation::SimulationArguments,
};

/// The options of `cccd doctor`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    key: KeyArguments,
    /// Khảo sát thẻ mô phỏng được tạo tại chỗ; không nhập mã thì dùng mã của chính nó · Look at a simulated card, made on
    /// the spot; without a key its own is used
    #[arg(long, conflicts_with = "reader", help_heading = CARD)]
    simulated: bool,
    /// Tên đầu đọc PC/SC [mặc định: đầu đọc đầu tiên có thẻ] · The PC/SC reader [default: the first with a card on it]
    #[arg(long, value_name = "NAME", help_heading = CARD)]
    reader: Option<String>,
    #[command(flatten)]
    simulation: SimulationArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Everything that is reported.
pub(crate) struct Report {
    pub(crate) simulated: bool,
    /// The reader's model.
    pub(crate) reader: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) atr: Option<AtrFacts>,
    pub(crate) survey: Survey,
    pub(crate) times: Times,
}

/// What was measured: the library has no clock.
#[derive(Default)]
pub(crate) struct Times {
    pub(crate) parts: BTreeMap<Part, Time>,
    pub(crate) commands: BTreeMap<&'static str, Time>,
}

/// The time of several exchanges.
#[derive(Default, Clone, Copy)]
pub(crate) struct Time {
    pub(crate) exchanges: usize,
    pub(crate) total: Duration,
    pub(crate) longest: Duration,
    pub(crate) bytes: usize,
}

impl Time {
    fn add(&mut self, time: Duration, bytes: usize) {
        self.exchanges += 1;
        self.total += time;
        self.longest = self.longest.max(time);
        self.bytes += bytes;
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let Arguments { simulated, simulation, output, .. } = arguments;
    if simulation.any() && !simulated {
        crate::misused("doctor", SIMULATED_ONLY);
    }
    let report = arguments.key.key().and_then(|key| {
        if *simulated { look_at_simulated(arguments, key) } else { look(arguments, key) }
    });
    match report {
        Ok(report) => finish(&report, *output),
        Err(failure) => print_failure(&failure, output.json),
    }
}

/// Prints the report, and says by the exit status how far the look came.
fn finish(report: &Report, arguments: OutputArguments) -> ExitCode {
    let printed = output::print(report, arguments.json);
    let Some(error) = shortfall(&report.survey) else {
        return if printed { exit::SUCCESS } else { ExitCode::from(exit::INCOMPLETE) };
    };
    let failure = Failure::from(error.clone());
    if arguments.json {
        ExitCode::from(exit::status(&failure))
    } else {
        print_failure(&failure, false)
    }
}

/// Why less was seen than the key should have shown.
fn shortfall(survey: &Survey) -> Option<&Error> {
    if let Some(stopped) = &survey.stopped {
        return Some(&stopped.error);
    }
    let given = || survey.doors.iter().filter(|door| door.key == KeySource::Given);
    if given().any(|door| door.outcome.is_ok()) {
        return None;
    }
    given().find_map(|door| door.outcome.as_ref().err())
}

fn options(key: Option<Key>) -> Result<SurveyOptions, Failure> {
    Ok(SurveyOptions::new(key.map(|key| key.access), SystemRandom::new())?)
}

/// Looks at the simulated card.
fn look_at_simulated(arguments: &Arguments, key: Option<Key>) -> Result<Report, Failure> {
    let card = arguments.simulation.card()?;
    let key = match key {
        Some(key) => key,
        // A PIN is never tried here; every card that has one takes the CAN as well.
        None if matches!(card.profile.password, Password::Pin | Password::Puk) => {
            crate::key::id_number(&card.person.id_number)?
        }
        None => profile::key(&card.profile, &card.person)?,
    };
    let options = options(Some(key))?;
    let atr = AtrFacts::of(card.link.chip.atr());
    let (mut link, limits) = (card.link, card.limits);
    if let Some(exchanges) = arguments.simulation.remove_after {
        link.plan(Fault::LostBefore(exchanges));
    }
    let transmit = |command: &[u8]| link.transmit(command).map_err(|_| Error::LinkLost);
    let (survey, times) = timed(options, limits, transmit);
    Ok(Report { simulated: true, reader: None, limits, atr: Some(atr), survey, times })
}

/// Looks at the card on a PC/SC reader.
#[cfg(feature = "pcsc")]
fn look(arguments: &Arguments, key: Option<Key>) -> Result<Report, Failure> {
    use cccd::{
        error::ReaderFault,
        transport::{Transport as _, pcsc::Readers},
    };

    let options = options(key)?;
    let readers = Readers::connect()?;
    let listed = readers.list()?;
    let wanted = arguments.reader.as_ref();
    let reader = listed
        .into_iter()
        .find(|reader| reader.card_present && wanted.is_none_or(|name| reader.name == *name));
    let name = reader.as_ref().map(|reader| reader.name.as_str()).or(wanted.map(String::as_str));
    let mut card = readers.open(name).map_err(|error| match error {
        Error::LinkLost => Error::Reader(ReaderFault::NoCard),
        other => other,
    })?;
    let limits = card.limits();
    let (survey, times) = timed(options, limits, |command| card.transmit(command));
    Ok(Report {
        simulated: false,
        reader: reader.as_ref().map(|reader| model(&reader.name)),
        limits,
        atr: reader.map(|reader| AtrFacts::of(&reader.atr)),
        survey,
        times,
    })
}

#[cfg(not(feature = "pcsc"))]
fn look(arguments: &Arguments, key: Option<Key>) -> Result<Report, Failure> {
    let _ = (&arguments.reader, options(key)?);
    Err((&crate::failure::NO_PCSC).into())
}

/// A reader's name without what stands in brackets: on Linux its serial number, which is somebody's.
pub(crate) fn model(name: &str) -> String {
    let mut depth = 0_usize;
    let outside = name.chars().filter(|c| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    });
    let outside: String = outside.filter(|c| !c.is_control()).take(80).collect();
    outside.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs the survey with a clock beside it.
fn timed(
    options: SurveyOptions,
    limits: Limits,
    mut transmit: impl FnMut(&[u8]) -> Result<Vec<u8>, Error>,
) -> (Survey, Times) {
    let mut times = Times::default();
    let seen = survey(options, limits, &mut |sent: Sent<'_>| {
        let start = Instant::now();
        let answer = transmit(sent.bytes);
        let time = start.elapsed();
        let bytes = sent.bytes.len() + answer.as_ref().map_or(0, Vec::len);
        times.parts.entry(sent.part).or_default().add(time, bytes);
        times.commands.entry(sent.name).or_default().add(time, bytes);
        answer
    });
    (seen, times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readers_serial_number_is_not_told() {
        for (name, expected) in [
            (
                "ACS ACR1252 Dual Reader [ACR1252 Reader] (RR123-456789) 00 00",
                "ACS ACR1252 Dual Reader 00 00",
            ),
            ("Virtual PCD 00 00", "Virtual PCD 00 00"),
            ("A) b (c", "A b"),
        ] {
            assert_eq!(model(name), expected);
        }
    }
}
