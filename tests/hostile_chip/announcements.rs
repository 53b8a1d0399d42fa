//! What the chip announces: EF.CardAccess, which nobody signs, and EF.CardSecurity, whose key the
//! chip-authentication mapping needs.

use super::*;

const CURVE: CurveName = CurveName::BrainpoolP256r1;

fn strong() -> PaceOption {
    PaceOption::new(Mapping::Generic, CURVE, CipherName::Aes256)
}

fn weak() -> PaceOption {
    PaceOption::new(Mapping::Generic, CURVE, CipherName::Aes128)
}

/// A card with both ways of PACE, without the proofs of the chip.
fn with_both() -> Personalisation {
    personalise(&CardOptions {
        pace: vec![strong(), weak()],
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    })
}

/// The PACEInfo of this protocol's last byte, which names the cipher.
fn without_cipher(infos: &[u8], cipher: CipherName) -> Vec<u8> {
    let contents = tlv::parse_only(infos, 0x31).unwrap();
    let kept: Vec<Vec<u8>> = tlv::parse_all(contents)
        .unwrap()
        .into_iter()
        .filter(|info| {
            let protocol = tlv::parse(info.value).unwrap().0.value;
            !(protocol.starts_with(&[4, 0, 0x7F, 0, 7, 2, 2, 4])
                && protocol.last() == Some(&cipher.protocol_number()))
        })
        .map(|info| tlv::node(info.tag, info.value))
        .collect();
    assert_eq!(kept.len() + 1, tlv::parse_all(contents).unwrap().len());
    tlv::node(0x31, &kept.concat())
}

#[test]
fn a_pace_info_taken_out() {
    for policy in [Policy::standard(), Policy::standard().allow_bac_after_pace_failure()] {
        let mut card = with_both();
        let access = card.card_access.as_mut().unwrap();
        *access = without_cipher(access, CipherName::Aes256);
        let run = Desk::new().policy(policy).read(card, can());
        assert_eq!(run.error().code(), "not_authentic.card_access_differs");
        assert_eq!(run.ended(Check::Downgrade), "not_authentic.card_access_differs");
        // The weaker one ran: it was the signed list that told.
        assert!(run.report.access().unwrap().details().contains("AES-128"));
    }
    // Untouched, the stronger runs.
    let run = Desk::new().read(with_both(), can());
    run.verified();
    assert!(run.report.access().unwrap().details().contains("AES-256"));
}

/// The chip runs what was added, but no issuer knows of it.
#[test]
fn a_pace_info_added() {
    for added in [
        PaceOption::new(Mapping::Generic, CurveName::Secp192r1, CipherName::TripleDes),
        PaceOption::new(Mapping::Integrated, CURVE, CipherName::Aes256),
        PaceOption::new(Mapping::Generic, ModpName::Modp1024_160, CipherName::Aes128),
    ] {
        let mut card = plain_with(&[weak()]);
        let other = plain_with(&[weak(), added]);
        card.card_access = other.card_access;
        card.access = other.access;
        let run = refused(card.clone(), can(), "not_authentic.card_access_differs");
        assert_eq!(run.ended(Check::Downgrade), "not_authentic.card_access_differs");
        // Nor in place of the signed one.
        let alone = plain_with(&[added]);
        card.card_access = alone.card_access;
        card.access = alone.access;
        refused(card, can(), "not_authentic.card_access_differs");
    }
}

fn plain_with(pace: &[PaceOption]) -> Personalisation {
    personalise(&CardOptions {
        pace: pace.to_vec(),
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    })
}

