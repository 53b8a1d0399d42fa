//! Reads and verifies chip-based citizen ID cards (ICAO Doc 9303), first of all Vietnam's CCCD.
//!
//! ```
//! use cccd::{
//!     inspection::{InspectionOptions, InspectionSystem},
//!     pki::TrustStore,
//!     transport::{Limits, SystemRandom, WithLimits},
//!     vietnam::{CitizenRecord, IdNumber},
//! };
//! # use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};
//! # let issuer = Issuer::new(IssuerOptions::default());
//! # let mut chip = Chip::new(issuer.personalise(&Person::sample(), &CardOptions::default()), 1);
//! # let csca = issuer.csca_certificate();
//! # let mut reader = WithLimits::new(|command: &[u8]| Ok(chip.process(command)), Limits::EXTENDED);
//! let mut trust = TrustStore::empty();
//! trust.add_certificate(csca, "my CSCA")?;
//! let system = InspectionSystem::new(trust, "2026-11-21".parse()?);
//!
//! let number: IdNumber = "000195001234".parse()?; // printed on the card
//! let options = InspectionOptions::new(number.access_key(), SystemRandom::new()).printed(number);
//! let document = system.inspect(options).run(&mut reader)?;
//! let citizen = CitizenRecord::from_document(&document)?;
//! assert_eq!(citizen.full_name.reveal(), "Nguyễn Thị Thu Hà");
//! # Ok::<(), cccd::Error>(())
//! ```
//!
//! # The nouns
//!
//! * [`TrustStore`](pki::TrustStore): the issuers (CSCA certificates) whom you trust. None is built in.
//! * [`InspectionSystem`](inspection::InspectionSystem): trust, [`Policy`](policy::Policy) and the day.
//! * [`Inspection`](inspection::Inspection): one read of one chip. It opens no device: it hands out
//!   commands and takes answers, so the same procedure serves PC/SC, a phone, a browser and a test.
//! * [`VerifiedDocument`](document::VerifiedDocument): exists only if every check that the policy
//!   demands has passed. Its [`Report`](document::Report) tells of every check, passed or not.
//! * [`Evidence`](document::Evidence): the raw files and transcripts, to be verified again later.
//!
//! # What is proven, and what is not
//!
//! | check | shows | does not show |
//! |---|---|---|
//! | access (PACE, BAC) | the chip knows the printed key | that chip or data are genuine |
//! | digests, SOD signature, signer path | an issuer whom you trust signed these bytes | that this chip is the one they were written to |
//! | Chip Authentication | this chip holds the signed private key, in this session | anything to a third party |
//! | PACE with chip-authentication mapping | the same, by the key in the signed EF.CardSecurity | anything to a third party |
//! | Active Authentication | the same, to whoever chose the challenge | that the holder is the person on the portrait |
//! | Terminal Authentication | to the chip, that we may read DG3 and DG4 | anything about the document |
//!
//! Revocation lists are not implemented. Nothing was ever tried on a physical card; see `SECURITY.md`.
//!
//! # Layers
//!
//! An import goes strictly down; a test enforces it.
//!
//! ```text
//!  L8  transport  files  vietnam      devices · disk · the national card
//!  L7  inspection                     the procedure: poll / receive
//!  L6  document                       verified document, report, evidence
//!  L5  chip  terminal                 Chip and Active Authentication, CAM · Terminal Authentication
//!  L4  access  passive                BAC, PACE · SOD to authenticated groups
//!  L3  secure_messaging  pki          the channel · CMS, X.509, trust
//!  L2  lds  seal                      the files of Doc 9303-10, parsed, never verified · the seal over our own files
//!  L1  apdu  mrz  crypto              codecs and primitives
//!  L0  error  sensitive  date  findings  policy  tlv
//! ```
//!
//! # Features
//!
//! * `ring` (default): fast RSA and P-256/P-384 verification, and
//!   [`SystemRandom`](transport::SystemRandom). Without it everything is pure Rust and the caller
//!   supplies random numbers.
//! * `pcsc`: [`transport::pcsc`], readers through the system's PC/SC service.
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

pub mod access;
pub mod apdu;
pub mod chip;
pub mod crypto;
pub mod date;
pub mod document;
pub mod error;
pub mod files;
pub mod findings;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
pub mod inspection;
pub mod lds;
pub mod mrz;
pub mod passive;
pub mod pki;
pub mod policy;
pub mod seal;
mod secure_messaging;
pub mod sensitive;
pub mod terminal;
pub mod tlv;
pub mod transport;
pub mod vietnam;

pub use error::{Error, Result};

/// The README's program compiles.
#[cfg(all(doctest, feature = "pcsc", feature = "ring"))]
#[doc = include_str!("../README.md")]
struct Readme;
