//! Passwords that are counted: what the chip says of its counter, and that no try is wasted.

use cccd_simulator::Password;

use super::*;

const PIN: &str = "000123";
const PUK: &str = "0001234567";

fn secrets() -> Personalisation {
    let (pin, puk) = (Some(PIN.to_owned()), Some(PUK.to_owned()));
    personalise(&CardOptions { pin, puk, ..options() })
}

fn pin(digits: &str) -> AccessKey {
    AccessKey::from_pin(digits).unwrap()
}

fn puk(digits: &str) -> AccessKey {
    AccessKey::from_puk(digits).unwrap()
}

/// A desk, and the chip on it: each read begins with a reset, as when the card is put on anew.
struct Counter {
    desk: Desk,
    chip: Chip,
    seed: u64,
    seen: usize,
}

impl Counter {
    fn new(card: Personalisation) -> Self {
        Self { desk: Desk::new(), chip: Chip::new(card, 7), seed: 0, seen: 0 }
    }

    /// Reads once and demands this outcome; returns how often the password was tried.
    #[track_caller]
    fn read(&mut self, key: &AccessKey, expected: Result<(), (Option<u8>, &str)>) -> usize {
        self.chip.reset();
        self.seed += 1;
        let options = InspectionOptions::new(key.clone(), seeded(self.seed));
        let mut run = self.desk.read_chip(&mut self.chip, options);
        run.trace.drain(..std::mem::replace(&mut self.seen, run.trace.len()));
        match (expected, &run.outcome) {
            (Ok(()), outcome) => assert!(outcome.is_ok(), "{outcome:?}"),
            (Err((left, code)), Err(error)) => {
                assert_eq!(error.code(), code, "{error:?}");
                assert_eq!(run.ended(Check::Access), code);
                if error.kind() == "access_denied" {
                    assert_eq!(error, &Error::AccessDenied { attempts_left: left });
                }
                if let Some(left @ 2..) = left {
                    assert!(error.to_string().contains(&format!("{left} attempts are left")));
                }
                assert_not_entered(&run);
            }
            (Err(expected), Ok(_)) => panic!("a document instead of {expected:?}"),
        }
        assert_eq!(run.violations, [""; 0]);
        tries(&run)
    }

    #[track_caller]
    fn left(&self, password: Password, left: u8) {
        assert_eq!(self.chip.attempts_left(password), Some(left));
    }
}

const WRONG: &str = "access_denied.wrong_key";
const BLOCKED: &str = "access_denied.blocked";
const SPARED: &str = "policy_refused.last_attempt";
const SUSPENDED: &str = "invalid_key.suspended";

#[test]
fn a_printed_password_with_two_one_and_no_attempts_left() {
    let wrong_can = AccessKey::from_can("999999").unwrap();
    let wrong_mrz = AccessKey::from_mrz(&Person::sample_indefinite().mrz().join("\n")).unwrap();
    for (wrong, right) in [(wrong_can, can()), (wrong_mrz, mrz())] {
        // Several ways of PACE are announced: a wrong password is tried by one of them.
        let mut card = personalise(&CardOptions {
            pace: vec![
                PaceOption::new(Mapping::Generic, CurveName::Secp256r1, CipherName::Aes256),
                CurveName::BrainpoolP256r1.into(),
                PaceOption::new(Mapping::Integrated, CurveName::Secp256r1, CipherName::TripleDes),
            ],
            ..options()
        });
        card.behaviour.answer_to_wrong_password = WrongPassword::Counter { tries: 3 };
        let mut counter = Counter::new(card);
        for (left, code) in [(2, WRONG), (1, WRONG)] {
            assert_eq!(counter.read(&wrong, Err((Some(left), code))), 1);
            counter.left(Password::Can, left);
        }
        // A policy spares the last: neither a right nor a wrong password is tried.
        counter.desk = Desk::new().policy(Policy::standard().refuse_last_attempt());
        for key in [&wrong, &right] {
            assert_eq!(counter.read(key, Err((None, SPARED))), 0);
            counter.left(Password::Can, 1);
        }
        // By the standard policy the right one is, and fills the counter up.
        counter.desk = Desk::new();
        assert_eq!(counter.read(&right, Ok(())), 1);
        counter.left(Password::Can, 3);
        for (left, code) in [(2, WRONG), (1, WRONG), (0, BLOCKED)] {
            assert_eq!(counter.read(&wrong, Err((Some(left), code))), 1);
        }
        assert_eq!(counter.read(&right, Err((Some(0), BLOCKED))), 0);
        counter.left(Password::Can, 0);
    }
}

