//! Every named profile, opened with its password.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use cccd::{
    access::{AccessKey, Password},
    document::ProofStrength,
    findings::Check,
    lds::{KeyAgreement, Mapping, SessionCipher},
};
use cccd_simulator::{
    CardOptions, Password as Secret, Personalisation, Profile, portrait::PortraitOptions, profile,
    profiles,
};

use crate::common::{Desk, Run, can, mrz, personalise};

static TINY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    PortraitOptions { width: 16, height: 16, target_bytes: 0, image: None }.make().image
});

/// The sample person's card with a portrait that takes no time to read.
pub(crate) fn small_card(options: &CardOptions) -> Personalisation {
    let portrait =
        PortraitOptions { image: Some(TINY.clone()), width: 16, height: 16, target_bytes: 0 };
    personalise(&CardOptions { portrait, ..options.clone() })
}

fn key(password: Secret) -> AccessKey {
    match password {
        Secret::Mrz => mrz(),
        Secret::Can => can(),
        Secret::Pin => AccessKey::from_pin(profile::PIN).unwrap(),
        Secret::Puk => AccessKey::from_puk(profile::PUK).unwrap(),
    }
}

/// How a read ended and what the report says of the door and the proofs.
#[derive(Debug, PartialEq)]
struct Told {
    door: Door,
    /// Name, description and strength.
    proofs: Vec<(&'static str, String, ProofStrength)>,
    /// How the checks of the proofs and that of the downgrade ended.
    checks: [&'static str; 4],
}

#[derive(Debug, PartialEq)]
struct Door {
    name: String,
    password: Password,
    agreement: Option<KeyAgreement>,
    mapping: Option<Mapping>,
    cipher: SessionCipher,
    group: Option<String>,
    details: String,
}

const CHECKS: [Check; 4] = [
    Check::ChipAuthentication,
    Check::ChipAuthenticationMapping,
    Check::ActiveAuthentication,
    Check::Downgrade,
];

/// What the report says; the error's code where there is no document.
fn told(run: &Run) -> Result<Told, &'static str> {
    let document = run.outcome.as_ref().map_err(cccd::Error::code)?;
    let access = run.report.access().unwrap();
    let proofs = document.chip_proofs().iter();
    Ok(Told {
        door: Door {
            name: access.name().to_owned(),
            password: access.password(),
            agreement: access.agreement(),
            mapping: access.mapping(),
            cipher: access.cipher(),
            group: access.group().map(str::to_owned),
            details: access.details().to_owned(),
        },
        proofs: proofs
            .map(|proof| (proof.name(), proof.description().to_owned(), proof.strength()))
            .collect(),
        checks: CHECKS.map(|check| run.ended(check)),
    })
}

/// A way of PACE in the words of a profile's name.
struct Way<'a> {
    agreement: KeyAgreement,
    mapping: Mapping,
    cipher: Cipher,
    group: &'a str,
}

/// The name in profiles, the library's value, and its word for it.
type Cipher = (&'static str, SessionCipher, &'static str);

const CIPHERS: [Cipher; 4] = [
    ("3des", SessionCipher::TripleDes, "3DES"),
    ("aes-128", SessionCipher::Aes128, "AES-128"),
    ("aes-192", SessionCipher::Aes192, "AES-192"),
    ("aes-256", SessionCipher::Aes256, "AES-256"),
];

fn agreement(word: &str) -> KeyAgreement {
    match word {
        "ecdh" => KeyAgreement::Ecdh,
        "dh" => KeyAgreement::Dh,
        other => panic!("{other}"),
    }
}

/// `aes-128-brainpoolP256r1`
fn cipher_and_group(words: &str) -> (Cipher, &str) {
    let mut found = CIPHERS
        .into_iter()
        .filter_map(|cipher| Some((cipher, words.strip_prefix(cipher.0)?.strip_prefix('-')?)));
    found.next().unwrap()
}

