//! A bank's server drives the chip itself; the phone at the other end only carries bytes.
//!
//! ```text
//! cargo run --example relay_server            # waits on 127.0.0.1:8765 for one phone
//! cargo run --example relay_phone             # in another terminal
//!
//!   server: key, session keys, verdict        phone               chip
//!   APDU          ──WebSocket──►              transceive ──►
//!                 ◄────────────               ◄──
//! ```
//! The phone gets no key, no file it could read and no verdict. The wire is described in docs/transports.md.
//!
//! Left to you: TLS, and who the phone is. This server talks to whoever connects; the chip proves itself to it
//! all the same, but not where the chip is, or in whose hands.

#[allow(dead_code)] // each end uses its half
#[path = "relay/mod.rs"]
mod relay;

use std::{
    fmt,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use cccd::{
    Error,
    access::AccessKey,
    document::VerifiedDocument,
    error::ReaderFault,
    inspection::{Inspection, InspectionOptions, InspectionSystem},
    pki::TrustStore,
    transport::{Cancellation, Limits, RunOptions, SystemRandom, Transport, Until, today},
    vietnam::CitizenRecord,
};
use cccd_simulator::{Issuer, IssuerOptions, Person};
use relay::{Question, Reply};
use tungstenite::{HandshakeError, Message, WebSocket};

const ADDRESS: &str = "127.0.0.1:8765";

/// How long the phone may take for what is not the chip's business.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    /// From the first byte to an open WebSocket.
    pub(crate) handshake: Duration,
    /// For the first tag.
    pub(crate) first_tag: Duration,
    /// The way there and back, beyond the time that the chip has.
    pub(crate) network: Duration,
    /// For the whole read.
    pub(crate) read: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            first_tag: Duration::from_secs(60),
            network: Duration::from_secs(5),
            read: Duration::from_secs(120),
        }
    }
}

/// Why a relayed read ended without a document.
#[derive(Debug)]
pub(crate) enum RelayError {
    /// The phone is gone, mute, or does not speak the protocol.
    Phone(&'static str),
    /// The read itself was refused.
    Read(Error),
}

impl fmt::Display for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phone(why) => write!(f, "the phone: {why}"),
            Self::Read(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RelayError {}

/// Reads the card at the phone that has connected.
pub(crate) fn serve(
    stream: TcpStream,
    inspection: &mut Inspection,
    times: Times,
    cancellation: &Cancellation,
) -> Result<VerifiedDocument, RelayError> {
    let mut relay = Relay::accept(stream, times)?;
    let outcome = relay.reconnect(&Until::within(times.first_tag, cancellation)).and_then(|()| {
        let options = RunOptions::new().deadline(times.read).cancellation(cancellation);
        inspection.run_with(&mut relay, options)
    });
    if relay.broken.is_none() {
        // However it ended. A phone that is gone by now misses nothing.
        relay.tell(&Question::End);
    }
    match (outcome, relay.broken) {
        (Ok(document), _) => Ok(document),
        // Cancelled, or over: the phone is not to blame.
        (Err(error @ (Error::Cancelled | Error::DeadlinePassed)), _) => {
            Err(RelayError::Read(error))
        }
        (Err(_), Some(why)) => Err(RelayError::Phone(why)),
        (Err(error), None) => Err(RelayError::Read(error)),
    }
}

/// The chip at the phone, as a transport.
struct Relay {
    socket: WebSocket<Timed>,
    times: Times,
    number: u32,
    limits: Limits,
    /// Why nothing more is said to this phone.
    broken: Option<&'static str>,
}

impl Relay {
    fn accept(stream: TcpStream, times: Times) -> Result<Self, RelayError> {
        let stream = Timed::new(stream, times).map_err(|_| RelayError::Phone("hung up"))?;
        let mut shake = tungstenite::accept_with_config(stream, Some(relay::config()));
        let socket = loop {
            match shake {
                Ok(socket) => break socket,
                // Nothing came for a while; the stream itself knows when the time is over.
                Err(HandshakeError::Interrupted(more)) => shake = more.handshake(),
                Err(HandshakeError::Failure(_)) => {
                    return Err(RelayError::Phone("did not open a WebSocket in time"));
                }
            }
        };
        Ok(Self { socket, times, number: 0, limits: Limits::SHORT, broken: None })
    }

    fn broken<T>(&mut self, why: &'static str) -> cccd::Result<T> {
        self.broken.get_or_insert(why);
        Err(Error::Reader(ReaderFault::NoReader))
    }

    /// Sends a question; `false` if the phone is gone.
    fn tell(&mut self, question: &Question) -> bool {
        self.number += 1;
        let message = relay::write_question(self.number, question);
        self.socket.get_mut().end = Instant::now() + self.times.network;
        self.socket.send(Message::binary(message)).is_ok()
    }

    /// Asks, and waits for the reply to this question and no other.
    fn ask(&mut self, question: &Question, within: Duration, until: &Until) -> cccd::Result<Reply> {
        if self.broken.is_some() || !self.tell(question) {
            return self.broken("hung up");
        }
        self.socket.get_mut().end = Instant::now() + within + self.times.network;
        loop {
            match self.socket.read() {
                Ok(Message::Binary(bytes)) => match relay::read_reply(&bytes) {
                    Some((number, reply)) if number == self.number => return Ok(reply),
                    _ => return self.broken("sent what nobody asked for"),
                },
                Ok(Message::Close(_)) => return self.broken("hung up"),
                Ok(_) => return self.broken("sent what nobody asked for"),
                Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    if let Err(Error::Cancelled) = until.left() {
                        return Err(Error::Cancelled);
                    }
                }
                Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut => {
                    return self.broken("does not answer");
                }
                Err(tungstenite::Error::Capacity(_)) => {
                    return self.broken("sent more than a card can say");
                }
                Err(_) => return self.broken("hung up"),
            }
        }
    }
}

impl Transport for Relay {
    fn transmit(&mut self, command: &[u8]) -> cccd::Result<Vec<u8>> {
        self.transmit_until(command, &Until::within(self.times.read, &Cancellation::new()))
    }

