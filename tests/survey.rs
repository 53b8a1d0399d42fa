//! `inspection::survey`: the facts of known cards, and not a byte of their holders; from dying and hostile
//! cards whatever was seen; never more than one try of a key.

mod common;
#[path = "leaks/holder.rs"]
mod holder;
#[path = "leaks/searcher.rs"]
mod searcher;

use cccd::{
    Error,
    access::AccessKey,
    apdu::StatusWord,
    inspection::{
        BlockSize, FileOutcome, KeySource, Part, Question, Sent, Size, Survey, SurveyOptions,
        answers, survey,
    },
    transport::Limits,
};
use cccd_simulator::{
    ActiveKind, CardOptions, Chip, CipherName, CurveName, ErrorProtection, Exchange, Fault, Link,
    Mapping, PaceOption, Personalisation, WrongPassword, personalisation::file, tlv,
};
use common::{bac_card, can, card, issuer, mrz, options, personalise, protected, seeded};
use holder::{canary, holder};
use searcher::{Canary, found};

fn look_over(
    key: Option<AccessKey>,
    mut transmit: impl FnMut(&[u8]) -> Result<Vec<u8>, Error>,
) -> Survey {
    let options = SurveyOptions::new(key, seeded(1)).unwrap();
    survey(options, Limits::EXTENDED, &mut |sent: Sent<'_>| transmit(sent.bytes))
}

/// Looks at a chip with these contents; what it answered is in the trace.
fn look(card: Personalisation, key: Option<AccessKey>) -> (Survey, Vec<Exchange>) {
    let mut chip = Chip::new(card, 7);
    let seen = look_over(key, |command| Ok(chip.process(command)));
    (seen, chip.trace().to_vec())
}

fn cam_card() -> Personalisation {
    let cam = PaceOption::new(
        Mapping::ChipAuthentication,
        CurveName::BrainpoolP256r1,
        CipherName::Aes128,
    );
    personalise(&CardOptions { pace: vec![cam], ..options() })
}

fn answer(seen: &Survey, question: Question) -> String {
    let found = answers(seen).into_iter().find(|(it, _)| *it == question);
    found.unwrap().1.unwrap_or_default()
}

fn status(seen: &Survey, part: Part, name: &str) -> u16 {
    let found = seen.probes.iter().find(|probe| probe.part == part && probe.name == name);
    found.unwrap_or_else(|| panic!("{name} was not sent")).status.0
}

fn outcome(seen: &Survey, name: &str) -> FileOutcome {
    let found: Vec<_> = seen.files.iter().filter(|file| file.name == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0].outcome
}

// ---- known cards --------------------------------------------------------------------------------

#[test]
fn the_known_card_gives_its_exact_facts() {
    let (seen, _) = look(card(), Some(can()));
    assert_eq!(seen.stopped, None);
    let names = |infos: &cccd::inspection::SecurityInfoFacts| {
        assert!(infos.complete);
        let words =
            |it: &cccd::inspection::InfoFacts| (it.name.clone().unwrap(), it.detail.clone());
        infos.infos.iter().map(words).collect::<Vec<_>>()
    };
    let curve = Some("brainpoolP256r1".to_owned());
    let announced = vec![
        ("TA".to_owned(), None),
        ("CA-ECDH-AES-CBC-CMAC-128".to_owned(), None),
        ("PACE-ECDH-GM-AES-CBC-CMAC-128".to_owned(), curve.clone()),
    ];
    assert_eq!(names(seen.card_access.as_ref().unwrap()), announced);
    assert_eq!(seen.card_access_as_assumed, Some(true));
    let signed = [&announced[..], &[("CAPublicKeyInfo".to_owned(), curve)]].concat();
    assert_eq!(names(seen.dg14.as_ref().unwrap()), signed);

    let doors: Vec<_> = seen.doors.iter().map(|it| (it.name, it.key, it.outcome.is_ok())).collect();
    assert_eq!(
        doors,
        [
            ("pace-can", KeySource::Given, true),
            ("pace-mrz", KeySource::ReadFromCard, true),
            ("bac", KeySource::ReadFromCard, true),
        ]
    );
    let com = seen.com.as_ref().unwrap();
    assert_eq!((com.lds_version.as_str(), com.agrees_with_sod), ("0107", Some(true)));
    let sod = seen.sod.as_ref().unwrap();
    assert_eq!(sod.groups, [1, 2, 3, 13, 14, 15]);
    assert_eq!(sod.digest_algorithm.as_deref(), Some("SHA-256"));
    assert_eq!(sod.signature.scheme.as_deref(), Some("ECDSA with SHA-384"));
    assert_eq!(sod.signature.correct, Some(true));
    let signer = sod.signature.signer.as_ref().unwrap();
    assert_eq!(signer.key.as_deref(), Some("EC secp384r1"));
    assert_eq!(signer.key_usage, ["digitalSignature"]);
    assert_eq!(signer.document_types, ["ID"]);
    assert_eq!(signer.not_after, "2036-06-01");

    for (name, size) in [
        ("EF.CardAccess", Size::Exactly(54)),
        ("EF.COM", Size::Exactly(26)),
        ("DG1", Size::UpTo(128)),
        ("DG13", Size::UpTo(512)),
    ] {
        let file = seen.files.iter().find(|file| file.name == name).unwrap();
        assert_eq!((file.outcome, file.size), (FileOutcome::Read, Some(size)), "{name}");
    }
    let matching = seen.files.iter().filter(|file| file.digest_matches == Some(true)).count();
    assert_eq!(matching, 5);
    assert_eq!(outcome(&seen, "DG3"), FileOutcome::Refused(StatusWord(0x6982)));
    assert_eq!(outcome(&seen, "DG11"), FileOutcome::Absent);

    let mrz = seen.mrz.as_ref().unwrap();
    assert_eq!((mrz.document_number.as_str(), mrz.optional_data_1.as_str()), ("d9", "d12 <2 d1"));
    let dg13 = seen.dg13.as_ref().unwrap();
    let numbers: Vec<_> = dg13.fields.iter().map(|field| field.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16]);
    assert_eq!(dg13.encoding.as_deref(), Some("1.0.10646.1.0.8"));
    assert_eq!(seen.faces[0].pixels, Some((240, 320)));
    let proven = |proof: &Option<cccd::inspection::ProofFacts>| proof.clone().unwrap().outcome;
    assert_eq!(proven(&seen.chip_authentication), Ok("ECDH brainpoolP256r1, AES-128".to_owned()));
    assert_eq!(proven(&seen.active_authentication), Ok("RSA 2048, SHA-256".to_owned()));

    assert_eq!(
        seen.block_sizes.last(),
        Some(&BlockSize { asked: 4096, got: 2048, status: StatusWord::SUCCESS })
    );
    assert_eq!(status(&seen, Part::MasterFile, "select_mf_3f00"), 0x6D00);
    assert_eq!(status(&seen, Part::MasterFile, "sfi_1c"), 0x9000);
    assert_eq!(status(&seen, Part::Closed, "sfi_01"), 0x6982);
    assert_eq!(status(&seen, Part::Habits, "com_at_end"), 0x6B00);
    assert_eq!(status(&seen, Part::Habits, "sfi_1f"), 0x6A86);
}

