//! Files that the program writes, and those that it reads beside a document.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use cccd::{date::Date, error::Error, files, seal::SealingKey, sensitive::Personal};

/// No file of a key comes near this.
const LONGEST_KEY: u64 = 16 * 1024;

/// Opens a file for personal data, replacing one of that name. On Unix only its owner may read it.
pub(crate) fn personal_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes a file of personal data, as [`personal_file`] opens it.
pub(crate) fn personal(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    personal_file(path)?.write_all(bytes)
}

/// Writes a file that anybody may read, replacing one of that name.
pub(crate) fn public(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::write(path, bytes)
}

/// The key with which files are sealed.
pub(crate) fn sealing_key(path: &Path) -> Result<SealingKey, Error> {
    // Wiped when dropped, as personal data are.
    let file = Personal::new(files::read_up_to(path, LONGEST_KEY)?);
    SealingKey::from_pkcs8(file.reveal())
}

/// Now, as evidence gives it: RFC 3339, UTC, whole seconds.
pub(crate) fn now() -> Option<String> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let day = Date::from_unix(i64::try_from(since).ok()?).ok()?;
    let (hour, minute, second) = (since / 3600 % 24, since / 60 % 60, since % 60);
    Some(format!("{day}T{hour:02}:{minute:02}:{second:02}Z"))
}
