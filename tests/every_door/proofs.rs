//! The chip's own proofs: every key, cipher, digest and notation.

use cccd::{document::ChipProof, findings::Check};
use cccd_simulator::{
    ActiveKind, CardOptions, ChipAuthenticationOption, CipherName, CurveName, DigestName,
    Personalisation,
    personalisation::{CurveParameters, file},
};

use crate::common::{Desk, can, issuer, mrz, options, personalise};

/// The access protocol, the key of Chip Authentication and that of Active Authentication are
/// independent; so every pair of neighbours is read, not every triple.
#[test]
fn chip_authentication_on_every_curve_after_pace_and_bac() {
    for curve in CurveName::ALL {
        for (pace, key) in [(Some(CurveName::BrainpoolP256r1), can()), (None, mrz())] {
            for key_id in [None, Some(1), Some(0x0102)] {
                if key_id.is_some() && curve != CurveName::BrainpoolP256r1 {
                    continue;
                }
                let card = personalise(&CardOptions {
                    pace: pace.into_iter().map(Into::into).collect(),
                    chip_authentication: vec![ChipAuthenticationOption { key_id, ..curve.into() }],
                    active_authentication: ActiveKind::None,
                    ..options()
                });
                let run = Desk::new().read(card.clone(), key.clone());
                let document = run.verified();
                run.assert_standard_checks();
                assert_eq!(run.ended(Check::ChipAuthentication), "passed");
                assert_eq!(run.ended(Check::ActiveAuthentication), "not_offered");
                let [ChipProof::ChipAuthentication(proof)] = document.chip_proofs() else {
                    panic!("{:?}", document.chip_proofs());
                };
                assert!(proof.description().contains(curve.name()), "{}", proof.description());
                assert!(proof.description().contains("AES-128"), "{}", proof.description());
            }
        }
    }
}

/// DG14 with a key and another protocol than the simulator writes by itself, signed again.
fn with_chip_authentication(pace: Option<CurveName>, cipher: Option<u8>) -> Personalisation {
    const AES_128: [u8; 15] = [0x30, 0x0F, 0x06, 0x0A, 0x04, 0, 0x7F, 0, 7, 2, 2, 3, 2, 2, 2];
    let mut card = personalise(&CardOptions {
        pace: pace.into_iter().map(Into::into).collect(),
        active_authentication: ActiveKind::None,
        ..options()
    });
    card.chip_authentication[0].ciphers = CipherName::ALL.to_vec();
    let dg14 = card.files.get_mut(&file::DG14).unwrap();
    let at = dg14.windows(AES_128.len()).position(|window| window == AES_128).unwrap();
    // The last byte of the object identifier says the cipher; an unknown object takes its place
    // where no protocol shall be announced.
    match cipher {
        Some(cipher) => dg14[at + 13] = cipher,
        None => dg14[at + 4..at + 14].copy_from_slice(&[0x2B, 6, 1, 4, 1, 0x82, 0x37, 99, 1, 1]),
    }
    if pace.is_some() {
        // EF.CardAccess says the same.
        let access = card.card_access.as_mut().unwrap();
        let at = access.windows(AES_128.len()).position(|window| window == AES_128).unwrap();
        match cipher {
            Some(cipher) => access[at + 13] = cipher,
            None => {
                access[at + 4..at + 14].copy_from_slice(&[0x2B, 6, 1, 4, 1, 0x82, 0x37, 99, 1, 1]);
            }
        }
    }
    issuer().sign_again(&mut card);
    card
}

#[test]
fn chip_authentication_with_every_cipher_and_with_none_announced() {
    for (cipher, name, deviations) in [
        (Some(1), "3DES", &[][..]),
        (Some(2), "AES-128", &[]),
        (Some(3), "AES-192", &[]),
        (Some(4), "AES-256", &[]),
        (None, "3DES", &["chip_authentication_inferred"]),
    ] {
        for (pace, key) in [(Some(CurveName::BrainpoolP256r1), can()), (None, mrz())] {
            let card = with_chip_authentication(pace, cipher);
            let run = Desk::new().read(card.clone(), key);
            let document = run.verified();
            run.assert_standard_checks();
            assert_eq!(run.deviations(), deviations);
            let [ChipProof::ChipAuthentication(proof)] = document.chip_proofs() else {
                panic!("{:?}", document.chip_proofs());
            };
            assert!(proof.description().contains(name), "{}", proof.description());
            run.assert_same_groups(&card);
        }
    }
}

#[test]
fn active_authentication_with_rsa_and_every_digest() {
    for digest in DigestName::ALL {
        for chip_authentication in [None, Some(CurveName::BrainpoolP256r1)] {
            let mut card = personalise(&CardOptions {
                chip_authentication: chip_authentication.into_iter().map(Into::into).collect(),
                active_authentication: ActiveKind::Rsa2048(digest),
                ..options()
            });
            for smaller in [false, true] {
                card.behaviour.rsa_smaller_signature = smaller;
                let run = Desk::new().read(card.clone(), can());
                let document = run.verified();
                run.assert_standard_checks();
                assert_eq!(run.ended(Check::ActiveAuthentication), "passed");
                let offered = chip_authentication.map_or("not_offered", |_| "passed");
                assert_eq!(run.ended(Check::ChipAuthentication), offered);
                let Some(ChipProof::ActiveAuthentication { signed, fresh: true }) =
                    document.chip_proofs().last()
                else {
                    panic!("{:?}", document.chip_proofs());
                };
                let words = signed.description().to_uppercase().replace('-', "");
                let digest = digest.name().to_uppercase().replace('-', "");
                assert!(words.contains(&digest), "{words} for {digest}");
            }
        }
    }
}

#[test]
fn active_authentication_with_ecdsa_on_every_curve() {
    for curve in CurveName::ALL {
        for der in [false, true] {
            let mut card = personalise(&CardOptions {
                chip_authentication: Vec::new(),
                active_authentication: ActiveKind::Ecdsa(curve),
                ..options()
            });
            card.behaviour.ecdsa_signature_der = der;
            let run = Desk::new().read(card, can());
            assert_eq!(run.ended(Check::ActiveAuthentication), "passed", "{} {der}", curve.name());
            run.verified();
            run.assert_standard_checks();
            assert_eq!(run.ended(Check::ChipAuthentication), "not_offered");
        }
    }
}

#[test]
fn keys_of_the_chip_in_every_notation() {
    for (parameters, ca) in [
        (CurveParameters::Named, CurveName::BrainpoolP256r1),
        (CurveParameters::Explicit, CurveName::BrainpoolP256r1),
        (CurveParameters::Standardised, CurveName::BrainpoolP256r1),
        (CurveParameters::Explicit, CurveName::Secp256r1),
        (CurveParameters::Standardised, CurveName::Secp521r1),
    ] {
        let card = personalise(&CardOptions {
            chip_authentication: vec![ca.into()],
            active_authentication: ActiveKind::Ecdsa(ca),
            curve_parameters: parameters,
            ..options()
        });
        let run = Desk::new().read(card, can());
        assert_eq!(run.verified().chip_proofs().len(), 2, "{parameters:?}");
    }
}
