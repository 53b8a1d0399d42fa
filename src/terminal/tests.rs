use cccd_simulator::{CurveName, DigestName, arithmetic::rsa::RsaKey};

use super::{test_issuer::*, *};
use crate::{
    crypto::DigestAlgorithm,
    date::Date,
    error::{Error, NotAuthorised, Result, Unsupported},
    lds::{Cvca, DataGroup},
    tlv::write,
};

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(super) fn trusting(references: &[&str]) -> Cvca {
    let objects: Vec<_> =
        references.iter().map(|reference| write(0x42, reference.as_bytes())).collect();
    Cvca::parse(&objects.concat()).unwrap()
}

pub(super) fn pool(certificates: &[Vec<u8>]) -> CvCertificates {
    let mut pool = CvCertificates::new();
    assert_eq!(pool.add(&certificates.concat()), Ok(certificates.len()));
    pool
}

const ROOT: &str = "VNCVCA00001";
const NEXT: &str = "VNCVCA00002";
const VERIFIER: &str = "VNDVPOLVN001";
const READER: &str = "VNISDESK00007";

/// Authority, document verifier, terminal.
fn three() -> [Template; 3] {
    [
        Template::cvca(ROOT, ROOT, ec(1)),
        Template::verifier(ROOT, VERIFIER, ec(2)),
        Template::terminal(VERIFIER, READER, ec(3)),
    ]
}

/// The three, each signed by the one before.
fn signed([root, verifier, terminal]: &[Template; 3]) -> Vec<Vec<u8>> {
    vec![root.sign(ec(1)), verifier.sign(ec(1)), terminal.sign(ec(2))]
}

fn chain(certificates: &[Vec<u8>], trusted: &[&str]) -> Result<TerminalChain> {
    pool(certificates).chain(&trusting(trusted), day("2026-11-21"))
}

fn refusal(certificates: &[Vec<u8>]) -> NotAuthorised {
    match chain(certificates, &[ROOT]).unwrap_err() {
        Error::NotAuthorised(why) => why,
        other => panic!("{other}"),
    }
}

fn refusal_of(templates: &[Template; 3]) -> NotAuthorised {
    refusal(&signed(templates))
}

/// What the chip gets, by name.
fn names(chain: &TerminalChain) -> Vec<String> {
    chain.certificates().iter().map(|certificate| certificate.holder().to_string()).collect()
}

// ---- certificates -------------------------------------------------------------------------------

#[test]
fn a_certificate_is_read_field_by_field() {
    let mut template = Template::terminal(VERIFIER, READER, ec(3)).bits(0b0000_0010);
    template.extensions = write(0x65, &write(0x73, &write(0x06, &[1, 2, 3])));
    let bytes = template.sign(ec(2));
    let certificate = CvCertificate::parse(&bytes).unwrap();
    assert_eq!(certificate.to_bytes(), bytes);
    assert_eq!(certificate.body(), template.body());
    assert_eq!(certificate.authority().to_string(), VERIFIER);
    assert_eq!(certificate.holder().to_string(), READER);
    assert_eq!(certificate.holder().sequence_number(), "00007");
    assert_eq!(certificate.algorithm(), TerminalAlgorithm::Ecdsa(DigestAlgorithm::Sha256));
    assert_eq!(certificate.algorithm().name(), "id-TA-ECDSA-SHA-256");
    assert_eq!(certificate.authorization().terminal_type(), TerminalType::InspectionSystem);
    assert_eq!(certificate.authorization().role(), Role::Terminal);
    assert_eq!(certificate.authorization().rights().to_string(), "DG4");
    assert!(certificate.authorization().rights().allows(DataGroup::DG4));
    assert!(!certificate.authorization().rights().allows(DataGroup::DG3));
    assert_eq!(certificate.effective(), day("2026-01-01"));
    assert_eq!(certificate.expiration(), day("2028-12-31"));
    assert!(!certificate.is_self_signed());
    let debug = format!("{certificate:?}");
    assert!(debug.contains(READER) && debug.len() < 300, "{debug}");
}

#[test]
fn every_prefix_is_an_error() {
    for bytes in signed(&three()) {
        for end in 0..bytes.len() {
            match CvCertificate::parse(&bytes[..end]).unwrap_err() {
                Error::Malformed { file: "CV certificate", offset, .. } => assert!(offset <= end),
                other => panic!("{end}: {other}"),
            }
        }
        assert!(CvCertificate::parse(&[&bytes[..], &[0]].concat()).is_err());
    }
}

