//! Facts about protocols, keys and signers: the issuer's and the chip's, not the holder's.

use super::{
    facts::{
        AtrInfo, ComFacts, InfoFacts, SecurityInfoFacts, SignatureFacts, SignerFacts, SodFacts,
    },
    structure::{Owner, bounded_oid, hex, name, number, oid, structure},
};
use crate::{
    crypto::{AgreementKey, DomainParameters, PublicKey, SignatureScheme},
    error::{Error, Result},
    lds::{Com, LdsSecurityObject, ObjectIdentifier, SecurityInfo, SecurityInfos},
    pki::{Certificate, SignedData},
    tlv::{self, Reader, Tlv},
};

/// Entries of one file.
const MAX_ENTRIES: usize = 64;

const SET: u32 = 0x31;
const SEQUENCE: u32 = 0x30;
const OBJECT_IDENTIFIER: u32 = 0x06;

/// The entries of a SET of `SecurityInfo`, each read by itself: one that breaks its definition does not
/// hide the others.
pub(super) fn security_infos(mut reader: Reader<'_>) -> SecurityInfoFacts {
    let mut facts = SecurityInfoFacts { infos: Vec::new(), complete: false };
    let Ok(set) = reader.expect(SET, "a SET of SecurityInfo") else { return facts };
    let Ok(mut entries) = set.children() else { return facts };
    while facts.infos.len() < MAX_ENTRIES {
        match entries.next_object() {
            Ok(Some(entry)) => facts.infos.push(security_info(&entry)),
            Ok(None) => {
                facts.complete = reader.finish().is_ok();
                break;
            }
            Err(_) => break,
        }
    }
    facts
}

fn security_info(entry: &Tlv<'_>) -> InfoFacts {
    let alone = SecurityInfos::parse(&tlv::write(SET, entry.raw));
    match alone.as_ref().map(SecurityInfos::as_slice) {
        Ok([info]) => known(info),
        _ => {
            let first = entry.children().and_then(|mut inside| {
                inside.expect(OBJECT_IDENTIFIER, "the protocol's OID").map(|it| oid(it.value))
            });
            let oid = first.unwrap_or_else(|_| "(none)".to_owned());
            let detail = Some("malformed".to_owned());
            InfoFacts { oid, name: None, version: None, id: None, detail }
        }
    }
}

fn known(info: &SecurityInfo) -> InfoFacts {
    let facts = |oid: String, name: Option<String>| InfoFacts {
        oid: bounded_oid(oid),
        name,
        version: None,
        id: None,
        detail: None,
    };
    let kind = |end: u32, agreement: crate::lds::KeyAgreement| {
        let last = if agreement == crate::lds::KeyAgreement::Dh { 1 } else { 2 };
        format!("0.4.0.127.0.7.2.2.{end}.{last}")
    };
    match info {
        SecurityInfo::Pace(info) => InfoFacts {
            version: Some(info.version.into()),
            id: info.parameter_id,
            detail: info.parameter_id.and_then(standardised),
            ..facts(info.oid.to_string(), Some(info.protocol.name()))
        },
        SecurityInfo::PaceDomainParameters(info) => InfoFacts {
            id: info.parameter_id,
            detail: Some(described(
                DomainParameters::from_algorithm_identifier(&info.domain_parameter)
                    .map(|domain| domain.name().to_owned()),
            )),
            ..facts(
                format!("PACE-{}-{}", info.agreement.name(), info.mapping.name()),
                Some("PACEDomainParameterInfo".to_owned()),
            )
        },
        SecurityInfo::ChipAuthentication(info) => InfoFacts {
            version: Some(info.version.into()),
            id: info.key_id,
            ..facts(info.oid.to_string(), Some(info.protocol.name()))
        },
        SecurityInfo::ChipAuthenticationDomainParameters(info) => InfoFacts {
            id: info.key_id,
            detail: Some(described(
                DomainParameters::from_algorithm_identifier(&info.domain_parameter)
                    .map(|domain| domain.name().to_owned()),
            )),
            ..facts(kind(3, info.agreement), Some("CADomainParameterInfo".to_owned()))
        },
        SecurityInfo::ChipAuthenticationPublicKey(info) => InfoFacts {
            id: info.key_id,
            detail: Some(described(AgreementKey::from_spki(&info.spki).map(|key| key.describe()))),
            ..facts(kind(1, info.agreement), Some("CAPublicKeyInfo".to_owned()))
        },
        SecurityInfo::TerminalAuthentication(info) => InfoFacts {
            version: Some(info.version.into()),
            detail: info.cvca_file.map(|file| format!("EF.CVCA {file:04X}")),
            ..facts("0.4.0.127.0.7.2.2.2".to_owned(), Some("TA".to_owned()))
        },
        SecurityInfo::ActiveAuthentication(info) => InfoFacts {
            version: Some(info.version.into()),
            detail: Some(algorithm(&info.signature_algorithm)),
            ..facts("2.23.136.1.1.5".to_owned(), Some("AA".to_owned()))
        },
        SecurityInfo::Other { oid, .. } => {
            facts(oid.map_or_else(|| "unreadable".to_owned(), |oid| oid.to_string()), None)
        }
    }
}

