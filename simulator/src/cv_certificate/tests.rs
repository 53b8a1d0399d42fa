//! Certificates alone: our own, changed ones, and those that others made.

use super::*;
use crate::arithmetic::curve::CurveName;
use crate::foreign;
use crate::pkcs8::PrivateKey;
use crate::tlv;

fn authority(algorithm: TerminalAlgorithm, curve: CurveName) -> CvAuthority {
    CvAuthority::new(CvAuthorityOptions { algorithm, curve, ..CvAuthorityOptions::default() })
}

/// Every algorithm; of those on curves, every curve with one of them and every digest with one curve.
fn authorities() -> Vec<CvAuthority> {
    let algorithms = TerminalAlgorithm::ALL
        .into_iter()
        .map(|algorithm| authority(algorithm, CurveName::Secp256r1));
    let curves =
        CurveName::ALL.into_iter().map(|curve| authority(TerminalAlgorithm::EcdsaSha384, curve));
    algorithms.chain(curves).collect()
}

#[test]
fn chains_of_every_algorithm_on_every_curve_verify() {
    for authority in authorities() {
        let trust_point = TrustPoint::from_certificate(authority.certificate()).unwrap();
        assert_eq!(trust_point, authority.trust_point());
        let terminal = authority.issue(&TerminalOptions::default());
        let mut issuer = (trust_point.reference, trust_point.public_key);
        for (bytes, role) in
            terminal.certificates.iter().zip([Role::DomesticVerifier, Role::Terminal])
        {
            let certificate = CvCertificate::parse(bytes).unwrap();
            let body = &certificate.body;
            assert_eq!(body.authority_reference, issuer.0);
            assert_eq!(body.authorization.role(), role);
            assert_eq!(body.authorization.rights(), 3);
            assert!(!body.public_key.has_domain_parameters());
            assert!(certificate.is_signed_by(&issuer.1));
            issuer = (body.holder_reference.clone(), body.public_key.inherit(&issuer.1));
        }
        assert_eq!(issuer.0, terminal.reference);
        let signature = terminal.key.sign(b"message");
        assert!(issuer.1.verify(b"message", &signature));
        assert!(!authority.key().public().verify(b"message", &signature));
        assert!(!issuer.1.verify(b"massage", &signature));
        assert!(!issuer.1.verify(b"message", &signature[1..]));
        assert_eq!(signature, terminal.key.sign(b"message"), "signatures repeat");
    }
}

#[test]
fn the_same_options_give_the_same_bytes_and_other_seeds_other_keys() {
    let first = CvAuthority::new(CvAuthorityOptions::default());
    let again = CvAuthority::new(CvAuthorityOptions::default());
    assert_eq!(first.certificate(), again.certificate());
    let terminal = TerminalOptions::default();
    assert_eq!(first.issue(&terminal), again.issue(&terminal));
    for algorithm in [TerminalAlgorithm::EcdsaSha256, TerminalAlgorithm::RsaPssSha256] {
        let keys = [1, 2].map(|seed| {
            let options = CvAuthorityOptions { seed, algorithm, ..CvAuthorityOptions::default() };
            CvAuthority::new(options).key().clone()
        });
        assert_ne!(keys[0], keys[1]);
    }
}

#[test]
fn a_link_certificate_carries_the_new_domain_parameters() {
    let old = authority(TerminalAlgorithm::EcdsaSha256, CurveName::BrainpoolP256r1);
    let next = CvAuthority::new(CvAuthorityOptions {
        seed: 2,
        reference: "VNCVCASIM00002".to_owned(),
        algorithm: TerminalAlgorithm::EcdsaSha512,
        curve: CurveName::BrainpoolP512r1,
        ..CvAuthorityOptions::default()
    });
    let link = old.link_certificate(&next);
    assert_eq!(TrustPoint::from_certificate(&link).unwrap(), next.trust_point());
    let link = CvCertificate::parse(&link).unwrap();
    assert!(link.is_signed_by(&old.key().public()));
    assert!(!link.is_signed_by(&next.key().public()));
}

