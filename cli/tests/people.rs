//! A card of each kind and oddity, read and printed: what stands in the file of its holder comes out, and nothing else.

mod support;

use support::{DAY, keys, read_simulated, run};

/// The sixteen fields; `None` for what the card has not.
type Fields = [Option<&'static str>; 16];

const PEOPLE: [(&str, Fields, &[&str]); 10] = [
    (
        "nguyen-thi-thu-ha",
        [
            Some("000195001234"),
            Some("Nguyễn Thị Thu Hà"),
            Some("1995-06-15"),
            Some("Nữ"),
            Some("Việt Nam"),
            Some("Kinh"),
            Some("Không"),
            Some("Xã Ví Dụ, Huyện Mẫu, Tỉnh Thử"),
            Some(
                "Số 1 Đường Mẫu, Tổ 2, Khu phố Thử Nghiệm, Phường Ví Dụ, Thành phố Mẫu, Tỉnh Thử Nghiệm Dài",
            ),
            Some("Nốt ruồi C: 1cm dưới mắt trái"),
            Some("2021-07-01"),
            Some("2035-06-15"),
            Some("Nguyễn Văn Mẫu"),
            Some("Trần Thị Thử"),
            Some("Lê Văn Thử"),
            Some("000123456"),
        ],
        &[],
    ),
    (
        "dang-van-duc",
        [
            Some("000060004321"),
            Some("Đặng Văn Đức"),
            Some("1960-02-29"),
            Some("Nam"),
            Some("Việt Nam"),
            Some("Tày"),
            Some("Phật giáo"),
            Some("Xã Thử Nghiệm, Huyện Giả Định, Tỉnh Mẫu"),
            Some("Thôn Ví Dụ, Xã Thử Nghiệm, Huyện Giả Định, Tỉnh Mẫu"),
            Some("Sẹo chấm C: 2cm trên lông mày phải"),
            Some("2021-07-15"),
            Some("Không thời hạn"),
            Some("Đặng Văn Mẫu"),
            Some("Hoàng Thị Ví Dụ"),
            None,
            None,
        ],
        &[],
    ),
    (
        "card-of-2024",
        [
            Some("000201000108"),
            Some("Hồ Gia Mẫu"),
            Some("2001-08-17"),
            Some("Nam"),
            Some("Việt Nam"),
            None,
            None,
            Some("Xã Thử, Tỉnh Giả Định"),
            None,
            None,
            None,
            Some("2041-08-17"),
            None,
            None,
            None,
            None,
        ],
        &[],
    ),
    (
        "child-of-13",
        [
            Some("000312000104"),
            Some("Đỗ Khánh Ví Dụ"),
            Some("2012-01-05"),
            Some("Nữ"),
            Some("Việt Nam"),
            Some("Mường"),
            Some("Không"),
            Some("Xã Thử, Tỉnh Mẫu"),
            Some("Thôn Giả Định, Xã Thử, Tỉnh Mẫu"),
            None,
            Some("2025-07-20"),
            Some("2037-01-05"),
            // The father is not known; in DG13 his place is kept.
            None,
            Some("Đỗ Thị Thử Nghiệm"),
            None,
            None,
        ],
        &[],
    ),
    (
        "child-under-6",
        [
            Some("000221000103"),
            Some("Phạm Minh Thử"),
            Some("2021-03-10"),
            Some("Nam"),
            Some("Việt Nam"),
            Some("Kinh"),
            Some("Không"),
            Some("Xã Mẫu, Tỉnh Thử"),
            Some("Tổ 1, Phường Ví Dụ, Thành phố Mẫu"),
            None,
            Some("2025-02-01"),
            Some("2035-03-10"),
            Some("Phạm Văn Thử"),
            Some("Vũ Thị Mẫu"),
            None,
            None,
        ],
        &[],
    ),
    (
        "long-address",
        [
            Some("000090000107"),
            Some("Vũ Quang Thử"),
            Some("1990-01-01"),
            Some("Nam"),
            Some("Việt Nam"),
            Some("Kinh"),
            Some("Không"),
            Some(
                "Thôn Thượng Giả Định Đông, Khu dân cư Thử Nghiệm Mở Rộng Số Hai Mươi Bảy, Xã Ví Dụ Trung, Huyện Mẫu Thượng Nguyên, Tỉnh Không Có Thật Ở Bất Kỳ Nơi Nào Trên Bản Đồ, ghi theo giấy khai sinh đăng ký lại",
            ),
            Some(
                "Căn hộ số 2507, Tầng 25, Tòa nhà Thử Nghiệm B, Khu chung cư Giả Định Xanh, Số 128/36/7A Đường Nguyễn Văn Ví Dụ Nối Dài, Tổ dân phố 47, Khu phố Mẫu Đông, Phường Không Có Thật, Thành phố Mẫu Trung Tâm, Tỉnh Thử Nghiệm Dài Nhất Nước",
            ),
            Some("Nốt ruồi C: 1cm dưới mắt phải"),
            Some("2021-06-30"),
            Some("2030-01-01"),
            Some("Vũ Quang Mẫu"),
            Some("Bùi Thị Giả"),
            Some("Ngô Thị Thử Nghiệm"),
            None,
        ],
        &[],
    ),
    (
        "long-name",
        [
            Some("000188000106"),
            Some("Công Tằng Tôn Nữ Hoàng Phương Thanh Trúc Ví Dụ"),
            Some("1988-12-24"),
            Some("Nữ"),
            Some("Việt Nam"),
            Some("Kinh"),
            Some("Phật giáo"),
            Some("Phường Mẫu, Thành phố Thử"),
            Some("Kiệt 5 Đường Giả Định, Phường Mẫu, Thành phố Thử"),
            Some("Sẹo chấm C: 2cm trước đuôi mày trái"),
            Some("2021-05-10"),
            Some("2028-12-24"),
            Some("Tôn Thất Hoàng Phương Thanh Tùng Giả Định"),
            Some("Nguyễn Phúc Công Huyền Thử Nghiệm"),
            Some("Đặng Trần Mẫu"),
            Some("000123459"),
        ],
        &[],
    ),
    (
        "minority-name",
        [
            Some("000199000105"),
            Some("H'Mẫu Niê Kđăm"),
            Some("1999-11-30"),
            Some("Nữ"),
            Some("Việt Nam"),
            Some("Ê Đê"),
            Some("Tin lành"),
            Some("Buôn Thử, Xã Ea Mẫu, Huyện Krông Giả, Tỉnh Đắk Thử"),
            Some("Buôn Thử, Xã Ea Mẫu, Huyện Krông Giả, Tỉnh Đắk Thử"),
            Some("Nốt ruồi C: 3cm sau cánh mũi phải"),
            Some("2022-12-09"),
            Some("2039-11-30"),
            Some("Y Thử Kđăm"),
            Some("H'Giả Niê"),
            None,
            None,
        ],
        &[],
    ),
    (
        "month-of-birth",
        [
            Some("000058000102"),
            Some("Trần Văn Ví Dụ"),
            Some("1958-09"),
            Some("Nam"),
            Some("Việt Nam"),
            Some("Hoa"),
            Some("Công giáo"),
            Some("Phường Thử Nghiệm, Quận Mẫu, Thành phố Giả Định"),
            Some("12/3 Đường Ví Dụ, Phường Thử Nghiệm, Quận Mẫu, Thành phố Giả Định"),
            Some("Nốt ruồi C: 0,5cm trên mép trái"),
            Some("2021-04-25"),
            Some("Không thời hạn"),
            None,
            None,
            None,
            None,
        ],
        &["date_of_birth has no day"],
    ),
    (
        "year-of-birth",
        [
            Some("000154000101"),
            Some("Lê Thị Mẫu"),
            Some("1954"),
            Some("Nữ"),
            Some("Việt Nam"),
            Some("Kinh"),
            Some("Không"),
            Some("Xã Ví Dụ, Huyện Mẫu, Tỉnh Thử"),
            Some("Xóm 4, Xã Ví Dụ, Huyện Mẫu, Tỉnh Thử"),
            Some("Sẹo chấm C: 1,5cm dưới đuôi mắt phải"),
            Some("2021-08-12"),
            Some("Không thời hạn"),
            Some("Lê Văn Thử"),
            None,
            Some("Phạm Văn Giả"),
            Some("000123458"),
        ],
        &["date_of_birth has no day"],
    ),
];

#[test]
fn everybody_is_read_as_their_file_has_them() {
    assert_eq!(cccd_simulator::Person::names().count(), PEOPLE.len());
    for (name, expected, remarks) in PEOPLE {
        let object = read_simulated(&["--person", name, "--json"]).json();
        assert_eq!(object["outcome"], "verified", "{name}: {object}");
        let citizen = object["citizen"].as_object().unwrap();
        let found: Vec<Option<&str>> = citizen.values().map(serde_json::Value::as_str).collect();
        assert_eq!(found, expected, "{name}");
        assert_eq!(object["document"]["remarks"], serde_json::json!(remarks), "{name}");
    }
}

#[test]
fn everybody_is_printed() {
    for (name, expected, remarks) in PEOPLE {
        let ran = read_simulated(&["--person", name]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{name}");
        // Long values go on in the next line.
        let page = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let dates = [2, 10, 11].map(|at| {
            let iso = expected[at].unwrap_or("–");
            let parts: Vec<&str> = iso.split('-').rev().collect();
            parts.join("/")
        });
        let values = expected.into_iter().flatten().enumerate();
        for (_, value) in values.filter(|(_, value)| !value.contains('-')) {
            assert!(page.contains(value), "{name}: {value} in {page}");
        }
        for day in dates {
            assert!(page.contains(&day), "{name}: {day} in {page}");
        }
        assert_eq!(page.matches("Lưu ý · Remark").count(), remarks.len());
    }
    let ran = read_simulated(&["--person", "month-of-birth"]);
    assert!(ran.stdout.contains("Ngày sinh không ghi ngày cụ thể · date_of_birth has no day"));
}

#[test]
fn a_person_who_is_neither_name_nor_file_is_told() {
    let ran = read_simulated(&["--person", "nobody", "--json"]);
    assert_eq!(ran.json()["error"]["code"], "file.not_found");
}

// ---- chips without PACE -------------------------------------------------------------------------

/// A card that has BAC alone, read with these keys.
fn bac(person: &str, arguments: &[&str]) -> serde_json::Value {
    let card = ["--profile", "bac", "--person", person, "--json"];
    read_simulated(&[&card, arguments].concat()).json()
}

#[test]
fn number_birth_and_issue_open_a_chip_without_pace() {
    for (person, number, birth, issued) in [
        ("nguyen-thi-thu-ha", "000195001234", "1995-06-15", "01/07/2021"),
        ("dang-van-duc", "000060004321", "29/02/1960", "2021-07-15"),
        ("child-of-13", "000312000104", "2012-01-05", "2025-07-20"),
        ("child-under-6", "000221000103", "2021-03-10", "2025-02-01"),
        ("minority-name", "000199000105", "1999-11-30", "2022-12-09"),
        ("card-of-2024", "000201000108", "2001-08-17", "2024-09-15"),
    ] {
        let arguments = ["--id-number", number, "--birth", birth, "--issued", issued];
        let object = bac(person, &arguments);
        assert_eq!(object["outcome"], "verified", "{person}: {object}");
        assert_eq!(object["access"]["protocol"], "bac");
        assert_eq!(object["citizen"]["id_number"], number);
    }
    // The QR code has all of it.
    let object = bac("nguyen-thi-thu-ha", &["--qr", support::QR]);
    assert_eq!(object["access"]["protocol"], "bac");
    // Where there is PACE, the dates are not needed and change nothing.
    let number = ["--id-number", "000195001234", "--birth", "1990-01-01", "--issued", "2021-07-01"];
    let object = read_simulated(&[&["--json"], &number[..]].concat()).json();
    assert_eq!(object["access"]["password"], "can");
}

#[test]
fn a_wrong_estimate_is_followed_by_another_only_if_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.toml");
    // Issued two years and a day after what the law says, so that the second candidate is right.
    let person = std::fs::read_to_string(support::person("nguyen-thi-thu-ha.toml")).unwrap();
    std::fs::write(&path, person.replace("15/06/2035", "15/06/2055")).unwrap();
    let path = path.to_str().unwrap();
    let key = ["--id-number", "000195001234", "--birth", "1995-06-15", "--issued", "2021-07-01"];
    let tries = |most: &'static str| {
        let allowed = [&key[..], &["--allow-key-candidates", most]].concat();
        bac(path, &allowed)
    };
    let refused = bac(path, &key);
    assert_eq!(refused["error"]["code"], "access_denied.wrong_key");
    assert_eq!(tries("1")["error"], refused["error"]);
    assert_eq!(tries("0")["error"]["code"], "invalid_key.wrong_kind");
    assert_eq!(tries("2")["outcome"], "verified");
    assert_eq!(tries("2")["citizen"]["expiry_date"], "2055-06-15");
}

