use core::fmt;

use super::{Dg13, Expiry, Field, IdNumber, Sex, id_number::is_of_a_cccd, names};
use crate::{
    date::Date,
    error::{Error, NotAuthentic, Result, Unsupported},
    lds::Dg1,
    mrz::{self, Mrz},
    sensitive::Personal,
};

/// What the card says of its holder.
///
/// Texts are in normalisation form C and otherwise as the card has them. A field that neither DG13
/// nor the MRZ holds is `None`: cards of 2024 need not carry all of them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CitizenRecord {
    /// Số định danh cá nhân.
    pub id_number: IdNumber,
    /// Họ và tên. From DG13 with diacritics; if that has none, from the MRZ in bare capitals, and
    /// [`Remark::FromMrz`] says so.
    pub full_name: Personal<String>,
    /// Ngày sinh; `None` if the card names no whole day, see [`year_of_birth`](Self::year_of_birth).
    pub date_of_birth: Option<Personal<Date>>,
    /// Giới tính.
    pub sex: Personal<Sex>,
    /// Quốc tịch.
    pub nationality: Personal<String>,
    /// Dân tộc.
    pub ethnicity: Option<Personal<String>>,
    /// Tôn giáo.
    pub religion: Option<Personal<String>>,
    /// Quê quán.
    pub place_of_origin: Option<Personal<String>>,
    /// Nơi thường trú, on the day of issue.
    pub residence: Option<Personal<String>>,
    /// Đặc điểm nhận dạng.
    pub identifying_marks: Option<Personal<String>>,
    /// Ngày cấp.
    pub issue_date: Option<Personal<Date>>,
    /// Ngày hết hạn.
    pub expiry: Personal<Expiry>,
    /// Họ tên cha.
    pub father_name: Option<Personal<String>>,
    /// Họ tên mẹ.
    pub mother_name: Option<Personal<String>>,
    /// Họ tên vợ hoặc chồng.
    pub spouse_name: Option<Personal<String>>,
    /// Số CMND cũ.
    pub old_id_number: Option<Personal<String>>,
    /// ISO 8601 with what is known, `1995` or `1995-06`, where the day is not.
    part_of_birth: Option<Personal<String>>,
    remarks: Vec<Remark>,
}

