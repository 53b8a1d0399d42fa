//! The canary at the other doors: PIN, PUK, the mapping that proves the chip, Terminal Authentication.

use super::*;

/// The holder's secrets, in no other test's card.
const PIN: &str = "917263";
const PUK: &str = "9172638450";

fn with_secrets(options: CardOptions) -> Personalisation {
    let (pin, puk) = (Some(PIN.to_owned()), Some(PUK.to_owned()));
    issuer().personalise(&canary(), &CardOptions { pin, puk, ..options })
}

/// PIN and PUK, and what they yield.
fn secret_canaries() -> Vec<Canary> {
    let mut canaries = vec![text_canary("PIN", PIN), text_canary("PUK", PUK)];
    for (name, password) in [("K_pi of the PIN", PIN), ("K_pi of the PUK", PUK)] {
        let bytes = derive_key(CipherName::Aes128, password.as_bytes(), KeyUse::Password);
        canaries.push(Canary { name, bytes });
    }
    canaries
}

fn secret_keys() -> [AccessKey; 2] {
    [AccessKey::from_pin(PIN).unwrap(), AccessKey::from_puk(PUK).unwrap()]
}

#[test]
fn pin_and_puk_are_printed_neither_in_good_reads_nor_in_bad_ones() {
    let card = with_secrets(options());
    let mut printed = Printed::default();
    for key in secret_keys() {
        printed.debug(&key);
        let mut chip = Chip::new(card.clone(), 7);
        for random in [&NONCE[..], &MAPPING.to_be_bytes(), &AGREEMENT.to_be_bytes()] {
            chip.give_random(random);
        }
        let options = InspectionOptions::new(key, seeded(1));
        printed.read(&Desk::new(), options, |command| Ok(chip.process(command)));
        assert!(printed.0.contains("VerifiedDocument"), "the read failed");
        let mut canaries = secret_canaries();
        canaries.extend(keys_of_pace(chip.trace()));
        printed.assert_silent(&canaries);
    }
    // Wrong on this card, until it blocks them; a card without either; digits that cannot be right.
    let (pin, puk) = (Some("000000".to_owned()), Some("0000000000".to_owned()));
    let other = CardOptions { pin, puk, ..options() };
    let mut chip = Chip::new(issuer().personalise(&canary(), &other), 7);
    let strict = Desk::new().policy(Policy::standard().refuse_last_attempt());
    for desk in [&Desk::new(), &strict] {
        for (seed, key) in (0..10).flat_map(|seed| secret_keys().map(|key| (seed, key))) {
            chip.reset();
            let options = InspectionOptions::new(key, seeded(100 + seed));
            printed.read(desk, options, |command| Ok(chip.process(command)));
        }
    }
    for text in ["attempts are left", "it is blocked now", "Suspended"] {
        assert!(printed.0.contains(text), "{text} did not happen");
    }
    for cut in 0..PUK.len() {
        for text in [&PUK[..cut], &PUK[cut..], &format!("{PUK}{PIN}"), &format!("{PIN}x")] {
            printed.result(&AccessKey::from_pin(text));
            printed.result(&AccessKey::from_puk(text));
        }
    }
    let mut canaries = holder(&canary(), &card);
    canaries.extend(secret_canaries());
    printed.assert_silent(&canaries);
}

fn with_mapping() -> Personalisation {
    let option = PaceOption::new(
        Mapping::ChipAuthentication,
        CurveName::BrainpoolP256r1,
        CipherName::Aes128,
    );
    with_secrets(CardOptions {
        pace: vec![option],
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    })
}

/// CA_IC = SK_Map,IC / SK_IC, the chip's key, and the signed file, which names the card for ever.
fn mapping_canaries(card: &Personalisation) -> Vec<Canary> {
    let key = &card.chip_authentication[0];
    let order = key.group.order();
    let quotient = key.private.modpow(&(order.clone() - 2u8), &order) * MAPPING % &order;
    let point = key.group.encode(&key.public());
    let file = card.card_security.as_ref().unwrap();
    let middle = file.len() / 2;
    vec![
        Canary { name: "CA_IC", bytes: quotient.to_bytes_be() },
        Canary { name: "SK_Map,IC", bytes: MAPPING.to_be_bytes().to_vec() },
        Canary { name: "SK_IC", bytes: key.private.to_bytes_be() },
        Canary { name: "PK_IC", bytes: point[1..33].to_vec() },
        Canary { name: "EF.CardSecurity", bytes: file[middle..middle + 12].to_vec() },
        Canary { name: "signature of EF.CardSecurity", bytes: file[file.len() - 16..].to_vec() },
    ]
}