#[test]
fn every_changed_bit_is_an_error_or_does_not_verify() {
    let root = CvCertificate::parse(&three()[0].sign(ec(1))).unwrap();
    let key = root.key().complete(None).unwrap();
    for bytes in [three()[0].sign(ec(1)), three()[1].sign(ec(1))] {
        let original = CvCertificate::parse(&bytes).unwrap();
        assert!(key.verify(original.body(), original.signature()));
        let mut parsed = 0;
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 0x80 >> (bit % 8);
            if let Ok(certificate) = CvCertificate::parse(&changed) {
                parsed += 1;
                assert_ne!(certificate, original, "bit {bit}");
                assert!(!key.verify(certificate.body(), certificate.signature()), "bit {bit}");
            }
        }
        // Names, dates, rights, the signature and, without domain parameters, the point.
        assert!(parsed > 64 * 8, "{parsed}");
    }
}

#[test]
fn what_the_standard_forbids_is_refused() {
    let malformed = |change: fn(&mut Template)| {
        let mut template = Template::cvca(ROOT, ROOT, ec(1));
        change(&mut template);
        match CvCertificate::parse(&template.sign(ec(1))) {
            Err(Error::Malformed { file: "CV certificate", offset, what }) => {
                assert!(offset > 4, "{what}");
            }
            other => panic!("{other:?}"),
        }
    };
    malformed(|template| template.authority = b"VN00001".to_vec());
    malformed(|template| template.holder = b"VNTENCHARSX000012".to_vec());
    malformed(|template| template.profile = vec![0, 0]);
    malformed(|template| template.effective = "261301");
    malformed(|template| template.expiration = "260230");
    malformed(|template| template.expiration = "26013:");
    malformed(|template| template.expiration = "2601011");
    malformed(|template| template.bits = vec![]);
    malformed(|template| template.bits = vec![CVCA, 0, 0, 0, 0]);
    malformed(|template| template.extensions = write(0x66, &[]));
    // Parameters missing, in another order, or with the point alone and a cofactor.
    malformed(|template| drop(template.key.remove(3)));
    malformed(|template| template.key.swap(2, 3));
    malformed(|template| drop(template.key.drain(1..6)));
    malformed(|template| template.key.push(write(0x88, &[1])));
    // A point beside the curve, and one written shorter.
    malformed(|template| *template.key[6].last_mut().unwrap() ^= 1);
    malformed(|template| template.key[6] = write(0x86, &[&[2], &template.key[6][3..35]].concat()));
}

#[test]
fn a_curve_of_the_issuers_own_making_is_not_accepted() {
    for number in [1, 2, 3, 5, 7] {
        let mut template = Template::cvca(ROOT, ROOT, ec(1));
        *template.key[number].last_mut().unwrap() ^= 2;
        let error = CvCertificate::parse(&template.sign(ec(1))).unwrap_err();
        assert!(
            matches!(error, Error::Unsupported(Unsupported::Algorithm(_))),
            "{number}: {error}"
        );
    }
    // Another generator of the same group: the private key of an honest point would be known.
    let mut template = Template::cvca(ROOT, ROOT, ec(1));
    let point = template.key[6][2..].to_vec();
    template.key[4] = write(0x84, &point);
    let error = CvCertificate::parse(&template.sign(ec(1))).unwrap_err();
    assert!(matches!(error, Error::Unsupported(Unsupported::Algorithm(_))), "{error}");
}

#[test]
fn other_profiles_types_and_algorithms_are_not_supported() {
    let unsupported = |change: fn(&mut Template)| {
        let mut template = Template::terminal(VERIFIER, READER, ec(3));
        change(&mut template);
        let error = CvCertificate::parse(&template.sign(ec(2))).unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}");
    };
    unsupported(|template| template.profile = vec![1]);
    unsupported(|template| template.terminal_type = 4);
    unsupported(|template| *template.key[0].last_mut().unwrap() = 6);
}

