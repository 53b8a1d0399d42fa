//! Real and test files of several states, and what has to come of each. Skipped where `CCCD_FOREIGN` is unset.
//!
//! Every outcome was checked by hand with OpenSSL 3.0.19, and the comments say what it said: `openssl cms -verify
//! -noverify -inform DER` of the CMS inside, `openssl asn1parse` of the content, `openssl x509` of the signer, `openssl
//! verify -purpose any -partial_chain` of the signer under all entries of both master lists together, in the time in
//! which the signer was valid, and `openssl crl -CAfile`.

mod common;

use cccd::{
    Result,
    findings::Deviation,
    passive::{Examiner, examine, examine_card_security},
    pki::{Certificate, RevocationList, TrustStore},
    policy::Policy,
};
use common::{date, foreign};

const TODAY: &str = common::TODAY;
const UNKNOWN: &str = "not_authentic.unknown_issuer";
const WRONG: &str = "not_authentic.sod_signature";
const SHA_1: &str = "SHA-1";
const SHA_256: &str = "SHA-256";
const DATES: &str = "not_authentic.signer_validity";

fn code<T>(result: Result<T>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "ok")
}

/// Roots that this test pins: one certificate.
fn pinned(der: &[u8]) -> TrustStore {
    let mut roots = TrustStore::empty();
    roots.add_certificate(der, "pinned").unwrap();
    roots
}

/// Both lists: the Dutch one under its root, the German one under the authority on the Dutch list that signed it.
fn both_lists() -> Option<TrustStore> {
    let root = foreign("masterlists/NL_ROOT_CA.cer")?;
    let read = |name: &str| foreign(&format!("masterlists/{name}")).unwrap();
    let mut trust = TrustStore::empty();
    trust.add_master_list(&read("NL_ML_2025-07-29.ml"), &pinned(&root), "Dutch list").unwrap();
    let german = german_authority_of_2021(&trust);
    let list = read("DE_ML_2024-08-07-07-38-24.ml");
    trust.add_master_list(&list, &pinned(&german), "German list").unwrap();
    Some(trust)
}

fn german_authority_of_2021(dutch: &TrustStore) -> Vec<u8> {
    let found = dutch.anchors().find(|anchor| {
        let certificate = anchor.certificate();
        certificate.serial_hex() == "048B" && certificate.country().as_deref() == Some("DE")
    });
    found.unwrap().certificate().as_der().to_vec()
}

/// `cms -verify`: "CMS Verification successful" for both. `x509` of the signers: extended key usage 2.23.136.1.1.3
/// (critical); the German one is issued by `C = DE, O = bund, OU = bsi, CN = csca-germany`, the Dutch by `serialNumber =
/// 7, CN = CSCA NL`. `asn1parse` of the contents: 541 and 394 entries; of the German ones `x509 -purpose` says "CA : No"
/// of eight, whose keys are all on the list a second time.
#[test]
fn master_lists() {
    let Some(trust) = both_lists() else { return };
    let read = |name: &str| foreign(&format!("masterlists/{name}")).unwrap();
    let german = german_authority_of_2021(&trust);
    let (root, older, successor) =
        (read("NL_ROOT_CA.cer"), read("NL_CSCA_6.cer"), read("DE_ROOT_CA_CSCA07.cer"));
    let (dutch_list, german_list) =
        (read("NL_ML_2025-07-29.ml"), read("DE_ML_2024-08-07-07-38-24.ml"));
    for (list, pin, expected) in [
        (&dutch_list, &root, Ok((394, 0))),
        // `verify` with this root: "unable to get local issuer certificate", it is the authority before.
        (&dutch_list, &older, Err(UNKNOWN)),
        (&dutch_list, &german, Err(UNKNOWN)),
        (&german_list, &german, Ok((533, 8))),
        // The successor of October 2024: the same name, another key identifier; `verify`: the same error.
        (&german_list, &successor, Err(UNKNOWN)),
        (&german_list, &root, Err(UNKNOWN)),
    ] {
        let mut store = TrustStore::empty();
        let loaded = store.add_master_list(list, &pinned(pin), "list");
        let found = loaded.map(|loaded| (loaded.taken, loaded.refused.len()));
        assert_eq!(found.map_err(|error| error.code()), expected);
        assert_eq!(store.len(), expected.map_or(0, |(taken, _)| taken));
    }
    // A list of a changed byte counts for nothing: `cms -verify` "CMS Verification failure".
    for (list, pin) in [(&dutch_list, &root), (&german_list, &german)] {
        let mut changed = list.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        let mut store = TrustStore::empty();
        let outcome = code(store.add_master_list(&changed, &pinned(pin), "changed"));
        assert_eq!((outcome, store.len()), ("not_authentic.master_list_signature", 0));
    }
}

