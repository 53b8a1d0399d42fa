//! Bytes that nobody vouches for: bombs are refused before they are decoded, and no change of a picture costs more
//! than memory in proportion to its limits.

use std::{fs, path::PathBuf};

use cccd_pictures::{Error, Header, Limits, Picture, decode};

fn vector(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../test-vectors/pictures");
    fs::read(folder.join(name)).unwrap()
}

/// Where a marker of two bytes first stands.
fn position(bytes: &[u8], marker: [u8; 2]) -> usize {
    bytes.windows(2).position(|pair| pair == marker).unwrap()
}

fn patched(name: &str, at: impl Fn(&[u8]) -> usize, new: &[u8]) -> Vec<u8> {
    let mut bytes = vector(name);
    let at = at(&bytes);
    bytes[at..at + new.len()].copy_from_slice(new);
    bytes
}

fn refused(bytes: &[u8]) -> Error {
    let mut outcome: Option<Result<Picture, Error>> = None;
    let used = allocation_counter::measure(|| outcome = Some(decode(bytes, &Limits::DOCUMENT)));
    assert!(used.bytes_max < 1 << 16, "{} bytes to refuse it", used.bytes_max);
    outcome.unwrap().unwrap_err()
}

#[test]
fn dimensions_are_refused_before_anything_is_decoded() {
    const SIDE: Error = Error::TooLarge("a side is longer than allowed");
    const SAMPLES: Error = Error::TooLarge("it has more samples than allowed");
    let long = 70_000_u32.to_be_bytes();
    let (most, side) = ([0xFF; 2], 8000_u16.to_be_bytes());
    for (bytes, error) in [
        (patched("grey.png", |_| 16, &long), SIDE),
        (patched("colour.png", |_| 16, &[0, 0, 31, 64, 0, 0, 31, 64]), SAMPLES),
        (patched("grey.jpg", |jpeg| position(jpeg, [0xFF, 0xC0]) + 5, &most), SIDE),
        (
            patched("colour.jpg", |jpeg| position(jpeg, [0xFF, 0xC0]) + 5, &[side, side].concat()),
            SAMPLES,
        ),
        (patched("rings-160x200.wsq", |wsq| position(wsq, [0xFF, 0xA2]) + 6, &most), SIDE),
        (
            patched(
                "flat-70x66.wsq",
                |wsq| position(wsq, [0xFF, 0xA2]) + 6,
                &[side, side].concat(),
            ),
            SAMPLES,
        ),
    ] {
        assert_eq!(refused(&bytes), error);
    }
    for name in ["grey-lossless.j2k", "grey-lossless.jp2", "colour-tiles.jp2"] {
        // One tile of the size of the image: width, height, … tile width, tile height.
        let siz = |bytes: &[u8]| position(bytes, [0xFF, 0x51]) + 6;
        let long = 9000_u32.to_be_bytes();
        let mut bytes = patched(name, siz, &[long, long].concat());
        let at = siz(&bytes) + 16;
        bytes[at..at + 8].copy_from_slice(&[long, long].concat());
        assert_eq!(refused(&bytes), SIDE, "{name}");
    }
}

#[test]
fn a_jpeg_2000_header_cannot_ask_for_more_than_its_pixels() {
    const BLOCKS: Error = Error::TooLarge("JPEG 2000 cut into very many blocks");
    let siz = |bytes: &[u8]| position(bytes, [0xFF, 0x51]) + 6;
    let cod = |bytes: &[u8]| position(bytes, [0xFF, 0x52]) + 2;
    let side = 5000_u32.to_be_bytes();
    // A picture that is allowed, in tiles of one pixel, and in tiles that are few enough to be counted.
    let large = |name: &str, tile: [u32; 2]| {
        let mut bytes = patched(name, siz, &[side, side].concat());
        let at = siz(&bytes) + 16;
        bytes[at..at + 8].copy_from_slice(&tile.map(u32::to_be_bytes).concat());
        bytes
    };
    assert_eq!(
        refused(&large("grey-lossless.j2k", [1, 1])),
        Error::TooLarge("JPEG 2000 cut into very many tiles")
    );
    assert_eq!(refused(&large("grey-lossless.j2k", [20, 20])), BLOCKS);
    // Blocks of 4 × 4; precincts of 2 × 2.
    let mut blocks = large("grey-lossless.j2k", [5000, 5000]);
    let at = cod(&blocks) + 8;
    blocks[at..at + 2].copy_from_slice(&[0, 0]);
    assert_eq!(refused(&blocks), BLOCKS);
    let mut precincts = large("colour-precincts.j2k", [5000, 5000]);
    let at = cod(&precincts) + 12;
    precincts[at..at + 3].copy_from_slice(&[0x11; 3]);
    assert_eq!(refused(&precincts), BLOCKS);
}

