use cccd::{
    error::{Error, Unsupported},
    lds::DataGroup,
    tlv::{Reader, Tag},
};

use crate::language::choose;

/// Which file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Dir,
    AtrInfo,
    CardAccess,
    CardSecurity,
    Cvca,
    Com,
    Sod,
    Group(DataGroup),
    /// A block of ISO/IEC 39794 without a group around it, for the group of its modality.
    Block(DataGroup),
}

const OTHERS: [(&str, Kind); 7] = [
    ("EF.DIR", Kind::Dir),
    ("EF.ATR/INFO", Kind::AtrInfo),
    ("EF.CardAccess", Kind::CardAccess),
    ("EF.CardSecurity", Kind::CardSecurity),
    ("EF.CVCA", Kind::Cvca),
    ("EF.COM", Kind::Com),
    ("EF.SOD", Kind::Sod),
];

impl Kind {
    /// As the standard has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Group(group) => group.name(),
            Self::Block(group) => match group.number() {
                3 => "ISO/IEC 39794-4",
                4 => "ISO/IEC 39794-6",
                _ => "ISO/IEC 39794-5",
            },
            other => OTHERS.iter().find(|(_, kind)| *kind == other).map_or("EF", |(name, _)| *name),
        }
    }

    /// By its name, in any case, with or without `EF.`.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        let plain = |name: &str| {
            let name = name.to_ascii_lowercase().replace(['.', '_', '/', '-'], "");
            name.strip_prefix("ef").map(str::to_owned).unwrap_or(name)
        };
        let groups = DataGroup::all().map(|group| (group.name(), Self::Group(group)));
        groups
            .chain(OTHERS)
            .find(|(known, _)| plain(known) == plain(name))
            .map(|(_, kind)| kind)
            .ok_or_else(|| {
                let unknown = choose("không có tệp này, chỉ có · no such file, only");
                format!(
                    "{unknown}: DG1 … DG16, COM, SOD, CardAccess, CardSecurity, CVCA, DIR, ATR/INFO"
                )
            })
    }

    /// By its first tag, and where several files have one, by the next.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, Error> {
        let first = Reader::new(bytes).next_object().ok().flatten();
        let inside = || -> Option<Tag> {
            let inner = first?.children().ok()?.next_object().ok()??;
            Some(inner.tag)
        };
        let block = |number| DataGroup::new(number).map(Self::Block);
        let kind = match first.map(|object| object.tag) {
            Some(0x61) if inside() == Some(0x4F) => Some(Self::Dir),
            Some(0x64) => block(3),
            Some(0x65) if inside() == Some(0xA0) => block(2),
            Some(0x66) if inside() == Some(0xA0) => block(4),
            Some(0x31) => Some(Self::CardAccess),
            Some(0x30) => Some(Self::CardSecurity),
            Some(0x42) => Some(Self::Cvca),
            Some(0x43 | 0x47 | 0x7F66) => Some(Self::AtrInfo),
            Some(0x60) => Some(Self::Com),
            Some(0x77) => Some(Self::Sod),
            Some(tag) => DataGroup::from_tag(tag).map(Self::Group),
            // A file cut short: its first byte may be enough to say what is wrong with it.
            None => {
                bytes.first().and_then(|tag| DataGroup::from_tag(Tag::from(*tag))).map(Self::Group)
            }
        };
        let what = "a file that is none of a chip's by its first tag; --as says which it is";
        kind.ok_or(Error::Unsupported(Unsupported::Structure(what)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_name_and_by_tag() {
        for (name, expected) in [
            ("DG11", "DG11"),
            ("ef.com", "EF.COM"),
            ("COM", "EF.COM"),
            ("EF_SOD", "EF.SOD"),
            ("cardaccess", "EF.CardAccess"),
            ("atr/info", "EF.ATR/INFO"),
            ("dir", "EF.DIR"),
        ] {
            assert_eq!(Kind::named(name).unwrap().name(), expected);
        }
        assert!(Kind::named("DG17").is_err());
        for (bytes, expected) in [
            (&b"\x61\x04\x4F\x02\xA0\x00"[..], "EF.DIR"),
            (b"\x61\x03\x5F\x1F\x00", "DG1"),
            (b"\x65\x03\x02\x01\x00", "DG5"),
            (b"\x65\x02\xA0\x00", "ISO/IEC 39794-5"),
            (b"\x66\x02\xA0\x00", "ISO/IEC 39794-6"),
            (b"\x66\x01\x00", "DG6"),
            (b"\x64\x00", "ISO/IEC 39794-4"),
            (b"\x7F\x66\x00", "EF.ATR/INFO"),
            (b"\x70\x00", "DG16"),
            (b"\x6B\x7F", "DG11"),
        ] {
            assert_eq!(Kind::of(bytes).unwrap().name(), expected);
        }
        for bytes in [&b""[..], b"\x01\x00", b"zzz"] {
            assert_eq!(Kind::of(bytes).unwrap_err().code(), "unsupported.structure");
        }
    }
}
