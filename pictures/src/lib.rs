//! Pixels of the photographs, fingerprints and irises in travel documents.
//!
//! ```
//! use cccd_pictures::{Limits, decode};
//! # let grey = cccd_pictures::Picture::new(2, 1, 1, cccd_pictures::Samples::Eight(vec![0, 255]))?;
//! # let coded = grey.to_png()?;
//!
//! let picture = decode(&coded, &Limits::DOCUMENT)?;
//! assert_eq!((picture.width(), picture.height(), picture.channels()), (2, 1, 1));
//! std::fs::write(std::env::temp_dir().join("picture.png"), picture.to_png()?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | format | decoder |
//! |---|---|
//! | JPEG, ISO/IEC 10918-1 | crate `image` |
//! | JPEG 2000, ISO/IEC 15444-1: JP2 and codestream | crate `hayro-jpeg2000` |
//! | PNG, ISO/IEC 15948 | crate `image` |
//! | WSQ, IAFIS-IC-0110 | this crate |
//!
//! # Bytes that nobody vouches for
//!
//! [`Header::read`] reads dimensions without a decoder, and nothing is decoded that is larger than [`Limits`] allow.
//! For JPEG 2000 it also counts the code blocks that the header asks for, which can be many more than there are
//! pixels, and refuses what makes that count uncertain. A decoder that panics costs the picture and not the program
//! ([`Error::Decoder`]); that needs a build with `panic = "unwind"`, which is the default, and the panic's own
//! message still goes to standard error. Running out of memory is no panic: limits are what prevents it.
//!
//! # What it does not do
//!
//! No colour management, no orientation from Exif: samples are as they are coded, scaled to the full range of 8 or
//! 16 bits. No animation. No palette in JPEG 2000. Of WSQ no even filters and no restart intervals, which nobody uses.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )
)]

mod bytes;
mod common;
mod error;
mod header;
mod jpeg2000;
mod picture;
mod wsq;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use self::{
    error::{Error, Result},
    header::{Format, Header, Limits},
    picture::{Picture, Samples},
};

/// Decodes a picture of any known format that is within `limits`.
///
/// # Errors
///
/// [`Error::UnknownFormat`], [`Error::TooLarge`] before anything is decoded, [`Error::Malformed`] and
/// [`Error::Unsupported`] by what is wrong, [`Error::Decoder`] where a decoder panicked.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture> {
    let header = Header::read(bytes)?;
    limits.admit(&header)?;
    // Nothing that could be left half done is seen again after a panic: the decoders work on their own data.
    let decoded = catch_unwind(AssertUnwindSafe(|| match header.format {
        Format::Jpeg => common::decode(bytes, image::ImageFormat::Jpeg, limits),
        Format::Png => common::decode(bytes, image::ImageFormat::Png, limits),
        Format::Jp2 | Format::J2k => jpeg2000::decode(bytes),
        Format::Wsq => wsq::decode(bytes, &header),
    }));
    decoded.unwrap_or(Err(Error::Decoder))
}
