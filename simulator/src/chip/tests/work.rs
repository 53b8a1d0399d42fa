//! What the chip says that it computed.

use super::super::{Chip, Work};
use super::pace::{contents, mapping_key, terminal, with};
use super::terminal::Terminal;
use super::{bytes, personalisation};
use crate::arithmetic::curve::CurveName;
use crate::arithmetic::group::Group;
use crate::arithmetic::modp::ModpName;
use crate::digest::DigestName;
use crate::personalisation::{ActiveKey, EcKey, Mapping, PaceOption, file};
use crate::random::Random;
use crate::symmetric::CipherName;
use crate::tlv;

const MRZ: &str = "195001234795061583506156";

#[test]
fn the_work_of_pace() {
    let keys = |ec_key_generations, ec_agreements, modp_exponentiations| Work {
        ec_key_generations,
        ec_agreements,
        modp_exponentiations,
        ..Work::default()
    };
    let curve = Group::Curve(CurveName::BrainpoolP256r1);
    let modp = Group::Modp(ModpName::Modp2048_256);
    for (mapping, group, expected) in [
        (Mapping::Generic, curve, keys(2, 2, 0)),
        (Mapping::Integrated, curve, keys(1, 1, 0)),
        (Mapping::ChipAuthentication, curve, keys(2, 2, 0)),
        (Mapping::Generic, modp, keys(0, 0, 4)),
        (Mapping::Integrated, modp, keys(0, 0, 3)),
    ] {
        let option = PaceOption::new(mapping, group, CipherName::Aes128);
        let mut contents = contents(&[option]);
        contents.chip_authentication = vec![mapping_key(group)];
        let mut terminal = terminal(contents);
        assert_eq!(terminal.pace(option, b"001234", 2), 0x9000, "{option:?}");
        assert_eq!(terminal.chip.work(), expected, "{option:?}");
    }
}

#[test]
fn the_work_of_basic_access_control_and_of_reading() {
    let mut terminal = Terminal::new(Chip::new(personalisation(), 5));
    assert_eq!(terminal.bac(MRZ), 0x9000);
    let opened = Work {
        application_selections: 1,
        challenges: 1,
        bac_authentications: 1,
        ..Work::default()
    };
    assert_eq!(terminal.chip.work(), opened);
    assert_eq!(terminal.read(file::DG1).len(), 95);
    assert_eq!(terminal.chip.work(), Work { triple_des_bytes: 95, ..opened });
    // The work of a card that loses its power stays done.
    terminal.chip.reset();
    assert_eq!(terminal.bac("195001234795061583506157"), 0x6300);
    let again = Work {
        application_selections: 2,
        challenges: 2,
        bac_authentications: 2,
        triple_des_bytes: 95,
        ..Work::default()
    };
    assert_eq!(terminal.chip.work(), again);
    assert_eq!(again - opened, Work { triple_des_bytes: 95, ..opened });
}

#[test]
fn the_work_of_chip_authentication() {
    let mut terminal = with(&personalisation().access.pace);
    terminal.open();
    let before = terminal.chip.work();
    // SELECT of the application carried its name, seven bytes.
    assert_eq!((before.application_selections, before.aes_bytes), (1, 7));
    let protocol = tlv::node(0x80, &bytes("04007F00070202030202"));
    assert_eq!(terminal.secure([0, 0x22, 0x41, 0xA4], &protocol, &[]).1, 0x9000);
    let group = terminal.chip.personalisation().chip_authentication[0].group;
    let public = group.public_key(&group.private_key(&mut terminal.random));
    let data = tlv::node(0x7C, &tlv::node(0x80, &group.encode(&public)));
    assert_eq!(terminal.secure([0, 0x86, 0, 0], &data, &[0]).1, 0x9000);
    // Two commands of 12 and 69 bytes, and an answer of two.
    let expected =
        Work { ec_agreements: 1, chip_authentications: 1, aes_bytes: 83, ..Work::default() };
    assert_eq!(terminal.chip.work() - before, expected);
}

#[test]
fn the_work_of_active_authentication() {
    let curve = CurveName::Secp256r1;
    let key = EcKey::generate(curve, &mut Random::from_label(1, "active authentication"));
    let digest = DigestName::Sha256;
    let rsa = Work { rsa_signatures: 1, aes_bytes: 8 + 256, ..Work::default() };
    let ecdsa = Work { ecdsa_signatures: 1, aes_bytes: 8 + 64, ..Work::default() };
    for (key, expected) in [(None, rsa), (Some(ActiveKey::Ecdsa { key, digest }), ecdsa)] {
        let mut contents = contents(&personalisation().access.pace);
        contents.active_authentication = key.or(contents.active_authentication);
        let mut terminal = terminal(contents);
        terminal.open();
        let before = terminal.chip.work();
        let (_, status) = terminal.secure([0, 0x88, 0, 0], &[1, 2, 3, 4, 5, 6, 7, 8], &[0, 0]);
        assert_eq!(status, 0x9000);
        assert_eq!(terminal.chip.work() - before, expected);
    }
}
