use super::*;
use crate::error::{Error, NotAuthentic, Unsupported};

const KIOSK: &[u8] = include_bytes!("../../test-vectors/seal/kiosk.key.pem");
const KIOSK_PUBLIC: &[u8] = include_bytes!("../../test-vectors/seal/kiosk.pub.pem");
/// Made with OpenSSL, see `test-vectors/seal/make.sh`.
const FOREIGN: &[u8] = include_bytes!("../../test-vectors/seal/evidence.cose");
const FOREIGN_TRUST: &[u8] = include_bytes!("../../test-vectors/seal/trust-store.cose");
const CRITICAL: &[u8] = include_bytes!("../../test-vectors/seal/critical.cose");
const PAYLOAD: &[u8] = b"a file of evidence";
const SEAL: Error = Error::NotAuthentic(NotAuthentic::Seal);

fn kiosk() -> SealingKey {
    SealingKey::from_pkcs8(KIOSK).unwrap()
}

/// Another key: PKCS#8 (RFC 5958) without the optional public half.
fn stranger() -> SealingKey {
    let head = "3041 0201 0030 1306 072a8648ce3d020106082a8648ce3d0301 0704 2730 2502 0101 0420";
    let mut der = unhex(head);
    der.extend([0x42; 32]);
    SealingKey::from_pkcs8(&der).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[test]
fn a_seal_opens_with_its_key_among_others() {
    let sealed = seal(PAYLOAD, Sealed::Evidence, &kiosk()).unwrap();
    let keys = [stranger().seal_key(), kiosk().seal_key()];
    let (payload, key) = open(&sealed, Sealed::Evidence, &keys).unwrap();
    assert_eq!((payload.as_slice(), key), (PAYLOAD, &keys[1]));
    assert!(is_sealed(&sealed) && !is_sealed(PAYLOAD));
    let (payload, named) = unsealed(&sealed, Sealed::Evidence).unwrap();
    assert_eq!((payload.as_slice(), named), (PAYLOAD, keys[1].fingerprint()));
}

#[test]
fn a_seal_made_with_openssl_opens() {
    let keys = [SealKey::from_spki(KIOSK_PUBLIC).unwrap()];
    assert_eq!(open(FOREIGN, Sealed::Evidence, &keys).unwrap().0, PAYLOAD);
    assert_eq!(open(FOREIGN_TRUST, Sealed::TrustStore, &keys).unwrap().0, b"a file of trust");
    assert_eq!(open(FOREIGN_TRUST, Sealed::Evidence, &keys), Err(SEAL));
    let critical = Error::Unsupported(Unsupported::Structure("a critical header in a seal"));
    assert_eq!(open(CRITICAL, Sealed::Evidence, &keys), Err(critical));
}

/// RFC 6979 makes the signature a function of key and message, so the whole file is one. This one was checked
/// with `openssl dgst -verify`; its bytes but for the signature are those that OpenSSL's script wrote.
#[test]
fn the_same_file_gets_the_same_seal() {
    let sealed = seal(PAYLOAD, Sealed::Evidence, &kiosk()).unwrap();
    assert_eq!(sealed, seal(PAYLOAD, Sealed::Evidence, &kiosk()).unwrap());
    let (body, signature) = sealed.split_at(sealed.len() - 64);
    assert_eq!(body, &FOREIGN[..FOREIGN.len() - 64]);
    assert_eq!(signature, unhex(OURS));
}
const OURS: &str = "88cffcbe81682461fa795141ef95bad41e70bc4f522d943767c0ac4ae96a9f68\
                    006d58ea322595bc76504c982d0a93450afffb9c8b63a88c4c59eb394c377f86";

/// RFC 6979 A.2.5, whose key the kiosk of these tests has.
#[test]
fn signatures_are_those_of_rfc_6979() {
    let signature = kiosk().sign(b"sample").unwrap();
    let expected = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
                    f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    assert_eq!(signature.as_slice(), unhex(expected));
}

#[test]
fn no_altered_bit_and_no_cut_opens() {
    let sealed = seal(PAYLOAD, Sealed::Evidence, &kiosk()).unwrap();
    let keys = [kiosk().seal_key()];
    let payload_at = sealed.windows(PAYLOAD.len()).position(|window| window == PAYLOAD).unwrap();
    let payload = payload_at..payload_at + PAYLOAD.len();
    let signature = sealed.len() - 64..sealed.len();
    let key_id = keys[0].fingerprint();
    let named = sealed.windows(32).position(|window| window == key_id).unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut altered = sealed.clone();
        altered[bit / 8] ^= 0x80 >> (bit % 8);
        let refused = open(&altered, Sealed::Evidence, &keys).map(|_| ()).unwrap_err();
        let at = bit / 8;
        if payload.contains(&at) || signature.contains(&at) || (named..named + 32).contains(&at) {
            assert_eq!(refused, SEAL, "bit {bit}");
        } else {
            let kinds = ["not_authentic", "malformed", "unsupported"];
            assert!(kinds.contains(&refused.kind()), "bit {bit}: {refused}");
        }
    }
    for end in 0..sealed.len() {
        let refused = open(&sealed[..end], Sealed::Evidence, &keys).map(|_| ()).unwrap_err();
        assert_eq!(refused.kind(), "malformed", "cut at {end}");
    }
}

