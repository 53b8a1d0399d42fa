use super::*;
use crate::{
    date::Date,
    tlv::write,
    vietnam::{
        CitizenRecord, Sex,
        dg13::vectors::{SHAPE_A, group, hex, utf8},
        names::NameMatch,
    },
};

const MRZ: &str = "IDVNM1950012347000195001234<<79506158F3506156VNM<<<<<<<<<<<8\
                   NGUYEN<<THI<THU<HA<<<<<<<<<<<<";
const QR: &str = "XX4000000000000|4e677579e1bb856e205468e1bb8b205468752048c3a0|15/06/1995|2|5068c6b0e1bb9d6e672056c3ad2044e1bba5|00 - 000|01/01/2021|-|01/01/2021|00000000000000-0000000000|-|4|01/01/2021|0000000000000000-0000|";

fn record(dg13: &[u8]) -> CitizenRecord {
    let dg1 = write(0x61, &write(0x5F1F, MRZ.as_bytes()));
    CitizenRecord::from_groups(&dg1, Some(dg13)).unwrap()
}

fn staff() -> Staff {
    Staff {
        full_name: "Đặng Văn Đức".to_owned().into(),
        id_number: "000060004321".parse().unwrap(),
    }
}

fn lookup(record: &CitizenRecord, layout: BirthLayout) -> Lookup {
    Lookup::of_citizen(record, staff(), layout).unwrap()
}

#[test]
fn the_question_is_asked_in_the_office_s_names() {
    let lookup = lookup(&record(&hex(SHAPE_A)), BirthLayout::default());
    let fields = lookup.fields().map(|(name, value)| (name, value.as_str()));
    let staff = [("hoTenCb", "Đặng Văn Đức"), ("cccdCb", "000060004321")];
    assert_eq!(
        fields[..3],
        [("maThe", "000195001234"), ("hoTen", "Nguyễn Thị Thu Hà"), ("ngaySinh", "15/06/1995")]
    );
    assert_eq!(fields[3..], staff);
    let by_card = lookup.card_number(" XX4000000000000 ");
    assert_eq!(by_card.fields()[0], ("maThe", &"XX4000000000000".to_owned()));
    assert_eq!(format!("{by_card:?}"), "Lookup(redacted)");
    assert_eq!(format!("{:?}", self::staff()), "Staff(redacted)");
}

#[test]
fn the_date_of_birth_is_written_in_each_layout() {
    let whole = record(&hex(SHAPE_A));
    let year = record(&group(&[(2, &utf8("Nguyễn Thị Thu Hà")), (3, &utf8("1995"))]));
    for (record, layout, written) in [
        (&whole, BirthLayout::Slashes, "15/06/1995"),
        (&whole, BirthLayout::Digits, "15061995"),
        (&whole, BirthLayout::Year, "1995"),
        (&year, BirthLayout::Slashes, "1995"),
        (&year, BirthLayout::Digits, "1995"),
        (&year, BirthLayout::Year, "1995"),
    ] {
        assert_eq!(lookup(record, layout).fields()[2].1, written);
    }
}

#[test]
fn every_code_has_its_words() {
    assert_eq!(AnswerCode::KNOWN.len(), 29);
    for (at, code) in AnswerCode::KNOWN.iter().enumerate() {
        assert_eq!(&AnswerCode::parse(code.code()), code);
        assert_eq!(code.code().len(), 3);
        for other in &AnswerCode::KNOWN[..at] {
            assert!(other.code() < code.code(), "in the office's order");
            assert_ne!(other.message(), code.message());
            assert_ne!(other.message_vi(), code.message_vi());
        }
    }
    for (code, is_valid, correction) in [
        ("000", true, Correction::Nothing),
        ("003", true, Correction::TakeNewCard),
        ("004", true, Correction::TakeNewCard),
        ("001", false, Correction::CheckPapers),
        ("010", false, Correction::AskInsurer),
        ("060", false, Correction::CorrectName),
        ("061", false, Correction::CorrectName),
        ("070", false, Correction::CorrectBirth),
        ("054", false, Correction::RegisterStaff),
        ("401", false, Correction::LogIn),
        ("101", false, Correction::TryAgain),
        ("999", false, Correction::ReadNote),
        ("", false, Correction::ReadNote),
    ] {
        let code = AnswerCode::parse(code);
        assert_eq!((code.is_valid(), code.correction()), (is_valid, correction), "{code}");
    }
    assert_eq!(AnswerCode::parse(&"9".repeat(40)).code(), "9".repeat(16));
    assert_eq!(
        AnswerCode::parse(" 070 ").to_string(),
        "070: the date of birth is not that of the insured"
    );
}

fn answer(json: &str) -> Answer {
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    Answer::from_fields(|name| json[name].as_str().map(str::to_owned))
}

