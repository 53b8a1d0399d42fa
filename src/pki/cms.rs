//! Cryptographic Message Syntax (RFC 5652): the signed data of EF.SOD, of master lists and of EF.CardSecurity.
//!
//! Implemented: §5 SignedData with embedded content and certificates. Not: detached content, other
//! content types, attribute certificates, counter-signatures.
//!
//! ```text
//! content ──hash──► messageDigest ┐
//! content type ───► contentType   ├ signed attributes ──hash, sign──► signature ◄─ certificate
//! signing time ───► signingTime   ┘
//! ```
//!
//! What this proves: the holder of the certificate's key signed the content. Whose key that is
//! stays open until `path` finds an anchor.
//!
//! Hashes are over the bytes as they came: the content's octets, and the signed attributes with
//! their `[0]` replaced by the SET that it stands for (§5.4).

use super::ber;
use super::certificate::Certificate;
use super::name::{AlgorithmIdentifier, Name, integer};
use crate::crypto::{DigestAlgorithm, SignatureScheme, oid};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::findings::Deviation;
use crate::tlv::{Reader, Tlv};

const ID_DATA: &str = "1.2.840.113549.1.7.1";
const ID_SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const ID_CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const ID_MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const ID_SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";

/// More than a document can need; each costs work.
const MAX_CERTIFICATES: usize = 32;
const MAX_SIGNERS: usize = 8;

/// Signed data, parsed. Nothing is verified until [`SignedData::verify`].
#[derive(Debug, Clone)]
pub(crate) struct SignedData {
    content_type: String,
    content: Vec<u8>,
    certificates: Vec<Certificate>,
    signers: Vec<SignerInfo>,
    deviations: Vec<Deviation>,
}

#[derive(Debug, Clone)]
struct SignerInfo {
    identifier: SignerIdentifier,
    digest_algorithm: AlgorithmIdentifier,
    attributes: Option<SignedAttributes>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
}

#[derive(Debug, Clone)]
enum SignerIdentifier {
    IssuerAndSerial { issuer: Name, serial: Vec<u8> },
    SubjectKeyId(Vec<u8>),
}

#[derive(Debug, Clone)]
struct SignedAttributes {
    /// As a SET, the form that is signed.
    raw: Vec<u8>,
    content_type: Option<String>,
    message_digest: Option<Vec<u8>>,
    signing_time: Option<Date>,
}

/// What came of verifying signed data.
#[derive(Debug, Clone)]
pub(crate) struct Verification<'a> {
    /// Whether the signature is right.
    pub(crate) outcome: Result<()>,
    /// The certificate of the signer, if one was found.
    pub(crate) signer: Option<&'a Certificate>,
    /// How it was signed, if known.
    pub(crate) scheme: Option<SignatureScheme>,
    /// What the signer says about the time; `None` if nothing.
    pub(crate) signing_time: Option<Date>,
    /// Tolerances used.
    pub(crate) deviations: Vec<Deviation>,
}

