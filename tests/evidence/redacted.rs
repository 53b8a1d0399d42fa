//! The export for support holds no personal byte: a card of the canary, searched for in every notation.

use std::collections::BTreeSet;

use cccd::document::{Evidence, Redacted};
use cccd_simulator::{DigestName, Person, Personalisation};

use super::{
    challenge, everything, full_evidence,
    holder::{canary, holder},
    searcher::{Canary, found, text_canary},
};

/// The holder, the chip as an individual, the occasion, and digests by every algorithm.
fn everything_personal(
    person: &Person,
    card: &Personalisation,
    evidence: &Evidence,
) -> Vec<Canary> {
    let mut canaries = holder(person, card);
    for raw in evidence.groups().values().map(|raw| raw.reveal().as_slice()) {
        for digest in [
            DigestName::Sha1,
            DigestName::Sha224,
            DigestName::Sha256,
            DigestName::Sha384,
            DigestName::Sha512,
        ] {
            canaries
                .push(Canary { name: "digest of a group", bytes: digest.hash(raw)[..12].to_vec() });
        }
        let middle = raw.len() / 2;
        canaries.push(Canary {
            name: "a group",
            bytes: raw[middle..(middle + 12).min(raw.len())].to_vec(),
        });
        canaries.push(Canary { name: "end of a group", bytes: raw[raw.len() - 12..].to_vec() });
    }
    let transcript = evidence.active_authentication().unwrap();
    canaries.push(Canary { name: "challenge", bytes: challenge().as_bytes().to_vec() });
    canaries.push(Canary { name: "signature", bytes: transcript.signature[40..56].to_vec() });
    let ephemeral = &evidence.claims().chip_authentication.as_ref().unwrap().ephemeral;
    canaries.push(Canary { name: "ephemeral key", bytes: ephemeral[1..17].to_vec() });
    canaries.push(text_canary("time", "09:37"));
    canaries.push(text_canary("time", "T09"));
    // The other ways to write what is written above.
    let turned: Vec<Canary> = canaries
        .iter()
        .map(|canary| Canary {
            name: "reversed",
            bytes: canary.bytes.iter().rev().copied().collect(),
        })
        .collect();
    let wide = canaries.iter().filter_map(|canary| {
        let text = core::str::from_utf8(&canary.bytes).ok()?;
        let units: Vec<u16> = text.encode_utf16().collect();
        Some([
            Canary {
                name: "UTF-16 BE",
                bytes: units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
            },
            Canary {
                name: "UTF-16 LE",
                bytes: units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            },
        ])
    });
    let wide: Vec<Canary> = wide.flatten().collect();
    canaries.into_iter().chain(turned).chain(wide).collect()
}

fn printed(redacted: &Redacted) -> String {
    format!("{redacted}\n{redacted:?}\n{:?}", redacted.values())
}

#[test]
fn no_personal_byte_is_in_the_export() {
    let person = canary();
    let card = everything(&person);
    let evidence = full_evidence(&person);
    let canaries = everything_personal(&person, &card, &evidence);
    // The searcher sees them where they are.
    let raw: String =
        evidence.groups().values().map(|raw| format!("{:02x?}", raw.reveal())).collect();
    assert!(found(&raw, &canaries).len() > 10);
    assert_eq!(found(&printed(&evidence.redacted()), &canaries), BTreeSet::new());
}

#[test]
fn what_support_needs_is_in_the_export() {
    let evidence = full_evidence(&canary());
    let json: serde_json::Value = serde_json::from_str(&evidence.redacted().to_string()).unwrap();
    assert_eq!(json["evidence_version"], 2);
    assert_eq!(json["sod"]["length"], evidence.sod().reveal().len());
    assert_eq!(json["sod"]["contents"]["signature"], "passed");
    assert_eq!(json["sod"]["contents"]["digest"], "SHA-256");
    let signer = &json["sod"]["contents"]["signer"];
    assert!(signer["issuer"].as_str().unwrap().contains("CN="), "{signer}");
    assert_eq!(signer["not_before"].as_str().unwrap().len(), 10);
    let groups = json["groups"].as_array().unwrap();
    assert_eq!(groups.len(), evidence.groups().len());
    assert_eq!(groups[0]["structure"][0]["tag"], "61");
    assert_eq!(groups[0]["structure"][0]["inside"][0]["tag"], "5F1F");
    assert!(groups[0]["structure"][0]["inside"][0].get("inside").is_none());
    let dg15 = groups.iter().find(|group| group["group"] == 15).unwrap();
    assert_eq!(dg15["contents"]["key"], "RSA 2048");
    let dg14 = groups.iter().find(|group| group["group"] == 14).unwrap();
    let oids = dg14["contents"].to_string();
    assert!(oids.contains("0.4.0.127.0.7.2.2.3.2.2") && oids.contains("brainpoolP256r1"), "{oids}");
    assert_eq!(json["card_security"]["contents"]["signature"], "passed");
    assert_eq!(json["active_authentication"]["signature_length"], 256);
    let claims = &json["claims"];
    assert_eq!(claims["access"]["mapping"], "CAM");
    assert_eq!(claims["chip_authentication"]["status"], "9000");
    assert_eq!(claims["read_on"], "2026-11-21");
    assert_eq!(claims["policy"]["name"], "standard");
    assert_eq!(claims["outcomes"][0]["code"], "passed");
}

/// Broken files say where they break, and still nothing of whose they are.
#[test]
fn broken_files_are_described_and_not_quoted() {
    let person = canary();
    let card = everything(&person);
    let evidence = full_evidence(&person);
    let canaries = everything_personal(&person, &card, &evidence);
    let groups = evidence.groups().clone();
    for cut in [1_usize, 7, 40] {
        for number in groups.keys() {
            let mut broken = groups.clone();
            let raw = groups[number].reveal();
            // Text where tags are due, and a file that ends too early.
            let shifted = [&raw[..2], &raw[cut.min(raw.len())..]].concat();
            broken.insert(*number, shifted.into());
            let sod = evidence.sod().reveal();
            let broken = Evidence::from_files(sod[..sod.len() - cut].to_vec(), broken)
                .with_unsigned_files(Some(raw.clone()), Some(raw.clone()))
                .with_card_security(Some(raw.clone()));
            let redacted = broken.redacted();
            let shown = printed(&redacted);
            assert_eq!(found(&shown, &canaries), BTreeSet::new(), "DG{number} cut at {cut}");
            let json: serde_json::Value = serde_json::from_str(&redacted.to_string()).unwrap();
            assert_eq!(json["sod"]["contents"]["error"], "malformed.structure");
        }
    }
}
