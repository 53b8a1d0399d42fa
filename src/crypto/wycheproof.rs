//! Project Wycheproof: what must be accepted, what must not, on every curve, digest and cipher that is
//! both theirs and ours.
//!
//! Each test asserts the number of cases by outcome, so that none can be lost in silence.

use core::fmt::Debug;

use ::wycheproof::{
    EllipticCurve, HashFunction, TestResult, ecdh, ecdsa, mac, rsa_pkcs1_verify, rsa_pss_verify,
};

use super::agreement::{AgreementKey, DomainParameters};
use super::rsa::RSASSA_PSS;
use super::signature::PublicKey;
use super::{BlockCipher, Curve, DigestAlgorithm, SignatureScheme, asn1};

const ECDH: &str = "ECDH";
const PKCS1: &str = "RSA PKCS#1";

/// What was decided where Wycheproof leaves the choice or contradicts itself.
struct Decision {
    set: &'static str,
    flag: &'static str,
    /// A part of the comment.
    comment: &'static str,
    accepted: bool,
    cases: usize,
    why: &'static str,
}

/// Every case that Wycheproof calls acceptable falls under the first row that fits it.
const DECISIONS: [Decision; 7] = [
    Decision {
        set: ECDH,
        flag: "CompressedPoint",
        comment: "compressed public key",
        accepted: true,
        cases: 13,
        why: "SEC 1 §2.3.4 has the form, and the point is checked like any other",
    },
    Decision {
        set: ECDH,
        flag: "NoCofactor",
        comment: "no cofactor",
        accepted: true,
        // The same bytes stand twice in each file, once as acceptable and once as invalid.
        cases: 18,
        why: "SEC 1 §C.2 makes it optional, and all other numbers are those of a curve with cofactor 1",
    },
    Decision {
        set: ECDH,
        flag: "UnusedParam",
        comment: "",
        accepted: false,
        cases: 54,
        why: "a curve of the signer's own making proves nothing: every number must agree",
    },
    Decision {
        set: ECDH,
        flag: "InvalidAsn",
        comment: "contains a leading 0",
        accepted: true,
        cases: 45,
        why: "chips write lengths in longer forms than DER's, with the same contents",
    },
    Decision {
        set: ECDH,
        flag: "InvalidAsn",
        comment: "uses long form encoding",
        accepted: true,
        cases: 41,
        why: "chips write lengths in longer forms than DER's, with the same contents",
    },
    Decision {
        set: ECDH,
        flag: "InvalidAsn",
        comment: "",
        accepted: false,
        cases: 1908,
        why: "no key of a document needs it",
    },
    Decision {
        set: PKCS1,
        flag: "MissingNull",
        comment: "",
        accepted: false,
        cases: 13,
        why: "RFC 8017 §9.2 has one encoding for a digest, which is built and compared",
    },
];

/// The cases of a set, counted by outcome.
#[derive(Default)]
struct Tally {
    set: &'static str,
    valid: usize,
    invalid: usize,
    /// On other curves or with other digests.
    not_ours: usize,
    decided: [usize; DECISIONS.len()],
    disagreements: Vec<String>,
}

impl Tally {
    fn new(set: &'static str) -> Self {
        Self { set, ..Self::default() }
    }

    fn case(
        &mut self,
        result: TestResult,
        (flags, comment): (&dyn Debug, &str),
        accepted: bool,
        id: &dyn Debug,
    ) {
        let flags = format!("{flags:?}");
        let decision = DECISIONS.iter().position(|row| {
            row.set == self.set && flags.contains(row.flag) && comment.contains(row.comment)
        });
        let expected = match (result, decision) {
            (TestResult::Valid, _) => {
                self.valid += 1;
                true
            }
            // The one row that overrules an "invalid".
            (TestResult::Invalid, Some(row)) if DECISIONS[row].flag == "NoCofactor" => {
                self.decided[row] += 1;
                true
            }
            (TestResult::Invalid, _) => {
                self.invalid += 1;
                false
            }
            (TestResult::Acceptable, row) => {
                let row = row.unwrap_or_else(|| panic!("undecided: {id:?} {flags} {comment}"));
                self.decided[row] += 1;
                DECISIONS[row].accepted
            }
        };
        if accepted != expected {
            self.disagreements.push(format!("{id:?} {flags} {comment}: {accepted}"));
        }
    }

