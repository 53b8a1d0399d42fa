//! NIST's Public Key Interoperability Test Suite, version 1.0.1 (PKITS): what applies to travel documents.
//!
//! Each row is a test of PKITS by its number: the end entity, the certificates above it, the lists of revoked
//! certificates, and what PKITS says has to come of it. `test-vectors/pkits/README.md` has source and licence.
//!
//! # Not applied
//!
//! | tests | why |
//! |---|---|
//! | 4.8 certificate policies (20), 4.9 require explicit policy (8), 4.10 policy mappings (14), 4.11 inhibit policy mapping (11), 4.12 inhibit any-policy (10) | [9303-12 §7.1] has policies for information only and forbids mappings and constraints; a critical one refuses the path |
//! | 4.13 name constraints (38) | forbidden in every profile of [9303-12 §7.1]; they are critical, so the path is refused |
//! | 4.14 distribution points (35) | a CSCA has one complete list [9303-12 §7.1.4]; scopes, reasons and indirect lists are not in its profile |
//! | 4.15 delta-CRLs (10) | not in the profile of [9303-12 §7.1.4] |
//!
//! Of 4.1 to 4.7 and 4.16 all 78 tests are run. The 11 whose outcome here is another on purpose are in [`OTHERWISE`],
//! with reasons; the others have to end as PKITS says.

use cccd::{
    date::Date,
    findings::Deviation,
    pki::{Budget, Certificate, Purpose, Revocation, TrustStore, find_path, revocation},
    policy::Policy,
};

/// PKITS was made in 2011; its certificates hold from 2010 to 2030, its lists likewise.
const DAY: &str = "2012-01-01";

const VALID: &str = "valid";

