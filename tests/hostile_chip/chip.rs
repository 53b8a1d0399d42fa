//! Copies: the right files on a chip without the private keys.

use super::*;

#[test]
fn copies_with_the_right_files_and_no_private_key() {
    let brainpool = Some(CurveName::BrainpoolP256r1);
    let rsa = ActiveKind::Rsa2048(DigestName::Sha256);
    let ecdsa = ActiveKind::Ecdsa(CurveName::Secp256r1);
    for (ca, aa, code, check) in [
        (brainpool, rsa, "not_genuine.chip_authentication", Check::ChipAuthentication),
        (brainpool, ActiveKind::None, "not_genuine.chip_authentication", Check::ChipAuthentication),
        (None, rsa, "not_genuine.active_authentication", Check::ActiveAuthentication),
        (None, ecdsa, "not_genuine.active_authentication", Check::ActiveAuthentication),
    ] {
        for key in [can(), mrz()] {
            let copy = offering(ca, aa).clone_without_private_keys();
            let run = refused(copy, key, code);
            assert_eq!(run.ended(check), code);
            // Passive authentication alone would have taken it.
            assert_eq!(run.ended(Check::SodSignature), "passed");
            assert_eq!(run.ended(Check::SignerPath), "passed");
            // Nobody waits for the portrait of a copy.
            assert!(run.progress.iter().all(|progress| progress.file != "DG2"), "{code}");
        }
    }
}

#[test]
fn copies_that_refuse_the_proof() {
    for (ca, aa, code) in [
        (Some(CurveName::BrainpoolP256r1), ActiveKind::None, "not_genuine.chip_authentication"),
        (None, ActiveKind::Rsa2048(DigestName::Sha256), "not_genuine.active_authentication"),
    ] {
        let mut copy = offering(ca, aa);
        copy.chip_authentication.clear();
        copy.active_authentication = None;
        refused(copy, can(), code);
    }
}

#[test]
fn copies_that_withhold_what_would_expose_them() {
    let mut copy = card().clone_without_private_keys();
    copy.withhold(file::DG14);
    copy.withhold(file::DG15);
    refused(copy, can(), "not_authentic.group_withheld");
    // The caller cannot be talked out of it either: DG14 and DG15 are read whatever is wanted.
    let mut copy = card().clone_without_private_keys();
    copy.withhold(file::DG14);
    copy.withhold(file::DG15);
    let mut desk = Desk::new();
    desk.system = desk.system.with_groups([1]);
    let run = desk.read(copy, can());
    assert_eq!(run.error().code(), "not_authentic.group_withheld");
}

#[test]
fn a_copy_that_brings_its_own_keys() {
    let other = issuer().personalise(&Person::sample_indefinite(), &options());
    for group in [file::DG14, file::DG15] {
        let mut copy = card();
        copy.files.insert(group, other.files[&group].clone());
        if other.files[&group] == card().files[&group] {
            // Every simulated RSA key is the same one: a bit makes it another.
            copy.flip_bit(group, 800);
        }
        if group == file::DG14 {
            copy.chip_authentication = other.chip_authentication.clone();
        }
        refused(copy, can(), "not_authentic.digest_mismatch");
    }
}

#[test]
fn an_old_proof_does_not_answer_a_new_challenge() {
    let bank = Desk::new().policy(Policy::bank());
    let old = Challenge::from_bytes(*b"monday 9").unwrap();
    let new = Challenge::from_bytes(*b"friday 5").unwrap();
    let options = InspectionOptions::new(can(), seeded(1)).challenge(old);
    let run = bank.read_chip(&mut Chip::new(card(), 7), options);
    let evidence = run.verified().evidence().clone();
    assert!(bank.system.verify(&evidence, Some(old), None).document.is_ok());

    let verdict = bank.system.verify(&evidence, Some(new), None);
    assert_eq!(verdict.document.unwrap_err().code(), "not_genuine.challenge");
    assert_eq!(
        common::ended(&verdict.report, Check::ActiveAuthentication),
        "not_genuine.challenge"
    );
    // The old signature under the new challenge's name.
    let forged = relabelled(&evidence, new);
    let verdict = bank.system.verify(&forged, Some(new), None);
    assert_eq!(verdict.document.unwrap_err().code(), "not_genuine.active_authentication");
    // Without any transcript.
    let bare = Evidence::from_files(evidence.sod().reveal().clone(), evidence.groups().clone());
    let verdict = bank.system.verify(&bare, Some(new), None);
    assert_eq!(verdict.document.unwrap_err().code(), "not_genuine.no_proof");
}

