//! Documents signed by OpenSSL: an authority and a document signer of each family of algorithms.
//!
//! Sizes are those of a CCCD: DG1 95 bytes, DG2 15,004, DG13 704, DG15 304, and DG14 as the simulator makes it.
#![allow(dead_code, reason = "each benchmark uses a part of it")]

use std::sync::Arc;

use cccd::pki::TrustStore;
use cccd_simulator::der::{self, Time};
use cccd_simulator::personalisation::{dg1, file};
use cccd_simulator::random::Random;
use cccd_simulator::tlv::{constructed, node, sequence};
use cccd_simulator::{CardOptions, Issuer, IssuerOptions, Person};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};

/// The day of every verdict here.
pub(crate) const DAY: &str = "2026-11-21";

/// A kind of key.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Rsa(u32),
    Ec(Nid),
}

/// One authority with one document signer, and what that signed.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    /// How many times as fast as OpenSSL's `CMS_verify` passive authentication has to be.
    pub(crate) target: f64,
    pub(crate) csca: X509,
    pub(crate) signer: X509,
    pub(crate) kind: Kind,
    pub(crate) documents: Vec<Document>,
}

/// One document.
pub(crate) struct Document {
    pub(crate) sod: Vec<u8>,
    /// The CMS inside the SOD.
    pub(crate) cms: Vec<u8>,
    pub(crate) content: Vec<u8>,
    pub(crate) signed_attributes: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) groups: Vec<(u8, Vec<u8>)>,
}

/// The four families of the table.
pub(crate) fn families(documents: usize) -> Vec<Family> {
    use Kind::{Ec, Rsa};
    let p256 = Ec(Nid::X9_62_PRIME256V1);
    let p384 = Ec(Nid::SECP384R1);
    [
        ("RSA-4096 / RSA-2048", 4.5, Rsa(4096), Rsa(2048)),
        ("P-384 / P-256", 9.0, p384, p256),
        ("P-256 / P-256", 2.7, p256, p256),
        ("brainpoolP384r1 / P256r1", 2.4, Ec(Nid::BRAINPOOL_P384R1), Ec(Nid::BRAINPOOL_P256R1)),
    ]
    .into_iter()
    .map(|(name, target, authority, signer)| {
        Family::new(name, target, authority, signer, documents).expect("OpenSSL makes keys")
    })
    .collect()
}

impl Family {
    fn new(
        name: &'static str,
        target: f64,
        authority: Kind,
        kind: Kind,
        documents: usize,
    ) -> Result<Self, ErrorStack> {
        let (csca_key, signer_key) = (authority.generate()?, kind.generate()?);
        let csca_name = x509_name("CSCA Benchmark")?;
        let digest = match authority {
            Kind::Ec(Nid::X9_62_PRIME256V1) | Kind::Rsa(_) => MessageDigest::sha256(),
            Kind::Ec(_) => MessageDigest::sha384(),
        };
        let csca = certificate(&csca_name, &csca_name, &csca_key, None, &csca_key, digest)?;
        let signer = x509_name("Document Signer Benchmark")?;
        let signer = certificate(&signer, &csca_name, &signer_key, Some(&csca), &csca_key, digest)?;
        let card = Issuer::new(IssuerOptions::default())
            .personalise(&Person::sample(), &CardOptions::default());
        let dg14 = &card.files[&file::DG14];
        let documents = (0..documents)
            .map(|number| Document::new(number, dg14, &signer, &signer_key, kind))
            .collect::<Result<_, _>>()?;
        Ok(Self { name, target, csca, signer, kind, documents })
    }

    /// A store that trusts the authority.
    pub(crate) fn trust(&self) -> Arc<TrustStore> {
        let mut trust = TrustStore::empty();
        let der = self.csca.to_der().expect("a certificate");
        trust.add_certificate(&der, "benchmark").expect("an authority");
        Arc::new(trust)
    }
}

impl Kind {
    fn generate(self) -> Result<PKey<Private>, ErrorStack> {
        match self {
            Self::Rsa(bits) => PKey::from_rsa(Rsa::generate(bits)?),
            Self::Ec(curve) => {
                let mut group = EcGroup::from_curve_name(curve)?;
                group.set_asn1_flag(openssl::ec::Asn1Flag::NAMED_CURVE);
                PKey::from_ec_key(EcKey::generate(&group)?)
            }
        }
    }

    fn algorithm(self) -> Vec<u8> {
        match self {
            Self::Rsa(_) => {
                sequence(&[der::object_identifier("1.2.840.113549.1.1.11"), der::null()])
            }
            Self::Ec(_) => sequence(&[der::object_identifier("1.2.840.10045.4.3.2")]),
        }
    }
}

