//! Cards that offer several ways: the strongest runs, and the report says so where it did not.

use cccd::{
    access::AccessUsed,
    document::ChipProof,
    findings::{Check, Deviation},
    lds::{Mapping, SessionCipher},
    policy::Policy,
    transport::Limits,
};
use cccd_simulator::{
    ActiveKind, CardOptions, ChipAuthenticationOption, CipherName, CurveName, Group,
    Mapping as ChipMapping, ModpName, PaceOption, PaceParameters, Personalisation,
};

use crate::{
    common::{Desk, Run, can, mrz},
    profiles::small_card,
};

use ChipMapping::{ChipAuthentication as Cam, Generic as Gm, Integrated as Im};
use CipherName::{Aes128, Aes192, Aes256, TripleDes};
use CurveName::{
    BrainpoolP224r1, BrainpoolP256r1, BrainpoolP512r1, Secp192r1, Secp224r1, Secp256r1, Secp384r1,
    Secp521r1,
};
use ModpName::{Modp1024_160, Modp2048_224, Modp2048_256};

/// A card with these ways of PACE and no proof of the chip but that of the mapping.
fn with_pace(pace: &[PaceOption]) -> Personalisation {
    small_card(&CardOptions {
        pace: pace.to_vec(),
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..CardOptions::default()
    })
}

/// The CCCD with these keys of Chip Authentication.
fn with_keys(keys: &[ChipAuthenticationOption]) -> Personalisation {
    small_card(&CardOptions {
        chip_authentication: keys.to_vec(),
        active_authentication: ActiveKind::None,
        ..CardOptions::default()
    })
}

fn used(run: &Run) -> &AccessUsed {
    run.report.access().unwrap()
}

/// Whether what ran is this way of PACE.
#[track_caller]
fn assert_ran(run: &Run, way: &PaceOption) {
    run.verified();
    let words = used(run).details();
    let cipher = if way.cipher == TripleDes { "3DES" } else { &way.cipher.name().to_uppercase() };
    let mapping = match way.mapping {
        Gm => "-GM, ",
        Im => "-IM, ",
        Cam => "-CAM, ",
    };
    let name = way.group.name();
    let group = name.strip_prefix("modp-").map(|size| format!("MODP {}", size.replace('-', "/")));
    let group = group.unwrap_or_else(|| name.to_owned());
    assert!(words.ends_with(&format!("{mapping}{cipher}, {group}")), "{words} is not {way:?}");
}

fn pace(mapping: ChipMapping, group: impl Into<Group>, cipher: CipherName) -> PaceOption {
    PaceOption::new(mapping, group, cipher)
}

/// A key with a number.
fn key(id: u32, group: impl Into<Group>, cipher: CipherName) -> ChipAuthenticationOption {
    ChipAuthenticationOption { key_id: Some(id), ..ChipAuthenticationOption::new(group, cipher) }
}

fn explicit(id: Option<u8>, way: PaceOption) -> PaceOption {
    PaceOption { parameters: PaceParameters::Explicit(id), ..way }
}

#[test]
fn of_several_ways_the_strongest_runs() {
    // The strongest comes first here; the file has them in its own order.
    let cards = [
        vec![pace(Gm, BrainpoolP256r1, Aes256), pace(Gm, BrainpoolP256r1, Aes128)],
        vec![pace(Gm, Secp384r1, Aes128), pace(Gm, Secp256r1, Aes128)],
        vec![pace(Gm, Secp192r1, Aes128), pace(Gm, Secp521r1, TripleDes)],
        vec![
            pace(Cam, BrainpoolP256r1, Aes128),
            pace(Gm, BrainpoolP256r1, Aes128),
            pace(Im, BrainpoolP256r1, Aes128),
        ],
        vec![pace(Gm, Secp256r1, Aes192), pace(Im, Secp256r1, Aes192)],
        vec![pace(Im, Secp384r1, Aes128), pace(Cam, Secp256r1, Aes128)],
        vec![pace(Gm, BrainpoolP224r1, Aes128), pace(Gm, Modp2048_256, Aes128)],
        vec![pace(Im, Modp2048_224, Aes128), pace(Im, Secp192r1, Aes128)],
        vec![pace(Gm, Modp2048_256, Aes256), pace(Gm, Modp1024_160, Aes256)],
        vec![explicit(Some(32), pace(Gm, BrainpoolP256r1, Aes128)), pace(Gm, Secp192r1, Aes128)],
        vec![
            pace(Gm, Secp256r1, Aes128),
            explicit(Some(32), pace(Gm, Secp192r1, Aes128)),
            explicit(Some(33), pace(Gm, Secp224r1, Aes128)),
        ],
        vec![explicit(None, pace(Im, Modp1024_160, Aes128))],
        vec![explicit(None, pace(Cam, Secp256r1, Aes128))],
    ];
    for ways in cards {
        let run = Desk::new().read(with_pace(&ways), can());
        assert_ran(&run, &ways[0]);
        run.assert_standard_checks();
        assert_eq!(used(&run).offers_refused(), 0);
        assert_eq!(run.deviations(), [""; 0]);
        assert_eq!(run.ended(Check::Downgrade), "passed");
        let proven = if ways[0].mapping == Cam { "passed" } else { "not_offered" };
        assert_eq!(run.ended(Check::ChipAuthenticationMapping), proven);
    }
}

