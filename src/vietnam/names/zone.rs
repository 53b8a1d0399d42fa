use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::fold_ascii;

/// Characters of a TD1 zone's line of names [9303-5 §4.2.2].
const LINE: usize = 30;

/// The third line of a card's zone for this name, thirty characters: the first word is the primary identifier, the
/// others are the secondary one. `None` if a letter has no place in a zone, or there is none.
///
/// A name that is too long is cut at the end; the last character is then a letter, which says that something may
/// be missing, and the primary identifier gives way for it [9303-5 §4.2.2.3] unless it is a single one. Issuers may cut otherwise:
/// compare with [`agrees_with_mrz`](super::agrees_with_mrz).
///
/// ```
/// use cccd::vietnam::names::to_mrz;
/// assert_eq!(to_mrz("Đặng Văn Đức").unwrap(), "DANG<<VAN<DUC<<<<<<<<<<<<<<<<<");
/// assert_eq!(to_mrz("Công Tằng Tôn Nữ Huyền Trân Ngọc").unwrap(), "CONG<<TANG<TON<NU<HUYEN<TRAN<N");
/// assert_eq!(to_mrz("李"), None);
/// ```
#[must_use]
pub fn to_mrz(name: &str) -> Option<String> {
    let folded = fold_ascii(name);
    let letters = name.nfd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).count();
    let kept = folded.bytes().filter(u8::is_ascii_uppercase).count();
    if letters != kept || kept == 0 {
        return None;
    }
    let (primary, secondary) = folded.split_once(' ').unwrap_or((&folded, ""));
    let secondary = secondary.replace(' ', "<");
    // Room for two fillers and one letter of the secondary identifier.
    let room = if secondary.is_empty() { LINE } else { LINE - 3 };
    let mut line = String::new();
    for length in (1..=primary.len().min(room)).rev() {
        line = format!("{}<<{secondary}", primary.get(..length)?);
        let is_cut = line.trim_end_matches('<').len() > LINE;
        line.truncate(LINE);
        if !is_cut || !line.ends_with('<') {
            break;
        }
    }
    Some(format!("{line:<<LINE$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_to_the_line() {
        for (name, line) in [
            ("Y", "Y<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"),
            ("H'Hen Niê", "HHEN<<NIE<<<<<<<<<<<<<<<<<<<<<"),
            ("Nguye\u{302}\u{303}n Thi\u{323} Thu Ha\u{300}", "NGUYEN<<THI<THU<HA<<<<<<<<<<<<"),
            ("Tôn-Nữ Quỳnh", "TON<<NU<QUYNH<<<<<<<<<<<<<<<<<"),
            ("Công Tằng Tôn Nữ Huyền Trang", "CONG<<TANG<TON<NU<HUYEN<TRANG<"),
            // The last place would be a filler: the first word gives one letter.
            ("Công Tằng Tôn Nữ Huyền Trang Ngọc", "CON<<TANG<TON<NU<HUYEN<TRANG<N"),
        ] {
            assert_eq!(to_mrz(name).as_deref(), Some(line), "{name}");
        }
        let long = "Y".repeat(40);
        assert_eq!(to_mrz(&long).unwrap(), "Y".repeat(30));
        assert_eq!(to_mrz(&format!("{long} An")).unwrap(), format!("{}<<A", "Y".repeat(27)));
        for none in ["", " ", "'", "李", "Nguyễn 李", "An 2", "Иван", "Straße"] {
            assert_eq!(to_mrz(none), None, "{none}");
        }
    }
}
