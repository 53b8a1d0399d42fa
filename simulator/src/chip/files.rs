//! Files: SELECT and READ BINARY `[9303-10 §3.6]`.
//!
//! ```text
//! master file ─┬─ EF.CardAccess 011C (short identifier 1C), EF.CardSecurity 011D (1D, after PACE),
//!              │  EF.ATR/INFO 2F01 (01) where the chip tells its buffers, free for all
//!              └─ application A0000002471001 ─── EF.COM 011E, EF.SOD 011D, EF.DG1 0101 … EF.DG16 0110,
//!                                                EF.CVCA 011C (1C) where the chip trusts somebody
//! ```
//! DG3 and DG4 are read after Terminal Authentication only.
//! EF.DIR is absent; selecting it is answered as this chip does.

use std::borrow::Cow;

use super::command::{Answer, Command};
use super::dispatch::{Outcome, Refusal};
use super::{Chip, EndOfFile, TooLong, status};
use crate::cv_certificate::CvcaFile;
use crate::personalisation::file;
use crate::tlv;

/// The application LDS1 `[9303-10 §4.1]`.
const APPLICATION: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
const MASTER_FILE: [u8; 2] = [0x3F, 0x00];
/// EF.DIR, in the master file.
const DIRECTORY: u16 = 0x2F00;
/// What a protected error looks like inside.
const ERROR_OBJECT: [u8; 4] = [0x99, 0x02, 0x67, 0x00];

/// Short file identifier of EF.CardAccess.
const CARD_ACCESS_SHORT: u8 = 0x1C;
/// Short file identifier of EF.CardSecurity.
const CARD_SECURITY_SHORT: u8 = 0x1D;
/// Short file identifier of EF.ATR/INFO `[ISO/IEC 7816-4]`.
const ATR_INFO_SHORT: u8 = 0x01;
/// Files up to here are read with the even instruction `[9303-10 §3.6.6]`.
const EVEN_LIMIT: usize = 32_767;

/// An elementary file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileReference {
    CardAccess,
    CardSecurity,
    AtrInfo,
    /// EF.CVCA of the application `[TR-03110-3 §A.7.2.4]`.
    Cvca,
    /// A file of the application by its identifier.
    Application(u16),
}

impl Chip {
    pub(super) fn select(&mut self, command: &Command) -> Outcome {
        if !matches!(command.p2, 0x00 | 0x0C) {
            return Err(Refusal::Fault(
                status::WRONG_PARAMETERS,
                "SELECT with P2 other than 0C and 00 [9303-10 §3.6.1]",
            ));
        }
        if command.p2 == 0x0C {
            self.discourage_le(
                command,
                "SELECT with P2 = 0C has no answer data, so no Le [9303-10 §3.6.1]",
            )?;
        }
        let wants_template = command.p2 == 0x00 && command.expected.is_some();
        let template = match (command.p1, command.data.as_slice()) {
            (0x04, name) => {
                if name != APPLICATION {
                    return Err(status::FILE_NOT_FOUND.into());
                }
                self.volatile.application_selected = true;
                self.work.application_selections += 1;
                self.volatile.current_file = None;
                tlv::node(0x84, name)
            }
            (0x00, []) => self.select_master_file()?,
            (0x00, identifier) if identifier == MASTER_FILE => self.select_master_file()?,
            (0x00 | 0x02, [high, low]) => {
                let identifier = u16::from_be_bytes([*high, *low]);
                let reference = self.find(identifier)?;
                let length = self.readable(reference)?.len();
                self.volatile.current_file = Some(reference);
                [
                    tlv::node(0x80, &(length as u32).to_be_bytes()[1..]),
                    tlv::node(0x83, &identifier.to_be_bytes()),
                ]
                .concat()
            }
            (0x00 | 0x02, _) => {
                return Err(Refusal::Fault(
                    status::WRONG_LENGTH,
                    "a file identifier has two bytes [9303-10 §3.6.2]",
                ));
            }
            _ => {
                return Err(Refusal::Fault(
                    status::WRONG_PARAMETERS,
                    "SELECT with P1 other than 00, 02 and 04 [9303-10 §3.6]",
                ));
            }
        };
        if wants_template {
            // File control information [ISO/IEC 7816-4].
            Ok(Answer::data(tlv::node(0x6F, &template)))
        } else {
            Ok(Answer::success())
        }
    }

