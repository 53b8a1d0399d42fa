//! `cccd trust`, and the options of `cccd verify` that say whom to trust and how.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{DAY, Ran, read_simulated, run};

/// A file that the project keeps for its tests.
fn vector(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-vectors").join(name);
    path.to_str().unwrap().to_owned()
}

fn pki(name: &str) -> String {
    vector(&format!("pki/{name}"))
}

fn trust(arguments: &[&str]) -> Ran {
    run(&[&["trust"], arguments, &["--at", DAY]].concat())
}

fn json(arguments: &[&str]) -> (i32, Value) {
    let ran = trust(&[arguments, &["--json"]].concat());
    assert_eq!(ran.stderr, "");
    (ran.status, ran.json())
}

/// Whom `cccd trust` names below `key` as `finding`.
fn findings(object: &Value) -> Vec<&str> {
    let findings = object["findings"].as_array().unwrap();
    let mut kinds: Vec<_> = findings.iter().map(|f| f["finding"].as_str().unwrap()).collect();
    kinds.dedup();
    kinds
}

#[test]
fn what_is_trusted_is_counted_and_what_was_left_out_is_named() {
    let (root, list, rubbish) = (pki("csca-a.cer"), pki("a.crl"), pki("with-rubbish.ml"));
    let stranger = pki("stranger.ml");
    let (status, object) = json(&["show", &root, &list, &rubbish, &stranger]);
    assert_eq!(status, 0);
    let counted = &object["trust"];
    let anchors = counted["anchors"].as_u64().unwrap();
    assert!(anchors >= 2, "{object}");
    for by in ["by_state", "by_algorithm", "by_key", "by_expiry", "by_source"] {
        let counts = counted[by].as_object().unwrap().values();
        assert_eq!(counts.map(|count| count.as_u64().unwrap()).sum::<u64>(), anchors, "{by}");
    }
    assert_eq!(counted["given"], 1);
    assert_eq!(counted["by_key"].as_object().unwrap().keys().collect::<Vec<_>>(), ["EC secp256r1"]);
    assert_eq!(counted["revocation_lists"][0]["freshness"], "fresh");
    assert_eq!(counted["revocation_lists"][0]["state"], "XA");
    let kinds: Vec<_> = object["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| (source["kind"].as_str().unwrap(), source["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("certificates", "loaded"),
            ("revocation_list", "loaded"),
            ("master_list", "loaded"),
            ("master_list", "refused"),
        ]
    );
    let left_out = object["sources"][2]["left_out"].as_array().unwrap();
    assert_eq!(left_out.len(), 2);
    assert_eq!(left_out[1]["error"]["code"], "not_authentic.not_a_csca");
    assert_eq!(object["sources"][3]["error"]["code"], "not_authentic.unknown_issuer");

    let words = trust(&["show", &root, &list, &rubbish, &stranger]).stdout;
    assert!(words.contains("give the authority that vouches for this list"), "{words}");
    assert!(words.contains("EC secp256r1") && words.contains("left out"), "{words}");
}

#[test]
fn a_store_is_imported_sealed_and_demanded() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (plain, sealed) = (path("plain.trust"), path("sealed.trust"));
    let (key, public) = (vector("seal/kiosk.key.pem"), vector("seal/kiosk.pub.pem"));
    let (root, crl) = (pki("csca-a.cer"), pki("a.crl"));

    let (status, object) = json(&["import", &root, &crl, "--out", &plain]);
    assert_eq!((status, &object["anchors"], &object["sealed"]), (0, &1.into(), &false.into()));
    let ran = trust(&["import", &root, &crl, "--out", &sealed, "--seal-with", &key]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("sealed"));
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2, "nothing is left beside them");

    let outcome = |arguments: &[&str]| {
        let (_, object) = json(&[&["show"], arguments].concat());
        let code = object["sources"][0]["error"]["code"].as_str().map(str::to_owned);
        (object["trust"]["anchors"].as_u64().unwrap(), code)
    };
    let refused = (0, Some("not_authentic.seal".to_owned()));
    assert_eq!(outcome(&[&plain]), (1, None));
    assert_eq!(outcome(&[&sealed, "--trust-key", &public]), (1, None));
    assert_eq!(outcome(&[&sealed]), refused);
    assert_eq!(outcome(&[&plain, "--trust-key", &public]), refused);

    // The same two ways out of `verify`.
    let (_, shown) = json(&["show", &plain]);
    assert_eq!(shown["trust"]["created"], DAY);
    assert_eq!(shown["trust"]["by_source"].as_object().unwrap().keys().next(), Some(&root));
    let again = path("again.trust");
    json(&["import", &root, &crl, "--out", &again]);
    assert_eq!(std::fs::read(&plain).unwrap(), std::fs::read(&again).unwrap());

    let nobody = trust(&["import", &pki("stranger.ml"), "--out", &path("none"), "--json"]);
    assert_eq!(nobody.status, 19);
    assert_eq!(nobody.json()["error"]["code"], "not_authentic.nobody_trusted");
    assert!(!folder.path().join("none").exists());
    assert_eq!(trust(&["show", &path("missing")]).status, 23);
}

