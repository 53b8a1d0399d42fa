//! What the tests of the whole read share: an issuer, cards, a desk that reads them.
//!
//! Everything is deterministic: the library's random numbers come from a seed, as the chip's do.
#![allow(dead_code, unreachable_pub)] // every test file is a crate of its own and uses a part of this

use std::{cell::RefCell, sync::LazyLock};

use cccd::{
    Error, Result,
    access::AccessKey,
    apdu::Metrics,
    date::Date,
    document::{Report, VerifiedDocument, VerifiedIdentity},
    findings::{Check, Outcome},
    inspection::{Inspection, InspectionOptions, InspectionSystem, Progress, Step},
    pki::TrustStore,
    policy::Policy,
    terminal::{CvCertificate, CvCertificates, Terminal},
    transport::Limits,
};
use cccd_simulator::{
    CardOptions, Chip, CvAuthority, CvAuthorityOptions, Exchange, IssuedTerminal, Issuer,
    IssuerOptions, Link, Person, Personalisation, TerminalOptions, der::Time,
    personalisation::Period, portrait::PortraitOptions, random::Random,
};

/// The day on which every card is read unless a test says otherwise.
pub const TODAY: &str = "2026-11-21";

/// No read of any card, however hostile, may cost more exchanges than this.
pub const MAX_EXCHANGES: usize = 20_000;

static ISSUER: LazyLock<Issuer> = LazyLock::new(|| Issuer::new(IssuerOptions::default()));
static PORTRAIT: LazyLock<Vec<u8>> = LazyLock::new(|| PortraitOptions::default().make().image);
static CARD: LazyLock<Personalisation> = LazyLock::new(|| personalise(&options()));

/// The authority that the desk trusts.
pub fn issuer() -> &'static Issuer {
    &ISSUER
}

/// An authority of this country whose certificates hold in this year, for whatever documents.
pub fn issuer_of(country: &str, year: u16) -> Issuer {
    let period = Period { from: Time::midnight(year, 1, 1), until: Time::midnight(year + 1, 1, 1) };
    Issuer::new(IssuerOptions {
        country: country.to_owned(),
        document_type: false,
        csca_validity: period,
        csca_key_usage: period,
        signer_validity: period,
        signer_key_usage: period,
        signing_time: None,
        ..IssuerOptions::default()
    })
}

