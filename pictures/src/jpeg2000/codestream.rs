//! The markers of a codestream [15444-1 Annex A], and what they ask a decoder for.

use crate::{Error, Format, Result, bytes::Bytes, header::Header};

const SOC: u16 = 0xFF4F;
const SIZ: u16 = 0xFF51;
const COD: u16 = 0xFF52;
const COC: u16 = 0xFF53;
const TLM: u16 = 0xFF55;
const PLT: u16 = 0xFF58;
const QCD: u16 = 0xFF5C;
const QCC: u16 = 0xFF5D;
const RGN: u16 = 0xFF5E;
const CRG: u16 = 0xFF63;
const COM: u16 = 0xFF64;
const SOT: u16 = 0xFF90;
const SOD: u16 = 0xFF93;
const EOC: u16 = 0xFFD9;

/// Grey or colour, with opacity.
const MOST_COMPONENTS: u16 = 4;
/// Code blocks times layers of all tiles, in units of some 24 bytes. A picture of 32 million samples in blocks of
/// 32 × 32 needs 300,000.
const MOST_WORK: u64 = 8 << 20;

const CUT_SHORT: Error = Error::Malformed("a JPEG 2000 codestream cut short");
const LENGTH: Error = Error::Malformed("a JPEG 2000 segment of another length than it says");
const LARGE: Error = Error::TooLarge("JPEG 2000 cut into very many blocks");

/// Reads all headers, that of each tile part too.
pub(super) fn header(bytes: &[u8]) -> Result<Header> {
    let mut rest = Bytes::new(bytes);
    if (rest.u16(), rest.u16()) != (Some(SOC), Some(SIZ)) {
        return Err(Error::Malformed("a JPEG 2000 codestream without its size"));
    }
    let size = Size::read(&mut Bytes::new(segment(&mut rest)?))?;
    let mut styles = Vec::new();
    loop {
        match rest.u16().ok_or(CUT_SHORT)? {
            SOT => break,
            COD => styles.push(Style::default(segment(&mut rest)?)?),
            COC => {
                // It has the layers of the default, which may come later: as many as there can be.
                styles.push(Style::of_component(segment(&mut rest)?)?);
            }
            marker => pass(marker, &mut rest)?,
        }
    }
    let tiles = size.tiles()?;
    let components = u64::from(size.components);
    for style in &styles {
        let work =
            style.work(&size).checked_mul(components).and_then(|work| work.checked_mul(tiles));
        if work.is_none_or(|work| work > MOST_WORK) {
            return Err(LARGE);
        }
    }
    loop {
        tile_part(&mut rest)?;
        match rest.u16() {
            Some(SOT) => {}
            Some(EOC) | None => return Ok(size.header()),
            Some(_) => {
                return Err(Error::Malformed(
                    "JPEG 2000 tile parts of another length than they say",
                ));
            }
        }
    }
}

/// The contents of the segment whose marker was read.
fn segment<'a>(rest: &mut Bytes<'a>) -> Result<&'a [u8]> {
    let length = rest.u16().and_then(|length| length.checked_sub(2)).ok_or(CUT_SHORT)?;
    rest.take(length.into()).ok_or(CUT_SHORT)
}

/// Passes over a segment that asks for nothing. Decoders take its length from its contents, so both must agree.
fn pass(marker: u16, rest: &mut Bytes<'_>) -> Result<()> {
    let mut content = Bytes::new(match marker {
        QCD | QCC | RGN | TLM | PLT | CRG | COM => segment(rest)?,
        _ => return Err(Error::Unsupported("a marker of JPEG 2000 that no document needs")),
    });
    let left = |content: &Bytes<'_>| content.rest().len();
    let sound = match marker {
        RGN => left(&content) == 3,
        QCD | QCC => {
            let component = if marker == QCC { content.u8() } else { Some(0) };
            let style = content.u8().map(|style| style & 0x1F);
            component.is_some()
                && match style {
                    Some(0) => true,
                    Some(1) => left(&content) == 2,
                    Some(2) => left(&content).is_multiple_of(2),
                    _ => false,
                }
        }
        _ => true,
    };
    if sound { Ok(()) } else { Err(LENGTH) }
}

/// A tile part, after its marker: header segments, then data.
fn tile_part(rest: &mut Bytes<'_>) -> Result<()> {
    let mut start = Bytes::new(segment(rest)?);
    let (_tile, length, _part) =
        (start.u16(), start.u32().ok_or(CUT_SHORT)?, start.u16().ok_or(CUT_SHORT)?);
    if !start.rest().is_empty() {
        return Err(LENGTH);
    }
    // Counted from the first byte of its marker; 0 means up to the end.
    let length = match length {
        0 => Some(rest.rest().len()),
        _ => length.checked_sub(12).and_then(|length| usize::try_from(length).ok()),
    };
    let mut part = Bytes::new(length.and_then(|length| rest.take(length)).ok_or(CUT_SHORT)?);
    loop {
        match part.u16().ok_or(CUT_SHORT)? {
            SOD => return Ok(()),
            marker => pass(marker, &mut part)?,
        }
    }
}

/// Image, tiles and components on the reference grid [A.5.1, B.2, B.3].
struct Size {
    width: u32,
    height: u32,
    tile: (u32, u32),
    across: u32,
    down: u32,
    components: u16,
    bits: u8,
}