#[test]
fn a_file_may_hold_several_certificates() {
    let all = signed(&three());
    let mut pool = pool(&all);
    assert_eq!(pool.add(&all.concat()), Ok(0), "known ones are not added again");
    assert_eq!(pool.add(&all[2]), Ok(0), "wherever they stood");
    assert_eq!(pool.add(&[]), Ok(0));
    assert_eq!((pool.len(), pool.iter().count(), pool.is_empty()), (3, 3, false));
    let other = Template::terminal(VERIFIER, "VNISDESK00008", ec(4)).sign(ec(2));
    assert!(pool.add(&[&other[..], &all[0][..40]].concat()).is_err());
    assert_eq!(pool.len(), 3, "all or none");
}

// ---- chains -------------------------------------------------------------------------------------

#[test]
fn three_certificates_make_a_chain_in_any_order() {
    let mut all = signed(&three());
    for _ in 0..3 {
        all.rotate_left(1);
        let chain = chain(&all, &[ROOT]).unwrap();
        assert_eq!(chain.authority().to_string(), ROOT);
        assert_eq!(names(&chain), [VERIFIER, READER]);
        assert_eq!(chain.rights(), AccessRights::ALL);
        assert_eq!(chain.algorithm(), chain.terminal().algorithm());
        assert_eq!(
            format!("{chain:?}"),
            "TerminalChain(VNCVCA00001 → VNDVPOLVN001 → VNISDESK00007, DG3, DG4)"
        );
    }
}

#[test]
fn every_algorithm_and_every_curve() {
    use DigestName::{Sha1, Sha224, Sha256, Sha384, Sha512};
    let mut keys: Vec<[Key; 3]> = Vec::new();
    for curve in [
        CurveName::Secp192r1,
        CurveName::BrainpoolP192r1,
        CurveName::Secp224r1,
        CurveName::BrainpoolP224r1,
        CurveName::Secp256r1,
        CurveName::BrainpoolP256r1,
        CurveName::BrainpoolP320r1,
        CurveName::Secp384r1,
        CurveName::BrainpoolP384r1,
        CurveName::BrainpoolP512r1,
        CurveName::Secp521r1,
    ] {
        keys.push([1, 2, 3].map(|seed| Key::Ec(curve, Sha256, seed)));
    }
    for digest in [Sha1, Sha224, Sha384, Sha512] {
        keys.push([1, 2, 3].map(|seed| Key::Ec(CurveName::BrainpoolP384r1, digest, seed)));
    }
    let rsa: [fn() -> RsaKey; 3] =
        [RsaKey::test_csca, RsaKey::test_signer, RsaKey::test_active_authentication];
    for digest in [Sha1, Sha256, Sha512] {
        keys.push(rsa.map(|key| Key::Pkcs1(digest, key)));
        keys.push(rsa.map(|key| Key::Pss(digest, key)));
    }
    for [root, verifier, terminal] in keys {
        let mut all = vec![
            Template::cvca(ROOT, ROOT, root).sign(root),
            Template::verifier(ROOT, VERIFIER, verifier).sign(root),
            Template::terminal(VERIFIER, READER, terminal).sign(verifier),
        ];
        let found = chain(&all, &[ROOT]).unwrap();
        let message = b"ID, challenge and key";
        let signature = terminal.sign(message);
        assert!(found.verify(message, &signature), "{}", found.describe());
        assert!(!found.verify(&message[1..], &signature));
        assert!(!found.verify(message, &verifier.sign(message)));
        let at = all[2].len() - 1;
        all[2][at] ^= 1;
        assert_eq!(refusal(&all), NotAuthorised::CertificateSignature, "{}", found.describe());
    }
}

#[test]
fn links_lead_from_an_old_key_to_a_new_one() {
    let link = Template::cvca(ROOT, NEXT, ec(11));
    let mut without_curve = link.clone();
    without_curve.key = ec(11).objects(false);
    let below = [
        Template::verifier(NEXT, VERIFIER, ec(2)).sign(ec(11)),
        Template::terminal(VERIFIER, READER, ec(3)).sign(ec(2)),
    ];
    for link in [link, without_curve] {
        // The old key may be long gone; the link itself too.
        let old = Template::cvca(ROOT, ROOT, ec(1)).valid("200101", "230101").sign(ec(1));
        let all = [vec![old, link.sign(ec(1))], below.to_vec()].concat();
        assert_eq!(names(&chain(&all, &[ROOT]).unwrap()), [NEXT, VERIFIER, READER]);
        // A chip that knows the new key does not want the link, whatever else it knows.
        for trusted in [&[NEXT][..], &[NEXT, ROOT], &[ROOT, NEXT]] {
            let chain = chain(&all, trusted).unwrap();
            assert_eq!(names(&chain), [VERIFIER, READER]);
            assert_eq!(chain.authority().to_string(), NEXT);
        }
        // Without the key before it a link verifies nothing, unless it names its curve.
        assert_eq!(chain(&all[1..], &[ROOT]).unwrap_err().code(), "not_authorised.no_chain");
        let alone = chain(&all[1..], &[NEXT]);
        assert_eq!(alone.is_ok(), all[1].len() > 300, "{alone:?}");
    }
}

