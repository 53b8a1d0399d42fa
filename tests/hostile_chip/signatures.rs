//! Signatures of Active Authentication that no chip with the signed key made.

use cccd_simulator::{
    ActiveKey, EcKey,
    arithmetic::{ecdsa, rsa::RsaKey},
    der,
};

use super::*;

const FAILED: &str = "not_genuine.active_authentication";
const CHALLENGE: [u8; 8] = *b"friday 5";

fn active(kind: ActiveKind) -> Personalisation {
    offering(None, kind)
}

/// Every trailer of ISO/IEC 9796-2, and ECDSA on a short and a long curve.
fn kinds() -> impl Iterator<Item = ActiveKind> {
    let curves = [CurveName::Secp256r1, CurveName::BrainpoolP512r1, CurveName::Secp192r1];
    DigestName::ALL.map(ActiveKind::Rsa2048).into_iter().chain(curves.map(ActiveKind::Ecdsa))
}

#[test]
fn a_signature_by_another_key_whatever_its_kind() {
    for kind in kinds() {
        for (smaller, der) in [(false, false), (true, true)] {
            let mut card = active(kind);
            card.behaviour.rsa_smaller_signature = smaller;
            card.behaviour.ecdsa_signature_der = der;
            let run = refused(card.clone_without_private_keys(), can(), FAILED);
            assert_eq!(run.ended(Check::ActiveAuthentication), FAILED, "{kind:?}");
            // Refused before the other groups are read.
            assert_eq!(run.ended(Check::Digests), "not_reached");
            Desk::new().read(card, can()).verified();
        }
    }
}

/// What was stored of a good read, to be verified with other signatures.
struct Stored {
    desk: Desk,
    evidence: Evidence,
    key: ActiveKey,
}

impl Stored {
    fn new(kind: ActiveKind) -> Self {
        let card = active(kind);
        let key = card.active_authentication.clone().unwrap();
        let desk = Desk::new().policy(Policy::bank());
        let challenge = Challenge::from_bytes(CHALLENGE).unwrap();
        let options = InspectionOptions::new(can(), seeded(1)).challenge(challenge);
        let run = desk.read_chip(&mut Chip::new(card, 7), options);
        Self { evidence: run.verified().evidence().clone(), desk, key }
    }

    /// The verdict's code if the chip had answered the challenge with this.
    fn judge(&self, signature: &[u8]) -> &'static str {
        let ActiveAuthenticationTranscript { challenge, signature: old } =
            self.evidence.active_authentication().unwrap();
        let entry = |signature: &[u8]| {
            let length = u16::try_from(signature.len()).unwrap().to_be_bytes();
            let header: &[u8] = match signature.len() {
                0..=23 => &[0x40 | length[1]],
                24..=255 => &[0x58, length[1]],
                _ => &[0x59, length[0], length[1]],
            };
            [&[0x82, 0x48], &challenge.as_bytes()[..], header, signature].concat()
        };
        let mut bytes = self.evidence.to_bytes();
        let old = entry(old);
        let at = bytes.windows(old.len()).position(|window| window == old).unwrap();
        bytes.splice(at..at + old.len(), entry(signature));
        let evidence = Evidence::from_bytes(&bytes).unwrap();
        let verdict = self.desk.system.verify(&evidence, Some(*challenge), None);
        let ended = common::ended(&verdict.report, Check::ActiveAuthentication);
        match verdict.document {
            Ok(_) => ended,
            Err(error) => {
                assert_eq!(error.code(), ended);
                ended
            }
        }
    }
}

fn trailer(digest: DigestName) -> &'static [u8] {
    match digest {
        DigestName::Sha1 => &[0xBC],
        DigestName::Sha224 => &[0x38, 0xCC],
        DigestName::Sha256 => &[0x34, 0xCC],
        DigestName::Sha384 => &[0x36, 0xCC],
        DigestName::Sha512 => &[0x35, 0xCC],
    }
}

