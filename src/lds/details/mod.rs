//! Groups that are rows of fields: DG11, DG12 and the persons of DG16 `[9303-10 §4.7.11, §4.7.12, §4.7.16]`.
//!
//! ```text
//! 6B │ 6C { 5C tags, field …, A0 { 02 count, 5F0F or 5F1A name … } }
//! ```
//!
//! States write them in many ways: dates in BCD, text in ISO/IEC 8859-1, names outside their A0, tags that do not exist,
//! lists of tags that lie. A field that cannot be read is kept as it came and costs nothing but itself.

mod dg11;
mod dg12;
mod dg16;
mod field;
#[cfg(test)]
mod tests;

pub use dg11::Dg11;
pub use dg12::Dg12;
pub use dg16::{Dg16, PersonToNotify};
pub use field::{Field, FieldText, FieldValue};

use super::{RawObject, asn1, note, outermost};
use crate::{
    error::Result,
    findings::Deviation,
    tlv::{Reader, Tag, Tlv},
};

/// The list of tags, at the beginning.
const LIST: Tag = 0x5C;
/// A group of names with their number.
const NAMES: Tag = 0xA0;

/// How a field is written, by its tag.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Moment,
    Image(super::Shows),
}

/// A field's tag, its stable name and its kind.
type Known = (Tag, &'static str, Kind);

/// The fields of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Details {
    fields: Vec<Field>,
    listed: Vec<Tag>,
    unknown: Vec<RawObject>,
    deviations: Vec<Deviation>,
}

impl Details {
    fn read(
        bytes: &[u8],
        (tag, what): (Tag, &'static str),
        known: &[Known],
        name_in_group: Tag,
    ) -> Result<Self> {
        let mut details = Self::default();
        let outer = outermost(bytes, tag, what, &mut details.deviations)?;
        let (mut present, mut list) = (Vec::new(), Vec::new());
        for object in objects(&outer, &mut details.deviations)? {
            match object.tag {
                LIST => list = object.value.to_vec(),
                NAMES => {
                    if let Some(names) = details.names(&object, known, name_in_group) {
                        details.fields.extend(names);
                        present.push(name_in_group);
                    } else {
                        note(&mut details.deviations, Deviation::UnreadableEntry);
                        details.unknown.push(RawObject::of(&object));
                    }
                }
                tag => {
                    present.push(tag);
                    if tag == name_in_group {
                        // Names have their place inside A0.
                        note(&mut details.deviations, Deviation::FieldEncoding);
                    }
                    details.take(&object, known);
                }
            }
        }
        details.compare(&list, present, name_in_group);
        Ok(details)
    }

    /// Whether the list names what is there.
    fn compare(&mut self, list: &[u8], mut present: Vec<Tag>, name_in_group: Tag) {
        present.sort_unstable();
        present.dedup();
        let agrees = |listed: &[Tag]| {
            // Some list A0 beside the names in it, some instead of them.
            let name = |tag: &Tag| if *tag == NAMES { name_in_group } else { *tag };
            let mut listed: Vec<Tag> = listed.iter().map(name).collect();
            listed.sort_unstable();
            listed.dedup();
            listed == present
        };
        let (listed, short) = (tags(list, false), tags(list, true));
        self.listed = if agrees(&short) { short } else { listed };
        if !agrees(&self.listed) {
            note(&mut self.deviations, Deviation::FieldList);
        }
    }

    fn take(&mut self, object: &Tlv<'_>, known: &[Known]) {
        let Some((_, name, kind)) = known.iter().find(|(tag, ..)| *tag == object.tag) else {
            self.unknown.push(RawObject::of(object));
            return;
        };
        self.fields.push(Field::read(object, name, *kind, &mut self.deviations));
    }

    /// `A0 { 02 count, name … }`; `None` if it is no such thing.
    fn names(&mut self, object: &Tlv<'_>, known: &[Known], name_tag: Tag) -> Option<Vec<Field>> {
        let (_, name, kind) = known.iter().find(|(tag, ..)| *tag == name_tag)?;
        let (mut names, mut count) = (Vec::new(), None);
        for part in objects(object, &mut self.deviations).ok()? {
            match part.tag {
                asn1::INTEGER => count = asn1::unsigned(&part).ok(),
                tag if tag == name_tag => {
                    names.push(Field::read(&part, name, *kind, &mut self.deviations));
                }
                _ => self.unknown.push(RawObject::of(&part)),
            }
        }
        if count != Some(names.len() as u64) {
            note(&mut self.deviations, Deviation::FieldList);
        }
        Some(names)
    }

    fn texts(&self, tag: Tag) -> impl Iterator<Item = &FieldText> {
        self.fields.iter().filter(move |field| field.tag == tag).filter_map(|field| {
            match &field.value {
                FieldValue::Text(text) => Some(text),
                _ => None,
            }
        })
    }

    fn text(&self, tag: Tag) -> Option<&FieldText> {
        self.texts(tag).next()
    }

    fn moment(&self, tag: Tag) -> Option<super::Moment> {
        self.fields.iter().filter(|field| field.tag == tag).find_map(|field| match &field.value {
            FieldValue::Moment(moment) => Some(*moment.reveal()),
            _ => None,
        })
    }

    fn image(&self, tag: Tag) -> Option<&super::Image> {
        self.fields.iter().filter(|field| field.tag == tag).find_map(|field| match &field.value {
            FieldValue::Image(image) => Some(&**image),
            _ => None,
        })
    }
}

/// The objects inside one.
///
/// Tags such as `5F85` were met, which by BER go on in a third byte. So the contents are read once more with tags of two
/// bytes where they cannot be read otherwise. Where that fails too, the objects before the break remain.
fn objects<'a>(object: &Tlv<'a>, deviations: &mut Vec<Deviation>) -> Result<Vec<Tlv<'a>>> {
    let (found, whole) = all(object.children()?);
    if whole {
        return Ok(found);
    }
    note(deviations, Deviation::UnreadableEntry);
    let (shorter, whole) = all(object.children()?.with_short_tags());
    Ok(if whole || shorter.len() > found.len() { shorter } else { found })
}

/// The objects up to the first that cannot be read, and whether that is all.
fn all(mut reader: Reader<'_>) -> (Vec<Tlv<'_>>, bool) {
    let mut found = Vec::new();
    loop {
        match reader.next_object() {
            Ok(Some(object)) => found.push(object),
            Ok(None) => return (found, true),
            Err(_) => return (found, false),
        }
    }
}

/// Tags one after the other, by BER or with two bytes at most.
fn tags(mut bytes: &[u8], short: bool) -> Vec<Tag> {
    let mut tags = Vec::new();
    while let [first, rest @ ..] = bytes {
        bytes = rest;
        let mut tag = Tag::from(*first);
        if first & 0x1F == 0x1F {
            // Three bytes at most, as everywhere.
            while let ([next, rest @ ..], true) = (bytes, tag <= 0xFFFF) {
                bytes = rest;
                tag = tag << 8 | Tag::from(*next);
                if next & 0x80 == 0 || short {
                    break;
                }
            }
        }
        tags.push(tag);
    }
    tags
}
