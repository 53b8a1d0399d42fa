//! Who signed: certificates, and the lists about them.

use cccd::{
    lds::Cvca,
    pki::{Certificate, Loaded, RevocationList, TrustStore, assemble, certificates as all_of},
    terminal::{CvCertificate, CvCertificates},
};
use cccd_simulator::{CvAuthority, CvAuthorityOptions, TerminalOptions};
use std::sync::LazyLock;

use super::super::{check, seeds, world::WORLD};

/// What our authorities signed, of certificates and of lists.
static SIGNED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let all = seeds::of("certificate").into_iter().chain(seeds::of("crl"));
    all.filter_map(|der| check::signed_part(&der).map(<[u8]>::to_vec)).collect()
});

/// Everything of which one is the signer's: the authority of the cards, and that of the lists.
static AUTHORITIES: LazyLock<Vec<Certificate>> = LazyLock::new(|| {
    let own = [WORLD.issuer.csca_certificate(), seeds::LIST_ROOT];
    own.iter().map(|der| Certificate::from_der(der).unwrap()).collect()
});

fn assert_was_signed(der: &[u8]) {
    let part = check::signed_part(der).expect("it was parsed");
    assert!(SIGNED.iter().any(|signed| signed == part), "a signature over other bytes counts");
}

pub fn certificate(data: &[u8]) {
    let Some(certificate) = check::read(Certificate::from_der(data)) else { return };
    assert_eq!(certificate.as_der(), data);
    one_certificate(&certificate);
}

fn one_certificate(certificate: &Certificate) {
    let again = Certificate::from_der(certificate.as_der()).unwrap();
    assert_eq!(again.fingerprint(), certificate.fingerprint());
    for name in [certificate.subject(), certificate.issuer()] {
        check::shown(&(name, name.to_string(), name.country()));
    }
    assert_eq!(certificate.serial_hex().len() % 2, 0);
    assert_eq!(certificate.fingerprint_hex().len(), 64);
    let (from, until) = (certificate.not_before(), certificate.not_after());
    assert_eq!(certificate.is_valid_at(WORLD.today), from <= WORLD.today && WORLD.today <= until);
    check::shown(&(certificate.country(), certificate.private_key_usage()));
    check::shown(&(certificate.subject_key_id(), certificate.authority_key_id()));
    check::shown(&(certificate.path_length(), certificate.critical_extension_not_understood()));
    check::read(certificate.key_description());
    check::read(certificate.verify_signed_by(certificate));
    for authority in AUTHORITIES.iter() {
        if check::read(certificate.verify_signed_by(authority)).is_some() {
            assert_was_signed(certificate.as_der());
        }
        check::read(authority.verify_signed_by(certificate));
    }
}

pub fn crl(data: &[u8]) {
    let Some(list) = check::read(RevocationList::from_der(data)) else { return };
    assert_eq!(list.as_der(), data);
    #[allow(clippy::len_zero)] // the two are what is compared
    let without_entries = list.len() == 0;
    assert_eq!(list.is_empty(), without_entries);
    check::shown(&(list.issuer().to_string(), list.this_update(), list.next_update()));
    check::shown(&(list.number(), list.authority_key_id()));
    check::shown(&(list.revoked_on(&[]), list.revoked_on(&[1]), list.revoked_on(&[0, 0x80])));
    for authority in AUTHORITIES.iter() {
        if check::read(list.verify_signed_by(authority)).is_some() {
            assert_was_signed(list.as_der());
        }
    }
    let mut trust = roots().clone();
    if let Some(loaded) = check::read(trust.add_revocation_list(data, "fuzzer")) {
        told_of(&loaded);
        trust.revocation_lists().for_each(|list| assert_was_signed(list.as_der()));
    }
}

fn roots() -> &'static TrustStore {
    static ROOTS: LazyLock<TrustStore> = LazyLock::new(|| {
        let mut roots = WORLD.trust.clone();
        roots.add_certificate(seeds::LIST_ROOT, "root").unwrap();
        roots
    });
    &ROOTS
}

