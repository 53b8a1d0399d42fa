//! 41 combinations of algorithms: authorities and document signers that others made (`pki-matrix`), EF.SODs that
//! OpenSSL signs for them while the test runs. Skipped where `CCCD_FOREIGN` is unset.
//!
//! The names of the folders say how the *certificates* were signed, and the document is signed in the same way. All
//! authorities have one name; which of them signed is told by key identifiers alone.

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use cccd::{
    Result,
    findings::Deviation,
    passive::{Examination, examine},
    pki::{Certificate, TrustStore},
    policy::Policy,
};
use cccd_simulator::{
    der::{null, object_identifier, octet_string, small_integer},
    tlv::{node, sequence},
};
use common::date;

const COMBINATIONS: usize = 41;

/// Their signers are valid from February 2025 to February 2035.
const DAY: &str = "2026-11-21";

/// What a folder's name says, for instance `sha384_rsapss_48_65537_3072`.
struct Combination {
    name: String,
    digest: String,
    /// The length of the salt in octets.
    pss: Option<String>,
}

impl Combination {
    fn of(name: &str) -> Self {
        let parts: Vec<&str> = name.split('_').collect();
        let pss = (parts[1] == "rsapss").then(|| parts[2].to_owned());
        Self { name: name.to_owned(), digest: parts[0].to_owned(), pss }
    }

    fn padding(&self, option: &str) -> Vec<String> {
        let Some(salt) = &self.pss else { return Vec::new() };
        let settings = [
            "rsa_padding_mode:pss".to_owned(),
            format!("rsa_pss_saltlen:{salt}"),
            format!("rsa_mgf1_md:{}", self.digest),
        ];
        settings.into_iter().flat_map(|setting| [option.to_owned(), setting]).collect()
    }
}

/// A folder that goes when the test ends.
struct Workplace(PathBuf);

impl Workplace {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("cccd-pki-matrix-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn openssl(arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).output().expect("openssl can be run");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {errors}");
}

/// The list of digests of one group that is nobody's.
fn security_object() -> Vec<u8> {
    use sha2::Digest as _;
    let sha256 = sequence(&[object_identifier("2.16.840.1.101.3.4.2.1"), null()]);
    let digest = octet_string(&sha2::Sha256::digest(b"a\x09group one"));
    let groups = sequence(&[sequence(&[small_integer(1), digest])]);
    sequence(&[small_integer(0), sha256, groups])
}

/// An EF.SOD by the folder's document signer.
fn sign(folder: &Path, combination: &Combination, at: &Workplace) -> Vec<u8> {
    let (mut certificate, mut key) =
        ["mock_dsc.pem", "mock_dsc.key"].map(|file| folder.join(file).display().to_string()).into();
    if !Path::new(&certificate).exists() {
        // One folder has an authority with its key, and no signer.
        (certificate, key) = issue(folder, combination, at);
    }
    let (content, out) = (at.path("content"), at.path("cms"));
    fs::write(&content, security_object()).unwrap();
    let mut arguments = vec![
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-nosmimecap",
        "-outform",
        "DER",
        "-econtent_type",
        "2.23.136.1.1.1",
        "-in",
        &content,
        "-out",
        &out,
        "-signer",
        &certificate,
        "-inkey",
        &key,
        "-md",
        &combination.digest,
    ];
    let padding = combination.padding("-keyopt");
    arguments.extend(padding.iter().map(String::as_str));
    openssl(&arguments);
    node(0x77, &fs::read(&out).unwrap())
}

/// A signer below the folder's authority, with a key of the authority's kind.
fn issue(folder: &Path, combination: &Combination, at: &Workplace) -> (String, String) {
    let [issuer, issuer_key] =
        ["mock_csca.pem", "mock_csca.key"].map(|file| folder.join(file).display().to_string());
    let [certificate, key, request, extensions] =
        ["dsc.pem", "dsc.key", "request", "extensions"].map(|file| at.path(file));
    let bits = combination.name.rsplit('_').next().unwrap();
    openssl(&["genrsa", "-out", &key, bits]);
    let subject = "/C=FR/O=Mock DSC/CN=MockDSC";
    openssl(&["req", "-new", "-key", &key, "-subj", subject, "-out", &request]);
    fs::write(&extensions, "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n").unwrap();
    let digest = format!("-{}", combination.digest);
    let mut arguments = vec![
        "x509",
        "-req",
        "-in",
        &request,
        "-CA",
        &issuer,
        "-CAkey",
        &issuer_key,
        "-set_serial",
        "77",
        "-days",
        "300",
        "-extfile",
        &extensions,
        &digest,
        "-out",
        &certificate,
    ];
    let padding = combination.padding("-sigopt");
    arguments.extend(padding.iter().map(String::as_str));
    openssl(&arguments);
    (certificate, key)
}

/// What happens to a good EF.SOD, and what has to come of it.
#[derive(Clone, Copy)]
enum Twin {
    /// A bit of the digest of the group.
    Content,
    /// A bit of the document's signature.
    Signature,
    /// A bit of the signature of the document signer's certificate.
    Certificate,
}