/// The signature algorithms that ActiveAuthenticationInfo names (BSI TR-03111 §5.2.1).
fn algorithm(oid: &ObjectIdentifier) -> String {
    let oid = oid.to_string();
    let digest = match oid.strip_prefix("0.4.0.127.0.7.1.1.4.1.") {
        Some("1") => "SHA1",
        Some("2") => "SHA224",
        Some("3") => "SHA256",
        Some("4") => "SHA384",
        Some("5") => "SHA512",
        _ => return bounded_oid(oid),
    };
    format!("ecdsa-plain-{digest}")
}

fn standardised(id: u64) -> Option<String> {
    let domain = DomainParameters::from_parameter_id(u8::try_from(id).ok()?)?;
    Some(domain.name().to_owned())
}

fn described(words: Result<String>) -> String {
    words.unwrap_or_else(|error| error.code().to_owned())
}

/// A public key in words.
pub(super) fn key(spki: &[u8]) -> String {
    described(PublicKey::from_spki(spki).map(|key| key.describe()))
}

pub(super) fn com(bytes: &[u8]) -> Option<ComFacts> {
    let com = Com::parse(bytes).ok()?;
    Some(ComFacts {
        lds_version: com.lds_version().to_owned(),
        unicode_version: com.unicode_version().to_owned(),
        tags: com.tags().iter().copied().take(32).collect(),
        agrees_with_sod: None,
    })
}

/// EF.ATR/INFO: a row of data objects, of which only the sizes of the buffers are told
/// `[ISO/IEC 7816-4 §12.7.1]`. Others may hold numbers of the chip.
pub(super) fn atr_info(bytes: &[u8]) -> AtrInfo {
    let (objects, _) = structure(bytes, Owner::Card);
    let lengths = crate::lds::AtrInfo::beginning(bytes).extended_length();
    let buffers = lengths.and_then(|(command, answer)| {
        Some((u64::try_from(command).ok()?, u64::try_from(answer).ok()?))
    });
    AtrInfo { objects, buffers }
}

/// EF.DIR: the identifiers of applications.
pub(super) fn applications(bytes: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(bytes);
    let mut found = Vec::new();
    while let (Ok(Some(object)), true) = (reader.next_object(), found.len() < 16) {
        let Ok(mut inside) = object.children() else { continue };
        while let Ok(Some(entry)) = inside.next_object() {
            // An application identifier has at most sixteen bytes [ISO/IEC 7816-4 §12.2.3].
            if entry.tag == 0x4F && entry.value.len() <= 16 {
                found.push(hex(entry.value));
            }
        }
    }
    found
}

/// EF.SOD, or the code of the error that keeps it from being read.
pub(super) fn sod(bytes: &[u8]) -> core::result::Result<SodFacts, &'static str> {
    let code = |error: Error| error.code();
    let signed = SignedData::parse_inside(bytes, 0x77, "an EF.SOD (tag 77)").map_err(code)?;
    let mut facts = SodFacts {
        content_type: bounded_oid(signed.content_type().unwrap_or_default()),
        signature: signature(&signed),
        ..SodFacts::default()
    };
    let Ok(content) = signed.content() else { return Ok(facts) };
    facts.groups = groups(content).unwrap_or_default();
    if let Ok(list) = LdsSecurityObject::parse(content) {
        facts.version = Some(list.version());
        facts.digest_algorithm = Some(list.digest_algorithm().name().to_owned());
        facts.lds_version = list.lds_version().map(name);
    }
    Ok(facts)
}

/// The group numbers as the list has them, which a parsed list has sorted or refused.
fn groups(content: &[u8]) -> Option<Vec<u64>> {
    let mut parts = Reader::new(content).expect(SEQUENCE, "a list").ok()?.children().ok()?;
    parts.next_object().ok()?;
    parts.next_object().ok()?;
    let mut members = parts.next_object().ok()??.children().ok()?;
    let mut groups = Vec::new();
    while let (Ok(Some(member)), true) = (members.next_object(), groups.len() < 32) {
        let first = member.children().ok()?.next_object().ok()??;
        groups.extend(number(first.value));
    }
    Some(groups)
}