    fn transmit_until(&mut self, command: &[u8], until: &Until) -> cccd::Result<Vec<u8>> {
        let within = until.left()?;
        let question = Question::Command { within, apdu: command.to_vec() };
        match self.ask(&question, within, until)? {
            Reply::Answer(answer) => Ok(answer),
            Reply::TagLost => Err(Error::LinkLost),
            Reply::TagThere(_) => self.broken("sent what nobody asked for"),
        }
    }

    fn reconnect(&mut self, until: &Until) -> cccd::Result<()> {
        let within = until.left()?;
        match self.ask(&Question::Tag { within }, within, until)? {
            Reply::TagThere(limits) => {
                self.limits = limits;
                Ok(())
            }
            Reply::TagLost => Err(Error::LinkLost),
            Reply::Answer(_) => self.broken("sent what nobody asked for"),
        }
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

/// A connection on which nothing lasts longer than until `end`, however slowly the bytes drip.
struct Timed {
    stream: TcpStream,
    end: Instant,
}

impl Timed {
    fn new(stream: TcpStream, times: Times) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, end: Instant::now() + times.handshake })
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // So soon a cancellation is noticed.
        const SLICE: Duration = Duration::from_millis(100);
        self.stream.set_read_timeout(Some(self.left()?.min(SLICE)))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulated authority; relay_phone has a card of it.
    let mut trust = TrustStore::empty();
    let issuer = Issuer::new(IssuerOptions::default());
    trust.add_certificate(issuer.csca_certificate(), "simulated authority")?;
    let system = InspectionSystem::new(trust, today()?);
    // The holder has typed it into the bank's page, not into the phone's reading app.
    let can = AccessKey::from_can(&Person::sample().can())?;

    let address = std::env::args().nth(1).unwrap_or_else(|| ADDRESS.to_owned());
    let listener = TcpListener::bind(&address)?;
    println!("waiting for a phone on {address}");
    let (stream, _) = listener.accept()?;
    let mut inspection = system.inspect(InspectionOptions::new(can, SystemRandom::new()));
    let document = serve(stream, &mut inspection, Times::default(), &Cancellation::new())?;
    let citizen = CitizenRecord::from_document(&document)?;
    println!("{}: {} exchanges", citizen.full_name.reveal(), inspection.metrics().apdus);
    Ok(())
}
