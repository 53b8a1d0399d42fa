use super::{PlaceMatch::*, *};
use crate::vietnam::names::{fold_ascii, without_marks};

#[test]
fn addresses_are_written_in_one_way() {
    for (text, normal) in [
        (
            "Số 1 Đường Mẫu, Phường Ví Dụ, Quận 1, TP. Hồ Chí Minh",
            "số 1 đường mẫu, phường ví dụ, quận 1, thành phố hồ chí minh",
        ),
        ("SN 1 ,, P.5 , - Q1,TPHCM", "số nhà 1, phường 5, quận 1, hồ chí minh"),
        (
            "Thôn 2; X. Mẫu; H. Ví Dụ; T. Yên Bái, Việt Nam",
            "thôn 2, xã mẫu, huyện ví dụ, tỉnh yên bái",
        ),
        ("KP.3 - TT Mẫu - Bà Rịa - Vũng Tàu", "khu phố 3, thị trấn mẫu, bà rịa vũng tàu"),
        ("Tổ dân phố 4, TX. Mẫu, T.P. Huế", "tổ dân phố 4, thị xã mẫu, thành phố huế"),
        ("Ban Mê Thuột, Đắc Lắc", "ban mê thuột, đắk lắk"),
        ("Quan Hóa, Thanh Hóa", "quan hóa, thanh hóa"),
        ("P. 5, quan 1, TP HCM", "phường 5, quan 1, thành phố hồ chí minh"),
        ("Nghe\u{323}\u{302} An", "nghệ an"),
        ("Thành phố", "thành phố"),
        ("Tỉnh", "tỉnh"),
        (" ,, - . ", ""),
        ("", ""),
    ] {
        assert_eq!(normalise(text), normal);
        assert_eq!(normalise(normal), normal);
    }
}

#[test]
fn how_two_addresses_belong_together() {
    let three = "Xã Ví Dụ, Huyện Mẫu, Tỉnh Thử";
    for (one, other, how) in [
        (three, three, Identical),
        (three, "xã ví dụ - H. Mẫu - T. Thử", Spelling),
        (three, "Ví Dụ, Mẫu, Thử", Spelling),
        (three, "Xã Ví Dụ,Huyện Mâũ , Tỉnh Thử.", Spelling),
        (three, "Phường Ví Dụ, Huyện Mẫu, Tỉnh Thử", Different),
        (three, "Xã Ví Dù, Huyện Mẫu, Tỉnh Thử", Different),
        (three, "Xã Khác, Huyện Mẫu, Tỉnh Thử", Different),
        (three, "Mẫu, Thử", Different),
        (three, "XA VI DU, HUYEN MAU, TINH THU", Unmarked),
        (three, "Vi Du, Mau, Thu", Unmarked),
        (three, "Vi Du, Mau, Tho", Different),
        ("Quan Hóa, Thanh Hoá", "Quan Hoa, Thanh Hoa", Unmarked),
        (three, "Xã Ví Dụ, Tỉnh Thử", DistrictLeftOut { older: Side::First }),
        ("Xã Ví Dụ, Thử", three, DistrictLeftOut { older: Side::Second }),
        (three, "Tỉnh Thử", Different),
        ("Thôn 1, Xã Ví Dụ, Tỉnh Thử", "Thôn 1, Tỉnh Thử", Different),
        (
            "Phường 5, Quận 1, TP.HCM",
            "P5, Thành phố Hồ Chí Minh",
            DistrictLeftOut { older: Side::First },
        ),
        ("Huế", "Hà Nội", Different),
        ("", "", Different),
        (",", "-", Different),
        (three, "", Different),
    ] {
        assert_eq!(matches(one, other), how, "{one} | {other}");
    }
}

