use std::time::{SystemTime, UNIX_EPOCH};

use crate::{
    date::Date,
    error::{Error, Result},
};

/// Today by the system's clock, UTC. The library itself never asks: pass it on or pass another day.
///
/// # Errors
/// `Misuse` if the clock stands before 1970 or after 9999. Not there in browsers, which have no such clock.
pub fn today() -> Result<Date> {
    let wrong = |_| Error::Misuse("the system clock is wrong");
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| wrong(()))?.as_secs();
    Date::from_unix(i64::try_from(seconds).map_err(|_| wrong(()))?).map_err(|_| wrong(()))
}
