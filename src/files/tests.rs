use std::path::PathBuf;

use super::*;
use crate::error::NotAuthentic;
use crate::pki::CurrentTrust;
use crate::pki::test_issuer::{Cms, Key, MASTER_LIST, Template, master_list};
use crate::seal::{self, SealKey, Sealed, SealingKey};

const SEALING_KEY: &[u8] = include_bytes!("../../test-vectors/seal/kiosk.key.pem");

/// A folder of this test alone that disappears afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cccd-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn authority(country: &str, seed: u8) -> Vec<u8> {
    let key = Key::new(seed);
    Template::authority(country, "CSCA", &key).sign(&key)
}

fn fault_of<T: core::fmt::Debug>(result: Result<T>) -> FileFault {
    match result.unwrap_err() {
        Error::File { fault, .. } => fault,
        other => panic!("{other}"),
    }
}

/// A list that the authority of `country` with this key issues.
fn list_by(country: &str, seed: u8, entries: &[Vec<u8>]) -> Vec<u8> {
    let (root, key) = (Key::new(seed), Key::new(50));
    let signer = Template::signer(country, "CSCA", &key, &root).for_master_lists();
    Cms::new(&MASTER_LIST, &master_list(entries), &signer, &root).sign(&key)
}

#[test]
fn a_folder_of_anchors_and_lists_is_loaded_and_reported() {
    let folder = Folder::new("anchors");
    folder.write("a-root.CER", &authority("DE", 1));
    // Two lists: the second is signed by an authority that only the first one names.
    folder.write("b-list.ml", &list_by("DE", 1, &[authority("VN", 2), authority("FR", 3)]));
    folder.write("c-list.ml", &list_by("FR", 3, &[authority("XX", 4)]));
    folder.write("d-broken.der", b"0\x03\x02\x01");
    folder.write("notes.txt", b"no certificate");
    let (trust, sources) = load_trust(&[&folder.0]).unwrap();
    assert_eq!(trust.len(), 3);
    let taken: Vec<_> =
        sources.iter().map(|source| source.outcome.as_ref().ok().map(|o| o.taken)).collect();
    assert_eq!(taken, [Some(1), Some(2), None, None]);
    let unknown = Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer));
    assert_eq!(sources[2].outcome, unknown, "lists do not vouch for lists");
    assert_eq!(sources[1].kind, SourceKind::MasterList);
    assert!(trust.anchors().any(|anchor| anchor.source().ends_with("b-list.ml")));
}

#[test]
fn a_store_is_replaced_only_by_one_that_could_be_used() {
    let folder = Folder::new("reload");
    folder.write("a-root.cer", &authority("DE", 1));
    let (trust, _) = load_trust(&[&folder.0]).unwrap();
    let kiosk = CurrentTrust::new(trust);
    let first = kiosk.current();
    let kept = |folder: &Folder, keys: &[SealKey]| match reload_trust(&kiosk, &[&folder.0], keys) {
        Ok(Reloaded::Kept { reason, .. }) => reason.code(),
        other => panic!("{other:?}"),
    };
    // A list that nobody vouches for, a broken file, nothing at all, a folder that is gone.
    let list = folder.write("b-list.ml", &list_by("FR", 3, &[authority("XX", 4)]));
    assert_eq!(kept(&folder, &[]), "not_authentic.unknown_issuer");
    std::fs::write(&list, b"0\x03\x02\x01").unwrap();
    assert_eq!(kept(&folder, &[]), "malformed.structure");
    let empty = Folder::new("reload-empty");
    assert_eq!(kept(&empty, &[]), "not_authentic.unknown_issuer");
    assert!(reload_trust(&kiosk, &[folder.0.join("missing")], &[]).is_err());

    // A saved store without the seal that is demanded.
    let sealing = SealingKey::from_pkcs8(SEALING_KEY).unwrap();
    let bytes = first.to_bytes();
    std::fs::write(&list, &bytes).unwrap();
    assert_eq!(kept(&folder, &[sealing.seal_key()]), "not_authentic.seal");
    assert!(std::sync::Arc::ptr_eq(&kiosk.current(), &first));

    std::fs::write(&list, seal::seal(&bytes, Sealed::TrustStore, &sealing).unwrap()).unwrap();
    folder.write("c-more.cer", &authority("VN", 2));
    match reload_trust(&kiosk, &[&folder.0], &[sealing.seal_key()]).unwrap() {
        Reloaded::Replaced { old, sources } => {
            assert!(std::sync::Arc::ptr_eq(&old, &first));
            let kinds: Vec<_> = sources.iter().map(|source| source.kind.name()).collect();
            assert_eq!(kinds, ["certificates", "store", "certificates"]);
        }
        Reloaded::Kept { reason, .. } => panic!("{reason}"),
    }
    assert_eq!((kiosk.current().len(), first.len()), (2, 1));
}