/// File, signature, signer's country, digest of the list of groups, LDS version, tolerances.
type SodRow = (&'static str, &'static str, &'static str, &'static str, u8, &'static [Deviation]);

#[test]
fn ef_sod() {
    use Deviation::{
        BareRsaEncryption, BerEncoding, ContentType, ExplicitCurveParameters, Sha1, UnsortedGroups,
    };
    const TABLE: [SodRow; 13] = [
        // successful; ecdsa-with-SHA1, `OBJECT :prime-field` in the signer's key (P-224), content `INTEGER :00`, sha1.
        ("JMRTD__3d920b7e589f", "ok", "DE", SHA_1, 0, &[ExplicitCurveParameters, Sha1]),
        // successful; `length = inf` throughout, signature algorithm rsaEncryption. Signed 2011-10-18, six days before
        // the end of the private-key usage period.
        ("JMRTD__600001542ad1", "ok", "NZ", SHA_256, 0, &[BerEncoding, BareRsaEncryption]),
        // successful; sha256WithRSAEncryption.
        ("JMRTD__911afa57a07e", "ok", "NL", SHA_256, 0, &[]),
        // failure "bad signature"; rsassaPss, content type pkcs7-digestData.
        ("pymrtd__0c482016f66d", WRONG, "DE", SHA_256, 0, &[UnsortedGroups, ContentType]),
        // failure "last octet invalid".
        ("pymrtd__1ae97e17d739", WRONG, "DE", SHA_256, 0, &[UnsortedGroups]),
        // successful, five times with the same signer.
        ("pymrtd__55262c801eec", "ok", "DE", SHA_256, 0, &[UnsortedGroups]),
        ("pymrtd__68f32f11f854", "ok", "DE", SHA_256, 0, &[UnsortedGroups]),
        // failure "content verify error": the digest of the content.
        ("pymrtd__78a2b9515285", WRONG, "DE", SHA_256, 0, &[UnsortedGroups]),
        // successful
        ("pymrtd__9712ab147b5f", "ok", "DE", SHA_256, 0, &[UnsortedGroups]),
        ("pymrtd__9b8c545a41cd", "ok", "DE", SHA_256, 0, &[UnsortedGroups]),
        // failure "content verify error"
        ("pymrtd__c433a51a7d45", WRONG, "DE", SHA_256, 0, &[UnsortedGroups]),
        // successful
        ("pymrtd__e1308fbbd2ee", "ok", "DE", SHA_256, 0, &[UnsortedGroups]),
        // failure "bad signature"; content type pkcs7-data.
        ("pymrtd__f33762bb1213", WRONG, "DE", SHA_256, 0, &[UnsortedGroups, ContentType]),
    ];
    /// `cms -verify` says "content verify error" of both; `asn1parse` of the content: version `:-01` and `:02`.
    const UNREADABLE: [(&str, &str); 2] = [
        ("pymrtd__208be068f645", "malformed.structure"),
        ("pymrtd__de1b10af8fe6", "unsupported.structure"),
    ];
    let Some(trust) = both_lists() else { return };
    assert_eq!(files("EF.SOD"), TABLE.len() + UNREADABLE.len());
    for (name, expected) in UNREADABLE {
        let sod = foreign(&format!("files/EF.SOD/{name}.bin")).unwrap();
        assert_eq!(code(examine(&sod, &trust, date(TODAY))), expected, "{name}");
    }
    let mut examiner = Examiner::new(trust.clone(), date(TODAY));
    for (name, signature, country, digest, version, deviations) in TABLE {
        let sod = foreign(&format!("files/EF.SOD/{name}.bin")).unwrap();
        let examination = examine(&sod, &trust, date(TODAY)).unwrap();
        assert_eq!(code(examination.signature()), signature, "{name}");
        assert_eq!(examination.issuing_state(), Some(country), "{name}");
        let list = examination.security_object();
        assert_eq!(list.digest_algorithm().name(), digest, "{name}");
        assert_eq!(list.version(), version, "{name}");
        assert_eq!(examination.deviations().collect::<Vec<_>>(), deviations, "{name}");
        // `verify` of every signer: "unable to get local issuer certificate"; all have expired.
        assert_eq!(code(examination.path()), UNKNOWN, "{name}");
        assert_eq!(code(examination.validity()), DATES, "{name}");
        let loose = Policy::standard().allow_unknown_issuer().allow_expired_document();
        assert_eq!(code(examination.clone().accept(&loose)), signature, "{name}");
        let strict = if signature == "ok" { UNKNOWN } else { signature };
        assert_eq!(code(examination.accept(&Policy::standard())), strict, "{name}");
        assert_eq!(code(examiner.examine(&sod).unwrap().signature()), signature, "{name}");
    }
    assert_eq!(examiner.signers().count(), 5, "the thirteen have five signers");
}

/// `cms -verify`: "CMS Verification successful" for all four; `cms -cmsout -print`: none has a signing time.
#[test]
fn ef_card_security() {
    use Deviation::ExplicitCurveParameters;
    let Some(trust) = both_lists() else { return };
    const WRONG: &str = "not_authentic.card_security_signature";
    // File, signature, signer's country, a day on which its signer is valid, tolerances.
    let table: [(&str, &str, &str, &str, &[Deviation]); 4] = [
        // Issued by `C = DE, O = bund, OU = bsi, CN = TEST csca-germany`, a test authority that is on no list. `x509
        // -text` of these three signers: "Field Type: prime-field", the curve is written out.
        ("AusweisApp__711f28e0472a", "ok", "DE", TODAY, &[ExplicitCurveParameters]),
        ("AusweisApp__7e2a0f610c72", "ok", "DE", "2013-01-01", &[ExplicitCurveParameters]),
        ("AusweisApp__c66cfd7c3d87", "ok", "DE", TODAY, &[ExplicitCurveParameters]),
        // Issued by `C = UT, CN = CSCA`: Utopia. `asn1parse`: no signed attributes, so that the signature is over the bare
        // content. RFC 5652 §5.3 demands them for all content but plain data; OpenSSL is lenient, this library is not.
        ("jmrtd__8068981d77c0", WRONG, "UT", "2016-03-20", &[]),
    ];
    assert_eq!(files("EF.CardSecurity"), table.len());
    for (name, signature, country, day, deviations) in table {
        let file = foreign(&format!("files/EF.CardSecurity/{name}.bin")).unwrap();
        let examination = examine_card_security(&file, &trust, date(day)).unwrap();
        assert_eq!(code(examination.signature()), signature, "{name}");
        assert_eq!(examination.issuing_state(), Some(country), "{name}");
        assert_eq!(code(examination.path()), UNKNOWN, "{name}");
        assert_eq!(code(examination.validity()), "ok", "{name}");
        assert_eq!(examination.deviations().collect::<Vec<_>>(), deviations, "{name}");
        let loose = Policy::standard().allow_unknown_issuer();
        assert_eq!(code(examination.accept(&loose)), signature, "{name}");
        // The signature ends the file, but for one with an empty set of unsigned attributes behind it.
        let mut changed = file.clone();
        let place = changed.len() - 3;
        changed[place] ^= 1;
        let examination = examine_card_security(&changed, &trust, date(day)).unwrap();
        assert_eq!(code(examination.accept(&loose)), WRONG, "{name}");
    }
}

fn files(kind: &str) -> usize {
    let folder = std::env::var_os("CCCD_FOREIGN").unwrap();
    std::fs::read_dir(std::path::Path::new(&folder).join("files").join(kind)).unwrap().count()
}

/// `crl -text`: Colombia, of 2020-05-08, next update 2020-08-06, number 891. `crl -CAfile` with each of six authorities
/// that all have the name of its issuer: "verify OK" for one, "verify failure" for the rest.
#[test]
fn one_of_six_namesakes_signed_the_list_of_colombia() {
    let Some(list) = foreign("crl/COL.crl") else { return };
    let parsed = RevocationList::from_der(&list).unwrap();
    assert_eq!(parsed.this_update(), date("2020-05-08"));
    assert_eq!(parsed.next_update(), Some(date("2020-08-06")));
    let table = [
        ("02694dfb9f71", UNKNOWN),
        ("482a7438c993", UNKNOWN),
        ("756cf42922df", "ok"),
        // Links: the key of 2020 by that of 2015, the key of 2025 by that of 2020.
        ("7645da393999", UNKNOWN),
        ("7814bd7434e4", UNKNOWN),
        ("ba775b184e4c", UNKNOWN),
    ];
    let certificate = |id: &str| foreign(&format!("crl/CO_{id}.cer")).unwrap();
    let mut all = TrustStore::empty();
    for (id, expected) in table {
        let mut one = pinned(&certificate(id));
        let anchor = one.anchors().next().unwrap().certificate();
        assert_eq!(anchor.subject(), parsed.issuer(), "{id}");
        let outcome = code(one.add_revocation_list(&list, "Colombia"));
        assert_eq!(
            (outcome, one.revocation_lists().len()),
            (expected, usize::from(expected == "ok"))
        );
        all.add_certificate(&certificate(id), id).unwrap();
    }
    all.add_revocation_list(&list, "Colombia").unwrap();
    assert_eq!(all.revocation_lists().len(), 1);
    let mut changed = list.clone();
    *changed.last_mut().unwrap() ^= 1;
    let outcome = code(all.add_revocation_list(&changed, "changed"));
    assert_eq!(
        (outcome, all.revocation_lists().len()),
        ("not_authentic.revocation_list_signature", 1)
    );
}

/// `verify -partial_chain` of each link under the one before it: "OK"; under any other of the six, with and without
/// the key identifier: an error.
#[test]
fn the_links_of_colombia_lead_from_the_oldest_key_to_the_newest() {
    if foreign("crl/COL.crl").is_none() {
        return;
    }
    let read = |id: &str| {
        Certificate::from_der(&der(&foreign(&format!("crl/CO_{id}.cer")).unwrap())).unwrap()
    };
    let [of_2015, of_2020, of_2025] = ["756cf42922df", "ba775b184e4c", "02694dfb9f71"].map(read);
    let [to_2020, to_2025] = ["7645da393999", "7814bd7434e4"].map(read);
    to_2020.verify_signed_by(&of_2015).unwrap();
    to_2025.verify_signed_by(&of_2020).unwrap();
    to_2025.verify_signed_by(&to_2020).unwrap();
    for (link, stranger) in [(&to_2020, &of_2025), (&to_2020, &to_2020), (&to_2025, &of_2015)] {
        assert_eq!(code(link.verify_signed_by(stranger)), "not_authentic.signer_path");
    }
    assert_eq!(to_2025.subject_key_id(), of_2025.subject_key_id());
    assert_eq!(to_2020.subject_key_id(), of_2020.subject_key_id());
}

/// These files are in PEM or DER.
fn der(bytes: &[u8]) -> Vec<u8> {
    pinned(bytes).anchors().next().unwrap().certificate().as_der().to_vec()
}
