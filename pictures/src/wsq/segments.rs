//! The segments between markers, and the tables in them.

use super::{huffman::Codes, synthesis::Filters};
use crate::{Error, Result, bytes::Bytes};

const SOI: u16 = 0xFFA0;
const EOI: u16 = 0xFFA1;
const SOF: u16 = 0xFFA2;
const SOB: u16 = 0xFFA3;
const DTT: u16 = 0xFFA4;
const DQT: u16 = 0xFFA5;
const DHT: u16 = 0xFFA6;
const DRI: u16 = 0xFFA7;
const COM: u16 = 0xFFA8;

const SUBBANDS: usize = 64;
const CUT_SHORT: Error = Error::Malformed("a WSQ image cut short");

/// What an image is made of, tables read.
pub(super) enum Segment<'a> {
    Filters(Filters),
    Quantisation(Quantisation),
    Codes(Vec<(u8, Codes)>),
    Frame(Frame),
    /// A block of coded bins and the number of its table of codes.
    Block {
        table: u8,
        coded: &'a [u8],
    },
}

/// The header of the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) width: u32,
    pub(super) height: u32,
    shift: f32,
    scale: f32,
}

impl Frame {
    pub(super) fn size(&self) -> Result<(usize, usize)> {
        match (usize::try_from(self.width), usize::try_from(self.height)) {
            (Ok(width @ 1..), Ok(height @ 1..)) => Ok((width, height)),
            _ => Err(Error::Malformed("an image without a pixel")),
        }
    }

    /// What a reconstructed value is in 8 bits.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    pub(super) fn pixel(&self, value: f32) -> u8 {
        (value * self.scale + self.shift + 0.5) as u8
    }
}

/// How a subband was quantised.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bin {
    /// Of a bin; zero for a subband that was not coded.
    pub(super) width: f32,
    /// Of the bin around zero.
    zero_width: f32,
}

impl Bin {
    /// The value that stands for all values of a bin.
    #[expect(clippy::cast_precision_loss, reason = "bins have 16 bits")]
    pub(super) fn centre(&self, bin: i32, centre: f32) -> f32 {
        match bin {
            0 => 0.0,
            1.. => self.width * (bin as f32 - centre) + self.zero_width / 2.0,
            _ => self.width * (bin as f32 + centre) - self.zero_width / 2.0,
        }
    }
}

/// All of them, and where in a bin its centre lies.
pub(super) struct Quantisation {
    pub(super) centre: f32,
    pub(super) subbands: Vec<Bin>,
}

/// The tables that were read so far.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) filters: Option<Filters>,
    pub(super) quantisation: Option<Quantisation>,
    codes: Vec<(u8, Codes)>,
}

impl Tables {
    pub(super) fn add_codes(&mut self, codes: Vec<(u8, Codes)>) {
        for (number, codes) in codes {
            self.codes.retain(|(known, _)| *known != number);
            self.codes.push((number, codes));
        }
    }

    pub(super) fn codes(&self, number: u8) -> Result<&Codes> {
        let found = self.codes.iter().find(|(known, _)| *known == number);
        Ok(&found.ok_or(Error::Malformed("a WSQ block without its codes"))?.1)
    }
}

/// The segments of an image, up to its end. Comments are passed over.
pub(super) fn read(bytes: &[u8]) -> Result<impl Iterator<Item = Result<Segment<'_>>>> {
    let mut bytes = Bytes::new(bytes);
    if bytes.u16() != Some(SOI) {
        return Err(Error::Malformed("a WSQ image without its first marker"));
    }
    let mut ended = false;
    Ok(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let segment = segment(&mut bytes).transpose();
        ended = !matches!(segment, Some(Ok(_)));
        segment
    }))
}