/// Something about a field that a reader of the record should know. Names the field, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// DG13 has no such field; the MRZ's was taken.
    FromMrz(&'static str),
    /// DG13 and the MRZ differ in a field where cards are known to: name, sex.
    GroupsDiffer(&'static str),
    /// Some bytes of DG13's field could not be read as text, or the text not as a date or number.
    Unreadable(&'static str),
    /// The card leaves the day open, or day and month.
    DayUnknown(&'static str),
    /// The digits of the ID number hint at another value; they are no more than hints since Law 26/2023/QH15.
    NumberHintsOtherwise(&'static str),
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FromMrz(field) => write!(f, "{field} was taken from the MRZ"),
            Self::GroupsDiffer(field) => write!(f, "{field} differs between DG13 and the MRZ"),
            Self::Unreadable(field) => write!(f, "{field} could not be read from DG13"),
            Self::DayUnknown(field) => write!(f, "{field} has no day"),
            Self::NumberHintsOtherwise(field) => {
                write!(f, "the ID number hints at another {field}")
            }
        }
    }
}

impl Remark {
    /// The sentence in Vietnamese. Fields have the names of [`CitizenRecord::fields`].
    #[must_use]
    pub fn message_vi(&self) -> String {
        match self {
            Self::FromMrz(field) => format!("{field} lấy từ MRZ"),
            Self::GroupsDiffer(field) => format!("{field} trong DG13 và MRZ khác nhau"),
            Self::Unreadable(field) => format!("{field} trong DG13 không đọc được"),
            Self::DayUnknown(field) => format!("{field} không ghi ngày cụ thể"),
            Self::NumberHintsOtherwise(field) => {
                format!("số định danh cho thấy {field} khác")
            }
        }
    }
}

const DISAGREE: Error = Error::NotAuthentic(NotAuthentic::GroupsDisagree);

impl CitizenRecord {
    /// Puts DG1 and DG13 together. The caller answers for their authenticity: this must be called
    /// with the bytes of an authenticated document alone.
    ///
    /// ID number, dates of birth and of expiry must be the same in both groups. A name that the
    /// MRZ's could not have come from, another sex or another nationality is remarked upon only: the MRZ's rules of
    /// transliteration leave room, and both groups are signed.
    ///
    /// # Errors
    /// * `Malformed` if a group cannot be read.
    /// * [`Unsupported::NotACccd`] if DG1 is not that of a Vietnamese ID card.
    /// * [`NotAuthentic::GroupsDisagree`] if the groups contradict each other.
    pub(crate) fn from_groups(dg1: &[u8], dg13: Option<&[u8]>) -> Result<Self> {
        let dg1 = Dg1::parse(dg1)?;
        if !is_of_a_cccd(dg1.mrz()) {
            return Err(Error::Unsupported(Unsupported::NotACccd));
        }
        let dg13 = dg13.map(Dg13::parse).transpose()?;
        Sources { mrz: dg1.mrz(), dg13: dg13.as_ref(), remarks: Vec::new() }.record()
    }

    /// What to know about single fields; empty for a card as it should be.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Whether the name has lost its diacritics because DG13 holds none.
    #[must_use]
    pub fn name_is_from_mrz(&self) -> bool {
        self.remarks.contains(&Remark::FromMrz("full_name"))
    }

    /// The year of birth, which is known more often than the day; `None` if the card does not settle the century.
    #[must_use]
    pub fn year_of_birth(&self) -> Option<Personal<u16>> {
        let whole = self.date_of_birth.as_ref().map(|day| day.reveal().year());
        let part = || self.part_of_birth.as_ref()?.reveal().get(..4)?.parse().ok();
        whole.or_else(part).map(Personal::new)
    }

    /// Every field under its stable name, in the order of the card, for display and JSON. Dates are
    /// ISO 8601, that of birth without day or month where they are unknown; a card without expiry says
    /// `Không thời hạn`.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, Option<Personal<String>>); 16] {
        fn shown<T: fmt::Display>(value: &T) -> Option<Personal<String>> {
            Some(Personal::new(value.to_string()))
        }
        let day = |date: &Option<Personal<Date>>| date.as_ref().and_then(|d| shown(d.reveal()));
        [
            ("id_number", shown(self.id_number.reveal())),
            ("full_name", Some(self.full_name.clone())),
            ("date_of_birth", day(&self.date_of_birth).or_else(|| self.part_of_birth.clone())),
            ("sex", shown(self.sex.reveal())),
            ("nationality", Some(self.nationality.clone())),
            ("ethnicity", self.ethnicity.clone()),
            ("religion", self.religion.clone()),
            ("place_of_origin", self.place_of_origin.clone()),
            ("residence", self.residence.clone()),
            ("identifying_marks", self.identifying_marks.clone()),
            ("issue_date", day(&self.issue_date)),
            ("expiry_date", shown(self.expiry.reveal())),
            ("father_name", self.father_name.clone()),
            ("mother_name", self.mother_name.clone()),
            ("spouse_name", self.spouse_name.clone()),
            ("old_id_number", self.old_id_number.clone()),
        ]
    }
}

impl fmt::Debug for CitizenRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenRecord(redacted)")
    }
}

/// A date of birth, as far as it is known.
#[derive(Clone, Copy)]
enum Birth {
    Day(Date),
    /// Year, and the month if that is known.
    Part(u16, Option<u8>),
}

impl Birth {
    /// `dd/MM/yyyy`, or `00/MM/yyyy`, `00/00/yyyy`, `MM/yyyy`, `yyyy`: how cards leave the day open is not published.
    fn read(text: &str) -> Option<Self> {
        if let Ok(day) = Date::from_day_month_year(text) {
            return Some(Self::Day(day));
        }
        let part = text.strip_prefix("00/").unwrap_or(text);
        let (months, years) = part.split_once('/').unwrap_or(("00", part));
        let is_year = years.len() == 4 && years.bytes().all(|byte| byte.is_ascii_digit());
        let year = years.parse().ok().filter(|year| is_year && *year > 0)?;
        match months {
            "00" => Some(Self::Part(year, None)),
            months => Some(Self::Part(year, Some(month(months)?))),
        }
    }

    const fn year(self) -> u16 {
        match self {
            Self::Day(day) => day.year(),
            Self::Part(year, _) => year,
        }
    }

