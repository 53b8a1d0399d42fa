use crate::apdu::Limits;

/// CM_IOCTL_GET_FEATURE_REQUEST `[PC/SC part 10 §2.2]`; its number differs between systems.
#[cfg(windows)]
const GET_FEATURE_REQUEST: u32 = 0x0031_0000 | 3400 << 2;
#[cfg(not(windows))]
const GET_FEATURE_REQUEST: u32 = 0x4200_0000 + 3400;
/// FEATURE_GET_TLV_PROPERTIES.
const TLV_PROPERTIES: u8 = 0x12;
/// `dwMaxAPDUDataSize`: longest data field, 0 for short APDUs only.
const MAX_APDU_DATA_SIZE: u8 = 0x0A;

/// What the reader says of itself `[PC/SC part 10 §2.6.14]`; without a word, extended length is tried.
pub(super) fn reader_limits(card: &pcsc::Card) -> Limits {
    match max_apdu_data_size(card) {
        Some(0..=256) => Limits::SHORT,
        Some(size) => Limits { max_command: size + 9, max_response: size + 2 },
        None => Limits::EXTENDED,
    }
}

fn max_apdu_data_size(card: &pcsc::Card) -> Option<usize> {
    let mut buffer = [0; 256];
    let features = card.control(GET_FEATURE_REQUEST.into(), &[], &mut buffer).ok()?.to_vec();
    let code = simple_tlv(&features, TLV_PROPERTIES)?;
    let code = u32::from_be_bytes(code.try_into().ok()?);
    let properties = card.control(code.into(), &[], &mut buffer).ok()?;
    let size = simple_tlv(properties, MAX_APDU_DATA_SIZE)?;
    let size = u32::from_le_bytes(size.try_into().ok()?);
    usize::try_from(size).ok().map(|size| size.min(65_536))
}

/// The value of a tag in a list of one-byte tags and lengths.
fn simple_tlv(mut bytes: &[u8], tag: u8) -> Option<&[u8]> {
    while let [found, length, rest @ ..] = bytes {
        let (value, after) = rest.split_at_checked(usize::from(*length))?;
        if *found == tag {
            return Some(value);
        }
        bytes = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reader_properties_are_found_and_bounded() {
        let list = [0x01, 1, 9, 0x0A, 4, 0, 2, 0, 0, 0x12, 9, 1];
        assert_eq!(simple_tlv(&list, 0x0A), Some(&[0, 2, 0, 0][..]));
        assert_eq!(simple_tlv(&list, 0x12), None);
        assert_eq!(simple_tlv(&list, 0x55), None);
        assert_eq!(simple_tlv(&[], 0x0A), None);
    }
}
