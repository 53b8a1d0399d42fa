use super::*;
use crate::crypto::testing::{Numbers, hex, mutations, vectors};
use crate::tlv;
use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};

const ECDSA: &str = include_str!("../../../test-vectors/crypto/ecdsa.txt");
const RSA: &str = include_str!("../../../test-vectors/crypto/rsa.txt");
const MESSAGE: &[u8] = b"cccd: a message to be signed";

fn digest(name: &str) -> DigestAlgorithm {
    let name = name.to_uppercase().replace("SHA", "SHA-");
    DigestAlgorithm::ALL.into_iter().find(|digest| digest.name() == name).unwrap()
}

/// Both roads: the message, which ring may take, and the digest, which it cannot.
fn verify(key: &PublicKey, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
    let by_message = key.verify(scheme, message, signature);
    let by_digest = key.verify_digest(scheme, &scheme.digest().digest(message), signature);
    assert_eq!(by_message, by_digest, "{} {}", key.describe(), scheme.name());
    by_message
}

struct Vector {
    key: PublicKey,
    scheme: SignatureScheme,
    signature: Vec<u8>,
}

fn all() -> Vec<Vector> {
    let ecdsa = vectors(ECDSA).map(|vector| {
        let key = PublicKey::from_spki(&hex(vector[2])).unwrap();
        assert_eq!(key.describe(), format!("EC {}", vector[0]));
        Vector { key, scheme: SignatureScheme::Ecdsa(digest(vector[1])), signature: hex(vector[3]) }
    });
    let rsa = vectors(RSA).map(|vector| {
        let scheme = match vector[0] {
            "pkcs1" => SignatureScheme::RsaPkcs1(digest(vector[1])),
            _ => SignatureScheme::RsaPss {
                digest: digest(vector[1]),
                mgf_digest: digest(vector[2]),
                salt_length: vector[3].parse().unwrap(),
            },
        };
        let key = PublicKey::from_spki(&hex(vector[4])).unwrap();
        assert!(key.describe().starts_with("RSA "));
        Vector { key, scheme, signature: hex(vector[5]) }
    });
    ecdsa.chain(rsa).collect()
}

#[test]
fn openssl_s_signatures_are_valid() {
    for Vector { key, scheme, signature } in all() {
        assert!(verify(&key, scheme, MESSAGE, &signature), "{} {}", key.describe(), scheme.name());
    }
}

#[test]
fn a_changed_bit_of_signature_or_message_is_found() {
    let mut numbers = Numbers(5);
    for Vector { key, scheme, signature } in all() {
        for _ in 0..3 {
            let mut changed = signature.clone();
            let at = numbers.below(changed.len());
            changed[at] ^= 1 << numbers.below(8);
            assert!(!verify(&key, scheme, MESSAGE, &changed), "{} {at}", key.describe());
        }
        assert!(!verify(&key, scheme, &MESSAGE[1..], &signature));
        for wrong in [&signature[1..], &signature[..signature.len() - 1], &[]] {
            assert!(!verify(&key, scheme, MESSAGE, wrong));
        }
        for longer in [[&[0], &signature[..]].concat(), [&signature[..], &[0]].concat()] {
            assert!(!verify(&key, scheme, MESSAGE, &longer));
        }
        // A digest of another length than the scheme's.
        assert!(!key.verify_digest(scheme, &[0; 19], &signature));
        assert!(!key.verify_digest(scheme, &[], &signature));
    }
}

#[test]
fn a_scheme_for_another_kind_of_key_or_digest_is_no_signature() {
    let schemes = [
        SignatureScheme::RsaPkcs1(Sha256),
        SignatureScheme::RsaPkcs1(Sha512),
        SignatureScheme::RsaPss { digest: Sha256, mgf_digest: Sha256, salt_length: 32 },
        SignatureScheme::RsaPss { digest: Sha256, mgf_digest: Sha256, salt_length: 31 },
        SignatureScheme::RsaPss { digest: Sha256, mgf_digest: Sha256, salt_length: 20 },
        SignatureScheme::RsaPss { digest: Sha256, mgf_digest: Sha1, salt_length: 32 },
        SignatureScheme::RsaPss { digest: Sha256, mgf_digest: Sha256, salt_length: 65535 },
        SignatureScheme::RsaPss { digest: Sha512, mgf_digest: Sha256, salt_length: 0 },
        SignatureScheme::Ecdsa(Sha256),
        SignatureScheme::Ecdsa(Sha384),
    ];
    for Vector { key, scheme, signature } in all() {
        for other in schemes.into_iter().filter(|other| *other != scheme) {
            assert!(!verify(&key, other, MESSAGE, &signature), "{} {other:?}", key.describe());
        }
    }
}

