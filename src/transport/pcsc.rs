//! PC/SC readers by the crate `pcsc`. On Linux it needs pcscd; Windows and macOS bring the service.

use std::{
    ffi::{CStr, CString},
    time::Duration,
};

use pcsc::{Context, Disposition, Protocols, ReaderState, Scope, ShareMode, State};

use super::Transport;
use crate::{
    apdu::Limits,
    error::{Error, ReaderFault, Result},
};

/// The connection to the PC/SC service.
#[derive(Clone)]
pub struct Readers(Context);

/// A reader as the service lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderStatus {
    /// The reader's name.
    pub name: String,
    /// Whether a card lies on it.
    pub card_present: bool,
    /// Whether another program uses the card exclusively.
    pub in_use: bool,
    /// The card's answer to reset; empty without a card.
    pub atr: Vec<u8>,
}

impl Readers {
    /// Connects to the service.
    ///
    /// # Errors
    /// `Reader` with [`ReaderFault::ServiceNotRunning`] where there is none.
    pub fn connect() -> Result<Self> {
        Context::establish(Scope::User).map(Self).map_err(fault)
    }

    /// All readers with what lies on them.
    ///
    /// # Errors
    /// `Reader` if the service fails. No reader at all is an empty list, not an error.
    pub fn list(&self) -> Result<Vec<ReaderStatus>> {
        let names = match self.0.list_readers_owned() {
            Err(pcsc::Error::NoReadersAvailable) => return Ok(Vec::new()),
            names => names.map_err(fault)?,
        };
        let mut states: Vec<_> =
            names.into_iter().map(|name| ReaderState::new(name, State::UNAWARE)).collect();
        if !states.is_empty() {
            self.0.get_status_change(Duration::ZERO, &mut states).map_err(fault)?;
        }
        Ok(states
            .iter()
            .map(|state| ReaderStatus {
                name: state.name().to_string_lossy().into_owned(),
                card_present: state.event_state().contains(State::PRESENT),
                in_use: state.event_state().contains(State::EXCLUSIVE),
                atr: state.atr().to_vec(),
            })
            .collect())
    }

    /// Waits until a card lies on the named reader, or on any if no name is given; `None` after
    /// `patience`. Readers that are plugged in meanwhile are noticed.
    ///
    /// # Errors
    /// `Reader` if the service fails.
    pub fn wait_for_card(&self, name: Option<&str>, patience: Duration) -> Result<Option<String>> {
        self.wait(patience, |readers| {
            readers
                .iter()
                .find(|reader| reader.card_present && name.is_none_or(|name| reader.name == name))
                .map(|reader| reader.name.clone())
        })
    }

    /// Waits until no card lies on the named reader any more; `false` after `patience`.
    ///
    /// # Errors
    /// `Reader` if the service fails.
    pub fn wait_for_removal(&self, name: &str, patience: Duration) -> Result<bool> {
        let gone = self.wait(patience, |readers| {
            let present = readers.iter().any(|reader| reader.card_present && reader.name == name);
            (!present).then_some(())
        })?;
        Ok(gone.is_some())
    }

    /// Looks at the readers again after every change the service reports.
    fn wait<T>(
        &self,
        patience: Duration,
        mut look: impl FnMut(&[ReaderStatus]) -> Option<T>,
    ) -> Result<Option<T>> {
        const POLL: Duration = Duration::from_millis(250);
        let end = std::time::Instant::now() + patience;
        loop {
            if let Some(found) = look(&self.list()?) {
                return Ok(Some(found));
            }
            let left = end.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            std::thread::sleep(left.min(POLL));
        }
    }

    /// Opens the card on the named reader, or on the first that has one, for exclusive use.
    ///
    /// # Errors
    /// `Reader`: no such reader, no reader at all, no card, mute card, in use by another program.
    pub fn open(&self, name: Option<&str>) -> Result<Card> {
        let readers = self.list()?;
        let reader = match name {
            Some(name) => readers
                .iter()
                .find(|reader| reader.name == name)
                .ok_or(Error::Reader(ReaderFault::NoSuchReader))?,
            None => readers
                .iter()
                .find(|reader| reader.card_present)
                .or(readers.first())
                .ok_or(Error::Reader(ReaderFault::NoReader))?,
        };
        if !reader.card_present {
            return Err(Error::Reader(ReaderFault::NoCard));
        }
        let c_name = CString::new(reader.name.clone())
            .map_err(|_| Error::Reader(ReaderFault::NoSuchReader))?;
        Card::open(&self.0, &c_name)
    }
}

/// A card on a PC/SC reader. Dropping it resets the card, so that no session stays open.
pub struct Card {
    card: Option<pcsc::Card>,
    limits: Limits,
    buffer: Vec<u8>,
}