/// The same evidence file with another challenge in it.
fn relabelled(evidence: &Evidence, challenge: Challenge) -> Evidence {
    let ActiveAuthenticationTranscript { challenge: old, .. } =
        evidence.active_authentication().unwrap();
    let mut bytes = evidence.to_bytes();
    let at = bytes.windows(8).position(|window| window == old.as_bytes()).unwrap();
    bytes[at..at + 8].copy_from_slice(challenge.as_bytes());
    Evidence::from_bytes(&bytes).unwrap()
}

#[test]
fn a_flipped_bit_in_every_part_of_the_evidence() {
    let desk = Desk::new();
    let run = desk.read(card(), can());
    let evidence = run.verified().evidence();
    for (group, _) in GROUPS {
        let mut groups = evidence.groups().clone();
        let mut raw = groups[&group].reveal().clone();
        let middle = raw.len() / 2;
        raw[middle] ^= 4;
        groups.insert(group, raw.into());
        let forged = Evidence::from_files(evidence.sod().reveal().clone(), groups);
        let error = desk.system.verify(&forged, None, None).document.unwrap_err();
        assert_eq!(error, Error::NotAuthentic(NotAuthentic::DigestMismatch { group }));

        let mut groups = evidence.groups().clone();
        groups.remove(&group);
        let forged = Evidence::from_files(evidence.sod().reveal().clone(), groups);
        let error = desk.system.verify(&forged, None, None).document.unwrap_err();
        assert_eq!(error, Error::NotAuthentic(NotAuthentic::GroupWithheld { group }));
    }
    let mut groups = evidence.groups().clone();
    groups.insert(11, vec![0x6B, 0].into());
    let forged = Evidence::from_files(evidence.sod().reveal().clone(), groups);
    // A group that nobody signed is left out, and said to be.
    let document = desk.system.verify(&forged, None, None).document.unwrap();
    assert!(document.authenticated().group(11).is_none());
    assert!(!document.evidence().groups().contains_key(&11));
    assert!(document.report().deviations().any(|found| found == Deviation::UnsignedGroup));
    let strict = Policy::standard().refuse_deviation(Deviation::UnsignedGroup);
    let error = desk.policy(strict).system.verify(&forged, None, None).document.unwrap_err();
    assert_eq!(error.code(), "policy_refused.deviation");
}

#[test]
fn a_challenge_that_is_not_random_is_refused() {
    for byte in [0x00, 0xFF, 0x55] {
        let error = Challenge::from_bytes([byte; 8]).unwrap_err();
        assert_eq!(error.code(), "misuse.contract");
    }
    // Nor does a broken generator of random numbers get one to the chip.
    let broken = |bytes: &mut [u8]| {
        bytes.fill(0);
        Ok(())
    };
    for (card, key) in [(card(), can()), (bac_card(), mrz())] {
        let mut chip = Chip::new(card, 7);
        let run = Desk::new().read_chip(&mut chip, InspectionOptions::new(key, broken));
        assert_eq!(run.error().kind(), "misuse");
    }
    let failing = |_: &mut [u8]| Err(Error::Misuse("no random numbers"));
    let run =
        Desk::new().read_chip(&mut Chip::new(card(), 7), InspectionOptions::new(can(), failing));
    assert_eq!(run.error(), &Error::Misuse("no random numbers"));
}
