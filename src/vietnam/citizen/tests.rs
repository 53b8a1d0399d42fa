use super::*;
use crate::{
    tlv::write,
    vietnam::dg13::vectors::{SHAPE_A, SHAPE_B, group, hex, utf8},
};

const CARD_1: &str = "IDVNM1950012347000195001234<<79506158F3506156VNM<<<<<<<<<<<8\
                      NGUYEN<<THI<THU<HA<<<<<<<<<<<<";
const CARD_2: &str = "IDVNM0600043210000060004321<<06002291M9912315VNM<<<<<<<<<<<0\
                      DANG<<VAN<DUC<<<<<<<<<<<<<<<<<";

fn dg1(mrz: &str) -> Vec<u8> {
    write(0x61, &write(0x5F1F, mrz.as_bytes()))
}

/// A zone of line 1 and line 2 without its composite check digit, which is computed.
fn zone(line_1: &str, line_2: &str, names: &str) -> String {
    let covered = [&line_1[5..], &line_2[..7], &line_2[8..15], &line_2[18..29]].concat();
    let composite = mrz::check_digit(&covered).unwrap();
    format!("{line_1}{line_2}{composite}{names:<<30}")
}

fn shown(record: &CitizenRecord) -> Vec<(&'static str, Option<String>)> {
    record
        .fields()
        .iter()
        .map(|(name, text)| (*name, text.as_ref().map(|t| t.reveal().clone())))
        .collect()
}

#[test]
fn a_card_of_2021_gives_every_field() {
    for shape in [SHAPE_A, SHAPE_B] {
        let record = CitizenRecord::from_groups(&dg1(CARD_1), Some(&hex(shape))).unwrap();
        assert_eq!(record.remarks(), []);
        let fields = shown(&record);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(fields[0], ("id_number", some("000195001234")));
        assert_eq!(fields[1], ("full_name", some("Nguyễn Thị Thu Hà")));
        assert_eq!(fields[2], ("date_of_birth", some("1995-06-15")));
        assert_eq!(fields[3], ("sex", some("Nữ")));
        assert_eq!(fields[4], ("nationality", some("Việt Nam")));
        assert_eq!(fields[10], ("issue_date", some("2021-07-01")));
        assert_eq!(fields[11], ("expiry_date", some("2035-06-15")));
        assert_eq!(fields[12], ("father_name", some("Nguyễn Văn Mẫu")));
        assert_eq!(fields[13], ("mother_name", some("Trần Thị Thử")));
        assert_eq!(fields[15], ("old_id_number", some("000123456")));
        assert!(fields.iter().all(|(_, text)| text.is_some()));
        assert_eq!(format!("{record:?}"), "CitizenRecord(redacted)");
    }
}

#[test]
fn without_dg13_the_zone_serves() {
    let record = CitizenRecord::from_groups(&dg1(CARD_2), None).unwrap();
    assert_eq!(record.full_name.reveal(), "DANG VAN DUC");
    assert!(record.name_is_from_mrz());
    assert_eq!(record.date_of_birth.as_ref().unwrap().reveal().to_string(), "1960-02-29");
    assert_eq!(record.sex.reveal(), &Sex::Male);
    assert_eq!(record.nationality.reveal(), "Việt Nam");
    assert_eq!(record.expiry.reveal(), &Expiry::Indefinite);
    assert_eq!(record.residence, None);
    // The ID number hints at another year, so the century stays open.
    let other =
        zone("IDVNM0600043210000060004321<<0", "6102292M9912315VNM<<<<<<<<<<<", "DANG<<VAN");
    let birth_text = mrz::check_digit("610229").unwrap().to_string();
    let other = other.replacen("6102292M", &format!("610229{birth_text}M"), 1);
    let composite = zone(&other[..30], &other[30..59], "DANG<<VAN");
    let record = CitizenRecord::from_groups(&dg1(&composite), None).unwrap();
    assert_eq!(record.date_of_birth, None);
    assert_eq!(record.year_of_birth(), None);
}

/// A zone with this date of birth, its check digits made right.
fn born(zone_birth: &str) -> String {
    let digit = mrz::check_digit(zone_birth).unwrap();
    zone(
        "IDVNM1950012347000195001234<<7",
        &format!("{zone_birth}{digit}F3506156VNM<<<<<<<<<<<"),
        "NGUYEN<<THI<THU<HA",
    )
}

