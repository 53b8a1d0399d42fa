//! Cryptographic Message Syntax (RFC 5652): the signed data of EF.SOD, of EF.CardSecurity and of lists.
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
//! their `[0]` replaced by the SET that it stands for (§5.4). Nothing is copied and no certificate is
//! parsed before somebody needs it: a bank verifies millions of these under a handful of signers.

use std::borrow::Cow;

use super::ber;
use super::certificate::Certificate;
use super::name::{Name, shortest};
use crate::crypto::{self, DigestAlgorithm, PublicKey, SignatureScheme, oid};
use crate::date::Date;
use crate::error::{Error, NotAuthentic, Result, Unsupported};
use crate::findings::Deviation;
use crate::tlv::{self, Reader, Tag, Tlv};

const ID_DATA: &str = "1.2.840.113549.1.7.1";
/// 1.2.840.113549.1.7.2, and 1.2.840.113549.1.9.3, .4 and .5, as they are encoded.
const ID_SIGNED_DATA: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const ID_CONTENT_TYPE: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];
const ID_MESSAGE_DIGEST: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];
const ID_SIGNING_TIME: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05];
const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";

/// More than a document can need; each costs work.
const MAX_CERTIFICATES: usize = 32;
const MAX_SIGNERS: usize = 8;
/// Pairs of signer and certificate that are tried.
const MAX_CANDIDATES: usize = 8;

/// Signed data, parsed. Nothing is verified until [`SignedData::verify`].
#[derive(Clone)]
pub(crate) struct SignedData<'a> {
    /// With definite lengths throughout; everything below are places in it.
    der: Cow<'a, [u8]>,
    content_type: Part,
    content: Option<Part>,
    certificates: Vec<Part>,
    signers: Vec<SignerInfo>,
    deviations: Vec<Deviation>,
}

/// A place in the signed data: where it starts and how long it is.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: usize,
    length: usize,
}

impl Part {
    const fn value(object: &Tlv<'_>) -> Self {
        Self { start: object.offset, length: object.value.len() }
    }

    /// With tag and length.
    const fn raw(object: &Tlv<'_>) -> Self {
        let header = object.raw.len().saturating_sub(object.value.len());
        Self { start: object.offset.saturating_sub(header), length: object.raw.len() }
    }
}

#[derive(Debug, Clone)]
struct SignerInfo {
    identifier: SignerIdentifier,
    digest_algorithm: Part,
    attributes: Option<SignedAttributes>,
    signature_algorithm: Part,
    signature: Part,
}

#[derive(Debug, Clone, Copy)]
enum SignerIdentifier {
    IssuerAndSerial { issuer: Part, serial: Part },
    SubjectKeyId(Part),
}

#[derive(Debug, Clone)]
struct SignedAttributes {
    raw: Part,
    content_type: Option<Part>,
    message_digest: Option<Part>,
    signing_time: Option<Date>,
}

/// A signer, and a certificate that it may mean.
pub(crate) struct Candidate<'s> {
    info: &'s SignerInfo,
    /// The certificate in DER.
    pub(crate) certificate: &'s [u8],
    /// Tolerances that are needed to see this certificate in the signer's identifier.
    deviations: &'static [Deviation],
}

/// What came of verifying one signer.
#[derive(Debug, Clone)]
pub(crate) struct Verification {
    /// Whether the signature is right.
    pub(crate) outcome: Result<()>,
    /// How it was signed, if known.
    pub(crate) scheme: Option<SignatureScheme>,
    /// What the signer says about the time; `None` if nothing.
    pub(crate) signing_time: Option<Date>,
    /// Tolerances used.
    pub(crate) deviations: Vec<Deviation>,
}

