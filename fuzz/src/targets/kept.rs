//! Files of our own that come back: evidence, saved trust, and the seal over either.

use std::sync::LazyLock;

use cccd::{
    chip::Challenge,
    document::{Evidence, Verdict},
    findings::Outcome,
    pki::TrustStore,
    seal::{self, SealKey, Sealed},
};
use cccd_simulator::DigestName;

use super::{
    super::{check, seeds, world::WORLD},
    trust,
};

/// The end of a saved store is a digest of what stands before: without the right one nothing else is looked at.
pub fn trust_store(data: &[u8]) {
    let whole = [data, &[0x08, 0x58, 0x20], &DigestName::Sha256.hash(data)].concat();
    for bytes in [data, &whole] {
        let Some((trust, loaded)) = check::read(TrustStore::from_bytes(bytes)) else { continue };
        loaded.refused.iter().for_each(|refused| check::told(&refused.reason));
        trust::saved_and_read(&trust);
    }
}

pub fn evidence(data: &[u8]) {
    let Some(evidence) = check::read(Evidence::from_bytes(data)) else { return };
    assert!(evidence.to_bytes() == data, "one content has two encodings");
    let challenge = evidence.active_authentication().map(|transcript| transcript.challenge);
    judged(&WORLD.desk.verify(&evidence, None, None));
    judged(&WORLD.desk.verify(&evidence, challenge, None));
    // Nobody has answered this challenge.
    let unheard = Challenge::from_bytes(*b"unheard!").unwrap();
    assert!(
        challenge == Some(unheard) || {
            WORLD.desk.verify_live(&evidence, &unheard, WORLD.today).document.is_err()
        }
    );
    let redacted = evidence.redacted();
    check::shown(redacted.values());
    let text = redacted.to_string();
    assert!(text.starts_with('{') && text.trim_end().ends_with('}'));
}

fn judged(verdict: &Verdict) {
    check::shown(&verdict.report);
    for (_, outcome) in verdict.report.checks() {
        if let Outcome::Failed(error) = outcome {
            check::told(error);
        }
    }
    match &verdict.document {
        Ok(document) => {
            WORLD.assert_genuine(document);
            // What was verified is kept as it was, and verified again.
            let bytes = document.evidence().to_bytes();
            let kept = Evidence::from_bytes(&bytes).expect("evidence that was just written");
            assert!(kept.to_bytes() == bytes);
            assert!(WORLD.desk.verify(&kept, None, None).document.is_ok());
        }
        Err(error) => check::told(error),
    }
}

static KEY: LazyLock<SealKey> = LazyLock::new(|| SealKey::from_spki(seeds::SEAL_KEY).unwrap());

pub fn sealed(data: &[u8]) {
    let keys = [KEY.clone()];
    for (kind, genuine) in [
        (Sealed::Evidence, seeds::SEALED_EVIDENCE),
        (Sealed::TrustStore, seeds::SEALED_TRUST_STORE),
    ] {
        let Some((payload, _)) = check::read(seal::open(data, kind, &keys)) else { continue };
        let (expected, _) = seal::open(genuine, kind, &keys).unwrap();
        assert!(payload == expected, "a seal over other bytes counts");
    }
    let opened = check::read(Evidence::open(data, &keys));
    let unchecked = check::read(Evidence::open_unchecked(data));
    assert!(opened.is_none() || unchecked.is_some());
    assert!(unchecked.is_none() || seal::is_sealed(data));
    assert!(!seal::is_sealed(data) || Evidence::from_bytes(data).is_err());
}
