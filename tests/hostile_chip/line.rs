//! Somebody between reader and chip.

use super::*;

#[test]
fn keys_of_pace_that_are_none() {
    type Change = fn(&[u8]) -> Vec<u8>;
    let changes: [(&str, Change); 8] = [
        ("our own key back", <[u8]>::to_vec),
        ("the point at infinity", |_| vec![0]),
        ("no point at all", |_| vec![]),
        ("a point beside the curve", |key| {
            let mut key = key.to_vec();
            *key.last_mut().unwrap() ^= 1;
            key
        }),
        ("a coordinate short", |key| key[..33].to_vec()),
        ("a byte too many", |key| [key, &[0]].concat()),
        ("the origin", |key| [&[4], &vec![0; key.len() - 1][..]].concat()),
        ("coordinates of the field's size", |key| [&[4], &vec![0xFF; key.len() - 1][..]].concat()),
    ];
    for (name, change) in changes {
        for step in [0x81, 0x83] {
            let run = through(card(), can(), |_, command, answer| match pace_object(command) {
                Some((tag, key)) if tag == step => dynamic_data(u32::from(step) + 1, &change(&key)),
                _ => answer,
            });
            let error = run.error();
            assert_eq!(error.code(), "malformed.structure", "{name} at {step:02X}: {error:?}");
            assert!(error.to_string().starts_with("PACE"), "{error}");
            assert_eq!(run.ended(Check::Access), "malformed.structure");
        }
    }
}

#[test]
fn a_chip_that_does_not_know_the_password_cannot_confirm() {
    type Change = fn(Vec<u8>) -> Vec<u8>;
    let changes: [(Change, &str); 5] = [
        (|_| dynamic_data(0x86, &[0; 8]), "access_denied.wrong_key"),
        (|_| dynamic_data(0x86, &[0; 16]), "access_denied.wrong_key"),
        (|_| dynamic_data(0x86, &[]), "access_denied.wrong_key"),
        (|_| vec![0x90, 0x00], "malformed.structure"),
        (|_| dynamic_data(0x85, &[0; 8]), "malformed.structure"),
    ];
    for (change, code) in changes {
        let run = through(card(), can(), |_, command, answer| match pace_object(command) {
            Some((0x85, _)) => change(answer),
            _ => answer,
        });
        assert_eq!(run.error().code(), code);
    }
    // Our own token back.
    let run = through(card(), can(), |_, command, answer| match pace_object(command) {
        Some((0x85, token)) => dynamic_data(0x86, &token),
        _ => answer,
    });
    assert_eq!(run.error().code(), "access_denied.wrong_key");
}

#[test]
fn nonces_of_pace_that_are_none() {
    for (nonce, code) in [
        (&[][..], "malformed.structure"),
        (&[1; 15], "malformed.structure"),
        (&[1; 17], "malformed.structure"),
        (&[1; 16], "access_denied.wrong_key"),
        (&[1; 32], "access_denied.wrong_key"),
    ] {
        let run = through(card(), can(), |_, command, answer| {
            if command[..2] == [0x10, 0x86] && pace_object(command).is_none() {
                dynamic_data(0x80, nonce)
            } else {
                answer
            }
        });
        let kind = run.error().code();
        assert!(kind == code || kind == "card_refused.status", "{nonce:?}: {:?}", run.error());
    }
}

#[test]
fn answers_of_bac_that_are_none() {
    type Change = fn(Vec<u8>) -> Vec<u8>;
    let changes: [(Change, &str); 6] = [
        (
            |mut answer| {
                answer[0] ^= 1;
                answer
            },
            "access_denied.wrong_key",
        ),
        (
            |mut answer| {
                answer[39] ^= 1;
                answer
            },
            "access_denied.wrong_key",
        ),
        (|answer| [&answer[8..40], &[0x90, 0][..]].concat(), "access_denied.wrong_key"),
        (|_| vec![0x90, 0x00], "malformed.structure"),
        (|_| [vec![0; 40], vec![0x90, 0]].concat(), "access_denied.wrong_key"),
        (|answer| [&answer[..40], &[0; 8], &[0x90, 0]].concat(), "access_denied.wrong_key"),
    ];
    for (change, code) in changes {
        let run =
            through(
                bac_card(),
                mrz(),
                |_, command, answer| {
                    if command[1] == 0x82 { change(answer) } else { answer }
                },
            );
        assert_eq!(run.error().code(), code);
    }
    // Our own cryptogram back.
    let run = through(bac_card(), mrz(), |_, command, answer| {
        if command[1] == 0x82 { [&command[5..45], &[0x90, 0]].concat() } else { answer }
    });
    assert_eq!(run.error().code(), "access_denied.wrong_key");
}

