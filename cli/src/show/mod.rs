//! `cccd show`: what is in a file of a chip, by itself. Nothing is verified.

mod describe;
mod kind;
mod page;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use cccd::{files, lds::Image};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    exit,
    failure::Failure,
    language::both,
    output::{error_object, to_stderr, to_stdout},
    save,
};
use kind::Kind;

/// No elementary file comes near this.
const LONGEST_FILE: u64 = 16 << 20;

/// The options of `cccd show`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Các tệp của chip: EF.COM, EF.SOD, DG1 đến DG16, EF.CardAccess, EF.DIR, … · Files of a chip: EF.COM, EF.SOD, DG1 to DG16, EF.CardAccess, EF.DIR, …
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Coi các tệp là loại này, dù byte đầu của chúng nói gì: DG11, EF.COM, … · What the files are, whatever their first
    /// tag says: DG11, EF.COM, …
    #[arg(long = "as", value_name = "NAME", value_parser = Kind::named)]
    kind: Option<Kind>,
    /// Hiện cả dữ liệu cá nhân của chủ thẻ · Show what the files say of their holder as well
    #[arg(long)]
    reveal: bool,
    /// Lưu nguyên dạng mọi ảnh vào thư mục này · Save every image as it is stored, in this folder
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
    /// Chỉ in một đối tượng JSON · Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What is told of one file.
pub(crate) struct Description {
    kind: Kind,
    bytes: usize,
    facts: Vec<Fact>,
    images: Vec<Image>,
    /// Objects without a known meaning: tag and bytes.
    unknown: Vec<(u32, usize)>,
    deviations: Vec<&'static str>,
}

/// One thing that a file says.
pub(crate) struct Fact {
    /// Stable, used in JSON.
    name: &'static str,
    /// Vietnamese and English.
    label: (&'static str, &'static str),
    said: Said,
}

/// What it says.
pub(crate) enum Said {
    /// Of the document.
    Plain(String),
    /// Of its holder.
    Personal(String),
    /// Nothing that can be read; so many bytes.
    Unreadable(usize),
}

/// One file after the other, with where its images were saved.
type Shown = Result<(Description, Vec<PathBuf>), Failure>;

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let paths = arguments.paths.iter().enumerate();
    let shown: Vec<(&Path, Shown)> =
        paths.map(|(number, path)| (path.as_path(), show(number, path, arguments))).collect();
    let printed = if arguments.json {
        let files: Vec<Value> =
            shown.iter().map(|(path, shown)| object(path, shown, arguments.reveal)).collect();
        to_stdout(&format!("{}\n", json!({ "files": files })))
    } else {
        let mut printed = true;
        for (path, shown) in &shown {
            match shown {
                Ok((description, saved)) => {
                    let words = page::words(path, description, saved, arguments.reveal);
                    printed &= to_stdout(&words);
                }
                Err(failure) => {
                    let words = both(&failure.message_vi(), &failure.message());
                    to_stderr(&format!("{}: {words}\n", path.display()));
                }
            }
        }
        printed
    };
    match shown.iter().find_map(|(_, shown)| shown.as_ref().err()) {
        Some(failure) => ExitCode::from(exit::status(failure)),
        None if printed => exit::SUCCESS,
        None => ExitCode::from(exit::INCOMPLETE),
    }
}

fn show(number: usize, path: &Path, arguments: &Arguments) -> Shown {
    let bytes = files::read_up_to(path, LONGEST_FILE)?;
    let kind = match arguments.kind {
        Some(kind) => kind,
        None => Kind::of(&bytes)?,
    };
    let description = describe::describe(kind, &bytes)?;
    let saved = match &arguments.pictures {
        Some(folder) => {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            // Files of one name, from several folders, do not overwrite each other's images.
            let alike = |other: &&PathBuf| other.file_stem() == path.file_stem();
            let of = match arguments.paths.iter().filter(alike).count() {
                0 | 1 => stem.into_owned(),
                _ => format!("{}-{stem}", number + 1),
            };
            save_images(folder, &of, &description.images)?
        }
        None => Vec::new(),
    };
    Ok((description, saved))
}

/// Each image under the name of its file, its number and what it shows.
fn save_images(folder: &Path, of: &str, images: &[Image]) -> Result<Vec<PathBuf>, Failure> {
    let failed = |path: &Path, error: std::io::Error| files::io_error(path, &error);
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let save = |(number, image): (usize, &Image)| {
        let (shows, ending) = (image.shows.name(), image.format.extension());
        let path = folder.join(format!("{of}-{}-{shows}.{ending}", number + 1));
        save::personal(&path, image.image.reveal()).map_err(|error| failed(&path, error))?;
        Ok(path)
    };
    images.iter().enumerate().map(save).collect()
}

/// What `cccd show --json` prints of one file; see docs/output.md.
fn object(path: &Path, shown: &Shown, reveal: bool) -> Value {
    let path = path.to_string_lossy();
    let (description, saved) = match shown {
        Ok(shown) => (&shown.0, &shown.1),
        Err(failure) => return json!({ "path": path, "error": error_object(failure) }),
    };
    let fields: Vec<Value> = description
        .facts
        .iter()
        .map(|fact| {
            let (value, personal) = match &fact.said {
                Said::Plain(value) => (Some(value), false),
                Said::Personal(value) => (reveal.then_some(value), true),
                Said::Unreadable(_) => (None, true),
            };
            let readable = !matches!(fact.said, Said::Unreadable(_));
            json!({ "name": fact.name, "value": value, "personal": personal, "readable": readable })
        })
        .collect();
    let images: Vec<Value> = description
        .images
        .iter()
        .enumerate()
        .map(|(number, image)| {
            let facts = &image.facts;
            let scores: Vec<_> = facts.quality.iter().map(|quality| quality.score).collect();
            json!({
                "shows": image.shows.name(),
                "media_type": image.format.media_type(),
                "width": image.width,
                "height": image.height,
                "bytes": image.image.reveal().len(),
                "record": image.record,
                "coding": facts.coding,
                "kind": facts.kind,
                "bit_depth": facts.bit_depth,
                "captured": facts.captured.map(|moment| moment.to_string()),
                "quality": scores,
                "kept": facts.kept.iter().map(|it| format!("{:02X}", it.tag)).collect::<Vec<_>>(),
                "file": saved.get(number).map(|path| path.to_string_lossy()),
            })
        })
        .collect();
    let unknown: Vec<Value> = description
        .unknown
        .iter()
        .map(|(tag, bytes)| json!({ "tag": format!("{tag:02X}"), "bytes": bytes }))
        .collect();
    json!({
        "path": path,
        "file": description.kind.name(),
        "bytes": description.bytes,
        "fields": fields,
        "images": images,
        "unknown": unknown,
        "deviations": description.deviations,
    })
}
