//! Many batches on several threads, in bounded memory and in order.
//!
//! ```text
//!            permits (2 per thread) ◄────────────────────────────────┐
//!               │                                                    │ one back for each batch written
//! source ──► reader ──► queue ──► worker, with a kernel of its own ──► in order ──► sink
//!                            ╰──► worker, with a kernel of its own ──╯
//! ```

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use arrow_array::RecordBatch;
use cccd::passive::SignerFindings;

use crate::input::Reads;
use crate::kernel::Kernel;
use crate::{BatchError, Result};

/// Batches of reads that may exist at a time, for each thread: one in work, one that waits.
const BATCHES_PER_THREAD: usize = 2;

/// A run that reached the end of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finished {
    /// Rows that went through.
    pub rows: u64,
    /// The most rows that were in memory at a time.
    pub peak_rows: usize,
}

/// A run that ended before, and how far it came: everything before that reached the sink.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Stopped {
    /// Why.
    pub error: BatchError,
    /// Rows that reached the sink.
    pub rows: u64,
}

type Verified = (RecordBatch, Vec<Arc<SignerFindings>>);

struct Job {
    place: u64,
    reads: Reads,
}

struct Done {
    place: u64,
    rows: usize,
    result: Result<Verified>,
}

/// Verifies everything that a source holds on `threads` threads, each with a clone of `kernel`.
///
/// `sink` receives the results in the order of the source, on the calling thread, with the signers that one
/// of the kernels met for the first time (the same signer comes once from each thread that meets it).
///
/// No more than two batches per thread exist at a time, however large the source. An error of the source,
/// as at a damaged place in a file, stops the run after everything before it has reached the sink.
///
/// # Errors
/// The first error of the source, of a batch or of the sink.
pub fn run(
    source: impl Iterator<Item = Result<Reads>> + Send,
    kernel: &Kernel,
    threads: NonZeroUsize,
    mut sink: impl FnMut(RecordBatch, Vec<Arc<SignerFindings>>) -> Result<()>,
) -> core::result::Result<Finished, Stopped> {
    let in_flight = InFlight::default();
    let batches = threads.get().saturating_mul(BATCHES_PER_THREAD);
    let (permit, permits) = mpsc::channel();
    for _ in 0..batches {
        // The other end is here, so nothing can be lost.
        let _ = permit.send(());
    }
    let (queue, jobs) = mpsc::sync_channel(batches);
    let jobs = Mutex::new(jobs);
    let (finished, done) = mpsc::channel();
    thread::scope(|scope| {
        let (jobs, in_flight) = (&jobs, &in_flight);
        for _ in 0..threads.get() {
            let (finished, mut kernel) = (finished.clone(), kernel.clone());
            scope.spawn(move || work(jobs, &mut kernel, &finished));
        }
        scope.spawn(move || {
            let send = |job| queue.send(job).is_ok();
            read(source, &permits, in_flight, send, &finished);
        });
        let written = write_in_order(&done, in_flight, &permit, &mut sink);
        // Should it have ended early: workers that cannot report stop, and a reader without permits.
        drop((done, permit));
        written
    })
    .map(|rows| Finished { rows, peak_rows: in_flight.peak.load(Ordering::Relaxed) })
}

/// Reads as long as batches may exist.
fn read(
    mut source: impl Iterator<Item = Result<Reads>>,
    permits: &Receiver<()>,
    in_flight: &InFlight,
    send: impl Fn(Job) -> bool,
    finished: &Sender<Done>,
) {
    let mut place = 0;
    while permits.recv().is_ok() {
        match source.next() {
            None => break,
            Some(Err(error)) => {
                drop(finished.send(Done { place, rows: 0, result: Err(error) }));
                break;
            }
            Some(Ok(reads)) => {
                in_flight.add(reads.batch.num_rows());
                if !send(Job { place, reads }) {
                    break;
                }
            }
        }
        place += 1;
    }
}

fn work(jobs: &Mutex<Receiver<Job>>, kernel: &mut Kernel, finished: &Sender<Done>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { place, reads }) = job else { break };
        let rows = reads.batch.num_rows();
        let result = kernel
            .verify_with_faults(&reads.batch, &reads.faults)
            .map(|results| (results, kernel.met()));
        // The largest thing there is goes first.
        drop(reads);
        if finished.send(Done { place, rows, result }).is_err() {
            break;
        }
    }
}

/// Hands results on in the order of the source; each gives its permit back.
fn write_in_order(
    done: &Receiver<Done>,
    in_flight: &InFlight,
    permit: &Sender<()>,
    sink: &mut impl FnMut(RecordBatch, Vec<Arc<SignerFindings>>) -> Result<()>,
) -> core::result::Result<u64, Stopped> {
    let mut early = BTreeMap::new();
    let (mut next, mut written) = (0, 0);
    while let Ok(arrived) = done.recv() {
        early.insert(arrived.place, arrived);
        while let Some(Done { rows, result, .. }) = early.remove(&next) {
            let sunk = result.and_then(|(results, signers)| sink(results, signers));
            sunk.map_err(|error| Stopped { error, rows: written })?;
            in_flight.remove(rows);
            written += rows as u64;
            next += 1;
            // The reader may have come to the end.
            let _ = permit.send(());
        }
    }
    Ok(written)
}

/// Rows in memory.
#[derive(Default)]
struct InFlight {
    now: AtomicUsize,
    peak: AtomicUsize,
}

impl InFlight {
    fn add(&self, rows: usize) {
        let now = self.now.fetch_add(rows, Ordering::Relaxed) + rows;
        self.peak.fetch_max(now, Ordering::Relaxed);
    }

    fn remove(&self, rows: usize) {
        self.now.fetch_sub(rows, Ordering::Relaxed);
    }
}
