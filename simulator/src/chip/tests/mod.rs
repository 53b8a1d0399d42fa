//! The chip alone: the standard's worked examples, a small terminal, and bytes from nowhere.

mod atr_info;
mod chip_authentication;
mod pace;
mod passwords;
mod protocols;
mod robustness;
mod strictness;
mod terminal;
mod terminal_authentication;
mod work;
mod worked_examples;

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigUint;

use super::Behaviour;
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::rsa::RsaKey;
use crate::digest::DigestName;
use crate::personalisation::{AccessControl, ActiveKey, ChipKey, Personalisation, file};
use crate::symmetric::CipherName;
use crate::tlv;

pub(super) fn bytes(hexadecimal: &str) -> Vec<u8> {
    (0..hexadecimal.len() / 2)
        .map(|i| u8::from_str_radix(&hexadecimal[2 * i..2 * i + 2], 16).unwrap())
        .collect()
}

/// A small chip whose files need not mean anything; the person is `000195001234` of the project's facts.
pub(super) fn personalisation() -> Personalisation {
    let portrait: Vec<u8> = (0..3_000u32).map(|i| (i % 251) as u8).collect();
    let large: Vec<u8> = (0..40_000u32).map(|i| (i % 253) as u8).collect();
    let protocol =
        tlv::sequence(&[tlv::node(0x06, &bytes("04007F00070202030202")), tlv::node(0x02, &[1])]);
    let files = BTreeMap::from([
        (file::COM, bytes("60145F0104303130365F36063034303030305C026175")),
        (file::SOD, tlv::node(0x77, &[0x30; 300])),
        (file::DG1, tlv::node(0x61, &[0x3C; 93])),
        (file::DG2, tlv::node(0x75, &portrait)),
        (0x0105, tlv::node(0x65, &large)),
        (file::DG3, tlv::node(0x63, &[1, 2, 3])),
        (file::DG14, tlv::node(0x6E, &tlv::set(&[protocol]))),
    ]);
    Personalisation {
        files,
        card_access: Some(bytes("31143012060A04007F0007020204020202010202010D")),
        card_security: None,
        atr_info: None,
        mrz_information: "195001234795061583506156".to_owned(),
        can: "001234".to_owned(),
        pin: None,
        puk: None,
        access: AccessControl { bac: true, pace: vec![CurveName::BrainpoolP256r1.into()] },
        chip_authentication: vec![ChipKey {
            group: CurveName::BrainpoolP256r1.into(),
            private: BigUint::from(0x1234_5678_9ABC_DEF0u64),
            key_id: None,
            ciphers: vec![CipherName::Aes128],
        }],
        active_authentication: Some(ActiveKey::Rsa {
            key: RsaKey::test_active_authentication(),
            digest: DigestName::Sha256,
        }),
        protected: BTreeSet::from([file::DG3]),
        terminal_trust: None,
        behaviour: Behaviour::default(),
    }
}
