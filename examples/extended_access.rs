//! The border police: an inspection system that may read fingerprints and irises.
//!
//! ```text
//! cargo run --example extended_access
//! ```
//!
//! The chip opens DG3 and DG4 to terminals for which its own country vouches. The document verifier
//! delivers card-verifiable certificates, short-lived ones; the terminal's private key stays in a
//! security module and signs when the chip asks. Here the chip and the module are simulated.

use std::{error::Error, process::ExitCode};

use cccd::{
    date::Date,
    document::VerifiedDocument,
    error::{Error as CccdError, NotAuthorised},
    findings::Check,
    inspection::{InspectionOptions, InspectionSystem},
    lds::DataGroup,
    pki::TrustStore,
    terminal::{CvCertificate, CvCertificates, Terminal},
    transport::{Limits, SystemRandom, WithLimits},
    vietnam::IdNumber,
};
use cccd_simulator::{
    CardOptions, Chip, CvAuthority, CvAuthorityOptions, IssuedTerminal, Issuer, IssuerOptions,
    Person, Personalisation, TerminalOptions, cv_certificate,
};

/// The police's terminal: what the document verifier delivered, and the way to the security module.
struct Police {
    certificates: CvCertificates,
    module: SecurityModule,
}

impl Terminal for Police {
    fn certificates(&self) -> &CvCertificates {
        &self.certificates
    }

    fn sign(&mut self, certificate: &CvCertificate, message: &[u8]) -> cccd::Result<Vec<u8>> {
        self.module
            .sign(certificate.holder().as_bytes(), message)
            .ok_or(CccdError::NotAuthorised(NotAuthorised::KeyUnavailable))
    }
}

/// Stands for PKCS #11: finds the key by its label and signs, r ‖ s.
struct SecurityModule(IssuedTerminal);

impl SecurityModule {
    fn sign(&self, label: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        (self.0.reference == label).then(|| self.0.key.sign(message))
    }
}

fn police(authority: &CvAuthority) -> cccd::Result<Police> {
    // Valid for a month, as those of terminals are.
    let valid = TerminalOptions {
        effective: cv_certificate::Date::new(2026, 11, 1),
        expiration: cv_certificate::Date::new(2026, 11, 30),
        ..TerminalOptions::default()
    };
    let module = SecurityModule(authority.issue(&valid));
    let mut certificates = CvCertificates::new();
    // The authority's own certificate too: by it the library checks the chain before the chip does.
    certificates.add(authority.certificate())?;
    for certificate in &module.0.certificates {
        certificates.add(certificate)?;
    }
    Ok(Police { certificates, module })
}

/// One card at one desk on one day.
fn inspect(
    system: &InspectionSystem,
    card: &Personalisation,
    terminal: Police,
) -> cccd::Result<VerifiedDocument> {
    let number: IdNumber = Person::sample().id_number.parse()?;
    let options = InspectionOptions::new(number.access_key(), SystemRandom::new())
        .terminal(terminal)
        .printed(number);
    let mut chip = Chip::new(card.clone(), 1);
    // A terminal's certificates are long: the reader has to carry extended length.
    let reader = |command: &[u8]| Ok(chip.process(command));
    system.inspect(options).run(&mut WithLimits::new(reader, Limits::EXTENDED))
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let issuer = Issuer::new(IssuerOptions::default());
    let authority = CvAuthority::new(CvAuthorityOptions::default());
    let options = CardOptions {
        iris: true,
        terminal_trust: Some(authority.trust()),
        ..CardOptions::default()
    };
    let card = issuer.personalise(&Person::sample(), &options);

    let mut trust = TrustStore::empty();
    trust.add_certificate(issuer.csca_certificate(), "simulated authority")?;
    let today: Date = "2026-11-21".parse()?;
    let desk = InspectionSystem::new(trust.clone(), today);

    println!("1. Certificates in force");
    let document = inspect(&desk, &card, police(&authority)?)?;
    println!("   {}", document.report().outcome(Check::TerminalAuthentication));
    for group in [DataGroup::DG3, DataGroup::DG4] {
        let bytes = document.authenticated().group(group.number()).map_or(0, <[u8]>::len);
        println!("   {}: {bytes} bytes, as they were signed", group.name());
    }

    println!("2. The same certificates a month later");
    let later = InspectionSystem::new(trust, "2026-12-01".parse()?);
    let refused = inspect(&later, &card, police(&authority)?).map(|_| ());
    let error = refused.expect_err("an expired certificate must be refused");
    println!("   {error}");
    assert_eq!(error, CccdError::NotAuthorised(NotAuthorised::CertificateExpired));
    Ok(ExitCode::SUCCESS)
}
