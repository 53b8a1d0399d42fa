use super::*;

const CARD_2021: &str = "000195001234|000123456|Nguyễn Thị Thu Hà|15061995|Nữ|\
    Số 1 Đường Mẫu, Phường Ví Dụ, Quận Thử, Thành phố Mẫu|01072021";

#[test]
fn the_code_of_2021_is_read() {
    let qr = QrText::parse(CARD_2021).unwrap();
    assert_eq!(qr.id_number().reveal(), "000195001234");
    assert_eq!(qr.old_id_number().unwrap().reveal(), "000123456");
    assert_eq!(qr.full_name().reveal(), "Nguyễn Thị Thu Hà");
    assert_eq!(qr.date_of_birth().unwrap().reveal().to_string(), "1995-06-15");
    assert_eq!(qr.sex().unwrap().reveal(), &Sex::Female);
    assert!(qr.residence().reveal().starts_with("Số 1"));
    assert_eq!(qr.issue_date().unwrap().reveal().to_string(), "2021-07-01");
    assert!(qr.tail().is_empty());
    assert_eq!(qr.card_access_number().reveal(), "001234");
    assert_eq!(format!("{qr:?}"), "QrText(7 fields, redacted)");
}

#[test]
fn the_code_of_2024_keeps_its_tail() {
    let text = format!("{CARD_2021}||Nguyễn Văn Mẫu|000060004321|");
    let qr = QrText::parse(&text).unwrap();
    assert_eq!(qr.id_number(), QrText::parse(CARD_2021).unwrap().id_number());
    let tail: Vec<_> = qr.tail().iter().map(|field| field.reveal().as_str()).collect();
    assert_eq!(tail, ["", "Nguyễn Văn Mẫu", "000060004321", ""]);
}

#[test]
fn what_scanners_do_is_tolerated() {
    let expected = QrText::parse(CARD_2021).unwrap();
    for text in [
        format!("{CARD_2021}\r\n"),
        format!("\u{feff} {CARD_2021}\0"),
        CARD_2021.replace('|', " | "),
    ] {
        assert_eq!(QrText::parse(&text), Ok(expected.clone()));
    }
    let without_old = QrText::parse(&CARD_2021.replace("000123456", "")).unwrap();
    assert_eq!(without_old.old_id_number(), None);
    // A spoilt word does not keep the holder from the chip.
    let spoilt = QrText::parse(&CARD_2021.replace("Nữ", "Nu+~")).unwrap();
    assert_eq!(spoilt.sex(), None);
    let year = QrText::parse(&CARD_2021.replace("15061995", "1995")).unwrap();
    assert_eq!(year.date_of_birth(), None);
    let no_day = QrText::parse(&CARD_2021.replace("15061995", "00001995")).unwrap();
    assert_eq!(no_day.date_of_birth(), None);
}

#[test]
fn other_codes_are_told_apart() {
    let refused = |text: &str, why| {
        assert_eq!(QrText::parse(text), Err(Error::InvalidKey(why)), "{text}");
    };
    for empty in ["", " \r\n", "\u{feff}"] {
        refused(empty, InvalidKey::Empty);
    }
    for text in [
        "000195001234",
        "https://example.org/?a=1|2|3|4|5|6|7",
        &CARD_2021.replace("000195001234", "00019500123"),
        &CARD_2021.replace("000195001234", "00019500123O"),
        &CARD_2021.replace('|', ";"),
        "|||||||",
        "CCCD:000195001234|CMND:000123456|a|b|c|d|e",
        "\u{1f600}|\u{1f600}|\u{1f600}|\u{1f600}|\u{1f600}|\u{1f600}|\u{1f600}",
        &"á|".repeat(1 << 14),
    ] {
        refused(text, InvalidKey::NotACccdQr);
    }
    for text in [
        // Six fields.
        "000195001234|000123456|Nguyễn Thị Thu Hà|15061995|Nữ|Phường Ví Dụ",
        &CARD_2021.replace("000123456", "00012345"),
        &CARD_2021.replace("15061995", "15/06/1995"),
        &CARD_2021.replace("15061995", ""),
        &CARD_2021.replace("01072021", "2021"),
        &CARD_2021.replace("Nguyễn Thị Thu Hà", " "),
    ] {
        refused(text, InvalidKey::SpoiltQr);
    }
    for text in [
        // A paper health-insurance card: its number first, name and address in hexadecimal.
        "XX4000000000000|4e677579e1bb856e|15/06/1995|2|5068c6b0e1bb9d6e67|00 - 000|01/01/2021|-|01/01/2021|00000000000000-0000000000|-|4|01/01/2021|0000000000000000-0000|",
        "0000000000|4e677579e1bb856e|15/06/1995|2|5068c6b0e1bb9d6e67|00 - 000|01/01/2021|-",
    ] {
        refused(text, InvalidKey::InsuranceCardQr);
    }
}

