//! The pixels of other people's pictures, judged by other programs: PyPI's `wsq` 0.9, `opj_decompress` (OpenJPEG 2.5.0),
//! `djpeg` (libjpeg-turbo 2.1) and ImageMagick 6.9. Digests are of our samples; the last column says how far the others'
//! are from them.

use cccd_pictures::{Limits, decode};

use super::{
    common::foreign,
    foreign_files::{contents, digest},
};

/// File, number of the image in it, width, height, channels, SHA-256 of the samples (its first eight bytes), largest
/// difference and share of samples that differ.
type Row = (&'static str, usize, u32, u32, u8, &'static str, &'static str);

const EQUAL_TO_WSQ: &str = "wsq: none";
const TABLE: [Row; 11] = [
    ("lds/bsi2008/Datagroup2.bin", 0, 413, 531, 3, "b4be0240aa25fdc3", "opj: 1, 0.08 %"),
    ("lds/bsi2008/Datagroup3.bin", 0, 620, 620, 1, "93ec6a7669542e34", EQUAL_TO_WSQ),
    ("lds/bsi2008/Datagroup3.bin", 1, 620, 620, 1, "c2d1ffda8470be10", EQUAL_TO_WSQ),
    ("lds/bsi2008/Datagroup4.bin", 0, 163, 149, 3, "c801a7ef6942c485", "opj: 1, 0.03 %"),
    ("lds/bsi2008/Datagroup4.bin", 1, 160, 152, 3, "3002257fb296ebd5", "opj: 1, 0.03 %"),
    ("lds/dg2/dg2_silver_all_fields.bin", 0, 413, 531, 3, "974745ba641b276d", "opj: none"),
    ("lds/dg2/dg2_silver_mandatory_fields.bin", 0, 413, 531, 3, "974745ba641b276d", "opj: none"),
    // Decoders of JPEG round as the machine does it best, so there is no digest.
    ("lds/dg2/iso39794/sample-39794-5-ed-1-v1.der", 0, 1024, 1024, 3, "", "djpeg: 3, 0.91 %"),
    (
        "lds/dg3/iso39794/sample-39794-4-ed-1-v1.der",
        0,
        24,
        24,
        1,
        "f09509fbc08f9166",
        "ImageMagick: none",
    ),
    (
        "lds/dg4/iso39794/sample-39794-6-ed-1-v1.der",
        0,
        640,
        480,
        1,
        "e6ff9fabbc025a11",
        "ImageMagick: none",
    ),
    ("bsi-mustermann/Datagroup2.bin", 0, 413, 531, 3, "b4be0240aa25fdc3", "opj: 1, 0.08 %"),
];

/// Pictures that are no card's files, likewise.
const SINGLE: [Row; 4] = [
    ("images/fp.wsq", 0, 620, 620, 1, "c2d1ffda8470be10", EQUAL_TO_WSQ),
    ("images/sample_image.wsq", 0, 545, 622, 1, "9a264e44ae0d89aa", EQUAL_TO_WSQ),
    ("images/silver.jp2", 0, 413, 531, 3, "974745ba641b276d", "opj: none"),
    ("images/signature.jp2", 0, 300, 100, 4, "20572a9ea7d4c4de", "opj: 1, 0.09 %"),
];

fn is_as_expected(row: &Row, image: &[u8]) {
    let (path, number, width, height, channels, expected, others) = row;
    let picture = decode(image, &Limits::DOCUMENT).unwrap();
    let shape = (&picture.width(), &picture.height(), &picture.channels());
    assert_eq!(shape, (width, height, channels), "{path} {number}");
    let seen = digest(&picture.to_be_bytes());
    println!("{path} {number}: {width} × {height} × {channels}, {seen}; {others}");
    assert!(expected.is_empty() || seen == *expected, "{path} {number}: {seen}");
}

#[test]
fn every_picture_is_decoded_as_others_do() {
    for row in &TABLE {
        let Some(file) = foreign(row.0) else { return };
        is_as_expected(row, contents(&file).images[row.1].image.reveal());
    }
    for row in &SINGLE {
        is_as_expected(row, &foreign(row.0).unwrap());
    }
}

/// The size in a record is what its writer believed: a face of 413 by 531 pixels says that it has 337 by 449, or 572
/// by 731. What the coded image says counts.
#[test]
fn the_size_in_a_record_may_be_wrong() {
    let declared = |path: &str| {
        let image = &contents(&foreign(path)?).images[0];
        Some((image.width.zip(image.height), decode(image.image.reveal(), &Limits::DOCUMENT)))
    };
    for (path, expected) in [
        ("lds/bsi2008/Datagroup2.bin", (337, 449)),
        ("lds/dg2/dg2_silver_all_fields.bin", (572, 731)),
    ] {
        let Some((size, picture)) = declared(path) else { return };
        let picture = picture.unwrap();
        assert_eq!(size, Some(expected));
        assert_eq!((picture.width(), picture.height()), (413, 531));
    }
}