#[test]
fn an_authority_may_change_its_algorithm() {
    let rsa = Key::Pss(DigestName::Sha256, RsaKey::test_csca);
    let all = [
        Template::cvca(ROOT, ROOT, rsa).sign(rsa),
        Template::cvca(ROOT, NEXT, ec(11)).sign(rsa),
        Template::verifier(NEXT, VERIFIER, ec(2)).sign(ec(11)),
        Template::terminal(VERIFIER, READER, ec(3)).sign(ec(2)),
    ];
    assert_eq!(names(&chain(&all, &[ROOT]).unwrap()), [NEXT, VERIFIER, READER]);
}

#[test]
fn where_the_chain_breaks_there_is_none() {
    let all = signed(&three());
    for missing in 0..3 {
        let mut all = all.clone();
        all.remove(missing);
        assert_eq!(refusal(&all), NotAuthorised::NoChain, "{missing}");
    }
    assert_eq!(refusal(&[]), NotAuthorised::NoChain);
    let error = chain(&all, &["VNCVCA00009"]).unwrap_err();
    assert_eq!(error, Error::NotAuthorised(NotAuthorised::NoChain));
    assert!(error.to_string().contains("no chain of certificates"), "{error}");
}

#[test]
fn each_certificate_must_be_signed_by_the_one_before() {
    let [root, verifier, terminal] = three();
    for forged in [
        [root.sign(ec(1)), verifier.sign(ec(9)), terminal.sign(ec(2))],
        [root.sign(ec(1)), verifier.sign(ec(1)), terminal.sign(ec(1))],
    ] {
        assert_eq!(refusal(&forged), NotAuthorised::CertificateSignature);
    }
}

#[test]
fn dates_are_checked_to_the_day() {
    // Today is 2026-11-21.
    for (effective, expiration, verdict) in [
        ("261121", "261121", None),
        ("261122", "281231", Some(NotAuthorised::CertificateNotYetValid)),
        ("260101", "261120", Some(NotAuthorised::CertificateExpired)),
    ] {
        for place in [1, 2] {
            let mut templates = three();
            templates[place] = templates[place].clone().valid(effective, expiration);
            match verdict {
                None => assert!(chain(&signed(&templates), &[ROOT]).is_ok()),
                Some(why) => assert_eq!(refusal_of(&templates), why, "{place}"),
            }
        }
    }
    // An authority that has expired signs links only.
    let mut templates = three();
    templates[0] = templates[0].clone().valid("200101", "261120");
    assert_eq!(refusal_of(&templates), NotAuthorised::CertificateExpired);
    // A link of tomorrow would set the chip's clock forward.
    let [old, ..] = three();
    let all = [
        old.sign(ec(1)),
        Template::cvca(ROOT, NEXT, ec(11)).valid("261122", "291122").sign(ec(1)),
        Template::verifier(NEXT, VERIFIER, ec(2)).sign(ec(11)),
        Template::terminal(VERIFIER, READER, ec(3)).sign(ec(2)),
    ];
    assert_eq!(refusal(&all), NotAuthorised::CertificateNotYetValid);
}

#[test]
fn roles_come_in_their_order() {
    let broken = |place: usize, bits: u8| {
        let mut templates = three();
        templates[place] = templates[place].clone().bits(bits);
        refusal_of(&templates)
    };
    // A terminal, or an authority, in the verifier's place: nothing or too much below it.
    assert_eq!(broken(1, TERMINAL), NotAuthorised::RoleOrder);
    assert_eq!(broken(1, CVCA), NotAuthorised::RoleOrder);
    for above in [DOMESTIC_DV, FOREIGN_DV, CVCA] {
        assert_eq!(broken(2, above), NotAuthorised::RoleOrder, "{above:08b}");
    }
    // What is no authority is no start.
    assert_eq!(broken(0, DOMESTIC_DV), NotAuthorised::NoChain);
    // Both kinds of verifier will do.
    let mut templates = three();
    templates[1] = templates[1].clone().bits(FOREIGN_DV);
    assert!(chain(&signed(&templates), &[ROOT]).is_ok());
    // Terminals of another kind open no fingerprints.
    for (terminal_type, length) in [(2, 5), (3, 1)] {
        let mut templates = three();
        templates[2].terminal_type = terminal_type;
        templates[2].bits = vec![TERMINAL; length];
        assert_eq!(refusal_of(&templates), NotAuthorised::RoleOrder);
    }
}