fn x509_name(common_name: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("C", "VN")?;
    name.append_entry_by_text("O", "no real authority")?;
    name.append_entry_by_text("CN", common_name)?;
    Ok(name.build())
}

fn certificate(
    subject: &X509Name,
    issuer: &X509Name,
    key: &PKey<Private>,
    authority: Option<&X509>,
    signing: &PKey<Private>,
    digest: MessageDigest,
) -> Result<X509, ErrorStack> {
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    let serial = BigNum::from_u32(if authority.is_some() { 2 } else { 1 })?;
    let serial = serial.to_asn1_integer()?;
    builder.set_serial_number(&serial)?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    let (from, until) =
        (Asn1Time::from_str("20240101000000Z")?, Asn1Time::from_str("20400101000000Z")?);
    builder.set_not_before(&from)?;
    builder.set_not_after(&until)?;
    let context = builder.x509v3_context(authority.map(AsRef::as_ref), None);
    let key_id = SubjectKeyIdentifier::new().build(&context)?;
    let authority_id =
        authority.map(|_| AuthorityKeyIdentifier::new().keyid(true).build(&context)).transpose()?;
    builder.append_extension(key_id)?;
    if let Some(authority_id) = authority_id {
        builder.append_extension(authority_id)?;
        builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
    } else {
        builder.append_extension(BasicConstraints::new().critical().ca().pathlen(0).build()?)?;
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
    }
    builder.sign(signing, digest)?;
    Ok(builder.build())
}

impl Document {
    fn new(
        number: usize,
        dg14: &[u8],
        signer: &X509,
        key: &PKey<Private>,
        kind: Kind,
    ) -> Result<Self, ErrorStack> {
        let mut random = Random::from_label(number as u64, "a document of a benchmark");
        let mut group = |tag: u32, length: usize| {
            // Two bytes of tag and length more than the value below 128, three or four above.
            let header = if length > 259 { 4 } else { 3 };
            node(tag, &random.bytes(length - header))
        };
        let person = Person { id_number: format!("0001950{number:05}"), ..Person::sample() };
        let groups: Vec<(u8, Vec<u8>)> = vec![
            (1, dg1(&person)),
            (2, group(0x75, 15_004)),
            (13, group(0x6D, 704)),
            (14, dg14.to_vec()),
            (15, group(0x6F, 304)),
        ];
        let sha256 = || sequence(&[der::object_identifier("2.16.840.1.101.3.4.2.1")]);
        let digests = groups
            .iter()
            .map(|(number, raw)| {
                let digest = hash(MessageDigest::sha256(), raw)?;
                Ok(sequence(&[der::small_integer(u32::from(*number)), der::octet_string(&digest)]))
            })
            .collect::<Result<Vec<_>, ErrorStack>>()?;
        let content = sequence(&[der::small_integer(0), sha256(), sequence(&digests)]);
        let attribute = |kind: &str, value: Vec<u8>| {
            sequence(&[der::object_identifier(kind), der::set_of(vec![value])])
        };
        let lds = || der::object_identifier("2.23.136.1.1.1");
        let digest = hash(MessageDigest::sha256(), &content)?;
        let signed_attributes = der::set_of(vec![
            attribute("1.2.840.113549.1.9.3", lds()),
            attribute("1.2.840.113549.1.9.4", der::octet_string(&digest)),
            attribute("1.2.840.113549.1.9.5", Time::midnight(2025, 6, 1).encode()),
        ]);
        let mut signing = Signer::new(MessageDigest::sha256(), key)?;
        let signature = signing.sign_oneshot_to_vec(&signed_attributes)?;
        let mut stored_attributes = signed_attributes.clone();
        stored_attributes[0] = 0xA0;
        let serial = signer.serial_number().to_bn()?;
        let signer_info = sequence(&[
            der::small_integer(1),
            sequence(&[signer.issuer_name().to_der()?, node(0x02, &serial.to_vec())]),
            sha256(),
            stored_attributes,
            kind.algorithm(),
            der::octet_string(&signature),
        ]);
        let signed_data = sequence(&[
            der::small_integer(3),
            der::set_of(vec![sha256()]),
            sequence(&[lds(), der::explicit(0, &der::octet_string(&content))]),
            der::implicit_constructed(0, &[signer.to_der()?]),
            der::set_of(vec![signer_info]),
        ]);
        let cms = sequence(&[
            der::object_identifier("1.2.840.113549.1.7.2"),
            der::explicit(0, &signed_data),
        ]);
        let sod = constructed(0x77, std::slice::from_ref(&cms));
        Ok(Self { sod, cms, content, signed_attributes, signature, groups })
    }
}

/// The middle one of an odd number of values.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Whether `--check` was given: then a target that is missed is the exit status 1.
pub(crate) fn check_asked() -> bool {
    std::env::args().any(|argument| argument == "--check")
}
