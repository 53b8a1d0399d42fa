use zeroize::Zeroizing;

use super::Session;
use crate::{
    apdu::{Command, Limits, Line, Response, StatusWord},
    crypto::{Arriving, BlockCipher},
    error::{ChannelFault, Error, ReaderFault, Result},
    sensitive::Secret,
};

/// Bytes that protection adds to the data of a command, at most: the header and indicator of DO 87, a block
/// of padding, DO 97, DO 8E.
const PROTECTION: usize = 5 + 16 + 4 + 10;
/// Header and length fields of a command with extended length.
const EXTENDED_HEADER: usize = 4 + 3 + 2;

/// A line whose every answer is authenticated.
///
/// It exists only after BAC or PACE: whoever holds it has proven knowledge of the access key to the
/// chip, and the chip to us.
pub(crate) struct Channel {
    line: Line,
    /// `None` once a check has failed: the keys are gone.
    session: Option<Session>,
    /// The status of the first authenticated answer since the present keys came into force.
    first_status: Option<StatusWord>,
    /// Whether commands with extended length fields may be sent.
    extended: bool,
    /// What this chip is taken to do with its counter when it answers an error without protection.
    counts_unprotected_errors: bool,
    /// The last answer was such an error: the next one tells whether both sides still agree.
    doubtful: bool,
    /// How many such errors there were.
    unprotected_errors: usize,
    /// The chip answered the very first command under the keys of access control by ending the session.
    refused_at_once: bool,
    /// The keys are those of Chip Authentication.
    rekeyed: bool,
    /// The last command as it was protected, and the last answer: memory that every exchange uses again.
    protected: Command,
    answer: Zeroizing<Vec<u8>>,
    /// The status word of that answer.
    status: StatusWord,
}

impl Channel {
    /// Puts a line under the keys that an access-control protocol agreed on.
    pub(crate) fn new(line: Line, session: Session) -> Self {
        let extended = line.limits().extended();
        Self {
            line,
            session: Some(session),
            first_status: None,
            extended,
            counts_unprotected_errors: false,
            doubtful: false,
            unprotected_errors: 0,
            refused_at_once: false,
            rekeyed: false,
            protected: Command::empty(),
            answer: Zeroizing::default(),
            status: StatusWord::SUCCESS,
        }
    }

    /// Takes over what was learned about the chip on a channel that was lost.
    ///
    /// A chip that lost it by an unprotected error has either counted the error or forgotten its keys. Counting
    /// along from here on saves the first kind the next loss; the second kind is lost each time, whatever is
    /// counted.
    pub(crate) fn learn_from(&mut self, lost: &Self) {
        self.extended = lost.extended && self.line.limits().extended();
        self.unprotected_errors = lost.unprotected_errors;
        self.counts_unprotected_errors =
            lost.counts_unprotected_errors || lost.lost_by_unprotected_error();
    }

    /// The line below.
    pub(crate) const fn line(&self) -> &Line {
        &self.line
    }

    /// Whether the channel broke right after an error without protection: the chip, not a stranger, is the
    /// likely cause, and opening it once more the remedy.
    pub(crate) const fn lost_by_unprotected_error(&self) -> bool {
        self.session.is_none() && self.doubtful
    }

    /// Whether the chip ended the session before it was used: seen on cards on which access control runs
    /// twice and then holds. Not so after Chip Authentication, where it is what a copy does.
    pub(crate) const fn refused_at_once(&self) -> bool {
        self.refused_at_once
    }

    /// Errors that came without protection.
    pub(crate) const fn unprotected_errors(&self) -> usize {
        self.unprotected_errors
    }

    /// Replaces the keys after Chip Authentication `[9303-11 §6.2.4]`; nothing is proven yet until the
    /// first answer under them arrives, see [`Channel::confirmed`].
    pub(crate) fn rekey(&mut self, cipher: BlockCipher, secret: &Secret) {
        self.session = Some(Session::from_shared_secret(cipher, secret));
        self.first_status = None;
        self.doubtful = false;
        self.rekeyed = true;
    }

    /// Whether at least one answer was authenticated under the present keys.
    pub(crate) const fn confirmed(&self) -> bool {
        self.first_status.is_some()
    }

