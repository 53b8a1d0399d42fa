use core::fmt;
use std::{collections::HashMap, sync::LazyLock};

use super::super::{Province, names};

/// An address by its parts, smallest unit first.
pub(super) struct Address {
    pub(super) parts: Vec<Part>,
    /// No letter of it has a mark.
    pub(super) is_bare: bool,
}

/// One part: what kind of unit it is, and its name.
pub(super) struct Part {
    unit: Option<&'static str>,
    /// The unit, without marks if it was written so.
    unit_word: Option<String>,
    /// Lower case, NFC, one space between words.
    name: String,
    /// The name without marks.
    bare: String,
}

/// An official name of a province, old or new.
pub(super) struct ProvinceName {
    pub(super) name: &'static str,
    /// The first that bore it.
    pub(super) province: Province,
    /// As a part has it.
    words: String,
}

/// The official names, by their words without marks. A name that was reused means what it meant before.
static PROVINCE_NAMES: LazyLock<HashMap<String, ProvinceName>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for newer in [false, true] {
        for province in Province::all() {
            let name = if newer { province.since_2025().1 } else { province.name() };
            let words = names::comparable(name.trim_start_matches("TP. ")).replace(" - ", " ");
            let entry = names.entry(names::without_marks(&words));
            entry.or_insert(ProvinceName { name, province, words });
        }
    }
    names
});

/// Kinds of units, and how they are abbreviated. Longer words stand first where one begins another.
const UNITS: [(&str, &[&str]); 19] = [
    ("thành phố", &["tp", "t.p"]),
    ("thị trấn", &["tt", "t.t"]),
    ("thị xã", &["tx", "t.x"]),
    ("tổ dân phố", &["tdp"]),
    ("khu phố", &["kp", "k.p"]),
    ("đặc khu", &[]),
    ("tỉnh", &["t"]),
    ("huyện", &["h"]),
    ("quận", &["q"]),
    ("phường", &["p"]),
    ("xã", &["x"]),
    ("thôn", &[]),
    ("ấp", &[]),
    ("bản", &[]),
    ("xóm", &[]),
    ("tổ", &[]),
    ("khu", &[]),
    ("đường", &["đ"]),
    ("số nhà", &["sn"]),
];

/// Units between commune and province, until 2025.
const DISTRICTS: [&str; 4] = ["huyện", "quận", "thị xã", "thành phố"];
/// Cities that are provinces; a city of any other province's name lies in that province.
const CITIES: [&str; 6] = ["Hà Nội", "Hải Phòng", "Đà Nẵng", "TP. Hồ Chí Minh", "Cần Thơ", "Huế"];

/// Names of provinces in short, and other spellings of them, without marks.
const SHORT_NAMES: [(&str, &str); 13] = [
    ("hn", "hà nội"),
    ("hp", "hải phòng"),
    ("hcm", "hồ chí minh"),
    ("tphcm", "hồ chí minh"),
    ("tp hcm", "hồ chí minh"),
    ("sai gon", "hồ chí minh"),
    ("brvt", "bà rịa vũng tàu"),
    ("br vt", "bà rịa vũng tàu"),
    ("tth", "thừa thiên huế"),
    ("dac lac", "đắk lắk"),
    ("dak lak", "đắk lắk"),
    ("dac nong", "đắk nông"),
    ("kontum", "kon tum"),
];

impl Address {
    pub(super) fn parse(text: &str) -> Self {
        let text = names::comparable(text);
        let is_bare = names::without_marks(&text) == text;
        // Some write dashes between the parts and no comma at all; one province has a dash in its name.
        let text = text.replace(['–', '—'], " - ").replace("  ", " ");
        let text = text.replace("rịa - vũng", "rịa vũng").replace("ria - vung", "ria vung");
        let mut parts: Vec<Part> = text
            .split([',', ';'])
            .flat_map(|part| part.split(" - "))
            .filter_map(|part| Part::parse(part, is_bare))
            .collect();
        // The country says nothing in a Vietnamese address.
        let is_country = |part: &Part| {
            part.unit.is_none() && matches!(part.bare.as_str(), "viet nam" | "vietnam")
        };
        if parts.last().is_some_and(is_country) {
            parts.pop();
        }
        Self { parts, is_bare }
    }

    /// The address as it is without its marks.
    pub(super) fn bare(text: &str) -> Self {
        Self::parse(&names::without_marks(&names::comparable(text)))
    }

    /// The province that the last part names.
    pub(super) fn province(&self) -> Option<&'static ProvinceName> {
        self.parts.last()?.province()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            if let Some(word) = &part.unit_word {
                write!(f, "{word} ")?;
            }
            f.write_str(&part.name)?;
        }
        Ok(())
    }
}

impl Part {
    /// A part in lower case and NFC; `None` if nothing is in it. Words for units without marks count only where
    /// nothing has any: Quan Hóa is no quận, nor Ban Mê a bản.
    fn parse(text: &str, is_bare: bool) -> Option<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '-'));
        if text.is_empty() {
            return None;
        }
        let (unit, unit_word, name) = UNITS
            .iter()
            .find_map(|(unit, short)| {
                let mut words = [*unit].into_iter().chain(short.iter().copied());
                if let Some(rest) = words.find_map(|word| without_unit(text, word)) {
                    return Some((Some(*unit), Some((*unit).to_owned()), rest));
                }
                let bare = is_bare.then(|| names::without_marks(unit))?;
                let rest = without_unit(text, &bare)?;
                Some((Some(*unit), Some(bare), rest))
            })
            .unwrap_or((None, None, text));
        let name = name.replace(['-', '.'], " ");
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let bare = names::without_marks(&name);
        let (name, bare) = match SHORT_NAMES.iter().find(|(short, _)| *short == bare) {
            Some((_, long)) => ((*long).to_owned(), names::without_marks(long)),
            None => (name, bare),
        };
        Some(Self { unit, unit_word, name, bare })
    }

    /// Whether both name one unit. Who leaves out the kind of unit contradicts nobody.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let kinds = self.unit.zip(other.unit);
        kinds.is_none_or(|(one, other)| one == other)
            && self.bare == other.bare
            && same_words(&self.name, &other.name)
    }

    /// Whether it may stand between commune and province.
    pub(super) fn may_be_district(&self) -> bool {
        self.unit.is_none_or(|unit| DISTRICTS.contains(&unit))
    }

    /// The province that it names.
    fn province(&self) -> Option<&'static ProvinceName> {
        let found = PROVINCE_NAMES.get(&self.bare)?;
        let unit_fits = match self.unit {
            None | Some("tỉnh") => true,
            Some(unit) => unit == "thành phố" && CITIES.contains(&found.name),
        };
        (unit_fits && (self.name == self.bare || same_words(&self.name, &found.words)))
            .then_some(found)
    }
}

/// The same words, whatever vowel a tone mark sits on.
fn same_words(one: &str, other: &str) -> bool {
    one == other || names::same_name(one, other)
}

/// What follows this word or abbreviation, if the text begins with it and something follows.
fn without_unit<'a>(text: &'a str, unit: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(unit)?;
    let rest = rest.strip_prefix(['.', ' ']).or_else(|| {
        // P5, Q1, but not "thôn" for "t": a digit may follow at once.
        rest.starts_with(|c: char| c.is_ascii_digit()).then_some(rest)
    })?;
    let rest = rest.trim_start_matches(['.', ' ', ':']);
    (!rest.is_empty()).then_some(rest)
}