/// Number, end entity, certificates above it, lists beside that of the trust anchor, outcome: [`VALID`] or the code of
/// what is wrong; of a list that is missing or old, `unknown` and `stale`.
/// That is what a policy sees that demands fresh lists: everything but [`VALID`] is refused. Of the signatures that
/// PKITS broke, those of 4.1.2 and 4.1.6 are not even whole bytes: who has them cannot be read, or is left out.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const ROWS: [Row; 67] = [
    ("4.1.1", "ValidCertificatePathTest1", "GoodCA", "GoodCA", VALID),
    ("4.1.2", "InvalidCASignatureTest2", "BadSignedCA", "BadSignedCA", UNKNOWN),
    ("4.1.3", "InvalidEESignatureTest3", "GoodCA", "GoodCA", UNKNOWN),
    ("4.1.6", "InvalidDSASignatureTest6", "DSACA", "DSACA", "malformed"),
    ("4.2.1", "InvalidCAnotBeforeDateTest1", "BadnotBeforeDateCA", "BadnotBeforeDateCA", DATES),
    ("4.2.2", "InvalidEEnotBeforeDateTest2", "GoodCA", "GoodCA", DATES),
    ("4.2.3", "Validpre2000UTCnotBeforeDateTest3", "GoodCA", "GoodCA", VALID),
    ("4.2.4", "ValidGeneralizedTimenotBeforeDateTest4", "GoodCA", "GoodCA", VALID),
    ("4.2.5", "InvalidCAnotAfterDateTest5", "BadnotAfterDateCA", "BadnotAfterDateCA", DATES),
    ("4.2.6", "InvalidEEnotAfterDateTest6", "GoodCA", "GoodCA", DATES),
    ("4.2.7", "Invalidpre2000UTCEEnotAfterDateTest7", "GoodCA", "GoodCA", DATES),
    ("4.2.8", "ValidGeneralizedTimenotAfterDateTest8", "GoodCA", "GoodCA", VALID),
    ("4.3.3", "ValidNameChainingWhitespaceTest3", "GoodCA", "GoodCA", VALID),
    ("4.3.4", "ValidNameChainingWhitespaceTest4", "GoodCA", "GoodCA", VALID),
    ("4.3.5", "ValidNameChainingCapitalizationTest5", "GoodCA", "GoodCA", VALID),
    ("4.3.6", "ValidNameUIDsTest6", "UIDCA", "UIDCA", VALID),
    ("4.3.7", "ValidRFC3280MandatoryAttributeTypesTest7", "RFC3280MandatoryAttributeTypesCA", "RFC3280MandatoryAttributeTypesCA", VALID),
    ("4.3.8", "ValidRFC3280OptionalAttributeTypesTest8", "RFC3280OptionalAttributeTypesCA", "RFC3280OptionalAttributeTypesCA", VALID),
    ("4.3.9", "ValidUTF8StringEncodedNamesTest9", "UTF8StringEncodedNamesCA", "UTF8StringEncodedNamesCA", VALID),
    ("4.3.10", "ValidRolloverfromPrintableStringtoUTF8StringTest10", "RolloverfromPrintableStringtoUTF8StringCA", "RolloverfromPrintableStringtoUTF8StringCA", VALID),
    ("4.3.11", "ValidUTF8StringCaseInsensitiveMatchTest11", "UTF8StringCaseInsensitiveMatchCA", "UTF8StringCaseInsensitiveMatchCA", VALID),
    ("4.4.1", "InvalidMissingCRLTest1", "NoCRLCA", "", "unknown"),
    ("4.4.2", "InvalidRevokedCATest2", "RevokedsubCA GoodCA", "GoodCA RevokedsubCA", "revoked"),
    ("4.4.3", "InvalidRevokedEETest3", "GoodCA", "GoodCA", "revoked"),
    ("4.4.4", "InvalidBadCRLSignatureTest4", "BadCRLSignatureCA", "BadCRLSignatureCA", "unknown"),
    ("4.4.5", "InvalidBadCRLIssuerNameTest5", "BadCRLIssuerNameCA", "BadCRLIssuerNameCA", "unknown"),
    ("4.4.6", "InvalidWrongCRLTest6", "WrongCRLCA", "WrongCRLCA", "unknown"),
    ("4.4.7", "ValidTwoCRLsTest7", "TwoCRLsCA", "TwoCRLsCAGood TwoCRLsCABad", VALID),
    ("4.4.8", "InvalidUnknownCRLEntryExtensionTest8", "UnknownCRLEntryExtensionCA", "UnknownCRLEntryExtensionCA", "unknown"),
    ("4.4.9", "InvalidUnknownCRLExtensionTest9", "UnknownCRLExtensionCA", "UnknownCRLExtensionCA", "unknown"),
    ("4.4.10", "InvalidUnknownCRLExtensionTest10", "UnknownCRLExtensionCA", "UnknownCRLExtensionCA", "unknown"),
    ("4.4.11", "InvalidOldCRLnextUpdateTest11", "OldCRLnextUpdateCA", "OldCRLnextUpdateCA", "stale"),
    ("4.4.12", "Invalidpre2000CRLnextUpdateTest12", "pre2000CRLnextUpdateCA", "pre2000CRLnextUpdateCA", "stale"),
    ("4.4.13", "ValidGeneralizedTimeCRLnextUpdateTest13", "GeneralizedTimeCRLnextUpdateCA", "GeneralizedTimeCRLnextUpdateCA", VALID),
    ("4.4.14", "ValidNegativeSerialNumberTest14", "NegativeSerialNumberCA", "NegativeSerialNumberCA", VALID),
    ("4.4.15", "InvalidNegativeSerialNumberTest15", "NegativeSerialNumberCA", "NegativeSerialNumberCA", "revoked"),
    ("4.4.16", "ValidLongSerialNumberTest16", "LongSerialNumberCA", "LongSerialNumberCA", VALID),
    ("4.4.17", "ValidLongSerialNumberTest17", "LongSerialNumberCA", "LongSerialNumberCA", VALID),
    ("4.4.18", "InvalidLongSerialNumberTest18", "LongSerialNumberCA", "LongSerialNumberCA", "revoked"),
    ("4.5.1", "ValidBasicSelfIssuedOldWithNewTest1", "BasicSelfIssuedNewKeyCA BasicSelfIssuedNewKeyOldWithNewCA", "BasicSelfIssuedNewKeyCA", VALID),
    ("4.5.2", "InvalidBasicSelfIssuedOldWithNewTest2", "BasicSelfIssuedNewKeyCA BasicSelfIssuedNewKeyOldWithNewCA", "BasicSelfIssuedNewKeyCA", "revoked"),
    ("4.5.3", "ValidBasicSelfIssuedNewWithOldTest3", "BasicSelfIssuedOldKeyCA BasicSelfIssuedOldKeyNewWithOldCA", "BasicSelfIssuedOldKeyCA BasicSelfIssuedOldKeySelfIssuedCert", VALID),
    ("4.5.4", "ValidBasicSelfIssuedNewWithOldTest4", "BasicSelfIssuedOldKeyCA BasicSelfIssuedOldKeyNewWithOldCA", "BasicSelfIssuedOldKeyCA BasicSelfIssuedOldKeySelfIssuedCert", VALID),
    ("4.5.5", "InvalidBasicSelfIssuedNewWithOldTest5", "BasicSelfIssuedOldKeyCA BasicSelfIssuedOldKeyNewWithOldCA", "BasicSelfIssuedOldKeyCA BasicSelfIssuedOldKeySelfIssuedCert", "revoked"),
    ("4.5.8", "InvalidBasicSelfIssuedCRLSigningKeyTest8", "BasicSelfIssuedCRLSigningKeyCA BasicSelfIssuedCRLSigningKeyCRL", "BasicSelfIssuedCRLSigningKeyCA BasicSelfIssuedCRLSigningKeyCRLCert", NOT_A_CA),
    ("4.6.1", "InvalidMissingbasicConstraintsTest1", "MissingbasicConstraintsCA", "MissingbasicConstraintsCA", NOT_A_CA),
    ("4.6.2", "InvalidcAFalseTest2", "basicConstraintsCriticalcAFalseCA", "basicConstraintsCriticalcAFalseCA", NOT_A_CA),
    ("4.6.3", "InvalidcAFalseTest3", "basicConstraintsNotCriticalcAFalseCA", "basicConstraintsNotCriticalcAFalseCA", NOT_A_CA),
    ("4.6.4", "ValidbasicConstraintsNotCriticalTest4", "basicConstraintsNotCriticalCA", "basicConstraintsNotCriticalCA", VALID),
    ("4.6.5", "InvalidpathLenConstraintTest5", "pathLenConstraint0subCA pathLenConstraint0CA pathLenConstraint0SelfIssuedCA", "pathLenConstraint0CA pathLenConstraint0subCA", LENGTH),
    ("4.6.6", "InvalidpathLenConstraintTest6", "pathLenConstraint0subCA pathLenConstraint0CA pathLenConstraint0SelfIssuedCA", "pathLenConstraint0CA pathLenConstraint0subCA", AUTHORITY_SIGNS),
    ("4.6.7", "ValidpathLenConstraintTest7", "pathLenConstraint0CA pathLenConstraint0SelfIssuedCA", "pathLenConstraint0CA", VALID),
    ("4.6.9", "InvalidpathLenConstraintTest9", "pathLenConstraint6subsubCA00 pathLenConstraint6subCA0 pathLenConstraint6CA", "pathLenConstraint6CA pathLenConstraint6subCA0 pathLenConstraint6subsubCA00", LENGTH),
    ("4.6.10", "InvalidpathLenConstraintTest10", "pathLenConstraint6subsubCA00 pathLenConstraint6subCA0 pathLenConstraint6CA", "pathLenConstraint6CA pathLenConstraint6subCA0 pathLenConstraint6subsubCA00", AUTHORITY_SIGNS),
    ("4.6.11", "InvalidpathLenConstraintTest11", "pathLenConstraint6subsubsubCA11X pathLenConstraint6subsubCA11 pathLenConstraint6subCA1 pathLenConstraint6CA", "pathLenConstraint6CA pathLenConstraint6subCA1 pathLenConstraint6subsubCA11 pathLenConstraint6subsubsubCA11X", LENGTH),
    ("4.6.12", "InvalidpathLenConstraintTest12", "pathLenConstraint6subsubsubCA11X pathLenConstraint6subsubCA11 pathLenConstraint6subCA1 pathLenConstraint6CA", "pathLenConstraint6CA pathLenConstraint6subCA1 pathLenConstraint6subsubCA11 pathLenConstraint6subsubsubCA11X", AUTHORITY_SIGNS),
    ("4.6.13", "ValidpathLenConstraintTest13", "pathLenConstraint6subsubsubCA41X pathLenConstraint6subsubCA41 pathLenConstraint6subCA4 pathLenConstraint6CA", "pathLenConstraint6CA pathLenConstraint6subCA4 pathLenConstraint6subsubCA41 pathLenConstraint6subsubsubCA41X", VALID),
    ("4.6.15", "ValidSelfIssuedpathLenConstraintTest15", "pathLenConstraint0CA pathLenConstraint0SelfIssuedCA", "pathLenConstraint0CA", VALID),
    ("4.6.16", "InvalidSelfIssuedpathLenConstraintTest16", "pathLenConstraint0subCA2 pathLenConstraint0CA pathLenConstraint0SelfIssuedCA", "pathLenConstraint0CA pathLenConstraint0subCA2", LENGTH),
    ("4.6.17", "ValidSelfIssuedpathLenConstraintTest17", "pathLenConstraint1SelfIssuedsubCA pathLenConstraint1subCA pathLenConstraint1CA pathLenConstraint1SelfIssuedCA", "pathLenConstraint1CA pathLenConstraint1subCA", VALID),
    ("4.7.1", "InvalidkeyUsageCriticalkeyCertSignFalseTest1", "keyUsageCriticalkeyCertSignFalseCA", "keyUsageCriticalkeyCertSignFalseCA", "policy_refused.deviation"),
    ("4.7.2", "InvalidkeyUsageNotCriticalkeyCertSignFalseTest2", "keyUsageNotCriticalkeyCertSignFalseCA", "keyUsageNotCriticalkeyCertSignFalseCA", "policy_refused.deviation"),
    ("4.7.3", "ValidkeyUsageNotCriticalTest3", "keyUsageNotCriticalCA", "keyUsageNotCriticalCA", VALID),
    ("4.7.4", "InvalidkeyUsageCriticalcRLSignFalseTest4", "keyUsageCriticalcRLSignFalseCA", "keyUsageCriticalcRLSignFalseCA", "unknown"),
    ("4.7.5", "InvalidkeyUsageNotCriticalcRLSignFalseTest5", "keyUsageNotCriticalcRLSignFalseCA", "keyUsageNotCriticalcRLSignFalseCA", "unknown"),
    ("4.16.1", "ValidUnknownNotCriticalCertificateExtensionTest1", "", "", VALID),
    ("4.16.2", "InvalidUnknownCriticalCertificateExtensionTest2", "", "", "not_authentic.critical_extension"),
];

