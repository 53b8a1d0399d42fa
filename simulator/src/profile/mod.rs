//! Cards by name, one for every combination of the standard: for tests that go through them all, and for the shell.
//!
//! ```text
//! cccd                                        the card as it is known
//! bac                                         Basic Access Control only
//! pin, puk                                    the CCCD with these passwords, to be opened with them
//! groups                                      the CCCD with every group of Doc 9303-10 but DG6, which is reserved
//! pace-{ecdh|dh}-{gm|im|cam}-CIPHER-GROUP     one way of PACE, no Basic Access Control
//! pace-explicit-{ecdh|dh}-{gm|im|cam}-GROUP   the same with written-out domain parameters and AES-128
//! ca-{ecdh|dh}-CIPHER-GROUP                   one key of Chip Authentication, no Active Authentication
//! aa-rsa-2048-DIGEST, aa-ecdsa-CURVE-DIGEST   one key of Active Authentication, no Chip Authentication
//! field-NUMBER-WORDS                          a card that misbehaves as cards in the field do, see [`field`]
//! ```
//! CIPHER is `3des`, `aes-128`, `aes-192` or `aes-256`; GROUP is a curve such as `brainpoolP256r1`, or `modp-1024-160`,
//! `modp-2048-224`, `modp-2048-256`, and where the numbers are written out also `modp-2048-safe`; DIGEST is `sha-1` to
//! `sha-512`. Every card with PACE has a PIN and a PUK, except `cccd`, `groups` and those
//! of the field, so that each can be opened with every password.

pub mod field;

use crate::arithmetic::curve::CurveName;
use crate::arithmetic::group::Group;
use crate::arithmetic::modp::ModpName;
use crate::chip::Password;
use crate::digest::DigestName;
use crate::person::Person;
use crate::personalisation::{
    ActiveKind, CardOptions, ChipAuthenticationOption, Issuer, Mapping, PaceOption, PaceParameters,
    Personalisation,
};
use crate::symmetric::CipherName;
use field::FieldProblem;

/// The PIN of every profile that has one.
pub const PIN: &str = "123456";
/// The PUK of every profile that has one.
pub const PUK: &str = "1234567890";

/// A card by name.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The name, see the module's documentation.
    pub name: String,
    /// What the issuer makes the card from.
    pub options: CardOptions,
    /// The password that the profile is meant to be opened with.
    pub password: Password,
    /// The problem of the field that this card has, see [`field`].
    pub field: Option<FieldProblem>,
}

impl Profile {
    /// Makes and signs the card; its own keys derive from the seed.
    pub fn issue(&self, issuer: &Issuer, person: &Person, seed: u64) -> Personalisation {
        let options = CardOptions { seed, ..self.options.clone() };
        let mut card = issuer.personalise(person, &options);
        let Some(problem) = &self.field else { return card };
        card.behaviour = problem.behaviour.clone();
        if let Some(write) = problem.written {
            write(&mut card);
            issuer.sign_again(&mut card);
        }
        if let Some(alter) = problem.altered {
            alter(&mut card);
        }
        card
    }

    /// The profile of a name.
    pub fn named(name: &str) -> Option<Profile> {
        profiles().find(|profile| profile.name == name)
    }
}

/// Every profile, each name once; those of [`field`] come last.
pub fn profiles() -> impl Iterator<Item = Profile> {
    let cccd = profile("cccd", Password::Can, CardOptions::default());
    let bac = CardOptions { pace: Vec::new(), ..CardOptions::default() };
    let passwords = [("pin", Password::Pin), ("puk", Password::Puk)]
        .map(|(name, password)| profile(name, password, with_secrets()));
    let groups = CardOptions { iris: true, further_groups: true, ..CardOptions::default() };
    [cccd, profile("bac", Password::Mrz, bac)]
        .into_iter()
        .chain(passwords)
        .chain([profile("groups", Password::Can, groups)])
        .chain(pace_options().map(pace))
        .chain(chip_authentication_options().map(chip_authentication))
        .chain(active_kinds().map(active_authentication))
        .chain(field::profiles())
}

fn profile(name: impl Into<String>, password: Password, options: CardOptions) -> Profile {
    Profile { name: name.into(), options, password, field: None }
}

fn with_secrets() -> CardOptions {
    CardOptions { pin: Some(PIN.to_owned()), puk: Some(PUK.to_owned()), ..CardOptions::default() }
}

fn groups() -> impl Iterator<Item = Group> + Clone {
    let curves = CurveName::ALL.into_iter().map(Group::Curve);
    curves.chain(ModpName::STANDARDISED.into_iter().map(Group::Modp))
}

/// Every way of PACE that the standard has; first those with standardised domain parameters.
fn pace_options() -> impl Iterator<Item = PaceOption> {
    const MAPPINGS: [Mapping; 3] =
        [Mapping::Generic, Mapping::Integrated, Mapping::ChipAuthentication];
    let standardised = MAPPINGS.into_iter().flat_map(|mapping| {
        groups().flat_map(move |group| {
            CipherName::ALL.map(|cipher| PaceOption::new(mapping, group, cipher))
        })
    });
    let safe = Group::Modp(ModpName::Modp2048Safe);
    let explicit = MAPPINGS.into_iter().flat_map(move |mapping| {
        groups().chain([safe]).map(move |group| PaceOption {
            parameters: PaceParameters::Explicit(Some(EXPLICIT_PARAMETERS)),
            ..PaceOption::new(mapping, group, CipherName::Aes128)
        })
    });
    standardised.chain(explicit).filter(|option| option.protocol().is_some())
}

