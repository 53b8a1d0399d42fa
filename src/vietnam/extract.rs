use core::fmt;

use super::{CitizenRecord, Province, places};
use crate::{
    date::Date,
    document::VerifiedDocument,
    error::{Error, Result, Unsupported},
    sensitive::Personal,
};

/// Where the holder of a card lives, as its chip says: what a one-stop desk keeps in place of a copy of the household
/// book, which has had no force since 1 January 2023 (Decree 104/2022/NĐ-CP).
///
/// It holds what such a desk asks for and no more; the family only where the caller says so. Whoever shows it shows
/// [`LIMITS`](Self::LIMITS) as well.
pub struct ResidenceExtract {
    citizen: CitizenRecord,
    residence: Personal<String>,
    province: Option<Province>,
    with_family: bool,
}

/// What an extract is not, in English and Vietnamese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// English.
    pub english: &'static str,
    /// Vietnamese.
    pub vietnamese: &'static str,
}

impl ResidenceExtract {
    /// What has to stand on every extract.
    pub const LIMITS: [Limit; 4] = [
        Limit {
            english: "The place of residence is that of the day on which the card was issued. The holder may have \
                      moved since: the National Population Database and VNeID say where they live today.",
            vietnamese: "Nơi thường trú là thông tin tại ngày cấp thẻ. Người có thẻ có thể đã chuyển nơi ở: nơi ở hiện \
                         tại tra cứu tại Cơ sở dữ liệu quốc gia về dân cư hoặc VNeID.",
        },
        Limit {
            english: "Only the holder is named, not the other members of the household.",
            vietnamese: "Bản trích chỉ nói về người có thẻ, không nói về các thành viên khác trong hộ.",
        },
        Limit {
            english: "This is a reading of the chip, not a certificate of residence, and carries no authority's seal.",
            vietnamese: "Đây là kết quả đọc chip, không phải giấy xác nhận thông tin về cư trú và không có dấu của cơ \
                         quan nào.",
        },
        Limit {
            english: "Printed, it proves nothing: anybody can print a page. The evidence file named on it can be \
                      verified again.",
            vietnamese: "Bản in tự nó không chứng minh được gì: ai cũng in được. Muốn kiểm tra lại phải có tệp bằng \
                         chứng ghi bên trên.",
        },
    ];

    /// The extract of a verified card.
    ///
    /// # Errors
    /// As [`CitizenRecord::from_document`]; [`Unsupported::NoResidence`] if the chip names no residence, as cards of
    /// 2024 need not.
    pub fn new(document: &VerifiedDocument) -> Result<Self> {
        let citizen = CitizenRecord::from_document(document)?;
        let residence =
            citizen.residence.clone().ok_or(Error::Unsupported(Unsupported::NoResidence))?;
        let province = places::province(residence.reveal());
        Ok(Self { citizen, residence, province, with_family: false })
    }

    /// With the names of father, mother and spouse, where a procedure asks for them.
    #[must_use]
    pub const fn with_family(mut self) -> Self {
        self.with_family = true;
        self
    }

    /// The address, as on the card.
    #[must_use]
    pub const fn residence(&self) -> &Personal<String> {
        &self.residence
    }

    /// The day for which the address holds: that of issue. `None` if the card does not name it.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.citizen.issue_date.as_ref().map(|day| *day.reveal())
    }

    /// The province in which the address ends, if it is known by that name; [`Province::since_2025`] is today's.
    #[must_use]
    pub const fn province(&self) -> Option<Province> {
        self.province
    }

    /// The holder's fields on the extract, under the names of [`CitizenRecord::fields`].
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, Option<Personal<String>>)> {
        const HOLDER: [&str; 7] = [
            "full_name",
            "id_number",
            "date_of_birth",
            "sex",
            "nationality",
            "place_of_origin",
            "residence",
        ];
        const CARD: [&str; 2] = ["issue_date", "expiry_date"];
        const FAMILY: [&str; 3] = ["father_name", "mother_name", "spouse_name"];
        let family: &[&str] = if self.with_family { &FAMILY } else { &[] };
        let mut fields = self.citizen.fields();
        let names = HOLDER.iter().chain(family).chain(&CARD);
        let field = |name: &&'static str| {
            let (name, value) = fields.iter_mut().find(|(known, _)| known == name)?;
            Some((*name, value.take()))
        };
        names.filter_map(field).collect()
    }
}

impl fmt::Debug for ResidenceExtract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResidenceExtract(redacted)")
    }
}
