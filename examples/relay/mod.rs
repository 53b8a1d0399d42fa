//! The relay's wire, as docs/transports.md describes it: what both ends know, and nothing of any card.

use std::time::Duration;

use cccd::transport::Limits;
use tungstenite::protocol::WebSocketConfig;

/// Kind, number, and the longest answer there is.
pub(crate) const MAX_MESSAGE: usize = 5 + Limits::EXTENDED.max_response;

const COMMAND: u8 = 0x01;
const TAG_WANTED: u8 = 0x02;
const END: u8 = 0x03;
const ANSWER: u8 = 0x11;
const TAG_LOST: u8 = 0x12;
const TAG_THERE: u8 = 0x13;

/// Longer messages than the wire knows are refused before they are stored.
pub(crate) fn config() -> WebSocketConfig {
    let max = Some(MAX_MESSAGE);
    WebSocketConfig::default().max_message_size(max).max_frame_size(max)
}

/// What the server asks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Carry this to the chip within this time.
    Command { within: Duration, apdu: Vec<u8> },
    /// Bring a tag, powered up anew, within this time.
    Tag { within: Duration },
    /// There is nothing more to do. How it ended is not said.
    End,
}

/// What the phone answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Answer(Vec<u8>),
    TagLost,
    TagThere(Limits),
}

/// A question with its number, which the reply repeats.
pub(crate) fn write_question(number: u32, question: &Question) -> Vec<u8> {
    match question {
        Question::Command { within, apdu } => message(COMMAND, number, &[&millis(*within), apdu]),
        Question::Tag { within } => message(TAG_WANTED, number, &[&millis(*within)]),
        Question::End => message(END, number, &[]),
    }
}

pub(crate) fn read_question(bytes: &[u8]) -> Option<(u32, Question)> {
    let (kind, number, rest) = split(bytes)?;
    let question = match (kind, rest) {
        (COMMAND, rest) => {
            let (time, apdu) = rest.split_first_chunk()?;
            Question::Command { within: time_of(*time), apdu: apdu.to_vec() }
        }
        (TAG_WANTED, rest) => Question::Tag { within: time_of(rest.try_into().ok()?) },
        (END, []) => Question::End,
        _ => return None,
    };
    Some((number, question))
}

pub(crate) fn write_reply(number: u32, reply: &Reply) -> Vec<u8> {
    match reply {
        Reply::Answer(apdu) => message(ANSWER, number, &[apdu]),
        Reply::TagLost => message(TAG_LOST, number, &[]),
        Reply::TagThere(limits) => {
            let Limits { max_command, max_response } = *limits;
            message(TAG_THERE, number, &[&length(max_command), &length(max_response)])
        }
    }
}

pub(crate) fn read_reply(bytes: &[u8]) -> Option<(u32, Reply)> {
    let (kind, number, rest) = split(bytes)?;
    let reply = match (kind, rest) {
        (ANSWER, apdu) => Reply::Answer(apdu.to_vec()),
        (TAG_LOST, []) => Reply::TagLost,
        (TAG_THERE, [a, b, c, d, e, f, g, h]) => {
            let length = |bytes| usize::try_from(u32::from_be_bytes(bytes)).ok();
            let max_command = length([*a, *b, *c, *d])?.min(Limits::EXTENDED.max_command);
            let max_response = length([*e, *f, *g, *h])?.min(Limits::EXTENDED.max_response);
            Reply::TagThere(Limits { max_command, max_response })
        }
        _ => return None,
    };
    Some((number, reply))
}

fn message(kind: u8, number: u32, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(number.to_be_bytes());
    bytes.extend(parts.concat());
    bytes
}

fn split(bytes: &[u8]) -> Option<(u8, u32, &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    let (number, rest) = rest.split_first_chunk()?;
    Some((*kind, u32::from_be_bytes(*number), rest))
}

fn millis(time: Duration) -> [u8; 4] {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).to_be_bytes()
}

fn time_of(bytes: [u8; 4]) -> Duration {
    Duration::from_millis(u32::from_be_bytes(bytes).into())
}

fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes()
}
