//! `cccd verify`: the verdict from files alone.

mod support;

use std::path::Path;

use cccd_simulator::{CardOptions, Issuer, IssuerOptions, Person, personalisation::file};
use support::{DAY, ID_NUMBER, QR, Ran, outcome, read_simulated, run};

/// Evidence of a read and the certificate that it needs.
fn evidence(folder: &Path) -> (String, String) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (evidence, csca) = (path("evidence.cbor"), path("csca.der"));
    let ran = read_simulated(&["--evidence", &evidence, "--trust-out", &csca]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    (evidence, csca)
}

fn verify(path: &str, arguments: &[&str]) -> Ran {
    run(&[&["verify", path, "--at", DAY, "--json"], arguments].concat())
}

#[test]
fn evidence_is_verified_from_the_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (evidence, csca) = evidence(folder.path());
    let ran = verify(&evidence, &["--trust", &csca]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let object = ran.json();
    assert_eq!(object["citizen"]["id_number"], ID_NUMBER);
    assert_eq!(outcome(&object, "access"), ("not_performed", "offline"));
    assert_eq!(outcome(&object, "chip_authentication"), ("not_performed", "offline"));
    assert_eq!(outcome(&object, "active_authentication").0, "passed");
    assert_eq!(object["document"]["chip_proofs"][0]["fresh"], false);
    assert_eq!(object["metrics"]["apdus"], 0);

    let ran = verify(&evidence, &["--trust", &csca, "--qr", QR]);
    assert_eq!(outcome(&ran.json(), "printed_data").0, "passed");
    let words = run(&["verify", &evidence, "--trust", &csca, "--at", DAY]);
    assert!(words.stdout.contains("Nguyễn Thị Thu Hà"));
    assert!(words.stderr.contains("1 trusted"), "{}", words.stderr);
}

#[test]
fn without_trust_the_issuer_is_unknown_and_not_forged() {
    let folder = tempfile::tempdir().unwrap();
    let (evidence, _) = evidence(folder.path());
    let ran = verify(&evidence, &[]);
    assert_eq!(ran.status, 19);
    let object = ran.json();
    assert_eq!(object["error"]["code"], "not_authentic.unknown_issuer");
    assert_eq!(object["error"]["advice"], "update_trust");
    assert_eq!(outcome(&object, "digests").0, "passed");
    assert_eq!(outcome(&object, "sod_signature").0, "passed");
    let loosened = verify(&evidence, &["--allow-unknown-issuer"]);
    assert_eq!(loosened.status, 0);
    let path = ("not_performed", "unknown_issuer_allowed");
    assert_eq!(outcome(&loosened.json(), "signer_path"), path);
}

#[test]
fn a_bank_wants_its_own_challenge() {
    let folder = tempfile::tempdir().unwrap();
    let (evidence, csca) = evidence(folder.path());
    let stale = verify(&evidence, &["--trust", &csca, "--policy", "bank"]);
    assert_eq!(stale.status, 20);
    let other = verify(&evidence, &["--trust", &csca, "--challenge", "0102030405060708"]);
    assert_eq!(other.json()["error"]["code"], "not_genuine.challenge");
    let bad = verify(&evidence, &["--trust", &csca, "--challenge", "12"]);
    assert_eq!((bad.status, &bad.json()["error"]["code"]), (25, &"misuse.challenge".into()));
}

#[test]
fn altered_and_cut_evidence_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (evidence, csca) = evidence(folder.path());
    let original = std::fs::read(&evidence).unwrap();
    let altered = folder.path().join("altered.cbor");
    // Claims at the end are not relied on; everything up to them is.
    for position in (0..original.len() - 2000).step_by(original.len() / 12) {
        let mut bytes = original.clone();
        bytes[position] ^= 0x10;
        std::fs::write(&altered, bytes).unwrap();
        let ran = verify(altered.to_str().unwrap(), &["--trust", &csca]);
        assert!((10..=25).contains(&ran.status), "byte {position}: {}", ran.status);
        assert_eq!(ran.json()["outcome"], "refused");
    }
    std::fs::write(&altered, &original[..original.len() / 2]).unwrap();
    assert_eq!(verify(altered.to_str().unwrap(), &["--trust", &csca]).status, 18);
    assert_eq!(verify("no/such/file", &[]).status, 23);
}

