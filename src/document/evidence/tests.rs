use super::*;
use crate::{
    chip::{Challenge, ChipAuthenticationTranscript},
    date::Date,
    error::NotAuthentic,
    lds::SessionCipher,
    policy::Policy,
    seal::SealingKey,
};

/// Every field that a caller can set without a chip; those of a read are in `tests/evidence.rs`.
fn sample() -> Evidence {
    let groups = BTreeMap::from([(1, Personal::new(vec![0x61, 0])), (13, vec![0x6D, 0].into())]);
    let mut evidence = Evidence::from_files(vec![0x77, 0], groups)
        .with_unsigned_files(Some(vec![0x31, 0]), Some(vec![0x60, 0]))
        .with_card_security(Some(vec![0x30, 0]));
    evidence.active = Some(ActiveAuthenticationTranscript {
        challenge: Challenge::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]).unwrap(),
        signature: vec![9; 128],
    });
    let claims = &mut evidence.claims;
    claims.read_on = Some(Date::new(2026, 11, 21).unwrap());
    claims.read_at = Some("2026-11-21T09:30:00Z".to_owned());
    claims.reader = Some("Zqreader".to_owned());
    claims.policy = Some(PolicyClaim::from(&Policy::bank().allow_key_candidates(3)));
    claims.outcomes = vec![("access".to_owned(), "passed".to_owned())];
    claims.deviations = vec!["sha1".to_owned()];
    claims.chip_authentication_mapping = Some("brainpoolP256r1".to_owned());
    claims.chip_authentication = Some(transcript());
    evidence
}

fn transcript() -> ChipAuthenticationTranscript {
    ChipAuthenticationTranscript {
        protocol: Some("0.4.0.127.0.7.2.2.3.2.2".to_owned()),
        group: "DH 2048".to_owned(),
        cipher: SessionCipher::Aes128,
        key_id: Some(1),
        ephemeral: vec![4; 65],
        status: 0x9000,
    }
}

fn kiosk() -> SealingKey {
    SealingKey::from_pkcs8(include_bytes!("../../../test-vectors/seal/kiosk.key.pem")).unwrap()
}

#[test]
fn what_was_written_is_read() {
    let bytes = sample().to_bytes();
    let read = Evidence::from_bytes(&bytes).unwrap();
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!(read.groups[&13].reveal(), &[0x6D, 0]);
    assert_eq!(read.active_authentication().unwrap().signature.len(), 128);
    assert_eq!(read.claims(), sample().claims());
    let bare = Evidence::from_files(vec![0x77, 0], BTreeMap::new());
    assert_eq!(Evidence::from_bytes(&bare.to_bytes()).unwrap().claims(), &Claims::default());
}

/// What is accepted is one encoding, bit for bit; so nothing is ever read that was not written.
#[test]
fn truncated_and_altered_files_never_panic_and_never_lose_silently() {
    let bytes = sample().to_bytes();
    for end in 0..bytes.len() {
        assert_eq!(Evidence::from_bytes(&bytes[..end]).unwrap_err().kind(), "malformed");
    }
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[position] ^= 1 << bit;
            if let Ok(read) = Evidence::from_bytes(&altered) {
                assert_eq!(read.to_bytes(), altered, "byte {position} bit {bit}");
            }
        }
    }
}

