//! The phone's side of the relay, see relay_server: carries bytes, and knows nothing.
//!
//! ```text
//! cargo run --example relay_phone                     # to 127.0.0.1:8765
//! ```
//! In an app the tag is `IsoDep` or `NFCISO7816Tag`; here it is a simulated card.

#[allow(dead_code)] // each end uses its half
#[path = "relay/mod.rs"]
mod relay;

use std::{
    fmt,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use cccd::{
    Error,
    transport::{Cancellation, Limits, Transport, Until},
};
use cccd_simulator::{CardOptions, Chip, Issuer, IssuerOptions, Link, Person};
use relay::{Question, Reply};
use tungstenite::Message;

const ADDRESS: &str = "127.0.0.1:8765";
/// A server that is silent for longer has forgotten us.
const SILENCE: Duration = Duration::from_secs(60);

/// Why the relay ended before the server ended it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PhoneError {
    /// The connection broke, or the server is silent.
    Server,
    /// The server sent what the wire does not know.
    Protocol,
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "the server is gone",
            Self::Protocol => "the server does not speak the protocol",
        })
    }
}

impl std::error::Error for PhoneError {}

/// Connects, and does not wait for a silent server for ever.
pub(crate) fn connect(address: &str) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    Ok(stream)
}

/// Carries what the server asks to the tag, until the server has no more questions.
pub(crate) fn carry(stream: impl Read + Write, tag: &mut impl Transport) -> Result<(), PhoneError> {
    let (mut socket, _) =
        tungstenite::client::client_with_config("ws://relay/", stream, Some(relay::config()))
            .map_err(|_| PhoneError::Server)?;
    loop {
        let Message::Binary(bytes) = socket.read().map_err(|_| PhoneError::Server)? else {
            return Err(PhoneError::Protocol);
        };
        let (number, question) = relay::read_question(&bytes).ok_or(PhoneError::Protocol)?;
        let until = |time| Until::within(time, &Cancellation::new());
        let reply = match question {
            Question::Command { within, apdu } => {
                tag.transmit_until(&apdu, &until(within)).map_or(Reply::TagLost, Reply::Answer)
            }
            Question::Tag { within } => tag
                .reconnect(&until(within))
                .map_or(Reply::TagLost, |()| Reply::TagThere(tag.limits())),
            Question::End => return Ok(()),
        };
        let message = Message::binary(relay::write_reply(number, &reply));
        socket.send(message).map_err(|_| PhoneError::Server)?;
    }
}

/// A tag that lies there, and is put back whenever it is missed.
struct Tag(Link);

impl Transport for Tag {
    fn transmit(&mut self, command: &[u8]) -> cccd::Result<Vec<u8>> {
        self.0.transmit(command).map_err(|_| Error::LinkLost)
    }

    fn reconnect(&mut self, _: &Until) -> cccd::Result<()> {
        self.0.put_back();
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let card = Issuer::new(IssuerOptions::default())
        .personalise(&Person::sample(), &CardOptions::default());
    let mut tag = Tag(Link::new(Chip::new(card, 1)));
    let address = std::env::args().nth(1).unwrap_or_else(|| ADDRESS.to_owned());
    carry(connect(&address)?, &mut tag)?;
    println!("the server has read what it wanted");
    Ok(())
}
