use super::{DataGroup, RawObject, outermost};
use crate::{
    error::Result,
    findings::Deviation,
    tlv::{Tag, Tlv},
};

/// EF.COM: versions, and which groups the chip holds `[9303-10 §4.6.1]`. Unsigned: the list of the
/// SOD decides.
///
/// ```
/// use cccd::lds::{Com, DataGroup};
/// let com = Com::parse(b"\x60\x14\x5F\x01\x040107\x5F\x36\x06040000\x5C\x02\x61\x6D")?;
/// assert_eq!(com.lds_version(), "0107");
/// assert_eq!(com.groups().collect::<Vec<_>>(), [DataGroup::DG1, DataGroup::DG13]);
/// # Ok::<(), cccd::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Com {
    lds_version: String,
    unicode_version: String,
    tags: Vec<u8>,
    others: Vec<RawObject>,
    deviations: Vec<Deviation>,
}

impl Com {
    /// Reads the file.
    ///
    /// # Errors
    /// `Malformed` where it breaks Doc 9303-10.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|error| error.in_file("EF.COM"))
    }

    /// Version of the logical data structure, four digits: `0107`.
    #[must_use]
    pub fn lds_version(&self) -> &str {
        &self.lds_version
    }

    /// Version of Unicode, six digits: `040000`.
    #[must_use]
    pub fn unicode_version(&self) -> &str {
        &self.unicode_version
    }

    /// The tags as listed, unknown ones included.
    #[must_use]
    pub fn tags(&self) -> &[u8] {
        &self.tags
    }

    /// The groups listed, in the file's order.
    pub fn groups(&self) -> impl Iterator<Item = DataGroup> {
        self.tags.iter().filter_map(|tag| DataGroup::from_tag(Tag::from(*tag)))
    }

    /// Objects with other tags.
    #[must_use]
    pub fn others(&self) -> &[RawObject] {
        &self.others
    }

    /// Tolerances that were used.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

fn read(bytes: &[u8]) -> Result<Com> {
    let mut deviations = Vec::new();
    let outer = outermost(bytes, 0x60, "the tag 60 of EF.COM", &mut deviations)?;
    let (mut lds_version, mut unicode_version, mut tags) = (None, None, None);
    let mut others = Vec::new();
    let mut objects = outer.children()?;
    while let Some(object) = objects.next_object()? {
        match object.tag {
            0x5F01 => lds_version = Some(digits(&object, 4)?),
            0x5F36 => unicode_version = Some(digits(&object, 6)?),
            0x5C => tags = Some(object.value.to_vec()),
            _ => others.push(RawObject::of(&object)),
        }
    }
    Ok(Com {
        lds_version: lds_version.ok_or(outer.error("no version of the LDS"))?,
        unicode_version: unicode_version.ok_or(outer.error("no version of Unicode"))?,
        tags: tags.ok_or(outer.error("no list of tags"))?,
        others,
        deviations,
    })
}

fn digits(object: &Tlv<'_>, count: usize) -> Result<String> {
    match core::str::from_utf8(object.value) {
        Ok(text) if text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(text.to_owned())
        }
        _ => Err(object.error("a version that is not of digits")),
    }
}
