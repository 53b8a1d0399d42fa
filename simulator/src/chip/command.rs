//! Command and response APDUs `[ISO/IEC 7816-4]`.

use super::dispatch::Refusal;
use super::status;

/// A parsed command. Inside secure messaging: the command that was protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) class: u8,
    pub(super) instruction: u8,
    pub(super) p1: u8,
    pub(super) p2: u8,
    pub(super) data: Vec<u8>,
    /// Ne; `None` when the Le field is absent.
    pub(super) expected: Option<usize>,
    /// Whether the length fields are extended ones.
    pub(super) extended: bool,
    /// Data bytes for which the answer has room, whatever Ne says: the outer answer of secure messaging is longer than
    /// the data inside it.
    pub(super) room: usize,
}

/// Bit 5 of the class byte: not the last command of a chain.
pub(super) const CHAINING: u8 = 0x10;
/// Bits 4 and 3 of the class byte: secure messaging with authenticated header.
pub(super) const SECURE: u8 = 0x0C;

impl Command {
    /// Parse strictly: every byte must belong to one of the four cases, short or extended. `None`: wrong length.
    pub(super) fn parse(bytes: &[u8]) -> Option<Command> {
        let (header, body) = bytes.split_first_chunk::<4>()?;
        let (data, expected, extended) = match body {
            [] => (&[][..], None, false),
            [le] => (&[][..], Some(short_expected(*le)), false),
            [0, high, low] => (&[][..], Some(extended_expected(*high, *low)), true),
            [0, high, low, rest @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                if length == 0 || rest.len() < length {
                    return None;
                }
                match rest.split_at(length) {
                    (data, []) => (data, None, true),
                    (data, [high, low]) => (data, Some(extended_expected(*high, *low)), true),
                    _ => return None,
                }
            }
            [length, rest @ ..] => {
                let length = usize::from(*length);
                if length == 0 || rest.len() < length {
                    return None;
                }
                match rest.split_at(length) {
                    (data, []) => (data, None, false),
                    (data, [le]) => (data, Some(short_expected(*le)), false),
                    _ => return None,
                }
            }
        };
        let [class, instruction, p1, p2] = *header;
        Some(Command {
            class,
            instruction,
            p1,
            p2,
            data: data.to_vec(),
            expected,
            extended,
            room: if extended { 65_536 } else { 256 },
        })
    }

    /// The command as bytes, for the trace.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.class, self.instruction, self.p1, self.p2];
        let extended =
            self.data.len() > 255 || self.expected.is_some_and(|expected| expected > 256);
        if !self.data.is_empty() {
            if extended {
                bytes.push(0);
                bytes.extend((self.data.len() as u16).to_be_bytes());
            } else {
                bytes.push(self.data.len() as u8);
            }
            bytes.extend_from_slice(&self.data);
        }
        if let Some(expected) = self.expected {
            // Zero stands for the greatest number, which is what the cut to 8 or 16 bits gives.
            if extended {
                if self.data.is_empty() {
                    bytes.push(0);
                }
                bytes.extend((expected as u16).to_be_bytes());
            } else {
                bytes.push(expected as u8);
            }
        }
        bytes
    }

    /// P1 and P2 as one number.
    pub(super) fn parameters(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }

    /// The command is part of a chain and not its last one.
    pub(super) fn chained(&self) -> bool {
        self.class & CHAINING != 0
    }

    /// Refuse any P1-P2 but this one.
    pub(super) fn require_parameters(&self, parameters: u16) -> Result<(), Refusal> {
        if self.parameters() == parameters {
            Ok(())
        } else {
            Err(Refusal::Fault(status::WRONG_PARAMETERS, "wrong P1 or P2 for this instruction"))
        }
    }
}

fn short_expected(le: u8) -> usize {
    if le == 0 { 256 } else { usize::from(le) }
}

fn extended_expected(high: u8, low: u8) -> usize {
    match u16::from_be_bytes([high, low]) {
        0 => 65_536,
        le => usize::from(le),
    }
}

/// What a command handler says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) data: Vec<u8>,
    pub(super) status: u16,
}

impl Answer {
    pub(super) fn success() -> Answer {
        Answer::data(Vec::new())
    }

    pub(super) fn data(data: Vec<u8>) -> Answer {
        Answer { data, status: status::SUCCESS }
    }

    pub(super) fn status(status: u16) -> Answer {
        Answer { data: Vec::new(), status }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = self.data.clone();
        bytes.extend(self.status.to_be_bytes());
        bytes
    }

    /// An error by its status word; 62xx and 63xx are warnings, but 63xx tells a failed authentication.
    pub(super) fn is_error(&self) -> bool {
        !matches!(self.status >> 8, 0x90 | 0x61 | 0x62)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(bytes: &[u8]) -> (usize, Option<usize>, bool) {
        let command = Command::parse(bytes).unwrap();
        (command.data.len(), command.expected, command.extended)
    }

    #[test]
    fn the_four_cases_short_and_extended() {
        assert_eq!(parsed(&[0, 1, 2, 3]), (0, None, false));
        assert_eq!(parsed(&[0, 1, 2, 3, 0]), (0, Some(256), false));
        assert_eq!(parsed(&[0, 1, 2, 3, 9]), (0, Some(9), false));
        assert_eq!(parsed(&[0, 1, 2, 3, 1, 7]), (1, None, false));
        assert_eq!(parsed(&[0, 1, 2, 3, 1, 7, 0]), (1, Some(256), false));
        assert_eq!(parsed(&[0, 1, 2, 3, 0, 0, 0]), (0, Some(65_536), true));
        assert_eq!(parsed(&[0, 1, 2, 3, 0, 1, 0]), (0, Some(256), true));
        assert_eq!(parsed(&[0, 1, 2, 3, 0, 0, 1, 7]), (1, None, true));
        assert_eq!(parsed(&[0, 1, 2, 3, 0, 0, 1, 7, 0, 0]), (1, Some(65_536), true));
    }

    #[test]
    fn other_lengths_are_wrong() {
        let wrong: [&[u8]; 8] = [
            &[],
            &[0, 1, 2],
            &[0, 1, 2, 3, 0, 0],
            &[0, 1, 2, 3, 2, 7],
            &[0, 1, 2, 3, 1, 7, 0, 0],
            &[0, 1, 2, 3, 0, 0, 0, 0],
            &[0, 1, 2, 3, 0, 0, 2, 7],
            &[0, 1, 2, 3, 0, 0, 1, 7, 0],
        ];
        for bytes in wrong {
            assert_eq!(Command::parse(bytes), None, "{bytes:02X?}");
        }
    }

    #[test]
    fn encoding_is_the_reverse_of_parsing() {
        for bytes in [
            &[0, 1, 2, 3][..],
            &[0, 1, 2, 3, 0],
            &[0, 1, 2, 3, 1, 7, 0],
            &[0, 1, 2, 3, 0, 0, 0],
            &[0, 1, 2, 3, 0, 2, 0],
        ] {
            assert_eq!(Command::parse(bytes).unwrap().encode(), bytes);
        }
    }
}
