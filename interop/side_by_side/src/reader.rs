//! A virtual reader of pcscd, and the card that lies on it.
//!
//! One connection to the reader stands for the whole run and the chip behind it is exchanged: pcscd looks at its readers
//! every 400 milliseconds, so laying down every card anew would take longer than reading it. Only a card whose fault it is
//! to be lost leaves the reader, and comes back.

use std::{
    error::Error,
    fs,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use cccd::transport::{Cancellation, Until, pcsc::Readers};
use cccd_simulator::{
    Elapsed, Link,
    vpcd::{self, Card as _},
};

/// As vpcd's own configuration names its first slot.
pub(crate) const NAME: &str = "Virtual PCD 00 00";
const PATIENCE: Duration = Duration::from_secs(15);

/// pcscd looks that often, and a little more: a card that left is missed by then.
const HINDSIGHT: Duration = Duration::from_millis(600);

/// The reader; pcscd too, if it had to be started.
pub(crate) struct Reader {
    readers: Readers,
    slot: Slot,
    stop: Arc<AtomicBool>,
    lying: Option<JoinHandle<()>>,
    pcscd: Option<Child>,
}

/// The chip that lies there now, or none: nobody sends a command then, but pcscd goes on asking for the answer to reset.
#[derive(Clone)]
struct Slot {
    answer_to_reset: Vec<u8>,
    lying: Arc<Mutex<Option<Lying>>>,
    /// Whether the card has left the reader since the last look.
    left: Arc<AtomicBool>,
}

struct Lying {
    link: Link,
    /// What the link had cost when the first command came, and after the last: powering up before and after belongs to
    /// nobody's read.
    first: Option<Elapsed>,
    last: Elapsed,
}

impl Reader {
    /// Starts pcscd where none runs, which as a rule needs root, and makes its reader take a card.
    pub(crate) fn start(card: Link) -> Result<Self, Box<dyn Error>> {
        let (readers, pcscd) = match Readers::connect() {
            Ok(readers) => (readers, None),
            Err(_) => start_pcscd()?,
        };
        let answer_to_reset = card.answer_to_reset();
        let slot = Slot { answer_to_reset, lying: Arc::default(), left: Arc::default() };
        slot.put(card);
        let stop = Arc::new(AtomicBool::new(false));
        let mut reader = Self { readers, slot, stop, lying: None, pcscd };
        let (slot, stop) = (reader.slot.clone(), Arc::clone(&reader.stop));
        reader.lying = Some(thread::spawn(move || lie(slot, &stop)));
        reader.see_a_card()?;
        Ok(reader)
    }

    fn see_a_card(&self) -> Result<(), Box<dyn Error>> {
        let until = Until::within(PATIENCE, &Cancellation::new());
        let seen = self.readers.wait_for_card(Some(NAME), &until)?;
        seen.map(drop).ok_or_else(|| format!("no card is seen on {NAME}").into())
    }

    /// Lays a card down, has somebody read it, and takes it away; with what the read has cost.
    ///
    /// # Errors
    /// The card does not come back to the reader after a read in which it was lost.
    pub(crate) fn read<T>(
        &self,
        card: Link,
        by: impl FnOnce(&Readers) -> T,
    ) -> Result<(T, Link, Elapsed), Box<dyn Error>> {
        if self.slot.left.swap(false, Ordering::Relaxed) {
            thread::sleep(HINDSIGHT);
            self.see_a_card()?;
        }
        self.slot.put(card);
        let told = by(&self.readers);
        let lying = self.slot.lock().take();
        let Lying { link, first, last } = lying.expect("nobody else takes it away");
        Ok((told, link, last - first.unwrap_or(last)))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(lying) = self.lying.take() {
            drop(lying.join());
        }
        if let Some(mut pcscd) = self.pcscd.take() {
            // As a service manager would end it.
            drop(Command::new("kill").arg(pcscd.id().to_string()).status());
            drop(pcscd.wait());
        }
    }
}

/// Lies on the reader, and again after every loss.
fn lie(mut slot: Slot, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let answered = vpcd::plug_in(vpcd::FIRST_SLOT, PATIENCE)
            .and_then(|stream| vpcd::answer(&mut slot, stream, stop));
        if let Err(error) = answered {
            eprintln!("the card on the reader: {error}");
            return;
        }
        slot.left.store(true, Ordering::Relaxed);
        if !stop.load(Ordering::Relaxed) {
            thread::sleep(HINDSIGHT);
        }
    }
}

fn start_pcscd() -> Result<(Readers, Option<Child>), Box<dyn Error>> {
    // Where no init system has made it; pcscd says what is wrong if this fails.
    drop(fs::create_dir_all("/run/pcscd"));
    let child = Command::new("pcscd")
        .arg("--foreground")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("pcscd: {error}"))?;
    let start = Instant::now();
    loop {
        match Readers::connect() {
            Ok(readers) if readers.list().is_ok_and(|list| !list.is_empty()) => {
                return Ok((readers, Some(child)));
            }
            Err(error) if start.elapsed() > PATIENCE => return Err(error.into()),
            _ if start.elapsed() > PATIENCE => return Err("pcscd has no virtual reader".into()),
            _ => thread::sleep(Duration::from_millis(50)),
        }
    }
}

impl Slot {
    fn put(&self, link: Link) {
        let last = link.elapsed();
        let lying = Lying { link, first: None, last };
        *self.lock() = Some(lying);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Lying>> {
        self.lying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl vpcd::Card for Slot {
    fn answer_to_reset(&self) -> Vec<u8> {
        self.answer_to_reset.clone()
    }

    fn reset(&mut self) {
        if let Some(lying) = self.lock().as_mut() {
            lying.link.reset();
        }
    }

    fn process(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let mut lying = self.lock();
        let lying = lying.as_mut()?;
        lying.first.get_or_insert(lying.link.elapsed());
        let answer = lying.link.process(command);
        lying.last = lying.link.elapsed();
        answer
    }
}
