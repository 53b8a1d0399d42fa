//! Groups beyond 32 and 64 KiB, over the air.

use cccd::{lds::RecordFormat, transport::Limits};
use cccd_simulator::{
    ActiveKind, CardOptions,
    personalisation::{BiometricImage, Modality, RecordEdition, biometric_group, file},
    portrait::PortraitOptions,
    random::Random,
};

use super::common::{Desk, can, issuer, options, personalise};

/// A face of ISO/IEC 39794-5 in 15, 40 and 100 kB: the odd instruction reads what lies beyond offset 32,767, over extended
/// length and over short.
#[test]
fn a_face_of_iso_39794_is_read_whatever_its_length() {
    for target in [15_000, 40_000, 100_000] {
        let portrait =
            PortraitOptions { width: 480, height: 640, ..PortraitOptions::of_size(target) };
        let options = CardOptions {
            portrait,
            records: RecordEdition::Tagged,
            // A short answer has no room for a signature of RSA.
            active_authentication: ActiveKind::None,
            ..CardOptions::default()
        };
        let card = personalise(&options);
        assert!(card.files[&file::DG2].len() > target * 9 / 10);
        for limits in [Limits::EXTENDED, Limits::SHORT] {
            let run = Desk::new().limits(limits).read(card.clone(), can());
            run.assert_same_groups(&card);
            let dg2 = run.verified().dg2().unwrap();
            let [face] = dg2.faces() else { panic!("{dg2:?}") };
            assert_eq!(*face.image.reveal(), options.portrait.make().image);
            assert_eq!(face.width.zip(face.height), Some((480, 640)));
            assert_eq!(dg2.records()[0].format, RecordFormat::Iso39794_5);
            let instructions: Vec<u8> = run
                .trace
                .iter()
                .filter_map(|exchange| exchange.plain_command.as_ref())
                .map(|command| command[1])
                .collect();
            assert_eq!(instructions.contains(&0xB1), target > 32_768);
        }
    }
}

/// As long as the longest sample that is known, 893,885 bytes, and a little more.
#[test]
fn a_face_of_nearly_a_megabyte_is_read() {
    let mut card = personalise(&options());
    let image = [&[0xFF, 0xD8, 0xFF, 0xE0][..], &Random::from_seed(1).bytes(900_000)].concat();
    let face = BiometricImage { image, width: 1920, height: 1080, part: 0, quality: 0 };
    let group = biometric_group(Modality::Face, RecordEdition::Tagged, &[vec![face.clone()]]);
    card.files.insert(file::DG2, group);
    issuer().sign_again(&mut card);
    let run = Desk::new().read(card, can());
    let dg2 = run.verified().dg2().unwrap();
    assert!(*dg2.faces()[0].image.reveal() == face.image);
    assert_eq!(dg2.deviations(), []);
}
