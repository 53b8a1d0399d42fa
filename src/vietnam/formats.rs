use core::fmt;

use super::CitizenRecord;
use crate::sensitive::Personal;

/// The names under which programs in Vietnam expect a citizen's fields from a desk reader.
///
/// Only names and layouts differ: the values are those of [`CitizenRecord::fields`], whose order the columns keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RecordFormat {
    /// The names of this library; dates are ISO 8601.
    #[default]
    English,
    /// The text event (id 2) of the reader HN-212. Its dates are texts of a layout that is not published; here they
    /// are `dd/MM/yyyy`, as the chip has them. What the card has not is an empty text.
    Hn212,
    /// The local webhook of DHG.Hospital, without its picture `id_img`. The layout of its dates is not published; here they
    /// are `dd/MM/yyyy`. What the card has not is an empty text.
    Dhg,
    /// `Dg13File` of `RAR.IdCard.Sdk.Reader`. Programs read its dates as `dd/MM/yyyy`. What the card has not is an
    /// empty text.
    Rar,
}

/// The sixteen names, in the order of the card.
type Names = [&'static str; 16];

const HN212: Names = [
    "idCode",
    "personName",
    "dateOfBirth",
    "gender",
    "nationality",
    "race",
    "religion",
    "originPlace",
    "residencePlace",
    "personalIdentification",
    "issueDate",
    "expiryDate",
    "fatherName",
    "motherName",
    "wifeName",
    "oldIdCode",
];

const DHG: Names = [
    "id_card",
    "full_name",
    "date_of_birth",
    "gender",
    "nationality",
    "race",
    "religion",
    "place_of_origin",
    "place_of_residence",
    "personal_identification",
    "date_of_issue",
    "date_of_expiry",
    "father_name",
    "mother_name",
    "wife_name",
    "old_id_card",
];

const RAR: Names = [
    "DocumentNumber",
    "Name",
    "DateOfBirth",
    "Sex",
    "Nationality",
    "Nation",
    "Religion",
    "Hometown",
    "Address",
    "Character",
    "IssueDate",
    "ExpiredDate",
    "FatherName",
    "MotherName",
    "PartnerName",
    "PreviousNumber",
];

impl RecordFormat {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::English, Self::Hn212, Self::Dhg, Self::Rar];

    /// The stable name: `english`, `hn212`, `dhg`, `rar`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "english",
            Self::Hn212 => "hn212",
            Self::Dhg => "dhg",
            Self::Rar => "rar",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The record's fields under this format's names. `None` is what the card has not; formats that want texts only
    /// have none.
    ///
    /// ```
    /// # use cccd::{inspection::{InspectionOptions, InspectionSystem}, pki::TrustStore, transport::{Limits, SystemRandom, WithLimits}};
    /// # use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};
    /// # let issuer = Issuer::new(IssuerOptions::default());
    /// # let mut chip = Chip::new(issuer.personalise(&Person::sample(), &CardOptions::default()), 1);
    /// # let mut reader = WithLimits::new(|command: &[u8]| Ok(chip.process(command)), Limits::EXTENDED);
    /// # let mut trust = TrustStore::empty();
    /// # trust.add_certificate(issuer.csca_certificate(), "my CSCA")?;
    /// # let system = InspectionSystem::new(trust, "2026-11-21".parse()?);
    /// # let number: cccd::vietnam::IdNumber = "000195001234".parse()?;
    /// # let options = InspectionOptions::new(number.access_key(), SystemRandom::new());
    /// # let document = system.inspect(options).run(&mut reader)?;
    /// use cccd::vietnam::{CitizenRecord, RecordFormat};
    /// let citizen = CitizenRecord::from_document(&document)?;
    /// let fields = RecordFormat::Hn212.fields(&citizen);
    /// assert_eq!(fields[2].0, "dateOfBirth");
    /// assert_eq!(fields[2].1.as_ref().unwrap().reveal(), "15/06/1995");
    /// # Ok::<(), cccd::Error>(())
    /// ```
    #[must_use]
    pub fn fields(self, record: &CitizenRecord) -> [(&'static str, Option<Personal<String>>); 16] {
        let fields = record.fields();
        let names = match self {
            Self::English => return fields,
            Self::Hn212 => HN212,
            Self::Dhg => DHG,
            Self::Rar => RAR,
        };
        let mut names = names.into_iter();
        fields.map(|(english, value)| {
            let value = match value {
                Some(value) if english.contains("date") => day_month_year(value.reveal()),
                Some(value) => value,
                None => Personal::default(),
            };
            (names.next().unwrap_or(english), Some(value))
        })
    }
}

impl fmt::Display for RecordFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A date of ISO 8601 as Vietnam writes it, `MM/yyyy` and `yyyy` where less is known; anything else as it is.
fn day_month_year(iso: &str) -> Personal<String> {
    let is_date = iso.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let parts: Vec<&str> = iso.rsplit('-').collect();
    Personal::new(if is_date { parts.join("/") } else { iso.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        tlv::write,
        vietnam::dg13::vectors::{SHAPE_A, group, hex, utf8},
    };

    fn record(dg13: &[u8]) -> CitizenRecord {
        const MRZ: &str = "IDVNM1950012347000195001234<<79506158F3506156VNM<<<<<<<<<<<8\
                           NGUYEN<<THI<THU<HA<<<<<<<<<<<<";
        let dg1 = write(0x61, &write(0x5F1F, MRZ.as_bytes()));
        CitizenRecord::from_groups(&dg1, Some(dg13)).unwrap()
    }

    #[test]
    fn formats_differ_in_names_and_dates_alone() {
        let record = record(&hex(SHAPE_A));
        let english = RecordFormat::English.fields(&record);
        assert_eq!(english, record.fields());
        for format in &RecordFormat::ALL[1..] {
            let mut names = Vec::new();
            for ((old, old_value), (name, value)) in english.iter().zip(format.fields(&record)) {
                let (old_value, value) = (old_value.clone().unwrap(), value.unwrap());
                let expected = match (*old, old_value.reveal().as_str()) {
                    ("date_of_birth", "1995-06-15") => "15/06/1995",
                    ("issue_date", "2021-07-01") => "01/07/2021",
                    ("expiry_date", "2035-06-15") => "15/06/2035",
                    (_, same) => same,
                };
                assert_eq!(value.reveal(), expected, "{format} {name}");
                names.push(name);
            }
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), 16);
        }
        for (at, names) in [
            (0, ["id_number", "idCode", "id_card", "DocumentNumber"]),
            (5, ["ethnicity", "race", "race", "Nation"]),
            (7, ["place_of_origin", "originPlace", "place_of_origin", "Hometown"]),
            (8, ["residence", "residencePlace", "place_of_residence", "Address"]),
            (14, ["spouse_name", "wifeName", "wife_name", "PartnerName"]),
            (15, ["old_id_number", "oldIdCode", "old_id_card", "PreviousNumber"]),
        ] {
            assert_eq!(RecordFormat::ALL.map(|format| format.fields(&record)[at].0), names);
        }
    }

    #[test]
    fn what_is_missing_or_partial_keeps_its_form() {
        let sparse = group(&[(2, &utf8("Nguyễn Thị Thu Hà")), (3, &utf8("00/06/1995"))]);
        let record = record(&sparse);
        let shown = |format: RecordFormat, at: usize| {
            format.fields(&record)[at].1.as_ref().map(|value| value.reveal().clone())
        };
        assert_eq!(shown(RecordFormat::English, 2).as_deref(), Some("1995-06"));
        assert_eq!(shown(RecordFormat::Rar, 2).as_deref(), Some("06/1995"));
        assert_eq!(shown(RecordFormat::English, 14), None);
        assert_eq!(shown(RecordFormat::Dhg, 14).as_deref(), Some(""));
        for (iso, written) in
            [("1995", "1995"), ("Không thời hạn", "Không thời hạn"), ("a-b", "a-b"), ("", "")]
        {
            assert_eq!(day_month_year(iso).reveal(), written);
        }
    }

    #[test]
    fn formats_have_names() {
        for format in RecordFormat::ALL {
            assert_eq!(RecordFormat::from_name(format.name()), Some(format));
            assert_eq!(format.to_string(), format.name());
        }
        assert_eq!(RecordFormat::from_name("HN-212"), None);
    }
}
