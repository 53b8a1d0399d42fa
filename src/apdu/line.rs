//! The line to the chip: half-duplex, one command and one answer at a time, no device behind it.
//!
//! The procedure holds the [`Line`] and awaits answers; the inspection holds the [`Mailbox`], hands the
//! command to whoever owns the device and puts the answer back. `[9303-10 §3.5, ISO 7816-4 §5.3]`

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use zeroize::Zeroizing;

use super::{Command, Form, Response, StatusWord};
use crate::error::{Error, PolicyRefusal, Result};

/// GET RESPONSE commands that one answer may cost.
const MAX_GET_RESPONSE: usize = 512;

/// What the device between us and the chip can carry, in bytes of whole APDUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest command, with header and length fields.
    pub max_command: usize,
    /// Longest answer, with the two bytes of the status word.
    pub max_response: usize,
}

impl Limits {
    /// Short length fields only: 255 bytes of data out, 256 back.
    pub const SHORT: Self = Self { max_command: 261, max_response: 258 };
    /// Extended length fields without further limit.
    pub const EXTENDED: Self = Self { max_command: 65_544, max_response: 65_538 };

    /// Whether commands with extended length fields are sent at all. A device that carries a few bytes more
    /// than short ones is none that can: a protected signature of RSA-2048 has 290 bytes.
    #[must_use]
    pub const fn extended(self) -> bool {
        self.max_response >= 512
    }
}

impl Default for Limits {
    /// What every reader can do.
    fn default() -> Self {
        Self::SHORT
    }
}

/// What a read has cost so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Metrics {
    /// Command-answer pairs.
    pub apdus: usize,
    /// Bytes of all commands.
    pub bytes_sent: usize,
    /// Bytes of all answers.
    pub bytes_received: usize,
    /// How often the card was lost and came back.
    pub losses: usize,
    /// Bytes of files that were read a second time: to see that it is the same card, or because a file did
    /// not have its digest.
    pub bytes_repeated: usize,
}

/// What the procedure asks of whoever owns the device.
pub(crate) enum Request {
    /// Carry this to the chip and its answer back.
    Command(Outgoing),
    /// Bring the lost card back.
    Card,
}

/// A command on its way out: the bytes, and what it is called.
pub(crate) struct Outgoing {
    /// Shared with the line, which writes the next command in the same memory if nobody kept this one.
    pub(crate) bytes: Arc<Vec<u8>>,
    pub(crate) name: &'static str,
    form: Form,
}

/// The commands in which a chip computes with keys. 6.6 seconds were seen for PACE.
const COMPUTING: [&str; 5] = [
    "GENERAL AUTHENTICATE",
    // Chip Authentication with 3DES computes in MSE:Set KAT.
    "MSE:Set",
    "INTERNAL AUTHENTICATE",
    "EXTERNAL AUTHENTICATE",
    "PSO:VERIFY CERTIFICATE",
];

impl Outgoing {
    /// How long the chip may take for it, with the time on the air.
    pub(crate) fn time_budget(&self) -> Duration {
        let seconds = match self.form {
            _ if COMPUTING.contains(&self.name) => 15,
            Form::Short => 3,
            // 64 KiB at 106 kbit/s.
            Form::Extended => 10,
        };
        Duration::from_secs(seconds)
    }
}

/// What the procedure waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaited {
    Answer,
    Card,
}

#[derive(Default)]
struct Exchange {
    outgoing: Option<Request>,
    incoming: Option<Result<()>>,
    awaited: Option<Awaited>,
    /// The last command's bytes.
    command: Arc<Vec<u8>>,
    /// The answer, once it is incoming.
    answer: Zeroizing<Vec<u8>>,
    limits: Limits,
    chip_limits: Option<Limits>,
    metrics: Metrics,
}

type Shared = Arc<Mutex<Exchange>>;

fn lock(shared: &Shared) -> MutexGuard<'_, Exchange> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The outer end: takes commands out, puts answers in.
pub(crate) struct Mailbox(Shared);

impl Mailbox {
    pub(crate) fn take_request(&self) -> Option<Request> {
        let mut exchange = lock(&self.0);
        let request = exchange.outgoing.take();
        if let Some(Request::Command(command)) = &request {
            exchange.metrics.apdus += 1;
            exchange.metrics.bytes_sent += command.bytes.len();
        }
        request
    }

