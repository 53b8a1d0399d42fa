//! An inspection system of the police: certificates, and the simulator's key in place of a security
//! module. And what came of its visits.

use std::sync::{Arc, Mutex};

use cccd::{
    Error, Result,
    access::AccessKey,
    error::NotAuthorised,
    findings::{Check, Outcome},
    inspection::InspectionOptions,
    terminal::{CvCertificate, CvCertificates, Terminal},
};
use cccd_simulator::{
    CardOptions, Chip, ChipProofs, CvAuthority, CvAuthorityOptions, IssuedTerminal,
    Personalisation, TerminalOptions, cv_certificate::TerminalKey, personalisation::file,
};

use crate::common::{Desk, Run, can, options, personalise, seeded};

/// The authority that cards trust unless a test says otherwise.
pub(crate) fn authority() -> CvAuthority {
    CvAuthority::new(CvAuthorityOptions::default())
}

/// A terminal below it that may read everything.
pub(crate) fn terminal() -> IssuedTerminal {
    authority().issue(&TerminalOptions::default())
}

/// A card with fingers and irises whose chip trusts the authority.
pub(crate) fn protected(authority: &CvAuthority, options: CardOptions) -> Personalisation {
    let terminal_trust = Some(authority.trust());
    personalise(&CardOptions { terminal_trust, iris: true, ..options })
}

/// The default card, with fingers and irises.
pub(crate) fn card() -> Personalisation {
    protected(&authority(), options())
}

type Signatures = Arc<Mutex<Vec<Vec<u8>>>>;

/// The inspection system.
#[derive(Clone)]
pub(crate) struct Border {
    certificates: CvCertificates,
    /// The certificate holder's name and the key; none if the module is out of order.
    key: Option<(Vec<u8>, TerminalKey)>,
    /// Signs this whatever it is asked for.
    answer: Option<Vec<u8>>,
    signatures: Signatures,
}

impl Border {
    /// With the authority's certificate, by which the library checks the chain, and the terminal's.
    pub(crate) fn new(authority: &CvAuthority, terminal: &IssuedTerminal) -> Self {
        Self::with(authority.certificate(), terminal)
    }

    pub(crate) fn with(root: &[u8], terminal: &IssuedTerminal) -> Self {
        let certificates = CvCertificates::new();
        let key = Some((terminal.reference.clone(), terminal.key.clone()));
        let mut border =
            Self { certificates, key, answer: None, signatures: Signatures::default() };
        border.add(root);
        border.add(&terminal.certificates.concat());
        border
    }

    pub(crate) fn add(&mut self, certificates: &[u8]) {
        self.certificates.add(certificates).unwrap();
    }

    /// A module that cannot be used.
    pub(crate) fn out_of_order(mut self) -> Self {
        self.key = None;
        self
    }

    /// A module with the key of another terminal under this one's name.
    pub(crate) fn with_key(mut self, other: &TerminalKey) -> Self {
        self.key = self.key.map(|(holder, _)| (holder, other.clone()));
        self
    }

    /// A module that repeats itself.
    pub(crate) fn that_answers(mut self, signature: Vec<u8>) -> Self {
        self.answer = Some(signature);
        self
    }

    /// What the module has signed so far.
    pub(crate) fn signatures(&self) -> Vec<Vec<u8>> {
        self.signatures.lock().unwrap().clone()
    }
}

impl Terminal for Border {
    fn certificates(&self) -> &CvCertificates {
        &self.certificates
    }

    fn sign(&mut self, certificate: &CvCertificate, message: &[u8]) -> Result<Vec<u8>> {
        let unavailable = Error::NotAuthorised(NotAuthorised::KeyUnavailable);
        let (holder, key) = self.key.as_ref().ok_or(unavailable)?;
        assert_eq!(certificate.holder().as_bytes(), holder);
        let signature = self.answer.clone().unwrap_or_else(|| key.sign(message));
        self.signatures.lock().unwrap().push(signature.clone());
        Ok(signature)
    }
}

