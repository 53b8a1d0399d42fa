//! What the fuzzer found, once more, by the very targets that found it; and their first inputs. See `fuzz/README.md`.

#[allow(dead_code, unreachable_pub)] // the fuzzer's own program uses all of it
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::{fs, path::Path};

use fuzz::{seeds, targets};

/// What was found so far, each with the name of its target in front.
fn findings() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors/fuzz");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "bin"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

/// The targets hold for what they begin with, whole, cut short and altered, and for what ever broke them. A target
/// that rots shows here.
#[test]
fn first_inputs_their_neighbours_and_findings_hold() {
    for target in targets::TARGETS {
        let mut seeds = seeds::of(target.name);
        assert!(!seeds.is_empty(), "{}", target.name);
        seeds.truncate(4);
        for seed in seeds {
            (target.run)(&seed);
            (target.run)(&seed[..seed.len() / 2]);
            let mut altered = seed.clone();
            if let Some(byte) = altered.get_mut(seed.len() / 3) {
                *byte ^= 4;
            }
            (target.run)(&altered);
        }
    }
    for (name, bytes) in findings() {
        println!("{name}");
        let target = name.split('.').next().unwrap();
        (targets::named(target).unwrap_or_else(|| panic!("no target for {name}")).run)(&bytes);
    }
}
