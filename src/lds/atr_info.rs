use super::RawObject;
use crate::{
    error::Result,
    tlv::{Reader, Tlv},
};

/// EF.ATR/INFO: what the card can do `[9303-10 §3.11.2; ISO/IEC 7816-4 §12.7]`. Unsigned.
///
/// ```
/// use cccd::lds::AtrInfo;
/// let info = AtrInfo::parse(b"\x7F\x66\x08\x02\x02\x08\x00\x02\x02\x01\x2C")?;
/// assert_eq!(info.extended_length(), Some((2048, 300)));
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AtrInfo {
    capabilities: Option<Vec<u8>>,
    extended_length: Option<(usize, usize)>,
    others: Vec<RawObject>,
}

impl AtrInfo {
    /// Reads the file: a row of data objects. Zeros may follow.
    ///
    /// # Errors
    /// `Malformed` where it cannot be divided into objects.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut info = Self::default();
        info.read(bytes).map_err(|error| error.in_file("EF.ATR/INFO"))?;
        Ok(info)
    }

    /// As [`AtrInfo::parse`], of a file whose end may be missing: the objects before the break.
    #[must_use]
    pub fn beginning(bytes: &[u8]) -> Self {
        let mut info = Self::default();
        // What breaks off is no object.
        drop(info.read(bytes));
        info
    }

    /// Card capabilities, tag 47: one to three bytes.
    #[must_use]
    pub fn capabilities(&self) -> Option<&[u8]> {
        self.capabilities.as_deref()
    }

    /// Whether the capabilities say that commands and answers may be longer than 256 bytes.
    #[must_use]
    pub fn allows_extended_length(&self) -> Option<bool> {
        match self.capabilities()? {
            [_, _, third] => Some(third & 0x40 != 0),
            _ => None,
        }
    }

    /// DO 7F66: the longest command and the longest answer in bytes, as whole APDUs.
    #[must_use]
    pub const fn extended_length(&self) -> Option<(usize, usize)> {
        self.extended_length
    }

    /// The other objects, in the file's order.
    #[must_use]
    pub fn others(&self) -> &[RawObject] {
        &self.others
    }

    fn read(&mut self, bytes: &[u8]) -> Result<()> {
        let mut objects = Reader::new(bytes);
        while bytes.iter().skip(objects.offset()).any(|byte| *byte != 0) {
            let Some(object) = objects.next_object()? else { break };
            match object.tag {
                0x47 if (1..=3).contains(&object.value.len()) => {
                    self.capabilities = Some(object.value.to_vec());
                }
                0x7F66 if self.extended_length.is_none() => {
                    self.extended_length = lengths(&object);
                    if self.extended_length.is_none() {
                        self.others.push(RawObject::of(&object));
                    }
                }
                _ => self.others.push(RawObject::of(&object)),
            }
        }
        Ok(())
    }
}

fn lengths(object: &Tlv<'_>) -> Option<(usize, usize)> {
    let mut inside = object.children().ok()?;
    let mut length = || {
        let bytes = inside.expect(0x02, "a length").ok()?.value;
        bytes
            .iter()
            .try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))
    };
    Some((length()?, length()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_capabilities_are_told() {
        let file =
            b"\x47\x03\x96\x21\xC0\x43\x01\xB8\x7F\x66\x09\x02\x03\x01\0\0\x02\x02\x08\0\0\0";
        let info = AtrInfo::parse(file).unwrap();
        assert_eq!(info.extended_length(), Some((65_536, 2048)));
        assert_eq!(info.capabilities(), Some(&[0x96, 0x21, 0xC0][..]));
        assert_eq!(info.allows_extended_length(), Some(true));
        assert_eq!(info.others()[0].tag, 0x43);
        // The beginning is enough.
        assert_eq!(AtrInfo::beginning(&file[..21]).extended_length(), Some((65_536, 2048)));
        assert_eq!(AtrInfo::beginning(&file[..10]).capabilities(), info.capabilities());
        assert!(AtrInfo::parse(&file[..10]).is_err());
        assert_eq!(AtrInfo::parse(&[0; 4]).unwrap(), AtrInfo::default());
    }

    #[test]
    fn lengths_that_are_none_are_kept_as_they_came() {
        for file in [&b"\x7F\x66\x03\x02\x01\x10"[..], b"\x7F\x66\x00", b"\x7F\x66\x02\x04\x00"] {
            let info = AtrInfo::parse(file).unwrap();
            assert_eq!((info.extended_length(), info.others()[0].tag), (None, 0x7F66));
        }
    }
}
