use core::fmt;
use std::collections::BTreeMap;
use std::path::Path;

use crate::document::Evidence;
use crate::error::{Error, FileFault, Result};
use crate::sensitive::Personal;

use super::{list, read};

/// The elementary files of one document, as they were read from its chip.
#[non_exhaustive]
pub struct StoredFiles {
    /// EF.SOD.
    pub sod: Personal<Vec<u8>>,
    /// EF.COM.
    pub com: Option<Vec<u8>>,
    /// EF.CardAccess.
    pub card_access: Option<Vec<u8>>,
    /// The data groups by number, 1–16.
    pub groups: BTreeMap<u8, Personal<Vec<u8>>>,
}

impl From<StoredFiles> for Evidence {
    /// Files without transcripts: nothing is known of how they were read.
    fn from(files: StoredFiles) -> Self {
        Self::from_files(files.sod.reveal().clone(), files.groups)
            .with_unsigned_files(files.card_access, files.com)
    }
}

impl fmt::Debug for StoredFiles {
    /// Which files there are, not what is in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredFiles").field("groups", &self.groups.keys()).finish_non_exhaustive()
    }
}

/// Which elementary file a file name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ElementaryFile {
    Sod,
    Com,
    CardAccess,
    Group(u8),
}

/// Reads the elementary files of a document from a folder.
///
/// Names, in any case, with or without `.bin`: `EF_SOD`, `EF_COM`, `EF_CardAccess` (also with a
/// dot or without `EF_`); `DG1`, `EF_DG1`, `Datagroup1`; and the file identifiers `0101`–`0110`,
/// `011C` (EF.CardAccess), `011D` (EF.SOD), `011E` (EF.COM) [9303-10 §3.11]. Other files are left alone.
///
/// # Errors
/// `File` if the folder or one of these files cannot be read, if EF.SOD is missing, or if two
/// names stand for the same elementary file.
pub fn read_groups(folder: impl AsRef<Path>) -> Result<StoredFiles> {
    let folder = folder.as_ref();
    let mut files: BTreeMap<ElementaryFile, Vec<u8>> = BTreeMap::new();
    for path in list(folder)? {
        let Some(which) = path.file_name().and_then(|name| elementary_file(name.to_str()?)) else {
            continue;
        };
        if files.contains_key(&which) {
            return Err(Error::File { fault: FileFault::Twice, path });
        }
        files.insert(which, read(&path)?);
    }
    let sod = files
        .remove(&ElementaryFile::Sod)
        .ok_or_else(|| Error::File { fault: FileFault::NoSod, path: folder.to_owned() })?;
    let com = files.remove(&ElementaryFile::Com);
    let card_access = files.remove(&ElementaryFile::CardAccess);
    let groups = files
        .into_iter()
        .filter_map(|(which, bytes)| match which {
            ElementaryFile::Group(number) => Some((number, Personal::new(bytes))),
            _ => None,
        })
        .collect();
    Ok(StoredFiles { sod: Personal::new(sod), com, card_access, groups })
}

fn elementary_file(name: &str) -> Option<ElementaryFile> {
    let name = name.to_ascii_lowercase();
    let stem = name.strip_suffix(".bin").unwrap_or(&name);
    let stem = ["ef_", "ef."].iter().find_map(|prefix| stem.strip_prefix(prefix)).unwrap_or(stem);
    let number = |digits: &str| {
        let number = digits.parse().ok().filter(|number| (1..=16).contains(number))?;
        // "DG01" or "DG+1" would be second names for DG1.
        (digits == u8::to_string(&number)).then_some(ElementaryFile::Group(number))
    };
    match stem {
        "sod" | "011d" => Some(ElementaryFile::Sod),
        "com" | "011e" => Some(ElementaryFile::Com),
        "cardaccess" | "011c" => Some(ElementaryFile::CardAccess),
        _ => {
            if let Some(identifier) = stem.strip_prefix("01").filter(|digits| digits.len() == 2) {
                let number = u8::from_str_radix(identifier, 16).ok()?;
                return (1..=16).contains(&number).then_some(ElementaryFile::Group(number));
            }
            ["datagroup", "dg"].iter().find_map(|prefix| stem.strip_prefix(prefix)).and_then(number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_use_are_recognised() {
        use ElementaryFile::{CardAccess, Com, Group, Sod};
        for (name, which) in [
            ("EF_SOD.bin", Some(Sod)),
            ("ef.sod", Some(Sod)),
            ("011d.BIN", Some(Sod)),
            ("EF_COM.bin", Some(Com)),
            ("011E.bin", Some(Com)),
            ("EF_CardAccess.bin", Some(CardAccess)),
            ("DG1.bin", Some(Group(1))),
            ("Datagroup15.bin", Some(Group(15))),
            ("EF_DG13.bin", Some(Group(13))),
            ("010D.bin", Some(Group(13))),
            ("0110.bin", Some(Group(16))),
            ("0111.bin", None),
            ("0100.bin", None),
            ("DG14_pk.bin", None),
            ("DG0.bin", None),
            ("DG17.bin", None),
            ("DG01.bin", None),
            ("DG+1.bin", None),
            ("notes.txt", None),
            ("01é.bin", None),
        ] {
            assert_eq!(elementary_file(name), which, "{name}");
        }
    }
}