impl SignedData {
    /// Reads a `ContentInfo` that holds signed data.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for other content than signed data.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let definite = ber::definite(bytes)?;
        let mut deviations = Vec::new();
        if definite.was_rewritten() {
            deviations.push(Deviation::BerEncoding);
        }
        if !definite.rest.is_empty() {
            deviations.push(Deviation::TrailingBytes);
        }
        let outer = Reader::new(&definite.object).expect(0x30, "a CMS ContentInfo")?;
        let mut content_info = outer.children()?;
        if oid(&content_info.expect(0x06, "a content type")?)? != ID_SIGNED_DATA {
            return Err(Error::Unsupported(Unsupported::Structure("CMS other than signed data")));
        }
        let explicit = content_info.expect(0xA0, "signed data")?;
        let signed_data = explicit.children()?.expect(0x30, "signed data")?;
        let mut parts = signed_data.children()?;
        parts.expect(0x02, "a version")?;
        parts.expect(0x31, "a set of digest algorithms")?;
        let encapsulated = parts.expect(0x30, "the content that is signed")?;
        let (content_type, content) = encapsulated_content(&encapsulated)?;
        let certificates = match parts.optional(0xA0)? {
            Some(set) => certificates(&set)?,
            None => Vec::new(),
        };
        parts.optional(0xA1)?;
        let signers = signer_infos(&parts.expect(0x31, "a set of signers")?)?;
        Ok(Self { content_type, content, certificates, signers, deviations })
    }

    /// What kind of content was signed, dotted.
    pub(crate) fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The octets that were signed.
    pub(crate) fn content(&self) -> &[u8] {
        &self.content
    }

    /// Verifies signer after signer until a signature is right; otherwise tells what is wrong with the first.
    pub(crate) fn verify(&self) -> Verification<'_> {
        let mut first: Option<Verification<'_>> = None;
        for info in &self.signers {
            for (certificate, deviation) in self.candidates(info) {
                let mut verification = self.verify_with(info, certificate);
                verification.deviations.extend(deviation);
                if verification.outcome.is_ok() {
                    return verification;
                }
                first.get_or_insert(verification);
            }
        }
        first.unwrap_or_else(|| Verification {
            outcome: Err(Error::NotAuthentic(NotAuthentic::NoSigner)),
            signer: None,
            scheme: None,
            signing_time: None,
            deviations: self.deviations.clone(),
        })
    }

    /// The certificates that a signer may mean, with the tolerance that each needs.
    fn candidates(&self, info: &SignerInfo) -> Vec<(&Certificate, Option<Deviation>)> {
        let mut named: Vec<_> = self
            .certificates
            .iter()
            .filter_map(|certificate| Some((certificate, info.identifier.fits(certificate)?)))
            .map(|(certificate, fit)| (certificate, fit.deviation()))
            .collect();
        if let ([], [only]) = (named.as_slice(), self.certificates.as_slice()) {
            named.push((only, Some(Deviation::SignerIdentifierMismatch)));
        }
        named
    }

    fn verify_with<'a>(&'a self, info: &SignerInfo, signer: &'a Certificate) -> Verification<'a> {
        let mut deviations = self.deviations.clone();
        let digest = DigestAlgorithm::from_oid(&info.digest_algorithm.oid);
        let algorithm = &info.signature_algorithm;
        let scheme = SignatureScheme::from_algorithm(
            &algorithm.oid,
            algorithm.parameters.as_deref(),
            digest,
        );
        match algorithm.oid.as_str() {
            RSA_ENCRYPTION => deviations.push(Deviation::BareRsaEncryption),
            EC_PUBLIC_KEY => deviations.push(Deviation::BareEcPublicKey),
            _ => {}
        }
        if signer.has_explicit_curve() {
            deviations.push(Deviation::ExplicitCurveParameters);
        }
        let uses_sha1 = |scheme: &SignatureScheme| scheme.digest() == DigestAlgorithm::Sha1;
        if digest == Some(DigestAlgorithm::Sha1) || scheme.as_ref().is_ok_and(uses_sha1) {
            deviations.push(Deviation::Sha1);
        }
        let outcome = match (&scheme, digest) {
            (Err(error), _) => Err(error.clone()),
            (_, None) => Err(Error::Unsupported(Unsupported::Algorithm("of the signed digest"))),
            (Ok(scheme), Some(digest)) => self.check(info, signer, *scheme, digest),
        };
        Verification {
            outcome,
            signer: Some(signer),
            scheme: scheme.ok(),
            signing_time: info.attributes.as_ref().and_then(|attributes| attributes.signing_time),
            deviations,
        }
    }

    fn check(
        &self,
        info: &SignerInfo,
        signer: &Certificate,
        scheme: SignatureScheme,
        digest: DigestAlgorithm,
    ) -> Result<()> {
        let wrong = || Error::NotAuthentic(NotAuthentic::SodSignature);
        let key = signer.key()?;
        let Some(attributes) = &info.attributes else {
            // RFC 5652 §5.3: only plain data may go without signed attributes.
            return if self.content_type == ID_DATA
                && key.verify(scheme, &self.content, &info.signature)
            {
                Ok(())
            } else {
                Err(wrong())
            };
        };
        let type_agrees = attributes.content_type.as_ref() == Some(&self.content_type);
        let digest_agrees =
            attributes.message_digest.as_ref() == Some(&digest.digest(&self.content));
        if type_agrees && digest_agrees && key.verify(scheme, &attributes.raw, &info.signature) {
            Ok(())
        } else {
            Err(wrong())
        }
    }
}

/// Whether bytes look like a CMS ContentInfo: an outer SEQUENCE that begins with an object identifier.
pub(crate) fn is_signed_data(bytes: &[u8]) -> bool {
    let first_tag = || -> Result<Option<u32>> {
        let definite = ber::definite(bytes)?;
        let outer = Reader::new(&definite.object).expect(0x30, "a SEQUENCE")?;
        Ok(outer.children()?.next_object()?.map(|first| first.tag))
    };
    matches!(first_tag(), Ok(Some(0x06)))
}

/// How well an identifier describes a certificate.
#[derive(Clone, Copy)]
enum Fit {
    Exact,
    NameReordered,
}

impl Fit {
    const fn deviation(self) -> Option<Deviation> {
        match self {
            Self::Exact => None,
            Self::NameReordered => Some(Deviation::SignerNameOrder),
        }
    }
}

impl SignerIdentifier {
    fn fits(&self, certificate: &Certificate) -> Option<Fit> {
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                if issuer != certificate.issuer() || serial != certificate.serial() {
                    return None;
                }
                let ordered = issuer.same_order(certificate.issuer());
                Some(if ordered { Fit::Exact } else { Fit::NameReordered })
            }
            Self::SubjectKeyId(id) => {
                (certificate.subject_key_id() == Some(id)).then_some(Fit::Exact)
            }
        }
    }
}