#[test]
fn the_open_questions_are_answered_by_the_known_card() {
    let (seen, _) = look(card(), Some(can()));
    let open: Vec<_> = answers(&seen).into_iter().filter(|(_, it)| it.is_none()).collect();
    // To know what a card does after a wrong key costs a try.
    assert_eq!(open, [(Question::WrongKey, None)]);
    for (question, expected) in [
        (Question::ActiveAuthenticationKey, "RSA 2048, SHA-256; the chip proved it"),
        (Question::SignedAnnouncement, "DG14 repeats every PACEInfo"),
        (Question::EntrySixteen, "hex:16"),
        (Question::Unknown, "none found"),
        (Question::BacBeside, "yes: 3DES, SHA-1"),
        (Question::CanIsEndOfNumber, "yes"),
        (Question::NumberIsEnd, "yes; own check digit: yes"),
        (Question::Lengths, "2048 bytes in one answer; asked for 4096: 2048 and 9000"),
        (Question::Fingerprints, "closed, 6982; EF.CVCA names nobody"),
    ] {
        assert_eq!(answer(&seen, question), expected);
    }
}

#[test]
fn other_doors_and_keys_are_told_apart() {
    let (seen, _) = look(bac_card(), Some(mrz()));
    assert_eq!(seen.card_access, None);
    let doors: Vec<_> = seen.doors.iter().map(|it| (it.name, it.outcome.is_ok())).collect();
    // PACE is assumed, refused, and BAC opens.
    assert_eq!(doors, [("pace-mrz", false), ("bac", true)]);

    let (seen, _) = look(cam_card(), Some(mrz()));
    assert_eq!(seen.doors[0].outcome.as_deref(), Ok("ECDH-CAM, AES-128, brainpoolP256r1"));
    let signature = seen.card_security_signature.as_ref().unwrap();
    assert_eq!(signature.correct, Some(true));
    assert!(seen.card_security.as_ref().unwrap().infos.len() >= 2);

    let ecdsa = ActiveKind::Ecdsa(CurveName::BrainpoolP256r1);
    let mut der = personalise(&CardOptions { active_authentication: ecdsa, ..options() });
    der.behaviour.ecdsa_signature_der = true;
    let (seen, _) = look(der, Some(can()));
    assert_eq!(seen.active_authentication.unwrap().der, Some(true));

    let (seen, _) = look(personalise(&protected(options())), Some(can()));
    assert_eq!(outcome(&seen, "DG4"), FileOutcome::Refused(StatusWord(0x6982)));
    assert_eq!(seen.terminal_authorities.len(), 1);
    assert!(answer(&seen, Question::Fingerprints).starts_with("closed, 6982; EF.CVCA names VN"));
}