#[test]
fn the_answer_is_read_field_by_field() {
    let names = [
        "maKetQua",
        "ghiChu",
        "maThe",
        "hoTen",
        "ngaySinh",
        "gioiTinh",
        "diaChi",
        "maDKBD",
        "cqBHXH",
        "gtTheTu",
        "gtTheDen",
        "maKV",
        "ngayDu5Nam",
        "maSoBHXH",
        "maTheCu",
        "maTheMoi",
        "gtTheTuMoi",
        "gtTheDenMoi",
        "maDKBDMoi",
        "tenDKBDMoi",
    ];
    let asked = core::cell::RefCell::new(Vec::new());
    let all = Answer::from_fields(|name| {
        asked.borrow_mut().push(name.to_owned());
        let at = names.iter().position(|known| *known == name).unwrap();
        Some(if name.starts_with("gtThe") || name == "ngayDu5Nam" {
            format!("{at:02}/01/2026")
        } else {
            format!(" {name} ")
        })
    });
    let mut asked = asked.into_inner();
    asked.sort();
    let mut expected = names.map(str::to_owned);
    expected.sort();
    assert_eq!(asked, expected);
    let text = |value: &Option<crate::sensitive::Personal<String>>| {
        value.clone().unwrap().reveal().clone()
    };
    assert_eq!(all.code, AnswerCode::Other("maKetQua".to_owned()));
    assert_eq!(
        (text(&all.note), text(&all.card_number)),
        ("ghiChu".to_owned(), "maThe".to_owned())
    );
    assert_eq!(
        (text(&all.full_name), text(&all.date_of_birth)),
        ("hoTen".to_owned(), "ngaySinh".to_owned())
    );
    assert_eq!((text(&all.sex), text(&all.address)), ("gioiTinh".to_owned(), "diaChi".to_owned()));
    assert_eq!((text(&all.clinic), text(&all.office)), ("maDKBD".to_owned(), "cqBHXH".to_owned()));
    assert_eq!(
        (text(&all.region), text(&all.insurance_number)),
        ("maKV".to_owned(), "maSoBHXH".to_owned())
    );
    assert_eq!(
        (text(&all.old_card), text(&all.new_card)),
        ("maTheCu".to_owned(), "maTheMoi".to_owned())
    );
    assert_eq!(
        (text(&all.new_clinic), text(&all.new_clinic_name)),
        ("maDKBDMoi".to_owned(), "tenDKBDMoi".to_owned())
    );
    let days = [
        &all.valid_from,
        &all.valid_to,
        &all.five_years_since,
        &all.new_valid_from,
        &all.new_valid_to,
    ];
    assert_eq!(days.map(|day| day.as_ref().unwrap().reveal().day()), [9, 10, 12, 16, 17]);
    assert_eq!(format!("{all:?}"), "Answer(maKetQua, redacted)");
    let empty = answer(
        r#"{"maKetQua":"050","hoTen":"","gtTheTu":null,"gtTheDen":"?","dsLichSuKCB2018":[]}"#,
    );
    assert_eq!(empty.code, AnswerCode::NotFound);
    assert!(empty.full_name.is_none() && empty.valid_from.is_none() && empty.valid_to.is_none());
}

#[test]
fn a_card_covers_its_days() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let old = answer(r#"{"maKetQua":"000","gtTheTu":"01/01/2026","gtTheDen":"31/12/2026"}"#);
    for (at, covered) in
        [("2025-12-31", false), ("2026-01-01", true), ("2026-12-31", true), ("2027-01-01", false)]
    {
        assert_eq!(old.covers(day(at)), covered, "{at}");
    }
    let renewed = r#"{"maKetQua":"003","gtTheTu":"01/01/2025","gtTheDen":"31/12/2025","gtTheTuMoi":"01/01/2026"}"#;
    assert!(answer(renewed).covers(day("2026-06-01")));
    let refused = renewed.replace("003", "110");
    assert!(!answer(&refused).covers(day("2026-06-01")));
    assert!(!answer(r#"{"maKetQua":"000"}"#).covers(day("2026-06-01")));
}

#[test]
fn the_insurance_s_name_is_compared_with_the_chip_s() {
    let record = record(&hex(SHAPE_A));
    for (name, how) in [
        ("NGUYỄN THỊ THU HÀ", NameMatch::Typography),
        ("Nguyễn Thị Thu Hạ", NameMatch::MarksDiffer),
    ] {
        let answer = answer(&format!(r#"{{"maKetQua":"060","hoTen":"{name}"}}"#));
        assert_eq!(answer.name_match(&record), Some(how));
    }
    assert_eq!(answer("{}").name_match(&record), None);
}

#[test]
fn the_code_of_a_paper_card_is_read() {
    let qr = InsuranceCardQr::parse(&format!("\u{feff} {QR}\r\n")).unwrap();
    assert_eq!(qr.number().reveal(), "XX4000000000000");
    assert_eq!(qr.full_name().reveal(), "Nguyễn Thị Thu Hà");
    assert_eq!(qr.date_of_birth().unwrap().reveal().to_string(), "1995-06-15");
    assert_eq!(qr.sex().unwrap().reveal(), &Sex::Female);
    assert_eq!(qr.address().unwrap().reveal(), "Phường Ví Dụ");
    assert_eq!(qr.clinic().reveal(), "00 - 000");
    assert_eq!(qr.valid_from().unwrap().reveal().to_string(), "2021-01-01");
    assert_eq!((qr.tail().len(), qr.tail()[2].reveal().as_str()), (8, "00000000000000-0000000000"));
    assert_eq!(format!("{qr:?}"), "InsuranceCardQr(redacted)");
    let short = InsuranceCardQr::parse(&QR.replace("XX4000000000000", "0000000000")).unwrap();
    assert_eq!(short.number().reveal(), "0000000000");
    for (from, to) in [
        ("XX4000000000000", "000195001234"),
        ("XX4000000000000", "xx4000000000000"),
        ("XX4000000000000", "ĐX400000000000"),
        ("4e677579", "4e67757"),
        ("4e677579", "Nguy"),
        ("4e677579e1bb856e", "4e677579e1bb"),
        ("|", ";"),
    ] {
        assert_eq!(InsuranceCardQr::parse(&QR.replace(from, to)), None, "{to}");
    }
    assert_eq!(InsuranceCardQr::parse(&"|".repeat(1 << 15)), None);
}
