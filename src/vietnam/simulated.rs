//! The simulator wrote its cards from the same public facts by other hands: what it personalises
//! must be read back as the person it was given.

use cccd_simulator::{
    CardOptions, Issuer, IssuerOptions, Person,
    personalisation::{ParentsShape, Personalisation},
};

use super::{CitizenRecord, Expiry, IdNumber, PrintedDataComparison, QrText, Remark, names};
use crate::{
    date::Date,
    lds::{Com, DataGroup, Dg2, Dg14, Dg15, ImageFormat, SecurityInfos},
    mrz::Mrz,
};

fn card(person: &Person, options: &CardOptions) -> Personalisation {
    Issuer::new(IssuerOptions::default()).personalise(person, options)
}

fn iso(day_month_year: &str) -> String {
    let parts: Vec<&str> = day_month_year.split('/').rev().collect();
    parts.join("-")
}

fn record(card: &Personalisation) -> CitizenRecord {
    let dg13 = card.files.get(&0x010D).map(Vec::as_slice);
    CitizenRecord::from_groups(&card.files[&0x0101], dg13).unwrap()
}

/// Everybody who comes with the simulator.
fn people() -> impl Iterator<Item = Person> {
    Person::names().map(|name| Person::named(name).unwrap())
}

#[test]
fn a_person_is_read_back() {
    for person in people() {
        for parents_shape in [ParentsShape::A, ParentsShape::B] {
            let card = card(&person, &CardOptions { parents_shape, ..CardOptions::default() });
            let record = record(&card);
            let birth = person.date_of_birth.trim_start_matches("00/");
            let day_unknown = [Remark::DayUnknown("date_of_birth")];
            assert_eq!(record.remarks(), if birth.len() < 10 { &day_unknown[..] } else { &[] });
            let expiry = match person.expiry_date.as_str() {
                "Không thời hạn" => "Không thời hạn".to_owned(),
                date => iso(date),
            };
            let entry = |number: u8, text: &str| {
                let is_there = !text.is_empty() && !person.dg13_without.contains(&number);
                is_there.then(|| text.to_owned())
            };
            let name =
                |number, name: &Option<String>| name.as_ref().and_then(|name| entry(number, name));
            let expected = [
                entry(1, &person.id_number),
                entry(2, &person.full_name),
                entry(3, &iso(birth)),
                entry(4, &person.sex),
                entry(5, &person.nationality),
                entry(6, &person.ethnicity),
                entry(7, &person.religion),
                entry(8, &person.place_of_origin),
                entry(9, &person.residence),
                entry(10, &person.identifying_marks),
                entry(11, &iso(&person.issue_date)),
                entry(12, &expiry),
                name(13, &person.father_name),
                name(13, &person.mother_name),
                name(14, &person.spouse_name),
                name(15, &person.old_id_number),
            ];
            let found = record.fields().map(|(_, text)| text.map(|text| text.reveal().clone()));
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn printed_data_agree_and_give_the_keys() {
    for person in people() {
        let record = record(&card(&person, &CardOptions::default()));
        let mrz = Mrz::parse(&person.mrz().join("\r\n")).unwrap();
        assert_eq!(mrz.key().mrz_information().reveal(), &person.mrz_information());
        assert_eq!(IdNumber::from_mrz(&mrz), Ok(Some(record.id_number.clone())));
        assert!(PrintedDataComparison::with_mrz(&mrz, &record).agrees());
        for text in [person.qr_2021(), person.qr_2024()] {
            let qr = QrText::parse(&text).unwrap();
            assert_eq!((qr.card_access_number().reveal(), qr.damage()), (&person.can(), None));
            assert!(PrintedDataComparison::with_qr(&qr, &record).agrees());
        }
        let Some(birth) = &record.date_of_birth else { continue };
        let key = record.id_number.mrz_key(*birth.reveal(), *record.expiry.reveal()).unwrap();
        assert_eq!(&key, mrz.key());
        // Each was given the date of expiry that the law says.
        let issued = Date::from_day_month_year(&person.issue_date).unwrap();
        assert_eq!(Expiry::estimates(*birth.reveal(), issued)[0], *record.expiry.reveal());
    }
}

/// Names of one to eleven words out of these; the simulator transliterates and cuts them by code of its own.
#[test]
fn names_stand_in_the_zone_as_the_simulator_writes_them() {
    const WORDS: [&str; 24] = [
        "Nguyễn",
        "Đặng",
        "Trương",
        "Ưng",
        "Ý",
        "Ỷ",
        "Thị",
        "Quỳnh",
        "Huyền",
        "Nghiêng",
        "H'Hen",
        "Niê",
        "Kđăm",
        "Y",
        "K’Sor",
        "Tôn-Nữ",
        "hoàng",
        "PHƯỢNG",
        "Khuyến",
        "Lê",
        "An",
        "Ơ",
        "Đỗ",
        "Võ",
    ];
    let mut seed: u64 = 7;
    let mut next = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % limit
    };
    let mut cut = 0;
    for _ in 0..5_000 {
        let count = 1 + next(11);
        let name = (0..count).map(|_| WORDS[next(WORDS.len())]).collect::<Vec<_>>().join(" ");
        let person = Person { full_name: name.clone(), ..Person::sample() };
        let [_, _, line] = person.mrz();
        assert_eq!(names::to_mrz(&name).as_ref(), Some(&line), "{name}");
        cut += usize::from(!line.ends_with('<'));
        // A surname of one letter cannot give way, and then nothing tells that the line was cut.
        if line[1..].starts_with("<<") && line.trim_end_matches('<').len() == 29 {
            continue;
        }
        let mrz = Mrz::parse(&person.mrz().concat()).unwrap();
        assert!(names::agrees_with_mrz(&name, &mrz), "{name}");
        let other = format!("{name} Bình");
        assert_eq!(names::agrees_with_mrz(&other, &mrz), !line.ends_with('<'), "{other}");
    }
    assert!((1_000..4_000).contains(&cut), "{cut} were cut");
}

#[test]
fn any_field_of_dg13_may_be_left_out() {
    let person = Person::sample();
    for number in 1..=16 {
        let options = CardOptions { dg13_without: vec![number], ..CardOptions::default() };
        let record = record(&card(&person, &options));
        assert_eq!(record.id_number.reveal(), &person.id_number);
        assert_eq!(
            record.date_of_birth.as_ref().unwrap().reveal().to_string(),
            iso(&person.date_of_birth)
        );
        assert_eq!(record.residence.is_none(), number == 9);
        assert_eq!(record.name_is_from_mrz(), number == 2);
    }
    let without = record(&card(&person, &CardOptions { dg13: false, ..CardOptions::default() }));
    assert!(without.name_is_from_mrz() && without.residence.is_none());
}

#[test]
fn the_other_files_are_read_too() {
    let card = card(&Person::sample(), &CardOptions::default());
    let groups: Vec<u8> =
        Com::parse(&card.files[&0x011E]).unwrap().groups().map(DataGroup::number).collect();
    for number in [1, 2, 3, 13, 14, 15] {
        assert!(groups.contains(&number));
    }
    let faces = Dg2::parse(&card.files[&0x0102]).unwrap();
    assert_ne!(faces.faces()[0].format, ImageFormat::Unknown);
    assert_eq!(faces.deviations(), []);
    let unsigned = SecurityInfos::parse(card.card_access.as_deref().unwrap()).unwrap();
    let signed = Dg14::parse(&card.files[&0x010E]).unwrap();
    assert!(unsigned.as_slice().iter().all(|info| signed.security_infos().contains(info)));
    assert_eq!(signed.security_infos().chip_authentication_keys().count(), 1);
    assert!(!Dg15::parse(&card.files[&0x010F]).unwrap().spki().is_empty());
}
