//! What a picture says of its size, read before any decoder sees it.

use crate::{Error, Result, bytes::Bytes, jpeg2000, wsq};

/// How a picture is coded, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JPEG, ISO/IEC 10918-1.
    Jpeg,
    /// JPEG 2000 in its file format JP2, ISO/IEC 15444-1 Annex I.
    Jp2,
    /// A bare JPEG 2000 codestream.
    J2k,
    /// PNG, ISO/IEC 15948.
    Png,
    /// WSQ, IAFIS-IC-0110.
    Wsq,
}

impl Format {
    /// The format of the picture that begins `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0, 0, 0, 0x0C, b'j', b'P', b' ', b' ', 0x0D, 0x0A, 0x87, 0x0A, ..] => Some(Self::Jp2),
            [0xFF, 0x4F, 0xFF, 0x51, ..] => Some(Self::J2k),
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Self::Png),
            [0xFF, 0xA0, 0xFF, 0xA2..=0xA8, ..] => Some(Self::Wsq),
            _ => None,
        }
    }
}

/// A picture's own word about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// How it is coded.
    pub format: Format,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Colour components, opacity included, as coded.
    pub components: u16,
    /// Bits of a sample as coded; of the component that has most.
    pub bits: u8,
}

impl Header {
    /// Reads the header that the format of `bytes` has, and nothing behind it but what bounds a decoder's work.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownFormat`], [`Error::Malformed`], and for JPEG 2000 also [`Error::Unsupported`] and
    /// [`Error::TooLarge`], see the crate's documentation.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let header = match Format::of(bytes).ok_or(Error::UnknownFormat)? {
            Format::Jpeg => jpeg(bytes),
            Format::Png => png(bytes).ok_or(Error::Malformed("a PNG image without its header")),
            Format::Jp2 => jpeg2000::file_header(bytes),
            Format::J2k => jpeg2000::codestream_header(bytes),
            Format::Wsq => wsq::header(bytes),
        }?;
        if header.samples() == 0 {
            return Err(Error::Malformed("a picture without a pixel"));
        }
        Ok(header)
    }

    /// How many samples a decoder is going to write.
    #[must_use]
    pub fn samples(&self) -> u64 {
        u64::from(self.width)
            .saturating_mul(self.height.into())
            .saturating_mul(self.components.into())
    }
}

/// What may be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of the longer side.
    pub longest_side: u32,
    /// Samples: width × height × components.
    pub samples: u64,
}

impl Limits {
    /// For what is on a card. No document comes near it; the largest known has a portrait of two million pixels.
    pub const DOCUMENT: Self = Self { longest_side: 8192, samples: 1 << 25 };
    /// For photographs in JPEG and PNG: 64 million pixels in colour.
    pub const PHOTOGRAPH: Self = Self { longest_side: 16_384, samples: 3 << 26 };

    /// Whether a picture of this header is within the limits.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`].
    pub fn admit(&self, header: &Header) -> Result<()> {
        if header.width.max(header.height) > self.longest_side {
            return Err(Error::TooLarge("a side is longer than allowed"));
        }
        if header.samples() > self.samples {
            return Err(Error::TooLarge("it has more samples than allowed"));
        }
        Ok(())
    }
}

/// Scans of a progressive JPEG; each touches every block, whatever it holds.
const MOST_SCANS: usize = 100;

/// Up to the frame header [10918-1 B.2.2]; then the number of scans, and whether there is an end.
fn jpeg(bytes: &[u8]) -> Result<Header> {
    const CUT_SHORT: Error = Error::Malformed("a JPEG image cut short");
    let mut rest = Bytes::new(bytes.get(2..).unwrap_or_default());
    loop {
        if rest.u8().ok_or(CUT_SHORT)? != 0xFF {
            return Err(Error::Malformed("a JPEG image without a marker where one must be"));
        }
        // Any number of FF may stand before a marker.
        let mut marker = rest.u8().ok_or(CUT_SHORT)?;
        while marker == 0xFF {
            marker = rest.u8().ok_or(CUT_SHORT)?;
        }
        let length = rest.u16().and_then(|length| length.checked_sub(2)).ok_or(CUT_SHORT)?;
        let mut segment = Bytes::new(rest.take(length.into()).ok_or(CUT_SHORT)?);
        match marker {
            // SOF0 to SOF15, without DHT, JPG and DAC.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let header = frame(&mut segment).ok_or(CUT_SHORT)?;
                let marks = |wanted: u8| {
                    rest.rest().windows(2).filter(move |pair| **pair == [0xFF, wanted]).count()
                };
                if marks(0xDA) > MOST_SCANS {
                    return Err(Error::TooLarge("a JPEG image of very many scans"));
                }
                // Without an end the lower part would be grey, and nobody would know.
                return if marks(0xD9) == 0 { Err(CUT_SHORT) } else { Ok(header) };
            }
            // An end, a scan or a restart before the frame, and nothing that has a length.
            0xD0..=0xDA => return Err(Error::Malformed("a JPEG image without a frame header")),
            _ => {}
        }
    }
}

fn frame(segment: &mut Bytes<'_>) -> Option<Header> {
    let bits = segment.u8()?;
    let height = segment.u16()?.into();
    let width = segment.u16()?.into();
    let components = segment.u8()?.into();
    Some(Header { format: Format::Jpeg, width, height, components, bits })
}

/// The header chunk comes first [15948 5.6].
fn png(bytes: &[u8]) -> Option<Header> {
    let mut rest = Bytes::new(bytes.get(8..)?);
    if rest.u32()? != 13 || rest.take(4)? != b"IHDR" {
        return None;
    }
    let (width, height, bits) = (rest.u32()?, rest.u32()?, rest.u8()?);
    let components = match rest.u8()? {
        0 => 1,
        4 => 2,
        // A palette becomes RGB, with opacity if it has any.
        2 => 3,
        3 | 6 => 4,
        _ => return None,
    };
    Some(Header { format: Format::Png, width, height, components, bits })
}