impl Size {
    fn read(content: &mut Bytes<'_>) -> Result<Self> {
        let _capabilities = content.u16();
        let mut pair = || Some((content.u32()?, content.u32()?));
        let (Some(end), Some(begin), Some(tile), Some(first)) = (pair(), pair(), pair(), pair())
        else {
            return Err(CUT_SHORT);
        };
        let components = content.u16().ok_or(CUT_SHORT)?;
        if components == 0 || components > MOST_COMPONENTS {
            return Err(Error::Unsupported("JPEG 2000 of more than four components"));
        }
        if content.rest().len() != usize::from(components).saturating_mul(3) {
            return Err(LENGTH);
        }
        let kinds: Vec<_> = content.rest().chunks(3).collect();
        let bits = kinds.iter().filter_map(|kind| kind.first()).map(|bits| (bits & 0x7F) + 1);
        let steps = kinds.iter().filter_map(|kind| kind.get(1..)).collect::<Vec<_>>();
        // Where all components are sampled alike, the picture has that many pixels; else as many as the grid.
        let (x, y) = match steps.split_first() {
            Some(([x, y], others)) if others.iter().all(|other| other == &[*x, *y]) => (*x, *y),
            _ => (1, 1),
        };
        let pixels = |begin: u32, end: u32, step: u8| -> Option<u32> {
            let step = u32::from(step);
            if step == 0 || begin >= end {
                return None;
            }
            end.div_ceil(step).checked_sub(begin.div_ceil(step))
        };
        let count = |end: u32, first: u32, tile: u32| -> Option<u32> {
            if tile == 0 { None } else { Some(end.checked_sub(first)?.div_ceil(tile)) }
        };
        let area = "a JPEG 2000 picture without an area";
        Ok(Self {
            width: pixels(begin.0, end.0, x).ok_or(Error::Malformed(area))?,
            height: pixels(begin.1, end.1, y).ok_or(Error::Malformed(area))?,
            tile: (tile.0.min(end.0), tile.1.min(end.1)),
            across: count(end.0, first.0, tile.0).ok_or(Error::Malformed(area))?,
            down: count(end.1, first.1, tile.1).ok_or(Error::Malformed(area))?,
            components,
            bits: bits.max().unwrap_or_default(),
        })
    }

    fn tiles(&self) -> Result<u64> {
        match u64::from(self.across).saturating_mul(self.down.into()) {
            // What the index of a tile can count [A.4.2].
            tiles @ 1..=0xFFFF => Ok(tiles),
            _ => Err(Error::TooLarge("JPEG 2000 cut into very many tiles")),
        }
    }

    const fn header(&self) -> Header {
        let Self { width, height, components, bits, .. } = *self;
        Header { format: Format::J2k, width, height, components, bits }
    }
}

/// How tiles are cut [A.6.1, A.6.2].
struct Style {
    layers: u64,
    levels: u32,
    /// Exponents of two.
    block: (u32, u32),
    /// Exponents of two, for each resolution.
    precincts: Vec<(u32, u32)>,
}

impl Style {
    fn default(content: &[u8]) -> Result<Self> {
        let mut content = Bytes::new(content);
        let style = content.u8().ok_or(CUT_SHORT)?;
        let _progression = content.u8();
        let layers = content.u16().ok_or(CUT_SHORT)?;
        let _transform = content.u8();
        Self::read(style, layers.into(), &mut content)
    }

    fn of_component(content: &[u8]) -> Result<Self> {
        let mut content = Bytes::new(content);
        let _component = content.u8();
        let style = content.u8().ok_or(CUT_SHORT)?;
        // The decoder takes no more.
        Self::read(style, 32, &mut content)
    }

    fn read(style: u8, layers: u64, content: &mut Bytes<'_>) -> Result<Self> {
        let levels = content.u8().ok_or(CUT_SHORT)?;
        if levels > 32 {
            return Err(Error::Malformed("JPEG 2000 of more than 32 levels"));
        }
        let mut exponent = || Some(u32::from(content.u8()? & 0x0F).saturating_add(2));
        let block = (exponent().ok_or(CUT_SHORT)?, exponent().ok_or(CUT_SHORT)?);
        let _style_and_transformation = content.u16().ok_or(CUT_SHORT)?;
        let resolutions = usize::from(levels).saturating_add(1);
        let precincts = if style & 1 == 0 {
            vec![(15, 15); resolutions]
        } else {
            let sizes = content.take(resolutions).ok_or(CUT_SHORT)?;
            sizes.iter().map(|size| (u32::from(size & 0x0F), u32::from(size >> 4))).collect()
        };
        if !content.rest().is_empty() {
            return Err(LENGTH);
        }
        Ok(Self { layers, levels: levels.into(), block, precincts })
    }

    /// What one component of one tile asks for, counted generously: blocks, each with its layers.
    fn work(&self, size: &Size) -> u64 {
        let mut blocks = 0_u64;
        for (resolution, precinct) in (0_u32..).zip(&self.precincts) {
            // One decomposition less for each resolution; above the first there are three subbands of half the size.
            let halvings = self.levels.saturating_sub(resolution);
            let (bands, split) = if resolution == 0 { (1, 0) } else { (3, 1) };
            let along = |length: u32, precinct: u32, block: u32| {
                let length =
                    u64::from(length).checked_shr(halvings).unwrap_or_default().saturating_add(1);
                let precincts = (length >> precinct).saturating_add(2);
                let block = block.min(precinct.saturating_sub(split));
                (length >> split >> block).saturating_add(precincts.saturating_mul(2))
            };
            let (width, height) = size.tile;
            let across = along(width, precinct.0, self.block.0);
            let down = along(height, precinct.1, self.block.1);
            blocks = blocks.saturating_add(across.saturating_mul(down).saturating_mul(bands));
        }
        blocks.saturating_mul(self.layers.saturating_add(8))
    }
}