#[test]
fn a_folder_may_name_its_files_in_every_usual_way() {
    let issuer = Issuer::new(IssuerOptions::default());
    let card = issuer.personalise(&Person::sample(), &CardOptions::default());
    let folder = tempfile::tempdir().unwrap();
    for (identifier, bytes) in &card.files {
        let name = match *identifier {
            file::SOD => "011D.bin".to_owned(),
            file::COM => "EF_COM.bin".to_owned(),
            file::DG1 => "Datagroup1.bin".to_owned(),
            file::DG2 => "0102.bin".to_owned(),
            other => format!("DG{}.bin", other & 0xFF),
        };
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let csca = folder.path().join("csca.der");
    std::fs::write(&csca, issuer.csca_certificate()).unwrap();
    let path = folder.path().to_str().unwrap();
    let trust = ["--trust", csca.to_str().unwrap()];
    let ran = verify(path, &trust);
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    assert_eq!(outcome(&ran.json(), "active_authentication"), ("not_performed", "no_transcript"));

    std::fs::remove_file(folder.path().join("DG14.bin")).unwrap();
    assert_eq!(verify(path, &trust).json()["error"]["code"], "not_authentic.group_withheld");
    std::fs::remove_file(folder.path().join("011D.bin")).unwrap();
    assert_eq!(verify(path, &trust).json()["error"]["code"], "file.no_sod");
}

/// BSI's reference set: digests match, the signature is valid, the issuer is unknown.
#[test]
fn the_specimen_of_the_bsi() {
    let Some(foreign) = std::env::var_os("CCCD_FOREIGN").map(std::path::PathBuf::from) else {
        println!("CCCD_FOREIGN is not set: skipped");
        return;
    };
    let folder = foreign.join("bsi-mustermann");
    let specimen = folder.to_str().unwrap();
    let list = foreign.join("masterlists/NL_ML_2025-07-29.ml");
    let root = foreign.join("masterlists/NL_CSCA_6.cer");
    let trust = ["--trust", list.to_str().unwrap(), root.to_str().unwrap()];
    let ran = verify(specimen, &trust);
    assert_eq!(ran.status, 19);
    let object = ran.json();
    assert_eq!(object["error"]["code"], "not_authentic.unknown_issuer");
    assert_eq!(outcome(&object, "digests").0, "passed", "{object}");
    assert_eq!(outcome(&object, "sod_signature").0, "passed");
    assert_eq!(outcome(&object, "signer_path"), ("failed", "not_authentic.unknown_issuer"));

    // A passport has no citizen; in words the MRZ stands in its place.
    let loose = ["--at", "2014-06-01", "--allow-unknown-issuer"];
    let ran = run(&[&["verify", specimen, "--json"], &loose[..]].concat());
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    let object = ran.json();
    assert!(object["citizen"].is_null());
    // Datagroup15.bin lies beside the others and is in no signed list.
    assert!(object["deviations"].as_array().unwrap().contains(&"unsigned_group".into()));
    assert_eq!(
        (&object["document"]["type"], &object["document"]["code"]),
        (&"td3".into(), &"P".into())
    );
    assert_eq!(object["document"]["portrait"]["media_type"], "image/jp2");
    assert!(!ran.stdout.contains("MUSTERMANN"), "the object holds no personal data of others");
    let words = run(&[&["verify", specimen], &loose[..]].concat()).stdout;
    assert!(words.contains("MUSTERMANN ERIKA") && words.contains("UNKNOWN"), "{words}");
}
