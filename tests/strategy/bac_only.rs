//! A document that is known to have no PACE is not asked for it.

use cccd::{findings::Check, inspection::InspectionOptions, policy::Policy};
use cccd_simulator::{Chip, Personalisation};

use crate::common::{Desk, Run, bac_card, can, card, mrz, seeded};

fn read(desk: &Desk, card: Personalisation, options: InspectionOptions) -> Run {
    desk.read_chip(&mut Chip::new(card, 7), options)
}

#[test]
fn three_exchanges_less() {
    let looked = read(&Desk::new(), bac_card(), InspectionOptions::new(mrz(), seeded(1)));
    let options = InspectionOptions::new(mrz(), seeded(1)).bac_only();
    let told = read(&Desk::new(), bac_card(), options);
    told.verified();
    assert_eq!(told.metrics.apdus, looked.metrics.apdus - 3);
    assert_eq!(told.access_name(), looked.access_name());
    assert_eq!(told.ended(Check::Downgrade), "no_card_access");
}

/// The caller was wrong, or somebody made them believe it: the signed DG14 knows.
#[test]
fn a_document_with_pace_is_refused() {
    let options = InspectionOptions::new(mrz(), seeded(1)).bac_only();
    let run = read(&Desk::new(), card(), options);
    assert_eq!(run.error().code(), "policy_refused.downgrade");
    assert_eq!(run.ended(Check::Downgrade), "policy_refused.downgrade");
}

#[test]
fn neither_the_policy_nor_the_key_is_overruled() {
    let options = || InspectionOptions::new(mrz(), seeded(1)).bac_only();
    let strict = Desk::new().policy(Policy::standard().require_pace());
    assert_eq!(read(&strict, bac_card(), options()).error().code(), "policy_refused.downgrade");
    let by_can = InspectionOptions::new(can(), seeded(1)).bac_only();
    assert_eq!(read(&Desk::new(), bac_card(), by_can).error().kind(), "invalid_key");
}
