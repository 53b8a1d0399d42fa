use super::*;
use crate::{
    tlv::write,
    vietnam::dg13::vectors::{SHAPE_A, hex},
};

const MRZ: &str = "IDVNM1950012347000195001234<<79506158F3506156VNM<<<<<<<<<<<8\
                   NGUYEN<<THI<THU<HA<<<<<<<<<<<<";
const OTHER_MRZ: &str = "IDVNM0600043210000060004321<<06002291M9912315VNM<<<<<<<<<<<0\
                         DANG<<VAN<DUC<<<<<<<<<<<<<<<<<";
const QR: &str = "000195001234|000123456|Nguyễn Thị Thu Hà|15061995|Nữ|Phường Ví Dụ|01072021";

fn record(with_dg13: bool) -> CitizenRecord {
    let dg1 = write(0x61, &write(0x5F1F, MRZ.as_bytes()));
    CitizenRecord::from_groups(&dg1, with_dg13.then(|| hex(SHAPE_A)).as_deref()).unwrap()
}

fn compare(qr: &str) -> PrintedDataComparison {
    PrintedDataComparison::with_qr(&QrText::parse(qr).unwrap(), &record(true))
}

#[test]
fn the_same_card_agrees() {
    let comparison = compare(QR);
    assert!(comparison.agrees());
    assert_eq!(
        comparison.compared(),
        ["id_number", "full_name", "date_of_birth", "sex", "issue_date", "old_id_number"]
    );
    assert!(compare(&QR.replace("Nguyễn Thị Thu Hà", "NGUYE\u{302}\u{303}N THỊ THU HÀ")).agrees());
    // What the QR lacks is not compared.
    let comparison = compare("000195001234||Nguyễn Thị Thu Hà|1995|?|x|");
    assert!(comparison.agrees());
    assert_eq!(comparison.compared(), ["id_number", "full_name"]);
    let zone = PrintedDataComparison::with_mrz(&Mrz::parse(MRZ).unwrap(), &record(true));
    assert!(zone.agrees());
    assert_eq!(zone.compared(), ["id_number", "full_name", "date_of_birth", "sex", "expiry_date"]);
}

#[test]
fn each_difference_is_named() {
    for (from, to, field) in [
        ("000195001234", "000195001235", "id_number"),
        ("Thu Hà", "Thu Hạ", "full_name"),
        ("Thu Hà", "Hà", "full_name"),
        ("15061995", "15061996", "date_of_birth"),
        ("Nữ", "Nam", "sex"),
        ("01072021", "02072021", "issue_date"),
        ("000123456", "000123457", "old_id_number"),
    ] {
        assert_eq!(compare(&QR.replace(from, to)).differing(), [field], "{to}");
    }
    let other = PrintedDataComparison::with_mrz(&Mrz::parse(OTHER_MRZ).unwrap(), &record(true));
    assert_eq!(other.differing(), other.compared());
    let other =
        PrintedDataComparison::with_id_number(&"000060004321".parse().unwrap(), &record(true));
    assert_eq!(other.differing(), ["id_number"]);
}

#[test]
fn a_name_from_the_zone_is_compared_without_marks() {
    let qr = QrText::parse(QR).unwrap();
    assert!(PrintedDataComparison::with_qr(&qr, &record(false)).agrees());
    let other = QrText::parse(&QR.replace("Thu Hà", "Thu Hằng")).unwrap();
    assert_eq!(PrintedDataComparison::with_qr(&other, &record(false)).differing(), ["full_name"]);
}
