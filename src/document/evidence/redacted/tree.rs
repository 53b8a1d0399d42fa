use super::Shown;
use crate::{
    crypto,
    tlv::{Reader, Tag, Tlv},
};

/// More objects than any file of a document has but for hostile ones.
const MOST_OBJECTS: usize = 1000;

/// Tags that documents are made of. Where a file is broken, what stands in a tag's place may be a letter of
/// a name; so other tags are not shown.
const KNOWN: [&[Tag]; 4] = [
    // Universal types of ASN.1.
    &[
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1E, 0x30,
        0x31, 0xA0, 0xA1, 0xA2, 0xA3, 0x80, 0x81, 0x82, 0x83, 0x85, 0x86, 0x87, 0x88,
    ],
    // Files and groups [9303-10 §4.6, §4.7].
    &[
        0x60, 0x61, 0x63, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
        0x75, 0x76, 0x77,
    ],
    // Objects of EF.COM, DG1, DG11 and DG12.
    &[0x5C, 0x5F01, 0x5F36, 0x5F1F, 0x5F0E, 0x5F10, 0x5F11, 0x5F2B, 0x5F42, 0x5F12, 0x5F13],
    // Biometric information templates.
    &[0x7F61, 0x7F60, 0x5F2E, 0x7F2E],
];

/// Tags and lengths of a file, and its object identifiers if it holds nothing personal.
pub(super) fn tree(raw: &[u8], with_identifiers: bool) -> Shown {
    let mut left = MOST_OBJECTS;
    level(Reader::new(raw), with_identifiers, &mut left).unwrap_or(Shown::Nothing)
}

/// The objects side by side; `None` unless all of them are known and fill their place to the last byte.
fn level(mut reader: Reader<'_>, with_identifiers: bool, left: &mut usize) -> Option<Shown> {
    let mut objects = Vec::new();
    while let Some(object) = reader.next_object().ok()? {
        *left = left.checked_sub(1)?;
        if !KNOWN.iter().any(|tags| tags.contains(&object.tag)) {
            return None;
        }
        objects.push(object);
    }
    let shown = objects.iter().map(|object| show(object, with_identifiers, left));
    Some(Shown::List(shown.collect()))
}

fn show(object: &Tlv<'_>, with_identifiers: bool, left: &mut usize) -> Shown {
    let mut entries = vec![
        ("tag", format!("{:02X}", object.tag).into()),
        ("length", Shown::from(object.value.len() as u64)),
    ];
    if with_identifiers && object.tag == 0x06 {
        entries.extend(crypto::oid(object).ok().map(|oid| ("oid", oid.into())));
    }
    let constructed = object.raw.first().is_some_and(|first| first & 0x20 != 0);
    if constructed && !object.value.is_empty() {
        let inside = object.children().ok();
        let inside = inside.and_then(|inside| level(inside, with_identifiers, left));
        entries.extend(inside.map(|inside| ("inside", inside)));
    }
    Shown::Map(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv::write;

    #[test]
    fn tags_and_lengths_only() {
        let oid = write(0x06, &[0x2A, 0x03]);
        let file = write(0x6D, &write(0x30, &[write(0x0C, b"Zyxwut"), oid].concat()));
        let personal = tree(&file, false).to_string();
        assert!(personal.contains("\"0C\"") && personal.contains("\"length\": 6"), "{personal}");
        assert!(!personal.contains("oid") && !personal.contains("Zyxwut"));
        assert!(tree(&file, true).to_string().contains("\"oid\": \"1.2.3\""));
    }

    #[test]
    fn what_only_looks_like_objects_is_not_shown() {
        // Text inside a constructed tag: N is a tag, g a length.
        let file = write(0x6D, b"Nguyen");
        assert_eq!(tree(&file, true).to_string().matches("tag").count(), 1);
        assert_eq!(tree(b"rubbish", true), Shown::Nothing);
        let many = write(0x30, &write(0x05, &[]).repeat(MOST_OBJECTS + 1));
        assert_eq!(tree(&many, true).to_string().matches("tag").count(), 1);
    }
}
