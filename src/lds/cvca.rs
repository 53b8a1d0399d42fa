use core::fmt;

use crate::{
    error::{Error, Result},
    tlv::{Reader, Tag},
};

/// Certification Authority Reference `[TR-03110-3 §D.2]`.
const AUTHORITY_REFERENCE: Tag = 0x42;

/// The name of a public key in Terminal Authentication: country, mnemonic of the holder and a sequence
/// number of five characters, ISO/IEC 8859-1 `[TR-03110-3 §A.7.1, §D.2.1.4]`. Prints as text.
///
/// ```
/// use cccd::lds::KeyReference;
/// let reference = KeyReference::new(b"VNCVCA00001").unwrap();
/// assert_eq!((reference.country(), reference.mnemonic()), ("VN".into(), "CVCA".into()));
/// assert_eq!(reference.sequence_number(), "00001");
/// assert!(KeyReference::new(b"VN00001").is_none());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyReference(Vec<u8>);

impl KeyReference {
    const COUNTRY: usize = 2;
    const SEQUENCE_NUMBER: usize = 5;
    const LENGTHS: core::ops::RangeInclusive<usize> = 8..=16;

    /// The reference with these bytes, 8 to 16 of them; `None` if it cannot be one.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let assigned = |byte: &u8| matches!(byte, 0x20..=0x7E | 0xA0..);
        (Self::LENGTHS.contains(&bytes.len()) && bytes.iter().all(assigned))
            .then(|| Self(bytes.to_vec()))
    }

    /// The bytes, as commands and certificates carry them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// ISO 3166-1 code of the holder's country, as it was written.
    #[must_use]
    pub fn country(&self) -> String {
        self.part(0, Self::COUNTRY)
    }

    /// What the holder calls itself, one to nine characters.
    #[must_use]
    pub fn mnemonic(&self) -> String {
        self.part(Self::COUNTRY, self.0.len().saturating_sub(Self::SEQUENCE_NUMBER))
    }

    /// Which of the holder's keys it is, five characters.
    #[must_use]
    pub fn sequence_number(&self) -> String {
        self.part(self.0.len().saturating_sub(Self::SEQUENCE_NUMBER), self.0.len())
    }

    /// The characters of ISO/IEC 8859-1 are the first 256 of Unicode.
    fn part(&self, from: usize, to: usize) -> String {
        self.0.get(from..to).unwrap_or_default().iter().copied().map(char::from).collect()
    }
}

impl fmt::Display for KeyReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.part(0, self.0.len()))
    }
}

impl fmt::Debug for KeyReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// EF.CVCA: the authorities whose terminals the chip lets read fingerprints and irises, at most two, the
/// most recent first `[TR-03110-3 §A.7.2.4]`. Unsigned.
///
/// It lies in the application, by default as `011C`, the number of EF.CardAccess in the master file.
///
/// ```
/// use cccd::lds::Cvca;
/// let cvca = Cvca::parse(b"\x42\x0BVNCVCA00002\x42\x0BVNCVCA00001\0\0\0\0\0\0\0\0\0\0")?;
/// assert_eq!(cvca.references()[0].to_string(), "VNCVCA00002");
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cvca {
    references: Vec<KeyReference>,
}

impl Cvca {
    /// Reads the file; zeros may follow the references.
    ///
    /// # Errors
    /// `Malformed` for no reference, more than two, and anything but references and zeros.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|error| error.in_file("EF.CVCA"))
    }

    /// One or two references, the most recent first.
    #[must_use]
    pub fn references(&self) -> &[KeyReference] {
        &self.references
    }
}

fn read(bytes: &[u8]) -> Result<Cvca> {
    let mut reader = Reader::new(bytes);
    let mut references = Vec::new();
    while bytes.iter().skip(reader.offset()).any(|byte| *byte != 0) {
        let at = reader.offset();
        let object = reader.expect(AUTHORITY_REFERENCE, "a reference to an authority")?;
        if references.len() == 2 {
            return Err(Error::malformed(at, "at most two references"));
        }
        let reference = KeyReference::new(object.value);
        references.push(reference.ok_or(object.error("the name of a key"))?);
    }
    if references.is_empty() {
        return Err(Error::malformed(0, "a reference to an authority"));
    }
    Ok(Cvca { references })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv::write;

    fn file(references: &[&[u8]], zeros: usize) -> Vec<u8> {
        let objects = references.iter().map(|reference| write(0x42, reference));
        [objects.collect::<Vec<_>>().concat(), vec![0; zeros]].concat()
    }

    fn offset(bytes: &[u8]) -> usize {
        match Cvca::parse(bytes).unwrap_err() {
            Error::Malformed { file: "EF.CVCA", offset, .. } => offset,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn one_or_two_references_and_any_number_of_zeros() {
        let (new, old): (&[u8], &[u8]) = (b"VNCVCA00002", b"VNCVCA00001");
        for zeros in 0..12 {
            let cvca = Cvca::parse(&file(&[new, old], zeros)).unwrap();
            assert_eq!(
                cvca.references().iter().map(KeyReference::as_bytes).collect::<Vec<_>>(),
                [new, old]
            );
            assert_eq!(Cvca::parse(&file(&[new], zeros)).unwrap().references().len(), 1);
        }
        let longest = Cvca::parse(&file(&[&b"VNNINECHARS00001"[..]; 2], 0)).unwrap();
        assert_eq!(longest.references()[1].mnemonic(), "NINECHARS");
        assert_eq!(
            format!("{longest:?}"),
            "Cvca { references: [VNNINECHARS00001, VNNINECHARS00001] }"
        );
    }

    #[test]
    fn anything_else_is_malformed() {
        let name: &[u8] = b"VNCVCA00001";
        assert_eq!(offset(&[]), 0);
        assert_eq!(offset(&[0; 36]), 0);
        assert_eq!(offset(&file(&[name, name, name], 0)), 26);
        // A letter too many, one too few, a control character.
        assert_eq!(offset(&file(&[name, b"VNTENCHARSX00001X"], 0)), 15);
        assert_eq!(offset(&file(&[b"VN00001"], 0)), 2);
        assert_eq!(offset(&file(&[b"VNCVCA0000\x9F"], 0)), 2);
        // Something after the zeros, another tag, a reference cut short.
        assert_eq!(offset(&[file(&[name], 3), vec![1]].concat()), 13);
        assert_eq!(offset(&[file(&[name], 0), write(0x43, name)].concat()), 13);
        let whole = file(&[name, name], 0);
        for end in 0..whole.len() {
            assert_eq!(Cvca::parse(&whole[..end]).is_ok(), end == 13, "{end}");
        }
    }
}
