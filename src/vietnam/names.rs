//! Comparing Vietnamese names, which come composed (NFC) or decomposed (NFD), in any case, with the
//! tone mark on either vowel (Hòa, Hoà), and without any mark in the MRZ.
//!
//! Nothing here rewrites a name that is handed out, other than to NFC.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::mrz::Mrz;

mod matching;
mod zone;

pub use matching::{NameMatch, match_key, matches};
pub use zone::to_mrz;

/// The five tone marks, decomposed: huyền, sắc, ngã, hỏi, nặng.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// The text in normalisation form C, without space around it.
///
/// ```
/// assert_eq!(cccd::vietnam::names::nfc(" Nguye\u{302}\u{303}n "), "Nguyễn");
/// ```
#[must_use]
pub fn nfc(text: &str) -> String {
    text.trim().nfc().collect()
}

/// Lower case, NFC, words separated by one space: equal for texts that a person reads as the same.
#[must_use]
pub fn comparable(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").nfc().collect()
}

/// The letters that an MRZ can hold: upper case, marks removed, Đ as D, words separated by one space.
///
/// ```
/// assert_eq!(cccd::vietnam::names::fold_ascii("Đặng Thị Mỹ-Hòa"), "DANG THI MY HOA");
/// ```
#[must_use]
pub fn fold_ascii(text: &str) -> String {
    let letters: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .filter_map(|c| match c {
            // Đ does not decompose; the Icelandic and African letters look like it.
            'Đ' | 'đ' | 'Ð' | 'ð' | 'Ɖ' | 'ɖ' => Some('D'),
            c if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase()),
            c if c.is_whitespace() || matches!(c, '-' | '\u{2010}' | '\u{2011}' | ',') => Some(' '),
            // Apostrophes and whatever else has no letter in an MRZ leave no gap [9303-3 §4.6].
            _ => None,
        })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in lower case without its marks; đ is d.
pub(super) fn without_marks(text: &str) -> String {
    let letters = text.nfd().filter(|c| !is_combining_mark(*c));
    letters.map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

/// Whether two spellings are one name: case, normalisation form, spacing, hyphens, apostrophes and the
/// vowel on which a tone mark sits do not count; everything else does.
///
/// ```
/// use cccd::vietnam::names::same_name;
/// assert!(same_name("TRẦN THỊ HOÀ", "Trần Thị Hòa"));
/// assert!(!same_name("Trần Thị Hoa", "Trần Thị Hòa"));
/// assert!(!same_name("Lê Thị Quý", "Lê Thị Quí"));
/// ```
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    match_key(one) == match_key(other)
}

/// The syllable's letters with their own marks (ê, ơ, ă), and its tones apart.
fn syllable_key(syllable: &str) -> (String, String) {
    let decomposed = || syllable.nfd().flat_map(char::to_lowercase);
    let letters: String = decomposed().filter(|c| !TONES.contains(c)).collect();
    (letters.nfc().collect(), decomposed().filter(|c| TONES.contains(c)).collect())
}

/// Whether a name could have given the names of this MRZ. One-way: the MRZ has lost all marks, and
/// where it is full it may have lost letters or words as well.
#[must_use]
pub fn agrees_with_mrz(name: &str, mrz: &Mrz) -> bool {
    let folded = fold_ascii(name);
    let (primary, secondary) =
        (mrz.primary_identifier().reveal(), mrz.secondary_identifier().reveal());
    let letters = || folded.chars().filter(|c| *c != ' ');
    let in_zone = || primary.chars().chain(secondary.chars()).filter(|c| *c != ' ');
    if letters().eq(in_zone()) {
        return in_zone().next().is_some();
    }
    if !mrz.names_may_be_truncated() {
        return false;
    }
    // Cut at the end, or each word cut to what there was room for [9303-3 §4.6].
    let cut_at_end = in_zone().zip(letters()).all(|(one, other)| one == other)
        && in_zone().count() <= letters().count();
    let mut words = folded.split(' ');
    let cut_words = primary
        .split(' ')
        .chain(secondary.split(' '))
        .filter(|word| !word.is_empty())
        .all(|cut| words.any(|word| word.starts_with(cut)));
    cut_at_end || cut_words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mrz(names: &str) -> Mrz {
        Mrz::parse(&format!(
            "IDVNM1950012347000195001234<<79506158F3506156VNM<<<<<<<<<<<8{names:<<30}"
        ))
        .unwrap()
    }

    #[test]
    fn marks_fold_to_the_letters_of_the_zone() {
        for (name, folded) in [
            ("Nguyễn Thị Thu Hà", "NGUYEN THI THU HA"),
            ("nguye\u{302}\u{303}n thi\u{323} thu ha\u{300}", "NGUYEN THI THU HA"),
            ("ĐẶNG VĂN ĐỨC", "DANG VAN DUC"),
            ("H' Hen Niê", "H HEN NIE"),
            ("  Ưng\tHoàng  Phúc ", "UNG HOANG PHUC"),
            ("Ðỗ", "DO"),
            ("李", ""),
        ] {
            assert_eq!(fold_ascii(name), folded);
        }
    }

    #[test]
    fn tone_placement_is_spelling_and_tones_are_not() {
        for (one, other) in [
            ("Hòa", "HOÀ"),
            ("Thủy", "Thuỷ"),
            ("Nguyễn  Văn A", "nguye\u{303}\u{302}n văn a "),
            ("Đức", "đức"),
        ] {
            assert!(same_name(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("Hòa", "Hóa"),
            ("Hòa", "Hoa"),
            ("Đức", "Dức"),
            ("Minh Ngọc", "Ngọc Minh"),
            ("Hòa Ma", "Hoa Mà"),
            ("Lân", "Lan"),
            ("Tư", "Tu"),
            ("Lý", "Lí"),
            ("", "A"),
        ] {
            assert!(!same_name(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_name_is_compared_with_the_zone() {
        assert!(agrees_with_mrz("Nguyễn Thị Thu Hà", &mrz("NGUYEN<<THI<THU<HA")));
        for other in
            ["Nguyễn Thị Thu Hằng", "Nguyễn Thị Hà", "Trần Thị Thu Hà", "", "Nguyễn Thị Thu H"]
        {
            assert!(!agrees_with_mrz(other, &mrz("NGUYEN<<THI<THU<HA")), "{other}");
        }
        assert!(!agrees_with_mrz("", &mrz("<<")));
    }

    #[test]
    fn a_full_zone_may_have_cut_the_name() {
        let long = "Công Tằng Tôn Nữ Hoàng Phương Thanh Trúc";
        assert!(agrees_with_mrz(long, &mrz("CONG<<TANG<TON<NU<HOANG<PHUONG")));
        assert!(agrees_with_mrz(long, &mrz("CONG<<TANG<TON<NU<H<PHUO<TH<TR")));
        assert!(!agrees_with_mrz(long, &mrz("CONG<<TANG<TON<NU<HOANG<PHUON")));
        assert!(!agrees_with_mrz(long, &mrz("CONG<<TANG<TON<NU<HOANG<PHUONX")));
        assert!(!agrees_with_mrz("Công", &mrz("CONG<<TANG<TON<NU<HOANG<PHUONG")));
    }
}
