//! Days as Arrow counts them: since 1970-01-01.

use cccd::date::Date;

/// Date32 of a day.
pub(crate) fn to_arrow(date: Date) -> i32 {
    // Years begin in March, so that the leap day is the last one.
    let (month, day) = (i32::from(date.month()), i32::from(date.day()));
    let year = i32::from(date.year()) - i32::from(month < 3);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    days + day_of_year - 719_468
}

/// The day of a Date32; `None` beyond the calendar.
pub(crate) fn from_arrow(days: i32) -> Option<Date> {
    Date::from_unix(i64::from(days) * 86_400).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_arrow() {
        for (day, count) in
            [("1970-01-01", 0), ("1969-12-31", -1), ("2000-03-01", 11_017), ("2026-11-21", 20_778)]
        {
            assert_eq!(to_arrow(day.parse().unwrap()), count, "{day}");
        }
        for count in 0..60_000 {
            assert_eq!(to_arrow(from_arrow(count).unwrap()), count);
        }
        assert_eq!(from_arrow(i32::MAX), None);
    }
}