#[test]
fn dates_want_a_number_and_each_other() {
    for arguments in [
        &["--birth", "1995-06-15"][..],
        &["--id-number", "000195001234", "--birth", "1995-06-15"],
        &["--id-number", "000195001234", "--issued", "2021-07-01"],
        &["--can", "001234", "--birth", "1995-06-15", "--issued", "2021-07-01"],
        &["--id-number", "000195001234", "--birth", "31/02/1995", "--issued", "2021-07-01"],
    ] {
        let ran = read_simulated(arguments);
        assert_eq!(ran.status, 2, "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn a_scanner_that_spoils_the_qr_code_is_told_and_opens_the_card() {
    for (qr, warning, compared) in [
        (support::QR.to_owned(), "", "passed"),
        (support::QR.replace("Nguyễn Thị Thu Hà", "Nguyeexn Thij Thu Haf"), "Telex", "passed"),
        (support::QR.replace("Nguyễn Thị Thu Hà", "Nguyeexn Thij Thu Har"), "Telex", "failed"),
        (support::QR.bytes().map(char::from).collect(), "ISO-8859-1", "passed"),
    ] {
        let ran = read_simulated(&["--json", "--qr", &qr]);
        assert_eq!(ran.stderr.contains("warning: "), !warning.is_empty(), "{}", ran.stderr);
        assert!(ran.stderr.contains(warning) && !ran.stderr.contains("Nguy"), "{}", ran.stderr);
        assert_eq!(support::outcome(&ran.json(), "printed_data").0, compared, "{qr}");
    }
}

// ---- formats ------------------------------------------------------------------------------------

#[test]
fn fields_come_under_the_names_of_desk_readers() {
    let of = |format: &str| {
        let arguments = ["--json", "--person", "dang-van-duc", "--format", format];
        read_simulated(&arguments).json()["citizen"].clone()
    };
    assert_eq!(
        of("hn212"),
        serde_json::json!({
            "idCode": "000060004321",
            "personName": "Đặng Văn Đức",
            "dateOfBirth": "29/02/1960",
            "gender": "Nam",
            "nationality": "Việt Nam",
            "race": "Tày",
            "religion": "Phật giáo",
            "originPlace": "Xã Thử Nghiệm, Huyện Giả Định, Tỉnh Mẫu",
            "residencePlace": "Thôn Ví Dụ, Xã Thử Nghiệm, Huyện Giả Định, Tỉnh Mẫu",
            "personalIdentification": "Sẹo chấm C: 2cm trên lông mày phải",
            "issueDate": "15/07/2021",
            "expiryDate": "Không thời hạn",
            "fatherName": "Đặng Văn Mẫu",
            "motherName": "Hoàng Thị Ví Dụ",
            "wifeName": "",
            "oldIdCode": "",
        })
    );
    assert_eq!(of("dhg")["date_of_issue"], "15/07/2021");
    assert_eq!(of("rar")["PartnerName"], "");
    assert!(of("english")["spouse_name"].is_null());
    assert_eq!(keys(&of("rar")).len(), 16);
    // Stored evidence says the same.
    let folder = tempfile::tempdir().unwrap();
    let (evidence, csca) = (folder.path().join("e.cbor"), folder.path().join("c.der"));
    let (evidence, csca) = (evidence.to_str().unwrap(), csca.to_str().unwrap());
    let saved = ["--person", "dang-van-duc", "--evidence", evidence, "--trust-out", csca];
    assert_eq!(read_simulated(&saved).status, 0);
    let verified =
        run(&["verify", evidence, "--trust", csca, "--at", DAY, "--json", "--format", "hn212"]);
    assert_eq!(verified.json()["citizen"], of("hn212"));
    // Without --json there are no names of fields.
    assert_eq!(read_simulated(&["--format", "hn212"]).status, 2);
    let ran = read_simulated(&["--json", "--format", "HN-212"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("english, hn212, dhg, rar"), "{}", ran.stderr);
}
