//! DG11, DG12 and DG16: rows of fields `[9303-10 §4.7.11, §4.7.12, §4.7.16]`, in the standard's encoding and in those that
//! one meets.

use crate::tlv::{constructed, node};

/// How fields are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DetailEncoding {
    /// Dates with two digits to a byte, as the standard had it once and several states still do.
    pub packed_dates: bool,
    /// Names of others as objects of their own, without a group and their number.
    pub names_without_group: bool,
    /// Text in ISO/IEC 8859-1 where all of it is in that set.
    pub latin_1: bool,
}

impl DetailEncoding {
    fn text(self, text: &str) -> Vec<u8> {
        let latin: Option<Vec<u8>> =
            text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
        latin.filter(|_| self.latin_1).unwrap_or_else(|| text.as_bytes().to_vec())
    }

    /// Digits, an even number of them.
    fn date(self, digits: &str) -> Vec<u8> {
        if !self.packed_dates {
            return digits.as_bytes().to_vec();
        }
        digits.as_bytes().chunks(2).map(|pair| (pair[0] & 15) << 4 | pair[1] & 15).collect()
    }
}

/// What DG11 says. Texts as they are written: `<` between the parts of a name or an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonalDetails {
    /// 5F0E.
    pub full_name: Option<String>,
    /// 5F0F, each.
    pub other_names: Vec<String>,
    /// 5F10.
    pub personal_number: Option<String>,
    /// 5F2B: yyyymmdd.
    pub date_of_birth: Option<String>,
    /// 5F11.
    pub place_of_birth: Option<String>,
    /// 5F42.
    pub permanent_address: Option<String>,
    /// 5F12.
    pub telephone: Option<String>,
    /// 5F13.
    pub profession: Option<String>,
    /// 5F14.
    pub title: Option<String>,
    /// 5F15.
    pub personal_summary: Option<String>,
    /// 5F16, an image.
    pub proof_of_citizenship: Option<Vec<u8>>,
    /// 5F17.
    pub other_document_numbers: Option<String>,
    /// 5F18.
    pub custody_information: Option<String>,
}

/// What DG12 says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentDetails {
    /// 5F19.
    pub issuing_authority: Option<String>,
    /// 5F26: yyyymmdd.
    pub date_of_issue: Option<String>,
    /// 5F1A, each.
    pub other_people: Vec<String>,
    /// 5F1B.
    pub endorsements: Option<String>,
    /// 5F1C.
    pub tax_or_exit_requirements: Option<String>,
    /// 5F1D, an image.
    pub image_of_front: Option<Vec<u8>>,
    /// 5F1E, an image.
    pub image_of_rear: Option<Vec<u8>>,
    /// 5F55: yyyymmddhhmmss.
    pub personalised: Option<String>,
    /// 5F56.
    pub personalisation_system: Option<String>,
}

/// One person of DG16.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonToNotify {
    /// 5F50: yyyymmdd.
    pub recorded: String,
    /// 5F51.
    pub name: String,
    /// 5F52.
    pub telephone: String,
    /// 5F53.
    pub address: String,
}

/// Fields in the order of the standard, and the list of their tags before them.
struct Row {
    encoding: DetailEncoding,
    tags: Vec<u8>,
    fields: Vec<Vec<u8>>,
}

impl Row {
    fn new(encoding: DetailEncoding) -> Row {
        Row { encoding, tags: Vec::new(), fields: Vec::new() }
    }

    fn field(&mut self, tag: u16, value: Option<Vec<u8>>) {
        if let Some(value) = value {
            self.tags.extend(tag.to_be_bytes());
            self.fields.push(node(u32::from(tag), &value));
        }
    }

    fn text(&mut self, tag: u16, text: Option<&String>) {
        self.field(tag, text.map(|text| self.encoding.text(text)));
    }

    fn date(&mut self, tag: u16, date: Option<&String>) {
        self.field(tag, date.map(|date| self.encoding.date(date)));
    }

    /// `A0 { 02 count, name … }`.
    fn names(&mut self, tag: u16, names: &[String]) {
        if names.is_empty() {
            return;
        }
        self.tags.extend(tag.to_be_bytes());
        let names = names.iter().map(|name| node(u32::from(tag), &self.encoding.text(name)));
        if self.encoding.names_without_group {
            self.fields.extend(names);
        } else {
            let count = node(0x02, &[names.len() as u8]);
            let group: Vec<Vec<u8>> = [count].into_iter().chain(names).collect();
            self.fields.push(constructed(0xA0, &group));
        }
    }

