use super::{NameMatch::*, *};

#[test]
fn how_two_names_belong_together() {
    for (one, other, how) in [
        ("Nguyễn Thị Thu Hà", "Nguyễn Thị Thu Hà", Identical),
        ("李", "李", Identical),
        ("Nguyễn Thị Thu Hà", "NGUYỄN  THỊ THU HÀ ", Typography),
        ("Nguyễn Văn An", "Nguye\u{302}\u{303}n Va\u{306}n An", Typography),
        ("Tôn-Nữ Quỳnh", "Tôn Nữ Quỳnh", Typography),
        ("H'Hen Niê", "H’ HEN NIÊ", Typography),
        ("H'Hen Niê", "HHen Niê", Typography),
        ("Trần\u{200b} An", "Trần An", Typography),
        ("Trần\u{a0}An", "Trần An", Typography),
        // Both rules of placement: on the first vowel of oa, oe, uy, or on the second.
        ("Trần Thị Hòa", "Trần Thị HOÀ", TonePlacement),
        ("Trần Văn Khỏe", "Trần Văn Khoẻ", TonePlacement),
        ("Lê Thu Thủy", "Lê Thu Thuỷ", TonePlacement),
        ("Đặng Văn Đức", "Ðặng Văn Ðức", LookAlikes),
        ("Đặng Văn Đức", "Ɖặng Văn Đức", LookAlikes),
        ("Trần Văn An", "Trần Văn Аn", LookAlikes),
        ("Văn Thủy", "Vǎn Thuỷ", LookAlikes),
        ("Nguyễn Văn An", "NguyễnVăn An", Spacing),
        ("H'Hen Niê", "H Hen Niê", Spacing),
        ("Lý Thị Mỹ", "Lí Thị Mĩ", IForY),
        ("Lê Quý", "Lê Quí", IForY),
        ("Lê Quỳnh", "Lê Quình", IForY),
        ("Ý Nhi", "Í Nhi", IForY),
        ("Lê Thúy", "Lê Thúi", Different),
        ("Nguyễn Thị Thu Hà", "NGUYEN THI THU HA", Unmarked),
        ("Ðặng Văn Đức", "Dang Van Duc", Unmarked),
        ("Nguyễn Văn An", "NGUYENVAN AN", Unmarked),
        ("Trần Hòa", "Trần Hóa", MarksDiffer),
        ("Trần Lân", "Trần Lan", MarksDiffer),
        ("Nguyễn An", "Nguyên An", MarksDiffer),
        ("Nguyễn Văn An", "An Nguyễn Văn", Reordered),
        ("Nguyễn Văn An", "VAN AN NGUYEN", Reordered),
        ("Công Tằng Tôn Nữ Hoàng Phương", "Công Tằng Tôn Nữ Ho", Different),
        ("Công Tằng Tôn Nữ Hoàng Phương", "Công Tằng Tôn Nữ Hoà", Truncated),
        ("Công Tằng Tôn Nữ Hoàng Phương", "CONG TANG TON NU HOANG", Truncated),
        ("Công Tằng Tôn Nữ Hoàng Phương", "Công Tặng Tôn Nữ Hoàng", Different),
        ("Nguyễn Thị Thu Hà", "Nguyễn Hà", WordsMissing),
        ("Nguyễn Thị Thu Hà", "NGUYEN THI HA", WordsMissing),
        ("Nguyễn Thị Thu Hà", "Nguyễn Thị Thu", Different),
        ("Nguyễn Thị Thu Hà", "Nguyễn Thu Thị Hà", Reordered),
        ("Nguyễn Thị Thu Hà", "N. T. Thu Hà", Initials),
        ("Nguyễn Thị Thu Hà", "N.T.T. Ha", Initials),
        ("Nguyễn Thị Thu Hà", "N T T H", Different),
        ("Nguyễn Thị Thu Hà", "Ng. Thị Thu Hà", Different),
        ("Nguyễn Văn An", "Trần Văn An", Different),
        ("Nguyễn Văn An", "Nguyễn Văn Anh", Different),
        ("Minh Anh", "Min Hanh", Spacing),
        ("", "", Different),
        (" ", " ", Different),
        ("An", "", Different),
        ("'", "-", Different),
        ("李", "王", Different),
    ] {
        assert_eq!(matches(one, other), how, "{one} | {other}");
        assert_eq!(matches(other, one), how, "{other} | {one}");
        let has_letters = !match_key(one).is_empty() && !match_key(other).is_empty();
        let keys_equal = has_letters && match_key(one) == match_key(other);
        assert_eq!(keys_equal, how.is_equal(), "{one} | {other}");
    }
}

