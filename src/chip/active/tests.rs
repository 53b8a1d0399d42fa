//! Challenge, answer and signature; the chip's keys are the simulator's and the tests'.

use std::collections::BTreeSet;

use cccd_simulator::arithmetic::rsa::RsaKey;

use super::*;
use crate::{
    apdu::{Limits, testing::drive},
    passive::examine,
    pki::{
        TrustStore,
        test_issuer::{
            Cms, Key, LDS_SECURITY_OBJECT, Template, oid, rsa_spki, security_object, sequence,
        },
    },
    policy::Policy,
    secure_messaging::tests::{ends, parsed},
    sensitive::Personal,
    tlv::write,
};

/// Doc 9303-11 App. F gives the message representative and the challenge, but no key pair.
#[test]
fn the_representative_of_the_worked_example() {
    let example: serde_json::Value = serde_json::from_str(include_str!(
        "../../../test-vectors/icao9303/appendix-f-active-authentication.json"
    ))
    .unwrap();
    let hex = |name: &str| -> Vec<u8> {
        let text = example[name].as_str().unwrap();
        let pairs = (0..text.len()).step_by(2).map(|i| &text[i..i + 2]);
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    };
    let (representative, challenge) = (hex("representative"), hex("rnd_ifd"));
    let verdict = verify_representative(&representative, &challenge);
    assert_eq!(verdict, Some(DigestAlgorithm::Sha1));
    for bit in 0..representative.len() * 8 {
        let mut altered = representative.clone();
        altered[bit / 8] ^= 0x80 >> (bit % 8);
        assert_eq!(verify_representative(&altered, &challenge), None, "bit {bit}");
    }
    assert_eq!(verify_representative(&representative, &challenge[1..]), None);
    assert_eq!(verify_representative(&[], &challenge), None);
}

#[test]
fn a_constant_challenge_is_refused() {
    assert!(Challenge::from_bytes([0; 8]).is_err());
    assert!(Challenge::from_bytes([7; 8]).is_err());
    assert!(Challenge::from_bytes([0, 0, 0, 0, 0, 0, 0, 1]).is_ok());
}

#[test]
fn the_trailer_names_the_digest_and_the_header_may_be_padded() {
    let challenge = [1, 2, 3, 4, 5, 6, 7, 8];
    for (identifier, algorithm) in [
        (0x33, DigestAlgorithm::Sha1),
        (0x34, DigestAlgorithm::Sha256),
        (0x35, DigestAlgorithm::Sha512),
        (0x36, DigestAlgorithm::Sha384),
        (0x38, DigestAlgorithm::Sha224),
    ] {
        let message = [&[0xA5; 20][..], &challenge].concat();
        let digest = algorithm.digest(&message);
        let verify = |header: &[u8], trailer: &[u8]| {
            let representative = [header, &message[..20], &digest, trailer].concat();
            verify_representative(&representative, &challenge)
        };
        for header in [&[0x6A][..], &[0x6B, 0xBA], &[0x6B, 0xBB, 0xBB, 0xBA]] {
            assert_eq!(verify(header, &[identifier, 0xCC]), Some(algorithm), "{header:02X?}");
        }
        for header in [&[][..], &[0x6C], &[0x6B], &[0x6B, 0xBB], &[0x6B, 0xBB, 0xAA], &[0x6A, 0]] {
            assert_eq!(verify(header, &[identifier, 0xCC]), None, "{header:02X?}");
        }
        for trailer in [&[][..], &[identifier], &[0x37, 0xCC], &[identifier, 0xCD]] {
            assert_eq!(verify(&[0x6A], trailer), None, "{trailer:02X?}");
        }
    }
    // Nothing but a digest: M1 may be empty, what is shorter is nothing.
    let digest = DigestAlgorithm::Sha1.digest(&challenge);
    let bare = [&[0x6A], &digest[..], &[0xBC]].concat();
    assert_eq!(verify_representative(&bare, &challenge), Some(DigestAlgorithm::Sha1));
    let short = [&[0x6A], &digest[1..], &[0xBC]].concat();
    assert_eq!(verify_representative(&short, &challenge), None);
}

#[test]
fn the_digest_is_the_longest_that_the_key_holds() {
    for (bits, expected) in [
        (160, DigestAlgorithm::Sha1),
        (223, DigestAlgorithm::Sha1),
        (224, DigestAlgorithm::Sha224),
        (255, DigestAlgorithm::Sha224),
        (256, DigestAlgorithm::Sha256),
        (383, DigestAlgorithm::Sha256),
        (384, DigestAlgorithm::Sha384),
        (511, DigestAlgorithm::Sha384),
        (512, DigestAlgorithm::Sha512),
        (528, DigestAlgorithm::Sha512),
    ] {
        assert_eq!(default_digest(bits), expected, "{bits}");
    }
}

