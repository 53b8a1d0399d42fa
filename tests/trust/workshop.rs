//! Certificates and lists in thousands: what `test-vectors/pki/make.sh` would need an hour and megabytes for.

#![allow(unreachable_pub)] // a module of a test

use cccd_simulator::{
    der::{
        bit_string, boolean_true, explicit, implicit, implicit_constructed, object_identifier,
        octet_string, set_of, small_integer, utf8_string,
    },
    tlv::{node, sequence, set},
};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};

const SHA_256: &str = "2.16.840.1.101.3.4.2.1";
const ECDSA_WITH_SHA256: &str = "1.2.840.10045.4.3.2";
const MASTER_LIST: &str = "2.23.136.1.1.2";
const MASTER_LIST_SIGNER: &str = "2.23.136.1.1.3";

/// A key, always the same for one number.
pub fn key(number: u32) -> SigningKey {
    let mut scalar = [7; 32];
    scalar[28..].copy_from_slice(&number.to_be_bytes());
    SigningKey::from_slice(&scalar).unwrap()
}

/// What a certificate says; the rest is the same for all.
#[derive(Clone)]
pub struct Paper {
    pub serial: u32,
    pub issuer: String,
    pub subject: String,
    pub key: SigningKey,
    /// Key identifiers are texts here: any bytes will do.
    pub key_id: String,
    pub issuer_key_id: String,
    /// `None`: a signer.
    pub authority: Option<Authority>,
    pub lists: bool,
}

#[derive(Clone, Copy)]
pub struct Authority {
    pub path_length: Option<u32>,
}

impl Paper {
    /// An authority without a limit to what stands below it, self-signed in name.
    pub fn authority(name: &str, number: u32) -> Self {
        Self {
            serial: number + 1,
            issuer: name.to_owned(),
            subject: name.to_owned(),
            key: key(number),
            key_id: format!("key {number}"),
            issuer_key_id: format!("key {number}"),
            authority: Some(Authority { path_length: None }),
            lists: false,
        }
    }

    pub fn signer(issuer: &Self, number: u32) -> Self {
        Self { authority: None, ..Self::authority("Signer", number) }.below(issuer)
    }

    /// The same, issued by another.
    pub fn below(self, issuer: &Self) -> Self {
        Self { issuer: issuer.subject.clone(), issuer_key_id: issuer.key_id.clone(), ..self }
    }

    pub fn signed_by(&self, key: &SigningKey) -> Vec<u8> {
        let tbs = sequence(&[
            explicit(0, &small_integer(2)),
            small_integer(self.serial),
            ecdsa_with_sha256(),
            name(&self.issuer),
            sequence(&[node(0x17, b"240101000000Z"), node(0x17, b"390101000000Z")]),
            name(&self.subject),
            public_key(&self.key),
            explicit(3, &sequence(&self.extensions())),
        ]);
        let signature = sign(key, &tbs);
        sequence(&[tbs, ecdsa_with_sha256(), bit_string(&signature)])
    }

    pub fn self_signed(&self) -> Vec<u8> {
        self.signed_by(&self.key)
    }

    fn extensions(&self) -> Vec<Vec<u8>> {
        let issuer_key_id = implicit(0, self.issuer_key_id.as_bytes());
        let mut extensions = vec![
            extension("2.5.29.14", false, &octet_string(self.key_id.as_bytes())),
            extension("2.5.29.35", false, &sequence(&[issuer_key_id])),
        ];
        if let Some(Authority { path_length }) = self.authority {
            let mut constraints = vec![boolean_true()];
            constraints.extend(path_length.map(small_integer));
            extensions.push(extension("2.5.29.19", true, &sequence(&constraints)));
            // keyCertSign and cRLSign.
            extensions.push(extension("2.5.29.15", true, &node(0x03, &[1, 0x06])));
        } else {
            // digitalSignature
            extensions.push(extension("2.5.29.15", true, &node(0x03, &[7, 0x80])));
        }
        if self.lists {
            let uses = sequence(&[object_identifier(MASTER_LIST_SIGNER)]);
            extensions.push(extension("2.5.29.37", true, &uses));
        }
        extensions
    }
}

/// A master list of these entries.
pub fn master_list(entries: &[Vec<u8>], signer: &Paper, issuer: &SigningKey) -> Vec<u8> {
    let content = sequence(&[small_integer(0), set(entries)]);
    let attribute =
        |kind: &str, value: Vec<u8>| sequence(&[object_identifier(kind), set(&[value])]);
    let attributes = [
        attribute("1.2.840.113549.1.9.3", object_identifier(MASTER_LIST)),
        attribute("1.2.840.113549.1.9.5", node(0x17, b"260601120000Z")),
        attribute("1.2.840.113549.1.9.4", octet_string(&sha256(&content))),
    ];
    let signature = sign(&signer.key, &set_of(attributes.to_vec()));
    let signer_info = sequence(&[
        small_integer(1),
        sequence(&[name(&signer.issuer), small_integer(signer.serial)]),
        sequence(&[object_identifier(SHA_256)]),
        implicit_constructed(0, &attributes),
        ecdsa_with_sha256(),
        octet_string(&signature),
    ]);
    let signed_data = sequence(&[
        small_integer(3),
        set(&[sequence(&[object_identifier(SHA_256)])]),
        sequence(&[object_identifier(MASTER_LIST), explicit(0, &octet_string(&content))]),
        implicit_constructed(0, &[signer.signed_by(issuer)]),
        set(&[signer_info]),
    ]);
    sequence(&[object_identifier("1.2.840.113549.1.7.2"), explicit(0, &signed_data)])
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).to_vec()
}

fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: Signature = key.sign(message);
    signature.to_der().as_bytes().to_vec()
}

fn ecdsa_with_sha256() -> Vec<u8> {
    sequence(&[object_identifier(ECDSA_WITH_SHA256)])
}

fn name(common_name: &str) -> Vec<u8> {
    let part = |kind: &str, value: Vec<u8>| set(&[sequence(&[object_identifier(kind), value])]);
    sequence(&[part("2.5.4.6", node(0x13, b"XA")), part("2.5.4.3", utf8_string(common_name))])
}

fn public_key(key: &SigningKey) -> Vec<u8> {
    let point = key.verifying_key().to_sec1_point(false);
    let curve = ["1.2.840.10045.2.1", "1.2.840.10045.3.1.7"].map(object_identifier);
    sequence(&[sequence(&curve), bit_string(point.as_bytes())])
}

fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![object_identifier(oid)];
    if critical {
        parts.push(boolean_true());
    }
    parts.push(octet_string(value));
    sequence(&parts)
}
