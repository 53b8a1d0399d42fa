//! X.509 certificates of a country signing authority and of its document signer `[9303-12 §7.1.1]`, `[RFC 5280 §4]`.
//!
//! The authority's extensions are those of the national certificate that is publicly known: basic constraints, both key
//! identifiers, CRL distribution point, private key usage period, key usage. The alternative names of
//! `[9303-12 §7.1.1.2]` are not in it, and not here.

use num_bigint::BigUint;

use super::keys::SigningKey;
use crate::der::{self, Time};
use crate::digest::DigestName;
use crate::random::Random;
use crate::tlv::{node, sequence, set};

const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
const KEY_USAGE: &str = "2.5.29.15";
const PRIVATE_KEY_USAGE_PERIOD: &str = "2.5.29.16";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";
const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
/// id-icao-mrtd-security-extensions-documentTypeList `[9303-12 §7.1.1.6]`.
const DOCUMENT_TYPE_LIST: &str = "2.23.136.1.1.6.2";

/// A period, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first second.
    pub from: Time,
    /// The last second.
    pub until: Time,
}

/// One relative distinguished name's attribute: the type in dotted form, and its encoded value.
pub(super) fn distinguished_name(attributes: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let names: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(kind, value)| set(&[sequence(&[der::object_identifier(kind), value.clone()])]))
        .collect();
    sequence(&names)
}

/// What the two kinds of certificates have in common.
pub(super) struct Content<'a> {
    pub(super) serial_number: &'a BigUint,
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) validity: Period,
    pub(super) key: &'a SigningKey,
    pub(super) extensions: Vec<Vec<u8>>,
}

/// A serial number: positive, at most 20 bytes, 16 here `[RFC 5280 §4.1.2.2]`.
pub(super) fn serial_number(random: &mut Random) -> BigUint {
    let mut bytes = random.bytes(16);
    bytes[0] = bytes[0] & 0x3F | 0x40;
    BigUint::from_bytes_be(&bytes)
}

/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }
pub(super) fn certificate(content: Content<'_>, signer: &SigningKey) -> Vec<u8> {
    let Content { serial_number, issuer, subject, validity, key, extensions } = content;
    let to_be_signed = sequence(&[
        der::explicit(0, &der::small_integer(2)),
        der::integer(serial_number),
        signer.algorithm_identifier(),
        issuer.to_vec(),
        sequence(&[validity.from.encode(), validity.until.encode()]),
        subject.to_vec(),
        key.subject_public_key_info(),
        der::explicit(3, &sequence(&extensions)),
    ]);
    let signature = signer.sign(&to_be_signed);
    sequence(&[to_be_signed, signer.algorithm_identifier(), der::bit_string(&signature)])
}

pub(super) fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![der::object_identifier(kind)];
    if critical {
        parts.push(der::boolean_true());
    }
    parts.push(der::octet_string(value));
    sequence(&parts)
}

/// An authority that signs end entities only: path length 0.
pub(super) fn basic_constraints_authority() -> Vec<u8> {
    let value = sequence(&[der::boolean_true(), der::small_integer(0)]);
    extension(BASIC_CONSTRAINTS, true, &value)
}

/// keyCertSign and cRLSign: bits 5 and 6.
pub(super) fn key_usage_authority() -> Vec<u8> {
    extension(KEY_USAGE, true, &der::bit_string_unused(&[0x06], 1))
}

/// digitalSignature: bit 0.
pub(super) fn key_usage_signer() -> Vec<u8> {
    extension(KEY_USAGE, true, &der::bit_string_unused(&[0x80], 7))
}

/// SHA-1 of the public key's bits `[RFC 5280 §4.2.1.2]`.
fn key_identifier(key: &SigningKey) -> Vec<u8> {
    DigestName::Sha1.hash(&key.public_key_bits())
}

pub(super) fn subject_key_identifier(key: &SigningKey) -> Vec<u8> {
    let value = der::octet_string(&key_identifier(key));
    extension(SUBJECT_KEY_IDENTIFIER, false, &value)
}

pub(super) fn authority_key_identifier(issuer: &SigningKey) -> Vec<u8> {
    let value = sequence(&[der::implicit(0, &key_identifier(issuer))]);
    extension(AUTHORITY_KEY_IDENTIFIER, false, &value)
}

/// Both bounds are GeneralizedTime, whatever the year `[9303-12 §7.1.1, table 6]`, `[RFC 3280 §4.2.1.4]`.
pub(super) fn private_key_usage_period(period: Period) -> Vec<u8> {
    let value = sequence(&[
        der::implicit(0, period.from.generalized().as_bytes()),
        der::implicit(1, period.until.generalized().as_bytes()),
    ]);
    extension(PRIVATE_KEY_USAGE_PERIOD, false, &value)
}

/// One distribution point, a full name that is a URL `[RFC 5280 §4.2.1.13]`.
pub(super) fn crl_distribution_point(url: &str) -> Vec<u8> {
    let uniform_resource_identifier = der::implicit(6, url.as_bytes());
    let full_name = der::implicit_constructed(0, &[uniform_resource_identifier]);
    let point = sequence(&[der::explicit(0, &full_name)]);
    extension(CRL_DISTRIBUTION_POINTS, false, &sequence(&[point]))
}

/// The document codes of the MRZ that the signer signs `[9303-12 §7.1.1.6]`.
pub(super) fn document_type_list(document_type: &str) -> Vec<u8> {
    let value = sequence(&[der::small_integer(0), set(&[node(0x13, document_type.as_bytes())])]);
    extension(DOCUMENT_TYPE_LIST, false, &value)
}
