//! The portrait: what it is, and saving it as the caller wants it.

use std::path::{Path, PathBuf};

use cccd::document::VerifiedDocument;

use crate::{language::one, picture};

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

/// Saves the first portrait, see [`picture::save`].
pub(crate) fn save(
    document: &VerifiedDocument,
    path: &Path,
) -> Result<(PathBuf, Option<String>), String> {
    let dg2 = document.dg2().map_err(|error| one(error.message_vi(), error.to_string()))?;
    let none = || one("thẻ không có ảnh chân dung", "there is no portrait");
    let face = dg2.faces().first().ok_or_else(none)?;
    picture::save(face.image.reveal(), face.format, path)
}