#[test]
fn a_changed_certificate_is_malformed_or_badly_signed() {
    let authority = authority(TerminalAlgorithm::EcdsaSha224, CurveName::Secp192r1);
    let certificate = authority.issue(&TerminalOptions::default()).certificates[0].clone();
    let public_key = authority.key().public();
    for bit in 0..8 * certificate.len() {
        let mut changed = certificate.clone();
        changed[bit / 8] ^= 0x80 >> (bit % 8);
        let accepted = CvCertificate::parse(&changed)
            .is_ok_and(|certificate| certificate.is_signed_by(&public_key));
        assert!(!accepted, "bit {bit}");
    }
    for end in 0..certificate.len() {
        assert!(CvCertificate::parse(&certificate[..end]).is_err());
    }
    let longer = [certificate.as_slice(), &[0]].concat();
    assert_eq!(CvCertificate::parse(&longer), Err(CvError::Malformed("certificate")));
}

#[test]
fn a_self_signed_certificate_is_what_it_says_or_no_trust_point() {
    let authority = CvAuthority::new(CvAuthorityOptions::default());
    let stranger =
        CvAuthority::new(CvAuthorityOptions { seed: 3, ..CvAuthorityOptions::default() });
    let body = CvCertificate::parse(authority.certificate()).unwrap().body;
    assert_eq!(body.sign(authority.key()), authority.certificate());
    assert_eq!(
        TrustPoint::from_certificate(&body.sign(stranger.key())),
        Err(CvError::NotSelfSigned)
    );
    let bare = CvBody { public_key: authority.key().public_without_parameters(), ..body };
    assert_eq!(
        TrustPoint::from_certificate(&bare.sign(authority.key())),
        Err(CvError::Malformed("domain parameters of a trust point"))
    );
    let terminal = authority.issue(&TerminalOptions::default());
    assert_eq!(
        TrustPoint::from_certificate(&terminal.certificates[0]),
        Err(CvError::Unsupported("role of a trust point"))
    );
}

/// What the profile forbids, each in an otherwise good body.
#[test]
fn bodies_that_the_profile_does_not_allow() {
    let authority = CvAuthority::new(CvAuthorityOptions::default());
    let good = CvCertificate::parse(authority.certificate()).unwrap().body;
    let parts = good.encode();
    let parts: Vec<Vec<u8>> = tlv::parse_all(tlv::parse_only(&parts, 0x7F4E).unwrap())
        .unwrap()
        .into_iter()
        .map(|node| tlv::node(node.tag, node.value))
        .collect();
    let parse = |parts: &[Vec<u8>]| {
        let body = tlv::constructed(0x7F4E, parts);
        CvCertificate::parse_parts(&[body, tlv::node(0x5F37, &[1; 64])].concat())
    };
    assert_eq!(parse(&parts).unwrap().body, good);
    let replaced = |place: usize, part: Vec<u8>| {
        let mut parts = parts.clone();
        parts[place] = part;
        parse(&parts).unwrap_err()
    };
    assert_eq!(replaced(0, tlv::node(0x5F29, &[1])), CvError::Unsupported("certificate profile"));
    for reference in [&b"VN00001"[..], b"VNTOOLONGNAME00001", b"VN\x07SIM00001", b""] {
        assert_eq!(
            replaced(1, tlv::node(0x42, reference)),
            CvError::Malformed("reference of a key")
        );
    }
    assert_eq!(
        replaced(3, tlv::node(0x42, b"VNSIM00001")),
        CvError::Malformed("order of the body")
    );
    for date in [
        &[2, 1, 0, 0, 0, 1][..],
        &[2, 1, 1, 3, 0, 1],
        &[2, 1, 0, 2, 2, 9],
        &[2, 1, 0, 4, 3, 1],
        &[2, 1, 0, 1, 0, 0],
        &[2, 1, 0, 1, 0, 10],
        &[2, 1, 0, 1, 1],
    ] {
        assert_eq!(replaced(5, tlv::node(0x5F25, date)), CvError::Malformed("date"), "{date:?}");
    }
    assert!(Date::decode(&[2, 4, 0, 2, 2, 9]).is_some());
    let authorization = |kind: &str, bits: &[u8]| {
        tlv::constructed(0x7F4C, &[crate::der::object_identifier(kind), tlv::node(0x53, bits)])
    };
    assert_eq!(
        replaced(4, authorization("0.4.0.127.0.7.3.1.2.4", &[0xC3])),
        CvError::Unsupported("terminal type")
    );
    assert_eq!(
        replaced(4, authorization("0.4.0.127.0.7.3.1.2.1", &[0xC3, 0])),
        CvError::Malformed("authorization template")
    );
    let mut longer = parts.clone();
    longer.push(tlv::node(0x65, &[]));
    assert_eq!(parse(&longer).unwrap().body.extensions, Some(Vec::new()));
    longer.push(tlv::node(0x65, &[]));
    assert_eq!(parse(&longer), Err(CvError::Malformed("body")));
    assert_eq!(parse(&parts[..6]), Err(CvError::Malformed("body")));
}

