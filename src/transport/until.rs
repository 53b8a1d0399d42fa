use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::error::{Error, Result};

/// A way to end a read from another thread. Clones belong together.
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Nothing is cancelled yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends what waits with this or a clone of it, for good.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long a call to a device may last: until a moment, or until somebody cancels it.
#[derive(Debug, Clone)]
pub struct Until {
    end: Instant,
    cancellation: Cancellation,
}

impl Until {
    /// From now on for this long. Not there in browsers, which have no such clock.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    #[must_use]
    pub fn within(time: Duration, cancellation: &Cancellation) -> Self {
        const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
        let now = Instant::now();
        let end = now.checked_add(time.min(FOR_EVER)).unwrap_or(now);
        Self { end, cancellation: cancellation.clone() }
    }

    /// How much time is left.
    ///
    /// # Errors
    /// `Cancelled`; `LinkLost` when the time is over.
    pub fn left(&self) -> Result<Duration> {
        if self.cancellation.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(Error::LinkLost) } else { Ok(left) }
    }
}