/// Changes the `nth` protected answer of a read; the error must be that of a broken channel.
#[track_caller]
fn broken(nth: usize, code: &str, mut change: impl FnMut(&[Vec<u8>], Vec<u8>) -> Vec<u8>) {
    for (card, key) in [(plain_card(), mrz()), (offering(None, ActiveKind::None), can())] {
        let mut protected = Vec::new();
        let mut chip = Chip::new(card, 7);
        let options = InspectionOptions::new(key, seeded(1));
        let run = Desk::new().read_over(options, |command| {
            let answer = chip.process(command);
            if command[0] & 0x0C != 0x0C {
                return Ok(answer);
            }
            let changed = if protected.len() == nth {
                change(&protected, answer.clone())
            } else {
                answer.clone()
            };
            protected.push(answer);
            Ok(changed)
        });
        assert_eq!(run.error().code(), code, "{:?}", run.error());
        assert_eq!(run.ended(Check::SecureMessaging), code);
        // The keys are gone: nothing more was sent.
        assert_eq!(protected.len(), nth + 1);
    }
}

#[test]
fn answers_inside_the_channel_that_nobody_protected() {
    for nth in [0, 1, 3] {
        broken(nth, "channel_broken.unprotected", |_, _| vec![0x90, 0x00]);
        // Data in the clear.
        broken(nth, "channel_broken.structure", |_, _| {
            [tlv::node(0x61, &[0; 20]), vec![0x90, 0x00]].concat()
        });
        broken(nth, "channel_broken.structure", |_, _| vec![0; 300]);
    }
    // The chip gives up.
    for nth in [1, 3] {
        broken(nth, "channel_broken.session_lost", |_, _| vec![0x69, 0x87]);
        broken(nth, "channel_broken.session_lost", |_, _| vec![0x69, 0x88]);
    }
}

/// Chips that give up before the channel was used are opened once more, so a stranger can have that done too:
/// the document is the whole document, of the one chip that knows the key.
#[test]
fn a_channel_given_up_before_it_was_used() {
    let card = offering(None, ActiveKind::None);
    let first = 6;
    for status in [[0x69, 0x87], [0x69, 0x88]] {
        let run =
            through(
                card.clone(),
                can(),
                |exchange, _, answer| {
                    if exchange == first { status.to_vec() } else { answer }
                },
            );
        run.assert_same_groups(&card);
        // PACE has five commands. The second time is the last.
        let again = first + 1 + 5;
        let run = through(card.clone(), can(), |exchange, _, answer| {
            if [first, again].contains(&exchange) { status.to_vec() } else { answer }
        });
        assert_eq!(run.error().code(), "channel_broken.session_lost");
        assert_eq!(run.metrics.apdus, again + 1);
    }
}

