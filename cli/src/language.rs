//! In which language the program speaks to people: Vietnamese, English, or both beside each other.
//!
//! Every text for people is written as `tiếng Việt · English`, and each half says everything. It is chosen where it is
//! written, before a value of a card or file is put into it: such a value may hold a `·` of its own.
//!
//! JSON, file formats, names of options, codes and exit statuses are the same in every language.

use std::{ffi::OsString, sync::OnceLock};

use clap::ValueEnum;

/// Which halves are shown.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Language {
    /// Chỉ tiếng Việt · Vietnamese alone
    Vi,
    /// Chỉ tiếng Anh · English alone
    En,
    /// Cả hai · Both
    #[default]
    Both,
}

/// The variable that is asked where there is no `--lang`.
const VARIABLE: &str = "CCCD_LANG";
/// What stands between the halves of a line.
const BETWEEN: &str = " · ";
/// What stands between the halves of a text of several paragraphs, on a line of its own.
const BETWEEN_BLOCKS: &str = "\n·\n";

/// Chosen once, before anything is said.
static CHOSEN: OnceLock<Language> = OnceLock::new();

/// Chooses for the whole run. The arguments are looked through before they are parsed, because the help and what is
/// wrong with them are texts as well; a value that is none is told of when they are parsed. A variable that names no
/// language counts as none.
pub(crate) fn settle(arguments: impl Iterator<Item = OsString>) {
    let variable = std::env::var(VARIABLE).ok().and_then(|name| named(&name));
    let language = asked(arguments).or(variable).unwrap_or_default();
    // Whoever comes second finds it settled.
    let _ = CHOSEN.set(language);
}

/// What was chosen; both where nobody chose.
pub(crate) fn current() -> Language {
    CHOSEN.get().copied().unwrap_or_default()
}

/// Whether English is all that is wanted.
pub(crate) fn is_english() -> bool {
    current() == Language::En
}

/// Whether Vietnamese is all that is wanted.
pub(crate) fn is_vietnamese() -> bool {
    current() == Language::Vi
}

fn named(name: &str) -> Option<Language> {
    Language::from_str(name, true).ok()
}

/// The last `--lang` before a `--`.
fn asked(arguments: impl Iterator<Item = OsString>) -> Option<Language> {
    let mut found = None;
    let mut arguments = arguments.skip(1).take_while(|argument| argument != "--").peekable();
    while let Some(argument) = arguments.next() {
        let Some(argument) = argument.to_str() else { continue };
        let value = match argument.split_once('=') {
            Some(("--lang", value)) => Some(value.to_owned()),
            _ if argument == "--lang" => {
                arguments.peek().and_then(|value| value.to_str()).map(str::to_owned)
            }
            _ => None,
        };
        found = value.and_then(|value| named(&value)).or(found);
    }
    found
}

/// A text of ours in the language of this run, line by line; a line without two halves is for everybody.
pub(crate) fn choose(text: &str) -> String {
    current().choose(text)
}

/// A text whose halves were put together.
pub(crate) fn both(vietnamese: &str, english: &str) -> String {
    current().join(vietnamese, english)
}

/// One half alone, where both would be too much: Vietnamese if nothing else is wanted, else English.
pub(crate) fn one<T>(vietnamese: T, english: T) -> T {
    if is_vietnamese() { vietnamese } else { english }
}

impl Language {
    fn choose(self, text: &str) -> String {
        if let Some((vietnamese, english)) = text.split_once(BETWEEN_BLOCKS) {
            return match self {
                Self::Vi => vietnamese.to_owned(),
                Self::En => english.to_owned(),
                Self::Both => format!("{vietnamese}\n{english}"),
            };
        }
        let lines: Vec<_> = text.split('\n').map(|line| self.choose_of_line(line)).collect();
        lines.join("\n")
    }

    fn choose_of_line(self, line: &str) -> String {
        let words = line.trim_start();
        let space = line.strip_suffix(words).unwrap_or_default();
        let half = match (self, words.split_once(BETWEEN)) {
            (Self::Both, _) | (_, None) => words,
            (Self::Vi, Some((vietnamese, _))) => vietnamese,
            (Self::En, Some((_, english))) => english,
        };
        format!("{space}{half}")
    }

    fn join(self, vietnamese: &str, english: &str) -> String {
        match self {
            Self::Vi => vietnamese.to_owned(),
            Self::En => english.to_owned(),
            Self::Both => format!("{vietnamese}{BETWEEN}{english}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_gives_the_half_that_is_wanted() {
        let text = "Mở chip · Access\n  gồm · and: a, b\nEF.SOD\n";
        for (language, expected) in [
            (Language::Vi, "Mở chip\n  gồm\nEF.SOD\n"),
            (Language::En, "Access\n  and: a, b\nEF.SOD\n"),
            (Language::Both, text),
        ] {
            assert_eq!(language.choose(text), expected);
        }
        assert_eq!(Language::Vi.join("a · b", "c"), "a · b", "values keep their own points");
    }

    #[test]
    fn blocks_are_chosen_whole() {
        let text = "Một.\n\nHai.\n\n·\nOne.\n\nTwo.";
        assert_eq!(Language::Vi.choose(text), "Một.\n\nHai.\n");
        assert_eq!(Language::En.choose(text), "One.\n\nTwo.");
        assert_eq!(Language::Both.choose(text), "Một.\n\nHai.\n\nOne.\n\nTwo.");
    }

    #[test]
    fn the_last_word_of_the_command_line_counts() {
        for (line, expected) in [
            ("cccd read", None),
            ("cccd --lang vi read", Some(Language::Vi)),
            ("cccd read --lang=EN", Some(Language::En)),
            ("cccd --lang vi read --lang both", Some(Language::Both)),
            ("cccd --lang vi read --lang fr", Some(Language::Vi)),
            ("cccd read -- --lang vi", None),
            ("cccd read --lang", None),
        ] {
            assert_eq!(asked(line.split(' ').map(OsString::from)), expected, "{line}");
        }
    }
}
