//! PC/SC readers by the crate `pcsc`. On Linux it needs pcscd; Windows and macOS bring the service.
//!
//! ```no_run
//! use std::time::Duration;
//! use cccd::transport::{Cancellation, Until, pcsc::{Readers, Sharing}};
//!
//! let readers = Readers::connect()?;
//! let until = Until::within(Duration::from_secs(30), &Cancellation::new());
//! if let Some(reader) = readers.wait_for_card(None, &until)? {
//!     let mut card = readers.open_with(Some(&reader), Sharing::Exclusive, &until)?;
//!     // inspection.run(&mut card)
//! }
//! # Ok::<(), cccd::Error>(())
//! ```
//!
//! Readers and cards come and go, and so does the service: [`Readers`] connects to it again by itself. A
//! [`Card`] talks to its reader from a thread of its own, because calls of PC/SC can neither be ended nor
//! take a time limit; several cards on several readers are read side by side, each in a thread of the caller.

mod card;
mod connection;
mod faults;
mod limits;
mod readers;

pub use card::{Card, Sharing};
pub use readers::{ReaderStatus, Readers};
