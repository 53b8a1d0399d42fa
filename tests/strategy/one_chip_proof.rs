//! Chip Authentication or Active Authentication: where one proof is enough, the other is not asked for.

use cccd::{
    Error,
    chip::Challenge,
    document::{ChipProof, Evidence},
    findings::Check,
    inspection::{InspectionOptions, Step},
    policy::{ChipProofDemand, Policy},
    transport::Limits,
};
use cccd_simulator::{
    ActiveKind, CardOptions, Chip, ChipAuthenticationOption, CipherName, CurveName, Fault, Group,
    Link, Mapping, ModpName, PaceOption,
};

use crate::common::{Desk, Run, can, card, options, personalise, seeded};

fn content() -> Desk {
    Desk::new().policy(Policy::standard().allow_one_chip_proof())
}

fn challenge() -> Challenge {
    Challenge::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]).unwrap()
}

fn groups(run: &Run) -> Vec<u8> {
    run.verified().authenticated().groups().collect()
}

#[test]
fn chip_authentication_is_enough() {
    let both = Desk::new().read(card(), can());
    let one = content().read(card(), can());
    assert!(matches!(one.verified().chip_proofs(), [ChipProof::ChipAuthentication(_)]));
    assert_eq!(one.ended(Check::ActiveAuthentication), "not_asked");
    assert!(!groups(&one).contains(&15));
    // DG15 and INTERNAL AUTHENTICATE.
    assert_eq!(one.metrics.apdus, both.metrics.apdus - 2);
    let (identity, _) = one.identified.as_ref().unwrap();
    assert_eq!(identity.chip_proofs(), one.verified().chip_proofs());
}

#[test]
fn the_mapping_of_pace_is_enough() {
    let curve = Group::Curve(CurveName::BrainpoolP256r1);
    let mapping = PaceOption::new(Mapping::ChipAuthentication, curve, CipherName::Aes128);
    let mapped = CardOptions { pace: vec![mapping], chip_authentication: Vec::new(), ..options() };
    let run = content().read(personalise(&mapped), can());
    assert!(matches!(run.verified().chip_proofs(), [ChipProof::ChipAuthenticationMapping(_)]));
    assert_eq!(run.ended(Check::ActiveAuthentication), "not_asked");
}

/// Without another proof the chip has to sign.
#[test]
fn a_chip_with_active_authentication_only_is_asked() {
    let active = CardOptions { chip_authentication: Vec::new(), ..options() };
    let run = content().read(personalise(&active), can());
    assert!(matches!(run.verified().chip_proofs(), [ChipProof::ActiveAuthentication { .. }]));
}

#[test]
fn whoever_wants_a_signature_gets_one() {
    let options = InspectionOptions::new(can(), seeded(1)).challenge(challenge());
    let run = content().read_chip(&mut Chip::new(card(), 7), options);
    assert_eq!(run.ended(Check::ActiveAuthentication), "passed");
    for policy in [
        Policy::bank().allow_one_chip_proof(),
        Policy::standard().allow_one_chip_proof().require_chip_proof(ChipProofDemand::Fresh),
    ] {
        assert!(!policy.accepts_one_chip_proof());
        let run = Desk::new().policy(policy).read(card(), can());
        assert_eq!(run.ended(Check::ActiveAuthentication), "passed");
    }
}

/// A copy with the signed files and no private key stays a copy.
#[test]
fn a_copy_is_found_out() {
    let mut copy = card();
    copy.chip_authentication.clear();
    let run = content().read(copy, can());
    assert_eq!(run.error().kind(), "not_genuine");
    let mut stripped = card();
    stripped.chip_authentication.clear();
    stripped.active_authentication = None;
    stripped.files.remove(&0x010E);
    let run = content().read(stripped, can());
    assert_eq!(run.error().code(), "not_authentic.group_withheld");
}

/// The card is lost after it has proven itself, and comes back on a device that cannot carry a key of 2048 bits: it
/// has to give the other proof.
#[test]
fn a_proof_that_cannot_be_given_again_is_replaced_by_the_other() {
    let group = Group::Modp(ModpName::Modp2048_256);
    let long = CardOptions {
        chip_authentication: vec![ChipAuthenticationOption::new(group, CipherName::Aes128)],
        active_authentication: ActiveKind::Ecdsa(CurveName::Secp256r1),
        ..options()
    };
    let mut chip = Chip::new(personalise(&long), 7);
    let system = content().system;
    let mut inspection = system.inspect(InspectionOptions::new(can(), seeded(1)));
    inspection.set_limits(Limits::EXTENDED);
    let (mut portrait, mut lost) = (false, false);
    let document = loop {
        match inspection.poll().unwrap() {
            Step::Transmit(_) if portrait && !lost => {
                lost = true;
                inspection.lost(Error::LinkLost);
            }
            Step::Transmit(command) => inspection.receive(&chip.process(command.as_bytes())),
            Step::Progress(progress) => portrait = progress.file == "DG2",
            Step::Identity(identity) => {
                assert!(matches!(identity.chip_proofs(), [ChipProof::ChipAuthentication(_)]));
            }
            Step::CardLost => {
                chip.reset();
                inspection.set_limits(Limits::SHORT);
                inspection.card_is_back();
            }
            Step::Done(document) => break document,
        }
    };
    assert!(lost);
    assert!(matches!(document.chip_proofs(), [ChipProof::ActiveAuthentication { .. }]));
    let report = document.report();
    assert_eq!(crate::common::ended(report, Check::ChipAuthentication), "device_too_short");
}

#[test]
fn a_proof_that_a_loss_took_away_has_to_be_given_again() {
    for exchange in 0..21 {
        let faults = vec![Fault::LostBefore(exchange)];
        let mut link = Link::with_faults(Chip::new(card(), 7), faults);
        let run = content().read_again(InspectionOptions::new(can(), seeded(1)), &mut link);
        let document = run.outcome.as_ref().unwrap();
        assert!(matches!(document.chip_proofs(), [ChipProof::ChipAuthentication(_)]));
    }
}

/// The evidence of such a read holds no proof of the chip: only who is content with that accepts it.
#[test]
fn evidence_says_what_was_left_out() {
    let run = content().read(card(), can());
    let evidence = Evidence::from_bytes(&run.verified().evidence().to_bytes()).unwrap();
    let policy = evidence.claims().policy.as_ref().unwrap();
    assert!(policy.one_chip_proof);
    let strict = Desk::new().system.verify(&evidence, None, None);
    assert_eq!(strict.document.unwrap_err().code(), "not_authentic.group_withheld");
    let lenient = content().system.verify(&evidence, None, None);
    let document = lenient.document.unwrap();
    assert!(document.chip_proofs().is_empty());
    assert_eq!(crate::common::ended(document.report(), Check::ActiveAuthentication), "not_kept");
    let live = content().system.verify_live(
        &evidence,
        &challenge(),
        crate::common::date(crate::common::TODAY),
    );
    assert!(live.document.is_err());
    // Evidence of other reads says nothing new.
    let other = Desk::new().limits(Limits::EXTENDED).read(card(), can());
    let bytes = other.verified().evidence().to_bytes();
    assert!(
        !Evidence::from_bytes(&bytes).unwrap().claims().policy.as_ref().unwrap().one_chip_proof
    );
}
