use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::*;
use crate::date::Date;
use crate::error::{Error, NotAuthentic, PolicyRefusal, Result};
use crate::findings::Deviation;
use crate::pki::TrustStore;
use crate::pki::test_issuer::*;
use crate::policy::Policy;
use crate::sensitive::Personal;
use crate::tlv::write;

const GROUPS: [(u8, &[u8]); 3] = [(1, b"first"), (13, b"thirteenth"), (14, b"fourteenth")];

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

fn csca() -> Key {
    Key::new(1)
}

fn signer_key() -> Key {
    Key::new(3)
}

fn signer() -> Template {
    Template::signer("VN", "CSCA", &signer_key(), &csca())
}

fn cms() -> Cms {
    Cms::new(&LDS_SECURITY_OBJECT, &security_object(&GROUPS), &signer(), &csca())
}

fn sod(cms: &Cms) -> Vec<u8> {
    write(0x77, &cms.sign(&signer_key()))
}

fn trust() -> TrustStore {
    let mut trust = TrustStore::empty();
    trust.add_certificate(&Template::authority("VN", "CSCA", &csca()).sign(&csca()), "t").unwrap();
    trust
}

fn examine_today(sod: &[u8]) -> Examination {
    examine(sod, &trust(), today()).unwrap()
}

fn deviations(sod: &[u8]) -> Vec<Deviation> {
    let examination = examine_today(sod);
    examination.signature().unwrap();
    examination.path().unwrap();
    examination.deviations().collect()
}

fn not_authentic<T: core::fmt::Debug>(result: Result<T>) -> NotAuthentic {
    match result.unwrap_err() {
        Error::NotAuthentic(why) => why,
        other => panic!("{other}"),
    }
}

#[test]
fn a_good_document_gives_proof() {
    let examination = examine_today(&sod(&cms()));
    assert_eq!(examination.deviations().count(), 0);
    assert_eq!(examination.issuing_state(), Some("VN"));
    assert_eq!(examination.signing_time(), "2025-06-01".parse().ok());
    examination.validity().unwrap();
    let signer = examination.signer().unwrap();
    assert_eq!(signer.subject, "C=VN, CN=Document Signer");
    assert_eq!((signer.serial.as_str(), signer.key.as_deref()), ("07", Some("EC secp256r1")));
    let signed = examination.accept(&Policy::standard()).unwrap();
    assert_eq!(signed.groups().collect::<Vec<_>>(), [1, 13, 14]);
    assert_eq!(signed.anchor().unwrap().subject, "C=VN, CN=CSCA");
}

#[test]
fn groups_are_bound_to_the_signature() {
    let signed = examine_today(&sod(&cms())).accept(&Policy::standard()).unwrap();
    signed.check(13, b"thirteenth").unwrap();
    let mismatch = NotAuthentic::DigestMismatch { group: 13 };
    assert_eq!(not_authentic(signed.check(13, b"thirteentH")), mismatch);
    let not_signed = NotAuthentic::GroupNotSigned { group: 2 };
    assert_eq!(not_authentic(signed.check(2, b"portrait")), not_signed);

    let groups = |numbers: &[u8]| -> BTreeMap<u8, Personal<Vec<u8>>> {
        let all = GROUPS.iter().filter(|(number, _)| numbers.contains(number));
        all.map(|(number, raw)| (*number, Personal::new(raw.to_vec()))).collect()
    };
    let nothing = BTreeSet::new();
    let authenticated = signed.clone().authenticate(groups(&[1, 13, 14]), &nothing).unwrap();
    assert_eq!(authenticated.group(13), Some(&b"thirteenth"[..]));
    assert_eq!((authenticated.group(2), authenticated.groups().count()), (None, 3));

    let withheld = signed.clone().authenticate(groups(&[1, 13]), &nothing);
    assert_eq!(not_authentic(withheld), NotAuthentic::GroupWithheld { group: 14 });
    let excused = signed.clone().authenticate(groups(&[1, 14]), &BTreeSet::from([13])).unwrap();
    assert_eq!(excused.group(13), None);
    let mut swapped = groups(&[1, 13, 14]);
    swapped.insert(13, Personal::new(b"first".to_vec()));
    assert_eq!(not_authentic(signed.clone().authenticate(swapped, &nothing)), mismatch);
    // Excusing a group does not let wrong bytes of it pass.
    let mut wrong = groups(&[1, 14]);
    wrong.insert(13, Personal::new(vec![]));
    let result = signed.clone().authenticate(wrong, &BTreeSet::from([13]));
    assert_eq!(not_authentic(result), mismatch);
    let mut more = groups(&[1, 13, 14]);
    more.insert(2, Personal::new(b"portrait".to_vec()));
    assert_eq!(not_authentic(signed.authenticate(more, &nothing)), not_signed);
}

