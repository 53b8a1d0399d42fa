//! WSQ, the FBI's wavelet scalar quantisation of fingerprints (IAFIS-IC-0110).
//!
//! ```text
//! SOI │ DTT filters │ DQT bins │ SOF height, width, shift, scale │ per block: DHT codes, SOB, coded bins │ EOI
//!                                                                          │
//!      pixels = shift + scale · synthesis of 60 subbands ◄── bin centres ◄─┘
//! ```
//!
//! Arithmetic is that of NBIS, the reference software: single precision, and sums in its order. So every pixel is
//! the same. Filters of even length, restart intervals and more than one frame do not occur in the field and are
//! refused by name.

mod huffman;
mod segments;
mod subbands;
mod synthesis;

use self::{
    huffman::Bins,
    segments::{Frame, Quantisation, Segment, Tables},
    subbands::{Layout, Region},
    synthesis::Filters,
};
use crate::{Error, Format, Picture, Result, Samples, header::Header};

/// Dimensions from the frame header, which may come after tables and comments.
pub(crate) fn header(bytes: &[u8]) -> Result<Header> {
    for segment in segments::read(bytes)? {
        if let Segment::Frame(frame) = segment? {
            let Frame { width, height, .. } = frame;
            return Ok(Header { format: Format::Wsq, width, height, components: 1, bits: 8 });
        }
    }
    Err(Error::Malformed("a WSQ image without a frame header"))
}

/// Decodes an image of which `header` was read and found to be within limits.
pub(crate) fn decode(bytes: &[u8], header: &Header) -> Result<Picture> {
    let mut tables = Tables::default();
    let mut frame: Option<Frame> = None;
    let mut bins = Bins::new(header.samples());
    for segment in segments::read(bytes)? {
        match segment? {
            Segment::Filters(filters) => tables.filters = Some(filters),
            Segment::Quantisation(quantisation) => tables.quantisation = Some(quantisation),
            Segment::Codes(codes) => tables.add_codes(codes),
            Segment::Frame(_) if frame.is_some() => {
                return Err(Error::Unsupported("a WSQ image of more than one frame"));
            }
            Segment::Frame(found) => frame = Some(found),
            Segment::Block { table, coded } => bins.read(tables.codes(table)?, coded)?,
        }
    }
    let frame = frame.ok_or(Error::Malformed("a WSQ image without a frame header"))?;
    let filters = tables.filters.ok_or(Error::Malformed("a WSQ image without filters"))?;
    let quantisation =
        tables.quantisation.ok_or(Error::Malformed("a WSQ image without quantisation"))?;
    let samples = pixels(&frame, &filters, &quantisation, &bins)?;
    Picture::new(frame.width, frame.height, 1, Samples::Eight(samples))
}

fn pixels(
    frame: &Frame,
    filters: &Filters,
    quantisation: &Quantisation,
    bins: &Bins,
) -> Result<Vec<u8>> {
    let (width, height) = frame.size()?;
    let layout = Layout::new(width, height);
    let transmitted =
        || layout.subbands.iter().zip(&quantisation.subbands).filter(|(_, bin)| bin.width != 0.0);
    let expected: usize = transmitted().map(|(region, _)| region.area()).sum();
    if bins.values().len() != expected {
        return Err(Error::Malformed(
            "a WSQ image with another number of coefficients than pixels",
        ));
    }
    let mut plane = vec![0.0_f32; width.saturating_mul(height)];
    let mut rest = bins.values();
    for (region, bin) in transmitted() {
        let (coded, others) = rest.split_at_checked(region.area()).unwrap_or((rest, &[]));
        rest = others;
        for (row, coded) in region.rows(&mut plane, width).zip(coded.chunks(region.width.max(1))) {
            for (coefficient, coded) in row.iter_mut().zip(coded) {
                *coefficient = bin.centre(*coded, quantisation.centre);
            }
        }
    }
    for region in &layout.splits {
        join(region, &mut plane, width, filters);
    }
    Ok(plane.into_iter().map(|value| frame.pixel(value)).collect())
}

/// Joins the four quarters of a region, columns first.
fn join(region: &Region, plane: &mut [f32], stride: usize, filters: &Filters) {
    let mut column = vec![0.0; region.height];
    for x in 0..region.width {
        for (kept, row) in column.iter_mut().zip(region.rows(plane, stride)) {
            *kept = row.get(x).copied().unwrap_or_default();
        }
        filters.join(&mut column, region.vertically_inverted);
        for (kept, row) in column.iter().zip(region.rows(plane, stride)) {
            if let Some(place) = row.get_mut(x) {
                *place = *kept;
            }
        }
    }
    for row in region.rows(plane, stride) {
        filters.join(row, region.horizontally_inverted);
    }
}