#[test]
fn answers_inside_the_channel_that_were_altered() {
    for nth in [1, 2, 4] {
        // The answer of before, and the one of before that.
        broken(nth, "channel_broken.mac", |before, _| before[nth - 1].clone());
        broken(nth, "channel_broken.mac", |_, mut answer| {
            let at = answer.len() - 3;
            answer[at] ^= 0x80;
            answer
        });
        broken(nth, "channel_broken.mac", |_, mut answer| {
            answer[8] ^= 1;
            answer
        });
        // The protected status word says one thing, the outer one another.
        broken(nth, "channel_broken.status_word", |_, mut answer| {
            let at = answer.len() - 2;
            answer[at..].copy_from_slice(&[0x62, 0x82]);
            answer
        });
        // Without DO 8E, without DO 99, with an object more, in another order.
        broken(nth, "channel_broken.structure", |_, answer| {
            [&answer[..answer.len() - 12], &[0x90, 0]].concat()
        });
        broken(nth, "channel_broken.structure", |_, answer| {
            let end = answer.len() - 2;
            [&answer[..end - 14], &answer[end - 10..]].concat()
        });
        broken(nth, "channel_broken.structure", |_, answer| {
            let end = answer.len() - 2;
            [&answer[..end], &[0x99, 2, 0x90, 0], &answer[end..]].concat()
        });
        broken(nth, "channel_broken.structure", |_, answer| {
            let end = answer.len() - 2;
            let (before, codes) = answer[..end].split_at(end - 14);
            [&codes[4..], before, &codes[..4], &answer[end..]].concat()
        });
        // A MAC of another length.
        broken(nth, "channel_broken.mac", |_, answer| {
            let end = answer.len() - 2;
            [&answer[..end - 10], &[0x8E, 4], &answer[end - 8..end - 4], &answer[end..]].concat()
        });
        broken(nth, "channel_broken.mac", |_, answer| {
            let end = answer.len() - 2;
            [&answer[..end - 10], &[0x8E, 0], &answer[end..]].concat()
        });
    }
}

#[test]
fn swapped_answers() {
    // The third and the fourth answer change places: the third is kept back and the fourth comes first.
    let run = through(offering(None, ActiveKind::None), can(), {
        let mut kept = Vec::new();
        move |exchange, _, answer| match exchange {
            8 => std::mem::replace(&mut kept, answer),
            7 => {
                kept.clone_from(&answer);
                answer
            }
            _ => answer,
        }
    });
    assert_eq!(run.error().code(), "channel_broken.mac");
}

/// An unprotected error status can be forged by anybody. All that it may do is to end the read, or to
/// have the chip opened once more: then the document is the whole document, and the report tells.
#[test]
fn forged_status_words_inside_the_channel_never_help() {
    let card = offering(Some(CurveName::BrainpoolP256r1), ActiveKind::None);
    let exchanges = Desk::new().read(card.clone(), can()).metrics.apdus;
    let mut reopened = 0;
    for status in [0x6282_u16, 0x6300, 0x6700, 0x6982, 0x6A82, 0x6A86, 0x6B00, 0x6C10, 0x6D00] {
        for at in 6..exchanges {
            let run = through(card.clone(), can(), |exchange, _, answer| {
                if exchange == at { status.to_be_bytes().to_vec() } else { answer }
            });
            if run.outcome.is_ok() {
                run.assert_same_groups(&card);
                assert_eq!(run.deviations(), ["unprotected_error"], "{status:04X} at {at}");
                reopened += 1;
            }
        }
    }
    assert!(reopened > 0);
}

#[test]
fn a_fence_that_hides_pace() {
    // Somebody hides EF.CardAccess and refuses PACE, so that the weaker BAC is used.
    let hide = |_: usize, command: &[u8], answer: Vec<u8>| {
        let card_access = command[..3] == [0, 0xB0, 0x9C] || command[1..4] == [0xA4, 0x02, 0x0C];
        match command[1] {
            _ if card_access => vec![0x6A, 0x82],
            0x22 if command[2] == 0xC1 => vec![0x6A, 0x80],
            _ => answer,
        }
    };
    let run = through(card(), mrz(), hide);
    assert_eq!(run.error().code(), "policy_refused.downgrade");
    assert_eq!(run.report.access().unwrap().name(), "bac");
    assert_eq!(run.ended(Check::Downgrade), "policy_refused.downgrade");
    // The same by the chip itself.
    let mut fenced = card();
    fenced.card_access = None;
    fenced.access.pace.clear();
    refused(fenced, mrz(), "policy_refused.downgrade");
    // With a CAN there is nothing weaker to fall to.
    let run = through(card(), can(), hide);
    assert_eq!(run.error().code(), "invalid_key.wrong_kind");
}