#[test]
fn an_unknown_issuer_is_the_only_path_that_policy_can_allow() {
    let sod = sod(&cms());
    let unknown = examine(&sod, &TrustStore::empty(), today()).unwrap();
    unknown.signature().unwrap();
    unknown.validity().unwrap();
    assert_eq!(not_authentic(unknown.path()), NotAuthentic::UnknownIssuer);
    let refused = unknown.clone().accept(&Policy::standard());
    assert_eq!(not_authentic(refused), NotAuthentic::UnknownIssuer);
    let allowing = Policy::standard().allow_unknown_issuer();
    assert_eq!(unknown.accept(&allowing).unwrap().anchor(), None);

    // A certificate that names the trusted key and was signed by another.
    let stranger = Key::new(9);
    let mut own = cms();
    own.certificates = vec![signer().sign(&stranger)];
    let forged = examine_today(&self::sod(&own));
    let refused = not_authentic(forged.accept(&allowing));
    assert_eq!(refused, NotAuthentic::SignerNotSignedByIssuer);
}

#[test]
fn a_stranger_cannot_sign() {
    let stranger = Key::new(9);
    let allowing = Policy::standard().allow_unknown_issuer();
    // The right certificate, another key.
    let forged = write(0x77, &cms().sign(&stranger));
    let examination = examine_today(&forged);
    examination.path().unwrap();
    assert_eq!(not_authentic(examination.signature()), NotAuthentic::SodSignature);
    assert_eq!(not_authentic(examination.accept(&allowing)), NotAuthentic::SodSignature);
    // The stranger's own certificate under the signer's name and number.
    let mut own = cms();
    own.certificates = vec![Template { key: stranger.clone(), ..signer() }.sign(&stranger)];
    let examination = examine_today(&write(0x77, &own.sign(&stranger)));
    examination.signature().unwrap();
    let refused = not_authentic(examination.accept(&allowing));
    assert_eq!(refused, NotAuthentic::SignerNotSignedByIssuer);
    // The stranger's certificate beside a signature of the right key.
    assert_eq!(not_authentic(examine_today(&sod(&own)).signature()), NotAuthentic::SodSignature);
}

#[test]
fn a_signature_over_other_content_does_not_count() {
    let other = security_object(&[(1, b"another person")]);
    let mut swapped = cms();
    swapped.content = other.clone();
    let examination = examine_today(&sod(&swapped));
    assert_eq!(not_authentic(examination.signature()), NotAuthentic::SodSignature);
    // With the digest put right as well, but the attributes signed before that.
    let good = cms().sign(&signer_key());
    let before = crate::crypto::DigestAlgorithm::Sha256.digest(&security_object(&GROUPS));
    let after = crate::crypto::DigestAlgorithm::Sha256.digest(&other);
    let mut forged = cms();
    forged.content = other;
    let mut forged = forged.sign(&signer_key());
    let at = forged.windows(32).position(|window| window == before).unwrap();
    forged[at..at + 32].copy_from_slice(&after);
    let examination = examine_today(&write(0x77, &forged));
    assert_eq!(not_authentic(examination.signature()), NotAuthentic::SodSignature);
    assert!(examine_today(&write(0x77, &good)).signature().is_ok());
}

