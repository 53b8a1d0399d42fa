use std::path::PathBuf;

use super::test_issuer::*;
use super::*;
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Unsupported};
use crate::findings::Deviation;
use crate::tlv::write;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2026-11-21")
}

/// The folder of foreign test data; tests without it say so and pass.
fn foreign(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CCCD_FOREIGN");
    if folder.is_none() {
        println!("skipped: CCCD_FOREIGN is not set");
    }
    Some(PathBuf::from(folder?).join(part))
}

fn parse(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

fn trusting(certificates: &[Vec<u8>]) -> TrustStore {
    let mut trust = TrustStore::empty();
    for certificate in certificates {
        trust.add_certificate(certificate, "test").unwrap();
    }
    trust
}

fn find(signer: &Certificate, trust: &TrustStore) -> Result<String, NotAuthentic> {
    match find_path(signer, &[], trust, Purpose::Document, today(), Budget::default()) {
        Ok(path) => Ok(path.anchor().info().fingerprint),
        Err(Error::NotAuthentic(why)) => Err(why),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn the_three_outcomes_of_a_path_stay_apart() {
    let (csca, stranger, key) = (Key::new(1), Key::new(2), Key::new(3));
    let root = Template::authority("VN", "CSCA", &csca);
    let signer = parse(&Template::signer("VN", "CSCA", &key, &csca).sign(&csca));
    let root_der = root.sign(&csca);
    assert_eq!(
        find(&signer, &trusting(std::slice::from_ref(&root_der))),
        Ok(parse(&root_der).fingerprint_hex())
    );

    assert_eq!(find(&signer, &TrustStore::empty()), Err(NotAuthentic::UnknownIssuer));
    let other_name = Template::authority("VN", "CSCA 2", &stranger).sign(&stranger);
    assert_eq!(find(&signer, &trusting(&[other_name])), Err(NotAuthentic::UnknownIssuer));
    let same_name = Template::authority("VN", "CSCA", &stranger).sign(&stranger);
    // Authorities change their key and keep their name: then an anchor is missing, nothing is forged.
    let trust = trusting(std::slice::from_ref(&same_name));
    assert_eq!(find(&signer, &trust), Err(NotAuthentic::UnknownIssuer));
    // Forged is what names the very key that did not sign it, or cannot tell keys of one name apart.
    let forged = parse(&Template::signer("VN", "CSCA", &key, &csca).sign(&stranger));
    let trust = trusting(std::slice::from_ref(&root_der));
    assert_eq!(find(&forged, &trust), Err(NotAuthentic::SignerNotSignedByIssuer));
    let mut untold = Template::signer("VN", "CSCA", &key, &csca);
    untold.extensions.pop();
    let untold = parse(&untold.sign(&stranger));
    assert_eq!(find(&untold, &trust), Err(NotAuthentic::SignerNotSignedByIssuer));

    // Both under one name: the key decides.
    let trust = trusting(&[same_name, root_der.clone()]);
    assert_eq!(find(&signer, &trust), Ok(parse(&root_der).fingerprint_hex()));
}

#[test]
fn an_anchor_is_found_by_key_identifier_when_the_name_differs() {
    let (csca, key) = (Key::new(1), Key::new(3));
    let signer = parse(&Template::signer("VN", "CSCA", &key, &csca).sign(&csca));
    let trust = trusting(&[Template::authority("VN", "CSCA (new name)", &csca).sign(&csca)]);
    let path =
        find_path(&signer, &[], &trust, Purpose::Document, today(), Budget::default()).unwrap();
    assert_eq!(path.deviations(), [Deviation::IssuerNameDiffers]);
}

#[test]
fn an_authority_signs_for_its_own_state_only() {
    let (csca, key) = (Key::new(1), Key::new(3));
    let mut template = Template::signer("VN", "CSCA", &key, &csca);
    template.issuer = name(&[(6, "XX"), (3, "CSCA")]);
    let trust = trusting(&[Template::authority("XX", "CSCA", &csca).sign(&csca)]);
    assert_eq!(find(&parse(&template.sign(&csca)), &trust), Err(NotAuthentic::IssuingState));
    // Case is no difference.
    let trust = trusting(&[Template::authority("vn", "CSCA", &csca).sign(&csca)]);
    let signer = parse(&Template::signer("VN", "CSCA", &key, &csca).sign(&csca));
    assert!(find(&signer, &trust).is_ok());
}

#[test]
fn only_certificates_for_it_sign_documents_or_lists() {
    let (csca, key) = (Key::new(1), Key::new(3));
    let trust = trusting(&[Template::authority("VN", "CSCA", &csca).sign(&csca)]);
    let plain = Template::signer("VN", "CSCA", &key, &csca);

    let mut authority = plain.clone();
    authority.extensions.push(extension(19, true, &sequence(&[write(0x01, &[0xFF])])));
    let for_lists = plain.clone().for_master_lists();
    for template in [authority, for_lists.clone()] {
        let signer = parse(&template.sign(&csca));
        assert_eq!(find(&signer, &trust), Err(NotAuthentic::SignerKeyUsage));
    }
    let find_list_signer = |template: &Template| {
        let signer = parse(&template.sign(&csca));
        find_path(&signer, &[], &trust, Purpose::MasterList, today(), Budget::default()).map(|_| ())
    };
    find_list_signer(&for_lists).unwrap();
    let error = Error::NotAuthentic(NotAuthentic::SignerKeyUsage);
    assert_eq!(find_list_signer(&plain), Err(error));

    let mut critical = plain.clone();
    critical.extensions.push(extension(99, true, &[5, 0]));
    let signer = parse(&critical.sign(&csca));
    assert_eq!(signer.critical_extension_not_understood(), Some("2.5.29.99"));
    assert_eq!(find(&signer, &trust), Err(NotAuthentic::CriticalExtension));

    let mut nothing_stated = plain;
    nothing_stated.extensions.remove(0);
    let signer = parse(&nothing_stated.sign(&csca));
    let path =
        find_path(&signer, &[], &trust, Purpose::Document, today(), Budget::default()).unwrap();
    assert_eq!(path.deviations(), [Deviation::KeyUsageMissing]);
}

#[test]
fn of_two_anchors_with_one_key_the_valid_one_is_named() {
    let (csca, key) = (Key::new(1), Key::new(3));
    let mut old = Template::authority("VN", "CSCA", &csca);
    old.not_after = "250101000000Z";
    let current = Template::authority("VN", "CSCA", &csca).sign(&csca);
    let signer = parse(&Template::signer("VN", "CSCA", &key, &csca).sign(&csca));
    let trust = trusting(&[old.sign(&csca), current.clone()]);
    assert_eq!(find(&signer, &trust), Ok(parse(&current).fingerprint_hex()));
    let old_only = trusting(&[old.sign(&csca)]);
    let path =
        find_path(&signer, &[], &old_only, Purpose::Document, today(), Budget::default()).unwrap();
    assert!(path.check_validity(today()).is_err());
    path.check_validity(day("2024-06-01")).unwrap();
}

#[test]
fn work_for_one_path_is_bounded() {
    let (csca, key) = (Key::new(1), Key::new(3));
    let namesakes: Vec<_> = (10..60)
        .map(|seed| Template::authority("VN", "CSCA", &Key::new(seed)).sign(&Key::new(seed)))
        .collect();
    let mut signer = Template::signer("VN", "CSCA", &key, &csca);
    // Without a key identifier any of them may be meant.
    signer.extensions.pop();
    let signer = parse(&signer.sign(&csca));
    let trust = trusting(&namesakes);
    let found = find_path(&signer, &[], &trust, Purpose::Document, today(), Budget::default());
    assert!(matches!(found, Err(Error::PolicyRefused(_))));
}

#[test]
fn what_is_no_authority_is_no_anchor() {
    let (csca, key) = (Key::new(1), Key::new(3));
    let mut trust = TrustStore::empty();
    let mut refused = Template::authority("VN", "CSCA", &csca);
    refused.extensions[0] = extension(19, true, &sequence(&[]));
    let error = trust.add_certificate(&refused.sign(&csca), "test").unwrap_err();
    assert_eq!(error, Error::NotAuthentic(NotAuthentic::NotACsca));
    let signer = Template::signer("VN", "CSCA", &key, &csca).sign(&csca);
    assert!(trust.add_certificate(&signer, "test").is_err());
    assert!(trust.is_empty());

    let good = Template::authority("VN", "CSCA", &csca).sign(&csca);
    assert_eq!(trust.add_certificate(&good, "first").unwrap().taken, 1);
    assert_eq!(trust.add_certificate(&good, "second").unwrap().known, 1);
    assert_eq!(trust.anchors().next().unwrap().source(), "first");
}

#[test]
fn serial_numbers_zero_and_negative_are_read() {
    let csca = Key::new(1);
    for (serial, hex) in [(vec![0], "00"), (vec![0xFF, 0x01], "FF01"), (vec![0, 0x80], "80")] {
        let mut template = Template::authority("VN", "CSCA", &csca);
        template.serial = serial;
        assert_eq!(parse(&template.sign(&csca)).serial_hex(), hex);
    }
}

#[test]
fn a_signer_is_not_mixed_up_with_the_one_of_the_negative_number() {
    let (csca, key) = (Key::new(1), Key::new(3));
    let numbered = |serial: &[u8]| {
        let mut template = Template::signer("VN", "CSCA", &key, &csca);
        template.serial = serial.to_vec();
        template
    };
    let (minus_one, other) = (numbered(&[0xFF]), numbered(&[0, 0xFF]));
    for meant in [&minus_one, &other] {
        let mut cms = Cms::new(&LDS_SECURITY_OBJECT, b"content", meant, &csca);
        cms.certificates = [&minus_one, &other].map(|template| template.sign(&csca)).to_vec();
        let signed = cms.sign(&key);
        let signed = SignedData::parse(&signed).unwrap();
        let found: Vec<_> =
            signed.candidates().iter().map(|candidate| candidate.certificate.to_vec()).collect();
        assert_eq!(found, [meant.sign(&csca)]);
    }
}

#[test]
fn repeated_extensions_and_two_algorithms_are_refused() {
    let csca = Key::new(1);
    let mut template = Template::authority("VN", "CSCA", &csca);
    template.extensions.push(template.extensions[0].clone());
    assert!(Certificate::from_der(&template.sign(&csca)).is_err());

    let mut der = Template::authority("VN", "CSCA", &csca).sign(&csca);
    let last = der.windows(8).rposition(|window| window == ECDSA_WITH_SHA256).unwrap();
    der[last + 7] = 3;
    let error = Certificate::from_der(&der).unwrap_err();
    assert!(matches!(
        error,
        Error::Malformed { what: "the algorithm that the signed part names", .. }
    ));
}

#[test]
fn a_master_list_counts_under_a_pinned_root_only() {
    let (root, stranger, key, other) = (Key::new(1), Key::new(2), Key::new(3), Key::new(4));
    let root_der = Template::authority("DE", "csca", &root).sign(&root);
    let listed = [
        Template::authority("VN", "CSCA", &other).sign(&other),
        write(0x30, &[1, 2, 3]),
        Template::signer("VN", "CSCA", &key, &other).sign(&other),
        root_der.clone(),
    ];
    let content = master_list(&listed);
    let signer = Template::signer("DE", "csca", &key, &root).for_master_lists();
    let list = Cms::new(&MASTER_LIST, &content, &signer, &root);
    let roots = trusting(std::slice::from_ref(&root_der));

    let mut trust = roots.clone();
    let loaded = trust.add_master_list(&list.sign(&key), &roots, "list").unwrap();
    assert_eq!((loaded.taken, loaded.known, trust.len()), (1, 1, 2));
    let refused: Vec<_> = loaded.refused.iter().map(|refused| refused.index).collect();
    assert_eq!(refused, [1, 2]);
    assert_eq!(loaded.refused[1].subject.as_deref(), Some("C=VN, CN=Document Signer"));
    assert_eq!(trust.anchors().nth(1).unwrap().source(), "list");

    let refusal = |cms: Vec<u8>, roots: &TrustStore| {
        let mut trust = TrustStore::empty();
        let error = trust.add_master_list(&cms, roots, "list").unwrap_err();
        assert!(trust.is_empty(), "nothing is taken from a list that does not count");
        match error {
            Error::NotAuthentic(why) => why,
            other => panic!("{other}"),
        }
    };
    // The root comes with the list, and is on it: that is no reason to trust it.
    let mut with_root = list.clone();
    with_root.certificates.push(root_der);
    let nobody = TrustStore::empty();
    assert_eq!(refusal(with_root.sign(&key), &nobody), NotAuthentic::UnknownIssuer);
    let namesake = trusting(&[Template::authority("DE", "csca", &stranger).sign(&stranger)]);
    assert_eq!(refusal(list.sign(&key), &namesake), NotAuthentic::UnknownIssuer);
    assert_eq!(refusal(list.sign(&stranger), &roots), NotAuthentic::MasterListSignature);
    let document_signer = Template::signer("DE", "csca", &key, &root);
    let list = Cms::new(&MASTER_LIST, &content, &document_signer, &root);
    assert_eq!(refusal(list.sign(&key), &roots), NotAuthentic::SignerKeyUsage);
    let mut expired = signer.clone();
    expired.not_after = "250531235959Z";
    let list = Cms::new(&MASTER_LIST, &content, &expired, &root);
    assert_eq!(refusal(list.sign(&key), &roots), NotAuthentic::SignerNotValidAt);

    let other_content = Cms::new(&LDS_SECURITY_OBJECT, &content, &signer, &root).sign(&key);
    let error = TrustStore::empty().add_master_list(&other_content, &roots, "list").unwrap_err();
    assert!(matches!(error, Error::Unsupported(Unsupported::Structure(_))));
    let mut without_time = Cms::new(&MASTER_LIST, &content, &signer, &root);
    without_time.attributes.as_mut().unwrap().pop();
    let error = TrustStore::empty().add_master_list(&without_time.sign(&key), &roots, "list");
    assert!(matches!(error, Err(Error::Malformed { what: "a signing time", .. })));
}

#[test]
fn damaged_certificates_and_lists_never_panic() {
    let (root, key) = (Key::new(1), Key::new(3));
    let root_der = Template::authority("DE", "csca", &root).sign(&root);
    let signer = Template::signer("DE", "csca", &key, &root).for_master_lists();
    let content = master_list(std::slice::from_ref(&root_der));
    let list = Cms::new(&MASTER_LIST, &content, &signer, &root).sign(&key);
    let roots = trusting(std::slice::from_ref(&root_der));
    for end in 0..root_der.len() {
        assert!(Certificate::from_der(&root_der[..end]).is_err(), "{end}");
    }
    for end in 0..list.len() {
        assert!(TrustStore::empty().add_master_list(&list[..end], &roots, "cut").is_err());
    }
    let mut mutations = Mutations(1);
    for _ in 0..5_000 {
        let _ = TrustStore::empty().add_certificate(&mutations.mutate(&root_der), "mutated");
        let _ = SignedData::parse(&mutations.mutate(&list));
    }
}

#[test]
fn a_flipped_bit_anywhere_in_a_certificate_is_noticed() {
    let (root, key) = (Key::new(1), Key::new(3));
    let issuer = parse(&Template::authority("VN", "CSCA", &root).sign(&root));
    let der = Template::signer("VN", "CSCA", &key, &root).sign(&root);
    parse(&der).verify_signed_by(&issuer).unwrap();
    for bit in 0..der.len() * 8 {
        let mut flipped = der.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let verified =
            Certificate::from_der(&flipped).and_then(|flipped| flipped.verify_signed_by(&issuer));
        assert!(verified.is_err(), "bit {bit}");
    }
}

#[test]
fn the_vietnamese_authorities_load() {
    let Some(folder) = foreign("masterlists") else { return };
    let mut trust = TrustStore::empty();
    for (file, subject, key, issuer_serial) in [
        (
            "CSCA-Vietnam-001.pem",
            "CSCA Vietnam",
            "EC secp384r1",
            "043E4658E0BA6CAE891FBCC9EADFCF6C6BCBA55F",
        ),
        (
            "VN_6b5fa6fe45cc.cer",
            "CSCA ePassport Vietnam",
            "EC brainpoolP512r1",
            "506F1357A3A196C24DC32CF464140CAE",
        ),
    ] {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        assert_eq!(trust.add_certificate(&bytes, file).unwrap().taken, 1);
        let anchor = trust.anchors().last().unwrap();
        let certificate = anchor.certificate();
        assert!(anchor.info().subject.ends_with(&format!("CN={subject}")));
        assert_eq!(certificate.country().as_deref(), Some("VN"));
        assert_eq!(certificate.key_description().unwrap(), key);
        assert_eq!(certificate.serial_hex(), issuer_serial);
        certificate.verify_signed_by(certificate).unwrap();
    }
    let (_, until) = trust.anchors().next().unwrap().certificate().private_key_usage();
    assert_eq!(until, Some(day("2026-01-21")), "newer cards need another authority");
}

/// The counts were found with a script over `openssl cms -verify` and `openssl x509` alone:
/// entries, minus those with `CA:FALSE` or a key usage without certificate signing. The public
/// keys of all eight entries that are left out stand in other entries of the list too.
#[test]
fn master_lists_load_with_their_roots() {
    let Some(folder) = foreign("masterlists") else { return };
    let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
    let dutch_roots = trusting(&[read("NL_ROOT_CA.cer")]);
    let mut dutch = TrustStore::empty();
    let loaded = dutch.add_master_list(&read("NL_ML_2025-07-29.ml"), &dutch_roots, "NL").unwrap();
    assert_eq!((loaded.taken, loaded.known, loaded.refused.len()), (394, 0, 0));

    let german_list = read("DE_ML_2024-08-07-07-38-24.ml");
    let refusal = |roots: &TrustStore| {
        TrustStore::empty().add_master_list(&german_list, roots, "DE").unwrap_err()
    };
    // This root has the issuer's name, but is its successor of October 2024.
    let successor = trusting(&[read("DE_ROOT_CA_CSCA07.cer")]);
    assert_eq!(refusal(&successor), Error::NotAuthentic(NotAuthentic::UnknownIssuer));
    assert_eq!(refusal(&dutch_roots), Error::NotAuthentic(NotAuthentic::UnknownIssuer));
    let older = trusting(&[read("NL_CSCA_6.cer")]);
    let error = TrustStore::empty().add_master_list(&read("NL_ML_2025-07-29.ml"), &older, "NL");
    assert_eq!(error, Err(Error::NotAuthentic(NotAuthentic::UnknownIssuer)));

    // The German authority of 2021 (serial 048B), which did sign, is on the Dutch list.
    let german = |anchor: &&Anchor| {
        anchor.info().subject == "C=DE, O=bund, OU=bsi, CN=csca-germany"
            && anchor.info().serial == "048B"
    };
    let root = dutch.anchors().find(german).unwrap().certificate().as_der().to_vec();
    let mut trust = TrustStore::empty();
    let loaded = trust.add_master_list(&german_list, &trusting(&[root]), "DE").unwrap();
    assert_eq!((loaded.taken, loaded.known), (533, 0));
    let refused: Vec<_> = loaded.refused.iter().map(|refused| refused.index).collect();
    assert_eq!(refused, [253, 272, 318, 351, 354, 376, 466, 471]);
    let not_a_csca = Error::NotAuthentic(NotAuthentic::NotACsca);
    assert!(loaded.refused.iter().all(|refused| refused.reason == not_a_csca));

    let mut mutations = Mutations(4);
    for anchor in trust.anchors() {
        for _ in 0..5 {
            let _ = Certificate::from_der(&mutations.mutate(anchor.certificate().as_der()));
        }
    }

    let vietnam = |trust: &TrustStore| {
        trust.anchors().filter(|a| a.certificate().country().as_deref() == Some("VN")).count()
    };
    assert_eq!((vietnam(&dutch), vietnam(&trust)), (1, 1), "the passport's authority alone");
}

#[test]
fn nearly_equal_names_are_told_apart_by_key() {
    let Some(folder) = foreign("crl") else { return };
    let read = |id: &str| std::fs::read(folder.join(format!("CO_{id}.cer"))).unwrap();
    let ids = [
        "02694dfb9f71",
        "482a7438c993",
        "756cf42922df",
        "7645da393999",
        "7814bd7434e4",
        "ba775b184e4c",
    ];
    let trust = trusting(&ids.map(read));
    assert_eq!(trust.len(), 6);
    // Two of them are link certificates: each has to be found under the key before it.
    for (link, issuer) in [("7645da393999", "756cf42922df"), ("7814bd7434e4", "ba775b184e4c")] {
        let link = parse(&read(link));
        link.verify_signed_by(&parse(&read(issuer))).unwrap();
        assert!(link.verify_signed_by(&link).is_err());
        assert_eq!(trust.issuers_of(&link).len(), 6);
    }
}

#[test]
fn mock_signers_of_every_algorithm_chain_to_their_authority() {
    let Some(folder) = foreign("pki-matrix") else { return };
    let (mut authorities, mut signers) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        for (file, found) in [("mock_csca.pem", &mut authorities), ("mock_dsc.pem", &mut signers)] {
            // Some combinations have a signer alone, under the authority of another.
            let Ok(pem) = std::fs::read(entry.as_ref().unwrap().path().join(file)) else {
                continue;
            };
            let block = x509_parser::pem::Pem::iter_from_buffer(&pem).next().unwrap().unwrap();
            found.push(parse(&block.contents));
        }
    }
    assert_eq!((authorities.len(), signers.len()), (33, 40));
    for authority in &authorities {
        authority.verify_signed_by(authority).unwrap_or_else(|error| panic!("{error}"));
    }
    for signer in &signers {
        let issuers =
            authorities.iter().filter(|authority| signer.verify_signed_by(authority).is_ok());
        assert_eq!(issuers.count(), 1, "{:?} {:?}", signer, signer.signature_scheme());
    }
}
