use crate::{
    error::{Error, Result},
    findings::Deviation,
    lds::{Moment, Quality, note},
    tlv::Tlv,
};

/// Documents of several states count some header field wrongly; this many bytes are forgiven.
pub(super) const FORGIVEN: usize = 8;

/// Reads fields of fixed length one after the other; every error carries the byte position in the file.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
    base: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn over(object: &Tlv<'a>) -> Self {
        Self { bytes: object.value, position: 0, base: object.offset }
    }

    pub(super) const fn error(&self, what: &'static str) -> Error {
        Error::malformed(self.base.saturating_add(self.position), what)
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let taken = self.rest().get(..length).ok_or(self.error("a biometric record cut short"))?;
        self.position = self.position.saturating_add(length);
        Ok(taken)
    }

    /// A big-endian number of so many bytes, eight at most.
    pub(super) fn number(&mut self, length: usize) -> Result<u64> {
        let bytes = self.take(length)?;
        Ok(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        let bytes = self.take(2)?;
        Ok(bytes.iter().fold(0, |sum, byte| sum << 8 | u16::from(*byte)))
    }

    pub(super) fn length(&mut self) -> Result<usize> {
        let number = self.number(4)?;
        usize::try_from(number).map_err(|_| self.error("a length beyond memory"))
    }

    /// So many bytes as a cursor of their own.
    pub(super) fn part(&mut self, length: usize) -> Result<Self> {
        let base = self.base.saturating_add(self.position);
        Ok(Self { bytes: self.take(length)?, position: 0, base })
    }

    /// What is left, if it has nearly the declared length; otherwise exactly the declared length.
    pub(super) fn nearly(
        &mut self,
        declared: usize,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self> {
        let rest = self.rest().len();
        if rest != declared && rest.abs_diff(declared) <= FORGIVEN {
            note(deviations, Deviation::BiometricCounts);
            return self.part(rest);
        }
        self.part(declared)
    }

    /// Image data of a declared length, if need be a little less; other data may follow them.
    pub(super) fn data(
        &mut self,
        declared: usize,
        deviations: &mut Vec<Deviation>,
    ) -> Result<&'a [u8]> {
        let rest = self.rest().len();
        let length = if rest < declared && declared.abs_diff(rest) <= FORGIVEN {
            note(deviations, Deviation::BiometricCounts);
            rest
        } else {
            declared
        };
        if length == 0 {
            return Err(self.error("an image without a byte"));
        }
        self.take(length)
    }
}

/// What begins each representation of the editions of 2011 `[ISO/IEC 19794-1:2011]`: date (9), device (5), quality blocks,
/// and certification blocks where the record has them.
pub(super) fn capture(
    cursor: &mut Cursor<'_>,
    certified: bool,
) -> Result<(Option<Moment>, Vec<Quality>)> {
    let year = cursor.u16()?;
    let mut part = || cursor.u8().map(Some);
    let (month, day, time) = (part()?, part()?, [part()?, part()?, part()?]);
    let captured = Moment::from_parts(year, month, day, time).filter(|moment| moment.year != 0);
    // Milliseconds; technology, vendor and type of the device.
    cursor.take(2 + 5)?;
    let mut quality = Vec::new();
    for _ in 0..cursor.u8()? {
        quality.push(Quality::new(u64::from(cursor.u8()?), cursor.u16()?, cursor.u16()?));
    }
    if certified {
        for _ in 0..cursor.u8()? {
            cursor.take(3)?;
        }
    }
    Ok((captured, quality))
}

/// The record's own length, which may be off by a little.
pub(super) fn check_length(
    cursor: &Cursor<'_>,
    declared: u64,
    actual: usize,
    deviations: &mut Vec<Deviation>,
) -> Result<()> {
    let off = declared.abs_diff(actual as u64);
    if off > FORGIVEN as u64 {
        return Err(cursor.error("a biometric record of another length than it says"));
    }
    if off != 0 {
        note(deviations, Deviation::BiometricCounts);
    }
    Ok(())
}
