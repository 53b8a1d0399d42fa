use super::*;
use crate::pki::TrustStore;

#[test]
fn table() {
    let folder = std::path::PathBuf::from(std::env::var("CCCD_FOREIGN").unwrap());
    let mut files: Vec<_> = std::fs::read_dir(folder.join("files/EF.SOD"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files.push(folder.join("bsi-mustermann/EF_SOD.bin"));
    files.push(folder.join("lds/bsi2008/EF_SOD.bin"));
    for f in files {
        let b = std::fs::read(&f).unwrap();
        let e = examine(&b, &TrustStore::empty(), "2026-11-21".parse().unwrap());
        match e {
            Err(e) => println!("{:?} ERR {e}", f.file_name().unwrap()),
            Ok(e) => println!(
                "{:?} {:?} {:?} {:?} {:?} v{:?} {:?} {:?} {:?}",
                f.file_name().unwrap(),
                e.signature().map_err(|e| e.code()),
                e.path().map_err(|e| e.code()),
                e.validity().is_ok(),
                e.issuing_state(),
                e.security_object(),
                e.deviations().map(|d| d.name()).collect::<Vec<_>>(),
                e.signer().map(|s| (s.subject.clone(), s.key.clone(), s.scheme, s.not_after)),
                e.signing_time()
            ),
        }
    }
    let ml = folder.join("masterlists");
    let read = |n: &str| std::fs::read(ml.join(n)).unwrap();
    let mut nl = TrustStore::empty();
    nl.add_certificate(&read("NL_ROOT_CA.cer"), "root").unwrap();
    let mut t = TrustStore::empty();
    let start = std::time::Instant::now();
    println!("{:?}", t.add_master_list(&read("NL_ML_2025-07-29.ml"), &nl, "NL"));
    println!("{:?}", start.elapsed());
    let mut de = TrustStore::empty();
    de.add_certificate(&read("DE_ROOT_CA_CSCA07.cer"), "root").unwrap();
    println!(
        "{:?}",
        TrustStore::empty().add_master_list(&read("DE_ML_2024-08-07-07-38-24.ml"), &de, "NL")
    );
    let mut t2 = TrustStore::empty();
    println!("{:?}", t2.add_master_list(&read("DE_ML_2024-08-07-07-38-24.ml"), &t, "NL"));
    for a in t2.anchors().chain(t.anchors()) {
        if let Some(c) = a.certificate().critical_extension_not_understood() {
            println!("critical {c} {:?}", a.certificate());
        }
    }
}