/// The identifier of written-out domain parameters: the first that is not reserved `[9303-11 §9.5.1]`.
const EXPLICIT_PARAMETERS: u8 = 32;

fn pace(option: PaceOption) -> Profile {
    let kind = kind(option.group);
    let mapping = match option.mapping {
        Mapping::Generic => "gm",
        Mapping::Integrated => "im",
        Mapping::ChipAuthentication => "cam",
    };
    let (cipher, group) = (option.cipher.name(), option.group.name());
    let name = match option.parameters {
        PaceParameters::Standardised => format!("pace-{kind}-{mapping}-{cipher}-{group}"),
        PaceParameters::Explicit(_) => format!("pace-explicit-{kind}-{mapping}-{group}"),
    };
    let mut options = CardOptions { pace: vec![option], bac: false, ..with_secrets() };
    if option.mapping == Mapping::ChipAuthentication {
        // One key for the mapping and for Chip Authentication, as App. I numbers it.
        options.chip_authentication = vec![ChipAuthenticationOption {
            key_id: option.parameter_id().map(u32::from),
            ..ChipAuthenticationOption::new(option.group, option.cipher)
        }];
    }
    profile(name, Password::Can, options)
}

fn chip_authentication_options() -> impl Iterator<Item = ChipAuthenticationOption> {
    let safe = Group::Modp(ModpName::Modp2048Safe);
    groups().chain([safe]).flat_map(|group| {
        CipherName::ALL.map(|cipher| ChipAuthenticationOption::new(group, cipher))
    })
}

fn chip_authentication(option: ChipAuthenticationOption) -> Profile {
    let name =
        format!("ca-{}-{}-{}", kind(option.group), option.cipher.name(), option.group.name());
    let options = CardOptions {
        chip_authentication: vec![option],
        active_authentication: ActiveKind::None,
        ..with_secrets()
    };
    profile(name, Password::Can, options)
}

/// RSA with every digest, ECDSA with every SHA-2 digest that is not longer than the key, and with the shortest on the
/// curves of 192 bits, for which there is none `[9303-11 §6.1.2.3]`.
fn active_kinds() -> impl Iterator<Item = ActiveKind> {
    let ecdsa = CurveName::ALL.into_iter().flat_map(|curve| {
        DigestName::ALL.into_iter().skip(1).filter_map(move |digest| {
            let fits = digest.length() <= curve.field_length() || digest == DigestName::Sha224;
            fits.then_some(ActiveKind::EcdsaWith(curve, digest))
        })
    });
    DigestName::ALL.into_iter().map(ActiveKind::Rsa2048).chain(ecdsa)
}

fn active_authentication(kind: ActiveKind) -> Profile {
    let digest_name = |digest: DigestName| format!("sha-{}", &digest.name()[3..]);
    let name = match kind {
        ActiveKind::Rsa2048(digest) => format!("aa-rsa-2048-{}", digest_name(digest)),
        ActiveKind::EcdsaWith(curve, digest) => {
            format!("aa-ecdsa-{}-{}", curve.name(), digest_name(digest))
        }
        ActiveKind::None | ActiveKind::Ecdsa(_) => String::new(),
    };
    let options = CardOptions {
        chip_authentication: Vec::new(),
        active_authentication: kind,
        ..with_secrets()
    };
    profile(name, Password::Can, options)
}

fn kind(group: Group) -> &'static str {
    match group {
        Group::Curve(_) => "ecdh",
        Group::Modp(_) => "dh",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_combination_has_one_profile() {
        let names: Vec<String> = profiles().map(|profile| profile.name).collect();
        let count = |start: &str| names.iter().filter(|name| name.starts_with(start)).count();
        for (start, expected) in [
            ("pace-ecdh-gm-", 11 * 4),
            ("pace-ecdh-im-", 10 * 4),
            ("pace-ecdh-cam-", 11 * 3),
            ("pace-dh-gm-", 3 * 4),
            ("pace-dh-im-", 3 * 4),
            ("pace-dh-cam-", 0),
            ("pace-explicit-ecdh-", 11 + 10 + 11),
            ("pace-explicit-dh-", 4 + 4),
            ("ca-ecdh-", 11 * 4),
            ("ca-dh-", 4 * 4),
            ("aa-rsa-", 5),
            // 192 and 224 bits: one digest; 256 and 320: two; 384: three; 512 and more: four.
            ("aa-ecdsa-", 4 + 3 * 2 + 2 * 3 + 2 * 4),
        ] {
            assert_eq!(count(start), expected, "{start}");
        }
        assert_eq!(names.len(), 5 + 141 + 40 + 60 + 29 + count("field-"));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn profiles_are_found_by_their_names() {
        for name in [
            "cccd",
            "bac",
            "pin",
            "puk",
            "groups",
            "pace-ecdh-gm-3des-secp192r1",
            "pace-dh-im-aes-256-modp-2048-256",
            "pace-ecdh-cam-aes-192-brainpoolP384r1",
            "ca-ecdh-aes-256-secp521r1",
            "ca-dh-3des-modp-1024-160",
            "aa-rsa-2048-sha-256",
            "aa-ecdsa-secp224r1-sha-224",
        ] {
            assert_eq!(Profile::named(name).unwrap().name, name);
        }
        assert!(Profile::named("pace-ecdh-im-aes-128-secp224r1").is_none());
        assert!(Profile::named("pace-ecdh-cam-3des-secp256r1").is_none());
    }
}
