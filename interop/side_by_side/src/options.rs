//! The command line, see the top of `main.rs`.

use std::path::PathBuf;

use cccd_simulator::{Profile, Timing};

use crate::selection;

/// Which profiles are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    Representative,
    All,
    Field,
}

pub(crate) struct Options {
    pub(crate) set: Set,
    pub(crate) only: String,
    pub(crate) timing: Timing,
    pub(crate) write: Option<PathBuf>,
    pub(crate) peer: Vec<String>,
}

impl Options {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let named = |name: &str| Timing::named(name).ok_or(format!("no timing is named {name}"));
        let mut options = Self {
            set: Set::Representative,
            only: String::new(),
            timing: named("phone-424-fast")?,
            write: None,
            peer: Vec::new(),
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match &*word {
                "--all" => options.set = Set::All,
                "--field" => options.set = Set::Field,
                "--only" => options.only = value()?,
                "--timing" => options.timing = named(&value()?)?,
                "--write" => options.write = Some(value()?.into()),
                "--" => options.peer = words.by_ref().collect(),
                _ => return Err(format!("unknown option {word}")),
            }
        }
        Ok(options)
    }

    pub(crate) fn chooses(&self, profile: &Profile) -> bool {
        let in_set = match self.set {
            Set::Representative => selection::REPRESENTATIVE.contains(&&*profile.name),
            Set::All => profile.field.is_none(),
            Set::Field => profile.field.is_some(),
        };
        in_set && profile.name.contains(&self.only)
    }
}
