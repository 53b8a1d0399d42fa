use super::*;
use crate::pki::{Purpose, TrustStore};
#[test]
fn zz_analysis() {
    let folder =
        std::path::PathBuf::from(std::env::var_os("CCCD_FOREIGN").unwrap()).join("masterlists");
    let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
    let mut r = TrustStore::empty();
    r.add_certificate(&read("NL_ROOT_CA.cer"), "x").unwrap();
    let mut t = TrustStore::empty();
    t.add_master_list(&read("NL_ML_2025-07-29.ml"), &r, "NL").unwrap();
    let root = t
        .anchors()
        .find(|a| {
            a.info().subject == "C=DE, O=bund, OU=bsi, CN=csca-germany" && a.info().serial == "048B"
        })
        .unwrap()
        .certificate()
        .as_der()
        .to_vec();
    let mut r2 = TrustStore::empty();
    r2.add_certificate(&root, "x").unwrap();
    t.add_master_list(&read("DE_ML_2024-08-07-07-38-24.ml"), &r2, "DE").unwrap();
    for f in std::fs::read_dir(folder.parent().unwrap().join("crl")).unwrap() {
        let f = f.unwrap().path();
        if f.extension().unwrap() == "cer" {
            t.add_certificate(&std::fs::read(f).unwrap(), "crl").unwrap();
        }
    }
    println!("total {}", t.len());
    let mut names =
        std::collections::BTreeMap::<String, std::collections::BTreeSet<[u8; 32]>>::new();
    let (mut crit, mut serial, mut weak, mut nocountry, mut nobc) = (0, 0, 0, 0, 0);
    for a in t.anchors() {
        let c = a.certificate();
        names.entry(c.subject().key().to_owned()).or_default().insert(*c.key_fingerprint());
        if let Some(o) = c.critical_extension_not_understood() {
            crit += 1;
            println!("crit {o} {c:?}");
        }
        if !c.serial_is_positive() {
            serial += 1;
            println!("serial {c:?}");
        }
        if c.has_weak_key() {
            weak += 1;
            println!("weak {} {c:?}", c.key_description().unwrap());
        }
        if c.country().is_none() {
            nocountry += 1;
        }
        if c.may_issue_on_path(false).is_err() {
            nobc += 1;
            println!("nobc {c:?}");
        }
    }
    println!("{crit} {serial} {weak} {nocountry} {nobc}");
    let mut top: Vec<_> = names.iter().map(|(n, k)| (k.len(), n)).collect();
    top.sort();
    println!("{:?}", &top[top.len() - 5..]);
    // links
    for a in t.anchors() {
        let c = a.certificate();
        if c.verify_signed_by(c).is_ok() {
            continue;
        }
        let signers: Vec<_> = t
            .anchors()
            .map(|a| a.certificate())
            .filter(|i| i.country() == c.country() && c.verify_signed_by(i).is_ok())
            .collect();
        let mut kinds = std::collections::BTreeSet::new();
        for s in &signers {
            let k = if c.subject() == c.issuer() {
                "same"
            } else if c.subject().same_authority(c.issuer()) {
                "RENAMED"
            } else {
                "OTHER"
            };
            let n = if c.issuer() == s.subject() {
                "chain"
            } else if c.issuer().same_authority(s.subject()) {
                "chain~"
            } else {
                "BROKEN"
            };
            let p = if c.authority_key_id().is_some() && c.authority_key_id() == s.subject_key_id()
            {
                "aki"
            } else if c.authority_key_id().is_none() || s.subject_key_id().is_none() {
                "noaki"
            } else {
                "AKIDIFF"
            };
            let kup = if s.may_sign_on(c.not_before()) { "" } else { "KUP" };
            kinds.insert(format!("{k} {n} {p} {kup} len{:?}", s.path_length()));
        }
        println!(
            "link {:?} {:?} <- {:?} : {:?}",
            c.country(),
            c.subject().to_string(),
            c.issuer().to_string(),
            kinds
        );
    }
}
