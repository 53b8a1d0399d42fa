use super::Session;
use crate::{
    apdu::{Command, Limits, Line, Response, StatusWord},
    crypto::BlockCipher,
    error::{ChannelFault, Error, Result},
    sensitive::Secret,
};

/// A line whose every answer is authenticated.
///
/// It exists only after BAC or PACE: whoever holds it has proven knowledge of the access key to the
/// chip, and the chip to us.
pub(crate) struct Channel {
    line: Line,
    /// `None` once a check has failed: the keys are gone.
    session: Option<Session>,
    /// Authenticated answers since the present keys came into force.
    answers: usize,
    /// Whether commands with extended length fields may be sent.
    extended: bool,
}

impl Channel {
    /// Puts a line under the keys that an access-control protocol agreed on.
    pub(crate) fn new(line: Line, session: Session) -> Self {
        let extended = line.limits().extended();
        Self { line, session: Some(session), answers: 0, extended }
    }

    /// Replaces the keys after Chip Authentication `[9303-11 §6.2.4]`; nothing is proven yet until the
    /// first answer under them arrives, see [`Channel::confirmed`].
    pub(crate) fn rekey(&mut self, cipher: BlockCipher, secret: &Secret) {
        self.session = Some(Session::from_shared_secret(cipher, secret));
        self.answers = 0;
    }

    /// Whether at least one answer was authenticated under the present keys.
    pub(crate) const fn confirmed(&self) -> bool {
        self.answers > 0
    }

    /// Gives up extended length for the rest of the session: the chip refused it.
    pub(crate) const fn avoid_extended_length(&mut self) {
        self.extended = false;
    }

    /// Data bytes that one protected answer can carry; `.0` short, `.1` as long as the device allows.
    pub(crate) fn answer_capacities(&self) -> (usize, usize) {
        let Some(session) = &self.session else { return (0, 0) };
        let short = session.answer_capacity(Limits::SHORT.max_response - 2);
        let longest = if self.extended { self.line.limits().max_response - 2 } else { 256 };
        (short, session.answer_capacity(longest).max(short))
    }

    /// Whether a command with this much data reaches the chip in one piece. Protected commands are not cut:
    /// chips disagree on whether the links or the whole are protected.
    pub(crate) fn carries(&self, length: usize) -> bool {
        // At most a block of padding, the indicator and header of DO 87, DO 97 and DO 8E.
        let protected = length + 16 + 5 + 4 + 10;
        let limits = self.line.limits();
        protected <= 255
            || self.extended && limits.extended() && protected + 9 <= limits.max_command
    }

    /// KS_enc and KS_mac, to be compared with a worked example.
    #[cfg(test)]
    pub(crate) fn session_keys(&self) -> Option<(&Secret, &Secret)> {
        self.session.as_ref().map(Session::keys)
    }

    /// Sends a protected command and returns the authenticated answer.
    ///
    /// An unprotected answer is taken as an error status only if it carries no data: the one thing that
    /// a stranger on the link can forge. Then the counter steps back, because chips do not count such a
    /// command; so the stranger can also keep the chip's true answer and hand it out as the answer to the
    /// next command. That makes the read fail and no more: whatever is read is compared with signed
    /// digests, and a proof of the chip is checked by itself.
    ///
    /// # Errors
    /// `ChannelBroken`, after which the channel is of no more use, and what the line reports.
    pub(crate) async fn transmit(&mut self, command: &Command) -> Result<Response> {
        let Some(session) = &mut self.session else {
            return Err(Error::ChannelBroken(ChannelFault::SessionLost));
        };
        let protected = session.protect(command, self.extended)?;
        let response = self.line.transmit(&protected).await?;
        let outcome = if response.data().is_empty() {
            match response.status() {
                // [9303-11 §9.8.3] These two end the session on the chip as well.
                StatusWord::SM_OBJECTS_MISSING | StatusWord::SM_OBJECTS_INCORRECT => {
                    Err(Error::ChannelBroken(ChannelFault::SessionLost))
                }
                StatusWord::SUCCESS => Err(Error::ChannelBroken(ChannelFault::Unprotected)),
                // No status word begins with anything else [ISO 7816-3 §12.2.1]: a torn answer.
                StatusWord(other) if other >> 12 != 6 => {
                    Err(Error::ChannelBroken(ChannelFault::Structure))
                }
                _ => {
                    session.step_back();
                    return Ok(response);
                }
            }
        } else {
            session.unprotect(&response)
        };
        match outcome {
            Ok(_) => self.answers += 1,
            Err(_) => self.session = None,
        }
        outcome
    }
}