    /// Whether the zone says the same. It may leave parts open, as fillers, and what this leaves open may be
    /// anything there.
    fn agrees_with_zone(self, zone: &str) -> bool {
        let written = match self {
            Self::Day(day) => format!("{:02}{:02}{:02}", day.year() % 100, day.month(), day.day()),
            Self::Part(year, Some(month)) => format!("{:02}{month:02}", year % 100),
            Self::Part(year, None) => format!("{:02}", year % 100),
        };
        written.chars().zip(zone.chars()).all(|(one, other)| other == '<' || one == other)
    }
}

/// A month in two digits.
fn month(digits: &str) -> Option<u8> {
    digits.parse().ok().filter(|month| digits.len() == 2 && (1..=12).contains(month))
}

/// The two groups that a record is made of, and what was noticed meanwhile.
struct Sources<'a> {
    mrz: &'a Mrz,
    dg13: Option<&'a Dg13>,
    remarks: Vec<Remark>,
}

impl Sources<'_> {
    fn record(mut self) -> Result<CitizenRecord> {
        let id_number = self.id_number()?;
        let full_name = self.full_name();
        let birth = self.birth(&id_number)?;
        let (date_of_birth, part_of_birth) = match birth {
            Some(Birth::Day(day)) => (Some(Personal::new(day)), None),
            Some(Birth::Part(year, Some(month))) => (None, Some(format!("{year:04}-{month:02}"))),
            Some(Birth::Part(year, None)) => (None, Some(format!("{year:04}"))),
            None => (None, None),
        };
        let sex = self.sex();
        self.compare_hints(&id_number, birth, sex);
        Ok(CitizenRecord {
            full_name,
            date_of_birth,
            part_of_birth: part_of_birth.map(Personal::new),
            sex: Personal::new(sex),
            nationality: self.nationality(),
            ethnicity: self.text(Field::Ethnicity, "ethnicity"),
            religion: self.text(Field::Religion, "religion"),
            place_of_origin: self.text(Field::PlaceOfOrigin, "place_of_origin"),
            residence: self.text(Field::Residence, "residence"),
            identifying_marks: self.text(Field::IdentifyingMarks, "identifying_marks"),
            issue_date: self
                .read(Field::IssueDate, "issue_date", |text| Date::from_day_month_year(text).ok())
                .map(Personal::new),
            expiry: Personal::new(self.expiry()?),
            father_name: self.text(Field::FatherName, "father_name"),
            mother_name: self.text(Field::MotherName, "mother_name"),
            spouse_name: self.text(Field::SpouseName, "spouse_name"),
            old_id_number: self.text(Field::OldIdNumber, "old_id_number"),
            id_number,
            remarks: self.remarks,
        })
    }

    /// DG13's text, in NFC.
    fn text(&mut self, field: Field, name: &'static str) -> Option<Personal<String>> {
        let text = self.dg13?.field(field)?;
        if text.is_damaged() {
            self.remarks.push(Remark::Unreadable(name));
        }
        Some(Personal::new(names::nfc(text.text().reveal())))
    }

    /// What a field of DG13 means; `None` if it is missing, or if it cannot be read, which is noted.
    fn read<T>(
        &mut self,
        field: Field,
        name: &'static str,
        meaning: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = meaning(self.dg13?.field(field)?.text().reveal().trim());
        if value.is_none() {
            self.remarks.push(Remark::Unreadable(name));
        }
        value
    }

    fn id_number(&mut self) -> Result<IdNumber> {
        let in_zone = IdNumber::from_mrz(self.mrz).map_err(|_| Error::Malformed {
            file: "DG1",
            // Optional data of line 1, behind 61 5D 5F1F 5A and fifteen characters.
            offset: 20,
            what: "an ID number whose check digit is wrong",
        })?;
        let in_group =
            self.read(Field::IdNumber, "id_number", |text| text.parse::<IdNumber>().ok());
        match (in_zone, in_group) {
            (Some(zone), Some(group)) if zone == group => Ok(zone),
            (None, Some(group)) if group.document_number() == *self.mrz.document_number() => {
                Ok(group)
            }
            (_, Some(_)) => Err(DISAGREE),
            (Some(zone), None) => {
                self.remarks.push(Remark::FromMrz("id_number"));
                Ok(zone)
            }
            (None, None) => Err(Error::Unsupported(Unsupported::NotACccd)),
        }
    }

    fn full_name(&mut self) -> Personal<String> {
        if let Some(name) = self.text(Field::FullName, "full_name") {
            if !names::agrees_with_mrz(name.reveal(), self.mrz) {
                self.remarks.push(Remark::GroupsDiffer("full_name"));
            }
            return name;
        }
        self.remarks.push(Remark::FromMrz("full_name"));
        let (primary, secondary) =
            (self.mrz.primary_identifier().reveal(), self.mrz.secondary_identifier().reveal());
        Personal::new(format!("{primary} {secondary}").trim_end().to_owned())
    }

    fn birth(&mut self, id_number: &IdNumber) -> Result<Option<Birth>> {
        let in_zone = self.mrz.birth_text().reveal();
        if let Some(birth) = self.read(Field::DateOfBirth, "date_of_birth", Birth::read) {
            if !birth.agrees_with_zone(in_zone) {
                return Err(DISAGREE);
            }
            if matches!(birth, Birth::Part(..)) {
                self.remarks.push(Remark::DayUnknown("date_of_birth"));
            }
            return Ok(Some(birth));
        }
        self.remarks.push(Remark::FromMrz("date_of_birth"));
        // The zone has no century; the ID number hints at one, and is believed if its two digits
        // of the year are the zone's.
        let hints = id_number.hints();
        if in_zone.get(..2) != Some(&format!("{:02}", hints.birth_year % 100)) {
            return Ok(None);
        }
        let day = mrz::in_century(in_zone, hints.century).map(Birth::Day);
        Ok(day.or_else(|| {
            self.remarks.push(Remark::DayUnknown("date_of_birth"));
            let month = in_zone.get(2..4).and_then(month);
            Some(Birth::Part(hints.birth_year, month))
        }))
    }

    /// What the ID number hints at, against what the card says.
    fn compare_hints(&mut self, id_number: &IdNumber, birth: Option<Birth>, sex: Sex) {
        let hints = id_number.hints();
        if birth.is_some_and(|birth| birth.year() != hints.birth_year) {
            self.remarks.push(Remark::NumberHintsOtherwise("date_of_birth"));
        }
        if sex != Sex::Unspecified && sex != hints.sex {
            self.remarks.push(Remark::NumberHintsOtherwise("sex"));
        }
    }

    fn sex(&mut self) -> Sex {
        let in_zone = Sex::from(self.mrz.sex());
        match self.read(Field::Sex, "sex", Sex::from_vietnamese) {
            Some(sex) => {
                if sex != in_zone {
                    self.remarks.push(Remark::GroupsDiffer("sex"));
                }
                sex
            }
            None => {
                self.remarks.push(Remark::FromMrz("sex"));
                in_zone
            }
        }
    }

    fn nationality(&mut self) -> Personal<String> {
        if let Some(text) = self.text(Field::Nationality, "nationality") {
            let folded = names::fold_ascii(text.reveal()).to_lowercase().replace(' ', "");
            let is_vietnam = folded.contains("vietnam") || matches!(folded.as_str(), "vnm" | "vn");
            if is_vietnam != (self.mrz.nationality() == "VNM") {
                self.remarks.push(Remark::GroupsDiffer("nationality"));
            }
            return text;
        }
        self.remarks.push(Remark::FromMrz("nationality"));
        Personal::new(match self.mrz.nationality() {
            "VNM" => "Việt Nam".to_owned(),
            other => other.to_owned(),
        })
    }

    fn expiry(&mut self) -> Result<Expiry> {
        let in_zone = Expiry::from_mrz_text(self.mrz.expiry_text().reveal());
        let in_group = self.read(Field::ExpiryDate, "expiry_date", Expiry::from_vietnamese);
        match (in_group, in_zone) {
            (Some(group), Some(zone)) if group != zone => Err(DISAGREE),
            (Some(group), _) => Ok(group),
            (None, Some(zone)) => {
                self.remarks.push(Remark::FromMrz("expiry_date"));
                Ok(zone)
            }
            (None, None) => Err(Error::Malformed {
                file: "DG1",
                // Line 2 begins after 61 5D 5F1F 5A and thirty characters.
                offset: 43,
                what: "a date of expiry",
            }),
        }
    }
}

#[cfg(test)]
mod tests;
