//! The command line, see the top of `main.rs`.

use std::path::PathBuf;

use cccd_simulator::{Profile, Timing};

/// What is done with the document that holds the tables.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Write(PathBuf),
    Check(PathBuf),
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) field: bool,
    pub(crate) only: String,
    pub(crate) timing: Timing,
    pub(crate) document: Option<Document>,
    pub(crate) peer: Vec<String>,
}

impl Options {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let named = |name: &str| Timing::named(name).ok_or(format!("no timing is named {name}"));
        let mut options = Self {
            field: false,
            only: String::new(),
            timing: named("phone-424-fast")?,
            document: None,
            peer: Vec::new(),
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match &*word {
                "--field" => options.field = true,
                "--only" => options.only = value()?,
                "--timing" => options.timing = named(&value()?)?,
                "--write" => options.document = Some(Document::Write(value()?.into())),
                "--check" => options.document = Some(Document::Check(value()?.into())),
                "--" => options.peer = words.by_ref().collect(),
                _ => return Err(format!("unknown option {word}")),
            }
        }
        if matches!(options.document, Some(Document::Write(_))) && !options.only.is_empty() {
            return Err("the tables are made of all the cards, not of some".to_owned());
        }
        Ok(options)
    }

    pub(crate) fn chooses(&self, profile: &Profile) -> bool {
        // A reader with limits of its own cannot be had from vpcd.
        let of_the_field = profile.field.as_ref().map(|field| field.reader.is_none());
        of_the_field.is_none_or(|possible| possible && self.field)
            && profile.name.contains(&self.only)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_command_line_is_understood() {
        let options = parse("--field --timing desk-106-old --write a.md -- java -cp b C").unwrap();
        assert!(options.field);
        assert_eq!(options.timing.name(), "desk-106-old");
        assert_eq!(options.document, Some(Document::Write("a.md".into())));
        assert_eq!(options.peer, ["java", "-cp", "b", "C"]);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(parse("--fields").unwrap_err(), "unknown option --fields");
        assert_eq!(parse("--only").unwrap_err(), "--only needs a value");
        assert_eq!(parse("--timing quick").unwrap_err(), "no timing is named quick");
        assert!(parse("--only bac --write a.md").is_err());
    }
}
