//! Evidence without the person: what helps to find out why a card does not read, and nothing that says whose
//! it is.
//!
//! Kept: tags, lengths, object identifiers, names of algorithms and groups, status words, who signed, stable
//! codes, the day. Left out: every value of a group, every digest (whoever guesses a name and a date of birth
//! can try them against a digest of DG1), the keys of the chip (each is a number of one card), challenge and
//! signature, the signing time of EF.SOD (it is the day of issue), the time within the day.

mod json;
mod tree;

use core::fmt;

pub use json::Shown;

use self::tree::tree;
use super::{Claims, Evidence, PolicyClaim, encode};
use crate::{
    crypto::{AgreementKey, DomainParameters, PublicKey},
    date::Date,
    error::{Error, Result},
    findings::Deviation,
    lds::{Com, Dg14, Dg15, SecurityInfo, SecurityInfos},
    passive::{self, Signer},
    pki::TrustStore,
};

/// Evidence without a personal byte. `Display` writes JSON over several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted(Shown);

impl Redacted {
    /// The values, to be shown otherwise than as JSON.
    #[must_use]
    pub const fn values(&self) -> &Shown {
        &self.0
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

pub(super) fn of(evidence: &Evidence) -> Redacted {
    let Evidence { sod, groups, card_access, com, card_security, active, claims } = evidence;
    let day = claims.read_on;
    let groups = groups.iter().map(|(number, raw)| group(*number, raw.reveal()));
    Redacted(Shown::Map(vec![
        ("format", "cccd redacted evidence".into()),
        ("version", Shown::from(1_u64)),
        ("evidence_version", Shown::from(u64::from(encode::VERSION))),
        ("sod", file(sod.reveal(), tree(sod.reveal(), true), security_object(sod.reveal(), day))),
        ("groups", Shown::List(groups.collect())),
        (
            "card_access",
            card_access.as_deref().map_or(Shown::Nothing, |raw| {
                file(raw, tree(raw, true), SecurityInfos::parse(raw).map(|infos| protocols(&infos)))
            }),
        ),
        (
            "com",
            com.as_deref().map_or(Shown::Nothing, |raw| file(raw, tree(raw, false), list(raw))),
        ),
        (
            "card_security",
            card_security.as_ref().map_or(Shown::Nothing, |raw| {
                let raw = raw.reveal();
                file(raw, tree(raw, true), card_security_contents(raw, day))
            }),
        ),
        (
            "active_authentication",
            active.as_ref().map_or(Shown::Nothing, |transcript| {
                Shown::Map(vec![("signature_length", length(&transcript.signature))])
            }),
        ),
        ("claims", self::claims(claims)),
    ]))
}

fn length(bytes: &[u8]) -> Shown {
    Shown::from(bytes.len() as u64)
}

/// Length and structure of a file, and what is in it or why that cannot be read.
fn file(raw: &[u8], structure: Shown, contents: Result<Shown>) -> Shown {
    let contents = contents.unwrap_or_else(|error| fault(&error));
    Shown::Map(vec![("length", length(raw)), ("structure", structure), ("contents", contents)])
}

/// Errors carry no personal data; a position in a file is a length.
fn fault(error: &Error) -> Shown {
    let mut entries = vec![("error", error.code().into())];
    if let Error::Malformed { file, offset, what } = error {
        entries.push(("file", (*file).into()));
        entries.push(("offset", Shown::from(*offset as u64)));
        entries.push(("expected", (*what).into()));
    }
    Shown::Map(entries)
}

fn group(number: u8, raw: &[u8]) -> Shown {
    // Only these two hold nothing but the chip's own protocols and keys.
    let contents = match number {
        14 => Dg14::parse(raw).map(|dg14| protocols(dg14.security_infos())),
        15 => Dg15::parse(raw)
            .and_then(|dg15| PublicKey::from_spki(dg15.spki()))
            .map(|key| Shown::Map(vec![("key", key.describe().into())])),
        _ => Ok(Shown::Nothing),
    };
    let contents = contents.unwrap_or_else(|error| fault(&error));
    Shown::Map(vec![
        ("group", Shown::from(u64::from(number))),
        ("length", length(raw)),
        ("structure", tree(raw, matches!(number, 14 | 15))),
        ("contents", contents),
    ])
}

fn security_object(sod: &[u8], day: Option<Date>) -> Result<Shown> {
    let examined = passive::examine(sod, &TrustStore::empty(), some_day(day)?)?;
    let object = examined.security_object();
    let groups = object.groups().map(|group| Shown::from(u64::from(group)));
    Ok(Shown::Map(vec![
        ("lds_security_object_version", Shown::from(u64::from(object.version()))),
        ("digest", object.digest_algorithm().name().into()),
        ("groups", Shown::List(groups.collect())),
        ("signature", code(&examined.signature())),
        ("scheme", examined.scheme().map_or(Shown::Nothing, |scheme| scheme.name().into())),
        ("signer", examined.signer().map_or(Shown::Nothing, signer)),
        ("deviations", deviations(examined.deviations())),
    ]))
}

fn card_security_contents(file: &[u8], day: Option<Date>) -> Result<Shown> {
    let examined = passive::examine_card_security(file, &TrustStore::empty(), some_day(day)?)?;
    Ok(Shown::Map(vec![
        ("protocols", protocols(examined.infos())),
        ("signature", code(&examined.signature())),
        ("scheme", examined.scheme().map_or(Shown::Nothing, |scheme| scheme.name().into())),
        ("signer", examined.signer().map_or(Shown::Nothing, signer)),
        ("deviations", deviations(examined.deviations())),
    ]))
}

/// Nothing that is shown depends on the day; an examination wants one.
fn some_day(day: Option<Date>) -> Result<Date> {
    day.map_or_else(|| Date::from_unix(0), Ok)
}

fn code(outcome: &Result<()>) -> Shown {
    outcome.as_ref().map_or_else(Error::code, |()| "passed").into()
}

fn deviations(deviations: impl Iterator<Item = Deviation>) -> Shown {
    Shown::List(deviations.map(|deviation| deviation.name().into()).collect())
}

fn signer(signer: &Signer) -> Shown {
    Shown::Map(vec![
        ("subject", signer.subject.as_str().into()),
        ("issuer", signer.issuer.as_str().into()),
        ("serial", signer.serial.as_str().into()),
        ("key", signer.key.as_deref().map_or(Shown::Nothing, Shown::from)),
        ("not_before", signer.not_before.to_string().into()),
        ("not_after", signer.not_after.to_string().into()),
    ])
}

fn list(com: &[u8]) -> Result<Shown> {
    let com = Com::parse(com)?;
    let groups = com.groups().map(|group| Shown::from(u64::from(group.number())));
    Ok(Shown::Map(vec![("groups", Shown::List(groups.collect()))]))
}

fn protocols(infos: &SecurityInfos) -> Shown {
    Shown::List(infos.as_slice().iter().map(protocol).collect())
}

fn protocol(info: &SecurityInfo) -> Shown {
    let version = |version: u32| Shown::from(u64::from(version));
    Shown::Map(match info {
        SecurityInfo::Pace(info) => {
            let id = info.parameter_id.and_then(|id| u8::try_from(id).ok());
            let group = id.and_then(DomainParameters::from_parameter_id);
            vec![
                ("protocol", info.protocol.name().into()),
                ("oid", info.oid.to_string().into()),
                ("version", version(info.version)),
                ("group", group.map_or(Shown::Nothing, |group| group.name().into())),
            ]
        }
        SecurityInfo::PaceDomainParameters(info) => vec![
            ("protocol", "PACEDomainParameterInfo".into()),
            ("agreement", info.agreement.name().into()),
            ("length", length(&info.domain_parameter)),
        ],
        SecurityInfo::ChipAuthentication(info) => vec![
            ("protocol", info.protocol.name().into()),
            ("oid", info.oid.to_string().into()),
            ("version", version(info.version)),
            ("key_numbered", Shown::Truth(info.key_id.is_some())),
        ],
        SecurityInfo::ChipAuthenticationDomainParameters(info) => vec![
            ("protocol", "ChipAuthenticationDomainParameterInfo".into()),
            ("agreement", info.agreement.name().into()),
            ("length", length(&info.domain_parameter)),
        ],
        SecurityInfo::ChipAuthenticationPublicKey(info) => vec![
            ("protocol", "ChipAuthenticationPublicKeyInfo".into()),
            ("agreement", info.agreement.name().into()),
            (
                "key",
                AgreementKey::from_spki(&info.spki)
                    .map_or_else(|error| fault(&error), |key| key.describe().into()),
            ),
            ("key_numbered", Shown::Truth(info.key_id.is_some())),
        ],
        SecurityInfo::TerminalAuthentication(info) => {
            vec![
                ("protocol", "TerminalAuthenticationInfo".into()),
                ("version", version(info.version)),
            ]
        }
        SecurityInfo::ActiveAuthentication(info) => vec![
            ("protocol", "ActiveAuthenticationInfo".into()),
            ("version", version(info.version)),
            ("signature_algorithm", info.signature_algorithm.to_string().into()),
        ],
        SecurityInfo::Other { oid, raw } => {
            let oid = oid.map_or_else(|| "unreadable".to_owned(), |oid| oid.to_string());
            vec![("oid", oid.into()), ("length", length(raw))]
        }
    })
}

fn claims(claims: &Claims) -> Shown {
    let Claims {
        access,
        chip_authentication,
        chip_authentication_mapping,
        terminal_authentication,
        read_on,
        // Finer than the day.
        read_at: _,
        library,
        reader,
        policy,
        outcomes,
        deviations,
    } = claims;
    let access = access.as_ref().map(|access| {
        let pace = access.pace.as_ref();
        Shown::Map(vec![
            ("protocol", if pace.is_some() { "pace" } else { "bac" }.into()),
            ("password", access.password.name().into()),
            ("mapping", pace.map(|pace| pace.mapping.name()).into()),
            ("agreement", pace.map(|pace| pace.agreement.name()).into()),
            ("group", pace.map(|pace| pace.group.as_str()).into()),
            ("cipher", access.cipher.name().into()),
            ("offers_refused", Shown::from(access.offers_refused)),
            ("after_pace_failure", Shown::Truth(access.after_pace_failure)),
        ])
    });
    let chip_authentication = chip_authentication.as_ref().map(|transcript| {
        Shown::Map(vec![
            ("oid", transcript.protocol.as_deref().into()),
            ("group", transcript.group.as_str().into()),
            ("cipher", transcript.cipher.name().into()),
            ("ephemeral_length", length(&transcript.ephemeral)),
            ("status", format!("{:04X}", transcript.status).into()),
        ])
    });
    let terminal = terminal_authentication.as_ref().map(|terminal| {
        let groups = terminal.groups.iter().map(|group| Shown::from(u64::from(*group)));
        Shown::Map(vec![
            ("authority", terminal.authority.to_string().into()),
            ("holder", terminal.holder.to_string().into()),
            ("groups", Shown::List(groups.collect())),
        ])
    });
    let outcomes = outcomes.iter().map(|(check, code)| {
        Shown::Map(vec![("check", check.as_str().into()), ("code", code.as_str().into())])
    });
    Shown::Map(vec![
        ("access", access.unwrap_or(Shown::Nothing)),
        ("chip_authentication", chip_authentication.unwrap_or(Shown::Nothing)),
        ("chip_authentication_mapping", chip_authentication_mapping.as_deref().into()),
        ("terminal_authentication", terminal.unwrap_or(Shown::Nothing)),
        ("read_on", read_on.map_or(Shown::Nothing, |day| day.to_string().into())),
        ("library", library.as_deref().into()),
        ("reader", reader.as_deref().into()),
        ("policy", policy.as_ref().map_or(Shown::Nothing, self::policy)),
        ("outcomes", Shown::List(outcomes.collect())),
        ("deviations", names(deviations)),
    ])
}

fn policy(policy: &PolicyClaim) -> Shown {
    Shown::Map(vec![
        ("name", policy.name.as_str().into()),
        ("unknown_issuer", Shown::Truth(policy.unknown_issuer)),
        ("bac", Shown::Truth(policy.bac)),
        ("bac_after_pace", Shown::Truth(policy.bac_after_pace)),
        ("expired_document", Shown::Truth(policy.expired_document)),
        ("chip_proof", encode::proof_demand(policy.chip_proof).into()),
        ("triple_des", Shown::Truth(policy.triple_des)),
        ("last_attempt", Shown::Truth(policy.last_attempt)),
        ("validity_at_signing", Shown::Truth(policy.validity_at_signing)),
        ("revocation", encode::revocation_demand(policy.revocation).into()),
        ("refused_deviations", names(&policy.refused_deviations)),
        ("allowed_deviations", names(&policy.allowed_deviations)),
        ("one_chip_proof", Shown::Truth(policy.one_chip_proof)),
        ("key_candidates", Shown::Number(u64::from(policy.key_candidates))),
    ])
}

fn names(names: &[String]) -> Shown {
    Shown::List(names.iter().map(|name| name.as_str().into()).collect())
}
