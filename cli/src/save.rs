//! Files that the program writes, and those that it reads beside a document.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use cccd::{
    date::Date,
    error::{Error, FileFault},
    seal::{SealKey, SealingKey},
    sensitive::Personal,
};

/// No file of a key comes near this.
const LONGEST_KEY: u64 = 16 * 1024;

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

/// Reads a file of at most so many bytes.
pub(crate) fn read(path: &Path, longest: u64) -> Result<Vec<u8>, Error> {
    let fault = |fault| Error::File { fault, path: path.to_owned() };
    let read = || {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(longest + 1).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    };
    match read() {
        Ok(bytes) if bytes.len() as u64 > longest => Err(fault(FileFault::TooLong)),
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(fault(match error.kind() {
            ErrorKind::NotFound => FileFault::NotFound,
            ErrorKind::PermissionDenied => FileFault::PermissionDenied,
            _ => FileFault::Other,
        })),
    }
}

/// The key with which evidence is sealed.
pub(crate) fn sealing_key(path: &Path) -> Result<SealingKey, Error> {
    // Wiped when dropped, as personal data are.
    let file = Personal::new(read(path, LONGEST_KEY)?);
    SealingKey::from_pkcs8(file.reveal())
}

/// Keys whose seals are accepted.
pub(crate) fn seal_keys(paths: &[PathBuf]) -> Result<Vec<SealKey>, Error> {
    paths.iter().map(|path| SealKey::from_spki(&read(path, LONGEST_KEY)?)).collect()
}

/// Now, as evidence gives it: RFC 3339, UTC, whole seconds.
pub(crate) fn now() -> Option<String> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let day = Date::from_unix(i64::try_from(since).ok()?).ok()?;
    let (hour, minute, second) = (since / 3600 % 24, since / 60 % 60, since % 60);
    Some(format!("{day}T{hour:02}:{minute:02}:{second:02}Z"))
}