impl Card {
    fn open(context: &Context, reader: &CStr) -> Result<Self> {
        let card = context.connect(reader, ShareMode::Exclusive, Protocols::ANY).map_err(fault)?;
        let limits = reader_limits(&card);
        Ok(Self { card: Some(card), limits, buffer: vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED] })
    }
}

impl Transport for Card {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        let card = self.card.as_ref().ok_or(Error::LinkLost)?;
        card.transmit(command, &mut self.buffer).map(<[u8]>::to_vec).map_err(fault)
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        if let Some(card) = self.card.take() {
            // Nothing can be done about a failure: card or reader are gone.
            drop(card.disconnect(Disposition::ResetCard));
        }
    }
}

/// CM_IOCTL_GET_FEATURE_REQUEST `[PC/SC part 10 §2.2]`; its number differs between systems.
#[cfg(windows)]
const GET_FEATURE_REQUEST: u32 = 0x0031_0000 | 3400 << 2;
#[cfg(not(windows))]
const GET_FEATURE_REQUEST: u32 = 0x4200_0000 + 3400;
/// FEATURE_GET_TLV_PROPERTIES.
const TLV_PROPERTIES: u8 = 0x12;
/// `dwMaxAPDUDataSize`: longest data field, 0 for short APDUs only.
const MAX_APDU_DATA_SIZE: u8 = 0x0A;

/// What the reader says of itself `[PC/SC part 10 §2.6.14]`; without a word, extended length is tried.
fn reader_limits(card: &pcsc::Card) -> Limits {
    match max_apdu_data_size(card) {
        Some(0..=256) => Limits::SHORT,
        Some(size) => Limits { max_command: size + 9, max_response: size + 2 },
        None => Limits::EXTENDED,
    }
}

fn max_apdu_data_size(card: &pcsc::Card) -> Option<usize> {
    let mut buffer = [0; 256];
    let features = card.control(GET_FEATURE_REQUEST.into(), &[], &mut buffer).ok()?.to_vec();
    let code = simple_tlv(&features, TLV_PROPERTIES)?;
    let code = u32::from_be_bytes(code.try_into().ok()?);
    let properties = card.control(code.into(), &[], &mut buffer).ok()?;
    let size = simple_tlv(properties, MAX_APDU_DATA_SIZE)?;
    let size = u32::from_le_bytes(size.try_into().ok()?);
    usize::try_from(size).ok().map(|size| size.min(65_536))
}

/// The value of a tag in a list of one-byte tags and lengths.
fn simple_tlv(mut bytes: &[u8], tag: u8) -> Option<&[u8]> {
    while let [found, length, rest @ ..] = bytes {
        let (value, after) = rest.split_at_checked(usize::from(*length))?;
        if *found == tag {
            return Some(value);
        }
        bytes = after;
    }
    None
}

fn fault(error: pcsc::Error) -> Error {
    match error {
        pcsc::Error::NoService | pcsc::Error::ServiceStopped => {
            Error::Reader(ReaderFault::ServiceNotRunning)
        }
        pcsc::Error::NoReadersAvailable => Error::Reader(ReaderFault::NoReader),
        pcsc::Error::UnknownReader => Error::Reader(ReaderFault::NoSuchReader),
        pcsc::Error::NoSmartcard => Error::Reader(ReaderFault::NoCard),
        pcsc::Error::SharingViolation => Error::Reader(ReaderFault::InUse),
        pcsc::Error::UnresponsiveCard
        | pcsc::Error::UnpoweredCard
        | pcsc::Error::UnsupportedCard => Error::Reader(ReaderFault::MuteCard),
        pcsc::Error::InsufficientBuffer => Error::Reader(ReaderFault::TooLong),
        // pcscd reports a card pulled out in the middle of an exchange in all of these ways.
        pcsc::Error::RemovedCard
        | pcsc::Error::ResetCard
        | pcsc::Error::ReaderUnavailable
        | pcsc::Error::NotTransacted
        | pcsc::Error::CommError
        | pcsc::Error::Timeout
        | pcsc::Error::InvalidHandle => Error::LinkLost,
        other => Error::Reader(ReaderFault::Other(other as u32)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reader_properties_are_found_and_bounded() {
        let list = [0x01, 1, 9, 0x0A, 4, 0, 2, 0, 0, 0x12, 9, 1];
        assert_eq!(simple_tlv(&list, 0x0A), Some(&[0, 2, 0, 0][..]));
        assert_eq!(simple_tlv(&list, 0x12), None);
        assert_eq!(simple_tlv(&list, 0x55), None);
        assert_eq!(simple_tlv(&[], 0x0A), None);
    }
}
