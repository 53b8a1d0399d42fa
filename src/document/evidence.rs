//! What was read, in one file that can be verified again later by somebody who trusts nothing in it.
//!
//! Format: CBOR (RFC 8949), one definite-length map with integer keys. Everything but the version is
//! optional for the reader of the file; unknown keys are refused, because silently ignoring one would
//! mean to verify less than was stored.
//!
//! | key | value |
//! |---|---|
//! | 0 | version, 1 |
//! | 1 | EF.SOD, bytes |
//! | 2 | map: group number → raw bytes |
//! | 3 | EF.CardAccess, bytes |
//! | 4 | EF.COM, bytes |
//! | 5 | access protocol that was used, text (a claim) |
//! | 6 | Active Authentication: array of challenge (8 bytes) and signature |
//! | 7 | whether Chip Authentication succeeded (a claim) |
//! | 8 | date of the read, ISO 8601 text (a claim) |
//! | 9 | library and version, text (a claim) |
//!
//! "A claim" means: nobody can check it from the file, and verification does not rely on it.

use std::collections::BTreeMap;

use minicbor::{Decoder, Encoder};

use crate::{
    chip::{ActiveAuthenticationTranscript, Challenge},
    date::Date,
    error::{Error, Result},
    sensitive::Personal,
};

const FILE: &str = "evidence";
const VERSION: u8 = 1;

/// Raw files and transcripts of one read. All of it is personal.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub(crate) sod: Personal<Vec<u8>>,
    pub(crate) groups: BTreeMap<u8, Personal<Vec<u8>>>,
    pub(crate) card_access: Option<Vec<u8>>,
    pub(crate) com: Option<Vec<u8>>,
    pub(crate) access: Option<String>,
    pub(crate) active: Option<ActiveAuthenticationTranscript>,
    pub(crate) chip_authentication: bool,
    pub(crate) read_on: Option<Date>,
    pub(crate) library: Option<String>,
}

impl Evidence {
    /// Evidence from files that somebody else read: EF.SOD and groups by number.
    #[must_use]
    pub fn from_files(sod: Vec<u8>, groups: BTreeMap<u8, Personal<Vec<u8>>>) -> Self {
        Self {
            sod: Personal::new(sod),
            groups,
            card_access: None,
            com: None,
            access: None,
            active: None,
            chip_authentication: false,
            read_on: None,
            library: None,
        }
    }

    /// Adds EF.CardAccess and EF.COM, where they are at hand, to be compared with the signed files.
    #[must_use]
    pub fn with_unsigned_files(
        mut self,
        card_access: Option<Vec<u8>>,
        com: Option<Vec<u8>>,
    ) -> Self {
        self.card_access = card_access;
        self.com = com;
        self
    }

    /// EF.SOD as it was read.
    #[must_use]
    pub const fn sod(&self) -> &Personal<Vec<u8>> {
        &self.sod
    }

    /// The groups as they were read, by number.
    #[must_use]
    pub const fn groups(&self) -> &BTreeMap<u8, Personal<Vec<u8>>> {
        &self.groups
    }

    /// The challenge and the chip's signature, if Active Authentication ran.
    #[must_use]
    pub const fn active_authentication(&self) -> Option<&ActiveAuthenticationTranscript> {
        self.active.as_ref()
    }

