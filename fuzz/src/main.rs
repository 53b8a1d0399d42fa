//! All targets in one program, with libFuzzer's own command line.
//!
//! ```text
//! CCCD_TARGET=tlv targets -max_total_time=600 corpus/tlv
//! CCCD_SEEDS=corpus targets      writes first inputs, one folder for each target
//! targets                        lists the targets
//! ```
//!
//! With CCCD_FOREIGN other people's files become first inputs too; those never belong into the repository.
#![no_main]

use std::{env, fs, io, path::Path, process::exit, sync::OnceLock};

use cccd_fuzz::{
    seeds,
    targets::{TARGETS, Target, named},
};

static TARGET: OnceLock<Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: begin(),
    |data: &[u8]| (TARGET.get().expect("chosen at the beginning").run)(data)
);

fn begin() {
    if let Some(folder) = env::var_os("CCCD_SEEDS") {
        write_seeds(Path::new(&folder)).expect("a folder to write to");
        exit(0);
    }
    let Ok(name) = env::var("CCCD_TARGET") else {
        TARGETS.iter().for_each(|target| println!("{}", target.name));
        exit(0);
    };
    TARGET.get_or_init(|| named(&name).unwrap_or_else(|| panic!("no target of the name {name}")));
}

fn write_seeds(folder: &Path) -> io::Result<()> {
    for target in TARGETS {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        let own = seeds::of(target.name);
        let foreign = env::var_os("CCCD_FOREIGN")
            .map(|place| seeds::foreign(target.name, Path::new(&place)))
            .unwrap_or_default();
        println!("{}: {} of our own, {} of others", target.name, own.len(), foreign.len());
        for (kind, seeds) in [("own", own), ("foreign", foreign)] {
            for (number, seed) in seeds.iter().enumerate() {
                fs::write(folder.join(format!("{kind}-{number:03}")), seed)?;
            }
        }
    }
    Ok(())
}
