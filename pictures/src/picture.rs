//! Decoded pixels.

use std::fmt;

use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};

use crate::{Error, Result};

/// Samples row by row from the top left, the channels of a pixel side by side.
#[derive(Clone, PartialEq, Eq)]
pub enum Samples {
    /// 0 is black, 255 is white.
    Eight(Vec<u8>),
    /// 0 is black, 65,535 is white.
    Sixteen(Vec<u16>),
}

impl Samples {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Eight(samples) => samples.len(),
            Self::Sixteen(samples) => samples.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A face, a finger, an eye, or whatever was photographed. `Debug` shows its size and nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    channels: u8,
    samples: Samples,
}

impl Picture {
    /// A picture of these samples. Channels: 1 grey, 2 grey and opacity, 3 red, green, blue, 4 with opacity.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] if there is no pixel or another number of samples, [`Error::Unsupported`] for other
    /// numbers of channels.
    pub fn new(width: u32, height: u32, channels: u8, samples: Samples) -> Result<Self> {
        if !(1..=4).contains(&channels) {
            return Err(Error::Unsupported("a picture of other channels than grey or RGB"));
        }
        let expected = u64::from(width)
            .checked_mul(height.into())
            .and_then(|pixels| pixels.checked_mul(channels.into()));
        if samples.is_empty() || u64::try_from(samples.len()).ok() != expected {
            return Err(Error::Malformed("a picture of another number of samples than pixels"));
        }
        Ok(Self { width, height, channels, samples })
    }

    /// Pixels.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Pixels.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// 1 grey, 2 grey and opacity, 3 red, green, blue, 4 with opacity.
    #[must_use]
    pub const fn channels(&self) -> u8 {
        self.channels
    }

    /// 8 or 16.
    #[must_use]
    pub const fn bits_per_sample(&self) -> u8 {
        match self.samples {
            Samples::Eight(_) => 8,
            Samples::Sixteen(_) => 16,
        }
    }

    /// The samples.
    #[must_use]
    pub const fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The samples as bytes, those of 16 bits with the high byte first: what digests of pixels are made over.
    #[must_use]
    pub fn to_be_bytes(&self) -> Vec<u8> {
        match &self.samples {
            Samples::Eight(samples) => samples.clone(),
            Samples::Sixteen(samples) => samples.iter().flat_map(|s| s.to_be_bytes()).collect(),
        }
    }

    /// The picture as PNG, without loss.
    ///
    /// # Errors
    ///
    /// [`Error::Decoder`] if the encoder fails, which it has no reason to.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let (kind, wide) = match self.channels {
            1 => (ExtendedColorType::L8, ExtendedColorType::L16),
            2 => (ExtendedColorType::La8, ExtendedColorType::La16),
            3 => (ExtendedColorType::Rgb8, ExtendedColorType::Rgb16),
            _ => (ExtendedColorType::Rgba8, ExtendedColorType::Rgba16),
        };
        let mut png = Vec::new();
        let encoder = PngEncoder::new(&mut png);
        let written = match &self.samples {
            Samples::Eight(samples) => encoder.write_image(samples, self.width, self.height, kind),
            Samples::Sixteen(samples) => {
                let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_ne_bytes()).collect();
                encoder.write_image(&bytes, self.width, self.height, wide)
            }
        };
        written.map_err(|_| Error::Decoder)?;
        Ok(png)
    }

    /// The brightness of each pixel in 8 bits, opacity left aside (ITU-R BT.601): what a reader of codes looks at.
    #[must_use]
    pub fn luma(&self) -> Vec<u8> {
        let bytes: Vec<u8> = match &self.samples {
            Samples::Eight(samples) => samples.clone(),
            Samples::Sixteen(samples) => {
                samples.iter().map(|sample| sample.to_be_bytes()).map(|[high, _]| high).collect()
            }
        };
        let brightness = |pixel: &[u8]| match pixel {
            [red, green, blue, ..] => {
                let weighed =
                    299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue);
                u8::try_from((weighed + 500) / 1000).unwrap_or(u8::MAX)
            }
            [grey, ..] => *grey,
            [] => 0,
        };
        bytes.chunks(usize::from(self.channels.max(1))).map(brightness).collect()
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("channels", &self.channels)
            .field("bits_per_sample", &self.bits_per_sample())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} samples", self.len())
    }
}