#[test]
fn plain_signatures_are_verified_as_the_encoded_ones() {
    for Vector { key, scheme, signature } in all() {
        let PublicKey::Ec { key: point, .. } = &key else {
            assert!(!key.verify_ecdsa_plain(&[0; 32], &signature));
            continue;
        };
        let length = point.curve().field_length();
        let EcdsaSignature { r, s } = EcdsaSignature::from_der(&signature).unwrap();
        let (r, s) = (
            left_padded(r.as_bytes(), length).unwrap(),
            left_padded(s.as_bytes(), length).unwrap(),
        );
        let digest = scheme.digest().digest(MESSAGE);
        let plain = [&r[..], &s].concat();
        assert!(key.verify_ecdsa_plain(&digest, &plain));
        let zero = vec![0; length];
        let most = vec![0xFF; length];
        for wrong in [
            [&s[..], &r].concat(),
            [&zero[..], &s].concat(),
            [&r[..], &zero].concat(),
            [&most[..], &s].concat(),
            [&r[..], &most].concat(),
            [&zero[..], &zero].concat(),
            plain[1..].to_vec(),
            [&plain[..], &[0]].concat(),
            signature.clone(),
            vec![],
        ] {
            assert!(!key.verify_ecdsa_plain(&digest, &wrong));
        }
        let mut changed = digest.clone();
        changed[0] ^= 1;
        assert!(!key.verify_ecdsa_plain(&changed, &plain));
    }
}

#[test]
fn ecdsa_encodings_that_are_not_der_are_refused() {
    for vector in vectors(ECDSA).filter(|vector| vector[1] == "sha256") {
        let key = PublicKey::from_spki(&hex(vector[2])).unwrap();
        let scheme = SignatureScheme::Ecdsa(Sha256);
        let good = hex(vector[3]);
        let EcdsaSignature { r, s } = EcdsaSignature::from_der(&good).unwrap();
        let positive = |bytes: &[u8]| {
            let sign: &[u8] = if bytes[0] >= 0x80 { &[0] } else { &[] };
            tlv::write(0x02, &[sign, bytes].concat())
        };
        let (r, s) = (positive(r.as_bytes()), positive(s.as_bytes()));
        assert_eq!(tlv::write(0x30, &[&r[..], &s].concat()), good);
        let value = |integer: &[u8]| integer[2..].to_vec();
        let longer = tlv::write(0x02, &[&[0], &value(&r)[..]].concat());
        let long_length = [&[0x02, 0x81, r[1]], &value(&r)[..]].concat();
        for wrong in [
            tlv::write(0x30, &[&longer[..], &s].concat()),
            tlv::write(0x30, &[&long_length[..], &s].concat()),
            tlv::write(0x30, &[&r[..], &s, &[0x05, 0x00]].concat()),
            tlv::write(0x30, &r),
            tlv::write(0x31, &[&r[..], &s].concat()),
            tlv::write(0x30, &[&[0x02, 0x01, 0x00], &s[..]].concat()),
            tlv::write(0x30, &[&r[..], &[0x02, 0x00]].concat()),
            [&[0x30, 0x80], &r[..], &s, &[0, 0]].concat(),
        ] {
            assert!(!verify(&key, scheme, MESSAGE, &wrong), "{} {wrong:02X?}", key.describe());
        }
    }
}

#[test]
fn explicit_curves_are_reported() {
    for vector in vectors(ECDSA) {
        let spki = hex(vector[2]);
        let PublicKey::Ec { explicit, .. } = PublicKey::from_spki(&spki).unwrap() else {
            panic!("an elliptic key");
        };
        assert_eq!(explicit, spki.len() > 180);
    }
}

#[test]
fn mutated_keys_never_panic() {
    for vector in vectors(ECDSA).take(7) {
        for bytes in mutations(&hex(vector[2])) {
            if let Ok(key) = PublicKey::from_spki(&bytes) {
                key.verify_digest(SignatureScheme::Ecdsa(Sha1), &[1; 20], &hex(vector[3]));
            }
        }
    }
}