const UNKNOWN: &str = "not_authentic.unknown_issuer";
const DATES: &str = "not_authentic.signer_validity";
const NOT_A_CA: &str = "not_authentic.not_a_csca";
const LENGTH: &str = "not_authentic.path_length";
/// The end entity of some tests is an authority; that is found before the length of the path.
const AUTHORITY_SIGNS: &str = "not_authentic.signer_key_usage";

/// Tests whose outcome differs from PKITS on purpose.
#[rustfmt::skip]
const OTHERWISE: [Row; 11] = [
    // DSA signs no document [9303-12 §4.4]: the authority cannot have signed anything.
    ("4.1.4", "ValidDSASignaturesTest4", "DSACA", "DSACA", UNKNOWN),
    ("4.1.5", "ValidDSAParameterInheritanceTest5", "DSAParametersInheritedCA DSACA", "DSACA DSAParametersInheritedCA", UNKNOWN),
    // PKITS: invalid, the names do not chain. The key identifier does: `issuer_name_differs`, a tolerance that a policy may refuse.
    ("4.3.1", "InvalidNameChainingTest1", "GoodCA", "GoodCA", VALID),
    // PKITS: invalid, the order of the attributes differs. Issuers write their own name in several orders.
    ("4.3.2", "InvalidNameChainingOrderTest2", "NameOrderingCA", "NameOrderCA", VALID),
    // PKITS: valid, and twice revoked. One name with one key for certificates and another for lists: a CSCA has one key for both
    // [9303-12 §7.1.4], and a namesake of it whose key no anchor has is not believed.
    ("4.4.19", "ValidSeparateCertificateandCRLKeysTest19", "SeparateCertificateandCRLKeysCRLSigning SeparateCertificateandCRLKeysCertificateSigningCA", "SeparateCertificateandCRLKeys", "unknown"),
    ("4.4.20", "InvalidSeparateCertificateandCRLKeysTest20", "SeparateCertificateandCRLKeysCRLSigning SeparateCertificateandCRLKeysCertificateSigningCA", "SeparateCertificateandCRLKeys", "unknown"),
    ("4.4.21", "InvalidSeparateCertificateandCRLKeysTest21", "SeparateCertificateandCRLKeysCA2CRLSigning SeparateCertificateandCRLKeysCA2CertificateSigningCA", "SeparateCertificateandCRLKeysCA2", "unknown"),
    // PKITS: valid, and revoked. The same with a certificate for the list's key that the authority made itself.
    ("4.5.6", "ValidBasicSelfIssuedCRLSigningKeyTest6", "BasicSelfIssuedCRLSigningKeyCA BasicSelfIssuedCRLSigningKeyCRL", "BasicSelfIssuedCRLSigningKeyCA BasicSelfIssuedCRLSigningKeyCRLCert", "unknown"),
    ("4.5.7", "InvalidBasicSelfIssuedCRLSigningKeyTest7", "BasicSelfIssuedCRLSigningKeyCA BasicSelfIssuedCRLSigningKeyCRL", "BasicSelfIssuedCRLSigningKeyCA BasicSelfIssuedCRLSigningKeyCRLCert", "unknown"),
    // PKITS: valid, with an authority as end entity. An authority signs no documents [9303-12 §7.1].
    ("4.6.8", "ValidpathLenConstraintTest8", "pathLenConstraint0CA pathLenConstraint0SelfIssuedCA", "pathLenConstraint0CA", AUTHORITY_SIGNS),
    ("4.6.14", "ValidpathLenConstraintTest14", "pathLenConstraint6subsubsubCA41X pathLenConstraint6subsubCA41 pathLenConstraint6subCA4 pathLenConstraint6CA", "pathLenConstraint6CA pathLenConstraint6subCA4 pathLenConstraint6subsubCA41 pathLenConstraint6subsubsubCA41X", AUTHORITY_SIGNS),
];