impl<'a> SignedData<'a> {
    /// Reads a `ContentInfo` that holds signed data.
    ///
    /// # Errors
    /// `Malformed`; `Unsupported` for other content than signed data.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        Self::parse_file(bytes, None)
    }

    /// Reads the `ContentInfo` inside an object with this tag: the form of an EF.SOD.
    ///
    /// # Errors
    /// As [`SignedData::parse`].
    pub(crate) fn parse_inside(bytes: &'a [u8], tag: Tag, what: &'static str) -> Result<Self> {
        Self::parse_file(bytes, Some((tag, what)))
    }

    /// DER is read as it stands; only what cannot be read so is given definite lengths first.
    fn parse_file(bytes: &'a [u8], envelope: Option<(Tag, &'static str)>) -> Result<Self> {
        let error = match Self::parse_definite(Cow::Borrowed(bytes), envelope) {
            Ok(signed_data) => return Ok(signed_data),
            Err(error) => error,
        };
        let definite = ber::definite(bytes)?;
        if !definite.was_rewritten() {
            return Err(error);
        }
        let mut signed_data = Self::parse_definite(definite.object, envelope)?;
        signed_data.deviations.push(Deviation::BerEncoding);
        if !definite.rest.is_empty() {
            signed_data.deviations.push(Deviation::TrailingBytes);
        }
        Ok(signed_data)
    }

    fn parse_definite(der: Cow<'a, [u8]>, envelope: Option<(Tag, &'static str)>) -> Result<Self> {
        let mut deviations = Vec::new();
        let mut whole = Reader::new(&der);
        let mut file = whole.clone();
        if let Some((tag, what)) = envelope {
            file = whole.expect(tag, what)?.children()?;
            if whole.finish().is_err() {
                deviations.push(Deviation::TrailingBytes);
            }
        }
        let mut content_info = file.expect(0x30, "a CMS ContentInfo")?.children()?;
        if file.finish().is_err() && deviations.is_empty() {
            deviations.push(Deviation::TrailingBytes);
        }
        if content_info.expect(0x06, "a content type")?.value != ID_SIGNED_DATA {
            return Err(Error::Unsupported(Unsupported::Structure("CMS other than signed data")));
        }
        let explicit = content_info.expect(0xA0, "signed data")?;
        let mut parts = explicit.children()?.expect(0x30, "signed data")?.children()?;
        parts.expect(0x02, "a version")?;
        parts.expect(0x31, "a set of digest algorithms")?;
        let (content_type, content) =
            encapsulated_content(&parts.expect(0x30, "the content that is signed")?)?;
        let certificates = certificates(parts.optional(0xA0)?)?;
        parts.optional(0xA1)?;
        let signers = signer_infos(&parts.expect(0x31, "a set of signers")?)?;
        if signers.len() > 1 {
            deviations.push(Deviation::SeveralSigners);
        }
        Ok(Self { der, content_type, content, certificates, signers, deviations })
    }

    fn bytes(&self, part: Part) -> &[u8] {
        let end = part.start.saturating_add(part.length);
        self.der.get(part.start..end).unwrap_or_default()
    }

    /// What kind of content was signed, dotted.
    pub(crate) fn content_type(&self) -> Result<String> {
        crypto::dotted(self.bytes(self.content_type))
            .ok_or(Error::malformed(self.content_type.start, "a content type"))
    }

    /// The octets that were signed.
    ///
    /// # Errors
    /// `Malformed` if the content is elsewhere, as in a bag of certificates.
    pub(crate) fn content(&self) -> Result<&[u8]> {
        let missing = Error::malformed(self.content_type.start, "content inside the CMS");
        self.content.map(|part| self.bytes(part)).ok_or(missing)
    }

    /// The certificates that came along, in DER.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates.iter().map(|part| self.bytes(*part))
    }

    /// Tolerances that reading needed.
    pub(crate) fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Signers with the certificates that they may mean, at most eight pairs.
    pub(crate) fn candidates(&self) -> Vec<Candidate<'_>> {
        let mut candidates = Vec::new();
        for info in &self.signers {
            let before = candidates.len();
            for der in self.certificates() {
                if let Some(deviations) = self.fits(info.identifier, der) {
                    candidates.push(Candidate { info, certificate: der, deviations });
                }
            }
            if let (true, [only]) = (candidates.len() == before, self.certificates.as_slice()) {
                let certificate = self.bytes(*only);
                let deviations = &[Deviation::SignerIdentifierMismatch];
                candidates.push(Candidate { info, certificate, deviations });
            }
        }
        candidates.truncate(MAX_CANDIDATES);
        candidates
    }

    /// The tolerances with which an identifier means a certificate; `None` if it means another.
    fn fits(&self, identifier: SignerIdentifier, der: &[u8]) -> Option<&'static [Deviation]> {
        match identifier {
            SignerIdentifier::IssuerAndSerial { issuer, serial } => {
                let (issuer, serial) = (self.bytes(issuer), self.bytes(serial));
                let (its_issuer, its_serial) = issuer_and_serial(der)?;
                if shortest(serial) != shortest(its_serial) {
                    return None;
                }
                if issuer == its_issuer {
                    return Some(&[]);
                }
                let (name, its_name) = (Name::parse_raw(issuer), Name::parse_raw(its_issuer));
                let (name, its_name) = (name.ok()?, its_name.ok()?);
                let tolerances: &[_] =
                    if name.same_order(&its_name) { &[] } else { &[Deviation::SignerNameOrder] };
                (name == its_name).then_some(tolerances)
            }
            SignerIdentifier::SubjectKeyId(id) => {
                let certificate = Certificate::from_der(der).ok()?;
                (certificate.subject_key_id() == Some(self.bytes(id))).then_some(&[])
            }
        }
    }

    /// Verifies the signature of a signer with the key of the certificate.
    pub(crate) fn verify(&self, candidate: &Candidate<'_>, signer: &Certificate) -> Verification {
        let info = candidate.info;
        let mut deviations = self.deviations.clone();
        deviations.extend(candidate.deviations);
        let (scheme, digest) = match self.algorithms(info, &mut deviations) {
            Ok(algorithms) => algorithms,
            Err(error) => (Err(error), None),
        };
        let outcome = match (&scheme, digest) {
            (Err(error), _) => Err(error.clone()),
            (_, None) => Err(Error::Unsupported(Unsupported::Algorithm("of the signed digest"))),
            (Ok(scheme), Some(digest)) => {
                signer.key().and_then(|key| self.check(info, key, *scheme, digest, &mut deviations))
            }
        };
        let signing_time = info.attributes.as_ref().and_then(|attributes| attributes.signing_time);
        Verification { outcome, scheme: scheme.ok(), signing_time, deviations }
    }

    /// How the signature and the digest were made.
    fn algorithms(
        &self,
        info: &SignerInfo,
        deviations: &mut Vec<Deviation>,
    ) -> Result<(Result<SignatureScheme>, Option<DigestAlgorithm>)> {
        let digest = algorithm(self.bytes(info.digest_algorithm))?;
        let digest = DigestAlgorithm::from_oid(&digest.oid);
        let algorithm = algorithm(self.bytes(info.signature_algorithm))?;
        let scheme = SignatureScheme::from_algorithm(&algorithm.oid, algorithm.parameters, digest);
        match algorithm.oid.as_str() {
            RSA_ENCRYPTION => deviations.push(Deviation::BareRsaEncryption),
            EC_PUBLIC_KEY => deviations.push(Deviation::BareEcPublicKey),
            _ => {}
        }
        let uses_sha1 = |scheme: &SignatureScheme| scheme.digest() == DigestAlgorithm::Sha1;
        if digest == Some(DigestAlgorithm::Sha1) || scheme.as_ref().is_ok_and(uses_sha1) {
            deviations.push(Deviation::Sha1);
        }
        Ok((scheme, digest))
    }

    fn check(
        &self,
        info: &SignerInfo,
        key: &PublicKey,
        scheme: SignatureScheme,
        digest: DigestAlgorithm,
        deviations: &mut Vec<Deviation>,
    ) -> Result<()> {
        let wrong = Err(Error::NotAuthentic(NotAuthentic::SodSignature));
        let (content, signature) = (self.content()?, self.bytes(info.signature));
        let Some(attributes) = &info.attributes else {
            // RFC 5652 §5.3: only plain data may go without signed attributes.
            let plain = self.content_type()? == ID_DATA;
            return if plain && key.verify(scheme, content, signature) { Ok(()) } else { wrong };
        };
        let named = |part: Option<Part>| part.map(|part| self.bytes(part));
        if named(attributes.content_type) != Some(self.bytes(self.content_type))
            || named(attributes.message_digest) != Some(digest.digest(content).as_slice())
        {
            return wrong;
        }
        let mut signed = self.bytes(attributes.raw).to_vec();
        if let Some(tag) = signed.first_mut() {
            *tag = 0x31;
        }
        if key.verify(scheme, &signed, signature) {
            return Ok(());
        }
        // RFC 5652 §5.4 signs the DER form, whose members are sorted, whatever was transmitted.
        match sorted(&signed)? {
            Some(sorted) if key.verify(scheme, &sorted, signature) => {
                deviations.push(Deviation::UnsortedAttributes);
                Ok(())
            }
            _ => wrong,
        }
    }

    /// Verifies signer after signer until a signature is right, and gives its certificate.
    ///
    /// # Errors
    /// What is wrong with the first; [`NotAuthentic::NoSigner`] if no certificate fits.
    pub(crate) fn verified_signer(&self) -> Result<(Certificate, Verification)> {
        let mut first = None;
        for candidate in self.candidates() {
            let Ok(certificate) = Certificate::from_der(candidate.certificate) else { continue };
            let verification = self.verify(&candidate, &certificate);
            match &verification.outcome {
                Ok(()) => return Ok((certificate, verification)),
                Err(error) => first.get_or_insert(error.clone()),
            };
        }
        Err(first.unwrap_or(Error::NotAuthentic(NotAuthentic::NoSigner)))
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

fn algorithm(raw: &[u8]) -> Result<crypto::Algorithm<'_>> {
    crypto::algorithm(&Reader::new(raw).expect(0x30, "an algorithm identifier")?)
}