fn pss_parameters(fields: &[(u32, &str)]) -> Vec<u8> {
    let fields: Vec<u8> =
        fields.iter().flat_map(|(tag, value)| tlv::write(*tag, &hex(value))).collect();
    tlv::write(0x30, &fields)
}

#[test]
fn pss_parameters_have_defaults() {
    const OID: &str = "1.2.840.113549.1.1.10";
    const SHA256: &str = "300D06096086480165030402010500";
    const MGF1_SHA256: &str = "301A06092A864886F70D010108300D06096086480165030402010500";
    let read = |parameters: &[u8]| SignatureScheme::from_algorithm(OID, Some(parameters), None);
    let pss = |digest, mgf_digest, salt_length| {
        Ok(SignatureScheme::RsaPss { digest, mgf_digest, salt_length })
    };
    assert_eq!(SignatureScheme::from_algorithm(OID, None, Some(Sha512)), pss(Sha1, Sha1, 20));
    assert_eq!(read(&[0x30, 0]), pss(Sha1, Sha1, 20));
    assert_eq!(read(&pss_parameters(&[(0xA0, SHA256)])), pss(Sha256, Sha1, 20));
    assert_eq!(read(&pss_parameters(&[(0xA1, MGF1_SHA256)])), pss(Sha1, Sha256, 20));
    let full = [(0xA0, SHA256), (0xA1, MGF1_SHA256), (0xA2, "020120"), (0xA3, "020101")];
    assert_eq!(read(&pss_parameters(&full)), pss(Sha256, Sha256, 32));
    assert_eq!(read(&pss_parameters(&[(0xA2, "02020100")])), pss(Sha1, Sha1, 256));
    assert_eq!(read(&pss_parameters(&[(0xA2, "0203008001")])), pss(Sha1, Sha1, 0x8001));
    for wrong in [
        pss_parameters(&[(0xA3, "020102")]),
        pss_parameters(&[(0xA2, "0201FF")]),
        pss_parameters(&[(0xA2, "020401000000")]),
        pss_parameters(&[(0xA2, "0200")]),
        pss_parameters(&[(0xA1, MGF1_SHA256), (0xA0, SHA256)]),
        pss_parameters(&[(0xA0, "300B0609608648016503040207")]),
        // MGF1 without its digest; another mask.
        pss_parameters(&[(0xA1, "300B06092A864886F70D010108")]),
        pss_parameters(&[(0xA1, "301A06092A864886F70D010109300D06096086480165030402010500")]),
        pss_parameters(&[(0xA4, "020101")]),
        vec![0x05, 0x00],
        vec![],
    ] {
        assert!(read(&wrong).is_err(), "{wrong:02X?}");
    }
    for bytes in mutations(&pss_parameters(&full)) {
        // Anything but a panic.
        let _ = read(&bytes);
    }
}

#[test]
fn identifiers_name_schemes() {
    let read = |oid| SignatureScheme::from_algorithm(oid, Some(&[0x05, 0x00]), Some(Sha384));
    assert_eq!(read("1.2.840.113549.1.1.11"), Ok(SignatureScheme::RsaPkcs1(Sha256)));
    assert_eq!(read("1.2.840.113549.1.1.1"), Ok(SignatureScheme::RsaPkcs1(Sha384)));
    assert_eq!(read("1.2.840.10045.2.1"), Ok(SignatureScheme::Ecdsa(Sha384)));
    assert_eq!(read("1.2.840.10045.4.1"), Ok(SignatureScheme::Ecdsa(Sha1)));
    assert_eq!(read("1.2.840.10045.4.3.4"), Ok(SignatureScheme::Ecdsa(Sha512)));
    for bare in ["1.2.840.113549.1.1.1", "1.2.840.10045.2.1"] {
        assert!(SignatureScheme::from_algorithm(bare, None, None).is_err());
    }
    // MD5 with RSA, DSA, Ed25519.
    for unknown in ["1.2.840.113549.1.1.4", "1.2.840.10040.4.3", "1.3.101.112", ""] {
        assert!(matches!(read(unknown), Err(Error::Unsupported(_))));
    }
}
