//! A chip of a CCCD in software, its personalisation and its issuing authority.
//!
//! The second opinion of the crate `cccd`, which it does not depend on: written from Doc 9303 with its
//! own TLV, key derivation, padding, MACs, elliptic curves, RSA, CMS and X.509. A test tool: its keys are
//! public and its arithmetic is neither fast nor constant in time.
//!
//! ```
//! use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};
//!
//! let issuer = Issuer::new(IssuerOptions::default());
//! let card = issuer.personalise(&Person::sample(), &CardOptions::default());
//! let mut chip = Chip::new(card, 7);
//! // SELECT the ICAO application.
//! let select = [0x00, 0xA4, 0x04, 0x0C, 7, 0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
//! assert_eq!(chip.process(&select), [0x90, 0x00]);
//! assert!(chip.violations().is_empty());
//! ```
//!
//! * [`Person`]: who the card is for, from a small TOML file.
//! * [`Issuer`]: CSCA, document signer, EF.SOD; makes a [`Personalisation`], whose fields tests tamper with.
//! * [`Chip`]: bytes in, bytes out; strict, and [`Chip::violations`] tells what the reader did wrong.
//! * [`CvAuthority`]: Country Verifying CA; equips terminals that may read fingerprints.
//! * [`PrivateKey`]: one's own keys, from PKCS #8 files.
//! * [`Behaviour`]: how this chip differs from the book.
//! * [`profiles`]: a card for every combination of protocols, by name.
//! * [`mod@reference`]: the card by which reads are compared, with files of exact lengths.
//! * [`Link`]: a radio link with planned [`Fault`]s and, with a [`Timing`], a virtual clock.
//! * [`vpcd`]: plugs the chip into pcscd, so that any PC/SC program reads it.
//! * `pn532` (Linux): an NFC device on a pseudo-terminal, so that any program of libnfc reads it.

pub mod arithmetic;
pub mod chip;
pub mod cv_certificate;
pub mod der;
pub mod digest;
pub mod link;
pub mod person;
pub mod personalisation;
pub mod pkcs8;
#[cfg(target_os = "linux")]
pub mod pn532;
pub mod portrait;
pub mod profile;
pub mod random;
pub mod symmetric;
pub mod timing;
pub mod tlv;
pub mod vpcd;

#[cfg(test)]
mod foreign;
mod mrz;

pub use arithmetic::curve::CurveName;
pub use arithmetic::group::Group;
pub use arithmetic::modp::ModpName;
pub use chip::{
    Behaviour, Chip, ChipProofs, EndOfFile, ErrorProtection, Exchange, PaceForgery, Password,
    TooLong, Work, WrongPassword,
};
pub use cv_certificate::{
    CvAuthority, CvAuthorityOptions, IssuedTerminal, TerminalOptions, TerminalTrust,
};
pub use digest::DigestName;
pub use link::{Fault, Link, TagLost};
pub use person::Person;
pub use personalisation::reference;
pub use personalisation::{
    AccessControl, ActiveKey, ActiveKind, CardOptions, ChipAuthenticationOption, ChipKey, EcKey,
    Issuer, IssuerOptions, KeyKind, Mapping, PaceOption, PaceParameters, Personalisation,
};
pub use pkcs8::PrivateKey;
pub use profile::{Profile, profiles};
pub use symmetric::CipherName;
pub use timing::{Elapsed, Timing, timings};