/// Header, M1 of the right length, digest and trailer.
fn representative(header: u8, digest: DigestName, signed: &[u8], trailer: &[u8]) -> Vec<u8> {
    let m1 = vec![0x5A; 256 - 1 - digest.length() - trailer.len()];
    let hash = digest.hash(&[&m1[..], signed].concat());
    [&[header], &m1[..], &hash, trailer].concat()
}

#[test]
fn rsa_signatures_over_something_else() {
    for digest in DigestName::ALL {
        let stored = Stored::new(ActiveKind::Rsa2048(digest));
        let ActiveKey::Rsa { key, .. } = &stored.key else { unreachable!() };
        let judge = |f: Vec<u8>| stored.judge(&key.private_operation(&f));
        let good = representative(0x6A, digest, &CHALLENGE, trailer(digest));
        assert_eq!(judge(good.clone()), "passed");
        assert_eq!(stored.judge(&RsaKey::test_clone().private_operation(&good)), FAILED);
        for (name, f) in [
            ("another challenge", representative(0x6A, digest, b"monday 9", trailer(digest))),
            ("no challenge", representative(0x6A, digest, &[], trailer(digest))),
            ("half of it", representative(0x6A, digest, &CHALLENGE[..4], trailer(digest))),
            ("total recovery", representative(0x4A, digest, &CHALLENGE, trailer(digest))),
            ("no header", representative(0x00, digest, &CHALLENGE, trailer(digest))),
            ("header without end", representative(0x6B, digest, &CHALLENGE, trailer(digest))),
            ("no trailer", representative(0x6A, digest, &CHALLENGE, &[])),
            ("unknown trailer", representative(0x6A, digest, &CHALLENGE, &[0x3A, 0xCC])),
            ("half a trailer", representative(0x6A, digest, &CHALLENGE, &[0xCC])),
            ("all of it", vec![0x6A; 256]),
        ] {
            assert_eq!(judge(f), FAILED, "{name}, {digest:?}");
        }
        for other in DigestName::ALL.into_iter().filter(|other| *other != digest) {
            // The digest of one algorithm under the trailer of another.
            let f = representative(0x6A, digest, &CHALLENGE, trailer(other));
            assert_eq!(judge(f), FAILED, "{digest:?} as {other:?}");
        }
    }
}

#[test]
fn rsa_signatures_that_are_no_numbers_below_the_modulus() {
    let digest = DigestName::Sha256;
    let stored = Stored::new(ActiveKind::Rsa2048(digest));
    let ActiveKey::Rsa { key, .. } = &stored.key else { unreachable!() };
    let f = representative(0x6A, digest, &CHALLENGE, trailer(digest));
    let good = key.private_operation(&f);
    assert_eq!(stored.judge(&good), "passed");
    let none = key.modulus.clone() - &key.modulus;
    let number = good.iter().fold(none, |sum, byte| sum * 256u32 + *byte);
    let modulus = key.modulus.to_bytes_be();
    // The same number modulo n, and others that are no signature.
    for (name, signature) in [
        ("and n", (number.clone() + &key.modulus).to_bytes_be()),
        ("n", modulus.clone()),
        ("n - 1", (key.modulus.clone() - 1u8).to_bytes_be()),
        ("0", vec![0; 256]),
        ("1", [&[0; 255][..], &[1]].concat()),
        ("the longest", vec![0xFF; 256]),
        ("short", good[1..].to_vec()),
        ("cut", good[..255].to_vec()),
        ("with a zero in front", [&[0], &good[..]].concat()),
        ("with a zero behind", [&good[..], &[0]].concat()),
        ("twice", [&good[..], &good].concat()),
        ("one byte", vec![1]),
        ("nothing", vec![]),
    ] {
        assert_eq!(stored.judge(&signature), FAILED, "{name}");
    }
    for bit in (0..2048).step_by(61) {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 0x80 >> (bit % 8);
        assert_eq!(stored.judge(&flipped), FAILED, "bit {bit}");
    }
    // n − σ is what ISO/IEC 9796-2 B.4 has chips send.
    let complement = (key.modulus.clone() - number).to_bytes_be();
    assert_eq!(
        stored.judge(&[&vec![0; 256 - complement.len()], &complement[..]].concat()),
        "passed"
    );
}