/// Hidden as a whole, the file is taken for that of a CCCD. Where the signed list has more than that, the
/// stronger protocol was hidden with it.
#[test]
fn the_whole_file_hidden() {
    for hide in [
        |card: &mut Personalisation| card.card_access = None,
        |card: &mut Personalisation| {
            card.behaviour.card_access_by_sfi = false;
            card.behaviour.card_access_by_select = false;
        },
    ] {
        for key in [can(), mrz()] {
            let mut card = with_both();
            hide(&mut card);
            let run = refused(card.clone(), key.clone(), "not_authentic.card_access_differs");
            assert_eq!(run.deviations(), ["card_access_assumed"]);
            // Whoever gives the file himself gets what it says.
            let known = with_both().card_access.unwrap();
            let options = InspectionOptions::new(key.clone(), seeded(1)).card_access(known.clone());
            let run = Desk::new().read_chip(&mut Chip::new(card.clone(), 7), options);
            run.verified();
            assert!(run.report.access().unwrap().details().contains("AES-256"));
            // Or is told that it is not what the signed list says.
            let stripped = without_cipher(&known, CipherName::Aes256);
            let options = InspectionOptions::new(key, seeded(1)).card_access(stripped);
            let run = Desk::new().read_chip(&mut Chip::new(card, 7), options);
            assert_eq!(run.error().code(), "not_authentic.card_access_differs");
        }
        // Without the way of a CCCD there is BAC, which the signed list exposes, or no door at all.
        let mut card = plain_with(&[strong()]);
        hide(&mut card);
        refused(card.clone(), mrz(), "policy_refused.downgrade");
        refused(card, can(), "invalid_key.wrong_kind");
    }
}

/// What the caller knows to be announced binds like the file itself: BAC after it is a fall.
#[test]
fn a_chip_that_refuses_what_the_caller_knows_of_it() {
    let card = plain_with(&[]);
    let known = with_both().card_access.unwrap();
    let read = |policy: Policy| {
        let options = InspectionOptions::new(mrz(), seeded(1)).card_access(known.clone());
        Desk::new().policy(policy).read_chip(&mut Chip::new(card.clone(), 7), options)
    };
    let run = read(Policy::standard());
    assert_eq!(run.error().code(), "policy_refused.pace_failed");
    assert!(run.report.access().is_none());
    let run = read(Policy::standard().allow_bac_after_pace_failure());
    assert!(run.outcome.is_ok(), "{:?}", run.outcome);
    assert!(run.report.access().unwrap().after_pace_failure());
}

fn cam() -> PaceOption {
    PaceOption::new(Mapping::ChipAuthentication, CURVE, CipherName::Aes128)
}

/// A card whose one proof is the mapping.
fn cam_options() -> CardOptions {
    CardOptions {
        pace: vec![cam()],
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    }
}

fn cam_card() -> Personalisation {
    personalise(&cam_options())
}

fn with_security(card_security: Option<Vec<u8>>) -> Personalisation {
    Personalisation { card_security, ..cam_card() }
}

fn stranger(country: &str) -> Issuer {
    Issuer::new(IssuerOptions {
        seed: 9,
        country: country.into(),
        csca_name: "CSCA Stranger".into(),
        ..IssuerOptions::default()
    })
}

/// The mapping's key in EF.CardSecurity, without its file.
fn infos_of(card: &Personalisation) -> Vec<u8> {
    let access = card.card_access.as_ref().unwrap();
    tlv::parse_only(access, 0x31).unwrap().to_vec()
}

#[test]
fn a_card_security_that_proves_nothing() {
    let other_holder = issuer().personalise(&Person::sample_indefinite(), &cam_options());
    let elsewhere =
        PaceOption::new(Mapping::ChipAuthentication, CurveName::Secp256r1, cam().cipher);
    let other_group = personalise(&CardOptions { pace: vec![elsewhere], ..cam_options() });
    let without_key = issuer().sign_security_infos(&cam_card().card_access.unwrap());
    let mut flipped = cam_card().card_security.unwrap();
    let at = flipped.windows(8).position(|at| at == [4, 0, 0x7F, 0, 7, 2, 2, 1]).unwrap();
    flipped[at + 60] ^= 1;
    let sod = cam_card().files[&file::SOD].clone();
    let unframed = tlv::parse_only(&sod, 0x77).unwrap().to_vec();
    for (name, file, code) in [
        ("another card's", other_holder.card_security, "not_genuine.chip_authentication_mapping"),
        ("of another group", other_group.card_security, "not_genuine.no_mapping_key"),
        ("without the key", Some(without_key), "not_genuine.no_mapping_key"),
        ("withheld", None, "not_genuine.no_mapping_key"),
        ("altered", Some(flipped), "not_authentic.card_security_signature"),
        (
            "by a stranger",
            stranger("VN").personalise(&Person::sample(), &cam_options()).card_security,
            "not_authentic.unknown_issuer",
        ),
        ("a signed list of digests", Some(unframed), "unsupported.structure"),
        ("EF.SOD", Some(sod), "malformed.structure"),
        ("no signature at all", cam_card().card_access, "malformed.structure"),
        ("an empty set", Some(vec![0x31, 0]), "malformed.structure"),
    ] {
        let run = Desk::new().policy(Policy::standard().allow_bac_after_pace_failure());
        let run = run.read(with_security(file), mrz());
        assert_eq!(run.error().code(), code, "{name}: {:?}", run.error());
        assert_eq!(run.ended(Check::ChipAuthenticationMapping), code, "{name}");
        assert_eq!((runs_of_pace(&run), tries(&run)), (1, 1), "{name}");
        assert_not_entered(&run);
    }
}

