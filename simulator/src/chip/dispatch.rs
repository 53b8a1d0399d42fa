//! From bytes to a command's handler and back: class bytes, secure messaging, chaining, GET RESPONSE.

use super::command::{Answer, Command, SECURE};
use super::{Chip, ErrorProtection, Pace, status};

/// Why a command is not done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The reader may find this out by asking: no violation.
    Refused(u16),
    /// The reader should have known better: a line among the violations.
    Fault(u16, &'static str),
}

impl From<u16> for Refusal {
    fn from(status: u16) -> Refusal {
        Refusal::Refused(status)
    }
}

pub(super) type Outcome = Result<Answer, Refusal>;

const GET_RESPONSE: u8 = 0xC0;
const GENERAL_AUTHENTICATE: u8 = 0x86;
const MANAGE_SECURITY_ENVIRONMENT: u8 = 0x22;
pub(super) const EXTERNAL_AUTHENTICATE: u8 = 0x82;
const PERFORM_SECURITY_OPERATION: u8 = 0x2A;

impl Chip {
    pub(super) fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        let Some(mut command) = Command::parse(bytes) else {
            self.end_session("the command's length fields contradict its length [ISO/IEC 7816-4]");
            return Answer::status(status::WRONG_LENGTH).encode();
        };
        if command.instruction == GET_RESPONSE && !self.volatile.rest_of_answer.is_empty() {
            if command.class & SECURE != 0 {
                self.note(
                    "GET RESPONSE claims a protection that it does not carry [ISO/IEC 7816-4]",
                );
            }
            return self.next_part(&command);
        }
        self.volatile.rest_of_answer.clear();
        let behaviour = &self.personalisation.behaviour;
        if command.extended && !behaviour.extended_length || bytes.len() > behaviour.max_command {
            return self.refuse_length();
        }
        command.room = command.room.min(behaviour.max_response.saturating_sub(2));
        let response = if command.class & 0xE0 == 0 && command.class & SECURE == SECURE {
            self.secure(&command)
        } else {
            self.plain(&command)
        };
        if self.personalisation.behaviour.get_response && !command.extended {
            return self.first_part(response, command.expected.unwrap_or(256));
        }
        response
    }

    /// A violation that also ends the session, if there is one.
    fn end_session(&mut self, why: &str) {
        self.note(why);
        self.volatile.session = None;
    }

    fn plain(&mut self, command: &Command) -> Vec<u8> {
        if self.volatile.session.is_some() {
            let why = format!(
                "a plain command (INS {:02X}) ended the session [9303-11 §9.8.3]",
                command.instruction
            );
            self.end_session(&why);
            // What was begun inside the session ends with it.
            self.volatile.pace = Pace::Idle;
            self.volatile.chip_authentication = None;
        }
        let answer = self.run(command);
        // BAC and PACE: their last answer is plain, the session begins after it.
        if let Some(session) = self.volatile.next_session.take() {
            self.volatile.session = Some(session);
        }
        answer.encode()
    }

    fn secure(&mut self, outer: &Command) -> Vec<u8> {
        let to_blame = std::mem::take(&mut self.volatile.to_blame);
        let Some(session) = self.volatile.session.as_mut() else {
            if !to_blame {
                self.note("secure messaging without a session");
            }
            return Answer::status(status::SECURE_MESSAGING_INCORRECT).encode();
        };
        if self.personalisation.behaviour.first_session_fails && !self.volatile.first_session_over {
            self.volatile.first_session_over = true;
            self.volatile.session = None;
            return Answer::status(status::SECURE_MESSAGING_INCORRECT).encode();
        }
        let opened = match session.open(outer) {
            Ok(opened) => opened,
            Err(broken) => {
                if !to_blame {
                    self.note(&format!("secure messaging: {} [9303-11 §9.8]", broken.why));
                }
                self.volatile.session = None;
                self.volatile.pace = Pace::Idle;
                return Answer::status(broken.status).encode();
            }
        };
        self.work.protect(session.cipher(), opened.command.data.len());
        for remark in &opened.remarks {
            self.note(remark);
        }
        if let Some(exchange) = self.trace.last_mut() {
            exchange.plain_command = Some(opened.command.encode());
        }

        let answer = self.run(&opened.command);
        if let Some(exchange) = self.trace.last_mut() {
            exchange.plain_response = Some(answer.encode());
        }
        let reads = matches!(outer.instruction, 0xB0 | 0xB1);
        if reads && self.personalisation.behaviour.plain_data_in_session {
            return answer.encode();
        }
        self.protect(&answer, outer.instruction & 1 == 1)
    }

    /// Put the answer into secure messaging, as far as this chip's behaviour does so for errors.
    fn protect(&mut self, answer: &Answer, odd: bool) -> Vec<u8> {
        let behaviour = self.personalisation.behaviour.error_protection;
        let next_session = self.volatile.next_session.take();
        let Some(session) = self.volatile.session.as_mut() else {
            return answer.encode();
        };
        let mut response = Vec::new();
        if answer.is_error() {
            match behaviour {
                ErrorProtection::Protected => response = session.seal(answer, odd),
                ErrorProtection::PlainCounted => session.skip_answer(),
                ErrorProtection::PlainUncounted => session.uncount_command(),
                ErrorProtection::PlainEndsSession => self.volatile.session = None,
            }
            self.volatile.to_blame = behaviour != ErrorProtection::Protected;
        } else {
            response = session.seal(answer, odd);
            self.work.protect(session.cipher(), answer.data.len());
        }
        if next_session.is_some() {
            self.volatile.session = next_session;
        }
        response.extend(answer.status.to_be_bytes());
        response
    }

    /// Lengths are refused by the layer below secure messaging: in plain, and uncounted unless this chip counts.
    fn refuse_length(&mut self) -> Vec<u8> {
        if let Some(session) = self.volatile.session.as_mut() {
            match self.personalisation.behaviour.error_protection {
                ErrorProtection::Protected | ErrorProtection::PlainUncounted => {}
                ErrorProtection::PlainCounted => session.skip_exchange(),
                ErrorProtection::PlainEndsSession => self.volatile.session = None,
            }
            self.volatile.to_blame = true;
        }
        Answer::status(status::WRONG_LENGTH).encode()
    }

    /// Run one command in plain form.
    fn run(&mut self, command: &Command) -> Answer {
        let outcome = self.dispatch(command).and_then(|answer| {
            let fits = answer.data.len() <= command.expected.unwrap_or(0);
            if fits || self.personalisation.behaviour.get_response {
                return Ok(answer);
            }
            // What was under way ends here: the reader cannot go on without the answer.
            self.volatile.pace = Pace::Idle;
            self.volatile.next_session = None;
            Err(Refusal::Fault(status::WRONG_LENGTH, "the answer is longer than Le allows"))
        });
        outcome.unwrap_or_else(|refusal| match refusal {
            Refusal::Refused(status) => Answer::status(status),
            Refusal::Fault(status, why) => {
                self.note(&format!("INS {:02X} answered {status:04X}: {why}", command.instruction));
                Answer::status(status)
            }
        })
    }

    fn dispatch(&mut self, command: &Command) -> Outcome {
        check_class(command)?;
        let instruction = command.instruction;
        let chain = instruction == GENERAL_AUTHENTICATE
            || matches!(instruction, PERFORM_SECURITY_OPERATION | EXTERNAL_AUTHENTICATE)
                && self.takes_chains_of_terminals();
        if command.chained() && !chain {
            return Err(Refusal::Fault(
                status::CHAINING_NOT_SUPPORTED,
                "only GENERAL AUTHENTICATE is chained [9303-11 §9.3.2]",
            ));
        }
        if instruction != GENERAL_AUTHENTICATE {
            // Selections that hold for the next command only.
            self.volatile.chip_authentication = None;
            if self.volatile.pace.is_running() && instruction != MANAGE_SECURITY_ENVIRONMENT {
                self.note("PACE was left in the middle");
            }
            self.volatile.pace = Pace::Idle;
        }
        if instruction != EXTERNAL_AUTHENTICATE {
            self.volatile.challenge = None;
        }
        if let Some(session) = &mut self.volatile.session {
            session.terminal.before(instruction);
        }
        match instruction {
            0xA4 => self.select(command),
            0xB0 => self.read_binary(command),
            0xB1 if self.personalisation.behaviour.odd_read_binary => self.read_binary_odd(command),
            0x84 if self.judges_terminals() => self.get_terminal_challenge(command),
            0x84 => self.get_challenge(command),
            PERFORM_SECURITY_OPERATION if self.personalisation.terminal_trust.is_some() => {
                self.verify_certificate(command)
            }
            EXTERNAL_AUTHENTICATE if self.judges_terminals() => self.authenticate_terminal(command),
            EXTERNAL_AUTHENTICATE => self.external_authenticate(command),
            0x88 => self.internal_authenticate(command),
            0x2C => self.reset_retry_counter(command),
            MANAGE_SECURITY_ENVIRONMENT => self.manage_security_environment(command),
            GENERAL_AUTHENTICATE => self.general_authenticate(command),
            GET_RESPONSE => Err(Refusal::Fault(
                status::CONDITIONS_OF_USE,
                "GET RESPONSE, but nothing is waiting",
            )),
            0xB1 => Err(status::INSTRUCTION_NOT_SUPPORTED.into()),
            _ => Err(Refusal::Fault(
                status::INSTRUCTION_NOT_SUPPORTED,
                "an instruction that Doc 9303 does not have",
            )),
        }
    }

    /// MSE by its template: PACE, or Chip Authentication in one of its two forms.
    fn manage_security_environment(&mut self, command: &Command) -> Outcome {
        match command.parameters() {
            0xC1A4 => self.set_pace(command),
            0x41A4 => self.set_chip_authentication(command),
            0x41A6 => self.agree_chip_authentication(command),
            0x81B6 if self.personalisation.terminal_trust.is_some() => {
                self.set_verification_key(command)
            }
            0x81A4 if self.personalisation.terminal_trust.is_some() => {
                self.set_terminal_key(command)
            }
            // Terminal Authentication is not granted to anybody: the card says so in its status word, asking is no mistake.
            0x81B6 | 0x81A4 => Err(status::WRONG_PARAMETERS.into()),
            _ => Err(Refusal::Fault(
                status::WRONG_PARAMETERS,
                "an unknown control reference template [TR-03110-3 §B.11]",
            )),
        }
    }

    fn general_authenticate(&mut self, command: &Command) -> Outcome {
        command.require_parameters(0)?;
        if command.expected.is_none() {
            self.volatile.pace = Pace::Idle;
            return Err(Refusal::Fault(
                status::WRONG_LENGTH,
                "GENERAL AUTHENTICATE has an answer, so it needs Le [9303-11 §4.4.4.2]",
            ));
        }
        if self.volatile.pace.is_running() {
            self.pace_step(command)
        } else if let Some(selected) = self.volatile.chip_authentication.take() {
            self.authenticate_chip(command, &selected)
        } else {
            Err(Refusal::Fault(
                status::CONDITIONS_OF_USE,
                "GENERAL AUTHENTICATE without MSE:Set AT before it",
            ))
        }
    }

    /// A Le field where no data can come: harmless on most chips, an error on some.
    pub(super) fn discourage_le(
        &mut self,
        command: &Command,
        why: &'static str,
    ) -> Result<(), Refusal> {
        if command.expected.is_none() {
            return Ok(());
        }
        if self.personalisation.behaviour.superfluous_le_refused {
            return Err(Refusal::Fault(status::WRONG_LENGTH, why));
        }
        self.note(why);
        Ok(())
    }

    /// Send what fits and announce the rest by 61xx `[ISO/IEC 7816-4]`.
    fn first_part(&mut self, mut response: Vec<u8>, expected: usize) -> Vec<u8> {
        let data = response.len() - 2;
        if data <= expected {
            return response;
        }
        self.volatile.rest_of_answer = response.split_off(expected);
        response.extend(self.waiting().to_be_bytes());
        response
    }

    fn next_part(&mut self, command: &Command) -> Vec<u8> {
        let response = std::mem::take(&mut self.volatile.rest_of_answer);
        self.first_part(response, command.expected.unwrap_or(256))
    }

    /// 61xx: how many bytes wait, 00 for 256 and more.
    fn waiting(&self) -> u16 {
        let waiting = self.volatile.rest_of_answer.len().saturating_sub(2);
        let coded = if waiting >= 256 { 0 } else { waiting as u16 };
        status::MORE_DATA | coded
    }
}

/// The class bytes of this chip: 00 and 0C, with bit 5 for chaining.
fn check_class(command: &Command) -> Result<(), Refusal> {
    let class = command.class;
    if class & 0xE0 != 0 {
        return Err(Refusal::Fault(
            status::CLASS_NOT_SUPPORTED,
            "a class byte that Doc 9303 does not have",
        ));
    }
    if class & 0x03 != 0 {
        return Err(Refusal::Fault(
            status::CHANNEL_NOT_SUPPORTED,
            "there is one logical channel only",
        ));
    }
    if class & SECURE != 0 {
        return Err(Refusal::Fault(
            status::SECURE_MESSAGING_NOT_SUPPORTED,
            "secure messaging must authenticate the header: class 0C [9303-11 §9.8.4]",
        ));
    }
    Ok(())
}
