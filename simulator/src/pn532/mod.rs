//! A PN532 on a pseudo-terminal, with a card in its field: to libnfc a device on a serial line.
//!
//! ```text
//! libnfc, driver pn532_uart  ──/dev/pts/N──  this module  ──  Link  ──  Chip
//!   wake-up, frame            ─►
//!                             ◄─  ACK, frame of the answer
//! ```
//! [`Link`] is the radio link: it loses the card, distorts answers and puts the card back. [`Trouble`] is what a device or
//! its cable does. Linux only.
//!
//! Skipped: targets that are no ISO/IEC 14443 cards, chained commands from the host (no driver sends them), being a card.

mod device;
mod fault;
mod frame;

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

pub use device::{Air, MAX_DATA, code};
pub use fault::{Misbehaviour, Trouble};

use crate::chip::Chip;
use crate::link::Link;
use device::Device;
use frame::{Frames, FromHost};

/// A PN532 that is plugged in. Dropping it unplugs it.
pub struct Pn532 {
    name: String,
    device: Arc<Mutex<Device>>,
    stop: Arc<AtomicBool>,
    /// Our own hold on the host's end: without one, a host that hangs up would look like the end of the line.
    host_end: File,
    threads: Vec<JoinHandle<()>>,
}

impl Pn532 {
    /// Plug in a device with nothing in its field.
    ///
    /// # Errors
    /// The system has no pseudo-terminal to give.
    pub fn plug_in() -> io::Result<Pn532> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let device_end = openpt(flags)?;
        grantpt(&device_end)?;
        unlockpt(&device_end)?;
        let name = ptsname(&device_end, Vec::new())?.to_string_lossy().into_owned();
        let host_end = ioctl_tiocgptpeer(&device_end, flags)?;
        // A serial line as it comes: no echo, no line ends.
        let mut settings = tcgetattr(&host_end)?;
        settings.make_raw();
        tcsetattr(&host_end, OptionalActions::Now, &settings)?;

        let device = Arc::new(Mutex::new(Device::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let line = File::from(device_end);
        let (sender, receiver) = channel();
        let listener = {
            let (line, stop) = (line.try_clone()?, Arc::clone(&stop));
            thread::spawn(move || listen(line, &stop, &sender))
        };
        let worker = {
            let device = Arc::clone(&device);
            thread::spawn(move || work(line, &receiver, &device))
        };
        let host_end = File::from(host_end);
        Ok(Pn532 { name, device, stop, host_end, threads: vec![listener, worker] })
    }

    /// The serial line's name, `/dev/pts/…`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What libnfc calls the device.
    pub fn connection(&self) -> String {
        format!("pn532_uart:{}:115200", self.name)
    }

    /// Lay a card into the field, in place of what lay there.
    pub fn lay(&self, link: Link, air: Air) {
        let mut device = self.lock();
        device.field_changed();
        device.link = Some(link);
        device.air = air;
    }

    /// The card leaves the field.
    pub fn take_away(&self) {
        let mut device = self.lock();
        device.field_changed();
        if let Some(link) = &mut device.link {
            link.take_away();
        }
    }

    /// The same card is put back.
    pub fn put_back(&self) {
        let mut device = self.lock();
        device.field_changed();
        if let Some(link) = &mut device.link {
            link.put_back();
        }
    }

    /// Look at the chip, or tamper with it between commands; none if no card was ever laid down.
    pub fn with_chip<T>(&self, look: impl FnOnce(&mut Chip) -> T) -> Option<T> {
        self.lock().link.as_mut().map(|link| look(&mut link.chip))
    }

    /// Commands with this instruction byte take this long.
    pub fn slow(&self, instruction: u8, time: Duration) {
        self.lock().slow = Some((instruction, time));
    }

    /// Answers reach the host in pieces of this length, at most [`MAX_DATA`].
    pub fn chunks(&self, length: usize) {
        self.lock().chunk = length.clamp(1, MAX_DATA);
    }

    /// Something is going to go wrong.
    pub fn plan(&self, trouble: Trouble) {
        self.lock().troubles.push(trouble);
    }

    /// Nothing more goes wrong.
    pub fn mend(&self) {
        self.lock().troubles.clear();
    }

    /// How many commands of this code came.
    pub fn count(&self, code: u8) -> usize {
        self.lock().counts.get(&code).copied().unwrap_or(0)
    }

    /// The length of the longest APDU that came.
    pub fn longest_apdu(&self) -> usize {
        self.lock().longest_apdu
    }

    fn lock(&self) -> MutexGuard<'_, Device> {
        lock(&self.device)
    }
}

impl Drop for Pn532 {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // The listener waits in a read; a byte of our own wakes it up.
        drop(self.host_end.write_all(&[0]));
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

fn lock(device: &Mutex<Device>) -> MutexGuard<'_, Device> {
    device.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hands on what arrives, until it is told to stop.
fn listen(mut line: File, stop: &AtomicBool, sender: &Sender<Vec<u8>>) {
    let mut buffer = [0; 1024];
    loop {
        let Ok(count) = line.read(&mut buffer) else { return };
        if stop.load(Ordering::Relaxed) || sender.send(buffer[..count].to_vec()).is_err() {
            return;
        }
    }
}

/// Runs what the host sends, until the listener is gone. A new command ends the one under way, and so does an ACK.
fn work(mut line: File, receiver: &Receiver<Vec<u8>>, device: &Mutex<Device>) {
    let mut frames = Frames::default();
    // What the host gets, and when.
    let mut pending: Option<(Instant, Vec<u8>)> = None;
    loop {
        let wait = pending
            .as_ref()
            .map_or(Duration::MAX, |(due, _)| due.saturating_duration_since(Instant::now()));
        let received = if wait == Duration::MAX {
            receiver.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            receiver.recv_timeout(wait)
        };
        match received {
            Ok(bytes) => frames.push(&bytes),
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                if let Some((_, answer)) = pending.take() {
                    drop(line.write_all(&answer));
                }
            }
        }
        while let Some(message) = frames.next() {
            pending = None;
            let mut device = lock(device);
            match message {
                FromHost::WakeUp => device.wake_up(),
                FromHost::Ack => {}
                _ if device.asleep() => {}
                FromHost::Broken => drop(line.write_all(&frame::ERROR)),
                FromHost::Command(command) => {
                    pending = Some(run(&mut device, &mut line, &command));
                }
            }
        }
    }
}

/// Acknowledges and runs a command; its answer is due later.
fn run(device: &mut Device, line: &mut File, command: &[u8]) -> (Instant, Vec<u8>) {
    let reaction = device.run(command);
    if reaction.trouble != Some(Misbehaviour::Deaf) {
        drop(line.write_all(&frame::ACK));
    }
    let answer = match (reaction.trouble, reaction.answer) {
        (Some(trouble), answer) => trouble.spoil(answer.unwrap_or_else(|| vec![0])),
        (None, Some(answer)) => frame::answer(&answer),
        (None, None) => frame::ERROR.to_vec(),
    };
    (Instant::now() + reaction.after, answer)
}

#[cfg(test)]
mod tests;