fn encapsulated_content(encapsulated: &Tlv<'_>) -> Result<(String, Vec<u8>)> {
    let mut parts = encapsulated.children()?;
    let content_type = oid(&parts.expect(0x06, "a content type")?)?;
    let explicit = parts.expect(0xA0, "content inside the CMS")?;
    parts.finish()?;
    let mut inner = explicit.children()?;
    let content = inner.expect(0x04, "content as an OCTET STRING")?;
    inner.finish()?;
    Ok((content_type, content.value.to_vec()))
}

/// The readable certificates; an unreadable one can sign nothing, so it is left out.
fn certificates(set: &Tlv<'_>) -> Result<Vec<Certificate>> {
    let mut certificates = Vec::new();
    let mut members = set.children()?;
    while let Some(member) = members.next_object()? {
        if certificates.len() >= MAX_CERTIFICATES {
            return Err(member.error("at most 32 certificates"));
        }
        if member.tag == 0x30 {
            certificates.extend(Certificate::from_der(member.raw));
        }
    }
    Ok(certificates)
}

fn signer_infos(set: &Tlv<'_>) -> Result<Vec<SignerInfo>> {
    let mut signers = Vec::new();
    let mut members = set.children()?;
    while let Some(member) = members.next_object()? {
        if member.tag != 0x30 {
            return Err(member.error("a signer"));
        }
        if signers.len() >= MAX_SIGNERS {
            return Err(member.error("at most eight signers"));
        }
        signers.push(signer_info(&member)?);
    }
    Ok(signers)
}

fn signer_info(member: &Tlv<'_>) -> Result<SignerInfo> {
    let mut parts = member.children()?;
    parts.expect(0x02, "a signer's version")?;
    let identifier = parts.next_object()?.ok_or_else(|| member.error("a signer identifier"))?;
    let identifier = match identifier.tag {
        0x30 => {
            let mut fields = identifier.children()?;
            let issuer = Name::parse(&fields.expect(0x30, "an issuer's name")?)?;
            let serial = integer(&fields.expect(0x02, "a serial number")?)?;
            fields.finish()?;
            SignerIdentifier::IssuerAndSerial { issuer, serial }
        }
        0x80 => SignerIdentifier::SubjectKeyId(identifier.value.to_vec()),
        _ => return Err(identifier.error("a signer identifier")),
    };
    let digest_algorithm = AlgorithmIdentifier::parse(&parts.expect(0x30, "a digest algorithm")?)?;
    let attributes = match parts.optional(0xA0)? {
        Some(attributes) => Some(signed_attributes(&attributes)?),
        None => None,
    };
    let signature_algorithm =
        AlgorithmIdentifier::parse(&parts.expect(0x30, "a signature algorithm")?)?;
    let signature = parts.expect(0x04, "a signature")?.value.to_vec();
    parts.optional(0xA1)?;
    parts.finish()?;
    Ok(SignerInfo { identifier, digest_algorithm, attributes, signature_algorithm, signature })
}

fn signed_attributes(object: &Tlv<'_>) -> Result<SignedAttributes> {
    let mut raw = object.raw.to_vec();
    if let Some(tag) = raw.first_mut() {
        *tag = 0x31;
    }
    let mut read =
        SignedAttributes { raw, content_type: None, message_digest: None, signing_time: None };
    let mut attributes = object.children()?;
    while let Some(attribute) = attributes.next_object()? {
        let mut parts = attribute.children()?;
        let kind = oid(&parts.expect(0x06, "an attribute type")?)?;
        let values = parts.expect(0x31, "attribute values")?;
        parts.finish()?;
        let mut values_inside = values.children()?;
        let value = values_inside.next_object()?.ok_or_else(|| values.error("a value"))?;
        // RFC 5652 §11: one instance of each, with one value. A second could be the one that counts elsewhere.
        let repeated = match kind.as_str() {
            ID_CONTENT_TYPE => {
                values_inside.finish()?;
                read.content_type.replace(oid(&value)?).is_some()
            }
            ID_MESSAGE_DIGEST if value.tag == 0x04 => {
                values_inside.finish()?;
                read.message_digest.replace(value.value.to_vec()).is_some()
            }
            ID_SIGNING_TIME => {
                read.signing_time = time(&value);
                false
            }
            _ => false,
        };
        if repeated {
            return Err(attribute.error("each signed attribute once"));
        }
    }
    Ok(read)
}

/// RFC 5652 §11.3. One that cannot be read counts as not stated: no decision rests on it alone.
fn time(value: &Tlv<'_>) -> Option<Date> {
    use der::Decode as _;
    let since_epoch = match value.tag {
        0x17 => der::asn1::UtcTime::from_der(value.raw).ok()?.to_unix_duration(),
        0x18 => der::asn1::GeneralizedTime::from_der(value.raw).ok()?.to_unix_duration(),
        _ => return None,
    };
    Date::from_unix(i64::try_from(since_epoch.as_secs()).ok()?).ok()
}