#[test]
fn public_keys_that_are_none() {
    let authority = authority(TerminalAlgorithm::RsaPkcs1Sha256, CurveName::Secp256r1);
    let terminal = authority.issue(&TerminalOptions::default());
    let key = |object: &[u8]| CvPublicKey::parse(tlv::parse_only(object, 0x7F49).unwrap());
    let oid =
        |algorithm: TerminalAlgorithm| crate::der::object_identifier(algorithm.object_identifier());
    let rsa = oid(TerminalAlgorithm::RsaPkcs1Sha256);
    let number = |length: usize| tlv::node(0x81, &vec![0xC1; length]);
    let exponent = tlv::node(0x82, &[1, 0, 1]);
    let object = |parts: &[Vec<u8>]| tlv::constructed(0x7F49, parts);
    assert!(key(&object(&[rsa.clone(), number(128), exponent.clone()])).is_ok());
    for (modulus, exponent) in [
        (number(127), exponent.clone()),
        (number(513), exponent.clone()),
        (number(128), tlv::node(0x82, &[1, 0, 0, 0, 0])),
        (number(128), tlv::node(0x82, &[1])),
        (number(128), tlv::node(0x82, &[])),
        (tlv::node(0x81, &[]), exponent),
    ] {
        assert_eq!(
            key(&object(&[rsa.clone(), modulus, exponent])),
            Err(CvError::Unsupported("length of an RSA key"))
        );
    }
    assert_eq!(
        key(&object(&[crate::der::object_identifier("0.4.0.127.0.7.2.2.2.2.6"), number(64)])),
        Err(CvError::Unsupported("signature algorithm"))
    );

    // Domain parameters in part, of no known curve, with another cofactor; a point off the curve.
    let curve_key = TerminalKey::new(
        TerminalAlgorithm::EcdsaSha256,
        PrivateKey::Ec(crate::personalisation::EcKey {
            curve: CurveName::Secp256r1,
            private: 5u8.into(),
            key_id: None,
        }),
    )
    .unwrap();
    let parts: Vec<Vec<u8>> =
        tlv::parse_all(tlv::parse_only(&curve_key.public().encode(), 0x7F49).unwrap())
            .unwrap()
            .into_iter()
            .map(|node| tlv::node(node.tag, node.value))
            .collect();
    assert_eq!(key(&object(&parts)), Ok(curve_key.public()));
    assert_eq!(key(&object(&parts[..7])), Ok(curve_key.public()), "the cofactor may be missing");
    let without_order = [&parts[..5], &parts[6..]].concat();
    assert_eq!(key(&object(&without_order)), Err(CvError::Malformed("public key on a curve")));
    let mut changed = parts.clone();
    changed[7] = tlv::node(0x87, &[4]);
    assert_eq!(key(&object(&changed)), Err(CvError::Malformed("cofactor of a curve")));
    changed = parts.clone();
    changed[2] = tlv::node(0x82, &[3]);
    assert_eq!(key(&object(&changed)), Err(CvError::Unsupported("curve")));
    changed = parts.clone();
    changed[6][10] ^= 1;
    assert!(!key(&object(&changed)).unwrap().is_complete());
    assert!(!curve_key.public_without_parameters().is_complete());

    // A private key for another algorithm.
    let PublicValue::Rsa(_) = terminal.key.public().value else { panic!("RSA was asked for") };
    assert!(terminal.key.public().is_complete());
    assert!(
        TerminalKey::new(
            TerminalAlgorithm::EcdsaSha256,
            PrivateKey::Rsa(crate::arithmetic::rsa::RsaKey::test_terminal())
        )
        .is_err()
    );
}

