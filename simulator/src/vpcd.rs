//! A chip in a virtual PC/SC reader: the client side of `vpcd`, the driver of the vsmartcard project.
//!
//! ```text
//! pcscd + vpcd (listens on 35963 and 35964)  ──TCP──  this module  ──  the chip
//!   length (2 bytes, big-endian) + command  ─►
//!                                           ◄─  length + response
//! ```
//! A message of one byte is for the reader, not for the card: power off, power on, reset, and "your answer to reset?",
//! the only one of them that is answered. The card lies on the reader as long as the connection stands.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::chip::Chip;
use crate::link::Link;

/// Where vpcd waits for a card in its first slot.
pub const FIRST_SLOT: (&str, u16) = ("127.0.0.1", 35_963);

/// Where vpcd waits for a card in its second slot.
pub const SECOND_SLOT: (&str, u16) = ("127.0.0.1", 35_964);

const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const GET_ATR: u8 = 4;

/// How long a read waits before it looks at the stop flag again.
const HEARTBEAT: Duration = Duration::from_millis(100);

/// What can lie on a virtual reader.
pub trait Card {
    /// The answer to reset.
    fn answer_to_reset(&self) -> Vec<u8>;
    /// The field went off and on.
    fn reset(&mut self);
    /// A command, and its answer; `None` if the card leaves the reader before it answers.
    fn process(&mut self, command: &[u8]) -> Option<Vec<u8>>;
}

impl Card for Chip {
    fn answer_to_reset(&self) -> Vec<u8> {
        self.atr().to_vec()
    }

    fn reset(&mut self) {
        Chip::reset(self);
    }

    fn process(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        Some(Chip::process(self, command))
    }
}

/// A card that somebody takes off the reader in the middle of a read, once.
#[derive(Clone, Debug)]
pub struct Removable<C> {
    /// The card.
    pub card: C,
    /// Commands that are left; `None`: nobody takes it away.
    left: Option<usize>,
    taken: bool,
}

impl<C: Card> Removable<C> {
    /// A card that is taken away in place of its answer to the command after so many; `None` leaves it there.
    pub fn new(card: C, commands: Option<usize>) -> Removable<C> {
        Removable { card, left: commands, taken: false }
    }

    /// Whether it was taken away since the last look.
    pub fn was_taken(&mut self) -> bool {
        std::mem::take(&mut self.taken)
    }
}

impl<C: Card> Card for Removable<C> {
    fn answer_to_reset(&self) -> Vec<u8> {
        self.card.answer_to_reset()
    }

    fn reset(&mut self) {
        self.card.reset();
    }

    fn process(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        match &mut self.left {
            Some(0) => {
                self.left = None;
                self.taken = true;
                None
            }
            left => {
                if let Some(left) = left {
                    *left -= 1;
                }
                self.card.process(command)
            }
        }
    }
}

impl Card for Link {
    fn answer_to_reset(&self) -> Vec<u8> {
        self.chip.atr().to_vec()
    }

    fn reset(&mut self) {
        self.put_back();
    }

    fn process(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.transmit(command).ok()
    }
}

/// Lay the card on the reader at `address` and answer until `stop` is set, which is noticed within 200 milliseconds,
/// until the reader hangs up, or until the card leaves.
///
/// # Errors
/// Nobody listens there, or the connection breaks in the middle of a message.
pub fn serve(
    card: &mut impl Card,
    address: impl ToSocketAddrs,
    stop: &AtomicBool,
) -> io::Result<()> {
    answer(card, TcpStream::connect(address)?, stop)
}

/// Connect to a reader that may not be up yet: pcscd needs about a second after its start.
///
/// # Errors
/// The last refusal, when the patience is over.
pub fn plug_in(address: impl ToSocketAddrs, patience: Duration) -> io::Result<TcpStream> {
    let start = Instant::now();
    loop {
        match TcpStream::connect(&address) {
            Ok(stream) => return Ok(stream),
            Err(error) if start.elapsed() >= patience => return Err(error),
            Err(_) => thread::sleep(HEARTBEAT),
        }
    }
}

/// Answer on a connection that stands, see [`serve`].
///
/// # Errors
/// The connection breaks in the middle of a message, or the card's answer does not fit into one.
pub fn answer(card: &mut impl Card, stream: TcpStream, stop: &AtomicBool) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(HEARTBEAT))?;
    let mut line = Line { stream, stop };
    while let Some(message) = line.receive()? {
        match message[..] {
            [GET_ATR] => line.send(&card.answer_to_reset())?,
            [POWER_OFF | POWER_ON | RESET] => card.reset(),
            // No other control byte is known, and no command is that short.
            [_] | [] => {}
            _ => match card.process(&message) {
                Some(response) => line.send(&response)?,
                None => break,
            },
        }
    }
    // Whoever takes it away takes its power.
    card.reset();
    Ok(())
}

struct Line<'a> {
    stream: TcpStream,
    stop: &'a AtomicBool,
}