impl Twin {
    const ALL: [(Self, &str); 3] = [
        (Self::Content, "not_authentic.sod_signature"),
        (Self::Signature, "not_authentic.sod_signature"),
        (Self::Certificate, "not_authentic.signer_path"),
    ];

    fn of(self, sod: &[u8]) -> Vec<u8> {
        let place = match self {
            Self::Content => {
                let content = security_object();
                position(sod, &content) + content.len() - 1
            }
            // The document's signature is the last object; the last octet of s, or of the one number of RSA.
            Self::Signature => sod.len() - 1,
            Self::Certificate => {
                let certificate = signer(sod);
                position(sod, certificate.as_der()) + certificate.as_der().len() - 1
            }
        };
        let mut twin = sod.to_vec();
        twin[place] ^= 1;
        twin
    }
}

fn position(haystack: &[u8], needle: &[u8]) -> usize {
    haystack.windows(needle.len()).position(|window| window == needle).unwrap()
}

fn signer(sod: &[u8]) -> Certificate {
    let examination = examine(sod, &TrustStore::empty(), date(DAY)).unwrap();
    Certificate::from_der(&examination.signer().unwrap().certificate).unwrap()
}

/// Every authority of the folders, under the folder's name.
fn authorities(folders: &[PathBuf]) -> TrustStore {
    let mut trust = TrustStore::empty();
    for folder in folders {
        if let Ok(pem) = fs::read(folder.join("mock_csca.pem")) {
            trust.add_certificate(&pem, folder.file_name().unwrap().to_str().unwrap()).unwrap();
        }
    }
    assert_eq!(trust.len(), 33);
    trust
}

/// The one whose key signed this signer, by the key identifier; and the rest.
fn apart(signer: &Certificate, all: &TrustStore) -> [TrustStore; 2] {
    let mut stores = [TrustStore::empty(), TrustStore::empty()];
    for anchor in all.anchors() {
        let certificate = anchor.certificate();
        let is_issuer = certificate.subject_key_id() == signer.authority_key_id();
        let store = &mut stores[usize::from(!is_issuer)];
        store.add_certificate(certificate.as_der(), anchor.source()).unwrap();
    }
    stores
}

/// None of these signers has a key usage, and their curves are written out. `openssl cms -sign` names plain RSA
/// signatures by the key's algorithm.
fn expected_deviations(name: &str) -> Vec<Deviation> {
    [
        (Deviation::BareRsaEncryption, name.contains("_rsa_")),
        (Deviation::KeyUsageMissing, true),
        (Deviation::ExplicitCurveParameters, name.contains("_ecdsa_")),
        (Deviation::Sha1, name.starts_with("sha1_")),
    ]
    .into_iter()
    .filter_map(|(deviation, is_expected)| is_expected.then_some(deviation))
    .collect()
}

fn code(result: Result<impl Sized>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "ok")
}

fn verdict(examination: Result<Examination>) -> &'static str {
    code(examination.and_then(|examination| examination.accept(&Policy::standard())))
}

#[test]
fn every_combination_verifies_and_no_broken_twin_does() {
    if common::foreign("pki-matrix/openssl.cnf").is_none() {
        return;
    }
    let root = PathBuf::from(std::env::var_os("CCCD_FOREIGN").unwrap()).join("pki-matrix");
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    let trust = authorities(&folders);
    let workplace = Workplace::new();
    let (mut verified, mut refused, mut wrong) = (0, [0; 3], Vec::new());
    for folder in &folders {
        let combination = Combination::of(folder.file_name().unwrap().to_str().unwrap());
        let name = &combination.name;
        let sod = sign(folder, &combination, &workplace);
        let signer = signer(&sod);
        let day = date(DAY).max(signer.not_before());
        let examination = examine(&sod, &trust, day).unwrap();
        let deviations: Vec<_> = examination.deviations().collect();
        if deviations != expected_deviations(name) {
            wrong.push(format!("{name}: {deviations:?}"));
        }
        let scheme = format!("{:?}", examination.scheme());
        let found = verdict(Ok(examination));
        if found == "ok" {
            verified += 1;
        } else {
            wrong.push(format!("{name}: {found} {scheme}"));
        }

        let [issuer, others] = apart(&signer, &trust);
        assert_eq!((issuer.len(), others.len()), (1, 32), "{name}: one authority signed");
        for ((twin, expected), count) in Twin::ALL.into_iter().zip(&mut refused) {
            let found = verdict(examine(&twin.of(&sod), &issuer, day));
            if found == expected {
                *count += 1;
            } else {
                wrong.push(format!("{name}: {found}"));
            }
            let found = verdict(examine(&twin.of(&sod), &trust, day));
            // All 33 have the name that the signer gives its issuer, and a search checks 32 signatures.
            if found != expected && found != "policy_refused.budget" {
                wrong.push(format!("{name} under all: {found}"));
            }
        }
        let found = verdict(examine(&sod, &others, day));
        assert_eq!(found, "not_authentic.unknown_issuer", "{name} under the other authorities");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!((verified, refused), (COMBINATIONS, [COMBINATIONS; 3]));
}
