//! The example's store: what lies in the folder tells nothing, and whatever happens to it is noticed.

use std::{fs, path::PathBuf, time::Duration};

use cccd::inspection::PortraitStore as _;

#[allow(dead_code)] // the example's own main
#[path = "../../examples/known_document.rs"]
mod known_document;
use known_document::EncryptedFolder;

const DIGEST: [u8; 32] = [7; 32];

/// A folder of its own for each test, taken away at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("cccd-{name}-{}", std::process::id()));
        fs::remove_dir_all(&folder).ok();
        Self(folder)
    }

    fn open(&self, key: u8) -> EncryptedFolder {
        EncryptedFolder::open(&self.0, &[key; 32]).unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn portrait() -> Vec<u8> {
    (0..15_004_u32).map(|index| u8::try_from(index * 7 % 251).unwrap()).collect()
}

#[test]
fn what_was_saved_is_loaded_with_the_same_key_and_digest_only() {
    let folder = Folder::new("saved");
    folder.open(1).save(&DIGEST, &portrait());
    assert!(folder.open(1).load(&DIGEST) == Some(portrait()));
    assert!(folder.open(2).load(&DIGEST).is_none());
    assert!(folder.open(1).load(&[8; 32]).is_none());
}

#[test]
fn nothing_of_the_portrait_or_its_digest_lies_in_the_folder() {
    let folder = Folder::new("silent");
    folder.open(1).save(&DIGEST, &portrait());
    let files = folder.files();
    let [file] = files.as_slice() else { panic!("one file") };
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    assert!(!name.contains("0707"), "{name}");
    let bytes = fs::read(file).unwrap();
    assert!(portrait().windows(8).step_by(97).all(|part| !bytes.windows(8).any(|it| it == part)));
    assert!(!bytes.windows(8).any(|part| part == &DIGEST[..8]));
}

#[test]
fn a_damaged_file_is_no_portrait() {
    let folder = Folder::new("damaged");
    folder.open(1).save(&DIGEST, &portrait());
    let file = folder.files().remove(0);
    let good = fs::read(&file).unwrap();
    for position in [0, 11, 12, 5000, good.len() - 1] {
        let mut bad = good.clone();
        bad[position] ^= 1;
        fs::write(&file, bad).unwrap();
        assert!(folder.open(1).load(&DIGEST).is_none(), "byte {position}");
    }
    for length in [0, 5, 12, 27, good.len() - 1] {
        fs::write(&file, &good[..length]).unwrap();
        assert!(folder.open(1).load(&DIGEST).is_none(), "{length} bytes");
    }
}

#[test]
fn old_portraits_are_forgotten() {
    let folder = Folder::new("forgotten");
    folder.open(1).save(&DIGEST, &portrait());
    assert_eq!(folder.open(1).forget(Duration::from_secs(3600)).unwrap(), 0);
    assert_eq!(folder.open(1).forget(Duration::ZERO).unwrap(), 1);
    assert!(folder.files().is_empty());
}
