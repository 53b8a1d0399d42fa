use super::{Image, RawObject, Shows, asn1, note, outermost};
use crate::{error::Result, findings::Deviation, tlv::Tag};

/// DG5: the portrait as it is printed `[9303-10 §4.7.5]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg5(Displayed);

/// DG7: the signature or usual mark as it is printed `[9303-10 §4.7.7]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg7(Displayed);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Displayed {
    images: Vec<Image>,
    others: Vec<RawObject>,
    deviations: Vec<Deviation>,
}

impl Dg5 {
    /// Reads the group: `65 { 02 count, 5F40 image … }`. Images are not decoded.
    ///
    /// # Errors
    /// `Malformed` where it cannot be divided into objects.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes, (0x65, "the tag 65 of DG5"), 0x5F40, Shows::Portrait)
            .map(Self)
            .map_err(|error| error.in_file("DG5"))
    }
}

impl Dg7 {
    /// Reads the group: `67 { 02 count, 5F43 image … }`. Images are not decoded.
    ///
    /// # Errors
    /// `Malformed` where it cannot be divided into objects.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes, (0x67, "the tag 67 of DG7"), 0x5F43, Shows::Signature)
            .map(Self)
            .map_err(|error| error.in_file("DG7"))
    }
}

macro_rules! shared {
    ($($group:ident)*) => {$(
        impl $group {
            /// The images, in the file's order. The group says nothing of their sizes.
            #[must_use]
            pub fn images(&self) -> &[Image] {
                &self.0.images
            }

            /// Objects with another tag.
            #[must_use]
            pub fn others(&self) -> &[RawObject] {
                &self.0.others
            }

            /// Tolerances that were used.
            #[must_use]
            pub fn deviations(&self) -> &[Deviation] {
                &self.0.deviations
            }
        }
    )*};
}

shared!(Dg5 Dg7);

fn read(
    bytes: &[u8],
    (tag, what): (Tag, &'static str),
    image_tag: Tag,
    shows: Shows,
) -> Result<Displayed> {
    let mut deviations = Vec::new();
    let outer = outermost(bytes, tag, what, &mut deviations)?;
    let (mut images, mut others, mut announced) = (Vec::new(), Vec::new(), None);
    let mut objects = outer.children()?;
    while let Some(object) = objects.next_object()? {
        match object.tag {
            asn1::INTEGER => announced = asn1::unsigned(&object).ok(),
            tag if tag == image_tag => images.push(Image::new(object.value, shows)),
            _ => others.push(RawObject::of(&object)),
        }
    }
    if announced != Some(images.len() as u64) {
        note(&mut deviations, Deviation::FieldList);
    }
    Ok(Displayed { images, others, deviations })
}
