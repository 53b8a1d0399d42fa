//! Saving a picture as the caller wants it: untouched, or as PNG.

use std::path::{Path, PathBuf};

use cccd::lds::ImageFormat;

use crate::{language::both, save};

/// Why a picture stays as it is, in Vietnamese and English.
type Reason = (String, String);

/// Saves a picture as it is, or as PNG if `path` ends in `.png`.
///
/// Returns where it was written. What cannot become what the name says is written as it is under its own ending, and
/// the sentence says so.
pub(crate) fn save(
    bytes: &[u8],
    format: ImageFormat,
    path: &Path,
) -> Result<(PathBuf, Option<String>), String> {
    let write = |path: &Path, bytes: &[u8]| {
        save::personal(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let ending = ending.to_ascii_lowercase();
    if endings(format).contains(&ending.as_str()) {
        return write(path, bytes).map(|()| (path.to_owned(), None));
    }
    let converted = if ending == "png" { png(bytes) } else { Err(other_ending()) };
    match converted {
        Ok(png) => write(path, &png).map(|()| (path.to_owned(), None)),
        Err((vi, en)) => {
            let path = path.with_extension(format.extension());
            write(&path, bytes)?;
            let shown = path.display();
            let words = both(
                &format!("{vi}; đã lưu nguyên dạng vào {shown}"),
                &format!("{en}; it was saved as it is, in {shown}"),
            );
            Ok((path, Some(words)))
        }
    }
}

/// The endings under which a picture is what its name says.
fn endings(format: ImageFormat) -> &'static [&'static str] {
    match format {
        ImageFormat::Jpeg => &["jpg", "jpeg"],
        ImageFormat::Jp2 => &["jp2"],
        ImageFormat::J2k => &["j2k", "j2c", "jpc"],
        ImageFormat::Png => &["png"],
        ImageFormat::Wsq => &["wsq"],
        ImageFormat::Unknown => &["bin"],
    }
}

fn other_ending() -> Reason {
    let [vi, en] = ["ảnh chỉ đổi được sang .png", "the picture can become .png and nothing else"];
    (vi.to_owned(), en.to_owned())
}

#[cfg(feature = "pictures")]
fn png(bytes: &[u8]) -> Result<Vec<u8>, Reason> {
    use cccd_pictures::{Limits, decode};
    let picture = decode(bytes, &Limits::DOCUMENT).and_then(|picture| picture.to_png());
    picture.map_err(|error| {
        let vi = error.message_vi().trim_end_matches('.');
        (vi.to_owned(), error.to_string())
    })
}

#[cfg(not(feature = "pictures"))]
fn png(_: &[u8]) -> Result<Vec<u8>, Reason> {
    let [vi, en] = [
        "bản cccd này được biên dịch không có bộ giải mã ảnh",
        "this cccd was built without decoders of pictures",
    ];
    Err((vi.to_owned(), en.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-vectors/pictures");

    fn saved(name: &str, bytes: &[u8]) -> (String, Vec<u8>, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let asked = folder.path().join(name);
        let (written, words) = save(bytes, ImageFormat::of(bytes), &asked).unwrap();
        let name = written.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read(written).unwrap(), words)
    }

    #[test]
    #[cfg(feature = "pictures")]
    fn every_format_becomes_png() {
        for name in [
            "grey.jpg",
            "colour-lossless.jp2",
            "grey-16-bit.jp2",
            "grey-lossless.j2k",
            "flat-70x66.wsq",
        ] {
            let bytes = std::fs::read(format!("{VECTORS}/{name}")).unwrap();
            let (written, png, words) = saved("face.PNG", &bytes);
            assert_eq!((written.as_str(), words), ("face.PNG", None));
            let again = cccd_pictures::decode(&png, &cccd_pictures::Limits::DOCUMENT);
            assert!(again == cccd_pictures::decode(&bytes, &cccd_pictures::Limits::DOCUMENT));
        }
    }

    #[test]
    fn a_picture_under_its_own_ending_is_untouched() {
        for (name, asked) in [
            ("grey.jpg", "a.jpeg"),
            ("grey.png", "a.png"),
            ("grey-lossless.jp2", "a.jp2"),
            ("grey-lossless.j2k", "a.jpc"),
            ("flat-70x66.wsq", "a.WSQ"),
        ] {
            let bytes = std::fs::read(format!("{VECTORS}/{name}")).unwrap();
            assert_eq!(saved(asked, &bytes), (asked.to_owned(), bytes, None));
        }
    }

    #[test]
    fn what_cannot_become_what_was_asked_is_kept_as_it_is() {
        let jpeg = std::fs::read(format!("{VECTORS}/grey.jpg")).unwrap();
        let broken = [&jpeg[..60], &[0; 40]].concat();
        let jp2 = b"\0\0\0\x0CjP  \r\n\x87\n\0\0".to_vec();
        for (bytes, asked, written) in [
            (&broken, "a.png", "a.jpg"),
            (&jp2, "a.png", "a.jp2"),
            (&jp2, "a.jpg", "a.jp2"),
            (&jpeg, "a.webp", "a.jpg"),
            (&vec![1, 2, 3], "a.png", "a.bin"),
        ] {
            let (name, kept, words) = saved(asked, bytes);
            assert_eq!((name.as_str(), &kept), (written, bytes));
            let words = words.unwrap();
            let (vi, en) = words.split_once(" · ").unwrap();
            assert!(vi.contains("nguyên dạng") && en.contains("saved as it is"), "{words}");
        }
    }
}
