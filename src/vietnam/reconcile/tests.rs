use cccd_simulator::{CardOptions, Issuer, IssuerOptions, Person};

use super::{Comparison, Record, RecordField, Relation};
use crate::vietnam::CitizenRecord;

fn citizen(change: impl FnOnce(&mut Person)) -> CitizenRecord {
    let mut person = Person::sample();
    change(&mut person);
    let card = Issuer::new(IssuerOptions::default()).personalise(&person, &CardOptions::default());
    let dg13 = card.files.get(&0x010D).map(Vec::as_slice);
    CitizenRecord::from_groups(&card.files[&0x0101], dg13).unwrap()
}

/// How one field relates, if it is the only one on file.
fn relation(citizen: &CitizenRecord, field: RecordField, on_file: &str) -> Relation {
    let record = Record::new().with(field, on_file);
    match Comparison::new(&record, citizen, &[field]).relations() {
        [(compared, relation)] if *compared == field => *relation,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_field_is_told_apart() {
    use RecordField as F;
    use Relation as R;
    let citizen = citizen(|person| {
        person.residence = "Số 1 Đường Mẫu, Xã Ví Dụ, Huyện Thử, Tỉnh Bắc Giang".to_owned();
        person.place_of_origin = "Xã Ví Dụ, Huyện Thử, Tỉnh Yên Bái".to_owned();
    });
    for (field, on_file, expected) in [
        (F::IdNumber, "000195001234", R::Equal),
        (F::IdNumber, "000 195 001 234", R::Typography("separators")),
        (F::IdNumber, "'000195001234", R::Typography("separators")),
        (F::IdNumber, "195001234", R::SpellingVariant("leading_zeros_lost")),
        (F::IdNumber, "195001234.0", R::SpellingVariant("leading_zeros_lost")),
        (F::IdNumber, "000195001235", R::Contradictory("")),
        (F::IdNumber, "none", R::Unreadable),
        (F::OldIdNumber, "123456", R::SpellingVariant("leading_zeros_lost")),
        (F::FullName, "Nguyễn Thị Thu Hà", R::Equal),
        (F::FullName, "NGUYỄN  THỊ THU HÀ", R::Typography("typography")),
        (F::FullName, "Nguye\u{302}\u{303}n Thị Thu Hà", R::Typography("typography")),
        (F::FullName, "NGUYEN THI THU HA", R::SpellingVariant("unmarked")),
        (F::FullName, "Nguyễn Thị Thu Há", R::Contradictory("marks_differ")),
        (F::FullName, "Nguyễn Hà", R::Incomplete("words_missing")),
        (F::FullName, "Trần Thị Thu Hà", R::Contradictory("different")),
        (F::DateOfBirth, "15/06/1995", R::Equal),
        (F::DateOfBirth, "1995-06-15", R::Equal),
        (F::DateOfBirth, "1995-06-15T00:00:00", R::Equal),
        (F::DateOfBirth, "15061995", R::Equal),
        (F::DateOfBirth, "19950615", R::Equal),
        (F::DateOfBirth, "15.6.1995", R::Equal),
        (F::DateOfBirth, "1995", R::Incomplete("year_only")),
        (F::DateOfBirth, "01/01/1995", R::Incomplete("first_of_january")),
        (F::DateOfBirth, "16/06/1995", R::Contradictory("")),
        (F::DateOfBirth, "31/02/1995", R::Unreadable),
        (F::Sex, "nữ", R::Equal),
        (F::Sex, "2", R::Typography("code")),
        (F::Sex, "Nam", R::Contradictory("")),
        (F::Sex, "0", R::Unreadable),
        (F::Nationality, "VIỆT NAM", R::Typography("typography")),
        (F::Nationality, "Viet Nam", R::SpellingVariant("unmarked")),
        (F::Ethnicity, "Tày", R::Contradictory("")),
        (F::Residence, "Số 1 đường Mẫu, X. Ví Dụ, H. Thử, T. Bắc Giang", R::Typography("spelling")),
        (F::Residence, "Số 1 Đường Mẫu, Xã Ví Dụ, Tỉnh Bắc Ninh", R::OldName("merged_province")),
        (
            F::Residence,
            "Số 2 Đường Mẫu, Xã Ví Dụ, Huyện Thử, Tỉnh Bắc Giang",
            R::Contradictory("different"),
        ),
        (F::PlaceOfOrigin, "Xã Ví Dụ, Tỉnh Lào Cai", R::OldName("merged_province")),
        (F::ExpiryDate, "15/06/2035", R::Equal),
        (F::ExpiryDate, "Không thời hạn", R::Contradictory("")),
        (F::ExpiryDate, "soon", R::Unreadable),
    ] {
        assert_eq!(relation(&citizen, field, on_file), expected, "{field:?} {on_file}");
    }
}

#[test]
fn a_day_and_month_that_changed_places_are_named() {
    let citizen = citizen(|person| person.date_of_birth = "02/03/1995".to_owned());
    let relation = |text| relation(&citizen, RecordField::DateOfBirth, text);
    assert_eq!(relation("03/02/1995"), Relation::Contradictory("day_and_month_swapped"));
    assert_eq!(relation("02/03/1995"), Relation::Equal);
}

#[test]
fn a_birth_without_a_day_is_compared_by_its_year() {
    let citizen = citizen(|person| *person = Person::named("year-of-birth").unwrap());
    let year = *citizen.year_of_birth().unwrap().reveal();
    let relation = |text: &str| relation(&citizen, RecordField::DateOfBirth, text);
    assert_eq!(relation(&year.to_string()), Relation::Equal);
    assert_eq!(relation(&format!("05/06/{year}")), Relation::Typography("year_only_on_card"));
    assert_eq!(relation(&format!("05/06/{}", year - 1)), Relation::Contradictory(""));
    assert_eq!(relation("unknown"), Relation::Unreadable);
}

#[test]
fn the_later_side_is_right_where_things_change() {
    use RecordField as F;
    // Issued on 1 July 2021.
    let citizen = citizen(|_| {});
    let moved = Record::new().with(F::Residence, "Số 9 Phố Khác").with(F::FullName, "Trần Thị Hà");
    let relations = |record: &Record| {
        Comparison::new(record, &citizen, &[F::Residence, F::FullName]).relations().to_vec()
    };
    let expected = |residence| {
        vec![(F::Residence, residence), (F::FullName, Relation::Contradictory("different"))]
    };
    assert_eq!(relations(&moved), expected(Relation::Contradictory("different")));
    for (day, residence) in [
        ("02/07/2021", Relation::CardOlder),
        ("30/06/2021", Relation::RecordOlder),
        ("01/07/2021", Relation::Contradictory("different")),
        ("2021", Relation::Contradictory("different")),
    ] {
        assert_eq!(relations(&moved.clone().with_updated(day)), expected(residence), "{day}");
    }
    // A record that knows a later card is later itself.
    let later = moved.with(F::IssueDate, "05/05/2025");
    assert_eq!(relations(&later), expected(Relation::CardOlder));
    let comparison = Comparison::new(&later, &citizen, &[F::IssueDate]);
    assert_eq!(comparison.relations(), [(F::IssueDate, Relation::CardOlder)]);
    assert!(comparison.is_clean());
}

#[test]
fn what_one_side_lacks_is_told() {
    use RecordField as F;
    let citizen = citizen(|person| person.spouse_name = None);
    let kept = [F::FullName, F::SpouseName, F::Religion];
    let record = Record::new().with(F::SpouseName, "Lê Văn Sơn").with(F::Religion, "  ");
    let comparison = Comparison::new(&record, &citizen, &kept);
    assert_eq!(
        comparison.relations(),
        [
            (F::FullName, Relation::MissingInRecord),
            (F::SpouseName, Relation::MissingOnCard),
            (F::Religion, Relation::MissingInRecord),
        ]
    );
    assert!(!comparison.is_clean());
    // A field that the organisation does not keep is no difference, and neither is one that nobody has.
    assert_eq!(Comparison::new(&record, &citizen, &[]).relations(), []);
    let nothing = Comparison::new(&Record::new(), &citizen, &[F::SpouseName]);
    assert_eq!(nothing.relations(), []);
}

#[test]
fn names_are_stable_and_apart() {
    let mut codes = Relation::KINDS.map(Relation::code);
    codes.sort_unstable();
    assert!(codes.windows(2).all(|pair| pair[0] != pair[1]));
    for field in RecordField::ALL {
        assert_eq!(RecordField::named(field.name()), Some(field));
    }
    let citizen = citizen(|_| {});
    let known = citizen.fields().map(|(name, _)| name);
    assert!(RecordField::ALL.iter().all(|field| known.contains(&field.name())));
}

#[test]
fn a_record_tells_nothing_of_its_person() {
    let record = Record::new().with(RecordField::FullName, "Nguyễn Thị Thu Hà");
    assert_eq!(format!("{record:?}"), "Record(1 fields, redacted)");
    let comparison = Comparison::new(&record, &citizen(|_| {}), &RecordField::ALL);
    assert!(!format!("{comparison:?}").contains("Nguy"));
}