#[test]
fn signed_attributes_are_complete_or_absent_for_plain_data() {
    let all = cms().attributes.unwrap();
    let wrong_type = attribute(3, &oid(&MASTER_LIST));
    for attributes in
        [vec![], vec![all[0].clone()], vec![all[1].clone()], vec![wrong_type, all[1].clone()]]
    {
        let mut cms = cms();
        cms.attributes = Some(attributes);
        let examination = examine_today(&sod(&cms));
        assert_eq!(not_authentic(examination.signature()), NotAuthentic::SodSignature);
    }
    let mut twice = cms();
    twice.attributes.as_mut().unwrap().push(all[1].clone());
    let sod_twice = sod(&twice);
    match examine(&sod_twice, &trust(), today()) {
        Err(Error::Malformed { file: "EF.SOD", offset, what: "each signed attribute once" }) => {
            assert!(sod_twice[offset..].starts_with(&[0x06]), "the offset is that of the file");
        }
        other => panic!("{other:?}"),
    }

    let mut bare = cms();
    bare.attributes = None;
    let examination = examine_today(&sod(&bare));
    assert_eq!(not_authentic(examination.signature()), NotAuthentic::SodSignature);
    bare.content_type = oid(&ID_DATA);
    assert_eq!(deviations(&sod(&bare)), [Deviation::ContentType]);
}

#[test]
fn every_tolerance_is_named_and_can_be_refused() {
    let mut reordered = cms();
    reordered.signer = sequence(&[name(&[(3, "csca"), (6, "VN")]), write(0x02, &[0, 7])]);
    let mut mismatch = cms();
    mismatch.signer = sequence(&[name(&[(3, "nobody")]), write(0x02, &[8])]);
    let mut unsorted = GROUPS;
    unsorted.swap(0, 2);
    let unsorted = Cms::new(&LDS_SECURITY_OBJECT, &security_object(&unsorted), &signer(), &csca());
    let mut bare = cms();
    bare.signature_algorithm = sequence(&[oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01])]);
    let mut trailing = sod(&cms());
    trailing.push(0);
    for (sod, deviation) in [
        (sod(&reordered), Deviation::SignerNameOrder),
        (sod(&mismatch), Deviation::SignerIdentifierMismatch),
        (sod(&unsorted), Deviation::UnsortedGroups),
        (sod(&bare), Deviation::BareEcPublicKey),
        (trailing, Deviation::TrailingBytes),
        (indefinite(&sod(&cms()), 4), Deviation::BerEncoding),
    ] {
        assert_eq!(deviations(&sod), [deviation]);
        let policy = Policy::standard().refuse_deviation(deviation);
        let refusal = Error::PolicyRefused(PolicyRefusal::Deviation(deviation.name()));
        assert_eq!(examine_today(&sod).accept(&policy).unwrap_err(), refusal);
        examine_today(&sod).accept(&Policy::standard()).unwrap();
    }
}

#[test]
fn indefinite_lengths_at_any_depth_verify() {
    let sod = sod(&cms());
    for levels in 1..12 {
        let examination = examine_today(&indefinite(&sod, levels));
        // Certificates with indefinite lengths would not be DER; below that depth the signer is found.
        examination.signature().unwrap_or_else(|error| panic!("{levels}: {error}"));
        assert!(examination.deviations().any(|deviation| deviation == Deviation::BerEncoding));
    }
}

#[test]
fn the_signer_is_found_by_key_identifier() {
    let mut by_key = cms();
    by_key.signer = write(0x80, &signer_key().id());
    let stranger = Key::new(9);
    let other = Template::signer("VN", "CSCA", &stranger, &csca()).sign(&csca());
    by_key.certificates.insert(0, other);
    assert_eq!(deviations(&sod(&by_key)), []);
    // With two certificates, an identifier that fits neither is no tolerance.
    by_key.signer = write(0x80, &[0; 20]);
    let examination = examine_today(&sod(&by_key));
    assert_eq!(not_authentic(examination.signature()), NotAuthentic::NoSigner);
    assert_eq!(not_authentic(examination.path()), NotAuthentic::NoSigner);
    assert_eq!(not_authentic(examination.validity()), NotAuthentic::NoSigner);
    assert!(examination.accept(&Policy::standard().allow_unknown_issuer()).is_err());
    by_key.certificates.clear();
    assert_eq!(not_authentic(examine_today(&sod(&by_key)).signature()), NotAuthentic::NoSigner);
}