/// DG14 whose ActiveAuthenticationInfo names this arc of `ecdsa-plain-signatures`.
fn dg14(arc: u8) -> Vec<u8> {
    let plain = oid(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, arc]);
    let info = [oid(&[0x67, 0x81, 0x08, 0x01, 0x01, 0x05]), write(0x02, &[1]), plain];
    write(0x6E, &write(0x31, &sequence(&info)))
}

#[test]
fn dg14_may_name_the_digest() {
    for (arc, expected) in [
        (1, Some(DigestAlgorithm::Sha1)),
        (2, Some(DigestAlgorithm::Sha224)),
        (3, Some(DigestAlgorithm::Sha256)),
        (4, Some(DigestAlgorithm::Sha384)),
        (5, Some(DigestAlgorithm::Sha512)),
        (6, None),
    ] {
        assert_eq!(named_digest(Some(&dg14(arc))).unwrap(), expected, "{arc}");
    }
    assert_eq!(named_digest(None).unwrap(), None);
    assert_eq!(named_digest(Some(&write(0x6E, &write(0x31, &[])))).unwrap(), None);
    assert!(named_digest(Some(&[0x6E])).is_err());
}

const CHALLENGE: Challenge = Challenge([1, 2, 3, 4, 5, 6, 7, 8]);

/// Asks a chip with this key over this device; the answer is `length` bytes and a status word. Returns the
/// signature's length and the Le that was sent.
fn ask(spki: &[u8], limits: Limits, (length, status): (usize, u16)) -> (Result<usize>, Vec<u8>) {
    let (mut channel, mailbox, mut chip) = ends(limits);
    let dg15 = write(0x6F, spki);
    let mut le = Vec::new();
    let run = active_authentication(&mut channel, &dg15, CHALLENGE, usize::MAX);
    let transcript = drive(&mailbox, run, |bytes| {
        let understood = chip.understand(&parsed(bytes));
        assert_eq!(
            (understood.header, &understood.data[..]),
            ([0x0C, 0x88, 0, 0], &CHALLENGE.0[..])
        );
        le = understood.le.unwrap();
        chip.answer(0x87, &vec![0xA5; length], status)
    });
    let signature = transcript.map(|transcript| {
        assert_eq!(transcript.challenge, CHALLENGE);
        assert!(transcript.signature.iter().all(|byte| *byte == 0xA5));
        let words = format!("ActiveAuthenticationTranscript({length} bytes)");
        assert_eq!(format!("{transcript:?}"), words, "the signature is not shown");
        transcript.signature.len()
    });
    (signature, le)
}

#[test]
fn the_answer_is_as_long_as_the_key_says() {
    let curve = Key::new(5).spki();
    assert_eq!(ask(&curve, Limits::SHORT, (64, 0x9000)), (Ok(64), vec![74]));
    assert_eq!(ask(&curve, Limits::SHORT, (71, 0x9000)), (Ok(71), vec![74]));
    assert_eq!(ask(&rsa_spki(1024), Limits::SHORT, (128, 0x9000)), (Ok(128), vec![128]));
    assert_eq!(ask(&rsa_spki(2048), Limits::EXTENDED, (256, 0x9000)), (Ok(256), vec![0]));
    assert_eq!(ask(&rsa_spki(3072), Limits::EXTENDED, (384, 0x9000)), (Ok(384), vec![1, 0x80]));
    // It is for the verification to say that this is too short.
    assert_eq!(ask(&rsa_spki(2048), Limits::EXTENDED, (255, 0x9000)).0, Ok(255));
}

/// A device that carries 223 bytes at most, and keys that need more, less and as much.
#[test]
fn a_device_too_short_for_the_answer_is_told_from_a_chip_that_cannot() {
    let too_long = Err(Error::Reader(ReaderFault::TooLong));
    for (bits, cut) in [(2048, &too_long), (1792, &too_long), (1784, &Err(FAILED))] {
        let key = rsa_spki(bits);
        for answer in [(0, 0x6700), (0, 0x6C10), (0, 0x9000)] {
            assert_eq!(ask(&key, Limits::SHORT, answer).0, *cut, "{bits} {answer:X?}");
        }
        assert_eq!(ask(&key, Limits::SHORT, (0, 0x6A80)).0, Err(FAILED));
        assert_eq!(ask(&key, Limits::SHORT, (bits / 8, 0x6A80)).0, Err(FAILED));
        // The chip brought all of it nevertheless.
        assert_eq!(ask(&key, Limits::SHORT, (bits / 8, 0x9000)).0, Ok(bits / 8));
        assert_eq!(ask(&key, Limits::EXTENDED, (0, 0x6700)).0, Err(FAILED));
    }
    assert_eq!(ask(&rsa_spki(2048), Limits::SHORT, (200, 0x9000)).0, too_long);
    let curve = Key::new(5).spki();
    for answer in [(0, 0x6700), (0, 0x6C10), (0, 0x9000), (0, 0x6A80)] {
        assert_eq!(ask(&curve, Limits::SHORT, answer).0, Err(FAILED));
    }
}