#[test]
fn another_key_and_another_kind_of_file_are_refused() {
    let sealed = seal(PAYLOAD, Sealed::Evidence, &kiosk()).unwrap();
    assert_eq!(open(&sealed, Sealed::Evidence, &[stranger().seal_key()]), Err(SEAL));
    assert_eq!(open(&sealed, Sealed::Evidence, &[]), Err(SEAL));
    assert_eq!(open(&sealed, Sealed::TrustStore, &[kiosk().seal_key()]), Err(SEAL));
    assert_eq!(unsealed(&sealed, Sealed::TrustStore), Err(SEAL));
}

/// A stranger's signature under the kiosk's name.
struct Pretender;

impl Sealer for Pretender {
    fn public_key(&self) -> Vec<u8> {
        kiosk().public_key()
    }
    fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        stranger().sign(message)
    }
}

#[test]
fn a_module_that_signs_with_another_key_shows_at_once() {
    let refused = seal(PAYLOAD, Sealed::Evidence, &Pretender).unwrap_err();
    assert_eq!(refused.kind(), "misuse");
    let mut forged = seal(PAYLOAD, Sealed::Evidence, &kiosk()).unwrap();
    let end = forged.len();
    forged[end - 64..].copy_from_slice(&stranger().sign(b"anything").unwrap());
    assert_eq!(open(&forged, Sealed::Evidence, &[kiosk().seal_key()]), Err(SEAL));
}

/// `[protected, unprotected, payload, signature]` as they are given, signed or not.
fn envelope(protected: &[u8], unprotected: &[u8], payload: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xD2, 0x84, 0x58, u8::try_from(protected.len()).unwrap()];
    bytes.extend(protected);
    bytes.extend(unprotected);
    bytes.extend([0x58, u8::try_from(payload.len()).unwrap()]);
    bytes.extend(payload);
    bytes.extend([0x58, u8::try_from(signature.len()).unwrap()]);
    bytes.extend(signature);
    bytes
}

fn header(alg: &[u8], content_type: &str, more: &[u8], count: u8) -> Vec<u8> {
    let mut bytes = vec![0xA0 + count, 0x01];
    bytes.extend(alg);
    bytes.extend([0x03, 0x78, u8::try_from(content_type.len()).unwrap()]);
    bytes.extend(content_type.as_bytes());
    bytes.extend([0x04, 0x58, 0x20]);
    bytes.extend(kiosk().seal_key().fingerprint());
    bytes.extend(more);
    bytes
}

/// Signs whatever header, so that only the header can be the reason to refuse.
fn signed(protected: &[u8], unprotected: &[u8]) -> Vec<u8> {
    let mut message = vec![0x84, 0x6A];
    message.extend(b"Signature1");
    message.extend([0x58, u8::try_from(protected.len()).unwrap()]);
    message.extend(protected);
    message.extend([0x40, 0x52]);
    message.extend(PAYLOAD);
    envelope(protected, unprotected, PAYLOAD, &kiosk().sign(&message).unwrap())
}

#[test]
fn only_headers_that_mean_what_they_meant_are_accepted() {
    let keys = [kiosk().seal_key()];
    let evidence = Sealed::Evidence.content_type();
    let outcome = |protected: &[u8], unprotected: &[u8]| {
        open(&signed(protected, unprotected), Sealed::Evidence, &keys)
            .map_or_else(|error| error.code(), |_| "opened")
    };
    let unsupported_algorithm = "unsupported.algorithm";
    for (what, protected, expected) in [
        ("ours", header(&[0x26], evidence, &[], 3), "opened"),
        ("a header that we do not know", header(&[0x26], evidence, &[0x18, 0x63, 1], 4), "opened"),
        ("ES384", header(&[0x38, 0x22], evidence, &[], 3), unsupported_algorithm),
        ("EdDSA", header(&[0x27], evidence, &[], 3), unsupported_algorithm),
        ("another type", header(&[0x26], "text/plain", &[], 3), "not_authentic.seal"),
        ("critical", header(&[0x26], evidence, &[2, 0x81, 4], 4), "unsupported.structure"),
        ("an IV", header(&[0x26], evidence, &[5, 0x41, 1], 4), "malformed.structure"),
        (
            "a countersignature",
            header(&[0x26], evidence, &[7, 0x83, 0x40, 0xA0, 0x40], 4),
            "malformed.structure",
        ),
        ("a header twice", header(&[0x26], evidence, &[1, 0x26], 4), "malformed.structure"),
        ("no headers", vec![0xA0], unsupported_algorithm),
    ] {
        assert_eq!(outcome(&protected, &[0xA0]), expected, "{what}");
    }
    let outside = outcome(&header(&[0x26], evidence, &[], 3), &[0xA1, 0x18, 0x63, 1]);
    assert_eq!(outside, "malformed.structure", "a header outside the signature");
}