/// EF.CardAccess and DG14 announce more than the chip runs.
fn running_only(announced: &[PaceOption], runs: &[PaceOption]) -> Personalisation {
    let mut card = with_pace(announced);
    card.access.pace = runs.to_vec();
    card
}

/// What the strict chip holds against a reader that believes its files.
#[track_caller]
fn assert_refusals(run: &Run, refusals: usize) {
    assert_eq!(run.violations.len(), refusals, "{:?}", run.violations);
    let offered = "that EF.CardAccess does not offer";
    assert!(run.violations.iter().all(|line| line.contains(offered)), "{:?}", run.violations);
}

#[test]
fn where_the_chip_refuses_the_strongest_way_the_next_one_runs_and_the_report_says_so() {
    let card_of_mappings = [Cam, Gm, Im].map(|mapping| pace(mapping, Secp256r1, Aes128));
    // How often a way is asked for: once more, with its parameters named, where they were not at first.
    let cards = [
        (
            [pace(Gm, Secp521r1, Aes256), pace(Gm, Secp384r1, Aes192), pace(Gm, Secp256r1, Aes128)],
            1,
        ),
        (
            [pace(Gm, Secp384r1, Aes128), pace(Gm, Secp256r1, Aes128), pace(Gm, Secp192r1, Aes128)],
            1,
        ),
        (
            [
                pace(Im, Secp256r1, Aes128),
                pace(Gm, Modp1024_160, Aes128),
                pace(Gm, Secp192r1, TripleDes),
            ],
            1,
        ),
        (card_of_mappings, 2),
    ];
    let mut runs = 0;
    for (ways, asked) in cards {
        for refused in (1..3).filter(|refused| refused * asked < 3) {
            let card = running_only(&ways, &ways[refused..]);
            let mut run = Desk::new().read(card.clone(), can());
            assert_refusals(&run, refused * asked);
            run.violations.clear();
            assert_ran(&run, &ways[refused]);
            run.assert_standard_checks();
            run.assert_same_groups(&card);
            assert_eq!(used(&run).offers_refused(), refused);
            assert_eq!(run.deviations(), ["weaker_pace"]);
            assert_eq!(run.ended(Check::Downgrade), "passed");
            let words = run.report.outcome(Check::Downgrade).to_string();
            assert!(words.contains("refused a stronger PACE"), "{words}");

            let strict = Policy::standard().refuse_deviation(Deviation::WeakerPace);
            let run = Desk::new().policy(strict).read(card, can());
            assert_eq!(run.error().code(), "policy_refused.deviation");
            runs += 1;
        }
    }
    assert_eq!(runs, 3 * 2 + 1);
}

/// A chip that refuses three times what it announced itself will refuse the rest.
#[test]
fn after_three_refusals_the_chip_is_believed() {
    let ways = [Aes256, Aes192, Aes128, TripleDes].map(|it| PaceOption::new(Gm, Secp256r1, it));
    let card = running_only(&ways, &ways[3..]);
    let run = Desk::new().read(card.clone(), can());
    assert_eq!(run.error().kind(), "card_refused");
    assert_refusals(&run, 3);
    // With an MRZ there would be BAC, which must not follow by itself.
    let run = Desk::new().read(card.clone(), mrz());
    assert_eq!(run.error().code(), "policy_refused.pace_failed");
    let loose = Policy::standard().allow_bac_after_pace_failure();
    let run = Desk::new().policy(loose).read(card, mrz());
    assert_eq!(run.access_name(), "bac");
    assert!(run.outcome.is_ok() && used(&run).after_pace_failure());
}

