//! Commands and responses of ISO/IEC 7816-4, and the line that carries them one by one.
//!
//! [`Command`] knows its case, so no `Le` slips into a command that expects no answer;
//! [`Response`] is data and a [`StatusWord`]. Command chaining, `61xx` and `6Cxx` are handled by the line.

mod command;
mod line;
mod response;

pub(crate) use command::reference;
pub use command::{Command, Form};
pub(crate) use line::Line;
#[cfg(test)]
pub(crate) use line::tests as testing;
pub use line::{Limits, Metrics};
pub(crate) use line::{Mailbox, Outgoing, Request};
pub use response::{Response, StatusWord};
