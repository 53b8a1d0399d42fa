//! A small issuer for tests: writes certificates and CMS by hand, so that every part can be made wrong.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{Signature, SigningKey};

use crate::crypto::DigestAlgorithm;
use crate::tlv::{Reader, write};

pub(crate) const ECDSA_WITH_SHA256: [u8; 8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
pub(crate) const SHA256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
pub(crate) const ID_DATA: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];
pub(crate) const LDS_SECURITY_OBJECT: [u8; 6] = [0x67, 0x81, 0x08, 0x01, 0x01, 0x01];
pub(crate) const MASTER_LIST: [u8; 6] = [0x67, 0x81, 0x08, 0x01, 0x01, 0x02];
const ID_SIGNED_DATA: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const ID_ATTRIBUTE: [u8; 8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09];
const ECDSA_WITH_SHA1: [u8; 7] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01];
const RSA_ENCRYPTION: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: [u8; 7] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
const P256: [u8; 8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    write(0x30, &parts.concat())
}

pub(crate) fn oid(body: &[u8]) -> Vec<u8> {
    write(0x06, body)
}

/// A P-256 key that is the same in every run.
#[derive(Clone)]
pub(crate) struct Key(SigningKey);

impl Key {
    pub(crate) fn new(seed: u8) -> Self {
        Self(SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    /// One of many keys.
    pub(crate) fn numbered(number: u16) -> Self {
        let [high, low] = number.to_be_bytes();
        let mut scalar = [0x5A; 32];
        scalar[30] = high;
        scalar[31] = low;
        Self(SigningKey::from_slice(&scalar).unwrap())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_der().as_bytes().to_vec()
    }

    fn sign_sha1(&self, message: &[u8]) -> Vec<u8> {
        let digest = DigestAlgorithm::Sha1.digest(message);
        let signature: Signature = self.0.sign_prehash(&digest).unwrap();
        signature.to_der().as_bytes().to_vec()
    }

    pub(crate) fn spki(&self) -> Vec<u8> {
        let point = self.0.verifying_key().to_sec1_point(false);
        let algorithm = sequence(&[oid(&EC_PUBLIC_KEY), oid(&P256)]);
        sequence(&[algorithm, write(0x03, &[&[0], point.as_bytes()].concat())])
    }

    pub(crate) fn id(&self) -> Vec<u8> {
        DigestAlgorithm::Sha1.digest(self.0.verifying_key().to_sec1_point(false).as_bytes())
    }
}

/// Attribute types as the last byte of `2.5.4.x`.
pub(crate) fn name(attributes: &[(u8, &str)]) -> Vec<u8> {
    let relative = |(kind, value): &(u8, &str)| {
        let member = sequence(&[oid(&[0x55, 0x04, *kind]), write(0x0C, value.as_bytes())]);
        write(0x31, &member)
    };
    sequence(&attributes.iter().map(relative).collect::<Vec<_>>())
}

pub(crate) fn extension(id: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![oid(&[0x55, 0x1D, id])];
    if critical {
        parts.push(write(0x01, &[0xFF]));
    }
    parts.push(write(0x04, value));
    sequence(&parts)
}

/// A certificate before it is signed; tests change the fields they are about.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) subject: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) not_before: &'static str,
    pub(crate) not_after: &'static str,
    pub(crate) key: Key,
    /// In place of the key's own.
    pub(crate) spki: Option<Vec<u8>>,
    pub(crate) version_1: bool,
    pub(crate) sha1: bool,
    pub(crate) extensions: Vec<Vec<u8>>,
}

/// The extensions of a template by their place; see [`Template::authority`] and [`Template::signer`].
pub(crate) const BASIC_CONSTRAINTS: usize = 0;
pub(crate) const AUTHORITY_KEY_USAGE: usize = 1;
pub(crate) const SIGNER_KEY_USAGE: usize = 0;

pub(crate) fn authority_with_path_length(length: u8) -> Vec<u8> {
    extension(19, true, &sequence(&[write(0x01, &[0xFF]), write(0x02, &[length])]))
}

fn authority_key_id(key: &Key) -> Vec<u8> {
    extension(35, false, &sequence(&[write(0x80, &key.id())]))
}

/// A `privateKeyUsagePeriod` in days, `YYYYMMDD`.
pub(crate) fn private_key_usage(from: &str, until: &str) -> Vec<u8> {
    let time = |tag, day: &str| write(tag, format!("{day}000000Z").as_bytes());
    extension(16, false, &sequence(&[time(0x80, from), time(0x81, until)]))
}

/// The extension of a link that renames its authority, 2.23.136.1.1.6.1.
pub(crate) fn name_change(critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![oid(&[0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x01])];
    if critical {
        parts.push(write(0x01, &[0xFF]));
    }
    parts.push(write(0x04, value));
    sequence(&parts)
}

/// An RSA key of this many bits that nobody has.
pub(crate) fn rsa_spki(bits: usize) -> Vec<u8> {
    let mut modulus = vec![0xC5; bits / 8];
    modulus.insert(0, 0);
    let key = sequence(&[write(0x02, &modulus), write(0x02, &[1, 0, 1])]);
    let algorithm = sequence(&[oid(&RSA_ENCRYPTION), vec![5, 0]]);
    sequence(&[algorithm, write(0x03, &[&[0], key.as_slice()].concat())])
}

impl Template {
    pub(crate) fn authority(country: &str, common_name: &str, key: &Key) -> Self {
        let name = name(&[(6, country), (3, common_name)]);
        Self {
            subject: name.clone(),
            issuer: name,
            serial: vec![1],
            not_before: "200101000000Z",
            not_after: "400101000000Z",
            key: key.clone(),
            spki: None,
            version_1: false,
            sha1: false,
            extensions: vec![
                extension(19, true, &sequence(&[write(0x01, &[0xFF]), write(0x02, &[0])])),
                extension(15, true, &[0x03, 2, 1, 0b0000_0110]),
                extension(14, false, &write(0x04, &key.id())),
            ],
        }
    }

