use super::*;
use crate::error::PolicyRefusal;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn estimates(birth: &str, issued: &str) -> Vec<String> {
    Expiry::estimates(day(birth), day(issued)).iter().map(ToString::to_string).collect()
}

const NEVER: &str = "Không thời hạn";

#[test]
fn a_card_expires_at_the_law_s_ages() {
    for (birth, issued, expected) in [
        // The law of 2014: 25, 40, 60.
        ("1995-06-15", "2021-07-01", &["2035-06-15", "2055-06-15", NEVER][..]),
        ("2005-03-02", "2021-07-01", &["2030-03-02", "2045-03-02", NEVER]),
        // Two years before an age the next one counts, from the very day on.
        ("1998-07-01", "2021-06-30", &["2023-07-01", "2038-07-01", NEVER]),
        ("1998-07-01", "2021-07-01", &["2038-07-01", "2023-07-01", "2058-07-01", NEVER]),
        ("1998-07-01", "2023-06-30", &["2038-07-01", "2023-07-01", "2058-07-01", NEVER]),
        ("1998-07-01", "2023-07-01", &["2038-07-01", "2058-07-01", NEVER]),
        ("1982-01-20", "2021-07-01", &["2042-01-20", "2022-01-20", NEVER]),
        ("1962-01-20", "2021-07-01", &[NEVER, "2022-01-20"]),
        ("1960-02-28", "2021-07-15", &[NEVER]),
        // The law of 2023: 14 as well.
        ("2012-07-01", "2024-06-30", &["2037-07-01", "2052-07-01", NEVER]),
        ("2012-07-02", "2024-07-01", &["2026-07-02", "2037-07-02", NEVER]),
        ("2012-07-01", "2024-07-01", &["2037-07-01", "2026-07-01", "2052-07-01", NEVER]),
        ("2021-01-05", "2025-02-01", &["2035-01-05", "2046-01-05", NEVER]),
        ("1966-08-01", "2025-02-01", &[NEVER, "2026-08-01"]),
        // Born on a day that not every year has.
        ("1996-02-29", "2021-07-01", &["2036-02-29", "2056-02-29", NEVER]),
        ("2000-02-29", "2021-07-01", &["2025-02-28", "2025-03-01", "2040-02-29", NEVER]),
    ] {
        assert_eq!(estimates(birth, issued), expected, "{birth} {issued}");
    }
}

/// For every day of birth and issue: no candidate twice, none in the past, the law's answer first.
#[test]
fn every_estimate_is_a_birthday_ahead() {
    for birth in (-1_000..20_000).step_by(37).map(|day| Date::from_unix(day * 86_400).unwrap()) {
        for issued in (18_630..21_000).step_by(97).map(|day| Date::from_unix(day * 86_400).unwrap())
        {
            if issued <= birth {
                continue;
            }
            let candidates = Expiry::estimates(birth, issued);
            assert!((1..=8).contains(&candidates.len()));
            assert!(candidates.contains(&Expiry::Indefinite));
            for (at, one) in candidates.iter().enumerate() {
                assert!(!candidates[at + 1..].contains(one));
                if let Expiry::On(expiry) = one {
                    assert!(*expiry > issued);
                    assert_eq!(expiry.month(), birth.month());
                    assert_eq!(expiry.day(), birth.day());
                    assert!([14, 25, 40, 60].contains(&(expiry.year() - birth.year())));
                }
            }
            if let Expiry::On(expiry) = candidates[0] {
                assert!(Date::new(expiry.year() - 2, birth.month(), birth.day()).unwrap() > issued);
            }
        }
    }
}

const WRONG_KIND: Error = Error::InvalidKey(InvalidKey::WrongKind);

fn denied(attempts_left: Option<u8>) -> Error {
    Error::AccessDenied { attempts_left }
}

/// The errors that a chip gives one after the other, and how many keys are tried before the last of them is returned.
fn tried(most: u8, errors: &[Error]) -> usize {
    let number: IdNumber = "000198001234".parse().unwrap();
    let keys = KeyCandidates::new(number).issued(day("1998-07-01"), day("2021-07-01")).most(most);
    let mut count = 0;
    let outcome: Result<()> = keys.read(|_| {
        count += 1;
        Err(errors.get(count - 1).unwrap_or(errors.last().unwrap()).clone())
    });
    assert!(outcome.is_err());
    count
}

#[test]
fn keys_are_tried_as_often_as_allowed_and_no_more() {
    let wrong = [WRONG_KIND, denied(None)];
    // Every number of tries, and no more candidates than there are: four.
    for (most, keys) in [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 5), (255, 5)] {
        assert_eq!(tried(most, &wrong), keys, "{most}");
    }
    // A wrong card access number: the number itself is wrong.
    assert_eq!(tried(4, &[denied(None)]), 1);
    // A chip that counts keeps its last try.
    assert_eq!(tried(4, &[WRONG_KIND, denied(Some(3)), denied(Some(2)), denied(Some(1))]), 4);
    assert_eq!(tried(4, &[WRONG_KIND, denied(Some(1))]), 2);
    assert_eq!(tried(4, &[WRONG_KIND, denied(Some(0))]), 2);
    // Anything else is no reason to try another key, and the kind of key is asked for once.
    for other in [
        Error::LinkLost,
        Error::PolicyRefused(PolicyRefusal::Downgrade),
        Error::PolicyRefused(PolicyRefusal::LastAttempt),
        WRONG_KIND,
    ] {
        assert_eq!(tried(4, &[WRONG_KIND, other.clone()]), 2, "{other:?}");
    }
    assert_eq!(tried(4, &[Error::LinkLost]), 1);
}

#[test]
fn the_key_that_opens_ends_it() {
    let number: IdNumber = "000195001234".parse().unwrap();
    let keys =
        KeyCandidates::new(number.clone()).issued(day("1995-06-15"), day("2021-07-01")).most(3);
    let wanted: AccessKey = number.mrz_key(day("1995-06-15"), Expiry::Indefinite).unwrap().into();
    let mut seen = 0;
    let read = keys.read(|key| {
        seen += 1;
        match (seen, key.bac_seed() == wanted.bac_seed()) {
            (1, _) => Err(WRONG_KIND),
            (_, true) => Ok(seen),
            (_, false) => Err(denied(None)),
        }
    });
    assert_eq!(read, Ok(4));
    assert_eq!(tried(1, &[WRONG_KIND, denied(None)]), 2);
    // Without dates there is one key.
    let mut alone = KeyCandidates::new(number);
    assert!(alone.after(&WRONG_KIND).is_none());
}