#[test]
fn a_date_of_birth_may_be_known_in_part() {
    let birth = |text: &str, in_zone: &str| {
        let text = utf8(text);
        let all = [(1, utf8("000195001234")), (2, utf8("Nguyễn Thị Thu Hà")), (3, text)];
        let all: Vec<(u8, &[u8])> = all.iter().map(|(at, text)| (*at, text.as_slice())).collect();
        CitizenRecord::from_groups(&dg1(&born(in_zone)), Some(&group(&all)))
    };
    for (text, in_zone, shown_as) in [
        ("1995", "95<<<<", "1995"),
        ("00/00/1995", "95<<<<", "1995"),
        ("00/1995", "95<<<<", "1995"),
        ("1995", "950101", "1995"),
        ("00/06/1995", "9506<<", "1995-06"),
        ("06/1995", "950615", "1995-06"),
        ("15/06/1995", "95<<<<", "1995-06-15"),
    ] {
        let record = birth(text, in_zone).unwrap();
        assert_eq!(shown(&record)[2].1.as_deref(), Some(shown_as), "{text}");
        assert_eq!(record.year_of_birth().unwrap().reveal(), &1995);
        let is_whole = shown_as.len() == 10;
        assert_eq!(record.date_of_birth.is_some(), is_whole);
        assert_eq!(record.remarks().contains(&Remark::DayUnknown("date_of_birth")), !is_whole);
        assert!(!record.remarks().contains(&Remark::Unreadable("date_of_birth")));
    }
    for (text, in_zone) in [("1996", "95<<<<"), ("06/1995", "9507<<"), ("00/00/1994", "950101")] {
        let disagree = Err(Error::NotAuthentic(NotAuthentic::GroupsDisagree));
        assert_eq!(birth(text, in_zone), disagree, "{text}");
    }
    // What is no date is read from the zone, and the zone's century from the ID number.
    for (text, in_zone, shown_as) in [
        ("?", "95<<<<", Some("1995")),
        ("13/1995", "9506<<", Some("1995-06")),
        ("00/00/0000", "950615", Some("1995-06-15")),
        ("?", "96<<<<", None),
        ("?", "<<<<<<", None),
    ] {
        let record = birth(text, in_zone).unwrap();
        assert_eq!(shown(&record)[2].1.as_deref(), shown_as, "{text} {in_zone}");
        assert!(record.remarks().contains(&Remark::Unreadable("date_of_birth")));
    }
}

#[test]
fn an_id_number_hints_and_decides_nothing() {
    let number = "000060001234";
    let digits = (mrz::check_digit("060001234").unwrap(), mrz::check_digit(number).unwrap());
    let zone = zone(
        &format!("IDVNM060001234{}{number}<<{}", digits.0, digits.1),
        "9506158F3506156VNM<<<<<<<<<<<",
        "NGUYEN<<THI<THU<HA",
    );
    let group =
        group(&[(1, &utf8(number)), (2, &utf8("Nguyễn Thị Thu Hà")), (3, &utf8("15/06/1995"))]);
    let record = CitizenRecord::from_groups(&dg1(&zone), Some(&group)).unwrap();
    assert_eq!(shown(&record)[2].1.as_deref(), Some("1995-06-15"));
    assert_eq!(record.sex.reveal(), &Sex::Female);
    let hints: Vec<String> = record
        .remarks()
        .iter()
        .filter(|remark| matches!(remark, Remark::NumberHintsOtherwise(_)))
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        hints,
        ["the ID number hints at another date_of_birth", "the ID number hints at another sex"]
    );
}

#[test]
fn a_card_of_2024_may_lack_most_of_dg13() {
    let sparse = group(&[
        (1, &utf8("000060004321")),
        (2, &utf8("ĐA\u{323}\u{306}NG VĂN ĐỨC")),
        (12, &utf8("không thời hạn")),
    ]);
    let record = CitizenRecord::from_groups(&dg1(CARD_2), Some(&sparse)).unwrap();
    assert_eq!(record.full_name.reveal(), "ĐẶNG VĂN ĐỨC");
    assert_eq!(record.expiry.reveal().to_string(), "Không thời hạn");
    assert_eq!(record.ethnicity, None);
    assert_eq!(
        record.remarks(),
        [Remark::FromMrz("date_of_birth"), Remark::FromMrz("sex"), Remark::FromMrz("nationality")]
    );
}