    fn finish(self, tag: u32) -> Vec<u8> {
        let list = node(0x5C, &self.tags);
        constructed(tag, &[vec![list], self.fields].concat())
    }
}

/// DG11: additional personal details `[9303-10 §4.7.11]`.
pub fn dg11(details: &PersonalDetails, encoding: DetailEncoding) -> Vec<u8> {
    let mut row = Row::new(encoding);
    row.text(0x5F0E, details.full_name.as_ref());
    row.names(0x5F0F, &details.other_names);
    row.text(0x5F10, details.personal_number.as_ref());
    row.date(0x5F2B, details.date_of_birth.as_ref());
    row.text(0x5F11, details.place_of_birth.as_ref());
    row.text(0x5F42, details.permanent_address.as_ref());
    row.text(0x5F12, details.telephone.as_ref());
    row.text(0x5F13, details.profession.as_ref());
    row.text(0x5F14, details.title.as_ref());
    row.text(0x5F15, details.personal_summary.as_ref());
    row.field(0x5F16, details.proof_of_citizenship.clone());
    row.text(0x5F17, details.other_document_numbers.as_ref());
    row.text(0x5F18, details.custody_information.as_ref());
    row.finish(0x6B)
}

/// DG12: additional document details `[9303-10 §4.7.12]`.
pub fn dg12(details: &DocumentDetails, encoding: DetailEncoding) -> Vec<u8> {
    let mut row = Row::new(encoding);
    row.text(0x5F19, details.issuing_authority.as_ref());
    row.date(0x5F26, details.date_of_issue.as_ref());
    row.names(0x5F1A, &details.other_people);
    row.text(0x5F1B, details.endorsements.as_ref());
    row.text(0x5F1C, details.tax_or_exit_requirements.as_ref());
    row.field(0x5F1D, details.image_of_front.clone());
    row.field(0x5F1E, details.image_of_rear.clone());
    row.date(0x5F55, details.personalised.as_ref());
    row.text(0x5F56, details.personalisation_system.as_ref());
    row.finish(0x6C)
}

/// DG16: persons to notify, each under a tag of its own, A1 to AF `[9303-10 §4.7.16]`.
///
/// # Panics
/// There are tags for fifteen persons.
pub fn dg16(persons: &[PersonToNotify], encoding: DetailEncoding) -> Vec<u8> {
    assert!(persons.len() <= 15, "DG16 has room for fifteen persons");
    let mut entries = vec![node(0x02, &[persons.len() as u8])];
    for (index, person) in persons.iter().enumerate() {
        let fields = [
            node(0x5F50, &encoding.date(&person.recorded)),
            node(0x5F51, &encoding.text(&person.name)),
            node(0x5F52, &encoding.text(&person.telephone)),
            node(0x5F53, &encoding.text(&person.address)),
        ];
        entries.push(constructed(0xA1 + index as u32, &fields));
    }
    constructed(0x70, &entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_begin_with_the_list_of_their_tags() {
        let details = DocumentDetails {
            issuing_authority: Some("A".to_owned()),
            date_of_issue: Some("20210701".to_owned()),
            ..DocumentDetails::default()
        };
        let group = dg12(&details, DetailEncoding::default());
        assert_eq!(group, *b"\x6C\x15\x5C\x04\x5F\x19\x5F\x26\x5F\x19\x01A\x5F\x26\x0820210701");
        let packed = DetailEncoding { packed_dates: true, ..DetailEncoding::default() };
        assert!(dg12(&details, packed).ends_with(b"\x5F\x26\x04\x20\x21\x07\x01"));
    }

    #[test]
    fn names_stand_in_a_group_with_their_number() {
        let names = ["MÜLLER", "X"].map(str::to_owned).to_vec();
        let details = PersonalDetails { other_names: names, ..PersonalDetails::default() };
        let group = dg11(&details, DetailEncoding::default());
        let expected = "\u{2}\u{1}\u{2}\u{5F}\u{F}\u{7}MÜLLER\u{5F}\u{F}\u{1}X".as_bytes();
        assert!(group.ends_with(expected));
        let odd = DetailEncoding { names_without_group: true, latin_1: true, packed_dates: false };
        assert!(dg11(&details, odd).ends_with(b"\x5F\x0F\x06M\xDCLLER\x5F\x0F\x01X"));
    }
}