#[test]
fn without_a_key_the_outside_is_reported() {
    let (seen, trace) = look(card(), None);
    assert_eq!((seen.stopped.as_ref(), seen.doors.len(), seen.files.len()), (None, 0, 1));
    assert_eq!(seen.passwords.iter().map(|it| it.status.0).collect::<Vec<_>>(), [0x9000, 0x9000]);
    assert_eq!(status(&seen, Part::Closed, "sfi_1e"), 0x6982);
    assert!(trace.iter().all(|exchange| !matches!(exchange.command[1], 0x82 | 0x86 | 0x88)));
}

#[test]
fn a_chip_that_forgets_its_keys_with_every_error_is_opened_again() {
    for protection in [
        ErrorProtection::PlainEndsSession,
        ErrorProtection::PlainCounted,
        ErrorProtection::PlainUncounted,
    ] {
        let mut forgetful = card();
        forgetful.behaviour.error_protection = protection;
        let (seen, _) = look(forgetful, Some(can()));
        assert_eq!(seen.stopped, None, "{protection:?} {} {:?}", seen.reopenings, seen.doors);
        assert!(seen.unprotected_errors > 0, "{protection:?}");
        for group in ["DG1", "DG2", "DG13", "DG14", "DG15"] {
            assert_eq!(outcome(&seen, group), FileOutcome::Read, "{group} {protection:?}");
        }
        // Two refusals in a row without protection look like a session that is gone on any of them.
        assert!((1..24).contains(&seen.reopenings), "{protection:?}: {}", seen.reopenings);
    }
}

#[test]
fn a_copy_is_described_as_such() {
    let (seen, _) = look(card().clone_without_private_keys(), Some(can()));
    assert!(seen.active_authentication.unwrap().outcome.is_err());
    assert!(seen.chip_authentication.unwrap().outcome.is_err());
    assert_eq!(seen.sod.unwrap().signature.correct, Some(true));
}

// ---- nothing that counts or changes -------------------------------------------------------------

#[test]
fn a_wrong_key_is_tried_once() {
    let wrong_can = AccessKey::from_can("999999").unwrap();
    let zone = cccd_simulator::Person {
        id_number: "000195009999".to_owned(),
        ..cccd_simulator::Person::sample()
    };
    let wrong_mrz = AccessKey::from_mrz(&zone.mrz().join("\n")).unwrap();
    for (card, key) in [
        (card(), wrong_can),
        (card(), wrong_mrz.clone()),
        (cam_card(), wrong_mrz.clone()),
        (bac_card(), wrong_mrz),
    ] {
        let mut card = card;
        card.behaviour.answer_to_wrong_password = WrongPassword::Counter { tries: 3 };
        let (seen, trace) = look(card, Some(key));
        let tries = trace.iter().filter(|it| {
            let [cla, ins, ..] = it.command[..] else { return false };
            (cla, ins) == (0x00, 0x86) || ins == 0x82
        });
        assert_eq!(tries.count(), 1);
        assert_eq!(
            answer(&seen, Question::WrongKey).split(": ").nth(1),
            Some("it counts, 2 tries left")
        );
    }
    for key in [AccessKey::from_pin("123456"), AccessKey::from_puk("1234567890")] {
        assert!(SurveyOptions::new(Some(key.unwrap()), seeded(1)).is_err());
    }
}

