//! Our library at the same reader.

use std::collections::BTreeMap;

use cccd::{
    Result,
    access::{AccessKey, AccessUsed},
    findings::{Check, Outcome},
    inspection::{InspectionOptions, InspectionSystem},
    pki::TrustStore,
    transport::{SystemRandom, pcsc::Readers},
};
use cccd_simulator::Password;

use crate::{
    DAY,
    card::Key,
    compare::{PASSED, Told},
    reader,
};

/// Where our library reads: it trusts the simulated authority and nobody else.
pub(crate) struct Desk(InspectionSystem);

/// The checks that the peer makes too, by the names that it gives them.
const CHECKS: [(&str, &[Check]); 5] = [
    ("sod", &[Check::SodSignature, Check::SignerPath, Check::Validity]),
    ("digests", &[Check::Digests]),
    ("chip_authentication", &[Check::ChipAuthentication]),
    ("chip_authentication_mapping", &[Check::ChipAuthenticationMapping]),
    ("active_authentication", &[Check::ActiveAuthentication]),
];

impl Desk {
    pub(crate) fn new(csca: &[u8]) -> Result<Self> {
        let mut trust = TrustStore::empty();
        trust.add_certificate(csca, "simulator")?;
        Ok(Self(InspectionSystem::new(trust, DAY.parse()?)))
    }

    /// Reads the card on the reader.
    pub(crate) fn read(&self, readers: &Readers, key: &Key) -> Told {
        self.try_read(readers, key).unwrap_or_else(|error| Told {
            error: Some(format!("{}: {error}", error.code())),
            ..Told::default()
        })
    }

    fn try_read(&self, readers: &Readers, key: &Key) -> Result<Told> {
        let key = match key.kind {
            Password::Mrz => AccessKey::from_mrz(&key.text),
            Password::Can => AccessKey::from_can(&key.text),
            Password::Pin => AccessKey::from_pin(&key.text),
            Password::Puk => AccessKey::from_puk(&key.text),
        }?;
        let mut card = readers.open(Some(reader::NAME))?;
        let mut inspection = self.0.inspect(InspectionOptions::new(key, SystemRandom::new()));
        let document = inspection.run(&mut card)?;

        let evidence = document.evidence();
        let mut files: BTreeMap<String, Vec<u8>> = evidence
            .groups()
            .iter()
            .map(|(number, bytes)| (format!("DG{number}"), bytes.reveal().clone()))
            .collect();
        files.insert("EF.SOD".to_owned(), evidence.sod().reveal().clone());
        let unsigned = [
            ("EF.CardAccess", evidence.card_access()),
            ("EF.CardSecurity", evidence.card_security().map(|bytes| &bytes.reveal()[..])),
            ("EF.COM", evidence.com()),
        ];
        for (name, bytes) in unsigned {
            files.extend(bytes.map(|bytes| (name.to_owned(), bytes.to_vec())));
        }

        let report = document.report();
        // There is a document, so no check has failed.
        let passed = |check: &Check| matches!(report.outcome(*check), Outcome::Passed(_));
        let checks = CHECKS
            .iter()
            .filter(|(_, ours)| ours.iter().all(passed))
            .map(|(name, _)| ((*name).to_owned(), PASSED.to_owned()))
            .collect();
        Ok(Told {
            error: None,
            access: report.access().map(door).unwrap_or_default(),
            files,
            checks,
        })
    }
}

fn door(access: &AccessUsed) -> String {
    match access.agreement().zip(access.mapping()) {
        None => "BAC".to_owned(),
        Some((agreement, mapping)) => {
            format!("PACE {}-{} {}", agreement.name(), mapping.name(), access.cipher().name())
        }
    }
}