#[test]
fn another_character_set_is_undone_if_nothing_was_lost() {
    let expected = QrText::parse(CARD_2021).unwrap();
    let bytes = CARD_2021.as_bytes();
    let decoded = |charset: &'static encoding_rs::Encoding| {
        charset.decode_without_bom_handling(bytes).0.into_owned()
    };
    let undone = |name| Ok(Some(QrDamage::CharsetUndone(name)));
    for (text, outcome) in [
        (bytes.iter().copied().map(char::from).collect(), undone("ISO-8859-1")),
        (decoded(encoding_rs::WINDOWS_1252), undone("Windows-1252")),
        (decoded(encoding_rs::WINDOWS_1258), undone("Windows-1258")),
        (decoded(encoding_rs::SHIFT_JIS), Ok(Some(QrDamage::CharsetLost))),
        // Here a separator is lost with the letters.
        (decoded(encoding_rs::GBK), Err(Error::InvalidKey(InvalidKey::SpoiltQr))),
    ] {
        let qr = QrText::parse(&text);
        assert_eq!(qr.as_ref().map(QrText::damage), outcome.as_ref().copied(), "{text}");
        if outcome.is_ok_and(|damage: Option<QrDamage>| damage.is_some_and(QrDamage::is_undone)) {
            assert_eq!(QrText { damage: None, ..qr.unwrap() }, expected);
        }
    }
}

/// Names and addresses that survive the guesses of decoders: no byte of them is lost, and all fields come back, even
/// where a separator was taken for half a letter.
#[test]
fn separators_that_were_taken_for_letters_come_back() {
    for (charset, name) in [(encoding_rs::SHIFT_JIS, "Nguyễn Thị"), (encoding_rs::GBK, "Lê Thị")]
    {
        let text = format!("000195001234||{name}|15061995|Nữ|Ấp Thị|01072021");
        let (misread, _, lossy) = charset.decode(text.as_bytes());
        if lossy {
            continue;
        }
        let qr = QrText::parse(&misread).unwrap();
        assert_eq!(qr.full_name().reveal(), name);
        assert_eq!(qr.damage(), Some(QrDamage::CharsetUndone(charset.name())));
    }
}

fn with_name(name: &str, sex: &str, residence: &str) -> QrText {
    QrText::parse(&format!("000195001234||{name}|15061995|{sex}|{residence}|01072021")).unwrap()
}

