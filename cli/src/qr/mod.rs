//! `cccd qr`: the QR code of a card, from photographs, camera frames and scanners, explained.

#[cfg(feature = "qr-photo")]
mod photograph;
mod said;

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use cccd::{error::Error, files, lds::ImageFormat, vietnam::QrText};
use clap::Args;

use crate::{
    exit,
    failure::{self, Failure},
    output::to_stdout,
};

/// No camera's picture comes near this.
const LONGEST: u64 = 64 << 20;

/// The options of `cccd qr`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Ảnh chụp (JPEG, PNG), tệp chứa nội dung đã quét, chính nội dung đó (có dấu `|`), hoặc - để đọc từ đầu vào chuẩn ·
    /// Photographs (JPEG, PNG), files with scanned text, a text (with `|` in it), or - for either from standard input
    #[arg(required = true, value_name = "PHOTO|TEXT")]
    sources: Vec<String>,
    /// Chỉ in một đối tượng JSON · Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What one argument holds.
struct Source<'a> {
    name: &'a str,
    /// Width and height of a photograph.
    pixels: Option<(u32, u32)>,
    codes: Vec<Code>,
}

/// One code.
struct Code {
    bytes: Vec<u8>,
    /// What it says, or why it is no card's.
    outcome: Result<QrText, Error>,
}

impl Code {
    fn new(bytes: Vec<u8>) -> Self {
        let outcome = QrText::parse(&text(&bytes));
        Self { bytes, outcome }
    }
}

/// UTF-8, as the codes of cards are; else every byte as the letter that Latin-1 has there, so that none is lost.
fn text(bytes: &[u8]) -> String {
    str::from_utf8(bytes)
        .map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let seen: Vec<_> =
        arguments.sources.iter().map(|name| (name.as_str(), Source::read(name))).collect();
    let printed = to_stdout(&if arguments.json { said::json(&seen) } else { said::page(&seen) });
    let refused = seen.iter().find_map(|(_, source)| match source {
        Ok(source) => source.refusal().map(|failure| exit::status(&failure)),
        Err(failure) => Some(exit::status(failure)),
    });
    match refused {
        Some(status) => ExitCode::from(status),
        None if printed => exit::SUCCESS,
        None => ExitCode::from(exit::INCOMPLETE),
    }
}

/// The code of the one card in a photograph, or in a file with its text: a key.
#[cfg(feature = "qr-photo")]
pub(crate) fn of_one_card(path: &Path) -> Result<QrText, Failure> {
    let source = Source::of_bytes("", files::read_up_to(path, LONGEST)?)?;
    if let Some(failure) = source.refusal() {
        return Err(failure);
    }
    let mut cards = source.codes.into_iter().filter_map(|code| code.outcome.ok());
    let first = cards.next().ok_or(Failure::Edge(&failure::NO_QR_CODE))?;
    if cards.any(|other| other.id_number() != first.id_number()) {
        return Err(Failure::Edge(&failure::SEVERAL_CARDS));
    }
    Ok(first)
}

impl<'a> Source<'a> {
    fn read(name: &'a str) -> Result<Self, Failure> {
        let bytes = if name == "-" {
            let mut bytes = Vec::new();
            let read = std::io::stdin().take(LONGEST).read_to_end(&mut bytes);
            read.map_err(|error| files::io_error(Path::new("-"), &error))?;
            bytes
        } else if name.contains('|') {
            name.as_bytes().to_vec()
        } else {
            files::read_up_to(&PathBuf::from(name), LONGEST)?
        };
        // A text's own words are not repeated as its name.
        Self::of_bytes(if name.contains('|') { "-" } else { name }, bytes)
    }

    fn of_bytes(name: &'a str, bytes: Vec<u8>) -> Result<Self, Failure> {
        if ImageFormat::of(&bytes) == ImageFormat::Unknown {
            return Ok(Self { name, pixels: None, codes: vec![Code::new(bytes)] });
        }
        photograph(name, &bytes)
    }

    /// Why there is no card in it.
    fn refusal(&self) -> Option<Failure> {
        let mut refusals = self.codes.iter().filter_map(|code| code.outcome.as_ref().err());
        if self.codes.is_empty() {
            return Some(Failure::Edge(&failure::NO_QR_CODE));
        }
        let all_refused = self.codes.iter().all(|code| code.outcome.is_err());
        if all_refused { refusals.next().cloned().map(Failure::from) } else { None }
    }
}

#[cfg(feature = "qr-photo")]
fn photograph<'a>(name: &'a str, bytes: &[u8]) -> Result<Source<'a>, Failure> {
    let photograph::Photograph { width, height, codes } = photograph::read(bytes)?;
    let codes = codes.into_iter().map(Code::new).collect();
    Ok(Source { name, pixels: Some((width, height)), codes })
}

#[cfg(not(feature = "qr-photo"))]
fn photograph<'a>(_: &'a str, _: &[u8]) -> Result<Source<'a>, Failure> {
    Err(Failure::Edge(&failure::NO_PHOTOGRAPHS))
}
