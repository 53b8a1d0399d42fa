//! `--lang` and `CCCD_LANG`: every text for people in one language alone; nothing for programs changes.

mod support;

use std::{fs, path::Path};

use assert_cmd::Command;
use support::{DAY, MRZ, QR, Ran, cccd, run};

/// Words that stand in no Vietnamese sentence, in no name of a file or format and in no certificate of the tests.
const ENGLISH: [&str; 37] = [
    "the", "and", "of", "is", "are", "was", "were", "with", "without", "not", "this", "that",
    "from", "for", "by", "be", "what", "which", "who", "has", "have", "or", "it", "its", "their",
    "each", "than", "does", "passed", "failed", "none", "other", "unknown", "signed", "cannot",
    "were", "bytes",
];

/// A holder whose card has no letter but those of ASCII, so that every other one is ours.
const PLAIN_PERSON: &str = r#"
id_number         = "000095001235"
full_name         = "Tran Van An"
date_of_birth     = "15/06/1995"
sex               = "Nam"
nationality       = "Viet Nam"
ethnicity         = "Kinh"
religion          = "Khong"
place_of_origin   = "Xa Mau, Tinh Thu"
residence         = "So 1, Xa Mau, Tinh Thu"
identifying_marks = ""
issue_date        = "01/07/2021"
expiry_date       = "15/06/2035"
father_name       = "Tran Van Binh"
mother_name       = "Le Thi Chi"
"#;

/// A letter that English does not have.
fn is_vietnamese(letter: char) -> bool {
    letter.is_alphabetic() && !letter.is_ascii()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    // `unknown_issuer`, `--allow-one-chip-proof` and `C=VN` are names.
    let part = |c: char| c.is_alphanumeric() || "_-=./'".contains(c);
    line.split(move |c| !part(c)).map(|word| word.trim_end_matches(['.', '\'', '-']))
}

/// Panics over a line in the wrong language.
fn assert_language(language: &str, text: &str, about: &str) {
    for line in text.lines() {
        // What clap says itself of a command line is English.
        if line.starts_with("For more information, try") {
            continue;
        }
        let refused = line.strip_prefix("error: invalid value ");
        let line = refused.and_then(|line| line.split_once(">': ")).map_or(line, |(_, ours)| ours);
        assert!(!line.contains(" · "), "{about}: {line}");
        match language {
            "en" => assert!(!line.chars().any(is_vietnamese), "{about}: {line}"),
            _ => {
                let found =
                    words(line).find(|word| ENGLISH.contains(&word.to_lowercase().as_str()));
                assert_eq!(found, None, "{about}: {line}");
            }
        }
    }
}

/// Runs it in both languages, whatever its status, and looks at every line.
fn assert_speaks_one(arguments: &[&str]) {
    for language in ["vi", "en"] {
        let ran = run(&[&["--lang", language], arguments].concat());
        let about = format!("{language} {}", arguments.join(" "));
        assert!(!format!("{}{}", ran.stdout, ran.stderr).is_empty(), "{about}");
        assert_language(language, &ran.stdout, &about);
        assert_language(language, &ran.stderr, &about);
    }
}

/// The names below `Commands:`, as many words deep as there are.
fn commands(within: &[String], found: &mut Vec<Vec<String>>) {
    let mut arguments: Vec<&str> = within.iter().map(String::as_str).collect();
    arguments.extend(["-h", "--lang", "en"]);
    let help = run(&arguments).stdout;
    found.push(within.to_vec());
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    for line in listed.take_while(|line| !line.is_empty()) {
        let name = line.split_whitespace().next().unwrap();
        // A longer description goes on in the next line.
        if line.starts_with("  ") && !line.starts_with("   ") && name != "help" {
            commands(&[within, &[name.to_owned()]].concat(), found);
        }
    }
}

#[test]
fn the_help_of_every_command_speaks_one_language() {
    let mut all = Vec::new();
    commands(&[], &mut all);
    assert!(all.len() >= 20, "{all:?}");
    for command in all {
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        for help in ["--help", "-h"] {
            assert_speaks_one(&[&command[..], &[help]].concat());
        }
        let both = run(&[&command[..], &["--help"]].concat());
        assert_eq!(
            both.stdout,
            run(&[&command[..], &["--help", "--lang", "both"]].concat()).stdout
        );
        assert!(both.stdout.contains(" · "), "{command:?}");
    }
}

