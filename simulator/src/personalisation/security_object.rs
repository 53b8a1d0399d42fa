//! EF.SOD: the signed list of the data groups' digests `[9303-10 §4.6.2.2]`, `[RFC 5652 §5]`; and EF.CardSecurity, the
//! signed list of SecurityInfos `[9303-11 §9.2.11]`.
//!
//! ```text
//! EF.SOD           77 { ContentInfo signedData { v3, {digest}, LDSSecurityObject, [0] {signer certificate}, { SignerInfo v1 } } }
//! EF.CardSecurity       ContentInfo signedData { v3, {digest}, SecurityInfos,     [0] {signer certificate}, { SignerInfo v1 } }
//! ```

use num_bigint::BigUint;

use super::keys::SigningKey;
use super::options::LdsVersion;
use crate::der::{self, Time};
use crate::digest::DigestName;
use crate::tlv::{constructed, sequence};

const ID_SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const ID_CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const ID_MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const ID_SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
/// id-icao-mrtd-security-ldsSecurityObject.
const ID_LDS_SECURITY_OBJECT: &str = "2.23.136.1.1.1";
/// id-SecurityObject `[TR-03110-3 §A.1.2.5]`.
const ID_SECURITY_OBJECT: &str = "0.4.0.127.0.7.3.2.1";

/// LDSSecurityObject: version 0 without the LDS version `[9303-10 §D.2]`, version 1 with it `[9303-10 §4.6.2.3]`.
pub(super) fn lds_security_object<'a>(
    groups: impl Iterator<Item = (u8, &'a [u8])>,
    digest: DigestName,
    lds_version: LdsVersion,
) -> Vec<u8> {
    let hashes: Vec<Vec<u8>> = groups
        .map(|(number, bytes)| {
            sequence(&[
                der::small_integer(u32::from(number)),
                der::octet_string(&digest.hash(bytes)),
            ])
        })
        .collect();
    let mut parts = vec![der::small_integer(0), digest_algorithm(digest), sequence(&hashes)];
    if lds_version == LdsVersion::V1_8 {
        parts[0] = der::small_integer(1);
        parts.push(sequence(&[
            der::printable_string(lds_version.lds()),
            der::printable_string(lds_version.unicode()),
        ]));
    }
    sequence(&parts)
}

/// The parameters are absent, not NULL `[9303-10 §4.6.2.3, note 2]`.
fn digest_algorithm(digest: DigestName) -> Vec<u8> {
    sequence(&[der::object_identifier(digest.object_identifier())])
}

/// Who signs: the key, and the certificate that is embedded and pointed to by issuer and serial number.
pub(super) struct Signer<'a> {
    pub(super) key: &'a SigningKey,
    pub(super) certificate: &'a [u8],
    pub(super) issuer_name: &'a [u8],
    pub(super) serial_number: &'a BigUint,
}

/// The whole EF.SOD.
pub(super) fn security_object_file(
    lds_security_object: &[u8],
    signer: &Signer<'_>,
    signing_time: Option<Time>,
) -> Vec<u8> {
    let signed = signed_content(ID_LDS_SECURITY_OBJECT, lds_security_object, signer, signing_time);
    constructed(0x77, &[signed])
}

/// The whole EF.CardSecurity.
pub(super) fn card_security_file(
    security_infos: &[u8],
    signer: &Signer<'_>,
    signing_time: Option<Time>,
) -> Vec<u8> {
    signed_content(ID_SECURITY_OBJECT, security_infos, signer, signing_time)
}

fn signed_content(
    content_type: &str,
    content: &[u8],
    signer: &Signer<'_>,
    signing_time: Option<Time>,
) -> Vec<u8> {
    let digest = signer.key.digest();
    let signed_data = sequence(&[
        // Version 3, because the content is not id-data [RFC 5652 §5.1].
        der::small_integer(3),
        der::set_of(vec![digest_algorithm(digest)]),
        sequence(&[
            der::object_identifier(content_type),
            der::explicit(0, &der::octet_string(content)),
        ]),
        der::implicit_constructed(0, &[signer.certificate.to_vec()]),
        der::set_of(vec![signer_info(content_type, content, signer, signing_time)]),
    ]);
    sequence(&[der::object_identifier(ID_SIGNED_DATA), der::explicit(0, &signed_data)])
}

fn signer_info(
    content_type: &str,
    content: &[u8],
    signer: &Signer<'_>,
    signing_time: Option<Time>,
) -> Vec<u8> {
    let digest = signer.key.digest();
    let attribute = |kind: &str, value: Vec<u8>| {
        sequence(&[der::object_identifier(kind), der::set_of(vec![value])])
    };
    let mut attributes = vec![
        attribute(ID_CONTENT_TYPE, der::object_identifier(content_type)),
        attribute(ID_MESSAGE_DIGEST, der::octet_string(&digest.hash(content))),
    ];
    if let Some(time) = signing_time {
        attributes.push(attribute(ID_SIGNING_TIME, time.encode()));
    }
    // What is signed is the SET OF itself; what is stored carries the tag [0] instead [RFC 5652 §5.4].
    let signed_attributes = der::set_of(attributes);
    let signature = signer.key.sign(&signed_attributes);
    let mut stored_attributes = signed_attributes;
    stored_attributes[0] = 0xA0;
    sequence(&[
        // Version 1, because the signer is named by issuer and serial number [RFC 5652 §5.3].
        der::small_integer(1),
        sequence(&[signer.issuer_name.to_vec(), der::integer(signer.serial_number)]),
        digest_algorithm(digest),
        stored_attributes,
        signer.key.algorithm_identifier(),
        der::octet_string(&signature),
    ])
}