#[test]
fn other_versions_keys_repeats_orders_and_lengths_are_refused() {
    let bare = [0xA3, 0x00, 0x02, 0x01, 0x40, 0x02, 0xA0];
    assert!(Evidence::from_bytes(&bare).is_ok());
    for (what, bytes, code) in [
        ("version 1", &[0xA2, 0x00, 0x01, 0x01, 0x40][..], "unsupported.structure"),
        ("version 3", &[0xA1, 0x00, 0x03], "unsupported.structure"),
        ("an unknown key", &[0xA4, 0, 2, 1, 0x40, 2, 0xA0, 0x18, 99, 0], "malformed.structure"),
        ("a key twice", &[0xA4, 0, 2, 1, 0x40, 1, 0x40, 2, 0xA0], "malformed.structure"),
        ("the version twice", &[0xA4, 0, 2, 0, 2, 1, 0x40, 2, 0xA0], "malformed.structure"),
        ("no version", &[0xA2, 1, 0x40, 2, 0xA0], "malformed.structure"),
        ("no EF.SOD", &[0xA2, 0, 2, 2, 0xA0], "malformed.structure"),
        ("no groups", &[0xA2, 0, 2, 1, 0x40], "malformed.structure"),
        ("out of order", &[0xA3, 0, 2, 2, 0xA0, 1, 0x40], "malformed.structure"),
        ("a long number", &[0xA3, 0, 0x18, 2, 1, 0x40, 2, 0xA0], "malformed.structure"),
        ("a long length", &[0xA3, 0, 2, 1, 0x58, 0, 2, 0xA0], "malformed.structure"),
        ("indefinite", &[0xBF, 0, 2, 1, 0x40, 2, 0xA0, 0xFF], "malformed.structure"),
        ("indefinite bytes", &[0xA3, 0, 2, 1, 0x5F, 0xFF, 2, 0xA0], "malformed.structure"),
        ("more behind", &[0xA3, 0, 2, 1, 0x40, 2, 0xA0, 0], "malformed.structure"),
        ("group 0", &[0xA3, 0, 2, 1, 0x40, 2, 0xA1, 0, 0x40], "malformed.structure"),
        ("group 17", &[0xA3, 0, 2, 1, 0x40, 2, 0xA1, 17, 0x40], "malformed.structure"),
        ("a million keys", &[0xBA, 0, 0x0F, 0x42, 0x40, 0, 2], "malformed.structure"),
        (
            "a length beyond memory",
            &[0xA3, 0, 2, 1, 0x5B, 255, 255, 255, 255, 255, 255, 255, 255],
            "malformed.structure",
        ),
        ("a tag", &[0xC1, 0xA3, 0, 2, 1, 0x40, 2, 0xA0], "malformed.structure"),
    ] {
        assert_eq!(Evidence::from_bytes(bytes).unwrap_err().code(), code, "{what}");
    }
    let long = vec![0; MAX_EVIDENCE + 1];
    assert_eq!(Evidence::from_bytes(&long).unwrap_err().kind(), "malformed");
}

/// Each field at its longest is read, and one byte more is not.
#[test]
fn every_field_has_a_bound() {
    type Set = fn(&mut Evidence, usize);
    let cases: [(&str, usize, Set); 12] = [
        ("sod", 1 << 20, |it, n| it.sod = vec![0; n].into()),
        ("group", 1 << 20, |it, n| drop(it.groups.insert(1, vec![0; n].into()))),
        ("card_access", 4096, |it, n| it.card_access = Some(vec![0; n])),
        ("com", 1024, |it, n| it.com = Some(vec![0; n])),
        ("card_security", 1 << 20, |it, n| it.card_security = Some(vec![0; n].into())),
        ("signature", 2048, |it, n| it.active.as_mut().unwrap().signature = vec![0; n]),
        ("ephemeral", 2048, |it, n| {
            it.claims.chip_authentication =
                Some(ChipAuthenticationTranscript { ephemeral: vec![0; n], ..transcript() });
        }),
        ("reader", 128, |it, n| it.claims.reader = Some("r".repeat(n))),
        ("library", 128, |it, n| it.claims.library = Some("r".repeat(n))),
        ("policy", 64, |it, n| it.claims.policy.as_mut().unwrap().name = "r".repeat(n)),
        ("deviations", 64, |it, n| it.claims.deviations = vec!["x".to_owned(); n]),
        ("outcomes", 64, |it, n| {
            it.claims.outcomes = vec![("x".to_owned(), "y".to_owned()); n];
        }),
    ];
    for (name, longest, set) in cases {
        let mut evidence = sample();
        set(&mut evidence, longest);
        assert!(Evidence::from_bytes(&evidence.to_bytes()).is_ok(), "{name}");
        set(&mut evidence, longest + 1);
        assert_eq!(
            Evidence::from_bytes(&evidence.to_bytes()).unwrap_err().kind(),
            "malformed",
            "{name}"
        );
    }
}

