/// Whether a text is a time of RFC 3339 §5.6, written in its one strict form: `T` and `Z` in upper case, a day
/// of the calendar, at most nine digits of a second, no leap second (which no later reader can check).
pub(crate) fn is_rfc3339(text: &str) -> bool {
    let Some((day, rest)) = text.split_once('T') else { return false };
    let Some((time, rest)) = rest.split_at_checked(8) else { return false };
    day.parse::<crate::date::Date>().is_ok()
        && clock(time, 3)
        && offset(rest.strip_prefix('.').map_or(Some(rest), without_fraction))
}

/// What follows one to nine digits.
fn without_fraction(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=9).contains(&(text.len() - rest.len())).then_some(rest)
}

fn offset(text: Option<&str>) -> bool {
    match text {
        Some("Z") => true,
        Some(text) => text.strip_prefix(['+', '-']).is_some_and(|offset| clock(offset, 2)),
        None => false,
    }
}

/// Hours and minutes, or hours, minutes and seconds.
fn clock(text: &str, parts: usize) -> bool {
    let parts_of = text.split(':');
    parts_of.clone().count() == parts
        && parts_of.zip([24, 60, 60]).all(|(part, limit)| {
            part.len() == 2
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u8>().is_ok_and(|number| number < limit)
        })
}

#[cfg(test)]
mod tests {
    use super::is_rfc3339;

    #[test]
    fn times_of_rfc_3339_and_nothing_else() {
        for good in [
            "2026-11-21T09:30:00Z",
            "2026-11-21T09:30:00.5Z",
            "2024-02-29T23:59:59.123456789+07:00",
            "2026-11-21T00:00:00-11:30",
        ] {
            assert!(is_rfc3339(good), "{good}");
        }
        for bad in [
            "",
            "2026-11-21",
            "2026-11-21 09:30:00Z",
            "2026-11-21t09:30:00Z",
            "2026-11-21T09:30:00z",
            "2026-11-21T09:30:00",
            "2026-11-21T09:30Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T09:60:00Z",
            "2026-11-21T23:59:60Z",
            "2025-02-29T09:30:00Z",
            "2026-11-21T09:30:00.Z",
            "2026-11-21T09:30:00.1234567890Z",
            "2026-11-21T09:30:00+7:00",
            "2026-11-21T09:30:00+0700",
            "2026-11-21T09:30:00+24:00",
            "2026-11-21T+9:30:00Z",
            "2026-11-21T09:30:00Zé",
            "2026-11-21T09:30:0é",
            " 2026-11-21T09:30:00Z",
        ] {
            assert!(!is_rfc3339(bad), "{bad}");
        }
    }
}