/// Old name against new name, for every pair of the sixty-three and the thirty-four, in both directions and
/// in three surroundings.
#[test]
fn only_the_merger_of_2025_explains_another_province() {
    let mut new: Vec<&str> = Province::all().map(|province| province.since_2025().1).collect();
    new.sort_unstable();
    new.dedup();
    assert_eq!(new.len(), 34);
    let mut explained = 0;
    for province in Province::all() {
        for new in &new {
            let old = province.name();
            let expected = |older| {
                if old == *new {
                    Identical
                } else if province.since_2025().1 == *new {
                    MergedProvince { province, older }
                } else {
                    Different
                }
            };
            explained += usize::from(old != *new && province.since_2025().1 == *new);
            assert_eq!(matches(old, new), expected(Side::First), "{old} {new}");
            assert_eq!(matches(new, old), expected(Side::Second), "{old} {new}");
            if old == *new {
                continue;
            }
            let (three, two) = (format!("X. A, H. B, {old}"), format!("Xã A, {new}"));
            assert_eq!(matches(&three, &two), expected(Side::First));
            assert_eq!(matches(&two, &three), expected(Side::Second));
            // The new province with a district, the old one without: no reform does that.
            let (two, three) = (format!("X. A, {old}"), format!("Xã A, H. B, {new}"));
            assert_eq!(matches(&two, &three), Different);
            assert_eq!(matches(&format!("X. C, {old}"), &format!("Xã A, {new}")), Different);
        }
    }
    // Twenty-nine names are gone, Thừa Thiên Huế's among them, which became Huế.
    assert_eq!(explained, 30);
    // Two old provinces are two, although one new province holds both.
    assert_eq!(matches("Hòa Bình", "Vĩnh Phúc"), Different);
    assert_eq!(matches("Bà Rịa - Vũng Tàu", "TPHCM").code(), "merged_province");
}

#[test]
fn a_province_is_found_by_either_name() {
    for province in Province::all() {
        let name = province.name();
        let stem = name.trim_start_matches("TP. ");
        for text in [
            name.to_owned(),
            format!("Tỉnh {stem}"),
            format!("Xã A, Huyện B, tỉnh {}", stem.to_uppercase()),
            format!("xa a, {}", without_marks(&stem.to_lowercase())),
            fold_ascii(stem),
            format!("{name}, Việt Nam."),
        ] {
            assert_eq!(super::province(&text), Some(province), "{text}");
        }
    }
    for (text, code) in [
        ("TP.HCM", 79),
        ("Phường 1, tp. hcm", 79),
        ("Sài Gòn", 79),
        ("HN", 1),
        ("BR-VT", 77),
        ("Bà Rịa-Vũng Tàu", 77),
        ("Đăk Lăk", 66),
        ("Đắc Nông", 67),
        ("Hoà Bình", 17),
        ("Thành phố Huế", 46),
        ("TT Huế", 0),
        ("Kontum", 62),
    ] {
        assert_eq!(province(text).map_or(0, Province::code), code, "{text}");
    }
    for none in
        ["", "Thị xã Quảng Trị", "Thành phố Thái Nguyên", "Phường Phú Thọ", "Hà Giang, Xã A", "Hà"]
    {
        assert_eq!(province(none), None, "{none}");
    }
}

#[test]
fn kinds_are_told_apart() {
    let province = Province::of_id_prefix(24).unwrap();
    let older = Side::First;
    let all = [
        Identical,
        Spelling,
        Unmarked,
        DistrictLeftOut { older },
        MergedProvince { province, older },
        Different,
    ];
    for one in all {
        for other in all {
            let same = one == other;
            assert_eq!(one.code() == other.code(), same);
            assert_eq!(one.message() == other.message(), same);
            assert_eq!(one.message_vi() == other.message_vi(), same);
        }
    }
    assert_eq!(all.map(PlaceMatch::is_equal), [true, true, false, false, false, false]);
    assert_eq!(all.map(PlaceMatch::is_renamed), [false, false, false, true, true, false]);
    assert_eq!(all[4].message(), "Bắc Giang belongs to Bắc Ninh since 2025");
    assert_eq!(all[4].message_vi(), "Bắc Giang nay thuộc Bắc Ninh (từ năm 2025)");
}
