use super::*;
use crate::error::{Error, InvalidKey};

/// Synthetic CCCDs: the province prefix 000 is not assigned.
const CARD_1: &str = "IDVNM1950012347000195001234<<7\n9506158F3506156VNM<<<<<<<<<<<8\n\
                      NGUYEN<<THI<THU<HA<<<<<<<<<<<<";
const CARD_2: &str = "IDVNM0600043210000060004321<<0\n6002291M9912315VNM<<<<<<<<<<<0\n\
                      DANG<<VAN<DUC<<<<<<<<<<<<<<<<<";
/// Doc 9303-11 App. D.2: a document number of twelve characters.
const LONG_TD1: &str = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\n\
                        STEVENSON<<PETER<JOHN<<<<<<<<<";
/// Doc 9303-4 App. B.
const TD3: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
                   L898902C36UTO7408122F1204159ZE184226B<<<<<10";
/// Doc 9303-6 App. B.
const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n\
                   D231458907UTO7408122F1204159<<<<<<<6";

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn a_citizen_card_is_read() {
    let mrz = Mrz::parse(CARD_1).unwrap();
    assert_eq!(mrz.format(), Format::Td1);
    assert_eq!((mrz.document_code(), mrz.issuing_state(), mrz.nationality()), ("ID", "VNM", "VNM"));
    assert_eq!(mrz.document_number().reveal(), "195001234");
    assert_eq!(mrz.optional_data_1().reveal(), "000195001234<<7");
    assert_eq!(mrz.optional_data_2().reveal(), "");
    assert_eq!(mrz.birth_text().reveal(), "950615");
    assert_eq!(mrz.date_of_birth(date("2026-01-01")), Some(date("1995-06-15")));
    assert_eq!(mrz.date_of_expiry(), Some(date("2035-06-15")));
    assert_eq!(mrz.sex(), MrzSex::Female);
    assert_eq!(mrz.primary_identifier().reveal(), "NGUYEN");
    assert_eq!(mrz.secondary_identifier().reveal(), "THI THU HA");
    assert!(!mrz.names_may_be_truncated());
    assert_eq!(mrz.key().mrz_information().reveal(), "195001234795061583506156");
    assert_eq!(mrz.lines().collect::<Vec<_>>(), CARD_1.lines().collect::<Vec<_>>());
}

#[test]
fn expiry_99_lies_in_this_century() {
    let mrz = Mrz::parse(CARD_2).unwrap();
    assert_eq!(mrz.date_of_expiry(), Some(date("2099-12-31")));
    assert_eq!(mrz.date_of_birth(date("2026-01-01")), Some(date("1960-02-29")));
    assert_eq!(mrz.key().mrz_information().reveal(), "060004321060022919912315");
}

#[test]
fn a_birth_date_is_never_in_the_future() {
    let mrz = Mrz::parse(CARD_1).unwrap();
    assert_eq!(mrz.date_of_birth(date("2095-06-14")), Some(date("1995-06-15")));
    assert_eq!(mrz.date_of_birth(date("2095-06-15")), Some(date("2095-06-15")));
    // 29 February exists in 2060, not in 2100 or 1900.
    let leap = Mrz::parse(CARD_2).unwrap();
    assert_eq!(leap.date_of_birth(date("2060-02-28")), Some(date("1960-02-29")));
}

#[test]
fn a_long_document_number_is_joined() {
    let mrz = Mrz::parse(LONG_TD1).unwrap();
    assert_eq!(mrz.document_number().reveal(), "D23145890734");
    assert_eq!(mrz.optional_data_1().reveal(), "");
    // Doc 9303-11 App. D.2.
    assert_eq!(mrz.key().mrz_information().reveal(), "D23145890734934071279507122");

    let td2 = "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8";
    let mrz = Mrz::parse(td2).unwrap();
    assert_eq!(mrz.document_number().reveal(), "D23145890734");
    assert_eq!(mrz.key().mrz_information().reveal(), "D23145890734934071279507122");
}

#[test]
fn passports_and_two_line_cards_are_read() {
    let mrz = Mrz::parse(TD3).unwrap();
    assert_eq!(mrz.format(), Format::Td3);
    assert_eq!(mrz.document_number().reveal(), "L898902C3");
    assert_eq!(mrz.optional_data_1().reveal(), "ZE184226B");
    assert_eq!(mrz.key().mrz_information().reveal(), "L898902C3674081221204159");
    let mrz = Mrz::parse(TD2).unwrap();
    assert_eq!(mrz.format(), Format::Td2);
    assert_eq!(mrz.document_number().reveal(), "D23145890");
    assert_eq!(mrz.secondary_identifier().reveal(), "ANNA MARIA");
}

#[test]
fn what_scanners_do_to_a_zone_is_tolerated() {
    let expected = Mrz::parse(CARD_1).unwrap();
    for text in [
        CARD_1.replace('\n', ""),
        CARD_1.replace('\n', "\r\n") + "\r\n",
        CARD_1.replace('\n', " "),
        CARD_1.to_lowercase(),
        format!("\u{feff}{CARD_1}"),
        CARD_1.lines().map(|line| format!("  {line}\t\r\n\n")).collect(),
    ] {
        assert_eq!(Mrz::parse(&text), Ok(expected.clone()), "{text:?}");
    }
}

