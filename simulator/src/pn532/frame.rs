//! Frames between a host and a PN532 `[UM0701-02 §6.2.1]`.
//!
//! ```text
//! normal    00 00 FF  LEN LCS              TFI code data…  DCS 00
//! extended  00 00 FF  FF FF LENM LENL LCS  TFI code data…  DCS 00
//! ACK       00 00 FF  00 FF 00
//! error     00 00 FF  01 FF 7F 81 00
//! ```
//! LEN counts TFI, code and data; LEN + LCS and TFI + … + DCS are zero modulo 256. TFI is D4 from the host, D5 to it.

/// The first bytes of every frame.
const START: [u8; 3] = [0x00, 0x00, 0xFF];
const FROM_HOST: u8 = 0xD4;
const TO_HOST: u8 = 0xD5;
/// Many of these wake a sleeping chip up.
const WAKE_UP: u8 = 0x55;
/// The longest frame that the chip takes, TFI included.
const LONGEST: usize = 265;

pub(super) const ACK: [u8; 6] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
/// "Syntax error": the command is not known or its frame is broken.
pub(super) const ERROR: [u8; 8] = [0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00];

/// What a host sends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FromHost {
    WakeUp,
    /// Ends the command under way.
    Ack,
    /// Code and data.
    Command(Vec<u8>),
    /// A frame whose numbers do not add up.
    Broken,
}

/// The frame of an answer: code and data, as short as it goes.
pub(super) fn answer(payload: &[u8]) -> Vec<u8> {
    let length = payload.len() + 1;
    let mut frame = START.to_vec();
    match u8::try_from(length) {
        Ok(short) if short < 0xFF => frame.extend([short, short.wrapping_neg()]),
        _ => {
            let [high, low] = u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
            frame.extend([0xFF, 0xFF, high, low, high.wrapping_add(low).wrapping_neg()]);
        }
    }
    frame.push(TO_HOST);
    frame.extend(payload);
    frame.extend([sum(payload).wrapping_add(TO_HOST).wrapping_neg(), 0x00]);
    frame
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// Takes a stream of bytes apart.
#[derive(Default)]
pub(super) struct Frames {
    bytes: Vec<u8>,
}

impl Frames {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next thing that is complete.
    pub(super) fn next(&mut self) -> Option<FromHost> {
        loop {
            // A start may be preceded by any number of zeros; everything else before it is noise.
            let start = self.bytes.windows(3).position(|window| window == START);
            let woken = self.bytes.iter().position(|byte| *byte == WAKE_UP);
            if let Some(at) = woken.filter(|at| start.is_none_or(|start| *at < start)) {
                self.bytes.drain(..=at);
                while self.bytes.first() == Some(&WAKE_UP) {
                    self.bytes.remove(0);
                }
                return Some(FromHost::WakeUp);
            }
            self.bytes.drain(..start?);
            let (header, length) = match *self.bytes.get(3..)? {
                // NACK asks for the last answer again; no host that is known sends it.
                [0x00, 0xFF, ..] | [0xFF, 0x00, ..] => {
                    let ack = self.bytes[3] == 0;
                    // The last byte may still be on its way: it is noise before the next start.
                    self.bytes.drain(..5);
                    if ack {
                        return Some(FromHost::Ack);
                    }
                    continue;
                }
                [0xFF, 0xFF, high, low, check, ..] => {
                    let fits = sum(&[high, low, check]) == 0;
                    (8, fits.then(|| usize::from(u16::from_be_bytes([high, low]))))
                }
                [0xFF, 0xFF, ..] => return None,
                [length, check, ..] => {
                    (5, (sum(&[length, check]) == 0).then(|| usize::from(length)))
                }
                _ => return None,
            };
            let Some(length) = length.filter(|length| (2..=LONGEST).contains(length)) else {
                self.bytes.drain(..3);
                return Some(FromHost::Broken);
            };
            // The checksum and the closing zero.
            let end = header + length + 2;
            if self.bytes.len() < end {
                return None;
            }
            let body: Vec<u8> = self.bytes.drain(..end).skip(header).collect();
            let whole = sum(&body) == 0 && body[0] == FROM_HOST && body[length + 1] == 0;
            return Some(match whole {
                true => FromHost::Command(body[1..length].to_vec()),
                false => FromHost::Broken,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<FromHost> {
        let mut frames = Frames::default();
        frames.push(bytes);
        std::iter::from_fn(|| frames.next()).collect()
    }

    /// GetFirmwareVersion and its answer, as the manual prints them.
    const GET_FIRMWARE_VERSION: [u8; 9] = [0, 0, 0xFF, 0x02, 0xFE, 0xD4, 0x02, 0x2A, 0];

    #[test]
    fn frames_are_taken_apart_however_they_arrive() {
        let mut stream = vec![0x55, 0x55, 0, 0, 0, 0, 0];
        stream.extend(GET_FIRMWARE_VERSION);
        stream.extend(ACK);
        let expected = || vec![FromHost::WakeUp, FromHost::Command(vec![2]), FromHost::Ack];
        assert_eq!(all(&stream), expected());
        let mut frames = Frames::default();
        let mut found = Vec::new();
        for byte in stream {
            frames.push(&[byte]);
            found.extend(std::iter::from_fn(|| frames.next()));
        }
        // Two wake-up bytes that arrive apart are two.
        assert_eq!(found.remove(0), FromHost::WakeUp);
        assert_eq!(found, expected());
    }

    #[test]
    fn an_answer_has_the_form_of_the_manual() {
        let firmware = [0, 0, 0xFF, 0x06, 0xFA, 0xD5, 0x03, 0x32, 0x01, 0x06, 0x07, 0xE8, 0];
        assert_eq!(answer(&[0x03, 0x32, 0x01, 0x06, 0x07]), firmware);
        let long = answer(&[0x41; 262]);
        assert_eq!(long[..8], [0, 0, 0xFF, 0xFF, 0xFF, 0x01, 0x07, 0xF8]);
        assert_eq!(long.len(), 8 + 263 + 2);
        assert_eq!(sum(&long[8..]), 0);
        assert_eq!(answer(&[0x41; 253])[3], 254);
        assert_eq!(answer(&[0x41; 254])[3..5], [0xFF, 0xFF]);
    }

    #[test]
    fn a_frame_whose_numbers_do_not_add_up_is_broken() {
        for index in [3, 4, 5, 6, 7, 8] {
            let mut frame = GET_FIRMWARE_VERSION;
            frame[index] ^= 0x10;
            assert_eq!(all(&frame), [FromHost::Broken], "byte {index}");
        }
    }
}