pub fn master_list(data: &[u8]) {
    let mut trust = TrustStore::empty();
    let Some(loaded) = check::read(trust.add_master_list(data, roots(), "fuzzer")) else {
        return assert!(trust.is_empty());
    };
    told_of(&loaded);
    assert_eq!(trust.len(), loaded.taken);
    static GENUINE: LazyLock<[TrustStore; 2]> = LazyLock::new(|| {
        [seeds::MASTER_LIST, seeds::LIST_WITH_RUBBISH].map(|list| {
            let mut genuine = TrustStore::empty();
            genuine.add_master_list(list, roots(), "fuzzer").unwrap();
            genuine
        })
    });
    assert!(GENUINE.contains(&trust), "an altered master list is believed");
}

pub fn deviation_list(data: &[u8]) {
    let mut trust = TrustStore::empty();
    let loaded = check::read(trust.add_deviation_list(data, roots(), "fuzzer"));
    // Our authority signed none.
    assert!(loaded.is_none() && trust.deviation_lists().len() == 0);
}

pub fn ldif(data: &[u8]) {
    // As a directory publishes it, whatever it begins with.
    assembled(&[b"version: 1\n".as_slice(), data].concat());
    assembled(data);
}

pub fn certificates(data: &[u8]) {
    for certificate in check::read(all_of(data)).unwrap_or_default() {
        one_certificate(&certificate);
    }
    assembled(data);
}

/// A store out of these bytes beside our own authorities; what it saves it reads again.
pub fn assembled(data: &[u8]) {
    let root = WORLD.issuer.csca_certificate();
    let found = assemble([("root", root), ("lists", seeds::LIST_ROOT), ("fuzzer", data)], &[]);
    assert_eq!(found.outcomes.len(), 3);
    if let Some(loaded) = check::read(found.outcomes[2].1.clone()) {
        told_of(&loaded);
    }
    let trust = found.trust;
    assert!(trust.anchors().any(|anchor| anchor.certificate().as_der() == root));
    check::shown(&trust.anchors_of_one_key());
    saved_and_read(&trust);
    check::shown(&TrustStore::diff(roots(), &trust));
    assert!(TrustStore::diff(&trust, &trust).is_empty());
}

/// What a store saves it reads again, the same.
pub fn saved_and_read(trust: &TrustStore) {
    let saved = trust.to_bytes();
    let (again, loaded) = TrustStore::from_bytes(&saved).expect("a store that was just saved");
    assert_eq!(loaded.refused, []);
    assert!(again.to_bytes() == saved, "a store that is saved again is another");
}

fn told_of(loaded: &Loaded) {
    check::shown(loaded);
    loaded.refused.iter().for_each(|refused| check::told(&refused.reason));
}

/// An authority, its terminal, and the chip's file that trusts the authority.
static TERMINAL: LazyLock<(Cvca, Vec<Vec<u8>>)> = LazyLock::new(|| {
    let authority = CvAuthority::new(CvAuthorityOptions::default());
    let issued = authority.issue(&TerminalOptions::default());
    let file = Cvca::parse(&authority.trust().ef_cvca()).unwrap();
    let own = [vec![authority.certificate().to_vec()], issued.certificates].concat();
    (file, own)
});

pub fn cv_certificate(data: &[u8]) {
    if let Some(certificate) = check::read(CvCertificate::parse(data)) {
        let again = CvCertificate::parse(&certificate.to_bytes()).unwrap();
        assert_eq!(again, certificate);
        assert_eq!(again.to_bytes(), certificate.to_bytes());
        check::shown(&(certificate.authority(), certificate.holder()));
        check::shown(&(certificate.authorization().rights(), certificate.algorithm().name()));
    }
    let (file, own) = &*TERMINAL;
    // Alone, and after the authority's own certificates but the last.
    for known in [0, 1, own.len() - 1] {
        let mut certificates = CvCertificates::new();
        for bytes in &own[..known] {
            certificates.add(bytes).unwrap();
        }
        let Some(added) = check::read(certificates.add(data)) else { return };
        assert_eq!(certificates.len(), known + added);
        let Some(chain) = check::read(certificates.chain(file, WORLD.today)) else { continue };
        let genuine = |one: &CvCertificate| {
            own.iter().any(|own| check::signed_part(own) == check::signed_part(&one.to_bytes()))
        };
        assert!(chain.certificates().iter().all(genuine), "an altered certificate is in a chain");
        check::shown(&chain.rights());
    }
}