    /// The file as bytes, in the format that the module describes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let encoded = self.encode(&mut Encoder::new(&mut bytes));
        debug_assert!(encoded.is_ok(), "writing to a Vec cannot fail: its error type has no value");
        bytes
    }

    fn encode(
        &self,
        out: &mut Encoder<&mut Vec<u8>>,
    ) -> core::result::Result<(), minicbor::encode::Error<core::convert::Infallible>> {
        let optional = [
            self.card_access.is_some(),
            self.com.is_some(),
            self.access.is_some(),
            self.active.is_some(),
            self.read_on.is_some(),
            self.library.is_some(),
        ];
        let entries = 4 + optional.into_iter().filter(|present| *present).count() as u64;
        out.map(entries)?.u8(0)?.u8(VERSION)?.u8(1)?.bytes(self.sod.reveal())?;
        out.u8(2)?.map(self.groups.len() as u64)?;
        for (group, raw) in &self.groups {
            out.u8(*group)?.bytes(raw.reveal())?;
        }
        if let Some(raw) = &self.card_access {
            out.u8(3)?.bytes(raw)?;
        }
        if let Some(raw) = &self.com {
            out.u8(4)?.bytes(raw)?;
        }
        if let Some(name) = &self.access {
            out.u8(5)?.str(name)?;
        }
        if let Some(transcript) = &self.active {
            out.u8(6)?.array(2)?;
            out.bytes(transcript.challenge.as_bytes())?.bytes(&transcript.signature)?;
        }
        out.u8(7)?.bool(self.chip_authentication)?;
        if let Some(date) = self.read_on {
            out.u8(8)?.str(&date.to_string())?;
        }
        if let Some(library) = &self.library {
            out.u8(9)?.str(library)?;
        }
        Ok(())
    }

    /// Reads a file that [`Evidence::to_bytes`] wrote.
    ///
    /// # Errors
    /// `Malformed` with the byte position; `Unsupported` for a version this library does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut input = Decoder::new(bytes);
        let mut evidence = Self::from_files(Vec::new(), BTreeMap::new());
        let mut keys = Vec::new();
        let entries = definite(input.map(), &input)?;
        for _ in 0..entries {
            let key = input.u8().map_err(|_| malformed(&input, "an integer key"))?;
            if keys.is_empty() != (key == 0) || keys.contains(&key) {
                return Err(malformed(&input, "the version first and every key once"));
            }
            keys.push(key);
            evidence.decode_entry(key, &mut input)?;
        }
        if input.position() != bytes.len() {
            return Err(malformed(&input, "nothing after the map"));
        }
        if !keys.contains(&1) || !keys.contains(&2) {
            return Err(malformed(&input, "EF.SOD and the groups"));
        }
        Ok(evidence)
    }

    fn decode_entry(&mut self, key: u8, input: &mut Decoder<'_>) -> Result<()> {
        match key {
            0 => {
                let version = input.u8().map_err(|_| malformed(input, "a version"))?;
                if version != VERSION {
                    return Err(Error::Unsupported(crate::error::Unsupported::Structure(
                        "this version of the evidence file",
                    )));
                }
            }
            1 => self.sod = Personal::new(byte_string(input)?),
            2 => {
                for _ in 0..definite(input.map(), input)? {
                    let group = input.u8().map_err(|_| malformed(input, "a group number"))?;
                    let raw = Personal::new(byte_string(input)?);
                    if !(1..=16).contains(&group) || self.groups.insert(group, raw).is_some() {
                        return Err(malformed(input, "group numbers 1 to 16, each once"));
                    }
                }
            }
            3 => self.card_access = Some(byte_string(input)?),
            4 => self.com = Some(byte_string(input)?),
            5 => self.access = Some(text(input)?),
            6 => {
                if definite(input.array(), input)? != 2 {
                    return Err(malformed(input, "a challenge and a signature"));
                }
                let challenge = <[u8; 8]>::try_from(byte_string(input)?)
                    .map_err(|_| malformed(input, "a challenge of eight bytes"))?;
                let challenge = Challenge::from_bytes(challenge)
                    .map_err(|_| malformed(input, "a random challenge"))?;
                let signature = byte_string(input)?;
                self.active = Some(ActiveAuthenticationTranscript { challenge, signature });
            }
            7 => {
                self.chip_authentication =
                    input.bool().map_err(|_| malformed(input, "true or false"))?;
            }
            8 => {
                let date =
                    text(input)?.parse().map_err(|_| malformed(input, "an ISO 8601 date"))?;
                self.read_on = Some(date);
            }
            9 => self.library = Some(text(input)?),
            _ => return Err(malformed(input, "a known key")),
        }
        Ok(())
    }
}

fn malformed(input: &Decoder<'_>, what: &'static str) -> Error {
    Error::Malformed { file: FILE, offset: input.position(), what }
}

/// The length of a map or array; indefinite ones are refused.
fn definite(
    length: core::result::Result<Option<u64>, minicbor::decode::Error>,
    input: &Decoder<'_>,
) -> Result<u64> {
    length.ok().flatten().ok_or_else(|| malformed(input, "a map or array of definite length"))
}

fn byte_string(input: &mut Decoder<'_>) -> Result<Vec<u8>> {
    let bytes = input.bytes().map(<[u8]>::to_vec);
    bytes.map_err(|_| malformed(input, "a byte string"))
}

fn text(input: &mut Decoder<'_>) -> Result<String> {
    let text = input.str().map(str::to_owned);
    text.map_err(|_| malformed(input, "a text string"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Evidence {
        let groups =
            BTreeMap::from([(1, Personal::new(vec![0x61, 0])), (13, vec![0x6D, 0].into())]);
        let mut evidence = Evidence::from_files(vec![0x77, 0], groups)
            .with_unsigned_files(Some(vec![0x31, 0]), Some(vec![0x60, 0]));
        evidence.active = Some(ActiveAuthenticationTranscript {
            challenge: Challenge::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]).unwrap(),
            signature: vec![9; 128],
        });
        evidence.read_on = Some(Date::new(2026, 11, 21).unwrap());
        evidence
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = sample().to_bytes();
        let read = Evidence::from_bytes(&bytes).unwrap();
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(read.groups[&13].reveal(), &[0x6D, 0]);
        assert_eq!(read.active_authentication().unwrap().signature.len(), 128);
    }

    #[test]
    fn truncated_and_altered_files_never_panic_and_never_lose_silently() {
        let bytes = sample().to_bytes();
        for end in 0..bytes.len() {
            assert!(Evidence::from_bytes(&bytes[..end]).is_err());
        }
        for position in 0..bytes.len() {
            for bit in 0..8 {
                let mut altered = bytes.clone();
                altered[position] ^= 1 << bit;
                if let Ok(read) = Evidence::from_bytes(&altered) {
                    assert_eq!(read.to_bytes(), altered, "byte {position} bit {bit}");
                }
            }
        }
    }

    #[test]
    fn other_versions_keys_and_repeats_are_refused() {
        for bytes in [
            &[0xA1, 0x00, 0x02][..],
            &[0xA2, 0x00, 0x01, 0x0A, 0x00],
            &[0xA2, 0x00, 0x01, 0x00, 0x01],
            &[0xA1, 0x01, 0x40],
            &[0xA1, 0x00, 0x01],
            &[0xBF, 0x00, 0x01, 0xFF],
        ] {
            assert!(Evidence::from_bytes(bytes).is_err(), "{bytes:02x?}");
        }
    }

    #[test]
    fn debug_shows_no_group() {
        assert!(!format!("{:?}", sample()).contains("109"));
    }
}
