use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{syllable_key, without_marks as bare};

/// How two spellings of a name belong together: the first of these kinds that makes them one name. Each allows for case,
/// spaces and punctuation as well, and those from [`LookAlikes`](Self::LookAlikes) on for look-alikes; from
/// [`Reordered`](Self::Reordered) on words agree if they are equal but for the place of a tone mark, or one has no
/// marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameMatch {
    /// The same characters.
    Identical,
    /// Case, normalisation form, spaces, hyphens and apostrophes differ: `H'Hen`, `H’ HEN`.
    Typography,
    /// A syllable has its tone mark on another vowel: `Hòa`, `Hoà`.
    TonePlacement,
    /// Letters stand for others that look alike: `Ð` (Icelandic) for `Đ`, Cyrillic `а` for `a`, `ǎ` for `ă`.
    LookAlikes,
    /// The words are parted elsewhere: `NguyễnVăn An`.
    Spacing,
    /// One writes `y` where the other writes `i`: `Lý`, `Lí`. Both are names, and not to be made the same.
    IForY,
    /// One of them has no marks at all: `NGUYEN THI HA`. Different names become equal that way.
    Unmarked,
    /// The same letters, but with other marks: `Hòa`, `Hóa`.
    MarksDiffer,
    /// The same words in another order: given name first.
    Reordered,
    /// One ends where a field of twenty characters or more was full.
    Truncated,
    /// One lacks words in the middle: `Nguyễn Hà`, `Nguyễn Thị Thu Hà`.
    WordsMissing,
    /// Words of one are the other's first letters: `N. T. Thu Hà`.
    Initials,
    /// None of these.
    Different,
}

impl NameMatch {
    /// A stable name: `tone_placement`, …
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Typography => "typography",
            Self::TonePlacement => "tone_placement",
            Self::LookAlikes => "look_alikes",
            Self::Spacing => "spacing",
            Self::IForY => "i_for_y",
            Self::Unmarked => "unmarked",
            Self::MarksDiffer => "marks_differ",
            Self::Reordered => "reordered",
            Self::Truncated => "truncated",
            Self::WordsMissing => "words_missing",
            Self::Initials => "initials",
            Self::Different => "different",
        }
    }

    /// The sentence in English.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Identical => "the names are the same",
            Self::Typography => "the names differ in case, spaces or punctuation only",
            Self::TonePlacement => "a tone mark is placed on another vowel",
            Self::LookAlikes => "letters were replaced by others that look alike",
            Self::Spacing => "the words are parted elsewhere",
            Self::IForY => "one name has i where the other has y",
            Self::Unmarked => "one name has lost its diacritics",
            Self::MarksDiffer => "the letters are the same, the diacritics are not",
            Self::Reordered => "the words stand in another order",
            Self::Truncated => "one name was cut off",
            Self::WordsMissing => "one name lacks words in the middle",
            Self::Initials => "one name has initials in place of words",
            Self::Different => "the names are different",
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub const fn message_vi(self) -> &'static str {
        match self {
            Self::Identical => "họ tên trùng khớp",
            Self::Typography => "họ tên chỉ khác chữ hoa, khoảng trắng hoặc dấu câu",
            Self::TonePlacement => "dấu thanh đặt ở nguyên âm khác",
            Self::LookAlikes => "có chữ cái bị thay bằng ký tự trông giống",
            Self::Spacing => "các từ được tách khác nhau",
            Self::IForY => "một bên viết i, một bên viết y",
            Self::Unmarked => "một bên không có dấu",
            Self::MarksDiffer => "chữ cái giống nhau nhưng dấu khác nhau",
            Self::Reordered => "thứ tự các từ khác nhau",
            Self::Truncated => "một bên bị cắt bớt ở cuối",
            Self::WordsMissing => "một bên thiếu tên đệm",
            Self::Initials => "một bên viết tắt chữ cái đầu",
            Self::Different => "họ tên khác nhau",
        }
    }

    /// Whether a person reads both as one spelling: they are the same, or typography or the place of a
    /// tone mark differ.
    #[must_use]
    pub const fn is_equal(self) -> bool {
        matches!(self, Self::Identical | Self::Typography | Self::TonePlacement)
    }

    /// Whether these are two ways to write one name, of which one wants correction. Another person
    /// may have the other name where marks were lost.
    #[must_use]
    pub const fn is_spelling_variant(self) -> bool {
        matches!(
            self,
            Self::Typography
                | Self::TonePlacement
                | Self::LookAlikes
                | Self::Spacing
                | Self::IForY
                | Self::Unmarked
        )
    }

    /// Whether it may be one person's name, so that somebody should look: everything but
    /// [`MarksDiffer`](Self::MarksDiffer), where both sides claim to be complete, and
    /// [`Different`](Self::Different).
    #[must_use]
    pub const fn is_plausible(self) -> bool {
        !matches!(self, Self::MarksDiffer | Self::Different)
    }
}