#[test]
fn no_command_writes_or_names_a_pin() {
    // SELECT, READ BINARY, MSE, GENERAL, INTERNAL and EXTERNAL AUTHENTICATE, GET CHALLENGE, GET RESPONSE.
    const READING: [u8; 9] = [0xA4, 0xB0, 0xB1, 0x22, 0x86, 0x88, 0x82, 0x84, 0xC0];
    for (card, key) in [(card(), can()), (cam_card(), mrz()), (bac_card(), mrz())] {
        let (_, trace) = look(card, Some(key));
        for exchange in trace {
            let command = exchange.plain_command.as_ref().unwrap_or(&exchange.command);
            assert!(READING.contains(&command[1]), "{:02X}", command[1]);
            let names_password = command[1..4] == [0x22, 0xC1, 0xA4];
            if names_password {
                assert!([1, 2].contains(&password_reference(&command[5..])));
            }
        }
    }
}

fn password_reference(mut data: &[u8]) -> u8 {
    while let [tag, length, rest @ ..] = data {
        if *tag == 0x83 {
            return rest[0];
        }
        data = &rest[usize::from(*length)..];
    }
    0
}

// ---- not a byte of the holder -------------------------------------------------------------------

/// Everything of the card that is somebody's or only this card's, in every notation and order.
fn canaries(card: &Personalisation) -> Vec<Canary> {
    let mut canaries = holder(&canary(), card);
    for group in [file::DG14, file::DG15, file::SOD] {
        let bytes = &card.files[&group];
        let end = bytes.len() - 16;
        canaries.push(Canary { name: "a key or signature", bytes: bytes[end..].to_vec() });
    }
    let serial = serial_of_signer(&card.files[&file::SOD]);
    canaries.push(Canary { name: "serial number", bytes: serial });
    let turned = |it: &Canary| {
        let reversed = it.bytes.iter().rev().copied().collect();
        let wide =
            String::from_utf8_lossy(&it.bytes).encode_utf16().flat_map(u16::to_be_bytes).collect();
        [Canary { name: it.name, bytes: reversed }, Canary { name: it.name, bytes: wide }]
    };
    let turned: Vec<Canary> =
        canaries.iter().filter(|it| it.bytes.len() > 3).flat_map(turned).collect();
    canaries.extend(turned);
    canaries
}

/// The serial number of the document signer's certificate: the INTEGER after version [0].
fn serial_of_signer(sod: &[u8]) -> Vec<u8> {
    let version = [0xA0, 0x03, 0x02, 0x01, 0x02, 0x02];
    let at = sod.windows(6).position(|it| it == version).unwrap() + 6;
    sod[at + 1..at + 1 + usize::from(sod[at])].to_vec()
}

#[test]
fn a_survey_holds_nothing_of_the_holder() {
    let cam = PaceOption::new(
        Mapping::ChipAuthentication,
        CurveName::BrainpoolP256r1,
        CipherName::Aes128,
    );
    let key = AccessKey::from_mrz(&canary().mrz().join("\n")).unwrap();
    let can = AccessKey::from_can(&canary().can()).unwrap();
    for (options, key) in [
        (options(), can),
        (options(), key.clone()),
        (CardOptions { pace: Vec::new(), ..options() }, key.clone()),
        (CardOptions { pace: vec![cam], ..options() }, key.clone()),
        (protected(options()), key),
    ] {
        let card = issuer().personalise(&canary(), &options);
        let canaries = canaries(&card);
        let (seen, _) = look(card, Some(key));
        assert!(seen.sod.is_some() && seen.dg13.is_some() && seen.mrz.is_some());
        let text = format!("{seen:?}\n{seen:#?}\n{seen:x?}\n{:?}", answers(&seen));
        let leaked = found(&text, &canaries);
        assert!(leaked.is_empty(), "{leaked:?}");
    }
}

// ---- dying and hostile cards --------------------------------------------------------------------