impl<'a> Way<'a> {
    /// `ecdh-gm-aes-128-brainpoolP256r1`, `explicit-ecdh-gm-brainpoolP256r1`
    fn of(name: &'a str) -> Self {
        let (explicit, way) = match name.strip_prefix("explicit-") {
            Some(way) => (true, way),
            None => (false, name),
        };
        let (kind, rest) = way.split_once('-').unwrap();
        let (mapping, rest) = rest.split_once('-').unwrap();
        let (cipher, group) = if explicit { (CIPHERS[1], rest) } else { cipher_and_group(rest) };
        let mapping = match mapping {
            "gm" => Mapping::Generic,
            "im" => Mapping::Integrated,
            "cam" => Mapping::ChipAuthentication,
            other => panic!("{other}"),
        };
        Self { agreement: agreement(kind), mapping, cipher, group }
    }

    fn door(&self, password: Password) -> Door {
        let group = match self.agreement {
            KeyAgreement::Ecdh => self.group.to_owned(),
            // modp-2048-256
            KeyAgreement::Dh => self.group.replacen('-', " ", 1).replace('-', "/").to_uppercase(),
        };
        let agreement = match self.agreement {
            KeyAgreement::Ecdh => "ECDH",
            KeyAgreement::Dh => "DH",
        };
        let mapping = match self.mapping {
            Mapping::Generic => "GM",
            Mapping::Integrated => "IM",
            Mapping::ChipAuthentication => "CAM",
        };
        Door {
            name: format!("pace-{}", password.name()),
            password,
            agreement: Some(self.agreement),
            mapping: Some(self.mapping),
            cipher: self.cipher.1,
            details: format!("{agreement}-{mapping}, {}, {group}", self.cipher.2),
            group: Some(group),
        }
    }
}

const CCCD: &str = "ecdh-gm-aes-128-brainpoolP256r1";

fn chip_authentication(kind: KeyAgreement, cipher: Cipher, group: &str) -> (&'static str, String) {
    let key = match kind {
        KeyAgreement::Ecdh => format!("ECDH {group}"),
        KeyAgreement::Dh => format!("DH {}", group.split('-').nth(1).unwrap()),
    };
    ("chip_authentication", format!("{key}, {}", cipher.2))
}

/// `rsa-2048-sha-256`, `ecdsa-brainpoolP256r1-sha-256`
fn active_authentication(words: &str) -> (&'static str, String) {
    let (key, digest) = words.split_once("-sha-").unwrap();
    let key = match key.split_once('-').unwrap() {
        ("rsa", bits) => format!("RSA {bits}"),
        (_, curve) => format!("EC {curve}"),
    };
    ("active_authentication", format!("{key}, SHA-{digest}"))
}

/// What the report has to say about the profile of this name.
fn foretold(name: &str, password: Password) -> Result<Told, &'static str> {
    if name.starts_with("pace") && name.ends_with("modp-2048-safe") {
        // A prime of the issuer's own: whoever could make us use a weak one would learn the password.
        return Err("unsupported.algorithm");
    }
    let mut way = Way::of(CCCD);
    let mut proofs = vec![
        chip_authentication(KeyAgreement::Ecdh, CIPHERS[1], "brainpoolP256r1"),
        active_authentication("rsa-2048-sha-256"),
    ];
    match name.split_once('-') {
        Some(("pace", words)) => {
            way = Way::of(words);
            if way.mapping == Mapping::ChipAuthentication {
                let mapping = ("chip_authentication_mapping", format!("ECDH-CAM {}", way.group));
                proofs[0] = chip_authentication(way.agreement, way.cipher, way.group);
                proofs.insert(1, mapping);
            }
        }
        Some(("ca", words)) => {
            let (kind, rest) = words.split_once('-').unwrap();
            let (cipher, group) = cipher_and_group(rest);
            proofs = vec![chip_authentication(agreement(kind), cipher, group)];
        }
        Some(("aa", words)) => proofs = vec![active_authentication(words)],
        _ => {}
    }
    let door = match name {
        "bac" => Door {
            name: "bac".to_owned(),
            password,
            agreement: None,
            mapping: None,
            cipher: SessionCipher::TripleDes,
            group: None,
            details: "3DES, SHA-1".to_owned(),
        },
        _ => way.door(password),
    };
    let shown = |check: Check| proofs.iter().any(|(name, _)| *name == check.name());
    let checks = CHECKS.map(|check| match check {
        Check::Downgrade if name == "bac" => "no_card_access",
        Check::Downgrade => "passed",
        _ if shown(check) => "passed",
        _ => "not_offered",
    });
    let strength = |name| match name {
        "active_authentication" => ProofStrength::FreshSignature,
        _ => ProofStrength::Session,
    };
    let proofs = proofs.into_iter().map(|(name, words)| (name, words, strength(name))).collect();
    Ok(Told { door, proofs, checks })
}

