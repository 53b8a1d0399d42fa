//! Forgers, copies, broken cards and people on the line: each gets its own error, and none a verified
//! document.

#[path = "hostile_chip/announcements.rs"]
mod announcements;
#[path = "hostile_chip/cards.rs"]
mod cards;
#[path = "hostile_chip/chip.rs"]
mod chip;
#[path = "hostile_chip/chip_keys.rs"]
mod chip_keys;
#[path = "hostile_chip/ciphers.rs"]
mod ciphers;
mod common;
#[path = "hostile_chip/doors.rs"]
mod doors;
#[path = "hostile_chip/files.rs"]
mod files;
#[path = "hostile_chip/key.rs"]
mod key;
#[path = "hostile_chip/line.rs"]
mod line;
#[path = "hostile_chip/passwords.rs"]
mod passwords;
#[path = "hostile_chip/signatures.rs"]
mod signatures;
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
    ActiveKind, CardOptions, Chip, ChipAuthenticationOption, CipherName, CurveName, DigestName,
    Group, Issuer, IssuerOptions, Mapping, ModpName, PaceForgery, PaceOption, Person,
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

/// Reads a card through somebody who may change each answer. The closure gets the exchange's number, the
/// command as the chip understood it and the answer.
fn through(
    card: Personalisation,
    key: AccessKey,
    mut change: impl FnMut(usize, &[u8], Vec<u8>) -> Vec<u8>,
) -> Run {
    let mut chip = Chip::new(card, 7);
    let mut exchange = 0;
    let options = InspectionOptions::new(key, seeded(1));
    Desk::new().read_over(options, |command| {
        let answer = chip.process(command);
        let last = chip.trace().last().unwrap();
        let plain = last.plain_command.clone().unwrap_or_else(|| command.to_vec());
        exchange += 1;
        Ok(change(exchange - 1, &plain, answer))
    })
}

/// The object that a GENERAL AUTHENTICATE of PACE sends: `81`, `83` or `85`.
fn pace_object(command: &[u8]) -> Option<(u8, Vec<u8>)> {
    // Keys modulo a prime of 2,048 bits need extended length.
    let (header, le) = if command.get(4) == Some(&0) { (7, 2) } else { (5, 1) };
    if command[1] != 0x86 || command.len() < 8 || command[header] != 0x7C {
        return None;
    }
    let inside = tlv::parse_only(&command[header..command.len() - le], 0x7C)?;
    let (object, _) = tlv::parse(inside)?;
    Some((object.tag as u8, object.value.to_vec()))
}

fn dynamic_data(tag: u32, value: &[u8]) -> Vec<u8> {
    [tlv::node(0x7C, &tlv::node(tag, value)), vec![0x90, 0x00]].concat()
}

/// How often a password was tried: tokens of PACE, cryptograms of BAC.
fn tries(run: &Run) -> usize {
    let is_try = |command: &[u8]| matches!(command, [0, 0x82 | 0x86, ..]);
    run.trace.iter().filter(|exchange| is_try(&exchange.command)).count()
}

/// How often PACE was begun.
fn runs_of_pace(run: &Run) -> usize {
    let begins = |command: &[u8]| command.starts_with(&[0, 0x22, 0xC1, 0xA4]);
    run.trace.iter().filter(|exchange| begins(&exchange.command)).count()
}

/// The application was neither selected nor was BAC begun.
#[track_caller]
fn assert_not_entered(run: &Run) {
    for exchange in &run.trace {
        let command = exchange.plain_command.as_ref().unwrap_or(&exchange.command);
        let entered = matches!(command[1..3], [0xA4, 0x04] | [0x82 | 0x84, _]);
        assert!(!entered, "{:02X?}", &command[..4]);
    }
}

/// The card that this option alone opens, and BAC.
fn opened_by(option: PaceOption) -> Personalisation {
    personalise(&CardOptions { pace: vec![option], ..options() })
}