#[test]
fn a_policy_that_demands_aes_refuses_what_has_3des_only() {
    let pace = |cipher| vec![pace(Gm, Secp256r1, cipher)];
    let key = |cipher| vec![ChipAuthenticationOption::new(Secp256r1, cipher)];
    let unannounced = vec![ChipAuthenticationOption { announced: false, ..key(TripleDes)[0] }];
    let weak = "policy_refused.weak_algorithm";
    let cards = [
        (pace(TripleDes), key(Aes128), can(), weak, Check::Access),
        (pace(TripleDes), key(Aes128), mrz(), weak, Check::Access),
        (Vec::new(), key(Aes128), mrz(), "policy_refused.downgrade", Check::Access),
        (pace(Aes128), key(TripleDes), can(), weak, Check::ChipAuthentication),
        (pace(Aes128), unannounced, can(), weak, Check::ChipAuthentication),
    ];
    for (pace, chip_authentication, key, code, check) in cards {
        let card = small_card(&CardOptions {
            pace,
            chip_authentication,
            active_authentication: ActiveKind::None,
            ..CardOptions::default()
        });
        Desk::new().read(card.clone(), key.clone()).verified();
        let run = Desk::new().policy(Policy::standard().require_aes()).read(card, key);
        assert_eq!((run.error().code(), run.ended(check)), (code, code));
        // Refused unseen: the password was not tried, the key not asked for.
        let tried = run.trace.iter().any(|exchange| [0x82, 0x86].contains(&exchange.command[1]));
        assert_eq!(tried, check != Check::Access);
        assert_eq!(run.violations, [""; 0]);
    }
}

#[test]
fn a_policy_that_demands_aes_takes_it_where_it_is_offered() {
    let aes = Desk::new().policy(Policy::standard().require_aes());
    let ways = [Aes128, TripleDes].map(|cipher| PaceOption::new(Gm, Secp256r1, cipher));
    let keys = [TripleDes, Aes128].map(|cipher| ChipAuthenticationOption::new(Secp256r1, cipher));
    let card = small_card(&CardOptions {
        pace: ways.to_vec(),
        chip_authentication: keys.to_vec(),
        active_authentication: ActiveKind::None,
        ..CardOptions::default()
    });
    let run = aes.read(card, can());
    assert_ran(&run, &ways[0]);
    assert_eq!(used(&run).cipher(), SessionCipher::Aes128);
    assert_eq!(chip_authentication(&run), "ECDH secp256r1, AES-128");
    // The chip refuses AES in PACE: 3DES may follow for one policy and not for the other.
    let card = running_only(&ways, &ways[1..]);
    let run = Desk::new().read(card.clone(), can());
    assert_refusals(&run, 2);
    assert!(run.outcome.is_ok());
    assert_eq!(used(&run).cipher(), SessionCipher::TripleDes);
    assert_eq!(run.deviations(), ["weaker_pace"]);
    let run = aes.read(card, can());
    assert_eq!(run.error().kind(), "card_refused");
    assert!(run.trace.iter().all(|exchange| exchange.command[1] != 0x86));
}

/// The one proof of Chip Authentication, in words.
#[track_caller]
fn chip_authentication(run: &Run) -> String {
    let proofs = run.verified().chip_proofs();
    let [ChipProof::ChipAuthentication(proof)] = proofs else { panic!("{proofs:?}") };
    proof.description().to_owned()
}

#[test]
fn of_several_keys_the_strongest_is_asked_for_by_its_number() {
    // Strongest first; numbers of one byte and of two, and none that is the place in the file.
    let keys = [
        (key(0x0102, BrainpoolP512r1, Aes256), "ECDH brainpoolP512r1, AES-256"),
        (key(7, Modp2048_256, Aes256), "DH 2048, AES-256"),
        (key(255, Secp256r1, Aes192), "ECDH secp256r1, AES-192"),
        (key(4, Secp256r1, Aes128), "ECDH secp256r1, AES-128"),
        (key(3, BrainpoolP224r1, Aes128), "ECDH brainpoolP224r1, AES-128"),
        (key(5, Modp1024_160, TripleDes), "DH 1024, 3DES"),
    ];
    for from in 0..keys.len() {
        let options: Vec<_> = keys[from..].iter().map(|(key, _)| *key).collect();
        let card = with_keys(&options);
        let run = Desk::new().read(card.clone(), can());
        assert_eq!(chip_authentication(&run), keys[from].1);
        run.assert_same_groups(&card);
        assert_eq!(run.deviations(), [""; 0]);
    }
    // One key with several ciphers, with and without a number.
    for id in [None, Some(9)] {
        let options = [TripleDes, Aes192, Aes128].map(|cipher| ChipAuthenticationOption {
            key_id: id,
            ..ChipAuthenticationOption::new(Secp384r1, cipher)
        });
        let run = Desk::new().read(with_keys(&options), can());
        assert_eq!(chip_authentication(&run), "ECDH secp384r1, AES-192");
    }
}