    /// Whether the procedure waits for something that was taken out and not answered.
    pub(crate) fn awaits(&self) -> bool {
        let exchange = lock(&self.0);
        exchange.awaited.is_some() && exchange.incoming.is_none()
    }

    /// Whether an answer is under way, so that there is time to work.
    pub(crate) fn in_the_air(&self) -> bool {
        let exchange = lock(&self.0);
        exchange.awaited == Some(Awaited::Answer)
            && exchange.outgoing.is_none()
            && exchange.incoming.is_none()
    }

    /// Puts the answer in; an answer nobody asked for is reported back as `false`. This copy is the only one of
    /// what the chip sends: from here it is decrypted to where it stays.
    pub(crate) fn deliver(&self, answer: &[u8]) -> bool {
        let taken = self.put(Ok(()), |awaited| awaited == Awaited::Answer);
        if taken {
            let mut exchange = lock(&self.0);
            exchange.answer.clear();
            exchange.answer.extend_from_slice(answer);
            exchange.metrics.bytes_received += answer.len();
        }
        taken
    }

    /// Tells that the card lies there again; `false` if nobody missed it.
    pub(crate) fn card_is_back(&self) -> bool {
        let taken = self.put(Ok(()), |awaited| awaited == Awaited::Card);
        if taken {
            lock(&self.0).metrics.losses += 1;
        }
        taken
    }

    /// Tells that neither answer nor card will come; `false` if nobody waits for one.
    pub(crate) fn fail(&self, error: Error) -> bool {
        self.put(Err(error), |_| true)
    }

    fn put(&self, incoming: Result<()>, fits: impl Fn(Awaited) -> bool) -> bool {
        let mut exchange = lock(&self.0);
        let waits = exchange.outgoing.is_none() && exchange.incoming.is_none();
        let taken = waits && exchange.awaited.is_some_and(fits);
        if taken {
            exchange.incoming = Some(incoming);
        }
        taken
    }

    /// Forgets a command under way: nobody waits for its answer any more.
    pub(crate) fn abandon(&self) {
        let mut exchange = lock(&self.0);
        exchange.outgoing = None;
        exchange.incoming = None;
        exchange.awaited = None;
    }

    pub(crate) fn set_limits(&self, limits: Limits) {
        lock(&self.0).limits = limits;
    }

    pub(crate) fn metrics(&self) -> Metrics {
        lock(&self.0).metrics
    }
}

/// The inner end: the procedure's way to the chip.
#[derive(Clone)]
pub(crate) struct Line(Shared);

impl Line {
    pub(crate) fn new() -> (Self, Mailbox) {
        let shared = Shared::default();
        (Self(Arc::clone(&shared)), Mailbox(shared))
    }

    /// What device and chip can carry, as far as the chip has said it.
    pub(crate) fn limits(&self) -> Limits {
        let exchange = lock(&self.0);
        let Limits { max_command, max_response } = exchange.limits;
        let chip = exchange.chip_limits.unwrap_or(Limits::EXTENDED);
        Limits {
            max_command: max_command.min(chip.max_command),
            max_response: max_response.min(chip.max_response),
        }
    }

    /// Notes what the chip says that it can carry.
    pub(crate) fn set_chip_limits(&self, limits: Limits) {
        lock(&self.0).chip_limits = Some(limits);
    }

    /// Counts bytes of a file that were read before.
    pub(crate) fn repeated(&self, bytes: usize) {
        lock(&self.0).metrics.bytes_repeated += bytes;
    }

    /// Waits until the lost card lies on the device again, powered up anew.
    pub(crate) async fn card(&self) -> Result<()> {
        lock(&self.0).outgoing = Some(Request::Card);
        self.wait(Awaited::Card, &mut || ()).await
    }

    /// Sends a command and collects the whole answer: chains data that do not fit, fetches what
    /// `61xx` announces, repeats with the Le of `6Cxx`.
    ///
    /// A protected command is not repeated here: its counter has moved, see `secure_messaging`.
    pub(crate) async fn transmit(&self, command: &Command) -> Result<Response> {
        let mut data = Zeroizing::default();
        let status = self.transmit_while(command, &mut data, &mut || ()).await?;
        Ok(Response::from_parts(data, status))
    }

