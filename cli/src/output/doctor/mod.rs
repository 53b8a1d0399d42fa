//! What `cccd doctor` says: one JSON object to send, or pages to read.

mod answers;
mod json;
mod text;

use super::to_stdout;
use crate::doctor::Report;

/// Prints the report; `false` if it could not be written.
pub(crate) fn print(report: &Report, json: bool) -> bool {
    if json {
        to_stdout(&format!("{}\n", json::report(report)))
    } else {
        to_stdout(&text::report(report))
    }
}