#[test]
fn ef_cvca_is_padded_to_36_bytes() {
    let authority = CvAuthority::new(CvAuthorityOptions::default());
    let mut trust = authority.trust();
    let mut expected = b"\x42\x0EVNCVCASIM00001".to_vec();
    expected.resize(36, 0);
    assert_eq!(trust.ef_cvca(), expected);
    let dated = |reference: &str, year| {
        let mut point = authority.trust_point();
        point.reference = reference.as_bytes().to_vec();
        point.effective = Date::new(year, 1, 1);
        point
    };
    trust.enable(dated("VNSIXTEENBYTE023", 2023));
    trust.enable(dated("VNSIXTEENBYTE022", 2022));
    assert_eq!(trust.ef_cvca(), b"\x42\x10VNSIXTEENBYTE023\x42\x10VNSIXTEENBYTE022");
}

/// Other people's certificates: their bytes come out of our encoder, and their signatures verify.
#[test]
fn the_chains_of_another_simulator() {
    for (folder, kind, below) in [
        ("IS", TerminalType::InspectionSystem, ["dv_is_cert_1", "is_cert_1"]),
        ("AT", TerminalType::AuthenticationTerminal, ["dv_at_cert_1", "at_cert_1"]),
        ("ST", TerminalType::SignatureTerminal, ["dv_st_cert_1", "st_cert_1"]),
    ] {
        let path = |name: &str| format!("eac/CFG.DFLT.EAC.{folder}/{name}");
        let Some(root) = foreign::read(&path("CVCA_Cert_01.cvcert")) else { return };
        let trust_point = TrustPoint::from_certificate(&root).unwrap();
        assert_eq!(trust_point.authorization.terminal_type, kind);
        let mut issuer = trust_point.public_key.clone();
        for name in below {
            let bytes = foreign::read(&path(&format!("{name}.cvcert"))).unwrap();
            let certificate = CvCertificate::parse(&bytes).unwrap();
            assert!(certificate.is_signed_by(&issuer), "{name}");
            assert_eq!(certificate.body.authorization.terminal_type, kind);
            let encoded = certificate.body.encode();
            assert!(bytes.windows(encoded.len()).any(|window| window == encoded), "{name}");
            issuer = certificate.body.public_key.inherit(&issuer);
        }

        let key = foreign::read(&path("CVCA_KEY_01.pkcs8")).unwrap();
        let key =
            TerminalKey::new(TerminalAlgorithm::EcdsaSha256, PrivateKey::from_pkcs8(&key).unwrap())
                .unwrap();
        assert_eq!(key.public(), trust_point.public_key);
    }
}

/// Certificates of three other programs, among them real ones of the German eID: what parses comes out of the encoder
/// as it was, and every certificate whose authority is there as well verifies.
#[test]
fn certificates_of_other_programs() {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN") else {
        println!("skipped: CCCD_FOREIGN is not set");
        return;
    };
    let files = std::fs::read_dir(std::path::Path::new(&folder).join("files/CVC")).unwrap();
    let (mut certificates, mut refused) = (Vec::new(), 0);
    for file in files {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let Ok(certificate) = CvCertificate::parse(&bytes) else {
            refused += 1;
            continue;
        };
        let encoded = certificate.body.encode();
        assert!(bytes.windows(encoded.len()).any(|window| window == encoded), "{path:?}");
        certificates.push(certificate);
    }
    // One has the wrong authorization on purpose.
    assert_eq!(refused, 1);

    // Those with a curve of their own, then those below them, and those below these.
    let bodies = certificates.iter().map(|certificate| &certificate.body);
    let mut known: Vec<(Vec<u8>, CvPublicKey)> = bodies
        .filter(|body| body.public_key.is_complete())
        .map(|body| (body.holder_reference.clone(), body.public_key.clone()))
        .collect();
    let mut verified = 0;
    for _ in 0..2 {
        verified = 0;
        for certificate in &certificates {
            let body = &certificate.body;
            let issuer = known.iter().find(|(reference, key)| {
                *reference == body.authority_reference && certificate.is_signed_by(key)
            });
            if let Some((_, key)) = issuer {
                verified += 1;
                known.push((body.holder_reference.clone(), body.public_key.inherit(key)));
            }
        }
    }
    // The authorities of the others are not in the folder.
    assert_eq!((certificates.len(), verified), (65, 50));
}