fn file(folder: &str, name: &str) -> Vec<u8> {
    let ending = if folder == "certs" { "crt" } else { "crl" };
    let path =
        format!("{}/test-vectors/pkits/{folder}/{name}.{ending}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn certificate(name: &str) -> Vec<u8> {
    // The suite spells most authorities `…Cert`.
    file("certs", &if name.ends_with("EE") { name.to_owned() } else { format!("{name}Cert") })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

/// What comes of a test: path, dates, lists, in this order.
fn outcome((_, end_entity, above, lists, _): &Row) -> &'static str {
    let day: Date = DAY.parse().unwrap();
    let mut trust = TrustStore::empty();
    trust.add_certificate(&file("certs", "TrustAnchorRootCertificate"), "PKITS").unwrap();
    let above: Vec<Vec<u8>> = words(above).map(certificate).collect();
    for der in &above {
        // What is no authority is refused here already; the path has to find that out by itself.
        let _ = trust.add_intermediate(der, "PKITS");
    }
    for list in words(lists).chain(["TrustAnchorRoot"]) {
        // Of a list that does not count, only that it does not count is of interest.
        let _ = trust.add_revocation_list(&file("crls", &format!("{list}CRL")), list);
    }
    let Ok(end_entity) = Certificate::from_der(&certificate(&format!("{end_entity}EE"))) else {
        return "malformed";
    };
    let beside: Vec<_> = above.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
    let purpose = Purpose::Document;
    let path = match find_path(&end_entity, &beside, &trust, purpose, day, Budget::default()) {
        Ok(path) => path,
        Err(error) => return error.code(),
    };
    if !path.deviations().iter().all(|deviation| Policy::standard().accepts(*deviation)) {
        return "policy_refused.deviation";
    }
    if let Err(error) = path.check_validity(day) {
        return error.code();
    }
    match revocation(&path, &trust, day) {
        Revocation::NotRevoked { .. } => VALID,
        Revocation::Revoked { .. } => "revoked",
        Revocation::Stale { .. } => "stale",
        Revocation::Unknown => "unknown",
    }
}

#[track_caller]
fn judge(rows: &[Row]) {
    let mut wrong = Vec::new();
    for row in rows {
        let (number, end_entity, .., expected) = row;
        let found = outcome(row);
        if found != *expected {
            wrong.push(format!("{number} {end_entity}: expected {expected}, found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn each_test_of_pkits_that_applies_ends_as_it_says() {
    for (_, end_entity, .., expected) in &ROWS {
        assert_eq!(end_entity.starts_with("Valid"), *expected == VALID, "{end_entity}");
    }
    judge(&ROWS);
}

#[test]
fn what_ends_otherwise_does_so_on_purpose() {
    judge(&OTHERWISE);
}

/// What RFC 5280 does not tolerate has a name here, and a policy can refuse it.
#[test]
fn tolerated_names_are_named() {
    for (end_entity, authority) in [
        ("InvalidNameChainingTest1EE", "GoodCA"),
        ("InvalidNameChainingOrderTest2EE", "NameOrderingCA"),
    ] {
        let mut trust = TrustStore::empty();
        trust.add_certificate(&certificate(authority), "PKITS").unwrap();
        let end_entity = Certificate::from_der(&certificate(end_entity)).unwrap();
        let day = DAY.parse().unwrap();
        let path = find_path(&end_entity, &[], &trust, Purpose::Document, day, Budget::default());
        assert_eq!(path.unwrap().deviations(), [Deviation::IssuerNameDiffers], "{authority}");
    }
}
