//! An organisation's records beside the citizens whom chips proved, row after row in bounded memory.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use cccd::vietnam::{CitizenRecord, RecordField};
//! use cccd_batch::reconcile::{Citizens, Columns, Difference, Records, run};
//! # use cccd::inspection::{InspectionOptions, InspectionSystem};
//! # use cccd::{pki::TrustStore, transport::{Limits, SystemRandom, WithLimits}, vietnam::IdNumber};
//! # use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};
//! # let issuer = Issuer::new(IssuerOptions::default());
//! # let mut chip = Chip::new(issuer.personalise(&Person::sample(), &CardOptions::default()), 1);
//! # let mut reader = WithLimits::new(|command: &[u8]| Ok(chip.process(command)), Limits::EXTENDED);
//! # let mut trust = TrustStore::empty();
//! # trust.add_certificate(issuer.csca_certificate(), "my CSCA")?;
//! # let system = InspectionSystem::new(trust, "2026-11-21".parse()?);
//! # let number: IdNumber = "000195001234".parse()?;
//! # let options = InspectionOptions::new(number.access_key(), SystemRandom::new());
//! # let document = system.inspect(options).run(&mut reader)?;
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("patients.csv");
//! let mut citizens = Citizens::new();
//! citizens.insert(CitizenRecord::from_document(&document)?);
//!
//! std::fs::write(&path, "mabn,cccd,ho_ten\n7,000195001234,NGUYEN THI THU HA\n")?;
//! let mut records = Records::open(&path, Columns::default())?;
//! assert_eq!(records.columns().kept(), [RecordField::IdNumber, RecordField::FullName]);
//! let mut found = Vec::new();
//! let counts = run(&mut records, &citizens, NonZeroUsize::MIN, |checked| {
//!     found.extend(checked.differences().map(|Difference { field, relation }| (field, relation.code())));
//!     Ok(())
//! })?;
//! assert_eq!(found, [(RecordField::IdNumber, "equal"), (RecordField::FullName, "spelling_variant")]);
//! assert_eq!((counts.records, counts.compared), (1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod citizens;
mod columns;
mod differences;
mod records;
mod run;
#[cfg(test)]
mod tests;

pub use citizens::{Citizens, Found, FoundBy};
pub use columns::Columns;
pub use differences::{Differences, Written};
pub use records::{Records, Row, RowFault};
pub use run::{Checked, Counts, Difference, Match, run};
