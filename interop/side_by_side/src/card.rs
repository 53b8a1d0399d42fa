//! The cards, and what a reader has to find on them.

use std::collections::{BTreeMap, BTreeSet};

use cccd_simulator::{
    Chip, Group, Issuer, Link, Mapping, Password, Person, Personalisation, Profile, Timing,
    personalisation::file,
    portrait::PortraitOptions,
    profile::{self, field::Expected},
    tlv,
};

/// A password: its kind, and the text that is printed on the card or known to its holder.
pub(crate) struct Key {
    pub(crate) kind: Password,
    pub(crate) text: String,
}

/// Issues cards of one person.
pub(crate) struct Maker<'a> {
    issuer: &'a Issuer,
    person: Person,
    timing: Timing,
    portrait: Vec<u8>,
}

/// A card, of which any number of equal ones can be laid down.
pub(crate) struct Made {
    pub(crate) key: Key,
    card: Personalisation,
    profile: Profile,
    timing: Timing,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(issuer: &'a Issuer, timing: Timing) -> Self {
        // Drawn once: it takes longer than everything else about a card.
        let portrait = PortraitOptions::default().make().image;
        Self { issuer, person: Person::sample(), timing, portrait }
    }

    pub(crate) fn make(&self, mut profile: Profile) -> Made {
        if profile.field.is_none() {
            profile.options.portrait.image = Some(self.portrait.clone());
        }
        let text = match profile.password {
            Password::Mrz => self.person.mrz().join("\n"),
            Password::Can => self.person.can(),
            Password::Pin => profile::PIN.to_owned(),
            Password::Puk => profile::PUK.to_owned(),
        };
        Made {
            key: Key { kind: profile.password, text },
            card: profile.issue(self.issuer, &self.person, 1),
            timing: self.timing.clone(),
            profile,
        }
    }
}

impl Made {
    /// A new chip with these contents in the field of a reader.
    pub(crate) fn link(&self) -> Link {
        let faults = self.profile.field.as_ref().map(|field| field.faults.clone());
        let chip = Chip::new(self.card.clone(), 7);
        Link::with_faults(chip, faults.unwrap_or_default()).with_timing(self.timing.clone())
    }

    pub(crate) fn name(&self) -> &str {
        &self.profile.name
    }

    /// What is odd about a card of the field.
    pub(crate) fn oddity(&self) -> Option<&'static str> {
        self.profile.field.as_ref().map(|field| field.description)
    }

    /// The code of our refusal, if the card has to be refused.
    pub(crate) fn refusal(&self) -> Option<&'static str> {
        match self.profile.field.as_ref()?.expected {
            Expected::Refused(code) => Some(code),
            Expected::Read { .. } => None,
        }
    }

    /// The files by name, as they were written.
    pub(crate) fn files(&self) -> BTreeMap<String, &[u8]> {
        let master = [
            ("EF.CardAccess", self.card.card_access.as_deref()),
            ("EF.CardSecurity", self.card.card_security.as_deref()),
        ];
        let master = master.into_iter().filter_map(|(name, bytes)| Some((name.to_owned(), bytes?)));
        let application = self.card.files.iter().map(|(file, bytes)| (name(*file), object(bytes)));
        master.chain(application).collect()
    }

    /// The files that a whole read brings: what is signed and needs no terminal's certificate.
    pub(crate) fn required_files(&self) -> BTreeSet<String> {
        let groups = self.card.files.keys().filter(|file| {
            file::data_group_number(**file).is_some() && !self.card.protected.contains(file)
        });
        let mut names: BTreeSet<String> = groups.map(|file| name(*file)).collect();
        names.insert("EF.SOD".to_owned());
        // Nobody signed it, and there are cards of the field that hide it.
        if self.card.card_access.is_some() && self.profile.field.is_none() {
            names.insert("EF.CardAccess".to_owned());
        }
        if self.mapping_proves() {
            names.insert("EF.CardSecurity".to_owned());
        }
        names
    }

    /// How the chip can be opened, in the words of [`crate::compare::Told`].
    pub(crate) fn doors(&self) -> BTreeSet<String> {
        let pace = self.card.access.pace.iter().map(|option| {
            let agreement = match option.group {
                Group::Curve(_) => "ECDH",
                Group::Modp(_) => "DH",
            };
            let mapping = match option.mapping {
                Mapping::Generic => "GM",
                Mapping::Integrated => "IM",
                Mapping::ChipAuthentication => "CAM",
            };
            format!("PACE {agreement}-{mapping} {}", option.cipher.name().to_uppercase())
        });
        let doors: BTreeSet<String> = pace.collect();
        if doors.is_empty() { ["BAC".to_owned()].into() } else { doors }
    }

    /// The proofs that the chip offers, by the names of the checks.
    pub(crate) fn proofs(&self) -> BTreeSet<&'static str> {
        let mut proofs = BTreeSet::new();
        if !self.card.chip_authentication.is_empty() {
            proofs.insert("chip_authentication");
        }
        if self.mapping_proves() {
            proofs.insert("chip_authentication_mapping");
        }
        if self.card.active_authentication.is_some() {
            proofs.insert("active_authentication");
        }
        proofs
    }

    fn mapping_proves(&self) -> bool {
        let mut pace = self.card.access.pace.iter();
        pace.any(|option| option.mapping == Mapping::ChipAuthentication)
    }
}

/// A file without the padding behind its one data object.
fn object(file: &[u8]) -> &[u8] {
    tlv::parse(file).map_or(file, |(_, padding)| &file[..file.len() - padding.len()])
}

fn name(identifier: u16) -> String {
    match identifier {
        file::COM => "EF.COM".to_owned(),
        file::SOD => "EF.SOD".to_owned(),
        // In the application this number is EF.CVCA's.
        file::CARD_ACCESS => "EF.CVCA".to_owned(),
        _ => file::data_group_number(identifier)
            .map_or_else(|| format!("{identifier:04X}"), |number| format!("DG{number}")),
    }
}
