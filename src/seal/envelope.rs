use coset::{
    Algorithm, CborSerializable as _, ContentType, CoseSign1, CoseSign1Builder, Header,
    HeaderBuilder, ProtectedHeader, TaggedCborSerializable as _, iana,
};
use minicbor::{Decoder, data::Tag};

use super::{MAX_SEALED, SealKey, Sealed, Sealer};
use crate::error::{Error, NotAuthentic, Result, Unsupported};

const FILE: &str = "sealed file";
/// CBOR tag 18, COSE_Sign1 (RFC 9052 §2), in its one shortest form.
const COSE_SIGN1: u8 = 0xD2;
/// Ours takes some 80 bytes; headers that we ignore may stand beside.
const LONGEST_HEADER: usize = 1024;
const SIGNATURE_LENGTH: usize = 64;

const NOT_THE_SEAL: Error = Error::NotAuthentic(NotAuthentic::Seal);

/// Seals a payload.
///
/// # Errors
/// What the sealer reports; `Malformed` or `Unsupported` for its public key; `Misuse` if its signature does
/// not fit that key, and for payloads longer than can be opened again.
pub fn seal(payload: &[u8], what: Sealed, sealer: &dyn Sealer) -> Result<Vec<u8>> {
    if payload.len() > MAX_SEALED - LONGEST_HEADER {
        return Err(Error::Misuse("a payload that is too long for a seal"));
    }
    let key = SealKey::from_spki(&sealer.public_key())?;
    let header = HeaderBuilder::new()
        .algorithm(iana::Algorithm::ES256)
        .content_type(what.content_type().to_owned())
        .key_id(key.fingerprint().to_vec())
        .build();
    let sealed = CoseSign1Builder::new()
        .protected(header)
        .payload(payload.to_vec())
        .try_create_signature(&[], |message| {
            let signature = sealer.sign(message)?;
            // A module that signs with another key must show here and not years later.
            if key.0.verifies(message, &signature) {
                Ok(signature.to_vec())
            } else {
                Err(Error::Misuse("a sealer whose signature does not fit its public key"))
            }
        })?
        .build();
    sealed.to_tagged_vec().map_err(|_| Error::Misuse("a payload that cannot be sealed"))
}

/// Whether bytes begin like a sealed file (CBOR tag 18).
#[must_use]
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.first() == Some(&COSE_SIGN1)
}

/// Opens a seal that one of `keys` made, and gives the payload and the key.
///
/// # Errors
/// `Malformed`; `Unsupported` for other algorithms and critical headers;
/// [`NotAuthentic::Seal`] for a seal over another kind of file, by another key, or over other bytes.
pub fn open<'k>(
    sealed: &[u8],
    what: Sealed,
    keys: &'k [SealKey],
) -> Result<(Vec<u8>, &'k SealKey)> {
    let envelope = parse(sealed)?;
    let header = &envelope.protected.header;
    if !is_of_kind(header, what) {
        return Err(NOT_THE_SEAL);
    }
    let key = keys.iter().find(|key| key.fingerprint().as_slice() == header.key_id);
    let key = key.ok_or(NOT_THE_SEAL)?;
    envelope.verify_signature(&[], |signature, message| {
        if key.0.verifies(message, signature) { Ok(()) } else { Err(NOT_THE_SEAL) }
    })?;
    let payload = envelope.payload.ok_or_else(|| malformed(0, "a payload"))?;
    Ok((payload, key))
}

/// The payload and the name of the key that claims to have sealed it. **Nothing is checked.**
pub(crate) fn unsealed(sealed: &[u8], what: Sealed) -> Result<(Vec<u8>, [u8; 32])> {
    let envelope = parse(sealed)?;
    if !is_of_kind(&envelope.protected.header, what) {
        return Err(NOT_THE_SEAL);
    }
    let key = <[u8; 32]>::try_from(envelope.protected.header.key_id.as_slice());
    let key = key.map_err(|_| malformed(0, "the fingerprint of a key"))?;
    let payload = envelope.payload.ok_or_else(|| malformed(0, "a payload"))?;
    Ok((payload, key))
}

fn is_of_kind(header: &Header, what: Sealed) -> bool {
    let named = ContentType::Text(what.content_type().to_owned());
    header.content_type.as_ref() == Some(&named)
}

/// Reads the envelope and refuses every header that could change what the signature means.
fn parse(sealed: &[u8]) -> Result<CoseSign1> {
    let parts = split(sealed)?;
    // RFC 9052 §3: the bytes of the header as they came are what was signed.
    let header = Header::from_slice(parts.protected).map_err(|_| malformed(2, "COSE headers"))?;
    if !header.crit.is_empty() {
        return Err(Error::Unsupported(Unsupported::Structure("a critical header in a seal")));
    }
    if header.alg != Some(Algorithm::Assigned(iana::Algorithm::ES256)) {
        return Err(Error::Unsupported(Unsupported::Algorithm("a seal other than ES256")));
    }
    let encrypts = !header.iv.is_empty() || !header.partial_iv.is_empty();
    if encrypts || !header.counter_signatures.is_empty() {
        return Err(malformed(2, "the headers of one signature"));
    }
    Ok(CoseSign1 {
        protected: ProtectedHeader { original_data: Some(parts.protected.to_vec()), header },
        unprotected: Header::default(),
        payload: Some(parts.payload.to_vec()),
        signature: parts.signature.to_vec(),
    })
}

struct Parts<'a> {
    protected: &'a [u8],
    payload: &'a [u8],
    signature: &'a [u8],
}

/// Walks the outer array before anything is allocated: `coset` reads whole trees, and a file of small items
/// would cost thirty times its length.
fn split(sealed: &[u8]) -> Result<Parts<'_>> {
    if sealed.len() > MAX_SEALED {
        return Err(malformed(0, "a sealed file of at most 64 MiB"));
    }
    if !is_sealed(sealed) {
        return Err(malformed(0, "COSE_Sign1 with its tag"));
    }
    let mut input = Decoder::new(sealed);
    let tag = input.tag().is_ok_and(|tag| tag == Tag::new(18));
    if !tag || !matches!(input.array(), Ok(Some(4))) {
        return Err(malformed(input.position(), "an array of four"));
    }
    let protected = bytes(&mut input, "protected headers")?;
    if protected.len() > LONGEST_HEADER {
        return Err(malformed(input.position(), "headers of at most 1024 bytes"));
    }
    if !matches!(input.map(), Ok(Some(0))) {
        return Err(malformed(input.position(), "no header outside the signature"));
    }
    let payload = bytes(&mut input, "a payload")?;
    let signature = bytes(&mut input, "one signature")?;
    if signature.len() != SIGNATURE_LENGTH {
        return Err(malformed(input.position(), "a signature of 64 bytes"));
    }
    if input.position() != sealed.len() {
        return Err(malformed(input.position(), "nothing after the seal"));
    }
    Ok(Parts { protected, payload, signature })
}

fn bytes<'a>(input: &mut Decoder<'a>, what: &'static str) -> Result<&'a [u8]> {
    input.bytes().map_err(|_| malformed(input.position(), what))
}

const fn malformed(offset: usize, what: &'static str) -> Error {
    Error::Malformed { file: FILE, offset, what }
}