#[test]
fn rubbish_is_malformed() {
    let keys = [kiosk().seal_key()];
    let header = header(&[0x26], Sealed::Evidence.content_type(), &[], 3);
    let good = signed(&header, &[0xA0]);
    let longer = [&good[..], &[0]].concat();
    let untagged = good[1..].to_vec();
    let detached = [&good[..2 + 2 + header.len() + 1], &[0xF6, 0x40]].concat();
    let short = envelope(&header, &[0xA0], PAYLOAD, &[1; 63]);
    // CBOR of a million small items: refused before any of them is read.
    let bomb = [&[0xD2, 0x84, 0x40, 0xBA, 0, 0x0F, 0x42, 0x40][..], &[0; 2_000_000]].concat();
    let multiple = [&[0xD8, 0x62][..], &good[1..]].concat();
    let deep = [&[0xD2][..], &[0x81; 100_000]].concat();
    for bytes in
        [&[][..], b"rubbish", &longer, &untagged, &detached, &short, &bomb, &multiple, &deep]
    {
        let refused = open(bytes, Sealed::Evidence, &keys).map(|_| ()).unwrap_err();
        assert_eq!(refused.kind(), "malformed");
    }
}

#[test]
fn keys_are_read_from_pem_and_der() {
    let from_pem = SealKey::from_spki(KIOSK_PUBLIC).unwrap();
    assert_eq!(SealKey::from_spki(from_pem.spki()).unwrap(), from_pem);
    assert_eq!(kiosk().seal_key(), from_pem);
    assert_eq!(from_pem.fingerprint()[..4], FOREIGN[0x2F..0x33]);
    // RFC 7468 §2: text before the key.
    let preamble = [b"Kiosk 7\n", KIOSK_PUBLIC].concat();
    assert_eq!(SealKey::from_spki(&preamble).unwrap(), from_pem);
}

#[test]
fn other_keys_are_refused_with_the_reason() {
    let code = |result: Result<()>| result.unwrap_err().code();
    let private = |file: &[u8]| code(SealingKey::from_pkcs8(file).map(|_| ()));
    let public = |file: &[u8]| code(SealKey::from_spki(file).map(|_| ()));
    let encrypted =
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let sec1 = b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n";
    let certificate = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    // Ed25519 (RFC 8410 §10.3, §10.1).
    let ed25519 = unhex(
        "302e020100 300506 032b6570 04220420 d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842",
    );
    let ed25519_public = unhex(
        "302a300506032b6570 032100 19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1",
    );
    // The kiosk's key with the name of secp256k1 and of P-384.
    let other_curve = |oid: &str| {
        let spki = kiosk().public_key();
        let mut der = unhex(oid);
        der.extend(&spki[23..]);
        let algorithm = unhex("06072a8648ce3d0201");
        let inner =
            [&[0x30, u8::try_from(algorithm.len() + oid.len() / 2).unwrap()], &algorithm[..]];
        let body = [&inner.concat()[..], &der].concat();
        [&[0x30, u8::try_from(body.len()).unwrap()], &body[..]].concat()
    };
    let mut off_curve = kiosk().public_key();
    *off_curve.last_mut().unwrap() ^= 1;
    let structure = "unsupported.structure";
    assert_eq!(private(encrypted), structure);
    assert_eq!(private(sec1), structure);
    assert_eq!(private(&ed25519), structure);
    assert_eq!(public(&ed25519_public), structure);
    assert_eq!(public(&other_curve("06052b8104000a")), structure);
    assert_eq!(public(&other_curve("06052b81040022")), structure);
    assert_eq!(public(certificate), structure);
    for rubbish in [&b""[..], b"rubbish", &[0x30, 0x80], KIOSK_PUBLIC, &vec![b'-'; 1 << 20]] {
        assert_eq!(private(rubbish), "malformed.structure");
    }
    for rubbish in [&b""[..], b"rubbish", &[0x30, 0x80], KIOSK, &off_curve, &vec![0x30; 1 << 20]] {
        assert_eq!(public(rubbish), "malformed.structure");
    }
}

#[test]
fn debug_shows_no_private_key() {
    let shown = format!("{:?}", kiosk());
    let fingerprint: String =
        kiosk().seal_key().fingerprint().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(shown, format!("SealingKey(SealKey({fingerprint}))"));
}
