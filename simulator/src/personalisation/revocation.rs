//! The certificate revocation list of an authority `[9303-12 §7.1.4]`, `[RFC 5280 §5]`.

use num_bigint::BigUint;

use super::certificate::{Period, authority_key_identifier, extension};
use super::keys::SigningKey;
use crate::der;
use crate::tlv::sequence;

const CRL_NUMBER: &str = "2.5.29.20";

/// CertificateList version 2, all entries revoked at the list's beginning.
pub(super) fn revocation_list(
    issuer: &[u8],
    revoked: &[BigUint],
    number: u32,
    period: Period,
    key: &SigningKey,
) -> Vec<u8> {
    let mut parts = vec![
        der::small_integer(1),
        key.algorithm_identifier(),
        issuer.to_vec(),
        period.from.encode(),
        period.until.encode(),
    ];
    // Without entries the sequence is absent, not empty.
    if !revoked.is_empty() {
        let entries: Vec<Vec<u8>> = revoked
            .iter()
            .map(|serial_number| sequence(&[der::integer(serial_number), period.from.encode()]))
            .collect();
        parts.push(sequence(&entries));
    }
    let extensions = sequence(&[
        authority_key_identifier(key),
        extension(CRL_NUMBER, false, &der::small_integer(number)),
    ]);
    parts.push(der::explicit(0, &extensions));
    let to_be_signed = sequence(&parts);
    let signature = key.sign(&to_be_signed);
    sequence(&[to_be_signed, key.algorithm_identifier(), der::bit_string(&signature)])
}
