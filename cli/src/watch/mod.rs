//! `cccd watch`: a kiosk's loop, one JSON line for each event. See docs/watch.md.

#[cfg(feature = "pcsc")]
mod kiosk;
#[cfg(feature = "pcsc")]
mod sources;

use std::process::ExitCode;

use clap::Args;

use crate::{card::LinkArguments, operator::OperatorArguments};

/// What `cccd watch --help` says beside the options.
const ABOUT: &str = "\
Mỗi dòng trên đầu vào chuẩn là một mã: nội dung QR, 12 số định danh, 6 số CAN, hoặc các dòng MRZ nối \
bằng dấu /. Thẻ kế tiếp được đọc bằng mã mới nhất chưa dùng; không có mã thì chỉ báo thẻ và đầu đọc. \
Hết đầu vào thì lệnh kết thúc khi mã cuối đã dùng xong; nếu chưa từng có mã nào thì chạy tiếp. Ctrl-C: \
dừng ngay, không dòng nào bị ghi dở.

Sự kiện: reader_added, reader_removed, card_put_down, card_taken_away, key_accepted, key_refused, \
read_begun, card_lost, read_goes_on, verdict, error. Xem docs/watch.md.

·
Each line of standard input is a key, as a scanner types it: QR text, the 12 digits, the 6 digits of the \
CAN, or the lines of the MRZ joined by /. The next card is read with the newest key that was not used yet; \
without one, only readers and cards are told of. When the input ends, the command ends as soon as the last \
key was used; where no key ever came, it goes on. Ctrl-C ends it at once; no line is left half written.

Events: reader_added, reader_removed, card_put_down, card_taken_away, key_accepted, key_refused, \
read_begun, card_lost, read_goes_on, verdict, error. docs/watch.md describes them.";

/// The options of `cccd watch`.
#[derive(Args)]
#[command(after_help = ABOUT)]
pub(crate) struct Arguments {
    /// Dừng sau kết luận đầu tiên, với mã thoát của nó · End after the first verdict, with its exit status
    #[arg(long)]
    once: bool,
    /// Chỉ theo dõi các đầu đọc có tên này [mặc định: tất cả] · Watch these readers only, by their names [default: all]
    #[arg(long, value_name = "NAME")]
    reader: Vec<String>,
    #[command(flatten)]
    link: LinkArguments,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// Runs the command.
#[cfg(feature = "pcsc")]
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    watch(arguments).unwrap_or_else(|failure| crate::output::print_failure(&failure, true))
}

#[cfg(not(feature = "pcsc"))]
pub(crate) fn run(_: &Arguments) -> ExitCode {
    crate::output::print_failure(&(&crate::failure::NO_PCSC).into(), true)
}

#[cfg(feature = "pcsc")]
fn watch(arguments: &Arguments) -> Result<ExitCode, crate::failure::Failure> {
    use std::sync::mpsc::channel;

    use crate::{exit, operator::Remark, output::to_stdout};
    use kiosk::{Action, Kiosk};

    // Standard output is for events alone; what trust was loaded is said where it was not taken.
    let tell = |remark| {
        if let Remark::Warning(words) = remark {
            crate::output::warn(&words);
        }
    };
    let system = arguments.operator.system(None, tell)?;
    let (say, happenings) = channel();
    sources::watch_readers(arguments.reader.clone(), say.clone());
    sources::read_keys(say.clone());
    let mut kiosk = Kiosk::new(arguments.once);
    for happened in happenings {
        for action in kiosk.after(happened) {
            match action {
                Action::Say(event) => {
                    // Whoever listened has gone.
                    if !to_stdout(&format!("{event}\n")) {
                        return Ok(ExitCode::from(exit::INCOMPLETE));
                    }
                }
                Action::Read { reader, key } => {
                    // A kiosk runs for months: each card is judged for its own day.
                    let system = match arguments.operator.at() {
                        Some(_) => system.clone(),
                        None => system.on(cccd::transport::today()?),
                    };
                    sources::read_card(reader, key, system, arguments.link, say.clone());
                }
                Action::End(status) => return Ok(status),
            }
        }
    }
    Ok(exit::SUCCESS)
}
