//! What the types of this room hand out, and what they refuse to show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::crypto::{DigestAlgorithm, SignatureScheme};
use crate::date::Date;
use crate::error::{Error, NotAuthentic};
use crate::pki::TrustStore;
use crate::pki::test_issuer::*;
use crate::policy::Policy;
use crate::sensitive::Personal;
use crate::tlv::write;

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

fn trust() -> TrustStore {
    let (mut trust, csca) = (TrustStore::empty(), Key::new(1));
    let certificate = Template::authority("VN", "CSCA", &csca).sign(&csca);
    trust.add_certificate(&certificate, "t").unwrap();
    trust
}

/// An EF.SOD over DG1 `first` and DG2 `second`, signed with this key.
fn sod(key: &Key) -> Vec<u8> {
    let signer = Template::signer("VN", "CSCA", key, &Key::new(1));
    let groups = security_object(&[(1, b"first"), (2, b"second")]);
    write(0x77, &Cms::new(&LDS_SECURITY_OBJECT, &groups, &signer, &Key::new(1)).sign(key))
}

fn personal(bytes: &[u8]) -> Personal<Vec<u8>> {
    Personal::new(bytes.to_vec())
}

#[test]
fn groups_are_compared_before_the_signature_is_accepted_as_after_it() {
    let mut examination = examine(&sod(&Key::new(3)), &trust(), today()).unwrap();
    let mismatch = Error::NotAuthentic(NotAuthentic::DigestMismatch { group: 1 });
    let stranger = Error::NotAuthentic(NotAuthentic::GroupNotSigned { group: 3 });
    assert_eq!(examination.check(1, b"first"), Ok(()));
    assert_eq!(examination.check(1, b"second"), Err(mismatch.clone()));
    assert_eq!(examination.check(3, b"first"), Err(stranger.clone()));
    assert_eq!(examination.admit(1, personal(b"second")), Err(mismatch));
    assert_eq!(examination.admit(3, personal(b"first")), Err(stranger.clone()));
    assert_eq!(examination.admit(1, personal(b"first")), Ok(()));
    let signed = examination.accept(&Policy::standard()).unwrap();
    assert_eq!((signed.group(1), signed.group(2)), (Some(&b"first"[..]), None));
    let rest = BTreeMap::from([(2, personal(b"second"))]);
    let authenticated = signed.authenticate(rest, &BTreeSet::new()).unwrap();
    assert_eq!(authenticated.require(2).unwrap(), b"second");
    assert_eq!(authenticated.require(3).unwrap_err(), stranger);
}

#[test]
fn what_signed_is_told() {
    let examination = examine(&sod(&Key::new(3)), &trust(), today()).unwrap();
    assert_eq!(examination.scheme(), Some(SignatureScheme::Ecdsa(DigestAlgorithm::Sha256)));
    let mut other = sod(&Key::new(3));
    *other.last_mut().unwrap() ^= 1;
    assert!(examine(&other, &trust(), today()).unwrap().signature().is_err());
}

#[test]
fn debug_output_names_the_signer_and_shows_no_data() {
    let mut examination = examine(&sod(&Key::new(3)), &trust(), today()).unwrap();
    examination.admit(1, personal(b"first")).unwrap();
    let text = format!("{examination:?}");
    for part in ["Examination {", "DigestList {", "groups: [1]", "Signer {", "CN=Document Signer"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let text = format!("{:?}", examination.accept(&Policy::standard()).unwrap());
    for part in ["SignedDigests {", "groups: [1]", "C=VN, CN=CSCA"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn two_signers_are_remembered_side_by_side() {
    let mut examiner = Examiner::new(trust(), today());
    let mut findings = |seed| {
        let examination = examiner.examine(&sod(&Key::new(seed))).unwrap();
        Arc::clone(examination.findings().unwrap())
    };
    let (first, second) = (findings(3), findings(4));
    assert!(!Arc::ptr_eq(&first, &second));
    assert!(Arc::ptr_eq(&first, &findings(3)));
    assert!(Arc::ptr_eq(&second, &findings(4)));
    assert_eq!(examiner.signers().len(), 2);
}