#[test]
fn reads_that_end_well_and_badly_speak_one_language() {
    let folder = tempfile::tempdir().unwrap();
    let person = write(folder.path(), "person.toml", PLAIN_PERSON);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (evidence, face) = (path("read.cbor"), path("face.gif"));
    let read = |more: &[&str]| {
        assert_speaks_one(
            &[&["read", "--simulated", "--at", DAY, "--person", &person], more].concat(),
        );
    };
    read(&["--metrics", "--evidence", &evidence]);
    for how in ["dg13", "clone", "stranger", "withhold-dg14", "withhold-dg15"] {
        read(&["--tamper", how]);
    }
    for profile in [
        "bac",
        "pin",
        "pace-ecdh-cam-aes-256-brainpoolP384r1",
        "field-13-6988-after-bac",
        "field-19-no-ef-com",
        "field-33-copy",
        "field-34-ecdsa-in-der",
        "field-51-plain-data-in-channel",
    ] {
        read(&["--profile", profile]);
    }
    for more in [
        &["--can", "111111"][..],
        &["--can", "1"],
        &["--qr", "https://example.org"],
        &["--qr", QR],
        &["--mrz", MRZ],
        &["--pin", "1"],
        &["--portrait", &face],
        &["--allow-unknown-issuer", "--tamper", "stranger"],
        &["--allow-one-chip-proof"],
        &["--allow-expired", "--at", "2050-01-01"],
        &["--require-revocation", "fresh"],
        &["--policy", "bank", "--profile", "cccd"],
        &["--remove-after", "9"],
        &["--can", "@/no/such/file"],
    ] {
        let at = if more.contains(&"--at") { &[][..] } else { &["--at", DAY] };
        assert_speaks_one(&[&["read", "--simulated", "--person", &person], at, more].concat());
    }
    assert_speaks_one(&["read"]);
    assert_speaks_one(&["doctor", "--profile", "cccd"]);
    assert_speaks_one(&["evidence", "show", &evidence]);
    assert_speaks_one(&["evidence", "show", &person]);
    assert_speaks_one(&["verify", &evidence, "--at", DAY]);
    assert_speaks_one(&["verify", &evidence, "--at", DAY, "--allow-unknown-issuer"]);
    assert_speaks_one(&["qr", "000095001235|000123456|Tran Van An|15061995|Nam|So 1|01072021"]);
    assert_speaks_one(&["qr", "no|card|at all"]);
    if cfg!(not(feature = "pcsc")) {
        assert_speaks_one(&["readers"]);
    }
}

#[test]
fn no_detail_of_a_check_is_lost_in_vietnamese() {
    for more in [
        &[][..],
        &["--profile", "bac"],
        &["--profile", "pace-ecdh-cam-aes-128-brainpoolP256r1"],
        &["--qr", QR],
        &["--mrz", MRZ],
        &["--allow-unknown-issuer", "--tamper", "stranger"],
        &["--allow-one-chip-proof"],
        &["--allow-expired", "--at", "2036-05-01"],
        &["--allow-expired", "--at", "2050-01-01"],
    ] {
        let at = if more.contains(&"--at") { &[][..] } else { &["--at", DAY] };
        let ran = run(&[&["--lang", "vi", "read", "--simulated"], at, more].concat());
        let checks = ran.stdout.split("KIỂM TRA\n").nth(1).expect("a verified card");
        let checks = checks.split("\n\n").next().unwrap();
        assert!(checks.lines().filter(|line| line.contains("đạt: ")).count() >= 8, "{checks}");
        for line in checks.lines() {
            assert!(!line.ends_with("  đạt"), "{more:?}: {line}");
            assert!(!line.contains('_'), "a code in place of its words: {line}");
        }
    }
}