/// Issuer, with tag and length, and serial number of a certificate, without parsing the rest.
fn issuer_and_serial(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let certificate = Reader::new(der).expect(0x30, "a certificate").ok()?;
    let tbs = certificate.children().ok()?.expect(0x30, "the part that is signed").ok()?;
    let mut fields = tbs.children().ok()?;
    fields.optional(0xA0).ok()?;
    let serial = fields.expect(0x02, "a serial number").ok()?.value;
    fields.expect(0x30, "a signature algorithm").ok()?;
    Some((fields.expect(0x30, "an issuer's name").ok()?.raw, serial))
}

/// The members of a SET in the order that DER demands (ISO/IEC 8825-1 §11.6); `None` if they stand so.
fn sorted(set: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut members = Vec::new();
    let mut reader = Reader::new(set).expect(0x31, "a SET")?.children()?;
    while let Some(member) = reader.next_object()? {
        members.push(member.raw);
    }
    if members.is_sorted() {
        return Ok(None);
    }
    members.sort_unstable();
    Ok(Some(tlv::write(0x31, &members.concat())))
}

fn encapsulated_content(encapsulated: &Tlv<'_>) -> Result<(Part, Option<Part>)> {
    let mut parts = encapsulated.children()?;
    let content_type = parts.expect(0x06, "a content type")?;
    oid(&content_type)?;
    let explicit = parts.optional(0xA0)?;
    parts.finish()?;
    let content = match explicit {
        None => None,
        Some(explicit) => {
            let mut inner = explicit.children()?;
            let content = inner.expect(0x04, "content as an OCTET STRING")?;
            inner.finish()?;
            Some(Part::value(&content))
        }
    };
    Ok((Part::value(&content_type), content))
}