#[test]
fn the_mapping_of_the_chip_is_not_printed() {
    let card = with_mapping();
    let mut printed = Printed::default();
    let mut canaries = holder(&canary(), &card);
    canaries.extend(mapping_canaries(&card));
    let stranger = Issuer::new(IssuerOptions { seed: 5, ..IssuerOptions::default() });
    let mut cards = vec![card.clone(), card.clone_without_private_keys()];
    for forgery in [
        PaceForgery::NoChipAuthenticationData,
        PaceForgery::RandomChipAuthenticationData,
        PaceForgery::ChipAuthenticationDataOfAnotherKey,
        PaceForgery::MappingKeyEchoed,
        PaceForgery::WrongToken,
    ] {
        let mut forged = card.clone();
        forged.behaviour.pace_forgery = Some(forgery);
        cards.push(forged);
    }
    for file in [
        None,
        Some(stranger.sign_security_infos(card.card_access.as_ref().unwrap())),
        Some(issuer().sign_security_infos(card.card_access.as_ref().unwrap())),
        card.card_security.as_ref().map(|file| file[..file.len() / 2].to_vec()),
        card.card_security.as_ref().map(|file| {
            let mut file = file.clone();
            file[60] ^= 1;
            file
        }),
    ] {
        cards.push(Personalisation { card_security: file, ..card.clone() });
    }
    for card in cards {
        let mut chip = Chip::new(card, 7);
        for random in [&NONCE[..], &MAPPING.to_be_bytes(), &AGREEMENT.to_be_bytes()] {
            chip.give_random(random);
        }
        let options = InspectionOptions::new(can_key(), seeded(1));
        printed.read(&Desk::new(), options, |command| Ok(chip.process(command)));
        // Only a run that came to the third step has keys.
        if chip.session_established() {
            canaries.extend(keys_of_pace(chip.trace()));
        }
    }
    for text in ["VerifiedDocument", "NoMappingKey", "ChipAuthenticationMapping", "UnknownIssuer"] {
        assert!(printed.0.contains(text), "{text} did not happen");
    }
    let file = card.card_security.as_ref().unwrap();
    let today = common::date(common::TODAY);
    for cut in (0..=file.len()).rev().step_by(7) {
        printed.result(&passive::examine_card_security(&file[..cut], &trusting(issuer()), today));
    }
    printed.assert_silent(&canaries);
}

/// Terminal Authentication signs the document number, the chip's challenge and our key; the signature says
/// that this terminal met this card.
#[test]
fn terminal_authentication_prints_neither_its_message_nor_its_signature() {
    let mut printed = Printed::default();
    for pace in [true, false] {
        let pace: Vec<_> = pace.then(|| CurveName::BrainpoolP256r1.into()).into_iter().collect();
        let card = with_secrets(common::protected(CardOptions { pace, ..options() }));
        let mut refusing = card.clone();
        refusing.terminal_trust.as_mut().unwrap().current_date =
            cccd_simulator::cv_certificate::Date::new(2040, 1, 1);
        let mut cut = card.clone();
        cut.terminal_trust.as_mut().unwrap().trust_points[0].reference = b"VNOTHER00001".to_vec();
        let mut canaries = holder(&canary(), &card);
        for (name, file) in [("DG3", file::DG3), ("DG4", file::DG4)] {
            let bytes = &card.files[&file];
            let middle = bytes.len() / 2;
            canaries.push(Canary { name, bytes: bytes[middle..middle + 12].to_vec() });
        }
        for card in [card, refusing, cut] {
            let mut chip = Chip::new(card, 7);
            let options =
                InspectionOptions::new(mrz_key(), seeded(1)).terminal(TestTerminal::new());
            printed.read(&Desk::new(), options, |command| Ok(chip.process(command)));
            for exchange in chip.trace() {
                let (Some(command), Some(answer)) =
                    (&exchange.plain_command, &exchange.plain_response)
                else {
                    continue;
                };
                match command[1] {
                    0x84 => {
                        let bytes = answer[..8].to_vec();
                        canaries.push(Canary { name: "challenge of the chip", bytes });
                    }
                    0x82 => {
                        let bytes = command[5..21].to_vec();
                        canaries.push(Canary { name: "signature of the terminal", bytes });
                    }
                    _ => {}
                }
            }
        }
        assert_eq!(canaries.iter().filter(|it| it.name == "signature of the terminal").count(), 1);
        printed.assert_silent(&canaries);
    }
    for text in ["TerminalAuthentication: Passed", "NotAuthorised"] {
        assert!(printed.0.contains(text), "{text} did not happen");
    }
}
