//! What is refused, by which exit status, and that no refusal repeats personal data.

mod support;

use support::{Ran, keys, outcome, person, read_simulated, run};

/// A refusal has its status, says nothing on standard output in words, and one object as JSON.
fn refused(arguments: &[&str], status: i32, code: &str) -> Ran {
    let words = read_simulated(arguments);
    assert_eq!(words.status, status, "{arguments:?}: {}", words.stderr);
    assert_eq!(words.stdout, "", "{arguments:?}");
    assert!(words.stderr.contains(code), "{arguments:?}: {}", words.stderr);
    assert!(words.stderr.contains("→ "), "advice: {}", words.stderr);

    let json = read_simulated(&[arguments, &["--json"]].concat());
    assert_eq!((json.status, json.stderr.as_str()), (status, ""), "{arguments:?}");
    let object = json.json();
    assert_eq!(keys(&object), ["outcome", "error", "checks", "access", "metrics"]);
    assert_eq!(object["outcome"], "refused");
    assert_eq!(keys(&object["error"]), ["kind", "code", "advice", "message", "message_vi"]);
    assert_eq!(object["error"]["code"], code);
    assert_eq!(object["checks"].as_array().unwrap().len(), 14);
    for text in [&words.stderr, &json.stdout] {
        for personal in [
            "000195",
            "195001234",
            "001234",
            "111111",
            "918273",
            "123456",
            "950615",
            "350615",
            "NGUYEN",
            "Nguyễn",
            "Hà",
        ] {
            assert!(!text.contains(personal), "{arguments:?} repeats {personal}: {text}");
        }
    }
    json
}

#[test]
fn keys_that_cannot_be_right_never_reach_the_chip() {
    let wrong_digit = support::MRZ.replace("9506158F", "9506157F");
    for (arguments, code) in [
        (&["--can", "00123"][..], "invalid_key.can_layout"),
        (&["--can", ""], "invalid_key.empty"),
        (&["--id-number", "00019500123"], "invalid_key.id_number_layout"),
        (&["--mrz", &wrong_digit], "invalid_key.mrz_check_digit"),
        (&["--mrz", "195001234"], "invalid_key.mrz_layout"),
        (&["--mrz", "195001234", "1995-02-30", "350615"], "invalid_key.date_layout"),
        (&["--qr", ""], "invalid_key.empty"),
        (&["--pin", "0001"], "invalid_key.pin_layout"),
        (&["--pin", "91827a"], "invalid_key.pin_layout"),
        (&["--pin", "9182736"], "invalid_key.pin_layout"),
        (&["--puk", "918273645"], "invalid_key.puk_layout"),
        (&["--puk", ""], "invalid_key.empty"),
        (&["--qr", "https://example.org/000195001234"], "invalid_key.not_a_cccd_qr"),
    ] {
        let object = refused(arguments, 10, code).json();
        assert_eq!(object["metrics"]["apdus"], 0);
        assert_eq!(object["metrics"]["access"], serde_json::Value::Null);
        assert_eq!(object["access"], serde_json::Value::Null);
        assert_eq!(outcome(&object, "access"), ("not_performed", "not_reached"));
    }
}

#[test]
fn a_wrong_key_is_said_to_be_one() {
    let object = refused(&["--can", "111111"], 11, "access_denied.wrong_key").json();
    assert_eq!(outcome(&object, "access").0, "failed");
    assert_eq!(object["error"]["advice"], "check_key");
    refused(&["--mrz", "195001234", "950615", "350616"], 11, "access_denied.wrong_key");
}

#[test]
fn a_wrong_pin_is_counted_and_not_repeated() {
    let pin = ["--profile", "pin", "--pin", "918273"];
    let object = refused(&pin, 11, "access_denied.wrong_key").json();
    let message = object["error"]["message"].as_str().unwrap();
    assert!(message.contains("2 attempts are left"), "{message}");
    let message = object["error"]["message_vi"].as_str().unwrap();
    assert!(message.contains("còn 2 lần thử"), "{message}");
    assert_eq!(object["access"], serde_json::Value::Null);
    let puk = ["--profile", "puk", "--puk", "9182736450"];
    let object = refused(&puk, 11, "access_denied.wrong_key").json();
    assert!(object["error"]["message"].as_str().unwrap().contains("9 attempts are left"));
}

#[test]
fn a_key_that_opens_no_door_of_the_card_is_said_to_be_of_the_wrong_kind() {
    for key in [["--can", "001234"], ["--pin", "123456"], ["--puk", "1234567890"]] {
        refused(&[&["--profile", "bac"], &key[..]].concat(), 10, "invalid_key.wrong_kind");
    }
}

#[test]
fn a_card_without_pin_says_so() {
    refused(&["--pin", "123456"], 10, "invalid_key.wrong_kind");
    refused(&["--puk", "1234567890"], 10, "invalid_key.wrong_kind");
}

#[test]
fn pace_in_a_group_of_the_chips_own_is_refused() {
    for mapping in ["gm", "im"] {
        let profile = format!("pace-explicit-dh-{mapping}-modp-2048-safe");
        refused(&["--profile", &profile], 21, "unsupported.algorithm");
    }
}

