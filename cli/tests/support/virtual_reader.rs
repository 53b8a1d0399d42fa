//! pcscd with virtual readers, and cards on them: processes of `cccd simulate`, or threads of the test.
//!
//! Needs pcscd and vpcd and changes what lies on the readers, so it runs only with `CCCD_PCSC=1`.
//! Starts pcscd if none runs, which as a rule needs root.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use cccd_simulator::vpcd;

use super::{DAY, Ran, run};

/// An entry of reader.conf: a virtual reader with two slots, for cards on `port` and the one after it.
pub(crate) fn entry(name: &str, port: u16, driver: &Path) -> String {
    format!(
        "FRIENDLYNAME \"{name}\"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {}\nCHANNELID 0x{port:X}\n",
        driver.display()
    )
}

/// The driver of virtual readers. One copy of it has two slots in all.
pub(crate) const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// The readers of every service that these tests use: name, and port for its card.
pub(crate) const READERS: [(&str, u16); 2] =
    [(READER, vpcd::FIRST_SLOT.1), ("Virtual PCD 00 01", vpcd::SECOND_SLOT.1)];
pub(crate) const READER: &str = "Virtual PCD 00 00";
const PATIENCE: Duration = Duration::from_secs(15);

/// One test at a time: there is one pcscd.
static ONE: AtomicBool = AtomicBool::new(false);

/// The right to use it; may be dropped in another thread.
struct Alone;

impl Alone {
    fn wait() -> Self {
        while ONE.swap(true, Ordering::Acquire) {
            thread::sleep(Duration::from_millis(20));
        }
        Self
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        ONE.store(false, Ordering::Release);
    }
}

/// pcscd, running; ended with the test if the test started it.
pub(crate) struct Service {
    pcscd: Option<Child>,
    config: Option<tempfile::NamedTempFile>,
    _alone: Alone,
}

impl Service {
    /// `None` where these tests are not wanted.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(None)
    }

    /// With these readers (in the words of reader.conf) instead of the two, if pcscd has to be started.
    pub(crate) fn start_with(config: Option<&str>) -> Option<Self> {
        if std::env::var_os("CCCD_PCSC").is_none_or(|value| value != "1") {
            println!("CCCD_PCSC is not 1: skipped");
            return None;
        }
        let mut service = Self { pcscd: None, config: None, _alone: Alone::wait() };
        service.configure(config);
        if run(&["readers"]).status == 14 {
            service.start_again();
        }
        wait_until("the readers are empty", || readers().iter().all(|(_, present)| !present));
        Some(service)
    }

    /// Whether the test started it; one that belongs to somebody else is left alone.
    pub(crate) fn is_ours(&self) -> bool {
        if self.pcscd.is_none() {
            println!("pcscd belongs to somebody else: skipped");
        }
        self.pcscd.is_some()
    }

    /// The process of the service, if it is ours.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.pcscd.as_ref().map(Child::id)
    }

    /// The readers from the next start on: these, or the two of the system.
    pub(crate) fn configure(&mut self, words: Option<&str>) {
        self.config = words.map(|words| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(&file, words).unwrap();
            file
        });
    }

    pub(crate) fn start_again(&mut self) {
        // Where no init system has made it; pcscd says what is wrong if this fails.
        drop(std::fs::create_dir_all("/run/pcscd"));
        let mut pcscd = Command::new("pcscd");
        if let Some(config) = &self.config {
            pcscd.arg("--config").arg(config.path());
        }
        pcscd.arg("--foreground").stdout(Stdio::null()).stderr(Stdio::null());
        self.pcscd = Some(pcscd.spawn().expect("pcscd is installed"));
        wait_until("pcscd and vpcd are up", || !readers().is_empty());
    }

    /// Ends it if it is ours.
    pub(crate) fn stop(&mut self) {
        if let Some(mut pcscd) = self.pcscd.take() {
            end(&mut pcscd);
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Names of the readers, and whether a card lies there; empty without pcscd.
pub(crate) fn readers() -> Vec<(String, bool)> {
    let ran = run(&["readers", "--json"]);
    if ran.status != 0 {
        return Vec::new();
    }
    let object = ran.json();
    let list = object["readers"].as_array().unwrap();
    list.iter()
        .map(|reader| (reader["name"].as_str().unwrap().to_owned(), reader["card_present"] == true))
        .collect()
}

pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Asks a child to end as Ctrl-C or a service manager would, and waits for it.
pub(crate) fn end(child: &mut Child) {
    let asked = Command::new("kill").arg(child.id().to_string()).status();
    if !asked.is_ok_and(|status| status.success()) {
        drop(child.kill());
    }
    drop(child.wait());
}

/// `cccd simulate`, the card on the first reader.
pub(crate) struct Card {
    process: Child,
    pub(crate) csca: PathBuf,
    pub(crate) folder: tempfile::TempDir,
}

impl Card {
    /// Lays a card on the reader and waits until the reader has seen it.
    pub(crate) fn lay_down(arguments: &[&str]) -> Self {
        let card = Self::lay_down_unseen(arguments);
        wait_until("the card is seen", || readers().contains(&(READER.to_owned(), true)));
        card
    }

    pub(crate) fn lay_down_unseen(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let csca = folder.path().join("csca.der");
        let mut process = Command::new(env!("CARGO_BIN_EXE_cccd"))
            .args(["simulate", "--for", "60", "--trust-out"])
            .arg(&csca)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let lies = |line: &std::io::Result<String>| line.as_ref().unwrap().contains("lies on");
        assert!(lines.any(|line| lies(&line)), "the card is down");
        // Read on, or the child would be ended by a closed pipe.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { process, csca, folder }
    }

    /// Reads it, trusting its own authority.
    pub(crate) fn read(&self, arguments: &[&str]) -> Ran {
        let csca = self.csca.to_str().unwrap();
        run(&[&["read", "--json", "--at", DAY, "--trust", csca], arguments].concat())
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        end(&mut self.process);
        // pcscd looks at its readers every 400 ms; a card that is exchanged faster stays unseen.
        thread::sleep(Duration::from_millis(600));
    }
}

/// A hand that lays a card of this process on a reader.
pub(crate) struct Hand<C> {
    stop: Arc<AtomicBool>,
    lying: JoinHandle<C>,
}

impl<C: vpcd::Card + Send + 'static> Hand<C> {
    /// Lays it down, without looking whether the reader has seen it.
    pub(crate) fn lay_down(port: u16, card: C) -> Self {
        Self::lay_down_again(port, card, |_| None)
    }

    /// Lays it down, and again as often as the card leaves and `again` says after how long.
    pub(crate) fn lay_down_again(
        port: u16,
        mut card: C,
        mut again: impl FnMut(&mut C) -> Option<Duration> + Send + 'static,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let lying = thread::spawn(move || {
            loop {
                let stream = vpcd::plug_in((vpcd::FIRST_SLOT.0, port), PATIENCE).unwrap();
                // However the connection ends, the card has left the reader.
                drop(vpcd::answer(&mut card, stream, &stopped));
                let after = again(&mut card).filter(|_| !stopped.load(Ordering::Relaxed));
                let Some(after) = after else { return card };
                thread::sleep(after);
            }
        });
        Self { stop, lying }
    }

    /// Takes it away, without looking whether the reader has seen it.
    pub(crate) fn take_away(self) -> C {
        self.stop.store(true, Ordering::Relaxed);
        self.lying.join().unwrap()
    }
}
