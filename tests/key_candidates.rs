//! Opening a card without PACE by number, birth and issue: how often the chip sees a key, counted at the chip.

mod common;

use cccd::{
    Error, Result,
    error::InvalidKey,
    inspection::InspectionOptions,
    vietnam::{CitizenRecord, IdNumber, KeyCandidates, QrText},
};
use cccd_simulator::{CardOptions, Chip, Person, Personalisation, chip::WrongPassword};
use common::{Desk, date, issuer, options, seeded};

const EXTERNAL_AUTHENTICATE: u8 = 0x82;
const GENERAL_AUTHENTICATE: u8 = 0x86;

/// The sample person with another date of expiry, and whether the chip has PACE.
fn card(expiry: &str, pace: bool) -> Personalisation {
    let person = Person { expiry_date: expiry.to_owned(), ..Person::sample() };
    let mut options = options();
    if !pace {
        options = CardOptions { pace: Vec::new(), ..options };
    }
    issuer().personalise(&person, &options)
}

/// How a read ends, how many keys it used, and how many reached the chip.
fn read(card: Personalisation, keys: KeyCandidates) -> (Result<String>, usize, usize) {
    let desk = Desk::new();
    let mut chip = Chip::new(card, 7);
    let (mut used, mut seen) = (0, 0);
    let outcome = keys.read(|key| {
        used += 1;
        let options = InspectionOptions::new(key, seeded(used));
        let run = desk.read_over(options, |command| {
            // The last of PACE's four commands carries the token.
            let counts = command[1] == EXTERNAL_AUTHENTICATE
                || (command[1] == GENERAL_AUTHENTICATE && command[0] == 0);
            seen += usize::from(counts);
            Ok(chip.process(command))
        });
        let record = CitizenRecord::from_document(&run.outcome?)?;
        Ok(record.expiry.reveal().to_string())
    });
    assert_eq!(chip.violations(), [""; 0]);
    (outcome, usize::try_from(used).unwrap(), seen)
}

fn candidates(most: u8) -> KeyCandidates {
    let number: IdNumber = "000195001234".parse().unwrap();
    KeyCandidates::new(number).issued(date("1995-06-15"), date("2021-07-01")).most(most)
}

const DENIED: Error = Error::AccessDenied { attempts_left: None };
const NO_PACE: Error = Error::InvalidKey(InvalidKey::WrongKind);

#[test]
fn each_candidate_is_one_command_to_the_chip() {
    let found = |expiry: &str| Ok(expiry.to_owned());
    for (on_card, most, outcome, used, seen) in [
        // The law's answer, the one after it, none at all.
        ("15/06/2035", 1, found("2035-06-15"), 2, 1),
        ("15/06/2055", 1, Err(DENIED), 2, 1),
        ("15/06/2055", 2, found("2055-06-15"), 3, 2),
        ("Không thời hạn", 2, Err(DENIED), 3, 2),
        ("Không thời hạn", 3, found("Không thời hạn"), 4, 3),
        // There are three candidates, whatever is allowed.
        ("01/01/2030", 255, Err(DENIED), 4, 3),
        ("15/06/2035", 0, Err(NO_PACE), 1, 0),
    ] {
        assert_eq!(
            read(card(on_card, false), candidates(most)),
            (outcome, used, seen),
            "{on_card}, {most} allowed"
        );
    }
}

#[test]
fn a_chip_with_pace_is_opened_at_once() {
    let (outcome, used, seen) = read(card("15/06/2055", true), candidates(3));
    assert_eq!((outcome, used), (Ok("2055-06-15".to_owned()), 1));
    assert_eq!(seen, 1);
}

#[test]
fn a_chip_that_counts_keeps_its_last_try() {
    for (tries, seen) in [(2, 1), (3, 2), (4, 3), (15, 3)] {
        let mut card = card("01/01/2030", false);
        card.behaviour.answer_to_wrong_password = WrongPassword::Counter { tries };
        let (outcome, _, found) = read(card, candidates(255));
        assert_eq!(found, seen, "{tries}");
        let left = tries - u8::try_from(seen).unwrap();
        assert_eq!(outcome, Err(Error::AccessDenied { attempts_left: Some(left) }));
        assert!(left >= 1);
    }
}

#[test]
fn a_qr_code_has_all_that_is_needed() {
    let qr = QrText::parse(&Person::sample().qr_2021()).unwrap();
    let (outcome, used, seen) = read(card("15/06/2035", false), qr.key_candidates().unwrap());
    assert_eq!((outcome, used, seen), (Ok("2035-06-15".to_owned()), 2, 1));
    let without_issue = Person::sample().qr_2021().replace("01072021", "");
    assert!(QrText::parse(&without_issue).unwrap().key_candidates().is_none());
}