/// A read, and the chip after it.
pub(crate) struct Visit {
    pub(crate) run: Run,
    pub(crate) chip: Chip,
    /// The card before it: link certificates change what the chip holds.
    card: Personalisation,
}

/// Reads a card at a desk.
pub(crate) fn visit_at(
    desk: &Desk,
    card: &Personalisation,
    key: AccessKey,
    border: &Border,
) -> Visit {
    let mut chip = Chip::new(card.clone(), 7);
    let run =
        desk.read_chip(&mut chip, InspectionOptions::new(key, seeded(1)).terminal(border.clone()));
    Visit { run, chip, card: card.clone() }
}

/// Reads a card at the tests' desk, opened by its CAN.
pub(crate) fn visit(card: &Personalisation, border: &Border) -> Visit {
    visit_at(&Desk::new(), card, can(), border)
}

impl Visit {
    /// A verified document with every group of the card, byte for byte, and of the protected ones these; the
    /// chip saw nothing wrong.
    #[track_caller]
    pub(crate) fn assert_opened(&self, protected: &[u8]) {
        assert_eq!(self.run.violations, [""; 0]);
        self.assert_document(protected);
    }

    /// The same, whatever the chip noticed.
    #[track_caller]
    pub(crate) fn assert_document(&self, protected: &[u8]) {
        let document = self.run.outcome.as_ref().unwrap();
        let expected: Vec<_> = self
            .card
            .files
            .iter()
            .filter_map(|(identifier, bytes)| {
                let number = file::data_group_number(*identifier)?;
                let open = !self.card.protected.contains(identifier) || protected.contains(&number);
                open.then_some((number, bytes.as_slice()))
            })
            .collect();
        let found: Vec<_> = document
            .authenticated()
            .groups()
            .map(|number| (number, document.authenticated().group(number).unwrap()))
            .collect();
        assert!(found == expected, "the document holds other groups than the card");
        self.assert_touched(protected);
    }

    /// Of the protected groups these were read, and the others not even asked for.
    #[track_caller]
    pub(crate) fn assert_touched(&self, protected: &[u8]) {
        for number in [3, 4] {
            let name = format!("DG{number}");
            let expected = protected.contains(&number);
            assert_eq!(self.run.inspection.files().contains_key(name.as_str()), expected, "{name}");
            assert_eq!(
                self.commands().any(|command| asks_for(command, number)),
                expected,
                "{name}"
            );
        }
    }

    /// No document but this error, reported under Terminal Authentication; no protected group was asked for.
    #[track_caller]
    pub(crate) fn assert_refused(&self, code: &str) {
        assert_eq!(self.run.error().code(), code);
        assert_eq!(self.run.ended(Check::TerminalAuthentication), code);
        assert_eq!(self.run.ended(Check::SecureMessaging), "passed");
        assert_eq!(self.run.violations, [""; 0]);
        self.assert_touched(&[]);
        assert_eq!(self.proofs().terminal_authentications, 0);
    }

    /// What the report says of Terminal Authentication.
    #[track_caller]
    pub(crate) fn words(&self) -> &str {
        match self.run.report.outcome(Check::TerminalAuthentication) {
            Outcome::Passed(words) => words,
            other => panic!("{other}"),
        }
    }

    pub(crate) fn proofs(&self) -> ChipProofs {
        self.chip.chip_proofs()
    }

    /// The commands inside secure messaging.
    pub(crate) fn commands(&self) -> impl Iterator<Item = &[u8]> {
        self.chip.trace().iter().filter_map(|exchange| exchange.plain_command.as_deref())
    }

    /// How many commands begin with these bytes.
    pub(crate) fn sent(&self, start: &[u8]) -> usize {
        self.commands().filter(|command| command.starts_with(start)).count()
    }
}

/// Whether a command selects this group, or reads it by its short identifier.
fn asks_for(command: &[u8], group: u8) -> bool {
    let selects =
        command.starts_with(&[0x00, 0xA4, 0x02]) && command.get(5..7) == Some(&[0x01, group]);
    selects || command.starts_with(&[0x00, 0xB0, 0x80 | group])
}