#[test]
fn rights_are_what_all_certificates_grant() {
    let with = |rights: [u8; 3]| {
        let mut templates = three();
        for (template, rights) in templates.iter_mut().zip(rights) {
            template.bits[0] = template.bits[0] & !0b11 | rights;
        }
        chain(&signed(&templates), &[ROOT]).map(|chain| chain.rights().to_string())
    };
    assert_eq!(with([0b11, 0b11, 0b11]), Ok("DG3, DG4".to_owned()));
    assert_eq!(with([0b01, 0b11, 0b11]), Ok("DG3".to_owned()));
    assert_eq!(with([0b11, 0b01, 0b11]), Ok("DG3".to_owned()));
    assert_eq!(with([0b11, 0b11, 0b10]), Ok("DG4".to_owned()));
    // Bits that mean nothing here count for nothing [9303-11 §7.1.4.3.6].
    assert_eq!(with([0b11_1111, 0b11_1111, 0b11_1101]), Ok("DG3".to_owned()));
    let missing = Err(Error::NotAuthorised(NotAuthorised::RightMissing));
    assert_eq!(with([0b01, 0b11, 0b10]), missing);
    assert_eq!(with([0b11, 0b11, 0b00]), missing);
    assert_eq!(AccessRights::NONE.to_string(), "none");
}

#[test]
fn of_several_chains_the_one_that_grants_most_is_taken() {
    let [root, verifier, _] = three();
    let terminal = |holder, bits| Template::terminal(VERIFIER, holder, ec(3)).bits(bits);
    let all = [
        root.sign(ec(1)),
        verifier.sign(ec(1)),
        terminal("VNISEXPIRD00001", TERMINAL).valid("250101", "260101").sign(ec(2)),
        terminal("VNISFINGER00001", 0b01).sign(ec(2)),
        terminal("VNISBOTHOF00001", 0b11).sign(ec(2)),
        terminal("VNISBOTHOF00002", 0b11).sign(ec(2)),
    ];
    assert_eq!(names(&chain(&all, &[ROOT]).unwrap()), [VERIFIER, "VNISBOTHOF00001"]);
}

#[test]
fn certificates_that_go_in_circles_end() {
    let names = ["VNCVCA00001", "VNCVCA00002", "VNCVCA00003"];
    let mut all = Vec::new();
    for from in 0..3 {
        for to in 0..3 {
            let key = ec(20 + to as u64);
            all.push(Template::cvca(names[from], names[to], key).sign(ec(20 + from as u64)));
        }
    }
    assert_eq!(refusal(&all), NotAuthorised::NoChain);
    // Longer than any real chain.
    let name = |number: u64| format!("VNCVCA{number:05}");
    let mut all = vec![Template::cvca(ROOT, ROOT, ec(101)).sign(ec(101))];
    for number in 2..12 {
        let link = Template::cvca(&name(number - 1), &name(number), ec(100 + number));
        all.push(link.sign(ec(99 + number)));
    }
    all.push(Template::verifier(&name(11), VERIFIER, ec(2)).sign(ec(111)));
    all.push(Template::terminal(VERIFIER, READER, ec(3)).sign(ec(2)));
    assert_eq!(refusal(&all), NotAuthorised::NoChain);
    let near = pool(&all).chain(&trusting(&["VNCVCA00009"]), day("2026-11-21")).unwrap();
    assert_eq!(near.certificates().len(), 4);
}

#[test]
fn a_point_on_another_curve_than_the_authoritys_is_malformed() {
    let mut templates = three();
    let other = Key::Ec(CurveName::Secp256r1, DigestName::Sha256, 3);
    templates[2].key = other.objects(false);
    let error = chain(&signed(&templates), &[ROOT]).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Malformed { file: "CV certificate", what: "a point on the curve", .. }
        ),
        "{error}"
    );
}