/// What a field for names holds at least, in characters. A shorter name is short, not cut off.
const SHORTEST_FIELD: usize = 20;

/// How two names belong together, whichever comes first. Empty names match nothing.
///
/// ```
/// use cccd::vietnam::names::{NameMatch, matches};
/// assert_eq!(matches("TRẦN THỊ HOÀ", "Trần Thị Hòa"), NameMatch::TonePlacement);
/// assert_eq!(matches("TRAN THI HOA", "Trần Thị Hòa"), NameMatch::Unmarked);
/// assert_eq!(matches("Trần Thị Hoá", "Trần Thị Hòa"), NameMatch::MarksDiffer);
/// ```
#[must_use]
pub fn matches(one: &str, other: &str) -> NameMatch {
    if one == other && !one.trim().is_empty() {
        return NameMatch::Identical;
    }
    let (one, other) = (words(one), words(other));
    if one.is_empty() || other.is_empty() {
        return NameMatch::Different;
    }
    if one == other {
        return NameMatch::Typography;
    }
    if keys(&one) == keys(&other) {
        return NameMatch::TonePlacement;
    }
    let (one, other) = (each(&one, latin), each(&other, latin));
    if keys(&one) == keys(&other) {
        return NameMatch::LookAlikes;
    }
    if one.concat() == other.concat() {
        return NameMatch::Spacing;
    }
    if keys(&each(&one, i_for_y)) == keys(&each(&other, i_for_y)) {
        return NameMatch::IForY;
    }
    let (bare_one, bare_other) = (each(&one, bare), each(&other, bare));
    let one_is_bare = one == bare_one || other == bare_other;
    if bare_one == bare_other {
        return if one_is_bare { NameMatch::Unmarked } else { NameMatch::MarksDiffer };
    }
    if one_is_bare && bare_one.concat() == bare_other.concat() {
        return NameMatch::Unmarked;
    }
    if same_words(&keys(&one), &keys(&other)) || (one_is_bare && same_words(&bare_one, &bare_other))
    {
        return NameMatch::Reordered;
    }
    let either =
        |holds: fn(&[String], &[String]) -> bool| holds(&one, &other) || holds(&other, &one);
    if either(is_cut_off) {
        NameMatch::Truncated
    } else if either(lacks_words) {
        NameMatch::WordsMissing
    } else if either(has_initials) {
        NameMatch::Initials
    } else {
        NameMatch::Different
    }
}

/// A key for looking names up: equal for two names with letters if and only if they [match](matches()) as equal, that is if
/// [`NameMatch::is_equal`] says so. Lower case, each tone mark after its syllable. Not for showing.
///
/// ```
/// use cccd::vietnam::names::match_key;
/// assert_eq!(match_key("TRẦN THỊ HOÀ"), match_key("Trần Thị Hòa"));
/// assert_eq!(match_key("Hòa"), "hoa\u{300}");
/// ```
#[must_use]
pub fn match_key(name: &str) -> String {
    let mut key = String::new();
    for (letters, tones) in keys(&words(name)) {
        if !key.is_empty() {
            key.push(' ');
        }
        key += &letters;
        key += &tones;
    }
    key
}

/// The words in lower case and NFC. Invisible characters and apostrophes are gone; hyphens, points and
/// commas part words. The particle of a name like `H' Hen` belongs to the word that follows.
fn words(name: &str) -> Vec<String> {
    let mut text = String::with_capacity(name.len());
    let mut after_apostrophe = false;
    for c in name.nfc() {
        match c {
            '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}' => after_apostrophe = true,
            '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{ad}' => {}
            '-' | '\u{2010}'..='\u{2015}' | '.' | ',' => text.push(' '),
            c if c.is_whitespace() => {
                if !after_apostrophe {
                    text.push(' ');
                }
            }
            c => {
                after_apostrophe = false;
                text.extend(c.to_lowercase());
            }
        }
    }
    text.split_whitespace().map(|word| word.nfc().collect()).collect()
}

