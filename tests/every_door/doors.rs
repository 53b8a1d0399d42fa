//! The doors of the CCCD's kin: PACE on every curve with both printed passwords, and Basic Access Control.

use cccd::findings::Check;
use cccd_simulator::{CardOptions, CurveName};

use crate::common::{Desk, bac_card, can, mrz, options, personalise};

#[test]
fn every_way_in_on_every_curve() {
    for curve in CurveName::ALL {
        let card = personalise(&CardOptions { pace: vec![curve.into()], ..options() });
        for (key, name) in [(can(), "pace-can"), (mrz(), "pace-mrz")] {
            let run = Desk::new().read(card.clone(), key);
            run.verified();
            run.assert_standard_checks();
            assert_eq!(run.access_name(), name);
            let details = run.report.access().unwrap().details();
            assert!(details.contains(curve.name()), "{details} for {}", curve.name());
            assert_eq!(run.ended(Check::Downgrade), "passed");
            assert_eq!(run.deviations(), [""; 0]);
            run.assert_same_groups(&card);
        }
    }
}

#[test]
fn basic_access_control_where_the_chip_has_nothing_else() {
    let run = Desk::new().read(bac_card(), mrz());
    run.verified();
    run.assert_standard_checks();
    assert_eq!(run.access_name(), "bac");
    // DG14 announces no PACE either, so there was nothing to be lowered.
    assert_eq!(run.ended(Check::Downgrade), "no_card_access");
    run.assert_same_groups(&bac_card());
}