/// Signed digests with these groups admitted.
pub(in crate::chip) fn signed(groups: &[(u8, &[u8])]) -> SignedDigests {
    let (csca, signer) = (Key::new(1), Key::new(3));
    let mut trust = TrustStore::empty();
    let certificate = Template::authority("VN", "CSCA", &csca).sign(&csca);
    trust.add_certificate(&certificate, "t").unwrap();
    let template = Template::signer("VN", "CSCA", &signer, &csca);
    let sod = Cms::new(&LDS_SECURITY_OBJECT, &security_object(groups), &template, &csca);
    let sod = write(0x77, &sod.sign(&signer));
    let examination = examine(&sod, &trust, "2026-11-21".parse().unwrap()).unwrap();
    let mut signed = examination.accept(&Policy::standard()).unwrap();
    for (group, raw) in groups {
        signed.admit(*group, Personal::new(raw.to_vec())).unwrap();
    }
    assert!(signed.clone().complete(&BTreeSet::new()).is_ok());
    signed
}

/// r and s of a DER signature, each as long as the curve's field.
fn plain(der: &[u8]) -> Vec<u8> {
    let mut numbers =
        crate::tlv::Reader::new(der).expect(0x30, "SEQUENCE").unwrap().children().unwrap();
    let mut fixed = Vec::new();
    for _ in 0..2 {
        let number = numbers.expect(0x02, "INTEGER").unwrap().value;
        let number = number.strip_prefix(&[0]).unwrap_or(number);
        fixed.extend(vec![0; 32 - number.len()]);
        fixed.extend(number);
    }
    fixed
}

#[test]
fn a_curve_signs_plainly_or_with_a_deviation() {
    let key = Key::new(5);
    let dg15 = write(0x6F, &key.spki());
    let der = key.sign(&CHALLENGE.0);
    let verify = |signature: &[u8], groups: &[(u8, &[u8])]| {
        let signature = signature.to_vec();
        let transcript = ActiveAuthenticationTranscript { challenge: CHALLENGE, signature };
        verify_active_authentication(&transcript, &signed(groups))
    };
    let (named, other) = (dg14(3), dg14(4));
    for groups in [&[(15, &dg15[..])][..], &[(14, &named[..]), (15, &dg15)]] {
        let proof = verify(&plain(&der), groups).unwrap();
        assert_eq!((proof.challenge(), proof.deviation()), (CHALLENGE, None));
        assert_eq!(proof.challenge().as_bytes(), &[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(proof.description(), "EC secp256r1, SHA-256");
        let proof = verify(&der, groups).unwrap();
        assert_eq!(proof.deviation(), Some(Deviation::ActiveAuthenticationDer));
        assert_eq!(verify(&key.sign(&[0; 8]), groups), Err(FAILED));
    }
    // DG14 names another digest; DG15 is not there.
    assert_eq!(verify(&der, &[(14, &other), (15, &dg15)]), Err(FAILED));
    assert_eq!(verify(&der, &[(14, &named)]), Err(FAILED));
}

#[test]
fn rsa_signs_with_the_smaller_number_or_the_other() {
    let key = RsaKey::test_csca();
    let modulus = key.public().modulus.to_bytes_be();
    let number = [write(0x02, &[&[0], &modulus[..]].concat()), write(0x02, &[1, 0, 1])];
    let rsa = oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]);
    let bits = write(0x03, &[&[0], &sequence(&number)[..]].concat());
    let dg15 = write(0x6F, &sequence(&[sequence(&[rsa, vec![5, 0]]), bits]));
    let m1 = vec![0x11; modulus.len() - 1 - 32 - 2];
    let digest = DigestAlgorithm::Sha256.digest(&[&m1[..], &CHALLENGE.0].concat());
    let representative = [&[0x6A], &m1[..], &digest, &[0x34, 0xCC]].concat();
    let signature = key.private_operation(&representative);
    // n - s, byte by byte.
    let mut borrow = 0;
    let mut complement = vec![0; modulus.len()];
    for at in (0..modulus.len()).rev() {
        let difference = i16::from(modulus[at]) - i16::from(signature[at]) - borrow;
        borrow = i16::from(difference < 0);
        complement[at] = (difference & 0xFF) as u8;
    }
    let signed = signed(&[(15, &dg15)]);
    for (bytes, good) in [(&signature, true), (&complement, true), (&representative, false)] {
        let transcript =
            ActiveAuthenticationTranscript { challenge: CHALLENGE, signature: bytes.clone() };
        let proof = verify_active_authentication(&transcript, &signed);
        assert_eq!(proof.is_ok(), good);
        if let Ok(proof) = proof {
            assert!(proof.description().ends_with(", SHA-256"), "{}", proof.description());
            assert!(proof.description().starts_with("RSA"));
            assert_eq!(proof.deviation(), None);
        }
    }
}
