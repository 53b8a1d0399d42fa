//! Pictures that others made, where CCCD_FOREIGN names their folder.

use std::{env, fs, path::PathBuf};

use cccd_pictures::{Limits, decode};
use sha2::{Digest, Sha256};

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_pixel_is_that_of_the_reference() {
    let Some(folder) = env::var_os("CCCD_FOREIGN").map(PathBuf::from) else {
        println!("skipped: CCCD_FOREIGN is not set");
        return;
    };
    for name in ["fp.wsq", "sample_image.wsq", "silver.jp2", "signature.jp2"] {
        let bytes = fs::read(folder.join("images").join(name)).unwrap();
        let picture = decode(&bytes, &Limits::DOCUMENT);
        println!(
            "{name} {picture:?} {}",
            picture.as_ref().map(|p| hex(&p.to_be_bytes())).unwrap_or_default()
        );
    }
}
