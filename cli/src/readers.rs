//! `cccd readers`: the PC/SC readers and what lies on them.

use std::process::ExitCode;

use clap::Args;

use crate::{failure::Failure, output::print_failure};

/// The options of `cccd readers`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Chỉ in một đối tượng JSON · Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    list(arguments.json).unwrap_or_else(|failure| print_failure(&failure, arguments.json))
}

#[cfg(feature = "pcsc")]
fn list(json: bool) -> Result<ExitCode, Failure> {
    use cccd::{
        error::{Error, ReaderFault},
        transport::pcsc::Readers,
    };

    use crate::{exit, language::choose, output::to_stdout};

    let readers = Readers::connect()?.list()?;
    if readers.is_empty() {
        return Err(Error::Reader(ReaderFault::NoReader).into());
    }
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    if json {
        let readers: Vec<_> = readers
            .iter()
            .map(|reader| {
                serde_json::json!({
                    "name": reader.name,
                    "card_present": reader.card_present,
                    "in_use": reader.in_use,
                    "atr": reader.card_present.then(|| hex(&reader.atr)),
                })
            })
            .collect();
        to_stdout(&format!("{}\n", serde_json::json!({ "readers": readers })));
        return Ok(exit::SUCCESS);
    }
    let widest =
        readers.iter().map(|reader| console::measure_text_width(&reader.name)).max().unwrap_or(0);
    for reader in &readers {
        let gap = " ".repeat(widest - console::measure_text_width(&reader.name));
        let state = match (reader.card_present, reader.in_use) {
            (true, true) => {
                let words = choose("có thẻ, đang được dùng · card in use");
                format!("{words}, ATR {}", hex(&reader.atr))
            }
            (true, false) => format!("{}, ATR {}", choose("có thẻ · card"), hex(&reader.atr)),
            (false, _) => choose("trống · empty"),
        };
        to_stdout(&format!("{}{gap}  {state}\n", reader.name));
    }
    Ok(exit::SUCCESS)
}

#[cfg(not(feature = "pcsc"))]
fn list(_: bool) -> Result<ExitCode, Failure> {
    Err((&crate::failure::NO_PCSC).into())
}