    /// As [`Line::transmit`], with the data in place of what `data` holds; `work` is done while the answer is under
    /// way, or before it is looked at, and at least once unless the command could not be sent.
    pub(crate) async fn transmit_while(
        &self,
        command: &Command,
        data: &mut Zeroizing<Vec<u8>>,
        work: &mut (dyn FnMut() + Send),
    ) -> Result<StatusWord> {
        let mut status = self.send(command, data, work).await?;
        let [cla, ..] = command.header();
        if let (Some(le), false) = (status.exact_le(), cla & 0x0C == 0x0C) {
            status = self.send(&command.clone().with_le(le), data, work).await?;
        }
        for _ in 0..MAX_GET_RESPONSE {
            let Some(more) = status.more_data() else { return Ok(status) };
            let mut next = Zeroizing::default();
            let command = Command::get_response(cla, more);
            status = self.exchange(&command, Form::Short, &mut next, work).await?;
            if next.is_empty() && status.more_data().is_some() {
                break;
            }
            data.extend_from_slice(&next);
        }
        Err(Error::PolicyRefused(PolicyRefusal::Budget("exchanges")))
    }

    /// One command, in as many links as the device demands `[ISO 7816-4 §5.3.3]`.
    async fn send(
        &self,
        command: &Command,
        data: &mut Zeroizing<Vec<u8>>,
        work: &mut (dyn FnMut() + Send),
    ) -> Result<StatusWord> {
        let limits = self.limits();
        let form = command.form();
        let fits = form == Form::Short
            || limits.extended() && command.data().len() + 9 <= limits.max_command;
        if fits {
            return self.exchange(command, form, data, work).await;
        }
        // Short length fields cannot ask for more.
        let short =
            command.le().map_or_else(|| command.clone(), |le| command.clone().with_le(le.min(256)));
        let mut links = command.data().chunks(255).peekable();
        while let Some(link) = links.next() {
            let last = links.peek().is_none();
            let status = self.exchange(&short.link(link, last), Form::Short, data, work).await?;
            if last {
                return Ok(status);
            }
            if status != StatusWord::SUCCESS {
                return Err(Error::CardRefused { command: command.name(), status: status.0 });
            }
        }
        // No data: only Le was too long for the device.
        self.exchange(&short, Form::Short, data, work).await
    }

    /// One command-answer pair.
    async fn exchange(
        &self,
        command: &Command,
        form: Form,
        data: &mut Zeroizing<Vec<u8>>,
        work: &mut (dyn FnMut() + Send),
    ) -> Result<StatusWord> {
        {
            let mut exchange = lock(&self.0);
            if Arc::get_mut(&mut exchange.command).is_none() {
                exchange.command = Arc::default();
            }
            if let Some(bytes) = Arc::get_mut(&mut exchange.command) {
                command.encode_into(form, bytes)?;
            }
            let bytes = Arc::clone(&exchange.command);
            let outgoing = Outgoing { bytes, name: command.name(), form };
            exchange.outgoing = Some(Request::Command(outgoing));
        }
        self.wait(Awaited::Answer, work).await?;
        std::mem::swap(data, &mut lock(&self.0).answer);
        // An answer without status word is no answer: some drivers hand out an empty one when the card
        // is pulled away.
        let status = data.last_chunk().map(|[sw1, sw2]| StatusWord::from_bytes(*sw1, *sw2));
        let status = status.ok_or(Error::LinkLost)?;
        let length = data.len().saturating_sub(2);
        data.truncate(length);
        Ok(status)
    }

    /// Waits for what was asked of the device. The first time around the request has still to leave.
    async fn wait(&self, awaited: Awaited, work: &mut (dyn FnMut() + Send)) -> Result<()> {
        lock(&self.0).awaited = Some(awaited);
        poll_fn(|_| {
            if lock(&self.0).outgoing.is_some() {
                return Poll::Pending;
            }
            work();
            let mut exchange = lock(&self.0);
            match exchange.incoming.take() {
                Some(answer) => {
                    exchange.awaited = None;
                    Poll::Ready(answer)
                }
                None => Poll::Pending,
            }
        })
        .await
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{
        pin::pin,
        task::{Context, Waker},
    };

    use super::*;

    /// Runs a procedure against a closure that plays the chip.
    pub(crate) fn drive<T>(
        mailbox: &Mailbox,
        procedure: impl Future<Output = T>,
        mut chip: impl FnMut(&[u8]) -> Vec<u8>,
    ) -> T {
        let mut procedure = pin!(procedure);
        loop {
            if let Poll::Ready(done) =
                procedure.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                return done;
            }
            let Some(Request::Command(command)) = mailbox.take_request() else {
                panic!("a procedure waits for the chip only");
            };
            assert!(mailbox.deliver(&chip(&command.bytes)));
        }
    }

