//! The portrait: what it is, and saving it as the caller wants it.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
};

use cccd::{document::VerifiedDocument, lds::ImageFormat};
use image::{ImageReader, Limits};

use crate::save;

/// No portrait on a card comes near this: pixels of one side, and bytes while decoding.
const LONGEST_SIDE: u32 = 8192;
const MOST_MEMORY: u64 = 256 << 20;

/// What the output says of the portrait.
pub(crate) struct Portrait {
    /// `image/jpeg`, …
    pub(crate) media_type: &'static str,
    /// Pixels, if the record gives them.
    pub(crate) width: Option<u16>,
    /// Pixels, if the record gives them.
    pub(crate) height: Option<u16>,
    /// Length of the coded image.
    pub(crate) bytes: usize,
    /// Where it was saved.
    pub(crate) file: Option<PathBuf>,
}

impl Portrait {
    /// The first portrait of a document, if it was read.
    pub(crate) fn of(document: &VerifiedDocument) -> Option<Self> {
        let dg2 = document.dg2().ok()?;
        let face = dg2.faces().first()?;
        Some(Self {
            media_type: face.format.media_type(),
            width: face.width,
            height: face.height,
            bytes: face.image.reveal().len(),
            file: None,
        })
    }
}

/// Saves the first portrait, see [`save_face`].
pub(crate) fn save(
    document: &VerifiedDocument,
    path: &Path,
) -> Result<(PathBuf, Option<String>), String> {
    let dg2 = document.dg2().map_err(|error| error.to_string())?;
    let face = dg2.faces().first().ok_or("there is no portrait")?;
    save_face(face.image.reveal(), face.format, path)
}

/// Saves a portrait: as it is, or decoded if `path` ends in `.png`.
///
/// Returns where it was written. A portrait that cannot become what the name says is written as it
/// is under its own ending, and the sentence says so.
fn save_face(
    image: &[u8],
    format: ImageFormat,
    path: &Path,
) -> Result<(PathBuf, Option<String>), String> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let write = |path: &Path, bytes: &[u8]| {
        save::personal(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    let as_it_is = |why: &str| {
        let path = path.with_extension(format.extension());
        write(&path, image)?;
        let sentence = format!("{why}; it was saved as it is, in {}", path.display());
        Ok((path, Some(sentence)))
    };
    let wanted = ending.to_ascii_lowercase();
    match (wanted.as_str(), format) {
        ("png", ImageFormat::Jpeg) => match png(image) {
            Ok(png) => write(path, &png).map(|()| (path.to_owned(), None)),
            Err(_) => as_it_is("the JPEG portrait cannot be decoded"),
        },
        ("jpg" | "jpeg", ImageFormat::Jpeg) => write(path, image).map(|()| (path.to_owned(), None)),
        (wanted, format) if wanted == format.extension() => {
            write(path, image).map(|()| (path.to_owned(), None))
        }
        (_, ImageFormat::Jpeg) => as_it_is("the portrait can become .jpg or .png"),
        (_, ImageFormat::Jp2 | ImageFormat::J2k) => {
            as_it_is("the portrait is JPEG 2000, which this program does not convert")
        }
        _ => as_it_is("the portrait is in a format that this program does not know"),
    }
}

fn png(image: &[u8]) -> image::ImageResult<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(image));
    reader.set_format(image::ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut png = Cursor::new(Vec::new());
    reader.decode()?.write_to(&mut png, image::ImageFormat::Png)?;
    Ok(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of a JP2 file: enough to be known as one.
    const JP2: [u8; 14] = *b"\0\0\0\x0CjP  \r\n\x87\n\0\0";

    fn save(image: &[u8], path: &Path) -> Result<(PathBuf, Option<String>), String> {
        save_face(image, ImageFormat::of(image), path)
    }

    #[test]
    fn jpeg_2000_is_kept_under_its_own_ending() {
        let folder = tempfile::tempdir().unwrap();
        for (asked, remark) in [("a.png", true), ("b.jpg", true), ("c.jp2", false)] {
            let asked = folder.path().join(asked);
            let (written, sentence) = save(&JP2, &asked).unwrap();
            assert_eq!(written, asked.with_extension("jp2"));
            assert_eq!(std::fs::read(written).unwrap(), JP2);
            assert_eq!(sentence.is_some(), remark);
            assert!(sentence.is_none_or(|words| words.contains("JPEG 2000")));
        }
    }

    #[test]
    fn a_broken_jpeg_is_kept_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let broken = [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0xFF, 0xD9];
        let (written, sentence) = save(&broken, &folder.path().join("a.png")).unwrap();
        assert_eq!(written, folder.path().join("a.jpg"));
        assert!(sentence.unwrap().contains("cannot be decoded"));
    }
}
