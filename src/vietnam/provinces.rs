/// The sixty-three provinces by which ID numbers begin (Circular 07/2016/TT-BCA, Annex 1), and the
/// one of the thirty-four that each has belonged to since 1 July 2025 (Resolution 202/2025/QH15).
///
/// New codes reuse old numbers for other provinces, so an ID number is read by the first column alone.
const BEFORE_2025: [(u16, &str, u16); 63] = [
    (1, "Hà Nội", 1),
    (2, "Hà Giang", 8),
    (4, "Cao Bằng", 4),
    (6, "Bắc Kạn", 19),
    (8, "Tuyên Quang", 8),
    (10, "Lào Cai", 15),
    (11, "Điện Biên", 11),
    (12, "Lai Châu", 12),
    (14, "Sơn La", 14),
    (15, "Yên Bái", 15),
    (17, "Hòa Bình", 25),
    (19, "Thái Nguyên", 19),
    (20, "Lạng Sơn", 20),
    (22, "Quảng Ninh", 22),
    (24, "Bắc Giang", 24),
    (25, "Phú Thọ", 25),
    (26, "Vĩnh Phúc", 25),
    (27, "Bắc Ninh", 24),
    (30, "Hải Dương", 31),
    (31, "Hải Phòng", 31),
    (33, "Hưng Yên", 33),
    (34, "Thái Bình", 33),
    (35, "Hà Nam", 37),
    (36, "Nam Định", 37),
    (37, "Ninh Bình", 37),
    (38, "Thanh Hóa", 38),
    (40, "Nghệ An", 40),
    (42, "Hà Tĩnh", 42),
    (44, "Quảng Bình", 44),
    (45, "Quảng Trị", 44),
    (46, "Thừa Thiên Huế", 46),
    (48, "Đà Nẵng", 48),
    (49, "Quảng Nam", 48),
    (51, "Quảng Ngãi", 51),
    (52, "Bình Định", 52),
    (54, "Phú Yên", 66),
    (56, "Khánh Hòa", 56),
    (58, "Ninh Thuận", 56),
    (60, "Bình Thuận", 68),
    (62, "Kon Tum", 51),
    (64, "Gia Lai", 52),
    (66, "Đắk Lắk", 66),
    (67, "Đắk Nông", 68),
    (68, "Lâm Đồng", 68),
    (70, "Bình Phước", 75),
    (72, "Tây Ninh", 80),
    (74, "Bình Dương", 79),
    (75, "Đồng Nai", 75),
    (77, "Bà Rịa - Vũng Tàu", 79),
    (79, "TP. Hồ Chí Minh", 79),
    (80, "Long An", 80),
    (82, "Tiền Giang", 82),
    (83, "Bến Tre", 86),
    (84, "Trà Vinh", 86),
    (86, "Vĩnh Long", 86),
    (87, "Đồng Tháp", 82),
    (89, "An Giang", 91),
    (91, "Kiên Giang", 91),
    (92, "Cần Thơ", 92),
    (93, "Hậu Giang", 92),
    (94, "Sóc Trăng", 92),
    (95, "Bạc Liêu", 96),
    (96, "Cà Mau", 96),
];

/// The thirty-four provinces since 1 July 2025 (Decision 19/2025/QĐ-TTg).
const SINCE_2025: [(u16, &str); 34] = [
    (1, "Hà Nội"),
    (4, "Cao Bằng"),
    (8, "Tuyên Quang"),
    (11, "Điện Biên"),
    (12, "Lai Châu"),
    (14, "Sơn La"),
    (15, "Lào Cai"),
    (19, "Thái Nguyên"),
    (20, "Lạng Sơn"),
    (22, "Quảng Ninh"),
    (24, "Bắc Ninh"),
    (25, "Phú Thọ"),
    (31, "Hải Phòng"),
    (33, "Hưng Yên"),
    (37, "Ninh Bình"),
    (38, "Thanh Hóa"),
    (40, "Nghệ An"),
    (42, "Hà Tĩnh"),
    (44, "Quảng Trị"),
    (46, "Huế"),
    (48, "Đà Nẵng"),
    (51, "Quảng Ngãi"),
    (52, "Gia Lai"),
    (56, "Khánh Hòa"),
    (66, "Đắk Lắk"),
    (68, "Lâm Đồng"),
    (75, "Đồng Nai"),
    (79, "TP. Hồ Chí Minh"),
    (80, "Tây Ninh"),
    (82, "Đồng Tháp"),
    (86, "Vĩnh Long"),
    (91, "An Giang"),
    (92, "Cần Thơ"),
    (96, "Cà Mau"),
];

/// A province or city under the central government, as it was before the merger of 2025.
///
/// ```
/// use cccd::vietnam::Province;
/// let province = Province::of_id_prefix(74).unwrap();
/// assert_eq!((province.name(), province.since_2025()), ("Bình Dương", (79, "TP. Hồ Chí Minh")));
/// // 15 means Yên Bái in an ID number, although it is Lào Cai's code today.
/// assert_eq!(Province::of_id_prefix(15).unwrap().name(), "Yên Bái");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Province {
    code: u16,
    name: &'static str,
    since_2025: (u16, &'static str),
}

impl Province {
    /// The province of an ID number's first three digits; `None` for other numbers, among them
    /// those of births registered abroad.
    #[must_use]
    pub fn of_id_prefix(prefix: u16) -> Option<Self> {
        let (code, name, merged) = BEFORE_2025.into_iter().find(|(code, ..)| *code == prefix)?;
        let since_2025 = SINCE_2025.into_iter().find(|(code, _)| *code == merged)?;
        Some(Self { code, name, since_2025 })
    }

    /// All sixty-three, by their numbers.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        BEFORE_2025.into_iter().filter_map(|(code, ..)| Self::of_id_prefix(code))
    }

    /// The number by which ID numbers begin, 1–96.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.code
    }

    /// Its name before the merger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Code and name of the province that it belongs to since 1 July 2025.
    #[must_use]
    pub const fn since_2025(self) -> (u16, &'static str) {
        self.since_2025
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_three_became_thirty_four() {
        let provinces: Vec<_> = (0..=999).filter_map(Province::of_id_prefix).collect();
        assert_eq!(provinces.len(), 63);
        assert!(Province::all().eq(provinces.iter().copied()));
        let mut merged: Vec<_> = provinces.iter().map(|p| p.since_2025().0).collect();
        merged.sort_unstable();
        merged.dedup();
        assert_eq!(merged.len(), 34);
        assert!(BEFORE_2025.is_sorted() && SINCE_2025.is_sorted());
    }

    #[test]
    fn a_code_that_was_reused_keeps_its_old_meaning() {
        for (prefix, name, since) in [
            (15, "Yên Bái", "Lào Cai"),
            (24, "Bắc Giang", "Bắc Ninh"),
            (44, "Quảng Bình", "Quảng Trị"),
            (52, "Bình Định", "Gia Lai"),
            (80, "Long An", "Tây Ninh"),
            (82, "Tiền Giang", "Đồng Tháp"),
            (91, "Kiên Giang", "An Giang"),
            (46, "Thừa Thiên Huế", "Huế"),
        ] {
            let province = Province::of_id_prefix(prefix).unwrap();
            assert_eq!((province.name(), province.since_2025().1), (name, since));
        }
        for none in [0, 3, 97, 101, 999] {
            assert_eq!(Province::of_id_prefix(none), None);
        }
    }
}
