//! `cccd simulate`: a simulated card on a virtual reader of pcscd, for whatever reads PC/SC.

use std::{
    net::TcpStream,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use cccd_simulator::vpcd::{self, Removable};
use clap::Args;

use crate::{
    exit,
    failure::{self, Failure},
    language::{choose, one},
    nfc::Pn532Arguments,
    output::{print_failure, to_stdout},
    profile,
    simulation::{Simulated, SimulationArguments},
    speed::{Counted, TimingArguments},
};

/// How long vpcd may need to come up before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often to try again once it was there.
const RETRY: Duration = Duration::from_millis(500);

/// The options of `cccd simulate`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    simulation: SimulationArguments,
    /// Chỉ in tên mọi loại thẻ cho --profile, mỗi dòng một tên · Print the names for --profile, one a line, and nothing
    /// else
    #[arg(long, conflicts_with_all = ["profile", "reference", "person", "seed", "trust_out", "tamper", "remove_after",
          "put_back_after", "slot", "port", "duration", "timing", "metrics"])]
    list: bool,
    /// In danh sách dạng mảng JSON: tên, loại mã, thẻ có gì khác thường · Print the list as a JSON array: name, password,
    /// and what is wrong with it
    #[arg(long, requires = "list")]
    json: bool,
    /// Khe của vpcd, 0 hoặc 1 · The slot of vpcd, 0 or 1
    #[arg(long, value_name = "SLOT", default_value_t = 0, conflicts_with = "port",
          value_parser = clap::value_parser!(u8).range(0..=1))]
    slot: u8,
    /// Cổng TCP mà vpcd đang chờ, nếu không phải cổng của một khe · The TCP port on which vpcd waits, if it is not that of
    /// a slot
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    #[command(flatten)]
    timing: TimingArguments,
    /// Sau mỗi phiên, cho biết máy đọc đã tốn của thẻ bao nhiêu lượt trao đổi, byte và thời gian ảo · Tell after every
    /// session what its reader has cost the card: exchanges, bytes, virtual time
    #[arg(long, conflicts_with = "pn532")]
    metrics: bool,
    #[command(flatten)]
    pn532: Pn532Arguments,
    /// Rút thẻ sau thời gian này [mặc định: để đó đến khi Ctrl-C] · Take the card away after this time [default: lie there
    /// until Ctrl-C]
    #[arg(long = "for", value_name = "SECONDS")]
    duration: Option<u64>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    if arguments.list {
        let printed = profile::list(arguments.json);
        return if printed { exit::SUCCESS } else { ExitCode::from(exit::INCOMPLETE) };
    }
    if arguments.timing.any() && !arguments.metrics {
        crate::misused("simulate", "--timing cần có --metrics · --timing needs --metrics");
    }
    match simulate(arguments) {
        Ok(()) => exit::SUCCESS,
        Err(failure) => print_failure(&failure, false),
    }
}

