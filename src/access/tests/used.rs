//! What is told of the door that opened.

use super::{
    super::{AccessUsed, Password},
    *,
};
use crate::lds::{KeyAgreement, Mapping, SessionCipher};

#[test]
fn the_door_is_told_in_every_particular() {
    let mrz = AccessKey::from(MrzKey::from_fields("L898902C", "690806", "940623").unwrap());
    let pin = AccessKey::from_pin("000123").unwrap();
    let puk = AccessKey::from_puk("0001234567").unwrap();
    for (key, password, name) in [
        (mrz, Password::Mrz, "pace-mrz"),
        (can(), Password::Can, "pace-can"),
        (pin, Password::Pin, "pace-pin"),
        (puk, Password::Puk, "pace-puk"),
    ] {
        for (entry, agreement, mapping, cipher, group, details) in [
            (
                info(ECDH_CAM, AES_256, 13),
                KeyAgreement::Ecdh,
                Mapping::ChipAuthentication,
                SessionCipher::Aes256,
                "brainpoolP256r1",
                "ECDH-CAM, AES-256, brainpoolP256r1",
            ),
            (
                info(DH_IM, TRIPLE_DES, 1),
                KeyAgreement::Dh,
                Mapping::Integrated,
                SessionCipher::TripleDes,
                "MODP 2048/224",
                "DH-IM, 3DES, MODP 2048/224",
            ),
        ] {
            let offer = offers(&infos(&[entry]), false).unwrap().remove(0);
            let used = AccessUsed::pace(&offer, &key, 2);
            assert_eq!((used.name(), used.password()), (name, password));
            assert_eq!(used.details(), details);
            assert_eq!((used.mapping(), used.agreement()), (Some(mapping), Some(agreement)));
            assert_eq!((used.group(), used.cipher()), (Some(group), cipher));
            assert_eq!((used.offers_refused(), used.after_pace_failure()), (2, false));
            assert!(!used.is_bac());
        }
    }
    for after in [false, true] {
        let used = AccessUsed::bac(after);
        assert_eq!((used.name(), used.password()), ("bac", Password::Mrz));
        assert_eq!((used.details(), used.is_bac()), ("3DES, SHA-1", true));
        assert_eq!((used.mapping(), used.agreement(), used.group()), (None, None, None));
        assert_eq!(used.cipher(), SessionCipher::TripleDes);
        assert_eq!((used.offers_refused(), used.after_pace_failure()), (0, after));
    }
}

#[test]
fn passwords_have_names_and_numbers_and_some_can_be_suspended() {
    for (password, name, number, suspended) in [
        (Password::Mrz, "mrz", 1, false),
        (Password::Can, "can", 2, false),
        (Password::Pin, "pin", 3, true),
        (Password::Puk, "puk", 4, true),
    ] {
        assert_eq!((password.name(), password as u8), (name, number));
        assert_eq!(password.can_be_suspended(), suspended);
    }
}

/// It names the terminal to the chip in Terminal Authentication after BAC.
#[test]
fn only_an_mrz_has_a_document_number() {
    let mrz = AccessKey::from(MrzKey::from_fields("L898902C", "690806", "940623").unwrap());
    assert_eq!(mrz.document_number(), b"L898902C<3");
    assert!(can().document_number().is_empty());
}

#[test]
fn a_long_key_needs_a_device_that_carries_it_to_the_byte() {
    let of = |max_command, max_response| Limits { max_command, max_response };
    let long = offers(&infos(&[info(DH_GM, AES_128, 2)]), false).unwrap().remove(0);
    // 256 bytes, two headers of four bytes around them, nine of the command.
    for (limits, fits) in [
        (Limits::SHORT, false),
        (of(273, 65_538), true),
        (of(272, 65_538), false),
        (of(1000, 258), false),
    ] {
        assert_eq!(long.fits(limits), fits, "{limits:?}");
    }
    let curve = offers(&infos(&[info(ECDH_GM, AES_128, 18)]), false).unwrap().remove(0);
    assert!(curve.fits(Limits::SHORT));
}