    pub(crate) fn signer(country: &str, issuer: &str, key: &Key, issuer_key: &Key) -> Self {
        Self {
            subject: name(&[(6, country), (3, "Document Signer")]),
            issuer: name(&[(6, country), (3, issuer)]),
            serial: vec![7],
            not_before: "240101000000Z",
            not_after: "350101000000Z",
            key: key.clone(),
            spki: None,
            version_1: false,
            sha1: false,
            extensions: vec![
                extension(15, true, &[0x03, 2, 7, 0x80]),
                extension(14, false, &write(0x04, &key.id())),
                authority_key_id(issuer_key),
            ],
        }
    }

    /// An authority's new key, vouched for with its old one.
    pub(crate) fn link(country: &str, old: (&str, &Key), new: (&str, &Key)) -> Self {
        let mut link = Self::authority(country, new.0, new.1);
        link.issuer = name(&[(6, country), (3, old.0)]);
        link.serial = vec![2];
        link.extensions.push(authority_key_id(old.1));
        link
    }

    pub(crate) fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    pub(crate) fn for_master_lists(mut self) -> Self {
        let usage = sequence(&[oid(&[0x67, 0x81, 0x08, 0x01, 0x01, 0x03])]);
        self.extensions.push(extension(37, true, &usage));
        self
    }

    pub(crate) fn sign(&self, by: &Key) -> Vec<u8> {
        let algorithm: &[u8] = if self.sha1 { &ECDSA_WITH_SHA1 } else { &ECDSA_WITH_SHA256 };
        let algorithm = sequence(&[oid(algorithm)]);
        let validity = [self.not_before, self.not_after].map(|time| write(0x17, time.as_bytes()));
        let mut fields = vec![
            write(0x02, &self.serial),
            algorithm.clone(),
            self.issuer.clone(),
            sequence(&validity),
            self.subject.clone(),
            self.spki.clone().unwrap_or_else(|| self.key.spki()),
        ];
        if !self.version_1 {
            fields.insert(0, write(0xA0, &write(0x02, &[2])));
            fields.push(write(0xA3, &sequence(&self.extensions)));
        }
        let tbs = sequence(&fields);
        let signature = if self.sha1 { by.sign_sha1(&tbs) } else { by.sign(&tbs) };
        sequence(&[tbs, algorithm, write(0x03, &[&[0], signature.as_slice()].concat())])
    }
}

/// A list of revoked certificates before it is signed.
#[derive(Clone)]
pub(crate) struct CrlTemplate {
    /// `None` for version 1.
    pub(crate) version: Option<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) this_update: &'static str,
    pub(crate) next_update: Option<&'static str>,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) extensions: Vec<Vec<u8>>,
}

impl CrlTemplate {
    /// In force from June 2026 to the end of the year, without an entry.
    pub(crate) fn new(country: &str, common_name: &str, key: &Key) -> Self {
        Self {
            version: Some(1),
            issuer: name(&[(6, country), (3, common_name)]),
            this_update: "260601000000Z",
            next_update: Some("261231000000Z"),
            entries: Vec::new(),
            extensions: vec![extension(20, false, &write(0x02, &[1])), authority_key_id(key)],
        }
    }

    pub(crate) fn naming(mut self, serial: &[u8]) -> Self {
        self.entries.push(revoked(serial, &[]));
        self
    }

    pub(crate) fn dated(mut self, this: &'static str, next: Option<&'static str>) -> Self {
        (self.this_update, self.next_update) = (this, next);
        self
    }

    pub(crate) fn sign(&self, by: &Key) -> Vec<u8> {
        let algorithm = sequence(&[oid(&ECDSA_WITH_SHA256)]);
        let mut fields: Vec<_> =
            self.version.iter().map(|version| write(0x02, &[*version])).collect();
        fields.extend([algorithm.clone(), self.issuer.clone()]);
        for time in [Some(self.this_update), self.next_update].into_iter().flatten() {
            fields.push(write(0x17, time.as_bytes()));
        }
        if !self.entries.is_empty() {
            fields.push(sequence(&self.entries));
        }
        if !self.extensions.is_empty() {
            fields.push(write(0xA0, &sequence(&self.extensions)));
        }
        let tbs = sequence(&fields);
        let signature = [&[0], by.sign(&tbs).as_slice()].concat();
        sequence(&[tbs, algorithm, write(0x03, &signature)])
    }
}

