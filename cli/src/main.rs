//! `cccd`: reads, verifies and simulates chip-based citizen ID cards.
//!
//! Standard output carries the result and nothing else: the verified document in words, or one JSON
//! object with `--json`. Progress, remarks and refusals in words go to standard error. The exit
//! status says which kind of refusal it was, see `cccd --help`.

mod bench_card;
mod card;
mod doctor;
mod evidence;
mod exit;
mod extract;
mod failure;
mod help;
mod key;
mod language;
mod nfc;
mod operator;
mod output;
mod picture;
mod portrait;
mod profile;
mod progress;
mod qr;
mod read;
mod readers;
#[cfg(feature = "batch")]
mod reconcile;
mod reference;
mod save;
mod show;
mod simulate;
mod simulation;
mod speed;
mod trust;
mod verify;
#[cfg(feature = "batch")]
mod verify_batch;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, error::ErrorKind};

use crate::language::Language;

/// Đọc, kiểm tra và mô phỏng CCCD gắn chip · Read, verify and simulate chip-based citizen ID cards.
#[derive(Parser)]
#[command(name = "cccd", version, after_help = exit::TABLE, max_term_width = 100)]
struct Arguments {
    /// Ngôn ngữ hiển thị [mặc định: biến môi trường CCCD_LANG, nếu không có thì cả hai] · The language of texts for
    /// people [default: the variable CCCD_LANG, else both]
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    #[allow(dead_code, reason = "found before the rest is parsed, see language::settle")]
    lang: Option<Language>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Đọc thẻ và in thông tin công dân đã xác thực · Read a card and print the verified citizen
    Read(Box<read::Arguments>),
    /// Trực đầu đọc và đọc lần lượt từng thẻ, như một ki-ốt · Watch the readers and read card after card: a kiosk's loop
    Watch(Box<watch::Arguments>),
    /// Đọc mã QR của thẻ trong ảnh, hoặc giải thích nội dung đã quét · Read and explain the QR codes of cards in photographs,
    /// or a scanned text
    Qr(qr::Arguments),
    /// Kiểm tra giấy tờ từ các tệp đã đọc hoặc từ tệp bằng chứng · Verify a document from its files, or from an evidence
    /// file
    Verify(Box<verify::Arguments>),
    /// Kiểm tra hàng loạt lượt đọc đã lưu: tệp Parquet hoặc cây thư mục · Verify many stored reads: a Parquet file or a
    /// tree of folders
    #[cfg(feature = "batch")]
    VerifyBatch(Box<verify_batch::Arguments>),
    /// Đối chiếu hồ sơ của cơ quan với công dân mà chip đã chứng minh · Compare an organisation's records with the citizens
    /// whom chips proved
    #[cfg(feature = "batch")]
    Reconcile(Box<reconcile::Arguments>),
    /// Trích nơi thường trú của chủ thẻ theo chip: một trang cho bộ phận một cửa · Where the holder of a card lives, as its
    /// chip says: a page for a one-stop desk
    Extract(Box<extract::Arguments>),
    /// Xem tệp bằng chứng, hoặc lược bỏ dữ liệu cá nhân để gửi hỗ trợ · Show what is in an evidence file, or redact it for
    /// support
    Evidence(evidence::Arguments),
    /// Xem nội dung từng tệp của chip; không kiểm tra gì · Show what is in files of a chip, each by itself; nothing is verified
    Show(show::Arguments),
    /// Đặt thẻ mô phỏng lên đầu đọc ảo · Lay a simulated card on a virtual PC/SC reader
    Simulate(Box<simulate::Arguments>),
    /// Xem, gộp, so sánh và kiểm tra kho tin cậy · Show, import, compare and check whom to trust
    Trust(trust::Arguments),
    /// Báo cáo cấu trúc của thẻ, không kèm dữ liệu của chủ thẻ · Report how a card is built, without any data of its holder
    Doctor(Box<doctor::Arguments>),
    /// Đọc thẻ nhiều lần và cho biết chi phí từng bước, không kèm dữ liệu của chủ thẻ · Read a card several times and tell
    /// what every step costs, without any data of its holder
    BenchCard(Box<bench_card::Arguments>),
    /// Liệt kê các đầu đọc PC/SC và thẻ trên đó · List the PC/SC readers and what lies on them
    Readers(readers::Arguments),
}

fn main() -> ExitCode {
    language::settle(std::env::args_os());
    let matches = help::in_language(Arguments::command()).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match arguments.command {
        Command::Read(arguments) => read::run(&arguments),
        Command::Watch(arguments) => watch::run(&arguments),
        Command::Qr(arguments) => qr::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        #[cfg(feature = "batch")]
        Command::VerifyBatch(arguments) => verify_batch::run(&arguments),
        #[cfg(feature = "batch")]
        Command::Reconcile(arguments) => reconcile::run(&arguments),
        Command::Extract(arguments) => extract::run(&arguments),
        Command::Evidence(arguments) => evidence::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Trust(arguments) => trust::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::BenchCard(arguments) => bench_card::run(&arguments),
        Command::Readers(arguments) => readers::run(&arguments),
    }
}

/// Ends the program as clap does for a command line that makes no sense; `words` in both languages.
fn misused(name: &str, words: &str) -> ! {
    let mut command = help::in_language(Arguments::command());
    let named = command.find_subcommand_mut(name).cloned().unwrap_or(command);
    named
        .bin_name(format!("cccd {name}"))
        .error(ErrorKind::MissingRequiredArgument, language::choose(words))
        .exit()
}
