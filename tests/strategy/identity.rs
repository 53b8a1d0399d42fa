//! Who the holder is, is known before the portrait.

use cccd::{
    document::ChipProof,
    findings::Check,
    inspection::InspectionOptions,
    policy::{ChipProofDemand, Policy},
    transport::Limits,
    vietnam::CitizenRecord,
};
use cccd_simulator::{ActiveKind, CardOptions, Chip, Link, Person};

use crate::common::{Desk, Run, bac_card, can, card, mrz, options, personalise, seeded};

/// Commands up to the first that asks for DG2, by its short identifier.
fn before_the_portrait(run: &Run) -> usize {
    let asks = |progress: &cccd::inspection::Progress| progress.file == "DG2";
    let begun = run.progress.iter().position(asks).expect("DG2 was read");
    let after = run.progress[begun..].iter().filter(|progress| progress.bytes_read > 0).count();
    run.metrics.apdus - after
}

#[test]
fn the_citizen_is_handed_out_before_the_portrait() {
    for (card, key) in [(card(), can()), (bac_card(), mrz())] {
        let run = Desk::new().read(card, key);
        let document = run.verified();
        let (identity, metrics) = run.identified.as_ref().unwrap();
        assert_eq!(metrics.apdus, before_the_portrait(&run));
        let read: Vec<u8> = identity.authenticated().groups().collect();
        assert_eq!(read, [1, 13, 14, 15]);
        let early = CitizenRecord::from_identity(identity).unwrap();
        assert_eq!(early, CitizenRecord::from_document(document).unwrap());
        assert_eq!(identity.dg1().unwrap(), document.dg1().unwrap());
        assert_eq!(identity.chip_proofs(), document.chip_proofs());
        assert!(matches!(identity.chip_proofs(), [ChipProof::ChipAuthentication(_), ..]));
        for check in [Check::SodSignature, Check::SignerPath, Check::Validity, Check::IssuingState]
        {
            let so_far = crate::common::ended(identity.report(), check);
            assert_eq!(so_far, "passed", "{check:?}");
        }
    }
}

/// What refuses the document at its end refuses the identity as well.
#[test]
fn no_identity_without_the_checks() {
    let refused = |desk: Desk, card| {
        let run = desk.read(card, can());
        assert!(run.identified.is_none());
        run.error().code()
    };
    let expired = Desk::at(crate::common::issuer(), "2044-01-01");
    assert_eq!(refused(expired, card()), "not_authentic.signer_validity");
    assert_eq!(refused(Desk::without_trust(), card()), "not_authentic.unknown_issuer");
    let unproven = CardOptions {
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        ..options()
    };
    let demanding = Policy::standard().require_chip_proof(ChipProofDemand::Required);
    let desk = Desk::new().policy(demanding);
    assert_eq!(refused(desk, personalise(&unproven)), "not_genuine.no_proof");
    let mut copy = card();
    copy.chip_authentication.clear();
    let run = Desk::new().read(copy, can());
    assert!(run.identified.is_none() && run.outcome.is_err());
    let mut altered = card();
    altered.files.get_mut(&0x010D).unwrap()[40] ^= 1;
    assert_eq!(refused(Desk::new(), altered), "not_authentic.digest_mismatch");
}

/// A printed name that differs refuses the identity too.
#[test]
fn printed_data_are_compared_before_the_identity_is_handed_out() {
    let other = Person { id_number: "000188000001".to_owned(), ..Person::sample() };
    let printed = cccd::mrz::Mrz::parse(&other.mrz().join("\n")).unwrap();
    let options = InspectionOptions::new(can(), seeded(1)).printed(printed);
    let run = Desk::new().read_chip(&mut Chip::new(card(), 7), options);
    assert_eq!(run.error().code(), "policy_refused.printed_data");
    assert!(run.identified.is_none());
}

/// A portrait that was exchanged: the citizen was shown, and the document is none all the same.
#[test]
fn the_document_is_refused_when_only_its_portrait_is_forged() {
    let mut forged = card();
    let portrait = forged.files.get_mut(&0x0102).unwrap();
    let last = portrait.len() - 1;
    portrait[last] ^= 1;
    let run = Desk::new().read(forged, can());
    assert!(run.identified.is_some());
    assert_eq!(run.error().code(), "not_authentic.digest_mismatch");
}

/// Over a bad link it is still handed out once, and `read_on` asserts that.
#[test]
fn a_card_that_slips_does_not_show_its_holder_twice() {
    for exchange in 0..23 {
        let faults = vec![cccd_simulator::Fault::LostAfter(exchange)];
        let mut link = Link::with_faults(Chip::new(card(), 7), faults);
        let options = InspectionOptions::new(can(), seeded(1));
        let run = Desk::new().limits(Limits::EXTENDED).read_again(options, &mut link);
        assert!(run.outcome.is_ok() && run.identified.is_some(), "lost after {exchange}");
    }
}
