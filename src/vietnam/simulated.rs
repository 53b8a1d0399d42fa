//! The simulator wrote its cards from the same public facts by other hands: what it personalises
//! must be read back as the person it was given.

use cccd_simulator::{
    CardOptions, Issuer, IssuerOptions, Person,
    personalisation::{ParentsShape, Personalisation},
};

use super::{CitizenRecord, IdNumber, PrintedDataComparison, QrText};
use crate::{
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

#[test]
fn a_person_is_read_back() {
    for person in [Person::sample(), Person::sample_indefinite()] {
        for parents_shape in [ParentsShape::A, ParentsShape::B] {
            let card = card(&person, &CardOptions { parents_shape, ..CardOptions::default() });
            let record = record(&card);
            assert_eq!(record.remarks(), []);
            let expiry = match person.expiry_date.as_str() {
                "Không thời hạn" => "Không thời hạn".to_owned(),
                date => iso(date),
            };
            let some = |text: &String| Some(text.clone());
            let expected = [
                some(&person.id_number),
                some(&person.full_name),
                Some(iso(&person.date_of_birth)),
                some(&person.sex),
                some(&person.nationality),
                some(&person.ethnicity),
                some(&person.religion),
                some(&person.place_of_origin),
                some(&person.residence),
                some(&person.identifying_marks),
                Some(iso(&person.issue_date)),
                Some(expiry),
                person.father_name.clone(),
                person.mother_name.clone(),
                person.spouse_name.clone(),
                person.old_id_number.clone(),
            ];
            let found = record.fields().map(|(_, text)| text.map(|text| text.reveal().clone()));
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn printed_data_agree_and_give_the_keys() {
    for person in [Person::sample(), Person::sample_indefinite()] {
        let record = record(&card(&person, &CardOptions::default()));
        let mrz = Mrz::parse(&person.mrz().join("\r\n")).unwrap();
        assert_eq!(mrz.key().mrz_information().reveal(), &person.mrz_information());
        assert_eq!(IdNumber::from_mrz(&mrz), Ok(Some(record.id_number.clone())));
        assert!(PrintedDataComparison::with_mrz(&mrz, &record).agrees());
        for text in [person.qr_2021(), person.qr_2024()] {
            let qr = QrText::parse(&text).unwrap();
            assert_eq!(qr.card_access_number().reveal(), &person.can());
            assert!(PrintedDataComparison::with_qr(&qr, &record).agrees());
        }
        let birth = record.date_of_birth.as_ref().unwrap();
        let key = record.id_number.mrz_key(*birth.reveal(), *record.expiry.reveal()).unwrap();
        assert_eq!(&key, mrz.key());
    }
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