#[test]
fn of_several_signers_the_first_that_verifies_counts() {
    let mut several = cms();
    several.other_signers = vec![cms().signer_info(&Key::new(9))];
    assert_eq!(deviations(&sod(&several)), [Deviation::SeveralSigners]);
    several.other_signers = vec![cms().signer_info(&Key::new(9)); 8];
    assert!(examine(&sod(&several), &trust(), today()).is_err(), "work is bounded");
}

#[test]
fn validity_is_a_result_of_its_own() {
    let sod = sod(&cms());
    for (at, valid) in [("2023-12-31", false), ("2024-01-01", true), ("2035-01-01", true)] {
        let examination = examine(&sod, &trust(), at.parse().unwrap()).unwrap();
        examination.signature().unwrap();
        examination.path().unwrap();
        assert_eq!(examination.validity().is_ok(), valid, "{at}");
    }
    let expired = examine(&sod, &trust(), "2035-01-02".parse().unwrap()).unwrap();
    let refused = not_authentic(expired.clone().accept(&Policy::standard()));
    assert_eq!(refused, NotAuthentic::SignerNotValidAt);
    let allowing = Policy::standard().allow_expired_document();
    expired.accept(&allowing).unwrap();
    let early = examine(&sod, &trust(), "2023-12-31".parse().unwrap()).unwrap();
    assert_eq!(not_authentic(early.accept(&allowing)), NotAuthentic::SignerNotValidAt);
}

#[test]
fn no_flipped_bit_and_no_mutation_yields_another_document() {
    let good = sod(&cms());
    let trust = trust();
    let expected = examine_today(&good).accept(&Policy::standard()).unwrap();
    let accepted = |sod: &[u8]| {
        let examination = examine(sod, &trust, today()).ok()?;
        let _ = format!("{examination:?}");
        examination.accept(&Policy::standard()).ok()
    };
    let content_at =
        good.windows(4).position(|window| window == &security_object(&GROUPS)[..4]).unwrap();
    let content = content_at..content_at + security_object(&GROUPS).len();
    for bit in 0..good.len() * 8 {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let signed = accepted(&flipped);
        assert!(signed.is_none() || !content.contains(&(bit / 8)), "bit {bit}");
        // Version numbers and the like are not signed; everything that is used is.
        assert!(signed.is_none_or(|signed| signed == expected), "bit {bit}");
    }
    let mut mutations = Mutations(2);
    for _ in 0..5_000 {
        let signed = accepted(&mutations.mutate(&good));
        assert!(signed.is_none_or(|signed| signed.groups().eq(expected.groups())));
    }
    for end in 0..good.len() {
        assert!(examine(&good[..end], &trust, today()).is_err(), "{end}");
    }
    for end in 0..good.len() {
        let _ = examine(&indefinite(&good, 5)[..end], &trust, today());
    }
}

#[test]
fn debug_output_shows_no_digest() {
    let examination = examine_today(&sod(&cms()));
    let digest = examination.security_object().digest(1).unwrap().to_vec();
    let text = format!("{examination:?} {:?}", examination.clone().accept(&Policy::standard()));
    assert!(!text.contains(&format!("{digest:?}")[1..20]), "{text}");
}

/// The folder of foreign test data; tests without it say so and pass.
fn foreign(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CCCD_FOREIGN");
    if folder.is_none() {
        println!("skipped: CCCD_FOREIGN is not set");
    }
    Some(PathBuf::from(folder?).join(part))
}