fn simulate(arguments: &Arguments) -> Result<(), Failure> {
    let card = arguments.simulation.card()?;
    if arguments.pn532.wanted() {
        to_stdout(&introduction(arguments, &card));
        let remove_after = arguments.simulation.remove_after;
        return arguments.pn532.simulate(card, remove_after, || match arguments.duration {
            Some(seconds) => thread::sleep(Duration::from_secs(seconds)),
            None => loop {
                thread::park();
            },
        });
    }
    let (host, first) = vpcd::FIRST_SLOT;
    let (_, second) = vpcd::SECOND_SLOT;
    let slot = if arguments.slot == 0 { first } else { second };
    let address = (host, arguments.port.unwrap_or(slot));

    let mut stream = vpcd::plug_in(address, PATIENCE).map_err(|_| &failure::NO_VPCD)?;
    to_stdout(&introduction(arguments, &card));

    let stop = Arc::new(AtomicBool::new(false));
    let end = arguments.duration.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    if let Some(end) = end {
        let stop = Arc::clone(&stop);
        thread::spawn(move || {
            thread::sleep(end.saturating_duration_since(Instant::now()));
            stop.store(true, Ordering::Relaxed);
        });
    }
    let SimulationArguments { remove_after, put_back_after, .. } = arguments.simulation;
    let timing = arguments.timing.timing();
    let told = arguments.metrics.then(|| timing.name().to_owned());
    let card = Counted::new(card.link.with_timing(timing), told);
    let mut card = Removable::new(card, remove_after);
    loop {
        let port = address.1;
        to_stdout(&one(
            format!("Thẻ đang nằm ở cổng {port}. Ctrl-C để rút thẻ.\n"),
            format!("The card lies on port {port}. Ctrl-C takes it away.\n"),
        ));
        // However the connection ends, the card has left this reader.
        let ended = vpcd::answer(&mut card, stream, &stop);
        if stop.load(Ordering::Relaxed) {
            break;
        }
        // A card that its profile loses is put back at once, one that was told to go when it was told to.
        match (card.was_taken(), put_back_after, card.card.link.in_field()) {
            (true, None, _) => break,
            (true, Some(milliseconds), _) => {
                to_stdout(one(
                    "Thẻ đã được rút ra và sẽ được đặt lại.\n",
                    "The card was taken away and will be put back.\n",
                ));
                thread::sleep(Duration::from_millis(milliseconds));
            }
            (false, _, false) => {
                to_stdout(one(
                    "Thẻ bị trượt và được đặt lại.\n",
                    "The card slipped and is put back.\n",
                ));
            }
            (false, _, true) => {
                let why = ended.err().map(|error| format!(" ({error})")).unwrap_or_default();
                to_stdout(&one(
                    format!("Đầu đọc đã mất kết nối{why}; đang chờ.\n"),
                    format!("The reader is gone{why}; waiting for it.\n"),
                ));
            }
        }
        let Some(again) = reconnect(address, &stop) else { break };
        stream = again;
    }
    taken_away();
    for violation in card.card.link.chip.violations() {
        broke(violation);
    }
    Ok(())
}

/// The end of a card.
pub(crate) fn taken_away() {
    to_stdout(one("Thẻ đã được rút ra.\n", "The card was taken away.\n"));
}

/// What a reader did that no reader should, in the simulator's words.
pub(crate) fn broke(violation: impl std::fmt::Display) {
    let what = one("Máy đọc vi phạm tiêu chuẩn", "The reader broke a rule");
    to_stdout(&format!("{what}: {violation}\n"));
}

/// Who the card is for, and what opens it.
fn introduction(arguments: &Arguments, card: &Simulated) -> String {
    let Simulated { profile, person, .. } = card;
    let mut introduction = format!(
        "{}\n  {}    {}\n  \
         CAN        {}\n  \
         {}  {}\n  \
         QR         {}\n",
        choose("Thẻ mô phỏng (không phải giấy tờ thật) · Simulated card (no real document)",),
        one("Loại   ", "Profile"),
        profile.name,
        person.can(),
        one("Số CCCD  ", "ID number"),
        person.id_number,
        person.qr_2021()
    );
    for (line, name) in person.mrz().iter().zip(["MRZ", "", ""]) {
        introduction.push_str(&format!("  {name:<9}  {line}\n"));
    }
    for (name, secret) in [("PIN", &profile.options.pin), ("PUK", &profile.options.puk)] {
        if let Some(secret) = secret {
            introduction.push_str(&format!("  {name:<9}  {secret}\n"));
        }
    }
    if let Some(path) = arguments.simulation.trust_out() {
        introduction.push_str(&format!(
            "  {}    cccd read {} --trust {}\n",
            one("Để đọc ", "Read it"),
            profile::option(profile, person),
            path.display()
        ));
    }
    introduction
}

/// Waits for the reader to come back; `None` when the time is over.
fn reconnect(address: (&str, u16), stop: &AtomicBool) -> Option<TcpStream> {
    while !stop.load(Ordering::Relaxed) {
        if let Ok(stream) = vpcd::plug_in(address, Duration::ZERO) {
            return Some(stream);
        }
        thread::sleep(RETRY);
    }
    None
}