#[test]
fn a_card_that_dies_leaves_a_report_of_what_was_seen() {
    let (whole, trace) = look(card(), Some(can()));
    for exchange in 0..trace.len() {
        let mut link = Link::with_fault(Chip::new(card(), 7), Fault::LostBefore(exchange));
        let seen =
            look_over(Some(can()), |command| link.transmit(command).map_err(|_| Error::LinkLost));
        let stopped = seen.stopped.as_ref().expect("it ends early");
        assert_eq!(stopped.error, Error::LinkLost, "{exchange}");
        assert!(whole.probes.starts_with(&seen.probes), "{exchange}");
        assert!(whole.files.starts_with(&seen.files), "{exchange}");
        let answered: usize = seen.status_words.iter().map(|it| it.count).sum();
        assert_eq!(answered, exchange);
    }
}

#[test]
fn garbage_at_every_exchange_ends_in_a_report() {
    let (_, trace) = look(card(), Some(can()));
    let garbage: [&[u8]; 5] = [&[], &[0x90], &[0x90, 0x00], &[0xFF; 40], &[0x6F, 0x00]];
    for exchange in 0..trace.len() {
        let mut chip = Chip::new(card(), 7);
        let mut count = 0;
        let seen = look_over(Some(can()), |command| {
            let answer = chip.process(command);
            count += 1;
            assert!(count < 2_000, "the survey does not end");
            let broken = count == exchange + 1;
            Ok(if broken { garbage[exchange % garbage.len()].to_vec() } else { answer })
        });
        // Whatever happened, the first thing that is seen was seen, or the link was given up there.
        assert!(!seen.status_words.is_empty() || seen.stopped.is_some());
    }
}

#[test]
fn a_chip_that_says_one_thing_only_is_reported() {
    for answer in [
        &[0x90, 0x00][..],
        &[0x6D, 0x00],
        &[0x61, 0x10],
        &[0x6C, 0x10],
        &[0x63, 0xC1],
        &[1, 2, 0x90, 0],
    ] {
        let mut count = 0;
        let seen = look_over(Some(mrz()), |_| {
            count += 1;
            Ok(answer.to_vec())
        });
        assert!(count < 20_000 + 1 && seen.sod.is_none(), "{answer:02X?}");
        assert!(seen.doors.iter().all(|door| door.outcome.is_err()), "{answer:02X?}");
    }
}

#[test]
fn what_is_unknown_is_named_by_number() {
    let mut strange = card();
    let unknown = tlv::node(0x30, &tlv::node(0x06, &[0x2A, 0x03, 0x04]));
    let known = strange.card_access.clone().unwrap();
    let infos = [&known[2..], &unknown].concat();
    strange.card_access = Some(tlv::node(0x31, &infos));
    strange.files.insert(0x010B, tlv::node(0x6B, &tlv::node(0x5F50, &[1, 2, 3])));
    strange.files.insert(0x0112, vec![0x70, 0x01, 0x00]);
    let (seen, _) = look(strange, Some(can()));
    assert_eq!(seen.card_access_as_assumed, Some(false));
    let entry = seen.card_access.as_ref().unwrap().infos.last().unwrap();
    assert_eq!((entry.oid.as_str(), entry.name.as_ref()), ("1.2.3.4", None));
    assert_eq!(outcome(&seen, "DG11"), FileOutcome::Read);
    let group = seen.files.iter().find(|file| file.name == "DG11").unwrap();
    assert_eq!(group.structure.iter().map(|node| node.tag).collect::<Vec<_>>(), [0x6B, 0x5F50]);
    assert_eq!(answer(&seen, Question::Unknown), "sfi_12 (9000), 1.2.3.4");
}

/// A card that speaks through names, identifiers and tags can be long, and must not command a terminal.
#[test]
fn what_a_hostile_card_says_is_bounded() {
    let mut hostile = card();
    let arcs: Vec<u8> = std::iter::once(0x2A).chain([0x83, 0x4E].repeat(100)).collect();
    let entry = tlv::node(0x30, &tlv::node(0x06, &arcs));
    hostile.card_access = Some(tlv::node(0x31, &entry.repeat(500)));
    hostile.files.insert(file::COM, tlv::node(0x60, &tlv::node(0x1B, &[]).repeat(900)));
    let (seen, _) = look(hostile, Some(mrz()));
    let text = format!("{seen:?}");
    assert!(text.len() < 60_000, "{}", text.len());
    assert!(text.chars().all(|c| !c.is_control()));
    let infos = seen.card_access.unwrap();
    assert!(infos.infos.len() <= 64 && infos.infos.iter().all(|info| info.oid.len() <= 64));
}
