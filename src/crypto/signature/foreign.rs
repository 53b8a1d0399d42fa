//! Certificates that others made: all algorithms of a mock PKI, and the master lists of two states.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use x509_parser::prelude::{FromDer, X509Certificate};

use super::*;
use crate::crypto::testing::foreign;

/// Whether `issuer` signed the certificate; both roads must say the same.
fn signed_by(certificate: &X509Certificate<'_>, der: &[u8], issuer: &PublicKey) -> Result<bool> {
    let mut parts = asn1::only(der, asn1::SEQUENCE, "a certificate")?;
    parts.expect(asn1::SEQUENCE, "a TBSCertificate")?;
    let algorithm = asn1::algorithm(&parts.expect(asn1::SEQUENCE, "an algorithm")?)?;
    let scheme = SignatureScheme::from_algorithm(&algorithm.oid, algorithm.parameters, None)?;
    let tbs = certificate.tbs_certificate.as_ref();
    let signature = &certificate.signature_value.data;
    let verdict = issuer.verify(scheme, tbs, signature);
    assert_eq!(verdict, issuer.verify_digest(scheme, &scheme.digest().digest(tbs), signature));

    let mut changed = tbs.to_vec();
    changed[tbs.len() / 2] ^= 0x10;
    assert!(!issuer.verify(scheme, &changed, signature));
    let mut changed = signature.to_vec();
    *changed.last_mut().unwrap() ^= 1;
    assert!(!issuer.verify(scheme, tbs, &changed));
    Ok(verdict)
}

#[test]
fn every_algorithm_of_the_mock_pki() {
    let Some(folder) = foreign("pki-matrix") else { return };
    let mut folders: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    let load = |file| {
        let mut all = Vec::new();
        for folder in &folders {
            if let Ok(pem) = fs::read(folder.join(file)) {
                all.push(x509_parser::pem::parse_x509_pem(&pem).unwrap().1.contents);
            }
        }
        all
    };
    let (roots, signers) = (load("mock_csca.pem"), load("mock_dsc.pem"));
    let mut keys = Vec::new();
    for der in &roots {
        let (_, root) = X509Certificate::from_der(der).unwrap();
        let key = PublicKey::from_spki(root.public_key().raw).unwrap();
        assert_eq!(signed_by(&root, der, &key), Ok(true), "{}", key.describe());
        keys.push(key);
    }
    let mut verified = 0;
    for der in &signers {
        let (_, signer) = X509Certificate::from_der(der).unwrap();
        PublicKey::from_spki(signer.public_key().raw).unwrap();
        // Folders share roots, and some have lost theirs.
        let by = keys.iter().filter(|key| signed_by(&signer, der, key) == Ok(true)).count();
        assert!(by <= 1);
        verified += by;
    }
    println!("{} roots, {} signers of {} verified", roots.len(), verified, signers.len());
    assert_eq!((folders.len(), roots.len(), signers.len()), (41, 33, 40));
    assert!(verified >= 30);
}

#[test]
fn certificates_of_master_lists() {
    let Some(folder) = foreign("masterlists") else { return };
    // The certificates lie in a signed structure whose parser belongs to a layer above: search.
    let mut found = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        for at in 0..bytes.len() {
            if bytes[at..].starts_with(&[0x30, 0x82])
                && let Ok((rest, _)) = X509Certificate::from_der(&bytes[at..])
            {
                found.insert(bytes[at..bytes.len() - rest.len()].to_vec());
            }
        }
    }
    let certificates: Vec<_> =
        found.iter().map(|der| (der, X509Certificate::from_der(der).unwrap().1)).collect();
    let mut keys = BTreeMap::<&[u8], Vec<PublicKey>>::new();
    let mut counts = BTreeMap::<String, usize>::new();
    for (_, certificate) in &certificates {
        let key = PublicKey::from_spki(certificate.public_key().raw).unwrap();
        let explicit = matches!(key, PublicKey::Ec { explicit: true, .. });
        *counts.entry(format!("{} explicit: {explicit}", key.describe())).or_default() += 1;
        keys.entry(certificate.subject().as_raw()).or_default().push(key);
    }
    let mut verified = 0;
    for (der, certificate) in &certificates {
        let candidates = keys.get(certificate.issuer().as_raw()).map_or(&[][..], Vec::as_slice);
        if candidates.iter().any(|key| signed_by(certificate, der, key) == Ok(true)) {
            verified += 1;
        } else {
            println!("{} candidates: {}", candidates.len(), certificate.issuer());
        }
    }
    println!("{verified} of {} verified\n{counts:#?}", certificates.len());
    assert!(verified >= 560);
}
