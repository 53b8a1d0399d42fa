//! Write the files of a simulated card, and the authority's certificates, into a folder.
//!
//! ```text
//! cargo run -p cccd-simulator --example dump_card -- FOLDER [KIND] [explicit] [lds18] [standardised] [aa=CURVE] [ca=CURVE] [profile=NAME] [person=FILE.toml]
//! ```
//! KIND is the key kind of both the authority and the document signer: `CURVE:DIGEST` such as `secp384r1:sha384`,
//! `rsa-pkcs1:DIGEST`, or `rsa-pss:DIGEST:SALTLENGTH`.

use std::path::Path;
use std::{env, fs, process};

use cccd_simulator::Profile;
use cccd_simulator::arithmetic::curve::CurveName;
use cccd_simulator::der::Time;
use cccd_simulator::digest::DigestName;
use cccd_simulator::person::Person;
use cccd_simulator::personalisation::{
    ActiveKind, CardOptions, CurveParameters, Issuer, IssuerOptions, KeyKind, LdsVersion, Period,
    file,
};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Err(message) = run(&arguments) {
        eprintln!("dump_card: {message}");
        process::exit(1);
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let (folder, words) =
        arguments.split_first().ok_or("the first argument is the folder to write to")?;
    let mut issuer = IssuerOptions::default();
    let mut card = CardOptions::default();
    let mut person = Person::sample();
    for word in words {
        match word.split_once('=') {
            None if word == "explicit" => {
                issuer.explicit_parameters = true;
                card.curve_parameters = CurveParameters::Explicit;
            }
            None if word == "standardised" => {
                card.curve_parameters = CurveParameters::Standardised;
            }
            None if word == "lds18" => issuer.lds_version = LdsVersion::V1_8,
            None => {
                issuer.csca = key_kind(word)?;
                issuer.signer = issuer.csca;
            }
            Some(("aa", name)) => card.active_authentication = ActiveKind::Ecdsa(curve(name)?),
            Some(("ca", name)) => card.chip_authentication = vec![curve(name)?.into()],
            Some(("profile", name)) => {
                let profile = Profile::named(name).ok_or(format!("{name} is no profile"))?;
                card = profile.options;
                // A card of the field would be dumped without what the issuer wrote differently.
                if profile.field.is_some() {
                    return Err(format!("{name} is no combination of the standard"));
                }
            }
            Some(("person", path)) => person = read_person(path)?,
            Some(_) => return Err(format!("unknown argument {word}")),
        }
    }
    let issuer = Issuer::new(issuer);
    let card = issuer.personalise(&person, &card);

    let folder = Path::new(folder);
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.join(name), bytes).map_err(|error| format!("{name}: {error}"))
    };
    for (file, bytes) in &card.files {
        write(&file_name(*file), bytes)?;
    }
    if let Some(card_access) = &card.card_access {
        write("EF_CardAccess.bin", card_access)?;
    }
    if let Some(card_security) = &card.card_security {
        write("EF_CardSecurity.bin", card_security)?;
    }
    // Two lists of the same quarter: one without entries, one that revokes the document signer.
    let period = Period { from: Time::midnight(2024, 12, 15), until: Time::midnight(2025, 3, 15) };
    write("empty.crl", &issuer.revocation_list(&[], 1, period))?;
    let revoked = [issuer.signer_serial_number().clone()];
    write("revoked.crl", &issuer.revocation_list(&revoked, 2, period))?;
    let next = Issuer::new(IssuerOptions { seed: 2, ..issuer.options().clone() });
    write("link.der", &issuer.link_certificate(&next))?;
    write("next_csca.der", next.csca_certificate())?;
    write("csca.der", issuer.csca_certificate())?;
    write("signer.der", issuer.signer_certificate())
}

fn file_name(identifier: u16) -> String {
    match identifier {
        file::COM => "EF_COM.bin".to_owned(),
        file::SOD => "EF_SOD.bin".to_owned(),
        _ => format!("DG{}.bin", identifier & 0xFF),
    }
}

fn key_kind(word: &str) -> Result<KeyKind, String> {
    let parts: Vec<&str> = word.split(':').collect();
    match parts[..] {
        ["rsa-pkcs1", digest_name] => Ok(KeyKind::RsaPkcs1(digest(digest_name)?)),
        ["rsa-pss", digest_name, salt_length] => Ok(KeyKind::RsaPss {
            digest: digest(digest_name)?,
            salt_length: salt_length
                .parse()
                .map_err(|_| format!("{salt_length} is no salt length"))?,
        }),
        [curve_name, digest_name] => Ok(KeyKind::Ec(curve(curve_name)?, digest(digest_name)?)),
        _ => Err(format!("{word} is no key kind")),
    }
}

fn curve(name: &str) -> Result<CurveName, String> {
    CurveName::from_name(name).ok_or_else(|| format!("{name} is no curve"))
}

fn digest(name: &str) -> Result<DigestName, String> {
    DigestName::from_name(name).ok_or_else(|| format!("{name} is no digest"))
}

fn read_person(path: &str) -> Result<Person, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Person::from_toml(&text).map_err(|error| format!("{path}: {error}"))
}