#[test]
fn reports_speak_one_language() {
    let folder = tempfile::tempdir().unwrap();
    let person = write(folder.path(), "person.toml", PLAIN_PERSON);
    let chart = folder.path().join("chart.svg");
    for more in [
        &[][..],
        &["--profile", "bac"],
        &["--profile", "groups"],
        &["--profile", "pace-ecdh-cam-aes-128-brainpoolP256r1"],
        &["--profile", "field-11-plain-error-not-counted"],
        &["--profile", "field-34-ecdsa-in-der"],
        &["--can", "111111"],
        &["--remove-after", "60"],
    ] {
        assert_speaks_one(&[&["doctor", "--simulated", "--person", &person], more].concat());
    }
    for more in [
        &["--times", "2", "--chart", chart.to_str().unwrap()][..],
        &["--times", "1", "--profile", "field-01-lost-in-portrait"],
        &["--times", "2", "--remove-after", "9"],
        &["--times", "1", "--can", "111111"],
    ] {
        assert_speaks_one(&[&["bench-card", "--simulated", "--person", &person], more].concat());
        assert_language("en", &fs::read_to_string(&chart).unwrap(), "the chart");
    }
    assert_speaks_one(&["simulate", "--list"]);
    assert_speaks_one(&["simulate", "--profile", "pase"]);
    assert_speaks_one(&["simulate", "--reference", "pace"]);
    assert_speaks_one(&["simulate", "--timing", "x"]);
    assert_speaks_one(&["simulate", "--port", "1"]);
    assert_speaks_one(&["read", "--simulated", "--at", "today"]);
    assert_speaks_one(&["read", "--simulated", "--allow-deviation", "x"]);
}

#[test]
fn what_is_said_of_trust_speaks_one_language() {
    let pki = |name: &str| {
        let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-vectors/pki");
        format!("{vectors}/{name}")
    };
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("a.trust").to_str().unwrap().to_owned();
    let [root, list, rubbish, stranger] =
        ["csca-a.cer", "a.crl", "with-rubbish.ml", "stranger.ml"].map(pki);
    let trust = |arguments: &[&str]| {
        assert_speaks_one(&[&["trust"], arguments, &["--at", DAY]].concat());
    };
    trust(&["show", &root, &list, &rubbish, &stranger]);
    trust(&["import", &root, &list, "--out", &store]);
    trust(&["import", &stranger, "--out", &store]);
    trust(&["check", &root, &list, &rubbish, &stranger]);
    trust(&["check", &root, "--allow", "no_list"]);
    trust(&["check", &root, &list, "--certificate", &root]);
    assert_speaks_one(&["trust", "check", &root, &list, "--at", "2060-01-01"]);
    for (old, new) in [(&root, &store), (&store, &root), (&root, &root)] {
        assert_speaks_one(&["trust", "diff", old, new]);
    }
}

#[cfg(feature = "batch")]
#[test]
fn what_is_said_of_many_documents_speaks_one_language() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let person = write(folder.path(), "person.toml", PLAIN_PERSON);
    let (evidence, csca, out) = (path("read.cbor"), path("csca.der"), path("out"));
    let simulated = ["read", "--simulated", "--at", DAY, "--person", &person];
    let keep = ["--evidence", &evidence, "--trust-out", &csca];
    assert_eq!(run(&[&simulated[..], &keep].concat()).status, 0);
    let records = write(
        folder.path(),
        "records.csv",
        "so_cccd,ten_bn,phai,dia chi\n000095001235,TRAN VAN AN,2,So 9\n000000000009,A B,1,\n",
    );
    let trusted = ["--trust", &csca, "--at", DAY];
    let reconcile = ["reconcile", "--records", &records, "--out", &out, "--evidence"];
    assert_speaks_one(&[&reconcile[..], &[&evidence], &trusted].concat());
    assert_speaks_one(&[&reconcile[..], &[&evidence, "--column", "x=y"]].concat());
    assert_language("en", &fs::read_to_string(&out).unwrap(), "the differences");
    // Evidence that is none is named.
    assert_speaks_one(&[&reconcile[..], &[&evidence, &records], &trusted].concat());

    for name in ["extract.html", "extract.json"] {
        assert_speaks_one(&[&["extract", &evidence, "--out", &path(name)], &trusted[..]].concat());
    }
    // Written in English last.
    let page = fs::read_to_string(path("extract.html")).unwrap();
    assert_language("en", &page, "the page");
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path("extract.json")).unwrap()).unwrap();
    assert_eq!(json["limits"][0].as_object().unwrap().len(), 2, "in both languages, as always");

    let opened = cccd::document::Evidence::from_bytes(&fs::read(&evidence).unwrap()).unwrap();
    let document = folder.path().join("reads/one");
    fs::create_dir_all(&document).unwrap();
    fs::write(document.join("EF_SOD.bin"), opened.sod().reveal()).unwrap();
    for (number, group) in opened.groups() {
        fs::write(document.join(format!("DG{number}.bin")), group.reveal()).unwrap();
    }
    let (reads, signers, again) = (path("reads"), path("signers"), path("again"));
    let (dg1, dg14) = (document.join("DG1.bin"), document.join("DG14.bin"));
    assert_speaks_one(&["show", dg1.to_str().unwrap(), dg14.to_str().unwrap(), &records]);
    let batch = ["verify-batch", &reads, "--out", &out, "--signers", &signers];
    assert_speaks_one(&[&batch[..], &["--at", DAY]].concat());
    assert_speaks_one(&[&batch[..], &trusted].concat());
    let second = ["verify-batch", "--again", &out, "--signers", &signers, "--out", &again];
    assert_speaks_one(&[&second[..], &trusted].concat());
}