#[test]
fn each_wrong_check_digit_is_named() {
    let text: Vec<char> = CARD_1.chars().filter(|c| *c != '\n').collect();
    for (position, field) in [
        (5, "document number"),
        (14, "document number"),
        (30, "date of birth"),
        (36, "date of birth"),
        (38, "date of expiry"),
        (44, "date of expiry"),
        (20, "composite"),
        (29, "composite"),
        (59, "composite"),
    ] {
        let mut text = text.clone();
        text[position] = if text[position] == '3' { '4' } else { '3' };
        assert_eq!(
            Mrz::parse(&text.iter().collect::<String>()),
            Err(Error::InvalidKey(InvalidKey::MrzCheckDigit { field })),
            "position {position}"
        );
    }
    let personal = TD3.replace("ZE184226B<<<<<1", "ZE184226B<<<<<2");
    assert_eq!(
        Mrz::parse(&personal),
        Err(Error::InvalidKey(InvalidKey::MrzCheckDigit { field: "personal number" }))
    );
    let long = LONG_TD1.replace("7349", "7344");
    assert_eq!(
        Mrz::parse(&long),
        Err(Error::InvalidKey(InvalidKey::MrzCheckDigit { field: "document number" }))
    );
}

#[test]
fn what_is_no_zone_is_refused() {
    let layout = Err(Error::InvalidKey(InvalidKey::MrzLayout));
    for text in ["", " \r\n\t"] {
        assert_eq!(Mrz::parse(text), Err(Error::InvalidKey(InvalidKey::Empty)));
    }
    for text in [
        "000195001234".to_owned(),
        CARD_1.lines().take(2).collect(),
        CARD_1.replacen('\n', "<\n", 1),
        // Right length, wrong lines.
        CARD_1.replace('\n', "").chars().take(45).chain(['\n']).collect::<String>()
            + &CARD_1.replace('\n', "")[45..],
        CARD_1.replace("THU", "T\u{110}U"),
        CARD_1.replace("NGUYEN", "NGUY N"),
        CARD_1.replace("NGUYEN", "NGUY-N"),
        CARD_1.replace("F3506", "Q3506"),
        CARD_1.replacen("IDVNM", "<DVNM", 1),
        CARD_1.replacen("IDVNM", "IDV1M", 1),
        CARD_1.replacen("IDVNM", "ID<<<", 1),
        "|".repeat(90),
        "<".repeat(90),
        "\u{1ec7}".repeat(30),
    ] {
        let result = Mrz::parse(&text);
        assert!(
            result == layout
                || matches!(result, Err(Error::InvalidKey(InvalidKey::MrzCheckDigit { .. }))),
            "{text:?} {result:?}"
        );
    }
    assert_eq!(Mrz::from_field(CARD_1.as_bytes()), layout);
    assert_eq!(Mrz::from_field(&[0xFF; 90]), layout);
    assert_eq!(Mrz::from_field(CARD_1.replace('\n', "").to_lowercase().as_bytes()), layout);
}

#[test]
fn keys_are_built_from_parts() {
    // Doc 9303-11 App. D.2: numbers of eight characters are filled up.
    let key = MrzKey::from_fields("L898902C", "690806", "940623").unwrap();
    assert_eq!(key.mrz_information().reveal(), "L898902C<369080619406236");
    assert_eq!(MrzKey::from_fields(" l898902c< ", "690806", "940623"), Ok(key.clone()));
    let by_dates = MrzKey::new("L898902C", date("1969-08-06"), date("1994-06-23"));
    assert_eq!(by_dates, Ok(key));
    for (number, birth, expiry, why) in [
        ("", "690806", "940623", InvalidKey::Empty),
        ("<<<", "690806", "940623", InvalidKey::Empty),
        ("L8989-2C", "690806", "940623", InvalidKey::MrzLayout),
        ("\u{110}1", "690806", "940623", InvalidKey::MrzLayout),
        ("12345678901234567890123", "690806", "940623", InvalidKey::MrzLayout),
        ("L898902C", "69080", "940623", InvalidKey::DateLayout),
        ("L898902C", "690806", "1994-06-23", InvalidKey::DateLayout),
        ("L898902C", "690806", "94062\u{e9}", InvalidKey::DateLayout),
    ] {
        assert_eq!(MrzKey::from_fields(number, birth, expiry), Err(Error::InvalidKey(why)));
    }
}

#[test]
fn every_change_of_one_covered_character_is_noticed() {
    // 7, 3 and 1 have an inverse modulo 10, so no other digit gives the same check digit.
    for (card, covered) in [(CARD_1, 5..60), (TD3, 44..88), (TD2, 36..72)] {
        let text: Vec<char> = card.chars().filter(|c| *c != '\n').collect();
        for position in covered {
            let Some(digit) = text[position].to_digit(10) else { continue };
            for other in (0..10).filter(|other| *other != digit) {
                let mut changed = text.clone();
                changed[position] = char::from_digit(other, 10).unwrap();
                assert!(Mrz::parse(&changed.iter().collect::<String>()).is_err(), "{position}");
            }
        }
    }
}

#[test]
fn no_input_panics() {
    let text = CARD_1.replace('\n', "");
    for end in 0..text.len() {
        assert!(Mrz::parse(&text[..end]).is_err());
        assert!(Mrz::from_field(&text.as_bytes()[..end]).is_err());
    }
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap()
    };
    for _ in 0..20_000 {
        let mut bytes = [text.as_bytes(), TD3.as_bytes()][next() % 2].to_vec();
        for _ in 0..=next() % 4 {
            let at = next() % bytes.len();
            bytes[at] = u8::try_from(next() % 256).unwrap();
        }
        let _ = Mrz::from_field(&bytes);
        let _ = Mrz::parse(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn debug_shows_nothing_of_the_holder() {
    let shown = format!("{:?}", Mrz::parse(CARD_1).unwrap());
    for personal in ["NGUYEN", "195001234", "950615", "350615"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}
