//! A survey of a card that nobody here has seen: what it is built like, and not whose it is.
//!
//! ```text
//!   master file: EF.CardAccess, EF.ATR/INFO, EF.DIR, SELECT of every kind
//!   MSE:Set AT with each password's name ─► PACE with the key given, else BAC
//!   inside: EF.CardSecurity │ every file, its tags and lengths │ Active, Chip Authentication │ habits
//!   outside again: what the application shows │ BAC and PACE with the key that DG1 gave │ other applications
//! ```
//!
//! It goes on after every refusal, and ends with the card: what was seen until then stays. It sends nothing
//! that writes, and nothing that a card counts: the key given is tried once, no PIN or PUK ever, and
//! a second key only where the card itself gave it away.
//!
//! A [`Survey`] holds no byte of the holder: no MRZ, text, image, digest, serial number, public key or
//! signature of this card, and no exact length of what is the holder's. `docs/doctor.md` says of each what is
//! told and why.

mod application;
mod atr;
mod facts;
mod holder;
mod probes;
mod procedure;
mod questions;
mod security;
mod structure;

use std::{
    cell::Cell,
    collections::BTreeMap,
    pin::pin,
    task::{Context, Waker},
};

pub use atr::AtrFacts;
pub use facts::{
    AtrInfo, BlockSize, ComFacts, Dg13Facts, Door, FaceFacts, FieldFacts, FileFacts, FileOutcome,
    InfoFacts, KeySource, MrzFacts, Node, Part, PasswordProbe, Probe, ProofFacts,
    SecurityInfoFacts, SignatureFacts, SignerFacts, Size, SodFacts, StatusCount, Stopped, Survey,
};
pub use questions::{Question, answers};

use crate::{
    access::AccessKey,
    apdu::{Limits, Line, Request, StatusWord},
    crypto::Random,
    error::{Error, InvalidKey, Result},
};

/// Exchanges of one survey. A portrait of 1 MiB in the smallest blocks needs most of them.
const MAX_EXCHANGES: usize = 20_000;

/// What a survey needs.
pub struct SurveyOptions {
    key: Option<AccessKey>,
    random: Box<dyn Random>,
}

impl SurveyOptions {
    /// A survey with this key, or of what can be seen without one.
    ///
    /// # Errors
    /// `InvalidKey` for a PIN or PUK: wrong tries of them are counted.
    pub fn new(key: Option<AccessKey>, random: impl Random + 'static) -> Result<Self> {
        if key.as_ref().is_some_and(|key| key.password().can_be_suspended()) {
            return Err(Error::InvalidKey(InvalidKey::WrongKind));
        }
        Ok(Self { key, random: Box::new(random) })
    }
}

impl core::fmt::Debug for SurveyOptions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SurveyOptions")
            .field("has_key", &self.key.is_some())
            .finish_non_exhaustive()
    }
}

/// A command to be carried to the card, and what it is for: a caller with a clock can time each part.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// What the survey is at.
    pub part: Part,
    /// The command's name in ISO/IEC 7816-4.
    pub name: &'static str,
    /// The C-APDU.
    pub bytes: &'a [u8],
}

impl core::fmt::Debug for Sent<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({} bytes, {})", self.name, self.bytes.len(), self.part.name())
    }
}

/// Looks at everything that a card shows. Never fails: what went wrong is among the facts.
///
/// ```
/// use cccd::{access::AccessKey, inspection::{Sent, SurveyOptions, survey}, transport::{Limits, SystemRandom}};
/// # use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Person};
/// # let card = Issuer::new(IssuerOptions::default()).personalise(&Person::sample(), &CardOptions::default());
/// # let mut chip = Chip::new(card, 1);
/// let options = SurveyOptions::new(Some(AccessKey::from_can("001234")?), SystemRandom::new())?;
/// let seen = survey(options, Limits::EXTENDED, &mut |sent: Sent<'_>| Ok(chip.process(sent.bytes)));
/// assert_eq!(seen.dg14.unwrap().infos[0].name.as_deref(), Some("TA"));
/// # Ok::<(), cccd::Error>(())
/// ```
pub fn survey(
    options: SurveyOptions,
    limits: Limits,
    transmit: &mut dyn FnMut(Sent<'_>) -> Result<Vec<u8>>,
) -> Survey {
    let (line, mailbox) = Line::new();
    mailbox.set_limits(limits);
    let mut seen = Survey::default();
    let part = Cell::new(Part::MasterFile);
    let mut statuses = BTreeMap::new();
    let mut exchanges = 0;
    {
        let mut procedure = pin!(procedure::run(line, options, &part, &mut seen));
        let mut context = Context::from_waker(Waker::noop());
        while procedure.as_mut().poll(&mut context).is_pending() {
            let Some(Request::Command(command)) = mailbox.take_request() else {
                // Nobody can bring the card back, and nothing else is ever asked for.
                if !mailbox.fail(Error::LinkLost) {
                    break;
                }
                continue;
            };
            exchanges += 1;
            let sent = Sent { part: part.get(), name: command.name, bytes: &command.bytes };
            let answer =
                if exchanges > MAX_EXCHANGES { Err(Error::DeadlinePassed) } else { transmit(sent) };
            match answer {
                Ok(answer) => {
                    if let [.., sw1, sw2] = *answer {
                        let status = u16::from_be_bytes([sw1, sw2]);
                        *statuses.entry((command.name, status)).or_insert(0) += 1;
                    }
                    mailbox.deliver(&answer);
                }
                Err(error) => {
                    mailbox.fail(error);
                }
            }
        }
    }
    let count =
        |((command, status), count)| StatusCount { command, status: StatusWord(status), count };
    seen.status_words = statuses.into_iter().map(count).take(256).collect();
    seen
}
