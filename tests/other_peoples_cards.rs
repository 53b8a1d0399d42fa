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
    lds::SecurityInfos,
    policy::{ChipProofDemand, Policy},
    terminal::{CvCertificate, CvCertificates, Terminal},
};
use cccd_simulator::{
    ActiveKey, ActiveKind, CardOptions, Chip, ChipKey, CipherName, CurveName, DigestName, Issuer,
    Mapping, ModpName, PaceOption, Personalisation, PrivateKey, TerminalTrust,
    cv_certificate::{Date, TerminalAlgorithm, TerminalKey, TrustPoint},
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
    assert_eq!(run.ended(Check::SignerPath), "unknown_issuer_allowed");
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
    assert_eq!(run.error().code(), "not_authentic.signer_validity");
}

#[test]
fn their_card_with_their_signature_over_pace() {
    let Some(mut card) = specimen() else { return };
    for option in [
        CurveName::BrainpoolP256r1.into(),
        PaceOption::new(Mapping::Integrated, CurveName::BrainpoolP384r1, CipherName::Aes256),
        PaceOption::new(Mapping::Generic, ModpName::Modp2048_256, CipherName::Aes128),
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

/// The same groups under a list of ours, which has DG15 in it. The issuer says DE, as their holder's state does.
fn signed_by_us(mut card: Personalisation, year: u16) -> (Issuer, Personalisation) {
    let issuer = issuer_of("DE", year);
    issuer.sign_again(&mut card);
    (issuer, card)
}

#[test]
fn their_groups_and_keys_with_our_signature() {
    let Some(card) = specimen() else { return };
    let (issuer, mut card) = signed_by_us(card, 2014);
    let fresh = Policy::standard().require_chip_proof(ChipProofDemand::Fresh);
    let desk = Desk::at(&issuer, DAY).policy(fresh);
    for pace in [false, true] {
        if pace {
            with_pace(&mut card, CurveName::BrainpoolP224r1.into());
        }
        let (run, chip) = read(&desk, &card, mrz(&card));
        assert_their_chip_is_proven(&run, &[1, 2, 14, 15]);
        assert_eq!(run.ended(Check::ActiveAuthentication), "passed");
        let [_, ChipProof::ActiveAuthentication { signed, fresh: true }] =
            run.verified().chip_proofs()
        else {
            panic!("{:?}", run.verified().chip_proofs());
        };
        assert!(signed.description().contains("RSA 1024"), "{}", signed.description());
        assert_eq!(run.ended(Check::IssuingState), "passed");
        let access = if pace { "pace-mrz" } else { "bac" };
        assert_eq!(run.report.access().unwrap().name(), access);
        let proofs = chip.chip_proofs();
        assert_eq!((proofs.chip_authentications, proofs.active_authentications), (1, 1));
    }
}

/// The same files on a chip without their private keys, whoever signed the list.
#[test]
fn a_copy_of_their_card_is_found_by_each_of_the_two_proofs() {
    let Some(card) = specimen() else { return };
    let chip_authentication = "not_genuine.chip_authentication";
    let (run, _) = read(&desk(), &card.clone_without_private_keys(), mrz(&card));
    assert_eq!(run.error().code(), chip_authentication);

    let (issuer, card) = signed_by_us(card, 2014);
    let desk = Desk::at(&issuer, DAY);
    let copy = card.clone_without_private_keys();
    let (run, _) = read(&desk, &copy, mrz(&card));
    assert_eq!(run.error().code(), chip_authentication);
    assert_eq!(run.ended(Check::ChipAuthentication), chip_authentication);
    // With the one key but not the other: a modulus of their length, and not their number.
    let mut half = card.clone();
    let Some(ActiveKey::Rsa { key, .. }) = &mut half.active_authentication else {
        panic!("their DG15 has an RSA key");
    };
    key.private_exponent += 2u8;
    let (run, chip) = read(&desk, &half, mrz(&card));
    assert_eq!(run.error().code(), "not_genuine.active_authentication");
    assert_eq!(run.ended(Check::ActiveAuthentication), run.error().code());
    assert_eq!(chip.chip_proofs().chip_authentications, 1);
}

/// Their fingers and irises, opened by the inspection system of other people still: of all this only the list
/// and its signature are ours.
#[test]
fn their_fingers_for_the_terminal_of_others() {
    let Some(card) = specimen() else { return };
    let (issuer, mut card) = signed_by_us(card, 2016);
    let eac = |name: &str| foreign(&format!("eac/CFG.DFLT.EAC.IS/{name}")).unwrap();
    let root = eac("CVCA_Cert_01.cvcert");
    let trust_point = TrustPoint::from_certificate(&root).unwrap();
    card.terminal_trust = Some(TerminalTrust::new(trust_point, Date::new(2016, 11, 1)));
    let mut certificates = CvCertificates::new();
    for certificate in [root, eac("dv_is_cert_1.cvcert"), eac("is_cert_1.cvcert")] {
        certificates.add(&certificate).unwrap();
    }
    let key = PrivateKey::from_pkcs8(&eac("IS_Key_01_default.pkcs8")).unwrap();
    let key = TerminalKey::new(TerminalAlgorithm::EcdsaSha256, key).unwrap();
    let mut chip = Chip::new(card.clone(), 7);
    let options =
        InspectionOptions::new(mrz(&card), seeded(1)).terminal(Border { certificates, key });
    let run = Desk::at(&issuer, "2016-11-22").read_chip(&mut chip, options);
    assert_their_chip_is_proven(&run, &[1, 2, 3, 4, 14, 15]);
    assert_eq!(run.ended(Check::TerminalAuthentication), "passed");
    assert_eq!(run.ended(Check::ActiveAuthentication), "passed");
    for (group, length) in [(file::DG3, 32_476), (file::DG4, 13_294)] {
        let number = file::data_group_number(group).unwrap();
        let read = run.verified().authenticated().group(number).unwrap();
        assert!(read == card.files[&group] && read.len() == length, "DG{number}");
    }
}

struct Border {
    certificates: CvCertificates,
    key: TerminalKey,
}

impl Terminal for Border {
    fn certificates(&self) -> &CvCertificates {
        &self.certificates
    }

    fn sign(&mut self, _: &CvCertificate, message: &[u8]) -> cccd::Result<Vec<u8>> {
        Ok(self.key.sign(message))
    }
}

/// The protocols that MSE:Set AT of PACE named, without the arcs that all of them share.
fn tried(chip: &Chip) -> Vec<[u8; 2]> {
    let set_at = [0x00, 0x22, 0xC1, 0xA4];
    let commands = chip.trace().iter().map(|exchange| exchange.command.as_slice());
    let pace = commands.filter(|command| command.starts_with(&set_at));
    pace.map(|command| [command[15], command[16]]).collect()
}

/// EF.CardAccess as AusweisApp and OpenPACE have it in their tests, on the chip of the specimen.
#[test]
fn the_offers_in_ef_card_access_of_others() {
    const GENERIC: [u8; 2] = [2, 2];
    const CHIP_AUTHENTICATION: [u8; 2] = [6, 2];
    let Some(mut card) = specimen() else { return };
    let curve = CurveName::BrainpoolP256r1;
    let mapping = PaceOption::new(Mapping::ChipAuthentication, curve, CipherName::Aes128);
    card.access.pace = vec![curve.into(), mapping];
    let private = card.chip_authentication[0].private.clone();
    let ciphers = Vec::new();
    card.chip_authentication.push(ChipKey { group: curve.into(), private, key_id: None, ciphers });
    let can = AccessKey::from_can(&card.can).unwrap();
    for (name, offers, attempts, outcome) in [
        ("AusweisApp__92674ee1c1ef", 1, &[GENERIC][..], None),
        ("AusweisApp__bf72ea1ac140", 1, &[GENERIC], None),
        // The stronger of two; but whoever maps by its own key has to have it signed in EF.CardSecurity.
        ("openpace__4fb88269a0f6", 2, &[CHIP_AUTHENTICATION], Some("not_genuine.no_mapping_key")),
        // PACE of the first version, whose tokens were made differently.
        ("openpace__edcd4aeced8e", 1, &[], Some("unsupported.protocol")),
    ] {
        let bytes = foreign(&format!("files/EF.CardAccess/{name}.bin")).unwrap();
        assert_eq!(SecurityInfos::parse(&bytes).unwrap().pace().count(), offers, "{name}");
        card.card_access = Some(bytes);
        let (run, chip) = read(&desk(), &card, can.clone());
        assert_eq!(tried(&chip), attempts, "{name}");
        assert_eq!(run.outcome.as_ref().err().map(cccd::Error::code), outcome, "{name}");
        assert_eq!(run.violations, [""; 0]);
        if outcome.is_none() {
            assert_their_chip_is_proven(&run, &[1, 2, 14]);
            let details = run.report.access().unwrap().details();
            assert_eq!(details, "ECDH-GM, AES-128, brainpoolP256r1");
        }
    }
}
