//! Files on disk: trust anchors, and the elementary files of a document that was read before.
//!
//! This is the only place below the programs that opens files; everything else takes bytes.

mod groups;
mod trust;

use std::io::{ErrorKind, Read as _};
use std::path::Path;

pub use groups::{StoredFiles, read_groups};
pub use trust::{
    LoadedSource, Reloaded, SourceKind, load_sealed_trust, load_trust, read_certificates,
    read_seal_key, reload_trust,
};

use crate::document::Evidence;
use crate::error::{Error, FileFault, Result};

/// No elementary file comes near this.
const MAX_LENGTH: u64 = 16 << 20;
/// The whole of the ICAO Public Key Directory is a third of this.
const MAX_TRUST_LENGTH: u64 = 256 << 20;

/// Reads an evidence file, as [`Evidence::to_bytes`] wrote it.
///
/// # Errors
/// `File` if it cannot be read or is longer than any document; what [`Evidence::from_bytes`] reports.
pub fn read_evidence(path: impl AsRef<Path>) -> Result<Evidence> {
    Evidence::from_bytes(&read(path.as_ref())?)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    read_up_to(path, MAX_LENGTH)
}

/// Reads a file of at most so many bytes.
///
/// # Errors
/// `File` if it cannot be read or is longer.
pub fn read_up_to(path: &Path, most: u64) -> Result<Vec<u8>> {
    let file = std::fs::File::open(path).map_err(|error| io_error(path, &error))?;
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    match read.map_err(|error| io_error(path, &error))? {
        length if length as u64 > most => {
            Err(Error::File { fault: FileFault::TooLong, path: path.to_owned() })
        }
        _ => Ok(bytes),
    }
}

/// The regular files directly inside a folder, sorted by name so that reports do not depend on the disk.
fn list(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|error| io_error(folder, &error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| io_error(folder, &error))?.path();
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// What kept a file from being read or written.
#[must_use]
pub fn io_error(path: &Path, error: &std::io::Error) -> Error {
    let fault = match error.kind() {
        ErrorKind::NotFound => FileFault::NotFound,
        ErrorKind::PermissionDenied => FileFault::PermissionDenied,
        ErrorKind::NotADirectory => FileFault::NotAFolder,
        _ => FileFault::Other,
    };
    Error::File { fault, path: path.to_owned() }
}

#[cfg(test)]
mod tests;
