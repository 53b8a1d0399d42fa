//! Writes an organisation's records and the evidence of cards, of people who do not exist, so that anyone can try
//! `cccd reconcile`.
//!
//! ```text
//! cargo run --release -p cccd-batch --example make_records -- FOLDER [RECORDS] [CARDS]
//! cccd reconcile --records FOLDER/patients.csv --evidence FOLDER/evidence --trust FOLDER/csca.der \
//!                --out differences.csv --at 2026-11-21
//! ```
//!
//! Every record is about one of the cards, most of them more than once, with the faults that records have: marks lost,
//! a year in place of a day, leading zeros lost, an address of before the merger of 2025 or of another place. ID numbers
//! begin with 000, which is assigned to no province.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use cccd::document::Evidence;
use cccd::vietnam::names::fold_ascii;
use cccd_simulator::personalisation::file;
use cccd_simulator::portrait::PortraitOptions;
use cccd_simulator::{CardOptions, Issuer, IssuerOptions, Person};

const GROUPS: [(u8, u16); 5] =
    [(1, file::DG1), (2, file::DG2), (13, file::DG13), (14, file::DG14), (15, file::DG15)];
const GIVEN: [&str; 8] = ["Hà", "Hòa", "Đức", "Quỳnh", "Thủy", "Ngọc", "Tuấn", "Ưng"];
const MIDDLE: [&str; 4] = ["Thu", "Thanh", "Minh", "Ngọc"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().filter(|folder| !folder.starts_with('-'));
    let folder = PathBuf::from(folder.ok_or("FOLDER [RECORDS] [CARDS]")?);
    let records: usize = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let cards: usize = arguments.next().map_or(Ok(100), |text| text.parse())?.max(1);

    fs::create_dir_all(folder.join("evidence"))?;
    let issuer = Issuer::new(IssuerOptions::default());
    fs::write(folder.join("csca.der"), issuer.csca_certificate())?;
    let portrait = PortraitOptions::of_size(4_000).make().image;
    let people: Vec<Person> = (0..cards).map(person).collect();
    for (number, person) in people.iter().enumerate() {
        let portrait =
            PortraitOptions { image: Some(portrait.clone()), ..PortraitOptions::default() };
        let card = issuer.personalise(person, &CardOptions { portrait, ..CardOptions::default() });
        let mut groups = BTreeMap::new();
        for (group, file) in GROUPS {
            let bytes = card.files.get(&file).ok_or("a card without a file")?;
            groups.insert(group, bytes.clone().into());
        }
        let sod = card.files.get(&file::SOD).ok_or("a card without EF.SOD")?;
        let evidence = Evidence::from_files(sod.clone(), groups);
        fs::write(folder.join(format!("evidence/{number:06}.cbor")), evidence.to_bytes())?;
    }
    let mut patients = csv::Writer::from_path(folder.join("patients.csv"))?;
    patients.write_record([
        "mabn",
        "cccd",
        "ho_ten",
        "ngay_sinh",
        "gioi_tinh",
        "dia_chi",
        "ngay_cap_nhat",
    ])?;
    for (row, person) in (0..records).zip(people.iter().cycle()) {
        patients.write_record(record(row, person))?;
    }
    patients.flush()?;
    println!("{records} records and {cards} cards in {}", folder.display());
    Ok(())
}

fn person(number: usize) -> Person {
    let given = |from: &[&str], at: usize| {
        from.get(at % from.len()).copied().unwrap_or_default().to_owned()
    };
    let (middle, last) = (given(&MIDDLE, number / GIVEN.len()), given(&GIVEN, number));
    Person {
        id_number: format!("000195{:06}", number % 1_000_000),
        full_name: format!("Nguyễn Thị {middle} {last}"),
        old_id_number: None,
        residence: format!("Số {}, Phố Mẫu, Xã Ví Dụ, Huyện Thử, Tỉnh Bắc Giang", number % 97 + 1),
        ..Person::sample()
    }
}

/// The record of a person, with the fault that this row has.
fn record(row: usize, person: &Person) -> [String; 7] {
    let mut name = person.full_name.to_uppercase();
    let (mut number, mut birth) = (person.id_number.clone(), person.date_of_birth.clone());
    let (mut address, mut updated) = (person.residence.clone(), String::new());
    match row % 12 {
        0 => name = fold_ascii(&person.full_name),
        1 => birth = "1995".to_owned(),
        2 => number = number.trim_start_matches('0').to_owned(),
        3 => address = address.replace("Huyện Thử, Tỉnh Bắc Giang", "Tỉnh Bắc Ninh"),
        4 => {
            address = "Số 5 Phố Khác, Tỉnh Bắc Ninh".to_owned();
            updated = "01/02/2026".to_owned();
        }
        5 => {
            address = "Số 5 Phố Cũ, Tỉnh Bắc Giang".to_owned();
            updated = "01/02/2019".to_owned();
        }
        6 => name = name.replace("NGUYỄN", "TRẦN"),
        7 => birth = "16/05/1995".to_owned(),
        _ => {}
    }
    [format!("BN{row:06}"), number, name, birth, person.sex.clone(), address, updated]
}
