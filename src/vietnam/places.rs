//! Comparing Vietnamese addresses: free text, smallest unit first, parts separated by commas.
//!
//! On 1 July 2025 sixty-three provinces became thirty-four (Resolution 202/2025/QH15) and the districts
//! between commune and province went away. Cards and records of either time name one place in two ways.
//! A name may also have stayed while the province behind it grew: equal texts do not prove equal places.

use super::Province;

mod address;

use address::{Address, Part};

/// One of the two texts that were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The one that was given first.
    First,
    /// The one that was given second.
    Second,
}

/// How two addresses belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlaceMatch {
    /// The same characters.
    Identical,
    /// Case, normalisation form, punctuation, the place of a tone mark or abbreviations differ, or one
    /// leaves out what kind of unit it names: `P. Ví Dụ, TP. Huế`, `Ví Dụ, Thành phố Huế`.
    Spelling,
    /// One of them has no marks at all; else as [`Spelling`](Self::Spelling).
    Unmarked,
    /// Only one has the district, which no address has since the reform of 2025.
    DistrictLeftOut {
        /// The one with the district.
        older: Side,
    },
    /// Only the province differs, by its name: one has that of before the merger of 2025. The district may be left
    /// out on the other side.
    MergedProvince {
        /// The province as it was before.
        province: Province,
        /// The one with the old name.
        older: Side,
    },
    /// None of these.
    Different,
}

impl PlaceMatch {
    /// A stable name: `merged_province`, …
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Spelling => "spelling",
            Self::Unmarked => "unmarked",
            Self::DistrictLeftOut { .. } => "district_left_out",
            Self::MergedProvince { .. } => "merged_province",
            Self::Different => "different",
        }
    }

    /// The sentence in English.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::Identical => "the places are the same".to_owned(),
            Self::Spelling => "the place is written otherwise".to_owned(),
            Self::Unmarked => "one place has lost its diacritics".to_owned(),
            Self::DistrictLeftOut { .. } => {
                "one place names the district, which addresses lack since 1 July 2025".to_owned()
            }
            Self::MergedProvince { province, .. } => {
                let (_, new) = province.since_2025();
                format!("{} belongs to {new} since 2025", province.name())
            }
            Self::Different => "the places are different".to_owned(),
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn message_vi(self) -> String {
        match self {
            Self::Identical => "địa chỉ trùng khớp".to_owned(),
            Self::Spelling => "địa chỉ chỉ khác cách viết".to_owned(),
            Self::Unmarked => "một bên không có dấu".to_owned(),
            Self::DistrictLeftOut { .. } => {
                "một bên còn ghi cấp huyện, đã bỏ từ ngày 01/07/2025".to_owned()
            }
            Self::MergedProvince { province, .. } => {
                let (_, new) = province.since_2025();
                format!("{} nay thuộc {new} (từ năm 2025)", province.name())
            }
            Self::Different => "địa chỉ khác nhau".to_owned(),
        }
    }

    /// Whether both are one spelling of one place: the same, or written otherwise.
    #[must_use]
    pub const fn is_equal(self) -> bool {
        matches!(self, Self::Identical | Self::Spelling)
    }

    /// Whether one is what the other was called before 1 July 2025.
    #[must_use]
    pub const fn is_renamed(self) -> bool {
        matches!(self, Self::DistrictLeftOut { .. } | Self::MergedProvince { .. })
    }
}

/// The address in lower case and NFC, abbreviations written out, parts separated by one comma and one
/// space. The words themselves are not corrected.
///
/// ```
/// use cccd::vietnam::places::normalise;
/// assert_eq!(normalise("Số 1 ,, P.Ví Dụ - TX. Mẫu,TP HCM."), "số 1, phường ví dụ, thị xã mẫu, thành phố hồ chí minh");
/// ```
#[must_use]
pub fn normalise(text: &str) -> String {
    Address::parse(text).to_string()
}

/// The province in which an address ends, by its old name or its new one. A name that both have means the old
/// province here, and [`Province::since_2025`] the new one.
///
/// ```
/// use cccd::vietnam::places::province;
/// assert_eq!(province("Xã Ví Dụ, Huyện Mẫu, T. Yên Bái").unwrap().code(), 15);
/// assert_eq!(province("Thị xã Quảng Trị"), None);
/// ```
#[must_use]
pub fn province(text: &str) -> Option<Province> {
    Address::parse(text).province().map(|named| named.province)
}

/// How two addresses belong together.
///
/// ```
/// use cccd::vietnam::places::{PlaceMatch, Side, matches};
/// assert_eq!(matches("P. Ví Dụ, TP.HCM", "phường Ví Dụ, Thành phố Hồ Chí Minh"), PlaceMatch::Spelling);
/// let how = matches("Xã Ví Dụ, Huyện Mẫu, Tỉnh Bắc Giang", "Xã Ví Dụ, Tỉnh Bắc Ninh");
/// assert!(matches!(how, PlaceMatch::MergedProvince { province, older: Side::First } if province.code() == 24));
/// ```
#[must_use]
pub fn matches(one: &str, other: &str) -> PlaceMatch {
    if one == other && !one.trim().is_empty() {
        return PlaceMatch::Identical;
    }
    let texts = (one, other);
    let (one, other) = (Address::parse(one), Address::parse(other));
    if one.parts.is_empty() || other.parts.is_empty() {
        return PlaceMatch::Different;
    }
    if agree(&one.parts, &other.parts) {
        return PlaceMatch::Spelling;
    }
    if one.is_bare != other.is_bare
        && agree(&Address::bare(texts.0).parts, &Address::bare(texts.1).parts)
    {
        return PlaceMatch::Unmarked;
    }
    if lacks_district(&one.parts, &other.parts) {
        return PlaceMatch::DistrictLeftOut { older: Side::First };
    }
    if lacks_district(&other.parts, &one.parts) {
        return PlaceMatch::DistrictLeftOut { older: Side::Second };
    }
    match (was_merged(&one, &other), was_merged(&other, &one)) {
        (Some(province), _) => PlaceMatch::MergedProvince { province, older: Side::First },
        (None, Some(province)) => PlaceMatch::MergedProvince { province, older: Side::Second },
        (None, None) => PlaceMatch::Different,
    }
}

fn agree(one: &[Part], other: &[Part]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.agrees(other))
}

/// Whether the older address has a district before its province, and is the newer one without it.
fn lacks_district(older: &[Part], newer: &[Part]) -> bool {
    let [below @ .., district, province] = older else { return false };
    district.may_be_district()
        && newer.split_last().is_some_and(|(last, before)| {
            last.agrees(province) && !before.is_empty() && agree(below, before)
        })
}

/// The province that the older address names by a name that is gone, if the newer one has its new name and what
/// stands before is the same, but for the district.
fn was_merged(older: &Address, newer: &Address) -> Option<Province> {
    let (old, new) = (older.province()?, newer.province()?);
    let ((_, below), (_, before)) = (older.parts.split_last()?, newer.parts.split_last()?);
    let was_renamed = old.name == old.province.name()
        && old.name != new.name
        && old.province.since_2025().1 == new.name;
    let same_below = agree(below, before)
        || below.split_last().is_some_and(|(district, below)| {
            district.may_be_district() && !before.is_empty() && agree(below, before)
        });
    (was_renamed && same_below).then_some(old.province)
}

#[cfg(test)]
mod tests;