#[test]
fn a_file_named_by_itself_may_have_any_name() {
    let folder = Folder::new("any-name");
    let path = folder.write("anchor", &authority("VN", 1));
    let (trust, _) = load_trust(&[path]).unwrap();
    assert_eq!(trust.len(), 1);
    assert_eq!(fault_of(load_trust(&[folder.0.join("missing")])), FileFault::NotFound);
}

#[test]
fn the_files_of_a_document_are_found_under_any_usual_name() {
    let folder = Folder::new("document");
    folder.write("EF_SOD.bin", b"sod");
    folder.write("ef_com.BIN", b"com");
    folder.write("DG1.bin", b"one");
    folder.write("Datagroup2.bin", b"two");
    folder.write("010D.bin", b"thirteen");
    folder.write("011C.bin", b"access");
    folder.write("DG14_pk.bin", b"a key, no group");
    let files = read_groups(&folder.0).unwrap();
    assert_eq!(files.sod.reveal(), b"sod");
    assert_eq!(files.com.as_deref(), Some(&b"com"[..]));
    assert_eq!(files.card_access.as_deref(), Some(&b"access"[..]));
    assert_eq!(files.groups.keys().copied().collect::<Vec<_>>(), [1, 2, 13]);
    assert_eq!(files.groups[&13].reveal(), b"thirteen");
    assert!(!format!("{files:?}").contains("116"), "no contents in Debug");

    folder.write("Datagroup1.bin", b"one again");
    assert_eq!(fault_of(read_groups(&folder.0)), FileFault::Twice);
}

#[test]
fn what_is_wrong_with_a_path_is_said() {
    let folder = Folder::new("wrong");
    assert_eq!(fault_of(read_groups(&folder.0)), FileFault::NoSod);
    assert_eq!(fault_of(read_groups(folder.0.join("missing"))), FileFault::NotFound);
    let file = folder.write("file", b"");
    assert_eq!(fault_of(read_groups(&file)), FileFault::NotAFolder);
    let error = read_groups(&file).unwrap_err();
    assert!(error.to_string().ends_with("file: it is not a folder"), "{error}");
    assert_eq!((error.kind(), error.code()), ("file", "file.not_a_folder"));
}

#[test]
fn the_foreign_lists_load_from_their_folder() {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN").map(PathBuf::from) else {
        println!("skipped: CCCD_FOREIGN is not set");
        return;
    };
    let (trust, sources) = load_trust(&[folder.join("masterlists")]).unwrap();
    let report: Vec<_> = sources
        .iter()
        .map(|source| {
            let name = source.path.file_name().unwrap().to_str().unwrap();
            let outcome = source.outcome.as_ref().map(|loaded| (loaded.taken, loaded.known));
            (name, outcome.map_err(Error::code))
        })
        .collect();
    assert_eq!(
        report,
        [
            ("CSCA-Vietnam-001.pem", Ok((1, 0))),
            // Its signer belongs to the German authority of 2021; the one beside it is the next.
            ("DE_ML_2024-08-07-07-38-24.ml", Err("not_authentic.unknown_issuer")),
            ("DE_ROOT_CA_CSCA07.cer", Ok((1, 0))),
            ("NL_CSCA_6.cer", Ok((1, 0))),
            // Three of its 394 are those that were given beside it; the fourth is the passport's.
            ("NL_ML_2025-07-29.ml", Ok((390, 4))),
            ("NL_ROOT_CA.cer", Ok((1, 0))),
            ("VN_6b5fa6fe45cc.cer", Ok((1, 0))),
        ]
    );
    assert_eq!(trust.len(), 395);
}
