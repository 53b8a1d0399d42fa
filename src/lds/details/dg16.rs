use super::{FieldText, FieldValue, asn1, field::moment, note, objects, outermost};
use crate::{
    error::Result,
    findings::Deviation,
    lds::{Moment, RawObject},
    sensitive::Personal,
    tlv::Tlv,
};

/// DG16: persons to notify in an emergency `[9303-10 §4.7.16]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg16 {
    persons: Vec<PersonToNotify>,
    others: Vec<RawObject>,
    deviations: Vec<Deviation>,
}

/// One person of DG16.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PersonToNotify {
    /// 5F50, when this was recorded.
    pub recorded: Option<Personal<Moment>>,
    /// 5F51, the name.
    pub name: Option<FieldText>,
    /// 5F52, the telephone number.
    pub telephone: Option<FieldText>,
    /// 5F53, the address.
    pub address: Option<FieldText>,
    /// What else there is, and what cannot be read.
    pub others: Vec<RawObject>,
}

impl Dg16 {
    /// Reads the group: `70 { 02 count, A1 person, A2 person … }`.
    ///
    /// # Errors
    /// `Malformed` only if it is no such group: fields that cannot be read are kept and reported.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|error| error.in_file("DG16"))
    }

    /// The persons, in the file's order.
    #[must_use]
    pub fn persons(&self) -> &[PersonToNotify] {
        &self.persons
    }

    /// Objects that are no person.
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

fn read(bytes: &[u8]) -> Result<Dg16> {
    let mut deviations = Vec::new();
    let outer = outermost(bytes, 0x70, "the tag 70 of DG16", &mut deviations)?;
    let (mut persons, mut others, mut announced) = (Vec::new(), Vec::new(), None);
    for object in objects(&outer, &mut deviations)? {
        match object.tag {
            asn1::INTEGER => announced = asn1::unsigned(&object).ok(),
            // One tag for each person, fifteen of them; some write A1 for every one.
            0xA1..=0xAF => match person(&object, &mut deviations) {
                Ok(person) => persons.push(person),
                Err(_) => {
                    note(&mut deviations, Deviation::UnreadableEntry);
                    others.push(RawObject::of(&object));
                }
            },
            _ => others.push(RawObject::of(&object)),
        }
    }
    if announced != Some(persons.len() as u64) {
        note(&mut deviations, Deviation::FieldList);
    }
    Ok(Dg16 { persons, others, deviations })
}

fn person(object: &Tlv<'_>, deviations: &mut Vec<Deviation>) -> Result<PersonToNotify> {
    let mut person = PersonToNotify::default();
    for field in objects(object, deviations)? {
        let place = match field.tag {
            0x5F51 => &mut person.name,
            0x5F52 => &mut person.telephone,
            0x5F53 => &mut person.address,
            0x5F50 => {
                if let FieldValue::Moment(moment) = moment(field.value, deviations) {
                    person.recorded = Some(moment);
                } else {
                    note(deviations, Deviation::UnreadableEntry);
                    person.others.push(RawObject::of(&field));
                }
                continue;
            }
            _ => {
                person.others.push(RawObject::of(&field));
                continue;
            }
        };
        *place = Some(FieldText::read(field.value, deviations));
    }
    Ok(person)
}
