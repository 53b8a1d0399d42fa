//! Only a signature over the verifier's own challenge says that the chip was there.

use cccd::{
    chip::Challenge,
    document::{ChipProof, Evidence, ProofStrength},
    findings::Check,
    inspection::InspectionSystem,
    policy::{ChipProofDemand, Policy},
};
use cccd_simulator::{ActiveKind, CardOptions};

use super::{EVIDENCE, challenge};
use crate::common::{Desk, can, date, ended, issuer, options, personalise, trusting};

fn bank() -> InspectionSystem {
    Desk::new().policy(Policy::bank()).system
}

fn other() -> Challenge {
    Challenge::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]).unwrap()
}

/// The same files, said to have been read with no challenge.
fn without_signature() -> Evidence {
    let groups = EVIDENCE.groups().clone();
    Evidence::from_files(EVIDENCE.sod().reveal().clone(), groups)
}

#[test]
fn the_banks_own_challenge_and_nothing_else_is_live() {
    let code = |system: &InspectionSystem, evidence, challenge| {
        system
            .verify(evidence, challenge, None)
            .document
            .map_or_else(|error| error.code(), |_| "verified")
    };
    let standard = Desk::new().system;
    assert_eq!(code(&bank(), &EVIDENCE, Some(challenge())), "verified");
    for system in [&bank(), &standard] {
        assert_eq!(code(system, &EVIDENCE, Some(other())), "not_genuine.challenge");
    }
    assert_eq!(code(&bank(), &EVIDENCE, None), "not_genuine.no_proof");
    assert_eq!(code(&standard, &EVIDENCE, None), "verified");
    assert_eq!(code(&bank(), &without_signature(), Some(challenge())), "not_genuine.no_proof");
}

#[test]
fn a_live_verdict_needs_the_challenge_whatever_the_policy() {
    let today = date("2026-11-21");
    for policy in [Policy::standard(), Policy::bank(), Policy::standard().allow_expired_document()]
    {
        let system = Desk::new().policy(policy).system;
        let live = |evidence, challenge: Challenge| {
            let verdict = system.verify_live(evidence, &challenge, today);
            verdict.document.map_or_else(|error| error.code(), |_| "verified")
        };
        assert_eq!(live(&EVIDENCE, challenge()), "verified");
        assert_eq!(live(&EVIDENCE, other()), "not_genuine.challenge");
        assert_eq!(live(&without_signature(), challenge()), "not_genuine.no_proof");
    }
    let document = bank().verify_live(&EVIDENCE, &challenge(), today).document.unwrap();
    let [proof @ ChipProof::ActiveAuthentication { .. }] = document.chip_proofs() else {
        panic!("{:?}", document.chip_proofs());
    };
    assert_eq!(proof.strength(), ProofStrength::FreshSignature);
}

/// The claims say that two other proofs succeeded. They convince whoever ran them.
#[test]
fn claimed_proofs_do_not_count() {
    let claims = EVIDENCE.claims();
    assert!(claims.chip_authentication.is_some() && claims.chip_authentication_mapping.is_some());
    let options = CardOptions { active_authentication: ActiveKind::None, ..options() };
    let run = Desk::new().read(personalise(&options), can());
    assert_eq!(run.ended(Check::ChipAuthentication), "passed");
    let stored = run.verified().evidence();
    assert!(stored.claims().chip_authentication.is_some());
    for policy in [Policy::bank(), Policy::standard().require_chip_proof(ChipProofDemand::Required)]
    {
        let verdict = Desk::new().policy(policy).system.verify(stored, Some(challenge()), None);
        assert_eq!(verdict.document.unwrap_err().code(), "not_genuine.no_proof");
        assert_eq!(ended(&verdict.report, Check::ChipAuthentication), "offline");
    }
}

/// The day is the verifier's: neither the day nor the time in the file moves it.
#[test]
fn the_day_is_the_verifiers() {
    let long_after = bank().verify_live(&EVIDENCE, &challenge(), date("2096-01-01"));
    assert_eq!(long_after.document.unwrap_err().code(), "not_authentic.signer_validity");
    let system = InspectionSystem::new(trusting(issuer()), date("2096-01-01"));
    assert!(system.on(date("2026-11-21")).verify(&EVIDENCE, None, None).document.is_ok());
}

/// What the kiosk says of the read, so that the file tells by which rules it accepted.
#[test]
fn the_file_tells_how_the_kiosk_saw_it() {
    let stored = Evidence::from_bytes(&EVIDENCE.to_bytes()).unwrap();
    let claims = stored.claims();
    let access = claims.access.as_ref().unwrap();
    assert_eq!(access.password.name(), "can");
    assert_eq!(access.pace.as_ref().unwrap().group, "brainpoolP256r1");
    assert_eq!(claims.chip_authentication_mapping.as_deref(), Some("brainpoolP256r1"));
    let chip = claims.chip_authentication.as_ref().unwrap();
    assert_eq!((chip.group.as_str(), chip.status), ("brainpoolP256r1", 0x9000));
    assert_eq!(chip.protocol.as_deref(), Some("0.4.0.127.0.7.2.2.3.2.2"));
    assert_eq!(chip.ephemeral.len(), 65);
    assert_eq!(claims.terminal_authentication.as_ref().unwrap().groups, [3, 4]);
    assert_eq!(claims.read_on, Some(date("2026-11-21")));
    assert_eq!(claims.read_at.as_deref(), Some("2026-11-21T09:37:42.5+07:00"));
    assert_eq!(claims.reader.as_deref(), Some("Simulated reader 3"));
    assert!(claims.library.as_deref().unwrap().starts_with("cccd "));
    let policy = claims.policy.as_ref().unwrap();
    assert_eq!(
        (policy.name.as_str(), policy.bac, policy.unknown_issuer),
        ("standard", true, false)
    );
    assert_eq!(claims.outcomes.len(), Check::ALL.len());
    for (check, code) in [
        ("access", "passed"),
        ("chip_authentication_mapping", "passed"),
        ("printed_data", "nothing_to_compare"),
    ] {
        let pair = (check.to_owned(), code.to_owned());
        assert!(claims.outcomes.contains(&pair), "{pair:?}");
    }
    // Whoever verifies passes on what the kiosk said, and does not put his own words in its mouth.
    let again = Desk::new().system.verify(&stored, Some(challenge()), None).document.unwrap();
    assert_eq!(again.evidence().claims(), claims);
}

#[test]
fn a_loose_policy_shows_in_the_file() {
    let desk = Desk::without_trust().policy(Policy::standard().allow_unknown_issuer());
    let run = desk.read(personalise(&options()), can());
    let evidence = run.verified().evidence();
    let policy = evidence.claims().policy.as_ref().unwrap();
    assert!(policy.unknown_issuer);
    // And helps nobody who does not allow the same.
    let verdict = Desk::without_trust().system.verify(evidence, None, None);
    assert_eq!(verdict.document.unwrap_err().code(), "not_authentic.unknown_issuer");
}
