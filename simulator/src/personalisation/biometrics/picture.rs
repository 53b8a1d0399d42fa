//! Drawn fingers and eyes, so plain that nobody takes them for somebody's.

use jpeg_encoder::{ColorType, Encoder};

/// Rings around a point below the middle: 0 black to 255 white.
pub(super) fn ridges(x: u32, y: u32, width: u16, height: u16) -> u8 {
    let (dx, dy) = (x.abs_diff(u32::from(width) / 2), y.abs_diff(u32::from(height) * 5 / 8));
    let distance = (dx * dx * 3 + dy * dy * 2).isqrt();
    if (distance / 6).is_multiple_of(2) { 60 } else { 220 }
}

/// A white eye, a grey iris with spokes, a black pupil.
pub(super) fn eye(x: u32, y: u32, width: u16, height: u16) -> u8 {
    let radius = u32::from(width.min(height)) / 2;
    let (dx, dy) = (x.abs_diff(u32::from(width) / 2), y.abs_diff(u32::from(height) / 2));
    let distance = (dx * dx + dy * dy).isqrt();
    match distance * 4 / radius.max(1) {
        0 => 20,
        1 | 2 if (x / 3 + y / 3).is_multiple_of(2) => 110,
        1 | 2 => 150,
        _ => 240,
    }
}

fn pixels(width: u16, height: u16, shade: impl Fn(u32, u32, u16, u16) -> u8) -> Vec<u8> {
    let (columns, rows) = (u32::from(width), u32::from(height));
    (0..rows)
        .flat_map(|y| (0..columns).map(move |x| (x, y)))
        .map(|(x, y)| shade(x, y, width, height))
        .collect()
}

/// A grey JPEG of what `shade` draws at column, row of a picture of this width and height.
///
/// # Panics
/// A picture without pixels cannot be drawn.
pub fn grey_jpeg(width: u16, height: u16, shade: impl Fn(u32, u32, u16, u16) -> u8) -> Vec<u8> {
    let mut image = Vec::new();
    Encoder::new(&mut image, 60)
        .encode(&pixels(width, height, shade), width, height, ColorType::Luma)
        .expect("the picture has pixels, and a Vec takes every byte");
    image
}

/// Rings as PNG.
pub fn ridges_png(width: u16, height: u16) -> Vec<u8> {
    png(width, height, &pixels(width, height, ridges))
}

/// An eye as PNG.
pub fn eye_png(width: u16, height: u16) -> Vec<u8> {
    png(width, height, &pixels(width, height, eye))
}

/// ISO/IEC 15948: eight grey bits, one IDAT of stored blocks.
fn png(width: u16, height: u16, pixels: &[u8]) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(u32::from(width).to_be_bytes());
    header.extend(u32::from(height).to_be_bytes());
    header.extend([8, 0, 0, 0, 0]);
    // Before each row the filter that leaves it as it is.
    let rows = pixels.chunks(usize::from(width).max(1));
    let data: Vec<u8> = rows.flat_map(|row| [&[0], row].concat()).collect();
    let mut image = b"\x89PNG\r\n\x1A\n".to_vec();
    for (name, contents) in [(b"IHDR", header), (b"IDAT", stored(&data)), (b"IEND", Vec::new())] {
        let named = [&name[..], &contents].concat();
        image.extend((contents.len() as u32).to_be_bytes());
        image.extend_from_slice(&named);
        image.extend(crc32(&named).to_be_bytes());
    }
    image
}

/// RFC 1950 around blocks of RFC 1951 that are not compressed.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xFFFF).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

fn crc32(bytes: &[u8]) -> u32 {
    let folded = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 }
        })
    });
    !folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_those_of_the_standards() {
        // ISO 3309 and RFC 1950 over the nine digits.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert!(stored(b"123456789").ends_with(&0x091E_01DE_u32.to_be_bytes()));
    }

    #[test]
    fn pictures_begin_as_their_formats_do() {
        let png = ridges_png(300, 300);
        assert_eq!(png[..8], *b"\x89PNG\r\n\x1A\n");
        // Signature, three chunks of twelve bytes more, 90,300 bytes in two blocks.
        assert_eq!(png.len(), 8 + 3 * 12 + 13 + 2 + 2 * 5 + 90_300 + 4);
        let jpeg = grey_jpeg(48, 64, ridges);
        assert_eq!(jpeg[..3], [0xFF, 0xD8, 0xFF]);
        assert!(jpeg.len() < 4_000, "{}", jpeg.len());
    }
}
