//! QR codes in a photograph: several binarisations at several sizes, because each finds what others miss.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cccd_pictures::{Format, Limits, decode};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource,
    common::{GlobalHistogramBinarizer, HybridBinarizer},
    multi::MultipleBarcodeReader as _,
    qrcode::cpp_port::QrReader,
};

use crate::failure::Failure;

/// Below this a code of a card has less than two pixels for each of its squares.
const LEAST_SIDE: u32 = 100;
/// Pictures of fewer pixels on a side are looked at in twice the size as well, where shadows are separated better.
const SMALL_SIDE: u32 = 1000;
/// Pictures of more pixels are looked at in half the size: a code that needs them all is too small for a camera, and
/// a page of finder patterns costs the reader seconds for each million.
const MOST_PIXELS: u64 = 1 << 24;

/// What a photograph shows.
pub(super) struct Photograph {
    /// Pixels.
    pub(super) width: u32,
    /// Pixels.
    pub(super) height: u32,
    /// The bytes of each code, as they stand in it, in no character set. Each once.
    pub(super) codes: Vec<Vec<u8>>,
}

/// Finds every code in a picture of any format that `cccd_pictures` knows.
pub(super) fn read(bytes: &[u8]) -> Result<Photograph, Failure> {
    // Cameras write these two; what else there is need not be large.
    let limits = match Format::of(bytes) {
        Some(Format::Jpeg | Format::Png) => Limits::PHOTOGRAPH,
        _ => Limits::DOCUMENT,
    };
    let picture = decode(bytes, &limits).map_err(Failure::Picture)?;
    let (width, height) = (picture.width(), picture.height());
    let mut luma = Luma { width, height, samples: picture.luma() };
    drop(picture);
    let mut codes = Vec::new();
    while u64::from(luma.width) * u64::from(luma.height) > MOST_PIXELS {
        luma = luma.halved();
    }
    if luma.width.min(luma.height) < SMALL_SIDE {
        luma.doubled().find(&mut codes);
    }
    while luma.width.min(luma.height) >= LEAST_SIDE {
        luma.find(&mut codes);
        luma = luma.halved();
    }
    Ok(Photograph { width, height, codes })
}

/// Brightness, row by row.
struct Luma {
    width: u32,
    height: u32,
    samples: Vec<u8>,
}

impl Luma {
    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.samples.chunks_exact(self.width.max(1) as usize)
    }

    /// A quarter of the pixels, each the mean of four.
    fn halved(&self) -> Self {
        let (evens, odds) = (self.rows().step_by(2), self.rows().skip(1).step_by(2));
        let mean = |(above, below): (&[u8], &[u8])| {
            let sum: u16 = above.iter().chain(below).map(|sample| u16::from(*sample)).sum();
            u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX)
        };
        let samples = evens
            .zip(odds)
            .flat_map(|(above, below)| above.chunks_exact(2).zip(below.chunks_exact(2)).map(mean))
            .collect();
        Self { width: self.width / 2, height: self.height / 2, samples }
    }

    /// Four times the pixels, those between two the mean of both.
    fn doubled(&self) -> Self {
        let between = |one: &u8, other: &u8| one.midpoint(*other);
        let wide: Vec<Vec<u8>> = self
            .rows()
            .map(|row| {
                let next = row.iter().skip(1).chain(row.last());
                row.iter().zip(next).flat_map(|(one, next)| [*one, between(one, next)]).collect()
            })
            .collect();
        let next = wide.iter().skip(1).chain(wide.last());
        let samples = wide
            .iter()
            .zip(next)
            .flat_map(|(row, next)| {
                row.iter()
                    .copied()
                    .chain(row.iter().zip(next).map(|(one, other)| between(one, other)))
            })
            .collect();
        Self { width: self.width * 2, height: self.height * 2, samples }
    }

    /// Adds the codes that are seen at this size.
    fn find(&self, codes: &mut Vec<Vec<u8>>) {
        let hints = DecodeHints {
            PossibleFormats: Some([BarcodeFormat::QR_CODE].into()),
            TryHarder: Some(true),
            ..DecodeHints::default()
        };
        let source =
            || Luma8LuminanceSource::new(self.samples.clone(), self.width, self.height).ok();
        // A reader that panics over a picture has found nothing in it.
        let found = catch_unwind(AssertUnwindSafe(|| {
            let mut hybrid = BinaryBitmap::new(HybridBinarizer::new(source()?));
            let mut found =
                QrReader.decode_multiple_with_hints(&mut hybrid, &hints).unwrap_or_default();
            let mut global = BinaryBitmap::new(GlobalHistogramBinarizer::new(source()?));
            found.extend(
                QrReader.decode_multiple_with_hints(&mut global, &hints).unwrap_or_default(),
            );
            Some(found)
        }));
        for code in found.ok().flatten().unwrap_or_default() {
            if !codes.iter().any(|known| known == code.getRawBytes()) {
                codes.push(code.getRawBytes().to_vec());
            }
        }
    }
}
