use super::{CitizenRecord, IdNumber, QrText, Sex, names};
use crate::mrz::Mrz;

/// How printed data agree with the chip. Holds names of fields, never their values.
///
/// Compared is what a forger would change and what both sides write in one way: ID number, name,
/// dates, sex. Addresses are not: they are free text. A field that one side lacks is not compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrintedDataComparison {
    compared: Vec<&'static str>,
    differing: Vec<&'static str>,
}

impl PrintedDataComparison {
    /// The QR code's text. Names are equal whatever their case, normalisation form and the vowel of
    /// a tone mark, and if what a scanner left of one may be the other.
    #[must_use]
    pub fn with_qr(qr: &QrText, record: &CitizenRecord) -> Self {
        let mut comparison = Self::with_id_number(qr.id_number(), record);
        let name = qr.full_name().reveal();
        // A name that came from the MRZ has lost its marks.
        let equal = qr.names(record.full_name.reveal())
            || (record.name_is_from_mrz()
                && names::fold_ascii(name) == names::fold_ascii(record.full_name.reveal()));
        comparison.add("full_name", equal);
        comparison.add_if_both("date_of_birth", qr.date_of_birth(), record.date_of_birth.as_ref());
        comparison.add_if_both("sex", qr.sex(), Some(&record.sex));
        comparison.add_if_both("issue_date", qr.issue_date(), record.issue_date.as_ref());
        comparison.add_if_both("old_id_number", qr.old_id_number(), record.old_id_number.as_ref());
        comparison
    }

    /// The lines on the back of the card.
    #[must_use]
    pub fn with_mrz(mrz: &Mrz, record: &CitizenRecord) -> Self {
        let mut comparison = Self::default();
        let number = match IdNumber::from_mrz(mrz) {
            Ok(Some(id)) => id == record.id_number,
            Ok(None) => record.id_number.document_number() == *mrz.document_number(),
            Err(_) => false,
        };
        comparison.add("id_number", number);
        comparison.add("full_name", names::agrees_with_mrz(record.full_name.reveal(), mrz));
        if let Some(birth) = &record.date_of_birth {
            let day = birth.reveal();
            let written = format!("{:02}{:02}{:02}", day.year() % 100, day.month(), day.day());
            comparison.add("date_of_birth", written == *mrz.birth_text().reveal());
        }
        let sex = Sex::from(mrz.sex());
        if sex != Sex::Unspecified {
            comparison.add("sex", sex == *record.sex.reveal());
        }
        comparison.add("expiry_date", mrz.date_of_expiry() == record.expiry.reveal().mrz_date());
        comparison
    }

    /// The twelve digits alone.
    #[must_use]
    pub fn with_id_number(id_number: &IdNumber, record: &CitizenRecord) -> Self {
        let mut comparison = Self::default();
        comparison.add("id_number", *id_number == record.id_number);
        comparison
    }

    /// The fields that both sides have.
    #[must_use]
    pub fn compared(&self) -> &[&'static str] {
        &self.compared
    }

    /// Those among them that differ.
    #[must_use]
    pub fn differing(&self) -> &[&'static str] {
        &self.differing
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differing.is_empty()
    }

    fn add(&mut self, field: &'static str, equal: bool) {
        self.compared.push(field);
        if !equal {
            self.differing.push(field);
        }
    }

    fn add_if_both<T: PartialEq>(
        &mut self,
        field: &'static str,
        one: Option<&T>,
        other: Option<&T>,
    ) {
        if let (Some(one), Some(other)) = (one, other) {
            self.add(field, one == other);
        }
    }
}

#[cfg(test)]
mod tests;