    /// The status of that answer.
    pub(crate) const fn first_status(&self) -> Option<StatusWord> {
        self.first_status
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

    /// Whether a command with this much data reaches the chip in one piece.
    pub(crate) fn carries(&self, length: usize) -> bool {
        let protected = length + PROTECTION;
        protected <= 255
            || self.extended && protected + EXTENDED_HEADER <= self.line.limits().max_command
    }

    /// KS_enc and KS_mac, to be compared with a worked example.
    #[cfg(test)]
    pub(crate) fn session_keys(&self) -> Option<(&Secret, &Secret)> {
        self.session.as_ref().map(Session::keys)
    }

    /// Sends a protected command and returns the authenticated answer.
    ///
    /// An unprotected answer is taken as an error status only if it carries no data: the one thing that
    /// a stranger on the link can forge. It is not known whether the chip counted it; most do not, so the
    /// counter steps back. A stranger can so keep the chip's true answer and hand it out as the answer to the
    /// next command. That makes the read fail and no more: whatever is read is compared with signed
    /// digests, and a proof of the chip is checked by itself.
    ///
    /// # Errors
    /// `ChannelBroken`, after which the channel is of no more use, and what the line reports.
    pub(crate) async fn transmit(&mut self, command: &Command) -> Result<Response> {
        let mut data = Zeroizing::default();
        self.send(command, &mut || ()).await?;
        let status = self.open(&mut data)?;
        Ok(Response::from_parts(data, status))
    }

    /// As [`Channel::transmit`], with the data behind what has arrived of a file; tells how many bytes came. While
    /// the answer is under way, what is here is hashed and `work` is done.
    pub(crate) async fn transmit_onto(
        &mut self,
        file: &mut Arriving,
        command: &Command,
        work: &mut (dyn FnMut() + Send),
    ) -> Result<(usize, StatusWord)> {
        let mut in_the_air = || {
            file.catch_up();
            work();
        };
        self.send(command, &mut in_the_air).await?;
        let (came, status) = file.append(|bytes| self.open(bytes));
        Ok((came, status?))
    }

    /// Sends a protected command; its answer lies in [`Channel::answer`] then, as it came.
    async fn send(&mut self, command: &Command, work: &mut (dyn FnMut() + Send)) -> Result<()> {
        let Some(session) = &mut self.session else {
            return Err(Error::ChannelBroken(ChannelFault::SessionLost));
        };
        session.protect(command, self.extended, &mut self.protected)?;
        let Self { line, protected, answer, .. } = self;
        let status = line.transmit_while(protected, answer, work).await?;
        self.status = status;
        Ok(())
    }

    /// Checks the last answer and writes its data behind `plain`.
    fn open(&mut self, plain: &mut Vec<u8>) -> Result<StatusWord> {
        if self.answer.is_empty() {
            return self.unprotected(self.status);
        }
        let Some(session) = &mut self.session else {
            return Err(Error::ChannelBroken(ChannelFault::SessionLost));
        };
        let outcome = session.unprotect(&self.answer, self.status, plain);
        match &outcome {
            Ok(status) => {
                self.first_status.get_or_insert(*status);
                self.doubtful = false;
            }
            Err(_) => self.session = None,
        }
        outcome
    }

    /// An answer of two bytes: an error that the chip did not protect, or the end of the session.
    fn unprotected(&mut self, status: StatusWord) -> Result<StatusWord> {
        let fault = match status {
            // [9303-11 §9.8.3] These two end the session on the chip as well.
            StatusWord::SM_OBJECTS_MISSING | StatusWord::SM_OBJECTS_INCORRECT => {
                Some(ChannelFault::SessionLost)
            }
            // What chips say to a protected command after they forgot the session with the last error.
            StatusWord::SECURITY_STATUS | StatusWord(0x6882 | 0x6985 | 0x6E00) if self.doubtful => {
                Some(ChannelFault::SessionLost)
            }
            StatusWord::SUCCESS => Some(ChannelFault::Unprotected),
            // No status word begins with anything else [ISO 7816-3 §12.2.1]: a torn answer.
            StatusWord(other) if other >> 12 != 6 => Some(ChannelFault::Structure),
            _ => None,
        };
        match (fault, &mut self.session) {
            (None, Some(session)) => {
                session.after_unprotected_error(self.counts_unprotected_errors);
                self.doubtful = true;
                self.unprotected_errors += 1;
                Ok(status)
            }
            (fault, session) => {
                *session = None;
                let unused = !self.rekeyed && self.first_status.is_none() && !self.doubtful;
                self.refused_at_once = unused && fault == Some(ChannelFault::SessionLost);
                Err(Error::ChannelBroken(fault.unwrap_or(ChannelFault::SessionLost)))
            }
        }
    }

    /// Sends a command whose data may be too long for short length fields: certificates, signatures.
    ///
    /// With extended length where the device carries it, because the standard demands that of both sides
    /// `[TR-03110-3 §B.12]`. Else, or if the chip refuses the length, in links, each of which is protected
    /// by itself `[ISO 7816-4 §5.3.3]`: the standard does not promise that chips take those.
    ///
    /// # Errors
    /// `Reader` if the device cannot carry the command and the chip takes no links; as
    /// [`Channel::transmit`] otherwise.
    pub(crate) async fn transmit_long(&mut self, command: &Command) -> Result<Response> {
        let Some(session) = &self.session else {
            return Err(Error::ChannelBroken(ChannelFault::SessionLost));
        };
        let capacity = session.command_capacity(command.le().is_some());
        if command.data().len() <= capacity {
            return self.transmit(command).await;
        }
        let carried = self.carries(command.data().len());
        if carried {
            let response = self.transmit(command).await?;
            if response.status() != StatusWord::WRONG_LENGTH {
                return Ok(response);
            }
        }
        let mut links = command.data().chunks(capacity).peekable();
        while let Some(data) = links.next() {
            let last = links.peek().is_none();
            let response = self.transmit(&command.link(data, last)).await?;
            if last || (carried && response.status() != StatusWord::SUCCESS) {
                return Ok(response);
            }
            // What is not complete cannot be wrong: the chip takes no links.
            if response.status() != StatusWord::SUCCESS {
                return Err(Error::Reader(ReaderFault::TooLong));
            }
        }
        Err(Error::Misuse("a long command without data"))
    }
}