    #[test]
    fn what_61xx_announces_is_fetched() {
        let (line, mailbox) = Line::new();
        let command = Command::internal_authenticate(&[0; 8], 256);
        let mut sent = Vec::new();
        let response = drive(&mailbox, line.transmit(&command), |bytes| {
            sent.push(bytes.to_vec());
            match sent.len() {
                1 => vec![1, 2, 0x61, 3],
                _ => vec![3, 4, 5, 0x90, 0],
            }
        })
        .unwrap();
        assert_eq!(response.data(), [1, 2, 3, 4, 5]);
        assert_eq!(sent[1], [0x00, 0xC0, 0, 0, 3]);
        assert_eq!(
            mailbox.metrics(),
            Metrics { apdus: 2, bytes_sent: 19, bytes_received: 9, ..Metrics::default() }
        );
    }

    #[test]
    fn an_endless_61xx_ends() {
        let (line, mailbox) = Line::new();
        let command = Command::get_challenge();
        let error = drive(&mailbox, line.transmit(&command), |_| vec![0, 0x61, 1]).unwrap_err();
        assert_eq!(error.kind(), "policy_refused");
        assert_eq!(mailbox.metrics().apdus, 1 + MAX_GET_RESPONSE);
    }

    #[test]
    fn le_is_corrected_once() {
        let (line, mailbox) = Line::new();
        let command = Command::read_binary(0, 200).unwrap();
        let mut sent = Vec::new();
        let response = drive(&mailbox, line.transmit(&command), |bytes| {
            sent.push(bytes.to_vec());
            vec![0x6C, 0x10]
        })
        .unwrap();
        assert_eq!(response.status().exact_le(), Some(16));
        assert_eq!(sent, [vec![0, 0xB0, 0, 0, 200], vec![0, 0xB0, 0, 0, 16]]);
    }

    #[test]
    fn long_data_are_chained_where_extended_length_is_not_to_be_had() {
        let (line, mailbox) = Line::new();
        let data: Vec<u8> = (0..=255).chain(0..=99).collect();
        let command = Command::new("TEST", [0, 0x2A, 0, 0xBE], &data, Some(256));
        let mut received = Vec::new();
        drive(&mailbox, line.transmit(&command), |bytes| {
            assert_eq!(bytes[0] & 0x10 != 0, received.is_empty());
            received.extend_from_slice(&bytes[5..5 + usize::from(bytes[4])]);
            vec![0x90, 0]
        })
        .unwrap();
        assert_eq!(received, data);

        mailbox.set_limits(Limits::EXTENDED);
        drive(&mailbox, line.transmit(&command), |bytes| {
            assert_eq!(bytes.len(), 4 + 3 + 356 + 2);
            vec![0x90, 0]
        })
        .unwrap();
    }

    /// Between the copy in `deliver` and whoever decrypts the answer nothing is copied: two buffers change places.
    #[test]
    fn answers_are_handed_on_without_a_copy() {
        let (line, mailbox) = Line::new();
        let command = Command::read_binary(0, 4).unwrap();
        let mut data = Zeroizing::new(Vec::with_capacity(16));
        let (ours, mut theirs) = (data.as_ptr(), Vec::with_capacity(16));
        std::mem::swap(&mut *lock(&mailbox.0).answer, &mut theirs);
        for exchange in 0..6 {
            let read = line.transmit_while(&command, &mut data, &mut || ());
            let status = drive(&mailbox, read, |_| vec![1, 2, exchange, 4, 0x90, 0]).unwrap();
            assert_eq!((status, data.as_slice()), (StatusWord::SUCCESS, &[1, 2, exchange, 4][..]));
            assert_eq!(data.as_ptr() == ours, exchange % 2 == 1);
        }
    }

    #[test]
    fn an_answer_that_nobody_asked_for_is_not_taken() {
        let (_line, mailbox) = Line::new();
        assert!(!mailbox.deliver(&[0x90, 0]));
        assert!(!mailbox.card_is_back());
        assert!(!mailbox.fail(Error::LinkLost));
    }
}