    #[track_caller]
    fn assert(&self, valid: usize, invalid: usize, not_ours: usize) {
        assert_eq!(self.disagreements, Vec::<String>::new());
        assert_eq!((self.valid, self.invalid, self.not_ours), (valid, invalid, not_ours));
        for (row, cases) in DECISIONS.iter().zip(self.decided) {
            let expected = if row.set == self.set { row.cases } else { 0 };
            assert_eq!(cases, expected, "{} {}: {}", row.flag, row.comment, row.why);
        }
    }
}

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

fn curve(curve: EllipticCurve) -> Option<Curve> {
    Some(match curve {
        EllipticCurve::Secp192r1 => Curve::Secp192r1,
        EllipticCurve::Secp224r1 => Curve::Secp224r1,
        EllipticCurve::Secp256r1 => Curve::Secp256r1,
        EllipticCurve::Secp384r1 => Curve::Secp384r1,
        EllipticCurve::Secp521r1 => Curve::Secp521r1,
        EllipticCurve::Brainpool224r1 => Curve::BrainpoolP224r1,
        EllipticCurve::Brainpool256r1 => Curve::BrainpoolP256r1,
        EllipticCurve::Brainpool320r1 => Curve::BrainpoolP320r1,
        EllipticCurve::Brainpool384r1 => Curve::BrainpoolP384r1,
        EllipticCurve::Brainpool512r1 => Curve::BrainpoolP512r1,
        _ => return None,
    })
}

/// Both roads to a verdict: with the message, where ring may be the judge, and with its digest alone.
fn verify(key: &PublicKey, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
    let accepted = key.verify(scheme, message, signature);
    let digest = scheme.digest().digest(message);
    assert_eq!(accepted, key.verify_digest(scheme, &digest, signature));
    accepted
}

#[test]
fn ecdh_agreements() {
    let mut tally = Tally::new(ECDH);
    for name in ecdh::TestName::all() {
        for group in ecdh::TestSet::load(name).unwrap().test_groups {
            let Some(curve) = curve(group.curve) else {
                tally.not_ours += group.tests.len();
                continue;
            };
            let ours = DomainParameters::Curve(curve).group();
            for test in group.tests {
                let other = match group.encoding {
                    ecdh::EcdhEncoding::Asn1 => AgreementKey::from_spki(&test.public_key),
                    ecdh::EcdhEncoding::EcPoint => ours.public_key(&test.public_key),
                };
                let private = asn1::without_leading_zeros(&test.private_key);
                let key = ours.key_pair(private).unwrap();
                let shared = other.and_then(|other| key.agree(&other));
                if let Ok(shared) = &shared {
                    assert_eq!(shared.expose(), &test.shared_secret[..], "{name:?} {}", test.tc_id);
                }
                let what = (&test.flags as &dyn Debug, test.comment.as_str());
                tally.case(test.result, what, shared.is_ok(), &(name, test.tc_id));
            }
        }
    }
    tally.assert(7001, 565, 752);
}