/// Each with what `openssl cms -verify -noverify` 3.0 says about the CMS inside: it agrees on all.
///
/// The two that do not even parse have a changed version number in the signed content, which
/// OpenSSL does not look into: it finds the digest wrong.
#[test]
fn foreign_security_objects_have_known_outcomes() {
    use Deviation::{BareRsaEncryption, BerEncoding, ContentType, ExplicitCurveParameters};
    use Deviation::{Sha1, UnsortedGroups};
    let Some(folder) = foreign("files/EF.SOD") else { return };
    let valid = "signature valid";
    let wrong = "not_authentic.sod_signature";
    let table: [(&str, &str, &[Deviation]); 15] = [
        ("JMRTD__3d920b7e589f", valid, &[ExplicitCurveParameters, Sha1]),
        ("JMRTD__600001542ad1", valid, &[BerEncoding, BareRsaEncryption]),
        ("JMRTD__911afa57a07e", valid, &[]),
        ("pymrtd__0c482016f66d", wrong, &[UnsortedGroups, ContentType]),
        ("pymrtd__1ae97e17d739", wrong, &[UnsortedGroups]),
        ("pymrtd__208be068f645", "malformed.structure", &[]),
        ("pymrtd__55262c801eec", valid, &[UnsortedGroups]),
        ("pymrtd__68f32f11f854", valid, &[UnsortedGroups]),
        ("pymrtd__78a2b9515285", wrong, &[UnsortedGroups]),
        ("pymrtd__9712ab147b5f", valid, &[UnsortedGroups]),
        ("pymrtd__9b8c545a41cd", valid, &[UnsortedGroups]),
        ("pymrtd__c433a51a7d45", wrong, &[UnsortedGroups]),
        ("pymrtd__de1b10af8fe6", "unsupported.structure", &[]),
        ("pymrtd__e1308fbbd2ee", valid, &[UnsortedGroups]),
        ("pymrtd__f33762bb1213", wrong, &[UnsortedGroups, ContentType]),
    ];
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), table.len());
    for (file, outcome, deviations) in table {
        let sod = std::fs::read(folder.join(format!("{file}.bin"))).unwrap();
        let examination = match examine(&sod, &TrustStore::empty(), today()) {
            Ok(examination) => examination,
            Err(error) => {
                assert_eq!(error.code(), outcome, "{file}");
                continue;
            }
        };
        let signature = examination.signature().map_or_else(|error| error.code(), |()| valid);
        assert_eq!(signature, outcome, "{file}");
        assert_eq!(examination.deviations().collect::<Vec<_>>(), deviations, "{file}");
        assert_eq!(not_authentic(examination.path()), NotAuthentic::UnknownIssuer, "{file}");
        let mut mutations = Mutations(3);
        for _ in 0..300 {
            let _ = examine(&mutations.mutate(&sod), &TrustStore::empty(), today());
        }
        for end in (0..sod.len()).step_by(3) {
            assert!(examine(&sod[..end], &TrustStore::empty(), today()).is_err());
        }
    }
}

#[test]
fn the_reference_document_is_intact_signed_and_of_unknown_issuer() {
    for (part, groups) in
        [("bsi-mustermann", &[1, 2, 3, 4, 14][..]), ("lds/bsi2008", &[1, 2, 3, 14])]
    {
        let Some(folder) = foreign(part) else { return };
        let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
        let examination = examine(&read("EF_SOD.bin"), &TrustStore::empty(), today()).unwrap();
        examination.signature().unwrap();
        assert_eq!(not_authentic(examination.path()), NotAuthentic::UnknownIssuer);
        assert_eq!(not_authentic(examination.validity()), NotAuthentic::SignerNotValidAt);
        for group in groups {
            examination.check(*group, &read(&format!("Datagroup{group}.bin"))).unwrap();
        }
        let mismatch = NotAuthentic::DigestMismatch { group: 1 };
        assert_eq!(not_authentic(examination.check(1, b"another person")), mismatch);
        let policy = Policy::standard().allow_unknown_issuer().allow_expired_document();
        let signed = examination.accept(&policy).unwrap();
        assert_eq!(signed.groups().collect::<Vec<_>>(), groups);
        let files: BTreeMap<u8, Personal<Vec<u8>>> = groups
            .iter()
            .map(|group| (*group, Personal::new(read(&format!("Datagroup{group}.bin")))))
            .collect();
        signed.authenticate(files, &BTreeSet::new()).unwrap();
    }
}
