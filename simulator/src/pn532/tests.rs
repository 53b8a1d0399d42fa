//! The device from the host's end, without libnfc: what stands in its manual.

use std::fs::OpenOptions;

use super::*;
use crate::{CardOptions, Issuer, IssuerOptions, Person};

/// A host that writes what it likes.
struct Host {
    line: File,
    device: Pn532,
}

impl Host {
    fn new() -> Host {
        let device = Pn532::plug_in().unwrap();
        let line = OpenOptions::new().read(true).write(true).open(device.name()).unwrap();
        let mut host = Host { line, device };
        host.line.write_all(&[0x55, 0x55, 0, 0, 0]).unwrap();
        host
    }

    fn with_card(air: Air) -> Host {
        let host = Host::new();
        let card = Issuer::new(IssuerOptions::default())
            .personalise(&Person::sample(), &CardOptions::default());
        host.device.lay(Link::new(Chip::new(card, 7)), air);
        host
    }

    fn read<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.line.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// Sends a short command, expects ACK and returns code and data of the answer.
    fn run(&mut self, command: &[u8]) -> Vec<u8> {
        self.send(command);
        assert_eq!(self.read(), frame::ACK);
        let [0, 0, 0xFF, length, _] = self.read() else { panic!("a short frame") };
        let mut body = vec![0; usize::from(length) + 2];
        self.line.read_exact(&mut body).unwrap();
        assert_eq!(body.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte)), 0);
        assert_eq!(body[0], 0xD5);
        body[1..usize::from(length)].to_vec()
    }

    fn send(&mut self, command: &[u8]) {
        let mut frame = frame::answer(command);
        frame[5] = 0xD4;
        let checksum = frame.len() - 2;
        frame[checksum] = frame[checksum].wrapping_add(1);
        self.line.write_all(&frame).unwrap();
    }
}

const SELECT: [u8; 14] = [0x40, 1, 0, 0xA4, 4, 0x0C, 7, 0xA0, 0, 0, 2, 0x47, 0x10, 1];
const TYPE_A: [u8; 3] = [0x4A, 1, 0];
const TYPE_B: [u8; 4] = [0x4A, 1, 3, 0];

#[test]
fn the_chip_says_what_it_is_and_keeps_its_registers() {
    let mut host = Host::new();
    assert_eq!(host.run(&[0, 0, b'h', b'i']), [1, 0, b'h', b'i']);
    assert_eq!(host.run(&[2]), [3, 0x32, 1, 6, 7]);
    assert_eq!(host.run(&[8, 0x63, 0x02, 0x80]), [9]);
    assert_eq!(host.run(&[6, 0x63, 0x02, 0x63, 0x03]), [7, 0x80, 0]);
    assert_eq!(host.device.count(code::READ_REGISTER), 1);
}

#[test]
fn an_unknown_command_and_a_broken_frame_are_syntax_errors() {
    let mut host = Host::new();
    host.send(&[0xEE]);
    assert_eq!(host.read(), frame::ACK);
    assert_eq!(host.read(), frame::ERROR);
    host.line.write_all(&[0, 0, 0xFF, 2, 0xFE, 0xD4, 2, 0, 0]).unwrap();
    assert_eq!(host.read(), frame::ERROR);
}

#[test]
fn a_card_is_found_by_its_own_kind_of_request_only() {
    for (air, request, other) in
        [(Air::TypeA, &TYPE_A[..], &TYPE_B[..]), (Air::TypeB, &TYPE_B[..], &TYPE_A[..])]
    {
        let mut host = Host::with_card(air);
        assert_eq!(host.run(&SELECT), [0x41, 0x27]);
        assert_eq!(host.run(other), [0x4B, 0]);
        assert_eq!(host.run(request)[..3], [0x4B, 1, 1]);
        assert_eq!(host.run(&SELECT), [0x41, 0, 0x90, 0]);
        // It is active now and does not answer requests.
        assert_eq!(host.run(request), [0x4B, 0]);
        assert_eq!(host.run(&[0x44, 0]), [0x45, 0]);
        assert_eq!(host.run(request)[..3], [0x4B, 1, 1]);
    }
}

#[test]
fn without_the_field_the_chip_forgets_and_without_the_card_nobody_answers() {
    let mut host = Host::with_card(Air::TypeA);
    let read = [0x40, 1, 0, 0xB0, 0x9E, 0, 1];
    host.run(&TYPE_A);
    assert_eq!(host.run(&SELECT), [0x41, 0, 0x90, 0]);
    assert_eq!(host.run(&read), [0x41, 0, 0x69, 0x82]);
    host.run(&[0x32, 1, 0]);
    host.run(&[0x32, 1, 1]);
    host.run(&TYPE_A);
    // The application is not selected any more.
    assert_eq!(host.run(&read), [0x41, 0, 0x6A, 0x82]);
    host.device.take_away();
    assert_eq!(host.run(&read), [0x41, 1]);
    host.run(&[0x44, 0]);
    assert_eq!(host.run(&TYPE_A), [0x4B, 0]);
    host.device.put_back();
    assert_eq!(host.run(&TYPE_A).len(), 6 + 4 + 7);
}

#[test]
fn an_answer_in_pieces_is_fetched_piece_by_piece() {
    let mut host = Host::with_card(Air::TypeA);
    host.device.chunks(20);
    host.run(&TYPE_A);
    let card_access = host.device.with_chip(|chip| chip.personalisation().card_access.clone());
    let mut expected = card_access.flatten().unwrap();
    expected.extend([0x90, 0]);
    let mut answer = host.run(&[0x40, 1, 0, 0xB0, 0x9C, 0, 0]);
    let mut found = answer.split_off(2);
    while answer == [0x41, 0x40] {
        answer = host.run(&[0x40, 1]);
        found.extend(answer.split_off(2));
    }
    assert_eq!((answer, found), (vec![0x41, 0], expected));
}

#[test]
fn a_new_command_ends_the_one_under_way() {
    let mut host = Host::with_card(Air::TypeA);
    host.device.slow(0xA4, Duration::from_secs(600));
    host.run(&TYPE_A);
    host.send(&SELECT);
    assert_eq!(host.read(), frame::ACK);
    assert_eq!(host.run(&[2]), [3, 0x32, 1, 6, 7]);
}

#[test]
fn a_chip_asleep_hears_nothing_until_it_is_woken_up() {
    let mut host = Host::new();
    assert_eq!(host.run(&[0x16, 0xF0]), [0x17, 0]);
    host.send(&[2]);
    host.line.write_all(&[0x55, 0x55, 0, 0, 0]).unwrap();
    // The answer to the first is not there.
    assert_eq!(host.run(&[0, 0, 1]), [1, 0, 1]);
    assert_eq!(host.device.count(code::GET_FIRMWARE_VERSION), 0);
}

#[test]
fn unplugging_ends_the_line() {
    let Host { mut line, device } = Host::new();
    drop(device);
    assert!(matches!(line.read(&mut [0]), Ok(0) | Err(_)));
}
