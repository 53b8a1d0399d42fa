//! Verifies stored reads of citizen ID cards in bulk.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray};
//! use cccd::{pki::TrustStore, policy::Policy};
//! use cccd_batch::{Kernel, column};
//! # use cccd_simulator::{CardOptions, Issuer, IssuerOptions, Person, personalisation::file};
//! # let issuer = Issuer::new(IssuerOptions::default());
//! # let card = issuer.personalise(&Person::sample(), &CardOptions::default());
//! # let csca = issuer.csca_certificate();
//! # let bytes = |file| Arc::new(BinaryArray::from(vec![card.files[&file].as_slice()])) as ArrayRef;
//! let mut trust = TrustStore::empty();
//! trust.add_certificate(csca, "my CSCA")?;
//! let mut kernel = Kernel::new(trust, Policy::standard(), "2026-11-21".parse()?)?;
//!
//! let reads = RecordBatch::try_from_iter([
//!     ("doc_key", Arc::new(StringArray::from(vec!["row 1"])) as ArrayRef),
//!     ("sod", bytes(file::SOD)),
//!     ("dg1", bytes(file::DG1)),
//!     ("dg2", bytes(file::DG2)),
//!     ("dg13", bytes(file::DG13)),
//!     ("dg14", bytes(file::DG14)),
//!     ("dg15", bytes(file::DG15)),
//! ])?;
//! let results = kernel.verify(&reads)?;
//! assert_eq!(column::text(&results, "outcome")?.get(0), Some("verified"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The kernel
//!
//! [`Kernel::verify`] is a pure function from a record batch of reads to a record batch of results, one row
//! for each row, in the same order. What it remembers from batch to batch (the keys and paths of document
//! signers) makes it fast and changes no result. It is what an engine calls: Spark in `mapInArrow`, Ray
//! Data in `map_batches` with a pool of actors that keep their kernel, DataFusion in a table function.
//! Give it 512 to 2,048 rows at a time: 10,000 rows of photographs are 176 MB.
//!
//! | input | type | |
//! |---|---|---|
//! | `doc_key` | any | required; comes back as it is |
//! | `sod` | binary | required; EF.SOD |
//! | `dg1` … `dg16` | binary | a group as it was read; null, or no such column: not stored |
//!
//! Binary means `Binary`, `LargeBinary`, `BinaryView` or `FixedSizeBinary`. Other columns are left alone.
//! For the columns of the results see [`mod@column`].
//!
//! # What "verified" means here
//!
//! The same as for [`InspectionSystem::verify`](cccd::inspection::InspectionSystem::verify) over the same
//! files: an issuer whom you trust signed exactly these bytes, no signed group is withheld, signer and
//! document are valid on that day. It is no proof that a chip was there: a copy of the files passes. A
//! policy that demands such a proof is refused ([`BatchError::ChipProof`]). EF.COM and EF.CardAccess, which
//! nobody signed, are not looked at.
//!
//! # When trust changes
//!
//! The results name the signer of each document, and [`Kernel::met`] hands out the signers. With both,
//! [`Reevaluation`] gives the verdicts under another trust store without a byte of a document: one path per
//! signer, however many documents.
//!
//! # Files
//!
//! [`input`] reads a Parquet file or a tree of folders, [`run`](run()) verifies on several threads in bounded
//! memory, [`output`] writes Parquet. [`Summary`] counts.
//!
//! # Records of an organisation
//!
//! [`reconcile`] compares patients, customers or residents on file with citizens whom chips proved.
//!
//! # Personal data
//!
//! Results hold no personal data but the `doc_key` that the caller chose: no date, no number, no digest of a
//! group. Arrow's buffers are not wiped.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )
)]

mod again;
mod cells;
pub mod column;
mod day;
mod document;
mod error;
pub mod input;
mod kernel;
pub mod output;
pub mod reconcile;
mod results;
mod run;
mod signers;
mod summary;

pub use again::Reevaluation;
pub use error::BatchError;
pub use kernel::{Kernel, verify};
pub use run::{Finished, Stopped, run};
pub use signers::signers_batch;
pub use summary::{Count, Summary};

/// Shorthand used throughout the crate.
pub type Result<T> = core::result::Result<T, BatchError>;
