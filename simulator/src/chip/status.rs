//! Status words `[ISO/IEC 7816-4]`.

pub(super) const SUCCESS: u16 = 0x9000;
pub(super) const END_OF_FILE: u16 = 0x6282;
pub(super) const AUTHENTICATION_FAILED: u16 = 0x6300;
pub(super) const WRONG_LENGTH: u16 = 0x6700;
pub(super) const CHANNEL_NOT_SUPPORTED: u16 = 0x6881;
pub(super) const SECURE_MESSAGING_NOT_SUPPORTED: u16 = 0x6882;
pub(super) const LAST_OF_CHAIN_EXPECTED: u16 = 0x6883;
pub(super) const CHAINING_NOT_SUPPORTED: u16 = 0x6884;
pub(super) const SECURITY_STATUS: u16 = 0x6982;
pub(super) const BLOCKED: u16 = 0x6983;
pub(super) const CONDITIONS_OF_USE: u16 = 0x6985;
pub(super) const NO_CURRENT_FILE: u16 = 0x6986;
pub(super) const SECURE_MESSAGING_MISSING: u16 = 0x6987;
pub(super) const SECURE_MESSAGING_INCORRECT: u16 = 0x6988;
pub(super) const WRONG_DATA: u16 = 0x6A80;
pub(super) const FILE_NOT_FOUND: u16 = 0x6A82;
pub(super) const WRONG_PARAMETERS: u16 = 0x6A86;
pub(super) const REFERENCE_NOT_FOUND: u16 = 0x6A88;
pub(super) const WRONG_OFFSET: u16 = 0x6B00;
pub(super) const EXACT_LE: u16 = 0x6C00;
pub(super) const INSTRUCTION_NOT_SUPPORTED: u16 = 0x6D00;
pub(super) const CLASS_NOT_SUPPORTED: u16 = 0x6E00;
pub(super) const MORE_DATA: u16 = 0x6100;
