//! The house's own rules, read from its sources: an import goes strictly down, crypto crates have one
//! door, no file is longer than anybody would review, and the simulator stands alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The rooms by layer, lowest first. ARCHITECTURE.md draws the same picture.
const LAYERS: [&[&str]; 9] = [
    &["error", "sensitive", "date", "findings", "policy", "tlv"],
    &["apdu", "mrz", "crypto"],
    &["lds", "seal"],
    &["secure_messaging", "pki"],
    &["access", "passive"],
    &["chip", "terminal"],
    &["document"],
    &["inspection"],
    &["transport", "vietnam", "files", "fuzzing"],
];

/// The few steps aside, all on the ground floor: errors, and the words that the others are made of.
const ASIDE: [(&str, &str); 4] =
    [("date", "error"), ("findings", "error"), ("policy", "findings"), ("tlv", "error")];

/// Crates that only `crypto` may name.
const CRYPTO_CRATES: [&str; 19] = [
    "ring",
    "rsa",
    "p256",
    "p384",
    "p521",
    "bp256",
    "bp384",
    "primeorder",
    "primefield",
    "elliptic_curve",
    "crypto_bigint",
    "ecdsa",
    "sha1",
    "sha2",
    "aes",
    "des",
    "cbc",
    "cmac",
    "retail_mac",
];
/// The one other user: the operating system's random numbers come from ring, at the edge.
const CRYPTO_ELSEWHERE: [(&str, &str); 1] = [("transport/random.rs", "ring")];

/// Crates that parse ASN.1, and the rooms that may name them.
const ASN1_CRATES: [&str; 2] = ["der", "x509_parser"];
const ASN1_ROOMS: [&str; 3] = ["crypto", "lds", "pki"];

const MAX_LINES: usize = 600;

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|rooms| rooms.contains(&room))
}

// ---- reading sources ----------------------------------------------------------------------------

/// A source file of the library, by its path below `src`, without comments and unit tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The module that the file is, from the crate's root.
    fn module(&self) -> Vec<&str> {
        let path = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        let path = path.strip_suffix("/mod").unwrap_or(path);
        path.split('/').filter(|part| *part != "lib").collect()
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn below(folder: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap().iter();
    parts.map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("/")
}

/// The library's sources; unit tests may look up and are left out.
fn library() -> Vec<Source> {
    let folder = root().join("src");
    let texts: BTreeMap<String, String> = rust_files(&folder)
        .into_iter()
        .map(|path| (below(&folder, &path), fs::read_to_string(path).unwrap()))
        .collect();
    let tests: BTreeSet<String> =
        texts.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    texts
        .into_iter()
        .filter(|(path, _)| {
            let module = path.strip_suffix(".rs").unwrap();
            let module = module.strip_suffix("/mod").unwrap_or(module);
            !tests.iter().any(|test| {
                module == test
                    || module.strip_prefix(test.as_str()).is_some_and(|rest| rest.starts_with('/'))
            })
        })
        .map(|(path, text)| Source { path, code: code(&text) })
        .collect()
}

/// Modules in files of their own that exist for tests only, as paths below `src` without `.rs`.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let stem = path.strip_suffix(".rs").unwrap();
    let folder = match stem.strip_suffix("/mod").or_else(|| stem.strip_suffix("lib")) {
        Some(folder) => folder,
        None => stem,
    };
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if line.starts_with("#[cfg(test)]") {
            let next = lines.find(|line| !line.starts_with("#[")).unwrap_or_default();
            let name = next.split("mod ").nth(1).and_then(|rest| rest.strip_suffix(';'));
            found.extend(
                name.map(|name| format!("{folder}/{name}").trim_start_matches('/').to_owned()),
            );
        }
    }
    found
}

/// The text without comments and without the unit tests at its end.
fn code(text: &str) -> String {
    let mut lines = Vec::new();
    let mut all = text.lines().peekable();
    while let Some(line) = all.next() {
        let test = line.trim() == "#[cfg(test)]";
        if test && all.peek().is_some_and(|next| next.contains("mod ") && next.ends_with('{')) {
            break;
        }
        lines.push(line.split("//").next().unwrap_or_default());
    }
    lines.join("\n")
}