#[test]
fn the_operator_may_refuse_bac_and_3des() {
    let bac = ["--profile", "bac", "--require-pace"];
    refused(&bac, 22, "policy_refused.downgrade");
    let bac = ["--profile", "bac", "--require-aes"];
    refused(&bac, 22, "policy_refused.downgrade");
    let des = ["--profile", "pace-ecdh-gm-3des-secp256r1", "--require-aes"];
    refused(&des, 22, "policy_refused.weak_algorithm");
    let des = ["--profile", "pace-ecdh-gm-3des-secp256r1"];
    assert_eq!(read_simulated(&des).status, 0);
    assert_eq!(read_simulated(&["--require-aes", "--refuse-last-attempt"]).status, 0);
}

#[test]
fn printed_data_of_another_person_are_refused() {
    let another = support::QR.replace("Nguyễn", "Trần");
    refused(&["--qr", &another], 22, "policy_refused.printed_data");
    refused(&["--id-number", "000001001234"], 22, "policy_refused.printed_data");
}

#[test]
fn forgeries_are_refused_each_for_its_reason() {
    for (how, status, code, check) in [
        ("dg13", 19, "not_authentic.digest_mismatch", "digests"),
        ("clone", 20, "not_genuine.chip_authentication", "chip_authentication"),
        ("stranger", 19, "not_authentic.unknown_issuer", "signer_path"),
        ("withhold-dg14", 19, "not_authentic.group_withheld", "digests"),
        ("withhold-dg15", 19, "not_authentic.group_withheld", "digests"),
    ] {
        let object = refused(&["--tamper", how], status, code).json();
        assert_eq!(outcome(&object, check), ("failed", code), "{how}");
    }
}

#[test]
fn a_card_taken_away_at_any_exchange_is_a_lost_link() {
    let whole = read_simulated(&["--json"]).json()["metrics"]["apdus"].as_u64().unwrap();
    for exchanges in 0..whole {
        let ran = read_simulated(&["--json", "--remove-after", &exchanges.to_string()]);
        assert_eq!(ran.status, 12, "after {exchanges}");
        assert_eq!(ran.json()["error"]["code"], "link_lost.card_gone");
    }
    assert_eq!(read_simulated(&["--remove-after", &whole.to_string()]).status, 0);
}

#[test]
fn the_day_and_the_policy_decide() {
    let at = |day: &str, more: &[&str]| {
        run(&[&["read", "--simulated", "--json", "--at", day], more].concat())
    };
    let expired = at("2035-06-16", &[]);
    assert_eq!(expired.status, 19);
    assert_eq!(expired.json()["error"]["code"], "not_authentic.document_expired");
    assert_eq!(at("2035-06-15", &[]).status, 0);
    assert_eq!(at("2035-06-16", &["--allow-expired"]).status, 0);
    assert_eq!(at("2021-05-31", &["--allow-expired"]).status, 19, "not valid yet");
    assert_eq!(at("2026-11-21", &["--policy", "bank"]).status, 0);
    assert_eq!(at("2026-11-21", &["--require-pace"]).status, 0);
}

#[test]
fn files_that_cannot_be_used_are_named() {
    refused(&["--trust", "no/such/folder"], 23, "file.not_found");
    refused(&["--person", "no/such/person.toml"], 23, "file.not_found");
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, replaced: &str, by: &str| {
        let text = std::fs::read_to_string(person("nguyen-thi-thu-ha.toml")).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text.replace(replaced, by)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let ran = refused(&["--person", &write("date", "15/06/1995", "31/06/1995")], 23, "file.person");
    assert!(ran.stdout.contains("date_of_birth must be"), "{}", ran.stdout);
    let ran = refused(
        &["--person", &write("toml", "\"000195001234\"", "000195001234")],
        23,
        "file.person",
    );
    assert!(ran.stdout.contains("line "), "{}", ran.stdout);
}

#[test]
fn wrong_usage_has_its_own_status() {
    for arguments in [
        &["read"][..],
        &["read", "--can", "001234", "--qr", "x"],
        &["read", "--can", "001234", "--seed", "1"],
        &["read", "--simulated", "--reader", "x"],
        &["read", "--simulated", "--at", "2026-02-30"],
        &["read", "--can", "001234", "--pin", "123456"],
        &["read", "--can", "001234", "--profile", "bac"],
        &["read", "--can", "001234", "--require-aes", "--allow-bac-after-pace-failure"],
        &["read", "--simulated", "--profile", "pace-cam"],
        &["simulate", "--json"],
        &["simulate", "--list", "--seed", "1"],
        &["verify"],
        &["unknown"],
    ] {
        let ran = run(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
    }
}

#[test]
fn help_lists_the_exit_statuses() {
    let help = run(&["--help"]).stdout;
    for line in ["0  verified", "10  invalid_key", "12  link_lost", "19  not_authentic", "23  file"]
    {
        assert!(help.contains(line), "{line}");
    }
}

#[cfg(not(feature = "pcsc"))]
#[test]
fn without_pc_sc_it_says_how_to_get_it() {
    for arguments in [&["read", "--can", "001234"][..], &["readers"]] {
        let ran = run(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (13, ""));
        assert!(ran.stderr.contains("--features pcsc"), "{}", ran.stderr);
        let json = run(&[arguments, &["--json"]].concat()).json();
        assert_eq!(json["error"]["code"], "reader.not_built_in");
    }
}

#[test]
fn without_vpcd_simulate_says_how_to_get_it() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ran = run(&["simulate", "--port", &port.to_string(), "--for", "1"]);
    assert_eq!(ran.status, 13);
    assert!(ran.stderr.contains("apt-get install vsmartcard-vpcd"), "{}", ran.stderr);
}
