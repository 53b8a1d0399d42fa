//! Other cards, broken cards, cards that never end.

use super::*;

/// Reads from something that says what the closure says.
fn against(key: AccessKey, answer: impl FnMut(&[u8]) -> Vec<u8>) -> Run {
    let options = InspectionOptions::new(key, seeded(1));
    let run = Desk::new().read_over(options, common::scripted(answer));
    assert!(run.outcome.is_err());
    run
}

#[test]
fn cards_that_are_no_icao_chips() {
    for status in [0x6A82_u16, 0x6D00, 0x6E00, 0x6A86, 0x6700, 0x6999, 0x911C] {
        for key in [can(), mrz()] {
            let run = against(key, |_| status.to_be_bytes().to_vec());
            assert_eq!(run.error().code(), "unsupported.not_an_icao_chip", "{status:04X}");
            assert_eq!(run.error().advice().as_str(), "other_document");
            assert!(run.metrics.apdus <= 6);
        }
    }
}

#[test]
fn chips_that_babble() {
    for (answer, kind) in [
        (&[][..], "link_lost"),
        (&[0x90], "link_lost"),
        (&[0x90, 0x00], "malformed"),
        (&[0x31, 0x00, 0x90, 0x00], "invalid_key"),
    ] {
        let run = against(can(), |_| answer.to_vec());
        assert_eq!(run.error().kind(), kind, "{answer:02X?}: {:?}", run.error());
    }
    for seed in 0..300 {
        let mut random = Random::from_label(seed, "babble");
        let key = if seed % 2 == 0 { can() } else { mrz() };
        let run = against(key, |_| {
            let [length, good] = random.array();
            let mut answer = random.bytes(usize::from(length));
            if good < 200 {
                answer.extend([0x90, 0x00]);
            }
            answer
        });
        assert!(run.metrics.apdus < 2_000, "{} exchanges", run.metrics.apdus);
    }
}

#[test]
fn endless_answers_end() {
    // 61xx for ever, with and without data.
    for answer in [&[0x61, 0x00][..], &[0x00, 0x61, 0x01], &[0x61, 0xFF]] {
        for key in [can(), mrz()] {
            let run = against(key, |_| answer.to_vec());
            assert_eq!(run.error().code(), "policy_refused.budget", "{answer:02X?}");
        }
    }
    // 6Cxx for ever.
    let run = against(can(), |_| vec![0x6C, 0x10]);
    assert!(run.metrics.apdus < 20);
    // EF.CardAccess that is announced as huge and comes byte by byte.
    for header in [&[0x31, 0x83, 0xFF, 0xFF, 0xFF][..], &[0x31, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]] {
        let run = against(can(), |command| {
            let mut answer = if command[1] == 0xB0 && command[2] & 0x80 != 0 {
                header.to_vec()
            } else {
                vec![0]
            };
            answer.extend([0x90, 0]);
            answer
        });
        assert_eq!(run.error().kind(), "malformed");
        assert!(run.metrics.apdus <= 4_100, "{} exchanges", run.metrics.apdus);
    }
}

#[test]
fn absurd_lengths_of_files() {
    let headers: [&[u8]; 7] = [
        &[0x82, 0xFF, 0xFF],
        &[0x83, 0x0F, 0xFF, 0xFF],
        &[0x83, 0xFF, 0xFF, 0xFF],
        &[0x84, 0x01, 0x00, 0x00, 0x00],
        &[0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x85, 0x01, 0, 0, 0, 0],
        &[0x80],
    ];
    for length in headers {
        for (file, tag) in [(file::SOD, 0x77), (file::DG1, 0x61)] {
            let mut card = plain_card();
            card.files.insert(file, [&[tag], length, &[0; 100]].concat());
            let run = Desk::new().read(card, mrz());
            assert_eq!(run.error().kind(), "malformed", "{length:02X?}: {:?}", run.error());
            assert!(run.metrics.apdus < 30);
        }
    }
}

/// A chip that knows its key and gives one byte at a time: a read of a portrait would take hours.
#[test]
fn a_chip_that_drips() {
    for max_response_data in [1, 2, 7] {
        let mut card = plain_card();
        card.behaviour.max_response_data = max_response_data;
        let run = Desk::new().read(card, mrz());
        assert_eq!(run.error().code(), "policy_refused.budget");
        assert!(run.metrics.apdus < 100, "{} exchanges", run.metrics.apdus);
    }
}

#[test]
fn a_document_of_another_state_is_no_cccd() {
    // A passport of the same issuer: TD3, and another code.
    let mut card = plain_card();
    let mrz_text =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let dg1 = tlv::node(0x61, &tlv::node(0x5F1F, mrz_text.as_bytes()));
    card.files.insert(file::DG1, dg1);
    let utopia = Issuer::new(IssuerOptions {
        seed: 9,
        country: "UT".into(),
        csca_name: "CSCA Utopia".into(),
        ..IssuerOptions::default()
    });
    utopia.sign_again(&mut card);
    let policy = Policy::standard().allow_expired_document();
    let run = Desk::of(&utopia).policy(policy.clone()).read(card.clone(), mrz());
    // Nobody assigned UTO, so no certificate can have its code.
    assert_eq!(run.error().code(), "not_authentic.issuing_state");

    // A state that exists.
    let mrz_text = "IDD<<T220001293<<<<<<<<<<<<<<<6408125<2010315D<<<<<<<<<<<<<4MUSTERMANN<<ERIKA<<<<<<<<<<<<<";
    let dg1 = tlv::node(0x61, &tlv::node(0x5F1F, mrz_text.as_bytes()));
    card.files.insert(file::DG1, dg1);
    let germany = Issuer::new(IssuerOptions {
        seed: 9,
        country: "DE".into(),
        csca_name: "CSCA Elsewhere".into(),
        ..IssuerOptions::default()
    });
    germany.sign_again(&mut card);
    let run = Desk::of(&germany).policy(policy).read(card, mrz());
    let document = run.verified();
    let error = CitizenRecord::from_document(document).unwrap_err();
    assert_eq!(error.code(), "unsupported.not_a_cccd");
    assert_eq!(error.advice().as_str(), "other_document");
}

#[test]
fn printed_data_of_somebody_else() {
    let qr = QrText::parse(&Person::sample().qr_2021()).unwrap();
    let options = InspectionOptions::new(qr.access_key(), seeded(1)).printed(qr);
    let run = Desk::new().read_chip(&mut Chip::new(card(), 7), options);
    run.verified();
    assert_eq!(run.ended(Check::PrintedData), "passed");

    let mut person = Person::sample();
    person.full_name = "Nguyễn Thị Thu Hồng".into();
    let qr = QrText::parse(&person.qr_2021()).unwrap();
    let options = InspectionOptions::new(qr.access_key(), seeded(1)).printed(qr);
    let run = Desk::new().read_chip(&mut Chip::new(card(), 7), options);
    assert_eq!(run.error().code(), "policy_refused.printed_data");
    assert_eq!(run.ended(Check::PrintedData), "policy_refused.printed_data");
}

#[test]
fn groups_of_one_document_that_contradict_each_other() {
    let other = issuer().personalise(&Person::sample_indefinite(), &options());
    let mut card = plain_card();
    card.files.insert(file::DG13, other.files[&file::DG13].clone());
    issuer().sign_again(&mut card);
    let run = Desk::new().read(card, mrz());
    let error = CitizenRecord::from_document(run.verified()).unwrap_err();
    assert_eq!(error.code(), "not_authentic.groups_disagree");
}