#[test]
fn two_stores_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new.trust").to_str().unwrap().to_owned();
    let (a, b, crl) = (pki("csca-a.cer"), pki("csca-b.cer"), pki("a.crl"));
    json(&["import", &a, &b, &crl, "--out", &new]);
    let compare = |old: &str, new: &str| run(&["trust", "diff", old, new, "--json"]);
    let object = compare(&a, &new).json();
    assert_eq!(object["changed"], true);
    assert_eq!(object["added"].as_array().unwrap().len(), 1);
    assert_eq!(object["added"][0]["state"], "XB");
    assert_eq!(object["removed"].as_array().unwrap().len(), 0);
    assert_eq!(object["revocation_lists"][0]["old"], Value::Null);
    assert_eq!(compare(&new, &new).json()["changed"], false);
    assert_eq!(compare(&new, &a).json()["removed"], object["added"]);
    assert_eq!(compare(&a, &pki("stranger.ml")).status, 19);
    let words = run(&["trust", "diff", &a, &new]).stdout;
    assert!(words.contains("ADDED (1)") && words.contains("C=XB"), "{words}");
}

#[test]
fn what_is_not_sound_shows_in_the_exit_status_unless_it_is_allowed() {
    let root = pki("csca-a.cer");
    let (status, object) = json(&["check", &root, &pki("a.crl")]);
    assert_eq!((status, findings(&object)), (0, vec![]), "{object}");
    let check = |paths: &[&str]| {
        let (status, object) = json(&[&["check"], paths].concat());
        (status, findings(&object).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(check(&[&root]), (1, vec!["no_list".to_owned()]));
    assert_eq!(check(&[&root, "--allow", "no_list"]).0, 0);
    assert_eq!(check(&[&root, &pki("a-stale.crl")]), (1, vec!["stale_list".to_owned()]));
    assert_eq!(check(&[&pki("expired.cer")]), (1, vec!["expired_anchor".to_owned()]));
    let crl = pki("a.crl");
    let refused =
        check(&[&root, &crl, &pki("stranger.ml"), &pki("with-rubbish.ml"), "--allow", "no_list"]);
    assert_eq!(refused.0, 1);
    assert_eq!(refused.1[..2], ["source_refused", "entry_refused"]);
    let ran = trust(&["check", &root]);
    assert!(ran.stdout.contains("WITHOUT A LIST (1)"), "{}", ran.stdout);
    let wrong = trust(&["check", &root, "--allow", "no_lists"]);
    assert_eq!(wrong.status, 2);
}

#[test]
fn a_signer_is_judged_with_its_path_and_its_revocation() {
    let (root, crl) = (pki("csca-a.cer"), pki("a.crl"));
    let check = |certificate: &str, paths: &[&str]| {
        let certificate = pki(certificate);
        json(&[&["check", "--certificate", &certificate], paths].concat())
    };
    let (status, object) = check("good.cer", &[&root, &crl]);
    assert_eq!((status, &object["outcome"]), (0, &"accepted".into()), "{object}");
    assert_eq!(object["path"].as_array().unwrap().len(), 2);
    assert_eq!(object["revocation"]["state"], "not_revoked");
    assert_eq!(object["anchor"]["source"], root);
    assert_eq!(check("good.cer", &[&root]).1["revocation"]["state"], "unknown");

    let (status, object) = check("revoked.cer", &[&root, &crl]);
    assert_eq!((status, &object["error"]["code"]), (19, &"not_authentic.signer_revoked".into()));
    assert_eq!(object["revocation"]["state"], "revoked");
    let (status, object) = check("good.cer", &[&pki("csca-b.cer")]);
    assert_eq!((status, &object["error"]["code"]), (19, &"not_authentic.unknown_issuer".into()));
    assert_eq!(object["path"], Value::Null);
    let words = trust(&["check", "--certificate", &pki("revoked.cer"), &root, &crl]);
    assert!(words.stdout.contains("revoked on"), "{}", words.stdout);
}

#[test]
fn verify_takes_stores_keys_and_rules() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (evidence, csca, store) = (path("evidence.cbor"), path("csca.der"), path("all.trust"));
    let ran = read_simulated(&["--evidence", &evidence, "--trust-out", &csca]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let (key, public) = (vector("seal/kiosk.key.pem"), vector("seal/kiosk.pub.pem"));
    json(&["import", &csca, "--out", &store, "--seal-with", &key]);

    let verify = |arguments: &[&str]| {
        run(&[&["verify", &evidence, "--at", DAY, "--json", "--trust"], arguments].concat())
    };
    assert_eq!(verify(&[&store, "--trust-key", &public]).status, 0);
    let unsealed = verify(&[&store]);
    assert_eq!(unsealed.status, 19);
    assert!(unsealed.stderr.contains("--trust-key"), "{}", unsealed.stderr);
    assert_eq!(verify(&[&csca, "--require-revocation", "listed"]).status, 22);
    assert_eq!(verify(&[&csca, "--require-revocation", "fresh"]).status, 22);
    assert_eq!(verify(&[&csca, "--validity-at-signing"]).status, 0);
    assert_eq!(verify(&[&csca, "--allow-deviation", "wrong_key_usage"]).status, 0);
    let misspelt = verify(&[&csca, "--refuse-deviation", "wrong_key_use"]);
    assert_eq!(misspelt.status, 2);
    assert!(misspelt.stderr.contains("wrong_key_usage"), "{}", misspelt.stderr);
}

#[test]
fn the_foreign_lists_are_shown() {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN").map(PathBuf::from) else {
        println!("skipped: CCCD_FOREIGN is not set");
        return;
    };
    let lists = folder.join("masterlists").to_str().unwrap().to_owned();
    let (status, object) = json(&["show", &lists]);
    assert_eq!((status, &object["trust"]["anchors"]), (0, &395.into()));
    assert_eq!(object["trust"]["by_state"]["VN"], 2);
    assert_eq!(object["trust"]["given"], 5);
    assert_eq!(json(&["check", &lists]).0, 1);
}
