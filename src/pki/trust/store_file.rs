//! A trust store as a file: CBOR (RFC 8949), described with its schema in `docs/trust-store.md`.
//!
//! ```text
//! { 0: "cccd-trust-store", 1: version, ? 2: created, 3: anchors, 4: intermediates, 5: signers,
//!   6: lists of revoked certificates, 7: deviation lists, 8: SHA-256 of every byte before its own key }
//! ```
//!
//! Keys ascend, lengths are definite, entries are sorted: equal contents give equal bytes. The digest finds
//! a damaged file and stops no attacker; that is what [`seal`](crate::seal) is for.
//!
//! Nothing in the file is trusted unparsed: each entry goes the way that it went when it was first loaded,
//! signatures over lists included.

use std::sync::Arc;

use minicbor::{Decoder, Encoder};

use super::assembly;
use super::container::{Entry, Item};
use super::loaded::Loaded;
use super::store::{TrustStore, sha256};
use crate::date::Date;
use crate::error::{Error, Result, Unsupported};

const FILE: &str = "trust store";
const MAGIC: &str = "cccd-trust-store";
const VERSION: u8 = 1;
/// More than the whole directory has.
const MAX_ENTRIES: u64 = 200_000;
/// Key 8, and the head of a byte string of 32.
const DIGEST_HEAD: [u8; 3] = [0x08, 0x58, 0x20];
const DIGEST: usize = 32;

type Written = core::result::Result<(), minicbor::encode::Error<core::convert::Infallible>>;

/// Whether bytes begin like such a file.
pub(super) fn is_store(bytes: &[u8]) -> bool {
    // A map of up to 23 entries, key 0, a text of sixteen bytes.
    matches!(bytes, [0xA0..=0xB7, 0x00, 0x70, rest @ ..] if rest.starts_with(MAGIC.as_bytes()))
}

/// What a file holds, not yet parsed.
pub(super) struct Stored {
    pub(super) created: Option<Date>,
    /// Each entry with its provenance.
    pub(super) entries: Vec<(Entry, Arc<str>)>,
}

impl TrustStore {
    /// The store as a file. Equal stores give equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = self.write(&mut Encoder::new(&mut bytes));
        debug_assert!(written.is_ok(), "writing to a Vec cannot fail: its error type has no value");
        let digest = sha256(&bytes);
        bytes.extend(DIGEST_HEAD);
        bytes.extend(digest);
        bytes
    }

    fn write(&self, out: &mut Encoder<&mut Vec<u8>>) -> Written {
        out.map(8 + u64::from(self.created.is_some()))?;
        out.u8(0)?.str(MAGIC)?.u8(1)?.u8(VERSION)?;
        if let Some(day) = self.created {
            out.u8(2)?.str(&day.to_string())?;
        }
        let mut anchors: Vec<_> = self.anchors().collect();
        anchors.sort_by_key(|anchor| anchor.certificate().fingerprint());
        out.u8(3)?.array(anchors.len() as u64)?;
        for anchor in anchors {
            out.array(3)?.bytes(anchor.certificate().as_der())?;
            out.str(anchor.source())?.bool(anchor.is_listed())?;
        }
        let mut intermediates: Vec<_> = self.intermediates_with_sources().collect();
        intermediates.sort_by_key(|(certificate, _)| certificate.fingerprint());
        let intermediates =
            intermediates.into_iter().map(|(found, source)| (found.as_der(), &**source));
        pairs(out, 4, intermediates)?;
        let mut signers: Vec<_> = self.signers().collect();
        signers.sort_by_key(|signer| signer.fingerprint());
        out.u8(5)?.array(signers.len() as u64)?;
        for signer in signers {
            out.array(3)?.bytes(signer.as_der())?.str(signer.source())?;
            match signer.nonconformity() {
                Some(words) => out.str(words)?,
                None => out.null()?,
            };
        }
        let mut lists: Vec<_> = self
            .kept_revocation_lists()
            .map(|kept| (kept.list().as_der(), kept.source()))
            .collect();
        lists.sort_unstable();
        pairs(out, 6, lists)?;
        let mut lists: Vec<_> =
            self.deviation_lists().map(|list| (list.cms.as_slice(), list.source())).collect();
        lists.sort_unstable();
        pairs(out, 7, lists)
    }

    /// Reads a file that [`TrustStore::to_bytes`] wrote. A sealed one: [`seal::open`](crate::seal::open) first.
    ///
    /// Entries that do not count any more are left out and named, as for any other source: for instance a
    /// list of revoked certificates whose authority is not in the file.
    ///
    /// # Errors
    /// `Malformed` if a byte of the file was changed; `Unsupported` for a version this library does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, Loaded)> {
        let mut assembled = assembly::assemble([("trust store", bytes)], &[]);
        let outcome = assembled.outcomes.pop().map_or_else(
            || Err(Error::Misuse("a file without an outcome")),
            |(_, outcome)| outcome,
        )?;
        Ok((assembled.trust, outcome))
    }
}