/// An entry of such a list, of 1 May 2026.
pub(crate) fn revoked(serial: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut fields = vec![write(0x02, serial), write(0x17, b"260501000000Z")];
    if !extensions.is_empty() {
        fields.push(sequence(extensions));
    }
    sequence(&fields)
}

/// Signed data before it is signed.
#[derive(Clone)]
pub(crate) struct Cms {
    pub(crate) content_type: Vec<u8>,
    pub(crate) content: Vec<u8>,
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) signer: Vec<u8>,
    /// `None` for no signed attributes.
    pub(crate) attributes: Option<Vec<Vec<u8>>>,
    pub(crate) signature_algorithm: Vec<u8>,
    /// Signers before this one.
    pub(crate) other_signers: Vec<Vec<u8>>,
}

impl Cms {
    pub(crate) fn new(content_type: &[u8], content: &[u8], signer: &Template, by: &Key) -> Self {
        Self {
            content_type: oid(content_type),
            content: content.to_vec(),
            certificates: vec![signer.sign(by)],
            signer: sequence(&[signer.issuer.clone(), write(0x02, &signer.serial)]),
            attributes: Some(vec![
                attribute(3, &oid(content_type)),
                attribute(4, &write(0x04, &DigestAlgorithm::Sha256.digest(content))),
                attribute(5, &write(0x17, b"250601120000Z")),
            ]),
            signature_algorithm: sequence(&[oid(&ECDSA_WITH_SHA256)]),
            other_signers: Vec::new(),
        }
    }

    pub(crate) fn signer_info(&self, key: &Key) -> Vec<u8> {
        let digest = sequence(&[oid(&SHA256)]);
        let mut info = vec![write(0x02, &[1]), self.signer.clone(), digest];
        let signed = match &self.attributes {
            Some(attributes) => {
                info.push(write(0xA0, &attributes.concat()));
                write(0x31, &attributes.concat())
            }
            None => self.content.clone(),
        };
        info.push(self.signature_algorithm.clone());
        info.push(write(0x04, &key.sign(&signed)));
        sequence(&info)
    }

    pub(crate) fn sign(&self, key: &Key) -> Vec<u8> {
        let digest = sequence(&[oid(&SHA256)]);
        let signers = [self.other_signers.concat(), self.signer_info(key)].concat();
        let content = write(0xA0, &write(0x04, &self.content));
        let signed_data = sequence(&[
            write(0x02, &[3]),
            write(0x31, &digest),
            sequence(&[self.content_type.clone(), content]),
            write(0xA0, &self.certificates.concat()),
            write(0x31, &signers),
        ]);
        sequence(&[oid(&ID_SIGNED_DATA), write(0xA0, &signed_data)])
    }
}

/// A signed attribute `1.2.840.113549.1.9.x`.
pub(crate) fn attribute(kind: u8, value: &[u8]) -> Vec<u8> {
    sequence(&[oid(&[&ID_ATTRIBUTE[..], &[kind]].concat()), write(0x31, value)])
}

/// An LDS Security Object with SHA-256 over the given groups, in the given order.
pub(crate) fn security_object(groups: &[(u8, &[u8])]) -> Vec<u8> {
    let digests: Vec<Vec<u8>> = groups
        .iter()
        .map(|(group, raw)| {
            let digest = DigestAlgorithm::Sha256.digest(raw);
            sequence(&[write(0x02, &[*group]), write(0x04, &digest)])
        })
        .collect();
    sequence(&[write(0x02, &[0]), sequence(&[oid(&SHA256)]), sequence(&digests)])
}

/// A master list's content.
pub(crate) fn master_list(certificates: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[write(0x02, &[0]), write(0x31, &certificates.concat())])
}

/// The same object with indefinite lengths in its outer `levels`.
pub(crate) fn indefinite(object: &[u8], levels: u8) -> Vec<u8> {
    let object = Reader::new(object).next_object().unwrap().unwrap();
    let constructed = object.raw[0] & 0x20 != 0;
    if levels == 0 || !constructed {
        return object.raw.to_vec();
    }
    let mut out = vec![object.raw[0], 0x80];
    let mut members = Reader::new(object.value);
    while let Some(member) = members.next_object().unwrap() {
        out.extend(indefinite(member.raw, levels - 1));
    }
    out.extend([0, 0]);
    out
}

/// A generator for reproducible mutations (SplitMix64).
pub(crate) struct Mutations(pub(crate) u64);

impl Mutations {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % (limit as u64)).unwrap()
    }

    /// One to four bytes changed, inserted or removed.
    pub(crate) fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut mutated = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(mutated.len());
            let byte = u8::try_from(self.below(256)).unwrap();
            match self.below(4) {
                0 => mutated.insert(at, byte),
                1 if mutated.len() > 1 => drop(mutated.remove(at)),
                2 => mutated[at] ^= 1 << (byte % 8),
                _ => mutated[at] = byte,
            }
        }
        mutated
    }
}
