//! A card that others made: the specimen of the BSI (TR-03105, part 5.1), with the private keys of its chip.
//!
//! Theirs: DG1 to DG4, DG14, DG15 and the two private keys, and in the first tests EF.SOD. Ours: the chip that
//! answers, and the library that reads. Skipped where `CCCD_FOREIGN` is unset.
//!
//! Their EF.SOD does not list DG15, and the authority that signed it is not at hand. So it shows Chip
//! Authentication over their signature by an unknown issuer; Active Authentication needs a list of our own.

mod common;

use cccd::{
    access::AccessKey,
    document::ChipProof,
    findings::Check,
    inspection::InspectionOptions,
    lds::{DataGroup, SecurityInfos},
    policy::{ChipProofDemand, Policy},
};
use cccd_simulator::{
    AccessControl, ActiveKey, ActiveKind, CardOptions, Chip, CurveName, DigestName, Mapping,
    ModpName, PaceOption, Person, Personalisation, PrivateKey,
    personalisation::{file, mrz_information},
};
use common::{Desk, Run, foreign, issuer_of, options, personalise, seeded};

/// Their document signer's certificate is valid from December 2013 to December 2014.
const DAY: &str = "2014-06-01";

const FILES: [(u16, &str); 8] = [
    (file::COM, "EF_COM"),
    (file::SOD, "EF_SOD"),
    (file::DG1, "Datagroup1"),
    (file::DG2, "Datagroup2"),
    (file::DG3, "Datagroup3"),
    (file::DG4, "Datagroup4"),
    (file::DG14, "Datagroup14"),
    (file::DG15, "Datagroup15"),
];

fn private_key(name: &str) -> PrivateKey {
    PrivateKey::from_pkcs8(&foreign(&format!("bsi-mustermann/{name}")).unwrap()).unwrap()
}

/// The specimen on a chip of ours, opened by BAC.
fn specimen() -> Option<Personalisation> {
    foreign("bsi-mustermann/EF_COM.bin")?;
    let mut card = personalise(&CardOptions { pace: Vec::new(), iris: true, ..options() });
    let read = |name: &str| foreign(&format!("bsi-mustermann/{name}.bin")).unwrap();
    card.files = FILES.into_iter().map(|(identifier, name)| (identifier, read(name))).collect();
    let (PrivateKey::Ec(chip), PrivateKey::Rsa(active)) =
        (private_key("DG14_sk.pkcs8"), private_key("DG15_sk.pkcs8"))
    else {
        panic!("a key on a curve and an RSA key");
    };
    assert_eq!(chip.curve, CurveName::BrainpoolP224r1);
    assert_eq!(active.modulus.bits(), 1024);
    card.chip_authentication = vec![chip.into()];
    card.active_authentication = Some(ActiveKey::Rsa { key: active, digest: DigestName::Sha1 });
    let [first, second] = lines(&card);
    card.mrz_information = mrz_information(&second[..9], &second[13..19], &second[21..27]);
    assert!(first.starts_with("P<D"));
    Some(card)
}

/// The two lines of the MRZ in their DG1.
fn lines(card: &Personalisation) -> [String; 2] {
    let dg1 = &card.files[&file::DG1];
    let text = std::str::from_utf8(&dg1[dg1.len() - 88..]).unwrap();
    [text[..44].to_owned(), text[44..].to_owned()]
}

fn mrz(card: &Personalisation) -> AccessKey {
    AccessKey::from_mrz(&lines(card).join("\n")).unwrap()
}

/// Nobody at this desk knows their authority.
fn desk() -> Desk {
    Desk::at(common::issuer(), DAY).policy(Policy::standard().allow_unknown_issuer())
}

fn read(desk: &Desk, card: &Personalisation, key: AccessKey) -> (Run, Chip) {
    let mut chip = Chip::new(card.clone(), 7);
    let run = desk.read_chip(&mut chip, InspectionOptions::new(key, seeded(1)));
    (run, chip)
}

/// Adds a way of PACE, announced in an EF.CardAccess of ours; their DG14 does not repeat it.
fn with_pace(card: &mut Personalisation, option: PaceOption) {
    card.access.pace = vec![option];
    let announcing = CardOptions {
        pace: vec![option],
        chip_authentication: Vec::new(),
        active_authentication: ActiveKind::None,
        terminal_authentication: false,
        ..options()
    };
    card.card_access = personalise(&announcing).card_access;
}