#[test]
fn kinds_are_told_apart() {
    let all = [
        Identical,
        Typography,
        TonePlacement,
        LookAlikes,
        Spacing,
        IForY,
        Unmarked,
        MarksDiffer,
        Reordered,
        Truncated,
        WordsMissing,
        Initials,
        Different,
    ];
    let of = |is: fn(NameMatch) -> bool| all.into_iter().filter(|how| is(*how)).collect::<Vec<_>>();
    assert_eq!(of(NameMatch::is_equal), [Identical, Typography, TonePlacement]);
    assert_eq!(
        of(NameMatch::is_spelling_variant),
        [Typography, TonePlacement, LookAlikes, Spacing, IForY, Unmarked]
    );
    assert_eq!(of(|how| !how.is_plausible()), [MarksDiffer, Different]);
    for one in all {
        for other in all {
            let same = one == other;
            assert_eq!(one.code() == other.code(), same);
            assert_eq!(one.message() == other.message(), same);
            assert_eq!(one.message_vi() == other.message_vi(), same);
        }
    }
}

/// Every syllable's tone may stand on any of its vowels, and no tone may be changed.
#[test]
fn a_tone_may_move_and_not_change() {
    const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    for syllable in ["hoa", "khoe", "thuy", "mua", "khuyên", "nghiêng", "qua", "gia"] {
        let vowels: Vec<usize> = syllable
            .char_indices()
            .filter(|(_, c)| "aeiouyê".contains(*c))
            .map(|(at, c)| at + c.len_utf8())
            .collect();
        let with = |tone: char, at: usize| {
            let text = format!("Lê {}{tone}{}", &syllable[..at], &syllable[at..]);
            text.nfc().collect::<String>()
        };
        for tone in TONES {
            for (one, other) in vowels.iter().zip(vowels.iter().skip(1)) {
                let (one, other) = (with(tone, *one), with(tone, *other));
                assert_eq!(matches(&one, &other), TonePlacement, "{one} {other}");
            }
            for changed in TONES.into_iter().filter(|changed| *changed != tone) {
                let (one, other) = (with(tone, vowels[0]), with(changed, vowels[0]));
                assert_eq!(matches(&one, &other), MarksDiffer, "{one} {other}");
            }
        }
    }
}

/// Names out of a few syllables, so that many are alike: which one comes first makes no difference, and a name matches
/// itself however it is typed.
#[test]
fn matching_has_no_direction() {
    const SYLLABLES: [&str; 12] =
        ["Hòa", "Hoà", "hoa", "Ho", "a", "H", "Lý", "Lí", "Đặng", "Ðặng", "DANG", "An-An"];
    let mut seed: u64 = 1;
    let mut next = |limit: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % limit).unwrap()
    };
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20_000 {
        let mut name = || {
            let count = 1 + next(5);
            (0..count).map(|_| SYLLABLES[next(12)]).collect::<Vec<_>>().join(" ")
        };
        let (one, other) = (name(), name());
        let how = matches(&one, &other);
        assert_eq!(matches(&other, &one), how, "{one} | {other}");
        assert_eq!(match_key(&one) == match_key(&other), how.is_equal(), "{one} | {other}");
        seen.insert(how);
        let decomposed: String = one.to_uppercase().nfd().collect();
        assert!(matches(&one, &decomposed).is_equal(), "{one}");
    }
    assert_eq!(seen.len(), 11, "all but typography and truncation: {seen:?}");
}