fn same_password(password: Secret) -> Password {
    match password {
        Secret::Mrz => Password::Mrz,
        Secret::Can => Password::Can,
        Secret::Pin => Password::Pin,
        Secret::Puk => Password::Puk,
    }
}

/// Reads a profile and compares the report with the name; `true` if there is a document.
fn read(profile: &Profile, password: Secret) -> bool {
    let name = &profile.name;
    let card = small_card(&profile.options);
    let run = Desk::new().read(card.clone(), key(password));
    assert_eq!(told(&run), foretold(name, same_password(password)), "{name}");
    assert_eq!(run.violations, [""; 0], "{name}");
    if run.outcome.is_err() {
        // The password was not tried: neither GENERAL AUTHENTICATE nor EXTERNAL AUTHENTICATE.
        assert!(run.trace.iter().all(|exchange| ![0x86, 0x82].contains(&exchange.command[1])));
        return false;
    }
    run.assert_standard_checks();
    assert_eq!(run.deviations(), [""; 0], "{name}");
    run.assert_same_groups(&card);
    true
}

#[test]
fn every_profile_is_read_and_the_report_says_what_its_name_says() {
    // Those of the field have tests of their own.
    let profiles: Vec<Profile> = profiles().filter(|profile| profile.field.is_none()).collect();
    let (next, verified) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(profile) = profiles.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let document = read(profile, profile.password);
                    verified.fetch_add(usize::from(document), Ordering::Relaxed);
                }
            });
        }
    });
    // Without a document: PACE, with either mapping, modulo a prime of the issuer's own.
    assert_eq!((profiles.len(), verified.into_inner()), (275, 273));
}

#[test]
fn every_password_opens_every_mapping_in_both_kinds_of_groups() {
    let mut runs = 0;
    for name in [
        "pace-ecdh-gm-aes-128-brainpoolP256r1",
        "pace-ecdh-im-aes-128-secp256r1",
        "pace-ecdh-cam-aes-128-brainpoolP256r1",
        "pace-dh-gm-aes-256-modp-1024-160",
        "pace-dh-im-3des-modp-1024-160",
    ] {
        let profile = Profile::named(name).unwrap();
        for password in Secret::ALL {
            assert!(read(&profile, password));
            runs += 1;
        }
    }
    assert_eq!(runs, 5 * 4);
}

/// The holder's secrets are asked for, so a card without them says so before anything is tried.
#[test]
fn a_card_without_the_password_refuses_it_unseen() {
    for password in [Secret::Pin, Secret::Puk] {
        let run = Desk::new().read(small_card(&CardOptions::default()), key(password));
        assert_eq!(run.error().code(), "invalid_key.wrong_kind", "{password:?}");
        assert!(run.trace.iter().all(|exchange| exchange.command[1] != 0x86));
    }
    // Nor is there BAC with a number that is not in the MRZ.
    let bac = Profile::named("bac").unwrap();
    for password in [Secret::Can, Secret::Pin, Secret::Puk] {
        let run = Desk::new().read(small_card(&bac.options), key(password));
        assert_eq!(run.error().code(), "invalid_key.wrong_kind", "{password:?}");
    }
}
