//! Simulated cards by name: `--profile NAME` and `cccd simulate --list`.

mod field;

use std::{cmp::Reverse, collections::HashSet, io::IsTerminal as _};

use cccd::access::AccessKey;
use cccd_simulator::{
    Password, Person, Profile,
    profile::{self, field::Expected},
    profiles,
};
use serde_json::{Value, json};

use crate::{
    failure::Failure,
    key::{self, Key},
    language::{choose, is_vietnamese},
    output::to_stdout,
};

/// How many names are offered in place of one that does not exist.
const SUGGESTIONS: usize = 3;

/// Whether there is a profile of this name; else the sentence that clap shows.
pub(crate) fn name(text: &str) -> Result<String, String> {
    if Profile::named(text).is_some() {
        return Ok(text.to_owned());
    }
    let nearest = nearest(text).join(", ");
    Err(format!(
        "{}\n  {}: {nearest}\n  {}: cccd simulate --list",
        choose("không có thẻ nào tên như vậy · no such profile"),
        choose("gần nhất · nearest"),
        choose("tất cả · all")
    ))
}

/// The names that share most parts with this one, and of those the most alike.
fn nearest(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let parts: HashSet<&str> = text.split('-').collect();
    let mut names: Vec<_> = profiles()
        .map(|profile| {
            let lower = profile.name.to_lowercase();
            let shared = lower.split('-').filter(|part| parts.contains(part)).count();
            (Reverse(shared), strsim::levenshtein(&lower, &text), profile.name)
        })
        .collect();
    names.sort();
    names.into_iter().take(SUGGESTIONS).map(|(_, _, name)| name).collect()
}

/// The key that the profile is meant to be opened with.
pub(crate) fn key(profile: &Profile, person: &Person) -> Result<Key, Failure> {
    Ok(match profile.password {
        // The twelve digits contain the CAN, and are compared with the chip's as well.
        Password::Can => key::id_number(&person.id_number)?,
        Password::Mrz => key::zone(&person.mrz().join("\n"))?,
        Password::Pin => Key::of(AccessKey::from_pin(profile::PIN)?),
        Password::Puk => Key::of(AccessKey::from_puk(profile::PUK)?),
    })
}

/// The option of `cccd read` that gives this key.
pub(crate) fn option(profile: &Profile, person: &Person) -> String {
    match profile.password {
        Password::Can => format!("--can {}", person.can()),
        Password::Mrz => format!("--mrz '{}'", person.mrz().join("")),
        Password::Pin => format!("--pin {}", profile::PIN),
        Password::Puk => format!("--puk {}", profile::PUK),
    }
}

/// The stable name of a kind of password.
const fn password_name(password: Password) -> &'static str {
    match password {
        Password::Mrz => "mrz",
        Password::Can => "can",
        Password::Pin => "pin",
        Password::Puk => "puk",
    }
}

/// Prints the names, group after group: one a line where nobody looks, with headings on a terminal,
/// or as JSON.
pub(crate) fn list(json: bool) -> bool {
    if json {
        let profiles: Vec<_> = profiles().map(|profile| entry(&profile)).collect();
        return to_stdout(&format!("{}\n", Value::from(profiles)));
    }
    let headings = std::io::stdout().is_terminal();
    let mut last = "";
    let mut text = String::new();
    for Profile { name, field, .. } in profiles() {
        let group = group(&name);
        if headings && group != last {
            let heading = choose(group);
            text.push_str(&format!("{}{heading}\n", if last.is_empty() { "" } else { "\n" }));
            last = group;
        }
        text.push_str(if headings { "  " } else { "" });
        text.push_str(&name);
        if let (true, Some(problem)) = (headings, field) {
            let english = problem.description;
            let words = if is_vietnamese() { field::vietnamese(&name) } else { Some(english) };
            text.push_str(&format!("\n      {}", words.unwrap_or(english)));
        }
        text.push('\n');
    }
    to_stdout(&text)
}

/// A profile as JSON; of a card of the field also what is wrong with it and how a read ends.
fn entry(profile: &Profile) -> Value {
    let mut entry = json!({ "name": profile.name, "password": password_name(profile.password) });
    let Some(problem) = &profile.field else { return entry };
    entry["problem"] = problem.number.into();
    entry["description"] = problem.description.into();
    entry["expected"] = match problem.expected {
        Expected::Refused(code) => code.into(),
        Expected::Read { .. } => "read".into(),
    };
    if let Expected::Read { extra, files, again } = problem.expected {
        entry["extra_exchanges"] = (extra + files).into();
        entry["access_again"] = again.into();
    }
    entry
}

/// The heading above a name.
fn group(name: &str) -> &'static str {
    match name.split('-').next() {
        Some("pace") if name.starts_with("pace-explicit-") => {
            "PACE, tham số viết đầy đủ · PACE with written-out domain parameters"
        }
        Some("pace") => "PACE",
        Some("ca") => "Chip Authentication",
        Some("aa") => "Active Authentication",
        Some("field") => {
            "Thẻ trục trặc như ngoài thực tế, theo từng lỗi · Cards that misbehave as in the field, by problem"
        }
        _ => "CCCD",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_are_those_that_were_meant() {
        for (text, expected) in [
            ("ccd", "cccd"),
            ("PIN", "pin"),
            ("pace-ecdh-gm-aes-128-brainpool256r1", "pace-ecdh-gm-aes-128-brainpoolP256r1"),
            ("pace-ecdh-im-aes-128-brainpoolp256r1", "pace-ecdh-im-aes-128-brainpoolP256r1"),
            ("ca-dh-aes-128-modp-2048", "ca-dh-aes-128-modp-2048-224"),
        ] {
            let nearest = nearest(text);
            assert_eq!(nearest.len(), SUGGESTIONS);
            assert!(nearest.iter().any(|name| name == expected), "{text}: {nearest:?}");
        }
        assert!(nearest("pace-cam").iter().all(|name| name.contains("-cam-")));
        assert!(name("cccd").is_ok());
    }

    #[test]
    fn every_profile_is_in_a_group_of_one_piece() {
        let mut groups: Vec<_> = profiles().map(|profile| group(&profile.name)).collect();
        groups.dedup();
        assert_eq!(groups.len(), 6, "{groups:?}");
    }
}
