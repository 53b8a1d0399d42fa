use cccd::vietnam::{RecordField, names};

use crate::{BatchError, Result};

/// Names under which software keeps a field, as [`folded`] gives them. Our own names and those of desk readers
/// (docs/output.md) are among them.
const NAMES: [(RecordField, &[&str]); 15] = [
    (
        RecordField::IdNumber,
        &[
            "IDNUMBER",
            "SODINHDANH",
            "SODINHDANHCANHAN",
            "MADINHDANH",
            "CCCD",
            "SOCCCD",
            "CANCUOC",
            "SOCANCUOC",
            "SOCANCUOCCONGDAN",
            "IDCODE",
            "IDCARD",
            "DOCUMENTNUMBER",
        ],
    ),
    (
        RecordField::OldIdNumber,
        &["OLDIDNUMBER", "CMND", "SOCMND", "SOCMNDCU", "OLDIDCODE", "OLDIDCARD", "PREVIOUSNUMBER"],
    ),
    (
        RecordField::FullName,
        &["FULLNAME", "NAME", "HOTEN", "HOVATEN", "TENBENHNHAN", "TENBN", "PERSONNAME"],
    ),
    (RecordField::DateOfBirth, &["DATEOFBIRTH", "BIRTHDATE", "DOB", "NGAYSINH"]),
    (RecordField::Sex, &["SEX", "GENDER", "GIOITINH"]),
    (RecordField::Nationality, &["NATIONALITY", "QUOCTICH"]),
    (RecordField::Ethnicity, &["ETHNICITY", "RACE", "NATION", "DANTOC"]),
    (RecordField::Religion, &["RELIGION", "TONGIAO"]),
    (
        RecordField::PlaceOfOrigin,
        &["PLACEOFORIGIN", "ORIGINPLACE", "HOMETOWN", "QUEQUAN", "NGUYENQUAN"],
    ),
    (
        RecordField::Residence,
        &[
            "RESIDENCE",
            "RESIDENCEPLACE",
            "PLACEOFRESIDENCE",
            "ADDRESS",
            "DIACHI",
            "NOITHUONGTRU",
            "THUONGTRU",
            "NOICUTRU",
            "DIACHITHUONGTRU",
        ],
    ),
    (RecordField::IssueDate, &["ISSUEDATE", "DATEOFISSUE", "NGAYCAP"]),
    (
        RecordField::ExpiryDate,
        &["EXPIRYDATE", "EXPIREDDATE", "DATEOFEXPIRY", "NGAYHETHAN", "COGIATRIDEN"],
    ),
    (RecordField::FatherName, &["FATHERNAME", "HOTENCHA", "TENCHA"]),
    (RecordField::MotherName, &["MOTHERNAME", "HOTENME", "TENME"]),
    (
        RecordField::SpouseName,
        &["SPOUSENAME", "WIFENAME", "PARTNERNAME", "HOTENVOCHONG", "VOCHONG"],
    ),
];
const KEYS: [&str; 7] = ["KEY", "ID", "MABN", "MABENHNHAN", "PATIENTID", "MAKH", "MA"];
const UPDATED: [&str; 5] = ["UPDATED", "UPDATEDAT", "LASTUPDATED", "NGAYCAPNHAT", "CAPNHAT"];

/// Which column of an organisation's file holds what. Columns that were not named are recognised by what software
/// usually calls them, in English or Vietnamese, whatever the case, marks and spaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    fields: Vec<(RecordField, String)>,
    key: Option<String>,
    updated: Option<String>,
}

impl Columns {
    /// Takes this column for a field.
    #[must_use]
    pub fn with(mut self, field: RecordField, column: impl Into<String>) -> Self {
        self.fields.retain(|(known, _)| *known != field);
        self.fields.push((field, column.into()));
        self
    }

    /// Takes this column for what the organisation calls a record by; without one, its number in the file.
    #[must_use]
    pub fn with_key(mut self, column: impl Into<String>) -> Self {
        self.key = Some(column.into());
        self
    }

    /// Takes this column for the day on which somebody last confirmed the record.
    #[must_use]
    pub fn with_updated(mut self, column: impl Into<String>) -> Self {
        self.updated = Some(column.into());
        self
    }

    /// The fields that the organisation keeps, in the order of a report.
    #[must_use]
    pub fn kept(&self) -> Vec<RecordField> {
        self.fields.iter().map(|(field, _)| *field).collect()
    }

    /// Each field with its column's name, then those of the key and of the last confirmation.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, &str)> {
        let fields = self.fields.iter().map(|(field, column)| (field.name(), column.as_str()));
        let key = self.key.iter().map(|column| ("key", column.as_str()));
        let updated = self.updated.iter().map(|column| ("updated", column.as_str()));
        fields.chain(key).chain(updated).collect()
    }

    /// The places of the columns in a file with this header, and the columns that were recognised.
    ///
    /// # Errors
    /// [`BatchError::MissingColumn`] if a column that was named is not there, or if nothing in the file could find
    /// a citizen.
    pub(super) fn places(self, header: &[String]) -> Result<(Self, Places)> {
        let exact = |column: &str| {
            header
                .iter()
                .position(|name| name.trim() == column)
                .ok_or_else(|| BatchError::MissingColumn(column.to_owned()))
        };
        let known = |names: &[&str]| {
            let place = header.iter().position(|name| names.contains(&folded(name).as_str()))?;
            header.get(place).map(|name| (place, name.trim().to_owned()))
        };
        let mut columns = Self::default();
        let mut places = Places::default();
        for (field, names) in NAMES {
            let given = self.fields.iter().find(|(known, _)| *known == field);
            let place = match given {
                Some((_, column)) => Some((exact(column)?, column.clone())),
                None => known(names),
            };
            if let Some((place, column)) = place {
                columns.fields.push((field, column));
                places.fields.push((field, place));
            }
        }
        let one = |given: Option<String>, names: &[&str]| match given {
            Some(column) => Ok::<_, BatchError>(Some((exact(&column)?, column))),
            None => Ok(known(names)),
        };
        if let Some((place, column)) = one(self.key, &KEYS)? {
            (places.key, columns.key) = (Some(place), Some(column));
        }
        if let Some((place, column)) = one(self.updated, &UPDATED)? {
            (places.updated, columns.updated) = (Some(place), Some(column));
        }
        let kept = columns.kept();
        let finds = |fields: &[RecordField]| fields.iter().all(|field| kept.contains(field));
        let ways: [&[RecordField]; 3] = [
            &[RecordField::IdNumber],
            &[RecordField::OldIdNumber],
            &[RecordField::FullName, RecordField::DateOfBirth],
        ];
        if !ways.into_iter().any(finds) {
            return Err(BatchError::MissingColumn(RecordField::IdNumber.name().to_owned()));
        }
        Ok((columns, places))
    }
}

/// Where the columns stand in a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) fields: Vec<(RecordField, usize)>,
    pub(super) key: Option<usize>,
    pub(super) updated: Option<usize>,
}

/// Letters and digits alone, without marks: `Họ và tên` and `ho_va_ten` are one name.
fn folded(name: &str) -> String {
    names::fold_ascii(&name.replace('_', " ")).replace(' ', "")
}