/// Decoders read these segments by their contents. One that says that it is longer could hide another behind it.
#[test]
fn nothing_hides_from_the_count() {
    let cod = |bytes: &[u8]| position(bytes, [0xFF, 0x52]);
    let mut longer = vector("grey-lossless.j2k");
    let at = cod(&longer);
    longer[at + 3] += 2;
    longer.splice(at + 14..at + 14, [0, 0]);
    assert_eq!(
        refused(&longer),
        Error::Malformed("a JPEG 2000 segment of another length than it says")
    );
    // The same coding style once more, in the header of a tile.
    let mut inner = vector("grey-lossless.j2k");
    let style = inner[at..at + 14].to_vec();
    let data = position(&inner, [0xFF, 0x93]);
    inner.splice(data..data, style.clone());
    let start = position(&inner, [0xFF, 0x90]);
    let length = u32::from_be_bytes(inner[start + 6..start + 10].try_into().unwrap()) + 14;
    inner[start + 6..start + 10].copy_from_slice(&length.to_be_bytes());
    let marker = Error::Unsupported("a marker of JPEG 2000 that no document needs");
    assert_eq!(refused(&inner), marker);
    // A palette makes as many planes as it likes.
    let mut palette = vector("grey-lossless.jp2");
    let colour = palette.windows(4).position(|kind| kind == b"colr").unwrap();
    palette[colour..colour + 4].copy_from_slice(b"cmap");
    assert_eq!(refused(&palette), Error::Unsupported("JPEG 2000 with a palette"));
    let twice = [vector("grey-lossless.jp2"), vector("grey-lossless.jp2")].concat();
    assert_eq!(refused(&twice), Error::Unsupported("a JP2 file of more than one picture"));
}

#[test]
fn scans_are_counted() {
    let mut bytes = vector("colour-progressive.jpg");
    let end = bytes.len() - 2;
    let scans = [0xFF, 0xDA].repeat(100);
    bytes.splice(end..end, scans);
    assert_eq!(refused(&bytes), Error::TooLarge("a JPEG image of very many scans"));
}

/// Half a face is no face.
#[test]
fn what_is_cut_short_is_refused() {
    let mut counted = 0;
    for name in [
        "flat-70x66.wsq",
        "noise-97x64.wsq",
        "grey-lossless.j2k",
        "grey-12-bit.j2k",
        "colour-lossy.jp2",
        "grey.jpg",
        "colour-progressive.jpg",
        "grey.png",
    ] {
        let whole = vector(name);
        // JPEG 2000 may do without its last marker.
        let last = if name.contains(".j") && !name.ends_with("jpg") { 2 } else { 1 };
        for length in (0..whole.len() - last).step_by(whole.len().div_ceil(97)) {
            let outcome = decode(&whole[..length], &Limits::DOCUMENT);
            assert!(outcome.is_err(), "{name}, {length} of {} bytes", whole.len());
            counted += 1;
        }
    }
    assert_eq!(counted, 751);
}

/// xorshift64*, so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(mixed).unwrap() % end
    }
}

/// CCCD_RUNS changes of each picture, 40 without it. Most are in the first bytes, where the headers are.
#[test]
fn no_change_costs_more_than_its_limits() {
    let runs = std::env::var("CCCD_RUNS").map_or(40, |runs| runs.parse().unwrap());
    let limits = Limits { longest_side: 1024, samples: 1 << 18 };
    let mut random = Random(0x6363_6364);
    let (mut decoded, mut refused, mut panicked, mut most) = (0, 0, 0, 0);
    let names: Vec<_> = vector("expected.txt")
        .split(|byte| *byte == b'\n')
        .filter_map(|line| Some(str::from_utf8(line).unwrap().split_once('\t')?.0.to_owned()))
        .filter(|name| !name.starts_with('#'))
        .collect();
    for name in &names {
        let whole = vector(name);
        for _ in 0..runs {
            let mut bytes = whole.clone();
            for _ in 0..=random.below(4) {
                let end = if random.below(3) == 0 { bytes.len() } else { bytes.len().min(400) };
                let at = random.below(end);
                bytes[at] = match random.below(3) {
                    0 => [0, 1, 0x7F, 0x80, 0xFF][random.below(5)],
                    1 => bytes[at] ^ 1 << random.below(8),
                    _ => u8::try_from(random.below(256)).unwrap(),
                };
            }
            let mut outcome = None;
            let used = allocation_counter::measure(|| outcome = Some(decode(&bytes, &limits)));
            most = most.max(used.bytes_max);
            match outcome.unwrap() {
                Ok(picture) => {
                    let header = Header::read(&bytes).unwrap();
                    assert_eq!(
                        (picture.width(), picture.height()),
                        (header.width, header.height),
                        "{name}"
                    );
                    decoded += 1;
                }
                Err(Error::Decoder) => panicked += 1,
                Err(error) => {
                    assert!(!error.to_string().is_empty() && !error.message_vi().is_empty());
                    refused += 1;
                }
            }
        }
    }
    println!(
        "{decoded} decoded, {refused} refused, {panicked} decoders failed, at most {most} bytes"
    );
    assert_eq!(decoded + refused + panicked, names.len() * runs);
    assert!(most < 1 << 28, "{most} bytes");
}