#[test]
fn what_programs_read_is_the_same_in_every_language() {
    for arguments in [
        &["simulate", "--list", "--json"][..],
        &["simulate", "--list"],
        &["read", "--simulated", "--json", "--can", "1", "--at", DAY],
        &["read", "--simulated", "--json", "--seed", "5", "--at", DAY, "--tamper", "dg13"],
        &[
            "trust",
            "check",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../test-vectors/pki"),
            "--json",
            "--at",
            DAY,
        ],
        &["readers", "--json"],
    ] {
        let said = ["vi", "en", "both"].map(|language| {
            let ran = run(&[arguments, &["--lang", language]].concat());
            (ran.status, ran.stdout)
        });
        assert!(said.iter().all(|one| *one == said[0]), "{arguments:?}: {said:?}");
    }
}

#[test]
fn the_option_wins_over_the_variable() {
    let title = |variable: Option<&str>, arguments: &[&str]| {
        let mut command: Command = cccd(arguments);
        command.env_remove("CCCD_LANG");
        if let Some(value) = variable {
            command.env("CCCD_LANG", value);
        }
        let ran = Ran::of(command.args(["read", "--simulated", "--at", DAY]));
        ran.stdout.lines().next().unwrap_or_default().trim_end().to_owned()
    };
    let (vi, en, both) = ("✔ ĐÃ XÁC THỰC", "✔ VERIFIED", "✔ ĐÃ XÁC THỰC · VERIFIED");
    for (variable, arguments, expected) in [
        (None, &[][..], both),
        (Some("vi"), &[], vi),
        (Some("EN"), &[], en),
        (Some("fr"), &[], both),
        (Some("vi"), &["--lang", "en"], en),
        (Some("en"), &["--lang=both"], both),
    ] {
        assert_eq!(title(variable, arguments), expected, "{variable:?} {arguments:?}");
    }
    let ran = run(&["read", "--lang", "fr"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("vi, en, both"), "{}", ran.stderr);
}

#[test]
fn both_readmes_have_the_same_commands() {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        fs::read_to_string(path).unwrap()
    };
    // Without the remarks behind them, which are in the language of the text.
    let code = |text: &str, kind: &str| -> Vec<String> {
        let blocks = text.split("```").skip(1).step_by(2);
        let lines = blocks.filter_map(|block| block.strip_prefix(kind)).flat_map(str::lines);
        let remark =
            |line: &str| line.find("  //").or_else(|| line.find(" #")).unwrap_or(line.len());
        lines.map(|line| line[..remark(line)].trim_end().to_owned()).collect()
    };
    let (english, vietnamese) = (read("README.md"), read("README.vi.md"));
    let example = |text: &str| code(text, "rust,no_run");
    assert_eq!(example(&english), example(&vietnamese));
    let known = code(&english, "sh");
    for command in code(&vietnamese, "sh") {
        assert!(known.contains(&command), "{command}");
    }
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
