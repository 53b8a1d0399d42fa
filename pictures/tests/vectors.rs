//! The pictures of `test-vectors/pictures`, which other programs made and decoded: see its README.

use std::{fs, path::PathBuf};

use cccd_pictures::{Format, Header, Limits, Picture, Samples, decode};
use sha2::{Digest, Sha256};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../test-vectors/pictures")
}

fn digest(picture: &Picture) -> String {
    Sha256::digest(picture.to_be_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The largest difference of two samples.
fn difference(one: &Picture, other: &Picture) -> u8 {
    match (one.samples(), other.samples()) {
        (Samples::Eight(one), Samples::Eight(other)) if one.len() == other.len() => {
            one.iter().zip(other).map(|(one, other)| one.abs_diff(*other)).max().unwrap()
        }
        _ => panic!("pictures of different kinds"),
    }
}

#[test]
fn every_sample_is_as_expected() {
    let expected = fs::read_to_string(folder().join("expected.txt")).unwrap();
    let mut count = 0;
    for line in expected.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = line.split('\t').collect();
        let [name, width, height, channels, bits, bound, sha256] = fields[..] else {
            panic!("{line}");
        };
        let bytes = fs::read(folder().join(name)).unwrap();
        let picture = decode(&bytes, &Limits::DOCUMENT).unwrap_or_else(|e| panic!("{name}: {e}"));
        let shape = [
            picture.width().to_string(),
            picture.height().to_string(),
            picture.channels().to_string(),
            picture.bits_per_sample().to_string(),
        ];
        assert_eq!(shape, [width, height, channels, bits], "{name}");
        if bound == "0" {
            assert_eq!(digest(&picture), sha256, "{name}");
        } else {
            let expected = fs::read(folder().join(format!("{name}.expected.png"))).unwrap();
            let expected = decode(&expected, &Limits::DOCUMENT).unwrap();
            assert_eq!(digest(&expected), sha256, "{name}.expected.png");
            let bound: u8 = bound.parse().unwrap();
            assert!((1..=bound).contains(&difference(&picture, &expected)), "{name}");
        }
        let header = Header::read(&bytes).unwrap();
        assert_eq!([header.width.to_string(), header.height.to_string()], [width, height]);
        assert_eq!(header.components, u16::from(picture.channels()), "{name}");
        let again = decode(&picture.to_png().unwrap(), &Limits::DOCUMENT).unwrap();
        assert!(again == picture, "{name} is another as PNG");
        count += 1;
    }
    assert_eq!(count, 26);
}

#[test]
fn formats_are_known_by_their_first_bytes() {
    let counted = |format| {
        let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| Format::of(&fs::read(path).unwrap()) == Some(format)).count()
    };
    let formats = [Format::Wsq, Format::Jp2, Format::J2k, Format::Jpeg, Format::Png];
    assert_eq!(formats.map(counted), [7, 6, 5, 4, 10]);
}
