//! The kiosk's question to the social-insurance office, over HTTP, with a mock that answers as it is described.

mod common;

#[path = "../examples/health_insurance/client.rs"]
mod client;
#[path = "../examples/health_insurance/office.rs"]
mod office;

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use cccd::{
    inspection::InspectionOptions,
    sensitive::Personal,
    vietnam::{
        CitizenRecord, IdNumber,
        health_insurance::{AnswerCode, BirthLayout, Correction, Lookup, Staff},
        names::NameMatch,
    },
};
use cccd_simulator::{CardOptions, Chip, Person};
use common::{Desk, date, issuer, seeded};
use office::{Insured, Registered};

/// The citizen of a verified card.
fn citizen(person: &Person) -> CitizenRecord {
    let card = issuer().personalise(person, &CardOptions::default());
    let number: IdNumber = person.id_number.parse().unwrap();
    let options = InspectionOptions::new(number.access_key(), seeded(1));
    let run = Desk::new().read_chip(&mut Chip::new(card, 7), options);
    CitizenRecord::from_document(run.verified()).unwrap()
}

fn staff(name: &str, number: &str) -> Staff {
    Staff { full_name: Personal::new(name.to_owned()), id_number: number.parse().unwrap() }
}

fn desk() -> Staff {
    staff("Đặng Văn Đức", "000060004321")
}

const INSURED: [Insured; 3] = [
    Insured {
        id_number: "000195001234",
        full_name: "NGUYỄN THỊ THU HÀ",
        date_of_birth: "15/06/1995",
        code: "000",
    },
    Insured {
        id_number: "000154000101",
        full_name: "Lê Thị Mẫu",
        date_of_birth: "1954",
        code: "004",
    },
    Insured {
        id_number: "000090000107",
        full_name: "Võ Quang Thử",
        date_of_birth: "02/01/1990",
        code: "000",
    },
];
const STAFF: [Registered; 1] =
    [Registered { id_number: "000060004321", full_name: "Đặng Văn Đức" }];

/// Asks a mock that answers once.
fn ask(lookup: &Lookup) -> (AnswerCode, Option<NameMatch>, bool) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url =
        format!("http://{}/api/egw/KQNhanLichSuKCB2024?token=", listener.local_addr().unwrap());
    let office = thread::spawn(move || office::serve(&listener, &INSURED, &STAFF, 1));
    let answer = client::ask(&url, lookup).unwrap();
    office.join().unwrap();
    let name = answer.name_match(&citizen(&Person::sample()));
    let covers = answer.covers(date("2026-11-21"));
    (answer.code, name, covers)
}

#[test]
fn the_chip_s_name_and_birth_are_what_the_office_wants() {
    let ha = citizen(&Person::sample());
    for layout in [BirthLayout::Slashes, BirthLayout::Digits] {
        let lookup = Lookup::of_citizen(&ha, desk(), layout).unwrap();
        let answer = ask(&lookup);
        assert_eq!(answer, (AnswerCode::Valid, Some(NameMatch::Typography), true));
    }
    // Only the year is known, on the chip and to the office.
    let mau = citizen(&Person::named("year-of-birth").unwrap());
    let lookup = Lookup::of_citizen(&mau, desk(), BirthLayout::Slashes).unwrap();
    assert_eq!(ask(&lookup).0, AnswerCode::OldCardValid);
}

#[test]
fn what_differs_is_named_and_what_to_correct() {
    let ha = citizen(&Person::sample());
    let thu = citizen(&Person::named("long-address").unwrap());
    let stranger = citizen(&Person::named("minority-name").unwrap());
    let of =
        |record: &CitizenRecord, staff, layout| Lookup::of_citizen(record, staff, layout).unwrap();
    for (lookup, code, correction) in [
        (of(&stranger, desk(), BirthLayout::Slashes), "050", Correction::CorrectNumber),
        (of(&thu, desk(), BirthLayout::Slashes), "061", Correction::CorrectName),
        (of(&ha, desk(), BirthLayout::Year), "070", Correction::CorrectBirth),
        (
            of(&ha, staff("Đặng Văn Đức", "000060004322"), BirthLayout::Slashes),
            "054",
            Correction::RegisterStaff,
        ),
        (
            of(&ha, staff("Đặng Văn Đúc", "000060004321"), BirthLayout::Slashes),
            "055",
            Correction::RegisterStaff,
        ),
        (
            of(&ha, desk(), BirthLayout::Slashes).card_number("000090000107"),
            "060",
            Correction::CorrectName,
        ),
        (of(&ha, desk(), BirthLayout::Slashes).card_number(""), "205", Correction::FixRequest),
    ] {
        let (answered, name, covers) = ask(&lookup);
        assert_eq!((answered.code(), answered.correction()), (code, correction));
        assert_eq!((name, covers), (None, false));
    }
}

/// What answers is not always the office.
#[test]
fn an_answer_that_is_none_is_told_without_its_words() {
    let lookup =
        Lookup::of_citizen(&citizen(&Person::sample()), desk(), BirthLayout::Slashes).unwrap();
    for (answer, why) in [
        ("HTTP/1.0 500 NGUYEN\r\n\r\n", "the answer's status is 500"),
        ("HTTP/1.0 200 OK\r\n\r\n<html>Nguyễn", "the answer is no JSON"),
        ("HTTP/1.0 200 OK", "the answer is no HTTP"),
        ("", "the answer is no HTTP"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let office = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // The whole question is taken, so that closing is no reset.
            let mut question = [0; 1 << 12];
            let read = stream.read(&mut question).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(question[..read].to_vec()).unwrap()
        });
        assert_eq!(client::ask(&url, &lookup).unwrap_err(), why);
        let question = office.join().unwrap();
        assert!(question.starts_with("POST / HTTP/1.0\r\nHost: 127.0.0.1:"), "{question}");
        let (_, body) = question.split_once("\r\n\r\n").unwrap();
        let sent: serde_json::Value = serde_json::from_str(body).unwrap();
        let expected = serde_json::json!({
            "maThe": "000195001234",
            "hoTen": "Nguyễn Thị Thu Hà",
            "ngaySinh": "15/06/1995",
            "hoTenCb": "Đặng Văn Đức",
            "cccdCb": "000060004321",
        });
        assert_eq!(sent, expected);
    }
    assert!(client::ask("https://127.0.0.1/", &lookup).is_err());
}