fn each(words: &[String], change: impl Fn(&str) -> String) -> Vec<String> {
    words.iter().map(|word| change(word)).collect()
}

fn keys(words: &[String]) -> Vec<(String, String)> {
    words.iter().map(|word| syllable_key(word)).collect()
}

/// With the letters that were meant, in place of those of other alphabets that look like them.
fn latin(word: &str) -> String {
    word.nfd()
        .map(|c| match c {
            'ð' | 'ɖ' => 'đ',
            'а' | 'α' => 'a',
            'в' | 'β' => 'b',
            'с' => 'c',
            'е' | 'ε' => 'e',
            'һ' | 'н' => 'h',
            'і' | 'ι' | 'ı' => 'i',
            'ј' => 'j',
            'к' | 'κ' => 'k',
            'м' | 'μ' => 'm',
            'ν' => 'v',
            'о' | 'ο' => 'o',
            'р' | 'ρ' => 'p',
            'ѕ' => 's',
            'т' | 'τ' => 't',
            'υ' => 'u',
            'х' | 'χ' => 'x',
            'у' => 'y',
            // Caron and inverted breve for breve and circumflex, the Greek tilde, the stroke of đ on its own.
            '\u{30c}' => '\u{306}',
            '\u{311}' => '\u{302}',
            '\u{342}' => '\u{303}',
            other => other,
        })
        .nfc()
        .collect::<String>()
        .replace("d\u{335}", "đ")
}

/// With `i` for a `y` that is the whole vowel of its syllable: `lý`, `quý`, `mỹ`, not `thúy`.
fn i_for_y(word: &str) -> String {
    let decomposed: String = word.nfd().collect();
    let letters: String = decomposed.chars().filter(|c| !is_combining_mark(*c)).collect();
    let is_vowel = match letters.strip_suffix('y') {
        Some(onset) => onset == "qu" || !onset.contains(['a', 'e', 'i', 'o', 'u', 'y']),
        None => letters.starts_with("quy"),
    };
    if is_vowel { decomposed.replace('y', "i").nfc().collect() } else { word.to_owned() }
}

fn same_words<T: Ord + Clone>(one: &[T], other: &[T]) -> bool {
    let sorted = |words: &[T]| {
        let mut words = words.to_vec();
        words.sort();
        words
    };
    one.len() == other.len() && sorted(one) == sorted(other)
}

/// Whether two words are equal, or are once the one without marks is believed to have lost them.
fn agree(one: &str, other: &str) -> bool {
    let (bare_one, bare_other) = (bare(one), bare(other));
    syllable_key(one) == syllable_key(other)
        || (bare_one == bare_other && (bare_one == one || bare_other == other))
}

fn is_cut_off(short: &[String], long: &[String]) -> bool {
    let Some((last, before)) = short.split_last() else { return false };
    let Some(rest) = long.get(before.len()) else { return false };
    short.join(" ").chars().count() >= SHORTEST_FIELD
        && before.iter().zip(long).all(|(one, other)| agree(one, other))
        && bare(rest).starts_with(&bare(last))
}

fn lacks_words(short: &[String], long: &[String]) -> bool {
    let ends_agree = |end: fn(&[String]) -> Option<&String>| {
        end(short).zip(end(long)).is_some_and(|(one, other)| agree(one, other))
    };
    let mut left = long.iter();
    (2..long.len()).contains(&short.len())
        && ends_agree(<[String]>::first)
        && ends_agree(<[String]>::last)
        && short.iter().all(|word| left.any(|other| agree(word, other)))
}

fn has_initials(short: &[String], long: &[String]) -> bool {
    let is_initial =
        |one: &str, other: &str| one.chars().count() == 1 && bare(other).starts_with(&bare(one));
    short.len() == long.len()
        && short.iter().zip(long).all(|(one, other)| {
            agree(one, other) || is_initial(one, other) || is_initial(other, one)
        })
        && short.iter().zip(long).any(|(one, other)| agree(one, other) && one.chars().count() > 1)
}

#[cfg(test)]
mod tests;
