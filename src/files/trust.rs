use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::pki::{self, Loaded, TrustStore};

use super::{list, read};

/// File names in a folder that hold certificates or master lists. A file named by itself may have any name.
const EXTENSIONS: [&str; 6] = ["cer", "crt", "der", "pem", "ml", "csca"];

/// What was loaded from one file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadedSource {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub kind: SourceKind,
    /// How many certificates were taken and why any was not; or why the file as a whole was not.
    pub outcome: Result<Loaded>,
}

/// What a file of trust anchors is, by its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// Certificates in DER or PEM.
    Certificates,
    /// A master list.
    MasterList,
}

/// Loads trust anchors from files and folders.
///
/// A file is one certificate in DER, any number in PEM, or a CSCA master list. Of a folder, the
/// files directly inside with the endings `.cer`, `.crt`, `.der`, `.pem`, `.ml`, `.csca` are taken.
///
/// A master list counts only if one of the certificates *given as such* in `paths` signed the
/// certificate of its signer: to use the Dutch list, name the Dutch CSCA beside it. Neither a
/// certificate inside the list nor one taken from another list will do. Every certificate given is
/// also an anchor for documents.
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
    let mut files = Vec::new();
    for path in paths.iter().map(AsRef::as_ref) {
        if path.is_dir() {
            files.extend(list(path)?.into_iter().filter(|path| has_known_ending(path)));
        } else {
            files.push(path.to_owned());
        }
    }

    let mut trust = TrustStore::empty();
    let mut sources = Vec::new();
    let mut lists = Vec::new();
    for path in files {
        let bytes = read(&path)?;
        if pki::is_signed_data(&bytes) {
            lists.push((sources.len(), bytes));
            let outcome = Ok(Loaded::default());
            sources.push(LoadedSource { path, kind: SourceKind::MasterList, outcome });
        } else {
            let outcome = trust.add_certificate(&bytes, &path.to_string_lossy());
            sources.push(LoadedSource { path, kind: SourceKind::Certificates, outcome });
        }
    }
    let roots = trust.clone();
    for (index, bytes) in lists {
        if let Some(source) = sources.get_mut(index) {
            let name = source.path.to_string_lossy();
            source.outcome = trust.add_master_list(&bytes, &roots, &name);
        }
    }
    Ok((trust, sources))
}

fn has_known_ending(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| EXTENSIONS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
