//! `--timing`: how fast a simulated card's radio, host and chip are.

use cccd_simulator::timing::{Timing, timings};
use clap::Args;

use crate::language::choose;

/// A phone with its usual bit rate, and a chip of today.
const DEFAULT: &str = "phone-424-fast";

/// The virtual clock of a simulated card.
#[derive(Args)]
pub(crate) struct TimingArguments {
    /// Đồng hồ ảo: máy đọc, sóng và chip của thẻ mô phỏng nhanh đến đâu [mặc định: phone-424-fast]; gõ sai tên sẽ liệt
    /// kê tất cả · The virtual clock: how fast host, radio and chip of the simulated card are [default:
    /// phone-424-fast]; a wrong name lists all
    #[arg(long, value_name = "HOST-RATE-CHIP", value_parser = named,
          help_heading = "Thẻ mô phỏng · Simulated card")]
    timing: Option<Timing>,
}

impl TimingArguments {
    /// Whether one was chosen.
    pub(crate) const fn any(&self) -> bool {
        self.timing.is_some()
    }

    /// The one that was chosen, or the usual one.
    pub(crate) fn timing(&self) -> Timing {
        let timing = self.timing.clone().or_else(|| Timing::named(DEFAULT));
        timing.expect("the simulator has it, see the test")
    }
}

/// The timing of this name; else the sentence that clap shows.
fn named(name: &str) -> Result<Timing, String> {
    Timing::named(name).ok_or_else(|| {
        let names: Vec<_> = timings().map(|timing| timing.name().to_owned()).collect();
        let hosts = names.chunk_by(|one, next| one.split('-').next() == next.split('-').next());
        let lines: Vec<_> = hosts.map(|names| format!("  {}", names.join(" "))).collect();
        let words = choose("không có tên này, chỉ có các tên sau · no such timing; there are");
        format!("{words}:\n{}", lines.join("\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_exists_and_a_wrong_name_lists_all() {
        assert_eq!(TimingArguments { timing: None }.timing().name(), DEFAULT);
        let error = named("phone").unwrap_err();
        assert!(timings().all(|timing| error.contains(timing.name())), "{error}");
    }
}
