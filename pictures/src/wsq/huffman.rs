//! The coded bins: Huffman codes as in JPEG, whose symbols are runs of zeros, small values, and values that follow.

use crate::{Error, Result};

const LONGEST_CODE: usize = 16;

/// One table of codes: for each length the first code, how many there are, and their symbols.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Codes {
    lengths: [(u32, Vec<u8>); LONGEST_CODE],
}

impl Codes {
    /// From how many codes there are of each length, and their symbols, shortest first.
    ///
    /// # Errors
    ///
    /// More codes of a length than there can be.
    pub(super) fn new(counts: [u8; LONGEST_CODE], symbols: &[u8]) -> Result<Self> {
        let mut symbols = symbols.iter().copied();
        let mut next = 0_u32;
        let mut end = 1_u32;
        let mut crowded = false;
        let lengths = counts.map(|count| {
            next = next.saturating_mul(2);
            end = end.saturating_mul(2);
            let first = next;
            next = next.saturating_add(count.into());
            crowded |= next > end;
            (first, symbols.by_ref().take(count.into()).collect())
        });
        if crowded {
            Err(Error::Malformed("WSQ codes that are not prefix free"))
        } else {
            Ok(Self { lengths })
        }
    }

    /// The next symbol; `None` where the bits end before a code does.
    fn symbol(&self, bits: &mut Bits<'_>) -> Result<Option<u8>> {
        let mut code = 0_u32;
        for (first, symbols) in &self.lengths {
            let Some(bit) = bits.next() else { return Ok(None) };
            code = code << 1 | u32::from(bit);
            let index = code.checked_sub(*first).and_then(|index| usize::try_from(index).ok());
            if let Some(symbol) = index.and_then(|index| symbols.get(index)) {
                return Ok(Some(*symbol));
            }
        }
        Err(Error::Malformed("a WSQ code that is in no table"))
    }
}

/// Single bits, first the highest of each byte; after a byte FF a zero is skipped.
struct Bits<'a> {
    bytes: &'a [u8],
    byte: u8,
    left: u8,
}

impl Bits<'_> {
    fn number(&mut self, length: usize) -> Result<u16> {
        (0..length).try_fold(0_u16, |number, _| {
            let bit = self.next().ok_or(Error::Malformed("a WSQ value cut short"))?;
            Ok(number << 1 | u16::from(bit))
        })
    }
}

impl Iterator for Bits<'_> {
    type Item = bool;

    fn next(&mut self) -> Option<bool> {
        if self.left == 0 {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = if *byte == 0xFF { rest.strip_prefix(&[0]).unwrap_or(rest) } else { rest };
            (self.byte, self.left) = (*byte, 8);
        }
        let bit = self.byte & 0x80 != 0;
        self.byte <<= 1;
        self.left = self.left.saturating_sub(1);
        Some(bit)
    }
}

/// The bins of all blocks, one after the other.
pub(super) struct Bins {
    values: Vec<i32>,
    most: u64,
}

impl Bins {
    pub(super) const fn new(most: u64) -> Self {
        Self { values: Vec::new(), most }
    }

    pub(super) fn values(&self) -> &[i32] {
        &self.values
    }

    /// Reads the bins of a block up to its end, where bits that are no whole code fill the last byte.
    ///
    /// # Errors
    ///
    /// An unknown code or symbol, a value without its bits, more bins than any image may have.
    pub(super) fn read(&mut self, codes: &Codes, coded: &[u8]) -> Result<()> {
        let mut bits = Bits { bytes: coded, byte: 0, left: 0 };
        while let Some(symbol) = codes.symbol(&mut bits)? {
            match symbol {
                1..=100 => self.zeros(symbol.into())?,
                101 => self.value(i32::from(bits.number(8)?))?,
                102 => self.value(-i32::from(bits.number(8)?))?,
                103 => self.value(i32::from(bits.number(16)?))?,
                104 => self.value(-i32::from(bits.number(16)?))?,
                105 => self.zeros(bits.number(8)?)?,
                106 => self.zeros(bits.number(16)?)?,
                107..=254 => self.value(i32::from(symbol).saturating_sub(180))?,
                0 | 255 => return Err(Error::Malformed("a WSQ symbol without a meaning")),
            }
        }
        Ok(())
    }

    fn zeros(&mut self, count: u16) -> Result<()> {
        (0..count).try_for_each(|_| self.value(0))
    }

    fn value(&mut self, value: i32) -> Result<()> {
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        if self.values.len() >= most {
            return Err(Error::Malformed("a WSQ image with more coefficients than pixels"));
        }
        self.values.push(value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0: ten zeros; 10: value 1 (181); 110: 16 bits follow, negative; 111 is no code.
    fn codes() -> Codes {
        let mut counts = [0; 16];
        counts[..3].copy_from_slice(&[1, 1, 1]);
        Codes::new(counts, &[10, 181, 104]).unwrap()
    }

    #[test]
    fn runs_values_and_escapes() {
        let mut bins = Bins::new(100);
        // 0 │ 10 │ 110 0000 0001 0000 0010 │ 10 │ filled with ones
        bins.read(&codes(), &[0b0101_1000, 0b0000_0100, 0b0000_1010]).unwrap();
        assert_eq!(bins.values(), [[0; 10].as_slice(), &[1, -258, 1]].concat());
    }

    #[test]
    fn a_zero_after_ff_is_no_data() {
        // One code of eight bits: an eight-bit value follows.
        let mut counts = [0; 16];
        counts[7] = 1;
        let codes = Codes::new(counts, &[101]).unwrap();
        let mut bins = Bins::new(9);
        bins.read(&codes, &[0, 0xFF, 0, 0, 1]).unwrap();
        assert_eq!(bins.values(), [255, 1]);
    }

    #[test]
    fn what_is_refused() {
        let most = Bins::new(9).read(&codes(), &[0]);
        assert_eq!(most, Err(Error::Malformed("a WSQ image with more coefficients than pixels")));
        let unknown = Bins::new(9).read(&codes(), &[0xFF; 4]);
        assert_eq!(unknown, Err(Error::Malformed("a WSQ code that is in no table")));
        let short = Bins::new(9).read(&codes(), &[0b1100_0000]);
        assert_eq!(short, Err(Error::Malformed("a WSQ value cut short")));
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Codes::new(counts, &[1, 2, 3]).is_err());
    }
}
