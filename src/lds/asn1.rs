//! The few ASN.1 types inside `SecurityInfos`.

use der::asn1::ObjectIdentifier;

use crate::{
    error::Result,
    tlv::{Reader, Tlv},
};

pub(super) const INTEGER: u32 = 0x02;
pub(super) const OCTET_STRING: u32 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u32 = 0x06;
pub(super) const SEQUENCE: u32 = 0x30;
pub(super) const SET: u32 = 0x31;

pub(super) fn object_identifier(object: &Tlv<'_>) -> Result<ObjectIdentifier> {
    ObjectIdentifier::from_bytes(object.value)
        .map_err(|_| object.error("an object identifier that cannot be read"))
}

/// A non-negative INTEGER of at most 64 bits.
pub(super) fn unsigned(object: &Tlv<'_>) -> Result<u64> {
    match object.value {
        [] => Err(object.error("an INTEGER without contents")),
        [first, ..] if first & 0x80 != 0 => Err(object.error("a negative INTEGER")),
        [0, rest @ ..] | rest if rest.len() <= 8 => {
            Ok(rest.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
        }
        _ => Err(object.error("an INTEGER of more than 64 bits")),
    }
}

pub(super) fn unsigned_32(object: &Tlv<'_>) -> Result<u32> {
    u32::try_from(unsigned(object)?).map_err(|_| object.error("an INTEGER of more than 32 bits"))
}

/// An optional INTEGER at the end of a structure.
pub(super) fn optional_unsigned(reader: &mut Reader<'_>) -> Result<Option<u64>> {
    reader.optional(INTEGER)?.map(|object| unsigned(&object)).transpose()
}