#[test]
fn words_of_claims_have_no_room_for_a_person() {
    type Set = fn(&mut Claims, &str);
    let cases: [Set; 4] = [
        |claims, word| claims.deviations = vec![word.to_owned()],
        |claims, word| claims.outcomes = vec![("access".to_owned(), word.to_owned())],
        |claims, word| claims.chip_authentication_mapping = Some(word.to_owned()),
        |claims, word| claims.policy.as_mut().unwrap().name = word.to_owned(),
    ];
    for set in cases {
        for word in ["", "Hằnz", "zyxwut hanz", "1957", "NGUYEN", "a\u{0}"] {
            let mut evidence = sample();
            set(&mut evidence.claims, word);
            assert_eq!(Evidence::from_bytes(&evidence.to_bytes()).unwrap_err().kind(), "malformed");
        }
    }
    let mut evidence = sample();
    evidence.claims.reader = Some("line\nline".to_owned());
    assert!(Evidence::from_bytes(&evidence.to_bytes()).is_err());
}

/// `Debug` of the policy lists its fields: one that is added has to be claimed as well.
#[test]
fn every_switch_of_the_policy_is_claimed() {
    let fields = |debug: String| {
        let inside = debug.split_once('{').unwrap().1.to_owned();
        let names = inside.split(", ").filter_map(|field| field.split_once(':'));
        names.map(|(name, _)| name.trim().to_owned()).collect::<Vec<_>>()
    };
    let policy = Policy::standard();
    let claimed = fields(format!("{:?}", PolicyClaim::from(&policy)));
    assert_eq!(claimed, fields(format!("{policy:?}")));
}

#[test]
fn a_seal_is_opened_with_its_key_and_only_on_purpose_without() {
    let keys = [kiosk().seal_key()];
    let sealed = sample().seal(&kiosk()).unwrap();
    let (read, key) = Evidence::open(&sealed, &keys).unwrap();
    assert_eq!((read.to_bytes(), key), (sample().to_bytes(), &keys[0]));
    let refused = Evidence::from_bytes(&sealed).unwrap_err();
    assert_eq!(refused.code(), "unsupported.structure");
    let (read, named) = Evidence::open_unchecked(&sealed).unwrap();
    assert_eq!((read.to_bytes(), named), (sample().to_bytes(), keys[0].fingerprint()));
    // Taking the seal off is no way around it.
    let bare = Evidence::open(&sample().to_bytes(), &keys).map(|_| ()).unwrap_err();
    assert_eq!(bare, Error::NotAuthentic(NotAuthentic::Seal));
    // A good seal over rubbish is rubbish.
    let rubbish = seal::seal(b"rubbish", Sealed::Evidence, &kiosk()).unwrap();
    assert_eq!(Evidence::open(&rubbish, &keys).map(|_| ()).unwrap_err().kind(), "malformed");
    let trust = seal::seal(&sample().to_bytes(), Sealed::TrustStore, &kiosk()).unwrap();
    assert_eq!(Evidence::open(&trust, &keys).map(|_| ()).unwrap_err().code(), "not_authentic.seal");
}

#[test]
fn debug_shows_no_group() {
    let shown = format!("{:?}", sample());
    assert!(!shown.contains("109") && !shown.contains("[4, 4"), "{shown}");
}

#[test]
fn one_try_with_an_estimated_key_is_left_out() {
    for tries in [0, 1, 2, 255] {
        let mut evidence = sample();
        let policy = Policy::standard().allow_key_candidates(tries);
        evidence.claims.policy = Some(PolicyClaim::from(&policy));
        let read = Evidence::from_bytes(&evidence.to_bytes()).unwrap();
        assert_eq!(read.claims().policy.as_ref().unwrap().key_candidates, tries);
    }
    // Key 13 with the value 1 is the end of the policy's map; it must not be said.
    let bytes = sample().to_bytes();
    let at = bytes.windows(2).rposition(|pair| pair == [13, 3]).unwrap();
    let mut said = bytes;
    said[at + 1] = 1;
    assert_eq!(Evidence::from_bytes(&said).unwrap_err().kind(), "malformed");
}