#[track_caller]
fn assert_their_chip_is_proven(run: &Run, groups: &[u8]) {
    let document = run.verified();
    assert_eq!(document.authenticated().groups().collect::<Vec<_>>(), groups);
    assert_eq!(run.ended(Check::SodSignature), "passed");
    assert_eq!(run.ended(Check::Digests), "passed");
    assert_eq!(run.ended(Check::ChipAuthentication), "passed");
    let ChipProof::ChipAuthentication(proof) = &document.chip_proofs()[0] else {
        panic!("{:?}", document.chip_proofs());
    };
    for word in ["brainpoolP224r1", "3DES"] {
        assert!(proof.description().contains(word), "{}", proof.description());
    }
    assert_eq!(document.dg1().unwrap().mrz().issuing_state(), "D");
    assert_eq!(document.dg2().unwrap().faces().len(), 1);
}

#[test]
fn their_card_with_their_signature_over_bac() {
    let Some(card) = specimen() else { return };
    let (run, chip) = read(&desk(), &card, mrz(&card));
    // DG15 is on the chip and in nobody's list, so it does not exist.
    assert_their_chip_is_proven(&run, &[1, 2, 14]);
    assert_eq!(run.ended(Check::ActiveAuthentication), "not_offered");
    assert_eq!(run.ended(Check::SignerPath), "not_authentic.unknown_issuer");
    assert_eq!(run.ended(Check::TerminalAuthentication), "not_asked");
    assert_eq!(chip.chip_proofs().chip_authentications, 1);
    assert_eq!(chip.chip_proofs().active_authentications, 0);
    let signer = run.report.signer().unwrap();
    assert_eq!(signer.country.as_deref(), Some("DE"));

    // Without the concession it is no document, and today it has expired.
    let strict = Desk::at(common::issuer(), DAY);
    let (run, _) = read(&strict, &card, mrz(&card));
    assert_eq!(run.error().code(), "not_authentic.unknown_issuer");
    let late = Desk::new().policy(Policy::standard().allow_unknown_issuer());
    let (run, _) = read(&late, &card, mrz(&card));
    assert_eq!(run.error().kind(), "not_authentic");
    assert!(run.error().code().contains("expired"), "{}", run.error().code());
}

#[test]
fn their_card_with_their_signature_over_pace() {
    let Some(mut card) = specimen() else { return };
    for option in [
        CurveName::BrainpoolP256r1.into(),
        PaceOption::new(
            Mapping::Integrated,
            CurveName::BrainpoolP384r1,
            cccd_simulator::CipherName::Aes256,
        ),
        PaceOption::new(
            Mapping::Generic,
            ModpName::Modp2048_256,
            cccd_simulator::CipherName::Aes128,
        ),
    ] {
        with_pace(&mut card, option);
        let can = AccessKey::from_can(&card.can).unwrap();
        for (key, name) in [(mrz(&card), "pace-mrz"), (can, "pace-can")] {
            let (run, _) = read(&desk(), &card, key);
            assert_their_chip_is_proven(&run, &[1, 2, 14]);
            assert_eq!(run.report.access().unwrap().name(), name);
            assert_eq!(run.ended(Check::Downgrade), "not_comparable");
        }
    }
}

/// The same groups under a list of ours, which has DG15 in it: both of their keys answer.
#[test]
fn their_groups_and_keys_with_our_signature() {
    let Some(mut card) = specimen() else { return };
    let issuer = issuer_of(2014);
    issuer.sign_again(&mut card);
    let desk = Desk::at(&issuer, DAY)
        .policy(Policy::standard().require_chip_proof(ChipProofDemand::Fresh));
    let (run, chip) = read(&desk, &card, mrz(&card));
    // Their passport says D, our signer VN: the report must not hide whose signature this is.
    let (error, state) = (run.outcome.as_ref().err(), run.ended(Check::IssuingState));
    panic!("{error:?} {state} {:?} {:?}", chip.chip_proofs(), run.report);
}
