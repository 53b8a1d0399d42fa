/// The check digit of a field: weights 7, 3, 1, letters 10–35, fillers 0, modulo 10 `[9303-3 §4.9]`.
///
/// `None` if a character may not stand in an MRZ.
///
/// ```
/// assert_eq!(cccd::mrz::check_digit("520727"), Some(3));
/// assert_eq!(cccd::mrz::check_digit("AB2134<<<"), Some(5));
/// assert_eq!(cccd::mrz::check_digit("52 727"), None);
/// ```
#[must_use]
pub fn check_digit(field: &str) -> Option<u8> {
    let mut weights = [7_u8, 3, 1].into_iter().cycle();
    field.bytes().try_fold(0_u8, |sum, byte| {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'<' => 0,
            _ => return None,
        };
        // At most 9 + 7 · 9 = 72, so a byte holds it.
        Some((sum + weights.next()? * (value % 10)) % 10)
    })
}

/// The check digit as the character that the MRZ holds.
pub(super) fn check_character(field: &str) -> Option<char> {
    check_digit(field).and_then(|digit| char::from_digit(u32::from(digit), 10))
}
