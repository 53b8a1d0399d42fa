//! Commands whose answer is worth knowing by itself.

use crate::{apdu::Command, tlv};

/// Files of the master file: name, identifier, short identifier.
pub(super) const MASTER_FILE: [(&str, u16, u8); 4] = [
    ("EF.CardAccess", 0x011C, 0x1C),
    ("EF.CardSecurity", 0x011D, 0x1D),
    ("EF.ATR/INFO", 0x2F01, 0x01),
    ("EF.DIR", 0x2F00, 0x1E),
];

/// Short identifiers of the application that no standard uses.
pub(super) const UNUSED: [u8; 12] =
    [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1F];

/// Applications that other documents have: LDS2 `[9303-10 §3.6]`, eID and eSign of TR-03110.
pub(super) const APPLICATIONS: [(&str, &[u8]); 5] = [
    ("select_lds2_travel_records", &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x20, 0x01]),
    ("select_lds2_visa_records", &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x20, 0x02]),
    ("select_lds2_biometrics", &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x20, 0x03]),
    ("select_eid", &[0xE8, 0x07, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02]),
    ("select_esign", &[0xA0, 0x00, 0x00, 0x01, 0x67, 0x45, 0x53, 0x49, 0x47, 0x4E]),
];

/// The first bytes of a file by its short identifier: enough for tag and length, too few for data.
pub(super) fn by_short_identifier(short: u8) -> Command {
    Command::read_binary_sfi(short, 0, 1)
}

/// SELECT with these P1, P2 and data; `le` for those that answer with information about the file.
pub(super) fn select(p1: u8, p2: u8, data: &[u8], le: bool) -> Command {
    Command::new("SELECT", [0x00, 0xA4, p1, p2], data, le.then_some(256))
}

/// The ways to select the master file.
pub(super) fn select_master_file() -> [(&'static str, Command); 3] {
    [
        ("select_mf_3f00", select(0x00, 0x0C, &[0x3F, 0x00], false)),
        ("select_mf_no_data", select(0x00, 0x0C, &[], false)),
        ("select_mf_3f00_fci", select(0x00, 0x00, &[0x3F, 0x00], true)),
    ]
}

/// MSE:Set AT as PACE begins it. It names a password and does not hold one.
pub(super) fn set_password(oid: &[u8], password: u8, parameter_id: Option<u64>) -> Command {
    let mut data = [tlv::write(0x80, oid), tlv::write(0x83, &[password])].concat();
    if let Some(id) = parameter_id {
        data.extend(crate::apdu::reference(id));
    }
    Command::manage_security_environment(0xC1, 0xA4, &data)
}
