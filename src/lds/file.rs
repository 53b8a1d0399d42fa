use core::fmt;

use crate::tlv::Tag;

/// The number of a data group, 1–16 `[9303-10 §4.7]`. Prints as `DG13`.
///
/// ```
/// use cccd::lds::DataGroup;
/// assert_eq!(DataGroup::new(13), Some(DataGroup::DG13));
/// assert_eq!(DataGroup::new(17), None);
/// assert_eq!(DataGroup::from_tag(0x75), Some(DataGroup::DG2));
/// assert_eq!(DataGroup::DG14.name(), "DG14");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataGroup(u8);

/// Name and tag of each group, in order of their numbers.
const GROUPS: [(&str, u8); 16] = [
    ("DG1", 0x61),
    ("DG2", 0x75),
    ("DG3", 0x63),
    ("DG4", 0x76),
    ("DG5", 0x65),
    ("DG6", 0x66),
    ("DG7", 0x67),
    ("DG8", 0x68),
    ("DG9", 0x69),
    ("DG10", 0x6A),
    ("DG11", 0x6B),
    ("DG12", 0x6C),
    ("DG13", 0x6D),
    ("DG14", 0x6E),
    ("DG15", 0x6F),
    ("DG16", 0x70),
];

impl DataGroup {
    /// The MRZ.
    pub const DG1: Self = Self(1);
    /// The face.
    pub const DG2: Self = Self(2);
    /// Fingerprints; readable after Terminal Authentication only.
    pub const DG3: Self = Self(3);
    /// Irises; readable after Terminal Authentication only.
    pub const DG4: Self = Self(4);
    /// Additional personal details.
    pub const DG11: Self = Self(11);
    /// Additional document details.
    pub const DG12: Self = Self(12);
    /// Optional details of the issuing state: the CCCD's text fields.
    pub const DG13: Self = Self(13);
    /// Security options: `SecurityInfos`, signed.
    pub const DG14: Self = Self(14);
    /// The Active Authentication public key.
    pub const DG15: Self = Self(15);

    /// The group of this number, if it is 1–16.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number >= 1 && number <= 16 { Some(Self(number)) } else { None }
    }

    /// The group whose file begins with this tag.
    #[must_use]
    pub fn from_tag(tag: Tag) -> Option<Self> {
        Self::all().find(|group| group.tag() == tag)
    }

    /// All sixteen, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=16).map(Self)
    }

    /// 1–16.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    fn facts(self) -> (&'static str, u8) {
        // The constructor admits 1–16 only, so the fallback is never taken.
        GROUPS.get(usize::from(self.0).saturating_sub(1)).copied().unwrap_or(("DG", 0))
    }

    /// `DG1` … `DG16`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().0
    }

    /// The tag of the file's outermost object.
    #[must_use]
    pub fn tag(self) -> Tag {
        Tag::from(self.facts().1)
    }
}

impl fmt::Display for DataGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for DataGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An elementary file of the chip, with the three ways to recognise it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// EF.CardAccess in the master file: what PACE needs, unsigned.
    CardAccess,
    /// EF.CardSecurity in the master file: signed `SecurityInfos`.
    CardSecurity,
    /// EF.COM: which groups there are, unsigned.
    Com,
    /// EF.SOD: the signed list of digests.
    Sod,
    /// A data group.
    Group(DataGroup),
}

impl File {
    /// The standard name, as it appears in errors: `EF.COM`, `DG13`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CardAccess => "EF.CardAccess",
            Self::CardSecurity => "EF.CardSecurity",
            Self::Com => "EF.COM",
            Self::Sod => "EF.SOD",
            Self::Group(group) => group.name(),
        }
    }

    /// The tag of the outermost object.
    #[must_use]
    pub fn tag(self) -> Tag {
        match self {
            Self::CardAccess => 0x31,
            Self::CardSecurity => 0x30,
            Self::Com => 0x60,
            Self::Sod => 0x77,
            Self::Group(group) => group.tag(),
        }
    }

    /// The file identifier, for SELECT.
    #[must_use]
    pub const fn identifier(self) -> u16 {
        0x0100 | self.short_identifier() as u16
    }

    /// The short file identifier, for READ BINARY.
    #[must_use]
    pub const fn short_identifier(self) -> u8 {
        match self {
            Self::CardAccess => 0x1C,
            // The same in the master file as EF.SOD in the application.
            Self::CardSecurity | Self::Sod => 0x1D,
            Self::Com => 0x1E,
            Self::Group(group) => group.number(),
        }
    }
}

impl From<DataGroup> for File {
    fn from(group: DataGroup) -> Self {
        Self::Group(group)
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_tags_and_identifiers_belong_together() {
        for group in DataGroup::all() {
            assert_eq!(DataGroup::new(group.number()), Some(group));
            assert_eq!(DataGroup::from_tag(group.tag()), Some(group));
            assert_eq!(group.name(), format!("DG{}", group.number()));
            let file = File::from(group);
            assert_eq!(file.identifier(), 0x0100 + u16::from(group.number()));
            assert_eq!(file.short_identifier(), group.number());
        }
        for number in [0, 17, 0x60, 255] {
            assert_eq!(DataGroup::new(number), None);
        }
        for tag in [0, 0x60, 0x62, 0x64, 0x71, 0x77, 0x7F61] {
            assert_eq!(DataGroup::from_tag(tag), None);
        }
        assert_eq!((File::Com.tag(), File::Com.identifier()), (0x60, 0x011E));
        assert_eq!((File::Sod.tag(), File::Sod.identifier()), (0x77, 0x011D));
        assert_eq!(File::CardAccess.identifier(), 0x011C);
        assert_eq!(File::CardAccess.short_identifier(), 0x1C);
    }
}
