//! The CBOR (RFC 8949) of evidence files: deterministic to write (§4.2.1), bounded to read.

use minicbor::{Decoder, Encoder};

use crate::error::{Error, Result};

const FILE: &str = "evidence";

/// A value in CBOR, complete in itself.
pub(super) type Item = Vec<u8>;

type Written<'a> = core::result::Result<
    &'a mut Encoder<Vec<u8>>,
    minicbor::encode::Error<core::convert::Infallible>,
>;

fn item(write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Written<'_>) -> Item {
    let mut out = Encoder::new(Vec::new());
    let written = write(&mut out).is_ok();
    debug_assert!(written, "writing to a Vec cannot fail: its error type has no value");
    out.into_writer()
}

pub(super) fn number(value: u64) -> Item {
    item(|out| out.u64(value))
}

pub(super) fn truth(value: bool) -> Item {
    item(|out| out.bool(value))
}

pub(super) fn bytes(value: &[u8]) -> Item {
    item(|out| out.bytes(value))
}

pub(super) fn text(value: &str) -> Item {
    item(|out| out.str(value))
}

pub(super) fn array(values: impl IntoIterator<Item = Item>) -> Item {
    let values: Vec<Item> = values.into_iter().collect();
    let mut out = item(|out| out.array(values.len() as u64));
    out.extend(values.concat());
    out
}

/// The entries that are there, whose keys have to ascend.
pub(super) fn map(entries: impl IntoIterator<Item = (u8, Option<Item>)>) -> Item {
    let entries: Vec<(u8, Item)> =
        entries.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    let mut out = item(|out| out.map(entries.len() as u64));
    for (key, value) in entries {
        out.extend(number(u64::from(key)));
        out.extend(value);
    }
    out
}

/// Reads one item after the other; every error carries the byte position.
pub(super) struct Input<'a>(Decoder<'a>);

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(Decoder::new(bytes))
    }

    pub(super) fn malformed(&self, what: &'static str) -> Error {
        malformed(self.0.position(), what)
    }

    pub(super) fn number(&mut self) -> Result<u64> {
        self.0.u64().map_err(|_| self.malformed("a number"))
    }

    pub(super) fn small(&mut self) -> Result<u8> {
        self.0.u8().map_err(|_| self.malformed("a small number"))
    }

    pub(super) fn truth(&mut self) -> Result<bool> {
        self.0.bool().map_err(|_| self.malformed("true or false"))
    }

    /// At most so many bytes.
    pub(super) fn bytes(&mut self, longest: usize) -> Result<&'a [u8]> {
        match self.0.bytes() {
            Ok(bytes) if bytes.len() <= longest => Ok(bytes),
            Ok(_) => Err(self.malformed("a shorter byte string")),
            Err(_) => Err(self.malformed("a byte string of definite length")),
        }
    }

    /// At most so many bytes of text, without control characters.
    pub(super) fn text(&mut self, longest: usize) -> Result<&'a str> {
        match self.0.str() {
            Ok(text) if text.len() > longest => Err(self.malformed("a shorter text")),
            Ok(text) if text.chars().any(char::is_control) => {
                Err(self.malformed("a text without control characters"))
            }
            Ok(text) => Ok(text),
            Err(_) => Err(self.malformed("a text of definite length")),
        }
    }

    /// Every element of an array, of which there may be so many.
    pub(super) fn array(
        &mut self,
        most: u64,
        mut element: impl FnMut(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let length = self.0.array().ok().flatten();
        for _ in 0..self.length(length, most)? {
            element(self)?;
        }
        Ok(())
    }

    /// Every entry of a map with small keys, of which there may be so many.
    pub(super) fn map(
        &mut self,
        most: u64,
        mut entry: impl FnMut(u8, &mut Self) -> Result<()>,
    ) -> Result<()> {
        let length = self.0.map().ok().flatten();
        for _ in 0..self.length(length, most)? {
            let key = self.small()?;
            entry(key, self)?;
        }
        Ok(())
    }

    /// `None` for what is no map or array, and for one of indefinite length.
    fn length(&self, length: Option<u64>, most: u64) -> Result<u64> {
        match length {
            Some(length) if length <= most => Ok(length),
            Some(_) => Err(self.malformed("fewer elements")),
            None => Err(self.malformed("a map or array of definite length")),
        }
    }
}

pub(super) const fn malformed(offset: usize, what: &'static str) -> Error {
    Error::Malformed { file: FILE, offset, what }
}
