//! Vietnam's chip-based ID card: CCCD gắn chip (2021) and Căn cước (2024).
//!
//! What is national about it: the twelve-digit [`IdNumber`] (số định danh cá nhân) whose last six
//! digits are the card access number, the QR code ([`QrText`]), the text fields in DG13 ([`Dg13`])
//! and what they make together: a [`CitizenRecord`].
//!
//! Printed data (ID number, MRZ, QR) open the chip and can be compared with it; they prove nothing.

mod citizen;
mod dg13;
mod document;
mod expiry;
mod extract;
mod formats;
pub mod health_insurance;
mod id_number;
mod keys;
pub mod names;
pub mod places;
mod printed;
mod provinces;
mod qr;
mod reconcile;
mod sex;
#[cfg(test)]
mod simulated;

pub use citizen::{CitizenRecord, Remark};
pub use dg13::{Dg13, Entry, Field, Text};
pub use expiry::Expiry;
pub use extract::{Limit, ResidenceExtract};
pub use formats::RecordFormat;
pub use id_number::{IdNumber, IdNumberHints};
pub use keys::KeyCandidates;
pub use printed::PrintedDataComparison;
pub use provinces::Province;
pub use qr::{QrDamage, QrText};
pub use reconcile::{Comparison, Record, RecordField, Relation};
pub use sex::Sex;
