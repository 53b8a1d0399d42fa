//! Who is on the card of the canary, and what of it must not be found anywhere.

use cccd_simulator::{DigestName, Person, Personalisation, personalisation::file};

use super::searcher::{Canary, text_canary};

/// Nobody: the prefix 000 is not assigned, and every field has a word that exists nowhere else.
pub(super) fn canary() -> Person {
    let text = |text: &str| text.to_owned();
    Person {
        id_number: text("000987654321"),
        full_name: text("Quyềng Thị Zyxwut Hằnz"),
        date_of_birth: text("17/09/1957"),
        sex: text("Nữ"),
        nationality: text("Việt Nam Zqnation"),
        ethnicity: text("Zqethnic Mường"),
        religion: text("Zqreligion Phật"),
        place_of_origin: text("Xã Zqorigin, Tỉnh Thử"),
        residence: text("Số 7 Đường Zqresidence, Tỉnh Thử"),
        identifying_marks: text("Nốt ruồi Zqmarks"),
        issue_date: text("19/08/2022"),
        expiry_date: text("23/11/2043"),
        father_name: Some(text("Quyềng Zqfather")),
        mother_name: Some(text("Lưu Zqmother")),
        spouse_name: Some(text("Trầnq Zqspouse")),
        old_id_number: Some(text("987612345")),
        chip_id: Some(text("C0FFEE0DDBA11AD5")),
        dg13_without: Vec::new(),
    }
}

/// The holder in every form in which the card or its printing gives him.
pub(super) fn holder(person: &Person, card: &Personalisation) -> Vec<Canary> {
    let mrz = person.mrz();
    let mut canaries = vec![
        text_canary("ID number", &person.id_number),
        text_canary("document number", &person.id_number[3..]),
        text_canary("CAN", &person.can()),
        text_canary("name", &person.full_name),
        text_canary("part of the name", "Zyxwut"),
        text_canary("nationality", "Zqnation"),
        text_canary("ethnicity", "Zqethnic"),
        text_canary("religion", "Zqreligion"),
        text_canary("origin", "Zqorigin"),
        text_canary("residence", "Zqresidence"),
        text_canary("marks", "Zqmarks"),
        text_canary("father", "Zqfather"),
        text_canary("mother", "Zqmother"),
        text_canary("spouse", "Zqspouse"),
        text_canary("old ID number", "987612345"),
        text_canary("chip ID", "C0FFEE0DDBA11AD5"),
        Canary {
            name: "chip ID as bytes",
            bytes: vec![0xC0, 0xFF, 0xEE, 0x0D, 0xDB, 0xA1, 0x1A, 0xD5],
        },
        text_canary("MRZ line 1", &mrz[0]),
        text_canary("MRZ line 2", &mrz[1]),
        text_canary("MRZ line 3", mrz[2].trim_end_matches('<')),
        text_canary("MRZ information", &person.mrz_information()),
    ];
    for (name, dates) in [
        ("birth", ["17/09/1957", "17091957", "19570917", "570917", "1957-09-17", "year: 1957"]),
        ("issue", ["19/08/2022", "19082022", "20220819", "220819", "2022-08-19", "year: 2022"]),
        ("expiry", ["23/11/2043", "23112043", "20431123", "431123", "2043-11-23", "year: 2043"]),
    ] {
        canaries.extend(dates.map(|date| text_canary(name, date)));
    }
    for (name, file) in [("DG1", file::DG1), ("DG2", file::DG2), ("DG13", file::DG13)] {
        let bytes = &card.files[&file];
        let middle = bytes.len() / 2;
        canaries.push(Canary { name, bytes: bytes[middle..middle + 12].to_vec() });
        canaries.push(Canary { name, bytes: bytes[..12].to_vec() });
        // A digest of guessable data is as good as the data.
        canaries.push(Canary { name: "digest", bytes: DigestName::Sha256.hash(bytes) });
    }
    canaries
}
