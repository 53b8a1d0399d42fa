//! Files of trust for tests, written by hand.

use super::{TrustStore, assemble};
use crate::pki::test_issuer::*;
use crate::tlv::write;

const SIGNED_DATA: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
pub(super) const DEVIATION_LIST: [u8; 6] = [0x67, 0x81, 0x08, 0x01, 0x01, 0x07];

pub(super) fn authority(country: &str, seed: u8) -> Vec<u8> {
    let key = Key::new(seed);
    Template::authority(country, "CSCA", &key).sign(&key)
}

pub(super) fn document_signer(country: &str, seed: u8, by: u8) -> Vec<u8> {
    Template::signer(country, "CSCA", &Key::new(seed), &Key::new(by)).sign(&Key::new(by))
}

/// A list of revoked certificates by the authority of this name and key.
pub(super) fn revocation_list(
    country: &str,
    seed: u8,
    number: u8,
    day: &str,
    until: &str,
) -> Vec<u8> {
    revocation_list_naming(country, &Key::new(seed), number, day, until, 99)
}

pub(super) fn revocation_list_naming(
    country: &str,
    key: &Key,
    number: u8,
    day: &str,
    until: &str,
    serial: u8,
) -> Vec<u8> {
    let algorithm = sequence(&[oid(&ECDSA_WITH_SHA256)]);
    let time = |day: &str| write(0x17, format!("{day}000000Z").as_bytes());
    let entry = sequence(&[write(0x02, &[serial]), time("250101")]);
    let identifier = sequence(&[write(0x80, &key.id())]);
    let extensions = sequence(&[
        extension(20, false, &write(0x02, &[number])),
        extension(35, false, &identifier),
    ]);
    let tbs = sequence(&[
        write(0x02, &[1]),
        algorithm.clone(),
        name(&[(6, country), (3, "CSCA")]),
        time(day),
        time(until),
        sequence(&[entry]),
        write(0xA0, &extensions),
    ]);
    let signature = [&[0], key.sign(&tbs).as_slice()].concat();
    sequence(&[tbs, algorithm, write(0x03, &signature)])
}

pub(super) fn list_by(country: &str, seed: u8, entries: &[Vec<u8>]) -> Vec<u8> {
    let (root, key) = (Key::new(seed), Key::new(50));
    let signer = Template::signer(country, "CSCA", &key, &root).for_master_lists();
    Cms::new(&MASTER_LIST, &master_list(entries), &signer, &root).sign(&key)
}

/// A deviation list with these deviations.
pub(super) fn deviation_list(country: &str, seed: u8, deviations: &[Vec<u8>]) -> Vec<u8> {
    let (root, key) = (Key::new(seed), Key::new(51));
    let mut signer = Template::signer(country, "CSCA", &key, &root);
    let usage = sequence(&[oid(&[0x67, 0x81, 0x08, 0x01, 0x01, 0x08])]);
    signer.extensions.push(extension(37, true, &usage));
    let algorithm = sequence(&[oid(&SHA256)]);
    let content = sequence(&[write(0x02, &[0]), algorithm, write(0x31, &deviations.concat())]);
    Cms::new(&DEVIATION_LIST, &content, &signer, &root).sign(&key)
}

pub(super) fn deviation(documents: &[Vec<u8>], kind: u8, words: &str) -> Vec<u8> {
    let kind = oid(&[&DEVIATION_LIST[..], &[2, kind]].concat());
    let description = sequence(&[write(0x13, words.as_bytes()), kind]);
    sequence(&[sequence(documents), write(0x31, &description)])
}

/// Signed data without a signer, as `openssl crl2pkcs7` writes them.
pub(super) fn bag(certificates: &[Vec<u8>], lists: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = vec![write(0x02, &[1]), write(0x31, &[]), sequence(&[oid(&ID_DATA)])];
    parts.push(write(0xA0, &certificates.concat()));
    if !lists.is_empty() {
        parts.push(write(0xA1, &lists.concat()));
    }
    parts.push(write(0x31, &[]));
    sequence(&[oid(&SIGNED_DATA), write(0xA0, &sequence(&parts))])
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = char::from(LETTERS[bits >> (18 - 6 * place) & 63]);
            text.push(if place > chunk.len() { '=' } else { letter });
        }
    }
    text
}

pub(super) fn pem(label: &str, bytes: &[u8]) -> String {
    let body = base64(bytes);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(|l| str::from_utf8(l).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// An entry of a directory, folded as RFC 2849 asks.
pub(super) fn entry(name: &str, attribute: &str, bytes: &[u8]) -> String {
    let line = format!("{attribute}:: {}", base64(bytes));
    let (first, rest) = line.split_at(line.len().min(76));
    let folded: String = rest
        .as_bytes()
        .chunks(75)
        .map(|part| format!("\n {}", str::from_utf8(part).unwrap()))
        .collect();
    format!("dn: {name}\nobjectClass: top\n{first}{folded}\n\n")
}

pub(super) fn directory() -> String {
    let pkd = "dc=data,dc=download,dc=pkd,dc=icao,dc=int";
    [
        "version: 1\n\n".to_owned(),
        entry(
            &format!("cn=crl,o=crl,c=FR,{pkd}"),
            "certificateRevocationList;binary",
            &revocation_list("FR", 3, 1, "260101", "261231"),
        ),
        entry(
            &format!("cn=ds,o=dsc,c=FR,{pkd}"),
            "userCertificate;binary",
            &document_signer("FR", 9, 3),
        ),
        // It may issue; in this part of a directory that makes it no anchor.
        entry(&format!("cn=ca,o=dsc,c=XX,{pkd}"), "userCertificate;binary", &authority("XX", 7)),
        entry(&format!("cn=ca,o=csca,c=XY,{pkd}"), "cACertificate;binary", &authority("XY", 8)),
        entry(
            &format!("cn=nc,o=dsc,c=FR,dc=nc-data,{pkd}"),
            "userCertificate",
            b"0\x03\x02\x01\x05",
        ),
        entry(
            &format!("cn=ml,o=ml,c=DE,{pkd}"),
            "pkdMasterListContent",
            &list_by("DE", 1, &[authority("FR", 3), write(0x30, &[1])]),
        ),
        entry(
            &format!("cn=ml,o=ml,c=ZZ,{pkd}"),
            "CscaMasterListData",
            &list_by("ZZ", 6, &[authority("ZZ", 6)]),
        ),
    ]
    .concat()
}

/// Everything at once: anchors given and listed, a link, signers, lists of revoked ones and of defects.
pub(super) fn full() -> TrustStore {
    let (root, directory) = (authority("DE", 1), directory());
    let defects = deviation_list("DE", 1, &[deviation(&[], 1, "DG1")]);
    let files = [
        ("root.cer", root.as_slice()),
        ("pkd.ldif", directory.as_bytes()),
        ("defects.dl", defects.as_slice()),
    ];
    let mut trust = assemble(files, &[]).trust;
    trust.set_created("2026-11-21".parse().unwrap());
    trust
}