    fn select_master_file(&mut self) -> Result<Vec<u8>, Refusal> {
        let answer = self.personalisation.behaviour.select_mf;
        if answer != status::SUCCESS {
            return Err(Refusal::Fault(
                answer,
                "SELECT of the master file, which is recommended against [9303-10 §3.6.1.1]",
            ));
        }
        self.volatile.application_selected = false;
        self.volatile.current_file = None;
        Ok(tlv::node(0x83, &MASTER_FILE))
    }

    /// The file that an identifier means where we are.
    fn find(&self, identifier: u16) -> Result<FileReference, Refusal> {
        let behaviour = &self.personalisation.behaviour;
        if identifier == DIRECTORY {
            return Err(behaviour.directory.into());
        }
        if self.cvca_file().is_some_and(|file| file.identifier == identifier) {
            return Ok(FileReference::Cvca);
        }
        if identifier == file::CARD_ACCESS {
            if !behaviour.card_access_by_select {
                return Err(status::FILE_NOT_FOUND.into());
            }
            return self.card_access();
        }
        if self.volatile.application_selected {
            Ok(FileReference::Application(identifier))
        } else if identifier == file::CARD_SECURITY {
            self.card_security()
        } else if identifier == file::ATR_INFO {
            Ok(FileReference::AtrInfo)
        } else {
            Err(status::FILE_NOT_FOUND.into())
        }
    }

    /// The file that a short identifier means where we are `[9303-10 §3.11, §4]`.
    fn find_short(&self, short: u8) -> Result<FileReference, Refusal> {
        let behaviour = &self.personalisation.behaviour;
        if short == 0 || short == 0x1F {
            return Err(Refusal::Fault(
                status::WRONG_PARAMETERS,
                "a short file identifier is 1 to 30 [ISO/IEC 7816-4]",
            ));
        }
        let cvca = self.cvca_file().and_then(|file| file.short_identifier);
        if behaviour.sfi_reads && cvca == Some(short) {
            return Ok(FileReference::Cvca);
        }
        if short == CARD_ACCESS_SHORT {
            if !behaviour.card_access_by_sfi {
                return Err(status::FILE_NOT_FOUND.into());
            }
            return self.card_access();
        }
        if short == CARD_SECURITY_SHORT && !self.volatile.application_selected {
            return self.card_security();
        }
        if !behaviour.sfi_reads {
            return Err(status::FILE_NOT_FOUND.into());
        }
        if short == ATR_INFO_SHORT && !self.volatile.application_selected {
            return Ok(FileReference::AtrInfo);
        }
        if !self.volatile.application_selected {
            return Err(status::FILE_NOT_FOUND.into());
        }
        // In LDS1 the short identifier is the low half of the file identifier.
        Ok(FileReference::Application(0x0100 | u16::from(short)))
    }

    /// Where EF.CVCA is, from inside the application. It hides a file of the master file with the same identifier.
    fn cvca_file(&self) -> Option<CvcaFile> {
        let trust = self.personalisation.terminal_trust.as_ref()?;
        self.volatile.application_selected.then(|| trust.file())
    }

    /// EF.CardAccess, which the master file holds; from inside the application only if this chip lets it be seen there.
    fn card_access(&self) -> Result<FileReference, Refusal> {
        let inside = self.personalisation.behaviour.card_access_in_application;
        if self.volatile.application_selected && inside != status::SUCCESS {
            return Err(inside.into());
        }
        Ok(FileReference::CardAccess)
    }

