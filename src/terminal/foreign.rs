//! Certificates that others made. Skipped where `CCCD_FOREIGN` is unset.

use std::{collections::BTreeMap, fs, path::PathBuf};

use super::{
    tests::{day, trusting},
    *,
};
use crate::error::{Error, NotAuthorised};

fn folder(name: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("CCCD_FOREIGN") else {
        println!("skipped: CCCD_FOREIGN is not set");
        return None;
    };
    Some(PathBuf::from(root).join(name))
}

/// Whether the authority signed the certificate.
fn signed_by(certificate: &CvCertificate, authority: &CvCertificate, root: &CvCertificate) -> bool {
    let key = authority.key().complete(root.key().curve()).unwrap();
    let mut changed = certificate.body().to_vec();
    *changed.last_mut().unwrap() ^= 1;
    assert!(!key.verify(&changed, certificate.signature()));
    authority.holder() == certificate.authority()
        && key.verify(certificate.body(), certificate.signature())
}

/// The chains of an independent simulator of the German ID card: brainpoolP256r1, SHA-256.
#[test]
fn the_chains_of_persosim_verify() {
    use TerminalType::{AuthenticationTerminal, InspectionSystem, SignatureTerminal};
    let Some(folder) = folder("eac") else { return };
    for (kind, terminal_type) in
        [("is", InspectionSystem), ("at", AuthenticationTerminal), ("st", SignatureTerminal)]
    {
        let folder = folder.join(format!("CFG.DFLT.EAC.{}", kind.to_uppercase()));
        let names = [
            "CVCA_Cert_01.cvcert".to_owned(),
            format!("dv_{kind}_cert_1.cvcert"),
            format!("{kind}_cert_1.cvcert"),
        ];
        let [root, verifier, terminal] = names.map(|name| fs::read(folder.join(name)).unwrap());
        let all = [&root[..], &verifier, &terminal].concat();
        let [root, verifier, terminal] =
            [root, verifier, terminal].map(|bytes| CvCertificate::parse(&bytes).unwrap());
        assert!(signed_by(&root, &root, &root));
        assert!(signed_by(&verifier, &root, &root));
        assert!(signed_by(&terminal, &verifier, &root));
        assert!(!signed_by(&terminal, &root, &root));
        for certificate in [&root, &verifier, &terminal] {
            assert_eq!(certificate.authorization().terminal_type(), terminal_type);
        }
        assert_eq!(root.authorization().role(), Role::Cvca);
        assert_eq!(terminal.authorization().role(), Role::Terminal);

        let mut pool = CvCertificates::new();
        assert_eq!(pool.add(&all), Ok(3));
        let trusted = trusting(&[&root.holder().to_string()]);
        let chain = pool.chain(&trusted, terminal.effective());
        if terminal_type == InspectionSystem {
            let chain = chain.unwrap();
            assert_eq!(chain.certificates(), [verifier, terminal.clone()]);
            assert_eq!(chain.rights(), AccessRights::ALL);
            let later = pool.chain(&trusted, day("2026-11-21")).unwrap_err();
            assert_eq!(later, Error::NotAuthorised(NotAuthorised::CertificateExpired));
        } else {
            assert_eq!(chain.unwrap_err(), Error::NotAuthorised(NotAuthorised::NoChain));
        }
    }
}

/// Real ones among them: German eID authorities, a Dutch inspection system.
#[test]
fn collected_certificates_are_read_or_refused_with_a_reason() {
    let Some(folder) = folder("files/CVC") else { return };
    let (mut read, mut refused) = (Vec::new(), BTreeMap::<String, usize>::new());
    for entry in fs::read_dir(folder).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        match CvCertificate::parse(&bytes) {
            Ok(certificate) => read.push(certificate),
            Err(error) => *refused.entry(error.to_string()).or_default() += 1,
        }
    }
    // How many are signed by another of the collection, or by themselves.
    let complete = |certificate: &CvCertificate| {
        let authority = read.iter().find(|other| {
            other.holder() == certificate.authority() && other.key().curve().is_some()
        });
        let curve = certificate.key().curve().or_else(|| authority?.key().curve());
        certificate.key().complete(curve).ok()
    };
    let signed = |certificate: &&CvCertificate| {
        read.iter().filter(|other| other.holder() == certificate.authority()).any(|other| {
            complete(other)
                .is_some_and(|key| key.verify(certificate.body(), certificate.signature()))
        })
    };
    let verified = read.iter().filter(signed).count();
    let refused: Vec<_> = refused.iter().map(|(why, count)| (why.as_str(), *count)).collect();
    // An inspection system with the rights of another type, and a point that is indeed not on its curve.
    assert_eq!(
        refused,
        [
            (
                "CV certificate is malformed at byte 144: as many bits as this type of terminal has",
                1
            ),
            ("CV certificate is malformed at byte 227: a point on the curve", 1),
        ]
    );
    // The authorities of the other eleven are not here, or have renewed their key under the same name.
    assert_eq!((read.len(), verified), (64, 53));
}

/// The one chain of an inspection system that is public: the Netherlands, 2009, with a link.
#[test]
fn a_dutch_chain_with_a_link_verifies_on_its_day() {
    let Some(folder) = folder("files/CVC") else { return };
    let (old, new) = ("NLCVCAA00001", "NLCVCAA00002");
    let (mut all, mut new_only) = (CvCertificates::new(), CvCertificates::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.file_name().unwrap().to_string_lossy().starts_with("JMRTD") {
            continue;
        }
        let bytes = fs::read(path).unwrap();
        all.add(&bytes).unwrap();
        let certificate = CvCertificate::parse(&bytes).unwrap();
        let verifier = certificate.authorization().role() == Role::DomesticDocumentVerifier;
        if !(verifier && certificate.authority().to_string() == old) {
            new_only.add(&bytes).unwrap();
        }
    }
    // The same key of the verifier is certified under both keys of the authority.
    assert_eq!((all.len(), new_only.len()), (6, 5));
    let chain = |pool: &CvCertificates, trusted: &str| {
        let chain = pool.chain(&trusting(&[trusted]), day("2009-11-18")).unwrap();
        assert_eq!(chain.rights().to_string(), "DG3");
        chain.certificates().iter().map(|c| c.holder().to_string()).collect::<Vec<_>>()
    };
    let (verifier, terminal) = ("NLDVAAANL001", "NLIS7202000NL001");
    assert_eq!(chain(&all, old), [verifier, terminal]);
    assert_eq!(chain(&all, new), [verifier, terminal]);
    assert_eq!(chain(&new_only, old), [new, verifier, terminal]);
    let late = new_only.chain(&trusting(&[old]), day("2009-11-19")).unwrap_err();
    assert_eq!(late, Error::NotAuthorised(NotAuthorised::CertificateExpired));
}