fn pairs<'a>(
    out: &mut Encoder<&mut Vec<u8>>,
    key: u8,
    pairs: impl IntoIterator<Item = (&'a [u8], &'a str)>,
) -> Written {
    let pairs: Vec<_> = pairs.into_iter().collect();
    out.u8(key)?.array(pairs.len() as u64)?;
    for (bytes, source) in pairs {
        out.array(2)?.bytes(bytes)?.str(source)?;
    }
    Ok(())
}

/// Reads the envelope of a file; the entries are not parsed.
pub(super) fn read(bytes: &[u8]) -> Result<Stored> {
    let mut input = Decoder::new(bytes);
    let pairs = length(input.map(), &input)?;
    expect(&mut input, 0)?;
    if text(&mut input)? != MAGIC {
        return Err(malformed(&input, "the name of the format"));
    }
    expect(&mut input, 1)?;
    if input.u8().map_err(|_| malformed(&input, "a version"))? != VERSION {
        let what = "this version of the trust store's file";
        return Err(Error::Unsupported(Unsupported::Structure(what)));
    }
    check_digest(bytes)?;
    let created = match pairs {
        9 => {
            expect(&mut input, 2)?;
            let day = text(&mut input)?;
            Some(day.parse().map_err(|_| malformed(&input, "a day of the calendar"))?)
        }
        8 => None,
        _ => return Err(malformed(&input, "the entries of a trust store and no others")),
    };
    let mut reader = Entries { sources: Vec::new(), entries: Vec::new() };
    for key in 3..=7 {
        expect(&mut input, key)?;
        reader.read(key, &mut input)?;
    }
    // The digest was compared already; what is left is its head and nothing behind it.
    if input.position() + DIGEST_HEAD.len() + DIGEST != bytes.len() {
        return Err(malformed(&input, "a digest and nothing after it"));
    }
    Ok(Stored { created, entries: reader.entries })
}

fn check_digest(bytes: &[u8]) -> Result<()> {
    let fault = || Error::malformed(0, "the bytes that were written").in_file(FILE);
    let (rest, digest) = bytes
        .len()
        .checked_sub(DIGEST)
        .and_then(|at| bytes.split_at_checked(at))
        .ok_or_else(fault)?;
    let body = rest.strip_suffix(&DIGEST_HEAD).ok_or_else(fault)?;
    if sha256(body) == *digest { Ok(()) } else { Err(fault()) }
}

struct Entries {
    /// Those met so far; most entries share one.
    sources: Vec<Arc<str>>,
    entries: Vec<(Entry, Arc<str>)>,
}

impl Entries {
    fn read(&mut self, key: u8, input: &mut Decoder<'_>) -> Result<()> {
        let count = length(input.array(), input)?;
        if count > MAX_ENTRIES {
            return Err(malformed(input, "at most 200000 entries"));
        }
        for _ in 0..count {
            let parts = length(input.array(), input)?;
            if parts != if matches!(key, 3 | 5) { 3 } else { 2 } {
                return Err(malformed(input, "the parts of an entry and no others"));
            }
            let der = input.bytes().map_err(|_| malformed(input, "a byte string"))?.to_vec();
            let source = self.source(text(input)?);
            let item = match key {
                3 => {
                    let listed = input.bool().map_err(|_| malformed(input, "true or false"))?;
                    Item::Anchor { listed }
                }
                4 => Item::Intermediate,
                5 => Item::Signer { nonconformity: optional_text(input)? },
                6 => Item::RevocationList,
                _ => Item::Signed,
            };
            self.entries.push((Entry { index: self.entries.len(), name: None, item, der }, source));
        }
        Ok(())
    }

    fn source(&mut self, words: &str) -> Arc<str> {
        // Sorted by fingerprint, entries of one source do not stand together; there are few sources.
        if let Some(known) = self.sources.iter().rev().take(64).find(|known| &***known == words) {
            return Arc::clone(known);
        }
        let source: Arc<str> = Arc::from(words);
        self.sources.push(Arc::clone(&source));
        source
    }
}

fn optional_text(input: &mut Decoder<'_>) -> Result<Option<Box<str>>> {
    if input.datatype().is_ok_and(|found| found == minicbor::data::Type::Null) {
        input.null().map_err(|_| malformed(input, "a text or nothing"))?;
        return Ok(None);
    }
    Ok(Some(text(input)?.into()))
}

fn expect(input: &mut Decoder<'_>, key: u8) -> Result<()> {
    match input.u8() {
        Ok(found) if found == key => Ok(()),
        _ => Err(malformed(input, "the known keys in ascending order")),
    }
}

fn malformed(input: &Decoder<'_>, what: &'static str) -> Error {
    Error::Malformed { file: FILE, offset: input.position(), what }
}

/// The length of a map or array; indefinite ones are refused.
fn length(
    length: core::result::Result<Option<u64>, minicbor::decode::Error>,
    input: &Decoder<'_>,
) -> Result<u64> {
    length.ok().flatten().ok_or_else(|| malformed(input, "a map or array of definite length"))
}

fn text<'a>(input: &mut Decoder<'a>) -> Result<&'a str> {
    input.str().map_err(|_| malformed(input, "a text string"))
}