#[test]
fn contradictions_are_fatal_where_nothing_excuses_them() {
    for entry in [
        (1, utf8("000195001235")),
        (1, utf8("000195001235")),
        (3, utf8("16/06/1995")),
        (3, utf8("15/06/1994")),
        (12, utf8("Không thời hạn")),
        (12, utf8("15/06/2034")),
    ] {
        let group = group(&[(entry.0, &entry.1)]);
        assert_eq!(
            CitizenRecord::from_groups(&dg1(CARD_1), Some(&group)),
            Err(Error::NotAuthentic(NotAuthentic::GroupsDisagree)),
            "field {}",
            entry.0
        );
    }
}

#[test]
fn other_differences_are_remarked_upon() {
    for (number, text, remark) in [
        (2, "Nguyễn Thị Thu Hằng", Remark::GroupsDiffer("full_name")),
        (4, "Nam", Remark::GroupsDiffer("sex")),
        (4, "F", Remark::Unreadable("sex")),
        (5, "Lào", Remark::GroupsDiffer("nationality")),
        (1, "123", Remark::Unreadable("id_number")),
        (3, "1995", Remark::DayUnknown("date_of_birth")),
        (3, "95", Remark::Unreadable("date_of_birth")),
        (11, "31/02/2021", Remark::Unreadable("issue_date")),
        (12, "?", Remark::Unreadable("expiry_date")),
    ] {
        let group = group(&[(number, &utf8(text))]);
        let record = CitizenRecord::from_groups(&dg1(CARD_1), Some(&group)).unwrap();
        assert!(record.remarks().contains(&remark), "{remark:?} in {:?}", record.remarks());
        assert!(!remark.to_string().contains(text) || text == "F" || text == "?");
    }
    let damaged = group(&[(6, &write(0x0C, &[b'K', 0xFF]))]);
    let record = CitizenRecord::from_groups(&dg1(CARD_1), Some(&damaged)).unwrap();
    assert_eq!(record.ethnicity.as_ref().unwrap().reveal(), "K\u{fffd}");
    assert!(record.remarks().contains(&Remark::Unreadable("ethnicity")));
}

#[test]
fn an_id_number_that_the_zone_lacks_comes_from_dg13() {
    let bare = zone(
        "IDVNM1950012347<<<<<<<<<<<<<<<",
        "9506158F3506156VNM<<<<<<<<<<<",
        "NGUYEN<<THI<THU<HA",
    );
    let numbered = |number: &str| group(&[(1, &utf8(number))]);
    let record = CitizenRecord::from_groups(&dg1(&bare), Some(&numbered("000195001234"))).unwrap();
    assert_eq!(record.id_number.reveal(), "000195001234");
    assert_eq!(
        CitizenRecord::from_groups(&dg1(&bare), Some(&numbered("000195001235"))),
        Err(Error::NotAuthentic(NotAuthentic::GroupsDisagree))
    );
    assert_eq!(
        CitizenRecord::from_groups(&dg1(&bare), None),
        Err(Error::Unsupported(Unsupported::NotACccd))
    );
}

#[test]
fn other_documents_and_broken_groups_are_refused() {
    let passport = "P<VNMNGUYEN<<THI<THU<HA<<<<<<<<<<<<<<<<<<<<<\
                    L898902C36VNM7408122F1204159ZE184226B<<<<<10";
    let foreign = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6\
                   ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    for mrz in [passport, foreign] {
        assert_eq!(
            CitizenRecord::from_groups(&dg1(mrz), Some(&hex(SHAPE_A))),
            Err(Error::Unsupported(Unsupported::NotACccd))
        );
    }
    let wrong_digit = zone(
        "IDVNM1950012347000195001234<<8",
        "9506158F3506156VNM<<<<<<<<<<<",
        "NGUYEN<<THI<THU<HA",
    );
    assert!(matches!(
        CitizenRecord::from_groups(&dg1(&wrong_digit), None),
        Err(Error::Malformed { file: "DG1", .. })
    ));
    for (one, two, file) in [
        (dg1(CARD_1), hex(SHAPE_A)[1..].to_vec(), "DG13"),
        (hex(SHAPE_A), hex(SHAPE_A), "DG1"),
        (vec![], hex(SHAPE_A), "DG1"),
        (dg1(CARD_1), vec![], "DG13"),
    ] {
        assert!(matches!(
            CitizenRecord::from_groups(&one, Some(&two)),
            Err(Error::Malformed { file: named, .. }) if named == file
        ));
    }
}

#[test]
fn any_change_gives_a_record_or_an_error() {
    let (one, two) = (dg1(CARD_1), hex(SHAPE_A));
    for at in 0..two.len() {
        for bit in 0..8 {
            let mut two = two.clone();
            two[at] ^= 1 << bit;
            let _ = CitizenRecord::from_groups(&one, Some(&two));
        }
    }
}
