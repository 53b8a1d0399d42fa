//! `cccd read --simulated`: what programs and people get.

mod support;

use image::ImageReader;
use support::{CAN, DAY, ID_NUMBER, MRZ, QR, Ran, cccd, keys, outcome, person, read_simulated};

const CITIZEN: [&str; 16] = [
    "id_number",
    "full_name",
    "date_of_birth",
    "sex",
    "nationality",
    "ethnicity",
    "religion",
    "place_of_origin",
    "residence",
    "identifying_marks",
    "issue_date",
    "expiry_date",
    "father_name",
    "mother_name",
    "spouse_name",
    "old_id_number",
];

const CHECKS: [&str; 14] = [
    "access",
    "secure_messaging",
    "digests",
    "sod_signature",
    "signer_path",
    "revocation",
    "validity",
    "issuing_state",
    "chip_authentication",
    "chip_authentication_mapping",
    "active_authentication",
    "terminal_authentication",
    "downgrade",
    "printed_data",
];

#[test]
fn the_json_object_is_as_documented() {
    let ran = read_simulated(&["--json"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let object = ran.json();
    assert_eq!(
        keys(&object),
        ["outcome", "citizen", "document", "checks", "deviations", "access", "metrics"]
    );
    assert_eq!(object["outcome"], "verified");

    let citizen = &object["citizen"];
    assert_eq!(keys(citizen), CITIZEN);
    let expected = [
        ID_NUMBER,
        "Nguyễn Thị Thu Hà",
        "1995-06-15",
        "Nữ",
        "Việt Nam",
        "Kinh",
        "Không",
        "Xã Ví Dụ, Huyện Mẫu, Tỉnh Thử",
        "Số 1 Đường Mẫu, Tổ 2, Khu phố Thử Nghiệm, Phường Ví Dụ, Thành phố Mẫu, Tỉnh Thử Nghiệm Dài",
        "Nốt ruồi C: 1cm dưới mắt trái",
        "2021-07-01",
        "2035-06-15",
        "Nguyễn Văn Mẫu",
        "Trần Thị Thử",
        "Lê Văn Thử",
        "000123456",
    ];
    for (name, value) in CITIZEN.iter().zip(expected) {
        assert_eq!(citizen[*name], value, "{name}");
    }

    let document = &object["document"];
    assert_eq!(
        keys(document),
        [
            "type",
            "code",
            "issuing_state",
            "simulated",
            "groups",
            "signer",
            "chip_proofs",
            "portrait",
            "remarks"
        ]
    );
    assert_eq!(document["issuing_state"], "VNM");
    assert_eq!(document["simulated"], true);
    assert_eq!(document["portrait"]["media_type"], "image/jpeg");

    let checks = object["checks"].as_array().unwrap();
    assert_eq!(
        checks.iter().map(|check| check["check"].as_str().unwrap()).collect::<Vec<_>>(),
        CHECKS
    );
    for check in checks {
        assert_eq!(keys(check), ["check", "outcome", "code", "reason"]);
        let code = match check["check"].as_str().unwrap() {
            "revocation" => "no_revocation_list",
            "chip_authentication_mapping" => "not_offered",
            "terminal_authentication" => "not_asked",
            _ => "passed",
        };
        let expected = if code == "passed" { code } else { "not_performed" };
        assert_eq!((&check["outcome"], &check["code"]), (&expected.into(), &code.into()));
    }
    assert_eq!(object["deviations"], serde_json::json!([]));
    assert_eq!(
        keys(&object["metrics"]),
        ["apdus", "bytes_sent", "bytes_received", "losses", "bytes_repeated", "access"]
    );
    assert_eq!(object["metrics"]["access"], "pace-can");
    assert!(object["metrics"]["bytes_received"].as_u64().unwrap() > 15_000);
}

#[test]
fn absent_fields_are_null_and_a_card_may_last_for_ever() {
    let file = person("dang-van-duc.toml");
    let citizen = &read_simulated(&["--json", "--person", &file]).json()["citizen"];
    assert_eq!(keys(citizen), CITIZEN);
    assert_eq!(citizen["full_name"], "Đặng Văn Đức");
    assert_eq!(citizen["expiry_date"], "Không thời hạn");
    assert!(citizen["spouse_name"].is_null() && citizen["old_id_number"].is_null());
}

#[test]
fn a_person_reads_the_same_in_two_languages() {
    let file = person("dang-van-duc.toml");
    let ran = read_simulated(&["--person", &file]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    for words in [
        "ĐÃ XÁC THỰC · VERIFIED",
        "SIMULATED authority",
        "Họ và tên · Full name                   Đặng Văn Đức\n",
        "Ngày sinh · Date of birth               29/02/1960\n",
        "Có giá trị đến · Date of expiry         Không thời hạn\n",
        "Họ tên vợ/chồng · Spouse                –\n",
        "✔ Chip thật (CA) · chip authentication           passed",
        "– Thu hồi chứng thư · revocation                 not performed",
        "– Quyền đọc (TA) · terminal authentication       not performed",
        "APDU",
    ] {
        assert!(ran.stdout.contains(words), "{words} in {}", ran.stdout);
    }
    // Neither colours nor a progress bar where there is no terminal.
    assert!(!ran.stdout.contains('\u{1b}'));
}

#[test]
fn every_printed_key_opens_the_card() {
    let lines: Vec<&str> = MRZ.lines().collect();
    for (arguments, access, printed) in [
        (&["--can", CAN][..], "pace-can", "not_performed"),
        (&["--id-number", ID_NUMBER], "pace-can", "passed"),
        (&["--mrz", MRZ], "pace-mrz", "passed"),
        (&["--mrz", lines[0], lines[1], lines[2]], "pace-mrz", "passed"),
        (&["--mrz", "195001234", "950615", "350615"], "pace-mrz", "not_performed"),
        (&["--mrz", "000195001234,1995-06-15,2035-06-15"], "pace-mrz", "not_performed"),
        (&["--qr", QR], "pace-can", "passed"),
    ] {
        let ran = read_simulated(&[arguments, &["--json"]].concat());
        let object = ran.json();
        assert_eq!(
            (ran.status, &object["metrics"]["access"]),
            (0, &access.into()),
            "{arguments:?}"
        );
        assert_eq!(outcome(&object, "printed_data").0, printed, "{arguments:?}");
    }
}

#[test]
fn a_pin_may_come_from_a_file_or_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pin.txt");
    std::fs::write(&file, "\u{feff}123456\r\n").unwrap();
    let pin = format!("@{}", file.display());
    let ran = read_simulated(&["--profile", "pin", "--pin", &pin]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let mut command = cccd(&["read", "--simulated", "--at", DAY, "--profile", "puk", "--puk", "-"]);
    assert_eq!(Ran::of(command.write_stdin("1234567890\n")).status, 0);
}

#[test]
fn keys_may_come_from_a_file_or_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("qr.txt");
    std::fs::write(&file, format!("\u{feff}{QR}\r\n")).unwrap();
    let ran = read_simulated(&["--qr", &format!("@{}", file.display())]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let mut command = cccd(&["read", "--simulated", "--at", DAY, "--mrz", "-"]);
    assert_eq!(Ran::of(command.write_stdin(MRZ)).status, 0);
    assert_eq!(read_simulated(&["--can", "@no/such/file"]).status, 23);
}

#[test]
fn the_portrait_opens_as_jpeg_and_as_png() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["face.jpg", "face.png"] {
        let path = folder.path().join(name);
        let ran = read_simulated(&["--json", "--portrait", path.to_str().unwrap()]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
        assert_eq!(ran.json()["document"]["portrait"]["file"], path.to_str().unwrap());
        let reader = ImageReader::open(&path).unwrap();
        assert_eq!(reader.format(), image::ImageFormat::from_path(&path).ok());
        assert_eq!(reader.into_dimensions().unwrap(), (240, 320));
    }
    #[cfg(unix)]
    {
        let metadata = std::fs::metadata(folder.path().join("face.jpg")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        assert_eq!(mode & 0o077, 0, "nobody else may read it");
    }
}

#[test]
fn a_portrait_that_cannot_become_what_was_asked_is_kept_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("face.webp");
    let ran = read_simulated(&["--portrait", path.to_str().unwrap()]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("saved as it is"), "{}", ran.stderr);
    assert!(ran.stdout.contains("VERIFIED"));
    assert!(folder.path().join("face.jpg").exists() && !path.exists());
    let nowhere = folder.path().join("none").join("face.jpg");
    assert_eq!(read_simulated(&["--portrait", nowhere.to_str().unwrap()]).status, 1);
}

#[test]
fn fresh_cards_have_fresh_authorities() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = |name: &str, seed: &[&str]| {
        let path = folder.path().join(name);
        let arguments = [&["--trust-out", path.to_str().unwrap()], seed].concat();
        assert_eq!(read_simulated(&arguments).status, 0);
        std::fs::read(path).unwrap()
    };
    assert_ne!(certificate("one", &[]), certificate("two", &[]));
    assert_eq!(certificate("three", &["--seed", "3"]), certificate("four", &["--seed", "3"]));
}
