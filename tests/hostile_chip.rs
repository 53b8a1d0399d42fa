//! Forgers, copies, broken cards and people on the line: each gets its own error, and none a verified
//! document.

#[path = "hostile_chip/cards.rs"]
mod cards;
#[path = "hostile_chip/chip.rs"]
mod chip;
mod common;
#[path = "hostile_chip/files.rs"]
mod files;
#[path = "hostile_chip/key.rs"]
mod key;
#[path = "hostile_chip/line.rs"]
mod line;
#[path = "hostile_chip/signer.rs"]
mod signer;

use std::ops::Range;

use cccd::{
    Error,
    access::AccessKey,
    chip::{ActiveAuthenticationTranscript, Challenge},
    document::{Evidence, VerifiedDocument},
    error::NotAuthentic,
    findings::{Check, Deviation, Outcome},
    inspection::InspectionOptions,
    lds::DataGroup,
    policy::Policy,
    transport::Limits,
    vietnam::{CitizenRecord, IdNumber, QrText},
};
use cccd_simulator::{
    ActiveKind, CardOptions, Chip, CurveName, DigestName, Issuer, IssuerOptions, Person,
    Personalisation, WrongPassword, personalisation::file, random::Random, tlv,
};
use common::{Desk, Run, bac_card, can, card, date, issuer, mrz, options, personalise, seeded};

/// Reads at the tests' desk and demands this error code and no document.
#[track_caller]
fn refused(card: Personalisation, key: AccessKey, code: &str) -> Run {
    let run = Desk::new().read(card, key);
    assert_eq!(run.error().code(), code, "{:?}", run.error());
    run
}

/// Without proofs of the chip a run is short, and tampering with the data shows all the same.
fn plain_card() -> Personalisation {
    personalise(&CardOptions {
        pace: Vec::new(),
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    })
}

const GROUPS: [(u8, u16); 5] =
    [(1, file::DG1), (2, file::DG2), (13, file::DG13), (14, file::DG14), (15, file::DG15)];

/// A card that offers these proofs and no other.
fn offering(ca: Option<CurveName>, aa: ActiveKind) -> Personalisation {
    let chip_authentication = ca.into_iter().map(Into::into).collect();
    personalise(&CardOptions { chip_authentication, active_authentication: aa, ..options() })
}