// ---- imports ------------------------------------------------------------------------------------

/// The rooms that a file names, by `crate::…` or by `super::…` beyond its own room.
fn rooms_named(source: &Source) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    let words: Vec<&str> = tokens(&source.code);
    let mut at = 0;
    while at < words.len() {
        let start = at > 0 && words[at - 1] == "::";
        match words[at] {
            "crate" if !start && words.get(at + 1) == Some(&"::") => {
                first_names(&words[at + 2..], &mut rooms);
            }
            "super" if !start && words.get(at + 1) == Some(&"::") => {
                let mut depth = source.module().len();
                while words.get(at) == Some(&"super") && words.get(at + 1) == Some(&"::") {
                    depth = depth.saturating_sub(1);
                    at += 2;
                }
                if depth == 0 {
                    first_names(&words[at..], &mut rooms);
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    rooms
}

/// The first segments of a path or of every path in `{…}`. `Error` and `Result` are the error room's.
fn first_names(words: &[&str], rooms: &mut BTreeSet<String>) {
    let mut add = |word: &str| {
        let room = if word.starts_with(char::is_uppercase) { "error" } else { word };
        rooms.insert(room.to_owned());
    };
    if words.first() != Some(&"{") {
        add(words.first().copied().unwrap_or_default());
        return;
    }
    let mut depth = 0;
    for pair in words.windows(2) {
        match pair[0] {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
        if depth == 1 && matches!(pair[0], "{" | ",") && pair[1] != "}" {
            add(pair[1]);
        }
    }
}

/// Names, `::` and single characters.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        if !token.trim().is_empty() {
            tokens.push(token);
        }
        rest = after;
    }
    tokens
}

fn wrong_imports(source: &Source) -> Vec<String> {
    let own = source.room();
    if own == "lib" {
        return Vec::new();
    }
    let Some(mine) = layer(own) else {
        return vec![format!("{}: the room {own} is in no layer", source.path)];
    };
    rooms_named(source)
        .into_iter()
        .filter(|room| room != own && !ASIDE.contains(&(own, room.as_str())))
        .filter_map(|room| match layer(&room) {
            None => Some(format!("{} names {room}, which is in no layer", source.path)),
            Some(theirs) if theirs >= mine => {
                Some(format!("{} (L{mine}) imports {room} (L{theirs})", source.path))
            }
            Some(_) => None,
        })
        .collect()
}

fn wrong_crates(source: &Source) -> Vec<String> {
    let room = source.room();
    let words = tokens(&source.code);
    let named: BTreeSet<&str> = words
        .iter()
        .enumerate()
        .filter(|(at, _)| {
            let before = at.checked_sub(1).map(|before| words[before]);
            let after = words.get(at + 1).copied();
            before != Some("::")
                && before != Some(".")
                && (after == Some("::") || before == Some("use"))
        })
        .map(|(_, word)| *word)
        .collect();
    let crypto = CRYPTO_CRATES.iter().filter(|name| {
        room != "crypto" && !CRYPTO_ELSEWHERE.contains(&(source.path.as_str(), **name))
    });
    let asn1 = ASN1_CRATES.iter().filter(|_| !ASN1_ROOMS.contains(&room));
    crypto
        .chain(asn1)
        .filter(|name| named.contains(**name))
        .map(|name| format!("{} uses the crate {name}", source.path))
        .collect()
}

#[test]
fn imports_go_down() {
    let wrong: Vec<String> = library().iter().flat_map(wrong_imports).collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn crypto_has_one_door() {
    let wrong: Vec<String> = library().iter().flat_map(wrong_crates).collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_room_has_a_layer_and_every_step_aside_is_taken() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rooms: BTreeSet<&str> = lib
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let table: BTreeSet<&str> = LAYERS.iter().flat_map(|rooms| rooms.iter().copied()).collect();
    assert_eq!(rooms, table);
    let sources = library();
    for (from, to) in ASIDE {
        let taken =
            sources.iter().any(|source| source.room() == from && rooms_named(source).contains(to));
        assert!(taken, "{from} does not need {to}: strike it out");
    }
}

#[test]
fn no_file_is_too_long() {
    let mut folders = vec![root().join("src"), root().join("simulator/src")];
    folders.extend(
        [root().join("cli/src"), root().join("pictures/src"), root().join("examples")]
            .into_iter()
            .filter(|f| f.is_dir()),
    );
    for folder in folders {
        for path in rust_files(&folder) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= MAX_LINES, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn the_library_forbids_what_it_promises_not_to_do() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(lib.contains("forbid(unsafe_code)") || manifest.contains("unsafe_code = \"forbid\""));
    for lint in
        ["unwrap_used", "expect_used", "panic", "indexing_slicing", "cast_possible_truncation"]
    {
        assert!(lib.contains(&format!("clippy::{lint}")), "{lint}");
    }
    // Nobody below the edge gives himself a dispensation, and nobody asks the world.
    for source in library() {
        let edge = ["transport", "files", "vietnam"].contains(&source.room());
        for word in [
            "allow(clippy::unwrap",
            "allow(clippy::expect",
            "allow(clippy::panic",
            "allow(clippy::indexing",
            "unsafe ",
        ] {
            // Numbers of curves are padded while the compiler runs; what does not fit does not build.
            let constant = source.path == "crypto/ec/definition.rs" && word.ends_with("indexing");
            assert!(constant || !source.code.contains(word), "{} has {word}", source.path);
        }
        for word in [
            "std::fs",
            "std::net",
            "std::thread",
            "std::env",
            "SystemTime",
            "Instant::now",
            "println!",
            "eprintln!",
            "dbg!",
        ] {
            assert!(edge || !source.code.contains(word), "{} has {word}", source.path);
        }
    }
}

// ---- the simulator ------------------------------------------------------------------------------

#[test]
fn the_simulator_stands_alone() {
    let manifest = fs::read_to_string(root().join("simulator/Cargo.toml")).unwrap();
    for line in manifest.lines().map(|line| line.split('#').next().unwrap_or_default()) {
        assert!(!line.trim_start().starts_with("cccd ") && !line.contains("\"..\""), "{line}");
    }
    for path in rust_files(&root().join("simulator")) {
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines().map(|line| line.split("//").next().unwrap_or_default()) {
            assert!(!names_library(line), "{}: {line}", path.display());
        }
    }
}

fn names_library(line: &str) -> bool {
    let words = tokens(line);
    words.windows(2).any(|pair| {
        pair[0] == "cccd" && pair[1] == "::"
            || matches!(pair[0], "use" | "crate") && pair[1] == "cccd"
    })
}

/// What cargo makes of both manifests, whatever they look like.
#[test]
fn cargo_knows_no_way_from_the_simulator_to_the_library() {
    let packages = |package: &str, edges: &str| {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--prefix", "none", "-p", package, "-e", edges])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let names = |tree: String| -> BTreeSet<String> {
        tree.lines().filter_map(|line| line.split(' ').next().map(str::to_owned)).collect()
    };
    let simulator = names(packages("cccd-simulator", "normal,build,dev"));
    assert!(simulator.contains("cccd-simulator") && !simulator.contains("cccd"), "{simulator:?}");
    let library = names(packages("cccd", "normal,build"));
    assert!(library.contains("cccd") && !library.contains("cccd-simulator"), "{library:?}");
}

// ---- the checkers themselves --------------------------------------------------------------------

fn planted(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), code: code(text) }
}

#[test]
fn planted_imports_are_found() {
    for (path, text) in [
        ("lds/dg1.rs", "use crate::passive::Authenticated;"),
        ("lds/dg1.rs", "use crate::{\n    error::Result,\n    passive::{Authenticated, x},\n};"),
        ("lds/dg1.rs", "use crate::{tlv::{Reader, Tlv}, document};"),
        ("lds/dg1.rs", "fn f() -> crate::chip::Challenge { todo }"),
        ("lds/dg1.rs", "use super::super::inspection::Step;"),
        ("lds/mod.rs", "use super::inspection;"),
        ("tlv.rs", "use super::{error, lds};"),
        ("passive/signed.rs", "use crate::access::AccessKey;"),
        ("access/mod.rs", "use crate::passive;"),
        ("secure_messaging/keys.rs", "use crate::pki::Certificate;"),
        ("mrz/parse.rs", "use crate::crypto::DigestAlgorithm;"),
        ("tlv.rs", "use crate::crypto;"),
        ("error/mod.rs", "use crate::date::Date;"),
        ("error/mod.rs", "pub use crate::findings::Check;"),
        ("vietnam/qr.rs", "use crate::transport::Transport;"),
        ("attic/mod.rs", "fn nothing() {}"),
        ("lds/dg1.rs", "use crate::attic::Box;"),
        ("chip/active.rs", "/* */ use crate::document::Evidence; // fine"),
    ] {
        assert_eq!(wrong_imports(&planted(path, text)).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("passive/signed.rs", "use crate::{lds::{Dg1, passive}, pki::Path, Error};"),
        ("passive/signed.rs", "use super::examination::Signer; use crate::passive::x;"),
        ("passive/deep/down.rs", "use super::super::signed; use super::{signed, other};"),
        ("lds/dg1.rs", "// use crate::passive::Authenticated;"),
        ("lds/dg1.rs", "/// [`crate::passive`]\nfn f() {}"),
        ("lds/dg1.rs", "fn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::passive;\n}\n"),
        ("policy.rs", "use crate::findings::Deviation;"),
        ("lib.rs", "pub use crate::inspection::Step;"),
    ] {
        assert_eq!(wrong_imports(&planted(path, text)), [""; 0], "{path}: {text}");
    }
}

#[test]
fn planted_crates_are_found() {
    for (path, text) in [
        ("chip/active.rs", "use sha2::Sha256;"),
        ("chip/active.rs", "let digest = sha1::Sha1::digest(b\"\");"),
        ("lds/sod.rs", "use rsa;"),
        ("transport/pcsc.rs", "use ring::rand;"),
        ("access/pace.rs", "use der::oid::ObjectIdentifier;"),
        ("inspection/mod.rs", "fn f(x: &x509_parser::X509) {}"),
    ] {
        assert_eq!(wrong_crates(&planted(path, text)).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("crypto/ec/mod.rs", "use p256::NistP256; use der::Decode;"),
        ("pki/name.rs", "use x509_parser::X509Name;"),
        ("chip/active.rs", "use subtle::ConstantTimeEq; let des = crate::crypto::des::x(); a.rsa;"),
        ("transport/random.rs", "use ring::rand::SecureRandom;"),
    ] {
        assert_eq!(wrong_crates(&planted(path, text)), [""; 0], "{path}: {text}");
    }
}

#[test]
fn modules_of_unit_tests_are_found_and_others_are_not() {
    let text = "mod real;\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\npub(super) mod vectors;\n#[cfg(test)]\nmod inline {\n}";
    assert_eq!(test_modules("vietnam/mod.rs", text), ["vietnam/tests", "vietnam/vectors"]);
    assert_eq!(test_modules("vietnam/dg13.rs", text)[0], "vietnam/dg13/tests");
    assert_eq!(test_modules("lib.rs", "#[cfg(test)]\nmod tests;"), ["tests"]);
    assert!(library().len() > 60);
    assert!(library().iter().any(|source| source.path == "inspection/procedure.rs"));
}

#[test]
fn a_mention_of_the_library_is_found() {
    assert!(names_library("use cccd::Error;"));
    assert!(names_library("let x = cccd::lds::File::Sod;"));
    assert!(names_library("extern crate cccd;"));
    assert!(!names_library("use cccd_simulator::Chip;"));
    assert!(!names_library("let cccd = 1;"));
}