#[test]
fn ecdsa_signatures_that_are_none() {
    for name in [CurveName::Secp256r1, CurveName::BrainpoolP384r1] {
        let stored = Stored::new(ActiveKind::Ecdsa(name));
        let ActiveKey::Ecdsa { key, digest } = &stored.key else { unreachable!() };
        let curve = name.curve();
        let mut random = Random::from_seed(3);
        let mut sign = |key: &EcKey, message: &[u8]| {
            ecdsa::sign(&curve, &key.private, &digest.hash(message), &mut random)
        };
        let good = sign(key, &CHALLENGE);
        let (r, s) = (good.r.clone(), good.s.clone());
        let length = curve.field_length;
        let fixed = |number: &[u8]| [&vec![0; length - number.len()], number].concat();
        let (zero, n) = (vec![0; length], fixed(&curve.n.to_bytes_be()));
        let (r_bytes, s_bytes) = (fixed(&r.to_bytes_be()), fixed(&s.to_bytes_be()));
        let plain = good.plain(&curve);
        let of = |r: &_, s: &_| tlv::sequence(&[der::integer(r), der::integer(s)]);
        let written = of(&r, &s);
        assert_eq!(stored.judge(&plain), "passed");
        assert_eq!(stored.judge(&written), "passed");

        let mut stranger = key.clone();
        stranger.private += 1u8;
        let by_stranger = sign(&stranger, &CHALLENGE);
        let elsewhere = sign(key, b"monday 9");
        let undigested = ecdsa::sign(&curve, &key.private, &CHALLENGE, &mut Random::from_seed(4));
        for signature in [
            by_stranger.plain(&curve),
            of(&by_stranger.r, &by_stranger.s),
            elsewhere.plain(&curve),
            of(&elsewhere.r, &elsewhere.s),
            undigested.plain(&curve),
            // r or s of 0 and of n; both.
            [&zero[..], &s_bytes].concat(),
            [&r_bytes[..], &zero].concat(),
            [&zero[..], &zero].concat(),
            [&n[..], &s_bytes].concat(),
            [&r_bytes[..], &n].concat(),
            [&n[..], &n].concat(),
            vec![0xFF; 2 * length],
            of(&0u8.into(), &s),
            of(&r, &0u8.into()),
            of(&curve.n, &s),
            of(&r, &curve.n),
            of(&(r.clone() + &curve.n), &s),
            of(&r, &(s.clone() + &curve.n)),
            // exchanged, of other lengths
            [&s_bytes[..], &r_bytes].concat(),
            of(&s, &r),
            plain[1..].to_vec(),
            plain[..plain.len() - 1].to_vec(),
            [&[0], &plain[..]].concat(),
            [&plain[..], &[0]].concat(),
            r_bytes,
            vec![],
            // no DER: bytes behind, one number, three, none, another tag, a length that lies
            [&written[..], &[0]].concat(),
            written[..written.len() - 1].to_vec(),
            tlv::sequence(&[der::integer(&r)]),
            tlv::sequence(&[der::integer(&r), der::integer(&s), der::integer(&s)]),
            tlv::sequence(&[]),
            [&[0x31], &written[1..]].concat(),
            [&[0x30, 0x80], &written[2..], &[0, 0]].concat(),
            [&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], &written[2..]].concat(),
            tlv::sequence(&[tlv::node(4, &r.to_bytes_be()), der::integer(&s)]),
        ] {
            assert_eq!(stored.judge(&signature), FAILED, "{signature:02X?}");
        }
        for seed in 0..200 {
            let mut random = Random::from_label(seed, "signature");
            let [tag, size] = random.array();
            let garbage = [&[0x30 | tag & 1], &random.bytes(usize::from(size) % 150)[..]].concat();
            assert_eq!(stored.judge(&garbage), FAILED, "{garbage:02X?}");
        }
    }
}
