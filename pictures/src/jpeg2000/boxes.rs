//! The boxes of a JP2 file [15444-1 Annex I].

use crate::{Error, Result, bytes::Bytes};

const CUT_SHORT: Error = Error::Malformed("a JP2 file cut short");

/// The one codestream of the file, if nothing in the boxes makes more samples of it than it has.
pub(super) fn codestream(bytes: &[u8]) -> Result<&[u8]> {
    let mut rest = Bytes::new(bytes);
    let (mut header, mut codestream) = (None, None);
    while !rest.rest().is_empty() {
        let (kind, content) = next(&mut rest)?;
        let found = match &kind {
            b"jp2h" => header.replace(content),
            b"jp2c" => codestream.replace(content),
            _ => None,
        };
        if found.is_some() {
            return Err(Error::Unsupported("a JP2 file of more than one picture"));
        }
    }
    let mut header = Bytes::new(header.ok_or(Error::Malformed("a JP2 file without its header"))?);
    while !header.rest().is_empty() {
        let (kind, _) = next(&mut header)?;
        if matches!(&kind, b"pclr" | b"cmap") {
            return Err(Error::Unsupported("JPEG 2000 with a palette"));
        }
    }
    codestream.ok_or(Error::Malformed("a JP2 file without a codestream"))
}

/// Type and contents of the next box.
fn next<'a>(rest: &mut Bytes<'a>) -> Result<([u8; 4], &'a [u8])> {
    let length = rest.u32().ok_or(CUT_SHORT)?;
    let kind = rest.take(4).and_then(|kind| kind.try_into().ok()).ok_or(CUT_SHORT)?;
    let length = match length {
        // Up to the end.
        0 => Some(rest.rest().len()),
        // The length follows in eight bytes.
        1 => rest.u64().and_then(|long| usize::try_from(long.checked_sub(16)?).ok()),
        short => short.checked_sub(8).and_then(|short| usize::try_from(short).ok()),
    };
    let content = length.and_then(|length| rest.take(length)).ok_or(CUT_SHORT)?;
    Ok((kind, content))
}