#[test]
fn a_card_security_of_another_states_signer() {
    let foreign = stranger("DE");
    let file = foreign.personalise(&Person::sample(), &cam_options()).card_security;
    let mut trust = common::trusting(issuer());
    trust.add_certificate(foreign.csca_certificate(), "simulator").unwrap();
    let mut desk = Desk::new();
    desk.system = cccd::inspection::InspectionSystem::new(trust, date(common::TODAY));
    let run = desk.read(with_security(file), can());
    assert_eq!(run.error().code(), "not_authentic.issuing_state");
    assert_eq!(run.ended(Check::IssuingState), "not_authentic.issuing_state");
    // Nobody takes the mapping for proven.
    assert_ne!(run.ended(Check::ChipAuthenticationMapping), "passed");
}

/// A policy for documents without known issuer does not let a stranger vouch for the key of a chip whose
/// files a known issuer signed: a copy would bring its own.
#[test]
fn a_copy_whose_own_key_a_stranger_signed() {
    let copy = cam_card().clone_without_private_keys();
    refused(copy.clone(), can(), "not_genuine.chip_authentication_mapping");
    let key = copy.chip_authentication[0].clone();
    let algorithm = tlv::sequence(&[
        cccd_simulator::der::object_identifier("0.4.0.127.0.7.1.2"),
        cccd_simulator::der::small_integer(13),
    ]);
    let point = key.group.encode(&key.public());
    let spki = tlv::sequence(&[algorithm, cccd_simulator::der::bit_string(&point)]);
    let info = tlv::sequence(&[
        cccd_simulator::der::object_identifier("0.4.0.127.0.7.2.2.1.2"),
        spki,
        cccd_simulator::der::small_integer(13),
    ]);
    let infos = tlv::node(0x31, &[infos_of(&copy), info].concat());
    let forged =
        Personalisation { card_security: Some(stranger("VN").sign_security_infos(&infos)), ..copy };
    refused(forged.clone(), can(), "not_authentic.unknown_issuer");
    let desk = Desk::new().policy(Policy::standard().allow_unknown_issuer());
    let run = desk.read(forged.clone(), can());
    assert_eq!(run.error().code(), "not_authentic.unknown_issuer");
    assert_eq!(run.ended(Check::ChipAuthenticationMapping), "not_authentic.unknown_issuer");
    // Where nobody is known, the operator has said that nobody needs to be.
    let desk = Desk::without_trust().policy(Policy::standard().allow_unknown_issuer());
    desk.read(cam_card(), can()).verified();
    assert_eq!(desk.read(cam_card(), can()).ended(Check::SignerPath), "unknown_issuer_allowed");
}

/// EF.CardSecurity is signed as DG14 is: what it announces beyond EF.CardAccess was taken out there.
#[test]
fn a_card_security_that_announces_more() {
    let more = personalise(&CardOptions {
        pace: vec![cam(), PaceOption::new(cam().mapping, CURVE, CipherName::Aes256)],
        ..cam_options()
    });
    let run =
        refused(with_security(more.card_security), can(), "not_authentic.card_access_differs");
    assert_eq!(run.ended(Check::Downgrade), "not_authentic.card_access_differs");
}
