//! Progress on standard error: phase, file, bytes, a bar. Nothing where that is no terminal.

use std::time::Duration;

use cccd::inspection::{Phase, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::language::{both, choose};

/// The line at the bottom of the terminal.
pub(crate) struct ProgressLine(ProgressBar);

impl ProgressLine {
    /// A line, or nothing at all if `hidden` or if standard error is no terminal.
    pub(crate) fn new(hidden: bool) -> Self {
        let target =
            if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(waiting());
        // The card may think for a second without a word.
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// Waiting for a person to put the card down.
    #[cfg(any(feature = "pcsc", feature = "nfc"))]
    pub(crate) fn wait_for_card(&self) {
        self.0.set_message(choose("Hãy đặt thẻ lên đầu đọc · Put the card on the reader"));
    }

    /// Shows how far the read has come.
    pub(crate) fn show(&self, progress: Progress) {
        let Progress { phase, file, bytes_read, bytes_total } = progress;
        if phase == Phase::Reading && bytes_total > 0 {
            self.0.set_style(reading());
            self.0.set_length(bytes_total as u64);
            self.0.set_position(bytes_read as u64);
        } else {
            self.0.set_style(waiting());
        }
        self.0.set_message(words(phase, file));
    }
}

/// A bar for many things of one kind, on standard error; without a total it counts.
#[cfg(feature = "batch")]
pub(crate) fn bar(hidden: bool, total: Option<u64>, words: &'static str) -> ProgressBar {
    let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(total, target);
    bar.set_style(match total {
        Some(_) => style("{spinner} {msg} {bar:24} {human_pos}/{human_len}  {per_sec}  {eta}"),
        None => style("{spinner} {msg} {human_pos}  {per_sec}"),
    });
    bar.set_message(choose(words));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

impl Drop for ProgressLine {
    /// Removes the line, however the read ends.
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn words(phase: Phase, file: &str) -> String {
    match phase {
        Phase::Access => choose("Mở chip · Opening the chip"),
        Phase::CardLost => choose("Hãy đặt lại thẻ lên đầu đọc · Put the card back on the reader"),
        Phase::Reading => both(&format!("Đọc {file}"), &format!("Reading {file}")),
        Phase::SecurityObject => choose("Kiểm tra chữ ký · Checking the signature"),
        Phase::ChipAuthentication | Phase::ActiveAuthentication => {
            choose("Xác thực chip · Authenticating the chip")
        }
        Phase::TerminalAuthentication => {
            choose("Xuất trình quyền đọc · Showing the terminal's rights")
        }
        _ => phase.as_str().to_owned(),
    }
}

fn waiting() -> ProgressStyle {
    style("{spinner} {msg}")
}

fn reading() -> ProgressStyle {
    style("{spinner} {msg:30} {bar:24} {bytes}/{total_bytes}")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
