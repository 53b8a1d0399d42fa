use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, NotAuthentic, Result};
use crate::pki::{self, Certificate, CurrentTrust, Loaded, TrustStore};
use crate::seal::SealKey;

use super::{MAX_TRUST_LENGTH, list, read, read_up_to};

pub use crate::pki::SourceKind;

/// File names in a folder that hold what this can read. A file named by itself may have any name.
const EXTENSIONS: [&str; 14] = [
    "cer", "crt", "der", "pem", "ml", "csca", "crl", "p7b", "p7c", "p7s", "ldif", "dl", "dvl",
    "trust",
];

/// What was loaded from one file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadedSource {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub kind: SourceKind,
    /// How many entries were taken and why any was not; or why the file as a whole was not.
    pub outcome: Result<Loaded>,
}

/// What came of loading again.
#[derive(Debug)]
#[must_use = "where the old store was kept, somebody should be told"]
pub enum Reloaded {
    /// The new store is in use.
    Replaced {
        /// The store that was in use before.
        old: Arc<TrustStore>,
        /// What came of each file.
        sources: Vec<LoadedSource>,
    },
    /// The old store stays in use.
    Kept {
        /// Why.
        reason: Error,
        /// What came of each file.
        sources: Vec<LoadedSource>,
    },
}

/// Loads trust anchors, and what is known beside them, from files and folders.
///
/// A file is told by its contents: certificates in DER, PEM or PKCS #7; lists of revoked certificates; CSCA
/// master lists; deviation lists; LDIF of the ICAO PKD; a store that was saved. Of a folder, the files
/// directly inside with one of these endings are taken: `.cer`, `.crt`, `.der`, `.pem`, `.p7b`, `.p7c`,
/// `.p7s`, `.crl`, `.ml`, `.csca`, `.dl`, `.dvl`, `.ldif`, `.trust`.
///
/// A master list counts only if one of the certificates *given as such* in `paths` signed the
/// certificate of its signer: to use the Dutch list, name the Dutch CSCA beside it. Neither a
/// certificate inside the list nor one taken from another list will do. Every certificate given is
/// also an anchor for documents. Sealed stores are refused here, see [`load_sealed_trust`].
///
/// ```no_run
/// let (trust, report) = cccd::files::load_trust(&["anchors/"])?;
/// for source in report {
///     match source.outcome {
///         Ok(loaded) => println!("{}: {} taken", source.path.display(), loaded.taken),
///         Err(error) => println!("{}: {error}", source.path.display()),
///     }
/// }
/// # Ok::<(), cccd::Error>(())
/// ```
///
/// # Errors
/// `File` if a path cannot be read. A file that can be read and is unusable is no error: its
/// [`LoadedSource::outcome`] says why, and the others count.
pub fn load_trust<P: AsRef<Path>>(paths: &[P]) -> Result<(TrustStore, Vec<LoadedSource>)> {
    load_sealed_trust(paths, &[])
}

/// As [`load_trust`]; a saved store counts only if one of `seal_keys` sealed it. Without keys, sealed stores
/// are refused: a seal that nobody checks is worth nothing.
///
/// # Errors
/// As [`load_trust`].
pub fn load_sealed_trust<P: AsRef<Path>>(
    paths: &[P],
    seal_keys: &[SealKey],
) -> Result<(TrustStore, Vec<LoadedSource>)> {
    let mut files = Vec::new();
    for path in paths.iter().map(AsRef::as_ref) {
        if path.is_dir() {
            files.extend(list(path)?.into_iter().filter(|path| has_known_ending(path)));
        } else {
            files.push(path.to_owned());
        }
    }
    let mut contents = Vec::new();
    for path in files {
        let bytes = read_up_to(&path, MAX_TRUST_LENGTH)?;
        contents.push((path.to_string_lossy().into_owned(), path, bytes));
    }
    let named = contents.iter().map(|(name, _, bytes)| (name.as_str(), bytes.as_slice()));
    let assembled = pki::assemble(named, seal_keys);
    let sources = contents
        .into_iter()
        .zip(assembled.outcomes)
        .map(|((_, path, _), (kind, outcome))| LoadedSource { path, kind, outcome })
        .collect();
    Ok((assembled.trust, sources))
}

/// Loads again and puts the new store into use, if every file could be used and somebody is trusted.
///
/// A list that nobody vouches for, a broken seal or an empty result keeps the old store in use: a desk that
/// trusts nobody refuses everybody. Single entries that are refused do not, see [`Loaded::refused`].
/// Inspections that have begun keep the store that they began with.
///
/// ```no_run
/// use cccd::{files::{self, Reloaded}, pki::CurrentTrust};
/// let (trust, _) = files::load_trust(&["anchors/"])?;
/// let kiosk = CurrentTrust::new(trust);
/// // Every night:
/// if let Reloaded::Kept { reason, .. } = files::reload_trust(&kiosk, &["anchors/"], &[])? {
///     eprintln!("the old trust store stays in use: {reason}");
/// }
/// # Ok::<(), cccd::Error>(())
/// ```
///
/// # Errors
/// `File` if a path cannot be read; the old store stays in use.
pub fn reload_trust<P: AsRef<Path>>(
    current: &CurrentTrust,
    paths: &[P],
    seal_keys: &[SealKey],
) -> Result<Reloaded> {
    let (trust, sources) = load_sealed_trust(paths, seal_keys)?;
    let failed = sources.iter().find_map(|source| source.outcome.as_ref().err().cloned());
    let empty = trust.is_empty().then_some(Error::NotAuthentic(NotAuthentic::UnknownIssuer));
    Ok(match failed.or(empty) {
        Some(reason) => Reloaded::Kept { reason, sources },
        None => Reloaded::Replaced { old: current.replace(trust), sources },
    })
}

/// Reads the certificates of a file: one in DER, any number in PEM or PKCS #7. None is trusted for that.
///
/// # Errors
/// `File` if it cannot be read; `Malformed`.
pub fn read_certificates(path: impl AsRef<Path>) -> Result<Vec<Certificate>> {
    pki::certificates(&read_up_to(path.as_ref(), MAX_TRUST_LENGTH)?)
}

/// Reads a public key whose seals are accepted, as [`SealKey::from_spki`] takes it.
///
/// # Errors
/// `File` if it cannot be read; what [`SealKey::from_spki`] reports.
pub fn read_seal_key(path: impl AsRef<Path>) -> Result<SealKey> {
    SealKey::from_spki(&read(path.as_ref())?)
}

fn has_known_ending(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| EXTENSIONS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
