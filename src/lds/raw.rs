use core::fmt;

use crate::{
    sensitive::Personal,
    tlv::{Tag, Tlv},
};

/// A data object whose meaning is not known here, or that cannot be read: kept as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct RawObject {
    /// The tag as it is written.
    pub tag: Tag,
    /// The contents.
    pub value: Personal<Vec<u8>>,
}

impl RawObject {
    pub(super) fn of(object: &Tlv<'_>) -> Self {
        Self { tag: object.tag, value: Personal::new(object.value.to_vec()) }
    }
}

impl fmt::Debug for RawObject {
    /// Tag and length only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawObject({:02X}, {} bytes)", self.tag, self.value.reveal().len())
    }
}
