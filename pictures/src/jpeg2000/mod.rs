//! JPEG 2000 (ISO/IEC 15444-1), by the crate `hayro-jpeg2000`.
//!
//! The crate allocates what headers ask for. What that is must be known before: [`codestream`] walks the markers and
//! counts it, [`boxes`] finds the codestream in a file. Both refuse whatever would let a header ask for more than was
//! counted: coding styles of single tiles, changes of progression, packed packet headers, palettes.

mod boxes;
mod codestream;

use hayro_jpeg2000::{
    ColorSpace, ComponentData, DecodeError, DecodeSettings, DecoderContext, FormatError, Image,
};

use crate::{Error, Format, Picture, Result, Samples, header::Header};

/// Dimensions of a JP2 file.
pub(crate) fn file_header(bytes: &[u8]) -> Result<Header> {
    Ok(Header { format: Format::Jp2, ..codestream::header(boxes::codestream(bytes)?)? })
}

/// Dimensions of a bare codestream.
pub(crate) fn codestream_header(bytes: &[u8]) -> Result<Header> {
    codestream::header(bytes)
}

/// Decodes what one of the headers above has found to be bounded.
pub(crate) fn decode(bytes: &[u8]) -> Result<Picture> {
    let refused = |error| match error {
        DecodeError::Format(FormatError::Unsupported) => {
            Error::Unsupported("this kind of JPEG 2000")
        }
        _ => Error::Malformed("JPEG 2000 data that its decoder refuses"),
    };
    let settings = DecodeSettings { resolve_palette_indices: false, ..DecodeSettings::default() };
    let image = Image::new(bytes, &settings).map_err(refused)?;
    let colours = match image.color_space() {
        ColorSpace::Gray | ColorSpace::Icc { num_channels: 1, .. } => 1,
        ColorSpace::RGB | ColorSpace::Icc { num_channels: 3, .. } => 3,
        _ => return Err(Error::Unsupported("JPEG 2000 in other colours than grey or RGB")),
    };
    let channels = if image.has_alpha() { colours + 1 } else { colours };
    let (width, height) = (image.width(), image.height());
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(refused)?;
    let components = decoded.components();
    if components.len() != usize::from(channels) {
        return Err(Error::Malformed("JPEG 2000 of another number of components than colours"));
    }
    let deepest = components.iter().map(ComponentData::bit_depth).max();
    let planes: Vec<_> =
        components.iter().map(|component| (component.samples(), component.bit_depth())).collect();
    let samples = match deepest {
        Some(1..=8) => Samples::Eight(interleaved(&planes, u8::MAX.into(), |sample| {
            u8::try_from(sample).unwrap_or(u8::MAX)
        })),
        Some(9..=16) => Samples::Sixteen(interleaved(&planes, u16::MAX.into(), |sample| {
            u16::try_from(sample).unwrap_or(u16::MAX)
        })),
        _ => return Err(Error::Unsupported("JPEG 2000 of more than 16 bits")),
    };
    Picture::new(width, height, channels, samples)
}

/// The samples of all components side by side, rounded, and scaled from their own depth to the full range.
fn interleaved<T: Clone + Default>(
    planes: &[(&[f32], u8)],
    full: u64,
    narrow: impl Fn(u64) -> T,
) -> Vec<T> {
    let pixels = planes.first().map_or(0, |(plane, _)| plane.len());
    let mut all = vec![T::default(); pixels.saturating_mul(planes.len())];
    for (channel, (plane, depth)) in planes.iter().enumerate() {
        let white =
            1_u64.checked_shl(u32::from(*depth)).unwrap_or_default().saturating_sub(1).max(1);
        let places = all.iter_mut().skip(channel).step_by(planes.len().max(1));
        for (place, sample) in places.zip(*plane) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it saturates"
            )]
            let sample = (sample + 0.5).floor() as u64;
            *place = narrow((sample.min(white) * full + white / 2) / white);
        }
    }
    all
}