#[test]
fn card_access_that_tells_another_story_than_dg14() {
    // A weaker protocol is added in front; the chip would even run what was announced before.
    let mut card = card();
    let mut access = card.card_access.clone().unwrap();
    let weaker = [0x30, 0x12, 6, 10, 4, 0, 0x7F, 0, 7, 2, 2, 4, 2, 1, 2, 1, 2, 2, 1, 13];
    access[1] += 20;
    access.splice(2..2, weaker);
    card.card_access = Some(access);
    let run = refused(card, can(), "not_authentic.card_access_differs");
    assert_eq!(run.ended(Check::Downgrade), "not_authentic.card_access_differs");

    // What DG14 says beyond EF.CardAccess is no contradiction: the chip's keys stand only there.
    let mut card = common::card();
    let access = card.card_access.as_mut().unwrap();
    let ta = 2 + 2 + usize::from(access[3]);
    access.drain(2..ta);
    access[1] -= u8::try_from(ta - 2).unwrap();
    Desk::new().read(card, can()).verified();
}

#[test]
fn card_access_that_is_none() {
    for (bytes, kind) in [
        (&[0x31, 0x02, 0x30, 0x00][..], "malformed"),
        // Protocols that nobody here knows, or none: no door for a CAN.
        (&[0x31, 0x05, 0x30, 0x03, 6, 1, 0], "invalid_key"),
        (&[0x30, 0x00], "malformed"),
        (&[0x31, 0x00], "invalid_key"),
    ] {
        let mut card = card();
        card.card_access = Some(bytes.to_vec());
        let run = Desk::new().read(card, can());
        assert_eq!(run.error().kind(), kind, "{bytes:02X?}: {:?}", run.error());
    }
}

/// A chip that asks for what the standard does not have.
#[test]
fn announced_protocols_that_cannot_be_run_are_named() {
    for (mapping, version, parameter, words) in [
        // DH on a curve, ECDH modulo a prime, integrated mapping on the curve that it cannot map to
        (1, 2, 13, "PACE whose domain parameters are of another kind"),
        (2, 2, 0, "PACE whose domain parameters are of another kind"),
        (4, 2, 10, "PACE-IM on secp224r1"),
        (2, 2, 99, "PACE without known domain parameters"),
        (2, 1, 13, "PACE of another version than 2"),
    ] {
        let mut card = card();
        let oid = [4, 0, 0x7F, 0, 7, 2, 2, 4, mapping, 2];
        let info = [&[0x30, 0x12, 6, 10][..], &oid, &[2, 1, version, 2, 1, parameter]].concat();
        card.card_access = Some(tlv::node(0x31, &info));
        let run = refused(card, can(), "unsupported.protocol");
        assert!(run.error().to_string().contains(words), "{}", run.error());
    }
}

#[test]
fn a_device_that_cannot_carry_the_proof_is_not_taken_for_a_copy() {
    // An RSA signature does not fit into a short answer, and this chip knows no GET RESPONSE.
    let desk = Desk::new().limits(Limits::SHORT);
    let only_active = personalise(&CardOptions { chip_authentication: Vec::new(), ..options() });
    let run = desk.read(only_active, can());
    assert_eq!(run.error().code(), "reader.too_long");
    // Where Chip Authentication has proven the chip, the read goes on and says what is missing …
    // (the chip still notes that there was no room for its signature) …
    let run = desk.read(card(), can());
    assert!(run.outcome.is_ok(), "{:?}", run.outcome);
    assert_eq!(run.violations.len(), 1);
    let outcome = run.report.outcome(Check::ActiveAuthentication);
    assert!(matches!(outcome, Outcome::NotPerformed { code: "device_too_short", .. }));
    // … unless the policy wants just that.
    let run = desk.policy(Policy::bank()).read(card(), can());
    assert_eq!(run.error().code(), "not_genuine.no_proof");
}

#[test]
fn a_verified_document_has_no_other_maker() {
    fn assert_not_default<T>() {}
    assert_not_default::<VerifiedDocument>();
    // Groups that exist in no document.
    assert!(DataGroup::new(0).is_none() && DataGroup::new(17).is_none());
    assert!(date("2026-11-21") < date("2026-11-22"));
}