/// Other people's test data: a file under the folder that `CCCD_FOREIGN` names. `None`, and a line that
/// says so, where it is unset.
pub fn foreign(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("CCCD_FOREIGN") else {
        println!("skipped {path}: CCCD_FOREIGN is not set");
        return None;
    };
    let path = std::path::Path::new(&folder).join(path);
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The default card's options; the portrait is drawn once only.
pub fn options() -> CardOptions {
    let image = Some(PORTRAIT.clone());
    CardOptions {
        portrait: PortraitOptions { image, ..PortraitOptions::default() },
        ..CardOptions::default()
    }
}

/// The CCCD as it is known: PACE and BAC, Chip and Active Authentication.
pub fn card() -> Personalisation {
    CARD.clone()
}

/// The sample person's card with these options.
pub fn personalise(options: &CardOptions) -> Personalisation {
    issuer().personalise(&Person::sample(), options)
}

/// A card that is opened by BAC; no DG14 tells of PACE, which makes its runs short.
pub fn bac_card() -> Personalisation {
    personalise(&CardOptions { pace: Vec::new(), ..options() })
}

/// These options for a card that lets the tests' terminal read DG3 and DG4.
pub fn protected(options: CardOptions) -> CardOptions {
    let authority = CvAuthority::new(CvAuthorityOptions::default());
    CardOptions { terminal_trust: Some(authority.trust()), iris: true, ..options }
}

/// A terminal with every right on such cards.
pub struct TestTerminal {
    certificates: CvCertificates,
    issued: IssuedTerminal,
}

impl TestTerminal {
    pub fn new() -> Self {
        let authority = CvAuthority::new(CvAuthorityOptions::default());
        let issued = authority.issue(&TerminalOptions::default());
        let mut certificates = CvCertificates::new();
        certificates.add(authority.certificate()).unwrap();
        certificates.add(&issued.certificates.concat()).unwrap();
        Self { certificates, issued }
    }
}

impl Terminal for TestTerminal {
    fn certificates(&self) -> &CvCertificates {
        &self.certificates
    }

    fn sign(&mut self, _: &CvCertificate, message: &[u8]) -> Result<Vec<u8>> {
        Ok(self.issued.key.sign(message))
    }
}

pub fn can() -> AccessKey {
    AccessKey::from_can(&Person::sample().can()).unwrap()
}

pub fn mrz() -> AccessKey {
    AccessKey::from_mrz(&Person::sample().mrz().join("\n")).unwrap()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// Random numbers from a seed.
pub fn seeded(seed: u64) -> impl FnMut(&mut [u8]) -> Result<()> + Send + 'static {
    let mut random = Random::from_label(seed, "reader");
    move |bytes| {
        bytes.copy_from_slice(&random.bytes(bytes.len()));
        Ok(())
    }
}

/// A store with this authority only.
pub fn trusting(issuer: &Issuer) -> TrustStore {
    let mut trust = TrustStore::empty();
    trust.add_certificate(issuer.csca_certificate(), "simulator").unwrap();
    trust
}

/// A place where cards are read.
#[derive(Clone)]
pub struct Desk {
    pub system: InspectionSystem,
    pub limits: Limits,
}

impl Desk {
    /// Trusts the tests' issuer, by the standard policy, over extended length.
    pub fn new() -> Self {
        Self::of(issuer())
    }

    pub fn of(issuer: &Issuer) -> Self {
        let system = InspectionSystem::new(trusting(issuer), date(TODAY));
        Self { system, limits: Limits::EXTENDED }
    }

    pub fn without_trust() -> Self {
        let system = InspectionSystem::new(TrustStore::empty(), date(TODAY));
        Self { system, limits: Limits::EXTENDED }
    }

    pub fn at(issuer: &Issuer, day: &str) -> Self {
        let system = InspectionSystem::new(trusting(issuer), date(day));
        Self { system, limits: Limits::EXTENDED }
    }

    pub fn policy(mut self, policy: Policy) -> Self {
        self.system = self.system.with_policy(policy);
        self
    }

    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads a chip with these contents.
    pub fn read(&self, card: Personalisation, key: AccessKey) -> Run {
        self.read_chip(&mut Chip::new(card, 7), InspectionOptions::new(key, seeded(1)))
    }

    /// Reads a chip as it stands.
    pub fn read_chip(&self, chip: &mut Chip, options: InspectionOptions) -> Run {
        let mut run = self.read_over(options, |command| Ok(chip.process(command)));
        run.violations = chip.violations().to_vec();
        run.trace = chip.trace().to_vec();
        run
    }

    /// Reads whatever answers; stops the test if the exchanges do not end. A lost card does not come back.
    pub fn read_over(
        &self,
        options: InspectionOptions,
        transmit: impl FnMut(&[u8]) -> Result<Vec<u8>>,
    ) -> Run {
        self.read_on(options, transmit, || false)
    }

    /// Reads over a link on which a lost card is put back.
    pub fn read_again(&self, options: InspectionOptions, link: &mut Link) -> Run {
        let link = RefCell::new(link);
        self.read_on(
            options,
            |command| link.borrow_mut().transmit(command).map_err(|_| Error::LinkLost),
            || {
                link.borrow_mut().put_back();
                true
            },
        )
    }

    /// Reads whatever answers; `bring_back` tells whether a lost card is there again.
    pub fn read_on(
        &self,
        options: InspectionOptions,
        mut transmit: impl FnMut(&[u8]) -> Result<Vec<u8>>,
        mut bring_back: impl FnMut() -> bool,
    ) -> Run {
        let mut inspection = self.system.inspect(options);
        inspection.set_limits(self.limits);
        let mut progress = Vec::new();
        let mut identified = None;
        let mut exchanges = 0;
        let outcome = loop {
            match inspection.poll() {
                Ok(Step::Transmit(command)) => {
                    exchanges += 1;
                    assert!(exchanges <= MAX_EXCHANGES, "the read does not end");
                    match transmit(command.as_bytes()) {
                        Ok(answer) => inspection.receive(&answer),
                        Err(error) => inspection.lost(error),
                    }
                }
                Ok(Step::Progress(step)) => progress.push(step),
                Ok(Step::Identity(identity)) => {
                    let before = identified.replace((*identity, inspection.metrics()));
                    assert!(before.is_none(), "the identity was handed out twice");
                }
                Ok(Step::CardLost) => match bring_back() {
                    true => inspection.card_is_back(),
                    false => inspection.lost(Error::LinkLost),
                },
                Ok(Step::Done(document)) => break Ok(*document),
                Err(error) => break Err(error),
            }
        };
        assert_eq!(inspection.metrics().apdus, exchanges);
        Run {
            outcome,
            report: inspection.report(),
            metrics: inspection.metrics(),
            progress,
            identified,
            violations: Vec::new(),
            trace: Vec::new(),
            inspection,
        }
    }
}

/// What came of one read.
pub struct Run {
    pub outcome: Result<VerifiedDocument>,
    pub report: Report,
    pub metrics: Metrics,
    pub progress: Vec<Progress>,
    /// Who the holder is, and what it had cost when that was known.
    pub identified: Option<(VerifiedIdentity, Metrics)>,
    pub violations: Vec<String>,
    pub trace: Vec<Exchange>,
    pub inspection: Inspection,
}

impl Run {
    /// The document of a good run in which the chip saw nothing wrong.
    #[track_caller]
    pub fn verified(&self) -> &VerifiedDocument {
        assert_eq!(self.violations, [""; 0]);
        match &self.outcome {
            Ok(document) => document,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// The error of a run that must not end with a document.
    #[track_caller]
    pub fn error(&self) -> &Error {
        self.outcome.as_ref().expect_err("a verified document")
    }

    /// How a check ended: `passed`, the error's code, or the code of what was not performed.
    pub fn ended(&self, check: Check) -> &'static str {
        ended(&self.report, check)
    }

    /// The names of the deviations in the report.
    pub fn deviations(&self) -> Vec<&'static str> {
        self.report.deviations().map(cccd::findings::Deviation::name).collect()
    }

    /// The stable name of the door that was used.
    #[track_caller]
    pub fn access_name(&self) -> &'static str {
        self.report.access().unwrap().name()
    }

    /// Everything that a default card shows, apart from the way in and the proofs of the chip.
    #[track_caller]
    pub fn assert_standard_checks(&self) {
        for (check, expected) in [
            (Check::Access, "passed"),
            (Check::SecureMessaging, "passed"),
            (Check::Digests, "passed"),
            (Check::SodSignature, "passed"),
            (Check::SignerPath, "passed"),
            (Check::Revocation, "no_revocation_list"),
            (Check::Validity, "passed"),
            (Check::IssuingState, "passed"),
            (Check::PrintedData, "nothing_to_compare"),
        ] {
            assert_eq!(self.ended(check), expected, "{check:?}");
        }
    }

    /// The groups of the document are, byte for byte, those of the card.
    #[track_caller]
    pub fn assert_same_groups(&self, card: &Personalisation) {
        assert_same_groups(self.outcome.as_ref().unwrap(), card);
    }
}

/// The groups of the document are, byte for byte, those of the card, DG3 left out.
#[track_caller]
pub fn assert_same_groups(document: &VerifiedDocument, card: &Personalisation) {
    let readable = card.files.iter().filter_map(|(file, bytes)| {
        let number = cccd_simulator::personalisation::file::data_group_number(*file)?;
        (!card.protected.contains(file)).then_some((number, bytes.as_slice()))
    });
    let authenticated = document.authenticated();
    let found: Vec<_> = authenticated
        .groups()
        .map(|number| (number, authenticated.group(number).unwrap()))
        .collect();
    let expected: Vec<_> = readable.collect();
    assert!(found == expected, "the document holds other groups than the card");
}

pub fn ended(report: &Report, check: Check) -> &'static str {
    match report.outcome(check) {
        Outcome::Passed(_) => "passed",
        Outcome::Failed(error) => error.code(),
        Outcome::NotPerformed { code, .. } => code,
    }
}

/// A chip that holds none of the keys and says what the closure says; never ends by itself.
pub fn scripted(mut answer: impl FnMut(&[u8]) -> Vec<u8>) -> impl FnMut(&[u8]) -> Result<Vec<u8>> {
    move |command| Ok(answer(command))
}
