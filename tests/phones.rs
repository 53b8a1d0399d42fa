//! Phones: the asynchronous example as it stands, and the relay in which a server drives a chip at a phone.
#![allow(clippy::duplicate_mod)] // both ends of the relay bring its wire along

mod common;
#[allow(dead_code)]
#[path = "../examples/phone.rs"]
mod phone;
#[allow(dead_code)]
#[path = "../examples/relay_phone.rs"]
mod relay_phone;
#[allow(dead_code)]
#[path = "../examples/relay_server.rs"]
mod relay_server;

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use cccd::{
    Error,
    apdu::Metrics,
    document::VerifiedDocument,
    findings::Deviation,
    inspection::{InspectionOptions, Phase},
    transport::{Cancellation, Limits, Transport, Until},
};
use cccd_simulator::{Chip, Fault, Link, Person, Personalisation, personalisation::file};
use common::{Desk, assert_same_groups, can, seeded};
use phone::{Phone, on_ios};
use relay_phone::PhoneError;
use relay_server::{RelayError, Times};
use tungstenite::Message;

/// The CCCD; the signature of Active Authentication is longer than one short answer.
fn card() -> Personalisation {
    let mut card = common::card();
    card.behaviour.get_response = true;
    card
}

fn link(card: &Personalisation) -> Link {
    Link::new(Chip::new(card.clone(), 7))
}

fn with_can() -> InspectionOptions {
    InspectionOptions::new(can(), seeded(1))
}

// ---- asynchronous -------------------------------------------------------------------------------

struct PhoneRead {
    outcome: cccd::Result<VerifiedDocument>,
    metrics: Metrics,
    deviations: Vec<&'static str>,
    losses_shown: usize,
}

fn read_at(phone: &Phone, cancellation: &Cancellation) -> PhoneRead {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut inspection = Desk::new().system.inspect(with_can());
    let mut losses_shown = 0;
    let outcome = runtime.block_on(phone.read(&mut inspection, cancellation, |step| {
        losses_shown += usize::from(step.phase == Phase::CardLost);
    }));
    let deviations = inspection.report().deviations().map(Deviation::name).collect();
    PhoneRead { outcome, metrics: inspection.metrics(), deviations, losses_shown }
}

#[test]
fn a_phone_reads_in_as_many_exchanges_as_a_desk_of_the_same_limits() {
    for phone in [
        Phone::android(link(&card()), 261, false),
        Phone::android(link(&card()), 65_279, true),
        Phone::new(link(&card()), Limits::EXTENDED),
    ] {
        let read = read_at(&phone, &Cancellation::new());
        assert_same_groups(&read.outcome.unwrap(), &card());
        assert_eq!(read.metrics, Desk::new().limits(phone.limits).read(card(), can()).metrics);
        assert_eq!(phone.link.borrow().chip.violations(), [""; 0]);
    }
}

#[test]
fn an_iphone_has_selected_the_application_before_we_start() {
    let card = on_ios(card());
    let phone = Phone::new(link(&card), Limits::EXTENDED);
    let read = read_at(&phone, &Cancellation::new());
    assert_same_groups(&read.outcome.unwrap(), &card);
    assert!(read.deviations.contains(&"card_access_assumed"), "{:?}", read.deviations);
    assert_eq!(read.metrics.losses, 0);
}

#[test]
fn a_tag_that_a_phone_lost_is_read_on_when_it_is_back() {
    let exchanges = Desk::new().limits(Limits::SHORT).read(card(), can()).metrics.apdus;
    for exchange in (0..exchanges).step_by(7) {
        for fault in [Fault::LostBefore(exchange), Fault::LostAfter(exchange)] {
            let link = Link::with_fault(Chip::new(card(), 7), fault);
            let read = read_at(&Phone::android(link, 261, false), &Cancellation::new());
            assert_same_groups(&read.outcome.unwrap(), &card());
            assert_eq!((read.metrics.losses, read.losses_shown), (1, 1), "{fault:?}");
            assert!(read.metrics.bytes_repeated <= 231, "{fault:?}");
        }
    }
}