/// Who signed, and how; of several signers the first that a certificate came along for.
pub(super) fn signature(signed: &SignedData<'_>) -> SignatureFacts {
    let mut facts = SignatureFacts {
        certificates: signed.certificates().count(),
        deviations: signed.deviations().iter().map(|it| it.name()).collect(),
        ..SignatureFacts::default()
    };
    for candidate in signed.candidates() {
        let Ok(certificate) = Certificate::from_der(candidate.certificate) else { continue };
        let verification = signed.verify(&candidate, &certificate);
        facts.scheme = verification.scheme.map(SignatureScheme::name);
        facts.correct = Some(verification.outcome.is_ok());
        facts.has_signing_time = verification.signing_time.is_some();
        facts.deviations = verification.deviations.iter().map(|it| it.name()).collect();
        facts.signer = Some(signer(&certificate));
        break;
    }
    facts
}

fn signer(certificate: &Certificate) -> SignerFacts {
    let extensions = extensions(certificate.as_der()).unwrap_or_default();
    let of = |wanted: &str| extensions.iter().find(|it| it.oid == wanted).map(|it| it.value);
    SignerFacts {
        subject: name(&certificate.subject().to_string()),
        issuer: name(&certificate.issuer().to_string()),
        key: certificate.key_description().ok(),
        explicit_curve: certificate.has_explicit_curve(),
        signed_with: certificate.signature_scheme().ok().map(SignatureScheme::name),
        not_before: certificate.not_before().to_string(),
        not_after: certificate.not_after().to_string(),
        serial_length: certificate.serial().len(),
        authority_key_id: certificate.authority_key_id().filter(|id| id.len() <= 32).map(hex),
        key_usage: of("2.5.29.15").map(key_usage).unwrap_or_default(),
        document_types: of("2.23.136.1.1.6.2").and_then(document_types).unwrap_or_default(),
        extensions: extensions
            .iter()
            .map(|it| format!("{}{}", if it.critical { "!" } else { "" }, it.oid))
            .collect(),
    }
}

struct Extension<'a> {
    oid: String,
    critical: bool,
    value: &'a [u8],
}

/// RFC 5280 §4.1: the extensions in [3], at the end of what is signed.
fn extensions(der: &[u8]) -> Option<Vec<Extension<'_>>> {
    let certificate = Reader::new(der).expect(SEQUENCE, "a certificate").ok()?;
    let signed = certificate.children().ok()?.expect(SEQUENCE, "a TBSCertificate").ok()?;
    let mut fields = signed.children().ok()?;
    let list = loop {
        let field = fields.next_object().ok()??;
        if field.tag == 0xA3 {
            break field.children().ok()?.expect(SEQUENCE, "extensions").ok()?;
        }
    };
    let mut entries = list.children().ok()?;
    let mut found = Vec::new();
    while let (Ok(Some(entry)), true) = (entries.next_object(), found.len() < 32) {
        let mut parts = entry.children().ok()?;
        let oid = oid(parts.expect(OBJECT_IDENTIFIER, "an extension").ok()?.value);
        let critical = parts.optional(0x01).ok()?.is_some_and(|flag| flag.value != [0]);
        let value = parts.expect(0x04, "its value").ok()?.value;
        found.push(Extension { oid, critical, value });
    }
    Some(found)
}

/// RFC 5280 §4.2.1.3: bits from the left.
fn key_usage(value: &[u8]) -> Vec<&'static str> {
    const USES: [&str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];
    let Ok(bits) = Reader::new(value).expect(0x03, "a BIT STRING") else { return Vec::new() };
    let bytes = bits.value.get(1..).unwrap_or_default();
    let is_set =
        |index: usize| bytes.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0);
    USES.into_iter().enumerate().filter(|(index, _)| is_set(*index)).map(|(_, word)| word).collect()
}

/// DocumentTypeList `[9303-12 §7.1.1]`: one or two letters each.
fn document_types(value: &[u8]) -> Option<Vec<String>> {
    let list = Reader::new(value).expect(SEQUENCE, "document types").ok()?;
    let mut parts = list.children().ok()?;
    parts.next_object().ok()?;
    let mut types = parts.expect(SET, "a SET of types").ok()?.children().ok()?;
    let mut found = Vec::new();
    while let (Ok(Some(kind)), true) = (types.next_object(), found.len() < 8) {
        let text = core::str::from_utf8(kind.value).unwrap_or_default();
        found.push(super::structure::code(text));
    }
    Some(found)
}
