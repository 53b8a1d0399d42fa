//! What a scanner typed as a keyboard: the keys of the input methods Telex and VNI, and letters that are gone.

use unicode_normalization::UnicodeNormalization;

use super::names;

const ACUTE: char = '\u{301}';
const GRAVE: char = '\u{300}';
const HOOK: char = '\u{309}';
const TILDE: char = '\u{303}';
const DOT: char = '\u{323}';

/// What may stand before the vowels of a syllable.
const ONSETS: [&str; 28] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh",
    "nh", "p", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x",
];
/// What may stand after them.
const CODAS: [&str; 9] = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// The words that these keys of Telex stand for; `None` unless each word is a syllable then and at least one has
/// changed.
pub(super) fn from_telex(text: &str) -> Option<String> {
    every_word(text, telex)
}

/// The same for VNI.
pub(super) fn from_vni(text: &str) -> Option<String> {
    every_word(text, vni)
}

fn every_word(text: &str, decode: fn(&str) -> Option<String>) -> Option<String> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| Some(in_case_of(word, &decode(&word.to_ascii_lowercase())?)))
        .collect::<Option<_>>()?;
    let decoded = words.join(" ");
    (decoded != text).then_some(decoded)
}

fn telex(keys: &str) -> Option<String> {
    let mut letters = String::new();
    let mut tone = None;
    let mut after_vowel = false;
    for key in keys.chars() {
        let mark = match key {
            's' => Some(ACUTE),
            'f' => Some(GRAVE),
            'r' => Some(HOOK),
            'x' => Some(TILDE),
            'j' => Some(DOT),
            _ => None,
        };
        match mark {
            // No syllable ends in these letters, so after its vowels they are tones.
            Some(mark) if after_vowel => {
                if tone.replace(mark).is_some() {
                    return None;
                }
            }
            _ => letters.push(key),
        }
        after_vowel |= "aeiouyw".contains(key);
    }
    for (typed, letter) in [
        ("dd", "đ"),
        ("aa", "â"),
        ("ee", "ê"),
        ("oo", "ô"),
        ("uwow", "ươ"),
        ("aw", "ă"),
        ("ow", "ơ"),
        ("uw", "ư"),
        ("w", "ư"),
    ] {
        letters = letters.replace(typed, letter);
    }
    syllable(&letters, tone)
}

fn vni(keys: &str) -> Option<String> {
    let mut letters: Vec<char> = Vec::new();
    let mut tone = None;
    for key in keys.chars() {
        let (from, to): (&str, &[char]) = match key {
            '1' | '2' | '3' | '4' | '5' => {
                let mark = match key {
                    '1' => ACUTE,
                    '2' => GRAVE,
                    '3' => HOOK,
                    '4' => TILDE,
                    _ => DOT,
                };
                if tone.replace(mark).is_some() {
                    return None;
                }
                continue;
            }
            '6' => ("aeo", &['â', 'ê', 'ô']),
            '7' => ("uo", &['ư', 'ơ']),
            '8' => ("a", &['ă']),
            '9' => ("d", &['đ']),
            letter => {
                letters.push(letter);
                continue;
            }
        };
        // A mark belongs to the last letter that can bear it.
        let bearer = letters.iter_mut().rev().find(|letter| from.contains(**letter))?;
        let at = from.chars().position(|letter| letter == *bearer)?;
        *bearer = *to.get(at)?;
    }
    let letters: String = letters.into_iter().collect();
    syllable(&letters, tone)
}

/// The syllable of these letters with the tone on its vowel; `None` if there is no such syllable.
fn syllable(letters: &str, tone: Option<char>) -> Option<String> {
    // One key for both vowels of ươ; there is an uơ only where nothing follows.
    let both = letters.replace("uơ", "ươ");
    let letters = if letters.ends_with("uơ") { letters } else { &both };
    let onset = ONSETS
        .into_iter()
        .filter(|onset| letters.starts_with(onset) && has_vowel(letters.get(onset.len()..)))
        .max_by_key(|onset| onset.len())?;
    let rest = letters.get(onset.len()..)?;
    let coda_at = rest.find(|c| !is_vowel(c)).unwrap_or(rest.len());
    let (vowels, coda) = rest.split_at(coda_at);
    let vowels: Vec<char> = vowels.chars().collect();
    if !(1..=3).contains(&vowels.len()) || !CODAS.contains(&coda) {
        return None;
    }
    let mut written = onset.to_owned();
    let bearer = bearer(&vowels, coda);
    for (at, vowel) in vowels.iter().enumerate() {
        written.push(*vowel);
        written.extend(tone.filter(|_| at == bearer));
    }
    written.push_str(coda);
    Some(written.nfc().collect())
}

/// Which vowel bears the tone: the last with a mark of its own, else the last but one, or the last before a coda.
fn bearer(vowels: &[char], coda: &str) -> usize {
    let marked = vowels.iter().rposition(|vowel| !vowel.is_ascii());
    marked.unwrap_or(match (vowels.len(), coda) {
        (1, _) | (2, "") => 0,
        _ => 1,
    })
}

fn is_vowel(c: char) -> bool {
    "aăâeêioôơuưy".contains(c)
}

fn has_vowel(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.starts_with(is_vowel))
}

/// The decoded word in capitals, or with its first one, as the keys were.
fn in_case_of(keys: &str, word: &str) -> String {
    let letters = || keys.chars().filter(char::is_ascii_alphabetic);
    if letters().count() > 1 && letters().all(|c| c.is_ascii_uppercase()) {
        return word.to_uppercase();
    }
    let mut characters = word.chars();
    match characters.next() {
        Some(first) if keys.starts_with(|c: char| c.is_ascii_uppercase()) => {
            first.to_uppercase().chain(characters).collect()
        }
        _ => word.to_owned(),
    }
}

/// Whether this may be left of the text after its letters with marks were dropped, bared, or replaced by one sign or
/// more.
pub(super) fn may_be_left_of(left: &str, text: &str) -> bool {
    let left: Vec<char> = names::comparable(left).chars().collect();
    // Where in `left` one may stand after each letter of the text; as many as `left` is long at most.
    let mut places = vec![0_usize];
    for letter in names::comparable(text).chars() {
        let mut next = Vec::new();
        let bare = names::without_marks(&letter.to_string());
        for place in places {
            let here = left.get(place).copied();
            if here == Some(letter) || here.is_some_and(|here| bare.starts_with(here)) {
                next.push(place + 1);
            }
            if !letter.is_ascii() {
                next.push(place);
                let signs = left.iter().skip(place).take(3).take_while(|c| is_replacement(**c));
                next.extend((1..=signs.count()).map(|signs| place + signs));
            }
        }
        next.sort_unstable();
        next.dedup();
        places = next;
    }
    places.contains(&left.len())
}

/// What stands in place of a letter that could not be shown.
pub(super) fn is_replacement(c: char) -> bool {
    matches!(c, '?' | '\u{fffd}' | '_' | '¿' | '□')
}
