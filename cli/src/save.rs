//! Files that the program writes.

use std::{fs::OpenOptions, io::Write as _, path::Path};

/// Writes a file of personal data, replacing one of that name. On Unix only its owner may read it.
pub(crate) fn personal(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

/// Writes a file that anybody may read, replacing one of that name.
pub(crate) fn public(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::write(path, bytes)
}