#[test]
fn a_read_at_a_phone_can_be_cancelled_at_any_exchange() {
    let cancellation = Cancellation::new();
    cancellation.cancel();
    let phone = Phone::android(link(&card()), 261, false);
    let read = read_at(&phone, &cancellation);
    assert_eq!(read.outcome.unwrap_err(), Error::Cancelled);
    assert_eq!(phone.link.borrow().exchanges(), 0);
    // Or the app drops the future, wherever it stands.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut inspection = Desk::new().system.inspect(with_can());
    let phone = Phone { mute: true, ..Phone::android(link(&card()), 261, false) };
    runtime.block_on(async {
        let never = Cancellation::new();
        let read = phone.read(&mut inspection, &never, |_| ());
        tokio::time::timeout(Duration::from_millis(20), read).await.unwrap_err();
    });
    inspection.cancel();
    assert_eq!(inspection.poll().unwrap_err(), Error::Cancelled);
}

#[test]
fn a_mute_card_costs_the_time_budget_of_one_command() {
    let phone = Phone { mute: true, ..Phone::android(link(&card()), 261, false) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut inspection = Desk::new().system.inspect(with_can().losses(0));
    let never = Cancellation::new();
    let outcome = runtime.block_on(phone.read(&mut inspection, &never, |_| ()));
    assert_eq!(outcome.unwrap_err(), Error::LinkLost);
    assert_eq!(inspection.metrics().apdus, 1);
}

// ---- the relay ----------------------------------------------------------------------------------

/// Everything that passes the phone, and the keys of the chip's sessions.
#[derive(Default)]
struct Seen {
    bytes: Vec<u8>,
    session_keys: Vec<Vec<u8>>,
}

type Record = Arc<Mutex<Seen>>;

/// The phone's tag, with an eye on what passes.
struct Tag {
    link: Link,
    record: Record,
}

impl Transport for Tag {
    fn transmit(&mut self, command: &[u8]) -> cccd::Result<Vec<u8>> {
        let answer = self.link.transmit(command).map_err(|_| Error::LinkLost);
        let mut seen = self.record.lock().unwrap();
        seen.bytes.extend_from_slice(command);
        seen.bytes.extend_from_slice(answer.as_deref().unwrap_or_default());
        for key in self.link.chip.session_keys().into_iter().flatten() {
            if !seen.session_keys.iter().any(|known| known == key) {
                seen.session_keys.push(key.to_vec());
            }
        }
        answer
    }

    fn reconnect(&mut self, _: &Until) -> cccd::Result<()> {
        self.link.put_back();
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}

/// The phone's connection, with an eye on it as well.
struct Tapped {
    stream: TcpStream,
    record: Record,
}

impl Read for Tapped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.record.lock().unwrap().bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

impl Write for Tapped {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.stream.write(buffer)?;
        self.record.lock().unwrap().bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

const QUICK: Times = Times {
    handshake: Duration::from_secs(2),
    first_tag: Duration::from_millis(100),
    network: Duration::from_millis(500),
    read: Duration::from_secs(60),
};

/// A server with this time, and a phone that does what the closure does.
fn relay<T: Send>(
    times: Times,
    phone: impl FnOnce(&str) -> T + Send,
) -> (Result<VerifiedDocument, RelayError>, Metrics, T) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::scope(|scope| {
        let phone = scope.spawn(move || phone(&address));
        let (stream, _) = listener.accept().unwrap();
        let mut inspection = Desk::new().system.inspect(with_can());
        let outcome = relay_server::serve(stream, &mut inspection, times, &Cancellation::new());
        (outcome, inspection.metrics(), phone.join().unwrap())
    })
}

/// A relayed read of this card by the example's own phone.
fn relayed(link: Link) -> (Result<VerifiedDocument, RelayError>, Metrics, Seen) {
    let record = Record::default();
    let times = Times { network: Duration::from_secs(20), ..Times::default() };
    let (outcome, metrics, carried) = relay(times, |address| {
        let mut tag = Tag { link, record: Arc::clone(&record) };
        let stream = relay_phone::connect(address).unwrap();
        let carried = relay_phone::carry(Tapped { stream, record: Arc::clone(&record) }, &mut tag);
        (carried, tag.link.chip.violations().to_vec())
    });
    let (carried, violations) = carried;
    assert_eq!(carried, Ok(()));
    assert!(outcome.is_err() || violations.is_empty(), "{violations:?}");
    let seen = std::mem::take(&mut *record.lock().unwrap());
    (outcome, metrics, seen)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_server_reads_the_card_at_a_phone_and_the_phone_learns_nothing() {
    let (outcome, metrics, seen) = relayed(link(&card()));
    let document = outcome.unwrap();
    assert_same_groups(&document, &card());
    assert_eq!(metrics, Desk::new().read(card(), can()).metrics);

    // What passes is there …
    assert!(contains(&seen.bytes, &card().card_access.unwrap()));
    assert!(seen.bytes.len() > 2 * metrics.bytes_received);
    // … PACE's keys and Chip Authentication's are known to this test …
    assert_eq!(seen.session_keys.len(), 4);
    // … and nothing of them, of the holder or of the verdict is among it.
    let person = Person::sample();
    let name_in_mrz = person.mrz()[2].trim_end_matches('<').to_owned();
    let mut secrets: Vec<Vec<u8>> = seen.session_keys;
    secrets.extend(
        [person.can(), person.full_name.clone(), person.id_number.clone(), name_in_mrz]
            .map(String::into_bytes),
    );
    for group in [file::DG1, file::DG2, file::DG13, file::SOD] {
        let bytes = &card().files[&group];
        secrets.extend(bytes.chunks(16).filter(|chunk| chunk.len() == 16).map(<[u8]>::to_vec));
    }
    secrets.retain(|secret| secret.iter().any(|byte| *byte != secret[0]));
    assert!(secrets.len() > 500, "{}", secrets.len());
    let windows: std::collections::HashSet<&[u8]> =
        [6, 12, 16].iter().flat_map(|length| seen.bytes.windows(*length)).collect();
    for secret in &secrets {
        let found = match secret.len() {
            6 | 12 | 16 => windows.contains(secret.as_slice()),
            _ => contains(&seen.bytes, secret),
        };
        assert!(!found, "{} bytes of a secret passed the phone", secret.len());
    }
}

/// The last message says that it is over, and not how.
#[test]
fn a_phone_cannot_tell_a_good_card_from_a_copy() {
    let last = |card: Personalisation| {
        let (outcome, _, seen) = relayed(link(&card));
        // FIN and binary, length 5; the kind; the number.
        (outcome.is_ok(), seen.bytes[seen.bytes.len() - 7..][..3].to_vec())
    };
    assert_eq!(last(card()), (true, vec![0x82, 5, 0x03]));
    assert_eq!(last(card().clone_without_private_keys()), (false, vec![0x82, 5, 0x03]));
}

#[test]
fn a_tag_that_is_lost_at_the_phone_is_read_on() {
    for exchange in [3, 12, 18] {
        let fault = Fault::LostAfter(exchange);
        let (outcome, metrics, _) = relayed(Link::with_fault(Chip::new(card(), 7), fault));
        assert_same_groups(&outcome.unwrap(), &card());
        assert_eq!(metrics.losses, 1, "{fault:?}");
        assert!(metrics.bytes_repeated <= 231, "{fault:?}");
    }
}

/// Connects as a phone does, answers the first questions as it should, and then as the closure says.
fn odd_phone(
    honest: usize,
    odd: impl Fn(&mut tungstenite::WebSocket<TcpStream>, &[u8]) + Sync,
) -> RelayError {
    let (outcome, _, ()) = relay(QUICK, |address| {
        let stream = relay_phone::connect(address).unwrap();
        let (mut socket, _) = tungstenite::client("ws://relay/", stream).unwrap();
        let mut link = link(&card());
        for question in 0..=honest {
            let Ok(Message::Binary(bytes)) = socket.read() else { return };
            if question == honest {
                odd(&mut socket, &bytes);
                return;
            }
            let number = &bytes[1..5];
            let reply = match bytes[0] {
                0x01 => [&[0x11], number, &link.transmit(&bytes[9..]).unwrap()].concat(),
                _ => {
                    [&[0x13], number, &65_544_u32.to_be_bytes(), &65_538_u32.to_be_bytes()].concat()
                }
            };
            socket.send(Message::binary(reply)).unwrap();
        }
    });
    outcome.unwrap_err()
}

#[track_caller]
fn phone_is_to_blame(error: &RelayError, expected: &str) {
    match error {
        RelayError::Phone(why) => assert_eq!(*why, expected),
        RelayError::Read(error) => panic!("{error:?}"),
    }
}

#[test]
fn whatever_a_phone_sends_beside_the_protocol_ends_the_read() {
    type Odd = fn(&mut tungstenite::WebSocket<TcpStream>, &[u8]);
    /// Sends something, and waits until the server has hung up.
    fn send(socket: &mut tungstenite::WebSocket<TcpStream>, message: Message) {
        drop(socket.send(message));
        while socket.read().is_ok() {}
    }
    let unasked: [Odd; 8] = [
        |socket, _| send(socket, Message::text("9000")),
        |socket, _| send(socket, Message::binary(Vec::new())),
        |socket, _| send(socket, Message::Ping(Vec::new().into())),
        // The question itself.
        |socket, question| send(socket, Message::binary(question.to_vec())),
        // An answer to another question.
        |socket, _| send(socket, Message::binary(vec![0x11, 9, 9, 9, 9, 0x90, 0x00])),
        // A lost tag does not talk; a tag says both of its limits.
        |socket, question| send(socket, Message::binary([&[0x12], &question[1..5], &[1]].concat())),
        |socket, question| send(socket, Message::binary([&[0x13], &question[1..5], &[1]].concat())),
        |socket, question| send(socket, Message::binary([&[0x7F], &question[1..5]].concat())),
    ];
    for odd in unasked {
        for honest in [0, 5] {
            phone_is_to_blame(&odd_phone(honest, odd), "sent what nobody asked for");
        }
    }
    // A tag that nobody missed.
    let there = |socket: &mut tungstenite::WebSocket<TcpStream>, question: &[u8]| {
        send(socket, Message::binary([&[0x13], &question[1..5], &[0; 8]].concat()));
    };
    phone_is_to_blame(&odd_phone(5, there), "sent what nobody asked for");
    // More than any card can say, announced and sent.
    let flood = |socket: &mut tungstenite::WebSocket<TcpStream>, _: &[u8]| {
        send(socket, Message::binary(vec![0x11; 100_000]));
    };
    phone_is_to_blame(&odd_phone(5, flood), "sent more than a card can say");
}

#[test]
fn a_phone_that_hangs_up_or_falls_silent_is_told_apart_from_a_lost_tag() {
    phone_is_to_blame(&odd_phone(5, |_, _| ()), "hung up");
    phone_is_to_blame(&odd_phone(0, |socket, _| drop(socket.close(None))), "hung up");
    let silent = |socket: &mut tungstenite::WebSocket<TcpStream>, _: &[u8]| {
        while socket.read().is_ok() {}
    };
    phone_is_to_blame(&odd_phone(0, silent), "does not answer");
    // One byte at a time, each in time, does not help.
    let dripping = |socket: &mut tungstenite::WebSocket<TcpStream>, _: &[u8]| {
        let stream = socket.get_mut();
        for byte in [0x82, 0x80 | 0x7E].into_iter().chain([0x11; 200]) {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
    };
    phone_is_to_blame(&odd_phone(0, dripping), "does not answer");
}

#[test]
fn whoever_opens_no_websocket_is_not_waited_for() {
    let times = Times { handshake: Duration::from_millis(300), ..QUICK };
    for opening in [&b""[..], b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x00\x01"] {
        let (outcome, _, ()) = relay(times, |address| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(opening).unwrap();
            drop(stream.read_to_end(&mut Vec::new()));
        });
        phone_is_to_blame(&outcome.unwrap_err(), "did not open a WebSocket in time");
    }
}

#[test]
fn a_phone_leaves_a_server_that_breaks_the_protocol_or_is_gone() {
    let serve = |messages: Vec<Message>| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut socket = tungstenite::accept(listener.accept().unwrap().0).unwrap();
                for message in messages {
                    socket.send(message).unwrap();
                }
                // Until the phone is gone, or the server is.
                drop(socket.close(None));
                while socket.read().is_ok() {}
            });
            let mut tag = Tag { link: link(&card()), record: Record::default() };
            let carried = relay_phone::carry(relay_phone::connect(&address).unwrap(), &mut tag);
            (carried, tag.link.exchanges())
        })
    };
    let command =
        |apdu: &[u8]| Message::binary([&[0x01, 0, 0, 0, 1, 0, 0, 3, 0xE8], apdu].concat());
    assert_eq!(serve(vec![Message::text("hello")]), (Err(PhoneError::Protocol), 0));
    assert_eq!(serve(vec![Message::binary(vec![0x01, 0, 0])]), (Err(PhoneError::Protocol), 0));
    assert_eq!(serve(vec![Message::binary(vec![0x99; 9])]), (Err(PhoneError::Protocol), 0));
    let too_long = serve(vec![command(&[0; 100_000])]);
    assert_eq!(too_long, (Err(PhoneError::Server), 0));
    let challenge = command(&[0, 0x84, 0, 0, 8]);
    assert_eq!(serve(vec![challenge.clone()]), (Err(PhoneError::Protocol), 1));
    let end = Message::binary(vec![0x03, 0, 0, 0, 2]);
    assert_eq!(serve(vec![challenge, end]), (Ok(()), 1));
}