impl Line<'_> {
    /// The next message; `None` when the reader hangs up between messages, or the stop flag is set.
    fn receive(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut length = [0; 2];
        if !self.fill(&mut length, true)? {
            return Ok(None);
        }
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        if !self.fill(&mut message, false)? {
            return Ok(None);
        }
        Ok(Some(message))
    }

    /// Read the whole buffer, in as many pieces as it comes; `false` on stop, and at the end of the stream if it may end
    /// before the first byte.
    fn fill(&mut self, buffer: &mut [u8], may_end: bool) -> io::Result<bool> {
        let mut filled = 0;
        while filled < buffer.len() {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            self.acknowledge_at_once()?;
            match self.stream.read(&mut buffer[filled..]) {
                Ok(0) if may_end && filled == 0 => return Ok(false),
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => filled += count,
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {}
                    // pcscd closes its readers the hard way when it ends.
                    ErrorKind::ConnectionReset if may_end && filled == 0 => return Ok(false),
                    _ => return Err(error),
                },
            }
        }
        Ok(true)
    }

    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let length = u16::try_from(message.len())
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, "the answer is too long"))?;
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend_from_slice(message);
        self.stream.write_all(&bytes)
    }

    /// vpcd sends the length and the data in two segments without TCP_NODELAY: it holds the second back until the first
    /// is acknowledged, and Linux delays acknowledgements by 40 ms. Linux forgets the setting, so it is made before each
    /// read.
    #[cfg(target_os = "linux")]
    fn acknowledge_at_once(&self) -> io::Result<()> {
        use std::os::linux::net::TcpStreamExt;
        self.stream.set_quickack(true)
    }

    #[cfg(not(target_os = "linux"))]
    fn acknowledge_at_once(&self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    struct Echo {
        resets: usize,
    }

    impl Card for Echo {
        fn answer_to_reset(&self) -> Vec<u8> {
            vec![0x3B, 0x80]
        }

        fn reset(&mut self) {
            self.resets += 1;
        }

        fn process(&mut self, command: &[u8]) -> Option<Vec<u8>> {
            let mut response = command.to_vec();
            response.extend([0x90, 0x00]);
            Some(response)
        }
    }

    /// A reader that talks to the card by `talk`, then hangs up; returns what came of the card.
    fn with_reader(talk: impl FnOnce(&mut TcpStream) + Send) -> (io::Result<()>, Echo) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut card = Echo { resets: 0 };
        let result = thread::scope(|scope| {
            scope.spawn(move || talk(&mut listener.accept().unwrap().0));
            let stream = plug_in(address, Duration::from_secs(5)).unwrap();
            answer(&mut card, stream, &AtomicBool::new(false))
        });
        (result, card)
    }

    fn receive(stream: &mut TcpStream) -> Vec<u8> {
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut message).unwrap();
        message
    }

    #[test]
    fn commands_are_answered_and_control_bytes_reset() {
        let (result, card) = with_reader(|reader| {
            reader.write_all(&[0, 1, POWER_OFF, 0, 1, POWER_ON, 0, 1, GET_ATR]).unwrap();
            assert_eq!(receive(reader), [0x3B, 0x80]);
            reader.write_all(&[0, 4, 0, 0x84, 0, 0]).unwrap();
            assert_eq!(receive(reader), [0, 0x84, 0, 0, 0x90, 0x00]);
            reader.write_all(&[0, 1, RESET, 0, 1, 9]).unwrap();
        });
        result.unwrap();
        assert_eq!(card.resets, 3 + 1, "and once when the reader hung up");
    }

    #[test]
    fn a_card_is_taken_away_once_in_place_of_its_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut card = Removable::new(Echo { resets: 0 }, Some(1));
        let mut lie_there = |talk: fn(&mut TcpStream)| {
            let reader = thread::spawn({
                let listener = listener.try_clone().unwrap();
                move || talk(&mut listener.accept().unwrap().0)
            });
            serve(&mut card, address, &AtomicBool::new(false)).unwrap();
            reader.join().unwrap();
            card.was_taken()
        };
        let taken = lie_there(|reader| {
            reader.write_all(&[0, 4, 0, 0x84, 0, 0]).unwrap();
            assert_eq!(receive(reader), [0, 0x84, 0, 0, 0x90, 0x00]);
            reader.write_all(&[0, 4, 0, 0x84, 0, 0]).unwrap();
            assert_eq!(reader.read(&mut [0]).unwrap(), 0, "the connection ends without an answer");
        });
        assert!(taken);
        let taken = lie_there(|reader| {
            for _ in 0..3 {
                reader.write_all(&[0, 4, 0, 0x84, 0, 0]).unwrap();
                assert_eq!(receive(reader), [0, 0x84, 0, 0, 0x90, 0x00]);
            }
        });
        assert!(!taken);
        assert_eq!(card.card.resets, 2);
    }

    #[test]
    fn a_message_may_come_in_pieces_and_be_long() {
        let (result, _) = with_reader(|reader| {
            reader.write_all(&[0x10]).unwrap();
            thread::sleep(HEARTBEAT * 2);
            reader.write_all(&[0x00, 0xAA]).unwrap();
            thread::sleep(HEARTBEAT * 2);
            reader.write_all(&[0xAA; 0x0FFF]).unwrap();
            assert_eq!(receive(reader).len(), 0x1002);
        });
        result.unwrap();
    }

    #[test]
    fn hanging_up_inside_a_message_is_an_error() {
        let (result, _) = with_reader(|reader| reader.write_all(&[0, 4, 0]).unwrap());
        assert_eq!(result.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn the_stop_flag_is_noticed_within_200_milliseconds() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let serving = scope.spawn(|| answer(&mut Echo { resets: 0 }, stream, &stop));
            thread::sleep(Duration::from_millis(50));
            stop.store(true, Ordering::Relaxed);
            let start = Instant::now();
            serving.join().unwrap().unwrap();
            // Twice the promise, for machines that are busy.
            assert!(start.elapsed() < Duration::from_millis(400));
        });
    }

    #[test]
    fn patience_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert!(plug_in(address, Duration::from_millis(150)).is_err());
    }
}