#[test]
fn the_policy_spares_nothing_while_there_is_more_than_one_attempt() {
    let mut card = card();
    card.behaviour.answer_to_wrong_password = WrongPassword::Counter { tries: 3 };
    let mut counter = Counter::new(card);
    counter.desk = Desk::new().policy(Policy::standard().refuse_last_attempt());
    let wrong = AccessKey::from_can("999999").unwrap();
    assert_eq!(counter.read(&wrong, Err((Some(2), WRONG))), 1);
    assert_eq!(counter.read(&can(), Ok(())), 1);
    counter.left(Password::Can, 3);
}

#[test]
fn a_pin_is_suspended_before_it_is_blocked() {
    let mut counter = Counter::new(secrets());
    let (wrong, right) = (pin("000999"), pin(PIN));
    assert_eq!(counter.read(&right, Ok(())), 1);
    assert_eq!(counter.read(&wrong, Err((Some(2), WRONG))), 1);
    // A right one in between fills the counter up.
    assert_eq!(counter.read(&right, Ok(())), 1);
    counter.left(Password::Pin, 3);
    assert_eq!(counter.read(&wrong, Err((Some(2), WRONG))), 1);
    assert_eq!(counter.read(&wrong, Err((Some(1), WRONG))), 1);
    // Suspended: the chip takes neither, and nothing is counted.
    for key in [&wrong, &right] {
        assert_eq!(counter.read(key, Err((None, SUSPENDED))), 0);
        counter.left(Password::Pin, 1);
    }
    counter.desk = Desk::new().policy(Policy::standard().refuse_last_attempt());
    assert_eq!(counter.read(&right, Err((None, SPARED))), 0);
    counter.left(Password::Pin, 1);
    // The other passwords are not concerned, and opening the chip by them changes nothing for the PIN:
    // it is resumed only inside the session that the CAN opened.
    for key in [can(), puk(PUK), mrz()] {
        assert_eq!(counter.read(&key, Ok(())), 1);
        counter.left(Password::Pin, 1);
    }
    counter.desk = Desk::new();
    assert_eq!(counter.read(&right, Err((None, SUSPENDED))), 0);
}

#[test]
fn a_puk_is_counted_to_its_end() {
    let mut counter = Counter::new(secrets());
    let wrong = puk("0009999999");
    for left in (1..10).rev() {
        assert_eq!(counter.read(&wrong, Err((Some(left), WRONG))), 1);
        counter.left(Password::Puk, left);
    }
    counter.desk = Desk::new().policy(Policy::standard().refuse_last_attempt());
    assert_eq!(counter.read(&puk(PUK), Err((None, SPARED))), 0);
    counter.desk = Desk::new();
    assert_eq!(counter.read(&wrong, Err((Some(0), BLOCKED))), 1);
    assert_eq!(counter.read(&puk(PUK), Err((Some(0), BLOCKED))), 0);
    counter.left(Password::Puk, 0);
    counter.left(Password::Pin, 3);
}

#[test]
fn a_password_that_the_chip_does_not_have() {
    // Neither PIN nor PUK: the chip knows no such reference, and nothing else is tried in its place.
    for key in [pin(PIN), puk(PUK)] {
        let run = Desk::new().read(card(), key);
        assert_eq!(run.error().code(), "invalid_key.wrong_kind");
        assert_eq!(tries(&run), 0);
        assert_not_entered(&run);
    }
}

/// Somebody on the line says that a password was wrong, suspended or blocked: no document, and no second try.
#[test]
fn forged_counters() {
    for (status, code) in [
        (0x63C2_u16, WRONG),
        (0x63C0, BLOCKED),
        (0x6983, BLOCKED),
        (0x6300, WRONG),
        (0x6982, WRONG),
        (0x6985, WRONG),
    ] {
        let mut tokens = 0;
        let run = through(card(), can(), |_, command, answer| match pace_object(command) {
            Some((0x85, _)) => {
                tokens += 1;
                status.to_be_bytes().to_vec()
            }
            _ => answer,
        });
        assert_eq!((run.error().code(), tokens), (code, 1), "{status:04X}");
        assert_eq!(run.error().advice().as_str(), "check_key");
    }
    // The warning at the beginning: the policy spares the last attempt, whoever says that it is one.
    let options = InspectionOptions::new(can(), seeded(1));
    let mut chip = Chip::new(card(), 7);
    let desk = Desk::new().policy(Policy::standard().refuse_last_attempt());
    let run = desk.read_over(options, |command| {
        let answer = chip.process(command);
        let begins = command.starts_with(&[0, 0x22, 0xC1, 0xA4]);
        Ok(if begins { vec![0x63, 0xC1] } else { answer })
    });
    assert_eq!(run.error().code(), SPARED);
}