#[test]
fn keys_of_input_methods_are_named_and_not_taken_for_the_name() {
    let (telex, vni) = (Some(QrDamage::Telex), Some(QrDamage::Vni));
    for (scanned, damage, meant) in [
        ("Nguyeexn Thij Thu Haf", telex, "Nguyễn Thị Thu Hà"),
        ("NGUYEEXN THIJ THU HAF", telex, "NGUYỄN THỊ THU HÀ"),
        ("Nguyeenx Thij Thu Haf", telex, "Nguyễn Thị Thu Hà"),
        ("DDawngj Vawn DDuwcs", telex, "Đặng Văn Đức"),
        ("Dduwowng Quoocs Huwng", telex, "Đương Quốc Hưng"),
        ("Huyfnh Thuyr Tieen", telex, "Huỳnh Thủy Tiên"),
        ("Nguye64n Thi5 Thu Ha2", vni, "Nguyễn Thị Thu Hà"),
        ("D9a85ng Va8n D9u71c", vni, "Đặng Văn Đức"),
        ("Du7o7ng Quo61c Hu7ng", vni, "Dương Quốc Hưng"),
        ("Duo7ng Thuo73", vni, "Dương Thuở"),
    ] {
        let qr = with_name(scanned, "Nuwx", "Xa Vi Du");
        assert_eq!((qr.damage(), qr.full_name().reveal().as_str()), (damage, scanned));
        assert_eq!(qr.full_name_guess().unwrap().reveal(), meant);
        assert_eq!(qr.sex().unwrap().reveal(), &Sex::Female);
        assert!(qr.names(meant) && !qr.names("Nguyễn Thị Thu Hạ"));
    }
    for word in ["Nu74", "Nu47", "Nuwx", "Nwx", "NUWX"] {
        assert_eq!(with_name("Trần An", word, "x").sex().unwrap().reveal(), &Sex::Female);
    }
}

#[test]
fn letters_that_are_gone_are_named() {
    let lost = Some(QrDamage::MarksLost);
    for (scanned, damage) in [
        ("Nguy?n Th? Thu H?", lost),
        ("Nguy???n Th??? Thu H??", lost),
        ("Nguy\u{fffd}n Th\u{fffd} Thu H\u{fffd}", lost),
        ("Nguyen Thi Thu Ha", lost),
        ("Nguyn Th Thu H", lost),
        ("Nguyễn Thị Thu Hà", None),
    ] {
        let qr = with_name(scanned, "N", "Phuong Vi Du, Quan Thu");
        assert_eq!(qr.damage(), damage, "{scanned}");
        assert_eq!(qr.full_name_guess(), None);
        assert!(qr.names("NGUYỄN THỊ THU HÀ"), "{scanned}");
        assert!(!qr.names("Nguyễn Thị Thu Hằng") && !qr.names("Trần Thị Thu Hà") && !qr.names(""));
    }
    // A name without marks is nothing unusual beside an address that has them.
    assert_eq!(with_name("Lan Anh", "Nam", "Phố Mẫu").damage(), None);
    assert_eq!(with_name("Trần An", "Nam", "Ph? M?u").damage(), lost);
    assert_eq!(with_name("Nguy峄卬 Th峄?", "Nam", "x").damage(), Some(QrDamage::CharsetLost));
}

#[test]
fn damages_are_told_apart_and_say_what_to_do() {
    let all = [
        QrDamage::CharsetUndone("GBK"),
        QrDamage::CharsetLost,
        QrDamage::Telex,
        QrDamage::Vni,
        QrDamage::MarksLost,
    ];
    for one in all {
        assert!(one.message().contains("UTF-8") && one.message_vi().contains("UTF-8"));
        for other in all {
            let same = one == other;
            assert_eq!(one.code() == other.code(), same);
            assert_eq!(one.to_string() == other.to_string(), same);
            assert_eq!(one.message_vi() == other.message_vi(), same);
        }
    }
    assert_eq!(all.map(QrDamage::is_undone), [true, false, false, false, false]);
}

#[test]
fn bytes_are_read_as_utf_8() {
    assert_eq!(QrText::from_bytes(CARD_2021.as_bytes()), QrText::parse(CARD_2021));
    let mut cut = CARD_2021.as_bytes().to_vec();
    let at = CARD_2021.find('ễ').unwrap();
    cut.remove(at);
    let qr = QrText::from_bytes(&cut).unwrap();
    assert_eq!(qr.damage(), Some(QrDamage::MarksLost));
    assert!(qr.names("Nguyễn Thị Thu Hà"));
}

#[test]
fn a_code_cut_short_is_never_read_as_another() {
    let expected = QrText::parse(CARD_2021).unwrap();
    for (end, _) in CARD_2021.char_indices() {
        // Only the date of issue may be missing.
        if let Ok(qr) = QrText::parse(&CARD_2021[..end]) {
            assert_eq!(qr.issue_date(), None);
            assert_eq!(qr.id_number(), expected.id_number());
        }
    }
}