fn segment<'a>(bytes: &mut Bytes<'a>) -> Result<Option<Segment<'a>>> {
    loop {
        let marker = bytes.u16().ok_or(CUT_SHORT)?;
        if marker == EOI {
            return Ok(None);
        }
        let length = bytes.u16().and_then(|length| length.checked_sub(2)).ok_or(CUT_SHORT)?;
        let mut content = Bytes::new(bytes.take(length.into()).ok_or(CUT_SHORT)?);
        return Ok(Some(match marker {
            COM => continue,
            DRI => return Err(Error::Unsupported("a WSQ image with restart intervals")),
            SOF => Segment::Frame(frame(&mut content).ok_or(CUT_SHORT)?),
            DTT => Segment::Filters(filters(&mut content)?),
            DQT => Segment::Quantisation(quantisation(&mut content).ok_or(CUT_SHORT)?),
            DHT => Segment::Codes(codes(&mut content)?),
            SOB => Segment::Block { table: content.u8().ok_or(CUT_SHORT)?, coded: coded(bytes) },
            _ => return Err(Error::Malformed("a WSQ image with an unknown marker")),
        }));
    }
}

/// A number with its decimal point so many places to the left, divided step by step as the reference does.
fn decimal(number: u32, places: u8) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "the reference rounds here as well")]
    let number = number as f32;
    (0..places).fold(number, |number, _| number / 10.0)
}

fn frame(content: &mut Bytes<'_>) -> Option<Frame> {
    let _black_and_white = content.u16()?;
    let height = content.u16()?.into();
    let width = content.u16()?.into();
    let places = content.u8()?;
    let shift = decimal(content.u16()?.into(), places);
    let places = content.u8()?;
    let scale = decimal(content.u16()?.into(), places);
    Some(Frame { width, height, shift, scale })
}

fn filters(content: &mut Bytes<'_>) -> Result<Filters> {
    let lengths = [content.u8().ok_or(CUT_SHORT)?, content.u8().ok_or(CUT_SHORT)?];
    let [low, high] = lengths.map(|length| {
        if length.is_multiple_of(2) {
            return Err(Error::Unsupported("WSQ filters of even length"));
        }
        (0..length.div_ceil(2)).map(|_| tap(content).ok_or(CUT_SHORT)).collect::<Result<Vec<_>>>()
    });
    Filters::new(&low?, &high?)
}

fn tap(content: &mut Bytes<'_>) -> Option<f32> {
    let negative = content.u8()? != 0;
    let places = content.u8()?;
    let tap = decimal(content.u32()?, places);
    Some(if negative { -tap } else { tap })
}

fn quantisation(content: &mut Bytes<'_>) -> Option<Quantisation> {
    let mut scaled = || {
        let places = content.u8()?;
        Some(decimal(content.u16()?.into(), places))
    };
    let centre = scaled()?;
    let subbands = (0..SUBBANDS)
        .map(|_| Some(Bin { width: scaled()?, zero_width: scaled()? }))
        .collect::<Option<_>>()?;
    Some(Quantisation { centre, subbands })
}

/// One or more tables of codes, each with its number.
fn codes(content: &mut Bytes<'_>) -> Result<Vec<(u8, Codes)>> {
    let mut tables = Vec::new();
    while let Some(number) = content.u8() {
        let counts: [u8; 16] =
            content.take(16).and_then(|counts| counts.try_into().ok()).ok_or(CUT_SHORT)?;
        let symbols = content.take(counts.iter().map(|count| usize::from(*count)).sum());
        tables.push((number, Codes::new(counts, symbols.ok_or(CUT_SHORT)?)?));
    }
    Ok(tables)
}

/// Everything up to the next marker: FF that is not followed by 00.
fn coded<'a>(bytes: &mut Bytes<'a>) -> &'a [u8] {
    let rest = bytes.rest();
    let marker = rest.windows(2).position(|pair| matches!(pair, [0xFF, after] if *after != 0));
    bytes.take(marker.unwrap_or(rest.len())).unwrap_or_default()
}
