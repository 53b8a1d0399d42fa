//! What is printed on the card: a person or a scanner gives it, and it opens the chip.

use cccd::{
    access::AccessKey,
    date::Date,
    mrz::{Mrz, check_digit},
    vietnam::{Expiry, IdNumber, QrText, Sex, health_insurance::InsuranceCardQr, names, places},
};

use super::super::{check, world::WORLD};

pub fn mrz(data: &[u8]) {
    if let Some(mrz) = check::read(Mrz::from_field(data)) {
        // The zone of DG1 is one that could have been printed.
        assert_eq!(Mrz::parse(mrz.text().reveal()), Ok(mrz));
    }
    let Ok(text) = str::from_utf8(data) else { return };
    check::shown(&check_digit(text));
    for outcome in [AccessKey::from_can(text), AccessKey::from_pin(text), AccessKey::from_puk(text)]
    {
        check::read(outcome);
    }
    let key = check::read(AccessKey::from_mrz(text));
    let Some(mrz) = check::read(Mrz::parse(text)) else { return assert!(key.is_none()) };
    assert!(key.is_some());
    assert_eq!(Mrz::from_field(mrz.text().reveal().as_bytes()).as_ref(), Ok(&mrz));
    let lines: Vec<_> = mrz.lines().collect();
    assert_eq!(&lines.concat(), mrz.text().reveal());
    assert_eq!(Mrz::parse(&lines.join("\r\n")).as_ref(), Ok(&mrz));
    let information = mrz.key().mrz_information().reveal();
    assert!(information.starts_with(mrz.document_number().reveal().as_str()));
    for day in [mrz.date_of_birth(WORLD.today), mrz.date_of_expiry()].into_iter().flatten() {
        assert_eq!(day.to_string().parse(), Ok(day));
    }
    assert!(mrz.date_of_birth(WORLD.today).is_none_or(|birth| birth <= WORLD.today));
    if let Some(expiry) = Expiry::from_mrz_text(mrz.expiry_text().reveal()) {
        check::shown(&(expiry.to_string(), expiry.has_passed(WORLD.today)));
    }
    if let Some(Some(number)) = check::read(IdNumber::from_mrz(&mrz)) {
        assert_eq!(number.reveal().parse(), Ok(number));
    }
    let name = [mrz.primary_identifier().reveal(), mrz.secondary_identifier().reveal()];
    check::shown(&names::agrees_with_mrz(&format!("{} {}", name[0], name[1]), &mrz));
}

pub fn qr(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    for form in [names::nfc, names::comparable, names::fold_ascii] {
        let formed = form(text);
        assert_eq!(form(&formed), formed, "a form that is not final");
    }
    assert!(names::same_name(text, text));
    comparisons(text);
    for day in [text.parse::<Date>(), Date::from_day_month_year(text)] {
        if let Some(day) = check::read(day) {
            assert_eq!(day.to_string().parse(), Ok(day));
        }
    }
    if let Some(expiry) = Expiry::from_vietnamese(text) {
        check::shown(&(expiry.to_string(), expiry.mrz_date(), expiry.has_passed(WORLD.today)));
    }
    if let Some(sex) = Sex::from_vietnamese(text) {
        assert!(!sex.to_string().is_empty());
    }
    let Some(qr) = check::read(QrText::parse(text)) else { return };
    let can = qr.card_access_number();
    assert_eq!(can.reveal(), qr.id_number().can().reveal());
    assert!(AccessKey::from_can(can.reveal()).is_ok());
    check::shown(&qr.access_key());
    check::shown(&qr.id_number().hints());
    let number = qr.id_number();
    assert_eq!(number.reveal().parse().as_ref(), Ok(number));
    check::shown(&number.document_number());
    if let Some(birth) = qr.date_of_birth() {
        check::read(number.mrz_key(*birth.reveal(), Expiry::Indefinite));
    }
    check::shown(&qr.full_name_nfc());
    check::shown(&(qr.damage().map(cccd::vietnam::QrDamage::message_vi), qr.full_name_guess()));
    if let Some(candidates) = qr.key_candidates() {
        check::shown(&candidates);
    }
    // What a scanner puts around and between the fields changes nothing.
    let fields: Vec<_> = text.split('|').collect();
    let spaced = format!("\u{feff} {}\r\n\0", fields.join(" | "));
    assert_eq!(QrText::parse(&spaced).as_ref(), Ok(&qr));
}

/// Names and places, whichever comes first.
fn comparisons(text: &str) {
    let (one, other) = text.split_once('|').unwrap_or((text, text));
    let how = names::matches(one, other);
    assert_eq!(names::matches(other, one), how);
    assert!(!how.is_equal() || names::match_key(one) == names::match_key(other));
    let place = places::matches(one, other);
    assert_eq!(places::matches(other, one).code(), place.code());
    check::shown(&(places::normalise(one), places::province(other), place.message_vi()));
    if let Some(line) = names::to_mrz(one) {
        assert_eq!(line.len(), 30);
    }
    if let Some(qr) = InsuranceCardQr::parse(text) {
        check::shown(&qr);
        assert!(QrText::parse(text).is_err());
    }
}