/// The certificates of a set; other choices (attribute certificates) are left out.
fn certificates(set: Option<Tlv<'_>>) -> Result<Vec<Part>> {
    let mut found = Vec::new();
    let Some(set) = set else { return Ok(found) };
    let mut members = set.children()?;
    while let Some(member) = members.next_object()? {
        if found.len() >= MAX_CERTIFICATES {
            return Err(member.error("at most 32 certificates"));
        }
        if member.tag == 0x30 {
            found.push(Part::raw(&member));
        }
    }
    Ok(found)
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
            let issuer = Part::raw(&fields.expect(0x30, "an issuer's name")?);
            let serial = Part::value(&fields.expect(0x02, "a serial number")?);
            fields.finish()?;
            SignerIdentifier::IssuerAndSerial { issuer, serial }
        }
        0x80 => SignerIdentifier::SubjectKeyId(Part::value(&identifier)),
        _ => return Err(identifier.error("a signer identifier")),
    };
    let digest_algorithm = Part::raw(&parts.expect(0x30, "a digest algorithm")?);
    let attributes = match parts.optional(0xA0)? {
        Some(attributes) => Some(signed_attributes(&attributes)?),
        None => None,
    };
    let signature_algorithm = Part::raw(&parts.expect(0x30, "a signature algorithm")?);
    let signature = Part::value(&parts.expect(0x04, "a signature")?);
    parts.optional(0xA1)?;
    parts.finish()?;
    Ok(SignerInfo { identifier, digest_algorithm, attributes, signature_algorithm, signature })
}

fn signed_attributes(object: &Tlv<'_>) -> Result<SignedAttributes> {
    let mut read = SignedAttributes {
        raw: Part::raw(object),
        content_type: None,
        message_digest: None,
        signing_time: None,
    };
    let mut attributes = object.children()?;
    while let Some(attribute) = attributes.next_object()? {
        let mut parts = attribute.children()?;
        let kind = parts.expect(0x06, "an attribute type")?.value;
        let values = parts.expect(0x31, "attribute values")?;
        parts.finish()?;
        let mut inside = values.children()?;
        let value = inside.next_object()?.ok_or_else(|| values.error("a value"))?;
        // RFC 5652 §11: one instance of each, with one value. A second could be the one that counts elsewhere.
        let repeated = if kind == ID_CONTENT_TYPE && value.tag == 0x06 {
            inside.finish()?;
            read.content_type.replace(Part::value(&value)).is_some()
        } else if kind == ID_MESSAGE_DIGEST && value.tag == 0x04 {
            inside.finish()?;
            read.message_digest.replace(Part::value(&value)).is_some()
        } else {
            if kind == ID_SIGNING_TIME {
                read.signing_time = time(&value);
            }
            false
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