    fn card_security(&self) -> Result<FileReference, Refusal> {
        match self.personalisation.card_security {
            Some(_) => Ok(FileReference::CardSecurity),
            None => Err(status::FILE_NOT_FOUND.into()),
        }
    }

    /// The contents, if the access rules allow.
    fn readable(&self, reference: FileReference) -> Result<Cow<'_, [u8]>, Refusal> {
        match reference {
            FileReference::CardAccess => self
                .personalisation
                .card_access
                .as_deref()
                .map(Cow::Borrowed)
                .ok_or(Refusal::Refused(status::FILE_NOT_FOUND)),
            FileReference::AtrInfo => self
                .personalisation
                .atr_info
                .as_deref()
                .map(Cow::Borrowed)
                .ok_or(Refusal::Refused(status::FILE_NOT_FOUND)),
            FileReference::Cvca if !self.access_granted() => Err(status::SECURITY_STATUS.into()),
            FileReference::Cvca => self
                .personalisation
                .terminal_trust
                .as_ref()
                .map(|trust| Cow::Owned(trust.ef_cvca()))
                .ok_or(Refusal::Refused(status::FILE_NOT_FOUND)),
            FileReference::CardSecurity => {
                // Only after PACE [9303-11 §9.2.11].
                if self.volatile.session.is_none() || self.volatile.opened_with.is_none() {
                    return Err(status::SECURITY_STATUS.into());
                }
                self.personalisation
                    .card_security
                    .as_deref()
                    .map(Cow::Borrowed)
                    .ok_or(Refusal::Refused(status::FILE_NOT_FOUND))
            }
            FileReference::Application(identifier) => {
                // Before authentication the chip does not even say which files there are.
                if !self.access_granted() {
                    return Err(status::SECURITY_STATUS.into());
                }
                if self.personalisation.protected.contains(&identifier)
                    && !self.terminal_may_read(identifier)
                {
                    return Err(status::SECURITY_STATUS.into());
                }
                self.personalisation
                    .files
                    .get(&identifier)
                    .map(|contents| Cow::Borrowed(contents.as_slice()))
                    .ok_or(Refusal::Refused(status::FILE_NOT_FOUND))
            }
        }
    }

    /// READ BINARY with the even instruction B0 `[9303-10 §3.6.3]`.
    pub(super) fn read_binary(&mut self, command: &Command) -> Outcome {
        if !command.data.is_empty() {
            return Err(Refusal::Fault(
                status::WRONG_LENGTH,
                "READ BINARY with INS B0 has no data field",
            ));
        }
        let expected = required_le(command)?;
        let (reference, offset) = if command.p1 & 0x80 != 0 {
            if command.p1 & 0x60 != 0 {
                return Err(Refusal::Fault(
                    status::WRONG_PARAMETERS,
                    "READ BINARY: bits 7 and 6 of P1 are zero with a short identifier [ISO/IEC 7816-4]",
                ));
            }
            (self.find_short(command.p1 & 0x1F)?, usize::from(command.p2))
        } else {
            (self.current()?, usize::from(command.parameters()))
        };
        let length = self.readable(reference)?.len();
        self.volatile.current_file = Some(reference);
        let (answer_length, status) = self.portion(length, offset, expected, command.room)?;
        let mut data = self.readable(reference)?[offset..offset + answer_length].to_vec();
        if offset + answer_length == length {
            self.spoil_end(reference, &mut data);
        }
        Ok(Answer { data, status })
    }

    /// READ BINARY with the odd instruction B1: the offset in DO 54, the data in DO 53 `[9303-10 §3.6.6]`.
    pub(super) fn read_binary_odd(&mut self, command: &Command) -> Outcome {
        let expected = required_le(command)?;
        let reference = match command.parameters() {
            0 => self.current()?,
            short @ 1..=0x1E => self.find_short(short as u8)?,
            identifier => self.find(identifier)?,
        };
        let offset = tlv::parse_only(&command.data, 0x54)
            .filter(|value| (1..=4).contains(&value.len()))
            .ok_or(Refusal::Fault(
                status::WRONG_DATA,
                "READ BINARY with INS B1 carries one DO 54 [9303-10 §3.6.6]",
            ))?
            .iter()
            .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        let length = self.readable(reference)?.len();
        self.volatile.current_file = Some(reference);
        if length <= EVEN_LIMIT {
            self.note("INS B1 on a file of 32 767 bytes or less [9303-10 §3.6.6 note 2]");
        }
        // Le counts DO 53 with its tag and length.
        let inside = |total: usize| total.saturating_sub(object_overhead(total));
        let (answer_length, status) =
            self.portion(length, offset, inside(expected), inside(command.room))?;
        let contents = self.readable(reference)?;
        Ok(Answer { data: tlv::node(0x53, &contents[offset..offset + answer_length]), status })
    }

    /// The end of a file, as a chip delivers it that takes an error of its own for data.
    fn spoil_end(&mut self, reference: FileReference, data: &mut [u8]) {
        let spoiled = self.personalisation.behaviour.error_in_file.map(FileReference::Application);
        if spoiled != Some(reference) || std::mem::replace(&mut self.volatile.spoiled, true) {
            return;
        }
        if let Some(end) = data.last_chunk_mut() {
            *end = ERROR_OBJECT;
        }
    }

    fn current(&self) -> Result<FileReference, Refusal> {
        self.volatile
            .current_file
            .ok_or(Refusal::Fault(status::NO_CURRENT_FILE, "READ BINARY without a selected file"))
    }

    /// How many bytes of a file to answer, and with which status word. The offset is inside the file when this succeeds.
    fn portion(
        &mut self,
        length: usize,
        offset: usize,
        expected: usize,
        room: usize,
    ) -> Result<(usize, u16), Refusal> {
        let behaviour = &self.personalisation.behaviour;
        let rest = match length.checked_sub(offset) {
            None | Some(0) => {
                return Err(Refusal::Fault(
                    status::WRONG_OFFSET,
                    "READ BINARY at or behind the end of the file",
                ));
            }
            Some(rest) => rest,
        };
        let limit = behaviour.max_response_data.min(room);
        if expected > limit {
            match behaviour.too_long {
                TooLong::Short => {}
                TooLong::WrongLength => return Err(status::WRONG_LENGTH.into()),
                TooLong::ExactLe => {
                    // Le has one byte here; 00 says 256.
                    let exact = limit.min(rest).min(256) as u8;
                    return Err((status::EXACT_LE | u16::from(exact)).into());
                }
                TooLong::Nothing => return Ok((0, status::SUCCESS)),
            }
        }
        let granted = expected.min(limit);
        if rest >= granted {
            return Ok((granted, status::SUCCESS));
        }
        // The rest of the file is shorter than what the reader asked for.
        match behaviour.end_of_file {
            EndOfFile::Data => Ok((rest, status::SUCCESS)),
            EndOfFile::Warning => Ok((rest, status::END_OF_FILE)),
            EndOfFile::Refuse => Err(status::WRONG_OFFSET.into()),
            EndOfFile::ExactLe => match u8::try_from(rest) {
                Ok(exact) => Err((status::EXACT_LE | u16::from(exact)).into()),
                // Le = xx has one byte; longer rests come as they are.
                Err(_) => Ok((rest, status::SUCCESS)),
            },
        }
    }
}

fn required_le(command: &Command) -> Result<usize, Refusal> {
    command
        .expected
        .ok_or(Refusal::Fault(status::WRONG_LENGTH, "READ BINARY needs Le [9303-10 §3.6.3]"))
}

/// Tag and length bytes of a DO 53 that is `total` bytes long at most.
fn object_overhead(total: usize) -> usize {
    match total {
        0..=0x81 => 2,
        0x82..=0x102 => 3,
        0x103..=0x1_0003 => 4,
        _ => 5,
    }
}