#[test]
fn ecdsa_signatures() {
    let mut tally = Tally::new("ECDSA");
    let mut curves = [0; Curve::ALL.len()];
    for name in ecdsa::TestName::all() {
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            let (Some(digest), Some(curve)) = (digest(group.hash), curve(group.key.curve)) else {
                tally.not_ours += group.tests.len();
                continue;
            };
            curves[usize::from(curve.parameter_id() - 8)] += group.tests.len();
            let key = PublicKey::from_spki(&group.der).unwrap();
            for test in group.tests {
                let accepted = match group.test_type {
                    ecdsa::TestGroupTypeId::EcdsaP1363 => {
                        key.verify_ecdsa_plain(&digest.digest(&test.msg), &test.sig)
                    }
                    _ => verify(&key, SignatureScheme::Ecdsa(digest), &test.msg, &test.sig),
                };
                let what = (&test.flags as &dyn Debug, test.comment.as_str());
                tally.case(test.result, what, accepted, &(name, test.tc_id));
            }
        }
    }
    tally.assert(5614, 5861, 18428);
    // Wycheproof has nothing for brainpoolP192r1.
    assert_eq!(curves, [684, 0, 2297, 682, 1632, 746, 754, 2116, 808, 896, 860]);
}

#[test]
fn rsa_pkcs1_signatures() {
    let mut tally = Tally::new(PKCS1);
    for name in rsa_pkcs1_verify::TestName::all() {
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let Some(digest) = digest(group.hash) else {
                tally.not_ours += group.tests.len();
                continue;
            };
            let key = PublicKey::from_spki(&group.der).unwrap();
            for test in group.tests {
                let scheme = SignatureScheme::RsaPkcs1(digest);
                let accepted = verify(&key, scheme, &test.msg, &test.sig);
                let what = (&test.flags as &dyn Debug, test.comment.as_str());
                tally.case(test.result, what, accepted, &(name, test.tc_id));
            }
        }
    }
    tally.assert(96, 3255, 2838);
}

#[test]
fn rsa_pss_signatures() {
    let mut tally = Tally::new("RSA-PSS");
    let mut named_by_the_key = 0;
    for name in rsa_pss_verify::TestName::all() {
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let (Some(digest), Some(mgf_digest)) =
                (digest(group.hash), group.mgf_hash.and_then(digest))
            else {
                tally.not_ours += group.tests.len();
                continue;
            };
            let scheme =
                SignatureScheme::RsaPss { digest, mgf_digest, salt_length: group.salt_size };
            let key = PublicKey::from_spki(&group.der).unwrap();
            let (algorithm, _) = asn1::subject_public_key(&group.der).unwrap();
            if algorithm.oid == RSASSA_PSS {
                let named = SignatureScheme::from_algorithm(RSASSA_PSS, algorithm.parameters, None);
                assert_eq!(named, Ok(scheme));
                named_by_the_key += 1;
            }
            for test in group.tests {
                let accepted = verify(&key, scheme, &test.msg, &test.sig);
                let what = (&test.flags as &dyn Debug, test.comment.as_str());
                tally.case(test.result, what, accepted, &(name, test.tc_id));
            }
        }
    }
    tally.assert(1734, 768, 995);
    assert_eq!(named_by_the_key, 157);
}

#[test]
fn aes_cmacs() {
    let mut tally = Tally::new("AES-CMAC");
    for group in mac::TestSet::load(mac::TestName::AesCmac).unwrap().test_groups {
        let cipher = match group.key_size {
            128 => Some(BlockCipher::Aes128),
            192 => Some(BlockCipher::Aes192),
            256 => Some(BlockCipher::Aes256),
            // Keys of no AES: the next cipher must refuse them.
            _ => None,
        };
        for test in group.tests {
            let tag = cipher.unwrap_or(BlockCipher::Aes256).whole_mac(&test.key, &[&test.msg]);
            let accepted = tag.is_ok_and(|tag| tag[..group.tag_size / 8] == test.tag[..]);
            let what = (&test.flags as &dyn Debug, test.comment.as_str());
            tally.case(test.result, what, accepted, &test.tc_id);
            if let (Some(cipher), TestResult::Valid) = (cipher, test.result) {
                assert_eq!(cipher.mac(&test.key, &test.msg).unwrap()[..], test.tag[..8]);
            }
        }
    }
    tally.assert(63, 248, 0);
}