#[test]
fn a_key_for_the_mapping_and_others_for_chip_authentication() {
    let card = small_card(&CardOptions {
        pace: vec![PaceOption::new(Cam, BrainpoolP256r1, Aes128)],
        chip_authentication: vec![key(1, BrainpoolP256r1, Aes128), key(2, Secp256r1, Aes256)],
        active_authentication: ActiveKind::None,
        ..CardOptions::default()
    });
    assert_eq!(card.chip_authentication.len(), 3);
    let run = Desk::new().read(card, can());
    let words: Vec<_> = run.verified().chip_proofs().iter().map(ChipProof::description).collect();
    assert_eq!(words, ["ECDH secp256r1, AES-256", "ECDH-CAM brainpoolP256r1"]);
    assert_eq!(used(&run).mapping(), Some(Mapping::ChipAuthentication));
}

fn limits(max_command: usize) -> Limits {
    Limits { max_command, max_response: 2048 }
}

/// A public key of 2048 bits does not go into one short command, and PACE and Chip Authentication do not
/// cut it: PACE uses the chain for its own steps, and chips disagree on protected links.
#[test]
fn public_keys_of_2048_bits_need_a_device_with_extended_length() {
    let generic = |group: ModpName| with_pace(&[pace(Gm, group, Aes128)]);
    let integrated = |group: ModpName| with_pace(&[pace(Im, group, Aes128)]);
    let chip = |group: ModpName, cipher| with_keys(&[ChipAuthenticationOption::new(group, cipher)]);
    let too_long = Some("reader.too_long");
    for (card, limits, expected) in [
        (generic(Modp1024_160), Limits::SHORT, None),
        (integrated(Modp1024_160), Limits::SHORT, None),
        (generic(Modp2048_224), Limits::SHORT, too_long),
        (generic(Modp2048_256), Limits::SHORT, too_long),
        (integrated(Modp2048_256), Limits::SHORT, too_long),
        // 264 bytes of data and nine around them.
        (generic(Modp2048_256), limits(272), too_long),
        (generic(Modp2048_256), limits(273), None),
        (integrated(Modp2048_256), limits(273), None),
        (chip(Modp1024_160, Aes128), Limits::SHORT, None),
        (chip(Modp1024_160, TripleDes), Limits::SHORT, None),
        (chip(Modp2048_256, Aes128), Limits::SHORT, too_long),
        (chip(Modp2048_256, TripleDes), Limits::SHORT, too_long),
        (chip(Modp2048_256, Aes128), limits(307), too_long),
        (chip(Modp2048_256, Aes128), limits(308), None),
    ] {
        let run = Desk::new().limits(limits).read(card.clone(), can());
        assert_eq!(run.outcome.as_ref().err().map(cccd::Error::code), expected, "{limits:?}");
        assert_eq!(run.violations, [""; 0]);
        let longest = run.trace.iter().map(|exchange| exchange.command.len()).max().unwrap();
        assert!(longest <= limits.max_command, "{longest} bytes over {limits:?}");
        if expected.is_none() {
            run.assert_same_groups(&card);
        }
    }
}

/// The device is to blame and not the chip: nothing was refused, nothing is weaker than it must be.
#[test]
fn a_short_device_takes_the_strongest_way_that_it_can_carry() {
    let ways = [
        pace(Gm, Modp2048_256, Aes256),
        pace(Im, Modp1024_160, Aes192),
        pace(Gm, Secp256r1, Aes128),
    ];
    for (limits, runs) in [(Limits::EXTENDED, 0), (Limits::SHORT, 1)] {
        let run = Desk::new().limits(limits).read(with_pace(&ways), can());
        assert_ran(&run, &ways[runs]);
        assert_eq!((used(&run).offers_refused(), run.deviations()), (0, vec![]));
    }
}
